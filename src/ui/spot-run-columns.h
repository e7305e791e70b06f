/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SpotRunCell:
 *
 * The cells of a row of the run list, in reading order.
 */
typedef enum {
  SPOT_RUN_CELL_STATUS,
  SPOT_RUN_CELL_TASK,
  SPOT_RUN_CELL_PROGRESS,
  SPOT_RUN_CELL_TAGS,
  SPOT_RUN_CELL_AGE,
  SPOT_RUN_CELL_DURATION,
  SPOT_N_RUN_CELLS,
} SpotRunCell;

/**
 * SpotRunGeometry:
 * @compact: two lines to a row and no column header; the cells are not filled in
 * @cells: for each cell where it begins, counted from the side that reading begins at, and its width; both in pixels. Width
 *   0: there is no room for it
 */
typedef struct
{
  gboolean compact;
  struct
  {
    int start;
    int width;
  } cells[SPOT_N_RUN_CELLS];
} SpotRunGeometry;

/* Free space at both ends of a row and between cells, in pixels. */
#define SPOT_RUN_MARGIN 12
#define SPOT_RUN_GAP 10
/* The height of the status icon in pixels. */
#define SPOT_RUN_ICON 16

/**
 * SpotRunColumns:
 *
 * What the rows of a run list and their header share: where each column stands for a width, how wide a character is, and
 * the icons.
 *
 * Signal `changed`: where columns stand may have changed.
 */
#define SPOT_TYPE_RUN_COLUMNS (spot_run_columns_get_type ())
G_DECLARE_FINAL_TYPE (SpotRunColumns, spot_run_columns, SPOT, RUN_COLUMNS, GObject)

SpotRunColumns *spot_run_columns_new           (void);
void            spot_run_columns_layout        (SpotRunColumns  *self,
                                                int              width,
                                                SpotRunGeometry *geometry);
gboolean        spot_run_columns_is_compact    (SpotRunColumns  *self,
                                                int              width);
int             spot_run_columns_get_row_height (SpotRunColumns *self,
                                                int              width);
void            spot_run_columns_set_font      (SpotRunColumns  *self,
                                                double           em,
                                                int              line);
int             spot_run_columns_get_line      (SpotRunColumns  *self);
void            spot_run_columns_set_row_width (SpotRunColumns  *self,
                                                int              width);
int             spot_run_columns_get_row_width (SpotRunColumns  *self);
GdkPaintable   *spot_run_columns_get_icon      (SpotRunColumns  *self,
                                                GtkWidget       *widget,
                                                const char      *icon_name);

G_END_DECLS
