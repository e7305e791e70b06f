/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-call.h"
#include "spot-dev-text.h"

#define MAX_TAGS 10
#define CANCEL_MS 150 /* the answer comes before the run is seen to be canceled */

static void
answer_id (SpotDevCall *self,
           const char  *id)
{
  g_autofree char *body = g_strdup_printf ("{\"id\":\"%s\"}", id);

  spot_dev_answer_json (self->message, 200, body);
}

static void
cancel (SpotDevCall *self,
        SpotDevRun  *run)
{
  const char *id = run->row->cells[SPOT_DEV_FRIENDLY_ID];
  g_autofree char *name = g_strconcat ("cancel-", id, NULL);
  gint64 now_ms = g_get_real_time () / 1000;
  SpotDevScript *script;
  SpotDevEdit *edit;

  answer_id (self, id);
  if (run->row->cells[SPOT_DEV_COMPLETED] != NULL)
    return;
  spot_dev_scenario_stop_script (self->api->scenario, id);
  script = spot_dev_scenario_new_script (self->api->scenario, name, now_ms);
  g_free (script->run_id);
  script->run_id = g_strdup (id);
  spot_dev_script_fail (script, CANCEL_MS, "CANCELED", "{\"type\":\"INTERNAL_ERROR\",\"code\":\"TASK_RUN_CANCELLED\","
                                                       "\"message\":\"Canceled by user\"}");
  /* It has computed what it had; the script does not know. */
  edit = &g_array_index (script->steps, SpotDevStep, 0).edit;
  spot_dev_edit_set_text (edit, SPOT_DEV_USAGE, run->row->cells[SPOT_DEV_USAGE]);
  spot_dev_edit_set_text (edit, SPOT_DEV_COST, run->row->cells[SPOT_DEV_COST]);
  spot_dev_scenario_take_script (self->api->scenario, script);
}

/* What the run was triggered with, changed by what the request says. */
static gboolean
make_replay (SpotDevCall      *self,
             const SpotDevRow *row,
             JsonObject       *overrides,
             JsonObject       *body)
{
  static const char *const known[] = { "payload", "payloadType", "metadata", "tags", "queue", "concurrencyKey",
                                       "machine", "version", "region", "delay", "ttl", "idempotencyKey",
                                       "idempotencyKeyTTL", "maxAttempts", "maxDuration", "priority", NULL };
  JsonObject *options = json_object_new ();
  g_autoptr(GList) names = overrides != NULL ? json_object_get_members (overrides) : NULL;
  JsonArray *tags = json_array_new ();

  json_object_set_object_member (body, "options", options);
  json_object_set_string_member (body, "payload", row->cells[SPOT_DEV_PAYLOAD]);
  json_object_set_string_member (options, "payloadType", row->cells[SPOT_DEV_PAYLOAD_TYPE]);
  json_object_set_boolean_member (options, "test", g_str_equal (row->cells[SPOT_DEV_IS_TEST], "t"));
  for (guint i = 0; row->tags != NULL && row->tags[i] != NULL; i++)
    json_array_add_string_element (tags, row->tags[i]);
  json_object_set_array_member (options, "tags", tags);
  if (overrides != NULL && json_object_has_member (overrides, "payload") &&
      !json_object_has_member (overrides, "payloadType"))
    {
      g_autofree char *text = json_to_string (json_object_get_member (overrides, "payload"), FALSE);

      json_object_set_string_member (body, "payload", text);
      json_object_set_string_member (options, "payloadType", "application/json");
    }
  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonNode *value = json_object_get_member (overrides, l->data);

      if (!g_strv_contains (known, l->data))
        {
          spot_dev_answer_error (self->message, 400, "Validation error: Unrecognized key: \"%s\"",
                                 (const char *) l->data);
          return FALSE;
        }
      if (!g_str_equal (l->data, "payload"))
        json_object_set_member (options, l->data, json_node_copy (value));
      else if (json_object_has_member (overrides, "payloadType"))
        json_object_set_member (body, "payload", json_node_copy (value));
    }
  return TRUE;
}

