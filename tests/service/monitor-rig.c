/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "monitor-rig.h"

/* Live polls are short, so that nothing waits for their end. */
#define HOLD_MS 300

static void
notice_cb (SpotMonitor *monitor,
           SpotNotice  *notice,
           MonitorRig  *self)
{
  g_assert_cmpstr (notice->environment_id, ==, spot_environment_get_id (self->environment));
  if (notice->kind == SPOT_NOTICE_RUN)
    g_ptr_array_add (self->notices, g_strdup (notice->run_id));
  else
    g_ptr_array_add (self->notices,
                     g_strdup_printf ("%s%s %u/%u/%u%s", notice->kind == SPOT_NOTICE_AWAY ? "away " : "",
                                      notice->watch_name, notice->n_good, notice->n_bad, notice->n_neutral,
                                      notice->finished ? "!" : ""));
  if (!self->desktop_is_gone)
    spot_monitor_note_sent (monitor, notice->ends);
}

static void
withdraw_cb (SpotMonitor *monitor,
             const char  *notice_id,
             MonitorRig  *self)
{
  g_ptr_array_add (self->withdrawn, g_strdup (notice_id));
}

/**
 * monitor_rig_new:
 * @dialect: of the server
 * @credential: (nullable): %NULL for the right one
 *
 * Returns: (transfer full): a rig whose server runs and has no runs
 */
MonitorRig *
monitor_rig_new (SpotDevDialect  dialect,
                 const char     *credential)
{
  const SpotDevOptions options = { .dialect = dialect, .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1, .seed = 1,
                                   .hold_ms = HOLD_MS };

  return monitor_rig_new_for (&options, credential);
}

/**
 * monitor_rig_new_for:
 * @options: of the server
 * @credential: (nullable): %NULL for the right one
 *
 * Returns: (transfer full): a rig whose server runs
 */
MonitorRig *
monitor_rig_new_for (const SpotDevOptions *options,
                     const char           *credential)
{
  MonitorRig *self = g_new0 (MonitorRig, 1);
  g_autoptr(GError) error = NULL;

  self->server = spot_dev_server_new (options);
  spot_dev_server_start (self->server, &error);
  g_assert_no_error (error);
  self->notices = g_ptr_array_new_with_free_func (g_free);
  self->withdrawn = g_ptr_array_new_with_free_func (g_free);
  self->credential = g_strdup (credential != NULL ? credential : spot_dev_server_get_key (self->server));
  monitor_rig_start (self);
  return self;
}

/**
 * monitor_rig_new_with_journal:
 * @dialect: of the server
 *
 * Returns: (transfer full): a rig whose monitor keeps a journal
 */
