/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "dev-recording.h"

/* A walk along one feed: every answer says where the next request begins. */
typedef struct
{
  DevClient *client;
  const char *path; /* with the parameters of the feed, and a ? */
  char *handle;
  char *offset;
  char *cursor;
} Walk;

static void
walk_take (Walk      *walk,
           DevAnswer *answer)
{
  g_free (walk->handle);
  g_free (walk->offset);
  g_free (walk->cursor);
  walk->handle = g_strdup (dev_answer_header (answer, "electric-handle"));
  walk->offset = g_strdup (dev_answer_header (answer, "electric-offset"));
  walk->cursor = g_strdup (dev_answer_header (answer, "electric-cursor"));
}

static void
walk_clear (Walk *walk)
{
  g_free (walk->handle);
  g_free (walk->offset);
  g_free (walk->cursor);
}

static char *
walk_url (Walk    *walk,
          gboolean live)
{
  g_autofree char *cursor = walk->cursor != NULL ? g_strconcat ("&cursor=", walk->cursor, NULL) : g_strdup ("");

  return g_strconcat (walk->path, "&handle=", walk->handle, "&offset=", walk->offset, live ? "&live=true" : "", cursor,
                      NULL);
}

/* A request that is answered at once, compared with @recording. */
static void
compare_get (DevClient  *client,
             const char *recording,
             const char *path,
             const char *query)
{
  g_autofree char *url = g_strconcat (path, query, NULL);
  g_autoptr(DevAnswer) answer = dev_client_get (client, url);

  dev_recording_compare (recording, answer, DEV_COMPARE_EXACT_TIMES);
}

static void
walk_start (Walk       *walk,
            const char *recording)
{
  g_autofree char *url = g_strconcat (walk->path, "&offset=-1", NULL);
  g_autoptr(DevAnswer) answer = dev_client_get (walk->client, url);

  dev_recording_compare (recording, answer, DEV_COMPARE_EXACT_TIMES);
  walk_take (walk, answer);
}

static void
walk_catch_up (Walk       *walk,
               const char *recording)
{
  g_autofree char *url = walk_url (walk, FALSE);
  g_autoptr(DevAnswer) answer = dev_client_get (walk->client, url);

  dev_recording_compare (recording, answer, DEV_COMPARE_EXACT_TIMES);
  walk_take (walk, answer);
}

static DevAnswer *
walk_poll (Walk *walk)
{
  g_autofree char *url = walk_url (walk, TRUE);

  return dev_client_poll (walk->client, url);
}

static void
walk_see (Walk       *walk,
          DevAnswer  *answer,
          const char *recording)
{
  dev_recording_compare (recording, answer, DEV_COMPARE_EXACT_TIMES);
  walk_take (walk, answer);
}

static void
put_first_run (DevClient  *client,
               const char *batch_id)
{
  dev_client_put (client, batch_id,
                  "{\"id\":\"cmrun00000001\",\"friendlyId\":\"run_00000001\",\"taskIdentifier\":\"resize-image\","
                  "\"payload\":\"{\\\"json\\\":{\\\"n\\\":1}}\",\"createdAt\":\"2026-08-01T10:00:00.1\","
                  "\"updatedAt\":\"2026-08-01T10:00:00.123\",\"runTags\":[\"user_1\"]}");
}

