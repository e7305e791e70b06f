/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-cli"

#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <glib/gi18n.h>
#include <glib-unix.h>

#include "spot-plain-text.h"

#include "spot-cli-account.h"
#include "spot-cli-session.h"

#define MAX_DETAIL_CHARS 300

struct _SpotCliSession
{
  const SpotCliOptions *options;
  SpotMonitor          *monitor;     /* (owned) */
  SpotEnvironment      *environment; /* of the monitor */
  SpotWatch            *watch;       /* of the environment; nullable: none so far */
  GMainLoop            *loop;        /* (owned) */
  SpotConnectionState   told;        /* what was last said about the connection */
  SpotCliExit           status;
  SpotCliExit           interrupted; /* what a signal means */
  SpotCliExit           later;       /* for quit_id */
  guint                 quit_id;
  guint                 timeout_id;
  guint                 signal_ids[2];
  gboolean              ended;
};

static const char *
explain (SpotProblem problem)
{
  switch (problem)
    {
    case SPOT_PROBLEM_UNREACHABLE:
      return _("The server cannot be reached");
    case SPOT_PROBLEM_TLS:
      return _("The server’s certificate is not trusted");
    case SPOT_PROBLEM_REDIRECT:
      return _("The server points to another address, where the key must not be sent");
    case SPOT_PROBLEM_BAD_REQUEST:
      return _("The server does not accept the request");
    case SPOT_PROBLEM_UNAUTHORIZED:
      return _("The server does not accept the key: it is wrong or has expired");
    case SPOT_PROBLEM_FORBIDDEN:
      return _("The key does not allow this");
    case SPOT_PROBLEM_NOT_FOUND:
      return _("The server does not know it");
    case SPOT_PROBLEM_BUSY:
      return _("All live connections of the environment are in use");
    case SPOT_PROBLEM_SERVER:
      return _("The server has a problem");
    case SPOT_PROBLEM_BAD_ANSWER:
      return _("The server’s answer cannot be understood");
    case SPOT_PROBLEM_MISSING_HEADER:
      return _("The server’s answer lacks a header that something on the way may have removed");
    case SPOT_PROBLEM_TOO_LARGE:
      return _("The server’s answer is too large");
    case SPOT_PROBLEM_NONE:
    default:
      return _("There was no answer");
    }
}

/**
 * spot_cli_session_say_problem:
 * @self: a session
 * @problem: why there is nothing to be had
 * @detail: (nullable): the same in the words of a library or server
 *
 * Tells the user.
 */
void
spot_cli_session_say_problem (SpotCliSession *self,
                              SpotProblem     problem,
                              const char     *detail)
{
  const char *sentence = explain (problem);
  g_autofree char *valid = detail != NULL ? g_utf8_make_valid (detail, -1) : NULL;
  /* A server's words go to a terminal: no control characters. */
  g_autofree char *line = valid != NULL ? spot_plain_text_dup_line (valid, MAX_DETAIL_CHARS) : NULL;

  if (line != NULL && *line != '\0')
    g_printerr ("runspotter-cli: %s (%s)\n", sentence, line);
  else
    g_printerr ("runspotter-cli: %s\n", sentence);
}

static void
say_problem (SpotCliSession *self)
{
  SpotConnection *connection = spot_watch_get_connection (self->watch);

  spot_cli_session_say_problem (self, spot_connection_get_problem (connection), spot_connection_get_detail (connection));
}

static void
connection_changed_cb (SpotConnection *connection,
                       GParamSpec     *pspec,
                       SpotCliSession *self)
{
  SpotConnectionState state = spot_connection_get_state (connection);

  if (state == self->told)
    return;
  switch (state)
    {
    case SPOT_CONNECTION_NEEDS_ATTENTION:
      if (!self->ended)
        say_problem (self);
      spot_cli_session_quit (self, SPOT_CLI_EXIT_UNKNOWN);
      break;
    case SPOT_CONNECTION_RECONNECTING:
    case SPOT_CONNECTION_OFFLINE:
      if (!self->options->quiet && self->told != SPOT_CONNECTION_RECONNECTING && self->told != SPOT_CONNECTION_OFFLINE)
        {
          say_problem (self);
          g_printerr ("runspotter-cli: %s\n", _("Trying again"));
        }
      break;
    case SPOT_CONNECTION_LIVE:
      if (!self->options->quiet &&
          (self->told == SPOT_CONNECTION_RECONNECTING || self->told == SPOT_CONNECTION_OFFLINE))
        g_printerr ("runspotter-cli: %s\n", _("Connected again"));
      break;
    case SPOT_CONNECTION_CONNECTING:
    case SPOT_CONNECTION_CATCHING_UP:
    case SPOT_CONNECTION_PAUSED:
    default:
      /* On the way from trouble to live, or back: nothing that has to be said. */
      return;
    }
  self->told = state;
}

