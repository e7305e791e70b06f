/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include "spot-feed-private.h"
#include "spot-http.h"
#include "spot-subscription.h"

#define READ_BYTES (64 * 1024)
/* A byte now and then is no answer: so many bytes may take as long as so many silences. */
#define DRIP_BYTES 4096
#define DRIP_PATIENCE 4

/* What the object and the thread share. */
typedef struct
{
  SpotSubscription base;
  SpotFeedSpec    *spec;
  SpotFeedSink     sink;
  gboolean         stop_when_ended;
  gboolean         event_stream;
  gint64           second_look_ms; /* 0 for the real ones */
  SpotLogPosition *position;       /* nullable */
  SpotRunBatch    *rows;           /* nullable: of before; dropped when the machine has them */
  gboolean         want_pause;     /* lock */

  SpotFeedMachine *machine;
  SpotFeedStatus  *told; /* nullable: the last status given out */
} Link;

struct _SpotFeed
{
  GObject parent_instance;

  Link    *link;
  gboolean started;
};

G_DEFINE_FINAL_TYPE (SpotFeed, spot_feed, G_TYPE_OBJECT)

static Link *
link_new (SpotEndpoint       *endpoint,
          SpotFeedSpec       *spec,
          const SpotFeedSink *sink,
          gpointer            user_data,
          GDestroyNotify      destroy)
{
  Link *link = g_new0 (Link, 1);

  spot_subscription_init (&link->base, endpoint, user_data, destroy);
  link->spec = spot_feed_spec_ref (spec);
  link->sink = *sink;
  link->stop_when_ended = TRUE;
  return link;
}

static Link *
link_ref (Link *link)
{
  g_atomic_ref_count_inc (&link->base.ref_count);
  return link;
}

static void
link_unref (Link *link)
{
  if (!g_atomic_ref_count_dec (&link->base.ref_count))
    return;
  g_clear_pointer (&link->told, spot_feed_status_unref);
  spot_feed_spec_unref (link->spec);
  g_clear_pointer (&link->position, spot_log_position_unref);
  g_clear_pointer (&link->rows, spot_run_batch_unref);
  spot_subscription_clear (&link->base);
  g_free (link);
}

/* ---- delivering; the thread ---- */

static void
deliver_batches (Link *link)
{
  SpotRunBatch *batch;

  while ((batch = spot_feed_machine_take_batch (link->machine)) != NULL)
    {
      if (spot_subscription_begin_delivery (&link->base))
        {
          link->sink.batch (batch, link->base.user_data);
          spot_subscription_end_delivery (&link->base);
        }
      else
        {
          spot_run_batch_unref (batch);
        }
    }
}

static void
deliver_status (Link         *link,
                SpotEndpoint *endpoint)
{
  SpotFeedStatus *status = spot_feed_status_new (link->machine, endpoint);

  status->n_requests = link->base.n_requests;
  if (!spot_feed_status_is_worth_telling (status, link->told))
    {
      spot_feed_status_unref (status);
      return;
    }
  g_clear_pointer (&link->told, spot_feed_status_unref);
  link->told = spot_feed_status_ref (status);
  if (spot_subscription_begin_delivery (&link->base))
    {
      link->sink.status (status, link->base.user_data);
      spot_subscription_end_delivery (&link->base);
    }
  else
    {
      spot_feed_status_unref (status);
    }
}

/* "Catching up" is said before the rows that come while it lasts, "live" after the rows that make it so. */
static void
deliver (Link         *link,
         SpotEndpoint *endpoint)
{
  if (spot_feed_machine_get_state (link->machine) == SPOT_FEED_CATCHING_UP)
    deliver_status (link, endpoint);
  deliver_batches (link);
  deliver_status (link, endpoint);
}

/* ---- one request; the thread ---- */

static const char *
get_header (gpointer    headers,
            const char *name)
{
  return soup_message_headers_get_one (headers, name);
}

