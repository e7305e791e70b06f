/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * SpotRunStatus:
 * @SPOT_RUN_STATUS_UNKNOWN: a word that is none of the others; the record keeps it as it came
 *
 * The 17 statuses as the feeds send them, which are the server's database words (protocol §5.3).
 */
typedef enum {
  SPOT_RUN_STATUS_UNKNOWN,
  SPOT_RUN_STATUS_DELAYED,
  SPOT_RUN_STATUS_PENDING,
  SPOT_RUN_STATUS_PENDING_VERSION,
  SPOT_RUN_STATUS_WAITING_FOR_DEPLOY,
  SPOT_RUN_STATUS_DEQUEUED,
  SPOT_RUN_STATUS_EXECUTING,
  SPOT_RUN_STATUS_RETRYING_AFTER_FAILURE,
  SPOT_RUN_STATUS_WAITING_TO_RESUME,
  SPOT_RUN_STATUS_PAUSED,
  SPOT_RUN_STATUS_COMPLETED_SUCCESSFULLY,
  SPOT_RUN_STATUS_COMPLETED_WITH_ERRORS,
  SPOT_RUN_STATUS_INTERRUPTED,
  SPOT_RUN_STATUS_CANCELED,
  SPOT_RUN_STATUS_CRASHED,
  SPOT_RUN_STATUS_SYSTEM_FAILURE,
  SPOT_RUN_STATUS_EXPIRED,
  SPOT_RUN_STATUS_TIMED_OUT,
} SpotRunStatus;

#define SPOT_N_RUN_STATUSES (SPOT_RUN_STATUS_TIMED_OUT + 1)
#define SPOT_TYPE_RUN_STATUS (spot_run_status_get_type ())
GType spot_run_status_get_type (void);

/**
 * SpotStatusGroup:
 * @SPOT_STATUS_GROUP_WAITING: not begun: delayed, queued, waiting for a version
 * @SPOT_STATUS_GROUP_RUNNING: begun and not ended, waits and pauses included; unknown words too
 * @SPOT_STATUS_GROUP_GOOD: completed
 * @SPOT_STATUS_GROUP_BAD: failed, crashed, system failure, timed out, expired, interrupted
 * @SPOT_STATUS_GROUP_NEUTRAL: canceled
 *
 * What counts and notices are made from (product (e) 2).
 */
typedef enum {
  SPOT_STATUS_GROUP_WAITING,
  SPOT_STATUS_GROUP_RUNNING,
  SPOT_STATUS_GROUP_GOOD,
  SPOT_STATUS_GROUP_BAD,
  SPOT_STATUS_GROUP_NEUTRAL,
} SpotStatusGroup;

#define SPOT_N_STATUS_GROUPS (SPOT_STATUS_GROUP_NEUTRAL + 1)
#define SPOT_TYPE_STATUS_GROUP (spot_status_group_get_type ())
GType spot_status_group_get_type (void);

SpotRunStatus   spot_run_status_from_word (const char   *word,
                                           gssize        length);
const char     *spot_run_status_to_word   (SpotRunStatus status);
const char     *spot_run_status_to_seed   (SpotRunStatus status);
const char     *spot_run_status_to_api    (SpotRunStatus status);
gboolean        spot_run_status_is_final  (SpotRunStatus status);
SpotStatusGroup spot_run_status_get_group (SpotRunStatus status);

G_END_DECLS
