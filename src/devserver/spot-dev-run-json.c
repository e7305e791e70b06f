/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <math.h>
#include <string.h>

#include "spot-dev-call.h"
#include "spot-dev-text.h"

#define VERSION "20260820.3"
#define REGION "us-east-1"

static const struct
{
  const char *raw;
  const char *name;
} statuses[] = {
  { "DELAYED", "DELAYED" },
  { "PENDING", "QUEUED" },
  { "PENDING_VERSION", "PENDING_VERSION" },
  { "WAITING_FOR_DEPLOY", "PENDING_VERSION" },
  { "DEQUEUED", "DEQUEUED" },
  { "EXECUTING", "EXECUTING" },
  { "RETRYING_AFTER_FAILURE", "EXECUTING" },
  { "WAITING_TO_RESUME", "WAITING" },
  { "PAUSED", "WAITING" },
  { "COMPLETED_SUCCESSFULLY", "COMPLETED" },
  { "COMPLETED_WITH_ERRORS", "FAILED" },
  { "INTERRUPTED", "FAILED" },
  { "CANCELED", "CANCELED" },
  { "CRASHED", "CRASHED" },
  { "SYSTEM_FAILURE", "SYSTEM_FAILURE" },
  { "EXPIRED", "EXPIRED" },
  { "TIMED_OUT", "TIMED_OUT" },
};

/**
 * spot_dev_run_json_status:
 * @row: a run
 *
 * Returns: the status by its present public name
 */
const char *
spot_dev_run_json_status (const SpotDevRow *row)
{
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (g_str_equal (statuses[i].raw, row->cells[SPOT_DEV_STATUS]))
      return statuses[i].name;
  return "QUEUED";
}

/**
 * spot_dev_time_to_iso:
 * @time_ms: milliseconds since 1970
 *
 * Returns: (transfer full): the time as JavaScript writes it
 */
char *
spot_dev_time_to_iso (gint64 time_ms)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc (time_ms / 1000);
  g_autofree char *text = time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%S") :
                                        g_strdup ("1970-01-01T00:00:00");

  return g_strdup_printf ("%s.%03dZ", text, (int) (time_ms % 1000));
}

/**
 * spot_dev_time_parse:
 * @text: an ISO time, milliseconds since 1970, or how long from @now_ms
 * @now_ms: the present, milliseconds since 1970
 * @time_ms: (out): the time
 *
 * Returns: %FALSE when it is none of them
 */
gboolean
spot_dev_time_parse (const char *text,
                     gint64      now_ms,
                     gint64     *time_ms)
{
  g_autoptr(GDateTime) time = NULL;
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  gint64 duration_ms;
  char *end;

  if (spot_dev_duration_parse (text, &duration_ms))
    {
      *time_ms = now_ms + duration_ms;
      return TRUE;
    }
  *time_ms = g_ascii_strtoll (text, &end, 10);
  if (*text != '\0' && *end == '\0')
    return TRUE;
  time = g_date_time_new_from_iso8601 (text, utc);
  if (time == NULL)
    return FALSE;
  *time_ms = g_date_time_to_unix (time) * 1000 + g_date_time_get_microsecond (time) / 1000;
  return TRUE;
}

static void
set_time (JsonObject       *object,
          const char       *name,
          const SpotDevRow *row,
          SpotDevColumn     column)
{
  g_autofree char *iso = NULL;
  gint64 time_ms;

  if (row->cells[column] == NULL || !spot_dev_text_to_time (row->cells[column], &time_ms))
    return;
  iso = spot_dev_time_to_iso (time_ms);
  json_object_set_string_member (object, name, iso);
}

/* JSON has no words for what is not finite; JavaScript writes null. */
static void
set_float (JsonObject *object,
           const char *name,
           const char *cell)
{
  double value = g_ascii_strtod (cell, NULL);

  if (isfinite (value))
    json_object_set_double_member (object, name, value);
  else
    json_object_set_null_member (object, name);
}

static void
set_metadata (JsonObject       *object,
              const SpotDevRow *row)
{
  const char *text = row->cells[SPOT_DEV_METADATA];
  g_autoptr(JsonNode) node = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonObject *metadata;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  metadata = json_node_get_object (node);
  json_object_remove_member (metadata, "$$streams");
  json_object_remove_member (metadata, "$$streamsVersion");
  json_object_remove_member (metadata, "$$streamsBaseUrl");
  json_object_set_object_member (object, "metadata", json_object_ref (metadata));
}

