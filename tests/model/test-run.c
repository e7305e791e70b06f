/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-progress-scale.h"
#include "spot-test-runs.h"

#define CREATED "2026-08-21T09:12:00.004"

static SpotRunRecord *
new_full_record (void)
{
  return spot_test_record (
      NULL,
      SPOT_COLUMN_ID, "cmr8d2x0001",
      SPOT_COLUMN_TASK_IDENTIFIER, "render-video",
      SPOT_COLUMN_CREATED_AT, CREATED,
      SPOT_COLUMN_UPDATED_AT, "2026-08-21T09:14:05.120",
      SPOT_COLUMN_STARTED_AT, "2026-08-21T09:12:01.310",
      SPOT_COLUMN_DELAY_UNTIL, "2026-08-21T09:12:00.030",
      SPOT_COLUMN_QUEUED_AT, "2026-08-21T09:12:00.050",
      SPOT_COLUMN_EXPIRED_AT, NULL,
      SPOT_COLUMN_COMPLETED_AT, NULL,
      SPOT_COLUMN_FRIENDLY_ID, "run_p4r1x7",
      SPOT_COLUMN_NUMBER, "7",
      SPOT_COLUMN_IS_TEST, "t",
      SPOT_COLUMN_STATUS, "EXECUTING",
      SPOT_COLUMN_USAGE_DURATION_MS, "118204",
      SPOT_COLUMN_COST_IN_CENTS, "0.4019",
      SPOT_COLUMN_BASE_COST_IN_CENTS, "0.0025",
      SPOT_COLUMN_TTL, "10m",
      SPOT_COLUMN_PAYLOAD, "{\"json\":{\"src\":\"a.mov\"}}",
      SPOT_COLUMN_PAYLOAD_TYPE, "application/super+json",
      SPOT_COLUMN_METADATA, "{\"progress\":0.5,\"label\":\"encoding\"}",
      SPOT_COLUMN_METADATA_TYPE, "application/json",
      SPOT_COLUMN_OUTPUT, "{\"n\":1}",
      SPOT_COLUMN_OUTPUT_TYPE, "application/json",
      SPOT_COLUMN_RUN_TAGS, "{\"user:42\",\"video\"}",
      SPOT_COLUMN_ERROR, NULL,
      SPOT_COLUMN_REALTIME_STREAMS, "{\"log\"}",
      SPOT_TEST_END);
}

/* A run with no more than what makes it showable, and the columns that follow. */
#define new_run(...) new_run_of (spot_test_record (NULL, SPOT_COLUMN_FRIENDLY_ID, "run_1", SPOT_COLUMN_CREATED_AT, CREATED, \
                                                   __VA_ARGS__, SPOT_TEST_END))

static SpotRun *
new_run_of (SpotRunRecord *record)
{
  SpotRun *run = spot_run_new (record);

  spot_run_record_unref (record);
  return run;
}

static guint32
apply (SpotRun       *run,
       SpotRunRecord *record)
{
  guint32 changed = spot_run_apply (run, record);

  spot_run_record_unref (record);
  return changed;
}

#define change(run, ...) apply ((run), spot_test_record (spot_run_get_record (run), __VA_ARGS__, SPOT_TEST_END))

static char *
format_property (GObject    *object,
                 const char *name)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (object), name);
  g_auto(GValue) value = G_VALUE_INIT;

  g_assert_nonnull (pspec);
  g_value_init (&value, pspec->value_type);
  g_object_get_property (object, name, &value);
  if (G_VALUE_HOLDS (&value, G_TYPE_STRV))
    {
      g_autofree char *joined = g_strjoinv ("|", g_value_get_boxed (&value));

      return g_strdup_printf ("[%s]", joined);
    }
  if (G_VALUE_HOLDS_DOUBLE (&value))
    return g_strdup_printf ("%g", g_value_get_double (&value));
  if (G_VALUE_HOLDS_STRING (&value))
    return g_strdup (g_value_get_string (&value) != NULL ? g_value_get_string (&value) : "null");
  return g_strdup_value_contents (&value);
}

