/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include <string.h>

#include "spot-list-spans.h"
#include "spot-run-key.h"

#include "spot-run-list.h"

/* `items-changed` signals of one drain. A view does about the same work for each, whatever its size. */
#define MAX_SPANS 8u

typedef enum {
  PLACE_OUTSIDE, /* about to be put in */
  PLACE_WAITING, /* held back */
  PLACE_INSIDE,  /* in the rows, at its key */
  PLACE_MOVING,  /* in the rows, at its key, but about to go elsewhere */
  PLACE_LEAVING, /* in the rows, at its key, but about to go */
} Place;

/* A run that the query asks for. */
typedef struct
{
  SpotRun   *run; /* owned */
  SpotRunKey key;
  Place      place;
  int        counted; /* the group that it is counted in, or -1 */
} Entry;

/* An entry to be put into the rows. */
typedef struct
{
  Entry     *entry;
  SpotRunKey key; /* where it belongs */
  guint      at;  /* in front of which row, in positions of before the change */
} Insert;

/* What a drain does to the rows. */
typedef struct
{
  GArray    *inserts; /* (element-type Insert) */
  GPtrArray *leaving; /* (element-type Entry) */
} Edit;

struct _SpotRunList
{
  GObject parent_instance;

  SpotRunStore *store;   /* owned */
  SpotRunQuery *query;   /* owned */
  guint32       columns; /* that the query looks at */
  SpotRunSort   sort;
  gboolean      descending;
  gboolean      held;

  GHashTable   *entries; /* owned (element-type SpotRun Entry): all runs that the query asks for */
  Entry       **rows;    /* owned, sorted */
  guint         n_rows;
  guint         n_allocated;
  guint         n_waiting;
  guint         counts[SPOT_N_STATUS_GROUPS];

  guint         generation; /* counts up when the rows are made anew */
  gboolean      editing;    /* an edit is between its signals */

  /* What listeners have been told. */
  guint         told_n_rows;
  guint         told_n_waiting;
  guint         told_counts[SPOT_N_STATUS_GROUPS];
};

enum { PROP_0, PROP_QUERY, PROP_SORT, PROP_DESCENDING, PROP_HELD, PROP_N_WAITING, PROP_N_ITEMS, N_PROPS };
enum { COUNTS_CHANGED, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void spot_run_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SpotRunList, spot_run_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, spot_run_list_model_init))

G_DEFINE_ENUM_TYPE (SpotRunSort, spot_run_sort,
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_SORT_CREATED, "created"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_SORT_STATUS, "status"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_SORT_TASK, "task"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_SORT_PROGRESS, "progress"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_SORT_DURATION, "duration"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_SORT_TAGS, "tags"))

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  spot_run_key_clear (&entry->key);
  g_object_unref (entry->run);
  g_free (entry);
}

static void
insert_clear (gpointer data)
{
  Insert *insert = data;

  spot_run_key_clear (&insert->key);
}

static int
compare_inserts (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  SpotRunList *self = user_data;
  const Insert *x = a;
  const Insert *y = b;

  return spot_run_key_compare (&x->key, &y->key, self->sort, self->descending);
}

static int
compare_rows (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  SpotRunList *self = user_data;
  const Entry *x = *(Entry * const *) a;
  const Entry *y = *(Entry * const *) b;

  return spot_run_key_compare (&x->key, &y->key, self->sort, self->descending);
}

/* The first row that does not come before the key. */
static guint
find_position (SpotRunList      *self,
               const SpotRunKey *key)
{
  guint low = 0;
  guint high = self->n_rows;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (spot_run_key_compare (&self->rows[middle]->key, key, self->sort, self->descending) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
reserve (SpotRunList *self,
         guint        n_rows)
{
  if (n_rows <= self->n_allocated)
    return;
  self->n_allocated = MAX (n_rows, self->n_allocated + self->n_allocated / 2);
  self->rows = g_renew (Entry *, self->rows, self->n_allocated);
}

static Entry *
add_entry (SpotRunList *self,
           SpotRun     *run,
           Place        place)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->run = g_object_ref (run);
  entry->place = place;
  entry->counted = -1;
  spot_run_key_init (&entry->key, run, self->sort);
  g_hash_table_insert (self->entries, run, entry);
  return entry;
}

static void
uncount (SpotRunList *self,
         Entry       *entry)
{
  if (entry->counted >= 0)
    self->counts[entry->counted]--;
  entry->counted = -1;
}

static void
count (SpotRunList *self,
       Entry       *entry)
{
  uncount (self, entry);
  /* What a preview shows may be old news. */
  if (!spot_run_is_committed (entry->run))
    return;
  entry->counted = spot_run_status_get_group (spot_run_get_status (entry->run));
  self->counts[entry->counted]++;
}

/* Tells what hangs on the rows, once they are what they are going to be. */
static void
tell (SpotRunList *self)
{
  if (self->told_n_rows != self->n_rows)
    {
      self->told_n_rows = self->n_rows;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_ITEMS]);
    }
  if (self->told_n_waiting != self->n_waiting)
    {
      self->told_n_waiting = self->n_waiting;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_WAITING]);
    }
  if (memcmp (self->told_counts, self->counts, sizeof self->counts) != 0)
    {
      memcpy (self->told_counts, self->counts, sizeof self->counts);
      g_signal_emit (self, signals[COUNTS_CHANGED], 0);
    }
}

