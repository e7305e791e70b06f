/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-call.h"
#include "spot-dev-script.h"
#include "spot-dev-text.h"

#define MAX_ITEMS 1000

static SpotDevBatch *
add_batch (SpotDevCall *self,
           guint        n_runs,
           const char  *key,
           const char **batch_id)
{
  SpotDevBatch *batch = g_new0 (SpotDevBatch, 1);
  g_autofree char *name = g_strdup_printf ("batch-%" G_GUINT64_FORMAT, ++self->api->n_triggered);
  char *id = spot_dev_script_make_id ("batch_cm", self->api->seed, name, 23);

  batch->run_ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n_runs; i++)
    g_ptr_array_add (batch->run_ids, g_strdup (""));
  batch->idempotency_key = g_strdup (key);
  batch->n_runs = n_runs;
  batch->created_ms = g_get_real_time () / 1000;
  g_hash_table_replace (self->api->batches, id, batch);
  *batch_id = id;
  return batch;
}

static gboolean
add_item (SpotDevCall  *self,
          const char   *batch_id,
          SpotDevBatch *batch,
          guint         index,
          JsonObject   *item,
          GError      **error)
{
  const char *task = spot_dev_json_get_text (item, "task"), *id;
  gboolean is_cached;

  if (task == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "Validation error: Required at \"items[%u].task\"",
                   index);
      return FALSE;
    }
  id = spot_dev_trigger_one (self, task, batch_id, item, &is_cached, error);
  if (id == NULL)
    return FALSE;
  g_free (batch->run_ids->pdata[index]);
  batch->run_ids->pdata[index] = g_strdup (id);
  batch->n_come++;
  return TRUE;
}

static void
answer_failure (SpotDevCall *self,
                GError      *error)
{
  spot_dev_answer_error (self->message, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ? 422 : 400, "%s",
                         error->message);
}

static const char *
find_cached (SpotDevCall *self,
             const char  *key)
{
  GHashTableIter iter;
  gpointer id, batch;

  g_hash_table_iter_init (&iter, self->api->batches);
  while (key != NULL && g_hash_table_iter_next (&iter, &id, &batch))
    if (g_strcmp0 (((SpotDevBatch *) batch)->idempotency_key, key) == 0)
      return id;
  return NULL;
}

/* All at once, as SDKs before the two steps send it. */
static void
trigger_all (SpotDevCall *self)
{
  g_autoptr(JsonNode) body = spot_dev_body_parse (self->message);
  JsonArray *items = body != NULL ? spot_dev_json_get_array (json_node_get_object (body), "items") : NULL;
  guint n_items = items != NULL ? json_array_get_length (items) : 0;
  g_autoptr(GError) error = NULL;
  g_autofree char *answer = NULL;
  const char *batch_id;
  SpotDevBatch *batch;

  if (n_items == 0 || n_items > MAX_ITEMS)
    {
      spot_dev_answer_error (self->message, 400, n_items == 0 ? "Batch cannot be triggered with no items" :
                                                 "Batch size of %u is too large. Maximum allowed batch size is %d.",
                             n_items, MAX_ITEMS);
      return;
    }
  batch = add_batch (self, n_items, NULL, &batch_id);
  spot_dev_store_begin (self->api->store);
  for (guint i = 0; i < n_items && error == NULL; i++)
    {
      JsonNode *item = json_array_get_element (items, i);

      add_item (self, batch_id, batch, i, JSON_NODE_HOLDS_OBJECT (item) ? json_node_get_object (item) : NULL, &error);
    }
  spot_dev_store_commit (self->api->store);
  if (error != NULL)
    {
      answer_failure (self, error);
      return;
    }
  spot_dev_call_add_token (self, "batch", batch_id);
  answer = g_strdup_printf ("{\"id\":\"%s\",\"runCount\":%u}", batch_id, n_items);
  spot_dev_answer_json (self->message, 202, answer);
}

