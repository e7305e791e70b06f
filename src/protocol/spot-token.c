/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-value.h"

#include "spot-token.h"

#define ISSUER "https://id.trigger.dev"
#define AUDIENCE "https://api.trigger.dev"
/* A moment beyond the year 9999 is as good as never. */
#define MAX_SECONDS 253402300799.0

struct _SpotToken
{
  char    *environment_id; /* nullable */
  char   **scopes;
  char   **skip_columns;
  gboolean one_time;
  gint64   issued_us;      /* 0 for unknown */
  gint64   expires_us;     /* 0 for never */
};

static const struct
{
  const char        *prefix;
  SpotCredentialKind kind;
  const char        *environment; /* nullable */
} prefixes[] = {
  { "tr_pat_", SPOT_CREDENTIAL_PERSONAL, NULL },
  { "tr_oat_", SPOT_CREDENTIAL_ORGANIZATION, NULL },
  { "tr_uat_", SPOT_CREDENTIAL_USER, NULL },
  { "tr_dev_sk_", SPOT_CREDENTIAL_ADDITIONAL_KEY, "dev" },
  { "tr_stg_sk_", SPOT_CREDENTIAL_ADDITIONAL_KEY, "stg" },
  { "tr_prod_sk_", SPOT_CREDENTIAL_ADDITIONAL_KEY, "prod" },
  { "tr_preview_sk_", SPOT_CREDENTIAL_ADDITIONAL_KEY, "preview" },
  { "tr_dev_", SPOT_CREDENTIAL_ROOT_KEY, "dev" },
  { "tr_stg_", SPOT_CREDENTIAL_ROOT_KEY, "stg" },
  { "tr_prod_", SPOT_CREDENTIAL_ROOT_KEY, "prod" },
  { "tr_preview_", SPOT_CREDENTIAL_ROOT_KEY, "preview" },
  { "pk_dev_", SPOT_CREDENTIAL_PUBLISHABLE_KEY, "dev" },
  { "pk_stg_", SPOT_CREDENTIAL_PUBLISHABLE_KEY, "stg" },
  { "pk_prod_", SPOT_CREDENTIAL_PUBLISHABLE_KEY, "prod" },
  { "pk_preview_", SPOT_CREDENTIAL_PUBLISHABLE_KEY, "preview" },
};

/* ---- base64url ---- */

/* Returns: (transfer full) (nullable): the bytes, NULL when the text is no base64 of either alphabet. */
static guchar *
decode_base64 (const char *text,
               gsize       length,
               gsize      *n_bytes)
{
  g_autofree char *plain = NULL;

  while (length > 0 && text[length - 1] == '=')
    length--;
  if (length % 4 == 1)
    return NULL;
  plain = g_malloc (length + 4);
  for (gsize i = 0; i < length; i++)
    {
      char c = text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];

      if (!g_ascii_isalnum (c) && c != '+' && c != '/')
        return NULL;
      plain[i] = c;
    }
  while (length % 4 != 0)
    plain[length++] = '=';
  plain[length] = '\0';
  return g_base64_decode (plain, n_bytes);
}

static char *
encode_base64 (const void *bytes,
               gsize       n_bytes)
{
  char *text = g_base64_encode (bytes, n_bytes);

  for (char *p = text; *p != '\0'; p++)
    {
      if (*p == '+')
        *p = '-';
      else if (*p == '/')
        *p = '_';
      else if (*p == '=')
        *p = '\0';
    }
  return text;
}

/* ---- reading ---- */

/* One part of a token as JSON, NULL when it is none. */
static SpotValue *
read_part (const char *part,
           gsize       length)
{
  g_autofree guchar *bytes = NULL;
  gsize n_bytes;

  bytes = decode_base64 (part, length, &n_bytes);
  if (bytes == NULL || n_bytes == 0)
    return NULL;
  return spot_value_new_from_json ((const char *) bytes, (gssize) n_bytes, NULL);
}

/* (nullable): the text of a string without NUL; NULL for anything else. */
static const char *
get_text (const SpotValue *value)
{
  const char *text;
  gsize length;

  if (value == NULL || spot_value_get_kind (value) != SPOT_VALUE_STRING)
    return NULL;
  text = spot_value_get_text (value, &length);
  return memchr (text, '\0', length) == NULL ? text : NULL;
}

