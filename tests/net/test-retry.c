/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spot-retry.h"

#define UNSAID SPOT_SHOULD_RETRY_UNSAID
#define NO SPOT_SHOULD_RETRY_NO
#define YES SPOT_SHOULD_RETRY_YES

/* The first failure of each kind. */
static void
test_93_table (void)
{
  static const struct
  {
    SpotRetryAnswer answer;
    gboolean        repeatable;
    gint64          delay_ms;
  } rows[] = {
    { { 0, UNSAID, -1, 0 }, TRUE, 1000 },
    { { 0, UNSAID, -1, 0 }, FALSE, -1 },
    { { 408, UNSAID, -1, 0 }, TRUE, 1000 },
    { { 409, UNSAID, -1, 0 }, TRUE, 1000 },
    { { 500, UNSAID, -1, 0 }, TRUE, 1000 },
    { { 500, UNSAID, -1, 0 }, FALSE, -1 },
    { { 500, YES, -1, 0 }, FALSE, 1000 },
    { { 500, NO, -1, 0 }, TRUE, -1 },
    { { 503, UNSAID, -1, 7000 }, TRUE, 7000 },
    { { 503, UNSAID, -1, 3600000 }, TRUE, -1 },
    { { 400, UNSAID, -1, 0 }, TRUE, -1 },
    { { 401, UNSAID, -1, 0 }, TRUE, -1 },
    { { 403, UNSAID, -1, 0 }, TRUE, -1 },
    { { 404, UNSAID, -1, 0 }, TRUE, -1 },
    { { 404, NO, -1, 0 }, TRUE, -1 },
    { { 404, YES, -1, 0 }, TRUE, 1000 },
    { { 422, UNSAID, -1, 0 }, TRUE, -1 },
    { { 429, UNSAID, -1, 0 }, TRUE, 1000 },
    { { 429, UNSAID, -1, 0 }, FALSE, 1000 },
    { { 429, UNSAID, 7000, 0 }, TRUE, 7000 },
    { { 429, UNSAID, 7000, 0 }, FALSE, 7000 },
    { { 429, NO, 7000, 0 }, TRUE, -1 },
    { { 429, UNSAID, SPOT_RETRY_MAX_WAIT_MS + 1, 0 }, TRUE, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      SpotRetry retry = { .repeatable = rows[i].repeatable };
      gint64 delay_ms = spot_retry_next_ms (&retry, &rows[i].answer, 0.0);

      if (delay_ms != rows[i].delay_ms)
        g_error ("row %u: %d instead of %d", i, (int) delay_ms, (int) rows[i].delay_ms);
    }
}

static void
test_93_attempts (void)
{
  static const gint64 delays_ms[] = { 1500, 2400, 3840, 6144, -1 };
  const SpotRetryAnswer busy = { .status = 503, .reset_in_ms = -1 };
  const SpotRetryAnswer limited = { .status = 429, .reset_in_ms = 0 };
  SpotRetry retry = { .repeatable = TRUE };

  for (guint i = 0; i < G_N_ELEMENTS (delays_ms); i++)
    {
      /* The limit's end plus up to a second, and no attempt. */
      g_assert_cmpint (spot_retry_next_ms (&retry, &limited, 0.75), ==, 750);
      g_assert_cmpint (spot_retry_next_ms (&retry, &busy, 0.5), ==, delays_ms[i]);
    }
  for (guint i = G_N_ELEMENTS (delays_ms); i < SPOT_RETRY_MAX_LIMITED; i++)
    g_assert_cmpint (spot_retry_next_ms (&retry, &limited, 0.0), ==, 0);
  g_assert_cmpint (spot_retry_next_ms (&retry, &limited, 0.0), ==, -1);
}

static void
test_93_reset (void)
{
  const gint64 now_us = G_GINT64_CONSTANT (1790000000000000);

  g_assert_cmpint (spot_retry_parse_reset_ms (NULL, 0, now_us), ==, -1);
  g_assert_cmpint (spot_retry_parse_reset_ms ("", 0, now_us), ==, -1);
  g_assert_cmpint (spot_retry_parse_reset_ms ("soon", 0, now_us), ==, -1);
  g_assert_cmpint (spot_retry_parse_reset_ms ("-5", 0, now_us), ==, -1);
  g_assert_cmpint (spot_retry_parse_reset_ms ("99999999999999999999999", 0, now_us), ==, -1);
  g_assert_cmpint (spot_retry_parse_reset_ms ("1790000007345", 0, now_us), ==, 7345);
  g_assert_cmpint (spot_retry_parse_reset_ms ("1789999999999", 0, now_us), ==, 0);
  g_assert_cmpint (spot_retry_parse_reset_ms ("0", 0, now_us), ==, 0);
  /* This clock and the server's agree to the second. */
  g_assert_cmpint (spot_retry_parse_reset_ms ("1790000007345", now_us - G_USEC_PER_SEC, now_us), ==, 7345);
  /* This clock is an hour late, or early. */
  g_assert_cmpint (spot_retry_parse_reset_ms ("1790000007345", now_us, now_us - G_TIME_SPAN_HOUR), ==, 7345);
  g_assert_cmpint (spot_retry_parse_reset_ms ("1790000007345", now_us, now_us + G_TIME_SPAN_HOUR), ==, 7345);
  g_assert_cmpint (spot_retry_parse_reset_ms ("4611686018427387903", 0, now_us), >, SPOT_RETRY_MAX_WAIT_MS);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/retry/93-table", test_93_table);
  g_test_add_func ("/retry/93-attempts", test_93_attempts);
  g_test_add_func ("/retry/93-reset", test_93_reset);
  return g_test_run ();
}
