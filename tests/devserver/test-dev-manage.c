/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "dev-client.h"

#define ECHO "/api/v1/tasks/echo/trigger"

static DevAnswer *
call (DevClient  *client,
      const char *method,
      const char *path,
      const char *body,
      guint       status)
{
  DevAnswer *answer = dev_client_send (client, DEV_HEADERS_ALL, method, path, body);

  dev_client_wait (answer);
  g_assert_no_error (answer->error);
  if (answer->status != status)
    g_test_message ("%s %s: %s", method, path, answer->body);
  g_assert_cmpuint (answer->status, ==, status);
  return answer;
}

static JsonObject *
get_object (DevAnswer *answer)
{
  g_autoptr(GError) error = NULL;

  if (answer->messages == NULL)
    answer->messages = json_from_string (answer->body, &error);
  g_assert_no_error (error);
  return json_node_get_object (answer->messages);
}

static char *
trigger (DevClient  *client,
         const char *path,
         const char *body)
{
  g_autoptr(DevAnswer) answer = call (client, "POST", path, body, 200);

  g_assert_nonnull (dev_answer_header (answer, "x-trigger-jwt"));
  return g_strdup (json_object_get_string_member (get_object (answer), "id"));
}

/* The answer to a request with another credential than the key. */
static DevAnswer *
send_as (DevClient  *client,
         const char *method,
         const char *path,
         const char *body,
         const char *token)
{
  DevAnswer *answer = dev_client_send (client, DEV_HEADERS_ELECTRIC_VERSION, method, path, body);
  g_autofree char *bearer = g_strconcat ("Bearer ", token, NULL);

  soup_message_headers_append (soup_message_get_request_headers (answer->message), "authorization", bearer);
  dev_client_wait (answer);
  g_assert_no_error (answer->error);
  return answer;
}

static DevAnswer *
get_as (DevClient  *client,
        const char *path,
        const char *token)
{
  return send_as (client, "GET", path, NULL, token);
}

static void
wait_status (DevClient  *client,
             const char *run_id,
             const char *status)
{
  g_autofree char *path = g_strconcat ("/api/v3/runs/", run_id, NULL);
  gint64 deadline_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  for (;;)
    {
      g_autoptr(DevAnswer) answer = call (client, "GET", path, NULL, 200);

      if (g_str_equal (json_object_get_string_member (get_object (answer), "status"), status))
        return;
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_usleep (2000);
    }
}

static DevClient *
new_client (void)
{
  const SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_EMPTY, .seed = 7, .speed = 20,
                                   .hold_ms = DEV_HOLD_MS };
  DevClient *client = dev_client_new_for (&options);
  g_autoptr(DevAnswer) settings = call (client, "POST", "/dev/settings", "{\"rateLimit\":100000}", 200);

  return client;
}

/* A triggered run is there at once, lives, and ends with its payload as output. */
static void
test_trigger (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autofree char *id = trigger (client, ECHO, "{\"payload\":\"{\\\"json\\\":{\\\"a\\\":1}}\","
                                               "\"options\":{\"payloadType\":\"application/super+json\",\"tags\":"
                                               "[\"x\",\"y:1\"],\"metadata\":{\"m\":2},\"ttl\":90}}");
  g_autofree char *path = g_strconcat ("/api/v3/runs/", id, NULL);
  g_autoptr(DevAnswer) feed = NULL, run = NULL, again = NULL;
  g_autofree char *feed_path = g_strconcat ("/realtime/v1/runs/", id, "?offset=-1", NULL);
  JsonObject *object;

  feed = dev_client_get (client, feed_path);
  g_assert_cmpstr (json_object_get_string_member (dev_answer_value (feed, 0), "runTags"), ==, "{x,y:1}");
  wait_status (client, id, "COMPLETED");
  run = call (client, "GET", path, NULL, 200);
  object = get_object (run);
  g_assert_cmpstr (json_object_get_string_member (object, "taskIdentifier"), ==, "echo");
  g_assert_cmpstr (json_object_get_string_member (object, "ttl"), ==, "90s");
  g_assert_true (json_object_get_boolean_member (object, "isSuccess"));
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (object, "payload"), "a"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (object, "output"), "a"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (object, "metadata"), "m"), ==, 2);
}

