/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-cli"

#include "config.h"

#include "spot-format.h"
#include "spot-plain-text.h"
#include "spot-run-json.h"

#include "spot-cli-line.h"

#define MAX_WORD_CHARS 60
#define MAX_TAGS_CHARS 120
#define MAX_CHUNK_CHARS 2000

/* A server's words go to a terminal: no control characters, no line breaks. */
static char *
dup_word (const char *text,
          guint       max_chars)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  return spot_plain_text_dup_line (valid, max_chars);
}

/* In UTC, to the second: "-" for an unknown one. */
static char *
dup_time (gint64 time_us)
{
  g_autoptr(GDateTime) time = time_us != SPOT_TIME_NONE ? g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC) : NULL;

  return time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("-");
}

static char *
dup_status (const SpotRunRecord *record)
{
  const char *name = spot_run_status_to_seed (spot_run_record_get_status (record));

  return dup_word (name != NULL ? name : spot_run_record_get_status_word (record), MAX_WORD_CHARS);
}

/* The task, and its tags in parentheses. */
static char *
dup_task (const SpotRunRecord *record)
{
  g_autofree char *tags = g_strjoinv (", ", (char **) spot_run_record_get_tags (record));
  g_autofree char *tag_text = dup_word (tags, MAX_TAGS_CHARS);
  g_autofree char *task = dup_word (spot_run_record_get_task (record), MAX_WORD_CHARS);

  return *tag_text != '\0' ? g_strdup_printf ("%s  (%s)", task, tag_text) : g_steal_pointer (&task);
}

/**
 * spot_cli_line_new:
 * @record: a run's state
 * @json: whether to write the public run object
 *
 * Writes one line: time of the change (UTC), id, status, task and tags; or a JSON object.
 *
 * Returns: (transfer full): the line, without its end
 */
char *
spot_cli_line_new (const SpotRunRecord *record,
                   gboolean             json)
{
  gint64 time_us = spot_run_record_get_time (record, SPOT_COLUMN_UPDATED_AT);
  g_autofree char *id = NULL;
  g_autofree char *status = NULL;
  g_autofree char *task = NULL;
  g_autofree char *when = NULL;

  if (json)
    return spot_run_json_write (record);

  if (time_us == SPOT_TIME_NONE)
    time_us = spot_run_record_get_time (record, SPOT_COLUMN_CREATED_AT);
  when = dup_time (time_us);
  id = dup_word (spot_run_record_get_id (record), MAX_WORD_CHARS);
  status = dup_status (record);
  task = dup_task (record);
  return g_strdup_printf ("%-20s  %-29s  %-18s  %s", when, id, status, task);
}

/**
 * spot_cli_line_new_header:
 *
 * Returns: (transfer full): what stands above the lines of spot_cli_line_new_listed(), without the end of the line
 */
char *
spot_cli_line_new_header (void)
{
  /* Columns are counted in bytes, and scripts may look for the words: they are not translated. */
  return g_strdup_printf ("%-20s  %-29s  %-18s  %8s  %s", "CREATED", "RUN", "STATUS", "TOOK", "TASK (TAGS)");
}

/**
 * spot_cli_line_new_listed:
 * @record: a run's state
 *
 * Writes one line of a table: when it was made (UTC), id, status, how long it took from its start to its end, task and tags.
 *
 * Returns: (transfer full): the line, without its end
 */
char *
spot_cli_line_new_listed (const SpotRunRecord *record)
{
  gint64 started_us = spot_run_record_get_time (record, SPOT_COLUMN_STARTED_AT);
  gint64 finished_us = spot_run_record_get_time (record, SPOT_COLUMN_COMPLETED_AT);
  g_autofree char *when = dup_time (spot_run_record_get_time (record, SPOT_COLUMN_CREATED_AT));
  g_autofree char *id = dup_word (spot_run_record_get_id (record), MAX_WORD_CHARS);
  g_autofree char *status = dup_status (record);
  g_autofree char *task = dup_task (record);
  g_autofree char *took = NULL;

  if (started_us != SPOT_TIME_NONE && finished_us != SPOT_TIME_NONE && finished_us >= started_us)
    took = spot_format_duration ((finished_us - started_us) / G_TIME_SPAN_MILLISECOND);
  return g_strdup_printf ("%-20s  %-29s  %-18s  %8s  %s", when, id, status, took != NULL ? took : "-", task);
}

/**
 * spot_cli_line_new_chunk:
 * @run_id: the run
 * @key: what it calls the data stream
 * @chunk: what it has written
 * @json: whether to write an object
 *
 * Writes one line: time, run, stream and text; or a JSON object with `runId`, `stream`, `time` when it is known, and `chunk`.
 *
 * Returns: (transfer full): the line, without its end
 */
char *
spot_cli_line_new_chunk (const char            *run_id,
                         const char            *key,
                         const SpotStreamChunk *chunk,
                         gboolean               json)
{
  g_autofree char *time = chunk->time_us > 0 ? spot_format_iso_time (chunk->time_us) : NULL;
  g_autofree char *value = spot_value_to_json (chunk->value, FALSE);
  g_autofree char *id = NULL;
  g_autofree char *word = NULL;
  g_autofree char *text = NULL;
  g_autofree char *when = NULL;

  if (json)
    {
      g_autoptr(SpotValue) id_value = spot_value_new_string (run_id, -1);
      g_autoptr(SpotValue) key_value = spot_value_new_string (key, -1);
      g_autofree char *id_text = spot_value_to_json (id_value, FALSE);
      g_autofree char *key_text = spot_value_to_json (key_value, FALSE);

      return g_strdup_printf ("{\"runId\":%s,\"stream\":%s,%s%s%s\"chunk\":%s}", id_text, key_text,
                              time != NULL ? "\"time\":\"" : "", time != NULL ? time : "", time != NULL ? "\"," : "", value);
    }
  when = dup_time (chunk->time_us > 0 ? chunk->time_us : SPOT_TIME_NONE);
  id = dup_word (run_id, MAX_WORD_CHARS);
  word = dup_word (key, MAX_WORD_CHARS);
  text = dup_word (value, MAX_CHUNK_CHARS);
  return g_strdup_printf ("%-20s  %-29s  %-18s  %s", when, id, word, text);
}
