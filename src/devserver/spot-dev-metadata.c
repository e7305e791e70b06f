/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-call.h"

#define MAX_BYTES 262144
#define MAX_DEPTH 32

/* The object that holds a key: for `$.a.b` the object at `a`, made when there is none. NULL for a path that may not
   be. */
static JsonObject *
find_holder (JsonObject  *root,
             const char  *key,
             const char **last,
             char       **path)
{
  JsonObject *holder = root;

  *last = key;
  if (!g_str_has_prefix (key, "$."))
    return root;
  for (guint i = 0; path[i] != NULL; i++)
    {
      if (i > MAX_DEPTH || *path[i] == '\0' || g_str_equal (path[i], "__proto__") ||
          g_str_equal (path[i], "constructor") || g_str_equal (path[i], "prototype"))
        return NULL;
      *last = path[i];
      if (path[i + 1] == NULL)
        return holder;
      if (spot_dev_json_get_object (holder, path[i]) == NULL)
        json_object_set_object_member (holder, path[i], json_object_new ());
      holder = json_object_get_object_member (holder, path[i]);
    }
  return NULL;
}

static void
append (JsonObject *holder,
        const char *key,
        JsonNode   *value)
{
  JsonNode *old = spot_dev_json_get (holder, key);
  JsonArray *array = json_array_new ();

  if (old != NULL && JSON_NODE_HOLDS_ARRAY (old))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (old)); i++)
      json_array_add_element (array, json_node_copy (json_array_get_element (json_node_get_array (old), i)));
  else if (old != NULL)
    json_array_add_element (array, json_node_copy (old));
  json_array_add_element (array, json_node_copy (value));
  json_object_set_array_member (holder, key, array);
}

static void
remove_value (JsonObject *holder,
              const char *key,
              JsonNode   *value)
{
  JsonArray *old = spot_dev_json_get_array (holder, key), *array;

  if (old == NULL)
    return;
  array = json_array_new ();
  for (guint i = 0; i < json_array_get_length (old); i++)
    if (!json_node_equal (json_array_get_element (old, i), value))
      json_array_add_element (array, json_node_copy (json_array_get_element (old, i)));
  json_object_set_array_member (holder, key, array);
}

static gboolean
increment (JsonObject *holder,
           const char *key,
           JsonObject *operation)
{
  double step, old = 0;

  if (!spot_dev_json_get_number (operation, "value", &step))
    return FALSE;
  spot_dev_json_get_number (holder, key, &old);
  if (old + step == (double) (gint64) CLAMP (old + step, -9e15, 9e15))
    json_object_set_int_member (holder, key, (gint64) (old + step));
  else
    json_object_set_double_member (holder, key, old + step);
  return TRUE;
}

static void
update (JsonObject *root,
        JsonObject *values)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, values);
  while (json_object_iter_next (&iter, &name, &node))
    json_object_set_member (root, name, json_node_copy (node));
}

static gboolean
apply (JsonObject *root,
       JsonObject *operation)
{
  const char *type = spot_dev_json_get_text (operation, "type"), *key = spot_dev_json_get_text (operation, "key");
  const char *last;
  JsonNode *value = operation != NULL ? json_object_get_member (operation, "value") : NULL;
  g_auto(GStrv) path = key != NULL && g_str_has_prefix (key, "$.") ? g_strsplit (key + 2, ".", -1) : NULL;
  JsonObject *holder;

  if (g_strcmp0 (type, "update") == 0 && value != NULL && JSON_NODE_HOLDS_OBJECT (value))
    {
      update (root, json_node_get_object (value));
      return TRUE;
    }
  holder = type != NULL && key != NULL ? find_holder (root, key, &last, path) : NULL;
  if (holder == NULL)
    return FALSE;
  if (g_str_equal (type, "delete"))
    {
      json_object_remove_member (holder, last);
      return TRUE;
    }
  if (g_str_equal (type, "increment"))
    return increment (holder, last, operation);
  if (value == NULL)
    return FALSE;
  if (g_str_equal (type, "set"))
    json_object_set_member (holder, last, json_node_copy (value));
  else if (g_str_equal (type, "append"))
    append (holder, last, value);
  else if (g_str_equal (type, "remove"))
    remove_value (holder, last, value);
  else
    return FALSE;
  return TRUE;
}

