/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-endpoint.h"
#include "spot-feed.h"
#include "spot-run-record.h"
#include "spot-stream-reader.h"

G_BEGIN_DECLS

/**
 * SpotStreamSink:
 * @chunks: takes chunks (transfer full) (element-type SpotStreamChunk), in order, at least one
 * @status: takes a new status (transfer full)
 *
 * Where a data stream delivers. Both are called on its own thread, in order, and never after spot_stream_stop() has
 * returned.
 */
typedef struct
{
  void (*chunks) (GPtrArray      *chunks,
                  gpointer        user_data);
  void (*status) (SpotFeedStatus *status,
                  gpointer        user_data);
} SpotStreamSink;

/**
 * SpotStream:
 *
 * One data stream of a run (protocol §7) on a thread of its own, with a connection of its own. Everything that can be
 * decided without a socket is decided by its #SpotStreamMachine. Calls may come from any one thread.
 */
#define SPOT_TYPE_STREAM (spot_stream_get_type ())
G_DECLARE_FINAL_TYPE (SpotStream, spot_stream, SPOT, STREAM, GObject)

SpotStream  *spot_stream_new           (SpotEndpoint         *endpoint,
                                        const char           *run_id,
                                        const char           *key,
                                        const SpotStreamSink *sink,
                                        gpointer              user_data,
                                        GDestroyNotify        destroy);
const char  *spot_stream_get_key       (SpotStream           *self);
void         spot_stream_start         (SpotStream           *self);
void         spot_stream_stop          (SpotStream           *self);
void         spot_stream_retry_now     (SpotStream           *self);
void         spot_stream_set_endpoint  (SpotStream           *self,
                                        SpotEndpoint         *endpoint);
void         spot_stream_set_run_ended (SpotStream           *self);

/* For tests, before spot_stream_start(): no head may take longer, no silence either. */
void         spot_stream_set_max_timeout_ms (SpotStream      *self,
                                             gint64           max_timeout_ms);

/* The keys of a run's data streams: (transfer full), never NULL. */
char       **spot_stream_dup_keys      (const SpotRunRecord  *record);

G_END_DECLS