static void
edit_init (Edit *edit)
{
  edit->inserts = g_array_new (FALSE, FALSE, sizeof (Insert));
  g_array_set_clear_func (edit->inserts, insert_clear);
  edit->leaving = g_ptr_array_new ();
}

static void
edit_clear (Edit *edit)
{
  g_array_unref (edit->inserts);
  g_ptr_array_unref (edit->leaving);
}

static void
edit_insert (Edit             *edit,
             Entry            *entry,
             const SpotRunKey *key)
{
  Insert insert = { .entry = entry, .key = *key };

  spot_run_record_ref (insert.key.record);
  g_array_append_val (edit->inserts, insert);
}

static void
edit_leave (Edit  *edit,
            Entry *entry)
{
  entry->place = PLACE_LEAVING;
  g_ptr_array_add (edit->leaving, entry);
}

/* The spans of the rows that the edit changes. A run that moves is taken out and put in within one span, so that a
 * selection can stay on it. */
static GArray *
edit_get_spans (SpotRunList *self,
                Edit        *edit)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (SpotListSpan));

  for (guint i = 0; i < edit->leaving->len; i++)
    {
      Entry *entry = edit->leaving->pdata[i];
      guint from = find_position (self, &entry->key);
      SpotListSpan span = { from, from + 1 };

      g_array_append_val (spans, span);
    }
  for (guint i = 0; i < edit->inserts->len; i++)
    {
      Insert *insert = &g_array_index (edit->inserts, Insert, i);
      SpotListSpan span;

      insert->at = find_position (self, &insert->key);
      span = (SpotListSpan) { insert->at, insert->at };
      if (insert->entry->place == PLACE_MOVING)
        {
          guint from = find_position (self, &insert->entry->key);

          span.start = MIN (span.start, from);
          span.end = MAX (span.end, from + 1);
        }
      g_array_append_val (spans, span);
    }

  g_array_sort_with_data (edit->inserts, compare_inserts, self);
  spot_list_spans_merge (spans, MAX_SPANS);
  return spans;
}

/* Puts @n_added rows in the place of @n_removed and says so, without those at either end that stay the same. */
static void
splice (SpotRunList *self,
        guint        position,
        guint        n_removed,
        Entry      **added,
        guint        n_added)
{
  Entry **old;

  while (n_removed > 0 && n_added > 0 && self->rows[position] == added[0])
    {
      position++;
      n_removed--;
      added++;
      n_added--;
    }
  old = self->rows + position;
  while (n_removed > 0 && n_added > 0 && old[n_removed - 1] == added[n_added - 1])
    {
      n_removed--;
      n_added--;
    }
  if (n_removed == 0 && n_added == 0)
    return;

  reserve (self, self->n_rows - n_removed + n_added);
  old = self->rows + position;
  memmove (old + n_added, old + n_removed, (self->n_rows - position - n_removed) * sizeof (Entry *));
  memcpy (old, added, n_added * sizeof (Entry *));
  self->n_rows = self->n_rows - n_removed + n_added;
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

/* Makes the part of an edit that lies in one span. @cursor is the first insert that has not been made. */
static void
apply_span (SpotRunList        *self,
            Edit               *edit,
            const SpotListSpan *span,
            int                 shift,
            guint              *cursor)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_sized_new (span->end - span->start + 1);
  g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func (entry_free);
  guint first_insert = *cursor;

  for (guint i = span->start; i <= span->end; i++)
    {
      Entry *row;

      for (; *cursor < edit->inserts->len && g_array_index (edit->inserts, Insert, *cursor).at == i; (*cursor)++)
        g_ptr_array_add (rows, g_array_index (edit->inserts, Insert, *cursor).entry);
      if (i == span->end)
        break;
      row = self->rows[i + shift];
      if (row->place == PLACE_INSIDE)
        g_ptr_array_add (rows, row);
      else if (row->place == PLACE_LEAVING)
        g_ptr_array_add (gone, row);
    }

  for (guint i = first_insert; i < *cursor; i++)
    {
      Insert *insert = &g_array_index (edit->inserts, Insert, i);

      spot_run_key_clear (&insert->entry->key);
      insert->entry->key = insert->key;
      insert->key.record = NULL;
      insert->entry->place = PLACE_INSIDE;
    }
  for (guint i = 0; i < gone->len; i++)
    g_hash_table_steal (self->entries, ((Entry *) gone->pdata[i])->run);
  splice (self, span->start + shift, span->end - span->start, (Entry **) rows->pdata, rows->len);
}

