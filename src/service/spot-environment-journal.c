/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-environment-private.h"
#include "spot-watch-private.h"

/* A disk that does not answer must not keep anybody from watching. */
#define LOAD_PATIENCE_S 10

/* How far lists look back unless the user has another wish: what is older will not be in them. */
#define USUAL_HOURS 24

/* ---- what was kept ---- */

static void
add_seed (SpotEnvironment *self,
          SpotJournalFeed *feed)
{
  SpotFeedSeed *seed = g_new0 (SpotFeedSeed, 1);

  seed->position = spot_log_position_ref (feed->position);
  seed->as_of_us = feed->committed_us;
  seed->rows = spot_run_batch_new (SPOT_RUN_BATCH_CATCH_UP);
  for (guint i = 0; i < feed->rows->len; i++)
    {
      SpotJournalRow *row = &g_array_index (feed->rows, SpotJournalRow, i);

      spot_run_batch_add_row (seed->rows, row->record, FALSE, row->key, strlen (row->key));
    }
  spot_feed_set_add_seed (self->feeds, feed->key, seed);
}

/* The feed over the environment has to begin anew. What it will likely have is something to look at meanwhile. */
static void
add_preview (SpotEnvironment           *self,
             const SpotJournalContents *contents)
{
  SpotFeedSeed *seed = g_new0 (SpotFeedSeed, 1);
  guint n_hours = self->limits.look_back_hours != 0 ? self->limits.look_back_hours : USUAL_HOURS;
  gint64 start_us = g_get_real_time () - n_hours * G_TIME_SPAN_HOUR;

  seed->as_of_us = contents->as_of_us;
  seed->rows = spot_run_batch_new (SPOT_RUN_BATCH_PREVIEW);
  for (guint i = 0; i < contents->runs->len; i++)
    {
      SpotRunRecord *record = g_array_index (contents->runs, SpotJournalRun, i).record;

      if (spot_run_record_get_time (record, SPOT_COLUMN_CREATED_AT) >= start_us)
        spot_run_batch_add (seed->rows, record, FALSE);
    }
  spot_feed_set_add_seed (self->feeds, SPOT_ENVIRONMENT_FEED_KEY, seed);
}

static void
take_contents (SpotEnvironment     *self,
               SpotJournalContents *contents)
{
  gboolean goes_on = FALSE;

  self->contents = contents;
  self->away_since_us = contents->as_of_us;
  for (guint i = 0; i < contents->feeds->len; i++)
    {
      SpotJournalFeed *feed = contents->feeds->pdata[i];

      g_hash_table_add (self->kept, g_strdup (feed->key));
      if (feed->position == NULL)
        continue;
      add_seed (self, feed);
      goes_on |= g_str_equal (feed->key, SPOT_ENVIRONMENT_FEED_KEY);
    }
  if (!goes_on && contents->runs->len > 0)
    add_preview (self, contents);
}

static void
go_on (SpotEnvironment *self)
{
  spot_environment_stop_loading (self);
  spot_feed_set_go_on (self->feeds);
  spot_environment_replan (self);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  SpotJournalContents *contents = spot_journal_load_finish (SPOT_JOURNAL (source), result, &error);
  SpotEnvironment *self = user_data;

  /* Then it may be gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (contents != NULL)
    take_contents (self, contents);
  else
    g_info ("%s: nothing is known from before: %s", self->id, error->message);
  go_on (self);
}

static gboolean
patience_cb (gpointer user_data)
{
  SpotEnvironment *self = user_data;

  self->patience_id = 0;
  g_info ("%s: the journal does not answer", self->id);
  go_on (self);
  return G_SOURCE_REMOVE;
}

/**
 * spot_environment_set_journal:
 * @self: an environment without watches
 * @journal: where to keep what is seen
 *
 * Keeps what its feeds commit from now on. They start once it is known what was kept before, and begin with that.
 */
void
spot_environment_set_journal (SpotEnvironment *self,
                              SpotJournal     *journal)
{
  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));
  g_return_if_fail (SPOT_IS_JOURNAL (journal));
  g_return_if_fail (self->journal == NULL);

  self->journal = g_object_ref (journal);
  self->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->unkept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->loading = g_cancellable_new ();
  self->patience_id = g_timeout_add_seconds (LOAD_PATIENCE_S, patience_cb, self);
  spot_feed_set_wait (self->feeds);
  spot_journal_load_async (journal, self->id, self->loading, loaded_cb, self);
}

