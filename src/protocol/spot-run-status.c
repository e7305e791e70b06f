/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-run-status.h"

G_DEFINE_ENUM_TYPE (SpotRunStatus, spot_run_status,
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_UNKNOWN, "unknown"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_DELAYED, "delayed"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_PENDING, "pending"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_PENDING_VERSION, "pending-version"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_WAITING_FOR_DEPLOY, "waiting-for-deploy"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_DEQUEUED, "dequeued"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_EXECUTING, "executing"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_RETRYING_AFTER_FAILURE, "retrying-after-failure"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_WAITING_TO_RESUME, "waiting-to-resume"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_PAUSED, "paused"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_COMPLETED_SUCCESSFULLY, "completed-successfully"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_COMPLETED_WITH_ERRORS, "completed-with-errors"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_INTERRUPTED, "interrupted"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_CANCELED, "canceled"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_CRASHED, "crashed"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_SYSTEM_FAILURE, "system-failure"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_EXPIRED, "expired"),
                    G_DEFINE_ENUM_VALUE (SPOT_RUN_STATUS_TIMED_OUT, "timed-out"))

G_DEFINE_ENUM_TYPE (SpotStatusGroup, spot_status_group,
                    G_DEFINE_ENUM_VALUE (SPOT_STATUS_GROUP_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (SPOT_STATUS_GROUP_RUNNING, "running"),
                    G_DEFINE_ENUM_VALUE (SPOT_STATUS_GROUP_GOOD, "good"),
                    G_DEFINE_ENUM_VALUE (SPOT_STATUS_GROUP_BAD, "bad"),
                    G_DEFINE_ENUM_VALUE (SPOT_STATUS_GROUP_NEUTRAL, "neutral"))

/* The table of protocol §5.3. */
static const struct
{
  const char     *word;
  const char     *api;
  const char     *seed;
  gboolean        final;
  SpotStatusGroup group;
} statuses[SPOT_N_RUN_STATUSES] = {
  [SPOT_RUN_STATUS_UNKNOWN] = { NULL, NULL, NULL, FALSE, SPOT_STATUS_GROUP_RUNNING },
  [SPOT_RUN_STATUS_DELAYED] = { "DELAYED", "DELAYED", "DELAYED", FALSE, SPOT_STATUS_GROUP_WAITING },
  [SPOT_RUN_STATUS_PENDING] = { "PENDING", "QUEUED", "QUEUED", FALSE, SPOT_STATUS_GROUP_WAITING },
  [SPOT_RUN_STATUS_PENDING_VERSION]
    = { "PENDING_VERSION", "PENDING_VERSION", "WAITING_FOR_DEPLOY", FALSE, SPOT_STATUS_GROUP_WAITING },
  [SPOT_RUN_STATUS_WAITING_FOR_DEPLOY]
    = { "WAITING_FOR_DEPLOY", "PENDING_VERSION", "WAITING_FOR_DEPLOY", FALSE, SPOT_STATUS_GROUP_WAITING },
  [SPOT_RUN_STATUS_DEQUEUED] = { "DEQUEUED", "DEQUEUED", "EXECUTING", FALSE, SPOT_STATUS_GROUP_RUNNING },
  [SPOT_RUN_STATUS_EXECUTING] = { "EXECUTING", "EXECUTING", "EXECUTING", FALSE, SPOT_STATUS_GROUP_RUNNING },
  [SPOT_RUN_STATUS_RETRYING_AFTER_FAILURE]
    = { "RETRYING_AFTER_FAILURE", "EXECUTING", "REATTEMPTING", FALSE, SPOT_STATUS_GROUP_RUNNING },
  [SPOT_RUN_STATUS_WAITING_TO_RESUME] = { "WAITING_TO_RESUME", "WAITING", "FROZEN", FALSE, SPOT_STATUS_GROUP_RUNNING },
  [SPOT_RUN_STATUS_PAUSED] = { "PAUSED", "WAITING", "FROZEN", FALSE, SPOT_STATUS_GROUP_RUNNING },
  [SPOT_RUN_STATUS_COMPLETED_SUCCESSFULLY]
    = { "COMPLETED_SUCCESSFULLY", "COMPLETED", "COMPLETED", TRUE, SPOT_STATUS_GROUP_GOOD },
  [SPOT_RUN_STATUS_COMPLETED_WITH_ERRORS]
    = { "COMPLETED_WITH_ERRORS", "FAILED", "FAILED", TRUE, SPOT_STATUS_GROUP_BAD },
  [SPOT_RUN_STATUS_INTERRUPTED] = { "INTERRUPTED", "FAILED", "INTERRUPTED", TRUE, SPOT_STATUS_GROUP_BAD },
  [SPOT_RUN_STATUS_CANCELED] = { "CANCELED", "CANCELED", "CANCELED", TRUE, SPOT_STATUS_GROUP_NEUTRAL },
  [SPOT_RUN_STATUS_CRASHED] = { "CRASHED", "CRASHED", "CRASHED", TRUE, SPOT_STATUS_GROUP_BAD },
  [SPOT_RUN_STATUS_SYSTEM_FAILURE]
    = { "SYSTEM_FAILURE", "SYSTEM_FAILURE", "SYSTEM_FAILURE", TRUE, SPOT_STATUS_GROUP_BAD },
  [SPOT_RUN_STATUS_EXPIRED] = { "EXPIRED", "EXPIRED", "EXPIRED", TRUE, SPOT_STATUS_GROUP_BAD },
  [SPOT_RUN_STATUS_TIMED_OUT] = { "TIMED_OUT", "TIMED_OUT", "TIMED_OUT", TRUE, SPOT_STATUS_GROUP_BAD },
};

/* A status that is none of the enumeration's, which only our own code could make, reads as unknown. */
static SpotRunStatus
clamp (SpotRunStatus status)
{
  return (guint) status < SPOT_N_RUN_STATUSES ? status : SPOT_RUN_STATUS_UNKNOWN;
}

/**
 * spot_run_status_from_word:
 * @word: a status as a feed sends it
 * @length: length of @word in bytes, or -1 when it ends in NUL
 *
 * Returns: which status it is; %SPOT_RUN_STATUS_UNKNOWN for any other word. Case matters
 */
SpotRunStatus
spot_run_status_from_word (const char *word,
                           gssize      length)
{
  gsize n;

  g_return_val_if_fail (word != NULL, SPOT_RUN_STATUS_UNKNOWN);

  n = length < 0 ? strlen (word) : (gsize) length;
  for (guint i = SPOT_RUN_STATUS_UNKNOWN + 1; i < SPOT_N_RUN_STATUSES; i++)
    {
      if (strncmp (statuses[i].word, word, n) == 0 && statuses[i].word[n] == '\0')
        return (SpotRunStatus) i;
    }

  return SPOT_RUN_STATUS_UNKNOWN;
}

/**
 * spot_run_status_to_word:
 * @status: a status
 *
 * Returns: (nullable): the word that feeds send, or %NULL for an unknown one, whose word only the record knows
 */
const char *
spot_run_status_to_word (SpotRunStatus status)
{
  return statuses[clamp (status)].word;
}

/**
 * spot_run_status_to_seed:
 * @status: a status
 *
 * Returns: (nullable): the older name, one of 14, by which the API calls the status without a version header; %NULL for
 *   an unknown one
 */
const char *
spot_run_status_to_seed (SpotRunStatus status)
{
  return statuses[clamp (status)].seed;
}

/**
 * spot_run_status_to_api:
 * @status: a status
 *
 * Returns: (nullable): the name, one of 13, that version 2025-07-16 of the API has for the status; %NULL for an unknown
 *   one
 */
const char *
spot_run_status_to_api (SpotRunStatus status)
{
  return statuses[clamp (status)].api;
}

/**
 * spot_run_status_is_final:
 * @status: a status
 *
 * Returns: whether a run with this status has ended; an unknown one has not
 */
gboolean
spot_run_status_is_final (SpotRunStatus status)
{
  return statuses[clamp (status)].final;
}

/**
 * spot_run_status_get_group:
 * @status: a status
 *
 * Returns: what the status counts as
 */
SpotStatusGroup
spot_run_status_get_group (SpotRunStatus status)
{
  return statuses[clamp (status)].group;
}
