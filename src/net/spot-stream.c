/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include "spot-http.h"
#include "spot-limits.h"
#include "spot-packet.h"
#include "spot-stream-machine.h"
#include "spot-subscription.h"

#include "spot-stream.h"

#define READ_BYTES (64 * 1024)
#define HEAD_TIMEOUT_MS 30000
/* Servers say something, or end the answer, after 60 s at most. */
#define SILENCE_TIMEOUT_MS 90000

/* What the object and the thread share. */
typedef struct
{
  SpotSubscription base;
  char            *run_id;
  char            *key;
  SpotStreamSink   sink;
  gboolean         run_ended; /* lock */

  SpotStreamMachine *machine;
  SpotFeedState      told_state;
  gint64             told_retry_at_us;
  gboolean           told;
} Link;

struct _SpotStream
{
  GObject parent_instance;

  Link    *link;
  gboolean started;
};

G_DEFINE_FINAL_TYPE (SpotStream, spot_stream, G_TYPE_OBJECT)

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
  g_free (link->run_id);
  g_free (link->key);
  spot_subscription_clear (&link->base);
  g_free (link);
}

/* ---- delivering; the thread ---- */

static void
deliver_chunks (Link *link)
{
  g_autoptr(GPtrArray) chunks = NULL;
  SpotStreamChunk *chunk;

  while ((chunk = spot_stream_machine_take_chunk (link->machine)) != NULL)
    {
      if (chunks == NULL)
        chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_stream_chunk_unref);
      g_ptr_array_add (chunks, chunk);
    }
  if (chunks != NULL && spot_subscription_begin_delivery (&link->base))
    {
      link->sink.chunks (g_steal_pointer (&chunks), link->base.user_data);
      spot_subscription_end_delivery (&link->base);
    }
}

static void
deliver_status (Link         *link,
                SpotEndpoint *endpoint)
{
  SpotFeedState state = spot_stream_machine_get_state (link->machine);
  const GError *problem = spot_stream_machine_get_problem (link->machine);
  gint64 wait_ms = spot_stream_machine_get_wait_ms (link->machine);
  gint64 retry_at_us = 0;
  SpotFeedStatus *status;

  if (state == SPOT_FEED_RECONNECTING && wait_ms > 0 && link->base.cancellable == NULL)
    retry_at_us = g_get_monotonic_time () + wait_ms * G_TIME_SPAN_MILLISECOND;
  if (link->told && state == link->told_state && (retry_at_us == 0) == (link->told_retry_at_us == 0))
    return;
  link->told = TRUE;
  link->told_state = state;
  link->told_retry_at_us = retry_at_us;
  if (!spot_subscription_begin_delivery (&link->base))
    return;
  status = g_new0 (SpotFeedStatus, 1);
  g_atomic_ref_count_init (&status->ref_count);
  status->state = state;
  status->retry_at_us = retry_at_us;
  status->n_requests = link->base.n_requests;
  if (problem != NULL)
    status->problem = spot_feed_status_describe_problem (endpoint, problem);
  link->sink.status (status, link->base.user_data);
  spot_subscription_end_delivery (&link->base);
}

static void
deliver (Link         *link,
         SpotEndpoint *endpoint)
{
  deliver_chunks (link);
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
  const SpotStreamRequest *request = data;
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_headers_replace (headers, "Accept", "text/event-stream");
  /* A proxy that compresses holds small events back. */
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (request->last_id != NULL)
    soup_message_headers_replace (headers, "Last-Event-ID", request->last_id);
  if (request->wait_s > 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%u", request->wait_s);

      soup_message_headers_replace (headers, "Timeout-Seconds", seconds);
    }
}

