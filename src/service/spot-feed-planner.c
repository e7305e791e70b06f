/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-feed-planner.h"

static void
wish_free (gpointer data)
{
  SpotFeedWish *self = data;

  g_free (self->key);
  g_free (self->id);
  g_strfreev (self->tags);
  g_free (self);
}

static int
compare_tags (gconstpointer a,
              gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/* The tags of a feed, sorted and each once, so that the same set is the same feed; NULL when no feed can ask for them: the
 * list on the wire has no way to write a comma, an empty tag or what the server refuses (protocol §2.1). */
static char **
dup_feed_tags (const char * const *tags)
{
  g_autoptr(GPtrArray) sorted = g_ptr_array_new ();
  g_autoptr(GPtrArray) unique = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; tags != NULL && tags[i] != NULL; i++)
    {
      if (*tags[i] == '\0')
        return NULL;
      for (const char *c = tags[i]; *c != '\0'; c++)
        if ((guchar) *c < 0x20 || *c == 0x7f || strchr (",\\\"", *c) != NULL)
          return NULL;
      g_ptr_array_add (sorted, (gpointer) tags[i]);
    }
  if (sorted->len == 0)
    return NULL;

  g_ptr_array_sort (sorted, compare_tags);
  for (guint i = 0; i < sorted->len; i++)
    if (i == 0 || !g_str_equal (sorted->pdata[i], sorted->pdata[i - 1]))
      g_ptr_array_add (unique, g_strdup (sorted->pdata[i]));
  g_ptr_array_add (unique, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&unique), FALSE);
}

/* Takes @key and @tags. */
static const char *
add_wish (SpotFeedPlan *self,
          SpotWishKind  kind,
          char         *key,
          const char   *id,
          char        **tags)
{
  SpotFeedWish *wish = spot_feed_plan_find (self, key);

  if (wish != NULL)
    {
      g_free (key);
      g_strfreev (tags);
      return wish->key;
    }
  wish = g_new0 (SpotFeedWish, 1);
  wish->key = key;
  wish->kind = kind;
  wish->id = g_strdup (id);
  wish->tags = tags;
  g_ptr_array_add (self->wishes, wish);
  return wish->key;
}

/* Takes nothing: @key belongs to a wish. */
static void
serve (SpotFeedPlan *self,
       guint         watch,
       const char   *key)
{
  SpotWatchPlan *plan = &g_array_index (self->watches, SpotWatchPlan, watch);

  g_free (plan->key);
  plan->key = g_strdup (key);
  plan->serving = SPOT_SERVING_FEED;
}

static const char *
add_environment_wish (SpotFeedPlan *self)
{
  return add_wish (self, SPOT_WISH_ENVIRONMENT, g_strdup (SPOT_ENVIRONMENT_FEED_KEY), NULL, NULL);
}

static const char *
add_run_wish (SpotFeedPlan *self,
              const char   *run_id)
{
  return add_wish (self, SPOT_WISH_RUN, spot_feed_plan_dup_run_key (run_id), run_id, NULL);
}

/* NULL when no feed can ask for these tags. */
static const char *
add_tags_wish (SpotFeedPlan       *self,
               const char * const *tags)
{
  g_auto(GStrv) feed_tags = dup_feed_tags (tags);
  g_autofree char *joined = NULL;

  if (feed_tags == NULL)
    return NULL;
  joined = g_strjoinv (",", feed_tags);
  return add_wish (self, SPOT_WISH_TAGS, g_strconcat ("tags:", joined, NULL), NULL, g_steal_pointer (&feed_tags));
}

/* A feed that only this watch needs. Tags that no feed can ask for are left to the environment's. */
static const char *
add_own_wish (SpotFeedPlan           *self,
              const SpotPlannerWatch *watch)
{
  const char *key = NULL;

  switch (watch->kind)
    {
    case SPOT_WATCH_BATCH:
      return add_wish (self, SPOT_WISH_BATCH, spot_feed_plan_dup_batch_key (watch->id), watch->id, NULL);
    case SPOT_WATCH_RUN:
      return add_run_wish (self, watch->id);
    case SPOT_WATCH_TAGS:
      key = add_tags_wish (self, watch->tags);
      break;
    case SPOT_WATCH_ENVIRONMENT:
    default:
      break;
    }
  return key != NULL ? key : add_environment_wish (self);
}

/* ---- what the credential allows ---- */

