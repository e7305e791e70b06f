/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * SpotEndpoint:
 *
 * A server and the credential for one of its environments: immutable, refcounted atomically. The credential lives in memory
 * only, is wiped when the last reference goes, and appears in no message.
 */
typedef struct _SpotEndpoint SpotEndpoint;

#define SPOT_TYPE_ENDPOINT (spot_endpoint_get_type ())
GType spot_endpoint_get_type (void);

/* Fails with G_URI_ERROR for a URL that is none, and with G_IO_ERROR_PERMISSION_DENIED for plain HTTP to a host that is
 * not loopback unless @allow_plain_http. A trailing slash is dropped. */
SpotEndpoint *spot_endpoint_new            (const char   *realtime_url,
                                            const char   *credential,
                                            const char   *branch,
                                            gboolean      allow_plain_http,
                                            GError      **error);
SpotEndpoint *spot_endpoint_ref            (SpotEndpoint *self);
void          spot_endpoint_unref          (SpotEndpoint *self);
const char   *spot_endpoint_get_url        (SpotEndpoint *self);
const char   *spot_endpoint_get_branch     (SpotEndpoint *self);
char         *spot_endpoint_dup_authorization (SpotEndpoint *self);

/* A copy of what somebody else wrote, without the credential should it be in there. */
char         *spot_endpoint_redact         (SpotEndpoint *self,
                                            const char   *text,
                                            gssize        length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotEndpoint, spot_endpoint_unref)

G_END_DECLS
