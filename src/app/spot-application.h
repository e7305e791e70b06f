/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SpotApplication:
 *
 * The program: options, the monitor, windows, `app.*` actions, and notices on the desktop.
 */
#define SPOT_TYPE_APPLICATION (spot_application_get_type ())
G_DECLARE_FINAL_TYPE (SpotApplication, spot_application, SPOT, APPLICATION, AdwApplication)

SpotApplication *spot_application_new (void);

G_END_DECLS
