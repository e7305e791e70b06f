/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-endpoint.h"
#include "spot-monitor.h"

G_BEGIN_DECLS

/* For accounts. */
SpotEnvironment *spot_monitor_add_endpoint (SpotMonitor         *self,
                                            const char          *id,
                                            const char          *name,
                                            SpotEnvironmentKind  kind,
                                            SpotEndpoint        *endpoint);

G_END_DECLS
