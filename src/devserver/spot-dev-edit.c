/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include "spot-dev-store.h"
#include "spot-dev-text.h"

static void
take_cell (SpotDevEdit   *self,
           SpotDevColumn  column,
           char          *cell)
{
  g_clear_pointer (&self->cells[column], g_ref_string_release);
  self->cells[column] = cell;
  self->columns |= SPOT_DEV_BIT (column);
}

/**
 * spot_dev_edit_clear:
 * @self: an edit
 *
 * Makes it empty.
 */
void
spot_dev_edit_clear (SpotDevEdit *self)
{
  for (guint i = 0; i < SPOT_DEV_N_COLUMNS; i++)
    g_clear_pointer (&self->cells[i], g_ref_string_release);
  self->columns = 0;
}

/**
 * spot_dev_edit_set_text:
 * @self: an edit
 * @column: a column
 * @text: (nullable): its value as the database writes it; %NULL for null
 */
void
spot_dev_edit_set_text (SpotDevEdit   *self,
                        SpotDevColumn  column,
                        const char    *text)
{
  take_cell (self, column, text != NULL ? g_ref_string_new (text) : NULL);
}

/**
 * spot_dev_edit_set_time:
 * @self: an edit
 * @column: a column that holds a time
 * @time_ms: milliseconds since 1970 UTC
 */
void
spot_dev_edit_set_time (SpotDevEdit   *self,
                        SpotDevColumn  column,
                        gint64         time_ms)
{
  g_autofree char *text = spot_dev_text_from_time (time_ms);

  take_cell (self, column, g_ref_string_new (text));
}

/**
 * spot_dev_edit_set_float:
 * @self: an edit
 * @column: a column that holds a float
 * @value: a finite number
 */
void
spot_dev_edit_set_float (SpotDevEdit   *self,
                         SpotDevColumn  column,
                         double         value)
{
  g_autoptr(GString) text = g_string_new (NULL);

  spot_dev_text_append_float (text, value, SPOT_DEV_FLOAT_POSTGRES);
  take_cell (self, column, g_ref_string_new (text->str));
}

/**
 * spot_dev_edit_set_json:
 * @self: an edit
 * @columns: a JSON object of column name → value, see spot_dev_server_put_run()
 * @error: return location
 *
 * Returns: %FALSE with %G_IO_ERROR_INVALID_ARGUMENT when @columns is no such object or names a column that does not
 *   exist; some columns may be set then
 */
gboolean
spot_dev_edit_set_json (SpotDevEdit  *self,
                        const char   *columns,
                        GError      **error)
{
  g_autoptr(GError) parse_error = NULL;
  g_autoptr(JsonNode) root = json_from_string (columns, &parse_error);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "Not a JSON object: %s",
                   parse_error != NULL ? parse_error->message : "another kind of value");
      return FALSE;
    }

  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &name, &node))
    {
      int column = spot_dev_columns_find (name);
      char *cell;

      if (column < 0)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "No column %s", name);
          return FALSE;
        }
      if (!spot_dev_columns_parse (column, node, &cell, error))
        return FALSE;
      take_cell (self, column, cell);
    }
  return TRUE;
}
