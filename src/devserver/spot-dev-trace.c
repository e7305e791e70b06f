/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-call.h"
#include "spot-dev-script.h"
#include "spot-dev-text.h"

#define N_SPANS 3
#define NS_PER_MS G_GINT64_CONSTANT (1000000)

/* What a run's times tell: the run itself, its one attempt, and the function in it. */
typedef struct
{
  char       *id;
  int         parent; /* -1 for none */
  char       *message;
  gint64      start_ms;
  gint64      end_ms;
  gboolean    is_partial;
  gboolean    is_error;
  gboolean    is_cancelled;
} Span;

static void
span_clear (gpointer data)
{
  Span *span = data;

  g_free (span->id);
  g_free (span->message);
}

static gint64
get_time (const SpotDevRow *row,
          SpotDevColumn     column,
          gint64            otherwise)
{
  gint64 time_ms;

  return row->cells[column] != NULL && spot_dev_text_to_time (row->cells[column], &time_ms) ? time_ms : otherwise;
}

static GArray *
make_spans (const SpotDevRow *row)
{
  static const char *const names[N_SPANS] = { "run", "attempt", "function" };
  GArray *spans = g_array_new (FALSE, TRUE, sizeof (Span));
  const char *status = spot_dev_run_json_status (row);
  gboolean is_cancelled = g_str_equal (status, "CANCELED"), is_partial = row->cells[SPOT_DEV_COMPLETED] == NULL;
  gboolean is_error = !is_partial && !is_cancelled && !g_str_equal (status, "COMPLETED");
  guint n_spans = row->cells[SPOT_DEV_STARTED] != NULL ? N_SPANS : 1;

  g_array_set_clear_func (spans, span_clear);
  for (guint i = 0; i < n_spans; i++)
    {
      g_autofree char *name = g_strconcat (names[i], row->cells[SPOT_DEV_FRIENDLY_ID], NULL);
      g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);
      Span span = { .parent = (int) i - 1, .is_partial = is_partial, .is_error = is_error,
                    .is_cancelled = is_cancelled };

      span.id = g_strndup (digest, 16);
      span.message = g_strdup (i == 0 ? row->cells[SPOT_DEV_TASK] : i == 1 ? "Attempt 1" : "run()");
      span.start_ms = i == 0 ? row->created_ms : get_time (row, SPOT_DEV_STARTED, row->created_ms);
      span.end_ms = get_time (row, SPOT_DEV_COMPLETED, span.start_ms);
      g_array_append_val (spans, span);
    }
  return spans;
}

static void
set_common (JsonObject       *object,
            const Span       *span,
            const SpotDevRow *row)
{
  json_object_set_string_member (object, "message", span->message);
  json_object_set_string_member (object, "taskSlug", row->cells[SPOT_DEV_TASK]);
  json_object_set_int_member (object, "duration", (span->end_ms - span->start_ms) * NS_PER_MS);
  json_object_set_boolean_member (object, "isError", span->is_error);
  json_object_set_boolean_member (object, "isPartial", span->is_partial);
  json_object_set_boolean_member (object, "isCancelled", span->is_cancelled);
  json_object_set_string_member (object, "level", "TRACE");
}

static void
answer_object (SpotDevCall *self,
               JsonObject  *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  spot_dev_answer_node (self->message, 200, node);
}

static void
answer_events (SpotDevCall *self,
               SpotDevRun  *run)
{
  g_autoptr(GArray) spans = make_spans (run->row);
  JsonArray *events = json_array_new ();
  JsonObject *body = json_object_new ();

  for (guint i = 0; i < spans->len; i++)
    {
      const Span *span = &g_array_index (spans, Span, i);
      JsonObject *object = json_object_new (), *style = json_object_new ();
      g_autofree char *start = g_strdup_printf ("%" G_GINT64_FORMAT, span->start_ms * NS_PER_MS);

      json_object_set_string_member (object, "spanId", span->id);
      if (span->parent >= 0)
        json_object_set_string_member (object, "parentId", g_array_index (spans, Span, span->parent).id);
      else
        json_object_set_null_member (object, "parentId");
      json_object_set_string_member (object, "runId", run->row->cells[SPOT_DEV_FRIENDLY_ID]);
      set_common (object, span, run->row);
      json_object_set_string_member (style, "icon", i == 0 ? "task" : i == 1 ? "attempt" : "task-fn-run");
      json_object_set_object_member (object, "style", style);
      json_object_set_string_member (object, "startTime", start);
      json_object_set_array_member (object, "events", json_array_new ());
      json_object_set_string_member (object, "kind", i == 0 ? "SERVER" : "INTERNAL");
      if (i > 0)
        json_object_set_int_member (object, "attemptNumber", 1);
      json_array_add_object_element (events, object);
    }
  json_object_set_array_member (body, "events", events);
  answer_object (self, body);
}

static JsonObject *
make_tree (GArray           *spans,
           guint             index,
           const SpotDevRow *row)
{
  const Span *span = &g_array_index (spans, Span, index);
  JsonObject *object = json_object_new (), *data = json_object_new ();
  JsonArray *children = json_array_new ();
  g_autofree char *start = spot_dev_time_to_iso (span->start_ms);

  json_object_set_string_member (object, "id", span->id);
  if (span->parent >= 0)
    json_object_set_string_member (object, "parentId", g_array_index (spans, Span, span->parent).id);
  json_object_set_string_member (object, "runId", row->cells[SPOT_DEV_FRIENDLY_ID]);
  set_common (data, span, row);
  json_object_set_string_member (data, "startTime", start);
  json_object_set_array_member (data, "events", json_array_new ());
  json_object_set_object_member (object, "data", data);
  if (index + 1 < spans->len)
    json_array_add_object_element (children, make_tree (spans, index + 1, row));
  json_object_set_array_member (object, "children", children);
  return object;
}

