/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-journal-private.h"

G_BEGIN_DECLS

#define TEST_START_US (G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC)

/* A journal in a folder of its own, and its clock. */
typedef struct
{
  char        *folder;
  char        *path;
  SpotJournal *journal; /* (nullable): when it is closed */
  gint64       now_us;  /* moved on by one second with each batch that is written */
} SpotTestJournal;

void                 spot_test_journal_init      (SpotTestJournal        *self);
void                 spot_test_journal_clear     (SpotTestJournal        *self);
void                 spot_test_journal_open      (SpotTestJournal        *self,
                                                  const SpotJournalOptions *options);
void                 spot_test_journal_close     (SpotTestJournal        *self);
void                 spot_test_journal_reopen    (SpotTestJournal        *self);
gint64               spot_test_journal_get_now   (SpotTestJournal        *self);
void                 spot_test_journal_pass      (SpotTestJournal        *self,
                                                  gint64                  time_us);
void                 spot_test_journal_wait_state (SpotTestJournal       *self,
                                                  SpotJournalState        state);
gboolean             spot_test_journal_flush     (SpotTestJournal        *self);

void                 spot_test_journal_write     (SpotTestJournal        *self,
                                                  const char             *feed,
                                                  const char             *words,
                                                  const char             *offset,
                                                  SpotJournalWriteFlags   flags);
SpotJournalContents *spot_test_journal_load      (SpotTestJournal        *self,
                                                  GError                **error);
void                 spot_test_journal_assert    (SpotTestJournal        *self,
                                                  const char             *wanted);
void                 spot_test_journal_assert_changes (SpotTestJournal   *self,
                                                  const char             *run_id,
                                                  const char             *wanted);
GPtrArray           *spot_test_journal_announce  (SpotTestJournal        *self,
                                                  GPtrArray              *announcements,
                                                  GError                **error);
gboolean             spot_test_journal_delete    (SpotTestJournal        *self,
                                                  const char             *environment,
                                                  GError                **error);

char                *spot_test_journal_read_file (SpotTestJournal        *self,
                                                  const char             *suffix,
                                                  gsize                  *length);
gboolean             spot_test_journal_holds     (SpotTestJournal        *self,
                                                  const char             *text);
void                 spot_test_journal_sql       (SpotTestJournal        *self,
                                                  const char             *sql);
gint64               spot_test_journal_ask       (SpotTestJournal        *self,
                                                  const char             *sql);

/* A record from the members of a row's JSON. */
SpotRunRecord       *spot_test_record            (const char             *members);
SpotRunBatch        *spot_test_batch             (const char             *words);
SpotLogPosition     *spot_test_position          (const char             *offset);

/* Lets the main context run until *@done, which something in it sets. */
void                 spot_test_wait              (const gboolean         *done);

G_END_DECLS
