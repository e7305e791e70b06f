/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "feed-rig.h"
#include "spot-limits.h"
#include "spot-shape-log.h"

#define NATIVE "electric-handle: h1\nelectric-offset: 200_2"
#define ROWS "[" FULL ("insert", "c1", "run_1", "PENDING") "," FULL ("insert", "c2", "run_2", "PENDING") "," UP "]"

static void
event_cb (const SpotShapeEvent *event,
          gpointer              user_data)
{
  spot_shape_log_take_event (user_data, event);
}

/* What a feed had once, from the body that it was told it in. */
static SpotRunBatch *
make_rows (const char *body)
{
  g_autoptr(SpotShapeLog) log = spot_shape_log_new ();
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, log);
  SpotRunBatch *rows = NULL;

  spot_shape_log_begin_body (log);
  g_assert_true (spot_shape_reader_feed (reader, body, strlen (body), NULL));
  g_assert_true (spot_shape_reader_finish (reader, NULL));
  g_assert_true (spot_shape_log_end_body (log, &rows));
  return rows;
}

/* @dialect NULL: no position. */
static FeedRig *
resume (FeedRig    *rig,
        const char *dialect,
        const char *offset)
{
  g_autoptr(SpotRunBatch) rows = make_rows (ROWS);
  g_autoptr(SpotLogPosition) position = dialect != NULL ? spot_log_position_new (dialect, "h1", offset, "7", NULL) : NULL;

  spot_feed_machine_set_position (rig->machine, position, rows);
  return rig;
}

/* The next batch's position, as "dialect handle offset cursor". */
static char *
take_position (FeedRig *rig)
{
  g_autoptr(SpotRunBatch) batch = spot_feed_machine_take_batch (rig->machine);

  g_assert_nonnull (batch);
  if (batch->position == NULL)
    return g_strdup ("none");
  return g_strdup_printf ("%s %s %s %s", spot_log_position_get_dialect (batch->position),
                          spot_log_position_get_handle (batch->position),
                          spot_log_position_get_offset (batch->position),
                          spot_log_position_get_cursor (batch->position));
}

static void
assert_position (FeedRig    *rig,
                 const char *expected)
{
  g_autofree char *position = take_position (rig);

  g_assert_cmpstr (position, ==, expected);
}

/* ---- what a commit says about where the feed stands ---- */

static void
test_told (void)
{
  g_autoptr(FeedRig) electric = feed_rig_new_list ();
  g_autoptr(FeedRig) native = feed_rig_new_list ();

  feed_rig_send (electric);
  feed_rig_answer (electric, 200, H "electric-offset: 0_0", "[" FULL ("insert", "c1", "run_1", "PENDING") "]");
  assert_position (electric, "none");
  feed_rig_send (electric);
  feed_rig_answer (electric, 200, H "electric-offset: 0_inf\nelectric-up-to-date: ", "[" UP "]");
  assert_position (electric, "electric h1 0_inf (null)");
  feed_rig_send (electric);
  feed_rig_answer (electric, 200, LIVE_UP ("9_4", "5"), "[" PART ("c1", "EXECUTING") "," UP "]");
  assert_position (electric, "electric h1 9_4 5");
  /* Where nothing differs but the log, that is said. */
  feed_rig_send (electric);
  feed_rig_answer (electric, 409, "", REFETCH);
  feed_rig_send (electric);
  feed_rig_answer (electric, 200, "electric-handle: h2\nelectric-offset: 0_0\nelectric-up-to-date: ",
                   "[" FULL ("insert", "c1", "run_1", "EXECUTING") "," UP "]");
  assert_position (electric, "electric h2 0_0 (null)");

  feed_rig_send (native);
  feed_rig_answer (native, 200, NATIVE, "[" FULL ("insert", "c1", "run_1", "PENDING") "," UP "]");
  g_clear_pointer (&native->target, g_free);
  spot_run_batch_unref (spot_feed_machine_take_batch (native->machine)); /* the preview */
  assert_position (native, "native h1 200_2 (null)");
}

/* ---- going on ---- */

