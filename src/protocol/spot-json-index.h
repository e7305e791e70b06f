/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes that are classified at a time, and that are indexed at a time. */
#define SPOT_JSON_INDEX_BLOCK 64u
#define SPOT_JSON_INDEX_WINDOW 2048u

/**
 * SpotJsonIndex:
 * @base: what is indexed
 * @length: length of @base in bytes
 * @next: where the next window begins, counted from @base as all positions here
 * @start: where this window begins
 * @n_quotes: how many of @quotes there are
 * @i_quote: the first of them that the reader has not used
 * @bad_at: the first position where a string holds what no JSON string may: a control character, or an escape that
 *   there is not. Only true inside strings
 * @in_string: all bits when a string goes on behind this window
 * @escape_goes_on: 1 when the window's last byte escapes the one behind it
 * @plain: use no vector instructions
 * @quotes: positions of the quotes in this window that begin or end a string
 * @backslashes: a bit for each byte of this window that is a backslash
 *
 * The reader's first stage: where strings begin and end, found for 64 bytes at a time instead of byte by byte. Begins
 * outside of strings.
 */
typedef struct
{
  const char *base;
  gsize       length;
  gsize       next;
  gsize       start;
  guint       n_quotes;
  guint       i_quote;
  gsize       bad_at;
  guint64     in_string;
  guint64     escape_goes_on;
  gboolean    plain;
  guint32     quotes[SPOT_JSON_INDEX_WINDOW + 4];
  guint64     backslashes[SPOT_JSON_INDEX_WINDOW / SPOT_JSON_INDEX_BLOCK];
} SpotJsonIndex;

void     spot_json_index_init           (SpotJsonIndex *self,
                                         const char    *base,
                                         gsize          length,
                                         gboolean       plain);
gboolean spot_json_index_fill           (SpotJsonIndex *self);

/**
 * spot_json_index_has_backslash:
 * @self: an index
 * @from: a position in this window
 * @to: a position in this window, not before @from
 *
 * Returns: whether there is a backslash from @from up to and including @to
 */
static inline gboolean
spot_json_index_has_backslash (const SpotJsonIndex *self,
                               gsize                from,
                               gsize                to)
{
  gsize first = (from - self->start) / SPOT_JSON_INDEX_BLOCK;
  gsize last = (to - self->start) / SPOT_JSON_INDEX_BLOCK;
  guint64 bits = self->backslashes[first] & G_MAXUINT64 << (from - self->start) % SPOT_JSON_INDEX_BLOCK;

  for (; first < last; bits = self->backslashes[++first])
    {
      if (bits)
        return TRUE;
    }

  return (bits & G_MAXUINT64 >> (SPOT_JSON_INDEX_BLOCK - 1 - (to - self->start) % SPOT_JSON_INDEX_BLOCK)) != 0;
}

/**
 * SpotJsonSplit:
 * @depth: how many objects and arrays are open
 * @in_string: all bits inside a string
 * @escape_goes_on: 1 when the last byte escapes the one behind it
 *
 * Where in an element one is that comes in pieces.
 */
typedef struct
{
  guint   depth;
  guint64 in_string;
  guint64 escape_goes_on;
} SpotJsonSplit;

gsize    spot_json_split_find_end       (SpotJsonSplit *self,
                                         const char    *data,
                                         gsize          length,
                                         guint          max_depth,
                                         gboolean       plain,
                                         gboolean      *found);

G_END_DECLS
