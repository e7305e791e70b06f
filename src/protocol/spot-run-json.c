/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <math.h>
#include <string.h>

#include "spot-packet.h"
#include "spot-run-error.h"
#include "spot-value-private.h"

#include "spot-run-json.h"

#define US_PER_SECOND G_GINT64_CONSTANT (1000000)

/* An object that is being made: its members in the order in which they are written. */
typedef struct
{
  GPtrArray *names;
  GPtrArray *children;
} Members;

static Members
members_new (void)
{
  return (Members) {
    g_ptr_array_new_with_free_func ((GDestroyNotify) spot_value_unref),
    g_ptr_array_new_with_free_func ((GDestroyNotify) spot_value_unref),
  };
}

/* The value trees take their arrays without the functions that free the elements. */
static SpotValue *
members_end (Members *self)
{
  g_ptr_array_set_free_func (self->names, NULL);
  g_ptr_array_set_free_func (self->children, NULL);
  return spot_value_new_object (g_steal_pointer (&self->names), g_steal_pointer (&self->children));
}

/* Takes @child. */
static void
add (Members    *self,
     const char *name,
     SpotValue  *child)
{
  g_ptr_array_add (self->names, spot_value_new_string (name, -1));
  g_ptr_array_add (self->children, child);
}

static void
add_text (Members    *self,
          const char *name,
          const char *text)
{
  if (text != NULL)
    add (self, name, spot_value_new_string (text, -1));
}

static void
add_column_text (Members             *self,
                 const char          *name,
                 const SpotRunRecord *record,
                 SpotColumn           column)
{
  gsize length;
  g_autofree char *text = spot_run_record_dup_text (record, column, &length);

  if (text != NULL)
    add (self, name, spot_value_new_string (text, (gssize) length));
}

static void
add_time (Members             *self,
          const char          *name,
          const SpotRunRecord *record,
          SpotColumn           column)
{
  gint64 time_us = spot_run_record_get_time (record, column);
  g_autoptr(GDateTime) time = NULL;
  gint64 seconds, ms;
  g_autofree char *text = NULL;

  if (time_us == SPOT_TIME_NONE)
    return;
  /* Downwards, before 1970 as well. */
  seconds = time_us / US_PER_SECOND - (time_us % US_PER_SECOND < 0);
  ms = (time_us - seconds * US_PER_SECOND) / 1000;
  time = g_date_time_new_from_unix_utc (seconds);
  /* A zone can carry a time over the edge of the years that can be written. */
  if (time == NULL)
    return;
  text = g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", g_date_time_get_year (time), g_date_time_get_month (time),
                          g_date_time_get_day_of_month (time), g_date_time_get_hour (time), g_date_time_get_minute (time),
                          g_date_time_get_second (time), (int) ms);
  add_text (self, name, text);
}

static void
add_integer (Members             *self,
             const char          *name,
             const SpotRunRecord *record,
             SpotColumn           column,
             gint64               integer)
{
  g_autofree char *text = NULL;

  if (!spot_run_record_has (record, column))
    return;
  text = g_strdup_printf ("%" G_GINT64_FORMAT, integer);
  add (self, name, spot_value_new_text (SPOT_VALUE_NUMBER, text, strlen (text)));
}

static void
add_float (Members             *self,
           const char          *name,
           const SpotRunRecord *record,
           SpotColumn           column,
           double               number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!spot_run_record_has (record, column))
    return;
  if (!isfinite (number))
    {
      add (self, name, spot_value_new_null ());
      return;
    }
  /* The shortest text that is read as the same number: "0.4019", not "0.40189999999999998". */
  g_ascii_formatd (text, sizeof text, "%.15g", number);
  if (g_ascii_strtod (text, NULL) != number)
    g_ascii_formatd (text, sizeof text, "%.16g", number);
  if (g_ascii_strtod (text, NULL) != number)
    g_ascii_formatd (text, sizeof text, "%.17g", number);
  add (self, name, spot_value_new_text (SPOT_VALUE_NUMBER, text, strlen (text)));
}

static void
add_list (Members             *self,
          const char          *name,
          const SpotRunRecord *record,
          SpotColumn           column,
          const char * const  *texts)
{
  GPtrArray *children;

  if ((spot_run_record_get_known (record) & SPOT_COLUMN_BIT (column)) == 0)
    return;
  children = g_ptr_array_new ();
  for (guint i = 0; texts[i] != NULL; i++)
    g_ptr_array_add (children, spot_value_new_string (texts[i], -1));
  add (self, name, spot_value_new_array (children));
}

