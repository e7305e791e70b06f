/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-sse-parser.h"

#include "spot-stream-reader.h"

/* In data of very old servers. */
#define END_MARK "<<CLOSE_STREAM>>"
/* A value in a tree, roughly. */
#define NODE_BYTES 64

struct _SpotStreamReader
{
  SpotSseParser   *parser;
  SpotStreamFormat format;
  GQueue           chunks;     /* (owned): not taken yet */
  char            *last_id;    /* nullable */
  char            *resumed_id; /* nullable: where this connection goes on */
  gboolean         broken;     /* the stream itself said so */
  guint64          n_records;
  GHashTable      *known;      /* of v2 records: id → itself */
  GQueue           known_order; /* the same, oldest first, not owned */
};

/* ---- chunks ---- */

static SpotStreamChunk *
chunk_new (SpotValue *value, /* (transfer full) */
           gint64     time_us,
           gsize      n_bytes)
{
  SpotStreamChunk *self = g_new0 (SpotStreamChunk, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->value = value;
  self->time_us = time_us;
  self->n_bytes = n_bytes;
  return self;
}

/**
 * spot_stream_chunk_ref:
 * @self: a chunk
 *
 * Returns: (transfer full): @self
 */
SpotStreamChunk *
spot_stream_chunk_ref (SpotStreamChunk *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * spot_stream_chunk_unref:
 * @self: (transfer full): a chunk
 *
 * Drops a reference.
 */
void
spot_stream_chunk_unref (SpotStreamChunk *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  spot_value_unref (self->value);
  g_free (self);
}

/**
 * spot_stream_buffer_init:
 * @self: a buffer
 *
 * Makes it empty.
 */
void
spot_stream_buffer_init (SpotStreamBuffer *self)
{
  g_return_if_fail (self != NULL);

  memset (self, 0, sizeof *self);
  g_queue_init (&self->chunks);
}

/**
 * spot_stream_buffer_clear:
 * @self: a buffer
 *
 * Lets all chunks go.
 */
void
spot_stream_buffer_clear (SpotStreamBuffer *self)
{
  g_return_if_fail (self != NULL);

  g_queue_clear_full (&self->chunks, (GDestroyNotify) spot_stream_chunk_unref);
  spot_stream_buffer_init (self);
}

/**
 * spot_stream_buffer_take:
 * @self: a buffer
 * @chunk: (transfer full): the next chunk
 *
 * Adds a chunk and lets the oldest go for it when there is no room.
 *
 * Returns: how many were let go
 */
guint
spot_stream_buffer_take (SpotStreamBuffer *self,
                         SpotStreamChunk  *chunk)
{
  guint n_dropped = 0;

  g_return_val_if_fail (self != NULL && chunk != NULL, 0);

  g_queue_push_tail (&self->chunks, chunk);
  self->n_bytes += chunk->n_bytes;
  while (self->chunks.length > SPOT_MAX_STREAM_CHUNKS ||
         (self->n_bytes > SPOT_MAX_STREAM_BYTES && self->chunks.length > 1))
    {
      SpotStreamChunk *oldest = g_queue_pop_head (&self->chunks);

      self->n_bytes -= oldest->n_bytes;
      spot_stream_chunk_unref (oldest);
      n_dropped++;
    }
  self->n_dropped += n_dropped;
  return n_dropped;
}

/* ---- v1 ---- */

/* `1787310851930-0`, as two numbers. */
static gboolean
parse_v1_id (const char *id,
             guint64    *time_ms,
             guint64    *number)
{
  const char *dash = id != NULL ? strchr (id, '-') : NULL;
  g_autofree char *time = dash != NULL ? g_strndup (id, (gsize) (dash - id)) : NULL;

  return time != NULL && g_ascii_string_to_unsigned (time, 10, 0, G_MAXINT64 / 1000, time_ms, NULL) &&
         g_ascii_string_to_unsigned (dash + 1, 10, 0, G_MAXUINT64, number, NULL);
}

/* Whether a server that does not know where to go on has sent it again. */
static gboolean
is_old_v1 (SpotStreamReader *self,
           guint64           time_ms,
           guint64           number)
{
  guint64 old_ms, old_number;

  if (!parse_v1_id (self->resumed_id, &old_ms, &old_number))
    return FALSE;
  return time_ms < old_ms || (time_ms == old_ms && number <= old_number);
}

static void
set_last_id (SpotStreamReader *self,
             const char       *id,
             gsize             length)
{
  /* It goes into a header. What cannot stand there is no position. */
  if (length == 0 || length > SPOT_MAX_STREAM_ID_BYTES)
    return;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isgraph (id[i]))
        return;
    }
  g_free (self->last_id);
  self->last_id = g_strndup (id, length);
}

/* What a chunk takes in memory, about: a tree of many small values takes far more than its text. */
static gsize
estimate_bytes (const SpotValue *value,
                const char      *text,
                gsize            length)
{
  gsize n_bytes = length;

  for (gsize i = 0; spot_value_is_container (value) && i < length; i++)
    {
      if (text[i] == ',' || text[i] == '[' || text[i] == '{')
        n_bytes += NODE_BYTES;
    }
  return n_bytes;
}

