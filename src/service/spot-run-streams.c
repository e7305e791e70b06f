/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-limits.h"
#include "spot-run-stream-private.h"
#include "spot-run-streams-private.h"
#include "spot-stream.h"
#include "spot-update-queue.h"

/* Chunks between two looks at the clock. */
#define CHUNKS_PER_LOOK 64

/* Columns that tell which streams there are, and when there will be no more. */
#define COLUMNS \
  (SPOT_COLUMN_BIT (SPOT_COLUMN_METADATA) | SPOT_COLUMN_BIT (SPOT_COLUMN_METADATA_TYPE) | \
   SPOT_COLUMN_BIT (SPOT_COLUMN_REALTIME_STREAMS) | SPOT_COLUMN_BIT (SPOT_COLUMN_COMPLETED_AT) | \
   SPOT_COLUMN_BIT (SPOT_COLUMN_STATUS))

/* A stream and the thread that reads it. */
typedef struct
{
  SpotRunStream  *stream; /* (owned) */
  SpotStream     *reader; /* (owned) (nullable): %NULL once stopped */
  SpotUpdatePort *port;   /* (owned) (nullable): likewise */
  SpotFeedStatus *status; /* (owned) (nullable): the last one it told */
} Entry;

struct _SpotRunStreams
{
  GObject          parent_instance;

  SpotEndpoint    *endpoint; /* (owned) */
  char            *run_id;   /* (owned) */
  SpotUpdateQueue *queue;    /* (owned) */
  GPtrArray       *entries;  /* (owned) (element-type Entry) */
  SpotRunRecord   *record;   /* (owned) (nullable): the last one that was looked at */
  SpotUpdate       pending;  /* chunks of it that did not fit into their frame, from next_chunk on */
  guint            next_chunk;
  gboolean         run_ended;
  gboolean         offline;
  gboolean         stopped;
};

static void
spot_run_streams_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SpotRunStreams, spot_run_streams, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, spot_run_streams_list_model_init))

/* ---- one stream ---- */

static void
stop_reader (Entry *self)
{
  /* First, so that a reader that waits for room in the queue gives up. */
  if (self->port != NULL)
    spot_update_port_close (self->port);
  if (self->reader != NULL)
    spot_stream_stop (self->reader);
  g_clear_object (&self->reader);
  g_clear_pointer (&self->port, spot_update_port_unref);
}

static void
entry_free (gpointer data)
{
  Entry *self = data;

  stop_reader (self);
  g_object_unref (self->stream);
  g_clear_pointer (&self->status, spot_feed_status_unref);
  g_free (self);
}

static void
start_reader (SpotRunStreams *self,
              Entry          *entry)
{
  entry->port = spot_update_port_new (self->queue, entry, 0);
  entry->reader = spot_stream_new (self->endpoint, self->run_id, spot_run_stream_get_key (entry->stream),
                                   &spot_update_port_stream_sink, spot_update_port_ref (entry->port),
                                   (GDestroyNotify) spot_update_port_unref);
  if (self->run_ended)
    spot_stream_set_run_ended (entry->reader);
  spot_stream_start (entry->reader);
}

static void
retry_entry (SpotRunStreams *self,
             Entry          *entry)
{
  if (entry->reader == NULL)
    return;
  if (!spot_run_stream_get_ended (entry->stream))
    {
      spot_stream_retry_now (entry->reader);
      return;
    }
  if (entry->status->problem == NULL)
    return;
  /* It gave up before the end, and with its thread its position has gone. */
  if (self->pending.owner == entry)
    spot_update_clear (&self->pending);
  stop_reader (entry);
  spot_run_stream_begin_again (entry->stream);
  start_reader (self, entry);
}

static void
retry_cb (SpotConnection *connection,
          SpotRunStreams *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = self->entries->pdata[i];

      if (spot_run_stream_get_connection (entry->stream) == connection)
        retry_entry (self, entry);
    }
}

static Entry *
find (SpotRunStreams *self,
      const char     *key)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = self->entries->pdata[i];

      if (g_str_equal (spot_run_stream_get_key (entry->stream), key))
        return entry;
    }
  return NULL;
}

static void
add_entry (SpotRunStreams *self,
           const char     *key)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->stream = spot_run_stream_new (key);
  g_signal_connect_object (spot_run_stream_get_connection (entry->stream), "retry", G_CALLBACK (retry_cb), self, 0);
  g_ptr_array_add (self->entries, entry);
  start_reader (self, entry);
}

/* ---- the queue ---- */

