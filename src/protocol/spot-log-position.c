/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include "spot-log-position.h"

struct _SpotLogPosition
{
  gatomicrefcount ref_count;
  char           *dialect; /* owned */
  char           *handle;  /* owned */
  char           *offset;  /* owned */
  char           *cursor;  /* owned, nullable */
  char           *schema;  /* owned, nullable */
};

/**
 * spot_log_position_new:
 * @dialect: which dialect the server speaks
 * @handle: the server's name for the log
 * @offset: what has been read of it
 * @cursor: (nullable): the cursor for the next live request
 * @schema: (nullable): the schema header of the log's first answer, which later ones may lack
 *
 * Returns: (transfer full): a position with copies of these
 */
SpotLogPosition *
spot_log_position_new (const char *dialect,
                       const char *handle,
                       const char *offset,
                       const char *cursor,
                       const char *schema)
{
  SpotLogPosition *self;

  g_return_val_if_fail (dialect != NULL && handle != NULL && offset != NULL, NULL);

  self = g_new0 (SpotLogPosition, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->dialect = g_strdup (dialect);
  self->handle = g_strdup (handle);
  self->offset = g_strdup (offset);
  self->cursor = g_strdup (cursor);
  self->schema = g_strdup (schema);

  return self;
}

/**
 * spot_log_position_ref:
 * @self: a position
 *
 * Returns: (transfer full): @self
 */
SpotLogPosition *
spot_log_position_ref (SpotLogPosition *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * spot_log_position_unref:
 * @self: (transfer full): a position
 *
 * Drops a reference.
 */
void
spot_log_position_unref (SpotLogPosition *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->dialect);
  g_free (self->handle);
  g_free (self->offset);
  g_free (self->cursor);
  g_free (self->schema);
  g_free (self);
}

/**
 * spot_log_position_get_dialect:
 * @self: a position
 *
 * Returns: which dialect the server speaks
 */
const char *
spot_log_position_get_dialect (const SpotLogPosition *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->dialect;
}

/**
 * spot_log_position_get_handle:
 * @self: a position
 *
 * Returns: the server's name for the log
 */
const char *
spot_log_position_get_handle (const SpotLogPosition *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->handle;
}

/**
 * spot_log_position_get_offset:
 * @self: a position
 *
 * Returns: what has been read of the log
 */
const char *
spot_log_position_get_offset (const SpotLogPosition *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->offset;
}

/**
 * spot_log_position_get_cursor:
 * @self: a position
 *
 * Returns: (nullable): the cursor for the next live request
 */
const char *
spot_log_position_get_cursor (const SpotLogPosition *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->cursor;
}

/**
 * spot_log_position_get_schema:
 * @self: a position
 *
 * Returns: (nullable): the schema header of the log's first answer
 */
const char *
spot_log_position_get_schema (const SpotLogPosition *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->schema;
}

/**
 * spot_log_position_equal:
 * @self: (nullable): a position
 * @other: (nullable): another
 *
 * Returns: whether they are the same in everything, or both %NULL
 */
gboolean
spot_log_position_equal (const SpotLogPosition *self,
                         const SpotLogPosition *other)
{
  if (self == other)
    return TRUE;
  if (!self || !other)
    return FALSE;

  return g_str_equal (self->dialect, other->dialect) && g_str_equal (self->handle, other->handle)
         && g_str_equal (self->offset, other->offset) && g_strcmp0 (self->cursor, other->cursor) == 0
         && g_strcmp0 (self->schema, other->schema) == 0;
}
