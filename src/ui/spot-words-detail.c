/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "spot-format.h"

#include "spot-words-detail.h"

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
