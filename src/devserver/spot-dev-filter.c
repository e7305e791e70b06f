/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-filter.h"

#define WINDOW_MAX_LENGTH 100

/**
 * spot_dev_filter_init_copy:
 * @self: (out caller-allocates): the copy
 * @source: a filter
 */
void
spot_dev_filter_init_copy (SpotDevFilter       *self,
                           const SpotDevFilter *source)
{
  self->feed = source->feed;
  self->id = g_strdup (source->id);
  self->tags = g_strdupv (source->tags);
  self->bound_ms = source->bound_ms;
}

/**
 * spot_dev_filter_clear:
 * @self: a filter
 *
 * Frees what it holds.
 */
void
spot_dev_filter_clear (SpotDevFilter *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->tags, g_strfreev);
}

/**
 * spot_dev_filter_matches:
 * @self: a filter
 * @row: (nullable): a row
 *
 * Returns: whether @row belongs to the feed
 */
gboolean
spot_dev_filter_matches (const SpotDevFilter *self,
                         const SpotDevRow    *row)
{
  if (row == NULL)
    return FALSE;
  if (self->feed == SPOT_DEV_FEED_RUN)
    return strcmp (self->id, row->cells[SPOT_DEV_FRIENDLY_ID]) == 0;
  if (self->feed == SPOT_DEV_FEED_BATCH)
    return g_strcmp0 (self->id, row->batch_id) == 0;

  if (self->bound_ms != SPOT_DEV_NO_BOUND && row->created_ms <= self->bound_ms)
    return FALSE;
  for (guint i = 0; self->tags != NULL && self->tags[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) row->tags, self->tags[i]))
      return FALSE;
  return TRUE;
}

/**
 * spot_dev_filter_select:
 * @self: a filter
 * @store: the database
 *
 * Returns: (transfer full) (element-type SpotDevRun): the runs of the feed, in the order of their creation
 */
GQueue *
spot_dev_filter_select (const SpotDevFilter *self,
                        SpotDevStore        *store)
{
  GQueue *runs = g_queue_new ();
  GQueue *candidates = NULL;

  if (self->feed == SPOT_DEV_FEED_RUN)
    {
      SpotDevRun *run = spot_dev_store_lookup (store, self->id);

      if (run != NULL)
        g_queue_push_tail (runs, run);
      return runs;
    }

  if (self->feed == SPOT_DEV_FEED_BATCH)
    candidates = spot_dev_store_get_batch (store, self->id);
  else
    candidates = spot_dev_store_get_by_age (store);
  for (GList *l = candidates != NULL ? candidates->head : NULL; l != NULL; l = l->next)
    {
      SpotDevRun *run = l->data;

      if (spot_dev_filter_matches (self, run->row))
        g_queue_push_tail (runs, run);
    }
  return runs;
}

/**
 * spot_dev_filter_parse_tags:
 * @text: (nullable): the `tags` parameter
 * @tags: (out) (transfer full) (nullable): the tags; %NULL for no tag filter
 * @bad_tag: (out) (transfer full) (nullable): the first tag that cannot be
 *
 * Returns: %FALSE when a tag is empty or holds a control character, a backslash or a double quote
 */
gboolean
spot_dev_filter_parse_tags (const char   *text,
                            char       ***tags,
                            char        **bad_tag)
{
  *tags = NULL;
  *bad_tag = NULL;
  if (text == NULL || *text == '\0')
    return TRUE;

  *tags = g_strsplit (text, ",", -1);
  for (guint i = 0; (*tags)[i] != NULL; i++)
    {
      gboolean bad = (*tags)[i][0] == '\0';

      for (const char *p = (*tags)[i]; *p != '\0'; p++)
        bad |= (guchar) *p < 0x20 || *p == 0x7f || *p == '\\' || *p == '"';
      if (bad)
        {
          *bad_tag = g_strdup ((*tags)[i]);
          g_clear_pointer (tags, g_strfreev);
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * spot_dev_filter_parse_window:
 * @text: (nullable): the `createdAt` parameter: integers with units `w d hr h m s`
 * @window_ms: (out): how far to look back, clamped to %SPOT_DEV_MAX_AGE_MS; the maximum when @text is %NULL
 *
 * Returns: %FALSE when @text is no duration
 */
gboolean
spot_dev_filter_parse_window (const char *text,
                              gint64     *window_ms)
{
  static const struct
  {
    const char *unit;
    gint64 ms;
  } units[] = {
    { "w", 604800000 }, { "d", 86400000 }, { "hr", 3600000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 },
  };
  gint64 sum_ms = 0;

  *window_ms = SPOT_DEV_MAX_AGE_MS;
  if (text == NULL)
    return TRUE;
  if (*text == '\0' || strlen (text) > WINDOW_MAX_LENGTH)
    return FALSE;

  while (*text != '\0')
    {
      gint64 amount = 0;
      guint i;

      if (!g_ascii_isdigit (*text))
        return FALSE;
      for (; g_ascii_isdigit (*text); text++)
        amount = MIN (amount * 10 + (*text - '0'), SPOT_DEV_MAX_AGE_MS);
      for (i = 0; i < G_N_ELEMENTS (units); i++)
        if (g_str_has_prefix (text, units[i].unit))
          break;
      if (i == G_N_ELEMENTS (units))
        return FALSE;
      text += strlen (units[i].unit);
      sum_ms = MIN (sum_ms + amount * units[i].ms, SPOT_DEV_MAX_AGE_MS);
    }
  *window_ms = sum_ms;
  return TRUE;
}
