/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "monitor-rig.h"

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* What the journal has of the environment, all that was written before included. */
static SpotJournalContents *
load (MonitorRig *rig)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  SpotJournalContents *contents;

  spot_journal_load_async (rig->journal, "env", NULL, loaded_cb, &result);
  wait_for (result != NULL);
  contents = spot_journal_load_finish (rig->journal, result, &error);
  g_assert_no_error (error);
  return contents;
}

static gint
compare_words (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* Its runs and their statuses, in order, and then its feeds. */
static char *
dup_contents (MonitorRig *rig)
{
  g_autoptr(SpotJournalContents) contents = load (rig);
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < contents->runs->len; i++)
    {
      SpotRunRecord *record = g_array_index (contents->runs, SpotJournalRun, i).record;

      g_ptr_array_add (words, g_strdup_printf ("%s:%s", spot_run_record_get_id (record),
                                               spot_run_record_get_status_word (record)));
    }
  g_ptr_array_sort (words, compare_words);
  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (text, "%s ", (char *) words->pdata[i]);
  g_string_append (text, "|");
  g_ptr_array_set_size (words, 0);
  for (guint i = 0; i < contents->feeds->len; i++)
    g_ptr_array_add (words, g_strdup (((SpotJournalFeed *) contents->feeds->pdata[i])->key));
  g_ptr_array_sort (words, compare_words);
  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (text, " %s", (char *) words->pdata[i]);
  return g_string_free (text, FALSE);
}

static void
assert_contents (MonitorRig *rig,
                 const char *wanted)
{
  g_autofree char *contents = dup_contents (rig);

  g_assert_cmpstr (contents, ==, wanted);
}

static SpotWatch *
add_watch (MonitorRig   *rig,
           SpotWatchKind kind,
           const char   *subject,
           const char   *tag,
           gboolean      keep_nothing)
{
  const char *const tags[] = { tag, NULL };
  g_autoptr(SpotWatchSpec) spec = spot_watch_spec_new (kind, subject, tag != NULL ? tags : NULL);

  spec->keep_nothing = keep_nothing;
  return spot_environment_add_watch (rig->environment, spec, G_MAXUINT);
}

static void
test_commits (gconstpointer dialect)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal ((SpotDevDialect) GPOINTER_TO_INT (dialect));
  SpotWatch *all;
  SpotWatch *batch;

  monitor_rig_put (rig, NULL, "run_a", "EXECUTING", NULL);
  monitor_rig_put (rig, "batch_1", "run_b", "PENDING", NULL);
  all = add_watch (rig, SPOT_WATCH_ENVIRONMENT, NULL, NULL, FALSE);
  batch = add_watch (rig, SPOT_WATCH_BATCH, "batch_1", NULL, FALSE);
  wait_for (spot_watch_get_n_runs (all) == 2 && spot_watch_get_n_runs (batch) == 1);
  spot_monitor_flush (rig->monitor);
  assert_contents (rig, "run_a:EXECUTING run_b:PENDING | batch:batch_1 list");

  monitor_rig_put (rig, NULL, "run_a", "COMPLETED_SUCCESSFULLY", NULL);
  wait_for (spot_watch_get_n_runs (all) == 2 && spot_watch_get_count (all, SPOT_STATUS_GROUP_GOOD) == 1);
  spot_monitor_flush (rig->monitor);
  assert_contents (rig, "run_a:COMPLETED_SUCCESSFULLY run_b:PENDING | batch:batch_1 list");

  /* What nobody watches any more has no place in a log; what was seen of it stays. */
  spot_environment_remove_watch (rig->environment, batch);
  assert_contents (rig, "run_a:COMPLETED_SUCCESSFULLY run_b:PENDING | list");
}

/* An environment that is another one at the next start. */
static void
test_no_id (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal (SPOT_DEV_DIALECT_ELECTRIC);
  const SpotEnvironmentOptions options = {
    .api_url = spot_dev_server_get_url (rig->server), .credential = rig->credential,
  };
  SpotEnvironment *environment = spot_monitor_add_environment_full (rig->monitor, &options, NULL);
  SpotWatch *all = spot_environment_watch_all (environment, NULL);

  monitor_rig_put (rig, NULL, "run_a", "EXECUTING", NULL);
  wait_for (spot_watch_get_n_runs (all) == 1);
  spot_monitor_flush (rig->monitor);
  assert_contents (rig, "|");
}

static void
test_keep_nothing (void)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new_with_journal (SPOT_DEV_DIALECT_ELECTRIC);
  SpotWatch *secret;
  SpotWatch *open;
  SpotWatch *batch;

  monitor_rig_put (rig, NULL, "run_a", "EXECUTING", "\"runTags\":[\"secret\"]");
  monitor_rig_put (rig, NULL, "run_b", "EXECUTING", "\"runTags\":[\"secret\",\"open\"]");
  monitor_rig_put (rig, NULL, "run_c", "EXECUTING", "\"runTags\":[\"open\"]");
  monitor_rig_put (rig, "batch_1", "run_d", "EXECUTING", NULL);
  secret = add_watch (rig, SPOT_WATCH_TAGS, NULL, "secret", TRUE);
  open = add_watch (rig, SPOT_WATCH_TAGS, NULL, "open", FALSE);
  wait_for (spot_watch_get_n_runs (secret) == 2 && spot_watch_get_n_runs (open) == 2);
  spot_monitor_flush (rig->monitor);
  assert_contents (rig, "run_b:EXECUTING run_c:EXECUTING run_d:EXECUTING | list");
  /* Only its own feed tells that a run is in the batch. */
  batch = add_watch (rig, SPOT_WATCH_BATCH, "batch_1", NULL, TRUE);
  wait_for (spot_watch_get_n_runs (batch) == 1);
  spot_monitor_flush (rig->monitor);
  assert_contents (rig, "run_b:EXECUTING run_c:EXECUTING | list");

  /* A later start has nothing to go on from, because not every row is kept. */
  {
    g_autoptr(SpotJournalContents) contents = load (rig);

    g_assert_null (((SpotJournalFeed *) contents->feeds->pdata[0])->position);
  }
  monitor_rig_put (rig, NULL, "run_a", "COMPLETED_SUCCESSFULLY", NULL);
  wait_for (spot_watch_get_count (secret, SPOT_STATUS_GROUP_GOOD) == 1);
  spot_monitor_flush (rig->monitor);
  assert_contents (rig, "run_b:EXECUTING run_c:EXECUTING | list");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/kept/commits/electric", GINT_TO_POINTER (SPOT_DEV_DIALECT_ELECTRIC), test_commits);
  g_test_add_data_func ("/kept/commits/native", GINT_TO_POINTER (SPOT_DEV_DIALECT_NATIVE), test_commits);
  g_test_add_func ("/kept/no-id", test_no_id);
  g_test_add_func ("/kept/keep-nothing", test_keep_nothing);
  return g_test_run ();
}
