/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <string.h>

#include "spot-account-places.h"

/* The wall clock may be set: it is looked at again after so long at most. */
#define MAX_TIMER_S (10 * 60)

struct _SpotAccount
{
  GObject parent_instance;

  SpotSecrets       *secrets;
  GSettings         *settings;
  char              *id;
  char              *credential;   /* nullable, wiped */
  GCancellable      *cancellable;  /* of the look-up */
  SpotAccountPlaces *places;
  SpotEndpoint      *endpoint;     /* nullable: what settings and credential make */
  SpotAccountState   state;
  char              *explanation;  /* nullable */
  char              *name;
  gint64             expires_us;   /* 0 for never */
  gint64             warning_us;   /* so long before */
  guint              timer_id;
  SpotAccountState   trouble;      /* why there is no credential, or READY */
  gboolean           refused;      /* the server does not take it */
  gboolean           writes;
  gboolean           stale;        /* the endpoint is made of older settings, or of another credential */
  gboolean           closed;
};

G_DEFINE_FINAL_TYPE (SpotAccount, spot_account, G_TYPE_OBJECT)

enum
{
  PROP_ID = 1,
  PROP_NAME,
  PROP_KIND,
  PROP_STATE,
  PROP_EXPLANATION,
  PROP_NEEDS_ATTENTION,
  PROP_EXPIRES_AT,
  PROP_ENVIRONMENTS,
  PROP_READ_ONLY,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static void tell (SpotAccount *self);

static char *
dup_host (SpotAccount *self)
{
  g_autofree char *url = g_settings_get_string (self->settings, "api-url");
  g_autoptr(GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  return uri != NULL && g_uri_get_host (uri) != NULL ? g_strdup (g_uri_get_host (uri)) : g_steal_pointer (&url);
}

/* ---- where it stands ---- */

/* (transfer full) (nullable) @explanation */
static void
set_state (SpotAccount      *self,
           SpotAccountState  state,
           char             *explanation)
{
  gboolean was_attention = spot_account_get_needs_attention (self);
  gboolean state_changed = self->state != state;
  gboolean words_changed = g_strcmp0 (self->explanation, explanation) != 0;

  self->state = state;
  g_free (self->explanation);
  self->explanation = explanation;
  if (state_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  if (words_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXPLANATION]);
  if (was_attention != spot_account_get_needs_attention (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NEEDS_ATTENTION]);
}

static gboolean
timer_cb (gpointer user_data)
{
  SpotAccount *self = user_data;

  self->timer_id = 0;
  tell (self);
  return G_SOURCE_REMOVE;
}

/* Looks again at @at_us, by the wall clock, or earlier. */
static void
look_again_at (SpotAccount *self,
               gint64       at_us,
               gint64       now_us)
{
  gint64 delay_ms = (at_us - now_us) / G_TIME_SPAN_MILLISECOND + 1;

  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->timer_id = g_timeout_add ((guint) CLAMP (delay_ms, 1, MAX_TIMER_S * 1000), timer_cb, self);
}

static void
explain (SpotAccount           *self,
         SpotAccountState       state,
         SpotConnectionProblem  problem)
{
  g_autofree char *host = dup_host (self);

  set_state (self, state, spot_account_state_dup_explanation (state, spot_account_get_kind (self), problem, host));
}

/* With a credential and sound settings: what is left to be told. */
static void
tell (SpotAccount *self)
{
  SpotConnectionProblem problem = spot_account_places_get_problem (self->places);
  gint64 now_us = g_get_real_time ();
  SpotAccountState state = SPOT_ACCOUNT_READY;

  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (self->refused && problem == SPOT_CONNECTION_PROBLEM_NONE)
    problem = SPOT_CONNECTION_PROBLEM_UNAUTHORIZED;
  if (self->expires_us != 0 && now_us >= self->expires_us)
    state = SPOT_ACCOUNT_EXPIRED;
  else if (problem != SPOT_CONNECTION_PROBLEM_NONE)
    state = SPOT_ACCOUNT_REFUSED;
  else if (self->expires_us != 0 && now_us >= self->expires_us - self->warning_us)
    state = SPOT_ACCOUNT_EXPIRING;
  if (self->expires_us != 0 && now_us < self->expires_us)
    look_again_at (self, now_us < self->expires_us - self->warning_us ? self->expires_us - self->warning_us
                                                                      : self->expires_us, now_us);
  explain (self, state, problem);
}

/* ---- what its environments tell ---- */

static void
places_changed_cb (gpointer user_data)
{
  SpotAccount *self = user_data;

  if (!self->closed && self->endpoint != NULL && self->credential != NULL)
    tell (self);
}

static void
refused_cb (gpointer user_data)
{
  SpotAccount *self = user_data;

  self->refused = TRUE;
  places_changed_cb (self);
}

static void
accepted_cb (gpointer user_data)
{
  SpotAccount *self = user_data;

  if (!self->refused)
    return;
  self->refused = FALSE;
  places_changed_cb (self);
}

/* ---- settings and credential make it what it is ---- */

static void
set_name (SpotAccount *self)
{
  g_autofree char *name = g_settings_get_string (self->settings, "name");
  g_autoptr(SpotAccountEnvironment) first = g_list_model_get_item (spot_account_get_environments (self), 0);

  if (*name == '\0')
    {
      g_free (name);
      name = spot_account_get_kind (self) != SPOT_ACCOUNT_SIGNED_IN && first != NULL
               ? g_strdup (spot_account_environment_get_name (first)) : dup_host (self);
    }
  if (g_strcmp0 (name, self->name) == 0)
    return;
  g_free (self->name);
  self->name = g_steal_pointer (&name);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

static void
set_expiry (SpotAccount *self)
{
  gint64 expires_us = 0;

  if (self->credential != NULL && spot_account_get_kind (self) == SPOT_ACCOUNT_PUBLIC_TOKEN)
    expires_us = spot_account_read_expiry (self->credential, &self->warning_us);
  if (self->expires_us == expires_us)
    return;
  self->expires_us = expires_us;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXPIRES_AT]);
}

static void
update (SpotAccount *self)
{
  g_autoptr(GError) error = NULL;

  if (self->closed)
    return;
  spot_account_places_find (self->places, self->credential);
  set_name (self);
  set_expiry (self);
  if (self->stale || self->endpoint == NULL)
    {
      g_clear_pointer (&self->endpoint, spot_endpoint_unref);
      self->endpoint = spot_account_make_endpoint (self->settings, self->credential, &error);
      self->stale = FALSE;
    }
  /* Sound settings without a credential connect nothing either. */
  spot_account_places_connect (self->places, self->credential != NULL ? self->endpoint : NULL);
  if (self->endpoint == NULL)
    {
      g_clear_handle_id (&self->timer_id, g_source_remove);
      set_state (self, SPOT_ACCOUNT_BAD_SETTINGS, g_strdup (error->message));
    }
  else if (self->credential == NULL)
    {
      g_clear_handle_id (&self->timer_id, g_source_remove);
      explain (self, self->trouble, SPOT_CONNECTION_PROBLEM_NONE);
    }
  else
    tell (self);
}

static void
settings_changed_cb (GSettings   *settings,
                     const char  *key,
                     SpotAccount *self)
{
  if (g_str_equal (key, "read-only"))
    {
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READ_ONLY]);
      return;
    }
  if (g_str_equal (key, "dashboard-url"))
    return;
  if (g_str_equal (key, "kind"))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KIND]);
  if (!g_str_equal (key, "name") && !g_str_equal (key, "environments"))
    {
      self->refused = FALSE;
      self->stale = TRUE;
    }
  update (self);
}

