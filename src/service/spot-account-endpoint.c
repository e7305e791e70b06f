/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "spot-token.h"

#include "spot-account-private.h"
#include "spot-environment-private.h"

/* A fresh token is asked for when a fifth of the life of the present one is left, within these. */
#define WARNING_SHARE 5
#define MIN_WARNING_US G_TIME_SPAN_MINUTE
#define MAX_WARNING_US (10 * G_TIME_SPAN_MINUTE)

static char *
dup_host (const char *url)
{
  g_autoptr(GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  return g_strdup (host != NULL && *host != '\0' ? host : url);
}

/* Which of the addresses is the one that is wrong: the first that is wrong by itself. */
static const char *
find_culprit (const char *api_url,
              const char *realtime_url,
              gboolean    allow_plain_http)
{
  const SpotEndpointOptions options = { .api_url = api_url, .allow_plain_http = allow_plain_http };
  g_autoptr(SpotEndpoint) endpoint = spot_endpoint_new_full (&options, NULL);

  return endpoint == NULL ? api_url : realtime_url;
}

static void
set_sentence (const GError  *problem,
              const char    *url, /* nullable */
              GError       **error)
{
  g_autofree char *host = dup_host (url != NULL ? url : "");

  if (problem->domain == G_IO_ERROR && problem->code == G_IO_ERROR_PERMISSION_DENIED)
    /* Translators: %s is a host */
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                 _("The address of %s begins with http://, so everybody on the way could read the key. Use https://, "
                   "or allow it for this account if the way is yours."), host);
  else if (problem->domain == G_URI_ERROR)
    /* Translators: %s is what was entered as an address */
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _("“%s” is not the address of a server. It looks like https://api.trigger.dev, without a user name "
                   "or a question mark."), url);
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         _("The key or the branch has characters that cannot be in one. Check that it was copied "
                           "whole."));
}

/**
 * spot_account_draft_make_endpoint:
 * @draft: what an account is to be
 * @credential: (nullable): its credential, %NULL for none
 * @error: return location for an error
 *
 * Fails with %G_IO_ERROR_PERMISSION_DENIED for plain HTTP that was not agreed to, with %G_IO_ERROR_INVALID_ARGUMENT for
 * everything else; the messages are translated sentences that say what to do.
 *
 * Returns: (transfer full) (nullable): the endpoint that they make, %NULL after an error
 */
SpotEndpoint *
spot_account_draft_make_endpoint (const SpotAccountDraft  *draft,
                                  const char              *credential,
                                  GError                 **error)
{
  g_autoptr(GTlsDatabase) trust = NULL;
  g_autoptr(GError) problem = NULL;
  SpotEndpointOptions options = {
    .api_url = draft->api_url != NULL && *draft->api_url != '\0' ? draft->api_url : SPOT_CLOUD_API_URL,
    .realtime_url = draft->realtime_url, .credential = credential, .branch = draft->branch,
    .allow_plain_http = draft->allow_plain_http,
  };
  SpotEndpoint *endpoint;

  if (draft->ca_file != NULL && *draft->ca_file != '\0')
    {
      trust = g_tls_file_database_new (draft->ca_file, &problem);
      if (trust == NULL)
        {
          /* Translators: the first %s is a file's path, the second says what is wrong with it */
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _("The certificate authorities in “%s” could not be read: %s"), draft->ca_file,
                       problem->message);
          return NULL;
        }
      options.trust = trust;
    }
  endpoint = spot_endpoint_new_full (&options, &problem);
  if (endpoint == NULL)
    set_sentence (problem, find_culprit (options.api_url, options.realtime_url, options.allow_plain_http), error);
  return endpoint;
}

/**
 * spot_account_make_endpoint:
 * @settings: of an account
 * @credential: (nullable): its credential, %NULL for none
 * @error: return location for an error
 *
 * Fails as spot_account_draft_make_endpoint() does.
 *
 * Returns: (transfer full) (nullable): the endpoint that they make, %NULL after an error
 */
