/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpotListSpan:
 * @start: the first position
 * @end: the position behind the last; the same as @start where something is only put in
 *
 * A stretch of a list, in positions of before a change, outside of which nothing changes but positions.
 */
typedef struct
{
  guint start;
  guint end;
} SpotListSpan;

void spot_list_spans_merge (GArray *spans,
                            guint   max_spans);

G_END_DECLS
