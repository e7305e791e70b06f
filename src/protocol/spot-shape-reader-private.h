/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-shape-reader.h"

G_BEGIN_DECLS

void spot_shape_reader_set_plain (SpotShapeReader *self,
                                  gboolean         plain);

G_END_DECLS
