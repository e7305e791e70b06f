/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>

#include <gio/gio.h>

#include "spot-secrets.h"

#define WAIT_US (20 * G_TIME_SPAN_SECOND)
#define KEYRING "org.freedesktop.secrets"
#define SECRET "tr_prod_0123456789abcdefghijklmn"

/* ---- a secret store of the test's own, on its private bus ---- */

static gboolean
has_owner (GDBusConnection *bus)
{
  g_autoptr(GVariant) answer =
    g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                 "NameHasOwner", g_variant_new ("(s)", KEYRING), G_VARIANT_TYPE ("(b)"),
                                 G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  gboolean owned = FALSE;

  if (answer != NULL)
    g_variant_get (answer, "(b)", &owned);
  return owned;
}

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for_owner (gboolean wanted)
{
  g_autoptr(GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  gint64 until_us = g_get_monotonic_time () + WAIT_US;
  guint tick = g_timeout_add (20, tick_cb, NULL);

  g_assert_nonnull (bus);
  while (has_owner (bus) != wanted && g_get_monotonic_time () < until_us)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  g_assert_true (has_owner (bus) == wanted);
}

/* @password: (nullable): with it, a keyring is made and opened; without, there is none. */
static GSubprocess *
start_keyring (const char *password)
{
  g_autoptr(GSubprocessLauncher) launcher = NULL;
  g_autoptr(GError) error = NULL;
  GSubprocess *keyring;

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                        G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  /* What it warns about is its own. */
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  keyring = g_subprocess_launcher_spawn (launcher, &error, "gnome-keyring-daemon", "--foreground",
                                         "--components=secrets", password != NULL ? "--unlock" : NULL, NULL);
  g_assert_no_error (error);
  if (password != NULL)
    g_output_stream_write_all (g_subprocess_get_stdin_pipe (keyring), password, strlen (password), NULL, NULL, NULL);
  g_output_stream_close (g_subprocess_get_stdin_pipe (keyring), NULL, NULL);
  wait_for_owner (TRUE);
  return keyring;
}

static void
stop_keyring (GSubprocess *keyring)
{
  /* What GDBus has put off until later. */
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_subprocess_send_signal (keyring, SIGTERM);
  g_subprocess_wait (keyring, NULL, NULL);
  g_object_unref (keyring);
  wait_for_owner (FALSE);
}

static gboolean
lacks_keyring (void)
{
  g_autofree char *program = g_find_program_in_path ("gnome-keyring-daemon");

  if (program == NULL)
    g_test_skip ("gnome-keyring-daemon is not installed");
  return program == NULL;
}

/* ---- waiting ---- */

static void
keep_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
count_cb (GObject    *object,
          GParamSpec *pspec,
          gpointer    user_data)
{
  ++*(guint *) user_data;
}

static GAsyncResult *
wait_result (GAsyncResult **result)
{
  gint64 until_us = g_get_monotonic_time () + WAIT_US;
  guint tick = g_timeout_add (100, tick_cb, NULL);

  while (*result == NULL && g_get_monotonic_time () < until_us)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  g_assert_nonnull (*result);
  return *result;
}

static void
store (SpotSecrets *secrets,
       const char  *account_id,
       const char  *secret)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  spot_secrets_store_async (secrets, account_id, "Runspotter test", secret, NULL, keep_cb, &result);
  g_assert_true (spot_secrets_store_finish (secrets, wait_result (&result), &error));
  g_assert_no_error (error);
}

static void
assert_secret (SpotSecrets *secrets,
               const char  *account_id,
               const char  *expected)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  char *found;

  spot_secrets_lookup_async (secrets, account_id, NULL, keep_cb, &result);
  found = spot_secrets_lookup_finish (secrets, wait_result (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, expected);
  spot_secrets_wipe (found);

  found = spot_secrets_lookup_sync (secrets, account_id, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, expected);
  spot_secrets_wipe (found);
}

static void
clear (SpotSecrets *secrets,
       const char  *account_id)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  spot_secrets_clear_async (secrets, account_id, NULL, keep_cb, &result);
  g_assert_true (spot_secrets_clear_finish (secrets, wait_result (&result), &error));
  g_assert_no_error (error);
}

/* ---- tests ---- */

static void
test_memory (void)
{
  g_autoptr(SpotSecrets) secrets = spot_secrets_new_in_memory ();

  g_assert_cmpint (spot_secrets_get_place (secrets), ==, SPOT_SECRETS_MEMORY);
  assert_secret (secrets, "a", NULL);
  store (secrets, "a", SECRET);
  store (secrets, "b", "other");
  assert_secret (secrets, "a", SECRET);
  store (secrets, "a", "newer");
  assert_secret (secrets, "a", "newer");
  clear (secrets, "a");
  assert_secret (secrets, "a", NULL);
  assert_secret (secrets, "b", "other");
  g_assert_nonnull (spot_secrets_get_explanation (secrets));
}

