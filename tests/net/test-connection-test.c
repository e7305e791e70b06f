/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "canned-server.h"
#include "spot-connection-test.h"
#include "spot-dev-server.h"
#include "spot-token.h"
#include "system-proxy.h"

#define KEY "tr_dev_verysecretkeyofatest"
#define WAIT_US (20 * G_TIME_SPAN_SECOND)
#define WHO "{\"id\":\"e1\",\"slug\":\"prod\",\"type\":\"PRODUCTION\",\"apiKey\":\"" KEY "\"," \
            "\"project\":{\"name\":\"Shop\",\"externalRef\":\"proj_x\"},\"organization\":{\"title\":\"Acme\"}}"
#define FEED_HEADERS "electric-handle: h1\nelectric-offset: 0_0\ncontent-type: application/json"

/* ---- names of the test's own ---- */

typedef struct { GResolver parent_instance; } TestResolver;
typedef struct { GResolverClass parent_class; } TestResolverClass;

static GType test_resolver_get_type (void);
G_DEFINE_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static GList *
lookup (const char  *name,
        GError     **error)
{
  if (g_str_has_suffix (name, ".invalid"))
    {
      g_set_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "Error resolving “%s”", name);
      return NULL;
    }
  return g_list_prepend (NULL, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4));
}

static GList *
lookup_by_name (GResolver     *resolver,
                const char    *name,
                GCancellable  *cancellable,
                GError       **error)
{
  return lookup (name, error);
}

static GList *
lookup_with_flags (GResolver                 *resolver,
                   const char                *name,
                   GResolverNameLookupFlags   flags,
                   GCancellable              *cancellable,
                   GError                   **error)
{
  return lookup (name, error);
}

