/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpotJournalError:
 * @SPOT_JOURNAL_ERROR_CLOSED: the journal has been closed
 * @SPOT_JOURNAL_ERROR_IN_USE: another program has it
 * @SPOT_JOURNAL_ERROR_READ_ONLY: the folder or the file may not be written
 * @SPOT_JOURNAL_ERROR_FULL: the disk is full, or a quota used up
 * @SPOT_JOURNAL_ERROR_IO: the system could not read or write it, for another reason
 * @SPOT_JOURNAL_ERROR_DAMAGED: what is in the file makes no sense
 * @SPOT_JOURNAL_ERROR_TOO_NEW: a later version of the program has written it
 * @SPOT_JOURNAL_ERROR_FOREIGN: it is some other program's file
 *
 * Why the journal could not do what it was asked for.
 */
typedef enum {
  SPOT_JOURNAL_ERROR_CLOSED,
  SPOT_JOURNAL_ERROR_IN_USE,
  SPOT_JOURNAL_ERROR_READ_ONLY,
  SPOT_JOURNAL_ERROR_FULL,
  SPOT_JOURNAL_ERROR_IO,
  SPOT_JOURNAL_ERROR_DAMAGED,
  SPOT_JOURNAL_ERROR_TOO_NEW,
  SPOT_JOURNAL_ERROR_FOREIGN,
} SpotJournalError;

#define SPOT_JOURNAL_ERROR (spot_journal_error_quark ())
GQuark spot_journal_error_quark (void);

G_END_DECLS
