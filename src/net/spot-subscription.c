/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include "spot-http.h"

#include "spot-subscription.h"

#define MAX_REDIRECTS 5

/**
 * spot_subscription_init:
 * @self: zeroed memory
 * @endpoint: server and credential
 * @user_data: data for the sink
 * @destroy: (nullable): called with @user_data when the sink will not be called any more because the object is gone
 *
 * Makes one with one reference, of which no request may take too long but by its own time-out.
 */
void
spot_subscription_init (SpotSubscription *self,
                        SpotEndpoint     *endpoint,
                        gpointer          user_data,
                        GDestroyNotify    destroy)
{
  g_atomic_ref_count_init (&self->ref_count);
  self->endpoint = spot_endpoint_ref (endpoint);
  self->user_data = user_data;
  self->destroy = destroy;
  self->max_timeout_ms = G_MAXINT64;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
}

/**
 * spot_subscription_clear:
 * @self: one without references
 *
 * Frees what it has.
 */
void
spot_subscription_clear (SpotSubscription *self)
{
  g_clear_object (&self->cancellable);
  spot_endpoint_unref (self->endpoint);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
}

/* ---- the owner ---- */

/**
 * spot_subscription_wish_and_unlock:
 * @self: a subscription, locked
 * @abort_request: whether the request in flight is given up for it
 *
 * Says that a wish is new, and unlocks.
 */