/* Recordings 01 to 10: one run's whole life, each change met by a waiting poll but for 07. */
static void
live_whole_life (Walk *walk)
{
  static const struct
  {
    const char *recording;
    const char *columns;
  } changes[] = {
    { "electric/03-run-live-status",
      "{\"friendlyId\":\"run_00000001\",\"status\":\"DEQUEUED\",\"startedAt\":\"2026-08-01 10:00:01.5\",\"updatedAt\":"
      "\"2026-08-01 10:00:01.5\"}" },
    { "electric/04-run-live-metadata",
      "{\"friendlyId\":\"run_00000001\",\"status\":\"EXECUTING\",\"metadata\":\"{\\\"progress\\\":0.25,"
      "\\\"msg\\\":\\\"h\303\251llo \342\230\203 "
      "\360\237\230\200 \\\\\\\"quoted\\\\\\\" \\\\\\\\ back\\\\nline\\\"}\",\"updatedAt\":\"2026-08-01T10:00:02Z\"}" },
  };
  DevClient *client = walk->client;
  g_autoptr(DevAnswer) answer = NULL;

  walk_start (walk, "electric/01-run-initial");
  g_assert_cmpstr (walk->offset, ==, "0_0");
  walk_catch_up (walk, "electric/02-run-catchup-up-to-date");
  g_assert_cmpstr (walk->offset, ==, "0_inf");
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr(DevAnswer) live = walk_poll (walk);

      dev_client_put (client, NULL, changes[i].columns);
      walk_see (walk, live, changes[i].recording);
    }

  answer = walk_poll (walk);
  spot_dev_server_begin (client->server);
  dev_client_put (client, NULL,
                  "{\"friendlyId\":\"run_00000001\",\"metadata\":\"{\\\"progress\\\":0.5}\","
                  "\"updatedAt\":\"2026-08-01T10:00:03\"}");
  dev_client_put (client, NULL,
                  "{\"friendlyId\":\"run_00000001\",\"runTags\":[\"user_1\",\"org:a b\",\"q\\\"uote\","
                  "\"back\\\\slash\",\"comma,x\","
                  "\"{brace}\",\"NULL\",\"\"],\"updatedAt\":\"2026-08-01T10:00:03.001\"}");
  spot_dev_server_commit (client->server);
  walk_see (walk, answer, "electric/05-run-live-one-transaction-two-updates");
  g_clear_pointer (&answer, dev_answer_free);

  answer = walk_poll (walk);
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_00000001\",\"status\":\"EXECUTING\","
                                "\"updatedAt\":\"2026-08-01T10:00:03.001\"}");
  dev_client_put (client, NULL,
                  "{\"friendlyId\":\"run_00000001\",\"metadata\":null,\"ttl\":\"1h\","
                  "\"updatedAt\":\"2026-08-01T10:00:03.001\"}");
  walk_see (walk, answer, "electric/06-run-live-column-to-null-and-noop");
  g_clear_pointer (&answer, dev_answer_free);

  dev_client_put (client, NULL,
                  "{\"friendlyId\":\"run_00000001\",\"metadata\":\"{\\\"step\\\":0}\",\"costInCents\":0.025,"
                  "\"updatedAt\":"
                  "\"2026-08-01T10:00:04\"}");
  dev_client_put (client, NULL,
                  "{\"friendlyId\":\"run_00000001\",\"metadata\":\"{\\\"step\\\":1}\",\"costInCents\":1.125,"
                  "\"usageDurationMs\":100,"
                  "\"updatedAt\":\"2026-08-01T10:00:05\"}");
  dev_client_put (client, NULL,
                  "{\"friendlyId\":\"run_00000001\",\"metadata\":\"{\\\"step\\\":2}\",\"costInCents\":2.225,"
                  "\"usageDurationMs\":200,"
                  "\"updatedAt\":\"2026-08-01T10:00:06\"}");
  walk_catch_up (walk, "electric/07-run-catchup-three-commits");

  answer = walk_poll (walk);
  dev_client_put (client, NULL,
                  "{\"friendlyId\":\"run_00000001\",\"status\":\"COMPLETED_WITH_ERRORS\","
                  "\"completedAt\":\"2026-08-01T10:00:09.999\","
                  "\"error\":{\"type\":\"BUILT_IN_ERROR\",\"name\":\"Error\",\"message\":\"b\303\266se \\\"x\\\"\","
                  "\"stackTrace\":"
                  "\"Error: x\\n  at y\"},\"costInCents\":1e-7,\"baseCostInCents\":0.0025,"
                  "\"updatedAt\":\"2026-08-01T10:00:09.999\"}");
  walk_see (walk, answer, "electric/08-run-live-final-error");
  g_clear_pointer (&answer, dev_answer_free);

  answer = walk_poll (walk);
  walk_see (walk, answer, "electric/09-run-live-timeout");
  g_clear_pointer (&answer, dev_answer_free);

  answer = walk_poll (walk);
  spot_dev_server_delete_run (client->server, "run_00000001");
  walk_see (walk, answer, "electric/10-run-live-delete");
}