static gboolean
exchange (Link                     *link,
          SpotEndpoint             *endpoint,
          const SpotStreamRequest  *request,
          char                     *buffer,
          GCancellable             *cancellable,
          GError                  **error)
{
  gint64 silence_us = MIN (SILENCE_TIMEOUT_MS, link->base.max_timeout_ms) * G_TIME_SPAN_MILLISECOND;
  g_autoptr(SoupMessage) message = NULL;
  g_autoptr(GInputStream) stream = NULL;
  g_autoptr(GError) send_error = NULL;
  gssize n_read;
  guint status;

  stream = spot_subscription_send (&link->base, endpoint, request->target, prepare_cb, request, cancellable, &message,
                                   &send_error);
  if (stream == NULL && !spot_http_was_bad (message, send_error))
    {
      g_propagate_error (error, g_steal_pointer (&send_error));
      return FALSE;
    }
  status = soup_message_get_status (message);
  if (!spot_stream_machine_take_head (link->machine, status, get_header, soup_message_get_response_headers (message)))
    return TRUE;
  if (status != SOUP_STATUS_OK)
    {
      g_autofree char *text = stream != NULL ? spot_http_read_bad_body (stream, endpoint, cancellable) : g_strdup ("");

      spot_stream_machine_take_body (link->machine, text, strlen (text));
      return TRUE;
    }
  do
    {
      spot_deadline_move (link->base.deadline, g_get_monotonic_time () + silence_us);
      deliver (link, endpoint);
      n_read = g_input_stream_read (stream, buffer, READ_BYTES, cancellable, error);
    }
  while (n_read > 0 && spot_stream_machine_take_body (link->machine, buffer, (gsize) n_read));
  return n_read >= 0;
}

static void
run_request (Link                    *link,
             SpotEndpoint            *endpoint,
             const SpotStreamRequest *request,
             char                    *buffer,
             GCancellable            *cancellable)
{
  g_autoptr(GError) error = NULL;
  gint64 timeout_us = MIN (HEAD_TIMEOUT_MS, link->base.max_timeout_ms) * G_TIME_SPAN_MILLISECOND;
  gboolean complete;
  gboolean timed_out;

  link->base.n_requests++;
  deliver (link, endpoint);
  spot_deadline_arm (link->base.deadline, cancellable, g_get_monotonic_time () + timeout_us);
  complete = exchange (link, endpoint, request, buffer, cancellable, &error);
  timed_out = spot_deadline_disarm (link->base.deadline);
  if (complete)
    {
      spot_stream_machine_take_end (link->machine);
    }
  else if (timed_out)
    {
      g_clear_error (&error);
      error = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s: no answer in time", request->target);
      spot_stream_machine_take_failure (link->machine, error);
    }
  else if (g_cancellable_is_cancelled (cancellable))
    {
      spot_stream_machine_take_aborted (link->machine);
    }
  else
    {
      spot_stream_machine_take_failure (link->machine, error);
    }
}

/* ---- the thread ---- */

/* Called and returns with the lock; works without it. */
static void
do_request (Link *link,
            char *buffer)
{
  g_autoptr(SpotStreamRequest) request = spot_stream_machine_dup_request (link->machine);
  g_autoptr(SpotEndpoint) endpoint = NULL;
  g_autoptr(GCancellable) cancellable = NULL;

  endpoint = spot_subscription_begin_request (&link->base, &cancellable);
  run_request (link, endpoint, request, buffer, cancellable);
  deliver_chunks (link);
  spot_subscription_end_request (&link->base);
}

/* Called and returns with the lock; works without it. */
static void
wait_for_wish (Link    *link,
               guint64  seen,
               gboolean forever)
{
  g_autoptr(SpotEndpoint) endpoint = spot_endpoint_ref (link->base.endpoint);
  gint64 until_us = g_get_monotonic_time () +
                    spot_stream_machine_get_wait_ms (link->machine) * G_TIME_SPAN_MILLISECOND;

  g_mutex_unlock (&link->base.lock);
  deliver (link, endpoint);
  g_mutex_lock (&link->base.lock);
  spot_subscription_wait (&link->base, seen, forever ? G_MAXINT64 : until_us);
}

static void
run_machine (Link *link)
{
  g_autofree char *buffer = g_malloc (READ_BYTES);
  SpotFeedStep step;

  g_mutex_lock (&link->base.lock);
  do
    {
      guint64 seen = link->base.n_wishes;

      if (link->base.stopped)
        spot_stream_machine_stop (link->machine);
      if (link->run_ended)
        spot_stream_machine_set_run_ended (link->machine);
      if (link->base.want_retry)
        spot_stream_machine_retry_now (link->machine);
      link->base.want_retry = FALSE;
      step = spot_stream_machine_next (link->machine);
      if (step == SPOT_FEED_STEP_REQUEST)
        do_request (link, buffer);
      else if (step != SPOT_FEED_STEP_STOP)
        wait_for_wish (link, seen, step == SPOT_FEED_STEP_REST);
    }
  while (step != SPOT_FEED_STEP_STOP);
  g_mutex_unlock (&link->base.lock);
}

