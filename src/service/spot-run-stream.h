/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-connection.h"
#include "spot-stream-text.h"

G_BEGIN_DECLS

/**
 * SpotRunStream:
 *
 * One data stream of a run that somebody looks at: what it has brought, as far as it is kept (%SPOT_MAX_STREAM_BYTES,
 * %SPOT_MAX_STREAM_CHUNKS), and where it stands. Main thread only.
 *
 * Properties, read-only: key, connection (SpotConnection), ended (gboolean: nothing more will come), n-chunks (guint64: so
 * far), n-dropped (guint64: the oldest of them, which are not kept).
 *
 * Signals: `appended (GPtrArray *)`: chunks that came since the last time, once a frame at most; `reset`: it begins again,
 * and what was kept is gone.
 */
#define SPOT_TYPE_RUN_STREAM (spot_run_stream_get_type ())
G_DECLARE_FINAL_TYPE (SpotRunStream, spot_run_stream, SPOT, RUN_STREAM, GObject)

/* Returns whether to go on. */
typedef gboolean (*SpotRunStreamFunc) (SpotStreamChunk *chunk,
                                       gpointer         user_data);

const char     *spot_run_stream_get_key        (SpotRunStream     *self);
gboolean        spot_run_stream_get_is_input   (SpotRunStream     *self);
SpotConnection *spot_run_stream_get_connection (SpotRunStream     *self);
gboolean        spot_run_stream_get_ended      (SpotRunStream     *self);
guint64         spot_run_stream_get_n_chunks   (SpotRunStream     *self);
guint64         spot_run_stream_get_n_dropped  (SpotRunStream     *self);
guint           spot_run_stream_get_n_kept     (SpotRunStream     *self);
gsize           spot_run_stream_get_kept_bytes (SpotRunStream     *self);
void            spot_run_stream_foreach        (SpotRunStream     *self,
                                                gboolean           newest_first,
                                                SpotRunStreamFunc  func,
                                                gpointer           user_data);
char           *spot_run_stream_dup_text       (SpotRunStream     *self,
                                                SpotStreamForm     form,
                                                gsize             *length);

G_END_DECLS
