/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>

#include "monitor-rig.h"

#define OLD "\"createdAt\":\"2020-01-01T00:00:00.000Z\""

static SpotRun *
find_run (MonitorRig *rig,
          const char *run_id)
{
  return spot_run_store_lookup (spot_environment_get_store (rig->environment), run_id);
}

static gboolean
has_status (MonitorRig    *rig,
            const char    *run_id,
            SpotRunStatus  status)
{
  SpotRun *run = find_run (rig, run_id);

  return run != NULL && spot_run_get_status (run) == status;
}

static gboolean
has_state (SpotConnection      *connection,
           SpotConnectionState  state)
{
  return spot_connection_get_state (connection) == state;
}

static gboolean
has_rows (SpotWatch *watch,
          guint      n)
{
  return spot_watch_get_ready (watch) && spot_watch_get_n_runs (watch) == n &&
         g_list_model_get_n_items (G_LIST_MODEL (spot_watch_get_list (watch))) == n;
}

/* Watches of all four kinds, before and after the rows are there. */
static void
test_four_kinds (gconstpointer dialect)
{
  const char * const tags[] = { "a", "b", NULL };
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  SpotWatch *all = spot_environment_watch_all (rig->environment, NULL);
  SpotWatch *tagged = spot_environment_watch_tags (rig->environment, NULL, tags);
  SpotWatch *batch = spot_environment_watch_batch (rig->environment, NULL, "batch_1");
  SpotWatch *run = spot_environment_watch_run (rig->environment, "Mine", "run_1");

  g_assert_cmpstr (spot_watch_get_name (all), ==, "All runs");
  g_assert_cmpstr (spot_watch_get_name (tagged), ==, "a, b");
  g_assert_cmpstr (spot_watch_get_name (batch), ==, "batch_1");
  g_assert_cmpstr (spot_watch_get_name (run), ==, "Mine");
  g_assert_cmpstr (spot_watch_get_subject (all), ==, "");
  g_assert_cmpstr (spot_watch_get_subject (run), ==, "run_1");
  g_assert_false (spot_watch_get_ready (all));
  g_assert_cmpuint (g_list_model_get_n_items (spot_environment_get_watches (rig->environment)), ==, 4);

  monitor_rig_put (rig, NULL, "run_1", "EXECUTING", "\"runTags\":[\"a\"]");
  monitor_rig_put (rig, NULL, "run_2", "PENDING", "\"runTags\":[\"b\",\"a\",\"c\"]");
  monitor_rig_put (rig, "batch_1", "run_3", "COMPLETED_WITH_ERRORS", NULL);
  monitor_rig_put (rig, "batch_1", "run_4", "CANCELED", OLD);
  wait_for (has_rows (all, 3) && has_rows (tagged, 1) && has_rows (batch, 2) && has_rows (run, 1));
  g_assert_cmpuint (spot_watch_get_count (all, SPOT_STATUS_GROUP_RUNNING), ==, 1);
  g_assert_cmpuint (spot_watch_get_count (all, SPOT_STATUS_GROUP_WAITING), ==, 1);
  g_assert_cmpuint (spot_watch_get_count (all, SPOT_STATUS_GROUP_BAD), ==, 1);
  g_assert_cmpuint (spot_watch_get_count (batch, SPOT_STATUS_GROUP_NEUTRAL), ==, 1);
  wait_for (has_state (spot_environment_get_connection (rig->environment), SPOT_CONNECTION_LIVE));
  g_assert_true (has_state (spot_watch_get_connection (all), SPOT_CONNECTION_LIVE));
  g_assert_true (has_state (spot_watch_get_connection (batch), SPOT_CONNECTION_LIVE));
  g_assert_cmpint (spot_connection_get_last_synced (spot_watch_get_connection (all)), >, 0);

  monitor_rig_put (rig, NULL, "run_5", "PENDING", "\"runTags\":[\"a\",\"b\"]");
  monitor_rig_put (rig, "batch_1", "run_6", "PENDING", NULL);
  wait_for (has_rows (all, 5) && has_rows (tagged, 2) && has_rows (batch, 3) && has_rows (run, 1));
  g_assert_cmpint (spot_connection_get_updates (spot_environment_get_connection (rig->environment)), >, 0);
  g_assert_cmpuint (rig->notices->len, ==, 0);
}

