/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "soak-lives.h"

#include <math.h>

/* Of the later half of the runs one in so many is not there from the beginning. */
#define LATECOMERS 3
/* They come in this part of the time, counted from its beginning. */
#define LATE_PART 8
/* One in so many ends bears the same time of change as the change before it, in milliseconds: a server of the native kind may
 * never tell it by itself. */
#define TWINS 8
#define MAX_STEPS 24
#define ENDLESS_EVERY 8
#define SHORTEST_MS 200

typedef enum {
  STEP_CREATE,
  STEP_START,
  STEP_PROGRESS,
  STEP_WAIT,
  STEP_END,
  STEP_BILL, /* what it cost is known a moment after its end */
} StepKind;

typedef struct
{
  int      due_ms;
  StepKind kind;
  guint    run;
  int      percent;
} Step;

typedef struct
{
  guint       batch; /* SOAK_N_BATCHES for none */
  gboolean    late;
  gboolean    twin;
  const char *end;
} Run;

struct _SoakLives
{
  SoakServer *server; /* not owned */
  guint       seed;
  GArray     *runs;
  GArray     *steps; /* in the order of their times */
  guint       next;
  guint       n_changes;
  guint       n_created;
};

static const char *const ends[] = {
  "COMPLETED_SUCCESSFULLY", "COMPLETED_SUCCESSFULLY", "COMPLETED_SUCCESSFULLY", "COMPLETED_SUCCESSFULLY",
  "COMPLETED_WITH_ERRORS",  "CANCELED",               "CRASHED",                "TIMED_OUT",
};

static int
compare_due (gconstpointer a,
             gconstpointer b)
{
  const Step *step_a = a, *step_b = b;

  if (step_a->due_ms != step_b->due_ms)
    return step_a->due_ms < step_b->due_ms ? -1 : 1;
  if (step_a->run != step_b->run)
    return step_a->run < step_b->run ? -1 : 1;
  return (int) step_a->kind - (int) step_b->kind;
}

static void
add_step (SoakLives *self,
          guint      run,
          StepKind   kind,
          int        due_ms,
          int        percent)
{
  Step step = { due_ms, kind, run, percent };

  g_array_append_val (self->steps, step);
}

static gboolean
is_endless (guint run)
{
  return run % ENDLESS_EVERY == 2 && run % 5 != 0;
}

guint
soak_lives_get_endless (guint n)
{
  guint run = 0;

  for (;; run++)
    if (is_endless (run) && n-- == 0)
      return run;
}

/* Most lives take their time; some are over in a moment. Each ends before the time is up, but for those that never do. */
static void
plan_life (SoakLives *self,
           GRand     *dice,
           guint      index,
           int        duration_ms)
{
  Run *run = &g_array_index (self->runs, Run, index);
  int longest_ms = duration_ms / 3;
  int life_ms = SHORTEST_MS + (int) (pow (g_rand_double (dice), 2) * MAX (longest_ms - SHORTEST_MS, 0));
  int start_ms = g_rand_int_range (dice, 0, MAX (duration_ms - life_ms, 0) + 1);
  int n_steps = g_rand_int_range (dice, 0, CLAMP (life_ms / 500, 1, MAX_STEPS) + 1);
  int at_ms = start_ms;

  /* Soon, so that what the runs take of memory is there early; some wait long for their start then. */
  if (run->late)
    {
      int create_ms = g_rand_int_range (dice, 0, MAX (duration_ms / LATE_PART, 1));

      add_step (self, index, STEP_CREATE, create_ms, 0);
      start_ms = at_ms = MAX (start_ms, create_ms);
    }
  add_step (self, index, STEP_START, start_ms, 0);
  for (int i = 1; i <= n_steps; i++)
    {
      at_ms = start_ms + (int) ((gint64) life_ms * i / (n_steps + 1));
      add_step (self, index, g_rand_int_range (dice, 0, 6) == 0 ? STEP_WAIT : STEP_PROGRESS, at_ms, 100 * i / (n_steps + 1));
    }
  if (is_endless (index))
    return;
  add_step (self, index, STEP_END, start_ms + life_ms, 100);
  if (g_rand_int_range (dice, 0, 3) == 0)
    add_step (self, index, STEP_BILL, start_ms + life_ms + g_rand_int_range (dice, 1, 3000), 100);
}

