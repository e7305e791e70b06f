/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include "spot-query-text.h"

#include "spot-run-query.h"

#define ALL_GROUPS ((1u << SPOT_N_STATUS_GROUPS) - 1)

/* One of the two is enough; the same twice for one alone. */
typedef struct
{
  guint first;
  guint second;
} FeedPair;

struct _SpotRunQuery
{
  grefcount  ref_count;
  GPtrArray *run_ids; /* owned (element-type utf8) */
  GPtrArray *tags;    /* owned (element-type utf8) */
  GArray    *feeds;   /* owned (element-type FeedPair) */
  GPtrArray *texts;   /* owned (element-type SpotQueryText) */
  guint      groups;  /* bits */
};

G_DEFINE_BOXED_TYPE (SpotRunQuery, spot_run_query, spot_run_query_ref, spot_run_query_unref)

static gpointer
copy_string (gconstpointer string,
             gpointer      unused)
{
  return g_strdup (string);
}

static gpointer
copy_text (gconstpointer text,
           gpointer      unused)
{
  return spot_query_text_ref ((SpotQueryText *) text);
}

static SpotRunQuery *
copy (SpotRunQuery *self)
{
  SpotRunQuery *other = spot_run_query_new ();

  g_ptr_array_extend (other->run_ids, self->run_ids, copy_string, NULL);
  g_ptr_array_extend (other->tags, self->tags, copy_string, NULL);
  g_ptr_array_extend (other->texts, self->texts, copy_text, NULL);
  g_array_append_vals (other->feeds, self->feeds->data, self->feeds->len);
  other->groups = self->groups;
  return other;
}

static gboolean
has_tag (const char * const *tags,
         const char         *tag)
{
  for (guint i = 0; tags[i] != NULL; i++)
    {
      if (g_str_equal (tags[i], tag))
        return TRUE;
    }
  return FALSE;
}

/**
 * spot_run_query_new:
 *
 * Returns: (transfer full): a query that every run matches
 */
SpotRunQuery *
spot_run_query_new (void)
{
  SpotRunQuery *self = g_new0 (SpotRunQuery, 1);

  g_ref_count_init (&self->ref_count);
  self->run_ids = g_ptr_array_new_with_free_func (g_free);
  self->tags = g_ptr_array_new_with_free_func (g_free);
  self->texts = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_query_text_unref);
  self->feeds = g_array_new (FALSE, FALSE, sizeof (FeedPair));
  self->groups = ALL_GROUPS;
  return self;
}

/**
 * spot_run_query_ref:
 * @self: a query
 *
 * Returns: (transfer full): @self
 */
