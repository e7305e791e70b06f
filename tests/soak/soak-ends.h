/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-monitor.h"

G_BEGIN_DECLS

/* Counts the ends of one environment's runs: what its runs went through, and what was announced. */
typedef struct _SoakEnds SoakEnds;

/**
 * SoakEndsReport:
 * @n_ended: runs that have ended, by the server's word
 * @n_seen: of them, those that were seen unfinished before
 * @n_lost: of those, the ones without an end here, or without a notice
 * @n_doubled: the ones with more than one, and those that began again
 * @n_singles: notices of one run
 * @n_counted: ends that were told in a count
 */
typedef struct
{
  guint n_ended;
  guint n_seen;
  guint n_lost;
  guint n_doubled;
  guint n_singles;
  guint n_counted;
} SoakEndsReport;

SoakEnds *soak_ends_new    (SpotMonitor     *monitor,
                            SpotEnvironment *environment);
void      soak_ends_free   (SoakEnds        *self);
/* After all watches have been added. */
void      soak_ends_listen (SoakEnds        *self);
/* @ended: (element-type utf8): ids of the runs that have ended on the server. @complain: write to the log what is wrong. */
void      soak_ends_judge  (SoakEnds        *self,
                            GHashTable      *ended,
                            gboolean         complain,
                            SoakEndsReport  *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakEnds, soak_ends_free)

G_END_DECLS