static void
lookup_with_flags_async (GResolver                *resolver,
                         const char               *name,
                         GResolverNameLookupFlags  flags,
                         GCancellable             *cancellable,
                         GAsyncReadyCallback       callback,
                         gpointer                  user_data)
{
  g_autoptr(GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  GError *error = NULL;
  GList *addresses = lookup (name, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, addresses, NULL);
}

static GList *
lookup_finish (GResolver     *resolver,
               GAsyncResult  *result,
               GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
lookup_by_name_async (GResolver           *resolver,
                      const char          *name,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  lookup_with_flags_async (resolver, name, 0, cancellable, callback, user_data);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name = lookup_by_name;
  resolver_class->lookup_by_name_async = lookup_by_name_async;
  resolver_class->lookup_by_name_finish = lookup_finish;
  resolver_class->lookup_by_name_with_flags = lookup_with_flags;
  resolver_class->lookup_by_name_with_flags_async = lookup_with_flags_async;
  resolver_class->lookup_by_name_with_flags_finish = lookup_finish;
}

static void
test_resolver_init (TestResolver *self)
{
}

/* ---- asking ---- */

static GTlsDatabase *
load_authority (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", name, NULL);
  g_autoptr(GError) error = NULL;
  GTlsDatabase *database = g_tls_file_database_new (path, &error);

  g_assert_no_error (error);
  return database;
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

static SpotConnectionReport *
test_endpoint (const SpotEndpointOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotEndpoint) endpoint = spot_endpoint_new_full (options, &error);
  g_autoptr(GAsyncResult) result = NULL;
  gint64 until_us = g_get_monotonic_time () + WAIT_US;
  guint tick = g_timeout_add (100, tick_cb, NULL);
  SpotConnectionReport *report;

  g_assert_no_error (error);
  spot_connection_test_async (endpoint, NULL, keep_cb, &result);
  while (result == NULL && g_get_monotonic_time () < until_us)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  g_assert_nonnull (result);
  report = spot_connection_test_finish (result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (report->sentence);
  g_test_message ("%s | %s", report->sentence, report->detail != NULL ? report->detail : "");
  /* Whatever it says, it does not say this. */
  if (options->credential != NULL && strlen (options->credential) > 8)
    {
      g_assert_null (strstr (report->sentence, options->credential));
      g_assert_true (report->detail == NULL || strstr (report->detail, options->credential) == NULL);
    }
  return report;
}

static SpotConnectionReport *
test_url (const char   *url,
          const char   *credential,
          GTlsDatabase *trust)
{
  const SpotEndpointOptions options = {
    .api_url = url, .credential = credential, .allow_plain_http = TRUE, .trust = trust,
  };

  return test_endpoint (&options);
}

#define assert_problem(report, expected)                                                                               \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    if ((report)->problem != (expected))                                                                               \
      g_test_message ("%s: %s", (report)->sentence, (report)->detail);                                                 \
    g_assert_cmpint ((report)->problem, ==, (expected));                                                               \
  }                                                                                                                    \
  G_STMT_END

/* ---- who and where ---- */

static SpotDevServer *
start_dev_server (void)
{
  const SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1, .hold_ms = 1000 };
  SpotDevServer *server = spot_dev_server_new (&options);
  g_autoptr(GError) error = NULL;

  spot_dev_server_start (server, &error);
  g_assert_no_error (error);
  return server;
}

static void
test_secret_key (void)
{
  g_autoptr(SpotDevServer) server = start_dev_server ();
  g_autoptr(SpotConnectionReport) good = NULL;
  g_autoptr(SpotConnectionReport) wrong = NULL;

  good = test_url (spot_dev_server_get_url (server), spot_dev_server_get_key (server), NULL);
  assert_problem (good, SPOT_CONNECTION_PROBLEM_NONE);
  g_assert_cmpstr (good->environment, ==, "dev");
  g_assert_cmpstr (good->project, ==, "Demo project");
  g_assert_cmpstr (good->organization, ==, "Demo organization");
  g_assert_nonnull (good->environment_id);
  g_assert_nonnull (good->project_ref);
  wrong = test_url (spot_dev_server_get_url (server), KEY, NULL);
  assert_problem (wrong, SPOT_CONNECTION_PROBLEM_UNAUTHORIZED);
  spot_dev_server_stop (server);
}

static void
test_person (void)
{
  g_autoptr(SpotDevServer) server = start_dev_server ();
  g_autoptr(SpotConnectionReport) good = NULL;
  g_autoptr(SpotConnectionReport) wrong = NULL;

  good = test_url (spot_dev_server_get_url (server), "tr_pat_devdevdevdevdevdevdevdevdevdevdevdevdevd", NULL);
  assert_problem (good, SPOT_CONNECTION_PROBLEM_NONE);
  g_assert_cmpstr (good->email, ==, "someone@example.com");
  g_assert_nonnull (good->dashboard_url);
  wrong = test_url (spot_dev_server_get_url (server), "tr_pat_somebodyelsessomebodyelsessomebody", NULL);
  assert_problem (wrong, SPOT_CONNECTION_PROBLEM_UNAUTHORIZED);
  spot_dev_server_stop (server);
}

static char *
sign (SpotDevServer *server,
      const char    *scope,
      gint64         age_s)
{
  const char *scopes[] = { scope, NULL };
  const SpotTokenClaims claims = {
    .environment_id = "cmenvdevdemo0000000000001", .scopes = scopes,
    .issued_us = g_get_real_time () - age_s * G_TIME_SPAN_SECOND, .lifetime_s = 900,
  };
  g_autoptr(GError) error = NULL;
  char *token = spot_token_sign (spot_dev_server_get_key (server), &claims, &error);

  g_assert_no_error (error);
  return token;
}

static void
test_public_token (void)
{
  static const struct { const char *scope; gint64 age_s; SpotConnectionProblem problem; } cases[] = {
    { "read:runs", 0, SPOT_CONNECTION_PROBLEM_NONE },
    { "read:tags:user:42", 0, SPOT_CONNECTION_PROBLEM_NONE },
    { "read:runs:run_1", 0, SPOT_CONNECTION_PROBLEM_NONE },
    { "read:batch:batch_gone", 0, SPOT_CONNECTION_PROBLEM_NONE },
    { "write:runs", 0, SPOT_CONNECTION_PROBLEM_FORBIDDEN },
    { "read:runs", 1000, SPOT_CONNECTION_PROBLEM_EXPIRED },
  };
  g_autoptr(SpotDevServer) server = start_dev_server ();
  g_autoptr(GError) error = NULL;

  g_assert_true (spot_dev_server_put_run (server, NULL, "{\"friendlyId\":\"run_1\",\"taskIdentifier\":\"t\","
                                          "\"status\":\"PENDING\"}", &error));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *token = sign (server, cases[i].scope, cases[i].age_s);
      g_autoptr(SpotConnectionReport) report = test_url (spot_dev_server_get_url (server), token, NULL);

      assert_problem (report, cases[i].problem);
      if (cases[i].problem == SPOT_CONNECTION_PROBLEM_FORBIDDEN)
        g_assert_nonnull (strstr (report->sentence, "read:runs"));
    }
  spot_dev_server_stop (server);
}

