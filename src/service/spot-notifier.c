/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-notifier-private.h"

/* Storms (design §8): so many single notices per watch in so long, then one notice that counts. */
#define SINGLES_WINDOW_US (10 * G_USEC_PER_SEC)
#define GROUP_INTERVAL_US (5 * G_USEC_PER_SEC)
#define GROUP_CALM_US (120 * G_USEC_PER_SEC)

/* A group's first count waits a moment, so that it does not say "1" for five seconds in the middle of a burst. */
#define GROUP_SETTLE_US (1 * G_USEC_PER_SEC)

/* A batch may get its runs one after the other: it is over when nothing has been unfinished for this long. */
#define BATCH_END_US (3 * G_USEC_PER_SEC / 2)

/* Banners of all watches together. */
#define BANNERS_WINDOW_US (60 * G_USEC_PER_SEC)

/* What the server's clock and ours may differ by. */
#define CLOCK_SKEW_US (60 * G_USEC_PER_SEC)

/* What is remembered. A forgotten end costs nothing unless old news of the same run comes after it; a forgotten unfinished run
 * costs its notice, so there is room for more of them than a server can have running. */
#define MAX_ENDED 100000
#define MAX_UNFINISHED 500000

static guint
run_entry_hash (gconstpointer entry)
{
  return g_str_hash (((const SpotNotifierRunEntry *) entry)->key);
}

static gboolean
run_entry_equal (gconstpointer a,
                 gconstpointer b)
{
  return g_str_equal (((const SpotNotifierRunEntry *) a)->key, ((const SpotNotifierRunEntry *) b)->key);
}

static SpotNotifierRunEntry *
run_entry_new (const char *environment_id,
               const char *run_id)
{
  gsize environment_length = strlen (environment_id);
  gsize run_length = strlen (run_id);
  SpotNotifierRunEntry *self = g_malloc0 (sizeof (SpotNotifierRunEntry) + environment_length + run_length + 2);

  self->link.data = self;
  self->finished_us = SPOT_TIME_NONE;
  self->looked_at_us = SPOT_TIME_NONE;
  /* Environment ids are the program's own and hold no newline, whatever a server calls its runs. */
  memcpy (self->key, environment_id, environment_length);
  self->key[environment_length] = '\n';
  memcpy (self->key + environment_length + 1, run_id, run_length);
  return self;
}

static SpotNotifierRunEntry *
find_run (SpotNotifier *self,
          const char   *environment_id,
          const char   *run_id)
{
  g_autofree SpotNotifierRunEntry *probe = run_entry_new (environment_id, run_id);

  return g_hash_table_lookup (self->runs, probe);
}

static SpotNotifierRunEntry *
ensure_run (SpotNotifier *self,
            const char   *environment_id,
            const char   *run_id)
{
  g_autofree SpotNotifierRunEntry *probe = run_entry_new (environment_id, run_id);
  SpotNotifierRunEntry *entry = g_hash_table_lookup (self->runs, probe);

  if (entry == NULL)
    {
      entry = g_steal_pointer (&probe);
      entry->link.data = entry;
      g_hash_table_add (self->runs, entry);
      g_queue_push_tail_link (&self->ended, &entry->link);
    }
  return entry;
}

static void
forget_oldest (SpotNotifier *self,
               GQueue       *queue,
               guint         max)
{
  while (queue->length > max)
    {
      GList *link = g_queue_pop_head_link (queue);

      g_hash_table_remove (self->runs, link->data);
    }
}

static void
remember_unfinished (SpotNotifier *self,
                     const char   *environment_id,
                     const char   *run_id)
{
  SpotNotifierRunEntry *entry = ensure_run (self, environment_id, run_id);

  entry->restored = FALSE;
  if (entry->unfinished)
    return;
  entry->unfinished = TRUE;
  g_queue_unlink (&self->ended, &entry->link);
  g_queue_push_tail_link (&self->unfinished, &entry->link);
  forget_oldest (self, &self->unfinished, MAX_UNFINISHED);
}

