/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * SpotFeedKind:
 * @SPOT_FEED_RUN: one run; `id` is its run id
 * @SPOT_FEED_LIST: runs of the environment in a time window, all of them or those with all of `tags`
 * @SPOT_FEED_BATCH: runs of a batch; `id` is its batch id
 */
typedef enum {
  SPOT_FEED_RUN,
  SPOT_FEED_LIST,
  SPOT_FEED_BATCH,
} SpotFeedKind;

/**
 * SpotFeedSpec:
 *
 * What a feed subscribes to: immutable, refcounted atomically. Path and query parameters of every request of the feed come
 * from it (protocol §2), so they are the same on each.
 */
typedef struct _SpotFeedSpec SpotFeedSpec;

SpotFeedSpec       *spot_feed_spec_new_run      (const char         *run_id,
                                                 const char * const *skip_columns);
SpotFeedSpec       *spot_feed_spec_new_list     (const char * const *tags,
                                                 const char         *created_at,
                                                 const char * const *skip_columns,
                                                 GError            **error);
SpotFeedSpec       *spot_feed_spec_new_batch    (const char         *batch_id,
                                                 const char * const *skip_columns);
SpotFeedSpec       *spot_feed_spec_ref          (SpotFeedSpec       *self);
void                spot_feed_spec_unref        (SpotFeedSpec       *self);
SpotFeedKind        spot_feed_spec_get_kind     (SpotFeedSpec       *self);
const char         *spot_feed_spec_get_id       (SpotFeedSpec       *self);
const char * const *spot_feed_spec_get_tags     (SpotFeedSpec       *self);
const char         *spot_feed_spec_get_path     (SpotFeedSpec       *self);

/**
 * SpotFeedPosition:
 * @offset: `-1` for the start, or what the server said last, as it said it
 * @handle: (nullable): what the server called the log
 * @cursor: (nullable): what the last live answer gave, sent with live requests
 * @live: whether the server may hold the request
 * @cache_buster: (nullable): makes the URL differ from all others
 * @event_stream: whether the server may answer a live request with an event stream
 * @old_names: whether the server told the handle by the name that it had before Electric 0.8, and so asks for it by that
 *
 * Where in the log a request asks for news. Nothing in it is owned.
 */
typedef struct
{
  const char *offset;
  const char *handle;
  const char *cursor;
  gboolean    live;
  const char *cache_buster;
  gboolean    event_stream;
  gboolean    old_names;
} SpotFeedPosition;

char               *spot_feed_spec_dup_target   (SpotFeedSpec           *self,
                                                 const SpotFeedPosition *position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotFeedSpec, spot_feed_spec_unref)

G_END_DECLS
