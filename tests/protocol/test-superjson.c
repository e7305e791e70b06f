/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-packet.h"
#include "spot-protocol-error.h"

/* A tree as one line: what JSON cannot say is said by the type in front. */
static void
describe (GString *out, const SpotValue *value)
{
  SpotValueKind kind = spot_value_get_kind (value);
  const char *type = spot_value_get_type_name (value);
  guint n = spot_value_get_n_children (value);

  if (!spot_value_is_container (value))
    {
      const char *text = spot_value_get_text (value, NULL);

      if (kind == SPOT_VALUE_STRING && g_str_equal (type, "string"))
        g_string_append_printf (out, "'%s'", text);
      else if (kind == SPOT_VALUE_NUMBER || kind == SPOT_VALUE_NULL || kind == SPOT_VALUE_UNDEFINED
               || kind == SPOT_VALUE_BOOLEAN)
        g_string_append (out, text);
      else
        g_string_append_printf (out, "%s(%s)", type, text);
      return;
    }
  if (!g_str_equal (type, "array") && !g_str_equal (type, "object"))
    g_string_append (out, type);
  g_string_append_c (out, kind == SPOT_VALUE_OBJECT || kind == SPOT_VALUE_ERROR || kind == SPOT_VALUE_MAP ? '{' : '[');
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ' ');
      if (kind == SPOT_VALUE_MAP)
        {
          describe (out, spot_value_get_child_key (value, i));
          g_string_append (out, "=>");
        }
      else if (spot_value_get_child_name (value, i))
        g_string_append_printf (out, "%s:", spot_value_get_child_name (value, i));
      describe (out, spot_value_get_child (value, i));
    }
  g_string_append_c (out, kind == SPOT_VALUE_OBJECT || kind == SPOT_VALUE_ERROR || kind == SPOT_VALUE_MAP ? '}' : ']');
}

#define Q(...) #__VA_ARGS__

