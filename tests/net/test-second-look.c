/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "feed-rig.h"
#include "spot-second-look.h"

#define S G_TIME_SPAN_SECOND
#define NEVER G_MAXINT64
#define MAX_EVENTS 6

/* ---- the plan alone ---- */

typedef struct
{
  char    kind; /* c: a change of a run that goes on; w: a whole answer; n: a whole answer that brought news; 0: no more */
  gint64  at_s;
  guint64 n_bytes;
} Event;

/* When the next look is due, in seconds, with dice that say 0. */
static void
test_table (void)
{
  static const struct
  {
    Event  events[MAX_EVENTS];
    gint64 due_s;
  } rows[] = {
    { { { 'c', 100 } }, -1 },
    /* Without a doubt: seldom, and seldomer while it is in vain. */
    { { { 'n', 100 } }, 145 },
    { { { 'n', 100 }, { 'w', 145 } }, 235 },
    { { { 'n', 100 }, { 'w', 145 }, { 'w', 235 } }, 415 },
    { { { 'n', 100 }, { 'w', 145 }, { 'w', 235 }, { 'n', 415 } }, 460 },
    /* After a change: when it has become quiet. */
    { { { 'n', 100 }, { 'c', 130 } }, 133 },
    { { { 'n', 100 }, { 'c', 130 }, { 'c', 132 } }, 135 },
    { { { 'n', 100 }, { 'c', 130 }, { 'w', 133 } }, 223 },
    /* Not sooner than 15 s after the last whole answer, nor than its size allows. */
    { { { 'n', 100 }, { 'c', 101 } }, 115 },
    { { { 'n', 100, 1600000 }, { 'c', 101 } }, 200 },
    { { { 'n', 100, 480000 }, { 'c', 101 } }, 130 },
    { { { 'n', 100, 1000000000 }, { 'c', 101 } }, 700 },
    /* Never quiet: a quarter as often. */
    { { { 'n', 100, 160000 }, { 'c', 101 }, { 'c', 130 }, { 'c', 159 } }, 145 },
    { { { 'n', 100, 480000 }, { 'c', 101 }, { 'c', 143 } }, 145 },
    { { { 'n', 1000 }, { 'w', 1045 }, { 'w', 1135 }, { 'c', 1200 }, { 'c', 1230 }, { 'c', 1259 } }, 1260 },
    /* An answer so soon after a change may not know it yet. */
    { { { 'n', 100 }, { 'c', 130 }, { 'w', 131 } }, 146 },
    { { { 'n', 100 }, { 'c', 130 }, { 'w', 132 } }, 222 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      SpotSecondLook look = { 0 };
      gint64 due_us;

      for (guint n = 0; n < MAX_EVENTS && rows[i].events[n].kind != '\0'; n++)
        {
          const Event *event = &rows[i].events[n];

          if (event->kind == 'c')
            spot_second_look_take_change (&look, event->at_s * S, 0.0);
          else
            spot_second_look_take_whole (&look, event->at_s * S, event->n_bytes, event->kind == 'n', 0.0);
        }
      due_us = spot_second_look_get_due_us (&look);
      if (due_us != (rows[i].due_s < 0 ? NEVER : rows[i].due_s * S))
        g_error ("row %u: %.3f instead of %d", i, (double) due_us / S, (int) rows[i].due_s);
    }
}

/* Many programs that were told the same do not ask at the same moment. */
static void
test_jitter (void)
{
  SpotSecondLook look = { 0 };

  spot_second_look_take_whole (&look, 100 * S, 0, TRUE, 0.5);
  g_assert_cmpint (spot_second_look_get_due_us (&look), ==, 160 * S);
  spot_second_look_take_change (&look, 130 * S, 0.5);
  g_assert_cmpint (spot_second_look_get_due_us (&look), ==, 133 * S + S / 2);
}

/* However it goes, whole answers take 16 KB a second at most, over a long time. */
static void
test_cost (void)
{
  SpotSecondLook look = { 0 };
  g_autoptr(GRand) random = g_rand_new_with_seed (7);
  const guint64 n_bytes = 700000;
  gint64 now_us = 0;
  guint64 n_looks = 0;

  spot_second_look_take_whole (&look, 0, n_bytes, TRUE, 0.0);
  while (now_us < 3600 * S)
    {
      now_us += g_rand_int_range (random, 1, 8) * S;
      if (now_us >= spot_second_look_get_due_us (&look))
        {
          spot_second_look_take_whole (&look, now_us, n_bytes, g_rand_boolean (random), g_rand_double (random));
          n_looks++;
        }
      spot_second_look_take_change (&look, now_us, g_rand_double (random));
    }
  g_assert_cmpuint (n_looks, >, 10);
  g_assert_cmpuint (n_looks * n_bytes, <=, 3600 * G_GUINT64_CONSTANT (16000));
}

/* ---- the feed's machine ---- */

#define TOLD(offset, cursor) H "electric-offset: " offset "\nelectric-cursor: " cursor
#define AT(time) "\"updatedAt\":\"2026-11-23T10:00:" time "\","
#define STATE(op, key, run, time, status) \
  ROW (op, key, KNOWN (key, run) AT (time) "\"completedAt\":null,\"status\":\"" status "\"")
#define END(op, key, run, time) \
  ROW (op, key, KNOWN (key, run) AT (time) "\"completedAt\":\"2026-11-23T10:00:01.500\",\"status\":\"CANCELED\"")

/* A live answer with @row, 20 s after the whole one. */
static void
take_change (FeedRig    *rig,
             const char *row)
{
  g_autofree char *body = g_strconcat ("[", row, "," UP "]", NULL);
  g_autofree char *batches = NULL;

  feed_rig_advance (rig, 18000);
  feed_rig_send (rig);
  g_assert_true (rig->live);
  feed_rig_answer (rig, 200, TOLD ("200_2", "2"), body);
  batches = feed_rig_take_batches (rig);
  g_assert_true (g_str_has_prefix (batches, "CHANGES "));
}

/* The poll that is held ends when the second look is due, and the feed stays live. */
static void
go_to_second_look (FeedRig *rig)
{
  feed_rig_send (rig);
  g_assert_true (rig->live);
  g_assert_cmpint (rig->timeout_ms, ==, 3500);
  feed_rig_advance (rig, 3500);
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
  g_assert_null (spot_feed_machine_get_problem (rig->machine));
  feed_rig_assert_sends (rig, LIST "?createdAt=1h&handle=h1&log=full&offset=200_2&tags=a");
}

static void
look_again (FeedRig    *rig,
            const char *body)
{
  g_assert_true (feed_rig_begin_answer (rig, 200, TOLD ("200_3", "")));
  g_assert_true (feed_rig_feed (rig, body, strlen (body)));
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
  spot_feed_machine_take_end (rig->machine);
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
}

static void
test_end_within_a_millisecond (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_list ();

  feed_rig_go_live_native (rig);
  take_change (rig, STATE ("update", "c1", "run_1", "01.117", "EXECUTING"));
  go_to_second_look (rig);
  look_again (rig, "[" END ("insert", "c1", "run_1", "01.117") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_1=CANCELED");
  /* Nothing goes on any more: nothing can be missing. */
  feed_rig_advance (rig, 3600000);
  feed_rig_assert_sends (rig, LIST "?createdAt=1h&cursor=2&handle=h1&live=true&log=full&offset=200_3&tags=a");
  g_assert_cmpint (rig->timeout_ms, ==, 50000);
}

static void
test_in_vain (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_list ();

  feed_rig_go_live_native (rig);
  take_change (rig, STATE ("update", "c1", "run_1", "01.117", "EXECUTING"));
  go_to_second_look (rig);
  look_again (rig, "[" STATE ("insert", "c1", "run_1", "01.117", "EXECUTING") "," UP "]");
  feed_rig_assert_batches (rig, "");
  /* The run goes on: once in a while. */
  feed_rig_advance (rig, 100000);
  feed_rig_send (rig);
  g_assert_true (rig->live);
  g_assert_cmpint (rig->timeout_ms, ==, 20000);
  feed_rig_advance (rig, 20000);
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  feed_rig_send (rig);
  g_assert_false (rig->live);
}

/* What a cache gives out may be older than what the feed was told. */
static void
test_old_answer (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_list ();

  feed_rig_go_live_native (rig);
  take_change (rig, STATE ("update", "c1", "run_1", "01.117", "EXECUTING") ","
               END ("insert", "c2", "run_2", "01.500") "," STATE ("insert", "c3", "run_3", "02.000", "PENDING"));
  go_to_second_look (rig);
  look_again (rig, "[" STATE ("insert", "c1", "run_1", "00.900", "PENDING") ","
              STATE ("insert", "c2", "run_2", "01.500", "EXECUTING") "," END ("insert", "c3", "run_3", "01.990") ","
              STATE ("insert", "c4", "run_4", "02.500", "PENDING") "," UP "]");
  /* The end of run_3 was written by somebody whose clock is behind. */
  feed_rig_assert_batches (rig, "CHANGES run_3=CANCELED run_4=PENDING");
}

static void
test_fails (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_list ();

  feed_rig_go_live_native (rig);
  take_change (rig, STATE ("update", "c1", "run_1", "01.117", "EXECUTING"));
  go_to_second_look (rig);
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  feed_rig_assert_state (rig, SPOT_FEED_RECONNECTING);
  feed_rig_wait (rig);
  feed_rig_assert_sends (rig, LIST "?createdAt=1h&handle=h1&log=full&offset=200_2&tags=a");
  feed_rig_answer (rig, 200, TOLD ("200_3", ""), "[" END ("insert", "c1", "run_1", "01.117") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_1=CANCELED");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
}

/* Electric tells everything. */
static void
test_not_for_electric (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_list ();

  feed_rig_go_live_electric (rig);
  for (guint i = 0; i < 20; i++)
    {
      feed_rig_send (rig);
      g_assert_true (rig->live);
      g_assert_cmpint (rig->timeout_ms, ==, 50000);
      feed_rig_advance (rig, 20000);
      feed_rig_answer (rig, 200, LIVE_UP ("5_0", "5"),
                       i % 2 == 0 ? "[" PART ("c1", "EXECUTING") "," UP "]" : "[" PART ("c1", "PENDING") "," UP "]");
    }
}

/* 1,000 changes of runs that go on are one doubt and not a thousand. */
static void
test_rate (void)
{
  g_autoptr(FeedRig) rig = feed_rig_new_list ();
  gint64 begin_us;
  guint n_whole = 0;

  feed_rig_go_live_native (rig);
  begin_us = rig->now_us;
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *body = g_strdup_printf ("[" STATE ("update", "c1", "run_1", "%02u.%03u", "EXECUTING") "," UP "]",
                                               i / 50, i % 50 * 20);
      g_autofree char *headers = g_strdup_printf (TOLD ("%u_2", "2"), 200 + i);

      feed_rig_send (rig);
      if (!rig->live)
        {
          n_whole++;
          feed_rig_answer (rig, 200, headers, "[" UP "]");
          feed_rig_send (rig);
        }
      g_assert_true (rig->live);
      feed_rig_advance (rig, 250);
      feed_rig_answer (rig, 200, headers, body);
    }
  g_assert_cmpint (rig->now_us - begin_us, ==, 250 * S);
  g_assert_cmpuint (n_whole, >=, 3);
  g_assert_cmpuint (n_whole, <=, 4);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/second-look/table", test_table);
  g_test_add_func ("/second-look/jitter", test_jitter);
  g_test_add_func ("/second-look/cost", test_cost);
  g_test_add_func ("/second-look/95-end-within-a-millisecond", test_end_within_a_millisecond);
  g_test_add_func ("/second-look/in-vain", test_in_vain);
  g_test_add_func ("/second-look/old-answer", test_old_answer);
  g_test_add_func ("/second-look/fails", test_fails);
  g_test_add_func ("/second-look/not-for-electric", test_not_for_electric);
  g_test_add_func ("/second-look/rate", test_rate);
  return g_test_run ();
}
