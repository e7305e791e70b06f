/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "spot-metadata.h"

#include "spot-share.h"

/**
 * spot_share_tell:
 * @widget: where something happened
 * @title: what, translated
 *
 * Says so in the nearest toast overlay, if there is one.
 */
void
spot_share_tell (GtkWidget  *widget,
                 const char *title)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  AdwToast *toast;

  if (overlay == NULL)
    return;
  toast = adw_toast_new (title);
  adw_toast_set_timeout (toast, 2);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

/**
 * spot_share_copy:
 * @widget: where the user asked for it
 * @text: what to copy, exactly
 * @toast: what to say about it, translated
 *
 * Puts @text into the clipboard and says so in the nearest toast overlay.
 */
void
spot_share_copy (GtkWidget  *widget,
                 const char *text,
                 const char *toast)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  spot_share_tell (widget, toast);
}

static void
launched_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GtkWidget) widget = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_app_info_launch_default_for_uri_finish (result, &error))
    spot_share_tell (widget, _ ("No program could open the link"));
}

/**
 * spot_share_open_uri:
 * @widget: where the user asked for it
 * @uri: an address from a server
 *
 * Opens @uri in the user's program for it, if it is one that may be opened at a click (spot_uri_is_safe()); does
 * nothing otherwise.
 */
void
spot_share_open_uri (GtkWidget  *widget,
                     const char *uri)
{
  g_autoptr (GdkAppLaunchContext) context = NULL;

  if (!spot_uri_is_safe (uri))
    return;
  context = gdk_display_get_app_launch_context (gtk_widget_get_display (widget));
  g_app_info_launch_default_for_uri_async (uri, G_APP_LAUNCH_CONTEXT (context), NULL, launched_cb,
                                           g_object_ref (widget));
}
