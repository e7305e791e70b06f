/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "canned-server.h"
#include "spot-api-answer.h"
#include "spot-api-client.h"
#include "spot-limits.h"
#include "spot-protocol-error.h"

#define KEY "tr_dev_0123456789abcdefghijklmn"
#define JSON "content-type: application/json\n"

typedef struct
{
  CannedServer  *server;
  CannedServer  *store;
  SpotApiClient *client;
  GAsyncResult  *result; /* nullable */
  GError        *error;  /* nullable */
} Rig;

static void
set_up (Rig           *rig,
        gconstpointer  data)
{
  g_autoptr(SpotEndpoint) endpoint = NULL;

  rig->server = canned_server_new ();
  rig->store = canned_server_new ();
  endpoint = spot_endpoint_new (rig->server->url, KEY, "b1", FALSE, NULL);
  rig->client = spot_api_client_new (endpoint);
  spot_api_client_set_hurry (rig->client, 100);
}

static void
tear_down (Rig           *rig,
           gconstpointer  data)
{
  gint64 until_us = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;

  /* A task lets go of the client a moment after its callback. */
  g_object_add_weak_pointer (G_OBJECT (rig->client), (gpointer *) &rig->client);
  g_object_unref (rig->client);
  while (rig->client != NULL && g_get_monotonic_time () < until_us)
    g_main_context_iteration (NULL, FALSE);
  g_assert_null (rig->client);
  canned_server_free (rig->server);
  canned_server_free (rig->store);
  g_clear_error (&rig->error);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Rig *rig = user_data;

  rig->result = g_object_ref (result);
}

