/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "spot-column.h"
#include "spot-limits.h"
#include "spot-protocol-error.h"

static void
assert_refused (GError **error)
{
  g_assert_error (*error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_VALUE);
  g_clear_error (error);
}

static void
test_names (void)
{
  for (guint i = 0; i < SPOT_N_COLUMNS; i++)
    {
      const char *name = spot_column_get_name ((SpotColumn) i);
      g_autofree char *longer = g_strconcat (name, "x", NULL);

      g_assert_cmpint (spot_column_from_name (name, -1), ==, i);
      g_assert_cmpint (spot_column_from_name (longer, (gssize) strlen (name)), ==, i);
      g_assert_cmpint (spot_column_from_name (longer, -1), ==, SPOT_COLUMN_OTHER);
      g_assert_cmpint (spot_column_from_name (name, (gssize) strlen (name) - 1), ==, SPOT_COLUMN_OTHER);
    }
  g_assert_cmpint (spot_column_from_name ("", -1), ==, SPOT_COLUMN_OTHER);
  g_assert_cmpint (spot_column_from_name ("Status", -1), ==, SPOT_COLUMN_OTHER);
  g_assert_cmpint (spot_column_from_name ("a name longer than that of any column", -1), ==, SPOT_COLUMN_OTHER);
  g_assert_null (spot_column_get_name (SPOT_COLUMN_OTHER));
}

static void
test_integer (void)
{
  static const struct
  {
    const char *text;
    gint64      value;
  } good[] = {
    { "42", 42 },
    { "-7", -7 },
    { "0", 0 },
    { "-0", 0 },
    { "007", 7 },
    { "9223372036854775807", G_MAXINT64 },
    { "-9223372036854775808", G_MININT64 },
  };
  static const char *const bad[] = { "", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "9223372036854775808", "-9223372036854775809",
                                     "99999999999999999999999", "NaN", "null", "--1", "1-" };
  g_autoptr(GError) error = NULL;
  gint64 value;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_assert_true (spot_column_parse_integer (good[i].text, -1, &value, &error));
      g_assert_cmpint (value, ==, good[i].value);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      value = 99;
      g_assert_false (spot_column_parse_integer (bad[i], -1, &value, &error));
      g_assert_cmpint (value, ==, 99);
      assert_refused (&error);
    }
  g_assert_true (spot_column_parse_integer ("123456", 3, &value, &error));
  g_assert_cmpint (value, ==, 123);
}

static void
test_boolean (void)
{
  static const char *const bad[] = { "", "T", "TRUE", "yes", "1", "tr", "truer", "tt", "fals", "null" };
  g_autoptr(GError) error = NULL;
  gboolean value = FALSE;

  g_assert_true (spot_column_parse_boolean ("t", -1, &value, &error) && value);
  g_assert_true (spot_column_parse_boolean ("f", -1, &value, &error) && !value);
  g_assert_true (spot_column_parse_boolean ("true", -1, &value, &error) && value);
  g_assert_true (spot_column_parse_boolean ("false", -1, &value, &error) && !value);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (spot_column_parse_boolean (bad[i], -1, &value, &error));
      assert_refused (&error);
    }
}

static void
test_float (void)
{
  static const struct
  {
    const char *text;
    double      value;
  } good[] = {
    { "1.5", 1.5 },
    { "0", 0.0 },
    { "-12.25", -12.25 },
    { "1e-05", 1e-05 },
    { "1e-7", 1e-7 },
    { "1.5e+20", 1.5e+20 },
    { "0.0331", 0.0331 },
    { "0.1", 0.1 },
    { "0.000000000000001", 0.000000000000001 },
    { "123456789012345", 123456789012345.0 },
    { "1234567890123456789", 1234567890123456789.0 },
    { "0.30000000000000004", 0.30000000000000004 },
    { "2.2250738585072014e-308", 2.2250738585072014e-308 },
    { "1e-400", 0.0 },
    { "+1.5", 1.5 },
    { ".5", 0.5 },
    { "5.", 5.0 },
  };
  static const char *const bad[] = { "", "-", ".", "e5", "1e", "1e+", "1,5", "0x10", "nan", "inf", "infinity", "+Infinity", " 1",
                                     "1 ", "1.5.5", "1e5.0", "1e999", "-1e999", "abc", "--1" };
  g_autoptr(GError) error = NULL;
  g_autofree char *endless = g_strnfill (500, '1');
  double value;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_assert_true (spot_column_parse_float (good[i].text, -1, &value, &error));
      g_assert_cmpfloat (value, ==, good[i].value);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (spot_column_parse_float (bad[i], -1, &value, &error));
      assert_refused (&error);
    }
  g_assert_false (spot_column_parse_float (endless, -1, &value, &error));
  assert_refused (&error);
  g_assert_true (spot_column_parse_float ("NaN", -1, &value, &error));
  g_assert_true (isnan (value));
  g_assert_true (spot_column_parse_float ("Infinity", -1, &value, &error));
  g_assert_true (isinf (value) && value > 0);
  g_assert_true (spot_column_parse_float ("-Infinity", -1, &value, &error));
  g_assert_true (isinf (value) && value < 0);
  g_assert_true (spot_column_parse_float ("1.59", 3, &value, &error));
  g_assert_cmpfloat (value, ==, 1.5);
}

