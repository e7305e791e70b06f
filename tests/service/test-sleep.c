/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "monitor-rig.h"

/* Polls outlast the test: what is asked for meanwhile is asked for a reason. */
#define LONG_HOLD_MS (10 * 60 * 1000)

/* Logind, as far as it matters, on a connection of its own. */
static GDBusConnection *
connect_logind (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) reply = NULL;
  GDBusConnection *bus;

  bus = g_dbus_connection_new_for_address_sync (g_getenv ("DBUS_SYSTEM_BUS_ADDRESS"),
                                                G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);
  g_assert_no_error (error);
  reply = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                       "RequestName", g_variant_new ("(su)", "org.freedesktop.login1", 0), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  return bus;
}

static void
say (GDBusConnection *bus,
     gboolean         begins)
{
  g_autoptr(GError) error = NULL;

  g_dbus_connection_emit_signal (bus, NULL, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep",
                                 g_variant_new ("(b)", begins), &error);
  g_assert_no_error (error);
}

static MonitorRig *
start (SpotWatch **all)
{
  const SpotDevOptions options = { .dialect = SPOT_DEV_DIALECT_ELECTRIC, .speed = 1, .seed = 1, .hold_ms = LONG_HOLD_MS };
  MonitorRig *rig = monitor_rig_new_for (&options, NULL);

  *all = spot_environment_watch_all (rig->environment, NULL);
  monitor_rig_put (rig, NULL, "run_1", "EXECUTING", NULL);
  monitor_rig_put (rig, NULL, "run_2", "EXECUTING", NULL);
  wait_for (spot_watch_get_n_runs (*all) == 2 && spot_dev_server_get_n_live (rig->server) == 1);
  return rig;
}

static gboolean
is_paused (SpotWatch *watch)
{
  return spot_connection_get_state (spot_watch_get_connection (watch)) == SPOT_CONNECTION_PAUSED;
}

/* Says it until somebody listens. */
static gboolean
falls_asleep (GDBusConnection *logind,
              MonitorRig      *rig,
              SpotWatch       *all)
{
  say (logind, TRUE);
  return is_paused (all) && spot_dev_server_get_n_live (rig->server) == 0;
}

/* 65: connections are given up when the machine goes to sleep, and when it wakes up what was missed is asked for at once. */
static void
test_65_sleep (void)
{
  g_autoptr(GDBusConnection) logind = connect_logind ();
  SpotWatch *all;
  g_autoptr(MonitorRig) rig = start (&all);

  for (guint i = 0; i < 2; i++)
    {
      const char *id = i == 0 ? "run_1" : "run_2";

      wait_for (falls_asleep (logind, rig, all));
      monitor_rig_put (rig, NULL, id, "CRASHED", NULL);
      say (logind, FALSE);
      wait_for (spot_dev_server_get_n_live (rig->server) == 1 && monitor_rig_count (rig, id) == 1);
    }
  g_assert_cmpuint (rig->notices->len, ==, 2);
}

/* Nobody sleeps for ever because the one who said so is gone. */
static void
test_logind_goes (void)
{
  g_autoptr(GDBusConnection) logind = connect_logind ();
  SpotWatch *all;
  g_autoptr(MonitorRig) rig = start (&all);

  wait_for (falls_asleep (logind, rig, all));
  g_dbus_connection_close_sync (logind, NULL, NULL);
  wait_for (spot_dev_server_get_n_live (rig->server) == 1 && !is_paused (all));
}

/* 65: the same when the network comes back, a moment after it says so. */
static void
test_65_network (void)
{
  SpotWatch *all;
  g_autoptr(MonitorRig) rig = start (&all);
  guint64 n_requests = spot_dev_server_get_n_requests (rig->server);

  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  wait_for (spot_dev_server_get_n_requests (rig->server) >= n_requests + 2 && spot_dev_server_get_n_live (rig->server) == 1);
  g_assert_cmpuint (spot_dev_server_get_n_requests (rig->server), ==, n_requests + 2);
}

int
main (int   argc,
      char *argv[])
{
  const char *bus = g_getenv ("DBUS_SESSION_BUS_ADDRESS");

  if (bus != NULL)
    g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", bus, TRUE);
  g_test_init (&argc, &argv, NULL);
  if (bus != NULL)
    {
      g_test_add_func ("/sleep/65-sleep", test_65_sleep);
      g_test_add_func ("/sleep/logind-goes", test_logind_goes);
    }
  g_test_add_func ("/sleep/65-network", test_65_network);
  return g_test_run ();
}
