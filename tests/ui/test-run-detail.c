/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>

#include "spot-chips.h"
#include "spot-dev-server.h"
#include "spot-json-row.h"
#include "spot-json-tree.h"
#include "spot-monitor.h"
#include "spot-run-detail.h"
#include "spot-ui-test.h"

/* The detail on a real server and a real monitor: what a person can read in it. */
typedef struct
{
  SpotDevServer   *server;
  SpotMonitor     *monitor;
  SpotEnvironment *environment;
  GtkWidget       *window;
  SpotRunDetail   *detail;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  SpotDevOptions options
      = { .dialect = GPOINTER_TO_INT (data), .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1.0, .hold_ms = 2000 };
  g_autoptr (GError) error = NULL;
  GtkWidget *overlay = adw_toast_overlay_new ();

  self->server = spot_dev_server_new (&options);
  g_assert_true (spot_dev_server_start (self->server, &error));
  g_assert_no_error (error);
  self->monitor = spot_monitor_new ();
  self->environment = spot_monitor_add_environment (self->monitor, "Test", spot_dev_server_get_url (self->server),
                                                    spot_dev_server_get_key (self->server), TRUE, &error);
  g_assert_no_error (error);
  spot_environment_watch_all (self->environment, NULL);
  self->detail = g_object_new (SPOT_TYPE_RUN_DETAIL, NULL);
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), GTK_WIDGET (self->detail));
  self->window = spot_ui_test_window (overlay, 420, 720);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  spot_run_detail_show (self->detail, self->environment, "run_last");
  g_assert_null (spot_run_detail_get_run (self->detail));
  spot_run_detail_clear (self->detail);
  g_assert_null (spot_run_detail_get_run_id (self->detail));
  spot_ui_test_destroy (self->window, GTK_WIDGET (self->detail));
  spot_monitor_stop (self->monitor);
  g_assert_finalize_object (self->monitor);
  spot_dev_server_stop (self->server);
  g_object_unref (self->server);
}

static void
put (Fixture    *self,
     const char *columns)
{
  g_autoptr (GError) error = NULL;

  spot_dev_server_put_run (self->server, NULL, columns, &error);
  g_assert_no_error (error);
}

/* A moment as the server writes it, some seconds from now. */
static char *
iso (double seconds)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_seconds (now, seconds);

  return g_date_time_format (then, "%Y-%m-%dT%H:%M:%S.000Z");
}

/* A CSV import at @done of 1,000 rows; @more are further columns. */
static void
put_import (Fixture    *self,
            int         done,
            const char *more)
{
  g_autofree char *created = iso (-75);
  g_autofree char *started = iso (-72);
  g_autofree char *columns = g_strdup_printf (
      "{\"friendlyId\":\"run_import\",\"taskIdentifier\":\"import-csv\",\"status\":\"EXECUTING\",\"createdAt\":\"%s\","
      "\"queuedAt\":\"%s\","
      "\"startedAt\":\"%s\",\"runTags\":[\"user_1234\",\"org_acme\",\"csv\"],\"usageDurationMs\":64000,\"costInCents\":"
      "0.4019,"
      "\"baseCostInCents\":0.0025,\"ttl\":\"10m\",\"isTest\":true,\"realtimeStreams\":[\"log\"],\"number\":7,"
      "\"payload\":\"{\\\"json\\\":{\\\"file\\\":\\\"s3://uploads/"
      "customers.csv\\\",\\\"uploadedAt\\\":\\\"2026-08-20T07:15:00.000Z\\\","
      "\\\"columns\\\":[\\\"email\\\",\\\"plan\\\"],\\\"docs\\\":\\\"https://example.com/docs\\\"},"
      "\\\"meta\\\":{\\\"values\\\":{\\\"uploadedAt\\\":[\\\"Date\\\"]}}}\",\"payloadType\":\"application/super+json\","
      "\"metadata\":\"{\\\"processedRows\\\":%d,\\\"totalRows\\\":1000,\\\"status\\\":\\\"importing "
      "rows\\\",\\\"progress\\\":%.3f,"
      "\\\"reportUrl\\\":\\\"https://reports.example.com/import/"
      "7\\\",\\\"user\\\":{\\\"id\\\":\\\"user_1234\\\",\\\"name\\\":\\\"Ada\\\"},"
      "\\\"logs\\\":[\\\"opened file\\\",\\\"read header\\\",\\\"chunk 1 of 6\\\",\\\"chunk 2 of 6\\\",\\\"chunk 3 of "
      "6\\\",\\\"chunk 4 of 6\\\"],"
      "\\\"steps\\\":[{\\\"title\\\":\\\"Download\\\",\\\"status\\\":\\\"completed\\\"},{\\\"title\\\":\\\"Parse\\\","
      "\\\"status\\\":\\\"completed\\\"},"
      "{\\\"title\\\":\\\"Load "
      "rows\\\",\\\"status\\\":\\\"running\\\"},{\\\"title\\\":\\\"Notify\\\",\\\"status\\\":\\\"pending\\\"}]}\"%s}",
      created, created, started, done, done / 1000.0, more);

  put (self, columns);
}

