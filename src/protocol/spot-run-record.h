/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-column.h"
#include "spot-run-status.h"
#include "spot-shape-reader.h"

G_BEGIN_DECLS

/**
 * SpotRunRecord:
 *
 * One state of one run: immutable, refcounted (atomically: records cross threads), compact. Task and tags are interned,
 * times are integers, the long columns are shared with the records it was merged from and kept as the bytes received
 * until somebody looks.
 *
 * A record knows which columns it has: a column that was skipped, or that an old server does not send, is *unknown*, which
 * is not the same as null.
 */
typedef struct _SpotRunRecord SpotRunRecord;

#define SPOT_TYPE_RUN_RECORD (spot_run_record_get_type ())
GType spot_run_record_get_type (void);

SpotRunRecord      *spot_run_record_new          (const SpotRunRecord   *base,
                                                  const SpotColumnValue *columns,
                                                  guint                  n_columns,
                                                  GError               **error);
SpotRunRecord      *spot_run_record_ref          (SpotRunRecord         *self);
void                spot_run_record_unref        (SpotRunRecord         *self);

gboolean            spot_run_record_is_showable  (const SpotRunRecord   *self);
gboolean            spot_run_record_has_ended    (const SpotRunRecord   *self);
guint32             spot_run_record_get_known    (const SpotRunRecord   *self);
gboolean            spot_run_record_has          (const SpotRunRecord   *self,
                                                  SpotColumn             column);
const char         *spot_run_record_get_id       (const SpotRunRecord   *self);
const char         *spot_run_record_get_row_id   (const SpotRunRecord   *self);
const char         *spot_run_record_get_task     (const SpotRunRecord   *self);
SpotRunStatus       spot_run_record_get_status   (const SpotRunRecord   *self);
const char         *spot_run_record_get_status_word (const SpotRunRecord *self);
gint64              spot_run_record_get_time     (const SpotRunRecord   *self,
                                                  SpotColumn             column);
gint64              spot_run_record_get_number   (const SpotRunRecord   *self);
gboolean            spot_run_record_get_is_test  (const SpotRunRecord   *self);
gint64              spot_run_record_get_usage_ms (const SpotRunRecord   *self);
double              spot_run_record_get_cost     (const SpotRunRecord   *self);
double              spot_run_record_get_base_cost (const SpotRunRecord  *self);
const char * const *spot_run_record_get_tags     (const SpotRunRecord   *self);
const char * const *spot_run_record_get_streams  (const SpotRunRecord   *self);
char               *spot_run_record_dup_text     (const SpotRunRecord   *self,
                                                  SpotColumn             column,
                                                  gsize                 *length);
gsize               spot_run_record_get_text_size (const SpotRunRecord  *self,
                                                  SpotColumn             column);

SpotRunRecord      *spot_run_record_combine      (SpotRunRecord         *older,
                                                  SpotRunRecord         *newer);
guint32             spot_run_record_diff         (const SpotRunRecord   *self,
                                                  const SpotRunRecord   *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotRunRecord, spot_run_record_unref)

G_END_DECLS
