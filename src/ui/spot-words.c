/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-format.h"
#include "spot-status.h"
#include "spot-text.h"
#include "spot-words.h"

/* Characters of each text of a server's that are read aloud. */
#define MAX_SPOKEN 160

/**
 * spot_words_connection:
 * @state: where a connection stands
 * @retry_at_us: for %SPOT_CONNECTION_RECONNECTING, monotonic time of the next attempt in microseconds; 0 for none
 * @monotonic_us: the present on the same clock
 *
 * Returns: (transfer full): the state in words, the same everywhere: "Live", "Reconnecting in 4 s", …
 */
char *
spot_words_connection (SpotConnectionState state,
                       gint64              retry_at_us,
                       gint64              monotonic_us)
{
  switch (state)
    {
    case SPOT_CONNECTION_CONNECTING:
      return g_strdup (C_ ("connection", "Connecting"));
    case SPOT_CONNECTION_CATCHING_UP:
      return g_strdup (C_ ("connection", "Catching up"));
    case SPOT_CONNECTION_LIVE:
      return g_strdup (C_ ("connection", "Live"));
    case SPOT_CONNECTION_RECONNECTING:
      if (retry_at_us > monotonic_us)
        {
          /* Rounded up: "in 0 s" would be there and not be true. */
          int seconds = (int) ((retry_at_us - monotonic_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);

          /* Translators: a connection will be tried again; %d is a number of seconds, s stands for seconds */
          return g_strdup_printf (C_ ("connection", "Reconnecting in %d s"), seconds);
        }
      return g_strdup (C_ ("connection", "Reconnecting"));
    case SPOT_CONNECTION_PAUSED:
      return g_strdup (C_ ("connection", "Paused"));
    case SPOT_CONNECTION_OFFLINE:
      return g_strdup (C_ ("connection", "Offline"));
    case SPOT_CONNECTION_NEEDS_ATTENTION:
      return g_strdup (C_ ("connection", "Needs attention"));
    default:
      return g_strdup (C_ ("connection", "Unknown"));
    }
}

/**
 * spot_words_problem:
 * @problem: why a connection is not live
 *
 * Returns: (nullable): what is wrong and what to do about it, in whole sentences; %NULL for %SPOT_PROBLEM_NONE
 */
const char *
spot_words_problem (SpotProblem problem)
{
  switch (problem)
    {
    case SPOT_PROBLEM_NONE:
      return NULL;
    case SPOT_PROBLEM_UNREACHABLE:
      return _ ("The server cannot be reached. Runspotter keeps trying; check your network if this goes on.");
    case SPOT_PROBLEM_TLS:
      return _ ("The server’s certificate is not trusted. If the server is yours, add its certificate authority to this "
                "computer.");
    case SPOT_PROBLEM_REDIRECT:
      return _ ("The server points to another address, where your key must not be sent. Check the server’s URL.");
    case SPOT_PROBLEM_BAD_REQUEST:
      return _ ("The server did not accept the request. Check the watch and the server’s version.");
    case SPOT_PROBLEM_UNAUTHORIZED:
      return _ ("The server does not take the key any more. Replace it, and nothing is missed.");
    case SPOT_PROBLEM_FORBIDDEN:
      return _ ("The key or token does not allow reading these runs. Use one whose permissions cover them.");
    case SPOT_PROBLEM_NOT_FOUND:
      return _ ("The server does not know this run or batch in this environment. Check its id and the environment.");
    case SPOT_PROBLEM_BUSY:
      return _ ("All live connections of this environment are in use. Runspotter tries again when one may be free.");
    case SPOT_PROBLEM_SERVER:
      return _ ("The server has a problem. Runspotter keeps trying.");
    case SPOT_PROBLEM_BAD_ANSWER:
      return _ ("The server’s answer cannot be understood. Check that the URL is that of a Trigger.dev server.");
    case SPOT_PROBLEM_MISSING_HEADER:
      return _ ("Something between here and the server removes response headers. Let the proxy pass those that begin "
                "with “electric-”.");
    case SPOT_PROBLEM_TOO_LARGE:
      return _ ("The server’s answer is larger than Runspotter can take. Watch fewer runs, such as those with a tag.");
    default:
      return _ ("Something went wrong with the connection. Try again.");
    }
}

/**
 * spot_words_forbidden:
 * @spec: what a watch asks for
 *
 * Returns: (transfer full): that the credential does not cover it, and which scope it lacks
 */
char *
spot_words_forbidden (const SpotWatchSpec *spec)
{
  g_autofree char *subject = NULL;
  g_autofree char *scope = NULL;

  g_return_val_if_fail (spec != NULL, NULL);

  switch (spec->kind)
    {
    case SPOT_WATCH_RUN:
      subject = spot_text_dup_line (spec->subject, -1, MAX_SPOKEN);
      scope = g_strconcat ("read:runs:", subject, NULL);
      break;
    case SPOT_WATCH_BATCH:
      subject = spot_text_dup_line (spec->subject, -1, MAX_SPOKEN);
      scope = g_strconcat ("read:batch:", subject, NULL);
      break;
    case SPOT_WATCH_TAGS:
      subject = spot_text_dup_line (spec->tags[0], -1, MAX_SPOKEN);
      scope = g_strconcat ("read:tags:", subject, NULL);
      break;
    case SPOT_WATCH_ENVIRONMENT:
    default:
      scope = g_strdup ("read:runs");
      break;
    }
  /* Translators: %s is the scope of a token, such as read:runs */
  return g_strdup_printf (_ ("The key or token does not allow reading these runs: it lacks the scope %s. Replace it by one "
                             "that has it."), scope);
}

/**
 * spot_words_connections:
 * @words: the state of an environment's connection, in words
 * @n_connections: how many live connections it takes
 * @max_connections: how many it may take, 0 when nobody has said
 *
 * Returns: (transfer full): "Live · 1 of 6 connections"; none are not counted
 */
char *
spot_words_connections (const char *words,
                        guint       n_connections,
                        guint       max_connections)
{
  g_autofree char *count = NULL;

  if (n_connections == 0)
    return g_strdup (words);
  if (max_connections > 0)
    /* Translators: live connections to a server: how many are taken, and how many there may be */
    count = g_strdup_printf (ngettext ("%u of %u connection", "%u of %u connections", max_connections), n_connections,
                             max_connections);
  else
    count = g_strdup_printf (ngettext ("%u live connection", "%u live connections", n_connections), n_connections);
  /* Translators: between the state of a connection, as "Live", and how many there are */
  return g_strdup_printf (C_ ("connection", "%s · %s"), words, count);
}

/**
 * spot_words_age:
 * @time_us: a moment, microseconds since 1970 UTC
 * @now_us: the present, likewise
 *
 * A moment as a person would say it, for screen readers. Below a minute it does not count, so that it is not read out
 * anew each second.
 *
 * Returns: (transfer full): "2 minutes ago"
 */
char *
spot_words_age (gint64 time_us,
                gint64 now_us)
{
  gint64 minutes;

  if (time_us < G_MININT64 / 2 || time_us > G_MAXINT64 / 2)
    return g_strdup (_ ("at an unknown time"));
  if (time_us > now_us + G_USEC_PER_SEC * 60)
    return g_strdup (_ ("in the future"));

  minutes = (now_us - time_us) / G_USEC_PER_SEC / 60;
  if (minutes < 1)
    return g_strdup (_ ("less than a minute ago"));
  if (minutes < 60)
    return g_strdup_printf (ngettext ("%d minute ago", "%d minutes ago", minutes), (int) minutes);
  if (minutes < 24 * 60)
    return g_strdup_printf (ngettext ("%d hour ago", "%d hours ago", minutes / 60), (int) (minutes / 60));
  return g_strdup_printf (ngettext ("%d day ago", "%d days ago", MIN (minutes / 60 / 24, G_MAXINT)),
                          (int) MIN (minutes / 60 / 24, G_MAXINT));
}

/**
 * spot_words_run:
 * @run: a run
 * @now_us: the present, microseconds since 1970 UTC
 *
 * What a row of the list says to somebody who cannot see it.
 *
 * Returns: (transfer full): "import-csv, Executing, 62 %, 2 minutes ago"
 */
char *
spot_words_run (SpotRun *run,
                gint64   now_us)
{
  g_autofree char *status = NULL;
  g_autofree char *task = NULL;
  g_autofree char *age = NULL;
  g_autofree char *headline = NULL;
  g_autofree char *percent = NULL;
  double progress;

  g_return_val_if_fail (SPOT_IS_RUN (run), NULL);

  task = spot_text_dup_line (spot_run_get_task (run) ? spot_run_get_task (run) : spot_run_get_id (run), -1, MAX_SPOKEN);
  status = spot_status_dup_label (spot_run_get_status (run), spot_run_get_status_word (run));
  age = spot_words_age (spot_run_get_time (run, SPOT_COLUMN_CREATED_AT), now_us);
  headline = spot_text_dup_line (spot_run_get_headline (run), -1, MAX_SPOKEN);
  progress = spot_run_get_progress (run);
  if (progress >= 0 && !spot_run_get_ended (run))
    percent = spot_format_percent (progress);

  if (percent != NULL && *headline != '\0')
    /* Translators: a run read aloud: task, status, percentage, what it does now, age */
    return g_strdup_printf (C_ ("run row", "%s, %s, %s, %s, %s"), task, status, percent, headline, age);
  if (percent != NULL || *headline != '\0')
    /* Translators: a run read aloud: task, status, percentage or what it does or its error, age */
    return g_strdup_printf (C_ ("run row", "%s, %s, %s, %s"), task, status, percent ? percent : headline, age);
  /* Translators: a run read aloud: task, status, age */
  return g_strdup_printf (C_ ("run row", "%s, %s, %s"), task, status, age);
}

/**
 * spot_words_counts:
 * @n_runs: runs of a watch
 * @n_running: those of them that have begun and not ended
 * @n_failed: those that ended badly
 *
 * Returns: (transfer full): "1,204 runs · 12 running · 3 failed"; counts of nothing are left out
 */
char *
spot_words_counts (guint n_runs,
                   guint n_running,
                   guint n_failed)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, ngettext ("%'u run", "%'u runs", n_runs), n_runs);
  if (n_running > 0)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text, ngettext ("%'u running", "%'u running", n_running), n_running);
    }
  if (n_failed > 0)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text, ngettext ("%'u failed", "%'u failed", n_failed), n_failed);
    }
  return g_string_free (text, FALSE);
}

