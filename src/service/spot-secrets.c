/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>

#include "spot-secrets.h"

struct _SpotSecrets
{
  GObject parent_instance;

  GHashTable       *memory; /* account id → credential, wiped when freed */
  SpotSecretsPlace  place;
};

G_DEFINE_FINAL_TYPE (SpotSecrets, spot_secrets, G_TYPE_OBJECT)

G_DEFINE_QUARK (spot-secrets-error-quark, spot_secrets_error)

G_DEFINE_ENUM_TYPE (SpotSecretsPlace, spot_secrets_place,
  G_DEFINE_ENUM_VALUE (SPOT_SECRETS_UNKNOWN, "unknown"),
  G_DEFINE_ENUM_VALUE (SPOT_SECRETS_KEYRING, "keyring"),
  G_DEFINE_ENUM_VALUE (SPOT_SECRETS_NO_SERVICE, "no-service"),
  G_DEFINE_ENUM_VALUE (SPOT_SECRETS_NO_KEYRING, "no-keyring"),
  G_DEFINE_ENUM_VALUE (SPOT_SECRETS_MEMORY, "memory"))

enum
{
  PROP_PLACE = 1,
  PROP_EXPLANATION,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

/* What one task is about. */
typedef struct
{
  char *account_id;
  char *secret; /* nullable, wiped when freed */
} Job;

static const SecretSchema *
get_schema (void)
{
  /* gnome-keyring does not find what is in a locked keyring by the schema's name, and so would not offer to unlock it:
   * it is found by an attribute that says the same. */
  static const SecretSchema schema = {
    APP_ID, SECRET_SCHEMA_DONT_MATCH_NAME,
    { { "application", SECRET_SCHEMA_ATTRIBUTE_STRING }, { "account", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } }
  };

  return &schema;
}

static GHashTable *
attributes_new (const char *account_id)
{
  GHashTable *attributes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  g_hash_table_insert (attributes, (gpointer) "application", g_strdup (APP_ID));
  g_hash_table_insert (attributes, (gpointer) "account", g_strdup (account_id));
  return attributes;
}

static void
wipe_cb (gpointer secret)
{
  spot_secrets_wipe (secret);
}

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->account_id);
  spot_secrets_wipe (job->secret);
  g_free (job);
}

static GTask *
task_new (SpotSecrets         *self,
          const char          *account_id,
          const char          *secret,
          GCancellable        *cancellable,
          GAsyncReadyCallback  callback,
          gpointer             user_data,
          gpointer             tag)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->account_id = g_strdup (account_id);
  job->secret = g_strdup (secret);
  g_task_set_task_data (task, job, job_free);
  g_task_set_source_tag (task, tag);
  return task;
}

static void
set_place (SpotSecrets      *self,
           SpotSecretsPlace  place)
{
  if (self->place == place)
    return;
  self->place = place;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLACE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXPLANATION]);
}

/* Nobody answers to the service's name or can be started for it, or there is no session bus to ask on. */
static gboolean
is_no_service (const GError *error)
{
  if (error->domain == G_IO_ERROR)
    return error->code != G_IO_ERROR_DBUS_ERROR && error->code != G_IO_ERROR_CANCELLED;
  if (error->domain != G_DBUS_ERROR)
    return FALSE;
  switch (error->code)
    {
    case G_DBUS_ERROR_SERVICE_UNKNOWN:
    case G_DBUS_ERROR_NAME_HAS_NO_OWNER:
    case G_DBUS_ERROR_NO_REPLY:
    case G_DBUS_ERROR_NO_SERVER:
    case G_DBUS_ERROR_NO_NETWORK:
    case G_DBUS_ERROR_DISCONNECTED:
      return TRUE;
    default:
      return error->code >= G_DBUS_ERROR_SPAWN_EXEC_FAILED && error->code <= G_DBUS_ERROR_SPAWN_NO_MEMORY;
    }
}

