/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spot-account-dialog.h"
#include "spot-account-notices.h"
#include "spot-account-row.h"
#include "spot-connection-banner.h"
#include "spot-preferences.h"
#include "spot-sign-in-dialog.h"
#include "spot-token.h"
#include "spot-watch-row.h"
#include "spot-window.h"

#include "account-rig.h"

#define WRONG_KEY "tr_prod_wrongwrongwrongwrongwron"

typedef struct
{
  AccountRig  rig;
  SpotWindow *window; /* (nullable) */
} Fixture;

static void
open_window (Fixture *self,
             int      width)
{
  self->window = spot_window_new (ui_rig_application (), spot_session_get_monitor (self->rig.session));
  spot_window_set_session (self->window, self->rig.session);
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  gtk_window_set_default_size (GTK_WINDOW (self->window), width, 800);
  gtk_window_present (GTK_WINDOW (self->window));
  UI_RIG_WAIT (gtk_widget_get_mapped (GTK_WIDGET (self->window)));
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  account_rig_set_up (&self->rig, NULL);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  UI_RIG_WAIT (self->window == NULL);
  account_rig_tear_down (&self->rig);
}

static void
act (Fixture    *self,
     const char *action,
     const char *target)
{
  GVariant *parameter = target != NULL ? g_variant_new_string (target) : NULL;

  g_assert_true (gtk_widget_activate_action_variant (GTK_WIDGET (self->window), action, parameter));
}

static SpotAccount *
add (Fixture    *self,
     const char *name)
{
  return account_rig_add (&self->rig, name, spot_dev_server_get_key (self->rig.server));
}

static SpotEnvironment *
get_environment (Fixture *self,
                 guint    position)
{
  GListModel *environments = spot_monitor_get_environments (spot_session_get_monitor (self->rig.session));
  g_autoptr (SpotEnvironment) environment = g_list_model_get_item (environments, position);

  /* The list holds it. */
  return environment;
}

static gboolean
is_live (Fixture *self,
         guint    position)
{
  SpotEnvironment *environment = get_environment (self, position);

  return environment != NULL
         && spot_connection_get_state (spot_environment_get_connection (environment)) == SPOT_CONNECTION_LIVE;
}

static GtkWidget *
child (GtkWidget  *preferences,
       const char *name)
{
  return account_rig_child (preferences, SPOT_TYPE_PREFERENCES, name);
}

static GtkWidget *
row_child (GtkWidget  *row,
           const char *name)
{
  return account_rig_child (row, SPOT_TYPE_ACCOUNT_ROW, name);
}

static GtkWidget *
get_row (GtkWidget *preferences,
         int        position)
{
  return GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (child (preferences, "accounts_list")), position));
}

static GtkWidget *
open_preferences (Fixture    *self,
                  const char *page)
{
  act (self, "account.preferences", page);
  return account_rig_wait_window (SPOT_TYPE_PREFERENCES);
}

static void
click (GtkWidget *button)
{
  g_assert_true (gtk_widget_get_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

/* As a button of the question does. */
static void
answer (GtkWidget  *question,
        const char *response)
{
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (question), response);
  gtk_window_destroy (GTK_WINDOW (question));
}

/* The first window: three ways in; a key added there leads to its runs at once. */
static void
test_welcome (Fixture       *self,
              gconstpointer  data)
{
  GtkWidget *stack;
  GtkWidget *dialog;

  open_window (self, 1200);
  stack = account_rig_child (GTK_WIDGET (self->window), SPOT_TYPE_WINDOW, "stack");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (stack)), ==, "welcome");
  ui_rig_screenshot (GTK_WIDGET (self->window), "welcome");
  click (account_rig_child (GTK_WIDGET (self->window), SPOT_TYPE_WINDOW, "sign_in_button"));
  gtk_window_close (GTK_WINDOW (account_rig_wait_window (SPOT_TYPE_SIGN_IN_DIALOG)));
  UI_RIG_WAIT (account_rig_find_window (SPOT_TYPE_SIGN_IN_DIALOG) == NULL);
  click (account_rig_child (GTK_WIDGET (self->window), SPOT_TYPE_WINDOW, "key_button"));
  dialog = account_rig_wait_window (SPOT_TYPE_ACCOUNT_DIALOG);
  {
    g_autofree char *lines = g_strdup_printf ("%s %s", spot_dev_server_get_url (self->rig.server),
                                              spot_dev_server_get_key (self->rig.server));

    spot_account_dialog_set_text (SPOT_ACCOUNT_DIALOG (dialog), lines);
  }
  UI_RIG_WAIT (gtk_widget_get_sensitive (account_rig_child (dialog, SPOT_TYPE_ACCOUNT_DIALOG, "accept_button")));
  click (account_rig_child (dialog, SPOT_TYPE_ACCOUNT_DIALOG, "accept_button"));
  UI_RIG_WAIT (account_rig_find_window (SPOT_TYPE_ACCOUNT_DIALOG) == NULL);
  UI_RIG_WAIT (g_str_equal (gtk_stack_get_visible_child_name (GTK_STACK (stack)), "split"));
  UI_RIG_WAIT (is_live (self, 0));
}

