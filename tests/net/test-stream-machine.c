/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-stream-machine.h"

#define PATH "/realtime/v1/streams/run_1/log"

typedef struct
{
  SpotStreamMachine *machine;
  gint64             now_us;
  double             random;
} Rig;

static gint64
clock_cb (gpointer data)
{
  return ((Rig *) data)->now_us;
}

static double
random_cb (gpointer data)
{
  return ((Rig *) data)->random;
}

static void
set_up (Rig           *rig,
        gconstpointer  data)
{
  const SpotFeedClock clock = { clock_cb, clock_cb, random_cb, rig };

  rig->now_us = 1000 * G_USEC_PER_SEC;
  rig->machine = spot_stream_machine_new ("run_1", "log", &clock);
}

static void
tear_down (Rig           *rig,
           gconstpointer  data)
{
  spot_stream_machine_free (rig->machine);
}

static void
assert_sends (Rig        *rig,
              const char *last_id,
              guint       wait_s)
{
  g_autoptr(SpotStreamRequest) request = NULL;

  g_assert_cmpint (spot_stream_machine_next (rig->machine), ==, SPOT_FEED_STEP_REQUEST);
  request = spot_stream_machine_dup_request (rig->machine);
  g_assert_cmpstr (request->target, ==, PATH);
  g_assert_cmpstr (request->last_id, ==, last_id);
  g_assert_cmpuint (request->wait_s, ==, wait_s);
}

static const char *
header_cb (gpointer    headers,
           const char *name)
{
  if (g_ascii_strcasecmp (name, "content-type") == 0)
    return "text/event-stream; charset=utf-8";
  if (g_ascii_strcasecmp (name, "retry-after") == 0)
    return headers;
  return NULL;
}

static void
begin (Rig        *rig,
       const char *body)
{
  g_assert_true (spot_stream_machine_take_head (rig->machine, 200, header_cb, NULL));
  g_assert_true (spot_stream_machine_take_body (rig->machine, body, strlen (body)));
}

static void
answer (Rig        *rig,
        guint       status,
        const char *body)
{
  spot_stream_machine_take_head (rig->machine, status, header_cb, NULL);
  spot_stream_machine_take_body (rig->machine, body, strlen (body));
  spot_stream_machine_take_end (rig->machine);
}

