/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-run-status.h"

/* Protocol §5.3, written out once more. */
static const struct
{
  const char     *word;
  const char     *api;
  const char     *seed;
  gboolean        final;
  SpotStatusGroup group;
} rows[] = {
  { "DELAYED", "DELAYED", "DELAYED", FALSE, SPOT_STATUS_GROUP_WAITING },
  { "PENDING", "QUEUED", "QUEUED", FALSE, SPOT_STATUS_GROUP_WAITING },
  { "PENDING_VERSION", "PENDING_VERSION", "WAITING_FOR_DEPLOY", FALSE, SPOT_STATUS_GROUP_WAITING },
  { "WAITING_FOR_DEPLOY", "PENDING_VERSION", "WAITING_FOR_DEPLOY", FALSE, SPOT_STATUS_GROUP_WAITING },
  { "DEQUEUED", "DEQUEUED", "EXECUTING", FALSE, SPOT_STATUS_GROUP_RUNNING },
  { "EXECUTING", "EXECUTING", "EXECUTING", FALSE, SPOT_STATUS_GROUP_RUNNING },
  { "RETRYING_AFTER_FAILURE", "EXECUTING", "REATTEMPTING", FALSE, SPOT_STATUS_GROUP_RUNNING },
  { "WAITING_TO_RESUME", "WAITING", "FROZEN", FALSE, SPOT_STATUS_GROUP_RUNNING },
  { "PAUSED", "WAITING", "FROZEN", FALSE, SPOT_STATUS_GROUP_RUNNING },
  { "COMPLETED_SUCCESSFULLY", "COMPLETED", "COMPLETED", TRUE, SPOT_STATUS_GROUP_GOOD },
  { "COMPLETED_WITH_ERRORS", "FAILED", "FAILED", TRUE, SPOT_STATUS_GROUP_BAD },
  { "INTERRUPTED", "FAILED", "INTERRUPTED", TRUE, SPOT_STATUS_GROUP_BAD },
  { "CANCELED", "CANCELED", "CANCELED", TRUE, SPOT_STATUS_GROUP_NEUTRAL },
  { "CRASHED", "CRASHED", "CRASHED", TRUE, SPOT_STATUS_GROUP_BAD },
  { "SYSTEM_FAILURE", "SYSTEM_FAILURE", "SYSTEM_FAILURE", TRUE, SPOT_STATUS_GROUP_BAD },
  { "EXPIRED", "EXPIRED", "EXPIRED", TRUE, SPOT_STATUS_GROUP_BAD },
  { "TIMED_OUT", "TIMED_OUT", "TIMED_OUT", TRUE, SPOT_STATUS_GROUP_BAD },
};

static void
test_table (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (rows), ==, SPOT_N_RUN_STATUSES - 1);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      SpotRunStatus status = spot_run_status_from_word (rows[i].word, -1);

      g_assert_cmpint (status, ==, i + 1);
      g_assert_cmpstr (spot_run_status_to_word (status), ==, rows[i].word);
      g_assert_cmpstr (spot_run_status_to_api (status), ==, rows[i].api);
      g_assert_cmpstr (spot_run_status_to_seed (status), ==, rows[i].seed);
      g_assert_cmpint (spot_run_status_is_final (status), ==, rows[i].final);
      g_assert_cmpint (spot_run_status_get_group (status), ==, rows[i].group);
    }
}

static void
test_unknown (void)
{
  g_assert_cmpint (spot_run_status_from_word ("HIBERNATING", -1), ==, SPOT_RUN_STATUS_UNKNOWN);
  g_assert_cmpint (spot_run_status_from_word ("", -1), ==, SPOT_RUN_STATUS_UNKNOWN);
  g_assert_cmpint (spot_run_status_from_word ("pending", -1), ==, SPOT_RUN_STATUS_UNKNOWN);
  g_assert_cmpint (spot_run_status_from_word ("PENDING_", -1), ==, SPOT_RUN_STATUS_UNKNOWN);
  g_assert_cmpint (spot_run_status_from_word ("PENDING_VERSION", 7), ==, SPOT_RUN_STATUS_PENDING);
  g_assert_cmpint (spot_run_status_from_word ("PENDING_VERSION", 8), ==, SPOT_RUN_STATUS_UNKNOWN);
  g_assert_null (spot_run_status_to_word (SPOT_RUN_STATUS_UNKNOWN));
  g_assert_null (spot_run_status_to_api (SPOT_RUN_STATUS_UNKNOWN));
  g_assert_null (spot_run_status_to_seed (SPOT_RUN_STATUS_UNKNOWN));
  g_assert_false (spot_run_status_is_final (SPOT_RUN_STATUS_UNKNOWN));
  g_assert_cmpint (spot_run_status_get_group (SPOT_RUN_STATUS_UNKNOWN), ==, SPOT_STATUS_GROUP_RUNNING);
}

static void
test_types (void)
{
  g_autoptr(GEnumClass) statuses = g_type_class_ref (SPOT_TYPE_RUN_STATUS);
  g_autoptr(GEnumClass) groups = g_type_class_ref (SPOT_TYPE_STATUS_GROUP);

  g_assert_cmpuint (statuses->n_values, ==, SPOT_N_RUN_STATUSES);
  g_assert_cmpuint (groups->n_values, ==, SPOT_N_STATUS_GROUPS);
  g_assert_cmpstr (g_enum_get_value (statuses, SPOT_RUN_STATUS_TIMED_OUT)->value_nick, ==, "timed-out");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-status/table", test_table);
  g_test_add_func ("/run-status/unknown-word", test_unknown);
  g_test_add_func ("/run-status/types", test_types);
  return g_test_run ();
}
