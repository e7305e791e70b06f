/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include "spot-dev-api.h"
#include "spot-dev-script.h"
#include "spot-dev-server.h"

#define KEY_LENGTH 24
#define MIN_TICK_MS 20 /* changes that are nearer to each other go out together */

struct _SpotDevServer
{
  GObject       parent_instance;
  SpotDevApi   *api;
  char         *key;
  gint64        epoch_ms;
  guint16       port;     /* of the last start */
  char         *url;      /* (nullable) until the first start */
  GThread      *thread;   /* (nullable) */
  GMainContext *context;  /* (nullable) the thread's */
  GMainLoop    *loop;     /* (nullable) the thread's */
};

G_DEFINE_FINAL_TYPE (SpotDevServer, spot_dev_server, G_TYPE_OBJECT)

/* What start() and the new thread tell each other. */
typedef struct
{
  SpotDevServer *server;
  GMutex         lock;
  GCond          cond;
  gboolean       ready;
  GError        *error;
} Starting;

/* The server's thread's own. */
typedef struct
{
  SpotDevApi   *api;
  GMainContext *context;
  GSource      *tick;
  GHashTable   *sockets; /* of connections that have asked something: set of GSocket */
} Running;

static void
schedule_tick (Running *running);

static gboolean
tick_cb (gpointer user_data)
{
  schedule_tick (user_data);
  return G_SOURCE_REMOVE;
}

static void
schedule_tick (Running *running)
{
  gint64 next_ms = spot_dev_api_advance (running->api);
  gint64 wait_ms;

  if (running->tick != NULL)
    g_source_destroy (running->tick);
  g_clear_pointer (&running->tick, g_source_unref);
  if (next_ms == G_MAXINT64)
    return;

  wait_ms = CLAMP (next_ms - g_get_real_time () / 1000, MIN_TICK_MS, 60000);
  running->tick = g_timeout_source_new ((guint) wait_ms);
  g_source_set_callback (running->tick, tick_cb, running, NULL);
  g_source_attach (running->tick, running->context);
}

static void
reschedule (gpointer data)
{
  schedule_tick (data);
}

static gboolean
is_closed (gpointer key,
           gpointer value,
           gpointer user_data)
{
  return g_socket_is_closed (key);
}

static void
request_started_cb (SoupServer        *soup,
                    SoupServerMessage *message,
                    gpointer           user_data)
{
  Running *running = user_data;
  GSocket *socket = soup_server_message_get_socket (message);
  g_autoptr(GSocketAddress) address = socket != NULL ? g_socket_get_remote_address (socket, NULL) : NULL;

  /* libsoup asks for both when a connection is cut, too, and warns when the client has reset or left it by then; it
   * remembers. */
  if (address != NULL)
    soup_server_message_get_remote_address (message);
  if (socket != NULL)
    soup_server_message_get_local_address (message);
  g_hash_table_foreach_remove (running->sockets, is_closed, NULL);
  if (socket != NULL)
    g_hash_table_add (running->sockets, g_object_ref (socket));
}

static SoupServer *
listen (SpotDevServer  *self,
        GError        **error)
{
  g_autoptr(SoupServer) soup = soup_server_new (NULL, NULL);
  g_autoslist(GUri) uris = NULL;

  if (!soup_server_listen_local (soup, self->port, SOUP_SERVER_LISTEN_IPV4_ONLY, error))
    return NULL;
  uris = soup_server_get_uris (soup);
  if (self->url == NULL)
    {
      self->port = (guint16) g_uri_get_port (uris->data);
      self->url = g_strdup_printf ("http://127.0.0.1:%u", self->port);
    }
  return g_steal_pointer (&soup);
}

