/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "dev-client.h"

static DevAnswer *
send_with (DevClient  *client,
           const char *method,
           const char *path,
           const char *authorization)
{
  DevAnswer *answer = dev_client_send (client, DEV_HEADERS_NONE, method, path, NULL);

  if (authorization != NULL)
    soup_message_headers_append (soup_message_get_request_headers (answer->message), "authorization", authorization);
  dev_client_wait (answer);
  g_assert_no_error (answer->error);
  return answer;
}

static void
test_credentials (void)
{
  static const struct
  {
    const char *authorization;
    const char *body;
  } cases[] = {
    { NULL, "{\"error\":\"Invalid or Missing API key\"}" },
    { "Bearer", "{\"error\":\"Invalid or Missing API key\"}" },
    { "Bearer tr_dev_0123456789abcdefghijklmn", "{\"error\":\"Invalid or Missing API key\"}" },
    { "Basic dXNlcjpwYXNz", "{\"error\":\"Invalid or Missing API key\"}" },
    { "Bearer tr_pat_0123456789", "{\"error\":\"Invalid API key\"}" },
    { "Bearer pk_dev_0123456789", "{\"error\":\"Invalid API key\"}" },
    { "Bearer aaaa.bbbb.cccc", "{\"error\":\"Public Access Token is invalid\"}" },
  };
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  const char *key = spot_dev_server_get_key (client->server);

  g_assert_cmpuint (strlen (key), ==, strlen ("tr_dev_") + 24);
  g_assert_true (g_str_has_prefix (key, "tr_dev_"));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(DevAnswer) answer = send_with (client, "GET", "/realtime/v1/runs?offset=-1", cases[i].authorization);

      g_assert_cmpuint (answer->status, ==, 401);
      g_assert_cmpstr (answer->body, ==, cases[i].body);
      g_assert_cmpstr (dev_answer_header (answer, "content-type"), ==, "application/json; charset=utf-8");
    }
}

/* Credential, query, object, and only then what the feed itself finds wrong. */
static void
test_order_of_checks (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  static const struct
  {
    const char *path;
    guint status;
    const char *should_retry;
    const char *body;
  } cases[] = {
    { "/realtime/v1/runs/run_none?offset=banana", 404, "false", "{\"error\":\"Not found\"}" },
    { "/realtime/v1/batches/batch_none?offset=banana", 404, "true", "{\"error\":\"Not found\"}" },
    { "/realtime/v1/runs?tags=a,&offset=banana", 400, NULL,
      "{\"error\":\"Query Error\",\"details\":[{\"code\":\"custom\",\"message\":\"Invalid tag: \\\"\\\"\","
      "\"path\":[\"tags\"]}]}" },
    { "/realtime/v1/runs?offset=banana", 400, NULL,
      "{\"message\":\"Invalid request\",\"errors\":{\"offset\":[\"has invalid format\"]}}" },
    { "/realtime/v1/runs?offset=now&live=true", 400, NULL,
      "{\"message\":\"Invalid request\",\"errors\":{\"live\":[\"can't be true when offset == now\"]}}" },
    { "/realtime/v1/runs?offset=1_", 400, NULL,
      "{\"message\":\"Invalid request\",\"errors\":{\"offset\":[\"has invalid format\"]}}" },
    { "/realtime/v1/nothing", 404, NULL, "{\"error\":\"Not found\"}" },
    { "/realtime/v1/runs/run_1/x?offset=-1", 404, NULL, "{\"error\":\"Not found\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(DevAnswer) answer = dev_client_get (client, cases[i].path);

      g_assert_cmpuint (answer->status, ==, cases[i].status);
      g_assert_cmpstr (answer->body, ==, cases[i].body);
      g_assert_cmpstr (dev_answer_header (answer, "x-should-retry"), ==, cases[i].should_retry);
    }
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(DevAnswer) answer = send_with (client, "GET", cases[i].path, NULL);

      g_assert_cmpuint (answer->status, ==, 401);
    }
}

