/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-environment.h"

G_BEGIN_DECLS

/**
 * SpotAccountEnvironment:
 *
 * One environment that an account can watch, whether it is watched or not. It stays the same object when the account's
 * credential is replaced or renewed.
 *
 * Properties, read-only: id (stable for ever, without ":" and newlines), name, kind, badge (translated short word,
 * empty for an unknown kind), ready (gboolean: there is a credential for it).
 */
#define SPOT_TYPE_ACCOUNT_ENVIRONMENT (spot_account_environment_get_type ())
G_DECLARE_FINAL_TYPE (SpotAccountEnvironment, spot_account_environment, SPOT, ACCOUNT_ENVIRONMENT, GObject)

const char          *spot_account_environment_get_id    (SpotAccountEnvironment *self);
const char          *spot_account_environment_get_name  (SpotAccountEnvironment *self);
SpotEnvironmentKind  spot_account_environment_get_kind  (SpotAccountEnvironment *self);
const char          *spot_account_environment_get_badge (SpotAccountEnvironment *self);
gboolean             spot_account_environment_get_ready (SpotAccountEnvironment *self);

/* A short word for a kind, translated; empty when it is unknown. */
const char          *spot_environment_kind_get_badge    (SpotEnvironmentKind     kind);

G_END_DECLS
