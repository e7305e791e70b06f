/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-connection-private.h"
#include "spot-run-store.h"
#include "spot-run-streams-private.h"

G_BEGIN_DECLS

/**
 * SpotOpenRun:
 * @run_id: (owned): the run
 * @count: how often it is open
 * @connection: (owned): of its own feed
 * @streams: (owned): its data streams
 *
 * A run that somebody looks at.
 */
typedef struct
{
  char           *run_id;
  guint           count;
  SpotConnection *connection;
  SpotRunStreams *streams;
} SpotOpenRun;

/**
 * SpotOpenRuns:
 *
 * The runs of one environment that somebody looks at.
 */
typedef struct _SpotOpenRuns SpotOpenRuns;

SpotOpenRuns *spot_open_runs_new            (SpotEndpoint   *endpoint);
void          spot_open_runs_free           (SpotOpenRuns   *self);
guint         spot_open_runs_get_n          (SpotOpenRuns   *self);
SpotOpenRun  *spot_open_runs_get            (SpotOpenRuns   *self,
                                             guint           index);
SpotOpenRun  *spot_open_runs_find           (SpotOpenRuns   *self,
                                             const char     *run_id);
SpotOpenRun  *spot_open_runs_find_by        (SpotOpenRuns   *self,
                                             SpotConnection *connection);
SpotOpenRun  *spot_open_runs_add            (SpotOpenRuns   *self,
                                             const char     *run_id);
void          spot_open_runs_remove         (SpotOpenRuns   *self,
                                             SpotOpenRun    *open_run);
void          spot_open_runs_update_streams (SpotOpenRuns   *self,
                                             SpotRunStore   *store);
void          spot_open_runs_set_offline    (SpotOpenRuns   *self,
                                             gboolean        offline);
void          spot_open_runs_set_endpoint   (SpotOpenRuns   *self,
                                             SpotEndpoint   *endpoint);
void          spot_open_runs_retry_streams  (SpotOpenRuns   *self);
void          spot_open_runs_stop           (SpotOpenRuns   *self);

G_END_DECLS
