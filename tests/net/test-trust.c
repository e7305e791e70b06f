/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "canned-server.h"
#include "spot-api-client.h"
#include "spot-http.h"
#include "system-proxy.h"

#define KEY "tr_dev_verysecretkeyofatest"
#define WAIT_US (20 * G_TIME_SPAN_SECOND)

static GTlsDatabase *
load_authority (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", name, NULL);
  g_autoptr(GError) error = NULL;
  GTlsDatabase *database = g_tls_file_database_new (path, &error);

  g_assert_no_error (error);
  return database;
}

static GTlsCertificate *
load_certificate (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "tls", name, NULL);
  g_autoptr(GError) error = NULL;
  GTlsCertificate *certificate = g_tls_certificate_new_from_file (path, &error);

  g_assert_no_error (error);
  return certificate;
}

static SpotEndpoint *
make_endpoint (const char   *api_url,
               const char   *realtime_url,
               GTlsDatabase *trust)
{
  const SpotEndpointOptions options = {
    .api_url = api_url, .realtime_url = realtime_url, .credential = KEY, .allow_plain_http = TRUE, .trust = trust,
  };
  g_autoptr(GError) error = NULL;
  SpotEndpoint *endpoint = spot_endpoint_new_full (&options, &error);

  g_assert_no_error (error);
  return endpoint;
}

static void
keep_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_result (GAsyncResult **result)
{
  gint64 until_us = g_get_monotonic_time () + WAIT_US;
  guint tick = g_timeout_add (100, tick_cb, NULL);

  while (*result == NULL && g_get_monotonic_time () < until_us)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  g_assert_nonnull (*result);
}

/* Asks who it is; (transfer full) (nullable). */
static SpotValue *
ask (SpotEndpoint  *endpoint,
     GError       **error)
{
  g_autoptr(SpotApiClient) client = spot_api_client_new (endpoint);
  g_autoptr(GAsyncResult) result = NULL;

  spot_api_client_set_hurry (client, 1000);
  spot_api_client_call_async (client, spot_api_call_whoami (), NULL, keep_cb, &result);
  wait_result (&result);
  return spot_api_client_call_finish (client, result, error);
}

static void
check_authority (void)
{
  g_autoptr(GTlsDatabase) others = load_authority ("other-authority.pem");
  g_autoptr(GTlsDatabase) own = load_authority ("tls/authority.pem");
  g_autoptr(GTlsCertificate) certificate = load_certificate ("server.pem");
  g_autoptr(CannedServer) server = NULL;
  g_autoptr(SpotEndpoint) trusting = NULL;
  g_autoptr(SpotEndpoint) usual = NULL;
  g_autoptr(SpotValue) answer = NULL;
  g_autoptr(GError) error = NULL;

  /* What this machine trusts: somebody else. */
  g_tls_backend_set_default_database (g_tls_backend_get_default (), others);
  server = canned_server_new_tls (certificate);
  canned_server_add (server, 200, "", "{\"id\":\"e\"}");
  g_assert_true (g_str_has_prefix (server->url, "https://"));
  usual = make_endpoint (server->url, NULL, NULL);
  g_assert_null (ask (usual, &error));
  g_assert_error (error, SPOT_API_ERROR, SPOT_API_ERROR_TLS);
  g_assert_cmpuint (server->requests->len, ==, 0);
  g_clear_error (&error);

  trusting = make_endpoint (server->url, NULL, own);
  answer = ask (trusting, &error);
  g_assert_no_error (error);
  g_assert_nonnull (answer);

  /* One account's trust is not another's. */
  g_assert_null (ask (usual, &error));
  g_assert_error (error, SPOT_API_ERROR, SPOT_API_ERROR_TLS);
}

