/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-test-runs.h"

#define assert_drains(drains, expected)                                                                                \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_assert_cmpstr ((drains)->log->str, ==, (expected));                                                              \
    g_string_truncate ((drains)->log, 0);                                                                              \
  }                                                                                                                    \
  G_STMT_END

static const char *
status_of (SpotRunStore *store,
           const char   *id)
{
  SpotRun *run = spot_run_store_lookup (store, id);

  return run != NULL ? spot_run_get_status_word (run) : NULL;
}

static void
push_record (SpotRunStore  *store,
             guint          feed_id,
             SpotRunRecord *record,
             gboolean       removed)
{
  g_autoptr(SpotRunBatch) batch = spot_run_batch_new (SPOT_RUN_BATCH_CHANGES);

  spot_run_batch_add (batch, record, removed);
  spot_run_store_push (store, feed_id, batch);
  spot_run_store_flush (store);
  spot_run_record_unref (record);
}

static void
test_waits_for_drain (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED b:EXECUTING");
  g_autoptr(SpotTestDrains) drains = spot_test_drains_new (store);

  spot_test_store_push (store, "b:COMPLETED c:QUEUED");
  g_assert_cmpstr (status_of (store, "b"), ==, "EXECUTING");
  g_assert_null (spot_run_store_lookup (store, "c"));
  assert_drains (drains, "");

  g_assert_true (spot_run_store_drain (store, G_MAXINT64));
  g_assert_cmpstr (status_of (store, "b"), ==, "COMPLETED_SUCCESSFULLY");
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 3);
  assert_drains (drains, "b:c3 c+:cm6;");

  g_assert_true (spot_run_store_drain (store, G_MAXINT64));
  assert_drains (drains, "");
  g_assert_null (spot_run_store_lookup (store, NULL));
  g_assert_null (spot_run_store_lookup (store, ""));
}

/* Many changes of one run are one entry, one notify of each property and one `changed`; before is before them all. */
static void
count_cb (SpotRun *run,
          guint    columns,
          guint   *n_times)
{
  ++*n_times;
}

static void
remember_before_cb (SpotRunStore *store,
                    GArray       *changes,
                    char        **before)
{
  g_free (*before);
  *before = g_strdup (spot_run_record_get_status_word (g_array_index (changes, SpotRunStoreChange, 0).before));
}

static void
test_coalesces (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED");
  g_autoptr(SpotTestDrains) drains = spot_test_drains_new (store);
  g_autoptr(SpotTestNotifies) notifies = spot_test_notifies_new (spot_run_store_lookup (store, "a"));
  g_autofree char *names = NULL;
  g_autofree char *before = NULL;
  guint n_changed = 0;

  g_signal_connect (spot_run_store_lookup (store, "a"), "changed", G_CALLBACK (count_cb), &n_changed);
  g_signal_connect (store, "drained", G_CALLBACK (remember_before_cb), &before);
  spot_test_store_push (store, "a:DEQUEUED");
  spot_test_store_push (store, "a:EXECUTING%0.5 a:EXECUTING%0.6");
  spot_test_store_push (store, "a:COMPLETED%0.9");
  spot_run_store_flush (store);

  assert_drains (drains, "a:c4;");
  g_assert_cmpstr (before, ==, "PENDING");
  g_assert_cmpuint (n_changed, ==, 1);
  names = spot_test_notifies_take (notifies);
  g_assert_cmpstr (names, ==, "ended finished-at metadata progress record seed-status status status-word updated-at");
}

/* There and back again within a drain: touched, but nothing changed, so the run is silent. */
static void
test_change_undone (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED+5");
  g_autoptr(SpotTestDrains) drains = spot_test_drains_new (store);
  g_autoptr(SpotTestNotifies) notifies = spot_test_notifies_new (spot_run_store_lookup (store, "a"));
  g_autofree char *names = NULL;

  spot_test_store_push (store, "a:EXECUTING+6");
  spot_test_store_push (store, "a:QUEUED+5");
  spot_run_store_flush (store);
  assert_drains (drains, "a:c0;");
  names = spot_test_notifies_take (notifies);
  g_assert_cmpstr (names, ==, "");
}

/* The whole drain is told first; no run has notified by then. */
static void
order_notify_cb (SpotRun    *run,
                 GParamSpec *pspec,
                 GString    *order)
{
  g_string_append_c (order, 'n');
}

