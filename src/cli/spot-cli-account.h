/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-cli-options.h"

G_BEGIN_DECLS

/**
 * SpotCliAccount:
 * @api_url: (owned): the server
 * @realtime_url: (owned) (nullable): its realtime interface, where that is another one
 * @credential: (owned): a secret key or token
 * @branch: (owned) (nullable): of a preview environment
 * @allow_plain_http: whether the credential may be sent in the clear
 * @trust: (owned) (nullable): who vouches for the server
 *
 * Where to connect to, and as whom.
 */
typedef struct
{
  char         *api_url;
  char         *realtime_url;
  char         *credential;
  char         *branch;
  gboolean      allow_plain_http;
  GTlsDatabase *trust;
} SpotCliAccount;

gboolean spot_cli_account_find  (SpotCliAccount        *self,
                                 const SpotCliOptions  *options,
                                 GError               **error);
void     spot_cli_account_clear (SpotCliAccount        *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SpotCliAccount, spot_cli_account_clear)

G_END_DECLS
