/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include <math.h>

#include "spot-run-private.h"

G_DEFINE_FINAL_TYPE (SpotRun, spot_run, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_ID,
  PROP_TASK,
  PROP_STATUS,
  PROP_STATUS_WORD,
  PROP_SEED_STATUS,
  PROP_ENDED,
  PROP_IS_TEST,
  PROP_NUMBER,
  PROP_CREATED_AT,
  PROP_UPDATED_AT,
  PROP_STARTED_AT,
  PROP_FINISHED_AT,
  PROP_QUEUED_AT,
  PROP_EXPIRED_AT,
  PROP_DELAYED_UNTIL,
  PROP_DURATION_MS,
  PROP_COST_IN_CENTS,
  PROP_BASE_COST_IN_CENTS,
  PROP_TAGS,
  PROP_IDEMPOTENCY_KEY,
  PROP_TTL,
  PROP_PAYLOAD,
  PROP_OUTPUT,
  PROP_METADATA,
  PROP_ERROR,
  PROP_REALTIME_STREAMS,
  PROP_PROGRESS,
  PROP_HEADLINE,
  PROP_RECORD,
  N_PROPS
};

enum { CHANGED, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];
static guint notify_signal;

#define BIT(name) SPOT_COLUMN_BIT (SPOT_COLUMN_##name)

/* The columns that a property is made of. */
static const guint32 prop_columns[N_PROPS] = {
  [PROP_ID] = BIT (FRIENDLY_ID),
  [PROP_TASK] = BIT (TASK_IDENTIFIER),
  [PROP_STATUS] = BIT (STATUS),
  [PROP_STATUS_WORD] = BIT (STATUS),
  [PROP_SEED_STATUS] = BIT (STATUS),
  [PROP_ENDED] = BIT (COMPLETED_AT) | BIT (STATUS),
  [PROP_IS_TEST] = BIT (IS_TEST),
  [PROP_NUMBER] = BIT (NUMBER),
  [PROP_CREATED_AT] = BIT (CREATED_AT),
  [PROP_UPDATED_AT] = BIT (UPDATED_AT),
  [PROP_STARTED_AT] = BIT (STARTED_AT),
  [PROP_FINISHED_AT] = BIT (COMPLETED_AT),
  [PROP_QUEUED_AT] = BIT (QUEUED_AT),
  [PROP_EXPIRED_AT] = BIT (EXPIRED_AT),
  [PROP_DELAYED_UNTIL] = BIT (DELAY_UNTIL),
  [PROP_DURATION_MS] = BIT (USAGE_DURATION_MS),
  [PROP_COST_IN_CENTS] = BIT (COST_IN_CENTS),
  [PROP_BASE_COST_IN_CENTS] = BIT (BASE_COST_IN_CENTS),
  [PROP_TAGS] = BIT (RUN_TAGS),
  [PROP_TTL] = BIT (TTL),
  [PROP_PAYLOAD] = BIT (PAYLOAD),
  [PROP_OUTPUT] = BIT (OUTPUT),
  [PROP_METADATA] = BIT (METADATA),
  [PROP_ERROR] = BIT (ERROR),
  [PROP_REALTIME_STREAMS] = BIT (REALTIME_STREAMS),
  [PROP_PROGRESS] = BIT (METADATA) | BIT (TASK_IDENTIFIER),
  [PROP_HEADLINE] = BIT (METADATA) | BIT (ERROR) | BIT (STATUS) | BIT (COMPLETED_AT),
  [PROP_RECORD] = G_MAXUINT32,
};

static const char *
get_seed_word (const SpotRunRecord *record)
{
  SpotRunStatus status = spot_run_record_get_status (record);

  return status != SPOT_RUN_STATUS_UNKNOWN ? spot_run_status_to_seed (status) : spot_run_record_get_status_word (record);
}

