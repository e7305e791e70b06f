/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-notifier-private.h"

/* Feeds catch up one after the other: what the others bring joins the same notice. */
#define AWAY_SETTLE_US (1 * G_USEC_PER_SEC)

/*
 * spot_notifier_away_entry_free:
 * @data: (transfer full): an entry
 *
 * Frees it.
 */
void
spot_notifier_away_entry_free (gpointer data)
{
  SpotNotifierAwayEntry *self = data;

  g_free (self->id);
  g_free (self->environment_id);
  g_free (self->watch_id);
  g_free (self->watch_name);
  g_ptr_array_unref (self->pending);
  g_free (self);
}

/* The absence is in the id, so that the summary of a later one does not take this one's place. */
static char *
dup_id (const char *environment_id,
        const char *watch_id,
        gint64      since_us)
{
  return g_strdup_printf ("away:%s:%s:%" G_GINT64_FORMAT, environment_id, watch_id, since_us);
}

static SpotNotifierAwayEntry *
find_entry (SpotNotifier *self,
            const char   *id)
{
  for (guint i = 0; i < self->aways->len; i++)
    {
      SpotNotifierAwayEntry *entry = self->aways->pdata[i];

      if (g_str_equal (entry->id, id))
        return entry;
    }
  return NULL;
}

static SpotNotifierAwayEntry *
ensure_entry (SpotNotifier            *self,
              const char              *id,
              const char              *environment_id,
              const SpotNotifierWatch *watch,
              gint64                   since_us)
{
  SpotNotifierAwayEntry *entry = find_entry (self, id);

  if (entry == NULL)
    {
      entry = g_new0 (SpotNotifierAwayEntry, 1);
      entry->id = g_strdup (id);
      entry->environment_id = g_strdup (environment_id);
      entry->watch_id = g_strdup (watch->id);
      entry->watch_name = g_strdup (watch->name);
      entry->since_us = since_us;
      entry->pending = spot_notice_new_ends ();
      g_ptr_array_add (self->aways, entry);
    }
  return entry;
}

static void
count (SpotNotifier            *self,
       SpotNotifierAwayEntry   *entry,
       const SpotNotifierWatch *watch,
       SpotRunStatus            status,
       SpotAnnouncement        *announcement) /* (transfer full) */
{
  SpotStatusGroup group = spot_run_status_get_group (status);

  if (group == SPOT_STATUS_GROUP_GOOD)
    entry->n_good++;
  else if (group == SPOT_STATUS_GROUP_BAD)
    entry->n_bad++;
  else
    entry->n_neutral++;
  entry->told |= spot_notifier_tells (self, watch, group);
  g_ptr_array_add (entry->pending, announcement);
  if (entry->due_us == 0)
    entry->due_us = self->now_us + AWAY_SETTLE_US;
  spot_notifier_note_due (self, entry->due_us);
}

/*
 * spot_notifier_announce_away:
 * @self: a notifier
 * @run_entry: a run
 * @run: its end, while the program did not run
 *
 * Counts it for the summary of its most specific watch. The summary counts good ends too where only bad ones are told.
 */
void
spot_notifier_announce_away (SpotNotifier          *self,
                             SpotNotifierRunEntry  *run_entry,
                             const SpotNotifierRun *run)
{
  const SpotNotifierWatch *watch = spot_notifier_choose_watch (run);
  g_autofree char *id = NULL;
  SpotAnnouncement *announcement;

  if (watch == NULL || run_entry->looked_at_us == run->finished_us || watch->muted
      || watch->rule == SPOT_WATCH_RULE_NONE)
    return;
  id = dup_id (run->environment_id, watch->id, run->away_since_us);
  announcement = spot_announcement_new (run->environment_id, run->run_id, run->finished_us,
                                        spot_run_status_to_word (run->status), id);
  spot_notifier_intend (self, announcement);
  count (self, ensure_entry (self, id, run->environment_id, watch, run->away_since_us), watch, run->status,
         announcement);
}

/* The watch that the notice was for, if it is still one of the run's; else the one that tells the run now. */
static const SpotNotifierWatch *
find_watch (const SpotNotifierRun *run,
            const char            *notice_id)
{
  g_auto(GStrv) parts = g_strsplit (notice_id, ":", 4);

  for (guint i = 0; i < run->n_watches && g_strv_length (parts) >= 3; i++)
    if (g_str_equal (run->watches[i].id, parts[2]))
      return &run->watches[i];
  return spot_notifier_choose_watch (run);
}

/**
 * spot_notifier_tell_unsent:
 * @self: a notifier
 * @unsent: what was going to be told when the program ended
 * @run: the run, with the status and the end that @unsent names
 * @now_us: monotonic time in microseconds
 *
 * Whether it was told nobody knows: it is told again, under the same id, which replaces what may be shown. A run that no
 * watch has any more, or a muted one, is settled.
 *
 * Returns: (transfer full) (element-type SpotNotice): what to tell now
 */
