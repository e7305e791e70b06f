/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "feed-rig.h"

static void
test_74_unknown_status (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 1_1", "[" FULL ("insert", "c1", "run_1", "MEDITATING") "," UP "]");
  feed_rig_advance (rig, 20000);
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
  feed_rig_answer (rig, 200, LIVE_UP ("8_0", "5"), "[" ENDED ("update", "c1", "run_1",
                                                              "COMPLETED_SUCCESSFULLY") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_1=COMPLETED_SUCCESSFULLY");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
}

static void
test_75_stops_after_the_end (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();
  g_autoptr(FeedRig) list = feed_rig_new_list ();

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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

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
  g_autoptr(FeedRig) electric = feed_rig_new_list ();
  g_autoptr(FeedRig) native = feed_rig_new_list ();

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
      g_autoptr(FeedRig) rig = feed_rig_new_run ();
      g_autofree char *head = g_strdup_printf (H "electric-cursor: 5\nelectric-offset: %s\nelectric-up-to-date: ",
                                               offsets[i]);
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
  g_autoptr(FeedRig) rig = feed_rig_new_run ();

  feed_rig_go_live_native (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 409, "electric-handle: 123-456", REFETCH);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, "electric-handle: 123-456\nelectric-offset: 0_0", "[" FULL ("insert", "c1", "run_1",
                                                                                         "PENDING") "]");
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, "electric-handle: 123-456\nelectric-offset: 5_0\nelectric-up-to-date: ",
                   "[" PART ("c1", "EXECUTING") "," UP "]");
  feed_rig_assert_batches (rig, "REFETCH run_1=EXECUTING");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);

  /* Should it answer all the same, the header tells. */
  {
    g_autoptr(FeedRig) other = feed_rig_new_run ();

    feed_rig_go_live_native (other);
    feed_rig_send (other);
    feed_rig_answer (other, 200, LIVE_UP ("100_1", "5"), "[" UP "]");
    feed_rig_send (other);
    g_assert_nonnull (strstr (other->target, "offset=-1"));
  }
}

/* The same row under ever new positions: with an up-to-date, held by nobody, and without one. */
static void
test_same_row_for_ever (gconstpointer data)
{
  const char *ending = data;
  g_autoptr(FeedRig) rig = feed_rig_new_list ();
  guint n_sent = 0;

  while (spot_feed_machine_next (rig->machine) == SPOT_FEED_STEP_REQUEST)
    {
      g_autofree char *headers = g_strdup_printf (H "electric-offset: %u_0", 10 + n_sent);
      g_autofree char *body = g_strconcat ("[" FULL ("insert", "c1", "run_1", "PENDING"), ending, "]", NULL);

      feed_rig_send (rig);
      feed_rig_answer (rig, 200, headers, body);
      g_assert_cmpuint (++n_sent, <, 10);
    }
  /* The first one brought the row; five more that brought nothing are let through. */
  g_assert_cmpuint (n_sent, ==, 6);
  feed_rig_assert_waits (rig, 1000);
}

/* A server that replaces its log all the time, with other rows in each and a live answer now and then: every snapshot costs it and
 * us as much as the first. */
static void
test_53_ever_new_logs (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_list ();
  guint n_snapshots = 0;
  gint64 begin_us;

  feed_rig_go_live_electric (rig);
  begin_us = rig->now_us;
  for (guint i = 0; rig->now_us < begin_us + 60 * G_TIME_SPAN_SECOND; i++)
    {
      g_autofree char *headers = g_strdup_printf ("electric-handle: n%u\nelectric-offset: %u_0\nelectric-up-to-date: ", i, i);
      g_autofree char *row = g_strdup_printf ("[" FULL ("insert", "k%u", "run_%u", "PENDING") "," UP "]", i, i,
                                              i);
      g_autofree char *live = g_strdup_printf ("%s\nelectric-cursor: 1", headers);
      g_autofree char *change = g_strdup_printf ("[" PART ("k%u", "EXECUTING") "," UP "]", i, i);

      feed_rig_wait (rig);
      feed_rig_send (rig);
      feed_rig_answer (rig, 409, "", REFETCH);
      feed_rig_wait (rig);
      feed_rig_send (rig);
      n_snapshots++;
      g_assert_nonnull (strstr (rig->target, "offset=-1"));
      feed_rig_answer (rig, 200, headers, row);
      feed_rig_wait (rig);
      feed_rig_send (rig);
      g_assert_true (rig->live);
      feed_rig_answer (rig, 200, live, change);
      feed_rig_assert_state (rig, SPOT_FEED_LIVE);
      g_clear_pointer (&live, g_free);
      live = feed_rig_take_batches (rig);
    }
  g_assert_cmpuint (n_snapshots, >, 5);
  g_assert_cmpuint (n_snapshots, <, 20);
}

