/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-accounts.h"
#include "spot-dev-server.h"
#include "spot-session.h"

#include "ui-rig.h"

G_BEGIN_DECLS

/**
 * AccountRig:
 *
 * A session of which nothing is kept, and a server for its accounts.
 */
typedef struct
{
  SpotDevServer *server;
  SpotSettings  *settings;
  SpotSession   *session;
  SpotAccounts  *accounts; /* of the session */
  GtkWidget     *window;   /* (nullable): that dialogs belong to */
} AccountRig;

void         account_rig_set_up      (AccountRig  *self,
                                      SpotSecrets *secrets);
void         account_rig_tear_down   (AccountRig  *self);
void         account_rig_show_window (AccountRig  *self);
SpotAccount *account_rig_add         (AccountRig  *self,
                                      const char  *name,
                                      const char  *credential);
guint        account_rig_count       (AccountRig  *self);
SpotAccount *account_rig_get         (AccountRig  *self,
                                      guint        position);
GtkWidget   *account_rig_find_window (GType        type);
GtkWidget   *account_rig_wait_window (GType        type);
GtkWidget   *account_rig_child       (GtkWidget   *widget,
                                      GType        type,
                                      const char  *name);
const char  *account_rig_title       (GtkWidget   *row);
const char  *account_rig_subtitle    (GtkWidget   *row);

G_END_DECLS