/* The route looks the run up before it asks Electric: when it is gone, that is what the client hears. */
static void
test_run (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  Walk walk = { client, "/realtime/v1/runs/run_00000001?log=full" };
  g_autoptr(DevAnswer) gone = NULL;
  g_autofree char *url = NULL;

  put_first_run (client, NULL);
  live_whole_life (&walk);
  url = walk_url (&walk, TRUE);
  gone = dev_client_get (client, url);
  g_assert_cmpuint (gone->status, ==, 404);
  walk_clear (&walk);
}

/* A batch's route does not look at its runs, so that the same shape can be read after the delete. */
static void
test_batch_with_one_run (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  Walk walk = { client, "/realtime/v1/batches/batch_a?log=full" };
  const char *path = walk.path;
  g_autofree char *replay = NULL;
  g_autofree char *other = NULL;
  g_autofree char *beyond = NULL;
  g_autoptr(DevAnswer) of_other = NULL;

  put_first_run (client, "batch_a");
  live_whole_life (&walk);

  replay = g_strconcat ("&offset=0_0&handle=", walk.handle, NULL);
  compare_get (client, "electric/11-run-replay-from-snapshot-end", path, replay);
  compare_get (client, "electric/12-run-initial-again", path, "&offset=-1");

  compare_get (client, "electric/39-err-wrong-handle", path, "&offset=0_0&handle=12345678-1700000000000000");
  compare_get (client, "electric/40-err-wrong-handle-live", path,
               "&offset=0_0&handle=12345678-1700000000000000&live=true");
  compare_get (client, "electric/41-err-wrong-handle-initial", path, "&offset=-1&handle=12345678-1700000000000000");
  of_other = dev_client_get (client, "/realtime/v1/runs?offset=-1");
  other = g_strconcat ("&offset=0_0&handle=", dev_answer_header (of_other, "electric-handle"), NULL);
  compare_get (client, "electric/42-err-handle-of-other-shape", path, other);
  compare_get (client, "electric/43-err-no-handle", path, "&offset=0_0");
  compare_get (client, "electric/44-err-empty-handle", path, "&offset=-1&handle=");
  compare_get (client, "electric/45-err-no-offset", path, "");
  compare_get (client, "electric/46-err-bad-offset", path, "&offset=banana&handle=x");
  compare_get (client, "electric/47-err-live-with-minus-one", path, "&offset=-1&live=true");
  compare_get (client, "electric/60-offset-now", path, "&offset=now");
  beyond = g_strconcat ("&offset=1064304800_0&handle=", walk.handle, NULL);
  compare_get (client, "electric/65-offset-beyond-the-end", path, beyond);
  walk_clear (&walk);
}

static void
test_empty_shape (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  Walk walk = { client, "/realtime/v1/runs?tags=nobody" };

  put_first_run (client, NULL);
  walk_start (&walk, "electric/13-run-initial-empty-shape");
  walk_catch_up (&walk, "electric/14-run-empty-shape-catchup");
  walk_clear (&walk);
}

static void
put_numbered_run (DevClient  *client,
                  const char *batch_id,
                  int         number,
                  const char *tags)
{
  g_autofree char *columns = g_strdup_printf (
      "{\"id\":\"cmrun%08d\",\"friendlyId\":\"run_%08d\",\"taskIdentifier\":\"resize-image\","
      "\"payload\":\"{\\\"json\\\":{\\\"n\\\":%d}}\","
      "\"createdAt\":\"2026-08-01T10:00:00.1\",\"updatedAt\":\"2026-08-01T10:00:00.123\",\"runTags\":[%s]}",
      number, number, number, tags);

  dev_client_put (client, batch_id, columns);
}

/* A createdAt that is no duration means no bound here, so that runs of whatever day the recording was made on are
   in. */
