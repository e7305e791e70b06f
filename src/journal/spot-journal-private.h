/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-journal-core.h"

G_BEGIN_DECLS

SpotJournal     *spot_journal_new_with_options (const SpotJournalOptions *options);
SpotJournalCore *spot_journal_get_core         (SpotJournal              *self);

/* What to tell the user; NULL when there is nothing to tell. */
char            *spot_journal_make_words       (SpotJournalState          state,
                                                gboolean                  was_damaged,
                                                const char               *path);

G_END_DECLS
