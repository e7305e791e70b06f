/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-test-runs.h"

static void
test_newest_first (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("b:QUEUED d:QUEUED a:QUEUED c:QUEUED");
  g_autoptr(SpotRunList) list = spot_run_list_new (store, NULL);
  g_autoptr(SpotRun) first = NULL;

  spot_test_assert_ids (list, "d c b a");
  first = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_true (first == spot_run_store_lookup (store, "d"));
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), 4));
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (list)) == SPOT_TYPE_RUN);
  g_assert_true (spot_run_list_get_store (list) == store);
  g_assert_nonnull (spot_run_list_get_query (list));
}

/* One drain, told as few and small changes. */
static void
test_changes (void)
{
  static const struct
  {
    const char *before;
    SpotRunSort sort;
    gboolean    descending;
    const char *push;
    const char *changes;
    const char *after;
  } cases[] = {
    /* New runs, neighbours in one. */
    { "a:QUEUED", SPOT_RUN_SORT_CREATED, TRUE, "b:QUEUED", "0-0+1", "b a" },
    { "a:QUEUED", SPOT_RUN_SORT_CREATED, FALSE, "b:QUEUED", "1-0+1", "a b" },
    { "", SPOT_RUN_SORT_CREATED, TRUE, "b:QUEUED a:QUEUED c:QUEUED", "0-0+3", "c b a" },
    { "a:QUEUED c:QUEUED e:QUEUED", SPOT_RUN_SORT_CREATED, TRUE, "b:QUEUED d:QUEUED", "1-0+1 3-0+1", "e d c b a" },
    /* What the list is not sorted by is no change of the list. */
    { "a:QUEUED b:EXECUTING c:QUEUED", SPOT_RUN_SORT_CREATED, TRUE, "b:COMPLETED", "", "c b a" },
    /* Leaving. */
    { "a:QUEUED b:QUEUED c:QUEUED", SPOT_RUN_SORT_CREATED, TRUE, "-b", "1-1+0", "c a" },
    { "a:QUEUED b:QUEUED c:QUEUED d:QUEUED", SPOT_RUN_SORT_CREATED, TRUE, "-b -c", "1-2+0", "d a" },
    { "a:QUEUED b:QUEUED c:QUEUED d:QUEUED", SPOT_RUN_SORT_CREATED, TRUE, "-b -d", "0-1+0 1-1+0", "c a" },
    /* One goes where another comes. */
    { "a:QUEUED c:QUEUED e:QUEUED", SPOT_RUN_SORT_CREATED, TRUE, "-c d:QUEUED", "1-1+1", "e d a" },
    /* Moves: taken out and put in by the same signal. */
    { "a:QUEUED b:QUEUED c:QUEUED d:QUEUED", SPOT_RUN_SORT_STATUS, FALSE, "d:EXECUTING", "0-4+4", "c b a d" },
    { "a:QUEUED b:QUEUED c:QUEUED d:QUEUED", SPOT_RUN_SORT_STATUS, FALSE, "b:EXECUTING", "2-2+2", "d c a b" },
    { "a:QUEUED b:QUEUED c:QUEUED d:QUEUED", SPOT_RUN_SORT_STATUS, FALSE, "a:EXECUTING", "", "d c b a" },
    { "a:QUEUED b:QUEUED c:QUEUED d:QUEUED", SPOT_RUN_SORT_STATUS, FALSE, "a:DELAYED", "0-4+4", "a d c b" },
    { "a:QUEUED b:QUEUED c:QUEUED d:QUEUED", SPOT_RUN_SORT_STATUS, FALSE, "a:EXECUTING b:EXECUTING", "", "d c b a" },
    { "a:QUEUED b:QUEUED c:QUEUED d:QUEUED", SPOT_RUN_SORT_STATUS, FALSE, "d:EXECUTING b:EXECUTING", "0-4+4", "c a d b" },
    /* The first of two that move comes to stand where it was. */
    { "a:QUEUED b:QUEUED c:QUEUED d:QUEUED", SPOT_RUN_SORT_STATUS, FALSE, "d:DELAYED a:DELAYED", "1-3+3", "d a c b" },
    { "a:QUEUED b:QUEUED c:QUEUED d:QUEUED", SPOT_RUN_SORT_STATUS, FALSE, "a:EXECUTING d:EXECUTING", "0-3+3", "c b d a" },
    /* Everything changes and nothing moves. */
    { "a:QUEUED b:QUEUED c:QUEUED", SPOT_RUN_SORT_STATUS, FALSE, "a:EXECUTING b:EXECUTING c:EXECUTING", "", "c b a" },
    /* Two far apart. */
    { "a:QUEUED b:EXECUTING c:EXECUTING d:EXECUTING e:COMPLETED", SPOT_RUN_SORT_STATUS, FALSE, "-a -e", "0-1+0 3-1+0", "d c b" },
    { "a:QUEUED b:EXECUTING c:EXECUTING d:EXECUTING e:COMPLETED", SPOT_RUN_SORT_STATUS, FALSE, "f:QUEUED g:CRASHED",
      "0-0+1 6-0+1", "f a d c b e g" },
    { "a:QUEUED b:QUEUED", SPOT_RUN_SORT_CREATED, TRUE, "", "", "b a" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SpotRunStore) store = spot_test_store_new (cases[i].before);
      g_autoptr(SpotRunList) list = spot_run_list_new (store, NULL);
      g_autoptr(SpotTestChanges) changes = NULL;

      spot_run_list_set_sort (list, cases[i].sort, cases[i].descending);
      changes = spot_test_changes_new (G_LIST_MODEL (list));
      spot_test_store_push (store, cases[i].push);
      spot_test_assert_changes (changes, "");
      spot_run_store_flush (store);
      spot_test_assert_changes (changes, cases[i].changes);
      spot_test_assert_ids (list, cases[i].after);
    }
}

