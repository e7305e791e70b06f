/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "canned-server.h"
#include "monitor-rig.h"
#include "spot-run-lister.h"

typedef struct
{
  GString     *ids;  /* of all runs so far, with a blank behind each */
  guint        n_pages;
  guint        n_wanted;
  guint        max_pages; /* 0 for all */
  gboolean     done;
  GError      *error;
} Listing;

static void
page_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  SpotRunLister *lister = SPOT_RUN_LISTER (source);
  Listing *self = user_data;
  g_autoptr(GPtrArray) runs = spot_run_lister_next_finish (lister, result, &self->error);

  self->n_pages++;
  for (guint i = 0; runs != NULL && i < runs->len; i++)
    g_string_append_printf (self->ids, "%s ", spot_run_record_get_id (runs->pdata[i]));
  self->done = runs == NULL || spot_run_lister_is_at_end (lister) || self->n_pages == self->max_pages;
  if (!self->done)
    spot_run_lister_next_async (lister, self->n_wanted, NULL, page_cb, self);
}

static void
listing_clear (Listing *self)
{
  g_string_free (self->ids, TRUE);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Listing, listing_clear)

/* Goes through all pages. */
static void
list_all (Listing             *self,
          SpotEnvironment     *environment,
          const SpotRunFilter *filter,
          guint                n_wanted,
          guint                max_pages)
{
  g_autoptr(SpotRunLister) lister = spot_run_lister_new (environment, filter);

  *self = (Listing) { .ids = g_string_new (NULL), .n_wanted = n_wanted, .max_pages = max_pages };
  spot_run_lister_next_async (lister, n_wanted, NULL, page_cb, self);
  wait_for (self->done);
  if (self->error != NULL)
    g_assert_cmpint (spot_run_lister_get_problem (lister), !=, SPOT_PROBLEM_NONE);
}

static void
put (MonitorRig *rig,
     const char *batch_id,
     const char *run_id,
     const char *status,
     const char *second, /* at which it was made */
     const char *tags)
{
  g_autofree char *more = g_strdup_printf ("\"createdAt\":\"2026-03-01T12:00:%s.000Z\",\"runTags\":[%s]", second, tags);

  monitor_rig_put (rig, batch_id, run_id, status, more);
}

#define AT(second) ((G_GINT64_CONSTANT (1772366400) + (second)) * G_USEC_PER_SEC)

static const char *const executing[] = { "executing", NULL };
static const char *const waiting[] = { "WAITING_TO_RESUME", "EXPIRED", NULL };
static const char *const failed[] = { "Failed", NULL };
static const char *const retrying[] = { "RETRYING_AFTER_FAILURE", NULL };
static const char *const version[] = { "PENDING_VERSION", "QUEUED", NULL };
static const char *const a[] = { "a", NULL };
static const char *const ab[] = { "b", "a", NULL };
static const char *const task[] = { "task", NULL };
static const char *const other[] = { "other", NULL };

static const struct
{
  const char   *name;
  SpotRunFilter filter;
  const char   *ids;
} rows[] = {
  { "all", { 0 }, "r9 r8 r7 r6 r5 r4 r3 r2 r1 " },
  { "executing", { .statuses = executing }, "r4 r3 r2 " },
  { "waiting", { .statuses = waiting }, "r6 r5 " },
  { "failed", { .statuses = failed }, "r8 r7 " },
  { "retrying", { .statuses = retrying }, "r4 " },
  { "version", { .statuses = version }, "r9 r1 " },
  { "one tag", { .tags = a }, "r3 r2 r1 " },
  { "both tags", { .tags = ab }, "r3 r1 " },
  { "task", { .tasks = task, .tags = ab }, "r3 r1 " },
  { "other", { .tasks = other }, "" },
  { "batch", { .batch_id = "batch_1" }, "r6 " },
  { "from", { .from_us = AT (7) }, "r9 r8 r7 " },
  { "between", { .from_us = AT (4), .to_us = AT (5) }, "r5 r4 " },
};

