/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-row-table.h"
#include "spot-run-record-private.h"
#include "spot-shape-log-private.h"

/* Lists that have grown longer than this are given back when a commit empties them. */
#define KEPT_ENTRIES 1024u

static void
clear_dirty (gpointer data)
{
  SpotLogDirty *dirty = data;

  g_clear_pointer (&dirty->last, spot_run_record_unref);
}

static void
clear_undo (gpointer data)
{
  SpotLogUndo *undo = data;

  g_clear_pointer (&undo->before, spot_run_record_unref);
  g_clear_pointer (&undo->last, spot_run_record_unref);
}

static SpotRunRecord *
ref_record (SpotRunRecord *record)
{
  return record ? spot_run_record_ref (record) : NULL;
}

GArray *
spot_shape_log_new_dirty (void)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof (SpotLogDirty));

  g_array_set_clear_func (array, clear_dirty);

  return array;
}

static GArray *
new_undo (void)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof (SpotLogUndo));

  g_array_set_clear_func (array, clear_undo);

  return array;
}

static GArray *
new_unseen (void)
{
  return g_array_new (FALSE, FALSE, sizeof (SpotRow *));
}

/* Empties a list, and makes it anew when it has become long. */
void
spot_shape_log_empty (GArray **array,
                      GArray *(*make) (void))
{
  if ((*array)->len > KEPT_ENTRIES)
    {
      g_array_unref (*array);
      *array = make ();
    }
  else
    {
      g_array_set_size (*array, 0);
    }
}

static void
clear_bad (SpotLogBadRows *bad)
{
  bad->n = 0;
  g_clear_pointer (&bad->diagnostic, g_free);
}

static void
note_bad (SpotShapeLog *self,
          const char   *what)
{
  self->body_bad.n++;
  if (!self->body_bad.diagnostic)
    self->body_bad.diagnostic = g_strdup (what);
}

/* Removes a row that means nothing any more. */
void
spot_shape_log_drop_if_void (SpotShapeLog *self,
                             SpotRow      *row)
{
  if (row->current || row->published || row->dirty)
    return;
  if (self->newest == row)
    self->newest = NULL;
  spot_row_table_remove (&self->rows, row);
}

static gboolean
is_unfinished (SpotRunRecord *record)
{
  return record && !spot_run_record_has_ended (record);
}

void
spot_shape_log_set_published (SpotShapeLog  *self,
                              SpotRow       *row,
                              SpotRunRecord *record)
{
  self->n_unfinished += is_unfinished (record);
  self->n_unfinished -= is_unfinished (row->published);
  self->n_published += (record != NULL);
  self->n_published -= (row->published != NULL);
  ref_record (record);
  g_clear_pointer (&row->published, spot_run_record_unref);
  row->published = record;
}

/* Gives a row its next state, so that the body can be undone and the commit finds the row. */
static void
set_current (SpotShapeLog  *self,
             SpotRow       *row,
             SpotRunRecord *record)
{
  if (row->body != self->body)
    {
      SpotLogUndo undo = { row, ref_record (row->current), NULL };

      if (row->dirty)
        undo.last = ref_record (g_array_index (self->dirty, SpotLogDirty, row->place).last);
      g_array_append_val (self->undo, undo);
      row->body = self->body;
    }
  if (!row->dirty)
    {
      SpotLogDirty dirty = { row, NULL };

      g_array_append_val (self->dirty, dirty);
      row->dirty = TRUE;
      row->place = self->dirty->len - 1;
    }
  if (!record && row->current)
    {
      SpotLogDirty *dirty = &g_array_index (self->dirty, SpotLogDirty, row->place);

      g_clear_pointer (&dirty->last, spot_run_record_unref);
      dirty->last = spot_run_record_ref (row->current);
    }
  g_clear_pointer (&row->current, spot_run_record_unref);
  row->current = record;
  if (!self->has_committed)
    g_array_append_val (self->unseen, row);
}

/* Whether a row is a state of the run before the one that is known. Clocks of those who write differ, ends are final. */
static gboolean
is_older (SpotRunRecord *record,
          SpotRunRecord *known)
{
  gint64 time = spot_run_record_get_time (record, SPOT_COLUMN_UPDATED_AT);
  gint64 known_time = spot_run_record_get_time (known, SPOT_COLUMN_UPDATED_AT);
  gboolean has_ended = spot_run_record_has_ended (record);

  if (time == SPOT_TIME_NONE || known_time == SPOT_TIME_NONE || time > known_time)
    return FALSE;
  if (has_ended != spot_run_record_has_ended (known))
    return !has_ended;

  return time < known_time;
}

