/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-dev-server.h"
#include "spot-dev-store.h"

G_BEGIN_DECLS

/* What happens in the database by itself: a function of seed, epoch and time. */
typedef struct _SpotDevScenarioState SpotDevScenarioState;

SpotDevScenarioState *spot_dev_scenario_new            (SpotDevScenario       kind,
                                                        guint32               seed,
                                                        gint64                epoch_ms,
                                                        double                speed);
void                  spot_dev_scenario_free           (SpotDevScenarioState *self);
gint64                spot_dev_scenario_advance        (SpotDevScenarioState *self,
                                                        SpotDevStore         *store,
                                                        gint64                now_ms);
const char           *spot_dev_scenario_get_demo_run   (SpotDevScenarioState *self);
const char           *spot_dev_scenario_get_demo_batch (SpotDevScenarioState *self);
const char           *spot_dev_scenario_get_demo_tag   (SpotDevScenarioState *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotDevScenarioState, spot_dev_scenario_free)

G_END_DECLS
