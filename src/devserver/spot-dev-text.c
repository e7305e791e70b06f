/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-text.h"

#define MS_PER_DAY G_GINT64_CONSTANT (86400000)

/**
 * spot_dev_text_append_json:
 * @out: where to write
 * @text: UTF-8 text
 *
 * Appends @text as a JSON string with its quotes, as both servers write it: only what must be escaped is.
 */
void
spot_dev_text_append_json (GString    *out,
                           const char *text)
{
  const char *start = text;

  g_string_append_c (out, '"');
  for (const char *p = text;; p++)
    {
      guchar c = (guchar) *p;

      if (c >= 0x20 && c != '"' && c != '\\')
        continue;
      g_string_append_len (out, start, p - start);
      if (c == 0)
        break;
      start = p + 1;
      switch (c)
        {
        case '"':
          g_string_append (out, "\\\"");
          break;
        case '\\':
          g_string_append (out, "\\\\");
          break;
        case '\n':
          g_string_append (out, "\\n");
          break;
        case '\r':
          g_string_append (out, "\\r");
          break;
        case '\t':
          g_string_append (out, "\\t");
          break;
        case '\b':
          g_string_append (out, "\\b");
          break;
        case '\f':
          g_string_append (out, "\\f");
          break;
        default:
          g_string_append_printf (out, "\\u%04X", c);
        }
    }
  g_string_append_c (out, '"');
}

/* The shortest digits that read back as @value, without a dot, and the exponent of the first one. */
static int
shortest_digits (double value,
                 char   digits[32])
{
  char buffer[64];
  char *exponent;
  gsize n = 0;

  for (int precision = 0; precision <= 16; precision++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%de", precision);
      g_ascii_formatd (buffer, sizeof buffer, format, value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }

  exponent = strchr (buffer, 'e');
  for (const char *p = buffer; p < exponent; p++)
    if (g_ascii_isdigit (*p))
      digits[n++] = *p;
  digits[n] = '\0';
  return (int) g_ascii_strtoll (exponent + 1, NULL, 10);
}

/**
 * spot_dev_text_append_float:
 * @out: where to write
 * @value: a finite number
 * @style: whose text
 *
 * Appends the shortest decimal text that reads back as @value. PostgreSQL and JavaScript differ in when they turn to an
 * exponent and how they write it.
 */
void
spot_dev_text_append_float (GString           *out,
                            double             value,
                            SpotDevFloatStyle  style)
{
  const int low = style == SPOT_DEV_FLOAT_POSTGRES ? -4 : -6;
  const int high = style == SPOT_DEV_FLOAT_POSTGRES ? 15 : 21;
  char digits[32];
  int exponent, n;

  if (value == 0)
    {
      g_string_append_c (out, '0');
      return;
    }
  if (value < 0)
    {
      g_string_append_c (out, '-');
      value = -value;
    }

  exponent = shortest_digits (value, digits);
  n = (int) strlen (digits);
  if (exponent < low || exponent >= high)
    {
      g_string_append_c (out, digits[0]);
      if (n > 1)
        g_string_append_printf (out, ".%s", digits + 1);
      g_string_append_printf (out, style == SPOT_DEV_FLOAT_POSTGRES ? "e%c%02d" : "e%c%d", exponent < 0 ? '-' : '+',
                              ABS (exponent));
    }
  else if (exponent < 0)
    {
      g_string_append (out, "0.");
      for (int i = exponent + 1; i < 0; i++)
        g_string_append_c (out, '0');
      g_string_append (out, digits);
    }
  else
    {
      for (int i = 0; i < n || i <= exponent; i++)
        {
          if (i == exponent + 1)
            g_string_append_c (out, '.');
          g_string_append_c (out, i < n ? digits[i] : '0');
        }
    }
}

/**
 * spot_dev_text_from_time:
 * @time_ms: milliseconds since 1970 UTC
 *
 * Returns: (transfer full): the moment as PostgreSQL writes a timestamp(3): a blank between date and time, no zone, no
 *   trailing zeros
 */
char *
spot_dev_text_from_time (gint64 time_ms)
{
  gint64 days = time_ms / MS_PER_DAY, rest_ms = time_ms % MS_PER_DAY;
  gint64 era, year;
  guint day_of_era, year_of_era, day_of_year, shifted_month, day, month, fraction;
  char *text;
  gsize n;

  if (rest_ms < 0)
    {
      days--;
      rest_ms += MS_PER_DAY;
    }

  /* Days to a civil date, counted in 400-year eras that begin in March, so that the leap day is the last of a year. */
  days += 719468;
  era = (days >= 0 ? days : days - 146096) / 146097;
  day_of_era = (guint) (days - era * 146097);
  year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  shifted_month = (5 * day_of_year + 2) / 153;
  day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  year = (gint64) year_of_era + era * 400 + (month <= 2 ? 1 : 0);

  fraction = (guint) (rest_ms % 1000);
  rest_ms /= 1000;
  text = g_strdup_printf ("%04d-%02u-%02u %02d:%02d:%02d.%03u", (int) year, month, day, (int) (rest_ms / 3600),
                          (int) (rest_ms / 60 % 60), (int) (rest_ms % 60), fraction);
  n = strlen (text);
  while (text[n - 1] == '0')
    text[--n] = '\0';
  if (text[n - 1] == '.')
    text[n - 1] = '\0';
  return text;
}

/**
 * spot_dev_text_to_time:
 * @text: an ISO 8601 moment, with a `T` or a blank; UTC when it names no zone
 * @time_ms: (out): milliseconds since 1970
 *
 * Returns: %FALSE when @text is no such moment
 */
gboolean
spot_dev_text_to_time (const char *text,
                       gint64     *time_ms)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr(GDateTime) time = g_date_time_new_from_iso8601 (text, utc);

  if (time == NULL)
    return FALSE;
  *time_ms = g_date_time_to_unix (time) * 1000 + g_date_time_get_microsecond (time) / 1000;
  return TRUE;
}

