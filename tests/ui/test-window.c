/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "spot-account-dialog.h"
#include "spot-account-row.h"
#include "spot-connection-banner.h"
#include "spot-dev-server.h"
#include "spot-preferences.h"
#include "spot-run-detail.h"
#include "spot-run-row.h"
#include "spot-runs-pane.h"
#include "spot-sign-in-dialog.h"
#include "spot-split.h"
#include "spot-watch-row.h"
#include "spot-watches-pane.h"
#include "spot-window.h"

#include "ui-rig.h"

/* So many rows a server of the native kind gives at most; then the server is one. */
#define MOST_OF_NATIVE 1000

typedef struct
{
  SpotDevServer   *server;      /* (owned) (nullable) */
  SpotMonitor     *monitor;     /* (owned) */
  SpotEnvironment *environment; /* (nullable) */
  SpotWatch       *watch;       /* (nullable): of all runs */
  SpotWindow      *window;
  SpotSplit       *split;
  SpotRunsPane    *runs;
  SpotRunDetail   *detail;
  GtkListView     *list_view;
  GtkAdjustment   *adjustment;
} Fixture;

static void
put (Fixture    *fixture,
     guint       number,
     const char *status,
     const char *more)
{
  static const char *const tasks[] = { "import-csv", "render-video", "send-email", "nightly-report" };
  g_autofree char *columns = g_strdup_printf (
    "{\"friendlyId\":\"run_%06u\",\"taskIdentifier\":\"%s\",\"status\":\"%s\",\"runTags\":[\"user_%u\",\"org_acme\"]%s%s}",
    number, tasks[number % G_N_ELEMENTS (tasks)], status, number % 7, more ? "," : "", more ? more : "");
  g_autoptr (GError) error = NULL;

  spot_dev_server_put_run (fixture->server, NULL, columns, &error);
  g_assert_no_error (error);
}

/* Runs 1 to @n, the highest number the newest. */
static void
put_many (Fixture *fixture,
          guint    n)
{
  gint64 now_us = g_get_real_time ();

  for (guint i = 1; i <= n; i++)
    {
      g_autoptr (GDateTime) created = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC - 600 + i);
      g_autofree char *time = g_date_time_format (created, "%Y-%m-%dT%H:%M:%S.000Z");
      g_autofree char *more = g_strdup_printf ("\"createdAt\":\"%s\"", time);

      put (fixture, i, "EXECUTING", more);
    }
}

static void
find_widgets (Fixture *fixture)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);

  fixture->split = SPOT_SPLIT (ui_rig_find (window, SPOT_TYPE_SPLIT));
  fixture->runs = SPOT_RUNS_PANE (ui_rig_find (window, SPOT_TYPE_RUNS_PANE));
  fixture->detail = SPOT_RUN_DETAIL (ui_rig_find (window, SPOT_TYPE_RUN_DETAIL));
  fixture->list_view = GTK_LIST_VIEW (ui_rig_find (GTK_WIDGET (fixture->runs), GTK_TYPE_LIST_VIEW));
  fixture->adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (fixture->list_view));
}

static void
open_window (Fixture *fixture,
             int      width)
{
  fixture->window = spot_window_new (ui_rig_application (), fixture->monitor);
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  find_widgets (fixture);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), width, 700);
  gtk_window_present (GTK_WINDOW (fixture->window));
  UI_RIG_WAIT (gtk_widget_get_width (GTK_WIDGET (fixture->window)) > 0);
}

static void
connect_server (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->environment = spot_monitor_add_environment (fixture->monitor, "Test", spot_dev_server_get_url (fixture->server),
                                                       spot_dev_server_get_key (fixture->server), FALSE, &error);
  g_assert_no_error (error);
  fixture->watch = spot_environment_watch_all (fixture->environment, "All runs");
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1, .seed = 1, .hold_ms = 2000 };
  guint n_runs = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;

  if (n_runs == MOST_OF_NATIVE)
    options.dialect = SPOT_DEV_DIALECT_NATIVE;
  fixture->monitor = spot_monitor_new ();
  fixture->server = spot_dev_server_new (&options);
  spot_dev_server_start (fixture->server, &error);
  g_assert_no_error (error);
  put_many (fixture, n_runs);
  connect_server (fixture);
  open_window (fixture, 1200);
  UI_RIG_WAIT (spot_watch_get_ready (fixture->watch));
  UI_RIG_WAIT (spot_connection_get_state (spot_watch_get_connection (fixture->watch)) == SPOT_CONNECTION_LIVE);
  if (n_runs > 0)
    UI_RIG_WAIT (g_list_model_get_n_items (G_LIST_MODEL (spot_watch_get_list (fixture->watch))) == n_runs
                 && ui_rig_count_mapped (GTK_WIDGET (fixture->list_view), SPOT_TYPE_RUN_ROW) > 0);
  ui_rig_next_frames (GTK_WIDGET (fixture->window), 2);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (fixture->window != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->window));
  UI_RIG_WAIT (fixture->window == NULL);
  spot_monitor_stop (fixture->monitor);
  if (fixture->server != NULL)
    spot_dev_server_stop (fixture->server);
  g_clear_object (&fixture->server);
  g_assert_finalize_object (g_steal_pointer (&fixture->monitor));
}

