/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "spot-account.h"
#include "spot-connection.h"

G_BEGIN_DECLS

/**
 * SpotConnectionBanner:
 *
 * Says that a connection is not live, why, and what to do; not there while there is nothing to say.
 *
 * Property: connection (SpotConnection, nullable).
 */
#define SPOT_TYPE_CONNECTION_BANNER (spot_connection_banner_get_type ())
G_DECLARE_FINAL_TYPE (SpotConnectionBanner, spot_connection_banner, SPOT, CONNECTION_BANNER, GtkWidget)

void     spot_connection_banner_set_connection (SpotConnectionBanner *self,
                                                SpotConnection       *connection);
/* Whose connection it is: when the account is what is wrong, that is said, with a button that mends it. It needs the action group
 * `account` (see #SpotAccountActions). */
void     spot_connection_banner_set_account    (SpotConnectionBanner *self,
                                                SpotAccount          *account);
/* What is said when the credential does not cover what is asked for; %NULL for something general. */
void     spot_connection_banner_set_forbidden  (SpotConnectionBanner *self,
                                                const char           *sentence);
gboolean spot_connection_banner_get_revealed   (SpotConnectionBanner *self);

G_END_DECLS
