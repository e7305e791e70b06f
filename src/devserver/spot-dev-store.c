/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-store.h"
#include "spot-dev-text.h"

/* PostgreSQL's log moves by more than a row's bytes; any step that is not 1 does. */
#define LSN_FIRST G_GUINT64_CONSTANT (27120000)
#define LSN_STEP 824
#define TXID_FIRST 842
#define OP_STEP 2

struct _SpotDevStore
{
  GHashTable       *runs;    /* friendly id (the row's) → SpotDevRun, owned */
  GHashTable       *batches; /* friendly id → GQueue of SpotDevRun, owned */
  GQueue            by_age;
  GQueue            by_change;
  GArray           *changes; /* of the open transaction */
  guint             n_open;  /* begins without a commit */
  guint64           change;
  guint64           lsn;
  guint             txid;
  SpotDevCommitFunc committed;
  gpointer          user_data;
};

/**
 * spot_dev_row_ref:
 * @self: a row
 *
 * Returns: (transfer full): @self
 */
SpotDevRow *
spot_dev_row_ref (SpotDevRow *self)
{
  self->n_refs++;
  return self;
}

/**
 * spot_dev_row_unref:
 * @self: (transfer full): a row
 */
void
spot_dev_row_unref (SpotDevRow *self)
{
  if (--self->n_refs > 0)
    return;
  for (guint i = 0; i < SPOT_DEV_N_COLUMNS; i++)
    g_clear_pointer (&self->cells[i], g_ref_string_release);
  g_clear_pointer (&self->batch_id, g_ref_string_release);
  g_strfreev (self->tags);
  g_free (self);
}

static void
change_clear (gpointer data)
{
  SpotDevChange *change = data;

  g_clear_pointer (&change->before, spot_dev_row_unref);
  g_clear_pointer (&change->after, spot_dev_row_unref);
}

static void
run_free (gpointer data)
{
  SpotDevRun *run = data;

  spot_dev_row_unref (run->row);
  g_free (run);
}

/* What a cell or an edit left out: the database's default, and ids and times that follow from the run. */
static char *
initial_cell (SpotDevColumn  column,
              const char    *run_id,
              gint64         now_ms)
{
  g_autofree char *text = NULL;
  const char *initial = spot_dev_columns_initial (column);

  switch (column)
    {
    case SPOT_DEV_ID:
      {
        g_auto(GStrv) parts = g_strsplit (run_id, "_", -1);
        g_autofree char *joined = g_strjoinv ("", parts);

        text = g_strconcat ("cm", joined, NULL);
        return g_ref_string_new (text);
      }
    case SPOT_DEV_FRIENDLY_ID:
      return g_ref_string_new (run_id);
    case SPOT_DEV_CREATED:
    case SPOT_DEV_UPDATED:
      text = spot_dev_text_from_time (now_ms);
      return g_ref_string_new (text);
    default:
      return initial != NULL ? g_ref_string_new_intern (initial) : NULL;
    }
}

static SpotDevRow *
row_new (SpotDevRow        *before,
         const char        *run_id,
         const char        *batch_id,
         const SpotDevEdit *edit,
         gint64             now_ms)
{
  SpotDevRow *row = g_new0 (SpotDevRow, 1);

  row->n_refs = 1;
  for (guint i = 0; i < SPOT_DEV_N_COLUMNS; i++)
    {
      if (edit->columns & SPOT_DEV_BIT (i))
        row->cells[i] = edit->cells[i] != NULL ? g_ref_string_acquire (edit->cells[i]) : NULL;
      else if (before != NULL)
        row->cells[i] = before->cells[i] != NULL ? g_ref_string_acquire (before->cells[i]) : NULL;
      else
        row->cells[i] = initial_cell (i, run_id, now_ms);
    }

  if (before != NULL && !(edit->columns & SPOT_DEV_BIT (SPOT_DEV_UPDATED)))
    {
      /* Strictly later, as a database a network away would have it: two changes in a millisecond are two changes. */
      g_autofree char *text = spot_dev_text_from_time (MAX (now_ms, before->updated_ms + 1));

      g_ref_string_release (row->cells[SPOT_DEV_UPDATED]);
      row->cells[SPOT_DEV_UPDATED] = g_ref_string_new (text);
    }

  if (before != NULL && before->batch_id != NULL)
    row->batch_id = g_ref_string_acquire (before->batch_id);
  else if (batch_id != NULL)
    row->batch_id = g_ref_string_new (batch_id);
  row->tags = spot_dev_text_to_array (row->cells[SPOT_DEV_TAGS] != NULL ? row->cells[SPOT_DEV_TAGS] : "{}");
  spot_dev_text_to_time (row->cells[SPOT_DEV_CREATED], &row->created_ms);
  spot_dev_text_to_time (row->cells[SPOT_DEV_UPDATED], &row->updated_ms);
  return row;
}

