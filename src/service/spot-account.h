/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-account-environment.h"
#include "spot-secrets.h"
#include "spot-settings.h"

G_BEGIN_DECLS

/**
 * SpotAccountKind:
 * @SPOT_ACCOUNT_SECRET_KEY: it has the secret key of an environment
 * @SPOT_ACCOUNT_PUBLIC_TOKEN: it has a public access token, which expires
 * @SPOT_ACCOUNT_SIGNED_IN: it has a person's token, from which short ones are made for each environment
 *
 * What kind of credential an account has, as the schema numbers it.
 */
typedef enum {
  SPOT_ACCOUNT_SECRET_KEY,
  SPOT_ACCOUNT_PUBLIC_TOKEN,
  SPOT_ACCOUNT_SIGNED_IN,
} SpotAccountKind;

#define SPOT_TYPE_ACCOUNT_KIND (spot_account_kind_get_type ())
GType spot_account_kind_get_type (void);

/**
 * SpotAccountState:
 * @SPOT_ACCOUNT_OPENING: its credential is being looked up
 * @SPOT_ACCOUNT_READY: nothing is wrong as far as anybody knows
 * @SPOT_ACCOUNT_EXPIRING: its token is good for a few more minutes: a fresh one is needed
 * @SPOT_ACCOUNT_EXPIRED: its token has expired
 * @SPOT_ACCOUNT_REFUSED: the server does not take its credential
 * @SPOT_ACCOUNT_LOCKED: the keyring with its credential is locked
 * @SPOT_ACCOUNT_NO_CREDENTIAL: its credential is not there, after a move to another machine for instance
 * @SPOT_ACCOUNT_BAD_SETTINGS: its settings make no connection
 *
 * Where an account stands. From @SPOT_ACCOUNT_EXPIRING on it needs attention.
 */
typedef enum {
  SPOT_ACCOUNT_OPENING,
  SPOT_ACCOUNT_READY,
  SPOT_ACCOUNT_EXPIRING,
  SPOT_ACCOUNT_EXPIRED,
  SPOT_ACCOUNT_REFUSED,
  SPOT_ACCOUNT_LOCKED,
  SPOT_ACCOUNT_NO_CREDENTIAL,
  SPOT_ACCOUNT_BAD_SETTINGS,
} SpotAccountState;

#define SPOT_TYPE_ACCOUNT_STATE (spot_account_state_get_type ())
GType spot_account_state_get_type (void);

/**
 * SpotAccount:
 *
 * A server and a credential. Its settings can be changed while it is in use: see spot_account_get_settings().
 *
 * Properties, read-only: id, name, kind, state, explanation (nullable, translated: what is wrong and what to do),
 * needs-attention, expires-at (gint64 µs UTC, 0 for never: a public token's end), environments (GListModel of
 * SpotAccountEnvironment), read-only (gboolean: nothing may be changed with it). None of them holds a credential.
 */
#define SPOT_TYPE_ACCOUNT (spot_account_get_type ())
G_DECLARE_FINAL_TYPE (SpotAccount, spot_account, SPOT, ACCOUNT, GObject)

const char       *spot_account_get_id              (SpotAccount          *self);
const char       *spot_account_get_name            (SpotAccount          *self);
SpotAccountKind   spot_account_get_kind            (SpotAccount          *self);
SpotAccountState  spot_account_get_state           (SpotAccount          *self);
const char       *spot_account_get_explanation     (SpotAccount          *self);
gboolean          spot_account_get_needs_attention (SpotAccount          *self);
gint64            spot_account_get_expires_at      (SpotAccount          *self);
gboolean          spot_account_get_read_only       (SpotAccount          *self);
GListModel       *spot_account_get_environments    (SpotAccount          *self);
/* (transfer none): keys of the schema's Account, to be read, written and bound. */
GSettings        *spot_account_get_settings        (SpotAccount          *self);

/* Looks for its credential again, when the keyring has been unlocked for instance. */
void              spot_account_reopen              (SpotAccount          *self);
/* Whatever has a clock looks at it: the machine has slept, or the network has come back. */
void              spot_account_wake                (SpotAccount          *self);
/* From now on its tokens may change things, where they are made here. */
void              spot_account_allow_writes        (SpotAccount          *self);

/* Feeds go on from the same position. Fails with G_IO_ERROR_INVALID_ARGUMENT and a translated sentence. */
void              spot_account_replace_credential_async  (SpotAccount          *self,
                                                          const char           *credential,
                                                          GCancellable         *cancellable,
                                                          GAsyncReadyCallback   callback,
                                                          gpointer              user_data);
gboolean          spot_account_replace_credential_finish (SpotAccount          *self,
                                                          GAsyncResult         *result,
                                                          GError              **error);

G_END_DECLS
