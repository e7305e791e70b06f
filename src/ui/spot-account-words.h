/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-account.h"
#include "spot-token.h"

G_BEGIN_DECLS

/* What accounts and credentials are, in words. No function here is given a credential. */

const char *spot_account_words_credential (SpotCredentialKind   kind);
char       *spot_account_words_scopes     (const SpotToken     *token);
char       *spot_account_words_expiry     (gint64               expires_us,
                                           gint64               now_us);
char       *spot_account_words_state      (SpotAccount         *account,
                                           gint64               now_us);
const char *spot_account_words_kind       (SpotEnvironmentKind  kind);
const char *spot_account_words_replace    (SpotAccount         *account);

/* A label that says what an environment is for: loud for production, not there when that is unknown. */
void        spot_account_words_set_badge  (GtkLabel            *badge,
                                           SpotEnvironmentKind  kind);

G_END_DECLS
