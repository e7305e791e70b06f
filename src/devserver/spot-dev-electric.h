/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-dev-request.h"

G_BEGIN_DECLS

/**
 * SpotDevMoment:
 * @SPOT_DEV_MOMENT_ARRIVED: the request has just come
 * @SPOT_DEV_MOMENT_WOKEN: it waits, and something has changed
 * @SPOT_DEV_MOMENT_EXPIRED: it has waited long enough
 */
typedef enum {
  SPOT_DEV_MOMENT_ARRIVED,
  SPOT_DEV_MOMENT_WOKEN,
  SPOT_DEV_MOMENT_EXPIRED,
} SpotDevMoment;

/* The dialect of Electric behind Trigger.dev's proxy (protocol §3). */
typedef struct _SpotDevElectric SpotDevElectric;

SpotDevElectric *spot_dev_electric_new    (SpotDevStore             *store);
void             spot_dev_electric_free   (SpotDevElectric          *self);
void             spot_dev_electric_add    (SpotDevElectric          *self,
                                           const SpotDevTransaction *transaction);
void             spot_dev_electric_rotate (SpotDevElectric          *self);
gboolean         spot_dev_electric_answer (SpotDevElectric          *self,
                                           SpotDevRequest           *request,
                                           SpotDevMoment             moment);
/* Appends to @out the events after those of the last time; FALSE when the stream is to end. */
gboolean         spot_dev_electric_events (SpotDevElectric          *self,
                                           const char               *handle,
                                           char                    **offset,
                                           GString                  *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotDevElectric, spot_dev_electric_free)

G_END_DECLS
