/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <unistd.h>

#include <gio/gunixinputstream.h>

#include "spot-monitor.h"

/* A program with a journal and one watch, to be killed at any moment: kill-program URL KEY JOURNAL LOG. What it sees and tells
 * stands in LOG, a line each, which is there when the write has returned:
 *
 *   seen RUN                  a commit had the run unfinished
 *   tell RUN ID               a notice of that id told its end
 *   live                      it has caught up
 *   problem WORDS             there is no history
 *   run RUN STATUS            at the end, one for each run
 *   end                       it ended by itself
 *
 * It ends when its standard input does. */
typedef struct
{
  SpotMonitor *monitor;
  SpotJournal *journal;
  SpotWatch   *watch;
  GMainLoop   *loop;
  int          log;
  gboolean     was_live;
} Program;

static void G_GNUC_PRINTF (2, 3)
write_line (Program    *self,
            const char *format,
            ...)
{
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_assert_cmpint (write (self->log, line, strlen (line)), ==, (gssize) strlen (line));
}

/* A desktop that takes its time, so that the program is killed in between, too. */
#define DESKTOP_MS 30

typedef struct
{
  SpotMonitor *monitor; /* (owned) */
  GPtrArray   *ends;    /* (owned) (element-type SpotAnnouncement) */
} Sent;

static gboolean
sent_cb (gpointer user_data)
{
  g_autofree Sent *sent = user_data;

  spot_monitor_note_sent (sent->monitor, sent->ends);
  g_object_unref (sent->monitor);
  g_ptr_array_unref (sent->ends);
  return G_SOURCE_REMOVE;
}

static void
notice_cb (SpotMonitor *monitor,
           SpotNotice  *notice,
           Program     *self)
{
  g_autoptr(GString) lines = g_string_new (NULL);
  Sent *sent = g_new (Sent, 1);

  for (guint i = 0; i < notice->ends->len; i++)
    g_string_append_printf (lines, "tell %s %s\n", ((SpotAnnouncement *) notice->ends->pdata[i])->run_id, notice->id);
  /* In one write: a notice is shown or not. */
  write_line (self, "%s", lines->str);
  sent->monitor = g_object_ref (monitor);
  sent->ends = g_ptr_array_ref (notice->ends);
  g_timeout_add (DESKTOP_MS, sent_cb, sent);
}

static void
committed_cb (SpotWatch     *watch,
              SpotRunRecord *record,
              gboolean       removed,
              Program       *self)
{
  if (!spot_run_record_has_ended (record))
    write_line (self, "seen %s\n", spot_run_record_get_id (record));
}

static void
connection_cb (SpotConnection *connection,
               GParamSpec     *pspec,
               Program        *self)
{
  if (self->was_live || spot_connection_get_state (connection) != SPOT_CONNECTION_LIVE)
    return;
  self->was_live = TRUE;
  write_line (self, "live\n");
}

static void
problem_cb (SpotMonitor *monitor,
            GParamSpec  *pspec,
            Program     *self)
{
  if (spot_monitor_get_history_problem (monitor) != NULL)
    write_line (self, "problem %s\n", spot_monitor_get_history_problem (monitor));
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static void
input_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Program *self = user_data;

  g_timeout_add (2 * DESKTOP_MS, quit_cb, self->loop);
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Program *self = user_data;

  spot_journal_close_finish (SPOT_JOURNAL (source), result, NULL);
  g_main_loop_quit (self->loop);
}

static void
write_run (gpointer run,
           gpointer user_data)
{
  write_line (user_data, "run %s %s\n", spot_run_get_id (run),
              spot_run_record_get_status_word (spot_run_get_record (run)));
}

int
main (int    argc,
      char **argv)
{
  Program self = { 0 };
  SpotEnvironmentOptions options = { .id = "env" };
  g_autoptr(SpotWatchSpec) spec = spot_watch_spec_new (SPOT_WATCH_ENVIRONMENT, NULL, NULL);
  g_autoptr(GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr(GError) error = NULL;
  SpotEnvironment *environment;
  char byte;

  g_assert_cmpint (argc, ==, 5);
  self.log = open (argv[4], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  g_assert_cmpint (self.log, >=, 0);
  self.loop = g_main_loop_new (NULL, FALSE);
  self.journal = spot_journal_new (argv[3]);
  self.monitor = spot_monitor_new ();
  g_signal_connect (self.monitor, "notice", G_CALLBACK (notice_cb), &self);
  g_signal_connect (self.monitor, "notify::history-problem", G_CALLBACK (problem_cb), &self);
  spot_monitor_set_journal (self.monitor, self.journal);
  options.api_url = argv[1];
  options.credential = argv[2];
  environment = spot_monitor_add_environment_full (self.monitor, &options, &error);
  g_assert_no_error (error);
  spec->id = g_strdup ("all");
  spec->rule = SPOT_WATCH_RULE_ALL;
  self.watch = spot_environment_add_watch (environment, spec, G_MAXUINT);
  g_signal_connect (self.watch, "committed", G_CALLBACK (committed_cb), &self);
  g_signal_connect (spot_watch_get_connection (self.watch), "notify", G_CALLBACK (connection_cb), &self);

  /* What the desktop has not yet when the program is asked to end, it has a moment later. */
  g_input_stream_read_async (input, &byte, 1, G_PRIORITY_DEFAULT, NULL, input_cb, &self);
  g_main_loop_run (self.loop);

  spot_monitor_flush (self.monitor);
  spot_run_store_foreach (spot_environment_get_store (environment), write_run, &self);
  spot_monitor_stop (self.monitor);
  spot_journal_close_async (self.journal, NULL, closed_cb, &self);
  g_main_loop_run (self.loop);
  write_line (&self, "end\n");
  g_object_unref (self.monitor);
  g_object_unref (self.journal);
  g_main_loop_unref (self.loop);
  close (self.log);
  return 0;
}
