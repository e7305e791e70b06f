/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <math.h>
#include <string.h>

#include "spot-dev-script.h"
#include "spot-dev-text.h"

#define CENTS_PER_MS 0.00000338
#define CENTS_PER_RUN 0.0025
#define ID_LENGTH 23

/* splitmix64: small, and good enough to look at. */
static guint64
next_random (guint64 *state)
{
  guint64 z = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static guint64
make_state (guint32     seed,
            const char *name)
{
  guint64 state = ((guint64) seed << 32) ^ g_str_hash (name);

  next_random (&state);
  return state;
}

/**
 * spot_dev_clock_to_real:
 * @self: a clock
 * @at_ms: the scenario's time, milliseconds since its epoch; negative before it
 *
 * Returns: milliseconds since 1970. What was before the epoch was at the ordinary speed.
 */
gint64
spot_dev_clock_to_real (const SpotDevClock *self,
                        gint64              at_ms)
{
  return self->epoch_ms + (at_ms > 0 ? (gint64) ((double) at_ms / self->speed) : at_ms);
}

/**
 * spot_dev_clock_from_real:
 * @self: a clock
 * @real_ms: milliseconds since 1970
 *
 * Returns: the scenario's time then
 */
gint64
spot_dev_clock_from_real (const SpotDevClock *self,
                          gint64              real_ms)
{
  gint64 since_ms = real_ms - self->epoch_ms;

  return since_ms > 0 ? (gint64) ((double) since_ms * self->speed) : since_ms;
}

/**
 * spot_dev_script_make_id:
 * @prefix: what the id begins with
 * @seed: the scenario's seed
 * @name: of what it is the id
 * @length: how many letters and digits follow
 *
 * Returns: (transfer full): an id that looks random and is always the same
 */
char *
spot_dev_script_make_id (const char *prefix,
                         guint32     seed,
                         const char *name,
                         guint       length)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  GString *id = g_string_new (prefix);
  guint64 state = make_state (seed, name);

  for (guint i = 0; i < length; i++)
    g_string_append_c (id, letters[next_random (&state) % (sizeof letters - 1)]);
  return g_string_free (id, FALSE);
}

static void
step_clear (gpointer data)
{
  SpotDevStep *step = data;

  spot_dev_edit_clear (&step->edit);
  g_free (step->stream);
  g_free (step->chunk);
}

/**
 * spot_dev_script_new:
 * @clock: the scenario's clock
 * @seed: its seed
 * @name: of the run, unique in the scenario: the run's id and everything that looks random about it follow from it
 * @at_ms: when it is triggered, in the scenario's time
 *
 * Returns: (transfer full): a script without steps
 */
SpotDevScript *
spot_dev_script_new (const SpotDevClock *clock,
                     guint32             seed,
                     const char         *name,
                     gint64              at_ms)
{
  SpotDevScript *self = g_new0 (SpotDevScript, 1);

  self->run_id = spot_dev_script_make_id ("run_cm", seed, name, ID_LENGTH);
  self->steps = g_array_new (FALSE, TRUE, sizeof (SpotDevStep));
  g_array_set_clear_func (self->steps, step_clear);
  self->at_ms = at_ms;
  self->clock = *clock;
  self->random = make_state (seed ^ 0x5eed, name);
  return self;
}

/**
 * spot_dev_script_free:
 * @self: (transfer full): a script
 */
void
spot_dev_script_free (SpotDevScript *self)
{
  g_array_unref (self->steps);
  g_free (self->run_id);
  g_free (self->batch_id);
  g_free (self);
}

/**
 * spot_dev_script_random:
 * @self: a script
 * @low: the least number
 * @high: the greatest
 *
 * Returns: the script's next number between them
 */
int
spot_dev_script_random (SpotDevScript *self,
                        int            low,
                        int            high)
{
  return low + (int) (next_random (&self->random) % (guint64) (high - low + 1));
}

/**
 * spot_dev_script_pick:
 * @self: a script
 * @words: (array zero-terminated=1): what to choose from
 *
 * Returns: one of @words
 */
const char *
spot_dev_script_pick (SpotDevScript     *self,
                      const char *const *words)
{
  return words[spot_dev_script_random (self, 0, (int) g_strv_length ((char **) words) - 1)];
}

