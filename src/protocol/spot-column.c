/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "spot-array-literal.h"
#include "spot-column.h"
#include "spot-limits.h"
#include "spot-protocol-error.h"

/* How much of a text that cannot be read is quoted in the error. */
#define SHOWN_BYTES 40

/* A float of more characters is no float that a sound server sends: the longest of a double has about 25. */
#define MAX_FLOAT_BYTES 400

#define US_PER_SECOND G_GINT64_CONSTANT (1000000)

static const char *const names[SPOT_N_COLUMNS] = {
  [SPOT_COLUMN_ID] = "id",
  [SPOT_COLUMN_TASK_IDENTIFIER] = "taskIdentifier",
  [SPOT_COLUMN_CREATED_AT] = "createdAt",
  [SPOT_COLUMN_UPDATED_AT] = "updatedAt",
  [SPOT_COLUMN_STARTED_AT] = "startedAt",
  [SPOT_COLUMN_DELAY_UNTIL] = "delayUntil",
  [SPOT_COLUMN_QUEUED_AT] = "queuedAt",
  [SPOT_COLUMN_EXPIRED_AT] = "expiredAt",
  [SPOT_COLUMN_COMPLETED_AT] = "completedAt",
  [SPOT_COLUMN_FRIENDLY_ID] = "friendlyId",
  [SPOT_COLUMN_NUMBER] = "number",
  [SPOT_COLUMN_IS_TEST] = "isTest",
  [SPOT_COLUMN_STATUS] = "status",
  [SPOT_COLUMN_USAGE_DURATION_MS] = "usageDurationMs",
  [SPOT_COLUMN_COST_IN_CENTS] = "costInCents",
  [SPOT_COLUMN_BASE_COST_IN_CENTS] = "baseCostInCents",
  [SPOT_COLUMN_TTL] = "ttl",
  [SPOT_COLUMN_PAYLOAD] = "payload",
  [SPOT_COLUMN_PAYLOAD_TYPE] = "payloadType",
  [SPOT_COLUMN_METADATA] = "metadata",
  [SPOT_COLUMN_METADATA_TYPE] = "metadataType",
  [SPOT_COLUMN_OUTPUT] = "output",
  [SPOT_COLUMN_OUTPUT_TYPE] = "outputType",
  [SPOT_COLUMN_RUN_TAGS] = "runTags",
  [SPOT_COLUMN_ERROR] = "error",
  [SPOT_COLUMN_REALTIME_STREAMS] = "realtimeStreams",
};

/* The columns by the length of their names, which leaves four at most to compare. */
static const guint8 by_length[][5] = {
  [1] = { SPOT_COLUMN_OTHER },
  [2] = { SPOT_COLUMN_ID, SPOT_COLUMN_OTHER },
  [3] = { SPOT_COLUMN_TTL, SPOT_COLUMN_OTHER },
  [4] = { SPOT_COLUMN_OTHER },
  [5] = { SPOT_COLUMN_ERROR, SPOT_COLUMN_OTHER },
  [6] = { SPOT_COLUMN_NUMBER, SPOT_COLUMN_IS_TEST, SPOT_COLUMN_STATUS, SPOT_COLUMN_OUTPUT, SPOT_COLUMN_OTHER },
  [7] = { SPOT_COLUMN_PAYLOAD, SPOT_COLUMN_RUN_TAGS, SPOT_COLUMN_OTHER },
  [8] = { SPOT_COLUMN_QUEUED_AT, SPOT_COLUMN_METADATA, SPOT_COLUMN_OTHER },
  [9] = { SPOT_COLUMN_CREATED_AT, SPOT_COLUMN_UPDATED_AT, SPOT_COLUMN_STARTED_AT, SPOT_COLUMN_EXPIRED_AT,
          SPOT_COLUMN_OTHER },
  [10] = { SPOT_COLUMN_DELAY_UNTIL, SPOT_COLUMN_FRIENDLY_ID, SPOT_COLUMN_OUTPUT_TYPE, SPOT_COLUMN_OTHER },
  [11] = { SPOT_COLUMN_COMPLETED_AT, SPOT_COLUMN_COST_IN_CENTS, SPOT_COLUMN_PAYLOAD_TYPE, SPOT_COLUMN_OTHER },
  [12] = { SPOT_COLUMN_METADATA_TYPE, SPOT_COLUMN_OTHER },
  [13] = { SPOT_COLUMN_OTHER },
  [14] = { SPOT_COLUMN_TASK_IDENTIFIER, SPOT_COLUMN_OTHER },
  [15] = { SPOT_COLUMN_USAGE_DURATION_MS, SPOT_COLUMN_BASE_COST_IN_CENTS, SPOT_COLUMN_REALTIME_STREAMS,
           SPOT_COLUMN_OTHER },
};

