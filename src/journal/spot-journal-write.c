/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-journal"

#include "config.h"

#include <string.h>

#include "spot-journal-tables.h"
#include "spot-run-record-blob.h"

/* What is only kept when the user says so. */
#define PAYLOADS (SPOT_COLUMN_BIT (SPOT_COLUMN_PAYLOAD) | SPOT_COLUMN_BIT (SPOT_COLUMN_OUTPUT))

/* SPOT_TIME_NONE, which is null in the table: the smallest number, which SQL cannot write otherwise. */
#define NO_TIME "-9223372036854775807 - 1"

/* The feed that a batch is of. */
typedef struct
{
  SpotJournalDb          *db;
  const SpotJournalWrite *write;
  gint64                  environment;
  gint64                  id;
  gboolean                is_whole;
  guint32                 columns;
  gint64                  generation;
  guint32                 kept; /* columns that are written */
} Feed;

/* The row of a run, as it was. */
typedef struct
{
  gint64         id; /* 0 when there is none */
  gint64         n_changes;
  SpotRunRecord *record; /* (nullable) */
  GBytes        *blob;   /* (nullable) */
} Known;

static void
known_clear (Known *self)
{
  g_clear_pointer (&self->record, spot_run_record_unref);
  g_clear_pointer (&self->blob, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Known, known_clear)

/**
 * spot_journal_write_free:
 * @self: (transfer full): a write
 *
 * Frees @self.
 */
void
spot_journal_write_free (SpotJournalWrite *self)
{
  g_free (self->environment_key);
  g_free (self->feed_key);
  g_clear_pointer (&self->batch, spot_run_batch_unref);
  g_clear_pointer (&self->position, spot_log_position_unref);
  g_free (self);
}

/**
 * spot_journal_write_is_whole:
 * @self: a write
 *
 * Returns: whether it has every run of the feed
 */
gboolean
spot_journal_write_is_whole (const SpotJournalWrite *self)
{
  return self->batch
         && (self->batch->kind == SPOT_RUN_BATCH_SNAPSHOT || (self->flags & SPOT_JOURNAL_WRITE_WHOLE) != 0);
}

/**
 * spot_journal_db_find_environment:
 * @db: a database
 * @key: an environment
 * @id: (out): its number; 0 when nothing is known of it
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_find_environment (SpotJournalDb  *db,
                                  const char     *key,
                                  gint64         *id,
                                  GError        **error)
{
  *id = 0;

  return spot_journal_db_get_int (db, id, error, "SELECT id FROM environments WHERE key = ?", "t", key);
}

/**
 * spot_journal_db_ensure_environment:
 * @db: a database
 * @key: an environment
 * @id: (out): its number
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_ensure_environment (SpotJournalDb  *db,
                                    const char     *key,
                                    gint64         *id,
                                    GError        **error)
{
  if (!spot_journal_db_find_environment (db, key, id, error))
    return FALSE;
  if (*id != 0)
    return TRUE;
  if (!spot_journal_db_run (db, error, "INSERT INTO environments (key) VALUES (?)", "t", key))
    return FALSE;
  *id = sqlite3_last_insert_rowid (spot_journal_db_get_sqlite (db));

  return TRUE;
}

/**
 * spot_journal_db_remove_run:
 * @db: a database
 * @run: the number of a run
 * @error: return location
 *
 * Removes a run and its changes. Feeds that have it must begin anew then: without one of its rows a log is not what the
 * server takes it for.
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_remove_run (SpotJournalDb  *db,
                            gint64          run,
                            GError        **error)
{
  return spot_journal_db_run (db, error,
                              "UPDATE feeds SET is_whole = 0, handle = NULL"
                              " WHERE id IN (SELECT feed FROM members WHERE run = ?)",
                              "i", run)
         && spot_journal_db_run (db, error, "DELETE FROM members WHERE run = ?", "i", run)
         && spot_journal_db_run (db, error, "DELETE FROM changes WHERE run = ?", "i", run)
         && spot_journal_db_run (db, error, "DELETE FROM runs WHERE id = ?", "i", run);
}

/**
 * spot_journal_db_forget_feed:
 * @db: a database
 * @environment_key: where
 * @feed_key: a feed, which need not be there
 * @with_runs: whether to remove the runs that are in no other feed
 * @error: return location
 *
 * Removes a feed.
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_forget_feed (SpotJournalDb  *db,
                             const char     *environment_key,
                             const char     *feed_key,
                             gboolean        with_runs,
                             GError        **error)
{
  gint64 environment, feed = 0;

  if (!spot_journal_db_find_environment (db, environment_key, &environment, error)
      || !spot_journal_db_get_int (db, &feed, error, "SELECT id FROM feeds WHERE environment = ? AND key = ?", "it",
                                   environment, feed_key))
    return FALSE;
  if (feed == 0)
    return TRUE;
  if (with_runs
      && (!spot_journal_db_run (db, error,
                                "DELETE FROM changes WHERE run IN"
                                " (SELECT run FROM members AS m WHERE feed = ?1 AND NOT EXISTS"
                                " (SELECT 1 FROM members AS n WHERE n.run = m.run AND n.feed <> ?1))",
                                "i", feed)
          || !spot_journal_db_run (db, error,
                                   "DELETE FROM runs WHERE id IN"
                                   " (SELECT run FROM members AS m WHERE feed = ?1 AND NOT EXISTS"
                                   " (SELECT 1 FROM members AS n WHERE n.run = m.run AND n.feed <> ?1))",
                                   "i", feed)))
    return FALSE;

  return spot_journal_db_run (db, error, "DELETE FROM members WHERE feed = ?", "i", feed)
         && spot_journal_db_run (db, error, "DELETE FROM feeds WHERE id = ?", "i", feed);
}

/**
 * spot_journal_db_forget_runs:
 * @db: a database
 * @environment_key: where
 * @run_ids: runs, which need not be there
 * @error: return location
 *
 * Removes runs, and the positions of the feeds that have them.
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_forget_runs (SpotJournalDb      *db,
                             const char         *environment_key,
                             const char *const  *run_ids,
                             GError            **error)
{
  gint64 environment;

  if (!spot_journal_db_find_environment (db, environment_key, &environment, error))
    return FALSE;
  for (guint i = 0; environment != 0 && run_ids[i]; i++)
    {
      gint64 run = 0;

      if (!spot_journal_db_get_int (db, &run, error, "SELECT id FROM runs WHERE environment = ? AND run_id = ?", "it",
                                    environment, run_ids[i])
          || (run != 0 && !spot_journal_db_remove_run (db, run, error)))
        return FALSE;
    }

  return TRUE;
}

static gboolean
find_feed (Feed    *feed,
           GError **error)
{
  const SpotJournalWrite *write = feed->write;
  g_auto(SpotStatement) statement = NULL;
  gboolean has_row;

  if (!spot_journal_db_ensure_environment (feed->db, write->environment_key, &feed->environment, error)
      || !spot_journal_db_run (feed->db, error,
                               "INSERT INTO feeds (environment, key, is_whole, columns, generation, committed_us)"
                               " VALUES (?, ?, 0, 0, 0, 0) ON CONFLICT DO NOTHING",
                               "it", feed->environment, write->feed_key))
    return FALSE;
  statement = spot_journal_db_query (feed->db, error,
                                     "SELECT id, is_whole, columns, generation FROM feeds"
                                     " WHERE environment = ? AND key = ?",
                                     "it", feed->environment, write->feed_key);
  if (!statement || !spot_journal_db_step (feed->db, statement, &has_row, error))
    return FALSE;
  if (!has_row)
    {
      g_set_error (error, SPOT_JOURNAL_ERROR, SPOT_JOURNAL_ERROR_DAMAGED, "a feed that was added is not there");
      return FALSE;
    }
  feed->id = sqlite3_column_int64 (statement, 0);
  feed->is_whole = sqlite3_column_int (statement, 1) != 0;
  feed->columns = (guint32) sqlite3_column_int64 (statement, 2);
  feed->generation = sqlite3_column_int64 (statement, 3);
  if (spot_journal_write_is_whole (write))
    {
      feed->is_whole = TRUE;
      feed->columns = 0;
      feed->generation++;
    }

  return TRUE;
}

static gboolean
find_run (Feed        *feed,
          const char  *run_id,
          Known       *known,
          GError     **error)
{
  g_auto(SpotStatement) statement
    = spot_journal_db_query (feed->db, error,
                             "SELECT id, n_changes, record FROM runs WHERE environment = ? AND run_id = ?", "it",
                             feed->environment, run_id);
  gboolean has_row;

  if (!statement || !spot_journal_db_step (feed->db, statement, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  known->id = sqlite3_column_int64 (statement, 0);
  known->n_changes = sqlite3_column_int64 (statement, 1);
  known->blob = g_bytes_new (sqlite3_column_blob (statement, 2), (gsize) sqlite3_column_bytes (statement, 2));
  /* One that cannot be read is as good as none: it is written anew. */
  known->record = spot_run_record_from_blob (g_bytes_get_data (known->blob, NULL), g_bytes_get_size (known->blob),
                                             SPOT_ALL_COLUMNS, NULL);

  return TRUE;
}

