/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-journal"

#include "config.h"

#include "spot-journal-tables.h"

/* A file that is too large gets smaller than it has to, so that not every commit makes it too large again. */
#define ROOM_PERCENT 10

/* What has been told is remembered for some days however little the user wants to be kept, so as not to be told
   again. */
#define MIN_ANNOUNCED_US (7 * G_TIME_SPAN_DAY)

/* Free pages that are kept for what comes next, and pages that are given back in one step. */
#define FREE_PAGES 256
#define SHRINK_PAGES "500"

/* What may go to make room, first what is missed least: each finds runs, oldest first, some of them twice. */
static const struct
{
  const char *sql;
  gboolean    changes_only;
} steps[] = {
  /* Ended, and in no feed. */
  { "SELECT id FROM runs AS r WHERE ended_us IS NOT NULL AND NOT EXISTS (SELECT 1 FROM members WHERE run = r.id)"
    " ORDER BY ended_us LIMIT ?",
    FALSE },
  /* The changes of what has ended, which are in the order in which they came. */
  { "SELECT c.run FROM changes AS c JOIN runs AS r ON r.id = c.run WHERE r.ended_us IS NOT NULL ORDER BY c.id LIMIT ?",
    TRUE },
  /* Ended. */
  { "SELECT id FROM runs WHERE ended_us IS NOT NULL ORDER BY ended_us LIMIT ?", FALSE },
  /* The changes of what goes on. */
  { "SELECT run FROM changes ORDER BY id LIMIT ?", TRUE },
  /* What goes on, or so it seemed. */
  { "SELECT id FROM runs ORDER BY seen_us LIMIT ?", FALSE },
};

static gboolean
take_ids (SpotJournalDb  *db,
          SpotStatement   statement,
          GArray         *ids,
          GError        **error)
{
  gboolean has_row = TRUE;

  while (has_row)
    {
      if (!statement || !spot_journal_db_step (db, statement, &has_row, error))
        return FALSE;
      if (has_row)
        {
          gint64 id = sqlite3_column_int64 (statement, 0);

          g_array_append_val (ids, id);
        }
    }

  return TRUE;
}

static gboolean
remove_runs (SpotJournalDb  *db,
             GArray         *ids,
             gboolean        changes_only,
             GError        **error)
{
  for (guint i = 0; i < ids->len; i++)
    {
      gint64 id = g_array_index (ids, gint64, i);

      if (changes_only
            ? !spot_journal_db_run (db, error, "DELETE FROM changes WHERE run = ?", "i", id)
                || !spot_journal_db_run (db, error, "UPDATE runs SET n_changes = 0 WHERE id = ?", "i", id)
            : !spot_journal_db_remove_run (db, id, error))
        return FALSE;
    }

  return TRUE;
}

/* Feeds that nobody has heard of for long have no say any more in what is kept. */
static gboolean
forget_old (SpotJournalDb  *db,
            gint64          before_us,
            gint64          now_us,
            GError        **error)
{
  gint64 announced_before_us = MIN (before_us, now_us - MIN_ANNOUNCED_US);

  return spot_journal_db_run (db, error,
                              "DELETE FROM members WHERE feed IN (SELECT id FROM feeds WHERE committed_us < ?)", "i",
                              before_us)
         && spot_journal_db_run (db, error, "DELETE FROM feeds WHERE committed_us < ?", "i", before_us)
         && spot_journal_db_run (db, error, "DELETE FROM inbox WHERE time_us < ?", "i", before_us)
         && spot_journal_db_run (db, error, "DELETE FROM announced WHERE noted_us < ?", "i", announced_before_us)
         && spot_journal_db_run (db, error,
                                 "DELETE FROM announced WHERE noted_us <"
                                 " (SELECT noted_us FROM announced ORDER BY noted_us DESC LIMIT 1 OFFSET ?)",
                                 "i", (gint64) SPOT_MAX_ANNOUNCED);
}

static gboolean
prune_by_age (SpotJournalDb  *db,
              gint64          before_us,
              gint64          now_us,
              guint           n_rows,
              gboolean       *more,
              GError        **error)
{
  g_autoptr(GArray) runs = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GArray) members = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto(SpotStatement) old_runs = NULL;
  g_auto(SpotStatement) old_members = NULL;

  if (!forget_old (db, before_us, now_us, error))
    return FALSE;

  /* One that a feed has is not history: the server tells it still, and the feed needs its row. Its changes are. */
  old_runs = spot_journal_db_query (db, error,
                                    "SELECT id FROM runs AS r WHERE ((ended_us IS NOT NULL AND ended_us < ?1) OR"
                                    " (ended_us IS NULL AND seen_us < ?1))"
                                    " AND NOT EXISTS (SELECT 1 FROM members WHERE run = r.id) LIMIT ?2",
                                    "ii", before_us, (gint64) n_rows);
  if (!take_ids (db, old_runs, runs, error) || !remove_runs (db, runs, FALSE, error))
    return FALSE;
  old_members = spot_journal_db_query (db, error,
                                       "SELECT id FROM runs WHERE ended_us IS NOT NULL AND ended_us < ?"
                                       " AND n_changes > 0 LIMIT ?",
                                       "ii", before_us, (gint64) n_rows);
  if (!take_ids (db, old_members, members, error) || !remove_runs (db, members, TRUE, error))
    return FALSE;
  *more = runs->len == n_rows || members->len == n_rows;

  return TRUE;
}