static void
order_drained_cb (SpotRunStore *store,
                  GArray       *changes,
                  GString      *order)
{
  g_string_append_c (order, 'd');
}

static void
test_drained_before_notify (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED b:QUEUED");
  g_autoptr(GString) order = g_string_new (NULL);

  g_signal_connect (spot_run_store_lookup (store, "a"), "notify::status", G_CALLBACK (order_notify_cb), order);
  g_signal_connect (spot_run_store_lookup (store, "b"), "notify::status", G_CALLBACK (order_notify_cb), order);
  g_signal_connect (store, "drained", G_CALLBACK (order_drained_cb), order);
  spot_test_store_push (store, "a:EXECUTING b:EXECUTING");
  spot_run_store_flush (store);
  g_assert_cmpstr (order->str, ==, "dnn");
}

static gint64
step_clock (gpointer user_data)
{
  gint64 *now_us = user_data;

  return *now_us += 1000;
}

static void
push_many (SpotRunStore     *store,
           SpotRunBatchKind  kind,
           guint             n_runs)
{
  g_autoptr(SpotRunBatch) batch = spot_run_batch_new (kind);

  for (guint i = 0; i < n_runs; i++)
    {
      g_autofree char *word = g_strdup_printf ("run%u:EXECUTING@%u", i, i);
      g_autoptr(SpotRunRecord) record = spot_test_parse_record (word);

      spot_run_batch_add (batch, record, FALSE);
    }
  spot_run_store_push (store, SPOT_TEST_FEED, batch);
}

static void
test_budget (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();
  gint64 now_us = 0;

  spot_run_store_set_clock (store, step_clock, &now_us);
  push_many (store, SPOT_RUN_BATCH_CHANGES, 500);

  /* The clock goes on by 1 ms per look: once at the start, then after every 64 changes. */
  g_assert_false (spot_run_store_drain (store, 2000));
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 128);
  g_assert_false (spot_run_store_drain (store, 1000));
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 192);
  /* Without any time it still gets ahead. */
  g_assert_false (spot_run_store_drain (store, 0));
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 256);
  g_assert_false (spot_run_store_drain (store, -5));
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 320);

  spot_test_store_push (store, "last:QUEUED");
  g_assert_false (spot_run_store_drain (store, 1000));
  spot_run_store_flush (store);
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 501);
  g_assert_true (spot_run_store_drain (store, 0));
}

/* The budget holds for many small batches too, and the order of batches is kept across drains. */
static void
test_budget_of_small_batches (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();
  gint64 now_us = 0;
  guint n_drains = 1;

  spot_run_store_set_clock (store, step_clock, &now_us);
  for (guint i = 0; i < 300; i++)
    spot_test_store_push (store, i == 299 ? "a:COMPLETED" : i % 2 == 0 ? "a:QUEUED" : "a:EXECUTING");
  while (!spot_run_store_drain (store, 1000))
    {
      g_assert_cmpstr (status_of (store, "a"), ==, "EXECUTING");
      n_drains++;
    }
  g_assert_cmpuint (n_drains, ==, 5);
  g_assert_cmpstr (status_of (store, "a"), ==, "COMPLETED_SUCCESSFULLY");
}

static void
test_previews (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();
  g_autoptr(SpotTestDrains) drains = spot_test_drains_new (store);

  spot_test_store_push_to (store, 1, SPOT_RUN_BATCH_PREVIEW, "a:QUEUED b:QUEUED c:QUEUED");
  spot_run_store_flush (store);
  assert_drains (drains, "a+:pm6 b+:pm6 c+:pm6;");
  g_assert_false (spot_run_is_committed (spot_run_store_lookup (store, "a")));
  g_assert_true (spot_run_is_in_feed (spot_run_store_lookup (store, "a"), 1));

  /* The commit has b no more, and c with news. */
  spot_test_store_push_to (store, 1, SPOT_RUN_BATCH_SNAPSHOT, "a:QUEUED c:EXECUTING");
  spot_run_store_flush (store);
  assert_drains (drains, "a:s1 c:s2 b-:sm0;");
  g_assert_true (spot_run_is_committed (spot_run_store_lookup (store, "a")));
  g_assert_null (spot_run_store_lookup (store, "b"));

  /* Only the first commit clears away. */
  spot_test_store_push_to (store, 1, SPOT_RUN_BATCH_CHANGES, "c:COMPLETED");
  spot_run_store_flush (store);
  assert_drains (drains, "c:c3;");
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 2);
}