/* Switches to a locale with a decimal comma: one that the machine has, else one that is made here. */
static gboolean
switch_to_comma (const char *folder)
{
  static const char *const locales[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "ru_RU.UTF-8", "nl_NL.UTF-8", "da_DK.UTF-8" };
  static const char definition[] = "comment_char %\nescape_char /\nLC_NUMERIC\ndecimal_point \"<U002C>\"\n"
                                   "thousands_sep \"<U002E>\"\ngrouping 3;3\nEND LC_NUMERIC\n";
  g_autofree char *source = g_build_filename (folder, "comma", NULL);
  g_autofree char *made = g_build_filename (folder, "comma_XX", NULL);
  const char *const argv[] = { "localedef", "-c", "-i", source, "-f", "ANSI_X3.4-1968", made, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (locales); i++)
    {
      if (setlocale (LC_NUMERIC, locales[i]))
        return TRUE;
    }
  if (!g_file_set_contents (source, definition, -1, NULL))
    return FALSE;
  /* It warns of all that the definition does not say, and ends with 1 for that: what counts is what it has made. */
  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL | G_SPAWN_STDOUT_TO_DEV_NULL,
                     NULL, NULL, NULL, NULL, NULL, NULL))
    return FALSE;
  g_setenv ("LOCPATH", folder, TRUE);

  return setlocale (LC_NUMERIC, "comma_XX") != NULL;
}

