/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* setresuid */

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "spot-journal-schema.h"
#include "spot-test-journal.h"

/* So that nobody waits for the journal to try again. */
static const SpotJournalOptions eager = { .retry_ms = 10 };

static void
set_up (SpotTestJournal *self,
        gconstpointer    data)
{
  spot_test_journal_init (self);
  spot_test_journal_open (self, NULL);
}

static void
tear_down (SpotTestJournal *self,
           gconstpointer    data)
{
  spot_test_journal_clear (self);
}

static void
write_file (SpotTestJournal *self,
            const char      *suffix,
            const char      *bytes,
            gsize            length)
{
  g_autofree char *path = g_strconcat (self->path, suffix, NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, bytes, (gssize) length, &error);
  g_assert_no_error (error);
}

static void
assert_file (SpotTestJournal *self,
             const char      *suffix,
             const char      *wanted,
             gsize            length)
{
  gsize found_length;
  g_autofree char *found = spot_test_journal_read_file (self, suffix, &found_length);

  g_assert_cmpmem (found, found_length, wanted, length);
}

/* How many files there are in the folder whose names begin like the journal's with @suffix. */
static guint
count_files (SpotTestJournal *self,
             const char      *suffix)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *base = g_path_get_basename (self->path);
  g_autofree char *prefix = g_strconcat (base, suffix, NULL);
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)))
    n += g_str_has_prefix (name, prefix);
  g_dir_close (dir);

  return n;
}

static void
assert_fails (SpotTestJournal *self)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (spot_test_journal_load (self, &error));
  g_assert_error (error, SPOT_JOURNAL_ERROR, SPOT_JOURNAL_ERROR_IO);
  g_assert_false (spot_test_journal_flush (self));
}

