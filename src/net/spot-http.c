/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include "spot-api-error.h"
#include "spot-http.h"
#include "spot-limits.h"
#include "spot-protocol-error.h"

#define API_VERSION "2025-07-16"
#define ELECTRIC_VERSION "1.0.0-beta.1"
#define MAX_EXCERPT_CHARS 200

/**
 * spot_http_new_session:
 *
 * A session for one feed: no cache (a first answer claims to be fresh for a week), no cookies, no authentication of
 * libsoup's own, no logger. It undoes gzip, also in error answers. It has no time-out of its own: see #SpotDeadline.
 *
 * Returns: (transfer full): a session for the calling thread
 */
SoupSession *
spot_http_new_session (void)
{
  SoupSession *session = soup_session_new_with_options ("user-agent", "Runspotter/" PACKAGE_VERSION,
                                                        "timeout", 0,
                                                        "max-conns", 2,
                                                        "max-conns-per-host", 2,
                                                        NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  return session;
}

/**
 * spot_http_send:
 * @session: a session of the calling thread
 * @endpoint: (nullable): whose certificate authorities vouch for the server; %NULL for those whom the system trusts
 * @message: a request
 * @cancellable: (nullable): a `GCancellable`
 * @error: return location for an error
 *
 * Sends a request and waits for the head of the answer. The connection goes through the proxy that the system names for
 * it.
 *
 * Fails as soup_session_send() does, and with %G_IO_ERROR_PROXY_FAILED when a proxy refuses the way to the server.
 *
 * Returns: (transfer full) (nullable): the body, to be read; %NULL after an error
 */
GInputStream *
spot_http_send (SoupSession   *session,
                SpotEndpoint  *endpoint,
                SoupMessage   *message,
                GCancellable  *cancellable,
                GError       **error)
{
  g_autoptr(GInputStream) stream = NULL;
  GTlsDatabase *trust;

  g_return_val_if_fail (SOUP_IS_SESSION (session), NULL);
  g_return_val_if_fail (SOUP_IS_MESSAGE (message), NULL);

  trust = endpoint != NULL ? spot_endpoint_get_trust (endpoint) : NULL;
  /* The system's takes a while to load, and is what a session has unless it is told otherwise. */
  if (g_object_get_data (G_OBJECT (session), "spot-trust") != trust)
    {
      g_autoptr(GTlsDatabase) chosen = NULL;

      chosen = trust != NULL ? g_object_ref (trust) : g_tls_backend_get_default_database (g_tls_backend_get_default ());
      soup_session_set_tls_database (session, chosen);
      /* Connections that others vouched for. */
      soup_session_abort (session);
      g_object_set_data_full (G_OBJECT (session), "spot-trust", trust != NULL ? g_object_ref (trust) : NULL,
                              g_object_unref);
    }
  stream = soup_session_send (session, message, cancellable, error);
  if (stream != NULL && strcmp (g_uri_get_scheme (soup_message_get_uri (message)), "https") == 0 &&
      soup_message_get_tls_peer_certificate (message) == NULL)
    {
      /* libsoup passes a proxy's no on as if it were the server's, whom nobody has spoken to. */
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED, "the proxy lets nothing through: status %u",
                   (guint) soup_message_get_status (message));
      return NULL;
    }
  return g_steal_pointer (&stream);
}

static SoupMessage *
new_request (SpotEndpoint *endpoint,
             const char   *method,
             const char   *url)
{
  SoupMessage *message = soup_message_new (method, url);
  SoupMessageHeaders *headers;
  char *authorization;

  if (message == NULL)
    return NULL;
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  headers = soup_message_get_request_headers (message);
  authorization = spot_endpoint_dup_authorization (endpoint);
  if (authorization != NULL)
    {
      soup_message_headers_replace (headers, "Authorization", authorization);
      explicit_bzero (authorization, strlen (authorization));
      g_free (authorization);
    }
  soup_message_headers_replace (headers, "Accept", "application/json");
  soup_message_headers_replace (headers, "x-trigger-electric-version", ELECTRIC_VERSION);
  soup_message_headers_replace (headers, "x-trigger-api-version", API_VERSION);
  if (spot_endpoint_get_branch (endpoint) != NULL)
    soup_message_headers_replace (headers, "x-trigger-branch", spot_endpoint_get_branch (endpoint));
  return message;
}

/**
 * spot_http_new_get:
 * @endpoint: server and credential
 * @target: path and query below the endpoint's base address
 * @error: return location for an error
 *
 * Makes a request with the headers that the server wants. libsoup will not follow redirects of it.
 *
 * Fails with %SPOT_API_ERROR_BAD_REQUEST when base address and @target make no URL.
 *
 * Returns: (transfer full) (nullable): the message, %NULL after an error
 */
