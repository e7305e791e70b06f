/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "spot-protocol-error.h"
#include "spot-run-record.h"
#include "spot-shape-reader.h"
#include "spot-shared-text.h"
#include "spot-value.h"

#define ALL_COLUMNS (SPOT_COLUMN_BIT (SPOT_N_COLUMNS) - 1)

#define ROW                                                                                                            \
  "\"id\":\"cmr1\",\"taskIdentifier\":\"render-video\",\"createdAt\":\"2026-08-21T09:12:00.004\","                     \
  "\"updatedAt\":\"2026-08-21T09:14:05.120\",\"startedAt\":\"2026-08-21T09:12:01.310\",\"delayUntil\":null,"           \
  "\"queuedAt\":\"2026-08-21T09:12:00.050\",\"expiredAt\":null,\"completedAt\":\"2026-08-21T09:14:05.117\","           \
  "\"friendlyId\":\"run_p4r1\",\"number\":\"7\",\"isTest\":\"t\",\"status\":\"COMPLETED_SUCCESSFULLY\","              \
  "\"usageDurationMs\":\"118204\",\"costInCents\":\"0.4019\",\"baseCostInCents\":\"1e-05\",\"ttl\":\"10m\","           \
  "\"payload\":\"{\\\"src\\\":\\\"a.mov\\\"}\",\"payloadType\":\"application/super+json\",\"metadata\":\"{}\","        \
  "\"metadataType\":\"application/json\",\"output\":\"plain\",\"outputType\":\"text/plain\","                          \
  "\"runTags\":\"{\\\"user:42\\\",video}\",\"error\":null,\"realtimeStreams\":\"{log}\""

#define LEAST "\"id\":\"cmr1\",\"friendlyId\":\"run_1\",\"status\":\"PENDING\",\"createdAt\":\"2026-08-21 09:12:00\""

typedef struct
{
  SpotRunRecord *base;
  SpotRunRecord *record;
  GError        *error;
} Making;

static void
event_cb (const SpotShapeEvent *event,
          gpointer              user_data)
{
  Making *making = user_data;

  making->record = spot_run_record_new (making->base, event->columns, event->n_columns, &making->error);
}

/* Makes a record from the members of a row's JSON. */
static SpotRunRecord *
try_make (SpotRunRecord *base,
          const char    *members,
          GError       **error)
{
  g_autofree char *message
    = g_strdup_printf ("{\"key\":\"k\",\"value\":{%s},\"headers\":{\"operation\":\"insert\"}}", members);
  Making making = { base, NULL, NULL };
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, &making);

  g_assert_true (spot_shape_reader_feed_message (reader, message, strlen (message), NULL));
  g_assert_true ((making.record == NULL) == (making.error != NULL));
  if (making.error)
    g_propagate_error (error, making.error);

  return making.record;
}

static SpotRunRecord *
make (SpotRunRecord *base,
      const char    *members)
{
  g_autoptr(GError) error = NULL;
  SpotRunRecord *record = try_make (base, members, &error);

  g_assert_no_error (error);

  return record;
}

static void
assert_text (SpotRunRecord *record,
             SpotColumn     column,
             const char    *wanted)
{
  gsize length = 99;
  g_autofree char *text = spot_run_record_dup_text (record, column, &length);

  g_assert_cmpstr (text, ==, wanted);
  g_assert_cmpuint (length, ==, wanted ? strlen (wanted) : 0);
}

static void
assert_list (const char *const *list,
             const char        *joined)
{
  g_autofree char *text = g_strjoinv ("|", (char **) list);

  g_assert_cmpstr (text, ==, joined);
}

