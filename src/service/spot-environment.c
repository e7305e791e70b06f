/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-environment-private.h"
#include "spot-watch-private.h"

/* Threads and connections are cheap here and dear on the server: no sound wish comes near this. */
#define MAX_FEEDS 64

G_DEFINE_FINAL_TYPE (SpotEnvironment, spot_environment, G_TYPE_OBJECT)

enum
{
  PROP_ID = 1,
  PROP_NAME,
  PROP_KIND,
  PROP_WATCHES,
  PROP_CONNECTION,
  PROP_PARTIAL,
  PROP_N_CONNECTIONS,
  N_PROPERTIES,
};

enum
{
  SIGNAL_WATCH_SILENCED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

static gboolean
is_in_window (SpotEnvironment *self,
              const char      *run_id)
{
  SpotRun *run = spot_run_store_lookup (self->store, run_id);

  return run != NULL && spot_run_is_in_feed (run, SPOT_ENVIRONMENT_FEED_ID);
}

/* The key of the feed that serves a watch; watches are in the plan in their order. */
static SpotServing
get_serving (SpotEnvironment *self,
             guint            index)
{
  return self->plan != NULL && index < self->plan->watches->len
           ? g_array_index (self->plan->watches, SpotWatchPlan, index).serving : SPOT_SERVING_FEED;
}

static const char *
get_watch_key (SpotEnvironment *self,
               guint            index)
{
  return self->plan != NULL && index < self->plan->watches->len
           ? g_array_index (self->plan->watches, SpotWatchPlan, index).key : NULL;
}

/* ---- what follows from the feeds ---- */

/* No feed is to serve it, for a reason that the user has to know. */
static void
tell_unserved (SpotWatch   *watch,
               SpotServing  serving,
               gint64       last_synced_us)
{
  SpotConnectionInfo info = { .state = SPOT_CONNECTION_CONNECTING, .last_synced_us = last_synced_us };

  if (serving == SPOT_SERVING_PAUSED)
    {
      info.state = SPOT_CONNECTION_PAUSED;
    }
  else if (serving == SPOT_SERVING_FINISHED)
    {
      info.state = SPOT_CONNECTION_LIVE;
    }
  else if (serving == SPOT_SERVING_FORBIDDEN)
    {
      info.state = SPOT_CONNECTION_NEEDS_ATTENTION;
      info.problem = SPOT_PROBLEM_FORBIDDEN;
    }
  spot_connection_set (spot_watch_get_connection (watch), &info);
}

static void
update_watches (SpotEnvironment *self)
{
  for (guint i = 0; i < spot_environment_get_n_watches (self); i++)
    {
      SpotWatch *watch = spot_environment_get_watch (self, i);
      const char *key = get_watch_key (self, i);
      SpotConnectionInfo info;
      gboolean ready;

      if (key == NULL || get_serving (self, i) != SPOT_SERVING_FEED)
        {
          tell_unserved (watch, get_serving (self, i),
                         spot_connection_get_last_synced (spot_watch_get_connection (watch)));
          continue;
        }
      ready = spot_feed_set_is_committed (self->feeds, key);
      info = spot_feed_set_get_info (self->feeds, key);
      /* Listeners may make another plan, and stop the feed: neither key nor info is good after this. */
      spot_connection_set (spot_watch_get_connection (watch), &info);
      /* Once ready it stays so: a feed that begins again keeps its rows until it knows better. */
      if (ready)
        spot_watch_set_ready (watch, TRUE);
    }
}

static void
update_open_runs (SpotEnvironment *self)
{
  for (guint i = 0; i < spot_open_runs_get_n (self->open_runs); i++)
    {
      SpotOpenRun *open_run = spot_open_runs_get (self->open_runs, i);
      g_autofree char *key = spot_feed_plan_dup_run_key (open_run->run_id);
      SpotConnectionInfo info = spot_feed_set_get_info (self->feeds, key);

      spot_connection_set (open_run->connection, &info);
    }
}

static void
update_all (SpotEnvironment *self)
{
  SpotConnectionInfo info;
  guint n_connections;

  update_watches (self);
  update_open_runs (self);
  info = spot_feed_set_get_worst_info (self->feeds);
  spot_connection_set (self->connection, &info);
  n_connections = spot_feed_set_count_live (self->feeds);
  if (self->n_connections != n_connections)
    {
      self->n_connections = n_connections;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_CONNECTIONS]);
    }
}