/* (nullable): a parameter of a request. */
static char *
dup_parameter (const char *target,
               const char *name)
{
  g_auto(GStrv) parts = g_strsplit_set (target, "?&", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (g_str_has_prefix (parts[i], name) && parts[i][strlen (name)] == '=')
        return g_strdup (parts[i] + strlen (name) + 1);
    }
  return NULL;
}

/* Whatever happens, handle and offset are what one answer said, and a list that begins anew has no handle: with one that the
 * server does not know its time window would be lost. */
static void
test_handles_are_echoed (gconstpointer data)
{
  gboolean is_list = GPOINTER_TO_INT (data);
  g_autoptr(GRand) random = g_rand_new_with_seed (is_list ? 7 : 8);
  g_autoptr(FeedRig) rig = is_list ? feed_rig_new_list () : feed_rig_new_run ();
  g_autoptr(GHashTable) said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *present = g_strdup ("h0");
  guint n_handles = 1;
  guint n_anew = 0;

  for (guint i = 0; i < 4000; i++)
    {
      g_autofree char *handle = NULL;
      g_autofree char *asked = NULL;
      g_autofree char *offset = g_strdup_printf ("%u_0", i);
      g_autofree char *headers = NULL;
      g_autofree char *batches = NULL;
      gboolean anew;

      if (spot_feed_machine_next (rig->machine) == SPOT_FEED_STEP_REST)
        spot_feed_machine_retry_now (rig->machine);
      feed_rig_wait (rig);
      feed_rig_send (rig);
      handle = dup_parameter (rig->target, "handle");
      asked = dup_parameter (rig->target, "offset");
      anew = g_str_equal (asked, "-1");
      n_anew += anew;
      if (!anew)
        g_assert_cmpstr (handle, ==, g_hash_table_lookup (said, asked));
      else if (handle != NULL)
        g_assert_false (is_list);

      if (g_rand_int_range (random, 0, 10) == 0)
        {
          g_free (present);
          present = g_strdup_printf ("h%u", n_handles++);
        }
      g_hash_table_insert (said, g_strdup (offset), g_strdup (present));
      headers = g_strdup_printf ("electric-handle: %s\nelectric-offset: %s%s", present, offset,
                                 g_rand_boolean (random) ? "\nelectric-up-to-date: " : "");
      switch (g_rand_int_range (random, 0, 8))
        {
        case 0:
          feed_rig_answer (rig, 409, headers, REFETCH);
          break;
        case 1:
          feed_rig_answer (rig, 409, "", REFETCH);
          break;
        case 2:
          feed_rig_answer (rig, 400, headers, "{}");
          break;
        case 3:
          feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
          break;
        case 4:
          feed_rig_answer (rig, 200, headers, "[" FULL ("insert", "c1", "run_1", "PENDING") "]");
          break;
        case 5:
          feed_rig_answer (rig, 200, headers, REFETCH);
          break;
        default:
          feed_rig_answer (rig, 200, headers, "[" UP "]");
          break;
        }
      batches = feed_rig_take_batches (rig);
    }
  g_assert_cmpuint (n_handles, >, 100);
  g_assert_cmpuint (n_anew, >, 100);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add_func ("/feed-machine/" path, test_##function)
  ADD ("53-ever-new-logs", 53_ever_new_logs);
  g_test_add_data_func ("/feed-machine/handles-are-echoed/list", GINT_TO_POINTER (TRUE), test_handles_are_echoed);
  g_test_add_data_func ("/feed-machine/handles-are-echoed/run", GINT_TO_POINTER (FALSE), test_handles_are_echoed);
  ADD ("74-unknown-status", 74_unknown_status);
  ADD ("75-stops-after-the-end", 75_stops_after_the_end);
  ADD ("75-last-look-fails", 75_last_look_fails);
  ADD ("75-kept-when-asked", 75_kept_when_asked);
  ADD ("76-ended-at-first-sight", 76_ended_at_first_sight);
  ADD ("79-leaving-the-filter", 79_leaving_the_filter);
  ADD ("80-electric-to-native", 80_electric_to_native);
  ADD ("80-native-to-electric", 80_native_to_electric);
#undef ADD
  g_test_add_data_func ("/feed-machine/99-same-row-for-ever/live", "," UP, test_same_row_for_ever);
  g_test_add_data_func ("/feed-machine/99-same-row-for-ever/catching-up", "", test_same_row_for_ever);
  return g_test_run ();
}