static void
wait_for_result (Rig *rig)
{
  gint64 until_us = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;

  while (rig->result == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
}

static SpotValue *
finish_call (Rig *rig)
{
  SpotValue *value;

  wait_for_result (rig);
  g_clear_error (&rig->error);
  value = spot_api_client_call_finish (rig->client, rig->result, &rig->error);
  g_clear_object (&rig->result);
  return value;
}

static SpotValue *
call (Rig         *rig,
      SpotApiCall *what)
{
  spot_api_client_call_async (rig->client, what, NULL, done_cb, rig);
  return finish_call (rig);
}

static SpotPacket *
fetch (Rig        *rig,
       const char *run_id,
       const char *path)
{
  SpotPacket *packet;

  spot_api_client_fetch_packet_async (rig->client, run_id, TRUE, path, NULL, done_cb, rig);
  wait_for_result (rig);
  g_clear_error (&rig->error);
  packet = spot_api_client_fetch_packet_finish (rig->client, rig->result, &rig->error);
  g_clear_object (&rig->result);
  return packet;
}

static void
assert_fails (Rig         *rig,
              SpotApiCall *what,
              int          code,
              const char  *sentence)
{
  g_autoptr(SpotValue) answer = call (rig, what);

  g_assert_null (answer);
  g_assert_error (rig->error, SPOT_API_ERROR, code);
  g_assert_nonnull (strstr (rig->error->message, sentence));
  g_assert_null (strstr (rig->error->message, KEY));
}

/* ---- calls ---- */

static void
test_requests (Rig           *rig,
               gconstpointer  data)
{
  const char *tags[] = { "a b", "c\"d", NULL };
  const char *statuses[] = { "EXECUTING", "DEQUEUED", NULL };
  const SpotApiRunFilter everything = { .tests = -1 };
  const SpotApiRunFilter filter = { .statuses = statuses, .tags = tags, .tests = 0, .page_size = 500,
                                    .after = "c+/=", .from_us = 1790000000123456, .period = "7d", .batch_id = "batch_1" };
  const struct
  {
    SpotApiCall *call;
    const char  *request;
    const char  *body;
  } rows[] = {
    { spot_api_call_whoami (), "GET /api/v1/whoami", "" },
    { spot_api_call_token_claims (), "POST /api/v1/auth/jwt/claims", "" },
    { spot_api_call_public_token (tags, NULL), "POST /api/v1/auth/public-tokens",
      "{\"scopes\":[\"a b\",\"c\\\"d\"],\"expirationTime\":\"15m\"}" },
    { spot_api_call_list_runs (&everything), "GET /api/v1/runs", "" },
    { spot_api_call_list_runs (&filter),
      "GET /api/v1/runs?page%5Bsize%5D=100&page%5Bafter%5D=c%2B%2F%3D&filter%5Bstatus%5D=EXECUTING%2CDEQUEUED"
      "&filter%5Btag%5D=a%20b%2Cc%22d&filter%5Bbatch%5D=batch_1&filter%5BisTest%5D=false"
      "&filter%5BcreatedAt%5D%5Bfrom%5D=1790000000123&filter%5BcreatedAt%5D%5Bperiod%5D=7d", "" },
    { spot_api_call_retrieve_run ("run_1"), "GET /api/v3/runs/run_1", "" },
    { spot_api_call_retrieve_run ("a/b?c"), "GET /api/v3/runs/a%2Fb%3Fc", "" },
    { spot_api_call_run_events ("run_1"), "GET /api/v1/runs/run_1/events", "" },
    { spot_api_call_run_trace ("run_1", NULL), "GET /api/v1/runs/run_1/trace?page%5Bsize%5D=10000", "" },
    { spot_api_call_run_trace ("run_1", "c1"),
      "GET /api/v1/runs/run_1/trace?page%5Bsize%5D=10000&page%5Bafter%5D=c1", "" },
    { spot_api_call_cancel_run ("run_1"), "POST /api/v2/runs/run_1/cancel", "" },
    { spot_api_call_replay_run ("run_1", NULL), "POST /api/v1/runs/run_1/replay", "" },
    { spot_api_call_replay_run ("run_1", "{\"machine\":\"large-1x\"}"), "POST /api/v1/runs/run_1/replay",
      "{\"machine\":\"large-1x\"}" },
    { spot_api_call_reschedule_run ("run_1", "1h"), "POST /api/v1/runs/run_1/reschedule", "{\"delay\":\"1h\"}" },
    { spot_api_call_add_tags ("run_1", tags), "POST /api/v1/runs/run_1/tags", "{\"tags\":[\"a b\",\"c\\\"d\"]}" },
    { spot_api_call_get_metadata ("run_1"), "GET /api/v1/runs/run_1/metadata", "" },
    { spot_api_call_put_metadata ("run_1", "{\"a\":1}"), "PUT /api/v1/runs/run_1/metadata",
      "{\"metadata\":{\"a\":1}}" },
    { spot_api_call_change_metadata ("run_1", "[]"), "PUT /api/v1/runs/run_1/metadata", "{\"operations\":[]}" },
    { spot_api_call_retrieve_batch ("batch_1"), "GET /api/v2/batches/batch_1", "" },
  };

  canned_server_add (rig->server, 200, JSON, "{\"id\":\"x\"}");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SpotValue) answer = call (rig, rows[i].call);

      g_assert_no_error (rig->error);
      g_assert_cmpstr (spot_value_get_text (spot_value_get_member (answer, "id"), NULL), ==, "x");
      g_assert_cmpstr (canned_server_get_request (rig->server, i), ==, rows[i].request);
      g_assert_cmpstr (g_ptr_array_index (rig->server->bodies, i), ==, rows[i].body);
      g_assert_true (canned_server_had_header (rig->server, i, "authorization: Bearer " KEY "\n"));
      g_assert_true (canned_server_had_header (rig->server, i, "x-trigger-branch: b1\n"));
      g_assert_true (canned_server_had_header (rig->server, i, "x-trigger-api-version: 2025-07-16\n"));
      if (*rows[i].body != '\0')
        g_assert_true (canned_server_had_header (rig->server, i, "content-type: application/json\n"));
    }
}

static void
test_whoami_keeps_no_key (Rig           *rig,
                          gconstpointer  data)
{
  g_autoptr(SpotValue) answer = NULL;
  g_autofree char *json = NULL;

  canned_server_add (rig->server, 200, JSON,
                     "{\"id\":\"env_1\",\"slug\":\"prod\",\"apiKey\":\"" KEY "\",\"pkApiKey\":\"pk_prod_x\","
                     "\"project\":{\"slug\":\"p\",\"apiKey\":\"" KEY "\"}}");
  answer = call (rig, spot_api_call_whoami ());
  g_assert_no_error (rig->error);
  json = spot_value_to_json (answer, FALSE);
  g_assert_cmpstr (json, ==, "{\"id\":\"env_1\",\"slug\":\"prod\",\"project\":{\"slug\":\"p\"}}");
}

