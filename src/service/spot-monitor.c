/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-environment-private.h"
#include "spot-monitor-private.h"
#include "spot-sleep.h"
#include "spot-teller.h"
#include "spot-watch-private.h"

/* Networks come in pieces: addresses, routes and name servers change one after the other. */
#define NETWORK_SETTLE_MS 1000

/* Rows between two looks at the clock. */
#define ROWS_PER_LOOK 64

/* What an environment has committed and the notifier has not been told yet. */
typedef struct
{
  SpotEnvironment *environment; /* (owned) */
  GArray          *commits;     /* (owned) (element-type SpotCommit) */
  guint            commit;      /* where to go on */
  guint            change;
} Backlog;

struct _SpotMonitor
{
  GObject          parent_instance;

  GListStore      *environments; /* (owned) (element-type SpotEnvironment) */
  SpotUpdateQueue *queue;        /* (owned) */
  SpotNotifier    *notifier;     /* (owned) */
  SpotTeller      *teller;       /* (owned) (nullable): until stopped */
  SpotJournal     *journal;      /* (owned) (nullable) */
  SpotEnvironmentLimits limits;  /* what each environment is granted */
  GQueue           backlog;      /* (element-type Backlog): the oldest first */
  GSource         *notice_source; /* (owned) (nullable): at the time when the notifier has something due */
  guint            n_added;      /* environments, ever */
  guint            network_id;   /* time-out after a change of the network */
  gboolean         with_history;
  SpotSleep       *sleep;        /* (owned) (nullable): until stopped */
  gboolean         unapplied;    /* an environment is not through with what it was given */
  gboolean         dispatching;
  gboolean         stopped;
};

G_DEFINE_FINAL_TYPE (SpotMonitor, spot_monitor, G_TYPE_OBJECT)

enum
{
  PROP_ENVIRONMENTS = 1,
  PROP_HISTORY_PROBLEM,
  N_PROPERTIES,
};

enum
{
  SIGNAL_NOTICE,
  SIGNAL_WITHDRAW,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

static void
backlog_free (gpointer data)
{
  Backlog *self = data;

  g_object_unref (self->environment);
  g_array_unref (self->commits);
  g_free (self);
}

static guint
get_n_environments (SpotMonitor *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->environments));
}

/* Borrowed: environments stay as long as the monitor. */
static SpotEnvironment *
get_environment (SpotMonitor *self,
                 guint        index)
{
  g_autoptr(SpotEnvironment) environment = g_list_model_get_item (G_LIST_MODEL (self->environments), index);

  return environment;
}

/* ---- notices ---- */

static void
show_notice_cb (SpotNotice *notice,
                gpointer    user_data)
{
  g_autoptr(SpotMonitor) hold = g_object_ref (user_data);

  g_signal_emit (hold, signals[SIGNAL_NOTICE], 0, notice);
}

static void
tell (SpotMonitor *self,
      GPtrArray   *notices)
{
  if (self->teller != NULL)
    spot_teller_tell (self->teller, notices);
}

/* What has been decided is in the journal before anything that is given to it from here on. */
static void
flush_notices (SpotMonitor *self)
{
  if (self->teller != NULL)
    spot_teller_flush (self->teller);
}

static void
plan_notices (SpotMonitor *self)
{
  gint64 due_us = spot_notifier_get_due_us (self->notifier);

  if (self->notice_source != NULL)
    g_source_set_ready_time (self->notice_source, due_us != 0 ? due_us : -1);
}

