/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-array-literal.h"
#include "spot-json-text.h"
#include "spot-protocol-error.h"
#include "spot-run-record.h"
#include "spot-run-record-private.h"
#include "spot-shared-text.h"

#define N_TIMES 7
#define N_ATOMS 8
#define N_BLOBS 4

/* A text of a run that is decoded on the stack; longer ones are rare. */
#define SHORT_BYTES 256

/* The columns of a record by how they are kept. */
typedef enum {
  KIND_TIME,
  KIND_ID,      /* text of one run alone */
  KIND_ATOM,    /* text that many runs have */
  KIND_STATUS,  /* a status, the word only of an unknown one */
  KIND_LIST,    /* texts */
  KIND_BLOB,    /* text that is kept as it came */
  KIND_INTEGER,
  KIND_FLOAT,
  KIND_BOOLEAN,
} Kind;

/* @place: which one of those of its kind (times, blobs; atoms, lists and the status share their places) it is */
typedef struct
{
  guint8   kind;
  guint8   place;
  gboolean not_null;
} Column;

static const Column table[SPOT_N_COLUMNS] = {
  [SPOT_COLUMN_ID] = { KIND_ID, 0, TRUE },
  [SPOT_COLUMN_TASK_IDENTIFIER] = { KIND_ATOM, 0, TRUE },
  [SPOT_COLUMN_CREATED_AT] = { KIND_TIME, 0, TRUE },
  [SPOT_COLUMN_UPDATED_AT] = { KIND_TIME, 1, FALSE },
  [SPOT_COLUMN_STARTED_AT] = { KIND_TIME, 2, FALSE },
  [SPOT_COLUMN_DELAY_UNTIL] = { KIND_TIME, 3, FALSE },
  [SPOT_COLUMN_QUEUED_AT] = { KIND_TIME, 4, FALSE },
  [SPOT_COLUMN_EXPIRED_AT] = { KIND_TIME, 5, FALSE },
  [SPOT_COLUMN_COMPLETED_AT] = { KIND_TIME, 6, FALSE },
  [SPOT_COLUMN_FRIENDLY_ID] = { KIND_ID, 1, TRUE },
  [SPOT_COLUMN_NUMBER] = { KIND_INTEGER, 0, FALSE },
  [SPOT_COLUMN_IS_TEST] = { KIND_BOOLEAN, 0, FALSE },
  [SPOT_COLUMN_STATUS] = { KIND_STATUS, 1, TRUE },
  [SPOT_COLUMN_USAGE_DURATION_MS] = { KIND_INTEGER, 1, FALSE },
  [SPOT_COLUMN_COST_IN_CENTS] = { KIND_FLOAT, 0, FALSE },
  [SPOT_COLUMN_BASE_COST_IN_CENTS] = { KIND_FLOAT, 1, FALSE },
  [SPOT_COLUMN_TTL] = { KIND_ATOM, 2, FALSE },
  [SPOT_COLUMN_PAYLOAD] = { KIND_BLOB, 0, FALSE },
  [SPOT_COLUMN_PAYLOAD_TYPE] = { KIND_ATOM, 3, FALSE },
  [SPOT_COLUMN_METADATA] = { KIND_BLOB, 1, FALSE },
  [SPOT_COLUMN_METADATA_TYPE] = { KIND_ATOM, 4, FALSE },
  [SPOT_COLUMN_OUTPUT] = { KIND_BLOB, 2, FALSE },
  [SPOT_COLUMN_OUTPUT_TYPE] = { KIND_ATOM, 5, FALSE },
  [SPOT_COLUMN_RUN_TAGS] = { KIND_LIST, 6, FALSE },
  [SPOT_COLUMN_ERROR] = { KIND_BLOB, 3, FALSE },
  [SPOT_COLUMN_REALTIME_STREAMS] = { KIND_LIST, 7, FALSE },
};

#define LISTS (SPOT_COLUMN_BIT (SPOT_COLUMN_RUN_TAGS) | SPOT_COLUMN_BIT (SPOT_COLUMN_REALTIME_STREAMS))

