/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "spot-http.h"
#include "spot-limits.h"
#include "spot-protocol-error.h"

#include "spot-stream-machine.h"

#define MS (G_TIME_SPAN_MILLISECOND)
#define FIRST_MS 100
#define CAP_MS 5000
/* Nothing that only a person can mend becomes better sooner. */
#define SLOW_RETRY_MS 30000
/* A connection that ended sooner and brought nothing was no good one. */
#define SHORT_MS 1000
/* Once the run has ended there is not much to wait for. */
#define TAIL_WAIT_S 5
#define MAX_TAIL_FAILURES 5u

struct _SpotStreamMachine
{
  char             *path;
  SpotFeedClock     clock;
  SpotStreamReader *reader;

  SpotFeedState state;
  GError       *problem;    /* nullable */
  gboolean      failed;
  gboolean      stopped;
  gboolean      run_ended;
  guint         n_failures; /* since a record came */
  gint64        not_before_us;

  gboolean in_flight;
  gboolean for_tail;        /* sent after the run had ended */
  gint64   sent_us;
  gint64   record_us;       /* when a record came last, or when it was sent */
  guint    status;          /* 0 before the head */
  gint64   retry_after_ms;
  guint64  n_records;       /* of the reader, before */
  GError  *body_error;      /* nullable */
  GString *error_body;
};

static gint64
real_monotonic_us (gpointer data)
{
  return g_get_monotonic_time ();
}

static gint64
real_wall_us (gpointer data)
{
  return g_get_real_time ();
}

static double
real_random (gpointer data)
{
  return g_random_double ();
}

static gint64
now_us (SpotStreamMachine *self)
{
  return self->clock.monotonic_us (self->clock.data);
}

static double
dice (SpotStreamMachine *self)
{
  return CLAMP (self->clock.random (self->clock.data), 0.0, 0.999999999);
}

/**
 * spot_stream_request_free:
 * @self: (transfer full): a request
 *
 * Frees it.
 */
void
spot_stream_request_free (SpotStreamRequest *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->target);
  g_free (self->last_id);
  g_free (self);
}

/**
 * spot_stream_machine_new:
 * @run_id: the run, not empty
 * @key: the stream's key, not empty
 * @clock: (nullable): time and dice, copied; %NULL for the real ones
 *
 * Returns: (transfer full): a machine that has not sent anything
 */
SpotStreamMachine *
spot_stream_machine_new (const char          *run_id,
                         const char          *key,
                         const SpotFeedClock *clock)
{
  static const SpotFeedClock real_clock = { real_monotonic_us, real_wall_us, real_random, NULL };
  g_autofree char *run_segment = NULL;
  g_autofree char *key_segment = NULL;
  SpotStreamMachine *self;

  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);
  g_return_val_if_fail (key != NULL && *key != '\0', NULL);

  run_segment = g_uri_escape_string (run_id, NULL, FALSE);
  key_segment = g_uri_escape_string (key, NULL, FALSE);
  self = g_new0 (SpotStreamMachine, 1);
  self->path = g_strconcat ("/realtime/v1/streams/", run_segment, "/", key_segment, NULL);
  self->clock = clock != NULL ? *clock : real_clock;
  self->reader = spot_stream_reader_new ();
  self->state = SPOT_FEED_CONNECTING;
  self->error_body = g_string_new (NULL);
  return self;
}

/**
 * spot_stream_machine_free:
 * @self: (transfer full): a machine
 *
 * Frees it, and the chunks that nobody took.
 */
void
spot_stream_machine_free (SpotStreamMachine *self)
{
  g_return_if_fail (self != NULL);

  spot_stream_reader_free (self->reader);
  g_free (self->path);
  g_clear_error (&self->problem);
  g_clear_error (&self->body_error);
  g_string_free (self->error_body, TRUE);
  g_free (self);
}

/**
 * spot_stream_machine_next:
 * @self: a machine with no request in flight
 *
 * Returns: what to do now
 */
SpotFeedStep
spot_stream_machine_next (SpotStreamMachine *self)
{
  g_return_val_if_fail (self != NULL, SPOT_FEED_STEP_STOP);
  g_return_val_if_fail (!self->in_flight, SPOT_FEED_STEP_STOP);

  if (self->stopped)
    return SPOT_FEED_STEP_STOP;
  if (self->failed)
    return SPOT_FEED_STEP_REST;
  return now_us (self) < self->not_before_us ? SPOT_FEED_STEP_WAIT : SPOT_FEED_STEP_REQUEST;
}

/**
 * spot_stream_machine_get_wait_ms:
 * @self: a machine
 *
 * Returns: how long to wait after %SPOT_FEED_STEP_WAIT, in milliseconds
 */
gint64
spot_stream_machine_get_wait_ms (SpotStreamMachine *self)
{
  gint64 wait_us;

  g_return_val_if_fail (self != NULL, 0);

  wait_us = self->not_before_us - now_us (self);
  return wait_us > 0 ? (wait_us + MS - 1) / MS : 0;
}

/**
 * spot_stream_machine_dup_request:
 * @self: a machine that said %SPOT_FEED_STEP_REQUEST
 *
 * Gives out the request to send. It is in flight from now on.
 *
 * Returns: (transfer full): the request
 */
