/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "feed-client.h"

/* Connecting, catching Up, Live, Reconnecting, Paused, Needs attention, Stopped. */
static const char letters[] = "CULRPNS";

/* Preview, Snapshot, Refetch, Changes, catch-Up. */
static const char kind_letters[] = "PSRCU";

static void
batch_cb (SpotRunBatch *batch,
          gpointer      user_data)
{
  FeedClient *self = user_data;

  g_mutex_lock (&self->lock);
  g_assert_true (self->lively);
  self->n_calls++;
  if (batch->kind != SPOT_RUN_BATCH_PREVIEW)
    {
      g_assert_nonnull (batch->position);
      g_clear_pointer (&self->position, spot_log_position_unref);
      self->position = spot_log_position_ref (batch->position);
      g_string_append_c (self->kinds, kind_letters[batch->kind]);
    }
  for (guint i = 0; i < batch->changes->len; i++)
    {
      SpotRunChange *change = &g_array_index (batch->changes, SpotRunChange, i);
      const char *id = spot_run_record_get_id (change->record);
      const char *word = spot_run_record_get_status_word (change->record);

      if (change->key != NULL && change->removed)
        g_hash_table_remove (self->rows, change->key);
      else if (change->key != NULL)
        g_hash_table_replace (self->rows, g_strdup (change->key), spot_run_record_ref (change->record));
      if (change->removed)
        {
          g_hash_table_remove (self->runs, id);
          continue;
        }
      g_hash_table_replace (self->runs, g_strdup (id), g_strdup (word));
      if (batch->kind != SPOT_RUN_BATCH_PREVIEW && batch->kind != SPOT_RUN_BATCH_SNAPSHOT)
        {
          char *key = g_strconcat (id, "=", word, NULL);
          guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->told, key));

          g_hash_table_replace (self->told, key, GUINT_TO_POINTER (n + 1));
        }
    }
  g_mutex_unlock (&self->lock);
  spot_run_batch_unref (batch);
  if (self->inside != NULL)
    self->inside (self);
  g_main_context_wakeup (NULL);
}

static void
status_cb (SpotFeedStatus *status,
           gpointer        user_data)
{
  FeedClient *self = user_data;

  g_mutex_lock (&self->lock);
  g_assert_true (self->lively);
  self->n_calls++;
  if (self->history->len == 0 || self->history->str[self->history->len - 1] != letters[status->state])
    g_string_append_c (self->history, letters[status->state]);
  if (status->problem != NULL)
    g_string_append_printf (self->problems, "%s\n", status->problem->message);
  g_assert_cmpint (status->retry_at_us != 0, <=, status->state == SPOT_FEED_RECONNECTING);
  g_clear_pointer (&self->status, spot_feed_status_unref);
  self->status = status;
  g_mutex_unlock (&self->lock);
  if (self->inside != NULL)
    self->inside (self);
  g_main_context_wakeup (NULL);
}

static void
destroy_cb (gpointer user_data)
{
  FeedClient *self = user_data;

  g_mutex_lock (&self->lock);
  self->n_destroyed++;
  g_mutex_unlock (&self->lock);
  g_main_context_wakeup (NULL);
}

FeedClient *
feed_client_new (SpotEndpoint *endpoint,
                 SpotFeedSpec *spec)
{
  static const SpotFeedSink sink = { batch_cb, status_cb };
  FeedClient *self = g_new0 (FeedClient, 1);

  g_mutex_init (&self->lock);
  self->runs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) spot_run_record_unref);
  self->kinds = g_string_new (NULL);
  self->history = g_string_new (NULL);
  self->problems = g_string_new (NULL);
  self->lively = TRUE;
  self->feed = spot_feed_new (endpoint, spec, &sink, self, destroy_cb);
  return self;
}

void
feed_client_start (FeedClient *self)
{
  spot_feed_start (self->feed);
}

/* Stops the feed, at once; from now on a call is an error. */
void
feed_client_stop (FeedClient *self)
{
  gint64 begin_us = g_get_monotonic_time ();

  spot_feed_stop (self->feed);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 2 * G_TIME_SPAN_SECOND);
  g_mutex_lock (&self->lock);
  self->lively = FALSE;
  g_mutex_unlock (&self->lock);
}

static guint
get_n_destroyed (FeedClient *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_destroyed;
  g_mutex_unlock (&self->lock);
  return n;
}

