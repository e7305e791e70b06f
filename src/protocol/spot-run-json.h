/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-record.h"

G_BEGIN_DECLS

char *spot_run_json_write (const SpotRunRecord *record);

G_END_DECLS
