/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-account-choice.h"
#include "spot-accounts.h"

G_BEGIN_DECLS

/**
 * SpotAccountSignInState:
 * @SPOT_ACCOUNT_SIGN_IN_IDLE: not begun
 * @SPOT_ACCOUNT_SIGN_IN_ASKING: asks the server for a page
 * @SPOT_ACCOUNT_SIGN_IN_WAITING: there is a page: the person has to agree on it, in a browser
 * @SPOT_ACCOUNT_SIGN_IN_LISTING: signed in; asks which environments there are
 * @SPOT_ACCOUNT_SIGN_IN_CHOOSING: the choices are there
 * @SPOT_ACCOUNT_SIGN_IN_FAILED: over, see #SpotAccountSignIn:explanation
 * @SPOT_ACCOUNT_SIGN_IN_CANCELLED: given up by whoever began it
 */
typedef enum {
  SPOT_ACCOUNT_SIGN_IN_IDLE,
  SPOT_ACCOUNT_SIGN_IN_ASKING,
  SPOT_ACCOUNT_SIGN_IN_WAITING,
  SPOT_ACCOUNT_SIGN_IN_LISTING,
  SPOT_ACCOUNT_SIGN_IN_CHOOSING,
  SPOT_ACCOUNT_SIGN_IN_FAILED,
  SPOT_ACCOUNT_SIGN_IN_CANCELLED,
} SpotAccountSignInState;

#define SPOT_TYPE_ACCOUNT_SIGN_IN_STATE (spot_account_sign_in_state_get_type ())
GType spot_account_sign_in_state_get_type (void);

/**
 * SpotAccountSignIn:
 *
 * From a server's address to an account of somebody who has signed in: a page in the browser, then a choice of
 * environments. Or, for an account that is there, the choice alone. It opens no browser itself.
 *
 * Properties, read-only: state; url (nullable: the page to open); code (nullable: what the page shows too); explanation
 * (nullable, translated: why it failed and what to do); choices (GListModel of SpotAccountChoice); email (nullable).
 */
#define SPOT_TYPE_ACCOUNT_SIGN_IN (spot_account_sign_in_get_type ())
G_DECLARE_FINAL_TYPE (SpotAccountSignIn, spot_account_sign_in, SPOT, ACCOUNT_SIGN_IN, GObject)

/* (nullable): NULL for addresses that make no connection; the error is a translated sentence. */
SpotAccountSignIn      *spot_account_sign_in_new             (const SpotAccountDraft  *draft,
                                                              GError                 **error);
/* With the token of a person that somebody pasted: listing begins at once. */
SpotAccountSignIn      *spot_account_sign_in_new_with_token  (const SpotAccountDraft  *draft,
                                                              const char              *token,
                                                              GError                 **error);
/* For another choice: with the account's own token, unless it has none that is good; then it is a sign-in. */
SpotAccountSignIn      *spot_account_sign_in_new_for         (SpotAccount             *account,
                                                              GError                 **error);
void                    spot_account_sign_in_start           (SpotAccountSignIn       *self);
void                    spot_account_sign_in_cancel          (SpotAccountSignIn       *self);
SpotAccountSignInState  spot_account_sign_in_get_state       (SpotAccountSignIn       *self);
const char             *spot_account_sign_in_get_url         (SpotAccountSignIn       *self);
const char             *spot_account_sign_in_get_code        (SpotAccountSignIn       *self);
const char             *spot_account_sign_in_get_explanation (SpotAccountSignIn       *self);
const char             *spot_account_sign_in_get_email       (SpotAccountSignIn       *self);
GListModel             *spot_account_sign_in_get_choices     (SpotAccountSignIn       *self);

/* While choosing: makes the account, or changes the one that it is for. Fails with a translated sentence; one may choose
 * again. */
void                    spot_account_sign_in_complete_async  (SpotAccountSignIn       *self,
                                                              SpotAccounts            *accounts,
                                                              const char              *name,
                                                              GCancellable            *cancellable,
                                                              GAsyncReadyCallback      callback,
                                                              gpointer                 user_data);
SpotAccount            *spot_account_sign_in_complete_finish (SpotAccountSignIn       *self,
                                                              GAsyncResult            *result,
                                                              GError                 **error);

/* For tests, before it starts: in a hurry, and given up after so long. */
void                    spot_account_sign_in_set_times       (SpotAccountSignIn       *self,
                                                              guint                    poll_ms,
                                                              gint64                   patience_ms);

G_END_DECLS