static gboolean
is_true (const SpotValue *object,
         const char      *name)
{
  SpotValue *value = spot_value_get_member (object, name);

  return value != NULL && spot_value_get_kind (value) == SPOT_VALUE_BOOLEAN &&
         strcmp (spot_value_get_text (value, NULL), "true") == 0;
}

/* Reads the first two parts of three. */
static gboolean
read_parts (const char  *credential,
            SpotValue  **header,
            SpotValue  **payload)
{
  const char *first;
  const char *second;

  *header = *payload = NULL;
  if (strnlen (credential, SPOT_MAX_TOKEN_BYTES + 1) > SPOT_MAX_TOKEN_BYTES)
    return FALSE;
  first = strchr (credential, '.');
  second = first != NULL ? strchr (first + 1, '.') : NULL;
  if (second == NULL || strchr (second + 1, '.') != NULL)
    return FALSE;
  *header = read_part (credential, (gsize) (first - credential));
  *payload = read_part (first + 1, (gsize) (second - first - 1));
  return TRUE;
}

static gboolean
is_object (const SpotValue *value)
{
  return value != NULL && spot_value_get_kind (value) == SPOT_VALUE_OBJECT;
}

/**
 * spot_credential_get_kind:
 * @credential: a key or token
 *
 * Returns: what it looks like
 */
SpotCredentialKind
spot_credential_get_kind (const char *credential)
{
  g_autoptr(SpotValue) header = NULL;
  g_autoptr(SpotValue) payload = NULL;

  g_return_val_if_fail (credential != NULL, SPOT_CREDENTIAL_UNKNOWN);

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      if (g_str_has_prefix (credential, prefixes[i].prefix))
        return prefixes[i].kind;
    }
  if (!read_parts (credential, &header, &payload))
    return SPOT_CREDENTIAL_UNKNOWN;
  if (is_object (header) && g_strcmp0 (get_text (spot_value_get_member (header, "typ")), "run+jwt") == 0)
    return SPOT_CREDENTIAL_RUN_TOKEN;
  if (is_object (payload) && is_true (payload, "pub"))
    return SPOT_CREDENTIAL_PUBLIC_TOKEN;
  return SPOT_CREDENTIAL_UNKNOWN;
}

/**
 * spot_credential_get_environment:
 * @credential: a key or token
 *
 * Returns: (transfer none) (nullable): for a key, the environment that its prefix names: `dev`, `stg`, `prod` or
 *   `preview`; %NULL for everything else
 */
const char *
spot_credential_get_environment (const char *credential)
{
  g_return_val_if_fail (credential != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      if (g_str_has_prefix (credential, prefixes[i].prefix))
        return prefixes[i].environment;
    }
  return NULL;
}

/* The texts of an array; what is no text is left out. */
static char **
dup_texts (const SpotValue *array)
{
  GPtrArray *texts = g_ptr_array_new ();
  guint n = 0;

  if (array != NULL && spot_value_get_kind (array) == SPOT_VALUE_ARRAY)
    n = MIN (spot_value_get_n_children (array), SPOT_MAX_TOKEN_SCOPES);
  for (guint i = 0; i < n; i++)
    {
      const char *text = get_text (spot_value_get_child (array, i));

      if (text != NULL)
        g_ptr_array_add (texts, g_strdup (text));
    }
  g_ptr_array_add (texts, NULL);
  return (char **) g_ptr_array_free (texts, FALSE);
}

static gint64
get_moment_us (const SpotValue *object,
               const char      *name)
{
  SpotValue *value = spot_value_get_member (object, name);
  double seconds;

  if (value == NULL || spot_value_get_kind (value) != SPOT_VALUE_NUMBER || !spot_value_get_double (value, &seconds))
    return 0;
  /* Expired long ago is not the same as never. */
  return (gint64) CLAMP (seconds, 0.000001, MAX_SECONDS) * G_USEC_PER_SEC + (seconds < 1.0 ? 1 : 0);
}

