/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#define _GNU_SOURCE
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "spot-api-error.h"

#include "spot-connection-problem.h"

G_DEFINE_ENUM_TYPE (SpotConnectionProblem, spot_connection_problem,
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_NONE, "none"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_HOST_NOT_FOUND, "host-not-found"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_REFUSED, "refused"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_NO_WAY, "no-way"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_TIMED_OUT, "timed-out"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_PROXY, "proxy"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_TLS_AUTHORITY, "tls-authority"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_TLS_HOST, "tls-host"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_TLS_EXPIRED, "tls-expired"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_TLS_NOT_YET, "tls-not-yet"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_TLS, "tls"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_REDIRECT, "redirect"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_UNAUTHORIZED, "unauthorized"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_EXPIRED, "expired"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_BRANCH_NEEDED, "branch-needed"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_BRANCH_UNKNOWN, "branch-unknown"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_FORBIDDEN, "forbidden"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_WRONG_CREDENTIAL, "wrong-credential"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_NOT_TRIGGER, "not-trigger"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_REALTIME_ONLY, "realtime-only"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_HTML, "html"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_AUTHORIZATION_STRIPPED, "authorization-stripped"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_HEADERS_STRIPPED, "headers-stripped"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_GONE, "gone"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_BUSY, "busy"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_SERVER, "server"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PROBLEM_BAD_ANSWER, "bad-answer"))