/* The feed must be gone then, and its thread soon. */
void
feed_client_free (FeedClient *self)
{
  if (self->feed != NULL)
    g_assert_finalize_object (self->feed);
  wait_for (get_n_destroyed (self) == 1);
  wait_for (feed_client_count_threads () == 0);
  g_hash_table_unref (self->runs);
  g_hash_table_unref (self->told);
  g_hash_table_unref (self->rows);
  g_clear_pointer (&self->position, spot_log_position_unref);
  g_string_free (self->kinds, TRUE);
  g_clear_pointer (&self->status, spot_feed_status_unref);
  g_string_free (self->history, TRUE);
  g_string_free (self->problems, TRUE);
  g_mutex_clear (&self->lock);
  g_free (self);
}

SpotRunBatch *
feed_client_dup_rows (FeedClient *self)
{
  SpotRunBatch *rows = spot_run_batch_new (SPOT_RUN_BATCH_SNAPSHOT);
  GHashTableIter iter;
  gpointer key;
  gpointer record;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &key, &record))
    spot_run_batch_add_row (rows, record, FALSE, key, strlen (key));
  g_mutex_unlock (&self->lock);
  return rows;
}

SpotLogPosition *
feed_client_dup_position (FeedClient *self)
{
  SpotLogPosition *position;

  g_mutex_lock (&self->lock);
  position = spot_log_position_ref (self->position);
  g_mutex_unlock (&self->lock);
  return position;
}

/* Whether these have been its commits, in order, and no others. */
gboolean
feed_client_committed (FeedClient *self,
                       const char *kinds)
{
  gboolean same;

  g_mutex_lock (&self->lock);
  same = g_str_equal (self->kinds->str, kinds);
  g_mutex_unlock (&self->lock);
  return same;
}

SpotFeedState
feed_client_get_state (FeedClient *self)
{
  SpotFeedState state;

  g_mutex_lock (&self->lock);
  state = self->status != NULL ? self->status->state : SPOT_FEED_CONNECTING;
  g_mutex_unlock (&self->lock);
  return state;
}

gboolean
feed_client_has_problem (FeedClient *self,
                         int         code)
{
  gboolean has;

  g_mutex_lock (&self->lock);
  has = self->status != NULL && g_error_matches (self->status->problem, SPOT_API_ERROR, code);
  g_mutex_unlock (&self->lock);
  return has;
}

gboolean
feed_client_shows (FeedClient *self,
                   const char *run_id,
                   const char *word)
{
  gboolean shows;

  g_mutex_lock (&self->lock);
  shows = g_strcmp0 (g_hash_table_lookup (self->runs, run_id), word) == 0;
  g_mutex_unlock (&self->lock);
  return shows;
}

guint
feed_client_get_n_runs (FeedClient *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = g_hash_table_size (self->runs);
  g_mutex_unlock (&self->lock);
  return n;
}

/* How often a batch that may be acted on said that the run has come to this. */
guint
feed_client_get_n_told (FeedClient *self,
                        const char *run_id,
                        const char *word)
{
  g_autofree char *key = g_strconcat (run_id, "=", word, NULL);
  guint n;

  g_mutex_lock (&self->lock);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->told, key));
  g_mutex_unlock (&self->lock);
  return n;
}

guint
feed_client_get_n_calls (FeedClient *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_calls;
  g_mutex_unlock (&self->lock);
  return n;
}

/* Whether the states came in this order, others between them. */
gboolean
feed_client_went_through (FeedClient *self,
                          const char *states)
{
  const char *p;

  g_mutex_lock (&self->lock);
  for (p = self->history->str; *p != '\0' && *states != '\0'; p++)
    {
      if (*p == *states)
        states++;
    }
  g_mutex_unlock (&self->lock);
  return *states == '\0';
}

static gboolean
tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
feed_client_pump (void)
{
  static guint tick = 0;

  /* Some conditions are not announced. */
  if (tick == 0)
    tick = g_timeout_add (5, tick_cb, NULL);
  g_main_context_iteration (NULL, TRUE);
}

/* Threads of feeds that have not ended. */
guint
feed_client_count_threads (void)
{
  g_autoptr(GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", name, "comm", NULL);
      g_autofree char *comm = NULL;

      if (g_file_get_contents (path, &comm, NULL, NULL) && strcmp (comm, "spot-feed\n") == 0)
        n++;
    }
  return n;
}