/* A run is followed to its end. */
static void
test_one_notice (gconstpointer dialect)
{
  const char * const tags[] = { "a", NULL };
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  SpotWatch *all = spot_environment_watch_all (rig->environment, NULL);
  SpotWatch *tagged = spot_environment_watch_tags (rig->environment, NULL, tags);
  SpotConnection *connection;

  monitor_rig_put (rig, NULL, "run_ended", "COMPLETED_WITH_ERRORS", "\"runTags\":[\"a\"]");
  monitor_rig_put (rig, NULL, "run_1", "PENDING", "\"runTags\":[\"a\"]");
  monitor_rig_put (rig, NULL, "run_2", "EXECUTING", NULL);
  spot_environment_watch_run (rig->environment, NULL, "run_2");
  wait_for (has_rows (all, 3) && has_rows (tagged, 2));

  monitor_rig_put (rig, NULL, "run_1", "EXECUTING", NULL);
  wait_for (has_status (rig, "run_1", SPOT_RUN_STATUS_EXECUTING));
  monitor_rig_put (rig, NULL, "run_1", "CRASHED", NULL);
  monitor_rig_put (rig, NULL, "run_2", "COMPLETED_SUCCESSFULLY", NULL);
  wait_for (monitor_rig_count (rig, "run_1") == 1 && monitor_rig_count (rig, "run_2") == 1);

  /* Nothing that brings the same news again says it again. */
  monitor_rig_put (rig, NULL, "run_1", "CRASHED", "\"usageDurationMs\":5");
  spot_dev_server_rotate (rig->server);
  spot_monitor_refresh (rig->monitor);
  connection = spot_environment_open_run (rig->environment, "run_1");
  wait_for (has_state (connection, SPOT_CONNECTION_LIVE));
  monitor_rig_put (rig, NULL, "run_last", "PENDING", NULL);
  wait_for (has_rows (all, 4));
  g_assert_cmpuint (rig->notices->len, ==, 2);

  spot_monitor_run_seen (rig->monitor, rig->environment, "run_1");
  spot_monitor_run_seen (rig->monitor, rig->environment, "run_1");
  spot_monitor_run_seen (rig->monitor, rig->environment, "run_ended");
  g_assert_cmpuint (rig->withdrawn->len, ==, 1);
  g_assert_cmpstr (rig->withdrawn->pdata[0], ==, "run:environment-1:run_1");
}

/* A batch: its first failure, and one summary. */
static void
test_batch_summary (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  SpotWatch *batch = spot_environment_watch_batch (rig->environment, "Import", "batch_1");

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *id = g_strdup_printf ("run_%u", i);

      monitor_rig_put (rig, "batch_1", id, "EXECUTING", NULL);
    }
  spot_environment_watch_all (rig->environment, NULL);
  wait_for (has_rows (batch, 20));
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *id = g_strdup_printf ("run_%u", i);

      monitor_rig_put (rig, "batch_1", id, i % 10 == 3 ? "TIMED_OUT" : "COMPLETED_SUCCESSFULLY", NULL);
    }
  wait_for (monitor_rig_count (rig, "Import 18/2/0!") == 1);
  g_assert_cmpuint (monitor_rig_count (rig, "run_3") + monitor_rig_count (rig, "run_13"), ==, 1);
  g_assert_cmpuint (rig->notices->len, ==, 2);
}

static gboolean
has_summary (MonitorRig *rig)
{
  for (guint i = 0; i < rig->notices->len; i++)
    if (g_str_has_prefix (rig->notices->pdata[i], "E-mails ") && g_str_has_suffix (rig->notices->pdata[i], "!"))
      return TRUE;
  return FALSE;
}

