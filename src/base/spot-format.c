/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-base"

#include "config.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "spot-format.h"

/**
 * spot_format_duration:
 * @duration_ms: a length of time in milliseconds; negative counts as 0
 *
 * Two units at most, the larger first: "340 ms", "4.2 s", "1 m 12 s", "3 h 5 m", "2 d 4 h".
 *
 * Returns: (transfer full): the text
 */
char *
spot_format_duration (gint64 duration_ms)
{
  gint64 s;

  if (duration_ms < 0)
    duration_ms = 0;
  s = duration_ms / 1000;

  if (duration_ms < 1000)
    /* Translators: a duration in milliseconds */
    return g_strdup_printf (_ ("%d ms"), (int) duration_ms);
  if (s < 10)
    /* Translators: a duration in seconds with one decimal */
    return g_strdup_printf (_ ("%.1f s"), floor ((double) duration_ms / 100.0) / 10.0);
  if (s < 60)
    /* Translators: a duration in seconds */
    return g_strdup_printf (_ ("%d s"), (int) s);
  if (s < 60 * 60)
    /* Translators: a duration in minutes and seconds */
    return g_strdup_printf (_ ("%d m %d s"), (int) (s / 60), (int) (s % 60));
  if (s < 24 * 60 * 60)
    /* Translators: a duration in hours and minutes */
    return g_strdup_printf (_ ("%d h %d m"), (int) (s / 3600), (int) (s / 60 % 60));
  /* Translators: a duration in days and hours */
  return g_strdup_printf (_ ("%" G_GINT64_FORMAT " d %d h"), s / 86400, (int) (s / 3600 % 24));
}

/**
 * spot_format_age:
 * @time_us: a moment, microseconds since 1970 UTC
 * @now_us: the present, microseconds since 1970 UTC
 *
 * How long ago, or how long from now, one unit: "now", "12 s", "4 m", "3 h", "2 d", "in 3 h". Clocks differ, so a moment up to
 * two seconds ahead is "now".
 *
 * Returns: (transfer full): the text
 */
char *
spot_format_age (gint64 time_us,
                 gint64 now_us)
{
  gint64 s;
  gboolean ahead;
  g_autofree char *amount = NULL;

  /* The server decides time_us: the difference must not overflow. */
  if (time_us < G_MININT64 / 2 || time_us > G_MAXINT64 / 2)
    return g_strdup ("–");

  s = (now_us - time_us) / G_USEC_PER_SEC;
  ahead = s < -2;
  s = ABS (s);
  if (!ahead && now_us - time_us < G_USEC_PER_SEC)
    /* Translators: less than a second ago */
    return g_strdup (C_ ("age", "now"));

  if (s < 60)
    /* Translators: an age in seconds */
    amount = g_strdup_printf (C_ ("age", "%d s"), (int) s);
  else if (s < 60 * 60)
    /* Translators: an age in minutes */
    amount = g_strdup_printf (C_ ("age", "%d m"), (int) (s / 60));
  else if (s < 24 * 60 * 60)
    /* Translators: an age in hours */
    amount = g_strdup_printf (C_ ("age", "%d h"), (int) (s / 3600));
  else
    /* Translators: an age in days */
    amount = g_strdup_printf (C_ ("age", "%" G_GINT64_FORMAT " d"), s / 86400);

  /* Translators: a moment in the future; %s is an amount of time such as "3 h" */
  return ahead ? g_strdup_printf (C_ ("age", "in %s"), amount) : g_steal_pointer (&amount);
}

static GDateTime *
date_time_from_us (gint64 time_us)
{
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);

  return seconds ? g_date_time_add (seconds, time_us % G_USEC_PER_SEC) : NULL;
}

/**
 * spot_format_exact_time:
 * @time_us: a moment, microseconds since 1970 UTC
 *
 * Date and time of day in the user's locale and time zone, to the millisecond.
 *
 * Returns: (transfer full): the text; a dash for a moment that no calendar has
 */
