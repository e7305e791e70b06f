/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-app"

#include "config.h"

#include <glib/gi18n.h>

#include "spot-format.h"
#include "spot-notice-text.h"

/* A banner is read in a glance; the whole text is one click away. */
#define MAX_DETAIL_CHARACTERS 200

/* Server text in a banner: control characters, bidi overrides among them, could make it say what nobody wrote. And some
 * receivers of notifications read markup in them while others do not, so a tag can neither be left alone nor be escaped:
 * an invisible joiner after the bracket makes it no tag to the former and changes nothing for the latter. */
static char *
dup_plain (const char *text)
{
  GString *plain = g_string_new (NULL);
  guint n = 0;

  for (const char *p = text; *p != '\0' && n < MAX_DETAIL_CHARACTERS; p = g_utf8_next_char (p), n++)
    {
      gunichar c = g_utf8_get_char_validated (p, -1);

      if (c == (gunichar) -1 || c == (gunichar) -2)
        break;
      if (g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT)
        g_string_append_c (plain, ' ');
      else
        g_string_append_unichar (plain, c);
      if (c == '<' && (g_ascii_isalpha (p[1]) || p[1] == '/' || p[1] == '!' || p[1] == '?'))
        g_string_append (plain, "\u2060");
    }
  if (n == MAX_DETAIL_CHARACTERS)
    g_string_append (plain, "…");
  return g_strstrip (g_string_free (plain, FALSE));
}

static char *
dup_run_title (const SpotNotice *notice)
{
  g_autofree char *task = dup_plain (notice->task ? notice->task : notice->run_id);

  switch (notice->status)
    {
    case SPOT_RUN_STATUS_COMPLETED_SUCCESSFULLY:
      /* Translators: %s is the name of a task */
      return g_strdup_printf (_ ("%s completed"), task);
    case SPOT_RUN_STATUS_CANCELED:
      /* Translators: %s is the name of a task */
      return g_strdup_printf (_ ("%s was canceled"), task);
    case SPOT_RUN_STATUS_CRASHED:
      /* Translators: %s is the name of a task */
      return g_strdup_printf (_ ("%s crashed"), task);
    case SPOT_RUN_STATUS_TIMED_OUT:
      /* Translators: %s is the name of a task */
      return g_strdup_printf (_ ("%s timed out"), task);
    case SPOT_RUN_STATUS_EXPIRED:
      /* Translators: %s is the name of a task; its run was not started in time */
      return g_strdup_printf (_ ("%s expired"), task);
    case SPOT_RUN_STATUS_INTERRUPTED:
      /* Translators: %s is the name of a task */
      return g_strdup_printf (_ ("%s was interrupted"), task);
    case SPOT_RUN_STATUS_SYSTEM_FAILURE:
      /* Translators: %s is the name of a task; the platform failed, not the user's code */
      return g_strdup_printf (_ ("%s had a system failure"), task);
    case SPOT_RUN_STATUS_COMPLETED_WITH_ERRORS:
      /* Translators: %s is the name of a task */
      return g_strdup_printf (_ ("%s failed"), task);
    case SPOT_RUN_STATUS_UNKNOWN:
    case SPOT_RUN_STATUS_DELAYED:
    case SPOT_RUN_STATUS_PENDING:
    case SPOT_RUN_STATUS_PENDING_VERSION:
    case SPOT_RUN_STATUS_WAITING_FOR_DEPLOY:
    case SPOT_RUN_STATUS_DEQUEUED:
    case SPOT_RUN_STATUS_EXECUTING:
    case SPOT_RUN_STATUS_RETRYING_AFTER_FAILURE:
    case SPOT_RUN_STATUS_WAITING_TO_RESUME:
    case SPOT_RUN_STATUS_PAUSED:
    default:
      /* Translators: %s is the name of a task; how it ended is not known */
      return g_strdup_printf (_ ("%s ended"), task);
    }
}

/**
 * spot_notice_dup_title:
 * @notice: a notice
 *
 * What happened to what: "send-mail failed", or the watch's name for a group.
 *
 * Returns: (transfer full): the title
 */
char *
spot_notice_dup_title (const SpotNotice *notice)
{
  g_return_val_if_fail (notice != NULL, NULL);

  if (notice->kind != SPOT_NOTICE_RUN)
    return dup_plain (notice->watch_name);
  return dup_run_title (notice);
}

