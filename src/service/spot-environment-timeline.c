/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-environment-private.h"
#include "spot-run-timeline-private.h"
#include "spot-watch-private.h"

static void
describe_cb (gpointer             owner,
             const char          *run_id,
             GArray              *watches,
             const char * const **tags)
{
  SpotEnvironment *self = owner;
  SpotRun *run = spot_run_store_lookup (self->store, run_id);

  for (guint i = 0; i < spot_environment_get_n_watches (self); i++)
    {
      SpotWatch *watch = spot_environment_get_watch (self, i);
      SpotTimelineWatch description = { .name = spot_watch_get_name (watch) };

      if (spot_watch_get_kind (watch) != SPOT_WATCH_TAGS)
        continue;
      description.tags = spot_watch_get_tags (watch);
      if (self->plan != NULL && i < self->plan->watches->len)
        description.feed_key = g_array_index (self->plan->watches, SpotWatchPlan, i).key;
      g_array_append_val (watches, description);
    }
  *tags = run != NULL ? spot_run_get_tags (run) : NULL;
}

static void
gone_cb (gpointer  data,
         GObject  *timeline)
{
  SpotEnvironment *self = data;

  g_ptr_array_remove_fast (self->timelines, timeline);
}

/**
 * spot_environment_ref_run_timeline:
 * @self: an environment
 * @run_id: a run, which need not be known
 *
 * What has happened to the run: from the journal, and from here on.
 *
 * Returns: (transfer full): its timeline
 */
SpotRunTimeline *
spot_environment_ref_run_timeline (SpotEnvironment *self,
                                   const char      *run_id)
{
  SpotRunTimeline *timeline;
  SpotRun *run;

  g_return_val_if_fail (SPOT_IS_ENVIRONMENT (self), NULL);
  g_return_val_if_fail (run_id != NULL, NULL);

  for (guint i = 0; self->timelines != NULL && i < self->timelines->len; i++)
    if (g_str_equal (spot_run_timeline_get_run_id (self->timelines->pdata[i]), run_id))
      return g_object_ref (self->timelines->pdata[i]);

  run = spot_run_store_lookup (self->store, run_id);
  timeline = spot_run_timeline_new (run_id, run != NULL ? spot_run_get_record (run) : NULL, describe_cb, self);
  if (self->journal != NULL)
    spot_run_timeline_load (timeline, self->journal, self->id);
  if (self->timelines == NULL)
    self->timelines = g_ptr_array_new ();
  g_ptr_array_add (self->timelines, timeline);
  g_object_weak_ref (G_OBJECT (timeline), gone_cb, self);
  return timeline;
}

/**
 * spot_environment_tell_timelines:
 * @self: an environment
 * @commit: what one of its feeds has committed, which the journal has been given by now
 * @deletes: whether what leaves the feed is not on the server any more
 *
 * Adds it to the timelines that somebody looks at.
 */
void
spot_environment_tell_timelines (SpotEnvironment  *self,
                                 const SpotCommit *commit,
                                 gboolean          deletes)
{
  GArray *changes = commit->batch->changes;

  for (guint i = 0; self->timelines != NULL && i < self->timelines->len; i++)
    {
      SpotRunTimeline *timeline = self->timelines->pdata[i];

      for (guint j = 0; j < changes->len; j++)
        {
          SpotRunChange *change = &g_array_index (changes, SpotRunChange, j);

          if (g_strcmp0 (spot_run_record_get_id (change->record), spot_run_timeline_get_run_id (timeline)) == 0)
            spot_run_timeline_take (timeline, commit->feed_key != NULL ? commit->feed_key : "", commit->batch->kind,
                                    change, deletes);
        }
    }
}

/**
 * spot_environment_drop_timelines:
 * @self: an environment that goes
 *
 * Leaves its timelines to those who look at them.
 */
void
spot_environment_drop_timelines (SpotEnvironment *self)
{
  for (guint i = 0; self->timelines != NULL && i < self->timelines->len; i++)
    {
      g_object_weak_unref (self->timelines->pdata[i], gone_cb, self);
      spot_run_timeline_orphan (self->timelines->pdata[i]);
    }
  g_clear_pointer (&self->timelines, g_ptr_array_unref);
}