/**
 * soak_lives_new:
 * @server: whose runs they are; must outlive the result
 * @seed: what happens follows from it
 * @n_runs: how many runs there will be
 * @duration_ms: within which all end
 *
 * Returns: (transfer full): lives of which nothing has happened yet
 */
SoakLives *
soak_lives_new (SoakServer *server,
                guint       seed,
                guint       n_runs,
                int         duration_ms)
{
  SoakLives *self = g_new0 (SoakLives, 1);
  GRand *dice = g_rand_new_with_seed (seed);

  self->server = server;
  self->seed = seed;
  self->runs = g_array_new (FALSE, TRUE, sizeof (Run));
  self->steps = g_array_new (FALSE, FALSE, sizeof (Step));
  g_array_set_size (self->runs, n_runs);
  for (guint i = 0; i < n_runs; i++)
    {
      Run *run = &g_array_index (self->runs, Run, i);

      run->batch = i % 5 == 0 ? 0 : i % 16 == 1 ? 1 : SOAK_N_BATCHES;
      run->late = i >= n_runs / 2 && g_rand_int_range (dice, 0, LATECOMERS) == 0 && run->batch == SOAK_N_BATCHES &&
                  !is_endless (i);
      run->twin = g_rand_int_range (dice, 0, TWINS) == 0;
      run->end = ends[g_rand_int_range (dice, 0, G_N_ELEMENTS (ends))];
      plan_life (self, dice, i, duration_ms);
    }
  g_array_sort (self->steps, compare_due);
  g_rand_free (dice);
  return self;
}

/**
 * soak_lives_free:
 * @self: (transfer full): lives
 */
void
soak_lives_free (SoakLives *self)
{
  g_array_unref (self->runs);
  g_array_unref (self->steps);
  g_free (self);
}

char *
soak_lives_dup_run_id (SoakLives *self,
                       guint      index)
{
  return g_strdup_printf ("run_soak%08x%04u", self->seed, index);
}

char *
soak_lives_dup_batch_id (SoakLives *self,
                         guint      batch)
{
  return g_strdup_printf ("batch_soak%08x%02u", self->seed, batch);
}

char *
soak_lives_dup_shard (guint shard)
{
  return g_strdup_printf ("shard:%u", shard);
}

