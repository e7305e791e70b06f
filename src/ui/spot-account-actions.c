/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-account-dialog.h"
#include "spot-compat.h"
#include "spot-preferences.h"
#include "spot-sign-in-dialog.h"
#include "spot-text.h"

#include "spot-account-actions.h"

#define MAX_NAME_CHARACTERS 120

struct _SpotAccountActions
{
  GObject             parent_instance;

  GtkWindow          *window;      /* (nullable): that has the actions; %NULL once it is gone */
  SpotSession        *session;     /* (owned) */
  GSimpleActionGroup *group;       /* (owned) */
  GtkWindow          *preferences; /* (nullable): while they are open */
};

enum {
  SIGNAL_ADDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SpotAccountActions, spot_account_actions, G_TYPE_OBJECT)

/* Which window asks. */
static GtkWindow *
get_parent (SpotAccountActions *self)
{
  return self->preferences != NULL ? self->preferences : self->window;
}

static SpotAccount *
find_account (SpotAccountActions *self,
              GVariant           *id)
{
  return spot_accounts_find (spot_session_get_accounts (self->session), g_variant_get_string (id, NULL));
}

static void
added_cb (SpotAccountActions *self,
          SpotAccount        *account)
{
  g_signal_emit (self, signals[SIGNAL_ADDED], 0, account);
}

/* @account: (nullable): NULL for a new one */
static SpotSignInDialog *
open_sign_in (SpotAccountActions *self,
              SpotAccount        *account)
{
  SpotSignInDialog *dialog
    = spot_sign_in_dialog_new (get_parent (self), spot_session_get_accounts (self->session), account);

  if (account == NULL)
    g_signal_connect_object (dialog, "done", G_CALLBACK (added_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
  return dialog;
}

static void
person_cb (SpotAccountActions     *self,
           const char             *token,
           const SpotAccountDraft *draft)
{
  if (self->window != NULL)
    spot_sign_in_dialog_use_token (open_sign_in (self, NULL), draft, token);
}

/* @account: (nullable): NULL for a new one */
static SpotAccountDialog *
open_dialog (SpotAccountActions *self,
             SpotAccount        *account)
{
  SpotAccountDialog *dialog
    = spot_account_dialog_new (get_parent (self), spot_session_get_accounts (self->session), account);

  if (account == NULL)
    {
      g_signal_connect_object (dialog, "done", G_CALLBACK (added_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (dialog, "person", G_CALLBACK (person_cb), self, G_CONNECT_SWAPPED);
    }
  gtk_window_present (GTK_WINDOW (dialog));
  return dialog;
}

static void
add_cb (GSimpleAction *action,
        GVariant      *parameter,
        gpointer       user_data)
{
  open_dialog (user_data, NULL);
}

static void
sign_in_cb (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       user_data)
{
  open_sign_in (user_data, NULL);
}

static void
replace (SpotAccountActions *self,
         SpotAccount        *account)
{
  if (spot_account_get_kind (account) == SPOT_ACCOUNT_SIGNED_IN)
    open_sign_in (self, account);
  else
    open_dialog (self, account);
}

static void
replace_cb (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       user_data)
{
  SpotAccountActions *self = user_data;
  SpotAccount *account = find_account (self, parameter);

  if (account != NULL)
    replace (self, account);
}

static void
mend_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  SpotAccountActions *self = user_data;
  SpotAccount *account = find_account (self, parameter);

  if (account == NULL)
    return;
  if (spot_account_get_state (account) == SPOT_ACCOUNT_LOCKED)
    spot_account_reopen (account);
  else
    replace (self, account);
}

static void
mend_environment_cb (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       user_data)
{
  SpotAccountActions *self = user_data;
  SpotEnvironment *environment
    = spot_monitor_find_environment (spot_session_get_monitor (self->session), g_variant_get_string (parameter, NULL));
  SpotAccount *account = environment != NULL ? spot_session_find_account (self->session, environment) : NULL;

  if (account == NULL)
    return;
  if (spot_account_get_needs_attention (account) && spot_account_get_state (account) != SPOT_ACCOUNT_BAD_SETTINGS)
    g_action_group_activate_action (G_ACTION_GROUP (self->group), "mend",
                                    g_variant_new_string (spot_account_get_id (account)));
  else
    g_action_group_activate_action (G_ACTION_GROUP (self->group), "preferences", g_variant_new_string ("accounts"));
}

static void
environments_cb (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  SpotAccountActions *self = user_data;
  SpotAccount *account = find_account (self, parameter);

  if (account != NULL && spot_account_get_kind (account) == SPOT_ACCOUNT_SIGNED_IN)
    open_sign_in (self, account);
}

/* ---- removing ---- */

typedef struct
{
  SpotAccountActions *self;    /* (owned) */
  SpotAccount        *account; /* (owned) */
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_object_unref (removal->self);
  g_object_unref (removal->account);
  g_free (removal);
}

static void
tell_left_behind (SpotAccountActions *self)
{
  if (self->window != NULL)
    spot_compat_confirm (get_parent (self), _ ("The Keyring Still Has the Key"),
                         _ ("The account is gone, but the keyring could not be told to forget its key. Look for “Runspotter” in "
                            "the desktop’s password program, and delete it there."),
                         _ ("_Understood"), NULL, NULL, NULL, NULL);
}

static void
removed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (SpotAccountActions) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!spot_accounts_remove_finish (SPOT_ACCOUNTS (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tell_left_behind (self);
}

static void
deleted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  /* What goes wrong with the journal is told by itself. */
  spot_journal_delete_finish (SPOT_JOURNAL (source), result, NULL);
}

static void
delete_history (SpotAccountActions *self,
                SpotAccount        *account)
{
  SpotJournal *journal = spot_session_get_journal (self->session);
  GListModel *environments = spot_account_get_environments (account);

  for (guint i = 0; journal != NULL && i < g_list_model_get_n_items (environments); i++)
    {
      g_autoptr (SpotAccountEnvironment) environment = g_list_model_get_item (environments, i);

      spot_journal_delete_async (journal, spot_account_environment_get_id (environment), NULL, deleted_cb, NULL);
    }
}

static void
remove_confirmed_cb (gboolean with_history,
                     gpointer user_data)
{
  Removal *removal = user_data;
  SpotAccounts *accounts = spot_session_get_accounts (removal->self->session);

  if (spot_accounts_find (accounts, spot_account_get_id (removal->account)) != removal->account)
    return;
  /* First it stops, so that nothing is written behind the deletion. */
  spot_accounts_remove_async (accounts, removal->account, NULL, removed_cb, g_object_ref (removal->self));
  if (with_history)
    delete_history (removal->self, removal->account);
}

static void
remove_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  SpotAccountActions *self = user_data;
  SpotAccount *account = find_account (self, parameter);
  g_autofree char *name = NULL;
  g_autofree char *heading = NULL;
  Removal *removal;

  if (account == NULL)
    return;
  name = spot_text_dup_line (spot_account_get_name (account), -1, MAX_NAME_CHARACTERS);
  /* Translators: %s is the name of an account */
  heading = g_strdup_printf (_ ("Remove %s?"), name);
  removal = g_new0 (Removal, 1);
  removal->self = g_object_ref (self);
  removal->account = g_object_ref (account);
  spot_compat_confirm (get_parent (self), heading,
                       _ ("Its watches go, and its key is deleted from the keyring. Nothing changes on the server."),
                       _ ("_Remove"), spot_session_get_journal (self->session) != NULL ? _ ("Delete its history too") : NULL,
                       remove_confirmed_cb, removal, removal_free);
}

static void
preferences_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  SpotAccountActions *self = user_data;
  const char *page = g_variant_get_string (parameter, NULL);

  if (self->preferences == NULL)
    {
      self->preferences = GTK_WINDOW (spot_preferences_new (self->window, self->session));
      g_object_add_weak_pointer (G_OBJECT (self->preferences), (gpointer *) &self->preferences);
      gtk_widget_insert_action_group (GTK_WIDGET (self->preferences), "account", G_ACTION_GROUP (self->group));
    }
  if (*page != '\0')
    spot_preferences_show_page (SPOT_PREFERENCES (self->preferences), page);
  gtk_window_present (self->preferences);
}

static const GActionEntry entries[] = {
  { .name = "add", .activate = add_cb },
  { .name = "sign-in", .activate = sign_in_cb },
  { .name = "mend", .activate = mend_cb, .parameter_type = "s" },
  { .name = "mend-environment", .activate = mend_environment_cb, .parameter_type = "s" },
  { .name = "replace", .activate = replace_cb, .parameter_type = "s" },
  { .name = "environments", .activate = environments_cb, .parameter_type = "s" },
  { .name = "remove", .activate = remove_cb, .parameter_type = "s" },
  { .name = "preferences", .activate = preferences_cb, .parameter_type = "s" },
};

static void
spot_account_actions_dispose (GObject *object)
{
  SpotAccountActions *self = SPOT_ACCOUNT_ACTIONS (object);

  if (self->preferences != NULL)
    g_object_remove_weak_pointer (G_OBJECT (self->preferences), (gpointer *) &self->preferences);
  self->preferences = NULL;
  self->window = NULL;
  G_OBJECT_CLASS (spot_account_actions_parent_class)->dispose (object);
}

static void
spot_account_actions_finalize (GObject *object)
{
  SpotAccountActions *self = SPOT_ACCOUNT_ACTIONS (object);

  g_clear_object (&self->group);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (spot_account_actions_parent_class)->finalize (object);
}

static void
spot_account_actions_class_init (SpotAccountActionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = spot_account_actions_dispose;
  object_class->finalize = spot_account_actions_finalize;

  /**
   * SpotAccountActions::added:
   * @self: the actions
   * @account: an account
   *
   * The user has added the account, and wants to see its runs.
   */
  signals[SIGNAL_ADDED] = g_signal_new ("added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, SPOT_TYPE_ACCOUNT);
}

static void
spot_account_actions_init (SpotAccountActions *self)
{
  self->group = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->group), entries, G_N_ELEMENTS (entries), self);
}

