/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include "spot-dev-job.h"

/**
 * spot_dev_job_free:
 * @self: (transfer full): a job
 */
void
spot_dev_job_free (SpotDevJob *self)
{
  g_free (self->idempotency_key);
  g_free (self->queue);
  g_free (self->machine);
  g_free (self->version);
  g_free (self);
}

/**
 * spot_dev_batch_free:
 * @self: (transfer full): a batch
 */
void
spot_dev_batch_free (SpotDevBatch *self)
{
  g_ptr_array_unref (self->run_ids);
  g_free (self->idempotency_key);
  g_free (self);
}

/**
 * spot_dev_object_free:
 * @self: (transfer full): an object
 */
void
spot_dev_object_free (SpotDevObject *self)
{
  g_free (self->content_type);
  g_bytes_unref (self->bytes);
  g_free (self);
}