static void
test_every_column (void)
{
  g_autoptr(SpotRunRecord) record = make (NULL, ROW);

  g_assert_cmphex (spot_run_record_get_known (record), ==, ALL_COLUMNS);
  g_assert_true (spot_run_record_is_showable (record));
  g_assert_true (spot_run_record_has_ended (record));
  g_assert_cmpstr (spot_run_record_get_id (record), ==, "run_p4r1");
  g_assert_cmpstr (spot_run_record_get_row_id (record), ==, "cmr1");
  g_assert_cmpstr (spot_run_record_get_task (record), ==, "render-video");
  g_assert_cmpint (spot_run_record_get_status (record), ==, SPOT_RUN_STATUS_COMPLETED_SUCCESSFULLY);
  g_assert_cmpstr (spot_run_record_get_status_word (record), ==, "COMPLETED_SUCCESSFULLY");
  g_assert_cmpint (spot_run_record_get_time (record, SPOT_COLUMN_CREATED_AT), ==, G_GINT64_CONSTANT (1787303520004000));
  g_assert_cmpint (spot_run_record_get_time (record, SPOT_COLUMN_UPDATED_AT), ==, G_GINT64_CONSTANT (1787303645120000));
  g_assert_cmpint (spot_run_record_get_time (record, SPOT_COLUMN_STARTED_AT), ==, G_GINT64_CONSTANT (1787303521310000));
  g_assert_cmpint (spot_run_record_get_time (record, SPOT_COLUMN_QUEUED_AT), ==, G_GINT64_CONSTANT (1787303520050000));
  g_assert_cmpint (spot_run_record_get_time (record, SPOT_COLUMN_COMPLETED_AT), ==, G_GINT64_CONSTANT (1787303645117000));
  g_assert_cmpint (spot_run_record_get_time (record, SPOT_COLUMN_DELAY_UNTIL), ==, SPOT_TIME_NONE);
  g_assert_cmpint (spot_run_record_get_time (record, SPOT_COLUMN_EXPIRED_AT), ==, SPOT_TIME_NONE);
  g_assert_cmpint (spot_run_record_get_time (record, SPOT_COLUMN_STATUS), ==, SPOT_TIME_NONE);
  g_assert_cmpint (spot_run_record_get_number (record), ==, 7);
  g_assert_true (spot_run_record_get_is_test (record));
  g_assert_cmpint (spot_run_record_get_usage_ms (record), ==, 118204);
  g_assert_cmpfloat (spot_run_record_get_cost (record), ==, 0.4019);
  g_assert_cmpfloat (spot_run_record_get_base_cost (record), ==, 1e-05);
  assert_list (spot_run_record_get_tags (record), "user:42|video");
  assert_list (spot_run_record_get_streams (record), "log");
  assert_text (record, SPOT_COLUMN_TTL, "10m");
  assert_text (record, SPOT_COLUMN_PAYLOAD, "{\"src\":\"a.mov\"}");
  assert_text (record, SPOT_COLUMN_PAYLOAD_TYPE, "application/super+json");
  assert_text (record, SPOT_COLUMN_METADATA, "{}");
  assert_text (record, SPOT_COLUMN_METADATA_TYPE, "application/json");
  assert_text (record, SPOT_COLUMN_OUTPUT, "plain");
  assert_text (record, SPOT_COLUMN_OUTPUT_TYPE, "text/plain");
  assert_text (record, SPOT_COLUMN_ERROR, NULL);
  assert_text (record, SPOT_COLUMN_ID, "cmr1");
  assert_text (record, SPOT_COLUMN_FRIENDLY_ID, "run_p4r1");
  assert_text (record, SPOT_COLUMN_TASK_IDENTIFIER, "render-video");
  assert_text (record, SPOT_COLUMN_STATUS, "COMPLETED_SUCCESSFULLY");
  assert_text (record, SPOT_COLUMN_CREATED_AT, NULL);
  assert_text (record, SPOT_COLUMN_RUN_TAGS, NULL);
  assert_text (record, SPOT_COLUMN_OTHER, NULL);
  g_assert_cmpuint (spot_run_record_get_text_size (record, SPOT_COLUMN_PAYLOAD), ==, strlen ("{\\\"src\\\":\\\"a.mov\\\"}"));
  g_assert_cmpuint (spot_run_record_get_text_size (record, SPOT_COLUMN_ERROR), ==, 0);
  g_assert_true (spot_run_record_has (record, SPOT_COLUMN_PAYLOAD));
  g_assert_false (spot_run_record_has (record, SPOT_COLUMN_ERROR));
  g_assert_false (spot_run_record_has (record, SPOT_COLUMN_OTHER));
}