static void
prepare_cb (SoupMessage   *message,
            gconstpointer  data)
{
  const SpotFeedRequest *request = data;
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  if (!request->event_stream)
    return;
  soup_message_headers_replace (headers, "Accept", "text/event-stream");
  /* A proxy that compresses holds small events back. */
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
}

static gboolean
read_good_body (Link             *link,
                SpotEndpoint     *endpoint,
                GInputStream     *stream,
                char             *buffer,
                gint64            idle_us, /* 0 when the whole answer has one time-out */
                GCancellable     *cancellable,
                GError          **error)
{
  gssize n_read;
  gssize n_dripped = 0;
  gint64 drip_until_us = g_get_monotonic_time () + DRIP_PATIENCE * idle_us;

  while ((n_read = g_input_stream_read (stream, buffer, READ_BYTES, cancellable, error)) > 0)
    {
      gint64 now;

      if (!spot_feed_machine_take_body (link->machine, buffer, (gsize) n_read))
        return TRUE;
      deliver (link, endpoint);
      if (idle_us == 0)
        continue;
      now = g_get_monotonic_time ();
      n_dripped += n_read;
      if (n_dripped >= DRIP_BYTES)
        {
          n_dripped = 0;
          drip_until_us = now + DRIP_PATIENCE * idle_us;
        }
      spot_deadline_move (link->base.deadline, MIN (now + idle_us, drip_until_us));
    }
  return n_read == 0;
}

static gboolean
exchange (Link                   *link,
          SpotEndpoint           *endpoint,
          const SpotFeedRequest  *request,
          gint64                  timeout_us,
          char                   *buffer,
          GCancellable           *cancellable,
          GError                **error)
{
  g_autoptr(SoupMessage) message = NULL;
  g_autoptr(GInputStream) stream = NULL;
  g_autoptr(GError) send_error = NULL;
  g_autofree char *text = NULL;
  gint64 idle_us = request->live && !request->event_stream ? 0 : timeout_us;
  guint status;

  stream = spot_subscription_send (&link->base, endpoint, request->target, prepare_cb, request, cancellable, &message,
                                   &send_error);
  if (stream == NULL && !spot_http_was_bad (message, send_error))
    {
      g_propagate_error (error, g_steal_pointer (&send_error));
      return FALSE;
    }
  status = soup_message_get_status (message);
  if (idle_us != 0 && status < 400)
    spot_deadline_move (link->base.deadline, g_get_monotonic_time () + idle_us);
  if (!spot_feed_machine_take_head (link->machine, status, get_header, soup_message_get_response_headers (message)))
    return TRUE;
  if (status == SOUP_STATUS_OK)
    return read_good_body (link, endpoint, stream, buffer, idle_us, cancellable, error);
  text = stream != NULL ? spot_http_read_bad_body (stream, endpoint, cancellable) : g_strdup ("");
  spot_feed_machine_take_body (link->machine, text, strlen (text));
  return TRUE;
}

static void
run_request (Link                  *link,
             SpotEndpoint          *endpoint,
             const SpotFeedRequest *request,
             char                  *buffer,
             GCancellable          *cancellable)
{
  g_autoptr(GError) error = NULL;
  gint64 timeout_us = MIN (request->timeout_ms, link->base.max_timeout_ms) * G_TIME_SPAN_MILLISECOND;
  gboolean complete;
  gboolean timed_out;

  link->base.n_requests++;
  deliver (link, endpoint);
  spot_deadline_arm (link->base.deadline, cancellable, g_get_monotonic_time () + timeout_us);
  complete = exchange (link, endpoint, request, timeout_us, buffer, cancellable, &error);
  timed_out = spot_deadline_disarm (link->base.deadline);
  if (complete)
    {
      spot_feed_machine_take_end (link->machine);
    }
  else if (timed_out)
    {
      g_clear_error (&error);
      error = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s: no answer in time",
                           spot_feed_spec_get_path (link->spec));
      spot_feed_machine_take_failure (link->machine, error);
    }
  else if (g_cancellable_is_cancelled (cancellable))
    {
      spot_feed_machine_take_aborted (link->machine);
    }
  else
    {
      spot_feed_machine_take_failure (link->machine, error);
    }
}

