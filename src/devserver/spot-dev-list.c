/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-call.h"

#define PAGE_SIZE 25
#define MAX_PAGE_SIZE 100

/* What the list is narrowed by; each NULL for not at all. */
typedef struct
{
  char  **statuses;
  char  **tasks;
  char  **tags;
  char  **versions;
  char  **queues;
  char  **machines;
  char  **regions;
  const char *batch;
  const char *is_test;
  const char *schedule;
  gint64  from_ms;
  gint64  to_ms;
} Narrowing;

static const char *const known_statuses[] = {
  "PENDING_VERSION", "QUEUED", "DEQUEUED", "EXECUTING", "WAITING", "COMPLETED", "CANCELED", "FAILED", "CRASHED",
  "SYSTEM_FAILURE", "DELAYED", "EXPIRED", "TIMED_OUT", "WAITING_FOR_DEPLOY", "REATTEMPTING", "FROZEN", "INTERRUPTED",
  NULL,
};

/* Public names map one to one, and miss their siblings (protocol §8.1). */
static gboolean
status_matches (char      **statuses,
                const char *raw)
{
  static const struct
  {
    const char *name;
    const char *raw;
    const char *other;
  } map[] = {
    { "QUEUED", "PENDING", NULL },
    { "WAITING", "WAITING_TO_RESUME", NULL },
    { "FROZEN", "PAUSED", "WAITING_TO_RESUME" },
    { "COMPLETED", "COMPLETED_SUCCESSFULLY", NULL },
    { "FAILED", "COMPLETED_WITH_ERRORS", NULL },
    { "REATTEMPTING", "RETRYING_AFTER_FAILURE", NULL },
  };

  for (guint i = 0; statuses[i] != NULL; i++)
    {
      const char *first = statuses[i], *second = NULL;

      for (guint j = 0; j < G_N_ELEMENTS (map); j++)
        if (g_str_equal (map[j].name, statuses[i]))
          {
            first = map[j].raw;
            second = map[j].other;
          }
      if (g_str_equal (first, raw) || g_strcmp0 (second, raw) == 0)
        return TRUE;
    }
  return FALSE;
}

static char **
get_list (SpotDevCall *self,
          const char  *name)
{
  const char *text = g_hash_table_lookup (self->query, name);
  char **list = text != NULL && *text != '\0' ? g_strsplit (text, ",", -1) : NULL;

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    g_strstrip (list[i]);
  return list;
}

static void
narrowing_clear (Narrowing *self)
{
  g_strfreev (self->statuses);
  g_strfreev (self->tasks);
  g_strfreev (self->tags);
  g_strfreev (self->versions);
  g_strfreev (self->queues);
  g_strfreev (self->machines);
  g_strfreev (self->regions);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Narrowing, narrowing_clear)

static gboolean
read_times (SpotDevCall *self,
            Narrowing   *narrowing)
{
  const char *from = g_hash_table_lookup (self->query, "filter[createdAt][from]");
  const char *to = g_hash_table_lookup (self->query, "filter[createdAt][to]");
  const char *period = g_hash_table_lookup (self->query, "filter[createdAt][period]");
  gint64 now_ms = g_get_real_time () / 1000, duration_ms;

  narrowing->from_ms = G_MININT64;
  narrowing->to_ms = G_MAXINT64;
  if (period != NULL)
    {
      if (!spot_dev_duration_parse (period, &duration_ms))
        return FALSE;
      narrowing->from_ms = now_ms - duration_ms;
      return TRUE;
    }
  return (from == NULL || spot_dev_time_parse (from, now_ms, &narrowing->from_ms)) &&
         (to == NULL || spot_dev_time_parse (to, now_ms, &narrowing->to_ms));
}

static gboolean
contains (char      **list,
          const char *word)
{
  return list == NULL || g_strv_contains ((const char *const *) list, word);
}

