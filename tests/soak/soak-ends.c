/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "soak-ends.h"

#include "soak-log.h"
#include "spot-run-store.h"

/* What is known about one run. */
typedef struct
{
  gboolean told;            /* a committed state has come */
  gboolean seen_unfinished; /* and one that goes on was before one that has ended */
  gboolean told_ended;
  guint    n_ends;          /* how often the run itself went from going on to ended */
  guint    n_revivals;      /* and the other way */
  guint    n_notices;       /* of its own */
} Fate;

/* What one watch has told in counts. A group that has been calm for long begins anew. */
typedef struct
{
  guint last;
  guint before;
  guint n_summaries;
} Group;

struct _SoakEnds
{
  SpotMonitor     *monitor;
  SpotEnvironment *environment;
  GHashTable      *fates;  /* run id → Fate */
  GHashTable      *groups; /* watch id → Group */
};

static Fate *
ensure_fate (SoakEnds   *self,
             const char *run_id)
{
  Fate *fate = g_hash_table_lookup (self->fates, run_id);

  if (fate == NULL)
    {
      fate = g_new0 (Fate, 1);
      g_hash_table_insert (self->fates, g_strdup (run_id), fate);
    }
  return fate;
}

static void
drained_cb (SpotRunStore *store,
            GArray       *changes,
            SoakEnds     *self)
{
  for (guint i = 0; i < changes->len; i++)
    {
      const SpotRunStoreChange *change = &g_array_index (changes, SpotRunStoreChange, i);
      const char *run_id = spot_run_get_id (change->run);
      gboolean was_ended = change->before != NULL && spot_run_record_has_ended (change->before);
      gboolean is_ended = spot_run_get_ended (change->run);

      if (change->removed)
        soak_log ("%s has left %s", run_id, spot_environment_get_name (self->environment));
      if (change->before == NULL || was_ended == is_ended)
        continue;
      if (is_ended)
        ensure_fate (self, run_id)->n_ends++;
      else
        ensure_fate (self, run_id)->n_revivals++;
    }
}

static void
committed_cb (SpotWatch     *watch,
              SpotRunRecord *record,
              gboolean       removed,
              SoakEnds      *self)
{
  Fate *fate;

  if (removed)
    return;
  fate = ensure_fate (self, spot_run_record_get_id (record));
  fate->told = TRUE;
  if (spot_run_record_has_ended (record))
    fate->told_ended = TRUE;
  else if (!fate->told_ended)
    fate->seen_unfinished = TRUE;
}

static void
notice_cb (SpotMonitor *monitor,
           SpotNotice  *notice,
           SoakEnds    *self)
{
  guint count = notice->n_good + notice->n_bad + notice->n_neutral;
  Group *group;

  if (!g_str_equal (notice->environment_id, spot_environment_get_id (self->environment)))
    return;
  if (notice->kind == SPOT_NOTICE_RUN)
    {
      ensure_fate (self, notice->run_id)->n_notices++;
      return;
    }
  group = g_hash_table_lookup (self->groups, notice->watch_id);
  if (group == NULL)
    {
      group = g_new0 (Group, 1);
      g_hash_table_insert (self->groups, g_strdup (notice->watch_id), group);
    }
  if (count < group->last)
    group->before += group->last;
  group->last = count;
  if (notice->finished)
    group->n_summaries++;
}

/**
 * soak_ends_new:
 * @monitor: a monitor
 * @environment: one of its environments
 *
 * Returns: (transfer full): a count in which nothing has ended
 */
SoakEnds *
soak_ends_new (SpotMonitor     *monitor,
               SpotEnvironment *environment)
{
  SoakEnds *self = g_new0 (SoakEnds, 1);

  self->monitor = monitor;
  self->environment = environment;
  self->fates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_signal_connect (monitor, "notice", G_CALLBACK (notice_cb), self);
  g_signal_connect (spot_environment_get_store (environment), "drained", G_CALLBACK (drained_cb), self);
  return self;
}

static GListModel *
get_watches (SoakEnds *self)
{
  return spot_environment_get_watches (self->environment);
}

/**
 * soak_ends_free:
 * @self: (transfer full): a count, while monitor and environment are still there
 */
void
soak_ends_free (SoakEnds *self)
{
  g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_signal_handlers_disconnect_by_data (spot_environment_get_store (self->environment), self);
  for (guint i = 0; i < g_list_model_get_n_items (get_watches (self)); i++)
    {
      g_autoptr(SpotWatch) watch = g_list_model_get_item (get_watches (self), i);

      g_signal_handlers_disconnect_by_data (watch, self);
    }
  g_hash_table_unref (self->fates);
  g_hash_table_unref (self->groups);
  g_free (self);
}

/**
 * soak_ends_listen:
 * @self: a count
 *
 * From here on it is told what the environment's watches are told.
 */
