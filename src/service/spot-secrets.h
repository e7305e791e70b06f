/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SpotSecretsPlace:
 * @SPOT_SECRETS_UNKNOWN: nothing has been asked of the secret store yet
 * @SPOT_SECRETS_KEYRING: the desktop's secret store keeps them
 * @SPOT_SECRETS_NO_SERVICE: there is no secret store: they live in memory, until the program ends
 * @SPOT_SECRETS_NO_KEYRING: there is a secret store, which takes nothing: they live in memory, until the program ends
 * @SPOT_SECRETS_MEMORY: they were meant to live in memory, as in the demo
 *
 * Where credentials are kept.
 */
typedef enum {
  SPOT_SECRETS_UNKNOWN,
  SPOT_SECRETS_KEYRING,
  SPOT_SECRETS_NO_SERVICE,
  SPOT_SECRETS_NO_KEYRING,
  SPOT_SECRETS_MEMORY,
} SpotSecretsPlace;

#define SPOT_TYPE_SECRETS_PLACE (spot_secrets_place_get_type ())
GType spot_secrets_place_get_type (void);

/**
 * SpotSecretsError:
 * @SPOT_SECRETS_ERROR_LOCKED: the secret store has it, and did not open
 * @SPOT_SECRETS_ERROR_FAILED: the secret store could not be asked
 *
 * Why a credential cannot be had. Messages are for logs and never hold a credential.
 */
typedef enum {
  SPOT_SECRETS_ERROR_LOCKED,
  SPOT_SECRETS_ERROR_FAILED,
} SpotSecretsError;

#define SPOT_SECRETS_ERROR (spot_secrets_error_quark ())
GQuark spot_secrets_error_quark (void);

/**
 * SpotSecrets:
 *
 * The credentials of accounts, by the account's id: in the desktop's secret store, or in memory where there is none.
 * Calls come from one thread.
 *
 * Properties, read-only: place; explanation (nullable, translated: why they will be gone when the program ends).
 */
#define SPOT_TYPE_SECRETS (spot_secrets_get_type ())
G_DECLARE_FINAL_TYPE (SpotSecrets, spot_secrets, SPOT, SECRETS, GObject)

SpotSecrets      *spot_secrets_new             (void);
SpotSecrets      *spot_secrets_new_in_memory   (void);
SpotSecretsPlace  spot_secrets_get_place       (SpotSecrets          *self);
const char       *spot_secrets_get_explanation (SpotSecrets          *self);

/* What is found is to be freed with spot_secrets_wipe(). %NULL without an error: there is none. */
void              spot_secrets_lookup_async    (SpotSecrets          *self,
                                                const char           *account_id,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
char             *spot_secrets_lookup_finish   (SpotSecrets          *self,
                                                GAsyncResult         *result,
                                                GError              **error);
char             *spot_secrets_lookup_sync     (SpotSecrets          *self,
                                                const char           *account_id,
                                                GCancellable         *cancellable,
                                                GError              **error);

/* Where there is no secret store it is kept in memory, which is no failure: see #SpotSecrets:place. */
void              spot_secrets_store_async     (SpotSecrets          *self,
                                                const char           *account_id,
                                                const char           *label,
                                                const char           *secret,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
gboolean          spot_secrets_store_finish    (SpotSecrets          *self,
                                                GAsyncResult         *result,
                                                GError              **error);
gboolean          spot_secrets_store_sync      (SpotSecrets          *self,
                                                const char           *account_id,
                                                const char           *label,
                                                const char           *secret,
                                                GCancellable         *cancellable,
                                                GError              **error);

void              spot_secrets_clear_async     (SpotSecrets          *self,
                                                const char           *account_id,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
gboolean          spot_secrets_clear_finish    (SpotSecrets          *self,
                                                GAsyncResult         *result,
                                                GError              **error);
gboolean          spot_secrets_clear_sync      (SpotSecrets          *self,
                                                const char           *account_id,
                                                GCancellable         *cancellable,
                                                GError              **error);

/* Overwrites and frees a credential. */
void              spot_secrets_wipe            (char                 *secret);

G_END_DECLS
