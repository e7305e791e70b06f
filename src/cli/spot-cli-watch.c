/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-cli"

#include "config.h"

#include "spot-cli-commands.h"
#include "spot-cli-line.h"
#include "spot-cli-session.h"
#include "spot-cli-streams.h"

typedef struct
{
  const SpotCliOptions *options;
  SpotCliSession       *session;
  GHashTable           *printed; /* (element-type utf8 SpotRunRecord): the last state of each run, by its own id */
} Watching;

static void
committed_cb (SpotWatch     *watch,
              SpotRunRecord *record,
              gboolean       removed,
              Watching      *self)
{
  const char *id = spot_run_record_get_id (record);
  SpotRunRecord *before = g_hash_table_lookup (self->printed, id);
  g_autofree char *line = NULL;

  if (removed)
    {
      /* Should it come back, its state then is news. */
      g_hash_table_remove (self->printed, id);
      return;
    }
  if (before != NULL && spot_run_record_diff (before, record) == 0)
    return;

  line = spot_cli_line_new (record, self->options->json);
  g_hash_table_replace (self->printed, (gpointer) id, spot_run_record_ref (record));
  if (!spot_cli_session_print (self->session, line))
    return;
  if (self->options->kind == SPOT_WATCH_RUN && spot_run_record_has_ended (record))
    spot_cli_session_quit_in (self->session, self->options->linger_s, SPOT_CLI_EXIT_OK);
}

/**
 * spot_cli_watch:
 * @options: what to watch
 *
 * Prints the present state of each run and then every change, one line for each committed state that differs from the one
 * before. Ends some time after the end of the run when it watches one, and when it is interrupted.
 *
 * Returns: what the program ends with
 */
SpotCliExit
spot_cli_watch (const SpotCliOptions *options)
{
  g_autoptr(SpotCliSession) session = spot_cli_session_new (options);
  g_autoptr(GHashTable) printed = NULL;
  g_autoptr(SpotCliStreams) streams = NULL;
  Watching self = { options, session, NULL };
  SpotWatch *watch;
  gulong handler;
  SpotCliExit status;

  if (session == NULL)
    return SPOT_CLI_EXIT_USAGE;

  printed = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) spot_run_record_unref);
  self.printed = printed;
  watch = spot_cli_session_watch (session);
  handler = g_signal_connect (watch, "committed", G_CALLBACK (committed_cb), &self);
  if (options->streams)
    streams = spot_cli_streams_new (session, options);
  status = spot_cli_session_run (session, SPOT_CLI_EXIT_OK);
  g_signal_handler_disconnect (watch, handler);
  return status;
}