static void
assert_hidden (Fixture    *self,
               const char *text)
{
  g_assert_false (spot_ui_test_has_text (self->window, text));
}

static void
open_section (Fixture    *self,
              const char *title)
{
  GtkWidget *button;

  /* The environment's feed may show the run before the run's own feed has brought the column. */
  spot_ui_test_wait_text (self->window, title);
  button = spot_ui_test_find (self->window, GTK_TYPE_TOGGLE_BUTTON, title);
  g_assert_nonnull (button);
  gtk_widget_activate (button);
  g_signal_emit_by_name (button, "clicked");
  spot_ui_test_settle (self->window);
}

/* Opened before it exists, a run is waited for; then it is followed to its end. */
static void
test_from_before_to_end (Fixture       *self,
                         gconstpointer  data)
{
  g_autofree char *finished = NULL;
  g_autofree char *end = NULL;
  GtkWidget *tags;

  spot_ui_test_wait_text (self->window, "Select a Run");
  spot_run_detail_show (self->detail, self->environment, "run_import");
  g_assert_cmpstr (spot_run_detail_get_run_id (self->detail), ==, "run_import");
  spot_ui_test_wait_text (self->window, "This Run Does Not Exist Yet");
  spot_ui_test_wait_text (self->window, "run_import does not exist yet");
  g_assert_null (spot_run_detail_get_run (self->detail));

  put_import (self, 250, "");
  gtk_widget_activate_action (GTK_WIDGET (self->detail), "detail.retry", NULL);
  spot_ui_test_wait_text (self->window, "25\u00a0% · 250 of 1000");
  g_assert_nonnull (spot_run_detail_get_run (self->detail));
  spot_ui_test_wait_text (self->window, "Executing");
  spot_ui_test_wait_text (self->window, "importing rows");
  spot_ui_test_wait_text (self->window, "Live");
  spot_ui_test_wait_text (self->window, "Test");
  spot_ui_test_wait_text (self->window, "Running for 1 m ");
  tags = spot_ui_test_find (self->window, SPOT_TYPE_CHIPS, "org_acme");
  g_assert_true (spot_ui_test_has_text (tags, "user_1234"));
  g_assert_nonnull (spot_ui_test_find (self->window, SPOT_TYPE_CHIPS, "reports.example.com"));
  assert_hidden (self, "Output");
  assert_hidden (self, "Error");

  put_import (self, 600, "");
  spot_ui_test_wait_text (self->window, "60\u00a0% · 600 of 1000");

  finished = iso (0);
  end = g_strdup_printf (",\"status\":\"COMPLETED_SUCCESSFULLY\",\"completedAt\":\"%s\","
                         "\"output\":\"{\\\"imported\\\":9007199254740993}\",\"outputType\":\"application/json\"",
                         finished);
  put_import (self, 1000, end);
  spot_ui_test_wait_text (self->window, "Completed");
  spot_ui_test_wait_text (self->window, "The run has finished without an error.");
  spot_ui_test_wait_text (self->window, "Ran 1 m ");
  assert_hidden (self, "Live");
  open_section (self, "Output");
  spot_ui_test_wait_text (self->window, "imported\n9007199254740993\n");
}

