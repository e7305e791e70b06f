/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-accounts.h"
#include "spot-monitor.h"
#include "spot-settings.h"

G_BEGIN_DECLS

/**
 * SpotSession:
 *
 * What a person works with: their accounts, the monitor that watches the environments of these, their watches from start to
 * start, and their settings, which take effect at once.
 *
 * Properties, read-only: monitor; accounts; settings; problem (nullable, translated: why watches could not be read or are not
 * being kept).
 */
#define SPOT_TYPE_SESSION (spot_session_get_type ())
G_DECLARE_FINAL_TYPE (SpotSession, spot_session, SPOT, SESSION, GObject)

/* @watches_file: (nullable): where watches are kept, %NULL for nowhere. @journal: (nullable): where history is kept. */
SpotSession  *spot_session_new          (SpotSettings *settings,
                                         SpotSecrets  *secrets,
                                         GFile        *watches_file,
                                         SpotJournal  *journal);
SpotMonitor  *spot_session_get_monitor  (SpotSession  *self);
SpotAccounts *spot_session_get_accounts (SpotSession  *self);
SpotSettings *spot_session_get_settings (SpotSession  *self);
SpotJournal  *spot_session_get_journal  (SpotSession  *self);
const char   *spot_session_get_problem  (SpotSession  *self);

/* (transfer none) (nullable): whose environment it is; %NULL for one of no account, such as the demo's. */
SpotAccount  *spot_session_find_account (SpotSession     *self,
                                         SpotEnvironment *environment);
/* For good: what has changed is written. */
void          spot_session_stop         (SpotSession  *self);

G_END_DECLS
