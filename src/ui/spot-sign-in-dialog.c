/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-account-sign-in.h"
#include "spot-account-words.h"
#include "spot-server-row.h"
#include "spot-share.h"
#include "spot-text.h"

#include "spot-sign-in-dialog.h"

#define MAX_NAME_CHARACTERS 120

struct _SpotSignInDialog
{
  AdwWindow          parent_instance;

  SpotAccounts      *accounts; /* (owned) */
  SpotAccount       *account;  /* (owned) (nullable): that is signed in again, or gets other environments */
  SpotAccountSignIn *sign_in;  /* (owned) (nullable) */
  gboolean           opened;   /* the page was */
  gboolean           working;  /* the account is being made */
  gboolean           closed;

  GtkWidget         *accept_button;
  GtkStack          *stack;
  SpotServerRow     *server_row;
  GtkWidget         *start_button;
  GtkLabel          *keeping;
  GtkSpinner        *busy_spinner;
  GtkLabel          *busy_words;
  GtkLabel          *code;
  GtkSpinner        *wait_spinner;
  AdwPreferencesGroup *choices_group;
  GtkListBox        *choices;
  GtkWidget         *name_group;
  AdwEntryRow       *name_row;
  GtkLabel          *problem;
  AdwStatusPage     *failed;
};

enum {
  SIGNAL_DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SpotSignInDialog, spot_sign_in_dialog, ADW_TYPE_WINDOW)

/* ---- choices ---- */

static gboolean
is_anything_chosen (SpotSignInDialog *self)
{
  GListModel *choices = spot_account_sign_in_get_choices (self->sign_in);

  for (guint i = 0; i < g_list_model_get_n_items (choices); i++)
    {
      g_autoptr (SpotAccountChoice) choice = g_list_model_get_item (choices, i);
      const char *branch = spot_account_choice_get_branch (choice);

      if (spot_account_choice_get_chosen (choice)
          && (!spot_account_choice_get_needs_branch (choice) || (branch != NULL && *branch != '\0')))
        return TRUE;
    }
  return FALSE;
}

static void
choice_changed_cb (SpotSignInDialog *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  gtk_widget_set_sensitive (self->accept_button, is_anything_chosen (self) && !self->working);
}

/* Whoever names a branch wants it. */
static void
branch_changed_cb (GtkEditable       *entry,
                   SpotAccountChoice *choice)
{
  const char *text = gtk_editable_get_text (entry);

  spot_account_choice_set_branch (choice, *text != '\0' ? text : NULL);
  spot_account_choice_set_chosen (choice, *text != '\0');
}

static char *
dup_place (SpotAccountChoice *choice)
{
  const char *organization = spot_account_choice_get_organization (choice);
  g_autofree char *project = spot_text_dup_line (spot_account_choice_get_project (choice), -1, MAX_NAME_CHARACTERS);
  g_autofree char *shown = organization != NULL ? spot_text_dup_line (organization, -1, MAX_NAME_CHARACTERS) : NULL;

  if (shown == NULL)
    return g_steal_pointer (&project);
  /* Translators: an organization and a project of it */
  return g_strdup_printf (C_ ("environment", "%s · %s"), shown, project);
}

static GtkWidget *
create_choice_row (gpointer item,
                   gpointer user_data)
{
  SpotAccountChoice *choice = item;
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();
  GtkWidget *badge = gtk_label_new (NULL);
  g_autofree char *name = spot_text_dup_line (spot_account_choice_get_name (choice), -1, MAX_NAME_CHARACTERS);
  g_autofree char *place = dup_place (choice);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), place);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  g_object_bind_property (choice, "chosen", check, "active", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  if (spot_account_choice_get_needs_branch (choice))
    {
      GtkWidget *entry = gtk_entry_new ();

      gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _ ("Branch"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Branch"), -1);
      gtk_editable_set_width_chars (GTK_EDITABLE (entry), 12);
      gtk_widget_set_valign (entry, GTK_ALIGN_CENTER);
      if (spot_account_choice_get_branch (choice) != NULL)
        gtk_editable_set_text (GTK_EDITABLE (entry), spot_account_choice_get_branch (choice));
      g_signal_connect_object (entry, "changed", G_CALLBACK (branch_changed_cb), choice, 0);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), entry);
    }
  gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
  spot_account_words_set_badge (GTK_LABEL (badge), spot_account_choice_get_kind (choice));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), badge);
  return row;
}

