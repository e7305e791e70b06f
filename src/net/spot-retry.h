/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How often a request is sent at most, and how long a server may let one wait for its rate limit. */
#define SPOT_RETRY_MAX_ATTEMPTS 5u
#define SPOT_RETRY_MAX_LIMITED 10u
#define SPOT_RETRY_MAX_WAIT_MS (5 * 60 * 1000)

/**
 * SpotShouldRetry:
 *
 * What the server's `x-should-retry` says.
 */
typedef enum {
  SPOT_SHOULD_RETRY_UNSAID,
  SPOT_SHOULD_RETRY_NO,
  SPOT_SHOULD_RETRY_YES,
} SpotShouldRetry;

/**
 * SpotRetryAnswer:
 * @status: the HTTP status, 0 when there was no answer
 * @should_retry: what the server says about it
 * @reset_in_ms: for 429, when the rate limit ends, from now; -1 when it does not say
 * @retry_after_ms: the server's `Retry-After`, 0 for none
 *
 * How a request failed.
 */
typedef struct
{
  guint           status;
  SpotShouldRetry should_retry;
  gint64          reset_in_ms;
  gint64          retry_after_ms;
} SpotRetryAnswer;

/**
 * SpotRetry:
 * @repeatable: whether doing the thing twice is the same as doing it once
 * @n_attempts: how often it has failed
 * @n_limited: how often the rate limit was in the way
 *
 * Whether and when to send a management request again (protocol §1.10). A plain value without clock or dice.
 */
typedef struct
{
  gboolean repeatable;
  guint    n_attempts;
  guint    n_limited;
} SpotRetry;

gint64 spot_retry_next_ms        (SpotRetry             *self,
                                  const SpotRetryAnswer *answer,
                                  double                 random);
gint64 spot_retry_parse_reset_ms (const char            *reset,
                                  gint64                 server_wall_us,
                                  gint64                 wall_us);

G_END_DECLS
