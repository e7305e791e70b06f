/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-json.h"
#include "spot-run-timeline-private.h"

/* Two feeds tell of the same within about that. */
#define SAME_US (60 * G_USEC_PER_SEC)

static GHashTable *
set_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static GHashTable *
set_copy (GHashTable *set)
{
  GHashTable *copy = set_new ();
  GHashTableIter iter;
  gpointer text;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &text, NULL))
    g_hash_table_add (copy, g_strdup (text));
  return copy;
}

static gboolean
has_all (GHashTable         *set,
         const char * const *tags)
{
  for (guint i = 0; tags[i] != NULL; i++)
    if (!g_hash_table_contains (set, tags[i]))
      return FALSE;
  return TRUE;
}

static void
change_set (GHashTable *set,
            JsonObject *object,
            const char *member,
            gboolean    add)
{
  JsonArray *array = object != NULL ? spot_json_get_array (object, member) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      const char *tag = spot_json_node_string (json_array_get_element (array, i));

      if (tag != NULL && add)
        g_hash_table_add (set, g_strdup (tag));
      else if (tag != NULL)
        g_hash_table_remove (set, tag);
    }
}

/* The tags before a change, from those after it. */
static GHashTable *
undo_tags (GHashTable       *after,
           const SpotChange *change)
{
  g_autoptr(JsonNode) node = change->detail != NULL ? spot_json_parse (change->detail, -1, NULL) : NULL;
  JsonObject *object = node != NULL ? spot_json_node_object (node) : NULL;
  GHashTable *before = set_copy (after);

  change_set (before, object, "added", FALSE);
  change_set (before, object, "removed", TRUE);
  return before;
}

static gboolean
names_feed (const SpotChange *change,
            const char       *feed_key)
{
  g_autoptr(JsonNode) node = change->detail != NULL ? spot_json_parse (change->detail, -1, NULL) : NULL;
  JsonObject *object = node != NULL ? spot_json_node_object (node) : NULL;

  return object != NULL && g_strcmp0 (spot_json_get_string (object, "feed"), feed_key) == 0;
}

/* Whether another feed has told of it: the row of one that goes on with the run lost the tag. */
static gboolean
is_told_by_tags (GPtrArray   *changes,
                 guint        index,
                 GPtrArray   *left,
                 const char  *name)
{
  gint64 time_us = ((SpotChange *) changes->pdata[index])->time_us;

  for (guint i = 0; i < changes->len; i++)
    {
      const SpotChange *change = changes->pdata[i];

      if (i != index && left->pdata[i] != NULL && ABS (change->time_us - time_us) < SAME_US
          && g_strv_contains (left->pdata[i], name))
        return TRUE;
    }
  return FALSE;
}

static void
add_name (GPtrArray  *left,
          guint       index,
          const char *name)
{
  char **names = left->pdata[index];
  guint n = names != NULL ? g_strv_length (names) : 0;

  names = g_renew (char *, names, n + 2);
  names[n] = g_strdup (name);
  names[n + 1] = NULL;
  left->pdata[index] = names;
}

static void
free_names (gpointer names)
{
  g_strfreev (names);
}

/**
 * spot_run_timeline_find_left:
 * @changes: (element-type SpotChange): what has happened to a run, oldest first
 * @tags: (nullable): the run's tags after that
 * @watches: watches over tags
 * @n_watches: how many
 *
 * A run leaves a watch when it loses one of the watch's tags. A feed over the environment goes on with the run, without the
 * tag; one over the tag says that the row is gone, or, on a server of the native kind, nothing.
 *
 * Returns: (transfer full) (element-type GStrv): for each change the names of the watches that the run left by it; %NULL for
 *   none
 */
GPtrArray *
spot_run_timeline_find_left (GPtrArray               *changes,
                             const char * const      *tags,
                             const SpotTimelineWatch *watches,
                             guint                    n_watches)
{
  GPtrArray *left = g_ptr_array_new_full (changes->len, free_names);
  g_autoptr(GHashTable) after = set_new ();

  g_ptr_array_set_size (left, (gint) changes->len);
  for (guint i = 0; tags != NULL && tags[i] != NULL; i++)
    g_hash_table_add (after, g_strdup (tags[i]));

  for (guint i = changes->len; i > 0; i--)
    {
      const SpotChange *change = changes->pdata[i - 1];
      g_autoptr(GHashTable) before = NULL;

      if (change->kind != SPOT_CHANGE_TAGS)
        continue;
      before = undo_tags (after, change);
      for (guint j = 0; j < n_watches; j++)
        if (has_all (before, watches[j].tags) && !has_all (after, watches[j].tags))
          add_name (left, i - 1, watches[j].name);
      g_hash_table_unref (after);
      after = g_steal_pointer (&before);
    }
  for (guint i = 0; i < changes->len; i++)
    {
      const SpotChange *change = changes->pdata[i];

      if (change->kind != SPOT_CHANGE_LEFT)
        continue;
      for (guint j = 0; j < n_watches; j++)
        if (watches[j].feed_key != NULL && names_feed (change, watches[j].feed_key)
            && !is_told_by_tags (changes, i, left, watches[j].name))
          add_name (left, i, watches[j].name);
    }
  return left;
}