/* An equal row in the commit is told, because it makes the run count. */
static void
test_commit_of_equal_row (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();
  g_autoptr(SpotTestDrains) drains = spot_test_drains_new (store);

  spot_test_store_push_to (store, 1, SPOT_RUN_BATCH_PREVIEW, "a:QUEUED+5");
  spot_run_store_flush (store);
  spot_test_store_push_to (store, 1, SPOT_RUN_BATCH_SNAPSHOT, "a:QUEUED+5");
  spot_run_store_flush (store);
  assert_drains (drains, "a+:pm6;a:s0;");
  g_assert_true (spot_run_is_committed (spot_run_store_lookup (store, "a")));
}

/* Preview and commit within one drain: the commit counts. */
static void
test_preview_and_commit_at_once (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();
  g_autoptr(SpotTestDrains) drains = spot_test_drains_new (store);

  spot_test_store_push_to (store, 1, SPOT_RUN_BATCH_PREVIEW, "a:QUEUED b:QUEUED");
  spot_test_store_push_to (store, 1, SPOT_RUN_BATCH_SNAPSHOT, "a:EXECUTING");
  spot_run_store_flush (store);
  /* b came and went, so nobody hears of it. */
  assert_drains (drains, "a+:sm6;");
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 1);
}

/* A commit that a drain leaves half done clears away nothing yet. */
static void
test_half_commit_keeps_previews (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();
  gint64 now_us = 0;

  push_many (store, SPOT_RUN_BATCH_PREVIEW, 200);
  spot_run_store_flush (store);
  spot_run_store_set_clock (store, step_clock, &now_us);
  push_many (store, SPOT_RUN_BATCH_SNAPSHOT, 150);
  g_assert_false (spot_run_store_drain (store, 1000));
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 200);
  g_assert_true (spot_run_is_committed (spot_run_store_lookup (store, "run63")));
  g_assert_false (spot_run_is_committed (spot_run_store_lookup (store, "run64")));
  g_assert_true (spot_run_store_drain (store, G_MAXINT64));
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 150);
  g_assert_true (spot_run_is_committed (spot_run_store_lookup (store, "run149")));
}

/* Another feed's preview neither hides what a commit brought nor makes the run uncommitted. */
static void
test_preview_of_committed_run (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED+5");
  g_autoptr(SpotTestDrains) drains = spot_test_drains_new (store);

  spot_test_store_push_to (store, 1, SPOT_RUN_BATCH_CHANGES, "a:COMPLETED+9");
  spot_test_store_push_to (store, 2, SPOT_RUN_BATCH_PREVIEW, "a:EXECUTING+7");
  spot_run_store_flush (store);
  assert_drains (drains, "a:cm3;");
  g_assert_cmpstr (status_of (store, "a"), ==, "COMPLETED_SUCCESSFULLY");
  g_assert_true (spot_run_is_committed (spot_run_store_lookup (store, "a")));

  /* The other feed's commit lacks it: it stays in the first. */
  spot_test_store_push_to (store, 2, SPOT_RUN_BATCH_SNAPSHOT, "");
  spot_run_store_flush (store);
  g_assert_true (spot_run_is_in_feed (spot_run_store_lookup (store, "a"), 1));
  g_assert_false (spot_run_is_in_feed (spot_run_store_lookup (store, "a"), 2));
}

/* What a feed has committed is newer than any preview of it. */
static void
test_late_preview (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:EXECUTING+5");
  g_autoptr(SpotTestDrains) drains = spot_test_drains_new (store);

  spot_test_store_push_to (store, 1, SPOT_RUN_BATCH_PREVIEW, "a:QUEUED+2");
  spot_run_store_flush (store);
  g_assert_cmpstr (status_of (store, "a"), ==, "EXECUTING");
  assert_drains (drains, "");
}

static void
test_refetch (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED b:QUEUED");
  g_autoptr(SpotTestDrains) drains = spot_test_drains_new (store);

  spot_test_store_push_to (store, 1, SPOT_RUN_BATCH_REFETCH, "a:COMPLETED -b c:QUEUED");
  spot_run_store_flush (store);
  assert_drains (drains, "a:r3 b-:rm0 c+:rm6;");
}

