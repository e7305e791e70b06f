/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "spot-dev-channel.h"

struct _SpotDevChannel
{
  SpotDevApi         *api;
  SoupServerMessage  *message; /* (nullable) once the client has gone */
  SpotDevChannelTimes times;
  SpotDevChannelFunc  func;
  gpointer            user_data;
  GDestroyNotify      destroy;
  gint64              started_us;
  gint64              written_us; /* the last data */
  gint64              sign_us;    /* the last data or comment */
  GSource            *timer;      /* (nullable) */
  GSource            *watch;      /* (nullable): sees the client go */
  GList               link;
};

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
channel_free (SpotDevChannel *self)
{
  clear_source (&self->timer);
  clear_source (&self->watch);
  g_queue_unlink (&self->api->channels, &self->link);
  g_clear_object (&self->message);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_free (self);
}

static void
channel_cut (SpotDevChannel *self)
{
  g_autoptr(GIOStream) stream = soup_server_message_steal_connection (self->message);

  if (stream != NULL)
    g_io_stream_close (stream, NULL, NULL);
  channel_free (self);
}

static void
channel_end (SpotDevChannel *self)
{
  soup_message_body_complete (soup_server_message_get_response_body (self->message));
  soup_server_message_unpause (self->message);
  channel_free (self);
}

static void
append (SpotDevChannel *self,
        const char     *text)
{
  soup_message_body_append (soup_server_message_get_response_body (self->message), SOUP_MEMORY_COPY, text,
                            strlen (text));
  soup_server_message_unpause (self->message);
  self->sign_us = g_get_monotonic_time ();
}

static void
schedule (SpotDevChannel *self);

static gboolean
timer_cb (gpointer user_data)
{
  SpotDevChannel *self = user_data;
  SpotDevApi *api = self->api;
  gint64 now_us = g_get_monotonic_time ();
  gint64 since_us = self->times.end_quiet ? self->written_us : self->started_us;

  g_rec_mutex_lock (&api->lock);
  if (now_us - since_us >= self->times.end_ms * G_GINT64_CONSTANT (1000))
    channel_end (self);
  else
    {
      if (now_us - self->sign_us >= self->times.quiet_ms * G_GINT64_CONSTANT (1000))
        append (self, self->times.comment);
      schedule (self);
    }
  g_rec_mutex_unlock (&api->lock);
  return G_SOURCE_REMOVE;
}

static void
schedule (SpotDevChannel *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 end_us = (self->times.end_quiet ? self->written_us : self->started_us) + self->times.end_ms * 1000LL;
  gint64 next_us = MIN (end_us, self->sign_us + self->times.quiet_ms * 1000LL);

  clear_source (&self->timer);
  self->timer = g_timeout_source_new ((guint) (MAX (next_us - now_us, 0) / 1000 + 1));
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, self->api->context);
}

static gboolean
watch_cb (GSocket      *socket,
          GIOCondition  condition,
          gpointer      user_data)
{
  SpotDevChannel *self = user_data;
  SpotDevApi *api = self->api;
  char byte;
  gssize n = recv (g_socket_get_fd (socket), &byte, 1, MSG_PEEK | MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n > 0)
    {
      g_clear_pointer (&self->watch, g_source_unref);
      return G_SOURCE_REMOVE;
    }
  g_rec_mutex_lock (&api->lock);
  channel_cut (self);
  g_rec_mutex_unlock (&api->lock);
  return G_SOURCE_REMOVE;
}

/**
 * spot_dev_channel_open:
 * @api: the server's state, locked
 * @message: the exchange, the headers of its answer set
 * @times: when to say that it is still there, and when to end
 * @func: called now, and whenever there may be something new
 * @user_data: data for @func
 * @destroy: (nullable): frees @user_data
 *
 * Begins an event stream.
 */
void
spot_dev_channel_open (SpotDevApi                *api,
                       SoupServerMessage         *message,
                       const SpotDevChannelTimes *times,
                       SpotDevChannelFunc         func,
                       gpointer                   user_data,
                       GDestroyNotify             destroy)
{
  SpotDevChannel *self = g_new0 (SpotDevChannel, 1);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  GSocket *socket = soup_server_message_get_socket (message);

  self->api = api;
  self->message = g_object_ref (message);
  self->times = *times;
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;
  self->started_us = self->written_us = self->sign_us = g_get_monotonic_time ();
  self->link.data = self;
  g_queue_push_tail_link (&api->channels, &self->link);

  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_replace (headers, "content-type", "text/event-stream");
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  if (!func (self, user_data))
    {
      channel_end (self);
      return;
    }
  if (socket != NULL)
    {
      self->watch = g_socket_create_source (socket, G_IO_IN | G_IO_HUP | G_IO_ERR, NULL);
      g_source_set_callback (self->watch, G_SOURCE_FUNC (watch_cb), self, NULL);
      g_source_attach (self->watch, api->context);
    }
  schedule (self);
}

/**
 * spot_dev_channel_write:
 * @self: an open stream
 * @text: events
 */
void
spot_dev_channel_write (SpotDevChannel *self,
                        const char     *text)
{
  append (self, text);
  self->written_us = self->sign_us;
}

/**
 * spot_dev_channels_wake:
 * @api: the server's state, locked
 *
 * Lets every stream write what is new.
 */
void
spot_dev_channels_wake (SpotDevApi *api)
{
  GList *next;

  for (GList *l = api->channels.head; l != NULL; l = next)
    {
      SpotDevChannel *self = l->data;

      next = l->next;
      if (!self->func (self, self->user_data))
        channel_end (self);
    }
}

/**
 * spot_dev_channels_cut:
 * @api: the server's state, locked
 *
 * Breaks the connection of every stream.
 */
void
spot_dev_channels_cut (SpotDevApi *api)
{
  while (api->channels.head != NULL)
    channel_cut (api->channels.head->data);
}
