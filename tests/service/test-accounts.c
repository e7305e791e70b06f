/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "spot-account-private.h"
#include "spot-accounts.h"
#include "spot-dev-server.h"
#include "spot-token.h"

#define WAIT_US (20 * G_TIME_SPAN_SECOND)
#define KEY "tr_prod_0123456789abcdefghijklmn"
#define OTHER_KEY "tr_stg_0123456789abcdefghijklmn"
#define PERSON "tr_pat_devdevdevdevdevdevdevdevdevdevdevdevdevd"

typedef struct
{
  SpotSettings *settings;
  SpotSecrets  *secrets;
  SpotAccounts *accounts;
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

static Rig *
rig_new (void)
{
  Rig *rig = g_new0 (Rig, 1);
  g_autoptr(GError) error = NULL;

  rig->settings = spot_settings_new_in_memory (&error);
  g_assert_no_error (error);
  rig->secrets = spot_secrets_new_in_memory ();
  rig->accounts = spot_accounts_new (rig->settings, rig->secrets);
  return rig;
}

static void
rig_free (Rig *rig)
{
  spot_accounts_close (rig->accounts);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (rig->accounts);
  g_object_unref (rig->settings);
  g_object_unref (rig->secrets);
  g_free (rig);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rig, rig_free)

/* As at the next start of the program. */
static void
rig_restart (Rig *rig)
{
  spot_accounts_close (rig->accounts);
  g_assert_finalize_object (rig->accounts);
  rig->accounts = spot_accounts_new (rig->settings, rig->secrets);
}

static void
keep_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static SpotAccount *
try_add (Rig                     *rig,
         const SpotAccountDraft  *draft,
         const char              *credential,
         GError                 **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(SpotAccount) account = NULL;

  spot_accounts_add_async (rig->accounts, draft, credential, NULL, keep_cb, &result);
  wait_for (result != NULL);
  account = spot_accounts_add_finish (rig->accounts, result, error);
  /* The list keeps it. */
  return account;
}

static SpotAccount *
add (Rig        *rig,
     const char *name,
     const char *url,
     const char *credential)
{
  const SpotAccountDraft draft = { .name = name, .api_url = url };
  g_autoptr(GError) error = NULL;
  SpotAccount *account = try_add (rig, &draft, credential, &error);

  g_assert_no_error (error);
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

/* Borrowed: the list holds a reference. */
static SpotAccountEnvironment *
get_environment (SpotAccount *account,
                 guint        position)
{
  g_autoptr(SpotAccountEnvironment) environment =
    g_list_model_get_item (spot_account_get_environments (account), position);

  g_assert_nonnull (environment);
  return environment;
}

static char *
dup_credential (SpotAccountEnvironment *environment)
{
  SpotEndpoint *endpoint = spot_account_environment_get_endpoint (environment);
  g_autofree char *authorization = NULL;

  if (endpoint == NULL)
    return NULL;
  authorization = spot_endpoint_dup_authorization (endpoint);
  return g_strdup (authorization + strlen ("Bearer "));
}

static void
assert_credential (SpotAccountEnvironment *environment,
                   const char             *expected)
{
  g_autofree char *credential = dup_credential (environment);

  g_assert_cmpstr (credential, ==, expected);
}

static void
count_cb (gpointer user_data)
{
  ++*(guint *) user_data;
}

static char *
dup_order (Rig *rig)
{
  GString *order = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (rig->accounts)); i++)
    {
      g_autoptr(SpotAccount) account = g_list_model_get_item (G_LIST_MODEL (rig->accounts), i);

      g_string_append_printf (order, "%s%s", i > 0 ? " " : "", spot_account_get_name (account));
    }
  return g_string_free (order, FALSE);
}

static void
assert_order (Rig        *rig,
              const char *expected)
{
  g_autofree char *order = dup_order (rig);

  g_assert_cmpstr (order, ==, expected);
}

/* ---- keeping them ---- */