/**
 * spot_environment_stop_loading:
 * @self: an environment
 *
 * Does not wait for the journal any more.
 */
void
spot_environment_stop_loading (SpotEnvironment *self)
{
  g_clear_handle_id (&self->patience_id, g_source_remove);
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
}

/**
 * spot_environment_clear_journal:
 * @self: an environment
 *
 * Keeps nothing any more.
 */
void
spot_environment_clear_journal (SpotEnvironment *self)
{
  spot_environment_stop_loading (self);
  g_clear_object (&self->journal);
  g_clear_pointer (&self->contents, spot_journal_contents_free);
  g_clear_pointer (&self->unsent, g_ptr_array_unref);
  g_clear_pointer (&self->kept, g_hash_table_unref);
  g_clear_pointer (&self->unkept, g_hash_table_unref);
}

/* ---- what is kept ---- */

/**
 * spot_environment_knows_feed:
 * @self: an environment
 * @feed_key: (nullable): a feed
 *
 * Returns: whether the journal may know it
 */
gboolean
spot_environment_knows_feed (SpotEnvironment *self,
                             const char      *feed_key)
{
  return self->kept != NULL && feed_key != NULL && g_hash_table_contains (self->kept, feed_key);
}

static gboolean
has_watch_to_keep_nothing_of (SpotEnvironment *self)
{
  for (guint i = 0; i < spot_environment_get_n_watches (self); i++)
    if (spot_watch_get_spec (spot_environment_get_watch (self, i))->keep_nothing)
      return TRUE;
  return FALSE;
}

/* Whether the run is only in watches of which the user wants nothing kept. */
static gboolean
is_not_to_be_kept (SpotEnvironment *self,
                   guint            feed_id,
                   SpotRunRecord   *record)
{
  SpotRun *run = spot_run_store_lookup (self->store, spot_run_record_get_id (record));
  gboolean found = FALSE;

  for (guint i = 0; i < spot_environment_get_n_watches (self); i++)
    {
      SpotWatch *watch = spot_environment_get_watch (self, i);

      if (!spot_watch_has_run (watch, feed_id, record, run))
        continue;
      if (!spot_watch_get_spec (watch)->keep_nothing)
        return FALSE;
      found = TRUE;
    }
  return found;
}

/* The rows of a batch that are to be kept: the batch itself when all are. Of the others nothing stays that was kept before
 * they came into such a watch. */
static SpotRunBatch *
select_kept (SpotEnvironment  *self,
             const SpotCommit *commit)
{
  GArray *changes = commit->batch->changes;
  g_autoptr(SpotRunBatch) some = NULL;
  g_autoptr(GPtrArray) others = g_ptr_array_new ();

  if (!has_watch_to_keep_nothing_of (self))
    return spot_run_batch_ref (commit->batch);

  some = spot_run_batch_new (commit->batch->kind);
  for (guint i = 0; i < changes->len; i++)
    {
      SpotRunChange *change = &g_array_index (changes, SpotRunChange, i);

      /* What leaves was kept or not, and if not, then the journal does not know it. */
      if (change->removed || !is_not_to_be_kept (self, commit->feed_id, change->record))
        spot_run_batch_add_row (some, change->record, change->removed, change->key,
                                change->key != NULL ? strlen (change->key) : 0);
      else
        g_ptr_array_add (others, (gpointer) spot_run_record_get_id (change->record));
    }
  if (others->len == 0)
    return spot_run_batch_ref (commit->batch);
  g_ptr_array_add (others, NULL);
  spot_journal_forget_runs (self->journal, self->id, (const char *const *) others->pdata);
  return g_steal_pointer (&some);
}

