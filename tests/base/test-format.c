/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <math.h>

#include "spot-format.h"

static void
test_duration (void)
{
  static const struct { gint64 ms; const char *text; } cases[] = {
    { -5, "0 ms" }, { 0, "0 ms" }, { 999, "999 ms" }, { 1000, "1.0 s" }, { 9999, "9.9 s" }, { 10000, "10 s" },
    { 59999, "59 s" }, { 60000, "1 m 0 s" }, { 72000, "1 m 12 s" }, { 3600000, "1 h 0 m" }, { 11100000, "3 h 5 m" },
    { 86400000, "1 d 0 h" }, { G_MAXINT64, "106751991167 d 7 h" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = spot_format_duration (cases[i].ms);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_age (void)
{
  static const struct { gint64 ago_s; const char *text; } cases[] = {
    { 0, "now" }, { -2, "now" }, { 1, "1 s" }, { 59, "59 s" }, { 60, "1 m" }, { 3599, "59 m" }, { 3600, "1 h" },
    { 86400 * 3, "3 d" }, { -3, "in 3 s" }, { -7200, "in 2 h" },
  };
  const gint64 now_us = G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC;
  g_autofree char *none = spot_format_age (G_MININT64, now_us);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = spot_format_age (now_us - cases[i].ago_s * G_USEC_PER_SEC, now_us);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
  g_assert_cmpstr (none, ==, "–");
}

static void
test_iso_time (void)
{
  g_autofree char *text = spot_format_iso_time (G_GINT64_CONSTANT (1790000000123456));
  g_autofree char *none = spot_format_iso_time (G_MAXINT64);

  g_assert_cmpstr (text, ==, "2026-09-21T14:13:20.123Z");
  g_assert_null (none);
}

static void
test_exact_time_of_nonsense (void)
{
  g_autofree char *text = spot_format_exact_time (G_MAXINT64);

  g_assert_cmpstr (text, ==, "–");
}

static void
test_moment (void)
{
  const gint64 now_us = G_GINT64_CONSTANT (1787320921000000); /* 2026-08-21 14:02:01 UTC */
  static const struct { gint64 before_s; const char *text; } cases[] = {
    { 0, "14:02" }, { 7 * 3600, "07:02" }, { 14 * 3600 + 121, "00:00" }, { 14 * 3600 + 122, "20 Aug 23:59" },
    { 20 * 86400, "1 Aug 14:02" }, { 365 * 86400, "21 Aug 14:02" },
  };
  g_autofree char *nonsense = spot_format_moment (G_MAXINT64, now_us);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = spot_format_moment (now_us - cases[i].before_s * G_USEC_PER_SEC, now_us);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
  g_assert_cmpstr (nonsense, ==, "–");
}

static void
test_money (void)
{
  static const struct { double cents; const char *text; } cases[] = {
    { 0, "$0.00" }, { 12.5, "$0.1250" }, { 0.4019, "$0.004019" }, { 12345, "$123.45" }, { 0.0025, "$0.000025" },
  };
  g_autofree char *none = spot_format_money (NAN);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = spot_format_money (cases[i].cents);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
  g_assert_cmpstr (none, ==, "–");
}

static void
test_percent (void)
{
  static const struct { double fraction; const char *text; } cases[] = {
    { 0, "0\u00a0%" }, { 0.629, "62\u00a0%" }, { 0.999, "99\u00a0%" }, { 1, "100\u00a0%" }, { 7, "100\u00a0%" },
    { -1, "0\u00a0%" }, { 0.29, "29\u00a0%" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = spot_format_percent (cases[i].fraction);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/duration", test_duration);
  g_test_add_func ("/format/age", test_age);
  g_test_add_func ("/format/iso-time", test_iso_time);
  g_test_add_func ("/format/exact-time-of-nonsense", test_exact_time_of_nonsense);
  g_test_add_func ("/format/moment", test_moment);
  g_test_add_func ("/format/money", test_money);
  g_test_add_func ("/format/percent", test_percent);
  return g_test_run ();
}
