/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include "spot-value.h"

#include "spot-value-private.h"

/* Deeper lines are indented no further, so that a deep tree does not become mostly blanks. */
#define MAX_INDENT 32u

static void
append_break (GString *out,
              gboolean pretty,
              guint    depth)
{
  if (!pretty)
    return;
  g_string_append_c (out, '\n');
  for (guint i = 0; i < MIN (depth, MAX_INDENT); i++)
    g_string_append (out, "  ");
}

static void
append_string (GString    *out,
               const char *text,
               gsize       length)
{
  gsize run = 0;

  g_string_append_c (out, '"');
  for (gsize i = 0; i < length; i++)
    {
      guint8 c = (guint8) text[i];

      if (c >= 0x20 && c != '"' && c != '\\')
        continue;
      g_string_append_len (out, text + run, (gssize) (i - run));
      run = i + 1;
      switch (c)
        {
        case '"': g_string_append (out, "\\\""); break;
        case '\\': g_string_append (out, "\\\\"); break;
        case '\b': g_string_append (out, "\\b"); break;
        case '\f': g_string_append (out, "\\f"); break;
        case '\n': g_string_append (out, "\\n"); break;
        case '\r': g_string_append (out, "\\r"); break;
        case '\t': g_string_append (out, "\\t"); break;
        default: g_string_append_printf (out, "\\u%04x", c); break;
        }
    }
  g_string_append_len (out, text + run, (gssize) (length - run));
  g_string_append_c (out, '"');
}

static void
append_value (GString         *out,
              const SpotValue *value,
              gboolean         pretty,
              guint            depth)
{
  SpotValueKind kind = spot_value_get_kind (value);
  guint n = spot_value_get_n_children (value);
  gboolean named = kind == SPOT_VALUE_OBJECT || kind == SPOT_VALUE_ERROR;
  const char *text;
  gsize length;

  text = spot_value_get_text (value, &length);
  switch (kind)
    {
    case SPOT_VALUE_NULL:
    case SPOT_VALUE_UNDEFINED:
      g_string_append (out, "null");
      return;
    case SPOT_VALUE_BOOLEAN:
      g_string_append (out, text);
      return;
    case SPOT_VALUE_NUMBER:
      /* NaN and the infinities are no JSON numbers: superjson writes them as strings. */
      if (g_ascii_isdigit (text[length - 1]))
        g_string_append_len (out, text, (gssize) length);
      else
        append_string (out, text, length);
      return;
    case SPOT_VALUE_DATE:
      if (length == 0)
        g_string_append (out, "null");
      else
        append_string (out, text, length);
      return;
    case SPOT_VALUE_BIGINT:
    case SPOT_VALUE_STRING:
    case SPOT_VALUE_URL:
    case SPOT_VALUE_REGEXP:
    case SPOT_VALUE_SYMBOL:
      append_string (out, text, length);
      return;
    case SPOT_VALUE_ERROR:
    case SPOT_VALUE_ARRAY:
    case SPOT_VALUE_SET:
    case SPOT_VALUE_MAP:
    case SPOT_VALUE_OBJECT:
    default:
      break;
    }

  g_string_append_c (out, named ? '{' : '[');
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_break (out, pretty, depth + 1);
      if (named)
        {
          text = spot_value_get_text (spot_value_get_name (value, i), &length);
          append_string (out, text, length);
          g_string_append (out, pretty ? ": " : ":");
        }
      if (kind == SPOT_VALUE_MAP)
        {
          g_string_append_c (out, '[');
          append_break (out, pretty, depth + 2);
          append_value (out, spot_value_get_child_key (value, i), pretty, depth + 2);
          g_string_append_c (out, ',');
          append_break (out, pretty, depth + 2);
          append_value (out, spot_value_get_child (value, i), pretty, depth + 2);
          append_break (out, pretty, depth + 1);
          g_string_append_c (out, ']');
        }
      else
        append_value (out, spot_value_get_child (value, i), pretty, depth + 1);
    }
  if (n > 0)
    append_break (out, pretty, depth);
  g_string_append_c (out, named ? '}' : ']');
}

/**
 * spot_value_to_json:
 * @self: a value
 * @pretty: whether to break lines and indent by two spaces
 *
 * Writes @self as JSON, numbers with the digits they came with. What JSON does not have is written as superjson writes
 * its `json` part: undefined and invalid dates as null, a map as an array of pairs, the rest as strings.
 *
 * Returns: (transfer full): the text
 */
char *
spot_value_to_json (const SpotValue *self,
                    gboolean         pretty)
{
  GString *out;

  g_return_val_if_fail (self != NULL, NULL);

  out = g_string_new (NULL);
  append_value (out, self, pretty, 0);
  return g_string_free (out, FALSE);
}