static void
test_tags (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  Walk walk = { client, "/realtime/v1/runs?tags=user_7&createdAt=ever" };
  g_autoptr(DevAnswer) inserted = NULL, moved_in = NULL, moved_out = NULL, transaction = NULL, truncated = NULL;
  g_autofree char *first_handle = NULL;
  g_autofree char *stale = NULL;

  for (int i = 10; i < 16; i++)
    put_numbered_run (client, NULL, i, i % 2 == 0 ? "\"user_8\",\"batch\"" : "\"user_7\",\"batch\"");
  walk_start (&walk, "electric/18-tags-initial");
  walk_catch_up (&walk, "electric/19-tags-catchup");
  first_handle = g_strdup (walk.handle);

  inserted = walk_poll (&walk);
  put_numbered_run (client, NULL, 20, "\"other\"");
  put_numbered_run (client, NULL, 21, "\"x\",\"user_7\"");
  walk_see (&walk, inserted, "electric/20-tags-live-insert");

  moved_in = walk_poll (&walk);
  dev_client_put (client, NULL,
                  "{\"friendlyId\":\"run_00000010\",\"runTags\":[\"user_8\",\"user_7\"],"
                  "\"updatedAt\":\"2026-08-01T10:01:00\"}");
  walk_see (&walk, moved_in, "electric/21-tags-live-move-in");

  moved_out = walk_poll (&walk);
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_00000011\",\"runTags\":[\"user_9\"],"
                                "\"updatedAt\":\"2026-08-01T10:00:00.123\"}");
  walk_see (&walk, moved_out, "electric/22-tags-live-move-out");

  transaction = walk_poll (&walk);
  spot_dev_server_begin (client->server);
  put_numbered_run (client, NULL, 22, "\"user_7\"");
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_00000022\",\"status\":\"EXECUTING\","
                                "\"updatedAt\":\"2026-08-01T10:00:00.123\"}");
  spot_dev_server_delete_run (client->server, "run_00000022");
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_00000015\",\"status\":\"CANCELED\","
                                "\"updatedAt\":\"2026-08-01T10:00:00.123\"}");
  spot_dev_server_commit (client->server);
  dev_recording_compare ("electric/24-tags-live-insert-update-delete-one-transaction", transaction,
                         DEV_COMPARE_ANY_START);
  walk_take (&walk, transaction);

  /* The table is emptied: Electric drops the shape rather than to list the deletes. */
  truncated = walk_poll (&walk);
  spot_dev_server_rotate (client->server);
  dev_recording_compare ("electric/87-truncate-while-live", truncated, DEV_COMPARE_EXACT_TIMES);
  for (int i = 10; i < 22; i++)
    {
      g_autofree char *run_id = g_strdup_printf ("run_%08d", i);

      spot_dev_server_delete_run (client->server, run_id);
    }
  stale = g_strconcat ("&offset=", walk.offset, "&handle=", first_handle, NULL);
  compare_get (client, "electric/88-after-truncate-old-handle", walk.path, stale);
  walk_start (&walk, "electric/89-after-truncate-initial");
  g_assert_cmpstr (walk.handle, !=, first_handle);
  walk_clear (&walk);
}

static void
test_batch (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  Walk walk = { client, "/realtime/v1/batches/batch_01?log=full" };
  Walk few = { client, "/realtime/v1/batches/batch_01?skipColumns=updatedAt,startedAt,delayUntil,queuedAt,expiredAt,"
                       "completedAt,number,isTest,"
                       "usageDurationMs,costInCents,baseCostInCents,ttl,payload,payloadType,metadata,metadataType,"
                       "output,%20outputType,runTags,"
                       "error,realtimeStreams,id,status,nonsense" };
  g_autoptr(DevAnswer) other_column = NULL, rotated = NULL;
  g_autofree char *first_handle = NULL;
  g_autofree char *stale = NULL;

  put_numbered_run (client, "batch_01", 30, "\"user_1\"");
  dev_client_put (client, "batch_01",
                  "{\"id\":\"cmrun00000031\",\"friendlyId\":\"run_00000031\",\"taskIdentifier\":\"resize-image\","
                  "\"isTest\":true,"
                  "\"payload\":\"{\\\"s\\\":\\\"zwei\342\200\250Zeilen \\u0007 \360\237\232\200\\\"}\","
                  "\"createdAt\":\"2026-08-01T10:00:00.1\","
                  "\"updatedAt\":\"2026-08-01T10:00:00.123\",\"runTags\":[\"user_1\"]}");
  walk_start (&walk, "electric/25-batch-initial");
  walk_catch_up (&walk, "electric/26-batch-catchup");

  walk_start (&few, "electric/27-columns-few-initial");
  walk_catch_up (&few, "electric/28-columns-few-catchup");
  other_column = walk_poll (&few);
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_00000030\",\"metadata\":\"{}\"}");
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_00000030\",\"status\":\"EXECUTING\"}");
  walk_see (&few, other_column, "electric/29-columns-few-live-other-column");

  g_free (walk.offset);
  walk.offset = g_strdup (few.offset);
  rotated = walk_poll (&walk);
  first_handle = g_strdup (walk.handle);
  spot_dev_server_rotate (client->server);
  dev_recording_compare ("electric/86-live-while-shape-deleted", rotated, DEV_COMPARE_EXACT_TIMES);
  stale = g_strconcat ("&offset=0_inf&handle=", first_handle, NULL);
  compare_get (client, "electric/84-after-delete-old-handle", walk.path, stale);
  walk_clear (&walk);
  walk_clear (&few);
}