static gpointer
thread_func (gpointer user_data)
{
  Starting *starting = user_data;
  SpotDevServer *self = starting->server;
  g_autoptr(GMainContext) context = g_main_context_ref (self->context);
  g_autoptr(GMainLoop) loop = g_main_loop_ref (self->loop);
  g_autoptr(SoupServer) soup = NULL;
  Running running = { .api = self->api, .context = context };
  GHashTableIter iter;
  gpointer socket;

  g_main_context_push_thread_default (context);
  soup = listen (self, &starting->error);
  if (soup != NULL)
    {
      running.sockets = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
      g_signal_connect (soup, "request-started", G_CALLBACK (request_started_cb), &running);
      spot_dev_routes_add (running.api, soup);
      spot_dev_api_attach (running.api, context);
      running.api->reschedule_data = &running;
      running.api->reschedule = reschedule;
      schedule_tick (&running);
    }

  g_mutex_lock (&starting->lock);
  starting->ready = TRUE;
  g_cond_signal (&starting->cond);
  g_mutex_unlock (&starting->lock);
  if (soup == NULL)
    {
      g_main_context_pop_thread_default (context);
      return NULL;
    }

  g_main_loop_run (loop);

  running.api->reschedule = NULL;
  spot_dev_api_detach (running.api);
  g_hash_table_iter_init (&iter, running.sockets);
  while (g_hash_table_iter_next (&iter, &socket, NULL))
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
  soup_server_disconnect (soup);
  if (running.tick != NULL)
    g_source_destroy (running.tick);
  g_clear_pointer (&running.tick, g_source_unref);
  /* What libsoup still has to do for the connections that were cut; bounded, as nobody waits for more. */
  for (int i = 0; i < 1000 && g_main_context_iteration (context, FALSE); i++)
    ;
  g_hash_table_unref (running.sockets);
  g_clear_object (&soup);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static void
spot_dev_server_finalize (GObject *object)
{
  SpotDevServer *self = SPOT_DEV_SERVER (object);

  spot_dev_server_stop (self);
  g_clear_pointer (&self->api, spot_dev_api_free);
  g_free (self->key);
  g_free (self->url);

  G_OBJECT_CLASS (spot_dev_server_parent_class)->finalize (object);
}

static void
spot_dev_server_class_init (SpotDevServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = spot_dev_server_finalize;
}

static void
spot_dev_server_init (SpotDevServer *self)
{
}

/**
 * spot_dev_server_new:
 * @options: how it is to behave; a speed of 0 counts as 1
 *
 * Returns: (transfer full): a server that has its runs, but does not listen
 */
SpotDevServer *
spot_dev_server_new (const SpotDevOptions *options)
{
  SpotDevServer *self = g_object_new (SPOT_TYPE_DEV_SERVER, NULL);
  SpotDevOptions sound = *options;

  if (!(sound.speed > 0))
    sound.speed = 1;
  self->port = options->port;
  self->epoch_ms = options->epoch_ms > 0 ? options->epoch_ms : g_get_real_time () / 1000;
  self->key = spot_dev_script_make_id ("tr_dev_", options->seed, "key", KEY_LENGTH);
  self->api = spot_dev_api_new (&sound, self->key, self->epoch_ms);
  return self;
}

/**
 * spot_dev_server_start:
 * @self: a server
 * @error: return location
 *
 * Listens, on a thread of its own. What the scenario had for the time since it stopped has happened when this returns.
 * Does nothing when the server runs.
 *
 * Returns: %FALSE with a %G_IO_ERROR when the port cannot be had
 */
gboolean
spot_dev_server_start (SpotDevServer  *self,
                       GError        **error)
{
  Starting starting = { .server = self };

  g_return_val_if_fail (SPOT_IS_DEV_SERVER (self), FALSE);
  if (self->thread != NULL)
    return TRUE;

  g_mutex_init (&starting.lock);
  g_cond_init (&starting.cond);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("dev-server", thread_func, &starting);
  g_mutex_lock (&starting.lock);
  while (!starting.ready)
    g_cond_wait (&starting.cond, &starting.lock);
  g_mutex_unlock (&starting.lock);
  g_mutex_clear (&starting.lock);
  g_cond_clear (&starting.cond);

  if (starting.error == NULL)
    return TRUE;
  spot_dev_server_stop (self);
  g_propagate_error (error, starting.error);
  return FALSE;
}

/**
 * spot_dev_server_stop:
 * @self: a server
 *
 * Cuts every connection and stops listening. Runs and shape logs are kept. Does nothing when the server does not run.
 */
void
spot_dev_server_stop (SpotDevServer *self)
{
  g_autoptr(GSource) source = NULL;

  g_return_if_fail (SPOT_IS_DEV_SERVER (self));
  if (self->thread == NULL)
    return;

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, quit_cb, self->loop, NULL);
  g_source_attach (source, self->context);
  g_thread_join (g_steal_pointer (&self->thread));
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
}

/**
 * spot_dev_server_is_running:
 * @self: a server
 *
 * Returns: whether it has been started and not stopped since
 */
gboolean
spot_dev_server_is_running (SpotDevServer *self)
{
  g_return_val_if_fail (SPOT_IS_DEV_SERVER (self), FALSE);
  return self->thread != NULL;
}