static gboolean
matches (SpotDevCall     *self,
         const Narrowing *narrowing,
         const SpotDevRow *row)
{
  const SpotDevJob *job = g_hash_table_lookup (self->api->jobs, row->cells[SPOT_DEV_FRIENDLY_ID]);
  g_autofree char *own_queue = g_strconcat ("task/", row->cells[SPOT_DEV_TASK], NULL);
  gboolean tagged = narrowing->tags == NULL;

  for (guint i = 0; !tagged && row->tags != NULL && row->tags[i] != NULL; i++)
    tagged = contains (narrowing->tags, row->tags[i]);
  if (!tagged || !contains (narrowing->tasks, row->cells[SPOT_DEV_TASK]))
    return FALSE;
  if (narrowing->statuses != NULL && !status_matches (narrowing->statuses, row->cells[SPOT_DEV_STATUS]))
    return FALSE;
  if (narrowing->batch != NULL && g_strcmp0 (narrowing->batch, row->batch_id) != 0)
    return FALSE;
  if (narrowing->is_test != NULL &&
      g_str_equal (narrowing->is_test, "true") != g_str_equal (row->cells[SPOT_DEV_IS_TEST], "t"))
    return FALSE;
  if (narrowing->schedule != NULL || row->created_ms < narrowing->from_ms || row->created_ms > narrowing->to_ms)
    return FALSE;
  return contains (narrowing->versions, job != NULL && job->version != NULL ? job->version : "20260820.3") &&
         contains (narrowing->machines, job != NULL && job->machine != NULL ? job->machine : "small-1x") &&
         contains (narrowing->regions, "us-east-1") &&
         contains (narrowing->queues, job != NULL && job->queue != NULL ? job->queue : own_queue);
}

static gboolean
may_list (SpotDevCall     *self,
          const Narrowing *narrowing)
{
  if (spot_dev_access_allows (self->access, "read", "runs", NULL) ||
      spot_dev_access_allows (self->access, "read", "tasks", NULL))
    return TRUE;
  for (guint i = 0; narrowing->tasks != NULL && narrowing->tasks[i] != NULL; i++)
    if (!spot_dev_access_allows (self->access, "read", "tasks", narrowing->tasks[i]))
      return FALSE;
  return narrowing->tasks != NULL;
}

static int
compare_newest_first (gconstpointer a,
                      gconstpointer b)
{
  const SpotDevRow *row_a = (*(const SpotDevRun *const *) a)->row, *row_b = (*(const SpotDevRun *const *) b)->row;

  if (row_a->created_ms != row_b->created_ms)
    return row_a->created_ms > row_b->created_ms ? -1 : 1;
  return strcmp (row_b->cells[SPOT_DEV_ID], row_a->cells[SPOT_DEV_ID]);
}

/* A cursor is the run it stands at: base64 of its id, opaque to who gets it. */
static char *
make_cursor (const SpotDevRun *run)
{
  const char *id = run->row->cells[SPOT_DEV_FRIENDLY_ID];

  return g_base64_encode ((const guchar *) id, strlen (id));
}

static SpotDevRun *
find_cursor (SpotDevCall *self,
             const char  *cursor)
{
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (cursor, &length);
  g_autofree char *id = g_strndup ((const char *) bytes, length);

  return spot_dev_store_lookup (self->api->store, id);
}

static void
answer_page (SpotDevCall *self,
             GPtrArray   *runs,
             guint        first,
             guint        n)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new (), *pagination = json_object_new ();
  JsonArray *data = json_array_new ();

  for (guint i = first; i < first + n; i++)
    json_array_add_object_element (data, spot_dev_run_json_new (self, ((SpotDevRun *) runs->pdata[i])->row, FALSE));
  if (n > 0 && first + n < runs->len)
    {
      g_autofree char *next = make_cursor (runs->pdata[first + n - 1]);

      json_object_set_string_member (pagination, "next", next);
    }
  if (n > 0 && first > 0)
    {
      g_autofree char *previous = make_cursor (runs->pdata[first]);

      json_object_set_string_member (pagination, "previous", previous);
    }
  json_object_set_array_member (object, "data", data);
  json_object_set_object_member (object, "pagination", pagination);
  json_node_take_object (node, object);
  spot_dev_answer_node (self->message, 200, node);
}