/* Keeps what tells most: steps of a progress bar go before ends and beginnings. */
static gboolean
trim_changes (Feed    *feed,
              Known   *known,
              GError **error)
{
  sqlite3 *sqlite = spot_journal_db_get_sqlite (feed->db);

  if (known->n_changes <= SPOT_MAX_RUN_CHANGES)
    return TRUE;
  if (!spot_journal_db_run (feed->db, error,
                            "DELETE FROM changes WHERE id IN"
                            " (SELECT id FROM changes WHERE run = ? AND kind IN (5, 6) ORDER BY id LIMIT ?)",
                            "ii", known->id, known->n_changes - SPOT_KEPT_RUN_CHANGES))
    return FALSE;
  known->n_changes -= sqlite3_changes (sqlite);
  if (known->n_changes > SPOT_MAX_RUN_CHANGES)
    {
      if (!spot_journal_db_run (feed->db, error,
                                "DELETE FROM changes WHERE id IN"
                                " (SELECT id FROM changes WHERE run = ? ORDER BY id LIMIT ?)",
                                "ii", known->id, known->n_changes - SPOT_KEPT_RUN_CHANGES))
        return FALSE;
      known->n_changes -= sqlite3_changes (sqlite);
    }

  return spot_journal_db_run (feed->db, error, "UPDATE runs SET n_changes = ? WHERE id = ?", "ii", known->n_changes,
                              known->id);
}