/* From one version to the next, with what is in the file; a failure leaves it as it was. */
static void
test_migrate (SpotTestJournal *self,
              gconstpointer    data)
{
  const char *good[] = { spot_journal_migrations[0], "ALTER TABLE runs ADD COLUMN note TEXT; CREATE TABLE more (a);" };
  const char *bad[] = { spot_journal_migrations[0], "CREATE TABLE more (a); UPDATE nothing SET a = 1;" };
  g_autoptr(SpotJournalDb) db = NULL;
  g_autoptr(GError) error = NULL;

  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING", "0_0", 0);
  spot_test_journal_close (self);
  db = spot_journal_db_open (self->path, SPOT_JOURNAL_OPEN, 0, &error);
  g_assert_no_error (error);
  g_assert_false (spot_journal_schema_migrate (db, bad, 2, &error));
  g_assert_error (error, SPOT_JOURNAL_ERROR, SPOT_JOURNAL_ERROR_DAMAGED);
  g_clear_error (&error);
  g_clear_pointer (&db, spot_journal_db_close);
  g_assert_cmpint (spot_test_journal_ask (self, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (spot_test_journal_ask (self, "SELECT count(*) FROM sqlite_schema WHERE name = 'more'"), ==, 0);
  spot_test_journal_open (self, NULL);
  spot_test_journal_assert (self, "a=PENDING | all 0_0: a");
  spot_test_journal_close (self);

  db = spot_journal_db_open (self->path, SPOT_JOURNAL_OPEN, 0, &error);
  g_assert_true (spot_journal_schema_migrate (db, good, 2, &error));
  g_assert_true (spot_journal_schema_check (db, 2, &error));
  g_assert_no_error (error);
  /* What is of that version already is left alone. */
  g_assert_true (spot_journal_schema_migrate (db, bad, 2, &error));
  g_clear_pointer (&db, spot_journal_db_close);
  g_assert_cmpint (spot_test_journal_ask (self, "PRAGMA user_version"), ==, 2);
  g_assert_cmpint (spot_test_journal_ask (self, "SELECT count(*) FROM runs WHERE note IS NULL"), ==, 1);
  spot_test_journal_open (self, NULL);
  spot_test_journal_wait_state (self, SPOT_JOURNAL_STATE_TOO_NEW);
}

/* What is not ours is left alone, byte for byte, its log too. */
static void
test_not_ours (SpotTestJournal *self,
               gconstpointer    data)
{
  static const struct
  {
    const char       *sql;
    SpotJournalState  state;
  } cases[] = {
    { "PRAGMA user_version = 99; UPDATE runs SET status = 'NEWER'", SPOT_JOURNAL_STATE_TOO_NEW },
    { "PRAGMA application_id = 77; UPDATE runs SET status = 'OTHER'", SPOT_JOURNAL_STATE_FOREIGN },
    { "PRAGMA application_id = 0; UPDATE runs SET status = 'OTHER'", SPOT_JOURNAL_STATE_FOREIGN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *file = NULL;
      g_autofree char *log = NULL;
      gsize file_length, log_length;
      sqlite3 *sqlite;

      spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING", "0_0", 0);
      spot_test_journal_close (self);
      /* As if that program had been killed. */
      g_assert_cmpint (sqlite3_open (self->path, &sqlite), ==, SQLITE_OK);
      sqlite3_db_config (sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
      g_assert_cmpint (sqlite3_exec (sqlite, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL), ==, SQLITE_OK);
      g_assert_cmpint (sqlite3_exec (sqlite, cases[i].sql, NULL, NULL, NULL), ==, SQLITE_OK);
      sqlite3_close (sqlite);
      file = spot_test_journal_read_file (self, "", &file_length);
      log = spot_test_journal_read_file (self, "-wal", &log_length);
      g_assert_cmpuint (log_length, >, 0);

      spot_test_journal_open (self, &eager);
      spot_test_journal_wait_state (self, cases[i].state);
      g_assert_nonnull (spot_journal_get_problem (self->journal));
      spot_test_journal_write (self, "all", "SNAPSHOT b=PENDING", "0_0", 0);
      assert_fails (self);
      spot_journal_retry (self->journal);
      g_assert_false (spot_test_journal_delete (self, NULL, NULL));
      assert_fails (self);
      g_assert_cmpint (spot_journal_get_state (self->journal), ==, cases[i].state);
      spot_test_journal_close (self);
      assert_file (self, "", file, file_length);
      assert_file (self, "-wal", log, log_length);
      g_unlink (self->path);
      spot_test_journal_open (self, NULL);
    }
}

/* A file that is no database, or half of one, is set aside, and only the newest of those is kept. */
static void
test_set_aside (SpotTestJournal *self,
                gconstpointer    data)
{
  static const char garbage[] = "This is no database, whatever its name may say. It is just some words, and more of them.";

  for (guint i = 0; i < 3; i++)
    {
      spot_test_journal_close (self);
      write_file (self, "", garbage, sizeof garbage);
      spot_test_journal_open (self, NULL);
      spot_test_journal_wait_state (self, SPOT_JOURNAL_STATE_READY);
      g_assert_nonnull (strstr (spot_journal_get_problem (self->journal), "set aside"));
      g_assert_cmpuint (count_files (self, SPOT_JOURNAL_DAMAGED_SUFFIX), ==, 1);
      spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING", "0_0", 0);
      spot_test_journal_assert (self, "a=PENDING | all 0_0: a");
    }
  spot_test_journal_reopen (self);
  spot_test_journal_assert (self, "a=PENDING | all 0_0: a");
  g_assert_null (spot_journal_get_problem (self->journal));
  g_assert_true (spot_test_journal_holds (self, "some words"));
  g_assert_true (spot_test_journal_delete (self, NULL, NULL));
  g_assert_false (spot_test_journal_holds (self, "some words"));
}

/* An empty file is a new one. */
static void
test_empty (SpotTestJournal *self,
            gconstpointer    data)
{
  struct stat about;

  spot_test_journal_close (self);
  write_file (self, "", "", 0);
  g_assert_cmpint (g_chmod (self->path, 0644), ==, 0);
  spot_test_journal_open (self, NULL);
  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING", "0_0", 0);
  spot_test_journal_assert (self, "a=PENDING | all 0_0: a");
  g_assert_null (spot_journal_get_problem (self->journal));
  g_assert_cmpint (stat (self->path, &about), ==, 0);
  g_assert_cmpint (about.st_mode & 0777, ==, 0600);
}

static void
fill (SpotTestJournal *self)
{
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr(GString) words = g_string_new (i == 0 ? "SNAPSHOT" : "CHANGES");

      for (guint j = 0; j < 60; j++)
        g_string_append_printf (words, " r%u=EXECUTING+metadata:%0200u+ttl:%u", i % 3 * 60 + j, i, i);
      spot_test_journal_write (self, "all", words->str, "0_0", 0);
    }
  g_assert_true (spot_test_journal_flush (self));
}

/* Uses everything that there is in the file. */
static void
use (SpotTestJournal *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotJournalContents) contents = spot_test_journal_load (self, &error);
  g_autoptr(GPtrArray) announcements = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_announcement_free);
  g_autoptr(GPtrArray) unsent = NULL;

  g_assert_true (contents || error->domain == SPOT_JOURNAL_ERROR);
  for (guint i = 0; contents && i < contents->feeds->len; i++)
    {
      SpotJournalFeed *feed = contents->feeds->pdata[i];

      for (guint j = 0; j < feed->rows->len; j++)
        {
          SpotJournalRow *row = &g_array_index (feed->rows, SpotJournalRow, j);

          g_assert_true (spot_run_record_is_showable (row->record));
          g_assert_nonnull (row->key);
        }
    }
  spot_test_journal_write (self, "all", "CHANGES r1=PENDING -r2=EXECUTING n1=PENDING r150=CANCELED@4", "0_1", 0);
  spot_journal_forget_feed (self->journal, "env", "other", TRUE);
  g_ptr_array_add (announcements, spot_announcement_new ("env", "run_r1", 1, "CANCELED", "note"));
  unsent = spot_test_journal_announce (self, announcements, NULL);
  spot_journal_set_bounds (self->journal, 100000, 1000 * G_TIME_SPAN_DAY);
  spot_test_journal_flush (self);
  spot_test_journal_flush (self);
  spot_test_journal_delete (self, "env", NULL);
}

static void
damage (char  *bytes,
        gsize *length)
{
  guint n;

  switch (g_test_rand_int_range (0, 5))
    {
    case 0:
      *length = (gsize) g_test_rand_int_range (0, (gint32) *length);
      break;
    case 1:
      n = (guint) (g_test_rand_int_range (0, (gint32) (*length / 4096)) * 4096);
      memset (bytes + n, 0, MIN (4096, *length - n));
      break;
    default:
      /* The first pages say what the tables are: with those everything is lost at once. */
      for (n = (guint) g_test_rand_int_range (1, 10); n > 0; n--)
        bytes[g_test_rand_int_range (g_test_rand_int_range (0, 4) == 0 ? 0 : 3 * 4096, (gint32) *length)]
          = (char) g_test_rand_int_range (0, 256);
      break;
    }
}

/* Whatever stands in the file, the program goes on: with what is left of it, with a new one, or without. */
static void
test_damaged (SpotTestJournal *self,
              gconstpointer    data)
{
  gboolean left_open = data != NULL;
  g_autofree char *file = NULL;
  g_autofree char *log = NULL;
  gsize file_length, log_length = 0;
  guint n_aside = 0;

  fill (self);
  if (left_open)
    {
      spot_test_journal_write (self, "other", "SNAPSHOT r1=PENDING x=PENDING", "0_0", 0);
      g_assert_true (spot_test_journal_flush (self));
      log = spot_test_journal_read_file (self, "-wal", &log_length);
      g_assert_cmpuint (log_length, >, 8192);
      file = spot_test_journal_read_file (self, "", &file_length);
      spot_test_journal_close (self);
    }
  else
    {
      spot_test_journal_close (self);
      file = spot_test_journal_read_file (self, "", &file_length);
    }
  for (guint i = 0; i < 25; i++)
    {
      gsize length = left_open ? log_length : file_length;
      g_autofree char *bytes = g_memdup2 (left_open ? log : file, length);

      damage (bytes, &length);
      write_file (self, "", left_open ? file : bytes, left_open ? file_length : length);
      if (left_open)
        write_file (self, "-wal", bytes, length);
      spot_test_journal_open (self, &eager);
      use (self);
      n_aside += spot_journal_get_problem (self->journal) != NULL;
      spot_test_journal_close (self);
      g_unlink (self->path);
    }
  g_test_message ("set aside %u times", n_aside);
  /* A log with a wrong sum is cut off there, and that is all. */
  if (!left_open)
    g_assert_cmpuint (n_aside, >, 0);
  spot_test_journal_open (self, NULL);
}

/* A run whose row cannot be read is left out, and its feed has to begin anew. */
static void
test_damaged_row (SpotTestJournal *self,
                  gconstpointer    data)
{
  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING b=PENDING", "0_0", 0);
  spot_test_journal_write (self, "other", "SNAPSHOT b=PENDING", "0_0", 0);
  spot_test_journal_close (self);
  spot_test_journal_sql (self, "UPDATE runs SET record = substr (record, 1, 60) || x'00' WHERE run_id = 'run_a'");
  spot_test_journal_open (self, NULL);
  spot_test_journal_assert (self, "b=PENDING | all | other 0_0: b");
  /* It comes back with its next state; that it was created is no news. */
  spot_test_journal_write (self, "all", "CHANGES a=EXECUTING", "0_1", 0);
  spot_test_journal_assert (self, "a=EXECUTING b=PENDING | all 0_1: a b | other 0_0: b");
  spot_test_journal_assert_changes (self, "run_a", "CREATED!");
}

/* A damage that shows while the program runs. */
static void
test_damaged_later (SpotTestJournal *self,
                    gconstpointer    data)
{

  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING", "0_0", 0);
  spot_test_journal_close (self);
  spot_test_journal_sql (self, "DROP TABLE changes");
  spot_test_journal_open (self, NULL);
  spot_test_journal_assert (self, "a=PENDING | all 0_0: a");
  g_assert_null (spot_journal_get_problem (self->journal));
  spot_test_journal_write (self, "all", "CHANGES a=EXECUTING", "0_1", 0);
  spot_test_journal_flush (self);
  spot_test_journal_assert (self, "");
  g_assert_cmpint (spot_journal_get_state (self->journal), ==, SPOT_JOURNAL_STATE_READY);
  g_assert_nonnull (strstr (spot_journal_get_problem (self->journal), "set aside"));
  g_assert_cmpuint (count_files (self, SPOT_JOURNAL_DAMAGED_SUFFIX), ==, 1);
  /* A commit got lost, so that a position that comes now says nothing; a snapshot makes it whole. */
  spot_test_journal_write (self, "all", "CHANGES a=EXECUTING", "0_2", 0);
  spot_test_journal_assert (self, "a=EXECUTING | all");
  spot_test_journal_write (self, "all", "SNAPSHOT a=EXECUTING", "0_3", 0);
  spot_test_journal_assert (self, "a=EXECUTING | all 0_3: a");
}

/* One program at a time; the other goes on without, and takes over. */
static void
test_lock (SpotTestJournal *self,
           gconstpointer    data)
{
  SpotTestJournal second = *self;

  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING", "0_0", 0);
  g_assert_true (spot_test_journal_flush (self));
  second.journal = NULL;
  spot_test_journal_open (&second, &eager);
  spot_test_journal_wait_state (&second, SPOT_JOURNAL_STATE_IN_USE);
  g_assert_nonnull (spot_journal_get_problem (second.journal));
  assert_fails (&second);
  g_assert_false (spot_test_journal_delete (&second, NULL, NULL));
  spot_test_journal_write (&second, "all", "CHANGES a=EXECUTING", "0_1", 0);
  assert_fails (&second);
  spot_test_journal_assert (self, "a=PENDING | all 0_0: a");

  spot_test_journal_close (self);
  spot_test_journal_wait_state (&second, SPOT_JOURNAL_STATE_READY);
  g_assert_null (spot_journal_get_problem (second.journal));
  spot_test_journal_assert (&second, "a=PENDING | all 0_0: a");
  /* What it could not write is missing, so that the feed goes on from before. */
  spot_test_journal_write (&second, "all", "CHANGES b=PENDING", "0_2", 0);
  spot_test_journal_assert (&second, "a=PENDING b=PENDING | all 0_0: a b");
  spot_test_journal_write (&second, "all", "CHANGES a=CANCELED b=PENDING", "0_3", SPOT_JOURNAL_WRITE_WHOLE);
  spot_test_journal_write (&second, "all", "CHANGES b=CANCELED", "0_4", 0);
  spot_test_journal_assert (&second, "a=CANCELED b=CANCELED | all 0_4: a b");
  spot_test_journal_close (&second);
  spot_test_journal_open (self, NULL);
}

/* A file that may not grow is as good as a full disk. */
static void
test_full (SpotTestJournal *self,
           gconstpointer    data)
{
  SpotJournalOptions options = { .retry_ms = 10, .max_pages = 100 };
  guint n = 0;

  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING", "0_0", 0);
  spot_test_journal_close (self);
  spot_test_journal_open (self, &options);
  while (spot_journal_get_state (self->journal) != SPOT_JOURNAL_STATE_FULL)
    {
      g_autofree char *words = g_strdup_printf ("CHANGES b%u=PENDING+metadata:%05000u", n, n);

      spot_test_journal_write (self, "all", words, "0_1", 0);
      spot_test_journal_flush (self);
      g_assert_cmpuint (n++, <, 1000);
    }
  g_assert_cmpuint (n, >, 10);
  g_assert_nonnull (strstr (spot_journal_get_problem (self->journal), "full"));
  spot_test_journal_wait_state (self, SPOT_JOURNAL_STATE_READY);
  g_assert_null (spot_journal_get_problem (self->journal));
}

/* In a program of its own: limits count for all of it. */
static void
test_full_disk_child (SpotTestJournal *self,
                      gconstpointer    data)
{
  struct rlimit limit;
  rlim_t before;
  guint n = 0;

  signal (SIGXFSZ, SIG_IGN);
  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING", "0_0", 0);
  g_assert_true (spot_test_journal_flush (self));
  spot_test_journal_close (self);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  before = limit.rlim_cur;
  limit.rlim_cur = 200 * 1024;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);

  spot_test_journal_open (self, &eager);
  while (spot_journal_get_state (self->journal) != SPOT_JOURNAL_STATE_FULL)
    {
      g_autofree char *words = g_strdup_printf ("CHANGES b%u=PENDING+metadata:%05000u", n, n);

      spot_test_journal_write (self, "all", words, "0_1", 0);
      spot_test_journal_flush (self);
      g_assert_cmpuint (n++, <, 1000);
    }
  /* It stays so: there is no room for a probe either. */
  spot_journal_retry (self->journal);
  assert_fails (self);
  g_assert_cmpint (spot_journal_get_state (self->journal), ==, SPOT_JOURNAL_STATE_FULL);

  limit.rlim_cur = before;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  spot_test_journal_wait_state (self, SPOT_JOURNAL_STATE_READY);
  spot_test_journal_write (self, "all", "SNAPSHOT c=PENDING", "0_2", 0);
  spot_test_journal_write (self, "all", "CHANGES c=CANCELED", "0_3", 0);
  g_assert_true (spot_test_journal_flush (self));
  g_assert_cmpuint (count_files (self, SPOT_JOURNAL_DAMAGED_SUFFIX), ==, 0);
}