static void
test_no_service (void)
{
  SpotSecrets *secrets = spot_secrets_new ();
  guint n_notified = 0;

  g_signal_connect (secrets, "notify::explanation", G_CALLBACK (count_cb), &n_notified);
  g_assert_null (spot_secrets_get_explanation (secrets));
  assert_secret (secrets, "a", NULL);
  store (secrets, "a", SECRET);
  g_assert_cmpint (spot_secrets_get_place (secrets), ==, SPOT_SECRETS_NO_SERVICE);
  g_assert_nonnull (spot_secrets_get_explanation (secrets));
  g_assert_cmpuint (n_notified, ==, 1);
  assert_secret (secrets, "a", SECRET);
  clear (secrets, "a");
  assert_secret (secrets, "a", NULL);
  g_assert_true (spot_secrets_store_sync (secrets, "b", "label", SECRET, NULL, NULL));
  assert_secret (secrets, "b", SECRET);
  g_assert_true (spot_secrets_clear_sync (secrets, "b", NULL, NULL));
  assert_secret (secrets, "b", NULL);
  g_assert_finalize_object (secrets);
}

static void
test_no_keyring (void)
{
  SpotSecrets *secrets;
  GSubprocess *keyring;

  if (lacks_keyring ())
    return;
  keyring = start_keyring (NULL);
  secrets = spot_secrets_new ();
  assert_secret (secrets, "a", NULL);
  store (secrets, "a", SECRET);
  g_assert_cmpint (spot_secrets_get_place (secrets), ==, SPOT_SECRETS_NO_KEYRING);
  g_assert_nonnull (spot_secrets_get_explanation (secrets));
  assert_secret (secrets, "a", SECRET);
  clear (secrets, "a");
  assert_secret (secrets, "a", NULL);
  g_assert_finalize_object (secrets);
  stop_keyring (keyring);
}

static void
test_keyring (void)
{
  SpotSecrets *secrets;
  SpotSecrets *others;
  GSubprocess *keyring;

  if (lacks_keyring ())
    return;
  secrets = spot_secrets_new ();
  store (secrets, "early", SECRET);
  g_assert_cmpint (spot_secrets_get_place (secrets), ==, SPOT_SECRETS_NO_SERVICE);

  /* One that is started later is used from then on. */
  keyring = start_keyring ("correct horse");
  store (secrets, "a", SECRET);
  g_assert_cmpint (spot_secrets_get_place (secrets), ==, SPOT_SECRETS_KEYRING);
  g_assert_null (spot_secrets_get_explanation (secrets));
  assert_secret (secrets, "early", SECRET);
  store (secrets, "b", "other");
  store (secrets, "a", "newer");

  /* Another program's run. */
  others = spot_secrets_new ();
  assert_secret (others, "a", "newer");
  g_assert_cmpint (spot_secrets_get_place (others), ==, SPOT_SECRETS_KEYRING);
  assert_secret (others, "b", "other");
  assert_secret (others, "early", NULL);
  assert_secret (others, "c", NULL);
  clear (others, "a");
  clear (others, "a");
  assert_secret (secrets, "a", NULL);
  assert_secret (secrets, "b", "other");
  g_assert_true (spot_secrets_store_sync (secrets, "d", "label", "fourth", NULL, NULL));
  assert_secret (others, "d", "fourth");
  g_assert_true (spot_secrets_clear_sync (secrets, "d", NULL, NULL));
  assert_secret (others, "d", NULL);
  g_assert_finalize_object (others);

  /* And one that goes away is missed, not waited for. */
  stop_keyring (keyring);
  store (secrets, "e", SECRET);
  g_assert_cmpint (spot_secrets_get_place (secrets), ==, SPOT_SECRETS_NO_SERVICE);
  assert_secret (secrets, "e", SECRET);
  g_assert_finalize_object (secrets);
}

/* The keyring of the test before is there, and closed; nobody can be asked for its password. */
static void
test_locked (void)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  SpotSecrets *secrets;
  GSubprocess *keyring;

  if (lacks_keyring ())
    return;
  keyring = start_keyring ("correct horse");
  secrets = spot_secrets_new ();
  store (secrets, "locked", SECRET);
  stop_keyring (keyring);

  keyring = start_keyring (NULL);
  spot_secrets_lookup_async (secrets, "locked", NULL, keep_cb, &result);
  g_assert_null (spot_secrets_lookup_finish (secrets, wait_result (&result), &error));
  g_assert_error (error, SPOT_SECRETS_ERROR, SPOT_SECRETS_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_null (spot_secrets_lookup_sync (secrets, "locked", NULL, &error));
  g_assert_error (error, SPOT_SECRETS_ERROR, SPOT_SECRETS_ERROR_LOCKED);
  assert_secret (secrets, "unheard-of", NULL);
  g_clear_object (&result);
  g_assert_finalize_object (secrets);
  stop_keyring (keyring);
}

static void
test_cancelled (void)
{
  g_autoptr(SpotSecrets) secrets = spot_secrets_new ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  g_cancellable_cancel (cancellable);
  spot_secrets_store_async (secrets, "a", "label", SECRET, cancellable, keep_cb, &result);
  g_assert_false (spot_secrets_store_finish (secrets, wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_object (&result);
  spot_secrets_lookup_async (secrets, "a", cancellable, keep_cb, &result);
  g_assert_null (spot_secrets_lookup_finish (secrets, wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (spot_secrets_lookup_sync (secrets, "a", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (spot_secrets_get_place (secrets), ==, SPOT_SECRETS_UNKNOWN);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secrets/memory", test_memory);
  g_test_add_func ("/secrets/no-service", test_no_service);
  g_test_add_func ("/secrets/cancelled", test_cancelled);
  g_test_add_func ("/secrets/no-keyring", test_no_keyring);
  g_test_add_func ("/secrets/keyring", test_keyring);
  g_test_add_func ("/secrets/locked", test_locked);
  return g_test_run ();
}