static gboolean
notice_source_dispatch (GSource     *source,
                        GSourceFunc  callback,
                        gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs notice_source_funcs = {
  .dispatch = notice_source_dispatch,
};

static gboolean
notices_due_cb (gpointer user_data)
{
  SpotMonitor *self = user_data;
  g_autoptr(SpotMonitor) hold = g_object_ref (self);
  g_autoptr(GPtrArray) notices = spot_notifier_tick (self->notifier, g_get_monotonic_time ());

  plan_notices (self);
  tell (self, notices);
  flush_notices (self);
  return G_SOURCE_CONTINUE;
}

static void
watch_silenced_cb (SpotEnvironment *environment,
                   SpotWatch       *watch,
                   SpotMonitor     *self)
{
  g_autofree char *notice_id =
    spot_notifier_forget_watch (self->notifier, spot_environment_get_id (environment), spot_watch_get_id (watch));

  flush_notices (self);
  if (notice_id != NULL && !self->stopped)
    g_signal_emit (self, signals[SIGNAL_WITHDRAW], 0, notice_id);
}

static void
observe (SpotMonitor      *self,
         SpotEnvironment  *environment,
         const SpotCommit *commit,
         SpotRunRecord    *record)
{
  g_autoptr(GArray) watches = NULL;
  g_autoptr(GPtrArray) notices = NULL;
  SpotRun *run = NULL;
  SpotNotifierRun state = {
    .environment_id = spot_environment_get_id (environment),
    .run_id = spot_run_record_get_id (record),
    .task = spot_run_record_get_task (record),
    .status = spot_run_record_get_status (record),
    .ended = spot_run_record_has_ended (record),
    .finished_us = spot_run_record_get_time (record, SPOT_COLUMN_COMPLETED_AT),
    .tags = spot_run_record_get_tags (record),
    .wall_ms = -1,
    .kind = commit->batch->kind,
    .away_since_us = commit->first || commit->feed_key == NULL ? environment->away_since_us : 0,
    .feed_was_known = commit->first && spot_environment_knows_feed (environment, commit->feed_key),
  };

  if (state.run_id == NULL)
    return;

  /* Only an end that is news needs to know more than the record tells. */
  if (state.ended && spot_notifier_is_news (self->notifier, &state))
    {
      run = spot_run_store_lookup (spot_environment_get_store (environment), state.run_id);
      watches = g_array_new (FALSE, FALSE, sizeof (SpotNotifierWatch));
      spot_environment_find_watches (environment, commit->feed_id, record, watches);
      state.watches = (const SpotNotifierWatch *) watches->data;
      state.n_watches = watches->len;
    }
  if (run != NULL)
    {
      state.detail = spot_run_get_headline (run);
      state.tags = spot_run_get_tags (run);
      state.wall_ms = spot_run_get_wall_ms (run, g_get_real_time ());
    }

  notices = spot_notifier_observe (self->notifier, &state, g_get_monotonic_time ());
  tell (self, notices);
}

/* Goes on telling the notifier what has been committed, in order. Returns whether nothing is left. */
static gboolean
observe_backlog (SpotMonitor *self,
                 gint64       deadline_us)
{
  guint n_rows = 0;
  Backlog *backlog;

  while ((backlog = g_queue_peek_head (&self->backlog)) != NULL)
    {
      while (backlog->commit < backlog->commits->len)
        {
          SpotCommit *commit = &g_array_index (backlog->commits, SpotCommit, backlog->commit);
          GArray *changes = commit->batch->changes;

          while (backlog->change < changes->len)
            {
              SpotRunChange *change = &g_array_index (changes, SpotRunChange, backlog->change);

              if (++n_rows % ROWS_PER_LOOK == 0 && g_get_monotonic_time () >= deadline_us)
                return FALSE;
              backlog->change++;
              if (spot_run_record_get_id (change->record) != NULL)
                spot_environment_tell_commit (backlog->environment, commit->feed_id, change->record, change->removed);
              if (self->stopped)
                return TRUE;
              if (!change->removed)
                observe (self, backlog->environment, commit, change->record);
              if (self->stopped)
                return TRUE;
            }
          /* An announcement is in the journal before the state that it tells. */
          flush_notices (self);
          if (self->stopped)
            return TRUE;
          spot_environment_keep_commit (backlog->environment, commit);
          backlog->commit++;
          backlog->change = 0;
        }
      backlog_free (g_queue_pop_head (&self->backlog));
    }
  return TRUE;
}

/* Batches grow, and runs leave them, without the end of a run. */
static void
tell_counts (SpotMonitor     *self,
             SpotEnvironment *environment)
{
  GListModel *watches = spot_environment_get_watches (environment);

  for (guint i = 0; i < g_list_model_get_n_items (watches); i++)
    {
      g_autoptr(SpotWatch) watch = g_list_model_get_item (watches, i);
      SpotNotifierWatch description;

      if (spot_watch_get_kind (watch) != SPOT_WATCH_BATCH)
        continue;
      spot_watch_describe (watch, &description);
      spot_notifier_update_watch (self->notifier, spot_environment_get_id (environment), &description,
                                  g_get_monotonic_time ());
    }
}

static void
tell_unsent (SpotMonitor     *self,
             SpotEnvironment *environment)
{
  g_autoptr(GPtrArray) notices = spot_environment_tell_unsent (environment, self->notifier);

  if (notices != NULL)
    tell (self, notices);
}

/* ---- the queue ---- */

static void
take_updates (SpotMonitor *self)
{
  SpotUpdate update;

  while (spot_update_queue_pop (self->queue, &update))
    {
      if (update.owner != NULL)
        {
          spot_environment_take_update (update.owner, &update);
          continue;
        }
      spot_update_clear (&update);
    }
}

static gint64
get_budget_us (gint64 deadline_us)
{
  return deadline_us == G_MAXINT64 ? G_MAXINT64 : MAX (deadline_us - g_get_monotonic_time (), 0);
}

/* One frame's work. Nothing more is taken from the queue until what was taken has been applied: in between, the queue keeps
 * the order and holds the feeds back. Returns whether nothing is left. */
static gboolean
work (SpotMonitor *self,
      gint64       deadline_us)
{
  g_autoptr(SpotMonitor) hold = g_object_ref (self);
  gboolean through;

  if (self->dispatching || self->stopped)
    return TRUE;

  self->dispatching = TRUE;
  if (!self->unapplied)
    take_updates (self);
  self->unapplied = FALSE;
  for (guint i = 0; i < get_n_environments (self) && !self->stopped; i++)
    {
      SpotEnvironment *environment = get_environment (self, i);
      Backlog *backlog;
      GArray *commits;

      /* What was known when the program ended is told before anything that the feeds bring. */
      if (!spot_environment_apply (environment, get_budget_us (deadline_us))
          || !spot_environment_restore (environment, self->notifier, deadline_us))
        {
          self->unapplied = TRUE;
          continue;
        }
      tell_unsent (self, environment);
      commits = spot_environment_steal_commits (environment);
      if (commits == NULL)
        continue;
      backlog = g_new0 (Backlog, 1);
      backlog->environment = g_object_ref (environment);
      backlog->commits = commits;
      g_queue_push_tail (&self->backlog, backlog);
    }

  through = observe_backlog (self, deadline_us) && !self->unapplied;
  flush_notices (self);
  for (guint i = 0; i < get_n_environments (self) && !self->stopped; i++)
    tell_counts (self, get_environment (self, i));
  plan_notices (self);
  self->dispatching = FALSE;
  return through;
}

static gboolean
dispatch_cb (gpointer user_data)
{
  return !work (user_data, g_get_monotonic_time () + SPOT_FRAME_BUDGET_US);
}

/* ---- the network ---- */

static gboolean
network_settled_cb (gpointer user_data)
{
  SpotMonitor *self = user_data;

  self->network_id = 0;
  spot_monitor_refresh (self);
  return G_SOURCE_REMOVE;
}

static void
network_changed_cb (GNetworkMonitor *network,
                    gboolean         available,
                    SpotMonitor     *self)
{
  for (guint i = 0; i < get_n_environments (self); i++)
    spot_environment_set_offline (get_environment (self, i), !available);

  g_clear_handle_id (&self->network_id, g_source_remove);
  if (available && !self->stopped)
    self->network_id = g_timeout_add (NETWORK_SETTLE_MS, network_settled_cb, self);
}

static void
asleep_cb (gboolean asleep,
           gpointer user_data)
{
  spot_monitor_set_asleep (user_data, asleep);
}

/* ---- object ---- */

static void
spot_monitor_get_property (GObject    *object,
                           guint       property_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  SpotMonitor *self = SPOT_MONITOR (object);

  switch (property_id)
    {
    case PROP_ENVIRONMENTS:
      g_value_set_object (value, self->environments);
      break;
    case PROP_HISTORY_PROBLEM:
      g_value_set_string (value, spot_monitor_get_history_problem (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_monitor_dispose (GObject *object)
{
  SpotMonitor *self = SPOT_MONITOR (object);

  spot_monitor_stop (self);
  G_OBJECT_CLASS (spot_monitor_parent_class)->dispose (object);
}

static void
spot_monitor_finalize (GObject *object)
{
  SpotMonitor *self = SPOT_MONITOR (object);

  g_queue_clear_full (&self->backlog, backlog_free);
  g_clear_object (&self->journal);
  g_object_unref (self->environments);
  spot_update_queue_unref (self->queue);
  g_clear_pointer (&self->teller, spot_teller_free);
  spot_notifier_free (self->notifier);
  G_OBJECT_CLASS (spot_monitor_parent_class)->finalize (object);
}

static void
spot_monitor_class_init (SpotMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_monitor_get_property;
  object_class->dispose = spot_monitor_dispose;
  object_class->finalize = spot_monitor_finalize;

  /**
   * SpotMonitor:environments:
   *
   * A list model of #SpotEnvironment.
   */
  properties[PROP_ENVIRONMENTS] =
    g_param_spec_object ("environments", NULL, NULL, G_TYPE_LIST_MODEL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /**
   * SpotMonitor:history-problem:
   *
   * Why nothing is remembered from one start to the next, or not everything, and what to do, in words; %NULL when all is well.
   */
  properties[PROP_HISTORY_PROBLEM] =
    g_param_spec_string ("history-problem", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /**
   * SpotMonitor::notice:
   * @self: the monitor
   * @notice: (type SpotNotice): what to announce, good during the emission
   *
   * Something to tell the user, once.
   */
  signals[SIGNAL_NOTICE] = g_signal_new ("notice", SPOT_TYPE_MONITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_POINTER);
  /**
   * SpotMonitor::withdraw:
   * @self: the monitor
   * @notice_id: the id of a notice
   *
   * The notice is stale, because the user has seen what it tells.
   */
  signals[SIGNAL_WITHDRAW] = g_signal_new ("withdraw", SPOT_TYPE_MONITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
spot_monitor_init (SpotMonitor *self)
{
  self->environments = g_list_store_new (SPOT_TYPE_ENVIRONMENT);
  self->queue = spot_update_queue_new (dispatch_cb, self);
  self->notifier = spot_notifier_new ();
  self->teller = spot_teller_new (self->notifier, show_notice_cb, self);
  g_queue_init (&self->backlog);

  self->notice_source = g_source_new (&notice_source_funcs, sizeof (GSource));
  g_source_set_static_name (self->notice_source, "spot-notices");
  g_source_set_callback (self->notice_source, notices_due_cb, self, NULL);
  g_source_attach (self->notice_source, g_main_context_get_thread_default ());

  g_signal_connect_object (g_network_monitor_get_default (), "network-changed", G_CALLBACK (network_changed_cb), self, 0);
  self->sleep = spot_sleep_new (asleep_cb, self);
}

/**
 * spot_monitor_new:
 *
 * Makes a monitor for the main context of the calling thread. It holds feeds, which run until spot_monitor_stop().
 *
 * Returns: (transfer full): a monitor without environments
 */
SpotMonitor *
spot_monitor_new (void)
{
  return g_object_new (SPOT_TYPE_MONITOR, NULL);
}

static void
problem_cb (SpotMonitor *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HISTORY_PROBLEM]);
}

/**
 * spot_monitor_get_history_problem:
 * @self: a monitor
 *
 * Returns: (transfer none) (nullable): why nothing is remembered, or not everything, translated; %NULL when all is well, and
 *   when there is no journal at all
 */
const char *
spot_monitor_get_history_problem (SpotMonitor *self)
{
  g_return_val_if_fail (SPOT_IS_MONITOR (self), NULL);

  return self->journal != NULL ? spot_journal_get_problem (self->journal) : NULL;
}

/**
 * spot_monitor_set_journal:
 * @self: a monitor without environments
 * @journal: (nullable): where to remember what is seen, and from where to go on; %NULL for nowhere
 *
 * Environments that are added with an id of their own are kept there from now on: their runs and what happens to them,
 * where their feeds stand, and what was announced.
 */
void
spot_monitor_set_journal (SpotMonitor *self,
                          SpotJournal *journal)
{
  g_return_if_fail (SPOT_IS_MONITOR (self));
  g_return_if_fail (journal == NULL || SPOT_IS_JOURNAL (journal));
  g_return_if_fail (get_n_environments (self) == 0);

  if (self->journal != NULL)
    g_signal_handlers_disconnect_by_func (self->journal, problem_cb, self);
  g_set_object (&self->journal, journal);
  if (journal != NULL)
    g_signal_connect_object (journal, "notify::problem", G_CALLBACK (problem_cb), self, G_CONNECT_SWAPPED);
  problem_cb (self);
}

/**
 * spot_monitor_add_environment:
 * @self: a monitor
 * @name: (nullable): for people; %NULL for one made from the credential's prefix and the host
 * @url: the server
 * @credential: what selects the environment
 * @allow_plain_http: whether the user agreed to send the credential in the clear to a host that is not this machine
 * @error: return location for an error
 *
 * Adds an environment. Nothing is asked of the server before it has a watch or an open run.
 *
 * Fails with %G_URI_ERROR for a URL that is none, and with %G_IO_ERROR_PERMISSION_DENIED for plain HTTP that has not been
 * agreed to.
 *
 * Returns: (transfer none) (nullable): the environment, %NULL after an error
 */
SpotEnvironment *
spot_monitor_add_environment (SpotMonitor  *self,
                              const char   *name,
                              const char   *url,
                              const char   *credential,
                              gboolean      allow_plain_http,
                              GError      **error)
{
  const SpotEnvironmentOptions options = {
    .name = name, .api_url = url, .credential = credential, .allow_plain_http = allow_plain_http,
  };

  return spot_monitor_add_environment_full (self, &options, error);
}

static SpotEnvironment *
add_endpoint (SpotMonitor         *self,
              const char          *id,
              const char          *name,
              SpotEnvironmentKind  kind,
              SpotEndpoint        *endpoint,
              gboolean             with_journal)
{
  g_autoptr(SpotEnvironment) environment = spot_environment_new (id, name, kind, endpoint, self->queue);

  if (self->journal != NULL && with_journal)
    {
      spot_environment_set_journal (environment, self->journal);
      spot_teller_keep (self->teller, id, self->journal);
    }
  spot_environment_set_offline (environment,
                                !g_network_monitor_get_network_available (g_network_monitor_get_default ()));
  spot_environment_set_endpoint (environment, endpoint);
  spot_environment_set_history (environment, self->with_history);
  spot_environment_set_limits (environment, &self->limits);
  g_signal_connect_object (environment, "watch-silenced", G_CALLBACK (watch_silenced_cb), self, 0);
  g_list_store_append (self->environments, environment);
  /* The list keeps it. */
  return environment;
}

/**
 * spot_monitor_add_environment_full:
 * @self: a monitor
 * @options: what makes the environment
 * @error: return location for an error
 *
 * Adds an environment, as spot_monitor_add_environment() does. Fails also with %G_IO_ERROR_INVALID_ARGUMENT for a credential
 * or branch that cannot stand in a request.
 *
 * Returns: (transfer none) (nullable): the environment, %NULL after an error
 */
SpotEnvironment *
spot_monitor_add_environment_full (SpotMonitor                   *self,
                                   const SpotEnvironmentOptions  *options,
                                   GError                       **error)
{
  SpotEndpointOptions endpoint_options;
  g_autoptr(SpotEndpoint) endpoint = NULL;
  g_autofree char *id = NULL;
  g_autofree char *made_name = NULL;
  SpotEnvironmentKind kind;

  g_return_val_if_fail (SPOT_IS_MONITOR (self), NULL);
  g_return_val_if_fail (options != NULL && options->api_url != NULL && options->credential != NULL, NULL);
  g_return_val_if_fail (!self->stopped, NULL);

  endpoint_options = (SpotEndpointOptions) {
    .api_url = options->api_url, .realtime_url = options->realtime_url, .credential = options->credential,
    .branch = options->branch, .allow_plain_http = options->allow_plain_http, .trust = options->trust,
  };
  endpoint = spot_endpoint_new_full (&endpoint_options, error);
  if (endpoint == NULL)
    return NULL;

  kind = spot_environment_kind_from_credential (options->credential);
  if (options->name == NULL || *options->name == '\0')
    made_name = spot_environment_make_name (kind, spot_endpoint_get_url (endpoint));
  id = options->id != NULL ? g_strdup (options->id) : g_strdup_printf ("environment-%u", ++self->n_added);
  /* Only what is called the same in the next start can be found again. */
  return add_endpoint (self, id, made_name != NULL ? made_name : options->name, kind, endpoint, options->id != NULL);
}

/**
 * spot_monitor_add_endpoint:
 * @self: a monitor
 * @id: of the environment, without ":" and newlines, which no other has
 * @name: for people
 * @kind: what it is for
 * @endpoint: the server and the credential
 *
 * Adds an environment. Nothing is asked of the server before it has a watch or an open run.
 *
 * Returns: (transfer none): the environment
 */
SpotEnvironment *
spot_monitor_add_endpoint (SpotMonitor         *self,
                           const char          *id,
                           const char          *name,
                           SpotEnvironmentKind  kind,
                           SpotEndpoint        *endpoint)
{
  g_return_val_if_fail (SPOT_IS_MONITOR (self), NULL);
  g_return_val_if_fail (id != NULL && name != NULL && endpoint != NULL, NULL);

  return add_endpoint (self, id, name, kind, endpoint, TRUE);
}

static void
drop_backlog (SpotMonitor     *self,
              SpotEnvironment *environment)
{
  GList *next;

  for (GList *l = self->backlog.head; l != NULL; l = next)
    {
      Backlog *backlog = l->data;

      next = l->next;
      /* The first may be in use further up: it is emptied, and freed by who goes through it. */
      if (backlog->environment != environment)
        continue;
      backlog->commit = backlog->commits->len;
      if (self->dispatching && l == self->backlog.head)
        continue;
      g_queue_delete_link (&self->backlog, l);
      backlog_free (backlog);
    }
}

/**
 * spot_monitor_remove_environment:
 * @self: a monitor
 * @environment: an environment of it
 *
 * Stops its feeds for good and takes it away. Nothing of it is announced any more.
 */
void
spot_monitor_remove_environment (SpotMonitor     *self,
                                 SpotEnvironment *environment)
{
  g_autoptr(SpotEnvironment) hold = NULL;
  guint position;

  g_return_if_fail (SPOT_IS_MONITOR (self));
  g_return_if_fail (SPOT_IS_ENVIRONMENT (environment));

  if (!g_list_store_find (self->environments, environment, &position))
    return;
  hold = g_object_ref (environment);
  spot_environment_stop (environment);
  drop_backlog (self, environment);
  while (spot_environment_get_n_watches (environment) > 0)
    spot_environment_remove_watch (environment, spot_environment_get_watch (environment, 0));
  g_list_store_remove (self->environments, position);
}

/**
 * spot_monitor_set_history:
 * @self: a monitor
 * @with_history: whether runs older than the feeds' windows are listed, once for each watch
 *
 * Holds for environments that are added from here on. No unless told otherwise.
 */
void
spot_monitor_set_history (SpotMonitor *self,
                          gboolean     with_history)
{
  g_return_if_fail (SPOT_IS_MONITOR (self));

  self->with_history = !!with_history;
}

/**
 * spot_monitor_get_environments:
 * @self: a monitor
 *
 * Returns: (transfer none): its environments, a list model of #SpotEnvironment
 */
GListModel *
spot_monitor_get_environments (SpotMonitor *self)
{
  g_return_val_if_fail (SPOT_IS_MONITOR (self), NULL);
  return G_LIST_MODEL (self->environments);
}

/**
 * spot_monitor_find_environment:
 * @self: a monitor
 * @environment_id: (nullable): an id, which may come from outside the program
 *
 * Returns: (transfer none) (nullable): the environment with that id
 */
SpotEnvironment *
spot_monitor_find_environment (SpotMonitor *self,
                               const char  *environment_id)
{
  g_return_val_if_fail (SPOT_IS_MONITOR (self), NULL);

  for (guint i = 0; i < get_n_environments (self); i++)
    {
      SpotEnvironment *environment = get_environment (self, i);

      if (g_strcmp0 (spot_environment_get_id (environment), environment_id) == 0)
        return environment;
    }
  return NULL;
}

/**
 * spot_monitor_set_limits:
 * @self: a monitor
 * @limits: what the user grants each environment, copied
 *
 * For environments that are there and those to come.
 */
void
spot_monitor_set_limits (SpotMonitor                 *self,
                         const SpotEnvironmentLimits *limits)
{
  g_return_if_fail (SPOT_IS_MONITOR (self));
  g_return_if_fail (limits != NULL);

  self->limits = *limits;
  for (guint i = 0; i < get_n_environments (self); i++)
    spot_environment_set_limits (get_environment (self, i), limits);
}

/**
 * spot_monitor_set_usual_rule:
 * @self: a monitor
 * @watch_kind: of which watches
 * @rule: what they announce when they have no rule of their own
 *
 * From now on; what has been announced stays.
 */
void
spot_monitor_set_usual_rule (SpotMonitor   *self,
                             SpotWatchKind  watch_kind,
                             SpotWatchRule  rule)
{
  g_return_if_fail (SPOT_IS_MONITOR (self));

  spot_notifier_set_usual_rule (self->notifier, watch_kind, rule);
}

/**
 * spot_monitor_run_seen:
 * @self: a monitor
 * @environment: an environment of it
 * @run_id: a run
 *
 * The user has seen the run as it is now. Its notice, if any, is withdrawn; if it has ended, none will come.
 */
void
spot_monitor_run_seen (SpotMonitor     *self,
                       SpotEnvironment *environment,
                       const char      *run_id)
{
  SpotRun *run;
  gboolean ended;
  gint64 finished_us;

  g_return_if_fail (SPOT_IS_MONITOR (self));
  g_return_if_fail (SPOT_IS_ENVIRONMENT (environment));
  g_return_if_fail (run_id != NULL);

  run = spot_run_store_lookup (spot_environment_get_store (environment), run_id);
  ended = run != NULL && spot_run_get_ended (run);
  finished_us = ended ? spot_run_get_time (run, SPOT_COLUMN_COMPLETED_AT) : SPOT_TIME_NONE;
  if (spot_notifier_run_seen (self->notifier, spot_environment_get_id (environment), run_id, ended, finished_us))
    {
      g_autofree char *notice_id =
        spot_notifier_dup_run_notice_id (spot_environment_get_id (environment), run_id);

      g_signal_emit (self, signals[SIGNAL_WITHDRAW], 0, notice_id);
    }
}

/**
 * spot_monitor_note_sent:
 * @self: a monitor
 * @ends: (element-type SpotAnnouncement): the `ends` of a notice
 *
 * The desktop has the notice: it is not sent again when the program starts the next time. Until this is called it is, under
 * the same id.
 */
void
spot_monitor_note_sent (SpotMonitor *self,
                        GPtrArray   *ends)
{
  g_return_if_fail (SPOT_IS_MONITOR (self));
  g_return_if_fail (ends != NULL);

  if (self->teller != NULL)
    spot_teller_note_sent (self->teller, ends);
}

/**
 * spot_monitor_refresh:
 * @self: a monitor
 *
 * Network or machine came back: every feed catches up at once.
 */
void
spot_monitor_refresh (SpotMonitor *self)
{
  g_return_if_fail (SPOT_IS_MONITOR (self));

  for (guint i = 0; i < get_n_environments (self); i++)
    spot_environment_retry (get_environment (self, i));
}

/**
 * spot_monitor_set_asleep:
 * @self: a monitor
 * @asleep: whether the machine is about to sleep
 *
 * Feeds keep their place and ask for nothing while it is; afterwards they catch up at once.
 */
void
spot_monitor_set_asleep (SpotMonitor *self,
                         gboolean     asleep)
{
  g_return_if_fail (SPOT_IS_MONITOR (self));

  for (guint i = 0; i < get_n_environments (self); i++)
    spot_environment_set_asleep (get_environment (self, i), asleep);
}

/**
 * spot_monitor_flush:
 * @self: a monitor
 *
 * Applies everything that has arrived, without a budget: for tests and for programs without frames. Does nothing when it is
 * called by a listener of what is being applied.
 */
void
spot_monitor_flush (SpotMonitor *self)
{
  g_return_if_fail (SPOT_IS_MONITOR (self));

  /* The first call may only get through with what was taken before. */
  work (self, G_MAXINT64);
  work (self, G_MAXINT64);
}

/**
 * spot_monitor_stop:
 * @self: a monitor
 *
 * Stops all feeds, for good: no notice comes after it. What is known stays. Stopping twice is fine.
 */
void
spot_monitor_stop (SpotMonitor *self)
{
  g_return_if_fail (SPOT_IS_MONITOR (self));

  self->stopped = TRUE;
  /* What it holds is told at the next start. */
  g_clear_pointer (&self->teller, spot_teller_free);
  for (guint i = 0; i < get_n_environments (self); i++)
    spot_environment_stop (get_environment (self, i));
  spot_update_queue_close (self->queue);
  g_clear_handle_id (&self->network_id, g_source_remove);
  g_clear_pointer (&self->sleep, spot_sleep_free);
  if (self->notice_source != NULL)
    {
      g_source_destroy (self->notice_source);
      g_clear_pointer (&self->notice_source, g_source_unref);
    }
}
