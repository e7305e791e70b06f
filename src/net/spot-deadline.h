/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SpotDeadline:
 *
 * The watchdog of a thread that does one blocking operation after another: when the time is over it cancels the
 * operation. All deadlines of the program share one thread, which sleeps until the earliest and lives as long as there
 * are any.
 *
 * Belongs to the thread that made it.
 */
typedef struct _SpotDeadline SpotDeadline;

SpotDeadline *spot_deadline_new    (void);
void          spot_deadline_free   (SpotDeadline *self);
void          spot_deadline_arm    (SpotDeadline *self,
                                    GCancellable *cancellable,
                                    gint64        at_us);
void          spot_deadline_move_closer (SpotDeadline *self,
                                         gint64        at_us);
void          spot_deadline_move   (SpotDeadline *self,
                                    gint64        at_us);
gboolean      spot_deadline_disarm (SpotDeadline *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotDeadline, spot_deadline_free)

G_END_DECLS
