/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#define _GNU_SOURCE
#include "config.h"

#include <string.h>

#include "spot-deadline.h"
#include "spot-http.h"
#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-retry.h"

#include "spot-api-client.h"

#define READ_BYTES (64 * 1024)
#define MAX_THREADS 4
#define MAX_REDIRECTS 5
/* Counts from the last byte; and however the bytes drip. */
#define TIMEOUT_US (30 * G_TIME_SPAN_SECOND)
#define WHOLE_TIMEOUT_US (5 * G_TIME_SPAN_MINUTE)

/* A session and the context that it cleans its connections up in. Used by one thread at a time. */
typedef struct
{
  GMainContext *context;
  SoupSession  *session;
} Line;

struct _SpotApiClient
{
  GObject parent_instance;

  GThreadPool  *pool;
  GMutex        lock;
  SpotEndpoint *endpoint; /* lock */
  GQueue        lines;    /* lock: those that nobody uses */
  guint         hurry;
};

G_DEFINE_FINAL_TYPE (SpotApiClient, spot_api_client, G_TYPE_OBJECT)

/* What one task has to do. */
typedef struct
{
  SpotApiCall  *call;     /* nullable: NULL for a packet */
  char         *run_id;   /* nullable */
  char         *path;     /* nullable */
  gboolean      output;
  SpotEndpoint *endpoint;
} Job;

/* What its thread works with. */
typedef struct
{
  Line         *line;
  SpotEndpoint *endpoint;
  GCancellable *caller;      /* nullable: what the caller cancels */
  SpotDeadline *deadline;
  guint         hurry;
  gboolean      system_trust; /* talks to somebody whom the endpoint's authorities need not vouch for */
} Worker;

/* An answer with its body. */
typedef struct
{
  SoupMessage *message;
  guint        status;
  GByteArray  *body;
} Answer;

static void
job_free (Job *job)
{
  g_clear_pointer (&job->call, spot_api_call_free);
  g_free (job->run_id);
  g_free (job->path);
  spot_endpoint_unref (job->endpoint);
  g_free (job);
}

static void
answer_clear (Answer *answer)
{
  g_clear_object (&answer->message);
  g_clear_pointer (&answer->body, g_byte_array_unref);
  answer->status = 0;
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

/* ---- one request; a thread of the pool ---- */

static gboolean
read_body (Worker        *worker,
           GInputStream  *stream,
           GCancellable  *cancellable,
           gsize          max_bytes,
           gboolean       only_beginning,
           GByteArray    *body,
           GError       **error)
{
  g_autofree guint8 *buffer = g_malloc (READ_BYTES);
  gint64 until_us = g_get_monotonic_time () + WHOLE_TIMEOUT_US;
  gssize n_read;

  while ((n_read = g_input_stream_read (stream, buffer, READ_BYTES, cancellable, error)) > 0)
    {
      gsize room = max_bytes - body->len;

      if ((gsize) n_read > room && !only_beginning)
        {
          g_set_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE,
                       "the answer is larger than %" G_GSIZE_FORMAT " bytes", max_bytes);
          return FALSE;
        }
      g_byte_array_append (body, buffer, (guint) MIN ((gsize) n_read, room));
      if ((gsize) n_read >= room && only_beginning)
        return TRUE;
      spot_deadline_move (worker->deadline, MIN (g_get_monotonic_time () + TIMEOUT_US, until_us));
    }
  return n_read == 0;
}

static gboolean
exchange (Worker        *worker,
          Answer        *answer,
          gboolean       to_stranger,
          gsize          max_bytes,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr(GInputStream) stream = NULL;
  gboolean good;

  for (guint i = 0;; i++)
    {
      g_autoptr(GError) redirect_error = NULL;

      g_clear_object (&stream);
      stream = spot_http_send (worker->line->session, worker->system_trust ? NULL : worker->endpoint, answer->message,
                               cancellable, error);
      if (stream == NULL)
        return FALSE;
      if (to_stranger || i == MAX_REDIRECTS ||
          !spot_http_follow_redirect (&answer->message, worker->endpoint, &redirect_error))
        {
          if (redirect_error == NULL)
            break;
          g_propagate_error (error, g_steal_pointer (&redirect_error));
          return FALSE;
        }
    }
  answer->status = soup_message_get_status (answer->message);
  answer->body = g_byte_array_new ();
  good = answer->status >= 200 && answer->status < 300;
  if (good)
    return read_body (worker, stream, cancellable, max_bytes, FALSE, answer->body, error);
  /* However it ends: the status decides. */
  read_body (worker, stream, cancellable, SPOT_MAX_ERROR_BODY_BYTES, TRUE, answer->body, NULL);
  return TRUE;
}

