/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SpotConnectionState:
 *
 * Where a connection stands, in the words that the window uses (design §4).
 */
typedef enum {
  SPOT_CONNECTION_CONNECTING,
  SPOT_CONNECTION_CATCHING_UP,
  SPOT_CONNECTION_LIVE,
  SPOT_CONNECTION_RECONNECTING,
  SPOT_CONNECTION_PAUSED,
  SPOT_CONNECTION_OFFLINE,
  SPOT_CONNECTION_NEEDS_ATTENTION,
} SpotConnectionState;

#define SPOT_TYPE_CONNECTION_STATE (spot_connection_state_get_type ())
GType spot_connection_state_get_type (void);

/**
 * SpotProblem:
 *
 * Why a connection is not live, for the UI to put into a translated sentence with what to do.
 */
typedef enum {
  SPOT_PROBLEM_NONE,
  SPOT_PROBLEM_UNREACHABLE,
  SPOT_PROBLEM_TLS,
  SPOT_PROBLEM_REDIRECT,
  SPOT_PROBLEM_BAD_REQUEST,
  SPOT_PROBLEM_UNAUTHORIZED,
  SPOT_PROBLEM_FORBIDDEN,
  SPOT_PROBLEM_NOT_FOUND,
  SPOT_PROBLEM_BUSY,
  SPOT_PROBLEM_SERVER,
  SPOT_PROBLEM_BAD_ANSWER,
  SPOT_PROBLEM_MISSING_HEADER,
  SPOT_PROBLEM_TOO_LARGE,
} SpotProblem;

#define SPOT_TYPE_PROBLEM (spot_problem_get_type ())
GType spot_problem_get_type (void);

/**
 * SpotConnection:
 *
 * The state of a feed as the main thread sees it. Properties, read-only: state, problem, detail (nullable, untranslated text
 * of the problem, never a credential), retry-at (gint64 monotonic µs, 0 for none), last-synced (gint64 µs UTC, 0 for never),
 * updates (guint64: committed run changes so far), unreadable (guint64: rows so far with a value that could not be read),
 * partial (gboolean: the server may know more rows than it gives), as-of (gint64 µs UTC: what it shows is from then; 0 once it
 * has caught up).
 */
#define SPOT_TYPE_CONNECTION (spot_connection_get_type ())
G_DECLARE_FINAL_TYPE (SpotConnection, spot_connection, SPOT, CONNECTION, GObject)

SpotConnectionState spot_connection_get_state       (SpotConnection *self);
SpotProblem         spot_connection_get_problem     (SpotConnection *self);
const char         *spot_connection_get_detail      (SpotConnection *self);
gint64              spot_connection_get_retry_at    (SpotConnection *self);
gint64              spot_connection_get_last_synced (SpotConnection *self);
guint64             spot_connection_get_updates     (SpotConnection *self);
guint64             spot_connection_get_unreadable  (SpotConnection *self);
gboolean            spot_connection_get_partial     (SpotConnection *self);
gint64              spot_connection_get_as_of       (SpotConnection *self);
/* (nullable): what was wrong with the first of them, untranslated. */
const char         *spot_connection_get_unreadable_detail (SpotConnection *self);
/* Asks for an attempt at once, whatever delay is running. */
void                spot_connection_retry_now       (SpotConnection *self);

G_END_DECLS
