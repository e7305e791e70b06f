/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-token.h"

#define ROOT_KEY "tr_dev_0123456789abcdefghijklmn"

static char *
encode (const char *json)
{
  char *text = g_base64_encode ((const guchar *) json, strlen (json));

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

static char *
make_token (const char *payload_json)
{
  g_autofree char *payload = encode (payload_json);

  return g_strconcat ("eyJhbGciOiJIUzI1NiJ9.", payload, ".c2ln", NULL);
}

static SpotToken *
token_with (const char *scopes)
{
  g_autofree char *json = g_strdup_printf ("{\"sub\":\"env\",\"pub\":true,\"scopes\":[%s]}", scopes);
  g_autofree char *text = make_token (json);
  g_autoptr(GError) error = NULL;
  SpotToken *token = spot_token_decode (text, &error);

  g_assert_no_error (error);
  return token;
}

static void
test_kinds (void)
{
  static const struct
  {
    const char        *credential;
    SpotCredentialKind kind;
    const char        *environment;
  } rows[] = {
    { ROOT_KEY, SPOT_CREDENTIAL_ROOT_KEY, "dev" },
    { "tr_stg_x", SPOT_CREDENTIAL_ROOT_KEY, "stg" },
    { "tr_prod_x", SPOT_CREDENTIAL_ROOT_KEY, "prod" },
    { "tr_preview_x", SPOT_CREDENTIAL_ROOT_KEY, "preview" },
    { "tr_dev_sk_x", SPOT_CREDENTIAL_ADDITIONAL_KEY, "dev" },
    { "tr_preview_sk_x", SPOT_CREDENTIAL_ADDITIONAL_KEY, "preview" },
    { "pk_dev_x", SPOT_CREDENTIAL_PUBLISHABLE_KEY, "dev" },
    { "tr_pat_x", SPOT_CREDENTIAL_PERSONAL, NULL },
    { "tr_oat_x", SPOT_CREDENTIAL_ORGANIZATION, NULL },
    { "tr_uat_a.b.c", SPOT_CREDENTIAL_USER, NULL },
    { "tr_new_x", SPOT_CREDENTIAL_UNKNOWN, NULL },
    { "", SPOT_CREDENTIAL_UNKNOWN, NULL },
    { "a.b.c", SPOT_CREDENTIAL_UNKNOWN, NULL },
    { "..", SPOT_CREDENTIAL_UNKNOWN, NULL },
  };
  g_autofree char *pub = make_token ("{\"pub\":true}");
  g_autofree char *not_pub = make_token ("{\"pub\":false}");
  g_autofree char *header = encode ("{\"typ\":\"run+jwt\"}");
  g_autofree char *run = g_strconcat (header, ".e30.", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpint (spot_credential_get_kind (rows[i].credential), ==, rows[i].kind);
      g_assert_cmpstr (spot_credential_get_environment (rows[i].credential), ==, rows[i].environment);
    }
  g_assert_cmpint (spot_credential_get_kind (pub), ==, SPOT_CREDENTIAL_PUBLIC_TOKEN);
  g_assert_cmpint (spot_credential_get_kind (not_pub), ==, SPOT_CREDENTIAL_UNKNOWN);
  g_assert_cmpint (spot_credential_get_kind (run), ==, SPOT_CREDENTIAL_RUN_TOKEN);
}

static void
test_claims (void)
{
  g_autofree char *text = make_token (
    "{\"sub\":\"cmenv7q2k0001example\",\"pub\":true,\"scopes\":[\"read:runs:run_p4r1x\",\"read:tags:user:42\",7],"
    "\"realtime\":{\"skipColumns\":[\"payload\",\"output\"]},\"iat\":1790000000,\"exp\":1790000900,\"otu\":true,"
    "\"iss\":\"https://id.trigger.dev\",\"aud\":\"https://api.trigger.dev\",\"name\":\"\xc3\xbc\xf0\x9f\x99\x82?>\"}");
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotToken) token = spot_token_decode (text, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (spot_token_get_environment_id (token), ==, "cmenv7q2k0001example");
  g_assert_cmpuint (g_strv_length ((char **) spot_token_get_scopes (token)), ==, 2);
  g_assert_cmpstr (spot_token_get_scopes (token)[1], ==, "read:tags:user:42");
  g_assert_cmpuint (g_strv_length ((char **) spot_token_get_skip_columns (token)), ==, 2);
  g_assert_cmpstr (spot_token_get_skip_columns (token)[0], ==, "payload");
  g_assert_true (spot_token_is_one_time (token));
  g_assert_cmpint (spot_token_get_issued_us (token), ==, G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC);
  g_assert_cmpint (spot_token_get_expires_us (token), ==, G_GINT64_CONSTANT (1790000900) * G_USEC_PER_SEC);
  g_assert_false (spot_token_has_expired (token, G_GINT64_CONSTANT (1790000900) * G_USEC_PER_SEC - 1));
  g_assert_true (spot_token_has_expired (token, G_GINT64_CONSTANT (1790000900) * G_USEC_PER_SEC));
}

/* Claims of the wrong type count as missing; times stay in bounds. */
static void
test_wrong_types (void)
{
  static const char *payloads[] = {
    "{\"pub\":true}",
    "{\"pub\":true,\"sub\":7,\"scopes\":\"admin\",\"realtime\":[],\"exp\":\"soon\",\"iat\":null,\"otu\":1}",
    "{\"pub\":true,\"scopes\":{\"0\":\"admin\"},\"realtime\":{\"skipColumns\":7},\"exp\":[1]}",
    "{\"pub\":true,\"scopes\":[null,{},[\"admin\"],\"admin\\u0000\"]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autofree char *text = make_token (payloads[i]);
      g_autoptr(SpotToken) token = spot_token_decode (text, NULL);

      g_assert_nonnull (token);
      g_assert_null (spot_token_get_environment_id (token));
      g_assert_null (spot_token_get_scopes (token)[0]);
      g_assert_null (spot_token_get_skip_columns (token)[0]);
      g_assert_cmpint (spot_token_get_expires_us (token), ==, 0);
      g_assert_false (spot_token_has_expired (token, G_MAXINT64));
      g_assert_cmpint (spot_token_allows (token, SPOT_ACCESS_RUN_FEED, NULL), ==, SPOT_TOKEN_NO);
    }
}

static void
test_times (void)
{
  static const struct
  {
    const char *exp;
    gboolean    expired_now;
  } rows[] = {
    { "1e300", FALSE },
    { "-1e300", TRUE },
    { "0", TRUE },
    { "0.5", TRUE },
    { "99999999999999999999999999", FALSE },
    { "1790000000.25", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"pub\":true,\"exp\":%s}", rows[i].exp);
      g_autofree char *text = make_token (json);
      g_autoptr(SpotToken) token = spot_token_decode (text, NULL);

      g_assert_nonnull (token);
      g_assert_cmpint (spot_token_get_expires_us (token), >, 0);
      g_assert_cmpint (spot_token_has_expired (token, G_GINT64_CONSTANT (1790000001) * G_USEC_PER_SEC), ==, rows[i].expired_now);
    }
}

static void
assert_refused (const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotToken) token = spot_token_decode (text, &error);

  g_assert_null (token);
  g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED);
  g_assert_cmpstr (error->message, ==, "not a public access token");
}