static void
note_failure (SpotSecrets  *self,
              const GError *error)
{
  gboolean no_service = is_no_service (error);

  g_debug ("the secret store failed: %s", error->message);
  set_place (self, no_service ? SPOT_SECRETS_NO_SERVICE : SPOT_SECRETS_NO_KEYRING);
  /* Somebody may start one: the next call looks again. */
  if (no_service)
    secret_service_disconnect ();
}

/* ---- without a main loop ---- */

static void
keep_result_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GMainContext *
begin_sync (void)
{
  GMainContext *context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  return context;
}

/* Waits for *result, and lets GDBus clear up behind itself. (transfer full) @context. */
static void
end_sync (GMainContext  *context,
          GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (context, TRUE);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
}

/* ---- looking up ---- */

static char *
dup_remembered (SpotSecrets *self,
                const char  *account_id)
{
  return g_strdup (g_hash_table_lookup (self->memory, account_id));
}

/* What is said of a store that has been asked and has failed. (transfer full) @failure: not a cancellation. */
static void
fail_lookup (SpotSecrets  *self,
             GError       *failure,
             GError      **error)
{
  note_failure (self, failure);
  /* Where nothing is kept, nothing is there: no failure. */
  if (self->place != SPOT_SECRETS_NO_SERVICE)
    g_set_error_literal (error, SPOT_SECRETS_ERROR, SPOT_SECRETS_ERROR_FAILED, failure->message);
  g_error_free (failure);
}

/* Makes of what the secret store gave what the caller owns. */
static char *
take_found (SpotSecrets *self,
            char        *found)
{
  char *secret = g_strdup (found);

  secret_password_free (found);
  set_place (self, SPOT_SECRETS_KEYRING);
  return secret;
}

static void
set_locked (GError **error)
{
  g_set_error_literal (error, SPOT_SECRETS_ERROR, SPOT_SECRETS_ERROR_LOCKED, "the keyring is locked");
}

static void
searched_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  GList *items = secret_password_search_finish (result, NULL);

  if (g_task_return_error_if_cancelled (task))
    {
      g_list_free_full (items, g_object_unref);
      return;
    }
  if (items != NULL)
    set_locked (&error);
  g_list_free_full (items, g_object_unref);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, NULL, NULL);
}

static void
looked_up_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SpotSecrets *self = g_task_get_source_object (task);
  Job *job = g_task_get_task_data (task);
  GError *failure = NULL;
  GError *error = NULL;
  char *found = secret_password_lookup_finish (result, &failure);

  if (g_task_return_error_if_cancelled (task))
    {
      secret_password_free (found);
      g_clear_error (&failure);
    }
  else if (found != NULL)
    {
      g_task_return_pointer (task, take_found (self, found), wipe_cb);
    }
  else if (failure != NULL)
    {
      fail_lookup (self, failure, &error);
      if (error != NULL)
        g_task_return_error (task, error);
      else
        g_task_return_pointer (task, NULL, NULL);
    }
  else
    {
      /* Either it has none, or it did not open. */
      g_autoptr(GHashTable) attributes = attributes_new (job->account_id);
      GCancellable *cancellable = g_task_get_cancellable (task);

      secret_password_searchv (get_schema (), attributes, SECRET_SEARCH_ALL, cancellable, searched_cb,
                               g_steal_pointer (&task));
    }
}

/**
 * spot_secrets_lookup_async:
 * @self: secrets
 * @account_id: an account
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the caller's main context
 * @user_data: data for @callback
 *
 * Looks for the credential of an account. The secret store may ask the user to open it, for as long as that takes.
 *
 * Fails with %SPOT_SECRETS_ERROR and %G_IO_ERROR_CANCELLED.
 */
