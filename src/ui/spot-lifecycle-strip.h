/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-lifecycle.h"

G_BEGIN_DECLS

/**
 * SpotLifecycleStrip:
 *
 * A run's life to scale, drawn as one bar, with a legend that says the same in words.
 */
#define SPOT_TYPE_LIFECYCLE_STRIP (spot_lifecycle_strip_get_type ())
G_DECLARE_FINAL_TYPE (SpotLifecycleStrip, spot_lifecycle_strip, SPOT, LIFECYCLE_STRIP, GtkWidget)

void spot_lifecycle_strip_set_lifecycle (SpotLifecycleStrip  *self,
                                         const SpotLifecycle *lifecycle,
                                         SpotRunStatus        status);

G_END_DECLS
