/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-value.h"

G_BEGIN_DECLS

/**
 * SpotPacketKind:
 * @SPOT_PACKET_NOTHING: no value: the run was given, or returned, nothing
 * @SPOT_PACKET_VALUE: a value tree
 * @SPOT_PACKET_STORED: the value lies in the object store and must be fetched; `raw` is its path
 * @SPOT_PACKET_OPAQUE: a type that this version cannot read, or text that is not what its type says; `raw` is all there is
 */
typedef enum {
  SPOT_PACKET_NOTHING,
  SPOT_PACKET_VALUE,
  SPOT_PACKET_STORED,
  SPOT_PACKET_OPAQUE,
} SpotPacketKind;

/**
 * SpotPacket:
 * @value: (nullable): the decoded value, for %SPOT_PACKET_VALUE
 * @raw: (nullable): the text as received
 * @problem: (nullable): why the text could not be read, untranslated, for %SPOT_PACKET_OPAQUE
 *
 * A payload or output with its content type (protocol §6.1).
 */
typedef struct
{
  SpotPacketKind kind;
  SpotValue     *value;
  char          *raw;
  char          *type;
  char          *problem;
} SpotPacket;

SpotPacket *spot_packet_decode (const char *data,
                                gssize      length,
                                const char *type);
void        spot_packet_free   (SpotPacket *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotPacket, spot_packet_free)

/* superjson alone: fails with SPOT_PROTOCOL_ERROR_MALFORMED when @text is no envelope. Broken `meta` is ignored. */
SpotValue *spot_superjson_decode (const char  *text,
                                  gssize       length,
                                  GError     **error);
SpotValue *spot_superjson_unwrap (SpotValue   *envelope);

G_END_DECLS