/**
 * spot_dev_server_get_url:
 * @self: a server
 *
 * Returns: (nullable): where it listens, or did; %NULL before the first start
 */
const char *
spot_dev_server_get_url (SpotDevServer *self)
{
  g_return_val_if_fail (SPOT_IS_DEV_SERVER (self), NULL);
  return self->url;
}

/**
 * spot_dev_server_get_key:
 * @self: a server
 *
 * Returns: the only credential that it lets in: it follows from the seed, and is good for nothing else
 */
const char *
spot_dev_server_get_key (SpotDevServer *self)
{
  g_return_val_if_fail (SPOT_IS_DEV_SERVER (self), NULL);
  return self->key;
}

/**
 * spot_dev_server_get_epoch_ms:
 * @self: a server
 *
 * Returns: when its scenario began, milliseconds since 1970
 */
gint64
spot_dev_server_get_epoch_ms (SpotDevServer *self)
{
  g_return_val_if_fail (SPOT_IS_DEV_SERVER (self), 0);
  return self->epoch_ms;
}

/**
 * spot_dev_server_get_demo_run:
 * @self: a server
 *
 * Returns: (nullable): a run that began shortly before the epoch and ends about 20 seconds after it
 */
const char *
spot_dev_server_get_demo_run (SpotDevServer *self)
{
  g_return_val_if_fail (SPOT_IS_DEV_SERVER (self), NULL);
  return spot_dev_scenario_get_demo_run (self->api->scenario);
}

/**
 * spot_dev_server_get_demo_batch:
 * @self: a server
 *
 * Returns: (nullable): a batch that begins at the epoch
 */
const char *
spot_dev_server_get_demo_batch (SpotDevServer *self)
{
  g_return_val_if_fail (SPOT_IS_DEV_SERVER (self), NULL);
  return spot_dev_scenario_get_demo_batch (self->api->scenario);
}

/**
 * spot_dev_server_get_demo_tag:
 * @self: a server
 *
 * Returns: (nullable): a tag that several runs have
 */
const char *
spot_dev_server_get_demo_tag (SpotDevServer *self)
{
  g_return_val_if_fail (SPOT_IS_DEV_SERVER (self), NULL);
  return spot_dev_scenario_get_demo_tag (self->api->scenario);
}

/**
 * spot_dev_server_put_run:
 * @self: a server
 * @batch_id: (nullable): the friendly id of a new run's batch
 * @columns: a JSON object of column name → value
 * @error: return location
 *
 * Returns: %FALSE with %G_IO_ERROR_INVALID_ARGUMENT, and nothing has changed then
 */
gboolean
spot_dev_server_put_run (SpotDevServer  *self,
                         const char     *batch_id,
                         const char     *columns,
                         GError        **error)
{
  g_return_val_if_fail (SPOT_IS_DEV_SERVER (self), FALSE);
  return spot_dev_api_put_run (self->api, NULL, batch_id, columns, error);
}

/**
 * spot_dev_server_delete_run:
 * @self: a server
 * @run_id: a run's friendly id; an unknown one does nothing
 */
void
spot_dev_server_delete_run (SpotDevServer *self,
                            const char    *run_id)
{
  g_return_if_fail (SPOT_IS_DEV_SERVER (self));
  g_rec_mutex_lock (&self->api->lock);
  spot_dev_store_delete (self->api->store, run_id);
  g_rec_mutex_unlock (&self->api->lock);
}

/**
 * spot_dev_server_write_stream:
 * @self: a server
 * @run_id: a run's friendly id
 * @key: the stream's key
 * @chunk: a JSON text; for streams of the first version any line
 *
 * Writes to a data stream, and makes it when nobody has written to it before.
 */
void
spot_dev_server_write_stream (SpotDevServer *self,
                              const char    *run_id,
                              const char    *key,
                              const char    *chunk)
{
  g_return_if_fail (SPOT_IS_DEV_SERVER (self));
  g_rec_mutex_lock (&self->api->lock);
  spot_dev_streams_append (self->api->streams, run_id, key, g_get_real_time () / 1000, chunk);
  g_rec_mutex_unlock (&self->api->lock);
}

/**
 * spot_dev_server_set_key:
 * @self: a server
 * @key: a secret key
 *
 * From now on requests need @key, or a token signed with it. Answers that are being waited for come as if nothing had
 * happened.
 */
