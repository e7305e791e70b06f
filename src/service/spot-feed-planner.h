/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-token.h"
#include "spot-watch.h"

G_BEGIN_DECLS

/* A list feed's rows are limited to so many by servers of the native kind, without a word about it (protocol §4). */
#define SPOT_NATIVE_ROW_CAP 1000

/* The key of the one feed over the whole environment. */
#define SPOT_ENVIRONMENT_FEED_KEY "list"

/**
 * SpotPlannerDialect:
 *
 * Which kind of server answers, as far as its answers have told (protocol §3, §4).
 */
typedef enum {
  SPOT_PLANNER_DIALECT_UNKNOWN,
  SPOT_PLANNER_DIALECT_ELECTRIC,
  SPOT_PLANNER_DIALECT_NATIVE,
} SpotPlannerDialect;

/**
 * SpotPlannerWatch:
 * @kind: of the watch
 * @id: (nullable): run id or batch id
 * @tags: (nullable): for %SPOT_WATCH_TAGS
 * @in_window: for %SPOT_WATCH_RUN, whether the environment feed has the run
 * @paused: the user wants nothing of it for now
 * @finished: for %SPOT_WATCH_RUN and %SPOT_WATCH_BATCH: all of it has ended, and long enough ago that nothing follows
 */
typedef struct
{
  SpotWatchKind       kind;
  const char         *id;
  const char * const *tags;
  gboolean            in_window;
  gboolean            paused;
  gboolean            finished;
} SpotPlannerWatch;

/**
 * SpotPlannerInput:
 * @watches: what the user asked to see
 * @open_runs: ids of the runs that somebody looks at
 * @old_runs: ids of the unfinished runs that are older than the environment feed's window, the oldest first
 * @token: (nullable): what the credential allows; %NULL for everything
 * @dialect: which kind of server answers
 * @environment_ready: the environment feed has been up to date, so that a run that it does not have is not in its window
 * @environment_capped: its first snapshot had %SPOT_NATIVE_ROW_CAP rows, so there are likely more
 * @max_feeds: how many feeds may run, 0 for as many as wanted
 * @asleep: the machine is about to sleep, or has no network: feeds are kept and ask for nothing
 * @every_column: payload and output are wanted, so that each watch gets a feed for its runs and no others
 * @look_back_hours: how old the oldest runs of lists are, in hours; 0 for what is usual
 * @event_stream: whether live changes are asked for as an event stream
 *
 * Everything that decides which feeds an environment needs.
 */
typedef struct
{
  const SpotPlannerWatch *watches;
  guint                   n_watches;
  const char * const     *open_runs;
  guint                   n_open_runs;
  const char * const     *old_runs;
  guint                   n_old_runs;
  const SpotToken        *token;
  SpotPlannerDialect      dialect;
  gboolean                environment_ready;
  gboolean                environment_capped;
  guint                   max_feeds;
  gboolean                asleep;
  gboolean                every_column;
  guint                   look_back_hours;
  gboolean                event_stream;
} SpotPlannerInput;

/**
 * SpotWishKind:
 * @SPOT_WISH_ENVIRONMENT: every run of the window, without payload and output
 * @SPOT_WISH_TAGS: runs of the window with all of `tags`, without payload and output
 * @SPOT_WISH_BATCH: runs of a batch, without payload and output
 * @SPOT_WISH_RUN: one run with every column
 */
typedef enum {
  SPOT_WISH_ENVIRONMENT,
  SPOT_WISH_TAGS,
  SPOT_WISH_BATCH,
  SPOT_WISH_RUN,
} SpotWishKind;

/**
 * SpotFeedWish:
 * @key: (owned): the same for the same subscription, whatever else changes
 * @kind: what to subscribe to
 * @id: (owned) (nullable): batch id or run id
 * @tags: (owned) (nullable): for %SPOT_WISH_TAGS
 * @every_column: payload and output too, which the lists leave out otherwise
 * @shed: wanted, but beyond the limit: not to be started
 * @held: to be kept where it stands, without a request
 * @look_back_hours: for lists, how old the oldest runs are, in hours; 0 for what is usual
 * @event_stream: whether live changes are asked for as an event stream
 */
typedef struct
{
  char         *key;
  SpotWishKind  kind;
  char         *id;
  char        **tags;
  gboolean      every_column;
  gboolean      shed;
  gboolean      held;
  guint         look_back_hours;
  gboolean      event_stream;
} SpotFeedWish;

/**
 * SpotServing:
 * @SPOT_SERVING_FEED: a feed brings its runs
 * @SPOT_SERVING_PAUSED: the user wants nothing of it for now
 * @SPOT_SERVING_FINISHED: what was to be seen has been seen: no feed is needed any more
 * @SPOT_SERVING_FORBIDDEN: the credential's scopes do not cover it
 *
 * Whether a watch gets what it asks for.
 */
typedef enum {
  SPOT_SERVING_FEED,
  SPOT_SERVING_PAUSED,
  SPOT_SERVING_FINISHED,
  SPOT_SERVING_FORBIDDEN,
} SpotServing;

/**
 * SpotWatchPlan:
 * @serving: whether a feed serves the watch
 * @key: (owned) (nullable): of the wish that serves it, or of the first that do, or would; %NULL when none does
 */
typedef struct
{
  SpotServing serving;
  char       *key;
} SpotWatchPlan;

/**
 * SpotFeedPlan:
 * @wishes: (element-type SpotFeedWish): the most important ones first, each key once
 * @watches: (element-type SpotWatchPlan): one for each watch of the input, in its order
 * @n_live: how many of the wishes are to ask the server
 */
typedef struct
{
  GPtrArray *wishes;
  GArray    *watches;
  guint      n_live;
} SpotFeedPlan;

SpotFeedPlan *spot_feed_plan_new         (const SpotPlannerInput *input);
void          spot_feed_plan_free        (SpotFeedPlan           *self);
SpotFeedWish *spot_feed_plan_find        (SpotFeedPlan           *self,
                                          const char             *key);
char         *spot_feed_plan_dup_run_key (const char             *run_id);
char         *spot_feed_plan_dup_batch_key (const char           *batch_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotFeedPlan, spot_feed_plan_free)

G_END_DECLS