static void
test_electric (void)
{
  g_autoptr(FeedRig) rig = resume (feed_rig_new_list (), "electric", "5_0");

  feed_rig_assert_state (rig, SPOT_FEED_CONNECTING);
  feed_rig_assert_batches (rig, "");
  feed_rig_assert_sends (rig, LIST "?createdAt=1h&handle=h1&log=full&offset=5_0&tags=a");
  g_assert_false (rig->live);
  feed_rig_answer (rig, 200, H "electric-offset: 6_0", "[" PART ("c2", "DEQUEUED") "]");
  feed_rig_assert_state (rig, SPOT_FEED_CATCHING_UP);
  feed_rig_assert_batches (rig, "");
  feed_rig_assert_sends (rig, LIST "?createdAt=1h&handle=h1&log=full&offset=6_0&tags=a");
  /* Parts are merged into what was known. */
  feed_rig_answer (rig, 200, H "electric-offset: 7_0\nelectric-up-to-date: ",
                   "[" PART ("c2", "EXECUTING") "," FULL ("insert", "c3", "run_3", "PENDING") "," GONE ("c1") "," UP "]");
  feed_rig_assert_batches (rig, "CATCH_UP run_2=EXECUTING run_3=PENDING -run_1");
  feed_rig_assert_state (rig, SPOT_FEED_LIVE);
  feed_rig_assert_sends (rig, LIST "?createdAt=1h&cursor=7&handle=h1&live=true&log=full&offset=7_0&tags=a");
  feed_rig_answer (rig, 200, LIVE_UP ("8_0", "8"), "[" PART ("c2", "PAUSED") "," UP "]");
  feed_rig_assert_batches (rig, "CHANGES run_2=PAUSED");
}

/* That nothing has happened is said too: who waits for it can stop waiting. */
static void
test_nothing_happened (void)
{
  g_autoptr(FeedRig) rig = resume (feed_rig_new_list (), "electric", "5_0");

  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 5_0\nelectric-up-to-date: ", "[" UP "]");
  feed_rig_assert_batches (rig, "CATCH_UP");
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, LIVE_UP ("5_0", "8"), "[" UP "]");
  feed_rig_assert_batches (rig, "");
}

/* A server of the native kind gives everything again; what is not there any more has gone. */
static void
test_native (void)
{
  g_autoptr(FeedRig) rig = resume (feed_rig_new_list (), "native", "100_1");
  static const char part[] = "[" FULL ("insert", "c2", "run_2", "PENDING") ",";

  feed_rig_assert_sends (rig, LIST "?createdAt=1h&handle=h1&log=full&offset=100_1&tags=a");
  g_assert_true (feed_rig_begin_answer (rig, 200, NATIVE));
  g_assert_true (feed_rig_feed (rig, part, strlen (part)));
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
  feed_rig_assert_batches (rig, "");
  feed_rig_wait (rig);
  feed_rig_assert_sends (rig, LIST "?createdAt=1h&handle=h1&log=full&offset=100_1&tags=a");
  feed_rig_answer (rig, 200, NATIVE, "[" ENDED ("insert", "c2", "run_2", "CRASHED") ","
                   FULL ("insert", "c3", "run_3", "PENDING") "," UP "]");
  feed_rig_assert_batches (rig, "CATCH_UP run_2=CRASHED run_3=PENDING -run_1");
  feed_rig_assert_sends (rig, LIST "?createdAt=1h&cursor=7&handle=h1&live=true&log=full&offset=200_2&tags=a");
  /* Later answers of the kind are as ever: nothing is known to have gone. */
  spot_feed_machine_retry_now (rig->machine);
  spot_feed_machine_take_aborted (rig->machine);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, NATIVE, "[" UP "]");
  feed_rig_assert_batches (rig, "");
}

