/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include <libsoup/soup.h>

#include "feed-client.h"
#include "spot-feed-private.h"

#define KEY "tr_dev_verysecretkeyofatest"
#define ROW "{\"key\":\"k1\",\"value\":{\"id\":\"c1\",\"friendlyId\":\"run_1\",\"status\":\"%s\"," \
            "\"createdAt\":\"2026-11-23 10:00:00\"},\"headers\":{\"operation\":\"insert\"}}"
#define UP "{\"headers\":{\"control\":\"up-to-date\"}}"

/* A server in the main context that answers as one test wants. */
typedef struct _Wire Wire;
typedef void (*WireFunc) (Wire              *wire,
                          SoupServerMessage *message,
                          const char        *path,
                          GHashTable        *query);

struct _Wire
{
  SoupServer *server;
  char       *url;
  WireFunc    func;
  gpointer    data;
  guint       n_requests;
  guint       n_with_key;
  GPtrArray  *paused; /* owned messages that wait for ever */
};

static void
wire_cb (SoupServer        *server,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  Wire *wire = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  wire->n_requests++;
  if (g_strcmp0 (soup_message_headers_get_one (headers, "Authorization"), "Bearer " KEY) == 0)
    wire->n_with_key++;
  wire->func (wire, message, path, query);
}

static Wire *
wire_new (WireFunc         func,
          GTlsCertificate *certificate)
{
  Wire *wire = g_new0 (Wire, 1);
  g_autoptr(GError) error = NULL;
  GSList *uris;

  wire->func = func;
  wire->paused = g_ptr_array_new_with_free_func (g_object_unref);
  wire->server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_handler (wire->server, NULL, wire_cb, wire, NULL);
  soup_server_listen_local (wire->server, 0,
                            SOUP_SERVER_LISTEN_IPV4_ONLY | (certificate != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0),
                            &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (wire->server);
  wire->url = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return wire;
}

static void
wire_free (Wire *wire)
{
  soup_server_disconnect (wire->server);
  g_object_unref (wire->server);
  g_ptr_array_unref (wire->paused);
  g_free (wire->url);
  g_free (wire);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wire, wire_free)

static void
hold (Wire              *wire,
      SoupServerMessage *message)
{
  soup_server_message_pause (message);
  g_ptr_array_add (wire->paused, g_object_ref (message));
}

static void
answer (SoupServerMessage *message,
        guint              status,
        const char        *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "electric-handle", "h1");
  soup_message_headers_replace (headers, "electric-offset", "1_1");
  soup_message_headers_replace (headers, "electric-cursor", "1");
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, body, strlen (body));
}

static void
answer_row (SoupServerMessage *message,
            const char        *status)
{
  g_autofree char *body = g_strdup_printf ("[" ROW "," UP "]", status);

  answer (message, 200, body);
}

/* The first answer is a row; live requests are held for ever. */
static void
answer_and_hold (Wire              *wire,
                 SoupServerMessage *message,
                 GHashTable        *query)
{
  if (query != NULL && g_hash_table_contains (query, "live"))
    hold (wire, message);
  else
    answer_row (message, "PENDING");
}

static FeedClient *
connect_to (const char *url)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotEndpoint) endpoint = spot_endpoint_new (url, KEY, NULL, FALSE, &error);
  g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_run ("run_1", NULL);

  g_assert_no_error (error);
  return feed_client_new (endpoint, spec);
}

static void
assert_no_key (FeedClient *client)
{
  g_mutex_lock (&client->lock);
  g_assert_null (strstr (client->problems->str, KEY));
  g_mutex_unlock (&client->lock);
}

/* ---- 60: redirects ---- */

static void
elsewhere_cb (Wire              *wire,
              SoupServerMessage *message,
              const char        *path,
              GHashTable        *query)
{
  answer_row (message, "PENDING");
}

