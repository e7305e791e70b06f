/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-stream.h"

#define MAX_RECORDS 100000

struct _SpotDevStreams
{
  GHashTable       *runs; /* friendly id → GHashTable of key → GArray of SpotDevRecord */
  SpotDevStreamFunc written;
  gpointer          user_data;
};

static void
record_clear (gpointer data)
{
  g_free (((SpotDevRecord *) data)->chunk);
}

/**
 * spot_dev_streams_new:
 * @written: called after each record
 * @user_data: data for @written
 *
 * Returns: (transfer full): no streams
 */
SpotDevStreams *
spot_dev_streams_new (SpotDevStreamFunc written,
                      gpointer          user_data)
{
  SpotDevStreams *self = g_new0 (SpotDevStreams, 1);

  self->runs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  self->written = written;
  self->user_data = user_data;
  return self;
}

/**
 * spot_dev_streams_free:
 * @self: (transfer full): the streams
 */
void
spot_dev_streams_free (SpotDevStreams *self)
{
  g_hash_table_unref (self->runs);
  g_free (self);
}

/**
 * spot_dev_streams_append:
 * @self: the streams
 * @run_id: a run's friendly id
 * @key: the stream's key
 * @time_ms: when it is written, milliseconds since 1970
 * @chunk: what is written; more than %MAX_RECORDS are not kept
 */
void
spot_dev_streams_append (SpotDevStreams *self,
                         const char     *run_id,
                         const char     *key,
                         gint64          time_ms,
                         const char     *chunk)
{
  GHashTable *keys = g_hash_table_lookup (self->runs, run_id);
  GArray *records;
  SpotDevRecord record = { time_ms, 0, NULL };

  if (keys == NULL)
    {
      keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
      g_hash_table_insert (self->runs, g_strdup (run_id), keys);
    }
  records = g_hash_table_lookup (keys, key);
  if (records == NULL)
    {
      records = g_array_new (FALSE, FALSE, sizeof (SpotDevRecord));
      g_array_set_clear_func (records, record_clear);
      g_hash_table_insert (keys, g_strdup (key), records);
    }
  if (records->len >= MAX_RECORDS)
    return;
  if (records->len > 0)
    {
      const SpotDevRecord *last = &g_array_index (records, SpotDevRecord, records->len - 1);

      record.time_ms = MAX (time_ms, last->time_ms);
      record.serial = record.time_ms == last->time_ms ? last->serial + 1 : 0;
    }
  record.chunk = g_strdup (chunk);
  g_array_append_val (records, record);
  self->written (self->user_data);
}

/**
 * spot_dev_streams_get:
 * @self: the streams
 * @run_id: a run's friendly id
 * @key: a stream's key
 *
 * Returns: (nullable) (element-type SpotDevRecord): what it has; %NULL when nobody has written to it
 */
GArray *
spot_dev_streams_get (SpotDevStreams *self,
                      const char     *run_id,
                      const char     *key)
{
  GHashTable *keys = g_hash_table_lookup (self->runs, run_id);

  return keys != NULL ? g_hash_table_lookup (keys, key) : NULL;
}

/**
 * spot_dev_streams_forget:
 * @self: the streams
 * @run_id: a run that has been deleted
 */
void
spot_dev_streams_forget (SpotDevStreams *self,
                         const char     *run_id)
{
  g_hash_table_remove (self->runs, run_id);
}
