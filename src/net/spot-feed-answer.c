/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "spot-api-error.h"
#include "spot-http.h"
#include "spot-limits.h"
#include "spot-protocol-error.h"

#include "spot-feed-machine-private.h"

#define MS (G_TIME_SPAN_MILLISECOND)

/* A run that was triggered a moment ago may be unknown for a while: 1 s, 2 s, 4 s. */
#define MAX_NOT_FOUND_RETRIES 3
#define MAX_SAME_OFFSET 5
/* An answer of so many bytes is part of a long log. */
#define HURRY_BYTES (64 * 1024)
/* Event streams that end sooner are short; the pauses after them. */
#define SHORT_STREAM_MS 1000
#define MAX_SHORT_STREAMS 3
#define SHORT_FIRST_MS 100
#define SHORT_CAP_MS 5000
#define PREVIEW_FIRST_BYTES (64 * 1024)
#define PREVIEW_MAX_BYTES (1024 * 1024)

static void
push_batch (SpotFeedMachine *self,
            SpotRunBatch    *batch)
{
  if (batch != NULL)
    g_queue_push_tail (&self->batches, batch);
}

/* Hands over what was committed, with the position that follows it. */
static void
push_commit (SpotFeedMachine *self,
             SpotRunBatch    *batch)
{
  g_autoptr(SpotLogPosition) position = NULL;

  if (batch == NULL)
    return;
  position = spot_feed_machine_make_position (self);
  spot_run_batch_set_position (batch, position);
  push_batch (self, batch);
}

void
spot_feed_machine_end_exchange (SpotFeedMachine *self)
{
  if (self->in_body)
    spot_shape_log_abort_body (self->log);
  self->in_body = FALSE;
  self->in_flight = FALSE;
  self->status = 0;
  g_clear_pointer (&self->new_handle, g_free);
  g_clear_pointer (&self->new_offset, g_free);
  g_clear_pointer (&self->new_cursor, g_free);
  g_clear_pointer (&self->lsn, g_free);
  self->is_events = FALSE;
  g_clear_error (&self->body_error);
  g_string_truncate (self->error_body, 0);
}

/* It becomes part of an offset. */
static void
take_lsn (SpotFeedMachine      *self,
          const SpotShapeEvent *event)
{
  g_clear_pointer (&self->lsn, g_free);
  if (event->last_seen_lsn == NULL || event->last_seen_lsn_length == 0 || event->last_seen_lsn_length > 20)
    return;
  for (gsize i = 0; i < event->last_seen_lsn_length; i++)
    {
      if (!g_ascii_isdigit (event->last_seen_lsn[i]))
        return;
    }
  self->lsn = g_strndup (event->last_seen_lsn, event->last_seen_lsn_length);
}

void
spot_feed_machine_event_cb (const SpotShapeEvent *event,
                            gpointer              user_data)
{
  SpotFeedMachine *self = user_data;

  switch (event->kind)
    {
    case SPOT_SHAPE_UP_TO_DATE:
      self->saw_up_to_date = TRUE;
      if (self->is_events)
        take_lsn (self, event);
      break;
    case SPOT_SHAPE_MUST_REFETCH:
      self->saw_refetch = TRUE;
      break;
    default:
      self->n_changes++;
      break;
    }
  spot_shape_log_take_event (self->log, event);
}

/* (nullable): NULL for a header that is not there, empty, or too long to be sent back in a URL. */
static char *
dup_header (SpotHeaderFunc      header,
            gpointer            headers,
            const char * const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *value = header (headers, names[i]);

      if (value != NULL && *value != '\0')
        return strlen (value) <= SPOT_MAX_POSITION_BYTES ? g_strdup (value) : NULL;
    }
  return NULL;
}

