/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "spot-error-words.h"

static const char out_of_memory[] = N_ ("The run needed more memory than its machine has. Give the task a larger "
                                        "machine preset, or let it hold less at a time.");
static const char platform[] = N_ ("The platform failed to execute the run. Replaying it often helps; if it happens "
                                   "again, contact whoever runs the server.");
static const char stalled[] = N_ ("The run stopped answering while it executed. Code that blocks the event loop for a "
                                  "long time does that, and so does a machine that goes away.");
static const char not_found[] =
  N_ ("The deployed code does not have the task. Deploy a version that exports it, then replay the run.");
static const char killed[] = N_ ("The process was stopped from outside, before the task had finished.");

static const struct
{
  const char *code;
  const char *sentence;
} codes[] = {
  { "BATCH_ITEM_COULD_NOT_TRIGGER", N_ ("This item of a batch could not be triggered.") },
  { "CONFIGURED_INCORRECTLY", N_ ("The project's configuration could not be used. Check the trigger.config file.") },
  { "COULD_NOT_FIND_EXECUTOR", not_found },
  { "COULD_NOT_FIND_TASK", not_found },
  { "COULD_NOT_IMPORT_TASK", N_ ("The file of the task could not be loaded. It probably throws when it is imported.") },
  { "DISK_SPACE_EXCEEDED",
    N_ ("The run used up the disk of its machine. Delete temporary files, or choose a larger machine preset.") },
  { "GRACEFUL_EXIT_TIMEOUT", N_ ("The process did not end in time after it was asked to.") },
  { "HANDLE_ERROR_ERROR", N_ ("The task's own error handler threw an error.") },
  { "MAX_DURATION_EXCEEDED",
    N_ ("The run took longer than its maximum duration. Raise maxDuration, or split the work into several runs.") },
  { "OUTDATED_SDK_VERSION",
    N_ ("The deployed code uses an SDK that is too old for this server. Update the packages and deploy again.") },
  { "PAYLOAD_TOO_LARGE",
    N_ ("The payload is larger than the server accepts. Store the data elsewhere and send a reference to it.") },
  { "POD_EVICTED", N_ ("The machine of the run was taken away. Replaying the run usually helps.") },
  { "POD_UNKNOWN_ERROR", platform },
  { "RECURSIVE_WAIT_DEADLOCK", N_ ("The run waits for runs in its own queue, which has no concurrency left for them. "
                                   "Use another queue for the children, or raise its concurrency limit.") },
  { "TASK_ALREADY_RUNNING", platform },
  { "TASK_DEQUEUED_INVALID_STATE", platform },
  { "TASK_DEQUEUED_QUEUE_NOT_FOUND", N_ ("The queue of the run does not exist any more.") },
  { "TASK_DID_CONCURRENT_WAIT", N_ ("The task waited for several things at once, for example in Promise.all. Use the "
                                    "batch functions to wait for many runs.") },
  { "TASK_EXECUTION_ABORTED", N_ ("The execution was broken off before the task had finished.") },
  { "TASK_EXECUTION_FAILED", platform },
  { "TASK_HAS_N0_EXECUTION_SNAPSHOT", platform },
  { "TASK_INPUT_ERROR", N_ ("The payload could not be read, or does not match the task's schema.") },
  { "TASK_MIDDLEWARE_ERROR", N_ ("A middleware of the task threw an error.") },
  { "TASK_OUTPUT_ERROR", N_ ("What the task returned could not be written as JSON.") },
  { "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE", N_ ("The process of the task ended by itself with an error code.") },
  { "TASK_PROCESS_MAYBE_OOM_KILLED", out_of_memory },
  { "TASK_PROCESS_OOM_KILLED", out_of_memory },
  { "TASK_PROCESS_SIGKILL_TIMEOUT", N_ ("The process had to be killed because it did not end when it was asked to.") },
  { "TASK_PROCESS_SIGSEGV",
    N_ ("Native code in the task crashed. Look at packages with binary parts, and at their versions.") },
  { "TASK_PROCESS_SIGTERM", killed },
  { "TASK_RUN_CANCELLED", N_ ("The run was canceled.") },
  { "TASK_RUN_CRASHED", N_ ("The process of the run crashed.") },
  { "TASK_RUN_DEQUEUED_MAX_RETRIES", platform },
  { "TASK_RUN_HEARTBEAT_TIMEOUT", stalled },
  { "TASK_RUN_STALLED_EXECUTING", stalled },
  { "TASK_RUN_STALLED_EXECUTING_WITH_WAITPOINTS", stalled },
  { "TASK_RUN_UNCAUGHT_EXCEPTION",
    N_ ("An error was thrown where nothing caught it, for example in a callback or an event listener.") },
  { "UNSPECIFIED_ERROR", platform },
};

/**
 * spot_error_words_explain:
 * @error: why a run broke
 *
 * What the server's own error codes mean and what can be done about them.
 *
 * Returns: (transfer none) (nullable): a translated sentence or two, %NULL when the error speaks for itself
 */
const char *
spot_error_words_explain (const SpotRunError *error)
{
  if (error->out_of_memory)
    return g_dgettext (GETTEXT_PACKAGE, out_of_memory);
  if (error->kind != SPOT_RUN_ERROR_INTERNAL || error->name == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_str_equal (codes[i].code, error->name))
      return g_dgettext (GETTEXT_PACKAGE, codes[i].sentence);
  return NULL;
}
