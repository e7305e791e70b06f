/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-shape.h"
#include "spot-dev-text.h"

/* A piece ends after the message that crosses this. */
#define PIECE_BYTES (10 * 1024 * 1024)

typedef struct
{
  SpotDevPosition position;
  char *message;
  gsize length;
} Entry;

static void
entry_clear (gpointer data)
{
  g_free (((Entry *) data)->message);
}

static void
append_key (GString    *out,
            SpotDevRow *row)
{
  g_autoptr(GString) key = g_string_new ("\"public\".\"TaskRun\"/\"");

  for (const char *p = row->cells[SPOT_DEV_ID]; *p != '\0'; p++)
    {
      if (*p == '/')
        g_string_append_c (key, '/');
      g_string_append_c (key, *p);
    }
  g_string_append_c (key, '"');
  g_string_append (out, "\"key\":");
  spot_dev_text_append_json (out, key->str);
}

static void
take_snapshot (SpotDevShape *self,
               SpotDevStore *store)
{
  g_autoptr(GQueue) runs = spot_dev_filter_select (&self->filter, store);
  GString *piece = g_string_new ("[");
  guint txid = spot_dev_store_get_next_txid (store);

  for (GList *l = self->mode & SPOT_DEV_SHAPE_CHANGES_ONLY ? NULL : runs->head; l != NULL; l = l->next)
    {
      SpotDevRow *row = ((SpotDevRun *) l->data)->row;

      g_string_append_c (piece, '{');
      append_key (piece, row);
      g_string_append (piece, ",\"value\":");
      spot_dev_columns_append_electric (piece, row->cells, self->columns, TRUE);
      g_string_append (piece, ",\"headers\":{\"relation\":[\"public\",\"TaskRun\"],\"operation\":\"insert\"}},");
      if (piece->len > PIECE_BYTES)
        {
          piece->str[piece->len - 1] = ']';
          g_ptr_array_add (self->pieces, g_string_free_to_bytes (piece));
          piece = g_string_new ("[");
        }
    }
  g_string_append_printf (piece, "{\"headers\":{\"control\":\"snapshot-end\",\"xip_list\":[],\"xmax\":\"%u\","
                                 "\"xmin\":\"%u\"}}]", txid,
                          txid);
  g_ptr_array_add (self->pieces, g_string_free_to_bytes (piece));
}

/**
 * spot_dev_shape_new:
 * @key: what the shape is known by
 * @handle: its handle
 * @filter: its runs
 * @columns: bits of its columns
 * @mode: what its messages are like
 * @store: the database
 *
 * Returns: (transfer full): a shape with the snapshot of now and an empty log
 */
SpotDevShape *
spot_dev_shape_new (const char          *key,
                    const char          *handle,
                    const SpotDevFilter *filter,
                    guint32              columns,
                    SpotDevShapeMode     mode,
                    SpotDevStore        *store)
{
  SpotDevShape *self = g_new0 (SpotDevShape, 1);

  self->key = g_strdup (key);
  self->handle = g_strdup (handle);
  self->columns = columns;
  self->mode = mode;
  spot_dev_filter_init_copy (&self->filter, filter);
  self->pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, entry_clear);
  take_snapshot (self, store);
  return self;
}

/**
 * spot_dev_shape_free:
 * @self: (transfer full): a shape
 */
void
spot_dev_shape_free (SpotDevShape *self)
{
  spot_dev_filter_clear (&self->filter);
  g_ptr_array_unref (self->pieces);
  g_array_unref (self->entries);
  g_free (self->handle);
  g_free (self->key);
  g_free (self);
}

/* What a change of a row is to this shape, and which columns its message has; NULL when it is nothing. */
static const char *
classify (SpotDevShape        *self,
          const SpotDevChange *change,
          guint32             *columns)
{
  gboolean was_in = spot_dev_filter_matches (&self->filter, change->before);
  gboolean is_in = spot_dev_filter_matches (&self->filter, change->after);

  *columns = self->columns;
  if (!was_in && is_in)
    return "insert";
  if (!was_in)
    return NULL;
  *columns = SPOT_DEV_BIT (SPOT_DEV_ID);
  if (!is_in)
    return "delete";

  for (guint i = 0; i < SPOT_DEV_N_COLUMNS; i++)
    if (change->before->cells[i] != change->after->cells[i] &&
        g_strcmp0 (change->before->cells[i], change->after->cells[i]) != 0)
      *columns |= self->columns & SPOT_DEV_BIT (i);
  return *columns != SPOT_DEV_BIT (SPOT_DEV_ID) ? "update" : NULL;
}

/**
 * spot_dev_shape_add:
 * @self: a shape
 * @transaction: what the database committed
 *
 * Adds what concerns the shape to its log.
 */