static SpotColumn
get_time_column (guint prop_id)
{
  switch (prop_id)
    {
    case PROP_CREATED_AT: return SPOT_COLUMN_CREATED_AT;
    case PROP_UPDATED_AT: return SPOT_COLUMN_UPDATED_AT;
    case PROP_STARTED_AT: return SPOT_COLUMN_STARTED_AT;
    case PROP_FINISHED_AT: return SPOT_COLUMN_COMPLETED_AT;
    case PROP_QUEUED_AT: return SPOT_COLUMN_QUEUED_AT;
    case PROP_EXPIRED_AT: return SPOT_COLUMN_EXPIRED_AT;
    case PROP_DELAYED_UNTIL: return SPOT_COLUMN_DELAY_UNTIL;
    default: g_assert_not_reached ();
    }
}

static SpotColumn
get_text_column (guint prop_id)
{
  switch (prop_id)
    {
    case PROP_TTL: return SPOT_COLUMN_TTL;
    case PROP_PAYLOAD: return SPOT_COLUMN_PAYLOAD;
    case PROP_OUTPUT: return SPOT_COLUMN_OUTPUT;
    case PROP_METADATA: return SPOT_COLUMN_METADATA;
    case PROP_ERROR: return SPOT_COLUMN_ERROR;
    default: g_assert_not_reached ();
    }
}

static gboolean
same_number (double a,
             double b)
{
  return a == b || (isnan (a) && isnan (b));
}

/* The column differs, but going from unknown to null makes no difference to who reads the property. */
static gboolean
same_text (const SpotRunRecord *before,
           const SpotRunRecord *after,
           SpotColumn           column)
{
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;

  if (spot_run_record_get_text_size (before, column) != 0 || spot_run_record_get_text_size (after, column) != 0)
    return FALSE;
  a = spot_run_record_dup_text (before, column, NULL);
  b = spot_run_record_dup_text (after, column, NULL);
  return (a == NULL) == (b == NULL);
}

/* Whether a property other than progress and headline reads differently. */
static gboolean
same_property (const SpotRunRecord *before,
               const SpotRunRecord *after,
               guint                prop_id)
{
  switch (prop_id)
    {
    case PROP_ID:
      return g_strcmp0 (spot_run_record_get_id (before), spot_run_record_get_id (after)) == 0;
    case PROP_TASK:
      return g_strcmp0 (spot_run_record_get_task (before), spot_run_record_get_task (after)) == 0;
    case PROP_STATUS:
      return spot_run_record_get_status (before) == spot_run_record_get_status (after);
    case PROP_STATUS_WORD:
      return g_strcmp0 (spot_run_record_get_status_word (before), spot_run_record_get_status_word (after)) == 0;
    case PROP_SEED_STATUS:
      return g_strcmp0 (get_seed_word (before), get_seed_word (after)) == 0;
    case PROP_ENDED:
      return spot_run_record_has_ended (before) == spot_run_record_has_ended (after);
    case PROP_IS_TEST:
      return spot_run_record_get_is_test (before) == spot_run_record_get_is_test (after);
    case PROP_NUMBER:
      return spot_run_record_get_number (before) == spot_run_record_get_number (after);
    case PROP_CREATED_AT:
    case PROP_UPDATED_AT:
    case PROP_STARTED_AT:
    case PROP_FINISHED_AT:
    case PROP_QUEUED_AT:
    case PROP_EXPIRED_AT:
    case PROP_DELAYED_UNTIL:
      return spot_run_record_get_time (before, get_time_column (prop_id))
             == spot_run_record_get_time (after, get_time_column (prop_id));
    case PROP_DURATION_MS:
      return spot_run_record_get_usage_ms (before) == spot_run_record_get_usage_ms (after);
    case PROP_COST_IN_CENTS:
      return same_number (spot_run_record_get_cost (before), spot_run_record_get_cost (after));
    case PROP_BASE_COST_IN_CENTS:
      return same_number (spot_run_record_get_base_cost (before), spot_run_record_get_base_cost (after));
    case PROP_TAGS:
      return g_strv_equal (spot_run_record_get_tags (before), spot_run_record_get_tags (after));
    case PROP_REALTIME_STREAMS:
      return g_strv_equal (spot_run_record_get_streams (before), spot_run_record_get_streams (after));
    case PROP_TTL:
    case PROP_PAYLOAD:
    case PROP_OUTPUT:
    case PROP_METADATA:
    case PROP_ERROR:
      return same_text (before, after, get_text_column (prop_id));
    default:
      return before == after;
    }
}

