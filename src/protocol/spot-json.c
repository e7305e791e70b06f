/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <math.h>
#include <string.h>

#include "spot-json.h"
#include "spot-limits.h"
#include "spot-protocol-error.h"

/* json-glib calls itself for every level, so a document nested deep enough would end the program. It also reads
 * comments and single quotes, which JSON does not have and which would make it see other levels than are counted
 * here. */
static gboolean
check_nesting (const char *text,
               gsize       length,
               GError    **error)
{
  guint depth = 0;
  gboolean in_string = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (in_string && c == '\\')
        i++;
      else if (c == '"')
        in_string = !in_string;
      else if (in_string)
        continue;
      else if ((c == '{' || c == '[') && ++depth > SPOT_MAX_NESTING)
        {
          g_set_error_literal (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE, "JSON nested too deep");
          return FALSE;
        }
      else if ((c == '}' || c == ']') && depth > 0)
        depth--;
      else if (!g_ascii_isalnum (c) && !strchr ("{}[],:+-. \t\r\n", c))
        {
          g_set_error_literal (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED, "not JSON");
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * spot_json_parse:
 * @text: a JSON document
 * @length: length of @text in bytes, or -1 when it ends in NUL
 * @error: return location
 *
 * Returns: (transfer full): its root. %NULL with %SPOT_PROTOCOL_ERROR_TOO_LARGE when it is nested deeper than
 *   %SPOT_MAX_NESTING, or %SPOT_PROTOCOL_ERROR_MALFORMED when it is no JSON, which an empty text is not either
 */
JsonNode *
spot_json_parse (const char *text,
                 gssize      length,
                 GError    **error)
{
  g_autoptr(JsonParser) parser = NULL;
  g_autoptr(GError) local_error = NULL;
  JsonNode *root;
  gsize n;

  g_return_val_if_fail (text != NULL, NULL);

  n = length < 0 ? strlen (text) : (gsize) length;
  if (!check_nesting (text, n, error))
    return NULL;
  if (!g_utf8_validate_len (text, n, NULL))
    {
      g_set_error_literal (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED, "JSON that is not UTF-8");
      return NULL;
    }

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, (gssize) n, &local_error))
    {
      g_set_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED, "%s", local_error->message);
      return NULL;
    }
  root = json_parser_steal_root (parser);
  if (!root)
    g_set_error_literal (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED, "no JSON at all");

  return root;
}

/**
 * spot_json_node_object:
 * @node: (nullable): a node
 *
 * Returns: (transfer none) (nullable): the object that @node is, %NULL when it is none
 */
JsonObject *
spot_json_node_object (JsonNode *node)
{
  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * spot_json_node_array:
 * @node: (nullable): a node
 *
 * Returns: (transfer none) (nullable): the array that @node is, %NULL when it is none
 */
JsonArray *
spot_json_node_array (JsonNode *node)
{
  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/**
 * spot_json_node_string:
 * @node: (nullable): a node
 *
 * Returns: (transfer none) (nullable): the string that @node is, %NULL when it is none
 */
const char *
spot_json_node_string (JsonNode *node)
{
  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : NULL;
}

/**
 * spot_json_get:
 * @object: (nullable): an object
 * @name: a member's name
 *
 * Returns: (transfer none) (nullable): the member, %NULL when there is none or no object to have one
 */
JsonNode *
spot_json_get (JsonObject *object,
               const char *name)
{
  return object ? json_object_get_member (object, name) : NULL;
}

/**
 * spot_json_get_object:
 * @object: (nullable): an object
 * @name: a member's name
 *
 * Returns: (transfer none) (nullable): the member, %NULL when it is not there or no object
 */
JsonObject *
spot_json_get_object (JsonObject *object,
                      const char *name)
{
  return spot_json_node_object (spot_json_get (object, name));
}

/**
 * spot_json_get_array:
 * @object: (nullable): an object
 * @name: a member's name
 *
 * Returns: (transfer none) (nullable): the member, %NULL when it is not there or no array
 */
JsonArray *
spot_json_get_array (JsonObject *object,
                     const char *name)
{
  return spot_json_node_array (spot_json_get (object, name));
}

/**
 * spot_json_get_string:
 * @object: (nullable): an object
 * @name: a member's name
 *
 * Returns: (transfer none) (nullable): the member, %NULL when it is not there or no string
 */
const char *
spot_json_get_string (JsonObject *object,
                      const char *name)
{
  return spot_json_node_string (spot_json_get (object, name));
}

/**
 * spot_json_get_boolean:
 * @object: (nullable): an object
 * @name: a member's name
 * @value: (out): the member's value, left alone on failure
 *
 * Returns: %FALSE when the member is not there or no boolean
 */
gboolean
spot_json_get_boolean (JsonObject *object,
                       const char *name,
                       gboolean   *value)
{
  JsonNode *node = spot_json_get (object, name);

  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return FALSE;
  *value = json_node_get_boolean (node);

  return TRUE;
}

/**
 * spot_json_get_int:
 * @object: (nullable): an object
 * @name: a member's name
 * @value: (out): the member's value, left alone on failure
 *
 * A number with a fraction or exponent counts when it is a whole one that a double holds exactly.
 *
 * Returns: %FALSE when the member is not there or no whole number
 */
gboolean
spot_json_get_int (JsonObject *object,
                   const char *name,
                   gint64     *value)
{
  JsonNode *node = spot_json_get (object, name);
  double number;

  if (!node || !JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    {
      *value = json_node_get_int (node);
      return TRUE;
    }
  if (json_node_get_value_type (node) != G_TYPE_DOUBLE)
    return FALSE;
  number = json_node_get_double (node);
  if (!(fabs (number) <= 9007199254740992.0) || number != floor (number))
    return FALSE;
  *value = (gint64) number;

  return TRUE;
}

/**
 * spot_json_get_double:
 * @object: (nullable): an object
 * @name: a member's name
 * @value: (out): the member's value, left alone on failure
 *
 * Returns: %FALSE when the member is not there or no number
 */
gboolean
spot_json_get_double (JsonObject *object,
                      const char *name,
                      double     *value)
{
  JsonNode *node = spot_json_get (object, name);

  if (!node || !JSON_NODE_HOLDS_VALUE (node)
      || (json_node_get_value_type (node) != G_TYPE_INT64 && json_node_get_value_type (node) != G_TYPE_DOUBLE))
    return FALSE;
  *value = json_node_get_double (node);

  return TRUE;
}
