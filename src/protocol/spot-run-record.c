/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-json-text.h"
#include "spot-run-record-private.h"

#define LISTS (SPOT_COLUMN_BIT (SPOT_COLUMN_RUN_TAGS) | SPOT_COLUMN_BIT (SPOT_COLUMN_REALTIME_STREAMS))

const SpotColumnPlace spot_run_columns[SPOT_N_COLUMNS] = {
  [SPOT_COLUMN_ID] = { SPOT_KIND_ID, 0, TRUE },
  [SPOT_COLUMN_TASK_IDENTIFIER] = { SPOT_KIND_ATOM, 0, TRUE },
  [SPOT_COLUMN_CREATED_AT] = { SPOT_KIND_TIME, 0, TRUE },
  [SPOT_COLUMN_UPDATED_AT] = { SPOT_KIND_TIME, 1, FALSE },
  [SPOT_COLUMN_STARTED_AT] = { SPOT_KIND_TIME, 2, FALSE },
  [SPOT_COLUMN_DELAY_UNTIL] = { SPOT_KIND_TIME, 3, FALSE },
  [SPOT_COLUMN_QUEUED_AT] = { SPOT_KIND_TIME, 4, FALSE },
  [SPOT_COLUMN_EXPIRED_AT] = { SPOT_KIND_TIME, 5, FALSE },
  [SPOT_COLUMN_COMPLETED_AT] = { SPOT_KIND_TIME, 6, FALSE },
  [SPOT_COLUMN_FRIENDLY_ID] = { SPOT_KIND_ID, 1, TRUE },
  [SPOT_COLUMN_NUMBER] = { SPOT_KIND_INTEGER, 0, FALSE },
  [SPOT_COLUMN_IS_TEST] = { SPOT_KIND_BOOLEAN, 0, FALSE },
  [SPOT_COLUMN_STATUS] = { SPOT_KIND_STATUS, 1, TRUE },
  [SPOT_COLUMN_USAGE_DURATION_MS] = { SPOT_KIND_INTEGER, 1, FALSE },
  [SPOT_COLUMN_COST_IN_CENTS] = { SPOT_KIND_FLOAT, 0, FALSE },
  [SPOT_COLUMN_BASE_COST_IN_CENTS] = { SPOT_KIND_FLOAT, 1, FALSE },
  [SPOT_COLUMN_TTL] = { SPOT_KIND_ATOM, 2, FALSE },
  [SPOT_COLUMN_PAYLOAD] = { SPOT_KIND_BLOB, 0, FALSE },
  [SPOT_COLUMN_PAYLOAD_TYPE] = { SPOT_KIND_ATOM, 3, FALSE },
  [SPOT_COLUMN_METADATA] = { SPOT_KIND_BLOB, 1, FALSE },
  [SPOT_COLUMN_METADATA_TYPE] = { SPOT_KIND_ATOM, 4, FALSE },
  [SPOT_COLUMN_OUTPUT] = { SPOT_KIND_BLOB, 2, FALSE },
  [SPOT_COLUMN_OUTPUT_TYPE] = { SPOT_KIND_ATOM, 5, FALSE },
  [SPOT_COLUMN_RUN_TAGS] = { SPOT_KIND_LIST, 6, FALSE },
  [SPOT_COLUMN_ERROR] = { SPOT_KIND_BLOB, 3, FALSE },
  [SPOT_COLUMN_REALTIME_STREAMS] = { SPOT_KIND_LIST, 7, FALSE },
};

G_DEFINE_BOXED_TYPE (SpotRunRecord, spot_run_record, spot_run_record_ref, spot_run_record_unref)

static inline gboolean
is_set (const SpotRunRecord *self,
        SpotColumn           column)
{
  return (self->known & ~self->nulls & SPOT_COLUMN_BIT (column)) != 0;
}

/**
 * spot_run_record_clear:
 * @self: a record, or one that is still being made
 *
 * Drops all that it shares with others.
 */
void
spot_run_record_clear (SpotRunRecord *self)
{
  for (guint i = 0; i < SPOT_RUN_N_ATOMS; i++)
    g_clear_pointer (&self->atoms[i], spot_atom_unref);
  for (guint i = 0; i < SPOT_RUN_N_BLOBS; i++)
    g_clear_pointer (&self->blobs[i], spot_blob_unref);
}

/**
 * spot_run_record_ref:
 * @self: a record
 *
 * Returns: (transfer full): @self
 */
