/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-backoff.h"

static void
test_grows_to_cap (void)
{
  const gint64 ceilings[] = { 1000, 2000, 4000, 8000, 16000, 32000, 32000, 32000 };
  SpotBackoff backoff;

  spot_backoff_init (&backoff, SPOT_BACKOFF_FIRST_MS, SPOT_BACKOFF_CAP_MS);
  for (guint i = 0; i < G_N_ELEMENTS (ceilings); i++)
    g_assert_cmpint (spot_backoff_next_ms (&backoff, 0.5, 0), ==, ceilings[i] / 2);

  for (guint i = 0; i < 1000; i++)
    g_assert_cmpint (spot_backoff_next_ms (&backoff, 0.999999, 0), <, SPOT_BACKOFF_CAP_MS);
}

static void
test_jitter_is_full (void)
{
  SpotBackoff backoff;

  spot_backoff_init (&backoff, 1000, 32000);
  g_assert_cmpint (spot_backoff_next_ms (&backoff, 0.0, 0), ==, 0);
  g_assert_cmpint (spot_backoff_next_ms (&backoff, 0.25, 0), ==, 500);
}

static void
test_retry_after_is_a_floor (void)
{
  SpotBackoff backoff;

  spot_backoff_init (&backoff, 1000, 32000);
  g_assert_cmpint (spot_backoff_next_ms (&backoff, 0.5, 5000), ==, 5000);
  g_assert_cmpint (spot_backoff_next_ms (&backoff, 0.5, 10), ==, 1000);
}

static void
test_reset (void)
{
  SpotBackoff backoff;

  spot_backoff_init (&backoff, 1000, 32000);
  for (guint i = 0; i < 5; i++)
    spot_backoff_next_ms (&backoff, 0.5, 0);
  spot_backoff_reset (&backoff);
  g_assert_cmpint (spot_backoff_next_ms (&backoff, 0.5, 0), ==, 500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backoff/grows-to-cap", test_grows_to_cap);
  g_test_add_func ("/backoff/jitter-is-full", test_jitter_is_full);
  g_test_add_func ("/backoff/retry-after-is-a-floor", test_retry_after_is_a_floor);
  g_test_add_func ("/backoff/reset", test_reset);
  return g_test_run ();
}
