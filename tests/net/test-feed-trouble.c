/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "feed-rig.h"
#include "spot-protocol-error.h"

/* ---- errors ---- */

static void
test_46_backoff (void)
{
  static const guint statuses[] = { 0, 408, 429, 500, 502, 503, 504, 304 };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr(FeedRig) rig = feed_rig_new_run ();
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
      g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
      g_autoptr(FeedRig) rig = feed_rig_new_run ();
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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 400, "",
                   "{\"message\":\"Invalid request\",\"errors\":{\"offset\":[\"out of bounds for this shape\"]}}");
  feed_rig_assert_state (rig, SPOT_FEED_CATCHING_UP);
  feed_rig_send (rig);
  g_assert_nonnull (strstr (rig->target, "log=full&offset=-1"));
  g_assert_null (strstr (rig->target, "handle"));
  feed_rig_answer (rig, 400, "", "{\"error\":\"Query Error\",\"details\":[]}");
  feed_rig_assert_state (rig, SPOT_FEED_NEEDS_ATTENTION);
  feed_rig_assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_BAD_REQUEST);
  g_assert_nonnull (strstr (spot_feed_machine_get_problem (rig->machine)->message, "Query Error"));
  g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_REST);
}

static void
test_49_bad_request_at_first (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_list ();

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
      g_autoptr(FeedRig) rig = feed_rig_new_run ();

      feed_rig_go_live_electric (rig);
      feed_rig_send (rig);
      feed_rig_answer (rig, cases[i].status, "", "{\"error\":\"Public Access Token is invalid\"}");
      feed_rig_assert_state (rig, SPOT_FEED_NEEDS_ATTENTION);
      feed_rig_assert_problem (rig, SPOT_API_ERROR, (int) cases[i].code);
      feed_rig_advance (rig, 3600000);
      g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_REST);
      /* 62: a new token goes on from the same position. */
      spot_feed_machine_retry_now (rig->machine);
      g_assert_null (spot_feed_machine_get_problem (rig->machine));
      feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=0_inf");
      feed_rig_answer (rig, 200, H "electric-offset: 3_0\nelectric-up-to-date: ", "[" PART ("c1",
                                                                                            "EXECUTING") "," UP "]");
      feed_rig_assert_batches (rig, "CHANGES run_1=EXECUTING");
    }
}

static void
test_49_not_found (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();
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
  feed_rig_assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_NOT_FOUND);
}

static void
test_49_found_late (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 404, "", "{\"error\":\"Not found\"}");
  feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
  feed_rig_wait (rig);
  feed_rig_go_live_electric (rig);
}

static void
test_50_no_free_slot (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  feed_rig_go_live_electric (rig);
  for (guint i = 0; i < 20; i++)
    {
      feed_rig_send (rig);
      g_assert_true (rig->live);
      feed_rig_answer (rig, 429, "", "{\"error\":\"Too many concurrent requests\"}");
      feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
      feed_rig_assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_BUSY);
      feed_rig_wait (rig);
    }
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("0_inf", "1"), "[" UP "]");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
}

static void
test_51_refetch_with_new_handle (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 409, "electric-handle: h2", REFETCH);
  feed_rig_assert_batches (rig, "");
  feed_rig_assert_state (rig, SPOT_FEED_CATCHING_UP);
  feed_rig_send (rig);
  g_assert_true (g_str_has_prefix (rig->target, RUN "?cache-buster="));
  g_assert_true (g_str_has_suffix (rig->target, "&handle=h2&log=full&offset=-1"));
  feed_rig_answer (rig, 200, "electric-handle: h2\nelectric-offset: 0_0", "[" FULL ("insert", "c2", "run_2",
                                                                                    "PENDING") "]");
  feed_rig_assert_batches (rig, "");
  feed_rig_assert_sends (rig, RUN "?handle=h2&log=full&offset=0_0");
  feed_rig_answer (rig, 200, "electric-handle: h2\nelectric-offset: 0_inf\nelectric-up-to-date: ", "[" UP "]");
  feed_rig_assert_batches (rig, "REFETCH run_2=PENDING -run_1");
  feed_rig_assert_sends (rig, RUN "?cursor=&handle=h2&live=true&log=full&offset=0_inf");
}

static void
test_51_list_makes_a_new_window (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_list ();

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
      g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
      feed_rig_assert_batches (rig, "REFETCH");
      feed_rig_assert_sends (rig, RUN "?cursor=&handle=h3&live=true&log=full&offset=7_7");
    }
}

static void
test_53_several_refetches (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();
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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_list ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();
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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();
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
  feed_rig_assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_SERVER);
  g_assert_cmpuint (strlen (spot_feed_machine_get_problem (rig->machine)->message), <, 400);
}

/* 59: the status decides also when the rest of the body does not come. */
static void
test_59_broken_error_body (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  feed_rig_send (rig);
  g_assert_true (feed_rig_begin_answer (rig, 401, ""));
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
  feed_rig_assert_state (rig, SPOT_FEED_NEEDS_ATTENTION);
}

static void
test_60_61_slow_retry (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 302, "location: https://elsewhere.example/", "");
  feed_rig_assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_REDIRECT);
  feed_rig_assert_waits (rig, 45000);
  feed_rig_wait (rig);
  feed_rig_send (rig);
  feed_rig_fail (rig, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  feed_rig_assert_problem (rig, SPOT_API_ERROR, SPOT_API_ERROR_TLS);
  feed_rig_assert_waits (rig, 45000);
  feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
}

static void
test_63_wall_clock_jumps (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
      g_autoptr(FeedRig) rig = feed_rig_new_run ();
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
      feed_rig_answer (rig, 200, H "electric-offset: 5_0\nelectric-up-to-date: ", "[" PART ("c1",
                                                                                            "EXECUTING") "," UP "]");
      feed_rig_assert_batches (rig, "CHANGES run_1=EXECUTING");
    }
}

static void
test_65_retry_now_while_live (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  feed_rig_go_live_electric (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 503, "retry-after: 600", "");
  feed_rig_assert_waits (rig, 600000);
  spot_feed_machine_pause (rig->machine);
  g_assert_cmpint (spot_feed_machine_next (rig->machine), ==, SPOT_FEED_STEP_REST);
  spot_feed_machine_resume (rig->machine);
  feed_rig_send (rig);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add_func ("/feed-machine/" path, test_##function)
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
#undef ADD
  return g_test_run ();
}
