/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-run-record-blob.h"
#include "spot-run-record-private.h"

/* One byte of version, four of a sum over the rest, four of known and four of null columns; then the columns that
   are known * and not null, in their order. Numbers are little-endian or, where small ones are likely, of variable
   length. */
#define VERSION 1
#define SUM_AT 1
#define KNOWN_AT 5
#define NULLS_AT 9
#define HEAD_BYTES 13

/* Columns are named by their numbers: whoever adds one at another place than the end has to raise the version. */
G_STATIC_ASSERT (SPOT_N_COLUMNS == 26 && SPOT_COLUMN_REALTIME_STREAMS == 25);

static guint32
sum_bytes (const guint8 *bytes,
           gsize         length)
{
  guint32 sum = 2166136261u;

  for (gsize i = 0; i < length; i++)
    sum = (sum ^ bytes[i]) * 16777619u;

  return sum;
}

static void
store32 (guint8  *bytes,
         guint32  number)
{
  number = GUINT32_TO_LE (number);
  memcpy (bytes, &number, sizeof number);
}

static guint32
load32 (const guint8 *bytes)
{
  guint32 number;

  memcpy (&number, bytes, sizeof number);

  return GUINT32_FROM_LE (number);
}

static void
put_byte (GByteArray *out,
          guint8      byte)
{
  g_byte_array_append (out, &byte, 1);
}

static void
put_unsigned (GByteArray *out,
              guint64     number)
{
  for (; number >= 0x80; number >>= 7)
    put_byte (out, (guint8) (number | 0x80));
  put_byte (out, (guint8) number);
}

/* Small ones of either sign are short. */
static void
put_signed (GByteArray *out,
            gint64      number)
{
  put_unsigned (out, (guint64) number << 1 ^ (number < 0 ? G_MAXUINT64 : 0));
}

static void
put_float (GByteArray *out,
           double      number)
{
  guint64 bits;

  memcpy (&bits, &number, sizeof bits);
  bits = GUINT64_TO_LE (bits);
  g_byte_array_append (out, (const guint8 *) &bits, sizeof bits);
}

static void
put_bytes (GByteArray *out,
           const char *bytes,
           gsize       length)
{
  put_unsigned (out, length);
  g_byte_array_append (out, (const guint8 *) bytes, (guint) length);
}

static void
put_column (GByteArray          *out,
            const SpotRunRecord *self,
            SpotColumn           id,
            gint64              *time_base_us)
{
  guint place = spot_run_columns[id].place;
  const char *text;

  switch ((SpotColumnKind) spot_run_columns[id].kind)
    {
    case SPOT_KIND_TIME:
      /* A run's times lie near to each other. Unsigned, so that no two of them, however far apart, overflow. */
      put_signed (out, (gint64) ((guint64) self->times[place] - (guint64) *time_base_us));
      if (id == SPOT_COLUMN_CREATED_AT)
        *time_base_us = self->times[place];
      break;
    case SPOT_KIND_ID:
      text = spot_run_record_get_id_text (self, place);
      put_bytes (out, text, strlen (text));
      break;
    case SPOT_KIND_STATUS:
      text = spot_run_record_get_status_word (self);
      put_bytes (out, text, strlen (text));
      break;
    case SPOT_KIND_ATOM:
      put_bytes (out, self->atoms[place]->text, self->atoms[place]->length);
      break;
    case SPOT_KIND_LIST:
      put_unsigned (out, self->atoms[place] ? self->atoms[place]->n_elements : 0);
      if (self->atoms[place])
        put_bytes (out, self->atoms[place]->text, self->atoms[place]->length);
      break;
    case SPOT_KIND_BLOB:
      put_byte (out, (self->escaped_blobs >> place) & 1);
      put_bytes (out, self->blobs[place]->bytes, self->blobs[place]->length);
      break;
    case SPOT_KIND_INTEGER:
      put_signed (out, self->integers[place]);
      break;
    case SPOT_KIND_FLOAT:
      put_float (out, self->floats[place]);
      break;
    case SPOT_KIND_BOOLEAN:
    default:
      put_byte (out, self->is_test);
      break;
    }
}

/**
 * spot_run_record_to_blob:
 * @self: a record
 * @columns: SPOT_COLUMN_BIT()s of the columns to write; the others will be unknown
 *
 * Returns: (transfer full): @self as bytes, for spot_run_record_from_blob()
 */
GBytes *
spot_run_record_to_blob (const SpotRunRecord *self,
                         guint32              columns)
{
  gint64 time_base_us = 0;
  GByteArray *out;
  guint32 known, left;

  g_return_val_if_fail (self != NULL, NULL);

  known = self->known & columns;
  out = g_byte_array_sized_new (512);
  g_byte_array_set_size (out, HEAD_BYTES);
  out->data[0] = VERSION;
  store32 (out->data + KNOWN_AT, known);
  store32 (out->data + NULLS_AT, self->nulls & known);
  for (left = known & ~self->nulls; left; left &= left - 1)
    put_column (out, self, (SpotColumn) __builtin_ctz (left), &time_base_us);
  store32 (out->data + SUM_AT, sum_bytes (out->data + KNOWN_AT, out->len - KNOWN_AT));

  return g_byte_array_free_to_bytes (out);
}

