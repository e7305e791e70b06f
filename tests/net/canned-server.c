/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "canned-server.h"

typedef struct
{
  guint   status;
  char   *headers;
  GBytes *body;
} Canned;

static void
canned_free (Canned *canned)
{
  g_free (canned->headers);
  g_bytes_unref (canned->body);
  g_free (canned);
}

static void
add_header_cb (const char *name,
               const char *value,
               gpointer    user_data)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  g_string_append_printf (user_data, "%s: %s\n", lower, value);
}

static void
remember (CannedServer      *self,
          SoupServerMessage *message)
{
  GUri *uri = soup_server_message_get_uri (message);
  GString *head = g_string_new (NULL);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  gint64 now = g_get_monotonic_time ();

  g_ptr_array_add (self->requests,
                   g_strdup_printf ("%s %s%s%s", soup_server_message_get_method (message), g_uri_get_path (uri),
                                    g_uri_get_query (uri) != NULL ? "?" : "",
                                    g_uri_get_query (uri) != NULL ? g_uri_get_query (uri) : ""));
  soup_message_headers_foreach (soup_server_message_get_request_headers (message), add_header_cb, head);
  g_ptr_array_add (self->heads, g_string_free (head, FALSE));
  g_ptr_array_add (self->bodies, g_strndup (body->data != NULL ? body->data : "", (gsize) body->length));
  g_array_append_val (self->times_us, now);
}

static void
handler_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  CannedServer *self = user_data;
  Canned *canned = g_queue_peek_head (&self->answers);
  g_auto(GStrv) lines = NULL;

  remember (self, message);
  if (self->hangs)
    {
      soup_server_message_pause (message);
      return;
    }
  g_assert_nonnull (canned);
  soup_server_message_set_status (message, canned->status, NULL);
  lines = g_strsplit (canned->headers, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *colon = strstr (lines[i], ": ");

      if (colon == NULL)
        continue;
      *colon = '\0';
      soup_message_headers_replace (soup_server_message_get_response_headers (message), lines[i], colon + 2);
    }
  if (g_bytes_get_size (canned->body) > 0)
    soup_message_body_append_bytes (soup_server_message_get_response_body (message), canned->body);
  if (self->answers.length > 1)
    canned_free (g_queue_pop_head (&self->answers));
}

CannedServer *
canned_server_new (void)
{
  return canned_server_new_tls (NULL);
}

CannedServer *
canned_server_new_tls (GTlsCertificate *certificate)
{
  CannedServer *self = g_new0 (CannedServer, 1);
  g_autoptr(GError) error = NULL;
  g_autofree char *url = NULL;
  GSList *uris;

  self->server = g_object_new (SOUP_TYPE_SERVER, "raw-paths", TRUE, "tls-certificate", certificate, NULL);
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->heads = g_ptr_array_new_with_free_func (g_free);
  self->bodies = g_ptr_array_new_with_free_func (g_free);
  self->times_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_queue_init (&self->answers);
  soup_server_add_handler (self->server, NULL, handler_cb, self, NULL);
  soup_server_listen_local (self->server, 0,
                            SOUP_SERVER_LISTEN_IPV4_ONLY | (certificate != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0),
                            &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  url = g_uri_to_string (uris->data);
  self->url = g_strndup (url, strlen (url) - 1);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return self;
}

void
canned_server_free (CannedServer *self)
{
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_free (self->url);
  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->heads);
  g_ptr_array_unref (self->bodies);
  g_array_unref (self->times_us);
  g_queue_clear_full (&self->answers, (GDestroyNotify) canned_free);
  g_free (self);
}

void
canned_server_add_bytes (CannedServer *self,
                         guint         status,
                         const char   *headers,
                         GBytes       *body)
{
  Canned *canned = g_new0 (Canned, 1);

  canned->status = status;
  canned->headers = g_strdup (headers);
  canned->body = g_bytes_ref (body);
  g_queue_push_tail (&self->answers, canned);
}

void
canned_server_add (CannedServer *self,
                   guint         status,
                   const char   *headers,
                   const char   *body)
{
  g_autoptr(GBytes) bytes = g_bytes_new (body, strlen (body));

  canned_server_add_bytes (self, status, headers, bytes);
}

const char *
canned_server_get_request (CannedServer *self,
                           guint         index)
{
  return index < self->requests->len ? g_ptr_array_index (self->requests, index) : NULL;
}

gboolean
canned_server_had_header (CannedServer *self,
                          guint         index,
                          const char   *line)
{
  return strstr (g_ptr_array_index (self->heads, index), line) != NULL;
}

/* Forgets the answers before. */
void
canned_server_set (CannedServer *self,
                   guint         status,
                   const char   *headers,
                   const char   *body)
{
  g_queue_clear_full (&self->answers, (GDestroyNotify) canned_free);
  canned_server_add (self, status, headers, body);
}
