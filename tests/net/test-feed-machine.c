/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "feed-rig.h"
#include "spot-protocol-error.h"

#define RUN "/realtime/v1/runs/run_1"
#define LIST "/realtime/v1/runs"
#define H "electric-handle: h1\n"
#define LIVE_UP(offset, cursor) H "electric-offset: " offset "\nelectric-cursor: " cursor "\nelectric-up-to-date: "

static FeedRig *
run_rig (void)
{
  g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_run ("run_1", NULL);

  return feed_rig_new (spec);
}

static FeedRig *
list_rig (void)
{
  const char *tags[] = { "a", NULL };
  g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_list (tags, "1h", NULL, NULL);

  return feed_rig_new (spec);
}

static void
assert_problem (FeedRig *rig,
                GQuark   domain,
                int      code)
{
  g_assert_error (spot_feed_machine_get_problem (rig->machine), domain, code);
}

/* ---- initial sync and catch-up ---- */

static void
test_19_first_request (void)
{
  g_autoptr(FeedRig) rig = list_rig ();

  feed_rig_assert_state (rig, SPOT_FEED_CONNECTING);
  g_assert_cmpint (spot_feed_machine_get_last_synced_us (rig->machine), ==, 0);
  feed_rig_assert_sends (rig, LIST "?createdAt=1h&log=full&offset=-1&tags=a");
  g_assert_false (rig->live);
}

static void
test_20_not_up_to_date (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 0_0", "[" FULL ("insert", "c1", "run_1", "PENDING") "]");
  feed_rig_assert_batches (rig, "PREVIEW run_1=PENDING");
  feed_rig_assert_state (rig, SPOT_FEED_CATCHING_UP);
  g_assert_cmpint (spot_feed_machine_get_last_synced_us (rig->machine), ==, 0);
  feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=0_0");
  feed_rig_answer (rig, 200, H "electric-offset: 0_inf\nelectric-up-to-date: ", "[" UP "]");
  feed_rig_assert_batches (rig, "SNAPSHOT run_1=PENDING");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
  g_assert_cmpint (spot_feed_machine_get_last_synced_us (rig->machine), ==, rig->wall_us);
}

static void
test_21_native_up_to_date_at_once (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, "electric-handle: run-c1\nelectric-offset: 100_1",
                   "[" FULL ("insert", "c1", "run_1", "PENDING") "," UP "]");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
  feed_rig_assert_sends (rig, RUN "?cursor=&handle=run-c1&live=true&log=full&offset=100_1");
  g_assert_true (rig->live);
}

static void
test_22_chunks (void)
{
  g_autoptr(FeedRig) rig = list_rig ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 0_0", "[" FULL ("insert", "c1", "run_1", "PENDING") "]");
  feed_rig_assert_sends (rig, LIST "?createdAt=1h&handle=h1&log=full&offset=0_0&tags=a");
  feed_rig_answer (rig, 200, H "electric-offset: 0_1",
                   "[" FULL ("insert", "c2", "run_2", "PENDING") "," SNAPSHOT_END "]");
  feed_rig_assert_batches (rig, "PREVIEW run_1=PENDING; PREVIEW run_2=PENDING");
  feed_rig_assert_sends (rig, LIST "?createdAt=1h&handle=h1&log=full&offset=0_1&tags=a");
  feed_rig_answer (rig, 200, H "electric-offset: 5_0\nelectric-up-to-date: ", "[" PART ("c1", "EXECUTING") "," UP "]");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
  {
    g_autofree char *batches = feed_rig_take_batches (rig);

    g_assert_true (g_str_has_suffix (batches, "SNAPSHOT run_1=EXECUTING run_2=PENDING"));
  }
}

static void
test_23_empty_shape (void)
{
  g_autoptr(FeedRig) rig = list_rig ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 0_5", "[" UP "]");
  feed_rig_assert_batches (rig, "SNAPSHOT");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
}

static void
test_24_other_messages (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 0_0",
                   "[null,7,\"x\",{\"headers\":{\"control\":\"subset-end\"}},{\"headers\":{\"control\":\"new-thing\"}},"
                   "{\"headers\":{\"event\":\"move-out\"}}," SNAPSHOT_END "]");
  feed_rig_assert_state (rig, SPOT_FEED_CATCHING_UP);
  feed_rig_assert_batches (rig, "");
  feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=0_0");
}

static void
test_25_empty_body (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 0_0", "");
  g_assert_null (spot_feed_machine_get_problem (rig->machine));
  feed_rig_assert_batches (rig, "");
  feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=0_0");
}

static void
test_26_not_a_log (void)
{
  static const char * const bodies[] = {
    "{\"error\":\"x\"}", "Network error occurred", "<!DOCTYPE html><html></html>", "null", "7", "[}", "[] []", "{\"a\":[",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr(FeedRig) rig = run_rig ();

      feed_rig_go_live_electric (rig);
      feed_rig_send (rig);
      feed_rig_answer (rig, 200, LIVE_UP ("9_9", "5"), bodies[i]);
      feed_rig_assert_batches (rig, "");
      feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
      g_assert_nonnull (spot_feed_machine_get_problem (rig->machine));
      feed_rig_assert_waits (rig, 500);
      feed_rig_wait (rig);
      feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=0_inf");

      /* Without our headers, as a captive portal answers: still something that passes. */
      feed_rig_answer (rig, 200, "content-type: text/html", bodies[i]);
      feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
      if (*bodies[i] == '<')
        assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER);
    }
}

static void
test_26_truncated (void)
{
  static const char body[] = "[" FULL ("insert", "c2", "run_2", "PENDING") "," PART ("c1", "EXECUTING") "," UP "]";

  for (gsize cut = 1; cut + 1 < sizeof body; cut++)
    {
      g_autoptr(FeedRig) rig = run_rig ();
      g_autofree char *part = g_strndup (body, cut);

      feed_rig_go_live_electric (rig);
      feed_rig_send (rig);
      feed_rig_answer (rig, 200, LIVE_UP ("9_9", "5"), part);
      feed_rig_assert_batches (rig, "");
      feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
      feed_rig_wait (rig);
      feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=0_inf");
      /* The same again, whole: everything once. */
      feed_rig_answer (rig, 200, H "electric-offset: 9_9\nelectric-up-to-date: ", body);
      feed_rig_assert_batches (rig, "CHANGES run_2=PENDING run_1=EXECUTING");
    }
}