/* @key NULL for all. Returns whether one of them waits because the server has refused it a connection. */
static gboolean
retry_feed (SpotEnvironment *self,
            const char      *key)
{
  gboolean shed = FALSE;

  for (guint i = 0; self->plan != NULL && i < self->plan->wishes->len; i++)
    {
      SpotFeedWish *wish = self->plan->wishes->pdata[i];

      shed |= wish->shed && (key == NULL || g_str_equal (wish->key, key));
    }
  spot_feed_set_retry (self->feeds, key);
  return shed;
}

/**
 * spot_environment_retry_cb:
 * @connection: of @self, of a watch or of an open run
 * @self: an environment
 *
 * Lets the feed behind @connection catch up at once, and the data streams of an open run. When it waits because the server
 * grants no more connections, one more is tried.
 */
void
spot_environment_retry_cb (SpotConnection  *connection,
                           SpotEnvironment *self)
{
  SpotOpenRun *open_run = spot_open_runs_find_by (self->open_runs, connection);
  gboolean shed = FALSE;

  if (connection == self->connection)
    shed |= retry_feed (self, NULL);
  for (guint i = 0; i < spot_environment_get_n_watches (self); i++)
    if (spot_watch_get_connection (spot_environment_get_watch (self, i)) == connection && get_watch_key (self, i) != NULL)
      shed |= retry_feed (self, get_watch_key (self, i));
  if (open_run != NULL)
    {
      g_autofree char *key = spot_feed_plan_dup_run_key (open_run->run_id);

      shed |= retry_feed (self, key);
      spot_run_streams_retry (open_run->streams);
    }
  if (shed && spot_feed_budget_ask (&self->budget, g_get_monotonic_time ()))
    {
      spot_environment_replan (self);
      spot_environment_plan_probe (self);
    }
}

/* ---- which feeds to run ---- */

static gboolean
is_batch_through (SpotWatch *watch)
{
  return spot_watch_get_ready (watch) && spot_watch_get_n_runs (watch) > 0
         && spot_watch_get_count (watch, SPOT_STATUS_GROUP_WAITING) == 0
         && spot_watch_get_count (watch, SPOT_STATUS_GROUP_RUNNING) == 0;
}

/**
 * spot_environment_make_plan:
 * @self: an environment
 * @with_paused: whether to count what is paused as wanted
 *
 * Returns: (transfer full): which feeds to run
 */
SpotFeedPlan *
spot_environment_make_plan (SpotEnvironment *self,
                            gboolean         with_paused)
{
  guint n_watches = spot_environment_get_n_watches (self);
  guint max_feeds = spot_feed_budget_get (&self->budget);
  GPtrArray *old_runs = self->history != NULL ? spot_history_get_old_runs (self->history) : NULL;
  g_autofree SpotPlannerWatch *watches = g_new0 (SpotPlannerWatch, n_watches);
  guint n_open_runs = spot_open_runs_get_n (self->open_runs);
  g_autofree const char **open_runs = g_new0 (const char *, n_open_runs + 1);
  SpotPlannerInput input = {
    .watches = watches,
    .n_watches = n_watches,
    .open_runs = open_runs,
    .n_open_runs = n_open_runs,
    .environment_ready = spot_feed_set_is_committed (self->feeds, SPOT_ENVIRONMENT_FEED_KEY),
    .environment_capped = spot_feed_set_is_capped (self->feeds),
    .old_runs = old_runs != NULL ? (const char * const *) old_runs->pdata : NULL,
    .n_old_runs = old_runs != NULL ? old_runs->len : 0,
    .token = self->token,
    .max_feeds = max_feeds != 0 ? MIN (max_feeds, MAX_FEEDS) : MAX_FEEDS,
    .asleep = self->asleep,
    .look_back_hours = self->limits.look_back_hours,
    .event_stream = self->limits.event_stream,
    .every_column = self->every_column,
  };

  for (guint i = 0; i < n_watches; i++)
    {
      SpotWatch *watch = spot_environment_get_watch (self, i);

      watches[i].kind = spot_watch_get_kind (watch);
      watches[i].paused = !with_paused && spot_watch_get_spec (watch)->paused;
      watches[i].finished = watches[i].kind == SPOT_WATCH_BATCH && is_batch_through (watch);
      watches[i].id = spot_watch_get_subject (watch);
      watches[i].tags = spot_watch_get_tags (watch);
      watches[i].in_window = watches[i].kind == SPOT_WATCH_RUN && is_in_window (self, watches[i].id);
    }
  for (guint i = 0; i < n_open_runs; i++)
    open_runs[i] = spot_open_runs_get (self->open_runs, i)->run_id;
  return spot_feed_plan_new (&input);
}

