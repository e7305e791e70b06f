/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-json-index.h"

/* What the index is to find, one byte at a time. */
static void
walk (const char *text,
      gsize       length,
      GArray     *quotes,
      gsize      *bad_at)
{
  gboolean in_string = FALSE;
  gboolean escaped = FALSE;

  *bad_at = G_MAXSIZE;
  for (gsize i = 0; i < length; i++)
    {
      guint32 at = (guint32) i;

      if (escaped)
        {
          escaped = FALSE;
          if (!memchr ("\"\\/bfnrtu", text[i], 9))
            *bad_at = MIN (*bad_at, i);
          for (gsize j = i + 1; text[i] == 'u' && j <= i + 4 && j < length; j++)
            {
              if (!g_ascii_isxdigit (text[j]))
                *bad_at = MIN (*bad_at, i);
            }
        }
      else if (text[i] == '\\')
        escaped = TRUE;
      else if (text[i] == '"')
        {
          g_array_append_val (quotes, at);
          in_string = !in_string;
        }
      if (in_string && (guint8) text[i] < 0x20)
        *bad_at = MIN (*bad_at, i);
    }
}

static void
assert_indexed (const char *text,
                gsize       length,
                gboolean    plain)
{
  g_autoptr(GArray) wanted = g_array_new (FALSE, FALSE, sizeof (guint32));
  SpotJsonIndex *index = g_new (SpotJsonIndex, 1);
  gsize bad_at;
  guint n = 0;

  walk (text, length, wanted, &bad_at);
  spot_json_index_init (index, text, length, plain);
  while (spot_json_index_fill (index))
    {
      for (guint i = 0; i < index->n_quotes; i++, n++)
        {
          g_assert_cmpuint (n, <, wanted->len);
          g_assert_cmpuint (index->quotes[i], ==, g_array_index (wanted, guint32, n));
        }
      for (gsize from = index->start; from < index->next; from += 61)
        {
          for (gsize to = from; to < index->next; to += 53)
            g_assert_cmpint (spot_json_index_has_backslash (index, from, to), ==,
                             memchr (text + from, '\\', to - from + 1) != NULL);
        }
    }
  g_assert_cmpuint (n, ==, wanted->len);
  g_assert_cmpuint (index->bad_at, ==, bad_at);
  g_free (index);
}

/* Where a bracketed element ends, one byte at a time; 0 when it does not. A backslash outside of strings, which is
 * never right, matters to quotes only. */
static gsize
walk_to_end (const char *text,
             gsize       length,
             guint       max_depth)
{
  gboolean in_string = FALSE;
  gboolean escaped = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < length; i++)
    {
      gboolean was_escaped = escaped;

      escaped = !was_escaped && text[i] == '\\';
      if (text[i] == '"')
        in_string ^= !was_escaped;
      else if (in_string)
        continue;
      else if (text[i] == '{' || text[i] == '[')
        {
          if (++depth > max_depth)
            return i + 1;
        }
      else if ((text[i] == '}' || text[i] == ']') && --depth == 0)
        return i + 1;
    }

  return 0;
}

static void
assert_split (GRand      *random,
              const char *text,
              gsize       length,
              gboolean    plain)
{
  SpotJsonSplit split = { 0 };
  gsize wanted = walk_to_end (text, length, 5);
  gsize at = 0;
  gboolean found = FALSE;

  while (!found && at < length)
    {
      gsize n = (gsize) g_rand_int_range (random, 1, 150);
      g_autofree char *copy = NULL;

      n = MIN (n, length - at);
      copy = g_memdup2 (text + at, n);
      at += spot_json_split_find_end (&split, copy, n, 5, plain, &found);
    }
  g_assert_cmpint (found, ==, wanted != 0);
  g_assert_cmpuint (at, ==, found ? wanted : length);
}

static void
test_noise (gconstpointer data)
{
  static const char *const alphabets[] = { "\"\\a", "\"\\nu0 ,x", "\\\\\\\\\\\"", "\"abc\x01\n \xff", "{}[]\"\\a", "{[\"\"ab,]}" };
  g_autoptr(GRand) random = g_rand_new_with_seed (11);
  gboolean plain = GPOINTER_TO_INT (data);

  for (guint i = 0; i < 6000; i++)
    {
      const char *alphabet = alphabets[i % G_N_ELEMENTS (alphabets)];
      gsize n = (gsize) g_rand_int_range (random, 1, i % 50 == 0 ? 9000 : 400);
      g_autofree char *text = g_malloc (n);

      for (gsize j = 0; j < n; j++)
        text[j] = alphabet[g_rand_int_range (random, 0, (gint32) strlen (alphabet))];
      assert_indexed (text, n, plain);
      text[0] = '{';
      assert_split (random, text, n, plain);
    }
}

/* Every byte, everywhere in a block. */
static void
test_every_byte (gconstpointer data)
{
  gboolean plain = GPOINTER_TO_INT (data);

  for (guint byte = 0; byte < 256; byte++)
    {
      for (guint at = 1; at < 130; at += 3)
        {
          char text[130];

          memset (text, 'a', sizeof text);
          text[0] = '"';
          text[at] = (char) byte;
          assert_indexed (text, sizeof text, plain);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/json-index/noise", GINT_TO_POINTER (FALSE), test_noise);
  g_test_add_data_func ("/json-index/noise-without-vectors", GINT_TO_POINTER (TRUE), test_noise);
  g_test_add_data_func ("/json-index/every-byte", GINT_TO_POINTER (FALSE), test_every_byte);
  g_test_add_data_func ("/json-index/every-byte-without-vectors", GINT_TO_POINTER (TRUE), test_every_byte);
  return g_test_run ();
}
