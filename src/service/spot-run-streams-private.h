/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-endpoint.h"
#include "spot-run-record.h"
#include "spot-run-streams.h"

G_BEGIN_DECLS

/* How much of a frame data streams may take. */
#define SPOT_STREAMS_BUDGET_US (2 * G_TIME_SPAN_MILLISECOND)

/* For the environment, which owns it and knows the run. */
SpotRunStreams *spot_run_streams_new          (SpotEndpoint   *endpoint,
                                               const char     *run_id);
void            spot_run_streams_take_record  (SpotRunStreams *self,
                                               SpotRunRecord  *record);
void            spot_run_streams_set_offline  (SpotRunStreams *self,
                                               gboolean        offline);
void            spot_run_streams_set_endpoint (SpotRunStreams *self,
                                               SpotEndpoint   *endpoint);
void            spot_run_streams_retry        (SpotRunStreams *self);
void            spot_run_streams_stop         (SpotRunStreams *self);

/* For tests: takes what has arrived; returns whether something is left. */
gboolean        spot_run_streams_flush        (SpotRunStreams *self,
                                               gint64          budget_us);

G_END_DECLS