static void
test_errors (Rig           *rig,
             gconstpointer  data)
{
  static const struct
  {
    guint       status;
    const char *headers;
    const char *body;
    int         code;
    const char *sentence;
  } rows[] = {
    { 400, JSON, "{\"error\":\"Query Error\",\"details\":[{\"message\":\"bad tag\"}]}", SPOT_API_ERROR_BAD_REQUEST,
      "status 400: Query Error: bad tag" },
    { 401, JSON, "{\"error\":\"Invalid API key\"}", SPOT_API_ERROR_UNAUTHORIZED, "status 401: Invalid API key" },
    { 401, "content-type: application/problem+json\n", "{\"title\":\"No\",\"detail\":\"Say who\",\"status\":401}",
      SPOT_API_ERROR_UNAUTHORIZED, "status 401: Say who" },
    { 403, JSON, "{\"error\":\"Unauthorized\",\"code\":\"unauthorized\"}", SPOT_API_ERROR_FORBIDDEN, "Unauthorized" },
    { 404, JSON, "{\"error\":\"Not found\"}", SPOT_API_ERROR_NOT_FOUND, "Not found" },
    { 404, "", "<html>away</html>", SPOT_API_ERROR_NOT_FOUND, "<html>away" },
    { 422, JSON, "{\"error\":\"Too many tags, with " KEY "\"}", SPOT_API_ERROR_BAD_REQUEST, "Too many tags, with ***" },
    { 422, JSON, "{\"error\":{\"x\":1},\"details\":7}", SPOT_API_ERROR_BAD_REQUEST, "status 422" },
    { 400, JSON, "{\"error\":\"E\",\"details\":[7]}", SPOT_API_ERROR_BAD_REQUEST, "status 400: E" },
    { 400, JSON, "", SPOT_API_ERROR_BAD_REQUEST, "status 400" },
    { 500, "x-should-retry: false\n", "{\"error\":\"Internal Server Error\"}", SPOT_API_ERROR_SERVER, "Internal" },
    { 302, "location: http://elsewhere.test/\n", "", SPOT_API_ERROR_REDIRECT, "elsewhere.test" },
    { 200, JSON, "[]", SPOT_API_ERROR_BAD_ANSWER, "no JSON object" },
    { 200, JSON, "", SPOT_API_ERROR_BAD_ANSWER, "no JSON object" },
    { 200, "", "<html>welcome</html>", SPOT_API_ERROR_BAD_ANSWER, "no JSON object" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      canned_server_set (rig->server, rows[i].status, rows[i].headers, rows[i].body);
      assert_fails (rig, spot_api_call_whoami (), rows[i].code, rows[i].sentence);
    }
  g_assert_cmpuint (rig->server->requests->len, ==, G_N_ELEMENTS (rows));
}

static void
test_60_redirects (Rig           *rig,
                   gconstpointer  data)
{
  g_autofree char *elsewhere = g_strdup_printf ("location: %s/api/v1/whoami\n", rig->store->url);
  g_autoptr(SpotValue) answer = NULL;

  canned_server_add (rig->store, 200, JSON, "{}");
  canned_server_add (rig->server, 301, "location: /api/v3/runs/run_1\n", "");
  canned_server_add (rig->server, 200, JSON, "{}");
  canned_server_add (rig->server, 307, elsewhere, "");
  answer = call (rig, spot_api_call_retrieve_run ("run_1/"));
  g_assert_no_error (rig->error);
  g_assert_true (canned_server_had_header (rig->server, 1, "authorization: Bearer"));

  g_clear_pointer (&answer, spot_value_unref);
  answer = call (rig, spot_api_call_retrieve_run ("run_1"));
  assert_fails (rig, spot_api_call_whoami (), SPOT_API_ERROR_REDIRECT, "");
  assert_fails (rig, spot_api_call_cancel_run ("run_1"), SPOT_API_ERROR_REDIRECT, "");
  g_assert_cmpuint (rig->store->requests->len, ==, 0);
}

static void
test_92_pages (Rig           *rig,
               gconstpointer  data)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *after = NULL;
  guint n_runs = 0;

  /* run_3 has come between the pages, so that run_2 is on both. */
  canned_server_add (rig->server, 200, JSON,
                     "{\"data\":[{\"id\":\"run_3\"},{\"id\":\"run_2\"},null,{\"id\":7}],"
                     "\"pagination\":{\"next\":\"c1\"}}");
  canned_server_add (rig->server, 200, JSON,
                     "{\"data\":[{\"id\":\"run_2\"},{\"id\":\"run_1\"}],\"pagination\":{\"previous\":\"c0\"}}");
  do
    {
      const SpotApiRunFilter filter = { .tests = -1, .after = after };
      g_autoptr(SpotValue) answer = call (rig, spot_api_call_list_runs (&filter));
      g_autoptr(SpotApiRunPage) page = spot_api_run_page_parse (answer, NULL);

      n_runs += page->runs->len;
      for (guint i = 0; i < page->runs->len; i++)
        g_hash_table_add (seen, g_strdup (spot_value_get_text (spot_value_get_member (g_ptr_array_index (page->runs, i),
                                                                                      "id"), NULL)));
      g_free (after);
      after = g_strdup (page->next);
    }
  while (after != NULL);
  g_assert_cmpuint (n_runs, ==, 4);
  g_assert_cmpuint (g_hash_table_size (seen), ==, 3);
  g_assert_cmpuint (rig->server->requests->len, ==, 2);
  g_assert_cmpstr (canned_server_get_request (rig->server, 1), ==, "GET /api/v1/runs?page%5Bafter%5D=c1");
}

