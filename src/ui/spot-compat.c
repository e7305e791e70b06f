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
