/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-notifier.h"

/* Random histories against what design §5 promises, counted independently of the notifier: each run that was seen unfinished
 * and ended is announced exactly once, alone or in the count of a group, and no run is that was first seen ended. */

#define N_HISTORIES 2000
#define MAX_RUNS 40
#define MAX_STATES 6
#define MAX_FEEDS 3
#define MAX_WATCHES 5

typedef struct
{
  SpotRunStatus status;
  gboolean      ended;
} State;

typedef struct
{
  char     id[16];
  State    states[MAX_STATES]; /* what the server goes through, the last one ended */
  guint    n_states;
  guint    now;                /* which of them it is in */
  gint64   finished_us;
  gboolean in_watch[MAX_WATCHES];

  gboolean told;      /* a commit has told of it at all */
  gboolean unfinished; /* a commit has told so before any told of the end */
  gboolean ended;     /* a commit has told of the end */
  gboolean expected;  /* so it is to be announced */
  guint    n_alone;
} Run;

typedef struct
{
  char          id[8];
  SpotWatchKind kind;
  gint64        posted_us;   /* the group was posted last, for its pace */
  guint         total;       /* what it said */
  guint         n_uncounted; /* expected ends that it has not said yet */
  guint         n_alone;     /* of a batch since its last summary */
  gint64        singles[3];
  guint         n_singles;
} Watch;

typedef struct
{
  GRand        *rand;
  SpotNotifier *notifier;
  Run           runs[MAX_RUNS];
  guint         n_runs;
  Watch         watches[MAX_WATCHES];
  guint         n_watches;
  guint         feeds[MAX_FEEDS][MAX_RUNS]; /* the state that each feed delivered last, + 1; 0 for none */
  guint         n_feeds;
  gint64        now_us;
  gint64        heard_us; /* the latest time that the notifier has been told */
  GArray       *banners; /* (element-type gint64) */
} World;

static guint
pick (World *world,
      guint  n)
{
  return (guint) g_rand_int_range (world->rand, 0, (gint32) n);
}

static gboolean
one_in (World *world,
        guint  n)
{
  return pick (world, n) == 0;
}

static SpotStatusGroup
get_end_group (const Run *run)
{
  return spot_run_status_get_group (run->states[run->n_states - 1].status);
}

static Watch *
find_best_watch (World *world,
                 Run   *run)
{
  Watch *best = NULL;

  for (guint i = 0; i < world->n_watches; i++)
    if (run->in_watch[i] && (best == NULL || world->watches[i].kind > best->kind))
      best = &world->watches[i];
  return best;
}

/* The counts of a batch as the store has them after the commit. */
static void
describe (World             *world,
          guint              index,
          SpotNotifierWatch *watch)
{
  *watch = (SpotNotifierWatch) {
    .id = world->watches[index].id, .name = world->watches[index].id, .kind = world->watches[index].kind,
  };
  if (watch->kind != SPOT_WATCH_BATCH)
    return;
  for (guint i = 0; i < world->n_runs; i++)
    {
      Run *run = &world->runs[i];

      if (!run->in_watch[index] || !run->told)
        continue;
      watch->n_total++;
      if (!run->ended)
        watch->n_unfinished++;
      else if (get_end_group (run) == SPOT_STATUS_GROUP_GOOD)
        watch->n_good++;
      else if (get_end_group (run) == SPOT_STATUS_GROUP_BAD)
        watch->n_bad++;
      else
        watch->n_neutral++;
    }
}

static void
check_run_notice (World      *world,
                  SpotNotice *notice)
{
  Run *run = NULL;
  Watch *watch;

  for (guint i = 0; i < world->n_runs; i++)
    if (g_str_equal (world->runs[i].id, notice->run_id))
      run = &world->runs[i];
  g_assert_nonnull (run);
  g_assert_true (run->expected);
  g_assert_cmpuint (++run->n_alone, ==, 1);
  g_assert_cmpint (notice->status, ==, run->states[run->n_states - 1].status);

  watch = find_best_watch (world, run);
  g_assert_cmpstr (notice->watch_name, ==, watch->id);
  watch->n_alone++;
  if (watch->kind == SPOT_WATCH_TAGS || watch->kind == SPOT_WATCH_ENVIRONMENT)
    {
      g_assert_cmpuint (watch->n_uncounted, >, 0);
      watch->n_uncounted--;
      if (watch->n_singles >= 3)
        g_assert_cmpint (world->heard_us - watch->singles[watch->n_singles % 3], >=, 10 * G_USEC_PER_SEC);
      watch->singles[watch->n_singles++ % 3] = world->heard_us;
    }
}

