/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-journal.h"
#include "spot-run-timeline.h"

G_BEGIN_DECLS

/**
 * SpotTimelineWatch:
 * @name: what the user calls it
 * @tags: what its runs have
 * @feed_key: (nullable): of the feed that serves it
 *
 * A watch that a run can leave.
 */
typedef struct
{
  const char         *name;
  const char * const *tags;
  const char         *feed_key;
} SpotTimelineWatch;

SpotRunEvent    *spot_run_event_new           (const SpotChange         *change,
                                               const char * const       *left_watches);
gboolean         spot_run_event_is            (SpotRunEvent             *self,
                                               const SpotChange         *change,
                                               const char * const       *left_watches);

/* Which watches a run left by each of its changes: (transfer full) (element-type GStrv), one for each, NULL for none. */
GPtrArray       *spot_run_timeline_find_left  (GPtrArray                *changes,
                                               const char * const       *tags,
                                               const SpotTimelineWatch  *watches,
                                               guint                     n_watches);

/* @describe gives the watches and the run's tags of the moment; called until @owner is gone, which it must tell. */
typedef void (*SpotTimelineDescribe) (gpointer             owner,
                                      const char          *run_id,
                                      GArray              *watches,
                                      const char * const **tags);

SpotRunTimeline *spot_run_timeline_new        (const char               *run_id,
                                               SpotRunRecord            *record,
                                               SpotTimelineDescribe      describe,
                                               gpointer                  owner);
void             spot_run_timeline_load       (SpotRunTimeline          *self,
                                               SpotJournal              *journal,
                                               const char               *environment_key);
void             spot_run_timeline_take       (SpotRunTimeline          *self,
                                               const char               *feed_key,
                                               SpotRunBatchKind          cause,
                                               const SpotRunChange      *change,
                                               gboolean                  deleted);
void             spot_run_timeline_orphan     (SpotRunTimeline          *self);

G_END_DECLS