static void
partial_changed_cb (SpotEnvironment *environment,
                    GParamSpec      *pspec,
                    SpotCliSession  *self)
{
  if (spot_environment_get_partial (environment) && !self->options->quiet)
    g_printerr ("runspotter-cli: %s\n", _("The server gives only its newest runs; older ones are missing"));
}

static gboolean
signal_cb (gpointer user_data)
{
  SpotCliSession *self = user_data;

  spot_cli_session_quit (self, self->interrupted);
  return G_SOURCE_CONTINUE;
}

static gboolean
timeout_cb (gpointer user_data)
{
  SpotCliSession *self = user_data;

  self->timeout_id = 0;
  if (!self->ended)
    {
      if (self->watch != NULL &&
          spot_connection_get_state (spot_watch_get_connection (self->watch)) != SPOT_CONNECTION_LIVE)
        say_problem (self);
      g_printerr ("runspotter-cli: %s\n", _("The time is over"));
    }
  spot_cli_session_quit (self, SPOT_CLI_EXIT_UNKNOWN);
  return G_SOURCE_REMOVE;
}

static gboolean
quit_later_cb (gpointer user_data)
{
  SpotCliSession *self = user_data;

  self->quit_id = 0;
  spot_cli_session_quit (self, self->later);
  return G_SOURCE_REMOVE;
}

static SpotWatch *
add_watch (SpotCliSession *self)
{
  switch (self->options->kind)
    {
    case SPOT_WATCH_RUN:
      return spot_environment_watch_run (self->environment, NULL, self->options->run_id);
    case SPOT_WATCH_TAGS:
      return spot_environment_watch_tags (self->environment, NULL, (const char * const *) self->options->tags);
    case SPOT_WATCH_BATCH:
      return spot_environment_watch_batch (self->environment, NULL, self->options->batch_id);
    case SPOT_WATCH_ENVIRONMENT:
    default:
      return spot_environment_watch_all (self->environment, NULL);
    }
}

/**
 * spot_cli_session_new:
 * @options: whom to connect as, and where to; must outlive the session
 *
 * Makes ready to connect, as spot_cli_account_find() says, and tells the user why when that cannot be.
 *
 * Returns: (transfer full) (nullable): a session without a watch; %NULL for a %SPOT_CLI_EXIT_USAGE
 */
SpotCliSession *
spot_cli_session_new (const SpotCliOptions *options)
{
  g_auto(SpotCliAccount) account = { 0 };
  SpotEnvironmentOptions environment;
  g_autoptr(SpotCliSession) self = NULL;
  g_autoptr(GError) error = NULL;

  if (!spot_cli_account_find (&account, options, &error))
    {
      g_printerr ("runspotter-cli: %s\n", error->message);
      return NULL;
    }

  self = g_new0 (SpotCliSession, 1);
  self->options = options;
  self->status = SPOT_CLI_EXIT_UNKNOWN;
  self->told = SPOT_CONNECTION_CONNECTING;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->monitor = spot_monitor_new ();
  environment = (SpotEnvironmentOptions) {
    .api_url = account.api_url, .realtime_url = account.realtime_url, .credential = account.credential,
    .branch = account.branch, .allow_plain_http = account.allow_plain_http, .trust = account.trust,
  };
  self->environment = spot_monitor_add_environment_full (self->monitor, &environment, &error);
  if (self->environment == NULL)
    {
      g_printerr ("runspotter-cli: %s: %s\n", account.api_url, error->message);
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
        g_printerr ("runspotter-cli: %s\n", _("Use https:, or --allow-plain-http if everybody on the way may have the key"));
      return NULL;
    }
  spot_environment_set_every_column (self->environment, TRUE);
  g_signal_connect (self->environment, "notify::partial", G_CALLBACK (partial_changed_cb), self);
  return g_steal_pointer (&self);
}

/**
 * spot_cli_session_watch:
 * @self: a session without a watch
 *
 * Follows what the options say, and tells the user about the connection.
 *
 * Returns: (transfer none): the watch
 */