/* Trouble before the first answer, or within it, changes nothing of where it goes on. */
static void
test_trouble (void)
{
  g_autoptr(FeedRig) rig = resume (feed_rig_new_list (), "electric", "5_0");

  feed_rig_send (rig);
  feed_rig_fail (rig, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  feed_rig_wait (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 503, "", "");
  feed_rig_wait (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 200, H "electric-offset: 9_0\nelectric-up-to-date: ", "[" PART ("c1", "EXECUTING") ",");
  feed_rig_assert_batches (rig, "");
  feed_rig_wait (rig);
  feed_rig_send (rig);
  feed_rig_answer (rig, 401, "", "");
  feed_rig_assert_state (rig, SPOT_FEED_NEEDS_ATTENTION);
  spot_feed_machine_retry_now (rig->machine);
  feed_rig_assert_sends (rig, LIST "?createdAt=1h&handle=h1&log=full&offset=5_0&tags=a");
  feed_rig_answer (rig, 200, H "electric-offset: 9_0\nelectric-up-to-date: ", "[" PART ("c1", "EXECUTING") "," UP "]");
  feed_rig_assert_batches (rig, "CATCH_UP run_1=EXECUTING");
}

/* ---- the position is of no use any more ---- */

static void
test_lost (void)
{
  static const struct
  {
    const char *dialect;
    guint       status;
    const char *headers;
    const char *body;
  } answers[] = {
    { "electric", 409, "electric-handle: h2", REFETCH },
    { "electric", 409, "", REFETCH },
    { "electric", 400, "", "{\"message\":\"Invalid request\",\"errors\":{\"offset\":[\"out of bounds for this shape\"]}}" },
    { "electric", 200, H "electric-offset: 5_0", REFETCH },
    { "electric", 200, "electric-handle: h2\nelectric-offset: 0_0", "[]" },
    /* The other kind of server is there now. */
    { "electric", 200, NATIVE, "[" FULL ("insert", "c9", "run_9", "PENDING") "," UP "]" },
    { "native", 409, "electric-handle: 123-456", REFETCH },
    { "native", 200, LIVE_UP ("5_0", "5"), "[" UP "]" },
    { "native", 400, "", "{\"message\":\"Invalid request\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr(FeedRig) rig = resume (feed_rig_new_list (), answers[i].dialect, "5_0");

      g_test_message ("%s %u %s", answers[i].dialect, answers[i].status, answers[i].headers);
      feed_rig_send (rig);
      feed_rig_answer (rig, answers[i].status, answers[i].headers, answers[i].body);
      feed_rig_assert_batches (rig, "");
      feed_rig_send (rig);
      g_assert_nonnull (strstr (rig->target, "&offset=-1"));
      g_assert_null (strstr (rig->target, "handle="));
      /* What was known stays until the snapshot is whole; then the difference is told. */
      feed_rig_answer (rig, 200, "electric-handle: h3\nelectric-offset: 0_0",
                       "[" FULL ("insert", "c2", "run_2", "EXECUTING") "]");
      feed_rig_assert_batches (rig, "");
      feed_rig_send (rig);
      feed_rig_answer (rig, 200, "electric-handle: h3\nelectric-offset: 0_inf\nelectric-up-to-date: ", "[" UP "]");
      feed_rig_assert_batches (rig, "CATCH_UP run_2=EXECUTING -run_1");
      /* Another time it is an ordinary one. */
      feed_rig_send (rig);
      feed_rig_answer (rig, 409, "", REFETCH);
      feed_rig_wait (rig);
      feed_rig_send (rig);
      feed_rig_answer (rig, 200, "electric-handle: h4\nelectric-offset: 0_0\nelectric-up-to-date: ",
                       "[" FULL ("insert", "c2", "run_2", "PAUSED") "," UP "]");
      feed_rig_assert_batches (rig, "REFETCH run_2=PAUSED");
    }
}

/* What a damaged file may give: it begins anew, and what differs is told all the same. */
static void
test_unsound (void)
{
  g_autofree char *endless = g_strnfill (SPOT_MAX_POSITION_BYTES + 1, '1');
  const struct
  {
    const char *dialect;
    const char *handle;
    const char *offset;
    const char *cursor;
  } positions[] = {
    { "", "h1", "5_0", NULL },
    { "Electric", "h1", "5_0", NULL },
    { "\xff\xfe", "h1", "5_0", NULL },
    { "electric", "", "5_0", NULL },
    { "electric", "h 1", "5_0", NULL },
    { "electric", "h1\n", "5_0", NULL },
    { "electric", "h\xc3\xa9", "5_0", NULL },
    { "electric", endless, "5_0", NULL },
    { "electric", "h1", "", NULL },
    { "electric", "h1", "-1", NULL },
    { "electric", "h1", "now", NULL },
    { "electric", "h1", "5\t0", NULL },
    { "native", "h1", endless, NULL },
    { "native", "h1", "5_0", "" },
    { "native", "h1", "5_0", "7\r\nX-Evil: 1" },
    { "native", "h1", "5_0", endless },
  };

  for (guint i = 0; i <= G_N_ELEMENTS (positions); i++)
    {
      g_autoptr(FeedRig) rig = feed_rig_new_list ();
      g_autoptr(SpotRunBatch) rows = make_rows (ROWS);
      g_autoptr(SpotLogPosition) position = NULL;

      /* The last one: none at all. */
      if (i < G_N_ELEMENTS (positions))
        position = spot_log_position_new (positions[i].dialect, positions[i].handle, positions[i].offset,
                                          positions[i].cursor, NULL);
      spot_feed_machine_set_position (rig->machine, position, rows);
      feed_rig_assert_sends (rig, LIST "?createdAt=1h&log=full&offset=-1&tags=a");
      feed_rig_answer (rig, 200, "electric-handle: h3\nelectric-offset: 300_1",
                       "[" FULL ("insert", "c1", "run_1", "PENDING") "," ENDED ("insert", "c3", "run_3", "CRASHED") "," UP "]");
      feed_rig_assert_batches (rig, "CATCH_UP run_3=CRASHED -run_2");
    }
}

/* Rows that changes cannot be merged into: then a position is of no use. */
static void
test_unsound_rows (void)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(FeedRig) rig = feed_rig_new_list ();
      g_autoptr(SpotRunBatch) whole = make_rows (ROWS);
      g_autoptr(SpotRunBatch) rows = spot_run_batch_new (SPOT_RUN_BATCH_SNAPSHOT);
      g_autoptr(SpotRunRecord) nothing = spot_run_record_new (NULL, NULL, 0, NULL);
      g_autoptr(SpotLogPosition) position = spot_log_position_new ("electric", "h1", "5_0", NULL, NULL);
      SpotRunChange *first = &g_array_index (whole->changes, SpotRunChange, 0);
      SpotRunChange *second = &g_array_index (whole->changes, SpotRunChange, 1);

      spot_run_batch_add_row (rows, first->record, FALSE, first->key, strlen (first->key));
      switch (i)
        {
        case 0:
          spot_run_batch_add (rows, second->record, FALSE);
          break;
        case 1:
          spot_run_batch_add_row (rows, nothing, FALSE, second->key, strlen (second->key));
          break;
        default:
          /* The same row twice is one, and sound. */
          spot_run_batch_add_row (rows, first->record, FALSE, first->key, strlen (first->key));
          break;
        }
      spot_feed_machine_set_position (rig->machine, position, rows);
      feed_rig_send (rig);
      g_assert_nonnull (strstr (rig->target, i < 2 ? "offset=-1" : "offset=5_0"));
      feed_rig_answer (rig, 200, "electric-handle: h1\nelectric-offset: 6_0\nelectric-up-to-date: ",
                       "[" FULL ("insert", "c1", "run_1", "EXECUTING") "," UP "]");
      feed_rig_assert_batches (rig, "CATCH_UP run_1=EXECUTING");
    }
}

