/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-watch-entry.h"

typedef struct
{
  const char           *text;
  SpotWatchEntryProblem problem;
  const char           *specs; /* kind:subject, separated by blanks; ? for what was left out */
  const char           *environment;
} Case;

#define PAGE "https://cloud.trigger.dev/orgs/acme-1/projects/web-2/env/prod/"

static const Case cases[] = {
  { "", SPOT_WATCH_ENTRY_EMPTY, "", NULL },
  { " \n", SPOT_WATCH_ENTRY_EMPTY, "", NULL },
  { "run_1", SPOT_WATCH_ENTRY_FINE, "run:run_1", NULL },
  { "batch_1", SPOT_WATCH_ENTRY_FINE, "batch:batch_1", NULL },
  { "user:42", SPOT_WATCH_ENTRY_FINE, "tags:user:42", NULL },
  { "user:42, org_7", SPOT_WATCH_ENTRY_FINE, "tags:user:42+org_7", NULL },
  { "a run_1 b batch_1 run_2", SPOT_WATCH_ENTRY_FINE, "run:run_1 batch:batch_1 run:run_2 tags:a+b", NULL },
  { PAGE "runs/run_1", SPOT_WATCH_ENTRY_FINE, "run:run_1", "prod" },
  { PAGE "batches/batch_1", SPOT_WATCH_ENTRY_FINE, "batch:batch_1", "prod" },
  { PAGE "runs", SPOT_WATCH_ENTRY_FINE, "environment:", "prod" },
  { "https://example.com/x", SPOT_WATCH_ENTRY_ADDRESS, "", NULL },
  { "tr_dev_1234567890abcdef", SPOT_WATCH_ENTRY_CREDENTIAL, "", NULL },
  { "https://example.com/x tr_dev_1234567890abcdef", SPOT_WATCH_ENTRY_CREDENTIAL, "", NULL },
  { "run_1 tr_dev_1234567890abcdef", SPOT_WATCH_ENTRY_FINE, "run:run_1", NULL },
  { "1 2 3 4 5 6 7 8 9 10 11", SPOT_WATCH_ENTRY_TOO_MANY_TAGS, "", NULL },
  { "tr_dev_", SPOT_WATCH_ENTRY_NOTHING, "?", NULL },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr(SpotWatchEntry) entry = spot_watch_entry_parse (c->text);
  g_autoptr(GString) specs = g_string_new (NULL);
  g_autoptr(GEnumClass) kinds = g_type_class_ref (SPOT_TYPE_WATCH_KIND);

  for (guint i = 0; i < entry->specs->len; i++)
    {
      const SpotWatchSpec *spec = entry->specs->pdata[i];
      g_autofree char *tags = spec->tags != NULL ? g_strjoinv ("+", spec->tags) : NULL;

      g_assert_true (spot_watch_spec_is_valid (spec));
      g_string_append_printf (specs, "%s%s:%s", i > 0 ? " " : "", g_enum_get_value (kinds, spec->kind)->value_nick,
                              tags != NULL ? tags : spec->subject != NULL ? spec->subject : "");
    }
  for (guint i = 0; i < entry->n_left_out; i++)
    g_string_append_c (specs, '?');
  g_assert_cmpint (entry->problem, ==, c->problem);
  g_assert_cmpstr (specs->str, ==, c->specs);
  g_assert_cmpstr (entry->environment, ==, c->environment);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/watch-entry/%u", i);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  return g_test_run ();
}