char *
spot_format_exact_time (gint64 time_us)
{
  g_autoptr (GDateTime) utc = date_time_from_us (time_us);
  g_autoptr (GDateTime) local = utc ? g_date_time_to_local (utc) : NULL;
  g_autofree char *text = NULL;

  if (local == NULL)
    return g_strdup ("–");
  /* Translators: date and time to the second, for g_date_time_format(); the milliseconds are appended */
  text = g_date_time_format (local, _ ("%x %H:%M:%S"));
  return g_strdup_printf ("%s.%03d", text ? text : "", g_date_time_get_microsecond (local) / 1000);
}

/**
 * spot_format_moment:
 * @time_us: a moment, microseconds since 1970 UTC
 * @now_us: the present on the same clock
 *
 * The time of day in the user's time zone, to the minute, with the day unless that is today.
 *
 * Returns: (transfer full): "14:02", "21 Aug 14:02"; a dash for a moment that no calendar has
 */
char *
spot_format_moment (gint64 time_us,
                    gint64 now_us)
{
  g_autoptr (GDateTime) utc = date_time_from_us (time_us);
  g_autoptr (GDateTime) now_utc = date_time_from_us (now_us);
  g_autoptr (GDateTime) local = utc ? g_date_time_to_local (utc) : NULL;
  g_autoptr (GDateTime) now = now_utc ? g_date_time_to_local (now_utc) : NULL;
  char *text;

  if (local == NULL)
    return g_strdup ("–");
  if (now != NULL && g_date_time_get_year (local) == g_date_time_get_year (now)
      && g_date_time_get_day_of_year (local) == g_date_time_get_day_of_year (now))
    /* Translators: the time of day, for g_date_time_format() */
    text = g_date_time_format (local, _ ("%H:%M"));
  else
    /* Translators: a time of another day, for g_date_time_format() */
    text = g_date_time_format (local, _ ("%-d %b %H:%M"));
  return text != NULL ? text : g_strdup ("–");
}

/**
 * spot_format_iso_time:
 * @time_us: a moment, microseconds since 1970 UTC
 *
 * ISO 8601 in UTC with milliseconds, the same in every locale: for copying and for machines.
 *
 * Returns: (transfer full) (nullable): the text, %NULL for a moment that no calendar has
 */
char *
spot_format_iso_time (gint64 time_us)
{
  g_autoptr (GDateTime) utc = date_time_from_us (time_us);
  g_autofree char *text = NULL;

  if (utc == NULL)
    return NULL;
  text = g_date_time_format (utc, "%Y-%m-%dT%H:%M:%S");
  return g_strdup_printf ("%s.%03dZ", text, g_date_time_get_microsecond (utc) / 1000);
}

/**
 * spot_format_size:
 * @size_bytes: a number of bytes
 *
 * Returns: (transfer full): "12.3 kB", as GLib writes sizes
 */
char *
spot_format_size (guint64 size_bytes)
{
  return g_format_size (size_bytes);
}

/**
 * spot_format_money:
 * @cents: an amount in US cents
 *
 * Dollars with as many decimals as the amount needs: runs often cost fractions of a cent.
 *
 * Returns: (transfer full): the text; a dash for what is no amount
 */
char *
spot_format_money (double cents)
{
  double dollars = cents / 100.0;

  if (!isfinite (cents))
    return g_strdup ("–");
  if (dollars == 0.0 || fabs (dollars) >= 1.0)
    /* Translators: an amount of US dollars */
    return g_strdup_printf (_ ("$%.2f"), dollars);
  if (fabs (dollars) >= 0.01)
    /* Translators: an amount of US dollars */
    return g_strdup_printf (_ ("$%.4f"), dollars);
  /* Translators: a small amount of US dollars */
  return g_strdup_printf (_ ("$%.6f"), dollars);
}

/**
 * spot_format_percent:
 * @fraction: from 0 to 1; what lies outside is taken as the nearer end
 *
 * Rounded down, so that 100 % means all of it.
 *
 * Returns: (transfer full): "62 %"
 */
char *
spot_format_percent (double fraction)
{
  if (!isfinite (fraction))
    fraction = 0.0;
  /* Translators: a percentage. The space before the sign is a no-break space */
  return g_strdup_printf (_ ("%d\u00a0%%"), (int) floor (CLAMP (fraction, 0.0, 1.0) * 100.0 + 1e-9));
}
