/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-batch.h"

G_BEGIN_DECLS

/**
 * SpotShapeLog:
 *
 * A feed's own copy of its rows: merges what the reader brings, by key, and gives it out at up-to-date (protocol §3.13).
 * A body counts only once it was read to its end: until spot_shape_log_end_body() nothing of it has happened. After
 * spot_shape_log_reset() the next snapshot is built aside, and its commit holds the difference to what was committed
 * before, so that a view over it never flashes empty.
 *
 * Lives on one thread.
 */
typedef struct _SpotShapeLog SpotShapeLog;

SpotShapeLog *spot_shape_log_new          (void);
gboolean      spot_shape_log_seed         (SpotShapeLog          *self,
                                           SpotRunBatch          *rows);
void          spot_shape_log_free         (SpotShapeLog          *self);
void          spot_shape_log_begin_body   (SpotShapeLog          *self);
void          spot_shape_log_expect_old_rows (SpotShapeLog       *self);
void          spot_shape_log_take_event   (SpotShapeLog          *self,
                                           const SpotShapeEvent  *event);
SpotRunBatch *spot_shape_log_take_preview (SpotShapeLog          *self);
void          spot_shape_log_abort_body   (SpotShapeLog          *self);
gboolean      spot_shape_log_end_body     (SpotShapeLog          *self,
                                           SpotRunBatch         **batch);
gboolean      spot_shape_log_has_touched  (SpotShapeLog          *self);
gboolean      spot_shape_log_saw_refetch  (SpotShapeLog          *self);
void          spot_shape_log_reset        (SpotShapeLog          *self);
guint         spot_shape_log_get_n_rows   (SpotShapeLog          *self);
guint         spot_shape_log_get_n_unfinished (SpotShapeLog      *self);
SpotRunRecord *spot_shape_log_peek        (SpotShapeLog          *self,
                                           const char            *run_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotShapeLog, spot_shape_log_free)

G_END_DECLS