struct _SpotRunRecord
{
  gatomicrefcount ref_count;
  guint32         known;    /* SPOT_COLUMN_BIT of the columns it has */
  guint32         nulls;    /* and of those among them that are null */
  guint32         id_bytes; /* length of the first of @ids, its NUL included */
  guint8          status;
  guint8          is_test;
  guint8          escaped_blobs; /* a bit per blob: it is a JSON string's bytes, escapes not undone */
  gint64          integers[2];
  double          floats[2];
  gint64          times[N_TIMES];
  SpotAtom       *atoms[N_ATOMS]; /* (owned) (nullable) each */
  SpotBlob       *blobs[N_BLOBS]; /* (owned) (nullable) each */
  char            ids[];          /* the row's and the run's, each with a NUL behind it */
};

G_DEFINE_BOXED_TYPE (SpotRunRecord, spot_run_record, spot_run_record_ref, spot_run_record_unref)

/* One row on its way to a record: @ids stay outside of the struct until it is clear how long they are. */
typedef struct
{
  SpotRunRecord        record;
  const SpotRunRecord *base; /* (nullable): absent columns come from here */
  const SpotRunRecord *like; /* (nullable): has a good chance of having the same texts */
  const char          *ids[2];
  gsize                id_lengths[2];
  char                *decoded_ids[2]; /* (owned) (nullable): where @ids are, if they had to be decoded */
} Draft;

static inline gboolean
is_set (const SpotRunRecord *self,
        SpotColumn           column)
{
  return (self->known & ~self->nulls & SPOT_COLUMN_BIT (column)) != 0;
}

static inline const char *
get_id_text (const SpotRunRecord *self,
             guint                place)
{
  return place == 0 ? self->ids : self->ids + self->id_bytes;
}

static void
clear_content (SpotRunRecord *self)
{
  for (guint i = 0; i < N_ATOMS; i++)
    g_clear_pointer (&self->atoms[i], spot_atom_unref);
  for (guint i = 0; i < N_BLOBS; i++)
    g_clear_pointer (&self->blobs[i], spot_blob_unref);
}

static gboolean
refuse (GError     **error,
        SpotColumn   column,
        const char  *what)
{
  g_set_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_VALUE, "%s: %s", spot_column_get_name (column), what);

  return FALSE;
}

/* A short text, decoded into @room or, when it is too long for that, into *@owned. */
static const char *
decode (const SpotColumnValue *value,
        char                  *room,
        gsize                  room_size,
        char                 **owned,
        gsize                 *length)
{
  /* ASCII without escapes, as nearly all are, stays where it is. */
  if (!value->has_escapes)
    {
      gsize i;

      for (i = 0; i < value->length && (guint8) (value->text[i] - 1) < 0x7f; i++)
        ;
      if (i == value->length)
        {
          *length = value->length;
          return value->text;
        }
    }
  if (SPOT_JSON_TEXT_ROOM (value->length) <= room_size)
    {
      *length = spot_json_text_unescape (value->text, value->length, room);
      return room;
    }
  *owned = spot_json_unescape (value->text, value->length, length);

  return *owned;
}

static SpotAtom *
make_atom (const Draft *draft,
           guint        place,
           const char  *text,
           gsize        length)
{
  const SpotRunRecord *candidates[] = { draft->base, draft->like };

  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      SpotAtom *atom = candidates[i] ? candidates[i]->atoms[place] : NULL;

      if (atom && atom->length == length && !atom->list && memcmp (atom->text, text, length) == 0)
        return spot_atom_ref (atom);
    }

  return spot_atom_new (text, length);
}

static SpotAtom *
make_list (const Draft *draft,
           guint        place,
           const char  *packed,
           gsize        length,
           guint        n_elements)
{
  const SpotRunRecord *candidates[] = { draft->base, draft->like };

  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      SpotAtom *atom = candidates[i] ? candidates[i]->atoms[place] : NULL;

      if (atom && atom->length == length && atom->list && memcmp (atom->text, packed, length) == 0)
        return spot_atom_ref (atom);
    }

  return spot_atom_new_list (packed, length, n_elements);
}

