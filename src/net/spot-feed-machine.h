/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-api-error.h"
#include "spot-feed-spec.h"
#include "spot-run-batch.h"

G_BEGIN_DECLS

/**
 * SpotFeedState:
 * @SPOT_FEED_CONNECTING: no answer yet
 * @SPOT_FEED_CATCHING_UP: answered, not yet up to date
 * @SPOT_FEED_LIVE: up to date and waiting for news
 * @SPOT_FEED_RECONNECTING: something failed, it goes on by itself
 * @SPOT_FEED_PAUSED: asked to rest
 * @SPOT_FEED_NEEDS_ATTENTION: something failed that only the user can mend
 * @SPOT_FEED_STOPPED: over
 */
typedef enum {
  SPOT_FEED_CONNECTING,
  SPOT_FEED_CATCHING_UP,
  SPOT_FEED_LIVE,
  SPOT_FEED_RECONNECTING,
  SPOT_FEED_PAUSED,
  SPOT_FEED_NEEDS_ATTENTION,
  SPOT_FEED_STOPPED,
} SpotFeedState;

/* A header of the response at hand, by a name compared without case; NULL when it is not there. */
typedef const char *(*SpotHeaderFunc) (gpointer    headers,
                                       const char *name);

/* Where the machine gets the time and its dice from, so that tests decide both. */
typedef struct
{
  gint64   (*monotonic_us) (gpointer data);
  gint64   (*wall_us)      (gpointer data);
  double   (*random)       (gpointer data); /* 0 up to, not including, 1 */
  gpointer   data;
} SpotFeedClock;

/**
 * SpotFeedStep:
 * @SPOT_FEED_STEP_REQUEST: send the request that spot_feed_machine_dup_request() gives
 * @SPOT_FEED_STEP_WAIT: wait spot_feed_machine_get_wait_ms(), then ask again
 * @SPOT_FEED_STEP_REST: nothing to do until resumed, retried, or given a new credential
 * @SPOT_FEED_STEP_STOP: over
 *
 * What the thread around the machine has to do next.
 */
typedef enum {
  SPOT_FEED_STEP_REQUEST,
  SPOT_FEED_STEP_WAIT,
  SPOT_FEED_STEP_REST,
  SPOT_FEED_STEP_STOP,
} SpotFeedStep;

/**
 * SpotFeedRequest:
 * @target: path and query, starting with `/realtime/v1/`, parameters sorted and percent-encoded
 * @live: whether the server may hold it
 * @event_stream: whether an event stream is asked for
 * @timeout_ms: with no complete answer after this long the request has failed (the watchdog); for requests that are not
 *   live, or ask for an event stream, it counts from the last byte, as long as bytes come faster than a few in each such
 *   time
 */
typedef struct
{
  char    *target;
  gboolean live;
  gboolean event_stream;
  gint64   timeout_ms;
} SpotFeedRequest;

void spot_feed_request_free (SpotFeedRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotFeedRequest, spot_feed_request_free)

/**
 * SpotFeedMachine:
 *
 * The long-poll state machine of protocol §3.7 to §3.10 for both dialects, without sockets, threads or clock of its own: it
 * says which request to send, is given the answer piece by piece, and says what to do next. The thread of a #SpotFeed drives
 * it; tests drive it with recordings.
 */
typedef struct _SpotFeedMachine SpotFeedMachine;

SpotFeedMachine *spot_feed_machine_new          (SpotFeedSpec        *spec,
                                                 const SpotFeedClock *clock);
void             spot_feed_machine_free         (SpotFeedMachine     *self);

SpotFeedStep     spot_feed_machine_next         (SpotFeedMachine     *self);
SpotFeedRequest *spot_feed_machine_dup_request  (SpotFeedMachine     *self);
gint64           spot_feed_machine_get_wait_ms  (SpotFeedMachine     *self);
gint64           spot_feed_machine_get_retry_at_us (SpotFeedMachine  *self);

/* Whether a run feed stops by itself 30 s after its run has ended; yes unless told otherwise. */
void             spot_feed_machine_set_stop_when_ended (SpotFeedMachine *self,
                                                        gboolean         stop_when_ended);

/* Before the first request: goes on from where another machine was. */
void             spot_feed_machine_set_position (SpotFeedMachine *self,
                                                 SpotLogPosition *position,
                                                 SpotRunBatch    *rows);

/* Whether to ask for live event streams (protocol §3.11) instead of long polls; no unless told otherwise. After three short
 * connections in a row, or an answer that says that the server knows none, it is long polls for good. */
void             spot_feed_machine_set_event_stream (SpotFeedMachine *self,
                                                     gboolean         event_stream);

/* For tests: second looks at a server of the native kind come this soon after each other. */
void             spot_feed_machine_set_second_look_ms (SpotFeedMachine *self,
                                                       gint64           max_ms);

/* One answer: the head, the body in pieces of any size, the end; or a failure at any point instead of the rest. FALSE: the
 * rest of the body is not wanted, the end comes next. */
gboolean         spot_feed_machine_take_head    (SpotFeedMachine     *self,
                                                 guint                status,
                                                 SpotHeaderFunc       header,
                                                 gpointer             headers);
gboolean         spot_feed_machine_take_body    (SpotFeedMachine     *self,
                                                 const char          *data,
                                                 gsize                length);
void             spot_feed_machine_take_end     (SpotFeedMachine     *self);
void             spot_feed_machine_take_failure (SpotFeedMachine     *self,
                                                 const GError        *error);

/* What came of it, after each of the calls above, until there is no more: (transfer full) (nullable). */
SpotRunBatch    *spot_feed_machine_take_batch   (SpotFeedMachine     *self);

SpotFeedState    spot_feed_machine_get_state    (SpotFeedMachine     *self);
const GError    *spot_feed_machine_get_problem  (SpotFeedMachine     *self);
gint64           spot_feed_machine_get_last_synced_us (SpotFeedMachine *self);

/* The owner's wishes. Each takes effect at the next spot_feed_machine_next(); the request in flight is the owner's to abort,
 * after which it calls spot_feed_machine_take_aborted() in place of a failure. */
void             spot_feed_machine_take_aborted (SpotFeedMachine     *self);
void             spot_feed_machine_pause        (SpotFeedMachine     *self);
void             spot_feed_machine_resume       (SpotFeedMachine     *self);
void             spot_feed_machine_retry_now    (SpotFeedMachine     *self);
void             spot_feed_machine_stop         (SpotFeedMachine     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotFeedMachine, spot_feed_machine_free)

G_END_DECLS