void
spot_subscription_wish_and_unlock (SpotSubscription *self,
                                   gboolean          abort_request)
{
  g_autoptr(GCancellable) cancellable = NULL;

  self->n_wishes++;
  if (abort_request && self->cancellable != NULL)
    cancellable = g_object_ref (self->cancellable);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

/**
 * spot_subscription_retry_now:
 * @self: a subscription
 *
 * Wishes a request at once, in place of one that is in flight.
 */
void
spot_subscription_retry_now (SpotSubscription *self)
{
  g_mutex_lock (&self->lock);
  self->want_retry = TRUE;
  spot_subscription_wish_and_unlock (self, TRUE);
}

/**
 * spot_subscription_set_endpoint:
 * @self: a subscription
 * @endpoint: server and credential
 *
 * Goes on with another credential, at once.
 */
void
spot_subscription_set_endpoint (SpotSubscription *self,
                                SpotEndpoint     *endpoint)
{
  SpotEndpoint *old;

  g_mutex_lock (&self->lock);
  old = self->endpoint;
  self->endpoint = spot_endpoint_ref (endpoint);
  self->want_retry = TRUE;
  spot_subscription_wish_and_unlock (self, TRUE);
  spot_endpoint_unref (old);
}

/**
 * spot_subscription_stop:
 * @self: a subscription
 *
 * Ends it for good. When this returns the sink is not running and will not be called again, unless it is the sink that
 * stops its own subscription: then it will not be called again.
 */
void
spot_subscription_stop (SpotSubscription *self)
{
  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  spot_subscription_wish_and_unlock (self, TRUE);

  g_mutex_lock (&self->lock);
  while (self->delivering && self->thread != g_thread_self ())
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
}

/**
 * spot_subscription_drop:
 * @self: a subscription
 *
 * The object is gone: stops it, and lets go of the sink's data, at once or when the sink has returned.
 */
void
spot_subscription_drop (SpotSubscription *self)
{
  gboolean inside;

  spot_subscription_stop (self);
  g_mutex_lock (&self->lock);
  inside = self->delivering;
  self->destroy_later = inside && self->destroy != NULL;
  g_mutex_unlock (&self->lock);
  if (!inside && self->destroy != NULL)
    self->destroy (self->user_data);
}

/* ---- the thread ---- */

/**
 * spot_subscription_enter:
 * @self: a subscription whose thread begins
 *
 * Makes the session, and what else belongs to the thread.
 */
void
spot_subscription_enter (SpotSubscription *self)
{
  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  self->session = spot_http_new_session ();
  self->deadline = spot_deadline_new ();
  g_mutex_lock (&self->lock);
  self->thread = g_thread_self ();
  g_mutex_unlock (&self->lock);
}

/* libsoup clears its connections up in the context of the session. */
static void
clean_up (SpotSubscription *self)
{
  while (g_main_context_iteration (self->context, FALSE))
    continue;
}

/**
 * spot_subscription_leave:
 * @self: a subscription whose thread ends
 *
 * Closes its connections, and frees what belongs to the thread.
 */
void
spot_subscription_leave (SpotSubscription *self)
{
  g_clear_pointer (&self->deadline, spot_deadline_free);
  soup_session_abort (self->session);
  g_clear_object (&self->session);
  clean_up (self);
  g_main_context_pop_thread_default (self->context);
  g_clear_pointer (&self->context, g_main_context_unref);
}

/**
 * spot_subscription_begin_delivery:
 * @self: a subscription
 *
 * Returns: whether the sink may be called; spot_subscription_end_delivery() has to follow
 */
gboolean
spot_subscription_begin_delivery (SpotSubscription *self)
{
  gboolean open;

  g_mutex_lock (&self->lock);
  open = !self->stopped;
  self->delivering = open;
  g_mutex_unlock (&self->lock);
  return open;
}

/**
 * spot_subscription_end_delivery:
 * @self: a subscription
 *
 * The sink has returned.
 */
void
spot_subscription_end_delivery (SpotSubscription *self)
{
  gboolean destroy;

  g_mutex_lock (&self->lock);
  self->delivering = FALSE;
  destroy = self->destroy_later;
  self->destroy_later = FALSE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  if (destroy)
    self->destroy (self->user_data);
}

/**
 * spot_subscription_begin_request:
 * @self: a subscription, locked
 * @cancellable: (out) (transfer full): what the owner's wishes cancel
 *
 * A request begins. Unlocks.
 *
 * Returns: (transfer full): where to send it
 */
SpotEndpoint *
spot_subscription_begin_request (SpotSubscription  *self,
                                 GCancellable     **cancellable)
{
  SpotEndpoint *endpoint = spot_endpoint_ref (self->endpoint);

  *cancellable = g_cancellable_new ();
  self->cancellable = g_object_ref (*cancellable);
  g_mutex_unlock (&self->lock);
  return endpoint;
}

/**
 * spot_subscription_end_request:
 * @self: a subscription
 *
 * The request is over. Locks.
 */
void
spot_subscription_end_request (SpotSubscription *self)
{
  clean_up (self);
  g_mutex_lock (&self->lock);
  g_clear_object (&self->cancellable);
}

/**
 * spot_subscription_wait:
 * @self: a subscription, locked
 * @seen: the wishes that were looked at
 * @until_us: monotonic time, %G_MAXINT64 for no end
 *
 * Waits for a new wish, or until it is time; without the lock.
 */
void
spot_subscription_wait (SpotSubscription *self,
                        guint64           seen,
                        gint64            until_us)
{
  if (self->n_wishes != seen)
    return;
  if (until_us == G_MAXINT64)
    g_cond_wait (&self->changed, &self->lock);
  else
    g_cond_wait_until (&self->changed, &self->lock, until_us);
}

/**
 * spot_subscription_send:
 * @self: a subscription
 * @endpoint: server and credential
 * @target: path and query
 * @prepare: (scope call): adds headers to each request
 * @data: data for @prepare
 * @cancellable: what spot_subscription_begin_request() gave
 * @message: (out) (transfer full) (nullable): the request that was answered, or is the last one that was sent
 * @error: return location for an error
 *
 * Sends a request, and follows redirects that stay with the server. See spot_http_was_bad() for what an error may mean.
 *
 * Returns: (transfer full) (nullable): the body; %NULL after an error
 */
GInputStream *
spot_subscription_send (SpotSubscription      *self,
                        SpotEndpoint          *endpoint,
                        const char            *target,
                        SpotSubscriptionFunc   prepare,
                        gconstpointer          data,
                        GCancellable          *cancellable,
                        SoupMessage          **message,
                        GError               **error)
{
  *message = spot_http_new_get (endpoint, target, error);
  if (*message == NULL)
    return NULL;
  for (guint i = 0;; i++)
    {
      g_autoptr(GInputStream) stream = NULL;
      g_autoptr(GError) redirect_error = NULL;

      prepare (*message, data);
      spot_http_bound_bad_body (*message, self->deadline);
      stream = spot_http_send (self->session, endpoint, *message, cancellable, error);
      if (stream == NULL)
        return NULL;
      if (i < MAX_REDIRECTS && spot_http_follow_redirect (message, endpoint, &redirect_error))
        continue;
      if (redirect_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&redirect_error));
          return NULL;
        }
      return g_steal_pointer (&stream);
    }
}