static void
test_sorts (void)
{
  static const struct
  {
    const char *runs;
    SpotRunSort sort;
    const char *ascending;
    const char *descending;
  } cases[] = {
    { "a:QUEUED b:QUEUED c:QUEUED", SPOT_RUN_SORT_CREATED, "a b c", "c b a" },
    /* Ties by id. */
    { "b:QUEUED@5 a:QUEUED@5 c:QUEUED@5", SPOT_RUN_SORT_CREATED, "a b c", "a b c" },
    /* Ties with the newest first, in both directions. */
    { "a:COMPLETED b:QUEUED c:DELAYED d:QUEUED e:NEW_WORD f:EXECUTING", SPOT_RUN_SORT_STATUS, "c d b f e a", "a e f d b c" },
    { "a:QUEUED/mail b:QUEUED/Import c:QUEUED/import d:QUEUED/mail", SPOT_RUN_SORT_TASK, "b c d a", "d a c b" },
    { "a:EXECUTING%0.5 b:EXECUTING c:EXECUTING%0.25 d:EXECUTING%0.5", SPOT_RUN_SORT_PROGRESS, "b c d a", "d a c b" },
    { "a:EXECUTING#x b:EXECUTING c:EXECUTING#x,y d:EXECUTING#B e:EXECUTING#a,z", SPOT_RUN_SORT_TAGS, "b e d a c", "c a d e b" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SpotRunStore) store = spot_test_store_new (cases[i].runs);
      g_autoptr(SpotRunList) list = spot_run_list_new (store, NULL);

      spot_run_list_set_sort (list, cases[i].sort, FALSE);
      spot_test_assert_ids (list, cases[i].ascending);
      g_object_set (list, "descending", TRUE, NULL);
      spot_test_assert_ids (list, cases[i].descending);
    }
}