/* Two accounts side by side, each with its badge and its connections. */
static void
test_two_accounts (Fixture       *self,
                   gconstpointer  data)
{
  GtkWidget *row;

  open_window (self, 1200);
  add (self, "Work");
  add (self, "Play");
  UI_RIG_WAIT (is_live (self, 0) && is_live (self, 1));
  row = ui_rig_find (GTK_WIDGET (self->window), SPOT_TYPE_WATCH_ROW);
  UI_RIG_WAIT (g_str_equal (spot_watch_row_get_words (SPOT_WATCH_ROW (row)), "Work, Development, Live · 1 of 6 connections"));
  ui_rig_screenshot (GTK_WIDGET (self->window), "two-accounts");
  g_settings_set_uint (spot_settings_get_general (self->rig.settings), "max-live-connections", 2);
  UI_RIG_WAIT (g_str_equal (spot_watch_row_get_words (SPOT_WATCH_ROW (row)), "Work, Development, Live · 1 of 2 connections"));
}

/* Renamed, locked against changes, tried, removed. */
static void
test_accounts (Fixture       *self,
               gconstpointer  data)
{
  SpotAccount *account;
  GtkWidget *preferences;
  GtkWidget *row;
  GtkWidget *question;

  open_window (self, 1200);
  account = add (self, "Work");
  UI_RIG_WAIT (is_live (self, 0));
  preferences = open_preferences (self, "accounts");
  row = get_row (preferences, 0);
  g_assert_true (spot_account_row_get_account (SPOT_ACCOUNT_ROW (row)) == account);
  g_assert_cmpstr (account_rig_title (row), ==, "Work");
  ui_rig_screenshot (preferences, "preferences-accounts");
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);

  gtk_editable_set_text (GTK_EDITABLE (row_child (row, "name_row")), " Play <&> ");
  g_signal_emit_by_name (row_child (row, "name_row"), "apply");
  UI_RIG_WAIT (g_str_equal (account_rig_title (row), "Play <&>"));
  g_assert_cmpstr (spot_environment_get_name (get_environment (self, 0)), ==, "Play <&>");
  gtk_switch_set_active (GTK_SWITCH (row_child (row, "read_only")), TRUE);
  UI_RIG_WAIT (spot_account_get_read_only (account));
  click (row_child (row, "test_button"));
  UI_RIG_WAIT (g_str_equal (account_rig_subtitle (row_child (row, "server_row")), "Connected to Demo project"));
  ui_rig_screenshot (preferences, "preferences-account");

  click (row_child (row, "remove_button"));
  question = account_rig_wait_window (ADW_TYPE_MESSAGE_DIALOG);
  g_assert_cmpstr (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (question)), ==, "Remove Play <&>?");
  ui_rig_screenshot (question, "preferences-remove");
  answer (question, "no");
  UI_RIG_WAIT (account_rig_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL);
  g_assert_cmpuint (account_rig_count (&self->rig), ==, 1);
  click (row_child (row, "remove_button"));
  question = account_rig_wait_window (ADW_TYPE_MESSAGE_DIALOG);
  answer (question, "yes");
  UI_RIG_WAIT (account_rig_count (&self->rig) == 0 && get_environment (self, 0) == NULL);
  UI_RIG_WAIT (account_rig_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL);
}