/* Makes an edit: one pass over the spans that change, one signal for each of them. */
static void
apply_edit (SpotRunList *self,
            Edit        *edit)
{
  g_autoptr(GArray) spans = NULL;
  guint generation = self->generation;
  guint cursor = 0;
  guint n_before = self->n_rows;

  if (edit->inserts->len == 0 && edit->leaving->len == 0)
    return;
  spans = edit_get_spans (self, edit);
  self->editing = TRUE;
  for (guint i = 0; i < spans->len; i++)
    {
      apply_span (self, edit, &g_array_index (spans, SpotListSpan, i), (int) (self->n_rows - n_before), &cursor);
      /* A listener had the rows made anew, which did the rest too. */
      if (generation != self->generation)
        return;
    }
  self->editing = FALSE;
}

static void
collect (gpointer run,
         gpointer user_data)
{
  SpotRunList *self = user_data;
  Entry *entry;

  if (!spot_run_query_matches (self->query, run))
    return;
  entry = add_entry (self, run, PLACE_INSIDE);
  count (self, entry);
  reserve (self, self->n_rows + 1);
  self->rows[self->n_rows++] = entry;
}

/* Makes the rows anew from the store, and tells the difference in one signal. Runs that are in @waiting go on waiting. */
static void
rebuild (SpotRunList *self,
         GHashTable  *waiting)
{
  g_autoptr(GHashTable) old_entries = g_steal_pointer (&self->entries);
  g_autofree Entry **old_rows = g_steal_pointer (&self->rows);
  guint n_old = self->n_rows;
  guint n_kept = 0;
  guint n_same_start = 0;
  guint n_same_end = 0;

  self->generation++;
  self->editing = FALSE;
  self->entries = g_hash_table_new_full (NULL, NULL, NULL, entry_free);
  self->n_rows = 0;
  self->n_allocated = 0;
  self->n_waiting = 0;
  memset (self->counts, 0, sizeof self->counts);
  reserve (self, MAX (n_old, 16));
  spot_run_store_foreach (self->store, collect, self);

  for (guint i = 0; i < self->n_rows; i++)
    {
      Entry *entry = self->rows[i];

      if (waiting != NULL && g_hash_table_contains (waiting, entry->run))
        {
          entry->place = PLACE_WAITING;
          self->n_waiting++;
        }
      else
        {
          self->rows[n_kept++] = entry;
        }
    }
  self->n_rows = n_kept;
  g_qsort_with_data (self->rows, self->n_rows, sizeof (Entry *), compare_rows, self);

  while (n_same_start < MIN (n_old, self->n_rows) && old_rows[n_same_start]->run == self->rows[n_same_start]->run)
    n_same_start++;
  while (n_same_end < MIN (n_old, self->n_rows) - n_same_start
         && old_rows[n_old - 1 - n_same_end]->run == self->rows[self->n_rows - 1 - n_same_end]->run)
    n_same_end++;
  if (n_old - n_same_start - n_same_end > 0 || self->n_rows - n_same_start - n_same_end > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), n_same_start, n_old - n_same_start - n_same_end,
                                self->n_rows - n_same_start - n_same_end);
  tell (self);
}

static GHashTable *
dup_waiting (SpotRunList *self)
{
  GHashTable *waiting = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  Entry *entry;

  if (self->n_waiting == 0)
    return waiting;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    {
      if (entry->place == PLACE_WAITING)
        g_hash_table_add (waiting, entry->run);
    }
  return waiting;
}

