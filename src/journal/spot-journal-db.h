/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "spot-journal-error.h"

G_BEGIN_DECLS

/* What is behind the path of the journal while it is open, after it was damaged, and while it is written anew. */
#define SPOT_JOURNAL_LOCK_SUFFIX ".lock"
#define SPOT_JOURNAL_DAMAGED_SUFFIX ".damaged-"
#define SPOT_JOURNAL_NEW_SUFFIX ".new"

/**
 * SpotJournalDb:
 *
 * The open database, of which this program is the only user for as long as it is open. Belongs to one thread. Every
 * failure is a %SPOT_JOURNAL_ERROR, after which it is to be closed.
 */
typedef struct _SpotJournalDb SpotJournalDb;

/**
 * SpotJournalOpening:
 * @SPOT_JOURNAL_OPEN: open what is there, or make an empty one
 * @SPOT_JOURNAL_SET_ASIDE: what is there is damaged: move it out of the way, in place of what was moved before, and
 *   make an empty one
 * @SPOT_JOURNAL_REMOVE: remove it, with all that was set aside, and make an empty one
 *
 * What to do with the file that is there.
 */
typedef enum {
  SPOT_JOURNAL_OPEN,
  SPOT_JOURNAL_SET_ASIDE,
  SPOT_JOURNAL_REMOVE,
} SpotJournalOpening;

SpotJournalDb *spot_journal_db_open      (const char         *path,
                                          SpotJournalOpening  opening,
                                          guint               max_pages,
                                          GError            **error);
void           spot_journal_db_close     (SpotJournalDb      *self);
const char    *spot_journal_db_get_path  (SpotJournalDb      *self);
sqlite3       *spot_journal_db_get_sqlite (SpotJournalDb     *self);

SpotJournalError spot_journal_error_from_errno (int           number);

gboolean       spot_journal_db_fail      (SpotJournalDb      *self,
                                          GError            **error);
gboolean       spot_journal_db_exec      (SpotJournalDb      *self,
                                          const char         *sql,
                                          GError            **error);

/* A statement that is reset when it goes out of scope: an unfinished one would keep the transaction open. */
typedef sqlite3_stmt *SpotStatement;

/* @sql is a literal: statements are kept by where their text is. @types has a letter for each argument: `i` gint64,
   `t` text or * NULL, `b` GBytes or NULL, all of which stay valid until the statement is reset. */
SpotStatement  spot_journal_db_query     (SpotJournalDb      *self,
                                          GError            **error,
                                          const char         *sql,
                                          const char         *types,
                                          ...);
gboolean       spot_journal_db_step      (SpotJournalDb      *self,
                                          SpotStatement       statement,
                                          gboolean           *has_row,
                                          GError            **error);
gboolean       spot_journal_db_run       (SpotJournalDb      *self,
                                          GError            **error,
                                          const char         *sql,
                                          const char         *types,
                                          ...);
gboolean       spot_journal_db_get_int   (SpotJournalDb      *self,
                                          gint64             *value,
                                          GError            **error,
                                          const char         *sql,
                                          const char         *types,
                                          ...);

static inline void
spot_statement_reset (SpotStatement statement)
{
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
}

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (SpotStatement, spot_statement_reset, NULL)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotJournalDb, spot_journal_db_close)

G_END_DECLS
