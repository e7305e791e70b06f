/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include "spot-dev-huge.h"

#define MAX_ACTIVE 500
#define SPACING_MS 10
#define MAX_BACKLOG 20000 /* changes that nobody has seen happen and that need not */

static char *
make_id (guint32 seed,
         guint   index)
{
  g_autofree char *name = g_strdup_printf ("huge-%u", index);

  return spot_dev_script_make_id ("run_cm", seed, name, 23);
}

/**
 * spot_dev_huge_begin:
 * @self: sizes
 * @clock: the scenario's clock
 * @seed: of the runs' ids
 * @store: where the runs are
 *
 * Adds the runs, as if each had been triggered a moment after the other; the newest execute.
 */
void
spot_dev_huge_begin (SpotDevHuge        *self,
                     const SpotDevClock *clock,
                     guint32             seed,
                     SpotDevStore       *store)
{
  guint n_active = MIN (self->n_runs, MAX_ACTIVE);

  spot_dev_store_begin (store);
  for (guint i = 0; i < self->n_runs; i++)
    {
      gint64 created_ms = clock->epoch_ms - (gint64) (self->n_runs - i) * SPACING_MS;
      gboolean active = i >= self->n_runs - n_active;
      g_autofree char *id = make_id (seed, i);
      SpotDevEdit edit = { 0 };

      spot_dev_edit_set_text (&edit, SPOT_DEV_TASK,
                              i % 3 == 0 ? "import-csv" : i % 3 == 1 ? "resize-image" : "send-email");
      spot_dev_edit_set_text (&edit, SPOT_DEV_STATUS,
                              active ? "EXECUTING" : i % 50 == 0 ? "COMPLETED_WITH_ERRORS" : "COMPLETED_SUCCESSFULLY");
      spot_dev_edit_set_text (&edit, SPOT_DEV_TAGS, i % 2 == 0 ? "{huge,even}" : "{huge,odd}");
      spot_dev_edit_set_time (&edit, SPOT_DEV_CREATED, created_ms);
      spot_dev_edit_set_time (&edit, SPOT_DEV_UPDATED, created_ms);
      spot_dev_edit_set_time (&edit, SPOT_DEV_STARTED, created_ms);
      if (!active)
        spot_dev_edit_set_time (&edit, SPOT_DEV_COMPLETED, created_ms + 1);
      spot_dev_store_put (store, id, NULL, &edit, created_ms, NULL);
      spot_dev_edit_clear (&edit);
    }
  spot_dev_store_commit (store);
}

static gint64
get_due_ms (SpotDevHuge        *self,
            const SpotDevClock *clock)
{
  return spot_dev_clock_to_real (clock, self->next * 1000 / self->changes_per_s);
}

/**
 * spot_dev_huge_advance:
 * @self: sizes, and how far it is
 * @clock: the scenario's clock
 * @seed: of the runs' ids
 * @store: where the runs are
 * @now_ms: the present, milliseconds since 1970
 *
 * Lets happen what is due: each change is one step of progress in one of the newest runs.
 *
 * Returns: when the next is due; %G_MAXINT64 for never
 */
gint64
spot_dev_huge_advance (SpotDevHuge        *self,
                       const SpotDevClock *clock,
                       guint32             seed,
                       SpotDevStore       *store,
                       gint64              now_ms)
{
  guint n_active = MIN (self->n_runs, MAX_ACTIVE);
  gint64 due;

  if (self->changes_per_s == 0 || n_active == 0)
    return G_MAXINT64;
  due = spot_dev_clock_from_real (clock, now_ms) * self->changes_per_s / 1000;
  self->next = MAX (self->next, due - MAX_BACKLOG);
  for (; get_due_ms (self, clock) <= now_ms; self->next++)
    {
      g_autofree char *id = make_id (seed, self->n_runs - n_active + (guint) (self->next % n_active));
      g_autofree char *metadata = g_strdup_printf ("{\"progress\":%.2f,\"step\":%" G_GINT64_FORMAT "}",
                                                   (double) (self->next / n_active % 101) / 100, self->next);
      SpotDevEdit edit = { 0 };

      spot_dev_edit_set_text (&edit, SPOT_DEV_METADATA, metadata);
      spot_dev_store_put (store, id, NULL, &edit, get_due_ms (self, clock), NULL);
      spot_dev_edit_clear (&edit);
    }
  return get_due_ms (self, clock);
}