static void
resize (Fixture *fixture,
        int      width,
        guint    n_panes)
{
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), width, 700);
  UI_RIG_WAIT (spot_split_get_n_panes (fixture->split) == n_panes);
  ui_rig_next_frames (GTK_WIDGET (fixture->window), 3);
}

static SpotRun *
nth_run (Fixture *fixture,
         guint    position)
{
  g_autoptr (SpotRun) run = g_list_model_get_item (G_LIST_MODEL (spot_runs_pane_get_list (fixture->runs)), position);

  return run;
}

/* The row that shows the run, if it is one of those that the view has made. */
static GtkWidget *
find_row (Fixture    *fixture,
          const char *run_id)
{
  for (GtkWidget *item = gtk_widget_get_first_child (GTK_WIDGET (fixture->list_view)); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *row = gtk_widget_get_first_child (item);
      SpotRun *run = SPOT_IS_RUN_ROW (row) ? spot_run_row_get_run (SPOT_RUN_ROW (row)) : NULL;

      if (run != NULL && g_str_equal (spot_run_get_id (run), run_id))
        return row;
    }
  return NULL;
}

static int
row_top (Fixture    *fixture,
         const char *run_id)
{
  GtkWidget *row = find_row (fixture, run_id);

  return row ? (int) ui_rig_bounds (row, gtk_widget_get_parent (GTK_WIDGET (fixture->list_view))).origin.y : G_MININT;
}

static GtkSelectionModel *
get_selection (Fixture *fixture)
{
  return gtk_list_view_get_model (fixture->list_view);
}

static void
select_run (Fixture *fixture,
            guint    position)
{
  gtk_selection_model_select_item (get_selection (fixture), position, TRUE);
}

static void
test_welcome (void)
{
  Fixture fixture = { NULL };
  SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1, .seed = 1 };
  GtkWidget *welcome;

  fixture.monitor = spot_monitor_new ();
  open_window (&fixture, 1200);
  welcome = ui_rig_find (GTK_WIDGET (fixture.window), ADW_TYPE_STATUS_PAGE);
  g_assert_true (gtk_widget_get_mapped (welcome));
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (fixture.split)));
  ui_rig_screenshot (GTK_WIDGET (fixture.window), "window-welcome");

  fixture.server = spot_dev_server_new (&options);
  g_assert_true (spot_dev_server_start (fixture.server, NULL));
  connect_server (&fixture);
  UI_RIG_WAIT (gtk_widget_get_mapped (GTK_WIDGET (fixture.split)));
  UI_RIG_WAIT (!gtk_widget_get_mapped (welcome));
  g_assert_true (spot_runs_pane_get_watch (fixture.runs) == fixture.watch);
  tear_down (&fixture, NULL);
}

static void
test_no_runs (Fixture       *fixture,
              gconstpointer  data)
{
  UI_RIG_WAIT (g_str_equal (spot_runs_pane_get_page (fixture->runs), "empty"));
  ui_rig_screenshot (GTK_WIDGET (fixture->window), "window-no-runs");
  put (fixture, 1, "PENDING", NULL);
  UI_RIG_WAIT (g_str_equal (spot_runs_pane_get_page (fixture->runs), "list"));
  spot_dev_server_delete_run (fixture->server, "run_000001");
  UI_RIG_WAIT (g_str_equal (spot_runs_pane_get_page (fixture->runs), "empty"));
}

/* A server that gives 1,000 rows and no more: the list says that there may be older runs. */
static void
test_partial (Fixture       *fixture,
              gconstpointer  data)
{
  GtkWidget *counts = NULL;
  GtkWidget *child = NULL;

  for (child = gtk_widget_get_first_child (gtk_widget_get_first_child (GTK_WIDGET (fixture->runs))); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_has_css_class (child, "run-counts"))
      counts = child;
  g_assert_nonnull (counts);
  UI_RIG_WAIT (g_str_equal (gtk_label_get_label (GTK_LABEL (counts)),
                            "1000 runs · 1000 running · older runs may be missing"));
  g_assert_true (gtk_widget_get_mapped (counts));
}

static void
test_rows_have_names (Fixture       *fixture,
                      gconstpointer  data)
{
  GtkWidget *row;

  put (fixture, 3, "EXECUTING", "\"metadata\":\"{\\\"progress\\\":0.62}\"");
  UI_RIG_WAIT ((row = find_row (fixture, "run_000003")) != NULL
               && strstr (spot_run_row_get_words (SPOT_RUN_ROW (row)), "62") != NULL);
  g_assert_true (g_str_has_prefix (spot_run_row_get_words (SPOT_RUN_ROW (row)), "nightly-report, Executing, 62\u00a0%, "));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       spot_run_row_get_words (SPOT_RUN_ROW (row)));
  /* What has the focus is the item around the row. */
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (gtk_widget_get_parent (row)), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       spot_run_row_get_words (SPOT_RUN_ROW (row)));
}