static void
remove_folder (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_folder (path);
      else
        g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* The same under a locale with a decimal comma. Only a C library without such a thing as locales skips it. */
static void
test_float_locale (void)
{
  g_autofree char *folder = g_dir_make_tmp ("locale-XXXXXX", NULL);

  g_assert_nonnull (folder);
  if (switch_to_comma (folder))
    {
      g_autofree char *shown = g_strdup_printf ("%.1f", 1.5);

      g_assert_cmpstr (shown, ==, "1,5");
      test_float ();
      setlocale (LC_NUMERIC, "C");
    }
  else
    {
      g_test_skip ("there is no locale with a decimal comma, and localedef made none");
    }
  g_unsetenv ("LOCPATH");
  remove_folder (folder);
}

static void
test_time (void)
{
  static const struct
  {
    const char *text;
    gint64      us;
  } good[] = {
    { "1970-01-01 00:00:00", 0 },
    { "1970-01-01T00:00:00.000001", 1 },
    { "2026-08-21 09:14:05.117", G_GINT64_CONSTANT (1787303645117000) },
    { "2026-08-21T09:14:05.117", G_GINT64_CONSTANT (1787303645117000) },
    { "2026-08-21 09:14:05.1", G_GINT64_CONSTANT (1787303645100000) },
    { "2026-08-21 09:14:05.117123", G_GINT64_CONSTANT (1787303645117123) },
    { "2026-08-21 09:14:05.117123999", G_GINT64_CONSTANT (1787303645117123) },
    { "2026-08-21 09:14:05.117Z", G_GINT64_CONSTANT (1787303645117000) },
    { "2026-08-21 09:14:05.117+00", G_GINT64_CONSTANT (1787303645117000) },
    { "2026-08-21 11:14:05.117+02", G_GINT64_CONSTANT (1787303645117000) },
    { "2026-08-21 03:44:05.117-05:30", G_GINT64_CONSTANT (1787303645117000) },
    { "2026-08-21 03:44:05.117-0530", G_GINT64_CONSTANT (1787303645117000) },
    { "2026-08-21T09:14:05", G_GINT64_CONSTANT (1787303645000000) },
    { "2024-02-29 12:00:00", G_GINT64_CONSTANT (1709208000000000) },
    { "2000-02-29 00:00:00", G_GINT64_CONSTANT (951782400000000) },
    { "2038-01-19 03:14:08", G_GINT64_CONSTANT (2147483648000000) },
    { "9999-12-31 23:59:59.999999", G_GINT64_CONSTANT (253402300799999999) },
    { "0001-01-01 00:00:00", G_GINT64_CONSTANT (-62135596800000000) },
    { "1969-12-31 23:59:59.5", -500000 },
  };
  static const char *const bad[]
    = { "",
        "garbage",
        "2026-08-21",
        "2026-08-21 09:14",
        "2026-08-21 09:14:",
        "2026-08-21  09:14:05",
        "2026-08-21x09:14:05",
        "2026-08-21 09:14:05.",
        "2026-08-21 09:14:05.x",
        "2026-08-21 09:14:05.1x",
        "2026-08-21 09:14:05 ",
        " 2026-08-21 09:14:05",
        "2026-08-21 09:14:05+",
        "2026-08-21 09:14:05+2",
        "2026-08-21 09:14:05+02:",
        "2026-08-21 09:14:05+02:6",
        "2026-08-21 09:14:05+02:60",
        "2026-08-21 09:14:05+24",
        "2026-08-21 09:14:05ZZ",
        "2026-8-21 09:14:05",
        "26-08-21 09:14:05",
        "12026-08-21 09:14:05",
        "0000-08-21 09:14:05",
        "2026-00-21 09:14:05",
        "2026-13-21 09:14:05",
        "2026-08-00 09:14:05",
        "2026-08-32 09:14:05",
        "2026-04-31 09:14:05",
        "2026-02-29 09:14:05",
        "1900-02-29 09:14:05",
        "2026-08-21 24:00:00",
        "2026-08-21 09:60:05",
        "2026-08-21 09:14:60",
        "-026-08-21 09:14:05",
        "infinity",
        "2026-08-21 09:14:05 BC" };
  g_autoptr(GError) error = NULL;
  gint64 us;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_assert_true (spot_column_parse_time (good[i].text, -1, &us, &error));
      g_assert_cmpint (us, ==, good[i].us);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      us = 99;
      g_test_message ("%s", bad[i]);
      g_assert_false (spot_column_parse_time (bad[i], -1, &us, &error));
      g_assert_cmpint (us, ==, 99);
      assert_refused (&error);
    }
}

/* Every day of four centuries, against GLib's calendar. */
static void
test_time_days (void)
{
  g_autoptr(GDate) date = g_date_new_dmy (1, G_DATE_JANUARY, 1900);

  for (guint i = 0; i < 146097; i++, g_date_add_days (date, 1))
    {
      char text[32];
      gint64 us;

      g_snprintf (text, sizeof text, "%04u-%02u-%02u 00:00:00", g_date_get_year (date), g_date_get_month (date),
                  g_date_get_day (date));
      g_assert_true (spot_column_parse_time (text, -1, &us, NULL));
      g_assert_cmpint (us, ==, ((gint64) g_date_get_julian (date) - 719163) * 86400 * G_USEC_PER_SEC);
    }
}

static void
assert_array (const char *text,
              const char *joined)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) elements = spot_column_parse_array (text, -1, &error);
  g_autofree char *found = NULL;

  g_assert_no_error (error);
  found = g_strjoinv ("|", elements);
  g_assert_cmpstr (found, ==, joined);
}

static void
test_array_simple (void)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) none = spot_column_parse_array ("{}", -1, &error);
  g_auto(GStrv) null = spot_column_parse_array ("{NULL}", -1, &error);
  g_auto(GStrv) part = spot_column_parse_array ("{a,b}{c", 5, &error);

  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_cmpuint (g_strv_length (null), ==, 0);
  g_assert_cmpuint (g_strv_length (part), ==, 2);
  assert_array ("{1,2}", "1|2");
  assert_array ("{\"NULL\"}", "NULL");
  assert_array ("{a,NULL,b}", "a|b");
  assert_array ("{null,Null,NULLS,\\NULL}", "null|Null|NULLS|NULL");
  assert_array ("{user_7,\"org a\"}", "user_7|org a");
}

