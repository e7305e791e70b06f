/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-account-draft.h"
#include "spot-account.h"
#include "spot-endpoint.h"
#include "spot-token-minter.h"

G_BEGIN_DECLS

/* For whoever keeps accounts. @credential: (nullable): %NULL to look it up. */
SpotAccount            *spot_account_new                     (SpotSettings           *settings,
                                                              SpotSecrets            *secrets,
                                                              const char             *id,
                                                              const char             *credential);
void                    spot_account_close                   (SpotAccount            *self);

/* (transfer full) (nullable): what the settings of an account and a credential make; errors are translated
 * sentences. */
SpotEndpoint           *spot_account_make_endpoint           (GSettings              *settings,
                                                              const char             *credential,
                                                              GError                **error);
SpotEndpoint           *spot_account_draft_make_endpoint     (const SpotAccountDraft *draft,
                                                              const char             *credential,
                                                              GError                **error);
/* (transfer none) (nullable): the server with the account's own credential, a person's for somebody who has signed in. */
SpotEndpoint           *spot_account_get_endpoint            (SpotAccount            *self);
/* Whether a credential is of a kind that an account can have; the error is a translated sentence. */
gboolean                spot_account_check_credential        (const char             *credential,
                                                              SpotAccountKind        *kind,
                                                              GError                **error);
char                   *spot_account_state_dup_explanation   (SpotAccountState        state,
                                                              SpotAccountKind         kind,
                                                              SpotConnectionProblem   problem,
                                                              const char             *host);
gint64                  spot_account_read_expiry             (const char             *token,
                                                              gint64                 *warning_us);
char                   *spot_account_make_label              (const char             *name);

/* For the account itself, and for whoever watches its environments. */
SpotAccountEnvironment *spot_account_environment_new         (const char             *id);
void                    spot_account_environment_describe    (SpotAccountEnvironment *self,
                                                              const char             *name,
                                                              SpotEnvironmentKind     kind);
void                    spot_account_environment_set_endpoint (SpotAccountEnvironment *self,
                                                              SpotEndpoint           *endpoint);
SpotEndpoint           *spot_account_environment_get_endpoint (SpotAccountEnvironment *self);
/* The server refused, or took, the present credential. */
void                    spot_account_environment_refused     (SpotAccountEnvironment *self);
void                    spot_account_environment_accepted    (SpotAccountEnvironment *self);

G_END_DECLS
