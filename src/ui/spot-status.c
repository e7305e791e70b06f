/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-status.h"

/* Text and symbols on the lightest and darkest plain surfaces of the style: at least 4.5:1 on every one of them, which
 * the style's own success and warning colours are not on grey. */
typedef struct
{
  const char *css_class;
  const char *light;
  const char *dark;
} StatusTone;

static const StatusTone tone_success = { "success", "#17744a", "#8ff0a4" };
static const StatusTone tone_error = { "error", "#c01c28", "#ff8a75" };
static const StatusTone tone_warning = { "warning", "#8a5f00", "#f5c84c" };
static const StatusTone tone_accent = { "accent", "#1a65c0", "#86b8f2" };
static const StatusTone tone_quiet = { "dim-label", "#636363", "#b0b0b0" };

typedef struct
{
  const char       *label;
  const char       *explanation;
  const char       *icon_name;
  const StatusTone *tone;
} StatusLook;

static const StatusLook looks[SPOT_N_RUN_STATUSES] = {
  [SPOT_RUN_STATUS_UNKNOWN] = {
    NC_ ("run status", "Unknown"),
    N_ ("The server uses a word for this status that this version does not know."),
    "spot-status-unknown-symbolic", &tone_quiet,
  },
  [SPOT_RUN_STATUS_DELAYED] = {
    NC_ ("run status", "Delayed"),
    N_ ("The run was triggered with a delay and joins the queue when that is over."),
    "spot-status-delayed-symbolic", &tone_quiet,
  },
  [SPOT_RUN_STATUS_PENDING] = {
    NC_ ("run status", "Queued"),
    N_ ("The run waits in its queue for a free place to execute."),
    "spot-status-queued-symbolic", &tone_quiet,
  },
  [SPOT_RUN_STATUS_PENDING_VERSION] = {
    NC_ ("run status", "Waiting for deploy"),
    N_ ("No deployed version has this task yet. Deploy the task to start the run."),
    "spot-status-deploy-symbolic", &tone_warning,
  },
  [SPOT_RUN_STATUS_WAITING_FOR_DEPLOY] = {
    NC_ ("run status", "Waiting for deploy"),
    N_ ("The task has not been deployed yet. Deploy it to start the run."),
    "spot-status-deploy-symbolic", &tone_warning,
  },
  [SPOT_RUN_STATUS_DEQUEUED] = {
    NC_ ("run status", "Starting"),
    N_ ("The run has left the queue and a machine is being prepared for it."),
    "spot-status-starting-symbolic", &tone_accent,
  },
  [SPOT_RUN_STATUS_EXECUTING] = {
    NC_ ("run status", "Executing"),
    N_ ("The task's code is running."),
    "spot-status-executing-symbolic", &tone_accent,
  },
  [SPOT_RUN_STATUS_RETRYING_AFTER_FAILURE] = {
    NC_ ("run status", "Reattempting"),
    N_ ("An attempt failed and the run is trying again."),
    "spot-status-reattempting-symbolic", &tone_warning,
  },
  [SPOT_RUN_STATUS_WAITING_TO_RESUME] = {
    NC_ ("run status", "Frozen"),
    N_ ("The run is suspended while it waits for something, and uses no compute."),
    "spot-status-waiting-symbolic", &tone_accent,
  },
  [SPOT_RUN_STATUS_PAUSED] = {
    NC_ ("run status", "Frozen"),
    N_ ("The run is paused and goes on when it is resumed."),
    "spot-status-paused-symbolic", &tone_accent,
  },
  [SPOT_RUN_STATUS_COMPLETED_SUCCESSFULLY] = {
    NC_ ("run status", "Completed"),
    N_ ("The run has finished without an error."),
    "spot-status-completed-symbolic", &tone_success,
  },
  [SPOT_RUN_STATUS_COMPLETED_WITH_ERRORS] = {
    NC_ ("run status", "Failed"),
    N_ ("The task ended with an error and no attempts are left."),
    "spot-status-failed-symbolic", &tone_error,
  },
  [SPOT_RUN_STATUS_INTERRUPTED] = {
    NC_ ("run status", "Interrupted"),
    N_ ("The run was cut off, usually because the development worker went away."),
    "spot-status-interrupted-symbolic", &tone_error,
  },
  [SPOT_RUN_STATUS_CANCELED] = {
    NC_ ("run status", "Canceled"),
    N_ ("The run was stopped on request."),
    "spot-status-canceled-symbolic", &tone_quiet,
  },
  [SPOT_RUN_STATUS_CRASHED] = {
    NC_ ("run status", "Crashed"),
    N_ ("The process that ran the task broke down, for example because it ran out of memory."),
    "spot-status-crashed-symbolic", &tone_error,
  },
  [SPOT_RUN_STATUS_SYSTEM_FAILURE] = {
    NC_ ("run status", "System failure"),
    N_ ("The platform failed to execute the run. The task's own code is unlikely to be the cause."),
    "spot-status-system-failure-symbolic", &tone_error,
  },
  [SPOT_RUN_STATUS_EXPIRED] = {
    NC_ ("run status", "Expired"),
    N_ ("The run did not start within its time to live."),
    "spot-status-expired-symbolic", &tone_error,
  },
  [SPOT_RUN_STATUS_TIMED_OUT] = {
    NC_ ("run status", "Timed out"),
    N_ ("The run took longer than its maximum duration and was stopped."),
    "spot-status-timed-out-symbolic", &tone_error,
  },
};

