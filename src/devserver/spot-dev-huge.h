/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-dev-script.h"

G_BEGIN_DECLS

/**
 * SpotDevHuge:
 * @n_runs: how many runs there are
 * @changes_per_s: how many changes a second of the scenario's time
 * @next: number of the next change
 *
 * Very many runs, of which the newest change all the time.
 */
typedef struct
{
  guint  n_runs;
  guint  changes_per_s;
  gint64 next;
} SpotDevHuge;

void   spot_dev_huge_begin   (SpotDevHuge        *self,
                              const SpotDevClock *clock,
                              guint32             seed,
                              SpotDevStore       *store);
gint64 spot_dev_huge_advance (SpotDevHuge        *self,
                              const SpotDevClock *clock,
                              guint32             seed,
                              SpotDevStore       *store,
                              gint64              now_ms);

G_END_DECLS