/* How long the run has computed so far, in real time. */
static gint64
get_usage_ms (SpotDevScript *self)
{
  if (!self->executing)
    return self->usage_ms;
  return self->usage_ms + spot_dev_clock_to_real (&self->clock, self->at_ms) -
         spot_dev_clock_to_real (&self->clock, self->executing_ms);
}

static void
set_usage (SpotDevScript *self,
           SpotDevEdit   *edit)
{
  gint64 usage_ms = get_usage_ms (self);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, usage_ms);

  spot_dev_edit_set_text (edit, SPOT_DEV_USAGE, text);
  spot_dev_edit_set_float (edit, SPOT_DEV_COST, round ((double) usage_ms * CENTS_PER_MS * 1e6) / 1e6);
}

/**
 * spot_dev_script_after:
 * @self: a script
 * @delay_ms: how long after the step before, in the scenario's time; at least 1
 *
 * Returns: the edit of a new step; valid until the next call
 */
SpotDevEdit *
spot_dev_script_after (SpotDevScript *self,
                       int            delay_ms)
{
  SpotDevStep *step;

  self->at_ms += MAX (delay_ms, 1);
  g_array_set_size (self->steps, self->steps->len + 1);
  step = &g_array_index (self->steps, SpotDevStep, self->steps->len - 1);
  step->real_ms = spot_dev_clock_to_real (&self->clock, self->at_ms);
  spot_dev_edit_set_time (&step->edit, SPOT_DEV_UPDATED, step->real_ms);
  return &step->edit;
}

static gint64
get_real_ms (SpotDevScript *self)
{
  return spot_dev_clock_to_real (&self->clock, self->at_ms);
}

/* What was ordered wins over what the task says; who waits for a time is not queued before it. */
static void
apply_order (SpotDevScript *self)
{
  const SpotDevOrder *order = self->order;
  SpotDevEdit *edit = &g_array_index (self->steps, SpotDevStep, self->steps->len - 1).edit;
  gint64 wait_ms;

  for (guint i = 0; i < SPOT_DEV_N_COLUMNS; i++)
    if (order->edit.columns & SPOT_DEV_BIT (i))
      spot_dev_edit_set_text (edit, i, order->edit.cells[i]);
  wait_ms = spot_dev_clock_from_real (&self->clock, order->due_ms) - self->at_ms;
  if (order->due_ms == 0 || wait_ms <= 0)
    return;
  spot_dev_edit_set_text (edit, SPOT_DEV_STATUS, "DELAYED");
  spot_dev_edit_set_text (edit, SPOT_DEV_QUEUED, NULL);
  spot_dev_edit_set_time (edit, SPOT_DEV_DELAY_UNTIL, order->due_ms);
  edit = spot_dev_script_after (self, (int) MIN (wait_ms, G_MAXINT));
  spot_dev_edit_set_text (edit, SPOT_DEV_STATUS, "PENDING");
  spot_dev_edit_set_time (edit, SPOT_DEV_QUEUED, get_real_ms (self));
}

/**
 * spot_dev_script_create:
 * @self: a script without steps
 * @task: the task's identifier
 * @tags: a PostgreSQL array literal, `{}` for none
 * @payload_type: type of the payload
 * @payload: the payload's text
 *
 * The run is triggered and waits in the queue.
 */
void
spot_dev_script_create (SpotDevScript *self,
                        const char    *task,
                        const char    *tags,
                        const char    *payload_type,
                        const char    *payload)
{
  SpotDevEdit *edit = spot_dev_script_after (self, 1);

  spot_dev_edit_set_text (edit, SPOT_DEV_ID, self->run_id + strlen ("run_"));
  spot_dev_edit_set_text (edit, SPOT_DEV_TASK, task);
  spot_dev_edit_set_text (edit, SPOT_DEV_TAGS, tags);
  spot_dev_edit_set_text (edit, SPOT_DEV_PAYLOAD_TYPE, payload_type);
  spot_dev_edit_set_text (edit, SPOT_DEV_PAYLOAD, payload);
  spot_dev_edit_set_time (edit, SPOT_DEV_CREATED, get_real_ms (self));
  spot_dev_edit_set_time (edit, SPOT_DEV_QUEUED, get_real_ms (self));
  spot_dev_edit_set_float (edit, SPOT_DEV_BASE_COST, CENTS_PER_RUN);
  if (self->order != NULL)
    apply_order (self);
}

/**
 * spot_dev_script_write:
 * @self: a script
 * @delay_ms: after how long
 * @stream: the key of one of the run's data streams
 * @chunk: a JSON text
 *
 * The task writes to a data stream; the run's row stays as it is.
 */