SpotRunRecord *
spot_run_record_ref (SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * spot_run_record_unref:
 * @self: (transfer full): a record
 *
 * Drops a reference.
 */
void
spot_run_record_unref (SpotRunRecord *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  spot_run_record_clear (self);
  g_free (self);
}

/**
 * spot_run_record_is_showable:
 * @self: a record
 *
 * Returns: whether enough is known to show the run: its id, its status and when it was created
 */
gboolean
spot_run_record_is_showable (const SpotRunRecord *self)
{
  const guint32 needed = SPOT_COLUMN_BIT (SPOT_COLUMN_FRIENDLY_ID) | SPOT_COLUMN_BIT (SPOT_COLUMN_STATUS)
                         | SPOT_COLUMN_BIT (SPOT_COLUMN_CREATED_AT);

  g_return_val_if_fail (self != NULL, FALSE);

  return (self->known & needed) == needed && spot_run_record_get_id_text (self, 1)[0] != '\0';
}

/**
 * spot_run_record_has_ended:
 * @self: a record
 *
 * A token may withhold the time of completion for good (protocol §1.5). Then the status tells, which agrees with it.
 *
 * Returns: whether the run has ended, which is when it has a time of completion
 */
gboolean
spot_run_record_has_ended (const SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!(self->known & SPOT_COLUMN_BIT (SPOT_COLUMN_COMPLETED_AT)))
    return spot_run_status_is_final (spot_run_record_get_status (self));

  return is_set (self, SPOT_COLUMN_COMPLETED_AT);
}

/**
 * spot_run_record_get_known:
 * @self: a record
 *
 * Returns: the columns that the record has, null or not, as SPOT_COLUMN_BIT()s
 */
guint32
spot_run_record_get_known (const SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->known;
}

/**
 * spot_run_record_has:
 * @self: a record
 * @column: a column
 *
 * Returns: whether the column is known and not null
 */
gboolean
spot_run_record_has (const SpotRunRecord *self,
                     SpotColumn           column)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return (guint) column < SPOT_N_COLUMNS && is_set (self, column);
}

/**
 * spot_run_record_get_id:
 * @self: a record
 *
 * Returns: the run's public id (`run_…`); empty when it is not known
 */
const char *
spot_run_record_get_id (const SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return spot_run_record_get_id_text (self, 1);
}

/**
 * spot_run_record_get_row_id:
 * @self: a record
 *
 * Returns: the database's id of the row, which is not to be shown; empty when it is not known
 */
const char *
spot_run_record_get_row_id (const SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return spot_run_record_get_id_text (self, 0);
}

static const char *
get_atom_text (const SpotRunRecord *self,
               SpotColumn           column)
{
  SpotAtom *atom = self->atoms[spot_run_columns[column].place];

  return atom ? atom->text : "";
}

/**
 * spot_run_record_get_task:
 * @self: a record
 *
 * Returns: the task's identifier; empty when it is not known
 */
const char *
spot_run_record_get_task (const SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_atom_text (self, SPOT_COLUMN_TASK_IDENTIFIER);
}

/**
 * spot_run_record_get_status:
 * @self: a record
 *
 * Returns: the status, %SPOT_RUN_STATUS_UNKNOWN for a word that this version does not know and when there is none
 */
SpotRunStatus
spot_run_record_get_status (const SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, SPOT_RUN_STATUS_UNKNOWN);

  return (SpotRunStatus) self->status;
}

/**
 * spot_run_record_get_status_word:
 * @self: a record
 *
 * Returns: the status as the server said it; empty when it is not known
 */
const char *
spot_run_record_get_status_word (const SpotRunRecord *self)
{
  const char *word;

  g_return_val_if_fail (self != NULL, NULL);

  word = spot_run_status_to_word ((SpotRunStatus) self->status);

  return word ? word : get_atom_text (self, SPOT_COLUMN_STATUS);
}

/**
 * spot_run_record_get_time:
 * @self: a record
 * @column: a column that holds a time
 *
 * Returns: microseconds since 1970 UTC, %SPOT_TIME_NONE when the column is null or not known, or holds no time
 */
gint64
spot_run_record_get_time (const SpotRunRecord *self,
                          SpotColumn           column)
{
  g_return_val_if_fail (self != NULL, SPOT_TIME_NONE);

  if ((guint) column >= SPOT_N_COLUMNS || spot_run_columns[column].kind != SPOT_KIND_TIME)
    return SPOT_TIME_NONE;

  return self->times[spot_run_columns[column].place];
}

