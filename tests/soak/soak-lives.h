/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "soak-server.h"

G_BEGIN_DECLS

/* The lives of one server's runs: what happens to whom and when follows from the seed. The scenario's own runs come on top. */
typedef struct _SoakLives SoakLives;

#define SOAK_N_BATCHES 2
#define SOAK_N_SHARDS 4

SoakLives  *soak_lives_new           (SoakServer *server,
                                      guint       seed,
                                      guint       n_runs,
                                      int         duration_ms);
void        soak_lives_free          (SoakLives  *self);
/* Makes all the runs that are there from the beginning. */
void        soak_lives_create        (SoakLives  *self);
/* Tells the server what has happened by @now_ms, counted from the beginning. Returns whether there is more to come. */
gboolean    soak_lives_advance       (SoakLives  *self,
                                      int         now_ms);
guint       soak_lives_get_n_changes (SoakLives  *self);
guint       soak_lives_get_n_created (SoakLives  *self);
/* One of those that are there from the beginning and never end: for feeds that are to last. */
guint       soak_lives_get_endless   (guint       n);
/* (transfer full) */
char       *soak_lives_dup_run_id    (SoakLives  *self,
                                      guint       index);
char       *soak_lives_dup_batch_id  (SoakLives  *self,
                                      guint       batch);
char       *soak_lives_dup_shard     (guint       shard);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakLives, soak_lives_free)

G_END_DECLS
