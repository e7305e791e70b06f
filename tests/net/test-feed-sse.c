/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "feed-rig.h"
#include "spot-protocol-error.h"
#include "spot-test-http.h"

#define SSE(offset) H "electric-offset: " offset "\nelectric-cursor: 7\nelectric-up-to-date: \n" \
                      "content-type: text/event-stream"
#define UP_AT(lsn) "data: {\"headers\":{\"control\":\"up-to-date\",\"global_last_seen_lsn\":\"" lsn "\"}}\n\n"
#define SENDS(offset) RUN "?cursor=&handle=h1&live=true&live_sse=true&log=full&offset=" offset

static FeedRig *
go_live (void)
{
  FeedRig *rig = feed_rig_new_run ();

  spot_feed_machine_set_event_stream (rig->machine, TRUE);
  feed_rig_go_live_electric (rig);
  return rig;
}

static void
feed_text (FeedRig    *rig,
           const char *text)
{
  g_assert_true (feed_rig_feed (rig, text, strlen (text)));
}

/* Off unless told otherwise. */
static void
test_67_off (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  feed_rig_go_live_electric (rig);
  feed_rig_assert_sends (rig, RUN "?cursor=&handle=h1&live=true&log=full&offset=0_inf");
}

static void
test_67_events (void)
{
  for (gsize piece = 0; piece < 40; piece++)
    {
      g_autoptr(FeedRig) rig = go_live ();

      rig->piece = piece;
      feed_rig_assert_sends (rig, SENDS ("0_inf"));
      g_assert_true (feed_rig_begin_answer (rig, 200, SSE ("0_inf")));
      feed_text (rig, ": keep-alive\n\ndata: " PART ("c1", "EXECUTING") "\n\n");
      feed_rig_assert_batches (rig, "");
      feed_text (rig, UP_AT ("64303104"));
      feed_rig_assert_batches (rig, "CHANGES run_1=EXECUTING");
      feed_text (rig, ": keep-alive\n\n" UP_AT ("64303105"));
      feed_rig_assert_batches (rig, "");
      feed_text (rig, "data: " PART ("c1", "WAITING_TO_RESUME") "\n\ndata: " PART ("c1", "PAUSED") "\n\n"
                 UP_AT ("64304800"));
      feed_rig_assert_batches (rig, "CHANGES run_1=PAUSED");
      feed_rig_assert_state (rig, SPOT_FEED_LIVE);
      /* Half a transaction does not count. */
      feed_text (rig, "data: " PART ("c1", "CANCELED") "\n\ndata: {\"half\"");
      feed_rig_advance (rig, 60000);
      spot_feed_machine_take_end (rig->machine);
      feed_rig_assert_batches (rig, "");
      feed_rig_assert_state (rig, SPOT_FEED_LIVE);
      feed_rig_assert_sends (rig, SENDS ("64304800_0"));
    }
}

static void
test_67_recording (void)
{
  g_autoptr(SpotTestHttp) http = spot_test_http_load ("electric/35-sse-live.http");
  g_autoptr(FeedRig) rig = go_live ();

  feed_rig_send (rig);
  g_assert_true (feed_rig_begin_answer (rig, 200, SSE ("0_inf")));
  g_assert_true (feed_rig_feed (rig, http->body, http->body_length));
  feed_rig_advance (rig, 30000);
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  feed_rig_wait (rig);
  feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=64304800_0");
}