static void
test_hostile (void)
{
  static const char *texts[] = {
    "", ".", "..", "...", "a.b.c", "e30.e30.e30", "e30.!!!.e30", "e30.e.e30", "e30.e30=.", "e30.W10.", "e30.bnVsbA.",
    "e30.eyJwdWIiOnRydWV9.x.y", "eyJwdWIiOnRydWV9", "e30.eyJwdWIiOnRydWV9", "e30.////.x", "e30.eyJwdWIiOiJ0cnVlIn0.x",
    "e30.\xc3\xbc.x",
  };
  g_autofree char *text = make_token ("{\"pub\":true,\"scopes\":[\"read:runs\"],\"exp\":1790000900}");
  g_autofree char *deep_json = NULL;
  g_autofree char *deep = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused (texts[i]);

  /* Cut anywhere, or with any one byte changed, nothing bad happens. */
  for (gsize i = 0; i < strlen (text); i++)
    {
      g_autofree char *cut = g_strndup (text, i);
      g_autofree char *changed = g_strdup (text);
      g_autoptr(SpotToken) cut_token = spot_token_decode (cut, NULL);

      for (guint byte = 1; byte < 256; byte += 7)
        {
          g_autoptr(SpotToken) token = NULL;

          changed[i] = (char) byte;
          token = spot_token_decode (changed, NULL);
          if (token != NULL)
            spot_token_allows (token, SPOT_ACCESS_LIST_RUNS, NULL);
        }
    }

  deep_json = g_strnfill (2000, '[');
  deep = make_token (deep_json);
  assert_refused (deep);
}

