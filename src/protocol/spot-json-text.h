/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The room that spot_json_text_unescape() may need for @length bytes: each stray byte grows to a U+FFFD of three. */
#define SPOT_JSON_TEXT_ROOM(length) (3 * (gsize) (length))

gsize    spot_json_text_unescape (const char *text,
                                  gsize       length,
                                  char       *out);
gboolean spot_json_text_equal    (const char *text,
                                  gsize       length,
                                  gboolean    has_escapes,
                                  const char *plain);

G_END_DECLS
