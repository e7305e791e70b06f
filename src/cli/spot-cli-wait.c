/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-cli"

#include "config.h"

#include "spot-cli-commands.h"
#include "spot-cli-session.h"

/* What the program ends with when nothing in the list can change any more, -1 before. */
static int
judge (SpotWatch *watch)
{
  GListModel *list = G_LIST_MODEL (spot_watch_get_list (watch));
  guint n = g_list_model_get_n_items (list);
  gboolean canceled = FALSE, failed = FALSE, unknown = FALSE;

  /* The counts first: they cost nothing, however long the list is. */
  if (!spot_watch_get_ready (watch) || n == 0 ||
      spot_watch_get_count (watch, SPOT_STATUS_GROUP_WAITING) > 0)
    return -1;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SpotRun) run = g_list_model_get_item (list, i);

      if (!spot_run_get_ended (run))
        return -1;
      switch (spot_run_status_get_group (spot_run_get_status (run)))
        {
        case SPOT_STATUS_GROUP_GOOD:
          break;
        case SPOT_STATUS_GROUP_BAD:
          failed = TRUE;
          break;
        case SPOT_STATUS_GROUP_NEUTRAL:
          canceled = TRUE;
          break;
        case SPOT_STATUS_GROUP_WAITING:
        case SPOT_STATUS_GROUP_RUNNING:
        default:
          /* It has ended, in a way for which this version has no word. */
          unknown = TRUE;
          break;
        }
    }
  return failed     ? SPOT_CLI_EXIT_FAILED
         : unknown  ? SPOT_CLI_EXIT_UNKNOWN
         : canceled ? SPOT_CLI_EXIT_CANCELED
                    : SPOT_CLI_EXIT_OK;
}

static void
look (SpotWatch      *watch,
      SpotCliSession *session)
{
  int status = judge (watch);

  if (status >= 0)
    spot_cli_session_quit (session, (SpotCliExit) status);
}

static void
committed_cb (SpotWatch      *watch,
              SpotRunRecord  *record,
              gboolean        removed,
              SpotCliSession *session)
{
  /* Only an end, or a run that is no longer waited for, can be the last thing that was missing. */
  if (removed || spot_run_record_has_ended (record))
    look (watch, session);
}

static void
ready_cb (SpotWatch      *watch,
          GParamSpec     *pspec,
          SpotCliSession *session)
{
  look (watch, session);
}

/**
 * spot_cli_wait:
 * @options: what to wait for
 *
 * Waits until there is a run and every one has ended.
 *
 * Returns: what the program ends with: whether they completed
 */
SpotCliExit
spot_cli_wait (const SpotCliOptions *options)
{
  g_autoptr(SpotCliSession) session = spot_cli_session_new (options);
  SpotWatch *watch;
  SpotCliExit status;

  if (session == NULL)
    return SPOT_CLI_EXIT_USAGE;

  watch = spot_cli_session_watch (session);
  g_signal_connect (watch, "committed", G_CALLBACK (committed_cb), session);
  g_signal_connect (watch, "notify::ready", G_CALLBACK (ready_cb), session);
  status = spot_cli_session_run (session, SPOT_CLI_EXIT_UNKNOWN);
  g_signal_handlers_disconnect_by_data (watch, session);
  return status;
}
