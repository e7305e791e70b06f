/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-run-batch.h"

static void
clear_change (gpointer data)
{
  SpotRunChange *change = data;

  g_clear_pointer (&change->record, spot_run_record_unref);
  g_clear_pointer (&change->key, g_free);
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
  g_clear_pointer (&self->position, spot_log_position_unref);
  g_free (self);
}

/**
 * spot_run_batch_add:
 * @self: a batch that is still being made
 * @record: the run's state; for a removed run the last one known
 * @removed: whether the run left the feed
 *
 * Adds a change behind the others, without a key.
 */
void
spot_run_batch_add (SpotRunBatch  *self,
                    SpotRunRecord *record,
                    gboolean       removed)
{
  spot_run_batch_add_row (self, record, removed, NULL, 0);
}

/**
 * spot_run_batch_add_row:
 * @self: a batch that is still being made
 * @record: the run's state; for a removed run the last one known
 * @removed: whether the run left the feed
 * @key: (nullable) (array length=key_length): the row's key in the feed's log
 * @key_length: length of @key in bytes
 *
 * Adds a change behind the others, with the key by which the log's next messages will name the row.
 */
void
spot_run_batch_add_row (SpotRunBatch  *self,
                        SpotRunRecord *record,
                        gboolean       removed,
                        const char    *key,
                        gsize          key_length)
{
  SpotRunChange change;

  g_return_if_fail (self != NULL);
  g_return_if_fail (record != NULL);

  change.record = spot_run_record_ref (record);
  change.removed = removed;
  /* No server's key has a NUL in it; one that does must not be taken for a shorter one. */
  change.key = key && !memchr (key, '\0', key_length) ? g_strndup (key, key_length) : NULL;
  g_array_append_val (self->changes, change);
}

/**
 * spot_run_batch_set_position:
 * @self: a batch that is still being made
 * @position: (nullable): where the feed stands after it
 *
 * Says where to go on from.
 */
void
spot_run_batch_set_position (SpotRunBatch    *self,
                             SpotLogPosition *position)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->position, spot_log_position_unref);
  self->position = position ? spot_log_position_ref (position) : NULL;
}