static JsonObject *
read_metadata (const SpotDevRow *row)
{
  g_autoptr(JsonNode) node = row->cells[SPOT_DEV_METADATA] != NULL ?
                               json_from_string (row->cells[SPOT_DEV_METADATA], NULL) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_object_ref (json_node_get_object (node)) :
                                                         json_object_new ();
}

static void
write_metadata (SpotDevCall *self,
                SpotDevRun  *run,
                JsonObject  *metadata)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;
  g_autofree char *body = NULL;
  SpotDevEdit edit = { 0 };

  json_node_set_object (node, metadata);
  text = json_to_string (node, FALSE);
  if (strlen (text) > MAX_BYTES)
    {
      spot_dev_answer_error (self->message, 413, "Metadata exceeds maximum size of %d bytes", MAX_BYTES);
      return;
    }
  spot_dev_edit_set_text (&edit, SPOT_DEV_METADATA, text);
  spot_dev_store_put (self->api->store, run->row->cells[SPOT_DEV_FRIENDLY_ID], NULL, &edit, g_get_real_time () / 1000,
                      NULL);
  spot_dev_edit_clear (&edit);
  body = g_strdup_printf ("{\"metadata\":%s}", text);
  spot_dev_answer_json (self->message, 200, body);
}

static void
put_metadata (SpotDevCall *self,
              SpotDevRun  *run)
{
  g_autoptr(JsonNode) body = spot_dev_body_parse (self->message);
  JsonObject *object = body != NULL ? json_node_get_object (body) : NULL;
  JsonObject *whole = spot_dev_json_get_object (object, "metadata");
  JsonArray *operations = spot_dev_json_get_array (object, "operations");
  g_autoptr(JsonObject) metadata = whole != NULL ? json_object_ref (whole) : read_metadata (run->row);

  if (object == NULL)
    {
      spot_dev_answer_error (self->message, 400, "Invalid JSON");
      return;
    }
  for (guint i = 0; operations != NULL && i < json_array_get_length (operations); i++)
    {
      JsonNode *item = json_array_get_element (operations, i);

      if (!apply (metadata, JSON_NODE_HOLDS_OBJECT (item) ? json_node_get_object (item) : NULL))
        {
          spot_dev_answer_error (self->message, 400, "Invalid operation at \"operations[%u]\"", i);
          return;
        }
    }
  write_metadata (self, run, metadata);
}

static void
get_metadata (SpotDevCall *self,
              SpotDevRun  *run)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  if (run->row->cells[SPOT_DEV_METADATA] != NULL)
    json_object_set_string_member (object, "metadata", run->row->cells[SPOT_DEV_METADATA]);
  else
    json_object_set_null_member (object, "metadata");
  json_object_set_string_member (object, "metadataType", run->row->cells[SPOT_DEV_METADATA_TYPE]);
  json_node_take_object (node, object);
  spot_dev_answer_node (self->message, 200, node);
}

/**
 * spot_dev_call_metadata:
 * @self: a call
 *
 * Answers `GET` and `PUT /api/v1/runs/:id/metadata`.
 *
 * Returns: %FALSE when it is another call
 */
gboolean
spot_dev_call_metadata (SpotDevCall *self)
{
  gboolean put = spot_dev_call_is (self, "PUT", "v1/runs/*/metadata");
  SpotDevRun *run;

  if (!put && !spot_dev_call_is (self, "GET", "v1/runs/*/metadata"))
    return FALSE;
  run = spot_dev_store_lookup (self->api->store, self->path[2]);
  if (run == NULL)
    spot_dev_answer_not_found (self->message, NULL);
  else if (!spot_dev_access_allows_run (self->access, put ? "write" : "read", run->row))
    spot_dev_answer_forbidden (self->message);
  else if (put)
    put_metadata (self, run);
  else
    get_metadata (self, run);
  return TRUE;
}