/**
 * spot_account_actions_new:
 * @window: the window, which gets the action group `account`
 * @session: whose accounts they are
 *
 * Returns: (transfer full): the actions, to be kept and disposed of (g_object_run_dispose()) with the window
 */
SpotAccountActions *
spot_account_actions_new (GtkWindow   *window,
                          SpotSession *session)
{
  SpotAccountActions *self;

  g_return_val_if_fail (GTK_IS_WINDOW (window), NULL);
  g_return_val_if_fail (SPOT_IS_SESSION (session), NULL);

  self = g_object_new (SPOT_TYPE_ACCOUNT_ACTIONS, NULL);
  self->window = window;
  self->session = g_object_ref (session);
  gtk_widget_insert_action_group (GTK_WIDGET (window), "account", G_ACTION_GROUP (self->group));
  return self;
}

/**
 * spot_account_actions_take_text:
 * @self: the actions
 * @text: what somebody pasted or dropped, with a key in it
 *
 * Asks for a new account with @text in the entry.
 */
void
spot_account_actions_take_text (SpotAccountActions *self,
                                const char         *text)
{
  g_return_if_fail (SPOT_IS_ACCOUNT_ACTIONS (self));
  g_return_if_fail (text != NULL);

  if (self->window != NULL)
    spot_account_dialog_set_text (open_dialog (self, NULL), text);
}
