/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "spot-metadata.h"
#include "spot-packet.h"
#include "spot-run-error.h"
#include "spot-run-record.h"

G_BEGIN_DECLS

/**
 * SpotRun:
 *
 * The stable identity of one run in the program: the same object for the same run, always. Holds the newest record and
 * computes everything else from it when asked. Main thread only.
 *
 * Properties, all read-only; times are `gint64` microseconds UTC or %SPOT_TIME_NONE:
 * id, task, status (SpotRunStatus), status-word, seed-status, ended, is-test, number, created-at, updated-at, started-at,
 * finished-at, queued-at, expired-at, delayed-until, duration-ms (compute), cost-in-cents, base-cost-in-cents, tags (strv),
 * idempotency-key (always null on feeds), ttl, payload, output, metadata, error (texts), realtime-streams (strv),
 * progress (0 to 1, -1 for none), headline (custom label while unfinished, first error line when broken), record.
 *
 * Each change of the record notifies once for each property that changed, and emits #SpotRun::changed once.
 */
#define SPOT_TYPE_RUN (spot_run_get_type ())
G_DECLARE_FINAL_TYPE (SpotRun, spot_run, SPOT, RUN, GObject)

SpotRun            *spot_run_new             (SpotRunRecord *record);
guint32             spot_run_apply           (SpotRun       *self,
                                              SpotRunRecord *record);
SpotRunRecord      *spot_run_get_record      (SpotRun       *self);
const char         *spot_run_get_id          (SpotRun       *self);
const char         *spot_run_get_task        (SpotRun       *self);
SpotRunStatus       spot_run_get_status      (SpotRun       *self);
const char         *spot_run_get_status_word (SpotRun       *self);
gboolean            spot_run_get_ended       (SpotRun       *self);
gboolean            spot_run_get_is_test     (SpotRun       *self);
gint64              spot_run_get_time        (SpotRun       *self,
                                              SpotColumn     column);
const char * const *spot_run_get_tags        (SpotRun       *self);
double              spot_run_get_progress    (SpotRun       *self);
const char         *spot_run_get_headline    (SpotRun       *self);
gint64              spot_run_get_wall_ms     (SpotRun       *self,
                                              gint64         now_us);
SpotMetadata       *spot_run_get_metadata    (SpotRun       *self);
SpotPacket         *spot_run_dup_payload     (SpotRun       *self);
SpotPacket         *spot_run_dup_output      (SpotRun       *self);
SpotRunError       *spot_run_dup_error       (SpotRun       *self);

/* Which feeds the run is in: kept by the store. */
gboolean            spot_run_is_in_feed      (SpotRun       *self,
                                              guint          feed_id);
/* Whether a feed has committed the run; FALSE while it was only seen in a preview. */
gboolean            spot_run_is_committed    (SpotRun       *self);

G_END_DECLS
