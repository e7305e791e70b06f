/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include "spot-dev-huge.h"
#include "spot-dev-scenario.h"
#include "spot-dev-tasks.h"

#define SLOT_MS 3500
#define SLOT_JITTER_MS 1500 /* so that 2 to 5 s lie between two runs */
#define RETENTION_MS (25 * G_GINT64_CONSTANT (3600000))
#define N_HISTORY 40
#define HISTORY_MS (6 * 3600000)
#define HISTORY_END_MS 120000
#define DEMO_RUN_AT_MS -4000
#define DEMO_BATCH_AT_MS -1500
#define DEMO_TAG "user_1234"

struct _SpotDevScenarioState
{
  SpotDevScenario kind;
  guint32         seed;
  SpotDevClock    clock;
  SpotDevStreams *streams;     /* where scripts write to */
  char           *demo_run;
  char           *demo_batch;
  GSequence      *scripts;     /* of SpotDevScript, owned, by the time of their next step */
  GQueue          ended;       /* of Ended, in the order in which they ended */
  SpotDevHuge     huge;
  gint64          next_slot;
  gboolean        begun;
};

/* A run to be forgotten when it is old. */
typedef struct
{
  char  *run_id;
  gint64 real_ms;
} Ended;

/* The first runs of a scenario show everything that can happen; then the ordinary is more frequent, as in life. */
static const SpotDevTask first_tasks[] = {
  spot_dev_task_render_video,   spot_dev_task_ask_model,       spot_dev_task_type_error,  spot_dev_task_resize_image,
  spot_dev_task_approval,       spot_dev_task_flaky_sync,      spot_dev_task_test_run,    spot_dev_task_delayed,
  spot_dev_task_nightly_report, spot_dev_task_out_of_memory,   spot_dev_task_import_csv,  spot_dev_task_canceled,
  spot_dev_task_expired,        spot_dev_task_timed_out,
};

static const SpotDevTask usual_tasks[] = {
  spot_dev_task_resize_image, spot_dev_task_resize_image,   spot_dev_task_resize_image, spot_dev_task_import_csv,
  spot_dev_task_import_csv,   spot_dev_task_render_video,   spot_dev_task_render_video, spot_dev_task_ask_model,
  spot_dev_task_ask_model,    spot_dev_task_nightly_report, spot_dev_task_delayed,      spot_dev_task_approval,
  spot_dev_task_flaky_sync,   spot_dev_task_test_run,       spot_dev_task_canceled,     spot_dev_task_type_error,
  spot_dev_task_out_of_memory, spot_dev_task_timed_out,     spot_dev_task_expired,
};

static void
ended_free (Ended *ended)
{
  g_free (ended->run_id);
  g_free (ended);
}

/**
 * spot_dev_scenario_new:
 * @kind: a scenario; in the empty one only what is added to it happens
 * @seed: of everything that looks random
 * @epoch_ms: when it began, milliseconds since 1970
 * @speed: how fast it runs, more than 0
 * @streams: the runs' data streams; must outlive the result
 *
 * Returns: (transfer full): a scenario of which nothing has happened yet
 */
SpotDevScenarioState *
spot_dev_scenario_new (SpotDevScenario kind,
                       guint32         seed,
                       gint64          epoch_ms,
                       double          speed,
                       SpotDevStreams *streams)
{
  SpotDevScenarioState *self = g_new0 (SpotDevScenarioState, 1);

  self->kind = kind;
  self->seed = seed;
  self->clock.epoch_ms = epoch_ms;
  self->clock.speed = speed;
  self->streams = streams;
  self->scripts = g_sequence_new ((GDestroyNotify) spot_dev_script_free);
  self->demo_run = spot_dev_script_make_id ("run_cm", seed, "demo-run", 23);
  self->demo_batch = spot_dev_script_make_id ("batch_cm", seed, "demo-batch", 23);
  return self;
}

/**
 * spot_dev_scenario_set_size:
 * @self: a scenario of which nothing has happened yet
 * @n_runs: how many runs the huge one has
 * @changes_per_s: how many changes a second
 */
void
spot_dev_scenario_set_size (SpotDevScenarioState *self,
                            guint                 n_runs,
                            guint                 changes_per_s)
{
  self->huge.n_runs = n_runs;
  self->huge.changes_per_s = changes_per_s;
}

/**
 * spot_dev_scenario_free:
 * @self: (transfer full): a scenario
 */
void
spot_dev_scenario_free (SpotDevScenarioState *self)
{
  Ended *ended;

  while ((ended = g_queue_pop_head (&self->ended)) != NULL)
    ended_free (ended);
  g_sequence_free (self->scripts);
  g_free (self->demo_run);
  g_free (self->demo_batch);
  g_free (self);
}

static gint64
get_due_ms (const SpotDevScript *script)
{
  return g_array_index (script->steps, SpotDevStep, script->next).real_ms;
}