void
spot_secrets_lookup_async (SpotSecrets         *self,
                           const char          *account_id,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GHashTable) attributes = NULL;
  char *remembered;

  g_return_if_fail (SPOT_IS_SECRETS (self));
  g_return_if_fail (account_id != NULL);

  task = task_new (self, account_id, NULL, cancellable, callback, user_data, spot_secrets_lookup_async);
  remembered = dup_remembered (self, account_id);
  if (remembered != NULL || self->place == SPOT_SECRETS_MEMORY)
    {
      g_task_return_pointer (task, remembered, wipe_cb);
      return;
    }
  attributes = attributes_new (account_id);
  secret_password_lookupv (get_schema (), attributes, cancellable, looked_up_cb, g_steal_pointer (&task));
}

/**
 * spot_secrets_lookup_finish:
 * @self: secrets
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the credential, to be freed with spot_secrets_wipe(); %NULL without an error
 *   when there is none
 */
char *
spot_secrets_lookup_finish (SpotSecrets   *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * spot_secrets_lookup_sync:
 * @self: secrets
 * @account_id: an account
 * @cancellable: (nullable): a `GCancellable`
 * @error: return location for an error
 *
 * Like spot_secrets_lookup_async(), for programs without a main loop. Blocks.
 *
 * Returns: (transfer full) (nullable): as spot_secrets_lookup_finish()
 */
char *
spot_secrets_lookup_sync (SpotSecrets   *self,
                          const char    *account_id,
                          GCancellable  *cancellable,
                          GError       **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  GMainContext *context;

  g_return_val_if_fail (SPOT_IS_SECRETS (self), NULL);
  g_return_val_if_fail (account_id != NULL, NULL);

  context = begin_sync ();
  spot_secrets_lookup_async (self, account_id, cancellable, keep_result_cb, &result);
  end_sync (context, &result);
  return spot_secrets_lookup_finish (self, result, error);
}

/* ---- storing ---- */

/* What becomes of it when the secret store has answered. (transfer full) (nullable) @failure: why it did not take
 * it. */
static void
settle_store (SpotSecrets *self,
              const char  *account_id,
              const char  *secret,
              GError      *failure)
{
  if (failure == NULL)
    {
      g_hash_table_remove (self->memory, account_id);
      set_place (self, SPOT_SECRETS_KEYRING);
      return;
    }
  g_hash_table_replace (self->memory, g_strdup (account_id), g_strdup (secret));
  note_failure (self, failure);
  g_error_free (failure);
}

static void
stored_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SpotSecrets *self = g_task_get_source_object (task);
  Job *job = g_task_get_task_data (task);
  GError *failure = NULL;

  secret_password_store_finish (result, &failure);
  if (g_task_return_error_if_cancelled (task))
    {
      g_clear_error (&failure);
      return;
    }
  settle_store (self, job->account_id, job->secret, failure);
  g_task_return_boolean (task, TRUE);
}

/**
 * spot_secrets_store_async:
 * @self: secrets
 * @account_id: an account
 * @label: what the desktop's list of secrets is to call it
 * @secret: its credential
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the caller's main context
 * @user_data: data for @callback
 *
 * Keeps a credential, instead of the one that the account had. Where there is no secret store, or it takes nothing,
 * that is in memory: no failure, and #SpotSecrets:place tells.
 *
 * Fails with %G_IO_ERROR_CANCELLED only.
 */
void
spot_secrets_store_async (SpotSecrets         *self,
                          const char          *account_id,
                          const char          *label,
                          const char          *secret,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GHashTable) attributes = NULL;

  g_return_if_fail (SPOT_IS_SECRETS (self));
  g_return_if_fail (account_id != NULL && label != NULL && secret != NULL);

  task = task_new (self, account_id, secret, cancellable, callback, user_data, spot_secrets_store_async);
  if (self->place == SPOT_SECRETS_MEMORY)
    {
      g_hash_table_replace (self->memory, g_strdup (account_id), g_strdup (secret));
      g_task_return_boolean (task, TRUE);
      return;
    }
  attributes = attributes_new (account_id);
  secret_password_storev (get_schema (), attributes, SECRET_COLLECTION_DEFAULT, label, secret, cancellable, stored_cb,
                          g_steal_pointer (&task));
}

