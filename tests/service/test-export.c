/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-export.h"
#include "spot-listed-run.h"

#define HEADER \
  "id,taskIdentifier,status,rawStatus,tags,createdAt,updatedAt,startedAt,delayedUntil,queuedAt,expiredAt,finishedAt," \
  "number,isTest,durationMs,costInCents,baseCostInCents,ttl,payload,payloadStored,output,outputStored,metadata,error," \
  "realtimeStreams\r\n"

static SpotRunRecord *
record_new (const char *json)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotValue) run = spot_value_new_from_json (json, -1, &error);
  SpotRunRecord *record;

  g_assert_no_error (error);
  record = spot_listed_run_to_record (run, &error);
  g_assert_no_error (error);
  return record;
}

/* (transfer full): what comes of runs, of which there may be none. */
static char *
export_all (SpotExportFormat   format,
            const char *const *runs)
{
  g_autoptr(SpotExport) export = spot_export_new (format);
  g_autoptr(GString) out = g_string_new (NULL);

  for (guint i = 0; runs[i] != NULL; i++)
    {
      g_autoptr(SpotRunRecord) record = record_new (runs[i]);

      spot_export_add (export, record, out);
    }
  spot_export_end (export, out);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
test_json (void)
{
  static const char *const runs[] = { "{\"id\":\"run_1\",\"durationMs\":7}", "{\"id\":\"run_2\",\"tags\":[\"a\\nb\"]}", NULL };
  static const struct
  {
    SpotExportFormat format;
    guint            first; /* of the runs */
    const char      *text;
  } rows[] = {
    { SPOT_EXPORT_JSON, 2, "[]\n" },
    { SPOT_EXPORT_JSON, 1, "[\n{\"id\":\"run_2\",\"tags\":[\"a\\nb\"]}\n]\n" },
    { SPOT_EXPORT_JSON, 0, "[\n{\"id\":\"run_1\",\"durationMs\":7},\n{\"id\":\"run_2\",\"tags\":[\"a\\nb\"]}\n]\n" },
    { SPOT_EXPORT_JSON_LINES, 2, "" },
    { SPOT_EXPORT_JSON_LINES, 0, "{\"id\":\"run_1\",\"durationMs\":7}\n{\"id\":\"run_2\",\"tags\":[\"a\\nb\"]}\n" },
    { SPOT_EXPORT_CSV, 2, HEADER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = export_all (rows[i].format, runs + rows[i].first);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

/* Cells of the task, which is any text. */
static const struct
{
  const char *json;
  const char *cell;
} texts[] = {
  { "plain", "plain" },
  { "a b", "a b" },
  { "a,b", "\"a,b\"" },
  { "say \\\"hi\\\"", "\"say \"\"hi\"\"\"" },
  { "two\\nlines", "\"two\nlines\"" },
  { "two\\r\\nlines", "\"two\r\nlines\"" },
  { "=1+1", "\"'=1+1\"" },
  { "+1", "\"'+1\"" },
  { "-1", "\"'-1\"" },
  { "@SUM(A1)", "\"'@SUM(A1)\"" },
  { "\\t=1", "\"'\t=1\"" },
  { "\\r=1", "\"'\r=1\"" },
  { "=\\\"a\\\",b", "\"'=\"\"a\"\",b\"" },
  { "a=1", "a=1" },
  { "'=1", "'=1" },
  { "esc\\u001b[2J\\u009b", "esc\xef\xbf\xbd[2J\xef\xbf\xbd" },
  { "\\u007f\\u0001", "\xef\xbf\xbd\xef\xbf\xbd" },
  { "über 😀", "über 😀" },
  { "", "" },
};

static void
test_csv_texts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"id\":\"run_1\",\"taskIdentifier\":\"%s\"}", texts[i].json);
      const char *runs[] = { json, NULL };
      g_autofree char *text = export_all (SPOT_EXPORT_CSV, runs);
      g_autofree char *expected =
        g_strdup_printf (HEADER "run_1,%s,,,,,,,,,,,,,,,,,,,,,,,\r\n", texts[i].cell);

      g_test_message ("%s", texts[i].json);
      g_assert_cmpstr (text, ==, expected);
    }
}

/* Numbers stay numbers, negative ones too; what has parts is JSON. */
static void
test_csv_whole (void)
{
  static const char *const runs[] = {
    "{\"id\":\"run_1\",\"taskIdentifier\":\"t\",\"status\":\"COMPLETED\",\"tags\":[\"a\",\"=b\"],"
    "\"createdAt\":\"2026-08-21T09:12:00.004Z\",\"isTest\":true,\"durationMs\":12,\"costInCents\":-0.5,\"ttl\":\"10m\","
    "\"payload\":-5,\"output\":\"=x\",\"metadata\":{\"n\":9007199254740993},\"error\":{\"message\":\"no\"}}",
    "{\"id\":\"run_2\"}", NULL
  };
  g_autofree char *text = export_all (SPOT_EXPORT_CSV, runs);

  g_assert_cmpstr (text, ==,
                   HEADER "run_1,t,COMPLETED,COMPLETED_SUCCESSFULLY,\"[\"\"a\"\",\"\"=b\"\"]\",2026-08-21T09:12:00.004Z,"
                   ",,,,,,,true,12,-0.5,,10m,-5,,\"\"\"=x\"\"\",,\"{\"\"n\"\":9007199254740993}\","
                   "\"{\"\"message\"\":\"\"no\"\"}\",\r\nrun_2,,,,,,,,,,,,,,,,,,,,,,,,\r\n");
}

/* As deep as it is read, and a little deeper when it is inside the run. */
static void
test_deep (void)
{
  for (guint depth = 240; depth < 260; depth++)
    {
      g_autofree char *open = g_strnfill (depth, '[');
      g_autofree char *close = g_strnfill (depth, ']');
      g_autofree char *payload = g_strconcat (open, close, NULL);
      const SpotColumnValue cells[] = {
        { .column = SPOT_COLUMN_FRIENDLY_ID, .is_string = TRUE, .text = "run_1", .length = 5 },
        { .column = SPOT_COLUMN_PAYLOAD, .is_string = TRUE, .text = payload, .length = strlen (payload) },
      };
      g_autoptr(GError) error = NULL;
      g_autoptr(SpotRunRecord) record = spot_run_record_new (NULL, cells, G_N_ELEMENTS (cells), &error);
      g_autoptr(SpotExport) export = spot_export_new (SPOT_EXPORT_CSV);
      g_autoptr(GString) out = g_string_new (NULL);

      g_assert_no_error (error);
      spot_export_add (export, record, out);
      g_assert_nonnull (strstr (out->str, "\r\nrun_1,"));
    }
}

static void
test_formats (void)
{
  g_assert_cmpstr (spot_export_format_get_suffix (SPOT_EXPORT_CSV), ==, "csv");
  g_assert_cmpstr (spot_export_format_get_suffix (SPOT_EXPORT_JSON), ==, "json");
  g_assert_cmpstr (spot_export_format_get_suffix (SPOT_EXPORT_JSON_LINES), ==, "jsonl");
  g_assert_cmpstr (spot_export_format_get_mime_type (SPOT_EXPORT_CSV), ==, "text/csv");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export/json", test_json);
  g_test_add_func ("/export/csv-texts", test_csv_texts);
  g_test_add_func ("/export/csv-whole", test_csv_whole);
  g_test_add_func ("/export/deep", test_deep);
  g_test_add_func ("/export/formats", test_formats);
  return g_test_run ();
}
