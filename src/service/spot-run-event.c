/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-run-timeline-private.h"

struct _SpotRunEvent
{
  GObject          parent_instance;

  gint64           time_us;
  SpotChangeKind   kind;
  SpotRunBatchKind cause;
  char            *detail;       /* (owned) (nullable) */
  char           **left_watches; /* (owned) */
};

G_DEFINE_FINAL_TYPE (SpotRunEvent, spot_run_event, G_TYPE_OBJECT)

enum
{
  PROP_TIME = 1,
  PROP_KIND,
  PROP_CAUSE,
  PROP_DETAIL,
  PROP_LEFT_WATCHES,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static void
spot_run_event_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  SpotRunEvent *self = SPOT_RUN_EVENT (object);

  switch (property_id)
    {
    case PROP_TIME:
      g_value_set_int64 (value, self->time_us);
      break;
    case PROP_KIND:
      g_value_set_uint (value, self->kind);
      break;
    case PROP_CAUSE:
      g_value_set_uint (value, self->cause);
      break;
    case PROP_DETAIL:
      g_value_set_string (value, self->detail);
      break;
    case PROP_LEFT_WATCHES:
      g_value_set_boxed (value, self->left_watches);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_run_event_finalize (GObject *object)
{
  SpotRunEvent *self = SPOT_RUN_EVENT (object);

  g_free (self->detail);
  g_strfreev (self->left_watches);
  G_OBJECT_CLASS (spot_run_event_parent_class)->finalize (object);
}

static void
spot_run_event_class_init (SpotRunEventClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_run_event_get_property;
  object_class->finalize = spot_run_event_finalize;

  /**
   * SpotRunEvent:time:
   *
   * When it was committed here, microseconds UTC.
   */
  properties[PROP_TIME] = g_param_spec_int64 ("time", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  /**
   * SpotRunEvent:kind:
   *
   * What happened, a #SpotChangeKind.
   */
  properties[PROP_KIND] = g_param_spec_uint ("kind", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /**
   * SpotRunEvent:cause:
   *
   * What kind of commit brought it, a #SpotRunBatchKind: all but changes tell what had happened before.
   */
  properties[PROP_CAUSE] = g_param_spec_uint ("cause", NULL, NULL, 0, G_MAXUINT, 0, flags);
  /**
   * SpotRunEvent:detail:
   *
   * More about it, a JSON object whose form depends on the kind.
   */
  properties[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, NULL, flags);
  /**
   * SpotRunEvent:left-watches:
   *
   * Names of the watches that the run left by it.
   */
  properties[PROP_LEFT_WATCHES] = g_param_spec_boxed ("left-watches", NULL, NULL, G_TYPE_STRV, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
spot_run_event_init (SpotRunEvent *self)
{
}

/**
 * spot_run_event_new:
 * @change: what happened
 * @left_watches: (nullable): names of watches
 *
 * Returns: (transfer full): the event
 */
SpotRunEvent *
spot_run_event_new (const SpotChange   *change,
                    const char * const *left_watches)
{
  SpotRunEvent *self = g_object_new (SPOT_TYPE_RUN_EVENT, NULL);

  self->time_us = change->time_us;
  self->kind = change->kind;
  self->cause = change->cause;
  self->detail = g_strdup (change->detail);
  self->left_watches = left_watches != NULL ? g_strdupv ((char **) left_watches) : g_new0 (char *, 1);
  return self;
}

/**
 * spot_run_event_is:
 * @self: an event
 * @change: what happened
 * @left_watches: (nullable): names of watches
 *
 * Returns: whether the event would be the same if it were made of them
 */
gboolean
spot_run_event_is (SpotRunEvent       *self,
                   const SpotChange   *change,
                   const char * const *left_watches)
{
  const char *const none[] = { NULL };

  return self->time_us == change->time_us && self->kind == change->kind && self->cause == change->cause
         && g_strcmp0 (self->detail, change->detail) == 0
         && g_strv_equal ((const char *const *) self->left_watches, left_watches != NULL ? left_watches : none);
}

/**
 * spot_run_event_get_time:
 * @self: an event
 *
 * Returns: when it was committed here, microseconds UTC
 */
gint64
spot_run_event_get_time (SpotRunEvent *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_EVENT (self), 0);

  return self->time_us;
}

/**
 * spot_run_event_get_kind:
 * @self: an event
 *
 * Returns: what happened
 */
SpotChangeKind
spot_run_event_get_kind (SpotRunEvent *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_EVENT (self), SPOT_CHANGE_CREATED);

  return self->kind;
}

/**
 * spot_run_event_get_cause:
 * @self: an event
 *
 * Returns: what kind of commit brought it
 */
SpotRunBatchKind
spot_run_event_get_cause (SpotRunEvent *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_EVENT (self), SPOT_RUN_BATCH_CHANGES);

  return self->cause;
}

/**
 * spot_run_event_get_detail:
 * @self: an event
 *
 * Returns: (nullable): a JSON object, in the form that #SpotChangeKind tells
 */
const char *
spot_run_event_get_detail (SpotRunEvent *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_EVENT (self), NULL);

  return self->detail;
}

/**
 * spot_run_event_get_left_watches:
 * @self: an event
 *
 * Returns: (transfer none): names of the watches that the run left by it, mostly none
 */
const char * const *
spot_run_event_get_left_watches (SpotRunEvent *self)
{
  g_return_val_if_fail (SPOT_IS_RUN_EVENT (self), NULL);

  return (const char * const *) self->left_watches;
}
