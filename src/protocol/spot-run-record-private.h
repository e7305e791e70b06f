/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-run-record.h"
#include "spot-shared-text.h"

G_BEGIN_DECLS

#define SPOT_RUN_N_TIMES 7
#define SPOT_RUN_N_ATOMS 8
#define SPOT_RUN_N_BLOBS 4

/* How a record keeps a column. */
typedef enum {
  SPOT_KIND_TIME,
  SPOT_KIND_ID,     /* text of one run alone */
  SPOT_KIND_ATOM,   /* text that many runs have */
  SPOT_KIND_STATUS, /* a status, the word only of an unknown one */
  SPOT_KIND_LIST,   /* texts */
  SPOT_KIND_BLOB,   /* text that is kept as it came */
  SPOT_KIND_INTEGER,
  SPOT_KIND_FLOAT,
  SPOT_KIND_BOOLEAN,
} SpotColumnKind;

/* Where: in the array for its kind, that for atoms being the one for lists and the status as well. */
typedef struct
{
  guint8   kind;
  guint8   place;
  gboolean not_null;
} SpotColumnPlace;

extern const SpotColumnPlace spot_run_columns[SPOT_N_COLUMNS];

struct _SpotRunRecord
{
  gatomicrefcount ref_count;
  guint32         known;    /* SPOT_COLUMN_BIT of the columns it has */
  guint32         nulls;    /* and of those among them that are null */
  guint32         id_bytes; /* length of the first of @ids, its NUL included */
  guint8          status;   /* a SpotRunStatus */
  guint8          is_test;
  guint8          escaped_blobs; /* a bit per blob: it is a JSON string's bytes, escapes not undone */
  gint64          integers[2];
  double          floats[2];
  gint64          times[SPOT_RUN_N_TIMES];
  SpotAtom       *atoms[SPOT_RUN_N_ATOMS]; /* (owned) (nullable) each */
  SpotBlob       *blobs[SPOT_RUN_N_BLOBS]; /* (owned) (nullable) each */
  char            ids[];                   /* the row's and the run's, each with a NUL behind it */
};

static inline const char *
spot_run_record_get_id_text (const SpotRunRecord *self,
                             guint                place)
{
  return place == 0 ? self->ids : self->ids + self->id_bytes;
}

void           spot_run_record_clear    (SpotRunRecord         *self);
SpotRunRecord *spot_run_record_new_like (const SpotRunRecord   *base,
                                         const SpotRunRecord   *like,
                                         const SpotColumnValue *columns,
                                         guint                  n_columns,
                                         char                 **unread,
                                         GError               **error);
gboolean       spot_run_record_equal    (const SpotRunRecord   *self,
                                         const SpotRunRecord   *other);

G_END_DECLS