static SpotRunGlance *
get_glance (SpotRun *self)
{
  if (self->glance == NULL)
    self->glance = spot_run_glance_new ();
  return self->glance;
}

static void
notify_glanced (SpotRun       *self,
                SpotRunRecord *before,
                SpotRunGlance *glance_before,
                guint32        changed)
{
  g_autoptr(SpotRunGlance) own_glance = NULL;
  /* A second look at an old record must not move the bar's floor. */
  SpotProgressMemory memory_before = self->progress_memory;
  const char *headline_before;
  double progress_before;

  if ((changed & (prop_columns[PROP_PROGRESS] | prop_columns[PROP_HEADLINE])) == 0)
    return;
  if (glance_before == NULL)
    glance_before = own_glance = spot_run_glance_new ();

  progress_before = spot_run_glance_get_progress (glance_before, before, &memory_before);
  headline_before = spot_run_glance_get_headline (glance_before, before, &memory_before);
  if (!same_number (progress_before, spot_run_get_progress (self)))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROGRESS]);
  if (g_strcmp0 (headline_before, spot_run_get_headline (self)) != 0)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HEADLINE]);
}

static void
spot_run_get_property (GObject    *object,
                       guint       prop_id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  SpotRun *self = SPOT_RUN (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, spot_run_get_id (self));
      break;
    case PROP_TASK:
      g_value_set_string (value, spot_run_get_task (self));
      break;
    case PROP_STATUS:
      g_value_set_enum (value, spot_run_get_status (self));
      break;
    case PROP_STATUS_WORD:
      g_value_set_string (value, spot_run_get_status_word (self));
      break;
    case PROP_SEED_STATUS:
      g_value_set_string (value, get_seed_word (self->record));
      break;
    case PROP_ENDED:
      g_value_set_boolean (value, spot_run_get_ended (self));
      break;
    case PROP_IS_TEST:
      g_value_set_boolean (value, spot_run_get_is_test (self));
      break;
    case PROP_NUMBER:
      g_value_set_int64 (value, spot_run_record_get_number (self->record));
      break;
    case PROP_CREATED_AT:
    case PROP_UPDATED_AT:
    case PROP_STARTED_AT:
    case PROP_FINISHED_AT:
    case PROP_QUEUED_AT:
    case PROP_EXPIRED_AT:
    case PROP_DELAYED_UNTIL:
      g_value_set_int64 (value, spot_run_record_get_time (self->record, get_time_column (prop_id)));
      break;
    case PROP_DURATION_MS:
      g_value_set_int64 (value, spot_run_record_get_usage_ms (self->record));
      break;
    case PROP_COST_IN_CENTS:
      g_value_set_double (value, spot_run_record_get_cost (self->record));
      break;
    case PROP_BASE_COST_IN_CENTS:
      g_value_set_double (value, spot_run_record_get_base_cost (self->record));
      break;
    case PROP_TAGS:
      g_value_set_boxed (value, spot_run_get_tags (self));
      break;
    case PROP_IDEMPOTENCY_KEY:
      g_value_set_string (value, NULL);
      break;
    case PROP_TTL:
    case PROP_PAYLOAD:
    case PROP_OUTPUT:
    case PROP_METADATA:
    case PROP_ERROR:
      g_value_take_string (value, spot_run_record_dup_text (self->record, get_text_column (prop_id), NULL));
      break;
    case PROP_REALTIME_STREAMS:
      g_value_set_boxed (value, spot_run_record_get_streams (self->record));
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, spot_run_get_progress (self));
      break;
    case PROP_HEADLINE:
      g_value_set_string (value, spot_run_get_headline (self));
      break;
    case PROP_RECORD:
      g_value_set_boxed (value, self->record);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
spot_run_finalize (GObject *object)
{
  SpotRun *self = SPOT_RUN (object);

  for (guint i = 0; i < self->n_feeds; i++)
    spot_run_record_unref (self->feeds[i].record);
  g_free (self->feeds);
  g_free (self->id);
  spot_run_glance_free (self->glance);
  spot_run_record_unref (self->record);

  G_OBJECT_CLASS (spot_run_parent_class)->finalize (object);
}