static void
add_duration (SpotRunBatch *batch,
              const char   *id,
              double        started,
              double        ended)
{
  g_autofree char *started_at = started >= 0 ? spot_test_time (started) : NULL;
  g_autofree char *ended_at = ended >= 0 ? spot_test_time (ended) : NULL;
  g_autoptr(SpotRunRecord) record
      = spot_test_record (NULL, SPOT_COLUMN_FRIENDLY_ID, id, SPOT_COLUMN_CREATED_AT, "2026-08-21T09:12:00.000",
                          SPOT_COLUMN_STATUS, "EXECUTING", SPOT_COLUMN_STARTED_AT, started_at, SPOT_COLUMN_COMPLETED_AT,
                          ended_at, SPOT_TEST_END);

  spot_run_batch_add (batch, record, FALSE);
}

/* Those that run are the longest, the earliest start first; those that have not begun the shortest. */
static void
test_sort_by_duration (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();
  g_autoptr(SpotRunBatch) batch = spot_run_batch_new (SPOT_RUN_BATCH_SNAPSHOT);
  g_autoptr(SpotRunList) list = spot_run_list_new (store, NULL);

  add_duration (batch, "short", 100, 101);
  add_duration (batch, "running-late", 90, -1);
  add_duration (batch, "long", 0, 5000);
  add_duration (batch, "waiting", -1, -1);
  add_duration (batch, "running-early", 80, -1);
  add_duration (batch, "none", 100, 100);
  spot_run_store_push (store, 1, batch);
  spot_run_store_flush (store);
  spot_run_list_set_sort (list, SPOT_RUN_SORT_DURATION, TRUE);
  spot_test_assert_ids (list, "running-early running-late long short none waiting");
}

static void
test_set_sort (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:EXECUTING b:QUEUED c:EXECUTING d:QUEUED");
  g_autoptr(SpotRunList) list = spot_run_list_new (store, NULL);
  g_autoptr(SpotTestChanges) changes = spot_test_changes_new (G_LIST_MODEL (list));
  g_autoptr(SpotTestNotifies) notifies = spot_test_notifies_new (list);
  g_autofree char *names = NULL;

  spot_run_list_set_sort (list, SPOT_RUN_SORT_CREATED, TRUE);
  spot_test_assert_changes (changes, "");
  spot_run_list_set_sort (list, SPOT_RUN_SORT_STATUS, FALSE);
  spot_test_assert_ids (list, "d b c a");
  /* Those at the ends stay. */
  spot_test_assert_changes (changes, "1-2+2");
  names = spot_test_notifies_take (notifies);
  g_assert_cmpstr (names, ==, "descending sort");
  g_assert_cmpint (spot_run_list_get_sort (list), ==, SPOT_RUN_SORT_STATUS);
  g_assert_false (spot_run_list_get_descending (list));
}

static void
test_query (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED#x b:QUEUED c:QUEUED#x d:QUEUED");
  g_autoptr(SpotRunQuery) query = spot_test_query_new ("tag:x");
  g_autoptr(SpotRunQuery) other = spot_test_query_new ("tag:y");
  g_autoptr(SpotRunList) list = spot_run_list_new (store, query);
  g_autoptr(SpotTestChanges) changes = spot_test_changes_new (G_LIST_MODEL (list));
  g_autoptr(SpotTestNotifies) notifies = spot_test_notifies_new (list);
  g_autofree char *names = NULL;

  spot_test_assert_ids (list, "c a");
  spot_test_store_push_now (store, "b:QUEUED#x d:EXECUTING e:QUEUED");
  spot_test_assert_changes (changes, "1-0+1");
  spot_test_store_push_now (store, "c:QUEUED");
  spot_test_assert_changes (changes, "0-1+0");
  spot_test_store_push_now (store, "a:EXECUTING#x,y");
  spot_test_assert_changes (changes, "");
  spot_test_store_push_now (store, "-a");
  spot_test_assert_changes (changes, "1-1+0");
  spot_test_assert_ids (list, "b");
  names = spot_test_notifies_take (notifies);
  g_assert_cmpstr (names, ==, "n-items n-items n-items");
  g_clear_pointer (&names, g_free);

  spot_test_store_push_now (store, "a:QUEUED#y z:QUEUED#y,x");
  spot_test_assert_changes (changes, "0-0+1");
  g_clear_pointer (&names, g_free);
  names = spot_test_notifies_take (notifies);
  spot_run_list_set_query (list, other);
  spot_test_assert_changes (changes, "1-1+1");
  spot_test_assert_ids (list, "z a");
  g_clear_pointer (&names, g_free);
  names = spot_test_notifies_take (notifies);
  g_assert_cmpstr (names, ==, "query");
  spot_run_list_set_query (list, other);
  spot_test_assert_changes (changes, "");

  spot_run_list_set_query (list, NULL);
  spot_test_assert_ids (list, "z e d c b a");
}

