/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-mangle.h"
#include "spot-dev-request.h"

#define API_VERSION "2025-07-16"

/* A position or handle is echoed in a header, where a line break would be another header. */
static const char *
get_echoed (SpotDevRequest *self,
            const char     *name)
{
  const char *value = spot_dev_request_get (self, name);

  for (const char *p = value; p != NULL && *p != '\0'; p++)
    if ((guchar) *p < 0x20 || (guchar) *p >= 0x7f)
      return NULL;
  return value;
}

/**
 * spot_dev_request_new:
 * @message: the HTTP exchange
 * @query: (transfer full): its query parameters, percent-decoded
 *
 * Returns: (transfer full): the request, without filter and columns
 */
SpotDevRequest *
spot_dev_request_new (SoupServerMessage *message,
                      GHashTable        *query)
{
  SpotDevRequest *self = g_new0 (SpotDevRequest, 1);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  self->message = g_object_ref (message);
  self->query = query;
  self->legacy = soup_message_headers_get_one (headers, "x-trigger-electric-version") == NULL;
  self->old_api = g_strcmp0 (soup_message_headers_get_one (headers, "x-trigger-api-version"), API_VERSION) != 0;
  self->offset = get_echoed (self, "offset");
  self->cursor = get_echoed (self, "cursor");
  self->handle = get_echoed (self, self->legacy ? "shape_id" : "handle");
  if (self->handle != NULL && *self->handle == '\0')
    self->handle = NULL;
  self->sse = g_strcmp0 (spot_dev_request_get (self, "live_sse"), "true") == 0 ||
              g_strcmp0 (spot_dev_request_get (self, "experimental_live_sse"), "true") == 0;
  self->live = g_strcmp0 (spot_dev_request_get (self, "live"), "true") == 0;
  return self;
}

/**
 * spot_dev_request_free:
 * @self: (transfer full): a request, answered or given up
 */
void
spot_dev_request_free (SpotDevRequest *self)
{
  spot_dev_filter_clear (&self->filter);
  g_hash_table_unref (self->query);
  g_object_unref (self->message);
  g_free (self);
}

/**
 * spot_dev_request_get:
 * @self: a request
 * @name: a query parameter
 *
 * Returns: (nullable): its value
 */
const char *
spot_dev_request_get (SpotDevRequest *self,
                      const char     *name)
{
  return g_hash_table_lookup (self->query, name);
}

/**
 * spot_dev_request_header:
 * @self: a request
 * @name: a header of the answer, by its present name
 * @value: its value
 *
 * Adds the header, under its former name for an old client.
 */
void
spot_dev_request_header (SpotDevRequest *self,
                         const char     *name,
                         const char     *value)
{
  if (self->legacy && g_str_equal (name, "electric-handle"))
    name = "electric-shape-id";
  else if (self->legacy && g_str_equal (name, "electric-offset"))
    name = "electric-chunk-last-offset";
  soup_message_headers_append (soup_server_message_get_response_headers (self->message), name, value);
}

/**
 * spot_dev_request_answer:
 * @self: a request
 * @status: the status
 * @content_type: the type of @body
 * @body: (transfer full): the body
 * @chunked: whether to send it in chunks rather than with its length
 *
 * Sends the answer, or what the request's fault leaves of it. Headers must be set before.
 */
void
spot_dev_request_answer (SpotDevRequest *self,
                         guint           status,
                         const char     *content_type,
                         GString        *body,
                         gboolean        chunked)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);
  SoupMessageBody *response = soup_server_message_get_response_body (self->message);
  g_autoptr(GBytes) bytes = NULL;

  if (self->old_api)
    g_string_replace (body, "\"status\":\"DEQUEUED\"", "\"status\":\"EXECUTING\"", 0);
  spot_dev_mangle_body (self->fault, body);
  bytes = spot_dev_mangle_bytes (self->fault, self->message, g_string_free_to_bytes (body));

  soup_message_headers_replace (headers, "content-type", content_type);
  if (self->fault == SPOT_DEV_FAULT_DROP)
    {
      spot_dev_fault_drop (self->message, status, bytes, chunked);
      return;
    }

  soup_server_message_set_status (self->message, status, NULL);
  chunked |= self->fault == SPOT_DEV_FAULT_SLOW;
  soup_message_headers_set_encoding (headers, chunked ? SOUP_ENCODING_CHUNKED : SOUP_ENCODING_CONTENT_LENGTH);
  if (self->fault == SPOT_DEV_FAULT_SLOW)
    spot_dev_mangle_trickle (self->message, bytes);
  else
    {
      soup_message_body_append_bytes (response, bytes);
      soup_message_body_complete (response);
    }
  if (self->paused)
    soup_server_message_unpause (self->message);
}
