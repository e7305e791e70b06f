/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SpotConnectionProblem:
 * @SPOT_CONNECTION_PROBLEM_NONE: nothing is wrong
 * @SPOT_CONNECTION_PROBLEM_HOST_NOT_FOUND: no name server knows the host
 * @SPOT_CONNECTION_PROBLEM_REFUSED: nothing listens at the port
 * @SPOT_CONNECTION_PROBLEM_NO_WAY: there is no way to the host, or the connection broke off
 * @SPOT_CONNECTION_PROBLEM_TIMED_OUT: no answer in time
 * @SPOT_CONNECTION_PROBLEM_PROXY: the system's proxy does not let it through
 * @SPOT_CONNECTION_PROBLEM_TLS_AUTHORITY: nobody who is trusted vouches for the certificate
 * @SPOT_CONNECTION_PROBLEM_TLS_HOST: the certificate is another host's
 * @SPOT_CONNECTION_PROBLEM_TLS_EXPIRED: the certificate has expired
 * @SPOT_CONNECTION_PROBLEM_TLS_NOT_YET: the certificate is not good yet: often this machine's clock is wrong
 * @SPOT_CONNECTION_PROBLEM_TLS: something else with encryption, such as a server that speaks none at this port
 * @SPOT_CONNECTION_PROBLEM_REDIRECT: the server points to another place, where the credential must not go
 * @SPOT_CONNECTION_PROBLEM_UNAUTHORIZED: the credential is wrong or has expired
 * @SPOT_CONNECTION_PROBLEM_EXPIRED: the token has expired
 * @SPOT_CONNECTION_PROBLEM_BRANCH_NEEDED: the key is for previews and needs a branch
 * @SPOT_CONNECTION_PROBLEM_BRANCH_UNKNOWN: there is no such branch
 * @SPOT_CONNECTION_PROBLEM_FORBIDDEN: the credential lacks a scope
 * @SPOT_CONNECTION_PROBLEM_WRONG_CREDENTIAL: a credential of a kind that is good for nothing here
 * @SPOT_CONNECTION_PROBLEM_NOT_TRIGGER: what answers is not a Trigger.dev server, or the address has a wrong path
 * @SPOT_CONNECTION_PROBLEM_REALTIME_ONLY: what answers serves live updates only, and stands where the API should
 * @SPOT_CONNECTION_PROBLEM_HTML: a web page came instead of an answer: a proxy, a login page
 * @SPOT_CONNECTION_PROBLEM_AUTHORIZATION_STRIPPED: something on the way takes the credential out of requests
 * @SPOT_CONNECTION_PROBLEM_HEADERS_STRIPPED: something on the way takes headers out of answers
 * @SPOT_CONNECTION_PROBLEM_GONE: the project or environment is gone, or not the person's any more
 * @SPOT_CONNECTION_PROBLEM_BUSY: a limit of the server has been reached
 * @SPOT_CONNECTION_PROBLEM_SERVER: the server has a problem of its own
 * @SPOT_CONNECTION_PROBLEM_BAD_ANSWER: an answer that nobody understands
 *
 * What exactly is wrong with a connection.
 */
typedef enum {
  SPOT_CONNECTION_PROBLEM_NONE,
  SPOT_CONNECTION_PROBLEM_HOST_NOT_FOUND,
  SPOT_CONNECTION_PROBLEM_REFUSED,
  SPOT_CONNECTION_PROBLEM_NO_WAY,
  SPOT_CONNECTION_PROBLEM_TIMED_OUT,
  SPOT_CONNECTION_PROBLEM_PROXY,
  SPOT_CONNECTION_PROBLEM_TLS_AUTHORITY,
  SPOT_CONNECTION_PROBLEM_TLS_HOST,
  SPOT_CONNECTION_PROBLEM_TLS_EXPIRED,
  SPOT_CONNECTION_PROBLEM_TLS_NOT_YET,
  SPOT_CONNECTION_PROBLEM_TLS,
  SPOT_CONNECTION_PROBLEM_REDIRECT,
  SPOT_CONNECTION_PROBLEM_UNAUTHORIZED,
  SPOT_CONNECTION_PROBLEM_EXPIRED,
  SPOT_CONNECTION_PROBLEM_BRANCH_NEEDED,
  SPOT_CONNECTION_PROBLEM_BRANCH_UNKNOWN,
  SPOT_CONNECTION_PROBLEM_FORBIDDEN,
  SPOT_CONNECTION_PROBLEM_WRONG_CREDENTIAL,
  SPOT_CONNECTION_PROBLEM_NOT_TRIGGER,
  SPOT_CONNECTION_PROBLEM_REALTIME_ONLY,
  SPOT_CONNECTION_PROBLEM_HTML,
  SPOT_CONNECTION_PROBLEM_AUTHORIZATION_STRIPPED,
  SPOT_CONNECTION_PROBLEM_HEADERS_STRIPPED,
  SPOT_CONNECTION_PROBLEM_GONE,
  SPOT_CONNECTION_PROBLEM_BUSY,
  SPOT_CONNECTION_PROBLEM_SERVER,
  SPOT_CONNECTION_PROBLEM_BAD_ANSWER,
} SpotConnectionProblem;

#define SPOT_TYPE_CONNECTION_PROBLEM (spot_connection_problem_get_type ())
GType spot_connection_problem_get_type (void);

SpotConnectionProblem spot_connection_problem_from_transport (const GError          *error,
                                                              GTlsCertificateFlags   certificate_errors);
SpotConnectionProblem spot_connection_problem_from_api_error (const GError         *error);
SpotConnectionProblem spot_connection_problem_from_answer    (guint                  status,
                                                              const char            *content_type,
                                                              const char            *body,
                                                              gsize                  length);

/* (transfer full): a translated sentence that says what is wrong, and what to do. */
char                 *spot_connection_problem_dup_sentence   (SpotConnectionProblem  problem,
                                                              const char            *host,
                                                              const char            *subject);

G_END_DECLS
