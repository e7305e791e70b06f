/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spot-account-dialog.h"
#include "spot-account-words.h"
#include "spot-server-row.h"
#include "spot-sign-in-dialog.h"

#include "account-rig.h"

#define PERSON "tr_pat_devdevdevdevdevdevdevdevdevdevdevdevdevd"
#define WRONG_KEY "tr_prod_wrongwrongwrongwrongwron"

typedef struct
{
  AccountRig         rig;
  SpotAccountDialog *dialog; /* (nullable) */
  SpotAccount       *done;   /* (owned) (nullable) */
  char              *token;  /* (owned) (nullable): that was handed on */
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  account_rig_set_up (&self->rig, NULL);
  account_rig_show_window (&self->rig);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  if (self->dialog != NULL)
    gtk_window_destroy (GTK_WINDOW (self->dialog));
  UI_RIG_WAIT (self->dialog == NULL);
  g_clear_object (&self->done);
  g_free (self->token);
  account_rig_tear_down (&self->rig);
}

static void
done_cb (GtkWidget   *dialog,
         SpotAccount *account,
         Fixture     *self)
{
  g_set_object (&self->done, account);
}

static void
person_cb (SpotAccountDialog      *dialog,
           const char             *token,
           const SpotAccountDraft *draft,
           Fixture                *self)
{
  g_assert_cmpstr (draft->api_url, ==, spot_dev_server_get_url (self->rig.server));
  self->token = g_strdup (token);
}

static void
open_dialog (Fixture     *self,
             SpotAccount *account)
{
  self->dialog = spot_account_dialog_new (GTK_WINDOW (self->rig.window), self->rig.accounts, account);
  g_object_add_weak_pointer (G_OBJECT (self->dialog), (gpointer *) &self->dialog);
  g_signal_connect (self->dialog, "done", G_CALLBACK (done_cb), self);
  g_signal_connect (self->dialog, "person", G_CALLBACK (person_cb), self);
  gtk_window_present (GTK_WINDOW (self->dialog));
  UI_RIG_WAIT (gtk_widget_get_mapped (GTK_WIDGET (self->dialog)));
}

static GtkWidget *
child (Fixture    *self,
       const char *name)
{
  return account_rig_child (GTK_WIDGET (self->dialog), SPOT_TYPE_ACCOUNT_DIALOG, name);
}

static GtkWidget *
server_child (Fixture    *self,
              const char *name)
{
  return account_rig_child (child (self, "server_row"), SPOT_TYPE_SERVER_ROW, name);
}

static void
set_server (Fixture    *self,
            const char *url)
{
  gtk_editable_set_text (GTK_EDITABLE (server_child (self, "api_row")), url);
}

/* As from the clipboard, all at once. */
static void
paste (Fixture    *self,
       const char *text)
{
  GtkEditable *entry = gtk_editable_get_delegate (GTK_EDITABLE (child (self, "key_row")));
  int position = 0;

  gtk_editable_delete_text (entry, 0, -1);
  gtk_editable_insert_text (entry, text, -1, &position);
}

static gboolean
has_result (Fixture    *self,
            const char *title)
{
  return gtk_widget_get_visible (child (self, "result_row")) && g_str_equal (account_rig_title (child (self, "result_row")), title);
}

static void
accept_dialog (Fixture    *self,
               const char *label)
{
  GtkWidget *button = child (self, "accept_button");

  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==, label);
  g_assert_true (gtk_widget_get_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
  UI_RIG_WAIT (self->dialog == NULL);
}

