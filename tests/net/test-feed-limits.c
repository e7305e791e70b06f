/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "feed-client.h"
#include "feed-rig.h"
#include "spot-limits.h"
#include "spot-protocol-error.h"

/* The longest position that may be, and one byte more. */
static void
test_position (void)
{
  static const char * const names[] = { "electric-handle", "electric-offset", "electric-cursor" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      for (guint extra = 0; extra <= 1; extra++)
        {
          g_autoptr(FeedRig) rig = feed_rig_new_run ();
          g_autofree char *value = g_strnfill (SPOT_MAX_POSITION_BYTES + extra, '7');
          /* The first of a name counts. */
          g_autofree char *headers = g_strdup_printf ("%s: %s\n" H "electric-offset: 5_0", names[i], value);

          feed_rig_send (rig);
          feed_rig_answer (rig, 200, headers, "[" FULL ("insert", "c1", "run_1", "PENDING") "," UP "]");
          if (extra == 0 || i == 2)
            {
              feed_rig_assert_state (rig, SPOT_FEED_LIVE);
              feed_rig_send (rig);
              g_assert_cmpint (strstr (rig->target, value) != NULL, ==, extra == 0);
            }
          else
            {
              feed_rig_assert_state (rig, SPOT_FEED_NEEDS_ATTENTION);
              feed_rig_assert_problem (rig, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_HEADER);
              g_assert_nonnull (strstr (spot_feed_machine_get_problem (rig->machine)->message, names[i]));
            }
        }
    }
}

/* No more of an error's body is read than may be kept. */
static void
test_error_body (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();
  g_autofree char *body = g_strnfill (2 * SPOT_MAX_ERROR_BODY_BYTES, 'x');

  feed_rig_send (rig);
  g_assert_true (feed_rig_begin_answer (rig, 500, ""));
  g_assert_true (feed_rig_feed (rig, body, SPOT_MAX_ERROR_BODY_BYTES - 1));
  g_assert_false (feed_rig_feed (rig, body, 1));
  spot_feed_machine_take_end (rig->machine);
  feed_rig_assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_SERVER);
  g_assert_cmpuint (strlen (spot_feed_machine_get_problem (rig->machine)->message), <, 400);

  /* Nor when it comes at once. */
  feed_rig_wait (rig);
  feed_rig_send (rig);
  g_assert_true (feed_rig_begin_answer (rig, 503, ""));
  g_assert_false (feed_rig_feed (rig, body, 2 * SPOT_MAX_ERROR_BODY_BYTES));
  spot_feed_machine_take_end (rig->machine);
  feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
}

/* A body that is too large is given up and changes nothing. */
static void
test_body (void)
{
  const gsize piece_bytes = 16 * 1024 * 1024;
  g_autofree char *piece = g_strnfill (piece_bytes, ' ');
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  g_assert_true (feed_rig_begin_answer (rig, 200, LIVE_UP ("9_9", "5")));
  g_assert_true (feed_rig_feed (rig, "[" PART ("c1", "EXECUTING") ",", strlen ("[" PART ("c1", "EXECUTING") ",")));
  for (gsize n = piece_bytes; n < SPOT_MAX_BODY_BYTES; n += piece_bytes)
    g_assert_true (feed_rig_feed (rig, piece, piece_bytes));
  g_assert_false (feed_rig_feed (rig, piece, piece_bytes));
  spot_feed_machine_take_end (rig->machine);
  feed_rig_assert_batches (rig, "");
  feed_rig_assert_problem (rig, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
  /* It would be as large again: nothing happens until somebody wants it. */
  feed_rig_assert_state (rig, SPOT_FEED_NEEDS_ATTENTION);
  g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_REST);
  spot_feed_machine_retry_now (rig->machine);
  feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=0_inf");
}

