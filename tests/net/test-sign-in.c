/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "canned-server.h"
#include "spot-api-client.h"
#include "spot-dev-server.h"
#include "spot-sign-in.h"
#include "spot-token-minter.h"
#include "spot-token.h"

#define WAIT_US (20 * G_TIME_SPAN_SECOND)
#define PERSON "tr_pat_devdevdevdevdevdevdevdevdevdevdevdevdevd"
#define PROJECT "proj_demodemodemodemodemo"

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

#define wait_for(condition)                                                                                            \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    gint64 until_us_ = g_get_monotonic_time () + WAIT_US;                                                              \
    guint tick_ = g_timeout_add (20, tick_cb, NULL);                                                                   \
    while (!(condition) && g_get_monotonic_time () < until_us_)                                                        \
      g_main_context_iteration (NULL, TRUE);                                                                           \
    g_source_remove (tick_);                                                                                           \
    g_assert_true (condition);                                                                                         \
  }                                                                                                                    \
  G_STMT_END

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
control (SpotDevServer *server,
         const char    *settings)
{
  g_autofree char *url = g_strconcat (spot_dev_server_get_url (server), "/dev/settings", NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", spot_dev_server_get_key (server), NULL);
  g_autoptr(SoupSession) session = soup_session_new ();
  g_autoptr(SoupMessage) message = soup_message_new ("POST", url);
  g_autoptr(GBytes) body = g_bytes_new (settings, strlen (settings));
  g_autoptr(GBytes) answer = NULL;
  g_autoptr(GError) error = NULL;

  soup_message_headers_append (soup_message_get_request_headers (message), "authorization", bearer);
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  answer = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
}

static SpotEndpoint *
make_endpoint (const char *url,
               const char *credential)
{
  const SpotEndpointOptions options = { .api_url = url, .credential = credential };
  g_autoptr(GError) error = NULL;
  SpotEndpoint *endpoint = spot_endpoint_new_full (&options, &error);

  g_assert_no_error (error);
  return endpoint;
}

/* ---- signing in ---- */

static SpotSignIn *
begin (const char *url,
       gint64      patience_ms)
{
  g_autoptr(SpotEndpoint) endpoint = make_endpoint (url, NULL);
  SpotSignIn *sign_in = spot_sign_in_new (endpoint);

  spot_sign_in_set_times (sign_in, 10, patience_ms);
  spot_sign_in_start (sign_in);
  g_assert_cmpint (spot_sign_in_get_state (sign_in), ==, SPOT_SIGN_IN_ASKING);
  return sign_in;
}

static void
test_sign_in (void)
{
  g_autoptr(SpotDevServer) server = start_dev_server ();
  SpotSignIn *sign_in = begin (spot_dev_server_get_url (server), 20000);
  char *token;

  wait_for (spot_sign_in_get_state (sign_in) == SPOT_SIGN_IN_WAITING);
  g_assert_nonnull (spot_sign_in_get_code (sign_in));
  g_assert_true (g_str_has_prefix (spot_sign_in_get_url (sign_in), spot_dev_server_get_url (server)));
  g_assert_true (g_str_has_suffix (spot_sign_in_get_url (sign_in), spot_sign_in_get_code (sign_in)));
  wait_for (spot_sign_in_get_state (sign_in) == SPOT_SIGN_IN_DONE);
  g_assert_null (spot_sign_in_get_explanation (sign_in));
  token = spot_sign_in_steal_token (sign_in);
  g_assert_cmpint (spot_credential_get_kind (token), ==, SPOT_CREDENTIAL_PERSONAL);
  g_assert_cmpstr (token, ==, PERSON);
  g_free (token);
  g_assert_null (spot_sign_in_steal_token (sign_in));
  g_assert_finalize_object (sign_in);
  spot_dev_server_stop (server);
}

static void
test_nobody_agrees (void)
{
  g_autoptr(SpotDevServer) server = start_dev_server ();
  SpotSignIn *sign_in;

  control (server, "{\"signInPolls\":1000000}");
  sign_in = begin (spot_dev_server_get_url (server), 300);
  wait_for (spot_sign_in_get_state (sign_in) == SPOT_SIGN_IN_FAILED);
  g_assert_nonnull (spot_sign_in_get_explanation (sign_in));
  g_assert_null (spot_sign_in_steal_token (sign_in));
  wait_for (G_OBJECT (sign_in)->ref_count == 1);
  g_assert_finalize_object (sign_in);
  spot_dev_server_stop (server);
}

/* Given up before the answer, while waiting, between questions and by letting go. */
static void
test_cancel (void)
{
  g_autoptr(SpotDevServer) server = start_dev_server ();

  control (server, "{\"signInPolls\":1000000}");
  for (guint i = 0; i < 4; i++)
    {
      SpotSignIn *sign_in = begin (spot_dev_server_get_url (server), 20000);

      if (i > 0)
        wait_for (spot_sign_in_get_state (sign_in) == SPOT_SIGN_IN_WAITING);
      if (i == 2)
        for (guint j = 0; j < 5; j++)
          g_main_context_iteration (NULL, TRUE);
      if (i < 3)
        {
          spot_sign_in_cancel (sign_in);
          spot_sign_in_cancel (sign_in);
          g_assert_cmpint (spot_sign_in_get_state (sign_in), ==, SPOT_SIGN_IN_CANCELLED);
          g_assert_null (spot_sign_in_get_explanation (sign_in));
        }
      else
        {
          spot_sign_in_cancel (sign_in);
        }
      wait_for (G_OBJECT (sign_in)->ref_count == 1);
      g_assert_finalize_object (sign_in);
    }
  spot_dev_server_stop (server);
}

#define GOOD_BEGINNING "{\"authorizationCode\":\"c0de\"," \
                       "\"url\":\"https://cloud.example/account/authorization-code/c0de\"}"

typedef struct
{
  const char *first;
  guint       first_status;
  const char *second; /* nullable: not asked */
  guint       second_status;
  const char *says;
} BadCase;

static void
test_bad_answers (void)
{
  static const BadCase cases[] = {
    { "", 404, NULL, 0, "not a Trigger.dev server" },
    { "{}", 200, NULL, 0, "not a Trigger.dev server" },
    { "{\"authorizationCode\":7,\"url\":\"https://x.example\"}", 200, NULL, 0, "not a Trigger.dev server" },
    { "<html>", 200, NULL, 0, "cannot be understood" },
    { "{\"authorizationCode\":\"c\",\"url\":\"file:///etc/passwd\"}", 200, NULL, 0, "cannot be understood" },
    { "{\"authorizationCode\":\"c\",\"url\":\"javascript:alert(1)\"}", 200, NULL, 0, "cannot be understood" },
    { "{\"authorizationCode\":\"c\",\"url\":\"https://user:pw@x.example/\"}", 200, NULL, 0, "cannot be understood" },
    { "{\"authorizationCode\":\"c\"}", 200, NULL, 0, "cannot be understood" },
    { "{\"error\":\"x\"}", 500, NULL, 0, "problem of its own" },
    { GOOD_BEGINNING, 200, "{\"error\":\"Invalid authorization code, or code expired\"}", 400, "Begin again" },
    { GOOD_BEGINNING, 200, "{\"token\":{\"token\":\"tr_pat_a b\"}}", 200, "cannot be understood" },
    { GOOD_BEGINNING, 200, "{\"token\":{\"token\":\"\"}}", 200, "cannot be understood" },
    { GOOD_BEGINNING, 200, "[]", 200, "cannot be understood" },
    { GOOD_BEGINNING, 200, "", 404, "not a Trigger.dev server" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(CannedServer) server = canned_server_new ();
      g_autoptr(SpotSignIn) sign_in = NULL;

      g_test_message ("case %u", i);
      canned_server_add (server, cases[i].first_status, "", cases[i].first);
      if (cases[i].second != NULL)
        canned_server_add (server, cases[i].second_status, "", cases[i].second);
      sign_in = begin (server->url, 20000);
      wait_for (spot_sign_in_get_state (sign_in) == SPOT_SIGN_IN_FAILED);
      g_assert_nonnull (strstr (spot_sign_in_get_explanation (sign_in), cases[i].says));
      g_assert_null (spot_sign_in_steal_token (sign_in));
    }
}

/* What passes by itself does not end it. */
static void
test_trouble_passes (void)
{
  g_autoptr(CannedServer) server = canned_server_new ();
  g_autoptr(SpotSignIn) sign_in = NULL;
  char *token;

  canned_server_add (server, 200, "", GOOD_BEGINNING);
  canned_server_add (server, 200, "", "{\"token\":null}");
  canned_server_add (server, 502, "", "<h1>Bad gateway</h1>");
  canned_server_add (server, 200, "", "{}");
  canned_server_add (server, 200, "", "{\"token\":{\"token\":\"tr_pat_good\"}}");
  sign_in = begin (server->url, 20000);
  wait_for (spot_sign_in_get_state (sign_in) == SPOT_SIGN_IN_DONE);
  token = spot_sign_in_steal_token (sign_in);
  g_assert_cmpstr (token, ==, "tr_pat_good");
  g_free (token);
  g_assert_cmpuint (server->requests->len, ==, 5);
  for (guint i = 0; i < server->heads->len; i++)
    g_assert_null (strstr (g_ptr_array_index (server->heads, i), "authorization:"));
  g_assert_cmpstr (g_ptr_array_index (server->bodies, 1), ==, "{\"authorizationCode\":\"c0de\"}");
}

/* ---- projects ---- */

static void
keep_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static SpotValue *
call (SpotApiClient *client,
      SpotApiCall   *what)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  SpotValue *answer;

  spot_api_client_call_async (client, what, NULL, keep_cb, &result);
  wait_for (result != NULL);
  answer = spot_api_client_call_finish (client, result, &error);
  g_assert_no_error (error);
  return answer;
}

static void
test_projects (void)
{
  g_autoptr(SpotDevServer) server = start_dev_server ();
  g_autoptr(SpotEndpoint) person = make_endpoint (spot_dev_server_get_url (server), PERSON);
  g_autoptr(SpotApiClient) client = spot_api_client_new (person);
  g_autoptr(SpotValue) who = call (client, spot_api_call_person ());
  g_autoptr(SpotValue) projects = call (client, spot_api_call_list_projects ());
  g_autoptr(SpotValue) environments = call (client, spot_api_call_list_environments (PROJECT));

  g_assert_nonnull (spot_value_get_member (who, "email"));
  g_assert_cmpuint (spot_value_get_n_children (projects), ==, 1);
  g_assert_cmpuint (spot_value_get_n_children (environments), ==, 4);
  spot_dev_server_stop (server);
}

/* ---- short tokens ---- */

static SpotTokenMinter *
make_minter (const char *url,
             const char *environment,
             const char *branch)
{
  g_autoptr(SpotEndpoint) person = make_endpoint (url, PERSON);
  SpotTokenMinter *minter = spot_token_minter_new (person, PROJECT, environment, branch);

  spot_token_minter_set_hurry (minter, 100);
  return minter;
}

static void
count_cb (GObject    *object,
          GParamSpec *pspec,
          gpointer    user_data)
{
  ++*(guint *) user_data;
}

/* (transfer full): the scopes of the newest token, joined. */
static char *
dup_scopes (SpotTokenMinter *minter)
{
  g_autofree char *authorization = spot_endpoint_dup_authorization (spot_token_minter_get_endpoint (minter));
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotToken) token = spot_token_decode (authorization + strlen ("Bearer "), &error);

  g_assert_no_error (error);
  return g_strjoinv (" ", (char **) spot_token_get_scopes (token));
}