static void
test_trigger_refused (void)
{
  static const struct
  {
    const char *body;
    guint status;
  } cases[] = {
    { "", 400 },
    { "[]", 400 },
    { "{\"options\":{\"tags\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\"]}}", 422 },
    { "{\"options\":{\"tags\":[\"\"]}}", 400 },
    { "{\"options\":{\"delay\":\"soon\"}}", 422 },
  };
  g_autoptr(DevClient) client = new_client ();
  g_autoptr(DevAnswer) list = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(DevAnswer) answer = call (client, "POST", ECHO, cases[i].body, cases[i].status);

      g_assert_nonnull (json_object_get_string_member (get_object (answer), "error"));
    }
  list = call (client, "GET", "/api/v1/runs", NULL, 200);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (get_object (list), "data")), ==, 0);
}

static void
test_batch (void)
{
  static const char batch_body[] = "{\"runCount\":3,\"idempotencyKey\":\"k\"}";
  g_autoptr(DevClient) client = new_client ();
  g_autoptr(DevAnswer) created = call (client, "POST", "/api/v3/batches", batch_body, 202);
  g_autoptr(DevAnswer) cached = call (client, "POST", "/api/v3/batches", batch_body, 202);
  const char *id = json_object_get_string_member (get_object (created), "id");
  g_autofree char *items = g_strconcat ("/api/v3/batches/", id, "/items", NULL);
  g_autofree char *batch = g_strconcat ("/api/v2/batches/", id, NULL);
  g_autofree char *feed_path = g_strconcat ("/realtime/v1/batches/", id, "?offset=-1", NULL);
  g_autoptr(DevAnswer) part = NULL, rest = NULL, whole = NULL, feed = NULL;

  g_assert_true (json_object_get_boolean_member (get_object (cached), "isCached"));
  g_assert_cmpstr (json_object_get_string_member (get_object (cached), "id"), ==, id);
  part = call (client, "POST", items, "{\"index\":0,\"task\":\"echo\",\"payload\":\"1\"}\n"
                                      "{\"index\":2,\"task\":\"echo\"}\n", 200);
  g_assert_false (json_object_get_boolean_member (get_object (part), "sealed"));
  g_assert_cmpint (json_object_get_int_member (get_object (part), "enqueuedCount"), ==, 2);
  rest = call (client, "POST", items, "{\"index\":0,\"task\":\"echo\"}\n{\"index\":1,\"task\":\"echo\"}", 200);
  g_assert_true (json_object_get_boolean_member (get_object (rest), "sealed"));
  g_assert_cmpint (json_object_get_int_member (get_object (rest), "itemsDeduplicated"), ==, 1);
  whole = call (client, "GET", batch, NULL, 200);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (get_object (whole), "runs")), ==, 3);
  feed = dev_client_get (client, feed_path);
  g_assert_cmpuint (json_array_get_length (dev_answer_messages (feed)), ==, 4);
}

/* Every run once, newest first, also when new ones come between two pages. */
static void
test_list_pages (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *path = g_strdup ("/api/v1/runs?page%5Bsize%5D=2");

  for (guint i = 0; i < 5; i++)
    g_free (trigger (client, ECHO, "{\"options\":{\"tags\":[\"t\"]}}"));
  while (path != NULL)
    {
      g_autoptr(DevAnswer) page = call (client, "GET", path, NULL, 200);
      JsonObject *object = get_object (page), *pagination = json_object_get_object_member (object, "pagination");
      JsonArray *data = json_object_get_array_member (object, "data");
      g_autofree char *next = NULL;

      for (guint i = 0; i < json_array_get_length (data); i++)
        g_assert_true (g_hash_table_add (seen, g_strdup (json_object_get_string_member (
                                                 json_array_get_object_element (data, i), "id"))));
      if (json_object_has_member (pagination, "next"))
        next = g_uri_escape_string (json_object_get_string_member (pagination, "next"), NULL, FALSE);
      g_free (path);
      path = next != NULL ? g_strconcat ("/api/v1/runs?page%5Bsize%5D=2&page%5Bafter%5D=", next, NULL) : NULL;
      g_free (trigger (client, ECHO, "{}"));
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, 5);
  {
    g_autoptr(DevAnswer) tagged = call (client, "GET", "/api/v1/runs?filter%5Btag%5D=t%2Cu", NULL, 200);
    g_autoptr(DevAnswer) bad = call (client, "GET", "/api/v1/runs?filter%5Bstatus%5D=NONE", NULL, 400);

    g_assert_cmpuint (json_array_get_length (json_object_get_array_member (get_object (tagged), "data")), ==, 5);
    g_assert_cmpstr (bad->body, ==, "{\"error\":\"Invalid status values: NONE\"}");
  }
}