static gsize
text_length (const char *text,
             gssize      length)
{
  return length < 0 ? strlen (text) : (gsize) length;
}

static gboolean
refuse (GError    **error,
        const char *type,
        const char *text,
        gsize       length)
{
  g_autofree char *start = g_strndup (text, MIN (length, SHOWN_BYTES));
  g_autofree char *shown = g_strescape (start, NULL);

  g_set_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_VALUE, "not a %s: “%s%s”", type, shown,
               length > SHOWN_BYTES ? "…" : "");

  return FALSE;
}

/**
 * spot_column_from_name:
 * @name: a column's name
 * @length: length of @name in bytes, or -1 when it ends in NUL
 *
 * Returns: which column it is, %SPOT_COLUMN_OTHER for one that this version does not know. Case matters
 */
SpotColumn
spot_column_from_name (const char *name,
                       gssize      length)
{
  gsize n;

  g_return_val_if_fail (name != NULL, SPOT_COLUMN_OTHER);

  n = text_length (name, length);
  if (n > 0 && n < G_N_ELEMENTS (by_length))
    {
      for (const guint8 *column = by_length[n]; *column != SPOT_COLUMN_OTHER; column++)
        {
          if (memcmp (names[*column], name, n) == 0)
            return (SpotColumn) *column;
        }
    }

  return SPOT_COLUMN_OTHER;
}

/**
 * spot_column_get_name:
 * @column: a column
 *
 * Returns: (nullable): its name on the wire, %NULL for %SPOT_COLUMN_OTHER
 */
const char *
spot_column_get_name (SpotColumn column)
{
  return (guint) column < SPOT_N_COLUMNS ? names[column] : NULL;
}

/**
 * spot_column_parse_boolean:
 * @text: `t`, `true`, `f` or `false`
 * @length: length of @text in bytes, or -1 when it ends in NUL
 * @value: (out): the value
 * @error: return location
 *
 * Returns: %FALSE with %SPOT_PROTOCOL_ERROR_VALUE for any other text; @value is left alone then
 */
gboolean
spot_column_parse_boolean (const char *text,
                           gssize      length,
                           gboolean   *value,
                           GError    **error)
{
  gsize n;

  g_return_val_if_fail (text != NULL && value != NULL, FALSE);

  n = text_length (text, length);
  if ((n == 1 && text[0] == 't') || (n == 4 && memcmp (text, "true", 4) == 0))
    *value = TRUE;
  else if ((n == 1 && text[0] == 'f') || (n == 5 && memcmp (text, "false", 5) == 0))
    *value = FALSE;
  else
    return refuse (error, "boolean", text, n);

  return TRUE;
}

/**
 * spot_column_parse_integer:
 * @text: decimal digits with an optional `-` before them
 * @length: length of @text in bytes, or -1 when it ends in NUL
 * @value: (out): the value, exact over all of 64 bits
 * @error: return location
 *
 * Returns: %FALSE with %SPOT_PROTOCOL_ERROR_VALUE for any other text and for a number that does not fit; @value is left
 *   alone then
 */
gboolean
spot_column_parse_integer (const char *text,
                           gssize      length,
                           gint64     *value,
                           GError    **error)
{
  gsize n;
  gsize i = 0;
  gint64 sum = 0;
  gboolean negative;

  g_return_val_if_fail (text != NULL && value != NULL, FALSE);

  n = text_length (text, length);
  negative = n > 0 && text[0] == '-';
  if (negative)
    i++;
  if (i == n)
    return refuse (error, "integer", text, n);

  /* Summed below zero, where there is one number more. */
  for (; i < n; i++)
    {
      if (!g_ascii_isdigit (text[i]) || __builtin_mul_overflow (sum, (gint64) 10, &sum)
          || __builtin_sub_overflow (sum, (gint64) (text[i] - '0'), &sum))
        return refuse (error, "integer", text, n);
    }
  if (!negative && sum == G_MININT64)
    return refuse (error, "integer", text, n);
  *value = negative ? sum : -sum;

  return TRUE;
}