static void
cancel_cb (GCancellable *caller,
           GCancellable *cancellable)
{
  g_cancellable_cancel (cancellable);
}

/* Sends answer->message and reads the answer into @answer. */
static gboolean
send_once (Worker    *worker,
           Answer    *answer,
           gboolean   to_stranger,
           gsize      max_bytes,
           GError   **error)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) failure = NULL;
  gulong handler = 0;
  gboolean complete;
  gboolean timed_out;

  if (worker->caller != NULL)
    handler = g_cancellable_connect (worker->caller, G_CALLBACK (cancel_cb), cancellable, NULL);
  spot_deadline_arm (worker->deadline, cancellable, g_get_monotonic_time () + TIMEOUT_US);
  complete = exchange (worker, answer, to_stranger, max_bytes, cancellable, &failure);
  timed_out = spot_deadline_disarm (worker->deadline);
  g_cancellable_disconnect (worker->caller, handler);
  /* libsoup clears its connections up in the context of the session. */
  while (g_main_context_iteration (worker->line->context, FALSE))
    continue;
  if (complete)
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (worker->caller, error))
    return FALSE;
  if (timed_out)
    g_set_error_literal (error, SPOT_API_ERROR, SPOT_API_ERROR_UNREACHABLE, "no answer in time");
  else
    g_propagate_error (error, spot_http_transport_error (failure));
  return FALSE;
}

/* ---- again ---- */

static gboolean
pause_for (Worker  *worker,
           gint64   delay_ms,
           GError **error)
{
  gint64 until_us = g_get_monotonic_time () + delay_ms * G_TIME_SPAN_MILLISECOND;
  GPollFD poll_fd;
  gint64 left_us;

  if (worker->caller == NULL || !g_cancellable_make_pollfd (worker->caller, &poll_fd))
    {
      g_usleep ((gulong) (delay_ms * G_TIME_SPAN_MILLISECOND));
      return TRUE;
    }
  while ((left_us = until_us - g_get_monotonic_time ()) > 0 && !g_cancellable_is_cancelled (worker->caller))
    g_poll (&poll_fd, 1, (int) (left_us / G_TIME_SPAN_MILLISECOND + 1));
  g_cancellable_release_fd (worker->caller);
  return !g_cancellable_set_error_if_cancelled (worker->caller, error);
}

static const char *
get_header (Answer     *answer,
            const char *name)
{
  return soup_message_headers_get_one (soup_message_get_response_headers (answer->message), name);
}

static void
describe_answer (Answer          *answer,
                 SpotRetryAnswer *description)
{
  gint64 wall_us = g_get_real_time ();
  gint64 server_us = 0;
  const char *date = get_header (answer, "date");
  const char *should_retry = get_header (answer, "x-should-retry");
  g_autoptr(GDateTime) moment = date != NULL ? soup_date_time_new_from_http_string (date) : NULL;

  if (moment != NULL)
    server_us = g_date_time_to_unix (moment) * G_TIME_SPAN_SECOND;
  description->status = answer->status;
  if (g_strcmp0 (should_retry, "true") == 0)
    description->should_retry = SPOT_SHOULD_RETRY_YES;
  else if (g_strcmp0 (should_retry, "false") == 0)
    description->should_retry = SPOT_SHOULD_RETRY_NO;
  description->reset_in_ms = spot_retry_parse_reset_ms (get_header (answer, "x-ratelimit-reset"), server_us, wall_us);
  description->retry_after_ms = spot_http_parse_retry_after (get_header (answer, "retry-after"), wall_us);
}

