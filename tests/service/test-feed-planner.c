/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-feed-planner.h"

/* Watches are written `all`, `tags:a+b`, `batch:b1`, `run:r1` (in the environment feed's window) and `old:r1` (not in it), with
 * `!` after one that is paused and `.` after one that is finished. A plan is its wishes' keys, `*` after one with every column
 * where some may lack it, `-` after one that is shed, `~` after one that is held; then behind `|` what serves each watch, or
 * (paused), (finished), (forbidden). */
typedef struct
{
  const char *name;
  const char *watches;
  const char *open_runs;
  const char *known; /* ready, capped, columns, electric, native, asleep */
  guint       max_feeds;
  const char *plan;
  const char *scopes;   /* of a public token; NULL for a secret key */
  const char *old_runs;
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

  { "dialect-electric-has-no-cap", "all tags:a", "", "ready capped electric", 0, "list|list list" },
  { "dialect-native-has-one", "all tags:a", "", "ready capped native", 0, "list tags:a|list tags:a" },
  { "dialect-electric-run-outside", "old:r1", "", "ready electric", 0, "list run:r1|run:r1" },
  { "dialect-native-run-outside", "old:r1", "", "ready native", 0, "list run:r1|run:r1" },
  { "dialect-native-capped-run-inside", "run:r1", "", "ready capped native", 0, "list|list" },

  { "paused-alone", "all!", "", "ready", 0, "list~|(paused)" },
  { "paused-and-asleep", "batch:b1! all", "", "ready asleep", 0, "list~ batch:b1~|(paused) list" },
  { "paused-takes-no-place", "all batch:b1! batch:b2", "", "ready", 2, "list batch:b2 batch:b1~|list (paused) batch:b2" },
  { "paused-beside-another", "tags:a! all batch:b1!", "", "ready", 0, "list batch:b1~|(paused) list (paused)" },
  { "paused-twin", "batch:b1! batch:b1", "", "ready", 0, "batch:b1|(paused) batch:b1" },
  { "paused-and-open", "old:r1!", "r1", "ready", 0, "run:r1 list~|(paused)" },
  { "finished-run", "all old:r1.", "", "ready", 0, "list|list (finished)" },
  { "finished-run-is-opened", "old:r1.", "r1", "ready", 0, "run:r1|(finished)" },
  { "finished-batch-may-grow", "all batch:b1.", "", "ready", 0, "list batch:b1|list batch:b1" },
  { "finished-batch-is-shed-first", "all batch:b1. batch:b2 old:r1", "", "ready", 3,
    "list batch:b2 run:r1 batch:b1-|list batch:b1 batch:b2 run:r1" },

  { "old-runs-last", "all batch:b1 old:r1", "r2", "ready", 0, "list run:r2 batch:b1 run:r1 run:r8 run:r9|list batch:b1 run:r1",
    .old_runs = "r8 r9" },
  { "old-runs-within-the-limit", "all", "", "ready", 3, "list run:r7 run:r8 run:r9-|list", .old_runs = "r7 r8 r9" },
  { "old-run-that-is-watched", "all old:r8", "", "ready", 0, "list run:r8|list run:r8", .old_runs = "r8" },
  { "old-run-that-is-open", "all", "r8", "ready", 2, "list run:r8 run:r9-|list", .old_runs = "r9 r8" },

  { "asleep", "all batch:b1", "r1", "ready asleep", 0, "list~ run:r1~ batch:b1~|list batch:b1" },
  { "asleep-with-a-limit", "all batch:b1", "", "ready asleep", 1, "list~ batch:b1-~|list batch:b1" },
  { "asleep-with-nothing", "", "", "asleep", 0, "|" },

  { "scope-all-runs", "all tags:a batch:b1 run:r1", "", "ready", 0, "list batch:b1|list list batch:b1 list", "read:runs" },
  { "scope-all-tags-but-no-batch", "all batch:b1", "", "ready", 0, "list|list (forbidden)", "read:tags" },
  { "scope-everything", "all old:r1", "", "ready", 0, "list run:r1|list run:r1", "admin" },
  { "scope-one-tag", "tags:a tags:b", "", "", 0, "tags:a|tags:a (forbidden)", "read:tags:a" },
  { "scope-one-tag-serves-more", "tags:a+z tags:b+a", "", "", 0, "tags:a|tags:a tags:a", "read:tags:a" },
  { "scope-tag-with-colons", "tags:user:42", "", "", 0, "tags:user:42|tags:user:42", "read:tags:user:42" },
  { "scope-one-run", "run:r1 run:r2", "", "", 0, "run:r1|run:r1 (forbidden)", "read:runs:r1" },
  { "scope-one-run-does-not-list", "tags:a", "", "", 0, "|(forbidden)", "read:runs:r1" },
  { "scope-one-batch", "batch:b1 batch:b2", "", "", 0, "batch:b1|batch:b1 (forbidden)", "read:batch:b1" },
  { "scope-run-depends-on-its-tags", "run:r1", "", "", 0, "run:r1|run:r1", "read:tags:a" },
  { "scope-all-is-what-they-give", "all", "", "", 0, "tags:a run:r1 batch:b1|tags:a",
    "read:tags:a read:runs:r1 read:batch:b1 write:runs:r2 trigger:tasks:x" },
  { "scope-paused", "tags:a! tags:b!", "", "", 0, "tags:a~|(paused) (paused)", "read:tags:a" },
  { "scope-all-of-nothing", "all", "", "", 0, "|(forbidden)", "write:runs" },
  { "scope-empty-id", "all", "", "", 0, "|(forbidden)", "read:tags: read:runs:" },
  { "scope-open-run", "run:r1", "r2 r1", "", 0, "run:r1|run:r1", "read:runs:r1" },
  { "scope-old-runs", "run:r1", "", "", 0, "run:r1|run:r1", "read:runs:r1", "r1 r2" },
  { "scope-limit", "tags:a run:r1", "", "", 1, "tags:a run:r1-|tags:a run:r1", "read:tags:a read:runs:r1" },
  { "scope-every-column", "tags:b+a", "", "columns", 0, "tags:a,b*|tags:a,b", "read:tags:a" },
  { "scope-tag-that-the-wire-cannot-say", "tags:a,b", "", "", 0, "|(forbidden)", "read:tags:a,b" },
};

