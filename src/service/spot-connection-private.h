/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-connection.h"
#include "spot-feed.h"

G_BEGIN_DECLS

/**
 * SpotConnectionInfo:
 * @detail: (nullable): borrowed
 * @unreadable: (nullable): borrowed
 *
 * The values of a #SpotConnection's properties, to be set at once.
 */
typedef struct
{
  SpotConnectionState state;
  SpotProblem         problem;
  const char         *detail;
  gint64              retry_at_us;
  gint64              last_synced_us;
  guint64             updates;
  guint64             n_unreadable;
  const char         *unreadable;
  gboolean            partial;
  gint64              as_of_us;
} SpotConnectionInfo;

/* Emits `retry` when somebody calls spot_connection_retry_now(). */
SpotConnection    *spot_connection_new              (void);
void               spot_connection_set              (SpotConnection           *self,
                                                     const SpotConnectionInfo *info);
SpotConnectionInfo spot_connection_info_from_status (SpotFeedStatus           *status,
                                                     gboolean                  offline);
SpotProblem        spot_problem_from_error          (const GError             *error);
guint              spot_connection_state_get_weight (SpotConnectionState       state);

G_END_DECLS
