/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-stream-reader.h"

/* Every chunk as `JSON@ms`, with a blank behind each. */
static char *
take_chunks (SpotStreamReader *reader)
{
  GString *text = g_string_new (NULL);
  SpotStreamChunk *chunk;

  while ((chunk = spot_stream_reader_take_chunk (reader)) != NULL)
    {
      g_autofree char *json = spot_value_to_json (chunk->value, FALSE);

      g_string_append_printf (text, "%s@%d ", json, (int) (chunk->time_us / 1000));
      spot_stream_chunk_unref (chunk);
    }
  return g_string_free (text, FALSE);
}

static void
feed (SpotStreamReader *reader,
      const char       *text,
      gsize             length,
      gsize             piece)
{
  for (gsize i = 0; i < length; i += piece)
    {
      gsize n = MIN (piece, length - i);
      g_autofree char *bytes = g_memdup2 (text + i, n);
      g_autoptr(GError) error = NULL;

      spot_stream_reader_feed (reader, bytes, n, &error);
      g_assert_no_error (error);
    }
}

/* Whatever the pieces. */
static void
assert_chunks (SpotStreamFormat format,
               const char      *text,
               const char      *chunks,
               const char      *last_id)
{
  for (gsize piece = 1; piece <= strlen (text); piece++)
    {
      g_autoptr(SpotStreamReader) reader = spot_stream_reader_new ();
      g_autofree char *seen = NULL;

      spot_stream_reader_begin (reader, format);
      feed (reader, text, strlen (text), piece);
      seen = take_chunks (reader);
      g_assert_cmpstr (seen, ==, chunks);
      g_assert_cmpstr (spot_stream_reader_get_last_id (reader), ==, last_id);
    }
}

static void
test_87_v1 (void)
{
  assert_chunks (SPOT_STREAM_V1, "id: 1930-0\ndata: {\"delta\":\"Hel\"}\n\n: ping\n\nid: 1931-0\ndata: lo \xc3\xa9\n\n"
                 "id: 1931-0\ndata: 12345678901234567890\n\n",
                 "{\"delta\":\"Hel\"}@1930 \"lo \xc3\xa9\"@1931 12345678901234567890@1931 ", "1931-0");
  assert_chunks (SPOT_STREAM_V1, "data: a\n\nid: odd\ndata: \"b\"\n\nevent: other\ndata: c\n\ndata:\n\n",
                 "\"a\"@0 \"b\"@0 \"\"@0 ", "odd");
  assert_chunks (SPOT_STREAM_V1, "id: 1-0\ndata: <<CLOSE_STREAM>>\n\nid: 2-0\ndata: 1\n\n", "1@2 ", "2-0");
  /* What cannot stand in a header is no position. */
  assert_chunks (SPOT_STREAM_V1, "id: 1-0\ndata: 1\n\nid: a b\ndata: 2\n\nid: \xc3\xa9\ndata: 3\n\n",
                 "1@1 2@0 3@0 ", "1-0");
}

static void
test_87_v1_resume (void)
{
  static const char first[] = "id: 1-0\ndata: 1\n\nid: 2-0\ndata: 2\n\nid: 3-0\ndata: 3";
  static const char again[] = "id: 1-0\ndata: 1\n\nid: 2-0\ndata: 2\n\nid: 3-0\ndata: 3\n\nid: 3-0\ndata: 4\n\n";
  g_autoptr(SpotStreamReader) reader = spot_stream_reader_new ();
  g_autofree char *seen = NULL;

  spot_stream_reader_begin (reader, SPOT_STREAM_V1);
  feed (reader, first, strlen (first), 3);
  g_assert_cmpstr (spot_stream_reader_get_last_id (reader), ==, "2-0");
  spot_stream_reader_begin (reader, SPOT_STREAM_V1);
  feed (reader, again, strlen (again), 3);
  seen = take_chunks (reader);
  g_assert_cmpstr (seen, ==, "1@1 2@2 3@3 4@3 ");
}

#define RECORD(n, body, rest) "{\"seq_num\":" n ",\"timestamp\":19,\"body\":\"" body "\"" rest "}"
#define DATA(id, data) "{\\\"data\\\":" data ",\\\"id\\\":\\\"" id "\\\"}"
#define BATCH(records) "event: batch\ndata: {\"records\":[" records "],\"tail\":{\"seq_num\":9}}\n\n"

