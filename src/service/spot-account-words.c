/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-account-private.h"

G_DEFINE_ENUM_TYPE (SpotAccountKind, spot_account_kind,
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_SECRET_KEY, "secret-key"),
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_PUBLIC_TOKEN, "public-token"),
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_SIGNED_IN, "signed-in"))

G_DEFINE_ENUM_TYPE (SpotAccountState, spot_account_state,
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_OPENING, "opening"),
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_READY, "ready"),
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_EXPIRING, "expiring"),
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_EXPIRED, "expired"),
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_REFUSED, "refused"),
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_LOCKED, "locked"),
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_NO_CREDENTIAL, "no-credential"),
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_BAD_SETTINGS, "bad-settings"))

/**
 * spot_account_state_dup_explanation:
 * @state: where an account stands, other than %SPOT_ACCOUNT_BAD_SETTINGS
 * @kind: what kind of credential it has
 * @problem: why the server refused it, for %SPOT_ACCOUNT_REFUSED
 * @host: its server's host
 *
 * Returns: (transfer full) (nullable): what is wrong and what to do, translated; %NULL when nothing is
 */
char *
spot_account_state_dup_explanation (SpotAccountState       state,
                                    SpotAccountKind        kind,
                                    SpotConnectionProblem  problem,
                                    const char            *host)
{
  switch (state)
    {
    case SPOT_ACCOUNT_EXPIRING:
      return g_strdup (_("The token expires in a few minutes. Enter a fresh one, and nothing is missed."));
    case SPOT_ACCOUNT_EXPIRED:
      return g_strdup (_("The token has expired. Enter a fresh one to go on."));
    case SPOT_ACCOUNT_REFUSED:
      if (kind == SPOT_ACCOUNT_SIGNED_IN && problem == SPOT_CONNECTION_PROBLEM_UNAUTHORIZED)
        /* Translators: %s is a host */
        return g_strdup_printf (_("%s does not know you any more: the sign-in was revoked. Sign in again."), host);
      return spot_connection_problem_dup_sentence (problem, host, NULL);
    case SPOT_ACCOUNT_LOCKED:
      return g_strdup (_("The keyring with the key of this account is locked. Unlock it, and try again."));
    case SPOT_ACCOUNT_NO_CREDENTIAL:
      if (kind == SPOT_ACCOUNT_SIGNED_IN)
        return g_strdup (_("You are not signed in with this account. Sign in again."));
      return g_strdup (_("The key of this account is not in the keyring. Enter it again."));
    case SPOT_ACCOUNT_OPENING:
    case SPOT_ACCOUNT_READY:
    case SPOT_ACCOUNT_BAD_SETTINGS:
    default:
      return NULL;
    }
}

/**
 * spot_account_make_label:
 * @name: an account's name
 *
 * Returns: (transfer full): what the desktop's list of secrets is to call the account's credential, translated
 */
char *
spot_account_make_label (const char *name)
{
  /* Translators: how the keyring calls the key of an account, %s is the account's name or its server */
  return g_strdup_printf (_("Runspotter account “%s”"), name);
}
