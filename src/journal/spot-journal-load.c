/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-journal"

#include "config.h"

#include "spot-journal-tables.h"
#include "spot-run-record-blob.h"

/* Text of a damaged file need not be text. */
static char *
dup_text (SpotStatement statement,
          int           column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return text ? g_utf8_make_valid (text, -1) : NULL;
}

/* Where in the contents the run of each number is, by its number. */
static gboolean
load_runs (SpotJournalDb        *db,
           gint64                environment,
           SpotJournalContents  *contents,
           GHashTable           *places,
           GError              **error)
{
  g_auto(SpotStatement) statement
    = spot_journal_db_query (db, error,
                             "SELECT id, seen_us, record FROM runs WHERE environment = ? AND is_gone = 0", "i",
                             environment);
  gboolean has_row;

  for (;;)
    {
      SpotJournalRun run;
      gint64 *id;

      if (!statement || !spot_journal_db_step (db, statement, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      run.seen_us = sqlite3_column_int64 (statement, 1);
      run.record = spot_run_record_from_blob (sqlite3_column_blob (statement, 2),
                                              (gsize) sqlite3_column_bytes (statement, 2), SPOT_ALL_COLUMNS, NULL);
      if (!run.record || !spot_run_record_is_showable (run.record))
        {
          /* The feeds that have it are given no position for it. */
          g_clear_pointer (&run.record, spot_run_record_unref);
          continue;
        }
      id = g_new (gint64, 1);
      *id = sqlite3_column_int64 (statement, 0);
      g_hash_table_insert (places, id, GUINT_TO_POINTER (contents->runs->len));
      g_array_append_val (contents->runs, run);
    }
}

static void
clear_row (gpointer data)
{
  SpotJournalRow *row = data;

  g_clear_pointer (&row->key, g_free);
  g_clear_pointer (&row->record, spot_run_record_unref);
}

/* The record with the columns that the feed has: another feed may know more of the run. */
static SpotRunRecord *
restrict_columns (SpotRunRecord *record,
                  guint32        columns)
{
  g_autoptr(GBytes) blob = NULL;

  if ((spot_run_record_get_known (record) & ~columns) == 0)
    return spot_run_record_ref (record);
  blob = spot_run_record_to_blob (record, columns);

  return spot_run_record_from_blob (g_bytes_get_data (blob, NULL), g_bytes_get_size (blob), SPOT_ALL_COLUMNS, NULL);
}

/* *@is_whole becomes FALSE when there is a row that cannot be given. */
static gboolean
load_rows (SpotJournalDb        *db,
           gint64                id,
           guint32               columns,
           SpotJournalContents  *contents,
           GHashTable           *places,
           SpotJournalFeed      *feed,
           gboolean             *is_whole,
           GError              **error)
{
  g_auto(SpotStatement) statement
    = spot_journal_db_query (db, error, "SELECT run, key FROM members WHERE feed = ? ORDER BY run", "i", id);
  gboolean has_row;

  for (;;)
    {
      SpotJournalRow row;
      gpointer place;
      gint64 run;

      if (!statement || !spot_journal_db_step (db, statement, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      run = sqlite3_column_int64 (statement, 0);
      row.key = g_strdup ((const char *) sqlite3_column_text (statement, 1));
      row.record = NULL;
      if (g_hash_table_lookup_extended (places, &run, NULL, &place))
        row.record = restrict_columns (g_array_index (contents->runs, SpotJournalRun, GPOINTER_TO_UINT (place)).record,
                                       columns);
      if (!row.key || !row.record)
        {
          clear_row (&row);
          *is_whole = FALSE;
          return TRUE;
        }
      g_array_append_val (feed->rows, row);
    }
}

static gboolean
load_feeds (SpotJournalDb        *db,
            gint64                environment,
            SpotJournalContents  *contents,
            GHashTable           *places,
            GError              **error)
{
  g_auto(SpotStatement) statement
    = spot_journal_db_query (db, error,
                             "SELECT id, key, columns, committed_us, dialect, handle, position, cursor, schema,"
                             " is_whole FROM feeds WHERE environment = ? ORDER BY id",
                             "i", environment);
  gboolean has_row;

  for (;;)
    {
      SpotJournalFeed *feed;
      gboolean is_whole;

      if (!statement || !spot_journal_db_step (db, statement, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;

      feed = g_new0 (SpotJournalFeed, 1);
      feed->key = dup_text (statement, 1);
      feed->committed_us = sqlite3_column_int64 (statement, 3);
      feed->rows = g_array_new (FALSE, FALSE, sizeof (SpotJournalRow));
      g_array_set_clear_func (feed->rows, clear_row);
      g_ptr_array_add (contents->feeds, feed);
      contents->as_of_us = MAX (contents->as_of_us, feed->committed_us);

      is_whole = sqlite3_column_int (statement, 9) != 0 && sqlite3_column_type (statement, 5) != SQLITE_NULL;
      if (is_whole
          && !load_rows (db, sqlite3_column_int64 (statement, 0), (guint32) sqlite3_column_int64 (statement, 2),
                         contents, places, feed, &is_whole, error))
        return FALSE;
      if (is_whole)
        {
          g_autofree char *dialect = dup_text (statement, 4);
          g_autofree char *handle = dup_text (statement, 5);
          g_autofree char *offset = dup_text (statement, 6);
          g_autofree char *cursor = dup_text (statement, 7);
          g_autofree char *schema = dup_text (statement, 8);

          if (dialect && handle && offset)
            feed->position = spot_log_position_new (dialect, handle, offset, cursor, schema);
        }
      if (!feed->position)
        g_array_set_size (feed->rows, 0);
    }
}

/**
 * spot_journal_db_load:
 * @db: a database in a transaction
 * @environment_key: an environment
 * @error: return location
 *
 * Reads all that is known of an environment. A run whose row is damaged is left out, and the feeds that have it have no
 * position.
 *
 * Returns: (transfer full): the contents, empty when nothing is known; %NULL on failure
 */
SpotJournalContents *
spot_journal_db_load (SpotJournalDb  *db,
                      const char     *environment_key,
                      GError        **error)
{
  g_autoptr(SpotJournalContents) contents = spot_journal_contents_new ();
  g_autoptr(GHashTable) places = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gint64 environment;

  if (!spot_journal_db_find_environment (db, environment_key, &environment, error))
    return NULL;
  if (environment != 0
      && (!load_runs (db, environment, contents, places, error)
          || !load_feeds (db, environment, contents, places, error)
          || !spot_journal_db_load_unsent (db, environment, environment_key, contents->unsent, error)))
    return NULL;

  return g_steal_pointer (&contents);
}

/**
 * spot_journal_db_load_changes:
 * @db: a database in a transaction
 * @environment_key: an environment
 * @run_id: a run's public id
 * @error: return location
 *
 * Returns: (transfer full) (element-type SpotChange): what has happened to the run, in order; empty when nothing is
 *   known, %NULL on failure
 */
GPtrArray *
spot_journal_db_load_changes (SpotJournalDb  *db,
                              const char     *environment_key,
                              const char     *run_id,
                              GError        **error)
{
  g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_change_free);
  g_auto(SpotStatement) statement
    = spot_journal_db_query (db, error,
                             "SELECT c.time_us, c.kind, c.cause, c.detail FROM environments AS e"
                             " JOIN runs AS r ON r.environment = e.id JOIN changes AS c ON c.run = r.id"
                             " WHERE e.key = ? AND r.run_id = ? ORDER BY c.id",
                             "tt", environment_key, run_id);
  gboolean has_row;

  for (;;)
    {
      int kind, cause;

      if (!statement || !spot_journal_db_step (db, statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&changes);
      kind = sqlite3_column_int (statement, 1);
      cause = sqlite3_column_int (statement, 2);
      if (kind >= SPOT_CHANGE_CREATED && kind <= SPOT_CHANGE_DELETED && cause >= SPOT_RUN_BATCH_PREVIEW
          && cause <= SPOT_RUN_BATCH_CATCH_UP)
        g_ptr_array_add (changes, spot_change_new ((SpotChangeKind) kind, (SpotRunBatchKind) cause,
                                                   sqlite3_column_int64 (statement, 0), dup_text (statement, 3)));
    }
}
