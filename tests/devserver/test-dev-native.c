/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "dev-recording.h"

static void
put_run_1 (DevClient *client)
{
  dev_client_put (client, NULL,
                  "{\"friendlyId\":\"run_0001\",\"taskIdentifier\":\"resize-image\","
                  "\"payload\":\"{\\\"json\\\":{\\\"n\\\":1}}\",\"number\":1,"
                  "\"createdAt\":\"2026-11-23T10:53:46.949\",\"updatedAt\":\"2026-11-23T10:53:46.949\","
                  "\"runTags\":[\"user_7\",\"org a\"]}");
}

/* The list feeds look back a day at most, so the recorded day is not theirs: times there are compared with each
   other only. */
static void
put_runs_2_and_3 (DevClient *client,
                  gboolean   recent)
{
  const char *times = recent ? "" : ",\"createdAt\":\"2026-11-23T10:53:46.949\","
                                    "\"updatedAt\":\"2026-11-23T10:53:46.949\"";
  g_autofree char *run_2 = g_strdup_printf (
      "{\"friendlyId\":\"run_0002\",\"taskIdentifier\":\"resize-image\",\"payload\":\"{\\\"json\\\":{\\\"n\\\":2}}\","
      "\"number\":2,"
      "\"metadata\":\"{\\\"progress\\\":0}\",\"runTags\":[\"user_7\"]%s}",
      times);
  g_autofree char *run_3 = g_strdup_printf (
      "{\"friendlyId\":\"run_0003\",\"taskIdentifier\":\"send-mail\",\"payload\":\"{\\\"json\\\":{\\\"n\\\":3}}\","
      "\"number\":3%s}", times);

  dev_client_put (client, "batch_01", run_2);
  dev_client_put (client, "batch_01", run_3);
}

static char *
take_url (DevAnswer  *answer,
          const char *path,
          gboolean    live)
{
  const char *cursor = dev_answer_header (answer, "electric-cursor");

  return g_strconcat (path, "handle=", dev_answer_header (answer, "electric-handle"), "&offset=",
                      dev_answer_header (answer, "electric-offset"),
                      live ? "&live=true" : "", cursor != NULL ? "&cursor=" : "", cursor, NULL);
}

/* The next request after @answer, live, held by the server. */
static DevAnswer *
poll_after (DevClient  *client,
            DevAnswer  *answer,
            const char *path)
{
  g_autofree char *url = take_url (answer, path, TRUE);

  return dev_client_poll (client, url);
}

static guint64
get_counter (DevAnswer *answer)
{
  return g_ascii_strtoull (strchr (dev_answer_header (answer, "electric-offset"), '_') + 1, NULL, 10);
}