MonitorRig *
monitor_rig_new_with_journal (SpotDevDialect dialect)
{
  g_autoptr(MonitorRig) self = monitor_rig_new (dialect, NULL);
  g_autoptr(GError) error = NULL;

  monitor_rig_stop (self);
  self->folder = g_dir_make_tmp ("monitor-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "journal.db", NULL);
  monitor_rig_start (self);
  return g_steal_pointer (&self);
}

/**
 * monitor_rig_start:
 * @self: a rig that has been stopped
 *
 * Starts the program: nothing is left of the time before but the journal, if there is one.
 */
void
monitor_rig_start (MonitorRig *self)
{
  const SpotEnvironmentOptions options = {
    .id = self->path != NULL ? "env" : NULL,
    .api_url = spot_dev_server_get_url (self->server),
    .credential = self->credential,
  };
  g_autoptr(GError) error = NULL;

  self->monitor = spot_monitor_new ();
  g_signal_connect (self->monitor, "notice", G_CALLBACK (notice_cb), self);
  g_signal_connect (self->monitor, "withdraw", G_CALLBACK (withdraw_cb), self);
  if (self->path != NULL)
    {
      self->journal = self->open_journal != NULL ? self->open_journal (self->path) : spot_journal_new (self->path);
      spot_monitor_set_journal (self->monitor, self->journal);
    }
  self->environment = spot_monitor_add_environment_full (self->monitor, &options, &error);
  g_assert_no_error (error);
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  spot_journal_close_finish (SPOT_JOURNAL (source), result, NULL);
  *(gboolean *) user_data = TRUE;
}

/**
 * monitor_rig_close_journal:
 * @journal: a journal
 * @closed: (out): set once it is closed
 *
 * Closes it for good.
 */
void
monitor_rig_close_journal (SpotJournal *journal,
                           gboolean    *closed)
{
  spot_journal_close_async (journal, NULL, closed_cb, closed);
}

/**
 * monitor_rig_stop:
 * @self: a rig
 *
 * Ends the program, and sees that nothing but the rig has held the monitor.
 */
void
monitor_rig_stop (MonitorRig *self)
{
  gboolean closed = self->journal == NULL;

  if (self->monitor == NULL)
    return;
  spot_monitor_stop (self->monitor);
  if (self->journal != NULL)
    monitor_rig_close_journal (self->journal, &closed);
  wait_for (closed);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (g_steal_pointer (&self->monitor));
  self->environment = NULL;
  g_clear_object (&self->journal);
}

/**
 * monitor_rig_free:
 * @self: (transfer full): a rig
 *
 * Stops everything, and sees that nothing but the rig has held the monitor.
 */
void
monitor_rig_free (MonitorRig *self)
{
  monitor_rig_stop (self);
  spot_dev_server_stop (self->server);
  g_object_unref (self->server);
  if (self->folder != NULL)
    {
      const char *const argv[] = { "rm", "-rf", self->folder, NULL };

      g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
    }
  g_free (self->folder);
  g_free (self->path);
  g_free (self->credential);
  g_ptr_array_unref (self->notices);
  g_ptr_array_unref (self->withdrawn);
  g_free (self);
}

/**
 * monitor_rig_put:
 * @self: a rig
 * @batch_id: (nullable): the run's batch
 * @run_id: the run
 * @status: its status as the database has it
 * @more: (nullable): members of the row besides
 *
 * Makes the run or changes it. An end sets the time of the end.
 */
void
monitor_rig_put (MonitorRig *self,
                 const char *batch_id,
                 const char *run_id,
                 const char *status,
                 const char *more)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.123Z");
  g_autofree char *end = NULL;
  g_autofree char *columns = NULL;
  g_autoptr(GError) error = NULL;

  if (spot_run_status_is_final (spot_run_status_from_word (status, -1)))
    end = g_strdup_printf (",\"completedAt\":\"%s\"", time);
  columns = g_strdup_printf ("{\"friendlyId\":\"%s\",\"taskIdentifier\":\"task\",\"status\":\"%s\"%s%s%s}", run_id, status,
                             end != NULL ? end : "", more != NULL ? "," : "", more != NULL ? more : "");
  spot_dev_server_put_run (self->server, batch_id, columns, &error);
  g_assert_no_error (error);
}

/**
 * monitor_rig_count:
 * @self: a rig
 * @notice: the text of a notice
 *
 * Returns: how often it has come
 */
guint
monitor_rig_count (MonitorRig *self,
                   const char *notice)
{
  guint count = 0;

  for (guint i = 0; i < self->notices->len; i++)
    count += g_str_equal (self->notices->pdata[i], notice);
  return count;
}

static gboolean
deadline_cb (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/**
 * monitor_rig_iterate:
 * @deadline_us: monotonic time
 *
 * Lets the main context do one thing, or wait a little for one.
 *
 * Returns: whether the deadline is still ahead
 */
gboolean
monitor_rig_iterate (gint64 deadline_us)
{
  /* What the server's thread counts wakes nobody here. */
  guint id = g_timeout_add (20, deadline_cb, NULL);
  GSource *source = g_source_ref (g_main_context_find_source_by_id (NULL, id));

  g_main_context_iteration (NULL, TRUE);
  g_source_destroy (source);
  g_source_unref (source);
  return g_get_monotonic_time () < deadline_us;
}