/**
 * spot_environment_replan:
 * @self: an environment
 *
 * What is wanted has changed: starts and stops the feeds that it takes.
 */
void
spot_environment_replan (SpotEnvironment *self)
{
  g_autoptr(SpotFeedPlan) before = g_steal_pointer (&self->plan);

  self->plan = spot_environment_make_plan (self, FALSE);
  self->n_old_runs = self->history != NULL ? spot_history_get_old_runs (self->history)->len : 0;
  spot_feed_set_follow (self->feeds, self->plan);
  update_all (self);
}

/* Whether a watched run has entered or left the environment feed's window since the plan was made. */
static gboolean
have_windows_changed (SpotEnvironment *self)
{
  if (self->every_column || !spot_feed_set_is_committed (self->feeds, SPOT_ENVIRONMENT_FEED_KEY))
    return FALSE;
  for (guint i = 0; i < spot_environment_get_n_watches (self); i++)
    {
      SpotWatch *watch = spot_environment_get_watch (self, i);
      const char *key = get_watch_key (self, i);

      if (spot_watch_get_kind (watch) == SPOT_WATCH_RUN && key != NULL &&
          is_in_window (self, spot_watch_get_subject (watch)) != g_str_equal (key, SPOT_ENVIRONMENT_FEED_KEY))
        return TRUE;
    }
  return FALSE;
}

/* ---- updates ---- */

/**
 * spot_environment_take_update:
 * @self: an environment
 * @update: what one of its feeds sent; left empty
 *
 * Takes it, to be applied by spot_environment_apply().
 */
void
spot_environment_take_update (SpotEnvironment *self,
                              SpotUpdate      *update)
{
  spot_feed_set_take_update (self->feeds, update);
}

/**
 * spot_environment_apply:
 * @self: an environment
 * @budget_us: how long it may take, in microseconds; %G_MAXINT64 for as long as it takes
 *
 * Applies what has been taken.
 *
 * Returns: whether it is through: %FALSE asks for a call in the next frame
 */
gboolean
spot_environment_apply (SpotEnvironment *self,
                        gint64           budget_us)
{
  gboolean newly_committed;

  if (!spot_feed_set_apply (self->feeds, budget_us, &newly_committed))
    return FALSE;

  if (spot_feed_set_is_capped (self->feeds) && !self->partial)
    {
      self->partial = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PARTIAL]);
    }
  if (newly_committed || have_windows_changed (self) || spot_environment_check_old_runs (self)
      || spot_environment_check_refusals (self))
    spot_environment_replan (self);
  else
    update_all (self);
  spot_environment_want_histories (self);
  spot_open_runs_update_streams (self->open_runs, self->store);
  return TRUE;
}

/**
 * spot_environment_steal_commits:
 * @self: an environment
 *
 * Returns: (transfer full) (nullable) (element-type SpotCommit): as spot_feed_set_steal_commits()
 */
GArray *
spot_environment_steal_commits (SpotEnvironment *self)
{
  return spot_feed_set_steal_commits (self->feeds);
}

/* ---- object ---- */

