/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpotProtocolError:
 * @SPOT_PROTOCOL_ERROR_MALFORMED: not JSON, not an array of messages, or not the form that its place asks for
 * @SPOT_PROTOCOL_ERROR_TRUNCATED: the body ended inside a message
 * @SPOT_PROTOCOL_ERROR_TOO_LARGE: beyond one of the limits of spot-limits.h
 * @SPOT_PROTOCOL_ERROR_VALUE: one column's text is not of the column's type
 * @SPOT_PROTOCOL_ERROR_HEADER: a response lacks a header that it must have, which usually means that a proxy took it away
 *
 * What can be wrong with the bytes of an answer whose status was good.
 */
typedef enum {
  SPOT_PROTOCOL_ERROR_MALFORMED,
  SPOT_PROTOCOL_ERROR_TRUNCATED,
  SPOT_PROTOCOL_ERROR_TOO_LARGE,
  SPOT_PROTOCOL_ERROR_VALUE,
  SPOT_PROTOCOL_ERROR_HEADER,
} SpotProtocolError;

#define SPOT_PROTOCOL_ERROR (spot_protocol_error_quark ())
GQuark spot_protocol_error_quark (void);

G_END_DECLS
