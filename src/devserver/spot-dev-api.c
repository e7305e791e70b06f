/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include "spot-dev-api.h"
#include "spot-dev-channel.h"

#define HOLD_MS 20000
#define LIMIT 750
#define WINDOW_MS 10000
#define PRESIGN_MS 300000
#define N_RUNS 10000
#define CHANGES_PER_S 100
#define PING_MS 10000
#define SSE_MS 60000
#define KEEP_ALIVE_MS 21000

static void
committed (const SpotDevTransaction *transaction,
           gpointer                  user_data);
static void
written (gpointer user_data);

/**
 * spot_dev_api_new:
 * @options: how to behave
 * @key: the credential that is let in
 * @epoch_ms: when the scenario began, milliseconds since 1970
 *
 * Returns: (transfer full): the state of a server, with the runs that the scenario has now
 */
SpotDevApi *
spot_dev_api_new (const SpotDevOptions *options,
                  const char           *key,
                  gint64                epoch_ms)
{
  SpotDevApi *self = g_new0 (SpotDevApi, 1);

  g_rec_mutex_init (&self->lock);
  self->dialect = options->dialect;
  self->key = g_strdup (key);
  self->hold_ms = options->hold_ms > 0 ? options->hold_ms : HOLD_MS;
  self->store = spot_dev_store_new (committed, self);
  self->electric = spot_dev_electric_new (self->store);
  self->native = spot_dev_native_new (self->store);
  self->seed = options->seed;
  self->limit = LIMIT;
  self->window_ms = WINDOW_MS;
  self->presign_ms = PRESIGN_MS;
  self->ping_ms = PING_MS;
  self->n_sign_in_polls = 1;
  self->sse_ms = SSE_MS;
  self->keep_alive_ms = KEEP_ALIVE_MS;
  self->streams = spot_dev_streams_new (written, self);
  self->scenario = spot_dev_scenario_new (options->scenario, options->seed, epoch_ms, options->speed, self->streams);
  spot_dev_scenario_set_size (self->scenario, options->n_runs > 0 ? options->n_runs : N_RUNS,
                              options->changes_per_s > 0 ? options->changes_per_s : CHANGES_PER_S);
  self->flaky = options->scenario == SPOT_DEV_SCENARIO_FLAKY || options->scenario == SPOT_DEV_SCENARIO_HOSTILE;
  self->dice = g_rand_new_with_seed (options->seed);
  self->jobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) spot_dev_job_free);
  self->batches = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) spot_dev_batch_free);
  self->objects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) spot_dev_object_free);
  self->idempotency = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->codes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->usage = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  spot_dev_api_advance (self);
  return self;
}

/**
 * spot_dev_api_free:
 * @self: (transfer full): the state of a server that has stopped
 */
void
spot_dev_api_free (SpotDevApi *self)
{
  spot_dev_scenario_free (self->scenario);
  spot_dev_streams_free (self->streams);
  g_hash_table_unref (self->jobs);
  g_hash_table_unref (self->batches);
  g_hash_table_unref (self->objects);
  g_hash_table_unref (self->idempotency);
  g_hash_table_unref (self->codes);
  g_hash_table_unref (self->usage);
  g_rand_free (self->dice);
  spot_dev_native_free (self->native);
  spot_dev_electric_free (self->electric);
  spot_dev_store_free (self->store);
  g_free (self->key);
  g_rec_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
wake_cb (gpointer user_data)
{
  SpotDevApi *self = user_data;

  g_rec_mutex_lock (&self->lock);
  self->wake_pending = FALSE;
  spot_dev_polls_wake (self);
  spot_dev_channels_wake (self);
  g_rec_mutex_unlock (&self->lock);
  return G_SOURCE_REMOVE;
}

/* Polls are answered from the server's thread, and once for all that is committed until it gets there. */
static void
schedule_wake (SpotDevApi *self)
{
  g_autoptr(GSource) source = NULL;

  if (self->context == NULL || self->wake_pending)
    return;
  self->wake_pending = TRUE;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, wake_cb, self, NULL);
  g_source_attach (source, self->context);
}

static void
committed (const SpotDevTransaction *transaction,
           gpointer                  user_data)
{
  SpotDevApi *self = user_data;

  if (self->seen)
    spot_dev_electric_add (self->electric, transaction);
  schedule_wake (self);
}

