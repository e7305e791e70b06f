/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

/* The only file that looks past the API floor; it decides by the version it is compiled against. */
#undef GDK_VERSION_MAX_ALLOWED
#undef ADW_VERSION_MAX_ALLOWED

#include <glib/gi18n-lib.h>

#include "spot-compat.h"

/**
 * spot_compat_present_about:
 * @parent: the window that asks
 *
 * Says what this program is, its version and its licence.
 */
void
spot_compat_present_about (GtkWindow *parent)
{
  GObject *about;

  g_return_if_fail (GTK_IS_WINDOW (parent));

#if ADW_CHECK_VERSION(1, 5, 0)
  about = G_OBJECT (adw_about_dialog_new ());
#else
  about = G_OBJECT (adw_about_window_new ());
  gtk_window_set_transient_for (GTK_WINDOW (about), parent);
  gtk_window_set_modal (GTK_WINDOW (about), TRUE);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (about), TRUE);
#endif

  g_object_set (about,
                "application-name", APP_NAME,
                "application-icon", APP_ID,
                "version", PACKAGE_VERSION,
                "developer-name", _ ("The Runspotter contributors"),
                "license-type", GTK_LICENSE_GPL_3_0,
                "comments", _ ("Watches Trigger.dev runs live, tells you when they end, and lets you look inside them.\n\n"
                               "Not affiliated with Trigger.dev."),
                NULL);

#if ADW_CHECK_VERSION(1, 5, 0)
  adw_dialog_present (ADW_DIALOG (about), GTK_WIDGET (parent));
#else
  gtk_window_present (GTK_WINDOW (about));
#endif
}

/**
 * spot_compat_get_color:
 * @widget: a widget
 * @color: (out caller-allocates): the text colour of its style
 */
void
spot_compat_get_color (GtkWidget *widget,
                       GdkRGBA   *color)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (color != NULL);

#if GTK_CHECK_VERSION(4, 10, 0)
  gtk_widget_get_color (widget, color);
#else
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), color);
#endif
}

/* ---- questions ---- */

typedef struct
{
  SpotCompatConfirmFunc  func;      /* (nullable) */
  gpointer               user_data;
  GDestroyNotify         destroy;   /* (nullable) */
  GtkCheckButton        *option;    /* (owned) (nullable) */
} Question;

static void
question_free (gpointer  data,
               GClosure *closure)
{
  Question *self = data;

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_clear_object (&self->option);
  g_free (self);
}

static void
answered_cb (GObject    *dialog,
             const char *response,
             gpointer    data)
{
  Question *self = data;

  if (g_str_equal (response, "yes") && self->func != NULL)
    self->func (self->option != NULL && gtk_check_button_get_active (self->option), self->user_data);
}

/**
 * spot_compat_confirm:
 * @parent: the window that asks
 * @heading: the question
 * @body: what follows from a yes
 * @verb: what a yes does, with a mnemonic
 * @option: (nullable): what can be ticked besides; %NULL for nothing
 * @func: (nullable): called when the user agrees; %NULL for what can only be taken note of
 * @user_data: (transfer full): for @func
 * @destroy: (nullable): frees @user_data when it is over
 *
 * Asks before something is done that cannot be undone.
 */
void
spot_compat_confirm (GtkWindow             *parent,
                     const char            *heading,
                     const char            *body,
                     const char            *verb,
                     const char            *option,
                     SpotCompatConfirmFunc  func,
                     gpointer               user_data,
                     GDestroyNotify         destroy)
{
  Question *question;
  GObject *dialog;

  g_return_if_fail (GTK_IS_WINDOW (parent));
  g_return_if_fail (heading != NULL && body != NULL && verb != NULL);

  question = g_new0 (Question, 1);
  question->func = func;
  question->user_data = user_data;
  question->destroy = destroy;
  if (option != NULL)
    question->option = g_object_ref_sink (GTK_CHECK_BUTTON (gtk_check_button_new_with_label (option)));

#if ADW_CHECK_VERSION(1, 5, 0)
  dialog = G_OBJECT (adw_alert_dialog_new (heading, body));
  if (func != NULL)
    adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "no", _ ("_Cancel"));
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "yes", verb);
  if (func != NULL)
    adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "yes", ADW_RESPONSE_DESTRUCTIVE);
  if (option != NULL)
    adw_alert_dialog_set_extra_child (ADW_ALERT_DIALOG (dialog), GTK_WIDGET (question->option));
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "no");
  g_signal_connect_data (dialog, "response", G_CALLBACK (answered_cb), question, question_free, 0);
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (parent));
#else
  dialog = G_OBJECT (adw_message_dialog_new (parent, heading, body));
  if (func != NULL)
    adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "no", _ ("_Cancel"));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "yes", verb);
  if (func != NULL)
    adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "yes", ADW_RESPONSE_DESTRUCTIVE);
  if (option != NULL)
    adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), GTK_WIDGET (question->option));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "no");
  g_signal_connect_data (dialog, "response", G_CALLBACK (answered_cb), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
#endif
}

