/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-devserver"

#include "config.h"

#include <string.h>

#include "spot-dev-call.h"
#include "spot-dev-text.h"

#define MAX_LIFE_S (30 * 86400)

/* Which scopes a token may have is for who asks; what the server adds is the rest. */
static char *
make_token (SpotDevCall *self,
            JsonArray   *scopes,
            JsonObject  *realtime,
            gboolean     one_time,
            gint64       life_s)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *claims = json_object_new ();
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *payload = NULL;

  json_object_set_string_member (claims, "sub", SPOT_DEV_ENVIRONMENT);
  json_object_set_boolean_member (claims, "pub", TRUE);
  json_object_set_array_member (claims, "scopes", scopes != NULL ? json_array_ref (scopes) : json_array_new ());
  if (realtime != NULL)
    json_object_set_object_member (claims, "realtime", json_object_ref (realtime));
  if (one_time)
    json_object_set_boolean_member (claims, "otu", TRUE);
  json_object_set_int_member (claims, "iat", now_s);
  json_object_set_int_member (claims, "exp", now_s + life_s);
  json_object_set_string_member (claims, "iss", "https://id.trigger.dev");
  json_object_set_string_member (claims, "aud", "https://api.trigger.dev");
  json_node_take_object (node, claims);
  payload = json_to_string (node, FALSE);
  return spot_dev_token_sign (self->api->key, payload);
}

/**
 * spot_dev_call_add_token:
 * @self: a call that has triggered something
 * @type: `runs` or `batch`
 * @id: what it has triggered
 *
 * Gives the answer the headers with a token for it.
 */
void
spot_dev_call_add_token (SpotDevCall *self,
                         const char  *type,
                         const char  *id)
{
  g_autoptr(JsonArray) scopes = json_array_new ();
  g_autofree char *scope = g_strdup_printf ("read:%s:%s", type, id);
  g_autofree char *input = g_strdup_printf ("write:inputStreams:%s", id);
  g_autofree char *token = NULL;

  json_array_add_string_element (scopes, scope);
  if (g_str_equal (type, "runs"))
    json_array_add_string_element (scopes, input);
  token = make_token (self, scopes, NULL, FALSE, 3600);
  spot_dev_answer_header (self->message, "x-trigger-jwt", token);
  spot_dev_answer_header (self->message, "x-trigger-jwt-claims",
                          "{\"sub\":\"" SPOT_DEV_ENVIRONMENT "\",\"pub\":true}");
}

static gboolean
read_life (JsonNode *node,
           gint64    initial_s,
           gint64   *life_s,
           const char **problem)
{
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC, life_ms;

  *life_s = initial_s;
  if (node == NULL)
    return TRUE;
  *problem = "Invalid expiration time";
  if (json_node_get_value_type (node) == G_TYPE_INT64 || json_node_get_value_type (node) == G_TYPE_DOUBLE)
    {
      double number = json_node_get_double (node);

      if (!(number > -1e12 && number < 1e12))
        return FALSE;
      *life_s = number > 1e9 ? (gint64) number - now_s : (gint64) number;
    }
  else if (json_node_get_value_type (node) != G_TYPE_STRING ||
           !spot_dev_duration_parse (json_node_get_string (node), &life_ms))
    return FALSE;
  else
    *life_s = life_ms / 1000;
  *problem = "Expiration time must be in the future";
  return *life_s > 0;
}

static void
answer_token (SpotDevCall *self,
              char        *token)
{
  g_autofree char *body = g_strdup_printf ("{\"token\":\"%s\"}", token);

  spot_dev_answer_json (self->message, 200, body);
  g_free (token);
}

/**
 * spot_dev_call_sign:
 * @self: a call that asks for a token
 * @is_public: whether its body has the form of `/api/v1/auth/public-tokens`
 *
 * Answers with a token.
 */
void
spot_dev_call_sign (SpotDevCall *self,
                    gboolean     is_public)
{
  g_autoptr(JsonNode) body = spot_dev_body_parse (self->message);
  JsonObject *object = body != NULL ? json_node_get_object (body) : NULL;
  JsonObject *claims = is_public ? object : spot_dev_json_get_object (object, "claims");
  JsonNode *once = spot_dev_json_get (claims, is_public ? "oneTimeUse" : "otu");
  const char *problem = NULL;
  gint64 life_s;

  if (object == NULL)
    spot_dev_answer_error (self->message, 400, "Invalid JSON");
  else if (!read_life (spot_dev_json_get (object, "expirationTime"), is_public ? 900 : 3600, &life_s, &problem))
    spot_dev_answer_error (self->message, 400, "%s", problem);
  else if (is_public && life_s > MAX_LIFE_S)
    spot_dev_answer_error (self->message, 400, "Expiration time cannot exceed 30 days");
  else if (self->api->token_life_ms > 0)
    answer_token (self, make_token (self, spot_dev_json_get_array (claims, "scopes"),
                                    spot_dev_json_get_object (claims, "realtime"), FALSE,
                                    self->api->token_life_ms / 1000));
  else
    answer_token (self, make_token (self, spot_dev_json_get_array (claims, "scopes"),
                                    spot_dev_json_get_object (claims, "realtime"),
                                    once != NULL && json_node_get_value_type (once) == G_TYPE_BOOLEAN &&
                                      json_node_get_boolean (once), life_s));
}