/* The longest token that may be, and one byte more. */
static void
test_limit_bytes (void)
{
  g_autofree char *text = make_token ("{\"pub\":true}");
  g_autofree char *filler = g_strnfill (SPOT_MAX_TOKEN_BYTES - strlen (text), 'a');
  g_autofree char *longest = g_strconcat (text, filler, NULL);
  g_autofree char *longer = g_strconcat (longest, "a", NULL);
  g_autoptr(SpotToken) token = spot_token_decode (longest, NULL);

  g_assert_cmpuint (strlen (longest), ==, SPOT_MAX_TOKEN_BYTES);
  g_assert_nonnull (token);
  g_assert_cmpint (spot_credential_get_kind (longest), ==, SPOT_CREDENTIAL_PUBLIC_TOKEN);
  assert_refused (longer);
  g_assert_cmpint (spot_credential_get_kind (longer), ==, SPOT_CREDENTIAL_UNKNOWN);
}

/* As many scopes as may be are all kept; of more, as many. */
static void
test_limit_scopes (void)
{
  for (guint extra = 0; extra <= 1; extra++)
    {
      g_autoptr(GString) json = g_string_new ("{\"pub\":true,\"scopes\":[");
      g_autofree char *text = NULL;
      g_autoptr(SpotToken) token = NULL;
      const char * const *scopes;

      for (guint i = 0; i < SPOT_MAX_TOKEN_SCOPES + extra; i++)
        g_string_append_printf (json, "%s\"a:b:%u\"", i > 0 ? "," : "", i);
      g_string_append (json, "]}");
      text = make_token (json->str);
      token = spot_token_decode (text, NULL);
      scopes = spot_token_get_scopes (token);
      g_assert_cmpuint (g_strv_length ((char **) scopes), ==, SPOT_MAX_TOKEN_SCOPES);
      g_assert_cmpstr (scopes[SPOT_MAX_TOKEN_SCOPES - 1], ==, "a:b:1023");
    }
}