static void
test_failure (Fixture       *self,
              gconstpointer  data)
{
  g_autofree char *created = iso (-20);
  g_autofree char *finished = iso (-5);
  g_autofree char *markdown = NULL;
  g_autofree char *columns
      = g_strdup_printf ("{\"friendlyId\":\"run_failed\",\"taskIdentifier\":\"send-mail\",\"status\":\"COMPLETED_WITH_"
                         "ERRORS\",\"createdAt\":\"%s\","
                         "\"queuedAt\":\"%s\",\"startedAt\":\"%s\",\"completedAt\":\"%s\",\"payload\":\"hello "
                         "<b>you</b>\",\"payloadType\":\"text/plain\","
                         "\"error\":{\"type\":\"BUILT_IN_ERROR\",\"name\":\"TypeError\",\"message\":\"Cannot read "
                         "properties of undefined (reading 'email')\","
                         "\"stackTrace\":\"TypeError: Cannot read properties of undefined (reading 'email')\\n    at "
                         "sendMail (file:///app/src/trigger/"
                         "send-mail.ts:42:17)\\n    at run "
                         "(file:///app/node_modules/@trigger.dev/core/dist/esm/v3/workers/taskExecutor.js:118:9)\","
                         "\"causes\":[{\"name\":\"FetchError\",\"message\":\"404 Not "
                         "Found\",\"stackTrace\":\"FetchError: 404\\n    at fetchUser "
                         "(users.ts:7:3)\"}]}}",
                         created, created, created, finished);

  put (self, columns);
  spot_run_detail_show (self->detail, self->environment, "run_failed");
  spot_ui_test_wait_text (self->window, "Failed");
  /* Why, before anything is clicked. */
  spot_ui_test_wait_text (self->window, "TypeError: Cannot read properties of undefined");
  spot_ui_test_wait_text (self->window, "Error\n");
  assert_hidden (self, "Output\n");
  assert_hidden (self, "Metadata\n");
  open_section (self, "Error");
  spot_ui_test_wait_text (self->window, "at sendMail (file:///app/src/trigger/send-mail.ts:42:17)");
  spot_ui_test_wait_text (self->window, "Caused by FetchError: 404 Not Found");
  spot_ui_test_wait_text (self->window, "at fetchUser");
  g_signal_emit_by_name (spot_ui_test_find (self->window, GTK_TYPE_BUTTON, "Copy as Markdown"), "clicked");
  markdown = spot_ui_test_dup_clipboard (self->window);
  g_assert_nonnull (strstr (markdown, "run_failed"));
  g_assert_nonnull (strstr (markdown, "send-mail.ts:42:17"));
  g_assert_nonnull (strstr (markdown, "404 Not Found"));
  open_section (self, "Payload");
  spot_ui_test_wait_text (self->window, "hello <b>you</b>");
}

/* The section in front stays for another run that has it, folds and places stay while the run changes. */
static void
test_stays (Fixture       *self,
            gconstpointer  data)
{
  GtkWidget *tree;

  put_import (self, 100, "");
  put (self, "{\"friendlyId\":\"run_bare\",\"taskIdentifier\":\"nothing\",\"status\":\"PENDING\"}");
  put (self, "{\"friendlyId\":\"run_other\",\"taskIdentifier\":\"other\",\"status\":\"EXECUTING\",\"metadata\":\"{"
             "\\\"stage\\\":\\\"warming up\\\"}\"}");
  spot_run_detail_show (self->detail, self->environment, "run_import");
  spot_ui_test_wait_text (self->window, "Metadata");
  open_section (self, "Metadata");
  spot_ui_test_wait_text (self->window, "Load rows");
  spot_ui_test_wait_text (self->window, "1 earlier line in the tree");
  spot_ui_test_wait_text (self->window, "Ada");
  tree = spot_ui_test_find (self->window, SPOT_TYPE_JSON_TREE, NULL);
  spot_json_tree_set_folded (SPOT_JSON_TREE (tree), "steps", TRUE);
  put_import (self, 200, "");
  spot_ui_test_wait_text (self->window, "20\u00a0% · 200 of 1000");
  g_assert_true (spot_json_tree_get_folded (SPOT_JSON_TREE (tree), "steps"));
  g_assert_false (spot_json_tree_get_folded (SPOT_JSON_TREE (tree), "user"));

  spot_run_detail_show (self->detail, self->environment, "run_bare");
  spot_ui_test_wait_text (self->window, "Queued");
  spot_ui_test_wait_text (self->window, "The run waits in its queue");
  assert_hidden (self, "Metadata\n");
  assert_hidden (self, "Payload\n");
  spot_run_detail_show (self->detail, self->environment, "run_other");
  spot_ui_test_wait_text (self->window, "stage\n\"warming up\"");
}