void
spot_dev_script_write (SpotDevScript *self,
                       int            delay_ms,
                       const char    *stream,
                       const char    *chunk)
{
  SpotDevStep *step;

  spot_dev_script_after (self, delay_ms);
  step = &g_array_index (self->steps, SpotDevStep, self->steps->len - 1);
  spot_dev_edit_clear (&step->edit);
  step->stream = g_strdup (stream);
  step->chunk = g_strdup (chunk);
}

/**
 * spot_dev_script_status:
 * @self: a script
 * @delay_ms: after how long
 * @status: the raw status
 *
 * The status changes, and nothing else. Only in EXECUTING does the run compute.
 */
void
spot_dev_script_status (SpotDevScript *self,
                        int            delay_ms,
                        const char    *status)
{
  SpotDevEdit *edit = spot_dev_script_after (self, delay_ms);

  spot_dev_edit_set_text (edit, SPOT_DEV_STATUS, status);
  if (g_str_equal (status, "EXECUTING"))
    {
      self->executing = TRUE;
      self->executing_ms = self->at_ms;
    }
  else if (self->executing)
    {
      set_usage (self, edit);
      self->usage_ms = get_usage_ms (self);
      self->executing = FALSE;
    }
}

/**
 * spot_dev_script_start:
 * @self: a script
 * @queue_ms: how long it waits in the queue
 *
 * The run is dequeued and, when its machine is up, executes.
 */
void
spot_dev_script_start (SpotDevScript *self,
                       int            queue_ms)
{
  SpotDevEdit *edit = spot_dev_script_after (self, queue_ms);

  spot_dev_edit_set_text (edit, SPOT_DEV_STATUS, "DEQUEUED");
  spot_dev_edit_set_time (edit, SPOT_DEV_STARTED, get_real_ms (self));
  spot_dev_script_status (self, spot_dev_script_random (self, 250, 700), "EXECUTING");
}

/**
 * spot_dev_script_metadata:
 * @self: a script
 * @delay_ms: after how long
 * @format: a printf() format
 * @...: its values
 *
 * The task writes its metadata, a JSON text.
 */
void
spot_dev_script_metadata (SpotDevScript *self,
                          int            delay_ms,
                          const char    *format,
                          ...)
{
  SpotDevEdit *edit = spot_dev_script_after (self, delay_ms);
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  spot_dev_edit_set_text (edit, SPOT_DEV_METADATA, text);
}

static SpotDevEdit *
finish (SpotDevScript *self,
        int            delay_ms,
        const char    *status)
{
  SpotDevEdit *edit = spot_dev_script_after (self, delay_ms);

  spot_dev_edit_set_text (edit, SPOT_DEV_STATUS, status);
  spot_dev_edit_set_time (edit, SPOT_DEV_COMPLETED, get_real_ms (self));
  set_usage (self, edit);
  return edit;
}

/**
 * spot_dev_script_complete:
 * @self: a script
 * @delay_ms: after how long
 * @output_type: type of the output
 * @output: (nullable): its text; %NULL when the task returned nothing
 *
 * The run ends well.
 */
void
spot_dev_script_complete (SpotDevScript *self,
                          int            delay_ms,
                          const char    *output_type,
                          const char    *output)
{
  SpotDevEdit *edit = finish (self, delay_ms, "COMPLETED_SUCCESSFULLY");

  spot_dev_edit_set_text (edit, SPOT_DEV_OUTPUT, output);
  spot_dev_edit_set_text (edit, SPOT_DEV_OUTPUT_TYPE, output_type);
}

/**
 * spot_dev_script_fail:
 * @self: a script
 * @delay_ms: after how long
 * @status: the raw status it ends in
 * @error: (nullable): the error as JSON
 *
 * The run ends otherwise.
 */
void
spot_dev_script_fail (SpotDevScript *self,
                      int            delay_ms,
                      const char    *status,
                      const char    *error)
{
  SpotDevEdit *edit = finish (self, delay_ms, status);
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(GString) jsonb = g_string_new (NULL);

  if (error == NULL)
    return;
  node = json_from_string (error, NULL);
  g_return_if_fail (node != NULL);
  spot_dev_text_append_jsonb (jsonb, node);
  spot_dev_edit_set_text (edit, SPOT_DEV_ERROR, jsonb->str);
}