static void
test_93_limits (Rig           *rig,
                gconstpointer  data)
{
  g_autofree char *reset = g_strdup_printf (JSON "x-ratelimit-reset: %" G_GINT64_FORMAT "\n",
                                            g_get_real_time () / 1000 + 400);
  gint64 begin_us = g_get_monotonic_time ();
  g_autoptr(SpotValue) answer = NULL;
  gint64 waited_us;

  canned_server_add (rig->server, 429, reset, "{\"title\":\"Rate Limit Exceeded\",\"error\":\"slow\"}");
  canned_server_add (rig->server, 200, JSON, "{}");
  answer = call (rig, spot_api_call_whoami ());
  g_assert_no_error (rig->error);
  waited_us = g_array_index (rig->server->times_us, gint64, 1) - begin_us;
  g_assert_cmpint (waited_us, >=, 390 * G_TIME_SPAN_MILLISECOND);
}

static void
test_93_should_retry (Rig           *rig,
                      gconstpointer  data)
{
  g_autoptr(SpotValue) answer = NULL;

  canned_server_add (rig->server, 404, "x-should-retry: true\n", "{\"error\":\"Not found\"}");
  canned_server_add (rig->server, 503, "", "Network error occurred");
  canned_server_add (rig->server, 200, JSON, "{}");
  canned_server_add (rig->server, 502, "", "<html>");
  answer = call (rig, spot_api_call_retrieve_run ("run_1"));
  g_assert_no_error (rig->error);
  g_assert_cmpuint (rig->server->requests->len, ==, 3);

  /* Five in all; but one for what must not be done twice. */
  assert_fails (rig, spot_api_call_whoami (), SPOT_API_ERROR_SERVER, "status 502");
  g_assert_cmpuint (rig->server->requests->len, ==, 3 + 5);
  assert_fails (rig, spot_api_call_replay_run ("run_1", NULL), SPOT_API_ERROR_SERVER, "status 502");
  g_assert_cmpuint (rig->server->requests->len, ==, 3 + 5 + 1);
}

static void
test_94_actions (Rig           *rig,
                 gconstpointer  data)
{
  g_autoptr(SpotValue) cancelled = NULL;
  g_autoptr(SpotValue) replayed = NULL;

  canned_server_add (rig->server, 200, JSON, "{\"id\":\"run_ended\"}");
  canned_server_add (rig->server, 200, JSON, "{\"id\":\"run_new\"}");
  cancelled = call (rig, spot_api_call_cancel_run ("run_ended"));
  g_assert_no_error (rig->error);
  replayed = call (rig, spot_api_call_replay_run ("run_ended", NULL));
  g_assert_no_error (rig->error);
  g_assert_cmpstr (spot_value_get_text (spot_value_get_member (replayed, "id"), NULL), ==, "run_new");
}

