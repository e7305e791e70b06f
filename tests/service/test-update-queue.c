/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-limits.h"
#include "spot-update-queue.h"

typedef struct
{
  SpotUpdateQueue *queue;
  guint            n_dispatches;
  guint            n_batches;
  guint            n_statuses;
  guint            n_without_owner;
  guint            pop_at_most; /* a dispatch, 0 for all */
  gint64           last_us;
  gboolean         close; /* the first dispatch closes the queue */
} Taker;

static gboolean
dispatch (gpointer user_data)
{
  Taker *taker = user_data;
  gint64 now_us = g_get_monotonic_time ();
  SpotUpdate update;
  guint n_popped = 0;

  if (taker->last_us != 0)
    g_assert_cmpint (now_us - taker->last_us, >=, SPOT_FRAME_US - G_TIME_SPAN_MILLISECOND);
  taker->last_us = now_us;
  taker->n_dispatches++;
  if (taker->close)
    {
      spot_update_queue_close (taker->queue);
      return TRUE;
    }
  while ((taker->pop_at_most == 0 || n_popped < taker->pop_at_most) && spot_update_queue_pop (taker->queue, &update))
    {
      n_popped++;
      g_assert_true ((update.batch == NULL) != (update.status == NULL));
      taker->n_without_owner += update.owner == NULL;
      taker->n_batches += update.batch != NULL;
      taker->n_statuses += update.status != NULL;
      if (update.owner != NULL)
        g_assert_cmpuint (update.feed_id, ==, GPOINTER_TO_UINT (update.owner));
      g_clear_pointer (&update.batch, spot_run_batch_unref);
      g_clear_pointer (&update.status, spot_feed_status_unref);
    }
  return FALSE;
}

static void
taker_init (Taker *taker)
{
  *taker = (Taker) { 0 };
  taker->queue = spot_update_queue_new (dispatch, taker);
}

static void
taker_clear (Taker *taker)
{
  spot_update_queue_close (taker->queue);
  spot_update_queue_unref (taker->queue);
}

static SpotFeedStatus *
status_new (void)
{
  SpotFeedStatus *status = g_new0 (SpotFeedStatus, 1);

  g_atomic_ref_count_init (&status->ref_count);
  return status;
}

static void
push_batch (SpotUpdatePort *port)
{
  spot_update_port_sink.batch (spot_run_batch_new (SPOT_RUN_BATCH_CHANGES), port);
}

#define N_THREADS 8
#define N_PUSHES 2000

static gpointer
push_many (gpointer data)
{
  for (guint i = 0; i < N_PUSHES; i++)
    {
      push_batch (data);
      spot_update_port_sink.status (status_new (), data);
    }
  return NULL;
}

/* Many feeds at a time: nothing is lost, and the main thread wakes once a frame at most. */
static void
test_threads (void)
{
  SpotUpdatePort *ports[N_THREADS];
  GThread *threads[N_THREADS];
  Taker taker;

  taker_init (&taker);
  for (guint i = 0; i < N_THREADS; i++)
    {
      ports[i] = spot_update_port_new (taker.queue, GUINT_TO_POINTER (i + 1), i + 1);
      threads[i] = g_thread_new ("push", push_many, ports[i]);
    }
  while (taker.n_batches + taker.n_statuses < N_THREADS * N_PUSHES * 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (taker.n_batches, ==, taker.n_statuses);
  g_assert_cmpuint (taker.n_without_owner, ==, 0);
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_thread_join (threads[i]);
      spot_update_port_unref (ports[i]);
    }
  taker_clear (&taker);
}

