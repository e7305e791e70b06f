/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-journal"

#include "config.h"

#include "spot-journal-schema.h"

/* Times are microseconds of the wall clock, or of the server where the column is the server's. */
static const char first[] =
  "CREATE TABLE environments ("
  "  id INTEGER PRIMARY KEY,"
  "  key TEXT NOT NULL UNIQUE);"

  /* A feed is whole when the rows of its members are all that its log has: only then it may have a position. */
  "CREATE TABLE feeds ("
  "  id INTEGER PRIMARY KEY,"
  "  environment INTEGER NOT NULL,"
  "  key TEXT NOT NULL,"
  "  is_whole INTEGER NOT NULL,"
  "  columns INTEGER NOT NULL," /* that its rows have had, as bits */
  "  generation INTEGER NOT NULL," /* counts its first snapshots */
  "  committed_us INTEGER NOT NULL,"
  "  dialect TEXT, handle TEXT, position TEXT, cursor TEXT, schema TEXT,"
  "  UNIQUE (environment, key));"

  /* The latest state of each run, of all that any feed knows. */
  "CREATE TABLE runs ("
  "  id INTEGER PRIMARY KEY,"
  "  environment INTEGER NOT NULL,"
  "  run_id TEXT NOT NULL,"
  "  created_us INTEGER,"
  "  ended_us INTEGER,"
  "  status TEXT NOT NULL,"
  "  seen_us INTEGER NOT NULL," /* the last commit that had it */
  "  is_gone INTEGER NOT NULL," /* deleted on the server */
  "  n_changes INTEGER NOT NULL,"
  "  record BLOB NOT NULL,"
  "  UNIQUE (environment, run_id));"
  "CREATE INDEX runs_by_end ON runs (ended_us) WHERE ended_us IS NOT NULL;"
  "CREATE INDEX runs_unfinished ON runs (id) WHERE ended_us IS NULL;"

  /* Which runs are in which feed, and what the feed's log calls them. */
  "CREATE TABLE members ("
  "  feed INTEGER NOT NULL,"
  "  run INTEGER NOT NULL,"
  "  generation INTEGER NOT NULL,"
  "  key TEXT,"
  "  PRIMARY KEY (feed, run)) WITHOUT ROWID;"
  "CREATE INDEX members_by_run ON members (run);"

  "CREATE TABLE changes ("
  "  id INTEGER PRIMARY KEY,"
  "  run INTEGER NOT NULL,"
  "  time_us INTEGER NOT NULL,"
  "  kind INTEGER NOT NULL,"
  "  cause INTEGER NOT NULL,"
  "  detail TEXT);"
  "CREATE INDEX changes_by_run ON changes (run);"

  "CREATE TABLE announced ("
  "  environment INTEGER NOT NULL,"
  "  run_id TEXT NOT NULL,"
  "  completed_us INTEGER NOT NULL,"
  "  status TEXT NOT NULL,"
  "  is_done INTEGER NOT NULL,"
  "  noted_us INTEGER NOT NULL,"
  "  notice_id TEXT NOT NULL,"
  "  PRIMARY KEY (environment, run_id, completed_us, status)) WITHOUT ROWID;"
  "CREATE INDEX announced_by_time ON announced (noted_us);"

  "CREATE TABLE inbox ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  environment INTEGER NOT NULL,"
  "  watch_id TEXT NOT NULL,"
  "  run_id TEXT,"
  "  kind INTEGER NOT NULL,"
  "  time_us INTEGER NOT NULL,"
  "  is_read INTEGER NOT NULL,"
  "  summary TEXT NOT NULL);";

const char *const spot_journal_migrations[] = { first };
const guint       spot_journal_version = G_N_ELEMENTS (spot_journal_migrations);

/**
 * spot_journal_schema_check:
 * @db: a database
 * @newest: the newest version that is known
 * @error: return location
 *
 * Looks, without writing anything, whether the file is one of ours. Fails with %SPOT_JOURNAL_ERROR_TOO_NEW or
 * %SPOT_JOURNAL_ERROR_FOREIGN when it is not to be touched.
 *
 * Returns: whether it may be used
 */
gboolean
spot_journal_schema_check (SpotJournalDb  *db,
                           guint           newest,
                           GError        **error)
{
  gint64 application_id = 0, version = 0, n_tables = 0;

  if (!spot_journal_db_get_int (db, &application_id, error, "PRAGMA application_id", "")
      || !spot_journal_db_get_int (db, &version, error, "PRAGMA user_version", "")
      || !spot_journal_db_get_int (db, &n_tables, error, "SELECT count(*) FROM sqlite_schema", ""))
    return FALSE;

  /* One that was begun and not finished is empty. */
  if (application_id != SPOT_JOURNAL_APPLICATION_ID && (application_id != 0 || version != 0 || n_tables > 0))
    {
      g_set_error (error, SPOT_JOURNAL_ERROR, SPOT_JOURNAL_ERROR_FOREIGN, "it is a database of another program");
      return FALSE;
    }
  if (version > newest)
    {
      g_set_error (error, SPOT_JOURNAL_ERROR, SPOT_JOURNAL_ERROR_TOO_NEW, "version %d is newer than %u", (int) version,
                   newest);
      return FALSE;
    }
  if (version < 0 || (version == 0 && n_tables > 0))
    {
      g_set_error (error, SPOT_JOURNAL_ERROR, SPOT_JOURNAL_ERROR_DAMAGED, "it has version %d", (int) version);
      return FALSE;
    }

  return TRUE;
}

/**
 * spot_journal_schema_migrate:
 * @db: a database that spot_journal_schema_check() found good
 * @migrations: (array length=newest): what leads from each version to the next
 * @newest: the version to reach
 * @error: return location
 *
 * Brings the file to the newest version, in one transaction: after a failure it is as it was.
 *
 * Returns: whether it is of that version now
 */
gboolean
spot_journal_schema_migrate (SpotJournalDb     *db,
                             const char *const *migrations,
                             guint              newest,
                             GError           **error)
{
  g_autofree char *numbers = NULL;
  gint64 version = 0;

  if (!spot_journal_db_get_int (db, &version, error, "PRAGMA user_version", ""))
    return FALSE;
  if (version >= newest)
    return TRUE;

  if (!spot_journal_db_exec (db, "BEGIN IMMEDIATE", error))
    return FALSE;
  numbers = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %u", SPOT_JOURNAL_APPLICATION_ID,
                             newest);
  for (guint i = (guint) version; i < newest; i++)
    {
      if (!spot_journal_db_exec (db, migrations[i], error))
        goto failed;
    }
  if (!spot_journal_db_exec (db, numbers, error) || !spot_journal_db_exec (db, "COMMIT", error))
    goto failed;

  return TRUE;

failed:
  spot_journal_db_exec (db, "ROLLBACK", NULL);

  return FALSE;
}
