/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-change.h"
#include "spot-journal-db.h"
#include "spot-journal-types.h"

G_BEGIN_DECLS

/* What the journal's thread does with the tables. Each works inside a transaction of the caller. */

/* Changes of one run: when there are more than the first number, the oldest go until there are as many as the
   second. */
#define SPOT_MAX_RUN_CHANGES 1200
#define SPOT_KEPT_RUN_CHANGES 1000

/* Entries of the inbox, and announcements that are remembered. */
#define SPOT_MAX_INBOX 1000
#define SPOT_MAX_ANNOUNCED 100000

/**
 * SpotJournalWrite:
 * @environment_key: (owned): where
 * @feed_key: (owned): which feed
 * @batch: (owned) (nullable): what it committed; %NULL when only the position has moved
 * @position: (owned) (nullable): where it is after that; %NULL leaves the position that is there
 * @flags: how
 * @time_us: when
 * @keep_payload: whether payload and output are kept
 * @is_frozen: whether a commit before this one has been lost: the position must not move then
 */
typedef struct
{
  char                  *environment_key;
  char                  *feed_key;
  SpotRunBatch          *batch;
  SpotLogPosition       *position;
  SpotJournalWriteFlags  flags;
  gint64                 time_us;
  gboolean               keep_payload;
  gboolean               is_frozen;
} SpotJournalWrite;

void                 spot_journal_write_free      (SpotJournalWrite     *self);
gboolean             spot_journal_write_is_whole  (const SpotJournalWrite *self);
gboolean             spot_journal_db_write        (SpotJournalDb        *db,
                                                   const SpotJournalWrite *write,
                                                   GError              **error);
gboolean             spot_journal_db_ensure_environment (SpotJournalDb  *db,
                                                   const char           *key,
                                                   gint64               *id,
                                                   GError              **error);
gboolean             spot_journal_db_find_environment (SpotJournalDb    *db,
                                                   const char           *key,
                                                   gint64               *id,
                                                   GError              **error);
gboolean             spot_journal_db_forget_feed  (SpotJournalDb        *db,
                                                   const char           *environment_key,
                                                   const char           *feed_key,
                                                   gboolean              with_runs,
                                                   GError              **error);
gboolean             spot_journal_db_forget_runs  (SpotJournalDb        *db,
                                                   const char           *environment_key,
                                                   const char *const    *run_ids,
                                                   GError              **error);
gboolean             spot_journal_db_remove_run   (SpotJournalDb        *db,
                                                   gint64                run,
                                                   GError              **error);

SpotJournalContents *spot_journal_db_load         (SpotJournalDb        *db,
                                                   const char           *environment_key,
                                                   GError              **error);
GPtrArray           *spot_journal_db_load_changes (SpotJournalDb        *db,
                                                   const char           *environment_key,
                                                   const char           *run_id,
                                                   GError              **error);

GPtrArray           *spot_journal_db_announce     (SpotJournalDb        *db,
                                                   GPtrArray            *announcements,
                                                   gint64                now_us,
                                                   GError              **error);
gboolean             spot_journal_db_note_announced (SpotJournalDb      *db,
                                                   GPtrArray            *announcements,
                                                   gint64                now_us,
                                                   GError              **error);
gboolean             spot_journal_db_load_unsent  (SpotJournalDb        *db,
                                                   gint64                environment,
                                                   const char           *environment_key,
                                                   GPtrArray            *unsent,
                                                   GError              **error);

gboolean             spot_journal_db_add_inbox    (SpotJournalDb        *db,
                                                   const SpotInboxEntry *entry,
                                                   gint64               *id,
                                                   GError              **error);
GPtrArray           *spot_journal_db_list_inbox   (SpotJournalDb        *db,
                                                   GError              **error);
gboolean             spot_journal_db_mark_read    (SpotJournalDb        *db,
                                                   gint64                id,
                                                   GError              **error);
gboolean             spot_journal_db_clear_inbox  (SpotJournalDb        *db,
                                                   const char           *environment_key,
                                                   GError              **error);

/* Everything of one environment, but not the file's free space, in which it still stands. */
gboolean             spot_journal_db_remove_environment (SpotJournalDb  *db,
                                                   const char           *key,
                                                   GError              **error);

/**
 * SpotJournalBounds:
 * @max_bytes: how large the file may be, without its log
 * @max_age_us: how long what has ended is kept
 */
typedef struct
{
  gint64 max_bytes;
  gint64 max_age_us;
} SpotJournalBounds;

gboolean             spot_journal_db_prune        (SpotJournalDb        *db,
                                                   const SpotJournalBounds *bounds,
                                                   gint64                now_us,
                                                   guint                 n_rows,
                                                   gboolean             *more,
                                                   GError              **error);
gboolean             spot_journal_db_shrink       (SpotJournalDb        *db,
                                                   gboolean             *more,
                                                   GError              **error);

G_END_DECLS
