/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-environment.h"

G_BEGIN_DECLS

/* What is loaded for one watch at most. Older runs are searched for on the server when somebody asks. */
#define SPOT_HISTORY_MAX_RUNS 500
/* Unfinished runs of them that are followed one by one. */
#define SPOT_HISTORY_MAX_OLD_RUNS 20

/**
 * SpotHistory:
 *
 * The runs of a watch that are older than the window of its feed: listed once by the management API, page by page, one watch
 * after the other (protocol §8.1). Belongs to one environment. Main thread only.
 */
typedef struct _SpotHistory SpotHistory;

/**
 * SpotHistorySink:
 * @runs: takes runs of a watch, the newest first (element-type SpotRunRecord) (transfer none); may be called while the
 *   environment is told of something else
 *
 * Where what was listed goes.
 */
typedef void (*SpotHistorySink) (SpotWatch *watch,
                                 GPtrArray *records,
                                 gpointer   user_data);

SpotHistory *spot_history_new         (SpotEnvironment *environment,
                                       SpotHistorySink  sink,
                                       gpointer         user_data);
void         spot_history_free        (SpotHistory     *self);

/* Lists the runs of @watch that were created at @before_us or earlier, unless that was done or is under way. */
void         spot_history_want        (SpotHistory     *self,
                                       SpotWatch       *watch,
                                       gint64           before_us);
void         spot_history_forget      (SpotHistory     *self,
                                       SpotWatch       *watch);
void         spot_history_retry       (SpotHistory     *self);

/* Ids of unfinished runs, the oldest first (transfer none); what is known to have ended is left out. */
GPtrArray   *spot_history_get_old_runs (SpotHistory    *self);
void         spot_history_drop_old_run (SpotHistory    *self,
                                       const char      *run_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotHistory, spot_history_free)

G_END_DECLS
