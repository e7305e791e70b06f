/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What somebody pastes: everything found must be of the form that its kind has, must be found again in itself, and must
 * hold no secret unless it is one. */
#include "config.h"

#include <string.h>

#include "spot-fuzz.h"
#include "spot-limits.h"
#include "spot-reference.h"

static gboolean
matches (GRegex    **kept,
         const char *pattern,
         const char *text)
{
  if (*kept == NULL)
    *kept = g_regex_new (pattern, (GRegexCompileFlags) (G_REGEX_DOLLAR_ENDONLY | G_REGEX_OPTIMIZE),
                         (GRegexMatchFlags) 0, NULL);

  return g_regex_match (*kept, text, (GRegexMatchFlags) 0, NULL);
}

static void
check_not_secret (const char *text)
{
  static GRegex *key;
  static GRegex *token;

  if (text == NULL)
    return;
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_false (matches (&key, "(?<![A-Za-z0-9])tr_(?:dev|stg|prod|preview|pat|oat|uat)_", text));
  g_assert_false (matches (&token, "(?<![A-Za-z0-9])eyJ[^.]*\\.", text));
}

static void
check_slug (const char *text)
{
  static GRegex *slug;

  if (text)
    g_assert_true (matches (&slug, "^[A-Za-z0-9._~-]{1,128}$", text));
}

static void
check_server (const char *text)
{
  static GRegex *server;

  g_assert_true (matches (&server,
                          "^https?://(?:[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*|\\[[0-9a-f:.]+\\])(?::[1-9][0-9]{0,4})?"
                          "(?:/[A-Za-z0-9._~-]{1,128})*$",
                          text));
}

static void
check_form (const SpotReference *reference)
{
  static GRegex *run;
  static GRegex *batch;

  if (reference->server)
    check_server (reference->server);
  switch (reference->kind)
    {
    case SPOT_REFERENCE_RUN:
      g_assert_true (matches (&run, "^run_[A-Za-z0-9]{1,124}$", reference->text));
      break;
    case SPOT_REFERENCE_BATCH:
      g_assert_true (matches (&batch, "^batch_[A-Za-z0-9]{1,122}$", reference->text));
      break;
    case SPOT_REFERENCE_TAG:
      g_assert_true (spot_reference_is_tag (reference->text));
      g_assert_null (strpbrk (reference->text, ",\"\\\r\n\t"));
      break;
    case SPOT_REFERENCE_SERVER:
      g_assert_cmpstr (reference->text, ==, reference->server);
      break;
    case SPOT_REFERENCE_ENVIRONMENT:
      g_assert_nonnull (reference->environment);
      g_assert_true (g_str_has_prefix (reference->text, reference->server));
      break;
    case SPOT_REFERENCE_CREDENTIAL:
    default:
      g_assert_cmpuint (strlen (reference->text), <=, SPOT_MAX_TOKEN_BYTES);
      g_assert_null (reference->server);
      break;
    }
}

/* What is found in a text that is nothing but one thing is that thing. */
static void
check_alone (const SpotReference *reference)
{
  g_autofree char *text = reference->kind == SPOT_REFERENCE_TAG ? g_strdup_printf ("tag:\"%s\"", reference->text)
                                                                : g_strdup (reference->text);
  guint n_left_out;
  g_autoptr(GPtrArray) again = spot_reference_find_all (text, -1, &n_left_out);
  SpotReference *same;

  g_assert_cmpuint (again->len, ==, 1);
  g_assert_cmpuint (n_left_out, ==, 0);
  same = again->pdata[0];
  g_assert_cmpint (same->kind, ==, reference->kind);
  g_assert_cmpstr (same->text, ==, reference->text);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  guint n_left_out;
  g_autoptr(GPtrArray) found = spot_reference_find_all ((const char *) data, (gssize) size, &n_left_out);

  g_assert_cmpuint (found->len, <=, SPOT_MAX_REFERENCES);
  g_assert_cmpuint (found->len + n_left_out, <=, size);
  for (guint i = 0; i < found->len; i++)
    {
      SpotReference *reference = found->pdata[i];
      g_autofree char *shown = spot_reference_dup_shown (reference);
      g_autofree char *url = spot_reference_dup_api_url (reference);

      for (guint j = 0; j < i; j++)
        {
          SpotReference *other = found->pdata[j];

          g_assert_false (other->kind == reference->kind && strcmp (other->text, reference->text) == 0);
        }
      check_form (reference);
      check_slug (reference->organization);
      check_slug (reference->project);
      check_slug (reference->project_ref);
      check_slug (reference->environment);
      check_not_secret (reference->server);
      check_not_secret (reference->organization);
      check_not_secret (reference->project);
      check_not_secret (reference->project_ref);
      check_not_secret (reference->environment);
      check_not_secret (url);
      if (reference->kind == SPOT_REFERENCE_CREDENTIAL)
        {
          g_assert_cmpuint (strlen (shown), <=, strlen ("tr_abcdefghijkl_…"));
        }
      else
        {
          check_not_secret (reference->text);
          g_assert_cmpstr (shown, ==, reference->text);
        }
      check_alone (reference);
    }

  return 0;
}
