/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "soak-truth.h"

#include <math.h>

#include "soak-log.h"

/* The path of the feed that has the watch's runs and no others. */
static char *
dup_path (SpotWatch *watch)
{
  const char *subject = spot_watch_get_subject (watch);
  g_autofree char *joined = NULL;
  g_autofree char *tags = NULL;

  switch (spot_watch_get_kind (watch))
    {
    case SPOT_WATCH_RUN:
      return g_strconcat ("/realtime/v1/runs/", subject, NULL);
    case SPOT_WATCH_BATCH:
      return g_strconcat ("/realtime/v1/batches/", subject, NULL);
    case SPOT_WATCH_TAGS:
      joined = g_strjoinv (",", spot_watch_get_spec (watch)->tags);
      tags = g_uri_escape_string (joined, NULL, FALSE);
      return g_strconcat ("/realtime/v1/runs?createdAt=24h&tags=", tags, NULL);
    case SPOT_WATCH_ENVIRONMENT:
    default:
      return g_strdup ("/realtime/v1/runs?createdAt=24h");
    }
}

static gint64
parse_time (const char *text)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr(GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, utc) : NULL;

  return time != NULL ? g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time) : SPOT_TIME_NONE;
}

static double
parse_number (const char *text)
{
  return text != NULL ? g_ascii_strtod (text, NULL) : 0;
}

static gboolean
same_json (const char *a,
           const char *b)
{
  g_autoptr(JsonNode) node_a = a != NULL ? json_from_string (a, NULL) : NULL;
  g_autoptr(JsonNode) node_b = b != NULL ? json_from_string (b, NULL) : NULL;

  return (node_a == NULL && node_b == NULL) || (node_a != NULL && node_b != NULL && json_node_equal (node_a, node_b));
}

static gboolean
same_array (const char         *text,
            const char * const *ours)
{
  static const char *const nothing[] = { NULL };
  g_auto(GStrv) theirs = text != NULL ? spot_column_parse_array (text, -1, NULL) : NULL;

  return g_strv_equal (theirs != NULL ? (const char *const *) theirs : nothing, ours != NULL ? ours : nothing);
}

static gboolean
same_value (const SpotRunRecord *record,
            SpotColumn           column,
            const char          *value)
{
  g_autofree char *text = NULL;

  switch (column)
    {
    case SPOT_COLUMN_CREATED_AT:
    case SPOT_COLUMN_UPDATED_AT:
    case SPOT_COLUMN_STARTED_AT:
    case SPOT_COLUMN_DELAY_UNTIL:
    case SPOT_COLUMN_QUEUED_AT:
    case SPOT_COLUMN_EXPIRED_AT:
    case SPOT_COLUMN_COMPLETED_AT:
      return spot_run_record_get_time (record, column) == parse_time (value);
    case SPOT_COLUMN_NUMBER:
      return spot_run_record_get_number (record) == (gint64) parse_number (value);
    case SPOT_COLUMN_USAGE_DURATION_MS:
      return spot_run_record_get_usage_ms (record) == (gint64) parse_number (value);
    case SPOT_COLUMN_COST_IN_CENTS:
      return fabs (spot_run_record_get_cost (record) - parse_number (value)) < 1e-9;
    case SPOT_COLUMN_BASE_COST_IN_CENTS:
      return fabs (spot_run_record_get_base_cost (record) - parse_number (value)) < 1e-9;
    case SPOT_COLUMN_IS_TEST:
      return spot_run_record_get_is_test (record) == g_str_equal (value, "t");
    case SPOT_COLUMN_STATUS:
      return g_str_equal (spot_run_record_get_status_word (record), value);
    case SPOT_COLUMN_TASK_IDENTIFIER:
      return g_str_equal (spot_run_record_get_task (record), value);
    case SPOT_COLUMN_ID:
      return g_str_equal (spot_run_record_get_row_id (record), value);
    case SPOT_COLUMN_FRIENDLY_ID:
      return g_str_equal (spot_run_record_get_id (record), value);
    case SPOT_COLUMN_RUN_TAGS:
      return same_array (value, spot_run_record_get_tags (record));
    case SPOT_COLUMN_REALTIME_STREAMS:
      return same_array (value, spot_run_record_get_streams (record));
    case SPOT_COLUMN_ERROR:
      text = spot_run_record_dup_text (record, column, NULL);
      return same_json (text, value);
    default:
      text = spot_run_record_dup_text (record, column, NULL);
      return g_strcmp0 (text, value) == 0;
    }
}