/* A plain decimal that a double's own arithmetic gets right: at most 15 digits and a power of ten that is exact. */
static gboolean
parse_short_decimal (const char *text,
                     gsize       length,
                     double     *value)
{
  static const double powers[]
    = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
  gsize i = 0;
  gsize n_digits = 0;
  gsize n_fraction = 0;
  gboolean point = FALSE;
  gboolean negative;
  gint64 digits = 0;

  negative = length > 0 && text[0] == '-';
  if (negative)
    i++;
  for (; i < length; i++)
    {
      if (text[i] == '.' && !point && n_digits > 0)
        {
          point = TRUE;
          continue;
        }
      if (!g_ascii_isdigit (text[i]) || n_digits == 15)
        return FALSE;
      digits = digits * 10 + (text[i] - '0');
      n_digits++;
      n_fraction += point;
    }
  if (n_digits == 0 || (point && n_fraction == 0))
    return FALSE;
  *value = (double) digits / powers[n_fraction];
  if (negative)
    *value = -*value;

  return TRUE;
}

/* The floats of PostgreSQL's grammar; keeps g_ascii_strtod() from reading hexadecimal, blanks and words. */
static gboolean
is_decimal (const char *text,
            gsize       length)
{
  gsize i = 0;
  gsize n_digits = 0;

  if (i < length && (text[i] == '-' || text[i] == '+'))
    i++;
  for (; i < length && g_ascii_isdigit (text[i]); i++)
    n_digits++;
  if (i < length && text[i] == '.')
    {
      for (i++; i < length && g_ascii_isdigit (text[i]); i++)
        n_digits++;
    }
  if (n_digits == 0)
    return FALSE;
  if (i < length && (text[i] == 'e' || text[i] == 'E'))
    {
      i++;
      if (i < length && (text[i] == '-' || text[i] == '+'))
        i++;
      if (i == length)
        return FALSE;
      for (; i < length && g_ascii_isdigit (text[i]); i++)
        ;
    }

  return i == length;
}

/**
 * spot_column_parse_float:
 * @text: a decimal number with an optional fraction and exponent, `NaN`, `Infinity` or `-Infinity`
 * @length: length of @text in bytes, or -1 when it ends in NUL
 * @value: (out): the value
 * @error: return location
 *
 * Reads with a decimal point under any locale.
 *
 * Returns: %FALSE with %SPOT_PROTOCOL_ERROR_VALUE for any other text and for a number beyond a double's range; @value
 *   is left alone then
 */
gboolean
spot_column_parse_float (const char *text,
                         gssize      length,
                         double     *value,
                         GError    **error)
{
  char room[MAX_FLOAT_BYTES + 1];
  gsize n;
  double number;

  g_return_val_if_fail (text != NULL && value != NULL, FALSE);

  n = text_length (text, length);
  if (parse_short_decimal (text, n, value))
    return TRUE;
  if (n == 3 && memcmp (text, "NaN", 3) == 0)
    number = (double) NAN;
  else if (n == 8 && memcmp (text, "Infinity", 8) == 0)
    number = (double) INFINITY;
  else if (n == 9 && memcmp (text, "-Infinity", 9) == 0)
    number = (double) -INFINITY;
  else
    {
      if (n > MAX_FLOAT_BYTES || !is_decimal (text, n))
        return refuse (error, "number", text, n);
      memcpy (room, text, n);
      room[n] = '\0';
      number = g_ascii_strtod (room, NULL);
      if (isinf (number))
        return refuse (error, "number", text, n);
    }
  *value = number;

  return TRUE;
}

/* Reads exactly @n_digits digits at *@at and steps over them. */
static gboolean
read_digits (const char **at,
             const char  *end,
             int          n_digits,
             int         *value)
{
  *value = 0;
  if (end - *at < n_digits)
    return FALSE;
  for (int i = 0; i < n_digits; i++)
    {
      char c = (*at)[i];

      if (!g_ascii_isdigit (c))
        return FALSE;
      *value = *value * 10 + (c - '0');
    }
  *at += n_digits;

  return TRUE;
}

static gboolean
skip_char (const char **at,
           const char  *end,
           char         c)
{
  if (*at == end || **at != c)
    return FALSE;
  (*at)++;

  return TRUE;
}

/* Days from 1970-01-01 in the Gregorian calendar: years begin in March here, so that the leap day is the last. */
static gint64
days_from_date (int year,
                int month,
                int day)
{
  int y = month > 2 ? year : year - 1;
  int era = y / 400;
  int year_of_era = y - era * 400;
  int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

  return (gint64) era * 146097 + day_of_era - 719468;
}

