/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run.h"
#include "spot-run-batch.h"

G_BEGIN_DECLS

/**
 * SpotRunStoreChange:
 * @run: (owned): the run
 * @before: (nullable) (owned): its record before this drain, %NULL for a new run
 * @changed: (type guint32): bits of the columns that differ from @before (SPOT_COLUMN_BIT)
 * @removed: the run is in no feed any more and has left the store
 * @moved: the run entered or left a feed, so a query by feed has to look at it again
 * @kind: the kind of the last batch in this drain that had the run
 *
 * What one drain did to one run.
 */
typedef struct
{
  SpotRun         *run;
  SpotRunRecord   *before;
  guint32          changed;
  gboolean         removed;
  gboolean         moved;
  SpotRunBatchKind kind;
} SpotRunStoreChange;

/**
 * SpotRunStore:
 *
 * Every run of one environment that any of its feeds knows, found by id. Batches are queued by spot_run_store_push() and
 * applied by spot_run_store_drain(), which the owner calls at most once a frame. A run that several feeds bring has the
 * columns of all of them; the row with the newer `updatedAt` wins.
 *
 * Signal `drained (GArray of SpotRunStoreChange)`: once per drain that did anything, one entry per run touched, before
 * notify signals of the runs reach anybody else. Listeners must not keep the array.
 *
 * Main thread only.
 */
#define SPOT_TYPE_RUN_STORE (spot_run_store_get_type ())
G_DECLARE_FINAL_TYPE (SpotRunStore, spot_run_store, SPOT, RUN_STORE, GObject)

/* The time in microseconds, from any beginning. */
typedef gint64 (*SpotRunStoreClock) (gpointer user_data);

SpotRunStore *spot_run_store_new         (void);
void          spot_run_store_set_clock   (SpotRunStore      *self,
                                          SpotRunStoreClock  clock,
                                          gpointer           user_data);
void          spot_run_store_push        (SpotRunStore *self,
                                          guint         feed_id,
                                          SpotRunBatch *batch);
gboolean      spot_run_store_drain       (SpotRunStore *self,
                                          gint64        budget_us);
void          spot_run_store_flush       (SpotRunStore *self);
void          spot_run_store_remove_feed (SpotRunStore *self,
                                          guint         feed_id);
SpotRun      *spot_run_store_lookup      (SpotRunStore *self,
                                          const char   *run_id);
guint         spot_run_store_get_n_runs  (SpotRunStore *self);
void          spot_run_store_foreach     (SpotRunStore *self,
                                          GFunc         func,
                                          gpointer      user_data);

G_END_DECLS
