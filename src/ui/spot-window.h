/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "spot-session.h"

G_BEGIN_DECLS

/**
 * SpotWindow:
 *
 * The window: watches, runs and detail side by side, folding to two panes and to one.
 */
#define SPOT_TYPE_WINDOW (spot_window_get_type ())
G_DECLARE_FINAL_TYPE (SpotWindow, spot_window, SPOT, WINDOW, AdwApplicationWindow)

SpotWindow *spot_window_new         (GtkApplication  *application,
                                     SpotMonitor     *monitor);
/* Lets accounts be added and changed, with preferences. Once, before the window is shown; the session's monitor is the window's. */
void        spot_window_set_session (SpotWindow      *self,
                                     SpotSession     *session);
/* Opens the run in the detail pane, whether it is in a list or not, and brings the pane to the front when folded. */
void        spot_window_show_run    (SpotWindow      *self,
                                     SpotEnvironment *environment,
                                     const char      *run_id);
void        spot_window_show_watch  (SpotWindow      *self,
                                     SpotWatch       *watch);

G_END_DECLS
