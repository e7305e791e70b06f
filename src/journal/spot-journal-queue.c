/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-journal"

#include "config.h"

#include <string.h>

#include "spot-journal-queue.h"

/* What one transaction takes: a few, so that nobody waits long for what comes next, but of small ones many. */
#define MAX_JOBS 64u
#define MAX_JOB_BYTES (8u * 1024u * 1024u)

/* What a change keeps beside its long texts. */
#define CHANGE_BYTES 400u

/* How many changes of a commit are measured, about. */
#define MEASURED_CHANGES 1024u

/**
 * spot_journal_job_free:
 * @self: (transfer full): a job
 *
 * Frees a job.
 */
void
spot_journal_job_free (SpotJournalJob *self)
{
  if (self->data && self->data_free)
    self->data_free (self->data);
  if (self->result && self->result_free)
    self->result_free (self->result);
  g_clear_pointer (&self->write, spot_journal_write_free);
  g_clear_pointer (&self->places, g_hash_table_unref);
  g_clear_object (&self->task);
  g_clear_error (&self->error);
  g_free (self->feed);
  g_free (self);
}

/**
 * spot_journal_queue_init:
 * @self: a queue
 * @max_bytes: what may wait, about
 *
 * Makes an empty queue.
 */
void
spot_journal_queue_init (SpotJournalQueue *self,
                         gsize             max_bytes)
{
  g_queue_init (&self->durable);
  g_queue_init (&self->plain);
  self->tails = g_hash_table_new (g_str_hash, g_str_equal);
  self->bytes = 0;
  self->max_bytes = max_bytes;
}

/**
 * spot_journal_queue_clear:
 * @self: a queue
 *
 * Frees what is in it.
 */
void
spot_journal_queue_clear (SpotJournalQueue *self)
{
  g_clear_pointer (&self->tails, g_hash_table_unref);
  g_queue_clear_full (&self->durable, (GDestroyNotify) spot_journal_job_free);
  g_queue_clear_full (&self->plain, (GDestroyNotify) spot_journal_job_free);
}

/**
 * spot_journal_queue_is_empty:
 * @self: a queue
 *
 * Returns: whether nothing waits
 */
gboolean
spot_journal_queue_is_empty (SpotJournalQueue *self)
{
  return g_queue_is_empty (&self->durable) && g_queue_is_empty (&self->plain);
}

/**
 * spot_journal_queue_push:
 * @self: a queue
 * @job: (transfer full): a job, no write
 *
 * Adds a job behind those of its kind.
 */
void
spot_journal_queue_push (SpotJournalQueue *self,
                         SpotJournalJob   *job)
{
  /* What is asked for after a write has to find all of it, and what is deleted must not come back by a later merge. */
  if (job->kind != SPOT_JOURNAL_JOB_DURABLE)
    g_hash_table_remove_all (self->tails);
  g_queue_push_tail (job->kind == SPOT_JOURNAL_JOB_DURABLE ? &self->durable : &self->plain, job);
}

static gsize
measure (const SpotJournalWrite *write)
{
  static const SpotColumn texts[]
    = { SPOT_COLUMN_PAYLOAD, SPOT_COLUMN_METADATA, SPOT_COLUMN_OUTPUT, SPOT_COLUMN_ERROR };
  guint n = write->batch ? write->batch->changes->len : 0;
  guint stride = 1 + n / MEASURED_CHANGES;
  gsize bytes = 0;

  /* Of a large one some are enough: this is the main thread. */
  for (guint i = 0; i < n; i += stride)
    {
      SpotRunRecord *record = g_array_index (write->batch->changes, SpotRunChange, i).record;

      bytes += CHANGE_BYTES;
      for (guint j = 0; j < G_N_ELEMENTS (texts); j++)
        bytes += spot_run_record_get_text_size (record, texts[j]);
    }

  return sizeof *write + bytes * stride;
}