static void
add_part (GString    *body,
          const char *separator,
          const char *part)
{
  if (part == NULL || *part == '\0')
    return;
  if (body->len > 0)
    g_string_append (body, separator);
  g_string_append (body, part);
}

static char *
dup_group_body (const SpotNotice *notice)
{
  g_autoptr (GString) body = g_string_new (NULL);
  guint n_ended = notice->n_good + notice->n_bad + notice->n_neutral;

  if (!notice->finished && notice->n_total > 0)
    {
      /* Translators: how many runs of a batch have ended, of how many */
      g_autofree char *part = g_strdup_printf (_ ("%u of %u"), n_ended, notice->n_total);

      add_part (body, ", ", part);
    }
  else if (notice->n_good > 0)
    {
      /* Translators: a number of runs that completed */
      g_autofree char *part = g_strdup_printf (ngettext ("%u completed", "%u completed", notice->n_good), notice->n_good);

      add_part (body, ", ", part);
    }
  if (notice->n_bad > 0)
    {
      /* Translators: a number of runs that failed */
      g_autofree char *part = g_strdup_printf (ngettext ("%u failed", "%u failed", notice->n_bad), notice->n_bad);

      add_part (body, ", ", part);
    }
  if (notice->n_neutral > 0)
    {
      /* Translators: a number of runs that were canceled */
      g_autofree char *part =
        g_strdup_printf (ngettext ("%u canceled", "%u canceled", notice->n_neutral), notice->n_neutral);

      add_part (body, ", ", part);
    }
  if (notice->detail != NULL)
    {
      g_autofree char *detail = dup_plain (notice->detail);

      add_part (body, "\n", detail);
    }
  return g_strdup (body->str);
}

/* What is worst comes first: more than the first line may not be in sight. */
static char *
dup_away_body (const SpotNotice *notice,
               gint64            now_us)
{
  g_autoptr (GString) counts = g_string_new (NULL);
  g_autofree char *moment = spot_format_moment (notice->since_us, now_us);

  if (notice->n_bad > 0)
    {
      g_autofree char *part = g_strdup_printf (ngettext ("%u failed", "%u failed", notice->n_bad), notice->n_bad);

      add_part (counts, ", ", part);
    }
  if (notice->n_good > 0)
    {
      g_autofree char *part = g_strdup_printf (ngettext ("%u completed", "%u completed", notice->n_good), notice->n_good);

      add_part (counts, ", ", part);
    }
  if (notice->n_neutral > 0)
    {
      g_autofree char *part =
        g_strdup_printf (ngettext ("%u canceled", "%u canceled", notice->n_neutral), notice->n_neutral);

      add_part (counts, ", ", part);
    }
  /* Translators: what happened while the program did not run. The first %s is "3 failed, 118 completed", the second a time */
  return g_strdup_printf (_ ("%s since %s"), counts->str, moment);
}

/**
 * spot_notice_dup_body:
 * @notice: a notice
 * @now_us: wall-clock time, microseconds UTC
 *
 * The first line of the error or the run's own label, then tags and how long it took; for a group, and for what happened
 * meanwhile, the counts. Never a payload.
 *
 * Returns: (transfer full): the body, may be empty
 */
char *
spot_notice_dup_body (const SpotNotice *notice,
                      gint64            now_us)
{
  g_autoptr (GString) body = NULL;
  g_autofree char *tags = NULL;

  g_return_val_if_fail (notice != NULL, NULL);

  if (notice->kind == SPOT_NOTICE_GROUP)
    return dup_group_body (notice);
  if (notice->kind == SPOT_NOTICE_AWAY)
    return dup_away_body (notice, now_us);

  body = g_string_new (NULL);
  if (notice->detail != NULL)
    {
      g_autofree char *detail = dup_plain (notice->detail);

      add_part (body, "\n", detail);
    }
  if (notice->tags != NULL && notice->tags[0] != NULL)
    {
      g_autofree char *joined = g_strjoinv (", ", notice->tags);

      tags = dup_plain (joined);
    }
  add_part (body, "\n", tags);
  if (notice->wall_ms >= 0)
    {
      g_autofree char *duration = spot_format_duration (notice->wall_ms);

      add_part (body, tags && *tags ? " · " : "\n", duration);
    }
  return g_strdup (body->str);
}
