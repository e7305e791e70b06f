/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <string.h>

#include "spot-words.h"

#include "ui-rig.h"

#define NOW_US (G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC)

static void
test_every_problem_has_a_sentence (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GEnumClass) problems = g_type_class_ref (SPOT_TYPE_PROBLEM);

  g_assert_null (spot_words_problem (SPOT_PROBLEM_NONE));
  for (guint i = 0; i < problems->n_values; i++)
    {
      const char *sentence = spot_words_problem (problems->values[i].value);

      if (problems->values[i].value == SPOT_PROBLEM_NONE)
        continue;
      g_assert_nonnull (sentence);
      g_assert_true (g_str_has_suffix (sentence, "."));
      /* What is wrong, and what comes of it: never one short cry. */
      g_assert_cmpuint (strlen (sentence), >, 40);
      g_assert_true (g_hash_table_add (seen, (gpointer) sentence));
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, problems->n_values - 1);
}

static void
test_problems (void)
{
  static const struct
  {
    SpotProblem problem;
    const char *word;
  } cases[] = {
    { SPOT_PROBLEM_UNREACHABLE, "reached" },   { SPOT_PROBLEM_TLS, "certificate" },
    { SPOT_PROBLEM_REDIRECT, "address" },      { SPOT_PROBLEM_BAD_REQUEST, "accept" },
    { SPOT_PROBLEM_UNAUTHORIZED, "key" },      { SPOT_PROBLEM_FORBIDDEN, "permissions" },
    { SPOT_PROBLEM_NOT_FOUND, "environment" }, { SPOT_PROBLEM_BUSY, "in use" },
    { SPOT_PROBLEM_SERVER, "server" },         { SPOT_PROBLEM_BAD_ANSWER, "URL" },
    { SPOT_PROBLEM_MISSING_HEADER, "proxy" },  { SPOT_PROBLEM_TOO_LARGE, "larger" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_nonnull (strstr (spot_words_problem (cases[i].problem), cases[i].word));
}

static void
test_connection (void)
{
  static const struct
  {
    SpotConnectionState state;
    gint64              retry_in_us;
    const char         *words;
  } cases[] = {
    { SPOT_CONNECTION_CONNECTING, 0, "Connecting" },
    { SPOT_CONNECTION_CATCHING_UP, 0, "Catching up" },
    { SPOT_CONNECTION_LIVE, 0, "Live" },
    { SPOT_CONNECTION_RECONNECTING, 4000000, "Reconnecting in 4 s" },
    { SPOT_CONNECTION_RECONNECTING, 3000001, "Reconnecting in 4 s" },
    { SPOT_CONNECTION_RECONNECTING, 1, "Reconnecting in 1 s" },
    { SPOT_CONNECTION_RECONNECTING, 0, "Reconnecting" },
    { SPOT_CONNECTION_RECONNECTING, -5000000, "Reconnecting" },
    { SPOT_CONNECTION_PAUSED, 0, "Paused" },
    { SPOT_CONNECTION_OFFLINE, 0, "Offline" },
    { SPOT_CONNECTION_NEEDS_ATTENTION, 0, "Needs attention" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = spot_words_connection (cases[i].state, NOW_US + cases[i].retry_in_us, NOW_US);

      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

static void
test_age (void)
{
  static const struct
  {
    gint64      ago_s;
    const char *words;
  } cases[] = {
    { 0, "less than a minute ago" }, { 59, "less than a minute ago" }, { 60, "1 minute ago" },
    { 150, "2 minutes ago" },        { 3600, "1 hour ago" },           { 7300, "2 hours ago" },
    { 86400, "1 day ago" },          { 3 * 86400, "3 days ago" },      { -30, "less than a minute ago" },
    { -3600, "in the future" },
  };
  g_autofree char *none = spot_words_age (G_MININT64, NOW_US);
  g_autofree char *far = spot_words_age (G_MAXINT64, NOW_US);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = spot_words_age (NOW_US - cases[i].ago_s * G_USEC_PER_SEC, NOW_US);

      g_assert_cmpstr (words, ==, cases[i].words);
    }
  g_assert_cmpstr (none, ==, "at an unknown time");
  g_assert_cmpstr (far, ==, "at an unknown time");
}

static void
test_counts (void)
{
  static const struct
  {
    guint       runs, running, failed;
    const char *words;
  } cases[] = {
    { 0, 0, 0, "0 runs" },
    { 1, 0, 0, "1 run" },
    { 84, 3, 0, "84 runs · 3 running" },
    { 84, 0, 1, "84 runs · 1 failed" },
    { 84, 12, 3, "84 runs · 12 running · 3 failed" },
  };
  g_autofree char *unreadable = spot_words_unreadable (2);
  g_autofree char *one = spot_words_matches (1, 1);
  g_autofree char *many = spot_words_matches (1, 84);
  g_autofree char *fresh = spot_words_new_runs (3);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = spot_words_counts (cases[i].runs, cases[i].running, cases[i].failed);

      g_assert_cmpstr (words, ==, cases[i].words);
    }
  g_assert_cmpstr (spot_words_partial (), ==, "older runs may be missing");
  g_assert_cmpstr (spot_words_history (SPOT_HISTORY_LOADING), ==, "loading history…");
  g_assert_nonnull (strstr (spot_words_history (SPOT_HISTORY_FAILED), "could not be loaded"));
  g_assert_null (spot_words_history (SPOT_HISTORY_LOADED));
  g_assert_cmpstr (one, ==, "1 of 1 run matches");
  g_assert_cmpstr (unreadable, ==, "2 updates with unreadable values");
  g_assert_cmpstr (many, ==, "1 of 84 runs match");
  g_assert_cmpstr (fresh, ==, "3 new");
}

static void
test_run (void)
{
  static const struct
  {
    const char *status;
    const char *metadata;
    const char *words;
  } cases[] = {
    { "EXECUTING", "{\"progress\":0.625}", "import-csv, Executing, 62\u00a0%, 2 minutes ago" },
    { "EXECUTING", "{\"progress\":0.5,\"label\":\"Loading\"}", "import-csv, Executing, 50\u00a0%, Loading, 2 minutes ago" },
    { "EXECUTING", "{\"label\":\"Loading\"}", "import-csv, Executing, Loading, 2 minutes ago" },
    { "PENDING", "{}", "import-csv, Queued, 2 minutes ago" },
    { "SOMETHING_NEW", "{}", "import-csv, SOMETHING_NEW, 2 minutes ago" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotRunRecord) record
        = ui_rig_record ("id", "c1", "friendlyId", "run_1", "taskIdentifier", "import-csv", "status", cases[i].status,
                         "createdAt", "2026-09-21 14:11:00", "metadata", cases[i].metadata, "metadataType",
                         "application/json", NULL);
      g_autoptr (SpotRun) run = NULL;
      g_autofree char *words = NULL;

      run = spot_run_new (record);
      words = spot_words_run (run, NOW_US);
      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/every-problem-has-a-sentence", test_every_problem_has_a_sentence);
  g_test_add_func ("/words/50-problems", test_problems);
  g_test_add_func ("/words/connection", test_connection);
  g_test_add_func ("/words/age", test_age);
  g_test_add_func ("/words/77-counts", test_counts);
  g_test_add_func ("/words/run", test_run);
  return g_test_run ();
}
