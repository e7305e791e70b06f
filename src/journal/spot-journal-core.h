/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-journal-tables.h"
#include "spot-journal.h"

G_BEGIN_DECLS

/**
 * SpotJournalOptions:
 * @path: the file
 * @get_now_us: (nullable): the wall clock, called on both threads
 * @now_data: for it
 * @retry_ms: after how long to try again first; 0 for the usual time
 * @max_queue_bytes: how much may wait; 0 for as much as usual
 * @max_pages: how large the file may grow before the disk is as good as full; 0 for no limit
 *
 * What tests decide.
 */
typedef struct
{
  const char *path;
  gint64    (*get_now_us) (gpointer data);
  gpointer    now_data;
  gint64      retry_ms;
  gsize       max_queue_bytes;
  guint       max_pages;
} SpotJournalOptions;

/* What may wait to be written, about. Beyond it the commits of a feed that come next become one: its last states are
   kept, what * was between them is not. */
#define SPOT_JOURNAL_QUEUE_BYTES (64u * 1024u * 1024u)

/**
 * SpotJournalCore:
 *
 * The thread, the queue that leads to it and the way back. The queue is for the main thread: nothing here keeps it
 * waiting longer than it takes to put something into a list.
 */
typedef struct _SpotJournalCore SpotJournalCore;

/* Something for the main thread, in the order in which it happened. */
typedef void (*SpotJournalStateFunc) (gpointer          owner,
                                      SpotJournalState  state,
                                      gboolean          was_damaged);

/**
 * SpotJournalJobFunc:
 * @db: the database, in a transaction
 * @data: of the job
 * @now_us: the time
 * @result: (out): what came of it
 * @error: return location
 *
 * Work for the thread. After a %SPOT_JOURNAL_ERROR the whole transaction is undone, and with it all other jobs in it.
 *
 * Returns: %FALSE on failure
 */
typedef gboolean (*SpotJournalJobFunc) (SpotJournalDb  *db,
                                        gpointer        data,
                                        gint64          now_us,
                                        gpointer       *result,
                                        GError        **error);

/**
 * SpotJournalJobKind:
 * @SPOT_JOURNAL_JOB_PLAIN: in its turn
 * @SPOT_JOURNAL_JOB_DURABLE: before what waits, and it has reached the disk when it is done
 * @SPOT_JOURNAL_JOB_DELETE: in its turn: removes the environment that its data names, or everything, so that nothing of
 *   it is left in the file. Needs no function
 */
typedef enum {
  SPOT_JOURNAL_JOB_PLAIN,
  SPOT_JOURNAL_JOB_DURABLE,
  SPOT_JOURNAL_JOB_DELETE,
} SpotJournalJobKind;

SpotJournalCore *spot_journal_core_new        (const SpotJournalOptions *options,
                                               GObject                  *owner,
                                               SpotJournalStateFunc      state_func);
void             spot_journal_core_unref      (SpotJournalCore          *self);
void             spot_journal_core_set_bounds (SpotJournalCore          *self,
                                               const SpotJournalBounds  *bounds);
gint64           spot_journal_core_get_now_us (SpotJournalCore          *self);

/* @task may be NULL; it is returned in the main context. @data, and a result that nobody takes, are freed there or
   on the thread. */
void             spot_journal_core_push       (SpotJournalCore          *self,
                                               SpotJournalJobKind        kind,
                                               SpotJournalJobFunc        func,
                                               gpointer                  data,
                                               GDestroyNotify            data_free,
                                               GDestroyNotify            result_free,
                                               GTask                    *task);
void             spot_journal_core_push_write (SpotJournalCore          *self,
                                               SpotJournalWrite         *write);
void             spot_journal_core_retry      (SpotJournalCore          *self);

/* Ends the thread once all that waits is done. @task is returned after that. */
void             spot_journal_core_stop       (SpotJournalCore          *self,
                                               GTask                    *task);
gboolean         spot_journal_core_is_stopping (SpotJournalCore         *self);

G_END_DECLS
