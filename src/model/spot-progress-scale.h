/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-metadata.h"

G_BEGIN_DECLS

SpotProgressScale spot_progress_scale_recall (const char        *task);
void              spot_progress_scale_learn  (const char        *task,
                                              SpotProgressScale  seen);
void              spot_progress_scale_forget (void);

G_END_DECLS