/* Reads what may follow the seconds: a fraction and a zone. */
static gboolean
read_fraction_and_zone (const char **at,
                        const char  *end,
                        gint64      *us)
{
  int offset_hours, offset_minutes = 0;

  if (skip_char (at, end, '.'))
    {
      gint64 weight = US_PER_SECOND / 10;

      if (*at == end || !g_ascii_isdigit (**at))
        return FALSE;
      for (; *at < end && g_ascii_isdigit (**at); (*at)++)
        {
          *us += (**at - '0') * weight;
          weight /= 10;
        }
    }

  if (skip_char (at, end, 'Z') || skip_char (at, end, 'z'))
    return TRUE;
  if (*at < end && (**at == '+' || **at == '-'))
    {
      gboolean east = **at == '+';

      (*at)++;
      if (!read_digits (at, end, 2, &offset_hours) || offset_hours > 23)
        return FALSE;
      if ((skip_char (at, end, ':') || *at < end)
          && (!read_digits (at, end, 2, &offset_minutes) || offset_minutes > 59))
        return FALSE;
      *us += (east ? -1 : 1) * (offset_hours * 60 + offset_minutes) * 60 * US_PER_SECOND;
    }

  return TRUE;
}

/**
 * spot_column_parse_time:
 * @text: `YYYY-MM-DD HH:MM:SS` with `T` or a blank in the middle, an optional fraction, and an optional `Z`, `±hh`,
 *   `±hh:mm` or `±hhmm`
 * @length: length of @text in bytes, or -1 when it ends in NUL
 * @time_us: (out): microseconds since 1970 UTC
 * @error: return location
 *
 * Without a zone the text is UTC. Fraction digits after the sixth are cut off.
 *
 * Returns: %FALSE with %SPOT_PROTOCOL_ERROR_VALUE for any other text, for a day or time of day that does not exist and
 *   for years outside 1 to 9999; @time_us is left alone then
 */
gboolean
spot_column_parse_time (const char *text,
                        gssize      length,
                        gint64     *time_us,
                        GError    **error)
{
  static const guint8 month_days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  const char *at = text;
  const char *end;
  int year, month, day, hour, minute, second;
  gint64 us = 0;

  g_return_val_if_fail (text != NULL && time_us != NULL, FALSE);

  end = text + text_length (text, length);
  if (!read_digits (&at, end, 4, &year) || !skip_char (&at, end, '-') || !read_digits (&at, end, 2, &month)
      || !skip_char (&at, end, '-') || !read_digits (&at, end, 2, &day)
      || !(skip_char (&at, end, ' ') || skip_char (&at, end, 'T')) || !read_digits (&at, end, 2, &hour)
      || !skip_char (&at, end, ':') || !read_digits (&at, end, 2, &minute) || !skip_char (&at, end, ':')
      || !read_digits (&at, end, 2, &second) || !read_fraction_and_zone (&at, end, &us) || at != end)
    return refuse (error, "time", text, (gsize) (end - text));

  if (year < 1 || month < 1 || month > 12 || day < 1 || day > month_days[month - 1]
      || (month == 2 && day == 29 && !g_date_is_leap_year ((GDateYear) year)) || hour > 23 || minute > 59
      || second > 59)
    return refuse (error, "time", text, (gsize) (end - text));

  us += (((days_from_date (year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * US_PER_SECOND;
  *time_us = us;

  return TRUE;
}

/**
 * spot_column_parse_array:
 * @text: a PostgreSQL array literal
 * @length: length of @text in bytes, or -1 when it ends in NUL
 * @error: return location
 *
 * Elements may be quoted or not. An element that is NULL is left out, the quoted text `"NULL"` is not. Blanks around
 * elements that are not quoted are no part of them. The elements of nested arrays come one after the other: no column
 * that Runspotter knows is nested, and a run with an odd value is of more use than none.
 *
 * Returns: (transfer full): the elements, %NULL-terminated, none for `{}`. %NULL with %SPOT_PROTOCOL_ERROR_VALUE for
 *   any other text, and for more than %SPOT_MAX_ARRAY_ELEMENTS elements
 */
char **
spot_column_parse_array (const char *text,
                         gssize      length,
                         GError    **error)
{
  g_autofree char *packed = NULL;
  const char *problem = NULL;
  const char *element;
  char **elements;
  gsize n, packed_length;
  guint n_elements;

  g_return_val_if_fail (text != NULL, NULL);

  n = text_length (text, length);
  packed = g_malloc (n + 1);
  if (!spot_array_literal_unpack (text, n, packed, &packed_length, &n_elements, &problem))
    {
      refuse (error, problem, text, n);
      return NULL;
    }

  elements = g_new (char *, n_elements + 1);
  element = packed;
  for (guint i = 0; i < n_elements; i++)
    {
      elements[i] = g_strdup (element);
      element += strlen (element) + 1;
    }
  elements[n_elements] = NULL;

  return elements;
}
