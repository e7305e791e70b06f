/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-journal-queue.h"
#include "spot-test-journal.h"

static SpotJournalWrite *
make_write (const char            *feed,
            const char            *words,
            const char            *offset,
            SpotJournalWriteFlags  flags)
{
  static gint64 now_us = TEST_START_US;
  SpotJournalWrite *write = g_new0 (SpotJournalWrite, 1);

  write->environment_key = g_strdup ("env");
  write->feed_key = g_strdup (feed);
  write->batch = words ? spot_test_batch (words) : NULL;
  write->position = spot_test_position (offset);
  write->flags = flags;
  write->time_us = now_us++;

  return write;
}

/* What waits, as `feed KIND a=PENDING -b=CANCELED @0_5; …`. */
static char *
take_all (SpotJournalQueue *queue)
{
  static const char *const kinds[] = { "PREVIEW", "SNAPSHOT", "REFETCH", "CHANGES", "CATCH_UP" };
  g_autoptr(GString) words = g_string_new (NULL);

  while (!spot_journal_queue_is_empty (queue))
    {
      g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_journal_job_free);

      spot_journal_queue_take (queue, jobs);
      g_assert_cmpuint (jobs->len, >, 0);
      for (guint i = 0; i < jobs->len; i++)
        {
          SpotJournalJob *job = jobs->pdata[i];

          g_string_append_printf (words, "%s", words->len > 0 ? "; " : "");
          if (!job->write)
            {
              g_string_append (words, job->kind == SPOT_JOURNAL_JOB_DELETE    ? "delete"
                                      : job->kind == SPOT_JOURNAL_JOB_DURABLE ? "durable"
                                                                              : "plain");
              g_assert_true (job->kind != SPOT_JOURNAL_JOB_DELETE || jobs->len == 1);
              continue;
            }
          g_string_append (words, job->write->feed_key);
          if (job->write->flags & SPOT_JOURNAL_WRITE_KEEP_NOTHING)
            g_string_append (words, " forget");
          if (job->write->batch)
            g_string_append_printf (words, " %s", kinds[job->write->batch->kind]);
          for (guint j = 0; job->write->batch && j < job->write->batch->changes->len; j++)
            {
              SpotRunChange *change = &g_array_index (job->write->batch->changes, SpotRunChange, j);

              g_string_append_printf (words, " %s%s=%s", change->removed ? "-" : "",
                                      spot_run_record_get_id (change->record) + strlen ("run_"),
                                      spot_run_record_get_status_word (change->record));
            }
          if (job->write->position)
            g_string_append_printf (words, " @%s", spot_log_position_get_offset (job->write->position));
        }
    }
  g_assert_cmpuint (queue->bytes, ==, 0);
  g_assert_cmpuint (g_hash_table_size (queue->tails), ==, 0);

  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
push_job (SpotJournalQueue   *queue,
          SpotJournalJobKind  kind)
{
  SpotJournalJob *job = g_new0 (SpotJournalJob, 1);

  job->kind = kind;
  spot_journal_queue_push (queue, job);
}

static void
test_order (void)
{
  g_autofree char *words = NULL;
  SpotJournalQueue queue;

  spot_journal_queue_init (&queue, G_MAXSIZE);
  spot_journal_queue_push_write (&queue, make_write ("a", "SNAPSHOT a=PENDING", "1", 0));
  push_job (&queue, SPOT_JOURNAL_JOB_PLAIN);
  push_job (&queue, SPOT_JOURNAL_JOB_DELETE);
  spot_journal_queue_push_write (&queue, make_write ("a", "CHANGES a=CANCELED", "2", 0));
  push_job (&queue, SPOT_JOURNAL_JOB_DURABLE);
  spot_journal_queue_push_write (&queue, make_write ("a", NULL, "3", 0));
  words = take_all (&queue);
  g_assert_cmpstr (words, ==, "durable; a SNAPSHOT a=PENDING @1; plain; delete; a CHANGES a=CANCELED @2; a @3");
  spot_journal_queue_clear (&queue);
}

