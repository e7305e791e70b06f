/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-feed.h"

G_BEGIN_DECLS

/* For tests, before spot_feed_start(): no request may take longer than this, whatever the machine grants it. */
void spot_feed_set_max_timeout_ms (SpotFeed *self,
                                   gint64    max_timeout_ms);

/* For tests, before spot_feed_start(): second looks at a server of the native kind come this soon after each other. */
void spot_feed_set_second_look_ms (SpotFeed *self,
                                   gint64    max_ms);

G_END_DECLS
