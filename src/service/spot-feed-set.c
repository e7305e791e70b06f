/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-feed-set.h"

struct _SpotFeedSet
{
  SpotEndpoint    *endpoint; /* (owned) */
  SpotUpdateQueue *queue;    /* (not owned) (nullable): %NULL once stopped */
  SpotRunStore    *store;    /* (owned) */
  gpointer         owner;

  GHashTable      *feeds;       /* (owned) (element-type utf8 SpotEnvironmentFeed): by key */
  GHashTable      *feeds_by_id; /* (owned) (element-type guint SpotEnvironmentFeed): the same */
  GHashTable      *reserved;    /* (owned) (element-type utf8 guint): ids that queries know, by key */
  GHashTable      *seeds;       /* (owned) (element-type utf8 SpotFeedSeed): what feeds start with, by key */
  guint            next_id;
  GArray          *commits;     /* (owned) (element-type SpotCommit) */
  guint64          updates;
  gboolean         pending;  /* something has come, or the store is not through with what it was given */
  gboolean         capped;
  gboolean         refused;  /* a live connection, since somebody asked */
  gboolean         offline;
  gboolean         waiting;  /* no feed starts before it is known with what */
};

static void
commit_clear (gpointer data)
{
  SpotCommit *self = data;

  g_clear_pointer (&self->batch, spot_run_batch_unref);
  g_clear_pointer (&self->feed_key, g_free);
}

static GArray *
commits_new (void)
{
  GArray *commits = g_array_new (FALSE, FALSE, sizeof (SpotCommit));

  g_array_set_clear_func (commits, commit_clear);
  return commits;
}

static SpotEnvironmentFeed *
get_environment_feed (SpotFeedSet *self)
{
  return g_hash_table_lookup (self->feeds, SPOT_ENVIRONMENT_FEED_KEY);
}

/**
 * spot_feed_set_new:
 * @endpoint: the server and the credential
 * @queue: where feeds deliver; must live until spot_feed_set_stop()
 * @store: where their rows go
 * @owner: who is named in the updates of the queue
 *
 * Returns: (transfer full): a set without feeds
 */
SpotFeedSet *
spot_feed_set_new (SpotEndpoint    *endpoint,
                   SpotUpdateQueue *queue,
                   SpotRunStore    *store,
                   gpointer         owner)
{
  SpotFeedSet *self = g_new0 (SpotFeedSet, 1);

  self->endpoint = spot_endpoint_ref (endpoint);
  self->queue = queue;
  self->store = g_object_ref (store);
  self->owner = owner;
  self->feeds = g_hash_table_new (g_str_hash, g_str_equal);
  self->feeds_by_id = g_hash_table_new (NULL, NULL);
  self->reserved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->seeds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) spot_feed_seed_free);
  self->next_id = SPOT_ENVIRONMENT_FEED_ID;
  self->commits = commits_new ();
  spot_feed_set_reserve_id (self, SPOT_ENVIRONMENT_FEED_KEY);
  return self;
}

/**
 * spot_feed_set_free:
 * @self: (nullable) (transfer full): a set
 *
 * Stops its feeds and frees it.
 */
void
spot_feed_set_free (SpotFeedSet *self)
{
  if (self == NULL)
    return;
  spot_feed_set_stop (self);
  spot_endpoint_unref (self->endpoint);
  g_object_unref (self->store);
  g_hash_table_unref (self->feeds);
  g_hash_table_unref (self->feeds_by_id);
  g_hash_table_unref (self->reserved);
  g_hash_table_unref (self->seeds);
  g_array_unref (self->commits);
  g_free (self);
}

static void
stop_feed (SpotFeedSet         *self,
           SpotEnvironmentFeed *feed)
{
  g_hash_table_remove (self->feeds_by_id, GUINT_TO_POINTER (feed->id));
  g_hash_table_remove (self->feeds, feed->key);
  spot_environment_feed_stop (feed);
}

