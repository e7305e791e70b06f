/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-call.h"
#include "spot-dev-tasks.h"
#include "spot-dev-text.h"

#define MAX_TAGS 10
#define MAX_TAG_LENGTH 128
#define MAX_KEY_LENGTH 2048

static void
task_send_email (SpotDevScript *script)
{
  spot_dev_task_send_email (script, 0, 300, FALSE);
}

static const struct
{
  const char *name;
  SpotDevTask task;
} tasks[] = {
  { "import-csv", spot_dev_task_import_csv },
  { "render-video", spot_dev_task_render_video },
  { "answer-question", spot_dev_task_ask_model },
  { "nightly-report", spot_dev_task_nightly_report },
  { "resize-image", spot_dev_task_resize_image },
  { "send-reminder", spot_dev_task_delayed },
  { "pay-invoice", spot_dev_task_approval },
  { "send-email", task_send_email },
  { "sync-crm", spot_dev_task_flaky_sync },
  { "crawl-site", spot_dev_task_timed_out },
  { "charge-subscription", spot_dev_task_type_error },
  { "build-search-index", spot_dev_task_out_of_memory },
  { "export-archive", spot_dev_task_canceled },
  { "warm-cache", spot_dev_task_expired },
};

/**
 * spot_dev_trigger_write:
 * @script: an empty script with an order
 * @task: a task's identifier
 *
 * Writes the life of a run of one of the demo's tasks, or of a task that nobody knows: that one returns its payload.
 */
void
spot_dev_trigger_write (SpotDevScript *script,
                        const char    *task)
{
  const SpotDevEdit *edit = &script->order->edit;

  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    if (g_str_equal (tasks[i].name, task))
      {
        tasks[i].task (script);
        return;
      }
  spot_dev_script_create (script, task, "{}", "application/json", "{}");
  spot_dev_script_start (script, 300);
  spot_dev_script_complete (script, 1500, edit->cells[SPOT_DEV_PAYLOAD_TYPE], edit->cells[SPOT_DEV_PAYLOAD]);
}

static gboolean
set_tags (SpotDevEdit  *edit,
          JsonNode     *node,
          GError      **error)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) tags = NULL;
  g_autofree char *literal = NULL;
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (node != NULL && json_node_get_value_type (node) == G_TYPE_STRING)
    g_strv_builder_add (builder, json_node_get_string (node));
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);
      const char *tag = json_node_get_value_type (item) == G_TYPE_STRING ? json_node_get_string (item) : "";

      if (*tag == '\0' || g_utf8_strlen (tag, -1) > MAX_TAG_LENGTH)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "Validation error: Invalid tag at \"options.tags[%u]\"", i);
          return FALSE;
        }
      g_strv_builder_add (builder, tag);
    }
  tags = g_strv_builder_end (builder);
  if (g_strv_length (tags) > MAX_TAGS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "Runs can only have %d tags, you're trying to set %u.",
                   MAX_TAGS, g_strv_length (tags));
      return FALSE;
    }
  literal = spot_dev_text_from_array ((const char *const *) tags);
  spot_dev_edit_set_text (edit, SPOT_DEV_TAGS, literal);
  return TRUE;
}

/* The SDK sends the packet's text; others may send the value itself. */
static void
set_payload (SpotDevEdit *edit,
             JsonObject  *body,
             JsonObject  *options)
{
  JsonNode *payload = spot_dev_json_get (body, "payload");
  const char *type = spot_dev_json_get_text (options, "payloadType");
  g_autofree char *text = NULL;

  if (payload != NULL && type != NULL && json_node_get_value_type (payload) == G_TYPE_STRING)
    text = g_strdup (json_node_get_string (payload));
  else if (payload != NULL)
    text = json_to_string (payload, FALSE);
  spot_dev_edit_set_text (edit, SPOT_DEV_PAYLOAD, text != NULL ? text : "");
  spot_dev_edit_set_text (edit, SPOT_DEV_PAYLOAD_TYPE, type != NULL ? type : "application/json");
}

static gboolean
set_options (SpotDevOrder  *order,
             JsonObject    *options,
             gint64         now_ms,
             GError       **error)
{
  JsonNode *metadata = spot_dev_json_get (options, "metadata"), *test = spot_dev_json_get (options, "test");
  const char *delay = spot_dev_json_get_text (options, "delay"), *ttl = spot_dev_json_get_text (options, "ttl");
  const char *key = spot_dev_json_get_text (options, "idempotencyKey");
  double ttl_s;

  if (key != NULL && strlen (key) > MAX_KEY_LENGTH)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "Validation error: idempotencyKey must be 2048 characters or less at \"options.idempotencyKey\"");
      return FALSE;
    }
  if (!set_tags (&order->edit, spot_dev_json_get (options, "tags"), error))
    return FALSE;
  if (metadata != NULL)
    {
      g_autofree char *text = json_node_get_value_type (metadata) == G_TYPE_STRING ?
                                g_strdup (json_node_get_string (metadata)) : json_to_string (metadata, FALSE);

      spot_dev_edit_set_text (&order->edit, SPOT_DEV_METADATA, text);
    }
  if (test != NULL && json_node_get_value_type (test) == G_TYPE_BOOLEAN)
    spot_dev_edit_set_text (&order->edit, SPOT_DEV_IS_TEST, json_node_get_boolean (test) ? "t" : "f");
  if (ttl != NULL)
    spot_dev_edit_set_text (&order->edit, SPOT_DEV_TTL, ttl);
  else if (spot_dev_json_get_number (options, "ttl", &ttl_s) && ttl_s >= 0 && ttl_s < 1e9)
    {
      g_autofree char *text = g_strdup_printf ("%ds", (int) ttl_s);

      spot_dev_edit_set_text (&order->edit, SPOT_DEV_TTL, text);
    }
  if (delay != NULL && !spot_dev_time_parse (delay, now_ms, &order->due_ms))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "Invalid delay %s", delay);
      return FALSE;
    }
  return TRUE;
}

