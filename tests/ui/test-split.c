/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-split.h"

#define SIDEBAR (1u << SPOT_SPLIT_SIDEBAR)
#define CONTENT (1u << SPOT_SPLIT_CONTENT)
#define DETAIL (1u << SPOT_SPLIT_DETAIL)

typedef struct
{
  GtkWidget *parent; /* (owned) */
  SpotSplit *split;
  GtkWidget *panes[SPOT_SPLIT_N_PANES];
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->split = SPOT_SPLIT (spot_split_new ());
  fixture->parent = g_object_ref_sink (gtk_window_new ());
  gtk_window_set_child (GTK_WINDOW (fixture->parent), GTK_WIDGET (fixture->split));
  for (SpotSplitPane pane = 0; pane < SPOT_SPLIT_N_PANES; pane++)
    {
      fixture->panes[pane] = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
      gtk_box_append (GTK_BOX (fixture->panes[pane]), gtk_button_new_with_label ("pane"));
      spot_split_set_pane (fixture->split, pane, fixture->panes[pane]);
    }
  gtk_window_present (GTK_WINDOW (fixture->parent));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->split), (gpointer *) &fixture->split);
  gtk_window_destroy (GTK_WINDOW (fixture->parent));
  g_object_unref (fixture->parent);
  g_assert_null (fixture->split);
}

