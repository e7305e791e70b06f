/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SpotDevJob:
 * @idempotency_key: (nullable): what it was triggered with, like those that follow
 * @queue: (nullable): its queue's name
 * @machine: (nullable): its machine preset
 * @version: (nullable): the version it is locked to
 * @function: `trigger` or `batchTrigger`
 * @old_streams: whether its data streams are of the first version
 *
 * What the management API knows about a run that is not in its row.
 */
typedef struct
{
  char       *idempotency_key;
  char       *queue;
  char       *machine;
  char       *version;
  const char *function;
  gboolean    old_streams;
} SpotDevJob;

/**
 * SpotDevBatch:
 * @run_ids: (element-type utf8): its runs, by index; "" where none has come
 * @idempotency_key: (nullable): what it was created with
 * @created_ms: when, milliseconds since 1970
 * @n_runs: how many are still to come or have
 * @n_come: how many have
 *
 * A batch that somebody has triggered.
 */
typedef struct
{
  GPtrArray *run_ids;
  char      *idempotency_key;
  gint64     created_ms;
  guint      n_runs;
  guint      n_come;
} SpotDevBatch;

/**
 * SpotDevObject:
 * @content_type: its type
 * @bytes: it
 *
 * An object in the object store.
 */
typedef struct
{
  char   *content_type;
  GBytes *bytes;
} SpotDevObject;

void spot_dev_job_free    (SpotDevJob    *self);
void spot_dev_batch_free  (SpotDevBatch  *self);
void spot_dev_object_free (SpotDevObject *self);

G_END_DECLS
