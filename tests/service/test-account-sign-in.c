/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <libsoup/soup.h>

#include "spot-account-check.h"
#include "spot-account-sign-in.h"
#include "spot-dev-server.h"

#define WAIT_US (20 * G_TIME_SPAN_SECOND)
#define PERSON "tr_pat_devdevdevdevdevdevdevdevdevdevdevdevdevd"

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

typedef struct
{
  SpotDevServer *server;
  SpotAccounts  *accounts;
} Rig;

static Rig *
rig_new (void)
{
  const SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1, .hold_ms = 500 };
  Rig *rig = g_new0 (Rig, 1);
  g_autoptr(SpotSettings) settings = spot_settings_new_in_memory (NULL);
  g_autoptr(SpotSecrets) secrets = spot_secrets_new_in_memory ();
  g_autoptr(GError) error = NULL;

  rig->server = spot_dev_server_new (&options);
  spot_dev_server_start (rig->server, &error);
  g_assert_no_error (error);
  rig->accounts = spot_accounts_new (settings, secrets);
  return rig;
}

static void
rig_free (Rig *rig)
{
  spot_accounts_close (rig->accounts);
  g_object_unref (rig->accounts);
  spot_dev_server_stop (rig->server);
  g_object_unref (rig->server);
  g_free (rig);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rig, rig_free)

