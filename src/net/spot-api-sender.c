/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#define _GNU_SOURCE
#include "config.h"

#include <string.h>

#include "spot-http.h"
#include "spot-limits.h"
#include "spot-protocol-error.h"

#include "spot-api-sender.h"

#define READ_BYTES (64 * 1024)
/* Counts from the last byte; and however the bytes drip. */
#define TIMEOUT_US (30 * G_TIME_SPAN_SECOND)
#define WHOLE_TIMEOUT_US (5 * G_TIME_SPAN_MINUTE)

/**
 * spot_api_line_new:
 *
 * Returns: (transfer full): a line over which nothing was sent
 */
SpotApiLine *
spot_api_line_new (void)
{
  SpotApiLine *self = g_new0 (SpotApiLine, 1);

  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  self->session = spot_http_new_session ();
  g_main_context_pop_thread_default (self->context);
  return self;
}

/**
 * spot_api_line_free:
 * @self: (transfer full): a line that nobody uses
 *
 * Closes its connections.
 */
void
spot_api_line_free (SpotApiLine *self)
{
  g_main_context_push_thread_default (self->context);
  soup_session_abort (self->session);
  g_clear_object (&self->session);
  while (g_main_context_iteration (self->context, FALSE))
    continue;
  g_main_context_pop_thread_default (self->context);
  g_main_context_unref (self->context);
  g_free (self);
}

/**
 * spot_api_reply_clear:
 * @self: an answer
 *
 * Frees what it has; it is none then.
 */
void
spot_api_reply_clear (SpotApiReply *self)
{
  g_clear_object (&self->message);
  g_clear_pointer (&self->body, g_byte_array_unref);
  self->status = 0;
}

static gboolean
read_body (SpotApiSender  *self,
           GInputStream   *stream,
           GCancellable   *cancellable,
           gsize           max_bytes,
           gboolean        only_beginning,
           GByteArray     *body,
           GError        **error)
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
      if (!only_beginning)
        spot_deadline_move (self->deadline, MIN (g_get_monotonic_time () + TIMEOUT_US, until_us));
    }
  return n_read == 0;
}

static gboolean
exchange (SpotApiSender  *self,
          SpotApiReply   *answer,
          gboolean        to_stranger,
          gsize           max_bytes,
          GCancellable   *cancellable,
          GError        **error)
{
  g_autoptr(GInputStream) stream = NULL;
  g_autoptr(GError) failure = NULL;
  gboolean good;

  for (guint i = 0;; i++)
    {
      g_autoptr(GError) redirect_error = NULL;

      g_clear_object (&stream);
      spot_http_bound_bad_body (answer->message, self->deadline);
      stream = spot_http_send (self->line->session, self->system_trust ? NULL : self->endpoint, answer->message,
                               cancellable, &failure);
      if (stream == NULL && spot_http_was_bad (answer->message, failure))
        break;
      if (stream == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (to_stranger || i == SPOT_API_MAX_REDIRECTS ||
          !spot_http_follow_redirect (&answer->message, self->endpoint, &redirect_error))
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
    return read_body (self, stream, cancellable, max_bytes, FALSE, answer->body, error);
  /* However it ends: the status decides. */
  if (stream != NULL)
    read_body (self, stream, cancellable, SPOT_MAX_ERROR_BODY_BYTES, TRUE, answer->body, NULL);
  return TRUE;
}

static void
cancel_cb (GCancellable *caller,
           GCancellable *cancellable)
{
  g_cancellable_cancel (cancellable);
}

/**
 * spot_api_sender_send:
 * @self: a sender
 * @answer: has the request as its message; takes the answer to it
 * @to_stranger: whether the request is one of spot_http_new_stranger_get(), of which redirects are not followed
 * @max_bytes: how large the body of a good answer may be
 * @error: return location for an error
 *
 * Sends a request, once, and reads the answer whatever its status is.
 *
 * Fails with %SPOT_API_ERROR, %SPOT_PROTOCOL_ERROR_TOO_LARGE or %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether there was an answer
 */
gboolean
spot_api_sender_send (SpotApiSender  *self,
                      SpotApiReply   *answer,
                      gboolean        to_stranger,
                      gsize           max_bytes,
                      GError        **error)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) failure = NULL;
  gulong handler = 0;
  gboolean complete;
  gboolean timed_out;

  if (self->caller != NULL)
    handler = g_cancellable_connect (self->caller, G_CALLBACK (cancel_cb), cancellable, NULL);
  spot_deadline_arm (self->deadline, cancellable, g_get_monotonic_time () + TIMEOUT_US);
  complete = exchange (self, answer, to_stranger, max_bytes, cancellable, &failure);
  timed_out = spot_deadline_disarm (self->deadline);
  g_cancellable_disconnect (self->caller, handler);
  /* libsoup clears its connections up in the context of the session. */
  while (g_main_context_iteration (self->line->context, FALSE))
    continue;
  if (complete)
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (self->caller, error))
    return FALSE;
  if (timed_out)
    g_set_error_literal (error, SPOT_API_ERROR, SPOT_API_ERROR_UNREACHABLE, "no answer in time");
  else
    g_propagate_error (error, spot_http_transport_error (failure));
  return FALSE;
}

static gboolean
pause_for (SpotApiSender  *self,
           gint64          delay_ms,
           GError        **error)
{
  gint64 until_us = g_get_monotonic_time () + delay_ms * G_TIME_SPAN_MILLISECOND;
  GPollFD poll_fd;
  gint64 left_us;

  if (self->caller == NULL || !g_cancellable_make_pollfd (self->caller, &poll_fd))
    {
      g_usleep ((gulong) (delay_ms * G_TIME_SPAN_MILLISECOND));
      return TRUE;
    }
  while ((left_us = until_us - g_get_monotonic_time ()) > 0 && !g_cancellable_is_cancelled (self->caller))
    g_poll (&poll_fd, 1, (int) (left_us / G_TIME_SPAN_MILLISECOND + 1));
  g_cancellable_release_fd (self->caller);
  return !g_cancellable_set_error_if_cancelled (self->caller, error);
}

