/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <string.h>

#include "spot-json-search.h"

typedef struct
{
  char      *needle;
  gsize      length;
  gboolean   ascii;
  GArray    *place;   /* guint: where the walk is */
  GPtrArray *matches; /* GArray of guint */
} Search;

static gboolean
contains (Search     *search,
          const char *text,
          gsize       length)
{
  g_autofree char *folded = NULL;

  if (text == NULL)
    return FALSE;
  if (search->ascii)
    {
      for (gsize i = 0; i + search->length <= length; i++)
        if (g_ascii_strncasecmp (text + i, search->needle, search->length) == 0)
          return TRUE;
      return FALSE;
    }
  folded = g_utf8_casefold (text, (gssize) length);
  return strstr (folded, search->needle) != NULL;
}

static gboolean
scalar_contains (Search    *search,
                 SpotValue *value)
{
  gsize length = 0;
  const char *text = NULL;

  if (value == NULL || spot_value_is_container (value))
    return FALSE;
  switch (spot_value_get_kind (value))
    {
    case SPOT_VALUE_NULL:
      return contains (search, "null", 4);
    case SPOT_VALUE_UNDEFINED:
      return contains (search, "undefined", 9);
    default:
      text = spot_value_get_text (value, &length);
      return contains (search, text, length);
    }
}

static void
walk (Search    *search,
      SpotValue *value)
{
  guint n = spot_value_is_container (value) ? spot_value_get_n_children (value) : 0;

  for (guint i = 0; i < n && search->matches->len < SPOT_JSON_MAX_MATCHES; i++)
    {
      SpotValue *child = spot_value_get_child (value, i);
      const char *name = spot_value_get_child_name (value, i);

      g_array_append_val (search->place, i);
      if ((name && contains (search, name, strlen (name))) ||
          scalar_contains (search, spot_value_get_child_key (value, i)) || scalar_contains (search, child))
        g_ptr_array_add (search->matches, g_array_copy (search->place));
      walk (search, child);
      g_array_set_size (search->place, search->place->len - 1);
    }
}

/**
 * spot_json_search:
 * @root: the value to look through
 * @needle: what to look for, in names and in scalar values, upper or lower case
 *
 * Returns: (transfer full) (element-type GArray): for each match, in the order of the tree, the child positions (guint)
 *   that lead to it from @root; none for the root itself. At most %SPOT_JSON_MAX_MATCHES. Empty for an empty @needle
 */
GPtrArray *
spot_json_search (SpotValue  *root,
                  const char *needle)
{
  g_autoptr (GArray) place = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree char *folded = g_utf8_casefold (needle, -1);
  Search search = {
    .needle = folded,
    .length = strlen (folded),
    .ascii = g_str_is_ascii (folded),
    .place = place,
    .matches = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref),
  };

  if (search.length == 0)
    return search.matches;
  if (scalar_contains (&search, root))
    g_ptr_array_add (search.matches, g_array_copy (place));
  walk (&search, root);
  return search.matches;
}