static void
test_least_scopes (void)
{
  g_autoptr(SpotDevServer) server = start_dev_server ();
  SpotTokenMinter *minter = make_minter (spot_dev_server_get_url (server), "staging", NULL);
  g_autofree char *reading = NULL;
  g_autofree char *writing = NULL;
  guint n_tokens = 0;

  g_signal_connect (minter, "notify::endpoint", G_CALLBACK (count_cb), &n_tokens);
  g_assert_null (spot_token_minter_get_endpoint (minter));
  spot_token_minter_wake (minter);
  wait_for (n_tokens == 1);
  reading = dup_scopes (minter);
  g_assert_cmpstr (reading, ==, "read:runs");
  g_assert_false (spot_token_minter_can_write (minter));
  /* A fresh one is not asked for again. */
  spot_token_minter_wake (minter);
  spot_token_minter_allow_writes (minter);
  spot_token_minter_allow_writes (minter);
  g_assert_false (spot_token_minter_can_write (minter));
  wait_for (spot_token_minter_can_write (minter));
  g_assert_cmpuint (n_tokens, ==, 2);
  writing = dup_scopes (minter);
  g_assert_cmpstr (writing, ==, "read:runs write:runs");
  g_assert_finalize_object (minter);
  spot_dev_server_stop (server);
}