/* ---- no answer ---- */

static void
test_no_server (void)
{
  g_autoptr(GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autoptr(SpotConnectionReport) refused = NULL;
  g_autoptr(SpotConnectionReport) unknown = NULL;

  g_socket_listener_close (listener);
  refused = test_url (url, KEY, NULL);
  assert_problem (refused, SPOT_CONNECTION_PROBLEM_REFUSED);
  unknown = test_url ("https://trigger.invalid", KEY, NULL);
  assert_problem (unknown, SPOT_CONNECTION_PROBLEM_HOST_NOT_FOUND);
  g_assert_nonnull (strstr (unknown->sentence, "trigger.invalid"));
}

static void
test_silence (void)
{
  g_autoptr(CannedServer) server = canned_server_new ();
  g_autoptr(SpotConnectionReport) report = NULL;

  server->hangs = TRUE;
  spot_connection_test_set_timeout_ms (300);
  report = test_url (server->url, KEY, NULL);
  assert_problem (report, SPOT_CONNECTION_PROBLEM_TIMED_OUT);
  spot_connection_test_set_timeout_ms (0);
}

static gboolean
hang_up_cb (GSocketService    *service,
            GSocketConnection *connection,
            GObject           *source,
            gpointer           user_data)
{
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  return TRUE;
}

static void
test_hang_up (void)
{
  g_autoptr(GSocketService) service = g_socket_service_new ();
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autoptr(SpotConnectionReport) report = NULL;

  g_signal_connect (service, "incoming", G_CALLBACK (hang_up_cb), NULL);
  report = test_url (url, KEY, NULL);
  assert_problem (report, SPOT_CONNECTION_PROBLEM_NO_WAY);
  g_socket_service_stop (service);
}

/* ---- bad answers ---- */

typedef struct
{
  const char           *name;
  guint                 status;
  const char           *headers;
  const char           *body;
  SpotConnectionProblem problem;
  const char           *says; /* nullable */
} AnswerCase;

static const AnswerCase first_answers[] = {
  { "unauthorized", 401, "content-type: application/json", "{\"error\":\"Invalid or Missing API key\"}",
    SPOT_CONNECTION_PROBLEM_UNAUTHORIZED },
  { "branch-needed", 401, "", "{\"error\":\"x-trigger-branch header required for preview env\"}",
    SPOT_CONNECTION_PROBLEM_BRANCH_NEEDED },
  { "branch-unknown", 401, "", "{\"error\":\"No matching branch env\"}", SPOT_CONNECTION_PROBLEM_BRANCH_UNKNOWN },
  { "stripped", 401, "content-type: application/problem+json",
    "{\"title\":\"Unauthorized\",\"error\":\"No authorization header provided\"}",
    SPOT_CONNECTION_PROBLEM_AUTHORIZATION_STRIPPED, "Authorization" },
  { "forbidden", 403, "", "{\"error\":\"Unauthorized\"}", SPOT_CONNECTION_PROBLEM_FORBIDDEN },
  { "not-trigger", 404, "content-type: text/html", "<h1>404</h1>", SPOT_CONNECTION_PROBLEM_NOT_TRIGGER },
  { "other-json", 200, "content-type: application/json", "{\"hello\":\"world\"}", SPOT_CONNECTION_PROBLEM_NOT_TRIGGER },
  { "no-json", 200, "content-type: application/json", "{\"id\":", SPOT_CONNECTION_PROBLEM_NOT_TRIGGER },
  { "empty", 200, "", "", SPOT_CONNECTION_PROBLEM_NOT_TRIGGER },
  { "page", 200, "content-type: text/html; charset=utf-8", "<!DOCTYPE html><title>Sign in</title>",
    SPOT_CONNECTION_PROBLEM_HTML },
  { "unmarked-page", 200, "", "\n  <html>", SPOT_CONNECTION_PROBLEM_HTML },
  { "forbidden-page", 403, "content-type: text/html", "<h1>Blocked by policy</h1>", SPOT_CONNECTION_PROBLEM_HTML },
  { "redirect", 302, "location: https://elsewhere.example/login", "", SPOT_CONNECTION_PROBLEM_REDIRECT,
    "elsewhere.example" },
  { "redirect-nowhere", 307, "", "", SPOT_CONNECTION_PROBLEM_REDIRECT },
  { "busy", 429, "", "{\"error\":\"Rate Limit Exceeded\"}", SPOT_CONNECTION_PROBLEM_BUSY },
  { "server", 500, "", "{\"error\":\"Something went wrong\"}", SPOT_CONNECTION_PROBLEM_SERVER },
  { "gateway", 502, "content-type: text/html", "<h1>Bad gateway</h1>", SPOT_CONNECTION_PROBLEM_SERVER },
  { "slow-gateway", 504, "", "", SPOT_CONNECTION_PROBLEM_TIMED_OUT },
  { "teapot", 418, "", "", SPOT_CONNECTION_PROBLEM_BAD_ANSWER },
  { "echo", 400, "", "you sent Bearer " KEY, SPOT_CONNECTION_PROBLEM_BAD_ANSWER },
};

/* What the feed answers after a good beginning. */
static const AnswerCase second_answers[] = {
  { "good", 200, FEED_HEADERS, "[{\"headers\":{\"control\":\"up-to-date\"}}]", SPOT_CONNECTION_PROBLEM_NONE },
  { "good-old", 200, "electric-shape-id: h\nelectric-chunk-last-offset: 0_0", "[]", SPOT_CONNECTION_PROBLEM_NONE },
  { "headers-stripped", 200, "content-type: application/json", "[{\"headers\":{\"control\":\"up-to-date\"}}]",
    SPOT_CONNECTION_PROBLEM_HEADERS_STRIPPED, "electric-" },
  { "one-stripped", 200, "electric-handle: h", "[]", SPOT_CONNECTION_PROBLEM_HEADERS_STRIPPED },
  { "other", 200, "content-type: application/json", "{\"hello\":\"world\"}", SPOT_CONNECTION_PROBLEM_NOT_TRIGGER },
  { "forbidden", 403, "", "{\"error\":\"Unauthorized\"}", SPOT_CONNECTION_PROBLEM_FORBIDDEN, "read:runs" },
  { "not-found", 404, "", "{\"error\":\"Not found\"}", SPOT_CONNECTION_PROBLEM_NOT_TRIGGER },
  { "unauthorized", 401, "", "{\"error\":\"Invalid or Missing API key\"}", SPOT_CONNECTION_PROBLEM_UNAUTHORIZED },
  { "page", 200, "content-type: text/html", "<html>", SPOT_CONNECTION_PROBLEM_HTML },
};

static void
check_answer (CannedServer     *server,
              const AnswerCase *answer)
{
  g_autoptr(SpotConnectionReport) report = NULL;

  g_test_message ("%s", answer->name);
  canned_server_add (server, answer->status, answer->headers, answer->body);
  report = test_url (server->url, KEY, NULL);
  assert_problem (report, answer->problem);
  if (answer->says != NULL)
    g_assert_nonnull (strstr (report->sentence, answer->says));
}

static void
test_answers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (first_answers); i++)
    {
      g_autoptr(CannedServer) server = canned_server_new ();

      check_answer (server, &first_answers[i]);
      g_assert_cmpuint (server->requests->len, ==, 1);
    }
  for (guint i = 0; i < G_N_ELEMENTS (second_answers); i++)
    {
      g_autoptr(CannedServer) server = canned_server_new ();

      canned_server_add (server, 200, "content-type: application/json", WHO);
      check_answer (server, &second_answers[i]);
      g_assert_cmpuint (server->requests->len, ==, 2);
    }
}

