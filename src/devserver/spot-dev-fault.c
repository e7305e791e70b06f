/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-fault.h"

static const struct
{
  const char *name;
  SpotDevFault fault;
} faults[] = {
  { "drop", SPOT_DEV_FAULT_DROP },
  { "stall", SPOT_DEV_FAULT_STALL },
  { "409", SPOT_DEV_FAULT_MUST_REFETCH },
  { "503", SPOT_DEV_FAULT_UNAVAILABLE },
  { "429", SPOT_DEV_FAULT_BUSY },
  { "401", SPOT_DEV_FAULT_UNAUTHORIZED },
  { "html", SPOT_DEV_FAULT_HTML },
  { "truncated", SPOT_DEV_FAULT_TRUNCATED },
  { "500", SPOT_DEV_FAULT_BROKEN },
  { "502", SPOT_DEV_FAULT_BAD_GATEWAY },
  { "503-plain", SPOT_DEV_FAULT_UNREACHABLE },
  { "duplicate", SPOT_DEV_FAULT_DUPLICATE },
  { "wrong-types", SPOT_DEV_FAULT_WRONG_TYPES },
  { "huge-row", SPOT_DEV_FAULT_HUGE_ROW },
  { "no-handle", SPOT_DEV_FAULT_NO_HANDLE },
  { "gzip", SPOT_DEV_FAULT_GZIP },
  { "skew", SPOT_DEV_FAULT_SKEW },
  { "slow", SPOT_DEV_FAULT_SLOW },
};

/**
 * spot_dev_fault_from_text:
 * @text: (nullable): a fault's name; %NULL for none
 * @fault: (out): the fault
 *
 * Returns: %FALSE when there is no such fault
 */
gboolean
spot_dev_fault_from_text (const char   *text,
                          SpotDevFault *fault)
{
  *fault = SPOT_DEV_FAULT_NONE;
  if (text == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    if (g_str_equal (faults[i].name, text))
      {
        *fault = faults[i].fault;
        return TRUE;
      }
  return FALSE;
}

/**
 * spot_dev_fault_to_text:
 * @fault: a fault
 *
 * Returns: (nullable): its name; %NULL for none
 */
const char *
spot_dev_fault_to_text (SpotDevFault fault)
{
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    if (faults[i].fault == fault)
      return faults[i].name;
  return NULL;
}

static void
answer (SoupServerMessage *message,
        guint              status,
        const char        *content_type,
        const char        *body)
{
  /* libsoup has no words for this one. */
  soup_server_message_set_status (message, status, status == 429 ? "Too Many Requests" : NULL);
  soup_server_message_set_response (message, content_type, SOUP_MEMORY_COPY, body, strlen (body));
}

/**
 * spot_dev_fault_answer:
 * @fault: a fault
 * @message: the exchange
 *
 * Answers with an error that has nothing to do with what was asked.
 *
 * Returns: %FALSE, and nothing is done, when @fault concerns the right answer, or is to give none
 */
gboolean
spot_dev_fault_answer (SpotDevFault       fault,
                       SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  switch (fault)
    {
    case SPOT_DEV_FAULT_UNAVAILABLE:
      soup_message_headers_append (headers, "cache-control", "no-store");
      soup_message_headers_append (headers, "surrogate-control", "no-store");
      soup_message_headers_append (headers, "retry-after", "1");
      answer (message, 503, "application/json; charset=utf-8",
              "{\"message\":\"Timeout waiting for Postgres lock acquisition: connection refused\"}");
      return TRUE;

    case SPOT_DEV_FAULT_BUSY:
      answer (message, 429, "application/json; charset=utf-8", "{\"error\":\"Too many concurrent requests\"}");
      return TRUE;

    case SPOT_DEV_FAULT_UNAUTHORIZED:
      answer (message, 401, "application/json; charset=utf-8", "{\"error\":\"Invalid or Missing API key\"}");
      return TRUE;

    case SPOT_DEV_FAULT_HTML:
      answer (message, 200, "text/html; charset=utf-8",
              "<!doctype html>\n<html><head><title>Sign in to continue</title></head><body>Sign in to "
              "continue.</body></html>\n");
      return TRUE;

    case SPOT_DEV_FAULT_BROKEN:
      answer (message, 500, "application/json; charset=utf-8", "{\"error\":\"Internal Server Error\"}");
      return TRUE;

    case SPOT_DEV_FAULT_BAD_GATEWAY:
      answer (message, 502, "text/html", "<html><body><h1>502 Bad Gateway</h1></body></html>\n");
      return TRUE;

    case SPOT_DEV_FAULT_UNREACHABLE:
      answer (message, 503, "text/plain", "Network error occurred");
      return TRUE;

    case SPOT_DEV_FAULT_NONE:
    case SPOT_DEV_FAULT_DROP:
    case SPOT_DEV_FAULT_STALL:
    case SPOT_DEV_FAULT_MUST_REFETCH:
    case SPOT_DEV_FAULT_TRUNCATED:
    case SPOT_DEV_FAULT_DUPLICATE:
    case SPOT_DEV_FAULT_WRONG_TYPES:
    case SPOT_DEV_FAULT_HUGE_ROW:
    case SPOT_DEV_FAULT_NO_HANDLE:
    case SPOT_DEV_FAULT_GZIP:
    case SPOT_DEV_FAULT_SKEW:
    case SPOT_DEV_FAULT_SLOW:
      return FALSE;
    }
  return FALSE;
}

/* A client that does not read must not hold up the server: for it, the connection breaks that much earlier. */
static void
send_what_fits (GPollableOutputStream *stream,
                const char            *data,
                gsize                  length)
{
  while (length > 0)
    {
      gssize n = g_pollable_output_stream_write_nonblocking (stream, data, length, NULL, NULL);

      if (n <= 0)
        return;
      data += n;
      length -= (gsize) n;
    }
}

/**
 * spot_dev_fault_drop:
 * @message: the exchange, its response headers set
 * @status: the status to announce
 * @body: the body to announce
 * @chunked: whether to announce it as a chunk rather than by the length
 *
 * Sends the head and about half of @body, and closes the connection.
 */
void
spot_dev_fault_drop (SoupServerMessage *message,
                     guint              status,
                     GBytes            *body,
                     gboolean           chunked)
{
  g_autoptr(GString) out = g_string_new (NULL);
  g_autoptr(GIOStream) stream = NULL;
  SoupMessageHeadersIter iter;
  const char *name, *value;

  g_string_append_printf (out, "HTTP/1.1 %u %s\r\n", status, soup_status_get_phrase (status));
  soup_message_headers_iter_init (&iter, soup_server_message_get_response_headers (message));
  while (soup_message_headers_iter_next (&iter, &name, &value))
    if (g_ascii_strcasecmp (name, "transfer-encoding") != 0 && g_ascii_strcasecmp (name, "content-length") != 0)
      g_string_append_printf (out, "%s: %s\r\n", name, value);
  if (chunked)
    g_string_append_printf (out, "transfer-encoding: chunked\r\n\r\n%" G_GSIZE_MODIFIER "X\r\n",
                            g_bytes_get_size (body));
  else
    g_string_append_printf (out, "content-length: %" G_GSIZE_FORMAT "\r\n\r\n", g_bytes_get_size (body));
  g_string_append_len (out, g_bytes_get_data (body, NULL), (gssize) (g_bytes_get_size (body) / 2));

  stream = soup_server_message_steal_connection (message);
  if (stream == NULL)
    return;
  send_what_fits (G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream)), out->str, out->len);
  g_io_stream_close (stream, NULL, NULL);
}