static void
take_good_head (SpotFeedMachine *self,
                SpotHeaderFunc   header,
                gpointer         headers)
{
  static const char * const offset_names[] = { "electric-offset", "electric-chunk-last-offset",
                                               "x-electric-chunk-last-offset", NULL };
  static const char * const cursor_names[] = { "electric-cursor", "electric-next-cursor", "x-electric-next-cursor",
                                               NULL };
  static const char * const up_to_date_names[] = { "electric-up-to-date", "electric-chunk-up-to-date",
                                                   "x-electric-chunk-up-to-date", NULL };
  const char *type;

  self->new_offset = dup_header (header, headers, offset_names);
  self->new_cursor = dup_header (header, headers, cursor_names);
  self->has_up_to_date = FALSE;
  for (guint i = 0; up_to_date_names[i] != NULL && !self->has_up_to_date; i++)
    self->has_up_to_date = header (headers, up_to_date_names[i]) != NULL;
  self->missing = NULL;
  /* The words with which one asks from the start are no position in a log. */
  if (self->new_offset == NULL || strcmp (self->new_offset, SPOT_FEED_START_OFFSET) == 0)
    self->missing = "electric-offset";
  if (self->new_handle == NULL)
    self->missing = "electric-handle";
  self->foreign = self->new_handle != NULL && self->handle != NULL &&
                  strcmp (self->offset, SPOT_FEED_START_OFFSET) != 0 &&
                  strcmp (self->new_handle, self->handle) != 0;
  type = header (headers, "content-type");
  self->is_events = self->asked_for_events && type != NULL &&
                    g_ascii_strncasecmp (type, "text/event-stream", strlen ("text/event-stream")) == 0;
  self->head_us = spot_feed_machine_now_us (self);
  spot_sse_parser_reset (self->events);
  self->saw_up_to_date = FALSE;
  self->saw_refetch = FALSE;
  self->n_changes = 0;
  self->n_bytes = 0;
  self->preview_at_bytes = 1;
  self->preview_step_bytes = PREVIEW_FIRST_BYTES;
  spot_shape_reader_reset (self->reader);
  /* All that a server of the native kind knows is a snapshot: what is not in it has gone meanwhile. */
  if (self->resumes && self->dialect == SPOT_FEED_DIALECT_NATIVE && !self->foreign)
    spot_shape_log_reset (self->log);
  spot_shape_log_begin_body (self->log);
  if (self->dialect == SPOT_FEED_DIALECT_NATIVE && !self->sent_live)
    spot_shape_log_expect_old_rows (self->log);
  self->in_body = TRUE;
}

/**
 * spot_feed_machine_take_head:
 * @self: a machine with a request in flight
 * @status: the HTTP status
 * @header: (scope call): how to look up a header of the answer
 * @headers: data for @header
 *
 * Takes the head of the answer.
 *
 * Returns: whether the body is wanted: %FALSE to give it up and call spot_feed_machine_take_end() at once
 */
gboolean
spot_feed_machine_take_head (SpotFeedMachine *self,
                             guint            status,
                             SpotHeaderFunc   header,
                             gpointer         headers)
{
  static const char * const handle_names[] = { "electric-handle", "electric-shape-id", "x-electric-shape-id", NULL };

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (self->in_flight && self->status == 0, FALSE);
  g_return_val_if_fail (header != NULL, FALSE);

  self->status = status;
  self->retry_after_ms = spot_http_parse_retry_after (header (headers, "retry-after"),
                                                      spot_feed_machine_wall_us (self));
  self->new_handle = dup_header (header, headers, handle_names);
  self->new_old_names = header (headers, handle_names[0]) == NULL;
  if (status == 200)
    {
      take_good_head (self, header, headers);
      return !self->foreign;
    }
  return status >= 400;
}

static void
take_preview (SpotFeedMachine *self)
{
  SpotRunBatch *batch;

  if (self->committed || self->missing != NULL)
    return;
  batch = spot_shape_log_take_preview (self->log);
  if (batch == NULL)
    return;
  push_batch (self, batch);
  self->preview_at_bytes = self->n_bytes + self->preview_step_bytes;
  self->preview_step_bytes = MIN (self->preview_step_bytes * 2, PREVIEW_MAX_BYTES);
}

static gboolean
take_good_body (SpotFeedMachine *self,
                const char      *data,
                gsize            length)
{
  if (self->body_error != NULL || self->foreign)
    return FALSE;
  self->n_bytes += length;
  if (self->n_bytes > SPOT_MAX_BODY_BYTES)
    {
      g_set_error (&self->body_error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE,
                   "%s: the body is larger than %u bytes", spot_feed_spec_get_path (self->spec), SPOT_MAX_BODY_BYTES);
      return FALSE;
    }
  if (self->is_events)
    {
      GError **error = self->body_error == NULL ? &self->body_error : NULL;

      return self->missing == NULL && spot_sse_parser_feed (self->events, data, length, error) &&
             self->body_error == NULL && !self->saw_refetch;
    }
  if (!spot_shape_reader_feed (self->reader, data, length, &self->body_error))
    return FALSE;
  if (!self->live && !self->sent_again && self->missing == NULL && length > 0)
    {
      self->state = SPOT_FEED_CATCHING_UP;
      spot_feed_machine_set_problem (self, NULL);
    }
  if (self->n_bytes >= self->preview_at_bytes)
    take_preview (self);
  return TRUE;
}

