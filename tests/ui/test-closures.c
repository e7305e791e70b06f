/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "spot-closures.h"

static void
assert_text (char       *text,
             const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_status (void)
{
  assert_text (spot_closure_status_label (NULL, SPOT_RUN_STATUS_PENDING, "PENDING"), "Queued");
  assert_text (spot_closure_status_label (NULL, SPOT_RUN_STATUS_UNKNOWN, "SLEEPING"), "SLEEPING");
  assert_text (spot_closure_status_label (NULL, SPOT_RUN_STATUS_UNKNOWN, "A\xe2\x80\xae" "B\n"), "A\\u202eB\\n");
  assert_text (spot_closure_status_label (NULL, SPOT_RUN_STATUS_UNKNOWN, NULL), "Unknown");
  assert_text (spot_closure_status_icon (NULL, SPOT_RUN_STATUS_CANCELED), "spot-status-canceled-symbolic");
  assert_text (spot_closure_status_explanation (NULL, SPOT_RUN_STATUS_EXECUTING), "The task's code is running.");
}

static void
test_text (void)
{
  assert_text (spot_closure_line (NULL, NULL), "");
  assert_text (spot_closure_line (NULL, "<b>a</b>\n"), "<b>a</b>\\n");
  g_assert_false (spot_closure_is_set (NULL, NULL));
  g_assert_false (spot_closure_is_set (NULL, ""));
  g_assert_true (spot_closure_is_set (NULL, "a"));
}

static void
test_progress (void)
{
  const struct
  {
    double      progress;
    gboolean    has;
    double      fraction;
    const char *percent;
  } table[] = {
    { -1.0, FALSE, 0.0, "" },
    { 0.0, TRUE, 0.0, "0\u00a0%" },
    { 0.625, TRUE, 0.625, "62\u00a0%" },
    { 0.9999, TRUE, 0.9999, "99\u00a0%" },
    { 1.0, TRUE, 1.0, "100\u00a0%" },
    { 7.0, TRUE, 1.0, "100\u00a0%" },
    { NAN, FALSE, 0.0, "" },
    { INFINITY, TRUE, 1.0, NULL },
    { -INFINITY, FALSE, 0.0, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *percent = spot_closure_percent (NULL, table[i].progress);

      g_assert_cmpint (spot_closure_has_progress (NULL, table[i].progress), ==, table[i].has);
      g_assert_cmpfloat (spot_closure_fraction (NULL, table[i].progress), ==, table[i].fraction);
      if (table[i].percent)
        g_assert_cmpstr (percent, ==, table[i].percent);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/closures/status", test_status);
  g_test_add_func ("/closures/text", test_text);
  g_test_add_func ("/closures/progress", test_progress);
  return g_test_run ();
}
