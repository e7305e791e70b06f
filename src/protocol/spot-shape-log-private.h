/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-shape-log.h"

G_BEGIN_DECLS

void spot_shape_log_set_max_rows (SpotShapeLog *self,
                                  gsize         max_rows);

G_END_DECLS
