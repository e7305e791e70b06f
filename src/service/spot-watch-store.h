/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-environment.h"

G_BEGIN_DECLS

/**
 * SpotWatchStore:
 *
 * The user's watches from start to start: a small JSON file that is written a moment after anything about a watch has
 * changed. Environments are named in it by their ids, which must therefore be the same in every start; watches of an
 * environment that is not there stay in the file.
 *
 * Property, read-only: problem (nullable, translated): why watches could not be read or are not being kept.
 */
#define SPOT_TYPE_WATCH_STORE (spot_watch_store_get_type ())
G_DECLARE_FINAL_TYPE (SpotWatchStore, spot_watch_store, SPOT, WATCH_STORE, GObject)

SpotWatchStore *spot_watch_store_new         (GFile               *file);
void            spot_watch_store_load_async  (SpotWatchStore      *self,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);
gboolean        spot_watch_store_load_finish (SpotWatchStore      *self,
                                              GAsyncResult        *result,
                                              GError             **error);
/* After loading: gives the environment its watches and follows it. */
void            spot_watch_store_attach      (SpotWatchStore      *self,
                                              SpotEnvironment     *environment);
/* Before the environment goes for good; @forget drops its watches from the file. */
void            spot_watch_store_detach      (SpotWatchStore      *self,
                                              SpotEnvironment     *environment,
                                              gboolean             forget);
/* Writes at once what has not been written yet, and waits for it: for the end of the program. */
void            spot_watch_store_flush       (SpotWatchStore      *self);
const char     *spot_watch_store_get_problem (SpotWatchStore      *self);

G_END_DECLS
