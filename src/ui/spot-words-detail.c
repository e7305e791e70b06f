/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "spot-format.h"

#include "spot-words-detail.h"
#include "spot-words.h"

/**
 * spot_words_progress:
 * @progress: a fraction from 0 to 1, or -1 for none
 * @current: how many are done, or -1
 * @total: of how many, or -1
 *
 * Pure.
 *
 * Returns: (transfer full): "62 % · 620 of 1,000", or the half of it that is known; empty for nothing
 */
char *
spot_words_progress (double progress,
                     double current,
                     double total)
{
  gboolean counted = isfinite (current) && isfinite (total) && current >= 0.0 && total > 0.0;
  g_autofree char *percent = progress >= 0.0 ? spot_format_percent (progress) : NULL;
  g_autofree char *count = NULL;

  if (counted)
    /* Translators: how many are done of how many, such as "620 of 1,000" */
    count = g_strdup_printf (_ ("%'.0f of %'.0f"), floor (current), floor (total));
  if (percent && count)
    /* Translators: a percentage and a count, such as "62 %" and "620 of 1,000" */
    return g_strdup_printf (_ ("%s · %s"), percent, count);
  if (percent || count)
    return percent ? g_steal_pointer (&percent) : g_steal_pointer (&count);
  return g_strdup ("");
}

/**
 * spot_words_stream:
 * @state: where a data stream stands
 * @ended: whether nothing more will come
 * @n_chunks: how many pieces have come
 *
 * Pure.
 *
 * Returns: (transfer full): "Live · 12 pieces", "Complete · 1 piece", "Incomplete · 3 pieces", …
 */
char *
spot_words_stream (SpotConnectionState state,
                   gboolean            ended,
                   guint64             n_chunks)
{
  g_autofree char *number = g_strdup_printf ("%'" G_GUINT64_FORMAT, n_chunks);
  /* Translators: what a run has written to a stream so far; %s is a number */
  g_autofree char *count = g_strdup_printf (ngettext ("%s piece", "%s pieces", (gulong) n_chunks), number);
  g_autofree char *words = NULL;

  if (!ended)
    words = spot_words_connection (state, 0, 0);
  else if (state == SPOT_CONNECTION_NEEDS_ATTENTION)
    words = g_strdup (C_ ("stream", "Incomplete"));
  else
    words = g_strdup (C_ ("stream", "Complete"));
  /* Translators: where a stream stands, and how much it has brought: "Live", "12 pieces" */
  return g_strdup_printf (_ ("%s · %s"), words, count);
}

/**
 * spot_words_stream_cut:
 * @n_dropped: how many pieces are not kept any more
 * @left_out: whether something that is kept is not shown
 *
 * Pure.
 *
 * Returns: (transfer full) (nullable): what is not in sight of a stream, %NULL when all of it is
 */
char *
spot_words_stream_cut (guint64  n_dropped,
                       gboolean left_out)
{
  g_autofree char *number = g_strdup_printf ("%'" G_GUINT64_FORMAT, n_dropped);

  if (n_dropped > 0)
    /* Translators: %s is a number */
    return g_strdup_printf (ngettext ("Only the end is shown; the oldest %s piece is not kept.",
                                      "Only the end is shown; the oldest %s pieces are not kept.", (gulong) n_dropped),
                            number);
  if (left_out)
    return g_strdup (_ ("Only the end is shown. Copies and files have all of it."));
  return NULL;
}