/* ---- the thread ---- */

/* Under the lock: the owner's wishes become the machine's. */
static void
take_wishes (Link *link)
{
  if (link->base.stopped)
    spot_feed_machine_stop (link->machine);
  if (link->base.want_retry)
    spot_feed_machine_retry_now (link->machine);
  link->base.want_retry = FALSE;
  if (link->want_pause)
    spot_feed_machine_pause (link->machine);
  else
    spot_feed_machine_resume (link->machine);
}

/* Called and returns with the lock; works without it. */
static void
do_request (Link *link,
            char *buffer)
{
  g_autoptr(SpotFeedRequest) request = spot_feed_machine_dup_request (link->machine);
  g_autoptr(SpotEndpoint) endpoint = NULL;
  g_autoptr(GCancellable) cancellable = NULL;

  endpoint = spot_subscription_begin_request (&link->base, &cancellable);
  run_request (link, endpoint, request, buffer, cancellable);
  deliver (link, endpoint);
  spot_subscription_end_request (&link->base);
}

/* Called and returns with the lock; works without it. */
static void
wait_for_wish (Link   *link,
               guint64 seen,
               gint64  until_us)
{
  g_autoptr(SpotEndpoint) endpoint = spot_endpoint_ref (link->base.endpoint);

  g_mutex_unlock (&link->base.lock);
  deliver (link, endpoint);
  g_mutex_lock (&link->base.lock);
  spot_subscription_wait (&link->base, seen, until_us);
}

/* Returns with the lock. */
static void
run_machine (Link *link)
{
  g_autofree char *buffer = g_malloc (READ_BYTES);

  g_mutex_lock (&link->base.lock);
  for (;;)
    {
      guint64 seen = link->base.n_wishes;

      take_wishes (link);
      switch (spot_feed_machine_next (link->machine))
        {
        case SPOT_FEED_STEP_REQUEST:
          do_request (link, buffer);
          break;
        case SPOT_FEED_STEP_WAIT:
          wait_for_wish (link, seen, g_get_monotonic_time () +
                         spot_feed_machine_get_wait_ms (link->machine) * G_TIME_SPAN_MILLISECOND);
          break;
        case SPOT_FEED_STEP_REST:
          wait_for_wish (link, seen, G_MAXINT64);
          break;
        case SPOT_FEED_STEP_STOP:
        default:
          return;
        }
    }
}

static gpointer
feed_thread (gpointer data)
{
  Link *link = data;
  g_autoptr(SpotEndpoint) endpoint = NULL;

  link->machine = spot_feed_machine_new (link->spec, NULL);
  spot_feed_machine_set_stop_when_ended (link->machine, link->stop_when_ended);
  spot_feed_machine_set_event_stream (link->machine, link->event_stream);
  if (link->second_look_ms > 0)
    spot_feed_machine_set_second_look_ms (link->machine, link->second_look_ms);
  if (link->rows != NULL)
    spot_feed_machine_set_position (link->machine, link->position, link->rows);
  g_clear_pointer (&link->rows, spot_run_batch_unref);
  spot_subscription_enter (&link->base);

  run_machine (link);
  endpoint = spot_endpoint_ref (link->base.endpoint);
  g_mutex_unlock (&link->base.lock);
  deliver (link, endpoint);

  g_clear_pointer (&link->machine, spot_feed_machine_free);
  spot_subscription_leave (&link->base);
  link_unref (link);
  return NULL;
}

/* ---- the object ---- */

static void
spot_feed_finalize (GObject *object)
{
  SpotFeed *self = SPOT_FEED (object);

  spot_subscription_drop (&self->link->base);
  link_unref (self->link);
  G_OBJECT_CLASS (spot_feed_parent_class)->finalize (object);
}