static void
demo_committed_cb (SpotWatch     *watch,
                   SpotRunRecord *record,
                   gboolean       removed,
                   gpointer       user_data)
{
  gboolean *seen_unfinished = user_data;

  *seen_unfinished |= !spot_run_record_has_ended (record);
}

/* A batch of 1,000 among tasks that come and go: its first failure, a count at times, one summary that has all. */
static void
test_burst (gconstpointer dialect)
{
  /* The batch is there when the watches come, and goes on when they have had a moment. */
  const SpotDevOptions options = { .dialect = GPOINTER_TO_INT (dialect), .scenario = SPOT_DEV_SCENARIO_BURST, .speed = 20,
                                   .epoch_ms = g_get_real_time () / 1000 + 1400, .seed = 3, .hold_ms = 300 };
  g_autoptr(MonitorRig) rig = monitor_rig_new_for (&options, NULL);
  gboolean seen_unfinished = FALSE;
  SpotWatch *demo;
  const char *tag = spot_dev_server_get_demo_tag (rig->server);
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *summary = NULL;
  SpotWatch *batch;

  spot_environment_watch_all (rig->environment, NULL);
  spot_environment_watch_tags (rig->environment, NULL, (const char *[]) { tag, NULL });
  batch = spot_environment_watch_batch (rig->environment, "E-mails", spot_dev_server_get_demo_batch (rig->server));
  demo = spot_environment_watch_run (rig->environment, NULL, spot_dev_server_get_demo_run (rig->server));
  g_signal_connect (demo, "committed", G_CALLBACK (demo_committed_cb), &seen_unfinished);
  /* On a busy machine the first snapshot may be too late to see the run go on: then its end is no news. */
  wait_for (has_summary (rig) && spot_watch_get_count (demo, SPOT_STATUS_GROUP_GOOD) == 1 &&
            monitor_rig_count (rig, spot_dev_server_get_demo_run (rig->server)) == seen_unfinished);

  g_assert_cmpuint (spot_watch_get_n_runs (batch), ==, 1000);
  summary = g_strdup_printf ("E-mails %u/%u/%u!", spot_watch_get_count (batch, SPOT_STATUS_GROUP_GOOD),
                             spot_watch_get_count (batch, SPOT_STATUS_GROUP_BAD),
                             spot_watch_get_count (batch, SPOT_STATUS_GROUP_NEUTRAL));
  g_assert_cmpuint (monitor_rig_count (rig, summary), ==, 1);
  for (guint i = 0; i < rig->notices->len; i++)
    if (g_str_has_prefix (rig->notices->pdata[i], "run_"))
      g_assert_true (g_hash_table_add (seen, rig->notices->pdata[i]));
}

