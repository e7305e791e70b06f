/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-environment.h"

G_BEGIN_DECLS

/**
 * SpotAccountChoice:
 *
 * An environment that a person who has signed in may watch.
 *
 * Properties, read-only: project, organization (nullable), name (of the environment, translated, or of the branch),
 * kind, badge, needs-branch (gboolean: it is chosen by the name of a branch). To be set: chosen, branch (nullable).
 */
#define SPOT_TYPE_ACCOUNT_CHOICE (spot_account_choice_get_type ())
G_DECLARE_FINAL_TYPE (SpotAccountChoice, spot_account_choice, SPOT, ACCOUNT_CHOICE, GObject)

const char          *spot_account_choice_get_project      (SpotAccountChoice *self);
const char          *spot_account_choice_get_organization (SpotAccountChoice *self);
const char          *spot_account_choice_get_name         (SpotAccountChoice *self);
SpotEnvironmentKind  spot_account_choice_get_kind         (SpotAccountChoice *self);
gboolean             spot_account_choice_get_needs_branch (SpotAccountChoice *self);
const char          *spot_account_choice_get_branch       (SpotAccountChoice *self);
void                 spot_account_choice_set_branch       (SpotAccountChoice *self,
                                                           const char        *branch);
gboolean             spot_account_choice_get_chosen       (SpotAccountChoice *self);
void                 spot_account_choice_set_chosen       (SpotAccountChoice *self,
                                                           gboolean           chosen);

G_END_DECLS