static void
test_full_disk (void)
{
  g_test_trap_subprocess ("/journal-file/full-disk/subprocess", 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* In a program of its own, which gives up the right to write everywhere if it has it. */
static void
test_read_only_child (void)
{
  SpotTestJournal self;
  g_autofree char *folder = NULL;

  if (geteuid () == 0)
    g_assert_cmpint (setresuid (65534, 65534, 65534), ==, 0);
  spot_test_journal_init (&self);
  folder = g_path_get_dirname (self.path);
  spot_test_journal_open (&self, NULL);
  spot_test_journal_write (&self, "all", "SNAPSHOT a=PENDING", "0_0", 0);
  spot_test_journal_close (&self);

  /* The file alone, then the folder with the lock. */
  g_assert_cmpint (g_chmod (self.path, 0400), ==, 0);
  spot_test_journal_open (&self, &eager);
  spot_test_journal_wait_state (&self, SPOT_JOURNAL_STATE_READ_ONLY);
  g_assert_nonnull (strstr (spot_journal_get_problem (self.journal), folder));
  assert_fails (&self);
  spot_test_journal_write (&self, "all", "CHANGES a=EXECUTING", "0_1", 0);
  g_assert_cmpint (g_chmod (self.path, 0600), ==, 0);
  spot_test_journal_wait_state (&self, SPOT_JOURNAL_STATE_READY);
  spot_test_journal_assert (&self, "a=PENDING | all 0_0: a");
  spot_test_journal_close (&self);

  g_assert_cmpint (g_chmod (folder, 0500), ==, 0);
  {
    g_autofree char *lock = g_strconcat (self.path, SPOT_JOURNAL_LOCK_SUFFIX, NULL);

    g_assert_cmpint (g_chmod (lock, 0400), ==, 0);
    spot_test_journal_open (&self, &eager);
    spot_test_journal_wait_state (&self, SPOT_JOURNAL_STATE_READ_ONLY);
    assert_fails (&self);
    g_assert_cmpint (g_chmod (lock, 0600), ==, 0);
  }
  g_assert_cmpint (g_chmod (folder, 0700), ==, 0);
  /* And comes back by itself. */
  spot_test_journal_wait_state (&self, SPOT_JOURNAL_STATE_READY);
  spot_test_journal_clear (&self);
}

static void
test_read_only (void)
{
  g_test_trap_subprocess ("/journal-file/read-only/subprocess", 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* A folder in place of the file, a file in place of the folder. */
static void
test_no_file (SpotTestJournal *self,
              gconstpointer    data)
{
  g_autofree char *folder = g_path_get_dirname (self->path);

  spot_test_journal_close (self);
  g_unlink (self->path);
  g_assert_cmpint (g_mkdir (self->path, 0700), ==, 0);
  spot_test_journal_open (self, &eager);
  spot_test_journal_wait_state (self, SPOT_JOURNAL_STATE_FAILED);
  g_assert_nonnull (spot_journal_get_problem (self->journal));
  assert_fails (self);
  g_assert_cmpint (g_rmdir (self->path), ==, 0);
  spot_test_journal_wait_state (self, SPOT_JOURNAL_STATE_READY);
  spot_test_journal_close (self);

  spot_test_journal_clear (self);
  spot_test_journal_init (self);
  g_free (self->path);
  g_free (folder);
  folder = g_build_filename (self->folder, "runspotter", NULL);
  self->path = g_build_filename (folder, "journal.db", NULL);
  g_assert_true (g_file_set_contents (folder, "", 0, NULL));
  spot_test_journal_open (self, &eager);
  spot_test_journal_wait_state (self, SPOT_JOURNAL_STATE_FAILED);
  g_unlink (folder);
  spot_test_journal_wait_state (self, SPOT_JOURNAL_STATE_READY);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, data, func) g_test_add ("/journal-file/" name, SpotTestJournal, data, set_up, func, tear_down)
  ADD ("migrate", NULL, test_migrate);
  ADD ("not-ours", NULL, test_not_ours);
  ADD ("set-aside", NULL, test_set_aside);
  ADD ("empty", NULL, test_empty);
  ADD ("damaged", NULL, test_damaged);
  ADD ("damaged-log", "left open", test_damaged);
  ADD ("damaged-row", NULL, test_damaged_row);
  ADD ("damaged-later", NULL, test_damaged_later);
  ADD ("lock", NULL, test_lock);
  ADD ("full", NULL, test_full);
  ADD ("no-file", NULL, test_no_file);
  g_test_add_func ("/journal-file/full-disk", test_full_disk);
  g_test_add_func ("/journal-file/read-only", test_read_only);
  ADD ("full-disk/subprocess", NULL, test_full_disk_child);
  g_test_add_func ("/journal-file/read-only/subprocess", test_read_only_child);

  return g_test_run ();
}