SoupMessage *
spot_http_new_get (SpotEndpoint  *endpoint,
                   const char    *target,
                   GError       **error)
{
  return spot_http_new_request (endpoint, SOUP_METHOD_GET, target, NULL, error);
}

/**
 * spot_http_new_request:
 * @endpoint: server and credential
 * @method: the HTTP method
 * @target: path and query below one of the endpoint's base addresses: that for feeds if it begins with `/realtime/`
 * @json: (nullable): the body
 * @error: return location for an error
 *
 * Makes a request like spot_http_new_get(), of any method.
 *
 * Fails with %SPOT_API_ERROR_BAD_REQUEST when base address and @target make no URL.
 *
 * Returns: (transfer full) (nullable): the message, %NULL after an error
 */
SoupMessage *
spot_http_new_request (SpotEndpoint  *endpoint,
                       const char    *method,
                       const char    *target,
                       const char    *json,
                       GError       **error)
{
  g_autofree char *url = NULL;
  g_autoptr(GBytes) body = NULL;
  const char *base;
  SoupMessage *message;

  g_return_val_if_fail (endpoint != NULL, NULL);
  g_return_val_if_fail (method != NULL && target != NULL, NULL);

  base = g_str_has_prefix (target, "/realtime/") ? spot_endpoint_get_realtime_url (endpoint)
                                                 : spot_endpoint_get_url (endpoint);
  url = g_strconcat (base, target, NULL);
  message = new_request (endpoint, method, url);
  if (message == NULL)
    {
      g_set_error (error, SPOT_API_ERROR, SPOT_API_ERROR_BAD_REQUEST, "%s is not an address", base);
      return NULL;
    }
  if (json != NULL)
    {
      body = g_bytes_new (json, strlen (json));
      soup_message_set_request_body_from_bytes (message, "application/json", body);
    }
  return message;
}

/**
 * spot_http_new_stranger_get:
 * @url: an address that the server gave out, of any host
 * @error: return location for an error
 *
 * Makes a request to somebody who must not see the credential. libsoup will not follow redirects of it. The address may
 * be a secret too: no message holds it.
 *
 * Fails with %SPOT_API_ERROR_BAD_ANSWER when @url is no address of the web.
 *
 * Returns: (transfer full) (nullable): the message, %NULL after an error
 */
SoupMessage *
spot_http_new_stranger_get (const char  *url,
                            GError     **error)
{
  g_autoptr(GUri) uri = NULL;
  SoupMessage *message = NULL;

  g_return_val_if_fail (url != NULL, NULL);

  uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri != NULL && g_uri_get_host (uri) != NULL && g_uri_get_userinfo (uri) == NULL &&
      (strcmp (g_uri_get_scheme (uri), "https") == 0 || strcmp (g_uri_get_scheme (uri), "http") == 0))
    message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  if (message == NULL)
    {
      g_set_error_literal (error, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER,
                           "the server gave an address that is none");
      return NULL;
    }
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  return message;
}

static gboolean
is_same_origin (GUri *a,
                GUri *b)
{
  return strcmp (g_uri_get_scheme (a), g_uri_get_scheme (b)) == 0 &&
         g_uri_get_host (a) != NULL && g_uri_get_host (b) != NULL &&
         g_ascii_strcasecmp (g_uri_get_host (a), g_uri_get_host (b)) == 0 &&
         g_uri_get_port (a) == g_uri_get_port (b);
}

/* The beginning of a text of unknown type on one line. */
static char *
make_excerpt (const char *body,
              gsize       length)
{
  g_autofree char *text = NULL;
  char *end;

  /* Four bytes a character at most. */
  text = g_utf8_make_valid (body, (gssize) MIN (length, 4 * MAX_EXCERPT_CHARS));
  end = g_utf8_strlen (text, -1) > MAX_EXCERPT_CHARS ? g_utf8_offset_to_pointer (text, MAX_EXCERPT_CHARS) : NULL;
  if (end != NULL)
    *end = '\0';
  for (char *p = text; *p != '\0'; p++)
    {
      if (g_ascii_iscntrl (*p))
        *p = ' ';
    }
  return g_strdup (g_strstrip (text));
}

/**
 * spot_http_follow_redirect:
 * @message: (inout): an answered request
 * @endpoint: server and credential
 * @error: return location for an error
 *
 * When the answer to @message points to another place of the same origin, replaces it with a request for that place.
 *
 * Fails with %SPOT_API_ERROR_REDIRECT when the answer points anywhere else: the credential must not go there.
 *
 * Returns: %TRUE when there is a new request to send; %FALSE without an error when the answer is none of these
 */