GPtrArray *
spot_notifier_tell_unsent (SpotNotifier           *self,
                           const SpotAnnouncement *unsent,
                           const SpotNotifierRun  *run,
                           gint64                  now_us)
{
  g_autoptr(GPtrArray) notices = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_notice_free);
  g_autoptr(SpotAnnouncement) announcement = NULL;
  const SpotNotifierWatch *watch;
  SpotNotifierRunEntry *run_entry;

  g_return_val_if_fail (self != NULL, g_steal_pointer (&notices));
  g_return_val_if_fail (unsent != NULL && run != NULL, g_steal_pointer (&notices));

  spot_notifier_advance (self, now_us);
  announcement = spot_announcement_copy (unsent);
  run_entry = spot_notifier_remember_ended (self, run->environment_id, run->run_id, unsent->completed_us);
  watch = find_watch (run, unsent->notice_id);
  if (watch == NULL || watch->muted || watch->rule == SPOT_WATCH_RULE_NONE)
    {
      g_ptr_array_add (self->settled, g_steal_pointer (&announcement));
      return g_steal_pointer (&notices);
    }
  if (g_str_has_prefix (unsent->notice_id, "away:"))
    {
      const char *since = strrchr (unsent->notice_id, ':') + 1;

      count (self, ensure_entry (self, unsent->notice_id, run->environment_id, watch, g_ascii_strtoll (since, NULL, 10)),
             watch, run->status, g_steal_pointer (&announcement));
      return g_steal_pointer (&notices);
    }
  spot_notifier_tell_again (self, run_entry, watch, run, g_steal_pointer (&announcement), notices);
  return g_steal_pointer (&notices);
}

static void
add_summary (SpotNotifier          *self,
             SpotNotifierAwayEntry *entry,
             GPtrArray             *notices)
{
  SpotNotice *notice =
    spot_notice_new (SPOT_NOTICE_AWAY, entry->id, entry->environment_id, entry->watch_id, entry->watch_name);

  notice->status = spot_notice_choose_status (entry->n_good, entry->n_bad);
  notice->n_good = entry->n_good;
  notice->n_bad = entry->n_bad;
  notice->n_neutral = entry->n_neutral;
  notice->since_us = entry->since_us;
  notice->silent = !spot_notifier_take_banner (self);
  g_ptr_array_unref (notice->ends);
  notice->ends = spot_notice_move_ends (entry->pending);
  g_ptr_array_add (notices, notice);
}

/*
 * spot_notifier_flush_away:
 * @self: a notifier
 * @notices: (element-type SpotNotice): where to add
 *
 * Adds the summaries that are due.
 */
void
spot_notifier_flush_away (SpotNotifier *self,
                          GPtrArray    *notices)
{
  for (guint i = 0; i < self->aways->len; i++)
    {
      SpotNotifierAwayEntry *entry = self->aways->pdata[i];

      if (entry->due_us != 0 && entry->due_us <= self->now_us)
        {
          entry->due_us = 0;
          if (entry->pending->len == 0)
            continue;
          if (entry->told)
            add_summary (self, entry, notices);
          else
            spot_notifier_settle (self, entry->pending);
        }
      spot_notifier_note_due (self, entry->due_us);
    }
}

/*
 * spot_notifier_forget_away:
 * @self: a notifier
 * @watch_id: a watch that is gone, or has been muted
 *
 * What was counted for it is not told any more.
 */
void
spot_notifier_forget_away (SpotNotifier *self,
                           const char   *watch_id)
{
  for (guint i = self->aways->len; i > 0; i--)
    {
      SpotNotifierAwayEntry *entry = self->aways->pdata[i - 1];

      if (!g_str_equal (entry->watch_id, watch_id))
        continue;
      spot_notifier_settle (self, entry->pending);
      g_ptr_array_remove_index (self->aways, i - 1);
    }
}

/**
 * spot_notifier_take_back:
 * @self: a notifier
 * @end: an end that it wants to tell in a summary of what happened meanwhile
 *
 * It was told before the program ended.
 */
void
spot_notifier_take_back (SpotNotifier           *self,
                         const SpotAnnouncement *end)
{
  SpotNotifierAwayEntry *entry;
  SpotStatusGroup group;

  g_return_if_fail (self != NULL && end != NULL);

  entry = find_entry (self, end->notice_id);
  group = spot_run_status_get_group (spot_run_status_from_word (end->status, -1));
  for (guint i = entry != NULL ? entry->pending->len : 0; i > 0; i--)
    {
      const SpotAnnouncement *other = entry->pending->pdata[i - 1];

      if (other->completed_us != end->completed_us || !g_str_equal (other->run_id, end->run_id))
        continue;
      g_ptr_array_remove_index (entry->pending, i - 1);
      if (group == SPOT_STATUS_GROUP_GOOD)
        entry->n_good--;
      else if (group == SPOT_STATUS_GROUP_BAD)
        entry->n_bad--;
      else
        entry->n_neutral--;
    }
}
