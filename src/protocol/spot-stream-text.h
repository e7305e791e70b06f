/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-stream-reader.h"

G_BEGIN_DECLS

/**
 * SpotStreamForm:
 * @SPOT_STREAM_JOINED: pieces of text one behind the other, as they were written; everything else as JSON on a line
 * @SPOT_STREAM_LINES: each chunk on a line, exactly
 *
 * How a data stream becomes text.
 */
typedef enum {
  SPOT_STREAM_JOINED,
  SPOT_STREAM_LINES,
} SpotStreamForm;

SpotValue *spot_stream_chunk_get_delta (const SpotStreamChunk *chunk);
gboolean   spot_stream_chunk_write     (const SpotStreamChunk *chunk,
                                        SpotStreamForm         form,
                                        gboolean               at_line_start,
                                        GString               *out);

G_END_DECLS