static void
show_choices (SpotSignInDialog *self)
{
  GListModel *choices = spot_account_sign_in_get_choices (self->sign_in);
  const char *email = spot_account_sign_in_get_email (self->sign_in);
  g_autofree char *shown = email != NULL ? spot_text_dup_line (email, -1, MAX_NAME_CHARACTERS) : NULL;
  g_autofree char *escaped = shown != NULL ? g_markup_escape_text (shown, -1) : NULL;
  /* Translators: %s is an e-mail address */
  g_autofree char *description = escaped != NULL ? g_strdup_printf (_ ("You are signed in as %s."), escaped) : NULL;

  for (guint i = 0; i < g_list_model_get_n_items (choices); i++)
    {
      g_autoptr (SpotAccountChoice) choice = g_list_model_get_item (choices, i);

      g_signal_connect_object (choice, "notify", G_CALLBACK (choice_changed_cb), self, G_CONNECT_SWAPPED);
    }
  gtk_list_box_bind_model (self->choices, choices, create_choice_row, NULL, NULL);
  adw_preferences_group_set_description (self->choices_group, description);
  gtk_widget_set_visible (self->name_group, self->account == NULL);
  gtk_stack_set_visible_child_name (self->stack, "choose");
  choice_changed_cb (self);
}

/* ---- signing in ---- */

static void
open_cb (SpotSignInDialog *self)
{
  const char *url = self->sign_in != NULL ? spot_account_sign_in_get_url (self->sign_in) : NULL;

  if (url != NULL)
    spot_share_open_uri (GTK_WIDGET (self->stack), url);
}

static void
copy_cb (SpotSignInDialog *self)
{
  const char *url = self->sign_in != NULL ? spot_account_sign_in_get_url (self->sign_in) : NULL;

  if (url != NULL)
    spot_share_copy (GTK_WIDGET (self->stack), url, _ ("Address copied"));
}

static void
show_failure (SpotSignInDialog *self,
              const char       *explanation)
{
  g_autofree char *escaped = g_markup_escape_text (explanation != NULL ? explanation : "", -1);

  adw_status_page_set_description (self->failed, escaped);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
show_busy (SpotSignInDialog *self,
           const char       *words)
{
  gtk_label_set_label (self->busy_words, words);
  gtk_stack_set_visible_child_name (self->stack, "busy");
}

static void
update (SpotSignInDialog *self)
{
  SpotAccountSignInState state
    = self->sign_in != NULL ? spot_account_sign_in_get_state (self->sign_in) : SPOT_ACCOUNT_SIGN_IN_IDLE;

  gtk_spinner_set_spinning (self->busy_spinner, state == SPOT_ACCOUNT_SIGN_IN_ASKING || state == SPOT_ACCOUNT_SIGN_IN_LISTING);
  gtk_spinner_set_spinning (self->wait_spinner, state == SPOT_ACCOUNT_SIGN_IN_WAITING);
  gtk_widget_set_visible (self->accept_button, state == SPOT_ACCOUNT_SIGN_IN_CHOOSING);
  switch (state)
    {
    case SPOT_ACCOUNT_SIGN_IN_ASKING:
      show_busy (self, _ ("Asking the server for a page…"));
      break;
    case SPOT_ACCOUNT_SIGN_IN_WAITING:
      gtk_label_set_label (self->code, spot_account_sign_in_get_code (self->sign_in));
      gtk_stack_set_visible_child_name (self->stack, "wait");
      if (!self->opened)
        open_cb (self);
      self->opened = TRUE;
      break;
    case SPOT_ACCOUNT_SIGN_IN_LISTING:
      show_busy (self, _ ("Looking for your environments…"));
      break;
    case SPOT_ACCOUNT_SIGN_IN_CHOOSING:
      if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "choose") != 0)
        show_choices (self);
      break;
    case SPOT_ACCOUNT_SIGN_IN_FAILED:
      show_failure (self, spot_account_sign_in_get_explanation (self->sign_in));
      break;
    case SPOT_ACCOUNT_SIGN_IN_IDLE:
    case SPOT_ACCOUNT_SIGN_IN_CANCELLED:
    default:
      gtk_stack_set_visible_child_name (self->stack, "start");
      break;
    }
}

