/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-run-header.h"
#include "spot-run-row.h"

#include "ui-rig.h"

static SpotRunRecord *
new_record (const char *status,
            const char *metadata)
{
  return ui_rig_record ("id", "c1", "friendlyId", "run_1", "taskIdentifier", "import-csv", "status", status, "createdAt",
                        "2026-09-21 14:11:00", "metadata", metadata, "metadataType", "application/json", "runTags",
                        "{user_1234,org_acme,csv}", NULL);
}

static void
test_name_follows_the_run (void)
{
  g_autoptr (SpotRunColumns) columns = spot_run_columns_new ();
  GtkWidget *row = g_object_ref_sink (spot_run_row_new (columns));
  g_autoptr (SpotRunRecord) first = new_record ("EXECUTING", "{\"progress\":0.25}");
  g_autoptr (SpotRunRecord) second = new_record ("EXECUTING", "{\"progress\":0.75}");
  g_autoptr (SpotRun) run = spot_run_new (first);

  g_assert_null (spot_run_row_get_words (SPOT_RUN_ROW (row)));
  spot_run_row_set_run (SPOT_RUN_ROW (row), run);
  g_assert_true (g_str_has_prefix (spot_run_row_get_words (SPOT_RUN_ROW (row)), "import-csv, Executing, 25\u00a0%, "));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       spot_run_row_get_words (SPOT_RUN_ROW (row)));

  spot_run_apply (run, second);
  g_assert_true (g_str_has_prefix (spot_run_row_get_words (SPOT_RUN_ROW (row)), "import-csv, Executing, 75\u00a0%, "));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       spot_run_row_get_words (SPOT_RUN_ROW (row)));

  /* A row that was given to another run does not listen to this one any more. */
  spot_run_row_set_run (SPOT_RUN_ROW (row), NULL);
  spot_run_apply (run, first);
  g_assert_null (spot_run_row_get_run (SPOT_RUN_ROW (row)));
  g_assert_finalize_object (row);
  g_assert_finalize_object (g_steal_pointer (&run));
}

static void
snapshot_at (GtkWidget *row,
             int        width)
{
  int height;
  GskRenderNode *node;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (row);

  gtk_widget_measure (row, GTK_ORIENTATION_VERTICAL, width, &height, NULL, NULL, NULL);
  g_assert_cmpint (height, >, 0);
  gtk_widget_size_allocate (row, &(GtkAllocation) { 0, 0, width, height }, -1);
  gtk_widget_queue_draw (row);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node != NULL)
    gsk_render_node_unref (node);
}

static void
test_draws_anything (void)
{
  static const char *const statuses[] = { "EXECUTING", "PENDING", "COMPLETED_SUCCESSFULLY", "COMPLETED_WITH_ERRORS", "NEW" };
  static const char *const metadata[] = { "{}", "{\"progress\":0.4}", "{\"progress\":1e300}",
                                          "{\"label\":\"\u202eevil\\u0000\"}" };
  static const char *const tags[] = { "{}", "{a}", "{a,b,c,d,e,f,g,h,i,j,k,l}",
                                      "{a_tag_that_is_much_longer_than_any_column_would_ever_be_because_nobody_stops_it,b}" };
  g_autoptr (SpotRunColumns) columns = spot_run_columns_new ();
  GtkWidget *window = gtk_window_new ();
  GtkWidget *row = spot_run_row_new (columns);

  gtk_window_set_child (GTK_WINDOW (window), row);
  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    for (guint j = 0; j < G_N_ELEMENTS (metadata); j++)
      for (guint k = 0; k < G_N_ELEMENTS (tags); k++)
        {
          g_autoptr (SpotRunRecord) record
            = ui_rig_record ("id", "c1", "friendlyId", "run_1", "taskIdentifier", "task", "status", statuses[i],
                             "createdAt", "2026-09-21 14:11:00", "metadata", metadata[j], "runTags", tags[k], NULL);
          g_autoptr (SpotRun) run = spot_run_new (record);

          spot_run_row_set_run (SPOT_RUN_ROW (row), run);
          gtk_widget_set_direction (row, (i + j + k) % 2 ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
          for (int width = 160; width < 1400; width += 103)
            snapshot_at (row, width);
        }
  spot_run_row_set_run (SPOT_RUN_ROW (row), NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_one_height (void)
{
  g_autoptr (SpotRunColumns) columns = spot_run_columns_new ();
  GtkWidget *row = g_object_ref_sink (spot_run_row_new (columns));
  int one_line, two_lines, again, least;

  gtk_widget_measure (row, GTK_ORIENTATION_VERTICAL, 800, &one_line, NULL, NULL, NULL);
  gtk_widget_measure (row, GTK_ORIENTATION_VERTICAL, 360, &two_lines, NULL, NULL, NULL);
  gtk_widget_measure (row, GTK_ORIENTATION_VERTICAL, 1400, &again, NULL, NULL, NULL);
  g_assert_cmpint (two_lines, >, one_line);
  g_assert_cmpint (again, ==, one_line);
  gtk_widget_measure (row, GTK_ORIENTATION_VERTICAL, -1, &least, NULL, NULL, NULL);
  g_assert_cmpint (least, ==, one_line);
  g_assert_finalize_object (row);
}

static void
test_header_is_not_there_when_compact (void)
{
  g_autoptr (SpotRunColumns) columns = spot_run_columns_new ();
  GtkWidget *header = g_object_ref_sink (g_object_new (SPOT_TYPE_RUN_HEADER, "columns", columns, NULL));
  int height;

  gtk_widget_measure (header, GTK_ORIENTATION_VERTICAL, 900, &height, NULL, NULL, NULL);
  g_assert_cmpint (height, >, 10);
  gtk_widget_measure (header, GTK_ORIENTATION_VERTICAL, 360, &height, NULL, NULL, NULL);
  /* The line below it is all that may be left. */
  g_assert_cmpint (height, <=, 1);
  g_assert_finalize_object (header);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  ui_rig_application ();
  g_test_add_func ("/run-row/name-follows-the-run", test_name_follows_the_run);
  g_test_add_func ("/run-row/draws-anything", test_draws_anything);
  g_test_add_func ("/run-row/one-height", test_one_height);
  g_test_add_func ("/run-row/header-is-not-there-when-compact", test_header_is_not_there_when_compact);
  return g_test_run ();
}
