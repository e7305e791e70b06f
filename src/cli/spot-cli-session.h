/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-cli-options.h"

G_BEGIN_DECLS

/**
 * SpotCliSession:
 *
 * One environment, what is watched of it, and the main loop in which that happens.
 */
typedef struct _SpotCliSession SpotCliSession;

SpotCliSession *spot_cli_session_new       (const SpotCliOptions *options);
void            spot_cli_session_free      (SpotCliSession *self);
SpotWatch      *spot_cli_session_watch     (SpotCliSession *self);
SpotEnvironment *spot_cli_session_get_environment (SpotCliSession *self);
SpotCliExit     spot_cli_session_run       (SpotCliSession *self,
                                            SpotCliExit     interrupted);
void            spot_cli_session_quit      (SpotCliSession *self,
                                            SpotCliExit     status);
void            spot_cli_session_quit_in   (SpotCliSession *self,
                                            double          seconds,
                                            SpotCliExit     status);
void            spot_cli_session_say_problem (SpotCliSession *self,
                                            SpotProblem     problem,
                                            const char     *detail);
gboolean        spot_cli_session_write     (SpotCliSession *self,
                                            const char     *text,
                                            gsize           length);
gboolean        spot_cli_session_print     (SpotCliSession *self,
                                            const char     *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotCliSession, spot_cli_session_free)

G_END_DECLS