static void
test_unknown_is_not_null (void)
{
  g_autoptr(SpotRunRecord) record = make (NULL, LEAST ",\"output\":null");
  g_autoptr(SpotRunRecord) fragment = make (NULL, "\"id\":\"cmr1\",\"status\":\"EXECUTING\"");
  g_autoptr(SpotRunRecord) nothing = make (NULL, "");

  g_assert_true (spot_run_record_is_showable (record));
  g_assert_false (spot_run_record_has_ended (record));
  g_assert_true (spot_run_record_get_known (record) & SPOT_COLUMN_BIT (SPOT_COLUMN_OUTPUT));
  g_assert_false (spot_run_record_get_known (record) & SPOT_COLUMN_BIT (SPOT_COLUMN_PAYLOAD));
  g_assert_cmpstr (spot_run_record_get_task (record), ==, "");
  assert_list (spot_run_record_get_tags (record), "");
  assert_list (spot_run_record_get_streams (record), "");
  assert_text (record, SPOT_COLUMN_PAYLOAD, NULL);
  assert_text (record, SPOT_COLUMN_TASK_IDENTIFIER, NULL);

  g_assert_false (spot_run_record_is_showable (fragment));
  g_assert_cmpstr (spot_run_record_get_id (fragment), ==, "");
  g_assert_cmphex (spot_run_record_get_known (nothing), ==, 0);
  g_assert_cmpint (spot_run_record_get_status (nothing), ==, SPOT_RUN_STATUS_UNKNOWN);
  g_assert_cmpstr (spot_run_record_get_status_word (nothing), ==, "");
  g_assert_cmpstr (spot_run_record_get_row_id (nothing), ==, "");
}

/* Who may not see when a run ended still sees that it did. */
static void
test_end_without_a_time (void)
{
  static const struct
  {
    const char *members;
    gboolean    ended;
  } rows[] = {
    { "\"id\":\"cmr1\",\"status\":\"EXECUTING\"", FALSE },
    { "\"id\":\"cmr1\",\"status\":\"COMPLETED_SUCCESSFULLY\"", TRUE },
    { "\"id\":\"cmr1\",\"status\":\"CANCELED\"", TRUE },
    { "\"id\":\"cmr1\",\"status\":\"ASCENDED\"", FALSE },
    { "\"id\":\"cmr1\"", FALSE },
    /* Where there is a time, it decides. */
    { "\"status\":\"COMPLETED_SUCCESSFULLY\",\"completedAt\":null", FALSE },
    { "\"status\":\"EXECUTING\",\"completedAt\":\"2026-08-21 09:14:05\"", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SpotRunRecord) record = make (NULL, rows[i].members);

      g_test_message ("%s", rows[i].members);
      g_assert_cmpint (spot_run_record_has_ended (record), ==, rows[i].ended);
    }
}

