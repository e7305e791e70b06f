/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */

#include <stdlib.h>
#include <string.h>

#include <glib/gstdio.h>

#include "spot-shape-reader.h"
#include "spot-test-journal.h"

#define ENVIRONMENT "env"
#define PATIENCE_S 60

static gint64
now_cb (gpointer data)
{
  SpotTestJournal *self = data;

  return __atomic_load_n (&self->now_us, __ATOMIC_SEQ_CST);
}

gint64
spot_test_journal_get_now (SpotTestJournal *self)
{
  return now_cb (self);
}

void
spot_test_journal_pass (SpotTestJournal *self,
                        gint64           time_us)
{
  __atomic_add_fetch (&self->now_us, time_us, __ATOMIC_SEQ_CST);
}

static gboolean
late_cb (gpointer data)
{
  g_error ("nothing came for %d seconds", PATIENCE_S);

  return G_SOURCE_REMOVE;
}

void
spot_test_wait (const gboolean *done)
{
  guint late_id = g_timeout_add_seconds (PATIENCE_S, late_cb, NULL);

  while (!*done)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (late_id);
}

void
spot_test_journal_init (SpotTestJournal *self)
{
  g_autoptr(GError) error = NULL;

  self->folder = g_dir_make_tmp ("journal-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "runspotter", "journal.db", NULL);
  self->journal = NULL;
  self->now_us = TEST_START_US;
}

void
spot_test_journal_open (SpotTestJournal          *self,
                        const SpotJournalOptions *options)
{
  SpotJournalOptions all = options ? *options : (SpotJournalOptions) { 0 };

  g_assert_null (self->journal);
  all.path = self->path;
  all.get_now_us = now_cb;
  all.now_data = self;
  self->journal = spot_journal_new_with_options (&all);
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (spot_journal_close_finish (SPOT_JOURNAL (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

void
spot_test_journal_close (SpotTestJournal *self)
{
  gboolean done = FALSE;

  spot_journal_close_async (self->journal, NULL, closed_cb, &done);
  spot_test_wait (&done);
  while (spot_journal_get_state (self->journal) != SPOT_JOURNAL_STATE_CLOSED)
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (g_steal_pointer (&self->journal));
}

void
spot_test_journal_reopen (SpotTestJournal *self)
{
  spot_test_journal_close (self);
  spot_test_journal_open (self, NULL);
}

static void
remove_folder (const char *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      remove_folder (file);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_remove (path);
}

void
spot_test_journal_clear (SpotTestJournal *self)
{
  if (self->journal)
    spot_test_journal_close (self);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

static void
notify_cb (GObject    *object,
           GParamSpec *pspec,
           gpointer    user_data)
{
  *(gboolean *) user_data = TRUE;
}

void
spot_test_journal_wait_state (SpotTestJournal  *self,
                              SpotJournalState  state)
{
  gboolean notified = FALSE;
  gulong id = g_signal_connect (self->journal, "notify::state", G_CALLBACK (notify_cb), &notified);

  while (spot_journal_get_state (self->journal) != state)
    {
      notified = FALSE;
      spot_test_wait (&notified);
    }
  g_signal_handler_disconnect (self->journal, id);
}

/* What came of a question. */
typedef struct
{
  gboolean  done;
  gpointer  result;
  GError   *error;
} Answer;

static void
flushed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Answer *answer = user_data;

  answer->result = GINT_TO_POINTER (spot_journal_flush_finish (SPOT_JOURNAL (source), result, &answer->error));
  answer->done = TRUE;
}

/* Whether it could be written. */
gboolean
spot_test_journal_flush (SpotTestJournal *self)
{
  Answer answer = { FALSE, NULL, NULL };

  spot_journal_flush_async (self->journal, NULL, flushed_cb, &answer);
  spot_test_wait (&answer.done);
  g_assert_cmpint (answer.result == NULL, ==, answer.error != NULL);
  g_clear_error (&answer.error);

  return answer.result != NULL;
}

static void
event_cb (const SpotShapeEvent *event,
          gpointer              user_data)
{
  SpotRunRecord **record = user_data;
  g_autoptr(GError) error = NULL;

  *record = spot_run_record_new (NULL, event->columns, event->n_columns, &error);
  g_assert_no_error (error);
}

SpotRunRecord *
spot_test_record (const char *members)
{
  g_autofree char *message
    = g_strdup_printf ("{\"key\":\"k\",\"value\":{%s},\"headers\":{\"operation\":\"insert\"}}", members);
  SpotRunRecord *record = NULL;
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, &record);

  g_assert_true (spot_shape_reader_feed_message (reader, message, strlen (message), NULL));
  g_assert_nonnull (record);

  return record;
}

/* A batch in few words: first its kind, then runs as `a=EXECUTING`, `-a=EXECUTING` for one that leaves,
   `a=CANCELED@7` for one that * ended in second 7, `a=EXECUTING+ttl:10m` with a column, `a=…+x` without a key. */
SpotRunBatch *
spot_test_batch (const char *words)
{
  static const char *const kinds[] = { "PREVIEW", "SNAPSHOT", "REFETCH", "CHANGES", "CATCH_UP" };
  g_auto(GStrv) parts = g_strsplit (words, " ", -1);
  SpotRunBatch *batch = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (g_str_equal (parts[0], kinds[i]))
        batch = spot_run_batch_new ((SpotRunBatchKind) i);
    }
  g_assert_nonnull (batch);
  for (guint i = 1; parts[i]; i++)
    {
      g_auto(GStrv) columns = g_strsplit (parts[i], "+", -1);
      gboolean removed = parts[i][0] == '-';
      const char *id = columns[0] + removed;
      const char *equals = strchr (id, '=');
      g_autofree char *run = g_strndup (id, (gsize) (equals - id));
      g_autofree char *key = g_strconcat ("key-", run, NULL);
      g_autoptr(GString) members = g_string_new (NULL);
      g_autoptr(SpotRunRecord) record = NULL;
      g_auto(GStrv) state = g_strsplit (equals + 1, "@", 2);
      gboolean has_key = TRUE;

      g_string_append_printf (members,
                              "\"id\":\"row-%s\",\"friendlyId\":\"run_%s\",\"taskIdentifier\":\"task\","
                              "\"createdAt\":\"2026-08-21 09:00:00\",\"status\":\"%s\"",
                              run, run, state[0]);
      if (state[1])
        g_string_append_printf (members, ",\"completedAt\":\"2026-08-21 09:%02d:%02d\"", atoi (state[1]) / 60,
                                atoi (state[1]) % 60);
      else
        g_string_append (members, ",\"completedAt\":null");
      for (guint j = 1; columns[j]; j++)
        {
          g_auto(GStrv) column = g_strsplit (columns[j], ":", 2);

          if (column[1])
            g_string_append_printf (members, ",\"%s\":\"%s\"", column[0], column[1]);
          else
            has_key = FALSE;
        }
      record = spot_test_record (members->str);
      spot_run_batch_add_row (batch, record, removed, has_key ? key : NULL, strlen (key));
    }

  return batch;
}

SpotLogPosition *
spot_test_position (const char *offset)
{
  return offset ? spot_log_position_new ("electric", "handle", offset, "cursor", NULL) : NULL;
}

void
spot_test_journal_write (SpotTestJournal       *self,
                         const char            *feed,
                         const char            *words,
                         const char            *offset,
                         SpotJournalWriteFlags  flags)
{
  g_autoptr(SpotRunBatch) batch = words ? spot_test_batch (words) : NULL;
  g_autoptr(SpotLogPosition) position = spot_test_position (offset);

  spot_test_journal_pass (self, G_USEC_PER_SEC);
  spot_journal_write_batch (self->journal, ENVIRONMENT, feed, batch, position, flags);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Answer *answer = user_data;

  answer->result = spot_journal_load_finish (SPOT_JOURNAL (source), result, &answer->error);
  answer->done = TRUE;
}

SpotJournalContents *
spot_test_journal_load (SpotTestJournal  *self,
                        GError          **error)
{
  Answer answer = { FALSE, NULL, NULL };

  spot_journal_load_async (self->journal, ENVIRONMENT, NULL, loaded_cb, &answer);
  spot_test_wait (&answer.done);
  g_assert_cmpint (answer.result == NULL, ==, answer.error != NULL);
  if (answer.error)
    g_propagate_error (error, answer.error);

  return answer.result;
}

static gint
compare_words (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char *
join_sorted (GPtrArray *words)
{
  g_ptr_array_sort (words, compare_words);
  g_ptr_array_add (words, NULL);

  return g_strjoinv (" ", (char **) words->pdata);
}

static char *
describe (const SpotRunRecord *record)
{
  return g_strdup_printf ("%s=%s", spot_run_record_get_id (record) + strlen ("run_"),
                          spot_run_record_get_status_word (record));
}

/* All that is known, as `a=EXECUTING b=CANCELED | feed 0_5: a`: the runs with their states, then each feed with its
   position and, if * it has one, its rows. */
void
spot_test_journal_assert (SpotTestJournal *self,
                          const char      *wanted)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotJournalContents) contents = spot_test_journal_load (self, &error);
  g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GString) words = NULL;
  g_autofree char *joined = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < contents->runs->len; i++)
    g_ptr_array_add (runs, describe (g_array_index (contents->runs, SpotJournalRun, i).record));
  joined = join_sorted (runs);
  words = g_string_new (joined);
  for (guint i = 0; i < contents->feeds->len; i++)
    {
      SpotJournalFeed *feed = contents->feeds->pdata[i];
      g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);
      g_autofree char *joined_rows = NULL;

      for (guint j = 0; j < feed->rows->len; j++)
        {
          SpotJournalRow *row = &g_array_index (feed->rows, SpotJournalRow, j);
          g_autofree char *key = g_strconcat ("key-", spot_run_record_get_id (row->record) + strlen ("run_"), NULL);

          g_assert_cmpstr (row->key, ==, key);
          g_ptr_array_add (rows, g_strdup (spot_run_record_get_id (row->record) + strlen ("run_")));
        }
      joined_rows = join_sorted (rows);
      g_string_append_printf (words, "%s| %s", words->len > 0 ? " " : "", feed->key);
      if (feed->position)
        g_string_append_printf (words, " %s:%s%s", spot_log_position_get_offset (feed->position),
                                joined_rows[0] ? " " : "", joined_rows);
      else
        g_assert_cmpuint (feed->rows->len, ==, 0);
    }
  g_assert_cmpstr (words->str, ==, wanted);
}