static SpotDevJob *
job_new (SpotDevCall *self,
         JsonObject  *options,
         gboolean     in_batch)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (self->message);
  SpotDevJob *job = g_new0 (SpotDevJob, 1);
  const char *version;

  job->idempotency_key = g_strdup (spot_dev_json_get_text (options, "idempotencyKey"));
  job->queue = g_strdup (spot_dev_json_get_text (spot_dev_json_get_object (options, "queue"), "name"));
  job->machine = g_strdup (spot_dev_json_get_text (options, "machine"));
  job->version = g_strdup (spot_dev_json_get_text (options, "lockToVersion"));
  job->function = in_batch ? "batchTrigger" : "trigger";
  version = soup_message_headers_get_one (headers, "x-trigger-realtime-streams-version");
  job->old_streams = g_strcmp0 (version, "v1") == 0;
  return job;
}

/**
 * spot_dev_trigger_one:
 * @self: a call
 * @task: a task's identifier
 * @batch_id: (nullable): the batch that the run is in
 * @body: `payload` and `options` as the SDK sends them
 * @is_cached: (out): whether it is a run that was triggered before with the same idempotency key
 * @error: return location
 *
 * Triggers a run, which then goes through the life of such a task on the scenario's clock.
 *
 * Returns: (nullable): its id, valid as long as the run; %NULL with %G_IO_ERROR_INVALID_ARGUMENT for what makes a 400,
 *   and %G_IO_ERROR_NO_SPACE for what makes a 422
 */
const char *
spot_dev_trigger_one (SpotDevCall  *self,
                      const char   *task,
                      const char   *batch_id,
                      JsonObject   *body,
                      gboolean     *is_cached,
                      GError      **error)
{
  JsonObject *options = spot_dev_json_get_object (body, "options");
  const char *key = spot_dev_json_get_text (options, "idempotencyKey");
  g_autofree char *task_key = key != NULL ? g_strconcat (task, "\n", key, NULL) : NULL;
  g_autofree char *name = NULL;
  g_autofree char *run_id = NULL;
  SpotDevOrder order = { 0 };
  SpotDevScript *script;
  SpotDevRun *run = NULL;
  gint64 now_ms = g_get_real_time () / 1000;

  *is_cached = FALSE;
  if (task_key != NULL && g_hash_table_contains (self->api->idempotency, task_key))
    run = spot_dev_store_lookup (self->api->store, g_hash_table_lookup (self->api->idempotency, task_key));
  if (run != NULL)
    {
      *is_cached = TRUE;
      return run->row->cells[SPOT_DEV_FRIENDLY_ID];
    }

  if (set_options (&order, options, now_ms, error))
    {
      set_payload (&order.edit, body, options);
      spot_dev_edit_set_text (&order.edit, SPOT_DEV_TASK, task);
      name = g_strdup_printf ("trigger-%" G_GUINT64_FORMAT, ++self->api->n_triggered);
      script = spot_dev_scenario_new_script (self->api->scenario, name, now_ms);
      script->order = &order;
      script->batch_id = g_strdup (batch_id);
      spot_dev_trigger_write (script, task);
      script->order = NULL;
      run_id = g_strdup (script->run_id);
      spot_dev_scenario_begin_script (self->api->scenario, self->api->store, script);
      run = spot_dev_store_lookup (self->api->store, run_id);
    }
  spot_dev_edit_clear (&order.edit);
  if (run == NULL)
    return NULL;

  g_hash_table_replace (self->api->jobs, g_strdup (run_id), job_new (self, options, batch_id != NULL));
  if (task_key != NULL)
    g_hash_table_replace (self->api->idempotency, g_steal_pointer (&task_key), g_strdup (run_id));
  return run->row->cells[SPOT_DEV_FRIENDLY_ID];
}

/**
 * spot_dev_call_trigger:
 * @self: a call
 *
 * Answers `POST /api/v1/tasks/:task/trigger`.
 *
 * Returns: %FALSE when it is another call
 */
gboolean
spot_dev_call_trigger (SpotDevCall *self)
{
  g_autoptr(JsonNode) body = NULL;
  g_autoptr(GError) error = NULL;
  const char *id;
  gboolean is_cached;
  g_autofree char *answer = NULL;

  if (!spot_dev_call_is (self, "POST", "v1/tasks/*/trigger"))
    return FALSE;
  if (!spot_dev_access_allows (self->access, "trigger", "tasks", self->path[2]) &&
      !spot_dev_access_allows (self->access, "write", "tasks", self->path[2]))
    {
      spot_dev_answer_forbidden (self->message);
      return TRUE;
    }
  body = spot_dev_body_parse (self->message);
  if (body == NULL)
    {
      spot_dev_answer_error (self->message, 400, "Invalid JSON");
      return TRUE;
    }
  id = spot_dev_trigger_one (self, self->path[2], NULL, json_node_get_object (body), &is_cached, &error);
  if (id == NULL)
    {
      spot_dev_answer_error (self->message, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ? 422 : 400, "%s",
                             error->message);
      return TRUE;
    }
  spot_dev_call_add_token (self, "runs", id);
  answer = g_strdup_printf ("{\"id\":\"%s\",\"isCached\":%s}", id, is_cached ? "true" : "false");
  spot_dev_answer_json (self->message, 200, answer);
  return TRUE;
}
