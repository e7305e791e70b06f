/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include "spot-run-index.h"
#include "spot-run-private.h"

#include "spot-run-store.h"

/* Changes between two looks at the clock. */
#define CHANGES_PER_LOOK 64u

/* Runs of a feed that are listed. The feed of an opened run has one; to find that one, nobody should have to walk a hundred
 * thousand. A feed with more has a good part of all runs, so that it may as well walk. */
#define MAX_LISTED 64u

/* A batch in the queue. */
typedef struct
{
  guint         feed_id;
  SpotRunBatch *batch; /* owned */
  guint         next;  /* the change to go on with */
} Push;

typedef struct
{
  guint      n_runs;     /* that are in the feed */
  guint      n_previews; /* of them, seen in a preview only */
  GPtrArray *listed;     /* owned, nullable (element-type SpotRun): all of them, unless there have once been too many */
} FeedCount;

/* What the drain that is on has done to a run so far. */
typedef struct
{
  SpotRun         *run;           /* owned */
  SpotRunRecord   *before;        /* owned, nullable */
  SpotRunGlance   *glance_before; /* owned, nullable */
  SpotRunBatchKind kind;
  gboolean         moved;
} Touch;

struct _SpotRunStore
{
  GObject parent_instance;

  SpotRunIndex      *index;   /* owned */
  GQueue             queue;   /* (element-type Push), the oldest first */
  GHashTable        *counts;  /* owned (element-type guint FeedCount) */
  GArray            *touched; /* owned (element-type Touch): empty between drains */
  GArray            *leaving; /* owned (element-type guint): feeds to remove when the drain is done */
  gboolean           draining;
  SpotRunStoreClock  clock;
  gpointer           clock_data;
};

G_DEFINE_FINAL_TYPE (SpotRunStore, spot_run_store, G_TYPE_OBJECT)

enum { DRAINED, N_SIGNALS };

static guint signals[N_SIGNALS];

static gint64
monotonic_clock (gpointer user_data)
{
  return g_get_monotonic_time ();
}

static void
push_free (Push *push)
{
  spot_run_batch_unref (push->batch);
  g_free (push);
}

static void
touch_clear (gpointer data)
{
  Touch *touch = data;

  g_clear_object (&touch->run);
  g_clear_pointer (&touch->before, spot_run_record_unref);
  g_clear_pointer (&touch->glance_before, spot_run_glance_free);
}

static void
change_clear (gpointer data)
{
  SpotRunStoreChange *change = data;

  g_clear_object (&change->run);
  g_clear_pointer (&change->before, spot_run_record_unref);
}

static void
feed_count_free (gpointer data)
{
  FeedCount *count = data;

  g_clear_pointer (&count->listed, g_ptr_array_unref);
  g_free (count);
}

static FeedCount *
get_count (SpotRunStore *self,
           guint         feed_id)
{
  FeedCount *count = g_hash_table_lookup (self->counts, GUINT_TO_POINTER (feed_id));

  if (count == NULL)
    {
      count = g_new0 (FeedCount, 1);
      count->listed = g_ptr_array_new ();
      g_hash_table_insert (self->counts, GUINT_TO_POINTER (feed_id), count);
    }
  return count;
}

static Touch *
touch (SpotRunStore     *self,
       SpotRun          *run,
       SpotRunRecord    *before,
       SpotRunBatchKind  kind)
{
  Touch *entry;

  if (run->touched == 0)
    {
      Touch fresh = {
        .run = g_object_ref (run),
        .before = before != NULL ? spot_run_record_ref (before) : NULL,
        .kind = kind,
      };

      g_array_append_val (self->touched, fresh);
      run->touched = self->touched->len;
    }
  entry = &g_array_index (self->touched, Touch, run->touched - 1);
  /* What a commit brought is to be acted on, even if another feed's preview comes behind it. */
  if (kind != SPOT_RUN_BATCH_PREVIEW)
    entry->kind = kind;
  return entry;
}

/* Makes the run's record anew after what its feeds know has changed. */
static void
refresh (SpotRun *run,
         Touch   *entry)
{
  g_autoptr(SpotRunRecord) record = NULL;
  g_autoptr(SpotRunGlance) glance = NULL;

  if (!spot_run_has_feeds (run))
    return;
  record = spot_run_combine (run);
  if (record == run->record)
    return;
  glance = spot_run_swap_record (run, record);
  if (entry->glance_before == NULL)
    entry->glance_before = g_steal_pointer (&glance);
}