static gboolean
allows (const SpotPlannerInput *input,
        SpotAccess              access,
        const char             *run_id,
        const char             *batch_id,
        const char * const     *tags)
{
  SpotAccessSubject subject = { .run_id = run_id, .batch_id = batch_id, .tags = tags };

  /* Where it depends on a run's tags or task the server is asked: it knows them. */
  return input->token == NULL || spot_token_allows (input->token, access, &subject) != SPOT_TOKEN_NO;
}

/* One feed over a tag that the token covers serves every watch that asks for that tag and more. */
static const char *
add_covered_tag_wish (SpotFeedPlan           *self,
                      const SpotPlannerInput *input,
                      const char * const     *tags)
{
  g_auto(GStrv) sorted = dup_feed_tags (tags);

  for (guint i = 0; sorted != NULL && sorted[i] != NULL; i++)
    {
      const char *one[] = { sorted[i], NULL };

      if (allows (input, SPOT_ACCESS_LIST_FEED, NULL, NULL, one))
        return add_tags_wish (self, one);
    }
  return NULL;
}

/* Everything that a token covers, when it does not cover the list of all runs. Returns the first of them. */
static const char *
add_scope_wishes (SpotFeedPlan    *self,
                  const SpotToken *token)
{
  const char * const *scopes = spot_token_get_scopes (token);
  const char *first = NULL;

  for (guint i = 0; scopes != NULL && scopes[i] != NULL; i++)
    {
      /* The id is all that follows the second colon (protocol §1.6). */
      g_auto(GStrv) parts = g_strsplit (scopes[i], ":", 3);
      const char *key = NULL;

      if (g_strv_length (parts) != 3 || *parts[2] == '\0'
          || !(g_str_equal (parts[0], "read") || g_str_equal (parts[0], "*")))
        continue;
      if (g_str_equal (parts[1], "tags"))
        key = add_tags_wish (self, (const char *[]) { parts[2], NULL });
      else if (g_str_equal (parts[1], "runs"))
        key = add_run_wish (self, parts[2]);
      else if (g_str_equal (parts[1], "batch"))
        key = add_wish (self, SPOT_WISH_BATCH, spot_feed_plan_dup_batch_key (parts[2]), parts[2], NULL);
      if (first == NULL)
        first = key;
    }
  return first;
}

/* For a token that does not cover the list of all runs: each watch gets what its own scopes give. */
static const char *
add_scoped_wish (SpotFeedPlan           *self,
                 const SpotPlannerInput *input,
                 const SpotPlannerWatch *watch)
{
  switch (watch->kind)
    {
    case SPOT_WATCH_BATCH:
      return allows (input, SPOT_ACCESS_BATCH_FEED, NULL, watch->id, NULL) ? add_own_wish (self, watch) : NULL;
    case SPOT_WATCH_RUN:
      return allows (input, SPOT_ACCESS_RUN_FEED, watch->id, NULL, NULL) ? add_own_wish (self, watch) : NULL;
    case SPOT_WATCH_TAGS:
      if (!allows (input, SPOT_ACCESS_LIST_FEED, NULL, NULL, watch->tags))
        return NULL;
      return input->every_column ? add_tags_wish (self, watch->tags) : add_covered_tag_wish (self, input, watch->tags);
    case SPOT_WATCH_ENVIRONMENT:
    default:
      return add_scope_wishes (self, input->token);
    }
}

/* ---- the plan ---- */

static gboolean
is_wanted (SpotFeedPlan *self,
           guint         watch)
{
  SpotServing serving = g_array_index (self->watches, SpotWatchPlan, watch).serving;

  return serving != SPOT_SERVING_PAUSED && serving != SPOT_SERVING_FINISHED;
}

static void
forbid (SpotFeedPlan *self,
        guint         watch)
{
  g_array_index (self->watches, SpotWatchPlan, watch).serving = SPOT_SERVING_FORBIDDEN;
}

static void
judge_watches (SpotFeedPlan           *self,
               const SpotPlannerInput *input)
{
  for (guint i = 0; i < input->n_watches; i++)
    {
      SpotWatchPlan plan = { SPOT_SERVING_FEED, NULL };

      if (input->watches[i].paused)
        plan.serving = SPOT_SERVING_PAUSED;
      else if (input->watches[i].finished && input->watches[i].kind == SPOT_WATCH_RUN)
        plan.serving = SPOT_SERVING_FINISHED;
      g_array_append_val (self->watches, plan);
    }
}

static void
add_open_runs (SpotFeedPlan           *self,
               const SpotPlannerInput *input)
{
  for (guint i = 0; i < input->n_open_runs; i++)
    if (allows (input, SPOT_ACCESS_RUN_FEED, input->open_runs[i], NULL, NULL))
      add_run_wish (self, input->open_runs[i]);
}

