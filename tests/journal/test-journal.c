/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <sys/stat.h>

#include "spot-run-record-blob.h"
#include "spot-shape-log.h"
#include "spot-test-http.h"
#include "spot-test-journal.h"

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

/* What is written is there after a restart: the rows, which feed they are in, and where it stands. */
static void
test_remembers (SpotTestJournal *self,
                gconstpointer    data)
{
  struct stat about;

  spot_test_journal_assert (self, "");
  g_assert_cmpint (spot_journal_get_state (self->journal), ==, SPOT_JOURNAL_STATE_READY);
  g_assert_null (spot_journal_get_problem (self->journal));

  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING b=EXECUTING", "0_0", 0);
  spot_test_journal_write (self, "tags", "SNAPSHOT b=EXECUTING", "7_0", 0);
  spot_test_journal_assert (self, "a=PENDING b=EXECUTING | all 0_0: a b | tags 7_0: b");
  spot_test_journal_reopen (self);
  spot_test_journal_assert (self, "a=PENDING b=EXECUTING | all 0_0: a b | tags 7_0: b");

  spot_test_journal_write (self, "all", "CHANGES a=EXECUTING c=PENDING", "0_1", 0);
  spot_test_journal_write (self, "tags", "CHANGES -b=EXECUTING", "7_1", 0);
  spot_test_journal_write (self, "all", NULL, "0_2", 0);
  spot_test_journal_reopen (self);
  spot_test_journal_assert (self, "a=EXECUTING b=EXECUTING c=PENDING | all 0_2: a b c | tags 7_1:");

  /* A position that is not known after a commit is the one before: the commit comes again then. */
  spot_test_journal_write (self, "all", "CHANGES -b=EXECUTING", NULL, SPOT_JOURNAL_WRITE_REMOVED_IS_DELETED);
  spot_test_journal_assert (self, "a=EXECUTING c=PENDING | all 0_2: a c | tags 7_1:");

  g_assert_cmpint (stat (self->path, &about), ==, 0);
  g_assert_cmpint (about.st_mode & 0777, ==, 0600);
  *strrchr (self->path, '/') = '\0';
  g_assert_cmpint (stat (self->path, &about), ==, 0);
  g_assert_cmpint (about.st_mode & 0777, ==, 0700);
  self->path[strlen (self->path)] = '/';
}

static void
event_cb (const SpotShapeEvent *event,
          gpointer              user_data)
{
  spot_shape_log_take_event (user_data, event);
}

/* Every recorded run, through the log and the file: the same in everything but payload and output. */
static void
test_recordings (SpotTestJournal *self,
                 gconstpointer    data)
{
  static const char *const folders[] = { "electric", "electric/v1.7.12", "trigger-native" };
  const guint32 left_out = SPOT_COLUMN_BIT (SPOT_COLUMN_PAYLOAD) | SPOT_COLUMN_BIT (SPOT_COLUMN_OUTPUT);
  g_autoptr(GHashTable) wanted
    = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) spot_run_record_unref);
  g_autoptr(SpotJournalContents) contents = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_auto(GStrv) paths = spot_test_http_list (folders[i]);

      for (guint j = 0; paths[j]; j++)
        {
          g_autoptr(SpotTestHttp) http = spot_test_http_load (paths[j]);
          g_autoptr(SpotShapeLog) log = spot_shape_log_new ();
          g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, log);
          g_autoptr(SpotRunBatch) batch = NULL;
          static const char end[] = "[{\"headers\":{\"control\":\"up-to-date\"}}]";

          spot_shape_log_begin_body (log);
          if (http->body[0] != '[' || !spot_shape_reader_feed (reader, http->body, http->body_length, NULL)
              || !spot_shape_reader_finish (reader, NULL))
            continue;
          if (!spot_shape_log_end_body (log, &batch))
            {
              spot_shape_reader_reset (reader);
              spot_shape_log_begin_body (log);
              g_assert_true (spot_shape_reader_feed (reader, end, strlen (end), NULL));
              spot_shape_log_end_body (log, &batch);
            }
          if (!batch)
            continue;
          spot_journal_write_batch (self->journal, "env", paths[j], batch, NULL, 0);
          for (guint k = 0; k < batch->changes->len; k++)
            {
              SpotRunRecord *record = g_array_index (batch->changes, SpotRunChange, k).record;
              SpotRunRecord *known = g_hash_table_lookup (wanted, spot_run_record_get_id (record));

              g_hash_table_replace (wanted, g_strdup (spot_run_record_get_id (record)),
                                    known ? spot_run_record_combine (known, record) : spot_run_record_ref (record));
            }
        }
    }
  g_assert_cmpuint (g_hash_table_size (wanted), >, 10);

  spot_test_journal_reopen (self);
  contents = spot_test_journal_load (self, NULL);
  g_assert_cmpuint (contents->runs->len, ==, g_hash_table_size (wanted));
  for (guint i = 0; i < contents->runs->len; i++)
    {
      SpotRunRecord *found = g_array_index (contents->runs, SpotJournalRun, i).record;
      SpotRunRecord *record = g_hash_table_lookup (wanted, spot_run_record_get_id (found));
      g_autoptr(GBytes) blob = NULL;
      g_autoptr(SpotRunRecord) less = NULL;

      g_assert_nonnull (record);
      blob = spot_run_record_to_blob (record, ~left_out);
      less = spot_run_record_from_blob (g_bytes_get_data (blob, NULL), g_bytes_get_size (blob), SPOT_ALL_COLUMNS, NULL);
      g_assert_cmphex (spot_run_record_diff (found, less), ==, 0);
    }
}