static void
test_26_connection_lost_in_body (void)
{
  g_autoptr(FeedRig) rig = run_rig ();
  static const char body[] = "[" PART ("c1", "EXECUTING") ",";

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  g_assert_true (feed_rig_begin_answer (rig, 200, LIVE_UP ("9_9", "5")));
  g_assert_true (feed_rig_feed (rig, body, strlen (body)));
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
  assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_UNREACHABLE);
  feed_rig_assert_batches (rig, "");
  feed_rig_wait (rig);
  feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=0_inf");
}

static void
test_27_missing_headers (void)
{
  static const struct
  {
    const char *headers;
    const char *named;
  } cases[] = {
    { "electric-offset: 0_0", "electric-handle" },
    { "electric-handle: h1", "electric-offset" },
    { "", "electric-handle" },
    { "electric-handle: \nelectric-offset: 0_0", "electric-handle" },
    { "electric-handle: h1\nelectric-offset: -1", "electric-offset" },
  };
  g_autofree char *endless = g_strnfill (2000, 'h');
  g_autofree char *too_long = g_strconcat ("electric-offset: 0_0\nelectric-handle: ", endless, NULL);

  for (guint i = 0; i <= G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(FeedRig) rig = run_rig ();
      const char *headers = i < G_N_ELEMENTS (cases) ? cases[i].headers : too_long;
      const char *named = i < G_N_ELEMENTS (cases) ? cases[i].named : "electric-handle";

      feed_rig_send (rig);
      feed_rig_answer (rig, 200, headers, "[" FULL ("insert", "c1", "run_1", "PENDING") "," UP "]");
      feed_rig_assert_batches (rig, "");
      feed_rig_assert_state (rig, SPOT_FEED_NEEDS_ATTENTION);
      assert_problem (rig, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_HEADER);
      g_assert_nonnull (strstr (spot_feed_machine_get_problem (rig->machine)->message, named));
      g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_REST);
      spot_feed_machine_retry_now (rig->machine);
      feed_rig_assert_sends (rig, RUN "?log=full&offset=-1");
    }
}

static void
test_27_lenient (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("5_0", "77"), "[" PART ("c1", "EXECUTING") "," UP "]");
  feed_rig_assert_sends (rig, RUN "?cursor=77&handle=h1&live=true&log=full&offset=5_0");
  feed_rig_answer (rig, 200, H "electric-offset: 6_0\nelectric-up-to-date: ", "[" PART ("c1", "PENDING") "," UP "]");
  feed_rig_assert_sends (rig, RUN "?cursor=77&handle=h1&live=true&log=full&offset=6_0");
}

static void
test_28_up_to_date_is_the_message (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 0_0\nelectric-up-to-date: ", "[" FULL ("insert", "c1", "run_1", "PENDING") "]");
  feed_rig_assert_state (rig, SPOT_FEED_CATCHING_UP);
  feed_rig_send (rig);
  g_assert_false (rig->live);
  feed_rig_answer (rig, 200, H "electric-offset: 0_inf", "[" UP "]");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
}

static void
test_29_header_names (void)
{
  static const char * const heads[] = {
    "ELECTRIC-HANDLE: h1\nElectric-Offset: 0_9",
    "electric-shape-id: h1\nelectric-chunk-last-offset: 0_9",
    "x-electric-shape-id: h1\nx-electric-chunk-last-offset: 0_9",
    "electric-shape-id: old\nelectric-handle: h1\nelectric-chunk-last-offset: 1_1\nelectric-offset: 0_9",
  };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autoptr(FeedRig) rig = run_rig ();

      feed_rig_send (rig);
      feed_rig_answer (rig, 200, heads[i], "[]");
      feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=0_9");
    }
}

static void
test_30_other_schema (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 0_0\nelectric-schema: {\"status\":{\"type\":\"TaskRunStatus\"}}",
                   "[" FULL ("insert", "c1", "run_1", "PENDING") "]");
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 1_0\nelectric-up-to-date: \nelectric-schema: {\"status\":{\"type\":\"int4\"}}",
                   "[" PART ("c1", "EXECUTING") "," UP "]");
  {
    g_autofree char *batches = feed_rig_take_batches (rig);

    g_assert_true (g_str_has_suffix (batches, "SNAPSHOT run_1=EXECUTING"));
  }
}

static void
test_31_same_offset (void)
{
  g_autoptr(FeedRig) rig = run_rig ();
  guint n_requests = 0;
  guint n_restarts = 0;
  gint64 begin_us = rig->now_us;

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 0_0", "[]");
  while (rig->now_us < begin_us + 60 * G_TIME_SPAN_SECOND)
    {
      feed_rig_wait (rig);
      feed_rig_send (rig);
      n_requests++;
      if (strstr (rig->target, "offset=-1") != NULL)
        {
          g_assert_nonnull (strstr (rig->target, "cache-buster="));
          n_restarts++;
        }
      feed_rig_answer (rig, 200, H "electric-offset: 0_0", "[]");
    }
  g_assert_cmpuint (n_restarts, ==, 1);
  g_assert_cmpuint (n_requests, <, 30);
  assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER);
  feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
}

/* Whatever the server does: answers that bring nothing are asked for at most five times a second. */
static void
test_31_request_rate (void)
{
  static const struct
  {
    guint       status;
    const char *headers;
    const char *body;
  } servers[] = {
    { 200, LIVE_UP ("0_inf", "1"), "[" UP "]" },
    { 204, "", "" },
    { 409, "", REFETCH },
    { 200, H "electric-offset: 0_inf\n", "[]" },
    { 500, "retry-after: 0", "" },
    { 404, "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      g_autoptr(FeedRig) rig = run_rig ();
      gint64 begin_us;
      guint n_requests = 0;

      feed_rig_go_live_electric (rig);
      rig->random = 0.0;
      begin_us = rig->now_us;
      while (rig->now_us < begin_us + 10 * G_TIME_SPAN_SECOND && n_requests < 100)
        {
          feed_rig_wait (rig);
          if (spot_feed_machine_next (rig->machine) == SPOT_FEED_STEP_REST)
            break;
          feed_rig_send (rig);
          n_requests++;
          feed_rig_answer (rig, servers[i].status, servers[i].headers, servers[i].body);
        }
      g_assert_cmpuint (n_requests, >, 2);
      g_assert_cmpuint (n_requests, <=, 56);
    }
}

/* News are not held up. */
static void
test_31_busy_feed_is_not_slowed (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *headers = g_strdup_printf (H "electric-offset: %u_0\nelectric-cursor: 5\nelectric-up-to-date: ", i + 1);

      feed_rig_send (rig);
      feed_rig_answer (rig, 200, headers, i % 2 == 0 ? "[" PART ("c1", "EXECUTING") "," UP "]"
                                                     : "[" PART ("c1", "PENDING") "," UP "]");
      feed_rig_assert_batches (rig, i % 2 == 0 ? "CHANGES run_1=EXECUTING" : "CHANGES run_1=PENDING");
    }
}

