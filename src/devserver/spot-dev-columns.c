/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <math.h>
#include <string.h>

#include "spot-dev-columns.h"
#include "spot-dev-text.h"

typedef enum { TYPE_TEXT, TYPE_INT, TYPE_FLOAT, TYPE_BOOL, TYPE_TIME, TYPE_STATUS, TYPE_JSON, TYPE_ARRAY } ColumnType;

static const struct
{
  const char *name;
  ColumnType type;
  gboolean not_null;
  gboolean reserved;   /* skipColumns cannot take it away */
  const char *initial; /* of a row that does not say; NULL is null */
} columns_table[SPOT_DEV_N_COLUMNS] = {
  [SPOT_DEV_ID] = { "id", TYPE_TEXT, TRUE, TRUE },
  [SPOT_DEV_TASK] = { "taskIdentifier", TYPE_TEXT, TRUE, TRUE, "task" },
  [SPOT_DEV_CREATED] = { "createdAt", TYPE_TIME, TRUE, TRUE },
  [SPOT_DEV_UPDATED] = { "updatedAt", TYPE_TIME, TRUE },
  [SPOT_DEV_STARTED] = { "startedAt", TYPE_TIME },
  [SPOT_DEV_DELAY_UNTIL] = { "delayUntil", TYPE_TIME },
  [SPOT_DEV_QUEUED] = { "queuedAt", TYPE_TIME },
  [SPOT_DEV_EXPIRED] = { "expiredAt", TYPE_TIME },
  [SPOT_DEV_COMPLETED] = { "completedAt", TYPE_TIME },
  [SPOT_DEV_FRIENDLY_ID] = { "friendlyId", TYPE_TEXT, TRUE, TRUE },
  [SPOT_DEV_NUMBER] = { "number", TYPE_INT, TRUE, FALSE, "0" },
  [SPOT_DEV_IS_TEST] = { "isTest", TYPE_BOOL, TRUE, FALSE, "f" },
  [SPOT_DEV_STATUS] = { "status", TYPE_STATUS, TRUE, TRUE, "PENDING" },
  [SPOT_DEV_USAGE] = { "usageDurationMs", TYPE_INT, TRUE, FALSE, "0" },
  [SPOT_DEV_COST] = { "costInCents", TYPE_FLOAT, TRUE, FALSE, "0" },
  [SPOT_DEV_BASE_COST] = { "baseCostInCents", TYPE_FLOAT, TRUE, FALSE, "0" },
  [SPOT_DEV_TTL] = { "ttl", TYPE_TEXT },
  [SPOT_DEV_PAYLOAD] = { "payload", TYPE_TEXT, TRUE, FALSE, "{}" },
  [SPOT_DEV_PAYLOAD_TYPE] = { "payloadType", TYPE_TEXT, TRUE, FALSE, "application/json" },
  [SPOT_DEV_METADATA] = { "metadata", TYPE_TEXT },
  [SPOT_DEV_METADATA_TYPE] = { "metadataType", TYPE_TEXT, TRUE, FALSE, "application/json" },
  [SPOT_DEV_OUTPUT] = { "output", TYPE_TEXT },
  [SPOT_DEV_OUTPUT_TYPE] = { "outputType", TYPE_TEXT, TRUE, FALSE, "application/json" },
  [SPOT_DEV_TAGS] = { "runTags", TYPE_ARRAY },
  [SPOT_DEV_ERROR] = { "error", TYPE_JSON },
  [SPOT_DEV_STREAMS] = { "realtimeStreams", TYPE_ARRAY, FALSE, FALSE, "{}" },
};

