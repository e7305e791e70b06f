/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include <string.h>

#include "spot-run-rows.h"

#include "spot-run-list.h"

struct _SpotRunList
{
  GObject parent_instance;

  SpotRunStore *store;   /* owned */
  SpotRunQuery *query;   /* owned */
  guint32       columns; /* that the query looks at */
  gboolean      held;

  GHashTable   *entries; /* owned (element-type SpotRun SpotRunEntry): all runs that the query asks for */
  SpotRunRows   rows;    /* those that do not wait */
  guint         n_waiting;
  guint         counts[SPOT_N_STATUS_GROUPS];

  guint         generation;      /* counts up when the rows are made anew */
  gboolean      editing;         /* an edit is between its signals */
  GHashTable   *collect_waiting; /* borrowed, nullable: while the rows are made anew, the runs that go on waiting */

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

static SpotRunEntry *
add_entry (SpotRunList  *self,
           SpotRun      *run,
           SpotRunPlace  place)
{
  SpotRunEntry *entry = spot_run_entry_new (run, place, self->rows.sort);

  g_hash_table_insert (self->entries, run, entry);
  return entry;
}

static void
uncount (SpotRunList  *self,
         SpotRunEntry *entry)
{
  if (entry->counted >= 0)
    self->counts[entry->counted]--;
  entry->counted = -1;
}

static void
count (SpotRunList  *self,
       SpotRunEntry *entry)
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
  if (self->told_n_rows != self->rows.n_rows)
    {
      self->told_n_rows = self->rows.n_rows;
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

/* Makes an edit, with a signal for each span that it changes. Clears the edit. */
static void
apply_edit (SpotRunList *self,
            SpotRunEdit *edit)
{
  guint generation = self->generation;
  guint position, n_removed, n_added;

  spot_run_edit_plan (edit, &self->rows);
  self->editing = TRUE;
  /* When a listener has the rows made anew, that does the rest too. */
  while (generation == self->generation && spot_run_edit_step (edit, &self->rows, &position, &n_removed, &n_added))
    {
      for (guint i = 0; i < edit->gone->len; i++)
        g_hash_table_steal (self->entries, ((SpotRunEntry *) edit->gone->pdata[i])->run);
      if (n_removed > 0 || n_added > 0)
        g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
    }
  self->editing = FALSE;
  spot_run_edit_clear (edit);
}

static void
collect (gpointer run,
         gpointer user_data)
{
  SpotRunList *self = user_data;
  SpotRunEntry *entry;

  if (!spot_run_query_matches (self->query, run))
    return;
  entry = add_entry (self, run, SPOT_RUN_PLACE_INSIDE);
  count (self, entry);
  if (self->collect_waiting != NULL && g_hash_table_contains (self->collect_waiting, run))
    {
      entry->place = SPOT_RUN_PLACE_WAITING;
      self->n_waiting++;
    }
  else
    {
      spot_run_rows_append (&self->rows, entry);
    }
}

/* Tells in one signal what has become of the rows, without those at either end that are the same. */
static void
tell_difference (SpotRunList       *self,
                 const SpotRunRows *before)
{
  guint position, n_removed, n_added;

  if (spot_run_rows_differ (before, &self->rows, &position, &n_removed, &n_added))
    g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

/* Makes the rows anew from the store, and tells the difference in one signal. Runs that are in @waiting go on waiting. */
static void
rebuild (SpotRunList *self,
         GHashTable  *waiting)
{
  g_autoptr(GHashTable) old_entries = g_steal_pointer (&self->entries);
  SpotRunRows before = self->rows;

  self->generation++;
  self->editing = FALSE;
  self->entries = g_hash_table_new_full (NULL, NULL, NULL, spot_run_entry_free);
  self->n_waiting = 0;
  memset (self->counts, 0, sizeof self->counts);
  spot_run_rows_init (&self->rows, before.sort, before.descending);
  self->collect_waiting = waiting;
  spot_run_store_foreach (self->store, collect, self);
  self->collect_waiting = NULL;
  spot_run_rows_sort (&self->rows);

  tell_difference (self, &before);
  spot_run_rows_clear (&before);
  tell (self);
}

/* The runs that wait, for rebuild(). */
static GHashTable *
dup_waiting (SpotRunList *self)
{
  GHashTable *waiting = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  SpotRunEntry *entry;

  if (self->n_waiting == 0)
    return waiting;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    {
      if (entry->place == SPOT_RUN_PLACE_WAITING)
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

/* Gives every entry the key of the new sort. */
static void
sort_anew (SpotRunList *self,
           SpotRunSort  sort,
           gboolean     descending)
{
  SpotRunRows before;
  GHashTableIter iter;
  SpotRunEntry *entry;

  self->rows.sort = sort;
  self->rows.descending = descending;
  /* Between two signals the rows are not what is to be sorted. */
  if (self->editing)
    {
      rebuild_same (self);
      return;
    }

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    {
      spot_run_key_clear (&entry->key);
      spot_run_key_init (&entry->key, entry->run, sort);
    }
  before = self->rows;
  spot_run_rows_init (&self->rows, sort, descending);
  for (guint i = 0; i < before.n_rows; i++)
    spot_run_rows_append (&self->rows, before.rows[i].entry);
  spot_run_rows_sort (&self->rows);
  tell_difference (self, &before);
  spot_run_rows_clear (&before);
}

/* A run that is in the list has changed: it may belong elsewhere. */
static void
update_entry (SpotRunList  *self,
              SpotRunEdit  *edit,
              SpotRunEntry *entry)
{
  SpotRunKey key;

  count (self, entry);
  spot_run_key_init (&key, entry->run, self->rows.sort);
  if (entry->place == SPOT_RUN_PLACE_INSIDE
      && spot_run_key_compare (&key, &entry->key, self->rows.sort, self->rows.descending) != 0)
    {
      spot_run_edit_remove (edit, entry, SPOT_RUN_PLACE_MOVING);
      spot_run_edit_insert (edit, entry, &key);
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
drop_entry (SpotRunList  *self,
            SpotRunEdit  *edit,
            SpotRunEntry *entry)
{
  uncount (self, entry);
  if (entry->place == SPOT_RUN_PLACE_WAITING)
    {
      self->n_waiting--;
      g_hash_table_remove (self->entries, entry->run);
    }
  else
    {
      spot_run_edit_remove (edit, entry, SPOT_RUN_PLACE_LEAVING);
    }
}

static void
take_change (SpotRunList              *self,
             SpotRunEdit              *edit,
             const SpotRunStoreChange *change)
{
  SpotRunEntry *entry = g_hash_table_lookup (self->entries, change->run);
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
      entry = add_entry (self, change->run, self->held ? SPOT_RUN_PLACE_WAITING : SPOT_RUN_PLACE_OUTSIDE);
      count (self, entry);
      if (self->held)
        self->n_waiting++;
      else
        spot_run_edit_insert (edit, entry, &entry->key);
    }
}

static void
drained_cb (SpotRunStore *store,
            GArray       *changes,
            gpointer      user_data)
{
  SpotRunList *self = user_data;
  SpotRunEdit edit;

  if (self->editing)
    {
      rebuild_same (self);
      return;
    }

  spot_run_edit_init (&edit);
  for (guint i = 0; i < changes->len; i++)
    take_change (self, &edit, &g_array_index (changes, SpotRunStoreChange, i));
  apply_edit (self, &edit);
  tell (self);
}

/* Lets the runs in that were held back. */
static void
release_waiting (SpotRunList *self)
{
  GHashTableIter iter;
  SpotRunEntry *entry;
  SpotRunEdit edit;

  if (self->editing)
    {
      rebuild (self, NULL);
      return;
    }

  spot_run_edit_init (&edit);
  g_hash_table_iter_init (&iter, self->entries);
  while (self->n_waiting > 0 && g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    {
      if (entry->place != SPOT_RUN_PLACE_WAITING)
        continue;
      entry->place = SPOT_RUN_PLACE_OUTSIDE;
      self->n_waiting--;
      spot_run_edit_insert (&edit, entry, &entry->key);
    }
  apply_edit (self, &edit);
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
  return SPOT_RUN_LIST (model)->rows.n_rows;
}

static gpointer
spot_run_list_get_item (GListModel *model,
                        guint       position)
{
  SpotRunList *self = SPOT_RUN_LIST (model);

  return position < self->rows.n_rows ? g_object_ref (self->rows.rows[position].entry->run) : NULL;
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
      g_value_set_enum (value, self->rows.sort);
      break;
    case PROP_DESCENDING:
      g_value_set_boolean (value, self->rows.descending);
      break;
    case PROP_HELD:
      g_value_set_boolean (value, self->held);
      break;
    case PROP_N_WAITING:
      g_value_set_uint (value, self->n_waiting);
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, self->rows.n_rows);
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
      spot_run_list_set_sort (self, g_value_get_enum (value), self->rows.descending);
      break;
    case PROP_DESCENDING:
      spot_run_list_set_sort (self, self->rows.sort, g_value_get_boolean (value));
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
  spot_run_rows_clear (&self->rows);
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
  spot_run_rows_init (&self->rows, SPOT_RUN_SORT_CREATED, TRUE);
  self->entries = g_hash_table_new_full (NULL, NULL, NULL, spot_run_entry_free);
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

  return self->rows.sort;
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

  return self->rows.descending;
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

  descending = !!descending;
  sort_changed = self->rows.sort != sort;
  descending_changed = self->rows.descending != descending;
  if (!sort_changed && !descending_changed)
    return;
  sort_anew (self, sort, descending);
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
  SpotRunEntry *entry;

  g_return_val_if_fail (SPOT_IS_RUN_LIST (self), FALSE);

  entry = run != NULL ? g_hash_table_lookup (self->entries, run) : NULL;
  if (entry == NULL || entry->place == SPOT_RUN_PLACE_OUTSIDE || entry->place == SPOT_RUN_PLACE_WAITING)
    return FALSE;
  if (position != NULL)
    *position = spot_run_rows_find (&self->rows, &entry->key);
  return TRUE;
}
