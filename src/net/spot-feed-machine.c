/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "spot-limits.h"

#include "spot-feed-machine-private.h"

#define MS (G_TIME_SPAN_MILLISECOND)

/* Servers hold a live request for 20 s, some up to 23 s. */
#define LIVE_TIMEOUT_MS 50000
#define OTHER_TIMEOUT_MS 30000

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

gint64
spot_feed_machine_now_us (SpotFeedMachine *self)
{
  return self->clock.monotonic_us (self->clock.data);
}

gint64
spot_feed_machine_wall_us (SpotFeedMachine *self)
{
  return self->clock.wall_us (self->clock.data);
}

double
spot_feed_machine_dice (SpotFeedMachine *self)
{
  return CLAMP (self->clock.random (self->clock.data), 0.0, 0.999999999);
}

/**
 * spot_feed_request_free:
 * @self: (transfer full): a request
 *
 * Frees it.
 */
void
spot_feed_request_free (SpotFeedRequest *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->target);
  g_free (self);
}

/**
 * spot_feed_machine_new:
 * @spec: what to subscribe to
 * @clock: (nullable): time and dice, copied; %NULL for the real ones
 *
 * A machine for a run feed stops by itself some time after the run has ended:
 * see spot_feed_machine_set_stop_when_ended().
 *
 * Returns: (transfer full): a machine that has not sent anything
 */
SpotFeedMachine *
spot_feed_machine_new (SpotFeedSpec        *spec,
                       const SpotFeedClock *clock)
{
  static const SpotFeedClock real_clock = { real_monotonic_us, real_wall_us, real_random, NULL };
  SpotFeedMachine *self;

  g_return_val_if_fail (spec != NULL, NULL);

  self = g_new0 (SpotFeedMachine, 1);
  self->spec = spot_feed_spec_ref (spec);
  self->clock = clock != NULL ? *clock : real_clock;
  self->reader = spot_shape_reader_new (spot_feed_machine_event_cb, self);
  self->log = spot_shape_log_new ();
  self->events = spot_sse_parser_new (SPOT_MAX_ELEMENT_BYTES, spot_feed_machine_sse_cb, self);
  g_queue_init (&self->batches);
  self->stop_when_ended = spot_feed_spec_get_kind (spec) == SPOT_FEED_RUN;
  self->offset = g_strdup (SPOT_FEED_START_OFFSET);
  self->state = SPOT_FEED_CONNECTING;
  self->error_body = g_string_new (NULL);
  spot_backoff_init (&self->backoff, SPOT_BACKOFF_FIRST_MS, SPOT_BACKOFF_CAP_MS);
  spot_backoff_init (&self->restart_backoff, SPOT_BACKOFF_FIRST_MS, SPOT_BACKOFF_CAP_MS);
  return self;
}

/**
 * spot_feed_machine_free:
 * @self: (transfer full): a machine
 *
 * Frees it, and the batches that nobody took.
 */
void
spot_feed_machine_free (SpotFeedMachine *self)
{
  g_return_if_fail (self != NULL);

  spot_feed_machine_end_exchange (self);
  g_queue_clear_full (&self->batches, (GDestroyNotify) spot_run_batch_unref);
  spot_shape_reader_free (self->reader);
  spot_shape_log_free (self->log);
  spot_sse_parser_free (self->events);
  spot_feed_spec_unref (self->spec);
  g_free (self->offset);
  g_free (self->handle);
  g_free (self->cursor);
  g_free (self->cache_buster);
  g_clear_error (&self->problem);
  g_string_free (self->error_body, TRUE);
  g_free (self);
}

/**
 * spot_feed_machine_set_stop_when_ended:
 * @self: a machine
 * @stop_when_ended: whether it stops by itself
 *
 * Whether a run feed stops by itself 30 s after its run was first seen ended, with one last look for what came late.
 * Other kinds of feed never stop by themselves.
 */
void
spot_feed_machine_set_stop_when_ended (SpotFeedMachine *self,
                                       gboolean         stop_when_ended)
{
  g_return_if_fail (self != NULL);

  self->stop_when_ended = stop_when_ended && spot_feed_spec_get_kind (self->spec) == SPOT_FEED_RUN;
  if (!self->stop_when_ended)
    self->last_look = FALSE;
}

/**
 * spot_feed_machine_set_event_stream:
 * @self: a machine
 * @event_stream: whether to ask for live event streams
 *
 * Whether live requests ask for an event stream. Off unless told otherwise: long polls cost little and work everywhere.
 */
void
spot_feed_machine_set_event_stream (SpotFeedMachine *self,
                                    gboolean         event_stream)
{
  g_return_if_fail (self != NULL);

  self->want_events = event_stream;
  self->n_short = 0;
}

