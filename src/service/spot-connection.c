/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-protocol-error.h"

#include "spot-connection-private.h"

struct _SpotConnection
{
  GObject             parent_instance;

  SpotConnectionState state;
  SpotProblem         problem;
  char               *detail; /* (owned) (nullable) */
  gint64              retry_at_us;
  gint64              last_synced_us;
  guint64             updates;
  guint64             n_unreadable;
  char               *unreadable; /* (owned) (nullable): about the first */
  gboolean            partial;
  gint64              as_of_us;
};

G_DEFINE_FINAL_TYPE (SpotConnection, spot_connection, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (SpotConnectionState, spot_connection_state,
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_CONNECTING, "connecting"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_CATCHING_UP, "catching-up"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_LIVE, "live"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_RECONNECTING, "reconnecting"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_PAUSED, "paused"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_OFFLINE, "offline"),
  G_DEFINE_ENUM_VALUE (SPOT_CONNECTION_NEEDS_ATTENTION, "needs-attention"))

G_DEFINE_ENUM_TYPE (SpotProblem, spot_problem,
  G_DEFINE_ENUM_VALUE (SPOT_PROBLEM_NONE, "none"),
  G_DEFINE_ENUM_VALUE (SPOT_PROBLEM_UNREACHABLE, "unreachable"),
  G_DEFINE_ENUM_VALUE (SPOT_PROBLEM_TLS, "tls"),
  G_DEFINE_ENUM_VALUE (SPOT_PROBLEM_REDIRECT, "redirect"),
  G_DEFINE_ENUM_VALUE (SPOT_PROBLEM_BAD_REQUEST, "bad-request"),
  G_DEFINE_ENUM_VALUE (SPOT_PROBLEM_UNAUTHORIZED, "unauthorized"),
  G_DEFINE_ENUM_VALUE (SPOT_PROBLEM_FORBIDDEN, "forbidden"),
  G_DEFINE_ENUM_VALUE (SPOT_PROBLEM_NOT_FOUND, "not-found"),
  G_DEFINE_ENUM_VALUE (SPOT_PROBLEM_BUSY, "busy"),
  G_DEFINE_ENUM_VALUE (SPOT_PROBLEM_SERVER, "server"),
  G_DEFINE_ENUM_VALUE (SPOT_PROBLEM_BAD_ANSWER, "bad-answer"),
  G_DEFINE_ENUM_VALUE (SPOT_PROBLEM_MISSING_HEADER, "missing-header"),
  G_DEFINE_ENUM_VALUE (SPOT_PROBLEM_TOO_LARGE, "too-large"))

enum
{
  PROP_STATE = 1,
  PROP_PROBLEM,
  PROP_DETAIL,
  PROP_RETRY_AT,
  PROP_LAST_SYNCED,
  PROP_UPDATES,
  PROP_UNREADABLE,
  PROP_PARTIAL,
  PROP_AS_OF,
  N_PROPERTIES,
};

