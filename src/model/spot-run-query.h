/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run.h"

G_BEGIN_DECLS

/**
 * SpotRunQuery:
 *
 * What a list shows: immutable, refcounted. All conditions that are given must hold.
 */
typedef struct _SpotRunQuery SpotRunQuery;

#define SPOT_TYPE_RUN_QUERY (spot_run_query_get_type ())
GType spot_run_query_get_type (void);

SpotRunQuery *spot_run_query_new         (void);
SpotRunQuery *spot_run_query_ref         (SpotRunQuery       *self);
void          spot_run_query_unref       (SpotRunQuery       *self);

/* Each gives a new query that asks for one thing more (transfer full). */
SpotRunQuery *spot_run_query_with_run    (SpotRunQuery       *self,
                                          const char         *run_id);
SpotRunQuery *spot_run_query_with_tags   (SpotRunQuery       *self,
                                          const char * const *tags);
SpotRunQuery *spot_run_query_with_feed   (SpotRunQuery       *self,
                                          guint               feed_id);
SpotRunQuery *spot_run_query_with_either_feed (SpotRunQuery  *self,
                                          guint               first,
                                          guint               second);
SpotRunQuery *spot_run_query_with_text   (SpotRunQuery       *self,
                                          const char         *text);
SpotRunQuery *spot_run_query_with_groups (SpotRunQuery       *self,
                                          guint               group_bits);

gboolean      spot_run_query_matches     (SpotRunQuery       *self,
                                          SpotRun            *run);
/* Columns whose change can change the answer of spot_run_query_matches(), as SPOT_COLUMN_BITs. */
guint32       spot_run_query_get_columns (SpotRunQuery       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotRunQuery, spot_run_query_unref)

G_END_DECLS