static void
test_annotations (void)
{
  static const struct
  {
    const char *json;
    const char *values;
    const char *is;
  } cases[] = {
    /* Each type at the root */
    { "null", "[\"undefined\"]", "undefined" },
    { "\"9007199254740993\"", "[\"bigint\"]", "bigint(9007199254740993)" },
    { "\"-12\"", "[\"bigint\"]", "bigint(-12)" },
    { "\"2026-08-21T09:00:00.000Z\"", "[\"Date\"]", "Date(2026-08-21T09:00:00.000Z)" },
    { "\"+010000-01-01T00:00:00.000Z\"", "[\"Date\"]", "Date(+010000-01-01T00:00:00.000Z)" },
    { "null", "[\"Date\"]", "Date()" },
    { "\"NaN\"", "[\"number\"]", "NaN" },
    { "\"Infinity\"", "[\"number\"]", "Infinity" },
    { "\"-Infinity\"", "[\"number\"]", "-Infinity" },
    { "\"-0\"", "[\"number\"]", "-0" },
    { "\"/a+/gi\"", "[\"regexp\"]", "RegExp(/a+/gi)" },
    { "\"https://a.example/\"", "[\"URL\"]", "URL(https://a.example/)" },
    { "[1,2]", "[\"set\"]", "Set[1 2]" },
    { "[]", "[\"set\"]", "Set[]" },
    { "[[\"k\",1],[2,null]]", "[\"map\"]", "Map{'k'=>1 2=>null}" },
    { "[]", "[\"map\"]", "Map{}" },
    { "{\"name\":\"TypeError\",\"message\":\"m\"}", "[\"Error\"]", "Error{name:'TypeError' message:'m'}" },
    { "\"id\"", "[[\"symbol\",\"id\"]]", "symbol(id)" },
    { "[1,2]", "[[\"typed-array\",\"Uint8Array\"]]", "Uint8Array[1 2]" },
    { "{\"x\":1}", "[[\"class\",\"Point\"]]", "Point{x:1}" },
    { "[1]", "[[\"custom\",\"buffer\"]]", "buffer[1]" },
    { "\"1.5\"", "[[\"custom\",\"Decimal\"]]", "Decimal(1.5)" },
    { "{}", "[[\"class\",\"Empty\"]]", "Empty{}" },
    /* Paths */
    { "{\"a\":{\"b\":[1,\"5\"]}}", "{\"a.b.1\":[\"bigint\"]}", "{a:{b:[1 bigint(5)]}}" },
    { "{\"a.b\":\"5\",\"a\":{\"b\":\"6\"}}", "{\"a\\\\.b\":[\"bigint\"]}", "{a.b:bigint(5) a:{b:'6'}}" },
    { "{\"a\\\\b\":\"5\"}", "{\"a\\\\b\":[\"bigint\"]}", "{a\\b:bigint(5)}" },
    { "{\"a\\\\b\":\"5\"}", "{\"a\\\\\\\\b\":[\"bigint\"]}", "{a\\b:bigint(5)}" },
    { "{\"a\\\\\":{\"b\":\"5\"}}", "{\"a\\\\\\\\.b\":[\"bigint\"]}", "{a\\:{b:bigint(5)}}" },
    { "{\"\":{\"\":\"5\"}}", "{\".\":[\"bigint\"]}", "{:{:bigint(5)}}" },
    { "{\"0\":\"5\"}", "{\"0\":[\"bigint\"]}", "{0:bigint(5)}" },
    { "[\"5\",\"6\"]", "{\"1\":[\"bigint\"]}", "['5' bigint(6)]" },
    /* Inner annotations, relative to the annotated value */
    { "[[\"k\",\"2026-01-01T00:00:00.000Z\"]]", "[\"map\",{\"0.1\":[\"Date\"]}]",
      "Map{'k'=>Date(2026-01-01T00:00:00.000Z)}" },
    { "[[\"1\",\"2\"],[\"3\",\"4\"]]", "[\"map\",{\"1.0\":[\"bigint\"],\"0.1\":[\"bigint\"]}]",
      "Map{'1'=>bigint(2) bigint(3)=>'4'}" },
    { "[\"1\",\"2\"]", "[\"set\",{\"1\":[\"bigint\"]}]", "Set['1' bigint(2)]" },
    { "{\"m\":[[\"k\",[\"5\"]]]}", "{\"m\":[\"map\",{\"0.1\":[\"set\",{\"0\":[\"bigint\"]}]}]}",
      "{m:Map{'k'=>Set[bigint(5)]}}" },
    { "{\"m\":[[\"k\",\"5\"]]}", "{\"m\":[\"map\"],\"m.0.1\":[\"bigint\"]}", "{m:Map{'k'=>bigint(5)}}" },
    { "{\"p\":{\"when\":null}}", "{\"p\":[[\"class\",\"P\"],{\"when\":[\"Date\"]}]}", "{p:P{when:Date()}}" },
    { "{\"e\":{\"name\":\"E\",\"message\":\"m\",\"cause\":{\"name\":\"F\",\"message\":\"n\"}}}",
      "{\"e\":[\"Error\",{\"cause\":[\"Error\"]}]}",
      "{e:Error{name:'E' message:'m' cause:Error{name:'F' message:'n'}}}" },
    { "{\"a\":{\"b\":\"5\"}}", "{\"a\":{\"b\":[\"bigint\"]}}", "{a:{b:bigint(5)}}" },
    /* Unknown, or not fitting: as plain */
    { "\"x\"", "[\"Temporal\"]", "'x'" },
    { "\"x\"", "[[\"wormhole\",\"y\"]]", "'x'" },
    { "\"x\"", "[[\"class\"]]", "'x'" },
    { "\"x\"", "[[\"class\",5]]", "'x'" },
    { "\"x\"", "[[]]", "'x'" },
    { "\"x\"", "[]", "'x'" },
    { "\"x\"", "[null]", "'x'" },
    { "\"x\"", "[{\"a\":1}]", "'x'" },
    { "\"five\"", "[\"bigint\"]", "'five'" },
    { "5", "[\"bigint\"]", "5" },
    { "\"tomorrow\"", "[\"Date\"]", "'tomorrow'" },
    { "\"12\"", "[\"number\"]", "'12'" },
    { "\"x\"", "[\"undefined\"]", "'x'" },
    { "{\"a\":1}", "[\"set\"]", "{a:1}" },
    { "[[1,2],[3]]", "[\"map\"]", "[[1 2] [3]]" },
    { "[[1,2],3]", "[\"map\"]", "[[1 2] 3]" },
    { "[1]", "[\"Error\"]", "[1]" },
    { "\"x\"", "[[\"typed-array\",\"Uint8Array\"]]", "'x'" },
    { "[1]", "[[\"symbol\",\"s\"]]", "[1]" },
    /* Paths that lead nowhere, or where they must not */
    { "{\"a\":\"5\"}", "{\"b\":[\"bigint\"],\"a.b\":[\"bigint\"],\"a.0\":[\"bigint\"],\"\":[\"bigint\"]}", "{a:'5'}" },
    { "[\"5\"]",
      "{\"1\":[\"bigint\"],\"-1\":[\"bigint\"],\"00000000000000000000\":[\"bigint\"],\"4294967296\":[\"bigint\"],"
      "\"0x0\":[\"bigint\"]}",
      "['5']" },
    { "{\"a\":1}",
      "{\"__proto__.polluted\":[\"undefined\"],\"constructor.prototype\":[\"bigint\"],\"__proto__\":[\"set\"]}",
      "{a:1}" },
    { "{\"__proto__\":\"5\"}", "{\"__proto__\":[\"bigint\"]}", "{__proto__:bigint(5)}" },
    /* Broken meta */
    { "{\"a\":1}", "5", "{a:1}" },
    { "{\"a\":1}", "null", "{a:1}" },
    { "{\"a\":1}", "\"Date\"", "{a:1}" },
    { "{\"a\":1}", "{\"a\":5}", "{a:1}" },
    { "{\"a\":\"1\"}", "{\"a\":[\"bigint\",5]}", "{a:bigint(1)}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text
          = g_strdup_printf ("{\"json\":%s,\"meta\":{\"values\":%s}}", cases[i].json, cases[i].values);
      g_autoptr (GError) error = NULL;
      g_autoptr (SpotValue) value = spot_superjson_decode (text, -1, &error);
      g_autoptr (SpotValue) plain = spot_value_new_from_json (cases[i].json, -1, NULL);
      g_autoptr (GString) is = g_string_new (NULL);
      g_autofree char *json = NULL;
      g_autofree char *plain_json = spot_value_to_json (plain, FALSE);

      g_assert_no_error (error);
      describe (is, value);
      g_assert_cmpstr (is->str, ==, cases[i].is);
      /* Written as JSON it is the `json` part again, but for -0, which JSON can say. */
      json = spot_value_to_json (value, FALSE);
      if (!g_str_equal (cases[i].is, "-0"))
        g_assert_cmpstr (json, ==, plain_json);
    }
}

static void
test_envelopes (void)
{
  static const struct
  {
    const char *text;
    const char *is;
  } cases[] = {
    { Q ({ "json" : { "a" : 1 } }), "{a:1}" },
    { Q ({ "json" : null }), "null" },
    { Q ({ "json" : "5", "meta" : null }), "'5'" },
    { Q ({ "json" : "5", "meta" : {} }), "'5'" },
    { Q ({ "json" : "5", "meta" : [] }), "'5'" },
    { Q ({ "json" : "5", "meta" : "x" }), "'5'" },
    { Q ({ "meta" : { "values" : ["bigint"] }, "json" : "5" }), "bigint(5)" },
    { Q ({ "json" : "5", "meta" : { "values" : ["bigint"], "v" : 1 }, "more" : true }), "bigint(5)" },
    { Q ({ "json" : { "a" : { "b" : 1 }, "c" : null }, "meta" : { "referentialEqualities" : { "a" : ["c"] } } }),
      "{a:{b:1} c:null}" },
    { Q ({
        "json" : { "a" : "5" },
        "meta" : { "values" : { "a" : ["bigint"] }, "referentialEqualities" : [ ["b"], { "a" : ["c"] } ] }
      }),
      "{a:bigint(5)}" },
    /* The page's example */
    { "{\"json\":{\"when\":\"2026-08-21T09:00:00.000Z\",\"ids\":[\"a\",\"b\"],\"n\":\"9007199254740993\",\"gone\":null,"
      "\"m\":[[\"k\",\"2026-01-01T00:00:00.000Z\"]],\"ratio\":\"NaN\"},\"meta\":{\"values\":{\"when\":[\"Date\"],"
      "\"ids\":[\"set\"],"
      "\"n\":[\"bigint\"],\"gone\":[\"undefined\"],\"m\":[\"map\",{\"0.1\":[\"Date\"]}],\"ratio\":[\"number\"]},"
      "\"referentialEqualities\":{\"a.b\":[\"c.d\"]}}}",
      "{when:Date(2026-08-21T09:00:00.000Z) ids:Set['a' 'b'] n:bigint(9007199254740993) gone:undefined "
      "m:Map{'k'=>Date(2026-01-01T00:00:00.000Z)} ratio:NaN}" },
  };
  static const char *const none[]
      = { "{}", "[]",          "5",           "null",    "\"json\"", "{\"meta\":{}}", "{\"JSON\":1}", "[{\"json\":1}]",
          "",   "{\"json\":}", "{\"json\":1", "nonsense" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SpotValue) value = spot_superjson_decode (cases[i].text, -1, &error);
      g_autoptr (GString) is = g_string_new (NULL);

      g_assert_no_error (error);
      describe (is, value);
      g_assert_cmpstr (is->str, ==, cases[i].is);
    }
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SpotValue) value = spot_superjson_decode (none[i], -1, &error);

      g_assert_null (value);
      g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED);
    }
}

