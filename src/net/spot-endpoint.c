/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "spot-endpoint.h"

/* Keys of all environments begin alike for so many bytes. */
#define REDACTED_END_BYTES 8

struct _SpotEndpoint
{
  gatomicrefcount ref_count;
  char           *api_url;      /* both without a final slash */
  char           *realtime_url;
  char           *credential;   /* nullable, wiped when freed */
  char           *branch;       /* nullable */
  GTlsDatabase   *trust;        /* nullable: the system's */
};

G_DEFINE_BOXED_TYPE (SpotEndpoint, spot_endpoint, spot_endpoint_ref, spot_endpoint_unref)

static gboolean
is_loopback (const char *host)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_ascii_strcasecmp (host, "localhost") == 0;
}

/* What goes into a header must not be able to begin another one. */
static gboolean
is_header_text (const char *text,
                gboolean    ascii_only)
{
  for (const guchar *p = (const guchar *) text; *p != '\0'; p++)
    {
      if (*p < 0x20 || *p == 0x7f || (ascii_only && (*p == ' ' || *p > 0x7f)))
        return FALSE;
    }
  return TRUE;
}

static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

static gboolean
check_url (GUri      *uri,
           gboolean   allow_plain_http,
           GError   **error)
{
  const char *scheme = g_uri_get_scheme (uri);
  const char *host = g_uri_get_host (uri);

  /* The scheme is lower case already: parsing normalizes it. */
  if (strcmp (scheme, "https") != 0 && strcmp (scheme, "http") != 0)
    {
      g_set_error_literal (error, G_URI_ERROR, G_URI_ERROR_BAD_SCHEME,
                           "The address must begin with https:// or http://");
      return FALSE;
    }
  if (host == NULL || *host == '\0' || strpbrk (host, " \t\r\n") != NULL)
    {
      g_set_error_literal (error, G_URI_ERROR, G_URI_ERROR_BAD_HOST, "The address has no host");
      return FALSE;
    }
  if (g_uri_get_userinfo (uri) != NULL)
    {
      g_set_error_literal (error, G_URI_ERROR, G_URI_ERROR_BAD_USER,
                           "The address must not hold a user name or password");
      return FALSE;
    }
  if (g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    {
      g_set_error_literal (error, G_URI_ERROR, G_URI_ERROR_BAD_QUERY, "The address must end with its path");
      return FALSE;
    }
  if (strcmp (scheme, "http") == 0 && !allow_plain_http && !is_loopback (host))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                   "Plain HTTP would send the key to %s for everybody on the way to read", host);
      return FALSE;
    }
  return TRUE;
}

/* (transfer full) (nullable): the address as it is used. */
static char *
check_and_tidy (const char  *text,
                gboolean     allow_plain_http,
                GError     **error)
{
  g_autofree char *url = g_strstrip (g_strdup (text));
  g_autoptr(GUri) uri = NULL;

  while (g_str_has_suffix (url, "/"))
    url[strlen (url) - 1] = '\0';
  uri = g_uri_parse (url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_SCHEME_NORMALIZE, error);
  if (uri == NULL || !check_url (uri, allow_plain_http, error))
    return NULL;
  return g_steal_pointer (&url);
}

/* (transfer full) (nullable): the credential as it is sent. */
static char *
check_credential (const char  *credential,
                  GError     **error)
{
  char *secret = g_strstrip (g_strdup (credential));

  if (*secret != '\0' && is_header_text (secret, TRUE))
    return secret;
  wipe (secret);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "The key is empty or holds characters that no key has");
  return NULL;
}

/**
 * spot_endpoint_new_full:
 * @options: what it is
 * @error: return location for an error
 *
 * Fails with %G_URI_ERROR for a URL that is none, holds a user name or has a query, with %G_IO_ERROR_PERMISSION_DENIED
 * for plain HTTP to a host that is not loopback unless that was agreed to, and with %G_IO_ERROR_INVALID_ARGUMENT for a
 * credential or branch that cannot stand in a header.
 *
 * Returns: (transfer full) (nullable): the endpoint, %NULL after an error
 */
SpotEndpoint *
spot_endpoint_new_full (const SpotEndpointOptions  *options,
                        GError                    **error)
{
  const char *realtime_url = options != NULL ? options->realtime_url : NULL;
  g_autofree char *api = NULL;
  g_autofree char *realtime = NULL;
  char *secret = NULL;
  SpotEndpoint *self;

  g_return_val_if_fail (options != NULL && options->api_url != NULL, NULL);

  if (realtime_url == NULL || *realtime_url == '\0')
    realtime_url = options->api_url;
  api = check_and_tidy (options->api_url, options->allow_plain_http, error);
  if (api == NULL)
    return NULL;
  realtime = check_and_tidy (realtime_url, options->allow_plain_http, error);
  if (realtime == NULL)
    return NULL;
  if (options->branch != NULL && !is_header_text (options->branch, FALSE))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "The branch name holds control characters");
      return NULL;
    }
  if (options->credential != NULL)
    {
      secret = check_credential (options->credential, error);
      if (secret == NULL)
        return NULL;
    }

  self = g_new0 (SpotEndpoint, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->api_url = g_steal_pointer (&api);
  self->realtime_url = g_steal_pointer (&realtime);
  self->credential = secret;
  self->branch = options->branch != NULL && *options->branch != '\0' ? g_strdup (options->branch) : NULL;
  g_set_object (&self->trust, options->trust);
  return self;
}

