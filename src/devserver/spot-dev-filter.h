/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-dev-store.h"

G_BEGIN_DECLS

#define SPOT_DEV_MAX_AGE_MS G_GINT64_CONSTANT (86400000)
#define SPOT_DEV_NO_BOUND G_MININT64

typedef enum {
  SPOT_DEV_FEED_RUN,
  SPOT_DEV_FEED_LIST,
  SPOT_DEV_FEED_BATCH,
} SpotDevFeed;

/**
 * SpotDevFilter:
 * @feed: what kind of feed it is
 * @id: (nullable): the run's or batch's friendly id
 * @tags: all of which a run must have
 * @bound_ms: a run must have been created later, milliseconds since 1970 UTC; %SPOT_DEV_NO_BOUND for any time
 *
 * Which runs belong to a feed.
 */
typedef struct
{
  SpotDevFeed feed;
  char       *id;
  char      **tags;
  gint64      bound_ms;
} SpotDevFilter;

void     spot_dev_filter_init_copy    (SpotDevFilter       *self,
                                       const SpotDevFilter *source);
void     spot_dev_filter_clear        (SpotDevFilter       *self);
gboolean spot_dev_filter_matches      (const SpotDevFilter *self,
                                       const SpotDevRow    *row);
GQueue  *spot_dev_filter_select       (const SpotDevFilter *self,
                                       SpotDevStore        *store);
gboolean spot_dev_filter_parse_tags   (const char          *text,
                                       char              ***tags,
                                       char               **bad_tag);
gboolean spot_dev_filter_parse_window (const char          *text,
                                       gint64              *window_ms);

G_END_DECLS
