/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "spot-protocol-error.h"
#include "spot-sse-parser.h"
#include "spot-test-http.h"

#define MAX_BYTES 4096

/* `type|id|data` of every event, a line each; NUL is shown as 0x01. */
static void
event_cb (const SpotSseEvent *event,
          gpointer            user_data)
{
  GString *seen = user_data;
  gsize at;

  g_assert_cmpint (event->type[event->type_length], ==, '\0');
  g_assert_cmpint (event->data[event->data_length], ==, '\0');
  g_assert_cmpint (event->id[event->id_length], ==, '\0');
  g_string_append_printf (seen, "%s|%s|", event->type, event->id);
  at = seen->len;
  g_string_append_len (seen, event->data, (gssize) event->data_length);
  for (; at < seen->len; at++)
    {
      if (seen->str[at] == '\0')
        seen->str[at] = '\1';
    }
  g_string_append (seen, "~");
}

static char *
parse_in_pieces (const char *text,
                 gsize       length,
                 gsize       piece)
{
  GString *seen = g_string_new (NULL);
  g_autoptr(SpotSseParser) parser = spot_sse_parser_new (MAX_BYTES, event_cb, seen);

  for (gsize i = 0; i < length; i += piece)
    {
      /* A copy of just these bytes, so that a sanitizer sees reads beyond them. */
      gsize n = MIN (piece, length - i);
      g_autofree char *bytes = g_memdup2 (text + i, n);
      g_autoptr(GError) error = NULL;

      spot_sse_parser_feed (parser, bytes, n, &error);
      g_assert_no_error (error);
    }
  return g_string_free (seen, FALSE);
}

static char *
parse_in_two (const char *text,
              gsize       length,
              gsize       cut)
{
  GString *seen = g_string_new (NULL);
  g_autoptr(SpotSseParser) parser = spot_sse_parser_new (MAX_BYTES, event_cb, seen);
  g_autofree char *first = g_memdup2 (text, cut);
  g_autofree char *second = g_memdup2 (text + cut, length - cut);

  g_assert_true (spot_sse_parser_feed (parser, first, cut, NULL));
  g_assert_true (spot_sse_parser_feed (parser, second, length - cut, NULL));
  return g_string_free (seen, FALSE);
}

/* However it is cut, the events are the same. */
static void
assert_events (const char *text,
               gsize       length,
               const char *expected)
{
  for (gsize piece = 1; piece <= length; piece++)
    {
      g_autofree char *seen = parse_in_pieces (text, length, piece);

      g_assert_cmpstr (seen, ==, expected);
    }
  for (gsize cut = 0; cut <= length; cut++)
    {
      g_autofree char *seen = parse_in_two (text, length, cut);

      g_assert_cmpstr (seen, ==, expected);
    }
}

static const struct
{
  const char *name;
  const char *text;
  gsize       length; /* 0: until the NUL */
  const char *events;
} cases[] = {
  { "lf", "id: 1\ndata: a\n\ndata: b\n\n", 0, "|1|a~|1|b~" },
  { "cr", "id: 1\rdata: a\r\rdata: b\r\r", 0, "|1|a~|1|b~" },
  { "crlf", "id: 1\r\ndata: a\r\n\r\ndata: b\r\n\r\n", 0, "|1|a~|1|b~" },
  { "mixed-ends", "data: a\r\n\n" "data: b\r\r\n" "data: c\n\r", 0, "||a~||b~||c~" },
  { "mark", "\xef\xbb\xbf" "data: a\n\n", 0, "||a~" },
  { "mark-only-once", "\xef\xbb\xbf\xef\xbb\xbf" "data: a\n\ndata: b\n\n", 0, "||b~" },
  { "half-a-mark", "\xef\xbb" "data: a\n\ndata: b\n\n", 0, "||b~" },
  { "no-mark-later", "data: a\n\n\xef\xbb\xbf" "data: b\n\n", 0, "||a~" },
  { "blanks", "data:a\ndata: b\ndata:  c\ndata:\td\n\n", 0, "||a\nb\n c\n\td~" },
  { "no-colon", "data\n\ndata\ndata\n\n", 0, "||~||\n~" },
  { "empty-data", "data:\n\n", 0, "||~" },
  { "no-data", "event: x\nid: 7\n\ndata: a\n\n", 0, "|7|a~" },
  { "type", "event: batch\ndata: {}\n\ndata: b\n\n", 0, "batch||{}~||b~" },
  { "last-type-wins", "event: a\nevent: b\ndata: 1\n\n", 0, "b||1~" },
  { "comments", ": ping\n\n:\ndata: a\n: data: no\ndata: b\n\n: ping\n\n", 0, "||a\nb~" },
  { "unknown-fields", "retry: 5\nfoo: bar\nDATA: x\ndat: y\ndataa: z\ndata: a\n\n", 0, "||a~" },
  { "colon-in-value", "data: {\"a\": 1}\nid: 1:2\n\n", 0, "|1:2|{\"a\": 1}~" },
  { "id-stays", "id: 1-0\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", 0, "|1-0|a~|1-0|b~||c~" },
  { "id-with-nul", "id: 1\ndata: a\n\nid: 2\0" "3\ndata: b\n\n", 32, "|1|a~|1|b~" },
  { "nul-in-data", "data: a\0b\n\n", 11, "||a\1b~" },
  { "bad-utf8", "data: \xff\xc3\n\n", 0, "||\xff\xc3~" },
  { "utf8", "data: \xc3\xa9\xe2\x82\xac\xf0\x9f\x99\x82\n\n", 0, "||\xc3\xa9\xe2\x82\xac\xf0\x9f\x99\x82~" },
  { "unfinished", "data: a\n\ndata: b\n", 0, "||a~" },
  { "unfinished-line", "data: a\n\ndata: b", 0, "||a~" },
  { "only-ends", "\n\n\r\n\r\r\n\n", 0, "" },
  { "empty", "", 0, "" },
  { "leading-blank", " data: a\ndata: b\n\n", 0, "||b~" },
  { "colon-first", ":data: a\ndata: b\n\n", 0, "||b~" },
};

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  assert_events (cases[i].text, cases[i].length ? cases[i].length : strlen (cases[i].text), cases[i].events);
}

