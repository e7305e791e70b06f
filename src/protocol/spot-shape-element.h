/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-json-index.h"
#include "spot-limits.h"
#include "spot-shape-reader.h"

G_BEGIN_DECLS

/**
 * SpotOutcome:
 * @SPOT_OUTCOME_OK: read
 * @SPOT_OUTCOME_INCOMPLETE: the bytes end before what is to be read does
 * @SPOT_OUTCOME_MALFORMED: not JSON
 * @SPOT_OUTCOME_TOO_LARGE: beyond a limit
 *
 * What came of reading.
 */
typedef enum {
  SPOT_OUTCOME_OK,
  SPOT_OUTCOME_INCOMPLETE,
  SPOT_OUTCOME_MALFORMED,
  SPOT_OUTCOME_TOO_LARGE,
} SpotOutcome;

/* A member of an element's headers that must be one of a few words. */
typedef enum {
  SPOT_WORD_NONE,
  SPOT_WORD_INSERT,
  SPOT_WORD_UPDATE,
  SPOT_WORD_DELETE,
  SPOT_WORD_UP_TO_DATE,
  SPOT_WORD_MUST_REFETCH,
  SPOT_WORD_OTHER,
} SpotWord;

/* The bytes between a string's quotes. */
typedef struct
{
  const char *text; /* (nullable) */
  gsize       length;
  gboolean    has_escapes;
} SpotSpan;

/* Columns of a row whose names are guessed. */
#define SPOT_N_GUESSES 32u

/* A known column's name, made to be compared 16 bytes at a time: none has more than 15. */
typedef struct
{
  guint64 words[2];
  guint64 mask[2];
  gsize   length; /* 0 for no guess */
  guint8  column;
} SpotGuess;

/**
 * SpotShapeElement:
 *
 * The reader's second stage: one element of a shape body after the other, read from bytes that hold it whole, without a
 * copy and without memory of its own. What was read are spans of those bytes.
 */
typedef struct
{
  SpotJsonIndex index;
  gsize         at;       /* where in the bytes */
  gboolean      is_whole; /* they end where the element does */

  SpotSpan        key;
  SpotSpan        lsn;
  SpotWord        operation;
  SpotWord        control;
  SpotWord        event;
  guint32         known;                  /* bits of the known columns that are in @columns */
  guint8          places[SPOT_N_COLUMNS]; /* and where */
  guint           n_columns;
  SpotColumnValue columns[SPOT_MAX_COLUMNS];
  SpotGuess       guesses[SPOT_N_GUESSES]; /* the last row's columns: the next tends to have the same */
} SpotShapeElement;

void        spot_shape_element_begin (SpotShapeElement       *self,
                                      const char             *data,
                                      gsize                   length,
                                      gboolean                is_whole,
                                      gboolean                plain);
SpotOutcome spot_shape_element_read  (SpotShapeElement       *self);
gboolean    spot_shape_element_tell  (const SpotShapeElement *self,
                                      SpotShapeEvent         *event);

static inline gboolean
spot_shape_element_is_blank (char c)
{
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* The next byte that is not blank, without stepping over it. */
static inline SpotOutcome
spot_shape_element_peek (SpotShapeElement *self,
                         char             *c)
{
  while (self->at < self->index.length)
    {
      *c = self->index.base[self->at];
      if (G_LIKELY (!spot_shape_element_is_blank (*c)))
        return SPOT_OUTCOME_OK;
      self->at++;
    }

  return SPOT_OUTCOME_INCOMPLETE;
}

G_END_DECLS
