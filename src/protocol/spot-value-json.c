/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "spot-hash.h"
#include "spot-json-rewrite.h"
#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-value.h"

#include "spot-value-private.h"

#define MARK_LENGTH 3

/* The text of a rewritten string as a value. */
static SpotValue *
restore_text (const char *text)
{
  const char *mark = strchr (text, SPOT_JSON_MARK[0]);
  g_autoptr (GString) restored = NULL;

  while (mark != NULL && strncmp (mark, SPOT_JSON_MARK, MARK_LENGTH) != 0)
    mark = strchr (mark + 1, SPOT_JSON_MARK[0]);
  if (mark == NULL)
    return spot_value_new_text (SPOT_VALUE_STRING, text, strlen (text));
  switch (mark[MARK_LENGTH])
    {
    case 'n':
      return spot_value_new_text (SPOT_VALUE_NUMBER, text + MARK_LENGTH + 1, strlen (text) - MARK_LENGTH - 1);
    case 'a':
      return spot_value_new_array (g_ptr_array_new ());
    case 'o':
      return spot_value_new_object (g_ptr_array_new (), g_ptr_array_new ());
    default:
      break;
    }

  restored = g_string_sized_new (strlen (text));
  for (const char *p = text; *p != '\0';)
    {
      const char *run = p;

      if (strncmp (p, SPOT_JSON_MARK, MARK_LENGTH) == 0)
        {
          if (p[MARK_LENGTH] == '0')
            g_string_append_c (restored, '\0');
          else
            g_string_append (restored, SPOT_JSON_MARK);
          p += MARK_LENGTH + 1;
          continue;
        }
      p++;
      while (*p != '\0' && *p != SPOT_JSON_MARK[0])
        p++;
      g_string_append_len (restored, run, p - run);
    }
  return spot_value_new_text (SPOT_VALUE_STRING, restored->str, restored->len);
}

#define N_KNOWN_NAMES 256

typedef struct
{
  /* Names repeat in lists of alike objects: the last one of each slot is shared. */
  SpotValue *known_names[N_KNOWN_NAMES];
} Converter;

static SpotValue *
convert_name (Converter  *converter,
              const char *text)
{
  gsize length = strlen (text);
  SpotValue **known = &converter->known_names[spot_hash_bytes (text, length) % N_KNOWN_NAMES];
  SpotValue *name;
  const char *known_text;
  gsize known_length;

  if (*known != NULL)
    {
      known_text = spot_value_get_text (*known, &known_length);
      if (known_length == length && memcmp (known_text, text, length) == 0)
        return spot_value_ref (*known);
    }
  name = restore_text (text);
  /* A name with a mark in it is not found by its rewritten text: do not keep it. */
  spot_value_get_text (name, &known_length);
  if (known_length == length)
    {
      g_clear_pointer (known, spot_value_unref);
      *known = spot_value_ref (name);
    }
  return name;
}

static SpotValue *
new_integer (gint64 integer)
{
  char text[32];
  char *p = text + sizeof text;
  guint64 rest = (guint64) ABS (integer);

  do
    *--p = (char) ('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (integer < 0)
    *--p = '-';
  return spot_value_new_text (SPOT_VALUE_NUMBER, p, (gsize) (text + sizeof text - p));
}

static gboolean
is_object_mark (JsonNode *node)
{
  return JSON_NODE_TYPE (node) == JSON_NODE_VALUE && json_node_get_value_type (node) == G_TYPE_STRING
         && g_str_equal (json_node_get_string (node), SPOT_JSON_MARK "{");
}

static SpotValue *
convert_node (Converter *converter,
              JsonNode  *node)
{
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GPtrArray) children = NULL;
  JsonArray *array;
  guint n;

  switch (JSON_NODE_TYPE (node))
    {
    case JSON_NODE_ARRAY:
      array = json_node_get_array (node);
      n = json_array_get_length (array);
      children = g_ptr_array_sized_new (n);
      /* Empty ones are strings, so there is a first element. */
      if (is_object_mark (json_array_get_element (array, 0)))
        {
          names = g_ptr_array_sized_new (n / 2);
          for (guint i = 1; i + 1 < n; i += 2)
            {
              g_ptr_array_add (names, convert_name (converter, json_array_get_string_element (array, i)));
              g_ptr_array_add (children, convert_node (converter, json_array_get_element (array, i + 1)));
            }
          return spot_value_new_object (g_steal_pointer (&names), g_steal_pointer (&children));
        }
      for (guint i = 0; i < n; i++)
        g_ptr_array_add (children, convert_node (converter, json_array_get_element (array, i)));
      return spot_value_new_array (g_steal_pointer (&children));
    case JSON_NODE_VALUE:
      if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
        return spot_value_new_boolean (json_node_get_boolean (node));
      if (json_node_get_value_type (node) == G_TYPE_INT64)
        return new_integer (json_node_get_int (node));
      return restore_text (json_node_get_string (node));
    case JSON_NODE_NULL:
    case JSON_NODE_OBJECT:
    default:
      return spot_value_new_null ();
    }
}

/**
 * spot_value_new_from_json:
 * @text: a JSON document
 * @length: its length in bytes, or -1 when it ends with a NUL
 * @error: return location for a #GError
 *
 * Reads JSON as its grammar has it, with no leniencies but a byte order mark at the beginning. Numbers keep every
 * digit, members their order; of members with one name the last one wins. Strings may hold NUL; invalid UTF-8 and
 * halves of surrogate pairs become U+FFFD.
 *
 * Fails with %SPOT_PROTOCOL_ERROR_MALFORMED for what is no JSON, and %SPOT_PROTOCOL_ERROR_TOO_LARGE for nesting beyond
 * %SPOT_MAX_NESTING.
 *
 * Returns: (transfer full) (nullable): the tree, or %NULL with @error set
 */
SpotValue *
spot_value_new_from_json (const char  *text,
                          gssize       length,
                          GError     **error)
{
  g_autoptr (GString) rewritten = NULL;
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) local_error = NULL;
  Converter converter = { 0 };
  SpotValue *value;

  g_return_val_if_fail (text != NULL, NULL);

  rewritten = spot_json_rewrite (text, length < 0 ? strlen (text) : (gsize) length, error);
  if (rewritten == NULL)
    return NULL;
  parser = json_parser_new ();
  if (rewritten->len > G_MAXINT
      || !json_parser_load_from_data (parser, rewritten->str, (gssize) rewritten->len, &local_error))
    {
      g_set_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE, "JSON: %s",
                   local_error ? local_error->message : "too long");
      return NULL;
    }
  root = json_parser_steal_root (parser);
  value = convert_node (&converter, json_array_get_element (json_node_get_array (root), 0));
  for (guint i = 0; i < N_KNOWN_NAMES; i++)
    g_clear_pointer (&converter.known_names[i], spot_value_unref);
  return value;
}
