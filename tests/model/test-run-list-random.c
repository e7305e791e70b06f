/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-test-runs.h"

/* A list against a plain one, through whatever happens to it. */

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
      query = spot_test_query_new ("-id:d");
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
          spot_test_store_push_now (store, "e:QUEUED g:QUEUED q:QUEUED");
          g_assert_cmpuint (spot_run_list_get_n_waiting (list), ==, 3);
        }
      /* The copy of the model hears of each change first, as it must: the one that meddles makes others. */
      changes = spot_test_changes_new (G_LIST_MODEL (list));
      g_signal_connect (list, "items-changed", G_CALLBACK (meddle_cb), GINT_TO_POINTER (meddle));
      spot_test_store_push_now (store, "-a -k -f m:EXECUTING b:QUEUED c:DELAYED");
      g_assert_cmpuint (changes->n_signals, >, 1);
      assert_like_reference (list, store);

      spot_test_store_push_now (store, "x:QUEUED h:EXECUTING");
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
  spot_test_store_push_now (store, "p:QUEUED -b");
}

static void
test_drain_while_let_in (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("b:QUEUED d:QUEUED");
  g_autoptr(SpotRunList) list = spot_run_list_new (store, NULL);
  g_autoptr(SpotTestChanges) changes = spot_test_changes_new (G_LIST_MODEL (list));

  spot_run_list_set_held (list, TRUE);
  spot_test_store_push_now (store, "a:QUEUED c:QUEUED e:QUEUED");
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
      g_autoptr(SpotRunQuery) query = spot_test_query_new (i % 3 == 0 ? "" : i % 3 == 1 ? "tag:x" : "-status:crashed");

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
  g_autoptr(SpotRunQuery) query = spot_test_query_new ("tag:x");
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
      spot_test_store_push_now (store, text);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-list-random/meddling-listener", test_meddling_listener);
  g_test_add_func ("/run-list-random/drain-while-let-in", test_drain_while_let_in);
  g_test_add_func ("/run-list-random/random", test_random);
  g_test_add_func ("/run-list-random/random-held", test_random_held);
  g_test_add_func ("/run-list-random/large", test_large);
  return g_test_run ();
}
