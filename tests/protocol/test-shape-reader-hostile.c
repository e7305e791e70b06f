/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <json-glib/json-glib.h>
#include <string.h>

#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-test-http.h"
#include "spot-test-shape.h"

/* Codes: 0 malformed, 1 truncated, 2 too large. */
static void
test_broken_bodies (void)
{
  static const struct
  {
    const char *body;
    const char *wanted;
  } rows[] = {
    { "null", "error 0\n" },
    { "{}", "error 0\n" },
    { "{\"error\":\"Something\"}", "error 0\n" },
    { "<!DOCTYPE html><p>Bad gateway", "error 0\n" },
    { "Network error occurred", "error 0\n" },
    { "\"[]\"", "error 0\n" },
    { "\xef\xbb", "error 0\n" },
    { "\xef\xbb[]", "error 0\n" },
    { " \xef\xbb\xbf[]", "error 0\n" },
    { "[]]", "error 0\n" },
    { "[] []", "error 0\n" },
    { "[]x", "error 0\n" },
    { "[}", "error 0\n" },
    { "[,]", "error 0\n" },
    { "[null,]", "error 0\n" },
    { "[null null]", "error 0\n" },
    { "[{} {}]", "error 0\n" },
    { "[{]", "error 0\n" },
    { "[{\"a\":1]", "error 0\n" },
    { "[{\"a\":[1}]", "error 0\n" },
    { "[[1}]", "error 0\n" },
    { "[{\"a\"}]", "error 0\n" },
    { "[{\"a\":}]", "error 0\n" },
    { "[{\"a\":1,}]", "error 0\n" },
    { "[{,\"a\":1}]", "error 0\n" },
    { "[{\"a\" 1}]", "error 0\n" },
    { "[{\"a\":1 \"b\":2}]", "error 0\n" },
    { "[{a:1}]", "error 0\n" },
    { "[{'a':1}]", "error 0\n" },
    { "[{1:1}]", "error 0\n" },
    { "[[1,]]", "error 0\n" },
    { "[[1 2]]", "error 0\n" },
    { "[nul]", "error 0\n" },
    { "[nulll]", "error 0\n" },
    { "[nil]", "error 0\n" },
    { "[True]", "error 0\n" },
    { "[NaN]", "error 0\n" },
    { "[undefined]", "error 0\n" },
    { "[01]", "error 0\n" },
    { "[-]", "error 0\n" },
    { "[1.]", "error 0\n" },
    { "[.5]", "error 0\n" },
    { "[+1]", "error 0\n" },
    { "[1e]", "error 0\n" },
    { "[1e+]", "error 0\n" },
    { "[0x1]", "error 0\n" },
    { "[--1]", "error 0\n" },
    { "[1-]", "error 0\n" },
    { "[\"a\nb\"]", "error 0\n" },
    { "[\"\x01\"]", "error 0\n" },
    { "[\"\\x\"]", "error 0\n" },
    { "[\"\\u12\"]", "error 0\n" },
    { "[\"\\u12g4\"]", "error 0\n" },
    { "[\\\"a\"]", "error 0\n" },
    { "[{\"a\":\\\"b\"}]", "error 0\n" },
    { "[// comment\n1]", "error 0\n" },
    { "[1]/* comment */", "error 0\n" },
    { "[", "error 1\n" },
    { "[ ", "error 1\n" },
    { "[n", "error 1\n" },
    { "[nul", "error 1\n" },
    { "[nux", "error 0\n" },
    { "[trueish", "error 0\n" },
    { "[1-2", "error 0\n" },
    { "[1", "error 1\n" },
    { "[-", "error 1\n" },
    { "[1.", "error 1\n" },
    { "[01", "error 0\n" },
    { "[\"a", "error 1\n" },
    { "[\"a\\", "error 1\n" },
    { "[{", "error 1\n" },
    { "[{\"a", "error 1\n" },
    { "[{\"a\":", "error 1\n" },
    { "[{\"a\":[{}", "error 1\n" },
    { "[{\"a\":[}", "error 0\n" },
    { "[null", "error 1\n" },
    { "[null,", "error 1\n" },
    { "[{\"headers\":{\"control\":\"up-to-date\"}}", "up-to-date \nerror 1\n" },
    { "[{\"headers\":{\"control\":\"up-to-date\"}},", "up-to-date \nerror 1\n" },
    { "[{\"headers\":{\"control\":\"up-to-date\"}},{\"key", "up-to-date \nerror 1\n" },
    { "[{\"headers\":{\"control\":\"up-to-date\"}},{]", "up-to-date \nerror 0\n" },
    { "[{\"headers\":{\"control\":\"up-to-date\"}},{\"a\":\"\\q\"}]", "up-to-date \nerror 0\n" },
    { "[{\"headers\":{\"control\":\"up-to-date\"}}]{", "up-to-date \nerror 0\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *shown = g_strescape (rows[i].body, "\"\\");

      g_test_message ("%s", shown);
      spot_test_shape_assert_reads (rows[i].body, rows[i].wanted);
    }
}