/* The server goes away in mid-run and comes back. */
static void
test_server_restart (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  g_autoptr(GError) error = NULL;
  SpotWatch *all = spot_environment_watch_all (rig->environment, NULL);
  SpotWatch *batch = spot_environment_watch_batch (rig->environment, "Batch", "batch_1");
  SpotConnection *connection = spot_environment_get_connection (rig->environment);

  monitor_rig_put (rig, NULL, "run_1", "EXECUTING", NULL);
  monitor_rig_put (rig, NULL, "run_2", "EXECUTING", NULL);
  monitor_rig_put (rig, NULL, "run_3", "CRASHED", NULL);
  monitor_rig_put (rig, "batch_1", "run_4", "EXECUTING", NULL);
  monitor_rig_put (rig, "batch_1", "run_5", "EXECUTING", NULL);
  spot_environment_watch_run (rig->environment, NULL, "run_1");
  wait_for (has_rows (all, 5) && has_rows (batch, 2));
  monitor_rig_put (rig, NULL, "run_2", "CRASHED", NULL);
  wait_for (monitor_rig_count (rig, "run_2") == 1);

  for (guint pass = 0; pass < 2; pass++)
    {
      spot_dev_server_stop (rig->server);
      wait_for (has_state (connection, SPOT_CONNECTION_RECONNECTING));
      g_assert_cmpint (spot_connection_get_problem (connection), ==, SPOT_PROBLEM_UNREACHABLE);
      g_assert_nonnull (spot_connection_get_detail (connection));
      g_assert_true (has_rows (all, 5) && has_rows (batch, 2));

      if (pass == 0)
        {
          monitor_rig_put (rig, NULL, "run_1", "COMPLETED_SUCCESSFULLY", NULL);
          monitor_rig_put (rig, "batch_1", "run_4", "CRASHED", NULL);
          monitor_rig_put (rig, "batch_1", "run_5", "COMPLETED_SUCCESSFULLY", NULL);
        }
      spot_dev_server_start (rig->server, &error);
      g_assert_no_error (error);
      spot_connection_retry_now (connection);
      wait_for (has_state (connection, SPOT_CONNECTION_LIVE));
      g_assert_cmpint (spot_connection_get_problem (connection), ==, SPOT_PROBLEM_NONE);
      g_assert_null (spot_connection_get_detail (connection));
      wait_for (monitor_rig_count (rig, "run_1") == 1 && monitor_rig_count (rig, "run_4") == 1 &&
                monitor_rig_count (rig, "Batch 1/1/0!") == 1);
      g_assert_true (has_rows (all, 5) && has_rows (batch, 2));
    }
  monitor_rig_put (rig, NULL, "run_6", "PENDING", NULL);
  wait_for (has_rows (all, 6));
  g_assert_cmpuint (rig->notices->len, ==, 4);
}

/* Faults in mid-run, on every request for a while. */
static void
test_faults (gconstpointer dialect)
{
  static const char * const faults[] = { "drop", "409", "503", "429", "html", "truncated" };
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  SpotWatch *all = spot_environment_watch_all (rig->environment, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    monitor_rig_put (rig, NULL, faults[i], "EXECUTING", NULL);
  wait_for (has_rows (all, G_N_ELEMENTS (faults)));
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      spot_environment_watch_run (rig->environment, NULL, faults[i]);
      spot_dev_server_set_fault (rig->server, faults[i], 1);
      monitor_rig_put (rig, NULL, faults[i], "CRASHED", NULL);
      wait_for (monitor_rig_count (rig, faults[i]) == 1);
      g_assert_true (has_rows (all, G_N_ELEMENTS (faults)));
    }
  wait_for (has_state (spot_environment_get_connection (rig->environment), SPOT_CONNECTION_LIVE));
  g_assert_cmpuint (rig->notices->len, ==, G_N_ELEMENTS (faults));
}

static void
test_wrong_key (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (SPOT_DEV_DIALECT_ELECTRIC, "tr_prod_wrongwrongwrongwrongwron");
  SpotConnection *connection = spot_environment_get_connection (rig->environment);
  SpotWatch *all = spot_environment_watch_all (rig->environment, NULL);

  g_assert_cmpint (spot_environment_get_kind (rig->environment), ==, SPOT_ENVIRONMENT_PRODUCTION);
  g_assert_cmpstr (spot_environment_get_name (rig->environment), ==, "Production at 127.0.0.1");
  wait_for (has_state (connection, SPOT_CONNECTION_NEEDS_ATTENTION));
  g_assert_cmpint (spot_connection_get_problem (connection), ==, SPOT_PROBLEM_UNAUTHORIZED);
  g_assert_cmpint (spot_connection_get_problem (spot_watch_get_connection (all)), ==, SPOT_PROBLEM_UNAUTHORIZED);
  g_assert_null (strstr (spot_connection_get_detail (connection), "wrongwrong"));
  g_assert_false (spot_watch_get_ready (all));
}

