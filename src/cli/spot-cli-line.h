/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-record.h"

G_BEGIN_DECLS

char *spot_cli_line_new        (const SpotRunRecord *record,
                                gboolean             json);
char *spot_cli_line_new_header (void);
char *spot_cli_line_new_listed (const SpotRunRecord *record);

G_END_DECLS
