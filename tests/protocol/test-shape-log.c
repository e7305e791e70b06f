/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-shape-log.h"
#include "spot-test-http.h"

static void
event_cb (const SpotShapeEvent *event,
          gpointer              user_data)
{
  spot_shape_log_take_event (user_data, event);
}

/* Reads a recorded body into a log. (transfer full) (nullable): the batch that comes of it */
static SpotRunBatch *
read_recording (SpotShapeLog *log,
                const char   *path,
                gboolean     *up_to_date)
{
  g_autoptr(SpotTestHttp) http = spot_test_http_load (path);
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, log);
  g_autoptr(GError) error = NULL;
  SpotRunBatch *batch;

  spot_shape_log_begin_body (log);
  g_assert_true (spot_shape_reader_feed (reader, http->body, http->body_length, &error));
  g_assert_true (spot_shape_reader_finish (reader, &error));
  g_assert_no_error (error);
  *up_to_date = spot_shape_log_end_body (log, &batch);

  return batch;
}

static void
test_electric_run (void)
{
  g_autoptr(SpotShapeLog) log = spot_shape_log_new ();
  g_autoptr(SpotRunBatch) snapshot = NULL;
  g_autoptr(SpotRunBatch) live = NULL;
  SpotRunChange *change;
  gboolean up_to_date;

  g_assert_null (read_recording (log, "electric/01-run-initial.http", &up_to_date));
  g_assert_false (up_to_date);
  snapshot = read_recording (log, "electric/02-run-catchup-up-to-date.http", &up_to_date);
  g_assert_true (up_to_date);
  g_assert_cmpint (snapshot->kind, ==, SPOT_RUN_BATCH_SNAPSHOT);
  g_assert_cmpuint (snapshot->changes->len, ==, 1);
  change = &g_array_index (snapshot->changes, SpotRunChange, 0);
  g_assert_cmpstr (spot_run_record_get_id (change->record), ==, "run_00000001");
  g_assert_cmpint (spot_run_record_get_status (change->record), ==, SPOT_RUN_STATUS_PENDING);

  live = read_recording (log, "electric/03-run-live-status.http", &up_to_date);
  g_assert_true (up_to_date);
  g_assert_cmpint (live->kind, ==, SPOT_RUN_BATCH_CHANGES);
  g_assert_cmpuint (live->changes->len, ==, 1);
  change = &g_array_index (live->changes, SpotRunChange, 0);
  g_assert_cmpint (spot_run_record_get_status (change->record), ==, SPOT_RUN_STATUS_DEQUEUED);
  g_assert_cmpstr (spot_run_record_get_task (change->record), ==, "resize-image");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shape-log/electric-run", test_electric_run);
  return g_test_run ();
}