static void
test_numbers_of_special_kinds (void)
{
  static const struct
  {
    const char *text;
    gboolean is_number;
    double number;
  } cases[] = {
    { Q ({ "json" : "NaN", "meta" : { "values" : ["number"] } }), FALSE, 0 },
    { Q ({ "json" : "-Infinity", "meta" : { "values" : ["number"] } }), FALSE, 0 },
    { Q ({ "json" : "12", "meta" : { "values" : ["bigint"] } }), TRUE, 12 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotValue) value = spot_superjson_decode (cases[i].text, -1, NULL);
      double number;

      g_assert_true (spot_value_get_double (value, &number) == cases[i].is_number);
      g_assert_cmpfloat (number, ==, cases[i].number);
    }
}

/* Many long paths, and paths far deeper than any tree. */
static void
test_hostile_paths (void)
{
  g_autoptr (GString) text
      = g_string_new ("{\"json\":{\"a\":{\"a\":{\"a\":\"5\"}}},\"meta\":{\"values\":{\"a.a.a\":[\"bigint\"]");
  g_autoptr (SpotValue) value = NULL;
  g_autoptr (GString) is = g_string_new (NULL);
  g_autofree char *deep = NULL;

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, ",\"a.a.a.%u.a.a.a.a.a.a.a.a.a.a.a.a\":[\"set\"]", i);
  deep = g_strnfill (1000000, '.');
  g_string_append_printf (text, ",\"%s\":[\"set\"]}}}", deep);
  value = spot_superjson_decode (text->str, -1, NULL);
  describe (is, value);
  g_assert_cmpstr (is->str, ==, "{a:{a:{a:bigint(5)}}}");
}