static void
who_am_i (SpotDevCall *self)
{
  g_autoptr(GString) body = g_string_new ("{\"id\":\"" SPOT_DEV_ENVIRONMENT "\",\"slug\":\"dev\",\"type\":"
                                          "\"DEVELOPMENT\",\"apiKey\":");

  spot_dev_text_append_json (body, self->api->key);
  g_string_append (body, ",\"branchName\":null,\"userId\":null,\"project\":{\"id\":\"cmprojdemo0000000000000001\","
                         "\"slug\":\"demo-project\",\"name\":\"Demo project\","
                         "\"externalRef\":\"proj_demodemodemodemodemo\"},"
                         "\"organization\":{\"id\":\"cmorgdemo00000000000000001\",\"slug\":\"demo-org\","
                         "\"title\":\"Demo organization\"}}");
  spot_dev_answer_json (self->message, 200, body->str);
}

/* Without an account: who asks is let in at the second try (see `signInPolls`), as when somebody has clicked
 * meanwhile. */
static void
authorization_code (SpotDevCall *self)
{
  g_autofree char *code = g_strdup_printf ("devcode%08x%08x", g_random_int (), g_random_int ());
  g_autofree char *path = g_strconcat ("account/authorization-code/", code, NULL);
  g_autofree char *body = NULL;
  GUri *uri = soup_server_message_get_uri (self->message);

  body = g_strdup_printf ("{\"authorizationCode\":\"%s\",\"url\":\"http://%s:%d/%s\"}", code, g_uri_get_host (uri),
                          g_uri_get_port (uri), path);
  if (g_hash_table_size (self->api->codes) > 100)
    g_hash_table_remove_all (self->api->codes);
  g_hash_table_replace (self->api->codes, g_steal_pointer (&code), GUINT_TO_POINTER (1));
  spot_dev_answer_json (self->message, 200, body);
}

static void
token_for_code (SpotDevCall *self)
{
  g_autoptr(JsonNode) body = spot_dev_body_parse (self->message);
  const char *code = body != NULL ? spot_dev_json_get_text (json_node_get_object (body), "authorizationCode") : NULL;
  gpointer n_asked;

  if (code == NULL || !g_hash_table_lookup_extended (self->api->codes, code, NULL, &n_asked))
    {
      spot_dev_answer_error (self->message, 400, "Invalid authorization code, or code expired");
      return;
    }
  if (GPOINTER_TO_UINT (n_asked) <= self->api->n_sign_in_polls)
    {
      g_hash_table_replace (self->api->codes, g_strdup (code), GUINT_TO_POINTER (GPOINTER_TO_UINT (n_asked) + 1));
      spot_dev_answer_json (self->message, 200, "{\"token\":null}");
      return;
    }
  g_hash_table_remove (self->api->codes, code);
  spot_dev_answer_json (self->message, 200, "{\"token\":{\"token\":\"" SPOT_DEV_PERSONAL_TOKEN "\","
                                            "\"obfuscatedToken\":\"tr_pat_devd****devd\"}}");
}

/**
 * spot_dev_call_identity:
 * @self: a call; its access is %NULL when nobody has been asked who they are yet
 *
 * Answers the calls about credentials.
 *
 * Returns: %FALSE when it is another call
 */
gboolean
spot_dev_call_identity (SpotDevCall *self)
{
  gboolean whoami, jwt, public_tokens, claims;

  if (self->access == NULL)
    {
      if (spot_dev_call_is (self, "POST", "v1/authorization-code"))
        authorization_code (self);
      else if (spot_dev_call_is (self, "POST", "v1/token"))
        token_for_code (self);
      else
        return FALSE;
      return TRUE;
    }

  whoami = spot_dev_call_is (self, "GET", "v1/whoami");
  jwt = spot_dev_call_is (self, "POST", "v1/auth/jwt");
  claims = spot_dev_call_is (self, "POST", "v1/auth/jwt/claims");
  public_tokens = spot_dev_call_is (self, "POST", "v1/auth/public-tokens");
  if (!whoami && !jwt && !claims && !public_tokens)
    return FALSE;
  if (self->access->is_token)
    spot_dev_answer_error (self->message, 401, "Invalid API key");
  else if (whoami)
    who_am_i (self);
  else if (claims)
    spot_dev_answer_json (self->message, 200, "{\"sub\":\"" SPOT_DEV_ENVIRONMENT "\",\"pub\":true}");
  else
    spot_dev_call_sign (self, public_tokens);
  return TRUE;
}
