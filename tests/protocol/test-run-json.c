/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-run-json.h"
#include "spot-value.h"

static void
event_cb (const SpotShapeEvent *event,
          gpointer              user_data)
{
  SpotRunRecord **record = user_data;
  g_autoptr(GError) error = NULL;

  *record = spot_run_record_new (NULL, event->columns, event->n_columns, &error);
  g_assert_no_error (error);
}

/* The public object of a row, of which @members are the columns as JSON. */
static char *
write_row (const char *members)
{
  g_autofree char *message
    = g_strdup_printf ("{\"key\":\"k\",\"value\":{%s},\"headers\":{\"operation\":\"insert\"}}", members);
  g_autoptr(SpotRunRecord) record = NULL;
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, &record);

  g_assert_true (spot_shape_reader_feed_message (reader, message, strlen (message), NULL));
  return spot_run_json_write (record);
}

static void
test_whole_row (void)
{
  g_autofree char *json = write_row (
    "\"id\":\"cmr1\",\"taskIdentifier\":\"render-video\",\"createdAt\":\"2026-08-21T09:12:00.004\","
    "\"updatedAt\":\"2026-08-21 09:14:05.12\",\"startedAt\":\"2026-08-21T09:12:01.310\",\"delayUntil\":\"2026-08-21T09:11:00\","
    "\"queuedAt\":\"2026-08-21T09:12:00.050\",\"expiredAt\":\"2026-08-21T10:00:00.999999\","
    "\"completedAt\":\"2026-08-21T09:14:05.117\",\"friendlyId\":\"run_p4r1\",\"number\":\"7\",\"isTest\":\"t\","
    "\"status\":\"COMPLETED_SUCCESSFULLY\",\"usageDurationMs\":\"118204\",\"costInCents\":\"0.4019\","
    "\"baseCostInCents\":\"1e-05\",\"ttl\":\"10m\",\"payload\":\"{\\\"json\\\":{\\\"src\\\":\\\"a.mov\\\"}}\","
    "\"payloadType\":\"application/super+json\",\"metadata\":\"{\\\"progress\\\":1.50,\\\"$$streams\\\":[\\\"a\\\"]}\","
    "\"metadataType\":\"application/json\",\"output\":\"plain\",\"outputType\":\"text/plain\","
    "\"runTags\":\"{\\\"user:42\\\",video}\",\"error\":null,\"realtimeStreams\":\"{log}\"");

  g_assert_cmpstr (json, ==,
                   "{\"id\":\"run_p4r1\",\"taskIdentifier\":\"render-video\",\"status\":\"COMPLETED\","
                   "\"rawStatus\":\"COMPLETED_SUCCESSFULLY\",\"createdAt\":\"2026-08-21T09:12:00.004Z\","
                   "\"updatedAt\":\"2026-08-21T09:14:05.120Z\",\"startedAt\":\"2026-08-21T09:12:01.310Z\","
                   "\"delayedUntil\":\"2026-08-21T09:11:00.000Z\",\"queuedAt\":\"2026-08-21T09:12:00.050Z\","
                   "\"expiredAt\":\"2026-08-21T10:00:00.999Z\",\"finishedAt\":\"2026-08-21T09:14:05.117Z\",\"number\":7,"
                   "\"isTest\":true,\"durationMs\":118204,\"costInCents\":0.4019,\"baseCostInCents\":1e-05,\"ttl\":\"10m\","
                   "\"tags\":[\"user:42\",\"video\"],\"payload\":{\"src\":\"a.mov\"},\"output\":\"plain\","
                   "\"metadata\":{\"progress\":1.50},\"realtimeStreams\":[\"log\"]}");
}

/* Columns that were skipped, and those that are null: neither has a value. */
static void
test_absent (void)
{
  g_autofree char *nothing = write_row ("\"id\":\"cmr1\"");
  g_autofree char *nulls = write_row (
    "\"id\":\"cmr1\",\"friendlyId\":\"run_1\",\"startedAt\":null,\"number\":null,\"isTest\":null,\"usageDurationMs\":null,"
    "\"costInCents\":null,\"ttl\":null,\"payload\":null,\"payloadType\":\"application/json\",\"metadata\":null,"
    "\"runTags\":null,\"error\":null,\"realtimeStreams\":\"{}\"");

  g_assert_cmpstr (nothing, ==, "{}");
  g_assert_cmpstr (nulls, ==, "{\"id\":\"run_1\",\"tags\":[],\"realtimeStreams\":[]}");
}

