/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-dev-script.h"
#include "spot-dev-server.h"
#include "spot-dev-store.h"
#include "spot-dev-stream.h"

G_BEGIN_DECLS

/* What happens in the database by itself: a function of seed, epoch and time. */
typedef struct _SpotDevScenarioState SpotDevScenarioState;

SpotDevScenarioState *spot_dev_scenario_new            (SpotDevScenario       kind,
                                                        guint32               seed,
                                                        gint64                epoch_ms,
                                                        double                speed,
                                                        SpotDevStreams       *streams);
void                  spot_dev_scenario_set_size       (SpotDevScenarioState *self,
                                                        guint                 n_runs,
                                                        guint                 changes_per_s);
void                  spot_dev_scenario_free           (SpotDevScenarioState *self);
gint64                spot_dev_scenario_advance        (SpotDevScenarioState *self,
                                                        SpotDevStore         *store,
                                                        gint64                now_ms);
SpotDevScript        *spot_dev_scenario_new_script     (SpotDevScenarioState *self,
                                                        const char           *name,
                                                        gint64                now_ms);
void                  spot_dev_scenario_take_script    (SpotDevScenarioState *self,
                                                        SpotDevScript        *script);
void                  spot_dev_scenario_begin_script   (SpotDevScenarioState *self,
                                                        SpotDevStore         *store,
                                                        SpotDevScript        *script);
gboolean              spot_dev_scenario_stop_script    (SpotDevScenarioState *self,
                                                        const char           *run_id);
const char           *spot_dev_scenario_get_demo_run   (SpotDevScenarioState *self);
const char           *spot_dev_scenario_get_demo_batch (SpotDevScenarioState *self);
const char           *spot_dev_scenario_get_demo_tag   (SpotDevScenarioState *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotDevScenarioState, spot_dev_scenario_free)

G_END_DECLS
