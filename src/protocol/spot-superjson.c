/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-limits.h"
#include "spot-packet.h"
#include "spot-protocol-error.h"

#include "spot-value-private.h"

/* The annotations laid out along the tree that they annotate. Only places that exist get one, so the whole is never
 * larger than the document, and a path is nothing but a place in a tree: no name in it can reach anything else. */
typedef struct _Place Place;
struct _Place
{
  SpotValue *annotation; /* borrowed, nullable */
  Place    **children;   /* nullable, as many as the value has; each nullable */
};

static void
place_free (Place     *place,
            SpotValue *value)
{
  for (guint i = 0; place->children != NULL && i < spot_value_get_n_children (value); i++)
    if (place->children[i] != NULL)
      place_free (place->children[i], spot_value_get_child (value, i));
  g_free (place->children);
  g_free (place);
}

/* One step down the raw `json`, where sets and maps are still arrays. */
static gboolean
step_into (Place     **place,
           SpotValue **value,
           const char *segment,
           gsize       length)
{
  int at = -1;

  if (spot_value_get_kind (*value) == SPOT_VALUE_OBJECT)
    at = spot_value_find_member (*value, segment, length);
  else if (spot_value_get_kind (*value) == SPOT_VALUE_ARRAY && length > 0 && length <= 9)
    {
      at = 0;
      for (gsize i = 0; i < length; i++)
        {
          if (!g_ascii_isdigit (segment[i]))
            return FALSE;
          at = at * 10 + (segment[i] - '0');
        }
      if ((guint) at >= spot_value_get_n_children (*value))
        at = -1;
    }
  if (at < 0)
    return FALSE;

  if ((*place)->children == NULL)
    (*place)->children = g_new0 (Place *, spot_value_get_n_children (*value));
  if ((*place)->children[at] == NULL)
    (*place)->children[at] = g_new0 (Place, 1);
  *place = (*place)->children[at];
  *value = spot_value_get_child (*value, (guint) at);
  return TRUE;
}

/* Segments are joined by dots, a dot in a name is `\.`. Newer writers write a backslash as `\\`, older ones as it
 * is. */
static gboolean
follow_path (Place     **place,
             SpotValue **value,
             SpotValue  *path,
             gboolean    backslash_escaped)
{
  g_autoptr (GString) segment = g_string_new (NULL);
  Place *to_place = *place;
  SpotValue *to_value = *value;
  gsize length;
  const char *text = spot_value_get_text (path, &length);

  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '\\' && i + 1 < length && (text[i + 1] == '.' || (backslash_escaped && text[i + 1] == '\\')))
        g_string_append_c (segment, text[++i]);
      else if (text[i] != '.')
        g_string_append_c (segment, text[i]);
      else
        {
          if (!step_into (&to_place, &to_value, segment->str, segment->len))
            return FALSE;
          g_string_truncate (segment, 0);
        }
    }
  if (!step_into (&to_place, &to_value, segment->str, segment->len))
    return FALSE;
  *place = to_place;
  *value = to_value;
  return TRUE;
}

static void
collect (Place     *place,
         SpotValue *value,
         SpotValue *annotations,
         gboolean   backslash_escaped)
{
  if (spot_value_get_kind (annotations) == SPOT_VALUE_ARRAY)
    {
      place->annotation = spot_value_get_child (annotations, 0);
      annotations = spot_value_get_child (annotations, 1);
    }
  if (annotations == NULL || spot_value_get_kind (annotations) != SPOT_VALUE_OBJECT)
    return;
  for (guint i = 0; i < spot_value_get_n_children (annotations); i++)
    {
      Place *to_place = place;
      SpotValue *to_value = value;
      SpotValue *path = spot_value_get_name (annotations, i);

      if (follow_path (&to_place, &to_value, path, backslash_escaped)
          || follow_path (&to_place, &to_value, path, !backslash_escaped))
        collect (to_place, to_value, spot_value_get_child (annotations, i), backslash_escaped);
    }
}

static gboolean
is_one_of (const char        *text,
           const char *const *words)
{
  return g_strv_contains (words, text);
}

static gboolean
is_integer (const char *text)
{
  gsize n;

  if (*text == '-')
    text++;
  n = strspn (text, "0123456789");
  return n > 0 && text[n] == '\0';
}

