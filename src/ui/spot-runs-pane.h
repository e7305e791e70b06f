/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-run-header.h"
#include "spot-watch.h"

G_BEGIN_DECLS

/**
 * SpotRunsPane:
 *
 * The runs of one watch: connection in words, filter, column titles, list, counts. Updates move neither the selection nor
 * what is in sight: while the list is scrolled away from its top, new runs wait behind a button.
 *
 * Properties: watch (SpotWatch, nullable), run (SpotRun, nullable, read-only: the selected one), single-click (whether one
 * click opens a run).
 * Signal `opened`: the selected run was activated; the user wants to look at it closely.
 * Actions: `runs.sort` (created, status, task, progress, duration, tags), `runs.reversed`, `runs.search`.
 */
#define SPOT_TYPE_RUNS_PANE (spot_runs_pane_get_type ())
G_DECLARE_FINAL_TYPE (SpotRunsPane, spot_runs_pane, SPOT, RUNS_PANE, GtkWidget)

void           spot_runs_pane_set_watch         (SpotRunsPane *self,
                                                 SpotWatch    *watch);
SpotWatch     *spot_runs_pane_get_watch         (SpotRunsPane *self);
SpotRunList   *spot_runs_pane_get_list          (SpotRunsPane *self);
SpotRun       *spot_runs_pane_get_run           (SpotRunsPane *self);
gboolean       spot_runs_pane_select_run        (SpotRunsPane *self,
                                                 SpotRun      *run);
void           spot_runs_pane_move_selection    (SpotRunsPane *self,
                                                 int           step);
void           spot_runs_pane_grab_list_focus   (SpotRunsPane *self);
void           spot_runs_pane_start_search      (SpotRunsPane *self);
void           spot_runs_pane_set_filter        (SpotRunsPane *self,
                                                 const char   *text);
void           spot_runs_pane_show_new          (SpotRunsPane *self);
void           spot_runs_pane_set_single_click  (SpotRunsPane *self,
                                                 gboolean      single_click);
void           spot_runs_pane_set_title_buttons (SpotRunsPane *self,
                                                 gboolean      start,
                                                 gboolean      end);
void           spot_runs_pane_set_back          (SpotRunsPane *self,
                                                 gboolean      visible,
                                                 gboolean      alone);
SpotRunHeader *spot_runs_pane_get_header        (SpotRunsPane *self);
const char    *spot_runs_pane_get_page          (SpotRunsPane *self);

G_END_DECLS
