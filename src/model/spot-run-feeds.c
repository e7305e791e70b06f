/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include <string.h>

#include "spot-run-private.h"

/* Which feeds a run is in, and what each of them knows of it.
 *
 * A feed's own rows follow each other in the order of its log, whatever their times say: servers' clocks differ by more
 * than the time between two changes. Only between feeds does `updatedAt` decide. So the store keeps the last row of each
 * feed and makes the run's record of all of them; a run in one feed, as almost all are, shares that feed's record. */

static gint64
get_updated (const SpotRunRecord *record)
{
  return spot_run_record_get_time (record, SPOT_COLUMN_UPDATED_AT);
}

static void
remove_at (SpotRun *self,
           guint    index)
{
  spot_run_record_unref (self->feeds[index].record);
  self->n_feeds--;
  memmove (&self->feeds[index], &self->feeds[index + 1], (self->n_feeds - index) * sizeof (SpotRunFeed));
}

/* Takes over the record. Behind all rows that are as old, because later news wins among equals. */
static void
insert (SpotRun    *self,
        SpotRunFeed feed)
{
  gint64 updated_us = get_updated (feed.record);
  guint index = self->n_feeds;

  while (index > 0 && get_updated (self->feeds[index - 1].record) > updated_us)
    index--;
  self->feeds = g_renew (SpotRunFeed, self->feeds, self->n_feeds + 1);
  memmove (&self->feeds[index + 1], &self->feeds[index], (self->n_feeds - index) * sizeof (SpotRunFeed));
  self->feeds[index] = feed;
  self->n_feeds++;
}

static SpotRunFeed *
find_left (SpotRun *self)
{
  for (guint i = 0; i < self->n_feeds; i++)
    {
      if (self->feeds[i].left)
        return &self->feeds[i];
    }
  return NULL;
}

/* What a feed that is gone knew will never be brought up to date, so it goes when another feed knows more. */
static void
drop_outdated_left (SpotRun             *self,
                    const SpotRunRecord *news)
{
  SpotRunFeed *left = find_left (self);
  gint64 left_us;
  gint64 news_us;

  if (left == NULL)
    return;
  left_us = get_updated (left->record);
  news_us = get_updated (news);
  if (news_us > left_us || (news_us < left_us && spot_run_record_has_ended (news)))
    remove_at (self, left - self->feeds);
}

/**
 * spot_run_find_feed:
 * @self: a run
 * @feed_id: a feed
 *
 * Returns: (nullable): what the feed knows, valid until the run's feeds change; %NULL when the run is not in it
 */
SpotRunFeed *
spot_run_find_feed (SpotRun *self,
                    guint    feed_id)
{
  for (guint i = 0; i < self->n_feeds; i++)
    {
      if (!self->feeds[i].left && self->feeds[i].feed_id == feed_id)
        return &self->feeds[i];
    }
  return NULL;
}

/**
 * spot_run_has_feeds:
 * @self: a run
 *
 * Returns: whether the run is in any feed
 */
gboolean
spot_run_has_feeds (SpotRun *self)
{
  return self->n_feeds > 1 || (self->n_feeds == 1 && !self->feeds[0].left);
}

/**
 * spot_run_set_feed:
 * @self: a run
 * @feed_id: a feed
 * @preview: whether the row is a preview and the feed has not committed the run before
 * @record: the feed's row, which is referenced
 *
 * Enters the run into the feed, or replaces the feed's row. The run's own record stays as it is until it is swapped for
 * what spot_run_combine() gives.
 */
void
spot_run_set_feed (SpotRun       *self,
                   guint          feed_id,
                   gboolean       preview,
                   SpotRunRecord *record)
{
  SpotRunFeed *feed = spot_run_find_feed (self, feed_id);

  spot_run_record_ref (record);
  if (feed != NULL && self->n_feeds == 1)
    {
      spot_run_record_unref (feed->record);
      feed->record = record;
      feed->preview = preview;
      return;
    }
  if (feed != NULL)
    remove_at (self, feed - self->feeds);
  drop_outdated_left (self, record);
  insert (self, (SpotRunFeed) { .record = record, .feed_id = feed_id, .preview = preview });
}

/**
 * spot_run_leave_feed:
 * @self: a run
 * @feed_id: a feed that it is in
 *
 * Takes the run out of the feed. What the feed knew stays with the run until another feed has something newer, so that
 * columns which only one feed brought do not vanish, and the run does not go back in time.
 */
void
spot_run_leave_feed (SpotRun *self,
                     guint    feed_id)
{
  g_autoptr(SpotRunRecord) left_record = NULL;
  g_autoptr(SpotRunRecord) newest = NULL;
  SpotRunFeed *feed = spot_run_find_feed (self, feed_id);
  SpotRunFeed *left;

  if (feed == NULL)
    return;
  left_record = spot_run_record_ref (feed->record);
  remove_at (self, feed - self->feeds);

  left = find_left (self);
  if (left != NULL)
    {
      g_autoptr(SpotRunRecord) both = NULL;

      if (get_updated (left->record) <= get_updated (left_record))
        both = spot_run_record_combine (left->record, left_record);
      else
        both = spot_run_record_combine (left_record, left->record);
      remove_at (self, left - self->feeds);
      g_clear_pointer (&left_record, spot_run_record_unref);
      left_record = g_steal_pointer (&both);
    }
  if (self->n_feeds == 0)
    return;

  newest = spot_run_record_ref (self->feeds[self->n_feeds - 1].record);
  insert (self, (SpotRunFeed) { .record = spot_run_record_ref (left_record), .left = TRUE });
  drop_outdated_left (self, newest);
}

/**
 * spot_run_combine:
 * @self: a run that is in a feed
 *
 * Returns: (transfer full): what all its feeds know together: each column from the newest row that has it
 */
SpotRunRecord *
spot_run_combine (SpotRun *self)
{
  g_autoptr(SpotRunRecord) record = NULL;

  g_assert (self->n_feeds > 0);

  record = spot_run_record_ref (self->feeds[0].record);
  for (guint i = 1; i < self->n_feeds; i++)
    {
      g_autoptr(SpotRunRecord) both = spot_run_record_combine (record, self->feeds[i].record);

      g_clear_pointer (&record, spot_run_record_unref);
      record = g_steal_pointer (&both);
    }
  return g_steal_pointer (&record);
}

/**
 * spot_run_is_in_feed:
 * @self: a run
 * @feed_id: a feed
 *
 * Returns: whether the feed has the run
 */
gboolean
spot_run_is_in_feed (SpotRun *self,
                     guint    feed_id)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), FALSE);

  return spot_run_find_feed (self, feed_id) != NULL;
}

/**
 * spot_run_is_committed:
 * @self: a run
 *
 * A run that was only seen in the previews of first snapshots may be old news: it is shown, but nothing counts it.
 *
 * Returns: whether a feed has committed the run; %TRUE also for a run that is in no store
 */
gboolean
spot_run_is_committed (SpotRun *self)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), FALSE);

  for (guint i = 0; i < self->n_feeds; i++)
    {
      if (!self->feeds[i].preview && !self->feeds[i].left)
        return TRUE;
    }
  return !spot_run_has_feeds (self);
}