static void
take_row (SpotShapeLog         *self,
          const SpotShapeEvent *event)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *unread = NULL;
  SpotRunRecord *like = self->newest ? self->newest->current : NULL;
  SpotRunRecord *record;
  SpotRow *row;

  row = spot_row_table_ensure (&self->rows, event->key, event->key_length, self->max_rows);
  if (!row)
    {
      note_bad (self, "more rows than any feed can have");
      return;
    }
  if (row->current || row->published)
    like = row->current ? row->current : row->published;

  record = spot_run_record_new_like (event->kind == SPOT_SHAPE_UPDATE ? row->current : NULL, like, event->columns,
                                     event->n_columns, &unread, &error);
  if (unread)
    note_bad (self, unread);
  if (!record)
    {
      note_bad (self, error->message);
      spot_shape_log_drop_if_void (self, row);
      return;
    }

  /* A row that is sent again as it was is no news; one that a new log repeats stays the same object. */
  if (row->current && (spot_run_record_equal (row->current, record)
                       || (self->may_be_old && event->kind == SPOT_SHAPE_INSERT && is_older (record, row->current))))
    {
      spot_run_record_unref (record);
      return;
    }
  if (row->published && spot_run_record_equal (row->published, record))
    {
      spot_run_record_unref (record);
      record = spot_run_record_ref (row->published);
    }
  set_current (self, row, record);
  self->newest = row;
}

static void
take_delete (SpotShapeLog         *self,
             const SpotShapeEvent *event)
{
  SpotRow *row = spot_row_table_lookup (&self->rows, event->key, event->key_length);

  if (row && row->current)
    set_current (self, row, NULL);
}

static void
leave_body (SpotShapeLog *self)
{
  spot_shape_log_empty (&self->undo, new_undo);
  spot_shape_log_empty (&self->unseen, new_unseen);
  clear_bad (&self->body_bad);
  self->in_body = FALSE;
}

/* Puts back every row that the body touched. */
static void
undo_body (SpotShapeLog *self)
{
  for (guint i = 0; i < self->undo->len; i++)
    {
      SpotLogUndo *undo = &g_array_index (self->undo, SpotLogUndo, i);
      SpotLogDirty *dirty = &g_array_index (self->dirty, SpotLogDirty, undo->row->place);

      g_clear_pointer (&undo->row->current, spot_run_record_unref);
      undo->row->current = g_steal_pointer (&undo->before);
      g_clear_pointer (&dirty->last, spot_run_record_unref);
      dirty->last = g_steal_pointer (&undo->last);
    }
  for (guint i = self->n_dirty_before; i < self->dirty->len; i++)
    {
      SpotRow *row = g_array_index (self->dirty, SpotLogDirty, i).row;

      row->dirty = FALSE;
      /* It was in a preview, and whether it comes again nobody knows. */
      if (row->published && !row->current)
        self->may_have_ghosts = TRUE;
    }
  for (guint i = 0; i < self->undo->len; i++)
    spot_shape_log_drop_if_void (self, g_array_index (self->undo, SpotLogUndo, i).row);
  g_array_set_size (self->dirty, self->n_dirty_before);
  leave_body (self);
}

/**
 * spot_shape_log_new:
 *
 * Returns: (transfer full): a log without rows
 */
SpotShapeLog *
spot_shape_log_new (void)
{
  SpotShapeLog *self = g_new0 (SpotShapeLog, 1);

  self->max_rows = SPOT_MAX_ROWS;
  self->dirty = spot_shape_log_new_dirty ();
  self->undo = new_undo ();
  self->unseen = new_unseen ();

  return self;
}

/*
 * spot_shape_log_set_max_rows:
 * @self: a log without rows
 * @max_rows: how many it may keep
 *
 * Makes a test for %SPOT_MAX_ROWS possible that needs no gigabytes.
 */
void
spot_shape_log_set_max_rows (SpotShapeLog *self,
                             gsize         max_rows)
{
  g_return_if_fail (self != NULL);

  self->max_rows = max_rows;
}

/**
 * spot_shape_log_free:
 * @self: (transfer full) (nullable): a log
 *
 * Frees @self. What it gave out stays.
 */
void
spot_shape_log_free (SpotShapeLog *self)
{
  if (!self)
    return;
  g_array_unref (self->dirty);
  g_array_unref (self->undo);
  g_array_unref (self->unseen);
  clear_bad (&self->bad);
  clear_bad (&self->body_bad);
  spot_row_table_clear (&self->rows);
  g_free (self);
}

/**
 * spot_shape_log_seed:
 * @self: a log into which nothing has been read
 * @rows: the rows that a feed's commits have left, with their keys
 *
 * Goes on from where another log was: updates are merged into @rows, and the next commit, of kind
 * %SPOT_RUN_BATCH_CATCH_UP, holds what differs from them. Rows without a key, without what is needed to show them, and
 * beyond the number that a feed may have are left out.
 *
 * Returns: whether none was left out: otherwise the server's next changes would mean rows that are not there
 */