static void
test_other_paths (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(DevAnswer) health = send_with (client, "GET", "/healthcheck", NULL);
  g_autoptr(DevAnswer) slash = dev_client_get (client, "/realtime/v1/runs/?offset=-1&tags=a%2Cb");
  g_autoptr(DevAnswer) post = dev_client_send (client, DEV_HEADERS_ALL, "POST", "/realtime/v1/runs", "{}");
  g_autoptr(DevAnswer) head = dev_client_send (client, DEV_HEADERS_ALL, "HEAD", "/realtime/v1/runs?offset=-1", NULL);

  g_assert_cmpuint (health->status, ==, 200);
  g_assert_cmpstr (health->body, ==, "OK");
  g_assert_cmpuint (slash->status, ==, 301);
  g_assert_true (g_str_has_suffix (dev_answer_header (slash, "location"), "/realtime/v1/runs?offset=-1&tags=a%2Cb"));
  dev_client_wait (post);
  g_assert_cmpuint (post->status, ==, 405);
  g_assert_nonnull (dev_answer_header (post, "allow"));
  dev_client_wait (head);
  g_assert_cmpuint (head->status, ==, 200);
  g_assert_cmpstr (head->body, ==, "");
  g_assert_nonnull (dev_answer_header (head, "electric-handle"));
}

static guint
count_rows (DevClient  *client,
            const char *path)
{
  g_autoptr(DevAnswer) answer = dev_client_get (client, path);

  g_assert_cmpuint (answer->status, ==, 200);
  return json_array_get_length (dev_answer_messages (answer)) - 1;
}

/* Several tags: all of them. The window: the default is a day, which is also the most; nonsense means another thing
   to each server. */
static void
test_filters (void)
{
  static const struct
  {
    const char *query;
    guint electric;
    guint native;
  } cases[] = {
    { "", 3, 3 },
    { "&tags=", 3, 3 },
    { "&tags=a", 3, 3 },
    { "&tags=a%2Cb", 2, 2 },
    { "&tags=a,b,c%3Ad/e%20f", 1, 1 },
    { "&tags=A", 0, 0 },
    { "&tags=a,%20b", 0, 0 },
    { "&createdAt=1h", 1, 1 },
    { "&createdAt=1h90m", 2, 2 },
    { "&createdAt=3hr", 3, 3 },
    { "&createdAt=1w", 3, 3 },
    { "&createdAt=99999999999999999999w", 3, 3 },
    { "&createdAt=1%20h", 4, 3 },
    { "&createdAt=yesterday", 4, 3 },
    { "&createdAt=h", 4, 3 },
  };
  static const char *const runs[] = { "\"a\",\"b\",\"c:d/e f\"", "\"a\",\"b\"", "\"a\"", "\"a\",\"b\"" };
  static const int ages_minutes[] = { 1, 100, 160, 2 * 24 * 60 };
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);

  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
      g_autoptr(GDateTime) created = g_date_time_add_minutes (now, -ages_minutes[i]);
      g_autofree char *time = g_date_time_format_iso8601 (created);
      g_autofree char *columns = g_strdup_printf ("{\"friendlyId\":\"run_%u\",\"runTags\":[%s],\"createdAt\":\"%s\"}",
                                                  i, runs[i], time);

      dev_client_put (client, NULL, columns);
    }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *electric = g_strconcat ("/realtime/v1/runs?offset=-1&dialect=electric", cases[i].query, NULL);
      g_autofree char *native = g_strconcat ("/realtime/v1/runs?offset=-1&dialect=native", cases[i].query, NULL);

      g_test_message ("%s", cases[i].query);
      g_assert_cmpuint (count_rows (client, electric), ==, cases[i].electric);
      g_assert_cmpuint (count_rows (client, native), ==, cases[i].native);
    }
}

