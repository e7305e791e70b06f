/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-feed-budget.h"

#define S G_TIME_SPAN_SECOND

static void
test_user (void)
{
  SpotFeedBudget budget = { 0 };

  g_assert_cmpuint (spot_feed_budget_get (&budget), ==, 0);
  g_assert_cmpint (spot_feed_budget_get_due_us (&budget), ==, 0);
  g_assert_false (spot_feed_budget_tick (&budget, 9, 1000 * S));
  budget.max = 4;
  g_assert_cmpuint (spot_feed_budget_get (&budget), ==, 4);
}

static void
test_refused (void)
{
  SpotFeedBudget budget = { 0 };

  g_assert_true (spot_feed_budget_refuse (&budget, 5, 0));
  g_assert_cmpuint (spot_feed_budget_get (&budget), ==, 4);
  g_assert_true (spot_feed_budget_refuse (&budget, 4, 1 * S));
  g_assert_cmpuint (spot_feed_budget_get (&budget), ==, 3);
  /* The second refusal in a row is remembered longer. */
  g_assert_cmpint (spot_feed_budget_get_due_us (&budget), ==, 121 * S);
  g_assert_false (spot_feed_budget_tick (&budget, 5, 121 * S - 1));
  g_assert_true (spot_feed_budget_tick (&budget, 5, 121 * S));
  g_assert_cmpuint (spot_feed_budget_get (&budget), ==, 4);
  g_assert_true (spot_feed_budget_tick (&budget, 5, 181 * S));
  g_assert_cmpuint (spot_feed_budget_get (&budget), ==, 5);
  /* All that is wanted runs: the limit is forgotten. */
  g_assert_true (spot_feed_budget_tick (&budget, 5, 241 * S));
  g_assert_cmpuint (spot_feed_budget_get (&budget), ==, 0);
  g_assert_cmpint (spot_feed_budget_get_due_us (&budget), ==, 0);
}

static void
test_last (void)
{
  SpotFeedBudget budget = { 0 };

  g_assert_true (spot_feed_budget_refuse (&budget, 1, 0));
  g_assert_cmpuint (spot_feed_budget_get (&budget), ==, 1);
  g_assert_false (spot_feed_budget_refuse (&budget, 1, S));
  g_assert_false (spot_feed_budget_refuse (&budget, 0, 2 * S));
  g_assert_cmpuint (spot_feed_budget_get (&budget), ==, 1);
}

/* Whoever clicks need not wait; the next try by itself counts from there. */
static void
test_asked (void)
{
  SpotFeedBudget budget = { 0 };

  g_assert_false (spot_feed_budget_ask (&budget, 0));
  g_assert_true (spot_feed_budget_refuse (&budget, 5, 0));
  g_assert_true (spot_feed_budget_ask (&budget, 10 * S));
  g_assert_cmpuint (spot_feed_budget_get (&budget), ==, 5);
  g_assert_cmpint (spot_feed_budget_get_due_us (&budget), ==, 70 * S);
  budget.max = 3;
  g_assert_false (spot_feed_budget_ask (&budget, 11 * S));
  g_assert_cmpuint (spot_feed_budget_get (&budget), ==, 3);
}

static void
test_both (void)
{
  SpotFeedBudget budget = { .max = 3 };

  g_assert_false (spot_feed_budget_refuse (&budget, 8, 0));
  g_assert_cmpuint (spot_feed_budget_get (&budget), ==, 3);
  g_assert_true (spot_feed_budget_refuse (&budget, 3, 0));
  g_assert_cmpuint (spot_feed_budget_get (&budget), ==, 2);
}

static void
test_wait_is_bounded (void)
{
  SpotFeedBudget budget = { 0 };

  for (guint i = 0; i < 1000; i++)
    spot_feed_budget_refuse (&budget, 4, 0);
  g_assert_cmpint (spot_feed_budget_get_due_us (&budget), ==, 15 * 60 * S);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/feed-budget/user", test_user);
  g_test_add_func ("/feed-budget/refused", test_refused);
  g_test_add_func ("/feed-budget/last", test_last);
  g_test_add_func ("/feed-budget/asked", test_asked);
  g_test_add_func ("/feed-budget/both", test_both);
  g_test_add_func ("/feed-budget/wait-is-bounded", test_wait_is_bounded);
  return g_test_run ();
}
