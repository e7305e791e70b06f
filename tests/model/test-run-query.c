/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-test-runs.h"

#define BIT(name) SPOT_COLUMN_BIT (SPOT_COLUMN_##name)

static SpotRun *
new_run (void)
{
  g_autoptr(SpotRunRecord) record
      = spot_test_record (NULL,
                          SPOT_COLUMN_FRIENDLY_ID, "run_Abc123",
                          SPOT_COLUMN_TASK_IDENTIFIER, "import-csv",
                          SPOT_COLUMN_CREATED_AT, "2026-08-21T09:12:00.000",
                          SPOT_COLUMN_STATUS, "COMPLETED_WITH_ERRORS",
                          SPOT_COLUMN_COMPLETED_AT, "2026-08-21T09:13:00.000",
                          SPOT_COLUMN_IS_TEST, "t",
                          SPOT_COLUMN_RUN_TAGS, "{\"user:42\",\"Zürich Office\"}",
                          SPOT_COLUMN_METADATA, "{\"label\":\"Lädt Zeilen\",\"customer\":\"ACME\"}",
                          SPOT_COLUMN_ERROR, "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"TypeError\",\"message\":\"x of undefined\"}",
                          SPOT_TEST_END);

  return spot_run_new (record);
}

static void
test_text (void)
{
  static const struct
  {
    const char *text;
    gboolean    matches;
  } cases[] = {
    { "", TRUE }, { "   ", TRUE }, { "-", TRUE }, { "tag:", TRUE }, { "\"\"", TRUE },
    /* Anywhere, in any case. */
    { "abc123", TRUE }, { "RUN_abc", TRUE }, { "csv", TRUE }, { "USER:42", TRUE }, { "typeerror", TRUE },
    { "undefined", TRUE }, { "acme", TRUE }, { "failed", TRUE }, { "nothing", FALSE }, { "COMPLETED_WITH_ERRORS", TRUE },
    /* Completed is not what it is. */
    { "completed", FALSE },
    /* Beyond ASCII. */
    { "ZÜRICH", TRUE }, { "zürich", TRUE }, { "lädt", TRUE }, { "LÄDT", TRUE }, { "zurich", FALSE }, { "日本", FALSE },
    /* All words. */
    { "csv acme", TRUE }, { "acme  csv\t42", TRUE }, { "csv nothing", FALSE },
    { "\"zürich office\"", TRUE }, { "\"office zürich\"", FALSE }, { "office zürich", TRUE }, { "\"zürich off", TRUE },
    /* Without. */
    { "-nothing", TRUE }, { "-csv", FALSE }, { "csv -acme", FALSE }, { "csv -nothing", TRUE }, { "--user", TRUE }, { "--csv", FALSE },
    { "-\"zürich office\"", FALSE },
    /* In one place. */
    { "tag:user", TRUE }, { "tag:csv", FALSE }, { "TAG:USER:42", TRUE }, { "tag:\"zürich o\"", TRUE }, { "-tag:user", FALSE },
    { "task:import", TRUE }, { "task:user", FALSE }, { "id:abc", TRUE }, { "id:csv", FALSE }, { "-id:csv", TRUE },
    { "status:failed", TRUE }, { "status:FAIL", TRUE }, { "status:ailed", FALSE }, { "status:completed", FALSE },
    { "status:completed_with_errors", TRUE }, { "status:\"completed with errors\"", TRUE }, { "-status:failed", FALSE },
    { "is:test", TRUE }, { "IS:TEST", TRUE }, { "-is:test", FALSE },
    /* No prefix of ours: a word like any other. */
    { "user:42", TRUE }, { "is:nice", FALSE }, { "foo:bar", FALSE },
    /* Not UTF-8. */
    { "csv \xff", FALSE }, { "\xc3", FALSE },
  };
  g_autoptr(SpotRun) run = new_run ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SpotRunQuery) all = spot_run_query_new ();
      g_autoptr(SpotRunQuery) query = spot_run_query_with_text (all, cases[i].text);

      if (spot_run_query_matches (query, run) != cases[i].matches)
        g_error ("\"%s\" should%s match", cases[i].text, cases[i].matches ? "" : " not");
    }
}

