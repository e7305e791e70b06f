/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-call.h"
#include "spot-dev-channel.h"
#include "spot-dev-text.h"

#define REALTIME_PATH "/realtime/v1/"
#define STREAMS_PATH "/realtime/v1/streams/"

static void
answer_bad_tag (SoupServerMessage *message,
                const char        *tag)
{
  g_autoptr(GString) body = g_string_new ("{\"error\":\"Query Error\",\"details\":[{\"code\":\"custom\",\"message\":");
  g_autoptr(GString) sentence = g_string_new ("Invalid tag: ");

  /* The tag is quoted as JSON inside the sentence, too. */
  spot_dev_text_append_json (sentence, tag);
  spot_dev_text_append_json (body, sentence->str);
  g_string_append (body, ",\"path\":[\"tags\"]}]}");
  spot_dev_answer_json (message, 400, body->str);
}

static SpotDevFault
take_fault (SpotDevApi        *self,
            SoupServerMessage *message,
            GHashTable        *query)
{
  const char *text = g_hash_table_lookup (query, "fault");
  SpotDevFault fault;

  if (text == NULL)
    text = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "x-runspotter-fault");
  if (text != NULL && spot_dev_fault_from_text (text, &fault))
    return fault;

  if (self->flaky && self->n_faults == 0 && g_rand_int_range (self->dice, 0, 6) == 0)
    {
      static const SpotDevFault faults[] = {
        SPOT_DEV_FAULT_DROP, SPOT_DEV_FAULT_MUST_REFETCH, SPOT_DEV_FAULT_UNAVAILABLE, SPOT_DEV_FAULT_BUSY,
        SPOT_DEV_FAULT_HTML, SPOT_DEV_FAULT_TRUNCATED, SPOT_DEV_FAULT_BROKEN, SPOT_DEV_FAULT_BAD_GATEWAY,
        SPOT_DEV_FAULT_UNREACHABLE, SPOT_DEV_FAULT_DUPLICATE, SPOT_DEV_FAULT_GZIP, SPOT_DEV_FAULT_SKEW,
        SPOT_DEV_FAULT_SLOW,
      };

      return faults[g_rand_int_range (self->dice, 0, G_N_ELEMENTS (faults))];
    }
  if (self->n_faults == 0)
    return SPOT_DEV_FAULT_NONE;
  if (self->n_sound > 0)
    {
      self->n_sound--;
      return SPOT_DEV_FAULT_NONE;
    }
  if (self->n_faults > 0)
    self->n_faults--;
  return self->fault;
}

static gboolean
find_object (SpotDevApi     *self,
             SpotDevRequest *request)
{
  switch (request->filter.feed)
    {
    case SPOT_DEV_FEED_RUN:
      if (spot_dev_store_lookup (self->store, request->filter.id) != NULL)
        return TRUE;
      spot_dev_answer_not_found (request->message, "false");
      return FALSE;

    case SPOT_DEV_FEED_BATCH:
      if (spot_dev_store_get_batch (self->store, request->filter.id) != NULL ||
          g_hash_table_contains (self->batches, request->filter.id))
        return TRUE;
      spot_dev_answer_not_found (request->message, "true");
      return FALSE;

    case SPOT_DEV_FEED_LIST:
      return TRUE;
    }
  return FALSE;
}

static gboolean
may_read (SpotDevApi          *self,
          const SpotDevAccess *access,
          const SpotDevFilter *filter)
{
  switch (filter->feed)
    {
    case SPOT_DEV_FEED_RUN:
      return spot_dev_access_allows_run (access, "read", spot_dev_store_lookup (self->store, filter->id)->row);
    case SPOT_DEV_FEED_BATCH:
      return spot_dev_access_allows (access, "read", "batch", filter->id) ||
             spot_dev_access_allows (access, "read", "runs", NULL);
    case SPOT_DEV_FEED_LIST:
      return spot_dev_access_allows_tags (access, filter->tags);
    }
  return FALSE;
}

