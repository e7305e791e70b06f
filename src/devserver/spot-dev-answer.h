/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Short answers, and the bodies they are made of. */

#define SPOT_DEV_JSON_TYPE "application/json; charset=utf-8"

void        spot_dev_answer_text      (SoupServerMessage *message,
                                       guint              status,
                                       const char        *content_type,
                                       const char        *body);
void        spot_dev_answer_json      (SoupServerMessage *message,
                                       guint              status,
                                       const char        *body);
void        spot_dev_answer_node      (SoupServerMessage *message,
                                       guint              status,
                                       JsonNode          *node);
void        spot_dev_answer_error     (SoupServerMessage *message,
                                       guint              status,
                                       const char        *format,
                                       ...) G_GNUC_PRINTF (3, 4);
void        spot_dev_answer_not_found (SoupServerMessage *message,
                                       const char        *should_retry);
void        spot_dev_answer_method    (SoupServerMessage *message,
                                       const char        *allowed);
void        spot_dev_answer_forbidden (SoupServerMessage *message);
void        spot_dev_answer_header    (SoupServerMessage *message,
                                       const char        *name,
                                       const char        *value);

char       *spot_dev_body_dup_text    (SoupServerMessage *message);
JsonNode   *spot_dev_body_parse       (SoupServerMessage *message);
const char *spot_dev_json_get_text    (JsonObject        *object,
                                       const char        *name);
JsonNode   *spot_dev_json_get         (JsonObject        *object,
                                       const char        *name);
gboolean    spot_dev_json_get_number  (JsonObject        *object,
                                       const char        *name,
                                       double            *number);
gboolean    spot_dev_json_get_boolean (JsonObject        *object,
                                       const char        *name,
                                       gboolean          *value);
JsonObject *spot_dev_json_get_object  (JsonObject        *object,
                                       const char        *name);
JsonArray  *spot_dev_json_get_array   (JsonObject        *object,
                                       const char        *name);

G_END_DECLS
