/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spot-settings.h"

static void
test_initial (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotSettings) settings = spot_settings_new_in_memory (&error);
  GSettings *general;
  g_auto(GStrv) accounts = NULL;

  g_assert_no_error (error);
  general = spot_settings_get_general (settings);
  g_assert_cmpuint (g_settings_get_uint (general, "journal-max-size"), ==, 500);
  g_assert_cmpuint (g_settings_get_uint (general, "journal-max-age"), ==, 30);
  g_assert_false (g_settings_get_boolean (general, "journal-keep-payloads"));
  g_assert_false (g_settings_get_boolean (general, "event-stream"));
  g_assert_cmpuint (g_settings_get_uint (general, "look-back-hours"), ==, 24);
  g_assert_cmpuint (g_settings_get_uint (general, "max-live-connections"), ==, 6);
  g_assert_cmpint (g_settings_get_enum (general, "notices-run"), ==, SPOT_NOTICE_RULE_ALL);
  g_assert_cmpint (g_settings_get_enum (general, "notices-batch"), ==, SPOT_NOTICE_RULE_ALL);
  g_assert_cmpint (g_settings_get_enum (general, "notices-tags"), ==, SPOT_NOTICE_RULE_FAILURES);
  g_assert_cmpint (g_settings_get_enum (general, "notices-environment"), ==, SPOT_NOTICE_RULE_FAILURES);
  accounts = g_settings_get_strv (general, "accounts");
  g_assert_cmpuint (g_strv_length (accounts), ==, 0);
}

/* The schema's numbers are the program's. */
static void
test_rules (void)
{
  g_autoptr(SpotSettings) settings = spot_settings_new_in_memory (NULL);
  g_autoptr(GEnumClass) rules = g_type_class_ref (SPOT_TYPE_NOTICE_RULE);

  for (guint i = 0; i < rules->n_values; i++)
    {
      GSettings *general = spot_settings_get_general (settings);

      g_assert_true (g_settings_set_string (general, "notices-run", rules->values[i].value_nick));
      g_assert_cmpint (g_settings_get_enum (general, "notices-run"), ==, rules->values[i].value);
    }
}

/* Each number has a range, and each key says what it is. */
static void
test_schema (void)
{
  static const char * const ids[] = { SCHEMA_ID, SCHEMA_ID ".Account" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr(GSettingsSchema) schema =
        g_settings_schema_source_lookup (g_settings_schema_source_get_default (), ids[i], TRUE);
      g_auto(GStrv) names = NULL;

      g_assert_nonnull (schema);
      names = g_settings_schema_list_keys (schema);
      for (guint j = 0; names[j] != NULL; j++)
        {
          g_autoptr(GSettingsSchemaKey) key = g_settings_schema_get_key (schema, names[j]);
          g_autoptr(GVariant) range = g_settings_schema_key_get_range (key);
          const char *kind;

          g_test_message ("%s", names[j]);
          g_assert_nonnull (g_settings_schema_key_get_summary (key));
          g_assert_nonnull (g_settings_schema_key_get_description (key));
          g_variant_get (range, "(&sv)", &kind, NULL);
          if (g_variant_type_equal (g_settings_schema_key_get_value_type (key), G_VARIANT_TYPE_UINT32))
            g_assert_cmpstr (kind, ==, "range");
        }
    }
}

static void
test_accounts (void)
{
  g_autoptr(SpotSettings) settings = spot_settings_new_in_memory (NULL);
  g_autoptr(SpotSettings) others = spot_settings_new_in_memory (NULL);
  g_autoptr(GSettings) first = spot_settings_ref_account (settings, "first");
  g_autoptr(GSettings) second = spot_settings_ref_account (settings, "second");
  g_autoptr(GSettings) again = NULL;
  g_autoptr(GSettings) apart = spot_settings_ref_account (others, "first");
  g_autofree char *name = NULL;
  g_autofree char *second_name = NULL;
  g_autofree char *apart_name = NULL;
  g_autofree char *reset_name = NULL;

  g_settings_set_string (first, "name", "Work");
  again = spot_settings_ref_account (settings, "first");
  name = g_settings_get_string (again, "name");
  g_assert_cmpstr (name, ==, "Work");
  second_name = g_settings_get_string (second, "name");
  g_assert_cmpstr (second_name, ==, "");
  apart_name = g_settings_get_string (apart, "name");
  g_assert_cmpstr (apart_name, ==, "");

  spot_settings_reset_account (settings, "first");
  reset_name = g_settings_get_string (first, "name");
  g_assert_cmpstr (reset_name, ==, "");
}

/* A program that is not installed says so, instead of being ended by GSettings. */
static void
test_not_installed (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotSettings) settings = NULL;

  if (g_test_subprocess ())
    {
      settings = spot_settings_new_in_memory (&error);
      g_assert_null (settings);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      return;
    }
  {
    g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
    g_autoptr(GSubprocess) process = NULL;

    g_subprocess_launcher_unsetenv (launcher, "GSETTINGS_SCHEMA_DIR");
    g_subprocess_launcher_setenv (launcher, "XDG_DATA_DIRS", "/nowhere", TRUE);
    process = g_subprocess_launcher_spawn (launcher, &error, program, "--GTestSubprocess", "-p",
                                           "/settings/not-installed", NULL);
    g_assert_no_error (error);
    g_assert_true (g_subprocess_wait_check (process, NULL, &error));
    g_assert_no_error (error);
  }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/initial", test_initial);
  g_test_add_func ("/settings/rules", test_rules);
  g_test_add_func ("/settings/schema", test_schema);
  g_test_add_func ("/settings/accounts", test_accounts);
  g_test_add_func ("/settings/not-installed", test_not_installed);
  return g_test_run ();
}
