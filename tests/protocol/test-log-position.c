/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-log-position.h"

static void
test_keeps_copies (void)
{
  char handle[] = "7-1";
  g_autoptr(SpotLogPosition) position = spot_log_position_new ("electric", handle, "0_5", NULL, "{}");
  g_autoptr(SpotLogPosition) again = spot_log_position_ref (position);

  handle[0] = 'x';
  g_assert_cmpstr (spot_log_position_get_dialect (again), ==, "electric");
  g_assert_cmpstr (spot_log_position_get_handle (again), ==, "7-1");
  g_assert_cmpstr (spot_log_position_get_offset (again), ==, "0_5");
  g_assert_null (spot_log_position_get_cursor (again));
  g_assert_cmpstr (spot_log_position_get_schema (again), ==, "{}");
}

static void
test_equal (void)
{
  static const char *const texts[][5] = {
    { "electric", "h", "0_1", "9", "{}" }, { "native", "h", "0_1", "9", "{}" }, { "electric", "i", "0_1", "9", "{}" },
    { "electric", "h", "0_2", "9", "{}" }, { "electric", "h", "0_1", NULL, "{}" }, { "electric", "h", "0_1", "9", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(SpotLogPosition) a
        = spot_log_position_new (texts[i][0], texts[i][1], texts[i][2], texts[i][3], texts[i][4]);

      g_assert_false (spot_log_position_equal (a, NULL));
      for (guint j = 0; j < G_N_ELEMENTS (texts); j++)
        {
          g_autoptr(SpotLogPosition) b
            = spot_log_position_new (texts[j][0], texts[j][1], texts[j][2], texts[j][3], texts[j][4]);

          g_assert_cmpint (spot_log_position_equal (a, b), ==, i == j);
        }
    }
  g_assert_true (spot_log_position_equal (NULL, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log-position/keeps-copies", test_keeps_copies);
  g_test_add_func ("/log-position/equal", test_equal);

  return g_test_run ();
}