static void
test_scopes (void)
{
  static const char * const tags[] = { "user:42", "org_1", NULL };
  static const char * const tasks[] = { "render", NULL };
  static const char * const two_tasks[] = { "render", "import", NULL };
  static const char * const none[] = { NULL };
  const SpotAccessSubject run = { .run_id = "run_1" };
  const SpotAccessSubject known = { "run_1", "batch_1", tags, tasks };
  const SpotAccessSubject other = { "run_2", "batch_2", none, two_tasks + 1 };
  const SpotAccessSubject list = { .tags = tags };
  const SpotAccessSubject batch = { .batch_id = "batch_1" };
  const SpotAccessSubject of_task = { .tasks = tasks };
  const SpotAccessSubject of_tasks = { .tasks = two_tasks };
  const SpotTokenAnswer no = SPOT_TOKEN_NO;
  const SpotTokenAnswer maybe = SPOT_TOKEN_MAYBE;
  const SpotTokenAnswer yes = SPOT_TOKEN_YES;
  const struct
  {
    const char              *scopes;
    SpotAccess               access;
    const SpotAccessSubject *subject;
    SpotTokenAnswer          answer;
  } rows[] = {
    { "", SPOT_ACCESS_RUN_FEED, &known, no },
    { "\"admin\"", SPOT_ACCESS_RUN_FEED, &run, yes },
    { "\"admin\"", SPOT_ACCESS_CANCEL_RUN, &run, yes },
    { "\"admin:x\"", SPOT_ACCESS_RUN_FEED, &run, no },
    { "\"read\"", SPOT_ACCESS_RUN_FEED, &run, no },
    { "\"read:\"", SPOT_ACCESS_RUN_FEED, &run, no },
    { "\":runs\"", SPOT_ACCESS_RUN_FEED, &run, no },
    { "\"read:all\"", SPOT_ACCESS_LIST_FEED, NULL, yes },
    { "\"*:runs\"", SPOT_ACCESS_CANCEL_RUN, &run, yes },
    { "\"read:runs\"", SPOT_ACCESS_RUN_FEED, &run, yes },
    { "\"read:runs\"", SPOT_ACCESS_CANCEL_RUN, &run, no },
    { "\"read:runs:run_1\"", SPOT_ACCESS_RUN_FEED, &run, yes },
    { "\"read:runs:run_1\"", SPOT_ACCESS_RETRIEVE_RUN, &run, yes },
    { "\"read:runs:run_1\"", SPOT_ACCESS_RUN_FEED, &other, no },
    { "\"read:runs:run_1\"", SPOT_ACCESS_RUN_FEED, NULL, maybe },
    { "\"read:runs:run_1\"", SPOT_ACCESS_LIST_FEED, &list, no },
    { "\"read:runs:run_1\"", SPOT_ACCESS_LIST_RUNS, NULL, no },
    { "\"read:runs:run_\"", SPOT_ACCESS_RUN_FEED, &run, no },
    { "\"read:runs:*\"", SPOT_ACCESS_RUN_FEED, &run, no },
    { "\"read:runs:\"", SPOT_ACCESS_RUN_FEED, &run, no },
    { "\"read:tasks\"", SPOT_ACCESS_RUN_FEED, &run, yes },
    { "\"read:tasks:render\"", SPOT_ACCESS_RUN_FEED, &run, maybe },
    { "\"read:tasks:render\"", SPOT_ACCESS_RUN_FEED, &known, yes },
    { "\"read:tasks:render\"", SPOT_ACCESS_RUN_FEED, &other, no },
    { "\"read:tags:user:42\"", SPOT_ACCESS_RUN_FEED, &run, maybe },
    { "\"read:tags:user:42\"", SPOT_ACCESS_RUN_FEED, &known, yes },
    { "\"read:tags:user\"", SPOT_ACCESS_RUN_FEED, &known, no },
    { "\"read:tags:user:42\"", SPOT_ACCESS_RUN_FEED, &other, no },
    { "\"read:batch:batch_1\"", SPOT_ACCESS_RUN_FEED, &run, maybe },
    { "\"read:batch:batch_1\"", SPOT_ACCESS_RUN_FEED, &known, yes },
    { "\"read:batch:batch_1\"", SPOT_ACCESS_RUN_FEED, &other, no },
    { "\"read:tags:org_1\"", SPOT_ACCESS_LIST_FEED, &list, yes },
    { "\"read:tags:org_1\"", SPOT_ACCESS_LIST_FEED, NULL, no },
    { "\"read:tags\"", SPOT_ACCESS_LIST_FEED, NULL, yes },
    { "\"read:runs\"", SPOT_ACCESS_LIST_FEED, NULL, yes },
    { "\"read:batch\"", SPOT_ACCESS_LIST_FEED, NULL, no },
    { "\"read:batch:batch_1\"", SPOT_ACCESS_BATCH_FEED, &batch, yes },
    { "\"read:batch:batch_2\"", SPOT_ACCESS_BATCH_FEED, &batch, no },
    { "\"read:batch\"", SPOT_ACCESS_BATCH_FEED, &batch, yes },
    { "\"read:runs\"", SPOT_ACCESS_BATCH_FEED, &batch, yes },
    { "\"read:runs:run_1\"", SPOT_ACCESS_BATCH_FEED, &batch, no },
    { "\"read:tasks\"", SPOT_ACCESS_LIST_RUNS, NULL, yes },
    { "\"read:tasks:render\"", SPOT_ACCESS_LIST_RUNS, NULL, no },
    { "\"read:tasks:render\"", SPOT_ACCESS_LIST_RUNS, &of_task, yes },
    { "\"read:tasks:render\"", SPOT_ACCESS_LIST_RUNS, &of_tasks, no },
    { "\"read:tasks:render\",\"read:tasks:import\"", SPOT_ACCESS_LIST_RUNS, &of_tasks, yes },
    { "\"write:runs\"", SPOT_ACCESS_CANCEL_RUN, &run, yes },
    { "\"write:runs\"", SPOT_ACCESS_RUN_FEED, &run, no },
    { "\"write:runs:run_1\"", SPOT_ACCESS_CANCEL_RUN, &run, yes },
    { "\"write:tasks:render\"", SPOT_ACCESS_CANCEL_RUN, &run, maybe },
    { "\"write:tags:user:42\"", SPOT_ACCESS_CANCEL_RUN, &known, no },
    { "\"admin\"", SPOT_ACCESS_SECRET_KEY, &run, no },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SpotToken) token = token_with (rows[i].scopes);
      SpotTokenAnswer answer = spot_token_allows (token, rows[i].access, rows[i].subject);

      if (answer != rows[i].answer)
        g_error ("row %u: %s: %d instead of %d", i, rows[i].scopes, answer, rows[i].answer);
    }
}

