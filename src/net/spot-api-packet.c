/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include "spot-http.h"
#include "spot-limits.h"

#include "spot-api-packet.h"

/* (transfer full) (nullable): where the packet lies, a secret. */
static char *
find_packet (SpotApiSender             *sender,
             const SpotApiPacketOrder  *order,
             GError                   **error)
{
  g_autoptr(SpotApiCall) call = NULL;
  g_autoptr(SpotValue) answer = NULL;
  g_autoptr(GError) failure = NULL;
  SpotValue *url;

  if (order->run_id != NULL)
    {
      call = spot_api_call_run_packet (order->run_id, order->output);
      answer = spot_api_sender_call (sender, call, &failure);
    }
  if (answer == NULL && order->path != NULL &&
      (failure == NULL || g_error_matches (failure, SPOT_API_ERROR, SPOT_API_ERROR_NOT_FOUND)))
    {
      g_clear_error (&failure);
      g_clear_pointer (&call, spot_api_call_free);
      call = spot_api_call_stored_packet (order->path);
      answer = spot_api_sender_call (sender, call, &failure);
    }
  if (answer == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  url = spot_value_get_member (answer, "presignedUrl");
  if (url == NULL || spot_value_get_kind (url) != SPOT_VALUE_STRING)
    {
      g_set_error_literal (error, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER,
                           "the server does not say where the value lies");
      return NULL;
    }
  return g_strdup (spot_value_get_text (url, NULL));
}

/* A redirect of the object store, which may point anywhere but from TLS to plain HTTP. */
static char *
dup_location (SpotApiReply *answer)
{
  const char *location = spot_api_reply_get_header (answer, "location");
  GUri *from = soup_message_get_uri (answer->message);
  g_autoptr(GUri) to = NULL;

  if (answer->status < 301 || answer->status > 308 || answer->status == 304 || location == NULL)
    return NULL;
  to = g_uri_parse_relative (from, location, SOUP_HTTP_URI_FLAGS, NULL);
  if (to == NULL || (strcmp (g_uri_get_scheme (from), "https") == 0 && strcmp (g_uri_get_scheme (to), "https") != 0))
    return NULL;
  return g_uri_to_string (to);
}

/* The object store is the account's own, or one that the world knows. */
static gboolean
try_other_trust (SpotApiSender *sender,
                 const GError  *failure)
{
  if (!sender->system_trust || spot_endpoint_get_trust (sender->endpoint) == NULL ||
      !g_error_matches (failure, SPOT_API_ERROR, SPOT_API_ERROR_TLS))
    return FALSE;
  sender->system_trust = FALSE;
  return TRUE;
}

/* Gets the object, without the credential. */
static gboolean
download_trusting (SpotApiSender  *sender,
                   const char     *first_url,
                   SpotApiReply   *answer,
                   GError        **error)
{
  g_autofree char *url = g_strdup (first_url);
  SpotRetry retry = { .repeatable = TRUE };
  guint n_redirects = 0;

  for (;;)
    {
      SpotRetryAnswer description = { .reset_in_ms = -1 };
      g_autoptr(GError) failure = NULL;
      g_autofree char *location = NULL;

      spot_api_reply_clear (answer);
      answer->message = spot_http_new_stranger_get (url, error);
      if (answer->message == NULL)
        return FALSE;
      if (spot_api_sender_send (sender, answer, TRUE, SPOT_MAX_PACKET_BYTES, &failure))
        {
          if (answer->status >= 200 && answer->status < 300)
            return TRUE;
          location = dup_location (answer);
          if (location != NULL && n_redirects++ < SPOT_API_MAX_REDIRECTS)
            {
              g_free (url);
              url = g_steal_pointer (&location);
              continue;
            }
          spot_api_reply_describe (answer, &description);
          /* What the store says may repeat the signature. */
          failure = spot_http_status_error (answer->status, "the object store", NULL, 0);
        }
      else if (try_other_trust (sender, failure))
        {
          continue;
        }
      else if (spot_api_sender_is_final (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (!spot_api_sender_wait (sender, &retry, &description, sender->hurry * 2, &failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
    }
}

static gboolean
download (SpotApiSender  *sender,
          const char     *url,
          SpotApiReply   *answer,
          GError        **error)
{
  gboolean done;

  sender->system_trust = TRUE;
  done = download_trusting (sender, url, answer, error);
  sender->system_trust = FALSE;
  return done;
}

/**
 * spot_api_packet_fetch:
 * @sender: what to send with
 * @order: which value
 * @error: return location for an error
 *
 * Gets a value out of the object store (protocol §6.3), to which the credential is not sent. An address that has
 * expired is asked for anew, once.
 *
 * Returns: (transfer full) (nullable): the packet, decoded by the type that the store names; %NULL after an error
 */
SpotPacket *
spot_api_packet_fetch (SpotApiSender             *sender,
                       const SpotApiPacketOrder  *order,
                       GError                   **error)
{
  g_auto(SpotApiReply) answer = { NULL };
  g_autoptr(GError) failure = NULL;
  g_autofree char *url = find_packet (sender, order, error);

  if (url == NULL)
    return NULL;
  if (!download (sender, url, &answer, &failure))
    {
      /* The address has expired on the way: another one, once. */
      if (answer.status != SOUP_STATUS_FORBIDDEN)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      g_free (url);
      url = find_packet (sender, order, error);
      if (url == NULL || !download (sender, url, &answer, error))
        return NULL;
    }
  return spot_packet_decode (answer.body->len > 0 ? (const char *) answer.body->data : "", (gssize) answer.body->len,
                             spot_api_reply_get_header (&answer, "content-type"));
}
