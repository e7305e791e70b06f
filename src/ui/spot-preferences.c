/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-account-row.h"
#include "spot-compat.h"

#include "spot-preferences.h"

struct _SpotPreferences
{
  AdwWindow        parent_instance;

  SpotSession     *session; /* (owned) */

  AdwToastOverlay *toasts;
  AdwViewStack    *stack;
  GtkListBox      *accounts_list;
  GtkWidget       *keeping_group;
  AdwActionRow    *keeping_row;
  AdwComboRow     *notices_run;
  AdwComboRow     *notices_batch;
  AdwComboRow     *notices_tags;
  AdwComboRow     *notices_environment;
  GtkAdjustment   *max_size_adjustment;
  GtkAdjustment   *max_age_adjustment;
  GtkSwitch       *keep_payloads;
  GtkWidget       *delete_group;
  GtkWidget       *delete_button;
  GtkAdjustment   *max_connections_adjustment;
  GtkAdjustment   *look_back_adjustment;
  GtkSwitch       *event_stream;
};

G_DEFINE_FINAL_TYPE (SpotPreferences, spot_preferences, ADW_TYPE_WINDOW)

/* ---- rules: a row's position is the number of the rule ---- */

static gboolean
rule_to_position (GValue   *value,
                  GVariant *variant,
                  gpointer  user_data)
{
  g_autoptr (GEnumClass) rules = g_type_class_ref (SPOT_TYPE_NOTICE_RULE);
  GEnumValue *rule = g_enum_get_value_by_nick (rules, g_variant_get_string (variant, NULL));

  if (rule == NULL)
    return FALSE;
  g_value_set_uint (value, (guint) rule->value);
  return TRUE;
}

static GVariant *
position_to_rule (const GValue       *value,
                  const GVariantType *type,
                  gpointer            user_data)
{
  g_autoptr (GEnumClass) rules = g_type_class_ref (SPOT_TYPE_NOTICE_RULE);
  GEnumValue *rule = g_enum_get_value (rules, (int) g_value_get_uint (value));

  return rule != NULL ? g_variant_new_string (rule->value_nick) : NULL;
}

static void
bind_rule (SpotPreferences *self,
           const char      *key,
           AdwComboRow     *row)
{
  g_settings_bind_with_mapping (spot_settings_get_general (spot_session_get_settings (self->session)), key, row, "selected",
                                G_SETTINGS_BIND_DEFAULT, rule_to_position, position_to_rule, NULL, NULL);
}

static void
bind (SpotPreferences *self,
      const char      *key,
      gpointer         object,
      const char      *property)
{
  g_settings_bind (spot_settings_get_general (spot_session_get_settings (self->session)), key, object, property,
                   G_SETTINGS_BIND_DEFAULT);
}

/* ---- accounts ---- */

static GtkWidget *
create_account_row (gpointer item,
                    gpointer user_data)
{
  return spot_account_row_new (item);
}

static void
update_keeping (SpotPreferences *self)
{
  const char *explanation
    = spot_secrets_get_explanation (spot_accounts_get_secrets (spot_session_get_accounts (self->session)));

  gtk_widget_set_visible (self->keeping_group, explanation != NULL);
  if (explanation != NULL)
    adw_action_row_set_subtitle (self->keeping_row, explanation);
}

/* ---- history ---- */

static void
deleted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (SpotPreferences) self = user_data;
  gboolean deleted = spot_journal_delete_finish (SPOT_JOURNAL (source), result, NULL);

  if (self->toasts != NULL)
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new (deleted ? _ ("History deleted")
                                                                      : _ ("The history could not be deleted")));
}

static void
delete_confirmed_cb (gboolean option,
                     gpointer user_data)
{
  SpotPreferences *self = user_data;

  spot_journal_delete_async (spot_session_get_journal (self->session), NULL, NULL, deleted_cb, g_object_ref (self));
}

static void
delete_cb (SpotPreferences *self)
{
  spot_compat_confirm (GTK_WINDOW (self), _ ("Delete the History?"),
                       _ ("What was seen of runs, and when, is deleted from this computer. What the server still has comes back."),
                       _ ("_Delete"), NULL, delete_confirmed_cb, g_object_ref (self), g_object_unref);
}

/* ---- object ---- */

static void
spot_preferences_dispose (GObject *object)
{
  SpotPreferences *self = SPOT_PREFERENCES (object);

  self->toasts = NULL;
  G_OBJECT_CLASS (spot_preferences_parent_class)->dispose (object);
}

static void
spot_preferences_finalize (GObject *object)
{
  g_clear_object (&SPOT_PREFERENCES (object)->session);
  G_OBJECT_CLASS (spot_preferences_parent_class)->finalize (object);
}

static void
spot_preferences_class_init (SpotPreferencesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = spot_preferences_dispose;
  object_class->finalize = spot_preferences_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, toasts);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, stack);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, accounts_list);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, keeping_group);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, keeping_row);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, notices_run);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, notices_batch);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, notices_tags);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, notices_environment);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, max_size_adjustment);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, max_age_adjustment);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, keep_payloads);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, delete_group);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, delete_button);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, max_connections_adjustment);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, look_back_adjustment);
  gtk_widget_class_bind_template_child (widget_class, SpotPreferences, event_stream);
  gtk_widget_class_bind_template_callback (widget_class, delete_cb);
}

static void
spot_preferences_init (SpotPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * spot_preferences_new:
 * @parent: the window that asks
 * @session: whose preferences they are
 *
 * Returns: (transfer none): the preferences, to be presented; held by GTK until they are closed
 */
SpotPreferences *
spot_preferences_new (GtkWindow   *parent,
                      SpotSession *session)
{
  SpotPreferences *self;
  SpotSecrets *secrets;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (SPOT_IS_SESSION (session), NULL);

  self = g_object_new (SPOT_TYPE_PREFERENCES, "transient-for", parent, NULL);
  self->session = g_object_ref (session);
  gtk_list_box_bind_model (self->accounts_list, G_LIST_MODEL (spot_session_get_accounts (session)), create_account_row, NULL,
                           NULL);
  secrets = spot_accounts_get_secrets (spot_session_get_accounts (session));
  g_signal_connect_object (secrets, "notify::explanation", G_CALLBACK (update_keeping), self, G_CONNECT_SWAPPED);
  update_keeping (self);
  bind_rule (self, "notices-run", self->notices_run);
  bind_rule (self, "notices-batch", self->notices_batch);
  bind_rule (self, "notices-tags", self->notices_tags);
  bind_rule (self, "notices-environment", self->notices_environment);
  bind (self, "journal-max-size", self->max_size_adjustment, "value");
  bind (self, "journal-max-age", self->max_age_adjustment, "value");
  bind (self, "journal-keep-payloads", self->keep_payloads, "active");
  bind (self, "max-live-connections", self->max_connections_adjustment, "value");
  bind (self, "look-back-hours", self->look_back_adjustment, "value");
  bind (self, "event-stream", self->event_stream, "active");
  gtk_widget_set_visible (self->delete_group, spot_session_get_journal (session) != NULL);
  return self;
}

/**
 * spot_preferences_show_page:
 * @self: preferences
 * @page: accounts, notifications, history or network
 *
 * Brings a page to the front.
 */
void
spot_preferences_show_page (SpotPreferences *self,
                            const char      *page)
{
  g_return_if_fail (SPOT_IS_PREFERENCES (self));
  g_return_if_fail (page != NULL);

  if (adw_view_stack_get_child_by_name (self->stack, page) != NULL)
    adw_view_stack_set_visible_child_name (self->stack, page);
}
