/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "feed-rig.h"
#include "spot-protocol-error.h"

/* ---- initial sync and catch-up ---- */

static void
test_19_first_request (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_list ();

  feed_rig_assert_state (rig, SPOT_FEED_CONNECTING);
  g_assert_cmpint (spot_feed_machine_get_last_synced_us (rig->machine), ==, 0);
  feed_rig_assert_sends (rig, LIST "?createdAt=1h&log=full&offset=-1&tags=a");
  g_assert_false (rig->live);
}

static void
test_20_not_up_to_date (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, "electric-handle: run-c1\nelectric-offset: 100_1",
                   "[" FULL ("insert", "c1", "run_1", "PENDING") "," UP "]");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
  {
    g_autofree char *batches = feed_rig_take_batches (rig);

    g_assert_true (g_str_has_suffix (batches, "SNAPSHOT run_1=PENDING"));
  }
  feed_rig_assert_sends (rig, RUN "?cursor=&handle=run-c1&live=true&log=full&offset=100_1");
  g_assert_true (rig->live);
}

static void
test_22_chunks (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_list ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_list ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 0_5", "[" UP "]");
  feed_rig_assert_batches (rig, "SNAPSHOT");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
}

static void
test_24_other_messages (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
    "{\"error\":\"x\"}", "Network error occurred", "<!DOCTYPE html><html></html>", "null", "7", "[}", "[] []",
    "{\"a\":[",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
        feed_rig_assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER);
    }
}

static void
test_26_truncated (void)
{
  static const char body[] = "[" FULL ("insert", "c2", "run_2", "PENDING") "," PART ("c1", "EXECUTING") "," UP "]";

  for (gsize cut = 1; cut + 1 < sizeof body; cut++)
    {
      g_autoptr(FeedRig) rig = feed_rig_new_run ();
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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();
  static const char body[] = "[" PART ("c1", "EXECUTING") ",";

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  g_assert_true (feed_rig_begin_answer (rig, 200, LIVE_UP ("9_9", "5")));
  g_assert_true (feed_rig_feed (rig, body, strlen (body)));
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
  feed_rig_assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_UNREACHABLE);
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
      g_autoptr(FeedRig) rig = feed_rig_new_run ();
      const char *headers = i < G_N_ELEMENTS (cases) ? cases[i].headers : too_long;
      const char *named = i < G_N_ELEMENTS (cases) ? cases[i].named : "electric-handle";

      feed_rig_send (rig);
      feed_rig_answer (rig, 200, headers, "[" FULL ("insert", "c1", "run_1", "PENDING") "," UP "]");
      feed_rig_assert_batches (rig, "");
      feed_rig_assert_state (rig, SPOT_FEED_NEEDS_ATTENTION);
      feed_rig_assert_problem (rig, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_HEADER);
      g_assert_nonnull (strstr (spot_feed_machine_get_problem (rig->machine)->message, named));
      g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_REST);
      spot_feed_machine_retry_now (rig->machine);
      feed_rig_assert_sends (rig, RUN "?log=full&offset=-1");
    }
}

static void
test_27_lenient (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 0_0\nelectric-up-to-date: ", "[" FULL ("insert", "c1", "run_1",
                                                                                        "PENDING") "]");
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
      g_autoptr(FeedRig) rig = feed_rig_new_run ();

      feed_rig_send (rig);
      feed_rig_answer (rig, 200, heads[i], "[]");
      /* Who says it in the old words asks for it in the old words. */
      feed_rig_assert_sends (rig, i == 1 || i == 2 ? RUN "?handle=h1&log=full&offset=0_9&shape_id=h1"
                                                   : RUN "?handle=h1&log=full&offset=0_9");
    }
}

/* The names of all versions are the same to us, also when the server is renewed in mid-feed: no sign of another dialect. */
static void
test_29_renamed_in_mid_feed (void)
{
  static const char * const heads[] = {
    "x-electric-shape-id: h1\nx-electric-chunk-last-offset: 5_0\nx-electric-next-cursor: 5\nx-electric-chunk-up-to-date: ",
    "electric-shape-id: h1\nelectric-chunk-last-offset: 5_0\nelectric-next-cursor: 5\nelectric-chunk-up-to-date: ",
    "electric-handle: h1\nelectric-offset: 5_0\nelectric-cursor: 5\nelectric-up-to-date: ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autoptr(FeedRig) rig = feed_rig_new_run ();

      feed_rig_go_live_electric (rig);
      for (guint j = 0; j < G_N_ELEMENTS (heads); j++)
        {
          feed_rig_send (rig);
          g_assert_true (rig->live);
          feed_rig_answer (rig, 200, heads[(i + j) % G_N_ELEMENTS (heads)],
                           j % 2 == 0 ? "[" PART ("c1", "EXECUTING") "," UP "]" : "[" PART ("c1", "PENDING") "," UP "]");
          feed_rig_assert_batches (rig, j % 2 == 0 ? "CHANGES run_1=EXECUTING" : "CHANGES run_1=PENDING");
          feed_rig_advance (rig, 60000);
        }
      feed_rig_assert_sends (rig, i == 0 ? RUN "?cursor=5&handle=h1&live=true&log=full&offset=5_0"
                                         : RUN "?cursor=5&handle=h1&live=true&log=full&offset=5_0&shape_id=h1");
    }
}