/* One session, as a feed has it, whose endpoint changes. */
static void
check_change (void)
{
  g_autoptr(GTlsDatabase) others = load_authority ("other-authority.pem");
  g_autoptr(GTlsDatabase) own = load_authority ("tls/authority.pem");
  g_autoptr(GTlsCertificate) certificate = load_certificate ("server.pem");
  g_autoptr(CannedServer) server = NULL;
  g_autoptr(SpotApiClient) client = NULL;
  g_autoptr(SpotEndpoint) endpoint = NULL;
  gboolean trusts[] = { FALSE, TRUE, TRUE, FALSE, TRUE };

  g_tls_backend_set_default_database (g_tls_backend_get_default (), others);
  server = canned_server_new_tls (certificate);
  canned_server_add (server, 200, "", "{\"id\":\"e\"}");
  endpoint = make_endpoint (server->url, NULL, NULL);
  client = spot_api_client_new (endpoint);
  spot_api_client_set_hurry (client, 1000);
  for (guint i = 0; i < G_N_ELEMENTS (trusts); i++)
    {
      g_autoptr(SpotEndpoint) next = make_endpoint (server->url, NULL, trusts[i] ? own : NULL);
      g_autoptr(GAsyncResult) result = NULL;
      g_autoptr(SpotValue) answer = NULL;
      g_autoptr(GError) error = NULL;

      spot_api_client_set_endpoint (client, next);
      spot_api_client_call_async (client, spot_api_call_whoami (), NULL, keep_cb, &result);
      wait_result (&result);
      answer = spot_api_client_call_finish (client, result, &error);
      if (trusts[i])
        g_assert_no_error (error);
      else
        g_assert_error (error, SPOT_API_ERROR, SPOT_API_ERROR_TLS);
    }
}

/* In a process of its own that ends without more ado: the leak checker dies of what the TLS module leaves behind. */
static void
run_apart (gconstpointer data)
{
  void (*check) (void) = data;

  if (g_test_subprocess ())
    {
      check ();
      _exit (0);
    }
  g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static void
test_separate_realtime (void)
{
  g_autoptr(CannedServer) api = canned_server_new ();
  g_autoptr(CannedServer) realtime = canned_server_new ();
  g_autoptr(SpotEndpoint) endpoint = make_endpoint (api->url, realtime->url, NULL);
  g_autoptr(SpotValue) answer = NULL;
  g_autoptr(SoupMessage) feed = NULL;
  g_autoptr(SoupMessage) call = NULL;
  g_autofree char *feed_url = NULL;
  g_autofree char *call_url = NULL;
  g_autofree char *feed_expected = g_strconcat (realtime->url, "/realtime/v1/runs?x=1", NULL);
  g_autofree char *call_expected = g_strconcat (api->url, "/api/v1/runs", NULL);

  feed = spot_http_new_get (endpoint, "/realtime/v1/runs?x=1", NULL);
  feed_url = g_uri_to_string (soup_message_get_uri (feed));
  g_assert_cmpstr (feed_url, ==, feed_expected);
  call = spot_http_new_get (endpoint, "/api/v1/runs", NULL);
  call_url = g_uri_to_string (soup_message_get_uri (call));
  g_assert_cmpstr (call_url, ==, call_expected);

  canned_server_add (api, 200, "", "{\"id\":\"e\"}");
  answer = ask (endpoint, NULL);
  g_assert_nonnull (answer);
  g_assert_cmpuint (api->requests->len, ==, 1);
  g_assert_cmpuint (realtime->requests->len, ==, 0);
}

/* ---- the system's proxy ---- */

/* What the system says of proxies is used without being asked for: for one host, and not for another. */
static void
check_proxy (void)
{
  g_autoptr(CannedServer) proxy = canned_server_new ();
  g_autoptr(CannedServer) server = canned_server_new ();
  g_autoptr(SpotEndpoint) far = make_endpoint ("http://trigger.example:8030", NULL, NULL);
  g_autoptr(SpotEndpoint) near = make_endpoint (server->url, NULL, NULL);
  g_autoptr(SpotValue) answer = NULL;
  g_autoptr(GError) error = NULL;

  system_proxy_set (proxy->url);
  canned_server_add (proxy, 200, "", "{\"id\":\"far\"}");
  canned_server_add (server, 200, "", "{\"id\":\"near\"}");

  answer = ask (far, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (spot_value_get_text (spot_value_get_member (answer, "id"), NULL), ==, "far");
  g_assert_cmpuint (proxy->requests->len, ==, 1);
  g_assert_true (canned_server_had_header (proxy, 0, "host: trigger.example:8030"));
  g_clear_pointer (&answer, spot_value_unref);

  answer = ask (near, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (spot_value_get_text (spot_value_get_member (answer, "id"), NULL), ==, "near");
  g_assert_cmpuint (proxy->requests->len, ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/separate-realtime", test_separate_realtime);
  g_test_add_data_func ("/trust/authority", check_authority, run_apart);
  g_test_add_data_func ("/trust/change", check_change, run_apart);
  g_test_add_data_func ("/trust/proxy", check_proxy, run_apart);
  return g_test_run ();
}