/* A feed of one run that had ended, and of one that ended meanwhile: each has its last 30 s. */
static void
test_run_ends (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(FeedRig) rig = feed_rig_new_run ();
      g_autoptr(SpotRunBatch) rows = make_rows (i == 0 ? "[" ENDED ("insert", "c1", "run_1", "CANCELED") "," UP "]"
                                                       : "[" FULL ("insert", "c1", "run_1", "EXECUTING") "," UP "]");
      g_autoptr(SpotLogPosition) position = spot_log_position_new ("electric", "h1", "5_0", NULL, NULL);

      spot_feed_machine_set_position (rig->machine, position, rows);
      feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=5_0");
      feed_rig_answer (rig, 200, H "electric-offset: 6_0\nelectric-up-to-date: ",
                       i == 0 ? "[" UP "]" : "[" ENDED ("update", "c1", "run_1", "CANCELED") "," UP "]");
      feed_rig_assert_batches (rig, i == 0 ? "CATCH_UP" : "CATCH_UP run_1=CANCELED");
      feed_rig_advance (rig, 30000);
      feed_rig_assert_sends (rig, RUN "?handle=h1&log=full&offset=6_0");
      feed_rig_answer (rig, 200, H "electric-offset: 6_0\nelectric-up-to-date: ", "[" UP "]");
      feed_rig_assert_state (rig, SPOT_FEED_STOPPED);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/feed-position/told", test_told);
  g_test_add_func ("/feed-position/electric", test_electric);
  g_test_add_func ("/feed-position/nothing-happened", test_nothing_happened);
  g_test_add_func ("/feed-position/native", test_native);
  g_test_add_func ("/feed-position/trouble", test_trouble);
  g_test_add_func ("/feed-position/lost", test_lost);
  g_test_add_func ("/feed-position/unsound", test_unsound);
  g_test_add_func ("/feed-position/unsound-rows", test_unsound_rows);
  g_test_add_func ("/feed-position/run-ends", test_run_ends);
  return g_test_run ();
}