gint64
spot_feed_machine_get_linger_end_us (SpotFeedMachine *self)
{
  return self->stop_when_ended && self->ended_us != 0 ? self->ended_us + SPOT_FEED_LINGER_MS * MS : G_MAXINT64;
}

/**
 * spot_feed_machine_set_second_look_ms:
 * @self: a machine
 * @max_ms: a time in milliseconds, more than 0
 *
 * Lets none of the pauses before a second look be longer than this, so that a test need not wait for the real ones.
 */
void
spot_feed_machine_set_second_look_ms (SpotFeedMachine *self,
                                      gint64           max_ms)
{
  g_return_if_fail (self != NULL && max_ms > 0);

  self->second_look.max_us = max_ms * MS;
}

/* When to ask for every row again, should a change be missing. */
static gint64
get_second_look_us (SpotFeedMachine *self)
{
  if (self->dialect != SPOT_FEED_DIALECT_NATIVE || self->state != SPOT_FEED_LIVE ||
      spot_shape_log_get_n_unfinished (self->log) == 0)
    return G_MAXINT64;
  return spot_second_look_get_due_us (&self->second_look);
}

static gint64
get_due_us (SpotFeedMachine *self)
{
  gint64 due_us = self->not_before_us;

  if (self->n_idle == SPOT_FEED_MAX_IDLE_REQUESTS)
    due_us = MAX (due_us, self->idle_us[0] + G_TIME_SPAN_SECOND);
  return due_us;
}

/**
 * spot_feed_machine_next:
 * @self: a machine with no request in flight
 *
 * Returns: what to do now
 */
SpotFeedStep
spot_feed_machine_next (SpotFeedMachine *self)
{
  gint64 now;

  g_return_val_if_fail (self != NULL, SPOT_FEED_STEP_STOP);
  g_return_val_if_fail (!self->in_flight, SPOT_FEED_STEP_STOP);

  if (self->stopped)
    return SPOT_FEED_STEP_STOP;
  if (self->paused || self->failed)
    return SPOT_FEED_STEP_REST;
  now = spot_feed_machine_now_us (self);
  if (!self->last_look && now >= spot_feed_machine_get_linger_end_us (self))
    {
      self->last_look = TRUE;
      self->live = FALSE;
    }
  if (now >= get_second_look_us (self))
    {
      self->looks_again = TRUE;
      self->live = FALSE;
    }
  return now < get_due_us (self) ? SPOT_FEED_STEP_WAIT : SPOT_FEED_STEP_REQUEST;
}

/**
 * spot_feed_machine_get_wait_ms:
 * @self: a machine
 *
 * Returns: how long to wait after %SPOT_FEED_STEP_WAIT, in milliseconds
 */
gint64
spot_feed_machine_get_wait_ms (SpotFeedMachine *self)
{
  gint64 wait_us;

  g_return_val_if_fail (self != NULL, 0);

  wait_us = get_due_us (self) - spot_feed_machine_now_us (self);
  return wait_us > 0 ? (wait_us + MS - 1) / MS : 0;
}

/**
 * spot_feed_machine_get_retry_at_us:
 * @self: a machine
 *
 * Returns: for %SPOT_FEED_RECONNECTING with no request in flight, the monotonic time of the next attempt; 0 otherwise
 */
gint64
spot_feed_machine_get_retry_at_us (SpotFeedMachine *self)
{
  g_return_val_if_fail (self != NULL, 0);

  if (self->in_flight || spot_feed_machine_get_state (self) != SPOT_FEED_RECONNECTING)
    return 0;
  return get_due_us (self);
}

/**
 * spot_feed_machine_dup_request:
 * @self: a machine that said %SPOT_FEED_STEP_REQUEST
 *
 * Gives out the request to send. It is in flight from now on, until spot_feed_machine_take_end(),
 * spot_feed_machine_take_failure() or spot_feed_machine_take_aborted().
 *
 * Returns: (transfer full): the request
 */
