/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <libsoup/soup.h>

#include "spot-account-link.h"
#include "spot-dev-server.h"
#include "spot-token.h"

#define WAIT_US (30 * G_TIME_SPAN_SECOND)
#define PERSON "tr_pat_devdevdevdevdevdevdevdevdevdevdevdevdevd"

typedef struct
{
  SpotDevServer   *server;
  SpotAccounts    *accounts;
  SpotMonitor     *monitor;
  SpotAccountLink *link;
} Rig;

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
start_server (void)
{
  const SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1, .hold_ms = 500 };
  SpotDevServer *server = spot_dev_server_new (&options);
  g_autoptr(GError) error = NULL;

  spot_dev_server_start (server, &error);
  g_assert_no_error (error);
  return server;
}

static Rig *
rig_new (void)
{
  Rig *rig = g_new0 (Rig, 1);
  g_autoptr(SpotSettings) settings = spot_settings_new_in_memory (NULL);
  g_autoptr(SpotSecrets) secrets = spot_secrets_new_in_memory ();

  rig->server = start_server ();
  rig->accounts = spot_accounts_new (settings, secrets);
  rig->monitor = spot_monitor_new ();
  rig->link = spot_account_link_new (rig->accounts, rig->monitor);
  return rig;
}

static void
rig_free (Rig *rig)
{
  spot_account_link_free (rig->link);
  spot_accounts_close (rig->accounts);
  spot_monitor_stop (rig->monitor);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (rig->monitor);
  g_assert_finalize_object (rig->accounts);
  spot_dev_server_stop (rig->server);
  g_object_unref (rig->server);
  g_free (rig);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rig, rig_free)

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

static void
keep_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static SpotAccount *
add (Rig           *rig,
     const char    *name,
     SpotDevServer *server,
     const char    *credential)
{
  g_autoptr(GVariant) environments = g_variant_ref_sink (g_variant_new_parsed (
    "[{'project': 'proj_demodemodemodemodemo', 'project-name': 'Demo', 'environment': 'prod'}]"));
  const SpotAccountDraft draft = {
    .name = name, .api_url = spot_dev_server_get_url (server),
    .environments = g_str_has_prefix (credential, "tr_pat_") ? environments : NULL,
  };
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotAccount) account = NULL;

  spot_accounts_add_async (rig->accounts, &draft, credential, NULL, keep_cb, &result);
  wait_for (result != NULL);
  account = spot_accounts_add_finish (rig->accounts, result, &error);
  g_assert_no_error (error);
  /* The list keeps it. */
  return account;
}

static void
replace (SpotAccount *account,
         const char  *credential)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  spot_account_replace_credential_async (account, credential, NULL, keep_cb, &result);
  wait_for (result != NULL);
  g_assert_true (spot_account_replace_credential_finish (account, result, &error));
  g_assert_no_error (error);
}

static guint
get_n_environments (Rig *rig)
{
  return g_list_model_get_n_items (spot_monitor_get_environments (rig->monitor));
}

/* Borrowed: the monitor holds a reference. */
static SpotEnvironment *
get_environment (Rig   *rig,
                 guint  position)
{
  g_autoptr(SpotEnvironment) environment =
    g_list_model_get_item (spot_monitor_get_environments (rig->monitor), position);

  g_assert_nonnull (environment);
  return environment;
}

static SpotConnectionState
get_state (SpotEnvironment *environment)
{
  return spot_connection_get_state (spot_environment_get_connection (environment));
}

static void
put (SpotDevServer *server,
     const char    *run_id,
     const char    *status)
{
  g_autofree char *columns = g_strdup_printf ("{\"friendlyId\":\"%s\",\"taskIdentifier\":\"t\",\"status\":\"%s\"}",
                                              run_id, status);
  g_autoptr(GError) error = NULL;

  spot_dev_server_put_run (server, NULL, columns, &error);
  g_assert_no_error (error);
}

static gboolean
has_run (SpotEnvironment *environment,
         const char      *run_id)
{
  return spot_run_store_lookup (spot_environment_get_store (environment), run_id) != NULL;
}

static char *
sign (SpotDevServer *server,
      gint64         life_s)
{
  static const char * const scopes[] = { "read:runs", NULL };
  const SpotTokenClaims claims = {
    .environment_id = "cmenvdevdemo0000000000001", .scopes = scopes, .issued_us = g_get_real_time (),
    .lifetime_s = life_s,
  };
  g_autoptr(GError) error = NULL;
  char *token = spot_token_sign (spot_dev_server_get_key (server), &claims, &error);

  g_assert_no_error (error);
  return token;
}

