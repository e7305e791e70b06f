/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include "spot-lifecycle.h"

/* Some 29,000 years: a server decides the times, and differences of them must not overflow. */
#define MAX_US (G_GINT64_CONSTANT (1) << 60)

static gboolean
is_time (gint64 time_us)
{
  return time_us != SPOT_TIME_NONE && time_us > -MAX_US && time_us < MAX_US;
}

/**
 * spot_lifecycle_compute:
 * @self: (out): the parts
 * @created_us: when the run was made
 * @delay_until_us: when its delay ends
 * @queued_us: when it joined its queue
 * @started_us: when it began
 * @finished_us: when it ended
 * @now_us: the present
 *
 * Pure. All in microseconds since 1970 UTC, all but @now_us may be %SPOT_TIME_NONE. Times that contradict each other
 * are brought into order: a part is never negative.
 *
 * Returns: %FALSE when there is nothing to show because @created_us is no time
 */
gboolean
spot_lifecycle_compute (SpotLifecycle *self,
                        gint64         created_us,
                        gint64         delay_until_us,
                        gint64         queued_us,
                        gint64         started_us,
                        gint64         finished_us,
                        gint64         now_us)
{
  gboolean ended = is_time (finished_us);
  gboolean started = is_time (started_us);
  gboolean delayed = is_time (delay_until_us);
  gint64 end, joined, began;

  self->running = -1;
  for (guint i = 0; i < SPOT_N_LIFECYCLE_PARTS; i++)
    self->part_us[i] = -1;
  if (!is_time (created_us))
    return FALSE;

  end = MAX (ended ? finished_us : now_us, created_us);
  began = started ? CLAMP (started_us, created_us, end) : end;
  if (!delayed)
    joined = created_us;
  else if (is_time (queued_us))
    joined = CLAMP (queued_us, created_us, began);
  else
    joined = CLAMP (delay_until_us, created_us, began);

  self->begin_us = created_us;
  self->end_us = end;
  if (delayed)
    self->part_us[SPOT_LIFECYCLE_DELAYED] = joined - created_us;
  if (!delayed || started || is_time (queued_us) || joined < began)
    self->part_us[SPOT_LIFECYCLE_QUEUED] = began - joined;
  if (started)
    self->part_us[SPOT_LIFECYCLE_RUNNING] = end - began;
  for (int i = 0; !ended && i < SPOT_N_LIFECYCLE_PARTS; i++)
    if (self->part_us[i] >= 0)
      self->running = i;
  return TRUE;
}