static void
test_removed (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED b:QUEUED");
  g_autoptr(SpotTestDrains) drains = spot_test_drains_new (store);

  spot_test_store_push (store, "-b -nobody");
  spot_run_store_flush (store);
  assert_drains (drains, "b-:cm0;");
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 1);

  /* It comes again: a new run. */
  spot_test_store_push (store, "b:EXECUTING");
  spot_run_store_flush (store);
  assert_drains (drains, "b+:cm6;");
}

/* Gone and back within one drain: the same object, which has stayed all the time. */
static void
test_removed_and_back (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED");
  g_autoptr(SpotTestDrains) drains = spot_test_drains_new (store);
  SpotRun *run = spot_run_store_lookup (store, "a");

  spot_test_store_push (store, "-a");
  spot_test_store_push (store, "a:EXECUTING");
  spot_run_store_flush (store);
  assert_drains (drains, "a:cm2;");
  g_assert_true (spot_run_store_lookup (store, "a") == run);
}

static void
test_removed_run_is_let_go (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED");
  g_autoptr(SpotRunList) list = spot_run_list_new (store, NULL);
  SpotRun *run = spot_run_store_lookup (store, "a");

  g_object_add_weak_pointer (G_OBJECT (run), (gpointer *) &run);
  spot_test_store_push (store, "-a");
  spot_run_store_flush (store);
  g_assert_null (run);
}

/* Rows of which too little is known wait in the feed's own log. */
static void
test_not_showable (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();
  g_autoptr(SpotTestDrains) drains = spot_test_drains_new (store);

  push_record (store, 1, spot_test_record (NULL, SPOT_COLUMN_FRIENDLY_ID, "a", SPOT_COLUMN_STATUS, "EXECUTING", SPOT_TEST_END),
               FALSE);
  push_record (store, 1, spot_test_record (NULL, SPOT_COLUMN_ID, "row", SPOT_COLUMN_STATUS, "EXECUTING", SPOT_TEST_END), FALSE);
  push_record (store, 1, spot_test_record (NULL, SPOT_COLUMN_ID, "row", SPOT_TEST_END), TRUE);
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 0);
  assert_drains (drains, "");

  spot_test_store_push (store, "a:EXECUTING");
  spot_run_store_flush (store);
  assert_drains (drains, "a+:cm6;");
}

#define row(updated, ...)                                                                                              \
  spot_test_record (NULL, SPOT_COLUMN_FRIENDLY_ID, "a", SPOT_COLUMN_CREATED_AT, "2026-08-21T09:12:00.000",             \
                    SPOT_COLUMN_UPDATED_AT, "2026-08-21T09:12:" updated, __VA_ARGS__, SPOT_TEST_END)

static void
assert_text (SpotRunStore *store,
             const char   *property,
             const char   *expected)
{
  g_autofree char *text = NULL;

  g_object_get (spot_run_store_lookup (store, "a"), property, &text, NULL);
  g_assert_cmpstr (text, ==, expected);
}

/* A feed without payload and one with it: the run has the columns of both and the state of the newer. */
static void
test_feeds_are_combined (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();

  push_record (store, 1, row ("01.000", SPOT_COLUMN_STATUS, "PENDING"), FALSE);
  push_record (store, 2, row ("01.000", SPOT_COLUMN_STATUS, "PENDING", SPOT_COLUMN_PAYLOAD, "{}", SPOT_COLUMN_OUTPUT, NULL),
               FALSE);
  assert_text (store, "payload", "{}");

  push_record (store, 1, row ("02.000", SPOT_COLUMN_STATUS, "EXECUTING"), FALSE);
  assert_text (store, "payload", "{}");
  g_assert_cmpstr (status_of (store, "a"), ==, "EXECUTING");

  /* News that are old by now. */
  push_record (store, 2, row ("01.500", SPOT_COLUMN_STATUS, "DEQUEUED", SPOT_COLUMN_PAYLOAD, "{}", SPOT_COLUMN_OUTPUT, "1"),
               FALSE);
  g_assert_cmpstr (status_of (store, "a"), ==, "EXECUTING");
  /* But the only word there is of the output. */
  assert_text (store, "output", "1");

  push_record (store, 2, row ("03.000", SPOT_COLUMN_STATUS, "COMPLETED_SUCCESSFULLY", SPOT_COLUMN_COMPLETED_AT,
                              "2026-08-21T09:12:03.000", SPOT_COLUMN_PAYLOAD, "{}", SPOT_COLUMN_OUTPUT, "2"), FALSE);
  g_assert_cmpstr (status_of (store, "a"), ==, "COMPLETED_SUCCESSFULLY");
  push_record (store, 1, row ("03.000", SPOT_COLUMN_STATUS, "COMPLETED_SUCCESSFULLY", SPOT_COLUMN_COMPLETED_AT,
                              "2026-08-21T09:12:03.000"), FALSE);
  assert_text (store, "output", "2");
  g_assert_true (spot_run_get_ended (spot_run_store_lookup (store, "a")));
}