/* A batch's group counts the whole batch, whatever its runs were announced by. */
static void
check_batch_notice (World      *world,
                    Watch      *watch,
                    SpotNotice *notice)
{
  SpotNotifierWatch truth;

  g_assert_cmpuint (watch->n_uncounted, >, 0);
  describe (world, (guint) (watch - world->watches), &truth);
  g_assert_cmpuint (notice->n_good, ==, truth.n_good);
  g_assert_cmpuint (notice->n_bad, ==, truth.n_bad);
  g_assert_cmpuint (notice->n_neutral, ==, truth.n_neutral);
  g_assert_cmpuint (notice->n_total, ==, truth.n_total);
  if (notice->finished)
    {
      g_assert_cmpuint (truth.n_unfinished, ==, 0);
      watch->n_uncounted = 0;
      watch->n_alone = 0;
    }
}

static void
check_group_notice (World      *world,
                    SpotNotice *notice)
{
  guint total = notice->n_good + notice->n_bad + notice->n_neutral;
  Watch *watch = NULL;

  for (guint i = 0; i < world->n_watches; i++)
    if (g_str_equal (world->watches[i].id, notice->watch_name))
      watch = &world->watches[i];
  g_assert_nonnull (watch);
  g_assert_cmpint (watch->kind, !=, SPOT_WATCH_RUN);
  if (!notice->finished)
    {
      g_assert_true (notice->silent);
      if (watch->posted_us != 0)
        g_assert_cmpint (world->heard_us - watch->posted_us, >=, 5 * G_USEC_PER_SEC);
    }
  watch->posted_us = world->heard_us;
  if (watch->kind == SPOT_WATCH_BATCH)
    {
      check_batch_notice (world, watch, notice);
      return;
    }
  /* The group has gone on, or it has begun anew: then it has exactly what came since. */
  g_assert_cmpuint (watch->n_uncounted, >, 0);
  g_assert_true (total == watch->n_uncounted || total == watch->total + watch->n_uncounted);
  watch->total = total;
  watch->n_uncounted = 0;
}

static void
check (World     *world,
       GPtrArray *notices)
{
  for (guint i = 0; i < notices->len; i++)
    {
      SpotNotice *notice = notices->pdata[i];

      if (!notice->silent)
        {
          g_array_append_val (world->banners, world->heard_us);
          if (world->banners->len > 10)
            g_assert_cmpint (world->heard_us - g_array_index (world->banners, gint64, world->banners->len - 11), >=,
                             60 * G_USEC_PER_SEC);
        }
      if (notice->kind == SPOT_NOTICE_RUN)
        check_run_notice (world, notice);
      else
        check_group_notice (world, notice);
    }
}

/* What the test itself thinks of a commit. */
static void
expect (World       *world,
        Run         *run,
        const State *state)
{
  Watch *watch = find_best_watch (world, run);
  SpotStatusGroup group = get_end_group (run);

  run->told = TRUE;
  if (!state->ended)
    {
      run->unfinished |= !run->ended;
      return;
    }
  if (run->ended)
    return;
  run->ended = TRUE;
  if (!run->unfinished || watch == NULL)
    return;
  run->expected = watch->kind >= SPOT_WATCH_BATCH || group == SPOT_STATUS_GROUP_BAD;
  if (!run->expected)
    return;
  if (watch->kind < SPOT_WATCH_RUN)
    watch->n_uncounted++;
}