static void
test_jsonb (void)
{
  g_autoptr(SpotRunRecord) json_null = make (NULL, LEAST ",\"error\":\"null\"");
  g_autoptr(SpotRunRecord) sql_null = make (NULL, LEAST ",\"error\":null");
  g_autoptr(SpotRunRecord) object = make (NULL, LEAST ",\"error\":\"{\\\"a\\\": {\\\"b\\\": [1]}}\"");
  g_autoptr(SpotRunRecord) compact = make (NULL, LEAST ",\"error\":\"{\\\"a\\\":{\\\"b\\\":[1]}}\"");
  g_autoptr(SpotRunRecord) nested = make (NULL, LEAST ",\"error\":{\"a\": \"b\\n\"}");
  g_autofree char *wide_text = spot_run_record_dup_text (object, SPOT_COLUMN_ERROR, NULL);
  g_autofree char *compact_text = spot_run_record_dup_text (compact, SPOT_COLUMN_ERROR, NULL);
  g_autoptr(SpotValue) wide_value = spot_value_new_from_json (wide_text, -1, NULL);
  g_autoptr(SpotValue) compact_value = spot_value_new_from_json (compact_text, -1, NULL);
  g_autoptr(SpotValue) null_value = spot_value_new_from_json ("null", -1, NULL);

  assert_text (json_null, SPOT_COLUMN_ERROR, "null");
  g_assert_true (spot_run_record_has (json_null, SPOT_COLUMN_ERROR));
  assert_text (sql_null, SPOT_COLUMN_ERROR, NULL);
  assert_text (object, SPOT_COLUMN_ERROR, "{\"a\": {\"b\": [1]}}");
  g_assert_cmpint (spot_value_get_kind (wide_value), ==, SPOT_VALUE_OBJECT);
  g_assert_true (spot_value_equal (wide_value, compact_value));
  g_assert_cmpint (spot_value_get_kind (null_value), ==, SPOT_VALUE_NULL);
  /* A value that came as JSON itself stays JSON, escapes and all. */
  assert_text (nested, SPOT_COLUMN_ERROR, "{\"a\": \"b\\n\"}");
  g_assert_cmphex (spot_run_record_diff (json_null, sql_null), ==, SPOT_COLUMN_BIT (SPOT_COLUMN_ERROR));
}

static void
test_texts (void)
{
  g_autoptr(SpotRunRecord) record
    = make (NULL, LEAST ",\"metadata\":\"\\u00e4 \\ud83d\\ude00 \xff \\u0000\",\"ttl\":\"1\\u0068\",\"taskIdentifier\":\"größe\"");
  gsize length;
  g_autofree char *metadata = spot_run_record_dup_text (record, SPOT_COLUMN_METADATA, &length);

  g_assert_cmpmem (metadata, length, "ä 😀 \xef\xbf\xbd \0", 13);
  assert_text (record, SPOT_COLUMN_TTL, "1h");
  g_assert_cmpstr (spot_run_record_get_task (record), ==, "größe");
}

static void
test_other_columns (void)
{
  g_autoptr(SpotRunRecord) record = make (NULL, LEAST ",\"somethingNew\":\"x\",\"more\":{\"a\":[1]}");
  g_autoptr(SpotRunRecord) same = make (NULL, LEAST);

  g_assert_cmphex (spot_run_record_diff (record, same), ==, 0);
}

static void
test_null_in_not_null (void)
{
  static const char *const members[] = { "\"id\":null", "\"friendlyId\":null", "\"status\":null", "\"createdAt\":null",
                                         "\"taskIdentifier\":null" };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (try_make (NULL, members[i], &error));
      g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_VALUE);
    }
}

/* Values of columns that no run is without. */
static void
test_bad_values (void)
{
  static const char *const members[] = {
    "\"friendlyId\":42",
    "\"friendlyId\":\"a\\u0000b\"",
    "\"status\":{}",
    "\"taskIdentifier\":true",
    "\"createdAt\":\"yesterday\"",
  };
  g_autoptr(SpotRunRecord) base = make (NULL, ROW);

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", members[i]);
      g_assert_null (try_make (base, members[i], &error));
      g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_VALUE);
    }
}

