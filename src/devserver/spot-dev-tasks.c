/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include "spot-dev-tasks.h"

#define PLAIN_JSON "application/json"
#define SUPER_JSON "application/super+json"

static const char *const users[] = { "user_1234", "user_5678", "user_1234", "user_9012", "user_3456", NULL };
static const char *const organizations[] = { "org_acme", "org_globex", "org_initech", NULL };

static char *
make_tags (SpotDevScript *script,
           const char    *more)
{
  const char *user = spot_dev_script_pick (script, users);

  return g_strdup_printf ("{%s,%s%s%s}", user, spot_dev_script_pick (script, organizations), more != NULL ? "," : "",
                          more != NULL ? more : "");
}

static void
import_rows (SpotDevScript *script,
             int            n_rows,
             int            n_seconds)
{
  int done = 0;

  spot_dev_script_metadata (script, 400, "{\"processedRows\":0,\"totalRows\":%d,\"status\":\"validating\"}", n_rows);
  for (int i = 1; i <= n_seconds; i++)
    {
      int target = (int) ((gint64) n_rows * i / n_seconds);

      if (i < n_seconds)
        target -= spot_dev_script_random (script, 0, n_rows / n_seconds / 3);
      done = MAX (done, target);
      spot_dev_script_metadata (script, 1000, "{\"processedRows\":%d,\"totalRows\":%d,\"status\":\"importing\","
                                              "\"progress\":%.3f}", done,
                                n_rows, (double) done / n_rows);
    }
}

/**
 * spot_dev_task_import_csv:
 * @script: an empty script
 *
 * Reads a file row by row, counting; its output has a Date, a Map and a bigint.
 */
void
spot_dev_task_import_csv (SpotDevScript *script)
{
  g_autofree char *tags = make_tags (script, "csv");
  int n_rows = spot_dev_script_random (script, 800, 42000), n_bad = spot_dev_script_random (script, 0, 12);
  g_autofree char *payload = g_strdup_printf (
      "{\"json\":{\"file\":\"s3://uploads/contacts-%d.csv\",\"delimiter\":\";\","
      "\"uploadedAt\":\"2026-08-20T07:15:00.000Z\"},"
      "\"meta\":{\"values\":{\"uploadedAt\":[\"Date\"]}}}",
      spot_dev_script_random (script, 1000, 9999));
  g_autofree char *output = g_strdup_printf (
      "{\"json\":{\"imported\":%d,\"skipped\":%d,\"bytes\":\"9007199254741%03d\",\"byCountry\":[[\"DE\",%d],[\"FR\","
      "%d],[\"US\",%d]],"
      "\"finishedAt\":\"2026-08-21T09:00:00.000Z\"},"
      "\"meta\":{\"values\":{\"bytes\":[\"bigint\"],\"byCountry\":[\"map\"],\"finishedAt\":[\"Date\"]}}}",
      n_rows - n_bad, n_bad, spot_dev_script_random (script, 0, 999), n_rows / 2, n_rows / 3, n_rows / 6);

  spot_dev_script_create (script, "import-csv", tags, SUPER_JSON, payload);
  spot_dev_script_start (script, spot_dev_script_random (script, 300, 1500));
  import_rows (script, n_rows, spot_dev_script_random (script, 8, 40));
  spot_dev_script_complete (script, 300, SUPER_JSON, output);
}

/**
 * spot_dev_task_import_demo:
 * @script: an empty script
 *
 * The demo's own import: 12,000 rows in about 24 seconds.
 */
void
spot_dev_task_import_demo (SpotDevScript *script)
{
  spot_dev_script_create (script, "import-csv", "{user_1234,org_acme,csv}", SUPER_JSON,
                          "{\"json\":{\"file\":\"s3://uploads/customers-2026-08.csv\",\"delimiter\":\",\","
                          "\"columns\":[\"email\",\"plan\","
                          "\"country\"],\"uploadedAt\":\"2026-08-21T08:59:31.204Z\"},"
                          "\"meta\":{\"values\":{\"columns\":[\"set\"],"
                          "\"uploadedAt\":[\"Date\"]}}}");
  spot_dev_script_start (script, 600);
  import_rows (script, 12000, 22);
  spot_dev_script_complete (script, 350, SUPER_JSON,
                            "{\"json\":{\"imported\":11993,\"skipped\":7,\"bytes\":\"9007199254740993\","
                            "\"byCountry\":[[\"DE\",5210],"
                            "[\"FR\",3984],[\"US\",2799]],\"finishedAt\":\"2026-08-21T09:00:00.000Z\"},"
                            "\"meta\":{\"values\":{\"bytes\":"
                            "[\"bigint\"],\"byCountry\":[\"map\"],\"finishedAt\":[\"Date\"]}}}");
}

/**
 * spot_dev_task_render_video:
 * @script: an empty script
 *
 * Progress in percent beside a label; the result is a link.
 */
