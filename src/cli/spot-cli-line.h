/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-record.h"

G_BEGIN_DECLS

char *spot_cli_line_new (const SpotRunRecord *record,
                         gboolean             json);

G_END_DECLS
