/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-call.h"
#include "spot-dev-channel.h"
#include "spot-dev-text.h"

#define TIMEOUT_MS 60000
#define MAX_PART_BYTES (1024 * 1024)

/* Somebody who reads a data stream. */
typedef struct
{
  SpotDevApi *api;
  char       *run_id;
  char       *key;
  guint       next; /* the first record not sent */
  gboolean    old;
} Reader;

static void
reader_free (gpointer data)
{
  Reader *self = data;

  g_free (self->run_id);
  g_free (self->key);
  g_free (self);
}

static void
append_old (GString             *out,
            const SpotDevRecord *record)
{
  g_string_append_printf (out, "id: %" G_GINT64_FORMAT "-%u\ndata: %s\n\n", record->time_ms, record->serial,
                          record->chunk);
}

/* A body is a JSON text of its own: the chunk and an id to tell it from its doubles. */
static void
append_record (GString             *out,
               const SpotDevRecord *record,
               guint                number)
{
  g_autofree char *body = g_strdup_printf ("{\"data\":%s,\"id\":\"r%u\"}", record->chunk, number);

  g_string_append_printf (out, "{\"seq_num\":%u,\"timestamp\":%" G_GINT64_FORMAT ",\"body\":", number,
                          record->time_ms);
  spot_dev_text_append_json (out, body);
  g_string_append (out, ",\"headers\":[]}");
}

static gboolean
read_cb (SpotDevChannel *channel,
         gpointer        user_data)
{
  Reader *self = user_data;
  GArray *records = spot_dev_streams_get (self->api->streams, self->run_id, self->key);
  g_autoptr(GString) out = g_string_new (NULL);

  if (records == NULL || self->next >= records->len)
    return TRUE;
  if (!self->old)
    g_string_append (out, "event: batch\ndata: {\"records\":[");
  for (guint first = self->next; self->next < records->len; self->next++)
    {
      const SpotDevRecord *record = &g_array_index (records, SpotDevRecord, self->next);

      if (self->old)
        append_old (out, record);
      else
        {
          if (self->next > first)
            g_string_append_c (out, ',');
          append_record (out, record, self->next);
        }
    }
  if (!self->old)
    g_string_append_printf (out, "],\"tail\":{\"seq_num\":%u,\"timestamp\":%" G_GINT64_FORMAT "}}\n\n", records->len,
                            g_array_index (records, SpotDevRecord, records->len - 1).time_ms);
  spot_dev_channel_write (channel, out->str);
  return TRUE;
}

/* After the record that the client has got last. */
static guint
find_position (GArray     *records,
               gboolean    old,
               const char *last_id)
{
  char *end;
  gint64 first = g_ascii_strtoll (last_id, &end, 10), serial = *end == '-' ? g_ascii_strtoll (end + 1, NULL, 10) : 0;
  guint position = 0;

  if (!old)
    return records == NULL || first < 0 ? 0 : (guint) MIN (first + 1, records->len);
  while (records != NULL && position < records->len)
    {
      const SpotDevRecord *record = &g_array_index (records, SpotDevRecord, position);

      if (record->time_ms > first || (record->time_ms == first && record->serial > serial))
        break;
      position++;
    }
  return position;
}

static gboolean
is_old (SpotDevApi *api,
        const char *run_id,
        GHashTable *query)
{
  const SpotDevJob *job = g_hash_table_lookup (api->jobs, run_id);
  const char *wanted = g_hash_table_lookup (query, "streams");

  if (wanted != NULL)
    return g_str_equal (wanted, "v1");
  return job != NULL ? job->old_streams : api->old_streams;
}

static gboolean
read_timeout (SoupServerMessage *message,
              guint             *timeout_ms)
{
  const char *text = soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                                   "timeout-seconds");
  gint64 seconds;
  char *end;

  *timeout_ms = TIMEOUT_MS;
  if (text == NULL)
    return TRUE;
  seconds = g_ascii_strtoll (text, &end, 10);
  if (*text == '\0' || *end != '\0')
    spot_dev_answer_text (message, 400, "text/plain", "Invalid timeout seconds");
  else if (seconds <= 0)
    spot_dev_answer_text (message, 400, "text/plain", "Timeout seconds must be greater than 0");
  else if (seconds > 600)
    spot_dev_answer_text (message, 400, "text/plain", "Timeout seconds must be less than 600");
  else
    {
      *timeout_ms = (guint) seconds * 1000;
      return TRUE;
    }
  return FALSE;
}