static void
spot_run_class_init (SpotRunClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = spot_run_get_property;
  object_class->finalize = spot_run_finalize;

  /* SpotRun:id: the public id, `run_…`. Never changes. */
  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  /* SpotRun:task: the task's identifier. */
  props[PROP_TASK] = g_param_spec_string ("task", NULL, NULL, NULL, flags);
  /* SpotRun:status: the status as the feeds have it. */
  props[PROP_STATUS] = g_param_spec_enum ("status", NULL, NULL, SPOT_TYPE_RUN_STATUS, SPOT_RUN_STATUS_UNKNOWN, flags);
  /* SpotRun:status-word: the status word as it was received. */
  props[PROP_STATUS_WORD] = g_param_spec_string ("status-word", NULL, NULL, NULL, flags);
  /* SpotRun:seed-status: one of the 14 names, or the word as it was received when it is none that this version knows. */
  props[PROP_SEED_STATUS] = g_param_spec_string ("seed-status", NULL, NULL, NULL, flags);
  /* SpotRun:ended: whether the run has ended, in whatever way. */
  props[PROP_ENDED] = g_param_spec_boolean ("ended", NULL, NULL, FALSE, flags);
  /* SpotRun:is-test: whether it was triggered as a test. */
  props[PROP_IS_TEST] = g_param_spec_boolean ("is-test", NULL, NULL, FALSE, flags);
  /* SpotRun:number: a count that older servers keep, 0 on newer ones. No identity. */
  props[PROP_NUMBER] = g_param_spec_int64 ("number", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  /* Times: microseconds since 1970 UTC, %SPOT_TIME_NONE for none. */
  props[PROP_CREATED_AT] = g_param_spec_int64 ("created-at", NULL, NULL, G_MININT64, G_MAXINT64, SPOT_TIME_NONE, flags);
  props[PROP_UPDATED_AT] = g_param_spec_int64 ("updated-at", NULL, NULL, G_MININT64, G_MAXINT64, SPOT_TIME_NONE, flags);
  props[PROP_STARTED_AT] = g_param_spec_int64 ("started-at", NULL, NULL, G_MININT64, G_MAXINT64, SPOT_TIME_NONE, flags);
  props[PROP_FINISHED_AT] = g_param_spec_int64 ("finished-at", NULL, NULL, G_MININT64, G_MAXINT64, SPOT_TIME_NONE, flags);
  props[PROP_QUEUED_AT] = g_param_spec_int64 ("queued-at", NULL, NULL, G_MININT64, G_MAXINT64, SPOT_TIME_NONE, flags);
  props[PROP_EXPIRED_AT] = g_param_spec_int64 ("expired-at", NULL, NULL, G_MININT64, G_MAXINT64, SPOT_TIME_NONE, flags);
  props[PROP_DELAYED_UNTIL] = g_param_spec_int64 ("delayed-until", NULL, NULL, G_MININT64, G_MAXINT64, SPOT_TIME_NONE, flags);
  /* SpotRun:duration-ms: compute time that is charged, in milliseconds. */
  props[PROP_DURATION_MS] = g_param_spec_int64 ("duration-ms", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  /* SpotRun:cost-in-cents, base-cost-in-cents: cost of the compute time, and of the run as such, in US cents. */
  props[PROP_COST_IN_CENTS] = g_param_spec_double ("cost-in-cents", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags);
  props[PROP_BASE_COST_IN_CENTS]
      = g_param_spec_double ("base-cost-in-cents", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags);
  /* SpotRun:tags: never %NULL. */
  props[PROP_TAGS] = g_param_spec_boxed ("tags", NULL, NULL, G_TYPE_STRV, flags);
  /* SpotRun:idempotency-key: always %NULL: the feeds do not send it. */
  props[PROP_IDEMPOTENCY_KEY] = g_param_spec_string ("idempotency-key", NULL, NULL, NULL, flags);
  /* SpotRun:ttl: how long it may wait for its start, as the server writes it ("10m"). (nullable) */
  props[PROP_TTL] = g_param_spec_string ("ttl", NULL, NULL, NULL, flags);
  /* SpotRun:payload, output, metadata, error: texts as received. (nullable): null or not known */
  props[PROP_PAYLOAD] = g_param_spec_string ("payload", NULL, NULL, NULL, flags);
  props[PROP_OUTPUT] = g_param_spec_string ("output", NULL, NULL, NULL, flags);
  props[PROP_METADATA] = g_param_spec_string ("metadata", NULL, NULL, NULL, flags);
  props[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  /* SpotRun:realtime-streams: names of the run's data streams, never %NULL. */
  props[PROP_REALTIME_STREAMS] = g_param_spec_boxed ("realtime-streams", NULL, NULL, G_TYPE_STRV, flags);
  /* SpotRun:progress: a fraction from 0 to 1, -1 when the run tells none. */
  props[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, -1, 1, -1, flags);
  /* SpotRun:headline: one line: what an unfinished run does, or why a broken one broke. (nullable) */
  props[PROP_HEADLINE] = g_param_spec_string ("headline", NULL, NULL, NULL, flags);
  /* SpotRun:record: the newest record. */
  props[PROP_RECORD] = g_param_spec_boxed ("record", NULL, NULL, SPOT_TYPE_RUN_RECORD, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * SpotRun::changed:
   * @self: the run
   * @columns: bits of the columns that changed (SPOT_COLUMN_BIT)
   *
   * After each change of the record, once, behind the notify signals.
   */
  signals[CHANGED] = g_signal_new ("changed", SPOT_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   G_TYPE_UINT);
  notify_signal = g_signal_lookup ("notify", G_TYPE_OBJECT);
}

static void
spot_run_init (SpotRun *self)
{
  self->progress_memory = (SpotProgressMemory) SPOT_PROGRESS_MEMORY_INIT;
}

/**
 * spot_run_new:
 * @record: a record that can be shown
 *
 * Returns: (transfer full): a run in the state of @record, which is referenced
 */
SpotRun *
spot_run_new (SpotRunRecord *record)
{
  SpotRun *self;

  g_return_val_if_fail (record != NULL, NULL);

  self = g_object_new (SPOT_TYPE_RUN, NULL);
  self->record = spot_run_record_ref (record);
  return self;
}

/**
 * spot_run_swap_record:
 * @self: a run
 * @record: its next record, which is referenced
 *
 * Puts @record in place without telling anybody; spot_run_announce() has to follow.
 *
 * Returns: (transfer full) (nullable): the glance at the record before, if somebody had looked
 */
SpotRunGlance *
spot_run_swap_record (SpotRun       *self,
                      SpotRunRecord *record)
{
  spot_run_record_ref (record);
  spot_run_record_unref (self->record);
  self->record = record;
  return g_steal_pointer (&self->glance);
}

/**
 * spot_run_announce:
 * @self: a run
 * @before: the record that listeners know
 * @glance_before: (nullable): what they may have seen of it
 * @changed: bits of the columns that differ between @before and the record of now
 *
 * Notifies once for each property that reads differently and emits #SpotRun::changed.
 */
void
spot_run_announce (SpotRun       *self,
                   SpotRunRecord *before,
                   SpotRunGlance *glance_before,
                   guint32        changed)
{
  g_autoptr(SpotRun) hold = NULL;

  if (changed == 0)
    return;

  hold = g_object_ref (self);
  /* Almost all runs are off the screen, where nobody listens and nothing needs to be compared. */
  if (g_signal_handler_find (self, G_SIGNAL_MATCH_ID, notify_signal, 0, NULL, NULL, NULL) != 0)
    {
      g_object_freeze_notify (G_OBJECT (self));
      for (guint i = 1; i < N_PROPS; i++)
        {
          if (i == PROP_PROGRESS || i == PROP_HEADLINE || (prop_columns[i] & changed) == 0)
            continue;
          if (!same_property (before, self->record, i))
            g_object_notify_by_pspec (G_OBJECT (self), props[i]);
        }
      notify_glanced (self, before, glance_before, changed);
      g_object_thaw_notify (G_OBJECT (self));
    }
  g_signal_emit (self, signals[CHANGED], 0, changed);
}

/**
 * spot_run_apply:
 * @self: a run
 * @record: its next record, which is referenced
 *
 * Takes over @record, notifies once for each property that changed and emits #SpotRun::changed once. The same record, or
 * an equal one, is passed over in silence.
 *
 * Returns: bits of the columns that changed (SPOT_COLUMN_BIT), 0 for none
 */
guint32
spot_run_apply (SpotRun       *self,
                SpotRunRecord *record)
{
  g_autoptr(SpotRunRecord) before = NULL;
  g_autoptr(SpotRunGlance) glance_before = NULL;
  guint32 changed;

  g_return_val_if_fail (SPOT_IS_RUN (self), 0);
  g_return_val_if_fail (record != NULL, 0);

  if (record == self->record)
    return 0;
  changed = spot_run_record_diff (self->record, record);
  if (changed == 0)
    return 0;

  before = spot_run_record_ref (self->record);
  glance_before = spot_run_swap_record (self, record);
  spot_run_announce (self, before, glance_before, changed);
  return changed;
}

/**
 * spot_run_get_record:
 * @self: a run
 *
 * Returns: (transfer none): the newest record
 */
SpotRunRecord *
spot_run_get_record (SpotRun *self)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), NULL);

  return self->record;
}

/**
 * spot_run_get_id:
 * @self: a run
 *
 * Returns: the public id, valid and the same for the life of @self
 */
const char *
spot_run_get_id (SpotRun *self)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), NULL);

  /* A copy, because records go and callers keep the id of a run to find it again. */
  if (self->id == NULL)
    self->id = g_strdup (spot_run_record_get_id (self->record));
  return self->id;
}

