/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include "spot-api-error.h"

G_DEFINE_QUARK (spot-api-error-quark, spot_api_error)
