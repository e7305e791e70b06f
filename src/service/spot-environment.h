/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-streams.h"
#include "spot-run-timeline.h"
#include "spot-watch.h"

G_BEGIN_DECLS

/**
 * SpotEnvironmentKind:
 *
 * What the credential selects, as far as its prefix tells (protocol §1.3).
 */
typedef enum {
  SPOT_ENVIRONMENT_UNKNOWN,
  SPOT_ENVIRONMENT_DEVELOPMENT,
  SPOT_ENVIRONMENT_STAGING,
  SPOT_ENVIRONMENT_PRODUCTION,
  SPOT_ENVIRONMENT_PREVIEW,
} SpotEnvironmentKind;

#define SPOT_TYPE_ENVIRONMENT_KIND (spot_environment_kind_get_type ())
GType spot_environment_kind_get_type (void);

/**
 * SpotEnvironment:
 *
 * One environment of one server: its runs, its watches and the feeds that they need.
 *
 * Properties, read-only: id (stable within the program, used in action targets), name, kind, watches (GListModel of SpotWatch),
 * connection (the worst of its feeds), n-connections (how many live connections it takes on the server), partial (gboolean:
 * the server gives no more than its cap of rows, so that older runs of the window are missing from the environment's list).
 * Signal: `watch-silenced (SpotWatch *)`: it has been taken away or muted.
 */
#define SPOT_TYPE_ENVIRONMENT (spot_environment_get_type ())
G_DECLARE_FINAL_TYPE (SpotEnvironment, spot_environment, SPOT, ENVIRONMENT, GObject)

/**
 * SpotEnvironmentLimits:
 * @max_connections: the largest number of live connections; 0 for no more than is sound
 * @look_back_hours: how old the oldest runs of lists are, in hours; 0 for what is usual
 * @event_stream: whether live changes are asked for as an event stream
 *
 * What the user grants a connection to a server.
 */
typedef struct
{
  guint    max_connections;
  guint    look_back_hours;
  gboolean event_stream;
} SpotEnvironmentLimits;

const char          *spot_environment_get_id         (SpotEnvironment *self);
const char          *spot_environment_get_name       (SpotEnvironment *self);
SpotEnvironmentKind  spot_environment_get_kind       (SpotEnvironment *self);
SpotRunStore        *spot_environment_get_store      (SpotEnvironment *self);
GListModel          *spot_environment_get_watches    (SpotEnvironment *self);
SpotConnection      *spot_environment_get_connection (SpotEnvironment *self);
gboolean             spot_environment_get_partial    (SpotEnvironment *self);
guint                spot_environment_get_n_connections (SpotEnvironment *self);

/* Before the first watch: feeds bring payload and output too, and each watch has one of its own. For programs without a
 * window. */
void                 spot_environment_set_every_column (SpotEnvironment *self,
                                                      gboolean         every_column);

/* How many live connections it may take on the server, 0 for as many as its watches need: what the user says, and what the
 * server grants. */
void                 spot_environment_set_max_connections (SpotEnvironment *self,
                                                   guint                max_connections);
guint                spot_environment_get_max_connections (SpotEnvironment *self);

/* Runs that are older than the feeds' windows are listed by the management API, once for each watch; unfinished ones of them
 * are followed one by one. No unless told otherwise. */
void                 spot_environment_set_history (SpotEnvironment     *self,
                                                   gboolean             with_history);
void                 spot_environment_retry_history (SpotEnvironment   *self);

/* A watch as the user described it, before the one that is at @position now; at the end when there is none. NULL for a spec
 * that is not valid. (transfer none). */
SpotWatch           *spot_environment_add_watch   (SpotEnvironment     *self,
                                                   const SpotWatchSpec *spec,
                                                   guint                position);
/* The same watch asks for something else, or has another name, colour, rule. FALSE for a spec that is not valid. */
gboolean             spot_environment_change_watch (SpotEnvironment    *self,
                                                   SpotWatch           *watch,
                                                   const SpotWatchSpec *spec);
void                 spot_environment_move_watch  (SpotEnvironment     *self,
                                                   SpotWatch           *watch,
                                                   guint                position);
void                 spot_environment_remove_watch (SpotEnvironment    *self,
                                                   SpotWatch           *watch);
SpotWatch           *spot_environment_find_watch  (SpotEnvironment     *self,
                                                   const char          *watch_id);

/* The usual ones in short. */
SpotWatch           *spot_environment_watch_all      (SpotEnvironment    *self,
                                                      const char         *name);
SpotWatch           *spot_environment_watch_tags     (SpotEnvironment    *self,
                                                      const char         *name,
                                                      const char * const *tags);
SpotWatch           *spot_environment_watch_batch    (SpotEnvironment    *self,
                                                      const char         *name,
                                                      const char         *batch_id);
SpotWatch           *spot_environment_watch_run      (SpotEnvironment    *self,
                                                      const char         *name,
                                                      const char         *run_id);

/* The run that somebody looks at gets a feed of its own, for every column. Opening the same run twice counts; the run need
 * not be known yet. Returns its connection (transfer none), alive until spot_environment_close_run(). */
SpotConnection      *spot_environment_open_run       (SpotEnvironment *self,
                                                      const char      *run_id);
void                 spot_environment_close_run      (SpotEnvironment *self,
                                                      const char      *run_id);
/* Its data streams, read as long as it is open. */
SpotRunStreams      *spot_environment_get_run_streams (SpotEnvironment *self,
                                                      const char      *run_id);

/* What has happened to a run: (transfer full). */
SpotRunTimeline     *spot_environment_ref_run_timeline (SpotEnvironment *self,
                                                      const char      *run_id);

G_END_DECLS
