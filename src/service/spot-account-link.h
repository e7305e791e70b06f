/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-accounts.h"
#include "spot-monitor.h"

G_BEGIN_DECLS

/**
 * SpotAccountLink:
 *
 * Lets a monitor watch the environments of accounts: each is there as soon as it has a credential, goes on with the
 * next one, and goes when its account does. What servers say of credentials reaches the accounts, and when the network
 * comes back they look whether theirs are still good.
 */
typedef struct _SpotAccountLink SpotAccountLink;

SpotAccountLink *spot_account_link_new  (SpotAccounts    *accounts,
                                         SpotMonitor     *monitor);
void             spot_account_link_free (SpotAccountLink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotAccountLink, spot_account_link_free)

/* For programs that watch one: (transfer none), with the environment's id. It must be ready. */
SpotEnvironment *spot_account_environment_add_to (SpotAccountEnvironment *self,
                                                  SpotMonitor            *monitor);

G_END_DECLS
