/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include "spot-retry.h"

#define FIRST_MS 1000.0
#define FACTOR 1.6
#define CAP_MS 30000.0
#define LIMIT_JITTER_MS 1000.0
/* Clocks that are no further apart count as the same: a Date header has whole seconds. */
#define MAX_CLOCK_DIFFERENCE_US (2 * G_TIME_SPAN_SECOND)

static gboolean
is_transient (guint status)
{
  return status == 0 || status == 408 || status == 409 || status == 429 || status >= 500;
}

/**
 * spot_retry_next_ms:
 * @self: what was tried so far
 * @answer: how it failed this time
 * @random: a random number from 0 up to, but not including, 1
 *
 * Counts one more failure. The server's own word comes first; a 429 waits until the limit is reset and does not count as
 * an attempt; a request that must not be done twice is sent again only when the server says that it was not done.
 *
 * Returns: how long to wait before sending it again, in milliseconds; -1 to give up
 */
gint64
spot_retry_next_ms (SpotRetry             *self,
                    const SpotRetryAnswer *answer,
                    double                 random)
{
  double delay_ms = FIRST_MS;

  g_return_val_if_fail (self != NULL && answer != NULL, -1);
  g_return_val_if_fail (random >= 0.0 && random < 1.0, -1);

  if (answer->should_retry == SPOT_SHOULD_RETRY_NO)
    return -1;
  if (answer->status == 429 && answer->reset_in_ms >= 0)
    {
      if (answer->reset_in_ms > SPOT_RETRY_MAX_WAIT_MS || ++self->n_limited > SPOT_RETRY_MAX_LIMITED)
        return -1;
      return answer->reset_in_ms + (gint64) (random * LIMIT_JITTER_MS);
    }
  if (answer->should_retry == SPOT_SHOULD_RETRY_UNSAID &&
      (!is_transient (answer->status) || (!self->repeatable && answer->status != 429)))
    return -1;
  if (++self->n_attempts >= SPOT_RETRY_MAX_ATTEMPTS || answer->retry_after_ms > SPOT_RETRY_MAX_WAIT_MS)
    return -1;
  for (guint i = 1; i < self->n_attempts; i++)
    delay_ms *= FACTOR;
  delay_ms = MIN (delay_ms * (1.0 + random), CAP_MS);
  return MAX ((gint64) delay_ms, answer->retry_after_ms);
}

/**
 * spot_retry_parse_reset_ms:
 * @reset: (nullable): the value of `x-ratelimit-reset`, milliseconds since 1970 by the server's clock
 * @server_wall_us: the server's time, from its `Date`, in microseconds since 1970; 0 when it does not say
 * @wall_us: this machine's time, in microseconds since 1970
 *
 * This machine's clock is finer than a `Date` but may be wrong: then the server's counts.
 *
 * Returns: how long until then in milliseconds, 0 for a time that is past; -1 when @reset is no time
 */
gint64
spot_retry_parse_reset_ms (const char *reset,
                           gint64      server_wall_us,
                           gint64      wall_us)
{
  guint64 reset_ms;
  gint64 now_us = wall_us;

  if (reset == NULL || !g_ascii_string_to_unsigned (reset, 10, 0, G_MAXINT64 / 2, &reset_ms, NULL))
    return -1;
  if (server_wall_us != 0 && ABS (server_wall_us - wall_us) > MAX_CLOCK_DIFFERENCE_US)
    now_us = server_wall_us;
  return MAX ((gint64) reset_ms - now_us / G_TIME_SPAN_MILLISECOND, 0);
}