static const StatusLook *
get_look (SpotRunStatus status)
{
  if ((guint) status >= SPOT_N_RUN_STATUSES)
    status = SPOT_RUN_STATUS_UNKNOWN;
  return &looks[status];
}

/**
 * spot_status_get_label:
 * @status: a status
 *
 * Returns: (transfer none): the word for it, translated
 */
const char *
spot_status_get_label (SpotRunStatus status)
{
  return g_dpgettext2 (GETTEXT_PACKAGE, "run status", get_look (status)->label);
}

/**
 * spot_status_dup_label:
 * @status: a status
 * @word: (nullable): the word as the server wrote it
 *
 * The word to show for a run: the translated one, or for a status that this version does not know the server's own.
 *
 * Returns: (transfer full): the word
 */
char *
spot_status_dup_label (SpotRunStatus  status,
                       const char    *word)
{
  if (get_look (status) == &looks[SPOT_RUN_STATUS_UNKNOWN] && word != NULL && *word != '\0')
    return g_utf8_make_valid (word, -1);
  return g_strdup (spot_status_get_label (status));
}

/**
 * spot_status_get_explanation:
 * @status: a status
 *
 * Returns: (transfer none): a sentence that says what the status means, translated
 */
const char *
spot_status_get_explanation (SpotRunStatus status)
{
  return g_dgettext (GETTEXT_PACKAGE, get_look (status)->explanation);
}

/**
 * spot_status_get_icon_name:
 * @status: a status
 *
 * Returns: (transfer none): the name of a symbolic icon in the program's resources; waiting for a deploy is one meaning
 *   with two statuses, every other status has a shape of its own
 */
const char *
spot_status_get_icon_name (SpotRunStatus status)
{
  return get_look (status)->icon_name;
}

/**
 * spot_status_get_css_class:
 * @status: a status
 *
 * Returns: (transfer none): a style class that gives a widget the status's colour
 */
const char *
spot_status_get_css_class (SpotRunStatus status)
{
  return get_look (status)->tone->css_class;
}

/**
 * spot_status_get_color:
 * @status: a status
 * @dark: whether the style in use is dark
 * @color: (out): the colour for drawing a word or symbol by hand
 */
void
spot_status_get_color (SpotRunStatus  status,
                       gboolean       dark,
                       GdkRGBA       *color)
{
  const StatusTone *tone = get_look (status)->tone;
  gboolean parsed = gdk_rgba_parse (color, dark ? tone->dark : tone->light);

  g_assert (parsed);
}
