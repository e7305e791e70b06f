/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-answer.h"
#include "spot-dev-text.h"

/**
 * spot_dev_answer_text:
 * @message: the exchange
 * @status: the status
 * @content_type: the type of @body
 * @body: the body
 */
void
spot_dev_answer_text (SoupServerMessage *message,
                      guint              status,
                      const char        *content_type,
                      const char        *body)
{
  /* libsoup has no words for this one. */
  soup_server_message_set_status (message, status, status == 429 ? "Too Many Requests" : NULL);
  soup_server_message_set_response (message, content_type, SOUP_MEMORY_COPY, body, strlen (body));
}

/**
 * spot_dev_answer_json:
 * @message: the exchange
 * @status: the status
 * @body: a JSON text
 */
void
spot_dev_answer_json (SoupServerMessage *message,
                      guint              status,
                      const char        *body)
{
  spot_dev_answer_text (message, status, SPOT_DEV_JSON_TYPE, body);
}

/**
 * spot_dev_answer_node:
 * @message: the exchange
 * @status: the status
 * @node: (transfer full): the body
 */
void
spot_dev_answer_node (SoupServerMessage *message,
                      guint              status,
                      JsonNode          *node)
{
  g_autofree char *text = json_to_string (node, FALSE);

  spot_dev_answer_json (message, status, text);
  json_node_unref (node);
}

/**
 * spot_dev_answer_error:
 * @message: the exchange
 * @status: the status
 * @format: a printf() format
 * @...: its values
 *
 * Answers with an `error` sentence.
 */
void
spot_dev_answer_error (SoupServerMessage *message,
                       guint              status,
                       const char        *format,
                       ...)
{
  g_autoptr(GString) body = g_string_new ("{\"error\":");
  g_autofree char *sentence = NULL;
  va_list args;

  va_start (args, format);
  sentence = g_strdup_vprintf (format, args);
  va_end (args);
  spot_dev_text_append_json (body, sentence);
  g_string_append_c (body, '}');
  spot_dev_answer_json (message, status, body->str);
}

/**
 * spot_dev_answer_not_found:
 * @message: the exchange
 * @should_retry: (nullable): what the server says about trying again: `true` or `false`
 */
void
spot_dev_answer_not_found (SoupServerMessage *message,
                           const char        *should_retry)
{
  if (should_retry != NULL)
    spot_dev_answer_header (message, "x-should-retry", should_retry);
  spot_dev_answer_json (message, 404, "{\"error\":\"Not found\"}");
}

/**
 * spot_dev_answer_method:
 * @message: the exchange
 * @allowed: the methods that the path has
 */
void
spot_dev_answer_method (SoupServerMessage *message,
                        const char        *allowed)
{
  spot_dev_answer_header (message, "allow", allowed);
  spot_dev_answer_json (message, 405, "{\"error\":\"Method not allowed\"}");
}

/**
 * spot_dev_answer_forbidden:
 * @message: the exchange
 *
 * The credential is good, but not for this.
 */
void
spot_dev_answer_forbidden (SoupServerMessage *message)
{
  spot_dev_answer_json (message, 403, "{\"error\":\"Unauthorized\",\"code\":\"unauthorized\","
                                      "\"param\":\"access_token\",\"type\":\"authorization\"}");
}

/**
 * spot_dev_answer_header:
 * @message: the exchange
 * @name: a header of the answer
 * @value: its value
 */
void
spot_dev_answer_header (SoupServerMessage *message,
                        const char        *name,
                        const char        *value)
{
  soup_message_headers_append (soup_server_message_get_response_headers (message), name, value);
}

/**
 * spot_dev_body_dup_text:
 * @message: the exchange
 *
 * Returns: (transfer full) (nullable): the request's body; %NULL when it is not UTF-8
 */
char *
spot_dev_body_dup_text (SoupServerMessage *message)
{
  g_autoptr(GBytes) bytes = soup_message_body_flatten (soup_server_message_get_request_body (message));
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  if (data == NULL)
    return g_strdup ("");
  return g_utf8_validate_len (data, length, NULL) ? g_strndup (data, length) : NULL;
}

/**
 * spot_dev_body_parse:
 * @message: the exchange
 *
 * Returns: (transfer full) (nullable): the request's body when it is a JSON object
 */
JsonNode *
spot_dev_body_parse (SoupServerMessage *message)
{
  g_autofree char *text = spot_dev_body_dup_text (message);
  g_autoptr(JsonNode) node = text != NULL && *text != '\0' ? json_from_string (text, NULL) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? g_steal_pointer (&node) : NULL;
}

/**
 * spot_dev_json_get:
 * @object: (nullable): an object
 * @name: a member
 *
 * Returns: (nullable): its value; %NULL when there is none or it is null
 */
JsonNode *
spot_dev_json_get (JsonObject *object,
                   const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

/**
 * spot_dev_json_get_text:
 * @object: (nullable): an object
 * @name: a member
 *
 * Returns: (nullable): its value when it is a text
 */
const char *
spot_dev_json_get_text (JsonObject *object,
                        const char *name)
{
  JsonNode *node = spot_dev_json_get (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

/**
 * spot_dev_json_get_number:
 * @object: (nullable): an object
 * @name: a member
 * @number: (out): its value
 *
 * Returns: whether it is a number
 */
gboolean
spot_dev_json_get_number (JsonObject *object,
                          const char *name,
                          double     *number)
{
  JsonNode *node = spot_dev_json_get (object, name);
  GType type = node != NULL ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return FALSE;
  *number = json_node_get_double (node);
  return TRUE;
}

/**
 * spot_dev_json_get_boolean:
 * @object: (nullable): an object
 * @name: a member
 * @value: (inout): its value, left alone when it is none
 *
 * Returns: whether it is a boolean
 */
gboolean
spot_dev_json_get_boolean (JsonObject *object,
                           const char *name,
                           gboolean   *value)
{
  JsonNode *node = spot_dev_json_get (object, name);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return FALSE;
  *value = json_node_get_boolean (node);
  return TRUE;
}

/**
 * spot_dev_json_get_object:
 * @object: (nullable): an object
 * @name: a member
 *
 * Returns: (nullable): its value when it is an object
 */
JsonObject *
spot_dev_json_get_object (JsonObject *object,
                          const char *name)
{
  JsonNode *node = spot_dev_json_get (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * spot_dev_json_get_array:
 * @object: (nullable): an object
 * @name: a member
 *
 * Returns: (nullable): its value when it is an array
 */
JsonArray *
spot_dev_json_get_array (JsonObject *object,
                         const char *name)
{
  JsonNode *node = spot_dev_json_get (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}
