/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "monitor-rig.h"

static gboolean
is_live (SpotWatch *watch)
{
  return spot_connection_get_state (spot_watch_get_connection (watch)) == SPOT_CONNECTION_LIVE;
}

static gint64
get_as_of (SpotWatch *watch)
{
  return spot_connection_get_as_of (spot_watch_get_connection (watch));
}

static const char *
get_status (MonitorRig *rig,
            const char *run_id)
{
  SpotRun *run = spot_run_store_lookup (spot_environment_get_store (rig->environment), run_id);

  return run != NULL ? spot_run_record_get_status_word (spot_run_get_record (run)) : NULL;
}

/* A program that has seen some runs, and ends. */
static void
see (MonitorRig *rig)
{
  SpotWatch *all = spot_environment_watch_all (rig->environment, NULL);

  monitor_rig_put (rig, NULL, "run_a", "EXECUTING", "\"runTags\":[\"one\"]");
  monitor_rig_put (rig, NULL, "run_b", "PENDING", NULL);
  monitor_rig_put (rig, NULL, "run_c", "COMPLETED_SUCCESSFULLY", NULL);
  wait_for (spot_watch_get_n_runs (all) == 3 && is_live (all));
  g_assert_cmpint (get_as_of (all), ==, 0);
  /* The position after a change is one in the log, the one before it may be the snapshot's. */
  monitor_rig_put (rig, NULL, "run_b", "EXECUTING", NULL);
  wait_for (g_strcmp0 (get_status (rig, "run_b"), "EXECUTING") == 0);
  spot_monitor_flush (rig->monitor);
  monitor_rig_stop (rig);
}

/* What was known is there at once, with its time, also when there is no server; then only what has changed is asked for. */
static void
test_resume (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal ((SpotDevDialect) GPOINTER_TO_INT (dialect));
  gint64 before_us = g_get_real_time ();
  guint64 n_snapshots;
  SpotWatch *all;

  see (rig);
  monitor_rig_put (rig, NULL, "run_a", "COMPLETED_SUCCESSFULLY", NULL);
  monitor_rig_put (rig, NULL, "run_d", "PENDING", NULL);
  n_snapshots = spot_dev_server_get_n_snapshots (rig->server);
  spot_dev_server_stop (rig->server);

  monitor_rig_start (rig);
  all = spot_environment_watch_all (rig->environment, NULL);
  wait_for (spot_watch_get_ready (all) && spot_watch_get_n_runs (all) == 3);
  g_assert_cmpint (get_as_of (all), >=, before_us);
  g_assert_cmpint (get_as_of (all), <=, g_get_real_time ());
  g_assert_cmpstr (get_status (rig, "run_a"), ==, "EXECUTING");
  g_assert_false (is_live (all));

  spot_dev_server_start (rig->server, NULL);
  spot_monitor_refresh (rig->monitor);
  wait_for (spot_watch_get_n_runs (all) == 4 && is_live (all));
  g_assert_cmpint (get_as_of (all), ==, 0);
  g_assert_cmpstr (get_status (rig, "run_a"), ==, "COMPLETED_SUCCESSFULLY");
  g_assert_cmpstr (get_status (rig, "run_b"), ==, "EXECUTING");
  if (GPOINTER_TO_INT (dialect) == SPOT_DEV_DIALECT_ELECTRIC)
    g_assert_cmpuint (spot_dev_server_get_n_snapshots (rig->server), ==, n_snapshots);

  /* What comes after that is news as ever. */
  monitor_rig_put (rig, NULL, "run_b", "COMPLETED_SUCCESSFULLY", NULL);
  spot_dev_server_delete_run (rig->server, "run_c");
  wait_for (g_strcmp0 (get_status (rig, "run_b"), "COMPLETED_SUCCESSFULLY") == 0);
  if (GPOINTER_TO_INT (dialect) == SPOT_DEV_DIALECT_ELECTRIC)
    wait_for (spot_watch_get_n_runs (all) == 3);
}

/* Nothing has changed: no row comes, and it is live all the same. */
static void
test_nothing_new (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal (SPOT_DEV_DIALECT_ELECTRIC);
  SpotWatch *all;

  see (rig);
  monitor_rig_start (rig);
  all = spot_environment_watch_all (rig->environment, NULL);
  wait_for (is_live (all) && get_as_of (all) == 0);
  g_assert_cmpuint (spot_watch_get_n_runs (all), ==, 3);
}

