/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-journal"

#include "config.h"

#include "spot-journal-types.h"

/**
 * spot_announcement_new:
 * @environment_key: where
 * @run_id: which run
 * @completed_us: its completedAt
 * @status: the word of the status that it ended with
 * @notice_id: of the notification
 *
 * Returns: (transfer full): an announcement
 */
SpotAnnouncement *
spot_announcement_new (const char *environment_key,
                       const char *run_id,
                       gint64      completed_us,
                       const char *status,
                       const char *notice_id)
{
  SpotAnnouncement *self;

  g_return_val_if_fail (environment_key && run_id && status && notice_id, NULL);

  self = g_new0 (SpotAnnouncement, 1);
  self->environment_key = g_strdup (environment_key);
  self->run_id = g_strdup (run_id);
  self->completed_us = completed_us;
  self->status = g_strdup (status);
  self->notice_id = g_strdup (notice_id);

  return self;
}

/**
 * spot_announcement_copy:
 * @self: an announcement
 *
 * Returns: (transfer full): another that is the same
 */
SpotAnnouncement *
spot_announcement_copy (const SpotAnnouncement *self)
{
  SpotAnnouncement *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = spot_announcement_new (self->environment_key, self->run_id, self->completed_us, self->status, self->notice_id);
  copy->noted_us = self->noted_us;

  return copy;
}

/**
 * spot_announcement_free:
 * @self: (transfer full): an announcement
 *
 * Frees @self.
 */
void
spot_announcement_free (SpotAnnouncement *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->environment_key);
  g_free (self->run_id);
  g_free (self->status);
  g_free (self->notice_id);
  g_free (self);
}

static void
clear_run (gpointer data)
{
  SpotJournalRun *run = data;

  g_clear_pointer (&run->record, spot_run_record_unref);
}

static void
free_feed (gpointer data)
{
  SpotJournalFeed *feed = data;

  g_free (feed->key);
  g_clear_pointer (&feed->position, spot_log_position_unref);
  g_array_unref (feed->rows);
  g_free (feed);
}

/**
 * spot_journal_contents_new:
 *
 * Returns: (transfer full): contents with nothing in them
 */
SpotJournalContents *
spot_journal_contents_new (void)
{
  SpotJournalContents *self = g_new0 (SpotJournalContents, 1);

  self->runs = g_array_new (FALSE, FALSE, sizeof (SpotJournalRun));
  g_array_set_clear_func (self->runs, clear_run);
  self->feeds = g_ptr_array_new_with_free_func (free_feed);
  self->unsent = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_announcement_free);

  return self;
}

/**
 * spot_journal_contents_free:
 * @self: (transfer full): contents
 *
 * Frees @self.
 */
void
spot_journal_contents_free (SpotJournalContents *self)
{
  g_return_if_fail (self != NULL);

  g_array_unref (self->runs);
  g_ptr_array_unref (self->feeds);
  g_ptr_array_unref (self->unsent);
  g_free (self);
}

/**
 * spot_inbox_entry_new:
 * @environment_key: where
 * @watch_id: which watch it is for
 * @run_id: (nullable): which run
 * @kind: what it is, the caller's number
 * @time_us: when, wall clock
 * @summary: what it says
 *
 * Returns: (transfer full): an entry that nobody has seen, without an id
 */
SpotInboxEntry *
spot_inbox_entry_new (const char *environment_key,
                      const char *watch_id,
                      const char *run_id,
                      int         kind,
                      gint64      time_us,
                      const char *summary)
{
  SpotInboxEntry *self;

  g_return_val_if_fail (environment_key && watch_id && summary, NULL);

  self = g_new0 (SpotInboxEntry, 1);
  self->environment_key = g_strdup (environment_key);
  self->watch_id = g_strdup (watch_id);
  self->run_id = g_strdup (run_id);
  self->kind = kind;
  self->time_us = time_us;
  self->summary = g_strdup (summary);

  return self;
}

/**
 * spot_inbox_entry_free:
 * @self: (transfer full): an entry
 *
 * Frees @self.
 */
void
spot_inbox_entry_free (SpotInboxEntry *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->environment_key);
  g_free (self->watch_id);
  g_free (self->run_id);
  g_free (self->summary);
  g_free (self);
}