/* Lines of a file, with the address of the server: the key is taken out of it, tried, and kept. */
static void
test_pasted_lines (Fixture       *self,
                   gconstpointer  data)
{
  g_autofree char *lines = g_strdup_printf ("# my server\nexport TRIGGER_SECRET_KEY=\"%s\"\nTRIGGER_API_URL=%s\n",
                                            spot_dev_server_get_key (self->rig.server),
                                            spot_dev_server_get_url (self->rig.server));
  GtkEditable *text;

  open_dialog (self, NULL);
  ui_rig_screenshot (GTK_WIDGET (self->dialog), "account-empty");
  g_assert_false (gtk_widget_get_sensitive (child (self, "accept_button")));
  paste (self, lines);
  UI_RIG_WAIT (g_str_equal (gtk_editable_get_text (GTK_EDITABLE (child (self, "key_row"))),
                            spot_dev_server_get_key (self->rig.server)));
  text = gtk_editable_get_delegate (GTK_EDITABLE (child (self, "key_row")));
  g_assert_true (GTK_IS_PASSWORD_ENTRY_BUFFER (gtk_text_get_buffer (GTK_TEXT (text))));
  g_assert_false (gtk_text_get_visibility (GTK_TEXT (text)));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (server_child (self, "api_row"))), ==,
                   spot_dev_server_get_url (self->rig.server));
  g_assert_cmpstr (account_rig_title (child (self, "what_row")), ==, "Secret key");
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (child (self, "badge"))), ==, "Dev");
  UI_RIG_WAIT (has_result (self, "Connected"));
  g_assert_nonnull (strstr (account_rig_subtitle (child (self, "result_row")), "127.0.0.1"));
  ui_rig_screenshot (GTK_WIDGET (self->dialog), "account-connected");
  gtk_editable_set_text (GTK_EDITABLE (child (self, "name_row")), "Work & more");
  gtk_switch_set_active (GTK_SWITCH (child (self, "read_only")), TRUE);
  accept_dialog (self, "_Add");

  g_assert_cmpuint (account_rig_count (&self->rig), ==, 1);
  g_assert_true (self->done == account_rig_get (&self->rig, 0));
  g_assert_cmpstr (spot_account_get_name (self->done), ==, "Work & more");
  g_assert_true (spot_account_get_read_only (self->done));
  UI_RIG_WAIT (spot_account_get_state (self->done) == SPOT_ACCOUNT_READY);
}

/* A key that the server does not know: told, and added only when the user says so. */
static void
test_wrong_key (Fixture       *self,
                gconstpointer  data)
{
  open_dialog (self, NULL);
  set_server (self, spot_dev_server_get_url (self->rig.server));
  paste (self, WRONG_KEY);
  g_assert_true (gtk_widget_has_css_class (child (self, "badge"), "loud"));
  g_assert_nonnull (strstr (account_rig_subtitle (child (self, "what_row")), "production"));
  g_assert_false (gtk_widget_get_sensitive (child (self, "accept_button")));
  UI_RIG_WAIT (has_result (self, "Not connected"));
  g_assert_cmpstr (account_rig_subtitle (child (self, "result_row")), !=, "");
  g_assert_null (strstr (account_rig_subtitle (child (self, "result_row")), "wrongwrong"));
  g_assert_false (gtk_widget_has_css_class (child (self, "accept_button"), "suggested-action"));
  ui_rig_screenshot (GTK_WIDGET (self->dialog), "account-wrong-key");
  accept_dialog (self, "_Add Anyway");
  g_assert_cmpuint (account_rig_count (&self->rig), ==, 1);
}

/* Once it is mended the same dialog goes on. */
static void
test_tried_again (Fixture       *self,
                  gconstpointer  data)
{
  open_dialog (self, NULL);
  set_server (self, "http://127.0.0.1:1");
  paste (self, spot_dev_server_get_key (self->rig.server));
  UI_RIG_WAIT (has_result (self, "Not connected"));
  ui_rig_screenshot (GTK_WIDGET (self->dialog), "account-refused");
  set_server (self, spot_dev_server_get_url (self->rig.server));
  UI_RIG_WAIT (has_result (self, "Connected"));
  g_signal_emit_by_name (child (self, "test_button"), "clicked");
  g_assert_true (has_result (self, "Testing the connection…"));
  UI_RIG_WAIT (has_result (self, "Connected"));
}