static void
test_renewal (void)
{
  g_autoptr(SpotDevServer) server = start_dev_server ();
  SpotTokenMinter *minter;
  guint n_tokens = 0;

  /* By itself, before the end. */
  control (server, "{\"tokenLifeMs\":1000}");
  minter = make_minter (spot_dev_server_get_url (server), "prod", NULL);
  g_signal_connect (minter, "notify::endpoint", G_CALLBACK (count_cb), &n_tokens);
  spot_token_minter_wake (minter);
  wait_for (n_tokens >= 3);
  g_assert_cmpint (spot_token_minter_get_problem (minter), ==, SPOT_CONNECTION_PROBLEM_NONE);

  /* While the server is away the last one stays; then there is another. */
  spot_dev_server_stop (server);
  wait_for (spot_token_minter_get_problem (minter) == SPOT_CONNECTION_PROBLEM_NO_WAY);
  g_assert_nonnull (spot_token_minter_get_endpoint (minter));
  g_assert_true (spot_dev_server_start (server, NULL));
  wait_for (spot_token_minter_get_problem (minter) == SPOT_CONNECTION_PROBLEM_NONE);

  /* Signed out everywhere; signed in again. */
  control (server, "{\"personRevoked\":1}");
  wait_for (spot_token_minter_get_problem (minter) == SPOT_CONNECTION_PROBLEM_UNAUTHORIZED);
  n_tokens = 0;
  control (server, "{\"personRevoked\":0,\"tokenLifeMs\":3600000}");
  {
    g_autoptr(SpotEndpoint) person = make_endpoint (spot_dev_server_get_url (server), PERSON);

    spot_token_minter_set_person (minter, person);
  }
  wait_for (n_tokens == 1);
  g_assert_cmpint (spot_token_minter_get_problem (minter), ==, SPOT_CONNECTION_PROBLEM_NONE);
  spot_token_minter_stop (minter);
  wait_for (G_OBJECT (minter)->ref_count == 1);
  g_assert_finalize_object (minter);
  spot_dev_server_stop (server);
}

