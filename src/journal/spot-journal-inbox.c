/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-journal"

#include "config.h"

#include "spot-journal-tables.h"

/**
 * spot_journal_db_add_inbox:
 * @db: a database in a transaction
 * @entry: an entry
 * @id: (out): the id that it has got
 * @error: return location
 *
 * Adds an entry, and removes the oldest when there are too many.
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_add_inbox (SpotJournalDb         *db,
                           const SpotInboxEntry  *entry,
                           gint64                *id,
                           GError               **error)
{
  gint64 environment;

  if (!spot_journal_db_ensure_environment (db, entry->environment_key, &environment, error)
      || !spot_journal_db_run (db, error,
                               "INSERT INTO inbox (environment, watch_id, run_id, kind, time_us, is_read, summary)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?)",
                               "ittiiit", environment, entry->watch_id, entry->run_id, (gint64) entry->kind,
                               entry->time_us, (gint64) entry->is_read, entry->summary))
    return FALSE;
  *id = sqlite3_last_insert_rowid (spot_journal_db_get_sqlite (db));

  return spot_journal_db_run (db, error,
                              "DELETE FROM inbox WHERE id <= (SELECT id FROM inbox ORDER BY id DESC LIMIT 1 OFFSET ?)",
                              "i", (gint64) SPOT_MAX_INBOX);
}

static char *
dup_text (SpotStatement statement,
          int           column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return text ? g_utf8_make_valid (text, -1) : NULL;
}

/**
 * spot_journal_db_list_inbox:
 * @db: a database in a transaction
 * @error: return location
 *
 * Returns: (transfer full) (element-type SpotInboxEntry): all entries, newest first; %NULL on failure
 */
GPtrArray *
spot_journal_db_list_inbox (SpotJournalDb  *db,
                            GError        **error)
{
  g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_inbox_entry_free);
  g_auto(SpotStatement) statement
    = spot_journal_db_query (db, error,
                             "SELECT i.id, e.key, i.watch_id, i.run_id, i.kind, i.time_us, i.is_read, i.summary"
                             " FROM inbox AS i JOIN environments AS e ON e.id = i.environment ORDER BY i.id DESC",
                             "");
  gboolean has_row;

  for (;;)
    {
      SpotInboxEntry *entry;

      if (!statement || !spot_journal_db_step (db, statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&entries);
      entry = g_new0 (SpotInboxEntry, 1);
      entry->id = sqlite3_column_int64 (statement, 0);
      entry->environment_key = dup_text (statement, 1);
      entry->watch_id = dup_text (statement, 2);
      entry->run_id = dup_text (statement, 3);
      entry->kind = sqlite3_column_int (statement, 4);
      entry->time_us = sqlite3_column_int64 (statement, 5);
      entry->is_read = sqlite3_column_int (statement, 6) != 0;
      entry->summary = dup_text (statement, 7);
      if (entry->environment_key && entry->watch_id && entry->summary)
        g_ptr_array_add (entries, entry);
      else
        spot_inbox_entry_free (entry);
    }
}

/**
 * spot_journal_db_mark_read:
 * @db: a database in a transaction
 * @id: an entry, or 0 for all of them
 * @error: return location
 *
 * Notes that somebody has seen it.
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_mark_read (SpotJournalDb  *db,
                           gint64          id,
                           GError        **error)
{
  return spot_journal_db_run (db, error, "UPDATE inbox SET is_read = 1 WHERE is_read = 0 AND (?1 = 0 OR id = ?1)", "i",
                              id);
}

/**
 * spot_journal_db_clear_inbox:
 * @db: a database in a transaction
 * @environment_key: (nullable): an environment, %NULL for all of them
 * @error: return location
 *
 * Removes entries.
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_clear_inbox (SpotJournalDb  *db,
                             const char     *environment_key,
                             GError        **error)
{
  return spot_journal_db_run (db, error,
                              "DELETE FROM inbox WHERE ?1 IS NULL"
                              " OR environment = (SELECT id FROM environments WHERE key = ?1)",
                              "t", environment_key);
}
