/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <string.h>

#include "spot-account-private.h"

#include "spot-accounts.h"

struct _SpotAccounts
{
  GObject parent_instance;

  SpotSettings *settings;
  SpotSecrets  *secrets;
  GListStore   *list;
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SpotAccounts, spot_accounts, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
get_item_type (GListModel *model)
{
  return SPOT_TYPE_ACCOUNT;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (SPOT_ACCOUNTS (model)->list));
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  return g_list_model_get_item (G_LIST_MODEL (SPOT_ACCOUNTS (model)->list), position);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
items_changed_cb (GListModel   *list,
                  guint         position,
                  guint         n_removed,
                  guint         n_added,
                  SpotAccounts *self)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

/* Borrowed: the list holds a reference. */
static SpotAccount *
get_account (SpotAccounts *self,
             guint         position)
{
  g_autoptr(SpotAccount) account = g_list_model_get_item (G_LIST_MODEL (self->list), position);

  return account;
}

static void
save_order (SpotAccounts *self)
{
  guint n_accounts = get_n_items (G_LIST_MODEL (self));
  g_autofree const char **ids = g_new0 (const char *, n_accounts + 1);

  for (guint i = 0; i < n_accounts; i++)
    ids[i] = spot_account_get_id (get_account (self, i));
  g_settings_set_strv (spot_settings_get_general (self->settings), "accounts", ids);
}

static void
load (SpotAccounts *self)
{
  g_auto(GStrv) ids = g_settings_get_strv (spot_settings_get_general (self->settings), "accounts");

  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr(SpotAccount) account = NULL;

      /* It becomes a part of a path: what somebody else wrote there is left alone. */
      if (ids[i][0] == '\0' || strspn (ids[i], "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen (ids[i]) ||
          g_strv_contains ((const char * const *) ids + i + 1, ids[i]))
        continue;
      account = spot_account_new (self->settings, self->secrets, ids[i], NULL);
      g_list_store_append (self->list, account);
    }
}

/* ---- object ---- */

static void
spot_accounts_dispose (GObject *object)
{
  SpotAccounts *self = SPOT_ACCOUNTS (object);

  spot_accounts_close (self);
  G_OBJECT_CLASS (spot_accounts_parent_class)->dispose (object);
}

static void
spot_accounts_finalize (GObject *object)
{
  SpotAccounts *self = SPOT_ACCOUNTS (object);

  g_signal_handlers_disconnect_by_data (self->list, self);
  g_object_unref (self->list);
  g_clear_object (&self->settings);
  g_clear_object (&self->secrets);
  G_OBJECT_CLASS (spot_accounts_parent_class)->finalize (object);
}

static void
spot_accounts_class_init (SpotAccountsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = spot_accounts_dispose;
  object_class->finalize = spot_accounts_finalize;
}

static void
spot_accounts_init (SpotAccounts *self)
{
  self->list = g_list_store_new (SPOT_TYPE_ACCOUNT);
  g_signal_connect (self->list, "items-changed", G_CALLBACK (items_changed_cb), self);
}

/**
 * spot_accounts_new:
 * @settings: where their settings and order are
 * @secrets: where their credentials are
 *
 * Returns: (transfer full): the accounts; their credentials are being looked up
 */
SpotAccounts *
spot_accounts_new (SpotSettings *settings,
                   SpotSecrets  *secrets)
{
  SpotAccounts *self;

  g_return_val_if_fail (SPOT_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (SPOT_IS_SECRETS (secrets), NULL);

  self = g_object_new (SPOT_TYPE_ACCOUNTS, NULL);
  self->settings = g_object_ref (settings);
  self->secrets = g_object_ref (secrets);
  load (self);
  return self;
}

/**
 * spot_accounts_get_secrets:
 * @self: accounts
 *
 * Returns: (transfer none): where their credentials are
 */
SpotSecrets *
spot_accounts_get_secrets (SpotAccounts *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNTS (self), NULL);

  return self->secrets;
}

/**
 * spot_accounts_find:
 * @self: accounts
 * @id_or_name: an id, or a name as spot_account_get_name() gives it
 *
 * Returns: (transfer none) (nullable): the account with that id, else the first with that name
 */
SpotAccount *
spot_accounts_find (SpotAccounts *self,
                    const char   *id_or_name)
{
  SpotAccount *named = NULL;

  g_return_val_if_fail (SPOT_IS_ACCOUNTS (self), NULL);
  g_return_val_if_fail (id_or_name != NULL, NULL);

  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++)
    {
      SpotAccount *account = get_account (self, i);

      if (g_str_equal (spot_account_get_id (account), id_or_name))
        return account;
      if (named == NULL && g_strcmp0 (spot_account_get_name (account), id_or_name) == 0)
        named = account;
    }
  return named;
}