/* The credential follows within the origin, and not beyond. */
static void
test_redirects (void)
{
  g_autoptr(CannedServer) server = canned_server_new ();
  g_autoptr(CannedServer) other = canned_server_new ();
  g_autoptr(SpotConnectionReport) near = NULL;
  g_autoptr(SpotConnectionReport) far = NULL;
  g_autofree char *location = g_strdup_printf ("location: %s/api/v1/whoami", other->url);

  canned_server_add (server, 301, "location: /base/api/v1/whoami", "");
  canned_server_add (server, 200, "", WHO);
  canned_server_add (server, 200, FEED_HEADERS, "[]");
  near = test_url (server->url, KEY, NULL);
  assert_problem (near, SPOT_CONNECTION_PROBLEM_NONE);
  canned_server_set (server, 302, location, "");
  canned_server_add (other, 200, "", WHO);
  far = test_url (server->url, KEY, NULL);
  assert_problem (far, SPOT_CONNECTION_PROBLEM_REDIRECT);
  g_assert_cmpuint (other->requests->len, ==, 0);
}

static void
test_realtime_only (void)
{
  g_autoptr(CannedServer) realtime = canned_server_new ();
  g_autoptr(CannedServer) api = canned_server_new ();
  g_autoptr(SpotConnectionReport) swapped = NULL;
  g_autoptr(SpotConnectionReport) both = NULL;
  SpotEndpointOptions options = { .api_url = api->url, .realtime_url = realtime->url, .credential = KEY };

  canned_server_add (realtime, 404, "content-type: text/plain", "Not Found");
  canned_server_add (realtime, 200, "content-type: text/plain", "OK");
  swapped = test_url (realtime->url, KEY, NULL);
  assert_problem (swapped, SPOT_CONNECTION_PROBLEM_REALTIME_ONLY);

  canned_server_add (api, 200, "", WHO);
  canned_server_set (realtime, 200, FEED_HEADERS, "[]");
  both = test_endpoint (&options);
  assert_problem (both, SPOT_CONNECTION_PROBLEM_NONE);
  g_assert_cmpstr (both->organization, ==, "Acme");
  g_assert_cmpstr (both->environment, ==, "prod");
}

