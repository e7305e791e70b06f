/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-limits.h"
#include "spot-protocol-error.h"

#include "spot-listed-run.h"

/* What a member of the management API's run is as a column of a feed's row. */
typedef enum {
  KIND_TEXT,
  KIND_TIME,
  KIND_INTEGER,
  KIND_FLOAT,
  KIND_BOOLEAN,
  KIND_STATUS,
  KIND_LIST,
  KIND_JSON,
  KIND_ERROR,
} Kind;

static const struct
{
  const char *name;
  SpotColumn  column;
  Kind        kind;
} members[] = {
  { "id", SPOT_COLUMN_FRIENDLY_ID, KIND_TEXT },
  { "taskIdentifier", SPOT_COLUMN_TASK_IDENTIFIER, KIND_TEXT },
  { "status", SPOT_COLUMN_STATUS, KIND_STATUS },
  { "createdAt", SPOT_COLUMN_CREATED_AT, KIND_TIME },
  { "updatedAt", SPOT_COLUMN_UPDATED_AT, KIND_TIME },
  { "startedAt", SPOT_COLUMN_STARTED_AT, KIND_TIME },
  { "delayedUntil", SPOT_COLUMN_DELAY_UNTIL, KIND_TIME },
  { "expiredAt", SPOT_COLUMN_EXPIRED_AT, KIND_TIME },
  { "finishedAt", SPOT_COLUMN_COMPLETED_AT, KIND_TIME },
  { "isTest", SPOT_COLUMN_IS_TEST, KIND_BOOLEAN },
  { "durationMs", SPOT_COLUMN_USAGE_DURATION_MS, KIND_INTEGER },
  { "costInCents", SPOT_COLUMN_COST_IN_CENTS, KIND_FLOAT },
  { "baseCostInCents", SPOT_COLUMN_BASE_COST_IN_CENTS, KIND_FLOAT },
  { "ttl", SPOT_COLUMN_TTL, KIND_TEXT },
  { "tags", SPOT_COLUMN_RUN_TAGS, KIND_LIST },
  { "payload", SPOT_COLUMN_PAYLOAD, KIND_JSON },
  { "output", SPOT_COLUMN_OUTPUT, KIND_JSON },
  { "metadata", SPOT_COLUMN_METADATA, KIND_JSON },
  { "error", SPOT_COLUMN_ERROR, KIND_ERROR },
};

/* The API's words that are not the feeds' (protocol §5.3); where it has one for several, that which says the least. */
static const struct
{
  const char   *word;
  SpotRunStatus status;
} words[] = {
  { "QUEUED", SPOT_RUN_STATUS_PENDING },
  { "WAITING", SPOT_RUN_STATUS_WAITING_TO_RESUME },
  { "FROZEN", SPOT_RUN_STATUS_WAITING_TO_RESUME },
  { "REATTEMPTING", SPOT_RUN_STATUS_RETRYING_AFTER_FAILURE },
  { "COMPLETED", SPOT_RUN_STATUS_COMPLETED_SUCCESSFULLY },
  { "FAILED", SPOT_RUN_STATUS_COMPLETED_WITH_ERRORS },
};

static const char *
translate_status (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].word, word) == 0)
      return spot_run_status_to_word (words[i].status);
  return word;
}