static void
create (SpotDevCall *self)
{
  g_autoptr(JsonNode) body = spot_dev_body_parse (self->message);
  JsonObject *object = body != NULL ? json_node_get_object (body) : NULL;
  const char *key = spot_dev_json_get_text (object, "idempotencyKey"), *batch_id = find_cached (self, key);
  g_autoptr(GString) answer = g_string_new ("{\"id\":");
  gboolean is_cached = batch_id != NULL;
  double n_runs;

  if (!spot_dev_json_get_number (object, "runCount", &n_runs) || n_runs < 1 || n_runs > MAX_ITEMS)
    {
      spot_dev_answer_error (self->message, 400, "Validation error: Invalid runCount at \"runCount\"");
      return;
    }
  if (!is_cached)
    add_batch (self, (guint) n_runs, key, &batch_id);
  spot_dev_text_append_json (answer, batch_id);
  g_string_append_printf (answer, ",\"runCount\":%u,\"isCached\":%s", (guint) n_runs, is_cached ? "true" : "false");
  if (key != NULL)
    {
      g_string_append (answer, ",\"idempotencyKey\":");
      spot_dev_text_append_json (answer, key);
    }
  g_string_append_c (answer, '}');
  spot_dev_call_add_token (self, "batch", batch_id);
  spot_dev_answer_json (self->message, 202, answer->str);
}

/* One item a line; what came before with the same index is the same item. */
static void
add_items (SpotDevCall *self)
{
  SpotDevBatch *batch = g_hash_table_lookup (self->api->batches, self->path[2]);
  g_autofree char *text = spot_dev_body_dup_text (self->message);
  g_auto(GStrv) lines = NULL;
  g_autofree char *answer = NULL;
  guint n_accepted = 0, n_known = 0;
  g_autoptr(GError) error = NULL;

  if (batch == NULL || text == NULL)
    {
      if (batch == NULL)
        spot_dev_answer_not_found (self->message, "false");
      else
        spot_dev_answer_error (self->message, 400, "Invalid JSON");
      return;
    }
  lines = g_strsplit (text, "\n", -1);
  spot_dev_store_begin (self->api->store);
  for (guint i = 0; lines[i] != NULL && error == NULL; i++)
    {
      g_autoptr(JsonNode) node = *g_strstrip (lines[i]) != '\0' ? json_from_string (lines[i], &error) : NULL;
      JsonObject *item = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      double index;

      if (*lines[i] == '\0')
        continue;
      if (!spot_dev_json_get_number (item, "index", &index) || index < 0 || index >= batch->n_runs)
        {
          if (error == NULL)
            g_set_error (&error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "Invalid item at line %u", i + 1);
        }
      else if (*(char *) batch->run_ids->pdata[(guint) index] != '\0')
        n_known++;
      else if (add_item (self, self->path[2], batch, (guint) index, item, &error))
        n_accepted++;
    }
  spot_dev_store_commit (self->api->store);
  if (error != NULL)
    {
      answer_failure (self, error);
      return;
    }
  if (batch->n_come == batch->n_runs)
    answer = g_strdup_printf ("{\"id\":\"%s\",\"itemsAccepted\":%u,\"itemsDeduplicated\":%u,\"sealed\":true}",
                              self->path[2], n_accepted, n_known);
  else
    answer = g_strdup_printf ("{\"id\":\"%s\",\"itemsAccepted\":%u,\"itemsDeduplicated\":%u,\"sealed\":false,"
                              "\"enqueuedCount\":%u,\"expectedCount\":%u}", self->path[2], n_accepted, n_known,
                              batch->n_come, batch->n_runs);
  spot_dev_answer_json (self->message, 200, answer);
}

static gboolean
has_ended (const SpotDevRow *row)
{
  return row->cells[SPOT_DEV_COMPLETED] != NULL;
}