/* Shows what was known of the feed's runs, until it knows better. */
static void
sow (SpotFeedSet         *self,
     SpotEnvironmentFeed *feed,
     const SpotFeedSeed  *seed)
{
  spot_run_store_push (self->store, feed->id, seed->rows);
  self->pending = TRUE;
  spot_update_queue_wake (self->queue);
  if (seed->position == NULL)
    return;
  feed->arrived = TRUE;
  /* That there were more is not told again. */
  feed->capped = feed->kind != SPOT_WISH_RUN && seed->rows->changes->len >= SPOT_NATIVE_ROW_CAP
                 && g_str_equal (spot_log_position_get_dialect (seed->position), "native");
  if (feed->kind == SPOT_WISH_ENVIRONMENT && feed->capped)
    self->capped = TRUE;
}

/* @id: what the store calls its rows, %NULL for one to be chosen */
static SpotEnvironmentFeed *
start_feed (SpotFeedSet        *self,
            const SpotFeedWish *wish,
            gpointer            id)
{
  SpotFeedSeed *seed = g_hash_table_lookup (self->seeds, wish->key);
  SpotEnvironmentFeed *feed;

  if (id == NULL)
    id = g_hash_table_lookup (self->reserved, wish->key);
  if (id == NULL)
    id = GUINT_TO_POINTER (self->next_id++);
  feed = spot_environment_feed_start (wish, self->endpoint, self->queue, self->owner, GPOINTER_TO_UINT (id), seed);
  g_hash_table_insert (self->feeds, feed->key, feed);
  g_hash_table_insert (self->feeds_by_id, id, feed);
  if (seed != NULL)
    sow (self, feed, seed);
  /* When it starts again it has gone on since. */
  if (seed != NULL && feed->feed != NULL)
    g_hash_table_remove (self->seeds, wish->key);
  return feed;
}

/* There is room for it now, or none any more, or it looks back further: its rows stay until those of the other are complete. */
static void
restart_feed (SpotFeedSet         *self,
              SpotEnvironmentFeed *feed,
              const SpotFeedWish  *wish)
{
  gboolean committed = feed->committed;
  gpointer id = GUINT_TO_POINTER (feed->id);

  stop_feed (self, feed);
  feed = start_feed (self, wish, id);
  feed->replaces = TRUE;
  feed->arrived = feed->committed = committed;
}

/**
 * spot_feed_set_wait:
 * @self: a set without feeds
 *
 * Starts none before spot_feed_set_go_on().
 */
void
spot_feed_set_wait (SpotFeedSet *self)
{
  self->waiting = TRUE;
}

/**
 * spot_feed_set_add_seed:
 * @self: a set that waits
 * @key: of a feed that may be wanted or not
 * @seed: (transfer full): what to start it with
 *
 * Lets the feed begin where it ended, or at least with something to show.
 */
void
spot_feed_set_add_seed (SpotFeedSet  *self,
                        const char   *key,
                        SpotFeedSeed *seed)
{
  g_hash_table_replace (self->seeds, g_strdup (key), seed);
}

/**
 * spot_feed_set_go_on:
 * @self: a set
 *
 * From now on feeds are started; the next spot_feed_set_follow() does.
 */
void
spot_feed_set_go_on (SpotFeedSet *self)
{
  self->waiting = FALSE;
  if (self->queue != NULL)
    spot_update_queue_wake (self->queue);
}

/**
 * spot_feed_set_reserve_id:
 * @self: a set
 * @key: of a feed that may run or not
 *
 * Fixes what the store calls the feed's rows, for queries that name it. Other feeds get a new id each time they start.
 *
 * Returns: the id, the same for the same key
 */
guint
spot_feed_set_reserve_id (SpotFeedSet *self,
                          const char  *key)
{
  gpointer id = g_hash_table_lookup (self->reserved, key);

  if (id == NULL)
    {
      id = GUINT_TO_POINTER (self->next_id++);
      g_hash_table_insert (self->reserved, g_strdup (key), id);
    }
  return GPOINTER_TO_UINT (id);
}

/**
 * spot_feed_set_release_id:
 * @self: a set
 * @key: of a feed that does not run
 *
 * Takes spot_feed_set_reserve_id() back: no query names the feed's rows any more.
 */
void
spot_feed_set_release_id (SpotFeedSet *self,
                          const char  *key)
{
  if (!g_hash_table_contains (self->feeds, key))
    g_hash_table_remove (self->reserved, key);
}