/* Unknown is not null. */
static gboolean
is_null (const SpotRunRecord *record,
         SpotColumn           column)
{
  if ((spot_run_record_get_known (record) & SPOT_COLUMN_BIT (column)) == 0)
    return FALSE;
  /* No array and an empty one are the same to everybody. */
  if (column == SPOT_COLUMN_RUN_TAGS || column == SPOT_COLUMN_REALTIME_STREAMS)
    return same_value (record, column, NULL);
  return !spot_run_record_has (record, column);
}

/* Returns whether every column is the same that has to be. */
static gboolean
compare_run (SpotWatch  *watch,
             SpotRun    *run,
             JsonObject *row,
             gboolean    every_column,
             gboolean    complain)
{
  const SpotRunRecord *record = spot_run_get_record (run);
  gboolean same = TRUE;

  for (guint column = 0; column < SPOT_N_COLUMNS; column++)
    {
      const char *name = spot_column_get_name (column);
      const char *value = json_object_get_string_member_with_default (row, name, NULL);

      /* The environment's feed leaves them out; what a run's own feed brought while the run was open may be old. */
      if (!every_column && (column == SPOT_COLUMN_PAYLOAD || column == SPOT_COLUMN_OUTPUT))
        continue;
      if (value == NULL ? is_null (record, column) : spot_run_record_has (record, column) && same_value (record, column, value))
        continue;
      same = FALSE;
      if (complain)
        soak_log ("%s in %s: %s is not %s (%s, updated %" G_GINT64_FORMAT " us, on the server %s)", spot_run_get_id (run),
                  spot_watch_get_name (watch), name, value != NULL ? value : "null", spot_run_get_status_word (run),
                  spot_run_get_time (run, SPOT_COLUMN_UPDATED_AT),
                  json_object_get_string_member_with_default (row, "updatedAt", "?"));
    }
  return same;
}

int
soak_truth_compare (SoakServer      *server,
                    SpotEnvironment *environment,
                    SpotWatch       *watch,
                    gboolean         every_column,
                    gboolean         complain,
                    GHashTable      *ended)
{
  g_autofree char *path = dup_path (watch);
  g_autoptr(JsonNode) answer = soak_server_fetch (server, path);
  SpotRunStore *store = spot_environment_get_store (environment);
  JsonArray *messages;
  int n_different = 0;
  int n_runs = 0;

  if (answer == NULL || !JSON_NODE_HOLDS_ARRAY (answer))
    return -1;
  messages = json_node_get_array (answer);
  for (guint i = 0; i < json_array_get_length (messages); i++)
    {
      JsonObject *message = json_array_get_object_element (messages, i);
      JsonObject *row = json_object_has_member (message, "value") ? json_object_get_object_member (message, "value") : NULL;
      const char *run_id;
      SpotRun *run;

      if (row == NULL)
        continue;
      n_runs++;
      run_id = json_object_get_string_member (row, "friendlyId");
      run = spot_run_store_lookup (store, run_id);
      if (ended != NULL && json_object_get_string_member_with_default (row, "completedAt", NULL) != NULL)
        g_hash_table_add (ended, g_strdup (run_id));
      if (run == NULL || !spot_run_list_find (spot_watch_get_list (watch), run, NULL))
        {
          n_different++;
          if (complain)
            soak_log ("%s is missing in %s", run_id, spot_watch_get_name (watch));
        }
      else if (!compare_run (watch, run, row, every_column, complain))
        {
          n_different++;
        }
    }
  /* The counts leave out what is only a preview. */
  if ((int) spot_watch_get_n_runs (watch) != n_runs)
    {
      n_different += ABS ((int) spot_watch_get_n_runs (watch) - n_runs);
      if (complain)
        soak_log ("%s has %u runs instead of %d", spot_watch_get_name (watch), spot_watch_get_n_runs (watch), n_runs);
    }
  return n_different;
}