static SpotPacket *
decode_packet (const SpotRunRecord *record,
               SpotColumn           column,
               SpotColumn           type_column)
{
  g_autofree char *type = spot_run_record_dup_text (record, type_column, NULL);
  gsize length;
  g_autofree char *text = spot_run_record_dup_text (record, column, &length);

  return spot_packet_decode (text, text != NULL ? (gssize) length : 0, type);
}

static void
add_packet (Members             *self,
            const char          *name,
            const char          *stored_name,
            const SpotRunRecord *record,
            SpotColumn           column,
            SpotColumn           type_column)
{
  g_autoptr(SpotPacket) packet = decode_packet (record, column, type_column);

  switch (packet->kind)
    {
    case SPOT_PACKET_VALUE:
      /* What is undefined is not there, as in any object that JavaScript writes. */
      if (spot_value_get_kind (packet->value) != SPOT_VALUE_UNDEFINED)
        add (self, name, spot_value_ref (packet->value));
      break;
    case SPOT_PACKET_STORED:
      add_text (self, stored_name, packet->raw);
      break;
    case SPOT_PACKET_OPAQUE:
      add_text (self, name, packet->raw);
      break;
    case SPOT_PACKET_NOTHING:
    default:
      break;
    }
}

static SpotValue *
leave_out_reserved (SpotValue  *child,
                    const char *name,
                    guint       depth,
                    gpointer    user_data)
{
  if (depth == 0 && name != NULL && g_str_has_prefix (name, "$$"))
    return NULL;
  return spot_value_ref (child);
}

static void
add_metadata (Members             *self,
              const SpotRunRecord *record)
{
  g_autoptr(SpotPacket) packet = decode_packet (record, SPOT_COLUMN_METADATA, SPOT_COLUMN_METADATA_TYPE);

  if (packet->kind == SPOT_PACKET_VALUE)
    add (self, "metadata", spot_value_filter (packet->value, leave_out_reserved, NULL));
  else if (packet->kind != SPOT_PACKET_NOTHING)
    add_text (self, "metadata", packet->raw);
}

static SpotValue *
new_error (const SpotRunError *error)
{
  Members members = members_new ();

  if (error->kind == SPOT_RUN_ERROR_CUSTOM || error->kind == SPOT_RUN_ERROR_OTHER)
    {
      /* A thrown value that is no error: all of it, as the server's own API tells it. */
      add_text (&members, "message", error->raw != NULL ? error->raw : error->message);
      return members_end (&members);
    }
  add_text (&members, "message", error->message);
  add_text (&members, error->kind == SPOT_RUN_ERROR_INTERNAL ? "code" : "name", error->name);
  add_text (&members, "stackTrace", error->stack);
  if (error->causes->len > 0)
    {
      GPtrArray *causes = g_ptr_array_new ();

      for (guint i = 0; i < error->causes->len; i++)
        g_ptr_array_add (causes, new_error (error->causes->pdata[i]));
      add (&members, "causes", spot_value_new_array (causes));
    }
  return members_end (&members);
}

static void
add_error (Members             *self,
           const SpotRunRecord *record)
{
  gsize length;
  g_autofree char *text = spot_run_record_dup_text (record, SPOT_COLUMN_ERROR, &length);
  g_autoptr(SpotRunError) error = spot_run_error_parse (text, text != NULL ? (gssize) length : 0);

  if (error != NULL)
    add (self, "error", new_error (error));
}

static void
add_status (Members             *self,
            const SpotRunRecord *record)
{
  const char *raw = spot_run_record_get_status_word (record);
  const char *seed = spot_run_status_to_seed (spot_run_record_get_status (record));

  if (!spot_run_record_has (record, SPOT_COLUMN_STATUS))
    return;
  add_text (self, "status", seed != NULL ? seed : raw);
  add_text (self, "rawStatus", raw);
}

