/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-call.h"

#define MAX_OBJECT_BYTES (16 * 1024 * 1024)
#define MAX_OBJECTS 1000
#define N_REPORT_ROWS 4000

static char *
make_signature (SpotDevApi *api,
                const char *path,
                gint64      expiry_ms)
{
  g_autofree char *text = g_strdup_printf ("%s\n%" G_GINT64_FORMAT, path, expiry_ms);

  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) api->key, strlen (api->key), text, -1);
}

/**
 * spot_dev_call_dup_url:
 * @self: a call
 * @path: a path in the object store
 *
 * Returns: (transfer full): where it can be had, or put, for some minutes and without a credential
 */
char *
spot_dev_call_dup_url (SpotDevCall *self,
                       const char  *path)
{
  GUri *uri = soup_server_message_get_uri (self->message);
  gint64 expiry_ms = g_get_real_time () / 1000 + self->api->presign_ms;
  g_autofree char *signature = NULL;
  g_autofree char *encoded = NULL;
  const char *rest = strstr (path, "://");

  path = rest != NULL ? rest + 3 : path;
  signature = make_signature (self->api, path, expiry_ms);
  encoded = g_uri_escape_string (path, "/", FALSE);
  return g_strdup_printf ("http://%s:%d/store/%s?X-Amz-Expires=%" G_GINT64_FORMAT "&X-Amz-Signature=%s",
                          g_uri_get_host (uri), g_uri_get_port (uri), encoded, expiry_ms, signature);
}

static gboolean
is_sound_path (const char *path)
{
  return *path != '\0' && *path != '/' && strstr (path, "..") == NULL && strchr (path, '\\') == NULL;
}

static void
answer_url (SpotDevCall *self,
            const char  *path,
            gboolean     to_put)
{
  g_autofree char *url = spot_dev_call_dup_url (self, path);
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "presignedUrl", url);
  if (to_put)
    json_object_set_string_member (object, "storagePath", path);
  json_node_take_object (node, object);
  spot_dev_answer_node (self->message, 200, node);
}

static void
answer_run_packet (SpotDevCall *self)
{
  gboolean is_payload = g_str_equal (self->path[4], "payload");
  SpotDevRun *run = spot_dev_store_lookup (self->api->store, self->path[2]);
  const char *type, *text;

  if (run == NULL || (!is_payload && !g_str_equal (self->path[4], "output")))
    {
      spot_dev_answer_not_found (self->message, NULL);
      return;
    }
  if (!spot_dev_access_allows_run (self->access, "read", run->row))
    {
      spot_dev_answer_forbidden (self->message);
      return;
    }
  text = run->row->cells[is_payload ? SPOT_DEV_PAYLOAD : SPOT_DEV_OUTPUT];
  type = run->row->cells[is_payload ? SPOT_DEV_PAYLOAD_TYPE : SPOT_DEV_OUTPUT_TYPE];
  if (text == NULL || !g_str_equal (type, "application/store"))
    spot_dev_answer_not_found (self->message, NULL);
  else
    answer_url (self, text, FALSE);
}

/**
 * spot_dev_call_packets:
 * @self: a call
 *
 * Answers the calls that say where a large payload or output is.
 *
 * Returns: %FALSE when it is another call
 */
gboolean
spot_dev_call_packets (SpotDevCall *self)
{
  g_autofree char *path = NULL;
  gboolean to_put;

  if (spot_dev_call_is (self, "GET", "v1/runs/*/packets/*"))
    {
      answer_run_packet (self);
      return TRUE;
    }
  if (self->n_path < 3 || !g_str_equal (self->path[1], "packets"))
    return FALSE;
  to_put = self->method == SOUP_METHOD_PUT;
  if (!to_put && self->method != SOUP_METHOD_GET)
    return FALSE;

  /* One segment with encoded slashes, or several. */
  path = g_strjoinv ("/", self->path + 2);
  if (!is_sound_path (path))
    spot_dev_answer_error (self->message, 400, "Invalid packet storage path");
  else if (to_put && self->access->is_token)
    spot_dev_answer_error (self->message, 401, "Invalid API key");
  else
    answer_url (self, path, to_put);
  return TRUE;
}

