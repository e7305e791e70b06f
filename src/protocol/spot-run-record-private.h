/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-record.h"

G_BEGIN_DECLS

SpotRunRecord *spot_run_record_new_like (const SpotRunRecord   *base,
                                         const SpotRunRecord   *like,
                                         const SpotColumnValue *columns,
                                         guint                  n_columns,
                                         GError               **error);
gboolean       spot_run_record_equal    (const SpotRunRecord   *self,
                                         const SpotRunRecord   *other);

G_END_DECLS