static void
send_away_cb (Wire              *wire,
              SoupServerMessage *message,
              const char        *path,
              GHashTable        *query)
{
  g_autofree char *location = g_strconcat (wire->data, path + 1, NULL);

  soup_server_message_set_redirect (message, wire->n_requests % 2 == 0 ? 302 : 307, location);
}

static void
test_60_other_origin (void)
{
  g_autoptr(Wire) elsewhere = wire_new (elsewhere_cb, NULL);
  g_autoptr(Wire) wire = wire_new (send_away_cb, NULL);
  g_autoptr(FeedClient) client = connect_to (wire->url);

  wire->data = elsewhere->url;
  feed_client_start (client);
  wait_for (feed_client_has_problem (client, SPOT_API_ERROR_REDIRECT));
  g_assert_cmpint (feed_client_get_state (client), ==, SPOT_FEED_RECONNECTING);
  spot_feed_retry_now (client->feed);
  wait_for (wire->n_requests == 2);
  wait_for (feed_client_has_problem (client, SPOT_API_ERROR_REDIRECT));
  g_assert_cmpuint (elsewhere->n_requests, ==, 0);
  g_assert_cmpuint (feed_client_get_n_runs (client), ==, 0);
  assert_no_key (client);
  feed_client_stop (client);
}

static void
same_origin_cb (Wire              *wire,
                SoupServerMessage *message,
                const char        *path,
                GHashTable        *query)
{
  if (g_str_has_prefix (path, "/moved"))
    answer_and_hold (wire, message, query);
  else
    {
      const char *text = g_uri_get_query (soup_server_message_get_uri (message));
      g_autofree char *location = g_strconcat ("/moved", path, "?", text, NULL);

      soup_server_message_set_redirect (message, 301, location);
    }
}

static void
test_60_same_origin (void)
{
  g_autoptr(Wire) wire = wire_new (same_origin_cb, NULL);
  g_autoptr(FeedClient) client = connect_to (wire->url);

  feed_client_start (client);
  wait_for (wire->paused->len == 1);
  g_assert_true (feed_client_shows (client, "run_1", "PENDING"));
  g_assert_cmpuint (wire->n_requests, ==, wire->n_with_key);
  feed_client_stop (client);
}

static void
circle_cb (Wire              *wire,
           SoupServerMessage *message,
           const char        *path,
           GHashTable        *query)
{
  soup_server_message_set_redirect (message, 302, path);
}

static void
test_60_circle (void)
{
  g_autoptr(Wire) wire = wire_new (circle_cb, NULL);
  g_autoptr(FeedClient) client = connect_to (wire->url);

  feed_client_start (client);
  wait_for (feed_client_has_problem (client, SPOT_API_ERROR_REDIRECT));
  g_assert_cmpuint (wire->n_requests, <, 10);
  feed_client_stop (client);
}

/* ---- a server that sends back what it was sent ---- */

static void
echo_cb (Wire              *wire,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  /* So that the excerpt would end within the key. */
  g_autofree char *padding = g_strnfill (150 + wire->n_requests * 3, 'x');
  const char *authorization = soup_message_headers_get_one (headers, "Authorization");
  g_autofree char *body = g_strdup_printf ("<html>%s%s</html>", padding, authorization);

  answer (message, wire->n_requests % 3 == 0 ? 401 : wire->n_requests % 3 == 1 ? 500 : 200, body);
}

static void
test_credential_is_not_told (void)
{
  g_autoptr(Wire) wire = wire_new (echo_cb, NULL);
  g_autoptr(FeedClient) client = connect_to (wire->url);

  feed_client_start (client);
  for (guint i = 0; i < 12; i++)
    {
      guint before = wire->n_requests;

      wait_for (feed_client_get_state (client) == SPOT_FEED_RECONNECTING ||
                feed_client_get_state (client) == SPOT_FEED_NEEDS_ATTENTION);
      spot_feed_retry_now (client->feed);
      wait_for (wire->n_requests > before);
    }
  feed_client_stop (client);
  g_assert_nonnull (strstr (client->problems->str, "***"));
  g_assert_null (strstr (client->problems->str, "tr_dev_very"));
}