void
spot_dev_server_set_key (SpotDevServer *self,
                         const char    *key)
{
  g_return_if_fail (SPOT_IS_DEV_SERVER (self));
  g_return_if_fail (key != NULL);

  g_rec_mutex_lock (&self->api->lock);
  g_free (self->key);
  self->key = g_strdup (key);
  g_free (self->api->key);
  self->api->key = g_strdup (key);
  g_rec_mutex_unlock (&self->api->lock);
}

/**
 * spot_dev_server_set_old_streams:
 * @self: a server
 * @old_streams: whether data streams are of the first version
 *
 * Chooses the form in which later requests read data streams of runs that were put, not triggered.
 */
void
spot_dev_server_set_old_streams (SpotDevServer *self,
                                 gboolean       old_streams)
{
  g_return_if_fail (SPOT_IS_DEV_SERVER (self));
  g_rec_mutex_lock (&self->api->lock);
  self->api->old_streams = old_streams;
  g_rec_mutex_unlock (&self->api->lock);
}

/**
 * spot_dev_server_begin:
 * @self: a server
 *
 * Opens a transaction: what the calling thread changes until spot_dev_server_commit() is committed as one. Others wait
 * meanwhile.
 */
void
spot_dev_server_begin (SpotDevServer *self)
{
  g_return_if_fail (SPOT_IS_DEV_SERVER (self));
  g_rec_mutex_lock (&self->api->lock);
  spot_dev_store_begin (self->api->store);
}

/**
 * spot_dev_server_commit:
 * @self: a server with a transaction of the calling thread
 */
void
spot_dev_server_commit (SpotDevServer *self)
{
  g_return_if_fail (SPOT_IS_DEV_SERVER (self));
  spot_dev_store_commit (self->api->store);
  g_rec_mutex_unlock (&self->api->lock);
}

/**
 * spot_dev_server_rotate:
 * @self: a server
 *
 * Gives every shape log a new handle.
 */
void
spot_dev_server_rotate (SpotDevServer *self)
{
  g_return_if_fail (SPOT_IS_DEV_SERVER (self));
  spot_dev_api_rotate (self->api);
}

/**
 * spot_dev_server_set_dialect:
 * @self: a server
 * @dialect: who answers from the next request on
 */
void
spot_dev_server_set_dialect (SpotDevServer  *self,
                             SpotDevDialect  dialect)
{
  g_return_if_fail (SPOT_IS_DEV_SERVER (self));
  g_rec_mutex_lock (&self->api->lock);
  self->api->dialect = dialect;
  g_rec_mutex_unlock (&self->api->lock);
}

/**
 * spot_dev_server_set_fault:
 * @self: a server
 * @fault: (nullable): a fault's name; %NULL for none
 * @count: with how many of the next realtime requests; -1 for all
 */
void
spot_dev_server_set_fault (SpotDevServer *self,
                           const char    *fault,
                           int            count)
{
  SpotDevFault parsed;

  g_return_if_fail (SPOT_IS_DEV_SERVER (self));
  g_return_if_fail (spot_dev_fault_from_text (fault, &parsed));
  spot_dev_api_set_fault (self->api, parsed, count);
}

/**
 * spot_dev_server_get_n_requests:
 * @self: a server
 *
 * Returns: how many realtime requests have come
 */
guint64
spot_dev_server_get_n_requests (SpotDevServer *self)
{
  guint64 n;

  g_return_val_if_fail (SPOT_IS_DEV_SERVER (self), 0);
  g_rec_mutex_lock (&self->api->lock);
  n = self->api->n_requests;
  g_rec_mutex_unlock (&self->api->lock);
  return n;
}

/**
 * spot_dev_server_get_n_snapshots:
 * @self: a server
 *
 * Returns: how many of the realtime requests have asked from the start, whatever the answer was
 */
guint64
spot_dev_server_get_n_snapshots (SpotDevServer *self)
{
  guint64 n;

  g_return_val_if_fail (SPOT_IS_DEV_SERVER (self), 0);
  g_rec_mutex_lock (&self->api->lock);
  n = self->api->n_snapshots;
  g_rec_mutex_unlock (&self->api->lock);
  return n;
}

/**
 * spot_dev_server_get_n_live:
 * @self: a server
 *
 * Returns: how many live polls wait at this moment
 */
guint
spot_dev_server_get_n_live (SpotDevServer *self)
{
  guint n;

  g_return_val_if_fail (SPOT_IS_DEV_SERVER (self), 0);
  g_rec_mutex_lock (&self->api->lock);
  n = self->api->n_live;
  g_rec_mutex_unlock (&self->api->lock);
  return n;
}