static void
answer_reader (SpotDevApi        *api,
               SoupServerMessage *message,
               const char        *run_id,
               const char        *key,
               GHashTable        *query)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *last_id = soup_message_headers_get_one (headers, "last-event-id");
  const char *start = soup_message_headers_get_one (headers, "x-trigger-stream-start");
  GArray *records = spot_dev_streams_get (api->streams, run_id, key);
  gboolean old = is_old (api, run_id, query);
  SpotDevChannelTimes times = { api->ping_ms, old ? ": ping\n\n" : "event: ping\ndata: {}\n\n", 0, TRUE };
  Reader *reader;

  if (!read_timeout (message, &times.end_ms))
    return;
  if (!old && records == NULL)
    {
      spot_dev_answer_text (message, 500, "text/plain", "Failed to read the stream");
      return;
    }
  reader = g_new0 (Reader, 1);
  reader->api = api;
  reader->run_id = g_strdup (run_id);
  reader->key = g_strdup (key);
  reader->old = old;
  if (last_id != NULL)
    reader->next = find_position (records, old, last_id);
  else if (g_strcmp0 (start, "latest") == 0 && records != NULL)
    reader->next = records->len;
  spot_dev_answer_header (message, "cache-control", "no-cache");
  spot_dev_answer_header (message, "access-control-expose-headers", "*");
  if (!old)
    spot_dev_answer_header (message, "x-stream-version", "v2");
  spot_dev_channel_open (api, message, &times, read_cb, reader, reader_free);
}

/* What is sent to a run lies in a stream of its own, which can be read back. */
static void
answer_input (SpotDevApi        *api,
              SoupServerMessage *message,
              const SpotDevRow  *row,
              const char        *key)
{
  g_autoptr(JsonNode) body = spot_dev_body_parse (message);
  JsonNode *data = body != NULL ? json_object_get_member (json_node_get_object (body), "data") : NULL;
  g_autofree char *stream = g_strconcat ("$trigger.input:", key, NULL);
  g_autofree char *chunk = data != NULL ? json_to_string (data, FALSE) : NULL;

  if (chunk == NULL)
    spot_dev_answer_error (message, 400, "Invalid JSON");
  else if (strlen (chunk) > MAX_PART_BYTES)
    spot_dev_answer_error (message, 413, "Request body too large");
  else if (row->cells[SPOT_DEV_COMPLETED] != NULL)
    spot_dev_answer_json (message, 400,
                          "{\"ok\":false,\"error\":\"Cannot send to input stream on a completed run\"}");
  else
    {
      spot_dev_streams_append (api->streams, row->cells[SPOT_DEV_FRIENDLY_ID], stream, g_get_real_time () / 1000,
                               chunk);
      spot_dev_answer_json (message, 200, "{\"ok\":true}");
    }
}

/**
 * spot_dev_stream_handle:
 * @api: the server's state, locked
 * @message: the exchange
 * @path: what follows `/realtime/v1/streams/`, decoded: a key may hold slashes
 * @query: query parameters
 *
 * Answers what is asked about data streams (protocol §7). `?streams=v1` or `v2` picks the format.
 */
void
spot_dev_stream_handle (SpotDevApi        *api,
                        SoupServerMessage *message,
                        const char        *path,
                        GHashTable        *query)
{
  const char *method = soup_server_message_get_method (message);
  g_auto(GStrv) parts = g_strsplit (path, "/", 2);
  g_auto(SpotDevAccess) access = { 0 };
  gboolean is_input = g_strv_length (parts) == 2 && g_str_has_prefix (parts[1], "input/");
  const char *key;
  SpotDevRun *run;

  if (!spot_dev_access_read (&access, api->key, message))
    return;
  if (g_strv_length (parts) != 2)
    {
      spot_dev_answer_not_found (message, NULL);
      return;
    }
  key = is_input ? parts[1] + strlen ("input/") : parts[1];
  run = spot_dev_store_lookup (api->store, parts[0]);
  if (run == NULL || *key == '\0')
    spot_dev_answer_not_found (message, "false");
  else if (is_input && method == SOUP_METHOD_POST)
    {
      if (spot_dev_access_allows (&access, "write", "inputStreams", parts[0]))
        answer_input (api, message, run->row, key);
      else
        spot_dev_answer_forbidden (message);
    }
  else if (method != SOUP_METHOD_GET)
    spot_dev_answer_method (message, is_input ? "GET, POST" : "GET");
  else if (!spot_dev_access_allows_run (&access, "read", run->row))
    spot_dev_answer_forbidden (message);
  else
    {
      g_autofree char *stream = g_strconcat (is_input ? "$trigger.input:" : "", key, NULL);

      answer_reader (api, message, parts[0], stream, query);
    }
}