/* ---- adding ---- */

typedef struct
{
  char *id;
  char *credential; /* wiped */
} Addition;

static void
addition_free (gpointer data)
{
  Addition *addition = data;

  g_free (addition->id);
  spot_secrets_wipe (addition->credential);
  g_free (addition);
}

static void
set_text (GSettings  *settings,
          const char *key,
          const char *text)
{
  g_autofree char *tidy = text != NULL ? g_strstrip (g_strdup (text)) : NULL;

  if (tidy != NULL && *tidy != '\0')
    g_settings_set_string (settings, key, tidy);
  else
    g_settings_reset (settings, key);
}

static void
write_draft (GSettings              *settings,
             const SpotAccountDraft *draft,
             SpotAccountKind         kind)
{
  set_text (settings, "name", draft->name);
  set_text (settings, "api-url", draft->api_url);
  set_text (settings, "realtime-url", draft->realtime_url);
  set_text (settings, "dashboard-url", draft->dashboard_url);
  set_text (settings, "branch", draft->branch);
  set_text (settings, "ca-file", draft->ca_file);
  g_settings_set_boolean (settings, "allow-plain-http", draft->allow_plain_http);
  g_settings_set_boolean (settings, "read-only", draft->read_only);
  g_settings_set_enum (settings, "kind", kind);
  if (draft->environments != NULL)
    {
      g_autoptr(GVariant) environments = g_variant_ref (draft->environments);

      g_settings_set_value (settings, "environments", environments);
    }
}

static void
stored_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SpotAccounts *self = g_task_get_source_object (task);
  Addition *addition = g_task_get_task_data (task);
  g_autoptr(SpotAccount) account = NULL;
  GError *error = NULL;

  if (!spot_secrets_store_finish (SPOT_SECRETS (source), result, &error))
    {
      spot_settings_reset_account (self->settings, addition->id);
      g_task_return_error (task, error);
      return;
    }
  account = spot_account_new (self->settings, self->secrets, addition->id, addition->credential);
  g_list_store_append (self->list, account);
  save_order (self);
  g_task_return_pointer (task, g_steal_pointer (&account), g_object_unref);
}

/**
 * spot_accounts_add_async:
 * @self: accounts
 * @draft: what it is to be
 * @credential: a secret key, public access token or personal access token; blanks around it are dropped
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the caller's main context
 * @user_data: data for @callback
 *
 * Adds an account behind the others, and keeps its credential. Nothing is asked of its server for that.
 *
 * Fails with %G_IO_ERROR_INVALID_ARGUMENT and %G_IO_ERROR_PERMISSION_DENIED (plain HTTP that was not agreed to) for
 * what makes no connection; the messages are translated sentences. And with %G_IO_ERROR_CANCELLED. Nothing is left of
 * it then.
 */
