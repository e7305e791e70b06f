/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SpotFlowLayout:
 *
 * Lays children out one after the other in lines, each as wide as it likes, as words are in a text.
 */
#define SPOT_TYPE_FLOW_LAYOUT (spot_flow_layout_get_type ())
G_DECLARE_FINAL_TYPE (SpotFlowLayout, spot_flow_layout, SPOT, FLOW_LAYOUT, GtkLayoutManager)

GtkLayoutManager *spot_flow_layout_new (void);

G_END_DECLS