static void
test_unreachable (Rig           *rig,
                  gconstpointer  data)
{
  soup_server_disconnect (rig->server->server);
  assert_fails (rig, spot_api_call_whoami (), SPOT_API_ERROR_UNREACHABLE, "");
}

/* An answer of so many bytes. */
static GBytes *
make_body (gsize n_bytes)
{
  static const char start[] = "{\"a\":\"";
  char *body = g_malloc (n_bytes);

  memset (body, 'x', n_bytes);
  memcpy (body, start, strlen (start));
  memcpy (body + n_bytes - 2, "\"}", 2);
  return g_bytes_new_take (body, n_bytes);
}

static void
test_limit_body (Rig           *rig,
                 gconstpointer  data)
{
  g_autoptr(GBytes) largest = make_body (SPOT_MAX_API_BODY_BYTES);
  g_autoptr(GBytes) larger = make_body (SPOT_MAX_API_BODY_BYTES + 1);
  g_autoptr(SpotValue) answer = NULL;
  g_autoptr(SpotValue) none = NULL;

  canned_server_add_bytes (rig->server, 200, JSON, largest);
  canned_server_add_bytes (rig->server, 200, JSON, larger);
  answer = call (rig, spot_api_call_whoami ());
  g_assert_no_error (rig->error);
  g_assert_nonnull (spot_value_get_member (answer, "a"));
  none = call (rig, spot_api_call_whoami ());
  g_assert_null (none);
  g_assert_error (rig->error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
  g_assert_cmpuint (rig->server->requests->len, ==, 2);
}

/* The status decides however long the body is; its sentence is looked for in the beginning. */
static void
test_limit_error_body (Rig           *rig,
                       gconstpointer  data)
{
  for (guint extra = 0; extra <= 1; extra++)
    {
      static const char start[] = "{\"x\":\"";
      static const char end[] = "\",\"error\":\"the sentence\"}";
      g_autofree char *filler
        = g_strnfill (SPOT_MAX_ERROR_BODY_BYTES - strlen (start) - strlen (end) + extra, 'x');
      g_autofree char *body = g_strconcat (start, filler, end, NULL);
      g_autoptr(SpotValue) answer = NULL;

      canned_server_set (rig->server, 400, JSON, body);
      answer = call (rig, spot_api_call_whoami ());
      g_assert_null (answer);
      g_assert_error (rig->error, SPOT_API_ERROR, SPOT_API_ERROR_BAD_REQUEST);
      /* Cut off, it is no JSON any more. */
      g_assert_cmpint (strstr (rig->error->message, "the sentence") != NULL, ==, extra == 0);
      g_assert_cmpuint (strlen (rig->error->message), <, 400);
    }
}

/* Before sending, while the server thinks, and while waiting to try again. */
static void
test_cancel (Rig           *rig,
             gconstpointer  data)
{
  g_autofree char *later = g_strdup_printf ("x-ratelimit-reset: %" G_GINT64_FORMAT "\n",
                                            g_get_real_time () / 1000 + 60000);

  canned_server_add (rig->server, 429, later, "");
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      guint n_before = rig->server->requests->len;
      g_autoptr(SpotValue) answer = NULL;

      rig->server->hangs = i == 1;
      if (i == 0)
        g_cancellable_cancel (cancellable);
      spot_api_client_call_async (rig->client, spot_api_call_whoami (), cancellable, done_cb, rig);
      while (i > 0 && rig->server->requests->len == n_before)
        g_main_context_iteration (NULL, TRUE);
      if (i > 0)
        g_cancellable_cancel (cancellable);
      answer = finish_call (rig);
      g_assert_null (answer);
      g_assert_error (rig->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }

  /* Longer than anybody wants to wait. */
  rig->server->hangs = FALSE;
  canned_server_set (rig->server, 429, "x-ratelimit-reset: 99999999999999\n", "");
  assert_fails (rig, spot_api_call_whoami (), SPOT_API_ERROR_BUSY, "status 429");
}

/* ---- packets ---- */

static void
point_to_store (Rig        *rig,
                const char *path)
{
  g_autofree char *body = g_strdup_printf ("{\"presignedUrl\":\"%s%s\"}", rig->store->url, path);

  canned_server_add (rig->server, 200, JSON, body);
}

static void
test_82_packet (Rig           *rig,
                gconstpointer  data)
{
  g_autoptr(SpotPacket) packet = NULL;
  g_autoptr(SpotPacket) older = NULL;

  point_to_store (rig, "/o?X-Sig=abc%2Fd");
  canned_server_add (rig->server, 404, "x-should-retry: false\n", "{\"error\":\"Not found\"}");
  point_to_store (rig, "/p");
  canned_server_add (rig->store, 200, "content-type: application/super+json; charset=utf-8\n",
                     "{\"json\":{\"n\":\"9007199254740993\"},\"meta\":{\"values\":{\"n\":[\"bigint\"]}}}");
  canned_server_add (rig->store, 200, "content-type: text/plain\n", "");
  packet = fetch (rig, "run_1", NULL);
  g_assert_no_error (rig->error);
  g_assert_cmpint (packet->kind, ==, SPOT_PACKET_VALUE);
  g_assert_cmpint (spot_value_get_kind (spot_value_get_member (packet->value, "n")), ==, SPOT_VALUE_BIGINT);
  g_assert_cmpstr (canned_server_get_request (rig->server, 0), ==, "GET /api/v1/runs/run_1/packets/output");
  g_assert_cmpstr (canned_server_get_request (rig->store, 0), ==, "GET /o?X-Sig=abc%2Fd");

  older = fetch (rig, "run_1", "s3://a/b c.json");
  g_assert_no_error (rig->error);
  g_assert_cmpint (spot_value_get_kind (older->value), ==, SPOT_VALUE_STRING);
  g_assert_cmpstr (canned_server_get_request (rig->server, 2), ==, "GET /api/v1/packets/s3%3A%2F%2Fa%2Fb%20c.json");
  for (guint i = 0; i < rig->store->requests->len; i++)
    {
      g_assert_false (canned_server_had_header (rig->store, i, "authorization"));
      g_assert_false (canned_server_had_header (rig->store, i, "x-trigger"));
      g_assert_false (canned_server_had_header (rig->store, i, KEY));
    }
}

static void
test_82_renewal (Rig           *rig,
                 gconstpointer  data)
{
  g_autoptr(SpotPacket) packet = NULL;
  g_autoptr(SpotPacket) none = NULL;

  point_to_store (rig, "/old?sig=s3cret");
  point_to_store (rig, "/new?sig=s3cret");
  canned_server_add (rig->store, 403, "", "<Error><Code>AccessDenied</Code> s3cret</Error>");
  canned_server_add (rig->store, 503, "", "");
  canned_server_add (rig->store, 200, "", "{\"a\":1}");
  canned_server_add (rig->store, 403, "", "<Error>s3cret</Error>");
  packet = fetch (rig, "run_1", NULL);
  g_assert_no_error (rig->error);
  g_assert_cmpint (packet->kind, ==, SPOT_PACKET_VALUE);
  g_assert_cmpstr (canned_server_get_request (rig->store, 1), ==, "GET /new?sig=s3cret");

  /* Once. */
  none = fetch (rig, "run_1", NULL);
  g_assert_null (none);
  g_assert_error (rig->error, SPOT_API_ERROR, SPOT_API_ERROR_FORBIDDEN);
  g_assert_null (strstr (rig->error->message, "s3cret"));
  g_assert_cmpuint (rig->store->requests->len, ==, 3 + 2);
}

static void
test_82_trouble (Rig           *rig,
                 gconstpointer  data)
{
  static const char * const answers[] = {
    "{}", "{\"presignedUrl\":7}", "{\"presignedUrl\":\"\"}", "{\"presignedUrl\":\"file:///etc/passwd\"}",
    "{\"presignedUrl\":\"https://user:pw@store.test/x\"}", "{\"presignedUrl\":\"/x\"}",
  };
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr(SpotPacket) packet = NULL;

      canned_server_set (rig->server, 200, JSON, answers[i]);
      packet = fetch (rig, "run_1", NULL);
      g_assert_null (packet);
      g_assert_error (rig->error, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER);
    }
}