SpotRunQuery *
spot_run_query_ref (SpotRunQuery *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * spot_run_query_unref:
 * @self: (transfer full): a query
 */
void
spot_run_query_unref (SpotRunQuery *self)
{
  g_return_if_fail (self != NULL);

  if (!g_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->run_ids);
  g_ptr_array_unref (self->tags);
  g_ptr_array_unref (self->texts);
  g_array_unref (self->feeds);
  g_free (self);
}

/**
 * spot_run_query_with_run:
 * @self: a query
 * @run_id: a run's public id
 *
 * Returns: (transfer full): @self for this one run
 */
SpotRunQuery *
spot_run_query_with_run (SpotRunQuery *self,
                         const char   *run_id)
{
  SpotRunQuery *other;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (run_id != NULL, NULL);

  other = copy (self);
  g_ptr_array_add (other->run_ids, g_strdup (run_id));
  return other;
}

/**
 * spot_run_query_with_tags:
 * @self: a query
 * @tags: (array zero-terminated=1): tags, in the letters that they have
 *
 * Returns: (transfer full): @self for runs that have all of @tags
 */
SpotRunQuery *
spot_run_query_with_tags (SpotRunQuery       *self,
                          const char * const *tags)
{
  SpotRunQuery *other;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (tags != NULL, NULL);

  other = copy (self);
  for (guint i = 0; tags[i] != NULL; i++)
    g_ptr_array_add (other->tags, g_strdup (tags[i]));
  return other;
}

/**
 * spot_run_query_with_feed:
 * @self: a query
 * @feed_id: a feed, by the number that it has in the store
 *
 * Returns: (transfer full): @self for runs that the feed has
 */
SpotRunQuery *
spot_run_query_with_feed (SpotRunQuery *self,
                          guint         feed_id)
{
  return spot_run_query_with_either_feed (self, feed_id, feed_id);
}

/**
 * spot_run_query_with_either_feed:
 * @self: a query
 * @first: a feed, by the number that it has in the store
 * @second: another
 *
 * Returns: (transfer full): @self for runs that one of the feeds has, or both
 */
SpotRunQuery *
spot_run_query_with_either_feed (SpotRunQuery *self,
                                 guint         first,
                                 guint         second)
{
  FeedPair pair = { first, second };
  SpotRunQuery *other;

  g_return_val_if_fail (self != NULL, NULL);

  other = copy (self);
  g_array_append_val (other->feeds, pair);
  return other;
}

/**
 * spot_run_query_with_text:
 * @self: a query
 * @text: (nullable): what was typed into a filter
 *
 * All words of @text have to be found, whatever the case of their letters: in the id, task, tags, status, error or
 * metadata, or where `status:`, `tag:`, `task:` or `id:` before the word says. `is:test` asks for test runs. `-` before a
 * word asks for runs without it. Quotation marks keep white space together.
 *
 * Returns: (transfer full): @self for runs that have all words
 */
SpotRunQuery *
spot_run_query_with_text (SpotRunQuery *self,
                          const char   *text)
{
  g_autoptr(SpotQueryText) words = NULL;
  SpotRunQuery *other;

  g_return_val_if_fail (self != NULL, NULL);

  other = copy (self);
  words = spot_query_text_new (text != NULL ? text : "");
  if (!spot_query_text_is_empty (words))
    g_ptr_array_add (other->texts, g_steal_pointer (&words));
  return other;
}

/**
 * spot_run_query_with_groups:
 * @self: a query
 * @group_bits: `1 << group` for each #SpotStatusGroup that is wanted; 0 asks for nothing
 *
 * Returns: (transfer full): @self for runs whose status is in one of the groups
 */
SpotRunQuery *
spot_run_query_with_groups (SpotRunQuery *self,
                            guint         group_bits)
{
  SpotRunQuery *other;

  g_return_val_if_fail (self != NULL, NULL);

  other = copy (self);
  if (group_bits != 0)
    other->groups &= group_bits;
  return other;
}

/**
 * spot_run_query_matches:
 * @self: a query
 * @run: a run
 *
 * Returns: whether @run is asked for
 */
gboolean
spot_run_query_matches (SpotRunQuery *self,
                        SpotRun      *run)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (SPOT_IS_RUN (run), FALSE);

  for (guint i = 0; i < self->feeds->len; i++)
    {
      const FeedPair *pair = &g_array_index (self->feeds, FeedPair, i);

      if (!spot_run_is_in_feed (run, pair->first)
          && (pair->second == pair->first || !spot_run_is_in_feed (run, pair->second)))
        return FALSE;
    }
  for (guint i = 0; i < self->run_ids->len; i++)
    {
      if (!g_str_equal (spot_run_record_get_id (spot_run_get_record (run)), self->run_ids->pdata[i]))
        return FALSE;
    }
  if (self->groups != ALL_GROUPS
      && (self->groups & (1u << spot_run_status_get_group (spot_run_get_status (run)))) == 0)
    return FALSE;
  for (guint i = 0; i < self->tags->len; i++)
    {
      if (!has_tag (spot_run_get_tags (run), self->tags->pdata[i]))
        return FALSE;
    }
  for (guint i = 0; i < self->texts->len; i++)
    {
      if (!spot_query_text_matches (self->texts->pdata[i], run))
        return FALSE;
    }
  return TRUE;
}

/**
 * spot_run_query_get_columns:
 * @self: a query
 *
 * A run's entering or leaving a feed is no column; whoever keeps the answer for a query with a feed asks again then.
 *
 * Returns: columns whose change can change the answer of spot_run_query_matches() (SPOT_COLUMN_BIT)
 */
guint32
spot_run_query_get_columns (SpotRunQuery *self)
{
  guint32 columns = 0;

  g_return_val_if_fail (self != NULL, 0);

  if (self->run_ids->len > 0)
    columns |= SPOT_COLUMN_BIT (SPOT_COLUMN_FRIENDLY_ID);
  if (self->tags->len > 0)
    columns |= SPOT_COLUMN_BIT (SPOT_COLUMN_RUN_TAGS);
  if (self->groups != ALL_GROUPS)
    columns |= SPOT_COLUMN_BIT (SPOT_COLUMN_STATUS);
  for (guint i = 0; i < self->texts->len; i++)
    columns |= spot_query_text_get_columns (self->texts->pdata[i]);
  return columns;
}