static void
test_kinds (void)
{
  static const char * const useless[] = { "pk_dev_0123456789", "tr_oat_0123456789", "tr_uat_a.b.c" };
  g_autoptr(CannedServer) server = canned_server_new ();
  g_autoptr(SpotConnectionReport) restricted = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (useless); i++)
    {
      g_autoptr(SpotConnectionReport) report = test_url (server->url, useless[i], NULL);

      assert_problem (report, SPOT_CONNECTION_PROBLEM_WRONG_CREDENTIAL);
    }
  g_assert_cmpuint (server->requests->len, ==, 0);
  /* A key with few rights may not ask who it is, and may watch all the same. */
  canned_server_add (server, 403, "", "{\"error\":\"Unauthorized\"}");
  canned_server_add (server, 200, FEED_HEADERS, "[]");
  restricted = test_url (server->url, "tr_prod_sk_0123456789abcdefghijklmn", NULL);
  assert_problem (restricted, SPOT_CONNECTION_PROBLEM_NONE);
}

static void
test_cancelled (void)
{
  g_autoptr(CannedServer) server = canned_server_new ();
  g_autoptr(SpotEndpoint) endpoint = spot_endpoint_new (server->url, KEY, NULL, FALSE, NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  guint tick = g_timeout_add (50, tick_cb, NULL);

  server->hangs = TRUE;
  spot_connection_test_async (endpoint, cancellable, keep_cb, &result);
  while (server->requests->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  g_assert_null (spot_connection_test_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Each has something to say, about the host that it is told. */
static void
test_sentences (void)
{
  g_autoptr(GEnumClass) problems = g_type_class_ref (SPOT_TYPE_CONNECTION_PROBLEM);
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < problems->n_values; i++)
    {
      g_autofree char *plain = spot_connection_problem_dup_sentence (problems->values[i].value, "host", NULL);
      char *sentence = spot_connection_problem_dup_sentence (problems->values[i].value, "host", "subject");

      g_assert_true (g_str_has_suffix (plain, ".") && g_str_has_suffix (sentence, "."));
      g_assert_true (g_hash_table_add (seen, sentence));
    }
}

/* ---- encryption; each in a process of its own, which ends without more ado: the leak checker dies of what the TLS
 * module leaves behind ---- */

static void
check_tls (const char            *certificate_name,
           GTlsDatabase          *trust,
           SpotConnectionProblem  problem)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "tls", certificate_name, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GTlsCertificate) certificate = g_tls_certificate_new_from_file (path, &error);
  g_autoptr(CannedServer) server = NULL;
  g_autoptr(SpotConnectionReport) report = NULL;

  g_assert_no_error (error);
  server = canned_server_new_tls (certificate);
  canned_server_add (server, 200, "", WHO);
  canned_server_add (server, 200, FEED_HEADERS, "[]");
  report = test_url (server->url, KEY, trust);
  assert_problem (report, problem);
  if (problem != SPOT_CONNECTION_PROBLEM_NONE)
    g_assert_cmpuint (server->requests->len, ==, 0);
}

/* As servers answer to what is no HTTP. */
static gboolean
answer_plainly_cb (GSocketService    *service,
                   GSocketConnection *connection,
                   GObject           *source,
                   gpointer           user_data)
{
  static const char answer[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), answer, strlen (answer), NULL,
                             NULL, NULL);
  return TRUE;
}