/**
 * spot_run_get_task:
 * @self: a run
 *
 * Returns: the task's identifier, valid until the next change; empty while it is not known
 */
const char *
spot_run_get_task (SpotRun *self)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), NULL);

  return spot_run_record_get_task (self->record);
}

/**
 * spot_run_get_status:
 * @self: a run
 *
 * Returns: the status
 */
SpotRunStatus
spot_run_get_status (SpotRun *self)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), SPOT_RUN_STATUS_UNKNOWN);

  return spot_run_record_get_status (self->record);
}

/**
 * spot_run_get_status_word:
 * @self: a run
 *
 * Returns: the status word as received, valid until the next change
 */
const char *
spot_run_get_status_word (SpotRun *self)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), NULL);

  return spot_run_record_get_status_word (self->record);
}

/**
 * spot_run_get_ended:
 * @self: a run
 *
 * Returns: whether the run has ended, in whatever way
 */
gboolean
spot_run_get_ended (SpotRun *self)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), FALSE);

  return spot_run_record_has_ended (self->record);
}

/**
 * spot_run_get_is_test:
 * @self: a run
 *
 * Returns: whether it was triggered as a test
 */
gboolean
spot_run_get_is_test (SpotRun *self)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), FALSE);

  return spot_run_record_get_is_test (self->record);
}