/* What can be of no use is not added, whatever anybody says. */
static void
test_useless (Fixture       *self,
              gconstpointer  data)
{
  open_dialog (self, NULL);
  paste (self, "run_1234");
  g_assert_cmpstr (account_rig_title (child (self, "what_row")), ==, "No key or token so far");
  g_assert_false (gtk_widget_get_visible (child (self, "result_row")));
  paste (self, "pk_prod_0123456789abcdefghijklmn");
  g_assert_cmpstr (account_rig_title (child (self, "what_row")), ==, "Publishable key");
  UI_RIG_WAIT (has_result (self, "Not connected"));
  g_assert_false (gtk_widget_get_sensitive (child (self, "accept_button")));
}

/* Unencrypted, to somewhere else: nothing is sent before the user has said yes. */
static void
test_plain_http (Fixture       *self,
                 gconstpointer  data)
{
  open_dialog (self, NULL);
  set_server (self, "http://trigger.invalid");
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (child (self, "server_row")), TRUE);
  paste (self, WRONG_KEY);
  g_assert_true (gtk_widget_get_visible (server_child (self, "plain_row")));
  g_assert_true (has_result (self, "Not tested"));
  g_assert_false (gtk_widget_get_sensitive (child (self, "accept_button")));
  ui_rig_screenshot (GTK_WIDGET (self->dialog), "account-plain-http");
  gtk_switch_set_active (GTK_SWITCH (server_child (self, "plain_switch")), TRUE);
  UI_RIG_WAIT (has_result (self, "Not connected"));
  /* A yes is for unencrypted connections, and asked for again when there is one again. */
  set_server (self, "https://trigger.invalid");
  g_assert_false (gtk_widget_get_visible (server_child (self, "plain_row")));
}

static char *
sign (Fixture    *self,
      const char *scope,
      gint64      lifetime_s)
{
  const char *const scopes[] = { scope, NULL };
  const SpotTokenClaims claims = { .environment_id = "cmenvdevdemo0000000000001", .scopes = scopes,
                                   .issued_us = g_get_real_time (), .lifetime_s = lifetime_s };
  g_autoptr (GError) error = NULL;
  char *token = spot_token_sign (spot_dev_server_get_key (self->rig.server), &claims, &error);

  g_assert_no_error (error);
  return token;
}

/* A public token: what it allows, and a countdown. */
static void
test_public_token (Fixture       *self,
                   gconstpointer  data)
{
  g_autofree char *token = sign (self, "read:tags:user:<b>42</b>", 95);

  open_dialog (self, NULL);
  set_server (self, spot_dev_server_get_url (self->rig.server));
  paste (self, token);
  g_assert_cmpstr (account_rig_title (child (self, "what_row")), ==, "Public access token");
  g_assert_nonnull (strstr (account_rig_subtitle (child (self, "what_row")), "see the runs with the tag user:<b>42</b>"));
  g_assert_nonnull (strstr (account_rig_subtitle (child (self, "what_row")), "Expires in 1:"));
  UI_RIG_WAIT (has_result (self, "Connected"));
  ui_rig_screenshot (GTK_WIDGET (self->dialog), "account-token");
  accept_dialog (self, "_Add");
  g_assert_cmpint (spot_account_get_kind (self->done), ==, SPOT_ACCOUNT_PUBLIC_TOKEN);
}

/* A person's token is for choosing environments. */
static void
test_person (Fixture       *self,
             gconstpointer  data)
{
  open_dialog (self, NULL);
  set_server (self, spot_dev_server_get_url (self->rig.server));
  paste (self, PERSON);
  UI_RIG_WAIT (has_result (self, "Connected"));
  accept_dialog (self, "_Next");
  g_assert_cmpstr (self->token, ==, PERSON);
  g_assert_cmpuint (account_rig_count (&self->rig), ==, 0);
}