/* (transfer full) (nullable) @credential */
static void
take_credential (SpotAccount      *self,
                 char             *credential,
                 SpotAccountState  trouble)
{
  spot_secrets_wipe (self->credential);
  self->credential = credential;
  self->trouble = trouble;
  self->refused = FALSE;
  self->stale = TRUE;
  update (self);
}

static void
looked_up_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(SpotAccount) self = user_data;
  g_autoptr(GError) error = NULL;
  char *credential = spot_secrets_lookup_finish (SPOT_SECRETS (source), result, &error);

  /* Given up, or one was entered meanwhile. */
  if (self->closed || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->credential != NULL)
    spot_secrets_wipe (credential);
  else
    take_credential (self, credential, g_error_matches (error, SPOT_SECRETS_ERROR, SPOT_SECRETS_ERROR_LOCKED)
                                         ? SPOT_ACCOUNT_LOCKED : SPOT_ACCOUNT_NO_CREDENTIAL);
}

static void
look_up (SpotAccount *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->trouble = SPOT_ACCOUNT_OPENING;
  update (self);
  spot_secrets_lookup_async (self->secrets, self->id, self->cancellable, looked_up_cb, g_object_ref (self));
}

/* ---- object ---- */

static void
spot_account_get_property (GObject    *object,
                           guint       property_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  SpotAccount *self = SPOT_ACCOUNT (object);

  switch (property_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_KIND:
      g_value_set_enum (value, spot_account_get_kind (self));
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_EXPLANATION:
      g_value_set_string (value, self->explanation);
      break;
    case PROP_NEEDS_ATTENTION:
      g_value_set_boolean (value, spot_account_get_needs_attention (self));
      break;
    case PROP_EXPIRES_AT:
      g_value_set_int64 (value, self->expires_us);
      break;
    case PROP_ENVIRONMENTS:
      g_value_set_object (value, spot_account_get_environments (self));
      break;
    case PROP_READ_ONLY:
      g_value_set_boolean (value, spot_account_get_read_only (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_account_dispose (GObject *object)
{
  spot_account_close (SPOT_ACCOUNT (object));
  G_OBJECT_CLASS (spot_account_parent_class)->dispose (object);
}

static void
spot_account_finalize (GObject *object)
{
  SpotAccount *self = SPOT_ACCOUNT (object);

  g_clear_pointer (&self->places, spot_account_places_free);
  g_clear_pointer (&self->endpoint, spot_endpoint_unref);
  spot_secrets_wipe (self->credential);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->secrets);
  g_clear_object (&self->settings);
  g_free (self->explanation);
  g_free (self->name);
  g_free (self->id);
  G_OBJECT_CLASS (spot_account_parent_class)->finalize (object);
}

static void
spot_account_class_init (SpotAccountClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_account_get_property;
  object_class->dispose = spot_account_dispose;
  object_class->finalize = spot_account_finalize;

  /**
   * SpotAccount:id:
   *
   * Stable for ever.
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  /**
   * SpotAccount:name:
   *
   * What the user calls it, or what it is.
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  /**
   * SpotAccount:kind:
   *
   * What kind of credential it has.
   */
  properties[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, SPOT_TYPE_ACCOUNT_KIND, SPOT_ACCOUNT_SECRET_KEY,
                                             flags);
  /**
   * SpotAccount:state:
   *
   * Where it stands.
   */
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, SPOT_TYPE_ACCOUNT_STATE, SPOT_ACCOUNT_OPENING,
                                              flags);
  /**
   * SpotAccount:explanation:
   *
   * What is wrong and what to do, translated; %NULL when nothing is.
   */
  properties[PROP_EXPLANATION] = g_param_spec_string ("explanation", NULL, NULL, NULL, flags);
  /**
   * SpotAccount:needs-attention:
   *
   * Whether the user has to do something.
   */
  properties[PROP_NEEDS_ATTENTION] = g_param_spec_boolean ("needs-attention", NULL, NULL, FALSE, flags);
  /**
   * SpotAccount:expires-at:
   *
   * When its public access token expires, in microseconds since 1970 UTC; 0 for never.
   */
  properties[PROP_EXPIRES_AT] = g_param_spec_int64 ("expires-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  /**
   * SpotAccount:environments:
   *
   * What it can watch, a list model of #SpotAccountEnvironment. The same object always.
   */
  properties[PROP_ENVIRONMENTS] = g_param_spec_object ("environments", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  /**
   * SpotAccount:read-only:
   *
   * Whether nothing may be changed with it.
   */
  properties[PROP_READ_ONLY] = g_param_spec_boolean ("read-only", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
spot_account_init (SpotAccount *self)
{
  self->name = g_strdup ("");
}

/**
 * spot_account_new:
 * @settings: where its settings are
 * @secrets: where its credential is
 * @id: its id
 * @credential: (nullable): its credential, %NULL to look it up
 *
 * Returns: (transfer full): an account, which connects as soon as it can
 */
SpotAccount *
spot_account_new (SpotSettings *settings,
                  SpotSecrets  *secrets,
                  const char   *id,
                  const char   *credential)
{
  static const SpotAccountPlacesEvents events = { places_changed_cb, refused_cb, accepted_cb };
  SpotAccount *self = g_object_new (SPOT_TYPE_ACCOUNT, NULL);

  self->id = g_strdup (id);
  self->secrets = g_object_ref (secrets);
  self->settings = spot_settings_ref_account (settings, id);
  self->places = spot_account_places_new (id, self->settings, &events, self);
  g_signal_connect_object (self->settings, "changed", G_CALLBACK (settings_changed_cb), self, 0);
  if (credential != NULL)
    take_credential (self, g_strstrip (g_strdup (credential)), SPOT_ACCOUNT_READY);
  else
    look_up (self);
  return self;
}

/**
 * spot_account_close:
 * @self: an account
 *
 * Ends it: nothing is asked of a server or of the keyring any more, and its environments have no credential.
 */
void
spot_account_close (SpotAccount *self)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer_id, g_source_remove);
  spot_account_places_connect (self->places, NULL);
}

/**
 * spot_account_get_endpoint:
 * @self: an account
 *
 * Returns: (transfer none) (nullable): its server and its own credential; %NULL when it has none, or settings that make
 *   no connection
 */
SpotEndpoint *
spot_account_get_endpoint (SpotAccount *self)
{
  return self->credential != NULL ? self->endpoint : NULL;
}

/**
 * spot_account_get_id:
 * @self: an account
 *
 * Returns: (transfer none): its id
 */
const char *
spot_account_get_id (SpotAccount *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT (self), NULL);

  return self->id;
}

/**
 * spot_account_get_name:
 * @self: an account
 *
 * Returns: (transfer none): its name for people
 */
const char *
spot_account_get_name (SpotAccount *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT (self), NULL);

  return self->name;
}

/**
 * spot_account_get_kind:
 * @self: an account
 *
 * Returns: what kind of credential it has
 */
SpotAccountKind
spot_account_get_kind (SpotAccount *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT (self), SPOT_ACCOUNT_SECRET_KEY);

  return g_settings_get_enum (self->settings, "kind");
}

/**
 * spot_account_get_state:
 * @self: an account
 *
 * Returns: where it stands
 */
SpotAccountState
spot_account_get_state (SpotAccount *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT (self), SPOT_ACCOUNT_OPENING);

  return self->state;
}