/*
 * spot_notifier_remember_ended:
 * @self: a notifier
 * @environment_id: an environment
 * @run_id: a run of it
 * @finished_us: its `completedAt`
 *
 * That end is no news any more.
 *
 * Returns: (transfer none): the run
 */
SpotNotifierRunEntry *
spot_notifier_remember_ended (SpotNotifier *self,
                              const char   *environment_id,
                              const char   *run_id,
                              gint64        finished_us)
{
  SpotNotifierRunEntry *entry = ensure_run (self, environment_id, run_id);

  g_queue_unlink (entry->unfinished ? &self->unfinished : &self->ended, &entry->link);
  g_queue_push_tail_link (&self->ended, &entry->link);
  entry->unfinished = FALSE;
  entry->restored = FALSE;
  entry->finished_us = finished_us;
  forget_oldest (self, &self->ended, MAX_ENDED);
  return entry;
}

static void
watch_entry_free (gpointer data)
{
  SpotNotifierWatchEntry *self = data;

  g_free (self->id);
  g_free (self->environment_id);
  g_free (self->name);
  g_ptr_array_unref (self->pending);
  g_free (self);
}

static SpotNotifierWatchEntry *
ensure_watch (SpotNotifier            *self,
              const char              *environment_id,
              const SpotNotifierWatch *watch)
{
  SpotNotifierWatchEntry *entry = g_hash_table_lookup (self->watches, watch->id);

  if (entry == NULL)
    {
      entry = g_new0 (SpotNotifierWatchEntry, 1);
      entry->id = g_strdup (watch->id);
      entry->environment_id = g_strdup (environment_id);
      entry->kind = watch->kind;
      entry->pending = spot_notice_new_ends ();
      g_hash_table_insert (self->watches, entry->id, entry);
    }
  if (g_strcmp0 (entry->name, watch->name) != 0)
    {
      g_free (entry->name);
      entry->name = g_strdup (watch->name);
    }
  entry->rule = watch->rule;
  entry->muted = watch->muted;
  return entry;
}

static gint64
watch_entry_get_due_us (const SpotNotifierWatchEntry *self)
{
  /* Of a batch that seems to be over the summary is next. */
  if (self->end_us != 0)
    return self->end_us;
  if (self->open && self->dirty && (self->kind != SPOT_WATCH_BATCH || self->telling))
    return self->next_us;
  return 0;
}

/* Time is an argument, and it must not go backwards: rules that compare times would let things pass. */
void
spot_notifier_advance (SpotNotifier *self,
                       gint64        now_us)
{
  self->now_us = MAX (self->now_us, now_us);
}

void
spot_notifier_note_due (SpotNotifier *self,
                        gint64        due_us)
{
  if (due_us != 0 && (self->due_us == 0 || due_us < self->due_us))
    self->due_us = due_us;
}

static void
update_due (SpotNotifier *self,
            SpotNotifierWatchEntry   *watch)
{
  spot_notifier_note_due (self, watch_entry_get_due_us (watch));
}

void
spot_notifier_intend (SpotNotifier           *self,
                      const SpotAnnouncement *announcement)
{
  g_ptr_array_add (self->intents, spot_announcement_copy (announcement));
}

/* Nobody is going to be told of them any more. Empties @announcements. */
void
spot_notifier_settle (SpotNotifier *self,
                      GPtrArray    *announcements)
{
  for (guint i = 0; i < announcements->len; i++)
    g_ptr_array_add (self->settled, spot_announcement_copy (announcements->pdata[i]));
  g_ptr_array_set_size (announcements, 0);
}

/* Whether there is room for one more notice that makes itself heard; takes it. */
gboolean
spot_notifier_take_banner (SpotNotifier *self)
{
  if (self->n_banners >= BANNERS &&
      self->now_us - self->banners[self->n_banners % BANNERS] < BANNERS_WINDOW_US)
    return FALSE;
  self->banners[self->n_banners++ % BANNERS] = self->now_us;
  return TRUE;
}