/* A watch for which the server grants no connection waits; whoever asks need not. */
static void
test_refused_connection (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  SpotConnection *all, *batch;

  monitor_rig_put (rig, "batch_1", "run_1", "EXECUTING", NULL);
  all = spot_watch_get_connection (spot_environment_watch_all (rig->environment, NULL));
  wait_for (has_state (all, SPOT_CONNECTION_LIVE));
  spot_dev_server_set_fault (rig->server, "429", 1);
  wait_for (has_state (all, SPOT_CONNECTION_RECONNECTING));
  g_assert_cmpint (spot_connection_get_problem (all), ==, SPOT_PROBLEM_BUSY);

  batch = spot_watch_get_connection (spot_environment_watch_batch (rig->environment, NULL, "batch_1"));
  wait_for (has_state (batch, SPOT_CONNECTION_NEEDS_ATTENTION));
  g_assert_cmpint (spot_connection_get_problem (batch), ==, SPOT_PROBLEM_BUSY);
  /* That was one refusal: the next attempt of the first feed is no other. */
  spot_connection_retry_now (batch);
  wait_for (has_state (all, SPOT_CONNECTION_LIVE) && has_state (batch, SPOT_CONNECTION_LIVE));
}

/* Watches are free. */
static void
test_many_watches_one_connection (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  SpotWatch *watches[200];

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *tag = g_strdup_printf ("tag-%u", i);
      g_autofree char *more = g_strdup_printf ("\"runTags\":[\"%s\"]", tag);
      g_autofree char *id = g_strdup_printf ("run_%u", i);

      watches[i] = spot_environment_watch_tags (rig->environment, NULL, (const char *[]) { tag, NULL });
      monitor_rig_put (rig, NULL, id, "EXECUTING", more);
    }
  for (guint i = 0; i < 200; i++)
    wait_for (has_rows (watches[i], 1));
  wait_for (spot_dev_server_get_n_live (rig->server) == 1);

  monitor_rig_put (rig, NULL, "run_77", "CRASHED", NULL);
  wait_for (monitor_rig_count (rig, "run_77") == 1);
  wait_for (spot_dev_server_get_n_live (rig->server) == 1);
  g_assert_cmpuint (rig->notices->len, ==, 1);
}

/* A run that is older than the window is watched all the same, by a feed that goes when it is not needed. */
static void
test_run_outside_window (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  SpotWatch *old;
  SpotWatch *all;

  monitor_rig_put (rig, NULL, "run_old", "EXECUTING", OLD);
  monitor_rig_put (rig, NULL, "run_new", "EXECUTING", NULL);
  old = spot_environment_watch_run (rig->environment, NULL, "run_old");
  all = spot_environment_watch_all (rig->environment, NULL);
  wait_for (has_rows (old, 1) && has_rows (all, 1));
  wait_for (spot_dev_server_get_n_live (rig->server) == 2);
  monitor_rig_put (rig, NULL, "run_old", "COMPLETED_SUCCESSFULLY", NULL);
  wait_for (monitor_rig_count (rig, "run_old") == 1);
}

/* A run that is not there yet is looked for on its own, until the environment has it. That it is not there is its own
 * matter. */
static void
test_run_to_come (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (SPOT_DEV_DIALECT_ELECTRIC, NULL);
  SpotWatch *run = spot_environment_watch_run (rig->environment, NULL, "run_later");

  wait_for (has_state (spot_watch_get_connection (run), SPOT_CONNECTION_NEEDS_ATTENTION));
  g_assert_cmpint (spot_connection_get_problem (spot_watch_get_connection (run)), ==, SPOT_PROBLEM_NOT_FOUND);
  g_assert_true (has_state (spot_environment_get_connection (rig->environment), SPOT_CONNECTION_LIVE));
  g_assert_false (spot_watch_get_ready (run));

  monitor_rig_put (rig, NULL, "run_later", "EXECUTING", NULL);
  wait_for (has_rows (run, 1));
  wait_for (has_state (spot_watch_get_connection (run), SPOT_CONNECTION_LIVE));
  monitor_rig_put (rig, NULL, "run_later", "CANCELED", NULL);
  wait_for (monitor_rig_count (rig, "run_later") == 1);
}

