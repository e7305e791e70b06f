/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include "spot-feed-status.h"

/* How often "last synced" alone is worth a status. */
#define SYNCED_STEP_US (5 * G_TIME_SPAN_SECOND)

/**
 * spot_feed_status_ref:
 * @self: a status
 *
 * Returns: (transfer full): @self
 */
SpotFeedStatus *
spot_feed_status_ref (SpotFeedStatus *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * spot_feed_status_unref:
 * @self: (transfer full): a status
 *
 * Drops a reference.
 */
void
spot_feed_status_unref (SpotFeedStatus *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_error (&self->problem);
  g_free (self);
}

/**
 * spot_feed_status_describe_problem:
 * @endpoint: server and credential
 * @problem: what is wrong
 *
 * Returns: (transfer full): what the user's log will say: with the host, and surely without the credential
 */
GError *
spot_feed_status_describe_problem (SpotEndpoint *endpoint,
                                   const GError *problem)
{
  g_autofree char *message = spot_endpoint_redact (endpoint, problem->message, -1);

  return g_error_new (problem->domain, problem->code, "%s: %s", spot_endpoint_get_realtime_url (endpoint), message);
}

/**
 * spot_feed_status_is_worth_telling:
 * @self: a status
 * @told: (nullable): the last one that was told
 *
 * Returns: whether @self says more than @told did
 */
gboolean
spot_feed_status_is_worth_telling (const SpotFeedStatus *self,
                                   const SpotFeedStatus *told)
{
  if (told == NULL || self->state != told->state || self->retry_at_us != told->retry_at_us ||
      (self->problem == NULL) != (told->problem == NULL))
    return TRUE;
  if (self->problem != NULL && !g_error_matches (self->problem, told->problem->domain, told->problem->code))
    return TRUE;
  return self->last_synced_us >= told->last_synced_us + SYNCED_STEP_US ||
         self->last_synced_us < told->last_synced_us;
}

/**
 * spot_feed_status_new:
 * @machine: a feed's machine
 * @endpoint: server and credential
 *
 * Returns: (transfer full): where @machine stands at this moment, with no request counted; not shared yet
 */
SpotFeedStatus *
spot_feed_status_new (SpotFeedMachine *machine,
                      SpotEndpoint    *endpoint)
{
  SpotFeedStatus *self;
  const GError *problem;

  g_return_val_if_fail (machine != NULL && endpoint != NULL, NULL);

  self = g_new0 (SpotFeedStatus, 1);
  problem = spot_feed_machine_get_problem (machine);
  g_atomic_ref_count_init (&self->ref_count);
  self->state = spot_feed_machine_get_state (machine);
  self->retry_at_us = spot_feed_machine_get_retry_at_us (machine);
  self->last_synced_us = spot_feed_machine_get_last_synced_us (machine);
  self->problem = problem != NULL ? spot_feed_status_describe_problem (endpoint, problem) : NULL;
  return self;
}
