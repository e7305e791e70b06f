/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-when.h"

/* 2026-08-21 12:00:00 UTC. */
#define NOW_US (G_GINT64_CONSTANT (1787313600) * G_USEC_PER_SEC)
#define NEVER G_MININT64

static const struct
{
  const char *text;
  gint64      ago_s; /* NEVER: no time */
} rows[] = {
  { "0s", 0 },
  { "90s", 90 },
  { "15m", 15 * 60 },
  { "2h", 2 * 3600 },
  { "7d", 7 * 24 * 3600 },
  { "1w", 7 * 24 * 3600 },
  { "2026-08-21", 14 * 3600 },              /* midnight two hours east of Greenwich */
  { "20260821", 14 * 3600 },
  { "2026-08-21T12:00:00Z", 0 },
  { "2026-08-21T12:00:00", 2 * 3600 },
  { "2026-08-21 14:00:00", 0 },
  { "2026-08-21T13:00:00+01:00", 0 },
  { "2026-08-21T11:59:59.5Z", 0 },          /* and a half */
  { "", NEVER },
  { "7", NEVER },
  { "d", NEVER },
  { "-7d", NEVER },
  { "7 d", NEVER },
  { "7y", NEVER },
  { "7dd", NEVER },
  { "999999999999999w", NEVER },
  { "9999999999999999999s", NEVER },
  { "soon", NEVER },
  { "2026-13-01", NEVER },
  { "2026-08", NEVER },
  { "12:00", NEVER },
};

static void
test_rows (void)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_offset (2 * 3600);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 time_us = 7;
      gboolean good = spot_when_parse (rows[i].text, NOW_US, zone, &time_us);

      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (good, ==, rows[i].ago_s != NEVER);
      if (good)
        g_assert_cmpint ((NOW_US - time_us) / G_USEC_PER_SEC, ==, rows[i].ago_s);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/when/rows", test_rows);
  return g_test_run ();
}