/* One odd value must not cost the row, which may tell that the run has ended. */
static void
test_bad_values_of_other_columns (void)
{
  static const struct { SpotColumn column; const char *member; } cases[] = {
    { SPOT_COLUMN_NUMBER, "\"number\":\"x\"" },
    { SPOT_COLUMN_NUMBER, "\"number\":\"99999999999999999999\"" },
    { SPOT_COLUMN_NUMBER, "\"number\":1.5" },
    { SPOT_COLUMN_IS_TEST, "\"isTest\":\"maybe\"" },
    { SPOT_COLUMN_IS_TEST, "\"isTest\":[]" },
    { SPOT_COLUMN_COST_IN_CENTS, "\"costInCents\":\"1,5\"" },
    { SPOT_COLUMN_COST_IN_CENTS, "\"costInCents\":\"1e400\"" },
    { SPOT_COLUMN_USAGE_DURATION_MS, "\"usageDurationMs\":\"\"" },
    { SPOT_COLUMN_STARTED_AT, "\"startedAt\":\"yesterday\"" },
    { SPOT_COLUMN_STARTED_AT, "\"startedAt\":17" },
    { SPOT_COLUMN_RUN_TAGS, "\"runTags\":\"{a\"" },
    { SPOT_COLUMN_RUN_TAGS, "\"runTags\":[\"a\"]" },
    { SPOT_COLUMN_RUN_TAGS, "\"runTags\":\"{\\u0000}\"" },
    { SPOT_COLUMN_REALTIME_STREAMS, "\"realtimeStreams\":\"a\"" },
    { SPOT_COLUMN_TTL, "\"ttl\":\"\\u0000\"" },
  };
  g_autoptr(SpotRunRecord) base = make (NULL, ROW);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *members = g_strconcat (cases[i].member, ",\"completedAt\":\"2026-08-21 09:14:05\"", NULL);
      g_autofree char *whole = g_strconcat (LEAST ",", cases[i].member, NULL);
      g_autoptr(SpotRunRecord) changed = make (base, members);
      g_autoptr(SpotRunRecord) fresh = make (NULL, whole);

      g_test_message ("%s", cases[i].member);
      g_assert_true (spot_run_record_has_ended (changed));
      g_assert_cmphex (spot_run_record_diff (base, changed) & SPOT_COLUMN_BIT (cases[i].column), ==, 0);
      g_assert_false (spot_run_record_has (fresh, cases[i].column));
      g_assert_true (spot_run_record_is_showable (fresh));
    }
}

/* A server that sends scalars as what they are is understood too. */
static void
test_bare_scalars (void)
{
  g_autoptr(SpotRunRecord) record = make (NULL, LEAST ",\"number\":12,\"isTest\":true,\"costInCents\":0.5");

  g_assert_cmpint (spot_run_record_get_number (record), ==, 12);
  g_assert_true (spot_run_record_get_is_test (record));
  g_assert_cmpfloat (spot_run_record_get_cost (record), ==, 0.5);
}

static void
test_lists (void)
{
  g_autoptr(SpotRunRecord) native = make (NULL, LEAST ",\"runTags\":null,\"realtimeStreams\":\"{}\"");
  g_autoptr(SpotRunRecord) electric = make (NULL, LEAST ",\"runTags\":\"{}\",\"realtimeStreams\":\"{}\"");
  g_autoptr(SpotRunRecord) quoted = make (NULL, LEAST ",\"runTags\":\"{\\\"a\\\",\\\"b\\\"}\",\"realtimeStreams\":\"{}\"");
  g_autoptr(SpotRunRecord) bare = make (NULL, LEAST ",\"runTags\":\"{a,b}\",\"realtimeStreams\":\"{}\"");
  g_autoptr(GString) many = g_string_new (LEAST ",\"runTags\":\"{");
  g_autoptr(SpotRunRecord) longer = NULL;

  assert_list (spot_run_record_get_tags (native), "");
  assert_list (spot_run_record_get_streams (native), "");
  g_assert_cmphex (spot_run_record_diff (native, electric), ==, 0);
  assert_list (spot_run_record_get_tags (quoted), "a|b");
  g_assert_cmphex (spot_run_record_diff (quoted, bare), ==, 0);
  g_assert_true (spot_run_record_get_tags (quoted) == spot_run_record_get_tags (bare));

  for (guint i = 0; i < 500; i++)
    g_string_append_printf (many, "%st\\u0061g-%u", i > 0 ? "," : "", i);
  g_string_append (many, "}\"");
  longer = make (NULL, many->str);
  g_assert_cmpstr (spot_run_record_get_tags (longer)[499], ==, "tag-499");
  g_assert_null (spot_run_record_get_tags (longer)[500]);
}

