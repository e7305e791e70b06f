/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "soak-server.h"

G_BEGIN_DECLS

/* What goes wrong with one server: drawn with dice of their own, so that a seed gives the same faults in the same order. */
typedef struct _SoakFaults SoakFaults;

SoakFaults *soak_faults_new      (SoakServer *server,
                                  const char *dialect,
                                  guint       seed);
void        soak_faults_free     (SoakFaults *self);
/* Draws when it is time; @now_ms is counted from the beginning. */
void        soak_faults_advance  (SoakFaults *self,
                                  int         now_ms);
/* While it is calm, nothing goes wrong. */
void        soak_faults_set_calm (SoakFaults *self,
                                  gboolean    calm);
/* (transfer full): how often each was drawn. */
char       *soak_faults_describe (SoakFaults *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakFaults, soak_faults_free)

G_END_DECLS
