/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SpotFieldRow:
 *
 * A field of a run in a list box: its title, its value, what more there is to say of it; copied when the row is
 * activated.
 */
#define SPOT_TYPE_FIELD_ROW (spot_field_row_get_type ())
G_DECLARE_FINAL_TYPE (SpotFieldRow, spot_field_row, SPOT, FIELD_ROW, GtkListBoxRow)

GtkWidget  *spot_field_row_new      (const char   *title);
void        spot_field_row_set      (SpotFieldRow *self,
                                     const char   *value,
                                     const char   *more,
                                     const char   *copy);
void        spot_field_row_set_more (SpotFieldRow *self,
                                     const char   *more);
const char *spot_field_row_get_copy (SpotFieldRow *self);

G_END_DECLS
