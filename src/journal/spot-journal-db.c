/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-journal"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "spot-journal-db.h"
#include "spot-journal-schema.h"

struct _SpotJournalDb
{
  char       *path;       /* owned */
  sqlite3    *sqlite;     /* owned, nullable */
  GHashTable *statements; /* owned: text, by its address, to statement */
  int         lock_fd;    /* of the lock file, or -1 */
};

G_DEFINE_QUARK (spot-journal-error-quark, spot_journal_error)

/**
 * spot_journal_error_from_errno:
 * @number: an errno
 *
 * Returns: what it means for the journal; %SPOT_JOURNAL_ERROR_IO for most of them, and for 0
 */
SpotJournalError
spot_journal_error_from_errno (int number)
{
  switch (number)
    {
    case EACCES:
    case EPERM:
    case EROFS:
      return SPOT_JOURNAL_ERROR_READ_ONLY;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return SPOT_JOURNAL_ERROR_FULL;
    default:
      return SPOT_JOURNAL_ERROR_IO;
    }
}

static gboolean
fail_with_errno (const char  *what,
                 int          number,
                 GError     **error)
{
  g_set_error (error, SPOT_JOURNAL_ERROR, (gint) spot_journal_error_from_errno (number), "%s: %s", what,
               g_strerror (number));

  return FALSE;
}

static SpotJournalError
code_from_sqlite (sqlite3 *sqlite)
{
  switch (sqlite3_extended_errcode (sqlite) & 0xff)
    {
    case SQLITE_FULL:
      return SPOT_JOURNAL_ERROR_FULL;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return SPOT_JOURNAL_ERROR_READ_ONLY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return SPOT_JOURNAL_ERROR_IN_USE;
    case SQLITE_CANTOPEN:
      return spot_journal_error_from_errno (sqlite3_system_errno (sqlite));
    case SQLITE_IOERR: /* whose errno is often that of the cleaning up behind it */
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
      return SPOT_JOURNAL_ERROR_IO;
    default:
      /* That statements are written right is tested: when a table is not there, or a constraint fails, it is the
         file. */
      return SPOT_JOURNAL_ERROR_DAMAGED;
    }
}

/**
 * spot_journal_db_fail:
 * @self: a database whose last call failed
 * @error: return location
 *
 * Sets @error to what SQLite says.
 *
 * Returns: %FALSE
 */
gboolean
spot_journal_db_fail (SpotJournalDb  *self,
                      GError        **error)
{
  int code = sqlite3_extended_errcode (self->sqlite);

  /* Not sqlite3_errmsg(): of a damaged file it quotes whatever stands there. */
  g_set_error (error, SPOT_JOURNAL_ERROR, (gint) code_from_sqlite (self->sqlite), "%s (%d)", sqlite3_errstr (code), code);

  return FALSE;
}

/**
 * spot_journal_db_exec:
 * @self: a database
 * @sql: statements without arguments
 * @error: return location
 *
 * Returns: whether all of them were run
 */
