/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-environment-private.h"

G_DEFINE_ENUM_TYPE (SpotEnvironmentKind, spot_environment_kind,
  G_DEFINE_ENUM_VALUE (SPOT_ENVIRONMENT_UNKNOWN, "unknown"),
  G_DEFINE_ENUM_VALUE (SPOT_ENVIRONMENT_DEVELOPMENT, "development"),
  G_DEFINE_ENUM_VALUE (SPOT_ENVIRONMENT_STAGING, "staging"),
  G_DEFINE_ENUM_VALUE (SPOT_ENVIRONMENT_PRODUCTION, "production"),
  G_DEFINE_ENUM_VALUE (SPOT_ENVIRONMENT_PREVIEW, "preview"))

/**
 * spot_environment_kind_from_credential:
 * @credential: a credential
 *
 * Returns: what it selects, as far as its prefix tells; prefixes have been added over time, so anything else is unknown
 */
SpotEnvironmentKind
spot_environment_kind_from_credential (const char *credential)
{
  static const struct { const char *prefix; SpotEnvironmentKind kind; } kinds[] = {
    { "tr_dev_", SPOT_ENVIRONMENT_DEVELOPMENT },
    { "tr_stg_", SPOT_ENVIRONMENT_STAGING },
    { "tr_prod_", SPOT_ENVIRONMENT_PRODUCTION },
    { "tr_preview_", SPOT_ENVIRONMENT_PREVIEW },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (credential, kinds[i].prefix))
      return kinds[i].kind;
  return SPOT_ENVIRONMENT_UNKNOWN;
}

/**
 * spot_environment_kind_from_word:
 * @word: `dev`, `stg`, `staging`, `prod` or `preview`: a slug, or a part of a path
 *
 * Returns: what the environment is for
 */
SpotEnvironmentKind
spot_environment_kind_from_word (const char *word)
{
  static const struct { const char *word; SpotEnvironmentKind kind; } kinds[] = {
    { "dev", SPOT_ENVIRONMENT_DEVELOPMENT },   { "stg", SPOT_ENVIRONMENT_STAGING },
    { "staging", SPOT_ENVIRONMENT_STAGING },   { "prod", SPOT_ENVIRONMENT_PRODUCTION },
    { "preview", SPOT_ENVIRONMENT_PREVIEW },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].word, word))
      return kinds[i].kind;
  return SPOT_ENVIRONMENT_UNKNOWN;
}

/**
 * spot_environment_make_name:
 * @kind: what a credential selects
 * @url: the server's URL
 *
 * Returns: (transfer full): a name for people
 */
char *
spot_environment_make_name (SpotEnvironmentKind kind,
                            const char         *url)
{
  g_autoptr(GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : url;

  switch (kind)
    {
    case SPOT_ENVIRONMENT_DEVELOPMENT:
      /* Translators: the development environment of a server, %s is the server's host */
      return g_strdup_printf (_("Development at %s"), host);
    case SPOT_ENVIRONMENT_STAGING:
      /* Translators: the staging environment of a server, %s is the server's host */
      return g_strdup_printf (_("Staging at %s"), host);
    case SPOT_ENVIRONMENT_PRODUCTION:
      /* Translators: the production environment of a server, %s is the server's host */
      return g_strdup_printf (_("Production at %s"), host);
    case SPOT_ENVIRONMENT_PREVIEW:
      /* Translators: a preview environment of a server, %s is the server's host */
      return g_strdup_printf (_("Preview at %s"), host);
    case SPOT_ENVIRONMENT_UNKNOWN:
    default:
      return g_strdup (host);
    }
}

/**
 * spot_environment_is_local:
 * @url: a server's URL
 *
 * Returns: whether the server is on this machine, where it can be reached without a network
 */
gboolean
spot_environment_is_local (const char *url)
{
  g_autoptr(GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autoptr(GInetAddress) address = host != NULL ? g_inet_address_new_from_string (host) : NULL;

  return g_strcmp0 (host, "localhost") == 0 || (address != NULL && g_inet_address_get_is_loopback (address));
}
