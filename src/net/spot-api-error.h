/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpotApiError:
 * @SPOT_API_ERROR_UNREACHABLE: no connection: name look-up, refused, reset, timed out
 * @SPOT_API_ERROR_TLS: the certificate is not trusted, or the handshake failed
 * @SPOT_API_ERROR_REDIRECT: the server points to another place, where the credential must not go
 * @SPOT_API_ERROR_BAD_REQUEST: 400 and other 4xx without a code of their own
 * @SPOT_API_ERROR_UNAUTHORIZED: 401: the key or token is wrong or has expired
 * @SPOT_API_ERROR_FORBIDDEN: 403: the token's scopes do not cover this
 * @SPOT_API_ERROR_NOT_FOUND: 404
 * @SPOT_API_ERROR_BUSY: 429: all live connections of the environment are in use, or too many requests
 * @SPOT_API_ERROR_SERVER: 5xx
 * @SPOT_API_ERROR_BAD_ANSWER: the status was good, the answer cannot be understood
 *
 * What can go wrong with a request, as the user has to know it. Messages are for logs and never hold a credential.
 */
typedef enum {
  SPOT_API_ERROR_UNREACHABLE,
  SPOT_API_ERROR_TLS,
  SPOT_API_ERROR_REDIRECT,
  SPOT_API_ERROR_BAD_REQUEST,
  SPOT_API_ERROR_UNAUTHORIZED,
  SPOT_API_ERROR_FORBIDDEN,
  SPOT_API_ERROR_NOT_FOUND,
  SPOT_API_ERROR_BUSY,
  SPOT_API_ERROR_SERVER,
  SPOT_API_ERROR_BAD_ANSWER,
} SpotApiError;

#define SPOT_API_ERROR (spot_api_error_quark ())
GQuark spot_api_error_quark (void);

G_END_DECLS