/* A first snapshot says which runs are in the feed; one that is not any more stays as history. */
static void
test_snapshot_replaces (SpotTestJournal *self,
                        gconstpointer    data)
{
  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING b=PENDING", "0_0", 0);
  spot_test_journal_reopen (self);
  spot_test_journal_write (self, "all", "SNAPSHOT b=EXECUTING c=PENDING", "9_0", 0);
  spot_test_journal_assert (self, "a=PENDING b=EXECUTING c=PENDING | all 9_0: b c");
  /* And so does a batch that is said to be whole. */
  spot_test_journal_write (self, "all", "CHANGES c=PENDING", "9_1", SPOT_JOURNAL_WRITE_WHOLE);
  spot_test_journal_assert (self, "a=PENDING b=EXECUTING c=PENDING | all 9_1: c");
  spot_test_journal_write (self, "all", "SNAPSHOT", NULL, 0);
  spot_test_journal_assert (self, "a=PENDING b=EXECUTING c=PENDING | all");
}

/* A position is only kept with all of its rows. */
static void
test_position_needs_rows (SpotTestJournal *self,
                          gconstpointer    data)
{
  g_autoptr(SpotJournalContents) contents = NULL;

  /* Never seen from the beginning. */
  spot_test_journal_write (self, "late", "CHANGES a=PENDING", "0_5", 0);
  spot_test_journal_write (self, "nothing", NULL, "0_6", 0);
  /* A row that no message could name. */
  spot_test_journal_write (self, "nameless", "SNAPSHOT a=PENDING b=PENDING+x", "0_7", 0);
  /* Kept without its payload. */
  spot_test_journal_write (self, "payload", "SNAPSHOT a=PENDING+payload:secret", "0_8", 0);
  spot_test_journal_assert (self, "a=PENDING b=PENDING | late | nothing | nameless | payload");
  spot_test_journal_write (self, "nameless", "CHANGES b=EXECUTING", "0_9", 0);
  spot_test_journal_assert (self, "a=PENDING b=EXECUTING | late | nothing | nameless | payload");
  spot_test_journal_write (self, "nameless", "SNAPSHOT b=EXECUTING", "0_9", 0);
  spot_test_journal_assert (self, "a=PENDING b=EXECUTING | late | nothing | nameless 0_9: b | payload");
  g_assert_false (spot_test_journal_holds (self, "secret"));

  /* The setting counts for what is written then. */
  spot_journal_set_keep_payload (self->journal, TRUE);
  spot_test_journal_write (self, "payload", "SNAPSHOT a=PENDING+payload:secret", "0_8", 0);
  spot_test_journal_assert (self, "a=PENDING b=EXECUTING | late | nothing | nameless 0_9: b | payload 0_8: a");
  g_assert_true (spot_test_journal_holds (self, "secret"));

  /* What one feed knows of a run is not what another's log has. */
  contents = spot_test_journal_load (self, NULL);
  for (guint i = 0; i < contents->feeds->len; i++)
    {
      SpotJournalFeed *feed = contents->feeds->pdata[i];

      if (g_str_equal (feed->key, "payload"))
        g_assert_true (spot_run_record_has (g_array_index (feed->rows, SpotJournalRow, 0).record, SPOT_COLUMN_PAYLOAD));
    }
  spot_test_journal_write (self, "nameless", "SNAPSHOT a=EXECUTING", "1_0", 0);
  g_clear_pointer (&contents, spot_journal_contents_free);
  contents = spot_test_journal_load (self, NULL);
  for (guint i = 0; i < contents->feeds->len; i++)
    {
      SpotJournalFeed *feed = contents->feeds->pdata[i];

      if (g_str_equal (feed->key, "nameless"))
        g_assert_false (spot_run_record_get_known (g_array_index (feed->rows, SpotJournalRow, 0).record)
                        & SPOT_COLUMN_BIT (SPOT_COLUMN_PAYLOAD));
    }
}