static void
spot_environment_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  SpotEnvironment *self = SPOT_ENVIRONMENT (object);

  switch (property_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_KIND:
      g_value_set_enum (value, self->kind);
      break;
    case PROP_WATCHES:
      g_value_set_object (value, self->watches);
      break;
    case PROP_CONNECTION:
      g_value_set_object (value, self->connection);
      break;
    case PROP_PARTIAL:
      g_value_set_boolean (value, self->partial);
      break;
    case PROP_N_CONNECTIONS:
      g_value_set_uint (value, self->n_connections);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_environment_dispose (GObject *object)
{
  SpotEnvironment *self = SPOT_ENVIRONMENT (object);

  if (self->feeds != NULL)
    spot_environment_stop (self);
  G_OBJECT_CLASS (spot_environment_parent_class)->dispose (object);
}

static void
spot_environment_finalize (GObject *object)
{
  SpotEnvironment *self = SPOT_ENVIRONMENT (object);

  g_free (self->id);
  g_free (self->name);
  g_clear_pointer (&self->history, spot_history_free);
  g_clear_pointer (&self->plan, spot_feed_plan_free);
  g_clear_pointer (&self->feeds, spot_feed_set_free);
  g_clear_pointer (&self->token, spot_token_free);
  g_clear_pointer (&self->open_runs, spot_open_runs_free);
  g_clear_pointer (&self->endpoint, spot_endpoint_unref);
  spot_environment_clear_journal (self);
  spot_environment_drop_timelines (self);
  g_object_unref (self->watches);
  g_object_unref (self->connection);
  g_object_unref (self->store);
  G_OBJECT_CLASS (spot_environment_parent_class)->finalize (object);
}

static void
spot_environment_class_init (SpotEnvironmentClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_environment_get_property;
  object_class->dispose = spot_environment_dispose;
  object_class->finalize = spot_environment_finalize;

  /**
   * SpotEnvironment:id:
   *
   * Stable within the program.
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  /**
   * SpotEnvironment:name:
   *
   * What the user calls it, or what it is.
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  /**
   * SpotEnvironment:kind:
   *
   * What the credential selects, as far as its prefix tells.
   */
  properties[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, SPOT_TYPE_ENVIRONMENT_KIND,
                                             SPOT_ENVIRONMENT_UNKNOWN, flags);
  /**
   * SpotEnvironment:watches:
   *
   * A list model of #SpotWatch.
   */
  properties[PROP_WATCHES] = g_param_spec_object ("watches", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  /**
   * SpotEnvironment:connection:
   *
   * The worst of its feeds. The same object always.
   */
  properties[PROP_CONNECTION] = g_param_spec_object ("connection", NULL, NULL, SPOT_TYPE_CONNECTION, flags);
  /**
   * SpotEnvironment:partial:
   *
   * Whether the server has given as many rows as it gives at most, so that older runs are missing.
   */
  properties[PROP_PARTIAL] = g_param_spec_boolean ("partial", NULL, NULL, FALSE, flags);
  /**
   * SpotEnvironment:n-connections:
   *
   * How many live connections its feeds take, of those that the server grants to all who watch the environment.
   */
  properties[PROP_N_CONNECTIONS] = g_param_spec_uint ("n-connections", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /**
   * SpotEnvironment::watch-silenced:
   * @self: an environment
   * @watch: a watch that has been taken away or muted
   *
   * What has been counted for the watch is not to be announced any more.
   */
  signals[SIGNAL_WATCH_SILENCED] = g_signal_new ("watch-silenced", SPOT_TYPE_ENVIRONMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                                 NULL, G_TYPE_NONE, 1, SPOT_TYPE_WATCH);
}

static void
spot_environment_init (SpotEnvironment *self)
{
  self->store = spot_run_store_new ();
  self->watches = g_list_store_new (SPOT_TYPE_WATCH);
  self->connection = spot_connection_new ();
  g_signal_connect_object (self->connection, "retry", G_CALLBACK (spot_environment_retry_cb), self, 0);
}

/**
 * spot_environment_new:
 * @id: stable within the program, without ":" and newlines
 * @name: for people
 * @kind: what the credential selects
 * @endpoint: the server and the credential
 * @queue: where feeds deliver; must live until spot_environment_stop()
 *
 * Returns: (transfer full): an environment without watches, which asks for nothing
 */
SpotEnvironment *
spot_environment_new (const char          *id,
                      const char          *name,
                      SpotEnvironmentKind  kind,
                      SpotEndpoint        *endpoint,
                      SpotUpdateQueue     *queue)
{
  SpotEnvironment *self = g_object_new (SPOT_TYPE_ENVIRONMENT, NULL);

  self->id = g_strdup (id);
  self->name = g_strdup (name);
  self->kind = kind;
  self->loopback = spot_environment_is_local (spot_endpoint_get_realtime_url (endpoint));
  self->endpoint = spot_endpoint_ref (endpoint);
  self->open_runs = spot_open_runs_new (endpoint);
  self->feeds = spot_feed_set_new (endpoint, queue, self->store, self);
  return self;
}

/**
 * spot_environment_set_offline:
 * @self: an environment
 * @offline: whether this machine has no network
 *
 * Changes how a server that cannot be reached is told: as offline rather than as reconnecting, unless it is this machine.
 */
void
spot_environment_set_offline (SpotEnvironment *self,
                              gboolean         offline)
{
  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));

  spot_feed_set_set_offline (self->feeds, offline && !self->loopback);
  spot_open_runs_set_offline (self->open_runs, offline && !self->loopback);
  update_all (self);
}

/**
 * spot_environment_tell_silenced:
 * @self: an environment
 * @watch: a watch that has been taken away or muted
 *
 * Emits #SpotEnvironment::watch-silenced.
 */
void
spot_environment_tell_silenced (SpotEnvironment *self,
                                SpotWatch       *watch)
{
  g_signal_emit (self, signals[SIGNAL_WATCH_SILENCED], 0, watch);
}

/**
 * spot_environment_set_token:
 * @self: an environment without watches
 * @token: (transfer full) (nullable): what the credential says that it allows; %NULL for everything
 *
 * Feeds that the credential does not cover are not asked for, and watches that need them say so.
 */
void
spot_environment_set_token (SpotEnvironment *self,
                            SpotToken       *token)
{
  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));

  g_clear_pointer (&self->token, spot_token_free);
  self->token = token;
  spot_environment_replan (self);
}