static gpointer
stream_thread (gpointer data)
{
  Link *link = data;
  g_autoptr(SpotEndpoint) endpoint = NULL;

  link->machine = spot_stream_machine_new (link->run_id, link->key, NULL);
  spot_subscription_enter (&link->base);
  /* It would put its own Accept-Encoding into the request. */
  soup_session_remove_feature_by_type (link->base.session, SOUP_TYPE_CONTENT_DECODER);

  run_machine (link);
  g_mutex_lock (&link->base.lock);
  endpoint = spot_endpoint_ref (link->base.endpoint);
  g_mutex_unlock (&link->base.lock);
  deliver (link, endpoint);

  spot_stream_machine_free (link->machine);
  spot_subscription_leave (&link->base);
  link_unref (link);
  return NULL;
}

/* ---- the object ---- */

static void
spot_stream_finalize (GObject *object)
{
  SpotStream *self = SPOT_STREAM (object);

  spot_subscription_drop (&self->link->base);
  link_unref (self->link);
  G_OBJECT_CLASS (spot_stream_parent_class)->finalize (object);
}

static void
spot_stream_class_init (SpotStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = spot_stream_finalize;
}

static void
spot_stream_init (SpotStream *self)
{
}

/**
 * spot_stream_new:
 * @endpoint: server and credential
 * @run_id: the run, not empty
 * @key: the stream's key, not empty
 * @sink: where to deliver, copied; both functions are called on the stream's own thread
 * @user_data: data for @sink
 * @destroy: (nullable): called with @user_data when @sink will not be called any more because the object is gone
 *
 * Returns: (transfer full): a stream that has not begun
 */
SpotStream *
spot_stream_new (SpotEndpoint         *endpoint,
                 const char           *run_id,
                 const char           *key,
                 const SpotStreamSink *sink,
                 gpointer              user_data,
                 GDestroyNotify        destroy)
{
  SpotStream *self;
  Link *link;

  g_return_val_if_fail (endpoint != NULL, NULL);
  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);
  g_return_val_if_fail (key != NULL && *key != '\0', NULL);
  g_return_val_if_fail (sink != NULL && sink->chunks != NULL && sink->status != NULL, NULL);

  link = g_new0 (Link, 1);
  spot_subscription_init (&link->base, endpoint, user_data, destroy);
  link->run_id = g_strdup (run_id);
  link->key = g_strdup (key);
  link->sink = *sink;
  self = g_object_new (SPOT_TYPE_STREAM, NULL);
  self->link = link;
  return self;
}

/**
 * spot_stream_get_key:
 * @self: a stream
 *
 * Returns: (transfer none): its key
 */
const char *
spot_stream_get_key (SpotStream *self)
{
  g_return_val_if_fail (SPOT_IS_STREAM (self), NULL);

  return self->link->key;
}

/**
 * spot_stream_set_max_timeout_ms:
 * @self: a stream that has not begun
 * @max_timeout_ms: a time-out in milliseconds
 *
 * Lets no head and no silence take longer than this, so that a test need not wait for the real time-outs.
 */
void
spot_stream_set_max_timeout_ms (SpotStream *self,
                                gint64      max_timeout_ms)
{
  g_return_if_fail (SPOT_IS_STREAM (self));
  g_return_if_fail (!self->started && max_timeout_ms > 0);

  self->link->base.max_timeout_ms = max_timeout_ms;
}

/**
 * spot_stream_start:
 * @self: a stream that has not begun
 *
 * Starts its thread. The first status comes at once.
 */
void
spot_stream_start (SpotStream *self)
{
  g_return_if_fail (SPOT_IS_STREAM (self));
  g_return_if_fail (!self->started);

  self->started = TRUE;
  g_thread_unref (g_thread_new ("spot-stream", stream_thread, link_ref (self->link)));
}

/**
 * spot_stream_stop:
 * @self: a stream
 *
 * Ends it for good, without waiting for the network. When this returns the sink is not running and will not be called
 * again; called from the sink itself, it will not be called again.
 */
void
spot_stream_stop (SpotStream *self)
{
  g_return_if_fail (SPOT_IS_STREAM (self));

  spot_subscription_stop (&self->link->base);
}

