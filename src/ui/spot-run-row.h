/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run.h"
#include "spot-run-columns.h"

G_BEGIN_DECLS

/**
 * SpotRunRow:
 *
 * One run in the list, drawn by hand from cached text layouts, with one accessible name for all of it. On one line in the
 * columns of a #SpotRunColumns, or on two where there is no room for columns.
 *
 * Properties: run (SpotRun, nullable); columns (SpotRunColumns, construct-only).
 */
#define SPOT_TYPE_RUN_ROW (spot_run_row_get_type ())
G_DECLARE_FINAL_TYPE (SpotRunRow, spot_run_row, SPOT, RUN_ROW, GtkWidget)

GtkWidget  *spot_run_row_new       (SpotRunColumns *columns);
SpotRun    *spot_run_row_get_run   (SpotRunRow     *self);
void        spot_run_row_set_run   (SpotRunRow     *self,
                                    SpotRun        *run);
const char *spot_run_row_get_words (SpotRunRow     *self);

G_END_DECLS
