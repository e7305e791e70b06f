/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpotFeedBudget:
 * @max: how many the user wants at most, 0 for as many as are wanted
 * @granted: how many the server has been seen to grant, 0 while it has refused none
 * @probe_us: when to try one more, monotonic time in microseconds
 * @n_refusals: in a row
 *
 * How many live connections one environment may take. The server says no by a 429 (protocol §1.11), and never how many it
 * has: so one less is taken, and after a while one more is tried, later each time that was too many. Pure.
 */
typedef struct
{
  guint  max;
  guint  granted;
  gint64 probe_us;
  guint  n_refusals;
} SpotFeedBudget;

guint    spot_feed_budget_get        (const SpotFeedBudget *self);
gboolean spot_feed_budget_refuse     (SpotFeedBudget       *self,
                                      guint                 n_running,
                                      gint64                now_us);
gboolean spot_feed_budget_tick       (SpotFeedBudget       *self,
                                      guint                 n_wanted,
                                      gint64                now_us);
gboolean spot_feed_budget_ask        (SpotFeedBudget       *self,
                                      gint64                now_us);
gint64   spot_feed_budget_get_due_us (const SpotFeedBudget *self);

G_END_DECLS
