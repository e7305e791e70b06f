/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <adwaita.h>
#include <glib/gstdio.h>

#include "spot-dev-server.h"
#include "spot-monitor.h"
#include "spot-run-detail.h"
#include "spot-streams-view.h"
#include "spot-ui-test.h"
#include "spot-words-detail.h"

/* The streams of a run on a real server, in the detail of the run. */
typedef struct
{
  SpotDevServer   *server;
  SpotMonitor     *monitor;
  SpotEnvironment *environment;
  GtkWidget       *window;
  SpotRunDetail   *detail;
} Fixture;

static void
put (Fixture    *self,
     const char *status,
     const char *keys,
     const char *more)
{
  g_autofree char *columns = g_strdup_printf ("{\"friendlyId\":\"run_1\",\"taskIdentifier\":\"ask-model\",\"status\":\"%s\","
                                              "\"realtimeStreams\":[%s]%s}", status, keys, more);
  g_autoptr (GError) error = NULL;

  spot_dev_server_put_run (self->server, NULL, columns, &error);
  g_assert_no_error (error);
}

static void
write_chunk (Fixture    *self,
             const char *key,
             const char *chunk)
{
  spot_dev_server_write_stream (self->server, "run_1", key, chunk);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1.0, .hold_ms = 2000 };
  g_autoptr (GError) error = NULL;
  GtkWidget *overlay = adw_toast_overlay_new ();

  self->server = spot_dev_server_new (&options);
  g_assert_true (spot_dev_server_start (self->server, &error));
  g_assert_no_error (error);
  self->monitor = spot_monitor_new ();
  self->environment = spot_monitor_add_environment (self->monitor, "Test", spot_dev_server_get_url (self->server),
                                                    spot_dev_server_get_key (self->server), TRUE, &error);
  g_assert_no_error (error);
  self->detail = g_object_new (SPOT_TYPE_RUN_DETAIL, NULL);
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), GTK_WIDGET (self->detail));
  self->window = spot_ui_test_window (overlay, 420, 560);
  put (self, "EXECUTING", "", "");
  spot_run_detail_show (self->detail, self->environment, "run_1");
  spot_ui_test_wait_text (self->window, "Executing");
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  spot_run_detail_clear (self->detail);
  spot_ui_test_destroy (self->window, GTK_WIDGET (self->detail));
  spot_monitor_stop (self->monitor);
  g_assert_finalize_object (self->monitor);
  spot_dev_server_stop (self->server);
  g_object_unref (self->server);
}

static SpotStreamsView *
open_streams (Fixture *self)
{
  GtkWidget *button;

  spot_ui_test_wait_text (self->window, "Streams");
  button = spot_ui_test_find (self->window, GTK_TYPE_TOGGLE_BUTTON, "Streams");
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  spot_ui_test_settle (self->window);
  return SPOT_STREAMS_VIEW (spot_ui_test_find (self->window, SPOT_TYPE_STREAMS_VIEW, NULL));
}

static GtkWidget *
find_text_view (Fixture *self)
{
  return spot_ui_test_find (self->window, GTK_TYPE_TEXT_VIEW, NULL);
}

/* The exact text in sight. */
static char *
dup_shown (Fixture *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (find_text_view (self)));
  char *text = NULL;

  g_object_get (buffer, "text", &text, NULL);
  return text;
}

static void
assert_shown (Fixture    *self,
              const char *expected)
{
  g_autofree char *text = dup_shown (self);

  g_assert_cmpstr (text, ==, expected);
}

static void
activate (SpotStreamsView *view,
          const char      *action,
          const char      *target) /* nullable */
{
  gtk_widget_activate_action (GTK_WIDGET (view), action, target ? "s" : NULL, target);
}