enum
{
  SIGNAL_RETRY,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

static void
spot_connection_get_property (GObject    *object,
                              guint       property_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  SpotConnection *self = SPOT_CONNECTION (object);

  switch (property_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_PROBLEM:
      g_value_set_enum (value, self->problem);
      break;
    case PROP_DETAIL:
      g_value_set_string (value, self->detail);
      break;
    case PROP_RETRY_AT:
      g_value_set_int64 (value, self->retry_at_us);
      break;
    case PROP_LAST_SYNCED:
      g_value_set_int64 (value, self->last_synced_us);
      break;
    case PROP_UPDATES:
      g_value_set_uint64 (value, self->updates);
      break;
    case PROP_UNREADABLE:
      g_value_set_uint64 (value, self->n_unreadable);
      break;
    case PROP_PARTIAL:
      g_value_set_boolean (value, self->partial);
      break;
    case PROP_AS_OF:
      g_value_set_int64 (value, self->as_of_us);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_connection_finalize (GObject *object)
{
  SpotConnection *self = SPOT_CONNECTION (object);

  g_free (self->detail);
  g_free (self->unreadable);
  G_OBJECT_CLASS (spot_connection_parent_class)->finalize (object);
}

static void
spot_connection_class_init (SpotConnectionClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_connection_get_property;
  object_class->finalize = spot_connection_finalize;

  /**
   * SpotConnection:state:
   *
   * Where it stands.
   */
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, SPOT_TYPE_CONNECTION_STATE,
                                              SPOT_CONNECTION_CONNECTING, flags);
  /**
   * SpotConnection:problem:
   *
   * Why it is not live, where there is a reason.
   */
  properties[PROP_PROBLEM] = g_param_spec_enum ("problem", NULL, NULL, SPOT_TYPE_PROBLEM, SPOT_PROBLEM_NONE, flags);
  /**
   * SpotConnection:detail: (nullable)
   *
   * The problem in the words of the library or server, untranslated; never a credential.
   */
  properties[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, NULL, flags);
  /**
   * SpotConnection:retry-at:
   *
   * Monotonic time of the next attempt in microseconds, 0 when none is planned.
   */
  properties[PROP_RETRY_AT] = g_param_spec_int64 ("retry-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  /**
   * SpotConnection:last-synced:
   *
   * When it was last up to date, microseconds since 1970 UTC, 0 for never.
   */
  properties[PROP_LAST_SYNCED] = g_param_spec_int64 ("last-synced", NULL, NULL, 0, G_MAXINT64, 0, flags);
  /**
   * SpotConnection:updates:
   *
   * Committed changes of runs so far; first snapshots do not count.
   */
  properties[PROP_UPDATES] = g_param_spec_uint64 ("updates", NULL, NULL, 0, G_MAXUINT64, 0, flags);

  /**
   * SpotConnection:unreadable:
   *
   * Rows so far in which a value could not be read.
   */
  properties[PROP_UNREADABLE] = g_param_spec_uint64 ("unreadable", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  /**
   * SpotConnection:partial:
   *
   * Whether the server gave as many rows at first as it ever gives, so that it may know more.
   */
  properties[PROP_PARTIAL] = g_param_spec_boolean ("partial", NULL, NULL, FALSE, flags);
  /**
   * SpotConnection:as-of:
   *
   * When what it shows was seen, microseconds UTC, while that is from before the program started; 0 once it has caught up.
   */
  properties[PROP_AS_OF] = g_param_spec_int64 ("as-of", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /**
   * SpotConnection::retry:
   *
   * Somebody does not want to wait. For the owner of the feed.
   */
  signals[SIGNAL_RETRY] = g_signal_new ("retry", SPOT_TYPE_CONNECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
}

static void
spot_connection_init (SpotConnection *self)
{
}

/**
 * spot_connection_new:
 *
 * Returns: (transfer full): a connection that is connecting
 */
SpotConnection *
spot_connection_new (void)
{
  return g_object_new (SPOT_TYPE_CONNECTION, NULL);
}

/**
 * spot_connection_set:
 * @self: a connection
 * @info: its new values
 *
 * Takes over @info; properties that differ notify once.
 */
void
spot_connection_set (SpotConnection           *self,
                     const SpotConnectionInfo *info)
{
  g_return_if_fail (SPOT_IS_CONNECTION (self));
  g_return_if_fail (info != NULL);

  g_object_freeze_notify (G_OBJECT (self));
  if (self->state != info->state)
    {
      self->state = info->state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  if (self->problem != info->problem)
    {
      self->problem = info->problem;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
    }
  if (g_strcmp0 (self->detail, info->detail) != 0)
    {
      g_free (self->detail);
      self->detail = g_strdup (info->detail);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DETAIL]);
    }
  if (self->retry_at_us != info->retry_at_us)
    {
      self->retry_at_us = info->retry_at_us;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RETRY_AT]);
    }
  if (self->last_synced_us != info->last_synced_us)
    {
      self->last_synced_us = info->last_synced_us;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_SYNCED]);
    }
  if (self->updates != info->updates)
    {
      self->updates = info->updates;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UPDATES]);
    }
  if (self->n_unreadable != info->n_unreadable)
    {
      self->n_unreadable = info->n_unreadable;
      g_free (self->unreadable);
      self->unreadable = g_strdup (info->unreadable);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNREADABLE]);
    }
  if (self->partial != info->partial)
    {
      self->partial = info->partial;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PARTIAL]);
    }
  if (self->as_of_us != info->as_of_us)
    {
      self->as_of_us = info->as_of_us;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AS_OF]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * spot_problem_from_error:
 * @error: (nullable): why a feed is not live
 *
 * Returns: the problem that the user has to know
 */