static void
leave (SpotRunStore     *self,
       SpotRun          *run,
       guint             feed_id,
       SpotRunBatchKind  kind)
{
  SpotRunFeed *feed = spot_run_find_feed (run, feed_id);
  FeedCount *count = get_count (self, feed_id);
  Touch *entry;

  count->n_runs--;
  count->n_previews -= feed->preview;
  if (count->listed != NULL)
    g_ptr_array_remove_fast (count->listed, run);
  entry = touch (self, run, run->record, kind);
  entry->moved = TRUE;
  spot_run_leave_feed (run, feed_id);
  refresh (run, entry);
}

static void
enter (SpotRunStore     *self,
       const char       *id,
       guint             feed_id,
       SpotRunBatchKind  kind,
       SpotRunRecord    *record)
{
  SpotRun *run = spot_run_index_lookup (self->index, id);
  FeedCount *count = get_count (self, feed_id);
  SpotRunFeed *feed = NULL;
  gboolean preview = kind == SPOT_RUN_BATCH_PREVIEW;
  Touch *entry;

  if (run == NULL)
    {
      g_autoptr(SpotRun) fresh = spot_run_new (record);

      spot_run_index_insert (self->index, fresh);
      run = fresh;
      entry = touch (self, run, NULL, kind);
    }
  else
    {
      feed = spot_run_find_feed (run, feed_id);
      /* A preview may be older than what the feed has committed before. */
      if (preview && feed != NULL && !feed->preview)
        return;
      entry = touch (self, run, run->record, kind);
    }

  if (feed == NULL)
    {
      count->n_runs++;
      count->n_previews += preview;
      if (count->n_runs > MAX_LISTED)
        g_clear_pointer (&count->listed, g_ptr_array_unref);
      else if (count->listed != NULL)
        g_ptr_array_add (count->listed, run);
      entry->moved = TRUE;
    }
  else if (feed->preview && !preview)
    {
      count->n_previews--;
    }
  spot_run_set_feed (run, feed_id, preview, record);
  refresh (run, entry);
}

static void
apply (SpotRunStore        *self,
       guint                feed_id,
       SpotRunBatchKind     kind,
       const SpotRunChange *change)
{
  const char *id = spot_run_record_get_id (change->record);

  if (change->removed)
    {
      SpotRun *run = spot_run_index_lookup (self->index, id);

      if (run != NULL && spot_run_find_feed (run, feed_id) != NULL)
        leave (self, run, feed_id, kind);
    }
  else if (spot_run_record_is_showable (change->record))
    {
      enter (self, id, feed_id, kind, change->record);
    }
}

/* Takes all runs out of the feed, or those that it has only shown in a preview. */
static void
leave_all (SpotRunStore     *self,
           guint             feed_id,
           gboolean          only_previews,
           SpotRunBatchKind  kind)
{
  FeedCount *count = get_count (self, feed_id);
  guint *n_left = only_previews ? &count->n_previews : &count->n_runs;
  guint cursor = 0;
  SpotRun *run;

  if (count->listed != NULL)
    {
      for (guint i = count->listed->len; i > 0; i--)
        {
          run = count->listed->pdata[i - 1];
          if (spot_run_find_feed (run, feed_id)->preview || !only_previews)
            leave (self, run, feed_id, kind);
        }
      return;
    }
  while (*n_left > 0 && spot_run_index_next (self->index, &cursor, &run))
    {
      SpotRunFeed *feed = spot_run_find_feed (run, feed_id);

      if (feed != NULL && (feed->preview || !only_previews))
        leave (self, run, feed_id, kind);
    }
}

/* Applies what is queued, until @deadline_us. */
static void
apply_queue (SpotRunStore *self,
             gint64        deadline_us)
{
  guint n_applied = 0;
  Push *push;

  while ((push = g_queue_peek_head (&self->queue)) != NULL)
    {
      GArray *changes = push->batch->changes;

      while (push->next < changes->len)
        {
          if (n_applied++ % CHANGES_PER_LOOK == 0 && n_applied > 1 && deadline_us != G_MAXINT64
              && self->clock (self->clock_data) >= deadline_us)
            return;
          apply (self, push->feed_id, push->batch->kind, &g_array_index (changes, SpotRunChange, push->next++));
        }
      /* The first commit has everything. What it does not have was old news. */
      if (push->batch->kind != SPOT_RUN_BATCH_PREVIEW && get_count (self, push->feed_id)->n_previews > 0)
        leave_all (self, push->feed_id, TRUE, push->batch->kind);
      push_free (g_queue_pop_head (&self->queue));
    }
}