/**
 * spot_dev_store_new:
 * @committed: called after each transaction that changed something; rows in it are borrowed
 * @user_data: data for @committed
 *
 * Returns: (transfer full): an empty database
 */
SpotDevStore *
spot_dev_store_new (SpotDevCommitFunc committed,
                    gpointer          user_data)
{
  SpotDevStore *self = g_new0 (SpotDevStore, 1);

  self->runs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, run_free);
  self->batches = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->changes = g_array_new (FALSE, FALSE, sizeof (SpotDevChange));
  g_array_set_clear_func (self->changes, change_clear);
  self->lsn = LSN_FIRST;
  self->txid = TXID_FIRST;
  self->committed = committed;
  self->user_data = user_data;
  return self;
}

/**
 * spot_dev_store_free:
 * @self: (transfer full): a store without an open transaction
 */
void
spot_dev_store_free (SpotDevStore *self)
{
  g_array_unref (self->changes);
  g_hash_table_unref (self->batches);
  g_hash_table_unref (self->runs);
  g_free (self);
}

/**
 * spot_dev_store_begin:
 * @self: a store
 *
 * Opens a transaction: what is changed until the matching spot_dev_store_commit() is committed as one. Nests.
 */
void
spot_dev_store_begin (SpotDevStore *self)
{
  self->n_open++;
}

/**
 * spot_dev_store_commit:
 * @self: a store with an open transaction
 *
 * Ends it; the outermost one is announced.
 */
void
spot_dev_store_commit (SpotDevStore *self)
{
  SpotDevTransaction transaction;

  g_return_if_fail (self->n_open > 0);
  if (--self->n_open > 0 || self->changes->len == 0)
    return;

  self->lsn += LSN_STEP;
  transaction.changes = self->changes;
  transaction.lsn = self->lsn;
  transaction.txid = self->txid++;
  self->committed (&transaction, self->user_data);
  g_array_set_size (self->changes, 0);
}

static void
add_change (SpotDevStore *self,
            SpotDevRow   *before,
            SpotDevRow   *after)
{
  SpotDevChange change = { before, after, self->changes->len * OP_STEP };

  g_array_append_val (self->changes, change);
}

static SpotDevRun *
add_run (SpotDevStore *self,
         SpotDevRow   *row)
{
  SpotDevRun *run = g_new0 (SpotDevRun, 1);

  run->row = row;
  run->by_age.data = run->by_change.data = run->by_batch.data = run;
  g_hash_table_insert (self->runs, row->cells[SPOT_DEV_FRIENDLY_ID], run);
  g_queue_push_tail_link (&self->by_age, &run->by_age);
  g_queue_push_tail_link (&self->by_change, &run->by_change);
  if (row->batch_id != NULL)
    {
      GQueue *batch = g_hash_table_lookup (self->batches, row->batch_id);

      if (batch == NULL)
        {
          batch = g_new0 (GQueue, 1);
          g_hash_table_insert (self->batches, g_strdup (row->batch_id), batch);
        }
      g_queue_push_tail_link (batch, &run->by_batch);
    }
  return run;
}

/**
 * spot_dev_store_put:
 * @self: a store
 * @run_id: a run's friendly id
 * @batch_id: (nullable): the friendly id of a new run's batch
 * @edit: what to set
 * @now_ms: the present, milliseconds since 1970 UTC
 * @error: return location
 *
 * Creates the run or changes it, in the open transaction or in one of its own. `updatedAt` becomes @now_ms unless @edit
 * sets it.
 *
 * Returns: %FALSE with %G_IO_ERROR_INVALID_ARGUMENT when the edit would change what a run is known by
 */