static void
test_88_v2 (void)
{
  /* Several records, one without headers; a command; empty and bad bodies; a duplicate. */
  assert_chunks (SPOT_STREAM_V2,
                 BATCH (RECORD ("0", DATA ("a", "1"), ",\"headers\":[]") "," RECORD ("1", DATA ("b", "\\\"x\\\""), ""))
                 BATCH (RECORD ("2", DATA ("c", "3"), ",\"headers\":[[\"\",\"fence\"]]"))
                 ": ping\n\n"
                 BATCH (RECORD ("3", "", "") "," RECORD ("4", "nonsense", "") "," RECORD ("5", "[]", ""))
                 BATCH (RECORD ("6", DATA ("a", "7"), "") "," RECORD ("7", DATA ("d", "8"), ",\"headers\":[[\"k\",\"v\"]]"))
                 BATCH (RECORD ("8", DATA ("e", "9"), ",\"headers\":[[\"trigger-control\",\"v\"]]")),
                 "1@19 \"x\"@19 8@19 ", "8");
  /* Other events, and batches that are none. */
  assert_chunks (SPOT_STREAM_V2,
                 "event: ping\ndata: {}\n\ndata: {\"records\":[" RECORD ("0", DATA ("a", "1"), "") "]}\n\n"
                 "event: batch\ndata: nonsense\n\nevent: batch\ndata: {\"records\":7}\n\n"
                 "event: batch\ndata: {\"records\":[null,7,{}]}\n\n" BATCH (RECORD ("1", DATA ("a", "2"), "")),
                 "2@19 ", "1");
  /* Positions beyond what a double holds, and some that are none. */
  assert_chunks (SPOT_STREAM_V2, BATCH (RECORD ("9007199254740993", DATA ("a", "1"), "")
                                        "," RECORD ("-1", DATA ("b", "2"), "") "," RECORD ("1.5", DATA ("c", "3"), "")),
                 "1@19 2@19 3@19 ", "9007199254740993");
}

static void
test_88_v2_resume (void)
{
  static const char first[] = BATCH (RECORD ("0", DATA ("a", "1"), "")) BATCH (RECORD ("1", DATA ("b", "2"), ""));
  static const char again[] = BATCH (RECORD ("1", DATA ("x", "2"), "") "," RECORD ("2", DATA ("c", "3"), ""));
  g_autoptr(SpotStreamReader) reader = spot_stream_reader_new ();
  g_autofree char *seen = NULL;

  spot_stream_reader_begin (reader, SPOT_STREAM_V2);
  feed (reader, first, strlen (first), 7);
  spot_stream_reader_begin (reader, SPOT_STREAM_V2);
  g_assert_cmpstr (spot_stream_reader_get_last_id (reader), ==, "1");
  feed (reader, again, strlen (again), 7);
  seen = take_chunks (reader);
  g_assert_cmpstr (seen, ==, "1@19 2@19 3@19 ");
  spot_stream_reader_begin (reader, SPOT_STREAM_V1);
  g_assert_null (spot_stream_reader_get_last_id (reader));
}

static void
test_88_v2_error (void)
{
  static const char text[] = BATCH (RECORD ("0", DATA ("a", "1"), "")) "event: error\ndata: {}\n\n"
                             BATCH (RECORD ("1", DATA ("b", "2"), ""));
  g_autoptr(SpotStreamReader) reader = spot_stream_reader_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *seen = NULL;

  spot_stream_reader_begin (reader, SPOT_STREAM_V2);
  g_assert_false (spot_stream_reader_feed (reader, text, strlen (text), &error));
  g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED);
  seen = take_chunks (reader);
  g_assert_cmpstr (seen, ==, "1@19 ");
  g_assert_cmpstr (spot_stream_reader_get_last_id (reader), ==, "0");
}

/* A duplicate is known for 5,000 records, not for ever. */
static void
test_88_v2_known_ids (void)
{
  for (guint extra = 0; extra <= 1; extra++)
    {
      const guint n_ids = SPOT_MAX_STREAM_KNOWN_IDS + extra;
      g_autoptr(SpotStreamReader) reader = spot_stream_reader_new ();
      guint n_chunks = 0;
      SpotStreamChunk *chunk;

      spot_stream_reader_begin (reader, SPOT_STREAM_V2);
      for (guint i = 0; i < 2 * n_ids; i++)
        {
          g_autofree char *text = g_strdup_printf (BATCH ("{\"seq_num\":%u,\"body\":\"" DATA ("i%u", "1") "\"}"), i,
                                                   i % n_ids);

          feed (reader, text, strlen (text), strlen (text));
        }
      while ((chunk = spot_stream_reader_take_chunk (reader)) != NULL)
        {
          n_chunks++;
          spot_stream_chunk_unref (chunk);
        }
      g_assert_cmpuint (n_chunks, ==, extra == 0 ? n_ids : 2 * n_ids);
    }
}