static void
spot_feed_class_init (SpotFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = spot_feed_finalize;
}

static void
spot_feed_init (SpotFeed *self)
{
}

/**
 * spot_feed_new:
 * @endpoint: server and credential
 * @spec: what to subscribe to
 * @sink: where to deliver, copied; both functions are called on the feed's own thread
 * @user_data: data for @sink
 * @destroy: (nullable): called with @user_data when @sink will not be called any more because the object is gone; in
 *   the thread that dropped its last reference
 *
 * Returns: (transfer full): a feed that has not begun
 */
SpotFeed *
spot_feed_new (SpotEndpoint       *endpoint,
               SpotFeedSpec       *spec,
               const SpotFeedSink *sink,
               gpointer            user_data,
               GDestroyNotify      destroy)
{
  SpotFeed *self;

  g_return_val_if_fail (endpoint != NULL, NULL);
  g_return_val_if_fail (spec != NULL, NULL);
  g_return_val_if_fail (sink != NULL && sink->batch != NULL && sink->status != NULL, NULL);

  self = g_object_new (SPOT_TYPE_FEED, NULL);
  self->link = link_new (endpoint, spec, sink, user_data, destroy);
  return self;
}

/**
 * spot_feed_get_spec:
 * @self: a feed
 *
 * Returns: (transfer none): what it subscribes to
 */
SpotFeedSpec *
spot_feed_get_spec (SpotFeed *self)
{
  g_return_val_if_fail (SPOT_IS_FEED (self), NULL);

  return self->link->spec;
}

/**
 * spot_feed_set_position:
 * @self: a feed that has not begun
 * @position: (nullable): `position` of the last batch of another feed for the same spec, or one that says the same
 * @rows: what the batches up to that one, or a later one, have left: one change with its `key` for each run
 *
 * Goes on from where another feed was, at another time. Changes of parts of a run are merged into @rows, and the first
 * commit, of kind %SPOT_RUN_BATCH_CATCH_UP, holds what differs from them: what happened meanwhile. There is no snapshot
 * then, unless @position is %NULL or not sound, a row has no key, or the server does not know the position any more: the
 * first commit holds what differs all the same.
 */
void
spot_feed_set_position (SpotFeed        *self,
                        SpotLogPosition *position,
                        SpotRunBatch    *rows)
{
  g_return_if_fail (SPOT_IS_FEED (self));
  g_return_if_fail (!self->started && self->link->rows == NULL);
  g_return_if_fail (rows != NULL);

  self->link->position = position != NULL ? spot_log_position_ref (position) : NULL;
  self->link->rows = spot_run_batch_ref (rows);
}

/**
 * spot_feed_set_stop_when_ended:
 * @self: a feed that has not begun
 * @stop_when_ended: whether it stops by itself
 *
 * Whether a run feed stops by itself 30 s after its run was first seen ended. Other feeds never do.
 */
void
spot_feed_set_stop_when_ended (SpotFeed *self,
                               gboolean  stop_when_ended)
{
  g_return_if_fail (SPOT_IS_FEED (self));
  g_return_if_fail (!self->started);

  self->link->stop_when_ended = stop_when_ended;
}

/**
 * spot_feed_set_event_stream:
 * @self: a feed that has not begun
 * @event_stream: whether to ask for live event streams
 *
 * Whether it asks for live event streams (protocol §3.11) until they turn out not to work. Off unless told otherwise.
 */
void
spot_feed_set_event_stream (SpotFeed *self,
                            gboolean  event_stream)
{
  g_return_if_fail (SPOT_IS_FEED (self));
  g_return_if_fail (!self->started);

  self->link->event_stream = event_stream;
}

