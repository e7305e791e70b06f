/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include "spot-protocol-error.h"

G_DEFINE_QUARK (spot-protocol-error-quark, spot_protocol_error)