static gboolean
has_room_for_single (SpotNotifier     *self,
                     const SpotNotifierWatchEntry *watch)
{
  return watch->n_singles < SINGLES_PER_WATCH ||
         self->now_us - watch->singles[watch->n_singles % SINGLES_PER_WATCH] >= SINGLES_WINDOW_US;
}

static void
add_single (SpotNotifier            *self,
            SpotNotifierWatchEntry  *watch,
            SpotNotifierRunEntry    *entry,
            const SpotNotifierRun   *run,
            gboolean                 silent,
            SpotAnnouncement        *announcement, /* (transfer full) */
            GPtrArray               *notices)
{
  SpotNotice *notice =
    spot_notice_new (SPOT_NOTICE_RUN, announcement->notice_id, run->environment_id, watch->id, watch->name);

  notice->run_id = g_strdup (run->run_id);
  notice->task = g_strdup (run->task);
  notice->status = run->status;
  notice->detail = g_strdup (run->detail);
  notice->tags = g_strdupv ((char **) run->tags);
  notice->wall_ms = run->wall_ms;
  notice->silent = silent;
  g_ptr_array_add (notice->ends, announcement);
  g_ptr_array_add (notices, notice);

  entry->shown = TRUE;
  watch->singles[watch->n_singles++ % SINGLES_PER_WATCH] = self->now_us;
}

/* A notice of its own, of which nobody knows yet. */
static void
tell_alone (SpotNotifier            *self,
            SpotNotifierWatchEntry  *watch,
            SpotNotifierRunEntry    *entry,
            const SpotNotifierRun   *run,
            gboolean                 silent,
            GPtrArray               *notices)
{
  g_autofree char *id = spot_notifier_dup_run_notice_id (run->environment_id, run->run_id);
  SpotAnnouncement *announcement = spot_announcement_new (run->environment_id, run->run_id, run->finished_us,
                                                          spot_run_status_to_word (run->status), id);

  spot_notifier_intend (self, announcement);
  add_single (self, watch, entry, run, silent, announcement, notices);
}

/* It is counted in the notice of its watch, which comes later. */
static void
tell_in_group (SpotNotifier            *self,
               SpotNotifierWatchEntry  *watch,
               const SpotNotifierRun   *run)
{
  g_autofree char *id = spot_notice_dup_group_id (run->environment_id, watch->id);
  SpotAnnouncement *announcement = spot_announcement_new (run->environment_id, run->run_id, run->finished_us,
                                                          spot_run_status_to_word (run->status), id);

  spot_notifier_intend (self, announcement);
  g_ptr_array_add (watch->pending, announcement);
}

static void
add_group (SpotNotifier           *self,
           SpotNotifierWatchEntry *watch,
           gboolean                finished,
           GPtrArray              *notices)
{
  g_autofree char *id = spot_notice_dup_group_id (watch->environment_id, watch->id);
  SpotNotice *notice = spot_notice_new (SPOT_NOTICE_GROUP, id, watch->environment_id, watch->id, watch->name);

  /* What a batch's counts tell on the way is told for good by its summary. */
  if (watch->kind != SPOT_WATCH_BATCH || finished)
    {
      g_ptr_array_unref (notice->ends);
      notice->ends = spot_notice_move_ends (watch->pending);
    }
  notice->status = spot_notice_choose_status (watch->n_good, watch->n_bad);
  notice->n_good = watch->n_good;
  notice->n_bad = watch->n_bad;
  notice->n_neutral = watch->n_neutral;
  notice->n_total = watch->n_total;
  notice->finished = finished;
  notice->silent = !finished || !spot_notifier_take_banner (self);
  g_ptr_array_add (notices, notice);

  watch->dirty = FALSE;
  watch->active_us = self->now_us;
  watch->next_us = self->now_us + GROUP_INTERVAL_US;
}

