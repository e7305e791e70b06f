/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-packet.h"

G_BEGIN_DECLS

/**
 * SpotPacketView:
 *
 * A payload or an output: its value, or why there is none to be seen.
 */
#define SPOT_TYPE_PACKET_VIEW (spot_packet_view_get_type ())
G_DECLARE_FINAL_TYPE (SpotPacketView, spot_packet_view, SPOT, PACKET_VIEW, GtkWidget)

void spot_packet_view_set_packet (SpotPacketView   *self,
                                  const SpotPacket *packet);

G_END_DECLS