static void
control (Rig        *rig,
         const char *settings)
{
  g_autofree char *url = g_strconcat (spot_dev_server_get_url (rig->server), "/dev/settings", NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", spot_dev_server_get_key (rig->server), NULL);
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
complete (SpotAccountSignIn  *sign_in,
          Rig                *rig,
          const char         *name,
          GError            **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  spot_account_sign_in_complete_async (sign_in, rig->accounts, name, NULL, keep_cb, &result);
  wait_for (result != NULL);
  return spot_account_sign_in_complete_finish (sign_in, result, error);
}

/* Borrowed: the list holds a reference. */
static SpotAccountChoice *
get_choice (SpotAccountSignIn *sign_in,
            guint              position)
{
  g_autoptr(SpotAccountChoice) choice = g_list_model_get_item (spot_account_sign_in_get_choices (sign_in), position);

  g_assert_nonnull (choice);
  return choice;
}

static guint
get_n_choices (SpotAccountSignIn *sign_in)
{
  return g_list_model_get_n_items (spot_account_sign_in_get_choices (sign_in));
}

static guint
get_n_environments (SpotAccount *account)
{
  return g_list_model_get_n_items (spot_account_get_environments (account));
}

static void
test_whole (void)
{
  g_autoptr(Rig) rig = rig_new ();
  const SpotAccountDraft draft = { .api_url = spot_dev_server_get_url (rig->server), .read_only = TRUE };
  g_autoptr(GError) error = NULL;
  SpotAccountSignIn *sign_in = spot_account_sign_in_new (&draft, &error);
  g_autoptr(SpotAccount) account = NULL;
  g_autofree char *dashboard = NULL;

  g_assert_no_error (error);
  spot_account_sign_in_set_times (sign_in, 10, 20000);
  spot_account_sign_in_start (sign_in);
  wait_for (spot_account_sign_in_get_state (sign_in) == SPOT_ACCOUNT_SIGN_IN_WAITING);
  g_assert_nonnull (spot_account_sign_in_get_url (sign_in));
  g_assert_nonnull (spot_account_sign_in_get_code (sign_in));
  wait_for (spot_account_sign_in_get_state (sign_in) == SPOT_ACCOUNT_SIGN_IN_CHOOSING &&
            spot_account_sign_in_get_email (sign_in) != NULL);
  g_assert_cmpuint (get_n_choices (sign_in), ==, 4);
  g_assert_cmpstr (spot_account_choice_get_project (get_choice (sign_in, 0)), ==, "Demo project");
  g_assert_cmpstr (spot_account_choice_get_organization (get_choice (sign_in, 0)), ==, "Demo organization");
  g_assert_cmpstr (spot_account_choice_get_name (get_choice (sign_in, 1)), ==, "Staging");
  g_assert_cmpint (spot_account_choice_get_kind (get_choice (sign_in, 2)), ==, SPOT_ENVIRONMENT_PRODUCTION);
  g_assert_false (spot_account_choice_get_needs_branch (get_choice (sign_in, 2)));
  g_assert_true (spot_account_choice_get_needs_branch (get_choice (sign_in, 3)));

  /* Nothing chosen; a preview of nothing; and then. */
  g_assert_null (complete (sign_in, rig, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  spot_account_choice_set_chosen (get_choice (sign_in, 2), TRUE);
  spot_account_choice_set_chosen (get_choice (sign_in, 3), TRUE);
  g_assert_null (complete (sign_in, rig, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "Demo project"));
  g_clear_error (&error);
  spot_account_choice_set_branch (get_choice (sign_in, 3), " feature/x ");
  account = complete (sign_in, rig, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (spot_account_get_kind (account), ==, SPOT_ACCOUNT_SIGNED_IN);
  g_assert_cmpstr (spot_account_get_name (account), ==, "someone@example.com");
  g_assert_true (spot_account_get_read_only (account));
  g_assert_cmpuint (get_n_environments (account), ==, 2);
  dashboard = g_settings_get_string (spot_account_get_settings (account), "dashboard-url");
  g_assert_cmpstr (dashboard, ==, spot_dev_server_get_url (rig->server));
  wait_for (G_OBJECT (sign_in)->ref_count == 1);
  g_assert_finalize_object (sign_in);
}

/* Another choice, with the token that is there; and when it is not good any more, with the browser. */
static void
test_choose_again (void)
{
  g_autoptr(Rig) rig = rig_new ();
  const SpotAccountDraft draft = { .api_url = spot_dev_server_get_url (rig->server) };
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotAccountSignIn) first = spot_account_sign_in_new_with_token (&draft, " " PERSON "\n", &error);
  g_autoptr(SpotAccountSignIn) second = NULL;
  g_autoptr(SpotAccountSignIn) third = NULL;
  g_autoptr(SpotAccount) account = NULL;
  g_autoptr(SpotAccount) same = NULL;
  g_autoptr(SpotAccount) again = NULL;
  g_autoptr(GAsyncResult) result = NULL;

  g_assert_no_error (error);
  spot_account_sign_in_start (first);
  g_assert_cmpint (spot_account_sign_in_get_state (first), ==, SPOT_ACCOUNT_SIGN_IN_LISTING);
  wait_for (spot_account_sign_in_get_state (first) == SPOT_ACCOUNT_SIGN_IN_CHOOSING);
  spot_account_choice_set_chosen (get_choice (first, 0), TRUE);
  spot_account_choice_set_chosen (get_choice (first, 3), TRUE);
  spot_account_choice_set_branch (get_choice (first, 3), "b1");
  account = complete (first, rig, "Me", &error);
  g_assert_no_error (error);

  second = spot_account_sign_in_new_for (account, &error);
  g_assert_no_error (error);
  spot_account_sign_in_start (second);
  wait_for (spot_account_sign_in_get_state (second) == SPOT_ACCOUNT_SIGN_IN_CHOOSING);
  g_assert_true (spot_account_choice_get_chosen (get_choice (second, 0)));
  g_assert_false (spot_account_choice_get_chosen (get_choice (second, 1)));
  g_assert_true (spot_account_choice_get_chosen (get_choice (second, 3)));
  g_assert_cmpstr (spot_account_choice_get_branch (get_choice (second, 3)), ==, "b1");
  spot_account_choice_set_chosen (get_choice (second, 3), FALSE);
  same = complete (second, rig, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (same == account);
  g_assert_cmpuint (get_n_environments (account), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rig->accounts)), ==, 1);

  spot_account_replace_credential_async (account, "tr_pat_nobodynobodynobodynobodynobody", NULL, keep_cb, &result);
  wait_for (result != NULL);
  third = spot_account_sign_in_new_for (account, &error);
  g_assert_no_error (error);
  spot_account_sign_in_set_times (third, 10, 20000);
  spot_account_sign_in_start (third);
  wait_for (spot_account_sign_in_get_state (third) == SPOT_ACCOUNT_SIGN_IN_WAITING);
  wait_for (spot_account_sign_in_get_state (third) == SPOT_ACCOUNT_SIGN_IN_CHOOSING);
  spot_account_choice_set_chosen (get_choice (third, 1), TRUE);
  again = complete (third, rig, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (again == account);
  g_assert_cmpuint (get_n_environments (account), ==, 2);
  wait_for (spot_account_get_state (account) == SPOT_ACCOUNT_READY);
}

static void
test_failures (void)
{
  static const struct { const char *token; const char *says; } tokens[] = {
    { "tr_prod_0123456789abcdefghijklmn", "tr_pat_" }, { "pk_dev_0123456789", "Publishable" }, { "", "no key" },
  };
  g_autoptr(Rig) rig = rig_new ();
  SpotAccountDraft draft = { .api_url = "http://far.example" };
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotAccountSignIn) refused = NULL;
  g_autoptr(SpotAccountSignIn) away = NULL;
  g_autoptr(SpotAccountSignIn) cancelled = NULL;

  g_assert_null (spot_account_sign_in_new (&draft, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_clear_error (&error);
  draft.api_url = spot_dev_server_get_url (rig->server);
  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
    {
      g_assert_null (spot_account_sign_in_new_with_token (&draft, tokens[i].token, &error));
      g_assert_nonnull (strstr (error->message, tokens[i].says));
      g_clear_error (&error);
    }

  refused = spot_account_sign_in_new_with_token (&draft, "tr_pat_nobodynobodynobodynobodynobody", &error);
  g_assert_no_error (error);
  spot_account_sign_in_set_times (refused, 10, 20000);
  spot_account_sign_in_start (refused);
  wait_for (spot_account_sign_in_get_state (refused) == SPOT_ACCOUNT_SIGN_IN_FAILED);
  g_assert_nonnull (spot_account_sign_in_get_explanation (refused));

  control (rig, "{\"signInPolls\":1000000}");
  cancelled = spot_account_sign_in_new (&draft, &error);
  spot_account_sign_in_set_times (cancelled, 10, 20000);
  spot_account_sign_in_start (cancelled);
  wait_for (spot_account_sign_in_get_state (cancelled) == SPOT_ACCOUNT_SIGN_IN_WAITING);
  spot_account_sign_in_cancel (cancelled);
  g_assert_cmpint (spot_account_sign_in_get_state (cancelled), ==, SPOT_ACCOUNT_SIGN_IN_CANCELLED);

  spot_dev_server_stop (rig->server);
  away = spot_account_sign_in_new (&draft, &error);
  spot_account_sign_in_set_times (away, 10, 20000);
  spot_account_sign_in_start (away);
  wait_for (spot_account_sign_in_get_state (away) == SPOT_ACCOUNT_SIGN_IN_FAILED);
  g_assert_nonnull (spot_account_sign_in_get_explanation (away));
}

/* ---- trying a connection ---- */

static SpotAccountReport *
check_draft (const SpotAccountDraft *draft,
             const char             *credential)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  SpotAccountReport *report;

  spot_account_check_draft_async (draft, credential, NULL, keep_cb, &result);
  wait_for (result != NULL);
  report = spot_account_check_finish (result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (report->sentence);
  return report;
}

static void
test_check (void)
{
  g_autoptr(Rig) rig = rig_new ();
  SpotAccountDraft draft = { .api_url = spot_dev_server_get_url (rig->server) };
  g_autoptr(SpotAccountReport) good = check_draft (&draft, spot_dev_server_get_key (rig->server));
  g_autoptr(SpotAccountReport) wrong = check_draft (&draft, "tr_dev_wrong");
  g_autoptr(SpotAccountReport) useless = check_draft (&draft, "pk_dev_0123456789");
  g_autoptr(SpotAccountReport) plain = NULL;
  g_autoptr(SpotAccountReport) kept = NULL;
  g_autoptr(GAsyncResult) added = NULL;
  g_autoptr(GAsyncResult) checked = NULL;
  g_autoptr(SpotAccount) account = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (good->good);
  g_assert_cmpstr (good->code, ==, "none");
  g_assert_cmpstr (good->project, ==, "Demo project");
  g_assert_cmpint (good->kind, ==, SPOT_ENVIRONMENT_DEVELOPMENT);
  g_assert_false (wrong->good);
  g_assert_cmpstr (wrong->code, ==, "unauthorized");
  g_assert_cmpstr (useless->code, ==, "bad-settings");
  draft.api_url = "http://far.example";
  plain = check_draft (&draft, "tr_dev_x");
  g_assert_cmpstr (plain->code, ==, "bad-settings");
  g_assert_nonnull (strstr (plain->sentence, "far.example"));

  draft.api_url = spot_dev_server_get_url (rig->server);
  spot_accounts_add_async (rig->accounts, &draft, spot_dev_server_get_key (rig->server), NULL, keep_cb, &added);
  wait_for (added != NULL);
  account = spot_accounts_add_finish (rig->accounts, added, &error);
  g_assert_no_error (error);
  spot_account_check_async (account, NULL, keep_cb, &checked);
  wait_for (checked != NULL);
  kept = spot_account_check_finish (checked, &error);
  g_assert_no_error (error);
  g_assert_true (kept->good);
  g_assert_cmpstr (kept->organization, ==, "Demo organization");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/account-sign-in/whole", test_whole);
  g_test_add_func ("/account-sign-in/choose-again", test_choose_again);
  g_test_add_func ("/account-sign-in/failures", test_failures);
  g_test_add_func ("/account-check", test_check);
  return g_test_run ();
}