/**
 * spot_feed_machine_take_body:
 * @self: a machine that took a head
 * @data: the next bytes of the body, of any number
 * @length: how many
 *
 * Takes a piece of the body.
 *
 * Returns: whether more is wanted: %FALSE to give the rest up and call spot_feed_machine_take_end() at once
 */
gboolean
spot_feed_machine_take_body (SpotFeedMachine *self,
                             const char      *data,
                             gsize            length)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (self->in_flight && self->status != 0, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (self->status == 200)
    return take_good_body (self, data, length);
  g_string_append_len (self->error_body, data,
                       (gssize) MIN (length, SPOT_MAX_ERROR_BODY_BYTES - self->error_body->len));
  return self->error_body->len < SPOT_MAX_ERROR_BODY_BYTES;
}

static gboolean
has_unfinished_change (SpotRunBatch *batch)
{
  for (guint i = 0; i < batch->changes->len; i++)
    {
      SpotRunChange *change = &g_array_index (batch->changes, SpotRunChange, i);

      if (!change->removed && !spot_run_record_has_ended (change->record))
        return TRUE;
    }
  return FALSE;
}

/* A server of the native kind does not tell every change: is there one that may hide another? */
static void
plan_second_look (SpotFeedMachine *self,
                  SpotRunBatch    *batch)
{
  if (!self->sent_live)
    spot_second_look_take_whole (&self->second_look, self->sent_us, self->n_bytes, batch != NULL,
                                 spot_feed_machine_dice (self));
  if (batch != NULL && batch->kind == SPOT_RUN_BATCH_CHANGES && has_unfinished_change (batch))
    spot_second_look_take_change (&self->second_look, spot_feed_machine_now_us (self), spot_feed_machine_dice (self));
}

/* An up-to-date was reached: what was read is true. */
static void
commit (SpotFeedMachine *self)
{
  gint64 now = spot_feed_machine_now_us (self);

  self->live = TRUE;
  self->committed = TRUE;
  self->resumes = FALSE;
  self->state = SPOT_FEED_LIVE;
  self->last_synced_us = spot_feed_machine_wall_us (self);
  self->n_same_offset = 0;
  self->restarted_after_loop = FALSE;
  if (self->sent_live)
    self->in_series = FALSE;

  if (spot_feed_spec_get_kind (self->spec) == SPOT_FEED_RUN)
    {
      SpotRunRecord *record = spot_shape_log_peek (self->log, spot_feed_spec_get_id (self->spec));

      if (record == NULL || !spot_run_record_has_ended (record))
        self->ended_us = 0;
      else if (self->ended_us == 0)
        self->ended_us = now;
    }
  if (self->last_look && !self->sent_live)
    {
      self->last_look = FALSE;
      if (now >= spot_feed_machine_get_linger_end_us (self))
        self->stopped = TRUE;
    }
}

static void
succeed (SpotFeedMachine *self)
{
  spot_feed_machine_set_problem (self, NULL);
  spot_backoff_reset (&self->backoff);
  self->not_before_us = 0;
  self->n_not_found = 0;
  self->restarted_after_400 = FALSE;
}

/* An up-to-date came in an event stream: what came before it is true, and the stream goes on. */
static void
commit_events (SpotFeedMachine *self)
{
  SpotRunBatch *batch = NULL;

  self->in_body = FALSE;
  spot_shape_log_end_body (self->log, &batch);
  /* Without a position the next connection repeats what this one has brought, which does no harm. */
  if (self->lsn != NULL)
    {
      g_free (self->offset);
      self->offset = g_strconcat (self->lsn, "_0", NULL);
    }
  push_commit (self, batch);
  succeed (self);
  commit (self);
  self->saw_up_to_date = FALSE;
  spot_shape_log_begin_body (self->log);
  self->in_body = TRUE;
}

void
spot_feed_machine_sse_cb (const SpotSseEvent *event,
                          gpointer            user_data)
{
  SpotFeedMachine *self = user_data;

  if (self->body_error != NULL || self->saw_refetch)
    return;
  if (!spot_shape_reader_feed_message (self->reader, event->data, event->data_length, &self->body_error))
    return;
  if (self->saw_up_to_date && !self->saw_refetch)
    commit_events (self);
}