/* Somebody who follows a feed as an event stream. */
typedef struct
{
  SpotDevApi *api;
  char       *handle;
  char       *offset;
  gboolean    begun;
} Follower;

static void
follower_free (gpointer data)
{
  Follower *self = data;

  g_free (self->handle);
  g_free (self->offset);
  g_free (self);
}

/* Whoever asks from far behind gets what has piled up, and has to ask again. */
static gboolean
follow_cb (SpotDevChannel *channel,
           gpointer        user_data)
{
  Follower *self = user_data;
  g_autoptr(GString) out = g_string_new (NULL);
  gboolean first = !self->begun;

  self->begun = TRUE;
  if (!spot_dev_electric_events (self->api->electric, self->handle, &self->offset, out))
    return FALSE;
  if (out->len == 0)
    return TRUE;
  spot_dev_channel_write (channel, out->str);
  return !first;
}

static void
open_events (SpotDevApi     *self,
             SpotDevRequest *request)
{
  const SpotDevChannelTimes times = { self->keep_alive_ms, ": keep-alive\n\n", self->sse_ms, FALSE };
  Follower *follower = g_new0 (Follower, 1);

  follower->api = self;
  follower->handle = g_strdup (request->handle);
  follower->offset = g_strdup (request->offset);
  spot_dev_channel_open (self, request->message, &times, follow_cb, follower, follower_free);
}

static void
answer_options (SoupServerMessage *message)
{
  soup_server_message_set_status (message, 204, NULL);
  spot_dev_answer_header (message, "access-control-allow-origin", "*");
  spot_dev_answer_header (message, "access-control-allow-headers", "*");
  spot_dev_answer_header (message, "access-control-allow-methods", "GET, HEAD, DELETE, OPTIONS");
  spot_dev_answer_header (message, "access-control-max-age", "86400");
}

/* The order of checks is the real server's: credential, query, object, then the feed's own. */
static void
handle_feed (SpotDevApi        *self,
             SoupServerMessage *message,
             GHashTable        *query,
             SpotDevFeed        feed,
             const char        *id)
{
  g_autoptr(SpotDevRequest) request = NULL;
  g_auto(SpotDevAccess) access = { 0 };
  g_autofree char *bad_tag = NULL;
  const char *dialect;

  self->n_requests++;
  if (g_strcmp0 (g_hash_table_lookup (query, "offset"), "-1") == 0)
    self->n_snapshots++;
  if (!spot_dev_access_read (&access, self->key, message))
    return;

  request = spot_dev_request_new (message, g_hash_table_ref (query));
  request->fault = take_fault (self, message, query);
  if (request->fault != SPOT_DEV_FAULT_NONE)
    g_debug ("Fault %s for %s", spot_dev_fault_to_text (request->fault),
             g_uri_get_path (soup_server_message_get_uri (message)));
  if (spot_dev_fault_answer (request->fault, message))
    return;
  if (request->fault == SPOT_DEV_FAULT_STALL)
    {
      spot_dev_polls_hold (self, g_steal_pointer (&request), TRUE);
      return;
    }

  request->filter.feed = feed;
  request->filter.id = g_strdup (id);
  request->columns = spot_dev_columns_without (access.skip_columns != NULL ? access.skip_columns :
                                               spot_dev_request_get (request, "skipColumns"));
  if (feed == SPOT_DEV_FEED_LIST &&
      !spot_dev_filter_parse_tags (spot_dev_request_get (request, "tags"), &request->filter.tags, &bad_tag))
    {
      answer_bad_tag (message, bad_tag);
      return;
    }
  if (!find_object (self, request))
    return;
  if (!may_read (self, &access, &request->filter))
    {
      spot_dev_answer_forbidden (message);
      return;
    }

  dialect = spot_dev_request_get (request, "dialect");
  request->dialect = self->dialect;
  if (g_strcmp0 (dialect, "native") == 0)
    request->dialect = SPOT_DEV_DIALECT_NATIVE;
  else if (g_strcmp0 (dialect, "electric") == 0 || request->fault == SPOT_DEV_FAULT_MUST_REFETCH)
    request->dialect = SPOT_DEV_DIALECT_ELECTRIC;

  if (!spot_dev_api_answer (self, request, SPOT_DEV_MOMENT_ARRIVED))
    spot_dev_polls_hold (self, g_steal_pointer (&request), FALSE);
  else if (request->opened)
    open_events (self, request);
}