static void
test_limit_packet (Rig           *rig,
                   gconstpointer  data)
{
  g_autoptr(GBytes) largest = make_body (SPOT_MAX_PACKET_BYTES);
  g_autoptr(GBytes) larger = make_body (SPOT_MAX_PACKET_BYTES + 1);
  g_autoptr(SpotPacket) packet = NULL;
  g_autoptr(SpotPacket) none = NULL;

  point_to_store (rig, "/x");
  canned_server_add_bytes (rig->store, 200, JSON, largest);
  canned_server_add_bytes (rig->store, 200, JSON, larger);
  packet = fetch (rig, "run_1", NULL);
  g_assert_no_error (rig->error);
  g_assert_cmpuint (strlen (packet->raw), ==, SPOT_MAX_PACKET_BYTES);
  none = fetch (rig, "run_1", NULL);
  g_assert_null (none);
  g_assert_error (rig->error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
}

static void
test_82_store_redirects (Rig           *rig,
                         gconstpointer  data)
{
  g_autofree char *back = g_strdup_printf ("location: %s/trap\n", rig->server->url);
  g_autoptr(SpotPacket) packet = NULL;

  point_to_store (rig, "/o");
  canned_server_add (rig->server, 200, "content-type: text/plain\n", "here");
  canned_server_add (rig->store, 307, back, "");
  packet = fetch (rig, "run_1", NULL);
  g_assert_no_error (rig->error);
  g_assert_cmpstr (packet->raw, ==, "here");
  g_assert_false (canned_server_had_header (rig->server, 1, "authorization"));
}

/* ---- answers ---- */

static SpotTrace *
parse_trace (const char *json)
{
  g_autoptr(SpotValue) value = spot_value_new_from_json (json, -1, NULL);
  g_autoptr(GError) error = NULL;
  SpotTrace *trace = spot_trace_parse (value, &error);

  g_assert_no_error (error);
  return trace;
}

static void
test_trace_forms (void)
{
  g_autoptr(SpotTrace) tree = parse_trace (
    "{\"trace\":{\"traceId\":\"t\",\"isTruncated\":true,\"rootSpan\":{\"id\":\"a\",\"runId\":\"run_1\","
    "\"data\":{\"message\":\"root\",\"startTime\":\"2026-08-21T09:12:00.004Z\",\"duration\":1500000,"
    "\"isPartial\":true,\"level\":\"TRACE\"},\"children\":[{\"id\":\"b\",\"parentId\":\"a\",\"data\":{\"message\":\"x\","
    "\"isError\":true,\"attemptNumber\":2},\"children\":[]},7,{\"id\":\"c\"}]}}}");
  g_autoptr(SpotTrace) page = parse_trace (
    "{\"data\":[{\"id\":\"a\",\"runId\":\"run_1\",\"message\":\"root\",\"startTime\":\"2026-08-21T09:12:00.004Z\","
    "\"duration\":1500000,\"isPartial\":true,\"isError\":false,\"isCancelled\":true,\"level\":\"TRACE\"},null],"
    "\"attemptFailures\":[],\"pagination\":{\"next\":\"c1\",\"truncated\":true}}");
  g_autoptr(SpotTrace) events = parse_trace (
    "{\"events\":[{\"spanId\":\"a\",\"parentId\":null,\"message\":\"root\",\"startTime\":\"1787303520004000123\","
    "\"duration\":-5,\"level\":\"TRACE\"},{\"message\":\"nameless\"}]}");
  g_autoptr(SpotTrace) empty = parse_trace ("{\"trace\":{}}");
  SpotTrace *traces[] = { tree, page, events };
  SpotTraceSpan *child = g_ptr_array_index (tree->spans, 1);

  for (guint i = 0; i < G_N_ELEMENTS (traces); i++)
    {
      SpotTraceSpan *span = g_ptr_array_index (traces[i]->spans, 0);

      g_assert_cmpstr (span->id, ==, "a");
      g_assert_null (span->parent_id);
      g_assert_cmpstr (span->message, ==, "root");
      g_assert_cmpstr (span->level, ==, "TRACE");
      g_assert_cmpint (span->start_us, ==, G_GINT64_CONSTANT (1787303520004000));
      g_assert_cmpint (span->duration_us, ==, i == 2 ? 0 : 1500);
      g_assert_cmpint (span->is_partial, ==, i != 2);
      g_assert_cmpint (traces[i]->is_truncated, ==, i != 2);
    }
  g_assert_cmpuint (tree->spans->len, ==, 2);
  g_assert_cmpstr (child->parent_id, ==, "a");
  g_assert_cmpuint (child->attempt, ==, 2);
  g_assert_true (child->is_error);
  g_assert_cmpuint (page->spans->len, ==, 1);
  g_assert_cmpstr (page->next, ==, "c1");
  g_assert_null (tree->next);
  g_assert_cmpuint (events->spans->len, ==, 1);
  g_assert_cmpuint (empty->spans->len, ==, 0);
}

static void
test_bad_answers (void)
{
  static const char * const answers[] = { "{}", "{\"data\":7}", "{\"trace\":[]}", "{\"events\":{}}", "[]", "7" };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr(SpotValue) value = spot_value_new_from_json (answers[i], -1, NULL);
      g_autoptr(GError) trace_error = NULL;
      g_autoptr(GError) page_error = NULL;

      g_assert_null (spot_trace_parse (value, &trace_error));
      g_assert_error (trace_error, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER);
      g_assert_null (spot_api_run_page_parse (value, &page_error));
      g_assert_error (page_error, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER);
    }
}

