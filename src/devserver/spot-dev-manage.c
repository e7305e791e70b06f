/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-call.h"

#define TOKEN_LIMIT 60
#define TOKEN_WINDOW_MS 60000

/* How much of the present window somebody has used. */
typedef struct
{
  gint64 reset_ms;
  guint  n_used;
} Usage;

/**
 * spot_dev_call_is:
 * @self: a call
 * @method: a method, as libsoup spells it
 * @pattern: segments of a path after `/api/`; `*` for any
 *
 * Returns: whether it is that call
 */
gboolean
spot_dev_call_is (SpotDevCall *self,
                  const char  *method,
                  const char  *pattern)
{
  g_auto(GStrv) parts = NULL;

  if (!g_str_equal (self->method, method))
    return FALSE;
  parts = g_strsplit (pattern, "/", -1);
  if (g_strv_length (parts) != self->n_path)
    return FALSE;
  for (guint i = 0; i < self->n_path; i++)
    if (!g_str_equal (parts[i], "*") && !g_str_equal (parts[i], self->path[i]))
      return FALSE;
  return TRUE;
}

static void
set_number (SoupServerMessage *message,
            const char        *name,
            gint64             number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  spot_dev_answer_header (message, name, text);
}

/* A window of its own for the key and for each public token. Says 429, and when to come again, beyond the limit. */
static gboolean
take_one (SpotDevCall *self)
{
  gint64 now_ms = g_get_real_time () / 1000;
  gint64 window_ms = self->access->is_token ? TOKEN_WINDOW_MS : self->api->window_ms;
  guint limit = self->access->is_token ? TOKEN_LIMIT : self->api->limit;
  Usage *usage = g_hash_table_lookup (self->api->usage, self->access->credential);
  g_autofree char *body = NULL;

  if (usage == NULL)
    {
      if (g_hash_table_size (self->api->usage) > 1000)
        g_hash_table_remove_all (self->api->usage);
      usage = g_new0 (Usage, 1);
      g_hash_table_replace (self->api->usage, g_strdup (self->access->credential), usage);
    }
  if (usage->reset_ms <= now_ms)
    {
      usage->reset_ms = now_ms + window_ms;
      usage->n_used = 0;
    }
  if (usage->n_used < limit)
    usage->n_used++;
  else
    body = g_strdup_printf ("{\"title\":\"Rate Limit Exceeded\",\"status\":429,"
                            "\"type\":\"https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/429\","
                            "\"detail\":\"Rate limit exceeded %u/%u requests remaining. Retry in %d seconds.\","
                            "\"reset\":%" G_GINT64_FORMAT ",\"limit\":%u,\"remaining\":0,\"secondsUntilReset\":%d,"
                            "\"error\":\"Rate limit exceeded %u/%u requests remaining. Retry in %d seconds.\"}",
                            0u, limit, (int) ((usage->reset_ms - now_ms + 999) / 1000), usage->reset_ms, limit,
                            (int) ((usage->reset_ms - now_ms + 999) / 1000), 0u, limit,
                            (int) ((usage->reset_ms - now_ms + 999) / 1000));
  set_number (self->message, "x-ratelimit-limit", limit);
  set_number (self->message, "x-ratelimit-remaining", limit - usage->n_used);
  set_number (self->message, "x-ratelimit-reset", usage->reset_ms);
  if (body == NULL)
    return TRUE;
  spot_dev_answer_text (self->message, 429, "application/problem+json", body);
  return FALSE;
}

static char **
split_path (SoupServerMessage *message)
{
  g_auto(GStrv) raw = g_strsplit (g_uri_get_path (soup_server_message_get_uri (message)) + strlen ("/api/"), "/", -1);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; raw[i] != NULL; i++)
    {
      g_autofree char *part = g_uri_unescape_string (raw[i], NULL);

      g_strv_builder_add (builder, part != NULL && g_utf8_validate (part, -1, NULL) ? part : "");
    }
  return g_strv_builder_end (builder);
}

/**
 * spot_dev_manage_handle:
 * @api: the server's state, locked
 * @message: the exchange, its path beginning `/api/`
 * @query: query parameters
 *
 * Answers a call of the management API.
 */
void
spot_dev_manage_handle (SpotDevApi        *api,
                        SoupServerMessage *message,
                        GHashTable        *query)
{
  static gboolean (*const calls[]) (SpotDevCall *self) = {
    spot_dev_call_identity, spot_dev_call_trigger, spot_dev_call_batches, spot_dev_call_list, spot_dev_call_actions,
    spot_dev_call_metadata, spot_dev_call_trace, spot_dev_call_packets,
  };
  g_auto(GStrv) path = split_path (message);
  g_auto(SpotDevAccess) access = { 0 };
  SpotDevCall call = { api, message, query, NULL, soup_server_message_get_method (message), path,
                       g_strv_length (path) };

  if (spot_dev_call_identity (&call))
    return;
  if (soup_message_headers_get_one (soup_server_message_get_request_headers (message), "authorization") == NULL)
    {
      spot_dev_answer_text (message, 401, "application/problem+json",
                            "{\"title\":\"Unauthorized\",\"status\":401,"
                            "\"type\":\"https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/401\","
                            "\"detail\":\"No authorization header provided\","
                            "\"error\":\"No authorization header provided\"}");
      return;
    }
  if (spot_dev_call_person (&call))
    return;
  if (!spot_dev_access_read (&access, api->key, message))
    return;
  call.access = &access;
  if (!spot_dev_call_is (&call, "POST", "v1/auth/jwt/claims") && !take_one (&call))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    if (calls[i] (&call))
      return;
  spot_dev_answer_not_found (message, NULL);
}