static void
test_columns_align (Fixture       *fixture,
                    gconstpointer  data)
{
  SpotRunHeader *header = spot_runs_pane_get_header (fixture->runs);
  GtkWidget *pane = GTK_WIDGET (fixture->runs);
  static const GtkTextDirection directions[] = { GTK_TEXT_DIR_LTR, GTK_TEXT_DIR_RTL };

  for (guint i = 0; i < G_N_ELEMENTS (directions); i++)
    {
      g_autoptr (SpotRunColumns) columns = NULL;
      GtkWidget *row;
      graphene_rect_t row_bounds;
      SpotRunGeometry geometry;

      gtk_widget_set_default_direction (directions[i]);
      resize (fixture, 1250, 3);
      row = find_row (fixture, "run_000003");
      g_object_get (row, "columns", &columns, NULL);
      row_bounds = ui_rig_bounds (row, pane);
      spot_run_columns_layout (columns, gtk_widget_get_width (row), &geometry);
      g_assert_false (geometry.compact);
      for (SpotRunCell cell = 0; cell < SPOT_N_RUN_CELLS; cell++)
        {
          GtkWidget *button = spot_run_header_get_button (header, cell);
          GtkWidget *label = ui_rig_find (button, GTK_TYPE_LABEL);
          gboolean at_end = cell == SPOT_RUN_CELL_AGE || cell == SPOT_RUN_CELL_DURATION;
          graphene_rect_t bounds;
          double from, to, cell_from, cell_to;

          g_assert_cmpint (geometry.cells[cell].width, >, 0);
          g_assert_true (gtk_widget_get_mapped (button));
          bounds = ui_rig_bounds (label, pane);
          from = bounds.origin.x;
          to = bounds.origin.x + bounds.size.width;
          cell_from = row_bounds.origin.x + geometry.cells[cell].start;
          if (directions[i] == GTK_TEXT_DIR_RTL)
            cell_from = row_bounds.origin.x + row_bounds.size.width - geometry.cells[cell].start
                        - geometry.cells[cell].width;
          cell_to = cell_from + geometry.cells[cell].width;
          /* A title begins where its cells begin, or ends where they end. */
          if (at_end == (directions[i] == GTK_TEXT_DIR_LTR))
            g_assert_cmpfloat_with_epsilon (to, cell_to, 1.01);
          else
            g_assert_cmpfloat_with_epsilon (from, cell_from, 1.01);
        }
      ui_rig_screenshot (GTK_WIDGET (fixture->window), i == 0 ? "window-wide" : "window-wide-rtl");
    }
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

static void
click_title (Fixture     *fixture,
             SpotRunCell  cell)
{
  g_signal_emit_by_name (spot_run_header_get_button (spot_runs_pane_get_header (fixture->runs), cell), "clicked");
}

static void
test_sort (Fixture       *fixture,
           gconstpointer  data)
{
  SpotRunList *list = spot_runs_pane_get_list (fixture->runs);
  GtkWidget *title
    = spot_run_header_get_button (spot_runs_pane_get_header (fixture->runs), SPOT_RUN_CELL_TASK);

  g_assert_cmpstr (spot_run_get_id (nth_run (fixture, 0)), ==, "run_000012");
  click_title (fixture, SPOT_RUN_CELL_TASK);
  g_assert_cmpint (spot_run_list_get_sort (list), ==, SPOT_RUN_SORT_TASK);
  g_assert_cmpstr (spot_run_get_task (nth_run (fixture, 0)), ==, "import-csv");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (title), GTK_ACCESSIBLE_PROPERTY_SORT, GTK_ACCESSIBLE_SORT_ASCENDING);
  click_title (fixture, SPOT_RUN_CELL_TASK);
  g_assert_cmpstr (spot_run_get_task (nth_run (fixture, 0)), ==, "send-email");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (title), GTK_ACCESSIBLE_PROPERTY_SORT,
                                       GTK_ACCESSIBLE_SORT_DESCENDING);

  /* The same by the list's menu. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->list_view), "runs.sort", "s", "created"));
  g_assert_cmpstr (spot_run_get_id (nth_run (fixture, 0)), ==, "run_000012");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->list_view), "runs.reversed", NULL));
  g_assert_cmpstr (spot_run_get_id (nth_run (fixture, 0)), ==, "run_000001");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (title), GTK_ACCESSIBLE_PROPERTY_SORT, GTK_ACCESSIBLE_SORT_NONE);
}

static void
test_filter (Fixture       *fixture,
             gconstpointer  data)
{
  GtkWidget *entry = ui_rig_find (GTK_WIDGET (fixture->runs), GTK_TYPE_SEARCH_ENTRY);
  SpotRunList *own = spot_watch_get_list (fixture->watch);

  select_run (fixture, 0);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.search", NULL));
  UI_RIG_WAIT (gtk_widget_get_mapped (entry));
  gtk_editable_set_text (GTK_EDITABLE (entry), "render");
  UI_RIG_WAIT (g_list_model_get_n_items (G_LIST_MODEL (spot_runs_pane_get_list (fixture->runs))) == 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (spot_run_get_task (nth_run (fixture, i)), ==, "render-video");
  /* It is live, and the watch and its counts stay whole. */
  put (fixture, 13, "EXECUTING", NULL);
  UI_RIG_WAIT (g_list_model_get_n_items (G_LIST_MODEL (spot_runs_pane_get_list (fixture->runs))) == 4);
  UI_RIG_WAIT (spot_watch_get_n_runs (fixture->watch) == 13);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (own)), ==, 13);
  ui_rig_screenshot (GTK_WIDGET (fixture->window), "window-filter");

  gtk_editable_set_text (GTK_EDITABLE (entry), "there is no such run");
  UI_RIG_WAIT (g_str_equal (spot_runs_pane_get_page (fixture->runs), "empty"));
  ui_rig_screenshot (GTK_WIDGET (fixture->window), "window-no-matches");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->list_view), "runs.search", NULL));
  UI_RIG_WAIT (g_str_equal (spot_runs_pane_get_page (fixture->runs), "list"));
  g_assert_true (spot_runs_pane_get_list (fixture->runs) == own);
  /* What was selected before is selected after. */
  g_assert_cmpstr (spot_run_get_id (gtk_single_selection_get_selected_item (GTK_SINGLE_SELECTION (get_selection (fixture)))),
                   ==, "run_000012");
}

