/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpotLogPosition:
 *
 * Where a feed stands in the server's log (protocol §3.7): what it needs, beside its rows, to go on after a restart
 * instead of asking for a snapshot. Immutable, refcounted atomically: positions cross threads. Its texts are the
 * server's, as they came.
 */
typedef struct _SpotLogPosition SpotLogPosition;

SpotLogPosition *spot_log_position_new         (const char            *dialect,
                                                const char            *handle,
                                                const char            *offset,
                                                const char            *cursor,
                                                const char            *schema);
SpotLogPosition *spot_log_position_ref         (SpotLogPosition       *self);
void             spot_log_position_unref       (SpotLogPosition       *self);

const char      *spot_log_position_get_dialect (const SpotLogPosition *self);
const char      *spot_log_position_get_handle  (const SpotLogPosition *self);
const char      *spot_log_position_get_offset  (const SpotLogPosition *self);
const char      *spot_log_position_get_cursor  (const SpotLogPosition *self);
const char      *spot_log_position_get_schema  (const SpotLogPosition *self);
gboolean         spot_log_position_equal       (const SpotLogPosition *self,
                                                const SpotLogPosition *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotLogPosition, spot_log_position_unref)

G_END_DECLS
