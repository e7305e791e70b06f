/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-list.h"

G_BEGIN_DECLS

/**
 * SpotRunKey:
 * @record: (owned): what the key was made of; texts are read from it
 * @number: what the sort goes by; for a sort by text, as much of its beginning as there is room for
 * @created_us: what breaks ties
 *
 * Where a run belongs in a sorted list, as of the time when it was put there: the run goes on changing, and an array that
 * is searched by halves must not change its order under the search.
 */
typedef struct
{
  SpotRunRecord *record;
  gint64         number;
  gint64         created_us;
} SpotRunKey;

void     spot_run_key_init        (SpotRunKey       *self,
                                   SpotRun          *run,
                                   SpotRunSort       sort);
void     spot_run_key_clear       (SpotRunKey       *self);
int      spot_run_key_compare     (const SpotRunKey *a,
                                   const SpotRunKey *b,
                                   SpotRunSort       sort,
                                   gboolean          descending);
gboolean spot_run_sort_is_by_text (SpotRunSort       sort);

G_END_DECLS