/**
 * spot_token_decode:
 * @credential: a public access token
 * @error: return location for an error
 *
 * Reads what a token says about itself, without checking its signature. Claims that are missing or of the wrong type
 * count as missing.
 *
 * Fails with %SPOT_PROTOCOL_ERROR_MALFORMED for what is no public access token. The message holds nothing of it.
 *
 * Returns: (transfer full) (nullable): the claims, %NULL after an error
 */
SpotToken *
spot_token_decode (const char  *credential,
                   GError     **error)
{
  g_autoptr(SpotValue) header = NULL;
  g_autoptr(SpotValue) payload = NULL;
  SpotValue *realtime;
  SpotToken *self;

  g_return_val_if_fail (credential != NULL, NULL);

  if (!read_parts (credential, &header, &payload) || !is_object (payload) || !is_true (payload, "pub"))
    {
      g_set_error_literal (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED, "not a public access token");
      return NULL;
    }
  realtime = spot_value_get_member (payload, "realtime");
  self = g_new0 (SpotToken, 1);
  self->environment_id = g_strdup (get_text (spot_value_get_member (payload, "sub")));
  self->scopes = dup_texts (spot_value_get_member (payload, "scopes"));
  self->skip_columns = dup_texts (is_object (realtime) ? spot_value_get_member (realtime, "skipColumns") : NULL);
  self->one_time = is_true (payload, "otu");
  self->issued_us = get_moment_us (payload, "iat");
  self->expires_us = get_moment_us (payload, "exp");
  return self;
}

/**
 * spot_token_free:
 * @self: (transfer full): a token's claims
 *
 * Frees them.
 */
void
spot_token_free (SpotToken *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->environment_id);
  g_strfreev (self->scopes);
  g_strfreev (self->skip_columns);
  g_free (self);
}

/**
 * spot_token_get_environment_id:
 * @self: a token's claims
 *
 * Returns: (transfer none) (nullable): the internal id of its environment
 */
const char *
spot_token_get_environment_id (const SpotToken *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->environment_id;
}

/**
 * spot_token_get_scopes:
 * @self: a token's claims
 *
 * Returns: (transfer none) (array zero-terminated=1): its scopes as they are written; none means that it may do nothing
 */
const char * const *
spot_token_get_scopes (const SpotToken *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->scopes;
}

/**
 * spot_token_get_skip_columns:
 * @self: a token's claims
 *
 * Returns: (transfer none) (array zero-terminated=1): columns that every feed with this token lacks; when there are any,
 *   they replace those that a feed asks to leave out
 */
const char * const *
spot_token_get_skip_columns (const SpotToken *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char * const *) self->skip_columns;
}

/**
 * spot_token_is_one_time:
 * @self: a token's claims
 *
 * Returns: whether it can be used only once, so that it is of no use for watching
 */
gboolean
spot_token_is_one_time (const SpotToken *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->one_time;
}

/**
 * spot_token_get_issued_us:
 * @self: a token's claims
 *
 * Returns: when it was made, in microseconds since 1970; 0 when it does not say
 */
gint64
spot_token_get_issued_us (const SpotToken *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->issued_us;
}

/**
 * spot_token_get_expires_us:
 * @self: a token's claims
 *
 * Returns: when it expires, in microseconds since 1970; 0 when it does not say
 */
gint64
spot_token_get_expires_us (const SpotToken *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->expires_us;
}

/**
 * spot_token_has_expired:
 * @self: a token's claims
 * @now_us: the present time in microseconds since 1970
 *
 * A hint only: this machine's clock may be wrong, and the server decides by its own.
 *
 * Returns: whether it has expired
 */
gboolean
spot_token_has_expired (const SpotToken *self,
                        gint64           now_us)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->expires_us != 0 && self->expires_us <= now_us;
}

/* ---- scopes ---- */