void
spot_dev_task_render_video (SpotDevScript *script)
{
  static const char *const labels[] = { "Downloading source", "Extracting frames", "Encoding 1080p", "Encoding 720p",
                                        "Uploading" };
  g_autofree char *tags = make_tags (script, "video");
  int video = spot_dev_script_random (script, 10000, 99999), n_steps = spot_dev_script_random (script, 10, 45);
  g_autofree char *payload = g_strdup_printf ("{\"json\":{\"videoId\":%d,\"src\":\"s3://raw/%d.mov\","
                                              "\"preset\":\"1080p60\"}}", video, video);
  g_autofree char *output = g_strdup_printf (
      "{\"url\":\"https://cdn.example.com/v/%d.mp4\",\"durationSeconds\":%d,\"sizeBytes\":%d,"
      "\"thumbnails\":[\"https://cdn.example.com/v/%d-1.jpg\"]}",
      video, spot_dev_script_random (script, 20, 900), spot_dev_script_random (script, 900000, 90000000), video);

  spot_dev_script_create (script, "render-video", tags, SUPER_JSON, payload);
  spot_dev_script_start (script, spot_dev_script_random (script, 500, 2500));
  for (int i = 1; i <= n_steps; i++)
    spot_dev_script_metadata (script, 1000, "{\"status\":{\"progress\":%d,\"label\":\"%s\"},"
                                            "\"user\":{\"id\":\"user_1234\"}}", 100 * i / n_steps,
                              labels[(gsize) (i - 1) * G_N_ELEMENTS (labels) / (gsize) n_steps]);
  spot_dev_script_complete (script, 250, PLAIN_JSON, output);
}

/* As a model gives its answer: some letters at a time. */
static void
stream_answer (SpotDevScript *script)
{
  static const char *const deltas[] = { "Three ", "suppliers ", "raised ", "prices ", "in July:", "\\n\\n- ",
                                        "Northwind: ", "+4.5 %", "\\n- ", "Tailspin: ", "+7 %", "\\n- ", "Fabrikam: ",
                                        "+2.1 %", "\\n" };

  for (guint i = 0; i < G_N_ELEMENTS (deltas); i++)
    {
      g_autofree char *chunk = g_strdup_printf ("{\"delta\":\"%s\"}", deltas[i]);

      spot_dev_script_write (script, spot_dev_script_random (script, 40, 120), "answer", chunk);
    }
}

/**
 * spot_dev_task_ask_model:
 * @script: an empty script
 *
 * A pipeline of steps, one of which streams its tokens.
 */
void
spot_dev_task_ask_model (SpotDevScript *script)
{
  static const char *const steps[] = { "retrieve", "rerank", "draft", "critique", "final answer" };
  g_autofree char *tags = make_tags (script, "ai");

  spot_dev_script_create (script, "answer-question", tags, "text/plain",
                          "Which of our suppliers raised prices in July, and by how much?");
  spot_dev_script_start (script, spot_dev_script_random (script, 200, 900));
  for (guint done = 0; done <= G_N_ELEMENTS (steps); done++)
    {
      g_autoptr(GString) list = g_string_new (NULL);

      for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
        g_string_append_printf (list, "%s{\"name\":\"%s\",\"status\":\"%s\"}", i > 0 ? "," : "", steps[i],
                                i < done ? "completed" : i == done ? "running" : "pending");
      spot_dev_script_metadata (script, done == 0 ? 200 : spot_dev_script_random (script, 900, 4200),
                                "{\"steps\":[%s],\"progress\":%.2f,"
                                "\"tokens\":%u%s}", list->str, (double) done / G_N_ELEMENTS (steps), done * 417,
                                done >= 2 ? ",\"$$streams\":[\"answer\"],\"$$streamsVersion\":\"v2\"" : "");
      if (done == 2)
        spot_dev_edit_set_text (spot_dev_script_after (script, 20), SPOT_DEV_STREAMS, "{answer}");
    }
  stream_answer (script);
  spot_dev_script_complete (script, 200, "text/plain",
                            "Three suppliers raised prices in July:\n\n- Northwind: +4.5 %\n- Tailspin: +7 %\n- "
                            "Fabrikam: +2.1 %\n");
}

/**
 * spot_dev_task_nightly_report:
 * @script: an empty script
 *
 * Ends with links in its metadata, and an output too large to be sent along.
 */
void
spot_dev_task_nightly_report (SpotDevScript *script)
{
  static const char *const parts[] = { "orders", "refunds", "stock", "traffic" };
  int report = spot_dev_script_random (script, 100, 999);
  g_autofree char *output = g_strdup_printf ("packets/reports/%s/output.json", script->run_id);

  spot_dev_script_create (script, "nightly-report", "{report,org_acme}", SUPER_JSON,
                          "{\"json\":{\"type\":\"DECLARATIVE\",\"timestamp\":\"2026-08-21T02:00:00.000Z\","
                          "\"lastTimestamp\":null,\"timezone\":\"UTC\","
                          "\"scheduleId\":\"sched_nightly\",\"upcoming\":[\"2026-08-22T02:00:00.000Z\"]},"
                          "\"meta\":{\"values\":{\"timestamp\":[\"Date\"],"
                          "\"lastTimestamp\":[\"undefined\"],\"upcoming.0\":[\"Date\"]}}}");
  spot_dev_script_start (script, 700);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    spot_dev_script_metadata (script, spot_dev_script_random (script, 1000, 3500),
                              "{\"status\":\"collecting %s\",\"progress\":%.2f}", parts[i],
                              (double) (i + 1) / (G_N_ELEMENTS (parts) + 1));
  spot_dev_script_metadata (script, 1400,
                            "{\"status\":\"done\",\"progress\":1,"
                            "\"reportUrl\":\"https://reports.example.com/nightly/%d\",\"links\":[{\"label\":\"Orders\","
                            "\"url\":\"https://reports.example.com/nightly/%d#orders\"},{\"label\":\"Refunds\",\"url\":"
                            "\"https://reports.example.com/nightly/%d#refunds\"}]}",
                            report, report, report);
  spot_dev_script_complete (script, 200, "application/store", output);
}

