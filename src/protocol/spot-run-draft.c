/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-array-literal.h"
#include "spot-json-text.h"
#include "spot-protocol-error.h"
#include "spot-run-record-private.h"

/* A text of a run that is decoded on the stack; longer ones are rare. */
#define SHORT_BYTES 256

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

static gboolean
refuse (GError    **error,
        SpotColumn  column,
        const char *what)
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
  const SpotColumnPlace *column = &spot_run_columns[value->column];
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

  switch ((SpotColumnKind) column->kind)
    {
    case SPOT_KIND_ID:
      g_clear_pointer (&draft->decoded_ids[column->place], g_free);
      if (text == room)
        owned = g_strndup (text, length);
      draft->decoded_ids[column->place] = owned;
      draft->ids[column->place] = owned ? owned : text;
      draft->id_lengths[column->place] = length;
      owned = NULL;
      break;
    case SPOT_KIND_STATUS:
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
  guint place = spot_run_columns[value->column].place;
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
  const SpotColumnPlace *column = &spot_run_columns[value->column];
  SpotRunRecord *record = &draft->record;
  g_autofree char *owned = NULL;
  char room[SHORT_BYTES];
  const char *text;
  gboolean flag = FALSE;
  gboolean good;
  gsize length;

  text = decode (value, room, sizeof room, &owned, &length);
  switch ((SpotColumnKind) column->kind)
    {
    case SPOT_KIND_TIME:
      good = spot_column_parse_time (text, (gssize) length, &record->times[column->place], error);
      break;
    case SPOT_KIND_INTEGER:
      good = spot_column_parse_integer (text, (gssize) length, &record->integers[column->place], error);
      break;
    case SPOT_KIND_FLOAT:
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
  const SpotColumnPlace *column = &spot_run_columns[value->column];
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

  switch ((SpotColumnKind) column->kind)
    {
    case SPOT_KIND_ID:
    case SPOT_KIND_ATOM:
    case SPOT_KIND_STATUS:
      return take_text (draft, value, error);
    case SPOT_KIND_LIST:
      return take_list (draft, value, error);
    case SPOT_KIND_BLOB:
      if (value->is_string)
        record->escaped_blobs |= (guint8) (1u << column->place);
      record->blobs[column->place] = make_blob (draft, column->place, value);
      return TRUE;
    case SPOT_KIND_TIME:
    case SPOT_KIND_INTEGER:
    case SPOT_KIND_FLOAT:
    case SPOT_KIND_BOOLEAN:
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
  const SpotColumnPlace *column = &spot_run_columns[id];
  SpotRunRecord *record = &draft->record;
  guint place = column->place;

  record->known |= SPOT_COLUMN_BIT (id);
  record->nulls |= other->nulls & SPOT_COLUMN_BIT (id);
  switch ((SpotColumnKind) column->kind)
    {
    case SPOT_KIND_TIME:
      record->times[place] = other->times[place];
      break;
    case SPOT_KIND_ID:
      draft->ids[place] = spot_run_record_get_id_text (other, place);
      draft->id_lengths[place] = strlen (draft->ids[place]);
      break;
    case SPOT_KIND_STATUS:
      record->status = other->status;
      record->atoms[place] = spot_atom_ref (other->atoms[place]);
      break;
    case SPOT_KIND_ATOM:
    case SPOT_KIND_LIST:
      record->atoms[place] = spot_atom_ref (other->atoms[place]);
      break;
    case SPOT_KIND_BLOB:
      record->blobs[place] = spot_blob_ref (other->blobs[place]);
      record->escaped_blobs |= other->escaped_blobs & (1u << place);
      break;
    case SPOT_KIND_INTEGER:
      record->integers[place] = other->integers[place];
      break;
    case SPOT_KIND_FLOAT:
      record->floats[place] = other->floats[place];
      break;
    case SPOT_KIND_BOOLEAN:
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
  for (guint i = 0; i < SPOT_RUN_N_TIMES; i++)
    draft->record.times[i] = SPOT_TIME_NONE;
  draft->base = base;
  draft->like = like;
  draft->ids[0] = draft->ids[1] = "";
}

static void
drop_draft (Draft *draft)
{
  spot_run_record_clear (&draft->record);
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
 * @unread: (out) (optional) (nullable): what was wrong with a column that was left as it was
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
                          char                 **unread,
                          GError               **error)
{
  guint32 taken = 0;
  Draft draft;

  if (unread)
    *unread = NULL;
  begin_draft (&draft, base, like);
  /* From the last to the first, because of two of one name the last one counts. */
  for (guint i = n_columns; i-- > 0;)
    {
      SpotColumn column = columns[i].column;
      g_autoptr (GError) problem = NULL;

      if ((guint) column >= SPOT_N_COLUMNS || taken & SPOT_COLUMN_BIT (column))
        continue;
      taken |= SPOT_COLUMN_BIT (column);
      if (!take_column (&draft, &columns[i], &problem))
        {
          if (spot_run_columns[column].not_null)
            {
              drop_draft (&draft);
              g_propagate_error (error, g_steal_pointer (&problem));
              return NULL;
            }
          /* One odd cost must not hide the end of a run. */
          draft.record.known &= ~SPOT_COLUMN_BIT (column);
          if (unread && *unread == NULL)
            *unread = g_strdup (problem->message);
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
 * Makes a row's next state. Null becomes null, columns that this version does not know are left out. A column whose value is
 * not of its type stays as it is in @base, or unknown.
 *
 * Fails with %SPOT_PROTOCOL_ERROR_VALUE when that, or a null, happens to a column that no run is without (id, friendlyId,
 * taskIdentifier, status, createdAt).
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

  return spot_run_record_new_like (base, NULL, columns, n_columns, NULL, error);
}

/* Servers write the same millisecond into two changes of a run that come together, and each feed may be at another of them. Then the
 * end is the later one: what has ended does not go on. */
static gboolean
is_later (const SpotRunRecord *self,
          const SpotRunRecord *other)
{
  gint64 self_us = spot_run_record_get_time (self, SPOT_COLUMN_UPDATED_AT);
  gint64 other_us = spot_run_record_get_time (other, SPOT_COLUMN_UPDATED_AT);

  if (self_us == SPOT_TIME_NONE || other_us == SPOT_TIME_NONE)
    return FALSE;
  if (self_us != other_us)
    return self_us > other_us;
  return spot_run_record_has_ended (self) && !spot_run_record_has_ended (other);
}

/**
 * spot_run_record_combine:
 * @older: a record of a run
 * @newer: a record of the same run that came later, maybe from another feed
 *
 * Joins what two feeds know of one run: the columns of both, and of a column that both have the one of the record whose
 * `updatedAt` is later. When that is the same time, the one that has ended counts; when that is the same too, or the time not
 * known of both, @newer.
 *
 * Returns: (transfer full): the record, which may be one of the two
 */
SpotRunRecord *
spot_run_record_combine (SpotRunRecord *older,
                         SpotRunRecord *newer)
{
  Draft draft;

  g_return_val_if_fail (older != NULL && newer != NULL, NULL);

  if (is_later (older, newer))
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