/* Rows go without the log's knowing: it cannot be gone on with. */
static void
forget_position (SpotEnvironment *self,
                 const char      *feed_key)
{
  g_autoptr(SpotRunBatch) nothing = spot_run_batch_new (SPOT_RUN_BATCH_CHANGES);

  spot_journal_write_batch (self->journal, self->id, feed_key, nothing, NULL, SPOT_JOURNAL_WRITE_WHOLE);
}

/* A log that begins anew is without what has become too old for it; one that goes on loses what is deleted. */
static gboolean
deletes (const SpotCommit *commit)
{
  return commit->batch->kind == SPOT_RUN_BATCH_CHANGES
         && (commit->kind == SPOT_WISH_ENVIRONMENT || commit->kind == SPOT_WISH_RUN);
}

static void
keep (SpotEnvironment  *self,
      const SpotCommit *commit)
{
  SpotJournalWriteFlags flags = SPOT_JOURNAL_WRITE_DEFAULT;
  g_autoptr(SpotRunBatch) kept = NULL;
  gboolean is_whole = commit->batch->kind == SPOT_RUN_BATCH_SNAPSHOT;

  /* What was listed can be listed again. */
  if (self->journal == NULL || commit->feed_key == NULL)
    return;

  kept = select_kept (self, commit);
  if (kept != commit->batch && kept->changes->len == 0 && is_whole)
    {
      g_hash_table_remove (self->kept, commit->feed_key);
      g_hash_table_add (self->unkept, g_strdup (commit->feed_key));
      spot_journal_write_batch (self->journal, self->id, commit->feed_key, kept, NULL, SPOT_JOURNAL_WRITE_KEEP_NOTHING);
      return;
    }
  if (kept != commit->batch && !is_whole && !g_hash_table_contains (self->unkept, commit->feed_key))
    forget_position (self, commit->feed_key);
  if (kept != commit->batch)
    g_hash_table_add (self->unkept, g_strdup (commit->feed_key));
  else if (is_whole)
    g_hash_table_remove (self->unkept, commit->feed_key);

  if (deletes (commit))
    flags |= SPOT_JOURNAL_WRITE_REMOVED_IS_DELETED;
  g_hash_table_add (self->kept, g_strdup (commit->feed_key));
  spot_journal_write_batch (self->journal, self->id, commit->feed_key, kept,
                            g_hash_table_contains (self->unkept, commit->feed_key) ? NULL : commit->batch->position,
                            flags);
}

/**
 * spot_environment_keep_commit:
 * @self: an environment
 * @commit: what one of its feeds has committed, applied and told by now
 *
 * Gives it to the journal, if there is one, without what only belongs to watches of which nothing is to be kept, and to the
 * timelines.
 */
void
spot_environment_keep_commit (SpotEnvironment  *self,
                              const SpotCommit *commit)
{
  keep (self, commit);
  spot_environment_tell_timelines (self, commit, deletes (commit));
}

/**
 * spot_environment_forget_unwanted:
 * @self: an environment
 *
 * Lets the journal forget where feeds stood that nobody wants any more. What is only paused is wanted.
 */
void
spot_environment_forget_unwanted (SpotEnvironment *self)
{
  g_autoptr(SpotFeedPlan) plan = NULL;
  GHashTableIter iter;
  const char *key;

  if (self->journal == NULL)
    return;

  plan = spot_environment_make_plan (self, TRUE);
  g_hash_table_iter_init (&iter, self->kept);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, NULL))
    {
      if (spot_feed_plan_find (plan, key) != NULL)
        continue;
      spot_journal_forget_feed (self->journal, self->id, key, FALSE);
      g_hash_table_iter_remove (&iter);
    }
}
