/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-protocol-error.h"
#include "spot-run-record-blob.h"
#include "spot-shape-reader.h"
#include "spot-shared-text.h"
#include "spot-test-http.h"
#include "spot-test-shape.h"

#define ROW                                                                                                            \
  "\"id\":\"cmr1\",\"taskIdentifier\":\"render-video\",\"createdAt\":\"2026-08-21T09:12:00.004\","                     \
  "\"updatedAt\":\"2026-08-21T09:14:05.120\",\"startedAt\":\"1969-08-21T09:12:01.310\",\"delayUntil\":null,"           \
  "\"queuedAt\":\"2026-08-21T09:12:00.050\",\"expiredAt\":null,\"completedAt\":\"9999-08-21T09:14:05.117\","           \
  "\"friendlyId\":\"run_p4r1\",\"number\":\"-7\",\"isTest\":\"t\",\"status\":\"COMPLETED_SUCCESSFULLY\","             \
  "\"usageDurationMs\":\"9223372036854775807\",\"costInCents\":\"NaN\",\"baseCostInCents\":\"1e-05\",\"ttl\":\"10m\"," \
  "\"payload\":\"{\\\"src\\\":\\\"a.mov\\\"}\",\"payloadType\":\"application/super+json\",\"metadata\":{\"a\":1},"     \
  "\"metadataType\":\"application/json\",\"output\":\"\",\"outputType\":\"\","                                         \
  "\"runTags\":\"{\\\"user:42\\\",\\\"\\\",video}\",\"error\":null,\"realtimeStreams\":\"{}\""

typedef struct
{
  SpotRunRecord *former; /* of the message before */
  GPtrArray     *records;
} Making;

static void
event_cb (const SpotShapeEvent *event,
          gpointer              user_data)
{
  Making *making = user_data;
  SpotRunRecord *record;

  if (event->kind != SPOT_SHAPE_INSERT && event->kind != SPOT_SHAPE_UPDATE)
    return;
  record = spot_run_record_new (event->kind == SPOT_SHAPE_UPDATE ? making->former : NULL, event->columns,
                                event->n_columns, NULL);
  if (!record)
    return;
  g_ptr_array_add (making->records, record);
  making->former = record;
}

/* The records that the messages of a body make. */
static GPtrArray *
read_records (const char *body,
              gsize       length)
{
  Making making = { NULL, g_ptr_array_new_with_free_func ((GDestroyNotify) spot_run_record_unref) };
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, &making);

  spot_shape_reader_feed (reader, body, length, NULL);

  return making.records;
}

static SpotRunRecord *
make (const char *members)
{
  g_autofree char *body
    = g_strdup_printf ("[{\"key\":\"k\",\"value\":{%s},\"headers\":{\"operation\":\"insert\"}}]", members);
  g_autoptr(GPtrArray) records = read_records (body, strlen (body));

  g_assert_cmpuint (records->len, ==, 1);

  return spot_run_record_ref (records->pdata[0]);
}

static SpotRunRecord *
read_back (GBytes  *blob,
           guint32  columns,
           GError **error)
{
  gsize length;
  const void *data = g_bytes_get_data (blob, &length);

  return spot_run_record_from_blob (data, length, columns, error);
}

static void
assert_round_trip (SpotRunRecord *record)
{
  g_autoptr(GBytes) blob = spot_run_record_to_blob (record, SPOT_ALL_COLUMNS);
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotRunRecord) again = read_back (blob, SPOT_ALL_COLUMNS, &error);
  g_autoptr(GBytes) blob_again = NULL;

  g_assert_no_error (error);
  g_assert_cmphex (spot_run_record_diff (record, again), ==, 0);
  g_assert_cmphex (spot_run_record_get_known (record), ==, spot_run_record_get_known (again));
  g_assert_cmpint (spot_run_record_has_ended (record), ==, spot_run_record_has_ended (again));
  g_assert_cmpstr (spot_run_record_get_status_word (record), ==, spot_run_record_get_status_word (again));
  for (int i = 0; i < SPOT_N_COLUMNS; i++)
    {
      g_autofree char *text = spot_run_record_dup_text (record, i, NULL);
      g_autofree char *text_again = spot_run_record_dup_text (again, i, NULL);

      g_assert_cmpstr (text, ==, text_again);
      g_assert_cmpint (spot_run_record_has (record, i), ==, spot_run_record_has (again, i));
      g_assert_cmpint (spot_run_record_get_time (record, i), ==, spot_run_record_get_time (again, i));
    }
  blob_again = spot_run_record_to_blob (again, SPOT_ALL_COLUMNS);
  g_assert_true (g_bytes_equal (blob, blob_again));
}

/* Every state of every recorded run. */
static void
test_recordings (void)
{
  g_autoptr(GPtrArray) recordings = spot_test_shape_load_recordings ();
  guint n = 0;

  for (guint i = 0; i < recordings->len; i++)
    {
      SpotTestHttp *http = recordings->pdata[i];
      g_autoptr(GPtrArray) records = read_records (http->body, http->body_length);

      for (guint j = 0; j < records->len; j++)
        assert_round_trip (records->pdata[j]);
      n += records->len;
    }
  g_assert_cmpuint (n, >, 200);
}

