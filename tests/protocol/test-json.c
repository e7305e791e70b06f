/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-json-text.h"
#include "spot-json.h"
#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-shape-reader.h"

#define REPLACED "\xef\xbf\xbd"

static void
test_unescape (void)
{
  static const struct
  {
    const char *text;
    const char *plain;
  } rows[] = {
    { "", "" },
    { "plain", "plain" },
    { "größe 日本 😀", "größe 日本 😀" },
    { "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t" },
    { "st\\u0061tus", "status" },
    { "\\u00e4\\u20AC\\u2028", "ä€\xe2\x80\xa8" },
    { "\\ud83d\\ude00", "😀" },
    { "\\uD83D\\uDE00!", "😀!" },
    { "\\ud83d", REPLACED },
    { "\\ud83dx", REPLACED "x" },
    { "\\ude00", REPLACED },
    { "\\ude00\\ud83d", REPLACED REPLACED },
    { "\\ud83d\\ud83d\\ude00", REPLACED "😀" },
    { "\\ud83d\\u0041", REPLACED "A" },
    { "\\ud83d\\n", REPLACED "\n" },
    { "\\ud83d\\u12", REPLACED REPLACED "12" },
    { "\\ud83d\\", REPLACED REPLACED },
    { "\\u12", REPLACED "12" },
    { "\\uzzzz", REPLACED "zzzz" },
    { "\\", REPLACED },
    { "a\\", "a" REPLACED },
    { "\\x", REPLACED "x" },
    { "\\ä", REPLACED "ä" },
    { "\xff", REPLACED },
    { "a\xffz", "a" REPLACED "z" },
    { "\xc3", REPLACED },
    { "\xc3(", REPLACED "(" },
    { "\xe6\x97", REPLACED REPLACED },
    { "\xed\xa0\x80", REPLACED REPLACED REPLACED },
    { "\\\xff", REPLACED REPLACED },
    { "\xff\xff\xff\xff\xff\xff\xff\xff", REPLACED REPLACED REPLACED REPLACED REPLACED REPLACED REPLACED REPLACED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize n = strlen (rows[i].text);
      g_autofree char *copy = g_memdup2 (rows[i].text, n);
      g_autofree char *plain = NULL;
      gsize length;

      plain = spot_json_unescape (copy, n, &length);
      g_assert_cmpstr (plain, ==, rows[i].plain);
      g_assert_cmpuint (length, ==, strlen (rows[i].plain));
    }
}

static void
test_unescape_nul (void)
{
  gsize length;
  g_autofree char *escaped = spot_json_unescape ("a\\u0000b", 8, &length);
  g_autofree char *raw = NULL;

  g_assert_cmpmem (escaped, length, "a\0b", 3);
  g_assert_cmpint (escaped[length], ==, '\0');
  raw = spot_json_unescape ("a\0b\xff", 4, &length);
  g_assert_cmpmem (raw, length, "a\0b" REPLACED, 6);
}

/* Whatever the text, the result is UTF-8 and fits the room. */
static void
test_unescape_noise (void)
{
  static const char alphabet[] = "\\\\\\u\"ndD8cC0a\xff\xc3\xa4\xf0\x9f";
  g_autoptr(GRand) random = g_rand_new_with_seed (7);

  for (guint i = 0; i < 20000; i++)
    {
      gsize n = (gsize) g_rand_int_range (random, 0, 24);
      g_autofree char *text = g_malloc (n + 1);
      g_autofree char *room = g_malloc (SPOT_JSON_TEXT_ROOM (n) + 1);
      gsize written;

      for (gsize j = 0; j < n; j++)
        text[j] = alphabet[g_rand_int_range (random, 0, sizeof alphabet - 1)];
      written = spot_json_text_unescape (text, n, room);
      g_assert_cmpuint (written, <=, SPOT_JSON_TEXT_ROOM (n));
      for (gsize j = 0; j < written; j++)
        room[j] = room[j] == '\0' ? ' ' : room[j];
      g_assert_true (g_utf8_validate_len (room, written, NULL));
    }
}

static void
test_text_equal (void)
{
  g_assert_true (spot_json_text_equal ("status", 6, FALSE, "status"));
  g_assert_false (spot_json_text_equal ("status", 6, FALSE, "statu"));
  g_assert_false (spot_json_text_equal ("statu", 5, FALSE, "status"));
  g_assert_true (spot_json_text_equal ("st\\u0061tus", 11, TRUE, "status"));
  g_assert_false (spot_json_text_equal ("st\\u0062tus", 11, TRUE, "status"));
  g_assert_true (spot_json_text_equal ("\\u0061", 6, TRUE, "a"));
  g_assert_false (spot_json_text_equal ("\\u0061\\u0061", 12, TRUE, "a"));
}

static void
test_getters (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) root
    = spot_json_parse ("{\"s\":\"x\",\"i\":7,\"d\":1.5,\"w\":3.0,\"h\":1e300,\"t\":true,\"n\":null,\"o\":{\"k\":1},\"a\":[1]}", -1, &error);
  JsonObject *object = spot_json_node_object (root);
  gboolean flag = FALSE;
  gint64 integer = 99;
  double number = 99.0;

  g_assert_no_error (error);
  g_assert_nonnull (object);
  g_assert_cmpstr (spot_json_get_string (object, "s"), ==, "x");
  g_assert_true (spot_json_get_int (object, "i", &integer) && integer == 7);
  g_assert_true (spot_json_get_int (object, "w", &integer) && integer == 3);
  g_assert_true (spot_json_get_double (object, "d", &number));
  g_assert_cmpfloat (number, ==, 1.5);
  g_assert_true (spot_json_get_double (object, "i", &number));
  g_assert_cmpfloat (number, ==, 7.0);
  g_assert_true (spot_json_get_boolean (object, "t", &flag) && flag);
  g_assert_nonnull (spot_json_get_object (object, "o"));
  g_assert_nonnull (spot_json_get_array (object, "a"));
  g_assert_nonnull (spot_json_get (object, "n"));

  /* Whatever is asked of whatever there is, no answer is the worst. */
  for (const char *name = "sidwhtnoax"; *name; name++)
    {
      char one[] = { *name, '\0' };

      g_assert_true (!spot_json_get_string (object, one) || *name == 's');
      g_assert_true (!spot_json_get_object (object, one) || *name == 'o');
      g_assert_true (!spot_json_get_array (object, one) || *name == 'a');
      g_assert_true (!spot_json_get_boolean (object, one, &flag) || *name == 't');
      g_assert_true (!spot_json_get_int (object, one, &integer) || *name == 'i' || *name == 'w');
      g_assert_true (!spot_json_get_double (object, one, &number) || strchr ("idwh", *name));
    }
  g_assert_null (spot_json_get (NULL, "x"));
  g_assert_null (spot_json_get_string (NULL, "x"));
  g_assert_null (spot_json_node_object (NULL));
  g_assert_null (spot_json_node_array (root));
  g_assert_null (spot_json_node_string (root));
}

