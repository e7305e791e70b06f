/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-endpoint.h"
#include "spot-feed-machine.h"

G_BEGIN_DECLS

/**
 * SpotFeedStatus:
 * @state: where the feed stands
 * @retry_at_us: for %SPOT_FEED_RECONNECTING, monotonic time of the next attempt; 0 otherwise
 * @last_synced_us: wall-clock time at which it was last up to date, 0 for never
 * @problem: (nullable): SPOT_API_ERROR or SPOT_PROTOCOL_ERROR that explains RECONNECTING and NEEDS_ATTENTION
 * @n_requests: requests sent so far
 *
 * A feed's state at one moment: immutable, refcounted atomically.
 */
typedef struct
{
  gatomicrefcount ref_count;
  SpotFeedState   state;
  gint64          retry_at_us;
  gint64          last_synced_us;
  GError         *problem;
  guint64         n_requests;
} SpotFeedStatus;

SpotFeedStatus *spot_feed_status_ref   (SpotFeedStatus *self);
void            spot_feed_status_unref (SpotFeedStatus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotFeedStatus, spot_feed_status_unref)

SpotFeedStatus *spot_feed_status_new              (SpotFeedMachine      *machine,
                                                   SpotEndpoint         *endpoint);
gboolean        spot_feed_status_is_worth_telling (const SpotFeedStatus *self,
                                                   const SpotFeedStatus *told);
GError         *spot_feed_status_describe_problem (SpotEndpoint         *endpoint,
                                                   const GError         *problem);

G_END_DECLS