/* A query by feed follows runs in and out of it. */
static void
test_feed_query (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED+5 b:QUEUED");
  g_autoptr(SpotRunQuery) all = spot_run_query_new ();
  g_autoptr(SpotRunQuery) query = spot_run_query_with_feed (all, 2);
  g_autoptr(SpotRunList) list = spot_run_list_new (store, query);

  spot_test_assert_ids (list, "");
  spot_test_store_push_to (store, 2, SPOT_RUN_BATCH_SNAPSHOT, "a:QUEUED+5 c:QUEUED");
  spot_run_store_flush (store);
  spot_test_assert_ids (list, "c a");
  spot_test_store_push_to (store, 2, SPOT_RUN_BATCH_CHANGES, "-a");
  spot_run_store_flush (store);
  spot_test_assert_ids (list, "c");
  spot_run_store_remove_feed (store, 2);
  spot_test_assert_ids (list, "");
  g_assert_cmpuint (spot_run_store_get_n_runs (store), ==, 2);
}

static void
count_cb (SpotRunList *list,
          guint       *n_times)
{
  ++*n_times;
}

static void
assert_counts (SpotRunList *list,
               const char  *expected)
{
  g_autofree char *counts = NULL;

  counts = g_strdup_printf ("%u %u %u %u %u", spot_run_list_get_count (list, SPOT_STATUS_GROUP_WAITING),
                            spot_run_list_get_count (list, SPOT_STATUS_GROUP_RUNNING),
                            spot_run_list_get_count (list, SPOT_STATUS_GROUP_GOOD),
                            spot_run_list_get_count (list, SPOT_STATUS_GROUP_BAD),
                            spot_run_list_get_count (list, SPOT_STATUS_GROUP_NEUTRAL));
  g_assert_cmpstr (counts, ==, expected);
}

static void
test_counts (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();
  g_autoptr(SpotRunQuery) query = spot_test_query_new ("-tag:no");
  g_autoptr(SpotRunList) list = spot_run_list_new (store, query);
  guint n_signals = 0;

  g_signal_connect (list, "counts-changed", G_CALLBACK (count_cb), &n_signals);
  spot_test_store_push_to (store, 1, SPOT_RUN_BATCH_PREVIEW, "a:QUEUED b:EXECUTING c:FAILED d:CANCELED");
  spot_run_store_flush (store);
  /* Shown, but not counted. */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 4);
  assert_counts (list, "0 0 0 0 0");
  g_assert_cmpuint (n_signals, ==, 0);

  spot_test_store_push_to (store, 1, SPOT_RUN_BATCH_SNAPSHOT, "a:QUEUED b:EXECUTING c:FAILED d:CANCELED e:FAILED#no");
  spot_run_store_flush (store);
  assert_counts (list, "1 1 0 1 1");
  g_assert_cmpuint (n_signals, ==, 1);

  spot_test_store_push_now (store, "a:EXECUTING b:COMPLETED f:BRAND_NEW");
  assert_counts (list, "0 2 1 1 1");
  g_assert_cmpuint (n_signals, ==, 2);

  /* One for another: the counts are the same. */
  spot_test_store_push_now (store, "a:COMPLETED b:EXECUTING");
  assert_counts (list, "0 2 1 1 1");
  g_assert_cmpuint (n_signals, ==, 2);

  spot_test_store_push_now (store, "-c a:COMPLETED#no");
  assert_counts (list, "0 2 0 0 1");
  g_assert_cmpuint (n_signals, ==, 3);

  spot_run_list_set_query (list, NULL);
  assert_counts (list, "0 2 1 1 1");
  g_assert_cmpuint (n_signals, ==, 4);
}