/* A run that another one's metadata names opens in its place. */
static void
test_reference (Fixture       *self,
                gconstpointer  data)
{
  put (self, "{\"friendlyId\":\"run_parent1\",\"taskIdentifier\":\"parent\",\"status\":\"EXECUTING\","
             "\"metadata\":\"{\\\"child\\\":\\\"run_child1\\\"}\"}");
  put (self, "{\"friendlyId\":\"run_child1\",\"taskIdentifier\":\"the-child\",\"status\":\"EXECUTING\"}");
  spot_run_detail_show (self->detail, self->environment, "run_parent1");
  spot_ui_test_wait_text (self->window, "Metadata");
  open_section (self, "Metadata");
  spot_ui_test_wait_text (self->window, "References");
  g_signal_emit_by_name (spot_ui_test_find (self->window, GTK_TYPE_BUTTON, "run_child1"), "clicked");
  g_assert_cmpstr (spot_run_detail_get_run_id (self->detail), ==, "run_child1");
  spot_ui_test_wait_text (self->window, "the-child");
}

static void
test_stored (Fixture       *self,
             gconstpointer  data)
{
  put (self, "{\"friendlyId\":\"run_stored\",\"taskIdentifier\":\"big\",\"status\":\"EXECUTING\",\"payload\":\"packets/"
             "run_stored/payload.json\","
             "\"payloadType\":\"application/store\",\"output\":\"{oops\",\"outputType\":\"application/json\"}");
  spot_run_detail_show (self->detail, self->environment, "run_stored");
  spot_ui_test_wait_text (self->window, "Payload");
  open_section (self, "Payload");
  spot_ui_test_wait_text (self->window, "In the object store");
  spot_ui_test_wait_text (self->window, "packets/run_stored/payload.json");
  g_assert_null (spot_ui_test_find (self->window, SPOT_TYPE_JSON_TREE, NULL));
  open_section (self, "Output");
  spot_ui_test_wait_text (self->window, "Shown as it came");
  spot_ui_test_wait_text (self->window, "{oops");
}

/* Whatever a server sends as text is text. */
static void
test_hostile (Fixture       *self,
              gconstpointer  data)
{
  put (
      self,
      "{\"friendlyId\":\"run_<b>\\u202e\",\"taskIdentifier\":\"<span "
      "size='9999999'>x\\u0007\",\"status\":\"HIBERNATING\","
      "\"runTags\":[\"<i>&\",\"\",\"a\\nb\"],\"metadata\":\"{\\\"label\\\":\\\"<b>&amp;</b>\\\",\\\"progress\\\":1e400,"
      "\\\"url\\\":\\\"javascript:alert(1)\\\",\\\"steps\\\":[{\\\"title\\\":\\\"<u>\\\",\\\"status\\\":\\\"?\\\"}]}\","
      "\"createdAt\":\"9999-12-31T23:59:59.999Z\",\"startedAt\":\"1970-01-01T00:00:00.000Z\",\"error\":{\"type\":7,"
      "\"message\":[]}}");
  spot_run_detail_show (self->detail, self->environment, "run_<b>\xe2\x80\xae");
  spot_ui_test_wait_text (self->window, "run_<b>\\u202e");
  spot_ui_test_wait_text (self->window, "HIBERNATING");
  spot_ui_test_wait_text (self->window, "<span size='9999999'>x\\u0007");
  spot_ui_test_wait_text (self->window, "<i>&\n");
  spot_ui_test_wait_text (self->window, "a\\nb\n");
  open_section (self, "Metadata");
  spot_ui_test_wait_text (self->window, "<u>\n");
  open_section (self, "Error");
  open_section (self, "Overview");
}