/* Also for the scenario's own batches, of which there are only the runs. */
static void
retrieve (SpotDevCall *self)
{
  const char *id = self->path[2], *status = "PENDING";
  SpotDevBatch *batch = g_hash_table_lookup (self->api->batches, id);
  GQueue *runs = spot_dev_store_get_batch (self->api->store, id);
  JsonObject *object;
  JsonArray *ids;
  JsonNode *node;
  gint64 created_ms = batch != NULL ? batch->created_ms : G_MAXINT64, updated_ms = 0;
  guint n_runs = 0, n_ended = 0, n_good = 0;
  g_autofree char *created = NULL, *updated = NULL;

  if (batch == NULL && runs == NULL)
    {
      spot_dev_answer_not_found (self->message, "true");
      return;
    }
  if (!spot_dev_access_allows (self->access, "read", "batch", id) &&
      !spot_dev_access_allows (self->access, "read", "runs", NULL))
    {
      spot_dev_answer_forbidden (self->message);
      return;
    }

  ids = json_array_new ();
  for (GList *l = runs != NULL ? runs->head : NULL; l != NULL; l = l->next, n_runs++)
    {
      const SpotDevRow *row = ((SpotDevRun *) l->data)->row;

      json_array_add_string_element (ids, row->cells[SPOT_DEV_FRIENDLY_ID]);
      created_ms = MIN (created_ms, row->created_ms);
      updated_ms = MAX (updated_ms, row->updated_ms);
      n_ended += has_ended (row);
      n_good += g_str_equal (row->cells[SPOT_DEV_STATUS], "COMPLETED_SUCCESSFULLY");
    }
  n_runs = batch != NULL ? batch->n_runs : n_runs;
  if (n_runs > 0 && n_ended == n_runs)
    status = "COMPLETED";
  else if (runs != NULL && runs->length > 0)
    status = "PROCESSING";

  object = json_object_new ();
  created = spot_dev_time_to_iso (created_ms);
  updated = spot_dev_time_to_iso (MAX (updated_ms, created_ms));
  json_object_set_string_member (object, "id", id);
  json_object_set_string_member (object, "status", status);
  if (batch != NULL && batch->idempotency_key != NULL)
    json_object_set_string_member (object, "idempotencyKey", batch->idempotency_key);
  json_object_set_string_member (object, "createdAt", created);
  json_object_set_string_member (object, "updatedAt", updated);
  json_object_set_int_member (object, "runCount", n_runs);
  json_object_set_array_member (object, "runs", ids);
  if (g_str_equal (self->path[0], "v1"))
    {
      json_object_set_int_member (object, "successfulRunCount", n_good);
      json_object_set_int_member (object, "failedRunCount", n_ended - n_good);
      json_object_set_array_member (object, "errors", json_array_new ());
    }
  else
    {
      JsonObject *processing = json_object_new ();

      if (batch == NULL || batch->n_come == batch->n_runs)
        json_object_set_string_member (processing, "completedAt", created);
      json_object_set_array_member (processing, "errors", json_array_new ());
      json_object_set_object_member (object, "processing", processing);
    }
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  spot_dev_answer_node (self->message, 200, node);
}

/**
 * spot_dev_call_batches:
 * @self: a call
 *
 * Answers the calls that trigger many runs, in one step or two, and those that ask about a batch.
 *
 * Returns: %FALSE when it is another call
 */
gboolean
spot_dev_call_batches (SpotDevCall *self)
{
  gboolean all = spot_dev_call_is (self, "POST", "v2/tasks/batch") || spot_dev_call_is (self, "POST", "v1/tasks/batch");
  gboolean created = spot_dev_call_is (self, "POST", "v3/batches");
  gboolean items = spot_dev_call_is (self, "POST", "v3/batches/*/items");

  if (spot_dev_call_is (self, "GET", "v2/batches/*") || spot_dev_call_is (self, "GET", "v1/batches/*"))
    retrieve (self);
  else if (!all && !created && !items)
    return FALSE;
  else if (!spot_dev_access_has_any (self->access, "batchTrigger", "tasks") &&
           !spot_dev_access_has_any (self->access, "write", "tasks"))
    spot_dev_answer_forbidden (self->message);
  else if (all)
    trigger_all (self);
  else if (created)
    create (self);
  else
    add_items (self);
  return TRUE;
}