/**
 * spot_run_json_to_value:
 * @record: a run's state
 *
 * Makes the public run object (protocol §5). Its fields have the names of the
 * documents: `id`, `taskIdentifier`, `payload`, `output`, `createdAt`, `updatedAt`, `startedAt`, `delayedUntil`, `queuedAt`,
 * `expiredAt`, `finishedAt` (ISO 8601, UTC, milliseconds), `number`, `status`, `isTest`, `durationMs`, `costInCents`,
 * `baseCostInCents`, `ttl`, `tags`, `metadata`, `error`, `realtimeStreams`; and `rawStatus`, the status as the server said it.
 *
 * - A field without a value is not there, whether it is null or was not sent: so in JavaScript's own objects, when they
 *   become JSON. `idempotencyKey` is therefore never there: feeds do not send it.
 * - `status` is one of the 14 older names, and an unknown word as it came.
 * - Payload, output and metadata are decoded; numbers have every digit that they came with, and what JSON does not have is
 *   written as spot_value_to_json() does. What is not what its type says is a string, the text as it came.
 * - A payload or output that lies in the object store is not fetched: instead of it there is `payloadStored` or
 *   `outputStored`, its path in the store.
 * - `metadata` is without the reserved names, those that begin with `$$`.
 * - `error` has `message` and, when there are any, `name`, `stackTrace` and `causes`; that of the server itself `code`
 *   instead of a name. The message of a thrown value that is no error is its JSON text.
 *
 * Returns: (transfer full): the object
 */
SpotValue *
spot_run_json_to_value (const SpotRunRecord *record)
{
  Members members;

  g_return_val_if_fail (record != NULL, NULL);

  members = members_new ();
  add_column_text (&members, "id", record, SPOT_COLUMN_FRIENDLY_ID);
  add_column_text (&members, "taskIdentifier", record, SPOT_COLUMN_TASK_IDENTIFIER);
  add_status (&members, record);
  add_time (&members, "createdAt", record, SPOT_COLUMN_CREATED_AT);
  add_time (&members, "updatedAt", record, SPOT_COLUMN_UPDATED_AT);
  add_time (&members, "startedAt", record, SPOT_COLUMN_STARTED_AT);
  add_time (&members, "delayedUntil", record, SPOT_COLUMN_DELAY_UNTIL);
  add_time (&members, "queuedAt", record, SPOT_COLUMN_QUEUED_AT);
  add_time (&members, "expiredAt", record, SPOT_COLUMN_EXPIRED_AT);
  add_time (&members, "finishedAt", record, SPOT_COLUMN_COMPLETED_AT);
  add_integer (&members, "number", record, SPOT_COLUMN_NUMBER, spot_run_record_get_number (record));
  if (spot_run_record_has (record, SPOT_COLUMN_IS_TEST))
    add (&members, "isTest", spot_value_new_boolean (spot_run_record_get_is_test (record)));
  add_integer (&members, "durationMs", record, SPOT_COLUMN_USAGE_DURATION_MS, spot_run_record_get_usage_ms (record));
  add_float (&members, "costInCents", record, SPOT_COLUMN_COST_IN_CENTS, spot_run_record_get_cost (record));
  add_float (&members, "baseCostInCents", record, SPOT_COLUMN_BASE_COST_IN_CENTS, spot_run_record_get_base_cost (record));
  add_column_text (&members, "ttl", record, SPOT_COLUMN_TTL);
  add_list (&members, "tags", record, SPOT_COLUMN_RUN_TAGS, spot_run_record_get_tags (record));
  add_packet (&members, "payload", "payloadStored", record, SPOT_COLUMN_PAYLOAD, SPOT_COLUMN_PAYLOAD_TYPE);
  add_packet (&members, "output", "outputStored", record, SPOT_COLUMN_OUTPUT, SPOT_COLUMN_OUTPUT_TYPE);
  add_metadata (&members, record);
  add_error (&members, record);
  add_list (&members, "realtimeStreams", record, SPOT_COLUMN_REALTIME_STREAMS, spot_run_record_get_streams (record));
  return members_end (&members);
}

/**
 * spot_run_json_write:
 * @record: a run's state
 *
 * Writes the object of spot_run_json_to_value() as compact JSON without a line break.
 *
 * Returns: (transfer full): the text
 */
char *
spot_run_json_write (const SpotRunRecord *record)
{
  g_autoptr(SpotValue) object = NULL;

  g_return_val_if_fail (record != NULL, NULL);

  object = spot_run_json_to_value (record);
  return spot_value_to_json (object, FALSE);
}
