/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spot-test-journal.h"

#define KILLS 30
#define N_RUNS 7

/* The program that is killed: it writes commits as fast as it can, announces each tenth of them, and says on its
   standard output what * a user would have on the screen. Commit i is about run i % N_RUNS, whose number it makes i. */
typedef struct
{
  SpotJournal *journal;
  guint        next;
} Writer;

static void
announced_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) to_send = spot_journal_announce_finish (SPOT_JOURNAL (source), result, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < to_send->len; i++)
    g_print ("sent %s\n", ((SpotAnnouncement *) to_send->pdata[i])->run_id);
  fflush (stdout);
  spot_journal_note_announced (SPOT_JOURNAL (source), to_send);
}

static gboolean
write_cb (gpointer data)
{
  Writer *writer = data;
  guint i = writer->next++;
  g_autofree char *words = g_strdup_printf ("CHANGES r%u=EXECUTING+number:%u+metadata:%0300u", i % N_RUNS, i, i);
  g_autofree char *offset = g_strdup_printf ("%u", i);
  g_autoptr(SpotRunBatch) batch = spot_test_batch (words);
  g_autoptr(SpotLogPosition) position = spot_test_position (offset);

  spot_journal_write_batch (writer->journal, "env", "all", batch, position, 0);
  if (i % 10 == 0)
    {
      g_autoptr(GPtrArray) announcements = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_announcement_free);
      g_autofree char *run_id = g_strdup_printf ("%u", i);

      g_ptr_array_add (announcements, spot_announcement_new ("env", run_id, 1, "CANCELED", run_id));
      spot_journal_announce_async (writer->journal, announcements, NULL, announced_cb, NULL);
    }

  return G_SOURCE_CONTINUE;
}

static int
run_writer (const char *path,
            guint       next)
{
  Writer writer = { spot_journal_new (path), next };
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  if (next == 0)
    {
      g_autoptr(GString) words = g_string_new ("SNAPSHOT");
      g_autoptr(SpotRunBatch) batch = NULL;
      g_autoptr(SpotLogPosition) position = spot_test_position ("0");

      for (guint i = 0; i < N_RUNS; i++)
        g_string_append_printf (words, " r%u=EXECUTING+number:0", i);
      batch = spot_test_batch (words->str);
      spot_journal_write_batch (writer.journal, "env", "all", batch, position, 0);
      writer.next = 1;
    }
  g_idle_add_full (G_PRIORITY_LOW, write_cb, &writer, NULL);
  g_main_loop_run (loop);

  return 0;
}

/* Starts it, lets it say a few lines, kills it, and takes down all that it has said. */
static void
run_and_kill (const char *self,
              const char *path,
              guint       next,
              GHashTable *shown)
{
  g_autofree char *number = g_strdup_printf ("%u", next);
  const char *argv[] = { self, "--writer", path, number, NULL };
  int lines_wanted = g_test_rand_int_range (0, 15);
  g_autoptr(GError) error = NULL;
  char line[100];
  FILE *output;
  int fd;
  GPid pid;

  g_assert_true (g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL,
                                           &fd, NULL, &error));
  g_assert_no_error (error);
  output = fdopen (fd, "r");
  for (int n = 0; fgets (line, sizeof line, output); n++)
    {
      guint i;

      if (n == lines_wanted)
        kill (pid, SIGKILL);
      g_assert_cmpint (sscanf (line, "sent %u", &i), ==, 1);
      g_hash_table_add (shown, GUINT_TO_POINTER (i + 1));
    }
  fclose (output);
  g_spawn_close_pid (pid);
}

static char *own_path;

/* Killed anywhere, as often as anybody likes: the position is not ahead of the rows, and each end was told, or is
   told now. */
static void
test_kill (void)
{
  g_autoptr(GHashTable) shown = g_hash_table_new (NULL, NULL);
  SpotTestJournal self;
  guint next = 0;
  guint n_unsent = 0;

  spot_test_journal_init (&self);
  for (guint round = 0; round < KILLS; round++)
    {
      g_autoptr(SpotJournalContents) contents = NULL;
      g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_announcement_free);
      g_autoptr(GPtrArray) again = NULL;
      SpotJournalFeed *feed;
      guint position;

      run_and_kill (own_path, self.path, next, shown);
      spot_test_journal_open (&self, NULL);
      contents = spot_test_journal_load (&self, NULL);
      g_assert_null (spot_journal_get_problem (self.journal));
      if (contents->feeds->len == 0)
        {
          /* Killed before it had written anything. */
          g_assert_cmpuint (next, ==, 0);
          spot_test_journal_close (&self);
          continue;
        }
      feed = contents->feeds->pdata[0];
      g_assert_nonnull (feed->position);
      position = (guint) atoi (spot_log_position_get_offset (feed->position));
      g_assert_cmpuint (position + 1, >=, next);
      g_assert_cmpuint (feed->rows->len, ==, N_RUNS);
      for (guint i = 0; i < N_RUNS; i++)
        {
          SpotRunRecord *record = g_array_index (feed->rows, SpotJournalRow, i).record;
          guint run = (guint) atoi (spot_run_record_get_id (record) + strlen ("run_r"));
          guint last = position >= run ? position - (position - run) % N_RUNS : 0;

          g_assert_cmpint (spot_run_record_get_number (record), ==, last);
        }

      /* What the user saw is known, and what is not known to have been seen is told again under its id. */
      for (guint i = 0; i < contents->unsent->len; i++)
        {
          SpotAnnouncement *announcement = contents->unsent->pdata[i];

          g_hash_table_add (shown, GUINT_TO_POINTER (atoi (announcement->run_id) + 1));
        }
      spot_journal_note_announced (self.journal, contents->unsent);
      n_unsent += contents->unsent->len;
      next = position + 1;
      /* Those whose commit is in the file; of the last one the announcement may not have been asked for yet. */
      for (guint i = 10; i < next; i += 10)
        {
          g_autofree char *run_id = g_strdup_printf ("%u", i);

          g_ptr_array_add (all, spot_announcement_new ("env", run_id, 1, "CANCELED", run_id));
        }
      again = spot_test_journal_announce (&self, all, NULL);
      for (guint i = 0; i < again->len; i++)
        {
          gpointer id = GUINT_TO_POINTER (atoi (((SpotAnnouncement *) again->pdata[i])->run_id) + 1);

          /* Told for the first time, if it has not been told. */
          g_assert_false (g_hash_table_contains (shown, id));
          g_hash_table_add (shown, id);
        }
      spot_journal_note_announced (self.journal, again);
      for (guint i = 10; i < next; i += 10)
        g_assert_true (g_hash_table_contains (shown, GUINT_TO_POINTER (i + 1)));
      spot_test_journal_close (&self);
    }
  g_test_message ("%u commits, %u announcements of which nobody knew", next, n_unsent);
  g_assert_cmpuint (next, >, KILLS);
  spot_test_journal_clear (&self);
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 4 && g_str_equal (argv[1], "--writer"))
    return run_writer (argv[2], (guint) atoi (argv[3]));
  own_path = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal-kill/anywhere", test_kill);

  return g_test_run ();
}