static void
set_flags (JsonObject *object,
           const char *status)
{
  static const char *const queued[] = { "PENDING_VERSION", "QUEUED", "DELAYED", NULL };
  static const char *const executing[] = { "DEQUEUED", "EXECUTING", NULL };
  static const char *const failed[] = { "FAILED", "CRASHED", "SYSTEM_FAILURE", "CANCELED", NULL };
  gboolean is_success = g_str_equal (status, "COMPLETED"), is_failed = g_strv_contains (failed, status);

  json_object_set_boolean_member (object, "isQueued", g_strv_contains (queued, status));
  json_object_set_boolean_member (object, "isExecuting", g_strv_contains (executing, status));
  json_object_set_boolean_member (object, "isWaiting", g_str_equal (status, "WAITING"));
  json_object_set_boolean_member (object, "isCompleted", is_success || is_failed);
  json_object_set_boolean_member (object, "isSuccess", is_success);
  json_object_set_boolean_member (object, "isFailed", is_failed);
  json_object_set_boolean_member (object, "isCancelled", g_str_equal (status, "CANCELED"));
}

/* The value itself, or where to fetch it; types that JSON does not have are lost. */
static void
set_packet (SpotDevCall *self,
            JsonObject  *object,
            const char  *name,
            const char  *text,
            const char  *type)
{
  g_autoptr(JsonNode) node = NULL;

  if (text == NULL)
    return;
  if (g_strcmp0 (type, "application/store") == 0)
    {
      g_autofree char *member = g_strconcat (name, "PresignedUrl", NULL);
      g_autofree char *url = spot_dev_call_dup_url (self, text);

      json_object_set_string_member (object, member, url);
      return;
    }
  if (g_strcmp0 (type, "text/plain") == 0)
    {
      json_object_set_string_member (object, name, text);
      return;
    }
  node = json_from_string (text, NULL);
  if (node == NULL)
    return;
  if (g_strcmp0 (type, "application/super+json") == 0 && JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonNode *json = json_object_get_member (json_node_get_object (node), "json");

      if (json != NULL)
        json_object_set_member (object, name, json_node_copy (json));
      return;
    }
  json_object_set_member (object, name, g_steal_pointer (&node));
}

static void
set_error (JsonObject       *object,
           const SpotDevRow *row)
{
  const char *text = row->cells[SPOT_DEV_ERROR];
  g_autoptr(JsonNode) node = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonObject *raw, *error;
  const char *type;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  raw = json_node_get_object (node);
  type = spot_dev_json_get_text (raw, "type");
  error = json_object_new ();
  json_object_set_object_member (object, "error", error);
  if (g_strcmp0 (type, "BUILT_IN_ERROR") == 0)
    {
      static const char *const members[] = { "message", "name", "stackTrace", "causes" };

      for (guint i = 0; i < G_N_ELEMENTS (members); i++)
        if (json_object_has_member (raw, members[i]))
          json_object_set_member (error, members[i], json_node_copy (json_object_get_member (raw, members[i])));
    }
  else if (g_strcmp0 (type, "INTERNAL_ERROR") == 0)
    {
      const char *code = spot_dev_json_get_text (raw, "code");
      g_autofree char *sentence = g_strdup_printf ("trigger.dev internal error (%s)", code != NULL ? code : "");

      json_object_set_string_member (error, "message", sentence);
    }
  else
    {
      const char *sentence = spot_dev_json_get_text (raw, "raw");

      json_object_set_string_member (error, "message", sentence != NULL ? sentence : "");
    }
}