/* Returns whether there was something. */
static gboolean
take_update (SpotRunStreams *self)
{
  SpotUpdate update;
  Entry *entry;

  if (!spot_update_queue_pop (self->queue, &update))
    return FALSE;
  entry = update.owner;
  if (entry != NULL && update.status != NULL)
    {
      /* What it says is said after the chunks that came before it. */
      spot_run_stream_tell (entry->stream);
      g_clear_pointer (&entry->status, spot_feed_status_unref);
      entry->status = spot_feed_status_ref (update.status);
      spot_run_stream_set_status (entry->stream, update.status, self->offline);
    }
  else if (entry != NULL)
    {
      self->pending = update;
      self->next_chunk = 0;
      return TRUE;
    }
  spot_update_clear (&update);
  return TRUE;
}

/**
 * spot_run_streams_flush:
 * @self: a run's streams
 * @budget_us: how long it may take, in microseconds
 *
 * Takes what the threads have sent, and tells each stream's listeners once.
 *
 * Returns: whether something is left for the next frame
 */
gboolean
spot_run_streams_flush (SpotRunStreams *self,
                        gint64          budget_us)
{
  gint64 deadline_us = g_get_monotonic_time () + budget_us;
  g_autoptr(SpotRunStreams) hold = g_object_ref (self);
  gboolean late = FALSE;
  guint n_chunks = 0;

  while (!late && !self->stopped && (self->pending.chunks != NULL || take_update (self)))
    {
      Entry *entry = self->pending.owner;
      GPtrArray *chunks = self->pending.chunks;

      while (chunks != NULL && self->next_chunk < chunks->len && !late)
        {
          spot_run_stream_add (entry->stream, spot_stream_chunk_ref (chunks->pdata[self->next_chunk++]));
          late = ++n_chunks % CHUNKS_PER_LOOK == 0 && g_get_monotonic_time () >= deadline_us;
        }
      if (chunks != NULL && self->next_chunk >= chunks->len)
        spot_update_clear (&self->pending);
    }
  for (guint i = 0; i < self->entries->len && !self->stopped; i++)
    spot_run_stream_tell (((Entry *) self->entries->pdata[i])->stream);
  return late && !self->stopped;
}

static gboolean
dispatch_cb (gpointer user_data)
{
  return spot_run_streams_flush (user_data, SPOT_STREAMS_BUDGET_US);
}

/* ---- object ---- */

static GType
get_item_type (GListModel *model)
{
  return SPOT_TYPE_RUN_STREAM;
}

static guint
get_n_items (GListModel *model)
{
  return SPOT_RUN_STREAMS (model)->entries->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  SpotRunStreams *self = SPOT_RUN_STREAMS (model);

  return position < self->entries->len ? g_object_ref (((Entry *) self->entries->pdata[position])->stream) : NULL;
}

static void
spot_run_streams_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
spot_run_streams_dispose (GObject *object)
{
  spot_run_streams_stop (SPOT_RUN_STREAMS (object));
  G_OBJECT_CLASS (spot_run_streams_parent_class)->dispose (object);
}

static void
spot_run_streams_finalize (GObject *object)
{
  SpotRunStreams *self = SPOT_RUN_STREAMS (object);

  g_ptr_array_unref (self->entries);
  spot_update_queue_unref (self->queue);
  g_clear_pointer (&self->record, spot_run_record_unref);
  spot_endpoint_unref (self->endpoint);
  g_free (self->run_id);
  G_OBJECT_CLASS (spot_run_streams_parent_class)->finalize (object);
}

static void
spot_run_streams_class_init (SpotRunStreamsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = spot_run_streams_dispose;
  object_class->finalize = spot_run_streams_finalize;
}

static void
spot_run_streams_init (SpotRunStreams *self)
{
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->queue = spot_update_queue_new (dispatch_cb, self);
}

/**
 * spot_run_streams_new:
 * @endpoint: the server and the credential
 * @run_id: the run
 *
 * Returns: (transfer full): a list without streams, for the main context of the calling thread
 */
SpotRunStreams *
spot_run_streams_new (SpotEndpoint *endpoint,
                      const char   *run_id)
{
  SpotRunStreams *self = g_object_new (SPOT_TYPE_RUN_STREAMS, NULL);

  self->endpoint = spot_endpoint_ref (endpoint);
  self->run_id = g_strdup (run_id);
  return self;
}