static gboolean
get_used_bytes (SpotJournalDb  *db,
                gint64         *used_bytes,
                GError        **error)
{
  gint64 n_pages = 0, n_free = 0, page_bytes = 0;

  if (!spot_journal_db_get_int (db, &n_pages, error, "PRAGMA page_count", "")
      || !spot_journal_db_get_int (db, &n_free, error, "PRAGMA freelist_count", "")
      || !spot_journal_db_get_int (db, &page_bytes, error, "PRAGMA page_size", ""))
    return FALSE;
  *used_bytes = (n_pages - n_free) * page_bytes;

  return TRUE;
}

static gboolean
prune_by_size (SpotJournalDb  *db,
               guint           n_rows,
               gboolean       *more,
               GError        **error)
{
  *more = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (steps) && !*more; i++)
    {
      g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_auto(SpotStatement) statement = spot_journal_db_query (db, error, steps[i].sql, "i", (gint64) n_rows);

      if (!take_ids (db, statement, ids, error) || !remove_runs (db, ids, steps[i].changes_only, error))
        return FALSE;
      *more = ids->len > 0;
    }

  return TRUE;
}

/**
 * spot_journal_db_prune:
 * @db: a database in a transaction
 * @bounds: how much may be kept
 * @now_us: the time
 * @n_rows: about how many runs to look at
 * @more: (inout): TRUE while the file is being made smaller: what came of the last step; says whether another is needed
 * @error: return location
 *
 * One small step towards the bounds. No run that goes on is removed while there is one that has ended.
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_prune (SpotJournalDb            *db,
                       const SpotJournalBounds  *bounds,
                       gint64                    now_us,
                       guint                     n_rows,
                       gboolean                 *more,
                       GError                  **error)
{
  gint64 enough_bytes = *more ? bounds->max_bytes / 100 * (100 - ROOM_PERCENT) : bounds->max_bytes;
  gboolean more_by_age = FALSE;
  gint64 used_bytes = 0;

  *more = FALSE;
  if (!prune_by_age (db, now_us - bounds->max_age_us, now_us, n_rows, &more_by_age, error)
      || !get_used_bytes (db, &used_bytes, error))
    return FALSE;
  if (used_bytes > enough_bytes && !prune_by_size (db, n_rows, more, error))
    return FALSE;
  *more |= more_by_age;

  return TRUE;
}

/**
 * spot_journal_db_shrink:
 * @db: a database in a transaction
 * @more: (out): whether there is more to give back
 * @error: return location
 *
 * Gives some of the free pages back to the file system.
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_shrink (SpotJournalDb  *db,
                        gboolean       *more,
                        GError        **error)
{
  gint64 n_pages = 0, n_free = 0;

  *more = FALSE;
  if (!spot_journal_db_get_int (db, &n_pages, error, "PRAGMA page_count", "")
      || !spot_journal_db_get_int (db, &n_free, error, "PRAGMA freelist_count", ""))
    return FALSE;
  if (n_free <= MAX (FREE_PAGES, n_pages / 10))
    return TRUE;
  *more = TRUE;

  return spot_journal_db_run (db, error, "PRAGMA incremental_vacuum (" SHRINK_PAGES ")", "");
}

/**
 * spot_journal_db_remove_environment:
 * @db: a database in a transaction
 * @key: an environment
 * @error: return location
 *
 * Removes all that is known of an environment.
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_remove_environment (SpotJournalDb  *db,
                                    const char     *key,
                                    GError        **error)
{
  static const char *const statements[] = {
    "DELETE FROM changes WHERE run IN (SELECT id FROM runs WHERE environment = ?)",
    "DELETE FROM members WHERE feed IN (SELECT id FROM feeds WHERE environment = ?)",
    "DELETE FROM runs WHERE environment = ?",
    "DELETE FROM feeds WHERE environment = ?",
    "DELETE FROM announced WHERE environment = ?",
    "DELETE FROM inbox WHERE environment = ?",
    "DELETE FROM environments WHERE id = ?",
  };
  gint64 environment;

  if (!spot_journal_db_find_environment (db, key, &environment, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (statements) && environment != 0; i++)
    {
      if (!spot_journal_db_run (db, error, statements[i], "i", environment))
        return FALSE;
    }

  return TRUE;
}
