/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef gboolean (*SpotUiTestFunc) (gpointer user_data);

void       spot_ui_test_init         (int            *argc,
                                      char         ***argv);
GtkWidget *spot_ui_test_window       (GtkWidget      *child,
                                      int             width,
                                      int             height);
void       spot_ui_test_destroy      (GtkWidget      *window,
                                      GtkWidget      *widget);
void       spot_ui_test_wait         (SpotUiTestFunc  condition,
                                      gpointer        user_data);
void       spot_ui_test_settle       (GtkWidget      *widget);
char      *spot_ui_test_dup_text     (GtkWidget      *widget);
gboolean   spot_ui_test_has_text     (GtkWidget      *widget,
                                      const char     *text);
void       spot_ui_test_wait_text    (GtkWidget      *widget,
                                      const char     *text);
GtkWidget *spot_ui_test_find         (GtkWidget      *widget,
                                      GType           type,
                                      const char     *text);
char      *spot_ui_test_dup_clipboard (GtkWidget     *widget);
void       spot_ui_test_screenshot   (GtkWidget      *window,
                                      const char     *name);

G_END_DECLS