static const struct
{
  const char *raw;
  const char *name;
} status_rows[] = {
  { "DELAYED", "DELAYED" },
  { "PENDING", "QUEUED" },
  { "PENDING_VERSION", "WAITING_FOR_DEPLOY" },
  { "WAITING_FOR_DEPLOY", "WAITING_FOR_DEPLOY" },
  { "DEQUEUED", "EXECUTING" },
  { "EXECUTING", "EXECUTING" },
  { "RETRYING_AFTER_FAILURE", "REATTEMPTING" },
  { "WAITING_TO_RESUME", "FROZEN" },
  { "PAUSED", "FROZEN" },
  { "COMPLETED_SUCCESSFULLY", "COMPLETED" },
  { "COMPLETED_WITH_ERRORS", "FAILED" },
  { "INTERRUPTED", "INTERRUPTED" },
  { "CANCELED", "CANCELED" },
  { "CRASHED", "CRASHED" },
  { "SYSTEM_FAILURE", "SYSTEM_FAILURE" },
  { "EXPIRED", "EXPIRED" },
  { "TIMED_OUT", "TIMED_OUT" },
  { "NAPPING", "NAPPING" },
};

static void
test_status (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (status_rows); i++)
    {
      g_autofree char *row = g_strdup_printf ("\"status\":\"%s\"", status_rows[i].raw);
      g_autofree char *json = write_row (row);
      g_autofree char *wanted
        = g_strdup_printf ("{\"status\":\"%s\",\"rawStatus\":\"%s\"}", status_rows[i].name, status_rows[i].raw);

      g_assert_cmpstr (json, ==, wanted);
    }
}