/**
 * spot_feed_set_max_timeout_ms:
 * @self: a feed that has not begun
 * @max_timeout_ms: a time-out in milliseconds
 *
 * Lets no request take longer than this, so that a test need not wait for the real time-outs.
 */
void
spot_feed_set_max_timeout_ms (SpotFeed *self,
                              gint64    max_timeout_ms)
{
  g_return_if_fail (SPOT_IS_FEED (self));
  g_return_if_fail (!self->started && max_timeout_ms > 0);

  self->link->base.max_timeout_ms = max_timeout_ms;
}

/**
 * spot_feed_set_second_look_ms:
 * @self: a feed that has not begun
 * @max_ms: a time in milliseconds
 *
 * Lets none of the pauses before a second look at a server of the native kind be longer than this, so that a test need not
 * wait for the real ones.
 */
void
spot_feed_set_second_look_ms (SpotFeed *self,
                              gint64    max_ms)
{
  g_return_if_fail (SPOT_IS_FEED (self));
  g_return_if_fail (!self->started && max_ms > 0);

  self->link->second_look_ms = max_ms;
}

/**
 * spot_feed_start:
 * @self: a feed that has not begun
 *
 * Starts its thread. The first status comes at once.
 */
void
spot_feed_start (SpotFeed *self)
{
  g_return_if_fail (SPOT_IS_FEED (self));
  g_return_if_fail (!self->started);

  self->started = TRUE;
  g_thread_unref (g_thread_new ("spot-feed", feed_thread, link_ref (self->link)));
}

/**
 * spot_feed_stop:
 * @self: a feed
 *
 * Ends it for good, wherever it is, without waiting for the network. When this returns the sink is not running and will
 * not be called again; called from the sink itself, it will not be called again. So do not hold a lock that the sink
 * takes.
 */
void
spot_feed_stop (SpotFeed *self)
{
  g_return_if_fail (SPOT_IS_FEED (self));

  spot_subscription_stop (&self->link->base);
}

/**
 * spot_feed_pause:
 * @self: a feed
 *
 * Gives the request in flight up and sends nothing until spot_feed_resume().
 */
void
spot_feed_pause (SpotFeed *self)
{
  g_return_if_fail (SPOT_IS_FEED (self));

  g_mutex_lock (&self->link->base.lock);
  self->link->want_pause = TRUE;
  spot_subscription_wish_and_unlock (&self->link->base, TRUE);
}

/**
 * spot_feed_resume:
 * @self: a feed
 *
 * Ends a pause with a request that is answered at once. Nothing for a feed that is not paused.
 */
void
spot_feed_resume (SpotFeed *self)
{
  Link *link;

  g_return_if_fail (SPOT_IS_FEED (self));

  link = self->link;
  g_mutex_lock (&link->base.lock);
  if (!link->want_pause)
    {
      g_mutex_unlock (&link->base.lock);
      return;
    }
  link->want_pause = FALSE;
  /* The thread may not have seen the pause: then a delay has to end all the same. */
  link->base.want_retry = TRUE;
  spot_subscription_wish_and_unlock (&link->base, TRUE);
}

/**
 * spot_feed_retry_now:
 * @self: a feed
 *
 * Ends a delay or a %SPOT_FEED_NEEDS_ATTENTION. A live request in flight is given up for one that is answered at once:
 * for when the network has come back or the machine has slept.
 */
void
spot_feed_retry_now (SpotFeed *self)
{
  g_return_if_fail (SPOT_IS_FEED (self));

  spot_subscription_retry_now (&self->link->base);
}

/**
 * spot_feed_set_endpoint:
 * @self: a feed
 * @endpoint: server and credential
 *
 * Goes on with another credential, from the same position, at once.
 */
void
spot_feed_set_endpoint (SpotFeed     *self,
                        SpotEndpoint *endpoint)
{
  g_return_if_fail (SPOT_IS_FEED (self));
  g_return_if_fail (endpoint != NULL);

  spot_subscription_set_endpoint (&self->link->base, endpoint);
}