SpotEndpoint *
spot_account_make_endpoint (GSettings   *settings,
                            const char  *credential,
                            GError     **error)
{
  g_autofree char *api_url = g_settings_get_string (settings, "api-url");
  g_autofree char *realtime_url = g_settings_get_string (settings, "realtime-url");
  g_autofree char *branch = g_settings_get_string (settings, "branch");
  g_autofree char *ca_file = g_settings_get_string (settings, "ca-file");
  const SpotAccountDraft draft = {
    .api_url = api_url, .realtime_url = realtime_url, .branch = branch, .ca_file = ca_file,
    .allow_plain_http = g_settings_get_boolean (settings, "allow-plain-http"),
  };

  return spot_account_draft_make_endpoint (&draft, credential, error);
}

/**
 * spot_account_check_credential:
 * @credential: what somebody entered
 * @kind: (out) (optional): what kind of account it makes
 * @error: return location for an error
 *
 * Fails with %G_IO_ERROR_INVALID_ARGUMENT; the message is a translated sentence.
 *
 * Returns: whether an account can have it
 */
gboolean
spot_account_check_credential (const char       *credential,
                               SpotAccountKind  *kind,
                               GError          **error)
{
  SpotAccountKind found = SPOT_ACCOUNT_SECRET_KEY;
  char *text = g_strstrip (g_strdup (credential));
  SpotCredentialKind credential_kind = spot_credential_get_kind (text);
  gboolean empty = *text == '\0';

  spot_secrets_wipe (text);
  if (kind != NULL)
    *kind = found;
  switch (credential_kind)
    {
    case SPOT_CREDENTIAL_PUBLISHABLE_KEY:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _("Publishable keys are of no use any more. Use the environment’s secret key, or a public "
                             "access token."));
      return FALSE;
    case SPOT_CREDENTIAL_ORGANIZATION:
    case SPOT_CREDENTIAL_USER:
    case SPOT_CREDENTIAL_RUN_TOKEN:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _("A token of this kind cannot watch runs. Use the environment’s secret key, a public "
                             "access token, or sign in."));
      return FALSE;
    case SPOT_CREDENTIAL_PERSONAL:
      found = SPOT_ACCOUNT_SIGNED_IN;
      break;
    case SPOT_CREDENTIAL_PUBLIC_TOKEN:
      found = SPOT_ACCOUNT_PUBLIC_TOKEN;
      break;
    case SPOT_CREDENTIAL_ROOT_KEY:
    case SPOT_CREDENTIAL_ADDITIONAL_KEY:
    case SPOT_CREDENTIAL_UNKNOWN:
    default:
      break;
    }
  if (empty)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("There is no key."));
      return FALSE;
    }
  if (kind != NULL)
    *kind = found;
  return TRUE;
}

/**
 * spot_account_read_expiry:
 * @token: a public access token
 * @warning_us: (out): how long before its end a fresh one is to be asked for, in microseconds
 *
 * Returns: when it expires, in microseconds since 1970; 0 when it does not say
 */
gint64
spot_account_read_expiry (const char *token,
                          gint64     *warning_us)
{
  g_autoptr(SpotToken) claims = spot_token_decode (token, NULL);
  gint64 life_us = 0;

  *warning_us = 0;
  if (claims == NULL || spot_token_get_expires_us (claims) <= 0)
    return 0;
  if (spot_token_get_issued_us (claims) > 0)
    life_us = spot_token_get_expires_us (claims) - spot_token_get_issued_us (claims);
  *warning_us = CLAMP (life_us / WARNING_SHARE, MIN_WARNING_US, MAX_WARNING_US);
  return spot_token_get_expires_us (claims);
}

static gboolean
is_exposed (const char *url)
{
  g_autofree char *tidy = url != NULL ? g_strstrip (g_strdup (url)) : NULL;

  return tidy != NULL && g_ascii_strncasecmp (tidy, "http:", 5) == 0 && !spot_environment_is_local (tidy);
}

/**
 * spot_account_draft_is_exposed:
 * @self: an account that is not there yet
 *
 * Returns: whether its credential would go out unencrypted to a host that is not this machine, agreed to or not
 */
gboolean
spot_account_draft_is_exposed (const SpotAccountDraft *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_exposed (self->api_url) || is_exposed (self->realtime_url);
}
