/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-connection.h"

G_BEGIN_DECLS

/**
 * SpotConnectionBanner:
 *
 * Says that a connection is not live, why, and what to do; not there while there is nothing to say.
 *
 * Property: connection (SpotConnection, nullable).
 */
#define SPOT_TYPE_CONNECTION_BANNER (spot_connection_banner_get_type ())
G_DECLARE_FINAL_TYPE (SpotConnectionBanner, spot_connection_banner, SPOT, CONNECTION_BANNER, GtkWidget)

void     spot_connection_banner_set_connection (SpotConnectionBanner *self,
                                                SpotConnection       *connection);
gboolean spot_connection_banner_get_revealed   (SpotConnectionBanner *self);

G_END_DECLS
