/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-test-runs.h"

static SpotRunQuery *
query_of_text (const char *text)
{
  g_autoptr(SpotRunQuery) all = spot_run_query_new ();

  return spot_run_query_with_text (all, text);
}

static void
push (SpotRunStore *store,
      const char   *text)
{
  spot_test_store_push (store, text);
  spot_run_store_flush (store);
}

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
  g_autoptr(SpotRunQuery) query = query_of_text ("tag:x");
  g_autoptr(SpotRunQuery) other = query_of_text ("tag:y");
  g_autoptr(SpotRunList) list = spot_run_list_new (store, query);
  g_autoptr(SpotTestChanges) changes = spot_test_changes_new (G_LIST_MODEL (list));
  g_autoptr(SpotTestNotifies) notifies = spot_test_notifies_new (list);
  g_autofree char *names = NULL;

  spot_test_assert_ids (list, "c a");
  push (store, "b:QUEUED#x d:EXECUTING e:QUEUED");
  spot_test_assert_changes (changes, "1-0+1");
  push (store, "c:QUEUED");
  spot_test_assert_changes (changes, "0-1+0");
  push (store, "a:EXECUTING#x,y");
  spot_test_assert_changes (changes, "");
  push (store, "-a");
  spot_test_assert_changes (changes, "1-1+0");
  spot_test_assert_ids (list, "b");
  names = spot_test_notifies_take (notifies);
  g_assert_cmpstr (names, ==, "n-items n-items n-items");
  g_clear_pointer (&names, g_free);

  push (store, "a:QUEUED#y z:QUEUED#y,x");
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
  g_autoptr(SpotRunQuery) query = query_of_text ("-tag:no");
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

  push (store, "a:EXECUTING b:COMPLETED f:BRAND_NEW");
  assert_counts (list, "0 2 1 1 1");
  g_assert_cmpuint (n_signals, ==, 2);

  /* One for another: the counts are the same. */
  push (store, "a:COMPLETED b:EXECUTING");
  assert_counts (list, "0 2 1 1 1");
  g_assert_cmpuint (n_signals, ==, 2);

  push (store, "-c a:COMPLETED#no");
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
  push (store, "a:QUEUED c:QUEUED e:QUEUED");
  spot_test_assert_changes (changes, "");
  g_assert_cmpuint (spot_run_list_get_n_waiting (list), ==, 3);
  g_assert_false (spot_run_list_find (list, spot_run_store_lookup (store, "e"), NULL));
  assert_counts (list, "5 0 0 0 0");
  names = spot_test_notifies_take (notifies);
  g_assert_cmpstr (names, ==, "held n-waiting");

  /* Those that wait change and go like others, and nobody sees it. */
  push (store, "-c e:EXECUTING");
  g_assert_cmpuint (spot_run_list_get_n_waiting (list), ==, 2);
  assert_counts (list, "3 1 0 0 0");
  /* Those inside go on. */
  push (store, "-b");
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
  g_autoptr(SpotRunQuery) query = query_of_text ("tag:x");

  spot_run_list_set_held (list, TRUE);
  push (store, "a:QUEUED#x");
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
  g_autoptr(SpotRunQuery) query = query_of_text ("tag:x");
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
  push (store, "c:DELAYED a:DELAYED -e h:TIMED_OUT z:TIMED_OUT");
  g_assert_cmpuint (n_times, >, 1);
}

/* A plain reference: what should be in the list, sorted by the book. */
static int
compare_texts (const char *a,
               const char *b)
{
  int order = g_ascii_strcasecmp (a, b);

  return order != 0 ? order : strcmp (a, b);
}

static int
compare_reference (gconstpointer a,
                   gconstpointer b,
                   gpointer      user_data)
{
  static const int status_rank[SPOT_N_RUN_STATUSES] = {
    [SPOT_RUN_STATUS_DELAYED] = 1, [SPOT_RUN_STATUS_PENDING] = 2, [SPOT_RUN_STATUS_EXECUTING] = 6,
    [SPOT_RUN_STATUS_COMPLETED_SUCCESSFULLY] = 10, [SPOT_RUN_STATUS_CRASHED] = 14,
  };
  SpotRunList *list = user_data;
  SpotRun *x = *(SpotRun * const *) a;
  SpotRun *y = *(SpotRun * const *) b;
  gint64 created_x = spot_run_get_time (x, SPOT_COLUMN_CREATED_AT);
  gint64 created_y = spot_run_get_time (y, SPOT_COLUMN_CREATED_AT);
  int order = 0;

  switch (spot_run_list_get_sort (list))
    {
    case SPOT_RUN_SORT_STATUS:
      order = status_rank[spot_run_get_status (x)] - status_rank[spot_run_get_status (y)];
      break;
    case SPOT_RUN_SORT_TASK:
      order = compare_texts (spot_run_get_task (x), spot_run_get_task (y));
      break;
    case SPOT_RUN_SORT_PROGRESS:
      order = (spot_run_get_progress (x) > spot_run_get_progress (y)) - (spot_run_get_progress (x) < spot_run_get_progress (y));
      break;
    default:
      order = (created_x > created_y) - (created_x < created_y);
    }
  if (order == 0)
    order = ((created_x < created_y) - (created_x > created_y)) * (spot_run_list_get_descending (list) ? -1 : 1);
  if (spot_run_list_get_descending (list))
    order = -order;
  return order != 0 ? order : strcmp (spot_run_get_id (x), spot_run_get_id (y));
}

