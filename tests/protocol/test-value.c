/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-value.h"

static SpotValue *
parse (const char *json)
{
  g_autoptr (GError) error = NULL;
  SpotValue *value = spot_value_new_from_json (json, -1, &error);

  g_assert_no_error (error);
  g_assert_nonnull (value);
  return value;
}

static void
test_kinds (void)
{
  static const struct
  {
    const char *json;
    SpotValueKind kind;
    const char *text;
    const char *type;
  } cases[] = {
    { "null", SPOT_VALUE_NULL, "null", "null" },
    { " true ", SPOT_VALUE_BOOLEAN, "true", "boolean" },
    { "false", SPOT_VALUE_BOOLEAN, "false", "boolean" },
    { "\"\"", SPOT_VALUE_STRING, "", "string" },
    { "\"a\\n\\\"b\\\\\\/\\u0041\\u00e9\\ud83d\\ude00\"", SPOT_VALUE_STRING, "a\n\"b\\/Aé😀", "string" },
    { "[]", SPOT_VALUE_ARRAY, NULL, "array" },
    { "{}", SPOT_VALUE_OBJECT, NULL, "object" },
    { "\xef\xbb\xbf[1]", SPOT_VALUE_ARRAY, NULL, "array" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotValue) value = parse (cases[i].json);

      g_assert_cmpint (spot_value_get_kind (value), ==, cases[i].kind);
      g_assert_cmpstr (spot_value_get_text (value, NULL), ==, cases[i].text);
      g_assert_cmpstr (spot_value_get_type_name (value), ==, cases[i].type);
      g_assert_true (spot_value_is_container (value) == (cases[i].text == NULL));
    }
}

static void
test_numbers_keep_every_digit (void)
{
  static const char *const lexemes[] = {
    "0",
    "-0",
    "1",
    "-1",
    "1.0",
    "1.50",
    "0.1",
    "1e5",
    "1E+05",
    "1e-400",
    "1e400",
    "9007199254740993",
    "18446744073709551616",
    "-9223372036854775809",
    "123456789012345678901234567890.123456789012345678901234567890",
    "-0.0000000000000000001",
    "999999999999999999",
    "1000000000000000000",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lexemes); i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"n\":[%s]}", lexemes[i]);
      g_autoptr (SpotValue) value = parse (json);
      SpotValue *number = spot_value_get_child (spot_value_get_member (value, "n"), 0);
      g_autofree char *again = spot_value_to_json (value, FALSE);

      g_assert_cmpint (spot_value_get_kind (number), ==, SPOT_VALUE_NUMBER);
      g_assert_cmpstr (spot_value_get_text (number, NULL), ==, lexemes[i]);
      g_assert_cmpstr (again, ==, json);
    }
}

static void
test_double (void)
{
  static const struct
  {
    const char *json;
    gboolean is_number;
    double number;
  } cases[] = {
    { "12", TRUE, 12 },     { "-0.5", TRUE, -0.5 }, { "1e3", TRUE, 1000 }, { "1e400", FALSE, 0 },
    { "-1e400", FALSE, 0 }, { "\"12\"", FALSE, 0 }, { "null", FALSE, 0 },  { "[1]", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotValue) value = parse (cases[i].json);
      double number = 77;

      g_assert_true (spot_value_get_double (value, &number) == cases[i].is_number);
      g_assert_cmpfloat (number, ==, cases[i].number);
    }
}

static void
test_time (void)
{
  static const struct
  {
    const char *json;
    gboolean is_time;
    gint64 time_us;
  } cases[] = {
    { "\"1970-01-01T00:00:01.500Z\"", TRUE, 1500000 },
    { "\"2026-09-21T14:13:20.123Z\"", TRUE, G_GINT64_CONSTANT (1790000000123000) },
    { "\"1970-01-01T01:00:00+01:00\"", TRUE, 0 },
    { "\"1969-12-31T23:59:59.999999Z\"", TRUE, -1 },
    { "\"2026-09-21\"", FALSE, 0 },
    { "\"2026-09-21T14:13:20\"", FALSE, 0 },
    { "\"2026-99-21T14:13:20Z\"", FALSE, 0 },
    { "\"2026-09-21T14:13:20Z or so\"", FALSE, 0 },
    { "\"2026-09-21T14:13:20Z\\u0000\"", FALSE, 0 },
    { "1790000000123", FALSE, 0 },
    { "\"\"", FALSE, 0 },
    { "null", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotValue) value = parse (cases[i].json);
      gint64 time_us = 77;

      g_assert_true (spot_value_get_time (value, &time_us) == cases[i].is_time);
      g_assert_cmpint (time_us, ==, cases[i].time_us);
    }
}