static void
slow_refusal_cb (SoupServer        *server,
                 SoupServerMessage *message,
                 const char        *path,
                 GHashTable        *query,
                 gpointer           user_data)
{
  soup_server_message_set_status (message, GPOINTER_TO_UINT (user_data), NULL);
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message), SOUP_ENCODING_CHUNKED);
  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_STATIC, "no, ", 4);
  soup_server_message_pause (message);
  soup_server_message_unpause (message);
}

/* 59: the status decides, however long the words that explain it take. */
static void
test_59_slow_refusal (Rig           *rig,
                      gconstpointer  data)
{
  gint64 begin_us = g_get_monotonic_time ();

  soup_server_add_handler (rig->server->server, "/api/v3/runs/run_401", slow_refusal_cb, GUINT_TO_POINTER (401), NULL);
  soup_server_add_handler (rig->server->server, "/api/v3/runs/run_403", slow_refusal_cb, GUINT_TO_POINTER (403), NULL);
  assert_fails (rig, spot_api_call_retrieve_run ("run_401"), SPOT_API_ERROR_UNAUTHORIZED, "status 401");
  assert_fails (rig, spot_api_call_retrieve_run ("run_403"), SPOT_API_ERROR_FORBIDDEN, "no,");
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 20 * G_TIME_SPAN_SECOND);
}