/* Turns what was touched into what is told to listeners. Runs in no feed leave the index. */
static GArray *
sum_up (SpotRunStore *self,
        GArray       *touched)
{
  GArray *changes = g_array_sized_new (FALSE, FALSE, sizeof (SpotRunStoreChange), touched->len);

  g_array_set_clear_func (changes, change_clear);
  for (guint i = 0; i < touched->len; i++)
    {
      Touch *entry = &g_array_index (touched, Touch, i);
      SpotRunStoreChange change = { .removed = !spot_run_has_feeds (entry->run), .moved = entry->moved };

      entry->run->touched = 0;
      if (change.removed)
        {
          spot_run_index_remove (self->index, entry->run);
          /* Came and went: nobody has seen it. */
          if (entry->before == NULL)
            continue;
        }
      change.run = g_object_ref (entry->run);
      change.kind = entry->kind;
      if (entry->before != NULL)
        {
          change.before = spot_run_record_ref (entry->before);
          if (entry->before != entry->run->record)
            change.changed = spot_run_record_diff (entry->before, entry->run->record);
        }
      else
        {
          change.changed = spot_run_record_get_known (entry->run->record);
        }
      g_array_append_val (changes, change);
    }
  return changes;
}

/* Tells listeners, first of the whole drain, then of each run. */
static void
tell (SpotRunStore *self)
{
  g_autoptr(GArray) touched = g_steal_pointer (&self->touched);
  g_autoptr(GArray) changes = NULL;

  self->touched = g_array_new (FALSE, FALSE, sizeof (Touch));
  g_array_set_clear_func (self->touched, touch_clear);
  if (touched->len == 0)
    return;

  changes = sum_up (self, touched);
  if (changes->len > 0)
    g_signal_emit (self, signals[DRAINED], 0, changes);
  for (guint i = 0, j = 0; i < touched->len && j < changes->len; i++)
    {
      Touch *entry = &g_array_index (touched, Touch, i);
      SpotRunStoreChange *change = &g_array_index (changes, SpotRunStoreChange, j);

      if (entry->run != change->run)
        continue;
      j++;
      if (change->before != NULL)
        spot_run_announce (change->run, change->before, entry->glance_before, change->changed);
    }
}

static void
remove_feed (SpotRunStore *self,
             guint         feed_id)
{
  for (GList *l = self->queue.head; l != NULL;)
    {
      GList *next = l->next;
      Push *push = l->data;

      if (push->feed_id == feed_id)
        {
          push_free (push);
          g_queue_delete_link (&self->queue, l);
        }
      l = next;
    }
  leave_all (self, feed_id, FALSE, SPOT_RUN_BATCH_CHANGES);
  g_hash_table_remove (self->counts, GUINT_TO_POINTER (feed_id));
  tell (self);
}

/* Listeners may ask for the end of a feed while they are told of a drain. They all hear the same story in the same order
 * if it ends after the drain. */
static void
remove_leaving (SpotRunStore *self)
{
  while (self->leaving->len > 0)
    {
      guint feed_id = g_array_index (self->leaving, guint, 0);

      g_array_remove_index (self->leaving, 0);
      remove_feed (self, feed_id);
    }
}

static void
spot_run_store_finalize (GObject *object)
{
  SpotRunStore *self = SPOT_RUN_STORE (object);

  g_queue_clear_full (&self->queue, (GDestroyNotify) push_free);
  g_array_unref (self->touched);
  g_array_unref (self->leaving);
  g_hash_table_unref (self->counts);
  spot_run_index_free (self->index);

  G_OBJECT_CLASS (spot_run_store_parent_class)->finalize (object);
}