static void
test_kept (void)
{
  g_autoptr(Rig) rig = rig_new ();
  SpotAccount *account;
  g_autofree char *id = NULL;

  account = add (rig, "Work", "https://trigger.example/", "  " KEY "\n");
  g_assert_cmpint (spot_account_get_kind (account), ==, SPOT_ACCOUNT_SECRET_KEY);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_READY);
  g_assert_false (spot_account_get_needs_attention (account));
  assert_credential (get_environment (account, 0), KEY);
  g_assert_cmpstr (spot_account_environment_get_badge (get_environment (account, 0)), ==, "Prod");
  g_assert_cmpint (spot_account_environment_get_kind (get_environment (account, 0)), ==, SPOT_ENVIRONMENT_PRODUCTION);
  id = g_strdup (spot_account_environment_get_id (get_environment (account, 0)));
  add (rig, "", "https://trigger.example", "tr_dev_0123456789abcdefghijklmn");
  add (rig, "Third", NULL, OTHER_KEY);
  assert_order (rig, "Work Development at trigger.example Third");

  rig_restart (rig);
  account = spot_accounts_find (rig->accounts, "Work");
  g_assert_nonnull (account);
  g_assert_true (spot_accounts_find (rig->accounts, spot_account_get_id (account)) == account);
  g_assert_null (spot_accounts_find (rig->accounts, "Home"));
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_READY);
  assert_credential (get_environment (account, 0), KEY);
  g_assert_cmpstr (spot_account_environment_get_id (get_environment (account, 0)), ==, id);
  assert_order (rig, "Work Development at trigger.example Third");
}

static void
test_order (void)
{
  g_autoptr(Rig) rig = rig_new ();
  SpotAccount *a = add (rig, "a", NULL, KEY);
  SpotAccount *c;

  add (rig, "b", NULL, KEY);
  c = add (rig, "c", NULL, KEY);
  spot_accounts_move (rig->accounts, a, 1);
  assert_order (rig, "b a c");
  spot_accounts_move (rig->accounts, c, 0);
  assert_order (rig, "c b a");
  spot_accounts_move (rig->accounts, c, 99);
  assert_order (rig, "b a c");
  rig_restart (rig);
  assert_order (rig, "b a c");
}

static void
test_renamed (void)
{
  g_autoptr(Rig) rig = rig_new ();
  SpotAccount *account = add (rig, "", "https://trigger.example", KEY);
  SpotEndpoint *before = spot_account_environment_get_endpoint (get_environment (account, 0));

  g_assert_cmpstr (spot_account_get_name (account), ==, "Production at trigger.example");
  g_settings_set_string (spot_account_get_settings (account), "name", "Shop");
  g_assert_cmpstr (spot_account_get_name (account), ==, "Shop");
  g_assert_cmpstr (spot_account_environment_get_name (get_environment (account, 0)), ==, "Shop");
  /* A name is no reason to connect anew. */
  g_assert_true (spot_account_environment_get_endpoint (get_environment (account, 0)) == before);
}

static void
test_removed (void)
{
  g_autoptr(Rig) rig = rig_new ();
  SpotAccount *account = add (rig, "Work", NULL, KEY);
  g_autofree char *id = g_strdup (spot_account_get_id (account));
  g_autoptr(SpotAccountEnvironment) environment = g_object_ref (get_environment (account, 0));
  g_autoptr(GSettings) settings = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autofree char *name = NULL;

  add (rig, "Home", NULL, OTHER_KEY);
  spot_accounts_remove_async (rig->accounts, account, NULL, keep_cb, &result);
  assert_order (rig, "Home");
  g_assert_false (spot_account_environment_get_ready (environment));
  wait_for (result != NULL);
  g_assert_true (spot_accounts_remove_finish (rig->accounts, result, NULL));
  g_clear_object (&result);
  settings = spot_settings_ref_account (rig->settings, id);
  name = g_settings_get_string (settings, "name");
  g_assert_cmpstr (name, ==, "");
  g_assert_null (spot_secrets_lookup_sync (rig->secrets, id, NULL, NULL));
  rig_restart (rig);
  assert_order (rig, "Home");
}

/* What somebody else wrote into the settings is no account, and no path. */
static void
test_strange_ids (void)
{
  static const char * const ids[] = { "../x", "", "good", "a/b", "good", "Ä", NULL };
  g_autoptr(Rig) rig = rig_new ();

  g_settings_set_strv (spot_settings_get_general (rig->settings), "accounts", ids);
  rig_restart (rig);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rig->accounts)), ==, 1);
  wait_for (spot_account_get_state (spot_accounts_find (rig->accounts, "good")) == SPOT_ACCOUNT_NO_CREDENTIAL);
}

