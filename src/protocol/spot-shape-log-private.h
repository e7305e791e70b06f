/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-row-table.h"
#include "spot-shape-log.h"

G_BEGIN_DECLS

/* A row that was touched since the last commit, and its last state before it was deleted. */
typedef struct
{
  SpotRow       *row;
  SpotRunRecord *last; /* (owned) (nullable) */
} SpotLogDirty;

/* What a row was before the body that is read now. */
typedef struct
{
  SpotRow       *row;
  SpotRunRecord *before; /* (owned) (nullable): its state */
  SpotRunRecord *last;   /* (owned) (nullable): its state before it was deleted, if it was */
} SpotLogUndo;

/* Rows of bodies that are not good enough to be kept. */
typedef struct
{
  guint n;
  char *diagnostic; /* (owned) (nullable): about the first */
} SpotLogBadRows;

struct _SpotShapeLog
{
  SpotRowTable   rows;
  gsize          max_rows;
  GArray        *dirty; /* (owned) (element-type SpotLogDirty): touched since the last commit, in order of first touch */
  SpotLogBadRows bad;   /* since the last commit */
  gboolean       has_committed;
  gboolean       is_resuming;     /* it was given rows of before, and has not committed since */
  gboolean       is_refetching;   /* the last commit's rows are of a log that is gone */
  gboolean       may_have_ghosts; /* there may be rows that were given out, are not dirty and are not in the shape */
  guint          n_published;
  guint          n_unfinished; /* of these */
  SpotRow       *newest;       /* (nullable): touched last; the next row may well look like it */

  /* The body that is read now. */
  gboolean       in_body;
  guint          body;       /* its number */
  GArray        *undo;       /* (owned) (element-type SpotLogUndo): one entry per row it touched */
  gboolean       may_be_old; /* its rows may be from a moment before the last ones */
  guint          n_dirty_before;
  SpotLogBadRows body_bad;
  gboolean       saw_up_to_date;
  gboolean       saw_refetch;
  GArray        *unseen; /* (owned) (element-type SpotRow*): rows it touched since the last preview, some of them twice */
};

/* Between spot-shape-log.c, which reads, and spot-shape-log-commit.c, which gives out. */
SpotRunBatch *spot_shape_log_commit        (SpotShapeLog  *self);
GArray       *spot_shape_log_new_dirty     (void);
void          spot_shape_log_empty         (GArray       **array,
                                            GArray      *(*make) (void));
void          spot_shape_log_drop_if_void  (SpotShapeLog  *self,
                                            SpotRow       *row);
void          spot_shape_log_set_published (SpotShapeLog  *self,
                                            SpotRow       *row,
                                            SpotRunRecord *record);

void spot_shape_log_set_max_rows (SpotShapeLog *self,
                                  gsize         max_rows);

G_END_DECLS