/* What the nightly report has made, the same every time. */
static SpotDevObject *
make_report (SpotDevApi *api,
             const char *path)
{
  g_auto(GStrv) parts = g_strsplit (path, "/", -1);
  GString *body;
  SpotDevObject *object;

  if (g_strv_length (parts) != 4 || !g_str_has_prefix (path, "packets/reports/") ||
      spot_dev_store_lookup (api->store, parts[2]) == NULL)
    return NULL;
  body = g_string_new ("{\"json\":{\"generatedAt\":\"2026-08-21T02:00:09.500Z\",\"rows\":[");
  for (guint i = 0; i < N_REPORT_ROWS; i++)
    g_string_append_printf (body, "%s{\"order\":%u,\"country\":\"%s\",\"cents\":%u}", i > 0 ? "," : "", 100000 + i,
                            i % 3 == 0 ? "DE" : i % 3 == 1 ? "FR" : "US", 500 + i * 7919 % 20000);
  g_string_append (body, "]},\"meta\":{\"values\":{\"generatedAt\":[\"Date\"]}}}");
  object = g_new (SpotDevObject, 1);
  object->content_type = g_strdup ("application/super+json");
  object->bytes = g_string_free_to_bytes (body);
  g_hash_table_replace (api->objects, g_strdup (path), object);
  return object;
}

static void
put_object (SpotDevApi        *api,
            SoupServerMessage *message,
            const char        *path)
{
  GBytes *bytes = soup_message_body_flatten (soup_server_message_get_request_body (message));
  const char *type = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "content-type");
  SpotDevObject *object;

  if (g_bytes_get_size (bytes) > MAX_OBJECT_BYTES || g_hash_table_size (api->objects) >= MAX_OBJECTS)
    {
      g_bytes_unref (bytes);
      spot_dev_answer_text (message, 400, "application/xml", "<Error><Code>EntityTooLarge</Code></Error>");
      return;
    }
  object = g_new (SpotDevObject, 1);
  object->content_type = g_strdup (type != NULL ? type : "application/json");
  object->bytes = bytes;
  g_hash_table_replace (api->objects, g_strdup (path), object);
  spot_dev_answer_text (message, 200, "text/plain", "");
}

/**
 * spot_dev_packets_serve:
 * @api: the server's state, locked
 * @message: the exchange
 * @path: the path in the object store
 * @query: query parameters
 *
 * The object store: it knows signatures, and refuses whoever sends a credential besides.
 */
void
spot_dev_packets_serve (SpotDevApi        *api,
                        SoupServerMessage *message,
                        const char        *path,
                        GHashTable        *query)
{
  const char *method = soup_server_message_get_method (message);
  const char *expires = g_hash_table_lookup (query, "X-Amz-Expires");
  const char *signature = g_hash_table_lookup (query, "X-Amz-Signature");
  gint64 expiry_ms = expires != NULL ? g_ascii_strtoll (expires, NULL, 10) : 0;
  g_autofree char *right = make_signature (api, path, expiry_ms);
  SpotDevObject *object;

  if (soup_message_headers_get_one (soup_server_message_get_request_headers (message), "authorization") != NULL)
    spot_dev_answer_text (message, 400, "application/xml",
                          "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed; only the "
                          "X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization "
                          "header should be specified</Message></Error>");
  else if (g_strcmp0 (right, signature) != 0)
    spot_dev_answer_text (message, 403, "application/xml", "<Error><Code>SignatureDoesNotMatch</Code></Error>");
  else if (expiry_ms < g_get_real_time () / 1000)
    spot_dev_answer_text (message, 403, "application/xml",
                          "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>");
  else if (method == SOUP_METHOD_PUT)
    put_object (api, message, path);
  else
    {
      object = g_hash_table_lookup (api->objects, path);
      if (object == NULL)
        object = make_report (api, path);
      if (object == NULL)
        {
          spot_dev_answer_text (message, 404, "application/xml", "<Error><Code>NoSuchKey</Code></Error>");
          return;
        }
      soup_server_message_set_status (message, 200, NULL);
      soup_message_headers_replace (soup_server_message_get_response_headers (message), "content-type",
                                    object->content_type);
      soup_message_body_append_bytes (soup_server_message_get_response_body (message), object->bytes);
    }
}
