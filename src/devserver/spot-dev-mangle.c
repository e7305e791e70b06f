/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-mangle.h"

#define HUGE_BYTES (10 * 1024 * 1024)
#define N_DROPS 40
#define DROP_MS 25
#define SKEW_S 86400

/* Every change once more, before what says that it is up to date. */
static void
duplicate (GString *body)
{
  char *control = g_strrstr (body->str, "{\"headers\":{\"control\":");
  g_autofree char *changes = NULL;

  if (control == NULL || body->str[0] != '[' || control == body->str + 1)
    return;
  changes = g_strndup (body->str + 1, (gsize) (control - body->str) - 1);
  g_string_insert (body, 1, changes);
}

/**
 * spot_dev_mangle_body:
 * @fault: a fault
 * @body: what would be right
 *
 * Changes @body into what the fault makes of it.
 */
void
spot_dev_mangle_body (SpotDevFault  fault,
                      GString      *body)
{
  const char *payload = strstr (body->str, "\"payload\":\"");
  g_autofree char *filler = NULL;

  switch ((int) fault)
    {
    case SPOT_DEV_FAULT_TRUNCATED:
      g_string_truncate (body, body->len / 2);
      break;
    case SPOT_DEV_FAULT_DUPLICATE:
      duplicate (body);
      break;
    case SPOT_DEV_FAULT_WRONG_TYPES:
      g_string_replace (body, ":null", ":[{\"not\":1}]", 0);
      g_string_replace (body, "\"number\":\"0\"", "\"number\":{\"a\":[0]}", 0);
      g_string_replace (body, "\"operation\":\"insert\"", "\"operation\":12", 1);
      break;
    case SPOT_DEV_FAULT_HUGE_ROW:
      if (payload == NULL)
        break;
      filler = g_strnfill (HUGE_BYTES, 'x');
      g_string_insert (body, payload - body->str + (gssize) strlen ("\"payload\":\""), filler);
      break;
    default:
      break;
    }
}

/**
 * spot_dev_mangle_bytes:
 * @fault: a fault
 * @message: the exchange, its headers set
 * @bytes: (transfer full): the body
 *
 * Does what concerns the headers: takes one away, compresses the body, or tells another time than it is.
 *
 * Returns: (transfer full): the body to send
 */
GBytes *
spot_dev_mangle_bytes (SpotDevFault       fault,
                       SoupServerMessage *message,
                       GBytes            *bytes)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  if (fault == SPOT_DEV_FAULT_NO_HANDLE)
    {
      soup_message_headers_remove (headers, "electric-handle");
      soup_message_headers_remove (headers, "electric-shape-id");
    }
  if (fault == SPOT_DEV_FAULT_SKEW)
    {
      g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
      g_autoptr(GDateTime) late = g_date_time_add_seconds (now, SKEW_S);
      g_autofree char *text = soup_date_time_to_string (late, SOUP_DATE_HTTP);

      soup_message_headers_replace (headers, "date", text);
    }
  if (fault == SPOT_DEV_FAULT_GZIP)
    {
      g_autoptr(GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);
      g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable ();
      g_autoptr(GOutputStream) out = g_converter_output_stream_new (memory, G_CONVERTER (compressor));
      gconstpointer data = g_bytes_get_data (bytes, NULL);

      if (g_output_stream_write_all (out, data, g_bytes_get_size (bytes), NULL, NULL, NULL) &&
          g_output_stream_close (out, NULL, NULL))
        {
          g_bytes_unref (bytes);
          bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
          soup_message_headers_replace (headers, "content-encoding", "gzip");
        }
    }
  return bytes;
}

/* A body on its way, some bytes at a time. */
typedef struct
{
  SoupServerMessage *message;
  GBytes            *bytes;
  gsize              sent;
  gboolean           gone;
} Trickle;

static void
trickle_free (gpointer data)
{
  Trickle *self = data;

  g_signal_handlers_disconnect_by_data (self->message, self);
  g_object_unref (self->message);
  g_bytes_unref (self->bytes);
  g_free (self);
}

static void
gone_cb (SoupServerMessage *message,
         gpointer           user_data)
{
  ((Trickle *) user_data)->gone = TRUE;
}

static gboolean
trickle_cb (gpointer user_data)
{
  Trickle *self = user_data;
  gsize size = g_bytes_get_size (self->bytes), length = MIN (size / N_DROPS + 1, size - self->sent);
  SoupMessageBody *body = soup_server_message_get_response_body (self->message);
  g_autoptr(GBytes) drop = NULL;

  if (self->gone)
    return G_SOURCE_REMOVE;
  if (length == 0)
    soup_message_body_complete (body);
  else
    {
      drop = g_bytes_new_from_bytes (self->bytes, self->sent, length);
      soup_message_body_append_bytes (body, drop);
      self->sent += length;
    }
  soup_server_message_unpause (self->message);
  return length > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/**
 * spot_dev_mangle_trickle:
 * @message: the exchange, its answer's head ready to be sent in chunks
 * @bytes: the body
 *
 * Sends @bytes slowly: in pieces with pauses between them.
 */
void
spot_dev_mangle_trickle (SoupServerMessage *message,
                         GBytes            *bytes)
{
  Trickle *self = g_new0 (Trickle, 1);
  g_autoptr(GSource) source = g_timeout_source_new (DROP_MS);

  self->message = g_object_ref (message);
  self->bytes = g_bytes_ref (bytes);
  g_signal_connect (message, "finished", G_CALLBACK (gone_cb), self);
  g_signal_connect (message, "disconnected", G_CALLBACK (gone_cb), self);
  g_source_set_callback (source, trickle_cb, self, trickle_free);
  g_source_attach (source, g_main_context_get_thread_default ());
}