static void
test_update (void)
{
  g_autoptr(SpotRunRecord) base = make (NULL, ROW);
  g_autoptr(SpotRunRecord) updated
    = make (base, "\"id\":\"cmr1\",\"status\":\"HIBERNATING\",\"metadata\":null,\"updatedAt\":\"2026-08-21 09:15:00\"");
  g_autoptr(SpotRunRecord) same = make (base, ROW);
  g_autoptr(SpotRunRecord) back = make (updated, ROW);

  g_assert_cmphex (spot_run_record_diff (base, updated), ==,
                   SPOT_COLUMN_BIT (SPOT_COLUMN_STATUS) | SPOT_COLUMN_BIT (SPOT_COLUMN_METADATA)
                     | SPOT_COLUMN_BIT (SPOT_COLUMN_UPDATED_AT));
  g_assert_cmpint (spot_run_record_get_status (updated), ==, SPOT_RUN_STATUS_UNKNOWN);
  g_assert_cmpstr (spot_run_record_get_status_word (updated), ==, "HIBERNATING");
  assert_text (updated, SPOT_COLUMN_METADATA, NULL);
  assert_text (updated, SPOT_COLUMN_PAYLOAD, "{\"src\":\"a.mov\"}");
  g_assert_cmpstr (spot_run_record_get_id (updated), ==, "run_p4r1");
  g_assert_cmphex (spot_run_record_diff (base, same), ==, 0);
  g_assert_cmphex (spot_run_record_diff (base, back), ==, 0);
  g_assert_cmpstr (spot_run_record_get_status_word (back), ==, "COMPLETED_SUCCESSFULLY");
}

static void
test_last_name_wins (void)
{
  static const SpotColumnValue columns[] = {
    { SPOT_COLUMN_FRIENDLY_ID, FALSE, TRUE, FALSE, "run_1", 5 },
    { SPOT_COLUMN_NUMBER, FALSE, TRUE, FALSE, "x", 1 },
    { SPOT_COLUMN_FRIENDLY_ID, FALSE, TRUE, TRUE, "run\\u005f2", 10 },
    { SPOT_COLUMN_NUMBER, FALSE, TRUE, FALSE, "3", 1 },
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotRunRecord) record = spot_run_record_new (NULL, columns, G_N_ELEMENTS (columns), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (spot_run_record_get_id (record), ==, "run_2");
  g_assert_cmpint (spot_run_record_get_number (record), ==, 3);
}

static void
test_diff (void)
{
  static const struct
  {
    const char *members;
    guint32     differ;
  } rows[] = {
    { "\"id\":\"cmr2\"", SPOT_COLUMN_BIT (SPOT_COLUMN_ID) },
    { "\"friendlyId\":\"run_2\"", SPOT_COLUMN_BIT (SPOT_COLUMN_FRIENDLY_ID) },
    { "\"taskIdentifier\":\"x\"", SPOT_COLUMN_BIT (SPOT_COLUMN_TASK_IDENTIFIER) },
    { "\"createdAt\":\"2026-08-21 09:12:00.004\"", 0 },
    { "\"createdAt\":\"2026-08-21 09:12:00.005\"", SPOT_COLUMN_BIT (SPOT_COLUMN_CREATED_AT) },
    { "\"completedAt\":null", SPOT_COLUMN_BIT (SPOT_COLUMN_COMPLETED_AT) },
    { "\"number\":\"8\"", SPOT_COLUMN_BIT (SPOT_COLUMN_NUMBER) },
    { "\"isTest\":\"true\"", 0 },
    { "\"isTest\":\"f\"", SPOT_COLUMN_BIT (SPOT_COLUMN_IS_TEST) },
    { "\"costInCents\":\"0.40190\"", 0 },
    { "\"costInCents\":\"NaN\"", SPOT_COLUMN_BIT (SPOT_COLUMN_COST_IN_CENTS) },
    { "\"payload\":\"{}\"", SPOT_COLUMN_BIT (SPOT_COLUMN_PAYLOAD) },
    { "\"payload\":{}", SPOT_COLUMN_BIT (SPOT_COLUMN_PAYLOAD) },
    { "\"runTags\":\"{video,\\\"user:42\\\"}\"", SPOT_COLUMN_BIT (SPOT_COLUMN_RUN_TAGS) },
    { "\"runTags\":null", SPOT_COLUMN_BIT (SPOT_COLUMN_RUN_TAGS) },
    { "\"error\":\"{}\"", SPOT_COLUMN_BIT (SPOT_COLUMN_ERROR) },
    { "\"ttl\":\"11m\"", SPOT_COLUMN_BIT (SPOT_COLUMN_TTL) },
    { "\"outputType\":null", SPOT_COLUMN_BIT (SPOT_COLUMN_OUTPUT_TYPE) },
  };
  g_autoptr(SpotRunRecord) base = make (NULL, ROW);
  g_autoptr(SpotRunRecord) nan_one = make (base, "\"costInCents\":\"NaN\"");
  g_autoptr(SpotRunRecord) nan_two = make (base, "\"costInCents\":\"NaN\"");
  g_autoptr(SpotRunRecord) fragment = make (NULL, "\"id\":\"cmr1\"");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SpotRunRecord) record = make (base, rows[i].members);

      g_assert_cmphex (spot_run_record_diff (base, record), ==, rows[i].differ);
      g_assert_cmphex (spot_run_record_diff (record, base), ==, rows[i].differ);
    }
  g_assert_true (isnan (spot_run_record_get_cost (nan_one)));
  g_assert_cmphex (spot_run_record_diff (nan_one, nan_two), ==, 0);
  g_assert_cmphex (spot_run_record_diff (base, fragment), ==, ALL_COLUMNS & ~SPOT_COLUMN_BIT (SPOT_COLUMN_ID));
}