/* The signature was made with another program. */
static void
test_sign (void)
{
  static const char * const scopes[] = { "read:runs", "read:tags:a \"b\"", NULL };
  static const char * const skip[] = { "payload", NULL };
  const SpotTokenClaims claims = { "env_1", scopes, skip, G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC, 900 };
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) key_error = NULL;
  g_autofree char *text = spot_token_sign (ROOT_KEY, &claims, &error);
  g_autofree char *none = spot_token_sign ("tr_dev_sk_0123456789abcdefghijklmn", &claims, &key_error);
  g_autoptr(SpotToken) token = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==,
                   "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJlbnZfMSIsInB1YiI6dHJ1ZSwic2NvcGVzIjpbInJlYWQ6cnVucyIsInJlY"
                   "WQ6dGFnczphIFwiYlwiIl0sInJlYWx0aW1lIjp7InNraXBDb2x1bW5zIjpbInBheWxvYWQiXX0sImlhdCI6MTc5MDA"
                   "wMDAwMCwiZXhwIjoxNzkwMDAwOTAwLCJpc3MiOiJodHRwczovL2lkLnRyaWdnZXIuZGV2IiwiYXVkIjoiaHR0cHM6L"
                   "y9hcGkudHJpZ2dlci5kZXYifQ.fJncRTC4CPMQIKEnW4PS4BZnUr4u0xTIZH9DeSHYBUY");
  token = spot_token_decode (text, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (spot_token_get_environment_id (token), ==, "env_1");
  g_assert_cmpstr (spot_token_get_scopes (token)[1], ==, scopes[1]);
  g_assert_cmpint (spot_token_get_expires_us (token), ==, G_GINT64_CONSTANT (1790000900) * G_USEC_PER_SEC);
  g_assert_null (none);
  g_assert_error (key_error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_VALUE);
  g_assert_null (strstr (key_error->message, "0123"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token/kinds", test_kinds);
  g_test_add_func ("/token/claims", test_claims);
  g_test_add_func ("/token/wrong-types", test_wrong_types);
  g_test_add_func ("/token/63-times", test_times);
  g_test_add_func ("/token/hostile", test_hostile);
  g_test_add_func ("/token/limit-bytes", test_limit_bytes);
  g_test_add_func ("/token/limit-scopes", test_limit_scopes);
  g_test_add_func ("/token/scopes", test_scopes);
  g_test_add_func ("/token/sign", test_sign);
  return g_test_run ();
}
