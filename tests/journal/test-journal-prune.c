/* SPDX-License-Identifier: GPL-3.0-or-later */
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

/* Lets the thread take all the steps there are. */
static void
prune (SpotTestJournal *self,
       gint64           max_bytes,
       gint64           max_age_us)
{
  SpotJournalBounds bounds = { max_bytes, max_age_us };
  g_autoptr(SpotJournalDb) db = NULL;
  gboolean more = FALSE, more_to_shrink = FALSE;
  guint n_steps = 0;

  spot_test_journal_close (self);
  db = spot_journal_db_open (self->path, SPOT_JOURNAL_OPEN, 0, NULL);
  do
    {
      g_assert_true (spot_journal_db_exec (db, "BEGIN", NULL));
      g_assert_true (spot_journal_db_prune (db, &bounds, self->now_us, 10, &more, NULL));
      g_assert_true (spot_journal_db_shrink (db, &more_to_shrink, NULL));
      g_assert_true (spot_journal_db_exec (db, "COMMIT", NULL));
      g_assert_cmpuint (n_steps++, <, 10000);
    }
  while (more || more_to_shrink);
  g_clear_pointer (&db, spot_journal_db_close);
  spot_test_journal_open (self, NULL);
}

#define DAY G_TIME_SPAN_DAY

/* Ends of the test's runs are on 2026-08-21, its clock begins in September. */
static void
test_by_age (SpotTestJournal *self,
             gconstpointer    data)
{
  g_autoptr(GPtrArray) announcements = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_announcement_free);
  g_autoptr(GPtrArray) sent = NULL;
  g_autoptr(GError) error = NULL;

  g_ptr_array_add (announcements, spot_announcement_new ("env", "run_x", 1, "CANCELED", "note"));
  sent = spot_test_journal_announce (self, announcements, &error);
  g_assert_no_error (error);

  spot_test_journal_write (self, "all", "SNAPSHOT a=PENDING b=EXECUTING c=PENDING", "0_0", 0);
  spot_test_journal_write (self, "all", "CHANGES a=CANCELED@1 c=CANCELED@2 d=PENDING", "0_1", 0);
  spot_test_journal_write (self, "all", "CHANGES -c=CANCELED@2", "0_2", 0);
  spot_test_journal_write (self, "gone", "SNAPSHOT e=PENDING", "0_0", 0);
  spot_journal_add_inbox_async (self->journal,
                                spot_inbox_entry_new ("env", "watch", NULL, 1, spot_test_journal_get_now (self), "text"),
                                NULL, NULL, NULL);
  prune (self, G_MAXINT64, 100 * DAY);
  spot_test_journal_assert (self, "a=CANCELED b=EXECUTING c=CANCELED d=PENDING e=PENDING | all 0_2: a b d | gone 0_0: e");
  spot_test_journal_assert_changes (self, "run_a", "CREATED! ENDED");

  /* Old: what has ended and is in no feed. Of what the feed has only the changes go: it goes on from its rows. */
  prune (self, G_MAXINT64, 1 * DAY);
  spot_test_journal_assert (self, "a=CANCELED b=EXECUTING d=PENDING e=PENDING | all 0_2: a b d | gone 0_0: e");
  spot_test_journal_assert_changes (self, "run_a", "");
  spot_test_journal_assert_changes (self, "run_b", "CREATED!");

  /* Two days later one feed has gone on, the other has not, nor has anybody heard of what was in it. */
  spot_test_journal_pass (self, 2 * DAY);
  spot_test_journal_write (self, "all", "CHANGES b=EXECUTING+ttl:1m", "0_3", 0);
  prune (self, G_MAXINT64, 1 * DAY);
  spot_test_journal_assert (self, "a=CANCELED b=EXECUTING d=PENDING | all 0_3: a b d");
  spot_test_journal_close (self);
  g_assert_cmpint (spot_test_journal_ask (self, "SELECT count(*) FROM inbox"), ==, 0);
  g_assert_cmpint (spot_test_journal_ask (self, "SELECT count(*) FROM members"), ==, 3);
  /* What was told is remembered longer, so as not to be told again. */
  g_assert_cmpint (spot_test_journal_ask (self, "SELECT count(*) FROM announced"), ==, 1);
  spot_test_journal_open (self, NULL);
  spot_test_journal_pass (self, 6 * DAY);
  prune (self, G_MAXINT64, 1 * DAY);
  spot_test_journal_close (self);
  g_assert_cmpint (spot_test_journal_ask (self, "SELECT count(*) FROM announced"), ==, 0);
  spot_test_journal_open (self, NULL);
}

