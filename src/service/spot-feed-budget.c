/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-feed-budget.h"

/* Somebody else's window may be closed by then; asking every second would take slots from the server's other users. */
#define FIRST_PROBE_US (60 * G_TIME_SPAN_SECOND)
#define MAX_PROBE_US (15 * G_TIME_SPAN_MINUTE)
#define MAX_DOUBLINGS 8

/**
 * spot_feed_budget_get:
 * @self: a budget
 *
 * Returns: how many feeds may run, 0 for as many as are wanted
 */
guint
spot_feed_budget_get (const SpotFeedBudget *self)
{
  g_return_val_if_fail (self != NULL, 0);

  if (self->max == 0 || self->granted == 0)
    return MAX (self->max, self->granted);
  return MIN (self->max, self->granted);
}

/**
 * spot_feed_budget_refuse:
 * @self: a budget
 * @n_running: feeds that take a live connection, or want one
 * @now_us: monotonic time in microseconds
 *
 * The server has said that there are too many. The last feed is never given up: it waits for its turn.
 *
 * Returns: whether fewer may run now
 */
gboolean
spot_feed_budget_refuse (SpotFeedBudget *self,
                         guint           n_running,
                         gint64          now_us)
{
  guint before;
  gint64 wait_us;

  g_return_val_if_fail (self != NULL, FALSE);

  before = spot_feed_budget_get (self);
  wait_us = MIN (FIRST_PROBE_US << MIN (self->n_refusals, MAX_DOUBLINGS), MAX_PROBE_US);
  self->granted = MAX (n_running, 2) - 1;
  self->n_refusals++;
  self->probe_us = now_us + wait_us;
  return spot_feed_budget_get (self) != before;
}

/**
 * spot_feed_budget_tick:
 * @self: a budget
 * @n_wanted: feeds that would run if there were no limit
 * @now_us: monotonic time in microseconds
 *
 * Time has passed: one more may be tried.
 *
 * Returns: whether more may run now
 */
gboolean
spot_feed_budget_tick (SpotFeedBudget *self,
                       guint           n_wanted,
                       gint64          now_us)
{
  guint before;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->granted == 0 || now_us < self->probe_us)
    return FALSE;
  before = spot_feed_budget_get (self);
  self->granted++;
  self->probe_us = now_us + FIRST_PROBE_US;
  /* It has granted all that is wanted: nothing is known of a limit any more. */
  if (self->granted > n_wanted)
    {
      self->granted = 0;
      self->n_refusals = 0;
    }
  return spot_feed_budget_get (self) != before;
}

/**
 * spot_feed_budget_ask:
 * @self: a budget
 * @now_us: monotonic time in microseconds
 *
 * Somebody wants to know whether the server grants more by now: one more is tried at once rather than when it is time.
 *
 * Returns: whether more may run now
 */
gboolean
spot_feed_budget_ask (SpotFeedBudget *self,
                      gint64          now_us)
{
  guint before;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->granted == 0)
    return FALSE;
  before = spot_feed_budget_get (self);
  self->granted++;
  self->probe_us = now_us + FIRST_PROBE_US;
  return spot_feed_budget_get (self) != before;
}

/**
 * spot_feed_budget_get_due_us:
 * @self: a budget
 *
 * Returns: when to call spot_feed_budget_tick(), monotonic time in microseconds; 0 for never
 */
gint64
spot_feed_budget_get_due_us (const SpotFeedBudget *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->granted != 0 ? self->probe_us : 0;
}