static void
set_batch_counts (SpotNotifier            *self,
                  SpotNotifierWatchEntry              *entry,
                  const SpotNotifierWatch *watch)
{
  if (entry->n_good != watch->n_good || entry->n_bad != watch->n_bad || entry->n_neutral != watch->n_neutral ||
      entry->n_total != watch->n_total)
    entry->dirty = TRUE;
  entry->n_good = watch->n_good;
  entry->n_bad = watch->n_bad;
  entry->n_neutral = watch->n_neutral;
  entry->n_total = watch->n_total;

  if (!entry->open || watch->n_unfinished > 0)
    entry->end_us = 0;
  else if (entry->end_us == 0)
    entry->end_us = self->now_us + BATCH_END_US;
}

static void
announce_in_batch (SpotNotifier            *self,
                   const SpotNotifierWatch *watch,
                   SpotNotifierWatchEntry              *entry,
                   SpotNotifierRunEntry                *run_entry,
                   const SpotNotifierRun   *run,
                   gboolean                 looked_at,
                   GPtrArray               *notices)
{
  gboolean alone = FALSE;

  entry->open = TRUE;
  entry->dirty = TRUE;
  if (spot_run_status_get_group (run->status) == SPOT_STATUS_GROUP_BAD && !entry->telling)
    {
      entry->telling = TRUE;
      entry->next_us = self->now_us + GROUP_SETTLE_US;
      if (!looked_at && has_room_for_single (self, entry) && spot_notifier_take_banner (self))
        {
          tell_alone (self, entry, run_entry, run, FALSE, notices);
          entry->n_alone++;
          entry->next_us = self->now_us + GROUP_INTERVAL_US;
          alone = TRUE;
        }
    }
  if (!alone)
    tell_in_group (self, entry, run);
  set_batch_counts (self, entry, watch);
}

static void
count_in_group (SpotNotifier           *self,
                SpotNotifierWatchEntry *entry,
                SpotRunStatus           status)
{
  if (!entry->open)
    {
      entry->open = TRUE;
      entry->n_good = entry->n_bad = entry->n_neutral = 0;
      entry->next_us = MAX (self->now_us + GROUP_SETTLE_US, entry->next_us);
    }
  if (spot_run_status_get_group (status) == SPOT_STATUS_GROUP_GOOD)
    entry->n_good++;
  else if (spot_run_status_get_group (status) == SPOT_STATUS_GROUP_BAD)
    entry->n_bad++;
  else
    entry->n_neutral++;
  entry->dirty = TRUE;
  entry->active_us = self->now_us;
}

static void
announce_in_list (SpotNotifier            *self,
                  SpotNotifierWatchEntry  *entry,
                  SpotNotifierRunEntry    *run_entry,
                  const SpotNotifierRun   *run,
                  GPtrArray               *notices)
{
  if (entry->open && self->now_us - entry->active_us >= GROUP_CALM_US && !entry->dirty)
    entry->open = FALSE;
  if (!entry->open && has_room_for_single (self, entry) && spot_notifier_take_banner (self))
    {
      tell_alone (self, entry, run_entry, run, FALSE, notices);
      return;
    }
  tell_in_group (self, entry, run);
  count_in_group (self, entry, run->status);
}

/* Whether an end of that kind is told, by the user's rule or by what is usual for such a watch. */
gboolean
spot_notifier_tells (SpotNotifier            *self,
                     const SpotNotifierWatch *watch,
                     SpotStatusGroup          group)
{
  if (watch->muted)
    return FALSE;
  switch (watch->rule != SPOT_WATCH_RULE_DEFAULT ? watch->rule : self->usual[watch->kind])
    {
    case SPOT_WATCH_RULE_ALL:
      return TRUE;
    case SPOT_WATCH_RULE_NONE:
      return FALSE;
    case SPOT_WATCH_RULE_FAILURES:
    case SPOT_WATCH_RULE_DEFAULT:
    default:
      return group == SPOT_STATUS_GROUP_BAD;
    }
}

/* The most specific watch decides, also when it decides to say nothing. */
static gboolean
is_more_specific (const SpotNotifierWatch *watch,
                  const SpotNotifierWatch *other)
{
  return watch->kind > other->kind || (watch->kind == other->kind && watch->narrowed && !other->narrowed);
}

