/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-environment-private.h"

/**
 * spot_environment_set_limits:
 * @self: an environment
 * @limits: what the user grants, copied
 *
 * Takes effect at once. Rows stay while lists that look back further, or less far, are loaded.
 */
void
spot_environment_set_limits (SpotEnvironment             *self,
                             const SpotEnvironmentLimits *limits)
{
  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));
  g_return_if_fail (limits != NULL);

  self->limits = *limits;
  self->budget.max = limits->max_connections;
  spot_environment_replan (self);
  /* What is said of the connections counts against the limit. */
  g_object_notify (G_OBJECT (self), "n-connections");
}
