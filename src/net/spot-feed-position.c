/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include "spot-limits.h"

#include "spot-feed-machine-private.h"

/* How a position calls the kind of server that it is of; files outlive the program's versions. */
#define ELECTRIC "electric"
#define NATIVE "native"

/* Where the machine stands; (nullable) before a server has said so. */
SpotLogPosition *
spot_feed_machine_make_position (SpotFeedMachine *self)
{
  if (self->dialect == SPOT_FEED_DIALECT_UNKNOWN || self->handle == NULL ||
      strcmp (self->offset, SPOT_FEED_START_OFFSET) == 0)
    return NULL;
  return spot_log_position_new (self->dialect == SPOT_FEED_DIALECT_NATIVE ? NATIVE : ELECTRIC, self->handle, self->offset,
                                self->cursor, NULL);
}

/* Whether a text may be one that a server gave out as a part of a position. */
static gboolean
is_sound_text (const char *text)
{
  gsize length = strlen (text);

  if (length == 0 || length > SPOT_MAX_POSITION_BYTES)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isgraph (text[i]))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_sound (SpotLogPosition *position)
{
  const char *dialect = spot_log_position_get_dialect (position);
  const char *offset = spot_log_position_get_offset (position);
  const char *cursor = spot_log_position_get_cursor (position);

  return (strcmp (dialect, ELECTRIC) == 0 || strcmp (dialect, NATIVE) == 0) &&
         is_sound_text (spot_log_position_get_handle (position)) && is_sound_text (offset) && g_ascii_isdigit (*offset) &&
         (cursor == NULL || is_sound_text (cursor));
}

/**
 * spot_feed_machine_set_position:
 * @self: a machine that has not sent anything
 * @position: (nullable): that of the last commit that is known
 * @rows: the rows that commits up to that one, or a later one, have left, with their keys
 *
 * Goes on from where another machine for the same spec was. The first commit is of kind %SPOT_RUN_BATCH_CATCH_UP and holds
 * what differs from @rows. Its first request, which is not live, asks for what follows @position; a snapshot is asked for
 * where there is no position, where @position or @rows are not sound, as a damaged file may give them, and where the server
 * does not know the position any more.
 */
void
spot_feed_machine_set_position (SpotFeedMachine *self,
                                SpotLogPosition *position,
                                SpotRunBatch    *rows)
{
  gboolean complete;

  g_return_if_fail (self != NULL && !self->in_flight && !self->committed && self->handle == NULL);
  g_return_if_fail (rows != NULL);

  complete = spot_shape_log_seed (self->log, rows);
  if (position == NULL || !complete || !is_sound (position))
    {
      spot_shape_log_reset (self->log);
      return;
    }
  self->handle = g_strdup (spot_log_position_get_handle (position));
  g_free (self->offset);
  self->offset = g_strdup (spot_log_position_get_offset (position));
  self->cursor = g_strdup (spot_log_position_get_cursor (position));
  self->dialect = strcmp (spot_log_position_get_dialect (position), NATIVE) == 0 ? SPOT_FEED_DIALECT_NATIVE
                                                                                 : SPOT_FEED_DIALECT_ELECTRIC;
  self->resumes = TRUE;
}