/* Whether the event stream ended so soon that something on the way may not bear it; three in a row end them for good. */
static gboolean
was_short (SpotFeedMachine *self)
{
  gint64 now = spot_feed_machine_now_us (self);

  if (now - self->head_us >= SHORT_STREAM_MS * MS)
    {
      self->n_short = 0;
      return FALSE;
    }
  if (++self->n_short >= MAX_SHORT_STREAMS)
    self->want_events = FALSE;
  return TRUE;
}

/* The stream was closed, as servers do after a minute. */
static void
end_events (SpotFeedMachine *self)
{
  guint n_short = self->n_short;

  succeed (self);
  self->state = SPOT_FEED_LIVE;
  if (was_short (self))
    {
      gint64 longest_ms = MIN (SHORT_FIRST_MS << MIN (n_short, 8), SHORT_CAP_MS);

      spot_feed_machine_wait_from_now (self, (gint64) (spot_feed_machine_dice (self) * (double) longest_ms));
    }
}

static gboolean
is_dialect_change (SpotFeedMachine *self)
{
  SpotFeedDialect dialect = self->has_up_to_date ? SPOT_FEED_DIALECT_ELECTRIC : SPOT_FEED_DIALECT_NATIVE;
  gboolean changed;

  if (!self->saw_up_to_date)
    return FALSE;
  changed = self->dialect != SPOT_FEED_DIALECT_UNKNOWN && self->dialect != dialect;
  self->dialect = dialect;
  return changed;
}

static void
adopt_position (SpotFeedMachine *self)
{
  g_free (self->offset);
  self->offset = g_steal_pointer (&self->new_offset);
  g_free (self->handle);
  self->handle = g_steal_pointer (&self->new_handle);
  self->old_names = self->new_old_names;
  if (self->new_cursor != NULL)
    {
      g_free (self->cursor);
      self->cursor = g_steal_pointer (&self->new_cursor);
    }
  g_clear_pointer (&self->cache_buster, g_free);
}

/* Whether the next request may follow at once, however many went before. A server that says the same again and again under new
 * positions is not listened to faster than one that says nothing; a log that is cut into pieces comes in large ones. */
static gboolean
is_worth_hurry (SpotFeedMachine *self,
                gboolean         moved)
{
  return moved && self->n_changes > 0 && (self->has_news || self->n_bytes >= HURRY_BYTES);
}

static void
end_good_body (SpotFeedMachine *self)
{
  g_autoptr(GError) error = g_steal_pointer (&self->body_error);
  SpotRunBatch *batch = NULL;
  gboolean moved;

  if (self->foreign)
    {
      spot_feed_machine_restart (self, NULL, "the log was replaced");
      return;
    }
  if (error == NULL && !self->is_events)
    spot_shape_reader_finish (self->reader, &error);
  if (g_error_matches (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED))
    {
      spot_feed_machine_fail (self, g_error_new (SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER, "%s: %s",
                               spot_feed_spec_get_path (self->spec), error->message));
      return;
    }
  if (error != NULL)
    {
      spot_feed_machine_fail (self, g_steal_pointer (&error));
      return;
    }
  if (self->missing != NULL)
    {
      spot_feed_machine_need_attention (self, g_error_new (SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_HEADER,
                                         "%s: the answer has no usable %s header: a proxy may take it away",
                                         spot_feed_spec_get_path (self->spec), self->missing));
      return;
    }
  if (self->saw_refetch)
    {
      spot_feed_machine_restart (self, NULL, "the server asks to begin again");
      return;
    }
  if (self->is_events)
    {
      end_events (self);
      return;
    }
  if (is_dialect_change (self))
    {
      spot_feed_machine_restart (self, NULL, "the server was replaced by another kind");
      return;
    }

  if (!self->saw_up_to_date)
    take_preview (self);
  self->in_body = FALSE;
  self->has_news = spot_shape_log_has_touched (self->log);
  spot_shape_log_end_body (self->log, &batch);
  moved = strcmp (self->offset, self->new_offset) != 0;
  if (is_worth_hurry (self, moved))
    self->n_idle--;
  adopt_position (self);
  if (self->saw_up_to_date && self->dialect == SPOT_FEED_DIALECT_NATIVE)
    plan_second_look (self, batch);
  push_commit (self, batch);
  if (self->saw_up_to_date)
    {
      succeed (self);
      commit (self);
      return;
    }
  self->live = FALSE;
  self->n_same_offset = moved ? 0 : self->n_same_offset + 1;
  if (self->n_same_offset >= MAX_SAME_OFFSET)
    {
      spot_feed_machine_break_loop (self);
      return;
    }
  succeed (self);
  self->state = SPOT_FEED_CATCHING_UP;
}

