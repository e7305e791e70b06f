/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-log-position.h"
#include "spot-run-batch.h"

G_BEGIN_DECLS

/**
 * SpotJournalWriteFlags:
 * @SPOT_JOURNAL_WRITE_KEEP_NOTHING: keep nothing of this feed: what is kept of it is removed, with the runs that are in
 *   no other
 * @SPOT_JOURNAL_WRITE_REMOVED_IS_DELETED: a run that leaves the feed is not on the server any more, as in a feed of one
 *   run or of the whole environment; without it the run has only lost a tag, or so
 * @SPOT_JOURNAL_WRITE_WHOLE: the batch has every run of the feed, as one of kind %SPOT_RUN_BATCH_SNAPSHOT always has
 */
typedef enum {
  SPOT_JOURNAL_WRITE_DEFAULT = 0,
  SPOT_JOURNAL_WRITE_KEEP_NOTHING = 1 << 0,
  SPOT_JOURNAL_WRITE_REMOVED_IS_DELETED = 1 << 1,
  SPOT_JOURNAL_WRITE_WHOLE = 1 << 2,
} SpotJournalWriteFlags;

/**
 * SpotJournalRun:
 * @record: (owned): its latest state, of all that any feed knew
 * @seen_us: when a commit had it last: what it is known "as of"
 */
typedef struct
{
  SpotRunRecord *record;
  gint64         seen_us;
} SpotJournalRun;

/**
 * SpotJournalRow:
 * @key: (owned): what the feed's log calls it
 * @record: (owned): with the columns that the feed has
 */
typedef struct
{
  char          *key;
  SpotRunRecord *record;
} SpotJournalRow;

/**
 * SpotJournalFeed:
 * @key: (owned): the feed
 * @position: (owned) (nullable): where to go on; %NULL when it has to begin with a snapshot
 * @rows: (owned) (element-type SpotJournalRow): with a position, all of its rows as of that position or later; else
 *   none
 * @committed_us: when its last commit was
 */
typedef struct
{
  char            *key;
  SpotLogPosition *position;
  GArray          *rows;
  gint64           committed_us;
} SpotJournalFeed;

/**
 * SpotAnnouncement:
 * @environment_key: (owned): where
 * @run_id: (owned): which run
 * @completed_us: its completedAt
 * @status: (owned): the word of the status that it ended with
 * @notice_id: (owned): of the notification that tells it, maybe among others
 * @noted_us: when that was decided; not looked at when given
 *
 * The end of a run, as somebody is told about it, once.
 */
typedef struct
{
  char   *environment_key;
  char   *run_id;
  gint64  completed_us;
  char   *status;
  char   *notice_id;
  gint64  noted_us;
} SpotAnnouncement;

SpotAnnouncement *spot_announcement_new  (const char             *environment_key,
                                          const char             *run_id,
                                          gint64                  completed_us,
                                          const char             *status,
                                          const char             *notice_id);
SpotAnnouncement *spot_announcement_copy (const SpotAnnouncement *self);
void              spot_announcement_free (SpotAnnouncement       *self);

/**
 * SpotJournalContents:
 * @runs: (owned) (element-type SpotJournalRun): every run that is not known to be deleted, in no order
 * @feeds: (owned) (element-type SpotJournalFeed): the feeds
 * @unsent: (owned) (element-type SpotAnnouncement): those that were about to be sent when the program ended: whether
 *   they were nobody knows. To be sent again, under the same notification id
 * @as_of_us: when the last commit of any feed was; 0 when there was none
 *
 * What the journal knows of an environment.
 */
typedef struct
{
  GArray    *runs;
  GPtrArray *feeds;
  GPtrArray *unsent;
  gint64     as_of_us;
} SpotJournalContents;

SpotJournalContents *spot_journal_contents_new  (void);
void                 spot_journal_contents_free (SpotJournalContents *self);

/**
 * SpotInboxEntry:
 * @id: of the entry; rises with each. 0 for one that is not in the journal yet
 * @environment_key: (owned): where
 * @watch_id: (owned): which watch it is for
 * @run_id: (owned) (nullable): which run; %NULL for one about several
 * @kind: what it is, the caller's number
 * @time_us: when, wall clock
 * @is_read: whether somebody has seen it
 * @summary: (owned): what it says
 *
 * Something that was told, to be looked up later.
 */
typedef struct
{
  gint64   id;
  char    *environment_key;
  char    *watch_id;
  char    *run_id;
  int      kind;
  gint64   time_us;
  gboolean is_read;
  char    *summary;
} SpotInboxEntry;

SpotInboxEntry *spot_inbox_entry_new  (const char     *environment_key,
                                       const char     *watch_id,
                                       const char     *run_id,
                                       int             kind,
                                       gint64          time_us,
                                       const char     *summary);
void            spot_inbox_entry_free (SpotInboxEntry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotAnnouncement, spot_announcement_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotJournalContents, spot_journal_contents_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotInboxEntry, spot_inbox_entry_free)

G_END_DECLS
