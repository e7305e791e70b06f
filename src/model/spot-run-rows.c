/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"
#define _GNU_SOURCE /* qsort_r() */

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "spot-list-spans.h"

#include "spot-run-rows.h"

/* Spans of one edit. A view does about the same work for each change, whatever its size. */
#define MAX_SPANS 8u

/* Positions are those of before the edit. */
typedef struct
{
  SpotRunEntry *entry;
  SpotRunKey    key; /* where it belongs */
  guint         at;  /* in front of which row */
} Insert;

typedef struct
{
  SpotRunEntry *entry;
  guint         at;
} Removal;

static void
insert_clear (gpointer data)
{
  Insert *insert = data;

  spot_run_key_clear (&insert->key);
}

static SpotRunRow
make_row (SpotRunEntry *entry)
{
  return (SpotRunRow) { .number = entry->key.number, .created_us = entry->key.created_us, .entry = entry };
}

/* The same order as spot_run_key_compare(), found without the entries where the numbers tell. */
static inline int
compare (const SpotRunRows *self,
         const SpotRunRow  *row,
         gint64             number,
         gint64             created_us,
         const SpotRunKey  *key)
{
  if (row->number != number)
    return (row->number < number) != self->descending ? -1 : 1;
  if (row->created_us != created_us && !spot_run_sort_is_by_text (self->sort))
    return row->created_us > created_us ? -1 : 1;
  return spot_run_key_compare (&row->entry->key, key, self->sort, self->descending);
}

static int
compare_rows (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  const SpotRunRow *y = b;

  return compare (user_data, a, y->number, y->created_us, &y->entry->key);
}

static int
compare_inserts (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const SpotRunRows *rows = user_data;
  const Insert *x = a;
  const Insert *y = b;

  return spot_run_key_compare (&x->key, &y->key, rows->sort, rows->descending);
}

static int
compare_removals (gconstpointer a,
                  gconstpointer b)
{
  const Removal *x = a;
  const Removal *y = b;

  return (x->at > y->at) - (x->at < y->at);
}

static void
reserve (SpotRunRows *self,
         guint        n_rows)
{
  if (n_rows <= self->n_allocated)
    return;
  self->n_allocated = MAX (MAX (n_rows, 16), self->n_allocated + self->n_allocated / 2);
  self->rows = g_renew (SpotRunRow, self->rows, self->n_allocated);
}

/**
 * spot_run_entry_new:
 * @run: a run, which is referenced
 * @place: where it stands
 * @sort: what its list is sorted by
 *
 * Returns: (transfer full): an entry that is not counted
 */
SpotRunEntry *
spot_run_entry_new (SpotRun      *run,
                    SpotRunPlace  place,
                    SpotRunSort   sort)
{
  SpotRunEntry *self = g_new0 (SpotRunEntry, 1);

  self->run = g_object_ref (run);
  self->place = place;
  self->counted = -1;
  spot_run_key_init (&self->key, run, sort);
  return self;
}

/**
 * spot_run_entry_free:
 * @self: (transfer full): an entry
 */
void
spot_run_entry_free (gpointer self)
{
  SpotRunEntry *entry = self;

  spot_run_key_clear (&entry->key);
  g_object_unref (entry->run);
  g_free (entry);
}

/**
 * spot_run_rows_init:
 * @self: (out caller-allocates): rows
 * @sort: what they are sorted by
 * @descending: %TRUE or %FALSE, nothing else
 *
 * Sets @self up without rows.
 */
void
spot_run_rows_init (SpotRunRows *self,
                    SpotRunSort  sort,
                    gboolean     descending)
{
  *self = (SpotRunRows) { .sort = sort, .descending = descending };
}

/**
 * spot_run_rows_clear:
 * @self: rows
 *
 * Frees what @self holds; the entries are not its own.
 */
void
spot_run_rows_clear (SpotRunRows *self)
{
  g_clear_pointer (&self->rows, g_free);
  self->n_rows = self->n_allocated = 0;
}

/**
 * spot_run_rows_append:
 * @self: rows
 * @entry: an entry
 *
 * Puts @entry at the end. spot_run_rows_sort() has to follow.
 */
void
spot_run_rows_append (SpotRunRows  *self,
                      SpotRunEntry *entry)
{
  reserve (self, self->n_rows + 1);
  self->rows[self->n_rows++] = make_row (entry);
}

/**
 * spot_run_rows_sort:
 * @self: rows
 *
 * Sorts all rows.
 */
void
spot_run_rows_sort (SpotRunRows *self)
{
  /* Not GLib's: g_qsort_with_data() is deprecated, and what replaces it came with GLib 2.82. */
  if (self->n_rows > 1)
    qsort_r (self->rows, self->n_rows, sizeof (SpotRunRow), compare_rows, self);
}

