/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-sleep.h"

#define LOGIND_NAME "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"

struct _SpotSleep
{
  SpotSleepFunc    changed;
  gpointer         user_data;
  GCancellable    *cancellable; /* (owned): until there is a bus */
  GDBusConnection *bus;         /* (owned) (nullable) */
  guint            signal_id;
  guint            watch_id;
  gboolean         asleep;
};

static void
set_asleep (SpotSleep *self,
            gboolean   asleep)
{
  if (self->asleep == asleep)
    return;
  self->asleep = asleep;
  self->changed (asleep, self->user_data);
}

static void
prepare_for_sleep_cb (GDBusConnection *bus,
                      const char      *sender,
                      const char      *path,
                      const char      *interface,
                      const char      *signal,
                      GVariant        *parameters,
                      gpointer         user_data)
{
  SpotSleep *self = user_data;
  gboolean begins;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &begins);
  set_asleep (self, begins);
}

/* Whoever said that the machine goes to sleep will not say that it has woken up. */
static void
vanished_cb (GDBusConnection *bus,
             const char      *name,
             gpointer         user_data)
{
  set_asleep (user_data, FALSE);
}

static void
bus_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  SpotSleep *self = user_data;
  g_autoptr(GError) error = NULL;
  GDBusConnection *bus = g_bus_get_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bus == NULL)
    {
      g_debug ("Nobody says when the machine wakes up: %s", error->message);
      return;
    }
  self->bus = bus;
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  self->signal_id = g_dbus_connection_signal_subscribe (bus, LOGIND_NAME, LOGIND_INTERFACE, "PrepareForSleep", LOGIND_PATH,
                                                        NULL, G_DBUS_SIGNAL_FLAGS_NONE, prepare_for_sleep_cb, self, NULL);
  self->watch_id = g_bus_watch_name_on_connection (bus, LOGIND_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, vanished_cb, self,
                                                   NULL);
}

/**
 * spot_sleep_new:
 * @changed: called when the machine is about to sleep, and when it has woken up
 * @user_data: data for @changed
 *
 * Begins to listen. The bus is looked for in the background.
 *
 * Returns: (transfer full): what listens
 */
SpotSleep *
spot_sleep_new (SpotSleepFunc changed,
                gpointer      user_data)
{
  SpotSleep *self;

  g_return_val_if_fail (changed != NULL, NULL);

  self = g_new0 (SpotSleep, 1);
  self->changed = changed;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, bus_cb, self);
  return self;
}

/**
 * spot_sleep_free:
 * @self: (transfer full): what listens
 *
 * Stops listening.
 */
void
spot_sleep_free (SpotSleep *self)
{
  g_return_if_fail (self != NULL);

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  if (self->bus != NULL)
    {
      g_dbus_connection_signal_unsubscribe (self->bus, self->signal_id);
      g_bus_unwatch_name (self->watch_id);
    }
  g_clear_object (&self->bus);
  g_free (self);
}
