/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "spot-deadline.h"
#include "spot-endpoint.h"

G_BEGIN_DECLS

/* The longest that a Retry-After is believed. */
#define SPOT_MAX_RETRY_AFTER_MS (60 * 60 * 1000)

/* The longest that the body of a bad answer is waited for: the status has said what matters. */
#define SPOT_BAD_BODY_MS 2000

/* Helpers around libsoup for every request of the program. */
SoupSession *spot_http_new_session       (void);
GInputStream *spot_http_send             (SoupSession   *session,
                                          SpotEndpoint  *endpoint,
                                          SoupMessage   *message,
                                          GCancellable  *cancellable,
                                          GError       **error);
SoupMessage *spot_http_new_get           (SpotEndpoint  *endpoint,
                                          const char    *target,
                                          GError       **error);
SoupMessage *spot_http_new_request       (SpotEndpoint  *endpoint,
                                          const char    *method,
                                          const char    *target,
                                          const char    *json,
                                          GError       **error);
SoupMessage *spot_http_new_stranger_get  (const char    *url,
                                          GError       **error);
gboolean     spot_http_follow_redirect   (SoupMessage  **message,
                                          SpotEndpoint  *endpoint,
                                          GError       **error);
gint64       spot_http_parse_retry_after (const char    *value,
                                          gint64         wall_us);
void         spot_http_bound_bad_body    (SoupMessage   *message,
                                          SpotDeadline  *deadline);
gboolean     spot_http_was_bad           (SoupMessage   *message,
                                          const GError  *error);
char        *spot_http_read_bad_body     (GInputStream  *stream,
                                          SpotEndpoint  *endpoint,
                                          GCancellable  *cancellable);
GError      *spot_http_status_error      (guint          status,
                                          const char    *path,
                                          const char    *body,
                                          gsize          length);
GError      *spot_http_transport_error   (const GError  *error);

G_END_DECLS