static void
test_actions (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autofree char *id = trigger (client, "/api/v1/tasks/send-reminder/trigger", "{\"options\":{\"delay\":\"1h\"}}");
  g_autofree char *cancel = g_strconcat ("/api/v2/runs/", id, "/cancel", NULL);
  g_autofree char *replay = g_strconcat ("/api/v1/runs/", id, "/replay", NULL);
  g_autofree char *reschedule = g_strconcat ("/api/v1/runs/", id, "/reschedule", NULL);
  g_autofree char *tags = g_strconcat ("/api/v1/runs/", id, "/tags", NULL);
  g_autofree char *metadata = g_strconcat ("/api/v1/runs/", id, "/metadata", NULL);
  g_autoptr(DevAnswer) first = NULL, second = NULL, late = NULL, replayed = NULL, strange = NULL, moved = NULL;
  g_autoptr(DevAnswer) tagged = NULL, too_many = NULL, changed = NULL, refused = NULL, read = NULL;

  moved = call (client, "POST", reschedule, "{\"delay\":\"3h\"}", 200);
  g_assert_cmpstr (json_object_get_string_member (get_object (moved), "status"), ==, "DELAYED");
  tagged = call (client, "POST", tags, "{\"tags\":[\"a\",\"b\"]}", 200);
  too_many = call (client, "POST", tags, "{\"tags\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]}", 422);
  changed = call (client, "PUT", metadata, "{\"metadata\":{\"n\":1},\"operations\":["
                                           "{\"type\":\"increment\",\"key\":\"n\",\"value\":2},"
                                           "{\"type\":\"set\",\"key\":\"$.a.b\",\"value\":true},"
                                           "{\"type\":\"append\",\"key\":\"l\",\"value\":1},"
                                           "{\"type\":\"append\",\"key\":\"l\",\"value\":2},"
                                           "{\"type\":\"remove\",\"key\":\"l\",\"value\":1},"
                                           "{\"type\":\"update\",\"value\":{\"u\":0}},"
                                           "{\"type\":\"delete\",\"key\":\"u\"}]}", 200);
  g_assert_cmpstr (changed->body, ==, "{\"metadata\":{\"n\":3,\"a\":{\"b\":true},\"l\":[2]}}");
  refused = call (client, "PUT", metadata,
                  "{\"operations\":[{\"type\":\"set\",\"key\":\"$.__proto__.x\",\"value\":1}]}", 400);
  read = call (client, "GET", metadata, NULL, 200);
  g_assert_cmpstr (json_object_get_string_member (get_object (read), "metadata"), ==,
                   "{\"n\":3,\"a\":{\"b\":true},\"l\":[2]}");

  first = call (client, "POST", cancel, NULL, 200);
  wait_status (client, id, "CANCELED");
  second = call (client, "POST", cancel, NULL, 200);
  late = call (client, "POST", reschedule, "{\"delay\":\"1h\"}", 422);
  replayed = call (client, "POST", replay, "{\"tags\":[\"again\"]}", 200);
  g_assert_cmpstr (json_object_get_string_member (get_object (replayed), "id"), !=, id);
  strange = call (client, "POST", replay, "{\"nonsense\":1}", 400);
}

