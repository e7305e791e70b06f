/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include "spot-list-spans.h"

static int
compare_starts (gconstpointer a,
                gconstpointer b)
{
  const SpotListSpan *x = a;
  const SpotListSpan *y = b;

  return (x->start > y->start) - (x->start < y->start);
}

static int
compare_descending (gconstpointer a,
                    gconstpointer b)
{
  guint x = *(const guint *) a;
  guint y = *(const guint *) b;

  return (y > x) - (y < x);
}

static SpotListSpan *
span_at (GArray *spans,
         guint   index)
{
  return &g_array_index (spans, SpotListSpan, index);
}

/* Joins spans with at most @max_gap positions between them. @n_splits of the gaps of exactly @max_gap are left open. */
static void
join (GArray *spans,
      guint   max_gap,
      guint   n_splits)
{
  guint last = 0;

  for (guint i = 1; i < spans->len; i++)
    {
      SpotListSpan *to = span_at (spans, last);
      SpotListSpan *from = span_at (spans, i);
      gboolean close = from->start <= to->end || from->start - to->end <= max_gap;

      if (close && n_splits > 0 && from->start > to->end && from->start - to->end == max_gap)
        {
          close = FALSE;
          n_splits--;
        }
      if (close)
        to->end = MAX (to->end, from->end);
      else
        *span_at (spans, ++last) = *from;
    }
  if (spans->len > 0)
    g_array_set_size (spans, last + 1);
}

/**
 * spot_list_spans_merge:
 * @spans: (element-type SpotListSpan): spans in any order, which may overlap
 * @max_spans: how many there may be at the end, at least 1
 *
 * Sorts @spans and joins those that touch. If too many are left it joins more, over the shortest stretches between them.
 */
void
spot_list_spans_merge (GArray *spans,
                       guint   max_spans)
{
  g_autoptr(GArray) gaps = NULL;
  guint smallest_kept;
  guint n_splits = 0;

  g_return_if_fail (max_spans > 0);

  g_array_sort (spans, compare_starts);
  join (spans, 0, 0);
  if (spans->len <= max_spans)
    return;

  gaps = g_array_sized_new (FALSE, FALSE, sizeof (guint), spans->len - 1);
  for (guint i = 1; i < spans->len; i++)
    {
      guint gap = span_at (spans, i)->start - span_at (spans, i - 1)->end;

      g_array_append_val (gaps, gap);
    }
  g_array_sort (gaps, compare_descending);
  if (max_spans == 1)
    {
      join (spans, G_MAXUINT, 0);
      return;
    }
  /* The max_spans - 1 longest gaps stay; among equals of the last of them only as many as there is room for. */
  smallest_kept = g_array_index (gaps, guint, max_spans - 2);
  for (guint i = 0; i < max_spans - 1; i++)
    n_splits += g_array_index (gaps, guint, i) == smallest_kept;
  join (spans, smallest_kept, n_splits);
}
