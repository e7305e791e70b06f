/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-environment-private.h"
#include "spot-watch-private.h"

/* How far the lists look back, and what clocks may differ by. What comes twice is known by its id. */
#define WINDOW_US (24 * G_TIME_SPAN_HOUR)
#define CLOCK_SKEW_US (10 * G_TIME_SPAN_MINUTE)

static char *
dup_key (const SpotWatchSpec *spec)
{
  return g_strconcat ("history:", spec->id, NULL);
}

/**
 * spot_environment_reserve_history:
 * @self: an environment
 * @spec: of a watch
 *
 * Returns: what the store calls the rows that were listed for the watch
 */
guint
spot_environment_reserve_history (SpotEnvironment     *self,
                                  const SpotWatchSpec *spec)
{
  g_autofree char *key = dup_key (spec);

  return spot_feed_set_reserve_id (self->feeds, key);
}

/**
 * spot_environment_drop_history:
 * @self: an environment
 * @watch: a watch that is gone, or asks for other runs now
 *
 * What was listed for it leaves the store.
 */
void
spot_environment_drop_history (SpotEnvironment *self,
                               SpotWatch       *watch)
{
  g_autofree char *key = dup_key (spot_watch_get_spec (watch));

  if (self->history != NULL)
    spot_history_forget (self->history, watch);
  spot_feed_set_drop_rows (self->feeds, key);
}

static void
take_runs_cb (SpotWatch *watch,
              GPtrArray *records,
              gpointer   user_data)
{
  SpotEnvironment *self = user_data;
  g_autoptr(SpotRunBatch) batch = spot_run_batch_new (SPOT_RUN_BATCH_SNAPSHOT);

  for (guint i = 0; i < records->len; i++)
    spot_run_batch_add (batch, records->pdata[i], FALSE);
  if (records->len > 0)
    spot_feed_set_take_rows (self->feeds, spot_environment_reserve_history (self, spot_watch_get_spec (watch)), batch);
}

/* The oldest run that a feed has, when it has as many as it gives at most; else where its window begins. */
static gint64
get_window_start_us (SpotEnvironment *self)
{
  gint64 start_us = g_get_real_time () - WINDOW_US + CLOCK_SKEW_US;

  /* What is missing lies anywhere in the window: everything is listed, as far as one list goes. */
  if (self->partial)
    return 0;
  return start_us;
}

/* The list is for keys, and for tokens whose scopes say so. */
static gboolean
may_list (SpotEnvironment *self)
{
  return self->token == NULL || spot_token_allows (self->token, SPOT_ACCESS_LIST_RUNS, NULL) == SPOT_TOKEN_YES;
}

/**
 * spot_environment_want_histories:
 * @self: an environment
 *
 * Has the older runs listed of each watch that is ready: nothing waits for them. A batch's feed has all of its runs, and a
 * run's the run.
 */
void
spot_environment_want_histories (SpotEnvironment *self)
{
  if (!self->with_history || self->every_column || !may_list (self))
    return;
  if (self->history == NULL)
    self->history = spot_history_new (self, take_runs_cb, self);
  for (guint i = 0; i < spot_environment_get_n_watches (self); i++)
    {
      SpotWatch *watch = spot_environment_get_watch (self, i);
      const SpotWatchSpec *spec = spot_watch_get_spec (watch);

      if (spot_watch_get_ready (watch) && !spec->paused
          && (spec->kind == SPOT_WATCH_ENVIRONMENT || spec->kind == SPOT_WATCH_TAGS))
        spot_history_want (self->history, watch, get_window_start_us (self));
    }
}

static gboolean
is_anything_shed (SpotEnvironment *self)
{
  for (guint i = 0; self->plan != NULL && i < self->plan->wishes->len; i++)
    if (((SpotFeedWish *) self->plan->wishes->pdata[i])->shed)
      return TRUE;
  return FALSE;
}

static gboolean
is_over (SpotEnvironment *self,
         const char      *run_id)
{
  SpotRun *run = spot_run_store_lookup (self->store, run_id);
  g_autofree char *key = spot_feed_plan_dup_run_key (run_id);

  if (run == NULL || spot_run_is_in_feed (run, SPOT_ENVIRONMENT_FEED_ID)
      || spot_feed_set_get_info (self->feeds, key).problem == SPOT_PROBLEM_NOT_FOUND)
    return TRUE;
  /* Cost and metadata may come late: the feed ends by itself. Where others wait for its place it makes room at once. */
  return spot_run_get_ended (run) && (spot_feed_set_is_over (self->feeds, key) || is_anything_shed (self));
}

/**
 * spot_environment_check_old_runs:
 * @self: an environment
 *
 * Old runs that have ended, that the environment feed has after all or that the server does not know any more need not be
 * followed.
 *
 * Returns: whether which runs are to be followed has changed since the plan was made
 */
gboolean
spot_environment_check_old_runs (SpotEnvironment *self)
{
  GPtrArray *old_runs;
  gboolean changed;

  if (self->history == NULL)
    return FALSE;
  old_runs = spot_history_get_old_runs (self->history);
  for (guint i = 0; i < old_runs->len;)
    if (is_over (self, old_runs->pdata[i]))
      spot_history_drop_old_run (self->history, old_runs->pdata[i]);
    else
      i++;
  changed = old_runs->len != self->n_old_runs;
  for (guint i = 0; i < old_runs->len && !changed; i++)
    {
      g_autofree char *key = spot_feed_plan_dup_run_key (old_runs->pdata[i]);

      changed = self->plan == NULL || spot_feed_plan_find (self->plan, key) == NULL;
    }
  return changed;
}

/**
 * spot_environment_set_history:
 * @self: an environment without watches
 * @with_history: whether runs that are older than the feeds' windows are listed by the management API, once for each watch
 *
 * No unless told otherwise.
 */
void
spot_environment_set_history (SpotEnvironment *self,
                              gboolean         with_history)
{
  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));

  self->with_history = !!with_history;
}

/**
 * spot_environment_retry_history:
 * @self: an environment
 *
 * Lists again the older runs that could not be listed.
 */
void
spot_environment_retry_history (SpotEnvironment *self)
{
  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));

  if (self->history != NULL)
    spot_history_retry (self->history);
}
