/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <errno.h>
#include <sys/socket.h>

#include "spot-dev-api.h"

/* An exchange that waits for news, or for ever. */
typedef struct
{
  SpotDevApi     *api;
  SpotDevRequest *request;
  gboolean        stalled;
  GSource        *timeout; /* (nullable) */
  GSource        *watch;   /* sees the client go */
  GList           link;
} Poll;

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
poll_free (Poll *poll)
{
  clear_source (&poll->timeout);
  clear_source (&poll->watch);
  g_queue_unlink (&poll->api->polls, &poll->link);
  if (!poll->stalled)
    poll->api->n_live--;
  spot_dev_request_free (poll->request);
  g_free (poll);
}

static void
poll_cut (Poll *poll)
{
  g_autoptr(GIOStream) stream = soup_server_message_steal_connection (poll->request->message);

  if (stream != NULL)
    g_io_stream_close (stream, NULL, NULL);
  poll_free (poll);
}

static gboolean
timeout_cb (gpointer user_data)
{
  Poll *poll = user_data;
  SpotDevApi *api = poll->api;

  g_rec_mutex_lock (&api->lock);
  spot_dev_api_answer (api, poll->request, SPOT_DEV_MOMENT_EXPIRED);
  poll_free (poll);
  g_rec_mutex_unlock (&api->lock);
  return G_SOURCE_REMOVE;
}

static gboolean
watch_cb (GSocket      *socket,
          GIOCondition  condition,
          gpointer      user_data)
{
  Poll *poll = user_data;
  SpotDevApi *api = poll->api;
  char byte;
  gssize n = recv (g_socket_get_fd (socket), &byte, 1, MSG_PEEK | MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  /* A client that sends its next request early is still there; it can wait with it. */
  if (n > 0)
    {
      g_clear_pointer (&poll->watch, g_source_unref);
      return G_SOURCE_REMOVE;
    }

  g_rec_mutex_lock (&api->lock);
  poll_cut (poll);
  g_rec_mutex_unlock (&api->lock);
  return G_SOURCE_REMOVE;
}

/**
 * spot_dev_polls_hold:
 * @self: the state, locked
 * @request: (transfer full): a request that is not answered yet
 * @stalled: whether it never is
 *
 * Keeps the exchange open until there is news, the time is over, or the client goes.
 */
void
spot_dev_polls_hold (SpotDevApi     *self,
                     SpotDevRequest *request,
                     gboolean        stalled)
{
  GSocket *socket = soup_server_message_get_socket (request->message);
  Poll *poll = g_new0 (Poll, 1);

  poll->api = self;
  poll->request = request;
  poll->stalled = stalled;
  poll->link.data = poll;
  g_queue_push_tail_link (&self->polls, &poll->link);

  if (!stalled)
    {
      guint hold_ms = self->hold_ms;

      self->n_live++;
      if (request->dialect == SPOT_DEV_DIALECT_NATIVE)
        hold_ms = (guint) (hold_ms * g_random_double_range (0.85, 1.15));
      poll->timeout = g_timeout_source_new (hold_ms);
      g_source_set_callback (poll->timeout, timeout_cb, poll, NULL);
      g_source_attach (poll->timeout, self->context);
    }
  if (socket != NULL)
    {
      poll->watch = g_socket_create_source (socket, G_IO_IN | G_IO_HUP | G_IO_ERR, NULL);
      g_source_set_callback (poll->watch, G_SOURCE_FUNC (watch_cb), poll, NULL);
      g_source_attach (poll->watch, self->context);
    }

  request->paused = TRUE;
  soup_server_message_pause (request->message);
}

/**
 * spot_dev_polls_wake:
 * @self: the state, locked
 *
 * Answers the polls that have news.
 */
void
spot_dev_polls_wake (SpotDevApi *self)
{
  GList *next;

  for (GList *l = self->polls.head; l != NULL; l = next)
    {
      Poll *poll = l->data;

      next = l->next;
      if (!poll->stalled && spot_dev_api_answer (self, poll->request, SPOT_DEV_MOMENT_WOKEN))
        poll_free (poll);
    }
}

/**
 * spot_dev_polls_cut:
 * @self: the state, locked
 *
 * Breaks the connection of everything that waits.
 */
void
spot_dev_polls_cut (SpotDevApi *self)
{
  while (self->polls.head != NULL)
    poll_cut (self->polls.head->data);
}