static void
push_chunk (SpotStreamReader *self,
            SpotValue        *value, /* (transfer full) */
            gint64            time_us,
            const char       *text,
            gsize             length)
{
  g_queue_push_tail (&self->chunks, chunk_new (value, time_us, estimate_bytes (value, text, length)));
}

static void
take_v1 (SpotStreamReader   *self,
         const SpotSseEvent *event)
{
  guint64 time_ms = 0;
  guint64 number = 0;
  SpotValue *value;

  if (event->type_length > 0 && strcmp (event->type, "message") != 0)
    return;
  self->n_records++;
  if (parse_v1_id (event->id, &time_ms, &number) && is_old_v1 (self, time_ms, number))
    return;
  set_last_id (self, event->id, event->id_length);
  if (event->data_length == strlen (END_MARK) && memcmp (event->data, END_MARK, strlen (END_MARK)) == 0)
    return;
  value = spot_value_new_from_json (event->data, (gssize) event->data_length, NULL);
  if (value == NULL)
    value = spot_value_new_string (event->data, (gssize) event->data_length);
  push_chunk (self, value, (gint64) time_ms * 1000, event->data, event->data_length);
}

/* ---- v2 ---- */

static SpotValue *
get_member (SpotValue     *object, /* nullable */
            const char    *name,
            SpotValueKind  kind)
{
  SpotValue *value = NULL;

  if (object != NULL && spot_value_get_kind (object) == SPOT_VALUE_OBJECT)
    value = spot_value_get_member (object, name);
  return value != NULL && spot_value_get_kind (value) == kind ? value : NULL;
}

/* Whether it is a command to the store, or for features that are not the task's own data. */
static gboolean
is_control_record (SpotValue *record)
{
  SpotValue *headers = get_member (record, "headers", SPOT_VALUE_ARRAY);
  guint n = headers != NULL ? spot_value_get_n_children (headers) : 0;

  for (guint i = 0; i < n; i++)
    {
      SpotValue *header = spot_value_get_child (headers, i);
      SpotValue *name = NULL;

      if (spot_value_get_kind (header) == SPOT_VALUE_ARRAY && spot_value_get_n_children (header) > 0)
        name = spot_value_get_child (header, 0);
      if (name == NULL || spot_value_get_kind (name) != SPOT_VALUE_STRING)
        continue;
      if ((i == 0 && *spot_value_get_text (name, NULL) == '\0') ||
          strcmp (spot_value_get_text (name, NULL), "trigger-control") == 0)
        return TRUE;
    }
  return FALSE;
}

/* Whether a record of this id was there before; remembers it. */
static gboolean
is_known (SpotStreamReader *self,
          SpotValue        *id) /* nullable */
{
  gsize length;
  char *text;

  if (id == NULL)
    return FALSE;
  spot_value_get_text (id, &length);
  if (length == 0 || length > SPOT_MAX_STREAM_ID_BYTES)
    return FALSE;
  if (g_hash_table_contains (self->known, spot_value_get_text (id, NULL)))
    return TRUE;
  text = g_strdup (spot_value_get_text (id, NULL));
  g_hash_table_add (self->known, text);
  g_queue_push_tail (&self->known_order, text);
  if (self->known_order.length > SPOT_MAX_STREAM_KNOWN_IDS)
    g_hash_table_remove (self->known, g_queue_pop_head (&self->known_order));
  return FALSE;
}

/* Returns whether the record lies behind all that came before; the position is there now. */
static gboolean
advance_v2 (SpotStreamReader *self,
            SpotValue        *record)
{
  SpotValue *number = get_member (record, "seq_num", SPOT_VALUE_NUMBER);
  const char *text = number != NULL ? spot_value_get_text (number, NULL) : "";
  guint64 position, last;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &position, NULL))
    return TRUE;
  if (self->last_id != NULL && g_ascii_string_to_unsigned (self->last_id, 10, 0, G_MAXUINT64, &last, NULL) &&
      position <= last)
    return FALSE;
  set_last_id (self, text, strlen (text));
  return TRUE;
}

static void
take_record (SpotStreamReader *self,
             SpotValue        *record)
{
  g_autoptr(SpotValue) content = NULL;
  SpotValue *body;
  SpotValue *data;
  SpotValue *timestamp;
  double time_ms = 0;
  const char *text;
  gsize length;

  if (spot_value_get_kind (record) != SPOT_VALUE_OBJECT)
    return;
  self->n_records++;
  if (!advance_v2 (self, record) || is_control_record (record))
    return;
  body = get_member (record, "body", SPOT_VALUE_STRING);
  if (body == NULL)
    return;
  text = spot_value_get_text (body, &length);
  content = spot_value_new_from_json (text, (gssize) length, NULL);
  if (content == NULL || spot_value_get_kind (content) != SPOT_VALUE_OBJECT)
    return;
  if (is_known (self, get_member (content, "id", SPOT_VALUE_STRING)))
    return;
  data = spot_value_get_member (content, "data");
  if (data == NULL)
    return;
  timestamp = get_member (record, "timestamp", SPOT_VALUE_NUMBER);
  if (timestamp == NULL || !spot_value_get_double (timestamp, &time_ms) || !(time_ms > 0 && time_ms < 1e15))
    time_ms = 0;
  push_chunk (self, spot_value_ref (data), (gint64) time_ms * 1000, text, length);
}

