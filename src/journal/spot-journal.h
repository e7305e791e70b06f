/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "spot-change.h"
#include "spot-journal-error.h"
#include "spot-journal-types.h"

G_BEGIN_DECLS

/**
 * SpotJournalState:
 * @SPOT_JOURNAL_STATE_OPENING: not open yet; what it is asked for waits
 * @SPOT_JOURNAL_STATE_READY: remembers
 * @SPOT_JOURNAL_STATE_IN_USE: another program has it
 * @SPOT_JOURNAL_STATE_READ_ONLY: it may not be written
 * @SPOT_JOURNAL_STATE_FULL: the disk is full
 * @SPOT_JOURNAL_STATE_FAILED: it cannot be opened, read or written, for another reason
 * @SPOT_JOURNAL_STATE_TOO_NEW: a later version of the program has written it; it is left as it is
 * @SPOT_JOURNAL_STATE_FOREIGN: the file is some other program's; it is left as it is
 * @SPOT_JOURNAL_STATE_CLOSED: closed for good
 *
 * Whether there is a history. All but the first two go on without; the four after them are tried again by themselves.
 */
typedef enum {
  SPOT_JOURNAL_STATE_OPENING,
  SPOT_JOURNAL_STATE_READY,
  SPOT_JOURNAL_STATE_IN_USE,
  SPOT_JOURNAL_STATE_READ_ONLY,
  SPOT_JOURNAL_STATE_FULL,
  SPOT_JOURNAL_STATE_FAILED,
  SPOT_JOURNAL_STATE_TOO_NEW,
  SPOT_JOURNAL_STATE_FOREIGN,
  SPOT_JOURNAL_STATE_CLOSED,
} SpotJournalState;

#define SPOT_TYPE_JOURNAL_STATE (spot_journal_state_get_type ())
GType spot_journal_state_get_type (void);

#define SPOT_TYPE_JOURNAL (spot_journal_get_type ())
G_DECLARE_FINAL_TYPE (SpotJournal, spot_journal, SPOT, JOURNAL, GObject)

/* What is kept unless told otherwise. */
#define SPOT_JOURNAL_DEFAULT_BYTES (G_GINT64_CONSTANT (200) * 1024 * 1024)
#define SPOT_JOURNAL_DEFAULT_AGE_US (30 * G_TIME_SPAN_DAY)

SpotJournal         *spot_journal_new                   (const char             *path);
SpotJournalState     spot_journal_get_state             (SpotJournal            *self);
const char          *spot_journal_get_problem           (SpotJournal            *self);
void                 spot_journal_set_bounds            (SpotJournal            *self,
                                                         gint64                  max_bytes,
                                                         gint64                  max_age_us);
void                 spot_journal_set_keep_payload      (SpotJournal            *self,
                                                         gboolean                keep_payload);
void                 spot_journal_retry                 (SpotJournal            *self);

void                 spot_journal_write_batch           (SpotJournal            *self,
                                                         const char             *environment_key,
                                                         const char             *feed_key,
                                                         SpotRunBatch           *batch,
                                                         SpotLogPosition        *position,
                                                         SpotJournalWriteFlags   flags);
void                 spot_journal_forget_feed           (SpotJournal            *self,
                                                         const char             *environment_key,
                                                         const char             *feed_key,
                                                         gboolean                with_runs);
void                 spot_journal_forget_runs           (SpotJournal            *self,
                                                         const char             *environment_key,
                                                         const char *const      *run_ids);

void                 spot_journal_load_async            (SpotJournal            *self,
                                                         const char             *environment_key,
                                                         GCancellable           *cancellable,
                                                         GAsyncReadyCallback     callback,
                                                         gpointer                user_data);
SpotJournalContents *spot_journal_load_finish           (SpotJournal            *self,
                                                         GAsyncResult           *result,
                                                         GError                **error);
void                 spot_journal_load_changes_async    (SpotJournal            *self,
                                                         const char             *environment_key,
                                                         const char             *run_id,
                                                         GCancellable           *cancellable,
                                                         GAsyncReadyCallback     callback,
                                                         gpointer                user_data);
GPtrArray           *spot_journal_load_changes_finish   (SpotJournal            *self,
                                                         GAsyncResult           *result,
                                                         GError                **error);

void                 spot_journal_announce_async        (SpotJournal            *self,
                                                         GPtrArray              *announcements,
                                                         GCancellable           *cancellable,
                                                         GAsyncReadyCallback     callback,
                                                         gpointer                user_data);
GPtrArray           *spot_journal_announce_finish       (SpotJournal            *self,
                                                         GAsyncResult           *result,
                                                         GError                **error);
void                 spot_journal_note_announced        (SpotJournal            *self,
                                                         GPtrArray              *announcements);

void                 spot_journal_add_inbox_async       (SpotJournal            *self,
                                                         SpotInboxEntry         *entry,
                                                         GCancellable           *cancellable,
                                                         GAsyncReadyCallback     callback,
                                                         gpointer                user_data);
gint64               spot_journal_add_inbox_finish      (SpotJournal            *self,
                                                         GAsyncResult           *result,
                                                         GError                **error);
void                 spot_journal_list_inbox_async      (SpotJournal            *self,
                                                         GCancellable           *cancellable,
                                                         GAsyncReadyCallback     callback,
                                                         gpointer                user_data);
GPtrArray           *spot_journal_list_inbox_finish     (SpotJournal            *self,
                                                         GAsyncResult           *result,
                                                         GError                **error);
void                 spot_journal_mark_read             (SpotJournal            *self,
                                                         gint64                  id);
void                 spot_journal_clear_inbox           (SpotJournal            *self,
                                                         const char             *environment_key);

void                 spot_journal_delete_async          (SpotJournal            *self,
                                                         const char             *environment_key,
                                                         GCancellable           *cancellable,
                                                         GAsyncReadyCallback     callback,
                                                         gpointer                user_data);
gboolean             spot_journal_delete_finish         (SpotJournal            *self,
                                                         GAsyncResult           *result,
                                                         GError                **error);
void                 spot_journal_flush_async           (SpotJournal            *self,
                                                         GCancellable           *cancellable,
                                                         GAsyncReadyCallback     callback,
                                                         gpointer                user_data);
gboolean             spot_journal_flush_finish          (SpotJournal            *self,
                                                         GAsyncResult           *result,
                                                         GError                **error);
void                 spot_journal_close_async           (SpotJournal            *self,
                                                         GCancellable           *cancellable,
                                                         GAsyncReadyCallback     callback,
                                                         gpointer                user_data);
gboolean             spot_journal_close_finish          (SpotJournal            *self,
                                                         GAsyncResult           *result,
                                                         GError                **error);

G_END_DECLS