/* Positions that could not stand in an offset are left alone. */
static void
test_67_bad_lsn (void)
{
  static const char * const events[] = {
    "data: {\"headers\":{\"control\":\"up-to-date\"}}\n\n", UP_AT (""), UP_AT ("1&live=x"), UP_AT ("-5"),
    UP_AT ("123456789012345678901"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_autoptr(FeedRig) rig = go_live ();

      feed_rig_send (rig);
      g_assert_true (feed_rig_begin_answer (rig, 200, SSE ("0_inf")));
      feed_text (rig, "data: " PART ("c1", "EXECUTING") "\n\n");
      feed_text (rig, events[i]);
      feed_rig_assert_batches (rig, "CHANGES run_1=EXECUTING");
      feed_rig_advance (rig, 60000);
      spot_feed_machine_take_end (rig->machine);
      feed_rig_assert_sends (rig, SENDS ("0_inf"));
    }
}

/* One event stream that ends after @ms. */
static void
stream_for (FeedRig *rig,
            gint64   ms)
{
  feed_rig_advance (rig, 2000);
  feed_rig_assert_sends (rig, SENDS ("0_inf"));
  g_assert_true (feed_rig_begin_answer (rig, 200, SSE ("0_inf")));
  feed_rig_advance (rig, ms);
  spot_feed_machine_take_end (rig->machine);
}

static void
test_68_short (void)
{
  g_autoptr(FeedRig) rig = go_live ();

  rig->random = 0.5;
  stream_for (rig, 900);
  feed_rig_assert_waits (rig, 50);
  stream_for (rig, 0);
  feed_rig_assert_waits (rig, 100);
  /* A long one resets the count. */
  stream_for (rig, 1100);
  stream_for (rig, 900);
  stream_for (rig, 900);
  /* One that is given up by the owner does not count. */
  feed_rig_advance (rig, 2000);
  feed_rig_send (rig);
  g_assert_true (feed_rig_begin_answer (rig, 200, SSE ("0_inf")));
  spot_feed_machine_take_aborted (rig->machine);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 0_inf\nelectric-up-to-date: ", "[" UP "]");
  stream_for (rig, 0);
  /* Three: for good. */
  feed_rig_advance (rig, 2000);
  feed_rig_assert_sends (rig, RUN "?cursor=&handle=h1&live=true&log=full&offset=0_inf");
  feed_rig_answer (rig, 200, LIVE_UP ("0_inf", "7"), "[" UP "]");
  feed_rig_advance (rig, 20000);
  feed_rig_assert_sends (rig, RUN "?cursor=7&handle=h1&live=true&log=full&offset=0_inf");
}

static void
test_69_json (void)
{
  g_autoptr(FeedRig) rig = go_live ();

  feed_rig_assert_sends (rig, SENDS ("0_inf"));
  feed_rig_answer (rig, 200, LIVE_UP ("5_0", "8") "\ncontent-type: application/json",
                   "[" PART ("c1", "EXECUTING") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_1=EXECUTING");
  feed_rig_assert_sends (rig, RUN "?cursor=8&handle=h1&live=true&live_sse=true&log=full&offset=5_0");
}

static void
test_70_errors (void)
{
  static const char again[] = "data: {\"headers\":{\"control\":\"must-refetch\"}}\n\n";
  g_autoptr(FeedRig) unauthorized = go_live ();
  g_autoptr(FeedRig) conflict = go_live ();
  g_autoptr(FeedRig) refused = go_live ();
  g_autoptr(FeedRig) broken = go_live ();
  g_autoptr(FeedRig) refetch = go_live ();

  feed_rig_send (unauthorized);
  feed_rig_answer (unauthorized, 401, "", "{\"error\":\"Invalid API key\"}");
  feed_rig_assert_state (unauthorized, SPOT_FEED_NEEDS_ATTENTION);
  feed_rig_assert_problem (unauthorized, SPOT_API_ERROR, SPOT_API_ERROR_UNAUTHORIZED);

  feed_rig_send (conflict);
  feed_rig_answer (conflict, 409, "electric-handle: h2", REFETCH);
  feed_rig_send (conflict);
  g_assert_nonnull (strstr (conflict->target, "handle=h2&log=full&offset=-1"));

  /* A server that knows no event streams: not again. */
  feed_rig_send (refused);
  feed_rig_answer (refused, 400, "", "{\"message\":\"Invalid request\"}");
  feed_rig_send (refused);
  feed_rig_answer (refused, 200, H "electric-offset: 0_inf\nelectric-up-to-date: ",
                   "[" FULL ("insert", "c1", "run_1", "PENDING") "," UP "]");
  feed_rig_assert_state (refused, SPOT_FEED_LIVE);
  feed_rig_advance (refused, 2000);
  feed_rig_send (refused);
  g_assert_nonnull (strstr (refused->target, "live=true"));
  g_assert_null (strstr (refused->target, "live_sse"));

  feed_rig_send (broken);
  g_assert_true (feed_rig_begin_answer (broken, 200, SSE ("0_inf")));
  g_assert_false (feed_rig_feed (broken, "data: nonsense\n\n", 16));
  spot_feed_machine_take_end (broken->machine);
  feed_rig_assert_problem (broken, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER);
  feed_rig_assert_state (broken, SPOT_FEED_RECONNECTING);

  feed_rig_send (refetch);
  g_assert_true (feed_rig_begin_answer (refetch, 200, SSE ("0_inf")));
  g_assert_false (feed_rig_feed (refetch, again, strlen (again)));
  spot_feed_machine_take_end (refetch->machine);
  feed_rig_send (refetch);
  g_assert_nonnull (strstr (refetch->target, "offset=-1"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/feed-sse/67-off", test_67_off);
  g_test_add_func ("/feed-sse/67-events", test_67_events);
  g_test_add_func ("/feed-sse/67-recording", test_67_recording);
  g_test_add_func ("/feed-sse/67-bad-lsn", test_67_bad_lsn);
  g_test_add_func ("/feed-sse/68-short", test_68_short);
  g_test_add_func ("/feed-sse/69-json", test_69_json);
  g_test_add_func ("/feed-sse/70-errors", test_70_errors);
  return g_test_run ();
}
