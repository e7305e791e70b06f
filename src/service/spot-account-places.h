/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-account-private.h"

G_BEGIN_DECLS

/**
 * SpotAccountPlaces:
 *
 * The environments of one account, and what keeps tokens for them: a part of #SpotAccount.
 */
typedef struct _SpotAccountPlaces SpotAccountPlaces;

/**
 * SpotAccountPlacesEvents:
 * @changed: a problem has come or gone
 * @refused: the server refused the account's own credential
 * @accepted: the server took it
 *
 * What the account is told.
 */
typedef struct
{
  void (*changed)  (gpointer user_data);
  void (*refused)  (gpointer user_data);
  void (*accepted) (gpointer user_data);
} SpotAccountPlacesEvents;

SpotAccountPlaces     *spot_account_places_new          (const char                    *account_id,
                                                         GSettings                     *settings,
                                                         const SpotAccountPlacesEvents *events,
                                                         gpointer                       user_data);
void                   spot_account_places_free         (SpotAccountPlaces             *self);
GListModel            *spot_account_places_get_list     (SpotAccountPlaces             *self);
void                   spot_account_places_find         (SpotAccountPlaces             *self,
                                                         const char                    *credential);
void                   spot_account_places_connect      (SpotAccountPlaces             *self,
                                                         SpotEndpoint                  *endpoint);
void                   spot_account_places_wake         (SpotAccountPlaces             *self);
void                   spot_account_places_allow_writes (SpotAccountPlaces             *self);
SpotConnectionProblem  spot_account_places_get_problem  (SpotAccountPlaces             *self);

G_END_DECLS
