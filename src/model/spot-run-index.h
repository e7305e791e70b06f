/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run.h"

G_BEGIN_DECLS

/**
 * SpotRunIndex:
 *
 * Runs by id: open addressing, the keys are those of the runs' records. Several times as fast as a #GHashTable of
 * strings, and a server that chooses ids cannot make them collide, because the hash is keyed at random. Holds a
 * reference to each run.
 */
typedef struct _SpotRunIndex SpotRunIndex;

SpotRunIndex *spot_run_index_new        (void);
void          spot_run_index_free       (SpotRunIndex *self);
SpotRun      *spot_run_index_lookup     (SpotRunIndex *self,
                                         const char   *run_id);
void          spot_run_index_insert     (SpotRunIndex *self,
                                         SpotRun      *run);
gboolean      spot_run_index_remove     (SpotRunIndex *self,
                                         SpotRun      *run);
guint         spot_run_index_get_n_runs (SpotRunIndex *self);
gboolean      spot_run_index_next       (SpotRunIndex *self,
                                         guint        *cursor,
                                         SpotRun     **run);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotRunIndex, spot_run_index_free)

G_END_DECLS
