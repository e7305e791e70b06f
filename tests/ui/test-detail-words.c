/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "spot-error-words.h"
#include "spot-run-overview.h"
#include "spot-words-detail.h"

static void
assert_text (char       *text,
             const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_progress (void)
{
  assert_text (spot_words_progress (0.62, 620, 1000), "62\u00a0% · 620 of 1000");
  assert_text (spot_words_progress (0.62, -1, -1), "62\u00a0%");
  assert_text (spot_words_progress (-1, 3, 4), "3 of 4");
  assert_text (spot_words_progress (-1, -1, -1), "");
  assert_text (spot_words_progress (-1, 3, 0), "");
  assert_text (spot_words_progress (NAN, NAN, 4), "");
  assert_text (spot_words_progress (-1, 3, INFINITY), "");
  assert_text (spot_words_progress (1, 2.5, 3), "100\u00a0% · 2 of 3");
}

static void
test_relative (void)
{
  const gint64 now = G_GINT64_CONSTANT (1000000) * G_USEC_PER_SEC;

  assert_text (spot_run_overview_dup_relative (now, now), "now");
  assert_text (spot_run_overview_dup_relative (now - G_USEC_PER_SEC / 2, now), "now");
  assert_text (spot_run_overview_dup_relative (now + G_USEC_PER_SEC, now), "now");
  assert_text (spot_run_overview_dup_relative (now - 12 * G_USEC_PER_SEC, now), "12 s ago");
  assert_text (spot_run_overview_dup_relative (now - 90 * G_USEC_PER_SEC, now), "1 m ago");
  assert_text (spot_run_overview_dup_relative (now + G_GINT64_CONSTANT (3) * 3600 * G_USEC_PER_SEC, now), "in 3 h");
  assert_text (spot_run_overview_dup_relative (G_MAXINT64, now), "–");
  assert_text (spot_run_overview_dup_relative (G_MININT64, now), "–");
}

/* Every code that the server has is explained; other errors speak for themselves. */
static void
test_codes (void)
{
  const char *const codes[] = {
    "RECURSIVE_WAIT_DEADLOCK",
    "TASK_INPUT_ERROR",
    "TASK_OUTPUT_ERROR",
    "TASK_MIDDLEWARE_ERROR",
    "TASK_RUN_UNCAUGHT_EXCEPTION",
    "TASK_RUN_STALLED_EXECUTING",
    "TASK_RUN_STALLED_EXECUTING_WITH_WAITPOINTS",
    "TASK_RUN_CANCELLED",
    "MAX_DURATION_EXCEEDED",
    "TASK_PROCESS_OOM_KILLED",
    "TASK_PROCESS_MAYBE_OOM_KILLED",
    "TASK_PROCESS_SIGSEGV",
    "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE",
    "DISK_SPACE_EXCEEDED",
    "OUTDATED_SDK_VERSION",
    "HANDLE_ERROR_ERROR",
    "TASK_RUN_CRASHED",
    "COULD_NOT_FIND_EXECUTOR",
    "COULD_NOT_FIND_TASK",
    "COULD_NOT_IMPORT_TASK",
    "CONFIGURED_INCORRECTLY",
    "TASK_ALREADY_RUNNING",
    "TASK_EXECUTION_FAILED",
    "TASK_EXECUTION_ABORTED",
    "TASK_PROCESS_SIGKILL_TIMEOUT",
    "TASK_PROCESS_SIGTERM",
    "TASK_RUN_HEARTBEAT_TIMEOUT",
    "GRACEFUL_EXIT_TIMEOUT",
    "TASK_HAS_N0_EXECUTION_SNAPSHOT",
    "TASK_DEQUEUED_INVALID_STATE",
    "TASK_DEQUEUED_QUEUE_NOT_FOUND",
    "TASK_RUN_DEQUEUED_MAX_RETRIES",
    "POD_EVICTED",
    "POD_UNKNOWN_ERROR",
    "TASK_DID_CONCURRENT_WAIT",
    "BATCH_ITEM_COULD_NOT_TRIGGER",
    "PAYLOAD_TOO_LARGE",
    "UNSPECIFIED_ERROR",
  };
  g_autoptr (SpotRunError) built_in
      = spot_run_error_parse ("{\"type\":\"BUILT_IN_ERROR\",\"name\":\"POD_EVICTED\",\"message\":\"x\"}", -1);
  g_autoptr (SpotRunError) killed
      = spot_run_error_parse ("{\"type\":\"BUILT_IN_ERROR\",\"name\":\"UnexpectedExitError\",\"message\":\"Unexpected "
                              "exit with code -1\",\"stackTrace\":"
                              "\"killed by SIGKILL\"}",
                              -1);
  g_autoptr (SpotRunError) unknown
      = spot_run_error_parse ("{\"type\":\"INTERNAL_ERROR\",\"code\":\"NEWER_THAN_THIS\"}", -1);

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"type\":\"INTERNAL_ERROR\",\"code\":\"%s\"}", codes[i]);
      g_autoptr (SpotRunError) error = spot_run_error_parse (json, -1);
      const char *sentence = spot_error_words_explain (error);

      g_test_message ("%s", codes[i]);
      g_assert_nonnull (sentence);
      g_assert_true (g_str_has_suffix (sentence, "."));
    }
  g_assert_null (spot_error_words_explain (built_in));
  g_assert_null (spot_error_words_explain (unknown));
  g_assert_nonnull (strstr (spot_error_words_explain (killed), "memory"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/detail-words/progress", test_progress);
  g_test_add_func ("/detail-words/relative", test_relative);
  g_test_add_func ("/detail-words/codes", test_codes);
  return g_test_run ();
}