static int
compare_due (gconstpointer a,
             gconstpointer b,
             gpointer      user_data)
{
  gint64 due_a = get_due_ms (a), due_b = get_due_ms (b);

  return due_a < due_b ? -1 : due_a > due_b ? 1 : 0;
}

static SpotDevScript *
new_script (SpotDevScenarioState *self,
            gint64                at_ms,
            const char           *format,
            int                   number)
{
  g_autofree char *name = g_strdup_printf ("%s-%d", format, number);

  return spot_dev_script_new (&self->clock, self->seed, number < 0 ? format : name, at_ms);
}

static void
begin (SpotDevScenarioState *self)
{
  int n_emails = self->kind == SPOT_DEV_SCENARIO_BURST ? 1000 : 24;
  int n_bounces = self->kind == SPOT_DEV_SCENARIO_BURST ? 8 : 2;
  int spread_ms = self->kind == SPOT_DEV_SCENARIO_BURST ? 57000 : 20000;
  SpotDevScript *script;

  for (int i = 0; i < N_HISTORY; i++)
    {
      gint64 at_ms = -HISTORY_END_MS - (gint64) (HISTORY_MS - HISTORY_END_MS) / N_HISTORY * (N_HISTORY - i);

      script = new_script (self, at_ms, "history", i);
      usual_tasks[i % G_N_ELEMENTS (usual_tasks)](script);
      spot_dev_scenario_take_script (self, script);
    }

  script = new_script (self, DEMO_RUN_AT_MS, "demo-run", -1);
  spot_dev_task_import_demo (script);
  spot_dev_scenario_take_script (self, script);

  for (int i = 0; i < n_emails; i++)
    {
      script = new_script (self, DEMO_BATCH_AT_MS, "demo-email", i);
      script->batch_id = g_strdup (self->demo_batch);
      spot_dev_task_send_email (script, i, 1800 + (int) ((gint64) spread_ms * i / n_emails),
                                i % (n_emails / n_bounces) == n_emails / n_bounces / 2);
      spot_dev_scenario_take_script (self, script);
    }
}

static gint64
get_slot_ms (SpotDevScenarioState *self,
             gint64                slot)
{
  g_autofree char *name = g_strdup_printf ("slot-%" G_GINT64_FORMAT, slot);

  return slot * SLOT_MS + (gint64) ((g_str_hash (name) ^ self->seed) * 2654435761u % SLOT_JITTER_MS);
}

static void
add_slot (SpotDevScenarioState *self,
          gint64                slot)
{
  SpotDevScript *script = new_script (self, get_slot_ms (self, slot), "slot", (int) slot);

  if (self->kind == SPOT_DEV_SCENARIO_HOSTILE && slot % 2 == 0)
    spot_dev_task_hostile (script);
  else if (slot < (gint64) G_N_ELEMENTS (first_tasks))
    first_tasks[slot](script);
  else
    usual_tasks[spot_dev_script_random (script, 0, G_N_ELEMENTS (usual_tasks) - 1)](script);
  spot_dev_scenario_take_script (self, script);
}

static gboolean
has_tasks (SpotDevScenarioState *self)
{
  return self->kind != SPOT_DEV_SCENARIO_EMPTY && self->kind != SPOT_DEV_SCENARIO_HUGE;
}

static gint64
get_next_slot_ms (SpotDevScenarioState *self)
{
  if (!has_tasks (self))
    return G_MAXINT64;
  return spot_dev_clock_to_real (&self->clock, get_slot_ms (self, self->next_slot));
}

static void
do_step (SpotDevScenarioState *self,
         SpotDevStore         *store,
         GSequenceIter        *iter)
{
  SpotDevScript *script = g_sequence_get (iter);
  SpotDevStep *step = &g_array_index (script->steps, SpotDevStep, script->next);
  g_autoptr(GError) error = NULL;

  if (step->chunk != NULL)
    spot_dev_streams_append (self->streams, script->run_id, step->stream, step->real_ms, step->chunk);
  else if (!spot_dev_store_put (store, script->run_id, script->next == 0 ? script->batch_id : NULL, &step->edit,
                           step->real_ms, &error))
    g_critical ("A scenario's step failed: %s", error->message);
  spot_dev_edit_clear (&step->edit);

  if (++script->next < script->steps->len)
    g_sequence_sort_changed (iter, compare_due, NULL);
  else
    {
      Ended *ended = g_new (Ended, 1);

      ended->run_id = g_strdup (script->run_id);
      ended->real_ms = step->real_ms;
      g_queue_push_tail (&self->ended, ended);
      g_sequence_remove (iter);
    }
}

/**
 * spot_dev_scenario_advance:
 * @self: a scenario
 * @store: where it happens; always the same
 * @now_ms: the present, milliseconds since 1970
 *
 * Lets everything happen up to @now_ms, in order. Runs that ended more than a day ago are deleted.
 *
 * Returns: when something happens next
 */