static void
test_detail_follows_selection (Fixture       *fixture,
                               gconstpointer  data)
{
  select_run (fixture, 2);
  UI_RIG_WAIT (g_strcmp0 (spot_run_detail_get_run_id (fixture->detail), "run_000010") == 0);
  UI_RIG_WAIT (spot_run_detail_get_run (fixture->detail) == nth_run (fixture, 2));

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.move", "i", 1));
  UI_RIG_WAIT (g_strcmp0 (spot_run_detail_get_run_id (fixture->detail), "run_000009") == 0);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.move", "i", -1));
  UI_RIG_WAIT (g_strcmp0 (spot_run_detail_get_run_id (fixture->detail), "run_000010") == 0);
  ui_rig_screenshot (GTK_WIDGET (fixture->window), "window-detail");

  spot_window_show_run (fixture->window, fixture->environment, "run_000005");
  g_assert_cmpstr (spot_run_detail_get_run_id (fixture->detail), ==, "run_000005");
  g_assert_cmpstr (spot_run_get_id (spot_runs_pane_get_run (fixture->runs)), ==, "run_000005");

  /* A run that nobody has heard of yet is waited for. */
  spot_window_show_run (fixture->window, fixture->environment, "run_000099");
  g_assert_cmpstr (spot_run_detail_get_run_id (fixture->detail), ==, "run_000099");
  g_assert_null (spot_run_detail_get_run (fixture->detail));
  put (fixture, 99, "EXECUTING", NULL);
  UI_RIG_WAIT (spot_run_detail_get_run (fixture->detail) != NULL);
}

static void
test_follows_at_top (Fixture       *fixture,
                     gconstpointer  data)
{
  g_assert_cmpfloat (gtk_adjustment_get_value (fixture->adjustment), ==, 0);
  for (guint i = 201; i <= 205; i++)
    {
      g_autofree char *run_id = g_strdup_printf ("run_%06u", i);

      put (fixture, i, "PENDING", NULL);
      UI_RIG_WAIT (find_row (fixture, run_id) != NULL);
      ui_rig_next_frames (GTK_WIDGET (fixture->window), 2);
      g_assert_cmpint (row_top (fixture, run_id), ==, 0);
      g_assert_cmpuint (spot_run_list_get_n_waiting (spot_watch_get_list (fixture->watch)), ==, 0);
    }
}

