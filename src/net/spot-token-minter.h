/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-connection-problem.h"
#include "spot-endpoint.h"

G_BEGIN_DECLS

/**
 * SpotTokenMinter:
 *
 * Keeps a short token for one environment of a person who has signed in: with the least scopes, renewed before it
 * expires whatever the clocks say, and when the server refuses it (protocol §1.7).
 *
 * Properties, read-only: endpoint (boxed #SpotEndpoint, nullable: the environment's, with the newest token); problem
 * (what keeps it from having one).
 */
#define SPOT_TYPE_TOKEN_MINTER (spot_token_minter_get_type ())
G_DECLARE_FINAL_TYPE (SpotTokenMinter, spot_token_minter, SPOT, TOKEN_MINTER, GObject)

/* @person: with the personal access token. @environment: one of dev, staging, prod and preview. @branch may be NULL. */
SpotTokenMinter       *spot_token_minter_new          (SpotEndpoint          *person,
                                                       const char            *project_ref,
                                                       const char            *environment,
                                                       const char            *branch);
void                   spot_token_minter_set_person   (SpotTokenMinter       *self,
                                                       SpotEndpoint          *person);
/* Needs one now: makes the first, and looks whether the present one is still good. */
void                   spot_token_minter_wake         (SpotTokenMinter       *self);
/* The server refused the present token. */
void                   spot_token_minter_refused      (SpotTokenMinter       *self);
/* From now on tokens may change things too. */
void                   spot_token_minter_allow_writes (SpotTokenMinter       *self);
void                   spot_token_minter_stop         (SpotTokenMinter       *self);
SpotEndpoint          *spot_token_minter_get_endpoint (SpotTokenMinter       *self);
SpotConnectionProblem  spot_token_minter_get_problem  (SpotTokenMinter       *self);
gboolean               spot_token_minter_can_write    (SpotTokenMinter       *self);

/* For tests: delays before trying again so many times shorter. */
void                   spot_token_minter_set_hurry    (SpotTokenMinter       *self,
                                                       guint                  hurry);

G_END_DECLS