static void
test_odd_values (void)
{
  static const char *const rows[] = {
    ROW,
    "",
    "\"id\":\"\"",
    "\"status\":\"SOMETHING_NEW\"",
    "\"status\":\"\"",
    "\"runTags\":null,\"realtimeStreams\":\"{a}\"",
    "\"createdAt\":\"2026-08-21 09:12:00\"",
    "\"completedAt\":\"2026-08-21 09:12:00\"",
    "\"error\":\"\\u00e4\\ud800\\u0000\"",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SpotRunRecord) record = make (rows[i]);

      assert_round_trip (record);
    }
  g_assert_cmpuint (spot_atom_count (), ==, 0);
}

/* Columns left out on the way there, or on the way back, are unknown, and the others as they were. */
static void
test_left_out (void)
{
  g_autoptr(SpotRunRecord) whole = make (ROW);
  guint32 known = spot_run_record_get_known (whole);

  for (int i = 0; i < SPOT_N_COLUMNS; i++)
    {
      guint32 bit = SPOT_COLUMN_BIT (i);
      g_autoptr(GBytes) all = spot_run_record_to_blob (whole, SPOT_ALL_COLUMNS);
      g_autoptr(GBytes) fewer = spot_run_record_to_blob (whole, ~bit);
      g_autoptr(SpotRunRecord) a = read_back (all, ~bit, NULL);
      g_autoptr(SpotRunRecord) b = read_back (fewer, SPOT_ALL_COLUMNS, NULL);

      g_assert_cmphex (spot_run_record_get_known (a), ==, known & ~bit);
      g_assert_cmphex (spot_run_record_get_known (b), ==, known & ~bit);
      g_assert_cmphex (spot_run_record_diff (a, b), ==, 0);
      g_assert_cmphex (spot_run_record_diff (a, whole), ==, bit);
      g_assert_null (spot_run_record_dup_text (a, i, NULL));
      g_assert_cmpint (spot_run_record_get_time (a, i), ==, SPOT_TIME_NONE);
      assert_round_trip (a);
    }
}

static void
test_damaged (void)
{
  g_autoptr(SpotRunRecord) record = make (ROW);
  g_autoptr(GBytes) blob = spot_run_record_to_blob (record, SPOT_ALL_COLUMNS);
  gsize length;
  const guint8 *data = g_bytes_get_data (blob, &length);

  for (gsize i = 0; i < length; i++)
    {
      /* Of its own size, so that reading beyond it is found out. */
      g_autofree guint8 *cut = g_memdup2 (data, i);
      g_autofree guint8 *changed = g_memdup2 (data, length);
      g_autoptr(GError) cut_error = NULL;
      g_autoptr(GError) changed_error = NULL;

      changed[i] ^= (guint8) (1u << g_test_rand_int_range (0, 8));
      g_assert_null (spot_run_record_from_blob (cut, i, SPOT_ALL_COLUMNS, &cut_error));
      g_assert_error (cut_error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED);
      g_assert_null (spot_run_record_from_blob (changed, length, SPOT_ALL_COLUMNS, &changed_error));
      g_assert_error (changed_error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED);
    }
  g_assert_null (spot_run_record_from_blob (NULL, 0, SPOT_ALL_COLUMNS, NULL));
}

/* Writes the sum that the bytes should have. */
static void
mend_sum (guint8 *data,
          gsize   length)
{
  guint32 sum = 2166136261u;

  for (gsize i = 5; i < length; i++)
    sum = (sum ^ data[i]) * 16777619u;
  for (guint i = 0; i < 4; i++)
    data[1 + i] = (guint8) (sum >> (8 * i));
}

/* Bytes that nobody wrote, with a sum that is right: they are refused, or they are a record. */
static void
test_made_up (void)
{
  g_autoptr(SpotRunRecord) record = make (ROW);
  g_autoptr(GBytes) blob = spot_run_record_to_blob (record, SPOT_ALL_COLUMNS);
  gsize length;
  const guint8 *data = g_bytes_get_data (blob, &length);
  guint n_read = 0;

  for (guint i = 0; i < 20000; i++)
    {
      gsize n = g_test_rand_bit () ? length : (gsize) g_test_rand_int_range (13, (gint32) length);
      g_autofree guint8 *changed = g_memdup2 (data, n);
      g_autoptr(SpotRunRecord) found = NULL;
      g_autoptr(GError) error = NULL;

      for (int j = g_test_rand_int_range (0, 4); j >= 0; j--)
        changed[g_test_rand_int_range (5, (gint32) n)] = (guint8) g_test_rand_int_range (0, 256);
      mend_sum (changed, n);
      found = spot_run_record_from_blob (changed, n, SPOT_ALL_COLUMNS, &error);
      if (found)
        assert_round_trip (found);
      else
        g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED);
      n_read += found != NULL;
    }
  g_assert_cmpuint (n_read, >, 100);
  g_clear_pointer (&record, spot_run_record_unref);
  g_assert_cmpuint (spot_atom_count (), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-record-blob/recordings", test_recordings);
  g_test_add_func ("/run-record-blob/odd-values", test_odd_values);
  g_test_add_func ("/run-record-blob/left-out", test_left_out);
  g_test_add_func ("/run-record-blob/damaged", test_damaged);
  g_test_add_func ("/run-record-blob/made-up", test_made_up);

  return g_test_run ();
}
