/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-endpoint.h"
#include "spot-feed-status.h"

G_BEGIN_DECLS

/**
 * SpotFeedSink:
 * @batch: takes a batch (transfer full)
 * @status: takes a new status (transfer full)
 *
 * Where a feed delivers. Both are called on the feed's own thread, in order, and never after spot_feed_stop() has returned.
 */
typedef struct
{
  void (*batch)  (SpotRunBatch   *batch,
                  gpointer        user_data);
  void (*status) (SpotFeedStatus *status,
                  gpointer        user_data);
} SpotFeedSink;

/**
 * SpotFeed:
 *
 * One subscription on a thread of its own, with a connection of its own and at most one request in flight. Everything that
 * can be decided without a socket is decided by its #SpotFeedMachine. Calls may come from any one thread.
 */
#define SPOT_TYPE_FEED (spot_feed_get_type ())
G_DECLARE_FINAL_TYPE (SpotFeed, spot_feed, SPOT, FEED, GObject)

SpotFeed     *spot_feed_new       (SpotEndpoint       *endpoint,
                                   SpotFeedSpec       *spec,
                                   const SpotFeedSink *sink,
                                   gpointer            user_data,
                                   GDestroyNotify      destroy);
SpotFeedSpec *spot_feed_get_spec  (SpotFeed           *self);
void          spot_feed_start     (SpotFeed           *self);
void          spot_feed_stop      (SpotFeed           *self);
void          spot_feed_pause     (SpotFeed           *self);
void          spot_feed_resume    (SpotFeed           *self);
void          spot_feed_retry_now (SpotFeed           *self);

/* A new credential or address: goes on from the same position. */
void          spot_feed_set_endpoint (SpotFeed        *self,
                                      SpotEndpoint    *endpoint);

/* Before spot_feed_start(): goes on from where another feed for the same spec was, instead of asking for a snapshot. */
void          spot_feed_set_position (SpotFeed        *self,
                                      SpotLogPosition *position,
                                      SpotRunBatch    *rows);

/* Before spot_feed_start(): whether a run feed stops by itself after its run has ended; yes unless told otherwise. */
void          spot_feed_set_stop_when_ended (SpotFeed *self,
                                             gboolean  stop_when_ended);

/* Before spot_feed_start(): whether it asks for live event streams; no unless told otherwise. */
void          spot_feed_set_event_stream    (SpotFeed *self,
                                             gboolean  event_stream);

G_END_DECLS
