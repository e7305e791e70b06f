/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-connection-private.h"
#include "spot-watch-private.h"

struct _SpotWatch
{
  GObject         parent_instance;

  char           *id;      /* (owned) */
  SpotWatchSpec  *spec;    /* (owned): what the user asked for */
  char           *name;    /* (owned): from it */
  char           *subject; /* (owned): from it */
  guint           feed_id;
  SpotRunList    *list;       /* (owned) */
  SpotConnection *connection; /* (owned) */
  guint           counts[SPOT_N_STATUS_GROUPS];
  gboolean        ready;
  SpotHistoryState history;
};

G_DEFINE_FINAL_TYPE (SpotWatch, spot_watch, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (SpotHistoryState, spot_history_state,
  G_DEFINE_ENUM_VALUE (SPOT_HISTORY_NONE, "none"),
  G_DEFINE_ENUM_VALUE (SPOT_HISTORY_WAITING, "waiting"),
  G_DEFINE_ENUM_VALUE (SPOT_HISTORY_LOADING, "loading"),
  G_DEFINE_ENUM_VALUE (SPOT_HISTORY_LOADED, "loaded"),
  G_DEFINE_ENUM_VALUE (SPOT_HISTORY_FAILED, "failed"))

enum
{
  PROP_SPEC = 1,
  PROP_KIND,
  PROP_NAME,
  PROP_SUBJECT,
  PROP_LIST,
  PROP_CONNECTION,
  PROP_N_RUNS,
  PROP_N_WAITING_RUNS,
  PROP_N_RUNNING,
  PROP_N_FAILED,
  PROP_N_ENDED,
  PROP_READY,
  PROP_HISTORY,
  N_PROPERTIES,
};

enum
{
  SIGNAL_COMMITTED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

static guint
count_ended (const guint *counts)
{
  return counts[SPOT_STATUS_GROUP_GOOD] + counts[SPOT_STATUS_GROUP_BAD] + counts[SPOT_STATUS_GROUP_NEUTRAL];
}

static guint
count_all (const guint *counts)
{
  return counts[SPOT_STATUS_GROUP_WAITING] + counts[SPOT_STATUS_GROUP_RUNNING] + count_ended (counts);
}

static void
notify_count (SpotWatch *self,
              guint      property_id,
              guint      before,
              guint      after)
{
  if (before != after)
    g_object_notify_by_pspec (G_OBJECT (self), properties[property_id]);
}

static void
update_counts (SpotWatch *self)
{
  guint before[SPOT_N_STATUS_GROUPS];

  memcpy (before, self->counts, sizeof before);
  /* Rows of a snapshot that is still being read may be old news: they are shown, and not counted. */
  for (guint group = 0; group < SPOT_N_STATUS_GROUPS; group++)
    self->counts[group] = self->ready ? spot_run_list_get_count (self->list, (SpotStatusGroup) group) : 0;

  g_object_freeze_notify (G_OBJECT (self));
  notify_count (self, PROP_N_RUNS, count_all (before), count_all (self->counts));
  notify_count (self, PROP_N_WAITING_RUNS, before[SPOT_STATUS_GROUP_WAITING], self->counts[SPOT_STATUS_GROUP_WAITING]);
  notify_count (self, PROP_N_RUNNING, before[SPOT_STATUS_GROUP_RUNNING], self->counts[SPOT_STATUS_GROUP_RUNNING]);
  notify_count (self, PROP_N_FAILED, before[SPOT_STATUS_GROUP_BAD], self->counts[SPOT_STATUS_GROUP_BAD]);
  notify_count (self, PROP_N_ENDED, count_ended (before), count_ended (self->counts));
  g_object_thaw_notify (G_OBJECT (self));
}

static void
spot_watch_get_property (GObject    *object,
                         guint       property_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  SpotWatch *self = SPOT_WATCH (object);

  switch (property_id)
    {
    case PROP_SPEC:
      g_value_set_boxed (value, self->spec);
      break;
    case PROP_KIND:
      g_value_set_enum (value, self->spec->kind);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_SUBJECT:
      g_value_set_string (value, self->subject);
      break;
    case PROP_LIST:
      g_value_set_object (value, self->list);
      break;
    case PROP_CONNECTION:
      g_value_set_object (value, self->connection);
      break;
    case PROP_N_RUNS:
      g_value_set_uint (value, count_all (self->counts));
      break;
    case PROP_N_WAITING_RUNS:
      g_value_set_uint (value, self->counts[SPOT_STATUS_GROUP_WAITING]);
      break;
    case PROP_N_RUNNING:
      g_value_set_uint (value, self->counts[SPOT_STATUS_GROUP_RUNNING]);
      break;
    case PROP_N_FAILED:
      g_value_set_uint (value, self->counts[SPOT_STATUS_GROUP_BAD]);
      break;
    case PROP_N_ENDED:
      g_value_set_uint (value, count_ended (self->counts));
      break;
    case PROP_READY:
      g_value_set_boolean (value, self->ready);
      break;
    case PROP_HISTORY:
      g_value_set_enum (value, self->history);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_watch_dispose (GObject *object)
{
  SpotWatch *self = SPOT_WATCH (object);

  g_clear_object (&self->list);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (spot_watch_parent_class)->dispose (object);
}

static void
spot_watch_finalize (GObject *object)
{
  SpotWatch *self = SPOT_WATCH (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->subject);
  spot_watch_spec_free (self->spec);
  G_OBJECT_CLASS (spot_watch_parent_class)->finalize (object);
}

static void
install_count (guint       property_id,
               const char *name)
{
  properties[property_id] = g_param_spec_uint (name, NULL, NULL, 0, G_MAXUINT, 0,
                                               G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static void
spot_watch_class_init (SpotWatchClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_watch_get_property;
  object_class->dispose = spot_watch_dispose;
  object_class->finalize = spot_watch_finalize;

  /**
   * SpotWatch:spec:
   *
   * What the user asked to see, and how.
   */
  properties[PROP_SPEC] = g_param_spec_boxed ("spec", NULL, NULL, SPOT_TYPE_WATCH_SPEC, flags);
  /**
   * SpotWatch:kind:
   *
   * What the user asked to see.
   */
  properties[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, SPOT_TYPE_WATCH_KIND, SPOT_WATCH_ENVIRONMENT, flags);
  /**
   * SpotWatch:name:
   *
   * What the user calls it, or what it is.
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  /**
   * SpotWatch:subject:
   *
   * Run id, batch id, or tags joined by ", "; empty for an environment.
   */
  properties[PROP_SUBJECT] = g_param_spec_string ("subject", NULL, NULL, NULL, flags);
  /**
   * SpotWatch:list:
   *
   * Its runs.
   */
  properties[PROP_LIST] = g_param_spec_object ("list", NULL, NULL, SPOT_TYPE_RUN_LIST, flags);
  /**
   * SpotWatch:connection:
   *
   * Where the feed that serves it stands. The same object always.
   */
  properties[PROP_CONNECTION] = g_param_spec_object ("connection", NULL, NULL, SPOT_TYPE_CONNECTION, flags);
  /**
   * SpotWatch:n-runs:
   *
   * Runs in it, once it is ready; 0 before, as for the other counts.
   */
  install_count (PROP_N_RUNS, "n-runs");
  /**
   * SpotWatch:n-waiting-runs:
   *
   * Runs that have not begun.
   */
  install_count (PROP_N_WAITING_RUNS, "n-waiting-runs");
  /**
   * SpotWatch:n-running:
   *
   * Runs that have begun and not ended.
   */
  install_count (PROP_N_RUNNING, "n-running");
  /**
   * SpotWatch:n-failed:
   *
   * Runs that ended badly.
   */
  install_count (PROP_N_FAILED, "n-failed");
  /**
   * SpotWatch:n-ended:
   *
   * Runs that ended in any way.
   */
  install_count (PROP_N_ENDED, "n-ended");
  /**
   * SpotWatch:ready:
   *
   * Whether its first snapshot is complete.
   */
  properties[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE, flags);
  /**
   * SpotWatch:history:
   *
   * Whether it has the runs that are older than its feed's window.
   */
  properties[PROP_HISTORY] = g_param_spec_enum ("history", NULL, NULL, SPOT_TYPE_HISTORY_STATE, SPOT_HISTORY_NONE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /**
   * SpotWatch::committed:
   * @self: the watch
   * @record: a state of one of its runs, as the feed has it
   * @removed: whether the run has left: then @record is the last that was known
   *
   * A feed has committed it. By now the watch's list has everything that was committed together with it, and more perhaps.
   */
  signals[SIGNAL_COMMITTED] = g_signal_new ("committed", SPOT_TYPE_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 2, SPOT_TYPE_RUN_RECORD, G_TYPE_BOOLEAN);
}

static void
spot_watch_init (SpotWatch *self)
{
  self->connection = spot_connection_new ();
}

static char *
make_name (const SpotWatchSpec *spec)
{
  if (spec->name != NULL && *spec->name != '\0')
    return g_strdup (spec->name);
  if (spec->kind == SPOT_WATCH_ENVIRONMENT)
    return g_strdup (spec->filter != NULL && *spec->filter != '\0' ? spec->filter : _("All runs"));
  return spot_watch_spec_dup_subject (spec);
}

/**
 * spot_watch_new:
 * @id: an id of its own in the program
 * @spec: what the user asked for
 * @feed_id: of the feed whose rows it shows, 0 for any
 * @list: its runs
 *
 * Returns: (transfer full): a watch that is not ready
 */
SpotWatch *
spot_watch_new (const char          *id,
                const SpotWatchSpec *spec,
                guint                feed_id,
                SpotRunList         *list)
{
  SpotWatch *self;

  g_return_val_if_fail (id != NULL && spec != NULL, NULL);
  g_return_val_if_fail (SPOT_IS_RUN_LIST (list), NULL);

  self = g_object_new (SPOT_TYPE_WATCH, NULL);
  self->id = g_strdup (id);
  self->spec = spot_watch_spec_copy (spec);
  self->name = make_name (spec);
  self->subject = spot_watch_spec_dup_subject (spec);
  self->feed_id = feed_id;
  self->list = g_object_ref (list);
  g_signal_connect_object (list, "counts-changed", G_CALLBACK (update_counts), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * spot_watch_set_spec:
 * @self: a watch
 * @spec: what the user asks for from now on
 *
 * Takes over @spec. The list and the feed are the caller's to change.
 */
void
spot_watch_set_spec (SpotWatch           *self,
                     const SpotWatchSpec *spec)
{
  g_autofree char *name = NULL;
  g_autofree char *subject = NULL;
  SpotWatchSpec *before;

  g_return_if_fail (SPOT_IS_WATCH (self));
  g_return_if_fail (spec != NULL);

  g_object_freeze_notify (G_OBJECT (self));
  before = g_steal_pointer (&self->spec);
  self->spec = spot_watch_spec_copy (spec);
  name = make_name (spec);
  subject = spot_watch_spec_dup_subject (spec);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPEC]);
  if (before->kind != spec->kind)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KIND]);
  if (!g_str_equal (name, self->name))
    {
      g_free (self->name);
      self->name = g_steal_pointer (&name);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
    }
  if (!g_str_equal (subject, self->subject))
    {
      g_free (self->subject);
      self->subject = g_steal_pointer (&subject);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBJECT]);
    }
  spot_watch_spec_free (before);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * spot_watch_get_spec:
 * @self: a watch
 *
 * Returns: (transfer none): what the user asked for, good until it is changed
 */
const SpotWatchSpec *
spot_watch_get_spec (SpotWatch *self)
{
  g_return_val_if_fail (SPOT_IS_WATCH (self), NULL);
  return self->spec;
}

/**
 * spot_watch_set_feed_id:
 * @self: a watch
 * @feed_id: the feed whose rows it shows, 0 for any
 */
void
spot_watch_set_feed_id (SpotWatch *self,
                        guint      feed_id)
{
  g_return_if_fail (SPOT_IS_WATCH (self));
  self->feed_id = feed_id;
}

/**
 * spot_watch_get_id:
 * @self: a watch
 *
 * Returns: its id, the same as long as the program runs
 */
const char *
spot_watch_get_id (SpotWatch *self)
{
  g_return_val_if_fail (SPOT_IS_WATCH (self), NULL);
  return self->id;
}

/**
 * spot_watch_get_tags:
 * @self: a watch
 *
 * Returns: (nullable): the tags that its runs have, for %SPOT_WATCH_TAGS
 */
const char * const *
spot_watch_get_tags (SpotWatch *self)
{
  g_return_val_if_fail (SPOT_IS_WATCH (self), NULL);
  return (const char * const *) self->spec->tags;
}

/**
 * spot_watch_get_feed_id:
 * @self: a watch
 *
 * Returns: the feed whose rows it shows, 0 for any
 */
guint
spot_watch_get_feed_id (SpotWatch *self)
{
  g_return_val_if_fail (SPOT_IS_WATCH (self), 0);
  return self->feed_id;
}

static gboolean
has_all_tags (const char * const *tags,
              const char * const *wanted)
{
  for (guint i = 0; wanted != NULL && wanted[i] != NULL; i++)
    if (tags == NULL || !g_strv_contains (tags, wanted[i]))
      return FALSE;
  return TRUE;
}

static gboolean
has_subject (SpotWatch     *self,
             guint          feed_id,
             SpotRunRecord *record,
             SpotRun       *run)
{
  switch (self->spec->kind)
    {
    case SPOT_WATCH_TAGS:
      return has_all_tags (run != NULL ? spot_run_get_tags (run) : spot_run_record_get_tags (record),
                           (const char * const *) self->spec->tags);
    case SPOT_WATCH_RUN:
      return g_str_equal (self->subject, spot_run_record_get_id (record));
    case SPOT_WATCH_ENVIRONMENT:
    case SPOT_WATCH_BATCH:
    default:
      return self->feed_id == 0 || feed_id == self->feed_id
             || (run != NULL && spot_run_query_matches (spot_run_list_get_query (self->list), run));
    }
}

/**
 * spot_watch_has_run:
 * @self: a watch
 * @feed_id: the feed that brought @record
 * @record: a run
 * @run: (nullable): the same in the store, %NULL when it has left it
 *
 * Returns: whether the watch shows the run, or did when @record came; what is left of a run that has left the store does not
 *   tell whether it passed the watch's filter, and counts as if it had
 */
gboolean
spot_watch_has_run (SpotWatch     *self,
                    guint          feed_id,
                    SpotRunRecord *record,
                    SpotRun       *run)
{
  g_return_val_if_fail (SPOT_IS_WATCH (self), FALSE);

  if (!has_subject (self, feed_id, record, run))
    return FALSE;
  return self->spec->filter == NULL || run == NULL
         || spot_run_query_matches (spot_run_list_get_query (self->list), run);
}

/**
 * spot_watch_tell_commit:
 * @self: a watch
 * @feed_id: the feed that brought @record
 * @record: a run
 * @removed: whether the run has left the feed
 * @run: (nullable): the same in the store, %NULL when it has left it
 *
 * Emits #SpotWatch::committed if the run is the watch's and somebody listens.
 */
void
spot_watch_tell_commit (SpotWatch     *self,
                        guint          feed_id,
                        SpotRunRecord *record,
                        gboolean       removed,
                        SpotRun       *run)
{
  g_return_if_fail (SPOT_IS_WATCH (self));

  if (g_signal_has_handler_pending (self, signals[SIGNAL_COMMITTED], 0, FALSE) &&
      spot_watch_has_run (self, feed_id, record, run))
    g_signal_emit (self, signals[SIGNAL_COMMITTED], 0, record, removed);
}

/**
 * spot_watch_describe:
 * @self: a watch
 * @description: (out caller-allocates): what the notifier has to know of it; its texts belong to @self
 */
void
spot_watch_describe (SpotWatch         *self,
                     SpotNotifierWatch *description)
{
  g_return_if_fail (SPOT_IS_WATCH (self));
  g_return_if_fail (description != NULL);

  *description = (SpotNotifierWatch) { .id = self->id, .name = self->name, .kind = self->spec->kind,
                                         .narrowed = self->spec->filter != NULL, .rule = self->spec->rule,
                                         .muted = self->spec->paused
                                                  || spot_watch_spec_is_muted (self->spec, g_get_real_time ()) };
  if (self->spec->kind != SPOT_WATCH_BATCH)
    return;
  description->n_unfinished = spot_run_list_get_count (self->list, SPOT_STATUS_GROUP_WAITING) +
                              spot_run_list_get_count (self->list, SPOT_STATUS_GROUP_RUNNING);
  description->n_good = spot_run_list_get_count (self->list, SPOT_STATUS_GROUP_GOOD);
  description->n_bad = spot_run_list_get_count (self->list, SPOT_STATUS_GROUP_BAD);
  description->n_neutral = spot_run_list_get_count (self->list, SPOT_STATUS_GROUP_NEUTRAL);
  description->n_total = description->n_unfinished + description->n_good + description->n_bad + description->n_neutral;
}

/**
 * spot_watch_set_ready:
 * @self: a watch
 * @ready: whether its first snapshot is complete
 *
 * From here on its runs are counted.
 */
void
spot_watch_set_ready (SpotWatch *self,
                      gboolean   ready)
{
  g_return_if_fail (SPOT_IS_WATCH (self));

  ready = !!ready;
  if (self->ready == ready)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  self->ready = ready;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
  update_counts (self);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * spot_watch_set_history:
 * @self: a watch
 * @history: how far its older runs have come
 */
void
spot_watch_set_history (SpotWatch        *self,
                        SpotHistoryState  history)
{
  g_return_if_fail (SPOT_IS_WATCH (self));

  if (self->history == history)
    return;
  self->history = history;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HISTORY]);
}

/**
 * spot_watch_get_history:
 * @self: a watch
 *
 * Returns: whether it has the runs that are older than its feed's window
 */
SpotHistoryState
spot_watch_get_history (SpotWatch *self)
{
  g_return_val_if_fail (SPOT_IS_WATCH (self), SPOT_HISTORY_NONE);
  return self->history;
}

/**
 * spot_watch_get_kind:
 * @self: a watch
 *
 * Returns: what the user asked to see
 */
SpotWatchKind
spot_watch_get_kind (SpotWatch *self)
{
  g_return_val_if_fail (SPOT_IS_WATCH (self), SPOT_WATCH_ENVIRONMENT);
  return self->spec->kind;
}

/**
 * spot_watch_get_name:
 * @self: a watch
 *
 * Returns: what the user calls it, or what it is
 */
const char *
spot_watch_get_name (SpotWatch *self)
{
  g_return_val_if_fail (SPOT_IS_WATCH (self), NULL);
  return self->name;
}

/**
 * spot_watch_get_subject:
 * @self: a watch
 *
 * Returns: run id, batch id, or tags joined by ", "; empty for an environment
 */
const char *
spot_watch_get_subject (SpotWatch *self)
{
  g_return_val_if_fail (SPOT_IS_WATCH (self), NULL);
  return self->subject;
}

/**
 * spot_watch_get_list:
 * @self: a watch
 *
 * Returns: (transfer none): its runs
 */
SpotRunList *
spot_watch_get_list (SpotWatch *self)
{
  g_return_val_if_fail (SPOT_IS_WATCH (self), NULL);
  return self->list;
}

/**
 * spot_watch_get_connection:
 * @self: a watch
 *
 * Returns: (transfer none): where the feed that serves it stands, the same object always
 */
SpotConnection *
spot_watch_get_connection (SpotWatch *self)
{
  g_return_val_if_fail (SPOT_IS_WATCH (self), NULL);
  return self->connection;
}

/**
 * spot_watch_get_n_runs:
 * @self: a watch
 *
 * Returns: runs in it, 0 while it is not ready
 */
guint
spot_watch_get_n_runs (SpotWatch *self)
{
  g_return_val_if_fail (SPOT_IS_WATCH (self), 0);
  return count_all (self->counts);
}

/**
 * spot_watch_get_count:
 * @self: a watch
 * @group: a group of statuses
 *
 * Returns: runs in it whose status is of @group, 0 while it is not ready
 */
guint
spot_watch_get_count (SpotWatch      *self,
                      SpotStatusGroup group)
{
  g_return_val_if_fail (SPOT_IS_WATCH (self), 0);
  g_return_val_if_fail ((guint) group < SPOT_N_STATUS_GROUPS, 0);
  return self->counts[group];
}

/**
 * spot_watch_get_ready:
 * @self: a watch
 *
 * Returns: whether its first snapshot is complete
 */
gboolean
spot_watch_get_ready (SpotWatch *self)
{
  g_return_val_if_fail (SPOT_IS_WATCH (self), FALSE);
  return self->ready;
}