/* One feed has told the end, another is still at what came before it in the same millisecond: the run does not go on. */
static void
test_end_stays (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();

  push_record (store, 1, row ("02.000", SPOT_COLUMN_STATUS, "EXECUTING", SPOT_COLUMN_COMPLETED_AT, NULL), FALSE);
  push_record (store, 2, row ("02.000", SPOT_COLUMN_STATUS, "EXECUTING", SPOT_COLUMN_COMPLETED_AT, NULL), FALSE);
  push_record (store, 1, row ("03.000", SPOT_COLUMN_STATUS, "CRASHED", SPOT_COLUMN_COMPLETED_AT, "2026-08-21T09:12:03.000"),
               FALSE);
  push_record (store, 2, row ("03.000", SPOT_COLUMN_STATUS, "EXECUTING", SPOT_COLUMN_COMPLETED_AT, NULL), FALSE);
  g_assert_cmpstr (status_of (store, "a"), ==, "CRASHED");
  g_assert_true (spot_run_get_ended (spot_run_store_lookup (store, "a")));
}

/* Whichever feed speaks first, the outcome is the same. */
static void
test_feeds_in_any_order (void)
{
  static const guint orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autoptr(SpotRunStore) store = spot_run_store_new ();

      for (guint j = 0; j < 3; j++)
        {
          switch (orders[i][j])
            {
            case 0:
              push_record (store, 10, row ("01.000", SPOT_COLUMN_STATUS, "PENDING", SPOT_COLUMN_PAYLOAD, "1",
                                           SPOT_COLUMN_TTL, "10m"), FALSE);
              break;
            case 1:
              push_record (store, 11, row ("02.000", SPOT_COLUMN_STATUS, "DEQUEUED", SPOT_COLUMN_METADATA, "{}",
                                           SPOT_COLUMN_PAYLOAD, "2"), FALSE);
              break;
            default:
              push_record (store, 12, row ("03.000", SPOT_COLUMN_STATUS, "EXECUTING"), FALSE);
            }
        }
      g_assert_cmpstr (status_of (store, "a"), ==, "EXECUTING");
      assert_text (store, "payload", "2");
      assert_text (store, "metadata", "{}");
      assert_text (store, "ttl", "10m");
    }
}

/* Servers' clocks differ: within one feed the order of its log is right, whatever the times say. */
static void
test_feed_with_wrong_clock (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();

  push_record (store, 1, row ("05.050", SPOT_COLUMN_STATUS, "EXECUTING"), FALSE);
  push_record (store, 2, row ("05.050", SPOT_COLUMN_STATUS, "EXECUTING"), FALSE);
  push_record (store, 1, row ("05.000", SPOT_COLUMN_STATUS, "COMPLETED_SUCCESSFULLY", SPOT_COLUMN_COMPLETED_AT,
                              "2026-08-21T09:12:05.000"), FALSE);
  push_record (store, 2, row ("05.000", SPOT_COLUMN_STATUS, "COMPLETED_SUCCESSFULLY", SPOT_COLUMN_COMPLETED_AT,
                              "2026-08-21T09:12:05.000"), FALSE);
  g_assert_cmpstr (status_of (store, "a"), ==, "COMPLETED_SUCCESSFULLY");
}