static void
test_combine (void)
{
  g_autoptr(SpotRunRecord) list
    = make (NULL, LEAST ",\"updatedAt\":\"2026-08-21 09:15:00\",\"metadata\":\"{\\\"n\\\":2}\",\"ttl\":\"1h\"");
  g_autoptr(SpotRunRecord) single
    = make (NULL, LEAST ",\"updatedAt\":\"2026-08-21 09:14:00\",\"metadata\":\"{\\\"n\\\":1}\",\"payload\":\"p\"");
  g_autoptr(SpotRunRecord) timeless = make (NULL, "\"friendlyId\":\"run_1\",\"metadata\":\"3\"");
  g_autoptr(SpotRunRecord) one = spot_run_record_combine (list, single);
  g_autoptr(SpotRunRecord) other = spot_run_record_combine (single, list);
  g_autoptr(SpotRunRecord) late = spot_run_record_combine (list, timeless);
  g_autoptr(SpotRunRecord) early = spot_run_record_combine (timeless, list);

  /* The time decides, not the order. */
  assert_text (one, SPOT_COLUMN_METADATA, "{\"n\":2}");
  assert_text (one, SPOT_COLUMN_PAYLOAD, "p");
  assert_text (one, SPOT_COLUMN_TTL, "1h");
  g_assert_cmphex (spot_run_record_diff (one, other), ==, 0);
  g_assert_cmphex (spot_run_record_get_known (one), ==, spot_run_record_get_known (list) | spot_run_record_get_known (single));

  /* Without a time, the order. */
  assert_text (late, SPOT_COLUMN_METADATA, "3");
  assert_text (late, SPOT_COLUMN_TTL, "1h");
  g_assert_true (early == list);
}