static void
assert_chunks (Rig        *rig,
               const char *expected)
{
  g_autoptr(GString) text = g_string_new (NULL);
  SpotStreamChunk *chunk;

  while ((chunk = spot_stream_machine_take_chunk (rig->machine)) != NULL)
    {
      g_string_append_printf (text, "%s ", spot_value_get_text (chunk->value, NULL));
      spot_stream_chunk_unref (chunk);
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
assert_waits (Rig    *rig,
              gint64  ms)
{
  g_assert_cmpint (spot_stream_machine_next (rig->machine), ==, SPOT_FEED_STEP_WAIT);
  g_assert_cmpint (spot_stream_machine_get_wait_ms (rig->machine), ==, ms);
  rig->now_us += ms * 1000;
}

static void
test_89_last_id (Rig           *rig,
                 gconstpointer  data)
{
  g_autoptr(GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "gone");

  assert_sends (rig, NULL, 0);
  begin (rig, "id: 1-0\ndata: 1\n\nid: 2-0\ndata: 2");
  spot_stream_machine_take_failure (rig->machine, error);
  g_assert_cmpint (spot_stream_machine_get_state (rig->machine), ==, SPOT_FEED_RECONNECTING);
  assert_waits (rig, 50);
  assert_sends (rig, "1-0", 0);
  begin (rig, "id: 2-0\ndata: 2\n\n");
  g_assert_cmpint (spot_stream_machine_get_state (rig->machine), ==, SPOT_FEED_LIVE);
  assert_chunks (rig, "1 2 ");
}

static void
test_89_final (Rig           *rig,
               gconstpointer  data)
{
  static const guint statuses[] = { 400, 401, 403, 404, 409, 410, 422 };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      assert_sends (rig, NULL, 0);
      answer (rig, statuses[i], "no");
      g_assert_cmpint (spot_stream_machine_next (rig->machine), ==, SPOT_FEED_STEP_REST);
      g_assert_cmpint (spot_stream_machine_get_state (rig->machine), ==, SPOT_FEED_NEEDS_ATTENTION);
      g_assert_nonnull (spot_stream_machine_get_problem (rig->machine));
      spot_stream_machine_retry_now (rig->machine);
    }
}

static void
test_89_backoff (Rig           *rig,
                 gconstpointer  data)
{
  static const guint statuses[] = { 500, 503, 502, 429, 504, 500, 500, 500, 413, 500 };
  static const gint64 delays_ms[] = { 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000 };

  for (guint i = 0; i < G_N_ELEMENTS (delays_ms); i++)
    {
      assert_sends (rig, NULL, 0);
      answer (rig, statuses[i], "no");
      assert_waits (rig, delays_ms[i] / 2);
    }
  /* A connection that brings nothing is no success; a record is one. */
  rig->random = 0.5;
  assert_sends (rig, NULL, 0);
  begin (rig, ": ping\n\n");
  spot_stream_machine_take_end (rig->machine);
  assert_waits (rig, 3750);
  assert_sends (rig, NULL, 0);
  begin (rig, "id: 1-0\ndata: 1\n\n");
  spot_stream_machine_take_end (rig->machine);
  assert_waits (rig, 100);
  assert_sends (rig, "1-0", 0);
  answer (rig, 500, "no");
  assert_waits (rig, 75);
}

static void
test_90_retry_now (Rig           *rig,
                   gconstpointer  data)
{
  assert_sends (rig, NULL, 0);
  begin (rig, "id: 1-0\ndata: 1\n\n");
  spot_stream_machine_take_aborted (rig->machine);
  assert_sends (rig, "1-0", 0);
  answer (rig, 503, "no");
  g_assert_cmpint (spot_stream_machine_next (rig->machine), ==, SPOT_FEED_STEP_WAIT);
  spot_stream_machine_retry_now (rig->machine);
  g_assert_null (spot_stream_machine_get_problem (rig->machine));
  assert_sends (rig, "1-0", 0);
}

static void
test_91_ends (Rig           *rig,
              gconstpointer  data)
{
  /* The run goes on: so does the stream. */
  for (guint i = 0; i < 3; i++)
    {
      assert_sends (rig, i > 0 ? "1-0" : NULL, 0);
      begin (rig, i > 0 ? ": ping\n\n" : "id: 1-0\ndata: 1\n\n");
      rig->now_us += 60 * G_USEC_PER_SEC;
      spot_stream_machine_take_end (rig->machine);
    }
  /* It ends while a connection is open: one more, for the tail. */
  assert_sends (rig, "1-0", 0);
  begin (rig, "");
  spot_stream_machine_set_run_ended (rig->machine);
  g_assert_true (spot_stream_machine_take_body (rig->machine, "id: 2-0\ndata: 2\n\n", 17));
  rig->now_us += 60 * G_USEC_PER_SEC;
  spot_stream_machine_take_end (rig->machine);
  assert_sends (rig, "2-0", 5);
  /* An end that comes too soon may be a broken connection. */
  begin (rig, "id: 3-0\ndata: 3\n\n");
  rig->now_us += G_USEC_PER_SEC;
  spot_stream_machine_take_end (rig->machine);
  assert_sends (rig, "3-0", 5);
  begin (rig, "id: 4-0\ndata: 4\n\n");
  rig->now_us += 5 * G_USEC_PER_SEC;
  spot_stream_machine_take_end (rig->machine);
  g_assert_cmpint (spot_stream_machine_next (rig->machine), ==, SPOT_FEED_STEP_STOP);
  g_assert_cmpint (spot_stream_machine_get_state (rig->machine), ==, SPOT_FEED_STOPPED);
  assert_chunks (rig, "1 2 3 4 ");
}

/* A server that does not wait with its end. */
static void
test_91_short_tails (Rig           *rig,
                     gconstpointer  data)
{
  guint n = 0;

  spot_stream_machine_set_run_ended (rig->machine);
  assert_sends (rig, NULL, 5);
  begin (rig, "id: 1-0\ndata: 1\n\n");
  spot_stream_machine_take_end (rig->machine);
  rig->now_us += 10 * G_USEC_PER_SEC;
  while (spot_stream_machine_next (rig->machine) != SPOT_FEED_STEP_STOP)
    {
      assert_sends (rig, "1-0", 5);
      begin (rig, ": nothing\n\n");
      spot_stream_machine_take_end (rig->machine);
      rig->now_us += 10 * G_USEC_PER_SEC;
      g_assert_cmpuint (++n, <, 10);
    }
  g_assert_cmpuint (n, >, 1);
  g_assert_null (spot_stream_machine_get_problem (rig->machine));
  assert_chunks (rig, "1 ");
}

/* A stream of a run that has ended, and that was never written. */
static void
test_91_no_tail (Rig           *rig,
                 gconstpointer  data)
{
  guint n = 0;

  spot_stream_machine_set_run_ended (rig->machine);
  while (spot_stream_machine_next (rig->machine) != SPOT_FEED_STEP_STOP)
    {
      assert_sends (rig, NULL, 5);
      answer (rig, 500, "no such stream");
      rig->now_us += 10 * G_USEC_PER_SEC;
      g_assert_cmpuint (++n, <, 10);
    }
  g_assert_error (spot_stream_machine_get_problem (rig->machine), SPOT_API_ERROR, SPOT_API_ERROR_SERVER);
}

static void
test_too_large (Rig           *rig,
                gconstpointer  data)
{
  g_autofree char *filler = g_strnfill (SPOT_MAX_STREAM_EVENT_BYTES, 'x');

  assert_sends (rig, NULL, 0);
  spot_stream_machine_take_head (rig->machine, 200, header_cb, NULL);
  g_assert_true (spot_stream_machine_take_body (rig->machine, filler, SPOT_MAX_STREAM_EVENT_BYTES));
  g_assert_false (spot_stream_machine_take_body (rig->machine, filler, 1));
  spot_stream_machine_take_end (rig->machine);
  g_assert_error (spot_stream_machine_get_problem (rig->machine), SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
  g_assert_cmpint (spot_stream_machine_next (rig->machine), ==, SPOT_FEED_STEP_REST);
}

static const char *
v2_header_cb (gpointer    headers,
              const char *name)
{
  return g_ascii_strcasecmp (name, "x-stream-version") == 0 ? "v2" : header_cb (headers, name);
}

/* `event: error` is a broken connection: what came before it counts, and the next request goes on behind it. */
static void
test_88_error_event (Rig           *rig,
                     gconstpointer  data)
{
  static const char body[] = "event: batch\ndata: {\"records\":[{\"seq_num\":7,\"body\":\"{\\\"data\\\":1,"
                             "\\\"id\\\":\\\"a\\\"}\"}]}\n\nevent: error\ndata: {\"message\":\"trimmed\"}\n\n";

  assert_sends (rig, NULL, 0);
  g_assert_true (spot_stream_machine_take_head (rig->machine, 200, v2_header_cb, NULL));
  g_assert_false (spot_stream_machine_take_body (rig->machine, body, strlen (body)));
  spot_stream_machine_take_end (rig->machine);
  assert_chunks (rig, "1 ");
  g_assert_cmpint (spot_stream_machine_get_state (rig->machine), ==, SPOT_FEED_RECONNECTING);
  assert_waits (rig, 50);
  assert_sends (rig, "7", 0);
}

static void
test_retry_after (Rig           *rig,
                  gconstpointer  data)
{
  char seconds[] = "7";

  assert_sends (rig, NULL, 0);
  spot_stream_machine_take_head (rig->machine, 503, header_cb, seconds);
  spot_stream_machine_take_end (rig->machine);
  assert_waits (rig, 7000);
}

static void
add (const char *path,
     void      (*test) (Rig *rig, gconstpointer data))
{
  g_test_add (path, Rig, NULL, set_up, test, tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/stream-machine/88-error-event", test_88_error_event);
  add ("/stream-machine/89-last-id", test_89_last_id);
  add ("/stream-machine/89-final", test_89_final);
  add ("/stream-machine/89-backoff", test_89_backoff);
  add ("/stream-machine/90-retry-now", test_90_retry_now);
  add ("/stream-machine/91-ends", test_91_ends);
  add ("/stream-machine/91-short-tails", test_91_short_tails);
  add ("/stream-machine/91-no-tail", test_91_no_tail);
  add ("/stream-machine/limit-event", test_too_large);
  add ("/stream-machine/retry-after", test_retry_after);
  return g_test_run ();
}