/* ---- live ---- */

static void
test_33_nothing_new (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_assert_sends (rig, RUN "?cursor=&handle=h1&live=true&log=full&offset=0_inf");
  feed_rig_advance (rig, 20000);
  feed_rig_answer (rig, 200, LIVE_UP ("0_inf", "66999420"), "[" UP "]");
  feed_rig_assert_batches (rig, "");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
  g_assert_cmpint (spot_feed_machine_get_last_synced_us (rig->machine), ==, rig->wall_us);
  feed_rig_assert_sends (rig, RUN "?cursor=66999420&handle=h1&live=true&log=full&offset=0_inf");
}

static void
test_34_no_content (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 204, "", "");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
  feed_rig_assert_waits (rig, 1000);
  feed_rig_wait (rig);
  feed_rig_assert_sends (rig, RUN "?cursor=&handle=h1&live=true&log=full&offset=0_inf");
  feed_rig_advance (rig, 20000);
  feed_rig_answer (rig, 204, "", "");
  feed_rig_send (rig);

  /* To the first request it is no answer. */
  {
    g_autoptr(FeedRig) fresh = run_rig ();

    feed_rig_send (fresh);
    feed_rig_answer (fresh, 204, "", "");
    feed_rig_assert_state (fresh, SPOT_FEED_RECONNECTING);
    assert_problem (fresh, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER);
  }
}

static void
test_35_37_one_change_per_run (void)
{
  g_autoptr(FeedRig) rig = list_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("9_4", "5"),
                   "[" FULL ("insert", "c2", "run_2", "PENDING") "," PART ("c1", "DEQUEUED") "," PART ("c2", "DEQUEUED") ","
                   PART ("c1", "EXECUTING") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_2=DEQUEUED run_1=EXECUTING");
}

static void
test_36_data_without_up_to_date (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 5_0\nelectric-cursor: 8", "[" PART ("c1", "DEQUEUED") "]");
  feed_rig_assert_batches (rig, "");
  feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=5_0");
  feed_rig_answer (rig, 200, H "electric-offset: 6_0\nelectric-up-to-date: ", "[" PART ("c1", "EXECUTING") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_1=EXECUTING");
  feed_rig_assert_sends (rig, RUN "?cursor=8&handle=h1&live=true&log=full&offset=6_0");
}

static void
test_38_partial_update (void)
{
  g_autoptr(FeedRig) rig = run_rig ();
  SpotRunBatch *batch;
  SpotRunRecord *record;

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("5_0", "5"),
                   "[" ROW ("update", "c1", "\"id\":\"c1\",\"taskIdentifier\":\"u\",\"ttl\":\"1h\"") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_1=PENDING");
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("6_0", "5"), "[" ROW ("update", "c1", "\"id\":\"c1\",\"ttl\":null") "," UP "]");
  batch = spot_feed_machine_take_batch (rig->machine);
  record = g_array_index (batch->changes, SpotRunChange, 0).record;
  g_assert_cmpstr (spot_run_record_get_task (record), ==, "u");
  g_assert_true (spot_run_record_get_known (record) & SPOT_COLUMN_BIT (SPOT_COLUMN_TTL));
  g_assert_false (spot_run_record_has (record, SPOT_COLUMN_TTL));
  spot_run_batch_unref (batch);
}

static void
test_39_40_native_updates (void)
{
  g_autoptr(FeedRig) rig = list_rig ();

  feed_rig_go_live_native (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 200_2\nelectric-cursor: 2",
                   "[" FULL ("update", "c2", "run_2", "PENDING") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_2=PENDING");
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 200_3\nelectric-cursor: 3",
                   "[" FULL ("update", "c2", "run_2", "PENDING") "," UP "]");
  feed_rig_assert_batches (rig, "");
}

static void
test_41_42_inserts_and_deletes (void)
{
  g_autoptr(FeedRig) rig = list_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("5_0", "5"), "[" FULL ("insert", "c1", "run_1", "EXECUTING") "," GONE ("c9") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_1=EXECUTING");
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("6_0", "5"),
                   "[" FULL ("insert", "c2", "run_2", "PENDING") "," GONE ("c2") "," FULL ("insert", "c2", "run_2", "DEQUEUED")
                   "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_2=DEQUEUED");
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("7_0", "5"), "[" GONE ("c2") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES -run_2");
}

static void
test_43_cursor_goes_down (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_native (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 200_2\nelectric-cursor: 50", "[" UP "]");
  feed_rig_assert_sends (rig, RUN "?cursor=50&handle=h1&live=true&log=full&offset=200_2");
  feed_rig_answer (rig, 200, H "electric-offset: 200_2\nelectric-cursor: 3", "[" UP "]");
  feed_rig_assert_sends (rig, RUN "?cursor=3&handle=h1&live=true&log=full&offset=200_2");
}

static void
test_44_time_outs (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_send (rig);
  g_assert_cmpint (rig->timeout_ms, ==, 30000);
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  feed_rig_assert_waits (rig, 500);
  feed_rig_wait (rig);
  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  g_assert_cmpint (rig->timeout_ms, >=, 45000);
  g_assert_cmpint (rig->timeout_ms, <=, 60000);
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
  assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_UNREACHABLE);
  feed_rig_wait (rig);
  feed_rig_send (rig);
}

/* ---- errors ---- */