gboolean
spot_journal_db_exec (SpotJournalDb  *self,
                      const char     *sql,
                      GError        **error)
{
  if (sqlite3_exec (self->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK)
    return spot_journal_db_fail (self, error);

  return TRUE;
}

static SpotStatement
prepare (SpotJournalDb  *self,
         const char     *sql,
         GError        **error)
{
  SpotStatement statement = g_hash_table_lookup (self->statements, sql);

  if (statement)
    return statement;
  if (sqlite3_prepare_v3 (self->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
    {
      spot_journal_db_fail (self, error);
      return NULL;
    }
  g_hash_table_insert (self->statements, (gpointer) sql, statement);

  return statement;
}

static void
bind (SpotStatement statement,
      const char   *types,
      va_list       arguments)
{
  for (int i = 1; types[i - 1]; i++)
    {
      const char *text;
      GBytes *bytes;
      const void *data;
      gsize length;

      switch (types[i - 1])
        {
        case 'i':
          sqlite3_bind_int64 (statement, i, va_arg (arguments, gint64));
          break;
        case 't':
          text = va_arg (arguments, const char *);
          if (text)
            sqlite3_bind_text (statement, i, text, -1, SQLITE_STATIC);
          else
            sqlite3_bind_null (statement, i);
          break;
        case 'b':
          bytes = va_arg (arguments, GBytes *);
          data = bytes ? g_bytes_get_data (bytes, &length) : NULL;
          if (data)
            sqlite3_bind_blob64 (statement, i, data, length, SQLITE_STATIC);
          else
            sqlite3_bind_null (statement, i);
          break;
        default:
          g_assert_not_reached ();
        }
    }
}

static SpotStatement
query (SpotJournalDb  *self,
       const char     *sql,
       const char     *types,
       va_list         arguments,
       GError        **error)
{
  SpotStatement statement = prepare (self, sql, error);

  if (statement)
    {
      spot_statement_reset (statement);
      bind (statement, types, arguments);
    }

  return statement;
}

/**
 * spot_journal_db_query:
 * @self: a database
 * @error: return location
 * @sql: a statement, a literal
 * @types: a letter for each argument
 * @...: the arguments, which stay valid until the statement is reset
 *
 * Begins a statement whose rows spot_journal_db_step() gives. One text can be in use once at a time.
 *
 * Returns: (nullable): the statement, to be kept in a `g_auto(SpotStatement)`; %NULL on failure
 */
SpotStatement
spot_journal_db_query (SpotJournalDb  *self,
                       GError        **error,
                       const char     *sql,
                       const char     *types,
                       ...)
{
  SpotStatement statement;
  va_list arguments;

  va_start (arguments, types);
  statement = query (self, sql, types, arguments, error);
  va_end (arguments);

  return statement;
}

/**
 * spot_journal_db_step:
 * @self: a database
 * @statement: one of its statements
 * @has_row: (out): whether there is another row
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_step (SpotJournalDb  *self,
                      SpotStatement   statement,
                      gboolean       *has_row,
                      GError        **error)
{
  int code = sqlite3_step (statement);

  *has_row = code == SQLITE_ROW;
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    return spot_journal_db_fail (self, error);

  return TRUE;
}

/**
 * spot_journal_db_run:
 * @self: a database
 * @error: return location
 * @sql: a statement, a literal
 * @types: a letter for each argument
 * @...: the arguments
 *
 * Runs a statement to its end. Its rows, if it has any, are left unread.
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_run (SpotJournalDb  *self,
                     GError        **error,
                     const char     *sql,
                     const char     *types,
                     ...)
{
  g_auto(SpotStatement) statement = NULL;
  gboolean has_row = TRUE;
  va_list arguments;

  va_start (arguments, types);
  statement = query (self, sql, types, arguments, error);
  va_end (arguments);
  if (!statement)
    return FALSE;
  while (has_row)
    {
      if (!spot_journal_db_step (self, statement, &has_row, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * spot_journal_db_get_int:
 * @self: a database
 * @value: (out): the number; left as it is when there is no row, or the value is null
 * @error: return location
 * @sql: a statement, a literal
 * @types: a letter for each argument
 * @...: the arguments
 *
 * Asks for one number.
 *
 * Returns: %FALSE on failure
 */
gboolean
spot_journal_db_get_int (SpotJournalDb  *self,
                         gint64         *value,
                         GError        **error,
                         const char     *sql,
                         const char     *types,
                         ...)
{
  g_auto(SpotStatement) statement = NULL;
  va_list arguments;
  gboolean has_row;

  va_start (arguments, types);
  statement = query (self, sql, types, arguments, error);
  va_end (arguments);
  if (!statement || !spot_journal_db_step (self, statement, &has_row, error))
    return FALSE;
  if (has_row && sqlite3_column_type (statement, 0) != SQLITE_NULL)
    *value = sqlite3_column_int64 (statement, 0);

  return TRUE;
}

/* Two programs that both find a damaged file must not set aside each other's new ones: who has the lock decides. */
static gboolean
take_lock (SpotJournalDb  *self,
           GError        **error)
{
  g_autofree char *path = g_strconcat (self->path, SPOT_JOURNAL_LOCK_SUFFIX, NULL);

  self->lock_fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock_fd < 0)
    return fail_with_errno ("its lock", errno, error);
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  if (errno == EWOULDBLOCK)
    {
      g_set_error (error, SPOT_JOURNAL_ERROR, SPOT_JOURNAL_ERROR_IN_USE, "another program has the lock");
      return FALSE;
    }

  /* Some network file systems cannot: there is SQLite's own lock then. */
  return TRUE;
}

/* Removes the files of earlier damages: one is enough to look into, and they may be large. */
static void
remove_set_aside (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *prefix = g_strconcat (base, SPOT_JOURNAL_DAMAGED_SUFFIX, NULL);
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      if (g_str_has_prefix (name, prefix))
        {
          g_autofree char *file = g_build_filename (folder, name, NULL);

          g_unlink (file);
        }
    }
  g_clear_pointer (&dir, g_dir_close);
}

/* The log goes with the file: it would be taken for the next one's. */
static void
move_file (const char *from,
           const char *to)
{
  g_autofree char *from_wal = g_strconcat (from, "-wal", NULL);
  g_autofree char *to_wal = g_strconcat (to, "-wal", NULL);

  if (g_rename (from, to) != 0)
    g_unlink (from);
  if (g_rename (from_wal, to_wal) != 0)
    g_unlink (from_wal);
}

static void
set_aside (const char *path)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d-%H%M%S");
  g_autofree char *aside = g_strconcat (path, SPOT_JOURNAL_DAMAGED_SUFFIX, date, NULL);

  remove_set_aside (path);
  move_file (path, aside);
}