/* The e-mail address may come after the choices. */
static void
email_cb (SpotSignInDialog *self)
{
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "choose") == 0)
    {
      const char *email = spot_account_sign_in_get_email (self->sign_in);
      g_autofree char *shown = spot_text_dup_line (email != NULL ? email : "", -1, MAX_NAME_CHARACTERS);
      g_autofree char *escaped = g_markup_escape_text (shown, -1);
      g_autofree char *description = g_strdup_printf (_ ("You are signed in as %s."), escaped);

      adw_preferences_group_set_description (self->choices_group, description);
    }
}

static void
drop_sign_in (SpotSignInDialog *self)
{
  if (self->sign_in == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->sign_in, self);
  spot_account_sign_in_cancel (self->sign_in);
  g_clear_object (&self->sign_in);
}

/* @sign_in: (transfer full) (nullable): NULL for what makes no connection */
static void
take_sign_in (SpotSignInDialog  *self,
              SpotAccountSignIn *sign_in,
              const GError      *error)
{
  drop_sign_in (self);
  self->opened = FALSE;
  if (sign_in == NULL)
    {
      show_failure (self, error->message);
      return;
    }
  self->sign_in = sign_in;
  g_signal_connect_object (sign_in, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sign_in, "notify::email", G_CALLBACK (email_cb), self, G_CONNECT_SWAPPED);
  spot_account_sign_in_start (sign_in);
  update (self);
}

static void
start (SpotSignInDialog *self)
{
  g_autoptr (GError) error = NULL;
  SpotAccountDraft draft = { NULL };
  SpotAccountSignIn *sign_in;

  if (self->account != NULL)
    {
      sign_in = spot_account_sign_in_new_for (self->account, &error);
    }
  else
    {
      spot_server_row_fill (self->server_row, &draft);
      sign_in = spot_account_sign_in_new (&draft, &error);
    }
  take_sign_in (self, sign_in, error);
}

static void
start_cb (SpotSignInDialog *self)
{
  start (self);
}

static void
again_cb (SpotSignInDialog *self)
{
  drop_sign_in (self);
  if (self->account != NULL)
    start (self);
  else
    update (self);
}

static void
server_changed_cb (SpotSignInDialog *self)
{
  gtk_widget_set_sensitive (self->start_button, !spot_server_row_needs_yes (self->server_row));
}

/* ---- the account ---- */

static void
completed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (SpotSignInDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SpotAccount) account
    = spot_account_sign_in_complete_finish (SPOT_ACCOUNT_SIGN_IN (source), result, &error);

  if (self->closed)
    return;
  self->working = FALSE;
  if (account == NULL)
    {
      choice_changed_cb (self);
      gtk_label_set_label (self->problem, error->domain == SPOT_SECRETS_ERROR
                                            ? _ ("The keyring did not take the token. Unlock it, and try again.")
                                            : error->message);
      gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
      return;
    }
  g_signal_emit (self, signals[SIGNAL_DONE], 0, account);
  gtk_window_close (GTK_WINDOW (self));
}

static void
accept_cb (SpotSignInDialog *self)
{
  self->working = TRUE;
  choice_changed_cb (self);
  spot_account_sign_in_complete_async (self->sign_in, self->accounts,
                                       gtk_editable_get_text (GTK_EDITABLE (self->name_row)), NULL, completed_cb,
                                       g_object_ref (self));
}

/* ---- object ---- */

static void
spot_sign_in_dialog_dispose (GObject *object)
{
  SpotSignInDialog *self = SPOT_SIGN_IN_DIALOG (object);

  self->closed = TRUE;
  drop_sign_in (self);
  g_clear_object (&self->account);
  g_clear_object (&self->accounts);
  G_OBJECT_CLASS (spot_sign_in_dialog_parent_class)->dispose (object);
}

