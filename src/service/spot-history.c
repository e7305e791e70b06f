/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-run-lister.h"
#include "spot-watch-private.h"

#include "spot-history.h"

/* A watch whose history is wanted. Once it is through it stays, so that nobody asks again. */
typedef struct
{
  SpotWatch     *watch;     /* (owned) */
  gint64         before_us;
  SpotRunLister *lister;    /* (owned) (nullable): while it is being listed */
  guint          n_runs;
} Item;

typedef struct
{
  char   *run_id;
  gint64  created_us;
} OldRun;

struct _SpotHistory
{
  SpotEnvironment *environment; /* (not owned): owns us */
  SpotHistorySink  sink;
  gpointer         user_data;
  GPtrArray       *items;       /* (owned) (element-type Item): in the order in which they were wanted */
  GPtrArray       *old_runs;    /* (owned) (element-type OldRun): the oldest first */
  GPtrArray       *old_ids;     /* (owned) (element-type utf8): their ids, which belong to them */
  Item            *current;     /* (nullable): that is being listed */
  GCancellable    *cancellable; /* (owned) (nullable): of the page that is being asked for */
};

static void
item_free (gpointer data)
{
  Item *self = data;

  g_object_unref (self->watch);
  g_clear_object (&self->lister);
  g_free (self);
}

static void
old_run_free (gpointer data)
{
  OldRun *self = data;

  g_free (self->run_id);
  g_free (self);
}

/**
 * spot_history_new:
 * @environment: whose runs; owns the history
 * @sink: takes what was listed
 * @user_data: for @sink
 *
 * Returns: (transfer full): a history of nothing
 */
SpotHistory *
spot_history_new (SpotEnvironment *environment,
                  SpotHistorySink  sink,
                  gpointer         user_data)
{
  SpotHistory *self = g_new0 (SpotHistory, 1);

  self->environment = environment;
  self->sink = sink;
  self->user_data = user_data;
  self->items = g_ptr_array_new_with_free_func (item_free);
  self->old_runs = g_ptr_array_new_with_free_func (old_run_free);
  self->old_ids = g_ptr_array_new ();
  return self;
}

static void
give_up_current (SpotHistory *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->current = NULL;
}

/**
 * spot_history_free:
 * @self: (nullable) (transfer full): a history
 *
 * Frees it; what is being asked for is given up.
 */
void
spot_history_free (SpotHistory *self)
{
  if (self == NULL)
    return;
  give_up_current (self);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->old_ids);
  g_ptr_array_unref (self->old_runs);
  g_free (self);
}

/* ---- unfinished runs ---- */

static void
update_old_ids (SpotHistory *self)
{
  g_ptr_array_set_size (self->old_ids, 0);
  for (guint i = 0; i < MIN (self->old_runs->len, SPOT_HISTORY_MAX_OLD_RUNS); i++)
    g_ptr_array_add (self->old_ids, ((OldRun *) self->old_runs->pdata[i])->run_id);
}

static void
add_old_run (SpotHistory         *self,
             const SpotRunRecord *record)
{
  const char *run_id = spot_run_record_get_id (record);
  gint64 created_us = spot_run_record_get_time (record, SPOT_COLUMN_CREATED_AT);
  OldRun *old_run;
  guint position = 0;

  for (guint i = 0; i < self->old_runs->len; i++)
    {
      const OldRun *other = self->old_runs->pdata[i];

      if (g_str_equal (other->run_id, run_id))
        return;
      if (other->created_us <= created_us)
        position = i + 1;
    }
  old_run = g_new0 (OldRun, 1);
  old_run->run_id = g_strdup (run_id);
  old_run->created_us = created_us;
  g_ptr_array_insert (self->old_runs, (int) position, old_run);
}

/**
 * spot_history_get_old_runs:
 * @self: a history
 *
 * Returns: (transfer none) (element-type utf8): ids of runs that were listed and not finished, the oldest first, no more
 *   than %SPOT_HISTORY_MAX_OLD_RUNS
 */
GPtrArray *
spot_history_get_old_runs (SpotHistory *self)
{
  return self->old_ids;
}

/**
 * spot_history_drop_old_run:
 * @self: a history
 * @run_id: a run that has ended, or is not to be followed for another reason
 *
 * It is not among the old runs any more; the next one takes its place.
 */
