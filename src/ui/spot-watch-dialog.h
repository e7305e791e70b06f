/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "spot-monitor.h"

G_BEGIN_DECLS

/**
 * SpotWatchDialog:
 *
 * Asks what to watch and how: one entry that takes anything, with a preview of what comes of it; or the properties of a
 * watch that is there.
 *
 * Signal: `done (SpotEnvironment *, SpotWatch *)`: a watch was made or changed; of several, the first.
 */
#define SPOT_TYPE_WATCH_DIALOG (spot_watch_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SpotWatchDialog, spot_watch_dialog, SPOT, WATCH_DIALOG, AdwWindow)

SpotWatchDialog *spot_watch_dialog_new      (GtkWindow       *parent,
                                             SpotMonitor     *monitor,
                                             SpotEnvironment *environment,
                                             SpotWatch       *watch);
void             spot_watch_dialog_set_text (SpotWatchDialog *self,
                                             const char      *text);

G_END_DECLS