/* A token may do what its scopes say, until it expires. */
static void
test_tokens (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autofree char *mine = trigger (client, ECHO, "{\"options\":{\"tags\":[\"user:42\"]}}");
  g_autofree char *other = trigger (client, ECHO, "{}");
  g_autofree char *mine_path = g_strconcat ("/realtime/v1/runs/", mine, "?offset=-1", NULL);
  g_autofree char *other_path = g_strconcat ("/realtime/v1/runs/", other, "?offset=-1", NULL);
  g_autoptr(DevAnswer) made = call (client, "POST", "/api/v1/auth/public-tokens",
                                    "{\"scopes\":[\"read:tags:user:42\"],\"realtime\":{\"skipColumns\":[\"payload\"]},"
                                    "\"expirationTime\":\"2s\"}", 200);
  g_autoptr(DevAnswer) too_long = call (client, "POST", "/api/v1/auth/public-tokens",
                                        "{\"expirationTime\":\"40d\"}", 400);
  const char *token = json_object_get_string_member (get_object (made), "token");
  g_autofree char *forged = g_strdup (token);
  g_autoptr(DevAnswer) allowed = get_as (client, mine_path, token), denied = get_as (client, other_path, token);
  g_autoptr(DevAnswer) list = get_as (client, "/realtime/v1/runs?offset=-1&tags=user%3A42%2Cx", token);
  g_autoptr(DevAnswer) all = get_as (client, "/realtime/v1/runs?offset=-1", token), bad = NULL, whoami = NULL;
  gint64 deadline_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  g_assert_cmpuint (allowed->status, ==, 200);
  g_assert_false (json_object_has_member (dev_answer_value (allowed, 0), "payload"));
  g_assert_cmpuint (denied->status, ==, 403);
  g_assert_cmpstr (denied->body, ==, "{\"error\":\"Unauthorized\",\"code\":\"unauthorized\",\"param\":\"access_token\","
                                     "\"type\":\"authorization\"}");
  g_assert_cmpuint (list->status, ==, 200);
  g_assert_cmpuint (all->status, ==, 403);
  forged[strlen (forged) / 2] ^= 1;
  bad = get_as (client, mine_path, forged);
  g_assert_cmpuint (bad->status, ==, 401);
  whoami = get_as (client, "/api/v1/whoami", token);
  g_assert_cmpuint (whoami->status, ==, 401);
  for (;;)
    {
      g_autoptr(DevAnswer) late = get_as (client, mine_path, token);

      if (late->status == 401)
        {
          g_assert_cmpstr (late->body, ==, "{\"error\":\"Public Access Token is invalid\"}");
          break;
        }
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_usleep (20000);
    }
}

#define PROJECT "/api/v1/projects/proj_demodemodemodemodemo"

/* As the CLI signs in: a code, which becomes a token when somebody has clicked, which mints short ones. */
static void
test_person (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autoptr(DevAnswer) code = call (client, "POST", "/api/v1/authorization-code", "{}", 200);
  const char *text = json_object_get_string_member (get_object (code), "authorizationCode");
  g_autofree char *body = g_strdup_printf ("{\"authorizationCode\":\"%s\"}", text);
  g_autoptr(DevAnswer) waiting = call (client, "POST", "/api/v1/token", body, 200);
  g_autoptr(DevAnswer) granted = call (client, "POST", "/api/v1/token", body, 200);
  g_autoptr(DevAnswer) spent = call (client, "POST", "/api/v1/token", body, 400);
  const char *key = spot_dev_server_get_key (client->server);
  const char *person;
  g_autoptr(DevAnswer) who = NULL, project = NULL, list = NULL, minted = NULL, secret = NULL, none = NULL, feed = NULL;
  g_autoptr(DevAnswer) no_branch = NULL, out = NULL, as_token = NULL;
  const char *token;

  g_assert_true (json_object_get_null_member (get_object (waiting), "token"));
  g_assert_nonnull (strstr (spent->body, "Invalid authorization code"));
  person = json_object_get_string_member (json_object_get_object_member (get_object (granted), "token"), "token");
  g_assert_true (g_str_has_prefix (person, "tr_pat_"));

  who = get_as (client, "/api/v2/whoami?projectRef=proj_demodemodemodemodemo", person);
  g_assert_cmpuint (who->status, ==, 200);
  g_assert_nonnull (json_object_get_object_member (get_object (who), "project"));
  project = get_as (client, "/api/v1/projects", person);
  g_assert_cmpuint (project->status, ==, 200);
  list = get_as (client, PROJECT "/environments", person);
  g_assert_cmpuint (list->status, ==, 200);
  g_assert_nonnull (strstr (list->body, "\"slug\":\"stg\""));
  secret = get_as (client, PROJECT "/prod", person);
  g_assert_cmpstr (json_object_get_string_member (get_object (secret), "apiKey"), ==, key);
  none = get_as (client, "/api/v1/projects/proj_other/environments", person);
  g_assert_cmpuint (none->status, ==, 404);
  feed = get_as (client, "/realtime/v1/runs?offset=-1", person);
  g_assert_cmpuint (feed->status, ==, 401);

  minted = send_as (client, "POST", PROJECT "/staging/jwt", "{\"claims\":{\"scopes\":[\"read:runs\"]}}", person);
  g_assert_cmpuint (minted->status, ==, 200);
  no_branch = send_as (client, "POST", PROJECT "/preview/jwt", "{\"claims\":{\"scopes\":[\"read:runs\"]}}", person);
  g_assert_cmpuint (no_branch->status, ==, 404);
  token = json_object_get_string_member (get_object (minted), "token");
  as_token = get_as (client, "/realtime/v1/runs?offset=-1", token);
  g_assert_cmpuint (as_token->status, ==, 200);

  g_clear_pointer (&none, dev_answer_free);
  none = call (client, "POST", "/dev/settings", "{\"personRevoked\":1}", 200);
  out = get_as (client, "/api/v2/whoami", person);
  g_assert_cmpuint (out->status, ==, 401);
}