/* The first of what is wrong that somebody can do something about. */
static SpotConnectionProblem
from_certificate (GTlsCertificateFlags errors)
{
  if (errors & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return SPOT_CONNECTION_PROBLEM_TLS_HOST;
  if (errors & G_TLS_CERTIFICATE_EXPIRED)
    return SPOT_CONNECTION_PROBLEM_TLS_EXPIRED;
  if (errors & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return SPOT_CONNECTION_PROBLEM_TLS_NOT_YET;
  if (errors & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return SPOT_CONNECTION_PROBLEM_TLS_AUTHORITY;
  return SPOT_CONNECTION_PROBLEM_TLS;
}

/**
 * spot_connection_problem_from_transport:
 * @error: what a request failed with before there was an answer
 * @certificate_errors: what was wrong with the server's certificate, if it was seen
 *
 * Returns: what that means
 */
SpotConnectionProblem
spot_connection_problem_from_transport (const GError         *error,
                                        GTlsCertificateFlags  certificate_errors)
{
  g_return_val_if_fail (error != NULL, SPOT_CONNECTION_PROBLEM_NO_WAY);

  if (error->domain == G_RESOLVER_ERROR)
    return SPOT_CONNECTION_PROBLEM_HOST_NOT_FOUND;
  if (error->domain == G_TLS_ERROR)
    {
      if (error->code == G_TLS_ERROR_EOF)
        return SPOT_CONNECTION_PROBLEM_NO_WAY;
      return error->code == G_TLS_ERROR_BAD_CERTIFICATE ? from_certificate (certificate_errors)
                                                        : SPOT_CONNECTION_PROBLEM_TLS;
    }
  if (error->domain != G_IO_ERROR)
    return SPOT_CONNECTION_PROBLEM_BAD_ANSWER;
  switch (error->code)
    {
    case G_IO_ERROR_CONNECTION_REFUSED:
      return SPOT_CONNECTION_PROBLEM_REFUSED;
    case G_IO_ERROR_TIMED_OUT:
      return SPOT_CONNECTION_PROBLEM_TIMED_OUT;
    case G_IO_ERROR_PROXY_FAILED:
    case G_IO_ERROR_PROXY_AUTH_FAILED:
    case G_IO_ERROR_PROXY_NEED_AUTH:
    case G_IO_ERROR_PROXY_NOT_ALLOWED:
      return SPOT_CONNECTION_PROBLEM_PROXY;
    case G_IO_ERROR_INVALID_DATA:
      return SPOT_CONNECTION_PROBLEM_BAD_ANSWER;
    default:
      return SPOT_CONNECTION_PROBLEM_NO_WAY;
    }
}

/**
 * spot_connection_problem_from_api_error:
 * @error: what a call of the management API failed with
 *
 * Returns: what that means, as far as it still tells
 */
SpotConnectionProblem
spot_connection_problem_from_api_error (const GError *error)
{
  g_return_val_if_fail (error != NULL, SPOT_CONNECTION_PROBLEM_BAD_ANSWER);

  if (error->domain != SPOT_API_ERROR)
    return SPOT_CONNECTION_PROBLEM_BAD_ANSWER;
  switch (error->code)
    {
    case SPOT_API_ERROR_UNREACHABLE:
      return SPOT_CONNECTION_PROBLEM_NO_WAY;
    case SPOT_API_ERROR_TLS:
      return SPOT_CONNECTION_PROBLEM_TLS_AUTHORITY;
    case SPOT_API_ERROR_REDIRECT:
      return SPOT_CONNECTION_PROBLEM_REDIRECT;
    case SPOT_API_ERROR_UNAUTHORIZED:
      return SPOT_CONNECTION_PROBLEM_UNAUTHORIZED;
    case SPOT_API_ERROR_FORBIDDEN:
      return SPOT_CONNECTION_PROBLEM_FORBIDDEN;
    case SPOT_API_ERROR_NOT_FOUND:
      return SPOT_CONNECTION_PROBLEM_NOT_TRIGGER;
    case SPOT_API_ERROR_BUSY:
      return SPOT_CONNECTION_PROBLEM_BUSY;
    case SPOT_API_ERROR_SERVER:
      return SPOT_CONNECTION_PROBLEM_SERVER;
    default:
      return SPOT_CONNECTION_PROBLEM_BAD_ANSWER;
    }
}

static gboolean
is_page (const char *content_type,
         const char *body,
         gsize       length)
{
  gsize i = 0;

  if (content_type != NULL && g_ascii_strncasecmp (content_type, "text/html", strlen ("text/html")) == 0)
    return TRUE;
  while (i < length && g_ascii_isspace (body[i]))
    i++;
  return i < length && body[i] == '<';
}

static gboolean
says (const char *body,
      gsize       length,
      const char *words)
{
  return length > 0 && memmem (body, length, words, strlen (words)) != NULL;
}

/**
 * spot_connection_problem_from_answer:
 * @status: the HTTP status of an answer
 * @content_type: (nullable): its type
 * @body: (nullable): the beginning of its body
 * @length: its length in bytes
 *
 * Returns: what that means (protocol §1.9); %SPOT_CONNECTION_PROBLEM_NONE for a good status with a body that is no web
 *   page
 */
SpotConnectionProblem
spot_connection_problem_from_answer (guint       status,
                                     const char *content_type,
                                     const char *body,
                                     gsize       length)
{
  gboolean page;

  g_return_val_if_fail (body != NULL || length == 0, SPOT_CONNECTION_PROBLEM_BAD_ANSWER);

  page = is_page (content_type, body, length);
  if (status >= 200 && status < 300)
    return page ? SPOT_CONNECTION_PROBLEM_HTML : SPOT_CONNECTION_PROBLEM_NONE;
  if (status == 401)
    {
      /* Trigger.dev answers in JSON. */
      if (page)
        return SPOT_CONNECTION_PROBLEM_HTML;
      if (says (body, length, "No authorization header provided"))
        return SPOT_CONNECTION_PROBLEM_AUTHORIZATION_STRIPPED;
      if (says (body, length, "x-trigger-branch header required"))
        return SPOT_CONNECTION_PROBLEM_BRANCH_NEEDED;
      if (says (body, length, "No matching branch"))
        return SPOT_CONNECTION_PROBLEM_BRANCH_UNKNOWN;
      return says (body, length, "has expired") ? SPOT_CONNECTION_PROBLEM_EXPIRED
                                                : SPOT_CONNECTION_PROBLEM_UNAUTHORIZED;
    }
  if (status == 403)
    return page ? SPOT_CONNECTION_PROBLEM_HTML : SPOT_CONNECTION_PROBLEM_FORBIDDEN;
  if (status == 404 || status == 405 || status == 410)
    return SPOT_CONNECTION_PROBLEM_NOT_TRIGGER;
  if (status == 407)
    return SPOT_CONNECTION_PROBLEM_PROXY;
  if (status == 408 || status == 504)
    return SPOT_CONNECTION_PROBLEM_TIMED_OUT;
  if (status == 429)
    return SPOT_CONNECTION_PROBLEM_BUSY;
  if (status >= 500)
    return SPOT_CONNECTION_PROBLEM_SERVER;
  if (status >= 400)
    return SPOT_CONNECTION_PROBLEM_BAD_ANSWER;
  return SPOT_CONNECTION_PROBLEM_REDIRECT;
}

/**
 * spot_connection_problem_dup_sentence:
 * @problem: what is wrong
 * @host: the host that was asked
 * @subject: (nullable): the scope that is missing, or the host that the server points to
 *
 * Returns: (transfer full): what is wrong and what to do, translated
 */
char *
spot_connection_problem_dup_sentence (SpotConnectionProblem  problem,
                                      const char            *host,
                                      const char            *subject)
{
  g_return_val_if_fail (host != NULL, NULL);

  switch (problem)
    {
    case SPOT_CONNECTION_PROBLEM_NONE:
      /* Translators: %s is a host */
      return g_strdup_printf (_("The connection to %s works."), host);
    case SPOT_CONNECTION_PROBLEM_HOST_NOT_FOUND:
      /* Translators: %s is a host */
      return g_strdup_printf (_("There is no server called “%s”. Check the address, and that this computer "
                                "is online."), host);
    case SPOT_CONNECTION_PROBLEM_REFUSED:
      /* Translators: %s is a host */
      return g_strdup_printf (_("Nothing answers at %s. Check the port in the address, and that the server "
                                "is running."), host);
    case SPOT_CONNECTION_PROBLEM_NO_WAY:
      /* Translators: %s is a host */
      return g_strdup_printf (_("The connection to %s broke off. Check the network, a VPN or a firewall on "
                                "the way."), host);
    case SPOT_CONNECTION_PROBLEM_TIMED_OUT:
      /* Translators: %s is a host */
      return g_strdup_printf (_("%s did not answer in time. Check the address, the network and the server’s "
                                "load."), host);
    case SPOT_CONNECTION_PROBLEM_PROXY:
      /* Translators: %s is a host */
      return g_strdup_printf (_("The proxy does not let through to %s. Check the proxy in the system’s "
                                "network settings."), host);
    case SPOT_CONNECTION_PROBLEM_TLS_AUTHORITY:
      /* Translators: %s is a host */
      return g_strdup_printf (_("Nobody whom this computer trusts vouches for the certificate of %s. If it "
                                "is your own, choose the file of the authority that signed it."), host);
    case SPOT_CONNECTION_PROBLEM_TLS_HOST:
      /* Translators: %s is a host */
      return g_strdup_printf (_("The certificate is not that of %s. Check the address; somebody else may be "
                                "answering."), host);
    case SPOT_CONNECTION_PROBLEM_TLS_EXPIRED:
      /* Translators: %s is a host */
      return g_strdup_printf (_("The certificate of %s has expired. Whoever runs the server has to renew it."), host);
    case SPOT_CONNECTION_PROBLEM_TLS_NOT_YET:
      /* Translators: %s is a host */
      return g_strdup_printf (_("The certificate of %s is not valid yet. Check the clock of this computer."), host);
    case SPOT_CONNECTION_PROBLEM_TLS:
      /* Translators: %s is a host */
      return g_strdup_printf (_("An encrypted connection to %s is not possible. Check the port: it may be "
                                "one for http://."), host);
    case SPOT_CONNECTION_PROBLEM_REDIRECT:
      if (subject != NULL)
        /* Translators: both %s are hosts */
        return g_strdup_printf (_("%s points to %s. Your key is not sent there unasked: if that is "
                                  "right, use that address."), host, subject);
      /* Translators: %s is a host */
      return g_strdup_printf (_("%s points somewhere else. Your key is not sent there unasked: use the "
                                "address that it points to."), host);
    case SPOT_CONNECTION_PROBLEM_UNAUTHORIZED:
      /* Translators: %s is a host */
      return g_strdup_printf (_("%s does not know this key or token. Check that it is whole, has not been "
                                "revoked, and belongs to this server."), host);
    case SPOT_CONNECTION_PROBLEM_EXPIRED:
      return g_strdup (_("The token has expired. Get a fresh one."));
    case SPOT_CONNECTION_PROBLEM_BRANCH_NEEDED:
      return g_strdup (_("A key for previews needs the name of a branch. Enter it with the account."));
    case SPOT_CONNECTION_PROBLEM_BRANCH_UNKNOWN:
      return g_strdup (_("The server has no such branch. Check its name: it may have been archived."));
    case SPOT_CONNECTION_PROBLEM_FORBIDDEN:
      if (subject != NULL)
        /* Translators: %s is a scope, such as read:runs */
        return g_strdup_printf (_("The key or token may not do this: it lacks the scope “%s”. Use one "
                                  "that has it."), subject);
      return g_strdup (_("The key or token may not do this. Use one with more permissions."));
    case SPOT_CONNECTION_PROBLEM_WRONG_CREDENTIAL:
      return g_strdup (_("A credential of this kind cannot watch runs. Use an environment’s secret key, a public "
                         "access token, or sign in."));
    case SPOT_CONNECTION_PROBLEM_NOT_TRIGGER:
      /* Translators: %s is a host */
      return g_strdup_printf (_("What answers at %s is not a Trigger.dev server. Check the address and its "
                                "path: the dashboard’s address is another one in the cloud."), host);
    case SPOT_CONNECTION_PROBLEM_REALTIME_ONLY:
      /* Translators: %s is a host */
      return g_strdup_printf (_("%s serves live updates only. Enter it as the server for live updates, and "
                                "the address of the API as the server."), host);
    case SPOT_CONNECTION_PROBLEM_HTML:
      /* Translators: %s is a host */
      return g_strdup_printf (_("A web page came from %s instead of an answer: perhaps a proxy or the login "
                                "page of a network. Open it in the browser, or check the address."), host);
    case SPOT_CONNECTION_PROBLEM_AUTHORIZATION_STRIPPED:
      /* Translators: %s is a host */
      return g_strdup_printf (_("Something between here and %s removes the key from requests. Let the proxy "
                                "pass the header “Authorization”."), host);
    case SPOT_CONNECTION_PROBLEM_HEADERS_STRIPPED:
      /* Translators: %s is a host */
      return g_strdup_printf (_("Something between here and %s removes response headers. Let the proxy pass "
                                "those that begin with “electric-”."), host);
    case SPOT_CONNECTION_PROBLEM_GONE:
      return g_strdup (_("The project or environment is gone, or you may not see it any more. Remove it from the "
                         "account, or ask whoever owns it."));
    case SPOT_CONNECTION_PROBLEM_BUSY:
      /* Translators: %s is a host */
      return g_strdup_printf (_("%s has had too many requests. Try again in a minute."), host);
    case SPOT_CONNECTION_PROBLEM_SERVER:
      /* Translators: %s is a host */
      return g_strdup_printf (_("%s has a problem of its own. Try again later, or look into the server’s log."), host);
    case SPOT_CONNECTION_PROBLEM_BAD_ANSWER:
    default:
      /* Translators: %s is a host */
      return g_strdup_printf (_("The answer from %s cannot be understood. Check that the address is that of "
                                "a Trigger.dev server."), host);
    }
}