static void
set_value (GtkWidget  *preferences,
           const char *name,
           double      value)
{
  gtk_adjustment_set_value (GTK_ADJUSTMENT (gtk_widget_get_template_child (preferences, SPOT_TYPE_PREFERENCES, name)), value);
}

/* What is set is set at once, and what is set elsewhere is shown. */
static void
test_settings (Fixture       *self,
               gconstpointer  data)
{
  static const char *const pages[] = { "notifications", "history", "network" };
  GSettings *general = spot_settings_get_general (self->rig.settings);
  GtkWidget *preferences;

  open_window (self, 1200);
  add (self, "Work");
  UI_RIG_WAIT (is_live (self, 0));
  preferences = open_preferences (self, "network");
  set_value (preferences, "max_connections_adjustment", 3);
  g_assert_cmpuint (g_settings_get_uint (general, "max-live-connections"), ==, 3);
  g_assert_cmpuint (spot_environment_get_max_connections (get_environment (self, 0)), ==, 3);
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (child (preferences, "notices_run"))), ==, SPOT_NOTICE_RULE_ALL);
  adw_combo_row_set_selected (ADW_COMBO_ROW (child (preferences, "notices_run")), SPOT_NOTICE_RULE_NONE);
  g_assert_cmpint (g_settings_get_enum (general, "notices-run"), ==, SPOT_NOTICE_RULE_NONE);
  g_settings_set_enum (general, "notices-batch", SPOT_NOTICE_RULE_FAILURES);
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (child (preferences, "notices_batch"))), ==,
                    SPOT_NOTICE_RULE_FAILURES);
  gtk_switch_set_active (GTK_SWITCH (child (preferences, "event_stream")), TRUE);
  g_assert_true (g_settings_get_boolean (general, "event-stream"));
  set_value (preferences, "max_size_adjustment", 50);
  g_assert_cmpuint (g_settings_get_uint (general, "journal-max-size"), ==, 50);
  UI_RIG_WAIT (is_live (self, 0));
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *name = g_strconcat ("preferences-", pages[i], NULL);

      spot_preferences_show_page (SPOT_PREFERENCES (preferences), pages[i]);
      ui_rig_screenshot (preferences, name);
    }
}

static gboolean
has_mapped_label (GtkWidget  *root,
                  const char *text)
{
  if (!gtk_widget_get_mapped (root))
    return FALSE;
  if (GTK_IS_LABEL (root) && g_str_equal (gtk_label_get_text (GTK_LABEL (root)), text))
    return TRUE;
  for (GtkWidget *widget = gtk_widget_get_first_child (root); widget != NULL; widget = gtk_widget_get_next_sibling (widget))
    if (has_mapped_label (widget, text))
      return TRUE;
  return FALSE;
}

/* A key is revoked while its runs are shown: the banner, the sidebar and the preferences say so, and each leads to the same
 * dialog; afterwards it is as if nothing had happened. */
