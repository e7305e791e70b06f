/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-listed-run.h"
#include "spot-protocol-error.h"
#include "spot-run-json.h"

/* (transfer full) (nullable): the public run object of what is listed as @json. */
static char *
read_run (const char *json)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotValue) run = spot_value_new_from_json (json, -1, &error);
  g_autoptr(SpotRunRecord) record = NULL;

  g_assert_no_error (error);
  record = spot_listed_run_to_record (run, &error);
  if (record == NULL)
    {
      g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_VALUE);
      return NULL;
    }
  return spot_run_json_write (record);
}

static void
test_whole (void)
{
  g_autofree char *object = read_run (
    "{\"id\":\"run_p4r1x\",\"status\":\"COMPLETED\",\"taskIdentifier\":\"render-video\",\"idempotencyKey\":\"k\","
    "\"version\":\"20260820.3\",\"createdAt\":\"2026-08-21T09:12:00.004Z\",\"updatedAt\":\"2026-08-21T09:14:05.120Z\","
    "\"startedAt\":\"2026-08-21T09:12:01.310Z\",\"finishedAt\":\"2026-08-21T09:14:05.117Z\","
    "\"delayedUntil\":\"2026-08-21T09:11:00.000Z\",\"expiredAt\":\"2026-08-21T09:13:00.000Z\",\"ttl\":\"10m\","
    "\"isTest\":false,\"env\":{\"id\":\"cmenv\",\"name\":\"prod\"},\"tags\":[\"user:42\",\"a,b\",\"q\\\"\\\\{\"],"
    "\"costInCents\":0.4019,\"baseCostInCents\":0.0025,\"durationMs\":118204,\"depth\":0,\"metadata\":{\"progress\":1,"
    "\"n\":9007199254740993},\"payload\":[1.10],\"output\":\"done\",\"isCompleted\":true,"
    "\"error\":{\"message\":\"no\",\"name\":\"TypeError\",\"stackTrace\":\"at x\"}}");

  g_assert_cmpstr (
    object, ==,
    "{\"id\":\"run_p4r1x\",\"taskIdentifier\":\"render-video\",\"status\":\"COMPLETED\",\"rawStatus\":"
    "\"COMPLETED_SUCCESSFULLY\",\"createdAt\":\"2026-08-21T09:12:00.004Z\",\"updatedAt\":\"2026-08-21T09:14:05.120Z\","
    "\"startedAt\":\"2026-08-21T09:12:01.310Z\",\"delayedUntil\":\"2026-08-21T09:11:00.000Z\","
    "\"expiredAt\":\"2026-08-21T09:13:00.000Z\",\"finishedAt\":\"2026-08-21T09:14:05.117Z\",\"isTest\":false,"
    "\"durationMs\":118204,\"costInCents\":0.4019,\"baseCostInCents\":0.0025,\"ttl\":\"10m\","
    "\"tags\":[\"user:42\",\"a,b\",\"q\\\"\\\\{\"],\"payload\":[1.10],\"output\":\"done\","
    "\"metadata\":{\"progress\":1,\"n\":9007199254740993},"
    "\"error\":{\"message\":\"no\",\"name\":\"TypeError\",\"stackTrace\":\"at x\"}}");
}

static const struct
{
  const char *json;
  const char *object; /* nullable */
} rows[] = {
  { "{\"id\":\"run_1\"}", "{\"id\":\"run_1\"}" },
  { "{\"id\":\"run_1\",\"status\":\"QUEUED\"}", "{\"id\":\"run_1\",\"status\":\"QUEUED\",\"rawStatus\":\"PENDING\"}" },
  { "{\"id\":\"run_1\",\"status\":\"WAITING\"}", "{\"id\":\"run_1\",\"status\":\"FROZEN\",\"rawStatus\":\"WAITING_TO_RESUME\"}" },
  { "{\"id\":\"run_1\",\"status\":\"FAILED\"}",
    "{\"id\":\"run_1\",\"status\":\"FAILED\",\"rawStatus\":\"COMPLETED_WITH_ERRORS\"}" },
  { "{\"id\":\"run_1\",\"status\":\"REATTEMPTING\"}",
    "{\"id\":\"run_1\",\"status\":\"REATTEMPTING\",\"rawStatus\":\"RETRYING_AFTER_FAILURE\"}" },
  { "{\"id\":\"run_1\",\"status\":\"CANCELED\"}", "{\"id\":\"run_1\",\"status\":\"CANCELED\",\"rawStatus\":\"CANCELED\"}" },
  { "{\"id\":\"run_1\",\"status\":\"NEW_WORD\"}", "{\"id\":\"run_1\",\"status\":\"NEW_WORD\",\"rawStatus\":\"NEW_WORD\"}" },
  { "{\"id\":\"run_1\",\"tags\":[],\"ttl\":null,\"error\":{},\"durationMs\":1e3}",
    "{\"id\":\"run_1\",\"durationMs\":1000,\"tags\":[],\"error\":{\"message\":\"\"}}" },
  /* What is not what it should be is not known. */
  { "{\"id\":\"run_1\",\"status\":7,\"createdAt\":\"soon\",\"updatedAt\":true,\"startedAt\":{},\"isTest\":\"maybe\","
    "\"durationMs\":\"long\",\"costInCents\":\"dear\",\"ttl\":[],\"tags\":\"a\",\"error\":\"no\"}",
    "{\"id\":\"run_1\"}" },
  { "{\"id\":\"run_1\",\"tags\":[1,\"a\",null],\"durationMs\":-1e300,\"metadata\":\"text\"}",
    "{\"id\":\"run_1\",\"tags\":[\"a\"],\"metadata\":\"text\"}" },
  { "{\"id\":\"run_1\",\"tags\":[\"a\\u0000b\"],\"ttl\":\"1\\u0000m\"}", "{\"id\":\"run_1\",\"ttl\":\"1\",\"tags\":[\"ab\"]}" },
  { "{}", NULL },
  { "{\"id\":7}", NULL },
  { "{\"id\":\"\"}", NULL },
  { "[]", NULL },
  { "\"run_1\"", NULL },
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *object = NULL;

      g_test_message ("%s", rows[i].json);
      object = read_run (rows[i].json);
      g_assert_cmpstr (object, ==, rows[i].object);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/listed-run/whole", test_whole);
  g_test_add_func ("/listed-run/rows", test_rows);
  return g_test_run ();
}