/* As somebody with the secret key would make it. */
static SpotToken *
make_token (const char *scopes)
{
  g_auto(GStrv) words = g_strsplit (scopes, " ", -1);
  SpotTokenClaims claims = { .environment_id = "env", .scopes = (const char * const *) words, .lifetime_s = 3600 };
  g_autofree char *text = NULL;
  GError *error = NULL;
  SpotToken *token;

  text = spot_token_sign ("tr_dev_abc", &claims, &error);
  g_assert_no_error (error);
  token = spot_token_decode (text, &error);
  g_assert_no_error (error);
  return token;
}

static void
parse_watch (const char       *word,
             SpotPlannerWatch *watch,
             GPtrArray        *owned)
{
  const char *subject = strchr (word, ':');

  watch->paused = g_str_has_suffix (word, "!");
  watch->finished = g_str_has_suffix (word, ".");
  if (watch->paused || watch->finished)
    {
      word = g_strndup (word, strlen (word) - 1);
      g_ptr_array_add (owned, g_new0 (char *, 2));
      *(char **) owned->pdata[owned->len - 1] = (char *) word;
      subject = strchr (word, ':');
    }
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
  static const char * const servings[] = { "", "(paused)", "(finished)", "(forbidden)" };
  g_autoptr(GPtrArray) wishes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) watches = g_ptr_array_new ();
  guint n_live = 0;
  g_autofree char *wish_text = NULL;
  g_autofree char *watch_text = NULL;

  for (guint i = 0; i < plan->wishes->len; i++)
    {
      SpotFeedWish *wish = plan->wishes->pdata[i];

      g_assert_true (spot_feed_plan_find (plan, wish->key) == wish);
      g_assert_true ((wish->kind == SPOT_WISH_TAGS) == (wish->tags != NULL));
      g_assert_true ((wish->kind == SPOT_WISH_BATCH || wish->kind == SPOT_WISH_RUN) == (wish->id != NULL));
      g_ptr_array_add (wishes, g_strconcat (wish->key, wish->every_column && shows_columns ? "*" : "", wish->shed ? "-" : "",
                                            wish->held ? "~" : "", NULL));
      n_live += !wish->shed && !wish->held;
    }
  g_assert_cmpuint (plan->n_live, ==, n_live);
  for (guint i = 0; i < plan->watches->len; i++)
    {
      SpotWatchPlan *watch = &g_array_index (plan->watches, SpotWatchPlan, i);

      g_assert_true (watch->serving != SPOT_SERVING_FEED || watch->key != NULL);
      if (watch->key != NULL)
        g_assert_nonnull (spot_feed_plan_find (plan, watch->key));
      g_ptr_array_add (watches, watch->serving == SPOT_SERVING_FEED ? watch->key : (char *) servings[watch->serving]);
    }
  g_ptr_array_add (wishes, NULL);
  g_ptr_array_add (watches, NULL);
  wish_text = g_strjoinv (" ", (char **) wishes->pdata);
  watch_text = g_strjoinv (" ", (char **) watches->pdata);
  return g_strconcat (wish_text, "|", watch_text, NULL);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_auto(GStrv) words = g_strsplit (c->watches, " ", -1);
  g_auto(GStrv) open_runs = g_strsplit (c->open_runs, " ", -1);
  g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_auto(GStrv) old_runs = g_strsplit (c->old_runs != NULL ? c->old_runs : "", " ", -1);
  g_autoptr(SpotToken) token = c->scopes != NULL ? make_token (c->scopes) : NULL;
  g_autoptr(SpotFeedPlan) plan = NULL;
  g_autofree char *text = NULL;
  SpotPlannerWatch watches[8] = { 0 };
  SpotPlannerInput input = {
    .watches = watches,
    .open_runs = (const char * const *) open_runs,
    .n_open_runs = g_strv_length (open_runs),
    .old_runs = (const char * const *) old_runs,
    .n_old_runs = g_strv_length (old_runs),
    .token = token,
    .dialect = strstr (c->known, "electric") != NULL ? SPOT_PLANNER_DIALECT_ELECTRIC
               : strstr (c->known, "native") != NULL ? SPOT_PLANNER_DIALECT_NATIVE : SPOT_PLANNER_DIALECT_UNKNOWN,
    .asleep = strstr (c->known, "asleep") != NULL,
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
