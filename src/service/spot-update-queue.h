/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-feed.h"
#include "spot-stream.h"

G_BEGIN_DECLS

/* The time from one frame to the next, and how much of it applying updates may take. */
#define SPOT_FRAME_US (16 * G_TIME_SPAN_MILLISECOND)
#define SPOT_FRAME_BUDGET_US (4 * G_TIME_SPAN_MILLISECOND)

/**
 * SpotUpdateQueue:
 *
 * The way from the threads of feeds or data streams to the main thread. A push wakes the main thread only when it rests, and its dispatch runs
 * at most once a frame; when nothing arrives nothing wakes.
 */
typedef struct _SpotUpdateQueue SpotUpdateQueue;

/**
 * SpotUpdatePort:
 *
 * The end of the queue of one feed or data stream.
 */
typedef struct _SpotUpdatePort SpotUpdatePort;

/**
 * SpotUpdate:
 * @owner: (nullable): what the port was made for, %NULL when the port has been closed in between
 * @feed_id: of the port
 * @batch: (owned) (nullable): either this
 * @status: (owned) (nullable): or that
 * @chunks: (owned) (nullable) (element-type SpotStreamChunk): or, from a data stream, these
 */
typedef struct
{
  gpointer        owner;
  guint           feed_id;
  SpotRunBatch   *batch;
  SpotFeedStatus *status;
  GPtrArray      *chunks;
} SpotUpdate;

void spot_update_clear (SpotUpdate *self);

/* Returns whether there is more to do in the next frame. */
typedef gboolean (*SpotUpdateDispatch) (gpointer user_data);

SpotUpdateQueue    *spot_update_queue_new   (SpotUpdateDispatch  dispatch,
                                             gpointer            user_data);
void                spot_update_queue_unref (SpotUpdateQueue    *self);
void                spot_update_queue_close (SpotUpdateQueue    *self);
/* From any thread: a dispatch is due, although nothing was pushed. */
void                spot_update_queue_wake  (SpotUpdateQueue    *self);
gboolean            spot_update_queue_pop   (SpotUpdateQueue    *self,
                                             SpotUpdate         *update);

SpotUpdatePort     *spot_update_port_new    (SpotUpdateQueue    *queue,
                                             gpointer            owner,
                                             guint               feed_id);
SpotUpdatePort     *spot_update_port_ref    (SpotUpdatePort     *self);
void                spot_update_port_unref  (SpotUpdatePort     *self);
void                spot_update_port_close  (SpotUpdatePort     *self);

/* Gives to a port: its user data is the port. */
extern const SpotFeedSink spot_update_port_sink;
extern const SpotStreamSink spot_update_port_stream_sink;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotUpdateQueue, spot_update_queue_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotUpdatePort, spot_update_port_unref)

G_END_DECLS
