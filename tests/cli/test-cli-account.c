/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>

#include "spot-secrets.h"

#include "cli-rig.h"

#define KEYRING "org.freedesktop.secrets"

/* ---- a secret store of the test's own, on its private bus ---- */

static gboolean
has_keyring (void)
{
  g_autoptr(GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr(GVariant) answer = NULL;
  gboolean owned = FALSE;

  g_assert_nonnull (bus);
  answer = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                        "NameHasOwner", g_variant_new ("(s)", KEYRING), G_VARIANT_TYPE ("(b)"),
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  if (answer != NULL)
    g_variant_get (answer, "(b)", &owned);
  return owned;
}

static GSubprocess *
start_keyring (void)
{
  g_autoptr(GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                               G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  gint64 until_us = g_get_monotonic_time () + CLI_RIG_WAIT_S * G_TIME_SPAN_SECOND;
  g_autoptr(GError) error = NULL;
  GSubprocess *keyring;

  /* What it warns about is its own. */
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  keyring = g_subprocess_launcher_spawn (launcher, &error, "gnome-keyring-daemon", "--foreground", "--components=secrets",
                                         "--unlock", NULL);
  g_assert_no_error (error);
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (keyring), "open", 4, NULL, NULL, NULL);
  g_output_stream_close (g_subprocess_get_stdin_pipe (keyring), NULL, NULL);
  while (!has_keyring () && g_get_monotonic_time () < until_us)
    g_usleep (1000);
  g_assert_true (has_keyring ());
  return keyring;
}

/* ---- the program's settings ---- */

static void
set (GKeyFile   *file,
     const char *account_id, /* nullable: for the program as a whole */
     const char *key,
     const char *value) /* as GVariant writes it */
{
  g_autofree char *group = account_id != NULL ? g_strconcat (SCHEMA_PATH + 1, "/accounts/", account_id, NULL)
                                              : g_strdup (SCHEMA_PATH + 1);

  g_key_file_set_value (file, group, key, value);
}

static void
write_settings (CliRig *rig)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "glib-2.0", "settings", NULL);
  g_autofree char *path = g_build_filename (folder, "keyfile", NULL);
  g_autofree char *url = g_strdup_printf ("'%s'", spot_dev_server_get_url (rig->server));
  g_autoptr(GError) error = NULL;

  set (file, NULL, "accounts", "['one', 'two', 'three', 'four', 'five', 'six']");
  set (file, "one", "name", "'Work'");
  set (file, "one", "api-url", url);
  set (file, "two", "name", "'Twice'");
  set (file, "three", "name", "'Twice'");
  set (file, "four", "name", "'Person'");
  set (file, "four", "kind", "'signed-in'");
  set (file, "five", "name", "'Keyless'");
  set (file, "six", "name", "'Strange'");
  set (file, "six", "ca-file", "'/nowhere/ca.pem'");
  g_mkdir_with_parents (folder, 0700);
  g_key_file_save_to_file (file, path, &error);
  g_assert_no_error (error);
  g_setenv ("GSETTINGS_BACKEND", "keyfile", TRUE);
}

static const struct
{
  const char *arguments;
  int         code;
  const char *said; /* nullable */
} rows[] = {
  { "list --account Work", 0, NULL },
  { "list --account one", 0, NULL },
  { "watch --account Work --run run_1 --linger 0", 0, NULL },
  { "wait --account Work --run run_1", 0, NULL },
  { "list --account Nobody", 64, "no account of that name" },
  { "list --account Twice", 64, "several accounts" },
  { "list --account Person", 64, "sign-in" },
  { "list --account Keyless", 64, "no key for the account" },
  { "list --account Strange", 64, "/nowhere/ca.pem" },
};

static void
test_accounts (void)
{
  g_autofree char *program = g_find_program_in_path ("gnome-keyring-daemon");
  g_autoptr(GSubprocess) keyring = NULL;
  g_autoptr(SpotSecrets) secrets = NULL;
  g_autoptr(CliRig) rig = NULL;
  g_autoptr(GError) error = NULL;

  if (program == NULL)
    {
      g_test_skip ("gnome-keyring-daemon is not installed");
      return;
    }
  keyring = start_keyring ();
  rig = cli_rig_new (SPOT_DEV_DIALECT_ELECTRIC);
  cli_rig_put (rig, NULL, "run_1", "COMPLETED_SUCCESSFULLY", NULL);
  write_settings (rig);
  secrets = spot_secrets_new ();
  spot_secrets_store_sync (secrets, "one", "Work", spot_dev_server_get_key (rig->server), NULL, &error);
  g_assert_no_error (error);
  spot_secrets_store_sync (secrets, "six", "Strange", "tr_dev_x", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (spot_secrets_get_place (secrets), ==, SPOT_SECRETS_KEYRING);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].arguments);
      g_string_truncate (rig->out, 0);
      g_string_truncate (rig->err, 0);
      /* Another key in the environment does not count. */
      cli_rig_start (rig, i % 2 == 0 ? "" : "tr_dev_another", rows[i].arguments);
      g_assert_cmpint (cli_rig_finish (rig), ==, rows[i].code);
      g_test_message ("%s", rig->err->str);
      if (rows[i].said != NULL)
        g_assert_nonnull (strstr (rig->err->str, rows[i].said));
      else
        g_assert_cmpstr (rig->err->str, ==, "");
    }
  g_clear_object (&secrets);
  g_subprocess_send_signal (keyring, SIGTERM);
  g_subprocess_wait (keyring, NULL, NULL);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli-account/accounts", test_accounts);
  return g_test_run ();
}