static void
rebuild_same (SpotRunList *self)
{
  g_autoptr(GHashTable) waiting = dup_waiting (self);

  rebuild (self, waiting);
}

/* A run that is in the list has changed: it may belong elsewhere. */
static void
update_entry (SpotRunList *self,
              Edit        *edit,
              Entry       *entry)
{
  SpotRunKey key;

  count (self, entry);
  spot_run_key_init (&key, entry->run, self->sort);
  if (entry->place == PLACE_INSIDE && spot_run_key_compare (&key, &entry->key, self->sort, self->descending) != 0)
    {
      entry->place = PLACE_MOVING;
      edit_insert (edit, entry, &key);
    }
  else
    {
      /* The same place, but from the new record, so that the old one can go. */
      SpotRunKey old = entry->key;

      entry->key = key;
      key = old;
    }
  spot_run_key_clear (&key);
}

static void
drop_entry (SpotRunList *self,
            Edit        *edit,
            Entry       *entry)
{
  uncount (self, entry);
  if (entry->place == PLACE_WAITING)
    {
      self->n_waiting--;
      g_hash_table_remove (self->entries, entry->run);
    }
  else
    {
      edit_leave (edit, entry);
    }
}

static void
take_change (SpotRunList              *self,
             Edit                     *edit,
             const SpotRunStoreChange *change)
{
  Entry *entry = g_hash_table_lookup (self->entries, change->run);
  gboolean matches;

  if (change->removed)
    {
      if (entry != NULL)
        drop_entry (self, edit, entry);
      return;
    }

  matches = entry != NULL;
  if (change->before == NULL || change->moved || (change->changed & self->columns) != 0)
    matches = spot_run_query_matches (self->query, change->run);

  if (entry != NULL && matches)
    {
      update_entry (self, edit, entry);
    }
  else if (entry != NULL)
    {
      drop_entry (self, edit, entry);
    }
  else if (matches)
    {
      entry = add_entry (self, change->run, self->held ? PLACE_WAITING : PLACE_OUTSIDE);
      count (self, entry);
      if (self->held)
        self->n_waiting++;
      else
        edit_insert (edit, entry, &entry->key);
    }
}

static void
drained_cb (SpotRunStore *store,
            GArray       *changes,
            gpointer      user_data)
{
  SpotRunList *self = user_data;
  Edit edit;

  if (self->editing)
    {
      rebuild_same (self);
      return;
    }

  edit_init (&edit);
  for (guint i = 0; i < changes->len; i++)
    take_change (self, &edit, &g_array_index (changes, SpotRunStoreChange, i));
  apply_edit (self, &edit);
  edit_clear (&edit);
  tell (self);
}