static void
test_run (void)
{
  static const struct
  {
    const char *recording;
    const char *columns;
  } changes[] = {
    { "trigger-native/03-run-live-update",
      "{\"friendlyId\":\"run_0001\",\"status\":\"DEQUEUED\",\"startedAt\":\"2026-11-23T10:53:48.495\","
      "\"updatedAt\":\"2026-11-23T10:53:48.495\"}" },
    { "trigger-native/04-run-live-metadata-unicode",
      "{\"friendlyId\":\"run_0001\",\"status\":\"EXECUTING\",\"metadata\":\"{\\\"progress\\\":0.25,"
      "\\\"msg\\\":\\\"h\303\251llo \342\230\203 "
      "\360\237\230\200 \\\\\\\"q\\\\\\\" \\\\\\\\ b\\\\nl\\\"}\",\"runTags\":[\"user_7\",\"q\\\"uote\","
      "\"back\\\\slash\",\"comma,x\",\"NULL\",\"\"],"
      "\"updatedAt\":\"2026-11-23T10:53:49.528\"}" },
    { "trigger-native/05-run-live-no-updatedat",
      "{\"friendlyId\":\"run_0001\",\"metadata\":\"{\\\"x\\\":1}\",\"updatedAt\":\"2026-11-23T10:53:49.528\"}" },
    { "trigger-native/06-run-live-final",
      "{\"friendlyId\":\"run_0001\",\"status\":\"COMPLETED_WITH_ERRORS\",\"completedAt\":\"2026-11-23T10:54:10.546\","
      "\"costInCents\":1e-7,"
      "\"error\":{\"type\":\"BUILT_IN_ERROR\",\"name\":\"Error\",\"message\":\"b\303\266se \\\"x\\\"\","
      "\"stackTrace\":\"a\\nb\"},"
      "\"updatedAt\":\"2026-11-23T10:54:10.546\"}" },
  };
  const char *path = "/realtime/v1/runs/run_0001?";
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_NATIVE, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(DevAnswer) answer = NULL, deleted = NULL;
  g_autofree char *catch_up = NULL;
  guint64 counter;

  put_run_1 (client);
  answer = dev_client_get (client, "/realtime/v1/runs/run_0001?offset=-1");
  dev_recording_compare ("trigger-native/01-run-initial", answer, DEV_COMPARE_EXACT_TIMES);
  g_assert_true (g_str_has_prefix (dev_answer_header (answer, "electric-offset"), "1795431226949_"));
  counter = get_counter (answer);

  catch_up = take_url (answer, path, FALSE);
  dev_answer_free (answer);
  answer = dev_client_get (client, catch_up);
  dev_recording_compare ("trigger-native/02-run-catchup", answer, DEV_COMPARE_EXACT_TIMES);
  g_assert_cmpuint (get_counter (answer), ==, counter + 1);

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      DevAnswer *live = poll_after (client, answer, path);
      g_autofree char *offset = g_strdup (dev_answer_header (answer, "electric-offset"));

      dev_client_put (client, NULL, changes[i].columns);
      dev_recording_compare (changes[i].recording, live, DEV_COMPARE_EXACT_TIMES);
      if (strstr (changes[i].recording, "no-updatedat") != NULL)
        g_assert_cmpstr (dev_answer_header (live, "electric-offset"), ==, offset);
      dev_answer_free (answer);
      answer = live;
    }

  deleted = poll_after (client, answer, path);
  spot_dev_server_delete_run (client->server, "run_0001");
  dev_recording_compare ("trigger-native/07-run-live-deleted", deleted, DEV_COMPARE_EXACT_TIMES);
  g_assert_cmpstr (dev_answer_header (deleted, "electric-offset"), ==, dev_answer_header (answer, "electric-offset"));
}

static void
compare_with_headers (DevClient  *client,
                      DevHeaders  headers,
                      const char *path,
                      const char *recording,
                      DevCompare  flags)
{
  g_autoptr(DevAnswer) answer = dev_client_send (client, headers, "GET", path, NULL);

  dev_recording_compare (recording, answer, flags);
}

static void
test_requests (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_NATIVE, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(DevAnswer) batch = NULL, batch_live = NULL;

  put_runs_2_and_3 (client, FALSE);
  compare_with_headers (client, DEV_HEADERS_ALL, "/realtime/v1/runs/run_9999?offset=-1",
                        "trigger-native/08-run-not-found", DEV_COMPARE_ANY_FRAMING);
  compare_with_headers (client, DEV_HEADERS_NONE, "/realtime/v1/runs/run_0002?offset=-1", "trigger-native/09-no-auth",
                        DEV_COMPARE_ANY_FRAMING);
  compare_with_headers (client, DEV_HEADERS_KEY, "/realtime/v1/runs/run_0002?offset=-1",
                        "trigger-native/10-run-initial-legacy-client",
                        DEV_COMPARE_EXACT_TIMES);
  compare_with_headers (client, DEV_HEADERS_ALL,
                        "/realtime/v1/runs/run_0002?offset=-1&skipColumns=payload%2Coutput%2Cmetadata%2Cid",
                        "trigger-native/11-run-initial-skip-columns", DEV_COMPARE_EXACT_TIMES);
  compare_with_headers (client, DEV_HEADERS_ALL, "/realtime/v1/runs?tags=a%22b&offset=-1", "trigger-native/19-tags-bad",
                        DEV_COMPARE_ANY_FRAMING);

  dev_client_put (client, NULL, "{\"friendlyId\":\"run_0002\",\"status\":\"EXECUTING\","
                                "\"updatedAt\":\"2026-11-23T10:54:33.202\"}");
  batch = dev_client_get (client, "/realtime/v1/batches/batch_01?offset=-1");
  dev_recording_compare ("trigger-native/21-batch-initial", batch, DEV_COMPARE_EXACT_TIMES);
  batch_live = poll_after (client, batch, "/realtime/v1/batches/batch_01?");
  dev_client_put (client, NULL,
                  "{\"friendlyId\":\"run_0002\",\"status\":\"COMPLETED_SUCCESSFULLY\","
                  "\"output\":\"{\\\"ok\\\":true}\",\"completedAt\":"
                  "\"2026-11-23T10:54:51.984\",\"updatedAt\":\"2026-11-23T10:54:51.984\"}");
  dev_recording_compare ("trigger-native/22-batch-live", batch_live, DEV_COMPARE_EXACT_TIMES);

  dev_client_put (client, NULL, "{\"friendlyId\":\"run_0003\",\"status\":\"DEQUEUED\","
                                "\"updatedAt\":\"2026-11-23T10:54:52.056\"}");
  compare_with_headers (client, DEV_HEADERS_KEY | DEV_HEADERS_ELECTRIC_VERSION, "/realtime/v1/runs/run_0003?offset=-1",
                        "trigger-native/23-legacy-api-version-dequeued", DEV_COMPARE_EXACT_TIMES);
}