static SpotBlob *
make_blob (const Draft           *draft,
           guint                  place,
           const SpotColumnValue *value)
{
  const SpotRunRecord *candidates[] = { draft->base, draft->like };

  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      SpotBlob *blob = candidates[i] ? candidates[i]->blobs[place] : NULL;

      if (blob && blob->length == value->length && memcmp (blob->bytes, value->text, value->length) == 0)
        return spot_blob_ref (blob);
    }

  return spot_blob_new (value->text, value->length);
}

/* Texts that end in NUL from now on, so that they must not have one inside. */
static gboolean
take_text (Draft                 *draft,
           const SpotColumnValue *value,
           GError               **error)
{
  const Column *column = &table[value->column];
  SpotRunRecord *record = &draft->record;
  g_autofree char *owned = NULL;
  char room[SHORT_BYTES];
  const char *text;
  gsize length;

  if (!value->is_string)
    return refuse (error, value->column, "not a text");
  text = decode (value, room, sizeof room, &owned, &length);
  if (memchr (text, '\0', length))
    return refuse (error, value->column, "a text with a NUL in it");

  switch ((Kind) column->kind)
    {
    case KIND_ID:
      g_clear_pointer (&draft->decoded_ids[column->place], g_free);
      if (text == room)
        owned = g_strndup (text, length);
      draft->decoded_ids[column->place] = owned;
      draft->ids[column->place] = owned ? owned : text;
      draft->id_lengths[column->place] = length;
      owned = NULL;
      break;
    case KIND_STATUS:
      record->status = (guint8) spot_run_status_from_word (text, (gssize) length);
      if (record->status == SPOT_RUN_STATUS_UNKNOWN)
        record->atoms[column->place] = make_atom (draft, column->place, text, length);
      break;
    default:
      record->atoms[column->place] = make_atom (draft, column->place, text, length);
      break;
    }

  return TRUE;
}

static gboolean
take_list (Draft                 *draft,
           const SpotColumnValue *value,
           GError               **error)
{
  guint place = table[value->column].place;
  g_autofree char *owned = NULL;
  g_autofree char *owned_packed = NULL;
  char room[SHORT_BYTES];
  char packed_room[SHORT_BYTES];
  char *packed = packed_room;
  const char *problem;
  const char *text;
  gsize length, packed_length;
  guint n_elements;

  if (!value->is_string)
    return refuse (error, value->column, "not a list");
  text = decode (value, room, sizeof room, &owned, &length);
  if (length >= sizeof packed_room)
    packed = owned_packed = g_malloc (length + 1);
  if (!spot_array_literal_unpack (text, length, packed, &packed_length, &n_elements, &problem))
    {
      g_set_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_VALUE, "%s: not a %s",
                   spot_column_get_name (value->column), problem);
      return FALSE;
    }
  if (n_elements > 0)
    draft->record.atoms[place] = make_list (draft, place, packed, packed_length, n_elements);

  return TRUE;
}

/* Numbers, booleans and times: ASCII, so that a text with escapes is decoded only to be refused or, oddly, read. */
static gboolean
take_scalar (Draft                 *draft,
             const SpotColumnValue *value,
             GError               **error)
{
  const Column *column = &table[value->column];
  SpotRunRecord *record = &draft->record;
  g_autofree char *owned = NULL;
  char room[SHORT_BYTES];
  const char *text;
  gboolean flag = FALSE;
  gboolean good;
  gsize length;

  text = decode (value, room, sizeof room, &owned, &length);
  switch ((Kind) column->kind)
    {
    case KIND_TIME:
      good = spot_column_parse_time (text, (gssize) length, &record->times[column->place], error);
      break;
    case KIND_INTEGER:
      good = spot_column_parse_integer (text, (gssize) length, &record->integers[column->place], error);
      break;
    case KIND_FLOAT:
      good = spot_column_parse_float (text, (gssize) length, &record->floats[column->place], error);
      break;
    default:
      good = spot_column_parse_boolean (text, (gssize) length, &flag, error);
      record->is_test = flag ? 1 : 0;
      break;
    }
  if (!good)
    g_prefix_error (error, "%s: ", spot_column_get_name (value->column));

  return good;
}

