/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-run-timeline-private.h"

/* A run may change a hundred times a second; nobody reads so fast. */
#define RELOAD_MS 100

struct _SpotRunTimeline
{
  GObject               parent_instance;

  char                 *run_id;          /* (owned) */
  GPtrArray            *changes;         /* (owned) (element-type SpotChange): oldest first */
  GPtrArray            *events;          /* (owned) (element-type SpotRunEvent): one for each */
  SpotTimelineDescribe  describe;
  gpointer              owner;           /* (not owned) (nullable) */
  SpotRunRecord        *record;          /* (owned) (nullable): the last state, where there is no journal */

  SpotJournal          *journal;         /* (owned) (nullable) */
  char                 *environment_key; /* (owned) (nullable) */
  GCancellable         *cancellable;     /* (owned) */
  guint                 reload_id;
  gboolean              asking;
  gboolean              ask_again;
  gboolean              loading;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SpotRunTimeline, spot_run_timeline, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  PROP_LOADING = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static GType
get_item_type (GListModel *model)
{
  return SPOT_TYPE_RUN_EVENT;
}

static guint
get_n_items (GListModel *model)
{
  return SPOT_RUN_TIMELINE (model)->events->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  SpotRunTimeline *self = SPOT_RUN_TIMELINE (model);

  return position < self->events->len ? g_object_ref (self->events->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* Makes events of the changes, and keeps those that are as they were. */
static void
update (SpotRunTimeline *self)
{
  g_autoptr(GArray) watches = g_array_new (FALSE, FALSE, sizeof (SpotTimelineWatch));
  const char * const *tags = NULL;
  g_autoptr(GPtrArray) left = NULL;
  guint n_before = self->events->len;
  guint n_same = 0;

  if (self->owner != NULL)
    self->describe (self->owner, self->run_id, watches, &tags);
  left = spot_run_timeline_find_left (self->changes, tags, (const SpotTimelineWatch *) watches->data, watches->len);
  while (n_same < n_before && n_same < self->changes->len
         && spot_run_event_is (self->events->pdata[n_same], self->changes->pdata[n_same], left->pdata[n_same]))
    n_same++;
  if (n_same == n_before && n_same == self->changes->len)
    return;
  g_ptr_array_set_size (self->events, (gint) n_same);
  for (guint i = n_same; i < self->changes->len; i++)
    g_ptr_array_add (self->events, spot_run_event_new (self->changes->pdata[i], left->pdata[i]));
  g_list_model_items_changed (G_LIST_MODEL (self), n_same, n_before - n_same, self->events->len - n_same);
}

static void ask (SpotRunTimeline *self);

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) changes = spot_journal_load_changes_finish (SPOT_JOURNAL (source), result, &error);
  SpotRunTimeline *self = user_data;

  /* Then it may be gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->asking = FALSE;
  if (changes != NULL)
    {
      g_ptr_array_unref (self->changes);
      self->changes = g_steal_pointer (&changes);
      update (self);
    }
  if (self->loading)
    {
      self->loading = FALSE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
    }
  if (self->ask_again)
    ask (self);
}

static void
ask (SpotRunTimeline *self)
{
  self->ask_again = self->asking;
  if (self->asking)
    return;
  self->asking = TRUE;
  spot_journal_load_changes_async (self->journal, self->environment_key, self->run_id, self->cancellable, loaded_cb, self);
}

static gboolean
reload_cb (gpointer user_data)
{
  SpotRunTimeline *self = user_data;

  self->reload_id = 0;
  ask (self);
  return G_SOURCE_REMOVE;
}

static void
spot_run_timeline_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_LOADING:
      g_value_set_boolean (value, SPOT_RUN_TIMELINE (object)->loading);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_run_timeline_dispose (GObject *object)
{
  SpotRunTimeline *self = SPOT_RUN_TIMELINE (object);

  g_clear_handle_id (&self->reload_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->journal);
  G_OBJECT_CLASS (spot_run_timeline_parent_class)->dispose (object);
}

static void
spot_run_timeline_finalize (GObject *object)
{
  SpotRunTimeline *self = SPOT_RUN_TIMELINE (object);

  g_free (self->run_id);
  g_free (self->environment_key);
  g_ptr_array_unref (self->changes);
  g_ptr_array_unref (self->events);
  g_clear_pointer (&self->record, spot_run_record_unref);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (spot_run_timeline_parent_class)->finalize (object);
}

static void
spot_run_timeline_class_init (SpotRunTimelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_run_timeline_get_property;
  object_class->dispose = spot_run_timeline_dispose;
  object_class->finalize = spot_run_timeline_finalize;

  /**
   * SpotRunTimeline:loading:
   *
   * Whether the journal has not answered yet.
   */
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                                                   G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
spot_run_timeline_init (SpotRunTimeline *self)
{
  self->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_change_free);
  self->events = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
}

/**
 * spot_run_timeline_new:
 * @run_id: a run
 * @record: (nullable): its state
 * @describe: gives its tags and the watches over tags
 * @owner: (not nullable): for @describe; has to call spot_run_timeline_orphan() before it goes
 *
 * Returns: (transfer full): a timeline without events
 */
SpotRunTimeline *
spot_run_timeline_new (const char           *run_id,
                       SpotRunRecord        *record,
                       SpotTimelineDescribe  describe,
                       gpointer              owner)
{
  SpotRunTimeline *self = g_object_new (SPOT_TYPE_RUN_TIMELINE, NULL);

  self->run_id = g_strdup (run_id);
  self->record = record != NULL ? spot_run_record_ref (record) : NULL;
  self->describe = describe;
  self->owner = owner;
  return self;
}

/**
 * spot_run_timeline_load:
 * @self: a timeline
 * @journal: where the run is kept
 * @environment_key: its environment
 *
 * Fills it from the journal, from now on.
 */
void
spot_run_timeline_load (SpotRunTimeline *self,
                        SpotJournal     *journal,
                        const char      *environment_key)
{
  self->journal = g_object_ref (journal);
  self->environment_key = g_strdup (environment_key);
  self->loading = TRUE;
  ask (self);
}

/**
 * spot_run_timeline_take:
 * @self: a timeline
 * @feed_key: the feed that brought it
 * @cause: what kind of commit did
 * @change: what a commit says of the run, which the journal has been given by now
 * @deleted: whether a run that was removed is not on the server any more
 *
 * Adds what comes of it.
 */
void
spot_run_timeline_take (SpotRunTimeline     *self,
                        const char          *feed_key,
                        SpotRunBatchKind     cause,
                        const SpotRunChange *change,
                        gboolean             deleted)
{
  g_autoptr(SpotRunRecord) record = NULL;
  g_autoptr(GPtrArray) news = NULL;

  if (self->journal != NULL)
    {
      if (self->reload_id == 0)
        self->reload_id = g_timeout_add (RELOAD_MS, reload_cb, self);
      return;
    }
  if (change->removed)
    {
      g_ptr_array_add (self->changes, spot_change_new_removal (deleted, feed_key, cause, g_get_real_time ()));
    }
  else
    {
      record = self->record != NULL ? spot_run_record_combine (self->record, change->record)
                                    : spot_run_record_ref (change->record);
      news = spot_change_compare (self->record, record, cause, g_get_real_time ());
      g_ptr_array_extend_and_steal (self->changes, g_steal_pointer (&news));
      g_clear_pointer (&self->record, spot_run_record_unref);
      self->record = g_steal_pointer (&record);
    }
  update (self);
}

/**
 * spot_run_timeline_orphan:
 * @self: a timeline
 *
 * Its owner is gone: nothing is added any more.
 */
void
spot_run_timeline_orphan (SpotRunTimeline *self)
{
  self->owner = NULL;
  g_clear_handle_id (&self->reload_id, g_source_remove);
}

/**
 * spot_run_timeline_get_run_id:
 * @self: a timeline
 *
 * Returns: whose it is
 */
const char *
spot_run_timeline_get_run_id (SpotRunTimeline *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_TIMELINE (self), NULL);

  return self->run_id;
}

/**
 * spot_run_timeline_get_loading:
 * @self: a timeline
 *
 * Returns: whether the journal has not answered yet
 */
gboolean
spot_run_timeline_get_loading (SpotRunTimeline *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_TIMELINE (self), FALSE);

  return self->loading;
}