/**
 * spot_secrets_store_finish:
 * @self: secrets
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: %FALSE after an error
 */
gboolean
spot_secrets_store_finish (SpotSecrets   *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * spot_secrets_store_sync:
 * @self: secrets
 * @account_id: an account
 * @label: what the desktop's list of secrets is to call it
 * @secret: its credential
 * @cancellable: (nullable): a `GCancellable`
 * @error: return location for an error
 *
 * Like spot_secrets_store_async(), for programs without a main loop. Blocks.
 *
 * Returns: %FALSE after an error
 */
gboolean
spot_secrets_store_sync (SpotSecrets   *self,
                         const char    *account_id,
                         const char    *label,
                         const char    *secret,
                         GCancellable  *cancellable,
                         GError       **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  GMainContext *context;

  g_return_val_if_fail (SPOT_IS_SECRETS (self), FALSE);
  g_return_val_if_fail (account_id != NULL && label != NULL && secret != NULL, FALSE);

  context = begin_sync ();
  spot_secrets_store_async (self, account_id, label, secret, cancellable, keep_result_cb, &result);
  end_sync (context, &result);
  return spot_secrets_store_finish (self, result, error);
}

/* ---- clearing ---- */

/* (transfer full) (nullable) @failure: why the secret store did not do it. */
static gboolean
settle_clear (SpotSecrets  *self,
              GError       *failure,
              GError      **error)
{
  if (failure == NULL)
    return TRUE;
  note_failure (self, failure);
  if (self->place != SPOT_SECRETS_NO_SERVICE)
    g_set_error_literal (error, SPOT_SECRETS_ERROR, SPOT_SECRETS_ERROR_FAILED, failure->message);
  g_error_free (failure);
  return self->place == SPOT_SECRETS_NO_SERVICE;
}

static void
cleared_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SpotSecrets *self = g_task_get_source_object (task);
  GError *failure = NULL;
  GError *error = NULL;

  /* FALSE without an error: there was none. */
  secret_password_clear_finish (result, &failure);
  if (g_task_return_error_if_cancelled (task))
    g_clear_error (&failure);
  else if (settle_clear (self, failure, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * spot_secrets_clear_async:
 * @self: secrets
 * @account_id: an account
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the caller's main context
 * @user_data: data for @callback
 *
 * Forgets the credential of an account. That there is none is no failure.
 *
 * Fails with %SPOT_SECRETS_ERROR_FAILED, when a secret store may still have it, and %G_IO_ERROR_CANCELLED.
 */
void
spot_secrets_clear_async (SpotSecrets         *self,
                          const char          *account_id,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GHashTable) attributes = NULL;

  g_return_if_fail (SPOT_IS_SECRETS (self));
  g_return_if_fail (account_id != NULL);

  task = task_new (self, account_id, NULL, cancellable, callback, user_data, spot_secrets_clear_async);
  g_hash_table_remove (self->memory, account_id);
  if (self->place == SPOT_SECRETS_MEMORY)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  attributes = attributes_new (account_id);
  secret_password_clearv (get_schema (), attributes, cancellable, cleared_cb, g_steal_pointer (&task));
}

/**
 * spot_secrets_clear_finish:
 * @self: secrets
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: %FALSE after an error
 */
gboolean
spot_secrets_clear_finish (SpotSecrets   *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * spot_secrets_clear_sync:
 * @self: secrets
 * @account_id: an account
 * @cancellable: (nullable): a `GCancellable`
 * @error: return location for an error
 *
 * Like spot_secrets_clear_async(), for programs without a main loop. Blocks.
 *
 * Returns: %FALSE after an error
 */
gboolean
spot_secrets_clear_sync (SpotSecrets   *self,
                         const char    *account_id,
                         GCancellable  *cancellable,
                         GError       **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  GMainContext *context;

  g_return_val_if_fail (SPOT_IS_SECRETS (self), FALSE);
  g_return_val_if_fail (account_id != NULL, FALSE);

  context = begin_sync ();
  spot_secrets_clear_async (self, account_id, cancellable, keep_result_cb, &result);
  end_sync (context, &result);
  return spot_secrets_clear_finish (self, result, error);
}

/* ---- object ---- */

static void
spot_secrets_get_property (GObject    *object,
                           guint       property_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  SpotSecrets *self = SPOT_SECRETS (object);

  switch (property_id)
    {
    case PROP_PLACE:
      g_value_set_enum (value, self->place);
      break;
    case PROP_EXPLANATION:
      g_value_set_string (value, spot_secrets_get_explanation (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_secrets_finalize (GObject *object)
{
  SpotSecrets *self = SPOT_SECRETS (object);

  g_hash_table_unref (self->memory);
  G_OBJECT_CLASS (spot_secrets_parent_class)->finalize (object);
}

static void
spot_secrets_class_init (SpotSecretsClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_secrets_get_property;
  object_class->finalize = spot_secrets_finalize;

  /**
   * SpotSecrets:place:
   *
   * Where the last one asked for is kept.
   */
  properties[PROP_PLACE] = g_param_spec_enum ("place", NULL, NULL, SPOT_TYPE_SECRETS_PLACE, SPOT_SECRETS_UNKNOWN,
                                              flags);
  /**
   * SpotSecrets:explanation:
   *
   * Why credentials will be gone when the program ends, for people; %NULL when they will not be.
   */
  properties[PROP_EXPLANATION] = g_param_spec_string ("explanation", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
spot_secrets_init (SpotSecrets *self)
{
  self->memory = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, wipe_cb);
}

/**
 * spot_secrets_new:
 *
 * Returns: (transfer full): the user's secrets
 */
SpotSecrets *
spot_secrets_new (void)
{
  return g_object_new (SPOT_TYPE_SECRETS, NULL);
}

/**
 * spot_secrets_new_in_memory:
 *
 * Returns: (transfer full): secrets of this program's run only, which ask no secret store: for the demo and for tests
 */
SpotSecrets *
spot_secrets_new_in_memory (void)
{
  SpotSecrets *self = g_object_new (SPOT_TYPE_SECRETS, NULL);

  self->place = SPOT_SECRETS_MEMORY;
  return self;
}

/**
 * spot_secrets_get_place:
 * @self: secrets
 *
 * Returns: where the last one asked for is kept
 */
SpotSecretsPlace
spot_secrets_get_place (SpotSecrets *self)
{
  g_return_val_if_fail (SPOT_IS_SECRETS (self), SPOT_SECRETS_UNKNOWN);

  return self->place;
}

/**
 * spot_secrets_get_explanation:
 * @self: secrets
 *
 * Returns: (transfer none) (nullable): why they will be gone when the program ends, translated; %NULL when they will
 *   not be
 */
const char *
spot_secrets_get_explanation (SpotSecrets *self)
{
  g_return_val_if_fail (SPOT_IS_SECRETS (self), NULL);

  switch (self->place)
    {
    case SPOT_SECRETS_NO_SERVICE:
      return _("This desktop has no keyring service. Keys are kept in memory only and must be entered again after the "
               "program has ended.");
    case SPOT_SECRETS_NO_KEYRING:
      return _("The keyring did not take the key. It is kept in memory only and must be entered again after the "
               "program has ended. Unlocking the keyring, or making one in “Passwords and Keys”, helps.");
    case SPOT_SECRETS_MEMORY:
      return _("Keys are kept in memory only.");
    case SPOT_SECRETS_UNKNOWN:
    case SPOT_SECRETS_KEYRING:
    default:
      return NULL;
    }
}

/**
 * spot_secrets_wipe:
 * @secret: (transfer full) (nullable): a credential
 *
 * Overwrites and frees it.
 */
void
spot_secrets_wipe (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}