/* Puts one column of the row into the draft. */
static gboolean
take_column (Draft                 *draft,
             const SpotColumnValue *value,
             GError               **error)
{
  const Column *column = &table[value->column];
  SpotRunRecord *record = &draft->record;
  guint32 bit = SPOT_COLUMN_BIT (value->column);

  record->known |= bit;
  if (value->is_null)
    {
      if (column->not_null)
        return refuse (error, value->column, "null in a column that is never null");
      record->nulls |= bit;
      return TRUE;
    }

  switch ((Kind) column->kind)
    {
    case KIND_ID:
    case KIND_ATOM:
    case KIND_STATUS:
      return take_text (draft, value, error);
    case KIND_LIST:
      return take_list (draft, value, error);
    case KIND_BLOB:
      if (value->is_string)
        record->escaped_blobs |= (guint8) (1u << column->place);
      record->blobs[column->place] = make_blob (draft, column->place, value);
      return TRUE;
    case KIND_TIME:
    case KIND_INTEGER:
    case KIND_FLOAT:
    case KIND_BOOLEAN:
    default:
      return take_scalar (draft, value, error);
    }
}

/* Puts a column of another record into the draft. */
static void
take_from (Draft               *draft,
           const SpotRunRecord *other,
           SpotColumn           id)
{
  const Column *column = &table[id];
  SpotRunRecord *record = &draft->record;
  guint place = column->place;

  record->known |= SPOT_COLUMN_BIT (id);
  record->nulls |= other->nulls & SPOT_COLUMN_BIT (id);
  switch ((Kind) column->kind)
    {
    case KIND_TIME:
      record->times[place] = other->times[place];
      break;
    case KIND_ID:
      draft->ids[place] = get_id_text (other, place);
      draft->id_lengths[place] = strlen (draft->ids[place]);
      break;
    case KIND_STATUS:
      record->status = other->status;
      record->atoms[place] = spot_atom_ref (other->atoms[place]);
      break;
    case KIND_ATOM:
    case KIND_LIST:
      record->atoms[place] = spot_atom_ref (other->atoms[place]);
      break;
    case KIND_BLOB:
      record->blobs[place] = spot_blob_ref (other->blobs[place]);
      record->escaped_blobs |= other->escaped_blobs & (1u << place);
      break;
    case KIND_INTEGER:
      record->integers[place] = other->integers[place];
      break;
    case KIND_FLOAT:
      record->floats[place] = other->floats[place];
      break;
    case KIND_BOOLEAN:
    default:
      record->is_test = other->is_test;
      break;
    }
}

/* All columns of @from that the draft lacks. */
static void
take_rest (Draft               *draft,
           const SpotRunRecord *from)
{
  guint32 missing = from->known & ~draft->record.known;

  for (; missing; missing &= missing - 1)
    take_from (draft, from, (SpotColumn) __builtin_ctz (missing));
}

static void
begin_draft (Draft               *draft,
             const SpotRunRecord *base,
             const SpotRunRecord *like)
{
  memset (draft, 0, sizeof *draft);
  for (guint i = 0; i < N_TIMES; i++)
    draft->record.times[i] = SPOT_TIME_NONE;
  draft->base = base;
  draft->like = like;
  draft->ids[0] = draft->ids[1] = "";
}

static void
drop_draft (Draft *draft)
{
  clear_content (&draft->record);
  g_free (draft->decoded_ids[0]);
  g_free (draft->decoded_ids[1]);
}

/* Makes the record and frees the draft. */
static SpotRunRecord *
finish_draft (Draft *draft)
{
  gsize n0 = draft->id_lengths[0];
  gsize n1 = draft->id_lengths[1];
  SpotRunRecord *self = g_malloc (sizeof *self + n0 + n1 + 2);

  *self = draft->record;
  g_atomic_ref_count_init (&self->ref_count);
  self->id_bytes = (guint32) n0 + 1;
  memcpy (self->ids, draft->ids[0], n0);
  self->ids[n0] = '\0';
  memcpy (self->ids + n0 + 1, draft->ids[1], n1);
  self->ids[n0 + 1 + n1] = '\0';
  g_free (draft->decoded_ids[0]);
  g_free (draft->decoded_ids[1]);

  return self;
}

