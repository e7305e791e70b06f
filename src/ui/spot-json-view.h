/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-value.h"

G_BEGIN_DECLS

/**
 * SpotJsonView:
 *
 * A value as a tree that folds, with search, and as exact text. Setting a new value keeps what is folded open, by path,
 * and where it is scrolled to.
 */
#define SPOT_TYPE_JSON_VIEW (spot_json_view_get_type ())
G_DECLARE_FINAL_TYPE (SpotJsonView, spot_json_view, SPOT, JSON_VIEW, GtkWidget)

GtkWidget *spot_json_view_new       (void);
void       spot_json_view_set_value (SpotJsonView *self,
                                     SpotValue    *value);
void       spot_json_view_set_text  (SpotJsonView *self,
                                     const char   *text);

G_END_DECLS
