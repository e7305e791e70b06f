/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-base"

#include "config.h"

#include "spot-backoff.h"

/**
 * spot_backoff_init:
 * @self: (out caller-allocates): the value to set up
 * @first_ms: ceiling of the first delay in milliseconds
 * @cap_ms: ceiling that delays grow to in milliseconds
 *
 * Sets @self to the state before any failure.
 */
void
spot_backoff_init (SpotBackoff *self,
                   gint64       first_ms,
                   gint64       cap_ms)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (first_ms > 0 && cap_ms >= first_ms);

  self->first_ms = first_ms;
  self->cap_ms = cap_ms;
  self->failures = 0;
}

/**
 * spot_backoff_next_ms:
 * @self: a backoff
 * @random: a random number from 0 up to, but not including, 1
 * @at_least_ms: the server's `Retry-After` in milliseconds, 0 when it named none
 *
 * Counts one more failure. The delay is uniform between 0 and a ceiling that doubles with each failure (full jitter, so
 * that many clients of one server do not come back together), and never less than @at_least_ms. Protocol §3.8.
 *
 * Returns: how long to wait, in milliseconds
 */
gint64
spot_backoff_next_ms (SpotBackoff *self,
                      double       random,
                      gint64       at_least_ms)
{
  gint64 ceiling_ms;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (random >= 0.0 && random < 1.0, 0);

  ceiling_ms = self->first_ms;
  for (guint i = 0; i < self->failures && ceiling_ms < self->cap_ms; i++)
    ceiling_ms *= 2;
  ceiling_ms = MIN (ceiling_ms, self->cap_ms);
  if (self->failures < G_MAXUINT)
    self->failures++;

  return MAX ((gint64) (random * (double) ceiling_ms), at_least_ms);
}

/**
 * spot_backoff_reset:
 * @self: a backoff
 *
 * Forgets all failures: something succeeded.
 */
void
spot_backoff_reset (SpotBackoff *self)
{
  g_return_if_fail (self != NULL);

  self->failures = 0;
}