static void
add_changes (SpotJournalJob     *job,
             const SpotRunBatch *batch)
{
  GArray *changes = job->write->batch->changes;

  for (guint i = 0; i < batch->changes->len; i++)
    {
      const SpotRunChange *change = &g_array_index (batch->changes, SpotRunChange, i);
      const char *run_id = spot_run_record_get_id (change->record);
      gpointer place;

      if (g_hash_table_lookup_extended (job->places, run_id, NULL, &place))
        {
          SpotRunChange *kept = &g_array_index (changes, SpotRunChange, GPOINTER_TO_UINT (place));

          g_hash_table_remove (job->places, run_id);
          spot_run_record_unref (kept->record);
          g_free (kept->key);
          kept->record = spot_run_record_ref (change->record);
          kept->removed = change->removed;
          kept->key = g_strdup (change->key);
          run_id = spot_run_record_get_id (kept->record);
          g_hash_table_insert (job->places, (gpointer) run_id, place);
        }
      else
        {
          spot_run_batch_add_row (job->write->batch, change->record, change->removed, change->key,
                                  change->key ? strlen (change->key) : 0);
          g_hash_table_insert (job->places, (gpointer) run_id, GUINT_TO_POINTER (changes->len - 1));
        }
    }
}

/* Makes one write of two: the last state of each run. */
static void
merge (SpotJournalJob   *job,
       SpotJournalWrite *newer)
{
  SpotJournalWrite *write = job->write;

  if ((newer->flags & SPOT_JOURNAL_WRITE_KEEP_NOTHING) || spot_journal_write_is_whole (newer))
    {
      spot_journal_write_free (write);
      job->write = newer;
      g_clear_pointer (&job->places, g_hash_table_unref);
      return;
    }

  if (newer->batch && !job->places)
    {
      g_autoptr(SpotRunBatch) older = g_steal_pointer (&write->batch);

      /* The batch is others' too. */
      write->batch = spot_run_batch_new (older ? older->kind : newer->batch->kind);
      job->places = g_hash_table_new (g_str_hash, g_str_equal);
      if (older)
        add_changes (job, older);
    }
  if (newer->batch)
    add_changes (job, newer->batch);
  if (newer->position)
    {
      g_clear_pointer (&write->position, spot_log_position_unref);
      write->position = g_steal_pointer (&newer->position);
    }
  write->time_us = newer->time_us;
  write->keep_payload = newer->keep_payload;
  spot_journal_write_free (newer);
}

/**
 * spot_journal_queue_push_write:
 * @self: a queue
 * @write: (transfer full): a feed's commit
 *
 * Adds a write. When too much waits already, it is merged with the one of the same feed before it: what gives then are
 * states that a run had in between, never its last one, and never a position without its rows. There is one state at
 * most of each run beyond the bound, which the program holds anyway in order to show it.
 */
void
spot_journal_queue_push_write (SpotJournalQueue *self,
                               SpotJournalWrite *write)
{
  g_autofree char *feed = g_strdup_printf ("%s\n%s", write->environment_key, write->feed_key);
  SpotJournalJob *tail = g_hash_table_lookup (self->tails, feed);
  SpotJournalJob *job;
  gsize bytes;

  /* After a feed was to be forgotten it begins anew. */
  if (tail && !(tail->write->flags & SPOT_JOURNAL_WRITE_KEEP_NOTHING))
    {
      merge (tail, write);
      return;
    }

  job = g_new0 (SpotJournalJob, 1);
  job->kind = SPOT_JOURNAL_JOB_PLAIN;
  job->write = write;
  job->feed = g_steal_pointer (&feed);
  g_queue_push_tail (&self->plain, job);
  bytes = measure (write);
  if (self->bytes > 0 && self->bytes + bytes > self->max_bytes)
    {
      g_hash_table_replace (self->tails, job->feed, job);
      return;
    }
  job->bytes = bytes;
  self->bytes += bytes;
}

/**
 * spot_journal_queue_take:
 * @self: a queue
 * @jobs: (element-type SpotJournalJob): where to add
 *
 * Takes the jobs to do next, all of one kind: durable ones before the others, and what deletes alone. None when nothing
 * waits.
 */
void
spot_journal_queue_take (SpotJournalQueue *self,
                         GPtrArray        *jobs)
{
  GQueue *queue = g_queue_is_empty (&self->durable) ? &self->plain : &self->durable;
  SpotJournalJob *job;
  gsize bytes = 0;

  while (jobs->len < MAX_JOBS && bytes < MAX_JOB_BYTES && (job = g_queue_peek_head (queue)))
    {
      if (job->kind == SPOT_JOURNAL_JOB_DELETE && jobs->len > 0)
        return;
      g_queue_pop_head (queue);
      g_ptr_array_add (jobs, job);
      bytes += job->bytes;
      self->bytes -= job->bytes;
      if (job->feed && g_hash_table_lookup (self->tails, job->feed) == job)
        g_hash_table_remove (self->tails, job->feed);
      if (job->kind == SPOT_JOURNAL_JOB_DELETE)
        return;
    }
}