/* A model's answer: joined or piece by piece, copied, followed to its end. */
static void
test_answer (Fixture       *self,
             gconstpointer  data)
{
  SpotStreamsView *view;
  g_autofree char *copied = NULL;

  g_assert_false (spot_ui_test_has_text (self->window, "Streams"));
  write_chunk (self, "answer", "{\"delta\":\"Three sup\"}");
  write_chunk (self, "answer", "{\"delta\":\"pliers\"}");
  put (self, "EXECUTING", "\"answer\"", "");
  view = open_streams (self);
  spot_ui_test_wait_text (self->window, "Three suppliers");
  spot_ui_test_wait_text (self->window, "answer");
  spot_ui_test_wait_text (self->window, "Live · 2 pieces");
  write_chunk (self, "answer", "{\"delta\":\" raised prices.\\n\"}");
  write_chunk (self, "answer", "{\"type\":\"finish\",\"n\":1.10}");
  spot_ui_test_wait_text (self->window, "Live · 4 pieces");
  assert_shown (self, "Three suppliers raised prices.\n{\"type\":\"finish\",\"n\":1.10}\n");

  activate (view, "streams.form", "pieces");
  assert_shown (self, "{\"delta\":\"Three sup\"}\n{\"delta\":\"pliers\"}\n{\"delta\":\" raised prices.\\n\"}\n"
                      "{\"type\":\"finish\",\"n\":1.10}\n");
  activate (view, "streams.form", "text");
  activate (view, "streams.copy", NULL);
  copied = spot_ui_test_dup_clipboard (self->window);
  g_assert_cmpstr (copied, ==, "Three suppliers raised prices.\n{\"type\":\"finish\",\"n\":1.10}\n");
  spot_ui_test_wait_text (self->window, "Stream copied");

  put (self, "COMPLETED_SUCCESSFULLY", "\"answer\"", ",\"completedAt\":\"2026-01-01T00:00:00.000Z\"");
  spot_ui_test_wait_text (self->window, "Completed");
  write_chunk (self, "answer", "\"Late.\"");
  spot_ui_test_wait_text (self->window, "5 pieces");
  spot_ui_test_wait_text (self->window, "Late.");
}

/* Several streams, what comes while another section is in front, and another run. */
static void
test_several (Fixture       *self,
              gconstpointer  data)
{
  GtkWidget *chooser;
  GtkWidget *overview;

  write_chunk (self, "first", "\"one\"");
  write_chunk (self, "$trigger.input:<b>\\u202e", "\"two\"");
  put (self, "EXECUTING", "\"first\"", "");
  open_streams (self);
  spot_ui_test_wait_text (self->window, "one");
  put (self, "EXECUTING", "\"first\",\"$trigger.input:go\"", "");
  write_chunk (self, "$trigger.input:go", "\"two\"");
  chooser = spot_ui_test_find (self->window, GTK_TYPE_DROP_DOWN, NULL);
  g_assert_nonnull (chooser);
  while (g_list_model_get_n_items (gtk_drop_down_get_model (GTK_DROP_DOWN (chooser))) < 2)
    spot_ui_test_settle (self->window);
  assert_shown (self, "one");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (chooser), 1);
  spot_ui_test_wait_text (self->window, "Input: go");
  spot_ui_test_wait_text (self->window, "two");
  assert_shown (self, "two");

  overview = spot_ui_test_find (self->window, GTK_TYPE_TOGGLE_BUTTON, "Overview");
  g_signal_emit_by_name (overview, "clicked");
  write_chunk (self, "$trigger.input:go", "\" and three\"");
  spot_ui_test_settle (self->window);
  open_streams (self);
  spot_ui_test_wait_text (self->window, "two and three");

  spot_run_detail_show (self->detail, self->environment, "run_2");
  spot_ui_test_wait_text (self->window, "does not exist yet");
  spot_run_detail_show (self->detail, self->environment, "run_1");
  open_streams (self);
  spot_ui_test_wait_text (self->window, "one");
}

static gboolean
is_at_end (gpointer user_data)
{
  GtkAdjustment *adjustment = user_data;

  /* Of something that has been laid out. */
  return gtk_adjustment_get_value (adjustment) > 0.0 &&
         gtk_adjustment_get_value (adjustment) >=
             gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment) - 1.0;
}

static gboolean
has_many_pieces (gpointer user_data)
{
  return spot_ui_test_has_text (user_data, "400 pieces");
}