/* The longest id that may be, and one byte more: no position, and no record that is known again. */
static void
test_limit_ids (void)
{
  for (guint extra = 0; extra <= 1; extra++)
    {
      g_autofree char *id = g_strnfill (SPOT_MAX_STREAM_ID_BYTES + extra, 'i');
      g_autofree char *v1 = g_strconcat ("id: ", id, "\ndata: 1\n\n", NULL);
      g_autofree char *v2 = g_strdup_printf (BATCH ("{\"seq_num\":0,\"body\":\"" DATA ("%s", "1") "\"},"
                                                    "{\"seq_num\":1,\"body\":\"" DATA ("%s", "2") "\"}"), id, id);
      g_autoptr(SpotStreamReader) one = spot_stream_reader_new ();
      g_autoptr(SpotStreamReader) two = spot_stream_reader_new ();
      g_autofree char *seen_one = NULL;
      g_autofree char *seen_two = NULL;

      spot_stream_reader_begin (one, SPOT_STREAM_V1);
      feed (one, v1, strlen (v1), 100);
      seen_one = take_chunks (one);
      g_assert_cmpstr (seen_one, ==, "1@0 ");
      g_assert_cmpstr (spot_stream_reader_get_last_id (one), ==, extra == 0 ? id : NULL);

      spot_stream_reader_begin (two, SPOT_STREAM_V2);
      feed (two, v2, strlen (v2), 100);
      seen_two = take_chunks (two);
      g_assert_cmpstr (seen_two, ==, extra == 0 ? "1@0 " : "1@0 2@0 ");
    }
}

static void
test_binary (void)
{
  static const char text[] = "data: a\0b\xff\n\n";
  g_autoptr(SpotStreamReader) reader = spot_stream_reader_new ();
  g_autoptr(SpotStreamChunk) chunk = NULL;
  gsize length;

  spot_stream_reader_begin (reader, SPOT_STREAM_V1);
  feed (reader, text, sizeof text - 1, 1);
  chunk = spot_stream_reader_take_chunk (reader);
  g_assert_cmpint (memcmp (spot_value_get_text (chunk->value, &length), "a\0b", 3), ==, 0);
  g_assert_true (g_utf8_validate (spot_value_get_text (chunk->value, NULL) + 2, -1, NULL));
}

static void
test_too_large (void)
{
  g_autofree char *text = g_strnfill (1024 * 1024, 'x');
  g_autoptr(SpotStreamReader) reader = spot_stream_reader_new ();
  g_autoptr(GError) error = NULL;

  spot_stream_reader_begin (reader, SPOT_STREAM_V1);
  for (guint n = 0; n < SPOT_MAX_STREAM_EVENT_BYTES; n += 1024 * 1024)
    g_assert_true (spot_stream_reader_feed (reader, text, 1024 * 1024, NULL));
  g_assert_false (spot_stream_reader_feed (reader, text, 1, &error));
  g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
}

static void
test_buffer (void)
{
  g_autoptr(SpotStreamReader) reader = spot_stream_reader_new ();
  SpotStreamBuffer buffer;
  SpotStreamChunk *newest;

  spot_stream_buffer_init (&buffer);
  spot_stream_reader_begin (reader, SPOT_STREAM_V1);
  for (guint i = 0; i < SPOT_MAX_STREAM_CHUNKS + 5; i++)
    {
      g_autofree char *text = g_strdup_printf ("data: %u\n\n", i);

      feed (reader, text, strlen (text), 100);
      g_assert_cmpuint (spot_stream_buffer_take (&buffer, spot_stream_reader_take_chunk (reader)), ==,
                        i >= SPOT_MAX_STREAM_CHUNKS ? 1 : 0);
    }
  g_assert_cmpuint (buffer.chunks.length, ==, SPOT_MAX_STREAM_CHUNKS);
  g_assert_cmpuint (buffer.n_dropped, ==, 5);
  newest = g_queue_peek_tail (&buffer.chunks);
  g_assert_cmpstr (spot_value_get_text (newest->value, NULL), ==, "20004");

  /* Few large ones. */
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *filler = g_strnfill (SPOT_MAX_STREAM_EVENT_BYTES / 2 - 100, 'x');
      g_autofree char *text = g_strconcat ("data: ", filler, "\n\n", NULL);

      feed (reader, text, strlen (text), strlen (text));
      spot_stream_buffer_take (&buffer, spot_stream_reader_take_chunk (reader));
      g_assert_cmpuint (buffer.n_bytes, <=, SPOT_MAX_STREAM_BYTES);
    }
  g_assert_cmpuint (buffer.chunks.length, ==, 2);
  spot_stream_buffer_clear (&buffer);
  g_assert_cmpuint (buffer.n_bytes, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-reader/87-v1", test_87_v1);
  g_test_add_func ("/stream-reader/87-v1-resume", test_87_v1_resume);
  g_test_add_func ("/stream-reader/88-v2", test_88_v2);
  g_test_add_func ("/stream-reader/88-v2-resume", test_88_v2_resume);
  g_test_add_func ("/stream-reader/88-v2-error", test_88_v2_error);
  g_test_add_func ("/stream-reader/88-limit-known-ids", test_88_v2_known_ids);
  g_test_add_func ("/stream-reader/98-limit-ids", test_limit_ids);
  g_test_add_func ("/stream-reader/binary", test_binary);
  g_test_add_func ("/stream-reader/limit-event", test_too_large);
  g_test_add_func ("/stream-reader/limit-kept", test_buffer);
  return g_test_run ();
}
