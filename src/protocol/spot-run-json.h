/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-record.h"
#include "spot-value.h"

G_BEGIN_DECLS

SpotValue *spot_run_json_to_value (const SpotRunRecord *record);
char      *spot_run_json_write    (const SpotRunRecord *record);

G_END_DECLS