static void
replay (SpotDevCall *self,
        SpotDevRun  *run)
{
  g_autofree char *text = spot_dev_body_dup_text (self->message);
  g_autoptr(JsonNode) overrides = spot_dev_body_parse (self->message);
  g_autoptr(JsonObject) body = json_object_new ();
  g_autofree char *task = g_strdup (run->row->cells[SPOT_DEV_TASK]);
  g_autoptr(GError) error = NULL;
  gboolean is_cached;
  const char *id;

  if (text == NULL || (*text != '\0' && overrides == NULL))
    {
      spot_dev_answer_error (self->message, 400, "Invalid JSON");
      return;
    }
  if (!make_replay (self, run->row, overrides != NULL ? json_node_get_object (overrides) : NULL, body))
    return;
  id = spot_dev_trigger_one (self, task, NULL, body, &is_cached, &error);
  if (id == NULL)
    spot_dev_answer_error (self->message, 400, "%s", error->message);
  else
    answer_id (self, id);
}

static void
reschedule (SpotDevCall *self,
            SpotDevRun  *run)
{
  g_autoptr(JsonNode) body = spot_dev_body_parse (self->message);
  const char *delay = body != NULL ? spot_dev_json_get_text (json_node_get_object (body), "delay") : NULL;
  gint64 now_ms = g_get_real_time () / 1000;
  g_autofree char *name = g_strdup_printf ("reschedule-%" G_GUINT64_FORMAT, ++self->api->n_triggered);
  g_autofree char *id = g_strdup (run->row->cells[SPOT_DEV_FRIENDLY_ID]);
  SpotDevOrder order = { 0 };
  SpotDevScript *script;

  if (delay == NULL || !spot_dev_time_parse (delay, now_ms, &order.due_ms))
    {
      spot_dev_answer_error (self->message, 400, "Invalid delay");
      return;
    }
  if (!g_str_equal (run->row->cells[SPOT_DEV_STATUS], "DELAYED"))
    {
      spot_dev_answer_error (self->message, 422, "Cannot reschedule a run that is not delayed");
      return;
    }

  spot_dev_scenario_stop_script (self->api->scenario, id);
  for (guint i = 0; i < SPOT_DEV_N_COLUMNS; i++)
    if (i != SPOT_DEV_UPDATED)
      spot_dev_edit_set_text (&order.edit, i, run->row->cells[i]);
  script = spot_dev_scenario_new_script (self->api->scenario, name, now_ms);
  g_free (script->run_id);
  script->run_id = g_strdup (id);
  script->order = &order;
  spot_dev_trigger_write (script, run->row->cells[SPOT_DEV_TASK]);
  script->order = NULL;
  spot_dev_edit_clear (&order.edit);
  spot_dev_scenario_begin_script (self->api->scenario, self->api->store, script);
  spot_dev_call_answer_run (self, spot_dev_store_lookup (self->api->store, id)->row);
}

static void
add_tags (SpotDevCall *self,
          SpotDevRun  *run)
{
  g_autoptr(JsonNode) body = spot_dev_body_parse (self->message);
  JsonNode *node = body != NULL ? spot_dev_json_get (json_node_get_object (body), "tags") : NULL;
  g_autoptr(GPtrArray) tags = g_ptr_array_new ();
  g_autofree char *literal = NULL;
  SpotDevEdit edit = { 0 };
  guint n_before, n_items = 0;

  if (node != NULL)
    n_items = JSON_NODE_HOLDS_ARRAY (node) ? json_array_get_length (json_node_get_array (node)) : 1;
  for (guint i = 0; run->row->tags != NULL && run->row->tags[i] != NULL; i++)
    g_ptr_array_add (tags, run->row->tags[i]);
  n_before = tags->len;
  for (guint i = 0; node != NULL && i < n_items; i++)
    {
      JsonNode *item = JSON_NODE_HOLDS_ARRAY (node) ? json_array_get_element (json_node_get_array (node), i) : node;
      const char *tag = json_node_get_value_type (item) == G_TYPE_STRING ? json_node_get_string (item) : "";

      if (*tag == '\0' || g_utf8_strlen (tag, -1) > 128)
        node = NULL;
      else if (!g_ptr_array_find_with_equal_func (tags, tag, g_str_equal, NULL))
        g_ptr_array_add (tags, (gpointer) tag);
    }
  if (node == NULL)
    {
      spot_dev_answer_error (self->message, 400, "Invalid request body");
      return;
    }
  if (tags->len > MAX_TAGS)
    {
      spot_dev_answer_error (self->message, 422, "Runs can only have %d tags, you're trying to set %u.", MAX_TAGS,
                             tags->len);
      return;
    }
  if (tags->len == n_before)
    {
      spot_dev_answer_json (self->message, 200, "{\"message\":\"No new tags to add\"}");
      return;
    }
  g_ptr_array_add (tags, NULL);
  literal = spot_dev_text_from_array ((const char *const *) tags->pdata);
  spot_dev_edit_set_text (&edit, SPOT_DEV_TAGS, literal);
  spot_dev_store_put (self->api->store, run->row->cells[SPOT_DEV_FRIENDLY_ID], NULL, &edit, g_get_real_time () / 1000,
                      NULL);
  spot_dev_edit_clear (&edit);
  g_free (literal);
  literal = g_strdup_printf ("{\"message\":\"Successfully set %u new tags.\"}", tags->len - 1 - n_before);
  spot_dev_answer_json (self->message, 200, literal);
}

