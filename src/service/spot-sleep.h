/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef void (*SpotSleepFunc) (gboolean asleep,
                               gpointer user_data);

/**
 * SpotSleep:
 *
 * Tells when the machine is about to sleep and when it has woken up, as logind says it on the system bus. Connections that were
 * open before are dead then, and nothing else says so for a while. Where there is no logind, or a sandbox does not let one
 * listen to it, it never tells.
 *
 * Lives in the main context of the thread that made it.
 */
typedef struct _SpotSleep SpotSleep;

SpotSleep *spot_sleep_new  (SpotSleepFunc  changed,
                            gpointer       user_data);
void       spot_sleep_free (SpotSleep     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotSleep, spot_sleep_free)

G_END_DECLS