/* The cursor moves in steps of 20 s, and is another one when the client already has it. */
static void
test_cursor (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  Walk walk = { client, "/realtime/v1/batches/batch_a?log=full" };
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC - 1728432000;
  const char *const numbers[] = { "{\"friendlyId\":\"run_00000001\",\"number\":1}",
                                  "{\"friendlyId\":\"run_00000001\",\"number\":2}" };
  g_autofree char *first = NULL;

  put_first_run (client, "batch_a");
  walk_start (&walk, "electric/01-run-initial");
  walk_catch_up (&walk, "electric/02-run-catchup-up-to-date");
  for (int i = 0; i < 2; i++)
    {
      g_autoptr(DevAnswer) answer = walk_poll (&walk);

      dev_client_put (client, NULL, numbers[i]);
      dev_client_wait (answer);
      walk_take (&walk, answer);
      if (i == 0)
        {
          g_assert_cmpint (g_ascii_strtoll (walk.cursor, NULL, 10) % 20, ==, 0);
          g_assert_cmpint (g_ascii_strtoll (walk.cursor, NULL, 10), >, now_s);
          g_assert_cmpint (g_ascii_strtoll (walk.cursor, NULL, 10), <=, now_s + 60);
          first = g_strdup (walk.cursor);
        }
    }
  g_assert_cmpstr (walk.cursor, !=, first);
  walk_clear (&walk);
}

/* More than 10 MB: the snapshot comes in pieces, and only the last one ends it. */
static void
test_pieces (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  g_autofree char *payload = g_strnfill (400 * 1024, 'x');
  static const char *const expected[] = { "0_0", "0_1", "0_inf" };
  g_autofree char *handle = NULL;
  g_autofree char *offset = g_strdup ("-1");
  guint n_rows = 0;

  for (int i = 0; i < 40; i++)
    {
      g_autofree char *columns = g_strdup_printf ("{\"friendlyId\":\"run_%d\",\"payload\":\"%s\","
                                                  "\"payloadType\":\"text/plain\"}", i, payload);

      dev_client_put (client, NULL, columns);
    }
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *url = g_strdup_printf ("/realtime/v1/runs?offset=%s&handle=%s", offset,
                                              handle != NULL ? handle : "");
      g_autoptr(DevAnswer) answer = dev_client_get (client, url);
      JsonArray *messages = dev_answer_messages (answer);

      g_assert_cmpuint (answer->status, ==, 200);
      g_assert_cmpstr (dev_answer_header (answer, "electric-offset"), ==, expected[i]);
      g_assert_cmpint (dev_answer_header (answer, "electric-up-to-date") != NULL, ==, i == 2);
      g_assert_cmpint (strstr (answer->body, "snapshot-end") != NULL, ==, i == 1);
      n_rows += json_array_get_length (messages) - (i == 0 ? 0 : 1);
      if (i == 0)
        g_assert_cmpuint (strlen (answer->body), >, 10 * 1024 * 1024);
      g_free (offset);
      offset = g_strdup (dev_answer_header (answer, "electric-offset"));
      g_free (handle);
      handle = g_strdup (dev_answer_header (answer, "electric-handle"));
    }
  g_assert_cmpuint (n_rows, ==, 40);
}