/* ---- what makes no connection ---- */

static void
test_refused_drafts (void)
{
  static const struct { SpotAccountDraft draft; const char *credential; int code; const char *says; } cases[] = {
    { { .api_url = "http://far.example" }, KEY, G_IO_ERROR_PERMISSION_DENIED, "far.example" },
    { { .api_url = "https://a.example", .realtime_url = "http://live.example" }, KEY, G_IO_ERROR_PERMISSION_DENIED,
      "live.example" },
    { { .api_url = "a.example" }, KEY, G_IO_ERROR_INVALID_ARGUMENT, "a.example" },
    { { .api_url = "ftp://a.example" }, KEY, G_IO_ERROR_INVALID_ARGUMENT, "ftp://a.example" },
    { { .api_url = "https://u:p@a.example" }, KEY, G_IO_ERROR_INVALID_ARGUMENT, "user name" },
    { { .ca_file = "/nowhere/ca.pem" }, KEY, G_IO_ERROR_INVALID_ARGUMENT, "/nowhere/ca.pem" },
    { { .name = "x" }, "", G_IO_ERROR_INVALID_ARGUMENT, "no key" },
    { { .name = "x" }, " \n", G_IO_ERROR_INVALID_ARGUMENT, "no key" },
    { { .name = "x" }, "tr_dev_a b", G_IO_ERROR_INVALID_ARGUMENT, "copied whole" },
    { { .name = "x" }, "pk_dev_0123456789", G_IO_ERROR_INVALID_ARGUMENT, "Publishable" },
    { { .name = "x" }, "tr_oat_0123456789", G_IO_ERROR_INVALID_ARGUMENT, "kind" },
    { { .branch = "a\nb" }, KEY, G_IO_ERROR_INVALID_ARGUMENT, "branch" },
  };
  g_autoptr(Rig) rig = rig_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_test_message ("case %u", i);
      g_assert_null (try_add (rig, &cases[i].draft, cases[i].credential, &error));
      g_assert_error (error, G_IO_ERROR, cases[i].code);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].says));
      g_assert_true (strlen (cases[i].credential) < 8 || strstr (error->message, cases[i].credential) == NULL);
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rig->accounts)), ==, 0);
    }
}

static void
test_settings_change (void)
{
  g_autoptr(Rig) rig = rig_new ();
  SpotAccount *account = add (rig, "Work", "https://a.example", KEY);
  GSettings *settings = spot_account_get_settings (account);
  SpotAccountEnvironment *environment = get_environment (account, 0);
  g_autofree char *authority = g_test_build_filename (G_TEST_DIST, "fixtures", "tls", "authority.pem", NULL);
  guint n_changes = 0;

  g_signal_connect_swapped (environment, "credential-changed", G_CALLBACK (count_cb), &n_changes);
  g_settings_set_string (settings, "api-url", "https://b.example");
  g_assert_cmpuint (n_changes, ==, 1);
  g_assert_cmpstr (spot_endpoint_get_url (spot_account_environment_get_endpoint (environment)), ==,
                   "https://b.example");
  g_assert_cmpstr (spot_endpoint_get_realtime_url (spot_account_environment_get_endpoint (environment)), ==,
                   "https://b.example");
  g_settings_set_string (settings, "realtime-url", "https://live.example");
  g_assert_cmpstr (spot_endpoint_get_realtime_url (spot_account_environment_get_endpoint (environment)), ==,
                   "https://live.example");
  g_settings_set_string (settings, "branch", "feature/x");
  g_assert_cmpstr (spot_endpoint_get_branch (spot_account_environment_get_endpoint (environment)), ==, "feature/x");
  g_settings_set_string (settings, "ca-file", authority);
  g_assert_nonnull (spot_endpoint_get_trust (spot_account_environment_get_endpoint (environment)));
  g_assert_true (get_environment (account, 0) == environment);

  g_settings_set_string (settings, "api-url", "http://plain.example");
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_BAD_SETTINGS);
  g_assert_true (spot_account_get_needs_attention (account));
  g_assert_nonnull (strstr (spot_account_get_explanation (account), "plain.example"));
  g_assert_false (spot_account_environment_get_ready (environment));
  g_settings_set_boolean (settings, "allow-plain-http", TRUE);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_READY);
  g_assert_null (spot_account_get_explanation (account));
  assert_credential (environment, KEY);

  g_assert_false (spot_account_get_read_only (account));
  n_changes = 0;
  g_settings_set_boolean (settings, "read-only", TRUE);
  g_assert_true (spot_account_get_read_only (account));
  g_assert_cmpuint (n_changes, ==, 0);
}

