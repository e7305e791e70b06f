/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include "spot-api-packet.h"
#include "spot-api-sender.h"

#include "spot-api-client.h"

#define MAX_THREADS 4

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
  SpotApiCall       *call;   /* nullable: NULL for a packet */
  SpotApiPacketOrder packet; /* its texts owned */
  SpotEndpoint      *endpoint;
} Job;

static void
job_free (Job *job)
{
  g_clear_pointer (&job->call, spot_api_call_free);
  g_free ((char *) job->packet.run_id);
  g_free ((char *) job->packet.path);
  spot_endpoint_unref (job->endpoint);
  g_free (job);
}

/* ---- threads ---- */

static SpotApiLine *
borrow_line (SpotApiClient *self)
{
  SpotApiLine *line;

  g_mutex_lock (&self->lock);
  line = g_queue_pop_head (&self->lines);
  g_mutex_unlock (&self->lock);
  return line != NULL ? line : spot_api_line_new ();
}

static void
give_line_back (SpotApiClient *self,
                SpotApiLine   *line)
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
  SpotApiSender sender = { 0 };
  GError *error = NULL;
  SpotValue *value = NULL;
  SpotPacket *packet = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  sender.line = borrow_line (self);
  sender.endpoint = job->endpoint;
  sender.caller = g_task_get_cancellable (task);
  sender.deadline = spot_deadline_new ();
  sender.hurry = self->hurry;
  g_main_context_push_thread_default (sender.line->context);
  if (job->call != NULL)
    value = spot_api_sender_call (&sender, job->call, &error);
  else
    packet = spot_api_packet_fetch (&sender, &job->packet, &error);
  g_main_context_pop_thread_default (sender.line->context);
  spot_deadline_free (sender.deadline);
  give_line_back (self, sender.line);
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
  g_queue_clear_full (&self->lines, (GDestroyNotify) spot_api_line_free);
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
  job->packet.run_id = run_id != NULL && *run_id != '\0' ? g_strdup (run_id) : NULL;
  job->packet.path = path != NULL && *path != '\0' ? g_strdup (path) : NULL;
  job->packet.output = output;
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