/* Beyond the bound the commits of a feed become one, with the last state of each run. */
static void
test_merge (void)
{
  static const struct
  {
    const char            *feed;
    const char            *words;
    const char            *offset;
    SpotJournalWriteFlags  flags;
  } writes[] = {
    { "a", "SNAPSHOT a=PENDING b=PENDING", "1", 0 },
    { "a", "CHANGES a=EXECUTING", "2", 0 },
    { "b", "CHANGES x=PENDING", "1", 0 },
    { "a", "CHANGES c=PENDING a=CANCELED -b=PENDING", "3", 0 },
    { "a", "REFETCH b=EXECUTING -c=PENDING", NULL, 0 },
    { "b", NULL, "2", 0 },
    { "a", NULL, "4", 0 },
    { "b", "CHANGES x=EXECUTING y=PENDING", "3", 0 },
  };
  g_autofree char *words = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *forgotten = NULL;
  g_autofree char *deleted = NULL;
  SpotJournalQueue queue;

  spot_journal_queue_init (&queue, 1);
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++)
    spot_journal_queue_push_write (&queue,
                                   make_write (writes[i].feed, writes[i].words, writes[i].offset, writes[i].flags));
  words = take_all (&queue);
  g_assert_cmpstr (words, ==,
                   "a SNAPSHOT a=PENDING b=PENDING @1; a CHANGES a=CANCELED -c=PENDING b=EXECUTING @4; "
                   "b CHANGES x=EXECUTING y=PENDING @3");

  /* A whole snapshot takes the place of what was before it. */
  spot_journal_queue_push_write (&queue, make_write ("x", "SNAPSHOT a=PENDING", "1", 0));
  spot_journal_queue_push_write (&queue, make_write ("a", "CHANGES a=PENDING b=PENDING", "1", 0));
  spot_journal_queue_push_write (&queue, make_write ("a", "SNAPSHOT c=PENDING", "2", 0));
  spot_journal_queue_push_write (&queue, make_write ("a", "CHANGES d=PENDING", "3", 0));
  whole = take_all (&queue);
  g_assert_cmpstr (whole, ==, "x SNAPSHOT a=PENDING @1; a SNAPSHOT c=PENDING d=PENDING @3");

  /* What comes after a feed was to be forgotten is not forgotten. */
  spot_journal_queue_push_write (&queue, make_write ("x", "SNAPSHOT a=PENDING", "1", 0));
  spot_journal_queue_push_write (&queue, make_write ("a", "CHANGES a=PENDING", "1", 0));
  spot_journal_queue_push_write (&queue, make_write ("a", "CHANGES b=PENDING", "2", SPOT_JOURNAL_WRITE_KEEP_NOTHING));
  spot_journal_queue_push_write (&queue, make_write ("a", "CHANGES c=PENDING", "3", 0));
  forgotten = take_all (&queue);
  g_assert_cmpstr (forgotten, ==, "x SNAPSHOT a=PENDING @1; a forget CHANGES b=PENDING @2; a CHANGES c=PENDING @3");

  /* What comes after a deletion is not deleted. */
  spot_journal_queue_push_write (&queue, make_write ("x", "SNAPSHOT a=PENDING", "1", 0));
  spot_journal_queue_push_write (&queue, make_write ("a", "CHANGES a=PENDING", "1", 0));
  push_job (&queue, SPOT_JOURNAL_JOB_DELETE);
  spot_journal_queue_push_write (&queue, make_write ("a", "CHANGES b=PENDING", "2", 0));
  deleted = take_all (&queue);
  g_assert_cmpstr (deleted, ==, "x SNAPSHOT a=PENDING @1; a CHANGES a=PENDING @1; delete; a CHANGES b=PENDING @2");
  spot_journal_queue_clear (&queue);
}

/* However much comes, no more waits than the bound and one state of each run. */
static void
test_bound (void)
{
  SpotJournalQueue queue;
  guint n_changes = 0;

  spot_journal_queue_init (&queue, 20000);
  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *words = g_strdup_printf ("CHANGES a%u=PENDING+metadata:%0300u", i % 50, i);

      spot_journal_queue_push_write (&queue, make_write ("a", words, "1", 0));
    }
  g_assert_cmpuint (queue.bytes, <=, 20000);
  for (GList *l = queue.plain.head; l; l = l->next)
    n_changes += ((SpotJournalJob *) l->data)->write->batch->changes->len;
  g_assert_cmpuint (n_changes, <, 50 + 20000 / 300);
  g_assert_cmpuint (n_changes, >, 50);
  spot_journal_queue_clear (&queue);
}

