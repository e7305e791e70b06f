/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-feed-planner.h"

/* Watches are written `all`, `tags:a+b`, `batch:b1`, `run:r1` (in the environment feed's window) and `old:r1` (not in it). A
 * plan is its wishes' keys, `*` after one with every column where some may lack it, `-` after one that is shed, then behind `|` what serves each watch. */
typedef struct
{
  const char *name;
  const char *watches;
  const char *open_runs;
  const char *known; /* ready, capped, columns */
  guint       max_feeds;
  const char *plan;
} Case;

static const Case cases[] = {
  { "nothing", "", "", "", 0, "|" },
  { "all", "all", "", "", 0, "list|list" },
  { "all-twice", "all all", "", "ready", 0, "list|list list" },
  { "tags-are-a-query", "tags:a tags:a+b", "", "ready", 0, "list|list list" },
  { "batch-alone", "batch:b1", "", "", 0, "batch:b1|batch:b1" },
  { "batch-twice", "batch:b1 batch:b2 batch:b1", "", "", 0, "batch:b1 batch:b2|batch:b1 batch:b2 batch:b1" },
  { "open-alone", "", "r1", "", 0, "run:r1|" },
  { "open-beside-all", "all", "r1 r2", "ready", 0, "list run:r1 run:r2|list" },
  { "run-while-the-window-is-unknown", "old:r1", "", "", 0, "list|list" },
  { "run-in-the-window", "run:r1", "", "ready", 0, "list|list" },
  { "run-outside-the-window", "old:r1", "", "ready", 0, "list run:r1|run:r1" },
  { "run-outside-and-open", "all old:r1", "r1", "ready", 0, "list run:r1|list run:r1" },
  { "run-inside-and-open", "run:r1", "r1", "ready", 0, "list run:r1|list" },
  { "everything", "all tags:a batch:b1 run:r1 old:r2", "r3", "ready", 0,
    "list run:r3 batch:b1 run:r2|list list batch:b1 list run:r2" },

  { "capped", "all tags:a tags:b", "", "ready capped", 0, "list tags:a tags:b|list tags:a tags:b" },
  { "capped-same-tags", "tags:b+a tags:a+b tags:a+a", "", "ready capped", 0, "list tags:a,b tags:a|tags:a,b tags:a,b tags:a" },
  { "capped-before-ready", "tags:a", "", "capped", 0, "list tags:a|tags:a" },
  { "capped-tag-that-the-wire-cannot-say", "tags:a,b tags:a\"b tags:a\\b tags:a\x7f tags:+a", "", "ready capped", 0,
    "list|list list list list list" },

  { "limit-not-reached", "all batch:b1", "", "ready", 2, "list batch:b1|list batch:b1" },
  { "limit-sheds-watched-runs-first", "all batch:b1 old:r1", "r2", "ready", 3,
    "list run:r2 batch:b1 run:r1-|list batch:b1 run:r1" },
  { "limit-sheds-tags-before-batches", "batch:b1 tags:a", "", "ready capped", 2, "list batch:b1 tags:a-|batch:b1 list" },
  { "every-column-all", "all tags:a", "", "columns ready", 0, "list* tags:a*|list tags:a" },
  { "every-column-own-feeds", "tags:b+a batch:b1 run:r1 old:r2", "", "columns", 0,
    "tags:a,b* batch:b1* run:r1* run:r2*|tags:a,b batch:b1 run:r1 run:r2" },
  { "every-column-same-subject", "run:r1 run:r1 tags:a tags:a+a", "", "columns ready capped", 0,
    "run:r1* tags:a*|run:r1 run:r1 tags:a tags:a" },
  { "every-column-tag-that-the-wire-cannot-say", "tags:a,b", "", "columns", 0, "list*|list" },
  { "every-column-limit", "run:r1 tags:a", "", "columns", 1, "run:r1* tags:a*-|run:r1 tags:a" },
  { "limit-of-one", "all batch:b1 tags:a old:r1", "r2", "ready capped", 1,
    "list run:r2- batch:b1- tags:a- run:r1-|list batch:b1 list run:r1" },
};

static void
parse_watch (const char       *word,
             SpotPlannerWatch *watch,
             GPtrArray        *owned)
{
  const char *subject = strchr (word, ':');

  if (subject == NULL)
    {
      watch->kind = SPOT_WATCH_ENVIRONMENT;
      return;
    }
  watch->id = subject + 1;
  if (g_str_has_prefix (word, "tags:"))
    {
      g_ptr_array_add (owned, g_strsplit (subject + 1, "+", -1));
      watch->kind = SPOT_WATCH_TAGS;
      watch->tags = owned->pdata[owned->len - 1];
    }
  else if (g_str_has_prefix (word, "batch:"))
    {
      watch->kind = SPOT_WATCH_BATCH;
    }
  else
    {
      watch->kind = SPOT_WATCH_RUN;
      watch->in_window = g_str_has_prefix (word, "run:");
    }
}

static char *
print_plan (SpotFeedPlan *plan,
            gboolean      shows_columns)
{
  g_autoptr(GPtrArray) wishes = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *wish_text = NULL;
  g_autofree char *watch_text = NULL;

  for (guint i = 0; i < plan->wishes->len; i++)
    {
      SpotFeedWish *wish = plan->wishes->pdata[i];

      g_assert_true (spot_feed_plan_find (plan, wish->key) == wish);
      g_assert_true ((wish->kind == SPOT_WISH_TAGS) == (wish->tags != NULL));
      g_assert_true ((wish->kind == SPOT_WISH_BATCH || wish->kind == SPOT_WISH_RUN) == (wish->id != NULL));
      g_ptr_array_add (wishes, g_strconcat (wish->key, wish->every_column && shows_columns ? "*" : "", wish->shed ? "-" : "", NULL));
    }
  for (guint i = 0; i < plan->watch_keys->len; i++)
    g_assert_nonnull (spot_feed_plan_find (plan, plan->watch_keys->pdata[i]));
  g_ptr_array_add (wishes, NULL);
  g_ptr_array_add (plan->watch_keys, NULL);
  wish_text = g_strjoinv (" ", (char **) wishes->pdata);
  watch_text = g_strjoinv (" ", (char **) plan->watch_keys->pdata);
  return g_strconcat (wish_text, "|", watch_text, NULL);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_auto(GStrv) words = g_strsplit (c->watches, " ", -1);
  g_auto(GStrv) open_runs = g_strsplit (c->open_runs, " ", -1);
  g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr(SpotFeedPlan) plan = NULL;
  g_autofree char *text = NULL;
  SpotPlannerWatch watches[8] = { 0 };
  SpotPlannerInput input = {
    .watches = watches,
    .open_runs = (const char * const *) open_runs,
    .n_open_runs = g_strv_length (open_runs),
    .environment_ready = strstr (c->known, "ready") != NULL,
    .environment_capped = strstr (c->known, "capped") != NULL,
    .max_feeds = c->max_feeds,
    .every_column = strstr (c->known, "columns") != NULL,
  };

  for (; words[input.n_watches] != NULL; input.n_watches++)
    parse_watch (words[input.n_watches], &watches[input.n_watches], owned);
  plan = spot_feed_plan_new (&input);
  text = print_plan (plan, input.every_column);
  g_assert_cmpstr (text, ==, c->plan);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/feed-planner/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  return g_test_run ();
}
