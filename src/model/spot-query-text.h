/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run.h"

G_BEGIN_DECLS

/**
 * SpotQueryText:
 *
 * What somebody typed into a filter, as words that all have to be found in a run: immutable, refcounted.
 */
typedef struct _SpotQueryText SpotQueryText;

SpotQueryText *spot_query_text_new         (const char    *text);
SpotQueryText *spot_query_text_ref         (SpotQueryText *self);
void           spot_query_text_unref       (SpotQueryText *self);
gboolean       spot_query_text_is_empty    (SpotQueryText *self);
gboolean       spot_query_text_matches     (SpotQueryText *self,
                                            SpotRun       *run);
guint32        spot_query_text_get_columns (SpotQueryText *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotQueryText, spot_query_text_unref)

G_END_DECLS
