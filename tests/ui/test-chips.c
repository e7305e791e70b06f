/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spot-chips.h"
#include "spot-ui-test.h"

/* Newer versions of libadwaita let no window be narrower, in pixels. */
#define NARROWEST 360

static void
click (GtkWidget  *window,
       const char *text)
{
  GtkWidget *button = spot_ui_test_find (window, GTK_TYPE_BUTTON, text);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

/* In lines, as many as the width asks for; copied exactly; kept while they stay. */
static void
test_tags (void)
{
  GtkWidget *chips = g_object_new (SPOT_TYPE_CHIPS, "valign", GTK_ALIGN_START, NULL);
  GtkWidget *window = spot_ui_test_window (chips, NARROWEST, 300);
  const char *const three[]
      = { "user_1", "<b>&\xe2\x80\xae", "a tag that is so long that it takes more than a line for itself alone", NULL };
  const char * const four[] = { "user_1", "other", "third", "fourth", NULL };
  const char *many[41] = { NULL };
  g_autofree char *copy = NULL;
  g_autofree char *all = NULL;
  GtkWidget *first;
  int one_line, height;

  g_assert_false (gtk_widget_get_visible (chips));
  spot_chips_set_tags (SPOT_CHIPS (chips), (const char * const[]) { "a", NULL });
  spot_ui_test_settle (window);
  one_line = gtk_widget_get_height (chips);
  spot_chips_set_tags (SPOT_CHIPS (chips), three);
  spot_ui_test_settle (window);
  height = gtk_widget_get_height (chips);
  g_assert_cmpint (height, >, one_line);
  g_assert_cmpint (gtk_widget_get_width (chips), <=, NARROWEST);
  g_assert_true (spot_ui_test_has_text (chips, "<b>&\\u202e\n"));
  click (window, "<b>&");
  copy = spot_ui_test_dup_clipboard (window);
  g_assert_cmpstr (copy, ==, three[1]);

  first = gtk_widget_get_first_child (chips);
  spot_chips_set_tags (SPOT_CHIPS (chips), four);
  g_assert_true (gtk_widget_get_first_child (chips) == first);
  spot_ui_test_settle (window);
  g_assert_true (spot_ui_test_has_text (chips, "fourth"));
  g_assert_false (spot_ui_test_has_text (chips, "<b>"));

  for (guint i = 0; i < 40; i++)
    many[i] = "t";
  spot_chips_set_tags (SPOT_CHIPS (chips), many);
  spot_ui_test_settle (window);
  g_assert_true (spot_ui_test_has_text (chips, "+20 more"));
  click (window, "+20 more");
  all = spot_ui_test_dup_clipboard (window);
  g_assert_cmpuint (strlen (all), ==, 79);

  spot_chips_set_tags (SPOT_CHIPS (chips), NULL);
  g_assert_false (gtk_widget_get_visible (chips));
  g_assert_null (gtk_widget_get_first_child (chips));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* A title may claim anything: the host is beside it, and what is not safe is not there. */
static void
test_links_and_references (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *links = g_object_new (SPOT_TYPE_CHIPS, NULL);
  GtkWidget *references = g_object_new (SPOT_TYPE_CHIPS, NULL);
  g_autoptr (GPtrArray) link_list = g_ptr_array_new ();
  g_autoptr (GPtrArray) reference_list = g_ptr_array_new ();
  SpotLink good = { (char *) "Report", (char *) "https://example.com/r?a=1", (char *) "example.com" };
  SpotLink bad = { (char *) "Bank", (char *) "javascript:alert(1)", (char *) "bank.example" };
  SpotMetadataReference user = { SPOT_METADATA_REFERENCE_USER, (char *) "user_1", (char *) "Ada" };
  SpotMetadataReference run = { SPOT_METADATA_REFERENCE_RUN, (char *) "run_2", NULL };
  GtkWidget *window, *button;
  g_autofree char *copy = NULL;

  gtk_box_append (GTK_BOX (box), links);
  gtk_box_append (GTK_BOX (box), references);
  window = spot_ui_test_window (box, 400, 200);
  g_ptr_array_add (link_list, &bad);
  g_ptr_array_add (link_list, &good);
  g_ptr_array_add (reference_list, &user);
  g_ptr_array_add (reference_list, &run);
  spot_chips_set_links (SPOT_CHIPS (links), link_list, 4);
  spot_chips_set_references (SPOT_CHIPS (references), reference_list);
  spot_ui_test_settle (window);
  g_assert_true (spot_ui_test_has_text (links, "Report\nexample.com\n"));
  g_assert_false (spot_ui_test_has_text (links, "Bank"));
  button = spot_ui_test_find (links, GTK_TYPE_BUTTON, "Report");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, "https://example.com/r?a=1");
  g_assert_true (spot_ui_test_has_text (references, "Ada\nuser_1\n"));
  g_assert_true (spot_ui_test_has_text (references, "run_2\n"));
  click (window, "Ada");
  copy = spot_ui_test_dup_clipboard (window);
  g_assert_cmpstr (copy, ==, "user_1");
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int   argc,
      char *argv[])
{
  spot_ui_test_init (&argc, &argv);
  g_test_add_func ("/chips/tags", test_tags);
  g_test_add_func ("/chips/links-and-references", test_links_and_references);
  return g_test_run ();
}
