/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gtk/gtk.h>

#include "spot-status.h"

#define SIZE 16

/* (transfer full): the pixels that an icon of this name is drawn with. */
static GBytes *
draw_icon (const char *name)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gdk_display_get_default ());
  g_autoptr (GtkIconPaintable) icon =
    gtk_icon_theme_lookup_icon (theme, name, NULL, SIZE, 1, GTK_TEXT_DIR_LTR, GTK_ICON_LOOKUP_FORCE_SYMBOLIC);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  const GdkRGBA black = { 0, 0, 0, 1 };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, SIZE, SIZE);
  cairo_t *cr = cairo_create (surface);
  GskRenderNode *node;
  GBytes *pixels;

  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, SIZE, SIZE, &black, 1);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  gsk_render_node_draw (node, cr);
  gsk_render_node_unref (node);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  pixels = g_bytes_new (cairo_image_surface_get_data (surface), SIZE * cairo_image_surface_get_stride (surface));
  cairo_surface_destroy (surface);
  return pixels;
}

/* Icons are loaded by a part of the system that may be missing; then every one of them is the broken image. */
static void
test_drawn_and_different (void)
{
  g_autoptr (GBytes) missing = NULL;

  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()), RESOURCE_PATH "/icons");
  missing = draw_icon ("there-is-no-such-icon-symbolic");
  for (SpotRunStatus status = 0; status < SPOT_N_RUN_STATUSES; status++)
    {
      const char *name = spot_status_get_icon_name (status);
      g_autoptr (GBytes) pixels = draw_icon (name);

      g_test_message ("%s", name);
      g_assert_false (g_bytes_equal (pixels, missing));
      for (SpotRunStatus other = 0; other < status; other++)
        {
          const char *other_name = spot_status_get_icon_name (other);
          g_autoptr (GBytes) other_pixels = draw_icon (other_name);

          if (!g_str_equal (name, other_name))
            g_assert_false (g_bytes_equal (pixels, other_pixels));
        }
    }
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/status-icons/drawn-and-different", test_drawn_and_different);
  return g_test_run ();
}