/* ---- files ---- */

typedef struct
{
  SpotCompatFileFunc func;
  gpointer           user_data;
  GDestroyNotify     destroy;
} Choice;

static Choice *
choice_new (SpotCompatFileFunc func,
            gpointer           user_data,
            GDestroyNotify     destroy)
{
  Choice *self = g_new0 (Choice, 1);

  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;
  return self;
}

/* @file: (nullable) */
static void
choice_finish (Choice *self,
               GFile  *file)
{
  if (file != NULL)
    self->func (file, self->user_data);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_free (self);
}

#if GTK_CHECK_VERSION(4, 10, 0)

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      choice)
{
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, NULL);

  choice_finish (choice, file);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      choice)
{
  g_autoptr (GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);

  choice_finish (choice, file);
}

static void
choose_file (GtkWindow  *parent,
             const char *title,
             const char *name,
             Choice     *choice)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, title);
  if (name == NULL)
    {
      gtk_file_dialog_open (dialog, parent, NULL, opened_cb, choice);
    }
  else
    {
      gtk_file_dialog_set_initial_name (dialog, name);
      gtk_file_dialog_save (dialog, parent, NULL, saved_cb, choice);
    }
}

#else

static void
response_cb (GtkNativeDialog *dialog,
             int              response,
             gpointer         choice)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  choice_finish (choice, file);
  g_object_unref (dialog);
}

static void
choose_file (GtkWindow  *parent,
             const char *title,
             const char *name,
             Choice     *choice)
{
  GtkFileChooserAction action = name == NULL ? GTK_FILE_CHOOSER_ACTION_OPEN : GTK_FILE_CHOOSER_ACTION_SAVE;
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (title, parent, action, NULL, NULL);

  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), choice);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

#endif

/**
 * spot_compat_choose_file_to_open:
 * @parent: the window that asks
 * @title: what for
 * @func: called with the file; not at all when the user changes their mind
 * @user_data: (transfer full): for @func
 * @destroy: (nullable): frees @user_data when it is over
 *
 * Asks for a file to read.
 */
void
spot_compat_choose_file_to_open (GtkWindow          *parent,
                                 const char         *title,
                                 SpotCompatFileFunc  func,
                                 gpointer            user_data,
                                 GDestroyNotify      destroy)
{
  g_return_if_fail (GTK_IS_WINDOW (parent));
  g_return_if_fail (func != NULL);

  choose_file (parent, title, NULL, choice_new (func, user_data, destroy));
}

/**
 * spot_compat_choose_file_to_save:
 * @parent: the window that asks
 * @title: what for
 * @name: what the file is called unless the user calls it otherwise
 * @func: called with the file; not at all when the user changes their mind
 * @user_data: (transfer full): for @func
 * @destroy: (nullable): frees @user_data when it is over
 *
 * Asks for a file to write; the user has agreed to replace it if it is there.
 */
void
spot_compat_choose_file_to_save (GtkWindow          *parent,
                                 const char         *title,
                                 const char         *name,
                                 SpotCompatFileFunc  func,
                                 gpointer            user_data,
                                 GDestroyNotify      destroy)
{
  g_return_if_fail (GTK_IS_WINDOW (parent));
  g_return_if_fail (name != NULL && func != NULL);

  choose_file (parent, title, name, choice_new (func, user_data, destroy));
}