static gboolean
add_change (Feed              *feed,
            Known             *known,
            const SpotChange  *change,
            GError           **error)
{
  known->n_changes++;

  return spot_journal_db_run (feed->db, error,
                              "INSERT INTO changes (run, time_us, kind, cause, detail) VALUES (?, ?, ?, ?, ?)", "iiiit",
                              known->id, change->time_us, (gint64) change->kind, (gint64) change->cause,
                              change->detail);
}

/* Writes the row of a run; *@known has its number then. */
static gboolean
write_row (Feed           *feed,
           Known          *known,
           SpotRunRecord  *record,
           guint           n_new_changes,
           GError        **error)
{
  g_autoptr(GBytes) blob = spot_run_record_to_blob (record, feed->kept);
  gint64 created_us = spot_run_record_get_time (record, SPOT_COLUMN_CREATED_AT);
  gint64 ended_us = spot_run_record_get_time (record, SPOT_COLUMN_COMPLETED_AT);
  const char *status = spot_run_record_get_status_word (record);

  if (known->blob && g_bytes_equal (known->blob, blob))
    return spot_journal_db_run (feed->db, error, "UPDATE runs SET seen_us = ?, is_gone = 0 WHERE id = ?", "ii",
                                feed->write->time_us, known->id);
  if (known->id != 0)
    return spot_journal_db_run (feed->db, error,
                                "UPDATE runs SET created_us = nullif (?, " NO_TIME "), ended_us = nullif (?, " NO_TIME "),"
                                " status = ?, seen_us = ?, is_gone = 0, n_changes = n_changes + ?, record = ? WHERE id = ?",
                                "iitiibi", created_us, ended_us, status, feed->write->time_us, (gint64) n_new_changes,
                                blob, known->id);
  if (!spot_journal_db_run (feed->db, error,
                            "INSERT INTO runs (environment, run_id, created_us, ended_us,"
                            " status, seen_us, is_gone, n_changes, record)"
                            " VALUES (?, ?, nullif (?, " NO_TIME "), nullif (?, " NO_TIME "), ?, ?, 0, ?, ?)",
                            "itiitiib", feed->environment, spot_run_record_get_id (record), created_us, ended_us,
                            status, feed->write->time_us, (gint64) n_new_changes, blob))
    return FALSE;
  known->id = sqlite3_last_insert_rowid (spot_journal_db_get_sqlite (feed->db));

  return TRUE;
}

static gboolean
write_present (Feed                 *feed,
               const SpotRunChange  *change,
               GError              **error)
{
  guint32 columns = spot_run_record_get_known (change->record);
  g_auto(Known) known = { 0, 0, NULL, NULL };
  g_autoptr(SpotRunRecord) record = NULL;
  g_autoptr(GPtrArray) news = NULL;

  /* A row that is kept in part, or that no message could name, is none to go on with. */
  if ((columns & ~feed->kept) || !change->key)
    feed->is_whole = FALSE;
  feed->columns |= columns & feed->kept;

  if (!find_run (feed, spot_run_record_get_id (change->record), &known, error))
    return FALSE;
  record = known.record ? spot_run_record_combine (known.record, change->record) : spot_run_record_ref (change->record);
  /* A run whose row could not be read had been seen before all the same. */
  news = known.id != 0 && !known.record ? NULL
                                        : spot_change_compare (known.record, record, feed->write->batch->kind,
                                                               feed->write->time_us);
  if (!write_row (feed, &known, record, news ? news->len : 0, error))
    return FALSE;
  for (guint i = 0; news && i < news->len; i++)
    {
      if (!add_change (feed, &known, news->pdata[i], error))
        return FALSE;
    }
  if (!trim_changes (feed, &known, error))
    return FALSE;

  return spot_journal_db_run (feed->db, error,
                              "INSERT INTO members (feed, run, generation, key) VALUES (?, ?, ?, ?)"
                              " ON CONFLICT DO UPDATE SET generation = excluded.generation, key = excluded.key"
                              " WHERE generation <> excluded.generation OR key IS NOT excluded.key",
                              "iiit", feed->id, known.id, feed->generation, change->key);
}

