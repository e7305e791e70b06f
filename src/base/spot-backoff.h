/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpotBackoff:
 *
 * Delays between attempts: exponential with a cap and full jitter. A plain value without clock or random source of its
 * own, so that tests decide both.
 */
typedef struct
{
  gint64 first_ms; /* ceiling of the first delay */
  gint64 cap_ms;   /* ceiling that the delays grow to */
  guint  failures; /* since the last success */
} SpotBackoff;

#define SPOT_BACKOFF_FIRST_MS 1000
#define SPOT_BACKOFF_CAP_MS 32000

void   spot_backoff_init    (SpotBackoff *self,
                             gint64       first_ms,
                             gint64       cap_ms);
gint64 spot_backoff_next_ms (SpotBackoff *self,
                             double       random,
                             gint64       at_least_ms);
void   spot_backoff_reset   (SpotBackoff *self);

G_END_DECLS