void
soak_ends_listen (SoakEnds *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (get_watches (self)); i++)
    {
      g_autoptr(SpotWatch) watch = g_list_model_get_item (get_watches (self), i);

      g_signal_connect (watch, "committed", G_CALLBACK (committed_cb), self);
    }
}

/* The kind of the watch that announces the run: the most specific one that has it. */
static SpotWatchKind
find_announcer (SoakEnds *self,
                SpotRun  *run)
{
  SpotWatchKind kind = SPOT_WATCH_ENVIRONMENT;

  for (guint i = 0; i < g_list_model_get_n_items (get_watches (self)); i++)
    {
      g_autoptr(SpotWatch) watch = g_list_model_get_item (get_watches (self), i);

      if (spot_run_list_find (spot_watch_get_list (watch), run, NULL))
        kind = MAX (kind, spot_watch_get_kind (watch));
    }
  return kind;
}

static void
judge_run (SoakEnds       *self,
           const char     *run_id,
           const Fate     *fate,
           gboolean        complain,
           guint          *n_listed,
           SoakEndsReport *report)
{
  SpotRun *run = spot_run_store_lookup (spot_environment_get_store (self->environment), run_id);
  SpotWatchKind announcer = run != NULL ? find_announcer (self, run) : SPOT_WATCH_ENVIRONMENT;
  /* A run's own watch tells its end alone; elsewhere it may be alone or in a count. */
  guint max_notices = fate->seen_unfinished ? 1 : 0;
  guint min_notices = announcer == SPOT_WATCH_RUN ? max_notices : 0;
  const char *problem = NULL;

  report->n_ended++;
  report->n_singles += fate->n_notices;
  report->n_seen += fate->seen_unfinished;
  if (announcer < SPOT_WATCH_BATCH && fate->n_notices < max_notices)
    (*n_listed)++;

  if (fate->n_ends > 1 || fate->n_revivals > 0 || fate->n_notices > max_notices)
    {
      report->n_doubled++;
      problem = "doubled";
    }
  else if ((fate->seen_unfinished && fate->n_ends == 0) || fate->n_notices < min_notices)
    {
      report->n_lost++;
      problem = "lost";
    }
  if (problem != NULL && complain)
    soak_log ("%s in %s: %s end: %sseen unfinished, ended %u times, revived %u times, %u notices", run_id,
              spot_environment_get_name (self->environment), problem, fate->seen_unfinished ? "" : "not ", fate->n_ends,
              fate->n_revivals, fate->n_notices);
}

static void
judge_counts (SoakEnds       *self,
              guint           n_listed,
              gboolean        complain,
              SoakEndsReport *report)
{
  guint n_counted = 0;

  for (guint i = 0; i < g_list_model_get_n_items (get_watches (self)); i++)
    {
      g_autoptr(SpotWatch) watch = g_list_model_get_item (get_watches (self), i);
      const Group *group = g_hash_table_lookup (self->groups, spot_watch_get_id (watch));
      guint n_runs = spot_watch_get_n_runs (watch);

      if (spot_watch_get_kind (watch) < SPOT_WATCH_BATCH && group != NULL)
        n_counted += group->before + group->last;
      if (spot_watch_get_kind (watch) != SPOT_WATCH_BATCH)
        continue;
      if (group == NULL || group->n_summaries == 0 || group->last != n_runs)
        report->n_lost++;
      else if (group->n_summaries > 1)
        report->n_doubled++;
      else
        report->n_counted += n_runs;
      if (complain && (group == NULL || group->n_summaries != 1 || group->last != n_runs))
        soak_log ("%s: %u summaries, the last of %u runs of %u", spot_watch_get_name (watch),
                  group != NULL ? group->n_summaries : 0, group != NULL ? group->last : 0, n_runs);
    }
  report->n_counted += n_counted;
  if (n_counted < n_listed)
    report->n_lost += n_listed - n_counted;
  else
    report->n_doubled += n_counted - n_listed;
  if (complain && n_counted != n_listed)
    soak_log ("%s: %u ends told in counts, %u without a notice of their own", spot_environment_get_name (self->environment),
              n_counted, n_listed);
}

/**
 * soak_ends_judge:
 * @self: a count
 * @ended: (element-type utf8): the runs that have ended on the server
 * @complain: whether to write to the log what is wrong
 * @report: (out caller-allocates): what came of it
 *
 * Compares what has been announced with what has happened: a run that was seen unfinished and has ended did so once, and was
 * announced once, by itself or in a count; of any other run nothing was said.
 */
void
soak_ends_judge (SoakEnds       *self,
                 GHashTable     *ended,
                 gboolean        complain,
                 SoakEndsReport *report)
{
  guint n_listed = 0;
  GHashTableIter iter;
  const char *run_id;

  *report = (SoakEndsReport) { 0 };
  g_hash_table_iter_init (&iter, ended);
  while (g_hash_table_iter_next (&iter, (gpointer *) &run_id, NULL))
    judge_run (self, run_id, ensure_fate (self, run_id), complain, &n_listed, report);
  judge_counts (self, n_listed, complain, report);
}