static void
check_certificates (void)
{
  g_autoptr(GTlsDatabase) others = load_authority ("other-authority.pem");
  g_autoptr(GTlsDatabase) own = load_authority ("tls/authority.pem");
  g_autoptr(GSocketService) plain = g_socket_service_new ();
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (plain), NULL, NULL);
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u", port);
  g_autoptr(SpotConnectionReport) no_tls = NULL;

  g_tls_backend_set_default_database (g_tls_backend_get_default (), others);
  check_tls ("server.pem", NULL, SPOT_CONNECTION_PROBLEM_TLS_AUTHORITY);
  check_tls ("server.pem", own, SPOT_CONNECTION_PROBLEM_NONE);
  check_tls ("other-host.pem", own, SPOT_CONNECTION_PROBLEM_TLS_HOST);
  check_tls ("expired.pem", own, SPOT_CONNECTION_PROBLEM_TLS_EXPIRED);
  g_signal_connect (plain, "incoming", G_CALLBACK (answer_plainly_cb), NULL);
  no_tls = test_url (url, KEY, NULL);
  assert_problem (no_tls, SPOT_CONNECTION_PROBLEM_TLS);
}

static guint n_tunnels;

static gboolean
refuse_tunnel_cb (GSocketService    *service,
                  GSocketConnection *connection,
                  GObject           *source,
                  gpointer           user_data)
{
  static const char answer[] = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  char head[4096];
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  gssize n_read = g_input_stream_read (input, head, sizeof head, NULL, NULL);

  if (n_read > 8 && memcmp (head, "CONNECT ", 8) == 0)
    n_tunnels++;
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), answer, strlen (answer), NULL,
                             NULL, NULL);
  return TRUE;
}

/* The system's proxy is asked for a tunnel, and has none. */
static void
check_proxy (void)
{
  g_autoptr(GSocketService) proxy = g_socket_service_new ();
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (proxy), NULL, NULL);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autoptr(SpotConnectionReport) report = NULL;

  g_signal_connect (proxy, "incoming", G_CALLBACK (refuse_tunnel_cb), NULL);
  system_proxy_set (url);
  report = test_url ("https://trigger.example", KEY, NULL);
  assert_problem (report, SPOT_CONNECTION_PROBLEM_PROXY);
  g_assert_cmpuint (n_tunnels, >=, 1);
}

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

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GResolver) resolver = NULL;

  g_test_init (&argc, &argv, NULL);
  resolver = g_object_new (test_resolver_get_type (), NULL);
  g_resolver_set_default (resolver);
  g_test_add_func ("/connection-test/secret-key", test_secret_key);
  g_test_add_func ("/connection-test/person", test_person);
  g_test_add_func ("/connection-test/public-token", test_public_token);
  g_test_add_func ("/connection-test/no-server", test_no_server);
  g_test_add_func ("/connection-test/silence", test_silence);
  g_test_add_func ("/connection-test/hang-up", test_hang_up);
  g_test_add_func ("/connection-test/answers", test_answers);
  g_test_add_func ("/connection-test/redirects", test_redirects);
  g_test_add_func ("/connection-test/realtime-only", test_realtime_only);
  g_test_add_func ("/connection-test/kinds", test_kinds);
  g_test_add_func ("/connection-test/cancelled", test_cancelled);
  g_test_add_func ("/connection-test/sentences", test_sentences);
  g_test_add_data_func ("/connection-test/certificates", check_certificates, run_apart);
  g_test_add_data_func ("/connection-test/proxy", check_proxy, run_apart);
  return g_test_run ();
}
