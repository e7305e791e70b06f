/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What has one name on the API floor and another, without the deprecated mark, on newer libraries. */

void spot_compat_present_about (GtkWindow *parent);
void spot_compat_get_color     (GtkWidget *widget,
                                GdkRGBA   *color);

G_END_DECLS
