/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-metadata.h"

G_BEGIN_DECLS

/**
 * SpotChips:
 *
 * Small buttons in lines: tags, which are copied; links, which are opened; references, which are opened when they are
 * runs and copied otherwise. Buttons are kept while what they stand for stays in its place, so that focus does.
 */
#define SPOT_TYPE_CHIPS (spot_chips_get_type ())
G_DECLARE_FINAL_TYPE (SpotChips, spot_chips, SPOT, CHIPS, GtkWidget)

void spot_chips_set_tags       (SpotChips          *self,
                                const char * const *tags);
void spot_chips_set_links      (SpotChips          *self,
                                GPtrArray          *links,
                                guint               max_links);
void spot_chips_set_references (SpotChips          *self,
                                GPtrArray          *references);

G_END_DECLS