/* ---- credentials ---- */

static void
test_missing (void)
{
  g_autoptr(Rig) rig = rig_new ();
  SpotAccount *account = add (rig, "Work", NULL, KEY);
  g_autofree char *id = g_strdup (spot_account_get_id (account));

  g_assert_true (spot_secrets_clear_sync (rig->secrets, id, NULL, NULL));
  rig_restart (rig);
  account = spot_accounts_find (rig->accounts, "Work");
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_OPENING);
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_NO_CREDENTIAL);
  g_assert_nonnull (spot_account_get_explanation (account));
  g_assert_false (spot_account_environment_get_ready (get_environment (account, 0)));
  g_assert_true (spot_secrets_store_sync (rig->secrets, id, "label", KEY, NULL, NULL));
  spot_account_reopen (account);
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_READY);
  assert_credential (get_environment (account, 0), KEY);
}

static void
test_replaced (void)
{
  g_autoptr(Rig) rig = rig_new ();
  SpotAccount *account = add (rig, "Work", NULL, KEY);
  SpotAccountEnvironment *environment = get_environment (account, 0);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  spot_account_environment_refused (environment);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_REFUSED);
  g_assert_nonnull (strstr (spot_account_get_explanation (account), "api.trigger.dev"));
  replace (account, OTHER_KEY);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_READY);
  g_assert_true (get_environment (account, 0) == environment);
  assert_credential (environment, OTHER_KEY);
  g_assert_cmpstr (spot_account_environment_get_badge (environment), ==, "Staging");

  spot_account_replace_credential_async (account, "tr_dev_a b", NULL, keep_cb, &result);
  wait_for (result != NULL);
  g_assert_false (spot_account_replace_credential_finish (account, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_object (&result);
  assert_credential (environment, OTHER_KEY);

  /* Taken again, when somebody has put it right on the server. */
  spot_account_environment_refused (environment);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_REFUSED);
  spot_account_environment_accepted (environment);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_READY);

  rig_restart (rig);
  account = spot_accounts_find (rig->accounts, "Work");
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_READY);
  assert_credential (get_environment (account, 0), OTHER_KEY);
}

static char *
make_token (gint64 age_us,
            gint64 life_s)
{
  static const char * const scopes[] = { "read:runs", NULL };
  const SpotTokenClaims claims = {
    .environment_id = "e", .scopes = scopes, .issued_us = g_get_real_time () - age_us, .lifetime_s = life_s,
  };
  g_autoptr(GError) error = NULL;
  char *token = spot_token_sign (KEY, &claims, &error);

  g_assert_no_error (error);
  return token;
}

static void
test_public_token (void)
{
  g_autoptr(Rig) rig = rig_new ();
  g_autofree char *fresh = make_token (0, 3600);
  g_autofree char *short_lived = make_token (0, 62);
  g_autofree char *dying = NULL;
  g_autofree char *dead = make_token (2 * G_TIME_SPAN_HOUR, 3600);
  SpotAccount *account = add (rig, "Shared", NULL, fresh);
  SpotAccountEnvironment *environment = get_environment (account, 0);
  gint64 left_us = spot_account_get_expires_at (account) - g_get_real_time ();

  g_assert_cmpint (spot_account_get_kind (account), ==, SPOT_ACCOUNT_PUBLIC_TOKEN);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_READY);
  g_assert_cmpint (left_us, >, 3500 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (left_us, <=, 3600 * G_TIME_SPAN_SECOND);

  /* A minute before the end it asks; at the end it says so, by itself. */
  replace (account, short_lived);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_READY);
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_EXPIRING);
  g_assert_true (spot_account_get_needs_attention (account));
  g_assert_nonnull (spot_account_get_explanation (account));
  dying = make_token (0, 4);
  replace (account, dying);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_EXPIRING);
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_EXPIRED);
  replace (account, dead);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_EXPIRED);

  replace (account, fresh);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_READY);
  g_assert_true (get_environment (account, 0) == environment);
  /* Of another kind. */
  replace (account, KEY);
  g_assert_cmpint (spot_account_get_kind (account), ==, SPOT_ACCOUNT_SECRET_KEY);
  g_assert_cmpint (spot_account_get_expires_at (account), ==, 0);
  g_assert_true (get_environment (account, 0) == environment);
  assert_credential (environment, KEY);
}