const SpotNotifierWatch *
spot_notifier_choose_watch (const SpotNotifierRun *run)
{
  const SpotNotifierWatch *watch = NULL;

  for (guint i = 0; i < run->n_watches; i++)
    if (watch == NULL || is_more_specific (&run->watches[i], watch))
      watch = &run->watches[i];
  return watch;
}

static void
announce (SpotNotifier          *self,
          SpotNotifierRunEntry              *run_entry,
          const SpotNotifierRun *run,
          GPtrArray             *notices)
{
  SpotStatusGroup group = spot_run_status_get_group (run->status);
  gboolean looked_at = run_entry->looked_at_us == run->finished_us;
  const SpotNotifierWatch *watch = spot_notifier_choose_watch (run);
  SpotNotifierWatchEntry *entry;

  if (watch == NULL)
    return;
  entry = ensure_watch (self, run->environment_id, watch);

  switch (watch->kind)
    {
    case SPOT_WATCH_RUN:
      /* There is one run in it, so there is nothing to count: beyond the ceiling it is told without a banner. */
      if (!looked_at && spot_notifier_tells (self, watch, group))
        tell_alone (self, entry, run_entry, run, !spot_notifier_take_banner (self), notices);
      break;

    case SPOT_WATCH_BATCH:
      /* Its good ends are counted, for the summary. */
      if (spot_notifier_tells (self, watch, SPOT_STATUS_GROUP_BAD))
        announce_in_batch (self, watch, entry, run_entry, run, looked_at, notices);
      break;

    case SPOT_WATCH_TAGS:
    case SPOT_WATCH_ENVIRONMENT:
    default:
      if (!looked_at && spot_notifier_tells (self, watch, group))
        announce_in_list (self, entry, run_entry, run, notices);
      break;
    }
  update_due (self, entry);
}

/*
 * spot_notifier_tell_again:
 * @self: a notifier
 * @run_entry: a run
 * @watch: the watch that tells its end
 * @run: its end
 * @announcement: (transfer full): as it was going to be told when the program ended
 * @notices: (element-type SpotNotice): where to add
 *
 * Tells under the same id what nobody knows to have been told.
 */
void
spot_notifier_tell_again (SpotNotifier            *self,
                          SpotNotifierRunEntry    *run_entry,
                          const SpotNotifierWatch *watch,
                          const SpotNotifierRun   *run,
                          SpotAnnouncement        *announcement,
                          GPtrArray               *notices)
{
  SpotNotifierWatchEntry *entry = ensure_watch (self, run->environment_id, watch);

  if (g_str_has_prefix (announcement->notice_id, "run:"))
    {
      add_single (self, entry, run_entry, run, !spot_notifier_take_banner (self), announcement, notices);
      return;
    }
  g_ptr_array_add (entry->pending, announcement);
  if (watch->kind == SPOT_WATCH_BATCH)
    {
      entry->open = TRUE;
      set_batch_counts (self, entry, watch);
    }
  else
    {
      count_in_group (self, entry, run->status);
    }
  update_due (self, entry);
}

static void
end_batch (SpotNotifier *self,
           SpotNotifierWatchEntry   *watch,
           GPtrArray    *notices)
{
  guint n_ended = watch->n_good + watch->n_bad + watch->n_neutral;
  SpotNotifierWatch rules = { .kind = SPOT_WATCH_BATCH, .rule = watch->rule, .muted = watch->muted };

  /* A batch of one run that has had its notice needs no summary of it. */
  if ((n_ended > 1 || watch->n_alone == 0) &&
      spot_notifier_tells (self, &rules, watch->n_bad > 0 ? SPOT_STATUS_GROUP_BAD : SPOT_STATUS_GROUP_GOOD))
    add_group (self, watch, TRUE, notices);
  else
    spot_notifier_settle (self, watch->pending);
  watch->open = FALSE;
  watch->dirty = FALSE;
  watch->telling = FALSE;
  watch->end_us = 0;
  watch->n_alone = 0;
}