/* Changed at random, an envelope is refused or read, and what is read can be written. */
static void
test_mutations (void)
{
  static const char seed[] = "{\"json\":{\"a.b\":\"5\",\"m\":[[\"k\",[\"2026-01-01T00:00:00.000Z\"]]],\"s\":[1,null],"
                             "\"e\":{\"name\":\"E\"},\"u\":\"https://a.example\"},"
                             "\"meta\":{\"values\":{\"a\\\\.b\":[\"bigint\"],\"m\":[\"map\",{\"0.1\":[\"set\",{\"0\":["
                             "\"Date\"]}]}],\"s\":[\"set\",{\"1\":[\"undefined\"]}],"
                             "\"e\":[[\"class\",\"X\"]],\"u\":[\"URL\"]},\"v\":1}}";
  static const char alphabet[] = "{}[]\",:\\.0123456789mapsetDateclass";
  g_autoptr (GRand) random = g_rand_new_with_seed (83);
  guint n_read = 0;

  for (guint i = 0; i < 10000; i++)
    {
      g_autoptr (GString) text = g_string_new (seed);
      g_autoptr (GError) error = NULL;
      g_autoptr (SpotValue) value = NULL;

      for (int k = g_rand_int_range (random, 1, 4); k > 0; k--)
        {
          gsize at = (gsize) g_rand_int_range (random, 0, (gint32) text->len);
          char c = alphabet[g_rand_int_range (random, 0, (gint32) strlen (alphabet))];

          switch (g_rand_int_range (random, 0, 3))
            {
            case 0: text->str[at] = c; break;
            case 1: g_string_insert_c (text, (gssize) at, c); break;
            default: g_string_erase (text, (gssize) at, 1); break;
            }
        }
      value = spot_superjson_decode (text->str, (gssize) text->len, &error);
      g_assert_true ((value == NULL) == (error != NULL));
      if (value != NULL)
        {
          g_autofree char *json = spot_value_to_json (value, FALSE);
          g_autoptr (SpotValue) again = spot_value_new_from_json (json, -1, &error);

          g_assert_no_error (error);
          g_assert_nonnull (again);
          n_read++;
        }
    }
  g_assert_cmpuint (n_read, >, 500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/superjson/83-annotations", test_annotations);
  g_test_add_func ("/superjson/83-envelopes", test_envelopes);
  g_test_add_func ("/superjson/83-numbers-of-special-kinds", test_numbers_of_special_kinds);
  g_test_add_func ("/superjson/83-hostile-paths", test_hostile_paths);
  g_test_add_func ("/superjson/83-mutations", test_mutations);
  return g_test_run ();
}