static void
test_46_backoff (void)
{
  static const guint statuses[] = { 0, 408, 429, 500, 502, 503, 504, 304 };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr(FeedRig) rig = run_rig ();
      gint64 ceiling_ms = 1000;

      feed_rig_go_live_electric (rig);
      rig->random = 0.999;
      for (guint n = 0; n < 8; n++)
        {
          feed_rig_send (rig);
          if (statuses[i] == 0)
            feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
          else
            feed_rig_answer (rig, statuses[i], "", "oh");
          feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
          g_assert_cmpint (spot_feed_machine_get_wait_ms (rig->machine), >=, ceiling_ms * 99 / 100);
          g_assert_cmpint (spot_feed_machine_get_wait_ms (rig->machine), <=, ceiling_ms);
          g_assert_cmpint (spot_feed_machine_get_retry_at_us (rig->machine), >, rig->now_us);
          ceiling_ms = MIN (ceiling_ms * 2, 32000);
          feed_rig_wait (rig);
        }
      /* Any success forgets them. */
      feed_rig_send (rig);
      feed_rig_answer (rig, 200, H "electric-offset: 0_inf\nelectric-up-to-date: ", "[" UP "]");
      feed_rig_assert_state (rig, SPOT_FEED_LIVE);
      feed_rig_advance (rig, 2000);
      feed_rig_send (rig);
      feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
      g_assert_cmpint (spot_feed_machine_get_wait_ms (rig->machine), <=, 1000);
    }
}

static void
test_46_backoff_is_random (void)
{
  static const double dice[] = { 0.0, 0.25, 0.75 };

  for (guint i = 0; i < G_N_ELEMENTS (dice); i++)
    {
      g_autoptr(FeedRig) rig = run_rig ();

      rig->random = dice[i];
      feed_rig_send (rig);
      feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
      g_assert_cmpint (spot_feed_machine_get_wait_ms (rig->machine), ==, (gint64) (dice[i] * 1000));
    }
}

static void
test_47_retry_after (void)
{
  static const struct
  {
    const char *value;
    gint64      wait_ms;
  } cases[] = {
    { "5", 5000 },
    { "0.75", 750 },
    { "Mon, 23 Nov 2026 11:00:12 GMT", 10000 }, /* the rig is at 11:00:02 by then */
    { "Tue, 24 Nov 2026 12:00:00 GMT", 3600000 },
    { "86400", 3600000 },
    { "0", 500 },
    { "-1", 500 },
    { "banana", 500 },
    { "Mon, 23 Nov 2026 10:00:00 GMT", 500 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(FeedRig) rig = run_rig ();
      g_autofree char *headers = g_strconcat ("retry-after: ", cases[i].value, NULL);

      feed_rig_go_live_electric (rig);
      feed_rig_send (rig);
      feed_rig_answer (rig, 503, headers, "{\"code\":\"database_unreachable\"}");
      feed_rig_assert_waits (rig, cases[i].wait_ms);
    }
}

static void
test_48_stop_in_backoff (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_send (rig);
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  feed_rig_assert_waits (rig, 500);
  spot_feed_machine_stop (rig->machine);
  g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_STOP);
  feed_rig_assert_state (rig, SPOT_FEED_STOPPED);
  spot_feed_machine_resume (rig->machine);
  spot_feed_machine_retry_now (rig->machine);
  g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_STOP);
}

static void
test_49_bad_request (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 400, "", "{\"message\":\"Invalid request\",\"errors\":{\"offset\":[\"out of bounds for this shape\"]}}");
  feed_rig_assert_state (rig, SPOT_FEED_CATCHING_UP);
  feed_rig_send (rig);
  g_assert_nonnull (strstr (rig->target, "log=full&offset=-1"));
  g_assert_null (strstr (rig->target, "handle"));
  feed_rig_answer (rig, 400, "", "{\"error\":\"Query Error\",\"details\":[]}");
  feed_rig_assert_state (rig, SPOT_FEED_NEEDS_ATTENTION);
  assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_BAD_REQUEST);
  g_assert_nonnull (strstr (spot_feed_machine_get_problem (rig->machine)->message, "Query Error"));
  g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_REST);
}

static void
test_49_bad_request_at_first (void)
{
  g_autoptr(FeedRig) rig = list_rig ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 400, "", "{\"error\":\"Query Error\"}");
  feed_rig_assert_state (rig, SPOT_FEED_NEEDS_ATTENTION);
}

static void
test_49_not_authorized (void)
{
  static const struct
  {
    guint        status;
    SpotApiError code;
  } cases[] = {
    { 401, SPOT_API_ERROR_UNAUTHORIZED },
    { 403, SPOT_API_ERROR_FORBIDDEN },
    { 405, SPOT_API_ERROR_BAD_REQUEST },
    { 413, SPOT_API_ERROR_BAD_REQUEST },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(FeedRig) rig = run_rig ();

      feed_rig_go_live_electric (rig);
      feed_rig_send (rig);
      feed_rig_answer (rig, cases[i].status, "", "{\"error\":\"Public Access Token is invalid\"}");
      feed_rig_assert_state (rig, SPOT_FEED_NEEDS_ATTENTION);
      assert_problem (rig, SPOT_API_ERROR, (int) cases[i].code);
      feed_rig_advance (rig, 3600000);
      g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_REST);
      /* 62: a new token goes on from the same position. */
      spot_feed_machine_retry_now (rig->machine);
      g_assert_null (spot_feed_machine_get_problem (rig->machine));
      feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=0_inf");
      feed_rig_answer (rig, 200, H "electric-offset: 3_0\nelectric-up-to-date: ", "[" PART ("c1", "EXECUTING") "," UP "]");
      feed_rig_assert_batches (rig, "CHANGES run_1=EXECUTING");
    }
}

static void
test_49_not_found (void)
{
  g_autoptr(FeedRig) rig = run_rig ();
  gint64 begin_us = rig->now_us;
  guint n_requests = 0;

  while (TRUE)
    {
      feed_rig_wait (rig);
      if (spot_feed_machine_next (rig->machine) == SPOT_FEED_STEP_REST)
        break;
      feed_rig_send (rig);
      n_requests++;
      feed_rig_answer (rig, 404, "x-should-retry: false", "{\"error\":\"Not found\"}");
    }
  g_assert_cmpuint (n_requests, ==, 4);
  g_assert_cmpint (rig->now_us - begin_us, >=, 5 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (rig->now_us - begin_us, <=, 10 * G_TIME_SPAN_SECOND);
  feed_rig_assert_state (rig, SPOT_FEED_NEEDS_ATTENTION);
  assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_NOT_FOUND);
}

