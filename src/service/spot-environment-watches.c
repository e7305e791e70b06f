/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-environment-private.h"
#include "spot-watch-private.h"

/**
 * spot_environment_get_n_watches:
 * @self: an environment
 *
 * Returns: how many watches it has
 */
guint
spot_environment_get_n_watches (SpotEnvironment *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->watches));
}

/**
 * spot_environment_get_watch:
 * @self: an environment
 * @index: which
 *
 * Returns: (transfer none): the watch: the list holds a reference
 */
SpotWatch *
spot_environment_get_watch (SpotEnvironment *self,
                            guint            index)
{
  g_autoptr(SpotWatch) watch = g_list_model_get_item (G_LIST_MODEL (self->watches), index);

  return watch;
}

/* Whether the credential covers the list of all runs. Without it a watch over the environment is all that there is. */
static gboolean
has_environment_feed (SpotEnvironment *self)
{
  return self->token == NULL || spot_token_allows (self->token, SPOT_ACCESS_LIST_FEED, NULL) != SPOT_TOKEN_NO;
}

/* What the list of a watch shows, and the feed whose rows those are, 0 for any. */
static SpotRunQuery *
new_query (SpotEnvironment     *self,
           const SpotWatchSpec *spec,
           guint               *feed_id)
{
  g_autoptr(SpotRunQuery) all = spot_run_query_new ();
  g_autoptr(SpotRunQuery) query = NULL;
  g_autofree char *key = NULL;

  *feed_id = 0;
  switch (spec->kind)
    {
    case SPOT_WATCH_TAGS:
      query = spot_run_query_with_tags (all, (const char * const *) spec->tags);
      break;
    case SPOT_WATCH_RUN:
      query = spot_run_query_with_run (all, spec->subject);
      break;
    case SPOT_WATCH_BATCH:
      key = spot_feed_plan_dup_batch_key (spec->subject);
      *feed_id = spot_feed_set_reserve_id (self->feeds, key);
      query = spot_run_query_with_feed (all, *feed_id);
      break;
    case SPOT_WATCH_ENVIRONMENT:
    default:
      if (has_environment_feed (self))
        {
          *feed_id = SPOT_ENVIRONMENT_FEED_ID;
          query = spot_run_query_with_either_feed (all, *feed_id, spot_environment_reserve_history (self, spec));
        }
      else
        {
          query = g_steal_pointer (&all);
        }
      break;
    }
  return spot_run_query_with_text (query, spec->filter);
}

/* No other watch names the batch's rows any more. */
static void
release_batch (SpotEnvironment *self,
               const char      *batch_id)
{
  g_autofree char *key = spot_feed_plan_dup_batch_key (batch_id);

  for (guint i = 0; i < spot_environment_get_n_watches (self); i++)
    {
      const SpotWatchSpec *spec = spot_watch_get_spec (spot_environment_get_watch (self, i));

      if (spec->kind == SPOT_WATCH_BATCH && g_str_equal (spec->subject, batch_id))
        return;
    }
  spot_feed_set_release_id (self->feeds, key);
}

/**
 * spot_environment_add_watch:
 * @self: an environment
 * @spec: what to watch
 * @position: before which of the watches, or %G_MAXUINT for the end
 *
 * Adds a watch, which asks for its runs at once unless it is paused. One without an id gets one.
 *
 * Returns: (transfer none) (nullable): the watch; %NULL when @spec lacks what its kind needs
 */
