/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-environment.h"

G_BEGIN_DECLS

/**
 * SpotRunFilter:
 * @statuses: (nullable) (array zero-terminated=1): in any of these, in whatever words
 * @tasks: (nullable) (array zero-terminated=1): of any of these
 * @tags: (nullable) (array zero-terminated=1): with all of these
 * @batch_id: (nullable): of this batch
 * @from_us: created at this time or later, microseconds since 1970 UTC; 0 for no bound
 * @to_us: created at this time or earlier; 0 for no bound
 *
 * Which runs to list. Nothing in it is owned; all of it zero means everything.
 */
typedef struct
{
  const char * const *statuses;
  const char * const *tasks;
  const char * const *tags;
  const char         *batch_id;
  gint64              from_us;
  gint64              to_us;
} SpotRunFilter;

/**
 * SpotRunLister:
 *
 * Lists runs of an environment by the management API, the newest first, page by page: as far back as the server knows them,
 * not only those of a feed's window. The list lags seconds behind the feeds, and has no payloads and outputs.
 */
#define SPOT_TYPE_RUN_LISTER (spot_run_lister_get_type ())
G_DECLARE_FINAL_TYPE (SpotRunLister, spot_run_lister, SPOT, RUN_LISTER, GObject)

SpotRunLister *spot_run_lister_new         (SpotEnvironment      *environment,
                                            const SpotRunFilter  *filter);

/* One page, (transfer full) (element-type SpotRunRecord): it may be empty without being the last. */
void           spot_run_lister_next_async  (SpotRunLister        *self,
                                            guint                 n_wanted,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
GPtrArray     *spot_run_lister_next_finish (SpotRunLister        *self,
                                            GAsyncResult         *result,
                                            GError              **error);
gboolean       spot_run_lister_is_at_end   (SpotRunLister        *self);

/* What an error of spot_run_lister_next_finish() means for the user. */
SpotProblem    spot_run_lister_get_problem (SpotRunLister        *self);

G_END_DECLS