static char *
dup_time (gint64 time_us)
{
  g_autoptr(GDateTime) second = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
  g_autofree char *text = g_date_time_format (second, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%03dZ", text, (int) (time_us / 1000 % 1000));
}

static void
put (SoakLives *self,
     guint      run,
     char      *columns)
{
  g_autofree char *id = soak_lives_dup_run_id (self, run);
  guint batch = g_array_index (self->runs, Run, run).batch;
  g_autofree char *batch_id = batch < SOAK_N_BATCHES ? soak_lives_dup_batch_id (self, batch) : NULL;
  g_autofree char *path = g_strconcat ("/dev/runs/", id, batch_id != NULL ? "?batch=" : NULL, batch_id, NULL);

  self->n_changes++;
  soak_server_tell (self->server, "PUT", path, columns);
}

static char *
dup_metadata (guint run,
              int   percent)
{
  return g_strdup_printf ("\"metadata\":\"{\\\"progress\\\":%d,\\\"status\\\":{\\\"label\\\":\\\"Part %d of run %u\\\"}}\","
                          "\"metadataType\":\"application/json\"", percent, percent, run);
}

static void
create (SoakLives *self,
        guint      run)
{
  g_autofree char *metadata = dup_metadata (run, 0);

  self->n_created++;
  put (self, run, g_strdup_printf ("{\"taskIdentifier\":\"soak-%u\",\"status\":\"%s\",\"runTags\":[\"soak\",\"shard:%u\",\"user_%u\"],"
                                   "\"payload\":\"{\\\"json\\\":{\\\"number\\\":%u}}\",\"payloadType\":\"application/super+json\","
                                   "\"number\":%u,%s}",
                                   run % 5, run % 3 == 0 ? "DELAYED" : "PENDING", run % SOAK_N_SHARDS, run % 7, run, run,
                                   metadata));
}

static void
end (SoakLives *self,
     guint      run)
{
  const Run *life = &g_array_index (self->runs, Run, run);
  g_autofree char *now = dup_time (g_get_real_time ());
  g_autofree char *updated = life->twin ? g_strdup_printf (",\"updatedAt\":\"%s\"", now) : NULL;
  g_autofree char *metadata = dup_metadata (run, 100);
  g_autofree char *result = NULL;

  if (g_str_equal (life->end, "COMPLETED_SUCCESSFULLY"))
    result = g_strdup_printf ("\"output\":\"{\\\"run\\\":%u,\\\"rows\\\":[1,2,3]}\",\"outputType\":\"application/json\"", run);
  else
    result = g_strdup_printf ("\"error\":{\"type\":\"BUILT_IN_ERROR\",\"name\":\"Error\",\"message\":\"Run %u broke\","
                              "\"stackTrace\":\"Error: Run %u broke\\n    at soak (soak.ts:1:1)\"}", run, run);
  if (life->twin)
    put (self, run, g_strdup_printf ("{\"status\":\"EXECUTING\",%s%s}", metadata, updated));
  put (self, run, g_strdup_printf ("{\"status\":\"%s\",\"completedAt\":\"%s\",%s,%s%s}", life->end, now, metadata, result,
                                   updated != NULL ? updated : ""));
}

static void
do_step (SoakLives  *self,
         const Step *step)
{
  g_autofree char *now = dup_time (g_get_real_time ());
  g_autofree char *metadata = dup_metadata (step->run, step->percent);

  switch (step->kind)
    {
    case STEP_CREATE:
      create (self, step->run);
      break;
    case STEP_START:
      put (self, step->run, g_strdup_printf ("{\"status\":\"EXECUTING\",\"startedAt\":\"%s\"}", now));
      break;
    case STEP_PROGRESS:
      put (self, step->run, g_strdup_printf ("{\"status\":\"EXECUTING\",%s,\"usageDurationMs\":%d}", metadata, step->percent * 10));
      break;
    case STEP_WAIT:
      put (self, step->run, g_strdup_printf ("{\"status\":\"WAITING_TO_RESUME\",%s}", metadata));
      break;
    case STEP_END:
      end (self, step->run);
      break;
    case STEP_BILL:
    default:
      put (self, step->run, g_strdup_printf ("{\"costInCents\":%u.25,\"usageDurationMs\":%u}", step->run, step->run * 3));
      break;
    }
}

/**
 * soak_lives_create:
 * @self: lives
 *
 * Makes the runs that are there from the beginning.
 */
void
soak_lives_create (SoakLives *self)
{
  for (guint i = 0; i < self->runs->len; i++)
    if (!g_array_index (self->runs, Run, i).late)
      create (self, i);
}

/**
 * soak_lives_advance:
 * @self: lives
 * @now_ms: time since the beginning
 *
 * Tells the server what has happened up to @now_ms.
 *
 * Returns: whether something is still to happen
 */
gboolean
soak_lives_advance (SoakLives *self,
                    int        now_ms)
{
  for (; self->next < self->steps->len; self->next++)
    {
      const Step *step = &g_array_index (self->steps, Step, self->next);

      if (step->due_ms > now_ms)
        return TRUE;
      do_step (self, step);
    }
  return FALSE;
}

guint
soak_lives_get_n_changes (SoakLives *self)
{
  return self->n_changes;
}

guint
soak_lives_get_n_created (SoakLives *self)
{
  return self->n_created;
}
