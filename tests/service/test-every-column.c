/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>

#include "monitor-rig.h"

/* What a watch has told: `id status` of each state, `-` before one that left, `*` behind one with a payload. */
static void
committed_cb (SpotWatch     *watch,
              SpotRunRecord *record,
              gboolean       removed,
              GString       *story)
{
  g_string_append_printf (story, "%s%s %s%s, ", removed ? "-" : "", spot_run_record_get_id (record),
                          spot_run_record_get_status_word (record),
                          spot_run_record_has (record, SPOT_COLUMN_PAYLOAD) ? "*" : "");
}

static SpotWatch *
listen (SpotWatch *watch,
        GString   *story)
{
  g_signal_connect (watch, "committed", G_CALLBACK (committed_cb), story);
  return watch;
}

#define PAYLOAD "\"payload\":\"1\",\"payloadType\":\"application/json\""

/* Each watch is told of its own runs, with every column. */
static void
test_own_feeds (gconstpointer dialect)
{
  const char * const tags[] = { "a", NULL };
  g_autoptr(GString) run_story = g_string_new (NULL);
  g_autoptr(GString) tag_story = g_string_new (NULL);
  g_autoptr(GString) batch_story = g_string_new (NULL);
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  SpotWatch *run, *tagged, *batch;

  monitor_rig_put (rig, NULL, "run_1", "PENDING", PAYLOAD);
  monitor_rig_put (rig, NULL, "run_2", "PENDING", PAYLOAD ",\"runTags\":[\"a\"]");
  monitor_rig_put (rig, "batch_1", "run_3", "PENDING", PAYLOAD);
  spot_environment_set_every_column (rig->environment, TRUE);
  run = listen (spot_environment_watch_run (rig->environment, NULL, "run_1"), run_story);
  tagged = listen (spot_environment_watch_tags (rig->environment, NULL, tags), tag_story);
  batch = listen (spot_environment_watch_batch (rig->environment, NULL, "batch_1"), batch_story);
  wait_for (spot_watch_get_ready (run) && spot_watch_get_ready (tagged) && spot_watch_get_ready (batch));
  wait_for (run_story->len > 0 && tag_story->len > 0 && batch_story->len > 0);
  g_assert_cmpstr (run_story->str, ==, "run_1 PENDING*, ");
  g_assert_cmpstr (tag_story->str, ==, "run_2 PENDING*, ");
  g_assert_cmpstr (batch_story->str, ==, "run_3 PENDING*, ");
  wait_for (spot_dev_server_get_n_live (rig->server) == 3);

  monitor_rig_put (rig, NULL, "run_1", "EXECUTING", NULL);
  monitor_rig_put (rig, NULL, "run_2", "CANCELED", NULL);
  wait_for (strstr (run_story->str, "EXECUTING") != NULL && strstr (tag_story->str, "CANCELED") != NULL);
  g_assert_cmpstr (run_story->str, ==, "run_1 PENDING*, run_1 EXECUTING*, ");
  g_assert_cmpstr (tag_story->str, ==, "run_2 PENDING*, run_2 CANCELED*, ");
  g_assert_cmpstr (batch_story->str, ==, "run_3 PENDING*, ");
}

/* A feed over the environment as well brings what the others leave out. */
static void
test_environment (gconstpointer dialect)
{
  g_autoptr(GString) story = g_string_new (NULL);
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);

  monitor_rig_put (rig, NULL, "run_1", "PENDING", PAYLOAD);
  spot_environment_set_every_column (rig->environment, TRUE);
  listen (spot_environment_watch_all (rig->environment, NULL), story);
  wait_for (story->len > 0);
  g_assert_cmpstr (story->str, ==, "run_1 PENDING*, ");
}