/* Whether @scope, `action:type` or `action:type:id`, is for @action on @type; *@id is NULL when it is for every object. */
static gboolean
scope_is_for (const char  *scope,
              const char  *action,
              const char  *type,
              const char **id)
{
  const char *first = strchr (scope, ':');
  gsize action_length;
  gsize type_length;

  *id = NULL;
  if (strcmp (scope, "admin") == 0)
    return TRUE;
  if (first == NULL)
    return FALSE;
  action_length = (gsize) (first - scope);
  type_length = strcspn (first + 1, ":");
  if (first[1 + type_length] == ':')
    *id = first + 1 + type_length + 1;
  if (!(action_length == 1 && *scope == '*') &&
      !(action_length == strlen (action) && strncmp (scope, action, action_length) == 0))
    return FALSE;
  return (type_length == 3 && strncmp (first + 1, "all", 3) == 0) ||
         (type_length == strlen (type) && strncmp (first + 1, type, type_length) == 0);
}

/* Whether one scope allows @action on every object of @type, or on @wanted. *@narrow: whether one allows it on others. */
static gboolean
holds (const SpotToken *self,
       const char      *action,
       const char      *type,
       const char      *wanted, /* nullable */
       gboolean        *narrow) /* nullable */
{
  for (guint i = 0; self->scopes[i] != NULL; i++)
    {
      const char *id;

      if (!scope_is_for (self->scopes[i], action, type, &id))
        continue;
      if (id == NULL || (wanted != NULL && strcmp (id, wanted) == 0))
        return TRUE;
      if (narrow != NULL)
        *narrow = TRUE;
    }
  return FALSE;
}

static gboolean
holds_any (const SpotToken    *self,
           const char         *action,
           const char         *type,
           const char * const *wanted, /* nullable */
           gboolean           *narrow)
{
  if (holds (self, action, type, NULL, narrow))
    return TRUE;
  for (guint i = 0; wanted != NULL && wanted[i] != NULL; i++)
    {
      if (holds (self, action, type, wanted[i], NULL))
        return TRUE;
    }
  return FALSE;
}

static gboolean
holds_all (const SpotToken    *self,
           const char         *action,
           const char         *type,
           const char * const *wanted) /* nullable */
{
  if (wanted == NULL || wanted[0] == NULL)
    return holds (self, action, type, NULL, NULL);
  for (guint i = 0; wanted[i] != NULL; i++)
    {
      if (!holds (self, action, type, wanted[i], NULL))
        return FALSE;
    }
  return TRUE;
}

static SpotTokenAnswer
may_touch_run (const SpotToken         *self,
               const char              *action,
               const SpotAccessSubject *subject)
{
  gboolean task_known = subject->tasks != NULL && subject->tasks[0] != NULL;
  gboolean may_read = strcmp (action, "read") == 0;
  gboolean narrow_run = FALSE;
  gboolean narrow_task = FALSE;
  gboolean narrow_tag = FALSE;
  gboolean narrow_batch = FALSE;

  if (holds (self, action, "runs", subject->run_id, &narrow_run) ||
      holds_any (self, action, "tasks", subject->tasks, &narrow_task))
    return SPOT_TOKEN_YES;
  if (may_read && (holds_any (self, action, "tags", subject->tags, &narrow_tag) ||
                   holds (self, action, "batch", subject->batch_id, &narrow_batch)))
    return SPOT_TOKEN_YES;
  if ((narrow_run && subject->run_id == NULL) || (narrow_task && !task_known) ||
      (narrow_tag && subject->tags == NULL) || (narrow_batch && subject->batch_id == NULL))
    return SPOT_TOKEN_MAYBE;
  return SPOT_TOKEN_NO;
}

/**
 * spot_token_allows:
 * @self: a token's claims
 * @access: what to do
 * @subject: (nullable): to what; %NULL when nothing is known
 *
 * Whether the server will allow it, going by the scopes alone.
 *
 * Returns: the answer
 */
