/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-accounts.h"
#include "spot-monitor.h"

G_BEGIN_DECLS

/**
 * SpotWatchesPane:
 *
 * The sidebar: every environment with its watches. One watch is selected as soon as there is one.
 *
 * Property: selected (SpotWatch, nullable, read-only). Signal `opened`: a watch was clicked or activated.
 */
#define SPOT_TYPE_WATCHES_PANE (spot_watches_pane_get_type ())
G_DECLARE_FINAL_TYPE (SpotWatchesPane, spot_watches_pane, SPOT, WATCHES_PANE, GtkWidget)

void             spot_watches_pane_set_monitor       (SpotWatchesPane *self,
                                                      SpotMonitor     *monitor);
/* Those that need attention are told below the list. */
void             spot_watches_pane_set_accounts      (SpotWatchesPane *self,
                                                      SpotAccounts    *accounts);
SpotWatch       *spot_watches_pane_get_selected      (SpotWatchesPane *self);
SpotEnvironment *spot_watches_pane_find_environment  (SpotWatchesPane *self,
                                                      SpotWatch       *watch);
guint            spot_watches_pane_get_position      (SpotWatchesPane *self,
                                                      SpotWatch       *watch);
gboolean         spot_watches_pane_select            (SpotWatchesPane *self,
                                                      SpotWatch       *watch);
gboolean         spot_watches_pane_select_nth        (SpotWatchesPane *self,
                                                      guint            nth);
void             spot_watches_pane_set_title_buttons (SpotWatchesPane *self,
                                                      gboolean         start,
                                                      gboolean         end);
void             spot_watches_pane_open_menu         (SpotWatchesPane *self);

G_END_DECLS
