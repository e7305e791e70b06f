/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-accounts.h"

G_BEGIN_DECLS

/**
 * SpotAccountNotices:
 *
 * The accounts that need attention, each with what is wrong and a button that mends it; not there while all are well. Its buttons
 * need the action group `account` (see #SpotAccountActions).
 */
#define SPOT_TYPE_ACCOUNT_NOTICES (spot_account_notices_get_type ())
G_DECLARE_FINAL_TYPE (SpotAccountNotices, spot_account_notices, SPOT, ACCOUNT_NOTICES, GtkWidget)

void  spot_account_notices_set_accounts (SpotAccountNotices *self,
                                         SpotAccounts       *accounts);
guint spot_account_notices_get_n        (SpotAccountNotices *self);

G_END_DECLS
