/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-environment-private.h"
#include "spot-watch-private.h"

/* Rows between two looks at the clock. */
#define ROWS_PER_LOOK 64

/* What was going to be told when the program ended. */
typedef struct
{
  SpotAnnouncement *announcement; /* (owned) */
  SpotRunRecord    *record;       /* (owned) (nullable): the run as it was known then */
} Unsent;

static void
unsent_free (gpointer data)
{
  Unsent *self = data;

  spot_announcement_free (self->announcement);
  g_clear_pointer (&self->record, spot_run_record_unref);
  g_free (self);
}

static GHashTable *
index_unsent (SpotEnvironment *self)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->unsent->len; i++)
    {
      Unsent *unsent = self->unsent->pdata[i];

      g_hash_table_insert (index, unsent->announcement->run_id, unsent);
    }
  return index;
}

static void
take_unsent (SpotEnvironment *self)
{
  self->unsent = g_ptr_array_new_with_free_func (unsent_free);
  for (guint i = 0; i < self->contents->unsent->len; i++)
    {
      Unsent *unsent = g_new0 (Unsent, 1);

      unsent->announcement = spot_announcement_copy (self->contents->unsent->pdata[i]);
      g_ptr_array_add (self->unsent, unsent);
    }
}

static void
restore_run (SpotEnvironment *self,
             SpotNotifier    *notifier,
             SpotRunRecord   *record,
             GHashTable      *index)
{
  const char *run_id = spot_run_record_get_id (record);
  Unsent *unsent = g_hash_table_lookup (index, run_id);

  /* Of one that has half ended the other half is still to be told. */
  if (!spot_run_record_has_ended (record) || !spot_run_status_is_final (spot_run_record_get_status (record)))
    spot_notifier_restore (notifier, self->id, run_id);
  else
    spot_notifier_restore_ended (notifier, self->id, run_id, spot_run_record_get_time (record, SPOT_COLUMN_COMPLETED_AT));
  if (unsent != NULL)
    unsent->record = spot_run_record_ref (record);
}

/**
 * spot_environment_restore:
 * @self: an environment
 * @notifier: who decides what to tell
 * @deadline_us: until when it may take, monotonic; %G_MAXINT64 for as long as it takes
 *
 * Once it is known what was known when the program ended: tells @notifier which runs were unfinished then, and which not. To be
 * done before @notifier is told of anything that the feeds bring.
 *
 * Returns: whether it is through
 */
gboolean
spot_environment_restore (SpotEnvironment *self,
                          SpotNotifier    *notifier,
                          gint64           deadline_us)
{
  g_autoptr(GHashTable) index = NULL;
  GArray *runs;

  if (self->contents == NULL)
    return TRUE;

  if (self->unsent == NULL)
    take_unsent (self);
  index = index_unsent (self);
  runs = self->contents->runs;
  while (self->n_restored < runs->len)
    {
      restore_run (self, notifier, g_array_index (runs, SpotJournalRun, self->n_restored++).record, index);
      if (self->n_restored % ROWS_PER_LOOK == 0 && g_get_monotonic_time () >= deadline_us)
        return FALSE;
    }
  /* The state that they tell need not have been written yet, but they are going to be told. */
  for (guint i = 0; i < self->unsent->len; i++)
    {
      const SpotAnnouncement *announcement = ((Unsent *) self->unsent->pdata[i])->announcement;

      spot_notifier_restore_ended (notifier, self->id, announcement->run_id, announcement->completed_us);
    }
  g_clear_pointer (&self->contents, spot_journal_contents_free);
  return TRUE;
}

static GPtrArray *
tell_again (SpotEnvironment        *self,
            SpotNotifier           *notifier,
            const SpotAnnouncement *announcement,
            SpotRunRecord          *record)
{
  g_autoptr(GArray) watches = g_array_new (FALSE, FALSE, sizeof (SpotNotifierWatch));
  SpotRun *run = spot_run_store_lookup (self->store, announcement->run_id);
  SpotNotifierRun state = {
    .environment_id = self->id,
    .run_id = announcement->run_id,
    .task = spot_run_record_get_task (record),
    .status = spot_run_status_from_word (announcement->status, -1),
    .ended = TRUE,
    .finished_us = announcement->completed_us,
    .tags = spot_run_record_get_tags (record),
    .wall_ms = -1,
    .kind = SPOT_RUN_BATCH_CHANGES,
  };

  spot_environment_find_watches (self, SPOT_ENVIRONMENT_FEED_ID, record, watches);
  state.watches = (const SpotNotifierWatch *) watches->data;
  state.n_watches = watches->len;
  if (run != NULL && spot_run_get_ended (run))
    {
      state.detail = spot_run_get_headline (run);
      state.wall_ms = spot_run_get_wall_ms (run, g_get_real_time ());
    }
  return spot_notifier_tell_unsent (notifier, announcement, &state, g_get_monotonic_time ());
}

/**
 * spot_environment_tell_unsent:
 * @self: an environment with watches, whose store has what was known
 * @notifier: who decides what to tell
 *
 * Tells again what nobody knows to have been told. What is known of a run too little to find its watches waits for a feed
 * to bring it.
 *
 * Returns: (transfer full) (nullable) (element-type SpotNotice): what to tell now
 */
GPtrArray *
spot_environment_tell_unsent (SpotEnvironment *self,
                              SpotNotifier    *notifier)
{
  g_autoptr(GPtrArray) notices = NULL;

  if (self->unsent == NULL || self->unsent->len == 0 || spot_environment_get_n_watches (self) == 0)
    return NULL;

  notices = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_notice_free);
  for (guint i = 0; i < self->unsent->len;)
    {
      Unsent *unsent = self->unsent->pdata[i];
      SpotRun *run = spot_run_store_lookup (self->store, unsent->announcement->run_id);
      SpotRunRecord *record = run != NULL ? spot_run_get_record (run) : unsent->record;

      if (record == NULL)
        {
          i++;
          continue;
        }
      {
        g_autoptr(GPtrArray) more = tell_again (self, notifier, unsent->announcement, record);

        g_ptr_array_extend_and_steal (notices, g_steal_pointer (&more));
      }
      g_ptr_array_remove_index (self->unsent, i);
    }
  return g_steal_pointer (&notices);
}
