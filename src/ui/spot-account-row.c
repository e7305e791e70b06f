/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-account-check.h"
#include "spot-account-words.h"
#include "spot-clock.h"
#include "spot-text.h"

#include "spot-account-row.h"

#define MAX_NAME_CHARACTERS 120

struct _SpotAccountRow
{
  AdwExpanderRow  parent_instance;

  SpotAccount    *account;     /* (owned) (nullable) */
  GCancellable   *cancellable; /* (owned): of the test */
  char           *tested;      /* (owned) (nullable): what the last test said */

  GtkImage       *icon;
  GtkLabel       *badge;
  GtkWidget      *mend_button;
  AdwActionRow   *explanation_row;
  AdwEntryRow    *name_row;
  AdwActionRow   *server_row;
  GtkWidget      *test_button;
  AdwActionRow   *environments_row;
  GtkWidget      *environments_button;
  GtkSwitch      *read_only;
  AdwActionRow   *end_row;
  GtkWidget      *replace_button;
  GtkWidget      *remove_button;
};

G_DEFINE_FINAL_TYPE (SpotAccountRow, spot_account_row, ADW_TYPE_EXPANDER_ROW)

static char *
dup_environments (SpotAccount *account)
{
  GListModel *environments = spot_account_get_environments (account);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < g_list_model_get_n_items (environments); i++)
    {
      g_autoptr (SpotAccountEnvironment) environment = g_list_model_get_item (environments, i);

      g_ptr_array_add (names, spot_text_dup_line (spot_account_environment_get_name (environment), -1, MAX_NAME_CHARACTERS));
    }
  if (names->len == 0)
    return g_strdup (_ ("None"));
  g_ptr_array_add (names, NULL);
  /* Translators: between the names of environments */
  return g_strjoinv (C_ ("list", ", "), (char **) names->pdata);
}

static const char *
get_icon_name (SpotAccountState state)
{
  switch (state)
    {
    case SPOT_ACCOUNT_OPENING:
      return "content-loading-symbolic";
    case SPOT_ACCOUNT_READY:
      return "emblem-ok-symbolic";
    case SPOT_ACCOUNT_EXPIRING:
    case SPOT_ACCOUNT_EXPIRED:
    case SPOT_ACCOUNT_REFUSED:
    case SPOT_ACCOUNT_LOCKED:
    case SPOT_ACCOUNT_NO_CREDENTIAL:
    case SPOT_ACCOUNT_BAD_SETTINGS:
    default:
      return "dialog-warning-symbolic";
    }
}

static void
update_badge (SpotAccountRow *self)
{
  GListModel *environments = spot_account_get_environments (self->account);
  g_autoptr (SpotAccountEnvironment) first = g_list_model_get_item (environments, 0);
  SpotEnvironmentKind kind = SPOT_ENVIRONMENT_UNKNOWN;

  /* Of several, each has its own in the sidebar. */
  if (first != NULL && g_list_model_get_n_items (environments) == 1)
    kind = spot_account_environment_get_kind (first);
  spot_account_words_set_badge (self->badge, kind);
}

static void
update (SpotAccountRow *self)
{
  gboolean signed_in = spot_account_get_kind (self->account) == SPOT_ACCOUNT_SIGNED_IN;
  gboolean attention = spot_account_get_needs_attention (self->account);
  const char *explanation = spot_account_get_explanation (self->account);
  g_autofree char *name = spot_text_dup_line (spot_account_get_name (self->account), -1, MAX_NAME_CHARACTERS);
  g_autofree char *state = spot_account_words_state (self->account, g_get_real_time ());
  g_autofree char *url = g_settings_get_string (spot_account_get_settings (self->account), "api-url");
  g_autofree char *environments = dup_environments (self->account);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), state);
  gtk_image_set_from_icon_name (self->icon, get_icon_name (spot_account_get_state (self->account)));
  if (attention)
    gtk_widget_add_css_class (GTK_WIDGET (self->icon), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), "warning");
  gtk_button_set_label (GTK_BUTTON (self->mend_button), spot_account_words_replace (self->account));
  gtk_widget_set_visible (self->mend_button, attention && spot_account_get_state (self->account) != SPOT_ACCOUNT_BAD_SETTINGS);
  gtk_widget_set_visible (GTK_WIDGET (self->explanation_row), explanation != NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->explanation_row), explanation != NULL ? explanation : "");
  adw_action_row_set_subtitle (self->server_row, self->tested != NULL ? self->tested : url);
  adw_action_row_set_subtitle (self->environments_row, environments);
  gtk_widget_set_visible (GTK_WIDGET (self->environments_row), signed_in);
  gtk_button_set_label (GTK_BUTTON (self->replace_button), signed_in ? _ ("_Sign In Again…") : _ ("Replace _Key…"));
  update_badge (self);
}

