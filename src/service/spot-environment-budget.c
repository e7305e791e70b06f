/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-environment-private.h"

static gboolean
probe_cb (gpointer user_data)
{
  SpotEnvironment *self = user_data;

  self->probe_id = 0;
  if (spot_feed_budget_tick (&self->budget, self->plan != NULL ? self->plan->wishes->len : 0, g_get_monotonic_time ()))
    spot_environment_replan (self);
  spot_environment_plan_probe (self);
  return G_SOURCE_REMOVE;
}

/**
 * spot_environment_plan_probe:
 * @self: an environment
 *
 * Sees to it that one more connection is tried when it is time for that.
 */
void
spot_environment_plan_probe (SpotEnvironment *self)
{
  gint64 due_us = spot_feed_budget_get_due_us (&self->budget);

  g_clear_handle_id (&self->probe_id, g_source_remove);
  if (due_us != 0 && !self->stopped)
    self->probe_id = g_timeout_add ((guint) (MAX (due_us - g_get_monotonic_time (), 0) / G_TIME_SPAN_MILLISECOND) + 1,
                                    probe_cb, self);
}

/**
 * spot_environment_check_refusals:
 * @self: an environment
 *
 * Looks whether the server has refused a live connection since the last call.
 *
 * Returns: whether feeds have to be given up
 */
gboolean
spot_environment_check_refusals (SpotEnvironment *self)
{
  gboolean fewer;

  if (!spot_feed_set_steal_refused (self->feeds))
    return FALSE;
  fewer = spot_feed_budget_refuse (&self->budget, spot_feed_set_count_live (self->feeds), g_get_monotonic_time ());
  spot_environment_plan_probe (self);
  return fewer;
}

/**
 * spot_environment_set_max_connections:
 * @self: an environment
 * @max_connections: how many live connections it may take on the server, 0 for as many as its watches need
 *
 * Beyond it watches of single runs wait first, then tags, then batches; the list of all runs last.
 */
void
spot_environment_set_max_connections (SpotEnvironment *self,
                                      guint            max_connections)
{
  g_return_if_fail (SPOT_IS_ENVIRONMENT (self));

  if (self->budget.max == max_connections)
    return;
  self->budget.max = max_connections;
  spot_environment_replan (self);
}

/**
 * spot_environment_get_max_connections:
 * @self: an environment
 *
 * Returns: how many live connections it may take, because of the user or of the server; 0 for as many as its watches need
 */
guint
spot_environment_get_max_connections (SpotEnvironment *self)
{
  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), 0);

  return spot_feed_budget_get (&self->budget);
}