/**
 * spot_environment_set_asleep:
 * @self: an environment
 * @asleep: whether the machine is about to sleep
 *
 * Feeds keep their place and ask for nothing while it is; afterwards they catch up at once.
 */
void
spot_environment_set_asleep (SpotEnvironment *self,
                             gboolean         asleep)
{
  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));

  asleep = !!asleep;
  if (self->asleep == asleep)
    return;
  self->asleep = asleep;
  spot_environment_replan (self);
  /* Their connections may have died in silence. */
  if (!asleep)
    spot_open_runs_retry_streams (self->open_runs);
}

/**
 * spot_environment_retry:
 * @self: an environment
 *
 * Every feed and data stream catches up at once.
 */
void
spot_environment_retry (SpotEnvironment *self)
{
  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));

  spot_feed_set_retry (self->feeds, NULL);
  spot_open_runs_retry_streams (self->open_runs);
}

/**
 * spot_environment_stop:
 * @self: an environment
 *
 * Stops every feed and data stream, for good. What is known stays.
 */
void
spot_environment_stop (SpotEnvironment *self)
{
  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));

  self->stopped = TRUE;
  self->with_history = FALSE;
  spot_environment_plan_probe (self);
  g_clear_pointer (&self->history, spot_history_free);
  spot_environment_stop_loading (self);
  spot_feed_set_stop (self->feeds);
  spot_open_runs_stop (self->open_runs);
}

/**
 * spot_environment_get_id:
 * @self: an environment
 *
 * Returns: its id, stable within the program
 */
const char *
spot_environment_get_id (SpotEnvironment *self)
{
  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), NULL);
  return self->id;
}

/**
 * spot_environment_get_name:
 * @self: an environment
 *
 * Returns: its name for people
 */
const char *
spot_environment_get_name (SpotEnvironment *self)
{
  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), NULL);
  return self->name;
}

/**
 * spot_environment_get_kind:
 * @self: an environment
 *
 * Returns: what its credential selects
 */
SpotEnvironmentKind
spot_environment_get_kind (SpotEnvironment *self)
{
  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), SPOT_ENVIRONMENT_UNKNOWN);
  return self->kind;
}