/* Batches that still have something to tell first. */
static void
add_batches (SpotFeedPlan           *self,
             const SpotPlannerInput *input,
             gboolean                finished)
{
  for (guint i = 0; i < input->n_watches; i++)
    if (is_wanted (self, i) && input->watches[i].kind == SPOT_WATCH_BATCH && input->watches[i].finished == finished)
      {
        if (allows (input, SPOT_ACCESS_BATCH_FEED, NULL, input->watches[i].id, NULL))
          serve (self, i, add_own_wish (self, &input->watches[i]));
        else
          forbid (self, i);
      }
}

/* One feed over the environment, and what it cannot bring. */
static void
plan_environment (SpotFeedPlan           *self,
                  const SpotPlannerInput *input)
{
  /* As many rows as that mean nothing where there is no cap. */
  gboolean capped = input->environment_capped && input->dialect != SPOT_PLANNER_DIALECT_ELECTRIC;

  for (guint i = 0; i < input->n_watches; i++)
    if (is_wanted (self, i) && input->watches[i].kind != SPOT_WATCH_BATCH)
      serve (self, i, add_environment_wish (self));

  add_open_runs (self, input);
  add_batches (self, input, FALSE);

  for (guint i = 0; i < input->n_watches && capped; i++)
    if (is_wanted (self, i) && input->watches[i].kind == SPOT_WATCH_TAGS)
      serve (self, i, add_own_wish (self, &input->watches[i]));

  for (guint i = 0; i < input->n_watches; i++)
    if (is_wanted (self, i) && input->watches[i].kind == SPOT_WATCH_RUN && input->environment_ready
        && !input->watches[i].in_window)
      serve (self, i, add_own_wish (self, &input->watches[i]));

  add_batches (self, input, TRUE);

  for (guint i = 0; i < input->n_old_runs; i++)
    add_run_wish (self, input->old_runs[i]);
}

/* A feed for each watch, as far as the credential covers it. */
static void
plan_each (SpotFeedPlan           *self,
           const SpotPlannerInput *input)
{
  gboolean scoped = !allows (input, SPOT_ACCESS_LIST_FEED, NULL, NULL, NULL);

  add_open_runs (self, input);
  for (guint i = 0; i < input->n_watches; i++)
    {
      const char *key;

      if (!is_wanted (self, i))
        continue;
      key = scoped ? add_scoped_wish (self, input, &input->watches[i]) : add_own_wish (self, &input->watches[i]);
      if (key != NULL)
        serve (self, i, key);
      else
        forbid (self, i);
    }
  for (guint i = 0; i < input->n_old_runs; i++)
    if (allows (input, SPOT_ACCESS_RUN_FEED, input->old_runs[i], NULL, NULL))
      add_run_wish (self, input->old_runs[i]);
}

/* What only paused watches ask for keeps its place, and its rows, without a request. */
static void
keep_paused (SpotFeedPlan           *self,
             const SpotPlannerInput *input)
{
  gboolean scoped = !allows (input, SPOT_ACCESS_LIST_FEED, NULL, NULL, NULL);
  guint n_running = self->wishes->len;

  for (guint i = 0; i < input->n_watches; i++)
    {
      SpotWatchPlan *plan = &g_array_index (self->watches, SpotWatchPlan, i);
      const SpotPlannerWatch *watch = &input->watches[i];
      const char *key;

      if (plan->serving != SPOT_SERVING_PAUSED)
        continue;
      if (scoped)
        key = add_scoped_wish (self, input, watch);
      else if (input->every_column || watch->kind == SPOT_WATCH_BATCH)
        key = add_own_wish (self, watch);
      else
        key = add_environment_wish (self);
      plan->key = g_strdup (key);
    }
  for (guint i = n_running; i < self->wishes->len; i++)
    ((SpotFeedWish *) self->wishes->pdata[i])->held = TRUE;
}

/* What is beyond the limit is not started. Tags have the environment feed to fall back on, the others have to wait. */
static void
shed (SpotFeedPlan           *self,
      const SpotPlannerInput *input)
{
  SpotFeedWish *environment = spot_feed_plan_find (self, SPOT_ENVIRONMENT_FEED_KEY);
  guint n_running = 0;

  for (guint i = 0; i < self->wishes->len; i++)
    {
      SpotFeedWish *wish = self->wishes->pdata[i];

      wish->shed = (!wish->held || input->asleep) && ++n_running > input->max_feeds;
    }

  for (guint i = 0; i < input->n_watches; i++)
    {
      const char *key = g_array_index (self->watches, SpotWatchPlan, i).key;

      if (key != NULL && input->watches[i].kind == SPOT_WATCH_TAGS && environment != NULL && !environment->shed
          && spot_feed_plan_find (self, key)->shed)
        serve (self, i, SPOT_ENVIRONMENT_FEED_KEY);
    }
}