static void
test_49_found_late (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 404, "", "{\"error\":\"Not found\"}");
  feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
  feed_rig_wait (rig);
  feed_rig_go_live_electric (rig);
}

static void
test_50_no_free_slot (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  for (guint i = 0; i < 20; i++)
    {
      feed_rig_send (rig);
      g_assert_true (rig->live);
      feed_rig_answer (rig, 429, "", "{\"error\":\"Too many concurrent requests\"}");
      feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
      assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_BUSY);
      feed_rig_wait (rig);
    }
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("0_inf", "1"), "[" UP "]");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
}

static void
test_51_refetch_with_new_handle (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 409, "electric-handle: h2", REFETCH);
  feed_rig_assert_batches (rig, "");
  feed_rig_assert_state (rig, SPOT_FEED_CATCHING_UP);
  feed_rig_send (rig);
  g_assert_true (g_str_has_prefix (rig->target, RUN "?cache-buster="));
  g_assert_true (g_str_has_suffix (rig->target, "&handle=h2&log=full&offset=-1"));
  feed_rig_answer (rig, 200, "electric-handle: h2\nelectric-offset: 0_0", "[" FULL ("insert", "c2", "run_2", "PENDING") "]");
  feed_rig_assert_batches (rig, "");
  feed_rig_assert_sends (rig, RUN "?handle=h2&log=full&offset=0_0");
  feed_rig_answer (rig, 200, "electric-handle: h2\nelectric-offset: 0_inf\nelectric-up-to-date: ", "[" UP "]");
  feed_rig_assert_batches (rig, "REFETCH run_2=PENDING -run_1");
  feed_rig_assert_sends (rig, RUN "?cursor=&handle=h2&live=true&log=full&offset=0_inf");
}

static void
test_51_list_makes_a_new_window (void)
{
  g_autoptr(FeedRig) rig = list_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 409, "electric-handle: h2", REFETCH);
  feed_rig_send (rig);
  g_assert_null (strstr (rig->target, "handle="));
  g_assert_nonnull (strstr (rig->target, "cache-buster="));
  g_assert_nonnull (strstr (rig->target, "&createdAt=1h&log=full&offset=-1&tags=a"));
}

static void
test_52_refetch_variants (void)
{
  static const struct
  {
    guint       status;
    const char *headers;
    const char *body;
  } cases[] = {
    { 409, "electric-handle: h1", REFETCH },
    { 409, "", REFETCH },
    { 409, "", "" },
    { 409, "electric-handle: ", "<html>" },
    { 409, "", "[" FULL ("insert", "c9", "run_9", "PENDING") "]" }, /* 56: nothing of its body counts */
    { 200, LIVE_UP ("9_9", "5"), REFETCH },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(FeedRig) rig = run_rig ();

      feed_rig_go_live_electric (rig);
      feed_rig_send (rig);
      feed_rig_answer (rig, cases[i].status, cases[i].headers, cases[i].body);
      feed_rig_assert_batches (rig, "");
      feed_rig_send (rig);
      g_assert_nonnull (strstr (rig->target, "cache-buster="));
      g_assert_nonnull (strstr (rig->target, "offset=-1"));
      g_assert_false (rig->live);
      feed_rig_answer (rig, 200, "electric-handle: h3\nelectric-offset: 7_7",
                       "[" FULL ("insert", "c1", "run_1", "PENDING") "," UP "]");
      feed_rig_assert_batches (rig, "");
      feed_rig_assert_sends (rig, RUN "?cursor=&handle=h3&live=true&log=full&offset=7_7");
    }
}

static void
test_53_several_refetches (void)
{
  g_autoptr(FeedRig) rig = run_rig ();
  g_autoptr(GHashTable) targets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gint64 begin_us;

  feed_rig_go_live_electric (rig);
  begin_us = rig->now_us;
  for (guint i = 0; i < 10; i++)
    {
      feed_rig_wait (rig);
      feed_rig_send (rig);
      g_assert_true (g_hash_table_add (targets, g_strdup (rig->target)));
      feed_rig_answer (rig, 409, "", REFETCH);
      if (i == 0)
        g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_REQUEST);
      else
        feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
    }
  g_assert_cmpint (rig->now_us - begin_us, >, 40 * G_TIME_SPAN_SECOND);
}

static void
test_54_refetch_at_first (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 409, "", REFETCH);
  feed_rig_send (rig);
  g_assert_nonnull (strstr (rig->target, "cache-buster="));
  feed_rig_answer (rig, 200, H "electric-offset: 7_7", "[" FULL ("insert", "c1", "run_1", "PENDING") "," UP "]");
  {
    g_autofree char *batches = feed_rig_take_batches (rig);

    g_assert_true (g_str_has_suffix (batches, "SNAPSHOT run_1=PENDING"));
  }
}

static void
test_55_refetch_while_paused (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  spot_feed_machine_pause (rig->machine);
  feed_rig_answer (rig, 409, "electric-handle: h2", REFETCH);
  feed_rig_assert_state (rig, SPOT_FEED_PAUSED);
  g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_REST);
  spot_feed_machine_resume (rig->machine);
  feed_rig_send (rig);
  g_assert_nonnull (strstr (rig->target, "handle=h2&log=full&offset=-1"));
}

static void
test_56_forgets_cursor (void)
{
  g_autoptr(FeedRig) rig = list_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("5_0", "77"), "[" UP "]");
  feed_rig_send (rig);
  feed_rig_answer (rig, 409, "", REFETCH);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, "electric-handle: h2\nelectric-offset: 1_1",
                   "[" FULL ("insert", "c1", "run_1", "EXECUTING") "," UP "]");
  feed_rig_assert_batches (rig, "REFETCH run_1=EXECUTING");
  feed_rig_assert_sends (rig, LIST "?createdAt=1h&cursor=&handle=h2&live=true&log=full&offset=1_1&tags=a");
}