static void
test_held (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("b:QUEUED d:QUEUED");
  g_autoptr(SpotRunList) list = spot_run_list_new (store, NULL);
  g_autoptr(SpotTestChanges) changes = spot_test_changes_new (G_LIST_MODEL (list));
  g_autoptr(SpotTestNotifies) notifies = spot_test_notifies_new (list);
  g_autofree char *names = NULL;
  g_autofree char *more = NULL;

  spot_run_list_set_held (list, TRUE);
  spot_run_list_set_held (list, TRUE);
  spot_test_store_push_now (store, "a:QUEUED c:QUEUED e:QUEUED");
  spot_test_assert_changes (changes, "");
  g_assert_cmpuint (spot_run_list_get_n_waiting (list), ==, 3);
  g_assert_false (spot_run_list_find (list, spot_run_store_lookup (store, "e"), NULL));
  assert_counts (list, "5 0 0 0 0");
  names = spot_test_notifies_take (notifies);
  g_assert_cmpstr (names, ==, "held n-waiting");

  /* Those that wait change and go like others, and nobody sees it. */
  spot_test_store_push_now (store, "-c e:EXECUTING");
  g_assert_cmpuint (spot_run_list_get_n_waiting (list), ==, 2);
  assert_counts (list, "3 1 0 0 0");
  /* Those inside go on. */
  spot_test_store_push_now (store, "-b");
  spot_test_assert_changes (changes, "1-1+0");

  spot_run_list_set_held (list, FALSE);
  spot_test_assert_changes (changes, "0-0+1 2-0+1");
  spot_test_assert_ids (list, "e d a");
  g_assert_cmpuint (spot_run_list_get_n_waiting (list), ==, 0);
  more = spot_test_notifies_take (notifies);
  g_assert_cmpstr (more, ==, "held n-items n-items n-waiting n-waiting");
}

/* A new order leaves waiting runs waiting; a new query shows what it asks for. */
static void
test_held_and_rebuilt (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("b:QUEUED#x d:QUEUED");
  g_autoptr(SpotRunList) list = spot_run_list_new (store, NULL);
  g_autoptr(SpotRunQuery) query = spot_test_query_new ("tag:x");

  spot_run_list_set_held (list, TRUE);
  spot_test_store_push_now (store, "a:QUEUED#x");
  spot_run_list_set_sort (list, SPOT_RUN_SORT_CREATED, FALSE);
  spot_test_assert_ids (list, "b d");
  g_assert_cmpuint (spot_run_list_get_n_waiting (list), ==, 1);
  spot_run_list_set_query (list, query);
  spot_test_assert_ids (list, "a b");
  g_assert_cmpuint (spot_run_list_get_n_waiting (list), ==, 0);
  g_assert_true (spot_run_list_get_held (list));
}

static void
test_find (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED#x b:QUEUED#x c:QUEUED");
  g_autoptr(SpotRunQuery) query = spot_test_query_new ("tag:x");
  g_autoptr(SpotRunList) list = spot_run_list_new (store, query);
  guint position = 99;

  g_assert_true (spot_run_list_find (list, spot_run_store_lookup (store, "a"), &position));
  g_assert_cmpuint (position, ==, 1);
  g_assert_true (spot_run_list_find (list, spot_run_store_lookup (store, "b"), &position));
  g_assert_cmpuint (position, ==, 0);
  g_assert_false (spot_run_list_find (list, spot_run_store_lookup (store, "c"), &position));
  g_assert_false (spot_run_list_find (list, NULL, &position));
}

