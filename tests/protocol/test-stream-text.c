/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-stream-text.h"

/* What a server of the second version sends for it: (transfer full). */
static SpotStreamChunk *
chunk_new (const char *json)
{
  g_autoptr(SpotStreamReader) reader = spot_stream_reader_new ();
  g_autoptr(SpotValue) body = NULL;
  g_autofree char *plain = g_strdup_printf ("{\"data\":%s,\"id\":\"a\"}", json);
  g_autofree char *quoted = NULL;
  g_autofree char *event = NULL;
  g_autoptr(GError) error = NULL;
  SpotStreamChunk *chunk;

  body = spot_value_new_string (plain, -1);
  quoted = spot_value_to_json (body, FALSE);
  event = g_strdup_printf ("event: batch\ndata: {\"records\":[{\"seq_num\":1,\"body\":%s}]}\n\n", quoted);
  spot_stream_reader_begin (reader, SPOT_STREAM_V2);
  spot_stream_reader_feed (reader, event, strlen (event), &error);
  g_assert_no_error (error);
  chunk = spot_stream_reader_take_chunk (reader);
  g_assert_nonnull (chunk);
  return chunk;
}

static void
test_deltas (void)
{
  static const struct
  {
    const char *json;
    const char *delta; /* nullable */
  } rows[] = {
    { "\"Hel\"", "Hel" },
    { "\"\"", "" },
    { "{\"delta\":\"Hel\"}", "Hel" },
    { "{\"delta\":7}", NULL },
    { "{\"delta\":\"Hel\",\"n\":1}", NULL },
    { "{\"type\":\"text-delta\",\"textDelta\":\"Hel\"}", "Hel" },
    { "{\"type\":\"text-delta\",\"id\":\"0\",\"delta\":\"Hel\"}", "Hel" },
    { "{\"type\":\"text-delta\",\"text\":\"Hel\"}", "Hel" },
    { "{\"type\":\"text-delta\"}", NULL },
    { "{\"type\":\"reasoning-delta\",\"delta\":\"Hm\"}", NULL },
    { "{\"type\":\"tool-input-delta\",\"delta\":\"{\"}", NULL },
    { "{\"type\":\"response.output_text.delta\",\"delta\":\"lo\"}", "lo" },
    { "{\"type\":\"response.function_call_arguments.delta\",\"delta\":\"lo\"}", NULL },
    { "{\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"lo\"}}", "lo" },
    { "{\"type\":\"content_block_delta\",\"delta\":{\"type\":\"input_json_delta\",\"text\":\"lo\"}}", NULL },
    { "{\"type\":\"content_block_delta\",\"delta\":\"lo\"}", NULL },
    { "{\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"}}]}", "lo" },
    { "{\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}", NULL },
    { "{\"choices\":[{\"delta\":{\"content\":\"a\"}},{\"delta\":{\"content\":\"b\"}}]}", NULL },
    { "{\"choices\":[]}", NULL },
    { "{\"choices\":[7]}", NULL },
    { "{\"choices\":{}}", NULL },
    { "{}", NULL },
    { "[\"Hel\"]", NULL },
    { "7", NULL },
    { "null", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SpotStreamChunk) chunk = chunk_new (rows[i].json);
      SpotValue *delta = spot_stream_chunk_get_delta (chunk);

      g_test_message ("%s", rows[i].json);
      g_assert_cmpstr (delta != NULL ? spot_value_get_text (delta, NULL) : NULL, ==, rows[i].delta);
    }
}

static void
test_forms (void)
{
  static const char *const chunks[] = { "\"Hel\"", "{\"delta\":\"lo\"}", "\"\"", "{\"step\":1}", "9007199254740993",
                                        "\"a\\nb\\n\"", "\"\"", "[1]", "\"end\"", "\"\\u0000.\"" };
  static const char joined[] = "Hello\n{\"step\":1}\n9007199254740993\na\nb\n[1]\nend\0.";
  static const char lines[] = "Hel\n{\"delta\":\"lo\"}\n\n{\"step\":1}\n9007199254740993\n\"a\\nb\\n\"\n\n[1]\nend\n"
                              "\"\\u0000.\"\n";
  static const struct
  {
    const char *text;
    gsize       length;
  } rows[] = {
    [SPOT_STREAM_JOINED] = { joined, sizeof joined - 1 },
    [SPOT_STREAM_LINES] = { lines, sizeof lines - 1 },
  };

  for (guint form = 0; form < G_N_ELEMENTS (rows); form++)
    {
      g_autoptr(GString) out = g_string_new (NULL);
      gboolean at_line_start = TRUE;

      for (guint i = 0; i < G_N_ELEMENTS (chunks); i++)
        {
          g_autoptr(SpotStreamChunk) chunk = chunk_new (chunks[i]);

          at_line_start = spot_stream_chunk_write (chunk, (SpotStreamForm) form, at_line_start, out);
        }
      g_assert_cmpmem (out->str, out->len, rows[form].text, rows[form].length);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-text/deltas", test_deltas);
  g_test_add_func ("/stream-text/forms", test_forms);
  return g_test_run ();
}