/**
 * spot_run_record_get_number:
 * @self: a record
 *
 * Returns: the run's number, 0 when it is not known, and often when it is
 */
gint64
spot_run_record_get_number (const SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->integers[spot_run_columns[SPOT_COLUMN_NUMBER].place];
}

/**
 * spot_run_record_get_is_test:
 * @self: a record
 *
 * Returns: whether it is a test run; %FALSE when that is not known
 */
gboolean
spot_run_record_get_is_test (const SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_test != 0;
}

/**
 * spot_run_record_get_usage_ms:
 * @self: a record
 *
 * Returns: milliseconds of compute, waits excluded; 0 when they are not known
 */
gint64
spot_run_record_get_usage_ms (const SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->integers[spot_run_columns[SPOT_COLUMN_USAGE_DURATION_MS].place];
}

/**
 * spot_run_record_get_cost:
 * @self: a record
 *
 * Returns: US cents for compute; 0 when they are not known. May be no finite number, as the server may say so
 */
double
spot_run_record_get_cost (const SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, 0.0);

  return self->floats[spot_run_columns[SPOT_COLUMN_COST_IN_CENTS].place];
}

/**
 * spot_run_record_get_base_cost:
 * @self: a record
 *
 * Returns: US cents for the invocation; 0 when they are not known. May be no finite number, as the server may say so
 */
double
spot_run_record_get_base_cost (const SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, 0.0);

  return self->floats[spot_run_columns[SPOT_COLUMN_BASE_COST_IN_CENTS].place];
}

static const char *const *
get_list (const SpotRunRecord *self,
          SpotColumn           column)
{
  static const char *const none[] = { NULL };
  SpotAtom *atom = self->atoms[spot_run_columns[column].place];

  return atom ? atom->list : none;
}

/**
 * spot_run_record_get_tags:
 * @self: a record
 *
 * Returns: (transfer none) (array zero-terminated=1): the run's tags; none when they are null or not known
 */
const char *const *
spot_run_record_get_tags (const SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_list (self, SPOT_COLUMN_RUN_TAGS);
}

/**
 * spot_run_record_get_streams:
 * @self: a record
 *
 * Returns: (transfer none) (array zero-terminated=1): keys of the run's data streams; none when they are null or not
 *   known
 */
const char *const *
spot_run_record_get_streams (const SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_list (self, SPOT_COLUMN_REALTIME_STREAMS);
}

/* The text that a column is kept as: @escaped is whether it still has JSON's escapes. %NULL when it is not kept as
 * text. */
static const char *
get_kept_text (const SpotRunRecord *self,
               SpotColumn           column,
               gsize               *length,
               gboolean            *escaped)
{
  const char *text;
  SpotAtom *atom;
  SpotBlob *blob;

  *length = 0;
  *escaped = FALSE;
  if ((guint) column >= SPOT_N_COLUMNS || !is_set (self, column))
    return NULL;
  switch ((SpotColumnKind) spot_run_columns[column].kind)
    {
    case SPOT_KIND_ID:
      text = spot_run_record_get_id_text (self, spot_run_columns[column].place);
      *length = strlen (text);
      return text;
    case SPOT_KIND_STATUS:
      text = spot_run_record_get_status_word (self);
      *length = strlen (text);
      return text;
    case SPOT_KIND_ATOM:
      atom = self->atoms[spot_run_columns[column].place];
      *length = atom->length;
      return atom->text;
    case SPOT_KIND_BLOB:
      blob = self->blobs[spot_run_columns[column].place];
      *length = blob->length;
      *escaped = (self->escaped_blobs >> spot_run_columns[column].place) & 1;
      return blob->bytes;
    case SPOT_KIND_TIME:
    case SPOT_KIND_LIST:
    case SPOT_KIND_INTEGER:
    case SPOT_KIND_FLOAT:
    case SPOT_KIND_BOOLEAN:
    default:
      return NULL;
    }
}

/**
 * spot_run_record_dup_text:
 * @self: a record
 * @column: a column that holds text: an id, task, status, ttl, payload, metadata, output, error, or one of their types
 * @length: (out) (optional): length of the result in bytes; the text itself may hold NUL
 *
 * Decodes a text. A payload, metadata, output or error is decoded anew each time: whoever looks often keeps it.
 *
 * Returns: (transfer full) (nullable): the text as UTF-8 with a NUL behind it, %NULL when the column is null, not
 *   known, or holds no text
 */