/* No key, no run: the words say what is wrong. */
static void
test_problem (Fixture       *self,
              gconstpointer  data)
{
  spot_dev_server_set_fault (self->server, "401", -1);
  spot_run_detail_show (self->detail, self->environment, "run_import");
  spot_ui_test_wait_text (self->window, "Cannot Read the Run");
  spot_ui_test_wait_text (self->window, "Needs attention");
  spot_ui_test_wait_text (self->window, "Try Again");
  spot_dev_server_set_fault (self->server, NULL, 0);
  put_import (self, 10, "");
  g_signal_emit_by_name (spot_ui_test_find (self->window, GTK_TYPE_BUTTON, "Try Again"), "clicked");
  spot_ui_test_wait_text (self->window, "import-csv");
}

static void
take_pictures (Fixture    *self,
               const char *name)
{
  for (guint dark = 0; dark < 2; dark++)
    {
      adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                          dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
      for (int width = 420; width <= 640; width += 220)
        {
          g_autofree char *path = g_strdup_printf ("%s-%d-%s", name, width, dark ? "dark" : "light");

          gtk_window_set_default_size (GTK_WINDOW (self->window), width, 720);
          spot_ui_test_settle (self->window);
          spot_ui_test_settle (self->window);
          g_assert_cmpint (gtk_widget_get_width (self->window), <=, width);
          spot_ui_test_screenshot (self->window, path);
        }
    }
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

/* Fits at both widths, in light and dark; SPOT_SCREENSHOTS keeps pictures of it. */
static void
test_pictures (Fixture       *self,
               gconstpointer  data)
{
  g_autofree char *finished = iso (-3);
  g_autofree char *failed = NULL;

  put_import (self, 620, "");
  spot_run_detail_show (self->detail, self->environment, "run_import");
  spot_ui_test_wait_text (self->window, "62\u00a0%");
  take_pictures (self, "overview");
  gtk_widget_set_direction (self->window, GTK_TEXT_DIR_RTL);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  take_pictures (self, "rtl");
  gtk_widget_set_direction (self->window, GTK_TEXT_DIR_NONE);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  open_section (self, "Payload");
  take_pictures (self, "payload");
  open_section (self, "Metadata");
  take_pictures (self, "metadata");
  failed = g_strdup_printf (
      ",\"status\":\"CRASHED\",\"completedAt\":\"%s\",\"error\":{\"type\":\"INTERNAL_ERROR\",\"code\":"
      "\"TASK_PROCESS_OOM_KILLED\",\"message\":\"Process exited with code -1 after signal SIGKILL.\",\"stackTrace\":"
      "\"Error: killed\\n    at TaskRunProcess.#handleExit (file:///app/node_modules/@trigger.dev/core/dist/"
      "taskRunProcess.mjs:214:22)\\n    at ChildProcess.emit (node:events:519:28)\"}",
      finished);
  put_import (self, 620, failed);
  spot_ui_test_wait_text (self->window, "Crashed");
  open_section (self, "Error");
  take_pictures (self, "error");
  open_section (self, "Overview");
  take_pictures (self, "ended");
  spot_run_detail_show (self->detail, self->environment, "run_nowhere");
  spot_ui_test_wait_text (self->window, "does not exist yet");
  take_pictures (self, "waiting");
  spot_run_detail_clear (self->detail);
  take_pictures (self, "none");
}

int
main (int   argc,
      char *argv[])
{
  spot_ui_test_init (&argc, &argv);
#define ADD(name, func, dialect)                                                                                       \
  g_test_add ("/run-detail/" name, Fixture, GINT_TO_POINTER (dialect), set_up, func, tear_down)
  ADD ("from-before-to-end/electric", test_from_before_to_end, SPOT_DEV_DIALECT_ELECTRIC);
  ADD ("from-before-to-end/native", test_from_before_to_end, SPOT_DEV_DIALECT_NATIVE);
  ADD ("84-failure", test_failure, SPOT_DEV_DIALECT_ELECTRIC);
  ADD ("stays", test_stays, SPOT_DEV_DIALECT_ELECTRIC);
  ADD ("reference", test_reference, SPOT_DEV_DIALECT_ELECTRIC);
  ADD ("81-stored", test_stored, SPOT_DEV_DIALECT_ELECTRIC);
  ADD ("hostile", test_hostile, SPOT_DEV_DIALECT_ELECTRIC);
  ADD ("problem", test_problem, SPOT_DEV_DIALECT_ELECTRIC);
  ADD ("pictures", test_pictures, SPOT_DEV_DIALECT_ELECTRIC);
  return g_test_run ();
}
