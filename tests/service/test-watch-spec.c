/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>

#include "spot-watch-spec.h"

static GPtrArray *
read_text (const char *text,
           guint       n_skipped)
{
  GError *error = NULL;
  guint skipped = G_MAXUINT;
  GPtrArray *specs = spot_watch_specs_from_json (text, -1, &skipped, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (skipped, ==, n_skipped);
  return specs;
}

static GPtrArray *
make_specs (void)
{
  GPtrArray *specs = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_watch_spec_free);
  const char *tags[] = { "user:42", "a b \"c\" \\ \u00fc", NULL };
  SpotWatchSpec *spec = spot_watch_spec_new (SPOT_WATCH_TAGS, NULL, tags);

  spec->id = g_strdup ("w1");
  spec->environment = g_strdup ("e1");
  spec->filter = g_strdup ("task:import -is:test");
  spec->name = g_strdup ("Ana's imports");
  spec->color = SPOT_WATCH_COLOR_PURPLE;
  spec->rule = SPOT_WATCH_RULE_FAILURES;
  spec->muted_until_us = 1790000000000000;
  spec->paused = TRUE;
  spec->keep_nothing = TRUE;
  g_ptr_array_add (specs, spec);
  g_ptr_array_add (specs, spot_watch_spec_new (SPOT_WATCH_ENVIRONMENT, NULL, NULL));
  g_ptr_array_add (specs, spot_watch_spec_new (SPOT_WATCH_BATCH, "batch_1", NULL));
  g_ptr_array_add (specs, spot_watch_spec_new (SPOT_WATCH_RUN, "run_1", NULL));
  return specs;
}

static void
test_round_trip (void)
{
  g_autoptr(GPtrArray) specs = make_specs ();
  g_autofree char *text = spot_watch_specs_to_json (specs, FALSE);
  g_autoptr(GPtrArray) read = read_text (text, 0);
  g_autofree char *again = spot_watch_specs_to_json (read, FALSE);
  const SpotWatchSpec *spec = read->pdata[0];

  g_assert_cmpuint (read->len, ==, specs->len);
  g_assert_cmpstr (again, ==, text);
  g_assert_cmpstr (spec->id, ==, "w1");
  g_assert_cmpstr (spec->environment, ==, "e1");
  g_assert_cmpint (spec->kind, ==, SPOT_WATCH_TAGS);
  g_assert_cmpstr (spec->tags[1], ==, "a b \"c\" \\ \u00fc");
  g_assert_cmpstr (spec->filter, ==, "task:import -is:test");
  g_assert_cmpstr (spec->name, ==, "Ana's imports");
  g_assert_cmpint (spec->color, ==, SPOT_WATCH_COLOR_PURPLE);
  g_assert_cmpint (spec->rule, ==, SPOT_WATCH_RULE_FAILURES);
  g_assert_cmpint (spec->muted_until_us, ==, 1790000000000000);
  g_assert_true (spec->paused);
  g_assert_true (spec->keep_nothing);
  for (guint i = 0; i < read->len; i++)
    g_assert_true (spot_watch_spec_same_runs (read->pdata[i], specs->pdata[i]));
  g_assert_false (spot_watch_spec_same_runs (read->pdata[2], read->pdata[3]));
}

static void
test_for_others (void)
{
  g_autoptr(GPtrArray) specs = make_specs ();
  g_autofree char *text = spot_watch_specs_to_json (specs, TRUE);
  g_autoptr(GPtrArray) read = read_text (text, 0);
  const SpotWatchSpec *spec = read->pdata[0];

  g_assert_null (spec->id);
  g_assert_null (spec->environment);
  g_assert_false (spec->paused);
  g_assert_cmpint (spec->muted_until_us, ==, 0);
  g_assert_cmpstr (spec->name, ==, "Ana's imports");
  g_assert_true (spec->keep_nothing);
  g_assert_null (strstr (text, "e1"));
}

/* A watch that makes no sense is left out, the others are read. */
static void
test_broken_watches (void)
{
  static const char * const broken[] = {
    "1", "null", "{}", "[]", "\"run\"", "{\"kind\":\"moon\"}", "{\"kind\":1}", "{\"kind\":\"run\"}",
    "{\"kind\":\"run\",\"subject\":\"\"}", "{\"kind\":\"run\",\"subject\":[]}", "{\"kind\":\"tags\"}",
    "{\"kind\":\"tags\",\"tags\":[]}", "{\"kind\":\"tags\",\"tags\":[1]}", "{\"kind\":\"tags\",\"tags\":[\"\"]}",
    "{\"kind\":\"tags\",\"tags\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\"]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"version\":1,\"new\":{},\"watches\":[%s,{\"kind\":\"run\",\"subject\":\"r\","
                                               "\"color\":\"beige\",\"notify\":7,\"paused\":\"yes\",\"later\":[1]}]}",
                                               broken[i]);
      g_autoptr(GPtrArray) read = read_text (text, 1);
      const SpotWatchSpec *spec = read->pdata[0];

      g_assert_cmpuint (read->len, ==, 1);
      g_assert_cmpstr (spec->subject, ==, "r");
      g_assert_cmpint (spec->color, ==, SPOT_WATCH_COLOR_NONE);
      g_assert_cmpint (spec->rule, ==, SPOT_WATCH_RULE_DEFAULT);
      g_assert_false (spec->paused);
    }
}

static void
test_no_list (void)
{
  static const char * const texts[] = {
    "", "x", "[]", "{}", "{\"watches\":[]}", "{\"version\":1}", "{\"version\":0,\"watches\":[]}",
    "{\"version\":2,\"watches\":[]}", "{\"version\":1,\"watches\":{}}", "{\"version\":\"1\",\"watches\":[]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (spot_watch_specs_from_json (texts[i], -1, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    }
}

static void
test_bounds (void)
{
  g_autoptr(GString) text = g_string_new ("{\"version\":1,\"watches\":[");
  g_autoptr(GPtrArray) read = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *blanks = g_strnfill (SPOT_MAX_WATCHES_BYTES, ' ');

  for (guint i = 0; i < SPOT_MAX_WATCHES + 5; i++)
    g_string_append_printf (text, "%s{\"kind\":\"run\",\"subject\":\"run_%u\"}", i > 0 ? "," : "", i);
  g_string_append (text, "]}");
  read = read_text (text->str, 5);
  g_assert_cmpuint (read->len, ==, SPOT_MAX_WATCHES);

  g_string_append (text, blanks);
  g_assert_null (spot_watch_specs_from_json (text->str, -1, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

static void
test_muted (void)
{
  g_autoptr(SpotWatchSpec) spec = spot_watch_spec_new (SPOT_WATCH_ENVIRONMENT, NULL, NULL);

  g_assert_false (spot_watch_spec_is_muted (spec, 1000));
  spec->muted_until_us = 1000;
  g_assert_true (spot_watch_spec_is_muted (spec, 999));
  g_assert_false (spot_watch_spec_is_muted (spec, 1000));
  spec->muted_until_us = SPOT_MUTED_FOR_GOOD;
  g_assert_true (spot_watch_spec_is_muted (spec, G_MAXINT64 - 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/watch-spec/round-trip", test_round_trip);
  g_test_add_func ("/watch-spec/for-others", test_for_others);
  g_test_add_func ("/watch-spec/broken-watches", test_broken_watches);
  g_test_add_func ("/watch-spec/no-list", test_no_list);
  g_test_add_func ("/watch-spec/bounds", test_bounds);
  g_test_add_func ("/watch-spec/muted", test_muted);
  return g_test_run ();
}