/* (transfer full) (nullable): the sentence in a JSON body. */
static char *
dup_sentence (const char *body,
              gsize       length)
{
  static const char * const names[] = { "error", "detail", "message", "title" };
  g_autoptr(SpotValue) value = spot_value_new_from_json (body, (gssize) length, NULL);
  SpotValue *details;
  const char *sentence = NULL;
  const char *detail = NULL;

  if (value == NULL || spot_value_get_kind (value) != SPOT_VALUE_OBJECT)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (names) && sentence == NULL; i++)
    {
      SpotValue *member = spot_value_get_member (value, names[i]);

      if (member != NULL && spot_value_get_kind (member) == SPOT_VALUE_STRING)
        sentence = spot_value_get_text (member, NULL);
    }
  if (sentence == NULL)
    return NULL;
  details = spot_value_get_member (value, "details");
  if (details != NULL && spot_value_get_kind (details) == SPOT_VALUE_ARRAY && spot_value_get_n_children (details) > 0)
    {
      SpotValue *first = spot_value_get_child (details, 0);
      SpotValue *message = NULL;

      if (spot_value_get_kind (first) == SPOT_VALUE_OBJECT)
        message = spot_value_get_member (first, "message");
      if (message != NULL && spot_value_get_kind (message) == SPOT_VALUE_STRING)
        detail = spot_value_get_text (message, NULL);
    }
  return detail != NULL ? g_strdup_printf ("%s: %s", sentence, detail) : g_strdup (sentence);
}

static GError *
make_status_error (Worker     *worker,
                   Answer     *answer,
                   const char *target)
{
  g_autofree char *path = g_strndup (target, strcspn (target, "?"));
  const char *body = answer->body->len > 0 ? (const char *) answer->body->data : "";
  g_autofree char *text = spot_endpoint_redact (worker->endpoint, body, (gssize) answer->body->len);
  g_autofree char *sentence = dup_sentence (text, strlen (text));

  if (sentence == NULL)
    sentence = g_steal_pointer (&text);
  return spot_http_status_error (answer->status, path, sentence, strlen (sentence));
}

/* What becomes of a failure: waits and returns TRUE to try again. (inout) *failure: the failure to report instead. */
static gboolean
wait_to_retry (Worker                *worker,
               SpotRetry             *retry,
               const SpotRetryAnswer *answer,
               guint                  hurry,
               GError               **failure)
{
  gint64 delay_ms = spot_retry_next_ms (retry, answer, CLAMP (g_random_double (), 0.0, 0.999999));
  GError *cancelled = NULL;

  if (delay_ms < 0)
    return FALSE;
  if (answer->status != 429 || answer->reset_in_ms < 0)
    delay_ms /= hurry;
  g_clear_error (failure);
  if (pause_for (worker, delay_ms, &cancelled))
    return TRUE;
  *failure = cancelled;
  return FALSE;
}

static gboolean
is_final_failure (const GError *failure)
{
  return !g_error_matches (failure, SPOT_API_ERROR, SPOT_API_ERROR_UNREACHABLE) &&
         !g_error_matches (failure, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER);
}

