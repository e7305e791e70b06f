/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-run-columns.h"
#include "spot-run-list.h"

G_BEGIN_DECLS

/**
 * SpotRunView:
 *
 * The rows of a run list. Updates move neither the selection nor what is in sight: at its top the view follows the newest
 * runs; scrolled away from there it holds the list, and new runs wait behind a button.
 *
 * Properties: run (SpotRun, nullable, read-only: the selected one, even while it is out of the list), single-click (whether
 * one click opens a run).
 * Signal `opened`: the selected run was activated.
 */
#define SPOT_TYPE_RUN_VIEW (spot_run_view_get_type ())
G_DECLARE_FINAL_TYPE (SpotRunView, spot_run_view, SPOT, RUN_VIEW, GtkWidget)

SpotRunColumns *spot_run_view_get_columns      (SpotRunView *self);
SpotRunList    *spot_run_view_get_list         (SpotRunView *self);
void            spot_run_view_set_list         (SpotRunView *self,
                                                SpotRunList *list);
guint           spot_run_view_get_n_shown      (SpotRunView *self);
SpotRun        *spot_run_view_get_run          (SpotRunView *self);
void            spot_run_view_forget_run       (SpotRunView *self);
gboolean        spot_run_view_select           (SpotRunView *self,
                                                SpotRun     *run);
void            spot_run_view_move             (SpotRunView *self,
                                                int          step);
void            spot_run_view_take_focus       (SpotRunView *self);
void            spot_run_view_show_new         (SpotRunView *self);
void            spot_run_view_set_single_click (SpotRunView *self,
                                                gboolean     single_click);

G_END_DECLS