static void
flush_due (SpotNotifier *self,
           GPtrArray    *notices)
{
  GHashTableIter iter;
  SpotNotifierWatchEntry *watch;

  if (self->due_us == 0 || self->now_us < self->due_us)
    return;

  self->due_us = 0;
  g_hash_table_iter_init (&iter, self->watches);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &watch))
    {
      if (watch->end_us != 0 && watch->end_us <= self->now_us)
        {
          end_batch (self, watch, notices);
        }
      else
        {
          gint64 due_us = watch_entry_get_due_us (watch);

          if (due_us != 0 && due_us <= self->now_us && watch->muted)
            {
              watch->dirty = FALSE;
              spot_notifier_settle (self, watch->pending);
            }
          else if (due_us != 0 && due_us <= self->now_us)
            add_group (self, watch, FALSE, notices);
        }
      update_due (self, watch);
    }
  spot_notifier_flush_away (self, notices);
}

/**
 * spot_notifier_new:
 *
 * Returns: (transfer full): a notifier that knows no run yet
 */
SpotNotifier *
spot_notifier_new (void)
{
  SpotNotifier *self = g_new0 (SpotNotifier, 1);

  self->runs = g_hash_table_new_full (run_entry_hash, run_entry_equal, g_free, NULL);
  self->watches = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, watch_entry_free);
  self->aways = g_ptr_array_new_with_free_func (spot_notifier_away_entry_free);
  self->intents = spot_notice_new_ends ();
  self->settled = spot_notice_new_ends ();
  self->now_us = G_MININT64;
  for (guint i = 0; i < N_WATCH_KINDS; i++)
    self->usual[i] = SPOT_WATCH_RULE_FAILURES;
  self->usual[SPOT_WATCH_RUN] = SPOT_WATCH_RULE_ALL;
  self->usual[SPOT_WATCH_BATCH] = SPOT_WATCH_RULE_ALL;
  return self;
}

/**
 * spot_notifier_free:
 * @self: (nullable) (transfer full): a notifier
 *
 * Frees @self. What was counted and not posted is lost with it.
 */
void
spot_notifier_free (SpotNotifier *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->runs);
  g_hash_table_unref (self->watches);
  g_ptr_array_unref (self->aways);
  g_ptr_array_unref (self->intents);
  g_ptr_array_unref (self->settled);
  g_free (self);
}

/**
 * spot_notifier_set_usual_rule:
 * @self: a notifier
 * @watch_kind: for which watches
 * @rule: what they tell when they have no rule of their own; %SPOT_WATCH_RULE_DEFAULT changes nothing
 *
 * By default a single run and a batch tell every end, tags and environments tell failures only.
 */
void
spot_notifier_set_usual_rule (SpotNotifier  *self,
                              SpotWatchKind  watch_kind,
                              SpotWatchRule  rule)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail ((guint) watch_kind < N_WATCH_KINDS);

  if (rule != SPOT_WATCH_RULE_DEFAULT)
    self->usual[watch_kind] = rule;
}

/* A run that nothing was known of ended while the program did not run if it is new in a feed that went on from where it was;
 * and if the times say so in one that began anew. */
static gboolean
ended_meanwhile (const SpotNotifierRun *run)
{
  if (run->away_since_us == 0 || !run->feed_was_known)
    return FALSE;
  return run->kind == SPOT_RUN_BATCH_CATCH_UP || run->finished_us > run->away_since_us - CLOCK_SKEW_US;
}

/**
 * spot_notifier_is_news:
 * @self: a notifier
 * @run: a run that has ended; what it is called, what its watches are and how it ended does not matter
 *
 * Returns: whether the run was seen unfinished, or ended while the program did not run, and this end of it is not known yet
 */
gboolean
spot_notifier_is_news (SpotNotifier          *self,
                       const SpotNotifierRun *run)
{
  SpotNotifierRunEntry *entry;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (run != NULL && run->environment_id != NULL && run->run_id != NULL, FALSE);

  entry = find_run (self, run->environment_id, run->run_id);
  if (entry == NULL)
    return ended_meanwhile (run);
  return entry->unfinished && entry->finished_us != run->finished_us;
}

