/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What leaves the window at a user's wish: copied text and opened links; and how the user is told. */

void spot_share_copy     (GtkWidget  *widget,
                          const char *text,
                          const char *toast);
void spot_share_tell     (GtkWidget  *widget,
                          const char *title);
void spot_share_open_uri (GtkWidget  *widget,
                          const char *uri);

G_END_DECLS