static void
test_members (void)
{
  g_autoptr (SpotValue) value = parse ("{\"b\":1,\"a\":{\"c\":[10,20]},\"b\":2,\"\":3,\"é\":4}");
  g_autoptr (SpotValue) list = parse ("[1,2]");
  g_autofree char *json = spot_value_to_json (value, FALSE);

  g_assert_cmpuint (spot_value_get_n_children (value), ==, 4);
  g_assert_cmpstr (spot_value_get_child_name (value, 0), ==, "b");
  g_assert_cmpstr (spot_value_get_child_name (value, 1), ==, "a");
  g_assert_cmpstr (spot_value_get_child_name (value, 2), ==, "");
  g_assert_null (spot_value_get_child_name (value, 4));
  g_assert_null (spot_value_get_child (value, 4));
  g_assert_null (spot_value_get_child_key (value, 0));
  g_assert_cmpstr (spot_value_get_text (spot_value_get_member (value, "b"), NULL), ==, "2");
  g_assert_cmpstr (spot_value_get_text (spot_value_get_member (value, "é"), NULL), ==, "4");
  g_assert_null (spot_value_get_member (value, "c"));
  g_assert_null (spot_value_get_member (list, "0"));
  g_assert_null (spot_value_get_child_name (list, 0));
  g_assert_cmpstr (json, ==, "{\"b\":2,\"a\":{\"c\":[10,20]},\"\":3,\"é\":4}");
}

/* Objects have an index from some size on: every size around it, with and without doubles. */
static void
test_member_look_up (void)
{
  for (guint n = 0; n < 70; n++)
    for (guint distinct = MAX (n / 2, 1); distinct <= MAX (n, 1); distinct++)
      {
        g_autoptr (GString) json = g_string_new ("{");
        g_autoptr (SpotValue) value = NULL;

        for (guint i = 0; i < n; i++)
          g_string_append_printf (json, "%s\"name%u\":%u", i ? "," : "", i % distinct, i);
        g_string_append_c (json, '}');
        value = parse (json->str);
        g_assert_cmpuint (spot_value_get_n_children (value), ==, MIN (n, distinct));
        for (guint i = 0; i < MIN (n, distinct); i++)
          {
            g_autofree char *name = g_strdup_printf ("name%u", i);
            g_autofree char *last = g_strdup_printf ("%u", n - 1 - (n - 1 - i) % distinct);

            g_assert_cmpstr (spot_value_get_child_name (value, i), ==, name);
            g_assert_cmpstr (spot_value_get_text (spot_value_get_member (value, name), NULL), ==, last);
          }
        g_assert_null (spot_value_get_member (value, "name"));
      }
}

static void
test_odd_strings (void)
{
  static const struct
  {
    const char *json;
    const char *text;
    gsize length;
    const char *again;
  } cases[] = {
    { "\"a\\u0000b\"", "a\0b", 3, "\"a\\u0000b\"" },
    { "\"\\u0000\"", "\0", 1, "\"\\u0000\"" },
    { "\"\xee\x80\x80n1\"", "\xee\x80\x80n1", 5, "\"\xee\x80\x80n1\"" },
    { "\"\\ue000n1\"", "\xee\x80\x80n1", 5, "\"\xee\x80\x80n1\"" },
    { "\"x\xee\x80\x80\\u0000\xee\x80\x81\"", "x\xee\x80\x80\0\xee\x80\x81", 8,
      "\"x\xee\x80\x80\\u0000\xee\x80\x81\"" },
    { "\"\\ud800\"", "\xef\xbf\xbd", 3, "\"\xef\xbf\xbd\"" },
    { "\"\\udc00\\ud800x\"", "\xef\xbf\xbd\xef\xbf\xbdx", 7, "\"\xef\xbf\xbd\xef\xbf\xbdx\"" },
    { "\"\\ud800\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80", 7, "\"\xef\xbf\xbd\xf0\x9f\x98\x80\"" },
    { "\"\\ud800\\u0041\"",
      "\xef\xbf\xbd"
      "A",
      4,
      "\"\xef\xbf\xbd"
      "A\"" },
    { "\"\xff\xc3\"", "\xef\xbf\xbd\xef\xbf\xbd", 6, "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
    { "\"\\u0022\\u005c\\u0001\\u007f\"", "\"\\\x01\x7f", 4, "\"\\\"\\\\\\u0001\x7f\"" },
    { "\"\\b\\f\\n\\r\\t\"", "\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotValue) value = parse (cases[i].json);
      g_autofree char *again = spot_value_to_json (value, FALSE);
      gsize length;
      const char *text = spot_value_get_text (value, &length);

      g_assert_cmpmem (text, length, cases[i].text, cases[i].length);
      g_assert_cmpint (text[length], ==, '\0');
      g_assert_cmpstr (again, ==, cases[i].again);
    }
}

static void
test_odd_names (void)
{
  g_autoptr (SpotValue) value = parse ("{\"a\\u0000b\":1,\"a\":2,\"\xee\x80\x80n5\":3,\"\\ue000m\":4,\"a\\u0000b\":5}");
  g_autofree char *again = spot_value_to_json (value, FALSE);

  g_assert_cmpstr (again, ==, "{\"a\\u0000b\":5,\"a\":2,\"\xee\x80\x80n5\":3,\"\xee\x80\x80m\":4}");
}

static void
test_length_is_respected (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SpotValue) value = spot_value_new_from_json ("[1,2]garbage", 5, &error);
  g_autoptr (SpotValue) none = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (spot_value_get_n_children (value), ==, 2);
  none = spot_value_new_from_json ("[1,2]\0", 6, &error);
  g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED);
  g_assert_null (none);
}

