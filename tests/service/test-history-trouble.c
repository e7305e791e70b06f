/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* setresuid */

#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "monitor-rig.h"
#include "spot-journal-private.h"

#define NOBODY 65534

static SpotWatch *
add_loud_watch (MonitorRig *rig)
{
  g_autoptr(SpotWatchSpec) spec = spot_watch_spec_new (SPOT_WATCH_ENVIRONMENT, NULL, NULL);

  spec->id = g_strdup ("loud");
  spec->rule = SPOT_WATCH_RULE_ALL;
  return spot_environment_add_watch (rig->environment, spec, G_MAXUINT);
}

static gboolean
is_live (SpotWatch *watch)
{
  SpotConnection *connection = spot_watch_get_connection (watch);

  return spot_connection_get_state (connection) == SPOT_CONNECTION_LIVE && spot_connection_get_as_of (connection) == 0;
}

static gboolean
has_problem (MonitorRig *rig,
             const char *word)
{
  const char *problem = spot_monitor_get_history_problem (rig->monitor);

  return problem != NULL && strstr (problem, word) != NULL;
}

static void
count_cb (GObject    *object,
          GParamSpec *pspec,
          gpointer    user_data)
{
  (*(guint *) user_data)++;
}

/* Whatever is wrong with the history: a run that begins and ends is told. */
static void
assert_tells (MonitorRig *rig,
              const char *run_id)
{
  monitor_rig_put (rig, NULL, run_id, "EXECUTING", NULL);
  wait_for (spot_run_store_lookup (spot_environment_get_store (rig->environment), run_id) != NULL);
  spot_monitor_flush (rig->monitor);
  monitor_rig_put (rig, NULL, run_id, "CRASHED", NULL);
  wait_for (monitor_rig_count (rig, run_id) == 1);
}

static SpotJournal *
open_small_journal (const char *path)
{
  const SpotJournalOptions options = { .path = path, .retry_ms = 10, .max_pages = 100 };

  return spot_journal_new_with_options (&options);
}

/* The disk is full after some runs: it is said, and everything else goes on. What is missing in the file comes again. */
static void
test_full (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal (SPOT_DEV_DIALECT_ELECTRIC);
  guint n_changes = 0;
  SpotWatch *all;
  guint n = 0;

  monitor_rig_stop (rig);
  rig->open_journal = open_small_journal;
  monitor_rig_start (rig);
  g_signal_connect (rig->monitor, "notify::history-problem", G_CALLBACK (count_cb), &n_changes);
  all = add_loud_watch (rig);
  wait_for (is_live (all));
  g_assert_null (spot_monitor_get_history_problem (rig->monitor));
  while (n_changes == 0)
    {
      g_autofree char *id = g_strdup_printf ("run_%u", n);
      g_autofree char *more = g_strdup_printf ("\"metadata\":\"{\\\"x\\\":\\\"%05000u\\\"}\"", n);

      monitor_rig_put (rig, NULL, id, "EXECUTING", more);
      g_assert_cmpuint (n++, <, 1000);
      wait_for (spot_watch_get_n_runs (all) == n);
      spot_monitor_flush (rig->monitor);
    }
  /* It is tried again all the time, and may be well for a moment. */
  wait_for (has_problem (rig, "full"));
  assert_tells (rig, "run_z");
  monitor_rig_stop (rig);

  rig->open_journal = NULL;
  monitor_rig_start (rig);
  all = add_loud_watch (rig);
  wait_for (is_live (all) && spot_watch_get_n_runs (all) == n + 1);
  g_assert_null (spot_monitor_get_history_problem (rig->monitor));
  assert_tells (rig, "run_y");
  g_assert_cmpuint (monitor_rig_count (rig, "run_z"), ==, 1);
}

static void
test_read_only_child (void)
{
  g_autoptr(MonitorRig) rig = NULL;
  SpotWatch *all;

  if (geteuid () == 0)
    g_assert_cmpint (setresuid (NOBODY, NOBODY, NOBODY), ==, 0);
  rig = monitor_rig_new_with_journal (SPOT_DEV_DIALECT_ELECTRIC);
  all = add_loud_watch (rig);
  wait_for (is_live (all));
  assert_tells (rig, "run_a");
  monitor_rig_stop (rig);

  g_assert_cmpint (g_chmod (rig->path, 0400), ==, 0);
  monitor_rig_start (rig);
  all = add_loud_watch (rig);
  wait_for (is_live (all) && spot_watch_get_n_runs (all) == 1);
  wait_for (has_problem (rig, rig->folder));
  assert_tells (rig, "run_b");
  g_assert_cmpuint (rig->notices->len, ==, 2);
}

static void
test_read_only (void)
{
  g_test_trap_subprocess ("/history-trouble/read-only/subprocess", 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* It cannot even be made. */
static void
test_nowhere (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal (SPOT_DEV_DIALECT_NATIVE);
  SpotWatch *all;

  monitor_rig_stop (rig);
  g_free (rig->path);
  rig->path = g_strdup ("/dev/null/runspotter/journal.db");
  monitor_rig_start (rig);
  all = add_loud_watch (rig);
  wait_for (is_live (all));
  wait_for (spot_monitor_get_history_problem (rig->monitor) != NULL);
  assert_tells (rig, "run_a");
}

/* Somebody else has it: nothing is remembered, and nothing of theirs is touched. */
static void
test_in_use (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal (SPOT_DEV_DIALECT_ELECTRIC);
  g_autoptr(SpotJournal) other = NULL;
  gboolean closed = FALSE;
  SpotWatch *all;

  monitor_rig_stop (rig);
  other = spot_journal_new (rig->path);
  wait_for (spot_journal_get_state (other) == SPOT_JOURNAL_STATE_READY);
  monitor_rig_start (rig);
  all = add_loud_watch (rig);
  wait_for (is_live (all) && spot_monitor_get_history_problem (rig->monitor) != NULL);
  assert_tells (rig, "run_a");
  monitor_rig_stop (rig);
  monitor_rig_close_journal (other, &closed);
  wait_for (closed);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history-trouble/full", test_full);
  g_test_add_func ("/history-trouble/read-only", test_read_only);
  g_test_add_func ("/history-trouble/read-only/subprocess", test_read_only_child);
  g_test_add_func ("/history-trouble/nowhere", test_nowhere);
  g_test_add_func ("/history-trouble/in-use", test_in_use);
  return g_test_run ();
}