SpotWatch *
spot_environment_add_watch (SpotEnvironment     *self,
                            const SpotWatchSpec *spec,
                            guint                position)
{
  g_autoptr(SpotWatchSpec) own = NULL;
  g_autoptr(SpotRunQuery) query = NULL;
  g_autoptr(SpotRunList) list = NULL;
  g_autoptr(SpotWatch) watch = NULL;
  g_autofree char *id = NULL;
  guint feed_id;

  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), NULL);
  g_return_val_if_fail (spec != NULL, NULL);

  if (!spot_watch_spec_is_valid (spec))
    return NULL;
  own = spot_watch_spec_copy (spec);
  if (own->id == NULL)
    own->id = g_uuid_string_random ();
  id = g_strdup_printf ("%s.%s", self->id, own->id);
  query = new_query (self, own, &feed_id);
  list = spot_run_list_new (self->store, query);
  watch = spot_watch_new (id, own, feed_id, list);
  g_signal_connect_object (spot_watch_get_connection (watch), "retry", G_CALLBACK (spot_environment_retry_cb), self, 0);
  g_list_store_insert (self->watches, MIN (position, spot_environment_get_n_watches (self)), watch);
  spot_environment_replan (self);
  return watch;
}

/**
 * spot_environment_change_watch:
 * @self: an environment
 * @watch: one of its watches
 * @spec: what it is to be from now on; its id does not count
 *
 * Its list is filled anew only when it asks for other runs.
 *
 * Returns: whether @spec has what its kind needs; nothing has changed when it has not
 */
gboolean
spot_environment_change_watch (SpotEnvironment     *self,
                               SpotWatch           *watch,
                               const SpotWatchSpec *spec)
{
  g_autoptr(SpotWatch) hold = NULL;
  g_autoptr(SpotWatchSpec) before = NULL;
  g_autoptr(SpotWatchSpec) own = NULL;
  gboolean same_runs;

  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), FALSE);
  g_return_val_if_fail (SPOT_IS_WATCH (watch), FALSE);
  g_return_val_if_fail (spec != NULL, FALSE);

  if (!spot_watch_spec_is_valid (spec))
    return FALSE;
  hold = g_object_ref (watch);
  before = spot_watch_spec_copy (spot_watch_get_spec (watch));
  own = spot_watch_spec_copy (spec);
  g_free (own->id);
  own->id = g_strdup (before->id);
  same_runs = spot_watch_spec_same_runs (before, own);
  if (same_runs)
    {
      spot_watch_set_spec (watch, own);
    }
  else
    {
      g_autoptr(SpotRunQuery) query = NULL;
      guint feed_id;

      spot_environment_drop_history (self, watch);
      query = new_query (self, own, &feed_id);
      spot_watch_set_spec (watch, own);
      spot_watch_set_feed_id (watch, feed_id);
      spot_run_list_set_query (spot_watch_get_list (watch), query);
    }
  if (!spot_watch_spec_is_muted (before, g_get_real_time ()) && spot_watch_spec_is_muted (own, g_get_real_time ()))
    spot_environment_tell_silenced (self, watch);
  if (same_runs && before->paused == own->paused)
    return TRUE;
  spot_environment_replan (self);
  if (!same_runs)
    spot_environment_forget_unwanted (self);
  if (before->kind == SPOT_WATCH_BATCH && !same_runs)
    release_batch (self, before->subject);
  return TRUE;
}

/**
 * spot_environment_move_watch:
 * @self: an environment
 * @watch: one of its watches
 * @position: where it is to stand among the others; beyond the last for the end
 *
 * Changes the order in which watches are shown. Feeds do not notice.
 */
void
spot_environment_move_watch (SpotEnvironment *self,
                             SpotWatch       *watch,
                             guint            position)
{
  g_autoptr(GPtrArray) order = NULL;
  guint before;
  guint first;
  guint n;

  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));
  g_return_if_fail (SPOT_IS_WATCH (watch));

  if (!g_list_store_find (self->watches, watch, &before))
    return;
  position = MIN (position, spot_environment_get_n_watches (self) - 1);
  if (position == before)
    return;
  first = MIN (position, before);
  n = MAX (position, before) - first + 1;
  order = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n; i++)
    if (first + i != before)
      g_ptr_array_add (order, g_object_ref (spot_environment_get_watch (self, first + i)));
  g_ptr_array_insert (order, (int) (position - first), g_object_ref (watch));
  /* In one change, so that whoever has it selected keeps it so. */
  g_list_store_splice (self->watches, first, n, order->pdata, n);
  /* The plan's watches are in the order of ours. */
  spot_environment_replan (self);
}