SpotStreamRequest *
spot_stream_machine_dup_request (SpotStreamMachine *self)
{
  SpotStreamRequest *request;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (!self->in_flight, NULL);

  self->in_flight = TRUE;
  self->for_tail = self->run_ended;
  self->sent_us = now_us (self);
  self->record_us = self->sent_us;
  self->status = 0;
  self->retry_after_ms = 0;
  self->n_records = spot_stream_reader_get_n_records (self->reader);
  g_clear_error (&self->body_error);
  g_string_truncate (self->error_body, 0);
  request = g_new0 (SpotStreamRequest, 1);
  request->target = g_strdup (self->path);
  request->last_id = g_strdup (spot_stream_reader_get_last_id (self->reader));
  request->wait_s = self->run_ended ? TAIL_WAIT_S : 0;
  return request;
}

/**
 * spot_stream_machine_take_head:
 * @self: a machine with a request in flight
 * @status: the HTTP status
 * @header: (scope call): how to look up a header of the answer
 * @headers: data for @header
 *
 * Takes the head of the answer.
 *
 * Returns: whether the body is wanted
 */
gboolean
spot_stream_machine_take_head (SpotStreamMachine *self,
                               guint              status,
                               SpotHeaderFunc     header,
                               gpointer           headers)
{
  const char *version;
  const char *type;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (self->in_flight && self->status == 0, FALSE);
  g_return_val_if_fail (header != NULL, FALSE);

  self->status = status;
  self->retry_after_ms = spot_http_parse_retry_after (header (headers, "retry-after"),
                                                      self->clock.wall_us (self->clock.data));
  if (status != 200)
    return status >= 400;
  type = header (headers, "content-type");
  if (type != NULL && g_ascii_strncasecmp (type, "text/event-stream", strlen ("text/event-stream")) != 0)
    {
      g_set_error (&self->body_error, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER, "%s: no event stream", self->path);
      return FALSE;
    }
  version = header (headers, "x-stream-version");
  spot_stream_reader_begin (self->reader, g_strcmp0 (version, "v2") == 0 ? SPOT_STREAM_V2 : SPOT_STREAM_V1);
  self->state = SPOT_FEED_LIVE;
  g_clear_error (&self->problem);
  return TRUE;
}

/**
 * spot_stream_machine_take_body:
 * @self: a machine that took a head
 * @data: the next bytes of the body, of any number
 * @length: how many
 *
 * Takes a piece of the body. Each chunk counts at once.
 *
 * Returns: whether more is wanted: %FALSE to give the rest up and call spot_stream_machine_take_end() at once
 */
gboolean
spot_stream_machine_take_body (SpotStreamMachine *self,
                               const char        *data,
                               gsize              length)
{
  guint64 n_before;
  gboolean good;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (self->in_flight && self->status != 0, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (self->status != 200)
    {
      g_string_append_len (self->error_body, data,
                           (gssize) MIN (length, SPOT_MAX_ERROR_BODY_BYTES - self->error_body->len));
      return self->error_body->len < SPOT_MAX_ERROR_BODY_BYTES;
    }
  if (self->body_error != NULL)
    return FALSE;
  n_before = spot_stream_reader_get_n_records (self->reader);
  good = spot_stream_reader_feed (self->reader, data, length, &self->body_error);
  if (spot_stream_reader_get_n_records (self->reader) != n_before)
    {
      self->n_failures = 0;
      self->record_us = now_us (self);
    }
  return good;
}

static void
need_attention (SpotStreamMachine *self,
                GError            *problem)
{
  g_clear_error (&self->problem);
  self->problem = problem;
  self->failed = TRUE;
  self->state = SPOT_FEED_NEEDS_ATTENTION;
}

/* 100 ms·2^n up to 5 s, of which half is left to chance. */
static void
wait_longer (SpotStreamMachine *self,
             gint64             at_least_ms)
{
  gint64 delay_ms = CAP_MS;

  if (self->n_failures < 6)
    delay_ms = MIN (FIRST_MS << self->n_failures, CAP_MS);
  self->n_failures++;
  delay_ms = (gint64) ((0.5 + dice (self) / 2.0) * (double) delay_ms);
  self->not_before_us = now_us (self) + MAX (delay_ms, at_least_ms) * MS;
}

static void
retry_later (SpotStreamMachine *self,
             GError            *problem)
{
  gint64 at_least_ms = self->retry_after_ms;

  g_clear_error (&self->problem);
  self->problem = problem;
  self->state = SPOT_FEED_RECONNECTING;
  if (self->for_tail && self->n_failures >= MAX_TAIL_FAILURES)
    {
      self->stopped = TRUE;
      return;
    }
  if (g_error_matches (problem, SPOT_API_ERROR, SPOT_API_ERROR_TLS) ||
      g_error_matches (problem, SPOT_API_ERROR, SPOT_API_ERROR_REDIRECT))
    at_least_ms = SLOW_RETRY_MS + (gint64) (dice (self) * SLOW_RETRY_MS);
  wait_longer (self, at_least_ms);
}

/* A clean end: of the connection, not of the stream. After the run's end it counts when the server has waited in vain: one
 * that comes sooner may as well be a connection that broke between two pieces, which looks the same. */
static void
end_well (SpotStreamMachine *self)
{
  gboolean brought_something = spot_stream_reader_get_n_records (self->reader) != self->n_records;

  if (self->for_tail && (now_us (self) - self->record_us >= (TAIL_WAIT_S - 1) * G_USEC_PER_SEC ||
                         (!brought_something && self->n_failures >= MAX_TAIL_FAILURES)))
    {
      self->stopped = TRUE;
      return;
    }
  if (brought_something || now_us (self) - self->sent_us >= SHORT_MS * MS)
    {
      self->n_failures = 0;
      self->not_before_us = brought_something ? self->sent_us + FIRST_MS * MS : 0;
    }
  else
    {
      wait_longer (self, 0);
    }
}

static gboolean
is_final (guint status)
{
  return status == 400 || status == 401 || status == 403 || status == 404 || status == 409 || status == 410 ||
         status == 422;
}

/**
 * spot_stream_machine_take_end:
 * @self: a machine that took a head
 *
 * Takes the end of the answer, or that the machine did not want the rest.
 */
void
spot_stream_machine_take_end (SpotStreamMachine *self)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->in_flight && self->status != 0);

  self->in_flight = FALSE;
  if (self->status == 200 && self->body_error == NULL)
    end_well (self);
  else if (g_error_matches (self->body_error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE))
    need_attention (self, g_steal_pointer (&self->body_error));
  else if (self->body_error != NULL)
    retry_later (self, g_steal_pointer (&self->body_error));
  else
    {
      GError *problem = spot_http_status_error (self->status, self->path, self->error_body->str,
                                                self->error_body->len);

      if (is_final (self->status))
        need_attention (self, problem);
      else
        retry_later (self, problem);
    }
}

