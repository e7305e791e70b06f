/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "spot-accounts.h"

G_BEGIN_DECLS

/**
 * SpotAccountDialog:
 *
 * Asks for a key or token: for a new account, or for one that is there. Says what it is, tries it by itself, and tells who
 * answers, or what is wrong with what to do.
 *
 * Signals: `done (SpotAccount *)`: it is there, or has its new key; `person (const char *token, const SpotAccountDraft *draft)`:
 * what was entered is the token of a person, who has to choose environments.
 */
#define SPOT_TYPE_ACCOUNT_DIALOG (spot_account_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SpotAccountDialog, spot_account_dialog, SPOT, ACCOUNT_DIALOG, AdwWindow)

SpotAccountDialog *spot_account_dialog_new      (GtkWindow         *parent,
                                                 SpotAccounts      *accounts,
                                                 SpotAccount       *account);
void               spot_account_dialog_set_text (SpotAccountDialog *self,
                                                 const char        *text);

G_END_DECLS