static void
test_parse_broken (void)
{
  static const char *const bad[] = { "", " ", "{", "[1,", "{\"a\":}", "/*\"*/[1]", "{'a':1}", "nonsense", "\"\xff\"" };
  g_autofree char *open = g_strnfill (SPOT_MAX_NESTING + 1, '[');
  g_autofree char *most = NULL;
  g_autofree char *closing = g_strnfill (SPOT_MAX_NESTING, ']');
  g_autofree char *text = g_strconcat ("\"", open, "\"", NULL);
  g_autofree char *hidden = g_strconcat ("/*\"*/", open, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) deep = NULL;
  g_autoptr(JsonNode) string = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (spot_json_parse (bad[i], -1, &error));
      g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED);
      g_clear_error (&error);
    }
  g_assert_null (spot_json_parse (hidden, -1, &error));
  g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_null (spot_json_parse (open, -1, &error));
  g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
  g_clear_error (&error);

  most = g_strconcat (open + 1, closing, NULL);
  deep = spot_json_parse (most, -1, &error);
  g_assert_no_error (error);
  g_assert_nonnull (spot_json_node_array (deep));
  string = spot_json_parse (text, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (spot_json_node_string (string), ==, open);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/unescape", test_unescape);
  g_test_add_func ("/json/unescape-nul", test_unescape_nul);
  g_test_add_func ("/json/unescape-noise", test_unescape_noise);
  g_test_add_func ("/json/text-equal", test_text_equal);
  g_test_add_func ("/json/getters", test_getters);
  g_test_add_func ("/json/parse-broken", test_parse_broken);
  return g_test_run ();
}
