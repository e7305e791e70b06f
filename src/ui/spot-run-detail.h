/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "spot-environment.h"

G_BEGIN_DECLS

/**
 * SpotRunDetail:
 *
 * Everything about one run, live. Opens the run's own feed while it shows it. A run that does not exist yet is waited
 * for, and the pane says so.
 *
 * Properties: run (SpotRun, nullable, read-only), run-id (nullable, read-only).
 */
#define SPOT_TYPE_RUN_DETAIL (spot_run_detail_get_type ())
G_DECLARE_FINAL_TYPE (SpotRunDetail, spot_run_detail, SPOT, RUN_DETAIL, GtkWidget)

void        spot_run_detail_show       (SpotRunDetail   *self,
                                        SpotEnvironment *environment,
                                        const char      *run_id);
void        spot_run_detail_clear      (SpotRunDetail   *self);
SpotRun    *spot_run_detail_get_run    (SpotRunDetail   *self);
const char *spot_run_detail_get_run_id (SpotRunDetail   *self);

G_END_DECLS