/* ---- signed in ---- */

static GVariant *
describe (const char * const (*environments)[2],
          guint                n_environments)
{
  g_autoptr(GVariantBuilder) builder = g_variant_builder_new (G_VARIANT_TYPE ("aa{ss}"));

  for (guint i = 0; i < n_environments; i++)
    {
      g_variant_builder_open (builder, G_VARIANT_TYPE ("a{ss}"));
      g_variant_builder_add (builder, "{ss}", "project", "proj_demodemodemodemodemo");
      g_variant_builder_add (builder, "{ss}", "project-name", "Demo project");
      g_variant_builder_add (builder, "{ss}", "environment", environments[i][0]);
      if (environments[i][1] != NULL)
        g_variant_builder_add (builder, "{ss}", "branch", environments[i][1]);
      g_variant_builder_close (builder);
    }
  return g_variant_ref_sink (g_variant_builder_end (builder));
}

static char *
dup_scopes (SpotAccountEnvironment *environment)
{
  g_autofree char *credential = dup_credential (environment);
  g_autoptr(SpotToken) token = credential != NULL ? spot_token_decode (credential, NULL) : NULL;

  return token != NULL ? g_strjoinv (" ", (char **) spot_token_get_scopes (token)) : NULL;
}

static gboolean
has_scopes (SpotAccountEnvironment *environment,
            const char             *expected)
{
  g_autofree char *scopes = dup_scopes (environment);

  return g_strcmp0 (scopes, expected) == 0;
}

static void
test_signed_in (void)
{
  static const char * const chosen[][2] = { { "prod", NULL }, { "preview", "feature/x" } };
  static const char * const others[][2] = { { "preview", "feature/x" }, { "staging", NULL }, { "staging", NULL } };
  const SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1, .hold_ms = 1000 };
  g_autoptr(Rig) rig = rig_new ();
  g_autoptr(SpotDevServer) server = spot_dev_server_new (&options);
  g_autoptr(GVariant) first = describe (chosen, 2);
  g_autoptr(GVariant) second = describe (others, 3);
  SpotAccountDraft draft = { .environments = first };
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotAccountEnvironment) preview = NULL;
  g_autoptr(SpotAccountEnvironment) production = NULL;
  SpotAccount *account;

  spot_dev_server_start (server, &error);
  g_assert_no_error (error);
  draft.api_url = spot_dev_server_get_url (server);
  account = try_add (rig, &draft, PERSON, &error);
  g_assert_no_error (error);
  g_assert_cmpint (spot_account_get_kind (account), ==, SPOT_ACCOUNT_SIGNED_IN);
  g_assert_cmpstr (spot_account_get_name (account), ==, "127.0.0.1");
  g_assert_cmpuint (g_list_model_get_n_items (spot_account_get_environments (account)), ==, 2);
  production = g_object_ref (get_environment (account, 0));
  preview = g_object_ref (get_environment (account, 1));
  g_assert_cmpstr (spot_account_environment_get_name (production), ==, "Demo project · Prod");
  g_assert_cmpstr (spot_account_environment_get_name (preview), ==, "Demo project · feature/x");
  g_assert_cmpstr (spot_account_environment_get_badge (preview), ==, "Preview");
  g_assert_cmpstr (spot_account_environment_get_id (production), !=, spot_account_environment_get_id (preview));

  /* Never the person's own token, and no more rights than are needed. */
  wait_for (has_scopes (production, "read:runs") && has_scopes (preview, "read:runs"));
  g_assert_cmpstr (spot_endpoint_get_branch (spot_account_environment_get_endpoint (preview)), ==, "feature/x");
  spot_account_allow_writes (account);
  wait_for (has_scopes (production, "read:runs write:runs") && has_scopes (preview, "read:runs write:runs"));

  /* Others are chosen: what stays is the same object, with the same token. */
  g_settings_set_value (spot_account_get_settings (account), "environments", second);
  g_assert_cmpuint (g_list_model_get_n_items (spot_account_get_environments (account)), ==, 2);
  g_assert_true (get_environment (account, 0) == preview);
  g_assert_true (spot_account_environment_get_ready (preview));
  g_assert_false (spot_account_environment_get_ready (production));
  wait_for (has_scopes (get_environment (account, 1), "read:runs write:runs"));

  /* Out, and in again. */
  replace (account, "tr_pat_somebodyelsesomebodyelse");
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_REFUSED);
  g_assert_nonnull (strstr (spot_account_get_explanation (account), "Sign in again"));
  replace (account, PERSON);
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_READY);
  g_assert_true (get_environment (account, 0) == preview);
  spot_dev_server_stop (server);
}

