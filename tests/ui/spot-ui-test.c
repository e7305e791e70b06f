/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>

#include "spot-ui-test.h"

/* Far beyond what any of it takes; a test that waits so long has failed. */
#define MAX_WAIT_SECONDS 20

/* Starts GTK as the program does, without an application: styles and icons from the resources. */
void
spot_ui_test_init (int    *argc,
                   char ***argv)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_test_init (argc, argv, NULL);
  adw_init ();
  gtk_css_provider_load_from_resource (provider, RESOURCE_PATH "/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    RESOURCE_PATH "/icons");
}

/* A window that shows @child, on the screen. */
GtkWidget *
spot_ui_test_window (GtkWidget *child,
                     int        width,
                     int        height)
{
  GtkWidget *window = adw_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  adw_window_set_content (ADW_WINDOW (window), child);
  gtk_window_present (GTK_WINDOW (window));
  spot_ui_test_settle (window);
  return window;
}

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
wait_for (SpotUiTestFunc condition,
          gpointer       user_data)
{
  gboolean met;
  gint64 until = g_get_monotonic_time () + MAX_WAIT_SECONDS * G_USEC_PER_SEC;
  guint id = g_timeout_add (50, wake_cb, NULL);

  while (!(met = condition (user_data)) && g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
  return met;
}

void
spot_ui_test_wait (SpotUiTestFunc condition,
                   gpointer       user_data)
{
  if (!wait_for (condition, user_data))
    g_error ("waited too long");
}

static gboolean
gone_cb (gpointer user_data)
{
  return *(gpointer *) user_data == NULL;
}

/* Ends @window, and sees that @widget in it is freed: nothing keeps it. */
void
spot_ui_test_destroy (GtkWidget *window,
                      GtkWidget *widget)
{
  gpointer gone = widget;

  g_object_add_weak_pointer (G_OBJECT (widget), &gone);
  gtk_window_destroy (GTK_WINDOW (window));
  spot_ui_test_wait (gone_cb, &gone);
}

static gboolean
drawn_cb (gpointer user_data)
{
  gint64 *state = user_data;

  return gdk_frame_clock_get_frame_counter (GDK_FRAME_CLOCK ((gpointer) (gsize) state[0])) >= state[1];
}

/* Lets layout and drawing that is under way come to its end. */
void
spot_ui_test_settle (GtkWidget *widget)
{
  GdkFrameClock *frame_clock = gtk_widget_get_frame_clock (widget);
  gint64 state[2];

  while (g_main_context_iteration (NULL, FALSE))
    ;
  state[0] = (gint64) (gsize) frame_clock;
  state[1] = gdk_frame_clock_get_frame_counter (frame_clock) + 2;
  gtk_widget_queue_draw (widget);
  gdk_frame_clock_begin_updating (frame_clock);
  spot_ui_test_wait (drawn_cb, state);
  gdk_frame_clock_end_updating (frame_clock);
}

static void
append_text (GtkWidget *widget,
             GString   *text)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget))
    {
      g_string_append (text, gtk_label_get_text (GTK_LABEL (widget)));
      g_string_append_c (text, '\n');
    }
  else if (GTK_IS_TEXT_VIEW (widget))
    {
      GtkTextIter start, end;
      g_autofree char *shown = NULL;

      gtk_text_buffer_get_bounds (gtk_text_view_get_buffer (GTK_TEXT_VIEW (widget)), &start, &end);
      shown = gtk_text_buffer_get_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (widget)), &start, &end, FALSE);
      g_string_append (text, shown);
      g_string_append_c (text, '\n');
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    append_text (child, text);
}

/* What a person can read in @widget: mapped labels and texts, each on a line. */
char *
spot_ui_test_dup_text (GtkWidget *widget)
{
  GString *text = g_string_new (NULL);

  append_text (widget, text);
  return g_string_free (text, FALSE);
}

gboolean
spot_ui_test_has_text (GtkWidget  *widget,
                       const char *text)
{
  g_autofree char *all = spot_ui_test_dup_text (widget);

  return strstr (all, text) != NULL;
}

typedef struct
{
  GtkWidget  *widget;
  const char *text;
} TextWait;

static gboolean
text_cb (gpointer user_data)
{
  TextWait *wait = user_data;

  return spot_ui_test_has_text (wait->widget, wait->text);
}

void
spot_ui_test_wait_text (GtkWidget  *widget,
                        const char *text)
{
  g_test_message ("waiting for \"%s\"", text);
  if (!wait_for (text_cb, &(TextWait) { widget, text }))
    {
      g_autofree char *all = spot_ui_test_dup_text (widget);

      g_error ("\"%s\" did not come; there is:\n%s", text, all);
    }
}

/* The first mapped widget of @type in which @text (%NULL: any) can be read. */
GtkWidget *
spot_ui_test_find (GtkWidget  *widget,
                   GType       type,
                   const char *text)
{
  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type) && (text == NULL || spot_ui_test_has_text (widget, text)))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = spot_ui_test_find (child, type, text);

      if (found)
        return found;
    }
  return NULL;
}

/* What the program itself last put into the clipboard. */
char *
spot_ui_test_dup_clipboard (GtkWidget *widget)
{
  GdkContentProvider *content = gdk_clipboard_get_content (gtk_widget_get_clipboard (widget));
  g_auto (GValue) value = G_VALUE_INIT;

  if (content == NULL)
    return NULL;
  g_value_init (&value, G_TYPE_STRING);
  if (!gdk_content_provider_get_value (content, &value, NULL))
    return NULL;
  return g_value_dup_string (&value);
}

/* Saves a picture of @window, when SPOT_SCREENSHOTS names a folder for it. */
void
spot_ui_test_screenshot (GtkWidget  *window,
                         const char *name)
{
  const char *folder = g_getenv ("SPOT_SCREENSHOTS");
  g_autofree char *path = NULL;
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  GtkSnapshot *snapshot;

  if (folder == NULL)
    return;
  spot_ui_test_settle (window);
  path = g_strdup_printf ("%s/%s.png", folder, name);
  paintable = gtk_widget_paintable_new (window);
  snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (window), gtk_widget_get_height (window));
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}
