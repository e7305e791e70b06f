/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "spot-status.h"

static const struct
{
  SpotRunStatus status;
  const char   *label;
  const char   *icon;
  const char   *css_class;
} table[] = {
  { SPOT_RUN_STATUS_UNKNOWN, "Unknown", "unknown", "dim-label" },
  { SPOT_RUN_STATUS_DELAYED, "Delayed", "delayed", "dim-label" },
  { SPOT_RUN_STATUS_PENDING, "Queued", "queued", "dim-label" },
  { SPOT_RUN_STATUS_PENDING_VERSION, "Waiting for deploy", "deploy", "warning" },
  { SPOT_RUN_STATUS_WAITING_FOR_DEPLOY, "Waiting for deploy", "deploy", "warning" },
  { SPOT_RUN_STATUS_DEQUEUED, "Starting", "starting", "accent" },
  { SPOT_RUN_STATUS_EXECUTING, "Executing", "executing", "accent" },
  { SPOT_RUN_STATUS_RETRYING_AFTER_FAILURE, "Reattempting", "reattempting", "warning" },
  { SPOT_RUN_STATUS_WAITING_TO_RESUME, "Frozen", "waiting", "accent" },
  { SPOT_RUN_STATUS_PAUSED, "Frozen", "paused", "accent" },
  { SPOT_RUN_STATUS_COMPLETED_SUCCESSFULLY, "Completed", "completed", "success" },
  { SPOT_RUN_STATUS_COMPLETED_WITH_ERRORS, "Failed", "failed", "error" },
  { SPOT_RUN_STATUS_INTERRUPTED, "Interrupted", "interrupted", "error" },
  { SPOT_RUN_STATUS_CANCELED, "Canceled", "canceled", "dim-label" },
  { SPOT_RUN_STATUS_CRASHED, "Crashed", "crashed", "error" },
  { SPOT_RUN_STATUS_SYSTEM_FAILURE, "System failure", "system-failure", "error" },
  { SPOT_RUN_STATUS_EXPIRED, "Expired", "expired", "error" },
  { SPOT_RUN_STATUS_TIMED_OUT, "Timed out", "timed-out", "error" },
};

static void
test_table (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (table), ==, SPOT_N_RUN_STATUSES);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *icon = g_strdup_printf ("spot-status-%s-symbolic", table[i].icon);
      const char *explanation = spot_status_get_explanation (table[i].status);

      g_assert_cmpint (table[i].status, ==, i);
      g_assert_cmpstr (spot_status_get_label (table[i].status), ==, table[i].label);
      g_assert_cmpstr (spot_status_get_icon_name (table[i].status), ==, icon);
      g_assert_cmpstr (spot_status_get_css_class (table[i].status), ==, table[i].css_class);
      g_assert_true (g_str_has_suffix (explanation, "."));
    }
}

static void
test_unknown (void)
{
  g_autofree char *word = spot_status_dup_label (SPOT_RUN_STATUS_UNKNOWN, "HIBERNATING");
  g_autofree char *none = spot_status_dup_label (SPOT_RUN_STATUS_UNKNOWN, NULL);
  g_autofree char *empty = spot_status_dup_label (SPOT_RUN_STATUS_UNKNOWN, "");
  g_autofree char *known = spot_status_dup_label (SPOT_RUN_STATUS_EXECUTING, "EXECUTING");
  g_autofree char *beyond = spot_status_dup_label ((SpotRunStatus) 99, "X");

  g_assert_cmpstr (word, ==, "HIBERNATING");
  g_assert_cmpstr (none, ==, "Unknown");
  g_assert_cmpstr (empty, ==, "Unknown");
  g_assert_cmpstr (known, ==, "Executing");
  g_assert_cmpstr (beyond, ==, "X");
  g_assert_cmpstr (spot_status_get_icon_name ((SpotRunStatus) -1), ==, "spot-status-unknown-symbolic");
}

/* Every status that reads differently has its own icon, and every icon is in the resources. */
static void
test_icons (void)
{
  for (guint i = 0; i < SPOT_N_RUN_STATUSES; i++)
    {
      const char *icon = spot_status_get_icon_name (i);
      g_autofree char *path = g_strdup_printf (RESOURCE_PATH "/icons/scalable/actions/%s.svg", icon);
      g_autoptr (GError) error = NULL;

      g_assert_true (g_resources_get_info (path, 0, NULL, NULL, &error));
      g_assert_no_error (error);
      for (guint j = 0; j < i; j++)
        if (g_strcmp0 (icon, spot_status_get_icon_name (j)) == 0)
          g_assert_cmpstr (spot_status_get_label (i), ==, spot_status_get_label (j));
    }
  for (guint i = 0; i < 4; i++)
    {
      const char * const kinds[] = { "environment", "tag", "batch", "run" };
      g_autofree char   *path
          = g_strdup_printf (RESOURCE_PATH "/icons/scalable/actions/spot-watch-%s-symbolic.svg", kinds[i]);

      g_assert_true (g_resources_get_info (path, 0, NULL, NULL, NULL));
    }
}

static double
linear (double c)
{
  return c <= 0.04045 ? c / 12.92 : pow ((c + 0.055) / 1.055, 2.4);
}

static double
luminance (const GdkRGBA *c)
{
  return 0.2126 * linear (c->red) + 0.7152 * linear (c->green) + 0.0722 * linear (c->blue);
}

static double
contrast (const GdkRGBA *a,
          const GdkRGBA *b)
{
  double la = luminance (a);
  double lb = luminance (b);

  return (MAX (la, lb) + 0.05) / (MIN (la, lb) + 0.05);
}

/* The style's view, window, header bar and card backgrounds. */
static void
test_contrast (void)
{
  const char * const light[] = { "#ffffff", "#fafafa", "#ebebeb" };
  const char * const dark[] = { "#1e1e1e", "#242424", "#303030", "#383838" };
  GdkRGBA background, color;

  for (guint i = 0; i < SPOT_N_RUN_STATUSES; i++)
    {
      spot_status_get_color (i, FALSE, &color);
      for (guint j = 0; j < G_N_ELEMENTS (light); j++)
        {
          g_assert_true (gdk_rgba_parse (&background, light[j]));
          g_assert_cmpfloat (contrast (&color, &background), >=, 4.5);
        }
      spot_status_get_color (i, TRUE, &color);
      for (guint j = 0; j < G_N_ELEMENTS (dark); j++)
        {
          g_assert_true (gdk_rgba_parse (&background, dark[j]));
          g_assert_cmpfloat (contrast (&color, &background), >=, 4.5);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/status/table", test_table);
  g_test_add_func ("/status/74-unknown", test_unknown);
  g_test_add_func ("/status/icons", test_icons);
  g_test_add_func ("/status/contrast", test_contrast);
  return g_test_run ();
}
