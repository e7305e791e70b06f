/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-list-spans.h"

static GArray *
parse (const char *text)
{
  g_auto(GStrv) words = g_strsplit (text, " ", -1);
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (SpotListSpan));

  for (guint i = 0; words[i] != NULL && words[i][0] != '\0'; i++)
    {
      SpotListSpan span;
      char *end;

      span.start = (guint) g_ascii_strtoull (words[i], &end, 10);
      span.end = *end == '-' ? (guint) g_ascii_strtoull (end + 1, NULL, 10) : span.start;
      g_array_append_val (spans, span);
    }
  return spans;
}

static char *
format (GArray *spans)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < spans->len; i++)
    {
      const SpotListSpan *span = &g_array_index (spans, SpotListSpan, i);

      g_string_append_printf (text, "%s%u-%u", i > 0 ? " " : "", span->start, span->end);
    }
  return g_string_free (text, FALSE);
}

static void
test_merge (void)
{
  static const struct
  {
    const char *before;
    guint       max;
    const char *after;
  } cases[] = {
    { "", 8, "" },
    { "3-4", 8, "3-4" },
    { "3", 8, "3-3" },
    { "5-6 3-4", 8, "3-4 5-6" },
    { "3-4 4-5", 8, "3-5" },
    { "4-5 3-4 5", 8, "3-5" },
    { "3-9 4-5 8-10", 8, "3-10" },
    { "3-9 4-5", 8, "3-9" },
    { "0-1 2-3 4-5", 3, "0-1 2-3 4-5" },
    /* Over the shortest gaps. */
    { "0-1 3-4 10-11", 2, "0-4 10-11" },
    { "0-1 8-9 10-11", 2, "0-1 8-11" },
    { "0-1 3-4 10-11 12-13", 2, "0-4 10-13" },
    { "0-1 3-4 10-11 12-13", 1, "0-13" },
    /* Gaps of one length: as many as there is room for. */
    { "0-1 2-3 4-5 6-7", 2, "0-1 2-7" },
    { "0-1 2-3 4-5 6-7", 3, "0-1 2-3 4-7" },
    { "0-1 2-3 4-5 9-10", 3, "0-1 2-5 9-10" },
    { "0 4294967295", 1, "0-4294967295" },
    { "0 4294967294-4294967295 7", 2, "0-7 4294967294-4294967295" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GArray) spans = parse (cases[i].before);
      g_autofree char *after = NULL;

      spot_list_spans_merge (spans, cases[i].max);
      after = format (spans);
      g_assert_cmpstr (after, ==, cases[i].after);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/list-spans/merge", test_merge);
  return g_test_run ();
}
