/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-column.h"

G_BEGIN_DECLS

/**
 * SpotColumnValue:
 * @column: which column
 * @is_null: whether the value is JSON null
 * @has_escapes: whether @text holds JSON escapes
 * @text: (nullable): for a string, the bytes between the quotes, escapes not undone; for any other JSON value, its text as
 *   it stands in the body. Not NUL-terminated, valid only while the event is handled
 * @length: length of @text in bytes
 * @is_string: whether the value was a JSON string, as every scalar of a sound server is
 *
 * One column of a change.
 */
typedef struct
{
  SpotColumn  column;
  gboolean    is_null;
  gboolean    is_string;
  gboolean    has_escapes;
  const char *text;
  gsize       length;
} SpotColumnValue;

/**
 * SpotShapeEventKind:
 * @SPOT_SHAPE_INSERT: a whole row
 * @SPOT_SHAPE_UPDATE: the key and the columns that changed (Electric), or a whole row (native)
 * @SPOT_SHAPE_DELETE: the row left the shape
 * @SPOT_SHAPE_UP_TO_DATE: what came before is the state as of now
 * @SPOT_SHAPE_MUST_REFETCH: the log is gone, start again
 *
 * The messages that matter; all others are skipped by the reader (protocol §3.3).
 */
typedef enum {
  SPOT_SHAPE_INSERT,
  SPOT_SHAPE_UPDATE,
  SPOT_SHAPE_DELETE,
  SPOT_SHAPE_UP_TO_DATE,
  SPOT_SHAPE_MUST_REFETCH,
} SpotShapeEventKind;

/**
 * SpotShapeEvent:
 * @kind: what it is
 * @key: for a change, the opaque row key, escapes not undone. Equal rows have equal bytes
 * @key_length: length of @key in bytes
 * @columns: (array length=n_columns): the columns of `value`; when a name comes twice, the last
 *   one wins
 * @n_columns: how many
 * @last_seen_lsn: `global_last_seen_lsn` of an up-to-date as text, only needed for event streams, or %NULL
 * @last_seen_lsn_length: its length in bytes
 *
 * One message. Everything in it is borrowed from the reader while the callback runs.
 */
typedef struct
{
  SpotShapeEventKind     kind;
  const char            *key;
  gsize                  key_length;
  const SpotColumnValue *columns;
  guint                  n_columns;
  const char            *last_seen_lsn;
  gsize                  last_seen_lsn_length;
} SpotShapeEvent;

typedef void (*SpotShapeEventFunc) (const SpotShapeEvent *event,
                                    gpointer              user_data);

typedef struct _SpotShapeReader SpotShapeReader;

SpotShapeReader *spot_shape_reader_new    (SpotShapeEventFunc  func,
                                           gpointer            user_data);
void             spot_shape_reader_free   (SpotShapeReader    *self);
void             spot_shape_reader_reset  (SpotShapeReader    *self);
gboolean         spot_shape_reader_feed   (SpotShapeReader    *self,
                                           const char         *data,
                                           gsize               length,
                                           GError            **error);
gboolean         spot_shape_reader_finish (SpotShapeReader    *self,
                                           GError            **error);

/* One message alone, as an event stream brings them. */
gboolean         spot_shape_reader_feed_message (SpotShapeReader  *self,
                                                 const char       *data,
                                                 gsize             length,
                                                 GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotShapeReader, spot_shape_reader_free)

/* Undoes JSON's escapes. Unpaired surrogates and bytes that are not UTF-8 become U+FFFD. (transfer full), NUL-terminated;
 * @out_length (optional) because the text itself may hold NUL. */
char *spot_json_unescape (const char *text,
                          gsize       length,
                          gsize      *out_length);

G_END_DECLS