static void
test_array_elements (void)
{
  g_auto(GStrv) empty = spot_column_parse_array ("{\"\"}", -1, NULL);

  g_assert_cmpuint (g_strv_length (empty), ==, 1);
  g_assert_cmpstr (empty[0], ==, "");
  assert_array ("{a,\"b c\",\"x,y\",\"say \\\"hi\\\"\",\"back\\\\slash\",NULL,\"NULL\"}",
                "a|b c|x,y|say \"hi\"|back\\slash|NULL");
  assert_array ("{\"{brace}\",\"\\{\",\"\\a\"}", "{brace}|{|a");
  assert_array ("{größe,日本,\"😀 x\"}", "größe|日本|😀 x");
  assert_array ("{user_1,\"org:a b\",\"q\\\"uote\",\"NULL\",\"\"}", "user_1|org:a b|q\"uote|NULL|");
}

static void
test_array_nested (void)
{
  assert_array ("{{1,2},{3}}", "1|2|3");
  assert_array ("{{},{}}", "");
  assert_array (" { a , \"b\" ,  c d  } ", "a|b|c d");
  assert_array ("{ { \"x\" } , { y } }", "x|y");
}

static void
test_array_broken (void)
{
  static const char *const bad[] = { "",     "a",       "{",        "}",       "{a",    "{a,",      "{a,}",  "{,a}",  "{,}",     "{a,,b}",
                                     "{a}}", "{{a}",    "{a}b",     "{\"a}",   "{\"a", "{\"a\"b}", "{a\"b\"}", "{a\\}", "{\"a\\", "{a{b}}",
                                     "{{a}b}", "a,b",   "{a}{b}",   "{ , }",   "{\"a\" \"b\"}", "[1:2]={a,b}", "null", "\"a\"", "{a b", " " };
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_null (spot_column_parse_array (bad[i], -1, &error));
      assert_refused (&error);
    }

  /* Cut anywhere, a literal is no literal. */
  for (gsize n = 0; n < strlen ("{a,\"b\\\"\",{c}}"); n++)
    {
      g_assert_null (spot_column_parse_array ("{a,\"b\\\"\",{c}}", (gssize) n, &error));
      assert_refused (&error);
    }
  g_assert_null (spot_column_parse_array ("{a\0b}", 5, &error));
  assert_refused (&error);
}

static void
test_array_limits (void)
{
  g_autoptr(GString) many = g_string_new ("{");
  g_autoptr(GString) deep = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) most = NULL;

  for (guint i = 0; i < SPOT_MAX_ARRAY_ELEMENTS; i++)
    g_string_append (many, i == 0 ? "a" : ",a");
  g_string_append (many, ",a}");
  g_assert_null (spot_column_parse_array (many->str, -1, &error));
  assert_refused (&error);
  g_string_truncate (many, many->len - 3);
  g_string_append_c (many, '}');
  most = spot_column_parse_array (many->str, -1, &error);
  g_assert_cmpuint (g_strv_length (most), ==, SPOT_MAX_ARRAY_ELEMENTS);

  for (guint depth = SPOT_MAX_NESTING; depth <= SPOT_MAX_NESTING + 1; depth++)
    {
      g_autofree char *open = g_strnfill (depth, '{');
      g_autofree char *close = g_strnfill (depth, '}');
      g_autofree char *text = g_strconcat (open, "a", close, NULL);
      g_auto(GStrv) elements = spot_column_parse_array (text, -1, &error);

      g_assert_cmpint (elements != NULL, ==, depth == SPOT_MAX_NESTING);
      if (!elements)
        assert_refused (&error);
    }
  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '{');
  g_assert_null (spot_column_parse_array (deep->str, -1, &error));
  assert_refused (&error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/column/names", test_names);
  g_test_add_func ("/column/1-integer", test_integer);
  g_test_add_func ("/column/2-boolean", test_boolean);
  g_test_add_func ("/column/3-float", test_float);
  g_test_add_func ("/column/3-float-under-any-locale", test_float_locale);
  g_test_add_func ("/column/5-array", test_array_simple);
  g_test_add_func ("/column/6-array-elements", test_array_elements);
  g_test_add_func ("/column/7-array-nested", test_array_nested);
  g_test_add_func ("/column/8-array-broken", test_array_broken);
  g_test_add_func ("/column/limit-array-elements", test_array_limits);
  g_test_add_func ("/column/12-time", test_time);
  g_test_add_func ("/column/12-time-days", test_time_days);
  return g_test_run ();
}