static gboolean
write_removed (Feed                 *feed,
               const SpotRunChange  *change,
               GError              **error)
{
  gboolean deleted = (feed->write->flags & SPOT_JOURNAL_WRITE_REMOVED_IS_DELETED) != 0;
  g_auto(Known) known = { 0, 0, NULL, NULL };
  g_autoptr(SpotChange) news = NULL;

  if (!find_run (feed, spot_run_record_get_id (change->record), &known, error))
    return FALSE;
  if (known.id == 0)
    return TRUE;
  news = spot_change_new_removal (deleted, feed->write->feed_key, feed->write->batch->kind, feed->write->time_us);

  return spot_journal_db_run (feed->db, error, "DELETE FROM members WHERE feed = ? AND run = ?", "ii", feed->id,
                              known.id)
         && spot_journal_db_run (feed->db, error,
                                 "UPDATE runs SET seen_us = ?, is_gone = is_gone | ?, n_changes = n_changes + 1"
                                 " WHERE id = ?",
                                 "iii", feed->write->time_us, (gint64) deleted, known.id)
         && add_change (feed, &known, news, error) && trim_changes (feed, &known, error);
}

static gboolean
finish_feed (Feed    *feed,
             GError **error)
{
  SpotLogPosition *position = feed->write->position;

  if (spot_journal_write_is_whole (feed->write)
      && !spot_journal_db_run (feed->db, error, "DELETE FROM members WHERE feed = ? AND generation <> ?", "ii",
                               feed->id, feed->generation))
    return FALSE;
  if (!spot_journal_db_run (feed->db, error,
                            "UPDATE feeds SET is_whole = ?, columns = ?, generation = ?, committed_us = ? WHERE id = ?",
                            "iiiii", (gint64) feed->is_whole, (gint64) feed->columns, feed->generation,
                            feed->write->time_us, feed->id))
    return FALSE;
  if (!feed->is_whole || (!position && spot_journal_write_is_whole (feed->write)))
    return spot_journal_db_run (feed->db, error, "UPDATE feeds SET handle = NULL WHERE id = ?", "i", feed->id);
  if (!position || feed->write->is_frozen)
    return TRUE;

  return spot_journal_db_run (feed->db, error,
                              "UPDATE feeds SET dialect = ?, handle = ?, position = ?, cursor = ?, schema = ?"
                              " WHERE id = ?",
                              "ttttti", spot_log_position_get_dialect (position),
                              spot_log_position_get_handle (position), spot_log_position_get_offset (position),
                              spot_log_position_get_cursor (position), spot_log_position_get_schema (position),
                              feed->id);
}

/**
 * spot_journal_db_write:
 * @db: a database in a transaction
 * @write: what a feed committed
 * @error: return location
 *
 * Writes the rows of a commit, what has changed in them, and the feed's position after it.
 *
 * Returns: %FALSE on failure: the transaction is to be undone then
 */
gboolean
spot_journal_db_write (SpotJournalDb           *db,
                       const SpotJournalWrite  *write,
                       GError                 **error)
{
  Feed feed = { db, write, 0, 0, FALSE, 0, 0, write->keep_payload ? SPOT_ALL_COLUMNS : SPOT_ALL_COLUMNS & ~PAYLOADS };
  GArray *changes = write->batch ? write->batch->changes : NULL;

  if (write->flags & SPOT_JOURNAL_WRITE_KEEP_NOTHING)
    return spot_journal_db_forget_feed (db, write->environment_key, write->feed_key, TRUE, error);

  if (!find_feed (&feed, error))
    return FALSE;
  for (guint i = 0; changes && i < changes->len; i++)
    {
      const SpotRunChange *change = &g_array_index (changes, SpotRunChange, i);

      if (!(change->removed ? write_removed (&feed, change, error) : write_present (&feed, change, error)))
        return FALSE;
    }

  return finish_feed (&feed, error);
}