static void
test_revoked (Fixture       *self,
              gconstpointer  data)
{
  static const char fresh[] = "tr_dev_freshfreshfreshfreshfre";
  g_autofree char *old = g_strdup (spot_dev_server_get_key (self->rig.server));
  g_autoptr (GError) error = NULL;
  GtkWidget *banner;
  GtkWidget *notices;
  GtkWidget *dialog;
  GtkWidget *accept;

  open_window (self, 1200);
  spot_dev_server_put_run (self->rig.server, NULL,
                           "{\"friendlyId\":\"run_1\",\"taskIdentifier\":\"import-csv\",\"status\":\"EXECUTING\"}", &error);
  g_assert_no_error (error);
  add (self, "Work");
  UI_RIG_WAIT (is_live (self, 0));
  banner = ui_rig_find (GTK_WIDGET (self->window), SPOT_TYPE_CONNECTION_BANNER);
  notices = account_rig_child (ui_rig_find (GTK_WIDGET (self->window), g_type_from_name ("SpotWatchesPane")),
                               g_type_from_name ("SpotWatchesPane"), "account_notices");
  g_assert_cmpuint (spot_account_notices_get_n (SPOT_ACCOUNT_NOTICES (notices)), ==, 0);
  spot_dev_server_set_key (self->rig.server, fresh);
  UI_RIG_WAIT (spot_connection_banner_get_revealed (SPOT_CONNECTION_BANNER (banner)));
  UI_RIG_WAIT (has_mapped_label (banner, "The key no longer works"));
  UI_RIG_WAIT (spot_account_notices_get_n (SPOT_ACCOUNT_NOTICES (notices)) == 1);
  UI_RIG_WAIT (has_mapped_label (notices, "The key no longer works"));
  ui_rig_screenshot (GTK_WIDGET (self->window), "revoked");
  click (account_rig_child (banner, SPOT_TYPE_CONNECTION_BANNER, "mend"));
  dialog = account_rig_wait_window (SPOT_TYPE_ACCOUNT_DIALOG);
  accept = account_rig_child (dialog, SPOT_TYPE_ACCOUNT_DIALOG, "accept_button");
  spot_account_dialog_set_text (SPOT_ACCOUNT_DIALOG (dialog), fresh);
  UI_RIG_WAIT (gtk_widget_get_sensitive (accept));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (accept)), ==, "_Replace");
  click (accept);
  UI_RIG_WAIT (account_rig_find_window (SPOT_TYPE_ACCOUNT_DIALOG) == NULL);
  UI_RIG_WAIT (is_live (self, 0) && !spot_connection_banner_get_revealed (SPOT_CONNECTION_BANNER (banner)));
  UI_RIG_WAIT (spot_account_notices_get_n (SPOT_ACCOUNT_NOTICES (notices)) == 0 && !gtk_widget_get_mapped (notices));
}

/* A public token that is about to expire counts down, and one that allows too little says what is missing. */
static void
test_token (Fixture       *self,
            gconstpointer  data)
{
  const char *const scopes[] = { "read:runs:run_1", NULL };
  const SpotTokenClaims claims = { .environment_id = "cmenvdevdemo0000000000001", .scopes = scopes,
                                   .issued_us = g_get_real_time (), .lifetime_s = 50 };
  g_autofree char *token = spot_token_sign (spot_dev_server_get_key (self->rig.server), &claims, NULL);
  GtkWidget *banner;
  GtkWidget *sentence;
  GtkWidget *notices;
  SpotAccount *account;

  open_window (self, 1200);
  account = account_rig_add (&self->rig, "Token", token);
  g_assert_cmpint (spot_account_get_state (account), ==, SPOT_ACCOUNT_EXPIRING);
  banner = ui_rig_find (GTK_WIDGET (self->window), SPOT_TYPE_CONNECTION_BANNER);
  UI_RIG_WAIT (get_environment (self, 0) != NULL);
  spot_window_show_watch (self->window, spot_environment_watch_batch (get_environment (self, 0), NULL, "batch_9"));
  UI_RIG_WAIT (spot_connection_banner_get_revealed (SPOT_CONNECTION_BANNER (banner)));
  sentence = account_rig_child (banner, SPOT_TYPE_CONNECTION_BANNER, "sentence");
  UI_RIG_WAIT (strstr (gtk_label_get_text (GTK_LABEL (sentence)), "read:batch:batch_9") != NULL);
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (account_rig_child (banner, SPOT_TYPE_CONNECTION_BANNER, "mend"))), ==,
                   "_Paste a Fresh One…");
  notices = account_rig_child (ui_rig_find (GTK_WIDGET (self->window), g_type_from_name ("SpotWatchesPane")),
                               g_type_from_name ("SpotWatchesPane"), "account_notices");
  g_assert_true (gtk_widget_get_mapped (notices));
  ui_rig_screenshot (GTK_WIDGET (self->window), "token");
}

static void
add_test (const char *name,
          void      (*test) (Fixture       *self,
                             gconstpointer  data))
{
  g_autofree char *path = g_strconcat ("/preferences/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  if (g_getenv ("SPOT_DARK") != NULL)
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  add_test ("welcome", test_welcome);
  add_test ("two-accounts", test_two_accounts);
  add_test ("accounts", test_accounts);
  add_test ("settings", test_settings);
  add_test ("revoked", test_revoked);
  add_test ("token", test_token);
  return g_test_run ();
}
