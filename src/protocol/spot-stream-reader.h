/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-value.h"

G_BEGIN_DECLS

/**
 * SpotStreamFormat:
 * @SPOT_STREAM_V1: an event is a line that the task wrote
 * @SPOT_STREAM_V2: an event is a batch of records
 *
 * The two forms of data streams (protocol §7.3, §7.4).
 */
typedef enum {
  SPOT_STREAM_V1,
  SPOT_STREAM_V2,
} SpotStreamFormat;

/**
 * SpotStreamChunk:
 * @value: what the task wrote: a value, or a string where it was no JSON
 * @time_us: when, microseconds since 1970; 0 for unknown
 * @n_bytes: about how much memory it takes
 *
 * One piece of a data stream: immutable, refcounted atomically.
 */
typedef struct
{
  gatomicrefcount ref_count;
  SpotValue      *value;
  gint64          time_us;
  gsize           n_bytes;
} SpotStreamChunk;

SpotStreamChunk  *spot_stream_chunk_ref            (SpotStreamChunk   *self);
void              spot_stream_chunk_unref          (SpotStreamChunk   *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotStreamChunk, spot_stream_chunk_unref)

/**
 * SpotStreamReader:
 *
 * Reads a data stream over as many connections as it takes: knows where to go on and what it has seen. Lives on one
 * thread.
 */
typedef struct _SpotStreamReader SpotStreamReader;

SpotStreamReader *spot_stream_reader_new           (void);
void              spot_stream_reader_free          (SpotStreamReader  *self);
void              spot_stream_reader_begin         (SpotStreamReader  *self,
                                                    SpotStreamFormat   format);
gboolean          spot_stream_reader_feed          (SpotStreamReader  *self,
                                                    const char        *data,
                                                    gsize              length,
                                                    GError           **error);
SpotStreamChunk  *spot_stream_reader_take_chunk    (SpotStreamReader  *self);
const char       *spot_stream_reader_get_last_id   (SpotStreamReader  *self);
guint64           spot_stream_reader_get_n_records (SpotStreamReader  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotStreamReader, spot_stream_reader_free)

/**
 * SpotStreamBuffer:
 * @chunks: (element-type SpotStreamChunk): the newest, oldest first
 * @n_bytes: of them all
 * @n_dropped: how many older ones were let go
 *
 * What of a stream is kept: bounded by %SPOT_MAX_STREAM_BYTES and %SPOT_MAX_STREAM_CHUNKS.
 */
typedef struct
{
  GQueue  chunks;
  gsize   n_bytes;
  guint64 n_dropped;
} SpotStreamBuffer;

void              spot_stream_buffer_init          (SpotStreamBuffer  *self);
void              spot_stream_buffer_clear         (SpotStreamBuffer  *self);
guint             spot_stream_buffer_take          (SpotStreamBuffer  *self,
                                                    SpotStreamChunk   *chunk);

G_END_DECLS