/* The window is pinned to the handle; a handle that the proxy does not know has none. */
static void
test_pinned_window (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(DevAnswer) start = NULL;
  g_autofree char *known = NULL;

  dev_client_put (client, NULL, "{\"friendlyId\":\"run_old\",\"createdAt\":\"2020-01-01T00:00:00Z\"}");
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_new\"}");
  start = dev_client_get (client, "/realtime/v1/runs?offset=-1");
  known = g_strconcat ("/realtime/v1/runs?offset=-1&handle=", dev_answer_header (start, "electric-handle"), NULL);
  g_assert_cmpuint (count_rows (client, known), ==, 1);
  g_assert_cmpuint (count_rows (client, "/realtime/v1/runs?offset=-1&handle=1-1"), ==, 2);

  /* After a 409 the successor keeps the window of the handle that was sent. */
  {
    g_autofree char *stale = g_strconcat ("/realtime/v1/runs?offset=0_0&handle=",
                                          dev_answer_header (start, "electric-handle"), NULL);
    g_autofree char *successor = NULL;
    g_autoptr(DevAnswer) refetch = NULL;

    spot_dev_server_rotate (client->server);
    refetch = dev_client_get (client, stale);
    g_assert_cmpuint (refetch->status, ==, 409);
    successor = g_strconcat ("/realtime/v1/runs?offset=-1&handle=", dev_answer_header (refetch, "electric-handle"),
                             NULL);
    g_assert_cmpuint (count_rows (client, successor), ==, 1);
  }
}

/* An old client: other names for handle and offset, and no word for a run that starts. In both dialects. */
static void
test_old_client (void)
{
  static const char *const dialects[] = { "electric", "native" };
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);

  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\",\"status\":\"DEQUEUED\","
                                "\"output\":\"\\\"status\\\":\\\"DEQUEUED\\\"\"}");
  for (guint i = 0; i < G_N_ELEMENTS (dialects); i++)
    {
      g_autofree char *path = g_strconcat ("/realtime/v1/runs/run_1?offset=-1&dialect=", dialects[i], NULL);
      g_autoptr(DevAnswer) present = dev_client_get (client, path);
      g_autoptr(DevAnswer) old = dev_client_send (client, DEV_HEADERS_KEY, "GET", path, NULL);
      g_autofree char *next = NULL;
      g_autoptr(DevAnswer) second = NULL;

      dev_client_wait (old);
      g_assert_cmpstr (json_object_get_string_member (dev_answer_value (present, 0), "status"), ==, "DEQUEUED");
      g_assert_cmpstr (json_object_get_string_member (dev_answer_value (old, 0), "status"), ==, "EXECUTING");
      g_assert_cmpstr (json_object_get_string_member (dev_answer_value (old, 0), "output"), ==,
                       "\"status\":\"DEQUEUED\"");
      g_assert_null (dev_answer_header (old, "electric-handle"));
      g_assert_null (dev_answer_header (old, "electric-offset"));
      next = g_strconcat (path, "&shape_id=", dev_answer_header (old, "electric-shape-id"), NULL);
      second = dev_client_send (client, DEV_HEADERS_KEY, "GET", next, NULL);
      dev_client_wait (second);
      g_assert_cmpuint (second->status, ==, 200);
    }
}

/* Whatever a client puts in its address, the server answers, and goes on. */
static void
test_strange_addresses (void)
{
  static const char *const paths[] = {
    "/realtime/v1/runs?offset=0_0%0d%0aset-cookie:%20a=b&handle=x%0d%0ay&live=true",
    "/realtime/v1/runs?offset=1%0a_0&handle=runs_1%00_1&cursor=%ff%fe",
    "/realtime/v1/runs/run_1?handle=h%0ai&offset=-1",
    "/realtime/v1/runs?offset=99999999999999999999_99999999999999999999&handle=h",
    "/realtime/v1/runs?offset=-99999999999999999999&handle=runs_99999999999999999999999_1",
    "/realtime/v1/runs?tags=%ff%fe&offset=-1",
    "/realtime/v1/runs?tags=%0d%0a&offset=-1",
    "/realtime/v1/runs?createdAt=%00&offset=-1&skipColumns=,,%20,id",
    "/realtime/v1/runs?offset",
    "/realtime/v1/runs?&&==&offset=-1",
    "/realtime/v1/runs/%0d%0a?offset=-1",
    "/realtime/v1/runs/a%2Fb?offset=-1",
    "/x%0d%0ay/",
    "//",
  };
  static const char *const dialects[] = { "electric", "native" };
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);

  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\"}");
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    for (guint j = 0; j < G_N_ELEMENTS (dialects); j++)
      {
        g_autofree char *path = g_strconcat (paths[i], strchr (paths[i], '?') != NULL ? "&" : "?", "dialect=",
                                             dialects[j], NULL);
        g_autoptr(DevAnswer) answer = dev_client_get (client, path);

        g_test_message ("%s: %u", path, answer->status);
        g_assert_cmpuint (answer->status, >=, 200);
        g_assert_cmpuint (answer->status, <, 500);
        g_assert_null (dev_answer_header (answer, "set-cookie"));
      }
}