/* Sends a call until it is answered well or there is no more hope. */
static gboolean
send_call (Worker       *worker,
           SpotApiCall  *call,
           Answer       *answer,
           GError      **error)
{
  SpotRetry retry = { .repeatable = call->repeatable };

  for (;;)
    {
      SpotRetryAnswer description = { .reset_in_ms = -1 };
      g_autoptr(GError) failure = NULL;

      answer_clear (answer);
      answer->message = spot_http_new_request (worker->endpoint, call->method, call->target, call->body, error);
      if (answer->message == NULL)
        return FALSE;
      if (send_once (worker, answer, FALSE, SPOT_MAX_API_BODY_BYTES, &failure))
        {
          if (answer->status >= 200 && answer->status < 300)
            return TRUE;
          describe_answer (answer, &description);
          failure = make_status_error (worker, answer, call->target);
        }
      else if (is_final_failure (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (!wait_to_retry (worker, &retry, &description, worker->hurry, &failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
    }
}

static SpotValue *
leave_secrets_out (SpotValue  *child,
                   const char *name,
                   guint       depth,
                   gpointer    user_data)
{
  /* `apiKey`, and what else of the kind a server may add. */
  if (name != NULL && (strcasestr (name, "apikey") != NULL || strcasestr (name, "secret") != NULL))
    return NULL;
  return spot_value_ref (child);
}

static SpotValue *
do_call (Worker       *worker,
         SpotApiCall  *call,
         GError      **error)
{
  g_auto(Answer) answer = { NULL };
  g_autoptr(SpotValue) value = NULL;
  g_autoptr(GError) failure = NULL;

  if (!send_call (worker, call, &answer, error))
    return NULL;
  if (answer.body->len > 0)
    value = spot_value_new_from_json ((const char *) answer.body->data, (gssize) answer.body->len, &failure);
  if (call->has_secret && answer.body->len > 0)
    explicit_bzero (answer.body->data, answer.body->len);
  if (value == NULL || (spot_value_get_kind (value) != SPOT_VALUE_OBJECT &&
                        !(call->any_answer && spot_value_get_kind (value) == SPOT_VALUE_ARRAY)))
    {
      g_set_error (error, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER, "%s: the answer is no JSON object", call->target);
      return NULL;
    }
  if (call->has_secret)
    return spot_value_filter (value, leave_secrets_out, NULL);
  return g_steal_pointer (&value);
}

/* ---- packets ---- */

/* (transfer full) (nullable): where the packet lies, a secret. */
static char *
find_packet (Worker  *worker,
             Job     *job,
             GError **error)
{
  g_autoptr(SpotApiCall) call = NULL;
  g_autoptr(SpotValue) answer = NULL;
  g_autoptr(GError) failure = NULL;
  SpotValue *url;

  if (job->run_id != NULL)
    {
      call = spot_api_call_run_packet (job->run_id, job->output);
      answer = do_call (worker, call, &failure);
    }
  if (answer == NULL && job->path != NULL &&
      (failure == NULL || g_error_matches (failure, SPOT_API_ERROR, SPOT_API_ERROR_NOT_FOUND)))
    {
      g_clear_error (&failure);
      g_clear_pointer (&call, spot_api_call_free);
      call = spot_api_call_stored_packet (job->path);
      answer = do_call (worker, call, &failure);
    }
  if (answer == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  url = spot_value_get_member (answer, "presignedUrl");
  if (url == NULL || spot_value_get_kind (url) != SPOT_VALUE_STRING)
    {
      g_set_error_literal (error, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER,
                           "the server does not say where the value lies");
      return NULL;
    }
  return g_strdup (spot_value_get_text (url, NULL));
}

/* A redirect of the object store, which may point anywhere but from TLS to plain HTTP. */
static char *
dup_location (Answer *answer)
{
  const char *location = get_header (answer, "location");
  GUri *from = soup_message_get_uri (answer->message);
  g_autoptr(GUri) to = NULL;

  if (answer->status < 301 || answer->status > 308 || answer->status == 304 || location == NULL)
    return NULL;
  to = g_uri_parse_relative (from, location, SOUP_HTTP_URI_FLAGS, NULL);
  if (to == NULL || (strcmp (g_uri_get_scheme (from), "https") == 0 && strcmp (g_uri_get_scheme (to), "https") != 0))
    return NULL;
  return g_uri_to_string (to);
}

/* The object store is the account's own, or one that the world knows. */
static gboolean
try_other_trust (Worker       *worker,
                 const GError *failure)
{
  if (!worker->system_trust || spot_endpoint_get_trust (worker->endpoint) == NULL ||
      !g_error_matches (failure, SPOT_API_ERROR, SPOT_API_ERROR_TLS))
    return FALSE;
  worker->system_trust = FALSE;
  return TRUE;
}

/* Gets the object, without the credential. */
static gboolean
download_trusting (Worker      *worker,
                   const char  *first_url,
                   Answer      *answer,
                   GError     **error)
{
  g_autofree char *url = g_strdup (first_url);
  SpotRetry retry = { .repeatable = TRUE };
  guint n_redirects = 0;

  for (;;)
    {
      SpotRetryAnswer description = { .reset_in_ms = -1 };
      g_autoptr(GError) failure = NULL;
      g_autofree char *location = NULL;

      answer_clear (answer);
      answer->message = spot_http_new_stranger_get (url, error);
      if (answer->message == NULL)
        return FALSE;
      if (send_once (worker, answer, TRUE, SPOT_MAX_PACKET_BYTES, &failure))
        {
          if (answer->status >= 200 && answer->status < 300)
            return TRUE;
          location = dup_location (answer);
          if (location != NULL && n_redirects++ < MAX_REDIRECTS)
            {
              g_free (url);
              url = g_steal_pointer (&location);
              continue;
            }
          describe_answer (answer, &description);
          /* What the store says may repeat the signature. */
          failure = spot_http_status_error (answer->status, "the object store", NULL, 0);
        }
      else if (try_other_trust (worker, failure))
        {
          continue;
        }
      else if (is_final_failure (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (!wait_to_retry (worker, &retry, &description, worker->hurry * 2, &failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
    }
}

static gboolean
download (Worker      *worker,
          const char  *url,
          Answer      *answer,
          GError     **error)
{
  gboolean done;

  worker->system_trust = TRUE;
  done = download_trusting (worker, url, answer, error);
  worker->system_trust = FALSE;
  return done;
}

static SpotPacket *
do_packet (Worker  *worker,
           Job     *job,
           GError **error)
{
  g_auto(Answer) answer = { NULL };
  g_autoptr(GError) failure = NULL;
  g_autofree char *url = find_packet (worker, job, error);

  if (url == NULL)
    return NULL;
  if (!download (worker, url, &answer, &failure))
    {
      /* The address has expired on the way: another one, once. */
      if (answer.status != SOUP_STATUS_FORBIDDEN)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      g_free (url);
      url = find_packet (worker, job, error);
      if (url == NULL || !download (worker, url, &answer, error))
        return NULL;
    }
  return spot_packet_decode (answer.body->len > 0 ? (const char *) answer.body->data : "", (gssize) answer.body->len,
                             get_header (&answer, "content-type"));
}

/* ---- threads ---- */

static Line *
line_new (void)
{
  Line *line = g_new0 (Line, 1);

  line->context = g_main_context_new ();
  g_main_context_push_thread_default (line->context);
  line->session = spot_http_new_session ();
  g_main_context_pop_thread_default (line->context);
  return line;
}

static void
line_free (Line *line)
{
  g_main_context_push_thread_default (line->context);
  soup_session_abort (line->session);
  g_clear_object (&line->session);
  while (g_main_context_iteration (line->context, FALSE))
    continue;
  g_main_context_pop_thread_default (line->context);
  g_main_context_unref (line->context);
  g_free (line);
}

static Line *
borrow_line (SpotApiClient *self)
{
  Line *line;

  g_mutex_lock (&self->lock);
  line = g_queue_pop_head (&self->lines);
  g_mutex_unlock (&self->lock);
  return line != NULL ? line : line_new ();
}

static void
give_line_back (SpotApiClient *self,
                Line          *line)
{
  g_mutex_lock (&self->lock);
  g_queue_push_head (&self->lines, line);
  g_mutex_unlock (&self->lock);
}

static void
work (gpointer data,
      gpointer user_data)
{
  g_autoptr(GTask) task = data;
  SpotApiClient *self = g_task_get_source_object (task);
  Job *job = g_task_get_task_data (task);
  Worker worker = { 0 };
  GError *error = NULL;
  SpotValue *value = NULL;
  SpotPacket *packet = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  worker.line = borrow_line (self);
  worker.endpoint = job->endpoint;
  worker.caller = g_task_get_cancellable (task);
  worker.deadline = spot_deadline_new ();
  worker.hurry = self->hurry;
  g_main_context_push_thread_default (worker.line->context);
  if (job->call != NULL)
    value = do_call (&worker, job->call, &error);
  else
    packet = do_packet (&worker, job, &error);
  g_main_context_pop_thread_default (worker.line->context);
  spot_deadline_free (worker.deadline);
  give_line_back (self, worker.line);
  if (error != NULL)
    g_task_return_error (task, error);
  else if (value != NULL)
    g_task_return_pointer (task, value, (GDestroyNotify) spot_value_unref);
  else
    g_task_return_pointer (task, packet, (GDestroyNotify) spot_packet_free);
}

/* ---- the object ---- */

static void
spot_api_client_finalize (GObject *object)
{
  SpotApiClient *self = SPOT_API_CLIENT (object);

  /* Every task holds a reference, so none is left; the last may be just ending in a thread of the pool. */
  g_thread_pool_free (self->pool, FALSE, FALSE);
  g_queue_clear_full (&self->lines, (GDestroyNotify) line_free);
  spot_endpoint_unref (self->endpoint);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (spot_api_client_parent_class)->finalize (object);
}

static void
spot_api_client_class_init (SpotApiClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = spot_api_client_finalize;
}

static void
spot_api_client_init (SpotApiClient *self)
{
  self->pool = g_thread_pool_new (work, NULL, MAX_THREADS, FALSE, NULL);
  self->hurry = 1;
  g_mutex_init (&self->lock);
  g_queue_init (&self->lines);
}

/**
 * spot_api_client_new:
 * @endpoint: the API's address, which need not be that of the feeds, and the credential
 *
 * Returns: (transfer full): a client
 */
SpotApiClient *
spot_api_client_new (SpotEndpoint *endpoint)
{
  SpotApiClient *self;

  g_return_val_if_fail (endpoint != NULL, NULL);

  self = g_object_new (SPOT_TYPE_API_CLIENT, NULL);
  self->endpoint = spot_endpoint_ref (endpoint);
  return self;
}

/**
 * spot_api_client_set_endpoint:
 * @self: a client
 * @endpoint: address and credential
 *
 * Uses another credential for the calls that begin from now on.
 */
void
spot_api_client_set_endpoint (SpotApiClient *self,
                              SpotEndpoint  *endpoint)
{
  SpotEndpoint *old;

  g_return_if_fail (SPOT_IS_API_CLIENT (self));
  g_return_if_fail (endpoint != NULL);

  g_mutex_lock (&self->lock);
  old = self->endpoint;
  self->endpoint = spot_endpoint_ref (endpoint);
  g_mutex_unlock (&self->lock);
  spot_endpoint_unref (old);
}

/**
 * spot_api_client_set_hurry:
 * @self: a client that has not sent anything
 * @hurry: how many times shorter to wait before trying again, at least 1
 *
 * For tests. Waits for a rate limit stay as they are.
 */
void
spot_api_client_set_hurry (SpotApiClient *self,
                           guint          hurry)
{
  g_return_if_fail (SPOT_IS_API_CLIENT (self));
  g_return_if_fail (hurry > 0);

  self->hurry = hurry;
}

static void
start (SpotApiClient *self,
       GTask         *task,
       Job           *job)
{
  g_mutex_lock (&self->lock);
  job->endpoint = spot_endpoint_ref (self->endpoint);
  g_mutex_unlock (&self->lock);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_thread_pool_push (self->pool, task, NULL);
}

/**
 * spot_api_client_call_async:
 * @self: a client
 * @call: (transfer full): what to ask or do
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the caller's main context
 * @user_data: data for @callback
 *
 * Sends a call, and sends it again after failures that may pass (protocol §1.10): up to five times, and after a rate
 * limit when that is over.
 *
 * Fails with %SPOT_API_ERROR, its message ending with the server's own sentence, with %SPOT_PROTOCOL_ERROR_TOO_LARGE for
 * an answer beyond %SPOT_MAX_API_BODY_BYTES, and with %G_IO_ERROR_CANCELLED.
 */
void
spot_api_client_call_async (SpotApiClient       *self,
                            SpotApiCall         *call,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task;
  Job *job;

  g_return_if_fail (SPOT_IS_API_CLIENT (self));
  g_return_if_fail (call != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, spot_api_client_call_async);
  job = g_new0 (Job, 1);
  job->call = call;
  start (self, task, job);
}

/**
 * spot_api_client_call_finish:
 * @self: a client
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the answer, an object, or an array where the call says so; %NULL after an error
 */
SpotValue *
spot_api_client_call_finish (SpotApiClient  *self,
                             GAsyncResult   *result,
                             GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * spot_api_client_fetch_packet_async:
 * @self: a client
 * @run_id: (nullable): the run whose payload or output it is
 * @output: whether it is the output
 * @path: (nullable): what the `application/store` packet holds, for servers that do not know packets by run; one of
 *   @run_id and @path is needed
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the caller's main context
 * @user_data: data for @callback
 *
 * Gets a value out of the object store (protocol §6.3), to which the credential is not sent. An address that has
 * expired is asked for anew, once.
 *
 * Fails as spot_api_client_call_async() does, with %SPOT_PROTOCOL_ERROR_TOO_LARGE beyond %SPOT_MAX_PACKET_BYTES.
 */
void
spot_api_client_fetch_packet_async (SpotApiClient       *self,
                                    const char          *run_id,
                                    gboolean             output,
                                    const char          *path,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  GTask *task;
  Job *job;

  g_return_if_fail (SPOT_IS_API_CLIENT (self));
  g_return_if_fail ((run_id != NULL && *run_id != '\0') || (path != NULL && *path != '\0'));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, spot_api_client_fetch_packet_async);
  job = g_new0 (Job, 1);
  job->run_id = run_id != NULL && *run_id != '\0' ? g_strdup (run_id) : NULL;
  job->path = path != NULL && *path != '\0' ? g_strdup (path) : NULL;
  job->output = output;
  start (self, task, job);
}

/**
 * spot_api_client_fetch_packet_finish:
 * @self: a client
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the packet, decoded by the type that the store names; %NULL after an error
 */
SpotPacket *
spot_api_client_fetch_packet_finish (SpotApiClient  *self,
                                     GAsyncResult   *result,
                                     GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
