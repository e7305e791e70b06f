/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-metadata.h"
#include "spot-run-record.h"

G_BEGIN_DECLS

/**
 * SpotProgressMemory:
 * @shown: the last progress that was told of a run, -1 for none
 * @floor: what the bar may not fall below, because it stood there when the scale was guessed otherwise; -1 for none
 * @scale: the SpotProgressScale that @shown was read by
 *
 * What a run remembers from record to record, so that its bar never jumps backwards because of a new guess.
 */
typedef struct
{
  float  shown;
  float  floor;
  guint8 scale;
} SpotProgressMemory;

#define SPOT_PROGRESS_MEMORY_INIT { -1.0f, -1.0f, SPOT_PROGRESS_SCALE_UNKNOWN }

/**
 * SpotRunGlance:
 *
 * What had to be read out of the long columns of one record to draw a run, made when somebody looks and kept as long as
 * the record is the run's.
 */
typedef struct _SpotRunGlance SpotRunGlance;

SpotRunGlance *spot_run_glance_new          (void);
void           spot_run_glance_free         (SpotRunGlance       *self);
double         spot_run_glance_get_progress (SpotRunGlance       *self,
                                             const SpotRunRecord *record,
                                             SpotProgressMemory  *memory);
const char    *spot_run_glance_get_headline (SpotRunGlance       *self,
                                             const SpotRunRecord *record,
                                             SpotProgressMemory  *memory);
SpotMetadata  *spot_run_glance_get_metadata (SpotRunGlance       *self,
                                             const SpotRunRecord *record,
                                             SpotProgressMemory  *memory);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotRunGlance, spot_run_glance_free)

G_END_DECLS
