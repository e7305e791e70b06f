/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-record.h"
#include "spot-stream-reader.h"

G_BEGIN_DECLS

char *spot_cli_line_new        (const SpotRunRecord *record,
                                gboolean             json);
char *spot_cli_line_new_header (void);
char *spot_cli_line_new_listed (const SpotRunRecord *record);
char *spot_cli_line_new_chunk  (const char            *run_id,
                                const char            *key,
                                const SpotStreamChunk *chunk,
                                gboolean               json);

G_END_DECLS