/**
 * spot_account_get_explanation:
 * @self: an account
 *
 * Returns: (transfer none) (nullable): what is wrong and what to do, translated; %NULL when nothing is
 */
const char *
spot_account_get_explanation (SpotAccount *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT (self), NULL);

  return self->explanation;
}

/**
 * spot_account_get_needs_attention:
 * @self: an account
 *
 * Returns: whether the user has to do something
 */
gboolean
spot_account_get_needs_attention (SpotAccount *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT (self), FALSE);

  return self->state >= SPOT_ACCOUNT_EXPIRING;
}

/**
 * spot_account_get_expires_at:
 * @self: an account
 *
 * Returns: when its public access token expires, in microseconds since 1970 UTC; 0 for never
 */
gint64
spot_account_get_expires_at (SpotAccount *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT (self), 0);

  return self->expires_us;
}

/**
 * spot_account_get_read_only:
 * @self: an account
 *
 * Returns: whether nothing may be changed with it
 */
gboolean
spot_account_get_read_only (SpotAccount *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT (self), TRUE);

  return g_settings_get_boolean (self->settings, "read-only");
}

/**
 * spot_account_get_environments:
 * @self: an account
 *
 * Returns: (transfer none): what it can watch, a list model of #SpotAccountEnvironment
 */
