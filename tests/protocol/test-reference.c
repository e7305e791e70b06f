/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "spot-limits.h"
#include "spot-reference.h"

#define RUN "run_p4r1x7c2m9t3k5"
#define BATCH "batch_v8d2kq9"
#define KEY "tr_dev_abcdefghijklmnopqrstuvwx"
#define CLOUD "https://cloud.trigger.dev"
#define PAGE CLOUD "/orgs/acme-1a2b/projects/web-Xy9z/env/prod"
/* {"alg":"HS256"} . {"sub":"env_1","pub":true} . a signature */
#define TOKEN "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJlbnZfMSIsInB1YiI6dHJ1ZX0.c2lnbmF0dXJl"

static const char *const kinds[] = { "run", "batch", "tag", "environment", "server", "credential" };

/* What was found in words: "kind text @server organization/project/environment", one after the other, and how many
 * pieces were left out. */
static char *
describe (const char *text,
          gssize      length)
{
  guint n_left_out;
  g_autoptr(GPtrArray) found = spot_reference_find_all (text, length, &n_left_out);
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++)
    {
      SpotReference *reference = found->pdata[i];

      g_string_append_printf (words, "%s%s %s", i > 0 ? "; " : "", kinds[reference->kind], reference->text);
      if (reference->kind == SPOT_REFERENCE_CREDENTIAL)
        g_string_append_printf (words, " (%d)", reference->credential);
      if (reference->server != NULL && reference->kind != SPOT_REFERENCE_SERVER)
        g_string_append_printf (words, " @%s", reference->server);
      if (reference->organization != NULL)
        g_string_append_printf (words, " o=%s", reference->organization);
      if (reference->project != NULL)
        g_string_append_printf (words, " p=%s", reference->project);
      if (reference->project_ref != NULL)
        g_string_append_printf (words, " r=%s", reference->project_ref);
      if (reference->environment != NULL)
        g_string_append_printf (words, " e=%s", reference->environment);
    }
  if (n_left_out > 0)
    g_string_append_printf (words, "%s%u left out", words->len > 0 ? "; " : "", n_left_out);
  return g_string_free (words, FALSE);
}

typedef struct
{
  const char *text;
  const char *expected;
} Row;

static void
check_rows (const Row *rows,
            gsize      n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      g_autofree char *words = describe (rows[i].text, -1);
      g_autofree char *shown = g_strescape (rows[i].text, NULL);

      g_test_message ("%s", shown);
      g_assert_cmpstr (words, ==, rows[i].expected);
    }
}