SpotProblem
spot_problem_from_error (const GError *error)
{
  static const SpotProblem api_problems[] = {
    [SPOT_API_ERROR_UNREACHABLE] = SPOT_PROBLEM_UNREACHABLE,
    [SPOT_API_ERROR_TLS] = SPOT_PROBLEM_TLS,
    [SPOT_API_ERROR_REDIRECT] = SPOT_PROBLEM_REDIRECT,
    [SPOT_API_ERROR_BAD_REQUEST] = SPOT_PROBLEM_BAD_REQUEST,
    [SPOT_API_ERROR_UNAUTHORIZED] = SPOT_PROBLEM_UNAUTHORIZED,
    [SPOT_API_ERROR_FORBIDDEN] = SPOT_PROBLEM_FORBIDDEN,
    [SPOT_API_ERROR_NOT_FOUND] = SPOT_PROBLEM_NOT_FOUND,
    [SPOT_API_ERROR_BUSY] = SPOT_PROBLEM_BUSY,
    [SPOT_API_ERROR_SERVER] = SPOT_PROBLEM_SERVER,
    [SPOT_API_ERROR_BAD_ANSWER] = SPOT_PROBLEM_BAD_ANSWER,
  };

  if (error == NULL)
    return SPOT_PROBLEM_NONE;
  if (error->domain == SPOT_API_ERROR && (guint) error->code < G_N_ELEMENTS (api_problems))
    return api_problems[error->code];
  if (g_error_matches (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_HEADER))
    return SPOT_PROBLEM_MISSING_HEADER;
  if (g_error_matches (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE))
    return SPOT_PROBLEM_TOO_LARGE;
  return SPOT_PROBLEM_BAD_ANSWER;
}

/**
 * spot_connection_info_from_status:
 * @status: where a feed stands
 * @offline: whether this machine has no network on which the server could be
 *
 * A feed that is over because its run has ended is not in trouble: it counts as live, which is what it was to its end.
 *
 * Returns: @status as a connection tells it; its `detail` belongs to @status
 */
SpotConnectionInfo
spot_connection_info_from_status (SpotFeedStatus *status,
                                  gboolean        offline)
{
  SpotConnectionInfo info = {
    .problem = spot_problem_from_error (status->problem),
    .detail = status->problem != NULL ? status->problem->message : NULL,
    .retry_at_us = MAX (status->retry_at_us, 0),
    .last_synced_us = MAX (status->last_synced_us, 0),
  };

  switch (status->state)
    {
    case SPOT_FEED_CONNECTING:
      info.state = SPOT_CONNECTION_CONNECTING;
      break;
    case SPOT_FEED_CATCHING_UP:
      info.state = SPOT_CONNECTION_CATCHING_UP;
      break;
    case SPOT_FEED_RECONNECTING:
      info.state = offline && info.problem == SPOT_PROBLEM_UNREACHABLE ? SPOT_CONNECTION_OFFLINE
                                                                       : SPOT_CONNECTION_RECONNECTING;
      break;
    case SPOT_FEED_PAUSED:
      info.state = SPOT_CONNECTION_PAUSED;
      break;
    case SPOT_FEED_NEEDS_ATTENTION:
      info.state = SPOT_CONNECTION_NEEDS_ATTENTION;
      break;
    case SPOT_FEED_LIVE:
    case SPOT_FEED_STOPPED:
    default:
      info.state = SPOT_CONNECTION_LIVE;
      break;
    }
  if (info.state == SPOT_CONNECTION_LIVE)
    {
      info.problem = SPOT_PROBLEM_NONE;
      info.detail = NULL;
    }
  return info;
}

/**
 * spot_connection_state_get_weight:
 * @state: a state
 *
 * Returns: how much the user has to know about it, compared with others
 */