static void
watch_plan_clear (gpointer data)
{
  g_free (((SpotWatchPlan *) data)->key);
}

/**
 * spot_feed_plan_new:
 * @input: what is wanted and what is known
 *
 * Says which feeds to run (design §4). One feed over the environment serves every watch that is a query over its runs. A
 * batch needs its own, because a run's row does not tell its batch; so does a run that somebody looks at, for the columns that
 * the others skip, a watched run that is older than the environment feed's window, and each older run that is still
 * unfinished. When the server gives no more than %SPOT_NATIVE_ROW_CAP rows, tags get feeds of their own as well, whose
 * windows reach further back.
 *
 * A token that does not cover the list of all runs gets the feeds that its scopes allow and no others: a watch over the
 * environment then is all of those.
 *
 * When every column is wanted, a feed over the environment would bring the long columns of runs that nobody asked for: then
 * each watch has a feed of its own.
 *
 * What only paused watches ask for is held: its rows stay, and nothing is asked.
 *
 * Wishes are in the order in which they are given up last: environment, open runs, batches, tags, watched runs, batches that
 * are through, old runs. So a run's own feed goes before one that many runs share, except for the run in front of the user.
 *
 * Returns: (transfer full): the plan
 */
SpotFeedPlan *
spot_feed_plan_new (const SpotPlannerInput *input)
{
  SpotFeedPlan *self;

  g_return_val_if_fail (input != NULL, NULL);

  self = g_new0 (SpotFeedPlan, 1);
  self->wishes = g_ptr_array_new_with_free_func (wish_free);
  self->watches = g_array_new (FALSE, FALSE, sizeof (SpotWatchPlan));
  g_array_set_clear_func (self->watches, watch_plan_clear);

  judge_watches (self, input);
  if (input->every_column || !allows (input, SPOT_ACCESS_LIST_FEED, NULL, NULL, NULL))
    plan_each (self, input);
  else
    plan_environment (self, input);

  keep_paused (self, input);
  for (guint i = 0; i < self->wishes->len; i++)
    {
      SpotFeedWish *wish = self->wishes->pdata[i];

      wish->every_column = input->every_column || wish->kind == SPOT_WISH_RUN;
      wish->held |= input->asleep;
      wish->event_stream = input->event_stream;
      if (wish->kind == SPOT_WISH_ENVIRONMENT || wish->kind == SPOT_WISH_TAGS)
        wish->look_back_hours = input->look_back_hours;
    }
  if (input->max_feeds > 0)
    shed (self, input);
  for (guint i = 0; i < self->wishes->len; i++)
    {
      const SpotFeedWish *wish = self->wishes->pdata[i];

      self->n_live += !wish->held && !wish->shed;
    }
  return self;
}

/**
 * spot_feed_plan_free:
 * @self: (nullable) (transfer full): a plan
 *
 * Frees @self and its wishes.
 */
void
spot_feed_plan_free (SpotFeedPlan *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->wishes);
  g_array_unref (self->watches);
  g_free (self);
}

/**
 * spot_feed_plan_find:
 * @self: a plan
 * @key: a wish's key
 *
 * Returns: (transfer none) (nullable): the wish with that key
 */
SpotFeedWish *
spot_feed_plan_find (SpotFeedPlan *self,
                     const char   *key)
{
  g_return_val_if_fail (self != NULL && key != NULL, NULL);

  for (guint i = 0; i < self->wishes->len; i++)
    {
      SpotFeedWish *wish = self->wishes->pdata[i];

      if (g_str_equal (wish->key, key))
        return wish;
    }
  return NULL;
}

/**
 * spot_feed_plan_dup_run_key:
 * @run_id: a run
 *
 * Returns: (transfer full): the key of the wish for that run alone
 */
char *
spot_feed_plan_dup_run_key (const char *run_id)
{
  g_return_val_if_fail (run_id != NULL, NULL);

  return g_strconcat ("run:", run_id, NULL);
}

/**
 * spot_feed_plan_dup_batch_key:
 * @batch_id: a batch
 *
 * Returns: (transfer full): the key of the wish for that batch
 */
char *
spot_feed_plan_dup_batch_key (const char *batch_id)
{
  g_return_val_if_fail (batch_id != NULL, NULL);

  return g_strconcat ("batch:", batch_id, NULL);
}