gboolean
spot_dev_store_put (SpotDevStore       *self,
                    const char         *run_id,
                    const char         *batch_id,
                    const SpotDevEdit  *edit,
                    gint64              now_ms,
                    GError            **error)
{
  SpotDevRun *run = g_hash_table_lookup (self->runs, run_id);
  SpotDevRow *before = run != NULL ? run->row : NULL, *after;

  if (before != NULL && ((edit->cells[SPOT_DEV_ID] != NULL &&
                          strcmp (edit->cells[SPOT_DEV_ID], before->cells[SPOT_DEV_ID]) != 0) ||
                         (batch_id != NULL && g_strcmp0 (batch_id, before->batch_id) != 0)))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "The id and batch of %s cannot change", run_id);
      return FALSE;
    }

  spot_dev_store_begin (self);
  after = row_new (before, run_id, batch_id, edit, now_ms);
  if (run != NULL)
    {
      /* The table's key is the row's own text. */
      g_hash_table_steal (self->runs, run_id);
      run->row = after;
      g_hash_table_insert (self->runs, after->cells[SPOT_DEV_FRIENDLY_ID], run);
      g_queue_unlink (&self->by_change, &run->by_change);
      g_queue_push_tail_link (&self->by_change, &run->by_change);
    }
  else
    run = add_run (self, after);
  run->change = ++self->change;
  add_change (self, before, spot_dev_row_ref (after));
  spot_dev_store_commit (self);
  return TRUE;
}

/**
 * spot_dev_store_delete:
 * @self: a store
 * @run_id: a run's friendly id; an unknown one does nothing
 */
void
spot_dev_store_delete (SpotDevStore *self,
                       const char   *run_id)
{
  SpotDevRun *run = g_hash_table_lookup (self->runs, run_id);

  if (run == NULL)
    return;

  spot_dev_store_begin (self);
  add_change (self, spot_dev_row_ref (run->row), NULL);
  g_queue_unlink (&self->by_age, &run->by_age);
  g_queue_unlink (&self->by_change, &run->by_change);
  if (run->row->batch_id != NULL)
    g_queue_unlink (g_hash_table_lookup (self->batches, run->row->batch_id), &run->by_batch);
  g_hash_table_remove (self->runs, run_id);
  spot_dev_store_commit (self);
}

/**
 * spot_dev_store_lookup:
 * @self: a store
 * @run_id: a run's friendly id
 *
 * Returns: (nullable): the run
 */
SpotDevRun *
spot_dev_store_lookup (SpotDevStore *self,
                       const char   *run_id)
{
  return g_hash_table_lookup (self->runs, run_id);
}

/**
 * spot_dev_store_get_batch:
 * @self: a store
 * @batch_id: a batch's friendly id
 *
 * Returns: (nullable): its runs, in the order of their creation
 */
GQueue *
spot_dev_store_get_batch (SpotDevStore *self,
                          const char   *batch_id)
{
  return g_hash_table_lookup (self->batches, batch_id);
}

/**
 * spot_dev_store_get_by_age:
 * @self: a store
 *
 * Returns: every run, in the order of insertion
 */
GQueue *
spot_dev_store_get_by_age (SpotDevStore *self)
{
  return &self->by_age;
}

/**
 * spot_dev_store_get_by_change:
 * @self: a store
 *
 * Returns: every run, the one that changed last at the tail
 */
GQueue *
spot_dev_store_get_by_change (SpotDevStore *self)
{
  return &self->by_change;
}

/**
 * spot_dev_store_get_change:
 * @self: a store
 *
 * Returns: how many changes there have been
 */
guint64
spot_dev_store_get_change (SpotDevStore *self)
{
  return self->change;
}

/**
 * spot_dev_store_get_next_txid:
 * @self: a store
 *
 * Returns: the number of the next transaction
 */
guint
spot_dev_store_get_next_txid (SpotDevStore *self)
{
  return self->txid;
}