/**
 * spot_words_unreadable:
 * @n_rows: rows with a value that could not be read
 *
 * Returns: (transfer full): "3 updates with unreadable values"
 */
char *
spot_words_unreadable (guint64 n_rows)
{
  guint n = (guint) MIN (n_rows, G_MAXUINT);

  /* Translators: the server sent runs with values that this version cannot read; what can be read of them is shown */
  return g_strdup_printf (ngettext ("%'u update with unreadable values", "%'u updates with unreadable values", n), n);
}

/**
 * spot_words_partial:
 *
 * Returns: what is said of a list when the server gave as many runs as it ever gives
 */
const char *
spot_words_partial (void)
{
  /* Translators: behind the number of runs in a list: the server gives no more than its newest ones */
  return _ ("older runs may be missing");
}

/**
 * spot_words_as_of:
 * @words: where a connection stands, in words
 * @as_of_us: when what it shows was seen, wall clock; 0 when that is now
 * @now_us: the present on the same clock
 *
 * Returns: (transfer full): "Connecting · as of 14:02"
 */
char *
spot_words_as_of (const char *words,
                  gint64      as_of_us,
                  gint64      now_us)
{
  g_autofree char *moment = NULL;

  if (as_of_us == 0)
    return g_strdup (words);
  moment = spot_format_moment (as_of_us, now_us);
  /* Translators: the first %s is "Connecting" or the like, the second when the shown runs were like that, as "14:02" */
  return g_strdup_printf (_ ("%s · as of %s"), words, moment);
}