/* The end stays in sight until somebody looks at something further up, and again once they are back. */
static void
test_follow (Fixture       *self,
             gconstpointer  data)
{
  SpotStreamsView *view;
  GtkAdjustment *adjustment;
  double value;

  for (guint i = 0; i < 200; i++)
    write_chunk (self, "log", "{\"row\":1}");
  put (self, "EXECUTING", "\"log\"", "");
  view = open_streams (self);
  spot_ui_test_wait_text (self->window, "200 pieces");
  adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (find_text_view (self)));
  spot_ui_test_wait (is_at_end, adjustment);
  g_assert_true (spot_streams_view_get_following (view));

  g_signal_emit_by_name (find_text_view (self), "move-cursor", GTK_MOVEMENT_PAGES, -2, FALSE);
  g_assert_false (spot_streams_view_get_following (view));
  spot_ui_test_settle (self->window);
  g_assert_false (is_at_end (adjustment));
  value = gtk_adjustment_get_value (adjustment);
  for (guint i = 0; i < 200; i++)
    write_chunk (self, "log", "{\"row\":2}");
  spot_ui_test_wait (has_many_pieces, self->window);
  spot_ui_test_settle (self->window);
  /* The move up may not have come to rest; it does not turn. */
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), <=, value);
  g_assert_false (spot_streams_view_get_following (view));

  activate (view, "streams.follow", NULL);
  g_assert_true (spot_streams_view_get_following (view));
  spot_ui_test_wait (is_at_end, adjustment);

  /* Whoever comes to the end by themselves follows it, too. */
  g_signal_emit_by_name (find_text_view (self), "move-cursor", GTK_MOVEMENT_PAGES, -1, FALSE);
  g_assert_false (spot_streams_view_get_following (view));
  spot_ui_test_settle (self->window);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  g_assert_true (spot_streams_view_get_following (view));
}

#define N_FLOOD 30000u

static gboolean
has_flood (gpointer user_data)
{
  return spot_ui_test_has_text (user_data, "30000 pieces");
}

/* More than is kept, more than is shown, and one line without an end: what is shown is bounded, what is saved is all. */
static void
test_flood (Fixture       *self,
            gconstpointer  data)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "stream-XXXXXX", NULL);
  int fd = g_mkstemp (path);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *shown = NULL;
  g_autofree char *saved = NULL;
  gsize length;
  SpotStreamsView *view;

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  put (self, "EXECUTING", "\"log\"", "");
  view = open_streams (self);
  for (guint i = 0; i < N_FLOOD; i++)
    write_chunk (self, "log", "\"0123456789\"");
  spot_ui_test_wait (has_flood, self->window);
  spot_ui_test_wait_text (self->window, "Only the end is shown; the oldest 10000 pieces are not kept.");
  shown = dup_shown (self);
  g_assert_cmpuint (strlen (shown), >=, 60000);
  g_assert_cmpuint (strlen (shown), <, 121000);
  for (const char *line = shown, *next; line != NULL; line = next)
    {
      next = strchr (line, '\n');
      g_assert_cmpuint (next != NULL ? (gsize) (next - line) : strlen (line), <=, 4000);
      next = next != NULL ? next + 1 : NULL;
    }
  g_assert_true (g_str_has_suffix (shown, "0123456789"));

  spot_streams_view_save (view, file);
  spot_ui_test_wait_text (self->window, "Stream saved");
  g_assert_true (g_file_get_contents (path, &saved, &length, NULL));
  g_assert_cmpuint (length, ==, 200000);
  g_assert_null (strchr (saved, '\n'));
  g_unlink (path);
}

/* Whatever a task writes is text. */
static void
test_hostile (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nowhere/at/all");
  SpotStreamsView *view;

  write_chunk (self, "<b>k</b>", "\"<span size='99999'>\\u202e\\u0000\\u001b[2J\\n\"");
  put (self, "EXECUTING", "\"<b>k</b>\"", "");
  view = open_streams (self);
  spot_ui_test_wait_text (self->window, "<b>k</b>");
  spot_ui_test_wait_text (self->window, "<span size='99999'>\\u202e\\u0000\\u001b[2J");
  spot_streams_view_save (view, nowhere);
  spot_ui_test_wait_text (self->window, "The file could not be written");
  activate (view, "streams.copy", NULL);
}

