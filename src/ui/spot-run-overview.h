/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-run.h"

G_BEGIN_DECLS

/**
 * SpotRunOverview:
 *
 * The fields of a run: its life as a strip, its times, how long things took, what it cost, what it is.
 */
#define SPOT_TYPE_RUN_OVERVIEW (spot_run_overview_get_type ())
G_DECLARE_FINAL_TYPE (SpotRunOverview, spot_run_overview, SPOT, RUN_OVERVIEW, GtkWidget)

void spot_run_overview_set_run (SpotRunOverview *self,
                                SpotRun         *run,
                                gint64           now_us);
void spot_run_overview_tick    (SpotRunOverview *self,
                                gint64           now_us);

/* How long ago, or how long ahead, in words that stand alone. */
char *spot_run_overview_dup_relative (gint64 time_us,
                                      gint64 now_us);

G_END_DECLS