static void
test_57_other_handle (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, "electric-handle: other\nelectric-offset: 5_0\nelectric-up-to-date: ",
                   "[" PART ("c1", "EXECUTING") "," UP "]");
  feed_rig_assert_batches (rig, "");
  feed_rig_send (rig);
  g_assert_nonnull (strstr (rig->target, "offset=-1"));
  g_assert_null (strstr (rig->target, "handle="));
}

static void
test_58_connected (void)
{
  g_autoptr(FeedRig) rig = run_rig ();
  gint64 synced_us;

  feed_rig_go_live_electric (rig);
  synced_us = spot_feed_machine_get_last_synced_us (rig->machine);
  feed_rig_send (rig);
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
  feed_rig_wait (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 409, "", REFETCH);
  feed_rig_assert_state (rig, SPOT_FEED_CATCHING_UP);
  g_assert_cmpint (spot_feed_machine_get_last_synced_us (rig->machine), ==, synced_us);
}

static void
test_59_big_error_body (void)
{
  g_autoptr(FeedRig) rig = run_rig ();
  g_autofree char *body = g_strnfill (1024 * 1024, 'x');
  gsize taken = 0;

  feed_rig_send (rig);
  g_assert_true (feed_rig_begin_answer (rig, 500, "content-type: image/png"));
  while (feed_rig_feed (rig, body, 1000))
    {
      taken += 1000;
      g_assert_cmpuint (taken, <, 1024 * 1024);
    }
  spot_feed_machine_take_end (rig->machine);
  assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_SERVER);
  g_assert_cmpuint (strlen (spot_feed_machine_get_problem (rig->machine)->message), <, 400);
}

/* 59: the status decides also when the rest of the body does not come. */
static void
test_59_broken_error_body (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_send (rig);
  g_assert_true (feed_rig_begin_answer (rig, 401, ""));
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
  feed_rig_assert_state (rig, SPOT_FEED_NEEDS_ATTENTION);
}

static void
test_60_61_slow_retry (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 302, "location: https://elsewhere.example/", "");
  assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_REDIRECT);
  feed_rig_assert_waits (rig, 45000);
  feed_rig_wait (rig);
  feed_rig_send (rig);
  feed_rig_fail (rig, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_TLS);
  feed_rig_assert_waits (rig, 45000);
  feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
}

static void
test_63_wall_clock_jumps (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 500, "", "");
  rig->wall_us -= 400 * G_TIME_SPAN_DAY;
  feed_rig_assert_waits (rig, 500);
  rig->wall_us += 4000 * G_TIME_SPAN_DAY;
  feed_rig_assert_waits (rig, 500);
}

/* ---- pause and resume ---- */

static void
test_64_pause_and_resume (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  spot_feed_machine_pause (rig->machine);
  spot_feed_machine_take_aborted (rig->machine);
  feed_rig_assert_state (rig, SPOT_FEED_PAUSED);
  g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_REST);
  feed_rig_advance (rig, 3600000);
  spot_feed_machine_resume (rig->machine);
  feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=0_inf");
  feed_rig_answer (rig, 200, H "electric-offset: 4_0\nelectric-up-to-date: ", "[" PART ("c1", "EXECUTING") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_1=EXECUTING");
  feed_rig_assert_sends (rig, RUN "?cursor=&handle=h1&live=true&log=full&offset=4_0");
}

static void
test_64_pause_everywhere (void)
{
  for (guint stage = 0; stage < 6; stage++)
    {
      g_autoptr(FeedRig) rig = run_rig ();
      static const char part[] = "[" PART ("c1", "EXECUTING") ",";

      if (stage > 0)
        feed_rig_go_live_electric (rig);
      if (stage > 1)
        feed_rig_send (rig);
      if (stage == 3 || stage == 4)
        feed_rig_begin_answer (rig, 200, LIVE_UP ("5_0", "5"));
      if (stage == 4)
        feed_rig_feed (rig, part, strlen (part));
      if (stage == 5)
        feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
      spot_feed_machine_pause (rig->machine);
      if (stage >= 2 && stage <= 4)
        spot_feed_machine_take_aborted (rig->machine);
      g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_REST);
      g_assert_null (spot_feed_machine_get_problem (rig->machine));
      spot_feed_machine_resume (rig->machine);
      feed_rig_assert_batches (rig, "");
      feed_rig_assert_sends (rig, stage == 0 ? RUN "?log=full&offset=-1" : RUN "?handle=h1&log=full&offset=0_inf");
      if (stage == 0)
        continue;
      feed_rig_answer (rig, 200, H "electric-offset: 5_0\nelectric-up-to-date: ", "[" PART ("c1", "EXECUTING") "," UP "]");
      feed_rig_assert_batches (rig, "CHANGES run_1=EXECUTING");
    }
}

static void
test_65_retry_now_while_live (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  spot_feed_machine_retry_now (rig->machine);
  spot_feed_machine_take_aborted (rig->machine);
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
  feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=0_inf");
}

static void
test_66_pause_in_backoff (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 503, "retry-after: 600", "");
  feed_rig_assert_waits (rig, 600000);
  spot_feed_machine_pause (rig->machine);
  g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_REST);
  spot_feed_machine_resume (rig->machine);
  feed_rig_send (rig);
}

/* ---- Trigger's own rules ---- */

static void
test_74_unknown_status (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 1_1", "[" FULL ("insert", "c1", "run_1", "MEDITATING") "," UP "]");
  feed_rig_advance (rig, 60000);
  feed_rig_send (rig);
  g_assert_true (rig->live);
  {
    g_autofree char *batches = feed_rig_take_batches (rig);

    g_assert_true (g_str_has_suffix (batches, "SNAPSHOT run_1=MEDITATING"));
  }
}

static void
end_run (FeedRig *rig)
{
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("8_0", "5"), "[" ENDED ("update", "c1", "run_1", "COMPLETED_SUCCESSFULLY") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_1=COMPLETED_SUCCESSFULLY");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
}