static void
test_keep_nothing (SpotTestJournal *self,
                   gconstpointer    data)
{
  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING b=PENDING", "0_0", 0);
  spot_test_journal_write (self, "secret", "SNAPSHOT b=PENDING c=PENDING+ttl:hush-hush", "0_0", 0);
  spot_test_journal_assert (self, "a=PENDING b=PENDING c=PENDING | all 0_0: a b | secret 0_0: b c");
  spot_test_journal_write (self, "secret", "CHANGES d=PENDING", "0_1", SPOT_JOURNAL_WRITE_KEEP_NOTHING);
  spot_test_journal_assert (self, "a=PENDING b=PENDING | all 0_0: a b");
  spot_test_journal_assert_changes (self, "run_c", "");
  spot_test_journal_write (self, "never", "SNAPSHOT e=PENDING", "0_1", SPOT_JOURNAL_WRITE_KEEP_NOTHING);
  spot_test_journal_assert (self, "a=PENDING b=PENDING | all 0_0: a b");

  spot_journal_forget_feed (self->journal, "env", "all", FALSE);
  spot_test_journal_assert (self, "a=PENDING b=PENDING");
  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING", "0_0", 0);
  spot_journal_forget_feed (self->journal, "env", "all", TRUE);
  spot_journal_forget_feed (self->journal, "env", "unknown", TRUE);
  spot_journal_forget_feed (self->journal, "unknown", "all", TRUE);
  spot_test_journal_assert (self, "b=PENDING");
}

/* A log without one of its rows is none to go on with. */
static void
test_forget_runs (SpotTestJournal *self,
                  gconstpointer    data)
{
  const char *const runs[] = { "run_b", "run_z", NULL };

  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING b=PENDING", "0_0", 0);
  spot_test_journal_write (self, "other", "SNAPSHOT a=PENDING", "0_0", 0);
  spot_journal_forget_runs (self->journal, "unknown", runs);
  spot_test_journal_assert (self, "a=PENDING b=PENDING | all 0_0: a b | other 0_0: a");
  spot_journal_forget_runs (self->journal, "env", runs);
  spot_test_journal_assert (self, "a=PENDING | all | other 0_0: a");
  spot_test_journal_assert_changes (self, "run_b", "");
  /* Nor is it after the next commit. */
  spot_test_journal_write (self, "all", "CHANGES a=EXECUTING", "0_1", 0);
  spot_test_journal_assert (self, "a=EXECUTING | all | other 0_0: a");
}