/* Texts as an array literal, in which every element is quoted. */
static char *
make_literal (SpotValue *list)
{
  GString *out = g_string_new ("{");
  guint n = 0;

  for (guint i = 0; i < spot_value_get_n_children (list) && n < SPOT_MAX_ARRAY_ELEMENTS; i++)
    {
      SpotValue *child = spot_value_get_child (list, i);
      gsize length;
      const char *text;

      if (spot_value_get_kind (child) != SPOT_VALUE_STRING)
        continue;
      text = spot_value_get_text (child, &length);
      g_string_append (out, n++ > 0 ? ",\"" : "\"");
      for (gsize j = 0; j < length; j++)
        {
          /* No database has such a text. */
          if (text[j] == '\0')
            continue;
          if (text[j] == '"' || text[j] == '\\')
            g_string_append_c (out, '\\');
          g_string_append_c (out, text[j]);
        }
      g_string_append_c (out, '"');
    }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

/* As a row would have it: what the API shows of an error looks like that of a thrown one. */
static char *
make_error (SpotValue *error)
{
  g_autofree char *json = spot_value_to_json (error, FALSE);

  return g_strconcat ("{\"type\":\"BUILT_IN_ERROR\"", spot_value_get_n_children (error) > 0 ? "," : "", json + 1, NULL);
}

/* (transfer full) (nullable): the text that a feed's row would have, %NULL when the member is not what it should be. */
static char *
make_text (SpotValue *value,
           Kind       kind)
{
  SpotValueKind value_kind = spot_value_get_kind (value);
  gboolean is_text = value_kind == SPOT_VALUE_STRING || value_kind == SPOT_VALUE_NUMBER ||
                     value_kind == SPOT_VALUE_BOOLEAN;
  const char *text = is_text ? spot_value_get_text (value, NULL) : NULL;
  gint64 integer;
  double number;
  gboolean truth;

  switch (kind)
    {
    case KIND_TEXT:
      return value_kind == SPOT_VALUE_STRING ? g_strdup (text) : NULL;
    case KIND_STATUS:
      return value_kind == SPOT_VALUE_STRING ? g_strdup (translate_status (text)) : NULL;
    case KIND_TIME:
      return text != NULL && spot_column_parse_time (text, -1, &integer, NULL) ? g_strdup (text) : NULL;
    case KIND_INTEGER:
      if (text != NULL && spot_column_parse_integer (text, -1, &integer, NULL))
        return g_strdup (text);
      /* JavaScript knows no integers: "1e3" and "2.5" are milliseconds too. */
      return spot_value_get_double (value, &number) && number >= 0 && number < 1e15
               ? g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) number) : NULL;
    case KIND_FLOAT:
      return text != NULL && spot_column_parse_float (text, -1, &number, NULL) ? g_strdup (text) : NULL;
    case KIND_BOOLEAN:
      return text != NULL && spot_column_parse_boolean (text, -1, &truth, NULL) ? g_strdup (text) : NULL;
    case KIND_LIST:
      return value_kind == SPOT_VALUE_ARRAY ? make_literal (value) : NULL;
    case KIND_ERROR:
      return value_kind == SPOT_VALUE_OBJECT ? make_error (value) : NULL;
    case KIND_JSON:
    default:
      return spot_value_to_json (value, FALSE);
    }
}

/**
 * spot_listed_run_to_record:
 * @run: a run as the management API lists it, or shows it alone (protocol §8.1, §8.2)
 * @error: return location for an error
 *
 * Makes of it what a feed would have brought, as far as it goes: a member that is missing, or is not what it should be, is a
 * column that is not known. Its status is the one behind the API's word, or the most general of several. Not in it are what
 * rows do not have (such as `version` and `env`), and payload and output that lie in the object store.
 *
 * Fails with %SPOT_PROTOCOL_ERROR_VALUE for what has no id, and for a value beyond the limits.
 *
 * Returns: (transfer full) (nullable): the record, %NULL after an error
 */
SpotRunRecord *
spot_listed_run_to_record (SpotValue  *run,
                           GError    **error)
{
  SpotColumnValue columns[G_N_ELEMENTS (members)];
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  SpotValue *id;
  guint n = 0;

  g_return_val_if_fail (run != NULL, NULL);

  id = spot_value_get_kind (run) == SPOT_VALUE_OBJECT ? spot_value_get_member (run, "id") : NULL;
  if (id == NULL || spot_value_get_kind (id) != SPOT_VALUE_STRING || *spot_value_get_text (id, NULL) == '\0')
    {
      g_set_error_literal (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_VALUE, "a run without an id");
      return NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      SpotValue *value = spot_value_get_member (run, members[i].name);
      char *text = value != NULL && spot_value_get_kind (value) != SPOT_VALUE_NULL ? make_text (value, members[i].kind) : NULL;

      if (text == NULL)
        continue;
      g_ptr_array_add (texts, text);
      columns[n++] = (SpotColumnValue) {
        .column = members[i].column, .is_string = TRUE, .text = text, .length = strlen (text),
      };
    }
  return spot_run_record_new (NULL, columns, n, error);
}
