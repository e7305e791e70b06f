/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spot-account-words.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define NOW (G_GINT64_CONSTANT (1790000000) * SECOND)

static void
test_expiry (void)
{
  static const struct { gint64 left_us; const char *words; } cases[] = {
    { -1, "Expired" },
    { 0, "Expired" },
    { 1, "Expires in 0:01" },
    { 59 * SECOND, "Expires in 0:59" },
    { 95 * SECOND, "Expires in 1:35" },
    { 599 * SECOND, "Expires in 9:59" },
    { 600 * SECOND, "Expires in 10 minutes" },
    { 3 * 3600 * SECOND, "Expires in 3 hours" },
    { 30 * 86400 * SECOND, "Expires in 30 days" },
  };
  g_autofree char *never = spot_account_words_expiry (0, NOW);
  g_autofree char *absurd = spot_account_words_expiry (G_MAXINT64, G_MININT64);

  g_assert_cmpstr (never, ==, "Does not expire");
  g_assert_cmpstr (absurd, ==, "Does not expire");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = spot_account_words_expiry (NOW + cases[i].left_us, NOW);

      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

static void
check_scopes (const char *const *scopes,
              const char        *expected)
{
  const SpotTokenClaims claims = { .environment_id = "env", .scopes = scopes, .issued_us = NOW, .lifetime_s = 60 };
  g_autofree char *signed_token = spot_token_sign ("tr_dev_0123456789abcdefghijklmn", &claims, NULL);
  g_autoptr (SpotToken) token = spot_token_decode (signed_token, NULL);
  g_autofree char *words = spot_account_words_scopes (token);

  g_assert_cmpstr (words, ==, expected);
}

static void
test_scopes (void)
{
  const char *const all[] = { "read:runs", NULL };
  const char *const some[] = { "read:runs:run_1", "read:tags:user:42", "read:batch:batch_1", "read:tasks:mail", "write:runs",
                               NULL };
  const char *const many[] = { "read:tags:1", "read:tags:2", "read:tags:3", "read:tags:4", "read:tags:5", "read:tags:6",
                               "read:tags:7", "read:envvars", NULL };
  const char *const useless[] = { "read:envvars", "nonsense", ":", NULL };
  const char *const hostile[] = { "read:tags:<b>\xe2\x80\xae\n</b>", NULL };

  check_scopes (all, "With it you can:\nsee every run");
  check_scopes (some, "With it you can:\nsee the run run_1\nsee the runs with the tag user:42\nsee the batch batch_1\n"
                      "see single runs of the task mail\nchange every run");
  check_scopes (many, "With it you can:\nsee the runs with the tag 1\nsee the runs with the tag 2\nsee the runs with the tag 3\n"
                      "see the runs with the tag 4\nsee the runs with the tag 5\nsee the runs with the tag 6\n"
                      "and 2 more things");
  check_scopes (useless, "The token allows nothing that can be watched here.");
  check_scopes (hostile, "With it you can:\nsee the runs with the tag <b>\\u202e\\n</b>");
}

static void
test_kinds (void)
{
  g_assert_cmpstr (spot_account_words_credential (SPOT_CREDENTIAL_ROOT_KEY), ==, "Secret key");
  g_assert_cmpstr (spot_account_words_credential (SPOT_CREDENTIAL_PUBLIC_TOKEN), ==, "Public access token");
  g_assert_cmpstr (spot_account_words_kind (SPOT_ENVIRONMENT_PRODUCTION), ==, "Production");
  g_assert_cmpstr (spot_account_words_kind (SPOT_ENVIRONMENT_UNKNOWN), ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/account-words/expiry", test_expiry);
  g_test_add_func ("/account-words/scopes", test_scopes);
  g_test_add_func ("/account-words/kinds", test_kinds);
  return g_test_run ();
}
