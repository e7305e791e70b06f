/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spot-shape-reader.h"

#include "ui-rig.h"

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* So that a wait looks at its bound even when nothing happens. */
guint
ui_rig_start_waker (void)
{
  return g_timeout_add (50, wake_cb, NULL);
}

/* The one application of a test program; it brings the style and the icons with it. */
GtkApplication *
ui_rig_application (void)
{
  static GtkApplication *application = NULL;
  g_autoptr (GError) error = NULL;

  if (application != NULL)
    return application;
  application = g_object_new (ADW_TYPE_APPLICATION, "application-id", APP_ID ".Test", "resource-base-path", RESOURCE_PATH,
                              "flags", G_APPLICATION_NON_UNIQUE, NULL);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  return application;
}

static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *frame_clock,
         gpointer       user_data)
{
  guint *n = user_data;

  if (--*n > 0)
    {
      gtk_widget_queue_draw (widget);
      return G_SOURCE_CONTINUE;
    }
  return G_SOURCE_REMOVE;
}

/* Lets the window draw that many frames. */
void
ui_rig_next_frames (GtkWidget *widget,
                    guint      n)
{
  n++;
  gtk_widget_add_tick_callback (widget, tick_cb, &n, NULL);
  gtk_widget_queue_draw (widget);
  UI_RIG_WAIT (n == 0);
}

/* The first widget of a type, in depth. */
GtkWidget *
ui_rig_find (GtkWidget *root,
             GType      type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = ui_rig_find (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

guint
ui_rig_count_mapped (GtkWidget *root,
                     GType      type)
{
  guint n = G_TYPE_CHECK_INSTANCE_TYPE (root, type) && gtk_widget_get_mapped (root) ? 1 : 0;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    n += ui_rig_count_mapped (child, type);
  return n;
}

graphene_rect_t
ui_rig_bounds (GtkWidget *widget,
               GtkWidget *relative_to)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, relative_to, &bounds));
  return bounds;
}

/* Saves what the window shows as $SPOT_SCREENSHOTS/@name.png, if that is set. */
void
ui_rig_screenshot (GtkWidget  *window,
                   const char *name)
{
  const char *folder = g_getenv ("SPOT_SCREENSHOTS");
  g_autofree char *file_name = g_strconcat (name, ".png", NULL);
  g_autofree char *path = NULL;
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  GtkSnapshot *snapshot;
  GskRenderNode *node;
  int width;
  int height;

  if (folder == NULL)
    return;
  ui_rig_next_frames (window, 2);
  width = gtk_widget_get_width (window);
  height = gtk_widget_get_height (window);
  path = g_build_filename (folder, file_name, NULL);
  paintable = gtk_widget_paintable_new (window);
  snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, width, height));
  g_assert_true (gdk_texture_save_to_png (texture, path));
  gsk_render_node_unref (node);
}

/* A record of pairs of column name and text, as they stand on the wire. */
SpotRunRecord *
ui_rig_record (const char *first_column,
               ...)
{
  g_autoptr (GArray) columns = g_array_new (FALSE, TRUE, sizeof (SpotColumnValue));
  g_autoptr (GError) error = NULL;
  SpotRunRecord *record;
  va_list pairs;

  va_start (pairs, first_column);
  for (const char *name = first_column; name != NULL; name = va_arg (pairs, const char *))
    {
      const char *text = va_arg (pairs, const char *);
      SpotColumnValue value = { spot_column_from_name (name, -1), FALSE, TRUE, FALSE, text, strlen (text) };

      g_assert_cmpint (value.column, !=, SPOT_COLUMN_OTHER);
      g_array_append_val (columns, value);
    }
  va_end (pairs);
  record = spot_run_record_new (NULL, (const SpotColumnValue *) (gpointer) columns->data, columns->len, &error);
  g_assert_no_error (error);
  return record;
}
