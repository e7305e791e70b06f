/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-run-error.h"

static void
test_kinds (void)
{
  static const struct
  {
    const char *json;
    SpotRunErrorKind kind;
    const char *name, *message, *stack, *raw, *headline;
    gboolean out_of_memory;
  } cases[] = {
    { "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"TypeError\",\"message\":\"x of "
      "undefined\\nmore\",\"stackTrace\":\"TypeError: x\\n  at f\"}",
      SPOT_RUN_ERROR_BUILT_IN, "TypeError", "x of undefined\nmore", "TypeError: x\n  at f", NULL,
      "TypeError: x of undefined", FALSE },
    { "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"E\",\"message\":\"\",\"stackTrace\":\"\"}", SPOT_RUN_ERROR_BUILT_IN, "E",
      "", "", NULL, "E", FALSE },
    { "{\"type\":\"BUILT_IN_ERROR\"}", SPOT_RUN_ERROR_BUILT_IN, NULL, "", NULL, NULL, "Error", FALSE },
    { "{\"type\":\"BUILT_IN_ERROR\",\"name\":5,\"message\":[],\"stackTrace\":{}}", SPOT_RUN_ERROR_BUILT_IN, NULL, "",
      NULL, NULL, "Error", FALSE },
    { "{\"type\":\"CUSTOM_ERROR\",\"raw\":\"{\\\"code\\\":7,\\\"message\\\":\\\"no\\\"}\"}", SPOT_RUN_ERROR_CUSTOM,
      NULL, "no", NULL, "{\"code\":7,\"message\":\"no\"}", "no", FALSE },
    { "{\"type\":\"CUSTOM_ERROR\",\"raw\":\"[1,2]\"}", SPOT_RUN_ERROR_CUSTOM, NULL, "", NULL, "[1,2]", "[1,2]", FALSE },
    { "{\"type\":\"CUSTOM_ERROR\",\"raw\":\"\\\"text\\\"\"}", SPOT_RUN_ERROR_CUSTOM, NULL, "text", NULL, "\"text\"",
      "text", FALSE },
    { "{\"type\":\"CUSTOM_ERROR\",\"raw\":\"not json\"}", SPOT_RUN_ERROR_CUSTOM, NULL, "", NULL, "not json", "not json",
      FALSE },
    { "{\"type\":\"STRING_ERROR\",\"raw\":\"just text\"}", SPOT_RUN_ERROR_STRING, NULL, "just text", NULL, NULL,
      "just text", FALSE },
    { "{\"type\":\"INTERNAL_ERROR\",\"code\":\"MAX_DURATION_EXCEEDED\"}", SPOT_RUN_ERROR_INTERNAL,
      "MAX_DURATION_EXCEEDED", "", NULL, NULL, "MAX_DURATION_EXCEEDED", FALSE },
    { "{\"type\":\"INTERNAL_ERROR\",\"code\":\"TASK_PROCESS_OOM_KILLED\",\"message\":\"killed\",\"stackTrace\":\"s\"}",
      SPOT_RUN_ERROR_INTERNAL, "TASK_PROCESS_OOM_KILLED", "killed", "s", NULL, "TASK_PROCESS_OOM_KILLED: killed",
      TRUE },
    { "{\"type\":\"INTERNAL_ERROR\",\"code\":\"TASK_PROCESS_MAYBE_OOM_KILLED\"}", SPOT_RUN_ERROR_INTERNAL,
      "TASK_PROCESS_MAYBE_OOM_KILLED", "", NULL, NULL, "TASK_PROCESS_MAYBE_OOM_KILLED", TRUE },
    /* The exit that is an out-of-memory kill, and its neighbours that are not */
    { "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"UnexpectedExitError\",\"message\":\"Unexpected exit with code -1 "
      "after\",\"stackTrace\":\"x SIGKILL\"}",
      SPOT_RUN_ERROR_BUILT_IN, "UnexpectedExitError", "Unexpected exit with code -1 after", "x SIGKILL", NULL,
      "UnexpectedExitError: Unexpected exit with code -1 after", TRUE },
    { "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"UnexpectedExitError\",\"message\":\"Unexpected exit with code "
      "-1\",\"stackTrace\":\"SIGABRT\"}",
      SPOT_RUN_ERROR_BUILT_IN, "UnexpectedExitError", "Unexpected exit with code -1", "SIGABRT", NULL,
      "UnexpectedExitError: Unexpected exit with code -1", TRUE },
    { "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"UnexpectedExitError\",\"message\":\"Unexpected exit with code "
      "-1\",\"stackTrace\":\"SIGTERM\"}",
      SPOT_RUN_ERROR_BUILT_IN, "UnexpectedExitError", "Unexpected exit with code -1", "SIGTERM", NULL,
      "UnexpectedExitError: Unexpected exit with code -1", FALSE },
    { "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"UnexpectedExitError\",\"message\":\"Unexpected exit with code "
      "1\",\"stackTrace\":\"SIGKILL\"}",
      SPOT_RUN_ERROR_BUILT_IN, "UnexpectedExitError", "Unexpected exit with code 1", "SIGKILL", NULL,
      "UnexpectedExitError: Unexpected exit with code 1", FALSE },
    { "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"UnexpectedExitError\",\"message\":\"Unexpected exit with code -1\"}",
      SPOT_RUN_ERROR_BUILT_IN, "UnexpectedExitError", "Unexpected exit with code -1", NULL, NULL,
      "UnexpectedExitError: Unexpected exit with code -1", FALSE },
    /* The management API's form */
    { "{\"message\":\"m\",\"name\":\"RangeError\",\"stackTrace\":\"s\"}", SPOT_RUN_ERROR_BUILT_IN, "RangeError", "m",
      "s", NULL, "RangeError: m", FALSE },
    { "{\"message\":\"m\"}", SPOT_RUN_ERROR_BUILT_IN, NULL, "m", NULL, NULL, "m", FALSE },
    { "{\"message\":\"trigger.dev internal error (TASK_PROCESS_OOM_KILLED)\"}", SPOT_RUN_ERROR_INTERNAL,
      "TASK_PROCESS_OOM_KILLED", "trigger.dev internal error (TASK_PROCESS_OOM_KILLED)", NULL, NULL,
      "TASK_PROCESS_OOM_KILLED: trigger.dev internal error (TASK_PROCESS_OOM_KILLED)", TRUE },
    /* Unknown */
    { "{\"type\":\"NEW_ERROR\",\"message\":\"m\",\"x\":1}", SPOT_RUN_ERROR_OTHER, NULL, "m", NULL,
      "{\"type\":\"NEW_ERROR\",\"message\":\"m\",\"x\":1}", "m", FALSE },
    { "{\"type\":\"STRING_ERROR\"}", SPOT_RUN_ERROR_OTHER, NULL, "", NULL, "{\"type\":\"STRING_ERROR\"}",
      "{\"type\":\"STRING_ERROR\"}", FALSE },
    { "{\"type\":\"CUSTOM_ERROR\",\"raw\":5}", SPOT_RUN_ERROR_OTHER, NULL, "", NULL,
      "{\"type\":\"CUSTOM_ERROR\",\"raw\":5}", "{\"type\":\"CUSTOM_ERROR\",\"raw\":5}", FALSE },
    { "{\"type\":\"INTERNAL_ERROR\",\"message\":\"m\"}", SPOT_RUN_ERROR_OTHER, NULL, "m", NULL,
      "{\"type\":\"INTERNAL_ERROR\",\"message\":\"m\"}", "m", FALSE },
    { "{}", SPOT_RUN_ERROR_OTHER, NULL, "", NULL, "{}", "{}", FALSE },
    { "[]", SPOT_RUN_ERROR_OTHER, NULL, "", NULL, "[]", "[]", FALSE },
    { "\"boom\"", SPOT_RUN_ERROR_OTHER, NULL, "boom", NULL, "\"boom\"", "boom", FALSE },
    { "boom\ntwo", SPOT_RUN_ERROR_OTHER, NULL, "", NULL, "boom\ntwo", "boom", FALSE },
    { "{\"type\":", SPOT_RUN_ERROR_OTHER, NULL, "", NULL, "{\"type\":", "{\"type\":", FALSE },
    { "\n", SPOT_RUN_ERROR_OTHER, NULL, "", NULL, "\n", "Error", FALSE },
    { "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"E\",\"message\":\"a\\u0000b\\u001b[31m\"}", SPOT_RUN_ERROR_BUILT_IN, "E",
      "a\xef\xbf\xbd"
      "b\x1b[31m",
      NULL, NULL,
      "E: a\xef\xbf\xbd"
      "b [31m",
      FALSE },
  };
  static const char *const none[] = { NULL, "", "null", " null " };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotRunError) error = spot_run_error_parse (cases[i].json, -1);
      g_autofree char *headline = spot_run_error_dup_headline (error);

      g_assert_cmpint (error->kind, ==, cases[i].kind);
      g_assert_cmpstr (error->name, ==, cases[i].name);
      g_assert_cmpstr (error->message, ==, cases[i].message);
      g_assert_cmpstr (error->stack, ==, cases[i].stack);
      g_assert_cmpstr (error->raw, ==, cases[i].raw);
      g_assert_cmpstr (headline, ==, cases[i].headline);
      g_assert_cmpint (error->out_of_memory, ==, cases[i].out_of_memory);
      g_assert_cmpuint (error->causes->len, ==, 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_null (spot_run_error_parse (none[i], -1));
}

