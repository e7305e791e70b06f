/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-journal.h"
#include "spot-notifier.h"

G_BEGIN_DECLS

/**
 * SpotTeller:
 *
 * The way of a notice from the notifier to whoever shows it: what it tells is noted in the journal first, so that it is
 * neither lost nor told twice when the program ends at any moment (design §5). Main thread only.
 */
typedef struct _SpotTeller SpotTeller;

/* @notice is good during the call. */
typedef void (*SpotTellerFunc) (SpotNotice *notice,
                                gpointer    user_data);

SpotTeller *spot_teller_new       (SpotNotifier   *notifier,
                                   SpotTellerFunc  show,
                                   gpointer        user_data);
void        spot_teller_free      (SpotTeller     *self);
void        spot_teller_keep      (SpotTeller     *self,
                                   const char     *environment_id,
                                   SpotJournal    *journal);
void        spot_teller_tell      (SpotTeller     *self,
                                   GPtrArray      *notices);
void        spot_teller_flush     (SpotTeller     *self);
void        spot_teller_note_sent (SpotTeller     *self,
                                   GPtrArray      *ends);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotTeller, spot_teller_free)

G_END_DECLS