/* Electric sends columns in the order of their names. */
static const guint8 sorted_columns[SPOT_DEV_N_COLUMNS] = {
  SPOT_DEV_BASE_COST,     SPOT_DEV_COMPLETED,   SPOT_DEV_COST,        SPOT_DEV_CREATED,  SPOT_DEV_DELAY_UNTIL,
  SPOT_DEV_ERROR,         SPOT_DEV_EXPIRED,     SPOT_DEV_FRIENDLY_ID, SPOT_DEV_ID,       SPOT_DEV_IS_TEST,
  SPOT_DEV_METADATA,      SPOT_DEV_METADATA_TYPE, SPOT_DEV_NUMBER,    SPOT_DEV_OUTPUT,   SPOT_DEV_OUTPUT_TYPE,
  SPOT_DEV_PAYLOAD,       SPOT_DEV_PAYLOAD_TYPE, SPOT_DEV_QUEUED,     SPOT_DEV_STREAMS,  SPOT_DEV_TAGS,
  SPOT_DEV_STARTED,       SPOT_DEV_STATUS,      SPOT_DEV_TASK,        SPOT_DEV_TTL,      SPOT_DEV_UPDATED,
  SPOT_DEV_USAGE,
};

/**
 * spot_dev_columns_find:
 * @name: a column's name in the database
 *
 * Returns: the column, or -1
 */
int
spot_dev_columns_find (const char *name)
{
  for (int i = 0; i < SPOT_DEV_N_COLUMNS; i++)
    if (strcmp (columns_table[i].name, name) == 0)
      return i;
  return -1;
}

/**
 * spot_dev_columns_name:
 * @column: a column
 *
 * Returns: its name in the database
 */
const char *
spot_dev_columns_name (SpotDevColumn column)
{
  return columns_table[column].name;
}

/**
 * spot_dev_columns_initial:
 * @column: a column
 *
 * Returns: (nullable): the text that a new row has when it is not given one; %NULL for null
 */
const char *
spot_dev_columns_initial (SpotDevColumn column)
{
  return columns_table[column].initial;
}

/**
 * spot_dev_columns_without:
 * @skip_columns: (nullable): the `skipColumns` parameter
 *
 * Returns: a bit for each column that stays: unknown names are ignored, reserved ones cannot be skipped
 */
guint32
spot_dev_columns_without (const char *skip_columns)
{
  guint32 columns = SPOT_DEV_ALL_COLUMNS;
  g_auto(GStrv) names = NULL;

  if (skip_columns == NULL)
    return columns;

  names = g_strsplit (skip_columns, ",", -1);
  for (guint i = 0; names[i] != NULL; i++)
    {
      int column = spot_dev_columns_find (g_strstrip (names[i]));

      if (column >= 0 && !columns_table[column].reserved)
        columns &= ~SPOT_DEV_BIT (column);
    }
  return columns;
}

static gboolean
parse_array (JsonNode  *node,
             char     **text)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) items = NULL;
  JsonArray *array = json_node_get_array (node);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);

      if (json_node_get_value_type (item) != G_TYPE_STRING)
        return FALSE;
      g_strv_builder_add (builder, json_node_get_string (item));
    }
  items = g_strv_builder_end (builder);
  *text = spot_dev_text_from_array ((const char *const *) items);
  return TRUE;
}

static gboolean
parse_value (ColumnType  type,
             JsonNode   *node,
             char      **text)
{
  g_autoptr(GString) out = NULL;
  GType value_type = json_node_get_value_type (node);
  gint64 time_ms;

  switch (type)
    {
    case TYPE_TEXT:
    case TYPE_STATUS:
      if (value_type == G_TYPE_STRING)
        *text = g_strdup (json_node_get_string (node));
      return *text != NULL;

    case TYPE_INT:
      if (value_type != G_TYPE_INT64 || json_node_get_int (node) != (gint32) json_node_get_int (node))
        return FALSE;
      *text = g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
      return TRUE;

    case TYPE_FLOAT:
      if ((value_type != G_TYPE_INT64 && value_type != G_TYPE_DOUBLE) || !isfinite (json_node_get_double (node)))
        return FALSE;
      out = g_string_new (NULL);
      spot_dev_text_append_float (out, json_node_get_double (node), SPOT_DEV_FLOAT_POSTGRES);
      *text = g_strdup (out->str);
      return TRUE;

    case TYPE_BOOL:
      if (value_type != G_TYPE_BOOLEAN)
        return FALSE;
      *text = g_strdup (json_node_get_boolean (node) ? "t" : "f");
      return TRUE;

    case TYPE_TIME:
      if (value_type == G_TYPE_STRING && spot_dev_text_to_time (json_node_get_string (node), &time_ms))
        *text = spot_dev_text_from_time (time_ms);
      return *text != NULL;

    case TYPE_JSON:
      out = g_string_new (NULL);
      spot_dev_text_append_jsonb (out, node);
      *text = g_strdup (out->str);
      return TRUE;

    case TYPE_ARRAY:
      return JSON_NODE_HOLDS_ARRAY (node) && parse_array (node, text);
    }
  return FALSE;
}