/**
 * spot_feed_set_follow:
 * @self: a set
 * @plan: which feeds to run
 *
 * Starts and stops the difference between what runs and what should. Rows of a feed that nobody wants any more leave the
 * store; those of one for which there is no room stay.
 */
void
spot_feed_set_follow (SpotFeedSet  *self,
                      SpotFeedPlan *plan)
{
  g_autoptr(GPtrArray) to_stop = g_ptr_array_new ();
  g_autoptr(GArray) left_ids = g_array_new (FALSE, FALSE, sizeof (guint));
  GHashTableIter iter;
  SpotEnvironmentFeed *feed;

  if (self->queue == NULL || self->waiting)
    return;

  g_hash_table_iter_init (&iter, self->feeds);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &feed))
    {
      if (spot_feed_plan_find (plan, feed->key) == NULL)
        {
          g_ptr_array_add (to_stop, feed);
          g_array_append_val (left_ids, feed->id);
        }
    }
  for (guint i = 0; i < to_stop->len; i++)
    stop_feed (self, to_stop->pdata[i]);
  for (guint i = 0; i < plan->wishes->len; i++)
    {
      SpotFeedWish *wish = plan->wishes->pdata[i];

      feed = g_hash_table_lookup (self->feeds, wish->key);
      if (feed == NULL)
        start_feed (self, wish, NULL);
      else if (!spot_environment_feed_fits (feed, wish))
        restart_feed (self, feed, wish);
      else
        spot_environment_feed_hold (feed, wish->held);
    }
  /* Last, because the store's listeners may have wishes of their own. */
  for (guint i = 0; i < left_ids->len; i++)
    spot_run_store_remove_feed (self->store, g_array_index (left_ids, guint, i));
}

/**
 * spot_feed_set_is_committed:
 * @self: a set
 * @key: of a feed
 *
 * Returns: whether the feed runs and its first snapshot is complete and applied
 */
gboolean
spot_feed_set_is_committed (SpotFeedSet *self,
                            const char  *key)
{
  SpotEnvironmentFeed *feed = g_hash_table_lookup (self->feeds, key);

  return feed != NULL && feed->committed;
}

/**
 * spot_feed_set_is_over:
 * @self: a set
 * @key: of a feed
 *
 * Returns: whether the feed has come to its end by itself
 */
gboolean
spot_feed_set_is_over (SpotFeedSet *self,
                       const char  *key)
{
  SpotEnvironmentFeed *feed = g_hash_table_lookup (self->feeds, key);

  return feed != NULL && spot_environment_feed_is_over (feed);
}

/**
 * spot_feed_set_is_capped:
 * @self: a set
 *
 * Returns: whether the environment feed has had as many rows at first as servers of the native kind give at most
 */
gboolean
spot_feed_set_is_capped (SpotFeedSet *self)
{
  return self->capped;
}

/**
 * spot_feed_set_retry:
 * @self: a set
 * @key: (nullable): of a feed, %NULL for all
 *
 * The feed catches up at once; in place of one that is over the environment feed does.
 */
void
spot_feed_set_retry (SpotFeedSet *self,
                     const char  *key)
{
  GHashTableIter iter;
  SpotEnvironmentFeed *feed;

  if (key != NULL)
    {
      feed = g_hash_table_lookup (self->feeds, key);
      if (feed != NULL && spot_environment_feed_is_over (feed))
        feed = get_environment_feed (self);
      if (feed != NULL)
        spot_environment_feed_retry (feed);
      return;
    }
  g_hash_table_iter_init (&iter, self->feeds);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &feed))
    spot_environment_feed_retry (feed);
}

/**
 * spot_feed_set_set_endpoint:
 * @self: a set
 * @endpoint: the server and the credential
 *
 * Feeds go on with another credential, at once and from the same position; those that start later begin with it.
 */
void
spot_feed_set_set_endpoint (SpotFeedSet  *self,
                            SpotEndpoint *endpoint)
{
  GHashTableIter iter;
  SpotEnvironmentFeed *feed;

  spot_endpoint_ref (endpoint);
  spot_endpoint_unref (self->endpoint);
  self->endpoint = endpoint;
  g_hash_table_iter_init (&iter, self->feeds);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &feed))
    spot_environment_feed_set_endpoint (feed, endpoint);
}

