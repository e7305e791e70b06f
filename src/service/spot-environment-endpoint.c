/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <string.h>

#include "spot-environment-private.h"

/* What a public access token says that it allows: (transfer full) (nullable). */
static SpotToken *
read_token (SpotEndpoint *endpoint)
{
  char *authorization = spot_endpoint_dup_authorization (endpoint);
  g_autoptr(SpotToken) token = NULL;

  if (authorization == NULL)
    return NULL;
  token = spot_token_decode (authorization + strlen ("Bearer "), NULL);
  explicit_bzero (authorization, strlen (authorization));
  g_free (authorization);
  /* One that names no scopes says nothing of what the server will allow. */
  if (token == NULL || spot_token_get_scopes (token) == NULL || spot_token_get_scopes (token)[0] == NULL)
    return NULL;
  return g_steal_pointer (&token);
}

/**
 * spot_environment_set_endpoint:
 * @self: an environment
 * @endpoint: the server and the credential
 *
 * Connects with another credential, or at another address. Feeds and data streams that run go on from the same
 * position.
 */
void
spot_environment_set_endpoint (SpotEnvironment *self,
                               SpotEndpoint    *endpoint)
{
  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));
  g_return_if_fail (endpoint != NULL);

  spot_endpoint_ref (endpoint);
  spot_endpoint_unref (self->endpoint);
  self->endpoint = endpoint;
  self->loopback = spot_environment_is_local (spot_endpoint_get_realtime_url (endpoint));
  spot_open_runs_set_endpoint (self->open_runs, endpoint);
  spot_feed_set_set_endpoint (self->feeds, endpoint);
  spot_environment_set_token (self, read_token (endpoint));
}

/**
 * spot_environment_describe:
 * @self: an environment
 * @name: for people
 * @kind: what it is for
 *
 * Says what it is.
 */
void
spot_environment_describe (SpotEnvironment     *self,
                           const char          *name,
                           SpotEnvironmentKind  kind)
{
  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));
  g_return_if_fail (name != NULL);

  if (strcmp (self->name, name) != 0)
    {
      g_free (self->name);
      self->name = g_strdup (name);
      g_object_notify (G_OBJECT (self), "name");
    }
  if (self->kind != kind)
    {
      self->kind = kind;
      g_object_notify (G_OBJECT (self), "kind");
    }
}

/**
 * spot_environment_is_refused:
 * @self: an environment
 *
 * Returns: whether the server does not take its credential
 */
gboolean
spot_environment_is_refused (SpotEnvironment *self)
{
  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), FALSE);

  return spot_feed_set_has_problem (self->feeds, SPOT_PROBLEM_UNAUTHORIZED);
}