static void
test_rate_limit (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autoptr(DevAnswer) settings = call (client, "POST", "/dev/settings",
                                        "{\"rateLimit\":2,\"rateWindowMs\":60000}", 200);
  g_autoptr(DevAnswer) first = call (client, "GET", "/api/v1/runs", NULL, 200);
  g_autoptr(DevAnswer) second = call (client, "GET", "/api/v1/whoami", NULL, 200);
  g_autoptr(DevAnswer) third = call (client, "GET", "/api/v1/runs", NULL, 429);
  g_autoptr(DevAnswer) feed = dev_client_get (client, "/realtime/v1/runs?offset=-1");
  g_autoptr(DevAnswer) exempt = call (client, "POST", "/api/v1/auth/jwt/claims", NULL, 200);
  gint64 reset_ms = g_ascii_strtoll (dev_answer_header (third, "x-ratelimit-reset"), NULL, 10);

  g_assert_cmpstr (dev_answer_header (first, "x-ratelimit-remaining"), ==, "1");
  g_assert_cmpstr (dev_answer_header (third, "x-ratelimit-remaining"), ==, "0");
  g_assert_null (dev_answer_header (third, "retry-after"));
  g_assert_cmpint (reset_ms, >, g_get_real_time () / 1000);
  g_assert_cmpint (reset_ms, <=, g_get_real_time () / 1000 + 60000);
  g_assert_cmpint (json_object_get_int_member (get_object (third), "reset"), ==, reset_ms);
  g_assert_cmpuint (feed->status, ==, 200);
}

/* The address is good for a while, for the path it is for, and only without a credential. */
static void
test_packets (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autoptr(DevAnswer) place = call (client, "PUT", "/api/v2/packets/a%2Fb.json", NULL, 200);
  g_autoptr(DevAnswer) put = NULL, got = NULL, with_key = NULL, bad = NULL, old = NULL, expired = NULL, down = NULL;
  const char *url = json_object_get_string_member (get_object (place), "presignedUrl");
  const char *path = url + strlen (spot_dev_server_get_url (client->server));

  g_assert_cmpstr (json_object_get_string_member (get_object (place), "storagePath"), ==, "a/b.json");
  put = dev_client_send (client, DEV_HEADERS_NONE, "PUT", path, "{\"big\":1}");
  dev_client_wait (put);
  g_assert_cmpuint (put->status, ==, 200);
  down = call (client, "GET", "/api/v1/packets/a%2Fb.json", NULL, 200);
  url = json_object_get_string_member (get_object (down), "presignedUrl");
  got = dev_client_send (client, DEV_HEADERS_NONE, "GET", url + strlen (spot_dev_server_get_url (client->server)),
                         NULL);
  dev_client_wait (got);
  g_assert_cmpuint (got->status, ==, 200);
  g_assert_cmpstr (got->body, ==, "{\"big\":1}");
  g_assert_cmpstr (dev_answer_header (got, "content-type"), ==, "application/json");
  with_key = call (client, "GET", path, NULL, 400);
  bad = call (client, "GET", "/api/v1/packets/a%5Cb", NULL, 400);
  g_assert_cmpstr (bad->body, ==, "{\"error\":\"Invalid packet storage path\"}");
  dev_answer_free (call (client, "POST", "/dev/settings", "{\"presignMs\":-1000}", 200));
  old = call (client, "GET", "/api/v1/packets/a%2Fb.json", NULL, 200);
  url = json_object_get_string_member (get_object (old), "presignedUrl");
  expired = dev_client_send (client, DEV_HEADERS_NONE, "GET", url + strlen (spot_dev_server_get_url (client->server)),
                             NULL);
  dev_client_wait (expired);
  g_assert_cmpuint (expired->status, ==, 403);
}