void
spot_accounts_add_async (SpotAccounts           *self,
                         const SpotAccountDraft *draft,
                         const char             *credential,
                         GCancellable           *cancellable,
                         GAsyncReadyCallback     callback,
                         gpointer                user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GSettings) settings = NULL;
  g_autoptr(SpotEndpoint) endpoint = NULL;
  g_autofree char *label = NULL;
  g_autofree char *url = NULL;
  SpotAccountKind kind;
  Addition *addition;
  GError *error = NULL;

  g_return_if_fail (SPOT_IS_ACCOUNTS (self));
  g_return_if_fail (draft != NULL && credential != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, spot_accounts_add_async);
  addition = g_new0 (Addition, 1);
  addition->id = g_uuid_string_random ();
  addition->credential = g_strstrip (g_strdup (credential));
  g_task_set_task_data (task, addition, addition_free);
  if (!spot_account_check_credential (addition->credential, &kind, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  settings = spot_settings_ref_account (self->settings, addition->id);
  write_draft (settings, draft, kind);
  endpoint = spot_account_make_endpoint (settings, addition->credential, &error);
  if (endpoint == NULL)
    {
      spot_settings_reset_account (self->settings, addition->id);
      g_task_return_error (task, error);
      return;
    }
  url = g_settings_get_string (settings, "api-url");
  label = spot_account_make_label (draft->name != NULL && *draft->name != '\0' ? draft->name : url);
  spot_secrets_store_async (self->secrets, addition->id, label, addition->credential, cancellable, stored_cb,
                            g_steal_pointer (&task));
}

/**
 * spot_accounts_add_finish:
 * @self: accounts
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the account, %NULL after an error
 */
SpotAccount *
spot_accounts_add_finish (SpotAccounts  *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- removing and moving ---- */

static void
cleared_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (spot_secrets_clear_finish (SPOT_SECRETS (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * spot_accounts_remove_async:
 * @self: accounts
 * @account: one of them
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the caller's main context
 * @user_data: data for @callback
 *
 * Ends an account and forgets its settings at once, and its credential as soon as the secret store has.
 *
 * Fails with %SPOT_SECRETS_ERROR_FAILED, when the secret store may still have the credential, and with
 * %G_IO_ERROR_CANCELLED.
 */
void
spot_accounts_remove_async (SpotAccounts        *self,
                            SpotAccount         *account,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(SpotAccount) hold = NULL;
  guint position;

  g_return_if_fail (SPOT_IS_ACCOUNTS (self));
  g_return_if_fail (SPOT_IS_ACCOUNT (account));
  g_return_if_fail (g_list_store_find (self->list, account, &position));

  hold = g_object_ref (account);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, spot_accounts_remove_async);
  spot_account_close (account);
  g_list_store_remove (self->list, position);
  save_order (self);
  spot_settings_reset_account (self->settings, spot_account_get_id (account));
  spot_secrets_clear_async (self->secrets, spot_account_get_id (account), cancellable, cleared_cb,
                            g_steal_pointer (&task));
}

/**
 * spot_accounts_remove_finish:
 * @self: accounts
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: %FALSE after an error
 */
gboolean
spot_accounts_remove_finish (SpotAccounts  *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * spot_accounts_move:
 * @self: accounts
 * @account: one of them
 * @position: where it is to be; at the end when there are not so many
 *
 * Moves an account to another place in the order.
 */
void
spot_accounts_move (SpotAccounts *self,
                    SpotAccount  *account,
                    guint         position)
{
  g_autoptr(SpotAccount) hold = NULL;
  guint old;

  g_return_if_fail (SPOT_IS_ACCOUNTS (self));
  g_return_if_fail (SPOT_IS_ACCOUNT (account));
  g_return_if_fail (g_list_store_find (self->list, account, &old));

  position = MIN (position, get_n_items (G_LIST_MODEL (self)) - 1);
  if (position == old)
    return;
  hold = g_object_ref (account);
  g_list_store_remove (self->list, old);
  g_list_store_insert (self->list, position, account);
  save_order (self);
}

/**
 * spot_accounts_wake:
 * @self: accounts
 *
 * The machine has slept, or the network has come back: see spot_account_wake().
 */
void
spot_accounts_wake (SpotAccounts *self)
{
  g_return_if_fail (SPOT_IS_ACCOUNTS (self));

  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++)
    spot_account_wake (get_account (self, i));
}

/**
 * spot_accounts_close:
 * @self: accounts
 *
 * Ends them all, when the program ends: nothing is asked of a server any more.
 */
void
spot_accounts_close (SpotAccounts *self)
{
  g_return_if_fail (SPOT_IS_ACCOUNTS (self));

  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++)
    spot_account_close (get_account (self, i));
}
