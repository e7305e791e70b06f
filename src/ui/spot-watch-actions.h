/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-watches-pane.h"

G_BEGIN_DECLS

/**
 * SpotWatchActions:
 *
 * What can be done to the watch that is selected in a pane, as the action group `watch` of a window: edit, duplicate,
 * pause, mute (for so many seconds, 0 for good), mute-until-tomorrow, unmute, toggle-mute, move (by so many places), remove, undo-remove,
 * import, export; new, and paste, which is new with the text of the clipboard.
 *
 * Signal: `shown (SpotWatch *)`: a watch was made; its runs are what the user wants to see now.
 */
#define SPOT_TYPE_WATCH_ACTIONS (spot_watch_actions_get_type ())
G_DECLARE_FINAL_TYPE (SpotWatchActions, spot_watch_actions, SPOT, WATCH_ACTIONS, GObject)

SpotWatchActions *spot_watch_actions_new       (GtkWindow        *window,
                                                SpotMonitor      *monitor,
                                                SpotWatchesPane  *pane);
void              spot_watch_actions_take_text (SpotWatchActions *self,
                                                const char       *text);

G_END_DECLS
