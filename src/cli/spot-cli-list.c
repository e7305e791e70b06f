/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-cli"

#include "config.h"

#include "spot-cli-commands.h"
#include "spot-cli-line.h"
#include "spot-cli-session.h"

typedef struct
{
  const SpotCliOptions *options;
  SpotCliSession       *session;
} Listing;

static void
ready_cb (SpotWatch  *watch,
          GParamSpec *pspec,
          Listing    *self)
{
  GListModel *list = G_LIST_MODEL (spot_watch_get_list (watch));

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr(SpotRun) run = g_list_model_get_item (list, i);
      g_autofree char *line = spot_cli_line_new (spot_run_get_record (run), self->options->json);

      if (!spot_cli_session_print (self->session, line))
        return;
    }
  spot_cli_session_quit (self->session, SPOT_CLI_EXIT_OK);
}

/**
 * spot_cli_list:
 * @options: what to list
 *
 * Prints the present state of each run of the server's window, the newest first.
 *
 * Returns: what the program ends with
 */
SpotCliExit
spot_cli_list (const SpotCliOptions *options)
{
  g_autoptr(SpotCliSession) session = spot_cli_session_new (options);
  Listing self = { options, session };
  gulong handler;
  SpotCliExit status;

  if (session == NULL)
    return SPOT_CLI_EXIT_USAGE;

  handler = g_signal_connect (spot_cli_session_get_watch (session), "notify::ready", G_CALLBACK (ready_cb), &self);
  status = spot_cli_session_run (session, SPOT_CLI_EXIT_UNKNOWN);
  g_signal_handler_disconnect (spot_cli_session_get_watch (session), handler);
  return status;
}
