/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "spot-accounts.h"

G_BEGIN_DECLS

/**
 * SpotSignInDialog:
 *
 * Lets somebody sign in by a page in the browser, and choose environments. Shows the code that the page shows, and can be given
 * up at any time.
 *
 * Signal: `done (SpotAccount *)`: it is there, or has other environments.
 */
#define SPOT_TYPE_SIGN_IN_DIALOG (spot_sign_in_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SpotSignInDialog, spot_sign_in_dialog, SPOT, SIGN_IN_DIALOG, AdwWindow)

SpotSignInDialog *spot_sign_in_dialog_new       (GtkWindow              *parent,
                                                 SpotAccounts           *accounts,
                                                 SpotAccount            *account);
/* With a person's token that somebody has; the choice comes at once. */
void              spot_sign_in_dialog_use_token (SpotSignInDialog       *self,
                                                 const SpotAccountDraft *draft,
                                                 const char             *token);

G_END_DECLS
