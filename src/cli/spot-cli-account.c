/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-cli"

#include "config.h"

#include <glib/gi18n.h>

#include "spot-secrets.h"
#include "spot-settings.h"

#include "spot-cli-account.h"

/* As the schema numbers it: a person's sign-in, whose token selects no environment. */
#define KIND_SIGNED_IN 2

static gboolean
refuse (GError    **error,
        const char *sentence)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, sentence);
  return FALSE;
}

/* (nullable): %NULL for a setting that is empty. */
static char *
dup_setting (GSettings  *settings,
             const char *key)
{
  g_autofree char *text = g_settings_get_string (settings, key);

  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

/* The id of the account with that id, or else with that name. */
static char *
find_id (SpotSettings  *settings,
         const char    *wanted,
         GError       **error)
{
  g_auto(GStrv) ids = g_settings_get_strv (spot_settings_get_general (settings), "accounts");
  const char *found = NULL;

  if (g_strv_contains ((const char * const *) ids, wanted))
    return g_strdup (wanted);
  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr(GSettings) account = spot_settings_ref_account (settings, ids[i]);
      g_autofree char *name = g_settings_get_string (account, "name");

      if (!g_str_equal (name, wanted))
        continue;
      if (found != NULL)
        {
          refuse (error, _("There are several accounts of that name"));
          return NULL;
        }
      found = ids[i];
    }
  if (found == NULL)
    refuse (error, _("There is no account of that name"));
  return g_strdup (found);
}

static gboolean
read_account (SpotCliAccount  *self,
              const char      *name,
              GError         **error)
{
  g_autoptr(SpotSettings) settings = spot_settings_new (error);
  g_autoptr(SpotSecrets) secrets = NULL;
  g_autoptr(GSettings) account = NULL;
  g_autofree char *id = NULL;
  g_autofree char *ca_file = NULL;
  g_autoptr(GError) lookup_error = NULL;

  if (settings == NULL)
    return FALSE;
  id = find_id (settings, name, error);
  if (id == NULL)
    return FALSE;
  account = spot_settings_ref_account (settings, id);
  if (g_settings_get_enum (account, "kind") == KIND_SIGNED_IN)
    return refuse (error, _("The account is a person’s sign-in, which has several environments: this takes an account with a key"));

  secrets = spot_secrets_new ();
  self->credential = spot_secrets_lookup_sync (secrets, id, NULL, &lookup_error);
  if (lookup_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&lookup_error));
      return FALSE;
    }
  if (self->credential == NULL)
    return refuse (error, _("The secret store has no key for the account"));
  self->api_url = g_settings_get_string (account, "api-url");
  self->realtime_url = dup_setting (account, "realtime-url");
  self->branch = dup_setting (account, "branch");
  self->allow_plain_http = g_settings_get_boolean (account, "allow-plain-http");
  ca_file = dup_setting (account, "ca-file");
  if (ca_file != NULL)
    {
      self->trust = g_tls_file_database_new (ca_file, error);
      return self->trust != NULL;
    }
  return TRUE;
}

/* The credential comes from where other users of the machine cannot read it: never from an argument. */
static gboolean
read_environment (SpotCliAccount        *self,
                  const SpotCliOptions  *options,
                  GError               **error)
{
  const char *credential = g_getenv ("TRIGGER_SECRET_KEY");

  if (credential == NULL || *credential == '\0')
    credential = g_getenv ("TRIGGER_ACCESS_TOKEN");
  if (credential == NULL || *credential == '\0')
    return refuse (error, _("Neither TRIGGER_SECRET_KEY nor TRIGGER_ACCESS_TOKEN is set, and no --account is given"));
  self->credential = g_strdup (credential);
  self->api_url = g_strdup (options->api_url);
  return TRUE;
}

/**
 * spot_cli_account_find:
 * @self: (out caller-allocates): to be cleared whatever is returned
 * @options: what was asked for
 * @error: return location
 *
 * Finds out where to connect to, and as whom: an account of the program with its key from the secret store, or what
 * TRIGGER_SECRET_KEY or TRIGGER_ACCESS_TOKEN holds.
 *
 * Returns: whether there is something to connect with; if not, @error says why in words for the user
 */
gboolean
spot_cli_account_find (SpotCliAccount        *self,
                       const SpotCliOptions  *options,
                       GError               **error)
{
  gboolean found;

  *self = (SpotCliAccount) { 0 };
  found = options->account != NULL ? read_account (self, options->account, error)
                                   : read_environment (self, options, error);
  if (!found)
    return FALSE;
  if (options->branch != NULL)
    {
      g_free (self->branch);
      self->branch = g_strdup (options->branch);
    }
  self->allow_plain_http |= options->allow_plain_http;
  return TRUE;
}

/**
 * spot_cli_account_clear:
 * @self: an account
 *
 * Frees what it owns, and wipes the credential.
 */
void
spot_cli_account_clear (SpotCliAccount *self)
{
  g_clear_pointer (&self->credential, spot_secrets_wipe);
  g_clear_pointer (&self->api_url, g_free);
  g_clear_pointer (&self->realtime_url, g_free);
  g_clear_pointer (&self->branch, g_free);
  g_clear_object (&self->trust);
}
