/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-journal"

#include "config.h"

#include "spot-journal-tables.h"

/* Whether an announcement is known, and has been sent; -1, 0 or 1. */
static gboolean
find (SpotJournalDb           *db,
      gint64                   environment,
      const SpotAnnouncement  *announcement,
      gint64                  *is_done,
      GError                 **error)
{
  *is_done = -1;

  return spot_journal_db_get_int (db, is_done, error,
                                  "SELECT is_done FROM announced"
                                  " WHERE environment = ? AND run_id = ? AND completed_us = ? AND status = ?",
                                  "itit", environment, announcement->run_id, announcement->completed_us,
                                  announcement->status);
}

static gboolean
note (SpotJournalDb           *db,
      gint64                   environment,
      const SpotAnnouncement  *announcement,
      gboolean                 is_done,
      gint64                   now_us,
      GError                 **error)
{
  return spot_journal_db_run (db, error,
                              "INSERT INTO announced"
                              " (environment, run_id, completed_us, status, is_done, noted_us, notice_id)"
                              " VALUES (?, ?, ?, ?, ?, ?, ?)"
                              " ON CONFLICT DO UPDATE SET is_done = excluded.is_done, notice_id = excluded.notice_id",
                              "ititiit", environment, announcement->run_id, announcement->completed_us,
                              announcement->status, (gint64) is_done, now_us, announcement->notice_id);
}

/**
 * spot_journal_db_announce:
 * @db: a database in a transaction
 * @announcements: (element-type SpotAnnouncement): ends that are to be told
 * @now_us: the time
 * @error: return location
 *
 * Notes that these are about to be sent, but for those that have been.
 *
 * Returns: (transfer full) (element-type SpotAnnouncement): those to send once the transaction is committed; %NULL on
 *   failure
 */
GPtrArray *
spot_journal_db_announce (SpotJournalDb  *db,
                          GPtrArray      *announcements,
                          gint64          now_us,
                          GError        **error)
{
  g_autoptr(GPtrArray) unsent = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_announcement_free);

  for (guint i = 0; i < announcements->len; i++)
    {
      const SpotAnnouncement *announcement = announcements->pdata[i];
      gint64 environment, is_done;

      if (!spot_journal_db_ensure_environment (db, announcement->environment_key, &environment, error)
          || !find (db, environment, announcement, &is_done, error))
        return NULL;
      if (is_done == 1)
        continue;
      if (!note (db, environment, announcement, FALSE, now_us, error))
        return NULL;
      g_ptr_array_add (unsent, spot_announcement_copy (announcement));
    }

  return g_steal_pointer (&unsent);
}

/**
 * spot_journal_db_note_announced:
 * @db: a database in a transaction
 * @announcements: (element-type SpotAnnouncement): ends that have been told
 * @now_us: the time
 * @error: return location
 *
 * Notes that these need not be sent any more.
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_note_announced (SpotJournalDb  *db,
                                GPtrArray      *announcements,
                                gint64          now_us,
                                GError        **error)
{
  for (guint i = 0; i < announcements->len; i++)
    {
      const SpotAnnouncement *announcement = announcements->pdata[i];
      gint64 environment;

      if (!spot_journal_db_ensure_environment (db, announcement->environment_key, &environment, error)
          || !note (db, environment, announcement, TRUE, now_us, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * spot_journal_db_load_unsent:
 * @db: a database in a transaction
 * @environment: its number
 * @environment_key: the environment
 * @unsent: (element-type SpotAnnouncement): where to add
 * @error: return location
 *
 * Adds the announcements that were about to be sent and of which nobody knows whether they were, oldest first.
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_load_unsent (SpotJournalDb  *db,
                             gint64          environment,
                             const char     *environment_key,
                             GPtrArray      *unsent,
                             GError        **error)
{
  g_auto(SpotStatement) statement
    = spot_journal_db_query (db, error,
                             "SELECT run_id, completed_us, status, notice_id, noted_us FROM announced"
                             " WHERE environment = ? AND is_done = 0 ORDER BY noted_us, completed_us, run_id",
                             "i", environment);
  gboolean has_row;

  for (;;)
    {
      const char *run_id, *status, *notice_id;
      SpotAnnouncement *announcement;

      if (!statement || !spot_journal_db_step (db, statement, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      run_id = (const char *) sqlite3_column_text (statement, 0);
      status = (const char *) sqlite3_column_text (statement, 2);
      notice_id = (const char *) sqlite3_column_text (statement, 3);
      /* A file that is damaged may hold anything. */
      if (!run_id || !status || !notice_id || !g_utf8_validate (run_id, -1, NULL) || !g_utf8_validate (status, -1, NULL)
          || !g_utf8_validate (notice_id, -1, NULL))
        continue;
      announcement
        = spot_announcement_new (environment_key, run_id, sqlite3_column_int64 (statement, 1), status, notice_id);
      announcement->noted_us = sqlite3_column_int64 (statement, 4);
      g_ptr_array_add (unsent, announcement);
    }
}