static void
changes_loaded_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  Answer *answer = user_data;

  answer->result = spot_journal_load_changes_finish (SPOT_JOURNAL (source), result, &answer->error);
  answer->done = TRUE;
}

/* A run's changes, as `CREATED STATUS ENDED`, with `!` behind those that no live commit brought. */
void
spot_test_journal_assert_changes (SpotTestJournal *self,
                                  const char      *run_id,
                                  const char      *wanted)
{
  static const char *const kinds[]
    = { NULL, "CREATED", "STATUS", "ENDED", "TAGS", "METADATA", "FIELDS", "LEFT", "DELETED" };
  g_autoptr(GString) words = g_string_new (NULL);
  g_autoptr(GPtrArray) changes = NULL;
  Answer answer = { FALSE, NULL, NULL };
  gint64 before_us = 0;

  spot_journal_load_changes_async (self->journal, ENVIRONMENT, run_id, NULL, changes_loaded_cb, &answer);
  spot_test_wait (&answer.done);
  g_assert_no_error (answer.error);
  changes = answer.result;
  for (guint i = 0; i < changes->len; i++)
    {
      SpotChange *change = changes->pdata[i];

      g_assert_cmpint (change->time_us, >=, before_us);
      before_us = change->time_us;
      g_string_append_printf (words, "%s%s%s", i > 0 ? " " : "", kinds[change->kind],
                              change->cause == SPOT_RUN_BATCH_CHANGES ? "" : "!");
    }
  g_assert_cmpstr (words->str, ==, wanted);
}