/**
 * spot_notifier_restore:
 * @self: a notifier
 * @environment_id: an environment
 * @run_id: a run of it
 *
 * The run was seen unfinished before the program started. Should a feed's first commit say that it has ended, it did so
 * while nobody looked: that is told in a summary.
 */
void
spot_notifier_restore (SpotNotifier *self,
                       const char   *environment_id,
                       const char   *run_id)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (environment_id != NULL && run_id != NULL);

  if (find_run (self, environment_id, run_id) != NULL)
    return;
  remember_unfinished (self, environment_id, run_id);
  find_run (self, environment_id, run_id)->restored = TRUE;
}

/**
 * spot_notifier_restore_ended:
 * @self: a notifier
 * @environment_id: an environment
 * @run_id: a run of it
 * @finished_us: its `completedAt`, microseconds UTC
 *
 * That end was known before the program started: it is no news.
 */
void
spot_notifier_restore_ended (SpotNotifier *self,
                             const char   *environment_id,
                             const char   *run_id,
                             gint64        finished_us)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (environment_id != NULL && run_id != NULL);

  spot_notifier_remember_ended (self, environment_id, run_id, finished_us);
}

/**
 * spot_notifier_steal_intents:
 * @self: a notifier
 *
 * What is going to be told, now or later: to be noted before anybody is told of it, so that it is not lost with the
 * program.
 *
 * Returns: (transfer full) (nullable) (element-type SpotAnnouncement): since the last call; %NULL for nothing
 */
GPtrArray *
spot_notifier_steal_intents (SpotNotifier *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->intents->len > 0 ? spot_notice_move_ends (self->intents) : NULL;
}

/**
 * spot_notifier_steal_settled:
 * @self: a notifier
 *
 * What was going to be told and is not any more, because its watch is gone or has been muted.
 *
 * Returns: (transfer full) (nullable) (element-type SpotAnnouncement): since the last call; %NULL for nothing
 */
GPtrArray *
spot_notifier_steal_settled (SpotNotifier *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->settled->len > 0 ? spot_notice_move_ends (self->settled) : NULL;
}

/**
 * spot_notifier_observe:
 * @self: a notifier
 * @run: one committed state of one run
 * @now_us: monotonic time in microseconds
 *
 * Takes note of @run and decides. A preview is no commit and changes nothing. A state that says ended without a final
 * status, or a final status without an end, is half the news: the other half is waited for.
 *
 * Returns: (transfer full) (element-type SpotNotice): what to tell now, what time has made due included
 */
GPtrArray *
spot_notifier_observe (SpotNotifier          *self,
                       const SpotNotifierRun *run,
                       gint64                 now_us)
{
  g_autoptr(GPtrArray) notices = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_notice_free);
  gboolean final;

  g_return_val_if_fail (self != NULL, g_steal_pointer (&notices));
  g_return_val_if_fail (run != NULL && run->environment_id != NULL && run->run_id != NULL, g_steal_pointer (&notices));

  spot_notifier_advance (self, now_us);
  if (run->kind == SPOT_RUN_BATCH_PREVIEW)
    return g_steal_pointer (&notices);

  final = spot_run_status_is_final (run->status);
  if (!run->ended && !final)
    {
      remember_unfinished (self, run->environment_id, run->run_id);
    }
  else if (run->ended && final)
    {
      gboolean news = spot_notifier_is_news (self, run);
      SpotNotifierRunEntry *entry = find_run (self, run->environment_id, run->run_id);
      gboolean away = run->away_since_us != 0 && (entry == NULL || entry->restored);

      entry = spot_notifier_remember_ended (self, run->environment_id, run->run_id, run->finished_us);
      if (news && away)
        spot_notifier_announce_away (self, entry, run);
      else if (news)
        announce (self, entry, run, notices);
    }

  for (guint i = 0; i < run->n_watches; i++)
    if (run->watches[i].kind == SPOT_WATCH_BATCH)
      spot_notifier_update_watch (self, run->environment_id, &run->watches[i], now_us);
  flush_due (self, notices);
  return g_steal_pointer (&notices);
}

