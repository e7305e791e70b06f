/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include "spot-dev-tasks.h"

#define PLAIN_JSON "application/json"

/**
 * spot_dev_task_flaky_sync:
 * @script: an empty script
 *
 * Fails twice, is retried, and succeeds.
 */
void
spot_dev_task_flaky_sync (SpotDevScript *script)
{
  spot_dev_script_create (script, "sync-crm", "{org_globex,crm}", PLAIN_JSON,
                          "{\"crm\":\"globex\",\"since\":\"2026-08-20\"}");
  spot_dev_script_start (script, 400);
  for (int attempt = 1; attempt <= 2; attempt++)
    {
      spot_dev_script_metadata (script, 1100, "{\"attempt\":%d,\"logs\":[\"Connecting to crm.example.com\",\"503 from "
                                              "crm.example.com\"]}", attempt);
      spot_dev_script_status (script, 900, "RETRYING_AFTER_FAILURE");
      spot_dev_script_status (script, 2500 * attempt, "EXECUTING");
    }
  spot_dev_script_metadata (script, 1000, "{\"attempt\":3,\"synced\":812,\"total\":812,\"logs\":[\"Connecting to "
                                          "crm.example.com\",\"812 contacts\"]}");
  spot_dev_script_complete (script, 600, PLAIN_JSON, "{\"contacts\":812,\"attempts\":3}");
}

/**
 * spot_dev_task_timed_out:
 * @script: an empty script
 *
 * Goes on for longer than its maximum duration.
 */
void
spot_dev_task_timed_out (SpotDevScript *script)
{
  int n_seconds = spot_dev_script_random (script, 12, 25);

  spot_dev_script_create (script, "crawl-site", "{user_5678,crawl}", PLAIN_JSON,
                          "{\"url\":\"https://shop.example.com\",\"maxPages\":5000}");
  spot_dev_script_start (script, 800);
  for (int i = 1; i <= n_seconds; i++)
    spot_dev_script_metadata (script, 1000, "{\"crawled\":%d,\"queued\":%d,\"progress\":%.3f}", i * 37, 5000 - i * 20,
                              i * 37 / 5000.0);
  spot_dev_script_fail (script, 500, "TIMED_OUT",
                        "{\"type\":\"INTERNAL_ERROR\",\"code\":\"MAX_DURATION_EXCEEDED\",\"message\":\"Run exceeded "
                        "maximum compute time (maxDuration) of "
                        "30 seconds\"}");
}

/**
 * spot_dev_task_type_error:
 * @script: an empty script
 *
 * A mistake in the task: an exception with a stack.
 */
void
spot_dev_task_type_error (SpotDevScript *script)
{
  spot_dev_script_create (script, "charge-subscription", "{user_9012,org_initech,billing}", "application/super+json",
                          "{\"json\":{\"customerId\":\"cus_5521\",\"plan\":null},"
                          "\"meta\":{\"values\":{\"plan\":[\"undefined\"]}}}");
  spot_dev_script_start (script, 350);
  spot_dev_script_metadata (script, 700, "{\"status\":\"loading customer\"}");
  spot_dev_script_fail (script, spot_dev_script_random (script, 1500, 4000), "COMPLETED_WITH_ERRORS",
                        "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"TypeError\",\"message\":\"Cannot read properties of "
                        "undefined (reading 'priceId')\","
                        "\"stackTrace\":\"TypeError: Cannot read properties of undefined (reading 'priceId')\\n    at "
                        "chargeSubscription "
                        "(/app/src/trigger/billing.ts:48:31)\\n    at process.processTicksAndRejections "
                        "(node:internal/process/task_queues:105:5)\\n    at "
                        "async run (/app/src/trigger/billing.ts:21:18)\"}");
}

/**
 * spot_dev_task_out_of_memory:
 * @script: an empty script
 *
 * Killed by the machine it runs on.
 */