static void
take_v2 (SpotStreamReader   *self,
         const SpotSseEvent *event)
{
  g_autoptr(SpotValue) batch = NULL;
  SpotValue *records;

  if (strcmp (event->type, "error") == 0)
    self->broken = TRUE;
  if (strcmp (event->type, "batch") != 0)
    return;
  batch = spot_value_new_from_json (event->data, (gssize) event->data_length, NULL);
  records = get_member (batch, "records", SPOT_VALUE_ARRAY);
  for (guint i = 0; records != NULL && i < spot_value_get_n_children (records); i++)
    take_record (self, spot_value_get_child (records, i));
}

static void
event_cb (const SpotSseEvent *event,
          gpointer            user_data)
{
  SpotStreamReader *self = user_data;

  if (self->broken)
    return;
  if (self->format == SPOT_STREAM_V1)
    take_v1 (self, event);
  else
    take_v2 (self, event);
}

/* ---- both ---- */

/**
 * spot_stream_reader_new:
 *
 * Returns: (transfer full): a reader at the beginning of a stream
 */
SpotStreamReader *
spot_stream_reader_new (void)
{
  SpotStreamReader *self = g_new0 (SpotStreamReader, 1);

  self->parser = spot_sse_parser_new (SPOT_MAX_STREAM_EVENT_BYTES, event_cb, self);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->chunks);
  g_queue_init (&self->known_order);
  return self;
}

/**
 * spot_stream_reader_free:
 * @self: (transfer full): a reader
 *
 * Frees it, and the chunks that nobody took.
 */
void
spot_stream_reader_free (SpotStreamReader *self)
{
  g_return_if_fail (self != NULL);

  spot_sse_parser_free (self->parser);
  g_queue_clear_full (&self->chunks, (GDestroyNotify) spot_stream_chunk_unref);
  g_queue_clear (&self->known_order);
  g_hash_table_unref (self->known);
  g_free (self->last_id);
  g_free (self->resumed_id);
  g_free (self);
}

/**
 * spot_stream_reader_begin:
 * @self: a reader
 * @format: the form that the server sends
 *
 * Begins with another connection, which goes on behind the last id. An unfinished event of the one before is dropped.
 * The two forms have ids of different kinds: with the form the position is lost.
 */
void
spot_stream_reader_begin (SpotStreamReader *self,
                          SpotStreamFormat  format)
{
  g_return_if_fail (self != NULL);

  spot_sse_parser_reset (self->parser);
  if (format != self->format)
    g_clear_pointer (&self->last_id, g_free);
  self->format = format;
  self->broken = FALSE;
  g_free (self->resumed_id);
  self->resumed_id = g_strdup (self->last_id);
}

/**
 * spot_stream_reader_feed:
 * @self: a reader
 * @data: (array length=length): the next bytes of the body, of any number
 * @length: how many
 * @error: return location
 *
 * Reads on. Take the chunks afterwards, also after a failure.
 *
 * Fails with %SPOT_PROTOCOL_ERROR_TOO_LARGE for an event beyond %SPOT_MAX_STREAM_EVENT_BYTES, and with
 * %SPOT_PROTOCOL_ERROR_MALFORMED when the server says within the stream that it has failed: connect again.
 *
 * Returns: whether all is well
 */
gboolean
spot_stream_reader_feed (SpotStreamReader  *self,
                         const char        *data,
                         gsize              length,
                         GError           **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (!spot_sse_parser_feed (self->parser, data, length, error))
    return FALSE;
  if (self->broken)
    g_set_error_literal (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED,
                         "the stream says that it has failed");
  return !self->broken;
}

/**
 * spot_stream_reader_take_chunk:
 * @self: a reader
 *
 * Returns: (transfer full) (nullable): the next chunk, in order; %NULL when there is no more
 */
SpotStreamChunk *
spot_stream_reader_take_chunk (SpotStreamReader *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_queue_pop_head (&self->chunks);
}

/**
 * spot_stream_reader_get_last_id:
 * @self: a reader
 *
 * Returns: (transfer none) (nullable): what to send as `Last-Event-ID`, %NULL for the beginning
 */
const char *
spot_stream_reader_get_last_id (SpotStreamReader *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->last_id;
}

/**
 * spot_stream_reader_get_n_records:
 * @self: a reader
 *
 * Returns: how many records came so far, those without a chunk included: a sign that the connection works
 */
guint64
spot_stream_reader_get_n_records (SpotStreamReader *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_records;
}
