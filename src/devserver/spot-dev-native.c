/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-native.h"
#include "spot-dev-text.h"

#define MAX_ROWS 1000
#define VIEW_LIFE_US (5 * 60 * G_USEC_PER_SEC)
#define MS_PER_MINUTE 60000

/* What one list or batch feed has been sent: a row is news when it is not in there, or moved on. */
typedef struct
{
  GHashTable *sent;   /* internal id (GRefString) → updatedAt in ms (gint64*) */
  guint64     change; /* the database's changes up to here have been looked at */
  gint64      used_us;
} View;

struct _SpotDevNative
{
  SpotDevStore *store;
  GHashTable   *views; /* handle → View */
  guint         counter;
};

static void
view_free (gpointer data)
{
  View *view = data;

  g_hash_table_unref (view->sent);
  g_free (view);
}

static View *
view_new (void)
{
  View *view = g_new0 (View, 1);

  view->sent = g_hash_table_new_full (g_str_hash, g_str_equal, (GDestroyNotify) g_ref_string_release, g_free);
  return view;
}

static void
view_set_sent (View             *view,
               const SpotDevRow *row)
{
  g_hash_table_replace (view->sent, g_ref_string_acquire (row->cells[SPOT_DEV_ID]),
                        g_memdup2 (&row->updated_ms, sizeof row->updated_ms));
}

/**
 * spot_dev_native_new:
 * @store: the database; must outlive the result
 *
 * Returns: (transfer full): a server that has sent nothing yet
 */
SpotDevNative *
spot_dev_native_new (SpotDevStore *store)
{
  SpotDevNative *self = g_new0 (SpotDevNative, 1);

  self->store = store;
  self->views = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, view_free);
  return self;
}

/**
 * spot_dev_native_free:
 * @self: (transfer full): the server
 */
void
spot_dev_native_free (SpotDevNative *self)
{
  g_hash_table_unref (self->views);
  g_free (self);
}

static gboolean
is_old_view (gpointer key,
             gpointer value,
             gpointer user_data)
{
  return *(gint64 *) user_data - ((View *) value)->used_us > VIEW_LIFE_US;
}

static void
append_row (GString          *body,
            const SpotDevRow *row,
            guint32           columns,
            const char       *operation)
{
  g_autoptr(GString) key = g_string_new ("\"public\".\"TaskRun\"/\"");

  g_string_append (key, row->cells[SPOT_DEV_ID]);
  g_string_append_c (key, '"');
  g_string_append (body, "{\"key\":");
  spot_dev_text_append_json (body, key->str);
  g_string_append (body, ",\"value\":");
  spot_dev_columns_append_native (body, row->cells, columns);
  g_string_append_printf (body, ",\"headers\":{\"operation\":\"%s\"}},", operation);
}

static gboolean
answer (SpotDevRequest *request,
        const char     *handle,
        const char     *offset,
        guint           cursor,
        GString        *body)
{
  g_string_append (body, "{\"headers\":{\"control\":\"up-to-date\"}}]");

  spot_dev_request_header (request, "access-control-allow-origin", "*");
  spot_dev_request_header (request, "access-control-expose-headers", "*");
  spot_dev_request_header (request, "cache-control", "no-store");
  if (cursor > 0)
    {
      g_autofree char *text = g_strdup_printf ("%u", cursor);

      spot_dev_request_header (request, "electric-cursor", text);
    }
  spot_dev_request_header (request, "electric-handle", handle);
  spot_dev_request_header (request, "electric-offset", offset);
  if (cursor == 0)
    {
      g_autofree char *schema = spot_dev_columns_native_schema (request->columns);

      spot_dev_request_header (request, "electric-schema", schema);
    }
  spot_dev_request_answer (request, 200, "application/json", body, TRUE);
  return TRUE;
}