/* Each commit's changes, with what brought them. */
static void
test_timeline (SpotTestJournal *self,
               gconstpointer    data)
{
  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING", "0_0", 0);
  spot_test_journal_write (self, "all", "CHANGES b=PENDING a=EXECUTING", "0_1", 0);
  spot_test_journal_write (self, "tags", "SNAPSHOT a=EXECUTING+runTags:{x}", "0_1", 0);
  spot_test_journal_write (self, "tags", "CHANGES a=EXECUTING+runTags:{x,y}+ttl:1m", "0_2", 0);
  spot_test_journal_write (self, "all", "REFETCH a=COMPLETED_SUCCESSFULLY@7", "0_3", 0);
  spot_test_journal_write (self, "tags", "CHANGES -a=COMPLETED_SUCCESSFULLY@7", "0_4", 0);
  spot_test_journal_write (self, "all", "CHANGES -b=PENDING -unknown=PENDING", "0_5",
                           SPOT_JOURNAL_WRITE_REMOVED_IS_DELETED);
  /* What another feed repeats is no news. */
  spot_test_journal_write (self, "run", "SNAPSHOT a=COMPLETED_SUCCESSFULLY@7", "0_1", 0);

  spot_test_journal_assert_changes (self, "run_a", "CREATED! STATUS TAGS ENDED! LEFT");
  spot_test_journal_assert_changes (self, "run_b", "CREATED DELETED");
  spot_test_journal_assert_changes (self, "run_unknown", "");
  spot_test_journal_assert (self, "a=COMPLETED_SUCCESSFULLY | all 0_5: a | tags 0_4: | run 0_1: a");
  /* One that comes back is not gone. */
  spot_test_journal_write (self, "all", "CHANGES b=EXECUTING", "0_6", 0);
  spot_test_journal_assert (self, "a=COMPLETED_SUCCESSFULLY b=EXECUTING | all 0_6: a b | tags 0_4: | run 0_1: a");
  spot_test_journal_reopen (self);
  spot_test_journal_assert_changes (self, "run_b", "CREATED DELETED STATUS");
}

/* A run that never stops talking fills no disk. */
static void
test_many_changes (SpotTestJournal *self,
                   gconstpointer    data)
{
  gint64 n;

  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING", "0_0", 0);
  spot_test_journal_write (self, "all", "CHANGES a=EXECUTING", "0_0", 0);
  for (guint i = 0; i < SPOT_MAX_RUN_CHANGES + 100; i++)
    {
      g_autofree char *words = g_strdup_printf ("CHANGES a=EXECUTING+usageDurationMs:%u", i);

      spot_test_journal_write (self, "all", words, "0_1", 0);
    }
  spot_test_journal_close (self);
  n = spot_test_journal_ask (self, "SELECT count(*) FROM changes");
  g_assert_cmpint (n, >=, SPOT_KEPT_RUN_CHANGES);
  g_assert_cmpint (n, <=, SPOT_MAX_RUN_CHANGES);
  g_assert_cmpint (n, ==, spot_test_journal_ask (self, "SELECT n_changes FROM runs"));
  /* The beginning is still told. */
  g_assert_cmpint (spot_test_journal_ask (self, "SELECT count(*) FROM changes WHERE kind IN (1, 2)"), ==, 2);
  spot_test_journal_open (self, NULL);
}

static GPtrArray *
make_announcements (const char *words)
{
  GPtrArray *announcements = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_announcement_free);
  g_auto(GStrv) parts = g_strsplit (words, " ", -1);

  for (guint i = 0; parts[i] && parts[i][0]; i++)
    {
      g_auto(GStrv) halves = g_strsplit (parts[i], "@", 2);

      g_ptr_array_add (announcements, spot_announcement_new ("env", halves[0], atoi (halves[1]), "CANCELED", "note-1"));
    }

  return announcements;
}

static void
assert_announcements (GPtrArray  *announcements,
                      const char *wanted)
{
  g_autoptr(GString) words = g_string_new (NULL);

  for (guint i = 0; i < announcements->len; i++)
    {
      SpotAnnouncement *announcement = announcements->pdata[i];

      g_assert_cmpstr (announcement->environment_key, ==, "env");
      g_assert_cmpstr (announcement->status, ==, "CANCELED");
      g_assert_cmpstr (announcement->notice_id, ==, "note-1");
      g_string_append_printf (words, "%s%s@%d", i > 0 ? " " : "", announcement->run_id, (int) announcement->completed_us);
    }
  g_assert_cmpstr (words->str, ==, wanted);
}

static void
assert_announce (SpotTestJournal *self,
                 const char      *words,
                 const char      *wanted)
{
  g_autoptr(GPtrArray) announcements = make_announcements (words);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = spot_test_journal_announce (self, announcements, &error);

  g_assert_no_error (error);
  assert_announcements (found, wanted);
}

static void
assert_unsent (SpotTestJournal *self,
               const char      *wanted)
{
  g_autoptr(SpotJournalContents) contents = spot_test_journal_load (self, NULL);

  assert_announcements (contents->unsent, wanted);
}

