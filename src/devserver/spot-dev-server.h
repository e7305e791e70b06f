/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SpotDevDialect:
 *
 * Which of the two servers that stand behind one URL in the world this one imitates (protocol §3, §4).
 */
typedef enum {
  SPOT_DEV_DIALECT_ELECTRIC,
  SPOT_DEV_DIALECT_NATIVE,
} SpotDevDialect;

/**
 * SpotDevScenario:
 * @SPOT_DEV_SCENARIO_EMPTY: no runs but those that spot_dev_server_put_run() makes
 * @SPOT_DEV_SCENARIO_CALM: a handful of tasks that look like real ones, a new run every few seconds
 * @SPOT_DEV_SCENARIO_BURST: the same, and a batch of 1,000
 * @SPOT_DEV_SCENARIO_FLAKY: as calm, but the network is not: one realtime request in six goes wrong
 * @SPOT_DEV_SCENARIO_HOSTILE: the same, and every other run's row has something in it that does not belong there
 * @SPOT_DEV_SCENARIO_HUGE: very many runs, of which the newest change all the time
 */
typedef enum {
  SPOT_DEV_SCENARIO_EMPTY,
  SPOT_DEV_SCENARIO_CALM,
  SPOT_DEV_SCENARIO_BURST,
  SPOT_DEV_SCENARIO_FLAKY,
  SPOT_DEV_SCENARIO_HOSTILE,
  SPOT_DEV_SCENARIO_HUGE,
} SpotDevScenario;

/**
 * SpotDevOptions:
 * @port: 0 for any
 * @epoch_ms: when the scenario began, milliseconds since 1970; 0 for now. A scenario is a function of seed, epoch and time, so
 *   a server that is started again with the same seed and epoch has the same runs, as a server with a database has
 * @speed: how fast the scenario's clock runs; 1 is real time
 * @seed: of everything that looks random
 * @hold_ms: how long a live poll is held; 0 for the real 20 s
 * @n_runs: how many runs the huge scenario has; 0 for 10,000
 * @changes_per_s: how many changes a second; 0 for 100
 */
typedef struct
{
  guint16         port;
  SpotDevDialect  dialect;
  SpotDevScenario scenario;
  gint64          epoch_ms;
  double          speed;
  guint32         seed;
  guint           hold_ms;
  guint           n_runs;
  guint           changes_per_s;
} SpotDevOptions;

/**
 * SpotDevServer:
 *
 * A local Realtime API on the loopback interface, on a thread of its own. Written from the protocol alone: it shares nothing
 * with the program's own reader, so that a mistake there cannot hide behind the same mistake here.
 */
#define SPOT_TYPE_DEV_SERVER (spot_dev_server_get_type ())
G_DECLARE_FINAL_TYPE (SpotDevServer, spot_dev_server, SPOT, DEV_SERVER, GObject)

SpotDevServer *spot_dev_server_new          (const SpotDevOptions *options);
gboolean       spot_dev_server_start        (SpotDevServer  *self,
                                             GError        **error);
/* Cuts every connection; runs are kept and start() goes on with them, on the same port. */
void           spot_dev_server_stop         (SpotDevServer  *self);
gboolean       spot_dev_server_is_running   (SpotDevServer  *self);
const char    *spot_dev_server_get_url      (SpotDevServer  *self);
const char    *spot_dev_server_get_key      (SpotDevServer  *self);
/* The environment has another key: the one before is good for nothing any more. */
void           spot_dev_server_set_key      (SpotDevServer  *self,
                                             const char     *key);
gint64         spot_dev_server_get_epoch_ms (SpotDevServer  *self);

/* For the demo's watches: ids that the scenario is sure to have. NULL when it has none. */
const char    *spot_dev_server_get_demo_run   (SpotDevServer *self);
const char    *spot_dev_server_get_demo_batch (SpotDevServer *self);
const char    *spot_dev_server_get_demo_tag   (SpotDevServer *self);

/* For tests, from any thread. @columns: a JSON object of column name → value as the database holds it: texts, numbers,
 * booleans, null, arrays of text, ISO times, and JSON for `error`. Creates the run (needs "friendlyId") or changes it;
 * `updatedAt` moves unless given. @batch_id may be NULL. Fails with G_IO_ERROR_INVALID_ARGUMENT. */
gboolean       spot_dev_server_put_run      (SpotDevServer  *self,
                                             const char     *batch_id,
                                             const char     *columns,
                                             GError        **error);
void           spot_dev_server_delete_run   (SpotDevServer  *self,
                                             const char     *run_id);
/* Writes to a run's data stream: @chunk is a JSON text. Streams of runs that were put are of the second version, or of the
 * first after set_old_streams(). */
void           spot_dev_server_write_stream (SpotDevServer  *self,
                                             const char     *run_id,
                                             const char     *key,
                                             const char     *chunk);
void           spot_dev_server_set_old_streams (SpotDevServer *self,
                                             gboolean        old_streams);
/* What the calling thread puts and deletes in between is one transaction. Other threads wait: keep it short. */
void           spot_dev_server_begin        (SpotDevServer  *self);
void           spot_dev_server_commit       (SpotDevServer  *self);
/* Every shape log gets a new handle: waiting and later requests get 409 (Electric dialect). */
void           spot_dev_server_rotate       (SpotDevServer  *self);
void           spot_dev_server_set_dialect  (SpotDevServer  *self,
                                             SpotDevDialect  dialect);

/* A fault for the next @count realtime requests (-1: until the next call), or NULL for none:
 * "drop" (the body breaks off), "stall" (no answer), "409", "503", "429", "401", "html", "truncated", "500", "502",
 * "503-plain" (no Retry-After), "duplicate" (changes come twice), "wrong-types", "huge-row" (10 MB), "no-handle" (a
 * header is missing), "gzip", "skew" (the Date is wrong), "slow" (some bytes at a time).
 * `POST /dev/faults` takes {fault, count, after}: that many go well before.
 * `POST /dev/settings` takes, besides times and limits, {flaky, frozen}: whether requests go wrong at random, and whether the
 * scenario stands still. */
void           spot_dev_server_set_fault    (SpotDevServer  *self,
                                             const char     *fault,
                                             int             count);
guint64        spot_dev_server_get_n_requests (SpotDevServer *self);
guint64        spot_dev_server_get_n_snapshots (SpotDevServer *self);
guint          spot_dev_server_get_n_live     (SpotDevServer *self);

G_END_DECLS