/* ---- tests ---- */

/* A key that is revoked in mid-feed, and replaced: rows stay, and what happened meanwhile comes. */
static void
test_revoked (void)
{
  g_autoptr(Rig) rig = rig_new ();
  SpotAccount *account = add (rig, "Work", rig->server, spot_dev_server_get_key (rig->server));
  SpotEnvironment *environment;

  g_assert_cmpuint (get_n_environments (rig), ==, 1);
  environment = get_environment (rig, 0);
  g_assert_cmpstr (spot_environment_get_name (environment), ==, "Work");
  spot_environment_watch_all (environment, NULL);
  put (rig->server, "run_1", "PENDING");
  wait_for (has_run (environment, "run_1") && get_state (environment) == SPOT_CONNECTION_LIVE);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_READY);

  spot_dev_server_set_fault (rig->server, "401", -1);
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_REFUSED);
  g_assert_cmpint (get_state (environment), ==, SPOT_CONNECTION_NEEDS_ATTENTION);
  put (rig->server, "run_2", "PENDING");
  spot_dev_server_set_fault (rig->server, NULL, 0);
  replace (account, spot_dev_server_get_key (rig->server));
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_READY);
  g_assert_true (has_run (environment, "run_1"));
  wait_for (has_run (environment, "run_2") && get_state (environment) == SPOT_CONNECTION_LIVE);
  g_assert_cmpuint (get_n_environments (rig), ==, 1);
  g_assert_true (get_environment (rig, 0) == environment);

  g_settings_set_string (spot_account_get_settings (account), "name", "Shop");
  g_assert_cmpstr (spot_environment_get_name (environment), ==, "Shop");
}

/* A wrong one from the beginning, and another wrong one after it. */
static void
test_wrong_twice (void)
{
  g_autoptr(Rig) rig = rig_new ();
  SpotAccount *account = add (rig, "Work", rig->server, "tr_dev_wrongwrongwrongwrongwron");

  spot_environment_watch_all (get_environment (rig, 0), NULL);
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_REFUSED);
  replace (account, "tr_dev_otherotherotherotherothe");
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_READY);
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_REFUSED);
  replace (account, spot_dev_server_get_key (rig->server));
  wait_for (get_state (get_environment (rig, 0)) == SPOT_CONNECTION_LIVE);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_READY);
}

/* A public token that ends in mid-feed. */
static void
test_expired (void)
{
  g_autoptr(Rig) rig = rig_new ();
  g_autofree char *short_lived = sign (rig->server, 2);
  g_autofree char *fresh = sign (rig->server, 3600);
  SpotAccount *account = add (rig, "Shared", rig->server, short_lived);
  SpotEnvironment *environment = get_environment (rig, 0);

  spot_environment_watch_all (environment, NULL);
  put (rig->server, "run_1", "PENDING");
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_EXPIRED &&
            get_state (environment) == SPOT_CONNECTION_NEEDS_ATTENTION);
  put (rig->server, "run_2", "PENDING");
  replace (account, fresh);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_READY);
  wait_for (has_run (environment, "run_1") && has_run (environment, "run_2"));
  wait_for (get_state (environment) == SPOT_CONNECTION_LIVE);
}

static void
attention_cb (SpotConnection *connection,
              GParamSpec     *pspec,
              guint          *n_attentions)
{
  if (spot_connection_get_state (connection) == SPOT_CONNECTION_NEEDS_ATTENTION)
    ++*n_attentions;
}

/* Short tokens renew themselves under a feed that never stops. */
static void
test_renewed (void)
{
  g_autoptr(Rig) rig = rig_new ();
  SpotEnvironment *environment;
  SpotAccount *account;
  guint n_attentions = 0;
  gint64 until_us;
  guint n_runs = 0;

  control (rig->server, "{\"tokenLifeMs\":3000}");
  account = add (rig, "Me", rig->server, PERSON);
  wait_for (get_n_environments (rig) == 1);
  environment = get_environment (rig, 0);
  spot_environment_watch_all (environment, NULL);
  wait_for (get_state (environment) == SPOT_CONNECTION_LIVE);
  g_signal_connect (spot_environment_get_connection (environment), "notify::state", G_CALLBACK (attention_cb),
                    &n_attentions);
  until_us = g_get_monotonic_time () + 6 * G_TIME_SPAN_SECOND;
  while (g_get_monotonic_time () < until_us)
    {
      g_autofree char *run_id = g_strdup_printf ("run_%u", n_runs++);

      put (rig->server, run_id, "PENDING");
      wait_for (has_run (environment, run_id));
    }
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_READY);
  g_assert_cmpuint (n_attentions, ==, 0);
  g_assert_cmpuint (get_n_environments (rig), ==, 1);
}