/* Told once: what was told is not told again, what may not have been is given back. */
static void
test_announce (SpotTestJournal *self,
               gconstpointer    data)
{
  g_autoptr(GPtrArray) told = make_announcements ("a@1 c@1");

  assert_announce (self, "a@1 b@1", "a@1 b@1");
  assert_unsent (self, "a@1 b@1");
  spot_journal_note_announced (self->journal, told);
  assert_unsent (self, "b@1");
  assert_announce (self, "a@1 b@1 c@1", "b@1");
  spot_test_journal_reopen (self);
  assert_unsent (self, "b@1");
  /* Another end of the same run is another piece of news. */
  assert_announce (self, "a@1 a@2 c@1", "a@2");
  assert_unsent (self, "b@1 a@2");
  assert_announce (self, "", "");
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GPtrArray **entries = user_data;
  g_autoptr(GError) error = NULL;

  *entries = spot_journal_list_inbox_finish (SPOT_JOURNAL (source), result, &error);
  g_assert_no_error (error);
}

static void
added_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  *(gint64 *) user_data = spot_journal_add_inbox_finish (SPOT_JOURNAL (source), result, &error);
  g_assert_no_error (error);
}

static void
assert_inbox (SpotTestJournal *self,
              const char      *wanted)
{
  g_autoptr(GPtrArray) entries = NULL;
  g_autoptr(GString) words = g_string_new (NULL);

  spot_journal_list_inbox_async (self->journal, NULL, listed_cb, &entries);
  while (!entries)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < entries->len; i++)
    {
      SpotInboxEntry *entry = entries->pdata[i];

      g_string_append_printf (words, "%s%s/%s/%s/%d%s", i > 0 ? " " : "", entry->environment_key, entry->summary,
                              entry->run_id ? entry->run_id : "none", entry->kind, entry->is_read ? "" : "!");
      g_assert_cmpstr (entry->watch_id, ==, "watch");
      g_assert_cmpint (entry->time_us, ==, 5);
    }
  g_assert_cmpstr (words->str, ==, wanted);
}

static gint64
add_inbox (SpotTestJournal *self,
           const char      *environment,
           const char      *summary,
           const char      *run_id)
{
  gint64 id = 0;

  spot_journal_add_inbox_async (self->journal,
                                spot_inbox_entry_new (environment, "watch", run_id, 3, 5, summary), NULL, added_cb, &id);
  while (id == 0)
    g_main_context_iteration (NULL, TRUE);

  return id;
}

static void
test_inbox (SpotTestJournal *self,
            gconstpointer    data)
{
  gint64 first = add_inbox (self, "env", "one", "run_1");

  g_assert_cmpint (add_inbox (self, "other", "two", NULL), >, first);
  assert_inbox (self, "other/two/none/3! env/one/run_1/3!");
  spot_journal_mark_read (self->journal, first);
  spot_test_journal_reopen (self);
  assert_inbox (self, "other/two/none/3! env/one/run_1/3");
  spot_journal_mark_read (self->journal, 0);
  assert_inbox (self, "other/two/none/3 env/one/run_1/3");
  spot_journal_clear_inbox (self->journal, "other");
  assert_inbox (self, "env/one/run_1/3");
  spot_journal_clear_inbox (self->journal, "unknown");
  spot_journal_clear_inbox (self->journal, NULL);
  assert_inbox (self, "");

  for (guint i = 0; i < SPOT_MAX_INBOX + 5; i++)
    spot_journal_add_inbox_async (self->journal, spot_inbox_entry_new ("env", "watch", NULL, 3, 5, "many"), NULL, NULL,
                                  NULL);
  spot_test_journal_close (self);
  g_assert_cmpint (spot_test_journal_ask (self, "SELECT count(*) FROM inbox"), ==, SPOT_MAX_INBOX);
  spot_test_journal_open (self, NULL);
}

