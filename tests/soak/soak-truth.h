/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "soak-server.h"
#include "spot-environment.h"

G_BEGIN_DECLS

/* What a server says that a watch should show, asked and read without any of the code that feeds the watch. Writes to the log what
 * differs when told to @complain. Returns how many runs differ, are missing or too many; -1 when the server does not answer.
 * @ended: (nullable) (element-type utf8): gets the ids of the runs that have ended. */
int soak_truth_compare (SoakServer      *server,
                        SpotEnvironment *environment,
                        SpotWatch       *watch,
                        gboolean         every_column,
                        gboolean         complain,
                        GHashTable      *ended);

G_END_DECLS
