/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-connection.h"
#include "spot-run-list.h"
#include "spot-watch-spec.h"

G_BEGIN_DECLS

/**
 * SpotHistoryState:
 * @SPOT_HISTORY_NONE: there is nothing to load: the feed brings everything
 * @SPOT_HISTORY_WAITING: other watches come first
 * @SPOT_HISTORY_LOADING: older runs are being listed
 * @SPOT_HISTORY_LOADED: they are there, or as many of them as are loaded at once
 * @SPOT_HISTORY_FAILED: they could not be listed
 *
 * Whether a watch has the runs that are older than its feed's window.
 */
typedef enum {
  SPOT_HISTORY_NONE,
  SPOT_HISTORY_WAITING,
  SPOT_HISTORY_LOADING,
  SPOT_HISTORY_LOADED,
  SPOT_HISTORY_FAILED,
} SpotHistoryState;

#define SPOT_TYPE_HISTORY_STATE (spot_history_state_get_type ())
GType spot_history_state_get_type (void);

/**
 * SpotWatch:
 *
 * One thing that the user watches: a query over the runs of an environment, with the connection that feeds it.
 *
 * Properties, read-only: spec (SpotWatchSpec), kind, name (what the user calls it, or what it is), subject (run id, batch id, tags joined by ", ";
 * empty for an environment), list (SpotRunList), connection (SpotConnection), n-runs, n-waiting-runs, n-running, n-failed,
 * n-ended (guints; of committed rows only), history (SpotHistoryState), ready (whether the first snapshot is complete).
 * Signal: `committed (SpotRunRecord *, gboolean removed)`: one state of one of its runs, in order, those included that the
 * list never showed because the next came in the same frame.
 */
#define SPOT_TYPE_WATCH (spot_watch_get_type ())
G_DECLARE_FINAL_TYPE (SpotWatch, spot_watch, SPOT, WATCH, GObject)

const char     *spot_watch_get_id         (SpotWatch *self);
const SpotWatchSpec *spot_watch_get_spec  (SpotWatch *self);
SpotWatchKind   spot_watch_get_kind       (SpotWatch *self);
const char     *spot_watch_get_name       (SpotWatch *self);
const char     *spot_watch_get_subject    (SpotWatch *self);
SpotRunList    *spot_watch_get_list       (SpotWatch *self);
SpotConnection *spot_watch_get_connection (SpotWatch *self);
guint           spot_watch_get_n_runs     (SpotWatch *self);
guint           spot_watch_get_count      (SpotWatch *self,
                                           SpotStatusGroup group);
gboolean        spot_watch_get_ready      (SpotWatch *self);
SpotHistoryState spot_watch_get_history   (SpotWatch *self);

G_END_DECLS
