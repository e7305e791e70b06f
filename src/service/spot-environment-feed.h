/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-connection-private.h"
#include "spot-feed-planner.h"
#include "spot-update-queue.h"

G_BEGIN_DECLS

/**
 * SpotFeedSeed:
 * @position: (owned) (nullable): where to go on; %NULL when the rows are only something to look at until there is better
 * @rows: (owned): what was known then
 * @as_of_us: when that was, wall clock
 *
 * What a feed starts with instead of nothing.
 */
typedef struct
{
  SpotLogPosition *position;
  SpotRunBatch    *rows;
  gint64           as_of_us;
} SpotFeedSeed;

void                 spot_feed_seed_free            (SpotFeedSeed              *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotFeedSeed, spot_feed_seed_free)

/**
 * SpotEnvironmentFeed:
 * @key: (owned): of the wish that it fulfils
 * @kind: of the wish
 * @id: of its rows in the store
 * @feed: (owned) (nullable): %NULL when it could not be made, or has been shed
 * @port: (owned): its end of the queue
 * @status: (owned) (nullable): the last one it told
 * @error: (owned) (nullable): why it could not be made
 * @shed: there is no room for it
 * @started: it has been let go once
 * @held: it keeps its place and asks for nothing
 * @replaces: it took the place of another, whose rows are there until its own are complete
 * @look_back_hours: of the wish
 * @event_stream: of the wish
 * @updates: committed changes
 * @n_unreadable: rows with a value that could not be read
 * @unreadable: (owned) (nullable): what was wrong with the first of them
 * @capped: its first snapshot had %SPOT_NATIVE_ROW_CAP rows
 * @as_of_us: when the rows were seen that it started with, 0 for none
 * @caught_up: it has committed, or been up to date without anything to commit, since it was started
 * @arrived: its first commit has been taken from the queue
 * @committed: and has been applied
 *
 * A running feed and what the main thread knows about it.
 */
typedef struct
{
  char           *key;
  SpotWishKind    kind;
  guint           id;
  SpotFeed       *feed;
  SpotUpdatePort *port;
  SpotFeedStatus *status;
  GError         *error;
  gboolean        shed;
  gboolean        held;
  gboolean        started;
  gboolean        replaces;
  guint           look_back_hours;
  gboolean        event_stream;
  guint64         updates;
  guint64         n_unreadable;
  char           *unreadable;
  gboolean        capped;
  gint64          as_of_us;
  gboolean        caught_up;
  gboolean        arrived;
  gboolean        committed;
} SpotEnvironmentFeed;

SpotEnvironmentFeed *spot_environment_feed_start    (const SpotFeedWish        *wish,
                                                     SpotEndpoint              *endpoint,
                                                     SpotUpdateQueue           *queue,
                                                     gpointer                   owner,
                                                     guint                      id,
                                                     const SpotFeedSeed        *seed);
void                 spot_environment_feed_stop     (SpotEnvironmentFeed       *self);
gboolean             spot_environment_feed_is_over  (const SpotEnvironmentFeed *self);
gboolean             spot_environment_feed_fits     (const SpotEnvironmentFeed *self,
                                                     const SpotFeedWish        *wish);
SpotConnectionInfo   spot_environment_feed_get_info (const SpotEnvironmentFeed *self,
                                                     gboolean                   offline);
void                 spot_environment_feed_hold     (SpotEnvironmentFeed       *self,
                                                     gboolean                   held);
void                 spot_environment_feed_retry    (SpotEnvironmentFeed       *self);
void                 spot_environment_feed_set_endpoint (SpotEnvironmentFeed   *self,
                                                     SpotEndpoint              *endpoint);

G_END_DECLS
