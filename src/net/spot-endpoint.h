/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SpotEndpoint:
 *
 * A server and the credential for one of its environments, or none: immutable, refcounted atomically. The credential
 * lives in memory only, is wiped when the last reference goes, and appears in no message.
 */
typedef struct _SpotEndpoint SpotEndpoint;

#define SPOT_TYPE_ENDPOINT (spot_endpoint_get_type ())
GType spot_endpoint_get_type (void);

/**
 * SpotEndpointOptions:
 * @api_url: base address of the management API; slashes at its end are dropped
 * @realtime_url: (nullable): that of feeds and data streams, %NULL or empty for the same
 * @credential: (nullable): secret key or token, %NULL for calls that need none; blanks around it are dropped
 * @branch: (nullable): name of a preview or development branch
 * @allow_plain_http: whether the user agreed to plain HTTP to a host that is not this machine
 * @trust: (nullable): who vouches for the server instead of those whom the system trusts
 *
 * What makes an endpoint. Nothing in it is owned.
 */
typedef struct
{
  const char   *api_url;
  const char   *realtime_url;
  const char   *credential;
  const char   *branch;
  gboolean      allow_plain_http;
  GTlsDatabase *trust;
} SpotEndpointOptions;

SpotEndpoint *spot_endpoint_new_full       (const SpotEndpointOptions *options,
                                            GError      **error);
SpotEndpoint *spot_endpoint_new            (const char   *url,
                                            const char   *credential,
                                            const char   *branch,
                                            gboolean      allow_plain_http,
                                            GError      **error);
SpotEndpoint *spot_endpoint_new_with_credential (SpotEndpoint  *self,
                                            const char   *credential,
                                            const char   *branch,
                                            GError      **error);
SpotEndpoint *spot_endpoint_ref            (SpotEndpoint *self);
void          spot_endpoint_unref          (SpotEndpoint *self);
const char   *spot_endpoint_get_url        (SpotEndpoint *self);
const char   *spot_endpoint_get_realtime_url (SpotEndpoint *self);
GTlsDatabase *spot_endpoint_get_trust      (SpotEndpoint *self);
const char   *spot_endpoint_get_branch     (SpotEndpoint *self);
char         *spot_endpoint_dup_authorization (SpotEndpoint *self);

/* A copy of what somebody else wrote, without the credential should it be in there. */
char         *spot_endpoint_redact         (SpotEndpoint *self,
                                            const char   *text,
                                            gssize        length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotEndpoint, spot_endpoint_unref)

G_END_DECLS