static void
test_new_wait_when_scrolled (Fixture       *fixture,
                             gconstpointer  data)
{
  SpotRunList *list = spot_watch_get_list (fixture->watch);
  double value;
  int top;

  gtk_adjustment_set_value (fixture->adjustment, 1500);
  ui_rig_next_frames (GTK_WIDGET (fixture->window), 2);
  g_assert_true (spot_run_list_get_held (list));
  value = gtk_adjustment_get_value (fixture->adjustment);
  top = row_top (fixture, "run_000150");
  g_assert_cmpint (top, >, G_MININT);

  for (guint i = 201; i <= 205; i++)
    put (fixture, i, "PENDING", NULL);
  UI_RIG_WAIT (spot_run_list_get_n_waiting (list) == 5);
  ui_rig_next_frames (GTK_WIDGET (fixture->window), 2);
  g_assert_cmpfloat (gtk_adjustment_get_value (fixture->adjustment), ==, value);
  g_assert_cmpint (row_top (fixture, "run_000150"), ==, top);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 200);
  ui_rig_screenshot (GTK_WIDGET (fixture->window), "window-new-wait");

  spot_run_view_show_new (spot_runs_pane_get_view (fixture->runs));
  UI_RIG_WAIT (g_list_model_get_n_items (G_LIST_MODEL (list)) == 205);
  ui_rig_next_frames (GTK_WIDGET (fixture->window), 3);
  g_assert_cmpfloat (gtk_adjustment_get_value (fixture->adjustment), ==, 0);
  g_assert_cmpint (row_top (fixture, spot_run_get_id (nth_run (fixture, 0))), ==, 0);
  g_assert_false (spot_run_list_get_held (list));
}

static void
test_back_at_top_lets_new_in (Fixture       *fixture,
                              gconstpointer  data)
{
  SpotRunList *list = spot_watch_get_list (fixture->watch);

  gtk_adjustment_set_value (fixture->adjustment, 700);
  ui_rig_next_frames (GTK_WIDGET (fixture->window), 2);
  put (fixture, 201, "PENDING", NULL);
  UI_RIG_WAIT (spot_run_list_get_n_waiting (list) == 1);
  gtk_adjustment_set_value (fixture->adjustment, 0);
  UI_RIG_WAIT (spot_run_list_get_n_waiting (list) == 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 201);
}

static void
test_selection_stays_in_a_stream (Fixture       *fixture,
                                  gconstpointer  data)
{
  g_autoptr (SpotRun) selected = NULL;
  guint before;

  /* Sorted by progress every change moves a row, and the list is not at its top. */
  click_title (fixture, SPOT_RUN_CELL_PROGRESS);
  select_run (fixture, 40);
  selected = g_object_ref (spot_runs_pane_get_run (fixture->runs));
  gtk_adjustment_set_value (fixture->adjustment, 900);
  ui_rig_next_frames (GTK_WIDGET (fixture->window), 2);
  before = (guint) spot_connection_get_updates (spot_watch_get_connection (fixture->watch));

  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *more = g_strdup_printf ("\"metadata\":\"{\\\"progress\\\":%.3f}\"", ((i * 37) % 1000) / 1000.0);

      put (fixture, 1 + (i * 13) % 210, "EXECUTING", more);
      if (i % 20 == 0)
        ui_rig_next_frames (GTK_WIDGET (fixture->window), 1);
      g_assert_true (spot_runs_pane_get_run (fixture->runs) == selected);
    }
  put (fixture, 1, "COMPLETED_SUCCESSFULLY", "\"completedAt\":\"2026-09-21T14:11:00.000Z\"");
  UI_RIG_WAIT (spot_connection_get_updates (spot_watch_get_connection (fixture->watch)) > before
               && spot_run_get_ended (spot_run_store_lookup (spot_environment_get_store (fixture->environment),
                                                             "run_000001")));
  ui_rig_next_frames (GTK_WIDGET (fixture->window), 2);
  g_assert_true (spot_runs_pane_get_run (fixture->runs) == selected);
  g_assert_true (gtk_single_selection_get_selected_item (GTK_SINGLE_SELECTION (get_selection (fixture))) == selected);
  g_assert_cmpstr (spot_run_detail_get_run_id (fixture->detail), ==, spot_run_get_id (selected));
  /* Still not at the top: nothing jumped. */
  g_assert_true (spot_run_list_get_held (spot_watch_get_list (fixture->watch)));
}

static void
test_folds (Fixture       *fixture,
            gconstpointer  data)
{
  select_run (fixture, 1);
  UI_RIG_WAIT (g_strcmp0 (spot_run_detail_get_run_id (fixture->detail), "run_000011") == 0);

  resize (fixture, 800, 2);
  g_assert_false (spot_split_is_in_sight (fixture->split, SPOT_SPLIT_SIDEBAR));
  ui_rig_screenshot (GTK_WIDGET (fixture->window), "window-two-panes");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.sidebar", NULL));
  g_assert_true (spot_split_is_in_sight (fixture->split, SPOT_SPLIT_SIDEBAR));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.sidebar", NULL));

  resize (fixture, 400, 1);
  g_assert_true (spot_split_is_in_sight (fixture->split, SPOT_SPLIT_CONTENT));
  ui_rig_screenshot (GTK_WIDGET (fixture->window), "window-one-pane");
  g_signal_emit_by_name (fixture->list_view, "activate", 1);
  g_assert_true (spot_split_is_in_sight (fixture->split, SPOT_SPLIT_DETAIL));
  ui_rig_screenshot (GTK_WIDGET (fixture->window), "window-one-pane-detail");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.back", NULL));
  g_assert_true (spot_split_is_in_sight (fixture->split, SPOT_SPLIT_CONTENT));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.back", NULL));
  g_assert_true (spot_split_is_in_sight (fixture->split, SPOT_SPLIT_SIDEBAR));
  ui_rig_screenshot (GTK_WIDGET (fixture->window), "window-one-pane-watches");
  resize (fixture, 360, 1);

  resize (fixture, 1200, 3);
  g_assert_cmpstr (spot_run_get_id (spot_runs_pane_get_run (fixture->runs)), ==, "run_000011");
  g_assert_cmpstr (spot_run_detail_get_run_id (fixture->detail), ==, "run_000011");
}