/* ISO 8601 as JavaScript writes it, its years of six digits included. */
static gboolean
is_iso_date (const char *text)
{
  gsize n;

  if (*text == '+' || *text == '-')
    text++;
  n = strspn (text, "0123456789");
  return n >= 4 && text[n] == '-' && strspn (text, "0123456789-:.TZ") == strlen (text);
}

static SpotValue *
to_map (SpotValue *value)
{
  guint n = spot_value_get_n_children (value);
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GPtrArray) values = NULL;

  for (guint i = 0; i < n; i++)
    {
      SpotValue *entry = spot_value_get_child (value, i);

      if (spot_value_get_kind (entry) != SPOT_VALUE_ARRAY || spot_value_get_n_children (entry) != 2)
        return spot_value_ref (value);
    }
  keys = g_ptr_array_sized_new (n);
  values = g_ptr_array_sized_new (n);
  for (guint i = 0; i < n; i++)
    {
      SpotValue *entry = spot_value_get_child (value, i);

      g_ptr_array_add (keys, spot_value_ref (spot_value_get_child (entry, 0)));
      g_ptr_array_add (values, spot_value_ref (spot_value_get_child (entry, 1)));
    }
  return spot_value_new_map (g_steal_pointer (&keys), g_steal_pointer (&values));
}

/* A simple annotation. What it does not fit is left as it is. */
static SpotValue *
annotate_simple (SpotValue  *value,
                 const char *type)
{
  static const char *const odd_numbers[] = { "NaN", "Infinity", "-Infinity", "-0", NULL };
  SpotValueKind kind = spot_value_get_kind (value);
  gsize length;
  const char *text = spot_value_get_text (value, &length);
  gboolean is_string = kind == SPOT_VALUE_STRING && strlen (text) == length;

  if (g_str_equal (type, "undefined") && kind == SPOT_VALUE_NULL)
    return spot_value_new_undefined ();
  if (g_str_equal (type, "Date") && kind == SPOT_VALUE_NULL)
    return spot_value_new_text (SPOT_VALUE_DATE, "", 0);
  if (g_str_equal (type, "Date") && is_string && is_iso_date (text))
    return spot_value_copy_as (value, SPOT_VALUE_DATE, NULL);
  if (g_str_equal (type, "bigint") && is_string && is_integer (text))
    return spot_value_copy_as (value, SPOT_VALUE_BIGINT, NULL);
  if (g_str_equal (type, "number") && is_string && is_one_of (text, odd_numbers))
    return spot_value_copy_as (value, SPOT_VALUE_NUMBER, NULL);
  if (g_str_equal (type, "regexp") && is_string)
    return spot_value_copy_as (value, SPOT_VALUE_REGEXP, NULL);
  if (g_str_equal (type, "URL") && is_string)
    return spot_value_copy_as (value, SPOT_VALUE_URL, NULL);
  if (g_str_equal (type, "set") && kind == SPOT_VALUE_ARRAY)
    return spot_value_copy_as (value, SPOT_VALUE_SET, NULL);
  if (g_str_equal (type, "map") && kind == SPOT_VALUE_ARRAY)
    return to_map (value);
  if (g_str_equal (type, "Error") && kind == SPOT_VALUE_OBJECT)
    return spot_value_copy_as (value, SPOT_VALUE_ERROR, NULL);
  return spot_value_ref (value);
}

/* ["symbol", id], ["class", id], ["custom", id], ["typed-array", name] */
static SpotValue *
annotate_compound (SpotValue  *value,
                   const char *type,
                   const char *id)
{
  SpotValueKind kind = spot_value_get_kind (value);

  if (g_str_equal (type, "symbol") && kind == SPOT_VALUE_STRING)
    return spot_value_copy_as (value, SPOT_VALUE_SYMBOL, NULL);
  if (g_str_equal (type, "class") || g_str_equal (type, "custom")
      || (g_str_equal (type, "typed-array") && kind == SPOT_VALUE_ARRAY))
    return spot_value_copy_as (value, kind, id);
  return spot_value_ref (value);
}