gboolean
spot_shape_log_seed (SpotShapeLog *self,
                     SpotRunBatch *rows)
{
  gboolean complete = TRUE;

  g_return_val_if_fail (self != NULL && !self->in_body && !self->has_committed && self->dirty->len == 0, FALSE);
  g_return_val_if_fail (rows != NULL, FALSE);

  for (guint i = 0; i < rows->changes->len; i++)
    {
      SpotRunChange *change = &g_array_index (rows->changes, SpotRunChange, i);
      SpotRow *row = NULL;

      if (change->removed)
        continue;
      if (change->key && spot_run_record_is_showable (change->record))
        row = spot_row_table_ensure (&self->rows, change->key, strlen (change->key), self->max_rows);
      if (!row)
        {
          complete = FALSE;
          continue;
        }
      g_clear_pointer (&row->current, spot_run_record_unref);
      row->current = spot_run_record_ref (change->record);
      spot_shape_log_set_published (self, row, row->current);
    }
  self->has_committed = TRUE;
  self->is_resuming = TRUE;

  return complete;
}

/**
 * spot_shape_log_begin_body:
 * @self: a log
 *
 * Says that a body begins. One that was begun before and not ended is aborted.
 */
void
spot_shape_log_begin_body (SpotShapeLog *self)
{
  g_return_if_fail (self != NULL);

  if (self->in_body)
    undo_body (self);
  self->in_body = TRUE;
  self->body++;
  self->may_be_old = FALSE;
  self->n_dirty_before = self->dirty->len;
  self->saw_up_to_date = FALSE;
  self->saw_refetch = FALSE;
}

/**
 * spot_shape_log_expect_old_rows:
 * @self: a log inside a body of which nothing has been taken
 *
 * The body tells rows as a whole, as they were at some moment that may lie before what is known already: a server of the
 * native kind answers a request that is not live from a cache or a copy of its database. Inserts of rows with an older time
 * of change than the known one count as not sent, unless they say that the run has ended.
 */
void
spot_shape_log_expect_old_rows (SpotShapeLog *self)
{
  g_return_if_fail (self != NULL && self->in_body);

  self->may_be_old = TRUE;
}

/**
 * spot_shape_log_take_event:
 * @self: a log inside a body
 * @event: a message of the body
 *
 * Applies a message: an insert replaces the row, an update changes the columns that it has, a delete takes the row
 * away. A row with a value that cannot be read is dropped and counted, and what was known of it before stays.
 */
void
spot_shape_log_take_event (SpotShapeLog         *self,
                           const SpotShapeEvent *event)
{
  g_return_if_fail (self != NULL && self->in_body);
  g_return_if_fail (event != NULL);

  /* Nothing counts in a body that says the log is gone. */
  if (self->saw_refetch)
    return;
  switch (event->kind)
    {
    case SPOT_SHAPE_INSERT:
    case SPOT_SHAPE_UPDATE:
      take_row (self, event);
      break;
    case SPOT_SHAPE_DELETE:
      take_delete (self, event);
      break;
    case SPOT_SHAPE_UP_TO_DATE:
      self->saw_up_to_date = TRUE;
      break;
    case SPOT_SHAPE_MUST_REFETCH:
      self->saw_refetch = TRUE;
      break;
    default:
      g_return_if_reached ();
    }
}

/**
 * spot_shape_log_take_preview:
 * @self: a log inside a body
 *
 * While nothing has been committed yet, gives out the rows that were read since this was last called, to be shown
 * before it is certain that they are true. What of it turns out not to be is removed again by the first commit, which
 * repeats the rest.
 *
 * Returns: (transfer full) (nullable): a batch of kind %SPOT_RUN_BATCH_PREVIEW, %NULL when there is nothing new or
 *   something has been committed
 */
SpotRunBatch *
spot_shape_log_take_preview (SpotShapeLog *self)
{
  SpotRunBatch *batch;

  g_return_val_if_fail (self != NULL, NULL);

  if (!self->in_body || self->has_committed || self->saw_refetch || self->unseen->len == 0)
    return NULL;

  batch = spot_run_batch_new (SPOT_RUN_BATCH_PREVIEW);
  for (guint i = 0; i < self->unseen->len; i++)
    {
      SpotRow *row = g_array_index (self->unseen, SpotRow *, i);

      if (!row->current || row->published == row->current || !spot_run_record_is_showable (row->current))
        continue;
      spot_run_batch_add (batch, row->current, FALSE);
      spot_shape_log_set_published (self, row, row->current);
    }
  g_array_set_size (self->unseen, 0);
  if (batch->changes->len == 0)
    g_clear_pointer (&batch, spot_run_batch_unref);

  return batch;
}