/**
 * spot_environment_remove_watch:
 * @self: an environment
 * @watch: one of its watches
 *
 * Takes the watch away, and the feeds that nothing else needs.
 */
void
spot_environment_remove_watch (SpotEnvironment *self,
                               SpotWatch       *watch)
{
  g_autoptr(SpotWatch) hold = NULL;
  const SpotWatchSpec *spec;
  guint position;

  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));
  g_return_if_fail (SPOT_IS_WATCH (watch));

  if (!g_list_store_find (self->watches, watch, &position))
    return;
  hold = g_object_ref (watch);
  g_list_store_remove (self->watches, position);
  spot_environment_replan (self);
  spot_environment_drop_history (self, watch);
  spot_environment_forget_unwanted (self);
  spot_environment_tell_silenced (self, watch);
  spec = spot_watch_get_spec (watch);
  if (spec->kind == SPOT_WATCH_BATCH)
    release_batch (self, spec->subject);
}

/**
 * spot_environment_find_watch:
 * @self: an environment
 * @watch_id: (nullable): an id, which may come from outside the program
 *
 * Returns: (transfer none) (nullable): the watch with that id
 */
SpotWatch *
spot_environment_find_watch (SpotEnvironment *self,
                             const char      *watch_id)
{
  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), NULL);

  for (guint i = 0; i < spot_environment_get_n_watches (self); i++)
    {
      SpotWatch *watch = spot_environment_get_watch (self, i);

      if (g_strcmp0 (spot_watch_get_id (watch), watch_id) == 0)
        return watch;
    }
  return NULL;
}

static SpotWatch *
add_named (SpotEnvironment    *self,
           SpotWatchKind       kind,
           const char         *name,
           const char         *subject,
           const char * const *tags)
{
  g_autoptr(SpotWatchSpec) spec = spot_watch_spec_new (kind, subject, tags);

  spec->name = g_strdup (name);
  return spot_environment_add_watch (self, spec, G_MAXUINT);
}

/**
 * spot_environment_watch_all:
 * @self: an environment
 * @name: (nullable): what the user calls it
 *
 * Watches every run of the environment, as far back as the server's window reaches.
 *
 * Returns: (transfer none): the watch
 */
SpotWatch *
spot_environment_watch_all (SpotEnvironment *self,
                            const char      *name)
{
  return add_named (self, SPOT_WATCH_ENVIRONMENT, name, NULL, NULL);
}

/**
 * spot_environment_watch_tags:
 * @self: an environment
 * @name: (nullable): what the user calls it
 * @tags: one tag at least
 *
 * Watches the runs that have all of @tags.
 *
 * Returns: (transfer none) (nullable): the watch; %NULL for more tags than a run can have, or an empty one
 */
SpotWatch *
spot_environment_watch_tags (SpotEnvironment    *self,
                             const char         *name,
                             const char * const *tags)
{
  g_return_val_if_fail (tags != NULL && tags[0] != NULL, NULL);

  return add_named (self, SPOT_WATCH_TAGS, name, NULL, tags);
}

/**
 * spot_environment_watch_batch:
 * @self: an environment
 * @name: (nullable): what the user calls it
 * @batch_id: the batch
 *
 * Watches the runs of a batch.
 *
 * Returns: (transfer none): the watch
 */
SpotWatch *
spot_environment_watch_batch (SpotEnvironment *self,
                              const char      *name,
                              const char      *batch_id)
{
  g_return_val_if_fail (batch_id != NULL && *batch_id != '\0', NULL);

  return add_named (self, SPOT_WATCH_BATCH, name, batch_id, NULL);
}

/**
 * spot_environment_watch_run:
 * @self: an environment
 * @name: (nullable): what the user calls it
 * @run_id: the run
 *
 * Watches one run.
 *
 * Returns: (transfer none): the watch
 */
SpotWatch *
spot_environment_watch_run (SpotEnvironment *self,
                            const char      *name,
                            const char      *run_id)
{
  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);

  return add_named (self, SPOT_WATCH_RUN, name, run_id, NULL);
}