static gboolean
read_narrowing (SpotDevCall *self,
                Narrowing   *narrowing)
{
  g_autoptr(GString) bad = g_string_new (NULL);

  narrowing->statuses = get_list (self, "filter[status]");
  narrowing->tasks = get_list (self, "filter[taskIdentifier]");
  narrowing->tags = get_list (self, "filter[tag]");
  narrowing->versions = get_list (self, "filter[version]");
  narrowing->queues = get_list (self, "filter[queue]");
  narrowing->machines = get_list (self, "filter[machine]");
  narrowing->regions = get_list (self, "filter[region]");
  narrowing->batch = g_hash_table_lookup (self->query, "filter[batch]");
  narrowing->is_test = g_hash_table_lookup (self->query, "filter[isTest]");
  narrowing->schedule = g_hash_table_lookup (self->query, "filter[schedule]");
  for (guint i = 0; narrowing->statuses != NULL && narrowing->statuses[i] != NULL; i++)
    if (!g_strv_contains (known_statuses, narrowing->statuses[i]))
      g_string_append_printf (bad, "%s%s", bad->len > 0 ? ", " : "", narrowing->statuses[i]);
  if (bad->len > 0)
    spot_dev_answer_error (self->message, 400, "Invalid status values: %s", bad->str);
  else if (narrowing->is_test != NULL && !g_str_equal (narrowing->is_test, "true") &&
           !g_str_equal (narrowing->is_test, "false"))
    spot_dev_answer_error (self->message, 400, "Invalid isTest");
  else if (!read_times (self, narrowing))
    spot_dev_answer_error (self->message, 400, "Invalid date");
  else
    return TRUE;
  return FALSE;
}

/**
 * spot_dev_call_list:
 * @self: a call
 *
 * Answers `GET /api/v1/runs`.
 *
 * Returns: %FALSE when it is another call
 */
gboolean
spot_dev_call_list (SpotDevCall *self)
{
  g_auto(Narrowing) narrowing = { 0 };
  g_autoptr(GPtrArray) runs = NULL;
  const char *size_text = g_hash_table_lookup (self->query, "page[size]");
  const char *after = g_hash_table_lookup (self->query, "page[after]");
  const char *before = g_hash_table_lookup (self->query, "page[before]");
  gint64 size = size_text != NULL ? g_ascii_strtoll (size_text, NULL, 10) : PAGE_SIZE;
  SpotDevRun *cursor = NULL;
  guint first = 0, last;

  if (!spot_dev_call_is (self, "GET", "v1/runs"))
    return FALSE;
  if (!read_narrowing (self, &narrowing))
    return TRUE;
  if (size < 1 || size > MAX_PAGE_SIZE)
    {
      spot_dev_answer_error (self->message, 400, "Query Error");
      return TRUE;
    }
  if (!may_list (self, &narrowing))
    {
      spot_dev_answer_forbidden (self->message);
      return TRUE;
    }
  if (after != NULL || before != NULL)
    cursor = find_cursor (self, after != NULL ? after : before);
  if ((after != NULL || before != NULL) && cursor == NULL)
    {
      spot_dev_answer_error (self->message, 400, "Invalid cursor");
      return TRUE;
    }

  runs = g_ptr_array_new ();
  for (GList *l = spot_dev_store_get_by_age (self->api->store)->tail; l != NULL; l = l->prev)
    if (matches (self, &narrowing, ((SpotDevRun *) l->data)->row))
      g_ptr_array_add (runs, l->data);
  g_ptr_array_sort (runs, compare_newest_first);
  last = runs->len;
  if (after != NULL)
    while (first < runs->len && compare_newest_first (&runs->pdata[first], &cursor) <= 0)
      first++;
  else if (before != NULL)
    {
      while (last > 0 && compare_newest_first (&runs->pdata[last - 1], &cursor) >= 0)
        last--;
      first = last > (guint) size ? last - (guint) size : 0;
    }
  answer_page (self, runs, first, MIN ((guint) size, last - first));
  return TRUE;
}