/* Reading: each takes from the front, and says FALSE when there is not enough or it makes no sense. */
typedef struct
{
  const guint8 *at;
  const guint8 *end;
} Source;

static gboolean
take_unsigned (Source  *source,
               guint64 *number)
{
  *number = 0;
  for (guint shift = 0; shift < 64 && source->at < source->end; shift += 7)
    {
      guint8 byte = *source->at++;

      if (shift == 63 && byte > 1)
        return FALSE;
      *number |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        return TRUE;
    }

  return FALSE;
}

static gboolean
take_signed (Source *source,
             gint64 *number)
{
  guint64 folded;

  if (!take_unsigned (source, &folded))
    return FALSE;
  *number = (gint64) (folded >> 1 ^ (folded & 1 ? G_MAXUINT64 : 0));

  return TRUE;
}

static gboolean
take_float (Source *source,
            double *number)
{
  guint64 bits;

  if (source->end - source->at < (gssize) sizeof bits)
    return FALSE;
  memcpy (&bits, source->at, sizeof bits);
  source->at += sizeof bits;
  bits = GUINT64_FROM_LE (bits);
  memcpy (number, &bits, sizeof bits);

  return TRUE;
}

static gboolean
take_flag (Source *source,
           guint8 *flag)
{
  if (source->at == source->end || *source->at > 1)
    return FALSE;
  *flag = *source->at++;

  return TRUE;
}

static gboolean
take_bytes (Source      *source,
            const char **bytes,
            gsize       *length)
{
  guint64 n;

  if (!take_unsigned (source, &n) || n > (guint64) (source->end - source->at) || n > SPOT_MAX_ELEMENT_BYTES)
    return FALSE;
  *bytes = (const char *) source->at;
  *length = (gsize) n;
  source->at += n;

  return TRUE;
}

/* A text that goes to the screen: UTF-8 without NUL. */
static gboolean
take_text (Source      *source,
           const char **text,
           gsize       *length)
{
  return take_bytes (source, text, length) && g_utf8_validate_len (*text, *length, NULL)
         && !memchr (*text, '\0', *length);
}

static gboolean
take_list (Source    *source,
           SpotAtom **atom)
{
  const char *packed;
  guint64 n_elements;
  gsize length;
  guint n = 0;

  if (!take_unsigned (source, &n_elements) || n_elements > SPOT_MAX_ARRAY_ELEMENTS)
    return FALSE;
  if (n_elements == 0)
    return TRUE;
  if (!take_bytes (source, &packed, &length) || length == 0 || packed[length - 1] != '\0')
    return FALSE;
  for (gsize i = 0; i < length; n++)
    {
      gsize element = strlen (packed + i);

      if (!g_utf8_validate_len (packed + i, element, NULL))
        return FALSE;
      i += element + 1;
    }
  if (n != n_elements)
    return FALSE;
  *atom = spot_atom_new_list (packed, length, n);

  return TRUE;
}

/* A record on its way, whose ids wait until it is clear how long they are. */
typedef struct
{
  SpotRunRecord record;
  const char   *ids[2];
  gsize         id_lengths[2];
  gint64        time_base_us;
} Reading;

static gboolean
take_column (Source     *source,
             Reading    *reading,
             SpotColumn  id)
{
  SpotRunRecord *record = &reading->record;
  guint place = spot_run_columns[id].place;
  const char *text;
  guint8 escaped;
  gsize length;

  switch ((SpotColumnKind) spot_run_columns[id].kind)
    {
    case SPOT_KIND_TIME:
      if (!take_signed (source, &record->times[place]))
        return FALSE;
      record->times[place] = (gint64) ((guint64) record->times[place] + (guint64) reading->time_base_us);
      if (id == SPOT_COLUMN_CREATED_AT)
        reading->time_base_us = record->times[place];
      return record->times[place] != SPOT_TIME_NONE;
    case SPOT_KIND_ID:
      return take_text (source, &reading->ids[place], &reading->id_lengths[place]);
    case SPOT_KIND_STATUS:
      if (!take_text (source, &text, &length))
        return FALSE;
      record->status = (guint8) spot_run_status_from_word (text, (gssize) length);
      if (record->status == SPOT_RUN_STATUS_UNKNOWN)
        record->atoms[place] = spot_atom_new (text, length);
      return TRUE;
    case SPOT_KIND_ATOM:
      if (!take_text (source, &text, &length))
        return FALSE;
      record->atoms[place] = spot_atom_new (text, length);
      return TRUE;
    case SPOT_KIND_LIST:
      return take_list (source, &record->atoms[place]);
    case SPOT_KIND_BLOB:
      if (!take_flag (source, &escaped) || !take_bytes (source, &text, &length))
        return FALSE;
      record->escaped_blobs |= (guint8) (escaped << place);
      record->blobs[place] = spot_blob_new (text, length);
      return TRUE;
    case SPOT_KIND_INTEGER:
      return take_signed (source, &record->integers[place]);
    case SPOT_KIND_FLOAT:
      return take_float (source, &record->floats[place]);
    case SPOT_KIND_BOOLEAN:
    default:
      return take_flag (source, &record->is_test);
    }
}

