/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-endpoint.h"

G_BEGIN_DECLS

/**
 * SpotSignInState:
 * @SPOT_SIGN_IN_IDLE: not begun
 * @SPOT_SIGN_IN_ASKING: asks the server for a page
 * @SPOT_SIGN_IN_WAITING: there is a page: the person has to agree on it, in a browser
 * @SPOT_SIGN_IN_DONE: the token is there
 * @SPOT_SIGN_IN_FAILED: over, see #SpotSignIn:explanation
 * @SPOT_SIGN_IN_CANCELLED: given up by whoever began it
 */
typedef enum {
  SPOT_SIGN_IN_IDLE,
  SPOT_SIGN_IN_ASKING,
  SPOT_SIGN_IN_WAITING,
  SPOT_SIGN_IN_DONE,
  SPOT_SIGN_IN_FAILED,
  SPOT_SIGN_IN_CANCELLED,
} SpotSignInState;

#define SPOT_TYPE_SIGN_IN_STATE (spot_sign_in_state_get_type ())
GType spot_sign_in_state_get_type (void);

/**
 * SpotSignIn:
 *
 * Gets a personal access token by a page in the browser (protocol §1.8). It opens nothing itself.
 *
 * Properties, read-only: state; url (nullable: the page); code (nullable: what the page shows too, to be compared);
 * explanation (nullable, translated: why it failed and what to do). None of them holds the token.
 */
#define SPOT_TYPE_SIGN_IN (spot_sign_in_get_type ())
G_DECLARE_FINAL_TYPE (SpotSignIn, spot_sign_in, SPOT, SIGN_IN, GObject)

SpotSignIn      *spot_sign_in_new             (SpotEndpoint *endpoint);
void             spot_sign_in_start           (SpotSignIn   *self);
void             spot_sign_in_cancel          (SpotSignIn   *self);
SpotSignInState  spot_sign_in_get_state       (SpotSignIn   *self);
const char      *spot_sign_in_get_url         (SpotSignIn   *self);
const char      *spot_sign_in_get_code        (SpotSignIn   *self);
const char      *spot_sign_in_get_explanation (SpotSignIn   *self);

/* When it is done, once: (transfer full) (nullable), to be overwritten. */
char            *spot_sign_in_steal_token     (SpotSignIn   *self);

/* For tests, before it starts: so long between two questions, and so long in all, in milliseconds. */
void             spot_sign_in_set_times       (SpotSignIn   *self,
                                               guint         poll_ms,
                                               gint64        patience_ms);

G_END_DECLS
