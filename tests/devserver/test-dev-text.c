/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spot-dev-text.h"

/* As PostgreSQL 17 (extra_float_digits 1) and JavaScript print them. */
static void
test_floats (void)
{
  static const struct
  {
    double value;
    const char *postgres;
    const char *javascript;
  } cases[] = {
    { 0, "0", "0" },
    { 1, "1", "1" },
    { -12.5, "-12.5", "-12.5" },
    { 0.1, "0.1", "0.1" },
    { 0.0331, "0.0331", "0.0331" },
    { 0.0001, "0.0001", "0.0001" },
    { 0.00001, "1e-05", "0.00001" },
    { 0.00000123, "1.23e-06", "0.00000123" },
    { 1e-7, "1e-07", "1e-7" },
    { 100, "100", "100" },
    { 123456.789, "123456.789", "123456.789" },
    { 1e14, "100000000000000", "100000000000000" },
    { 1e15, "1e+15", "1000000000000000" },
    { 1.5e20, "1.5e+20", "150000000000000000000" },
    { 1e21, "1e+21", "1e+21" },
    { 1e300, "1e+300", "1e+300" },
    { 0.1 + 0.2, "0.30000000000000004", "0.30000000000000004" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GString) postgres = g_string_new (NULL);
      g_autoptr(GString) javascript = g_string_new (NULL);

      spot_dev_text_append_float (postgres, cases[i].value, SPOT_DEV_FLOAT_POSTGRES);
      spot_dev_text_append_float (javascript, cases[i].value, SPOT_DEV_FLOAT_JAVASCRIPT);
      g_assert_cmpstr (postgres->str, ==, cases[i].postgres);
      g_assert_cmpstr (javascript->str, ==, cases[i].javascript);
    }
}

static void
test_times (void)
{
  static const struct
  {
    const char *iso;
    const char *postgres;
  } cases[] = {
    { "1970-01-01T00:00:00Z", "1970-01-01 00:00:00" },
    { "2026-08-01 10:00:00.1", "2026-08-01 10:00:00.1" },
    { "2026-08-21T09:14:05.120", "2026-08-21 09:14:05.12" },
    { "2026-08-21T11:14:05.117+02:00", "2026-08-21 09:14:05.117" },
    { "2024-02-29T23:59:59.999Z", "2024-02-29 23:59:59.999" },
    { "2000-12-31T23:59:59.5Z", "2000-12-31 23:59:59.5" },
    { "1969-12-31T23:59:59.001Z", "1969-12-31 23:59:59.001" },
    { "2100-03-01T00:00:10Z", "2100-03-01 00:00:10" },
  };
  gint64 time_ms;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = NULL;

      g_assert_true (spot_dev_text_to_time (cases[i].iso, &time_ms));
      text = spot_dev_text_from_time (time_ms);
      g_assert_cmpstr (text, ==, cases[i].postgres);
    }
  g_assert_false (spot_dev_text_to_time ("tomorrow", &time_ms));
  g_assert_false (spot_dev_text_to_time ("2023-02-29T00:00:00Z", &time_ms));

  /* Every day of four centuries and a bit, against GLib. */
  for (gint64 day = -1000; day < 147000; day++)
    {
      g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc (day * 86400);
      g_autofree char *expected = g_date_time_format (time, "%Y-%m-%d %H:%M:%S");
      g_autofree char *text = spot_dev_text_from_time (day * 86400000);

      g_assert_cmpstr (text, ==, expected);
    }
}

static void
test_arrays (void)
{
  static const char *const items[] = { "plain", "a b", "x,y", "say \"hi\"", "back\\slash", "NULL", "null", "", "{}",
                                       "\303\251", "a\tb", NULL };
  static const char *const none[] = { NULL };
  g_autofree char *literal = spot_dev_text_from_array (items);
  g_autofree char *empty = spot_dev_text_from_array (none);
  g_auto(GStrv) back = spot_dev_text_to_array (literal);
  g_auto(GStrv) nothing = spot_dev_text_to_array (empty);

  g_assert_cmpstr (literal, ==,
                   "{plain,\"a b\",\"x,y\",\"say \\\"hi\\\"\",\"back\\\\slash\",\"NULL\",\"null\",\"\",\"{}\","
                   "\303\251,\"a\tb\"}");
  g_assert_cmpstr (empty, ==, "{}");
  g_assert_cmpstrv (back, items);
  g_assert_cmpuint (g_strv_length (nothing), ==, 0);
}

static void
test_json (void)
{
  g_autoptr(JsonNode) node = json_from_string ("{\"stack\": \"a b, c: \\\"d\\\"\", \"b\": [1, -2.5, true, null, []], "
                                               "\"a\": {}, \"ab\": \"\\\\\"}", NULL);
  g_autoptr(GString) jsonb = g_string_new (NULL);
  g_autoptr(GString) compact = g_string_new (NULL);
  g_autoptr(GString) text = g_string_new (NULL);

  spot_dev_text_append_jsonb (jsonb, node);
  g_assert_cmpstr (jsonb->str, ==, "{\"a\": {}, \"b\": [1, -2.5, true, null, []], \"ab\": \"\\\\\", \"stack\": \"a b, "
                                   "c: \\\"d\\\"\"}");
  spot_dev_text_append_compact (compact, jsonb->str);
  g_assert_cmpstr (compact->str, ==, "{\"a\":{},\"b\":[1,-2.5,true,null,[]],\"ab\":\"\\\\\",\"stack\":\"a b, c: "
                                     "\\\"d\\\"\"}");
  spot_dev_text_append_json (text, "a\"\\/\n\r\t\b\f\001\177\342\200\250");
  g_assert_cmpstr (text->str, ==, "\"a\\\"\\\\/\\n\\r\\t\\b\\f\\u0001\177\342\200\250\"");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/floats", test_floats);
  g_test_add_func ("/text/times", test_times);
  g_test_add_func ("/text/arrays", test_arrays);
  g_test_add_func ("/text/json", test_json);
  return g_test_run ();
}