/**
 * spot_dev_columns_parse:
 * @column: a column
 * @node: a value for it: text, number, boolean, null, array of texts, ISO time, or any JSON for `error`
 * @cell: (out) (nullable) (transfer full): the cell
 * @error: return location
 *
 * Returns: %FALSE with %G_IO_ERROR_INVALID_ARGUMENT when the database would not take the value
 */
gboolean
spot_dev_columns_parse (SpotDevColumn   column,
                        JsonNode       *node,
                        char          **cell,
                        GError        **error)
{
  g_autofree char *text = NULL;

  *cell = NULL;
  if (JSON_NODE_HOLDS_NULL (node) && !columns_table[column].not_null)
    return TRUE;
  if (JSON_NODE_HOLDS_NULL (node) || !parse_value (columns_table[column].type, node, &text))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "No value for column %s",
                   columns_table[column].name);
      return FALSE;
    }
  *cell = g_ref_string_new (text);
  return TRUE;
}

/**
 * spot_dev_columns_electric_schema:
 * @columns: bits of columns
 *
 * Returns: (transfer full): the `electric-schema` header as Electric writes it
 */
char *
spot_dev_columns_electric_schema (guint32 columns)
{
  static const char *const types[] = { "text", "int4", "float8", "bool", "timestamp", "TaskRunStatus", "jsonb",
                                       "text" };
  GString *out = g_string_new ("{");

  for (guint i = 0; i < SPOT_DEV_N_COLUMNS; i++)
    {
      guint column = sorted_columns[i];

      if (!(columns & SPOT_DEV_BIT (column)))
        continue;
      g_string_append_printf (out, "%s\"%s\":{\"type\":\"%s\"", out->len > 1 ? "," : "", columns_table[column].name,
                              types[columns_table[column].type]);
      if (columns_table[column].type == TYPE_TIME)
        g_string_append (out, ",\"precision\":3");
      if (columns_table[column].type == TYPE_ARRAY)
        g_string_append (out, ",\"dims\":1");
      if (columns_table[column].not_null)
        g_string_append (out, ",\"not_null\":true");
      if (column == SPOT_DEV_ID)
        g_string_append (out, ",\"pk_index\":0");
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

/**
 * spot_dev_columns_native_schema:
 * @columns: bits of columns
 *
 * Returns: (transfer full): the `electric-schema` header as Trigger.dev's own backend writes it
 */
char *
spot_dev_columns_native_schema (guint32 columns)
{
  static const char *const types[] = { "text", "int4", "float8", "bool", "timestamp", "text", "jsonb", "text" };
  GString *out = g_string_new ("{");

  for (guint column = 0; column < SPOT_DEV_N_COLUMNS; column++)
    {
      if (!(columns & SPOT_DEV_BIT (column)))
        continue;
      g_string_append_printf (out, "%s\"%s\":{\"type\":\"%s\"%s}", out->len > 1 ? "," : "", columns_table[column].name,
                              types[columns_table[column].type],
                              columns_table[column].type == TYPE_ARRAY ? ",\"dims\":1" : "");
    }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

/**
 * spot_dev_columns_append_electric:
 * @out: where to write
 * @cells: the cells of a row
 * @columns: bits of the columns to write
 * @snapshot: whether the message is part of a snapshot: there a boolean has other words
 *
 * Appends the `value` object of a change as Electric writes it.
 */
void
spot_dev_columns_append_electric (GString     *out,
                                  char *const *cells,
                                  guint32      columns,
                                  gboolean     snapshot)
{
  char separator = '{';

  for (guint i = 0; i < SPOT_DEV_N_COLUMNS; i++)
    {
      guint column = sorted_columns[i];

      if (!(columns & SPOT_DEV_BIT (column)))
        continue;
      g_string_append_printf (out, "%c\"%s\":", separator, columns_table[column].name);
      separator = ',';
      if (cells[column] == NULL)
        g_string_append (out, "null");
      else if (columns_table[column].type == TYPE_BOOL && snapshot)
        g_string_append (out, *cells[column] == 't' ? "\"true\"" : "\"false\"");
      else
        spot_dev_text_append_json (out, cells[column]);
    }
  g_string_append_c (out, '}');
}

/* JavaScript's Date has a T and three digits, always. */
static void
append_native_time (GString    *out,
                    const char *cell)
{
  const char *dot = strchr (cell, '.');

  /* A hostile scenario's cell need not be a time. */
  if (strlen (cell) < strlen ("2026-08-21 09:14:05"))
    {
      g_string_append (out, cell);
      return;
    }
  g_string_append_printf (out, "%.10sT%s%s%s", cell, cell + 11, dot != NULL ? "" : ".",
                          "000" + (dot != NULL ? MIN (strlen (dot + 1), 3) : 0));
}

static void
append_native_array (GString    *out,
                     const char *cell)
{
  g_auto(GStrv) items = spot_dev_text_to_array (cell);

  g_string_append_c (out, '{');
  for (guint i = 0; items[i] != NULL; i++)
    {
      g_string_append (out, i > 0 ? ",\"" : "\"");
      for (const char *p = items[i]; *p != '\0'; p++)
        {
          if (*p == '"' || *p == '\\')
            g_string_append_c (out, '\\');
          g_string_append_c (out, *p);
        }
      g_string_append_c (out, '"');
    }
  g_string_append_c (out, '}');
}

/**
 * spot_dev_columns_append_native:
 * @out: where to write
 * @cells: the cells of a row
 * @columns: bits of the columns to write
 *
 * Appends the `value` object of a change as Trigger.dev's own backend writes it.
 */
void
spot_dev_columns_append_native (GString     *out,
                                char *const *cells,
                                guint32      columns)
{
  g_autoptr(GString) text = g_string_new (NULL);
  char separator = '{';

  for (guint column = 0; column < SPOT_DEV_N_COLUMNS; column++)
    {
      const char *cell = cells[column];

      if (!(columns & SPOT_DEV_BIT (column)))
        continue;
      g_string_append_printf (out, "%c\"%s\":", separator, columns_table[column].name);
      separator = ',';

      g_string_truncate (text, 0);
      if (cell == NULL || (column == SPOT_DEV_TAGS && strcmp (cell, "{}") == 0))
        {
          g_string_append (out, column == SPOT_DEV_STREAMS ? "\"{}\"" : "null");
          continue;
        }
      switch (columns_table[column].type)
        {
        case TYPE_TIME:
          append_native_time (text, cell);
          break;
        case TYPE_ARRAY:
          append_native_array (text, cell);
          break;
        case TYPE_FLOAT:
          if (isfinite (g_ascii_strtod (cell, NULL)))
            spot_dev_text_append_float (text, g_ascii_strtod (cell, NULL), SPOT_DEV_FLOAT_JAVASCRIPT);
          else
            g_string_append (text, cell);
          break;
        case TYPE_JSON:
          spot_dev_text_append_compact (text, cell);
          break;
        default:
          spot_dev_text_append_json (out, cell);
          continue;
        }
      spot_dev_text_append_json (out, text->str);
    }
  g_string_append_c (out, '}');
}
