/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-cli"

#include "config.h"

#include "spot-plain-text.h"
#include "spot-run-json.h"

#include "spot-cli-line.h"

#define MAX_WORD_CHARS 60
#define MAX_TAGS_CHARS 120

/* A server's words go to a terminal: no control characters, no line breaks. */
static char *
dup_word (const char *text,
          guint       max_chars)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  return spot_plain_text_dup_line (valid, max_chars);
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
  const char *name = spot_run_status_to_seed (spot_run_record_get_status (record));
  gint64 time_us = spot_run_record_get_time (record, SPOT_COLUMN_UPDATED_AT);
  g_autofree char *tags = NULL;
  g_autofree char *id = NULL;
  g_autofree char *status = NULL;
  g_autofree char *task = NULL;
  g_autofree char *tag_text = NULL;
  g_autoptr(GDateTime) time = NULL;
  g_autofree char *when = NULL;

  if (json)
    return spot_run_json_write (record);

  if (time_us == SPOT_TIME_NONE)
    time_us = spot_run_record_get_time (record, SPOT_COLUMN_CREATED_AT);
  if (time_us != SPOT_TIME_NONE)
    time = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
  when = time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("-");
  tags = g_strjoinv (", ", (char **) spot_run_record_get_tags (record));
  id = dup_word (spot_run_record_get_id (record), MAX_WORD_CHARS);
  status = dup_word (name != NULL ? name : spot_run_record_get_status_word (record), MAX_WORD_CHARS);
  task = dup_word (spot_run_record_get_task (record), MAX_WORD_CHARS);
  tag_text = dup_word (tags, MAX_TAGS_CHARS);
  return *tag_text != '\0' ? g_strdup_printf ("%-20s  %-29s  %-18s  %s  (%s)", when, id, status, task, tag_text)
                           : g_strdup_printf ("%-20s  %-29s  %-18s  %s", when, id, status, task);
}