static void
test_status_words (void)
{
  static const struct
  {
    const char *raw;
    const char *text;
    gboolean    matches;
  } cases[] = {
    { "TIMED_OUT", "status:timed_out", TRUE }, { "TIMED_OUT", "status:\"timed out\"", TRUE },
    { "TIMED_OUT", "status:timed-out", TRUE }, { "TIMED_OUT", "timed_out", TRUE }, { "TIMED_OUT", "\"timed out\"", TRUE },
    { "PENDING", "status:queued", TRUE }, { "PENDING", "status:pending", TRUE }, { "PENDING_VERSION", "status:pending", TRUE },
    { "DEQUEUED", "status:starting", TRUE }, { "DEQUEUED", "starting", TRUE }, { "PENDING", "starting", FALSE },
    { "WAITING_TO_RESUME", "status:frozen", TRUE }, { "WAITING_TO_RESUME", "status:waiting", TRUE },
    { "COMPLETED_SUCCESSFULLY", "status:completed", TRUE }, { "COMPLETED_SUCCESSFULLY", "completed", TRUE },
    { "BRAND_NEW", "status:brand", TRUE }, { "BRAND_NEW", "new", TRUE }, { "BRAND_NEW", "status:running", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *word = g_strdup_printf ("a:%s", cases[i].raw);
      g_autoptr(SpotRunRecord) record = spot_test_parse_record (word);
      g_autoptr(SpotRun) run = spot_run_new (record);
      g_autoptr(SpotRunQuery) all = spot_run_query_new ();
      g_autoptr(SpotRunQuery) query = spot_run_query_with_text (all, cases[i].text);

      if (spot_run_query_matches (query, run) != cases[i].matches)
        g_error ("\"%s\" should%s match %s", cases[i].text, cases[i].matches ? "" : " not", cases[i].raw);
    }
}

/* As many words as somebody pastes; the search stays bounded. */
static void
test_many_words (void)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(SpotRunQuery) all = spot_run_query_new ();
  g_autoptr(SpotRunQuery) query = NULL;
  g_autoptr(SpotRun) run = new_run ();

  for (guint i = 0; i < 100000; i++)
    g_string_append (text, "csv ");
  query = spot_run_query_with_text (all, text->str);
  g_assert_true (spot_run_query_matches (query, run));
}