/* Lays the split out as a window of that width would, without waiting for one. */
static void
allocate (Fixture *fixture,
          int      width)
{
  int minimum;

  gtk_widget_measure (GTK_WIDGET (fixture->split), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  gtk_widget_size_allocate (GTK_WIDGET (fixture->split), &(GtkAllocation) { 0, 0, width, 600 }, -1);
}

static guint
in_sight (Fixture *fixture)
{
  guint bits = 0;

  for (SpotSplitPane pane = 0; pane < SPOT_SPLIT_N_PANES; pane++)
    {
      g_assert_cmpint (gtk_widget_get_child_visible (fixture->panes[pane]), ==,
                       spot_split_is_in_sight (fixture->split, pane));
      if (gtk_widget_get_child_visible (fixture->panes[pane]))
        bits |= 1u << pane;
    }
  return bits;
}

static int
left_of (Fixture       *fixture,
         SpotSplitPane  pane)
{
  graphene_point_t point;

  g_assert_true (gtk_widget_compute_point (fixture->panes[pane], GTK_WIDGET (fixture->split), &GRAPHENE_POINT_INIT (0, 0),
                                           &point));
  return (int) point.x;
}

static void
test_folds_both_ways (Fixture       *fixture,
                      gconstpointer  data)
{
  static const struct
  {
    int   width;
    guint n_panes;
    guint arrangement;
  } steps[] = {
    { 1200, 3, SIDEBAR | CONTENT | DETAIL },
    { 1000, 3, SIDEBAR | CONTENT | DETAIL },
    { 999, 2, CONTENT | DETAIL },
    { 800, 2, CONTENT | DETAIL },
    { 600, 2, CONTENT | DETAIL },
    { 599, 1, CONTENT },
    { 400, 1, CONTENT },
    { 360, 1, CONTENT },
    { 800, 2, CONTENT | DETAIL },
    { 1200, 3, SIDEBAR | CONTENT | DETAIL },
    { 400, 1, CONTENT },
    { 1200, 3, SIDEBAR | CONTENT | DETAIL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      int sum = 0;

      allocate (fixture, steps[i].width);
      g_assert_cmpuint (spot_split_get_n_panes (fixture->split), ==, steps[i].n_panes);
      g_assert_cmphex (in_sight (fixture), ==, steps[i].arrangement);
      for (SpotSplitPane pane = 0; pane < SPOT_SPLIT_N_PANES; pane++)
        if (spot_split_is_in_sight (fixture->split, pane))
          sum += gtk_widget_get_width (fixture->panes[pane]);
      /* Nothing but the lines between them is left over. */
      g_assert_cmpint (sum + (int) steps[i].n_panes - 1, ==, steps[i].width);
    }
}

static void
test_front_survives_folding (Fixture       *fixture,
                             gconstpointer  data)
{
  spot_split_set_front (fixture->split, SPOT_SPLIT_DETAIL);
  allocate (fixture, 1200);
  g_assert_cmphex (in_sight (fixture), ==, SIDEBAR | CONTENT | DETAIL);
  allocate (fixture, 400);
  g_assert_cmphex (in_sight (fixture), ==, DETAIL);
  allocate (fixture, 1200);
  allocate (fixture, 400);
  g_assert_cmphex (in_sight (fixture), ==, DETAIL);
}

static void
test_back_one_pane (Fixture       *fixture,
                    gconstpointer  data)
{
  allocate (fixture, 400);
  spot_split_set_front (fixture->split, SPOT_SPLIT_DETAIL);
  g_assert_true (gtk_widget_activate_action (fixture->panes[SPOT_SPLIT_DETAIL], "split.back", NULL));
  g_assert_cmphex (in_sight (fixture), ==, CONTENT);
  g_assert_true (gtk_widget_activate_action (fixture->panes[SPOT_SPLIT_CONTENT], "split.back", NULL));
  g_assert_cmphex (in_sight (fixture), ==, SIDEBAR);
  g_assert_false (spot_split_back (fixture->split));
  g_assert_cmphex (in_sight (fixture), ==, SIDEBAR);
}

static void
test_back_two_panes (Fixture       *fixture,
                     gconstpointer  data)
{
  allocate (fixture, 800);
  spot_split_set_front (fixture->split, SPOT_SPLIT_DETAIL);
  g_assert_true (spot_split_back (fixture->split));
  g_assert_cmphex (in_sight (fixture), ==, SIDEBAR | CONTENT);
  g_assert_false (spot_split_back (fixture->split));
  spot_split_set_front (fixture->split, SPOT_SPLIT_CONTENT);
  g_assert_cmphex (in_sight (fixture), ==, CONTENT | DETAIL);
}

static void
test_back_three_panes (Fixture       *fixture,
                       gconstpointer  data)
{
  allocate (fixture, 1200);
  spot_split_set_front (fixture->split, SPOT_SPLIT_DETAIL);
  g_assert_false (spot_split_back (fixture->split));
  g_assert_cmpint (spot_split_get_front (fixture->split), ==, SPOT_SPLIT_DETAIL);
}

static void
test_sidebar (Fixture       *fixture,
              gconstpointer  data)
{
  static const struct
  {
    int   width;
    guint without;
    guint with;
  } cases[] = {
    { 1200, CONTENT | DETAIL, SIDEBAR | CONTENT | DETAIL },
    { 800, CONTENT | DETAIL, SIDEBAR | CONTENT },
    { 400, CONTENT, SIDEBAR },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      spot_split_set_front (fixture->split, SPOT_SPLIT_CONTENT);
      allocate (fixture, cases[i].width);
      if (spot_split_is_in_sight (fixture->split, SPOT_SPLIT_SIDEBAR))
        spot_split_toggle_sidebar (fixture->split);
      g_assert_cmphex (in_sight (fixture), ==, cases[i].without);
      spot_split_toggle_sidebar (fixture->split);
      g_assert_cmphex (in_sight (fixture), ==, cases[i].with);
    }
}

static void
test_right_to_left (Fixture       *fixture,
                    gconstpointer  data)
{
  allocate (fixture, 1200);
  g_assert_cmpint (left_of (fixture, SPOT_SPLIT_SIDEBAR), <, left_of (fixture, SPOT_SPLIT_CONTENT));
  g_assert_cmpint (left_of (fixture, SPOT_SPLIT_CONTENT), <, left_of (fixture, SPOT_SPLIT_DETAIL));

  gtk_widget_set_direction (GTK_WIDGET (fixture->split), GTK_TEXT_DIR_RTL);
  allocate (fixture, 1200);
  g_assert_cmpint (left_of (fixture, SPOT_SPLIT_SIDEBAR), >, left_of (fixture, SPOT_SPLIT_CONTENT));
  g_assert_cmpint (left_of (fixture, SPOT_SPLIT_CONTENT), >, left_of (fixture, SPOT_SPLIT_DETAIL));
  g_assert_cmpint (left_of (fixture, SPOT_SPLIT_DETAIL), ==, 0);
}

static void
test_wide_panes_fold_earlier (Fixture       *fixture,
                              gconstpointer  data)
{
  gtk_widget_set_size_request (fixture->panes[SPOT_SPLIT_CONTENT], 340, -1);
  gtk_widget_set_size_request (fixture->panes[SPOT_SPLIT_DETAIL], 350, -1);
  allocate (fixture, 620);
  g_assert_cmpuint (spot_split_get_n_panes (fixture->split), ==, 1);
  allocate (fixture, 700);
  g_assert_cmpuint (spot_split_get_n_panes (fixture->split), ==, 2);
  g_assert_cmpint (gtk_widget_get_width (fixture->panes[SPOT_SPLIT_CONTENT]), >=, 340);
  g_assert_cmpint (gtk_widget_get_width (fixture->panes[SPOT_SPLIT_DETAIL]), >=, 350);
}

static void
test_focus_leaves_hidden_pane (Fixture       *fixture,
                               gconstpointer  data)
{
  allocate (fixture, 400);
  spot_split_set_front (fixture->split, SPOT_SPLIT_DETAIL);
  g_assert_true (gtk_widget_grab_focus (gtk_widget_get_first_child (fixture->panes[SPOT_SPLIT_DETAIL])));
  spot_split_back (fixture->split);
  g_assert_true (gtk_root_get_focus (GTK_ROOT (fixture->parent))
                 == gtk_widget_get_first_child (fixture->panes[SPOT_SPLIT_CONTENT]));
}

static void
count_cb (guint *count)
{
  *count += 1;
}

static void
test_tells_once (Fixture       *fixture,
                 gconstpointer  data)
{
  guint count = 0;

  allocate (fixture, 1200);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_signal_connect_swapped (fixture->split, "notify::arrangement", G_CALLBACK (count_cb), &count);
  allocate (fixture, 1100);
  allocate (fixture, 400);
  allocate (fixture, 380);
  /* Never in the middle of an allocation. */
  g_assert_cmpuint (count, ==, 0);
  gtk_widget_set_visible (fixture->parent, FALSE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (count, ==, 1);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/split/folds-both-ways", test_folds_both_ways);
  ADD ("/split/front-survives-folding", test_front_survives_folding);
  ADD ("/split/back/one-pane", test_back_one_pane);
  ADD ("/split/back/two-panes", test_back_two_panes);
  ADD ("/split/back/three-panes", test_back_three_panes);
  ADD ("/split/sidebar", test_sidebar);
  ADD ("/split/right-to-left", test_right_to_left);
  ADD ("/split/wide-panes-fold-earlier", test_wide_panes_fold_earlier);
  ADD ("/split/focus-leaves-hidden-pane", test_focus_leaves_hidden_pane);
  ADD ("/split/tells-once", test_tells_once);
  return g_test_run ();
}