/* A server that gives 1,000 rows and no more. */
static void
test_native_cap (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (SPOT_DEV_DIALECT_NATIVE, NULL);
  SpotWatch *all;
  SpotWatch *tagged;

  /* The oldest one is left out. */
  monitor_rig_put (rig, NULL, "run_first", "EXECUTING", "\"runTags\":[\"first\"]");
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *id = g_strdup_printf ("run_%u", i);

      monitor_rig_put (rig, NULL, id, "EXECUTING", NULL);
    }
  all = spot_environment_watch_all (rig->environment, NULL);
  tagged = spot_environment_watch_tags (rig->environment, NULL, (const char *[]) { "first", NULL });
  g_assert_false (spot_environment_get_partial (rig->environment));
  wait_for (has_rows (all, 1000) && has_rows (tagged, 1));
  g_assert_true (spot_environment_get_partial (rig->environment));
  g_assert_true (spot_connection_get_partial (spot_watch_get_connection (all)));
  wait_for (spot_dev_server_get_n_live (rig->server) == 2);
  monitor_rig_put (rig, NULL, "run_first", "CRASHED", NULL);
  wait_for (monitor_rig_count (rig, "run_first") == 1);
}

/* The run that somebody looks at comes with every column, as long as somebody does. */
static void
test_open_run (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  SpotWatch *all = spot_environment_watch_all (rig->environment, NULL);
  SpotConnection *connection;

  monitor_rig_put (rig, NULL, "run_1", "EXECUTING",
                   "\"payload\":\"{\\\"big\\\":1}\",\"payloadType\":\"application/json\"");
  wait_for (has_rows (all, 1));
  g_assert_false (spot_run_record_has (spot_run_get_record (find_run (rig, "run_1")), SPOT_COLUMN_PAYLOAD));

  connection = spot_environment_open_run (rig->environment, "run_1");
  g_assert_true (spot_environment_open_run (rig->environment, "run_1") == connection);
  wait_for (spot_run_record_has (spot_run_get_record (find_run (rig, "run_1")), SPOT_COLUMN_PAYLOAD));
  wait_for (has_state (connection, SPOT_CONNECTION_LIVE));
  wait_for (spot_dev_server_get_n_live (rig->server) == 2);

  spot_environment_close_run (rig->environment, "run_1");
  monitor_rig_put (rig, NULL, "run_1", "WAITING_TO_RESUME", NULL);
  wait_for (has_status (rig, "run_1", SPOT_RUN_STATUS_WAITING_TO_RESUME));
  g_assert_true (has_state (connection, SPOT_CONNECTION_LIVE));
  spot_environment_close_run (rig->environment, "run_1");
  wait_for (spot_dev_server_get_n_live (rig->server) == 1);
  g_assert_nonnull (find_run (rig, "run_1"));
  g_assert_true (has_rows (all, 1));
}