/**
 * spot_feed_set_stop:
 * @self: a set
 *
 * Stops every feed, for good. Their rows stay in the store.
 */
void
spot_feed_set_stop (SpotFeedSet *self)
{
  GHashTableIter iter;
  SpotEnvironmentFeed *feed;

  self->queue = NULL;
  g_hash_table_remove_all (self->feeds_by_id);
  g_hash_table_iter_init (&iter, self->feeds);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &feed))
    {
      g_hash_table_iter_remove (&iter);
      spot_environment_feed_stop (feed);
    }
}

typedef struct
{
  guint         feed_id;
  GHashTable   *ids;   /* (element-type utf8): of runs that stay */
  SpotRunBatch *leave;
} Leaving;

static void
collect_leaving (gpointer data,
                 gpointer user_data)
{
  SpotRun *run = data;
  Leaving *leaving = user_data;

  if (spot_run_is_in_feed (run, leaving->feed_id) && !g_hash_table_contains (leaving->ids, spot_run_get_id (run)))
    spot_run_batch_add (leaving->leave, spot_run_get_record (run), TRUE);
}

/* What the feed before it had brought, and its own snapshot has not, is gone. */
static void
drop_left_over (SpotFeedSet         *self,
                SpotEnvironmentFeed *feed,
                SpotRunBatch        *snapshot)
{
  g_autoptr(GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(SpotRunBatch) leave = spot_run_batch_new (SPOT_RUN_BATCH_REFETCH);
  Leaving leaving = { feed->id, ids, leave };

  for (guint i = 0; i < snapshot->changes->len; i++)
    {
      const char *id = spot_run_record_get_id (g_array_index (snapshot->changes, SpotRunChange, i).record);

      if (id != NULL)
        g_hash_table_add (ids, (gpointer) id);
    }
  spot_run_store_foreach (self->store, collect_leaving, &leaving);
  if (leave->changes->len > 0)
    spot_run_store_push (self->store, feed->id, leave);
  feed->replaces = FALSE;
}

static void
take_batch (SpotFeedSet         *self,
            SpotEnvironmentFeed *feed,
            SpotRunBatch        *batch)
{
  SpotCommit commit = { .feed_id = feed->id, .kind = feed->kind, .first = !feed->caught_up };

  if (batch->n_bad_rows > 0)
    {
      feed->n_unreadable += batch->n_bad_rows;
      if (feed->unreadable == NULL)
        feed->unreadable = g_strdup (batch->diagnostic);
    }
  spot_run_store_push (self->store, feed->id, batch);
  if (batch->kind == SPOT_RUN_BATCH_PREVIEW)
    return;

  commit.feed_key = g_strdup (feed->key);
  commit.batch = spot_run_batch_ref (batch);
  g_array_append_val (self->commits, commit);
  feed->arrived = TRUE;
  feed->caught_up = TRUE;
  if (batch->kind == SPOT_RUN_BATCH_SNAPSHOT)
    {
      if (feed->replaces)
        drop_left_over (self, feed, batch);
      feed->capped = feed->kind != SPOT_WISH_RUN && batch->changes->len == SPOT_NATIVE_ROW_CAP;
      if (feed->kind == SPOT_WISH_ENVIRONMENT && feed->capped)
        self->capped = TRUE;
    }
  else
    {
      feed->updates += batch->changes->len;
      self->updates += batch->changes->len;
    }
}

static void
take_status (SpotFeedSet         *self,
             SpotEnvironmentFeed *feed,
             SpotFeedStatus      *status)
{
  /* A refusal is told again when the next attempt begins; by its time it is known. */
  if (g_error_matches (status->problem, SPOT_API_ERROR, SPOT_API_ERROR_BUSY) && status->retry_at_us != 0 &&
      (feed->status == NULL || feed->status->retry_at_us != status->retry_at_us))
    self->refused = TRUE;
  g_clear_pointer (&feed->status, spot_feed_status_unref);
  feed->status = spot_feed_status_ref (status);
  /* What is empty may be told by this alone. */
  if (status->state == SPOT_FEED_LIVE || status->state == SPOT_FEED_STOPPED)
    {
      feed->arrived = TRUE;
      feed->caught_up = TRUE;
    }
}

/**
 * spot_feed_set_take_update:
 * @self: a set
 * @update: what one of its feeds sent; left empty
 *
 * Hands it on to the store, which goes through it in spot_feed_set_apply().
 */
void
spot_feed_set_take_update (SpotFeedSet *self,
                           SpotUpdate  *update)
{
  SpotEnvironmentFeed *feed = g_hash_table_lookup (self->feeds_by_id, GUINT_TO_POINTER (update->feed_id));

  if (feed != NULL && update->batch != NULL)
    take_batch (self, feed, update->batch);
  if (feed != NULL && update->status != NULL)
    take_status (self, feed, update->status);
  g_clear_pointer (&update->batch, spot_run_batch_unref);
  g_clear_pointer (&update->status, spot_feed_status_unref);
  self->pending = TRUE;
}

/**
 * spot_feed_set_take_rows:
 * @self: a set
 * @feed_id: under which the store has them, from spot_feed_set_reserve_id()
 * @batch: (transfer none): rows that came another way than by a feed
 *
 * Takes them as if a feed had committed them.
 */
void
spot_feed_set_take_rows (SpotFeedSet  *self,
                         guint         feed_id,
                         SpotRunBatch *batch)
{
  SpotCommit commit = { .feed_id = feed_id, .kind = SPOT_WISH_RUN };

  if (self->queue == NULL)
    return;
  spot_run_store_push (self->store, feed_id, batch);
  commit.batch = spot_run_batch_ref (batch);
  g_array_append_val (self->commits, commit);
  self->pending = TRUE;
  spot_update_queue_wake (self->queue);
}

/**
 * spot_feed_set_drop_rows:
 * @self: a set
 * @key: with which the rows' id was reserved
 *
 * Takes what spot_feed_set_take_rows() brought out of the store.
 */
void
spot_feed_set_drop_rows (SpotFeedSet *self,
                         const char  *key)
{
  gpointer id = g_hash_table_lookup (self->reserved, key);

  if (id == NULL)
    return;
  g_hash_table_remove (self->reserved, key);
  spot_run_store_remove_feed (self->store, GPOINTER_TO_UINT (id));
}

/**
 * spot_feed_set_apply:
 * @self: a set
 * @budget_us: how long it may take, in microseconds; %G_MAXINT64 for as long as it takes
 * @newly_committed: (out): whether a feed's first snapshot is complete now that was not before
 *
 * Lets the store apply what has been taken.
 *
 * Returns: whether it is through: %FALSE asks for a call in the next frame
 */
gboolean
spot_feed_set_apply (SpotFeedSet *self,
                     gint64       budget_us,
                     gboolean    *newly_committed)
{
  GHashTableIter iter;
  SpotEnvironmentFeed *feed;

  *newly_committed = FALSE;
  if (!self->pending)
    return TRUE;

  if (!spot_run_store_drain (self->store, budget_us))
    return FALSE;

  self->pending = FALSE;
  g_hash_table_iter_init (&iter, self->feeds);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &feed))
    if (feed->arrived && !feed->committed)
      {
        feed->committed = TRUE;
        *newly_committed = TRUE;
      }
  return TRUE;
}

