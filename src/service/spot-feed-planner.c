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

static void
set_watch_key (SpotFeedPlan *self,
               guint         watch,
               const char   *key)
{
  g_free (self->watch_keys->pdata[watch]);
  self->watch_keys->pdata[watch] = g_strdup (key);
}

/* A feed that only this watch needs. Tags that no feed can ask for are left to the environment's. */
static const char *
add_own_wish (SpotFeedPlan           *self,
              const SpotPlannerWatch *watch)
{
  g_auto(GStrv) tags = NULL;
  g_autofree char *joined = NULL;

  switch (watch->kind)
    {
    case SPOT_WATCH_BATCH:
      return add_wish (self, SPOT_WISH_BATCH, spot_feed_plan_dup_batch_key (watch->id), watch->id, NULL);
    case SPOT_WATCH_RUN:
      return add_wish (self, SPOT_WISH_RUN, spot_feed_plan_dup_run_key (watch->id), watch->id, NULL);
    case SPOT_WATCH_TAGS:
      tags = dup_feed_tags (watch->tags);
      if (tags == NULL)
        break;
      joined = g_strjoinv (",", tags);
      return add_wish (self, SPOT_WISH_TAGS, g_strconcat ("tags:", joined, NULL), NULL, g_steal_pointer (&tags));
    case SPOT_WATCH_ENVIRONMENT:
    default:
      break;
    }
  return add_wish (self, SPOT_WISH_ENVIRONMENT, g_strdup (SPOT_ENVIRONMENT_FEED_KEY), NULL, NULL);
}

/* What is beyond the limit is not started. Tags have the environment feed to fall back on, the others have to wait. */
static void
shed (SpotFeedPlan           *self,
      const SpotPlannerInput *input)
{
  for (guint i = input->max_feeds; i < self->wishes->len; i++)
    ((SpotFeedWish *) self->wishes->pdata[i])->shed = TRUE;

  for (guint i = 0; i < input->n_watches; i++)
    if (input->watches[i].kind == SPOT_WATCH_TAGS && spot_feed_plan_find (self, self->watch_keys->pdata[i])->shed &&
        spot_feed_plan_find (self, SPOT_ENVIRONMENT_FEED_KEY) != NULL)
      set_watch_key (self, i, SPOT_ENVIRONMENT_FEED_KEY);
}

/**
 * spot_feed_plan_new:
 * @input: what is wanted and what is known
 *
 * Says which feeds to run (design §4). One feed over the environment serves every watch that is a query over its runs. A
 * batch needs its own, because a run's row does not tell its batch; so does a run that somebody looks at, for the columns that
 * the others skip, and a watched run that is older than the environment feed's window. When the server gives no more than
 * %SPOT_NATIVE_ROW_CAP rows, tags get feeds of their own as well, whose windows reach further back.
 *
 * When every column is wanted, a feed over the environment would bring the long columns of runs that nobody asked for: then
 * each watch has a feed of its own.
 *
 * Wishes are in the order in which they are given up last: environment, open runs, batches, tags, watched runs.
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
  self->watch_keys = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_set_size (self->watch_keys, (int) input->n_watches);

  for (guint i = 0; i < input->n_watches && input->every_column; i++)
    set_watch_key (self, i, add_own_wish (self, &input->watches[i]));

  for (guint i = 0; i < input->n_watches && !input->every_column; i++)
    if (input->watches[i].kind != SPOT_WATCH_BATCH)
      set_watch_key (self, i, add_wish (self, SPOT_WISH_ENVIRONMENT, g_strdup (SPOT_ENVIRONMENT_FEED_KEY), NULL, NULL));

  for (guint i = 0; i < input->n_open_runs; i++)
    add_wish (self, SPOT_WISH_RUN, spot_feed_plan_dup_run_key (input->open_runs[i]), input->open_runs[i], NULL);

  for (guint i = 0; i < input->n_watches; i++)
    if (input->watches[i].kind == SPOT_WATCH_BATCH)
      set_watch_key (self, i, add_own_wish (self, &input->watches[i]));

  for (guint i = 0; i < input->n_watches && input->environment_capped; i++)
    if (input->watches[i].kind == SPOT_WATCH_TAGS)
      set_watch_key (self, i, add_own_wish (self, &input->watches[i]));

  for (guint i = 0; i < input->n_watches; i++)
    if (input->watches[i].kind == SPOT_WATCH_RUN && input->environment_ready && !input->watches[i].in_window)
      set_watch_key (self, i, add_own_wish (self, &input->watches[i]));

  for (guint i = 0; i < self->wishes->len; i++)
    {
      SpotFeedWish *wish = self->wishes->pdata[i];

      wish->every_column = input->every_column || wish->kind == SPOT_WISH_RUN;
    }
  if (input->max_feeds > 0)
    shed (self, input);
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
  g_ptr_array_unref (self->watch_keys);
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