static void
test_30_other_schema (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 0_0\nelectric-schema: {\"status\":{\"type\":\"TaskRunStatus\"}}",
                   "[" FULL ("insert", "c1", "run_1", "PENDING") "]");
  feed_rig_send (rig);
  feed_rig_answer (rig, 200,
                   H "electric-offset: 1_0\nelectric-up-to-date: \nelectric-schema: {\"status\":{\"type\":\"int4\"}}",
                   "[" PART ("c1", "EXECUTING") "," UP "]");
  {
    g_autofree char *batches = feed_rig_take_batches (rig);

    g_assert_true (g_str_has_suffix (batches, "SNAPSHOT run_1=EXECUTING"));
  }
}

static void
test_31_same_offset (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();
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
  feed_rig_assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER);
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
      g_autoptr(FeedRig) rig = feed_rig_new_run ();
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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  feed_rig_go_live_electric (rig);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *headers = g_strdup_printf (H "electric-offset: %u_0\nelectric-cursor: 5\nelectric-up-to-date: ",
                                                  i + 1);

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
    g_autoptr(FeedRig) fresh = feed_rig_new_run ();

    feed_rig_send (fresh);
    feed_rig_answer (fresh, 204, "", "");
    feed_rig_assert_state (fresh, SPOT_FEED_RECONNECTING);
    feed_rig_assert_problem (fresh, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER);
  }
}

static void
test_35_37_one_change_per_run (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_list ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("9_4", "5"),
                   "[" FULL ("insert", "c2", "run_2", "PENDING") "," PART ("c1", "DEQUEUED") "," PART ("c2",
                                                                                                       "DEQUEUED") ","
                   PART ("c1", "EXECUTING") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_2=DEQUEUED run_1=EXECUTING");
}

static void
test_36_data_without_up_to_date (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();
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
  g_autoptr(FeedRig) rig = feed_rig_new_list ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_list ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("5_0", "5"), "[" FULL ("insert", "c1", "run_1",
                                                             "EXECUTING") "," GONE ("c9") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_1=EXECUTING");
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("6_0", "5"),
                   "[" FULL ("insert", "c2", "run_2", "PENDING") "," GONE ("c2") "," FULL ("insert", "c2", "run_2",
                                                                                           "DEQUEUED")
                   "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_2=DEQUEUED");
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("7_0", "5"), "[" GONE ("c2") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES -run_2");
}

static void
test_43_cursor_goes_down (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  feed_rig_assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_UNREACHABLE);
  feed_rig_wait (rig);
  feed_rig_send (rig);
}

/* ---- previews ---- */

static void
test_previews (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_list ();
  g_autofree char *padding = g_strnfill (2000, 'p');
  guint n_previews = 0;
  guint n_rows = 0;
  SpotRunBatch *batch;

  feed_rig_send (rig);
  feed_rig_begin_answer (rig, 200, H "electric-offset: 0_0");
  for (guint i = 0; i < 4000; i++)
    {
      g_autofree char *row = g_strdup_printf ("%s" ROW ("insert", "c%u", "\"id\":\"c%u\",\"friendlyId\":\"run_%u\","
                                              "\"createdAt\":\"" CREATED "\",\"status\":\"PENDING\","
                                              "\"payload\":\"%s\""),
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
  static const char body[] = "[" FULL ("insert", "c1", "run_1", "PENDING") "," FULL ("insert", "c2", "run_2",
                                                                                     "caf\xc3\xa9") ","
                             PART ("c1", "EXECUTING") "," UP "]";

  for (gsize piece = 1; piece < sizeof body; piece++)
    {
      g_autoptr(FeedRig) rig = feed_rig_new_list ();
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
  ADD ("29-renamed-in-mid-feed", 29_renamed_in_mid_feed);
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
  ADD ("previews", previews);
  ADD ("split-anywhere", split_anywhere);
#undef ADD
  return g_test_run ();
}