SpotTokenAnswer
spot_token_allows (const SpotToken         *self,
                   SpotAccess               access,
                   const SpotAccessSubject *subject)
{
  static const SpotAccessSubject nothing = { NULL };
  gboolean allowed;

  g_return_val_if_fail (self != NULL, SPOT_TOKEN_NO);

  if (subject == NULL)
    subject = &nothing;
  switch (access)
    {
    case SPOT_ACCESS_RUN_FEED:
    case SPOT_ACCESS_RETRIEVE_RUN:
      return may_touch_run (self, "read", subject);
    case SPOT_ACCESS_CANCEL_RUN:
      return may_touch_run (self, "write", subject);
    case SPOT_ACCESS_LIST_FEED:
      /* One tag is enough: further ones only narrow the list. */
      allowed = holds (self, "read", "runs", NULL, NULL) || holds_any (self, "read", "tags", subject->tags, NULL);
      break;
    case SPOT_ACCESS_BATCH_FEED:
      allowed = holds (self, "read", "batch", subject->batch_id, NULL) || holds (self, "read", "runs", NULL, NULL);
      break;
    case SPOT_ACCESS_LIST_RUNS:
      allowed = holds (self, "read", "runs", NULL, NULL) || holds_all (self, "read", "tasks", subject->tasks);
      break;
    case SPOT_ACCESS_SECRET_KEY:
    default:
      allowed = FALSE;
      break;
    }
  return allowed ? SPOT_TOKEN_YES : SPOT_TOKEN_NO;
}

/* ---- signing ---- */

static void
append_string (GString    *json,
               const char *text)
{
  g_autoptr(SpotValue) value = spot_value_new_string (text, -1);
  g_autofree char *quoted = spot_value_to_json (value, FALSE);

  g_string_append (json, quoted);
}

static void
append_strings (GString            *json,
                const char * const *texts) /* nullable */
{
  g_string_append_c (json, '[');
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      append_string (json, texts[i]);
    }
  g_string_append_c (json, ']');
}

static char *
write_claims (const SpotTokenClaims *claims)
{
  gint64 issued_s = claims->issued_us / G_USEC_PER_SEC;
  GString *json = g_string_new ("{\"sub\":");

  append_string (json, claims->environment_id);
  g_string_append (json, ",\"pub\":true,\"scopes\":");
  append_strings (json, claims->scopes);
  if (claims->skip_columns != NULL && claims->skip_columns[0] != NULL)
    {
      g_string_append (json, ",\"realtime\":{\"skipColumns\":");
      append_strings (json, claims->skip_columns);
      g_string_append_c (json, '}');
    }
  g_string_append_printf (json, ",\"iat\":%" G_GINT64_FORMAT ",\"exp\":%" G_GINT64_FORMAT
                          ",\"iss\":\"" ISSUER "\",\"aud\":\"" AUDIENCE "\"}",
                          issued_s, issued_s + claims->lifetime_s);
  return g_string_free (json, FALSE);
}

/**
 * spot_token_sign:
 * @root_key: an environment's root secret key
 * @claims: what the token says
 * @error: return location for an error
 *
 * Makes a public access token, as the official SDK does, without asking the server.
 *
 * Fails with %SPOT_PROTOCOL_ERROR_VALUE when @root_key is not a root key: the server takes no other key's signature.
 *
 * Returns: (transfer full) (nullable): the token, a secret; %NULL after an error
 */
char *
spot_token_sign (const char             *root_key,
                 const SpotTokenClaims  *claims,
                 GError                **error)
{
  g_autofree char *json = NULL;
  g_autofree char *header = NULL;
  g_autofree char *payload = NULL;
  g_autofree char *signature = NULL;
  g_autofree char *content = NULL;
  g_autoptr(GHmac) hmac = NULL;
  guint8 digest[32];
  gsize n_bytes = sizeof digest;

  g_return_val_if_fail (root_key != NULL, NULL);
  g_return_val_if_fail (claims != NULL && claims->environment_id != NULL, NULL);

  if (spot_credential_get_kind (root_key) != SPOT_CREDENTIAL_ROOT_KEY)
    {
      g_set_error_literal (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_VALUE,
                           "only an environment's root key can sign tokens");
      return NULL;
    }
  json = write_claims (claims);
  header = encode_base64 ("{\"alg\":\"HS256\"}", strlen ("{\"alg\":\"HS256\"}"));
  payload = encode_base64 (json, strlen (json));
  content = g_strconcat (header, ".", payload, NULL);
  hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) root_key, strlen (root_key));
  g_hmac_update (hmac, (const guchar *) content, (gssize) strlen (content));
  g_hmac_get_digest (hmac, digest, &n_bytes);
  signature = encode_base64 (digest, n_bytes);
  return g_strconcat (content, ".", signature, NULL);
}
