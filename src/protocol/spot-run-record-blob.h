/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-record.h"

G_BEGIN_DECLS

/* Every column there is. */
#define SPOT_ALL_COLUMNS (SPOT_COLUMN_BIT (SPOT_N_COLUMNS) - 1)

/* A record as bytes for a file, the same on every machine. */
GBytes        *spot_run_record_to_blob   (const SpotRunRecord *self,
                                          guint32              columns);
SpotRunRecord *spot_run_record_from_blob (const void          *data,
                                          gsize                length,
                                          guint32              columns,
                                          GError             **error);

G_END_DECLS