/**
 * spot_run_get_time:
 * @self: a run
 * @column: one of the columns that hold a time
 *
 * Returns: microseconds since 1970 UTC, or %SPOT_TIME_NONE
 */
gint64
spot_run_get_time (SpotRun    *self,
                   SpotColumn  column)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), SPOT_TIME_NONE);

  return spot_run_record_get_time (self->record, column);
}

/**
 * spot_run_get_tags:
 * @self: a run
 *
 * Returns: (array zero-terminated=1) (transfer none): its tags, valid until the next change; never %NULL
 */
const char * const *
spot_run_get_tags (SpotRun *self)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), NULL);

  return spot_run_record_get_tags (self->record);
}

/**
 * spot_run_get_progress:
 * @self: a run
 *
 * Returns: a fraction from 0 to 1, -1 when the run tells none
 */
double
spot_run_get_progress (SpotRun *self)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), -1);

  return spot_run_glance_get_progress (get_glance (self), self->record, &self->progress_memory);
}

/**
 * spot_run_get_headline:
 * @self: a run
 *
 * Returns: (nullable): one line: what an unfinished run says that it is doing, or why a broken one broke. Valid until the
 *   next change
 */
const char *
spot_run_get_headline (SpotRun *self)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), NULL);

  return spot_run_glance_get_headline (get_glance (self), self->record, &self->progress_memory);
}

