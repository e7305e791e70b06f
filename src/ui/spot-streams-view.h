/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "spot-run-streams.h"

G_BEGIN_DECLS

/**
 * SpotStreamsView:
 *
 * What a run writes to its data streams, while it is written: the newest end of one stream, which stays in sight until the
 * user looks at something further up. Copies and files have everything that is kept.
 */
#define SPOT_TYPE_STREAMS_VIEW (spot_streams_view_get_type ())
G_DECLARE_FINAL_TYPE (SpotStreamsView, spot_streams_view, SPOT, STREAMS_VIEW, GtkWidget)

void     spot_streams_view_set_streams   (SpotStreamsView *self,
                                          SpotRunStreams  *streams);
gboolean spot_streams_view_get_following (SpotStreamsView *self);
void     spot_streams_view_save          (SpotStreamsView *self,
                                          GFile           *file);

/* Pure: what a file with the stream is called, (transfer full). */
char    *spot_streams_view_dup_file_name (const char      *run_id,
                                          const char      *key);

G_END_DECLS