/* The bound is rounded down to a whole minute, and written into the handle; one that comes back is clamped again. */
static gint64
find_bound_ms (SpotDevRequest *request)
{
  gint64 now_ms = g_get_real_time () / 1000, window_ms, bound_ms;
  gint64 oldest_ms = (now_ms - SPOT_DEV_MAX_AGE_MS) / MS_PER_MINUTE * MS_PER_MINUTE;

  if (request->filter.feed != SPOT_DEV_FEED_LIST)
    return SPOT_DEV_NO_BOUND;
  if (request->handle != NULL)
    {
      if (!g_str_has_prefix (request->handle, "runs_"))
        return oldest_ms;
      bound_ms = g_ascii_strtoll (request->handle + strlen ("runs_"), NULL, 10);
      return MAX (bound_ms, oldest_ms);
    }
  if (!spot_dev_filter_parse_window (spot_dev_request_get (request, "createdAt"), &window_ms))
    window_ms = SPOT_DEV_MAX_AGE_MS;
  return (now_ms - window_ms) / MS_PER_MINUTE * MS_PER_MINUTE;
}

static char *
make_handle (SpotDevNative  *self,
             SpotDevRequest *request)
{
  const char *underscore;

  if (request->filter.feed == SPOT_DEV_FEED_LIST)
    return g_strdup_printf ("runs_%" G_GINT64_FORMAT "_%u_%08x", request->filter.bound_ms, ++self->counter,
                            g_random_int ());

  underscore = strchr (request->filter.id, '_');
  return g_strdup_printf ("batch_cmbatch%s_%u_%08x", underscore != NULL ? underscore + 1 : request->filter.id,
                          ++self->counter, g_random_int ());
}

static int
compare_newest_first (gconstpointer a,
                      gconstpointer b,
                      gpointer      user_data)
{
  const SpotDevRow *row_a = ((const SpotDevRun *) a)->row, *row_b = ((const SpotDevRun *) b)->row;

  if (row_a->created_ms != row_b->created_ms)
    return row_a->created_ms > row_b->created_ms ? -1 : 1;
  return strcmp (row_a->cells[SPOT_DEV_ID], row_b->cells[SPOT_DEV_ID]);
}

static gboolean
answer_list_snapshot (SpotDevNative  *self,
                      SpotDevRequest *request)
{
  g_autoptr(GQueue) runs = spot_dev_filter_select (&request->filter, self->store);
  g_autofree char *handle = request->handle != NULL ? g_strdup (request->handle) : make_handle (self, request);
  g_autofree char *offset = NULL;
  GString *body = g_string_new ("[");
  View *view = view_new ();
  gint64 newest_ms = 0;
  guint n_rows = 0;

  g_queue_sort (runs, compare_newest_first, NULL);
  for (GList *l = runs->head; l != NULL && n_rows < MAX_ROWS; l = l->next, n_rows++)
    {
      const SpotDevRow *row = ((SpotDevRun *) l->data)->row;

      append_row (body, row, request->columns, "insert");
      view_set_sent (view, row);
      newest_ms = MAX (newest_ms, row->updated_ms);
    }
  view->change = spot_dev_store_get_change (self->store);
  view->used_us = g_get_monotonic_time ();
  g_hash_table_foreach_remove (self->views, is_old_view, &view->used_us);
  g_hash_table_replace (self->views, g_strdup (handle), view);

  offset = g_strdup_printf ("%" G_GINT64_FORMAT "_%u", newest_ms, ++self->counter);
  return answer (request, handle, offset, 0, body);
}