/* ---- gzip, also where Electric compresses and nobody expects it ---- */

static void
answer_gzip (SoupServerMessage *message,
             guint              status,
             const char        *body)
{
  g_autoptr(GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
  char packed[4096];
  gsize n_read = 0;
  gsize n_written = 0;

  g_assert_cmpint (g_converter_convert (G_CONVERTER (compressor), body, strlen (body), packed, sizeof packed,
                                        G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL), ==, G_CONVERTER_FINISHED);
  answer (message, status, "");
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "content-encoding", "gzip");
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, packed, n_written);
}

static void
gzip_cb (Wire              *wire,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query)
{
  g_autofree char *first = g_strdup_printf ("[" ROW "," UP "]", "PENDING");
  g_autofree char *second = g_strdup_printf ("[" ROW "," UP "]", "EXECUTING");

  g_assert_nonnull (strstr (soup_message_headers_get_list (soup_server_message_get_request_headers (message),
                                                           "Accept-Encoding"), "gzip"));
  switch (wire->n_requests)
    {
    case 1:
      answer_gzip (message, 200, first);
      break;
    case 2:
      answer_gzip (message, 409, "[{\"headers\":{\"control\":\"must-refetch\"}}]");
      soup_message_headers_remove (soup_server_message_get_response_headers (message), "electric-handle");
      break;
    case 3:
      answer_gzip (message, 200, second);
      break;
    case 4:
      answer_gzip (message, 403, "{\"error\":\"Unauthorized, says gzip\"}");
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
test_gzip (void)
{
  g_autoptr(Wire) wire = wire_new (gzip_cb, NULL);
  g_autoptr(FeedClient) client = connect_to (wire->url);

  feed_client_start (client);
  wait_for (feed_client_get_state (client) == SPOT_FEED_NEEDS_ATTENTION);
  g_assert_true (feed_client_shows (client, "run_1", "EXECUTING"));
  g_assert_cmpuint (feed_client_get_n_told (client, "run_1", "EXECUTING"), ==, 1);
  g_assert_true (feed_client_has_problem (client, SPOT_API_ERROR_FORBIDDEN));
  feed_client_stop (client);
  g_assert_nonnull (strstr (client->problems->str, "says gzip"));
}

static void
broken_gzip_cb (Wire              *wire,
                SoupServerMessage *message,
                const char        *path,
                GHashTable        *query)
{
  if (wire->n_requests > 1)
    {
      answer_and_hold (wire, message, query);
      return;
    }
  answer (message, 200, "this is not gzip at all");
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "content-encoding", "gzip");
}

static void
test_broken_gzip (void)
{
  g_autoptr(Wire) wire = wire_new (broken_gzip_cb, NULL);
  g_autoptr(FeedClient) client = connect_to (wire->url);

  feed_client_start (client);
  wait_for (feed_client_get_state (client) == SPOT_FEED_LIVE);
  g_assert_true (feed_client_went_through (client, "CRL"));
  feed_client_stop (client);
}

/* ---- 48: in the middle of a body; time-outs ---- */

static void
half_body_cb (Wire              *wire,
              SoupServerMessage *message,
              const char        *path,
              GHashTable        *query)
{
  SoupMessageBody *body = soup_server_message_get_response_body (message);
  g_autofree char *row = g_strdup_printf ("[" ROW ",", "PENDING");

  if (wire->n_requests > 1 && wire->data != NULL)
    {
      answer_and_hold (wire, message, query);
      return;
    }
  answer (message, 200, "");
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message), SOUP_ENCODING_CHUNKED);
  soup_message_body_append (body, SOUP_MEMORY_COPY, row, strlen (row));
  hold (wire, message);
  soup_server_message_unpause (message);
}

static void
test_48_stop_in_body (void)
{
  g_autoptr(Wire) wire = wire_new (half_body_cb, NULL);
  g_autoptr(FeedClient) client = connect_to (wire->url);

  feed_client_start (client);
  wait_for (feed_client_shows (client, "run_1", "PENDING"));
  g_assert_cmpint (feed_client_get_state (client), ==, SPOT_FEED_CATCHING_UP);
  feed_client_stop (client);
  wait_for (feed_client_count_threads () == 0);
}