/**
 * spot_run_rows_find:
 * @self: sorted rows
 * @key: a key
 *
 * Returns: the position of the first row that does not come before @key
 */
guint
spot_run_rows_find (const SpotRunRows *self,
                    const SpotRunKey  *key)
{
  guint low = 0;
  guint high = self->n_rows;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (compare (self, &self->rows[middle], key->number, key->created_us, key) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/**
 * spot_run_rows_differ:
 * @before: rows
 * @after: what has become of them
 * @position: (out): the first row that is another run
 * @n_removed: (out): how many from there on are in @before but not in the same place, from either end, of @after
 * @n_added: (out): how many stand there in @after
 *
 * Returns: whether there is a difference
 */
gboolean
spot_run_rows_differ (const SpotRunRows *before,
                      const SpotRunRows *after,
                      guint             *position,
                      guint             *n_removed,
                      guint             *n_added)
{
  guint n_common = MIN (before->n_rows, after->n_rows);
  guint n_start = 0;
  guint n_end = 0;

  while (n_start < n_common && before->rows[n_start].entry->run == after->rows[n_start].entry->run)
    n_start++;
  while (n_end < n_common - n_start
         && before->rows[before->n_rows - 1 - n_end].entry->run == after->rows[after->n_rows - 1 - n_end].entry->run)
    n_end++;
  *position = n_start;
  *n_removed = before->n_rows - n_start - n_end;
  *n_added = after->n_rows - n_start - n_end;
  return *n_removed > 0 || *n_added > 0;
}

/**
 * spot_run_edit_init:
 * @self: (out caller-allocates): an edit that does nothing yet
 */
void
spot_run_edit_init (SpotRunEdit *self)
{
  *self = (SpotRunEdit) {
    .inserts = g_array_new (FALSE, FALSE, sizeof (Insert)),
    .removals = g_array_new (FALSE, FALSE, sizeof (Removal)),
    .spans = g_array_new (FALSE, FALSE, sizeof (SpotListSpan)),
    .gone = g_ptr_array_new_with_free_func (spot_run_entry_free),
  };
  g_array_set_clear_func (self->inserts, insert_clear);
}

/**
 * spot_run_edit_clear:
 * @self: an edit, finished or not
 *
 * Frees what @self holds.
 */
void
spot_run_edit_clear (SpotRunEdit *self)
{
  g_array_unref (self->inserts);
  g_array_unref (self->removals);
  g_array_unref (self->spans);
  g_ptr_array_unref (self->gone);
}

/**
 * spot_run_edit_insert:
 * @self: an edit that is not planned
 * @entry: an entry that is outside, or that is being removed to move
 * @key: where it belongs; its key from then on
 *
 * Has @entry put in.
 */
void
spot_run_edit_insert (SpotRunEdit      *self,
                      SpotRunEntry     *entry,
                      const SpotRunKey *key)
{
  Insert insert = { .entry = entry, .key = *key };

  spot_run_record_ref (insert.key.record);
  g_array_append_val (self->inserts, insert);
}

/**
 * spot_run_edit_remove:
 * @self: an edit that is not planned
 * @entry: an entry that is inside
 * @place: %SPOT_RUN_PLACE_LEAVING, or %SPOT_RUN_PLACE_MOVING if it is inserted again
 *
 * Has @entry taken out. Until then it keeps its key.
 */
void
spot_run_edit_remove (SpotRunEdit  *self,
                      SpotRunEntry *entry,
                      SpotRunPlace  place)
{
  Removal removal = { .entry = entry };

  entry->place = place;
  g_array_append_val (self->removals, removal);
}

/**
 * spot_run_edit_plan:
 * @self: an edit
 * @rows: the sorted rows that it is for
 *
 * Finds out where @self changes @rows. Nothing is added to @self any more.
 */
void
spot_run_edit_plan (SpotRunEdit *self,
                    SpotRunRows *rows)
{
  for (guint i = 0; i < self->removals->len; i++)
    {
      Removal *removal = &g_array_index (self->removals, Removal, i);
      SpotListSpan span;

      removal->at = spot_run_rows_find (rows, &removal->entry->key);
      span = (SpotListSpan) { removal->at, removal->at + 1 };
      g_array_append_val (self->spans, span);
    }
  for (guint i = 0; i < self->inserts->len; i++)
    {
      Insert *insert = &g_array_index (self->inserts, Insert, i);
      SpotListSpan span;

      insert->at = spot_run_rows_find (rows, &insert->key);
      span = (SpotListSpan) { insert->at, insert->at };
      if (insert->entry->place == SPOT_RUN_PLACE_MOVING)
        {
          guint from = spot_run_rows_find (rows, &insert->entry->key);

          span.start = MIN (span.start, from);
          span.end = MAX (span.end, from + 1);
        }
      g_array_append_val (self->spans, span);
    }

  g_array_sort (self->removals, compare_removals);
  g_array_sort_with_data (self->inserts, compare_inserts, rows);
  spot_list_spans_merge (self->spans, MAX_SPANS);
}

/* The next insert that is not behind @end, and the next removal in front of it; NULL when there is none. */
static Insert *
peek_insert (SpotRunEdit *self,
             guint        end)
{
  Insert *insert;

  if (self->next_insert == self->inserts->len)
    return NULL;
  insert = &g_array_index (self->inserts, Insert, self->next_insert);
  return insert->at <= end ? insert : NULL;
}

static Removal *
peek_removal (SpotRunEdit *self,
              guint        end)
{
  Removal *removal;

  if (self->next_removal == self->removals->len)
    return NULL;
  removal = &g_array_index (self->removals, Removal, self->next_removal);
  return removal->at < end ? removal : NULL;
}

/* What is to stand in the place of one span. */
static GArray *
make_span (SpotRunEdit        *self,
           const SpotRunRows  *rows,
           const SpotListSpan *span)
{
  GArray *made = g_array_sized_new (FALSE, FALSE, sizeof (SpotRunRow), span->end - span->start + 1);
  guint done = span->start;

  for (;;)
    {
      Insert *insert = peek_insert (self, span->end);
      Removal *removal = peek_removal (self, span->end);
      guint next = span->end;

      if (removal != NULL)
        next = removal->at;
      if (insert != NULL)
        next = MIN (next, insert->at);
      if (next > done)
        g_array_append_vals (made, rows->rows + ((int) done + self->shift), next - done);
      done = next;

      /* What belongs in front of a row goes before the row itself does. */
      if (insert != NULL && insert->at == next)
        {
          SpotRunRow row;

          spot_run_key_clear (&insert->entry->key);
          insert->entry->key = insert->key;
          insert->entry->place = SPOT_RUN_PLACE_INSIDE;
          insert->key.record = NULL;
          row = make_row (insert->entry);
          g_array_append_val (made, row);
          self->next_insert++;
        }
      else if (removal != NULL)
        {
          if (removal->entry->place == SPOT_RUN_PLACE_LEAVING)
            g_ptr_array_add (self->gone, removal->entry);
          done++;
          self->next_removal++;
        }
      else
        {
          return made;
        }
    }
}

/**
 * spot_run_edit_step:
 * @self: a planned edit
 * @rows: the rows, which nobody else has changed since
 * @position: (out): where rows have changed
 * @n_removed: (out): how many are gone from there; may be 0, as may be @n_added, when everything has stayed in its place
 * @n_added: (out): how many have come there
 *
 * Does the next part of the edit. Between two steps the rows are sorted, by the keys that the entries have then.
 *
 * Returns: %FALSE when there was nothing left to do
 */
gboolean
spot_run_edit_step (SpotRunEdit *self,
                    SpotRunRows *rows,
                    guint       *position,
                    guint       *n_removed,
                    guint       *n_added)
{
  g_autoptr(GArray) made = NULL;
  const SpotListSpan *span;
  const SpotRunRow *added;
  SpotRunRow *old;

  if (self->next_span == self->spans->len)
    return FALSE;

  g_ptr_array_set_size (self->gone, 0);
  span = &g_array_index (self->spans, SpotListSpan, self->next_span++);
  made = make_span (self, rows, span);
  added = (const SpotRunRow *) (gpointer) made->data;
  *position = (guint) ((int) span->start + self->shift);
  *n_removed = span->end - span->start;
  *n_added = made->len;
  self->shift += (int) *n_added - (int) *n_removed;

  /* Rows at either end that stay are no change. Their entries may have new keys. */
  for (; *n_removed > 0 && *n_added > 0 && rows->rows[*position].entry == added->entry; added++)
    {
      rows->rows[(*position)++] = *added;
      (*n_removed)--;
      (*n_added)--;
    }
  old = rows->rows + *position;
  while (*n_removed > 0 && *n_added > 0 && old[*n_removed - 1].entry == added[*n_added - 1].entry)
    old[--*n_removed] = added[--*n_added];
  if (*n_removed == 0 && *n_added == 0)
    return TRUE;

  reserve (rows, rows->n_rows - *n_removed + *n_added);
  old = rows->rows + *position;
  memmove (old + *n_added, old + *n_removed, (rows->n_rows - *position - *n_removed) * sizeof (SpotRunRow));
  if (*n_added > 0)
    memcpy (old, added, *n_added * sizeof (SpotRunRow));
  rows->n_rows = rows->n_rows - *n_removed + *n_added;
  return TRUE;
}