/**
 * spot_environment_get_store:
 * @self: an environment
 *
 * Returns: (transfer none): its runs
 */
SpotRunStore *
spot_environment_get_store (SpotEnvironment *self)
{
  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), NULL);
  return self->store;
}

/**
 * spot_environment_get_watches:
 * @self: an environment
 *
 * Returns: (transfer none): its watches, a list model of #SpotWatch
 */
GListModel *
spot_environment_get_watches (SpotEnvironment *self)
{
  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), NULL);
  return G_LIST_MODEL (self->watches);
}

/**
 * spot_environment_get_connection:
 * @self: an environment
 *
 * Returns: (transfer none): the worst of its feeds, the same object always
 */
SpotConnection *
spot_environment_get_connection (SpotEnvironment *self)
{
  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), NULL);
  return self->connection;
}

/**
 * spot_environment_get_partial:
 * @self: an environment
 *
 * Returns: whether the server has given as many rows as it gives at most, so that older runs are missing
 */
gboolean
spot_environment_get_partial (SpotEnvironment *self)
{
  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), FALSE);
  return self->partial;
}

/**
 * spot_environment_get_n_connections:
 * @self: an environment
 *
 * Returns: how many live connections its feeds take on the server
 */
guint
spot_environment_get_n_connections (SpotEnvironment *self)
{
  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), 0);
  return self->n_connections;
}

/**
 * spot_environment_set_every_column:
 * @self: an environment without watches
 * @every_column: whether feeds bring payload and output too
 *
 * For programs without a window: each watch gets a feed of its own, with every column, and none needs more of the
 * environment than it shows. No unless told otherwise.
 */
void
spot_environment_set_every_column (SpotEnvironment *self,
                                   gboolean         every_column)
{
  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));
  g_return_if_fail (spot_environment_get_n_watches (self) == 0);

  self->every_column = every_column;
}

/**
 * spot_environment_open_run:
 * @self: an environment
 * @run_id: a run, which need not be known yet
 *
 * Somebody looks at the run: it gets a feed of its own, for every column, and its data streams are read. Calls are
 * counted.
 *
 * Returns: (transfer none): where that feed stands, alive until the last spot_environment_close_run()
 */
SpotConnection *
spot_environment_open_run (SpotEnvironment *self,
                           const char      *run_id)
{
  SpotOpenRun *open_run;

  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), NULL);
  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);

  open_run = spot_open_runs_find (self->open_runs, run_id);
  if (open_run == NULL)
    {
      open_run = spot_open_runs_add (self->open_runs, run_id);
      g_signal_connect_object (open_run->connection, "retry", G_CALLBACK (spot_environment_retry_cb), self, 0);
      spot_environment_replan (self);
      spot_open_runs_update_streams (self->open_runs, self->store);
    }
  else
    {
      open_run->count++;
    }
  return open_run->connection;
}

/**
 * spot_environment_close_run:
 * @self: an environment
 * @run_id: a run that has been opened
 *
 * Takes one spot_environment_open_run() back.
 */
void
spot_environment_close_run (SpotEnvironment *self,
                            const char      *run_id)
{
  SpotOpenRun *open_run;

  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));
  g_return_if_fail (run_id != NULL);

  open_run = spot_open_runs_find (self->open_runs, run_id);
  g_return_if_fail (open_run != NULL);
  if (--open_run->count > 0)
    return;
  spot_open_runs_remove (self->open_runs, open_run);
  spot_environment_replan (self);
  spot_environment_forget_unwanted (self);
}

/**
 * spot_environment_get_run_streams:
 * @self: an environment
 * @run_id: a run
 *
 * Returns: (transfer none) (nullable): the data streams of a run that is open; %NULL for another
 */
SpotRunStreams *
spot_environment_get_run_streams (SpotEnvironment *self,
                                  const char      *run_id)
{
  SpotOpenRun *open_run;

  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), NULL);
  g_return_val_if_fail (run_id != NULL, NULL);

  open_run = spot_open_runs_find (self->open_runs, run_id);
  return open_run != NULL ? open_run->streams : NULL;
}
