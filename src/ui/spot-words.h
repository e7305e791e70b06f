/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-connection.h"
#include "spot-run.h"
#include "spot-watch.h"

G_BEGIN_DECLS

/* Sentences that the window says about connections, runs and counts. Pure: time is an argument; all text is translated. */

char       *spot_words_connection (SpotConnectionState state,
                                   gint64              retry_at_us,
                                   gint64              monotonic_us);
const char *spot_words_problem    (SpotProblem         problem);
char       *spot_words_forbidden  (const SpotWatchSpec *spec);
char       *spot_words_connections (const char         *words,
                                   guint               n_connections,
                                   guint               max_connections);
char       *spot_words_age        (gint64              time_us,
                                   gint64              now_us);
char       *spot_words_run        (SpotRun            *run,
                                   gint64              now_us);
char       *spot_words_unreadable (guint64             n_rows);
const char *spot_words_partial    (void);
char       *spot_words_as_of      (const char         *words,
                                   gint64              as_of_us,
                                   gint64              now_us);
char       *spot_words_counts     (guint               n_runs,
                                   guint               n_running,
                                   guint               n_failed);
char       *spot_words_matches    (guint               n_matches,
                                   guint               n_runs);
const char *spot_words_history    (SpotHistoryState    history);
char       *spot_words_new_runs   (guint               n_waiting);

G_END_DECLS