static void
test_ids (void)
{
  static const Row rows[] = {
    { "", "" },
    { " \t\r\n,,, ", "" },
    { RUN, "run " RUN },
    { "  " RUN "\n", "run " RUN },
    { "run_1", "run run_1" },
    { "run_cm1x2y3z40000abcdefghijkl", "run run_cm1x2y3z40000abcdefghijkl" },
    { BATCH, "batch " BATCH },
    { "`" RUN "`", "run " RUN },
    { "\"" RUN "\",", "run " RUN },
    { "(" RUN ").", "run " RUN },
    { "[\"run_1\", \"run_2\"]", "run run_1; run run_2" },
    { "RUN_ID=" RUN, "run " RUN },
    { "run_1,run_2\nrun_3 batch_4", "run run_1; run run_2; run run_3; batch batch_4" },
    { "run_1 run_1\nrun_1", "run run_1" },
    { "run_1\xe2\x80\x8b\xc2\xa0run_2\xef\xbb\xbf", "run run_1; run run_2" },
    /* No ids, but tags that one may have. */
    { "run_", "tag run_" },
    { "run", "tag run" },
    { "RUN_1", "tag RUN_1" },
    { "run_a_b", "tag run_a_b" },
    { "run_\xc3\xa4", "tag run_\xc3\xa4" },
    { "rerun_1", "tag rerun_1" },
    { "batch_1-2", "tag batch_1-2" },
    { "tag:run_1", "tag run_1" },
  };

  check_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_urls (void)
{
  static const Row rows[] = {
    { CLOUD "/runs/" RUN, "run " RUN " @" CLOUD },
    { CLOUD "/projects/v3/proj_abc/runs/" RUN, "run " RUN " @" CLOUD " r=proj_abc" },
    { PAGE "/runs/" RUN, "run " RUN " @" CLOUD " o=acme-1a2b p=web-Xy9z e=prod" },
    { PAGE "/batches/" BATCH, "batch " BATCH " @" CLOUD " o=acme-1a2b p=web-Xy9z e=prod" },
    { PAGE "/runs/" RUN "/", "run " RUN " @" CLOUD " o=acme-1a2b p=web-Xy9z e=prod" },
    { PAGE "/runs/" RUN "?span=1a2b#top", "run " RUN " @" CLOUD " o=acme-1a2b p=web-Xy9z e=prod" },
    { PAGE "//runs//" RUN "/spans/1", "run " RUN " @" CLOUD " o=acme-1a2b p=web-Xy9z e=prod" },
    { CLOUD "/orgs/acme/projects/v3/web/runs/run_1", "run run_1 @" CLOUD " o=acme p=web" },
    { CLOUD "/orgs/acme/projects/v3/env/dev/runs/run_1", "run run_1 @" CLOUD " o=acme p=v3 e=dev" },
    { "http://localhost:3030/orgs/a/projects/b/env/dev/runs/run_1", "run run_1 @http://localhost:3030 o=a p=b e=dev" },
    { "https://jobs.example.com/trigger/runs/run_1", "run run_1 @https://jobs.example.com/trigger" },
    { "HTTPS://Jobs.Example.COM:443/runs/run_1", "run run_1 @https://jobs.example.com" },
    { "http://jobs.example.com:80/runs/run_1", "run run_1 @http://jobs.example.com" },
    { "http://[::1]:3030/runs/run_1", "run run_1 @http://[::1]:3030" },
    { "https://jobs.example.com./runs/run_1", "run run_1 @https://jobs.example.com" },
    { "https://b\xc3\xbc" "cher.example/runs/run_1", "run run_1 @https://xn--bcher-kva.example" },
    { "https://cloud%2Etrigger.dev/runs/run_1", "run run_1 @" CLOUD },
    { CLOUD "/a/../b/../runs/run_1", "run run_1 @" CLOUD },
    { CLOUD "/%2e%2e/runs/run_1", "run run_1 @" CLOUD },
    { "https://jobs.example.com/trigger./?x", "1 left out" },
    { CLOUD "/runs/run%5F1", "run run_1 @" CLOUD },
    /* As it stands in a text. */
    { "<" CLOUD "/runs/run_1>", "run run_1 @" CLOUD },
    { "(" CLOUD "/runs/run_1).", "run run_1 @" CLOUD },
    { "\"" CLOUD "/runs/run_1\"", "run run_1 @" CLOUD },
    { "[nightly](" CLOUD "/runs/run_1)", "run run_1 @" CLOUD },
    { "TRIGGER_RUN=" CLOUD "/runs/run_1", "run run_1 @" CLOUD },
    { "cloud.trigger.dev/runs/run_1", "run run_1 @" CLOUD },
    { "localhost:3030/runs/run_1", "run run_1 @http://localhost:3030" },
    /* The addresses of calls. */
    { "https://api.trigger.dev/api/v3/runs/run_1", "run run_1 @https://api.trigger.dev" },
    { "https://api.trigger.dev/realtime/v1/runs/run_1?offset=-1", "run run_1 @https://api.trigger.dev" },
    { "https://api.trigger.dev/realtime/v1/batches/batch_1", "batch batch_1 @https://api.trigger.dev" },
    { "https://api.trigger.dev/realtime/v1/runs?tags=a%2Cuser%3A1",
      "tag a @https://api.trigger.dev; tag user:1 @https://api.trigger.dev" },
    /* Lists that are narrowed, and whole environments. */
    { PAGE "/runs?tags=user%3A1&tags=my+tag&statuses=FAILED",
      "tag user:1 @" CLOUD " o=acme-1a2b p=web-Xy9z e=prod; tag my tag @" CLOUD " o=acme-1a2b p=web-Xy9z e=prod" },
    { PAGE "/runs?batchId=batch_1", "batch batch_1 @" CLOUD " o=acme-1a2b p=web-Xy9z e=prod" },
    { PAGE "/runs?runId=run_1", "run run_1 @" CLOUD " o=acme-1a2b p=web-Xy9z e=prod" },
    { PAGE "/runs?tags=", "environment " PAGE " @" CLOUD " o=acme-1a2b p=web-Xy9z e=prod" },
    { PAGE "/runs?tags=%00", "environment " PAGE " @" CLOUD " o=acme-1a2b p=web-Xy9z e=prod" },
    { PAGE "/runs?tags=%22,x,,", "tag x @" CLOUD " o=acme-1a2b p=web-Xy9z e=prod; 1 left out" },
    { CLOUD "/runs?x=1,tags=a," CLOUD "/runs?tags=a,b,",
      "server " CLOUD "; tag a @" CLOUD "; tag b @" CLOUD },
    { CLOUD "/runs/run_1," CLOUD "/runs/run_2", "run run_1 @" CLOUD "; run run_2 @" CLOUD },
    { PAGE, "environment " PAGE " @" CLOUD " o=acme-1a2b p=web-Xy9z e=prod" },
    { PAGE "/tasks/my%20task?tags=a", "environment " PAGE " @" CLOUD " o=acme-1a2b p=web-Xy9z e=prod" },
    /* Servers. */
    { CLOUD, "server " CLOUD },
    { CLOUD "/", "server " CLOUD },
    { CLOUD "/login?redirectTo=%2Fruns%2Frun_1", "server " CLOUD },
    { CLOUD "/orgs/acme/settings", "server " CLOUD " o=acme" },
    { CLOUD "/runs/nothing", "server " CLOUD },
    { "http://[::1]", "server http://[::1]" },
    { "(http://[::1])", "server http://[::1]" },
    { "TRIGGER_API_URL=https://jobs.example.com/", "server https://jobs.example.com" },
    { "https://jobs.example.com/trigger/", "server https://jobs.example.com/trigger" },
    /* The same run by id and by address. */
    { "run_1 " CLOUD "/runs/run_1 https://other.example/runs/run_1", "run run_1 @" CLOUD },
  };

  check_rows (rows, G_N_ELEMENTS (rows));
}

/* Addresses that are none, or that want to look like another one. */
static void
test_bad_urls (void)
{
  static const char *const texts[] = {
    "https://",
    "https:///runs/run_1",
    "https://cloud.trigger.dev@evil.example/runs/run_1",
    "https://user:password@cloud.trigger.dev/runs/run_1",
    "https://@cloud.trigger.dev/runs/run_1",
    "https://evil.example\\@cloud.trigger.dev/runs/run_1",
    "https://evil.example\\.cloud.trigger.dev",
    "https://cloud..trigger.dev/",
    "https://cloud../",
    "https://-|-/",
    "https://a:0/",
    "https://a:99999/",
    "https://[::1%25eth0]/",
    "https://[1:2]/",
    "https://jobs.example.com/a%20b/runs/run_1",
    "ftp://cloud.trigger.dev/runs/run_1",
    "file:///runs/run_1",
    "javascript://cloud.trigger.dev/runs/run_1",
    "xhttps://cloud.trigger.dev/runs/run_1",
    "https://cloud.trigger.dev/tr_dev_abcdefgh/runs/run_1",
    "https://tr_dev_abcdefgh.example/",
    "https://cloud.trigger.dev/orgs/tr_pat_abcdefgh/projects/b/env/dev",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *words = describe (texts[i], -1);

      g_test_message ("%s", texts[i]);
      g_assert_cmpstr (words, ==, "1 left out");
    }
}

static void
test_credentials (void)
{
  static const Row rows[] = {
    { KEY, "credential " KEY " (1) e=dev" },
    { "tr_stg_1234567890", "credential tr_stg_1234567890 (1) e=stg" },
    { "tr_prod_sk_1234567890", "credential tr_prod_sk_1234567890 (2) e=prod" },
    { "tr_preview_1234567890", "credential tr_preview_1234567890 (1) e=preview" },
    { "pk_prod_1234567890", "credential pk_prod_1234567890 (3) e=prod" },
    { "tr_pat_1234567890", "credential tr_pat_1234567890 (4)" },
    { "tr_oat_1234567890", "credential tr_oat_1234567890 (5)" },
    { "tr_uat_" TOKEN, "credential tr_uat_" TOKEN " (6)" },
    { TOKEN, "credential " TOKEN " (7)" },
    /* {"alg":"HS256"} . {} . x: which server knows it is not for us to say */
    { "eyJhbGciOiJIUzI1NiJ9.e30.x", "credential eyJhbGciOiJIUzI1NiJ9.e30.x (0)" },
    { "tr_new_abcdefghijklmnopqrstuvwx", "credential tr_new_abcdefghijklmnopqrstuvwx (0)" },
    { "TRIGGER_SECRET_KEY=" KEY, "credential " KEY " (1) e=dev" },
    { "export TRIGGER_SECRET_KEY=\"" KEY "\";", "credential " KEY " (1) e=dev" },
    { "'Authorization: Bearer " KEY "'", "credential " KEY " (1) e=dev" },
    { "authorization: bearer " TOKEN, "credential " TOKEN " (7)" },
    { "TRIGGER_SECRET_KEY='" KEY "'\nTRIGGER_API_URL=http://localhost:3030\nNODE_ENV=test\nDB=postgres://me:pw@db/x",
      "credential " KEY " (1) e=dev; server http://localhost:3030; 2 left out" },
    { "export bearer", "tag export; tag bearer" },
    { "Bearer user:1 x", "tag Bearer; tag user:1; tag x" },
    { KEY " run_1 user:1 " KEY, "credential " KEY " (1) e=dev; run run_1; tag user:1" },
    /* What may be a secret, cut or misspelt, is not taken for a tag. */
    { "tr_dev_", "1 left out" },
    { "tr_dev_abcdefgh!x", "1 left out" },
    { "key:tr_dev_abcdefgh", "1 left out" },
    { "tag:tr_dev_abcdefgh", "1 left out" },
    { "\"my tr_dev_abcdefgh\"", "1 left out" },
    { "eyJhbGciOiJIUzI1NiJ9.e30", "1 left out" },
    { "eyJhbGciOiJIUzI1NiJ9.e30.a.b", "1 left out" },
    { "pk_x.eyJzdWIiOiJlbnZfMSIsInB1YiI6dHJ1ZX0.c2lnbmF0dXJl", "1 left out" },
    /* But these are nothing of the kind. */
    { "retr_dev_1", "tag retr_dev_1" },
    { "tr_istanbul", "tag tr_istanbul" },
    { "eyeglasses-shop.v1.x", "tag eyeglasses-shop.v1.x" },
    { "v1.2.3", "tag v1.2.3" },
  };

  check_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_tags (void)
{
  static const Row rows[] = {
    { "user:1234", "tag user:1234" },
    { "user:1234, org_7", "tag user:1234; tag org_7" },
    { "#urgent", "tag #urgent" },
    { "k=v", "tag k=v" },
    { "javascript:alert(1)", "tag javascript:alert(1)" },
    { "\"my tag\" other", "tag my tag; tag other" },
    { "tag:\"my tag\"", "tag my tag" },
    { "tag:tag:x", "tag tag:x" },
    { "tag:-", "tag -" },
    { "tag:PLAN=pro", "tag PLAN=pro" },
    { "tag:https://x.example/", "tag https://x.example/" },
    { "\xf0\x9f\x90\x88", "tag \xf0\x9f\x90\x88" },
    { "Gr\xc3\xb6\xc3\x9f" "e", "tag Gr\xc3\xb6\xc3\x9f" "e" },
    { "tag:", "tag tag:" },
    { "tag: x", "tag x; 1 left out" },
    { "- \xe2\x80\xa2 { }", "tag \xe2\x80\xa2" },
    { "PLAN=pro", "1 left out" },
    { "a\\b", "1 left out" },
    { "a\"b", "1 left out" },
    { "\"a b", "tag b; 1 left out" },
    { "\"a,b\"", "1 left out" },
    { "\"a\nb\"", "2 left out" },
    { "\" \" \"\"", "" },
    { "\xff run_1", "run run_1; 1 left out" },
    { "x\xc3", "1 left out" },
    { "\"x\xc3\"", "1 left out" },
    { "x\xc2\x85y", "tag x; tag y" },
  };
  g_autofree char *longest = g_strnfill (SPOT_MAX_TAG_CHARS, 'x');
  g_autofree char *expected = g_strconcat ("tag ", longest, NULL);
  g_autofree char *too_long = g_strconcat (longest, "x", NULL);
  g_autofree char *words = describe (longest, -1);
  g_autofree char *no_words = describe (too_long, -1);
  g_autofree char *with_nul = describe ("a\0b c", 5);

  check_rows (rows, G_N_ELEMENTS (rows));
  g_assert_cmpstr (words, ==, expected);
  g_assert_cmpstr (no_words, ==, "1 left out");
  g_assert_cmpstr (with_nul, ==, "tag c; 1 left out");
  g_assert_false (spot_reference_is_tag (NULL));
  g_assert_false (spot_reference_is_tag (""));
  g_assert_false (spot_reference_is_tag ("\xff"));
  g_assert_false (spot_reference_is_tag ("a\xe2\x80\xae" "b"));
  g_assert_true (spot_reference_is_tag ("a b"));
}

static void
test_limits (void)
{
  GString *text = g_string_new (NULL);
  guint n_left_out;
  g_autoptr(GPtrArray) found = NULL;

  for (guint i = 0; i < SPOT_MAX_REFERENCES + 7; i++)
    g_string_append_printf (text, "run_%u ", i);
  found = spot_reference_find_all (text->str, -1, &n_left_out);
  g_assert_cmpuint (found->len, ==, SPOT_MAX_REFERENCES);
  g_assert_cmpuint (n_left_out, ==, 7);

  /* What is cut off at the limit is not taken for a whole id. */
  g_string_assign (text, "run_1");
  while (text->len < SPOT_MAX_REFERENCE_BYTES - 6)
    g_string_append_c (text, ' ');
  g_string_append (text, "run_2345");
  g_clear_pointer (&found, g_ptr_array_unref);
  found = spot_reference_find_all (text->str, (gssize) text->len, &n_left_out);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpuint (n_left_out, ==, 1);
  g_clear_pointer (&found, g_ptr_array_unref);
  g_string_truncate (text, 0);
  while (text->len <= SPOT_MAX_REFERENCE_BYTES)
    g_string_append (text, "x");
  found = spot_reference_find_all (text->str, -1, NULL);
  g_assert_cmpuint (found->len, ==, 0);

  /* Addresses and ids of the greatest length, and one more. */
  for (guint extra = 0; extra <= 1; extra++)
    {
      g_autofree char *id = g_strnfill (SPOT_MAX_ID_BYTES - strlen ("run_") + extra, '1');
      g_autofree char *fill = g_strnfill (SPOT_MAX_REFERENCE_URL_BYTES - strlen (CLOUD "/runs/run_1?") + extra, 'x');

      g_string_printf (text, "run_%s", id);
      g_clear_pointer (&found, g_ptr_array_unref);
      found = spot_reference_find_all (text->str, -1, &n_left_out);
      g_assert_cmpuint (n_left_out, ==, extra);
      g_string_printf (text, CLOUD "/runs/run_1?%s", fill);
      g_clear_pointer (&found, g_ptr_array_unref);
      found = spot_reference_find_all (text->str, -1, &n_left_out);
      g_assert_cmpuint (n_left_out, ==, extra);
    }
  g_string_free (text, TRUE);
}

static void
test_secret (void)
{
  g_autoptr(GPtrArray) found = spot_reference_find_all (KEY " tr_pat_1234567 " TOKEN " run_1", -1, NULL);
  static const char *const shown[] = { "tr_dev_\xe2\x80\xa6", "tr_pat_\xe2\x80\xa6", "\xe2\x80\xa6", "run_1" };
  g_autofree char *secret = NULL;

  g_assert_cmpuint (found->len, ==, G_N_ELEMENTS (shown));
  for (guint i = 0; i < found->len; i++)
    {
      g_autofree char *text = spot_reference_dup_shown (found->pdata[i]);

      g_assert_cmpstr (text, ==, shown[i]);
    }
  secret = spot_reference_take_secret (found->pdata[0]);
  g_assert_cmpstr (secret, ==, KEY);
  g_assert_null (spot_reference_take_secret (found->pdata[0]));
  g_assert_null (((SpotReference *) found->pdata[0])->text);
  g_assert_null (spot_reference_take_secret (found->pdata[3]));
  g_free (spot_reference_dup_shown (found->pdata[0]));
}

static void
test_api_url (void)
{
  static const Row rows[] = {
    { CLOUD "/runs/run_1", "https://api.trigger.dev" },
    { "https://api.trigger.dev", "https://api.trigger.dev" },
    { "http://localhost:3030/runs/run_1", "http://localhost:3030" },
    { "run_1", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GPtrArray) found = spot_reference_find_all (rows[i].text, -1, NULL);
      g_autofree char *url = NULL;

      g_assert_cmpuint (found->len, ==, 1);
      url = spot_reference_dup_api_url (found->pdata[0]);
      g_assert_cmpstr (url, ==, rows[i].expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reference/ids", test_ids);
  g_test_add_func ("/reference/urls", test_urls);
  g_test_add_func ("/reference/bad-urls", test_bad_urls);
  g_test_add_func ("/reference/credentials", test_credentials);
  g_test_add_func ("/reference/tags", test_tags);
  g_test_add_func ("/reference/limits", test_limits);
  g_test_add_func ("/reference/secret", test_secret);
  g_test_add_func ("/reference/api-url", test_api_url);
  return g_test_run ();
}