/* Servers before 1.0.4 end a live request that brought nothing so. */
static void
end_no_content (SpotFeedMachine *self)
{
  static const SpotShapeEvent up_to_date = { .kind = SPOT_SHAPE_UP_TO_DATE };
  SpotRunBatch *batch = NULL;

  if (strcmp (self->offset, SPOT_FEED_START_OFFSET) == 0)
    {
      spot_feed_machine_fail (self, spot_http_status_error (self->status, spot_feed_spec_get_path (self->spec), NULL, 0));
      return;
    }
  /* So old a server knows no event streams. */
  self->want_events = FALSE;
  spot_shape_log_begin_body (self->log);
  spot_shape_log_take_event (self->log, &up_to_date);
  spot_shape_log_end_body (self->log, &batch);
  succeed (self);
  push_commit (self, batch);
  commit (self);
  self->not_before_us = self->sent_us + G_TIME_SPAN_SECOND;
}

static void
end_not_found (SpotFeedMachine *self,
               GError          *problem)
{
  gint64 delay_ms;

  if (self->n_not_found >= MAX_NOT_FOUND_RETRIES)
    {
      spot_feed_machine_need_attention (self, problem);
      return;
    }
  delay_ms = (gint64) ((0.75 + spot_feed_machine_dice (self) / 2.0) *
                       (double) (SPOT_BACKOFF_FIRST_MS << self->n_not_found++));
  spot_feed_machine_retry_later (self, problem, MAX (delay_ms, self->retry_after_ms));
}

static void
end_bad_status (SpotFeedMachine *self)
{
  guint status = self->status;
  GError *problem = spot_http_status_error (status, spot_feed_spec_get_path (self->spec), self->error_body->str,
                                            self->error_body->len);

  /* It may be what was asked for. */
  if (status == 400 && self->asked_for_events)
    self->want_events = FALSE;
  if (status == 404)
    end_not_found (self, problem);
  else if (status == 400 && !self->restarted_after_400 && strcmp (self->offset, SPOT_FEED_START_OFFSET) != 0)
    {
      /* The position may be lost. */
      self->restarted_after_400 = TRUE;
      g_error_free (problem);
      spot_feed_machine_restart (self, NULL, "the server refuses the position");
    }
  else if (status >= 400 && status < 500 && status != 408 && status != 429)
    spot_feed_machine_need_attention (self, problem);
  else
    spot_feed_machine_fail (self, problem);
}

/**
 * spot_feed_machine_take_end:
 * @self: a machine that took a head
 *
 * Takes the end of the answer: the body was complete, or the machine did not want the rest. What was read counts from
 * now on, or not at all.
 */
void
spot_feed_machine_take_end (SpotFeedMachine *self)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->in_flight && self->status != 0);

  if (self->status == 200)
    end_good_body (self);
  else if (self->status == 204)
    end_no_content (self);
  else if (self->status == 409)
    spot_feed_machine_restart (self, self->new_handle, "the server asks to begin again");
  else
    end_bad_status (self);
  spot_feed_machine_end_exchange (self);
}

/**
 * spot_feed_machine_take_failure:
 * @self: a machine with a request in flight
 * @error: what went wrong
 *
 * Takes a failure to send, or to read the rest of the answer: of a good answer nothing counts then; of a bad one the
 * status is enough. %G_IO_ERROR_TIMED_OUT says that the request's own time-out has passed.
 */
void
spot_feed_machine_take_failure (SpotFeedMachine *self,
                                const GError    *error)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->in_flight);
  g_return_if_fail (error != NULL);

  if (self->status >= 204)
    {
      spot_feed_machine_take_end (self);
      return;
    }
  if (self->clipped && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      spot_feed_machine_take_aborted (self);
      return;
    }
  if (self->is_events)
    was_short (self);
  spot_feed_machine_end_exchange (self);
  self->retry_after_ms = 0;
  spot_feed_machine_fail (self, spot_http_transport_error (error));
}

/**
 * spot_feed_machine_take_aborted:
 * @self: a machine with a request in flight
 *
 * The owner gave the request up: nothing of it happened. The next one is not live, so that it is answered at once.
 */
void
spot_feed_machine_take_aborted (SpotFeedMachine *self)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->in_flight);

  spot_feed_machine_end_exchange (self);
  self->live = FALSE;
}

