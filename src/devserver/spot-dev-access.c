/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-access.h"
#include "spot-dev-answer.h"

#define ISSUER "https://id.trigger.dev"
#define AUDIENCE "https://api.trigger.dev"
#define MAX_DURATION_MS (400 * G_GINT64_CONSTANT (86400000))

static char *
encode_part (gconstpointer data,
             gsize         length)
{
  char *text = g_base64_encode (data, length), *end;

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  end = strchr (text, '=');
  if (end != NULL)
    *end = '\0';
  return text;
}

static JsonNode *
decode_part (const char *part)
{
  g_autoptr(GString) text = g_string_new (part);
  g_autofree char *json = NULL;
  g_autofree guchar *bytes = NULL;
  JsonNode *node;
  gsize length;

  g_strdelimit (text->str, "-", '+');
  g_strdelimit (text->str, "_", '/');
  while (text->len % 4 != 0)
    g_string_append_c (text, '=');
  bytes = g_base64_decode (text->str, &length);
  if (!g_utf8_validate_len ((const char *) bytes, length, NULL))
    return NULL;
  json = g_strndup ((const char *) bytes, length);
  node = *json != '\0' ? json_from_string (json, NULL) : NULL;
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return node;
  g_clear_pointer (&node, json_node_unref);
  return NULL;
}

static char *
make_signature (const char *key,
                const char *text)
{
  g_autoptr(GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) key, strlen (key));
  guint8 digest[32];
  gsize length = sizeof digest;

  g_hmac_update (hmac, (const guchar *) text, -1);
  g_hmac_get_digest (hmac, digest, &length);
  return encode_part (digest, length);
}

/**
 * spot_dev_token_sign:
 * @key: the environment's key
 * @payload: the claims, a JSON text
 *
 * Returns: (transfer full): a JSON web token, HS256
 */
char *
spot_dev_token_sign (const char *key,
                     const char *payload)
{
  static const char header[] = "{\"alg\":\"HS256\"}";
  g_autofree char *first = encode_part (header, strlen (header));
  g_autofree char *second = encode_part (payload, strlen (payload));
  g_autofree char *text = g_strconcat (first, ".", second, NULL);
  g_autofree char *signature = make_signature (key, text);

  return g_strconcat (text, ".", signature, NULL);
}

/**
 * spot_dev_access_clear:
 * @self: an access
 *
 * Frees what it holds.
 */
void
spot_dev_access_clear (SpotDevAccess *self)
{
  g_clear_pointer (&self->credential, g_free);
  g_clear_pointer (&self->scopes, g_strfreev);
  g_clear_pointer (&self->skip_columns, g_free);
}

static char **
get_texts (JsonArray *array)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (json_node_get_value_type (node) == G_TYPE_STRING)
        g_strv_builder_add (builder, json_node_get_string (node));
    }
  return g_strv_builder_end (builder);
}

/* Bad signature, wrong issuer and past expiry look the same from outside. */
static gboolean
read_token (SpotDevAccess *self,
            const char    *key,
            char         **parts)
{
  g_autofree char *text = g_strconcat (parts[0], ".", parts[1], NULL);
  g_autofree char *signature = make_signature (key, text);
  g_autoptr(JsonNode) header = decode_part (parts[0]);
  g_autoptr(JsonNode) payload = decode_part (parts[1]);
  JsonObject *claims;
  JsonNode *pub;
  double expiry_s;

  if (header == NULL || payload == NULL || !g_str_equal (signature, parts[2]) ||
      g_strcmp0 (spot_dev_json_get_text (json_node_get_object (header), "alg"), "HS256") != 0)
    return FALSE;
  claims = json_node_get_object (payload);
  pub = spot_dev_json_get (claims, "pub");
  if (pub == NULL || json_node_get_value_type (pub) != G_TYPE_BOOLEAN || !json_node_get_boolean (pub))
    return FALSE;
  if (g_strcmp0 (spot_dev_json_get_text (claims, "iss"), ISSUER) != 0 ||
      g_strcmp0 (spot_dev_json_get_text (claims, "aud"), AUDIENCE) != 0 ||
      g_strcmp0 (spot_dev_json_get_text (claims, "sub"), SPOT_DEV_ENVIRONMENT) != 0)
    return FALSE;
  if (!spot_dev_json_get_number (claims, "exp", &expiry_s) ||
      expiry_s <= (double) (g_get_real_time () / G_USEC_PER_SEC))
    return FALSE;

  self->is_token = TRUE;
  self->scopes = get_texts (spot_dev_json_get_array (claims, "scopes"));
  if (spot_dev_json_get_object (claims, "realtime") != NULL)
    {
      JsonArray *skipped = spot_dev_json_get_array (spot_dev_json_get_object (claims, "realtime"), "skipColumns");
      g_auto(GStrv) names = get_texts (skipped);

      if (skipped != NULL)
        self->skip_columns = g_strjoinv (",", names);
    }
  return TRUE;
}

/**
 * spot_dev_access_read:
 * @self: zeroed memory
 * @key: the environment's key
 * @message: the exchange
 *
 * Answers 401, in the words for what the credential looks like (protocol §1.9), when it is not good.
 *
 * Returns: whether it is good
 */
