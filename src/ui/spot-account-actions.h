/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-session.h"

G_BEGIN_DECLS

/**
 * SpotAccountActions:
 *
 * What can be done about accounts, as the action group `account` of a window: add, sign-in, mend (what an account needs to go on:
 * by its id), mend-environment (the same by an environment's), replace, environments, remove, preferences (a page, or "").
 *
 * Signal: `added (SpotAccount *)`: the user has added it.
 */
#define SPOT_TYPE_ACCOUNT_ACTIONS (spot_account_actions_get_type ())
G_DECLARE_FINAL_TYPE (SpotAccountActions, spot_account_actions, SPOT, ACCOUNT_ACTIONS, GObject)

SpotAccountActions *spot_account_actions_new       (GtkWindow          *window,
                                                    SpotSession        *session);
/* A key that somebody pasted or dropped somewhere. */
void                spot_account_actions_take_text (SpotAccountActions *self,
                                                    const char         *text);

G_END_DECLS