typedef struct
{
  SpotRunList *list;
  GPtrArray   *runs;
  guint        counts[SPOT_N_STATUS_GROUPS];
} Collection;

static void
collect_cb (gpointer run,
            gpointer user_data)
{
  Collection *collection = user_data;

  if (!spot_run_query_matches (spot_run_list_get_query (collection->list), run))
    return;
  g_ptr_array_add (collection->runs, run);
  collection->counts[spot_run_status_get_group (spot_run_get_status (run))] += spot_run_is_committed (run);
}

static void
assert_like_reference (SpotRunList  *list,
                       SpotRunStore *store)
{
  Collection collection = { .list = list, .runs = g_ptr_array_new () };

  spot_run_store_foreach (store, collect_cb, &collection);
  g_ptr_array_sort_with_data (collection.runs, compare_reference, list);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, collection.runs->len);
  for (guint i = 0; i < collection.runs->len; i++)
    {
      g_autoptr(SpotRun) run = g_list_model_get_item (G_LIST_MODEL (list), i);
      guint position;

      g_assert_true (run == collection.runs->pdata[i]);
      g_assert_true (spot_run_list_find (list, run, &position));
      g_assert_cmpuint (position, ==, i);
    }
  for (guint i = 0; i < SPOT_N_STATUS_GROUPS; i++)
    g_assert_cmpuint (spot_run_list_get_count (list, i), ==, collection.counts[i]);
  g_ptr_array_unref (collection.runs);
}

/* Listeners that meddle while the list is between two signals. */
typedef enum { MEDDLE_SORT, MEDDLE_QUERY, MEDDLE_HOLD, MEDDLE_UNHOLD, N_MEDDLES } Meddle;

static void
meddle_cb (SpotRunList *list,
           guint        position,
           guint        removed,
           guint        added,
           gpointer     meddle)
{
  g_autoptr(SpotRunQuery) query = NULL;

  g_signal_handlers_disconnect_by_func (list, meddle_cb, meddle);
  switch (GPOINTER_TO_INT (meddle))
    {
    case MEDDLE_SORT:
      spot_run_list_set_sort (list, SPOT_RUN_SORT_STATUS, TRUE);
      break;
    case MEDDLE_QUERY:
      query = query_of_text ("-id:d");
      spot_run_list_set_query (list, query);
      break;
    case MEDDLE_HOLD:
      spot_run_list_set_held (list, TRUE);
      break;
    default:
      spot_run_list_set_held (list, FALSE);
    }
}

/* Whatever happens between the signals, the end is the right one. */
static void
test_meddling_listener (void)
{
  for (Meddle meddle = 0; meddle < N_MEDDLES; meddle++)
    {
      g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED d:QUEUED f:QUEUED h:QUEUED j:QUEUED k:QUEUED n:QUEUED");
      g_autoptr(SpotRunList) list = spot_run_list_new (store, NULL);
      g_autoptr(SpotTestChanges) changes = NULL;

      spot_run_list_set_sort (list, SPOT_RUN_SORT_STATUS, FALSE);
      if (meddle == MEDDLE_UNHOLD)
        {
          spot_run_list_set_held (list, TRUE);
          push (store, "e:QUEUED g:QUEUED q:QUEUED");
          g_assert_cmpuint (spot_run_list_get_n_waiting (list), ==, 3);
        }
      /* The copy of the model hears of each change first, as it must: the one that meddles makes others. */
      changes = spot_test_changes_new (G_LIST_MODEL (list));
      g_signal_connect (list, "items-changed", G_CALLBACK (meddle_cb), GINT_TO_POINTER (meddle));
      push (store, "-a -k -f m:EXECUTING b:QUEUED c:DELAYED");
      g_assert_cmpuint (changes->n_signals, >, 1);
      assert_like_reference (list, store);

      push (store, "x:QUEUED h:EXECUTING");
      spot_run_list_set_held (list, FALSE);
      assert_like_reference (list, store);
    }
}

/* A run that comes while waiting ones are let in. */
static void
push_once_cb (SpotRunList  *list,
              guint         position,
              guint         removed,
              guint         added,
              SpotRunStore *store)
{
  g_signal_handlers_disconnect_by_func (list, push_once_cb, store);
  push (store, "p:QUEUED -b");
}

