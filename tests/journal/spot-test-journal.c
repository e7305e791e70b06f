/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-shape-reader.h"
#include "spot-test-journal.h"

static void
event_cb (const SpotShapeEvent *event,
          gpointer              user_data)
{
  SpotRunRecord **record = user_data;
  g_autoptr(GError) error = NULL;

  *record = spot_run_record_new (NULL, event->columns, event->n_columns, &error);
  g_assert_no_error (error);
}

SpotRunRecord *
spot_test_record (const char *members)
{
  g_autofree char *message
    = g_strdup_printf ("{\"key\":\"k\",\"value\":{%s},\"headers\":{\"operation\":\"insert\"}}", members);
  SpotRunRecord *record = NULL;
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, &record);

  g_assert_true (spot_shape_reader_feed_message (reader, message, strlen (message), NULL));
  g_assert_nonnull (record);

  return record;
}