/* News come as events, with signs of life between them, until the time is over; what has piled up ends it at once. */
static void
test_events (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(DevAnswer) settings = dev_client_send (client, DEV_HEADERS_ALL, "POST", "/dev/settings",
                                                   "{\"sseMs\":400,\"keepAliveMs\":100}");
  g_autoptr(DevAnswer) start = NULL, live = NULL, behind = NULL, wrong = NULL;
  g_autofree char *path = NULL;
  g_autofree char *wrong_path = NULL;

  dev_client_wait (settings);
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\",\"status\":\"PENDING\"}");
  start = dev_client_get (client, "/realtime/v1/runs/run_1?offset=-1");
  wrong_path = g_strconcat ("/realtime/v1/runs/run_1?live_sse=true&offset=0_inf&handle=",
                            dev_answer_header (start, "electric-handle"), NULL);
  wrong = dev_client_get (client, wrong_path);
  g_assert_cmpuint (wrong->status, ==, 400);
  path = g_strconcat (wrong_path, "&live=true", NULL);
  live = dev_client_get (client, path);
  g_assert_cmpuint (live->status, ==, 200);
  g_assert_cmpstr (dev_answer_header (live, "content-type"), ==, "text/event-stream");
  g_assert_cmpstr (dev_answer_header (live, "electric-offset"), ==, "0_inf");
  g_assert_true (g_str_has_prefix (live->body, ": keep-alive\n\n: keep-alive\n\n"));
  g_assert_null (strstr (live->body, "data:"));

  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\",\"status\":\"EXECUTING\"}");
  behind = dev_client_get (client, path);
  g_assert_true (g_str_has_prefix (behind->body, "data: {\"value\":{\"id\""));
  g_assert_nonnull (strstr (behind->body, "\n\ndata: {\"headers\":{\"control\":\"up-to-date\""));
  g_assert_true (g_str_has_suffix (behind->body, "}}\n\n"));
}

/* With `replica=full` a change has the whole row and what it was before; `changes_only` has no snapshot. */
static void
test_modes (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(DevAnswer) start = NULL, changes = NULL, empty = NULL, options = NULL;
  g_autofree char *path = NULL;
  JsonObject *message;

  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\",\"status\":\"PENDING\"}");
  start = dev_client_get (client, "/realtime/v1/runs/run_1?offset=-1&replica=full");
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\",\"status\":\"EXECUTING\"}");
  path = g_strconcat ("/realtime/v1/runs/run_1?replica=full&offset=0_inf&handle=",
                      dev_answer_header (start, "electric-handle"), NULL);
  changes = dev_client_get (client, path);
  g_assert_cmpstr (json_object_get_string_member (dev_answer_value (changes, 0), "friendlyId"), ==, "run_1");
  message = json_array_get_object_element (dev_answer_messages (changes), 0);
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (message, "old_value"), "status"), ==,
                   "PENDING");
  empty = dev_client_get (client, "/realtime/v1/runs/run_1?offset=-1&log=changes_only");
  g_assert_cmpuint (json_array_get_length (dev_answer_messages (empty)), ==, 1);
  options = dev_client_send (client, DEV_HEADERS_NONE, "OPTIONS", "/realtime/v1/runs", NULL);
  dev_client_wait (options);
  g_assert_cmpuint (options->status, ==, 204);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/electric/run", test_run);
  g_test_add_func ("/electric/batch-with-one-run", test_batch_with_one_run);
  g_test_add_func ("/electric/empty-shape", test_empty_shape);
  g_test_add_func ("/electric/tags", test_tags);
  g_test_add_func ("/electric/batch", test_batch);
  g_test_add_func ("/electric/cursor", test_cursor);
  g_test_add_func ("/electric/pieces", test_pieces);
  g_test_add_func ("/electric/events", test_events);
  g_test_add_func ("/electric/modes", test_modes);

  return g_test_run ();
}