static void
assert_property (SpotRun    *run,
                 const char *name,
                 const char *expected)
{
  g_autofree char *text = format_property (G_OBJECT (run), name);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_properties (void)
{
  static const struct
  {
    const char *name;
    const char *value;
  } cases[] = {
    { "id", "run_p4r1x7" },
    { "task", "render-video" },
    { "status", "SPOT_RUN_STATUS_EXECUTING" },
    { "status-word", "EXECUTING" },
    { "seed-status", "EXECUTING" },
    { "ended", "FALSE" },
    { "is-test", "TRUE" },
    { "number", "7" },
    { "created-at", "1787303520004000" },
    { "updated-at", "1787303645120000" },
    { "started-at", "1787303521310000" },
    { "finished-at", "-9223372036854775808" },
    { "queued-at", "1787303520050000" },
    { "expired-at", "-9223372036854775808" },
    { "delayed-until", "1787303520030000" },
    { "duration-ms", "118204" },
    { "cost-in-cents", "0.4019" },
    { "base-cost-in-cents", "0.0025" },
    { "tags", "[user:42|video]" },
    { "idempotency-key", "null" },
    { "ttl", "10m" },
    { "payload", "{\"json\":{\"src\":\"a.mov\"}}" },
    { "output", "{\"n\":1}" },
    { "metadata", "{\"progress\":0.5,\"label\":\"encoding\"}" },
    { "error", "null" },
    { "realtime-streams", "[log]" },
    { "progress", "0.5" },
    { "headline", "encoding" },
  };
  g_autoptr(SpotRun) run = new_run_of (new_full_record ());
  g_autofree GParamSpec **pspecs = NULL;
  guint n_pspecs;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      if (g_str_equal (cases[i].name, "status"))
        g_assert_cmpint (spot_run_get_status (run), ==, SPOT_RUN_STATUS_EXECUTING);
      else
        assert_property (run, cases[i].name, cases[i].value);
    }

  pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (run), &n_pspecs);
  g_assert_cmpuint (n_pspecs, ==, G_N_ELEMENTS (cases) + 1); /* and record */
  for (guint i = 0; i < n_pspecs; i++)
    {
      g_assert_cmpuint (pspecs[i]->flags & (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY), ==,
                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY);
    }
}

static void
test_properties_of_little (void)
{
  static const struct
  {
    const char *name;
    const char *value;
  } cases[] = {
    { "task", "" }, { "status-word", "NEW_WORD" }, { "seed-status", "NEW_WORD" }, { "ended", "FALSE" },
    { "tags", "[]" }, { "realtime-streams", "[]" }, { "payload", "null" }, { "output", "null" }, { "metadata", "null" },
    { "error", "null" }, { "ttl", "null" }, { "progress", "-1" }, { "headline", "null" }, { "number", "0" },
    { "updated-at", "-9223372036854775808" }, { "cost-in-cents", "0" },
  };
  g_autoptr(SpotRun) run = new_run (SPOT_COLUMN_STATUS, "NEW_WORD");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_property (run, cases[i].name, cases[i].value);
  g_assert_null (spot_run_get_metadata (run));
  g_assert_null (spot_run_dup_payload (run));
  g_assert_null (spot_run_dup_output (run));
  g_assert_null (spot_run_dup_error (run));
  g_assert_cmpint (spot_run_get_wall_ms (run, 0), ==, -1);
  g_assert_false (spot_run_is_in_feed (run, 0));
  g_assert_true (spot_run_is_committed (run));
}

static void
count_changed_cb (SpotRun *run,
                  guint    columns,
                  guint   *seen)
{
  /* Twice would not be the same. */
  *seen = *seen == 0 ? columns : G_MAXUINT;
}

