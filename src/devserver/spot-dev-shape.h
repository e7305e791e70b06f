/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-dev-filter.h"

G_BEGIN_DECLS

/**
 * SpotDevPosition:
 * @lsn: 0 in the snapshot
 * @op: the place in the transaction; in the snapshot the number of the piece, %G_MAXUINT64 for its end (`inf`)
 *
 * A place in a shape's log.
 */
typedef struct
{
  guint64 lsn;
  guint64 op;
} SpotDevPosition;

/**
 * SpotDevShapeMode:
 * @SPOT_DEV_SHAPE_FULL: updates and deletes have the whole row (`replica=full`)
 * @SPOT_DEV_SHAPE_CHANGES_ONLY: the snapshot is empty (`log=changes_only`)
 */
typedef enum {
  SPOT_DEV_SHAPE_DEFAULT = 0,
  SPOT_DEV_SHAPE_FULL = 1 << 0,
  SPOT_DEV_SHAPE_CHANGES_ONLY = 1 << 1,
} SpotDevShapeMode;

/**
 * SpotDevShape:
 * @mode: what its messages are like
 * @key: text that is the same for the same runs and columns; owned
 * @handle: name of this incarnation of the log; owned
 * @used_us: when it was last asked for, monotonic
 *
 * One log of Electric's: a snapshot as it was when somebody first asked, in pieces, and every change since.
 */
typedef struct
{
  char         *key;
  char         *handle;
  gint64        used_us;
  SpotDevFilter filter;
  guint32       columns;
  SpotDevShapeMode mode;
  GPtrArray    *pieces;
  GArray       *entries;
  gsize         n_bytes;
} SpotDevShape;

SpotDevShape *spot_dev_shape_new        (const char               *key,
                                         const char               *handle,
                                         const SpotDevFilter      *filter,
                                         guint32                   columns,
                                         SpotDevShapeMode          mode,
                                         SpotDevStore             *store);
void          spot_dev_shape_free       (SpotDevShape             *self);
void          spot_dev_shape_add        (SpotDevShape             *self,
                                         const SpotDevTransaction *transaction);
gboolean      spot_dev_shape_has_news   (SpotDevShape             *self,
                                         SpotDevPosition           position);
GBytes       *spot_dev_shape_get_piece  (SpotDevShape             *self,
                                         guint64                   index);
gboolean      spot_dev_shape_append_events (SpotDevShape          *self,
                                         SpotDevPosition          *position,
                                         GString                  *out);
gboolean      spot_dev_shape_append_log (SpotDevShape             *self,
                                         SpotDevPosition          *position,
                                         GString                  *out);

G_END_DECLS