/**
 * spot_feed_set_steal_commits:
 * @self: a set
 *
 * Returns: (transfer full) (nullable) (element-type SpotCommit): what was committed and applied since the last call, in
 *   order; %NULL when there is nothing, or when the store is not through yet
 */
GArray *
spot_feed_set_steal_commits (SpotFeedSet *self)
{
  GArray *commits;

  if (self->pending || self->commits->len == 0)
    return NULL;
  commits = self->commits;
  self->commits = commits_new ();
  return commits;
}

/**
 * spot_feed_set_steal_refused:
 * @self: a set
 *
 * Returns: whether the server has refused a live connection since the last call
 */
gboolean
spot_feed_set_steal_refused (SpotFeedSet *self)
{
  gboolean refused = self->refused;

  self->refused = FALSE;
  return refused;
}

/**
 * spot_feed_set_count_live:
 * @self: a set
 *
 * Returns: how many feeds take a live connection, or wait for one
 */
guint
spot_feed_set_count_live (SpotFeedSet *self)
{
  GHashTableIter iter;
  SpotEnvironmentFeed *feed;
  guint count = 0;

  g_hash_table_iter_init (&iter, self->feeds);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &feed))
    count += feed->feed != NULL && !feed->held && !spot_environment_feed_is_over (feed)
             && (feed->status == NULL || feed->status->state != SPOT_FEED_NEEDS_ATTENTION);
  return count;
}

