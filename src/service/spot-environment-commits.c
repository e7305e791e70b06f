/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-environment-private.h"
#include "spot-watch-private.h"

/**
 * spot_environment_find_watches:
 * @self: an environment
 * @feed_id: the feed that brought @record
 * @record: a run
 * @watches: (element-type SpotNotifierWatch): where to add
 *
 * Adds the watches that have the run, whose texts belong to them.
 */
void
spot_environment_find_watches (SpotEnvironment *self,
                               guint            feed_id,
                               SpotRunRecord   *record,
                               GArray          *watches)
{
  SpotRun *run = spot_run_store_lookup (spot_environment_get_store (self), spot_run_record_get_id (record));

  for (guint i = 0; i < spot_environment_get_n_watches (self); i++)
    {
      SpotWatch *watch = spot_environment_get_watch (self, i);

      if (spot_watch_has_run (watch, feed_id, record, run))
        {
          SpotNotifierWatch description;

          spot_watch_describe (watch, &description);
          g_array_append_val (watches, description);
        }
    }
}

/**
 * spot_environment_tell_commit:
 * @self: an environment
 * @feed_id: the feed that brought @record
 * @record: a run
 * @removed: whether the run has left the feed
 *
 * Tells the watches that have the run, if anybody listens to them.
 */
void
spot_environment_tell_commit (SpotEnvironment *self,
                              guint            feed_id,
                              SpotRunRecord   *record,
                              gboolean         removed)
{
  SpotRun *run = spot_run_store_lookup (spot_environment_get_store (self), spot_run_record_get_id (record));

  for (guint i = 0; i < spot_environment_get_n_watches (self); i++)
    spot_watch_tell_commit (spot_environment_get_watch (self, i), feed_id, record, removed, run);
}
