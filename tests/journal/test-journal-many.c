/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-test-journal.h"

#define N_RUNS 100000

/* The runs ended long ago, and what is too old goes whenever the journal has time for it. */
#define MAX_AGE_US (G_GINT64_CONSTANT (36500) * G_TIME_SPAN_DAY)

/* A large environment: the times are for who wants to know, what is found is for the test. */
static void
test_many (void)
{
  g_autoptr(SpotRunBatch) batch = spot_run_batch_new (SPOT_RUN_BATCH_SNAPSHOT);
  g_autoptr(SpotRunBatch) changes = spot_run_batch_new (SPOT_RUN_BATCH_CHANGES);
  g_autoptr(SpotLogPosition) position = spot_test_position ("0_0");
  g_autoptr(SpotJournalContents) contents = NULL;
  g_autoptr(GTimer) timer = g_timer_new ();
  SpotTestJournal self;
  double pushed_s;
  gsize bytes;

  spot_test_journal_init (&self);
  spot_test_journal_open (&self, NULL);
  spot_journal_set_bounds (self.journal, SPOT_JOURNAL_DEFAULT_BYTES, MAX_AGE_US);
  for (guint i = 0; i < N_RUNS; i++)
    {
      g_autofree char *members = g_strdup_printf (
        "\"id\":\"cmr%08u\",\"friendlyId\":\"run_%08u\",\"taskIdentifier\":\"render-video\",\"status\":\"EXECUTING\","
        "\"createdAt\":\"2026-08-21 09:12:00\",\"updatedAt\":\"2026-08-21 09:12:01\",\"startedAt\":\"2026-08-21 09:12:01\","
        "\"completedAt\":null,\"queuedAt\":\"2026-08-21 09:12:00\",\"number\":\"%u\",\"isTest\":\"f\",\"costInCents\":\"0.5\","
        "\"metadata\":\"{\\\"status\\\":{\\\"progress\\\":0.5,\\\"label\\\":\\\"Encoding\\\"}}\",\"runTags\":\"{user:%u}\"",
        i, i, i, i % 100);
      g_autofree char *key = g_strdup_printf ("\\\"public\\\".\\\"TaskRun\\\"/\\\"cmr%08u\\\"", i);
      g_autoptr(SpotRunRecord) record = spot_test_record (members);

      spot_run_batch_add_row (batch, record, FALSE, key, strlen (key));
      if (i % 100 == 0)
        {
          g_autofree char *ended = g_strdup_printf ("%s,\"completedAt\":\"2026-08-21 09:13:00\"", members);
          g_autoptr(SpotRunRecord) later = spot_test_record (ended);

          spot_run_batch_add_row (changes, later, FALSE, key, strlen (key));
        }
    }

  g_timer_start (timer);
  spot_journal_write_batch (self.journal, "env", "all", batch, position, 0);
  pushed_s = g_timer_elapsed (timer, NULL);
  g_assert_true (spot_test_journal_flush (&self));
  g_test_message ("%d rows: given away in %.1f ms, written in %.0f ms", N_RUNS, pushed_s * 1000,
                  g_timer_elapsed (timer, NULL) * 1000);
  g_timer_start (timer);
  spot_journal_write_batch (self.journal, "env", "all", changes, position, 0);
  g_assert_true (spot_test_journal_flush (&self));
  g_test_message ("%u changes: written in %.0f ms", changes->changes->len, g_timer_elapsed (timer, NULL) * 1000);
  g_timer_start (timer);
  spot_journal_write_batch (self.journal, "env", "all", batch, position, 0);
  g_assert_true (spot_test_journal_flush (&self));
  g_test_message ("the same snapshot again: written in %.0f ms", g_timer_elapsed (timer, NULL) * 1000);
  spot_test_journal_close (&self);

  g_free (spot_test_journal_read_file (&self, "", &bytes));
  g_timer_start (timer);
  spot_test_journal_open (&self, NULL);
  spot_journal_set_bounds (self.journal, SPOT_JOURNAL_DEFAULT_BYTES, MAX_AGE_US);
  contents = spot_test_journal_load (&self, NULL);
  g_test_message ("%.1f MB: opened and read in %.0f ms", (double) bytes / 1e6, g_timer_elapsed (timer, NULL) * 1000);
  g_assert_cmpuint (contents->runs->len, ==, N_RUNS);
  g_assert_cmpuint (((SpotJournalFeed *) contents->feeds->pdata[0])->rows->len, ==, N_RUNS);
  /* The snapshot is older news of the same millisecond: an end stays one. */
  spot_test_journal_assert_changes (&self, "run_00000100", "CREATED! ENDED");
  g_timer_start (timer);
  g_assert_true (spot_test_journal_delete (&self, "env", NULL));
  g_test_message ("deleted in %.0f ms", g_timer_elapsed (timer, NULL) * 1000);
  spot_test_journal_clear (&self);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal-many/rows", test_many);

  return g_test_run ();
}