static void
set_whole (SpotDevCall      *self,
           JsonObject       *object,
           const SpotDevRow *row)
{
  const SpotDevJob *job = g_hash_table_lookup (self->api->jobs, row->cells[SPOT_DEV_FRIENDLY_ID]);
  JsonObject *related = json_object_new ();

  set_packet (self, object, "payload", row->cells[SPOT_DEV_PAYLOAD], row->cells[SPOT_DEV_PAYLOAD_TYPE]);
  if (g_str_equal (row->cells[SPOT_DEV_STATUS], "COMPLETED_SUCCESSFULLY"))
    set_packet (self, object, "output", row->cells[SPOT_DEV_OUTPUT], row->cells[SPOT_DEV_OUTPUT_TYPE]);
  set_error (object, row);
  if (row->batch_id != NULL)
    json_object_set_string_member (object, "batchId", row->batch_id);
  json_object_set_string_member (object, "triggerFunction", job != NULL ? job->function : row->batch_id != NULL ?
                                                            "batchTrigger" : "trigger");
  json_object_set_int_member (object, "attemptCount", row->cells[SPOT_DEV_STARTED] != NULL ? 1 : 0);
  json_object_set_array_member (object, "attempts", json_array_new ());
  json_object_set_array_member (related, "children", json_array_new ());
  json_object_set_object_member (object, "relatedRuns", related);
}

/**
 * spot_dev_run_json_new:
 * @self: a call
 * @row: a run
 * @whole: whether with what only the single run shows, and without what only the list does
 *
 * Returns: (transfer full): the run as the management API shows it
 */
JsonObject *
spot_dev_run_json_new (SpotDevCall      *self,
                       const SpotDevRow *row,
                       gboolean          whole)
{
  const SpotDevJob *job = g_hash_table_lookup (self->api->jobs, row->cells[SPOT_DEV_FRIENDLY_ID]);
  const char *status = spot_dev_run_json_status (row);
  JsonObject *object = json_object_new ();
  JsonArray *tags = json_array_new ();

  json_object_set_string_member (object, "id", row->cells[SPOT_DEV_FRIENDLY_ID]);
  json_object_set_string_member (object, "status", status);
  json_object_set_string_member (object, "taskIdentifier", row->cells[SPOT_DEV_TASK]);
  if (job != NULL && job->idempotency_key != NULL)
    json_object_set_string_member (object, "idempotencyKey", job->idempotency_key);
  json_object_set_string_member (object, "version", job != NULL && job->version != NULL ? job->version : VERSION);
  set_time (object, "createdAt", row, SPOT_DEV_CREATED);
  set_time (object, "updatedAt", row, SPOT_DEV_UPDATED);
  set_time (object, "startedAt", row, SPOT_DEV_STARTED);
  set_time (object, "finishedAt", row, SPOT_DEV_COMPLETED);
  set_time (object, "delayedUntil", row, SPOT_DEV_DELAY_UNTIL);
  set_time (object, "expiredAt", row, SPOT_DEV_EXPIRED);
  if (row->cells[SPOT_DEV_TTL] != NULL)
    json_object_set_string_member (object, "ttl", row->cells[SPOT_DEV_TTL]);
  json_object_set_boolean_member (object, "isTest", g_str_equal (row->cells[SPOT_DEV_IS_TEST], "t"));
  for (guint i = 0; row->tags != NULL && row->tags[i] != NULL; i++)
    json_array_add_string_element (tags, row->tags[i]);
  json_object_set_array_member (object, "tags", tags);
  set_float (object, "costInCents", row->cells[SPOT_DEV_COST]);
  set_float (object, "baseCostInCents", row->cells[SPOT_DEV_BASE_COST]);
  json_object_set_int_member (object, "durationMs", g_ascii_strtoll (row->cells[SPOT_DEV_USAGE], NULL, 10));
  json_object_set_int_member (object, "depth", 0);
  set_metadata (object, row);
  json_object_set_string_member (object, "taskKind", "STANDARD");
  json_object_set_string_member (object, "region", REGION);
  set_flags (object, status);

  if (whole)
    set_whole (self, object, row);
  else
    {
      JsonObject *environment = json_object_new ();

      json_object_set_string_member (environment, "id", SPOT_DEV_ENVIRONMENT);
      json_object_set_string_member (environment, "name", "dev");
      json_object_set_object_member (object, "env", environment);
    }
  return object;
}

/**
 * spot_dev_call_answer_run:
 * @self: a call
 * @row: a run
 *
 * Answers with the whole run.
 */
void
spot_dev_call_answer_run (SpotDevCall      *self,
                          const SpotDevRow *row)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, spot_dev_run_json_new (self, row, TRUE));
  spot_dev_answer_node (self->message, 200, node);
}
