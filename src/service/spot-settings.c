/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#define G_SETTINGS_ENABLE_BACKEND
#include "config.h"

#include <gio/gio.h>
#include <gio/gsettingsbackend.h>

#include "spot-settings.h"

struct _SpotSettings
{
  GObject parent_instance;

  GSettingsBackend *backend; /* nullable: the user's */
  GSettingsSchema  *account_schema;
  GSettings        *general;
};

G_DEFINE_FINAL_TYPE (SpotSettings, spot_settings, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (SpotNoticeRule, spot_notice_rule,
  G_DEFINE_ENUM_VALUE (SPOT_NOTICE_RULE_NONE, "none"),
  G_DEFINE_ENUM_VALUE (SPOT_NOTICE_RULE_FAILURES, "failures"),
  G_DEFINE_ENUM_VALUE (SPOT_NOTICE_RULE_ALL, "all"))

static void
spot_settings_finalize (GObject *object)
{
  SpotSettings *self = SPOT_SETTINGS (object);

  g_clear_object (&self->general);
  g_clear_object (&self->backend);
  g_clear_pointer (&self->account_schema, g_settings_schema_unref);
  G_OBJECT_CLASS (spot_settings_parent_class)->finalize (object);
}

static void
spot_settings_class_init (SpotSettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = spot_settings_finalize;
}

static void
spot_settings_init (SpotSettings *self)
{
}

/* (transfer full) (nullable) @backend */
static SpotSettings *
settings_new (GSettingsBackend  *backend,
              GError           **error)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr(SpotSettings) self = g_object_new (SPOT_TYPE_SETTINGS, NULL);
  g_autoptr(GSettingsSchema) schema = NULL;

  self->backend = backend;
  if (source != NULL)
    {
      schema = g_settings_schema_source_lookup (source, SCHEMA_ID, TRUE);
      self->account_schema = g_settings_schema_source_lookup (source, SCHEMA_ID ".Account", TRUE);
    }
  /* GSettings itself would end the program. */
  if (schema == NULL || self->account_schema == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                           "The settings schema " SCHEMA_ID " is not installed; in a build folder, "
                           "GSETTINGS_SCHEMA_DIR must name its folder “data”");
      return NULL;
    }
  self->general = g_settings_new_full (schema, self->backend, NULL);
  return g_steal_pointer (&self);
}

/**
 * spot_settings_new:
 * @error: return location for an error
 *
 * Fails with %G_IO_ERROR_NOT_FOUND when the schema is not installed.
 *
 * Returns: (transfer full) (nullable): the user's settings, %NULL after an error
 */
SpotSettings *
spot_settings_new (GError **error)
{
  return settings_new (NULL, error);
}

/**
 * spot_settings_new_in_memory:
 * @error: return location for an error
 *
 * Settings with their initial values, that end with the program and leave the user's alone: for the demo and for tests.
 *
 * Fails with %G_IO_ERROR_NOT_FOUND when the schema is not installed.
 *
 * Returns: (transfer full) (nullable): settings, %NULL after an error
 */
SpotSettings *
spot_settings_new_in_memory (GError **error)
{
  return settings_new (g_memory_settings_backend_new (), error);
}

/**
 * spot_settings_get_general:
 * @self: settings
 *
 * Returns: (transfer none): the settings of the program as a whole
 */
GSettings *
spot_settings_get_general (SpotSettings *self)
{
  g_return_val_if_fail (SPOT_IS_SETTINGS (self), NULL);

  return self->general;
}

/**
 * spot_settings_ref_account:
 * @self: settings
 * @account_id: an account's id: lower-case letters, digits and dashes
 *
 * Returns: (transfer full): the settings of one account
 */
GSettings *
spot_settings_ref_account (SpotSettings *self,
                           const char   *account_id)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (SPOT_IS_SETTINGS (self), NULL);
  g_return_val_if_fail (account_id != NULL && *account_id != '\0', NULL);

  path = g_strconcat (SCHEMA_PATH "/accounts/", account_id, "/", NULL);
  return g_settings_new_full (self->account_schema, self->backend, path);
}

/**
 * spot_settings_reset_account:
 * @self: settings
 * @account_id: an account's id
 *
 * Forgets the settings of an account.
 */
void
spot_settings_reset_account (SpotSettings *self,
                             const char   *account_id)
{
  g_autoptr(GSettings) settings = NULL;
  g_auto(GStrv) keys = NULL;

  g_return_if_fail (SPOT_IS_SETTINGS (self));

  settings = spot_settings_ref_account (self, account_id);
  keys = g_settings_schema_list_keys (self->account_schema);
  for (guint i = 0; keys[i] != NULL; i++)
    g_settings_reset (settings, keys[i]);
}
