/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "dev-client.h"

#define WAIT_US (20 * G_USEC_PER_SEC)

DevClient *
dev_client_new_for (const SpotDevOptions *options)
{
  DevClient *self = g_new0 (DevClient, 1);
  g_autoptr(GError) error = NULL;

  self->server = spot_dev_server_new (options);
  spot_dev_server_start (self->server, &error);
  g_assert_no_error (error);
  self->session = soup_session_new_with_options ("max-conns", 20, "max-conns-per-host", 20, NULL);
  return self;
}

DevClient *
dev_client_new (SpotDevDialect  dialect,
                SpotDevScenario scenario)
{
  const SpotDevOptions options = { .dialect = dialect, .scenario = scenario, .seed = 7, .speed = 1,
                                   .hold_ms = DEV_HOLD_MS };

  return dev_client_new_for (&options);
}

void
dev_client_free (DevClient *self)
{
  soup_session_abort (self->session);
  g_object_unref (self->session);
  g_assert_finalize_object (self->server);
  g_free (self);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  DevAnswer *answer = user_data;
  g_autoptr(GBytes) bytes = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &answer->error);

  if (bytes != NULL)
    {
      gsize length;
      const char *data = g_bytes_get_data (bytes, &length);

      answer->body = length > 0 ? g_strndup (data, length) : g_strdup ("");
    }
  answer->status = soup_message_get_status (answer->message);
  answer->done = TRUE;
}

DevAnswer *
dev_client_send (DevClient  *self,
                 DevHeaders  headers,
                 const char *method,
                 const char *path,
                 const char *body)
{
  DevAnswer *answer = g_new0 (DevAnswer, 1);
  g_autofree char *url = g_strconcat (spot_dev_server_get_url (self->server), path, NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", spot_dev_server_get_key (self->server), NULL);
  SoupMessageHeaders *request;

  answer->message = soup_message_new (method, url);
  g_assert_nonnull (answer->message);
  request = soup_message_get_request_headers (answer->message);
  if (headers & DEV_HEADERS_KEY)
    soup_message_headers_append (request, "Authorization", bearer);
  if (headers & DEV_HEADERS_ELECTRIC_VERSION)
    soup_message_headers_append (request, "x-trigger-electric-version", "1.0.0-beta.1");
  if (headers & DEV_HEADERS_API_VERSION)
    soup_message_headers_append (request, "x-trigger-api-version", "2025-07-16");
  soup_message_add_flags (answer->message, SOUP_MESSAGE_NO_REDIRECT);
  if (body != NULL)
    {
      g_autoptr(GBytes) bytes = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (answer->message, "application/json", bytes);
    }
  soup_session_send_and_read_async (self->session, answer->message, G_PRIORITY_DEFAULT, NULL, read_cb, answer);
  return answer;
}

void
dev_client_wait (DevAnswer *answer)
{
  gint64 deadline_us = g_get_monotonic_time () + WAIT_US;

  while (!answer->done)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (500);
    }
}

/* The answer to a request that must work out at the level of HTTP. */
DevAnswer *
dev_client_get (DevClient  *self,
                const char *path)
{
  DevAnswer *answer = dev_client_send (self, DEV_HEADERS_ALL, "GET", path, NULL);

  dev_client_wait (answer);
  g_assert_no_error (answer->error);
  return answer;
}

/* A live request that the server holds by now. */
DevAnswer *
dev_client_poll (DevClient  *self,
                 const char *path)
{
  guint n_live = spot_dev_server_get_n_live (self->server);
  DevAnswer *answer = dev_client_send (self, DEV_HEADERS_ALL, "GET", path, NULL);

  dev_client_wait_live (self, n_live + 1);
  g_assert_false (answer->done);
  return answer;
}

void
dev_client_wait_live (DevClient *self,
                      guint      n_live)
{
  gint64 deadline_us = g_get_monotonic_time () + WAIT_US;

  while (spot_dev_server_get_n_live (self->server) != n_live)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (500);
    }
}

void
dev_client_put (DevClient  *self,
                const char *batch_id,
                const char *columns)
{
  g_autoptr(GError) error = NULL;

  spot_dev_server_put_run (self->server, batch_id, columns, &error);
  g_assert_no_error (error);
}

const char *
dev_answer_header (DevAnswer  *self,
                   const char *name)
{
  return soup_message_headers_get_one (soup_message_get_response_headers (self->message), name);
}

/* The body as an array of messages. */
JsonArray *
dev_answer_messages (DevAnswer *self)
{
  g_autoptr(GError) error = NULL;

  if (self->messages == NULL)
    self->messages = json_from_string (self->body, &error);
  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_ARRAY (self->messages));
  return json_node_get_array (self->messages);
}

JsonObject *
dev_answer_value (DevAnswer *self,
                  guint      index)
{
  return json_object_get_object_member (json_array_get_object_element (dev_answer_messages (self), index), "value");
}

gboolean
dev_answer_up_to_date (DevAnswer *self)
{
  JsonArray *messages = dev_answer_messages (self);
  JsonObject *last = json_array_get_object_element (messages, json_array_get_length (messages) - 1);
  JsonObject *headers = json_object_get_object_member (last, "headers");

  return g_strcmp0 (json_object_get_string_member_with_default (headers, "control", NULL), "up-to-date") == 0;
}

void
dev_answer_free (DevAnswer *self)
{
  dev_client_wait (self);
  g_clear_error (&self->error);
  g_clear_pointer (&self->messages, json_node_unref);
  g_object_unref (self->message);
  g_free (self->body);
  g_free (self);
}