static gboolean
set_flag_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* When nothing arrives nothing wakes. */
static void
test_rest (void)
{
  g_autoptr(SpotUpdatePort) port = NULL;
  gboolean late = FALSE;
  Taker taker;

  taker_init (&taker);
  port = spot_update_port_new (taker.queue, GUINT_TO_POINTER (1), 1);
  push_batch (port);
  while (taker.n_dispatches == 0)
    g_main_context_iteration (NULL, TRUE);
  g_timeout_add (5 * SPOT_FRAME_US / G_TIME_SPAN_MILLISECOND, set_flag_cb, &late);
  while (!late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (taker.n_dispatches, ==, 1);

  push_batch (port);
  while (taker.n_dispatches == 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (taker.n_batches, ==, 2);
  taker_clear (&taker);
}

/* What a dispatch leaves comes in the next frame, though nobody pushes. */
static void
test_rest_for_the_next_frame (void)
{
  g_autoptr(SpotUpdatePort) port = NULL;
  Taker taker;

  taker_init (&taker);
  taker.pop_at_most = 2;
  port = spot_update_port_new (taker.queue, GUINT_TO_POINTER (1), 1);
  for (guint i = 0; i < 5; i++)
    push_batch (port);
  while (taker.n_batches < 5)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (taker.n_dispatches, ==, 3);
  taker_clear (&taker);
}

static void
test_closed_port (void)
{
  g_autoptr(SpotUpdatePort) port = NULL;
  Taker taker;

  taker_init (&taker);
  port = spot_update_port_new (taker.queue, GUINT_TO_POINTER (1), 1);
  push_batch (port);
  spot_update_port_close (port);
  push_batch (port);
  while (taker.n_dispatches == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (taker.n_batches, ==, 1);
  g_assert_cmpuint (taker.n_without_owner, ==, 1);
  taker_clear (&taker);
}

/* Rows for a batch of the size that fills the queue: the same record as often as it takes. */
static SpotRunBatch *
full_batch_new (void)
{
  static const SpotColumnValue id = { .column = SPOT_COLUMN_FRIENDLY_ID, .is_string = TRUE, .text = "run_1", .length = 5 };
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotRunRecord) record = spot_run_record_new (NULL, &id, 1, &error);
  SpotRunBatch *batch = spot_run_batch_new (SPOT_RUN_BATCH_CHANGES);

  g_assert_no_error (error);
  for (guint i = 0; i < SPOT_MAX_QUEUED_ROWS; i++)
    spot_run_batch_add (batch, record, FALSE);
  return batch;
}

typedef struct
{
  SpotUpdatePort *port;
  GThread        *thread;
  GMutex          lock;
  GCond           changed;
  gboolean        done;
} Pusher;

static gpointer
push_one (gpointer data)
{
  Pusher *pusher = data;

  push_batch (pusher->port);
  g_mutex_lock (&pusher->lock);
  pusher->done = TRUE;
  g_cond_signal (&pusher->changed);
  g_mutex_unlock (&pusher->lock);
  return NULL;
}

/* Starts it, and sees that it does not get through. */
static void
pusher_start (Pusher         *pusher,
              SpotUpdatePort *port)
{
  gint64 until_us = g_get_monotonic_time () + 50 * G_TIME_SPAN_MILLISECOND;

  pusher->port = port;
  pusher->done = FALSE;
  pusher->thread = g_thread_new ("push", push_one, pusher);
  g_mutex_lock (&pusher->lock);
  while (!pusher->done && g_cond_wait_until (&pusher->changed, &pusher->lock, until_us))
    ;
  g_assert_false (pusher->done);
  g_mutex_unlock (&pusher->lock);
}

/* A feed that is faster than the main thread waits, until there is room or nobody wants its rows any more. */
static void
test_full (void)
{
  g_autoptr(SpotUpdatePort) port = NULL;
  Pusher pusher = { 0 };
  SpotUpdate update;
  Taker taker;

  taker_init (&taker);
  port = spot_update_port_new (taker.queue, GUINT_TO_POINTER (1), 1);

  spot_update_port_sink.batch (full_batch_new (), port);
  pusher_start (&pusher, port);
  g_assert_true (spot_update_queue_pop (taker.queue, &update));
  g_assert_cmpuint (update.batch->changes->len, ==, SPOT_MAX_QUEUED_ROWS);
  spot_run_batch_unref (update.batch);
  g_thread_join (pusher.thread);
  g_assert_true (spot_update_queue_pop (taker.queue, &update));
  g_assert_cmpuint (update.batch->changes->len, ==, 0);
  spot_run_batch_unref (update.batch);

  /* A status has no rows and always gets through. */
  spot_update_port_sink.batch (full_batch_new (), port);
  spot_update_port_sink.status (status_new (), port);
  pusher_start (&pusher, port);
  spot_update_port_close (port);
  g_thread_join (pusher.thread);
  taker_clear (&taker);

  taker_init (&taker);
  g_clear_pointer (&port, spot_update_port_unref);
  port = spot_update_port_new (taker.queue, GUINT_TO_POINTER (1), 1);
  spot_update_port_sink.batch (full_batch_new (), port);
  pusher_start (&pusher, port);
  spot_update_queue_close (taker.queue);
  g_thread_join (pusher.thread);
  taker_clear (&taker);
}

static GPtrArray *
chunks_new (gsize n_bytes)
{
  GPtrArray *chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_stream_chunk_unref);
  SpotStreamChunk *chunk = g_new0 (SpotStreamChunk, 1);

  g_atomic_ref_count_init (&chunk->ref_count);
  chunk->value = spot_value_new_string ("piece", -1);
  chunk->n_bytes = n_bytes;
  g_ptr_array_add (chunks, chunk);
  return chunks;
}

/* The same for data streams, by their bytes. */
static void
test_full_of_chunks (void)
{
  g_autoptr(SpotUpdatePort) port = NULL;
  Pusher pusher = { 0 };
  SpotUpdate update;
  Taker taker;

  taker_init (&taker);
  port = spot_update_port_new (taker.queue, GUINT_TO_POINTER (1), 1);
  spot_update_port_stream_sink.chunks (chunks_new (SPOT_MAX_QUEUED_CHUNK_BYTES - 1), port);
  spot_update_port_stream_sink.chunks (chunks_new (1), port);
  pusher_start (&pusher, port);
  spot_update_port_stream_sink.status (status_new (), port);
  g_assert_true (spot_update_queue_pop (taker.queue, &update));
  g_assert_cmpuint (update.chunks->len, ==, 1);
  g_assert_cmpuint (update.feed_id, ==, 1);
  spot_update_clear (&update);
  g_assert_null (update.chunks);
  g_thread_join (pusher.thread);
  taker_clear (&taker);
}

/* The queue may be closed by what it brings, and outlives its last owner while a feed's thread still has a port. */
static void
test_close_in_dispatch (void)
{
  g_autoptr(SpotUpdatePort) port = NULL;
  Taker taker;

  taker_init (&taker);
  taker.close = TRUE;
  port = spot_update_port_new (taker.queue, GUINT_TO_POINTER (1), 1);
  push_batch (port);
  push_batch (port);
  while (taker.n_dispatches == 0)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (taker.n_dispatches, ==, 1);
  taker_clear (&taker);
  push_batch (port);
  spot_update_port_close (port);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/update-queue/threads", test_threads);
  g_test_add_func ("/update-queue/rest", test_rest);
  g_test_add_func ("/update-queue/rest-for-the-next-frame", test_rest_for_the_next_frame);
  g_test_add_func ("/update-queue/closed-port", test_closed_port);
  g_test_add_func ("/update-queue/limit-rows", test_full);
  g_test_add_func ("/update-queue/limit-chunks", test_full_of_chunks);
  g_test_add_func ("/update-queue/close-in-dispatch", test_close_in_dispatch);
  return g_test_run ();
}