/* Lets the runs in that were held back. */
static void
release_waiting (SpotRunList *self)
{
  GHashTableIter iter;
  Entry *entry;
  Edit edit;

  if (self->editing)
    {
      rebuild (self, NULL);
      return;
    }

  edit_init (&edit);
  g_hash_table_iter_init (&iter, self->entries);
  while (self->n_waiting > 0 && g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    {
      if (entry->place != PLACE_WAITING)
        continue;
      entry->place = PLACE_OUTSIDE;
      self->n_waiting--;
      edit_insert (&edit, entry, &entry->key);
    }
  apply_edit (self, &edit);
  edit_clear (&edit);
  tell (self);
}

static GType
spot_run_list_get_item_type (GListModel *model)
{
  return SPOT_TYPE_RUN;
}

static guint
spot_run_list_get_n_items (GListModel *model)
{
  return SPOT_RUN_LIST (model)->n_rows;
}

static gpointer
spot_run_list_get_item (GListModel *model,
                        guint       position)
{
  SpotRunList *self = SPOT_RUN_LIST (model);

  return position < self->n_rows ? g_object_ref (self->rows[position]->run) : NULL;
}

static void
spot_run_list_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  SpotRunList *self = SPOT_RUN_LIST (object);

  switch (prop_id)
    {
    case PROP_QUERY:
      g_value_set_boxed (value, self->query);
      break;
    case PROP_SORT:
      g_value_set_enum (value, self->sort);
      break;
    case PROP_DESCENDING:
      g_value_set_boolean (value, self->descending);
      break;
    case PROP_HELD:
      g_value_set_boolean (value, self->held);
      break;
    case PROP_N_WAITING:
      g_value_set_uint (value, self->n_waiting);
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, self->n_rows);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_run_list_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  SpotRunList *self = SPOT_RUN_LIST (object);

  switch (prop_id)
    {
    case PROP_QUERY:
      spot_run_list_set_query (self, g_value_get_boxed (value));
      break;
    case PROP_SORT:
      spot_run_list_set_sort (self, g_value_get_enum (value), self->descending);
      break;
    case PROP_DESCENDING:
      spot_run_list_set_sort (self, self->sort, g_value_get_boolean (value));
      break;
    case PROP_HELD:
      spot_run_list_set_held (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_run_list_finalize (GObject *object)
{
  SpotRunList *self = SPOT_RUN_LIST (object);

  g_clear_pointer (&self->entries, g_hash_table_unref);
  g_free (self->rows);
  g_clear_pointer (&self->query, spot_run_query_unref);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (spot_run_list_parent_class)->finalize (object);
}

static void
spot_run_list_class_init (SpotRunListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = spot_run_list_get_property;
  object_class->set_property = spot_run_list_set_property;
  object_class->finalize = spot_run_list_finalize;

  /* SpotRunList:query: which runs the list has; never %NULL. */
  props[PROP_QUERY] = g_param_spec_boxed ("query", NULL, NULL, SPOT_TYPE_RUN_QUERY, flags | G_PARAM_READWRITE);
  /* SpotRunList:sort: what they are sorted by. */
  props[PROP_SORT] = g_param_spec_enum ("sort", NULL, NULL, SPOT_TYPE_RUN_SORT, SPOT_RUN_SORT_CREATED,
                                        flags | G_PARAM_READWRITE);
  /* SpotRunList:descending: whether the sort is reversed. */
  props[PROP_DESCENDING] = g_param_spec_boolean ("descending", NULL, NULL, TRUE, flags | G_PARAM_READWRITE);
  /* SpotRunList:held: whether new runs wait outside. */
  props[PROP_HELD] = g_param_spec_boolean ("held", NULL, NULL, FALSE, flags | G_PARAM_READWRITE);
  /* SpotRunList:n-waiting: how many wait. */
  props[PROP_N_WAITING] = g_param_spec_uint ("n-waiting", NULL, NULL, 0, G_MAXUINT, 0, flags | G_PARAM_READABLE);
  /* SpotRunList:n-items: how many the list has, without those that wait. */
  props[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, flags | G_PARAM_READABLE);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * SpotRunList::counts-changed:
   * @self: the list
   *
   * The counts by group are different: at most once a drain, behind the `items-changed`.
   */
  signals[COUNTS_CHANGED] = g_signal_new ("counts-changed", SPOT_TYPE_RUN_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
spot_run_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = spot_run_list_get_item_type;
  iface->get_n_items = spot_run_list_get_n_items;
  iface->get_item = spot_run_list_get_item;
}

static void
spot_run_list_init (SpotRunList *self)
{
  self->sort = SPOT_RUN_SORT_CREATED;
  self->descending = TRUE;
  self->entries = g_hash_table_new_full (NULL, NULL, NULL, entry_free);
}

/**
 * spot_run_list_new:
 * @store: a store, which is referenced
 * @query: (nullable): which of its runs; %NULL for all
 *
 * Returns: (transfer full): a list that follows @store, newest runs first
 */
SpotRunList *
spot_run_list_new (SpotRunStore *store,
                   SpotRunQuery *query)
{
  SpotRunList *self;

  g_return_val_if_fail (SPOT_IS_RUN_STORE (store), NULL);

  self = g_object_new (SPOT_TYPE_RUN_LIST, NULL);
  self->store = g_object_ref (store);
  self->query = query != NULL ? spot_run_query_ref (query) : spot_run_query_new ();
  self->columns = spot_run_query_get_columns (self->query);
  g_signal_connect_object (store, "drained", G_CALLBACK (drained_cb), self, 0);
  rebuild (self, NULL);
  return self;
}

/**
 * spot_run_list_get_store:
 * @self: a list
 *
 * Returns: (transfer none): the store that it follows
 */
SpotRunStore *
spot_run_list_get_store (SpotRunList *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_LIST (self), NULL);

  return self->store;
}

/**
 * spot_run_list_get_query:
 * @self: a list
 *
 * Returns: (transfer none): which runs it has
 */
SpotRunQuery *
spot_run_list_get_query (SpotRunList *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_LIST (self), NULL);

  return self->query;
}

/**
 * spot_run_list_set_query:
 * @self: a list
 * @query: (nullable): which runs it is to have; %NULL for all
 *
 * Fills the list anew, in one `items-changed`. What @query asks for is shown at once, also while the list is held.
 */
void
spot_run_list_set_query (SpotRunList  *self,
                         SpotRunQuery *query)
{
  g_return_if_fail (SPOT_IS_RUN_LIST (self));

  if (query == self->query)
    return;
  spot_run_query_unref (self->query);
  self->query = query != NULL ? spot_run_query_ref (query) : spot_run_query_new ();
  self->columns = spot_run_query_get_columns (self->query);
  rebuild (self, NULL);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_QUERY]);
}