static void
answer_tree (SpotDevCall *self,
             SpotDevRun  *run)
{
  g_autoptr(GArray) spans = make_spans (run->row);
  JsonObject *body = json_object_new (), *trace = json_object_new ();
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, run->row->cells[SPOT_DEV_ID], -1);

  digest[32] = '\0';
  json_object_set_string_member (trace, "traceId", digest);
  json_object_set_object_member (trace, "rootSpan", make_tree (spans, 0, run->row));
  json_object_set_object_member (body, "trace", trace);
  answer_object (self, body);
}

/* The form of newer servers: flat, in pages, the cursor being the last span's id. */
static void
answer_pages (SpotDevCall *self,
              SpotDevRun  *run,
              const char  *size_text)
{
  g_autoptr(GArray) spans = make_spans (run->row);
  const char *after = g_hash_table_lookup (self->query, "page[after]");
  gint64 size = CLAMP (g_ascii_strtoll (size_text, NULL, 10), 1, 10000);
  JsonObject *body = json_object_new (), *pagination = json_object_new ();
  JsonArray *data = json_array_new (), *failures = json_array_new ();
  guint i = 0;

  while (after != NULL && i < spans->len && !g_str_equal (g_array_index (spans, Span, i++).id, after))
    ;
  for (; i < spans->len && json_array_get_length (data) < size; i++)
    {
      const Span *span = &g_array_index (spans, Span, i);
      JsonObject *object = json_object_new ();
      g_autofree char *start = spot_dev_time_to_iso (span->start_ms);

      json_object_set_string_member (object, "id", span->id);
      if (span->parent >= 0)
        json_object_set_string_member (object, "parentId", g_array_index (spans, Span, span->parent).id);
      json_object_set_string_member (object, "runId", run->row->cells[SPOT_DEV_FRIENDLY_ID]);
      set_common (object, span, run->row);
      json_object_remove_member (object, "taskSlug");
      json_object_set_string_member (object, "startTime", start);
      if (i > 0)
        json_object_set_int_member (object, "attemptNumber", 1);
      if (i == 1 && span->is_error)
        {
          JsonObject *failure = json_object_new ();

          json_object_set_string_member (failure, "spanId", span->id);
          json_object_set_int_member (failure, "attemptNumber", 1);
          json_object_set_string_member (failure, "runId", run->row->cells[SPOT_DEV_FRIENDLY_ID]);
          json_array_add_object_element (failures, failure);
        }
      json_array_add_object_element (data, object);
    }
  if (i < spans->len)
    json_object_set_string_member (pagination, "next", g_array_index (spans, Span, i - 1).id);
  json_object_set_array_member (body, "data", data);
  json_object_set_array_member (body, "attemptFailures", failures);
  json_object_set_object_member (body, "pagination", pagination);
  answer_object (self, body);
}

static void
answer_span (SpotDevCall *self,
             SpotDevRun  *run)
{
  g_autoptr(GArray) spans = make_spans (run->row);

  for (guint i = 0; i < spans->len; i++)
    {
      const Span *span = &g_array_index (spans, Span, i);
      JsonObject *object;
      g_autofree char *start = NULL;

      if (!g_str_equal (span->id, self->path[4]))
        continue;
      object = json_object_new ();
      start = spot_dev_time_to_iso (span->start_ms);
      json_object_set_string_member (object, "spanId", span->id);
      if (span->parent >= 0)
        json_object_set_string_member (object, "parentId", g_array_index (spans, Span, span->parent).id);
      else
        json_object_set_null_member (object, "parentId");
      json_object_set_string_member (object, "runId", run->row->cells[SPOT_DEV_FRIENDLY_ID]);
      set_common (object, span, run->row);
      json_object_remove_member (object, "duration");
      json_object_set_string_member (object, "startTime", start);
      json_object_set_int_member (object, "durationMs", span->end_ms - span->start_ms);
      answer_object (self, object);
      return;
    }
  spot_dev_answer_not_found (self->message, NULL);
}

/**
 * spot_dev_call_trace:
 * @self: a call
 *
 * Answers the calls about what a run did when; `?trace=tree` makes it an older server, which has no pages.
 *
 * Returns: %FALSE when it is another call
 */
gboolean
spot_dev_call_trace (SpotDevCall *self)
{
  gboolean events = spot_dev_call_is (self, "GET", "v1/runs/*/events");
  gboolean trace = spot_dev_call_is (self, "GET", "v1/runs/*/trace");
  gboolean span = spot_dev_call_is (self, "GET", "v1/runs/*/spans/*");
  const char *size = g_hash_table_lookup (self->query, "page[size]");
  SpotDevRun *run;

  if (!events && !trace && !span)
    return FALSE;
  run = spot_dev_store_lookup (self->api->store, self->path[2]);
  if (run == NULL)
    spot_dev_answer_not_found (self->message, "true");
  else if (!spot_dev_access_allows_run (self->access, "read", run->row))
    spot_dev_answer_forbidden (self->message);
  else if (events)
    answer_events (self, run);
  else if (span)
    answer_span (self, run);
  else if (size != NULL && g_strcmp0 (g_hash_table_lookup (self->query, "trace"), "tree") != 0)
    answer_pages (self, run, size);
  else
    answer_tree (self, run);
  return TRUE;
}
