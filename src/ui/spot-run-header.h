/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-columns.h"
#include "spot-run-list.h"

G_BEGIN_DECLS

/**
 * SpotRunHeader:
 *
 * The titles above the columns of a run list. A click sorts by the column, another one the other way round. Not there where
 * rows have no columns.
 *
 * Properties: columns (SpotRunColumns), list (SpotRunList, nullable).
 */
#define SPOT_TYPE_RUN_HEADER (spot_run_header_get_type ())
G_DECLARE_FINAL_TYPE (SpotRunHeader, spot_run_header, SPOT, RUN_HEADER, GtkWidget)

void       spot_run_header_set_columns (SpotRunHeader  *self,
                                        SpotRunColumns *columns);
void       spot_run_header_set_list    (SpotRunHeader  *self,
                                        SpotRunList    *list);
GtkWidget *spot_run_header_get_button  (SpotRunHeader  *self,
                                        SpotRunCell     cell);

/* Which way a sort begins: the newest, the longest and the furthest first, names from A. */
gboolean   spot_run_sort_is_descending_first (SpotRunSort sort);

G_END_DECLS