static void
test_one_set_of_window_buttons (Fixture       *fixture,
                                gconstpointer  data)
{
  static const struct
  {
    int   width;
    guint n_panes;
  } steps[] = { { 1200, 3 }, { 800, 2 }, { 400, 1 }, { 1200, 3 } };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      guint n_close = 0;

      resize (fixture, steps[i].width, steps[i].n_panes);
      for (SpotSplitPane pane = 0; pane < SPOT_SPLIT_N_PANES; pane++)
        {
          GtkWidget *bar = ui_rig_find (spot_split_get_pane (fixture->split, pane), ADW_TYPE_HEADER_BAR);

          if (!gtk_widget_get_mapped (bar))
            continue;
          if (adw_header_bar_get_show_end_title_buttons (ADW_HEADER_BAR (bar)))
            n_close++;
        }
      g_assert_cmpuint (n_close, ==, 1);
    }
}

static void
test_watches (Fixture       *fixture,
              gconstpointer  data)
{
  SpotWatch *tag = spot_environment_watch_tags (fixture->environment, NULL, (const char *[]) { "user_3", NULL });
  GtkWidget *watches = ui_rig_find (GTK_WIDGET (fixture->window), SPOT_TYPE_WATCHES_PANE);
  GtkWidget *row = NULL;

  UI_RIG_WAIT (spot_watch_get_ready (tag));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.watch", "i", 2));
  g_assert_true (spot_runs_pane_get_watch (fixture->runs) == tag);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (spot_runs_pane_get_list (fixture->runs))), ==, 2);
  put (fixture, 3, "CRASHED", "\"completedAt\":\"2026-09-21T14:11:00.000Z\"");
  UI_RIG_WAIT (spot_watch_get_count (tag, SPOT_STATUS_GROUP_BAD) == 1);
  ui_rig_next_frames (GTK_WIDGET (fixture->window), 2);
  for (GtkWidget *item = gtk_widget_get_first_child (ui_rig_find (watches, GTK_TYPE_LIST_VIEW)); item != NULL;
       item = gtk_widget_get_next_sibling (item))
    {
      g_autoptr (GObject) object = NULL;

      g_object_get (gtk_widget_get_first_child (item), "item", &object, NULL);
      if (object == G_OBJECT (tag))
        row = gtk_widget_get_first_child (item);
      else if (SPOT_IS_ENVIRONMENT (object))
        g_assert_cmpstr (spot_watch_row_get_words (SPOT_WATCH_ROW (gtk_widget_get_first_child (item))), ==, "Test, Development, Live · 1 live connection");
    }
  g_assert_nonnull (row);
  g_assert_cmpstr (spot_watch_row_get_words (SPOT_WATCH_ROW (row)), ==, "user_3, 1 running, 1 failed");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (gtk_widget_get_parent (row)), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "user_3, 1 running, 1 failed");
  spot_window_show_watch (fixture->window, fixture->watch);
  g_assert_true (spot_runs_pane_get_watch (fixture->runs) == fixture->watch);
}

static void
test_server_goes_and_comes (Fixture       *fixture,
                            gconstpointer  data)
{
  GtkWidget *banner = ui_rig_find (GTK_WIDGET (fixture->window), SPOT_TYPE_CONNECTION_BANNER);
  AdwWindowTitle *title = ADW_WINDOW_TITLE (ui_rig_find (GTK_WIDGET (fixture->runs), ADW_TYPE_WINDOW_TITLE));

  g_assert_cmpstr (adw_window_title_get_title (title), ==, "All runs");
  g_assert_cmpstr (adw_window_title_get_subtitle (title), ==, "Live");
  g_assert_false (spot_connection_banner_get_revealed (SPOT_CONNECTION_BANNER (banner)));
  spot_dev_server_stop (fixture->server);
  UI_RIG_WAIT (spot_connection_banner_get_revealed (SPOT_CONNECTION_BANNER (banner)));
  g_assert_true (g_str_has_prefix (adw_window_title_get_subtitle (title), "Reconnecting"));
  /* What is known stays in sight. */
  g_assert_cmpstr (spot_runs_pane_get_page (fixture->runs), ==, "list");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (spot_runs_pane_get_list (fixture->runs))), ==, 12);
  ui_rig_screenshot (GTK_WIDGET (fixture->window), "window-reconnecting");

  g_assert_true (spot_dev_server_start (fixture->server, NULL));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.reconnect", NULL));
  UI_RIG_WAIT (g_str_equal (adw_window_title_get_subtitle (title), "Live"));
  g_assert_false (spot_connection_banner_get_revealed (SPOT_CONNECTION_BANNER (banner)));
}