static void
remove_all (const char *path)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-journal", SPOT_JOURNAL_NEW_SUFFIX };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *file = g_strconcat (path, suffixes[i], NULL);

      g_unlink (file);
    }
  remove_set_aside (path);
}

/* SQLite would make it for everybody to read. */
static gboolean
make_file (SpotJournalDb  *self,
           GError        **error)
{
  struct stat about;
  int fd = g_open (self->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  int number;

  if (fd < 0)
    return fail_with_errno ("the file", errno, error);
  number = fstat (fd, &about) == 0 ? 0 : errno;
  if (number == 0 && !S_ISREG (about.st_mode))
    number = EINVAL;
  /* A file system without modes has to do without. */
  if (number == 0 && (about.st_mode & 077) != 0 && fchmod (fd, 0600) != 0)
    g_debug ("the journal's mode: %s", g_strerror (errno));
  close (fd);
  if (number != 0)
    return fail_with_errno ("the file", number, error);

  return TRUE;
}

/* Whoever closes it well leaves no log behind. */
static gboolean
was_left_open (SpotJournalDb *self)
{
  g_autofree char *wal = g_strconcat (self->path, "-wal", NULL);
  struct stat about;

  return g_stat (wal, &about) == 0 && about.st_size > 0;
}

static gboolean
check_content (SpotJournalDb  *self,
               GError        **error)
{
  g_auto(SpotStatement) statement = spot_journal_db_query (self, error, "PRAGMA quick_check(1)", "");
  const char *words;
  gboolean has_row;

  if (!statement || !spot_journal_db_step (self, statement, &has_row, error))
    return FALSE;
  words = has_row ? (const char *) sqlite3_column_text (statement, 0) : NULL;
  if (g_strcmp0 (words, "ok") == 0)
    return TRUE;
  g_set_error (error, SPOT_JOURNAL_ERROR, SPOT_JOURNAL_ERROR_DAMAGED, "its pages do not fit together");

  return FALSE;
}

static gboolean
set_up (SpotJournalDb  *self,
        guint           max_pages,
        GError        **error)
{
  gboolean check = was_left_open (self);
  g_autofree char *limit = g_strdup_printf ("PRAGMA max_page_count = %u", max_pages);

  /* Until it is clear whose file it is nothing may be written to it, not even what its log holds. */
  sqlite3_db_config (self->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_db_config (self->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_extended_result_codes (self->sqlite, 1);

  /* Exclusive before the first look: without shared memory there is no page of it that a full disk could not back. */
  if (!spot_journal_db_exec (self, "PRAGMA locking_mode = EXCLUSIVE", error)
      || !spot_journal_schema_check (self, spot_journal_version, error))
    return FALSE;
  sqlite3_db_config (self->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);

  if (!spot_journal_db_exec (self,
                             "PRAGMA cell_size_check = ON;"
                             "PRAGMA auto_vacuum = INCREMENTAL;"
                             "PRAGMA journal_mode = WAL;"
                             "PRAGMA synchronous = NORMAL;"
                             "PRAGMA secure_delete = ON;"
                             "PRAGMA temp_store = MEMORY;"
                             "PRAGMA cache_size = -8000;"
                             "PRAGMA journal_size_limit = 4194304",
                             error))
    return FALSE;
  if (max_pages > 0 && !spot_journal_db_exec (self, limit, error))
    return FALSE;
  if (check && !check_content (self, error))
    return FALSE;

  return spot_journal_schema_migrate (self, spot_journal_migrations, spot_journal_version, error);
}

/**
 * spot_journal_db_open:
 * @path: the file; its folder is made when it is not there, for its owner only
 * @opening: what to do with the file that is there
 * @max_pages: how large it may grow, 0 for as large as the disk
 * @error: return location
 *
 * Opens the journal, or makes an empty one, and brings it to the newest version. When it was not closed well, what is
 * in it is checked before.
 *
 * Returns: (transfer full): the database, %NULL on failure
 */
SpotJournalDb *
spot_journal_db_open (const char          *path,
                      SpotJournalOpening   opening,
                      guint                max_pages,
                      GError             **error)
{
  g_autoptr(SpotJournalDb) self = NULL;
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *unfinished = g_strconcat (path, SPOT_JOURNAL_NEW_SUFFIX, NULL);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      fail_with_errno ("its folder", errno, error);
      return NULL;
    }
  self = g_new0 (SpotJournalDb, 1);
  self->path = g_strdup (path);
  self->lock_fd = -1;
  self->statements = g_hash_table_new (NULL, NULL);
  if (!take_lock (self, error))
    return NULL;
  if (opening == SPOT_JOURNAL_SET_ASIDE)
    set_aside (path);
  else if (opening == SPOT_JOURNAL_REMOVE)
    remove_all (path);
  g_unlink (unfinished);
  if (!make_file (self, error))
    return NULL;
  if (sqlite3_open_v2 (path, &self->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    {
      spot_journal_db_fail (self, error);
      return NULL;
    }
  if (!set_up (self, max_pages, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * spot_journal_db_close:
 * @self: (transfer full): a database
 *
 * Closes it. What is not committed is undone.
 */
void
spot_journal_db_close (SpotJournalDb *self)
{
  GHashTableIter iter;
  gpointer statement;

  g_hash_table_iter_init (&iter, self->statements);
  while (g_hash_table_iter_next (&iter, NULL, &statement))
    sqlite3_finalize (statement);
  g_hash_table_unref (self->statements);
  sqlite3_close (self->sqlite);
  /* Only now may another program have it. The lock file stays: to remove one that somebody waits for is to have two. */
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_free (self->path);
  g_free (self);
}

/**
 * spot_journal_db_get_path:
 * @self: a database
 *
 * Returns: where it is
 */
const char *
spot_journal_db_get_path (SpotJournalDb *self)
{
  return self->path;
}

/**
 * spot_journal_db_get_sqlite:
 * @self: a database
 *
 * Returns: (transfer none): the connection
 */
sqlite3 *
spot_journal_db_get_sqlite (SpotJournalDb *self)
{
  return self->sqlite;
}
