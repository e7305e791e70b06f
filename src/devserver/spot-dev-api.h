/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-dev-job.h"
#include "spot-dev-native.h"
#include "spot-dev-scenario.h"

G_BEGIN_DECLS

/**
 * SpotDevApi:
 * @lock: for all of it
 * @dialect: who answers requests that do not say
 * @fault: what goes wrong with the next requests
 * @n_faults: with how many of them; -1 for all
 * @flaky: whether requests go wrong at random
 * @dice: (owned): for that
 * @frozen: whether the scenario stands still
 * @n_sound: how many requests go well before that
 * @n_requests: realtime requests so far
 * @n_snapshots: those among them that asked from the start
 * @key: the only credential
 * @hold_ms: how long a live poll is held
 * @store: the database
 * @seed: of everything that looks random
 * @scenario: what happens in it by itself, and to the runs that are triggered
 * @streams: what tasks have written
 * @jobs: (element-type utf8 SpotDevJob): run → how it was triggered
 * @batches: (element-type utf8 SpotDevBatch): id → batch that was triggered
 * @objects: (element-type utf8 SpotDevObject): path → object in the store
 * @idempotency: (element-type utf8 utf8): task and key → run
 * @codes: authorization code → how often its token was asked for
 * @usage: credential → how much of its rate limit is used
 * @n_triggered: how much has been triggered
 * @old_streams: whether data streams are of the first version, unless who triggered the run said which
 * @n_sign_in_polls: how often somebody who signs in has to ask before the browser has agreed
 * @is_person_out: whether the personal access token has been revoked
 * @token_life_ms: how long tokens live, whatever was asked for; 0 for that
 * @limit: calls of the management API with the key in a window
 * @window_ms: the window
 * @presign_ms: how long an address in the object store is good
 * @reschedule: (nullable): to be called when the scenario may have something earlier than it said
 * @context: (nullable): the server thread's, while there is one
 * @polls: (element-type SpotDevPoll): exchanges that wait; server thread only
 * @channels: (element-type SpotDevChannel): event streams that are open; server thread only
 * @sse_ms: how long an event stream of a feed lasts
 * @keep_alive_ms: after how long without data it says that it is there
 * @ping_ms: after how long without data a data stream says that it is there
 * @n_live: how many of them are live polls
 * @seen: whether a client may have seen the database: from then on commits are Electric's business
 *
 * Everything behind the URL but HTTP itself: what stays when the server stops.
 */
typedef struct
{
  GRecMutex        lock;
  SpotDevDialect   dialect;
  SpotDevFault     fault;
  int              n_faults;
  gboolean         flaky;
  GRand           *dice;
  gboolean         frozen;
  int              n_sound;
  guint64          n_requests;
  guint64          n_snapshots;
  char            *key;
  guint            hold_ms;
  SpotDevStore    *store;
  SpotDevElectric *electric;
  SpotDevNative   *native;
  guint32          seed;
  SpotDevScenarioState *scenario;
  SpotDevStreams  *streams;
  GHashTable      *jobs;
  GHashTable      *batches;
  GHashTable      *objects;
  GHashTable      *idempotency;
  GHashTable      *codes;
  GHashTable      *usage;
  guint64          n_triggered;
  gboolean         old_streams;
  guint            n_sign_in_polls;
  gboolean         is_person_out;
  gint64           token_life_ms;
  guint            limit;
  gint64           window_ms;
  gint64           presign_ms;
  void           (*reschedule) (gpointer data);
  gpointer         reschedule_data;
  GMainContext    *context;
  gboolean         wake_pending;
  GQueue           polls;
  GQueue           channels;
  guint            ping_ms;
  guint            sse_ms;
  guint            keep_alive_ms;
  guint            n_live;
  gboolean         seen;
} SpotDevApi;

SpotDevApi *spot_dev_api_new        (const SpotDevOptions *options,
                                     const char           *key,
                                     gint64                epoch_ms);
void        spot_dev_api_free       (SpotDevApi           *self);
void        spot_dev_api_set_fault  (SpotDevApi           *self,
                                     SpotDevFault          fault,
                                     int                   count);
void        spot_dev_api_rotate     (SpotDevApi           *self);
gboolean    spot_dev_api_put_run    (SpotDevApi           *self,
                                     const char           *run_id,
                                     const char           *batch_id,
                                     const char           *columns,
                                     GError              **error);
gboolean    spot_dev_api_answer     (SpotDevApi           *self,
                                     SpotDevRequest       *request,
                                     SpotDevMoment         moment);

/* On the server's thread. */
void        spot_dev_api_attach     (SpotDevApi           *self,
                                     GMainContext         *context);
void        spot_dev_api_detach     (SpotDevApi           *self);
gint64      spot_dev_api_advance    (SpotDevApi           *self);

void        spot_dev_polls_hold     (SpotDevApi           *self,
                                     SpotDevRequest       *request,
                                     gboolean              stalled);
void        spot_dev_polls_wake     (SpotDevApi           *self);
void        spot_dev_polls_cut      (SpotDevApi           *self);

void        spot_dev_routes_add     (SpotDevApi           *self,
                                     SoupServer           *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotDevApi, spot_dev_api_free)

G_END_DECLS
