/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SpotNoticeRule:
 * @SPOT_NOTICE_RULE_NONE: nothing
 * @SPOT_NOTICE_RULE_FAILURES: what went wrong
 * @SPOT_NOTICE_RULE_ALL: that, and what went well
 *
 * What to notify about, as the schema numbers it.
 */
typedef enum {
  SPOT_NOTICE_RULE_NONE,
  SPOT_NOTICE_RULE_FAILURES,
  SPOT_NOTICE_RULE_ALL,
} SpotNoticeRule;

#define SPOT_TYPE_NOTICE_RULE (spot_notice_rule_get_type ())
GType spot_notice_rule_get_type (void);

/**
 * SpotSettings:
 *
 * The program's settings, and those of its accounts: the keys of the schema in `data`. None is a secret.
 */
#define SPOT_TYPE_SETTINGS (spot_settings_get_type ())
G_DECLARE_FINAL_TYPE (SpotSettings, spot_settings, SPOT, SETTINGS, GObject)

/* Fails with G_IO_ERROR_NOT_FOUND when the schema is not installed. */
SpotSettings *spot_settings_new           (GError       **error);
SpotSettings *spot_settings_new_in_memory (GError       **error);
GSettings    *spot_settings_get_general   (SpotSettings  *self);

/* Of one account, (transfer full); and away with them. */
GSettings    *spot_settings_ref_account   (SpotSettings  *self,
                                           const char    *account_id);
void          spot_settings_reset_account (SpotSettings  *self,
                                           const char    *account_id);

G_END_DECLS