static void
test_tags (void)
{
  const char *path = "/realtime/v1/runs?tags=user_7&";
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_NATIVE, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(DevAnswer) initial = NULL, inserted = NULL, changed = NULL, moved_out = NULL;
  g_autoptr(DevAnswer) nobody = NULL, window = NULL, foreign = NULL;

  put_runs_2_and_3 (client, TRUE);
  initial = dev_client_get (client, "/realtime/v1/runs?tags=user_7&offset=-1");
  dev_recording_compare ("trigger-native/12-tags-initial", initial, DEV_COMPARE_SHIFTED_TIMES);

  inserted = poll_after (client, initial, path);
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_0010\",\"taskIdentifier\":\"resize-image\","
                                "\"runTags\":[\"user_7\",\"x\"]}");
  dev_recording_compare ("trigger-native/13-tags-live-insert", inserted, DEV_COMPARE_SHIFTED_TIMES);
  g_assert_cmpstr (dev_answer_header (inserted, "electric-handle"), ==, dev_answer_header (initial, "electric-handle"));

  changed = poll_after (client, inserted, path);
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_0010\",\"status\":\"EXECUTING\"}");
  dev_recording_compare ("trigger-native/14-tags-live-two-runs", changed, DEV_COMPARE_SHIFTED_TIMES);

  moved_out = poll_after (client, changed, path);
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_0010\",\"runTags\":[\"zzz\"]}");
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_0002\",\"status\":\"EXECUTING\"}");
  dev_recording_compare ("trigger-native/15-tags-live-move-out", moved_out, DEV_COMPARE_SHIFTED_TIMES);

  nobody = dev_client_get (client, "/realtime/v1/runs?tags=nobody&offset=-1");
  dev_recording_compare ("trigger-native/16-tags-initial-empty", nobody, DEV_COMPARE_EXACT_TIMES);
  window = dev_client_get (client, "/realtime/v1/runs?tags=user_7&createdAt=1h&skipColumns=payload&offset=-1");
  dev_recording_compare ("trigger-native/18-tags-created-at", window, DEV_COMPARE_SHIFTED_TIMES);
  foreign = dev_client_get (client, "/realtime/v1/runs?tags=user_7&handle=runs_1_1_deadbeef&offset=0_0&live=true");
  dev_recording_compare ("trigger-native/20-tags-foreign-handle", foreign, DEV_COMPARE_SHIFTED_TIMES);
  g_assert_cmpstr (dev_answer_header (foreign, "electric-handle"), ==, "runs_1_1_deadbeef");
}