static void
tell (World            *world,
      Run              *run,
      guint             state,
      SpotRunBatchKind  kind)
{
  SpotNotifierWatch watches[MAX_WATCHES];
  SpotNotifierRun told = {
    .environment_id = "e",
    .run_id = run->id,
    .task = "task",
    .status = run->states[state].status,
    .ended = run->states[state].ended,
    .finished_us = run->states[state].ended ? run->finished_us : SPOT_TIME_NONE,
    .wall_ms = -1,
    .kind = kind,
    .watches = watches,
  };
  g_autoptr(GPtrArray) notices = NULL;
  gint64 now_us;

  if (kind != SPOT_RUN_BATCH_PREVIEW)
    expect (world, run, &run->states[state]);
  for (guint i = 0; i < world->n_watches; i++)
    if (run->in_watch[i])
      describe (world, i, &watches[told.n_watches++]);
  /* A clock that jumps back must not let anything through. */
  now_us = world->now_us - (one_in (world, 20) ? G_TIME_SPAN_HOUR : 0);
  world->heard_us = MAX (world->heard_us, now_us);
  notices = spot_notifier_observe (world->notifier, &told, now_us);
  check (world, notices);
}

/* A feed brings what happened since its last commit, one state of each run, or begins again. */
static void
deliver (World *world,
         guint  feed)
{
  SpotRunBatchKind kind = SPOT_RUN_BATCH_CHANGES;
  gboolean begins = one_in (world, 6);

  if (begins)
    {
      kind = one_in (world, 2) ? SPOT_RUN_BATCH_SNAPSHOT : SPOT_RUN_BATCH_REFETCH;
      if (kind == SPOT_RUN_BATCH_SNAPSHOT)
        {
          memset (world->feeds[feed], 0, sizeof world->feeds[feed]);
          for (guint i = 0; i < world->n_runs; i++)
            if (one_in (world, 2))
              tell (world, &world->runs[i], pick (world, world->runs[i].now + 1), SPOT_RUN_BATCH_PREVIEW);
        }
    }
  for (guint i = 0; i < world->n_runs; i++)
    {
      Run *run = &world->runs[i];
      guint last = world->feeds[feed][i];
      guint state;

      if (last == run->now + 1 && !begins && !one_in (world, 10))
        continue;
      /* Feeds lag, but none goes back in time. */
      state = one_in (world, 3) ? run->now : (last > 0 ? last - 1 : 0) + pick (world, run->now - (last > 0 ? last - 1 : 0) + 1);
      world->feeds[feed][i] = state + 1;
      tell (world, run, state, kind);
      if (one_in (world, 8))
        tell (world, run, state, kind);
    }
}

static void
tick (World *world)
{
  g_autoptr(GPtrArray) notices = spot_notifier_tick (world->notifier, world->now_us);

  world->heard_us = world->now_us;
  check (world, notices);
}

static void
pass_time (World *world)
{
  gint64 end_us;

  switch (pick (world, 8))
    {
    case 0:
      /* The machine slept. */
      world->now_us += pick (world, 4 * 3600) * G_TIME_SPAN_SECOND;
      if (one_in (world, 2))
        tick (world);
      return;
    case 1:
      return;
    default:
      end_us = world->now_us + pick (world, one_in (world, 3) ? 30000 : 2000) * G_TIME_SPAN_MILLISECOND;
      while (spot_notifier_get_due_us (world->notifier) != 0 && spot_notifier_get_due_us (world->notifier) <= end_us)
        {
          world->now_us = MAX (world->now_us, spot_notifier_get_due_us (world->notifier));
          tick (world);
        }
      world->now_us = end_us;
    }
}