SpotFeedRequest *
spot_feed_machine_dup_request (SpotFeedMachine *self)
{
  SpotFeedRequest *request;
  SpotFeedPosition position = { 0 };
  gint64 until_us;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (!self->in_flight, NULL);

  self->in_flight = TRUE;
  self->sent_live = self->live;
  self->sent_again = self->looks_again;
  self->looks_again = FALSE;
  self->sent_us = spot_feed_machine_now_us (self);
  self->status = 0;
  self->retry_after_ms = 0;
  if (self->n_idle == SPOT_FEED_MAX_IDLE_REQUESTS)
    memmove (self->idle_us, self->idle_us + 1, --self->n_idle * sizeof self->idle_us[0]);
  self->idle_us[self->n_idle++] = self->sent_us;

  position.offset = self->offset;
  position.handle = self->handle;
  position.old_names = self->old_names;
  position.cursor = self->cursor;
  position.live = self->live;
  position.event_stream = self->want_events;
  position.cache_buster = self->cache_buster;
  request = g_new0 (SpotFeedRequest, 1);
  request->target = spot_feed_spec_dup_target (self->spec, &position);
  request->live = self->live;
  request->event_stream = self->asked_for_events = self->live && self->want_events;
  request->timeout_ms = self->live ? LIVE_TIMEOUT_MS : OTHER_TIMEOUT_MS;
  until_us = MIN (spot_feed_machine_get_linger_end_us (self), get_second_look_us (self));
  self->clipped = self->live && until_us - self->sent_us < request->timeout_ms * MS;
  if (self->clipped)
    request->timeout_ms = MAX ((until_us - self->sent_us + MS - 1) / MS, 1);
  return request;
}

/**
 * spot_feed_machine_take_batch:
 * @self: a machine
 *
 * Returns: (transfer full) (nullable): the next batch, in order; %NULL when there is no more
 */
SpotRunBatch *
spot_feed_machine_take_batch (SpotFeedMachine *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_queue_pop_head (&self->batches);
}

/**
 * spot_feed_machine_get_state:
 * @self: a machine
 *
 * Returns: where the feed stands
 */
SpotFeedState
spot_feed_machine_get_state (SpotFeedMachine *self)
{
  g_return_val_if_fail (self != NULL, SPOT_FEED_STOPPED);

  if (self->stopped)
    return SPOT_FEED_STOPPED;
  if (self->paused)
    return SPOT_FEED_PAUSED;
  return self->state;
}

/**
 * spot_feed_machine_get_problem:
 * @self: a machine
 *
 * Returns: (transfer none) (nullable): a %SPOT_API_ERROR or %SPOT_PROTOCOL_ERROR that explains %SPOT_FEED_RECONNECTING
 *   and %SPOT_FEED_NEEDS_ATTENTION; valid until the machine is told something else
 */
const GError *
spot_feed_machine_get_problem (SpotFeedMachine *self)
{
  SpotFeedState state;

  g_return_val_if_fail (self != NULL, NULL);

  state = spot_feed_machine_get_state (self);
  return state == SPOT_FEED_RECONNECTING || state == SPOT_FEED_NEEDS_ATTENTION ? self->problem : NULL;
}

/**
 * spot_feed_machine_get_last_synced_us:
 * @self: a machine
 *
 * Returns: wall-clock time at which it was last up to date, 0 for never; kept when the server makes it begin again
 */
gint64
spot_feed_machine_get_last_synced_us (SpotFeedMachine *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->last_synced_us;
}

static void
begin_afresh (SpotFeedMachine *self)
{
  self->state = SPOT_FEED_CONNECTING;
  self->failed = FALSE;
  self->live = FALSE;
  self->not_before_us = 0;
  self->n_not_found = 0;
  self->restarted_after_400 = FALSE;
  spot_backoff_reset (&self->backoff);
  spot_feed_machine_set_problem (self, NULL);
}

/**
 * spot_feed_machine_pause:
 * @self: a machine
 *
 * Sends nothing until resumed.
 */
void
spot_feed_machine_pause (SpotFeedMachine *self)
{
  g_return_if_fail (self != NULL);

  self->paused = TRUE;
}

/**
 * spot_feed_machine_resume:
 * @self: a machine
 *
 * Ends a pause, with a request that is answered at once, whatever delay was running. Nothing for a machine that is not
 * paused.
 */
void
spot_feed_machine_resume (SpotFeedMachine *self)
{
  g_return_if_fail (self != NULL);

  if (!self->paused)
    return;
  self->paused = FALSE;
  begin_afresh (self);
}

/**
 * spot_feed_machine_retry_now:
 * @self: a machine
 *
 * Ends a delay or a %SPOT_FEED_NEEDS_ATTENTION, and makes the next request one that is answered at once. For a paused
 * machine this waits until it is resumed.
 */
void
spot_feed_machine_retry_now (SpotFeedMachine *self)
{
  g_return_if_fail (self != NULL);

  if (self->failed || self->state == SPOT_FEED_RECONNECTING)
    begin_afresh (self);
  self->live = FALSE;
}

/**
 * spot_feed_machine_stop:
 * @self: a machine
 *
 * It is over.
 */
void
spot_feed_machine_stop (SpotFeedMachine *self)
{
  g_return_if_fail (self != NULL);

  self->stopped = TRUE;
}