gint64
spot_dev_scenario_advance (SpotDevScenarioState *self,
                           SpotDevStore         *store,
                           gint64                now_ms)
{
  gint64 huge_ms = G_MAXINT64;
  Ended *oldest;

  if (!self->begun)
    {
      gint64 forgotten_ms = now_ms - RETENTION_MS - self->clock.epoch_ms;

      self->begun = TRUE;
      if (has_tasks (self))
        begin (self);
      if (self->kind == SPOT_DEV_SCENARIO_HUGE)
        spot_dev_huge_begin (&self->huge, &self->clock, self->seed, store);
      if (forgotten_ms > 0)
        self->next_slot = (gint64) ((double) forgotten_ms * self->clock.speed) / SLOT_MS;
    }

  if (self->kind == SPOT_DEV_SCENARIO_HUGE)
    huge_ms = spot_dev_huge_advance (&self->huge, &self->clock, self->seed, store, now_ms);
  for (;;)
    {
      GSequenceIter *first = g_sequence_get_begin_iter (self->scripts);
      gint64 due_ms = g_sequence_iter_is_end (first) ? G_MAXINT64 : get_due_ms (g_sequence_get (first));
      gint64 slot_ms = get_next_slot_ms (self);

      if (MIN (due_ms, slot_ms) > now_ms)
        {
          while ((oldest = g_queue_peek_head (&self->ended)) != NULL && oldest->real_ms < now_ms - RETENTION_MS)
            {
              spot_dev_store_delete (store, oldest->run_id);
              spot_dev_streams_forget (self->streams, oldest->run_id);
              ended_free (g_queue_pop_head (&self->ended));
            }
          return MIN (MIN (due_ms, slot_ms), huge_ms);
        }
      if (slot_ms <= due_ms)
        add_slot (self, self->next_slot++);
      else
        do_step (self, store, first);
    }
}

/**
 * spot_dev_scenario_new_script:
 * @self: a scenario
 * @name: of the run, unique in the scenario
 * @now_ms: when its life begins, milliseconds since 1970
 *
 * Returns: (transfer full): an empty script on the scenario's clock
 */
SpotDevScript *
spot_dev_scenario_new_script (SpotDevScenarioState *self,
                              const char           *name,
                              gint64                now_ms)
{
  return spot_dev_script_new (&self->clock, self->seed, name, spot_dev_clock_from_real (&self->clock, now_ms));
}

/**
 * spot_dev_scenario_take_script:
 * @self: a scenario
 * @script: (transfer full): a script with steps
 *
 * Lets it happen when it is time.
 */
void
spot_dev_scenario_take_script (SpotDevScenarioState *self,
                               SpotDevScript        *script)
{
  g_sequence_insert_sorted (self->scripts, script, compare_due, NULL);
}

/**
 * spot_dev_scenario_begin_script:
 * @self: a scenario
 * @store: where it happens
 * @script: (transfer full): a script with steps
 *
 * Lets its first step happen now, and the others when it is time.
 */
void
spot_dev_scenario_begin_script (SpotDevScenarioState *self,
                                SpotDevStore         *store,
                                SpotDevScript        *script)
{
  do_step (self, store, g_sequence_insert_sorted (self->scripts, script, compare_due, NULL));
}

/**
 * spot_dev_scenario_stop_script:
 * @self: a scenario
 * @run_id: a run
 *
 * What was still to happen to the run does not.
 *
 * Returns: whether there was anything
 */
gboolean
spot_dev_scenario_stop_script (SpotDevScenarioState *self,
                               const char           *run_id)
{
  for (GSequenceIter *iter = g_sequence_get_begin_iter (self->scripts); !g_sequence_iter_is_end (iter);
       iter = g_sequence_iter_next (iter))
    if (g_str_equal (((SpotDevScript *) g_sequence_get (iter))->run_id, run_id))
      {
        g_sequence_remove (iter);
        return TRUE;
      }
  return FALSE;
}

/**
 * spot_dev_scenario_get_demo_run:
 * @self: a scenario
 *
 * Returns: (nullable): the friendly id of a run that goes on at the epoch
 */
const char *
spot_dev_scenario_get_demo_run (SpotDevScenarioState *self)
{
  return has_tasks (self) ? self->demo_run : NULL;
}

/**
 * spot_dev_scenario_get_demo_batch:
 * @self: a scenario
 *
 * Returns: (nullable): the friendly id of a batch that begins at the epoch
 */
const char *
spot_dev_scenario_get_demo_batch (SpotDevScenarioState *self)
{
  return has_tasks (self) ? self->demo_batch : NULL;
}

/**
 * spot_dev_scenario_get_demo_tag:
 * @self: a scenario
 *
 * Returns: (nullable): a tag that several runs have
 */
const char *
spot_dev_scenario_get_demo_tag (SpotDevScenarioState *self)
{
  return has_tasks (self) ? DEMO_TAG : NULL;
}
