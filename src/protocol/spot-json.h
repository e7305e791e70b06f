/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonNode   *spot_json_parse        (const char  *text,
                                    gssize       length,
                                    GError     **error);
JsonObject *spot_json_node_object  (JsonNode    *node);
JsonArray  *spot_json_node_array   (JsonNode    *node);
const char *spot_json_node_string  (JsonNode    *node);
JsonNode   *spot_json_get          (JsonObject  *object,
                                    const char  *name);
JsonObject *spot_json_get_object   (JsonObject  *object,
                                    const char  *name);
JsonArray  *spot_json_get_array    (JsonObject  *object,
                                    const char  *name);
const char *spot_json_get_string   (JsonObject  *object,
                                    const char  *name);
gboolean    spot_json_get_boolean  (JsonObject  *object,
                                    const char  *name,
                                    gboolean    *value);
gboolean    spot_json_get_int      (JsonObject  *object,
                                    const char  *name,
                                    gint64      *value);
gboolean    spot_json_get_double   (JsonObject  *object,
                                    const char  *name,
                                    double      *value);

G_END_DECLS