/**
 * spot_stream_retry_now:
 * @self: a stream
 *
 * Connects at once, from where it was: ends a delay or a %SPOT_FEED_NEEDS_ATTENTION, and gives a connection up that may
 * be dead because the network has changed or the machine has slept.
 */
void
spot_stream_retry_now (SpotStream *self)
{
  g_return_if_fail (SPOT_IS_STREAM (self));

  spot_subscription_retry_now (&self->link->base);
}

/**
 * spot_stream_set_endpoint:
 * @self: a stream
 * @endpoint: server and credential
 *
 * Goes on with another credential, from where it was, at once.
 */
void
spot_stream_set_endpoint (SpotStream   *self,
                          SpotEndpoint *endpoint)
{
  g_return_if_fail (SPOT_IS_STREAM (self));
  g_return_if_fail (endpoint != NULL);

  spot_subscription_set_endpoint (&self->link->base, endpoint);
}

/**
 * spot_stream_set_run_ended:
 * @self: a stream
 *
 * The run has ended: what is still on its way is delivered, and then the stream stops by itself.
 */
void
spot_stream_set_run_ended (SpotStream *self)
{
  g_return_if_fail (SPOT_IS_STREAM (self));

  g_mutex_lock (&self->link->base.lock);
  self->link->run_ended = TRUE;
  spot_subscription_wish_and_unlock (&self->link->base, FALSE);
}

/* (transfer full) (nullable): `metadata.$$streams` when it is a list of nothing but texts, and not empty. */
static char **
dup_metadata_keys (const SpotRunRecord *record)
{
  g_autofree char *text = NULL;
  g_autoptr(SpotPacket) packet = NULL;
  g_autofree char *type = NULL;
  SpotValue *list;
  GStrvBuilder *keys;
  char **result;
  gsize length;

  if (!spot_run_record_has (record, SPOT_COLUMN_METADATA))
    return NULL;
  text = spot_run_record_dup_text (record, SPOT_COLUMN_METADATA, &length);
  /* Metadata is large and seldom has them. */
  if (text == NULL || strstr (text, "$$streams") == NULL)
    return NULL;
  type = spot_run_record_dup_text (record, SPOT_COLUMN_METADATA_TYPE, NULL);
  packet = spot_packet_decode (text, (gssize) length, type);
  if (packet->value == NULL || spot_value_get_kind (packet->value) != SPOT_VALUE_OBJECT)
    return NULL;
  list = spot_value_get_member (packet->value, "$$streams");
  if (list == NULL || spot_value_get_kind (list) != SPOT_VALUE_ARRAY || spot_value_get_n_children (list) == 0)
    return NULL;
  keys = g_strv_builder_new ();
  for (guint i = 0; i < spot_value_get_n_children (list); i++)
    {
      SpotValue *key = spot_value_get_child (list, i);

      if (spot_value_get_kind (key) != SPOT_VALUE_STRING)
        {
          g_strv_builder_unref (keys);
          return NULL;
        }
      g_strv_builder_add (keys, spot_value_get_text (key, NULL));
    }
  result = g_strv_builder_end (keys);
  g_strv_builder_unref (keys);
  return result;
}

/**
 * spot_stream_dup_keys:
 * @record: a run
 *
 * The keys of its data streams, from its metadata or its row (protocol §7.1): each once, without empty ones, at most
 * %SPOT_MAX_STREAMS. Keys that begin with `$trigger.input:` are of data sent to the run.
 *
 * Returns: (transfer full) (array zero-terminated=1): the keys
 */
char **
spot_stream_dup_keys (const SpotRunRecord *record)
{
  g_auto(GStrv) from_metadata = NULL;
  const char * const *all;
  GStrvBuilder *keys;
  char **result;
  guint n = 0;

  g_return_val_if_fail (record != NULL, NULL);

  from_metadata = dup_metadata_keys (record);
  all = from_metadata != NULL ? (const char * const *) from_metadata : spot_run_record_get_streams (record);
  keys = g_strv_builder_new ();
  for (guint i = 0; all != NULL && all[i] != NULL && n < SPOT_MAX_STREAMS; i++)
    {
      gboolean again = *all[i] == '\0';

      for (guint j = 0; j < i && !again; j++)
        again = strcmp (all[j], all[i]) == 0;
      if (again)
        continue;
      g_strv_builder_add (keys, all[i]);
      n++;
    }
  result = g_strv_builder_end (keys);
  g_strv_builder_unref (keys);
  return result;
}