static void
test_44_silence_in_body (void)
{
  g_autoptr(Wire) wire = wire_new (half_body_cb, NULL);
  g_autoptr(FeedClient) client = connect_to (wire->url);

  wire->data = wire;
  spot_feed_set_max_timeout_ms (client->feed, 300);
  feed_client_start (client);
  wait_for (feed_client_has_problem (client, SPOT_API_ERROR_UNREACHABLE));
  wait_for (feed_client_get_state (client) == SPOT_FEED_LIVE);
  feed_client_stop (client);
}

static void
slow_refusal_cb (Wire              *wire,
                 SoupServerMessage *message,
                 const char        *path,
                 GHashTable        *query)
{
  SoupMessageBody *body = soup_server_message_get_response_body (message);

  answer (message, GPOINTER_TO_UINT (wire->data), "");
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message), SOUP_ENCODING_CHUNKED);
  soup_message_body_append (body, SOUP_MEMORY_STATIC, "not with tr_dev_verysec", 23);
  hold (wire, message);
  soup_server_message_unpause (message);
}

/* 59: the status decides, however long the words that explain it take; and what came of the key is not told. */
static void
test_59_slow_refusal (gconstpointer data)
{
  g_autoptr(Wire) wire = wire_new (slow_refusal_cb, NULL);
  g_autoptr(FeedClient) client = connect_to (wire->url);
  gint64 begin_us = g_get_monotonic_time ();

  wire->data = (gpointer) data;
  feed_client_start (client);
  wait_for (feed_client_get_state (client) == SPOT_FEED_NEEDS_ATTENTION);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 15 * G_TIME_SPAN_SECOND);
  feed_client_stop (client);
  g_assert_nonnull (strstr (client->problems->str, GPOINTER_TO_UINT (data) == 401 ? "status 401" : "status 403: not with ***"));
  g_assert_null (strstr (client->problems->str, "tr_dev_very"));
}

/* A host's name that has no end. */
static void
send_far_away_cb (Wire              *wire,
                  SoupServerMessage *message,
                  const char        *path,
                  GHashTable        *query)
{
  g_autofree char *host = g_strnfill (20000, 'h');
  g_autofree char *location = g_strconcat ("https://", host, ".example/", NULL);

  soup_server_message_set_redirect (message, 302, location);
}

static void
test_60_long_host (void)
{
  g_autoptr(Wire) wire = wire_new (send_far_away_cb, NULL);
  g_autoptr(FeedClient) client = connect_to (wire->url);

  feed_client_start (client);
  wait_for (feed_client_has_problem (client, SPOT_API_ERROR_REDIRECT));
  feed_client_stop (client);
  g_assert_nonnull (strstr (client->problems->str, "hhhh"));
  g_assert_cmpuint (client->problems->len, <, 600);
}

static gboolean
drip_cb (gpointer data)
{
  SoupServerMessage *message = data;
  SoupMessageBody *body = soup_server_message_get_response_body (message);
  guint n = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (message), "n")) + 1;
  g_autofree char *end = g_strdup_printf (ROW "," UP "]", "PENDING");

  if (g_object_get_data (G_OBJECT (message), "over"))
    return G_SOURCE_REMOVE;
  g_object_set_data (G_OBJECT (message), "n", GUINT_TO_POINTER (n));
  soup_message_body_append (body, SOUP_MEMORY_COPY, " ", 1);
  if (n == 20)
    {
      soup_message_body_append (body, SOUP_MEMORY_COPY, end, strlen (end));
      soup_message_body_complete (body);
    }
  soup_server_message_unpause (message);
  return n < 20 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
drip_over_cb (SoupServerMessage *message)
{
  g_object_set_data (G_OBJECT (message), "over", message);
}

