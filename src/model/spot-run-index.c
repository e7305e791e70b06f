/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include <string.h>

#include "spot-hash.h"
#include "spot-run-private.h"

#include "spot-run-index.h"

#define FIRST_N_SLOTS 64u

typedef struct
{
  guint64  hash;
  SpotRun *run; /* owned, nullable: an empty slot */
} Slot;

struct _SpotRunIndex
{
  Slot *slots;
  guint n_slots; /* a power of two */
  guint n_runs;
};

static guint64
hash_id (const char *id)
{
  return spot_hash_bytes (id, strlen (id));
}

static const char *
get_id (SpotRun *run)
{
  return spot_run_record_get_id (run->record);
}

/* The slot of the id, or the empty one where it belongs. */
static Slot *
find_slot (SpotRunIndex *self,
           guint64       hash,
           const char   *id)
{
  const guint mask = self->n_slots - 1;
  guint i = (guint) hash & mask;

  while (self->slots[i].run != NULL && (self->slots[i].hash != hash || strcmp (get_id (self->slots[i].run), id) != 0))
    i = (i + 1) & mask;
  return &self->slots[i];
}

static void
grow (SpotRunIndex *self)
{
  g_autofree Slot *old = self->slots;
  guint n_old = self->n_slots;
  guint mask;

  self->n_slots = n_old * 2;
  self->slots = g_new0 (Slot, self->n_slots);
  mask = self->n_slots - 1;
  for (guint i = 0; i < n_old; i++)
    {
      guint j;

      if (old[i].run == NULL)
        continue;
      for (j = (guint) old[i].hash & mask; self->slots[j].run != NULL;)
        j = (j + 1) & mask;
      self->slots[j] = old[i];
    }
}

/**
 * spot_run_index_new:
 *
 * Returns: (transfer full): an empty index
 */
SpotRunIndex *
spot_run_index_new (void)
{
  SpotRunIndex *self = g_new0 (SpotRunIndex, 1);

  self->n_slots = FIRST_N_SLOTS;
  self->slots = g_new0 (Slot, self->n_slots);
  return self;
}

/**
 * spot_run_index_free:
 * @self: (transfer full): an index
 */
void
spot_run_index_free (SpotRunIndex *self)
{
  for (guint i = 0; i < self->n_slots; i++)
    g_clear_object (&self->slots[i].run);
  g_free (self->slots);
  g_free (self);
}

/**
 * spot_run_index_lookup:
 * @self: an index
 * @run_id: a run's public id
 *
 * Returns: (transfer none) (nullable): the run
 */
SpotRun *
spot_run_index_lookup (SpotRunIndex *self,
                       const char   *run_id)
{
  return find_slot (self, hash_id (run_id), run_id)->run;
}

/**
 * spot_run_index_insert:
 * @self: an index that does not have the run
 * @run: a run, which is referenced
 */
void
spot_run_index_insert (SpotRunIndex *self,
                       SpotRun      *run)
{
  const char *id = get_id (run);
  guint64 hash = hash_id (id);
  Slot *slot;

  /* At most two thirds full. */
  if (self->n_runs >= self->n_slots / 3 * 2)
    grow (self);
  slot = find_slot (self, hash, id);
  g_assert (slot->run == NULL);
  slot->hash = hash;
  slot->run = g_object_ref (run);
  self->n_runs++;
}

/**
 * spot_run_index_remove:
 * @self: an index
 * @run: a run
 *
 * Returns: whether @self had it
 */
gboolean
spot_run_index_remove (SpotRunIndex *self,
                       SpotRun      *run)
{
  const guint mask = self->n_slots - 1;
  const char *id = get_id (run);
  Slot *slot = find_slot (self, hash_id (id), id);
  guint hole;

  if (slot->run != run)
    return FALSE;
  g_clear_object (&slot->run);
  self->n_runs--;

  /* Close the gap, so that no search ends at it too early. */
  hole = slot - self->slots;
  for (guint i = (hole + 1) & mask; self->slots[i].run != NULL; i = (i + 1) & mask)
    {
      guint home = (guint) self->slots[i].hash & mask;

      if (((i - home) & mask) >= ((i - hole) & mask))
        {
          self->slots[hole] = self->slots[i];
          self->slots[i].run = NULL;
          hole = i;
        }
    }
  return TRUE;
}

/**
 * spot_run_index_get_n_runs:
 * @self: an index
 *
 * Returns: how many runs it has
 */
guint
spot_run_index_get_n_runs (SpotRunIndex *self)
{
  return self->n_runs;
}

/**
 * spot_run_index_next:
 * @self: an index that does not change between the calls
 * @cursor: (inout): 0 at first
 * @run: (out) (transfer none): a run
 *
 * Goes through all runs, in no order.
 *
 * Returns: %FALSE when there are no more
 */
gboolean
spot_run_index_next (SpotRunIndex  *self,
                     guint         *cursor,
                     SpotRun      **run)
{
  while (*cursor < self->n_slots)
    {
      *run = self->slots[(*cursor)++].run;
      if (*run != NULL)
        return TRUE;
    }
  return FALSE;
}