static void
test_not_json (void)
{
  static const char *const cases[] = {
    "",
    " ",
    "{",
    "}",
    "[",
    "]",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{a:1}",
    "{'a':1}",
    "'a'",
    "\"a",
    "\"\\",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\n\"",
    "\"\t\"",
    "01",
    "-",
    "+1",
    ".5",
    "1.",
    "1e",
    "1e+",
    "0x10",
    "1_000",
    "--1",
    "NaN",
    "Infinity",
    "-Infinity",
    "undefined",
    "nul",
    "nulll",
    "True",
    "tru",
    "// c\n1",
    "/* c */ 1",
    "1 // c",
    "[1] [2]",
    "1 2",
    "{}{}",
    "[1 2]",
    "{\"a\" 1}",
    "{\"a\":1 \"b\":2}",
    "{1:2}",
    "\xc2\xa0"
    "1",
    "\v1",
    "[1]\f",
    "var x = 1",
    "x = {}",
    "@",
    "\xff",
    "[}",
    "{]",
    "\"\x7f",
    "[\"a\",\"b\"",
    "{\"a\":\"b",
    "{\"a",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SpotValue) value = spot_value_new_from_json (cases[i], -1, &error);

      if (value != NULL)
        g_test_message ("taken: %s", cases[i]);
      g_assert_null (value);
      g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED);
    }
}

static void
test_nesting (void)
{
  for (guint depth = SPOT_MAX_NESTING - 1; depth <= SPOT_MAX_NESTING + 1; depth++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) json = g_string_new (NULL);
      g_autoptr (SpotValue) value = NULL;

      for (guint i = 0; i < depth; i++)
        g_string_append (json, i % 2 ? "{\"a\":" : "[");
      g_string_append_c (json, '1');
      for (guint i = depth; i > 0; i--)
        g_string_append_c (json, (i - 1) % 2 ? '}' : ']');
      value = spot_value_new_from_json (json->str, -1, &error);
      if (depth <= SPOT_MAX_NESTING)
        {
          g_autofree char *again = value ? spot_value_to_json (value, FALSE) : NULL;

          g_assert_no_error (error);
          g_assert_cmpstr (again, ==, json->str);
        }
      else
        g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
    }
}

static void
test_deep_garbage (void)
{
  g_autofree char *json = g_strnfill (1000000, '[');
  g_autoptr (GError) error = NULL;
  g_autoptr (SpotValue) value = spot_value_new_from_json (json, -1, &error);

  g_assert_null (value);
  g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
}

static void
test_pretty (void)
{
  g_autoptr (SpotValue) value = parse ("{\"a\":[1,{}],\"b\":[],\"c\":{\"d\":\"x\"}}");
  g_autofree char *pretty = spot_value_to_json (value, TRUE);
  g_autoptr (SpotValue) again = parse (pretty);

  g_assert_cmpstr (pretty, ==,
                   "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": [],\n  \"c\": {\n    \"d\": \"x\"\n  }\n}");
  g_assert_true (spot_value_equal (value, again));
}