static void
test_drain_while_let_in (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("b:QUEUED d:QUEUED");
  g_autoptr(SpotRunList) list = spot_run_list_new (store, NULL);
  g_autoptr(SpotTestChanges) changes = spot_test_changes_new (G_LIST_MODEL (list));

  spot_run_list_set_held (list, TRUE);
  push (store, "a:QUEUED c:QUEUED e:QUEUED");
  g_signal_connect (list, "items-changed", G_CALLBACK (push_once_cb), store);
  spot_run_list_set_held (list, FALSE);
  spot_test_assert_ids (list, "p e d c a");
  assert_like_reference (list, store);
}

static char *
random_text (GRand *random)
{
  static const char * const statuses[] = { "DELAYED", "QUEUED", "EXECUTING", "COMPLETED", "CRASHED" };
  static const char * const tasks[] = { "import", "Import", "mail" };
  static const char * const tags[] = { "#x", "#y", "#x,y", "" };
  GString *text = g_string_new (NULL);
  int n = g_rand_int_range (random, 0, g_rand_boolean (random) ? 4 : 40);

  for (int i = 0; i < n; i++)
    {
      int id = g_rand_int_range (random, 0, 60);

      if (g_rand_int_range (random, 0, 6) == 0)
        g_string_append_printf (text, "-r%d ", id);
      else
        g_string_append_printf (text, "r%d:%s@%d/%s%%0.%d%s ", id, statuses[g_rand_int_range (random, 0, 5)],
                                g_rand_int_range (random, 0, 10) == 0 ? g_rand_int_range (random, 0, 20) : id / 2,
                                tasks[g_rand_int_range (random, 0, 3)], g_rand_int_range (random, 1, 9),
                                tags[g_rand_int_range (random, 0, 4)]);
    }
  return g_string_free (text, FALSE);
}

/* Random pushes to several lists; after each drain all are as if made anew, and every signal on the way was right. */
static void
test_random (void)
{
  static const SpotRunSort sorts[] = { SPOT_RUN_SORT_CREATED, SPOT_RUN_SORT_STATUS, SPOT_RUN_SORT_TASK, SPOT_RUN_SORT_PROGRESS };
  g_autoptr(GRand) random = g_rand_new_with_seed (20260821);
  g_autoptr(SpotRunStore) store = spot_run_store_new ();
  SpotRunList *lists[8];
  SpotTestChanges *changes[8];

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autoptr(SpotRunQuery) query = query_of_text (i % 3 == 0 ? "" : i % 3 == 1 ? "tag:x" : "-status:crashed");

      lists[i] = spot_run_list_new (store, query);
      spot_run_list_set_sort (lists[i], sorts[i / 2], i % 2 == 0);
      changes[i] = spot_test_changes_new (G_LIST_MODEL (lists[i]));
    }

  for (guint round = 0; round < 200; round++)
    {
      guint n_pushes = g_rand_int_range (random, 1, 4);

      for (guint i = 0; i < n_pushes; i++)
        {
          g_autofree char *text = random_text (random);

          spot_test_store_push_to (store, g_rand_int_range (random, 1, 4),
                                   round < 20 && g_rand_boolean (random) ? SPOT_RUN_BATCH_PREVIEW : SPOT_RUN_BATCH_CHANGES,
                                   text);
        }
      if (g_rand_int_range (random, 0, 40) == 0)
        spot_run_store_remove_feed (store, g_rand_int_range (random, 1, 4));
      for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
        changes[i]->n_signals = 0;
      spot_run_store_flush (store);
      for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
        {
          g_assert_cmpuint (changes[i]->n_signals, <=, 8);
          assert_like_reference (lists[i], store);
        }
    }
  g_assert_cmpuint (spot_run_store_get_n_runs (store), >, 10);

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      spot_test_changes_free (changes[i]);
      g_assert_finalize_object (lists[i]);
    }
}

/* The same while the list is held and let go at random: nothing is lost outside. */
static void
test_random_held (void)
{
  g_autoptr(GRand) random = g_rand_new_with_seed (4711);
  g_autoptr(SpotRunStore) store = spot_run_store_new ();
  g_autoptr(SpotRunQuery) query = query_of_text ("tag:x");
  g_autoptr(SpotRunList) list = spot_run_list_new (store, query);
  g_autoptr(SpotTestChanges) changes = NULL;

  spot_run_list_set_sort (list, SPOT_RUN_SORT_STATUS, FALSE);
  changes = spot_test_changes_new (G_LIST_MODEL (list));
  for (guint round = 0; round < 200; round++)
    {
      g_autofree char *text = random_text (random);
      guint n_inside = g_list_model_get_n_items (G_LIST_MODEL (list));
      Collection collection = { .list = list, .runs = g_ptr_array_new () };

      spot_run_list_set_held (list, round % 5 != 0);
      if (!spot_run_list_get_held (list))
        assert_like_reference (list, store);
      n_inside = g_list_model_get_n_items (G_LIST_MODEL (list));
      push (store, text);
      spot_run_store_foreach (store, collect_cb, &collection);
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)) + spot_run_list_get_n_waiting (list), ==,
                        collection.runs->len);
      if (spot_run_list_get_held (list))
        g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), <=, n_inside);
      g_ptr_array_unref (collection.runs);
    }
}

