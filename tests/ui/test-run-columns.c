/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-run-columns.h"

static void
test_never_overlap (void)
{
  g_autoptr (SpotRunColumns) columns = spot_run_columns_new ();

  for (int width = 0; width < 4000; width += 7)
    {
      SpotRunGeometry geometry;
      int end = SPOT_RUN_MARGIN - SPOT_RUN_GAP;

      spot_run_columns_layout (columns, width, &geometry);
      g_assert_cmpint (geometry.compact, ==, spot_run_columns_is_compact (columns, width));
      if (geometry.compact)
        continue;
      for (SpotRunCell cell = 0; cell < SPOT_N_RUN_CELLS; cell++)
        {
          if (geometry.cells[cell].width == 0)
            continue;
          g_assert_cmpint (geometry.cells[cell].width, >, 0);
          g_assert_cmpint (geometry.cells[cell].start, >=, end + SPOT_RUN_GAP - 1);
          end = geometry.cells[cell].start + geometry.cells[cell].width;
        }
      /* All of the row is used, and no more than that. */
      g_assert_cmpint (end, <=, width - SPOT_RUN_MARGIN + 1);
      g_assert_cmpint (end, >=, width - SPOT_RUN_MARGIN - 2);
    }
}

static void
test_needed_cells_are_there (void)
{
  g_autoptr (SpotRunColumns) columns = spot_run_columns_new ();
  SpotRunGeometry geometry;

  spot_run_columns_layout (columns, 520, &geometry);
  g_assert_false (geometry.compact);
  for (SpotRunCell cell = 0; cell < SPOT_N_RUN_CELLS; cell++)
    g_assert_cmpint (geometry.cells[cell].width > 0, ==, cell != SPOT_RUN_CELL_TAGS);

  spot_run_columns_layout (columns, 800, &geometry);
  for (SpotRunCell cell = 0; cell < SPOT_N_RUN_CELLS; cell++)
    g_assert_cmpint (geometry.cells[cell].width, >, 0);
}

static void
test_compact (void)
{
  g_autoptr (SpotRunColumns) columns = spot_run_columns_new ();

  g_assert_true (spot_run_columns_is_compact (columns, 360));
  g_assert_false (spot_run_columns_is_compact (columns, 520));
  g_assert_cmpint (spot_run_columns_get_row_height (columns, 360), >, spot_run_columns_get_row_height (columns, 520));

  /* Large text folds earlier. */
  spot_run_columns_set_font (columns, 30.0, 38);
  g_assert_true (spot_run_columns_is_compact (columns, 520));
  g_assert_cmpint (spot_run_columns_get_row_height (columns, 520), >=, 2 * 38);
}

static void
count_cb (guint *count)
{
  *count += 1;
}

static void
test_tells_later_and_once (void)
{
  g_autoptr (SpotRunColumns) columns = spot_run_columns_new ();
  guint count = 0;

  g_signal_connect_swapped (columns, "changed", G_CALLBACK (count_cb), &count);
  for (guint i = 0; i < 205; i++)
    spot_run_columns_set_row_width (columns, 700);
  spot_run_columns_set_font (columns, 20.0, 25);
  g_assert_cmpuint (count, ==, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (count, ==, 1);
  spot_run_columns_set_row_width (columns, 700);
  spot_run_columns_set_font (columns, 20.0, 25);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (count, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-columns/never-overlap", test_never_overlap);
  g_test_add_func ("/run-columns/needed-cells-are-there", test_needed_cells_are_there);
  g_test_add_func ("/run-columns/compact", test_compact);
  g_test_add_func ("/run-columns/tells-later-and-once", test_tells_later_and_once);
  return g_test_run ();
}