static void
add (const char *path,
     void      (*test) (Rig *rig, gconstpointer data))
{
  g_test_add (path, Rig, NULL, set_up, test, tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/api-client/requests", test_requests);
  add ("/api-client/97-whoami-keeps-no-key", test_whoami_keeps_no_key);
  add ("/api-client/59-errors", test_errors);
  add ("/api-client/59-slow-refusal", test_59_slow_refusal);
  add ("/api-client/60-redirects", test_60_redirects);
  add ("/api-client/92-pages", test_92_pages);
  add ("/api-client/93-limits", test_93_limits);
  add ("/api-client/93-should-retry", test_93_should_retry);
  add ("/api-client/94-actions", test_94_actions);
  add ("/api-client/unreachable", test_unreachable);
  add ("/api-client/limit-body", test_limit_body);
  add ("/api-client/limit-error-body", test_limit_error_body);
  add ("/api-client/cancel", test_cancel);
  add ("/api-client/82-packet", test_82_packet);
  add ("/api-client/82-renewal", test_82_renewal);
  add ("/api-client/82-trouble", test_82_trouble);
  add ("/api-client/limit-packet", test_limit_packet);
  add ("/api-client/82-store-redirects", test_82_store_redirects);
  g_test_add_func ("/api-answer/trace-forms", test_trace_forms);
  g_test_add_func ("/api-answer/bad", test_bad_answers);
  return g_test_run ();
}