/**
 * spot_feed_set_set_offline:
 * @self: a set
 * @offline: whether this machine has no network on which the server could be
 *
 * Changes how a server that cannot be reached is told.
 */
void
spot_feed_set_set_offline (SpotFeedSet *self,
                           gboolean     offline)
{
  self->offline = offline;
}

/**
 * spot_feed_set_get_info:
 * @self: a set
 * @key: of a feed
 *
 * Returns: where the feed stands; one that is over leaves its run to the environment feed, where there is one. `detail`
 *   belongs to the feed
 */
SpotConnectionInfo
spot_feed_set_get_info (SpotFeedSet *self,
                        const char  *key)
{
  SpotEnvironmentFeed *feed = g_hash_table_lookup (self->feeds, key);
  SpotEnvironmentFeed *environment_feed = get_environment_feed (self);
  SpotConnectionInfo info = { .state = SPOT_CONNECTION_CONNECTING };

  if (feed == NULL)
    return info;
  info = spot_environment_feed_get_info (feed, self->offline);
  if (spot_environment_feed_is_over (feed) && environment_feed != NULL)
    {
      SpotConnectionInfo other = spot_environment_feed_get_info (environment_feed, self->offline);

      other.updates = info.updates;
      other.n_unreadable = info.n_unreadable;
      other.unreadable = info.unreadable;
      other.last_synced_us = MAX (other.last_synced_us, info.last_synced_us);
      return other;
    }
  return info;
}

/**
 * spot_feed_set_has_problem:
 * @self: a set
 * @problem: a problem
 *
 * Returns: whether one of the feeds cannot go on for that reason
 */
gboolean
spot_feed_set_has_problem (SpotFeedSet *self,
                           SpotProblem  problem)
{
  GHashTableIter iter;
  SpotEnvironmentFeed *feed;

  g_hash_table_iter_init (&iter, self->feeds);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &feed))
    {
      SpotConnectionInfo info = spot_environment_feed_get_info (feed, self->offline);

      if (info.state == SPOT_CONNECTION_NEEDS_ATTENTION && info.problem == problem)
        return TRUE;
    }
  return FALSE;
}

/**
 * spot_feed_set_get_worst_info:
 * @self: a set
 *
 * What the user has to know about all of them together: the state that is worst, and among equals the environment
 * feed's. A single run that the server does not know is a matter of that run and left out.
 *
 * Returns: where the environment stands; `detail` belongs to a feed
 */
SpotConnectionInfo
spot_feed_set_get_worst_info (SpotFeedSet *self)
{
  SpotEnvironmentFeed *environment_feed = get_environment_feed (self);
  SpotConnectionInfo worst = { .state = SPOT_CONNECTION_CONNECTING };
  gint64 last_synced_us = 0;
  gboolean found = environment_feed != NULL;
  GHashTableIter iter;
  SpotEnvironmentFeed *feed;

  if (environment_feed != NULL)
    worst = spot_environment_feed_get_info (environment_feed, self->offline);
  g_hash_table_iter_init (&iter, self->feeds);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &feed))
    {
      SpotConnectionInfo info = spot_environment_feed_get_info (feed, self->offline);

      last_synced_us = MAX (last_synced_us, info.last_synced_us);
      if (feed->kind == SPOT_WISH_RUN && info.problem == SPOT_PROBLEM_NOT_FOUND)
        continue;
      if (!found || spot_connection_state_get_weight (info.state) > spot_connection_state_get_weight (worst.state))
        worst = info;
      found = TRUE;
    }
  worst.last_synced_us = last_synced_us;
  worst.updates = self->updates;
  return worst;
}