char *
spot_run_record_dup_text (const SpotRunRecord *self,
                          SpotColumn           column,
                          gsize               *length)
{
  const char *text;
  gboolean escaped;
  gsize n;

  g_return_val_if_fail (self != NULL, NULL);

  if (length)
    *length = 0;
  text = get_kept_text (self, column, &n, &escaped);
  if (!text)
    return NULL;
  if (escaped)
    return spot_json_unescape (text, n, length);
  if (spot_run_columns[column].kind == SPOT_KIND_BLOB)
    {
      /* JSON itself, in which a backslash stays what it is; only stray bytes must not get out. */
      char *made_valid = g_utf8_make_valid (text, (gssize) n);

      if (length)
        *length = strlen (made_valid);
      return made_valid;
    }
  if (length)
    *length = n;

  return g_strndup (text, n);
}

/**
 * spot_run_record_get_text_size:
 * @self: a record
 * @column: a column that holds text
 *
 * Returns: the bytes that the text takes as it was received, escapes included: about what spot_run_record_dup_text()
 *   would give. 0 when there is none
 */
gsize
spot_run_record_get_text_size (const SpotRunRecord *self,
                               SpotColumn           column)
{
  gboolean escaped;
  gsize n;

  g_return_val_if_fail (self != NULL, 0);

  get_kept_text (self, column, &n, &escaped);

  return n;
}

static gboolean
column_equals (const SpotRunRecord *a,
               const SpotRunRecord *b,
               SpotColumn           id)
{
  guint place = spot_run_columns[id].place;

  switch ((SpotColumnKind) spot_run_columns[id].kind)
    {
    case SPOT_KIND_TIME:
      return a->times[place] == b->times[place];
    case SPOT_KIND_ID:
      return strcmp (spot_run_record_get_id_text (a, place), spot_run_record_get_id_text (b, place)) == 0;
    case SPOT_KIND_STATUS:
      return a->status == b->status && a->atoms[place] == b->atoms[place];
    case SPOT_KIND_ATOM:
    case SPOT_KIND_LIST:
      return a->atoms[place] == b->atoms[place];
    case SPOT_KIND_BLOB:
      return a->blobs[place] == b->blobs[place]
             || (a->blobs[place] && b->blobs[place] && a->blobs[place]->length == b->blobs[place]->length
                 && ((a->escaped_blobs ^ b->escaped_blobs) & (1u << place)) == 0
                 && memcmp (a->blobs[place]->bytes, b->blobs[place]->bytes, a->blobs[place]->length) == 0);
    case SPOT_KIND_INTEGER:
      return a->integers[place] == b->integers[place];
    case SPOT_KIND_FLOAT:
      /* By the bits, so that NaN is the same as itself. */
      return memcmp (&a->floats[place], &b->floats[place], sizeof (double)) == 0;
    case SPOT_KIND_BOOLEAN:
    default:
      return a->is_test == b->is_test;
    }
}

/* The columns that differ, or only the first of those, if that is @enough. */
static guint32
compare (const SpotRunRecord *self,
         const SpotRunRecord *other,
         gboolean             enough)
{
  guint32 differ, common;

  if (self == other)
    return 0;
  differ = (self->known ^ other->known) | ((self->nulls ^ other->nulls) & ~LISTS);
  common = self->known & other->known & ~((self->nulls | other->nulls) & ~LISTS);
  for (; common && !(enough && differ); common &= common - 1)
    {
      SpotColumn column = (SpotColumn) __builtin_ctz (common);

      if (!column_equals (self, other, column))
        differ |= SPOT_COLUMN_BIT (column);
    }

  return differ;
}

/**
 * spot_run_record_diff:
 * @self: a record
 * @other: another record of the same run
 *
 * Long texts count as equal when they were received as the same bytes. A list that is null is an empty one.
 *
 * Returns: the columns that differ as SPOT_COLUMN_BIT()s, among them those that one knows and the other does not; 0
 *   when the records are the same in everything
 */
guint32
spot_run_record_diff (const SpotRunRecord *self,
                      const SpotRunRecord *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, 0);

  return compare (self, other, FALSE);
}

/**
 * spot_run_record_equal:
 * @self: a record
 * @other: another record
 *
 * Returns: whether spot_run_record_diff() would give 0
 */
gboolean
spot_run_record_equal (const SpotRunRecord *self,
                       const SpotRunRecord *other)
{
  return compare (self, other, TRUE) == 0;
}
