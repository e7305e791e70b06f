/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-base"

#include "config.h"

#include <string.h>

#include "spot-when.h"

/* A thousand years: what is longer ago is a mistake. */
#define MAX_AGE_US (G_GINT64_CONSTANT (365250) * G_TIME_SPAN_DAY)

static const struct
{
  char   letter;
  gint64 us;
} units[] = {
  { 's', G_TIME_SPAN_SECOND }, { 'm', G_TIME_SPAN_MINUTE }, { 'h', G_TIME_SPAN_HOUR },
  { 'd', G_TIME_SPAN_DAY },    { 'w', 7 * G_TIME_SPAN_DAY },
};

/* `90m`: so long ago. */
static gboolean
parse_age (const char *text,
           gint64     *age_us)
{
  gsize n_digits = strspn (text, "0123456789");
  gint64 number;

  if (n_digits == 0 || n_digits > 15 || text[n_digits] == '\0' || text[n_digits + 1] != '\0')
    return FALSE;
  number = g_ascii_strtoll (text, NULL, 10);
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (units[i].letter == text[n_digits] && number <= MAX_AGE_US / units[i].us)
      {
        *age_us = number * units[i].us;
        return TRUE;
      }
  return FALSE;
}

/**
 * spot_when_parse:
 * @text: what somebody typed
 * @now_us: microseconds since 1970 UTC
 * @zone: of times that name none
 * @time_us: (out): microseconds since 1970 UTC
 *
 * Reads a time: an age such as `90s`, `15m`, `2h`, `7d` or `1w`, a day such as `2026-08-21`, which is its beginning, or a day
 * and a time as ISO 8601 has them.
 *
 * Returns: whether @text is a time
 */
gboolean
spot_when_parse (const char *text,
                 gint64      now_us,
                 GTimeZone  *zone,
                 gint64     *time_us)
{
  g_autoptr(GDateTime) time = NULL;
  g_autofree char *whole = NULL;
  gint64 age_us;

  g_return_val_if_fail (text != NULL && zone != NULL && time_us != NULL, FALSE);

  if (parse_age (text, &age_us))
    {
      *time_us = now_us - age_us;
      return TRUE;
    }
  whole = strpbrk (text, "Tt ") == NULL ? g_strconcat (text, "T00:00:00", NULL) : g_strdup (text);
  time = g_date_time_new_from_iso8601 (whole, zone);
  if (time == NULL)
    return FALSE;
  *time_us = g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
  return TRUE;
}