/* A feed goes: its columns stay while they are current, and go when they would be old. */
static void
test_left_columns (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();
  g_autoptr(SpotTestDrains) drains = spot_test_drains_new (store);

  push_record (store, 1, row ("01.000", SPOT_COLUMN_STATUS, "EXECUTING"), FALSE);
  push_record (store, 2, row ("02.000", SPOT_COLUMN_STATUS, "PAUSED", SPOT_COLUMN_PAYLOAD, "1", SPOT_COLUMN_OUTPUT, NULL), FALSE);
  g_string_truncate (drains->log, 0);
  spot_run_store_remove_feed (store, 2);
  assert_drains (drains, "a:cm0;");
  g_assert_false (spot_run_is_in_feed (spot_run_store_lookup (store, "a"), 2));
  /* It does not go back in time either. */
  g_assert_cmpstr (status_of (store, "a"), ==, "PAUSED");
  assert_text (store, "payload", "1");

  push_record (store, 1, row ("01.500", SPOT_COLUMN_STATUS, "EXECUTING"), FALSE);
  g_assert_cmpstr (status_of (store, "a"), ==, "PAUSED");
  push_record (store, 1, row ("02.000", SPOT_COLUMN_STATUS, "PAUSED"), FALSE);
  assert_text (store, "payload", "1");
  push_record (store, 1, row ("03.000", SPOT_COLUMN_STATUS, "EXECUTING"), FALSE);
  assert_text (store, "payload", NULL);
  g_assert_cmpstr (status_of (store, "a"), ==, "EXECUTING");
}

/* What a feed that is gone knew must not hide an end, whatever the clocks say. */
static void
test_left_columns_hide_no_end (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();

  push_record (store, 1, row ("01.000", SPOT_COLUMN_STATUS, "EXECUTING"), FALSE);
  push_record (store, 2, row ("05.050", SPOT_COLUMN_STATUS, "EXECUTING"), FALSE);
  spot_run_store_remove_feed (store, 2);
  push_record (store, 1, row ("05.000", SPOT_COLUMN_STATUS, "CRASHED", SPOT_COLUMN_COMPLETED_AT, "2026-08-21T09:12:05.000"),
               FALSE);
  g_assert_cmpstr (status_of (store, "a"), ==, "CRASHED");
}

/* Opening and closing a run again and again leaves one memory of it, not many. */
static void
test_left_twice (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();

  push_record (store, 1, row ("01.000", SPOT_COLUMN_STATUS, "EXECUTING"), FALSE);
  for (guint feed = 2; feed < 6; feed++)
    {
      push_record (store, feed, row ("01.000", SPOT_COLUMN_STATUS, "EXECUTING", SPOT_COLUMN_PAYLOAD, "1"), FALSE);
      spot_run_store_remove_feed (store, feed);
      assert_text (store, "payload", "1");
    }
  spot_run_store_remove_feed (store, 1);
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 0);
}

static void
test_remove_feed (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED b:QUEUED");
  g_autoptr(SpotTestDrains) drains = spot_test_drains_new (store);

  spot_test_store_push_to (store, 2, SPOT_RUN_BATCH_SNAPSHOT, "b:QUEUED c:QUEUED");
  spot_run_store_flush (store);
  g_string_truncate (drains->log, 0);

  /* What is queued goes with it. */
  spot_test_store_push (store, "d:QUEUED");
  spot_test_store_push_to (store, 2, SPOT_RUN_BATCH_CHANGES, "c:EXECUTING");
  spot_run_store_remove_feed (store, 1);
  g_assert_null (spot_run_store_lookup (store, "a"));
  g_assert_nonnull (spot_run_store_lookup (store, "b"));
  g_string_truncate (drains->log, 0);
  spot_run_store_flush (store);
  assert_drains (drains, "c:c2;");
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 2);

  spot_run_store_remove_feed (store, 7);
  assert_drains (drains, "");
  spot_run_store_remove_feed (store, 2);
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 0);
}

/* Also a batch that is half applied. */
static void
test_remove_feed_in_mid_batch (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();
  gint64 now_us = 0;

  spot_run_store_set_clock (store, step_clock, &now_us);
  push_many (store, SPOT_RUN_BATCH_SNAPSHOT, 300);
  g_assert_false (spot_run_store_drain (store, 0));
  g_assert_false (spot_run_store_drain (store, 0));
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 128);
  spot_run_store_remove_feed (store, SPOT_TEST_FEED);
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 0);
  g_assert_true (spot_run_store_drain (store, 0));
}