static void
test_port_in_use (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(GUri) uri = g_uri_parse (spot_dev_server_get_url (client->server), G_URI_FLAGS_NONE, NULL);
  const SpotDevOptions options = { .port = (guint16) g_uri_get_port (uri) };
  g_autoptr(SpotDevServer) second = spot_dev_server_new (&options);
  g_autoptr(GError) error = NULL;

  g_assert_false (spot_dev_server_start (second, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);

  spot_dev_server_stop (client->server);
  spot_dev_server_start (second, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (spot_dev_server_get_url (second), ==, spot_dev_server_get_url (client->server));
}

static void
test_control (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  static const struct
  {
    const char *method;
    const char *path;
    const char *body;
    guint status;
  } cases[] = {
    { "PUT", "/dev/runs/run_1?batch=batch_1", "{\"status\":\"EXECUTING\",\"runTags\":[\"a\"]}", 200 },
    { "PUT", "/dev/runs/run_1", "{\"status\":7}", 400 },
    { "PUT", "/dev/runs/run_1", "{\"colour\":\"red\"}", 400 },
    { "PUT", "/dev/runs/run_1", "nonsense", 400 },
    { "PUT", "/dev/runs/run_2", "{}", 200 },
    { "DELETE", "/dev/runs/run_2", NULL, 200 },
    { "POST", "/dev/dialect", "{\"dialect\":\"klingon\"}", 400 },
    { "POST", "/dev/dialect", "{\"dialect\":\"native\"}", 200 },
    { "POST", "/dev/rotate", NULL, 200 },
    { "GET", "/dev/rotate", NULL, 404 },
    { "POST", "/dev/faults", "{\"fault\":null}", 200 },
    { "POST", "/dev/faults", "[]", 400 },
    { "POST", "/dev/transaction", NULL, 400 },
    { "POST", "/dev/transaction", "{\"changes\":7}", 400 },
    { "POST", "/dev/transaction", "{\"changes\":[7]}", 400 },
    { "POST", "/dev/transaction", "{\"changes\":[{\"run\":\"run_1\"}]}", 400 },
    { "POST", "/dev/transaction", "{\"changes\":[{\"run\":\"run_1\",\"columns\":{\"status\":7}}]}", 400 },
    { "POST", "/dev/transaction", "{\"changes\":[]}", 200 },
    { "POST", "/dev/state", NULL, 404 },
  };
  g_autoptr(DevAnswer) batch = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(DevAnswer) answer = dev_client_send (client, DEV_HEADERS_KEY, cases[i].method, cases[i].path,
                                                     cases[i].body);

      dev_client_wait (answer);
      g_test_message ("%s %s %s", cases[i].method, cases[i].path, answer->body);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
    }
  batch = dev_client_get (client, "/realtime/v1/batches/batch_1?offset=-1");
  g_assert_true (dev_answer_up_to_date (batch));
  g_assert_cmpstr (json_object_get_string_member (dev_answer_value (batch, 0), "status"), ==, "EXECUTING");
  g_assert_cmpuint (count_rows (client, "/realtime/v1/runs?offset=-1"), ==, 1);
}

static void
control (DevClient  *client,
         const char *path,
         const char *body)
{
  g_autoptr(DevAnswer) answer = dev_client_send (client, DEV_HEADERS_KEY, "POST", path, body);

  dev_client_wait (answer);
  g_assert_cmpuint (answer->status, ==, 200);
}

static char *
dup_state (DevClient *client)
{
  g_autoptr(DevAnswer) answer = dev_client_get (client, "/dev/state");

  return g_strdup (answer->body);
}

/* Several changes are one transaction to a shape, the state tells who waits, and a truncated table has no rows. */
static void
test_control_database (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(DevAnswer) first = dev_client_get (client, "/realtime/v1/runs?offset=-1");
  g_autofree char *before = dup_state (client);
  g_autofree char *handle = g_strdup (dev_answer_header (first, "electric-handle"));
  g_autofree char *path = g_strdup_printf ("/realtime/v1/runs?offset=0_inf&live=true&handle=%s", handle);
  g_autoptr(DevAnswer) poll = dev_client_poll (client, path);
  g_autofree char *waiting = dup_state (client);

  g_assert_nonnull (strstr (before, "\"polls\":0,\"streams\":0"));
  g_assert_nonnull (strstr (waiting, "\"polls\":1,\"streams\":0"));
  control (client, "/dev/transaction",
           "{\"changes\":[{\"run\":\"run_1\",\"batch\":\"batch_1\",\"columns\":{\"status\":\"PENDING\"}},"
           "{\"run\":\"run_2\",\"columns\":{}},{\"run\":\"run_1\",\"columns\":{\"status\":\"EXECUTING\"}},"
           "{\"run\":\"run_2\",\"columns\":null}]}");
  dev_client_wait (poll);
  g_assert_cmpuint (json_array_get_length (dev_answer_messages (poll)), ==, 5);
  g_assert_cmpuint (count_rows (client, "/realtime/v1/runs?offset=-1"), ==, 1);
  g_assert_cmpuint (count_rows (client, "/realtime/v1/batches/batch_1?offset=-1"), ==, 1);

  control (client, "/dev/truncate", NULL);
  g_assert_cmpuint (count_rows (client, "/realtime/v1/runs?offset=-1"), ==, 0);
  g_clear_pointer (&poll, dev_answer_free);
  poll = dev_client_get (client, path);
  g_assert_cmpuint (poll->status, ==, 409);
}

static void
test_put_errors (void)
{
  static const char *const bad[] = {
    "",
    "[]",
    "{}",
    "{\"friendlyId\":null}",
    "{\"friendlyId\":\"run_1\",\"createdAt\":\"today\"}",
    "{\"friendlyId\":\"run_1\",\"isTest\":\"t\"}",
    "{\"friendlyId\":\"run_1\",\"number\":5000000000}",
    "{\"friendlyId\":\"run_1\",\"runTags\":[1]}",
    "{\"friendlyId\":\"run_1\",\"payload\":null}",
    "{\"friendlyId\":\"run_1\",\"costInCents\":\"1\"}",
    "{\"friendlyId\":\"run_1\",\"batchId\":\"batch_1\"}",
  };
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(GError) moved = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (spot_dev_server_put_run (client->server, NULL, bad[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
  g_assert_cmpuint (count_rows (client, "/realtime/v1/runs?offset=-1"), ==, 0);

  dev_client_put (client, "batch_1", "{\"friendlyId\":\"run_1\"}");
  g_assert_false (spot_dev_server_put_run (client->server, "batch_2", "{\"friendlyId\":\"run_1\"}", &moved));
  g_assert_error (moved, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/routes/credentials", test_credentials);
  g_test_add_func ("/routes/order-of-checks", test_order_of_checks);
  g_test_add_func ("/routes/other-paths", test_other_paths);
  g_test_add_func ("/routes/filters", test_filters);
  g_test_add_func ("/routes/pinned-window", test_pinned_window);
  g_test_add_func ("/routes/old-client", test_old_client);
  g_test_add_func ("/routes/strange-addresses", test_strange_addresses);
  g_test_add_func ("/routes/port-in-use", test_port_in_use);
  g_test_add_func ("/routes/control", test_control);
  g_test_add_func ("/routes/control-database", test_control_database);
  g_test_add_func ("/routes/put-errors", test_put_errors);
  return g_test_run ();
}
