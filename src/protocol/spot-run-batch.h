/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-log-position.h"
#include "spot-run-record.h"

G_BEGIN_DECLS

/**
 * SpotRunBatchKind:
 * @SPOT_RUN_BATCH_PREVIEW: rows of a first snapshot as they are read: to be shown, not to be acted on. They may be old
 *   news; the commit that follows repeats them
 * @SPOT_RUN_BATCH_SNAPSHOT: the first commit of a feed
 * @SPOT_RUN_BATCH_REFETCH: what differs after the server made the feed start again
 * @SPOT_RUN_BATCH_CHANGES: what happened since the last commit
 * @SPOT_RUN_BATCH_CATCH_UP: the first commit of a feed that was given the rows that it once had: what differs from them,
 *   and so happened while nobody looked
 *
 * Why the changes of a batch are there, which decides who may act on them (design §5).
 */
typedef enum {
  SPOT_RUN_BATCH_PREVIEW,
  SPOT_RUN_BATCH_SNAPSHOT,
  SPOT_RUN_BATCH_REFETCH,
  SPOT_RUN_BATCH_CHANGES,
  SPOT_RUN_BATCH_CATCH_UP,
} SpotRunBatchKind;

/**
 * SpotRunChange:
 * @record: (owned): the run's state; for a removed run the last one known
 * @removed: the run left the feed: its tag was taken away, or its row was deleted
 * @key: (owned) (nullable): the row's key in the feed's log, in commits; a preview has none. %NULL when it is no text
 */
typedef struct
{
  SpotRunRecord *record;
  gboolean       removed;
  char          *key;
} SpotRunChange;

/**
 * SpotRunBatch:
 * @kind: why
 * @changes: (element-type SpotRunChange): one for each run touched, in order of first touch
 * @n_bad_rows: rows in which a value could not be read: that column stays as it was, or, when it is one that no run is
 *   without, the row is dropped
 * @diagnostic: (nullable): what was wrong with the first of them
 * @position: (owned) (nullable): in a feed's commits, where the feed stands after it, to go on from at another time
 *
 * What a feed hands over at an up-to-date. Immutable once made; crosses threads.
 */
typedef struct
{
  gatomicrefcount  ref_count;
  SpotRunBatchKind kind;
  GArray          *changes;
  guint            n_bad_rows;
  char            *diagnostic;
  SpotLogPosition *position;
} SpotRunBatch;

SpotRunBatch *spot_run_batch_new   (SpotRunBatchKind  kind);
SpotRunBatch *spot_run_batch_ref   (SpotRunBatch     *self);
void          spot_run_batch_unref (SpotRunBatch     *self);
void          spot_run_batch_add   (SpotRunBatch     *self,
                                    SpotRunRecord    *record,
                                    gboolean          removed);
void          spot_run_batch_add_row (SpotRunBatch   *self,
                                    SpotRunRecord    *record,
                                    gboolean          removed,
                                    const char       *key,
                                    gsize             key_length);

void          spot_run_batch_set_position (SpotRunBatch *self,
                                    SpotLogPosition  *position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotRunBatch, spot_run_batch_unref)

G_END_DECLS