/**
 * spot_stream_machine_take_failure:
 * @self: a machine with a request in flight
 * @error: what went wrong
 *
 * Takes a failure to send, or to read on. What came before counts; of a bad answer the status is enough.
 */
void
spot_stream_machine_take_failure (SpotStreamMachine *self,
                                  const GError      *error)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->in_flight);
  g_return_if_fail (error != NULL);

  if (self->status != 0 && self->status != 200)
    {
      spot_stream_machine_take_end (self);
      return;
    }
  self->in_flight = FALSE;
  retry_later (self, spot_http_transport_error (error));
}

/**
 * spot_stream_machine_take_aborted:
 * @self: a machine with a request in flight
 *
 * The owner gave the request up, for another one at once from where it was.
 */
void
spot_stream_machine_take_aborted (SpotStreamMachine *self)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->in_flight);

  self->in_flight = FALSE;
}

/**
 * spot_stream_machine_take_chunk:
 * @self: a machine
 *
 * Returns: (transfer full) (nullable): the next chunk, in order; %NULL when there is no more
 */
SpotStreamChunk *
spot_stream_machine_take_chunk (SpotStreamMachine *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return spot_stream_reader_take_chunk (self->reader);
}

/**
 * spot_stream_machine_get_state:
 * @self: a machine
 *
 * Returns: where the stream stands
 */
SpotFeedState
spot_stream_machine_get_state (SpotStreamMachine *self)
{
  g_return_val_if_fail (self != NULL, SPOT_FEED_STOPPED);

  return self->stopped ? SPOT_FEED_STOPPED : self->state;
}

/**
 * spot_stream_machine_get_problem:
 * @self: a machine
 *
 * Returns: (transfer none) (nullable): what explains %SPOT_FEED_RECONNECTING, %SPOT_FEED_NEEDS_ATTENTION, or a
 *   %SPOT_FEED_STOPPED without the end of the stream
 */
const GError *
spot_stream_machine_get_problem (SpotStreamMachine *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->problem;
}

/**
 * spot_stream_machine_set_run_ended:
 * @self: a machine
 *
 * The run has ended: after the connection that there is come others, for the rest, and it is over when the server has had
 * nothing for some seconds.
 */
void
spot_stream_machine_set_run_ended (SpotStreamMachine *self)
{
  g_return_if_fail (self != NULL);

  self->run_ended = TRUE;
}

/**
 * spot_stream_machine_retry_now:
 * @self: a machine
 *
 * Ends a delay or a %SPOT_FEED_NEEDS_ATTENTION. The position stays.
 */
void
spot_stream_machine_retry_now (SpotStreamMachine *self)
{
  g_return_if_fail (self != NULL);

  self->not_before_us = 0;
  self->n_failures = 0;
  if (self->failed || self->state == SPOT_FEED_RECONNECTING)
    {
      self->state = SPOT_FEED_CONNECTING;
      g_clear_error (&self->problem);
    }
  self->failed = FALSE;
}

/**
 * spot_stream_machine_stop:
 * @self: a machine
 *
 * It is over.
 */
void
spot_stream_machine_stop (SpotStreamMachine *self)
{
  g_return_if_fail (self != NULL);

  self->stopped = TRUE;
}
