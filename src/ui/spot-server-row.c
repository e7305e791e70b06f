/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-compat.h"

#include "spot-server-row.h"

struct _SpotServerRow
{
  AdwExpanderRow  parent_instance;

  char           *ca_file; /* (owned) (nullable): path */

  AdwEntryRow    *api_row;
  AdwActionRow   *plain_row;
  GtkSwitch      *plain_switch;
  AdwEntryRow    *realtime_row;
  AdwEntryRow    *dashboard_row;
  AdwEntryRow    *branch_row;
  AdwActionRow   *ca_row;
  GtkWidget      *ca_clear;
};

enum {
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SpotServerRow, spot_server_row, ADW_TYPE_EXPANDER_ROW)

static void
update (SpotServerRow *self)
{
  const char *url = gtk_editable_get_text (GTK_EDITABLE (self->api_row));
  SpotAccountDraft draft = { NULL };

  spot_server_row_fill (self, &draft);
  gtk_widget_set_visible (GTK_WIDGET (self->plain_row), spot_account_draft_is_exposed (&draft));
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), *url != '\0' ? url : _ ("Only if you host it yourself"));
}

static void
changed_cb (SpotServerRow *self)
{
  update (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
set_ca_file (SpotServerRow *self,
             char          *path)
{
  g_autofree char *name = path != NULL ? g_filename_display_basename (path) : NULL;

  g_free (self->ca_file);
  self->ca_file = path;
  adw_action_row_set_subtitle (self->ca_row, name != NULL ? name : _ ("Those that this computer trusts"));
  gtk_widget_set_visible (self->ca_clear, path != NULL);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
ca_chosen_cb (GFile    *file,
              gpointer  user_data)
{
  SpotServerRow *self = user_data;
  char *path = g_file_get_path (file);

  if (path != NULL)
    set_ca_file (self, path);
}

static void
ca_cb (SpotServerRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (GTK_IS_WINDOW (root))
    spot_compat_choose_file_to_open (GTK_WINDOW (root), _ ("Choose a Certificate Authority"), ca_chosen_cb,
                                     g_object_ref (self), g_object_unref);
}

static void
ca_clear_cb (SpotServerRow *self)
{
  set_ca_file (self, NULL);
}

static void
spot_server_row_finalize (GObject *object)
{
  g_free (SPOT_SERVER_ROW (object)->ca_file);
  G_OBJECT_CLASS (spot_server_row_parent_class)->finalize (object);
}

static void
spot_server_row_class_init (SpotServerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = spot_server_row_finalize;

  /**
   * SpotServerRow::changed:
   *
   * Something about the connection is another.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "/ui/spot-server-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SpotServerRow, api_row);
  gtk_widget_class_bind_template_child (widget_class, SpotServerRow, plain_row);
  gtk_widget_class_bind_template_child (widget_class, SpotServerRow, plain_switch);
  gtk_widget_class_bind_template_child (widget_class, SpotServerRow, realtime_row);
  gtk_widget_class_bind_template_child (widget_class, SpotServerRow, dashboard_row);
  gtk_widget_class_bind_template_child (widget_class, SpotServerRow, branch_row);
  gtk_widget_class_bind_template_child (widget_class, SpotServerRow, ca_row);
  gtk_widget_class_bind_template_child (widget_class, SpotServerRow, ca_clear);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, ca_cb);
  gtk_widget_class_bind_template_callback (widget_class, ca_clear_cb);
}

static void
spot_server_row_init (SpotServerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* Addresses are somebody's text. */
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->ca_row), FALSE);
  update (self);
}

/**
 * spot_server_row_fill:
 * @self: a row
 * @draft: an account that is to be
 *
 * Says in @draft where the server is. The texts belong to the row.
 */
void
spot_server_row_fill (SpotServerRow    *self,
                      SpotAccountDraft *draft)
{
  g_return_if_fail (SPOT_IS_SERVER_ROW (self));
  g_return_if_fail (draft != NULL);

  draft->api_url = gtk_editable_get_text (GTK_EDITABLE (self->api_row));
  draft->realtime_url = gtk_editable_get_text (GTK_EDITABLE (self->realtime_row));
  draft->dashboard_url = gtk_editable_get_text (GTK_EDITABLE (self->dashboard_row));
  draft->branch = gtk_widget_get_visible (GTK_WIDGET (self->branch_row))
                    ? gtk_editable_get_text (GTK_EDITABLE (self->branch_row)) : NULL;
  draft->ca_file = self->ca_file;
  /* A yes is for what was seen when it was given. */
  draft->allow_plain_http = spot_account_draft_is_exposed (draft) && gtk_switch_get_active (self->plain_switch);
}

/**
 * spot_server_row_set_url:
 * @self: a row
 * @url: where a server answers
 *
 * Fills the address in, and shows it.
 */
void
spot_server_row_set_url (SpotServerRow *self,
                         const char    *url)
{
  g_return_if_fail (SPOT_IS_SERVER_ROW (self));
  g_return_if_fail (url != NULL);

  if (g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self->api_row)), url))
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->api_row), url);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), TRUE);
}

/**
 * spot_server_row_needs_yes:
 * @self: a row
 *
 * Returns: whether a key would go out unencrypted, and the user has not agreed to that
 */
gboolean
spot_server_row_needs_yes (SpotServerRow *self)
{
  SpotAccountDraft draft = { NULL };

  g_return_val_if_fail (SPOT_IS_SERVER_ROW (self), FALSE);

  spot_server_row_fill (self, &draft);
  return spot_account_draft_is_exposed (&draft) && !draft.allow_plain_http;
}

/**
 * spot_server_row_hide_branch:
 * @self: a row
 *
 * For somebody who signs in: branches are chosen afterwards.
 */
void
spot_server_row_hide_branch (SpotServerRow *self)
{
  g_return_if_fail (SPOT_IS_SERVER_ROW (self));

  gtk_widget_set_visible (GTK_WIDGET (self->branch_row), FALSE);
}
