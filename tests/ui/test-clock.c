/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spot-clock.h"

static guint n_ticks;
static GtkWidget *ticked;

static void
ticked_cb (GtkWidget *widget,
           gpointer   user_data)
{
  g_assert_true (user_data == &n_ticks);
  ticked = widget;
  n_ticks++;
}

static gboolean
has_timer (void)
{
  return g_main_context_find_source_by_user_data (NULL, spot_clock_get_default ()) != NULL;
}

static gboolean
timeout_cb (gpointer user_data)
{
  g_error ("waited too long");
  return G_SOURCE_REMOVE;
}

static void
wait_for_ticks (guint n)
{
  guint id = g_timeout_add_seconds (20, timeout_cb, NULL);

  while (n_ticks < n)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

static void
test_rests (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *one = gtk_label_new ("1");
  GtkWidget *two = gtk_label_new ("2");
  GtkWidget *late = gtk_label_new ("3");

  gtk_box_append (GTK_BOX (box), one);
  gtk_box_append (GTK_BOX (box), two);
  gtk_box_append (GTK_BOX (box), late);
  gtk_window_set_child (GTK_WINDOW (window), box);
  spot_clock_attach (spot_clock_get_default (), one, G_CALLBACK (ticked_cb), &n_ticks);
  spot_clock_attach (spot_clock_get_default (), two, G_CALLBACK (ticked_cb), &n_ticks);
  g_assert_false (has_timer ());
  g_assert_cmpuint (n_ticks, ==, 0);

  /* Each is brought up to date when it is mapped, then once a second. */
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (gtk_widget_get_mapped (one));
  g_assert_cmpuint (n_ticks, ==, 2);
  g_assert_true (has_timer ());
  wait_for_ticks (4);

  gtk_widget_set_visible (one, FALSE);
  g_assert_true (has_timer ());
  gtk_widget_set_visible (two, FALSE);
  g_assert_false (has_timer ());

  /* A widget that is mapped already ticks too. */
  n_ticks = 0;
  spot_clock_attach (spot_clock_get_default (), late, G_CALLBACK (ticked_cb), &n_ticks);
  g_assert_true (has_timer ());
  wait_for_ticks (1);
  g_assert_true (ticked == late);

  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_false (has_timer ());
}

static void
test_ends_with_widget (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *label = gtk_label_new ("1");

  gtk_window_set_child (GTK_WINDOW (window), label);
  spot_clock_attach (spot_clock_get_default (), label, G_CALLBACK (ticked_cb), &n_ticks);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (has_timer ());
  gtk_window_set_child (GTK_WINDOW (window), NULL);
  g_assert_false (has_timer ());
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_cmpuint (G_OBJECT (spot_clock_get_default ())->ref_count, ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/rests", test_rests);
  g_test_add_func ("/clock/ends-with-widget", test_ends_with_widget);
  return g_test_run ();
}