static gboolean
take_columns (Source  *source,
              Reading *reading,
              guint32  known,
              guint32  nulls)
{
  guint32 left;

  if ((known & ~SPOT_ALL_COLUMNS) || (nulls & ~known))
    return FALSE;
  for (left = nulls; left; left &= left - 1)
    {
      if (spot_run_columns[__builtin_ctz (left)].not_null)
        return FALSE;
    }
  reading->record.known = known;
  reading->record.nulls = nulls;
  for (left = known & ~nulls; left; left &= left - 1)
    {
      if (!take_column (source, reading, (SpotColumn) __builtin_ctz (left)))
        return FALSE;
    }

  return source->at == source->end;
}

/* Makes what is not asked for unknown. */
static void
leave_out (Reading *reading,
           guint32  columns)
{
  SpotRunRecord *record = &reading->record;
  guint32 left = record->known & ~columns;

  record->known &= columns;
  record->nulls &= columns;
  for (; left; left &= left - 1)
    {
      SpotColumn id = (SpotColumn) __builtin_ctz (left);
      guint place = spot_run_columns[id].place;

      switch ((SpotColumnKind) spot_run_columns[id].kind)
        {
        case SPOT_KIND_TIME:
          record->times[place] = SPOT_TIME_NONE;
          break;
        case SPOT_KIND_ID:
          reading->ids[place] = "";
          reading->id_lengths[place] = 0;
          break;
        case SPOT_KIND_STATUS:
          record->status = SPOT_RUN_STATUS_UNKNOWN;
          g_clear_pointer (&record->atoms[place], spot_atom_unref);
          break;
        case SPOT_KIND_ATOM:
        case SPOT_KIND_LIST:
          g_clear_pointer (&record->atoms[place], spot_atom_unref);
          break;
        case SPOT_KIND_BLOB:
          g_clear_pointer (&record->blobs[place], spot_blob_unref);
          record->escaped_blobs &= (guint8) ~(1u << place);
          break;
        case SPOT_KIND_INTEGER:
          record->integers[place] = 0;
          break;
        case SPOT_KIND_FLOAT:
          record->floats[place] = 0.0;
          break;
        case SPOT_KIND_BOOLEAN:
        default:
          record->is_test = 0;
          break;
        }
    }
}

/**
 * spot_run_record_from_blob:
 * @data: (array length=length) (element-type guint8): bytes that spot_run_record_to_blob() gave, or what has become of
 *   them
 * @length: how many
 * @columns: SPOT_COLUMN_BIT()s of the columns to read; the others will be unknown
 * @error: return location
 *
 * Reads a record from a file, which may be damaged, or of a later version. Fails with %SPOT_PROTOCOL_ERROR_MALFORMED
 * then.
 *
 * Returns: (transfer full): the record, %NULL on failure
 */
SpotRunRecord *
spot_run_record_from_blob (const void  *data,
                           gsize        length,
                           guint32      columns,
                           GError     **error)
{
  const guint8 *bytes = data;
  Source source = { NULL, NULL };
  Reading reading;
  SpotRunRecord *self;
  gsize n0, n1;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  if (length < HEAD_BYTES || bytes[0] != VERSION)
    {
      g_set_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED, "kept record of version %d",
                   length > 0 ? bytes[0] : 0);
      return NULL;
    }
  if (load32 (bytes + SUM_AT) != sum_bytes (bytes + KNOWN_AT, length - KNOWN_AT))
    {
      g_set_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED, "kept record is damaged");
      return NULL;
    }

  memset (&reading, 0, sizeof reading);
  for (guint i = 0; i < SPOT_RUN_N_TIMES; i++)
    reading.record.times[i] = SPOT_TIME_NONE;
  reading.ids[0] = reading.ids[1] = "";
  source.at = bytes + HEAD_BYTES;
  source.end = bytes + length;
  if (!take_columns (&source, &reading, load32 (bytes + KNOWN_AT), load32 (bytes + NULLS_AT)))
    {
      spot_run_record_clear (&reading.record);
      g_set_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED, "kept record makes no sense");
      return NULL;
    }
  leave_out (&reading, columns);

  n0 = reading.id_lengths[0];
  n1 = reading.id_lengths[1];
  self = g_malloc (sizeof *self + n0 + n1 + 2);
  *self = reading.record;
  g_atomic_ref_count_init (&self->ref_count);
  self->id_bytes = (guint32) n0 + 1;
  memcpy (self->ids, reading.ids[0], n0);
  self->ids[n0] = '\0';
  memcpy (self->ids + n0 + 1, reading.ids[1], n1);
  self->ids[n0 + 1 + n1] = '\0';

  return self;
}