/**
 * spot_dev_task_resize_image:
 * @script: an empty script
 *
 * Short, without metadata and without output.
 */
void
spot_dev_task_resize_image (SpotDevScript *script)
{
  g_autofree char *tags = make_tags (script, "image");
  g_autofree char *payload = g_strdup_printf ("{\"src\":\"https://img.example.com/%d.png\",\"width\":640,"
                                              "\"keepRatio\":true}",
                                              spot_dev_script_random (script, 1000, 9999));

  spot_dev_script_create (script, "resize-image", tags, PLAIN_JSON, payload);
  spot_dev_script_start (script, spot_dev_script_random (script, 150, 800));
  spot_dev_script_complete (script, spot_dev_script_random (script, 1800, 6000), PLAIN_JSON, NULL);
}

/**
 * spot_dev_task_test_run:
 * @script: an empty script
 *
 * Started from the dashboard's test page.
 */
void
spot_dev_task_test_run (SpotDevScript *script)
{
  spot_dev_script_create (script, "hello-world", "{}", PLAIN_JSON, "{\"name\":\"test\"}");
  spot_dev_edit_set_text (&g_array_index (script->steps, SpotDevStep, 0).edit, SPOT_DEV_IS_TEST, "t");
  spot_dev_script_start (script, 400);
  spot_dev_script_complete (script, spot_dev_script_random (script, 2500, 5000), "text/plain", "Hello, test!");
}

/**
 * spot_dev_task_delayed:
 * @script: an empty script
 *
 * Waits for a time before it is even queued.
 */
void
spot_dev_task_delayed (SpotDevScript *script)
{
  g_autofree char *tags = make_tags (script, "reminder");
  int delay_ms = spot_dev_script_random (script, 8000, 20000);
  SpotDevEdit *edit;

  spot_dev_script_create (script, "send-reminder", tags, PLAIN_JSON, "{\"template\":\"trial-ends\",\"daysLeft\":3}");
  if (script->order != NULL && script->order->due_ms != 0)
    {
      spot_dev_script_start (script, 300);
      spot_dev_script_complete (script, 2400, PLAIN_JSON, "{\"sent\":true}");
      return;
    }
  edit = &g_array_index (script->steps, SpotDevStep, 0).edit;
  spot_dev_edit_set_text (edit, SPOT_DEV_STATUS, "DELAYED");
  spot_dev_edit_set_text (edit, SPOT_DEV_QUEUED, NULL);
  spot_dev_edit_set_time (edit, SPOT_DEV_DELAY_UNTIL,
                          spot_dev_clock_to_real (&script->clock, script->at_ms + delay_ms));
  edit = spot_dev_script_after (script, delay_ms);
  spot_dev_edit_set_text (edit, SPOT_DEV_STATUS, "PENDING");
  spot_dev_edit_set_time (edit, SPOT_DEV_QUEUED, spot_dev_clock_to_real (&script->clock, script->at_ms));
  spot_dev_script_start (script, 300);
  spot_dev_script_complete (script, 2400, PLAIN_JSON, "{\"sent\":true}");
}

/**
 * spot_dev_task_approval:
 * @script: an empty script
 *
 * Waits for a person in the middle.
 */
void
spot_dev_task_approval (SpotDevScript *script)
{
  g_autofree char *tags = make_tags (script, "approval");
  int invoice = spot_dev_script_random (script, 100, 999);
  g_autofree char *payload = g_strdup_printf ("{\"invoice\":\"INV-2026-%d\",\"amountCents\":%d}", invoice,
                                              invoice * 1337);

  spot_dev_script_create (script, "pay-invoice", tags, PLAIN_JSON, payload);
  spot_dev_script_start (script, 500);
  spot_dev_script_metadata (script, 900, "{\"status\":\"waiting for approval\","
                                         "\"approvalUrl\":\"https://app.example.com/invoices/%d\"}", invoice);
  spot_dev_script_status (script, 300, "WAITING_TO_RESUME");
  spot_dev_script_status (script, spot_dev_script_random (script, 12000, 28000), "EXECUTING");
  spot_dev_script_metadata (script, 600,
                            "{\"status\":\"approved\",\"approvalUrl\":\"https://app.example.com/invoices/%d\"}",
                            invoice);
  spot_dev_script_complete (script, 1500, PLAIN_JSON, "{\"paid\":true,\"reference\":\"TR-88213\"}");
}
