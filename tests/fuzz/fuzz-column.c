/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scalar column's text (protocol §3.6), above all a time: it must be read as a pattern and GLib's own functions read
 * it. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "spot-column.h"
#include "spot-fuzz.h"
#include "spot-protocol-error.h"

#define FLOAT "^[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
#define UNTOUCHED G_GINT64_CONSTANT (-77)

/* Compiled once; what a fuzzer runs a million times has to be quick. */
static GRegex *
get_pattern (GRegex    **kept,
             const char *pattern)
{
  if (*kept == NULL)
    *kept = g_regex_new (pattern, (GRegexCompileFlags) (G_REGEX_RAW | G_REGEX_DOLLAR_ENDONLY | G_REGEX_OPTIMIZE),
                         (GRegexMatchFlags) 0, NULL);

  return *kept;
}

static int
fetch_number (GMatchInfo *match,
              int         group)
{
  g_autofree char *digits = g_match_info_fetch (match, group);

  return digits ? (int) g_ascii_strtoll (digits, NULL, 10) : 0;
}

static void
check_time (const char *text,
            gsize       size)
{
  static GRegex *kept;
  GRegex *pattern = get_pattern (&kept, "^([0-9]{4})-([0-9]{2})-([0-9]{2})[ T]([0-9]{2}):([0-9]{2}):([0-9]{2})"
                                        "(?:\\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2})(?::?([0-9]{2}))?)?$");
  g_autoptr(GMatchInfo) match = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GDateTime) moment = NULL;
  gint64 time_us = UNTOUCHED;
  gint64 wanted_us = 0;
  gboolean read = spot_column_parse_time (text, (gssize) size, &time_us, &error);

  if (g_regex_match_full (pattern, text, (gssize) size, 0, (GRegexMatchFlags) 0, &match, NULL))
    {
      int offset_hours = fetch_number (match, 9);
      int offset_minutes = fetch_number (match, 10);

      if (offset_hours <= 23 && offset_minutes <= 59)
        moment = g_date_time_new_utc (fetch_number (match, 1), fetch_number (match, 2), fetch_number (match, 3),
                                      fetch_number (match, 4), fetch_number (match, 5), fetch_number (match, 6));
      if (moment)
        {
          g_autofree char *fraction = g_match_info_fetch (match, 7);
          g_autofree char *sign = g_match_info_fetch (match, 8);
          g_autofree char *six = g_strdup_printf ("%.6s000000", fraction ? fraction : "");
          gint64 offset_us = (gint64) (offset_hours * 60 + offset_minutes) * 60 * G_USEC_PER_SEC;

          six[6] = '\0';
          wanted_us = g_date_time_to_unix (moment) * G_USEC_PER_SEC + g_ascii_strtoll (six, NULL, 10);
          wanted_us -= g_strcmp0 (sign, "-") == 0 ? -offset_us : offset_us;
        }
    }

  g_assert_cmpint (read, ==, moment != NULL);
  if (read)
    {
      g_assert_no_error (error);
      g_assert_cmpint (time_us, ==, wanted_us);
    }
  else
    {
      g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_VALUE);
      g_assert_cmpint (time_us, ==, UNTOUCHED);
    }
}

static void
check_integer (const char *text,
               gsize       size)
{
  static GRegex *kept;
  GRegex *pattern = get_pattern (&kept, "^-?[0-9]+$");
  g_autofree char *copy = g_strndup (text, size);
  gint64 value = UNTOUCHED;
  gint64 wanted = 0;
  gboolean read = spot_column_parse_integer (text, (gssize) size, &value, NULL);
  gboolean good = g_regex_match_full (pattern, text, (gssize) size, 0, (GRegexMatchFlags) 0, NULL, NULL)
                  && g_ascii_string_to_signed (copy, 10, G_MININT64, G_MAXINT64, &wanted, NULL);

  g_assert_cmpint (read, ==, good);
  g_assert_cmpint (value, ==, good ? wanted : UNTOUCHED);
}

static void
check_float (const char *text,
             gsize       size)
{
  static GRegex *kept;
  g_autofree char *copy = g_strndup (text, size);
  double value = -77.0;
  double wanted;

  if (!spot_column_parse_float (text, (gssize) size, &value, NULL))
    {
      g_assert_true (value == -77.0);
      return;
    }
  if (isnan (value) || isinf (value))
    {
      g_assert_true (strcmp (copy, "NaN") == 0 || strcmp (copy, "Infinity") == 0 || strcmp (copy, "-Infinity") == 0);
      return;
    }
  g_assert_true (g_regex_match_full (get_pattern (&kept, FLOAT), text,
                                     (gssize) size, 0, (GRegexMatchFlags) 0, NULL, NULL));
  wanted = g_ascii_strtod (copy, NULL);
  g_assert_true (memcmp (&value, &wanted, sizeof value) == 0);
}

static void
check_boolean (const char *text,
               gsize       size)
{
  g_autofree char *copy = g_strndup (text, size);
  gboolean value = 2;
  gboolean read = spot_column_parse_boolean (text, (gssize) size, &value, NULL);
  gboolean whole = strlen (copy) == size;
  gboolean is_true = whole && (strcmp (copy, "t") == 0 || strcmp (copy, "true") == 0);
  gboolean is_false = whole && (strcmp (copy, "f") == 0 || strcmp (copy, "false") == 0);

  g_assert_cmpint (read, ==, is_true || is_false);
  g_assert_cmpint (value, ==, is_true ? TRUE : is_false ? FALSE : 2);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  const char *text = (const char *) data;

  check_time (text, size);
  check_integer (text, size);
  check_float (text, size);
  check_boolean (text, size);

  return 0;
}