GListModel *
spot_account_get_environments (SpotAccount *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT (self), NULL);

  return spot_account_places_get_list (self->places);
}

/**
 * spot_account_get_settings:
 * @self: an account
 *
 * What is written there counts at once: feeds go on at the new address, environments come and go.
 *
 * Returns: (transfer none): its settings, with the keys of the schema's `Account`
 */
GSettings *
spot_account_get_settings (SpotAccount *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT (self), NULL);

  return self->settings;
}

/**
 * spot_account_reopen:
 * @self: an account
 *
 * Looks for its credential again, unless it has one.
 */
void
spot_account_reopen (SpotAccount *self)
{
  g_return_if_fail (SPOT_IS_ACCOUNT (self));

  if (self->credential == NULL && !self->closed && self->trouble != SPOT_ACCOUNT_OPENING)
    look_up (self);
}

/**
 * spot_account_wake:
 * @self: an account
 *
 * The machine has slept, or the network has come back: what has expired meanwhile is noticed, and renewed where that
 * can be done here.
 */
void
spot_account_wake (SpotAccount *self)
{
  g_return_if_fail (SPOT_IS_ACCOUNT (self));

  if (self->closed)
    return;
  spot_account_places_wake (self->places);
  if (self->credential != NULL && self->state != SPOT_ACCOUNT_BAD_SETTINGS)
    tell (self);
}