static void
slow_cb (Wire              *wire,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query)
{
  if (query != NULL && g_hash_table_contains (query, "live"))
    {
      hold (wire, message);
      return;
    }
  answer (message, 200, "");
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message), SOUP_ENCODING_CHUNKED);
  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_COPY, "[", 1);
  g_signal_connect (message, "disconnected", G_CALLBACK (drip_over_cb), NULL);
  g_signal_connect (message, "finished", G_CALLBACK (drip_over_cb), NULL);
  g_timeout_add_full (G_PRIORITY_DEFAULT, 150, drip_cb, g_object_ref (message), g_object_unref);
}

/* 3 s in all, never 2 s without a byte. */
static void
test_44_slow_is_not_silent (void)
{
  g_autoptr(Wire) wire = wire_new (slow_cb, NULL);
  g_autoptr(FeedClient) client = connect_to (wire->url);

  spot_feed_set_max_timeout_ms (client->feed, 2000);
  feed_client_start (client);
  wait_for (feed_client_get_state (client) == SPOT_FEED_LIVE);
  g_assert_false (feed_client_went_through (client, "R"));
  feed_client_stop (client);
}

/* 3 s in all, never 300 ms without a byte, but no more than one in 150 ms: that could go on for ever. */
static void
test_44_drip (void)
{
  g_autoptr(Wire) wire = wire_new (slow_cb, NULL);
  g_autoptr(FeedClient) client = connect_to (wire->url);

  spot_feed_set_max_timeout_ms (client->feed, 300);
  feed_client_start (client);
  wait_for (feed_client_has_problem (client, SPOT_API_ERROR_UNREACHABLE));
  g_assert_false (feed_client_went_through (client, "L"));
  feed_client_stop (client);
}

static void
hold_live_cb (Wire              *wire,
              SoupServerMessage *message,
              const char        *path,
              GHashTable        *query)
{
  answer_and_hold (wire, message, query);
}

static void
test_44_live_time_out (void)
{
  g_autoptr(Wire) wire = wire_new (hold_live_cb, NULL);
  g_autoptr(FeedClient) client = connect_to (wire->url);

  spot_feed_set_max_timeout_ms (client->feed, 500);
  feed_client_start (client);
  wait_for (wire->n_requests >= 2);
  wait_for (feed_client_has_problem (client, SPOT_API_ERROR_UNREACHABLE));
  feed_client_stop (client);
}

/* ---- 17: a large body ---- */

#define N_MANY 20000

static void
many_cb (Wire              *wire,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query)
{
  g_autofree char *padding = g_strnfill (700, 'p');
  g_autoptr(GString) body = g_string_new ("[");

  if (query != NULL && g_hash_table_contains (query, "live"))
    {
      hold (wire, message);
      return;
    }
  for (guint i = 0; i < N_MANY; i++)
    g_string_append_printf (body,
                            "{\"key\":\"k%u\",\"value\":{\"id\":\"c%u\",\"friendlyId\":\"run_%u\","
                            "\"status\":\"PENDING\",\"createdAt\":\"2026-11-23 10:00:00\",\"payload\":\"%s\"},"
                            "\"headers\":{\"operation\":\"insert\"}},",
                            i, i, i, padding);
  g_string_append (body, UP "]");
  answer (message, 200, body->str);
}

static void
not_in_main_thread (FeedClient *client)
{
  g_assert_false (g_main_context_is_owner (NULL));
}

static void
test_17_large_body (void)
{
  g_autoptr(Wire) wire = wire_new (many_cb, NULL);
  g_autoptr(FeedClient) client = connect_to (wire->url);

  /* Nobody who draws reads or waits. */
  client->inside = not_in_main_thread;
  feed_client_start (client);
  wait_for (wire->paused->len == 1);
  g_assert_cmpuint (feed_client_get_n_runs (client), ==, N_MANY);
  g_assert_true (feed_client_went_through (client, "CUL"));
  /* States, previews and the commit: dozens of calls, not thousands. */
  g_assert_cmpuint (feed_client_get_n_calls (client), <, 60);
  feed_client_stop (client);
}