/**
 * spot_run_streams_take_record:
 * @self: a run's streams
 * @record: a state of the run
 *
 * Starts a stream for each key that is new (protocol §7.1), up to %SPOT_MAX_STREAMS in all, and tells all of them when the
 * run has ended: they read what is left and come to their end. Cheap when nothing of that has changed.
 */
void
spot_run_streams_take_record (SpotRunStreams *self,
                              SpotRunRecord  *record)
{
  g_autoptr(SpotRunRecord) before = g_steal_pointer (&self->record);
  g_auto(GStrv) keys = NULL;
  guint n_before = self->entries->len;

  self->record = spot_run_record_ref (record);
  if (self->stopped || record == before ||
      (before != NULL && (spot_run_record_diff (before, record) & COLUMNS) == 0))
    return;

  if (spot_run_record_has_ended (record) && !self->run_ended)
    {
      self->run_ended = TRUE;
      for (guint i = 0; i < self->entries->len; i++)
        spot_stream_set_run_ended (((Entry *) self->entries->pdata[i])->reader);
    }
  keys = spot_stream_dup_keys (record);
  for (guint i = 0; keys[i] != NULL && self->entries->len < SPOT_MAX_STREAMS; i++)
    if (find (self, keys[i]) == NULL)
      add_entry (self, keys[i]);
  if (self->entries->len > n_before)
    g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, self->entries->len - n_before);
}

/**
 * spot_run_streams_set_offline:
 * @self: a run's streams
 * @offline: whether this machine has no network on which the server could be
 *
 * Changes how a server that cannot be reached is told.
 */
void
spot_run_streams_set_offline (SpotRunStreams *self,
                              gboolean        offline)
{
  g_autoptr(SpotRunStreams) hold = g_object_ref (self);

  self->offline = offline;
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = self->entries->pdata[i];

      if (entry->status != NULL)
        spot_run_stream_set_status (entry->stream, entry->status, offline);
    }
}

/**
 * spot_run_streams_set_endpoint:
 * @self: a run's streams
 * @endpoint: the server and the credential
 *
 * Goes on with another credential, each stream from where it was.
 */
void
spot_run_streams_set_endpoint (SpotRunStreams *self,
                               SpotEndpoint   *endpoint)
{
  SpotEndpoint *before = self->endpoint;

  self->endpoint = spot_endpoint_ref (endpoint);
  spot_endpoint_unref (before);
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = self->entries->pdata[i];

      if (entry->reader != NULL && !spot_run_stream_get_ended (entry->stream))
        spot_stream_set_endpoint (entry->reader, endpoint);
      else
        retry_entry (self, entry);
    }
}

/**
 * spot_run_streams_retry:
 * @self: a run's streams
 *
 * Every stream that is not at its end connects at once, and those that gave up before it begin again.
 */
void
spot_run_streams_retry (SpotRunStreams *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    retry_entry (self, self->entries->pdata[i]);
}

/**
 * spot_run_streams_stop:
 * @self: a run's streams
 *
 * Stops every stream, for good, without waiting for the network. What is known stays. Stopping twice is fine.
 */
void
spot_run_streams_stop (SpotRunStreams *self)
{
  self->stopped = TRUE;
  for (guint i = 0; i < self->entries->len; i++)
    stop_reader (self->entries->pdata[i]);
  spot_update_queue_close (self->queue);
  spot_update_clear (&self->pending);
}

/* ---- public ---- */

/**
 * spot_run_streams_get_run_id:
 * @self: a run's streams
 *
 * Returns: the run
 */
const char *
spot_run_streams_get_run_id (SpotRunStreams *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_STREAMS (self), NULL);
  return self->run_id;
}

/**
 * spot_run_streams_lookup:
 * @self: a run's streams
 * @key: what a task calls a stream
 *
 * Returns: (transfer none) (nullable): the stream
 */
SpotRunStream *
spot_run_streams_lookup (SpotRunStreams *self,
                         const char     *key)
{
  Entry *entry;

  g_return_val_if_fail (SPOT_IS_RUN_STREAMS (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  entry = find (self, key);
  return entry != NULL ? entry->stream : NULL;
}

/**
 * spot_run_streams_get_ended:
 * @self: a run's streams
 *
 * Returns: whether the run has ended, and with it each of its streams
 */
gboolean
spot_run_streams_get_ended (SpotRunStreams *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_STREAMS (self), FALSE);

  for (guint i = 0; i < self->entries->len; i++)
    if (!spot_run_stream_get_ended (((Entry *) self->entries->pdata[i])->stream))
      return FALSE;
  return self->run_ended;
}