static void
written (gpointer user_data)
{
  schedule_wake (user_data);
}

/**
 * spot_dev_api_set_fault:
 * @self: the state
 * @fault: what is to go wrong
 * @count: with how many requests; -1 for all
 */
void
spot_dev_api_set_fault (SpotDevApi   *self,
                        SpotDevFault  fault,
                        int           count)
{
  g_rec_mutex_lock (&self->lock);
  self->fault = fault;
  self->n_faults = count;
  self->n_sound = 0;
  g_rec_mutex_unlock (&self->lock);
}

/**
 * spot_dev_api_rotate:
 * @self: the state
 *
 * Gives every shape log a new handle.
 */
void
spot_dev_api_rotate (SpotDevApi *self)
{
  g_rec_mutex_lock (&self->lock);
  spot_dev_electric_rotate (self->electric);
  schedule_wake (self);
  g_rec_mutex_unlock (&self->lock);
}

/**
 * spot_dev_api_put_run:
 * @self: the state
 * @run_id: (nullable): a run's friendly id; %NULL when @columns names it
 * @batch_id: (nullable): the batch of a new run
 * @columns: see spot_dev_server_put_run()
 * @error: return location
 *
 * Returns: %FALSE with %G_IO_ERROR_INVALID_ARGUMENT, and nothing has changed then
 */
gboolean
spot_dev_api_put_run (SpotDevApi  *self,
                      const char  *run_id,
                      const char  *batch_id,
                      const char  *columns,
                      GError     **error)
{
  SpotDevEdit edit = { 0 };
  gboolean ok = spot_dev_edit_set_json (&edit, columns, error);

  if (ok && run_id != NULL)
    spot_dev_edit_set_text (&edit, SPOT_DEV_FRIENDLY_ID, run_id);
  if (ok && !(edit.columns & SPOT_DEV_BIT (SPOT_DEV_FRIENDLY_ID)))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "No friendlyId");
      ok = FALSE;
    }
  if (ok)
    {
      g_rec_mutex_lock (&self->lock);
      ok = spot_dev_store_put (self->store, edit.cells[SPOT_DEV_FRIENDLY_ID], batch_id, &edit,
                               g_get_real_time () / 1000, error);
      g_rec_mutex_unlock (&self->lock);
    }
  spot_dev_edit_clear (&edit);
  return ok;
}

/**
 * spot_dev_api_answer:
 * @self: the state, locked
 * @request: a request
 * @moment: why now
 *
 * Answers in the request's dialect, unless the request is to wait.
 *
 * Returns: whether it answered
 */
gboolean
spot_dev_api_answer (SpotDevApi     *self,
                     SpotDevRequest *request,
                     SpotDevMoment   moment)
{
  if (request->dialect == SPOT_DEV_DIALECT_NATIVE)
    return spot_dev_native_answer (self->native, request, moment);
  return spot_dev_electric_answer (self->electric, request, moment);
}

/**
 * spot_dev_api_attach:
 * @self: the state
 * @context: the context of the server's thread
 *
 * From now on waiting polls are woken there.
 */
void
spot_dev_api_attach (SpotDevApi   *self,
                     GMainContext *context)
{
  g_rec_mutex_lock (&self->lock);
  self->context = context;
  self->seen = TRUE;
  g_rec_mutex_unlock (&self->lock);
}

/**
 * spot_dev_api_detach:
 * @self: the state
 *
 * Cuts what waits, before the server's thread ends.
 */
void
spot_dev_api_detach (SpotDevApi *self)
{
  g_rec_mutex_lock (&self->lock);
  spot_dev_polls_cut (self);
  spot_dev_channels_cut (self);
  self->context = NULL;
  self->wake_pending = FALSE;
  g_rec_mutex_unlock (&self->lock);
}

/**
 * spot_dev_api_advance:
 * @self: the state
 *
 * Lets happen what the scenario has for the time since the last call, unless it stands still.
 *
 * Returns: when it has something next, milliseconds since 1970; %G_MAXINT64 for never
 */
gint64
spot_dev_api_advance (SpotDevApi *self)
{
  gint64 next_ms = G_MAXINT64;

  g_rec_mutex_lock (&self->lock);
  if (!self->frozen)
    next_ms = spot_dev_scenario_advance (self->scenario, self->store, g_get_real_time () / 1000);
  g_rec_mutex_unlock (&self->lock);
  return next_ms;
}