/* Columns and what becomes of them. */
static const struct
{
  const char *row;
  const char *json;
} column_rows[] = {
  /* packets */
  { "\"payload\":\"{\\\"n\\\":12345678901234567890.10}\",\"payloadType\":\"application/json\"",
    "{\"payload\":{\"n\":12345678901234567890.10}}" },
  { "\"payload\":\"null\",\"payloadType\":\"application/json\"", "{\"payload\":null}" },
  { "\"payload\":\"\",\"payloadType\":\"application/json\"", "{}" },
  { "\"payload\":\"\",\"payloadType\":\"text/plain\"", "{\"payload\":\"\"}" },
  { "\"payload\":\"{oops\",\"payloadType\":\"application/json\"", "{\"payload\":\"{oops\"}" },
  { "\"payload\":\"AAEC\",\"payloadType\":\"application/octet-stream\"", "{\"payload\":\"AAEC\"}" },
  { "\"payload\":\"packets/run_1/payload.json\",\"payloadType\":\"application/store\"",
    "{\"payloadStored\":\"packets/run_1/payload.json\"}" },
  { "\"output\":\"s3://b/o.json\",\"outputType\":\"application/store\"", "{\"outputStored\":\"s3://b/o.json\"}" },
  { "\"output\":\"{\\\"json\\\":{\\\"n\\\":\\\"9007199254740993\\\",\\\"at\\\":\\\"2026-01-01T00:00:00.000Z\\\"},"
    "\\\"meta\\\":{\\\"values\\\":{\\\"n\\\":[\\\"bigint\\\"],\\\"at\\\":[\\\"Date\\\"]}}}\","
    "\"outputType\":\"application/super+json\"",
    "{\"output\":{\"n\":\"9007199254740993\",\"at\":\"2026-01-01T00:00:00.000Z\"}}" },
  { "\"output\":\"{\\\"json\\\":null,\\\"meta\\\":{\\\"values\\\":[\\\"undefined\\\"]}}\","
    "\"outputType\":\"application/super+json\"", "{}" },
  { "\"output\":\"a\\u0000\\n\\\"\\ud83d\\ude00\",\"outputType\":\"text/plain\"",
    "{\"output\":\"a\\u0000\\n\\\"\xf0\x9f\x98\x80\"}" },
  /* metadata */
  { "\"metadata\":\"{\\\"$$streams\\\":[1],\\\"a\\\":{\\\"$$b\\\":2},\\\"$c\\\":3}\"",
    "{\"metadata\":{\"a\":{\"$$b\":2},\"$c\":3}}" },
  { "\"metadata\":\"[1,2]\"", "{\"metadata\":[1,2]}" },
  { "\"metadata\":\"[1,\"", "{\"metadata\":\"[1,\"}" },
  { "\"metadata\":\"\"", "{}" },
  /* times */
  { "\"createdAt\":\"1969-12-31 23:59:59.9996\"", "{\"createdAt\":\"1969-12-31T23:59:59.999Z\"}" },
  { "\"createdAt\":\"0001-01-01 00:00:00\"", "{\"createdAt\":\"0001-01-01T00:00:00.000Z\"}" },
  { "\"createdAt\":\"9999-12-31 23:59:59.999999\"", "{\"createdAt\":\"9999-12-31T23:59:59.999Z\"}" },
  { "\"createdAt\":\"9999-12-31 23:59:59-01\"", "{}" },
  { "\"createdAt\":\"0001-01-01 00:00:00+01\"", "{}" },
  { "\"createdAt\":\"2024-02-29 12:00:00+02:00\"", "{\"createdAt\":\"2024-02-29T10:00:00.000Z\"}" },
  /* numbers */
  { "\"costInCents\":\"0.1\"", "{\"costInCents\":0.1}" },
  { "\"costInCents\":\"0.30000000000000004\"", "{\"costInCents\":0.30000000000000004}" },
  { "\"costInCents\":\"1.7976931348623157e308\"", "{\"costInCents\":1.7976931348623157e+308}" },
  { "\"costInCents\":\"NaN\"", "{\"costInCents\":null}" },
  { "\"baseCostInCents\":\"-Infinity\"", "{\"baseCostInCents\":null}" },
  { "\"usageDurationMs\":\"9223372036854775807\"", "{\"durationMs\":9223372036854775807}" },
  /* errors */
  { "\"error\":\"{\\\"type\\\":\\\"BUILT_IN_ERROR\\\",\\\"name\\\":\\\"TypeError\\\",\\\"message\\\":\\\"x\\\","
    "\\\"stackTrace\\\":\\\"at a\\\\nat b\\\",\\\"causes\\\":[{\\\"message\\\":\\\"y\\\"}]}\"",
    "{\"error\":{\"message\":\"x\",\"name\":\"TypeError\",\"stackTrace\":\"at a\\nat b\",\"causes\":[{\"message\":\"y\"}]}}" },
  { "\"error\":\"{\\\"type\\\":\\\"STRING_ERROR\\\",\\\"raw\\\":\\\"no\\\"}\"", "{\"error\":{\"message\":\"no\"}}" },
  { "\"error\":\"{\\\"type\\\":\\\"CUSTOM_ERROR\\\",\\\"raw\\\":\\\"{\\\\\\\"message\\\\\\\":\\\\\\\"m\\\\\\\"}\\\"}\"",
    "{\"error\":{\"message\":\"{\\\"message\\\":\\\"m\\\"}\"}}" },
  { "\"error\":\"{\\\"type\\\":\\\"INTERNAL_ERROR\\\",\\\"code\\\":\\\"POD_EVICTED\\\",\\\"message\\\":\\\"gone\\\"}\"",
    "{\"error\":{\"message\":\"gone\",\"code\":\"POD_EVICTED\"}}" },
  { "\"error\":\"[7]\"", "{\"error\":{\"message\":\"[7]\"}}" },
  /* lists */
  { "\"runTags\":\"{\\\"a,b\\\",\\\"NULL\\\",\\\"\\\",\\\"q\\\\\\\"\\\"}\"", "{\"tags\":[\"a,b\",\"NULL\",\"\",\"q\\\"\"]}" },
};

static void
test_columns (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (column_rows); i++)
    {
      g_autofree char *json = write_row (column_rows[i].row);
      g_autoptr(SpotValue) value = spot_value_new_from_json (json, -1, NULL);

      g_test_message ("%s", column_rows[i].row);
      g_assert_cmpstr (json, ==, column_rows[i].json);
      g_assert_nonnull (value);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-json/whole-row", test_whole_row);
  g_test_add_func ("/run-json/absent", test_absent);
  g_test_add_func ("/run-json/status", test_status);
  g_test_add_func ("/run-json/columns", test_columns);
  return g_test_run ();
}