/* Of two changes within the same millisecond the end is the later one, whichever feed tells it first. */
static void
test_combine_end (void)
{
  g_autoptr(SpotRunRecord) before
    = make (NULL, LEAST ",\"updatedAt\":\"2026-08-21 09:15:00.123\",\"metadata\":\"1\",\"completedAt\":null");
  g_autoptr(SpotRunRecord) end
    = make (before, "\"metadata\":\"2\",\"status\":\"CANCELED\",\"completedAt\":\"2026-08-21 09:15:00.122\"");
  g_autoptr(SpotRunRecord) after = make (before, "\"metadata\":\"3\",\"updatedAt\":\"2026-08-21 09:15:00.124\"");
  g_autoptr(SpotRunRecord) one = spot_run_record_combine (end, before);
  g_autoptr(SpotRunRecord) other = spot_run_record_combine (before, end);
  g_autoptr(SpotRunRecord) later = spot_run_record_combine (after, end);

  g_assert_true (spot_run_record_has_ended (one));
  g_assert_true (spot_run_record_has_ended (other));
  assert_text (one, SPOT_COLUMN_METADATA, "2");
  /* A time that differs decides as ever. */
  g_assert_false (spot_run_record_has_ended (later));
}

static guint
count_made (gpointer data)
{
  const char *members = data;

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *more = g_strdup_printf ("%s,\"ttl\":\"%u\",\"runTags\":\"{t%u}\"", members, i % 50, i % 70);
      g_autoptr(SpotRunRecord) record = make (NULL, more);
      g_autoptr(SpotRunRecord) next = make (record, "\"taskIdentifier\":\"other\"");
      g_autofree char *ttl = g_strdup_printf ("%u", i % 50);

      assert_text (next, SPOT_COLUMN_TTL, ttl);
    }

  return 0;
}

static gpointer
make_cb (gpointer data)
{
  return GUINT_TO_POINTER (count_made (data));
}

/* Equal texts are one as long as they are held, from whatever thread, and then they are gone. */
static void
test_shared_texts (void)
{
  guint before = spot_atom_count ();
  GThread *threads[4];

  {
    g_autoptr(SpotRunRecord) a = make (NULL, ROW);
    g_autoptr(SpotRunRecord) b = make (NULL, ROW);

    g_assert_true (spot_run_record_get_task (a) == spot_run_record_get_task (b));
    g_assert_true (spot_run_record_get_tags (a) == spot_run_record_get_tags (b));
    g_assert_cmpuint (spot_atom_count (), >, before);
  }
  g_assert_cmpuint (spot_atom_count (), ==, before);

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("maker", make_cb, (gpointer) LEAST);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (spot_atom_count (), ==, before);
}

static void
test_boxed (void)
{
  g_autoptr(SpotRunRecord) record = make (NULL, ROW);
  g_auto(GValue) value = G_VALUE_INIT;

  g_value_init (&value, SPOT_TYPE_RUN_RECORD);
  g_value_set_boxed (&value, record);
  g_assert_true (g_value_get_boxed (&value) == record);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-record/every-column", test_every_column);
  g_test_add_func ("/run-record/10-unknown-is-not-null", test_unknown_is_not_null);
  g_test_add_func ("/run-record/73-end-without-a-time", test_end_without_a_time);
  g_test_add_func ("/run-record/4-jsonb", test_jsonb);
  g_test_add_func ("/run-record/texts", test_texts);
  g_test_add_func ("/run-record/12-bad-values", test_bad_values);
  g_test_add_func ("/run-record/8-12-bad-values-of-other-columns", test_bad_values_of_other_columns);
  g_test_add_func ("/run-record/10-other-columns", test_other_columns);
  g_test_add_func ("/run-record/11-null-in-not-null", test_null_in_not_null);
  g_test_add_func ("/run-record/bare-scalars", test_bare_scalars);
  g_test_add_func ("/run-record/13-lists", test_lists);
  g_test_add_func ("/run-record/18-last-name-wins", test_last_name_wins);
  g_test_add_func ("/run-record/38-update", test_update);
  g_test_add_func ("/run-record/diff", test_diff);
  g_test_add_func ("/run-record/combine", test_combine);
  g_test_add_func ("/run-record/combine-end", test_combine_end);
  g_test_add_func ("/run-record/shared-texts", test_shared_texts);
  g_test_add_func ("/run-record/boxed", test_boxed);
  return g_test_run ();
}