static void
test_trace (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autofree char *id = trigger (client, ECHO, "{}");
  g_autofree char *path = g_strconcat ("/api/v1/runs/", id, "/trace", NULL);
  g_autofree char *paged = g_strconcat (path, "?page%5Bsize%5D=2", NULL);
  g_autoptr(DevAnswer) tree = NULL, page = NULL;
  JsonObject *root;

  wait_status (client, id, "COMPLETED");
  tree = call (client, "GET", path, NULL, 200);
  root = json_object_get_object_member (json_object_get_object_member (get_object (tree), "trace"), "rootSpan");
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (root, "data"), "message"), ==, "echo");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "children")), ==, 1);
  page = call (client, "GET", paged, NULL, 200);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (get_object (page), "data")), ==, 2);
  g_assert_true (json_object_has_member (json_object_get_object_member (get_object (page), "pagination"), "next"));
}

/* Both formats, from the beginning and from the last id; the end is clean when nothing comes any more. */
static void
test_streams (void)
{
  g_autoptr(DevClient) client = new_client ();
  g_autofree char *id = trigger (client, "/api/v1/tasks/answer-question/trigger", "{}");
  g_autofree char *path = g_strconcat ("/realtime/v1/streams/", id, "/answer", NULL);
  g_autofree char *old_path = g_strconcat (path, "?streams=v1", NULL);
  const char *const paths[] = { path, old_path };

  wait_status (client, id, "COMPLETED");
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    for (guint resumed = 0; resumed < 2; resumed++)
      {
        DevAnswer *answer = dev_client_send (client, DEV_HEADERS_ALL, "GET", paths[i], NULL);
        SoupMessageHeaders *headers = soup_message_get_request_headers (answer->message);

        soup_message_headers_append (headers, "timeout-seconds", "1");
        if (resumed)
          soup_message_headers_append (headers, "last-event-id", i == 0 ? "13" : "99999999999999-0");
        dev_client_wait (answer);
        g_assert_no_error (answer->error);
        g_assert_cmpuint (answer->status, ==, 200);
        g_assert_cmpstr (dev_answer_header (answer, "x-stream-version"), ==, i == 0 ? "v2" : NULL);
        g_assert_cmpint (strstr (answer->body, "Three ") != NULL, ==, !resumed);
        g_assert_cmpint (strstr (answer->body, "\"seq_num\":14") != NULL, ==, i == 0);
        dev_answer_free (answer);
      }
}

/* What a test writes, in the form that it chose. */
static void
test_written_streams (void)
{
  g_autoptr(DevClient) client = new_client ();

  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\",\"taskIdentifier\":\"task\",\"status\":\"EXECUTING\"}");
  spot_dev_server_write_stream (client->server, "run_1", "log", "{\"n\":7}");
  for (guint old = 0; old < 2; old++)
    {
      DevAnswer *answer;

      spot_dev_server_set_old_streams (client->server, old == 1);
      answer = dev_client_send (client, DEV_HEADERS_ALL, "GET", "/realtime/v1/streams/run_1/log", NULL);
      soup_message_headers_append (soup_message_get_request_headers (answer->message), "timeout-seconds", "1");
      dev_client_wait (answer);
      g_assert_cmpuint (answer->status, ==, 200);
      g_assert_cmpstr (dev_answer_header (answer, "x-stream-version"), ==, old ? NULL : "v2");
      g_assert_cmpint (strstr (answer->body, "data: {\"n\":7}") != NULL, ==, old);
      g_assert_cmpint (strstr (answer->body, "\\\"n\\\":7") != NULL, ==, !old);
      dev_answer_free (answer);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/manage/trigger", test_trigger);
  g_test_add_func ("/manage/trigger-refused", test_trigger_refused);
  g_test_add_func ("/manage/batch", test_batch);
  g_test_add_func ("/manage/list-pages", test_list_pages);
  g_test_add_func ("/manage/actions", test_actions);
  g_test_add_func ("/manage/tokens", test_tokens);
  g_test_add_func ("/manage/person", test_person);
  g_test_add_func ("/manage/rate-limit", test_rate_limit);
  g_test_add_func ("/manage/packets", test_packets);
  g_test_add_func ("/manage/trace", test_trace);
  g_test_add_func ("/manage/streams", test_streams);
  g_test_add_func ("/manage/written-streams", test_written_streams);

  return g_test_run ();
}
