/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-dev-fault.h"

G_BEGIN_DECLS

void     spot_dev_mangle_body    (SpotDevFault        fault,
                                  GString            *body);
GBytes  *spot_dev_mangle_bytes   (SpotDevFault        fault,
                                  SoupServerMessage  *message,
                                  GBytes             *bytes);
void     spot_dev_mangle_trickle (SoupServerMessage  *message,
                                  GBytes             *bytes);

G_END_DECLS