/**
 * spot_account_allow_writes:
 * @self: an account
 *
 * Somebody wants to change something. Where the account's tokens are made here, those that follow may; other
 * credentials may what they may. Nothing for an account that is read-only.
 */
void
spot_account_allow_writes (SpotAccount *self)
{
  g_return_if_fail (SPOT_IS_ACCOUNT (self));

  if (self->writes || spot_account_get_read_only (self))
    return;
  self->writes = TRUE;
  spot_account_places_allow_writes (self->places);
}

/* ---- another credential ---- */

static void
replaced_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SpotAccount *self = g_task_get_source_object (task);
  char *credential = g_task_get_task_data (task);
  SpotAccountKind kind = SPOT_ACCOUNT_SECRET_KEY;
  GError *error = NULL;

  if (!spot_secrets_store_finish (SPOT_SECRETS (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  spot_account_check_credential (credential, &kind, NULL);
  if (kind != spot_account_get_kind (self))
    {
      /* So that nothing takes it for what the old one was. */
      take_credential (self, NULL, SPOT_ACCOUNT_OPENING);
      g_settings_set_enum (self->settings, "kind", kind);
    }
  take_credential (self, g_strdup (credential), SPOT_ACCOUNT_READY);
  g_task_return_boolean (task, TRUE);
}

/**
 * spot_account_replace_credential_async:
 * @self: an account
 * @credential: another key or token; it may be of another kind
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the caller's main context
 * @user_data: data for @callback
 *
 * Goes on with another credential. Environments stay the same objects, and what watches them goes on from the same
 * position.
 *
 * Fails with %G_IO_ERROR_INVALID_ARGUMENT for what cannot be a credential, or makes no connection with the account's
 * settings; its message is a translated sentence. And with %G_IO_ERROR_CANCELLED. The account has its old one then.
 */
void
spot_account_replace_credential_async (SpotAccount         *self,
                                       const char          *credential,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(SpotEndpoint) endpoint = NULL;
  g_autofree char *label = NULL;
  GError *error = NULL;
  char *secret;

  g_return_if_fail (SPOT_IS_ACCOUNT (self));
  g_return_if_fail (credential != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, spot_account_replace_credential_async);
  secret = g_strstrip (g_strdup (credential));
  g_task_set_task_data (task, secret, (GDestroyNotify) spot_secrets_wipe);
  if (spot_account_check_credential (secret, NULL, &error))
    endpoint = spot_account_make_endpoint (self->settings, secret, &error);
  if (endpoint == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  label = spot_account_make_label (self->name);
  spot_secrets_store_async (self->secrets, self->id, label, secret, cancellable, replaced_cb, g_steal_pointer (&task));
}

/**
 * spot_account_replace_credential_finish:
 * @self: an account
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: %FALSE after an error
 */
gboolean
spot_account_replace_credential_finish (SpotAccount   *self,
                                        GAsyncResult  *result,
                                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