/* Writes that were merged leave the file as they would have one by one, but for changes in between. */
static void
test_merged_is_same (void)
{
  static const char *const statuses[] = { "PENDING", "EXECUTING", "CANCELED@5", "CRASHED@6" };

  for (guint round = 0; round < 20; round++)
    {
      SpotTestJournal plain, merged;
      SpotJournalQueue queue;
      g_autoptr(SpotJournalDb) plain_db = NULL;
      g_autoptr(SpotJournalDb) merged_db = NULL;
      g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_journal_job_free);
      g_autoptr(SpotJournalContents) a = NULL;
      g_autoptr(SpotJournalContents) b = NULL;

      spot_test_journal_init (&plain);
      spot_test_journal_init (&merged);
      plain_db = spot_journal_db_open (plain.path, SPOT_JOURNAL_OPEN, 0, NULL);
      merged_db = spot_journal_db_open (merged.path, SPOT_JOURNAL_OPEN, 0, NULL);
      spot_journal_queue_init (&queue, 1);
      for (guint i = 0; i < 30; i++)
        {
          g_autoptr(GString) words = g_string_new (i == 0 || g_test_rand_int_range (0, 10) == 0 ? "SNAPSHOT" : "CHANGES");
          g_autofree char *offset = g_strdup_printf ("%u", i);
          g_autofree char *feed = g_strdup_printf ("feed%d", g_test_rand_int_range (0, 2));
          SpotJournalWrite *first, *second;

          for (int j = g_test_rand_int_range (0, 4); j > 0; j--)
            g_string_append_printf (words, " %sr%d=%s", g_test_rand_int_range (0, 4) == 0 ? "-" : "",
                                    j * 3 + g_test_rand_int_range (0, 3), statuses[g_test_rand_int_range (0, 4)]);
          first = make_write (feed, words->str, offset, 0);
          second = make_write (feed, words->str, offset, 0);
          g_assert_true (spot_journal_db_write (plain_db, first, NULL));
          spot_journal_write_free (first);
          spot_journal_queue_push_write (&queue, second);
        }
      while (!spot_journal_queue_is_empty (&queue))
        spot_journal_queue_take (&queue, jobs);
      g_assert_cmpuint (jobs->len, <, 10);
      for (guint i = 0; i < jobs->len; i++)
        g_assert_true (spot_journal_db_write (merged_db, ((SpotJournalJob *) jobs->pdata[i])->write, NULL));

      a = spot_journal_db_load (plain_db, "env", NULL);
      b = spot_journal_db_load (merged_db, "env", NULL);
      g_assert_cmpuint (a->feeds->len, ==, b->feeds->len);
      for (guint i = 0; i < a->feeds->len; i++)
        {
          SpotJournalFeed *feed = a->feeds->pdata[i];
          SpotJournalFeed *same = NULL;
          guint n_found = 0;

          for (guint j = 0; j < b->feeds->len; j++)
            {
              if (g_str_equal (((SpotJournalFeed *) b->feeds->pdata[j])->key, feed->key))
                same = b->feeds->pdata[j];
            }
          g_assert_nonnull (same);
          g_assert_true (spot_log_position_equal (feed->position, same->position));
          g_assert_cmpuint (feed->rows->len, ==, same->rows->len);
          for (guint j = 0; j < feed->rows->len; j++)
            {
              SpotJournalRow *row = &g_array_index (feed->rows, SpotJournalRow, j);

              for (guint k = 0; k < same->rows->len; k++)
                {
                  SpotJournalRow *other = &g_array_index (same->rows, SpotJournalRow, k);

                  if (g_str_equal (row->key, other->key))
                    n_found++;
                }
            }
          g_assert_cmpuint (n_found, ==, feed->rows->len);
        }
      spot_journal_queue_clear (&queue);
      g_clear_pointer (&plain_db, spot_journal_db_close);
      g_clear_pointer (&merged_db, spot_journal_db_close);
      spot_test_journal_clear (&plain);
      spot_test_journal_clear (&merged);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal-queue/order", test_order);
  g_test_add_func ("/journal-queue/merge", test_merge);
  g_test_add_func ("/journal-queue/bound", test_bound);
  g_test_add_func ("/journal-queue/merged-is-same", test_merged_is_same);

  return g_test_run ();
}