static void
test_equal (void)
{
  static const struct
  {
    const char *one;
    const char *other;
    gboolean equal;
  } cases[] = {
    { "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", TRUE },
    { "[1,2]", "[2,1]", FALSE },
    { "1", "1.0", FALSE },
    { "{\"a\":1}", "{\"a\":1,\"b\":2}", FALSE },
    { "{\"a\":1}", "{\"b\":1}", FALSE },
    { "[]", "{}", FALSE },
    { "\"1\"", "1", FALSE },
    { "null", "null", TRUE },
    { "\"a\\u0000b\"", "\"a\\u0000c\"", FALSE },
    { "[[[1]]]", "[[[1]]]", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotValue) one = parse (cases[i].one);
      g_autoptr (SpotValue) other = parse (cases[i].other);

      g_assert_true (spot_value_equal (one, other) == cases[i].equal);
      g_assert_true (spot_value_equal (other, one) == cases[i].equal);
    }
}

static void
test_new_string (void)
{
  static const struct
  {
    const char *text;
    gssize length;
    const char *kept;
    gsize kept_length;
  } cases[] = {
    { "plain", -1, "plain", 5 },
    { "plain", 2, "pl", 2 },
    { NULL, 0, "", 0 },
    { "", -1, "", 0 },
    { "a\0b", 3, "a\0b", 3 },
    { "\xff"
      "a\xc3",
      3,
      "\xef\xbf\xbd"
      "a\xef\xbf\xbd",
      7 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotValue) value = spot_value_new_string (cases[i].text, cases[i].length);
      gsize length;
      const char *text = spot_value_get_text (value, &length);

      g_assert_cmpint (spot_value_get_kind (value), ==, SPOT_VALUE_STRING);
      g_assert_cmpmem (text, length, cases[i].kept, cases[i].kept_length);
    }
}

static SpotValue *
drop_and_mask_cb (SpotValue *child, const char *name, guint depth, gpointer user_data)
{
  guint *deepest = user_data;

  *deepest = MAX (*deepest, depth);
  if (g_strcmp0 (name, "drop") == 0)
    return NULL;
  if (g_strcmp0 (name, "mask") == 0)
    return spot_value_new_string ("…", -1);
  return spot_value_ref (child);
}

static void
test_filter (void)
{
  g_autoptr (SpotValue) value
      = parse ("{\"drop\":1,\"same\":{\"x\":[1]},\"list\":[{\"mask\":{\"drop\":1}},{\"drop\":2}]}");
  g_autoptr (SpotValue) plain = parse ("{\"same\":{\"x\":[1]}}");
  guint deepest = 0;
  g_autoptr (SpotValue) filtered = spot_value_filter (value, drop_and_mask_cb, &deepest);
  g_autoptr (SpotValue) untouched = spot_value_filter (plain, drop_and_mask_cb, &deepest);
  g_autofree char *json = spot_value_to_json (filtered, FALSE);

  g_assert_cmpstr (json, ==, "{\"same\":{\"x\":[1]},\"list\":[{\"mask\":\"…\"},{}]}");
  g_assert_cmpuint (deepest, ==, 2);
  g_assert_true (spot_value_get_member (filtered, "same") == spot_value_get_member (value, "same"));
  g_assert_true (untouched == plain);
}

/* Ten megabytes, of rows and of the least that a value can be. */
static void
test_large (void)
{
  g_autoptr (GString) rows = g_string_new ("[");
  g_autoptr (GString) empties = g_string_new ("[");
  g_autoptr (SpotValue) value = NULL;
  g_autoptr (SpotValue) many = NULL;
  g_autofree char *again = NULL;
  guint n = 0;
  gint64 start;

  for (; rows->len < 10 * 1000 * 1000; n++)
    g_string_append_printf (
        rows, "{\"id\":%u,\"name\":\"row number %u\",\"ok\":true,\"ratio\":0.%u,\"tags\":[\"a\",\"b\"]},", n, n, n);
  g_string_append (rows, "1]");
  start = g_get_monotonic_time ();
  value = parse (rows->str);
  g_test_message ("%.1f MB in %.0f ms", rows->len / 1e6, (g_get_monotonic_time () - start) / 1e3);
  g_assert_cmpuint (spot_value_get_n_children (value), ==, n + 1);
  again = spot_value_to_json (value, FALSE);
  g_assert_true (g_str_equal (again, rows->str));

  for (guint i = 0; i < 100000; i++)
    g_string_append (empties, "[],");
  g_string_append (empties, "{}]");
  many = parse (empties->str);
  g_assert_cmpuint (spot_value_get_n_children (many), ==, 100001);
}