static void
tick_cb (GtkWidget *widget,
         gpointer   user_data)
{
  SpotAccountRow *self = SPOT_ACCOUNT_ROW (widget);

  if (self->account != NULL && spot_account_get_expires_at (self->account) != 0)
    update (self);
}

static void
name_applied_cb (SpotAccountRow *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name_row))));

  g_settings_set_string (spot_account_get_settings (self->account), "name", name);
}

/* ---- the test ---- */

static void
set_tested (SpotAccountRow *self,
            char           *words)
{
  g_free (self->tested);
  self->tested = words;
  update (self);
}

static void
tested_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (SpotAccountRow) self = user_data;
  g_autoptr (SpotAccountReport) report = spot_account_check_finish (result, NULL);

  /* The row is gone. */
  if (report == NULL || self->account == NULL)
    return;
  gtk_widget_set_sensitive (self->test_button, TRUE);
  if (!report->good)
    {
      set_tested (self, g_strdup (report->sentence));
      return;
    }
  if (report->email != NULL)
    {
      g_autofree char *email = spot_text_dup_line (report->email, -1, MAX_NAME_CHARACTERS);

      /* Translators: %s is an e-mail address */
      set_tested (self, g_strdup_printf (_ ("Connected as %s"), email));
    }
  else if (report->project != NULL)
    {
      g_autofree char *project = spot_text_dup_line (report->project, -1, MAX_NAME_CHARACTERS);

      /* Translators: %s is the name of a project */
      set_tested (self, g_strdup_printf (_ ("Connected to %s"), project));
    }
  else
    {
      set_tested (self, g_strdup (_ ("Connected")));
    }
}

static void
test_cb (SpotAccountRow *self)
{
  gtk_widget_set_sensitive (self->test_button, FALSE);
  set_tested (self, g_strdup (_ ("Testing the connection…")));
  spot_account_check_async (self->account, self->cancellable, tested_cb, g_object_ref (self));
}

/* ---- object ---- */

static void
spot_account_row_dispose (GObject *object)
{
  SpotAccountRow *self = SPOT_ACCOUNT_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->account);
  G_OBJECT_CLASS (spot_account_row_parent_class)->dispose (object);
}

static void
spot_account_row_finalize (GObject *object)
{
  SpotAccountRow *self = SPOT_ACCOUNT_ROW (object);

  g_clear_object (&self->cancellable);
  g_free (self->tested);
  G_OBJECT_CLASS (spot_account_row_parent_class)->finalize (object);
}

static void
spot_account_row_class_init (SpotAccountRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = spot_account_row_dispose;
  object_class->finalize = spot_account_row_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-account-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotAccountRow, icon);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountRow, badge);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountRow, mend_button);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountRow, explanation_row);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountRow, name_row);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountRow, server_row);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountRow, test_button);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountRow, environments_row);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountRow, environments_button);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountRow, read_only);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountRow, end_row);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountRow, replace_button);
  gtk_widget_class_bind_template_child (widget_class, SpotAccountRow, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, name_applied_cb);
  gtk_widget_class_bind_template_callback (widget_class, test_cb);
}

static void
spot_account_row_init (SpotAccountRow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  /* Names and sentences are not markup. */
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->explanation_row), FALSE);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->server_row), FALSE);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->environments_row), FALSE);
  spot_clock_attach (spot_clock_get_default (), GTK_WIDGET (self), G_CALLBACK (tick_cb), NULL);
}

/**
 * spot_account_row_new:
 * @account: an account
 *
 * Returns: (transfer floating): its row
 */
GtkWidget *
spot_account_row_new (SpotAccount *account)
{
  SpotAccountRow *self;
  GtkWidget *buttons[4];

  g_return_val_if_fail (SPOT_IS_ACCOUNT (account), NULL);

  self = g_object_new (SPOT_TYPE_ACCOUNT_ROW, NULL);
  self->account = g_object_ref (account);
  buttons[0] = self->mend_button;
  buttons[1] = self->environments_button;
  buttons[2] = self->replace_button;
  buttons[3] = self->remove_button;
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (buttons[i]), "s", spot_account_get_id (account));
  gtk_editable_set_text (GTK_EDITABLE (self->name_row), spot_account_get_name (account));
  g_settings_bind (spot_account_get_settings (account), "read-only", self->read_only, "active", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (account, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (spot_account_get_environments (account), "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

/**
 * spot_account_row_get_account:
 * @self: a row
 *
 * Returns: (transfer none): the account that it shows
 */
SpotAccount *
spot_account_row_get_account (SpotAccountRow *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_ROW (self), NULL);

  return self->account;
}
