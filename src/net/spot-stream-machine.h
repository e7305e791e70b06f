/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-api-error.h"
#include "spot-feed-machine.h"
#include "spot-stream-reader.h"

G_BEGIN_DECLS

/**
 * SpotStreamRequest:
 * @target: path and query
 * @last_id: (nullable): what to send as `Last-Event-ID`
 * @wait_s: what to send as `Timeout-Seconds`, 0 for the server's own
 *
 * A request of a data stream.
 */
typedef struct
{
  char *target;
  char *last_id;
  guint wait_s;
} SpotStreamRequest;

void spot_stream_request_free (SpotStreamRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotStreamRequest, spot_stream_request_free)

/**
 * SpotStreamMachine:
 *
 * The rules of protocol §7.2 to §7.5 for one data stream, without sockets, threads or clock of its own, as
 * #SpotFeedMachine is for feeds: it says what to send, is given the answer piece by piece, and says what to do next.
 */
typedef struct _SpotStreamMachine SpotStreamMachine;

SpotStreamMachine *spot_stream_machine_new            (const char              *run_id,
                                                       const char              *key,
                                                       const SpotFeedClock     *clock);
void               spot_stream_machine_free           (SpotStreamMachine       *self);
SpotFeedStep       spot_stream_machine_next           (SpotStreamMachine       *self);
SpotStreamRequest *spot_stream_machine_dup_request    (SpotStreamMachine       *self);
gint64             spot_stream_machine_get_wait_ms    (SpotStreamMachine       *self);

/* One answer, as for the feed machine. */
gboolean           spot_stream_machine_take_head      (SpotStreamMachine       *self,
                                                       guint                    status,
                                                       SpotHeaderFunc           header,
                                                       gpointer                 headers);
gboolean           spot_stream_machine_take_body      (SpotStreamMachine       *self,
                                                       const char              *data,
                                                       gsize                    length);
void               spot_stream_machine_take_end       (SpotStreamMachine       *self);
void               spot_stream_machine_take_failure   (SpotStreamMachine       *self,
                                                       const GError            *error);
void               spot_stream_machine_take_aborted   (SpotStreamMachine       *self);
SpotStreamChunk   *spot_stream_machine_take_chunk     (SpotStreamMachine       *self);

SpotFeedState      spot_stream_machine_get_state      (SpotStreamMachine       *self);
const GError      *spot_stream_machine_get_problem    (SpotStreamMachine       *self);

/* The owner's wishes. */
void               spot_stream_machine_set_run_ended  (SpotStreamMachine       *self);
void               spot_stream_machine_retry_now      (SpotStreamMachine       *self);
void               spot_stream_machine_stop           (SpotStreamMachine       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotStreamMachine, spot_stream_machine_free)

G_END_DECLS
