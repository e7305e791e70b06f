/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-journal-core.h"

G_BEGIN_DECLS

/**
 * SpotJournalJob:
 * @kind: how it is to be done
 * @func: (nullable): what to do; %NULL for a write, and for what deletes
 * @data: (owned) (nullable): for @func
 * @write: (owned) (nullable): what to write
 * @places: (owned) (nullable): by run id, where in the write's batch the run is: of a write that others are merged into
 * @feed: (owned) (nullable): of a write: a name of the feed
 * @bytes: about how much it keeps from being freed
 * @task: (owned) (nullable): who waits for it
 * @result: (owned) (nullable): what came of it
 * @error: (owned) (nullable): or why nothing did
 */
typedef struct
{
  SpotJournalJobKind  kind;
  SpotJournalJobFunc  func;
  gpointer            data;
  GDestroyNotify      data_free;
  SpotJournalWrite   *write;
  GHashTable         *places;
  char               *feed;
  gsize               bytes;
  GTask              *task;
  gpointer            result;
  GDestroyNotify      result_free;
  GError             *error;
} SpotJournalJob;

void            spot_journal_job_free         (SpotJournalJob    *self);

/**
 * SpotJournalQueue:
 *
 * What waits for the journal's thread. Has no lock of its own.
 */
typedef struct
{
  GQueue      durable;   /* (element-type SpotJournalJob): before all others */
  GQueue      plain;     /* (element-type SpotJournalJob) */
  GHashTable *tails;     /* by feed, its write in @plain that others are merged into. The keys are the jobs' */
  gsize       bytes;     /* of those in @plain that are no tails */
  gsize       max_bytes;
} SpotJournalQueue;

void            spot_journal_queue_init       (SpotJournalQueue  *self,
                                               gsize              max_bytes);
void            spot_journal_queue_clear      (SpotJournalQueue  *self);
gboolean        spot_journal_queue_is_empty   (SpotJournalQueue  *self);
void            spot_journal_queue_push       (SpotJournalQueue  *self,
                                               SpotJournalJob    *job);
void            spot_journal_queue_push_write (SpotJournalQueue  *self,
                                               SpotJournalWrite  *write);
void            spot_journal_queue_take       (SpotJournalQueue  *self,
                                               GPtrArray         *jobs);

G_END_DECLS