/* Another key in the place of one that is refused. */
static void
test_replace (Fixture       *self,
              gconstpointer  data)
{
  SpotAccount *account = account_rig_add (&self->rig, "Work", WRONG_KEY);

  UI_RIG_WAIT (spot_account_get_state (account) == SPOT_ACCOUNT_REFUSED);
  open_dialog (self, account);
  g_assert_false (gtk_widget_get_visible (child (self, "server_group")));
  paste (self, spot_dev_server_get_key (self->rig.server));
  /* The key before was for production. */
  g_assert_nonnull (strstr (account_rig_subtitle (child (self, "what_row")), "For Development"));
  UI_RIG_WAIT (has_result (self, "Connected"));
  ui_rig_screenshot (GTK_WIDGET (self->dialog), "account-replace");
  accept_dialog (self, "_Replace");
  g_assert_true (self->done == account);
  UI_RIG_WAIT (spot_account_get_state (account) == SPOT_ACCOUNT_READY);
  g_assert_cmpuint (account_rig_count (&self->rig), ==, 1);
}

/* Closed while it asks, in every state. */
static void
test_cancel (Fixture       *self,
             gconstpointer  data)
{
  open_dialog (self, NULL);
  set_server (self, spot_dev_server_get_url (self->rig.server));
  paste (self, spot_dev_server_get_key (self->rig.server));
  gtk_window_close (GTK_WINDOW (self->dialog));
  UI_RIG_WAIT (self->dialog == NULL);
  spot_dev_server_set_fault (self->rig.server, "stall", -1);
  open_dialog (self, NULL);
  set_server (self, spot_dev_server_get_url (self->rig.server));
  paste (self, spot_dev_server_get_key (self->rig.server));
  UI_RIG_WAIT (spot_dev_server_get_n_requests (self->rig.server) > 0);
  gtk_window_close (GTK_WINDOW (self->dialog));
  UI_RIG_WAIT (self->dialog == NULL);
  g_assert_cmpuint (account_rig_count (&self->rig), ==, 0);
}

/* Nobody on the bus keeps secrets: that is said before anything is entered. */
static void
test_no_keyring (void)
{
  Fixture fixture = { { NULL } };

  account_rig_set_up (&fixture.rig, spot_secrets_new ());
  account_rig_show_window (&fixture.rig);
  open_dialog (&fixture, NULL);
  UI_RIG_WAIT (gtk_widget_get_mapped (child (&fixture, "keeping_row")));
  g_assert_cmpstr (account_rig_subtitle (child (&fixture, "keeping_row")), !=, "");
  ui_rig_screenshot (GTK_WIDGET (fixture.dialog), "account-no-keyring");
  tear_down (&fixture, NULL);
}

/* ---- signing in ---- */

static GtkWidget *
sign_in_child (GtkWidget  *dialog,
               const char *name)
{
  return account_rig_child (dialog, SPOT_TYPE_SIGN_IN_DIALOG, name);
}

static gboolean
is_at (GtkWidget  *dialog,
       const char *page)
{
  return g_str_equal (gtk_stack_get_visible_child_name (GTK_STACK (sign_in_child (dialog, "stack"))), page);
}

static GtkWidget *
open_sign_in (Fixture     *self,
              SpotAccount *account)
{
  GtkWidget *dialog
    = GTK_WIDGET (spot_sign_in_dialog_new (GTK_WINDOW (self->rig.window), self->rig.accounts, account));

  g_signal_connect (dialog, "done", G_CALLBACK (done_cb), self);
  gtk_window_present (GTK_WINDOW (dialog));
  UI_RIG_WAIT (gtk_widget_get_mapped (dialog));
  return dialog;
}

static void
begin_sign_in (Fixture    *self,
               GtkWidget  *dialog,
               const char *url)
{
  gtk_editable_set_text (GTK_EDITABLE (account_rig_child (sign_in_child (dialog, "server_row"), SPOT_TYPE_SERVER_ROW, "api_row")),
                         url);
  g_signal_emit_by_name (sign_in_child (dialog, "start_button"), "clicked");
}

static void
tick (GtkWidget *dialog,
      int        nth)
{
  GtkWidget *row = GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (sign_in_child (dialog, "choices")), nth));
  GtkWidget *check = ui_rig_find (row, GTK_TYPE_CHECK_BUTTON);

  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
}

