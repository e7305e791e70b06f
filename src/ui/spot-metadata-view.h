/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-metadata.h"

G_BEGIN_DECLS

/**
 * SpotMetadataView:
 *
 * A run's metadata: what was recognised in it (progress, steps, items, log lines, links, references) as such, and all
 * of it as a tree below. A run that is referred to is opened by the action `detail.open-run` with its id.
 */
#define SPOT_TYPE_METADATA_VIEW (spot_metadata_view_get_type ())
G_DECLARE_FINAL_TYPE (SpotMetadataView, spot_metadata_view, SPOT, METADATA_VIEW, GtkWidget)

/* @metadata is only looked at; @progress as the run tells it, 0 to 1 or -1. */
void spot_metadata_view_set_metadata (SpotMetadataView   *self,
                                      const SpotMetadata *metadata,
                                      double              progress,
                                      gboolean            show_progress);

G_END_DECLS