/* ---- 61: certificates ---- */

static void
test_61_certificate (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "self-signed.pem", NULL);
  g_autofree char *trusted_path = g_test_build_filename (G_TEST_DIST, "fixtures", "other-authority.pem", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GTlsDatabase) trusted = NULL;
  g_autoptr(GTlsCertificate) certificate = NULL;
  g_autoptr(Wire) wire = NULL;
  g_autoptr(FeedClient) client = NULL;

  /* In a process of its own that ends without more ado: the leak checker dies of what the TLS module leaves behind. */
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  g_assert_true (g_tls_backend_supports_tls (g_tls_backend_get_default ()));
  /* Whatever this machine trusts: with nothing at all, newer versions of the TLS module warn. */
  trusted = g_tls_file_database_new (trusted_path, &error);
  g_assert_no_error (error);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), trusted);
  certificate = g_tls_certificate_new_from_file (path, &error);
  g_assert_no_error (error);
  wire = wire_new (elsewhere_cb, certificate);
  client = connect_to (wire->url);
  feed_client_start (client);
  wait_for (feed_client_has_problem (client, SPOT_API_ERROR_TLS));
  g_assert_cmpint (feed_client_get_state (client), ==, SPOT_FEED_RECONNECTING);
  g_assert_cmpuint (wire->n_requests, ==, 0);
  feed_client_stop (client);
  _exit (0);
}

/* ---- 78: a handle is one connection's own ---- */

static void
handles_cb (Wire              *wire,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query)
{
  g_autofree char *handle = g_strdup_printf ("h%u", wire->n_requests);
  const char *sent = g_hash_table_lookup (query, "handle");

  if (sent != NULL)
    {
      g_assert_false (g_hash_table_contains (wire->data, sent));
      g_hash_table_add (wire->data, g_strdup (sent));
      hold (wire, message);
      return;
    }
  answer_row (message, "PENDING");
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "electric-handle", handle);
}

static void
test_78_own_handles (void)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(Wire) wire = wire_new (handles_cb, NULL);
  FeedClient *clients[3];

  wire->data = seen;
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = connect_to (wire->url);
      feed_client_start (clients[i]);
    }
  wait_for (wire->paused->len == 3);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    feed_client_stop (clients[i]);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    feed_client_free (clients[i]);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/feed-wire/60-other-origin", test_60_other_origin);
  g_test_add_func ("/feed-wire/60-same-origin", test_60_same_origin);
  g_test_add_func ("/feed-wire/60-circle", test_60_circle);
  g_test_add_func ("/feed-wire/97-credential-is-not-told", test_credential_is_not_told);
  g_test_add_func ("/feed-wire/96-gzip", test_gzip);
  g_test_add_func ("/feed-wire/96-broken-gzip", test_broken_gzip);
  g_test_add_func ("/feed-wire/48-stop-in-body", test_48_stop_in_body);
  g_test_add_func ("/feed-wire/44-silence-in-body", test_44_silence_in_body);
  g_test_add_data_func ("/feed-wire/59-slow-refusal/401", GUINT_TO_POINTER (401), test_59_slow_refusal);
  g_test_add_data_func ("/feed-wire/59-slow-refusal/403", GUINT_TO_POINTER (403), test_59_slow_refusal);
  g_test_add_func ("/feed-wire/60-long-host", test_60_long_host);
  g_test_add_func ("/feed-wire/44-slow-is-not-silent", test_44_slow_is_not_silent);
  g_test_add_func ("/feed-wire/44-drip", test_44_drip);
  g_test_add_func ("/feed-wire/44-live-time-out", test_44_live_time_out);
  g_test_add_func ("/feed-wire/17-large-body", test_17_large_body);
  g_test_add_func ("/feed-wire/61-certificate", test_61_certificate);
  g_test_add_func ("/feed-wire/78-own-handles", test_78_own_handles);
  return g_test_run ();
}