static void
test_causes (void)
{
  g_autoptr (SpotRunError) error = spot_run_error_parse (
      "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"A\",\"message\":\"a\",\"causes\":[{\"name\":\"B\",\"message\":\"b\","
      "\"stackTrace\":\"s\"},"
      "7,{\"message\":\"c\"},{},{\"message\":\"d\"},{\"message\":\"e\"},{\"message\":\"too many\"}]}",
      -1);
  g_autoptr (SpotRunError) wrong = spot_run_error_parse ("{\"message\":\"a\",\"causes\":{\"message\":\"b\"}}", -1);
  SpotRunError *first = error->causes->pdata[0];

  g_assert_cmpuint (error->causes->len, ==, 5);
  g_assert_cmpstr (first->name, ==, "B");
  g_assert_cmpstr (first->message, ==, "b");
  g_assert_cmpstr (first->stack, ==, "s");
  g_assert_cmpstr (((SpotRunError *) error->causes->pdata[1])->message, ==, "c");
  g_assert_cmpstr (((SpotRunError *) error->causes->pdata[2])->message, ==, "");
  g_assert_cmpstr (((SpotRunError *) error->causes->pdata[4])->message, ==, "e");
  g_assert_cmpuint (wrong->causes->len, ==, 0);
}

static void
test_limits (void)
{
  g_autoptr (GString) filler = g_string_new (NULL);
  g_autofree char *json = NULL;
  g_autofree char *raw = NULL;
  g_autofree char *headline = NULL;
  g_autoptr (SpotRunError) error = NULL;
  g_autoptr (SpotRunError) custom = NULL;

  for (guint i = 0; i < 400000; i++)
    g_string_append (filler, "é…");
  json = g_strdup_printf ("{\"type\":\"BUILT_IN_ERROR\",\"name\":\"%s\",\"message\":\"%s\",\"stackTrace\":\"%s\","
                          "\"causes\":[{\"message\":\"%s\"}]}",
                          filler->str, filler->str, filler->str, filler->str);
  error = spot_run_error_parse (json, -1);
  headline = spot_run_error_dup_headline (error);
  g_assert_cmpuint (strlen (error->name), <=, 1024 + 3);
  g_assert_cmpuint (strlen (error->message), <=, 16 * 1024 + 3);
  g_assert_cmpuint (strlen (error->message), >, 16 * 1024 - 8);
  g_assert_cmpuint (strlen (error->stack), <=, 256 * 1024 + 3);
  g_assert_cmpuint (strlen (((SpotRunError *) error->causes->pdata[0])->message), <=, 16 * 1024 + 3);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_true (g_utf8_validate (error->stack, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (headline, -1), ==, 160);
  g_assert_true (g_str_has_suffix (headline, "…"));

  raw = g_strdup_printf ("{\"type\":\"CUSTOM_ERROR\",\"raw\":\"%s\"}", filler->str);
  custom = spot_run_error_parse (raw, -1);
  g_assert_cmpuint (strlen (custom->raw), <=, 512 * 1024 + 3);
}

static void
test_headline_fits_exactly (void)
{
  for (guint n = 150; n < 170; n++)
    {
      g_autofree char *message = g_strnfill (n, 'x');
      g_autofree char *json = g_strdup_printf ("{\"message\":\"%s\"}", message);
      g_autoptr (SpotRunError) error = spot_run_error_parse (json, -1);
      g_autofree char *headline = spot_run_error_dup_headline (error);

      g_assert_cmpint (g_utf8_strlen (headline, -1), ==, MIN (n, 160));
      g_assert_true (g_str_has_suffix (headline, "…") == (n > 160));
    }
}

static void
test_explain_code (void)
{
  static const char *const explained[]
      = { "TASK_PROCESS_OOM_KILLED", "TASK_PROCESS_MAYBE_OOM_KILLED", "TASK_PROCESS_SIGSEGV",   "TASK_PROCESS_SIGTERM",
          "OUTDATED_SDK_VERSION",    "TASK_DID_CONCURRENT_WAIT",      "RECURSIVE_WAIT_DEADLOCK" };

  for (guint i = 0; i < G_N_ELEMENTS (explained); i++)
    {
      const char *sentence = spot_run_error_explain_code (explained[i]);

      g_assert_nonnull (sentence);
      g_assert_true (g_str_has_suffix (sentence, "."));
    }
  g_assert_null (spot_run_error_explain_code ("TASK_INPUT_ERROR"));
  g_assert_null (spot_run_error_explain_code (""));
  g_assert_null (spot_run_error_explain_code (NULL));
}

static void
test_markdown (void)
{
  g_autoptr (SpotRunError) error = spot_run_error_parse (
      "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"TypeError\",\"message\":\"x\",\"stackTrace\":\"TypeError: x\\n  at f\","
      "\"causes\":[{\"name\":\"Inner\",\"message\":\"y\"}]}",
      -1);
  g_autoptr (SpotRunError) internal
      = spot_run_error_parse ("{\"type\":\"INTERNAL_ERROR\",\"code\":\"TASK_PROCESS_SIGSEGV\"}", -1);
  g_autofree char *text = spot_run_error_to_markdown (error, "run_1", "send-mail");
  g_autofree char *alone = spot_run_error_to_markdown (internal, NULL, NULL);
  g_autofree char *expected_alone = NULL;

  g_assert_cmpstr (text, ==,
                   "**Error:** `TypeError: x`\n\n- Task: `send-mail`\n- Run: `run_1`\n\n"
                   "```\nTypeError: x\n  at f\n```\n\nCaused by:\n\n```\nInner: y\n```\n");
  expected_alone = g_strdup_printf ("**Error:** `TASK_PROCESS_SIGSEGV`\n\n%s\n\n```\nTASK_PROCESS_SIGSEGV\n```\n",
                                    spot_run_error_explain_code ("TASK_PROCESS_SIGSEGV"));
  g_assert_cmpstr (alone, ==, expected_alone);
}

/* Text that tries to leave its block or line stays in it. */
static void
test_markdown_fences (void)
{
  g_autoptr (SpotRunError) error
      = spot_run_error_parse ("{\"message\":\"```\\n# out\\n`````\",\"stackTrace\":\"````\\n<script>\"}", -1);
  g_autofree char *text = spot_run_error_to_markdown (error, "`run`\n# x", "``");

  g_assert_cmpstr (text, ==,
                   "**Error:** ```` ``` ````\n\n- Task: ``` `` ```\n- Run: ``` `run` # x```\n\n"
                   "``````\n```\n# out\n`````\n``````\n`````\n````\n<script>\n`````\n");
}

/* Changed at random, an error column gives some error with a headline, or none. */
static void
test_mutations (void)
{
  static const char *const seeds[] = {
    "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"TypeError\",\"message\":\"x\\nof "
    "`undefined`\",\"stackTrace\":\"a\\nb\",\"causes\":[{\"message\":\"c\"}]}",
    "{\"type\":\"CUSTOM_ERROR\",\"raw\":\"{\\\"message\\\":\\\"no\\\"}\"}",
    "{\"type\":\"INTERNAL_ERROR\",\"code\":\"TASK_PROCESS_OOM_KILLED\"}",
    "{\"type\":\"STRING_ERROR\",\"raw\":\"text \xc3\xa9\"}",
  };
  static const char alphabet[] = "{}[]\",:\\u0`\n\xff\xc3"
                                 "ENRO_";
  g_autoptr (GRand) random = g_rand_new_with_seed (84);

  for (guint i = 0; i < 10000; i++)
    {
      g_autoptr (GString) text = g_string_new (seeds[i % G_N_ELEMENTS (seeds)]);
      g_autoptr (SpotRunError) error = NULL;

      for (int k = g_rand_int_range (random, 1, 5); k > 0 && text->len > 0; k--)
        {
          gsize at = (gsize) g_rand_int_range (random, 0, (gint32) text->len);
          char c = alphabet[g_rand_int_range (random, 0, sizeof alphabet)];

          switch (g_rand_int_range (random, 0, 10) / 3)
            {
            case 0: text->str[at] = c; break;
            case 1: g_string_insert_c (text, (gssize) at, c); break;
            case 2: g_string_erase (text, (gssize) at, 1); break;
            default: g_string_truncate (text, at); break;
            }
        }
      error = spot_run_error_parse (text->str, (gssize) text->len);
      if (error != NULL)
        {
          g_autofree char *headline = spot_run_error_dup_headline (error);
          g_autofree char *markdown = spot_run_error_to_markdown (error, text->str, NULL);

          g_assert_cmpuint (strlen (headline), >, 0);
          g_assert_null (strchr (headline, '\n'));
          g_assert_true (g_utf8_validate (headline, -1, NULL));
          g_assert_nonnull (error->message);
          g_assert_nonnull (markdown);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-error/84-kinds", test_kinds);
  g_test_add_func ("/run-error/84-causes", test_causes);
  g_test_add_func ("/run-error/84-limits", test_limits);
  g_test_add_func ("/run-error/headline-fits-exactly", test_headline_fits_exactly);
  g_test_add_func ("/run-error/explain-code", test_explain_code);
  g_test_add_func ("/run-error/markdown", test_markdown);
  g_test_add_func ("/run-error/markdown-fences", test_markdown_fences);
  g_test_add_func ("/run-error/mutations", test_mutations);
  return g_test_run ();
}