static void
test_75_stops_after_the_end (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  end_run (rig);
  feed_rig_advance (rig, 1000);
  feed_rig_assert_sends (rig, RUN "?cursor=5&handle=h1&live=true&log=full&offset=8_0");
  g_assert_cmpint (rig->timeout_ms, ==, 29000);
  feed_rig_advance (rig, 9000);
  feed_rig_answer (rig, 200, LIVE_UP ("9_0", "6"), "[" ROW ("update", "c1", "\"id\":\"c1\",\"ttl\":\"1h\"") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_1=COMPLETED_SUCCESSFULLY");
  feed_rig_send (rig);
  g_assert_cmpint (rig->timeout_ms, ==, 20000);
  feed_rig_advance (rig, 20000);
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
  /* One last look. */
  feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=9_0");
  feed_rig_answer (rig, 200, H "electric-offset: 10_0\nelectric-up-to-date: ",
                   "[" ROW ("update", "c1", "\"id\":\"c1\",\"ttl\":\"2h\"") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_1=COMPLETED_SUCCESSFULLY");
  feed_rig_assert_state (rig, SPOT_FEED_STOPPED);
  g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_STOP);
}

static void
test_75_last_look_fails (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_electric (rig);
  end_run (rig);
  feed_rig_advance (rig, 30000);
  feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=8_0");
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
  feed_rig_wait (rig);
  feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=8_0");
  feed_rig_answer (rig, 200, H "electric-offset: 8_0\nelectric-up-to-date: ", "[" UP "]");
  feed_rig_assert_state (rig, SPOT_FEED_STOPPED);
}

static void
test_75_kept_when_asked (void)
{
  g_autoptr(FeedRig) rig = run_rig ();
  g_autoptr(FeedRig) list = list_rig ();

  spot_feed_machine_set_stop_when_ended (rig->machine, FALSE);
  feed_rig_go_live_electric (rig);
  end_run (rig);
  feed_rig_advance (rig, 120000);
  feed_rig_send (rig);
  g_assert_true (rig->live);
  g_assert_cmpint (rig->timeout_ms, ==, 50000);

  spot_feed_machine_set_stop_when_ended (list->machine, TRUE);
  feed_rig_go_live_electric (list);
  end_run (list);
  feed_rig_advance (list, 120000);
  feed_rig_send (list);
  g_assert_true (list->live);
}

static void
test_76_ended_at_first_sight (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 1_1", "[" ENDED ("insert", "c1", "run_1", "CANCELED") "," UP "]");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
  feed_rig_advance (rig, 10000);
  feed_rig_send (rig);
  g_assert_cmpint (rig->timeout_ms, ==, 20000);
  feed_rig_advance (rig, 20001);
  feed_rig_answer (rig, 200, H "electric-offset: 1_1", "[" UP "]");
  feed_rig_send (rig);
  g_assert_false (rig->live);
  feed_rig_answer (rig, 200, H "electric-offset: 1_1", "[" ENDED ("insert", "c1", "run_1", "CANCELED") "," UP "]");
  feed_rig_assert_state (rig, SPOT_FEED_STOPPED);
}

static void
test_79_leaving_the_filter (void)
{
  g_autoptr(FeedRig) electric = list_rig ();
  g_autoptr(FeedRig) native = list_rig ();

  feed_rig_go_live_electric (electric);
  feed_rig_send (electric);
  feed_rig_answer (electric, 200, LIVE_UP ("5_0", "5"), "[" GONE ("c1") "," UP "]");
  feed_rig_assert_batches (electric, "CHANGES -run_1");
  feed_rig_go_live_native (native);
  feed_rig_send (native);
  feed_rig_answer (native, 200, H "electric-offset: 100_1\nelectric-cursor: 2", "[" UP "]");
  feed_rig_assert_batches (native, "");
}

static void
test_80_electric_to_native (void)
{
  static const char * const offsets[] = { "0_inf", "27120840_2", "9000000000000_4" };

  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      g_autoptr(FeedRig) rig = run_rig ();
      g_autofree char *head = g_strdup_printf (H "electric-cursor: 5\nelectric-offset: %s\nelectric-up-to-date: ", offsets[i]);
      g_autofree char *native = g_strdup_printf (H "electric-cursor: 1\nelectric-offset: %s", offsets[i]);

      feed_rig_go_live_electric (rig);
      feed_rig_send (rig);
      feed_rig_answer (rig, 200, head, "[" UP "]");
      feed_rig_send (rig);
      feed_rig_answer (rig, 200, native, "[" UP "]");
      feed_rig_assert_batches (rig, "");
      feed_rig_assert_state (rig, SPOT_FEED_CATCHING_UP);
      feed_rig_send (rig);
      g_assert_null (strstr (rig->target, "handle="));
      g_assert_nonnull (strstr (rig->target, "offset=-1"));
      feed_rig_answer (rig, 200, "electric-handle: run-c1\nelectric-offset: 1795431300088_2",
                       "[" FULL ("insert", "c1", "run_1", "EXECUTING") "," UP "]");
      feed_rig_assert_batches (rig, "REFETCH run_1=EXECUTING");
      feed_rig_assert_sends (rig, RUN "?cursor=&handle=run-c1&live=true&log=full&offset=1795431300088_2");
    }
}

static void
test_80_native_to_electric (void)
{
  g_autoptr(FeedRig) rig = run_rig ();

  feed_rig_go_live_native (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 409, "electric-handle: 123-456", REFETCH);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, "electric-handle: 123-456\nelectric-offset: 0_0", "[" FULL ("insert", "c1", "run_1", "PENDING") "]");
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, "electric-handle: 123-456\nelectric-offset: 5_0\nelectric-up-to-date: ",
                   "[" PART ("c1", "EXECUTING") "," UP "]");
  feed_rig_assert_batches (rig, "REFETCH run_1=EXECUTING");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);

  /* Should it answer all the same, the header tells. */
  {
    g_autoptr(FeedRig) other = run_rig ();

    feed_rig_go_live_native (other);
    feed_rig_send (other);
    feed_rig_answer (other, 200, LIVE_UP ("100_1", "5"), "[" UP "]");
    feed_rig_send (other);
    g_assert_nonnull (strstr (other->target, "offset=-1"));
  }
}

/* ---- previews ---- */