/**
 * spot_dev_text_from_array:
 * @items: the elements
 *
 * Returns: (transfer full): a PostgreSQL array literal; elements are quoted only when they must be
 */
char *
spot_dev_text_from_array (const char *const *items)
{
  GString *out = g_string_new ("{");

  for (guint i = 0; items[i] != NULL; i++)
    {
      gboolean quote = items[i][0] == '\0' || g_ascii_strcasecmp (items[i], "NULL") == 0 ||
                       strpbrk (items[i], "{},\"\\ \t\n\r\v\f") != NULL;

      if (i > 0)
        g_string_append_c (out, ',');
      if (quote)
        g_string_append_c (out, '"');
      for (const char *p = items[i]; *p != '\0'; p++)
        {
          if (*p == '"' || *p == '\\')
            g_string_append_c (out, '\\');
          g_string_append_c (out, *p);
        }
      if (quote)
        g_string_append_c (out, '"');
    }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

/**
 * spot_dev_text_to_array:
 * @literal: what spot_dev_text_from_array() made
 *
 * Returns: (transfer full): its elements
 */
char **
spot_dev_text_to_array (const char *literal)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GString) item = g_string_new (NULL);
  gboolean quoted = FALSE;
  const char *p = literal + 1;

  while (*literal != '\0' && g_strcmp0 (literal, "{}") != 0 && *p != '\0')
    {
      if (*p == '"')
        quoted = !quoted;
      else if (*p == '\\' && p[1] != '\0')
        g_string_append_c (item, *++p);
      else if (!quoted && (*p == ',' || *p == '}'))
        {
          g_strv_builder_add (builder, item->str);
          g_string_truncate (item, 0);
        }
      else
        g_string_append_c (item, *p);
      p++;
    }
  return g_strv_builder_end (builder);
}

/* jsonb keeps no order: shorter names first, then by their bytes. */
static int
compare_jsonb_names (gconstpointer a,
                     gconstpointer b)
{
  gsize n = strlen (a), m = strlen (b);

  if (n != m)
    return n < m ? -1 : 1;
  return strcmp (a, b);
}

/**
 * spot_dev_text_append_jsonb:
 * @out: where to write
 * @node: a JSON value
 *
 * Appends @node as PostgreSQL writes a jsonb: members in its own order, a blank after `:` and `,`.
 */
void
spot_dev_text_append_jsonb (GString  *out,
                            JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *object = json_node_get_object (node);
      g_autoptr(GList) names = g_list_sort (json_object_get_members (object), compare_jsonb_names);

      g_string_append_c (out, '{');
      for (GList *l = names; l != NULL; l = l->next)
        {
          if (l != names)
            g_string_append (out, ", ");
          spot_dev_text_append_json (out, l->data);
          g_string_append (out, ": ");
          spot_dev_text_append_jsonb (out, json_object_get_member (object, l->data));
        }
      g_string_append_c (out, '}');
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      g_string_append_c (out, '[');
      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          if (i > 0)
            g_string_append (out, ", ");
          spot_dev_text_append_jsonb (out, json_array_get_element (array, i));
        }
      g_string_append_c (out, ']');
    }
  else if (JSON_NODE_HOLDS_NULL (node))
    g_string_append (out, "null");
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    spot_dev_text_append_json (out, json_node_get_string (node));
  else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
  else if (json_node_get_value_type (node) == G_TYPE_INT64)
    g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
  else
    spot_dev_text_append_float (out, json_node_get_double (node), SPOT_DEV_FLOAT_POSTGRES);
}

/**
 * spot_dev_text_append_compact:
 * @out: where to write
 * @jsonb: what spot_dev_text_append_jsonb() wrote
 *
 * Appends the same value without the blanks between its parts, as JavaScript writes it.
 */
void
spot_dev_text_append_compact (GString    *out,
                              const char *jsonb)
{
  gboolean quoted = FALSE;

  for (const char *p = jsonb; *p != '\0'; p++)
    {
      if (*p == '"')
        quoted = !quoted;
      if (!quoted && *p == ' ')
        continue;
      g_string_append_c (out, *p);
      if (quoted && *p == '\\' && p[1] != '\0')
        g_string_append_c (out, *++p);
    }
}