static void
handle_realtime (SpotDevApi        *self,
                 SoupServerMessage *message,
                 const char        *path,
                 GHashTable        *query)
{
  const char *method = soup_server_message_get_method (message);
  SpotDevFeed feed;
  const char *id = NULL;

  if (g_str_has_prefix (path, "runs/"))
    {
      feed = SPOT_DEV_FEED_RUN;
      id = path + strlen ("runs/");
    }
  else if (g_str_has_prefix (path, "batches/"))
    {
      feed = SPOT_DEV_FEED_BATCH;
      id = path + strlen ("batches/");
    }
  else if (g_str_equal (path, "runs"))
    feed = SPOT_DEV_FEED_LIST;
  else
    {
      spot_dev_answer_not_found (message, NULL);
      return;
    }
  if (id != NULL && strchr (id, '/') != NULL)
    {
      spot_dev_answer_not_found (message, NULL);
      return;
    }
  if (method == SOUP_METHOD_OPTIONS)
    {
      answer_options (message);
      return;
    }
  if (method != SOUP_METHOD_GET && method != SOUP_METHOD_HEAD)
    {
      spot_dev_answer_method (message, "GET, HEAD");
      return;
    }
  handle_feed (self, message, query, feed, id);
}

static JsonObject *
parse_body (SoupServerMessage *message,
            JsonParser        *parser)
{
  g_autoptr(GBytes) bytes = soup_message_body_flatten (soup_server_message_get_request_body (message));
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  JsonNode *root;

  if (data == NULL || !json_parser_load_from_data (parser, data, (gssize) length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
}

/* What waits now, so that somebody from outside need not guess how long it takes until something does. */
static void
answer_state (SpotDevApi        *self,
              SoupServerMessage *message)
{
  g_autofree char *body = g_strdup_printf ("{\"polls\":%u,\"streams\":%u,\"requests\":%" G_GUINT64_FORMAT "}",
                                           self->n_live, self->channels.length, self->n_requests);

  spot_dev_answer_json (message, 200, body);
}

/* TRUNCATE: no row is left, and no log tells of it. */
static void
truncate_runs (SpotDevApi *self)
{
  SpotDevRun *run;

  spot_dev_api_rotate (self);
  spot_dev_store_begin (self->store);
  while ((run = g_queue_peek_head (spot_dev_store_get_by_age (self->store))) != NULL)
    {
      g_autofree char *run_id = g_strdup (run->row->cells[SPOT_DEV_FRIENDLY_ID]);

      spot_dev_store_delete (self->store, run_id);
    }
  spot_dev_store_commit (self->store);
}

/* `{changes: [{run, batch, columns}]}`, of which all are one transaction; null columns delete. Those before one that fails are
 * committed. */
static gboolean
change_runs (SpotDevApi  *self,
             JsonObject  *body,
             GError     **error)
{
  JsonArray *changes = body != NULL ? spot_dev_json_get_array (body, "changes") : NULL;
  gboolean ok = changes != NULL;

  spot_dev_store_begin (self->store);
  for (guint i = 0; ok && i < json_array_get_length (changes); i++)
    {
      JsonNode *node = json_array_get_element (changes, i);
      JsonObject *change = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *run_id = change != NULL ? spot_dev_json_get_text (change, "run") : NULL;
      JsonNode *columns = change != NULL ? json_object_get_member (change, "columns") : NULL;
      g_autofree char *text = columns != NULL ? json_to_string (columns, FALSE) : NULL;

      ok = run_id != NULL && columns != NULL;
      if (ok && JSON_NODE_HOLDS_NULL (columns))
        spot_dev_store_delete (self->store, run_id);
      else if (ok)
        ok = spot_dev_api_put_run (self, run_id, spot_dev_json_get_text (change, "batch"), text, error);
    }
  spot_dev_store_commit (self->store);
  return ok;
}

/* For tests from outside: what spot-dev-server.h offers, over HTTP. */
static void
handle_control (SpotDevApi        *self,
                SoupServerMessage *message,
                const char        *path,
                GHashTable        *query)
{
  const char *method = soup_server_message_get_method (message);
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  g_auto(SpotDevAccess) access = { 0 };
  g_autoptr(GError) error = NULL;
  JsonObject *body;
  gboolean ok = FALSE;

  if (!spot_dev_access_read (&access, self->key, message))
    return;
  if (access.is_token)
    {
      spot_dev_answer_forbidden (message);
      return;
    }

  body = parse_body (message, parser);
  if (method == SOUP_METHOD_POST && g_str_equal (path, "faults"))
    {
      const char *name = body != NULL ? json_object_get_string_member_with_default (body, "fault", NULL) : NULL;
      SpotDevFault fault;

      ok = body != NULL && spot_dev_fault_from_text (name, &fault);
      if (ok)
        {
          double after;

          spot_dev_api_set_fault (self, fault, (int) json_object_get_int_member_with_default (body, "count", 1));
          if (spot_dev_json_get_number (body, "after", &after))
            self->n_sound = (int) CLAMP (after, 0, G_MAXINT);
        }
    }
  else if (method == SOUP_METHOD_POST && g_str_equal (path, "rotate"))
    {
      spot_dev_api_rotate (self);
      ok = TRUE;
    }
  else if (method == SOUP_METHOD_POST && g_str_equal (path, "truncate"))
    {
      truncate_runs (self);
      ok = TRUE;
    }
  else if (method == SOUP_METHOD_POST && g_str_equal (path, "transaction"))
    ok = change_runs (self, body, &error);
  else if (method == SOUP_METHOD_GET && g_str_equal (path, "state"))
    {
      answer_state (self, message);
      return;
    }
  else if (method == SOUP_METHOD_POST && g_str_equal (path, "dialect"))
    {
      const char *name = body != NULL ? json_object_get_string_member_with_default (body, "dialect", "") : "";

      ok = g_str_equal (name, "native") || g_str_equal (name, "electric");
      if (ok)
        self->dialect = g_str_equal (name, "native") ? SPOT_DEV_DIALECT_NATIVE : SPOT_DEV_DIALECT_ELECTRIC;
    }
  else if (method == SOUP_METHOD_POST && g_str_equal (path, "settings"))
    {
      double number;

      ok = body != NULL;
      if (spot_dev_json_get_number (body, "rateLimit", &number))
        self->limit = (guint) CLAMP (number, 0, 1e6);
      if (spot_dev_json_get_number (body, "rateWindowMs", &number))
        self->window_ms = (gint64) CLAMP (number, 1, 1e9);
      if (spot_dev_json_get_number (body, "presignMs", &number))
        self->presign_ms = (gint64) CLAMP (number, -1e9, 1e9);
      if (spot_dev_json_get_number (body, "pingMs", &number))
        self->ping_ms = (guint) CLAMP (number, 1, 1e9);
      if (spot_dev_json_get_number (body, "sseMs", &number))
        self->sse_ms = (guint) CLAMP (number, 1, 1e9);
      if (spot_dev_json_get_number (body, "keepAliveMs", &number))
        self->keep_alive_ms = (guint) CLAMP (number, 1, 1e9);
      if (spot_dev_json_get_number (body, "signInPolls", &number))
        self->n_sign_in_polls = (guint) CLAMP (number, 0, 1e6);
      if (spot_dev_json_get_number (body, "tokenLifeMs", &number))
        self->token_life_ms = (gint64) CLAMP (number, 0, 1e9);
      if (spot_dev_json_get_number (body, "personRevoked", &number))
        self->is_person_out = number != 0;
      spot_dev_json_get_boolean (body, "flaky", &self->flaky);
      if (spot_dev_json_get_boolean (body, "frozen", &self->frozen) && self->reschedule != NULL)
        self->reschedule (self->reschedule_data);
      g_hash_table_remove_all (self->usage);
    }
  else if (method == SOUP_METHOD_PUT && g_str_has_prefix (path, "runs/"))
    {
      g_autofree char *columns = body != NULL ? json_to_string (json_parser_get_root (parser), FALSE) : NULL;

      ok = columns != NULL &&
           spot_dev_api_put_run (self, path + strlen ("runs/"), g_hash_table_lookup (query, "batch"), columns, &error);
    }
  else if (method == SOUP_METHOD_DELETE && g_str_has_prefix (path, "runs/"))
    {
      spot_dev_store_delete (self->store, path + strlen ("runs/"));
      ok = TRUE;
    }
  else
    {
      spot_dev_answer_not_found (message, NULL);
      return;
    }

  if (ok)
    spot_dev_answer_json (message, 200, "{\"ok\":true}");
  else
    {
      g_autoptr(GString) text = g_string_new ("{\"error\":");

      spot_dev_text_append_json (text, error != NULL ? error->message : "Not what this path takes");
      g_string_append_c (text, '}');
      spot_dev_answer_json (message, 400, text->str);
    }
}

static void
handler (SoupServer        *server,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  SpotDevApi *self = user_data;
  g_autoptr(GHashTable) parameters = NULL;
  gsize length = strlen (path);

  if (length > 1 && path[length - 1] == '/')
    {
      GUri *uri = soup_server_message_get_uri (message);
      g_autofree char *target = g_strndup (path, length - 1);
      g_autofree char *with_query = g_strconcat (target, "?", g_uri_get_query (uri), NULL);

      soup_server_message_set_redirect (message, 301, g_uri_get_query (uri) != NULL ? with_query : target);
      return;
    }

  parameters = query != NULL ? g_hash_table_ref (query) : g_hash_table_new (g_str_hash, g_str_equal);
  g_rec_mutex_lock (&self->lock);
  if (g_str_has_prefix (path, STREAMS_PATH))
    spot_dev_stream_handle (self, message, path + strlen (STREAMS_PATH), parameters);
  else if (g_str_has_prefix (path, REALTIME_PATH))
    handle_realtime (self, message, path + strlen (REALTIME_PATH), parameters);
  else if (g_str_has_prefix (path, "/api/"))
    {
      spot_dev_manage_handle (self, message, parameters);
      if (self->reschedule != NULL)
        self->reschedule (self->reschedule_data);
    }
  else if (g_str_has_prefix (path, "/store/"))
    spot_dev_packets_serve (self, message, path + strlen ("/store/"), parameters);
  else if (g_str_has_prefix (path, "/dev/"))
    handle_control (self, message, path + strlen ("/dev/"), parameters);
  else if (g_str_equal (path, "/healthcheck"))
    spot_dev_answer_text (message, 200, "text/plain", "OK");
  else
    spot_dev_answer_not_found (message, NULL);
  g_rec_mutex_unlock (&self->lock);
}

/**
 * spot_dev_routes_add:
 * @self: the state; must outlive @server
 * @server: an HTTP server
 *
 * Lets @server answer for @self.
 */
void
spot_dev_routes_add (SpotDevApi *self,
                     SoupServer *server)
{
  soup_server_add_handler (server, NULL, handler, self, NULL);
}
