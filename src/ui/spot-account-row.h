/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "spot-account.h"

G_BEGIN_DECLS

/**
 * SpotAccountRow:
 *
 * One account in the preferences: where it stands, and what can be done about it. Its buttons need the action group `account`
 * (see #SpotAccountActions).
 */
#define SPOT_TYPE_ACCOUNT_ROW (spot_account_row_get_type ())
G_DECLARE_FINAL_TYPE (SpotAccountRow, spot_account_row, SPOT, ACCOUNT_ROW, AdwExpanderRow)

GtkWidget   *spot_account_row_new         (SpotAccount    *account);
SpotAccount *spot_account_row_get_account (SpotAccountRow *self);

G_END_DECLS
