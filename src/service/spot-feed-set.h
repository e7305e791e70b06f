/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-environment-feed.h"
#include "spot-run-store.h"

G_BEGIN_DECLS

/* Of the environment feed, so that a query can name it whether it runs or not. */
#define SPOT_ENVIRONMENT_FEED_ID 1

/**
 * SpotCommit:
 * @feed_id: of the feed
 * @feed_key: (owned) (nullable): of it, too; %NULL for rows that came another way than by a feed
 * @kind: of the wish that it fulfils
 * @first: it is the first of the feed since it started, so it may tell what happened long before
 * @batch: (owned): what it committed
 *
 * A batch that has been applied, for whoever decides about notices.
 */
typedef struct
{
  guint         feed_id;
  char         *feed_key;
  SpotWishKind  kind;
  gboolean      first;
  SpotRunBatch *batch;
} SpotCommit;

/**
 * SpotFeedSet:
 *
 * The feeds that one environment runs: follows a plan, and brings what the feeds send to the store. Main thread only.
 */
typedef struct _SpotFeedSet SpotFeedSet;

SpotFeedSet         *spot_feed_set_new           (SpotEndpoint       *endpoint,
                                                  SpotUpdateQueue    *queue,
                                                  SpotRunStore       *store,
                                                  gpointer            owner);
void                 spot_feed_set_free          (SpotFeedSet        *self);

guint                spot_feed_set_reserve_id    (SpotFeedSet        *self,
                                                  const char         *key);
void                 spot_feed_set_release_id    (SpotFeedSet        *self,
                                                  const char         *key);
void                 spot_feed_set_wait          (SpotFeedSet        *self);
void                 spot_feed_set_add_seed      (SpotFeedSet        *self,
                                                  const char         *key,
                                                  SpotFeedSeed       *seed);
void                 spot_feed_set_go_on         (SpotFeedSet        *self);
void                 spot_feed_set_follow        (SpotFeedSet        *self,
                                                  SpotFeedPlan       *plan);
gboolean             spot_feed_set_is_committed  (SpotFeedSet        *self,
                                                  const char         *key);
gboolean             spot_feed_set_is_over       (SpotFeedSet        *self,
                                                  const char         *key);
gboolean             spot_feed_set_is_capped     (SpotFeedSet        *self);
void                 spot_feed_set_retry         (SpotFeedSet        *self,
                                                  const char         *key);
void                 spot_feed_set_set_endpoint  (SpotFeedSet        *self,
                                                  SpotEndpoint       *endpoint);
void                 spot_feed_set_stop          (SpotFeedSet        *self);

void                 spot_feed_set_take_update   (SpotFeedSet        *self,
                                                  SpotUpdate         *update);
void                 spot_feed_set_take_rows     (SpotFeedSet        *self,
                                                  guint               feed_id,
                                                  SpotRunBatch       *batch);
void                 spot_feed_set_drop_rows     (SpotFeedSet        *self,
                                                  const char         *key);
gboolean             spot_feed_set_apply         (SpotFeedSet        *self,
                                                  gint64              budget_us,
                                                  gboolean           *newly_committed);
GArray              *spot_feed_set_steal_commits (SpotFeedSet        *self);

gboolean             spot_feed_set_steal_refused (SpotFeedSet        *self);
guint                spot_feed_set_count_live    (SpotFeedSet        *self);
void                 spot_feed_set_set_offline   (SpotFeedSet        *self,
                                                  gboolean            offline);
SpotConnectionInfo   spot_feed_set_get_info      (SpotFeedSet        *self,
                                                  const char         *key);
gboolean             spot_feed_set_has_problem   (SpotFeedSet        *self,
                                                  SpotProblem         problem);
SpotConnectionInfo   spot_feed_set_get_worst_info (SpotFeedSet       *self);

G_END_DECLS