/**
 * spot_notifier_forget_watch:
 * @self: a notifier
 * @environment_id: the watch's environment
 * @watch_id: a watch that is gone, or has been muted
 *
 * What its group has counted is not told any more.
 *
 * Returns: (transfer full) (nullable): the id of the group's notice, which may be on the screen and is stale now
 */
char *
spot_notifier_forget_watch (SpotNotifier *self,
                            const char   *environment_id,
                            const char   *watch_id)
{
  SpotNotifierWatchEntry *entry;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (environment_id != NULL && watch_id != NULL, NULL);

  spot_notifier_forget_away (self, watch_id);
  entry = g_hash_table_lookup (self->watches, watch_id);
  if (entry == NULL)
    return NULL;
  spot_notifier_settle (self, entry->pending);
  g_hash_table_remove (self->watches, watch_id);
  return spot_notice_dup_group_id (environment_id, watch_id);
}

/**
 * spot_notifier_update_watch:
 * @self: a notifier
 * @environment_id: the watch's environment
 * @watch: a watch and its counts
 * @now_us: monotonic time in microseconds
 *
 * Keeps the counts of a batch right when they change without the end of a run. Watches of other kinds count what they
 * tell, and are left alone.
 */
void
spot_notifier_update_watch (SpotNotifier            *self,
                            const char              *environment_id,
                            const SpotNotifierWatch *watch,
                            gint64                   now_us)
{
  SpotNotifierWatchEntry *entry;

  g_return_if_fail (self != NULL);
  g_return_if_fail (environment_id != NULL && watch != NULL);

  spot_notifier_advance (self, now_us);
  if (watch->kind != SPOT_WATCH_BATCH)
    return;
  entry = g_hash_table_lookup (self->watches, watch->id);
  if (entry == NULL || !entry->open)
    return;
  entry->rule = watch->rule;
  entry->muted = watch->muted;
  set_batch_counts (self, entry, watch);
  update_due (self, entry);
}

/**
 * spot_notifier_run_seen:
 * @self: a notifier
 * @environment_id: an environment
 * @run_id: a run of it
 * @ended: whether the user saw it ended
 * @finished_us: its `completedAt`, microseconds UTC, when @ended
 *
 * The user has looked at the run. The end that was seen gets no notice of its own any more; an end that is still to come
 * does. Counts of a batch include the run either way.
 *
 * Returns: whether a notice of the run has gone out and has not been withdrawn yet
 */
gboolean
spot_notifier_run_seen (SpotNotifier *self,
                        const char   *environment_id,
                        const char   *run_id,
                        gboolean      ended,
                        gint64        finished_us)
{
  SpotNotifierRunEntry *entry;
  gboolean shown;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (environment_id != NULL && run_id != NULL, FALSE);

  entry = find_run (self, environment_id, run_id);
  if (entry == NULL)
    return FALSE;
  if (ended)
    entry->looked_at_us = finished_us;
  shown = entry->shown;
  entry->shown = FALSE;
  return shown;
}

/**
 * spot_notifier_tick:
 * @self: a notifier
 * @now_us: monotonic time in microseconds
 *
 * Returns: (transfer full) (element-type SpotNotice): what has become due
 */
GPtrArray *
spot_notifier_tick (SpotNotifier *self,
                    gint64        now_us)
{
  g_autoptr(GPtrArray) notices = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_notice_free);

  g_return_val_if_fail (self != NULL, g_steal_pointer (&notices));

  spot_notifier_advance (self, now_us);
  flush_due (self, notices);
  return g_steal_pointer (&notices);
}

/**
 * spot_notifier_get_due_us:
 * @self: a notifier
 *
 * Returns: monotonic time at which spot_notifier_tick() has something to do, 0 for never. It may turn out to be nothing
 */
gint64
spot_notifier_get_due_us (SpotNotifier *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->due_us;
}