static void
answer_result (SpotDevCall *self,
               SpotDevRun  *run)
{
  const SpotDevRow *row = run->row;
  JsonObject *object;
  JsonNode *node;

  if (row->cells[SPOT_DEV_COMPLETED] == NULL)
    {
      spot_dev_answer_not_found (self->message, NULL);
      return;
    }
  object = json_object_new ();
  json_object_set_boolean_member (object, "ok", g_str_equal (row->cells[SPOT_DEV_STATUS], "COMPLETED_SUCCESSFULLY"));
  json_object_set_string_member (object, "id", row->cells[SPOT_DEV_FRIENDLY_ID]);
  json_object_set_string_member (object, "taskIdentifier", row->cells[SPOT_DEV_TASK]);
  if (json_object_get_boolean_member (object, "ok"))
    {
      if (row->cells[SPOT_DEV_OUTPUT] != NULL)
        json_object_set_string_member (object, "output", row->cells[SPOT_DEV_OUTPUT]);
      json_object_set_string_member (object, "outputType", row->cells[SPOT_DEV_OUTPUT_TYPE]);
    }
  else
    json_object_set_member (object, "error", json_from_string (row->cells[SPOT_DEV_ERROR] != NULL ?
                                               row->cells[SPOT_DEV_ERROR] : "{\"type\":\"STRING_ERROR\",\"raw\":\"\"}",
                                                               NULL));
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  spot_dev_answer_node (self->message, 200, node);
}

/**
 * spot_dev_call_actions:
 * @self: a call
 *
 * Answers the calls that ask about one run, or change it.
 *
 * Returns: %FALSE when it is another call
 */
gboolean
spot_dev_call_actions (SpotDevCall *self)
{
  static const struct
  {
    const char *method;
    const char *pattern;
    void (*answer) (SpotDevCall *self, SpotDevRun *run);
    const char *action; /* NULL: only with the key */
  } calls[] = {
    { "GET", "v3/runs/*", NULL, "read" },
    { "GET", "v1/runs/*/result", answer_result, NULL },
    { "POST", "v2/runs/*/cancel", cancel, "write" },
    { "POST", "v1/runs/*/replay", replay, NULL },
    { "POST", "v1/runs/*/reschedule", reschedule, "write" },
    { "POST", "v1/runs/*/tags", add_tags, "write" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      SpotDevRun *run;

      if (!spot_dev_call_is (self, calls[i].method, calls[i].pattern))
        continue;
      run = spot_dev_store_lookup (self->api->store, self->path[2]);
      if (calls[i].action == NULL && self->access->is_token)
        spot_dev_answer_error (self->message, 401, "Invalid API key");
      else if (run == NULL)
        spot_dev_answer_not_found (self->message, calls[i].answer == NULL ? "true" : NULL);
      else if (calls[i].action != NULL && !spot_dev_access_allows_run (self->access, calls[i].action, run->row))
        spot_dev_answer_forbidden (self->message);
      else if (calls[i].answer == NULL)
        spot_dev_call_answer_run (self, run->row);
      else
        calls[i].answer (self, run);
      return TRUE;
    }
  return FALSE;
}