/* A token that is refused before its time is replaced by itself. */
static void
test_refused_token (void)
{
  g_autoptr(Rig) rig = rig_new ();
  SpotEnvironment *environment;
  SpotAccount *account = add (rig, "Me", rig->server, PERSON);

  wait_for (get_n_environments (rig) == 1);
  environment = get_environment (rig, 0);
  spot_environment_watch_all (environment, NULL);
  wait_for (get_state (environment) == SPOT_CONNECTION_LIVE);
  spot_dev_server_set_fault (rig->server, "401", 1);
  put (rig->server, "run_1", "PENDING");
  wait_for (has_run (environment, "run_1") && get_state (environment) == SPOT_CONNECTION_LIVE);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_READY);

  /* The person is out: no token can be had, and the server takes none. */
  control (rig->server, "{\"personRevoked\":1}");
  spot_dev_server_set_fault (rig->server, "401", -1);
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_REFUSED);
  control (rig->server, "{\"personRevoked\":0}");
  spot_dev_server_set_fault (rig->server, NULL, 0);
  replace (account, PERSON);
  put (rig->server, "run_2", "PENDING");
  wait_for (has_run (environment, "run_2") && get_state (environment) == SPOT_CONNECTION_LIVE);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_READY);
}

static void
test_two_accounts (void)
{
  g_autoptr(Rig) rig = rig_new ();
  g_autoptr(SpotDevServer) other = start_server ();
  SpotAccount *work = add (rig, "Work", rig->server, spot_dev_server_get_key (rig->server));
  g_autoptr(SpotEnvironment) work_environment = g_object_ref (get_environment (rig, 0));
  SpotEnvironment *home_environment;
  g_autoptr(GAsyncResult) result = NULL;

  add (rig, "Home", other, spot_dev_server_get_key (other));
  g_assert_cmpuint (get_n_environments (rig), ==, 2);
  home_environment = get_environment (rig, 1);
  g_assert_cmpstr (spot_environment_get_id (work_environment), !=, spot_environment_get_id (home_environment));
  spot_environment_watch_all (work_environment, NULL);
  spot_environment_watch_all (home_environment, NULL);
  put (rig->server, "run_work", "PENDING");
  put (other, "run_home", "PENDING");
  wait_for (has_run (work_environment, "run_work") && has_run (home_environment, "run_home"));
  g_assert_false (has_run (work_environment, "run_home"));
  g_assert_false (has_run (home_environment, "run_work"));

  spot_accounts_remove_async (rig->accounts, work, NULL, keep_cb, &result);
  g_assert_cmpuint (get_n_environments (rig), ==, 1);
  g_assert_true (get_environment (rig, 0) == home_environment);
  wait_for (result != NULL);
  g_clear_object (&result);
  wait_for (spot_dev_server_get_n_live (rig->server) == 0);
  put (other, "run_more", "PENDING");
  wait_for (has_run (home_environment, "run_more"));
  spot_dev_server_stop (other);
}

/* Without the link, as a program that watches one does. */
static void
test_one (void)
{
  g_autoptr(Rig) rig = rig_new ();
  g_autoptr(SpotMonitor) monitor = spot_monitor_new ();
  SpotAccount *account = add (rig, "Work", rig->server, spot_dev_server_get_key (rig->server));
  g_autoptr(SpotAccountEnvironment) source = g_list_model_get_item (spot_account_get_environments (account), 0);
  SpotEnvironment *environment = spot_account_environment_add_to (source, monitor);

  g_assert_cmpstr (spot_environment_get_id (environment), ==, spot_account_environment_get_id (source));
  spot_environment_watch_all (environment, NULL);
  put (rig->server, "run_1", "PENDING");
  wait_for (has_run (environment, "run_1"));
  spot_monitor_stop (monitor);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/account-link/revoked", test_revoked);
  g_test_add_func ("/account-link/wrong-twice", test_wrong_twice);
  g_test_add_func ("/account-link/expired", test_expired);
  g_test_add_func ("/account-link/renewed", test_renewed);
  g_test_add_func ("/account-link/refused-token", test_refused_token);
  g_test_add_func ("/account-link/two-accounts", test_two_accounts);
  g_test_add_func ("/account-link/one", test_one);
  return g_test_run ();
}