/* Names that share GLib's string hash: quadratic work would take minutes. */
static void
test_colliding_names (void)
{
  g_autoptr (GString) json = g_string_new ("{");
  g_autoptr (SpotValue) value = NULL;

  for (guint i = 0; i < 1u << 16; i++)
    {
      g_string_append (json, i ? ",\"" : "\"");
      for (guint bit = 0; bit < 16; bit++)
        g_string_append (json, i & 1u << bit ? "FY" : "Ez");
      g_string_append (json, "\":1");
    }
  g_string_append_c (json, '}');
  g_assert_cmpuint (g_str_hash ("Ez"), ==, g_str_hash ("FY"));
  value = parse (json->str);
  g_assert_cmpuint (spot_value_get_n_children (value), ==, 1u << 16);
}

/* Changed at random, a document is either refused with an error or read such that what is written of it reads the same.
 */
static void
test_mutations (void)
{
  static const char *const seeds[] = {
    "{\"a\":[1,2.50,-3e+7,{\"b\":null,\"c\":[true,false]}],\"d\":\"\\u00e9\\ud83d\\ude00\\n\",\"e\":{\"f\":\"\\u0000\"}"
    ",\"a\":0}",
    "[\"\xee\x80\x80n1\",\"\\ue000\",18446744073709551616,\"\xc3\xa9\",[[[[]]]],{\"\":{}}]",
  };
  static const char alphabet[] = "{}[]\",:\\u0123456789eE+-.ntrue false/\xee\x80\xc3\xff\n";
  g_autoptr (GRand) random = g_rand_new_with_seed (20240817);
  guint n_read = 0, n_refused = 0;

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) text = g_string_new (seeds[i % G_N_ELEMENTS (seeds)]);
      g_autoptr (GError) error = NULL;
      g_autoptr (SpotValue) value = NULL;

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
      value = spot_value_new_from_json (text->str, (gssize) text->len, &error);
      g_assert_true ((value == NULL) == (error != NULL));
      if (value != NULL)
        {
          g_autofree char *json = spot_value_to_json (value, i % 3 == 0);
          g_autoptr (SpotValue) again = parse (json);

          g_assert_true (g_utf8_validate (json, -1, NULL));
          g_assert_true (spot_value_equal (value, again));
          n_read++;
        }
      else
        n_refused++;
    }
  g_assert_cmpuint (n_read, >, 500);
  g_assert_cmpuint (n_refused, >, 500);
}

/* A document that ends anywhere before its end is refused. */
static void
test_cut_anywhere (void)
{
  static const char json[] = "{\"a\":[1.5,\"x\\u00e9\",{\"b\":null}],\"c\":true}";

  for (gsize length = 0; length < strlen (json); length++)
    {
      g_autofree char *cut = g_strndup (json, length); /* of its own size, so that reading beyond the end shows */
      g_autoptr (GError) error = NULL;
      g_autoptr (SpotValue) value = spot_value_new_from_json (cut, (gssize) length, &error);

      g_assert_null (value);
      g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/value/kinds", test_kinds);
  g_test_add_func ("/value/numbers-keep-every-digit", test_numbers_keep_every_digit);
  g_test_add_func ("/value/double", test_double);
  g_test_add_func ("/value/time", test_time);
  g_test_add_func ("/value/members", test_members);
  g_test_add_func ("/value/member-look-up", test_member_look_up);
  g_test_add_func ("/value/odd-strings", test_odd_strings);
  g_test_add_func ("/value/odd-names", test_odd_names);
  g_test_add_func ("/value/length-is-respected", test_length_is_respected);
  g_test_add_func ("/value/not-json", test_not_json);
  g_test_add_func ("/value/limit-nesting", test_nesting);
  g_test_add_func ("/value/deep-garbage", test_deep_garbage);
  g_test_add_func ("/value/pretty", test_pretty);
  g_test_add_func ("/value/equal", test_equal);
  g_test_add_func ("/value/new-string", test_new_string);
  g_test_add_func ("/value/filter", test_filter);
  g_test_add_func ("/value/large", test_large);
  g_test_add_func ("/value/colliding-names", test_colliding_names);
  g_test_add_func ("/value/mutations", test_mutations);
  g_test_add_func ("/value/cut-anywhere", test_cut_anywhere);
  return g_test_run ();
}