/* Two environments share the queue and nothing else. */
static void
test_two_environments (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (SPOT_DEV_DIALECT_ELECTRIC, NULL);
  const SpotDevOptions options = { .dialect = SPOT_DEV_DIALECT_NATIVE, .speed = 1, .seed = 2, .hold_ms = 300 };
  g_autoptr(SpotDevServer) other_server = spot_dev_server_new (&options);
  g_autoptr(GError) error = NULL;
  SpotEnvironment *other;
  SpotWatch *all = spot_environment_watch_all (rig->environment, NULL);
  SpotWatch *other_all;

  spot_dev_server_start (other_server, &error);
  g_assert_no_error (error);
  other = spot_monitor_add_environment (rig->monitor, "Other", spot_dev_server_get_url (other_server),
                                        spot_dev_server_get_key (other_server), FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (spot_environment_get_name (other), ==, "Other");
  g_assert_true (spot_monitor_find_environment (rig->monitor, spot_environment_get_id (other)) == other);
  g_assert_null (spot_monitor_find_environment (rig->monitor, "environment-3"));
  g_assert_null (spot_monitor_find_environment (rig->monitor, NULL));
  other_all = spot_environment_watch_all (other, NULL);
  monitor_rig_put (rig, NULL, "run_1", "EXECUTING", NULL);
  spot_dev_server_put_run (other_server, NULL, "{\"friendlyId\":\"run_2\",\"status\":\"PENDING\"}", &error);
  g_assert_no_error (error);
  wait_for (has_rows (all, 1) && has_rows (other_all, 1));
  g_assert_null (find_run (rig, "run_2"));
  spot_dev_server_stop (other_server);
  wait_for (has_state (spot_environment_get_connection (other), SPOT_CONNECTION_RECONNECTING));
  g_assert_true (has_state (spot_environment_get_connection (rig->environment), SPOT_CONNECTION_LIVE));
}

static void
test_refused_addresses (void)
{
  const SpotEnvironmentOptions options = {
    .api_url = "https://example.com", .credential = "tr_preview_x", .branch = "feature\nx",
  };
  g_autoptr(SpotMonitor) monitor = spot_monitor_new ();
  g_autoptr(GError) error = NULL;

  g_assert_null (spot_monitor_add_environment (monitor, NULL, "http://example.com", "tr_dev_x", FALSE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_clear_error (&error);
  g_assert_null (spot_monitor_add_environment (monitor, NULL, "no address", "tr_dev_x", FALSE, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (spot_monitor_add_environment_full (monitor, &options, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (g_list_model_get_n_items (spot_monitor_get_environments (monitor)), ==, 0);
  g_assert_finalize_object (g_steal_pointer (&monitor));
}

static guint n_hits;

static void
stop_in_notice_cb (SpotMonitor *monitor,
                   gpointer     notice,
                   MonitorRig  *rig)
{
  n_hits++;
  spot_monitor_stop (monitor);
}

static void
close_in_change_cb (GListModel *list,
                    guint       position,
                    guint       removed,
                    guint       added,
                    MonitorRig *rig)
{
  if (n_hits++ == 0)
    {
      spot_environment_open_run (rig->environment, "run_1");
      spot_environment_close_run (rig->environment, "run_1");
      spot_monitor_flush (rig->monitor);
    }
}

/* Listeners may do as they please. */
static void
test_listeners (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (SPOT_DEV_DIALECT_ELECTRIC, NULL);
  SpotWatch *run = spot_environment_watch_run (rig->environment, NULL, "run_1");

  n_hits = 0;
  g_signal_connect (spot_watch_get_list (run), "items-changed", G_CALLBACK (close_in_change_cb), rig);
  monitor_rig_put (rig, NULL, "run_1", "EXECUTING", NULL);
  wait_for (n_hits > 0 && has_rows (run, 1));

  n_hits = 0;
  g_signal_connect (rig->monitor, "notice", G_CALLBACK (stop_in_notice_cb), rig);
  monitor_rig_put (rig, NULL, "run_1", "CRASHED", NULL);
  wait_for (n_hits > 0);
  g_assert_cmpuint (n_hits, ==, 1);
}

static guint smallest;

static void
watch_size_cb (GListModel *list)
{
  smallest = MIN (smallest, g_list_model_get_n_items (list));
}

/* How far lists look back is changed while they are shown: what stays is there all the time. */
static void
test_look_back (gconstpointer dialect)
{
  const SpotEnvironmentLimits hour = { .look_back_hours = 1 };
  const SpotEnvironmentLimits day = { .look_back_hours = 24, .event_stream = TRUE };
  g_autoptr(MonitorRig) rig = monitor_rig_new (GPOINTER_TO_INT (dialect), NULL);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr(GDateTime) earlier = g_date_time_add_hours (now, -3);
  g_autofree char *old = g_date_time_format (earlier, "\"createdAt\":\"%Y-%m-%dT%H:%M:%S.000Z\"");
  SpotWatch *all = spot_environment_watch_all (rig->environment, NULL);

  monitor_rig_put (rig, NULL, "run_new", "EXECUTING", NULL);
  monitor_rig_put (rig, NULL, "run_old", "EXECUTING", old);
  wait_for (has_rows (all, 2));
  smallest = G_MAXUINT;
  g_signal_connect (spot_watch_get_list (all), "items-changed", G_CALLBACK (watch_size_cb), NULL);
  spot_monitor_set_limits (rig->monitor, &hour);
  wait_for (has_rows (all, 1));
  g_assert_null (find_run (rig, "run_old"));
  g_assert_cmpuint (smallest, ==, 1);

  spot_monitor_set_limits (rig->monitor, &day);
  wait_for (has_rows (all, 2));
  g_assert_cmpuint (smallest, ==, 1);
  monitor_rig_put (rig, NULL, "run_new", "PAUSED", NULL);
  monitor_rig_put (rig, NULL, "run_old", "PAUSED", NULL);
  wait_for (has_status (rig, "run_new", SPOT_RUN_STATUS_PAUSED) && has_status (rig, "run_old", SPOT_RUN_STATUS_PAUSED));
  g_assert_cmpuint (rig->notices->len, ==, 0);
}

static guint
count_busy (MonitorRig *rig)
{
  GListModel *watches = spot_environment_get_watches (rig->environment);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (watches); i++)
    {
      g_autoptr(SpotWatch) watch = g_list_model_get_item (watches, i);

      n += spot_connection_get_problem (spot_watch_get_connection (watch)) == SPOT_PROBLEM_BUSY;
    }
  return n;
}

/* More watches than the user grants connections: those that get none say so, and go on when they may. */
static void
test_connection_limit (void)
{
  const SpotEnvironmentLimits two = { .max_connections = 2 };
  const SpotEnvironmentLimits six = { .max_connections = 6 };
  g_autoptr(MonitorRig) rig = monitor_rig_new (SPOT_DEV_DIALECT_ELECTRIC, NULL);

  spot_monitor_set_limits (rig->monitor, &two);
  g_assert_cmpuint (spot_environment_get_max_connections (rig->environment), ==, 2);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *batch_id = g_strdup_printf ("batch_%u", i);
      g_autofree char *run_id = g_strdup_printf ("run_%u", i);

      monitor_rig_put (rig, batch_id, run_id, "EXECUTING", NULL);
      spot_environment_watch_batch (rig->environment, NULL, batch_id);
    }
  wait_for (count_busy (rig) == 2 && spot_environment_get_n_connections (rig->environment) == 2);
  spot_monitor_set_limits (rig->monitor, &six);
  wait_for (count_busy (rig) == 0 && spot_environment_get_n_connections (rig->environment) == 4);
}

static void
add (const char    *name,
     GTestDataFunc  test)
{
  g_autofree char *electric = g_strconcat ("/monitor/", name, "/electric", NULL);
  g_autofree char *native = g_strconcat ("/monitor/", name, "/native", NULL);

  g_test_add_data_func (electric, GINT_TO_POINTER (SPOT_DEV_DIALECT_ELECTRIC), test);
  g_test_add_data_func (native, GINT_TO_POINTER (SPOT_DEV_DIALECT_NATIVE), test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("71-four-kinds", test_four_kinds);
  add ("one-notice", test_one_notice);
  add ("batch-summary", test_batch_summary);
  add ("burst", test_burst);
  add ("100-server-restart", test_server_restart);
  add ("faults", test_faults);
  add ("refused-connection", test_refused_connection);
  add ("many-watches-one-connection", test_many_watches_one_connection);
  add ("run-outside-window", test_run_outside_window);
  add ("open-run", test_open_run);
  add ("look-back", test_look_back);
  g_test_add_func ("/monitor/connection-limit", test_connection_limit);
  g_test_add_func ("/monitor/wrong-key", test_wrong_key);
  g_test_add_func ("/monitor/run-to-come", test_run_to_come);
  g_test_add_func ("/monitor/77-native-cap", test_native_cap);
  g_test_add_func ("/monitor/two-environments", test_two_environments);
  g_test_add_func ("/monitor/refused-addresses", test_refused_addresses);
  g_test_add_func ("/monitor/listeners", test_listeners);
  return g_test_run ();
}
