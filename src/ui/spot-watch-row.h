/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-environment.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SpotWatchRow:
 *
 * A line of the sidebar: an environment with its connection in words, or a watch with its counts.
 *
 * Property: item (GObject, nullable): a #SpotEnvironment or a #SpotWatch.
 */
#define SPOT_TYPE_WATCH_ROW (spot_watch_row_get_type ())
G_DECLARE_FINAL_TYPE (SpotWatchRow, spot_watch_row, SPOT, WATCH_ROW, GtkWidget)

GtkWidget  *spot_watch_row_new       (void);
void        spot_watch_row_set_item  (SpotWatchRow *self,
                                      GObject      *item);
const char *spot_watch_row_get_words (SpotWatchRow *self);
const char *spot_watch_row_get_kind_icon (SpotWatchKind kind);

G_END_DECLS