/* Two feeds on one handle take each other's news. */
static void
test_shared_handle (void)
{
  const char *path = "/realtime/v1/runs?";
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_NATIVE, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(DevAnswer) initial = NULL, first = NULL, second = NULL;

  put_runs_2_and_3 (client, TRUE);
  initial = dev_client_get (client, "/realtime/v1/runs?offset=-1");
  first = poll_after (client, initial, path);
  second = poll_after (client, initial, path);
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_0002\",\"status\":\"EXECUTING\"}");
  dev_client_wait (first);
  dev_client_wait (second);
  g_assert_cmpuint (json_array_get_length (dev_answer_messages (first)) +
                    json_array_get_length (dev_answer_messages (second)), ==, 3);
}

/* Of two changes of a run within a millisecond no live poll tells the second: the row's time has not risen since the
 * first. Only a request that is not live does. */
static void
test_same_millisecond (gconstpointer data)
{
  const char *path = data;
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_NATIVE, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr(GDateTime) then = g_date_time_add_seconds (now, 5);
  g_autofree char *time = g_date_time_format (then, "%Y-%m-%dT%H:%M:%S.117Z");
  g_autofree char *executing = g_strdup_printf ("{\"friendlyId\":\"run_0002\",\"status\":\"EXECUTING\","
                                                "\"updatedAt\":\"%s\"}", time);
  g_autofree char *canceled = g_strdup_printf ("{\"friendlyId\":\"run_0002\",\"status\":\"CANCELED\","
                                               "\"completedAt\":\"%s\",\"updatedAt\":\"%s\"}", time, time);
  g_autofree char *first_url = g_strconcat (path, "offset=-1", NULL);
  g_autofree char *whole_url = NULL;
  g_autoptr(DevAnswer) initial = NULL, first = NULL, second = NULL, whole = NULL;

  put_runs_2_and_3 (client, TRUE);
  initial = dev_client_get (client, first_url);
  first = poll_after (client, initial, path);
  dev_client_put (client, NULL, executing);
  dev_client_wait (first);
  g_assert_cmpstr (json_object_get_string_member (dev_answer_value (first, 0), "status"), ==, "EXECUTING");

  second = poll_after (client, first, path);
  dev_client_put (client, NULL, canceled);
  dev_client_wait (second);
  g_assert_cmpuint (json_array_get_length (dev_answer_messages (second)), ==, 1);
  g_assert_true (dev_answer_up_to_date (second));

  whole_url = take_url (second, path, FALSE);
  whole = dev_client_get (client, whole_url);
  for (guint i = 0;; i++)
    {
      JsonObject *value = dev_answer_value (whole, i);

      if (g_str_equal (json_object_get_string_member (value, "friendlyId"), "run_0002"))
        {
          g_assert_cmpstr (json_object_get_string_member (value, "status"), ==, "CANCELED");
          break;
        }
    }
}

static void
test_cap (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_NATIVE, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(DevAnswer) answer = NULL;
  JsonObject *newest;

  for (int i = 0; i < 1010; i++)
    {
      g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
      g_autoptr(GDateTime) then = g_date_time_add_seconds (now, i - 2000);
      g_autofree char *time = g_date_time_format_iso8601 (then);
      g_autofree char *columns = g_strdup_printf ("{\"friendlyId\":\"run_%04d\",\"createdAt\":\"%s\"}", i, time);

      dev_client_put (client, NULL, columns);
    }
  answer = dev_client_get (client, "/realtime/v1/runs?offset=-1");
  g_assert_cmpuint (json_array_get_length (dev_answer_messages (answer)), ==, 1001);
  newest = dev_answer_value (answer, 0);
  g_assert_cmpstr (json_object_get_string_member (newest, "friendlyId"), ==, "run_1009");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/native/run", test_run);
  g_test_add_func ("/native/requests", test_requests);
  g_test_add_func ("/native/tags", test_tags);
  g_test_add_func ("/native/shared-handle", test_shared_handle);
  g_test_add_data_func ("/native/same-millisecond/list", "/realtime/v1/runs?tags=user_7&", test_same_millisecond);
  g_test_add_data_func ("/native/same-millisecond/batch", "/realtime/v1/batches/batch_01?", test_same_millisecond);
  g_test_add_data_func ("/native/same-millisecond/run", "/realtime/v1/runs/run_0002?", test_same_millisecond);
  g_test_add_func ("/native/cap", test_cap);
  return g_test_run ();
}
