/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-app"

#include "config.h"

#include "spot-notice-text.h"
#include "spot-notices.h"

static const char *
icon_name_for (const SpotNotice *notice)
{
  if (notice->kind == SPOT_NOTICE_GROUP)
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

/**
 * spot_notices_send:
 * @application: a registered application
 * @notice: what to say
 *
 * Hands @notice to the desktop. The same id replaces what is shown; the default action opens the run, or the watch of a group.
 */
void
spot_notices_send (GApplication     *application,
                   const SpotNotice *notice)
{
  g_autofree char *title = NULL;
  g_autofree char *body = NULL;
  g_autoptr (GNotification) notification = NULL;
  g_autoptr (GIcon) icon = NULL;

  g_return_if_fail (G_IS_APPLICATION (application));
  g_return_if_fail (notice != NULL);

  title = spot_notice_dup_title (notice);
  body = spot_notice_dup_body (notice);
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