static void
spot_sign_in_dialog_class_init (SpotSignInDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = spot_sign_in_dialog_dispose;

  /**
   * SpotSignInDialog::done:
   * @self: the dialog
   * @account: an account
   *
   * The account is there, or has other environments.
   */
  signals[SIGNAL_DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, SPOT_TYPE_ACCOUNT);

  g_type_ensure (SPOT_TYPE_SERVER_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-sign-in-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotSignInDialog, accept_button);
  gtk_widget_class_bind_template_child (widget_class, SpotSignInDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SpotSignInDialog, server_row);
  gtk_widget_class_bind_template_child (widget_class, SpotSignInDialog, start_button);
  gtk_widget_class_bind_template_child (widget_class, SpotSignInDialog, keeping);
  gtk_widget_class_bind_template_child (widget_class, SpotSignInDialog, busy_spinner);
  gtk_widget_class_bind_template_child (widget_class, SpotSignInDialog, busy_words);
  gtk_widget_class_bind_template_child (widget_class, SpotSignInDialog, code);
  gtk_widget_class_bind_template_child (widget_class, SpotSignInDialog, wait_spinner);
  gtk_widget_class_bind_template_child (widget_class, SpotSignInDialog, choices_group);
  gtk_widget_class_bind_template_child (widget_class, SpotSignInDialog, choices);
  gtk_widget_class_bind_template_child (widget_class, SpotSignInDialog, name_group);
  gtk_widget_class_bind_template_child (widget_class, SpotSignInDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, SpotSignInDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, SpotSignInDialog, failed);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_bind_template_callback (widget_class, again_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
  gtk_widget_class_bind_template_callback (widget_class, server_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, start_cb);
}

static void
spot_sign_in_dialog_init (SpotSignInDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  spot_server_row_hide_branch (self->server_row);
}

/**
 * spot_sign_in_dialog_new:
 * @parent: the window that asks
 * @accounts: where the account is to be
 * @account: (nullable): one of them, to be signed in again or to get other environments; %NULL for a new one
 *
 * Returns: (transfer none): a dialog, to be presented; held by GTK until it is closed
 */
SpotSignInDialog *
spot_sign_in_dialog_new (GtkWindow    *parent,
                         SpotAccounts *accounts,
                         SpotAccount  *account)
{
  SpotSignInDialog *self;
  const char *explanation;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (SPOT_IS_ACCOUNTS (accounts), NULL);
  g_return_val_if_fail (account == NULL || SPOT_IS_ACCOUNT (account), NULL);

  self = g_object_new (SPOT_TYPE_SIGN_IN_DIALOG, "transient-for", parent, NULL);
  self->accounts = g_object_ref (accounts);
  explanation = spot_secrets_get_explanation (spot_accounts_get_secrets (accounts));
  gtk_label_set_label (self->keeping, explanation != NULL ? explanation : "");
  gtk_widget_set_visible (GTK_WIDGET (self->keeping), explanation != NULL);
  if (account != NULL)
    {
      self->account = g_object_ref (account);
      gtk_window_set_title (GTK_WINDOW (self), _ ("Environments"));
      start (self);
    }
  else
    {
      update (self);
      gtk_widget_grab_focus (self->start_button);
    }
  return self;
}

/**
 * spot_sign_in_dialog_use_token:
 * @self: a dialog for a new account
 * @draft: what the account is to be
 * @token: a person's access token
 *
 * Goes on to the choice of environments without a page in the browser.
 */
void
spot_sign_in_dialog_use_token (SpotSignInDialog       *self,
                               const SpotAccountDraft *draft,
                               const char             *token)
{
  g_autoptr (GError) error = NULL;
  SpotAccountSignIn *sign_in;

  g_return_if_fail (SPOT_IS_SIGN_IN_DIALOG (self));
  g_return_if_fail (draft != NULL && token != NULL);

  if (draft->name != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->name_row), draft->name);
  sign_in = spot_account_sign_in_new_with_token (draft, token, &error);
  take_sign_in (self, sign_in, error);
}
