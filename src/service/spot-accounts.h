/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-account-draft.h"
#include "spot-account.h"

G_BEGIN_DECLS

/**
 * SpotAccounts:
 *
 * The user's accounts, in their order: a #GListModel of #SpotAccount. What is changed is in the settings and in the
 * secret store at once.
 */
#define SPOT_TYPE_ACCOUNTS (spot_accounts_get_type ())
G_DECLARE_FINAL_TYPE (SpotAccounts, spot_accounts, SPOT, ACCOUNTS, GObject)

SpotAccounts *spot_accounts_new           (SpotSettings            *settings,
                                           SpotSecrets             *secrets);
SpotSecrets  *spot_accounts_get_secrets   (SpotAccounts            *self);

/* By its id, else by its name: (transfer none) (nullable). */
SpotAccount  *spot_accounts_find          (SpotAccounts            *self,
                                           const char              *id_or_name);

/* What the credential looks like decides what kind of account it is. Errors are translated sentences. (transfer full)
 */
void          spot_accounts_add_async     (SpotAccounts            *self,
                                           const SpotAccountDraft  *draft,
                                           const char              *credential,
                                           GCancellable            *cancellable,
                                           GAsyncReadyCallback      callback,
                                           gpointer                 user_data);
SpotAccount  *spot_accounts_add_finish    (SpotAccounts            *self,
                                           GAsyncResult            *result,
                                           GError                 **error);

/* It is gone at once; the callback says whether its credential is, too. */
void          spot_accounts_remove_async  (SpotAccounts            *self,
                                           SpotAccount             *account,
                                           GCancellable            *cancellable,
                                           GAsyncReadyCallback      callback,
                                           gpointer                 user_data);
gboolean      spot_accounts_remove_finish (SpotAccounts            *self,
                                           GAsyncResult            *result,
                                           GError                 **error);
void          spot_accounts_move          (SpotAccounts            *self,
                                           SpotAccount             *account,
                                           guint                    position);
/* The machine has slept, or the network has come back. */
void          spot_accounts_wake          (SpotAccounts            *self);
void          spot_accounts_close         (SpotAccounts            *self);

G_END_DECLS
