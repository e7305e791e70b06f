/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "spot-account-draft.h"

G_BEGIN_DECLS

/**
 * SpotServerRow:
 *
 * Where the server of an account is: closed for the cloud, open for somebody's own. Asks for a yes before a key goes out
 * unencrypted.
 *
 * Signal: `changed`.
 */
#define SPOT_TYPE_SERVER_ROW (spot_server_row_get_type ())
G_DECLARE_FINAL_TYPE (SpotServerRow, spot_server_row, SPOT, SERVER_ROW, AdwExpanderRow)

/* What is in @draft afterwards belongs to the row, until it changes. */
void     spot_server_row_fill        (SpotServerRow    *self,
                                      SpotAccountDraft *draft);
void     spot_server_row_set_url     (SpotServerRow    *self,
                                      const char       *url);
/* Whether a key would go out unencrypted, and nobody has said yes to that. */
gboolean spot_server_row_needs_yes   (SpotServerRow    *self);
void     spot_server_row_hide_branch (SpotServerRow    *self);

G_END_DECLS