/**
 * spot_shape_log_abort_body:
 * @self: a log
 *
 * Undoes everything that the body did: it could not be read to its end. The same body, or another, can begin then.
 */
void
spot_shape_log_abort_body (SpotShapeLog *self)
{
  g_return_if_fail (self != NULL);

  if (self->in_body)
    undo_body (self);
}

/**
 * spot_shape_log_end_body:
 * @self: a log inside a body
 * @batch: (out) (transfer full) (nullable): what has changed since the last commit; %NULL when the body does not
 *   commit, and when nothing has changed and it is not the first commit
 *
 * Keeps what the body did, and commits it, with that of the bodies before it, if the body said that it is up to date. A
 * body that contained a must-refetch is undone instead.
 *
 * Returns: whether the body was up to date
 */
gboolean
spot_shape_log_end_body (SpotShapeLog  *self,
                         SpotRunBatch **batch)
{
  g_return_val_if_fail (self != NULL && self->in_body, FALSE);
  g_return_val_if_fail (batch != NULL, FALSE);

  *batch = NULL;
  if (self->saw_refetch)
    {
      undo_body (self);
      return FALSE;
    }

  self->bad.n += self->body_bad.n;
  if (!self->bad.diagnostic)
    self->bad.diagnostic = g_steal_pointer (&self->body_bad.diagnostic);
  leave_body (self);
  if (!self->saw_up_to_date)
    return FALSE;
  *batch = spot_shape_log_commit (self);

  return TRUE;
}

/**
 * spot_shape_log_has_touched:
 * @self: a log inside a body
 *
 * Returns: whether the body has changed a row so far: one that is sent again as it was does not count
 */
gboolean
spot_shape_log_has_touched (SpotShapeLog *self)
{
  g_return_val_if_fail (self != NULL && self->in_body, FALSE);

  return self->undo->len > 0;
}

/**
 * spot_shape_log_saw_refetch:
 * @self: a log
 *
 * Returns: whether the body that is read now, or the last one, said that the log is gone
 */
gboolean
spot_shape_log_saw_refetch (SpotShapeLog *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->saw_refetch;
}

/**
 * spot_shape_log_reset:
 * @self: a log
 *
 * Forgets the rows, because the server's log is gone, but not what was given out of them: the next commit is the
 * difference. A body that was begun is aborted.
 */
void
spot_shape_log_reset (SpotShapeLog *self)
{
  g_autoptr(GPtrArray) voids = g_ptr_array_new ();

  g_return_if_fail (self != NULL);

  if (self->in_body)
    undo_body (self);
  spot_shape_log_empty (&self->dirty, spot_shape_log_new_dirty);
  clear_bad (&self->bad);
  self->newest = NULL;
  for (gsize i = 0; i < self->rows.n_slots; i++)
    {
      SpotRow *row = self->rows.slots[i];

      if (!row)
        continue;
      row->dirty = FALSE;
      g_clear_pointer (&row->current, spot_run_record_unref);
      if (!row->published)
        g_ptr_array_add (voids, row);
    }
  for (guint i = 0; i < voids->len; i++)
    spot_shape_log_drop_if_void (self, voids->pdata[i]);
  self->is_refetching = TRUE;
  self->may_have_ghosts = TRUE;
}

/**
 * spot_shape_log_get_n_rows:
 * @self: a log
 *
 * Returns: how many runs the last commit left in the feed, 0 before the first one
 */
guint
spot_shape_log_get_n_rows (SpotShapeLog *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->has_committed ? self->n_published : 0;
}

/**
 * spot_shape_log_get_n_unfinished:
 * @self: a log
 *
 * Returns: how many of these runs have not ended
 */
guint
spot_shape_log_get_n_unfinished (SpotShapeLog *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->has_committed ? self->n_unfinished : 0;
}

/**
 * spot_shape_log_peek:
 * @self: a log
 * @run_id: a run's public id (`run_…`)
 *
 * Looks a run up as of the last commit. Goes through all rows: for feeds of one run, and tests.
 *
 * Returns: (transfer none) (nullable): the run's record
 */
SpotRunRecord *
spot_shape_log_peek (SpotShapeLog *self,
                     const char   *run_id)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (run_id != NULL, NULL);

  for (gsize i = 0; self->has_committed && i < self->rows.n_slots; i++)
    {
      SpotRow *row = self->rows.slots[i];

      if (row && row->published && g_str_equal (spot_run_record_get_id (row->published), run_id))
        return row->published;
    }

  return NULL;
}