static gint64
count (SpotTestJournal *self,
       const char      *sql)
{
  gint64 n;

  spot_test_journal_close (self);
  n = spot_test_journal_ask (self, sql);
  spot_test_journal_open (self, NULL);

  return n;
}

/* Too large: first what has ended and is in no feed, the oldest first; what goes on last. */
static void
test_by_size (SpotTestJournal *self,
              gconstpointer    data)
{
  static const char ended[] = "SELECT count(*) FROM runs WHERE ended_us IS NOT NULL";
  static const char going[] = "SELECT count(*) FROM runs WHERE ended_us IS NULL";
  static const char file_bytes[] = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
  g_autoptr(GString) history = g_string_new ("SNAPSHOT");
  g_autoptr(GString) present = g_string_new ("SNAPSHOT");
  gint64 bytes, bytes_left;

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (history, " h%u=CANCELED@%u+metadata:%0400u", i, i, i);
  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (present, " p%u=%s+metadata:%0400u", i, i < 500 ? "EXECUTING" : "CANCELED@3000", i);
  spot_test_journal_write (self, "old", history->str, "0_0", 0);
  spot_journal_forget_feed (self->journal, "env", "old", FALSE);
  spot_test_journal_write (self, "all", present->str, "0_0", 0);
  bytes = count (self, file_bytes);
  g_assert_cmpint (bytes, >, 1000000);

  prune (self, bytes * 3 / 4, 1000 * DAY);
  bytes_left = count (self, file_bytes);
  g_assert_cmpint (bytes_left, <, bytes * 3 / 4 + 256 * 4096);
  g_assert_cmpint (count (self, "SELECT min(ended_us) FROM runs"), >,
                   count (self, "SELECT min(created_us) FROM runs") + 60 * G_USEC_PER_SEC);
  g_assert_cmpint (count (self, ended), >, 1000);
  g_assert_cmpint (count (self, going), ==, 500);
  g_assert_cmpint (count (self, "SELECT is_whole AND handle IS NOT NULL FROM feeds"), ==, 1);

  /* Then what is in a feed, which has to begin anew after that. */
  prune (self, bytes / 3, 1000 * DAY);
  g_assert_cmpint (count (self, file_bytes), <, bytes / 3 + 300 * 4096);
  g_assert_cmpint (count (self, ended), <, 500);
  g_assert_cmpint (count (self, going), ==, 500);
  g_assert_cmpint (count (self, "SELECT is_whole OR handle IS NOT NULL FROM feeds"), ==, 0);
  /* A commit does not make it whole. */
  spot_test_journal_write (self, "all", "CHANGES p0=PENDING", "0_1", 0);
  g_assert_cmpint (count (self, "SELECT is_whole OR handle IS NOT NULL FROM feeds"), ==, 0);

  /* At last what goes on, and nothing is left to go. */
  prune (self, 1, 1000 * DAY);
  g_assert_cmpint (count (self, "SELECT count(*) FROM runs"), ==, 0);
  g_assert_cmpint (count (self, "SELECT count(*) FROM changes"), ==, 0);
  g_assert_cmpint (count (self, "SELECT count(*) FROM members"), ==, 0);
  spot_test_journal_write (self, "all", present->str, "0_2", 0);
  g_assert_cmpint (count (self, "SELECT is_whole AND handle IS NOT NULL FROM feeds"), ==, 1);
}

/* The thread does it by itself, and the file becomes smaller while it is open. */
static void
test_by_itself (SpotTestJournal *self,
                gconstpointer    data)
{
  g_autoptr(GString) history = g_string_new ("SNAPSHOT");
  gsize before, after;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (history, " h%u=CANCELED@%u+metadata:%0400u", i, i % 3600, i);
  spot_test_journal_write (self, "old", history->str, "0_0", 0);
  g_assert_true (spot_test_journal_flush (self));
  spot_test_journal_reopen (self);
  spot_test_journal_wait_state (self, SPOT_JOURNAL_STATE_READY);
  g_free (spot_test_journal_read_file (self, "", &before));
  g_assert_cmpuint (before, >, 2000000);
  spot_journal_set_bounds (self->journal, 500000, 1000 * DAY);
  do
    {
      g_assert_true (spot_test_journal_flush (self));
      g_free (spot_test_journal_read_file (self, "", &after));
      /* The steps come between the questions. */
    }
  while (after > 500000 + 300 * 4096);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/journal-prune/" name, SpotTestJournal, NULL, set_up, func, tear_down)
  ADD ("by-age", test_by_age);
  ADD ("by-size", test_by_size);
  ADD ("by-itself", test_by_itself);

  return g_test_run ();
}
