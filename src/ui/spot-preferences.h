/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "spot-session.h"

G_BEGIN_DECLS

/**
 * SpotPreferences:
 *
 * The preferences: accounts, notifications, history, network. What is changed takes effect at once.
 */
#define SPOT_TYPE_PREFERENCES (spot_preferences_get_type ())
G_DECLARE_FINAL_TYPE (SpotPreferences, spot_preferences, SPOT, PREFERENCES, AdwWindow)

SpotPreferences *spot_preferences_new       (GtkWindow       *parent,
                                             SpotSession     *session);
/* One of accounts, notifications, history, network. */
void             spot_preferences_show_page (SpotPreferences *self,
                                             const char      *page);

G_END_DECLS
