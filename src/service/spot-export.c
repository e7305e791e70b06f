/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <string.h>

#include "spot-export.h"
#include "spot-run-json.h"
#include "spot-value.h"

#define REPLACEMENT "\xef\xbf\xbd"

struct _SpotExport
{
  SpotExportFormat format;
  gboolean         begun;
};

/* What a column of the table holds. */
typedef enum {
  CELL_TEXT,
  CELL_NUMBER, /* or a time, or a truth value: nothing that anybody chose */
  CELL_JSON,
} CellKind;

static const struct
{
  const char *name;
  CellKind    kind;
} columns[] = {
  { "id", CELL_TEXT },          { "taskIdentifier", CELL_TEXT }, { "status", CELL_TEXT },
  { "rawStatus", CELL_TEXT },   { "tags", CELL_JSON },           { "createdAt", CELL_NUMBER },
  { "updatedAt", CELL_NUMBER }, { "startedAt", CELL_NUMBER },    { "delayedUntil", CELL_NUMBER },
  { "queuedAt", CELL_NUMBER },  { "expiredAt", CELL_NUMBER },    { "finishedAt", CELL_NUMBER },
  { "number", CELL_NUMBER },    { "isTest", CELL_NUMBER },       { "durationMs", CELL_NUMBER },
  { "costInCents", CELL_NUMBER }, { "baseCostInCents", CELL_NUMBER }, { "ttl", CELL_TEXT },
  { "payload", CELL_JSON },     { "payloadStored", CELL_TEXT },  { "output", CELL_JSON },
  { "outputStored", CELL_TEXT }, { "metadata", CELL_JSON },      { "error", CELL_JSON },
  { "realtimeStreams", CELL_JSON },
};

/* ---- CSV ---- */

/* Spreadsheets calculate what begins so, and may call programs by it. */
static gboolean
is_formula (const char *text)
{
  return *text != '\0' && strchr ("=+-@\t\r", *text) != NULL;
}

static void
append_cell (GString    *out,
             const char *text,
             gsize       length,
             gboolean    is_text)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) length);
  gboolean quoted = strpbrk (valid, ",\"\r\n") != NULL || (is_text && is_formula (valid));

  if (quoted)
    g_string_append_c (out, '"');
  if (is_text && is_formula (valid))
    g_string_append_c (out, '\'');
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar letter = g_utf8_get_char (c);

      if ((letter < 0x20 && strchr ("\t\r\n", *c) == NULL) || (letter >= 0x7f && letter < 0xa0))
        {
          g_string_append (out, REPLACEMENT);
          continue;
        }
      if (letter == '"')
        g_string_append_c (out, '"');
      g_string_append_unichar (out, letter);
    }
  if (quoted)
    g_string_append_c (out, '"');
}

static void
append_header (GString *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    g_string_append_printf (out, "%s%s", i > 0 ? "," : "", columns[i].name);
  g_string_append (out, "\r\n");
}

static void
append_row (GString             *out,
            const SpotRunRecord *record)
{
  g_autoptr(SpotValue) run = spot_run_json_to_value (record);

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      SpotValue *value = spot_value_get_member (run, columns[i].name);
      gsize length;

      if (i > 0)
        g_string_append_c (out, ',');
      /* A cost that is no number is null. */
      if (value == NULL || (columns[i].kind == CELL_NUMBER && spot_value_get_kind (value) == SPOT_VALUE_NULL))
        continue;
      if (columns[i].kind == CELL_JSON)
        {
          g_autofree char *text = spot_value_to_json (value, FALSE);

          append_cell (out, text, strlen (text), FALSE);
        }
      else
        {
          const char *text = spot_value_get_text (value, &length);

          append_cell (out, text, length, columns[i].kind == CELL_TEXT);
        }
    }
  g_string_append (out, "\r\n");
}

/* ---- public ---- */

/**
 * spot_export_new:
 * @format: how
 *
 * Returns: (transfer full): an export that has written nothing
 */
SpotExport *
spot_export_new (SpotExportFormat format)
{
  SpotExport *self = g_new0 (SpotExport, 1);

  self->format = format;
  return self;
}

/**
 * spot_export_free:
 * @self: (transfer full): an export
 *
 * Frees it.
 */
void
spot_export_free (SpotExport *self)
{
  g_return_if_fail (self != NULL);

  g_free (self);
}

static void
begin (SpotExport *self,
       GString    *out)
{
  if (!self->begun && self->format == SPOT_EXPORT_CSV)
    append_header (out);
  else if (!self->begun && self->format == SPOT_EXPORT_JSON)
    g_string_append_c (out, '[');
}

/**
 * spot_export_add:
 * @self: an export
 * @record: a run's state
 * @out: where to append
 *
 * Writes a run, and before the first one what belongs there.
 */
void
spot_export_add (SpotExport          *self,
                 const SpotRunRecord *record,
                 GString             *out)
{
  g_autofree char *json = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (record != NULL && out != NULL);

  begin (self, out);
  if (self->format == SPOT_EXPORT_CSV)
    {
      append_row (out, record);
    }
  else
    {
      json = spot_run_json_write (record);
      if (self->format == SPOT_EXPORT_JSON)
        g_string_append (out, self->begun ? ",\n" : "\n");
      g_string_append (out, json);
      if (self->format == SPOT_EXPORT_JSON_LINES)
        g_string_append_c (out, '\n');
    }
  self->begun = TRUE;
}

/**
 * spot_export_end:
 * @self: an export
 * @out: where to append
 *
 * Writes what belongs behind the last run. Without a run it is an empty list all the same.
 */
void
spot_export_end (SpotExport *self,
                 GString    *out)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (out != NULL);

  begin (self, out);
  if (self->format == SPOT_EXPORT_JSON)
    g_string_append (out, self->begun ? "\n]\n" : "]\n");
  self->begun = TRUE;
}

/**
 * spot_export_format_get_suffix:
 * @format: a format
 *
 * Returns: how names of such files end, without the dot
 */
const char *
spot_export_format_get_suffix (SpotExportFormat format)
{
  return format == SPOT_EXPORT_CSV ? "csv" : format == SPOT_EXPORT_JSON ? "json" : "jsonl";
}

/**
 * spot_export_format_get_mime_type:
 * @format: a format
 *
 * Returns: the type of such files
 */
const char *
spot_export_format_get_mime_type (SpotExportFormat format)
{
  return format == SPOT_EXPORT_CSV ? "text/csv" : format == SPOT_EXPORT_JSON ? "application/json" : "application/jsonl";
}
