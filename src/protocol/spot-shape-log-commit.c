/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include "spot-run-record-private.h"
#include "spot-shape-log-private.h"

static gint
compare_serials (gconstpointer a,
                 gconstpointer b)
{
  const SpotRow *row_a = *(SpotRow *const *) a;
  const SpotRow *row_b = *(SpotRow *const *) b;

  return row_a->serial < row_b->serial ? -1 : row_a->serial > row_b->serial;
}

/* Adds the rows that were given out once and that the shape does not have any more, with no message having said so. */
static void
collect_ghosts (SpotShapeLog *self,
                GPtrArray    *ghosts)
{
  for (gsize i = 0; i < self->rows.n_slots; i++)
    {
      SpotRow *row = self->rows.slots[i];

      if (row && row->published && !row->current && !row->dirty)
        g_ptr_array_add (ghosts, row);
    }
  g_ptr_array_sort (ghosts, compare_serials);
}

/* A run whose row got another key comes as a delete and an insert: it has not left the feed then. */
static GHashTable *
collect_ids (SpotShapeLog *self)
{
  GHashTable *ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->dirty->len; i++)
    {
      SpotRunRecord *record = g_array_index (self->dirty, SpotLogDirty, i).row->current;

      if (record && spot_run_record_is_showable (record))
        g_hash_table_add (ids, (gpointer) spot_run_record_get_id (record));
    }

  return ids;
}

static void
add_removal (SpotShapeLog  *self,
             SpotRunBatch  *batch,
             SpotRow       *row,
             SpotRunRecord *record,
             GHashTable   **ids)
{
  if (!*ids)
    *ids = collect_ids (self);
  if (!g_hash_table_contains (*ids, spot_run_record_get_id (record)))
    spot_run_batch_add_row (batch, record, TRUE, row->key, row->key_length);
}

/* Publishes what a row has become. */
static void
commit_row (SpotShapeLog *self,
            SpotLogDirty        *dirty,
            SpotRunBatch *batch,
            GHashTable  **ids)
{
  SpotRow *row = dirty->row;
  SpotRunRecord *next = row->current && spot_run_record_is_showable (row->current) ? row->current : NULL;

  row->dirty = FALSE;
  if (next)
    {
      /* The first commit repeats what was only a preview. */
      if (!row->published || !self->has_committed || !spot_run_record_equal (row->published, next))
        spot_run_batch_add_row (batch, next, FALSE, row->key, row->key_length);
    }
  else if (row->published)
    {
      gboolean last_is_showable = dirty->last && spot_run_record_is_showable (dirty->last);

      add_removal (self, batch, row, last_is_showable ? dirty->last : row->published, ids);
    }
  spot_shape_log_set_published (self, row, next);
}

static SpotRunBatchKind
get_kind (SpotShapeLog *self)
{
  if (!self->has_committed)
    return SPOT_RUN_BATCH_SNAPSHOT;
  if (self->is_resuming)
    return SPOT_RUN_BATCH_CATCH_UP;

  return self->is_refetching ? SPOT_RUN_BATCH_REFETCH : SPOT_RUN_BATCH_CHANGES;
}

/* Gives out what has changed since the last time: what was read so far is true. (transfer full) (nullable) */
SpotRunBatch *
spot_shape_log_commit (SpotShapeLog *self)
{
  SpotRunBatch *batch = spot_run_batch_new (get_kind (self));
  g_autoptr(GPtrArray) ghosts = g_ptr_array_new ();
  g_autoptr(GHashTable) ids = NULL;

  if (self->may_have_ghosts)
    collect_ghosts (self, ghosts);
  for (guint i = 0; i < self->dirty->len; i++)
    commit_row (self, &g_array_index (self->dirty, SpotLogDirty, i), batch, &ids);
  for (guint i = 0; i < ghosts->len; i++)
    {
      SpotRow *row = ghosts->pdata[i];

      add_removal (self, batch, row, row->published, &ids);
      spot_shape_log_set_published (self, row, NULL);
    }

  g_clear_pointer (&ids, g_hash_table_unref);
  for (guint i = 0; i < self->dirty->len; i++)
    spot_shape_log_drop_if_void (self, g_array_index (self->dirty, SpotLogDirty, i).row);
  for (guint i = 0; i < ghosts->len; i++)
    spot_shape_log_drop_if_void (self, ghosts->pdata[i]);
  spot_shape_log_empty (&self->dirty, spot_shape_log_new_dirty);

  batch->n_bad_rows = self->bad.n;
  batch->diagnostic = g_steal_pointer (&self->bad.diagnostic);
  self->bad.n = 0;
  /* Later commits that say nothing are not worth anybody's while, unless they say that the log is another one. */
  if (batch->kind == SPOT_RUN_BATCH_CHANGES && batch->changes->len == 0 && batch->n_bad_rows == 0)
    g_clear_pointer (&batch, spot_run_batch_unref);
  self->has_committed = TRUE;
  self->is_resuming = FALSE;
  self->is_refetching = FALSE;
  self->may_have_ghosts = FALSE;

  return batch;
}
