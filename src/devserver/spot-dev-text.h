/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* How a database and two servers write values as text. Nothing here knows about columns. */

typedef enum {
  SPOT_DEV_FLOAT_POSTGRES,   /* 1e-07 */
  SPOT_DEV_FLOAT_JAVASCRIPT, /* 1e-7 */
} SpotDevFloatStyle;

void     spot_dev_text_append_json    (GString           *out,
                                       const char        *text);
void     spot_dev_text_append_float   (GString           *out,
                                       double             value,
                                       SpotDevFloatStyle  style);
char    *spot_dev_text_from_time      (gint64             time_ms);
gboolean spot_dev_text_to_time        (const char        *text,
                                       gint64            *time_ms);
char    *spot_dev_text_from_array     (const char *const *items);
char   **spot_dev_text_to_array       (const char        *literal);
void     spot_dev_text_append_jsonb   (GString           *out,
                                       JsonNode          *node);
void     spot_dev_text_append_compact (GString           *out,
                                       const char        *jsonb);

G_END_DECLS
