/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-monitor.h"

G_BEGIN_DECLS

/**
 * SpotDemo:
 *
 * An environment that needs no account: a development server in this process, and a watch of each kind over it. The program
 * talks to it over the same sockets as to any other server.
 */
typedef struct _SpotDemo SpotDemo;

SpotDemo        *spot_demo_start           (SpotMonitor  *monitor,
                                            GError      **error);
void             spot_demo_free            (SpotDemo     *self);
SpotEnvironment *spot_demo_get_environment (SpotDemo     *self);
const char      *spot_demo_get_run         (SpotDemo     *self);
SpotWatch       *spot_demo_get_batch_watch (SpotDemo     *self);
char            *spot_demo_dup_summary     (SpotDemo     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotDemo, spot_demo_free)

G_END_DECLS
