/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "spot-endpoint.h"

struct _SpotEndpoint
{
  gatomicrefcount ref_count;
  char           *url;        /* without a final slash */
  char           *credential; /* wiped when freed */
  char           *branch;     /* nullable */
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

/**
 * spot_endpoint_new:
 * @realtime_url: base address of the server; slashes at its end are dropped
 * @credential: secret key or token; blanks around it are dropped
 * @branch: (nullable): name of a preview or development branch
 * @allow_plain_http: whether the user agreed to plain HTTP to a host that is not this machine
 * @error: return location for an error
 *
 * Fails with %G_URI_ERROR for a URL that is none, holds a user name or has a query, with %G_IO_ERROR_PERMISSION_DENIED
 * for plain HTTP to a host that is not loopback unless @allow_plain_http, and with %G_IO_ERROR_INVALID_ARGUMENT for a
 * credential or branch that cannot stand in a header.
 *
 * Returns: (transfer full) (nullable): the endpoint, %NULL after an error
 */
SpotEndpoint *
spot_endpoint_new (const char  *realtime_url,
                   const char  *credential,
                   const char  *branch,
                   gboolean     allow_plain_http,
                   GError     **error)
{
  g_autoptr(GUri) uri = NULL;
  g_autofree char *url = NULL;
  char *secret;
  SpotEndpoint *self;

  g_return_val_if_fail (realtime_url != NULL, NULL);
  g_return_val_if_fail (credential != NULL, NULL);

  url = g_strstrip (g_strdup (realtime_url));
  while (g_str_has_suffix (url, "/"))
    url[strlen (url) - 1] = '\0';
  uri = g_uri_parse (url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_SCHEME_NORMALIZE, error);
  if (uri == NULL || !check_url (uri, allow_plain_http, error))
    return NULL;

  secret = g_strstrip (g_strdup (credential));
  if (*secret == '\0' || !is_header_text (secret, TRUE))
    {
      wipe (secret);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "The key is empty or holds characters that no key has");
      return NULL;
    }
  if (branch != NULL && !is_header_text (branch, FALSE))
    {
      wipe (secret);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "The branch name holds control characters");
      return NULL;
    }

  self = g_new0 (SpotEndpoint, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->url = g_steal_pointer (&url);
  self->credential = secret;
  self->branch = branch != NULL && *branch != '\0' ? g_strdup (branch) : NULL;
  return self;
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
  g_free (self->url);
  g_free (self->branch);
  g_free (self);
}

/**
 * spot_endpoint_get_url:
 * @self: an endpoint
 *
 * Returns: (transfer none): the base address, without a slash at its end
 */
const char *
spot_endpoint_get_url (SpotEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->url;
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
 * Returns: (transfer full): the value of the Authorization header. It holds the credential: overwrite it when done
 */
char *
spot_endpoint_dup_authorization (SpotEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strconcat ("Bearer ", self->credential, NULL);
}

/**
 * spot_endpoint_redact:
 * @self: an endpoint
 * @text: text that somebody else wrote, such as the body of an error answer
 * @length: its length in bytes, -1 when NUL-terminated
 *
 * Takes the credential out of @text, in case a server or proxy sends back what it was sent.
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
  result = g_string_new (copy);
  g_string_replace (result, self->credential, "***", 0);
  return g_string_free (result, FALSE);
}
