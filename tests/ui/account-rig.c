/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account-rig.h"

/* @secrets: (transfer full) (nullable): %NULL for some in memory */
void
account_rig_set_up (AccountRig  *self,
                    SpotSecrets *secrets)
{
  const SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1, .seed = 1, .hold_ms = 300 };
  g_autoptr (SpotSecrets) owned = secrets != NULL ? secrets : spot_secrets_new_in_memory ();
  g_autoptr (GError) error = NULL;

  self->server = spot_dev_server_new (&options);
  spot_dev_server_start (self->server, &error);
  g_assert_no_error (error);
  self->settings = spot_settings_new_in_memory (&error);
  g_assert_no_error (error);
  self->session = spot_session_new (self->settings, owned, NULL, NULL);
  self->accounts = spot_session_get_accounts (self->session);
}

void
account_rig_tear_down (AccountRig *self)
{
  gpointer gone = self->session;

  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  UI_RIG_WAIT (self->window == NULL);
  spot_session_stop (self->session);
  g_object_add_weak_pointer (G_OBJECT (self->session), &gone);
  g_object_unref (self->session);
  UI_RIG_WAIT (gone == NULL);
  g_object_unref (self->settings);
  spot_dev_server_stop (self->server);
  g_object_unref (self->server);
}

/* An empty window for dialogs. */
void
account_rig_show_window (AccountRig *self)
{
  self->window = adw_application_window_new (ui_rig_application ());
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  gtk_window_present (GTK_WINDOW (self->window));
  UI_RIG_WAIT (gtk_widget_get_mapped (self->window));
}

static void
keep_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* An account with the server of the rig. */
SpotAccount *
account_rig_add (AccountRig *self,
                 const char *name,
                 const char *credential)
{
  const SpotAccountDraft draft = { .name = name, .api_url = spot_dev_server_get_url (self->server) };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SpotAccount) account = NULL;

  spot_accounts_add_async (self->accounts, &draft, credential, NULL, keep_cb, &result);
  UI_RIG_WAIT (result != NULL);
  account = spot_accounts_add_finish (self->accounts, result, &error);
  g_assert_no_error (error);
  /* The list holds it. */
  return account;
}

guint
account_rig_count (AccountRig *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->accounts));
}

SpotAccount *
account_rig_get (AccountRig *self,
                 guint       position)
{
  g_autoptr (SpotAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), position);

  /* The list holds it. */
  return account;
}

GtkWidget *
account_rig_find_window (GType type)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      /* GTK holds it. */
      if (G_TYPE_CHECK_INSTANCE_TYPE (toplevel, type))
        return toplevel;
    }
  return NULL;
}

GtkWidget *
account_rig_wait_window (GType type)
{
  UI_RIG_WAIT (account_rig_find_window (type) != NULL && gtk_widget_get_mapped (account_rig_find_window (type)));
  return account_rig_find_window (type);
}

GtkWidget *
account_rig_child (GtkWidget  *widget,
                   GType       type,
                   const char *name)
{
  GObject *object = gtk_widget_get_template_child (widget, type, name);

  g_assert_nonnull (object);
  return GTK_WIDGET (object);
}

const char *
account_rig_title (GtkWidget *row)
{
  return adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row));
}

const char *
account_rig_subtitle (GtkWidget *row)
{
  const char *subtitle = adw_action_row_get_subtitle (ADW_ACTION_ROW (row));

  return subtitle != NULL ? subtitle : "";
}