/* What is wrong is said, with what to do. */
static void
test_trouble (Fixture       *self,
              gconstpointer  data)
{
  SpotStreamsView *view;

  put (self, "EXECUTING", "\"early\"", "");
  view = open_streams (self);
  spot_ui_test_wait_text (self->window, "Reconnecting · 0 pieces");
  g_assert_nonnull (spot_ui_test_find (self->window, GTK_TYPE_TEXT_VIEW, NULL));
  write_chunk (self, "early", "\"now\"");
  activate (view, "streams.retry", NULL);
  spot_ui_test_wait_text (self->window, "Live · 1 piece");
  assert_shown (self, "now");
}

static void
test_pictures (Fixture       *self,
               gconstpointer  data)
{
  static const char *const lines[] = {
    "{\"delta\":\"Three suppliers raised prices in July:\\n\\n\"}", "{\"delta\":\"- Northwind: +4.5 %\\n\"}",
    "{\"delta\":\"- Tailspin: +7 %\\n\"}", "{\"delta\":\"- Fabrikam: +2.1 %\\n\\n\"}",
    "{\"type\":\"tool-call\",\"toolName\":\"search\",\"args\":{\"query\":\"price list Contoso 2026\"}}",
    "{\"delta\":\"Contoso has not published a list yet; the last one is of April.\\n\"}",
  };

  for (guint i = 0; i < 5 * G_N_ELEMENTS (lines); i++)
    write_chunk (self, "answer", lines[i % G_N_ELEMENTS (lines)]);
  put (self, "EXECUTING", "\"answer\"", "");
  open_streams (self);
  spot_ui_test_wait_text (self->window, "Live · 30 pieces");
  for (guint dark = 0; dark < 2; dark++)
    for (int width = 360; width <= 640; width += 280)
      {
        g_autofree char *path = g_strdup_printf ("streams-%d-%s", width, dark ? "dark" : "light");

        adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                            dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
        gtk_window_set_default_size (GTK_WINDOW (self->window), width, 560);
        spot_ui_test_settle (self->window);
        if (dark)
          g_signal_emit_by_name (find_text_view (self), "move-cursor", GTK_MOVEMENT_PAGES, -1, FALSE);
        spot_ui_test_settle (self->window);
        g_assert_cmpint (gtk_widget_get_width (self->window), <=, width);
        spot_ui_test_screenshot (self->window, path);
      }
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

/* ---- words ---- */

static void
assert_words (char       *text,
              const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_words (void)
{
  assert_words (spot_words_stream (SPOT_CONNECTION_CONNECTING, FALSE, 0), "Connecting · 0 pieces");
  assert_words (spot_words_stream (SPOT_CONNECTION_LIVE, FALSE, 1), "Live · 1 piece");
  assert_words (spot_words_stream (SPOT_CONNECTION_LIVE, TRUE, 2), "Complete · 2 pieces");
  assert_words (spot_words_stream (SPOT_CONNECTION_NEEDS_ATTENTION, TRUE, 2), "Incomplete · 2 pieces");
  assert_words (spot_words_stream (SPOT_CONNECTION_NEEDS_ATTENTION, FALSE, 2), "Needs attention · 2 pieces");
  assert_words (spot_words_stream_cut (0, FALSE), NULL);
  assert_words (spot_words_stream_cut (0, TRUE), "Only the end is shown. Copies and files have all of it.");
  assert_words (spot_words_stream_cut (1, FALSE), "Only the end is shown; the oldest 1 piece is not kept.");
  assert_words (spot_words_stream_cut (7, TRUE), "Only the end is shown; the oldest 7 pieces are not kept.");

  assert_words (spot_streams_view_dup_file_name ("run_1", "answer"), "run_1-answer.txt");
  assert_words (spot_streams_view_dup_file_name ("../run\n", "a/b ü"), "---run--a-b---.txt");
}

int
main (int   argc,
      char *argv[])
{
  spot_ui_test_init (&argc, &argv);
  g_test_add_func ("/streams-view/words", test_words);
#define ADD(name, func) g_test_add ("/streams-view/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("answer", test_answer);
  ADD ("several", test_several);
  ADD ("follow", test_follow);
  ADD ("flood", test_flood);
  ADD ("hostile", test_hostile);
  ADD ("trouble", test_trouble);
  ADD ("pictures", test_pictures);
  return g_test_run ();
}