/**
 * spot_run_list_get_sort:
 * @self: a list
 *
 * Returns: what it is sorted by
 */
SpotRunSort
spot_run_list_get_sort (SpotRunList *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_LIST (self), SPOT_RUN_SORT_CREATED);

  return self->sort;
}

/**
 * spot_run_list_get_descending:
 * @self: a list
 *
 * Returns: whether the sort is reversed
 */
gboolean
spot_run_list_get_descending (SpotRunList *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_LIST (self), FALSE);

  return self->descending;
}

/**
 * spot_run_list_set_sort:
 * @self: a list
 * @sort: what to sort by
 * @descending: whether from the last to the first: newest, longest, furthest first
 *
 * Sorts the list, in one `items-changed`. Runs that tie stand with the newest first in either direction.
 */
void
spot_run_list_set_sort (SpotRunList *self,
                        SpotRunSort  sort,
                        gboolean     descending)
{
  gboolean sort_changed;
  gboolean descending_changed;

  g_return_if_fail (SPOT_IS_RUN_LIST (self));

  sort_changed = self->sort != sort;
  descending_changed = !self->descending != !descending;
  if (!sort_changed && !descending_changed)
    return;
  self->sort = sort;
  self->descending = !!descending;
  rebuild_same (self);
  if (sort_changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SORT]);
  if (descending_changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DESCENDING]);
}

/**
 * spot_run_list_get_held:
 * @self: a list
 *
 * Returns: whether new runs wait outside
 */
gboolean
spot_run_list_get_held (SpotRunList *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_LIST (self), FALSE);

  return self->held;
}

/**
 * spot_run_list_set_held:
 * @self: a list
 * @held: whether new runs are to wait outside
 *
 * Holds new runs back, or lets those in that have waited. Runs of the list go on changing, moving and leaving.
 */
void
spot_run_list_set_held (SpotRunList *self,
                        gboolean     held)
{
  g_return_if_fail (SPOT_IS_RUN_LIST (self));

  if (!self->held == !held)
    return;
  self->held = !!held;
  if (!self->held && self->n_waiting > 0)
    release_waiting (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HELD]);
}

/**
 * spot_run_list_get_n_waiting:
 * @self: a list
 *
 * Returns: how many runs wait outside
 */
guint
spot_run_list_get_n_waiting (SpotRunList *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_LIST (self), 0);

  return self->n_waiting;
}

/**
 * spot_run_list_get_count:
 * @self: a list
 * @group: a group of statuses
 *
 * Returns: how many committed runs of the query are in @group, those that wait included
 */
guint
spot_run_list_get_count (SpotRunList     *self,
                         SpotStatusGroup  group)
{
  g_return_val_if_fail (SPOT_IS_RUN_LIST (self), 0);
  g_return_val_if_fail ((guint) group < SPOT_N_STATUS_GROUPS, 0);

  return self->counts[group];
}

/**
 * spot_run_list_find:
 * @self: a list
 * @run: (nullable): a run
 * @position: (out) (optional): where it is
 *
 * Finds a run in the time of a binary search.
 *
 * Returns: whether @run is in the list; one that waits is not
 */
gboolean
spot_run_list_find (SpotRunList *self,
                    SpotRun     *run,
                    guint       *position)
{
  Entry *entry;

  g_return_val_if_fail (SPOT_IS_RUN_LIST (self), FALSE);

  entry = run != NULL ? g_hash_table_lookup (self->entries, run) : NULL;
  if (entry == NULL || entry->place == PLACE_OUTSIDE || entry->place == PLACE_WAITING)
    return FALSE;
  if (position != NULL)
    *position = find_position (self, &entry->key);
  return TRUE;
}
