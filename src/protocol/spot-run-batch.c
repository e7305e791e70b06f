/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include "spot-run-batch.h"

static void
clear_change (gpointer data)
{
  SpotRunChange *change = data;

  g_clear_pointer (&change->record, spot_run_record_unref);
}

/**
 * spot_run_batch_new:
 * @kind: why there is a batch
 *
 * Returns: (transfer full): a batch without changes
 */
SpotRunBatch *
spot_run_batch_new (SpotRunBatchKind kind)
{
  SpotRunBatch *self = g_new0 (SpotRunBatch, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  self->changes = g_array_new (FALSE, FALSE, sizeof (SpotRunChange));
  g_array_set_clear_func (self->changes, clear_change);

  return self;
}

/**
 * spot_run_batch_ref:
 * @self: a batch
 *
 * Returns: (transfer full): @self
 */
SpotRunBatch *
spot_run_batch_ref (SpotRunBatch *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * spot_run_batch_unref:
 * @self: (transfer full): a batch
 *
 * Drops a reference.
 */
void
spot_run_batch_unref (SpotRunBatch *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->changes);
  g_free (self->diagnostic);
  g_free (self);
}

/**
 * spot_run_batch_add:
 * @self: a batch that is still being made
 * @record: the run's state; for a removed run the last one known
 * @removed: whether the run left the feed
 *
 * Adds a change behind the others.
 */
void
spot_run_batch_add (SpotRunBatch  *self,
                    SpotRunRecord *record,
                    gboolean       removed)
{
  SpotRunChange change;

  g_return_if_fail (self != NULL);
  g_return_if_fail (record != NULL);

  change.record = spot_run_record_ref (record);
  change.removed = removed;
  g_array_append_val (self->changes, change);
}