/* Each change of a column notifies of exactly the properties that read differently, once; the same value of nothing. */
static void
test_notify (void)
{
  static const struct
  {
    SpotColumn  column;
    const char *text;
    const char *notifies;
  } cases[] = {
    { SPOT_COLUMN_TASK_IDENTIFIER, "other", "record task" },
    { SPOT_COLUMN_CREATED_AT, "2026-08-21T09:12:01.000", "created-at record" },
    { SPOT_COLUMN_UPDATED_AT, "2026-08-21T09:15:00.000", "record updated-at" },
    { SPOT_COLUMN_STARTED_AT, "2026-08-21T09:12:02.000", "record started-at" },
    { SPOT_COLUMN_DELAY_UNTIL, "2026-08-21T09:12:02.000", "delayed-until record" },
    { SPOT_COLUMN_QUEUED_AT, NULL, "queued-at record" },
    { SPOT_COLUMN_EXPIRED_AT, "2026-08-21T09:12:02.000", "expired-at record" },
    { SPOT_COLUMN_COMPLETED_AT, "2026-08-21T09:16:00.000", "ended finished-at headline record" },
    { SPOT_COLUMN_NUMBER, "8", "number record" },
    { SPOT_COLUMN_IS_TEST, "f", "is-test record" },
    { SPOT_COLUMN_STATUS, "RETRYING_AFTER_FAILURE", "record seed-status status status-word" },
    /* The seed has one name for these two. */
    { SPOT_COLUMN_STATUS, "DEQUEUED", "record status status-word" },
    { SPOT_COLUMN_USAGE_DURATION_MS, "118205", "duration-ms record" },
    { SPOT_COLUMN_COST_IN_CENTS, "0.5", "cost-in-cents record" },
    { SPOT_COLUMN_BASE_COST_IN_CENTS, "0.5", "base-cost-in-cents record" },
    { SPOT_COLUMN_TTL, NULL, "record ttl" },
    { SPOT_COLUMN_PAYLOAD, "{}", "payload record" },
    { SPOT_COLUMN_PAYLOAD_TYPE, "application/json", "record" },
    { SPOT_COLUMN_METADATA, "{\"progress\":0.5,\"label\":\"encoding\",\"a\":1}", "metadata record" },
    { SPOT_COLUMN_METADATA, "{\"progress\":0.6,\"label\":\"encoding\"}", "metadata progress record" },
    { SPOT_COLUMN_METADATA, "{\"progress\":0.5,\"label\":\"mixing\"}", "headline metadata record" },
    { SPOT_COLUMN_METADATA, NULL, "headline metadata progress record" },
    { SPOT_COLUMN_OUTPUT, NULL, "output record" },
    { SPOT_COLUMN_RUN_TAGS, "{\"video\"}", "record tags" },
    { SPOT_COLUMN_ERROR, "{\"type\":\"STRING_ERROR\",\"raw\":\"x\"}", "error record" },
    { SPOT_COLUMN_REALTIME_STREAMS, "{}", "realtime-streams record" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      for (guint looked_before = 0; looked_before < 2; looked_before++)
        {
          g_autoptr(SpotRun) run = new_run_of (new_full_record ());
          g_autoptr(SpotTestNotifies) notifies = spot_test_notifies_new (run);
          g_autofree char *names = NULL;
          g_autofree char *again = NULL;
          guint seen = 0;

          g_signal_connect (run, "changed", G_CALLBACK (count_changed_cb), &seen);
          if (looked_before)
            {
              spot_run_get_progress (run);
              spot_run_get_metadata (run);
            }
          g_assert_cmpuint (change (run, cases[i].column, cases[i].text), ==, SPOT_COLUMN_BIT (cases[i].column));
          g_assert_cmpuint (seen, ==, SPOT_COLUMN_BIT (cases[i].column));
          names = spot_test_notifies_take (notifies);
          g_assert_cmpstr (names, ==, cases[i].notifies);

          seen = 0;
          g_assert_cmpuint (change (run, cases[i].column, cases[i].text), ==, 0);
          again = spot_test_notifies_take (notifies);
          g_assert_cmpstr (again, ==, "");
          g_assert_cmpuint (seen, ==, 0);
        }
    }
}

/* Many columns at once: each property once, `changed` once. */
static void
test_notify_of_many (void)
{
  g_autoptr(SpotRun) run = new_run_of (new_full_record ());
  g_autoptr(SpotTestNotifies) notifies = spot_test_notifies_new (run);
  g_autofree char *names = NULL;
  guint seen = 0;

  g_signal_connect (run, "changed", G_CALLBACK (count_changed_cb), &seen);
  change (run,
          SPOT_COLUMN_STATUS, "COMPLETED_WITH_ERRORS",
          SPOT_COLUMN_COMPLETED_AT, "2026-08-21T09:16:00.000",
          SPOT_COLUMN_UPDATED_AT, "2026-08-21T09:16:00.000",
          SPOT_COLUMN_ERROR, "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"TypeError\",\"message\":\"x is undefined\\nmore\"}");
  names = spot_test_notifies_take (notifies);
  g_assert_cmpstr (names, ==, "ended error finished-at headline record seed-status status status-word updated-at");
  g_assert_cmpuint (seen, ==, SPOT_COLUMN_BIT (SPOT_COLUMN_STATUS) | SPOT_COLUMN_BIT (SPOT_COLUMN_COMPLETED_AT)
                                  | SPOT_COLUMN_BIT (SPOT_COLUMN_UPDATED_AT) | SPOT_COLUMN_BIT (SPOT_COLUMN_ERROR));
  g_assert_cmpstr (spot_run_get_headline (run), ==, "TypeError: x is undefined");
}

/* From unknown to null: the mask says so, but no property reads differently. */
static void
test_notify_of_null (void)
{
  g_autoptr(SpotRun) run = new_run (SPOT_COLUMN_STATUS, "EXECUTING");
  g_autoptr(SpotTestNotifies) notifies = spot_test_notifies_new (run);
  g_autofree char *names = NULL;

  g_assert_cmpuint (change (run, SPOT_COLUMN_PAYLOAD, NULL, SPOT_COLUMN_RUN_TAGS, NULL, SPOT_COLUMN_STARTED_AT, NULL), ==,
                    SPOT_COLUMN_BIT (SPOT_COLUMN_PAYLOAD) | SPOT_COLUMN_BIT (SPOT_COLUMN_RUN_TAGS)
                        | SPOT_COLUMN_BIT (SPOT_COLUMN_STARTED_AT));
  names = spot_test_notifies_take (notifies);
  g_assert_cmpstr (names, ==, "record");
}

static void
test_same_record (void)
{
  g_autoptr(SpotRunRecord) record = new_full_record ();
  g_autoptr(SpotRunRecord) equal = new_full_record ();
  g_autoptr(SpotRun) run = spot_run_new (record);
  g_autoptr(SpotTestNotifies) notifies = spot_test_notifies_new (run);
  g_autofree char *names = NULL;

  g_assert_cmpuint (spot_run_apply (run, record), ==, 0);
  g_assert_cmpuint (spot_run_apply (run, equal), ==, 0);
  g_assert_true (spot_run_get_record (run) == record);
  names = spot_test_notifies_take (notifies);
  g_assert_cmpstr (names, ==, "");
}

static void
test_statuses (void)
{
  static const struct
  {
    const char *raw;
    const char *seed;
  } cases[] = {
    { "DELAYED", "DELAYED" }, { "PENDING", "QUEUED" }, { "WAITING_FOR_DEPLOY", "WAITING_FOR_DEPLOY" },
    { "EXECUTING", "EXECUTING" }, { "RETRYING_AFTER_FAILURE", "REATTEMPTING" }, { "WAITING_TO_RESUME", "FROZEN" },
    { "PAUSED", "FROZEN" }, { "COMPLETED_SUCCESSFULLY", "COMPLETED" }, { "COMPLETED_WITH_ERRORS", "FAILED" },
    { "INTERRUPTED", "INTERRUPTED" }, { "CANCELED", "CANCELED" }, { "CRASHED", "CRASHED" },
    { "SYSTEM_FAILURE", "SYSTEM_FAILURE" }, { "EXPIRED", "EXPIRED" }, { "TIMED_OUT", "TIMED_OUT" },
    { "BRAND_NEW", "BRAND_NEW" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SpotRun) run = new_run (SPOT_COLUMN_STATUS, cases[i].raw);

      assert_property (run, "seed-status", cases[i].seed);
      assert_property (run, "status-word", cases[i].raw);
    }
}

static void
test_headline (void)
{
#define ERROR_TEXT "{\"type\":\"BUILT_IN_ERROR\",\"name\":\"TypeError\",\"message\":\"boom\"}"
#define ENDED "2026-08-21T09:16:00.000"
  static const struct
  {
    const char *status;
    const char *completed_at;
    const char *metadata;
    const char *error;
    const char *headline;
  } cases[] = {
    { "EXECUTING", NULL, "{\"label\":\"Loading rows\"}", NULL, "Loading rows" },
    { "PENDING", NULL, "{\"label\":\"Loading rows\"}", NULL, "Loading rows" },
    { "NEW_WORD", NULL, "{\"label\":\"Loading rows\"}", NULL, "Loading rows" },
    { "EXECUTING", NULL, "{\"error\":\"rate limited\"}", NULL, "rate limited" },
    { "EXECUTING", NULL, "{\"label\":\"Crawling\",\"error\":\"rate limited\"}", NULL, "Crawling" },
    { "EXECUTING", NULL, "{\"label\":\"  one\\ntwo\"}", NULL, "one two" },
    { "EXECUTING", NULL, "{\"progress\":0.5}", NULL, NULL },
    { "EXECUTING", NULL, "not json", NULL, NULL },
    { "EXECUTING", NULL, NULL, NULL, NULL },
    { "COMPLETED_SUCCESSFULLY", ENDED, "{\"label\":\"Loading rows\"}", NULL, NULL },
    { "CANCELED", ENDED, "{\"label\":\"Loading rows\"}", ERROR_TEXT, NULL },
    { "COMPLETED_WITH_ERRORS", ENDED, "{\"label\":\"Loading rows\"}", ERROR_TEXT, "TypeError: boom" },
    { "CRASHED", ENDED, NULL, ERROR_TEXT, "TypeError: boom" },
    { "EXPIRED", ENDED, NULL, NULL, NULL },
    { "NEW_WORD", ENDED, "{\"label\":\"Loading rows\"}", ERROR_TEXT, "TypeError: boom" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(SpotRun) run = new_run (SPOT_COLUMN_STATUS, cases[i].status,
                                        SPOT_COLUMN_COMPLETED_AT, cases[i].completed_at,
                                        SPOT_COLUMN_METADATA, cases[i].metadata,
                                        SPOT_COLUMN_ERROR, cases[i].error);

      g_assert_cmpstr (spot_run_get_headline (run), ==, cases[i].headline);
      g_assert_cmpstr (spot_run_get_headline (run), ==, cases[i].headline);
    }
}

/* What a list draws stays short, whatever a task throws. */
static void
test_long_headline (void)
{
  g_autoptr(GString) error = g_string_new ("{\"type\":\"STRING_ERROR\",\"raw\":\"");
  g_autoptr(SpotRun) run = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append (error, "ö");
  g_string_append (error, "\"}");
  run = new_run (SPOT_COLUMN_STATUS, "CRASHED", SPOT_COLUMN_ERROR, error->str);
  g_assert_cmpint (g_utf8_strlen (spot_run_get_headline (run), -1), <=, 200);
  g_assert_true (g_utf8_validate (spot_run_get_headline (run), -1, NULL));
  g_assert_true (g_str_has_suffix (spot_run_get_headline (run), "ö…"));
}

static void
test_wall (void)
{
#define AT(second) (SPOT_TEST_EPOCH_US + (gint64) ((second) * G_USEC_PER_SEC))
  static const struct
  {
    double started; /* -1: null */
    double ended;
    double now;
    gint64 wall_ms;
  } cases[] = {
    { -1, -1, 100, -1 }, { 10, -1, 12.5, 2500 }, { 10, 11, 100, 1000 }, { 10, -1, 9, 0 }, { 10, 9, 100, 0 }, { -1, 50, 100, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *started = cases[i].started >= 0 ? spot_test_time (cases[i].started) : NULL;
      g_autofree char *ended = cases[i].ended >= 0 ? spot_test_time (cases[i].ended) : NULL;
      g_autoptr(SpotRun) run = new_run (SPOT_COLUMN_STATUS, "EXECUTING", SPOT_COLUMN_STARTED_AT, started,
                                        SPOT_COLUMN_COMPLETED_AT, ended);

      g_assert_cmpint (spot_run_get_wall_ms (run, AT (cases[i].now)), ==, cases[i].wall_ms);
    }
}

/* A token that withholds the time of completion, and other columns that one would think are always there. */
static void
test_end_without_a_time (void)
{
  g_autoptr(SpotRun) run = new_run (SPOT_COLUMN_STATUS, "EXECUTING", SPOT_COLUMN_STARTED_AT, "2026-08-21T09:12:02.000");
  g_autoptr(SpotTestNotifies) notifies = NULL;
  g_autofree char *names = NULL;

  g_assert_false (spot_run_get_ended (run));
  g_assert_cmpint (spot_run_get_wall_ms (run, spot_run_get_time (run, SPOT_COLUMN_STARTED_AT) + 2000000), ==, 2000);
  notifies = spot_test_notifies_new (run);
  change (run, SPOT_COLUMN_STATUS, "CRASHED");
  names = spot_test_notifies_take (notifies);
  g_assert_cmpstr (names, ==, "ended record seed-status status status-word");
  g_assert_true (spot_run_get_ended (run));
  /* It does not go on for ever, and nobody knows how long it took. */
  g_assert_cmpint (spot_run_get_wall_ms (run, G_MAXINT64), ==, -1);
}

/* A clock that is out of its mind must not overflow. */
static void
test_wall_overflow (void)
{
  g_autoptr(SpotRun) run = new_run (SPOT_COLUMN_STATUS, "EXECUTING", SPOT_COLUMN_STARTED_AT, "0001-01-01T00:00:00.000");

  g_assert_cmpint (spot_run_get_wall_ms (run, G_MAXINT64), ==, G_MAXINT64 / 1000);
}

static void
test_packets (void)
{
  g_autoptr(SpotRun) run = new_run_of (new_full_record ());
  g_autoptr(SpotPacket) payload = spot_run_dup_payload (run);
  g_autoptr(SpotPacket) output = spot_run_dup_output (run);
  g_autoptr(SpotPacket) nothing = NULL;
  g_autoptr(SpotRunError) error = NULL;

  g_assert_cmpint (payload->kind, ==, SPOT_PACKET_VALUE);
  g_assert_cmpstr (spot_value_get_text (spot_value_get_member (payload->value, "src"), NULL), ==, "a.mov");
  g_assert_cmpint (output->kind, ==, SPOT_PACKET_VALUE);

  change (run, SPOT_COLUMN_OUTPUT, NULL, SPOT_COLUMN_ERROR, "{\"type\":\"STRING_ERROR\",\"raw\":\"no\"}");
  nothing = spot_run_dup_output (run);
  g_assert_cmpint (nothing->kind, ==, SPOT_PACKET_NOTHING);
  error = spot_run_dup_error (run);
  g_assert_cmpint (error->kind, ==, SPOT_RUN_ERROR_STRING);
}

static void
test_metadata_is_kept (void)
{
  g_autoptr(SpotRun) run = new_run_of (new_full_record ());
  SpotMetadata *metadata = spot_run_get_metadata (run);

  g_assert_nonnull (metadata);
  g_assert_true (spot_run_get_metadata (run) == metadata);
  g_assert_cmpstr (metadata->label, ==, "encoding");
  change (run, SPOT_COLUMN_NUMBER, "9");
  g_assert_cmpfloat (spot_run_get_metadata (run)->progress, ==, 0.5);
}

static void
test_id_outlives_records (void)
{
  g_autoptr(SpotRun) run = new_run_of (new_full_record ());
  const char *id = spot_run_get_id (run);

  change (run, SPOT_COLUMN_NUMBER, "9");
  g_assert_true (spot_run_get_id (run) == id);
  g_assert_cmpstr (id, ==, "run_p4r1x7");
}

/* What one run shows of its task's numbers, the others read theirs by. */
static void
test_scale_is_learned (void)
{
  g_autoptr(SpotRun) shows = NULL;
  g_autoptr(SpotRun) lone = NULL;
  g_autoptr(SpotRun) stranger = NULL;

  spot_progress_scale_forget ();
  shows = new_run (SPOT_COLUMN_STATUS, "EXECUTING", SPOT_COLUMN_TASK_IDENTIFIER, "learned",
                   SPOT_COLUMN_METADATA, "{\"progress\":0.25}");
  g_assert_cmpfloat (spot_run_get_progress (shows), ==, 0.25);

  lone = new_run (SPOT_COLUMN_STATUS, "EXECUTING", SPOT_COLUMN_TASK_IDENTIFIER, "learned",
                  SPOT_COLUMN_METADATA, "{\"progress\":1}");
  stranger = new_run (SPOT_COLUMN_STATUS, "EXECUTING", SPOT_COLUMN_TASK_IDENTIFIER, "stranger",
                      SPOT_COLUMN_METADATA, "{\"progress\":1}");
  g_assert_cmpfloat (spot_run_get_progress (lone), ==, 1);
  g_assert_cmpfloat (spot_run_get_progress (stranger), ==, -1);
}

/* A task that counts percent and starts below one is taken for one of fractions. Its bar must not fall back. */
static void
test_bar_never_falls_by_guess (void)
{
  g_autoptr(SpotRun) run = NULL;
  double last = 0;

  spot_progress_scale_forget ();
  run = new_run (SPOT_COLUMN_STATUS, "EXECUTING", SPOT_COLUMN_TASK_IDENTIFIER, "percent",
                 SPOT_COLUMN_METADATA, "{\"progress\":0.5}");
  g_assert_cmpfloat (spot_run_get_progress (run), ==, 0.5);
  for (guint percent = 10; percent <= 100; percent += 15)
    {
      g_autofree char *metadata = g_strdup_printf ("{\"progress\":%u}", percent);

      change (run, SPOT_COLUMN_METADATA, metadata);
      g_assert_cmpfloat (spot_run_get_progress (run), >=, last);
      g_assert_cmpfloat (spot_run_get_progress (run), >=, 0.5);
      g_assert_cmpfloat (spot_run_get_metadata (run)->progress, ==, spot_run_get_progress (run));
      last = spot_run_get_progress (run);
    }
  g_assert_cmpfloat (last, ==, 1);
}

/* Also for a listener that was not there when the bar stopped falling. */
static void
test_bar_that_stands_is_silent (void)
{
  g_autoptr(SpotRun) run = NULL;
  g_autoptr(SpotTestNotifies) notifies = NULL;
  g_autofree char *names = NULL;

  spot_progress_scale_forget ();
  run = new_run (SPOT_COLUMN_STATUS, "EXECUTING", SPOT_COLUMN_TASK_IDENTIFIER, "percent",
                 SPOT_COLUMN_METADATA, "{\"progress\":0.5}");
  spot_run_get_progress (run);
  change (run, SPOT_COLUMN_METADATA, "{\"progress\":10}");
  g_assert_cmpfloat (spot_run_get_progress (run), ==, 0.5);
  change (run, SPOT_COLUMN_METADATA, "{\"progress\":20}");
  notifies = spot_test_notifies_new (run);
  change (run, SPOT_COLUMN_METADATA, "{\"progress\":30}");
  names = spot_test_notifies_take (notifies);
  g_assert_cmpstr (names, ==, "metadata record");
  spot_progress_scale_forget ();
}

/* Going back because the task says so is no guess. */
static void
test_bar_follows_task (void)
{
  g_autoptr(SpotRun) run = NULL;

  spot_progress_scale_forget ();
  run = new_run (SPOT_COLUMN_STATUS, "EXECUTING", SPOT_COLUMN_TASK_IDENTIFIER, "again",
                 SPOT_COLUMN_METADATA, "{\"progress\":0.75}");
  g_assert_cmpfloat (spot_run_get_progress (run), ==, 0.75);
  change (run, SPOT_COLUMN_METADATA, "{\"progress\":0.25}");
  g_assert_cmpfloat (spot_run_get_progress (run), ==, 0.25);
}

static void
test_scale_table (void)
{
  spot_progress_scale_forget ();
  g_assert_cmpint (spot_progress_scale_recall ("a"), ==, SPOT_PROGRESS_SCALE_UNKNOWN);
  spot_progress_scale_learn ("a", SPOT_PROGRESS_SCALE_UNKNOWN);
  g_assert_cmpint (spot_progress_scale_recall ("a"), ==, SPOT_PROGRESS_SCALE_UNKNOWN);
  spot_progress_scale_learn ("a", SPOT_PROGRESS_SCALE_FRACTION);
  g_assert_cmpint (spot_progress_scale_recall ("a"), ==, SPOT_PROGRESS_SCALE_FRACTION);
  spot_progress_scale_learn ("a", SPOT_PROGRESS_SCALE_PERCENT);
  g_assert_cmpint (spot_progress_scale_recall ("a"), ==, SPOT_PROGRESS_SCALE_PERCENT);
  spot_progress_scale_learn ("a", SPOT_PROGRESS_SCALE_FRACTION);
  g_assert_cmpint (spot_progress_scale_recall ("a"), ==, SPOT_PROGRESS_SCALE_PERCENT);

  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *task = g_strdup_printf ("task-%u", i);

      spot_progress_scale_learn (task, SPOT_PROGRESS_SCALE_FRACTION);
    }
  g_assert_cmpint (spot_progress_scale_recall ("task-0"), ==, SPOT_PROGRESS_SCALE_FRACTION);
  g_assert_cmpint (spot_progress_scale_recall ("task-4999"), ==, SPOT_PROGRESS_SCALE_UNKNOWN);
  g_assert_cmpint (spot_progress_scale_recall ("a"), ==, SPOT_PROGRESS_SCALE_PERCENT);
  spot_progress_scale_forget ();
}

/* A listener may let go of the run while it is told. */
static void
drop_cb (SpotRun  *run,
         guint     columns,
         SpotRun **held)
{
  g_clear_object (held);
}

static void
test_dropped_by_listener (void)
{
  SpotRun *run = new_run_of (new_full_record ());
  SpotRun *held = run;

  g_object_add_weak_pointer (G_OBJECT (run), (gpointer *) &run);
  g_signal_connect (run, "changed", G_CALLBACK (drop_cb), &held);
  change (run, SPOT_COLUMN_NUMBER, "9");
  g_assert_null (run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/properties", test_properties);
  g_test_add_func ("/run/73-properties-of-little", test_properties_of_little);
  g_test_add_func ("/run/notify", test_notify);
  g_test_add_func ("/run/notify-of-many", test_notify_of_many);
  g_test_add_func ("/run/notify-of-null", test_notify_of_null);
  g_test_add_func ("/run/same-record", test_same_record);
  g_test_add_func ("/run/statuses", test_statuses);
  g_test_add_func ("/run/headline", test_headline);
  g_test_add_func ("/run/long-headline", test_long_headline);
  g_test_add_func ("/run/wall", test_wall);
  g_test_add_func ("/run/73-end-without-a-time", test_end_without_a_time);
  g_test_add_func ("/run/wall-overflow", test_wall_overflow);
  g_test_add_func ("/run/packets", test_packets);
  g_test_add_func ("/run/metadata-is-kept", test_metadata_is_kept);
  g_test_add_func ("/run/id-outlives-records", test_id_outlives_records);
  g_test_add_func ("/run/scale-is-learned", test_scale_is_learned);
  g_test_add_func ("/run/bar-never-falls-by-guess", test_bar_never_falls_by_guess);
  g_test_add_func ("/run/bar-that-stands-is-silent", test_bar_that_stands_is_silent);
  g_test_add_func ("/run/bar-follows-task", test_bar_follows_task);
  g_test_add_func ("/run/scale-table", test_scale_table);
  g_test_add_func ("/run/dropped-by-listener", test_dropped_by_listener);
  return g_test_run ();
}