void
spot_history_drop_old_run (SpotHistory *self,
                           const char  *run_id)
{
  for (guint i = 0; i < self->old_runs->len; i++)
    if (g_str_equal (((OldRun *) self->old_runs->pdata[i])->run_id, run_id))
      {
        g_ptr_array_remove_index (self->old_runs, i);
        update_old_ids (self);
        return;
      }
}

/* ---- listing ---- */

static void next (SpotHistory *self);

static void
finish_current (SpotHistory      *self,
                SpotHistoryState  state)
{
  Item *item = g_steal_pointer (&self->current);

  g_clear_object (&item->lister);
  g_clear_object (&self->cancellable);
  /* May come back and want another. */
  spot_watch_set_history (item->watch, state);
  next (self);
}

static void
page_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  SpotHistory *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) records = spot_run_lister_next_finish (SPOT_RUN_LISTER (source), result, &error);
  Item *item;

  /* Whoever cancels has gone on without us, or is gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  item = self->current;
  if (records == NULL)
    {
      finish_current (self, SPOT_HISTORY_FAILED);
      return;
    }
  item->n_runs += records->len;
  for (guint i = 0; i < records->len; i++)
    if (!spot_run_record_has_ended (records->pdata[i])
        && !spot_run_status_is_final (spot_run_record_get_status (records->pdata[i])))
      add_old_run (self, records->pdata[i]);
  update_old_ids (self);
  self->sink (item->watch, records, self->user_data);
  if (self->current != item)
    return;
  if (spot_run_lister_is_at_end (item->lister) || item->n_runs >= SPOT_HISTORY_MAX_RUNS)
    finish_current (self, SPOT_HISTORY_LOADED);
  else
    spot_run_lister_next_async (item->lister, 0, self->cancellable, page_cb, self);
}

static void
next (SpotHistory *self)
{
  SpotRunFilter filter = { NULL };
  const SpotWatchSpec *spec;
  Item *item = NULL;

  if (self->current != NULL)
    return;
  for (guint i = 0; i < self->items->len && item == NULL; i++)
    {
      Item *other = self->items->pdata[i];

      if (spot_watch_get_history (other->watch) == SPOT_HISTORY_WAITING)
        item = other;
    }
  if (item == NULL)
    return;

  spec = spot_watch_get_spec (item->watch);
  filter.to_us = item->before_us;
  if (spec->kind == SPOT_WATCH_TAGS)
    filter.tags = (const char * const *) spec->tags;
  if (spec->kind == SPOT_WATCH_BATCH)
    filter.batch_id = spec->subject;
  self->current = item;
  self->cancellable = g_cancellable_new ();
  item->n_runs = 0;
  item->lister = spot_run_lister_new (self->environment, &filter);
  spot_watch_set_history (item->watch, SPOT_HISTORY_LOADING);
  if (self->current == item)
    spot_run_lister_next_async (item->lister, 0, self->cancellable, page_cb, self);
}

/**
 * spot_history_want:
 * @self: a history
 * @watch: a watch of the environment
 * @before_us: when its feed's window begins, microseconds since 1970
 *
 * Has the older runs of @watch listed, once. How far it has come is #SpotWatch:history.
 */
void
spot_history_want (SpotHistory *self,
                   SpotWatch   *watch,
                   gint64       before_us)
{
  Item *item;

  for (guint i = 0; i < self->items->len; i++)
    if (((Item *) self->items->pdata[i])->watch == watch)
      return;
  item = g_new0 (Item, 1);
  item->watch = g_object_ref (watch);
  item->before_us = before_us;
  g_ptr_array_add (self->items, item);
  spot_watch_set_history (watch, SPOT_HISTORY_WAITING);
  next (self);
}

/**
 * spot_history_forget:
 * @self: a history
 * @watch: a watch that is gone, or asks for something else now
 *
 * Its older runs are not listed any more, and are when they are wanted again.
 */
void
spot_history_forget (SpotHistory *self,
                     SpotWatch   *watch)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = self->items->pdata[i];

      if (item->watch != watch)
        continue;
      if (self->current == item)
        give_up_current (self);
      spot_watch_set_history (watch, SPOT_HISTORY_NONE);
      g_ptr_array_remove_index (self->items, i);
      next (self);
      return;
    }
}

/**
 * spot_history_retry:
 * @self: a history
 *
 * Lists again what could not be listed.
 */
void
spot_history_retry (SpotHistory *self)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = self->items->pdata[i];

      if (spot_watch_get_history (item->watch) == SPOT_HISTORY_FAILED)
        spot_watch_set_history (item->watch, SPOT_HISTORY_WAITING);
    }
  next (self);
}
