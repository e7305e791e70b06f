/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run.h"

G_BEGIN_DECLS

/**
 * SpotLifecyclePart:
 *
 * What a run was doing for a part of its life, as far as the feed tells it.
 */
typedef enum {
  SPOT_LIFECYCLE_DELAYED,
  SPOT_LIFECYCLE_QUEUED,
  SPOT_LIFECYCLE_RUNNING,
} SpotLifecyclePart;

#define SPOT_N_LIFECYCLE_PARTS (SPOT_LIFECYCLE_RUNNING + 1)

/**
 * SpotLifecycle:
 * @begin_us: when the run was made
 * @end_us: its end, or the present while it has none
 * @part_us: how long each part took, up to the present for the one that goes on; -1 for one that the run has not come
 *   to
 * @running: which part goes on, -1 when the run has ended or it is unknown
 *
 * A run's life in parts that follow each other without a gap.
 */
typedef struct
{
  gint64 begin_us;
  gint64 end_us;
  gint64 part_us[SPOT_N_LIFECYCLE_PARTS];
  int    running;
} SpotLifecycle;

gboolean spot_lifecycle_compute (SpotLifecycle *self,
                                 gint64         created_us,
                                 gint64         delay_until_us,
                                 gint64         queued_us,
                                 gint64         started_us,
                                 gint64         finished_us,
                                 gint64         now_us);

G_END_DECLS
