/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A public access token: the claims must be those that a split at the dots, a base64 decoder of a few lines and
 * json-glib find. An input that begins with a brace is taken for the claims of a token, which the fuzzer could hardly
 * change in their coded form. */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "spot-fuzz.h"
#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-token.h"
#include "spot-value.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void
append_coded (GString      *out,
              const guint8 *data,
              gsize         size)
{
  guint32 bits = 0;
  guint n_bits = 0;

  for (gsize i = 0; i < size; i++)
    {
      bits = bits << 8 | data[i];
      for (n_bits += 8; n_bits >= 6; n_bits -= 6)
        g_string_append_c (out, alphabet[bits >> (n_bits - 6) & 63]);
    }
  if (n_bits > 0)
    g_string_append_c (out, alphabet[bits << (6 - n_bits) & 63]);
}

/* Returns: (nullable): the bytes behind a part of a token, in either alphabet */
static GString *
decode (const char *part)
{
  GString *bytes = g_string_new (NULL);
  g_autofree char *text = g_strdup (part);
  guint32 bits = 0;
  guint n_bits = 0;

  while (g_str_has_suffix (text, "="))
    text[strlen (text) - 1] = '\0';
  g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
  for (const char *p = text; *p != '\0'; p++)
    {
      const char *place = strchr (alphabet, *p);

      if (place == NULL)
        {
          g_string_free (bytes, TRUE);
          return NULL;
        }
      bits = bits << 6 | (guint32) (place - alphabet);
      n_bits += 6;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          g_string_append_c (bytes, (char) (bits >> n_bits & 0xff));
        }
    }
  if (strlen (text) % 4 == 1)
    {
      g_string_free (bytes, TRUE);
      return NULL;
    }

  return bytes;
}

/* (nullable): the object that a member is, as far as json-glib can be trusted with it. */
static JsonObject *
get_object (JsonObject *object,
            const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static const char *
get_string (JsonObject *object,
            const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : NULL;
}

static gboolean
is_true (JsonObject *object,
         const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN
         && json_node_get_boolean (node);
}

static void
check_texts (const char *const *texts,
             JsonObject        *object,
             const char        *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;
  JsonArray *array = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = array ? json_array_get_length (array) : 0;
  guint n_texts = 0;

  for (guint i = 0; i < MIN (n, SPOT_MAX_TOKEN_SCOPES); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_VALUE (element) && json_node_get_value_type (element) == G_TYPE_STRING)
        g_assert_cmpstr (texts[n_texts++], ==, json_node_get_string (element));
    }
  g_assert_null (texts[n_texts]);
}

/* A scope that is `action:type`, or `action:type:id` of this id. */
static gboolean
holds (const char *const *scopes,
       const char        *action,
       const char        *type,
       const char        *id)
{
  for (guint i = 0; scopes[i] != NULL; i++)
    {
      g_auto(GStrv) parts = g_strsplit (scopes[i], ":", 3);
      guint n = g_strv_length (parts);

      if (strcmp (scopes[i], "admin") == 0)
        return TRUE;
      if (n >= 2 && (strcmp (parts[0], action) == 0 || strcmp (parts[0], "*") == 0)
          && (strcmp (parts[1], type) == 0 || strcmp (parts[1], "all") == 0)
          && (n == 2 || (id != NULL && strcmp (parts[2], id) == 0)))
        return TRUE;
    }

  return FALSE;
}

static void
check_scopes (const SpotToken *token)
{
  const char *const *scopes = spot_token_get_scopes (token);
  const char *const tags[] = { "user:1", "b", NULL };
  const char *const no_tags[] = { NULL };
  const char *const tasks[] = { "t", NULL };
  const SpotAccessSubject subject = { "run_1", "batch_1", tags, tasks };
  const SpotAccessSubject bare = { "run_1", "batch_1", no_tags, tasks };
  gboolean on_run = holds (scopes, "read", "runs", "run_1") || holds (scopes, "read", "tasks", "t");
  gboolean on_list = holds (scopes, "read", "runs", NULL);
  gboolean by_tag = holds (scopes, "read", "tags", "user:1") || holds (scopes, "read", "tags", "b");
  gboolean by_batch = holds (scopes, "read", "batch", "batch_1");

  /* Everything is known, so the answer is never that it depends. */
  g_assert_cmpint (spot_token_allows (token, SPOT_ACCESS_RUN_FEED, &subject), ==,
                   on_run || by_tag || by_batch ? SPOT_TOKEN_YES : SPOT_TOKEN_NO);
  g_assert_cmpint (spot_token_allows (token, SPOT_ACCESS_RETRIEVE_RUN, &bare), ==,
                   on_run || holds (scopes, "read", "tags", NULL) || by_batch ? SPOT_TOKEN_YES : SPOT_TOKEN_NO);
  g_assert_cmpint (spot_token_allows (token, SPOT_ACCESS_CANCEL_RUN, &subject), ==,
                   holds (scopes, "write", "runs", "run_1") || holds (scopes, "write", "tasks", "t") ? SPOT_TOKEN_YES
                                                                                                      : SPOT_TOKEN_NO);
  g_assert_cmpint (spot_token_allows (token, SPOT_ACCESS_LIST_FEED, &subject), ==,
                   on_list || by_tag ? SPOT_TOKEN_YES : SPOT_TOKEN_NO);
  g_assert_cmpint (spot_token_allows (token, SPOT_ACCESS_BATCH_FEED, &subject), ==,
                   on_list || by_batch ? SPOT_TOKEN_YES : SPOT_TOKEN_NO);
  g_assert_cmpint (spot_token_allows (token, SPOT_ACCESS_LIST_RUNS, &subject), ==,
                   on_list || holds (scopes, "read", "tasks", "t") ? SPOT_TOKEN_YES : SPOT_TOKEN_NO);
  g_assert_cmpint (spot_token_allows (token, SPOT_ACCESS_SECRET_KEY, &subject), ==, SPOT_TOKEN_NO);
  for (SpotAccess access = SPOT_ACCESS_RUN_FEED; access <= SPOT_ACCESS_SECRET_KEY; access++)
    spot_token_allows (token, access, NULL);
}