/* A sound body that is cut off anywhere but at its end is truncated, never malformed. */
static void
test_cut_bodies (void)
{
  g_autoptr(SpotTestHttp) http = spot_test_http_load ("electric/23-tags-live-primary-key-change.http");

  for (gsize n = 1; n < http->body_length; n++)
    {
      g_auto(SpotTestShape) result = { NULL };

      spot_test_shape_read (&result, http->body, n, n, 0, FALSE);
      g_assert_error (result.error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TRUNCATED);
    }
}

static void
test_nesting (void)
{
  static const struct
  {
    guint       depth;
    const char *wanted;
  } rows[] = { { SPOT_MAX_NESTING, "" }, { SPOT_MAX_NESTING + 1, "error 2\n" }, { 100000, "error 2\n" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      for (guint kind = 0; kind < 3; kind++)
        {
          g_autoptr(GString) body = g_string_new (kind == 0 ? "[" : kind == 1 ? "[{\"value\":{\"payload\":" : "[{\"headers\":{\"a\":");
          guint depth = rows[i].depth - (kind == 0 ? 0 : 2);
          g_autofree char *words = NULL;

          for (guint j = 0; j < depth; j++)
            g_string_append (body, "[");
          for (guint j = 0; j < depth; j++)
            g_string_append (body, "]");
          g_string_append (body, kind == 0 ? "]" : "}}]");
          words = spot_test_shape_read_words (body->str, (gssize) body->len);
          g_assert_cmpstr (words, ==, rows[i].wanted);
          spot_test_shape_assert_same_in_pieces (body->str, body->len, MAX (body->len / 50, 1));
        }
    }
}

static void
test_too_many_columns (void)
{
  for (guint n = SPOT_MAX_COLUMNS; n <= SPOT_MAX_COLUMNS + 1; n++)
    {
      g_autoptr(GString) body = g_string_new ("[{\"key\":\"k\",\"value\":{");
      g_autofree char *words = NULL;
      g_autofree char *wanted = g_strdup_printf ("insert k\n  others=%u\n", n);

      for (guint i = 0; i < n; i++)
        g_string_append_printf (body, "%s\"column%u\":\"x\"", i > 0 ? "," : "", i);
      g_string_append (body, "},\"headers\":{\"operation\":\"insert\"}}]");
      words = spot_test_shape_read_words (body->str, (gssize) body->len);
      g_assert_cmpstr (words, ==, n > SPOT_MAX_COLUMNS ? "error 2\n" : wanted);
      spot_test_shape_assert_same_in_pieces (body->str, body->len, 31);
    }
}

/* The biggest element that may be, and one byte more; in pieces, so that nothing holds all of it but the reader. */
static void
test_too_large_element (void)
{
  static const char start[] = "[{\"key\":\"k\",\"value\":{\"payload\":\"";
  static const char end[] = "\"},\"headers\":{\"operation\":\"insert\"}}";
  const gsize overhead = strlen (start) - 1 + strlen (end);
  const gsize piece_size = 1024 * 1024;
  g_autofree char *piece = g_strnfill (piece_size, 'x');

  for (guint extra = 0; extra <= 1; extra++)
    {
      gsize n_left = SPOT_MAX_ELEMENT_BYTES - overhead + extra;
      g_auto(SpotTestShape) result = { NULL };
      g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (spot_test_shape_event_cb, &result);
      gboolean good = spot_shape_reader_feed (reader, start, strlen (start), NULL);

      while (good && n_left > 0)
        {
          gsize n = MIN (n_left, piece_size);

          good = spot_shape_reader_feed (reader, piece, n, &result.error);
          n_left -= n;
        }
      good = good && spot_shape_reader_feed (reader, end, strlen (end), &result.error);
      if (extra == 0)
        {
          g_assert_no_error (result.error);
          g_assert_cmpuint (result.n_events, ==, 1);
        }
      else
        {
          g_assert_error (result.error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
          g_assert_cmpuint (result.n_events, ==, 0);
          g_clear_error (&result.error);
          /* And so it stays, until there is another body. */
          g_assert_false (spot_shape_reader_feed (reader, "]", 1, &result.error));
          g_assert_error (result.error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
          g_clear_error (&result.error);
          g_assert_false (spot_shape_reader_finish (reader, NULL));
          spot_shape_reader_reset (reader);
          g_assert_true (spot_shape_reader_feed (reader, "[]", 2, NULL));
          g_assert_true (spot_shape_reader_finish (reader, NULL));
        }
    }
}

/* The same for a message that comes alone. */
static void
test_too_large_message (void)
{
  static const char start[] = "{\"key\":\"k\",\"value\":{\"payload\":\"";
  static const char end[] = "\"},\"headers\":{\"operation\":\"insert\"}}";
  g_autofree char *message = g_strnfill (SPOT_MAX_ELEMENT_BYTES + 1, 'x');

  memcpy (message, start, strlen (start));
  for (guint extra = 0; extra <= 1; extra++)
    {
      g_auto(SpotTestShape) result = { NULL };
      g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (spot_test_shape_event_cb, &result);
      gsize length = SPOT_MAX_ELEMENT_BYTES + extra;
      gboolean good;

      memset (message + length - strlen (end) - 1, 'x', strlen (end) + 1);
      memcpy (message + length - strlen (end), end, strlen (end));
      good = spot_shape_reader_feed_message (reader, message, length, &result.error);
      g_assert_cmpint (good, ==, extra == 0);
      g_assert_cmpuint (result.n_events, ==, extra == 0 ? 1 : 0);
      if (extra > 0)
        g_assert_error (result.error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
    }
}

static void
test_too_large_body (void)
{
  const gsize piece_size = 16 * 1024 * 1024;
  g_autofree char *piece = g_strnfill (piece_size, ' ');
  g_auto(SpotTestShape) result = { NULL };
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (spot_test_shape_event_cb, &result);
  gsize n;

  for (n = 0; n < SPOT_MAX_BODY_BYTES; n += piece_size)
    g_assert_true (spot_shape_reader_feed (reader, piece, piece_size, NULL));
  g_assert_cmpuint (n, ==, SPOT_MAX_BODY_BYTES);
  g_assert_false (spot_shape_reader_feed (reader, piece, 1, &result.error));
  g_assert_error (result.error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
}

/* Ten megabytes of rows, one of them of two, in pieces of the size that a socket gives. */
static void
test_large_body (void)
{
  g_autoptr(GString) body = g_string_new ("[");
  g_autofree char *metadata = g_strnfill (900, 'm');
  g_autofree char *huge = g_strnfill (2 * 1024 * 1024, 'h');
  g_auto(SpotTestShape) whole = { NULL };
  guint n = 0;

  while (body->len < 10 * 1024 * 1024)
    {
      g_string_append_printf (body,
                              "{\"key\":\"\\\"public\\\".\\\"TaskRun\\\"/\\\"%u\\\"\",\"value\":{\"id\":\"%u\","
                              "\"payload\":\"{\\\"text\\\":\\\"größe %u\\\\n\\\"}\",\"metadata\":\"%s\"},"
                              "\"headers\":{\"operation\":\"insert\"}},",
                              n, n, n, n == 3000 ? huge : metadata);
      n++;
    }
  g_string_append (body, "{\"headers\":{\"control\":\"up-to-date\"}}]");

  spot_test_shape_read (&whole, body->str, body->len, body->len, 0, FALSE);
  g_assert_no_error (whole.error);
  g_assert_cmpuint (whole.n_events, ==, n + 1);
  for (guint plain = 0; plain <= 1; plain++)
    {
      static const gsize sizes[] = { 65536, 1000, 7, 1 };

      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          g_auto(SpotTestShape) pieces = { NULL };

          spot_test_shape_read (&pieces, body->str, body->len, sizes[i], sizes[i], plain != 0);
          spot_test_shape_assert_same (&whole, &pieces);
        }
    }
}

/* What comes once a byte is as quick, per byte, in a huge element as in a small one: 8 MB would take hours
 * otherwise. */
static void
test_huge_element_in_bytes (void)
{
  static const char start[] = "[{\"key\":\"k\",\"x\":\"";
  static const char end[] = "\",\"headers\":{\"operation\":\"delete\"}}]";
  g_autofree char *piece = g_strnfill (64, 'x');
  g_auto(SpotTestShape) result = { NULL };
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (spot_test_shape_event_cb, &result);

  g_assert_true (spot_shape_reader_feed (reader, start, strlen (start), NULL));
  for (guint i = 0; i < 500000; i++)
    g_assert_true (spot_shape_reader_feed (reader, piece, 1 + i % 64 * (i % 2), NULL));
  g_assert_true (spot_shape_reader_feed (reader, end, strlen (end), NULL));
  g_assert_true (spot_shape_reader_finish (reader, NULL));
  g_assert_cmpuint (result.n_events, ==, 1);
}

/* The recordings with bytes changed, put in and left out: nobody says what comes of them, only that it is the same in
 * pieces and without vector instructions, and that what is taken to be JSON is JSON. */
static void
test_mutations (void)
{
  static const char alphabet[] = "\"\\{}[],:0eu \n\xff\x01tn";
  g_autoptr(GPtrArray) recordings = spot_test_shape_load_recordings ();
  g_autoptr(GRand) random = g_rand_new_with_seed (5);
  guint n_good = 0;

  for (guint i = 0; i < 4000; i++)
    {
      SpotTestHttp *http = recordings->pdata[g_rand_int_range (random, 0, (gint32) recordings->len)];
      gsize from = http->body_length > 3000 ? (gsize) g_rand_int_range (random, 0, (gint32) http->body_length - 3000) : 0;
      gsize n = MIN (http->body_length, 3000);
      g_autoptr(GString) body = g_string_new_len (from > 0 ? "[" : "", from > 0 ? 1 : 0);
      g_auto(SpotTestShape) whole = { NULL };
      g_auto(SpotTestShape) pieces = { NULL };
      g_auto(SpotTestShape) plain = { NULL };
      gint n_changes = g_rand_int_range (random, 0, 4);

      g_string_append_len (body, http->body + from, (gssize) n);
      for (gint j = 0; j < n_changes && body->len > 1; j++)
        {
          gssize at = g_rand_int_range (random, 0, (gint32) body->len);
          char c = alphabet[g_rand_int_range (random, 0, sizeof alphabet - 1)];

          switch (g_rand_int_range (random, 0, 4))
            {
            case 0:
              body->str[at] = c;
              break;
            case 1:
              g_string_insert_c (body, at, c);
              break;
            case 2:
              g_string_erase (body, at, 1);
              break;
            default:
              g_string_erase (body, at, MIN ((gssize) body->len - at, 20));
              break;
            }
        }
      spot_test_shape_read (&whole, body->str, body->len, body->len, 0, FALSE);
      spot_test_shape_read (&pieces, body->str, body->len, (gsize) g_rand_int_range (random, 1, 200),
                 (gsize) g_rand_int_range (random, 1, 200), i % 2);
      spot_test_shape_read (&plain, body->str, body->len, body->len, 0, TRUE);
      spot_test_shape_assert_same (&whole, &pieces);
      spot_test_shape_assert_same (&whole, &plain);
      if (!whole.error && body->len > 0 && g_utf8_validate_len (body->str, body->len, NULL))
        {
          g_autoptr(JsonParser) parser = json_parser_new ();

          g_assert_true (json_parser_load_from_data (parser, body->str, (gssize) body->len, NULL));
          n_good++;
        }
    }
  g_assert_cmpuint (n_good, >, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shape-reader/26-broken-bodies", test_broken_bodies);
  g_test_add_func ("/shape-reader/cut-bodies", test_cut_bodies);
  g_test_add_func ("/shape-reader/limit-nesting", test_nesting);
  g_test_add_func ("/shape-reader/limit-columns", test_too_many_columns);
  g_test_add_func ("/shape-reader/limit-element", test_too_large_element);
  g_test_add_func ("/shape-reader/limit-message", test_too_large_message);
  g_test_add_func ("/shape-reader/limit-body", test_too_large_body);
  g_test_add_func ("/shape-reader/17-large-body", test_large_body);
  g_test_add_func ("/shape-reader/17-huge-element-in-bytes", test_huge_element_in_bytes);
  g_test_add_func ("/shape-reader/mutations", test_mutations);
  return g_test_run ();
}
