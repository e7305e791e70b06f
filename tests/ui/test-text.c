/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spot-text.h"

static void
test_line (void)
{
  const struct
  {
    const char *text;
    gssize      length;
    guint       max;
    const char *expected;
  } table[] = {
    { NULL, -1, 10, "" },
    { "", -1, 10, "" },
    { "plain", -1, 10, "plain" },
    { "a\nb\r\n\tc", -1, 20, "a\\nb\\r\\n\\tc" },
    { "a\0b", 3, 10, "a\\u0000b" },
    { "\x1b[31mred\x7f", -1, 20, "\\u001b[31mred\\u007f" },
    { "\xc2\x85", -1, 20, "\\u0085" },
    { "gp\xe2\x80\xae" "fdp.exe", -1, 20, "gp\\u202efdp.exe" },
    { "\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbf\xd8\x9c", -1, 20, "\\u2066\\u200b\\ufeff\\u061c" },
    { "\xf3\xa0\x81\x81", -1, 20, "\\u{e0041}" },
    { "\xff\xc3", -1, 20, "\xef\xbf\xbd\xef\xbf\xbd" },
    { "na\xc3\xafve \xd7\xa9 \xf0\x9f\x98\x80", -1, 20, "na\xc3\xafve \xd7\xa9 \xf0\x9f\x98\x80" },
    { "<b>&amp;</b>", -1, 20, "<b>&amp;</b>" },
    { "12345", -1, 5, "12345" },
    { "123456", -1, 5, "12345…" },
    { "abc", 2, 5, "ab" },
    { "\xe2\x82\xac", 2, 5, "\xef\xbf\xbd\xef\xbf\xbd" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *line = spot_text_dup_line (table[i].text, table[i].length, table[i].max);

      g_assert_cmpstr (line, ==, table[i].expected);
      g_assert_true (g_utf8_validate (line, -1, NULL));
    }
}

static void
test_block (void)
{
  g_autofree char *block = spot_text_dup_block ("a\r\n\tb\rc\xe2\x80\xae\x01", -1, 100);

  g_assert_cmpstr (block, ==, "a\n\tb\\rc\\u202e\\u0001");
}

/* A line that is longer than any that can be laid out in a moment is broken where one sees it. */
static void
test_long_line (void)
{
  g_autofree char *line = g_strnfill (1000, 'x');
  g_autofree char *fits = g_strconcat (line, "\n", line, NULL);
  g_autofree char *text = g_strconcat (line, line, "y\nz", NULL);
  g_autofree char *expected = g_strconcat (line, "↩\n", line, "↩\ny\nz", NULL);
  g_autofree char *shown_fits = spot_text_dup_block (fits, -1, G_MAXUINT);
  g_autofree char *shown = spot_text_dup_block (text, -1, G_MAXUINT);

  g_assert_cmpstr (shown_fits, ==, fits);
  g_assert_cmpstr (shown, ==, expected);
}

static void
test_path (void)
{
  g_autoptr (GString) path = g_string_new (NULL);

  spot_text_append_path_name (path, "rows");
  spot_text_append_path_index (path, 3);
  spot_text_append_path_name (path, "first");
  g_assert_cmpstr (path->str, ==, "rows[3].first");
  spot_text_append_path_name (path, "last name");
  spot_text_append_path_name (path, "say \"hi\"\\\n");
  spot_text_append_path_name (path, "");
  spot_text_append_path_name (path, "$x_1");
  g_assert_cmpstr (path->str, ==, "rows[3].first[\"last name\"][\"say \\\"hi\\\"\\\\\\n\"][\"\"].$x_1");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/line", test_line);
  g_test_add_func ("/text/block", test_block);
  g_test_add_func ("/text/long-line", test_long_line);
  g_test_add_func ("/text/path", test_path);
  return g_test_run ();
}