gboolean
spot_dev_access_read (SpotDevAccess     *self,
                      const char        *key,
                      SoupServerMessage *message)
{
  const char *authorization = soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                                            "authorization");
  const char *error = "Invalid or Missing API key";

  if (authorization != NULL && g_ascii_strncasecmp (authorization, "Bearer ", 7) == 0)
    {
      g_auto(GStrv) parts = g_strsplit (authorization + 7, ".", 4);

      self->credential = g_strdup (authorization + 7);
      if (strcmp (self->credential, key) == 0)
        return TRUE;
      if (g_strv_length (parts) == 3)
        {
          if (read_token (self, key, parts))
            return TRUE;
          error = "Public Access Token is invalid";
        }
      else if (g_str_has_prefix (self->credential, "pk_") || g_str_has_prefix (self->credential, "tr_pat_"))
        error = "Invalid API key";
    }
  spot_dev_answer_error (message, 401, "%s", error);
  return FALSE;
}

/* The id is everything after the second colon, and may have colons itself. */
static gboolean
scope_allows (const char *scope,
              const char *action,
              const char *type,
              const char *id,
              gboolean    any_id)
{
  g_auto(GStrv) parts = g_strsplit (scope, ":", 3);

  if (g_str_equal (scope, "admin"))
    return TRUE;
  if (parts[0] == NULL || parts[1] == NULL)
    return FALSE;
  if (!g_str_equal (parts[0], "*") && !g_str_equal (parts[0], action))
    return FALSE;
  if (g_str_equal (parts[1], "all"))
    return TRUE;
  if (!g_str_equal (parts[1], type))
    return FALSE;
  return parts[2] == NULL || any_id || g_strcmp0 (parts[2], id) == 0;
}

/**
 * spot_dev_access_allows:
 * @self: an access
 * @action: `read`, `write`, `trigger` or `batchTrigger`
 * @type: a kind of objects
 * @id: (nullable): one of them; %NULL for all
 *
 * Returns: whether one of the scopes says so
 */
gboolean
spot_dev_access_allows (const SpotDevAccess *self,
                        const char          *action,
                        const char          *type,
                        const char          *id)
{
  if (!self->is_token)
    return TRUE;
  for (guint i = 0; self->scopes[i] != NULL; i++)
    if (scope_allows (self->scopes[i], action, type, id, FALSE))
      return TRUE;
  return FALSE;
}

/**
 * spot_dev_access_has_any:
 * @self: an access
 * @action: an action
 * @type: a kind of objects
 *
 * Returns: whether there is an object of the kind that a scope names
 */
gboolean
spot_dev_access_has_any (const SpotDevAccess *self,
                         const char          *action,
                         const char          *type)
{
  if (!self->is_token)
    return TRUE;
  for (guint i = 0; self->scopes[i] != NULL; i++)
    if (scope_allows (self->scopes[i], action, type, NULL, TRUE))
      return TRUE;
  return FALSE;
}

/**
 * spot_dev_access_allows_run:
 * @self: an access
 * @action: `read` or `write`
 * @row: a run
 *
 * Returns: whether any scope covers it: its own, its task's, a tag's or its batch's; for writing its own or its task's
 */
gboolean
spot_dev_access_allows_run (const SpotDevAccess *self,
                            const char          *action,
                            const SpotDevRow    *row)
{
  if (spot_dev_access_allows (self, action, "runs", row->cells[SPOT_DEV_FRIENDLY_ID]) ||
      spot_dev_access_allows (self, action, "tasks", row->cells[SPOT_DEV_TASK]))
    return TRUE;
  if (!g_str_equal (action, "read"))
    return FALSE;
  for (guint i = 0; row->tags != NULL && row->tags[i] != NULL; i++)
    if (spot_dev_access_allows (self, action, "tags", row->tags[i]))
      return TRUE;
  return spot_dev_access_allows (self, action, "tags", NULL) ||
         spot_dev_access_allows (self, action, "batch", row->batch_id);
}

/**
 * spot_dev_access_allows_tags:
 * @self: an access
 * @tags: (nullable): the tags that a list feed asks for
 *
 * Returns: whether the list may be read: by one matching tag, however many are asked for
 */
gboolean
spot_dev_access_allows_tags (const SpotDevAccess *self,
                             char               **tags)
{
  if (spot_dev_access_allows (self, "read", "runs", NULL) || spot_dev_access_allows (self, "read", "tags", NULL))
    return TRUE;
  for (guint i = 0; tags != NULL && tags[i] != NULL; i++)
    if (spot_dev_access_allows (self, "read", "tags", tags[i]))
      return TRUE;
  return FALSE;
}

/**
 * spot_dev_duration_parse:
 * @text: integers with units `w d hr h m s`
 * @duration_ms: (out): their sum, clamped to more than a year
 *
 * Returns: %FALSE when @text is no duration
 */
gboolean
spot_dev_duration_parse (const char *text,
                         gint64     *duration_ms)
{
  static const struct
  {
    const char *unit;
    gint64 ms;
  } units[] = {
    { "w", 604800000 }, { "d", 86400000 }, { "hr", 3600000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 },
  };

  *duration_ms = 0;
  if (*text == '\0' || strlen (text) > 100)
    return FALSE;
  while (*text != '\0')
    {
      gint64 amount = 0;
      guint i;

      if (!g_ascii_isdigit (*text))
        return FALSE;
      for (; g_ascii_isdigit (*text); text++)
        amount = MIN (amount * 10 + (*text - '0'), MAX_DURATION_MS);
      for (i = 0; i < G_N_ELEMENTS (units); i++)
        if (g_str_has_prefix (text, units[i].unit))
          break;
      if (i == G_N_ELEMENTS (units))
        return FALSE;
      text += strlen (units[i].unit);
      *duration_ms = MIN (*duration_ms + MIN (amount, MAX_DURATION_MS / units[i].ms) * units[i].ms, MAX_DURATION_MS);
    }
  return TRUE;
}