/**
 * spot_api_reply_get_header:
 * @self: an answer
 * @name: a header's name, in any case
 *
 * Returns: (transfer none) (nullable): its value
 */
const char *
spot_api_reply_get_header (SpotApiReply *self,
                           const char   *name)
{
  return soup_message_headers_get_one (soup_message_get_response_headers (self->message), name);
}

/**
 * spot_api_reply_describe:
 * @self: a bad answer
 * @description: (out): what #SpotRetry needs to know about it
 */
void
spot_api_reply_describe (SpotApiReply    *self,
                         SpotRetryAnswer *description)
{
  gint64 wall_us = g_get_real_time ();
  gint64 server_us = 0;
  const char *date = spot_api_reply_get_header (self, "date");
  const char *should_retry = spot_api_reply_get_header (self, "x-should-retry");
  const char *reset = spot_api_reply_get_header (self, "x-ratelimit-reset");
  g_autoptr(GDateTime) moment = date != NULL ? soup_date_time_new_from_http_string (date) : NULL;

  if (moment != NULL)
    server_us = g_date_time_to_unix (moment) * G_TIME_SPAN_SECOND;
  description->status = self->status;
  if (g_strcmp0 (should_retry, "true") == 0)
    description->should_retry = SPOT_SHOULD_RETRY_YES;
  else if (g_strcmp0 (should_retry, "false") == 0)
    description->should_retry = SPOT_SHOULD_RETRY_NO;
  description->reset_in_ms = spot_retry_parse_reset_ms (reset, server_us, wall_us);
  description->retry_after_ms = spot_http_parse_retry_after (spot_api_reply_get_header (self, "retry-after"), wall_us);
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
make_status_error (SpotApiSender *self,
                   SpotApiReply  *answer,
                   const char    *target)
{
  g_autofree char *path = g_strndup (target, strcspn (target, "?"));
  const char *body = answer->body->len > 0 ? (const char *) answer->body->data : "";
  g_autofree char *text = spot_endpoint_redact (self->endpoint, body, (gssize) answer->body->len);
  g_autofree char *sentence = dup_sentence (text, strlen (text));

  if (sentence == NULL)
    sentence = g_steal_pointer (&text);
  return spot_http_status_error (answer->status, path, sentence, strlen (sentence));
}

/**
 * spot_api_sender_wait:
 * @self: a sender
 * @retry: what was tried so far
 * @answer: how it failed this time
 * @hurry: how many times shorter to wait than one should, except for a rate limit
 * @failure: (inout): why it failed; freed when it is worth another try, and otherwise what to report
 *
 * Waits until a request that has failed can be sent again.
 *
 * Returns: whether to send it again
 */
gboolean
spot_api_sender_wait (SpotApiSender          *self,
                      SpotRetry              *retry,
                      const SpotRetryAnswer  *answer,
                      guint                   hurry,
                      GError                **failure)
{
  gint64 delay_ms = spot_retry_next_ms (retry, answer, CLAMP (g_random_double (), 0.0, 0.999999));
  GError *cancelled = NULL;

  if (delay_ms < 0)
    return FALSE;
  if (answer->status != 429 || answer->reset_in_ms < 0)
    delay_ms /= hurry;
  g_clear_error (failure);
  if (pause_for (self, delay_ms, &cancelled))
    return TRUE;
  *failure = cancelled;
  return FALSE;
}

/**
 * spot_api_sender_is_final:
 * @failure: why there was no answer
 *
 * Returns: whether another try is of no use
 */
gboolean
spot_api_sender_is_final (const GError *failure)
{
  return !g_error_matches (failure, SPOT_API_ERROR, SPOT_API_ERROR_UNREACHABLE) &&
         !g_error_matches (failure, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER);
}

/* Sends a call until it is answered well or there is no more hope. */
static gboolean
send_call (SpotApiSender  *self,
           SpotApiCall    *call,
           SpotApiReply   *answer,
           GError        **error)
{
  SpotRetry retry = { .repeatable = call->repeatable };

  for (;;)
    {
      SpotRetryAnswer description = { .reset_in_ms = -1 };
      g_autoptr(GError) failure = NULL;

      spot_api_reply_clear (answer);
      answer->message = spot_http_new_request (self->endpoint, call->method, call->target, call->body, error);
      if (answer->message == NULL)
        return FALSE;
      if (spot_api_sender_send (self, answer, FALSE, SPOT_MAX_API_BODY_BYTES, &failure))
        {
          if (answer->status >= 200 && answer->status < 300)
            return TRUE;
          spot_api_reply_describe (answer, &description);
          failure = make_status_error (self, answer, call->target);
        }
      else if (spot_api_sender_is_final (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (!spot_api_sender_wait (self, &retry, &description, self->hurry, &failure))
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

/**
 * spot_api_sender_call:
 * @self: a sender
 * @call: what to ask or do
 * @error: return location for an error
 *
 * Sends a call until it is answered well or there is no more hope. Secrets that the answer must not have are left out.
 *
 * Returns: (transfer full) (nullable): the answer, an object, or an array where the call says so; %NULL after an error
 */
SpotValue *
spot_api_sender_call (SpotApiSender  *self,
                      SpotApiCall    *call,
                      GError        **error)
{
  g_auto(SpotApiReply) answer = { NULL };
  g_autoptr(SpotValue) value = NULL;
  g_autoptr(GError) failure = NULL;

  if (!send_call (self, call, &answer, error))
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