guint
spot_connection_state_get_weight (SpotConnectionState state)
{
  switch (state)
    {
    case SPOT_CONNECTION_NEEDS_ATTENTION:
      return 6;
    case SPOT_CONNECTION_OFFLINE:
      return 5;
    case SPOT_CONNECTION_RECONNECTING:
      return 4;
    case SPOT_CONNECTION_CONNECTING:
      return 3;
    case SPOT_CONNECTION_CATCHING_UP:
      return 2;
    case SPOT_CONNECTION_PAUSED:
      return 1;
    case SPOT_CONNECTION_LIVE:
    default:
      return 0;
    }
}

/**
 * spot_connection_get_state:
 * @self: a connection
 *
 * Returns: where it stands
 */
SpotConnectionState
spot_connection_get_state (SpotConnection *self)
{
  g_return_val_if_fail (SPOT_IS_CONNECTION (self), SPOT_CONNECTION_CONNECTING);
  return self->state;
}

/**
 * spot_connection_get_problem:
 * @self: a connection
 *
 * Returns: why it is not live, %SPOT_PROBLEM_NONE when nothing is wrong
 */
SpotProblem
spot_connection_get_problem (SpotConnection *self)
{
  g_return_val_if_fail (SPOT_IS_CONNECTION (self), SPOT_PROBLEM_NONE);
  return self->problem;
}

/**
 * spot_connection_get_detail:
 * @self: a connection
 *
 * Returns: (nullable): the problem in the words of the library or server, untranslated
 */
const char *
spot_connection_get_detail (SpotConnection *self)
{
  g_return_val_if_fail (SPOT_IS_CONNECTION (self), NULL);
  return self->detail;
}

/**
 * spot_connection_get_retry_at:
 * @self: a connection
 *
 * Returns: monotonic time of the next attempt in microseconds, 0 when none is planned
 */
gint64
spot_connection_get_retry_at (SpotConnection *self)
{
  g_return_val_if_fail (SPOT_IS_CONNECTION (self), 0);
  return self->retry_at_us;
}

/**
 * spot_connection_get_last_synced:
 * @self: a connection
 *
 * Returns: when it was last up to date, microseconds since 1970 UTC, 0 for never
 */
gint64
spot_connection_get_last_synced (SpotConnection *self)
{
  g_return_val_if_fail (SPOT_IS_CONNECTION (self), 0);
  return self->last_synced_us;
}

/**
 * spot_connection_get_updates:
 * @self: a connection
 *
 * Returns: committed changes of runs so far
 */
guint64
spot_connection_get_updates (SpotConnection *self)
{
  g_return_val_if_fail (SPOT_IS_CONNECTION (self), 0);
  return self->updates;
}

/**
 * spot_connection_retry_now:
 * @self: a connection
 *
 * Asks the feed behind it for an attempt at once, whatever delay is running. Does nothing when the feed is gone.
 */
void
spot_connection_retry_now (SpotConnection *self)
{
  g_return_if_fail (SPOT_IS_CONNECTION (self));
  g_signal_emit (self, signals[SIGNAL_RETRY], 0);
}

/**
 * spot_connection_get_unreadable:
 * @self: a connection
 *
 * Returns: how many rows so far had a value that could not be read
 */
guint64
spot_connection_get_unreadable (SpotConnection *self)
{
  g_return_val_if_fail (SPOT_IS_CONNECTION (self), 0);

  return self->n_unreadable;
}

/**
 * spot_connection_get_unreadable_detail:
 * @self: a connection
 *
 * Returns: (nullable): what was wrong with the first of those rows, for logs and reports
 */
const char *
spot_connection_get_unreadable_detail (SpotConnection *self)
{
  g_return_val_if_fail (SPOT_IS_CONNECTION (self), NULL);

  return self->unreadable;
}

/**
 * spot_connection_get_partial:
 * @self: a connection
 *
 * Returns: whether the server gave as many rows at first as it ever gives, so that it may know more
 */
gboolean
spot_connection_get_partial (SpotConnection *self)
{
  g_return_val_if_fail (SPOT_IS_CONNECTION (self), FALSE);

  return self->partial;
}

/**
 * spot_connection_get_as_of:
 * @self: a connection
 *
 * Returns: when what it shows was seen, microseconds UTC, while that is from before the program started; 0 once it has
 *   caught up
 */
gint64
spot_connection_get_as_of (SpotConnection *self)
{
  g_return_val_if_fail (SPOT_IS_CONNECTION (self), 0);

  return self->as_of_us;
}