/* A recording from a server, byte by byte. */
static void
test_67_recording (void)
{
  g_autoptr(SpotTestHttp) http = spot_test_http_load ("electric/35-sse-live.http");
  g_autofree char *whole = parse_in_pieces (http->body, http->body_length, http->body_length);
  g_autofree char *bytes = parse_in_pieces (http->body, http->body_length, 1);
  g_auto(GStrv) events = g_strsplit (whole, "~", -1);

  g_assert_cmpuint (g_strv_length (events), ==, 6);
  g_assert_true (g_str_has_prefix (events[0], "||{\"value\":{\"id\":\"cmrun00000021\","));
  g_assert_true (g_str_has_suffix (events[1], "\"global_last_seen_lsn\":\"64303104\"}}"));
  g_assert_cmpstr (bytes, ==, whole);
}

static void
test_too_large (void)
{
  g_autoptr(GString) seen = g_string_new (NULL);
  g_autoptr(SpotSseParser) parser = spot_sse_parser_new (16, event_cb, seen);
  g_autoptr(GError) line_error = NULL;
  g_autoptr(GError) again_error = NULL;
  g_autoptr(GError) data_error = NULL;

  /* One long line. */
  g_assert_true (spot_sse_parser_feed (parser, "data: 4567890123", 16, &line_error));
  g_assert_false (spot_sse_parser_feed (parser, "4", 1, &line_error));
  g_assert_error (line_error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
  g_assert_false (spot_sse_parser_feed (parser, "\n\n", 2, &again_error));
  g_assert_error (again_error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);

  /* Many short ones. */
  spot_sse_parser_reset (parser);
  for (guint i = 0; data_error == NULL && i < 100; i++)
    spot_sse_parser_feed (parser, "data: x\n", 8, &data_error);
  g_assert_error (data_error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
  g_assert_cmpstr (seen->str, ==, "");

  /* Many events, and a comment of any length, are no large event. */
  spot_sse_parser_reset (parser);
  for (guint i = 0; i < 100; i++)
    g_assert_true (spot_sse_parser_feed (parser, "data: x\n\n", 9, NULL));
  g_assert_true (spot_sse_parser_feed (parser, ":", 1, NULL));
  for (guint i = 0; i < 100; i++)
    g_assert_true (spot_sse_parser_feed (parser, "0123456789", 10, NULL));
  g_assert_true (spot_sse_parser_feed (parser, "\ndata: y\n\n", 10, NULL));
  g_assert_true (g_str_has_suffix (seen->str, "||x~||y~"));
}

static void
test_reset (void)
{
  g_autoptr(GString) seen = g_string_new (NULL);
  g_autoptr(SpotSseParser) parser = spot_sse_parser_new (MAX_BYTES, event_cb, seen);

  g_assert_true (spot_sse_parser_feed (parser, NULL, 0, NULL));
  g_assert_true (spot_sse_parser_feed (parser, "id: 1\nevent: e\ndata: lost\r", 26, NULL));
  spot_sse_parser_reset (parser);
  g_assert_true (spot_sse_parser_feed (parser, "\xef\xbb\xbf" "data: a\n\n", 12, NULL));
  g_assert_cmpstr (seen->str, ==, "||a~");
}

/* Whatever comes, in whatever pieces: the same events as in one piece, or an error. */
static void
test_random (void)
{
  static const char alphabet[] = "\n\n\r: daetvnid0\xef\xbb\xbf";
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < 3000; i++)
    {
      char text[64];
      gsize length = (gsize) g_rand_int_range (rand, 0, sizeof text);
      g_autofree char *whole = NULL;
      g_autofree char *pieces = NULL;

      for (gsize j = 0; j < length; j++)
        text[j] = alphabet[g_rand_int_range (rand, 0, sizeof alphabet)];
      whole = parse_in_pieces (text, length, sizeof text);
      pieces = parse_in_pieces (text, length, (gsize) g_rand_int_range (rand, 1, 9));
      g_assert_cmpstr (pieces, ==, whole);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/sse-parser/", cases[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_case);
    }
  g_test_add_func ("/sse-parser/67-recording", test_67_recording);
  g_test_add_func ("/sse-parser/too-large", test_too_large);
  g_test_add_func ("/sse-parser/reset", test_reset);
  g_test_add_func ("/sse-parser/random", test_random);
  return g_test_run ();
}
