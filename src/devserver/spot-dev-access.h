/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "spot-dev-store.h"

G_BEGIN_DECLS

/* Who asks: the environment's key, or a public access token signed with it (protocol §1.3, §1.5, §1.6). */

#define SPOT_DEV_ENVIRONMENT "cmenvdevdemo0000000000001"
#define SPOT_DEV_PERSONAL_TOKEN "tr_pat_devdevdevdevdevdevdevdevdevdevdevdevdevd"

/**
 * SpotDevAccess:
 * @credential: (nullable): what was sent
 * @is_token: whether it is a public access token; then the next two say what for
 * @scopes: (nullable): its scopes
 * @skip_columns: (nullable): the columns that it never gives
 */
typedef struct
{
  char  *credential;
  gboolean is_token;
  char **scopes;
  char  *skip_columns;
} SpotDevAccess;

void     spot_dev_access_clear       (SpotDevAccess       *self);
gboolean spot_dev_access_read        (SpotDevAccess       *self,
                                      const char          *key,
                                      SoupServerMessage   *message);
gboolean spot_dev_access_has_any     (const SpotDevAccess *self,
                                      const char          *action,
                                      const char          *type);
gboolean spot_dev_access_allows      (const SpotDevAccess *self,
                                      const char          *action,
                                      const char          *type,
                                      const char          *id);
gboolean spot_dev_access_allows_run  (const SpotDevAccess *self,
                                      const char          *action,
                                      const SpotDevRow    *row);
gboolean spot_dev_access_allows_tags (const SpotDevAccess *self,
                                      char               **tags);

char    *spot_dev_token_sign         (const char          *key,
                                      const char          *payload);
gboolean spot_dev_duration_parse     (const char          *text,
                                      gint64              *duration_ms);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SpotDevAccess, spot_dev_access_clear)

G_END_DECLS