static void
test_sign_in (Fixture       *self,
              gconstpointer  data)
{
  GtkWidget *dialog = open_sign_in (self, NULL);

  ui_rig_screenshot (dialog, "sign-in-start");
  begin_sign_in (self, dialog, spot_dev_server_get_url (self->rig.server));
  UI_RIG_WAIT (is_at (dialog, "wait"));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (sign_in_child (dialog, "code"))), !=, "");
  ui_rig_screenshot (dialog, "sign-in-wait");
  UI_RIG_WAIT (is_at (dialog, "choose"));
  g_assert_true (gtk_widget_get_visible (sign_in_child (dialog, "accept_button")));
  g_assert_false (gtk_widget_get_sensitive (sign_in_child (dialog, "accept_button")));
  tick (dialog, 2);
  g_assert_true (gtk_widget_get_sensitive (sign_in_child (dialog, "accept_button")));
  tick (dialog, 0);
  ui_rig_screenshot (dialog, "sign-in-choose");
  g_signal_emit_by_name (sign_in_child (dialog, "accept_button"), "clicked");
  UI_RIG_WAIT (account_rig_find_window (SPOT_TYPE_SIGN_IN_DIALOG) == NULL);

  g_assert_nonnull (self->done);
  g_assert_cmpint (spot_account_get_kind (self->done), ==, SPOT_ACCOUNT_SIGNED_IN);
  g_assert_cmpuint (g_list_model_get_n_items (spot_account_get_environments (self->done)), ==, 2);

  /* Other environments later: no page is needed for that. */
  dialog = open_sign_in (self, self->done);
  UI_RIG_WAIT (is_at (dialog, "choose"));
  tick (dialog, 1);
  g_signal_emit_by_name (sign_in_child (dialog, "accept_button"), "clicked");
  UI_RIG_WAIT (account_rig_find_window (SPOT_TYPE_SIGN_IN_DIALOG) == NULL);
  g_assert_cmpuint (g_list_model_get_n_items (spot_account_get_environments (self->done)), ==, 3);
}

static void
test_sign_in_fails (Fixture       *self,
                    gconstpointer  data)
{
  GtkWidget *dialog = open_sign_in (self, NULL);

  begin_sign_in (self, dialog, "not an address");
  UI_RIG_WAIT (is_at (dialog, "failed"));
  ui_rig_screenshot (dialog, "sign-in-failed");
  gtk_window_close (GTK_WINDOW (dialog));
  UI_RIG_WAIT (account_rig_find_window (SPOT_TYPE_SIGN_IN_DIALOG) == NULL);
}

/* Given up while the page waits. */
static void
test_sign_in_given_up (Fixture       *self,
                       gconstpointer  data)
{
  GtkWidget *dialog = open_sign_in (self, NULL);

  begin_sign_in (self, dialog, spot_dev_server_get_url (self->rig.server));
  UI_RIG_WAIT (is_at (dialog, "wait"));
  gtk_window_close (GTK_WINDOW (dialog));
  UI_RIG_WAIT (account_rig_find_window (SPOT_TYPE_SIGN_IN_DIALOG) == NULL);
  g_assert_cmpuint (account_rig_count (&self->rig), ==, 0);
}

static void
add (const char *name,
     void      (*test) (Fixture       *self,
                        gconstpointer  data))
{
  g_autofree char *path = g_strconcat ("/account-dialog/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  if (g_getenv ("SPOT_DARK") != NULL)
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  add ("pasted-lines", test_pasted_lines);
  add ("wrong-key", test_wrong_key);
  add ("tried-again", test_tried_again);
  add ("useless", test_useless);
  add ("plain-http", test_plain_http);
  add ("public-token", test_public_token);
  add ("person", test_person);
  add ("replace", test_replace);
  add ("cancel", test_cancel);
  add ("sign-in", test_sign_in);
  add ("sign-in-fails", test_sign_in_fails);
  add ("sign-in-given-up", test_sign_in_given_up);
  g_test_add_func ("/account-dialog/no-keyring", test_no_keyring);
  return g_test_run ();
}
