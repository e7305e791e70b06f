/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-account-words.h"
#include "spot-clock.h"
#include "spot-text.h"

#include "spot-account-notices.h"

#define MAX_NAME_CHARACTERS 120

/* One account, whether it needs attention or not. */
typedef struct
{
  SpotAccount *account; /* (owned) */
  GtkWidget   *row;     /* (owned by its parent) */
  GtkLabel    *name;
  GtkLabel    *words;
  GtkWidget   *button;
} Notice;

struct _SpotAccountNotices
{
  GtkWidget     parent_instance;

  SpotAccounts *accounts; /* (owned) (nullable) */
  GPtrArray    *notices;  /* (owned) (element-type Notice) */
};

G_DEFINE_FINAL_TYPE (SpotAccountNotices, spot_account_notices, GTK_TYPE_WIDGET)

static void
notice_free (gpointer data)
{
  Notice *notice = data;

  g_object_unref (notice->account);
  gtk_widget_unparent (notice->row);
  g_free (notice);
}

static void
update_notice (Notice *notice)
{
  g_autofree char *name = spot_text_dup_line (spot_account_get_name (notice->account), -1, MAX_NAME_CHARACTERS);
  g_autofree char *words = spot_account_words_state (notice->account, g_get_real_time ());
  gboolean mendable = spot_account_get_state (notice->account) != SPOT_ACCOUNT_BAD_SETTINGS;

  gtk_widget_set_visible (notice->row, spot_account_get_needs_attention (notice->account));
  gtk_label_set_label (notice->name, name);
  gtk_label_set_label (notice->words, words);
  gtk_widget_set_tooltip_text (notice->row, spot_account_get_explanation (notice->account));
  gtk_button_set_label (GTK_BUTTON (notice->button),
                        mendable ? spot_account_words_replace (notice->account) : _ ("_Preferences…"));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (notice->button), "s",
                                    mendable ? spot_account_get_id (notice->account) : "accounts");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (notice->button), mendable ? "account.mend" : "account.preferences");
}

static void
update (SpotAccountNotices *self)
{
  for (guint i = 0; i < self->notices->len; i++)
    update_notice (self->notices->pdata[i]);
  gtk_widget_set_visible (GTK_WIDGET (self), spot_account_notices_get_n (self) > 0);
}

static Notice *
notice_new (SpotAccountNotices *self,
            SpotAccount        *account)
{
  Notice *notice = g_new0 (Notice, 1);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  notice->account = g_object_ref (account);
  notice->row = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  notice->name = GTK_LABEL (gtk_label_new (NULL));
  notice->words = GTK_LABEL (gtk_label_new (NULL));
  notice->button = gtk_button_new ();
  gtk_button_set_use_underline (GTK_BUTTON (notice->button), TRUE);
  gtk_label_set_xalign (notice->name, 0);
  gtk_label_set_ellipsize (notice->name, PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (notice->words, 0);
  gtk_label_set_wrap (notice->words, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (notice->name), "heading");
  gtk_widget_add_css_class (GTK_WIDGET (notice->words), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (notice->words), "numeric");
  gtk_widget_add_css_class (notice->row, "account-notice");
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_set_halign (notice->button, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (notice->name));
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (notice->words));
  gtk_box_append (GTK_BOX (line), icon);
  gtk_box_append (GTK_BOX (line), texts);
  gtk_box_append (GTK_BOX (notice->row), line);
  gtk_box_append (GTK_BOX (notice->row), notice->button);
  gtk_widget_set_parent (notice->row, GTK_WIDGET (self));
  g_signal_connect_object (account, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  return notice;
}

static void
drop_notices (SpotAccountNotices *self)
{
  for (guint i = 0; i < self->notices->len; i++)
    g_signal_handlers_disconnect_by_data (((Notice *) self->notices->pdata[i])->account, self);
  g_ptr_array_set_size (self->notices, 0);
}

static void
accounts_changed_cb (SpotAccountNotices *self)
{
  drop_notices (self);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr (SpotAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      g_ptr_array_add (self->notices, notice_new (self, account));
    }
  update (self);
}

/* Tokens are counted down. */
static void
tick_cb (GtkWidget *widget,
         gpointer   user_data)
{
  SpotAccountNotices *self = SPOT_ACCOUNT_NOTICES (widget);

  for (guint i = 0; i < self->notices->len; i++)
    {
      Notice *notice = self->notices->pdata[i];

      if (spot_account_get_state (notice->account) == SPOT_ACCOUNT_EXPIRING)
        update_notice (notice);
    }
}

static void
spot_account_notices_dispose (GObject *object)
{
  SpotAccountNotices *self = SPOT_ACCOUNT_NOTICES (object);

  drop_notices (self);
  if (self->accounts != NULL)
    g_signal_handlers_disconnect_by_data (self->accounts, self);
  g_clear_object (&self->accounts);
  G_OBJECT_CLASS (spot_account_notices_parent_class)->dispose (object);
}

static void
spot_account_notices_finalize (GObject *object)
{
  g_ptr_array_unref (SPOT_ACCOUNT_NOTICES (object)->notices);
  G_OBJECT_CLASS (spot_account_notices_parent_class)->finalize (object);
}

static void
spot_account_notices_class_init (SpotAccountNoticesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = spot_account_notices_dispose;
  object_class->finalize = spot_account_notices_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "accountnotices");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
spot_account_notices_init (SpotAccountNotices *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  self->notices = g_ptr_array_new_with_free_func (notice_free);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  spot_clock_attach (spot_clock_get_default (), GTK_WIDGET (self), G_CALLBACK (tick_cb), NULL);
}

/**
 * spot_account_notices_set_accounts:
 * @self: notices
 * @accounts: whose trouble to tell
 */
void
spot_account_notices_set_accounts (SpotAccountNotices *self,
                                   SpotAccounts       *accounts)
{
  g_return_if_fail (SPOT_IS_ACCOUNT_NOTICES (self));
  g_return_if_fail (SPOT_IS_ACCOUNTS (accounts));

  if (self->accounts == accounts)
    return;
  if (self->accounts != NULL)
    g_signal_handlers_disconnect_by_data (self->accounts, self);
  g_set_object (&self->accounts, accounts);
  g_signal_connect_object (accounts, "items-changed", G_CALLBACK (accounts_changed_cb), self, G_CONNECT_SWAPPED);
  accounts_changed_cb (self);
}

/**
 * spot_account_notices_get_n:
 * @self: notices
 *
 * Returns: how many accounts need attention
 */
guint
spot_account_notices_get_n (SpotAccountNotices *self)
{
  guint n = 0;

  g_return_val_if_fail (SPOT_IS_ACCOUNT_NOTICES (self), 0);

  for (guint i = 0; i < self->notices->len; i++)
    n += spot_account_get_needs_attention (((Notice *) self->notices->pdata[i])->account);
  return n;
}
