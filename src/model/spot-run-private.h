/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-glance.h"

#include "spot-run.h"

G_BEGIN_DECLS

/**
 * SpotRunFeed:
 * @record: (owned): the run as the feed has it
 * @feed_id: which feed
 * @preview: no commit of the feed has had the run yet
 * @left: the feed does not have the run any more; what it knew stays until another feed knows something newer
 *
 * One feed's knowledge of a run.
 */
typedef struct
{
  SpotRunRecord *record;
  guint          feed_id;
  guint          preview : 1;
  guint          left    : 1;
} SpotRunFeed;

/* In the open for the store, which does its bookkeeping here rather than in tables beside. */
struct _SpotRun
{
  GObject parent_instance;

  SpotRunRecord     *record; /* owned */
  SpotRunGlance     *glance; /* owned, nullable: at the record */
  char              *id;     /* owned, nullable: made when asked for, then good for the life of the run */
  SpotRunFeed       *feeds;  /* owned, from the oldest row to the newest */
  guint              n_feeds;
  guint              touched; /* by the drain that is on: index + 1 in the store's array, or 0 */
  SpotProgressMemory progress_memory;
};

SpotRunGlance *spot_run_swap_record (SpotRun       *self,
                                     SpotRunRecord *record);
void           spot_run_announce    (SpotRun       *self,
                                     SpotRunRecord *before,
                                     SpotRunGlance *glance_before,
                                     guint32        changed);

SpotRunFeed   *spot_run_find_feed   (SpotRun       *self,
                                     guint          feed_id);
gboolean       spot_run_has_feeds   (SpotRun       *self);
void           spot_run_set_feed    (SpotRun       *self,
                                     guint          feed_id,
                                     gboolean       preview,
                                     SpotRunRecord *record);
void           spot_run_leave_feed  (SpotRun       *self,
                                     guint          feed_id);
SpotRunRecord *spot_run_combine     (SpotRun       *self);

G_END_DECLS
