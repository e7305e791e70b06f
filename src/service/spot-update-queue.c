/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-limits.h"

#include "spot-update-queue.h"

typedef struct
{
  SpotUpdatePort *port; /* (owned) */
  SpotRunBatch   *batch; /* (owned) (nullable) */
  SpotFeedStatus *status; /* (owned) (nullable) */
  GPtrArray      *chunks; /* (owned) (nullable) */
  gsize           n_bytes; /* of the chunks */
} Item;

typedef struct
{
  GSource          source;
  SpotUpdateQueue *queue;
} QueueSource;

struct _SpotUpdateQueue
{
  gatomicrefcount    ref_count;

  SpotUpdateDispatch dispatch; /* main thread only */
  gpointer           user_data;

  GMutex             lock; /* for all that follows */
  gint64             dispatched_us;
  GCond              room;
  GQueue             items; /* (element-type Item) */
  guint              n_rows;
  gsize              n_bytes; /* of chunks */
  gboolean           awake;  /* a dispatch is planned or under way */
  gboolean           wanted; /* a dispatch, for something that is not in here */
  gboolean           closed;
  GSource           *source; /* (owned) (nullable): no more once closed */
};

struct _SpotUpdatePort
{
  gatomicrefcount  ref_count;
  SpotUpdateQueue *queue; /* (owned) */
  gpointer         owner; /* main thread only */
  guint            feed_id;
  gboolean         closed; /* under the lock of the queue */
};

static void
item_free (gpointer data)
{
  Item *self = data;

  spot_update_port_unref (self->port);
  g_clear_pointer (&self->batch, spot_run_batch_unref);
  g_clear_pointer (&self->status, spot_feed_status_unref);
  g_clear_pointer (&self->chunks, g_ptr_array_unref);
  g_free (self);
}

static guint
item_get_n_rows (const Item *self)
{
  return self->batch != NULL ? self->batch->changes->len : 0;
}

/* With the lock held. */
static gboolean
is_full (SpotUpdateQueue *self)
{
  return self->n_rows >= SPOT_MAX_QUEUED_ROWS || self->n_bytes >= SPOT_MAX_QUEUED_CHUNK_BYTES;
}

static SpotUpdateQueue *
queue_ref (SpotUpdateQueue *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static gboolean
source_dispatch (GSource     *source,
                 GSourceFunc  callback,
                 gpointer     user_data)
{
  /* The dispatch may close the queue and drop it. */
  g_autoptr(SpotUpdateQueue) self = queue_ref (((QueueSource *) source)->queue);
  gboolean more;

  g_source_set_ready_time (source, -1);
  g_mutex_lock (&self->lock);
  self->dispatched_us = g_get_monotonic_time ();
  self->wanted = FALSE;
  g_mutex_unlock (&self->lock);

  more = self->dispatch (self->user_data);

  g_mutex_lock (&self->lock);
  if (!self->closed)
    {
      self->awake = more || self->wanted || !g_queue_is_empty (&self->items);
      if (self->awake)
        g_source_set_ready_time (source, self->dispatched_us + SPOT_FRAME_US);
    }
  g_mutex_unlock (&self->lock);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .dispatch = source_dispatch,
};

/* With the lock held. Setting the ready time also wakes the context from another thread. */
static void
wake_locked (SpotUpdateQueue *self)
{
  if (self->awake || self->closed)
    return;
  self->awake = TRUE;
  g_source_set_ready_time (self->source, self->dispatched_us + SPOT_FRAME_US);
}

/**
 * spot_update_queue_new:
 * @dispatch: called in the thread-default main context of the caller when there is something to pop
 * @user_data: for @dispatch; must live until spot_update_queue_close()
 *
 * Returns: (transfer full): an empty queue
 */
SpotUpdateQueue *
spot_update_queue_new (SpotUpdateDispatch dispatch,
                       gpointer           user_data)
{
  SpotUpdateQueue *self = g_new0 (SpotUpdateQueue, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  g_cond_init (&self->room);
  g_queue_init (&self->items);
  self->dispatch = dispatch;
  self->user_data = user_data;
  self->source = g_source_new (&source_funcs, sizeof (QueueSource));
  ((QueueSource *) self->source)->queue = self;
  g_source_set_static_name (self->source, "spot-update-queue");
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return self;
}

/**
 * spot_update_queue_unref:
 * @self: (transfer full): a queue
 *
 * Drops a reference. The last one may be a feed's and go in its thread, after spot_update_queue_close().
 */
void
spot_update_queue_unref (SpotUpdateQueue *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_assert (self->closed);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->room);
  g_free (self);
}

/**
 * spot_update_queue_close:
 * @self: a queue
 *
 * Ends it: what waits in it is dropped, what comes is dropped, nobody waits for room, nothing is dispatched. Closing twice is
 * fine.
 */
void
spot_update_queue_close (SpotUpdateQueue *self)
{
  GQueue items;
  GSource *source;

  g_return_if_fail (self != NULL);

  g_mutex_lock (&self->lock);
  items = self->items;
  g_queue_init (&self->items);
  self->n_rows = 0;
  self->n_bytes = 0;
  self->closed = TRUE;
  source = g_steal_pointer (&self->source);
  g_cond_broadcast (&self->room);
  g_mutex_unlock (&self->lock);

  if (source != NULL)
    {
      g_source_destroy (source);
      g_source_unref (source);
    }
  g_queue_clear_full (&items, item_free);
}

/**
 * spot_update_queue_wake:
 * @self: a queue
 *
 * Has the dispatch called once, in the next frame, for something that came another way.
 */
void
spot_update_queue_wake (SpotUpdateQueue *self)
{
  g_return_if_fail (self != NULL);

  g_mutex_lock (&self->lock);
  /* The one that is under way may be past what it is for. */
  self->wanted = TRUE;
  wake_locked (self);
  g_mutex_unlock (&self->lock);
}

/**
 * spot_update_queue_pop:
 * @self: a queue
 * @update: (out caller-allocates): what came first
 *
 * Takes the oldest update. The caller owns its batch, status or chunks.
 *
 * Returns: whether there was one
 */
gboolean
spot_update_queue_pop (SpotUpdateQueue *self,
                       SpotUpdate      *update)
{
  Item *item;

  g_return_val_if_fail (self != NULL && update != NULL, FALSE);

  g_mutex_lock (&self->lock);
  item = g_queue_pop_head (&self->items);
  if (item != NULL)
    {
      self->n_rows -= item_get_n_rows (item);
      self->n_bytes -= item->n_bytes;
      if (!is_full (self))
        g_cond_broadcast (&self->room);
    }
  g_mutex_unlock (&self->lock);
  if (item == NULL)
    return FALSE;

  update->owner = item->port->owner;
  update->feed_id = item->port->feed_id;
  update->batch = g_steal_pointer (&item->batch);
  update->status = g_steal_pointer (&item->status);
  update->chunks = g_steal_pointer (&item->chunks);
  item_free (item);
  return TRUE;
}

/**
 * spot_update_clear:
 * @self: an update that was popped
 *
 * Frees what nobody has taken out of it.
 */
void
spot_update_clear (SpotUpdate *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->batch, spot_run_batch_unref);
  g_clear_pointer (&self->status, spot_feed_status_unref);
  g_clear_pointer (&self->chunks, g_ptr_array_unref);
}