static void
check_moment (gint64      moment_us,
              JsonObject *claims,
              const char *name)
{
  JsonNode *node = json_object_get_member (claims, name);

  g_assert_cmpint (moment_us, >=, 0);
  if (node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
      && json_node_get_int (node) > 0 && json_node_get_int (node) < G_GINT64_CONSTANT (250000000000))
    g_assert_cmpint (moment_us, ==, json_node_get_int (node) * G_USEC_PER_SEC);
}

/* What is signed with the same claims says the same. */
static void
check_signed (const SpotToken *token)
{
  const gint64 issued_us = G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC;
  const SpotTokenClaims claims = { spot_token_get_environment_id (token), spot_token_get_scopes (token),
                                   spot_token_get_skip_columns (token), issued_us, 900 };
  g_autofree char *text = NULL;
  g_autoptr(SpotToken) again = NULL;

  if (claims.environment_id == NULL)
    return;
  text = spot_token_sign ("tr_dev_abcdefghijklmnopqrstuvwx", &claims, NULL);
  if (strlen (text) > SPOT_MAX_TOKEN_BYTES)
    return;
  again = spot_token_decode (text, NULL);
  g_assert_nonnull (again);
  g_assert_cmpstr (spot_token_get_environment_id (again), ==, claims.environment_id);
  g_assert_true (g_strv_equal (spot_token_get_scopes (again), claims.scopes));
  g_assert_true (g_strv_equal (spot_token_get_skip_columns (again), claims.skip_columns));
  g_assert_cmpint (spot_token_get_expires_us (again), ==, issued_us + 900 * G_USEC_PER_SEC);
}

/* The claims by json-glib; NULL where there are none, or what json-glib reads otherwise than JSON says. */
static JsonNode *
read_claims (const char *credential,
             gboolean   *is_sound)
{
  g_auto(GStrv) parts = g_strsplit (credential, ".", -1);
  GString *bytes;
  g_autoptr(SpotValue) strict = NULL;
  g_autoptr(JsonParser) parser = json_parser_new ();
  JsonNode *root = NULL;

  *is_sound = TRUE;
  if (g_strv_length (parts) != 3 || strlen (credential) > SPOT_MAX_TOKEN_BYTES)
    return NULL;
  bytes = decode (parts[1]);
  if (bytes == NULL)
    return NULL;
  strict = spot_value_new_from_json (bytes->str, (gssize) bytes->len, NULL);
  *is_sound = strstr (bytes->str, "\\u") == NULL && g_utf8_validate_len (bytes->str, bytes->len, NULL)
              && strncmp (bytes->str, "\xef\xbb\xbf", 3) != 0;
  if (strict != NULL && *is_sound)
    {
      g_assert_true (json_parser_load_from_data (parser, bytes->str, (gssize) bytes->len, NULL));
      root = json_parser_steal_root (parser);
    }
  g_string_free (bytes, TRUE);

  return root;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr(GString) credential = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotToken) token = NULL;
  g_autoptr(JsonNode) root = NULL;
  JsonObject *claims;
  gboolean is_sound;

  if (size > 0 && data[0] == '{')
    {
      g_string_append (credential, "eyJhbGciOiJIUzI1NiJ9.");
      append_coded (credential, data, size);
      g_string_append (credential, ".c2lnbmF0dXJl");
    }
  else
    {
      g_string_append_len (credential, (const char *) data, (gssize) size);
    }
  token = spot_token_decode (credential->str, &error);
  root = read_claims (credential->str, &is_sound);
  claims = root && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;

  if (is_sound)
    g_assert_cmpint (token != NULL, ==, claims != NULL && is_true (claims, "pub"));
  if (token == NULL)
    {
      g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED);
      g_assert_cmpstr (error->message, ==, "not a public access token");
      spot_credential_get_kind (credential->str);
      return 0;
    }
  if (claims != NULL)
    {
      g_assert_cmpstr (spot_token_get_environment_id (token), ==, get_string (claims, "sub"));
      check_texts (spot_token_get_scopes (token), claims, "scopes");
      check_texts (spot_token_get_skip_columns (token), get_object (claims, "realtime"), "skipColumns");
      g_assert_cmpint (spot_token_is_one_time (token), ==, is_true (claims, "otu"));
      check_moment (spot_token_get_issued_us (token), claims, "iat");
      check_moment (spot_token_get_expires_us (token), claims, "exp");
    }
  check_scopes (token);
  check_signed (token);

  return 0;
}