/* A listener that ends a feed and asks for a drain while it is told: the one happens behind the emission, the other not. */
static void
meddle_cb (SpotRunStore *store,
           GArray       *changes,
           gpointer      unused)
{
  spot_run_store_remove_feed (store, 2);
  g_assert_nonnull (spot_run_store_lookup (store, "x"));
  g_assert_true (spot_run_store_drain (store, G_MAXINT64));
  spot_test_store_push (store, "late:QUEUED");
  g_assert_false (spot_run_store_drain (store, G_MAXINT64));
  spot_run_store_flush (store);
  g_assert_null (spot_run_store_lookup (store, "late"));
  g_signal_handlers_disconnect_by_func (store, meddle_cb, NULL);
}

static void
test_meddling_listener (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED");
  g_autoptr(SpotTestDrains) drains = NULL;

  spot_test_store_push_to (store, 2, SPOT_RUN_BATCH_SNAPSHOT, "x:QUEUED");
  spot_run_store_flush (store);
  g_signal_connect (store, "drained", G_CALLBACK (meddle_cb), NULL);
  drains = spot_test_drains_new (store);
  spot_test_store_push (store, "a:EXECUTING");
  spot_run_store_flush (store);
  assert_drains (drains, "a:c2;x-:cm0;");
  spot_run_store_flush (store);
  assert_drains (drains, "late+:cm6;");
}

static void
collect_cb (gpointer run,
            gpointer ids)
{
  g_ptr_array_add (ids, (char *) spot_run_get_id (run));
}

static void
test_foreach (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED b:QUEUED c:QUEUED");
  g_autoptr(GPtrArray) ids = g_ptr_array_new ();

  spot_run_store_foreach (store, collect_cb, ids);
  g_assert_cmpuint (ids->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_nonnull (spot_run_store_lookup (store, ids->pdata[i]));
}

static void
test_finalize (void)
{
  SpotRunStore *store = spot_test_store_new ("a:QUEUED b:QUEUED");
  SpotRun *run = g_object_ref (spot_run_store_lookup (store, "a"));

  spot_test_store_push (store, "c:QUEUED");
  g_assert_finalize_object (store);
  g_assert_finalize_object (run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-store/waits-for-drain", test_waits_for_drain);
  g_test_add_func ("/run-store/coalesces", test_coalesces);
  g_test_add_func ("/run-store/change-undone", test_change_undone);
  g_test_add_func ("/run-store/drained-before-notify", test_drained_before_notify);
  g_test_add_func ("/run-store/budget", test_budget);
  g_test_add_func ("/run-store/budget-of-small-batches", test_budget_of_small_batches);
  g_test_add_func ("/run-store/previews", test_previews);
  g_test_add_func ("/run-store/commit-of-equal-row", test_commit_of_equal_row);
  g_test_add_func ("/run-store/preview-and-commit-at-once", test_preview_and_commit_at_once);
  g_test_add_func ("/run-store/half-commit-keeps-previews", test_half_commit_keeps_previews);
  g_test_add_func ("/run-store/preview-of-committed-run", test_preview_of_committed_run);
  g_test_add_func ("/run-store/late-preview", test_late_preview);
  g_test_add_func ("/run-store/refetch", test_refetch);
  g_test_add_func ("/run-store/79-removed", test_removed);
  g_test_add_func ("/run-store/removed-and-back", test_removed_and_back);
  g_test_add_func ("/run-store/removed-run-is-let-go", test_removed_run_is_let_go);
  g_test_add_func ("/run-store/not-showable", test_not_showable);
  g_test_add_func ("/run-store/feeds-are-combined", test_feeds_are_combined);
  g_test_add_func ("/run-store/end-stays", test_end_stays);
  g_test_add_func ("/run-store/feeds-in-any-order", test_feeds_in_any_order);
  g_test_add_func ("/run-store/feed-with-wrong-clock", test_feed_with_wrong_clock);
  g_test_add_func ("/run-store/left-columns", test_left_columns);
  g_test_add_func ("/run-store/left-columns-hide-no-end", test_left_columns_hide_no_end);
  g_test_add_func ("/run-store/left-twice", test_left_twice);
  g_test_add_func ("/run-store/remove-feed", test_remove_feed);
  g_test_add_func ("/run-store/remove-feed-in-mid-batch", test_remove_feed_in_mid_batch);
  g_test_add_func ("/run-store/meddling-listener", test_meddling_listener);
  g_test_add_func ("/run-store/foreach", test_foreach);
  g_test_add_func ("/run-store/finalize", test_finalize);
  return g_test_run ();
}
