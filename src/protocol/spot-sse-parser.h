/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpotSseEvent:
 * @type: the `event` field, empty for an unnamed event
 * @type_length: length of @type in bytes
 * @data: the `data` lines, joined with LF; may hold any byte but CR and LF beyond those, NUL and invalid UTF-8 included
 * @data_length: length of @data in bytes
 * @id: the last `id` of the stream so far, this event's own included; empty for none
 * @id_length: length of @id in bytes
 *
 * One event of an event stream. Everything in it is borrowed from the parser while the callback runs; each text has a
 * NUL behind it.
 */
typedef struct
{
  const char *type;
  gsize       type_length;
  const char *data;
  gsize       data_length;
  const char *id;
  gsize       id_length;
} SpotSseEvent;

typedef void (*SpotSseEventFunc) (const SpotSseEvent *event,
                                  gpointer            user_data);

/**
 * SpotSseParser:
 *
 * Reads an event stream (protocol §7.6) in pieces of any size, with a bound on what it keeps. Lives on one thread.
 */
typedef struct _SpotSseParser SpotSseParser;

SpotSseParser *spot_sse_parser_new    (gsize              max_event_bytes,
                                       SpotSseEventFunc   func,
                                       gpointer           user_data);
void           spot_sse_parser_free   (SpotSseParser     *self);
void           spot_sse_parser_reset  (SpotSseParser     *self);
gboolean       spot_sse_parser_feed   (SpotSseParser     *self,
                                       const char        *data,
                                       gsize              length,
                                       GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotSseParser, spot_sse_parser_free)

G_END_DECLS