static void
test_conditions (void)
{
  g_autoptr(SpotRun) run = new_run ();
  g_autoptr(SpotRunQuery) all = spot_run_query_new ();
  g_autoptr(SpotRunQuery) this_run = spot_run_query_with_run (all, "run_Abc123");
  g_autoptr(SpotRunQuery) other_run = spot_run_query_with_run (all, "run_abc123");
  g_autoptr(SpotRunQuery) both_runs = spot_run_query_with_run (this_run, "run_x");
  g_autoptr(SpotRunQuery) tag = spot_run_query_with_tags (all, (const char *[]) { "user:42", NULL });
  g_autoptr(SpotRunQuery) tags = spot_run_query_with_tags (tag, (const char *[]) { "Zürich Office", NULL });
  g_autoptr(SpotRunQuery) part = spot_run_query_with_tags (all, (const char *[]) { "user", NULL });
  g_autoptr(SpotRunQuery) too_many = spot_run_query_with_tags (all, (const char *[]) { "user:42", "more", NULL });
  g_autoptr(SpotRunQuery) no_tags = spot_run_query_with_tags (all, (const char *[]) { NULL });
  g_autoptr(SpotRunQuery) bad = spot_run_query_with_groups (all, 1u << SPOT_STATUS_GROUP_BAD);
  g_autoptr(SpotRunQuery) good = spot_run_query_with_groups (all, 1u << SPOT_STATUS_GROUP_GOOD);
  g_autoptr(SpotRunQuery) either = spot_run_query_with_groups (all, 1u << SPOT_STATUS_GROUP_BAD | 1u << SPOT_STATUS_GROUP_GOOD);
  g_autoptr(SpotRunQuery) neither = spot_run_query_with_groups (bad, 1u << SPOT_STATUS_GROUP_GOOD);
  g_autoptr(SpotRunQuery) any = spot_run_query_with_groups (all, 0);
  g_autoptr(SpotRunQuery) no_text = spot_run_query_with_text (all, NULL);
  g_autoptr(SpotRunQuery) text = spot_run_query_with_text (tag, "csv");
  g_autoptr(SpotRunQuery) texts = spot_run_query_with_text (text, "nothing");
  const struct
  {
    SpotRunQuery *query;
    gboolean      matches;
    guint32       columns;
  } cases[] = {
    { all, TRUE, 0 },
    { this_run, TRUE, BIT (FRIENDLY_ID) },
    { other_run, FALSE, BIT (FRIENDLY_ID) },
    { both_runs, FALSE, BIT (FRIENDLY_ID) },
    { tag, TRUE, BIT (RUN_TAGS) },
    { tags, TRUE, BIT (RUN_TAGS) },
    { part, FALSE, BIT (RUN_TAGS) },
    { too_many, FALSE, BIT (RUN_TAGS) },
    { no_tags, TRUE, 0 },
    { bad, TRUE, BIT (STATUS) },
    { good, FALSE, BIT (STATUS) },
    { either, TRUE, BIT (STATUS) },
    { neither, FALSE, BIT (STATUS) },
    { any, TRUE, 0 },
    { no_text, TRUE, 0 },
    { text, TRUE, BIT (RUN_TAGS) | BIT (FRIENDLY_ID) | BIT (TASK_IDENTIFIER) | BIT (STATUS) | BIT (ERROR) | BIT (METADATA) },
    { texts, FALSE, BIT (RUN_TAGS) | BIT (FRIENDLY_ID) | BIT (TASK_IDENTIFIER) | BIT (STATUS) | BIT (ERROR) | BIT (METADATA) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpint (spot_run_query_matches (cases[i].query, run), ==, cases[i].matches);
      g_assert_cmphex (spot_run_query_get_columns (cases[i].query), ==, cases[i].columns);
    }
}

static void
test_text_columns (void)
{
  static const struct
  {
    const char *text;
    guint32     columns;
  } cases[] = {
    { "tag:a", BIT (RUN_TAGS) }, { "task:a", BIT (TASK_IDENTIFIER) }, { "id:a", BIT (FRIENDLY_ID) },
    { "status:a", BIT (STATUS) }, { "is:test", BIT (IS_TEST) }, { "-tag:a is:test", BIT (RUN_TAGS) | BIT (IS_TEST) },
    { "- tag:", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SpotRunQuery) all = spot_run_query_new ();
      g_autoptr(SpotRunQuery) query = spot_run_query_with_text (all, cases[i].text);

      g_assert_cmphex (spot_run_query_get_columns (query), ==, cases[i].columns);
    }
}

static void
test_feed (void)
{
  g_autoptr(SpotRunStore) store = spot_test_store_new ("a:QUEUED b:QUEUED");
  g_autoptr(SpotRunQuery) all = spot_run_query_new ();
  g_autoptr(SpotRunQuery) first = spot_run_query_with_feed (all, SPOT_TEST_FEED);
  g_autoptr(SpotRunQuery) second = spot_run_query_with_feed (all, 2);
  g_autoptr(SpotRunQuery) both = spot_run_query_with_feed (first, 2);
  g_autoptr(SpotRunQuery) either = spot_run_query_with_either_feed (all, 2, SPOT_TEST_FEED);
  g_autoptr(SpotRunQuery) neither = spot_run_query_with_either_feed (all, 8, 9);

  spot_test_store_push_to (store, 2, SPOT_RUN_BATCH_SNAPSHOT, "b:QUEUED");
  spot_run_store_flush (store);
  g_assert_true (spot_run_query_matches (first, spot_run_store_lookup (store, "a")));
  g_assert_false (spot_run_query_matches (second, spot_run_store_lookup (store, "a")));
  g_assert_false (spot_run_query_matches (both, spot_run_store_lookup (store, "a")));
  g_assert_true (spot_run_query_matches (both, spot_run_store_lookup (store, "b")));
  g_assert_true (spot_run_query_matches (either, spot_run_store_lookup (store, "a")));
  g_assert_true (spot_run_query_matches (either, spot_run_store_lookup (store, "b")));
  g_assert_false (spot_run_query_matches (neither, spot_run_store_lookup (store, "a")));
}

static void
test_boxed (void)
{
  SpotRunQuery *query = spot_run_query_new ();
  SpotRunQuery *copy = g_boxed_copy (SPOT_TYPE_RUN_QUERY, query);

  g_assert_true (copy == query);
  g_boxed_free (SPOT_TYPE_RUN_QUERY, copy);
  spot_run_query_unref (query);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-query/text", test_text);
  g_test_add_func ("/run-query/status-words", test_status_words);
  g_test_add_func ("/run-query/many-words", test_many_words);
  g_test_add_func ("/run-query/conditions", test_conditions);
  g_test_add_func ("/run-query/text-columns", test_text_columns);
  g_test_add_func ("/run-query/feed", test_feed);
  g_test_add_func ("/run-query/boxed", test_boxed);
  return g_test_run ();
}
