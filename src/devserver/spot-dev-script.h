/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-dev-store.h"

G_BEGIN_DECLS

/**
 * SpotDevClock:
 * @epoch_ms: when the scenario began, milliseconds since 1970
 * @speed: how fast it runs after that
 *
 * Turns a scenario's time, milliseconds since the epoch, into real time.
 */
typedef struct
{
  gint64 epoch_ms;
  double speed;
} SpotDevClock;

gint64 spot_dev_clock_to_real   (const SpotDevClock *self,
                                 gint64              at_ms);
gint64 spot_dev_clock_from_real (const SpotDevClock *self,
                                 gint64              real_ms);

/**
 * SpotDevStep:
 * @real_ms: when, milliseconds since 1970
 * @edit: what changes then
 * @stream: (nullable): the data stream that is written to
 * @chunk: (nullable): what is written, a JSON text
 */
typedef struct
{
  gint64      real_ms;
  SpotDevEdit edit;
  char       *stream;
  char       *chunk;
} SpotDevStep;

/**
 * SpotDevOrder:
 * @edit: what the run has besides, or instead of, what its task gives it
 * @due_ms: when it is to be queued, milliseconds since 1970; 0 for at once
 *
 * What somebody who triggered a run asked for.
 */
typedef struct
{
  SpotDevEdit edit;
  gint64      due_ms;
} SpotDevOrder;

/**
 * SpotDevScript:
 * @order: (nullable): what the run was triggered with; borrowed, while it is written
 * @run_id: the run's friendly id
 * @batch_id: (nullable): its batch
 * @steps: (element-type SpotDevStep): its whole life, in order; the first creates it
 * @next: the first step that has not happened
 * @at_ms: while it is written: the scenario's time that the writing has come to
 * @random: state of what looks random about it
 * @executing: whether it computes at @at_ms
 * @executing_ms: since when, in the scenario's time
 * @usage_ms: how long it computed before that, in real time
 * @clock: the scenario's
 *
 * The life of one run, written before it happens: a function of a seed, a name and a time.
 */
typedef struct
{
  const SpotDevOrder *order;
  char        *run_id;
  char        *batch_id;
  GArray      *steps;
  guint        next;
  gint64       at_ms;
  guint64      random;
  gboolean     executing;
  gint64       executing_ms;
  gint64       usage_ms;
  SpotDevClock clock;
} SpotDevScript;

SpotDevScript *spot_dev_script_new      (const SpotDevClock *clock,
                                         guint32             seed,
                                         const char         *name,
                                         gint64              at_ms);
void           spot_dev_script_free     (SpotDevScript      *self);
int            spot_dev_script_random   (SpotDevScript      *self,
                                         int                 low,
                                         int                 high);
const char    *spot_dev_script_pick     (SpotDevScript      *self,
                                         const char *const  *words);
SpotDevEdit   *spot_dev_script_after    (SpotDevScript      *self,
                                         int                 delay_ms);
void           spot_dev_script_create   (SpotDevScript      *self,
                                         const char         *task,
                                         const char         *tags,
                                         const char         *payload_type,
                                         const char         *payload);
void           spot_dev_script_start    (SpotDevScript      *self,
                                         int                 queue_ms);
void           spot_dev_script_metadata (SpotDevScript      *self,
                                         int                 delay_ms,
                                         const char         *format,
                                         ...) G_GNUC_PRINTF (3, 4);
void           spot_dev_script_status   (SpotDevScript      *self,
                                         int                 delay_ms,
                                         const char         *status);
void           spot_dev_script_write    (SpotDevScript      *self,
                                         int                 delay_ms,
                                         const char         *stream,
                                         const char         *chunk);
void           spot_dev_script_complete (SpotDevScript      *self,
                                         int                 delay_ms,
                                         const char         *output_type,
                                         const char         *output);
void           spot_dev_script_fail     (SpotDevScript      *self,
                                         int                 delay_ms,
                                         const char         *status,
                                         const char         *error);

char          *spot_dev_script_make_id  (const char         *prefix,
                                         guint32             seed,
                                         const char         *name,
                                         guint               length);

G_END_DECLS