/**
 * spot_words_matches:
 * @n_matches: runs that a filter lets through
 * @n_runs: of how many
 *
 * Returns: (transfer full): "37 of 1,204 runs match"
 */
char *
spot_words_matches (guint n_matches,
                    guint n_runs)
{
  /* Translators: how many runs a filter shows; the first number is those that match */
  return g_strdup_printf (ngettext ("%'u of %'u run matches", "%'u of %'u runs match", n_runs), n_matches, n_runs);
}

/**
 * spot_words_history:
 * @history: how far the older runs of a watch have come
 *
 * Returns: (nullable): that in words, to stand behind the number of runs; %NULL when there is nothing to say
 */
const char *
spot_words_history (SpotHistoryState history)
{
  switch (history)
    {
    case SPOT_HISTORY_WAITING:
    case SPOT_HISTORY_LOADING:
      /* Translators: behind the number of runs in a list: older runs are being fetched */
      return _ ("loading history…");
    case SPOT_HISTORY_FAILED:
      /* Translators: behind the number of runs in a list: F5 is the key */
      return _ ("older runs could not be loaded, F5 tries again");
    case SPOT_HISTORY_NONE:
    case SPOT_HISTORY_LOADED:
    default:
      return NULL;
    }
}

/**
 * spot_words_new_runs:
 * @n_waiting: runs that wait to be shown
 *
 * Returns: (transfer full): "3 new"
 */
char *
spot_words_new_runs (guint n_waiting)
{
  /* Translators: on a button above a list that was scrolled: new runs that it brings into sight */
  return g_strdup_printf (ngettext ("%'u new", "%'u new", n_waiting), n_waiting);
}
