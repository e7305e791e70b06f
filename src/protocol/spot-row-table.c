/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-hash.h"
#include "spot-row-table.h"

#define MIN_SLOTS 16u

/* Open addressing: a row is in the first free slot from its home on. */
static gsize
get_home (SpotRowTable *self,
          guint64       hash)
{
  return (gsize) hash & (self->n_slots - 1);
}

static guint32
get_tag (guint64 hash)
{
  return (guint32) (hash >> 32);
}

static void
put (SpotRowTable *self,
     SpotRow      *row)
{
  gsize i = get_home (self, row->hash);

  while (self->slots[i])
    i = (i + 1) & (self->n_slots - 1);
  self->slots[i] = row;
  self->tags[i] = get_tag (row->hash);
}

static void
resize (SpotRowTable *self,
        gsize         n_slots)
{
  g_autofree SpotRow **old = self->slots;
  gsize n_old = self->n_slots;

  g_free (self->tags);
  self->slots = g_new0 (SpotRow *, n_slots);
  self->tags = g_new (guint32, n_slots);
  self->n_slots = n_slots;
  for (gsize i = 0; i < n_old; i++)
    {
      if (old[i])
        put (self, old[i]);
    }
}

static SpotRow *
find (SpotRowTable *self,
      const char   *key,
      gsize         key_length,
      guint64       hash)
{
  if (self->n_slots == 0)
    return NULL;
  for (gsize i = get_home (self, hash); self->slots[i]; i = (i + 1) & (self->n_slots - 1))
    {
      SpotRow *row = self->slots[i];

      if (self->tags[i] == get_tag (hash) && row->hash == hash && row->key_length == key_length
          && memcmp (row->key, key, key_length) == 0)
        return row;
    }

  return NULL;
}

static void
free_row (SpotRow *row)
{
  g_clear_pointer (&row->published, spot_run_record_unref);
  g_clear_pointer (&row->current, spot_run_record_unref);
  g_free (row);
}

/**
 * spot_row_table_clear:
 * @self: a table
 *
 * Removes all rows and gives back the memory.
 */
void
spot_row_table_clear (SpotRowTable *self)
{
  for (gsize i = 0; i < self->n_slots; i++)
    {
      if (self->slots[i])
        free_row (self->slots[i]);
    }
  g_clear_pointer (&self->slots, g_free);
  g_clear_pointer (&self->tags, g_free);
  self->n_slots = 0;
  self->n_rows = 0;
}

/**
 * spot_row_table_lookup:
 * @self: a table
 * @key: (array length=key_length): a row's key
 * @key_length: length of @key in bytes
 *
 * Returns: (transfer none) (nullable): the row
 */
SpotRow *
spot_row_table_lookup (SpotRowTable *self,
                       const char   *key,
                       gsize         key_length)
{
  return find (self, key, key_length, spot_hash_bytes (key, key_length));
}

/**
 * spot_row_table_ensure:
 * @self: a table
 * @key: (array length=key_length): a row's key
 * @key_length: length of @key in bytes
 * @max_rows: how many rows there may be
 *
 * Returns: (transfer none) (nullable): the row, made if there was none; %NULL when there are too many to make one
 */
SpotRow *
spot_row_table_ensure (SpotRowTable *self,
                       const char   *key,
                       gsize         key_length,
                       gsize         max_rows)
{
  guint64 hash = spot_hash_bytes (key, key_length);
  SpotRow *row = find (self, key, key_length, hash);

  if (row || self->n_rows >= max_rows)
    return row;

  if (4 * (self->n_rows + 1) > 3 * self->n_slots)
    resize (self, MAX (2 * self->n_slots, MIN_SLOTS));
  row = g_malloc0 (sizeof *row + key_length);
  row->hash = hash;
  row->serial = self->next_serial++;
  row->key_length = key_length;
  memcpy (row->key, key, key_length);
  put (self, row);
  self->n_rows++;

  return row;
}

/**
 * spot_row_table_remove:
 * @self: a table
 * @row: a row of it
 *
 * Removes and frees @row.
 */
void
spot_row_table_remove (SpotRowTable *self,
                       SpotRow      *row)
{
  gsize mask = self->n_slots - 1;
  gsize hole = get_home (self, row->hash);

  while (self->slots[hole] != row)
    hole = (hole + 1) & mask;
  self->slots[hole] = NULL;

  /* What comes behind the hole moves up into it, unless that would be before its home. */
  for (gsize i = (hole + 1) & mask; self->slots[i]; i = (i + 1) & mask)
    {
      gsize home = get_home (self, self->slots[i]->hash);

      if (((i - home) & mask) >= ((i - hole) & mask))
        {
          self->slots[hole] = self->slots[i];
          self->tags[hole] = self->tags[i];
          self->slots[i] = NULL;
          hole = i;
        }
    }
  free_row (row);
  self->n_rows--;
  if (self->n_slots > MIN_SLOTS && 8 * self->n_rows < self->n_slots)
    resize (self, self->n_slots / 2);
}