static void
test_previews (void)
{
  g_autoptr(FeedRig) rig = list_rig ();
  g_autofree char *padding = g_strnfill (2000, 'p');
  guint n_previews = 0;
  guint n_rows = 0;
  SpotRunBatch *batch;

  feed_rig_send (rig);
  feed_rig_begin_answer (rig, 200, H "electric-offset: 0_0");
  for (guint i = 0; i < 4000; i++)
    {
      g_autofree char *row = g_strdup_printf ("%s" ROW ("insert", "c%u", "\"id\":\"c%u\",\"friendlyId\":\"run_%u\","
                                              "\"createdAt\":\"" CREATED "\",\"status\":\"PENDING\",\"payload\":\"%s\""),
                                              i == 0 ? "[" : ",", i, i, i, padding);

      g_assert_true (feed_rig_feed (rig, row, strlen (row)));
      while ((batch = spot_feed_machine_take_batch (rig->machine)) != NULL)
        {
          g_assert_cmpint (batch->kind, ==, SPOT_RUN_BATCH_PREVIEW);
          n_previews++;
          n_rows += batch->changes->len;
          spot_run_batch_unref (batch);
          if (n_previews == 1)
            g_assert_cmpuint (i, <=, 1);
        }
    }
  feed_rig_feed (rig, "]", 1);
  spot_feed_machine_take_end (rig->machine);
  while ((batch = spot_feed_machine_take_batch (rig->machine)) != NULL)
    {
      n_rows += batch->changes->len;
      spot_run_batch_unref (batch);
    }
  g_assert_cmpuint (n_rows, ==, 4000);
  /* 8 MB: quickly at first, then one a megabyte. */
  g_assert_cmpuint (n_previews, >=, 8);
  g_assert_cmpuint (n_previews, <=, 14);
}

static void
test_split_anywhere (void)
{
  static const char body[] = "[" FULL ("insert", "c1", "run_1", "PENDING") "," FULL ("insert", "c2", "run_2", "caf\xc3\xa9") ","
                             PART ("c1", "EXECUTING") "," UP "]";

  for (gsize piece = 1; piece < sizeof body; piece++)
    {
      g_autoptr(FeedRig) rig = list_rig ();
      g_autofree char *batches = NULL;

      rig->piece = piece;
      feed_rig_send (rig);
      feed_rig_answer (rig, 200, H "electric-offset: 0_0", body);
      batches = feed_rig_take_batches (rig);
      g_assert_true (g_str_has_suffix (batches, "SNAPSHOT run_1=EXECUTING run_2=caf\xc3\xa9"));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add_func ("/feed-machine/" path, test_##function)
  ADD ("19-first-request", 19_first_request);
  ADD ("20-not-up-to-date", 20_not_up_to_date);
  ADD ("21-native-up-to-date-at-once", 21_native_up_to_date_at_once);
  ADD ("22-chunks", 22_chunks);
  ADD ("23-empty-shape", 23_empty_shape);
  ADD ("24-other-messages", 24_other_messages);
  ADD ("25-empty-body", 25_empty_body);
  ADD ("26-not-a-log", 26_not_a_log);
  ADD ("26-truncated", 26_truncated);
  ADD ("26-connection-lost-in-body", 26_connection_lost_in_body);
  ADD ("27-missing-headers", 27_missing_headers);
  ADD ("27-lenient", 27_lenient);
  ADD ("28-up-to-date-is-the-message", 28_up_to_date_is_the_message);
  ADD ("29-header-names", 29_header_names);
  ADD ("30-other-schema", 30_other_schema);
  ADD ("31-same-offset", 31_same_offset);
  ADD ("31-request-rate", 31_request_rate);
  ADD ("31-busy-feed-is-not-slowed", 31_busy_feed_is_not_slowed);
  ADD ("33-nothing-new", 33_nothing_new);
  ADD ("34-no-content", 34_no_content);
  ADD ("35-37-one-change-per-run", 35_37_one_change_per_run);
  ADD ("36-data-without-up-to-date", 36_data_without_up_to_date);
  ADD ("38-partial-update", 38_partial_update);
  ADD ("39-40-native-updates", 39_40_native_updates);
  ADD ("41-42-inserts-and-deletes", 41_42_inserts_and_deletes);
  ADD ("43-cursor-goes-down", 43_cursor_goes_down);
  ADD ("44-time-outs", 44_time_outs);
  ADD ("46-backoff", 46_backoff);
  ADD ("46-backoff-is-random", 46_backoff_is_random);
  ADD ("47-retry-after", 47_retry_after);
  ADD ("48-stop-in-backoff", 48_stop_in_backoff);
  ADD ("49-bad-request", 49_bad_request);
  ADD ("49-bad-request-at-first", 49_bad_request_at_first);
  ADD ("49-not-authorized", 49_not_authorized);
  ADD ("49-not-found", 49_not_found);
  ADD ("49-found-late", 49_found_late);
  ADD ("50-no-free-slot", 50_no_free_slot);
  ADD ("51-refetch-with-new-handle", 51_refetch_with_new_handle);
  ADD ("51-list-makes-a-new-window", 51_list_makes_a_new_window);
  ADD ("52-refetch-variants", 52_refetch_variants);
  ADD ("53-several-refetches", 53_several_refetches);
  ADD ("54-refetch-at-first", 54_refetch_at_first);
  ADD ("55-refetch-while-paused", 55_refetch_while_paused);
  ADD ("56-forgets-cursor", 56_forgets_cursor);
  ADD ("57-other-handle", 57_other_handle);
  ADD ("58-connected", 58_connected);
  ADD ("59-big-error-body", 59_big_error_body);
  ADD ("59-broken-error-body", 59_broken_error_body);
  ADD ("60-61-slow-retry", 60_61_slow_retry);
  ADD ("63-wall-clock-jumps", 63_wall_clock_jumps);
  ADD ("64-pause-and-resume", 64_pause_and_resume);
  ADD ("64-pause-everywhere", 64_pause_everywhere);
  ADD ("65-retry-now-while-live", 65_retry_now_while_live);
  ADD ("66-pause-in-backoff", 66_pause_in_backoff);
  ADD ("74-unknown-status", 74_unknown_status);
  ADD ("75-stops-after-the-end", 75_stops_after_the_end);
  ADD ("75-last-look-fails", 75_last_look_fails);
  ADD ("75-kept-when-asked", 75_kept_when_asked);
  ADD ("76-ended-at-first-sight", 76_ended_at_first_sight);
  ADD ("79-leaving-the-filter", 79_leaving_the_filter);
  ADD ("80-electric-to-native", 80_electric_to_native);
  ADD ("80-native-to-electric", 80_native_to_electric);
  ADD ("previews", previews);
  ADD ("split-anywhere", split_anywhere);
#undef ADD
  return g_test_run ();
}