gboolean
spot_http_follow_redirect (SoupMessage  **message,
                           SpotEndpoint  *endpoint,
                           GError       **error)
{
  g_autoptr(GUri) uri = NULL;
  g_autofree char *url = NULL;
  const char *location;
  SoupMessage *next = NULL;

  g_return_val_if_fail (message != NULL && SOUP_IS_MESSAGE (*message), FALSE);
  g_return_val_if_fail (endpoint != NULL, FALSE);

  switch (soup_message_get_status (*message))
    {
    case SOUP_STATUS_MOVED_PERMANENTLY:
    case SOUP_STATUS_FOUND:
    case SOUP_STATUS_SEE_OTHER:
    case SOUP_STATUS_TEMPORARY_REDIRECT:
    case SOUP_STATUS_PERMANENT_REDIRECT:
      break;
    default:
      return FALSE;
    }

  location = soup_message_headers_get_one (soup_message_get_response_headers (*message), "Location");
  if (location != NULL)
    uri = g_uri_parse_relative (soup_message_get_uri (*message), location, SOUP_HTTP_URI_FLAGS, NULL);
  /* What changes something is not sent to a place that it was not meant for. */
  if (uri != NULL && soup_message_get_method (*message) == SOUP_METHOD_GET &&
      g_uri_get_userinfo (uri) == NULL && is_same_origin (uri, soup_message_get_uri (*message)))
    {
      url = g_uri_to_string (uri);
      next = new_request (endpoint, SOUP_METHOD_GET, url);
    }
  if (next == NULL)
    {
      const char *host = uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : "nowhere";
      g_autofree char *excerpt = make_excerpt (host, strlen (host));

      g_set_error (error, SPOT_API_ERROR, SPOT_API_ERROR_REDIRECT,
                   "the server points to another place (%s), where the key must not go", excerpt);
      return FALSE;
    }
  g_object_unref (*message);
  *message = next;
  return TRUE;
}

/**
 * spot_http_parse_retry_after:
 * @value: (nullable): the header's value
 * @wall_us: the present time in microseconds since 1970
 *
 * Reads whole or decimal seconds, or an HTTP date. What is past, zero, negative or none of these counts as not there.
 *
 * Returns: how long to wait in milliseconds, at most %SPOT_MAX_RETRY_AFTER_MS; 0 for no wish
 */
gint64
spot_http_parse_retry_after (const char *value,
                             gint64      wall_us)
{
  g_autofree char *text = NULL;
  g_autoptr(GDateTime) date = NULL;
  double wait_ms = 0;

  if (value == NULL)
    return 0;
  text = g_strstrip (g_strndup (value, 64));
  if (*text == '\0')
    return 0;
  if (strspn (text, "0123456789.") == strlen (text))
    {
      char *end = NULL;

      wait_ms = g_ascii_strtod (text, &end) * 1000.0;
      if (*end != '\0')
        return 0;
    }
  else if (g_ascii_isalpha (*text))
    {
      date = soup_date_time_new_from_http_string (text);
      if (date == NULL)
        return 0;
      wait_ms = (double) g_date_time_to_unix (date) * 1000.0 - (double) wall_us / 1000.0;
    }
  if (!(wait_ms > 0.0))
    return 0;
  return (gint64) MIN (wait_ms, (double) SPOT_MAX_RETRY_AFTER_MS);
}

/* libsoup passes a proxy's no on as if it were the server's, whom nobody has spoken to. */
static gboolean
is_of_proxy (SoupMessage *message)
{
  return strcmp (g_uri_get_scheme (soup_message_get_uri (message)), "https") == 0 &&
         soup_message_get_tls_peer_certificate (message) == NULL;
}

static void
got_headers_cb (SoupMessage  *message,
                SpotDeadline *deadline)
{
  if (soup_message_get_status (message) >= 400)
    spot_deadline_move_closer (deadline, g_get_monotonic_time () + SPOT_BAD_BODY_MS * G_TIME_SPAN_MILLISECOND);
}

/**
 * spot_http_bound_bad_body:
 * @message: a request that was not sent
 * @deadline: what is armed while it is sent and read; must outlive @message
 *
 * Lets the body of a bad answer take no longer than %SPOT_BAD_BODY_MS. libsoup reads that of a 401 before it gives out its
 * head: see spot_http_was_bad().
 */