static gboolean
focus_is_in (Fixture   *fixture,
             GtkWidget *widget)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (fixture->window));

  return focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

static void
test_keyboard_begins_in_list (Fixture       *fixture,
                              gconstpointer  data)
{
  GtkWidget *list = GTK_WIDGET (fixture->list_view);
  GtkWidget *entry = ui_rig_find (GTK_WIDGET (fixture->runs), GTK_TYPE_SEARCH_ENTRY);

  UI_RIG_WAIT (focus_is_in (fixture, list));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.search", NULL));
  UI_RIG_WAIT (focus_is_in (fixture, entry));
  g_signal_emit_by_name (entry, "stop-search");
  UI_RIG_WAIT (focus_is_in (fixture, list));

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.move", "i", 1));
  UI_RIG_WAIT (spot_run_detail_get_run (fixture->detail) != NULL);
  g_signal_emit_by_name (list, "activate", 0);
  UI_RIG_WAIT (focus_is_in (fixture, GTK_WIDGET (fixture->detail)));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.back", NULL));
  UI_RIG_WAIT (focus_is_in (fixture, list));
}

static void
count_cb (guint *count)
{
  *count += 1;
}

static void
test_what_was_seen_is_withdrawn (Fixture       *fixture,
                                 gconstpointer  data)
{
  guint n_notices = 0;
  guint n_withdrawn = 0;

  g_signal_connect_swapped (fixture->monitor, "notice", G_CALLBACK (count_cb), &n_notices);
  g_signal_connect_swapped (fixture->monitor, "withdraw", G_CALLBACK (count_cb), &n_withdrawn);
  put (fixture, 5, "CRASHED", "\"completedAt\":\"2026-09-21T14:11:00.000Z\"");
  UI_RIG_WAIT (n_notices == 1);
  g_assert_cmpuint (n_withdrawn, ==, 0);
  UI_RIG_WAIT (gtk_window_is_active (GTK_WINDOW (fixture->window)));
  select_run (fixture, 7);
  UI_RIG_WAIT (g_strcmp0 (spot_run_detail_get_run_id (fixture->detail), "run_000005") == 0);
  UI_RIG_WAIT (n_withdrawn == 1);
  g_signal_handlers_disconnect_by_data (fixture->monitor, &n_notices);
  g_signal_handlers_disconnect_by_data (fixture->monitor, &n_withdrawn);
}

static void
test_dark (Fixture       *fixture,
           gconstpointer  data)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_DARK);
  g_assert_true (adw_style_manager_get_dark (style));
  select_run (fixture, 1);
  ui_rig_next_frames (GTK_WIDGET (fixture->window), 4);
  ui_rig_screenshot (GTK_WIDGET (fixture->window), "window-dark");
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_DEFAULT);
  ui_rig_next_frames (GTK_WIDGET (fixture->window), 2);
}

/* After the window, which knows every type that a .ui file defines. */
static void
test_every_ui_file_loads (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = g_resources_enumerate_children (RESOURCE_PATH "/ui", 0, &error);
  g_autoptr (GtkBuilder) help = gtk_builder_new ();
  guint n_made = 0;

  /* Those that the window only makes when somebody asks; they know the others. */
  g_type_class_unref (g_type_class_ref (SPOT_TYPE_ACCOUNT_DIALOG));
  g_type_class_unref (g_type_class_ref (SPOT_TYPE_SIGN_IN_DIALOG));
  g_type_class_unref (g_type_class_ref (SPOT_TYPE_PREFERENCES));
  g_type_class_unref (g_type_class_ref (SPOT_TYPE_ACCOUNT_ROW));
  g_assert_no_error (error);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_strconcat (RESOURCE_PATH "/ui/", names[i], NULL);
      g_autoptr (GBytes) bytes = g_resources_lookup_data (path, 0, &error);
      g_autofree char *type_name = NULL;
      const char *template;
      GtkWidget *widget;

      g_assert_no_error (error);
      template = strstr (g_bytes_get_data (bytes, NULL), "<template class=\"Spot");
      if (template == NULL)
        continue;
      template += strlen ("<template class=\"");
      type_name = g_strndup (template, strcspn (template, "\""));
      g_test_message ("%s", type_name);
      g_assert_cmpuint (g_type_from_name (type_name), !=, G_TYPE_INVALID);
      n_made++;
      if (g_type_is_a (g_type_from_name (type_name), GTK_TYPE_WINDOW))
        continue;
      /* A template that does not load, or lacks a child or a callback, is a warning, and warnings are fatal. */
      widget = g_object_ref_sink (g_object_new (g_type_from_name (type_name), NULL));
      g_assert_nonnull (gtk_widget_get_first_child (widget));
      g_object_unref (widget);
    }
  g_assert_cmpuint (n_made, >=, 6);
  g_assert_true (gtk_builder_add_from_resource (help, RESOURCE_PATH "/gtk/help-overlay.ui", &error));
  g_assert_no_error (error);
  g_assert_true (GTK_IS_SHORTCUTS_WINDOW (gtk_builder_get_object (help, "help_overlay")));
}