/* Deleted is deleted: nothing of it is left in any file. */
static void
test_delete (SpotTestJournal *self,
             gconstpointer    data)
{
  static const char *const environments[] = { "env", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (environments); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(SpotRunBatch) others = spot_test_batch ("SNAPSHOT z=PENDING+ttl:other-words");
      g_autoptr(SpotLogPosition) position = spot_test_position ("0_0");
      gint64 id;

      /* Enough to make the trees grow, and to leave pages behind. */
      for (guint j = 0; j < 200; j++)
        {
          g_autofree char *words
            = g_strdup_printf ("SNAPSHOT a%u=PENDING+ttl:hush-%0200d a%u=PENDING+metadata:hush-hush", j, j, 1000 - j);

          spot_test_journal_write (self, "all", words, "0_0", 0);
        }
      add_inbox (self, "env", "hush-hush", "run_a");
      spot_journal_write_batch (self->journal, "other", "all", others, position, 0);
      assert_announce (self, "hush-hush@1", "hush-hush@1");
      g_assert_true (spot_test_journal_flush (self));
      g_assert_true (spot_test_journal_holds (self, "hush-"));

      g_assert_true (spot_test_journal_delete (self, environments[i], &error));
      g_assert_no_error (error);
      g_assert_false (spot_test_journal_holds (self, "hush-"));
      g_assert_cmpint (spot_test_journal_holds (self, "other-words"), ==, environments[i] != NULL);
      g_assert_cmpint (spot_journal_get_state (self->journal), ==, SPOT_JOURNAL_STATE_READY);
      spot_test_journal_assert (self, "");
      assert_inbox (self, "");

      /* What comes then begins anew: its rows are no whole feed. */
      spot_test_journal_write (self, "all", "CHANGES b=PENDING", "0_1", 0);
      spot_test_journal_assert (self, "b=PENDING | all");
      spot_test_journal_write (self, "all", "SNAPSHOT b=PENDING", "0_1", 0);
      spot_test_journal_assert (self, "b=PENDING | all 0_1: b");
      id = add_inbox (self, "env", "one", NULL);
      g_assert_cmpint (id, >, 0);
      spot_test_journal_close (self);
      g_assert_cmpint (spot_test_journal_ask (self, "PRAGMA auto_vacuum"), ==, 2);
      g_assert_cmpint (spot_test_journal_ask (self, "PRAGMA user_version"), ==, 1);
      spot_test_journal_open (self, NULL);
    }
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_assert_true (spot_journal_close_finish (SPOT_JOURNAL (source), result, NULL));
  *(gboolean *) user_data = TRUE;
}

/* Without anybody waiting, what was to be written is written all the same. */
static void
test_dropped (SpotTestJournal *self,
              gconstpointer    data)
{
  spot_test_journal_wait_state (self, SPOT_JOURNAL_STATE_READY);
  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING", "0_0", 0);
  g_assert_finalize_object (g_steal_pointer (&self->journal));
  spot_test_journal_open (self, &(SpotJournalOptions) { .retry_ms = 10 });
  /* Until the other has let go of it, it is in use. */
  spot_test_journal_wait_state (self, SPOT_JOURNAL_STATE_READY);
  spot_test_journal_assert (self, "a=PENDING | all 0_0: a");
}

/* Whoever comes too late is told so. */
static void
test_closed (SpotTestJournal *self,
             gconstpointer    data)
{
  g_autoptr(GError) error = NULL;
  gboolean done = FALSE;

  spot_journal_close_async (self->journal, NULL, closed_cb, &done);
  g_assert_null (spot_test_journal_load (self, &error));
  g_assert_error (error, SPOT_JOURNAL_ERROR, SPOT_JOURNAL_ERROR_CLOSED);
  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING", "0_0", 0);
  spot_test_wait (&done);
  g_assert_finalize_object (g_steal_pointer (&self->journal));
  spot_test_journal_open (self, NULL);
  spot_test_journal_assert (self, "");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/journal/" name, SpotTestJournal, NULL, set_up, func, tear_down)
  ADD ("remembers", test_remembers);
  ADD ("recordings", test_recordings);
  ADD ("snapshot-replaces", test_snapshot_replaces);
  ADD ("position-needs-rows", test_position_needs_rows);
  ADD ("keep-nothing", test_keep_nothing);
  ADD ("forget-runs", test_forget_runs);
  ADD ("timeline", test_timeline);
  ADD ("many-changes", test_many_changes);
  ADD ("announce", test_announce);
  ADD ("inbox", test_inbox);
  ADD ("delete", test_delete);
  ADD ("dropped", test_dropped);
  ADD ("closed", test_closed);

  return g_test_run ();
}
