/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "spot-api-call.h"
#include "spot-api-error.h"
#include "spot-endpoint.h"
#include "spot-packet.h"

G_BEGIN_DECLS

/**
 * SpotApiClient:
 *
 * Sends the management API's short requests, on threads of its own, up to four at a time, each again and again as
 * #SpotRetry says. Results come in the caller's main context, read already.
 */
#define SPOT_TYPE_API_CLIENT (spot_api_client_get_type ())
G_DECLARE_FINAL_TYPE (SpotApiClient, spot_api_client, SPOT, API_CLIENT, GObject)

SpotApiClient *spot_api_client_new           (SpotEndpoint         *endpoint);
void           spot_api_client_set_endpoint  (SpotApiClient        *self,
                                              SpotEndpoint         *endpoint);

/* One call: (transfer full) @call. */
void           spot_api_client_call_async    (SpotApiClient        *self,
                                              SpotApiCall          *call,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
SpotValue     *spot_api_client_call_finish   (SpotApiClient        *self,
                                              GAsyncResult         *result,
                                              GError              **error);

/* A payload or output that lies in the object store. */
void           spot_api_client_fetch_packet_async  (SpotApiClient        *self,
                                                    const char           *run_id,
                                                    gboolean              output,
                                                    const char           *path,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
SpotPacket    *spot_api_client_fetch_packet_finish (SpotApiClient        *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);

/* For tests: waits this many times shorter, except for rate limits. */
void           spot_api_client_set_hurry     (SpotApiClient        *self,
                                              guint                 hurry);

G_END_DECLS