static void
make_run (World *world)
{
  static const SpotRunStatus beginnings[] = { SPOT_RUN_STATUS_DELAYED, SPOT_RUN_STATUS_PENDING, SPOT_RUN_STATUS_EXECUTING,
                                              SPOT_RUN_STATUS_RETRYING_AFTER_FAILURE, SPOT_RUN_STATUS_UNKNOWN };
  static const SpotRunStatus ends[] = { SPOT_RUN_STATUS_COMPLETED_SUCCESSFULLY, SPOT_RUN_STATUS_COMPLETED_WITH_ERRORS,
                                        SPOT_RUN_STATUS_CRASHED, SPOT_RUN_STATUS_CANCELED, SPOT_RUN_STATUS_EXPIRED };
  Run *run = &world->runs[world->n_runs];

  memset (run, 0, sizeof *run);
  g_snprintf (run->id, sizeof run->id, "run_%u", world->n_runs++);
  run->n_states = 2 + pick (world, MAX_STATES - 1);
  for (guint i = 0; i + 1 < run->n_states; i++)
    run->states[i].status = beginnings[pick (world, G_N_ELEMENTS (beginnings))];
  run->states[run->n_states - 1].status = ends[pick (world, G_N_ELEMENTS (ends))];
  run->states[run->n_states - 1].ended = TRUE;
  run->now = one_in (world, 3) ? run->n_states - 1 : pick (world, run->n_states);
  /* The server's clock, which may say anything. */
  run->finished_us = g_rand_int_range (world->rand, -1000, 1000);
  for (guint i = 0; i < world->n_watches; i++)
    run->in_watch[i] = world->watches[i].kind == SPOT_WATCH_ENVIRONMENT || one_in (world, 3);
}

static void
check_end (World *world)
{
  for (guint i = 0; i < world->n_runs; i++)
    {
      Run *run = &world->runs[i];
      Watch *watch = find_best_watch (world, run);

      g_assert_true (run->ended);
      if (watch != NULL && watch->kind == SPOT_WATCH_RUN)
        g_assert_cmpuint (run->n_alone, ==, run->expected ? 1 : 0);
    }
  for (guint i = 0; i < world->n_watches; i++)
    {
      Watch *watch = &world->watches[i];

      /* A batch's only run that was announced alone needs no summary. */
      if (watch->kind == SPOT_WATCH_BATCH && watch->n_alone == 1)
        g_assert_cmpuint (watch->n_uncounted, <=, 1);
      else
        g_assert_cmpuint (watch->n_uncounted, ==, 0);
    }
}

static void
run_history (guint32 seed)
{
  World world = {
    .rand = g_rand_new_with_seed (seed),
    .notifier = spot_notifier_new (),
    .now_us = 1000 * G_USEC_PER_SEC,
    .banners = g_array_new (FALSE, FALSE, sizeof (gint64)),
  };
  guint n_steps;

  world.n_watches = 1 + pick (&world, MAX_WATCHES);
  for (guint i = 0; i < world.n_watches; i++)
    {
      g_snprintf (world.watches[i].id, sizeof world.watches[i].id, "w%u", i);
      world.watches[i].kind = (SpotWatchKind) pick (&world, SPOT_WATCH_RUN + 1);
    }
  world.n_feeds = 1 + pick (&world, MAX_FEEDS);
  n_steps = 5 + pick (&world, 40);
  for (guint step = 0; step < n_steps; step++)
    {
      while (world.n_runs < MAX_RUNS && one_in (&world, 2))
        make_run (&world);
      for (guint i = 0; i < world.n_runs; i++)
        if (world.runs[i].now + 1 < world.runs[i].n_states && one_in (&world, 3))
          world.runs[i].now++;
      deliver (&world, pick (&world, world.n_feeds));
      pass_time (&world);
    }

  for (guint i = 0; i < world.n_runs; i++)
    {
      world.runs[i].now = world.runs[i].n_states - 1;
      tell (&world, &world.runs[i], world.runs[i].now, SPOT_RUN_BATCH_CHANGES);
    }
  while (spot_notifier_get_due_us (world.notifier) != 0)
    {
      world.now_us = MAX (world.now_us, spot_notifier_get_due_us (world.notifier));
      tick (&world);
    }
  check_end (&world);

  spot_notifier_free (world.notifier);
  g_array_unref (world.banners);
  g_rand_free (world.rand);
}

static void
test_histories (void)
{
  for (guint32 seed = 1; seed <= N_HISTORIES; seed++)
    {
      g_test_message ("seed %u", seed);
      run_history (seed);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notifier/histories", test_histories);
  return g_test_run ();
}
