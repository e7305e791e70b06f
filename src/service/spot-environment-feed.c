/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-environment-feed.h"

/* How far the lists look back unless told otherwise: the most that servers grant unless their owner raises it (protocol
 * §2.3). */
#define USUAL_HOURS 24

static SpotFeedSpec *
new_spec (const SpotFeedWish *wish,
          GError            **error)
{
  /* Each can be half a megabyte a row; whoever looks at a run gets them by its own feed. */
  static const char * const long_columns[] = { "payload", "output", NULL };
  const char * const *skipped = wish->every_column ? NULL : long_columns;
  g_autofree char *window = g_strdup_printf ("%uh", wish->look_back_hours > 0 ? wish->look_back_hours : USUAL_HOURS);

  switch (wish->kind)
    {
    case SPOT_WISH_TAGS:
      return spot_feed_spec_new_list ((const char * const *) wish->tags, window, skipped, error);
    case SPOT_WISH_BATCH:
      return spot_feed_spec_new_batch (wish->id, skipped);
    case SPOT_WISH_RUN:
      return spot_feed_spec_new_run (wish->id, skipped);
    case SPOT_WISH_ENVIRONMENT:
    default:
      return spot_feed_spec_new_list (NULL, window, skipped, error);
    }
}

/**
 * spot_feed_seed_free:
 * @self: (transfer full): a seed
 *
 * Frees it.
 */
void
spot_feed_seed_free (SpotFeedSeed *self)
{
  g_clear_pointer (&self->position, spot_log_position_unref);
  g_clear_pointer (&self->rows, spot_run_batch_unref);
  g_free (self);
}

/**
 * spot_environment_feed_start:
 * @wish: what to subscribe to
 * @endpoint: where
 * @queue: where its batches and states go
 * @owner: who is named in them
 * @id: of its rows in the store
 * @seed: (nullable): what was known when the program ended
 *
 * Starts a feed, unless @wish has been shed: then it only says so.
 *
 * Returns: (transfer full): the feed
 */
SpotEnvironmentFeed *
spot_environment_feed_start (const SpotFeedWish *wish,
                             SpotEndpoint       *endpoint,
                             SpotUpdateQueue    *queue,
                             gpointer            owner,
                             guint               id,
                             const SpotFeedSeed *seed)
{
  SpotEnvironmentFeed *self = g_new0 (SpotEnvironmentFeed, 1);

  self->key = g_strdup (wish->key);
  self->kind = wish->kind;
  self->id = id;
  self->shed = wish->shed;
  self->look_back_hours = wish->look_back_hours;
  self->event_stream = wish->event_stream;
  self->as_of_us = seed != NULL ? seed->as_of_us : 0;
  self->port = spot_update_port_new (queue, owner, id);
  if (wish->shed)
    {
      g_set_error_literal (&self->error, SPOT_API_ERROR, SPOT_API_ERROR_BUSY, "Too many feeds");
    }
  else
    {
      SpotFeedSpec *spec = new_spec (wish, &self->error);

      if (spec == NULL)
        return self;
      self->feed = spot_feed_new (endpoint, spec, &spot_update_port_sink, spot_update_port_ref (self->port),
                                  (GDestroyNotify) spot_update_port_unref);
      spot_feed_spec_unref (spec);
      spot_feed_set_event_stream (self->feed, wish->event_stream);
      if (seed != NULL && seed->position != NULL)
        spot_feed_set_position (self->feed, seed->position, seed->rows);
      self->held = wish->held;
      /* One that is held has nothing to keep its place in yet: it begins when it may. */
      self->started = !wish->held;
      if (self->started)
        spot_feed_start (self->feed);
    }
  return self;
}

/**
 * spot_environment_feed_stop:
 * @self: (transfer full): a feed
 *
 * Stops and frees it. Nothing of it that is still in the queue names its owner.
 */
void
spot_environment_feed_stop (SpotEnvironmentFeed *self)
{
  spot_update_port_close (self->port);
  if (self->feed != NULL)
    spot_feed_stop (self->feed);
  g_clear_object (&self->feed);
  spot_update_port_unref (self->port);
  g_clear_pointer (&self->status, spot_feed_status_unref);
  g_clear_error (&self->error);
  g_free (self->unreadable);
  g_free (self->key);
  g_free (self);
}

/**
 * spot_environment_feed_is_over:
 * @self: a feed
 *
 * Returns: whether it has come to its end by itself, which the feed of one run does some time after the run
 */
gboolean
spot_environment_feed_is_over (const SpotEnvironmentFeed *self)
{
  return self->status != NULL && self->status->state == SPOT_FEED_STOPPED;
}

/**
 * spot_environment_feed_fits:
 * @self: a feed
 * @wish: a wish with the same key
 *
 * Returns: whether the feed is what is wished for; if not, another has to take its place
 */
gboolean
spot_environment_feed_fits (const SpotEnvironmentFeed *self,
                            const SpotFeedWish        *wish)
{
  return self->shed == wish->shed && self->look_back_hours == wish->look_back_hours
         && self->event_stream == wish->event_stream;
}

/**
 * spot_environment_feed_get_info:
 * @self: a feed
 * @offline: whether this machine has no network on which the server could be
 *
 * Returns: where it stands; `detail` belongs to @self
 */
SpotConnectionInfo
spot_environment_feed_get_info (const SpotEnvironmentFeed *self,
                                gboolean                   offline)
{
  SpotConnectionInfo info = { .state = SPOT_CONNECTION_CONNECTING };

  if (self->error != NULL)
    {
      info.state = SPOT_CONNECTION_NEEDS_ATTENTION;
      info.problem = spot_problem_from_error (self->error);
      info.detail = self->error->message;
    }
  else if (self->status != NULL)
    {
      info = spot_connection_info_from_status (self->status, offline);
    }
  info.updates = self->updates;
  info.n_unreadable = self->n_unreadable;
  info.unreadable = self->unreadable;
  info.partial = self->capped;
  info.as_of_us = self->caught_up ? 0 : self->as_of_us;
  return info;
}

/**
 * spot_environment_feed_retry:
 * @self: a feed
 *
 * Makes it catch up at once, unless there is nothing left to catch up with.
 */
void
spot_environment_feed_retry (SpotEnvironmentFeed *self)
{
  if (self->feed != NULL && !spot_environment_feed_is_over (self))
    spot_feed_retry_now (self->feed);
}

/**
 * spot_environment_feed_set_endpoint:
 * @self: a feed
 * @endpoint: the server and the credential
 *
 * Goes on with another credential, from the same position.
 */
void
spot_environment_feed_set_endpoint (SpotEnvironmentFeed *self,
                                    SpotEndpoint        *endpoint)
{
  if (self->feed != NULL && !spot_environment_feed_is_over (self))
    spot_feed_set_endpoint (self->feed, endpoint);
}

/**
 * spot_environment_feed_hold:
 * @self: a feed
 * @held: whether it asks for nothing
 *
 * Lets it keep its place; when it goes on it catches up first.
 */
void
spot_environment_feed_hold (SpotEnvironmentFeed *self,
                            gboolean             held)
{
  held = !!held;
  if (self->feed == NULL || self->held == held)
    return;
  self->held = held;
  if (!self->started)
    {
      self->started = TRUE;
      spot_feed_start (self->feed);
    }
  else if (held)
    spot_feed_pause (self->feed);
  else
    spot_feed_resume (self->feed);
}