/**
 * spot_endpoint_new:
 * @url: base address of the server; slashes at its end are dropped
 * @credential: secret key or token; blanks around it are dropped
 * @branch: (nullable): name of a preview or development branch
 * @allow_plain_http: whether the user agreed to plain HTTP to a host that is not this machine
 * @error: return location for an error
 *
 * The usual kind: one address, which the system's certificate authorities vouch for. Fails as spot_endpoint_new_full().
 *
 * Returns: (transfer full) (nullable): the endpoint, %NULL after an error
 */
SpotEndpoint *
spot_endpoint_new (const char  *url,
                   const char  *credential,
                   const char  *branch,
                   gboolean     allow_plain_http,
                   GError     **error)
{
  const SpotEndpointOptions options = {
    .api_url = url, .credential = credential, .branch = branch, .allow_plain_http = allow_plain_http,
  };

  g_return_val_if_fail (url != NULL, NULL);
  g_return_val_if_fail (credential != NULL, NULL);

  return spot_endpoint_new_full (&options, error);
}

/**
 * spot_endpoint_new_with_credential:
 * @self: an endpoint
 * @credential: another credential
 * @branch: (nullable): another branch
 * @error: return location for an error
 *
 * Fails with %G_IO_ERROR_INVALID_ARGUMENT for a credential or branch that cannot stand in a header.
 *
 * Returns: (transfer full) (nullable): the same server, trusted as @self is, with another credential; %NULL after an
 *   error
 */
SpotEndpoint *
spot_endpoint_new_with_credential (SpotEndpoint  *self,
                                   const char    *credential,
                                   const char    *branch,
                                   GError       **error)
{
  const SpotEndpointOptions options = {
    .api_url = self->api_url, .realtime_url = self->realtime_url, .credential = credential, .branch = branch,
    /* It was agreed to before. */
    .allow_plain_http = TRUE, .trust = self->trust,
  };

  g_return_val_if_fail (credential != NULL, NULL);

  return spot_endpoint_new_full (&options, error);
}

/**
 * spot_endpoint_ref:
 * @self: an endpoint
 *
 * Returns: (transfer full): @self
 */
SpotEndpoint *
spot_endpoint_ref (SpotEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * spot_endpoint_unref:
 * @self: (transfer full): an endpoint
 *
 * Drops a reference; with the last one the credential is overwritten before its memory is given back.
 */
void
spot_endpoint_unref (SpotEndpoint *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  wipe (self->credential);
  g_free (self->api_url);
  g_free (self->realtime_url);
  g_free (self->branch);
  g_clear_object (&self->trust);
  g_free (self);
}

/**
 * spot_endpoint_get_url:
 * @self: an endpoint
 *
 * Returns: (transfer none): the base address of the management API, without a slash at its end
 */
const char *
spot_endpoint_get_url (SpotEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->api_url;
}

/**
 * spot_endpoint_get_realtime_url:
 * @self: an endpoint
 *
 * Returns: (transfer none): the base address of feeds and data streams, without a slash at its end; usually the other
 *   one
 */
const char *
spot_endpoint_get_realtime_url (SpotEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->realtime_url;
}

/**
 * spot_endpoint_get_trust:
 * @self: an endpoint
 *
 * Returns: (transfer none) (nullable): who vouches for the server; %NULL for those whom the system trusts
 */
GTlsDatabase *
spot_endpoint_get_trust (SpotEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->trust;
}

/**
 * spot_endpoint_get_branch:
 * @self: an endpoint
 *
 * Returns: (transfer none) (nullable): the branch, %NULL for none
 */
const char *
spot_endpoint_get_branch (SpotEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->branch;
}

/**
 * spot_endpoint_dup_authorization:
 * @self: an endpoint
 *
 * Returns: (transfer full) (nullable): the value of the Authorization header, %NULL without a credential. It holds the
 *   credential: overwrite it when done
 */
char *
spot_endpoint_dup_authorization (SpotEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->credential == NULL)
    return NULL;
  return g_strconcat ("Bearer ", self->credential, NULL);
}

/* The credential's beginning, where the text breaks off within it. What it is known by is no secret. */
static void
redact_end (GString    *text,
            const char *credential)
{
  for (gsize length = MIN (strlen (credential), text->len); length >= REDACTED_END_BYTES; length--)
    {
      if (strncmp (text->str + text->len - length, credential, length) != 0)
        continue;
      g_string_truncate (text, text->len - length);
      g_string_append (text, "***");
      return;
    }
}

/**
 * spot_endpoint_redact:
 * @self: an endpoint
 * @text: text that somebody else wrote, such as the body of an error answer
 * @length: its length in bytes, -1 when NUL-terminated
 *
 * Takes the credential out of @text, in case a server or proxy sends back what it was sent; also where the text breaks off
 * within it.
 *
 * Returns: (transfer full): a copy without it, up to the first NUL
 */
char *
spot_endpoint_redact (SpotEndpoint *self,
                      const char   *text,
                      gssize        length)
{
  g_autofree char *copy = NULL;
  GString *result;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  copy = length < 0 ? g_strdup (text) : g_strndup (text, (gsize) length);
  if (self->credential == NULL)
    return g_steal_pointer (&copy);
  result = g_string_new (copy);
  g_string_replace (result, self->credential, "***", 0);
  redact_end (result, self->credential);
  return g_string_free (result, FALSE);
}
