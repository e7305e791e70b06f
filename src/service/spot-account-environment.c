/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-account-private.h"

struct _SpotAccountEnvironment
{
  GObject parent_instance;

  char                *id;
  char                *name;
  SpotEnvironmentKind  kind;
  SpotEndpoint        *endpoint; /* nullable */
};

G_DEFINE_FINAL_TYPE (SpotAccountEnvironment, spot_account_environment, G_TYPE_OBJECT)

enum
{
  PROP_ID = 1,
  PROP_NAME,
  PROP_KIND,
  PROP_BADGE,
  PROP_READY,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

enum
{
  SIGNAL_CREDENTIAL_CHANGED,
  SIGNAL_REFUSED,
  SIGNAL_ACCEPTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
spot_account_environment_get_property (GObject    *object,
                                       guint       property_id,
                                       GValue     *value,
                                       GParamSpec *pspec)
{
  SpotAccountEnvironment *self = SPOT_ACCOUNT_ENVIRONMENT (object);

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
    case PROP_BADGE:
      g_value_set_string (value, spot_environment_kind_get_badge (self->kind));
      break;
    case PROP_READY:
      g_value_set_boolean (value, self->endpoint != NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_account_environment_finalize (GObject *object)
{
  SpotAccountEnvironment *self = SPOT_ACCOUNT_ENVIRONMENT (object);

  g_free (self->id);
  g_free (self->name);
  g_clear_pointer (&self->endpoint, spot_endpoint_unref);
  G_OBJECT_CLASS (spot_account_environment_parent_class)->finalize (object);
}

static void
spot_account_environment_class_init (SpotAccountEnvironmentClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_account_environment_get_property;
  object_class->finalize = spot_account_environment_finalize;

  /**
   * SpotAccountEnvironment:id:
   *
   * Stable for ever.
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  /**
   * SpotAccountEnvironment:name:
   *
   * What it is called.
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  /**
   * SpotAccountEnvironment:kind:
   *
   * What it is for, as far as its credential or the server tells.
   */
  properties[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, SPOT_TYPE_ENVIRONMENT_KIND, SPOT_ENVIRONMENT_UNKNOWN,
                                             flags);
  /**
   * SpotAccountEnvironment:badge:
   *
   * The same as a short translated word; empty when it is not known.
   */
  properties[PROP_BADGE] = g_param_spec_string ("badge", NULL, NULL, "", flags);
  /**
   * SpotAccountEnvironment:ready:
   *
   * Whether there is a credential with which to watch it.
   */
  properties[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /**
   * SpotAccountEnvironment::credential-changed:
   * @self: an environment
   *
   * Its credential or address is another one, or there is one now, or none any more.
   */
  signals[SIGNAL_CREDENTIAL_CHANGED] = g_signal_new ("credential-changed", SPOT_TYPE_ACCOUNT_ENVIRONMENT,
                                                     G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * SpotAccountEnvironment::refused:
   * @self: an environment
   *
   * The server refused its credential: for its account.
   */
  signals[SIGNAL_REFUSED] = g_signal_new ("refused", SPOT_TYPE_ACCOUNT_ENVIRONMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 0);
  /**
   * SpotAccountEnvironment::accepted:
   * @self: an environment
   *
   * The server took its credential: for its account.
   */
  signals[SIGNAL_ACCEPTED] = g_signal_new ("accepted", SPOT_TYPE_ACCOUNT_ENVIRONMENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
}

static void
spot_account_environment_init (SpotAccountEnvironment *self)
{
  self->name = g_strdup ("");
}

/**
 * spot_account_environment_new:
 * @id: stable for ever, without ":" and newlines
 *
 * Returns: (transfer full): an environment of which nothing else is known
 */
SpotAccountEnvironment *
spot_account_environment_new (const char *id)
{
  SpotAccountEnvironment *self = g_object_new (SPOT_TYPE_ACCOUNT_ENVIRONMENT, NULL);

  self->id = g_strdup (id);
  return self;
}

/**
 * spot_account_environment_describe:
 * @self: an environment
 * @name: for people
 * @kind: what it is for
 *
 * Says what it is.
 */
void
spot_account_environment_describe (SpotAccountEnvironment *self,
                                   const char             *name,
                                   SpotEnvironmentKind     kind)
{
  if (g_strcmp0 (self->name, name) != 0)
    {
      g_free (self->name);
      self->name = g_strdup (name);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
    }
  if (self->kind != kind)
    {
      self->kind = kind;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KIND]);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BADGE]);
    }
}

/**
 * spot_account_environment_set_endpoint:
 * @self: an environment
 * @endpoint: (nullable): its server and credential
 *
 * Whoever watches it goes on with these.
 */
void
spot_account_environment_set_endpoint (SpotAccountEnvironment *self,
                                       SpotEndpoint           *endpoint)
{
  gboolean was_ready = self->endpoint != NULL;

  if (self->endpoint == endpoint)
    return;
  g_clear_pointer (&self->endpoint, spot_endpoint_unref);
  if (endpoint != NULL)
    self->endpoint = spot_endpoint_ref (endpoint);
  if (was_ready != (endpoint != NULL))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
  g_signal_emit (self, signals[SIGNAL_CREDENTIAL_CHANGED], 0);
}

/**
 * spot_account_environment_get_endpoint:
 * @self: an environment
 *
 * Returns: (transfer none) (nullable): its server and credential
 */
SpotEndpoint *
spot_account_environment_get_endpoint (SpotAccountEnvironment *self)
{
  return self->endpoint;
}

/**
 * spot_account_environment_refused:
 * @self: an environment
 *
 * Tells its account that the server refused the credential.
 */
void
spot_account_environment_refused (SpotAccountEnvironment *self)
{
  g_signal_emit (self, signals[SIGNAL_REFUSED], 0);
}

/**
 * spot_account_environment_accepted:
 * @self: an environment
 *
 * Tells its account that the server took the credential.
 */
void
spot_account_environment_accepted (SpotAccountEnvironment *self)
{
  g_signal_emit (self, signals[SIGNAL_ACCEPTED], 0);
}

/**
 * spot_account_environment_get_id:
 * @self: an environment
 *
 * Returns: (transfer none): its id, stable for ever
 */
const char *
spot_account_environment_get_id (SpotAccountEnvironment *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_ENVIRONMENT (self), NULL);

  return self->id;
}

/**
 * spot_account_environment_get_name:
 * @self: an environment
 *
 * Returns: (transfer none): its name for people
 */
const char *
spot_account_environment_get_name (SpotAccountEnvironment *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_ENVIRONMENT (self), NULL);

