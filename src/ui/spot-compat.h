/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What has one name on the API floor and another, without the deprecated mark, on newer libraries. */

void spot_compat_present_about (GtkWindow *parent);

/* A file that the user chose; not called when they changed their mind. */
typedef void (*SpotCompatFileFunc) (GFile    *file,
                                    gpointer  user_data);

void spot_compat_choose_file_to_open (GtkWindow          *parent,
                                      const char         *title,
                                      SpotCompatFileFunc  func,
                                      gpointer            user_data,
                                      GDestroyNotify      destroy);
void spot_compat_choose_file_to_save (GtkWindow          *parent,
                                      const char         *title,
                                      const char         *name,
                                      SpotCompatFileFunc  func,
                                      gpointer            user_data,
                                      GDestroyNotify      destroy);
/* Called when the user agreed; @option says whether they ticked what could be ticked. */
typedef void (*SpotCompatConfirmFunc) (gboolean option,
                                       gpointer user_data);

void spot_compat_confirm       (GtkWindow             *parent,
                                const char            *heading,
                                const char            *body,
                                const char            *verb,
                                const char            *option,
                                SpotCompatConfirmFunc  func,
                                gpointer               user_data,
                                GDestroyNotify         destroy);
void spot_compat_get_color     (GtkWidget *widget,
                                GdkRGBA   *color);

G_END_DECLS