void
spot_dev_shape_add (SpotDevShape             *self,
                    const SpotDevTransaction *transaction)
{
  const SpotDevChange *pending = NULL;

  /* One behind, because a message says whether it is the transaction's last in this shape. */
  for (guint i = 0; i <= transaction->changes->len; i++)
    {
      const SpotDevChange *next = NULL;
      const char *operation;
      guint32 columns;
      GString *out;
      Entry entry;

      if (i < transaction->changes->len)
        {
          next = &g_array_index (transaction->changes, SpotDevChange, i);
          if (classify (self, next, &columns) == NULL)
            continue;
        }
      if (pending != NULL)
        {
          SpotDevRow *row = pending->after != NULL ? pending->after : pending->before;

          operation = classify (self, pending, &columns);
          out = g_string_new ("{\"value\":");
          spot_dev_columns_append_electric (out, row->cells, self->mode & SPOT_DEV_SHAPE_FULL ? self->columns : columns,
                                            FALSE);
          g_string_append_c (out, ',');
          append_key (out, row);
          g_string_append (out, next == NULL ? ",\"headers\":{\"last\":true," : ",\"headers\":{");
          g_string_append_printf (out,
                                  "\"relation\":[\"public\",\"TaskRun\"],\"lsn\":\"%" G_GUINT64_FORMAT "\","
                                  "\"operation\":\"%s\",\"op_position\":%u,\"txids\":[%u]}",
                                  transaction->lsn, operation, pending->op_position, transaction->txid);
          if (self->mode & SPOT_DEV_SHAPE_FULL && g_str_equal (operation, "update"))
            {
              g_string_append (out, ",\"old_value\":");
              spot_dev_columns_append_electric (out, pending->before->cells, columns & ~SPOT_DEV_BIT (SPOT_DEV_ID),
                                                FALSE);
            }
          g_string_append_c (out, '}');
          entry.position.lsn = transaction->lsn;
          entry.position.op = pending->op_position;
          entry.length = out->len;
          entry.message = g_string_free (out, FALSE);
          g_array_append_val (self->entries, entry);
          self->n_bytes += entry.length;
        }
      pending = next;
    }
}

static gboolean
is_after (const Entry     *entry,
          SpotDevPosition  position)
{
  if (position.lsn == 0)
    return TRUE;
  if (entry->position.lsn != position.lsn)
    return entry->position.lsn > position.lsn;
  return entry->position.op > position.op;
}

/**
 * spot_dev_shape_has_news:
 * @self: a shape
 * @position: where a client is
 *
 * Returns: whether the log has anything after @position
 */
gboolean
spot_dev_shape_has_news (SpotDevShape    *self,
                         SpotDevPosition  position)
{
  return self->entries->len > 0 && is_after (&g_array_index (self->entries, Entry, self->entries->len - 1), position);
}

/**
 * spot_dev_shape_get_piece:
 * @self: a shape
 * @index: number of a piece of the snapshot
 *
 * Returns: (nullable): the piece as a body; %NULL after the last
 */
GBytes *
spot_dev_shape_get_piece (SpotDevShape *self,
                          guint64       index)
{
  return index < self->pieces->len ? g_ptr_array_index (self->pieces, index) : NULL;
}

static gboolean
append_entries (SpotDevShape    *self,
                SpotDevPosition *position,
                GString         *out,
                const char      *before,
                const char      *after)
{
  guint low = 0, high = self->entries->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (is_after (&g_array_index (self->entries, Entry, middle), *position))
        high = middle;
      else
        low = middle + 1;
    }
  for (; low < self->entries->len && out->len <= PIECE_BYTES; low++)
    {
      const Entry *entry = &g_array_index (self->entries, Entry, low);

      g_string_append (out, before);
      g_string_append_len (out, entry->message, entry->length);
      g_string_append (out, after);
      *position = entry->position;
    }
  return low == self->entries->len;
}

/**
 * spot_dev_shape_append_log:
 * @self: a shape
 * @position: (inout): where to begin; where the appended messages end
 * @out: where to write
 *
 * Appends the messages after @position, each with a comma behind, up to the size of a piece.
 *
 * Returns: whether that is the end of the log
 */
gboolean
spot_dev_shape_append_log (SpotDevShape    *self,
                           SpotDevPosition *position,
                           GString         *out)
{
  return append_entries (self, position, out, "", ",");
}

/**
 * spot_dev_shape_append_events:
 * @self: a shape
 * @position: (inout): where to begin; where the appended messages end
 * @out: where to write
 *
 * The same as events of an event stream.
 *
 * Returns: whether that is the end of the log
 */
gboolean
spot_dev_shape_append_events (SpotDevShape    *self,
                              SpotDevPosition *position,
                              GString         *out)
{
  return append_entries (self, position, out, "data: ", "\n\n");
}