static void
test_refused (void)
{
  g_autoptr(SpotDevServer) server = start_dev_server ();
  g_autoptr(SpotTokenMinter) minter = make_minter (spot_dev_server_get_url (server), "dev", NULL);
  guint n_tokens = 0;

  g_signal_connect (minter, "notify::endpoint", G_CALLBACK (count_cb), &n_tokens);
  spot_token_minter_refused (minter);
  spot_token_minter_wake (minter);
  wait_for (n_tokens == 1);
  spot_token_minter_refused (minter);
  spot_token_minter_refused (minter);
  wait_for (n_tokens == 2);
  spot_token_minter_refused (minter);
  wait_for (n_tokens == 3);
  g_assert_cmpint (spot_token_minter_get_problem (minter), ==, SPOT_CONNECTION_PROBLEM_NONE);
  spot_token_minter_refused (minter);
  g_assert_cmpint (spot_token_minter_get_problem (minter), ==, SPOT_CONNECTION_PROBLEM_UNAUTHORIZED);
  g_assert_nonnull (spot_token_minter_get_endpoint (minter));
  spot_token_minter_wake (minter);
  wait_for (spot_token_minter_get_problem (minter) == SPOT_CONNECTION_PROBLEM_NONE);
  spot_dev_server_stop (server);
}