static void
test_read_only_never_writes (void)
{
  static const char * const chosen[][2] = { { "dev", NULL } };
  const SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1, .hold_ms = 1000 };
  g_autoptr(Rig) rig = rig_new ();
  g_autoptr(SpotDevServer) server = spot_dev_server_new (&options);
  g_autoptr(GVariant) environments = describe (chosen, 1);
  SpotAccountDraft draft = { .environments = environments, .read_only = TRUE };
  g_autoptr(GError) error = NULL;
  SpotAccount *account;

  g_assert_true (spot_dev_server_start (server, NULL));
  draft.api_url = spot_dev_server_get_url (server);
  account = try_add (rig, &draft, PERSON, &error);
  g_assert_no_error (error);
  spot_account_allow_writes (account);
  wait_for (has_scopes (get_environment (account, 0), "read:runs"));
  spot_dev_server_stop (server);
}

/* No property of an account or environment holds a credential. */
static void
test_no_secret_in_properties (void)
{
  g_autoptr(Rig) rig = rig_new ();
  SpotAccount *account = add (rig, "", NULL, KEY);
  GObject *objects[] = { G_OBJECT (account), G_OBJECT (get_environment (account, 0)), G_OBJECT (rig->secrets) };
  g_auto(GStrv) keys = NULL;
  g_autoptr(GSettingsSchema) schema = NULL;

  spot_account_environment_refused (get_environment (account, 0));
  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      guint n_specs;
      g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (objects[i]), &n_specs);

      for (guint j = 0; j < n_specs; j++)
        {
          g_auto(GValue) value = G_VALUE_INIT;
          g_autofree char *text = NULL;

          g_object_get_property (objects[i], specs[j]->name, &value);
          text = g_strdup_value_contents (&value);
          g_assert_null (strstr (text, KEY));
        }
    }
  g_object_get (spot_account_get_settings (account), "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autoptr(GVariant) value = g_settings_get_value (spot_account_get_settings (account), keys[i]);
      g_autofree char *text = g_variant_print (value, FALSE);

      g_assert_null (strstr (text, KEY));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/accounts/kept", test_kept);
  g_test_add_func ("/accounts/order", test_order);
  g_test_add_func ("/accounts/renamed", test_renamed);
  g_test_add_func ("/accounts/removed", test_removed);
  g_test_add_func ("/accounts/strange-ids", test_strange_ids);
  g_test_add_func ("/accounts/refused-drafts", test_refused_drafts);
  g_test_add_func ("/accounts/settings-change", test_settings_change);
  g_test_add_func ("/accounts/missing", test_missing);
  g_test_add_func ("/accounts/replaced", test_replaced);
  g_test_add_func ("/accounts/public-token", test_public_token);
  g_test_add_func ("/accounts/signed-in", test_signed_in);
  g_test_add_func ("/accounts/read-only-never-writes", test_read_only_never_writes);
  g_test_add_func ("/accounts/no-secret-in-properties", test_no_secret_in_properties);
  return g_test_run ();
}