/**
 * spot_update_port_new:
 * @queue: a queue
 * @owner: who is named in the updates, until the port is closed
 * @feed_id: of the feed
 *
 * Returns: (transfer full): a port
 */
SpotUpdatePort *
spot_update_port_new (SpotUpdateQueue *queue,
                      gpointer         owner,
                      guint            feed_id)
{
  SpotUpdatePort *self;

  g_return_val_if_fail (queue != NULL, NULL);

  self = g_new0 (SpotUpdatePort, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->queue = queue_ref (queue);
  self->owner = owner;
  self->feed_id = feed_id;
  return self;
}

/**
 * spot_update_port_ref:
 * @self: a port
 *
 * Returns: (transfer full): @self
 */
SpotUpdatePort *
spot_update_port_ref (SpotUpdatePort *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * spot_update_port_unref:
 * @self: (transfer full): a port
 *
 * Drops a reference, from any thread.
 */
void
spot_update_port_unref (SpotUpdatePort *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  spot_update_queue_unref (self->queue);
  g_free (self);
}

/**
 * spot_update_port_close:
 * @self: a port
 *
 * Its updates, those that wait included, name no owner any more, and its feed does not wait for room. To be called before
 * the feed is stopped.
 */
void
spot_update_port_close (SpotUpdatePort *self)
{
  g_return_if_fail (self != NULL);

  self->owner = NULL;
  g_mutex_lock (&self->queue->lock);
  self->closed = TRUE;
  g_cond_broadcast (&self->queue->room);
  g_mutex_unlock (&self->queue->lock);
}

/* Takes @item. What brings rows or chunks waits for room. */
static void
push (SpotUpdatePort *self,
      Item           *item)
{
  SpotUpdateQueue *queue = self->queue;
  gboolean waits = item->status == NULL;

  item->port = spot_update_port_ref (self);
  g_mutex_lock (&queue->lock);
  while (waits && is_full (queue) && !self->closed && !queue->closed)
    g_cond_wait (&queue->room, &queue->lock);
  if (!self->closed && !queue->closed)
    {
      queue->n_rows += item_get_n_rows (item);
      queue->n_bytes += item->n_bytes;
      g_queue_push_tail (&queue->items, g_steal_pointer (&item));
      wake_locked (queue);
    }
  g_mutex_unlock (&queue->lock);
  if (item != NULL)
    item_free (item);
}

static void
sink_batch (SpotRunBatch *batch,
            gpointer      user_data)
{
  Item *item = g_new0 (Item, 1);

  item->batch = batch;
  push (user_data, item);
}

static void
sink_chunks (GPtrArray *chunks,
             gpointer   user_data)
{
  Item *item = g_new0 (Item, 1);

  item->chunks = chunks;
  for (guint i = 0; i < chunks->len; i++)
    item->n_bytes += ((SpotStreamChunk *) chunks->pdata[i])->n_bytes;
  push (user_data, item);
}

static void
sink_status (SpotFeedStatus *status,
             gpointer        user_data)
{
  Item *item = g_new0 (Item, 1);

  item->status = status;
  push (user_data, item);
}

const SpotFeedSink spot_update_port_sink = {
  .batch = sink_batch,
  .status = sink_status,
};

const SpotStreamSink spot_update_port_stream_sink = {
  .chunks = sink_chunks,
  .status = sink_status,
};
