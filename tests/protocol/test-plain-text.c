/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-plain-text.h"

static void
test_lines (void)
{
  static const struct
  {
    const char *text;
    guint max_chars;
    const char *line;
    const char *first;
  } cases[] = {
    { "", 10, "", "" },
    { " \n\t ", 10, "", "" },
    { "abc", 3, "abc", "abc" },
    { "abcd", 3, "ab…", "ab…" },
    { "ab cd", 5, "ab cd", "ab cd" },
    { "ab cd", 4, "ab…", "ab…" },
    { "ab  \n cd", 10, "ab cd", "ab" },
    { "\n\n  two words\r\nmore", 50, "two words more", "two words" },
    { "éèà", 2, "é…", "é…" },
    { "a\x1b[31m\xe2\x80\xae"
      "b",
      20, "a [31m b", "a [31m b" },
    { "👩‍🚀 ok", 20, "👩‍🚀 ok", "👩‍🚀 ok" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *line = spot_plain_text_dup_line (cases[i].text, cases[i].max_chars);
      g_autofree char *first = spot_plain_text_dup_first_line (cases[i].text, cases[i].max_chars);

      g_assert_cmpstr (line, ==, cases[i].line);
      g_assert_cmpstr (first, ==, cases[i].first);
    }
}

static void
test_cut (void)
{
  static const struct
  {
    const char *text;
    gsize max_bytes;
    const char *cut;
  } cases[] = {
    { "", 4, "" },       { "abcd", 4, "abcd" }, { "abcde", 4, "abcd…" }, { "ééé", 4, "éé…" },
    { "ééé", 5, "éé…" }, { "😀😀", 7, "😀…" },     { "a😀😀", 4, "a…" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *cut = spot_plain_text_dup_cut (cases[i].text, cases[i].max_bytes);

      g_assert_cmpstr (cut, ==, cases[i].cut);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plain-text/lines", test_lines);
  g_test_add_func ("/plain-text/cut", test_cut);
  return g_test_run ();
}