void
spot_dev_task_out_of_memory (SpotDevScript *script)
{
  spot_dev_script_create (script, "build-search-index", "{search}", PLAIN_JSON,
                          "{\"index\":\"products\",\"full\":true}");
  spot_dev_script_start (script, 900);
  for (int i = 1; i <= 6; i++)
    spot_dev_script_metadata (script, 1000, "{\"progress\":{\"current\":%d,\"total\":9000,\"percentage\":%d}}", i * 750,
                              i * 750 * 100 / 9000);
  spot_dev_script_fail (script, 700, "CRASHED",
                        "{\"type\":\"INTERNAL_ERROR\",\"code\":\"TASK_PROCESS_OOM_KILLED\",\"message\":\"Your run was "
                        "terminated due to exceeding the machine's "
                        "memory limit. Try increasing the machine preset in your task options or replay using a "
                        "larger machine.\"}");
}

/**
 * spot_dev_task_canceled:
 * @script: an empty script
 *
 * Somebody thinks better of it.
 */
void
spot_dev_task_canceled (SpotDevScript *script)
{
  spot_dev_script_create (script, "export-archive", "{user_3456,export}", PLAIN_JSON, "{\"year\":2025}");
  spot_dev_script_start (script, 600);
  for (int i = 1; i <= 5; i++)
    spot_dev_script_metadata (script, 1200, "{\"progress\":%d,\"status\":\"packing\"}", i * 7);
  spot_dev_script_fail (script, 800, "CANCELED",
                        "{\"type\":\"INTERNAL_ERROR\",\"code\":\"TASK_RUN_CANCELLED\",\"message\":\"Canceled by "
                        "user\"}");
}

/**
 * spot_dev_task_expired:
 * @script: an empty script
 *
 * Not started within its time to live.
 */
void
spot_dev_task_expired (SpotDevScript *script)
{
  SpotDevEdit *edit;

  spot_dev_script_create (script, "warm-cache", "{cache}", PLAIN_JSON, "{\"region\":\"eu-central-1\"}");
  spot_dev_edit_set_text (&g_array_index (script->steps, SpotDevStep, 0).edit, SPOT_DEV_TTL, "15s");
  spot_dev_script_fail (script, 15000, "EXPIRED",
                        "{\"type\":\"STRING_ERROR\",\"raw\":\"Run expired because the TTL (15s) was reached\"}");
  edit = &g_array_index (script->steps, SpotDevStep, script->steps->len - 1).edit;
  spot_dev_edit_set_time (edit, SPOT_DEV_EXPIRED, spot_dev_clock_to_real (&script->clock, script->at_ms));
}

/**
 * spot_dev_task_send_email:
 * @script: an empty script
 * @index: number in the batch
 * @queue_ms: how long it waits
 * @bounces: whether the address refuses it
 *
 * One of many.
 */
void
spot_dev_task_send_email (SpotDevScript *script,
                          int            index,
                          int            queue_ms,
                          gboolean       bounces)
{
  g_autofree char *payload = g_strdup_printf ("{\"to\":\"customer-%04d@example.com\",\"template\":\"august-news\","
                                              "\"index\":%d}", index, index);
  g_autofree char *output = g_strdup_printf ("{\"messageId\":\"<%d.august-news@mail.example.com>\"}", index);
  int work_ms = spot_dev_script_random (script, 600, 1900);

  spot_dev_script_create (script, "send-email", "{newsletter,org_acme}", PLAIN_JSON, payload);
  spot_dev_script_start (script, queue_ms);
  spot_dev_script_metadata (script, 200, "{\"status\":{\"progress\":50,\"label\":\"Sending\"}}");
  if (bounces)
    spot_dev_script_fail (script, work_ms, "COMPLETED_WITH_ERRORS",
                          "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"BounceError\",\"message\":\"550 5.1.1 The email "
                          "account that you tried to reach does not "
                          "exist\",\"stackTrace\":\"BounceError: 550 5.1.1 The email account that you tried to reach "
                          "does not exist\\n    at send "
                          "(/app/src/trigger/email.ts:33:11)\\n    at async run (/app/src/trigger/email.ts:12:5)\"}");
  else
    spot_dev_script_complete (script, work_ms, PLAIN_JSON, output);
}
