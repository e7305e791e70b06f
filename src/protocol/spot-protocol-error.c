/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include "spot-protocol-error.h"

/**
 * spot_protocol_error_quark:
 *
 * Returns: the domain of %SPOT_PROTOCOL_ERROR
 */
G_DEFINE_QUARK (spot-protocol-error-quark, spot_protocol_error)