/* Without the option lists leave the long columns out, and previews are not told. */
static void
test_without (gconstpointer dialect)
{
  const char * const tags[] = { "a", NULL };
  g_autoptr(GString) story = g_string_new (NULL);
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);

  monitor_rig_put (rig, NULL, "run_1", "PENDING", PAYLOAD);
  monitor_rig_put (rig, NULL, "run_2", "PENDING", PAYLOAD ",\"runTags\":[\"a\"]");
  listen (spot_environment_watch_tags (rig->environment, NULL, tags), story);
  wait_for (story->len > 0);
  g_assert_cmpstr (story->str, ==, "run_2 PENDING, ");
}

/* Waits for the server without letting the main context go on. */
static void
wait_for_requests (MonitorRig *rig,
                   guint64     n)
{
  gint64 deadline_us = g_get_monotonic_time () + MONITOR_RIG_WAIT_S * G_TIME_SPAN_SECOND;

  while ((spot_dev_server_get_n_requests (rig->server) < n || spot_dev_server_get_n_live (rig->server) == 0) &&
         g_get_monotonic_time () < deadline_us)
    g_usleep (1000);
  g_assert_cmpuint (spot_dev_server_get_n_requests (rig->server), >=, n);
  g_assert_cmpuint (spot_dev_server_get_n_live (rig->server), >, 0);
}

/* Three commits in one frame: the list shows the last, the watch tells all. */
static void
test_every_state (gconstpointer dialect)
{
  static const char *const statuses[] = { "DEQUEUED", "EXECUTING", "COMPLETED_SUCCESSFULLY" };
  g_autoptr(GString) story = g_string_new (NULL);
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);

  monitor_rig_put (rig, NULL, "run_1", "PENDING", NULL);
  spot_environment_set_every_column (rig->environment, TRUE);
  listen (spot_environment_watch_run (rig->environment, NULL, "run_1"), story);
  wait_for (story->len > 0 && spot_dev_server_get_n_live (rig->server) == 1);
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      guint64 n = spot_dev_server_get_n_requests (rig->server);

      monitor_rig_put (rig, NULL, "run_1", statuses[i], NULL);
      wait_for_requests (rig, n + 1);
    }
  wait_for (strstr (story->str, "COMPLETED") != NULL);
  g_assert_cmpstr (story->str, ==,
                   "run_1 PENDING*, run_1 DEQUEUED*, run_1 EXECUTING*, run_1 COMPLETED_SUCCESSFULLY*, ");
}

/* A row that is deleted is told with its last state. */
static void
test_removed (void)
{
  g_autoptr(GString) story = g_string_new (NULL);
  g_autoptr(MonitorRig) rig = monitor_rig_new (SPOT_DEV_DIALECT_ELECTRIC, NULL);

  monitor_rig_put (rig, NULL, "run_1", "PENDING", NULL);
  monitor_rig_put (rig, NULL, "run_2", "PENDING", NULL);
  listen (spot_environment_watch_all (rig->environment, NULL), story);
  wait_for (strstr (story->str, "run_2") != NULL && spot_dev_server_get_n_live (rig->server) == 1);
  spot_dev_server_delete_run (rig->server, "run_1");
  wait_for (strchr (story->str, '-') != NULL);
  g_assert_nonnull (strstr (story->str, "-run_1 PENDING, "));
}

static void
add (const char        *name,
     GTestDataFunc      func)
{
  g_autofree char *electric = g_strdup_printf ("/every-column/%s/electric", name);
  g_autofree char *native = g_strdup_printf ("/every-column/%s/native", name);

  g_test_add_data_func (electric, GINT_TO_POINTER (SPOT_DEV_DIALECT_ELECTRIC), func);
  g_test_add_data_func (native, GINT_TO_POINTER (SPOT_DEV_DIALECT_NATIVE), func);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("own-feeds", test_own_feeds);
  add ("environment", test_environment);
  add ("without", test_without);
  add ("every-state", test_every_state);
  g_test_add_func ("/every-column/removed", test_removed);
  return g_test_run ();
}