/* A handle that is not known, any more or at all, is taken as it is: what the client has is guessed from its offset. */
static gboolean
answer_list_news (SpotDevNative  *self,
                  SpotDevRequest *request,
                  SpotDevMoment   moment)
{
  View *view = g_hash_table_lookup (self->views, request->handle);
  gint64 offset_ms = MAX (g_ascii_strtoll (request->offset, NULL, 10), 0);
  g_autoptr(GQueue) changed = g_queue_new ();
  g_autofree char *offset = NULL;
  gboolean guess = view == NULL;
  GString *body;

  if (guess)
    {
      view = view_new ();
      g_hash_table_replace (self->views, g_strdup (request->handle), view);
    }
  view->used_us = g_get_monotonic_time ();

  for (GList *l = spot_dev_store_get_by_change (self->store)->tail; l != NULL; l = l->prev)
    {
      SpotDevRun *run = l->data;

      if (run->change <= view->change)
        break;
      if (spot_dev_filter_matches (&request->filter, run->row))
        g_queue_push_head (changed, run);
    }
  view->change = spot_dev_store_get_change (self->store);

  body = g_string_new ("[");
  for (GList *l = changed->head; l != NULL; l = l->next)
    {
      const SpotDevRow *row = ((SpotDevRun *) l->data)->row;
      const gint64 *sent_ms = g_hash_table_lookup (view->sent, row->cells[SPOT_DEV_ID]);

      if (guess ? row->updated_ms > offset_ms : sent_ms == NULL || row->updated_ms > *sent_ms)
        append_row (body, row, request->columns, guess || sent_ms != NULL ? "update" : "insert");
      view_set_sent (view, row);
    }
  if (body->len == 1 && moment != SPOT_DEV_MOMENT_EXPIRED)
    {
      g_string_free (body, TRUE);
      return FALSE;
    }

  for (GList *l = changed->head; l != NULL; l = l->next)
    offset_ms = MAX (offset_ms, ((SpotDevRun *) l->data)->row->updated_ms);
  offset = g_strdup_printf ("%" G_GINT64_FORMAT "_%u", offset_ms, ++self->counter);
  return answer (request, request->handle, offset, self->counter, body);
}

static gboolean
answer_run (SpotDevNative  *self,
            SpotDevRequest *request,
            gboolean        snapshot,
            SpotDevMoment   moment)
{
  SpotDevRun *run = spot_dev_store_lookup (self->store, request->filter.id);
  gint64 offset_ms = snapshot ? -1 : g_ascii_strtoll (request->offset, NULL, 10);
  gboolean news = run != NULL && run->row->updated_ms > offset_ms;
  g_autofree char *handle = NULL;
  g_autofree char *offset = NULL;
  GString *body;

  if (!news && !snapshot && moment != SPOT_DEV_MOMENT_EXPIRED)
    return FALSE;

  /* Not built from the row: it may be deleted by now. */
  handle = request->handle != NULL && !snapshot ? g_strdup (request->handle) : NULL;
  if (run != NULL)
    {
      g_free (handle);
      handle = g_strdup_printf ("run-%s", run->row->cells[SPOT_DEV_ID]);
    }
  body = g_string_new ("[");
  self->counter++;
  if (news)
    {
      append_row (body, run->row, request->columns, snapshot ? "insert" : "update");
      offset = g_strdup_printf ("%" G_GINT64_FORMAT "_%u", run->row->updated_ms, self->counter);
    }
  else
    offset = g_strdup (snapshot ? "0_0" : request->offset);
  return answer (request, handle != NULL ? handle : "", offset, snapshot ? 0 : self->counter, body);
}

/**
 * spot_dev_native_answer:
 * @self: the server
 * @request: a request
 * @moment: why now
 *
 * Answers @request, unless it is to wait: then it does nothing.
 *
 * Returns: whether it answered
 */
gboolean
spot_dev_native_answer (SpotDevNative  *self,
                        SpotDevRequest *request,
                        SpotDevMoment   moment)
{
  gboolean snapshot = !request->live || request->handle == NULL || request->offset == NULL ||
                      *request->offset == '\0' || g_str_equal (request->offset, "-1");

  if (request->filter.feed == SPOT_DEV_FEED_RUN)
    return answer_run (self, request, snapshot, moment);

  if (moment == SPOT_DEV_MOMENT_ARRIVED)
    request->filter.bound_ms = find_bound_ms (request);
  return snapshot ? answer_list_snapshot (self, request) : answer_list_news (self, request, moment);
}
