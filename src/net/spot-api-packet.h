/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-api-sender.h"
#include "spot-packet.h"

G_BEGIN_DECLS

/**
 * SpotApiPacketOrder:
 * @run_id: (nullable): the run whose payload or output it is
 * @output: whether it is the output
 * @path: (nullable): what the `application/store` packet holds, for servers that do not know packets by run
 *
 * Which value of the object store is wanted. One of @run_id and @path is needed.
 */
typedef struct
{
  const char *run_id;
  gboolean    output;
  const char *path;
} SpotApiPacketOrder;

SpotPacket *spot_api_packet_fetch (SpotApiSender             *sender,
                                   const SpotApiPacketOrder  *order,
                                   GError                   **error);

G_END_DECLS