/* In the middle of a drain with several signals, each state is one that can be searched. */
static void
find_all_cb (GListModel *model,
             guint       position,
             guint       removed,
             guint       added,
             guint      *n_times)
{
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr(SpotRun) run = g_list_model_get_item (model, i);
      guint found = G_MAXUINT;

      g_assert_true (spot_run_list_find (SPOT_RUN_LIST (model), run, &found));
      g_assert_cmpuint (found, ==, i);
    }
  ++*n_times;
}

static void
test_find_in_mid_drain (void)
{
  g_autoptr(SpotRunStore) store
      = spot_test_store_new ("a:QUEUED b:QUEUED c:QUEUED d:EXECUTING e:EXECUTING f:EXECUTING g:CRASHED h:CRASHED i:CRASHED");
  g_autoptr(SpotRunList) list = spot_run_list_new (store, NULL);
  guint n_times = 0;

  spot_run_list_set_sort (list, SPOT_RUN_SORT_STATUS, FALSE);
  g_signal_connect (list, "items-changed", G_CALLBACK (find_all_cb), &n_times);
  spot_test_store_push_now (store, "c:DELAYED a:DELAYED -e h:TIMED_OUT z:TIMED_OUT");
  g_assert_cmpuint (n_times, >, 1);
}

static void
test_properties (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED b:QUEUED");
  g_autoptr(SpotRunList) list = spot_run_list_new (store, NULL);
  g_autoptr(SpotRunQuery) query = spot_test_query_new ("id:a");
  g_autoptr(SpotRunQuery) read = NULL;
  SpotRunSort sort;
  gboolean descending, held;
  guint n_waiting, n_items;

  g_object_set (list, "query", query, "sort", SPOT_RUN_SORT_TASK, "descending", FALSE, "held", TRUE, NULL);
  spot_test_store_push_now (store, "aa:QUEUED");
  g_object_get (list, "query", &read, "sort", &sort, "descending", &descending, "held", &held, "n-waiting", &n_waiting,
                "n-items", &n_items, NULL);
  g_assert_true (read == query);
  g_assert_cmpint (sort, ==, SPOT_RUN_SORT_TASK);
  g_assert_false (descending);
  g_assert_true (held);
  g_assert_cmpuint (n_waiting, ==, 1);
  g_assert_cmpuint (n_items, ==, 1);
}

static void
test_finalize (void)
{
  SpotRunStore *store = spot_test_store_new ("a:QUEUED b:QUEUED");
  SpotRunList *list = spot_run_list_new (store, NULL);

  spot_run_list_set_held (list, TRUE);
  spot_test_store_push_now (store, "c:QUEUED");
  g_assert_finalize_object (list);
  /* The store goes on without it. */
  spot_test_store_push_now (store, "d:QUEUED");
  g_assert_finalize_object (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-list/newest-first", test_newest_first);
  g_test_add_func ("/run-list/changes", test_changes);
  g_test_add_func ("/run-list/sorts", test_sorts);
  g_test_add_func ("/run-list/sort-by-duration", test_sort_by_duration);
  g_test_add_func ("/run-list/set-sort", test_set_sort);
  g_test_add_func ("/run-list/query", test_query);
  g_test_add_func ("/run-list/feed-query", test_feed_query);
  g_test_add_func ("/run-list/counts", test_counts);
  g_test_add_func ("/run-list/held", test_held);
  g_test_add_func ("/run-list/held-and-rebuilt", test_held_and_rebuilt);
  g_test_add_func ("/run-list/find", test_find);
  g_test_add_func ("/run-list/find-in-mid-drain", test_find_in_mid_drain);
  g_test_add_func ("/run-list/properties", test_properties);
  g_test_add_func ("/run-list/finalize", test_finalize);
  return g_test_run ();
}
