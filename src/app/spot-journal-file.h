/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-journal.h"
#include "spot-settings.h"

G_BEGIN_DECLS

SpotJournal *spot_journal_file_open  (SpotSettings *settings);
void         spot_journal_file_close (SpotJournal  *journal);

G_END_DECLS