static void
count_signal_cb (GListModel *model,
                 guint       position,
                 guint       removed,
                 guint       added,
                 guint      *n_signals)
{
  ++*n_signals;
}

/* A long list: a thousand moves, and a thousand new runs all over it, are a handful of signals. */
static void
test_large (void)
{
  g_autoptr(SpotRunStore) store = spot_run_store_new ();
  g_autoptr(SpotRunBatch) snapshot = spot_run_batch_new (SPOT_RUN_BATCH_SNAPSHOT);
  g_autoptr(SpotRunBatch) moves = spot_run_batch_new (SPOT_RUN_BATCH_CHANGES);
  g_autoptr(SpotRunBatch) news = spot_run_batch_new (SPOT_RUN_BATCH_CHANGES);
  g_autoptr(SpotRunList) by_status = spot_run_list_new (store, NULL);
  g_autoptr(SpotRunList) by_time = spot_run_list_new (store, NULL);
  guint n_by_status = 0;
  guint n_by_time = 0;

  spot_run_list_set_sort (by_status, SPOT_RUN_SORT_STATUS, FALSE);
  g_signal_connect (by_status, "items-changed", G_CALLBACK (count_signal_cb), &n_by_status);
  g_signal_connect (by_time, "items-changed", G_CALLBACK (count_signal_cb), &n_by_time);
  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *word = g_strdup_printf ("run_%u:%s@%u", i, i % 3 == 0 ? "QUEUED" : "EXECUTING", i);
      g_autoptr(SpotRunRecord) record = spot_test_parse_record (word);

      spot_run_batch_add (snapshot, record, FALSE);
    }
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *word = g_strdup_printf ("run_%u:COMPLETED@%u", i * 97, i * 97);
      g_autofree char *new_word = g_strdup_printf ("new_%u:QUEUED@%u.5", i, i * 97);
      g_autoptr(SpotRunRecord) record = spot_test_parse_record (word);
      g_autoptr(SpotRunRecord) new_record = spot_test_parse_record (new_word);

      spot_run_batch_add (moves, record, FALSE);
      spot_run_batch_add (news, new_record, FALSE);
    }

  spot_run_store_push (store, 1, snapshot);
  spot_run_store_flush (store);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (by_status)), ==, 100000);
  g_assert_cmpuint (n_by_status, ==, 1);
  g_assert_cmpuint (n_by_time, ==, 1);

  spot_run_store_push (store, 1, moves);
  spot_run_store_flush (store);
  g_assert_cmpuint (n_by_status, ==, 2);
  g_assert_cmpuint (n_by_time, ==, 1);
  g_assert_cmpuint (spot_run_list_get_count (by_time, SPOT_STATUS_GROUP_GOOD), ==, 1000);

  spot_run_store_push (store, 1, news);
  spot_run_store_flush (store);
  g_assert_cmpuint (n_by_time, ==, 1 + 8);
  g_assert_cmpuint (n_by_status, <=, 2 + 8);
  assert_like_reference (by_status, store);
  assert_like_reference (by_time, store);
}

static void
test_properties (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED b:QUEUED");
  g_autoptr(SpotRunList) list = spot_run_list_new (store, NULL);
  g_autoptr(SpotRunQuery) query = query_of_text ("id:a");
  g_autoptr(SpotRunQuery) read = NULL;
  SpotRunSort sort;
  gboolean descending, held;
  guint n_waiting, n_items;

  g_object_set (list, "query", query, "sort", SPOT_RUN_SORT_TASK, "descending", FALSE, "held", TRUE, NULL);
  push (store, "aa:QUEUED");
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
  push (store, "c:QUEUED");
  g_assert_finalize_object (list);
  /* The store goes on without it. */
  push (store, "d:QUEUED");
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
  g_test_add_func ("/run-list/meddling-listener", test_meddling_listener);
  g_test_add_func ("/run-list/drain-while-let-in", test_drain_while_let_in);
  g_test_add_func ("/run-list/random", test_random);
  g_test_add_func ("/run-list/random-held", test_random_held);
  g_test_add_func ("/run-list/large", test_large);
  g_test_add_func ("/run-list/properties", test_properties);
  g_test_add_func ("/run-list/finalize", test_finalize);
  return g_test_run ();
}
