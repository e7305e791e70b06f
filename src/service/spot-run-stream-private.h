/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-connection-private.h"
#include "spot-run-stream.h"

G_BEGIN_DECLS

/* For the list of a run's streams, which gives what the thread sends. */
SpotRunStream *spot_run_stream_new         (const char         *key);
void           spot_run_stream_add         (SpotRunStream      *self,
                                            SpotStreamChunk    *chunk);
void           spot_run_stream_tell        (SpotRunStream      *self);
void           spot_run_stream_set_status  (SpotRunStream      *self,
                                            SpotFeedStatus     *status,
                                            gboolean            offline);
void           spot_run_stream_begin_again (SpotRunStream      *self);

G_END_DECLS