static void
test_filters (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (SPOT_DEV_DIALECT_ELECTRIC, NULL);

  put (rig, NULL, "r1", "PENDING", "01", "\"a\",\"b\"");
  put (rig, NULL, "r2", "EXECUTING", "02", "\"a\"");
  put (rig, NULL, "r3", "DEQUEUED", "03", "\"b\",\"c\",\"a\"");
  put (rig, NULL, "r4", "RETRYING_AFTER_FAILURE", "04", "\"b\"");
  put (rig, NULL, "r5", "PAUSED", "05", "");
  put (rig, "batch_1", "r6", "EXPIRED", "06", "");
  put (rig, NULL, "r7", "COMPLETED_WITH_ERRORS", "07", "");
  put (rig, NULL, "r8", "INTERRUPTED", "08", "");
  put (rig, NULL, "r9", "WAITING_FOR_DEPLOY", "09", "");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto(Listing) listing = { 0 };

      g_test_message ("%s", rows[i].name);
      list_all (&listing, rig->environment, &rows[i].filter, 0, 0);
      g_assert_no_error (listing.error);
      g_assert_cmpstr (listing.ids->str, ==, rows[i].ids);
    }
}

static void
test_pages (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (SPOT_DEV_DIALECT_NATIVE, NULL);
  const SpotRunFilter filter = { 0 };
  g_auto(Listing) all = { 0 };
  g_auto(Listing) some = { 0 };
  g_auto(GStrv) ids = NULL;

  for (guint i = 0; i < 230; i++)
    {
      g_autofree char *id = g_strdup_printf ("r%u", i);

      monitor_rig_put (rig, NULL, id, "PENDING", NULL);
    }
  list_all (&all, rig->environment, &filter, 0, 0);
  g_assert_cmpuint (all.n_pages, ==, 3);
  ids = g_strsplit (all.ids->str, " ", -1);
  g_assert_cmpuint (g_strv_length (ids), ==, 231);
  list_all (&some, rig->environment, &filter, 10, 2);
  g_assert_true (g_str_has_prefix (all.ids->str, some.ids->str));
  g_strfreev (g_steal_pointer (&ids));
  ids = g_strsplit (some.ids->str, " ", -1);
  g_assert_cmpuint (g_strv_length (ids), ==, 21);
}

static void
test_refused (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (SPOT_DEV_DIALECT_ELECTRIC, "tr_dev_wrongwrongwrongwrong");
  const char *const nonsense[] = { "NONSENSE", NULL };
  const SpotRunFilter filter = { .statuses = nonsense };
  g_auto(Listing) listing = { 0 };
  g_autoptr(SpotRunLister) lister = spot_run_lister_new (rig->environment, &filter);

  list_all (&listing, rig->environment, &filter, 0, 0);
  g_assert_nonnull (listing.error);
  g_assert_null (strstr (listing.error->message, "wrongwrong"));
  g_assert_false (spot_run_lister_is_at_end (lister));
}

/* A server of which nothing can be believed. */
static void
test_hostile (void)
{
  g_autoptr(SpotMonitor) monitor = spot_monitor_new ();
  g_autoptr(CannedServer) server = canned_server_new ();
  const SpotRunFilter filter = { 0 };
  SpotEnvironment *environment =
    spot_monitor_add_environment (monitor, NULL, server->url, "tr_dev_x", FALSE, NULL);
  g_auto(Listing) listing = { 0 };
  g_auto(Listing) other_listing = { 0 };

  canned_server_add (server, 200, "content-type: application/json\n",
                     "{\"data\":[{\"id\":\"a\"},{\"id\":7},null,{\"id\":\"\"},{\"id\":\"a\"},{\"id\":\"b\",\"tags\":{}}],"
                     "\"pagination\":{\"next\":\"1\"}}");
  canned_server_add (server, 200, "content-type: application/json\n",
                     "{\"data\":[{\"id\":\"b\"},{\"id\":\"c\"}],\"pagination\":{\"next\":\"2\"}}");
  canned_server_add (server, 200, "content-type: application/json\n",
                     "{\"data\":[{\"id\":\"d\"}],\"pagination\":{\"next\":\"2\"}}");
  list_all (&listing, environment, &filter, 0, 0);
  g_assert_no_error (listing.error);
  g_assert_cmpstr (listing.ids->str, ==, "a b c d ");
  g_assert_cmpuint (listing.n_pages, ==, 3);

  canned_server_set (server, 200, "content-type: application/json\n", "{\"data\":7}");
  list_all (&other_listing, environment, &filter, 0, 0);
  g_assert_nonnull (other_listing.error);
  spot_monitor_stop (monitor);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-lister/filters", test_filters);
  g_test_add_func ("/run-lister/pages", test_pages);
  g_test_add_func ("/run-lister/refused", test_refused);
  g_test_add_func ("/run-lister/hostile", test_hostile);
  return g_test_run ();
}
