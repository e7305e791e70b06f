/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "spot-run-stream.h"

G_BEGIN_DECLS

/**
 * SpotRunStreams:
 *
 * The data streams of a run that somebody looks at: a list model of #SpotRunStream in the order in which their keys
 * appeared. Streams are only ever added. Main thread only.
 */
#define SPOT_TYPE_RUN_STREAMS (spot_run_streams_get_type ())
G_DECLARE_FINAL_TYPE (SpotRunStreams, spot_run_streams, SPOT, RUN_STREAMS, GObject)

const char    *spot_run_streams_get_run_id (SpotRunStreams *self);
SpotRunStream *spot_run_streams_lookup     (SpotRunStreams *self,
                                            const char     *key);
gboolean       spot_run_streams_get_ended  (SpotRunStreams *self);

G_END_DECLS
