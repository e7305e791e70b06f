/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-app"

#include "config.h"

#include "spot-notice-text.h"
#include "spot-notices.h"

static const char *
icon_name_for (const SpotNotice *notice)
{
  if (notice->kind != SPOT_NOTICE_RUN)
    return notice->n_bad > 0 ? "dialog-warning-symbolic" : "emblem-ok-symbolic";

  switch (spot_run_status_get_group (notice->status))
    {
    case SPOT_STATUS_GROUP_BAD:
      return "dialog-error-symbolic";
    case SPOT_STATUS_GROUP_GOOD:
      return "emblem-ok-symbolic";
    case SPOT_STATUS_GROUP_NEUTRAL:
    case SPOT_STATUS_GROUP_WAITING:
    case SPOT_STATUS_GROUP_RUNNING:
    default:
      return "dialog-information-symbolic";
    }
}

/* What is noted once the desktop has a notice. */
typedef struct
{
  SpotMonitor *monitor; /* (owned) */
  GPtrArray   *ends;    /* (owned) (element-type SpotAnnouncement) */
} Sent;

static void
sent_free (Sent *self)
{
  g_object_unref (self->monitor);
  g_ptr_array_unref (self->ends);
  g_free (self);
}

static void
flushed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Sent *sent = user_data;
  g_autoptr (GError) error = NULL;

  /* One that has not left the program is sent again at the next start. */
  if (g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, &error))
    spot_monitor_note_sent (sent->monitor, sent->ends);
  else
    g_info ("A notification did not get out: %s", error->message);
  sent_free (sent);
}

/* The desktop answers to no notification, but what has left the program does not depend on it any more. */
static void
note_sent (GApplication     *application,
           SpotMonitor      *monitor,
           const SpotNotice *notice)
{
  GDBusConnection *connection = g_application_get_dbus_connection (application);
  Sent *sent;

  if (notice->ends->len == 0)
    return;
  if (connection == NULL)
    {
      spot_monitor_note_sent (monitor, notice->ends);
      return;
    }
  sent = g_new0 (Sent, 1);
  sent->monitor = g_object_ref (monitor);
  sent->ends = g_ptr_array_ref (notice->ends);
  g_dbus_connection_flush (connection, NULL, flushed_cb, sent);
}

/**
 * spot_notices_send:
 * @application: a registered application
 * @monitor: whose notice it is
 * @notice: what to say
 *
 * Hands @notice to the desktop, and tells @monitor when that is done. The same id replaces what is shown; the default action
 * opens the run, or the watch of a group.
 */
void
spot_notices_send (GApplication     *application,
                   SpotMonitor      *monitor,
                   const SpotNotice *notice)
{
  g_autofree char *title = NULL;
  g_autofree char *body = NULL;
  g_autoptr (GNotification) notification = NULL;
  g_autoptr (GIcon) icon = NULL;

  g_return_if_fail (G_IS_APPLICATION (application));
  g_return_if_fail (notice != NULL);

  title = spot_notice_dup_title (notice);
  body = spot_notice_dup_body (notice, g_get_real_time ());
  notification = g_notification_new (title);
  if (*body != '\0')
    g_notification_set_body (notification, body);
  icon = g_themed_icon_new (icon_name_for (notice));
  g_notification_set_icon (notification, icon);
  g_notification_set_category (notification, "transfer");
  g_notification_set_priority (notification,
                               notice->silent ? G_NOTIFICATION_PRIORITY_LOW : G_NOTIFICATION_PRIORITY_NORMAL);

  if (notice->kind == SPOT_NOTICE_RUN)
    g_notification_set_default_action_and_target (notification, "app.show-run", "(ss)", notice->environment_id,
                                                  notice->run_id);
  else
    g_notification_set_default_action_and_target (notification, "app.show-watch", "s", notice->watch_id);

  g_application_send_notification (application, notice->id, notification);
  note_sent (application, monitor, notice);
}

/**
 * spot_notices_withdraw:
 * @application: a registered application
 * @notice_id: what was sent
 *
 * Takes a notice back that has been seen or has become untrue.
 */
void
spot_notices_withdraw (GApplication *application,
                       const char   *notice_id)
{
  g_return_if_fail (G_IS_APPLICATION (application));
  g_return_if_fail (notice_id != NULL);

  g_application_withdraw_notification (application, notice_id);
}