static void
announced_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Answer *answer = user_data;

  answer->result = spot_journal_announce_finish (SPOT_JOURNAL (source), result, &answer->error);
  answer->done = TRUE;
}

GPtrArray *
spot_test_journal_announce (SpotTestJournal  *self,
                            GPtrArray        *announcements,
                            GError          **error)
{
  Answer answer = { FALSE, NULL, NULL };

  spot_journal_announce_async (self->journal, announcements, NULL, announced_cb, &answer);
  spot_test_wait (&answer.done);
  if (answer.error)
    g_propagate_error (error, answer.error);

  return answer.result;
}

static void
deleted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Answer *answer = user_data;

  answer->result = GINT_TO_POINTER (spot_journal_delete_finish (SPOT_JOURNAL (source), result, &answer->error));
  answer->done = TRUE;
}

gboolean
spot_test_journal_delete (SpotTestJournal  *self,
                          const char       *environment,
                          GError          **error)
{
  Answer answer = { FALSE, NULL, NULL };

  spot_journal_delete_async (self->journal, environment, NULL, deleted_cb, &answer);
  spot_test_wait (&answer.done);
  if (answer.error)
    g_propagate_error (error, answer.error);

  return answer.result != NULL;
}

/* (nullable): one of the journal's files; %NULL when it is not there. */
char *
spot_test_journal_read_file (SpotTestJournal *self,
                             const char      *suffix,
                             gsize           *length)
{
  g_autofree char *path = g_strconcat (self->path, suffix, NULL);
  char *data = NULL;

  return g_file_get_contents (path, &data, length, NULL) ? data : NULL;
}

/* Whether any file in the journal's folder has the text in it. */
gboolean
spot_test_journal_holds (SpotTestJournal *self,
                         const char      *text)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  GDir *dir = g_dir_open (folder, 0, NULL);
  gboolean holds = FALSE;
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *data = NULL;
      gsize length;

      if (g_file_get_contents (path, &data, &length, NULL))
        holds |= memmem (data, length, text, strlen (text)) != NULL;
    }
  g_dir_close (dir);

  return holds;
}

static sqlite3 *
open_raw (SpotTestJournal *self)
{
  sqlite3 *sqlite;

  g_assert_null (self->journal);
  g_assert_cmpint (sqlite3_open (self->path, &sqlite), ==, SQLITE_OK);

  return sqlite;
}

/* Does something to the file behind the journal's back. */
void
spot_test_journal_sql (SpotTestJournal *self,
                       const char      *sql)
{
  sqlite3 *sqlite = open_raw (self);

  g_assert_cmpint (sqlite3_exec (sqlite, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (sqlite);
}

gint64
spot_test_journal_ask (SpotTestJournal *self,
                       const char      *sql)
{
  sqlite3 *sqlite = open_raw (self);
  sqlite3_stmt *statement;
  gint64 number;

  g_assert_cmpint (sqlite3_prepare_v2 (sqlite, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  number = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (sqlite);

  return number;
}
