/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "spot-monitor.h"

G_BEGIN_DECLS

void spot_notices_send     (GApplication     *application,
                            SpotMonitor      *monitor,
                            const SpotNotice *notice);
void spot_notices_withdraw (GApplication     *application,
                            const char       *notice_id);

G_END_DECLS