SpotWatch *
spot_cli_session_watch (SpotCliSession *self)
{
  self->watch = add_watch (self);
  g_signal_connect (spot_watch_get_connection (self->watch), "notify", G_CALLBACK (connection_changed_cb), self);
  return self->watch;
}

/**
 * spot_cli_session_free:
 * @self: (transfer full): a session
 *
 * Disconnects.
 */
void
spot_cli_session_free (SpotCliSession *self)
{
  self->ended = TRUE;
  g_clear_handle_id (&self->quit_id, g_source_remove);
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  for (guint i = 0; i < G_N_ELEMENTS (self->signal_ids); i++)
    g_clear_handle_id (&self->signal_ids[i], g_source_remove);
  if (self->watch != NULL)
    g_signal_handlers_disconnect_by_data (spot_watch_get_connection (self->watch), self);
  if (self->environment != NULL)
    g_signal_handlers_disconnect_by_data (self->environment, self);
  spot_monitor_stop (self->monitor);
  g_object_unref (self->monitor);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_free (self);
}

/**
 * spot_cli_session_get_environment:
 * @self: a session
 *
 * Returns: (transfer none): what the credential selects
 */
SpotEnvironment *
spot_cli_session_get_environment (SpotCliSession *self)
{
  return self->environment;
}

/**
 * spot_cli_session_run:
 * @self: a session
 * @interrupted: what it is when somebody interrupts it
 *
 * Goes on until spot_cli_session_quit(), a problem that does not go away by itself, the end of the time, or a signal.
 *
 * Returns: what the program ends with
 */
SpotCliExit
spot_cli_session_run (SpotCliSession *self,
                      SpotCliExit     interrupted)
{
  self->interrupted = interrupted;
  /* A reader that has had enough is told by the write that fails. */
  signal (SIGPIPE, SIG_IGN);
  self->signal_ids[0] = g_unix_signal_add (SIGINT, signal_cb, self);
  self->signal_ids[1] = g_unix_signal_add (SIGTERM, signal_cb, self);
  if (self->options->timeout_s > 0)
    self->timeout_id = g_timeout_add ((guint) MIN (self->options->timeout_s * 1000, (double) G_MAXUINT), timeout_cb, self);
  if (!self->ended)
    g_main_loop_run (self->loop);
  return self->status;
}

/**
 * spot_cli_session_quit:
 * @self: a session
 * @status: what the program is to end with
 *
 * Ends it; the first call decides.
 */
void
spot_cli_session_quit (SpotCliSession *self,
                       SpotCliExit     status)
{
  if (self->ended)
    return;
  self->ended = TRUE;
  self->status = status;
  g_main_loop_quit (self->loop);
}

/**
 * spot_cli_session_quit_in:
 * @self: a session
 * @seconds: when, from now
 * @status: what the program is to end with
 *
 * Ends it then, unless something else ends it before. Only the first call counts.
 */
void
spot_cli_session_quit_in (SpotCliSession *self,
                          double          seconds,
                          SpotCliExit     status)
{
  if (self->quit_id != 0)
    return;
  self->later = status;
  self->quit_id = g_timeout_add ((guint) (seconds * 1000), quit_later_cb, self);
}

/**
 * spot_cli_session_write:
 * @self: a session
 * @text: what to write
 * @length: its length in bytes
 *
 * Writes it at once. When nobody reads any more the session ends, quietly.
 *
 * Returns: whether there is a reader
 */
gboolean
spot_cli_session_write (SpotCliSession *self,
                        const char     *text,
                        gsize           length)
{
  int code;

  if (self->ended)
    return FALSE;
  if (fwrite (text, 1, length, stdout) == length && fflush (stdout) == 0)
    return TRUE;

  code = errno;
  if (code != EPIPE)
    g_printerr ("runspotter-cli: %s\n", g_strerror (code));
  spot_cli_session_quit (self, code == EPIPE ? SPOT_CLI_EXIT_OK : SPOT_CLI_EXIT_UNKNOWN);
  return FALSE;
}

/**
 * spot_cli_session_print:
 * @self: a session
 * @line: a line, without its end
 *
 * Writes the line, as spot_cli_session_write() does.
 *
 * Returns: whether there is a reader
 */
gboolean
spot_cli_session_print (SpotCliSession *self,
                        const char     *line)
{
  g_autofree char *whole = g_strconcat (line, "\n", NULL);

  return spot_cli_session_write (self, whole, strlen (whole));
}
