/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-record.h"
#include "spot-value.h"

G_BEGIN_DECLS

SpotRunRecord *spot_listed_run_to_record (SpotValue  *run,
                                          GError    **error);

G_END_DECLS