static void
test_gone (void)
{
  g_autoptr(SpotDevServer) server = start_dev_server ();
  g_autoptr(SpotTokenMinter) nowhere = make_minter (spot_dev_server_get_url (server), "elsewhere", NULL);
  g_autoptr(SpotTokenMinter) preview = make_minter (spot_dev_server_get_url (server), "preview", "feature/x");

  spot_token_minter_wake (nowhere);
  wait_for (spot_token_minter_get_problem (nowhere) == SPOT_CONNECTION_PROBLEM_GONE);
  g_assert_null (spot_token_minter_get_endpoint (nowhere));
  spot_token_minter_wake (preview);
  wait_for (spot_token_minter_get_endpoint (preview) != NULL);
  g_assert_cmpstr (spot_endpoint_get_branch (spot_token_minter_get_endpoint (preview)), ==, "feature/x");
  spot_dev_server_stop (server);
}

/* A server whose clock is years behind or ahead: what counts is how long a token lives. */
static void
test_skew (void)
{
  static const gint64 offsets_us[] = { -20 * 365 * G_TIME_SPAN_DAY, -2 * G_TIME_SPAN_HOUR, 20 * 365 * G_TIME_SPAN_DAY };
  static const char * const scopes[] = { "read:runs", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (offsets_us); i++)
    {
      const SpotTokenClaims claims = {
        .environment_id = "e", .scopes = scopes, .issued_us = g_get_real_time () + offsets_us[i], .lifetime_s = 3600,
      };
      g_autofree char *token = spot_token_sign ("tr_dev_0123456789abcdefghijklmn", &claims, NULL);
      g_autofree char *answer = g_strdup_printf ("{\"token\":\"%s\"}", token);
      g_autoptr(CannedServer) server = canned_server_new ();
      g_autoptr(SpotTokenMinter) minter = NULL;
      gint64 until_us;

      canned_server_add (server, 200, "", answer);
      minter = make_minter (server->url, "dev", NULL);
      spot_token_minter_wake (minter);
      wait_for (spot_token_minter_get_endpoint (minter) != NULL);
      spot_token_minter_wake (minter);
      until_us = g_get_monotonic_time () + 200 * G_TIME_SPAN_MILLISECOND;
      wait_for (g_get_monotonic_time () >= until_us);
      g_assert_cmpuint (server->requests->len, ==, 1);
    }
}

static void
test_bad_tokens (void)
{
  static const char * const answers[] = { "{}", "{\"token\":null}", "{\"token\":\"a b\"}", "{\"token\":7}", "[]" };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr(CannedServer) server = canned_server_new ();
      g_autoptr(SpotTokenMinter) minter = NULL;

      canned_server_add (server, 200, "", answers[i]);
      minter = make_minter (server->url, "dev", NULL);
      spot_token_minter_wake (minter);
      wait_for (spot_token_minter_get_problem (minter) == SPOT_CONNECTION_PROBLEM_BAD_ANSWER);
      g_assert_null (spot_token_minter_get_endpoint (minter));
      spot_token_minter_stop (minter);
      wait_for (G_OBJECT (minter)->ref_count == 1);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sign-in/done", test_sign_in);
  g_test_add_func ("/sign-in/nobody-agrees", test_nobody_agrees);
  g_test_add_func ("/sign-in/cancel", test_cancel);
  g_test_add_func ("/sign-in/bad-answers", test_bad_answers);
  g_test_add_func ("/sign-in/trouble-passes", test_trouble_passes);
  g_test_add_func ("/sign-in/projects", test_projects);
  g_test_add_func ("/minter/least-scopes", test_least_scopes);
  g_test_add_func ("/minter/renewal", test_renewal);
  g_test_add_func ("/minter/refused", test_refused);
  g_test_add_func ("/minter/gone", test_gone);
  g_test_add_func ("/minter/skew", test_skew);
  g_test_add_func ("/minter/bad-tokens", test_bad_tokens);
  return g_test_run ();
}