/**
 * spot_run_get_wall_ms:
 * @self: a run
 * @now_us: the time now, in microseconds since 1970 UTC
 *
 * Returns: milliseconds from its start to its end, or to @now_us while it has none; -1 before the start, and when it has
 *   ended nobody says when
 */
gint64
spot_run_get_wall_ms (SpotRun *self,
                      gint64   now_us)
{
  gint64 started_us;
  gint64 until_us;
  gint64 wall_us;

  g_return_val_if_fail (SPOT_IS_RUN (self), -1);

  started_us = spot_run_record_get_time (self->record, SPOT_COLUMN_STARTED_AT);
  if (started_us == SPOT_TIME_NONE)
    return -1;
  until_us = spot_run_record_get_time (self->record, SPOT_COLUMN_COMPLETED_AT);
  if (until_us == SPOT_TIME_NONE && spot_run_get_ended (self))
    return -1;
  if (until_us == SPOT_TIME_NONE)
    until_us = now_us;

  /* The server's clock may be ahead of ours, and its times may be any number. */
  if (until_us <= started_us)
    return 0;
  if (__builtin_sub_overflow (until_us, started_us, &wall_us))
    wall_us = G_MAXINT64;
  return wall_us / 1000;
}

/**
 * spot_run_get_metadata:
 * @self: a run
 *
 * Returns: (transfer none) (nullable): what the metadata says, valid until the next change; %NULL when there is none
 */
SpotMetadata *
spot_run_get_metadata (SpotRun *self)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), NULL);

  return spot_run_glance_get_metadata (get_glance (self), self->record, &self->progress_memory);
}

static SpotPacket *
dup_packet (SpotRun    *self,
            SpotColumn  column,
            SpotColumn  type_column)
{
  g_autofree char *data = NULL;
  g_autofree char *type = NULL;
  gsize length = 0;

  if ((spot_run_record_get_known (self->record) & SPOT_COLUMN_BIT (column)) == 0)
    return NULL;
  data = spot_run_record_dup_text (self->record, column, &length);
  type = spot_run_record_dup_text (self->record, type_column, NULL);
  return spot_packet_decode (data, (gssize) length, type);
}

/**
 * spot_run_dup_payload:
 * @self: a run
 *
 * Decodes the payload, at every call.
 *
 * Returns: (transfer full) (nullable): the payload; %NULL while it is not known, because no feed of the run brings it
 */
SpotPacket *
spot_run_dup_payload (SpotRun *self)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), NULL);

  return dup_packet (self, SPOT_COLUMN_PAYLOAD, SPOT_COLUMN_PAYLOAD_TYPE);
}

/**
 * spot_run_dup_output:
 * @self: a run
 *
 * Decodes the output, at every call.
 *
 * Returns: (transfer full) (nullable): the output; %NULL while it is not known, because no feed of the run brings it
 */
SpotPacket *
spot_run_dup_output (SpotRun *self)
{
  g_return_val_if_fail (SPOT_IS_RUN (self), NULL);

  return dup_packet (self, SPOT_COLUMN_OUTPUT, SPOT_COLUMN_OUTPUT_TYPE);
}

/**
 * spot_run_dup_error:
 * @self: a run
 *
 * Returns: (transfer full) (nullable): why the run broke, %NULL when it tells no error
 */
SpotRunError *
spot_run_dup_error (SpotRun *self)
{
  g_autofree char *text = NULL;
  gsize length = 0;

  g_return_val_if_fail (SPOT_IS_RUN (self), NULL);

  text = spot_run_record_dup_text (self->record, SPOT_COLUMN_ERROR, &length);
  return text != NULL ? spot_run_error_parse (text, length) : NULL;
}
