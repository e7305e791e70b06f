/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-account.h"
#include "spot-run-header.h"
#include "spot-run-view.h"
#include "spot-watch.h"

G_BEGIN_DECLS

/**
 * SpotRunsPane:
 *
 * The runs of one watch: connection in words, filter, column titles, rows, counts.
 *
 * Properties: watch (SpotWatch, nullable), run (SpotRun, nullable, read-only: the selected one).
 * Signal `opened`: the selected run was activated; the user wants to look at it closely.
 * Actions: `runs.sort` (created, status, task, progress, duration, tags), `runs.reversed`, `runs.search`.
 */
#define SPOT_TYPE_RUNS_PANE (spot_runs_pane_get_type ())
G_DECLARE_FINAL_TYPE (SpotRunsPane, spot_runs_pane, SPOT, RUNS_PANE, GtkWidget)

void           spot_runs_pane_set_watch         (SpotRunsPane *self,
                                                 SpotWatch    *watch);
/* Whose environment the watch is in: what the banner speaks of when the account is what is wrong. */
void           spot_runs_pane_set_account       (SpotRunsPane *self,
                                                 SpotAccount  *account);
SpotWatch     *spot_runs_pane_get_watch         (SpotRunsPane *self);
SpotRunList   *spot_runs_pane_get_list          (SpotRunsPane *self);
SpotRun       *spot_runs_pane_get_run           (SpotRunsPane *self);
SpotRunView   *spot_runs_pane_get_view          (SpotRunsPane *self);
/* What is in sight, into a file. */
void           spot_runs_pane_export            (SpotRunsPane *self);
void           spot_runs_pane_start_search      (SpotRunsPane *self);
void           spot_runs_pane_set_filter        (SpotRunsPane *self,
                                                 const char   *text);
void           spot_runs_pane_set_title_buttons (SpotRunsPane *self,
                                                 gboolean      start,
                                                 gboolean      end);
void           spot_runs_pane_set_back          (SpotRunsPane *self,
                                                 gboolean      visible,
                                                 gboolean      alone);
SpotRunHeader *spot_runs_pane_get_header        (SpotRunsPane *self);
const char    *spot_runs_pane_get_page          (SpotRunsPane *self);

G_END_DECLS