  return self->name;
}

/**
 * spot_account_environment_get_kind:
 * @self: an environment
 *
 * Returns: what it is for
 */
SpotEnvironmentKind
spot_account_environment_get_kind (SpotAccountEnvironment *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_ENVIRONMENT (self), SPOT_ENVIRONMENT_UNKNOWN);

  return self->kind;
}

/**
 * spot_account_environment_get_badge:
 * @self: an environment
 *
 * Returns: (transfer none): what it is for as a short translated word, empty when that is not known
 */
const char *
spot_account_environment_get_badge (SpotAccountEnvironment *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_ENVIRONMENT (self), "");

  return spot_environment_kind_get_badge (self->kind);
}

/**
 * spot_account_environment_get_ready:
 * @self: an environment
 *
 * Returns: whether there is a credential with which to watch it
 */
gboolean
spot_account_environment_get_ready (SpotAccountEnvironment *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_ENVIRONMENT (self), FALSE);

  return self->endpoint != NULL;
}

/**
 * spot_environment_kind_get_badge:
 * @kind: what an environment is for
 *
 * Returns: (transfer none): a short translated word for it, empty when it is unknown
 */
const char *
spot_environment_kind_get_badge (SpotEnvironmentKind kind)
{
  switch (kind)
    {
    case SPOT_ENVIRONMENT_DEVELOPMENT:
      return C_("environment badge", "Dev");
    case SPOT_ENVIRONMENT_STAGING:
      return C_("environment badge", "Staging");
    case SPOT_ENVIRONMENT_PRODUCTION:
      return C_("environment badge", "Prod");
    case SPOT_ENVIRONMENT_PREVIEW:
      return C_("environment badge", "Preview");
    case SPOT_ENVIRONMENT_UNKNOWN:
    default:
      return "";
    }
}
