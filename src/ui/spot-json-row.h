/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-json-node.h"

G_BEGIN_DECLS

/**
 * SpotJsonRow:
 *
 * A row of a #SpotJsonTree: name, value, type, and a button when the value is a link.
 *
 * Property: list-row (GtkTreeListRow of #SpotJsonNode, nullable).
 */
#define SPOT_TYPE_JSON_ROW (spot_json_row_get_type ())
G_DECLARE_FINAL_TYPE (SpotJsonRow, spot_json_row, SPOT, JSON_ROW, GtkWidget)

GtkTreeListRow *spot_json_row_get_list_row (SpotJsonRow *self);

G_END_DECLS