static void
spot_run_store_class_init (SpotRunStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = spot_run_store_finalize;

  /**
   * SpotRunStore::drained:
   * @self: the store
   * @changes: (element-type SpotRunStoreChange): one entry for each run touched, good during the emission
   *
   * What a drain, or the removal of a feed, did. Removed runs have left the store already; runs that changed have not
   * notified yet. A listener may push, and may remove feeds, which happens behind the emission; it must not drain.
   */
  signals[DRAINED] = g_signal_new ("drained", SPOT_TYPE_RUN_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                   1, G_TYPE_ARRAY | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
spot_run_store_init (SpotRunStore *self)
{
  self->index = spot_run_index_new ();
  self->counts = g_hash_table_new_full (NULL, NULL, NULL, feed_count_free);
  self->touched = g_array_new (FALSE, FALSE, sizeof (Touch));
  g_array_set_clear_func (self->touched, touch_clear);
  self->leaving = g_array_new (FALSE, FALSE, sizeof (guint));
  self->clock = monotonic_clock;
  g_queue_init (&self->queue);
}

/**
 * spot_run_store_new:
 *
 * Returns: (transfer full): a store without runs
 */
SpotRunStore *
spot_run_store_new (void)
{
  return g_object_new (SPOT_TYPE_RUN_STORE, NULL);
}

/**
 * spot_run_store_set_clock:
 * @self: a store
 * @clock: (nullable) (scope forever): gives microseconds; %NULL for the monotonic clock
 * @user_data: data for @clock, which must outlive @self
 *
 * Sets the clock that budgets are measured by.
 */
void
spot_run_store_set_clock (SpotRunStore      *self,
                          SpotRunStoreClock  clock,
                          gpointer           user_data)
{
  g_return_if_fail (SPOT_IS_RUN_STORE (self));

  self->clock = clock != NULL ? clock : monotonic_clock;
  self->clock_data = user_data;
}

/**
 * spot_run_store_push:
 * @self: a store
 * @feed_id: the feed that the batch is from; whoever runs the feeds chooses the numbers
 * @batch: a batch, which is referenced
 *
 * Queues @batch for the next drain. Nothing happens to any run before.
 */
void
spot_run_store_push (SpotRunStore *self,
                     guint         feed_id,
                     SpotRunBatch *batch)
{
  Push *push;

  g_return_if_fail (SPOT_IS_RUN_STORE (self));
  g_return_if_fail (batch != NULL);

  push = g_new0 (Push, 1);
  push->feed_id = feed_id;
  push->batch = spot_run_batch_ref (batch);
  g_queue_push_tail (&self->queue, push);
}

/**
 * spot_run_store_drain:
 * @self: a store
 * @budget_us: how long applying may take, in microseconds; %G_MAXINT64 for as long as there is something
 *
 * Applies queued batches in order. When the budget is used up it stops, also in the middle of a batch, and the next drain
 * goes on there; at least 64 changes are applied, so that every drain gets ahead. Rows that cannot be shown yet are passed
 * over.
 *
 * Returns: %TRUE when the queue is empty
 */
gboolean
spot_run_store_drain (SpotRunStore *self,
                      gint64        budget_us)
{
  g_autoptr(SpotRunStore) hold = NULL;
  gint64 deadline_us = G_MAXINT64;

  g_return_val_if_fail (SPOT_IS_RUN_STORE (self), TRUE);

  if (self->draining || g_queue_is_empty (&self->queue))
    return g_queue_is_empty (&self->queue);

  hold = g_object_ref (self);
  self->draining = TRUE;
  if (budget_us < G_MAXINT64 && __builtin_add_overflow (self->clock (self->clock_data), budget_us, &deadline_us))
    deadline_us = G_MAXINT64;
  apply_queue (self, deadline_us);
  tell (self);
  remove_leaving (self);
  self->draining = FALSE;
  return g_queue_is_empty (&self->queue);
}

/**
 * spot_run_store_flush:
 * @self: a store
 *
 * Applies everything that is queued, however long it takes.
 */
void
spot_run_store_flush (SpotRunStore *self)
{
  g_return_if_fail (SPOT_IS_RUN_STORE (self));

  spot_run_store_drain (self, G_MAXINT64);
}

/**
 * spot_run_store_remove_feed:
 * @self: a store
 * @feed_id: a feed
 *
 * Forgets the feed, with what is queued from it. Runs that are in no other feed leave the store.
 */
void
spot_run_store_remove_feed (SpotRunStore *self,
                            guint         feed_id)
{
  g_autoptr(SpotRunStore) hold = NULL;

  g_return_if_fail (SPOT_IS_RUN_STORE (self));

  g_array_append_val (self->leaving, feed_id);
  if (self->draining)
    return;
  hold = g_object_ref (self);
  self->draining = TRUE;
  remove_leaving (self);
  self->draining = FALSE;
}

/**
 * spot_run_store_lookup:
 * @self: a store
 * @run_id: (nullable): a run's public id
 *
 * Returns: (transfer none) (nullable): the run
 */
SpotRun *
spot_run_store_lookup (SpotRunStore *self,
                       const char   *run_id)
{
  g_return_val_if_fail (SPOT_IS_RUN_STORE (self), NULL);

  return run_id != NULL ? spot_run_index_lookup (self->index, run_id) : NULL;
}

/**
 * spot_run_store_get_n_runs:
 * @self: a store
 *
 * Returns: how many runs it has, previewed ones included
 */
guint
spot_run_store_get_n_runs (SpotRunStore *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_STORE (self), 0);

  return spot_run_index_get_n_runs (self->index);
}

/**
 * spot_run_store_foreach:
 * @self: a store
 * @func: (scope call): called with each #SpotRun, in no order; must not drain
 * @user_data: data for @func
 *
 * Goes through all runs.
 */
void
spot_run_store_foreach (SpotRunStore *self,
                        GFunc         func,
                        gpointer      user_data)
{
  guint cursor = 0;
  SpotRun *run;

  g_return_if_fail (SPOT_IS_RUN_STORE (self));
  g_return_if_fail (func != NULL);

  while (spot_run_index_next (self->index, &cursor, &run))
    func (run, user_data);
}