/* The log is gone: everything comes again, and what is not in it goes. */
static void
test_log_is_gone (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal (SPOT_DEV_DIALECT_ELECTRIC);
  guint64 n_snapshots;
  SpotWatch *all;

  see (rig);
  spot_dev_server_delete_run (rig->server, "run_c");
  spot_dev_server_rotate (rig->server);
  n_snapshots = spot_dev_server_get_n_snapshots (rig->server);
  monitor_rig_start (rig);
  all = spot_environment_watch_all (rig->environment, NULL);
  wait_for (is_live (all) && get_as_of (all) == 0);
  wait_for (spot_watch_get_n_runs (all) == 2);
  g_assert_null (get_status (rig, "run_c"));
  g_assert_cmpuint (spot_dev_server_get_n_snapshots (rig->server), >, n_snapshots);
}

/* A part of the rows is not kept: the rest is something to look at, and no more. */
static void
test_no_position (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal (SPOT_DEV_DIALECT_ELECTRIC);
  const char *const forgotten[] = { "run_c", NULL };
  SpotWatch *all;

  see (rig);
  monitor_rig_start (rig);
  spot_journal_forget_runs (rig->journal, "env", forgotten);
  monitor_rig_stop (rig);

  spot_dev_server_stop (rig->server);
  monitor_rig_start (rig);
  all = spot_environment_watch_all (rig->environment, NULL);
  wait_for (get_status (rig, "run_a") != NULL);
  g_assert_nonnull (get_status (rig, "run_b"));
  g_assert_null (get_status (rig, "run_c"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (spot_watch_get_list (all))), ==, 2);
  g_assert_cmpint (get_as_of (all), !=, 0);
  g_assert_false (spot_watch_get_ready (all));
  spot_dev_server_start (rig->server, NULL);
  spot_monitor_refresh (rig->monitor);
  wait_for (spot_watch_get_ready (all) && spot_watch_get_n_runs (all) == 3);
}

/* A feed of its own goes on, too. */
static void
test_batch (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal ((SpotDevDialect) GPOINTER_TO_INT (dialect));
  SpotWatch *batch;

  batch = spot_environment_watch_batch (rig->environment, NULL, "batch_1");
  monitor_rig_put (rig, "batch_1", "run_a", "EXECUTING", NULL);
  monitor_rig_put (rig, "batch_1", "run_b", "EXECUTING", NULL);
  wait_for (spot_watch_get_n_runs (batch) == 2 && is_live (batch));
  spot_monitor_flush (rig->monitor);
  monitor_rig_stop (rig);
  spot_dev_server_stop (rig->server);

  monitor_rig_start (rig);
  batch = spot_environment_watch_batch (rig->environment, NULL, "batch_1");
  wait_for (spot_watch_get_n_runs (batch) == 2);
  g_assert_cmpint (get_as_of (batch), !=, 0);
  spot_dev_server_start (rig->server, NULL);
  spot_monitor_refresh (rig->monitor);
  wait_for (is_live (batch) && get_as_of (batch) == 0);
  g_assert_cmpuint (spot_watch_get_n_runs (batch), ==, 2);
}

static SpotWatch *
add_loud_watch (MonitorRig *rig)
{
  g_autoptr(SpotWatchSpec) spec = spot_watch_spec_new (SPOT_WATCH_ENVIRONMENT, NULL, NULL);

  spec->id = g_strdup ("loud");
  spec->name = g_strdup ("Loud");
  spec->rule = SPOT_WATCH_RULE_ALL;
  return spot_environment_add_watch (rig->environment, spec, G_MAXUINT);
}

