/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-value.h"

G_BEGIN_DECLS

/* How many matches are kept at most. */
#define SPOT_JSON_MAX_MATCHES 1000u

GPtrArray *spot_json_search (SpotValue  *root,
                             const char *needle);

G_END_DECLS
