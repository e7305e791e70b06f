/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-dev-electric.h"

G_BEGIN_DECLS

/* The dialect of Trigger.dev's own realtime backend (protocol §4). */
typedef struct _SpotDevNative SpotDevNative;

SpotDevNative *spot_dev_native_new    (SpotDevStore   *store);
void           spot_dev_native_free   (SpotDevNative  *self);
gboolean       spot_dev_native_answer (SpotDevNative  *self,
                                       SpotDevRequest *request,
                                       SpotDevMoment   moment);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotDevNative, spot_dev_native_free)

G_END_DECLS