/**
 * spot_run_record_new_like:
 * @base: (nullable): the row's former state, from which absent columns are kept
 * @like: (nullable): another record that may have equal texts, which are shared then; says nothing about the row
 * @columns: (array length=n_columns): columns of the row
 * @n_columns: how many
 * @error: return location
 *
 * The work of spot_run_record_new().
 *
 * Returns: (transfer full): the row's new state, %NULL on failure
 */
SpotRunRecord *
spot_run_record_new_like (const SpotRunRecord   *base,
                          const SpotRunRecord   *like,
                          const SpotColumnValue *columns,
                          guint                  n_columns,
                          GError               **error)
{
  guint32 taken = 0;
  Draft draft;

  begin_draft (&draft, base, like);
  /* From the last to the first, because of two of one name the last one counts. */
  for (guint i = n_columns; i-- > 0;)
    {
      SpotColumn column = columns[i].column;

      if ((guint) column >= SPOT_N_COLUMNS || taken & SPOT_COLUMN_BIT (column))
        continue;
      taken |= SPOT_COLUMN_BIT (column);
      if (!take_column (&draft, &columns[i], error))
        {
          drop_draft (&draft);
          return NULL;
        }
    }
  if (base)
    take_rest (&draft, base);

  return finish_draft (&draft);
}

/**
 * spot_run_record_new:
 * @base: (nullable): the row's former state, from which absent columns are kept; %NULL for a new row
 * @columns: (array length=n_columns): columns of the row; of two of one name the last one counts
 * @n_columns: how many
 * @error: return location
 *
 * Makes a row's next state. Null becomes null, columns that this version does not know are left out.
 *
 * Fails with %SPOT_PROTOCOL_ERROR_VALUE when one value is not of its column's type, or is null in a column that never is (id,
 * friendlyId, taskIdentifier, status, createdAt).
 *
 * Returns: (transfer full): the record, %NULL on failure
 */
SpotRunRecord *
spot_run_record_new (const SpotRunRecord   *base,
                     const SpotColumnValue *columns,
                     guint                  n_columns,
                     GError               **error)
{
  g_return_val_if_fail (columns != NULL || n_columns == 0, NULL);

  return spot_run_record_new_like (base, NULL, columns, n_columns, error);
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
  clear_content (self);
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

  return (self->known & needed) == needed && get_id_text (self, 1)[0] != '\0';
}

/**
 * spot_run_record_has_ended:
 * @self: a record
 *
 * Returns: whether the run has ended, which is when it has a time of completion
 */
gboolean
spot_run_record_has_ended (const SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

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

  return get_id_text (self, 1);
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

  return get_id_text (self, 0);
}

static const char *
get_atom_text (const SpotRunRecord *self,
               SpotColumn           column)
{
  SpotAtom *atom = self->atoms[table[column].place];

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

  if ((guint) column >= SPOT_N_COLUMNS || table[column].kind != KIND_TIME)
    return SPOT_TIME_NONE;

  return self->times[table[column].place];
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

  return self->integers[table[SPOT_COLUMN_NUMBER].place];
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

  return self->integers[table[SPOT_COLUMN_USAGE_DURATION_MS].place];
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

  return self->floats[table[SPOT_COLUMN_COST_IN_CENTS].place];
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

  return self->floats[table[SPOT_COLUMN_BASE_COST_IN_CENTS].place];
}