static SpotValue *
annotate (SpotValue *value,
          SpotValue *annotation)
{
  SpotValue *type, *id;

  if (spot_value_get_kind (annotation) == SPOT_VALUE_STRING)
    return annotate_simple (value, spot_value_get_text (annotation, NULL));

  type = spot_value_get_kind (annotation) == SPOT_VALUE_ARRAY ? spot_value_get_child (annotation, 0) : NULL;
  id = type ? spot_value_get_child (annotation, 1) : NULL;
  if (id == NULL || spot_value_get_kind (type) != SPOT_VALUE_STRING || spot_value_get_kind (id) != SPOT_VALUE_STRING)
    return spot_value_ref (value);
  return annotate_compound (value, spot_value_get_text (type, NULL), spot_value_get_text (id, NULL));
}

/* Children first: inner paths speak of the arrays that sets and maps are made from. */
static SpotValue *
rebuild (SpotValue *value,
         Place     *place)
{
  g_autoptr (SpotValue) rebuilt = NULL;

  if (place->children == NULL)
    rebuilt = spot_value_ref (value);
  else
    {
      guint n = spot_value_get_n_children (value);
      g_autoptr (GPtrArray) children = g_ptr_array_sized_new (n);
      g_autoptr (GPtrArray) names = NULL;

      if (spot_value_get_kind (value) == SPOT_VALUE_OBJECT)
        names = g_ptr_array_sized_new (n);
      for (guint i = 0; i < n; i++)
        {
          SpotValue *child = spot_value_get_child (value, i);

          g_ptr_array_add (children, place->children[i] ? rebuild (child, place->children[i]) : spot_value_ref (child));
          if (names)
            g_ptr_array_add (names, spot_value_ref (spot_value_get_name (value, i)));
        }
      rebuilt = spot_value_with_children (value, g_steal_pointer (&names), g_steal_pointer (&children));
    }
  return place->annotation ? annotate (rebuilt, place->annotation) : g_steal_pointer (&rebuilt);
}

/* Whether the writer escapes backslashes in paths: it says so by `v`. */
static gboolean
is_new_writer (SpotValue *meta)
{
  SpotValue *version = spot_value_get_member (meta, "v");
  double number;

  return version != NULL && spot_value_get_double (version, &number) && number >= 1;
}

/**
 * spot_superjson_unwrap:
 * @envelope: what may be a superjson envelope, read as plain JSON
 *
 * Applies the annotations of an envelope to what it holds. Annotations that are unknown or do not fit their value are
 * ignored, as are `referentialEqualities`: the value is there all the same.
 *
 * Returns: (transfer full) (nullable): the value, or %NULL when @envelope is no object with a member `json`
 */
SpotValue *
spot_superjson_unwrap (SpotValue *envelope)
{
  SpotValue *json, *meta, *values, *value;
  Place *root;

  g_return_val_if_fail (envelope != NULL, NULL);

  json = spot_value_get_member (envelope, "json");
  if (json == NULL)
    return NULL;
  meta = spot_value_get_member (envelope, "meta");
  values = meta ? spot_value_get_member (meta, "values") : NULL;
  if (values == NULL)
    return spot_value_ref (json);

  root = g_new0 (Place, 1);
  collect (root, json, values, is_new_writer (meta));
  value = rebuild (json, root);
  place_free (root, json);
  return value;
}

/**
 * spot_superjson_decode:
 * @text: a superjson envelope: `{"json": …, "meta": …}`
 * @length: its length in bytes, or -1 when it ends with a NUL
 * @error: return location for a #GError
 *
 * Reads superjson (protocol §6.4), as spot_superjson_unwrap() describes.
 *
 * Fails with %SPOT_PROTOCOL_ERROR_MALFORMED when @text is no JSON or no envelope, and with
 * %SPOT_PROTOCOL_ERROR_TOO_LARGE for nesting beyond %SPOT_MAX_NESTING.
 *
 * Returns: (transfer full) (nullable): the value, or %NULL with @error set
 */
SpotValue *
spot_superjson_decode (const char  *text,
                       gssize       length,
                       GError     **error)
{
  g_autoptr (SpotValue) envelope = spot_value_new_from_json (text, length, error);
  SpotValue *value;

  if (envelope == NULL)
    return NULL;
  value = spot_superjson_unwrap (envelope);
  if (value == NULL)
    g_set_error_literal (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED,
                         "superjson: not an object with a member \"json\"");
  return value;
}