/* What ended while the program did not run is told in one notice, once; what ends after that as ever. */
static void
test_ended_meanwhile (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal ((SpotDevDialect) GPOINTER_TO_INT (dialect));
  SpotWatch *all;

  see (rig);
  monitor_rig_put (rig, NULL, "run_a", "COMPLETED_SUCCESSFULLY", NULL);
  monitor_rig_put (rig, NULL, "run_d", "EXECUTING", NULL);
  monitor_rig_put (rig, NULL, "run_d", "CRASHED", NULL);
  g_assert_cmpuint (rig->notices->len, ==, 0);
  monitor_rig_start (rig);
  all = add_loud_watch (rig);
  wait_for (is_live (all) && rig->notices->len == 1);
  g_assert_cmpstr (rig->notices->pdata[0], ==, "away Loud 1/1/0");
  monitor_rig_put (rig, NULL, "run_b", "COMPLETED_SUCCESSFULLY", NULL);
  wait_for (rig->notices->len == 2);
  g_assert_cmpstr (rig->notices->pdata[1], ==, "run_b");
  monitor_rig_stop (rig);

  monitor_rig_start (rig);
  all = add_loud_watch (rig);
  wait_for (is_live (all) && get_as_of (all) == 0);
  monitor_rig_put (rig, NULL, "run_e", "EXECUTING", NULL);
  wait_for (spot_watch_get_n_runs (all) == 5);
  monitor_rig_put (rig, NULL, "run_e", "CRASHED", NULL);
  wait_for (rig->notices->len == 3);
  g_assert_cmpstr (rig->notices->pdata[2], ==, "run_e");
}

/* A notice that nobody knows to have been sent comes again, and one that was does not. */
static void
test_unsent (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal (SPOT_DEV_DIALECT_ELECTRIC);
  SpotWatch *all;

  all = add_loud_watch (rig);
  monitor_rig_put (rig, NULL, "run_a", "EXECUTING", NULL);
  monitor_rig_put (rig, NULL, "run_b", "EXECUTING", NULL);
  wait_for (spot_watch_get_n_runs (all) == 2 && is_live (all));
  monitor_rig_put (rig, NULL, "run_a", "CRASHED", NULL);
  wait_for (monitor_rig_count (rig, "run_a") == 1);
  rig->desktop_is_gone = TRUE;
  monitor_rig_put (rig, NULL, "run_b", "CRASHED", NULL);
  wait_for (monitor_rig_count (rig, "run_b") == 1);
  monitor_rig_stop (rig);

  rig->desktop_is_gone = FALSE;
  for (guint i = 0; i < 2; i++)
    {
      monitor_rig_start (rig);
      all = add_loud_watch (rig);
      wait_for (is_live (all) && get_as_of (all) == 0);
      wait_for (monitor_rig_count (rig, "run_b") == 2);
      monitor_rig_stop (rig);
    }
  g_assert_cmpuint (rig->notices->len, ==, 3);
}

/* A journal that cannot be had keeps nobody from watching. */
static void
test_no_journal (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal (SPOT_DEV_DIALECT_ELECTRIC);
  SpotWatch *all;

  see (rig);
  g_file_set_contents (rig->path, "This is no database, and long enough to tell so at a glance.", -1, NULL);
  monitor_rig_start (rig);
  all = spot_environment_watch_all (rig->environment, NULL);
  wait_for (spot_watch_get_n_runs (all) == 3 && is_live (all));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/warm-start/resume/electric", GINT_TO_POINTER (SPOT_DEV_DIALECT_ELECTRIC), test_resume);
  g_test_add_data_func ("/warm-start/resume/native", GINT_TO_POINTER (SPOT_DEV_DIALECT_NATIVE), test_resume);
  g_test_add_func ("/warm-start/nothing-new", test_nothing_new);
  g_test_add_func ("/warm-start/log-is-gone", test_log_is_gone);
  g_test_add_func ("/warm-start/no-position", test_no_position);
  g_test_add_data_func ("/warm-start/batch/electric", GINT_TO_POINTER (SPOT_DEV_DIALECT_ELECTRIC), test_batch);
  g_test_add_data_func ("/warm-start/batch/native", GINT_TO_POINTER (SPOT_DEV_DIALECT_NATIVE), test_batch);
  g_test_add_data_func ("/warm-start/ended-meanwhile/electric", GINT_TO_POINTER (SPOT_DEV_DIALECT_ELECTRIC),
                        test_ended_meanwhile);
  g_test_add_data_func ("/warm-start/ended-meanwhile/native", GINT_TO_POINTER (SPOT_DEV_DIALECT_NATIVE),
                        test_ended_meanwhile);
  g_test_add_func ("/warm-start/unsent", test_unsent);
  g_test_add_func ("/warm-start/no-journal", test_no_journal);
  return g_test_run ();
}