/* So is one event of a live event stream. */
static void
test_event (void)
{
  const gsize piece_bytes = 1024 * 1024;
  g_autofree char *piece = g_strnfill (piece_bytes, 'x');
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  spot_feed_machine_set_event_stream (rig->machine, TRUE);
  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  g_assert_true (feed_rig_begin_answer (rig, 200, LIVE_UP ("9_9", "5") "\ncontent-type: text/event-stream"));
  for (gsize n = 0; n < SPOT_MAX_ELEMENT_BYTES; n += piece_bytes)
    g_assert_true (feed_rig_feed (rig, piece, piece_bytes));
  g_assert_false (feed_rig_feed (rig, piece, 1));
  spot_feed_machine_take_end (rig->machine);
  feed_rig_assert_problem (rig, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
  feed_rig_assert_state (rig, SPOT_FEED_NEEDS_ATTENTION);
}

/* ---- a head without an end ---- */

typedef struct
{
  GSocketService *service;
  GCancellable   *over;
  int             n_connections; /* atomic */
  gint64          n_bytes;       /* of all heads; under the lock */
  GMutex          lock;
} Endless;

static gboolean
run_cb (GThreadedSocketService *service,
        GSocketConnection      *connection,
        GObject                *source,
        gpointer                user_data)
{
  static const char start[] = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
  Endless *endless = user_data;
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autofree char *line = g_strnfill (1000, 'h');
  char request[4096];
  gsize n_bytes = 0;

  g_atomic_int_inc (&endless->n_connections);
  g_input_stream_read (in, request, sizeof request, endless->over, NULL);
  g_output_stream_write_all (out, start, strlen (start), NULL, endless->over, NULL);
  /* Until the client has enough; 64 MB of it would be too much. */
  while (n_bytes < 64 * 1024 * 1024 && g_output_stream_write_all (out, "x: ", 3, NULL, endless->over, NULL) &&
         g_output_stream_write_all (out, line, 1000, NULL, endless->over, NULL) &&
         g_output_stream_write_all (out, "\r\n", 2, NULL, endless->over, NULL))
    n_bytes += 1005;
  g_mutex_lock (&endless->lock);
  endless->n_bytes = MAX (endless->n_bytes, (gint64) n_bytes);
  g_mutex_unlock (&endless->lock);
  g_main_context_wakeup (NULL);
  return TRUE;
}

static gboolean
got_enough (Endless *endless)
{
  gboolean enough;

  g_mutex_lock (&endless->lock);
  enough = endless->n_bytes > 0;
  g_mutex_unlock (&endless->lock);
  return enough;
}

/* A head that does not end is an answer that cannot be read, not one that is read for ever. */
static void
test_head (void)
{
  Endless endless = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_run ("run_1", NULL);
  g_autoptr(SpotEndpoint) endpoint = NULL;
  g_autoptr(FeedClient) client = NULL;
  g_autofree char *url = NULL;
  guint16 port;

  g_mutex_init (&endless.lock);
  endless.over = g_cancellable_new ();
  endless.service = g_threaded_socket_service_new (4);
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (endless.service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (endless.service, "run", G_CALLBACK (run_cb), &endless);
  url = g_strdup_printf ("http://127.0.0.1:%u", port);
  endpoint = spot_endpoint_new (url, "tr_dev_x", NULL, FALSE, &error);
  g_assert_no_error (error);
  client = feed_client_new (endpoint, spec);

  feed_client_start (client);
  wait_for (feed_client_get_state (client) == SPOT_FEED_RECONNECTING);
  wait_for (got_enough (&endless));
  g_mutex_lock (&endless.lock);
  /* What the client takes, and what lies in the buffers of the sockets. */
  g_assert_cmpint (endless.n_bytes, <, 32 * 1024 * 1024);
  g_mutex_unlock (&endless.lock);
  feed_client_stop (client);
  wait_for (feed_client_count_threads () == 0);

  g_cancellable_cancel (endless.over);
  g_socket_service_stop (endless.service);
  g_socket_listener_close (G_SOCKET_LISTENER (endless.service));
  g_object_unref (endless.service);
  g_object_unref (endless.over);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/feed-limits/limit-position", test_position);
  g_test_add_func ("/feed-limits/limit-error-body", test_error_body);
  g_test_add_func ("/feed-limits/limit-body", test_body);
  g_test_add_func ("/feed-limits/limit-event", test_event);
  g_test_add_func ("/feed-limits/limit-head", test_head);
  return g_test_run ();
}