/* What lies over the main window: another window, or in newer versions of libadwaita a dialog inside it. */
static GtkWidget *
find_dialog (Fixture *fixture)
{
  GListModel *windows = gtk_window_get_toplevels ();
  GType dialog_type = g_type_from_name ("AdwDialog");

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (window != GTK_WINDOW (fixture->window) && gtk_widget_get_visible (GTK_WIDGET (window)))
        return GTK_WIDGET (window);
    }
  return dialog_type != G_TYPE_INVALID ? ui_rig_find (GTK_WIDGET (fixture->window), dialog_type) : NULL;
}

static void
test_dialogs (Fixture       *fixture,
              gconstpointer  data)
{
  static const char *const actions[] = { "win.show-help-overlay", "win.about" };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      g_assert_null (find_dialog (fixture));
      g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), actions[i], NULL));
      UI_RIG_WAIT (find_dialog (fixture) != NULL);
      ui_rig_screenshot (GTK_WIDGET (gtk_widget_get_root (find_dialog (fixture))), actions[i] + strlen ("win."));
      g_assert_true (gtk_widget_activate_action (find_dialog (fixture), "window.close", NULL));
      UI_RIG_WAIT (find_dialog (fixture) == NULL);
    }
}

static void
test_menu (Fixture       *fixture,
           gconstpointer  data)
{
  GtkWidget *watches = ui_rig_find (GTK_WIDGET (fixture->window), SPOT_TYPE_WATCHES_PANE);
  GtkWidget *menu = ui_rig_find (watches, GTK_TYPE_POPOVER_MENU);

  resize (fixture, 400, 1);
  /* It is there at every width. */
  g_assert_false (spot_split_is_in_sight (fixture->split, SPOT_SPLIT_SIDEBAR));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.menu", NULL));
  UI_RIG_WAIT (gtk_widget_get_mapped (menu));
  gtk_popover_popdown (GTK_POPOVER (menu));
  UI_RIG_WAIT (!gtk_widget_get_mapped (menu));
}

static void
copied_cb (GObject      *clipboard,
           GAsyncResult *result,
           gpointer      user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

static void
test_copy_run_id (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autofree char *text = NULL;

  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), "copy-run-id"));
  select_run (fixture, 0);
  UI_RIG_WAIT (spot_run_detail_get_run_id (fixture->detail) != NULL);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.copy-run-id", NULL));
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (fixture->window)), NULL, copied_cb, &text);
  UI_RIG_WAIT (text != NULL);
  g_assert_cmpstr (text, ==, "run_000012");
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
#define ADD(path, n_runs, func) g_test_add (path, Fixture, GUINT_TO_POINTER (n_runs), set_up, func, tear_down)
  g_test_add_func ("/window/welcome", test_welcome);
  ADD ("/window/23-no-runs", 0, test_no_runs);
  ADD ("/window/77-partial", MOST_OF_NATIVE, test_partial);
  ADD ("/window/rows-have-names", 12, test_rows_have_names);
  ADD ("/window/columns-align", 12, test_columns_align);
  ADD ("/window/sort", 12, test_sort);
  ADD ("/window/filter", 12, test_filter);
  ADD ("/window/detail-follows-selection", 12, test_detail_follows_selection);
  ADD ("/window/follows-at-top", 200, test_follows_at_top);
  ADD ("/window/new-wait-when-scrolled", 200, test_new_wait_when_scrolled);
  ADD ("/window/back-at-top-lets-new-in", 200, test_back_at_top_lets_new_in);
  ADD ("/window/selection-stays-in-a-stream", 200, test_selection_stays_in_a_stream);
  ADD ("/window/folds", 12, test_folds);
  ADD ("/window/one-set-of-window-buttons", 12, test_one_set_of_window_buttons);
  ADD ("/window/watches", 12, test_watches);
  ADD ("/window/server-goes-and-comes", 12, test_server_goes_and_comes);
  ADD ("/window/keyboard-begins-in-list", 12, test_keyboard_begins_in_list);
  ADD ("/window/what-was-seen-is-withdrawn", 12, test_what_was_seen_is_withdrawn);
  ADD ("/window/dark", 12, test_dark);
  ADD ("/window/dialogs", 12, test_dialogs);
  ADD ("/window/menu", 12, test_menu);
  ADD ("/window/copy-run-id", 12, test_copy_run_id);
  ADD ("/window/every-ui-file-loads", 12, test_every_ui_file_loads);
  return g_test_run ();
}