static const char *const *
get_list (const SpotRunRecord *self,
          SpotColumn           column)
{
  static const char *const none[] = { NULL };
  SpotAtom *atom = self->atoms[table[column].place];

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
 * Returns: (transfer none) (array zero-terminated=1): keys of the run's data streams; none when they are null or not known
 */
const char *const *
spot_run_record_get_streams (const SpotRunRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return get_list (self, SPOT_COLUMN_REALTIME_STREAMS);
}

/* The text that a column is kept as: @escaped is whether it still has JSON's escapes. %NULL when it is not kept as text. */
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
  switch ((Kind) table[column].kind)
    {
    case KIND_ID:
      text = get_id_text (self, table[column].place);
      *length = strlen (text);
      return text;
    case KIND_STATUS:
      text = spot_run_record_get_status_word (self);
      *length = strlen (text);
      return text;
    case KIND_ATOM:
      atom = self->atoms[table[column].place];
      *length = atom->length;
      return atom->text;
    case KIND_BLOB:
      blob = self->blobs[table[column].place];
      *length = blob->length;
      *escaped = (self->escaped_blobs >> table[column].place) & 1;
      return blob->bytes;
    case KIND_TIME:
    case KIND_LIST:
    case KIND_INTEGER:
    case KIND_FLOAT:
    case KIND_BOOLEAN:
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
 * Returns: (transfer full) (nullable): the text as UTF-8 with a NUL behind it, %NULL when the column is null, not known, or
 *   holds no text
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
  if (table[column].kind == KIND_BLOB)
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
 * Returns: the bytes that the text takes as it was received, escapes included: about what spot_run_record_dup_text() would
 *   give. 0 when there is none
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

/**
 * spot_run_record_combine:
 * @older: a record of a run
 * @newer: a record of the same run that came later, maybe from another feed
 *
 * Joins what two feeds know of one run: the columns of both, and of a column that both have the one of the record whose
 * `updatedAt` is later. When that is the same time, or not known of both, @newer counts.
 *
 * Returns: (transfer full): the record, which may be one of the two
 */
SpotRunRecord *
spot_run_record_combine (SpotRunRecord *older,
                         SpotRunRecord *newer)
{
  gint64 older_us, newer_us;
  Draft draft;

  g_return_val_if_fail (older != NULL && newer != NULL, NULL);

  older_us = spot_run_record_get_time (older, SPOT_COLUMN_UPDATED_AT);
  newer_us = spot_run_record_get_time (newer, SPOT_COLUMN_UPDATED_AT);
  if (older_us != SPOT_TIME_NONE && newer_us != SPOT_TIME_NONE && older_us > newer_us)
    {
      SpotRunRecord *swapped = older;

      older = newer;
      newer = swapped;
    }
  if ((older->known & ~newer->known) == 0)
    return spot_run_record_ref (newer);

  begin_draft (&draft, NULL, NULL);
  take_rest (&draft, newer);
  take_rest (&draft, older);

  return finish_draft (&draft);
}

static gboolean
column_equals (const SpotRunRecord *a,
               const SpotRunRecord *b,
               SpotColumn           id)
{
  guint place = table[id].place;

  switch ((Kind) table[id].kind)
    {
    case KIND_TIME:
      return a->times[place] == b->times[place];
    case KIND_ID:
      return strcmp (get_id_text (a, place), get_id_text (b, place)) == 0;
    case KIND_STATUS:
      return a->status == b->status && a->atoms[place] == b->atoms[place];
    case KIND_ATOM:
    case KIND_LIST:
      return a->atoms[place] == b->atoms[place];
    case KIND_BLOB:
      return a->blobs[place] == b->blobs[place]
             || (a->blobs[place] && b->blobs[place] && a->blobs[place]->length == b->blobs[place]->length
                 && ((a->escaped_blobs ^ b->escaped_blobs) & (1u << place)) == 0
                 && memcmp (a->blobs[place]->bytes, b->blobs[place]->bytes, a->blobs[place]->length) == 0);
    case KIND_INTEGER:
      return a->integers[place] == b->integers[place];
    case KIND_FLOAT:
      /* By the bits, so that NaN is the same as itself. */
      return memcmp (&a->floats[place], &b->floats[place], sizeof (double)) == 0;
    case KIND_BOOLEAN:
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
 * Returns: the columns that differ as SPOT_COLUMN_BIT()s, among them those that one knows and the other does not; 0 when the
 *   records are the same in everything
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