void
spot_http_bound_bad_body (SoupMessage  *message,
                          SpotDeadline *deadline)
{
  g_return_if_fail (SOUP_IS_MESSAGE (message));
  g_return_if_fail (deadline != NULL);

  g_signal_connect (message, "got-headers", G_CALLBACK (got_headers_cb), deadline);
}

/**
 * spot_http_was_bad:
 * @message: (nullable): a request
 * @error: what sending it has failed with
 *
 * Returns: whether it was given up when the head of a bad answer had come already, so that its status and headers count
 */
gboolean
spot_http_was_bad (SoupMessage  *message,
                   const GError *error)
{
  g_return_val_if_fail (error != NULL, FALSE);

  if (message == NULL || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  return soup_message_get_status (message) >= 400 && !is_of_proxy (message);
}

/**
 * spot_http_read_bad_body:
 * @stream: the body of an answer with a bad status
 * @endpoint: server and credential
 * @cancellable: (nullable): a `GCancellable` that is cancelled when it takes too long
 *
 * Reads the beginning of it, however reading ends, for the status decides. It is read as a whole, so that the credential can
 * be taken out of it as a whole.
 *
 * Returns: (transfer full): what was read, without the credential
 */
char *
spot_http_read_bad_body (GInputStream *stream,
                         SpotEndpoint *endpoint,
                         GCancellable *cancellable)
{
  g_autofree char *buffer = NULL;
  gsize n_read = 0;

  g_return_val_if_fail (G_IS_INPUT_STREAM (stream), NULL);
  g_return_val_if_fail (endpoint != NULL, NULL);

  buffer = g_malloc (SPOT_MAX_ERROR_BODY_BYTES);
  g_input_stream_read_all (stream, buffer, SPOT_MAX_ERROR_BODY_BYTES, &n_read, cancellable, NULL);
  return spot_endpoint_redact (endpoint, buffer, (gssize) n_read);
}

static SpotApiError
code_of_status (guint status)
{
  switch (status)
    {
    case SOUP_STATUS_UNAUTHORIZED:
      return SPOT_API_ERROR_UNAUTHORIZED;
    case SOUP_STATUS_FORBIDDEN:
      return SPOT_API_ERROR_FORBIDDEN;
    case SOUP_STATUS_NOT_FOUND:
      return SPOT_API_ERROR_NOT_FOUND;
    case SOUP_STATUS_REQUEST_TIMEOUT:
      return SPOT_API_ERROR_UNREACHABLE;
    case 429:
      return SPOT_API_ERROR_BUSY;
    default:
      break;
    }
  if (status >= 500)
    return SPOT_API_ERROR_SERVER;
  if (status >= 400)
    return SPOT_API_ERROR_BAD_REQUEST;
  if (status >= 300 && status != SOUP_STATUS_NOT_MODIFIED)
    return SPOT_API_ERROR_REDIRECT;
  return SPOT_API_ERROR_BAD_ANSWER;
}

/**
 * spot_http_status_error:
 * @status: an HTTP status that is not what was hoped for
 * @path: path of the request
 * @body: (nullable): beginning of the body, of any type
 * @length: its length in bytes
 *
 * Returns: (transfer full): a %SPOT_API_ERROR; its message has the beginning of the body
 */
GError *
spot_http_status_error (guint       status,
                        const char *path,
                        const char *body,
                        gsize       length)
{
  g_autofree char *excerpt = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  excerpt = body != NULL ? make_excerpt (body, length) : g_strdup ("");
  return g_error_new (SPOT_API_ERROR, (int) code_of_status (status), "%s: status %u%s%s", path, status,
                      *excerpt != '\0' ? ": " : "", excerpt);
}

/**
 * spot_http_transport_error:
 * @error: what libsoup or a stream failed with
 *
 * Returns: (transfer full): the same as %SPOT_API_ERROR; errors of this domain and of %SPOT_PROTOCOL_ERROR stay as they
 * are
 */
GError *
spot_http_transport_error (const GError *error)
{
  SpotApiError code = SPOT_API_ERROR_UNREACHABLE;

  g_return_val_if_fail (error != NULL, NULL);

  if (error->domain == SPOT_API_ERROR || error->domain == SPOT_PROTOCOL_ERROR)
    return g_error_copy (error);
  /* A server that hangs up while the handshake runs is away rather than false. */
  if (error->domain == G_TLS_ERROR && error->code != G_TLS_ERROR_EOF)
    code = SPOT_API_ERROR_TLS;
  /* What comes of a broken gzip stream. */
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA))
    code = SPOT_API_ERROR_BAD_ANSWER;
  return g_error_new_literal (SPOT_API_ERROR, (int) code, error->message);
}
