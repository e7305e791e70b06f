/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <gio/gio.h>

#include "monitor-rig.h"
#include "spot-limits.h"
#include "spot-run-streams-private.h"

#define OLD GINT_TO_POINTER (TRUE)
#define NEW GINT_TO_POINTER (FALSE)

static void
write_chunk (MonitorRig *rig,
             const char *key,
             const char *chunk)
{
  spot_dev_server_write_stream (rig->server, "run_1", key, chunk);
}

static void
put (MonitorRig *rig,
     const char *status,
     const char *keys)
{
  g_autofree char *more = g_strdup_printf ("\"realtimeStreams\":[%s]", keys);

  monitor_rig_put (rig, NULL, "run_1", status, more);
}

/* An open run with one stream, which is written to in one of the two forms. */
static MonitorRig *
rig_new (gconstpointer    old,
         SpotRunStreams **streams)
{
  MonitorRig *rig = monitor_rig_new (SPOT_DEV_DIALECT_ELECTRIC, NULL);

  spot_dev_server_set_old_streams (rig->server, GPOINTER_TO_INT (old));
  put (rig, "EXECUTING", "\"log\"");
  write_chunk (rig, "log", "\"one \"");
  g_assert_null (spot_environment_get_run_streams (rig->environment, "run_1"));
  spot_environment_open_run (rig->environment, "run_1");
  *streams = spot_environment_get_run_streams (rig->environment, "run_1");
  g_assert_nonnull (*streams);
  return rig;
}

static guint
get_n_streams (SpotRunStreams *streams)
{
  return g_list_model_get_n_items (G_LIST_MODEL (streams));
}

static gboolean
has_text (SpotRunStreams *streams,
          const char     *key,
          const char     *text)
{
  SpotRunStream *stream = spot_run_streams_lookup (streams, key);
  g_autofree char *joined = stream != NULL ? spot_run_stream_dup_text (stream, SPOT_STREAM_JOINED, NULL) : NULL;

  return g_strcmp0 (joined, text) == 0;
}

static gboolean
has_state (SpotRunStreams      *streams,
           const char          *key,
           SpotConnectionState  state)
{
  SpotRunStream *stream = spot_run_streams_lookup (streams, key);

  return stream != NULL && spot_connection_get_state (spot_run_stream_get_connection (stream)) == state;
}

static void
append_cb (SpotRunStream *stream,
           GPtrArray     *chunks,
           GString       *told)
{
  gboolean at_line_start = told->len == 0;

  g_assert_cmpuint (chunks->len, >, 0);
  for (guint i = 0; i < chunks->len; i++)
    at_line_start = spot_stream_chunk_write (chunks->pdata[i], SPOT_STREAM_JOINED, at_line_start, told);
}

static void
reset_cb (SpotRunStream *stream,
          GString       *told)
{
  g_string_append (told, "|");
}

static void
changed_cb (GListModel *model,
            guint       position,
            guint       removed,
            guint       added,
            GString    *told)
{
  g_string_append_printf (told, "%u-%u+%u ", position, removed, added);
}

/* Keys are found while the run executes; each stream is read once, however often the row comes. */
static void
test_keys (gconstpointer old)
{
  g_autoptr(GString) told = g_string_new (NULL);
  SpotRunStreams *streams;
  g_autoptr(MonitorRig) rig = rig_new (old, &streams);
  SpotRunStream *log;

  g_assert_cmpstr (spot_run_streams_get_run_id (streams), ==, "run_1");
  g_signal_connect (streams, "items-changed", G_CALLBACK (changed_cb), told);
  wait_for (has_text (streams, "log", "one "));
  log = spot_run_streams_lookup (streams, "log");
  g_assert_cmpstr (spot_run_stream_get_key (log), ==, "log");
  g_assert_false (spot_run_stream_get_is_input (log));
  g_assert_false (spot_run_stream_get_ended (log));
  wait_for (has_state (streams, "log", SPOT_CONNECTION_LIVE));

  write_chunk (rig, "log", "{\"delta\":\"two \"}");
  wait_for (has_text (streams, "log", "one two "));

  write_chunk (rig, "b/ü%", "[1]");
  write_chunk (rig, "$trigger.input:go", "\"now\"");
  put (rig, "EXECUTING", "\"log\",\"b/ü%\",\"log\",\"$trigger.input:go\"");
  wait_for (has_text (streams, "b/ü%", "[1]\n") && has_text (streams, "$trigger.input:go", "now"));
  g_assert_true (spot_run_stream_get_is_input (spot_run_streams_lookup (streams, "$trigger.input:go")));

  put (rig, "EXECUTING", "\"log\"");
  write_chunk (rig, "last", "\"x\"");
  put (rig, "EXECUTING", "\"last\"");
  wait_for (has_text (streams, "last", "x"));
  write_chunk (rig, "log", "\"three\"");
  wait_for (has_text (streams, "log", "one two three"));
  g_assert_cmpuint (spot_run_stream_get_n_chunks (log), ==, 3);
  g_assert_cmpuint (get_n_streams (streams), ==, 4);
  g_assert_cmpstr (told->str, ==, "0-0+1 1-0+2 3-0+1 ");
}

/* Old programs say it in the metadata. */
static void
test_metadata (gconstpointer old)
{
  SpotRunStreams *streams;
  g_autoptr(MonitorRig) rig = rig_new (old, &streams);

  wait_for (has_text (streams, "log", "one "));
  write_chunk (rig, "a", "1");
  write_chunk (rig, "b", "2");
  monitor_rig_put (rig, NULL, "run_1", "EXECUTING",
                   "\"metadata\":\"{\\\"$$streams\\\":[\\\"a\\\",\\\"b\\\"]}\",\"metadataType\":\"application/json\"");
  wait_for (has_text (streams, "a", "1\n") && has_text (streams, "b", "2\n"));
  g_assert_cmpuint (get_n_streams (streams), ==, 3);
}

/* The connection breaks: it goes on behind the last chunk. The run ends: what is written after that comes too, then it is
 * over. */
static void
test_break_and_end (gconstpointer old)
{
  g_autoptr(GString) told = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  SpotRunStreams *streams;
  g_autoptr(MonitorRig) rig = rig_new (old, &streams);
  SpotRunStream *log;

  wait_for (has_text (streams, "log", "one "));
  log = spot_run_streams_lookup (streams, "log");
  g_signal_connect (log, "appended", G_CALLBACK (append_cb), told);
  g_signal_connect (log, "reset", G_CALLBACK (reset_cb), told);
  spot_dev_server_stop (rig->server);
  wait_for (has_state (streams, "log", SPOT_CONNECTION_RECONNECTING));
  write_chunk (rig, "log", "\"two \"");
  spot_dev_server_start (rig->server, &error);
  g_assert_no_error (error);
  wait_for (has_text (streams, "log", "one two "));

  put (rig, "COMPLETED_SUCCESSFULLY", "\"log\",\"late\"");
  write_chunk (rig, "late", "\"also\"");
  wait_for (has_text (streams, "late", "also"));
  g_assert_false (spot_run_streams_get_ended (streams));
  write_chunk (rig, "log", "\"after\"");
  wait_for (has_text (streams, "log", "one two after"));
  /* It lets its connection be; the next one is the last. */
  spot_dev_server_stop (rig->server);
  spot_dev_server_start (rig->server, &error);
  g_assert_no_error (error);
  wait_for (spot_run_streams_get_ended (streams));
  g_assert_true (spot_run_stream_get_ended (log));
  g_assert_true (has_state (streams, "log", SPOT_CONNECTION_LIVE));
  g_assert_cmpstr (told->str, ==, "two after");

  /* There is nothing to try again. */
  spot_connection_retry_now (spot_run_stream_get_connection (log));
  spot_monitor_refresh (rig->monitor);
  g_assert_true (spot_run_streams_get_ended (streams));
}

/* A run that has ended before anybody looks, with streams that nobody writes to any more. */
static void
test_ended_before (gconstpointer old)
{
  g_autoptr(MonitorRig) rig = monitor_rig_new (SPOT_DEV_DIALECT_NATIVE, NULL);
  SpotRunStreams *streams;

  spot_dev_server_set_old_streams (rig->server, GPOINTER_TO_INT (old));
  put (rig, "COMPLETED_SUCCESSFULLY", "\"a\",\"b\"");
  write_chunk (rig, "a", "1");
  write_chunk (rig, "b", "2");
  spot_environment_open_run (rig->environment, "run_1");
  streams = spot_environment_get_run_streams (rig->environment, "run_1");
  g_assert_false (spot_run_streams_get_ended (streams));
  wait_for (spot_run_streams_get_ended (streams));
  g_assert_true (has_text (streams, "a", "1\n"));
  g_assert_true (has_text (streams, "b", "2\n"));
}

/* The end cannot be read: that is said, and whoever asks gets it, from the beginning. */
static void
test_gave_up (gconstpointer old)
{
  g_autoptr(GString) told = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  SpotRunStreams *streams;
  g_autoptr(MonitorRig) rig = rig_new (old, &streams);
  SpotRunStream *log;

  put (rig, "COMPLETED_SUCCESSFULLY", "\"log\"");
  wait_for (has_text (streams, "log", "one "));
  log = spot_run_streams_lookup (streams, "log");
  g_signal_connect (log, "appended", G_CALLBACK (append_cb), told);
  g_signal_connect (log, "reset", G_CALLBACK (reset_cb), told);
  spot_dev_server_stop (rig->server);
  wait_for (spot_run_stream_get_ended (log));
  g_assert_true (has_state (streams, "log", SPOT_CONNECTION_NEEDS_ATTENTION));
  g_assert_cmpint (spot_connection_get_problem (spot_run_stream_get_connection (log)), ==, SPOT_PROBLEM_UNREACHABLE);
  g_assert_true (has_text (streams, "log", "one "));

  write_chunk (rig, "log", "\"two\"");
  spot_dev_server_start (rig->server, &error);
  g_assert_no_error (error);
  spot_connection_retry_now (spot_run_stream_get_connection (log));
  wait_for (has_text (streams, "log", "one two") && spot_run_stream_get_ended (log));
  g_assert_true (has_state (streams, "log", SPOT_CONNECTION_LIVE));
  g_assert_cmpstr (told->str, ==, "|one two");
  g_assert_cmpuint (spot_run_stream_get_n_chunks (log), ==, 2);
}

/* The row may name a stream before it is there. */
static void
test_not_there_yet (void)
{
  SpotRunStreams *streams;
  g_autoptr(MonitorRig) rig = rig_new (NEW, &streams);

  put (rig, "EXECUTING", "\"early\"");
  wait_for (has_state (streams, "early", SPOT_CONNECTION_RECONNECTING));
  g_assert_cmpint (spot_connection_get_problem (spot_run_stream_get_connection (
                     spot_run_streams_lookup (streams, "early"))), ==, SPOT_PROBLEM_SERVER);
  write_chunk (rig, "early", "\"now\"");
  wait_for (has_text (streams, "early", "now") && has_state (streams, "early", SPOT_CONNECTION_LIVE));
}

static void
test_many (void)
{
  g_autoptr(GString) keys = g_string_new ("\"log\"");
  SpotRunStreams *streams;
  g_autoptr(MonitorRig) rig = rig_new (OLD, &streams);

  for (guint i = 0; i < SPOT_MAX_STREAMS + 8; i++)
    {
      g_autofree char *key = g_strdup_printf ("s%u", i);

      g_string_append_printf (keys, ",\"%s\"", key);
      write_chunk (rig, key, "\"x\"");
    }
  wait_for (has_text (streams, "log", "one "));
  put (rig, "EXECUTING", keys->str);
  wait_for (get_n_streams (streams) == SPOT_MAX_STREAMS);
  put (rig, "EXECUTING", "\"t1\",\"t2\"");
  for (guint i = 0; i < SPOT_MAX_STREAMS - 1; i++)
    {
      g_autofree char *key = g_strdup_printf ("s%u", i);

      wait_for (has_text (streams, key, "x"));
    }
  g_assert_cmpuint (get_n_streams (streams), ==, SPOT_MAX_STREAMS);
}

static void
count_cb (SpotRunStream *stream,
          gpointer       first,
          guint         *n)
{
  ++*n;
}

#define N_FLOOD (SPOT_MAX_STREAM_CHUNKS + 10000u)

/* A task that writes faster than anybody reads: little is done in a frame, the newest is kept, listeners hear of it once a
 * frame. */
static void
test_flood (gconstpointer old)
{
  gint64 deadline_us = g_get_monotonic_time () + MONITOR_RIG_WAIT_S * G_TIME_SPAN_SECOND;
  guint n_flushes = 0, n_appended = 0, n_notified = 0;
  SpotRunStreams *streams;
  g_autoptr(MonitorRig) rig = rig_new (old, &streams);
  g_autofree char *last = NULL;
  SpotRunStream *log;

  wait_for (has_text (streams, "log", "one "));
  log = spot_run_streams_lookup (streams, "log");
  g_signal_connect (log, "appended", G_CALLBACK (count_cb), &n_appended);
  g_signal_connect (log, "notify::n-chunks", G_CALLBACK (count_cb), &n_notified);
  for (guint i = 1; i < N_FLOOD; i++)
    {
      g_autofree char *chunk = g_strdup_printf ("%u", i);

      write_chunk (rig, "log", chunk);
    }
  /* Without a main loop, so that nothing else takes them. */
  while (spot_run_stream_get_n_chunks (log) < N_FLOOD && g_get_monotonic_time () < deadline_us)
    {
      guint64 before = spot_run_stream_get_n_chunks (log);

      spot_run_streams_flush (streams, 0);
      n_flushes += spot_run_stream_get_n_chunks (log) > before;
      g_assert_cmpuint (spot_run_stream_get_n_chunks (log) - before, <=, 64);
      if (spot_run_stream_get_n_chunks (log) == before)
        g_usleep (1000);
    }
  g_assert_cmpuint (spot_run_stream_get_n_chunks (log), ==, N_FLOOD);
  g_assert_cmpuint (n_appended, ==, n_flushes);
  g_assert_cmpuint (n_notified, ==, n_flushes);
  g_assert_cmpuint (spot_run_stream_get_n_kept (log), ==, SPOT_MAX_STREAM_CHUNKS);
  g_assert_cmpuint (spot_run_stream_get_n_dropped (log), ==, N_FLOOD - SPOT_MAX_STREAM_CHUNKS);
  g_assert_cmpuint (spot_run_stream_get_kept_bytes (log), <=, SPOT_MAX_STREAM_BYTES);
  last = spot_run_stream_dup_text (log, SPOT_STREAM_LINES, NULL);
  g_assert_true (g_str_has_prefix (last, "10000\n10001\n"));
  g_assert_true (g_str_has_suffix (last, "\n29998\n29999\n"));
}

static SpotRunRecord *
record_new (const char *status)
{
  const SpotColumnValue columns[] = {
    { .column = SPOT_COLUMN_FRIENDLY_ID, .is_string = TRUE, .text = "run_1", .length = 5 },
    { .column = SPOT_COLUMN_STATUS, .is_string = TRUE, .text = status, .length = strlen (status) },
  };
  g_autoptr(GError) error = NULL;
  SpotRunRecord *record = spot_run_record_new (NULL, columns, G_N_ELEMENTS (columns), &error);

  g_assert_no_error (error);
  return record;
}

/* A token may see no column but these. */
static void
test_no_completion (void)
{
  g_autoptr(SpotEndpoint) endpoint = spot_endpoint_new ("http://127.0.0.1:1", "tr_dev_x", NULL, FALSE, NULL);
  g_autoptr(SpotRunStreams) streams = spot_run_streams_new (endpoint, "run_1");
  g_autoptr(SpotRunRecord) executing = record_new ("EXECUTING");
  g_autoptr(SpotRunRecord) completed = record_new ("COMPLETED_SUCCESSFULLY");

  spot_run_streams_take_record (streams, executing);
  g_assert_false (spot_run_streams_get_ended (streams));
  spot_run_streams_take_record (streams, completed);
  g_assert_true (spot_run_streams_get_ended (streams));
}

static gboolean
take_cb (SpotStreamChunk *chunk,
         gpointer         user_data)
{
  g_string_append (user_data, spot_value_get_text (chunk->value, NULL));
  return ((GString *) user_data)->len < 2;
}

static void
test_foreach (void)
{
  g_autoptr(GString) text = g_string_new (NULL);
  SpotRunStreams *streams;
  g_autoptr(MonitorRig) rig = rig_new (NEW, &streams);
  SpotRunStream *log;

  for (guint i = 1; i < 5; i++)
    write_chunk (rig, "abc", i == 1 ? "1" : i == 2 ? "2" : i == 3 ? "3" : "4");
  put (rig, "EXECUTING", "\"abc\"");
  wait_for (has_text (streams, "abc", "1\n2\n3\n4\n"));
  log = spot_run_streams_lookup (streams, "abc");
  spot_run_stream_foreach (log, TRUE, take_cb, text);
  g_assert_cmpstr (text->str, ==, "43");
  g_string_truncate (text, 0);
  spot_run_stream_foreach (log, FALSE, take_cb, text);
  g_assert_cmpstr (text->str, ==, "12");
}

static void
close_cb (SpotRunStream *stream,
          GPtrArray     *chunks,
          MonitorRig    *rig)
{
  spot_environment_close_run (rig->environment, "run_1");
}

/* Whoever listens may close the run, or hold its streams for longer. */
static void
test_close_inside (gconstpointer old)
{
  g_autoptr(SpotRunStreams) kept = NULL;
  guint n_appended = 0;
  SpotRunStreams *streams;
  g_autoptr(MonitorRig) rig = rig_new (old, &streams);

  kept = g_object_ref (streams);
  spot_environment_open_run (rig->environment, "run_1");
  spot_environment_close_run (rig->environment, "run_1");
  wait_for (has_text (kept, "log", "one "));
  g_signal_connect (spot_run_streams_lookup (kept, "log"), "appended", G_CALLBACK (close_cb), rig);
  g_signal_connect (spot_run_streams_lookup (kept, "log"), "appended", G_CALLBACK (count_cb), &n_appended);
  write_chunk (rig, "log", "\"two\"");
  wait_for (n_appended == 1);
  g_assert_null (spot_environment_get_run_streams (rig->environment, "run_1"));
  write_chunk (rig, "log", "\"three\"");

  /* It reads no more: another one that does has it long since. */
  spot_environment_open_run (rig->environment, "run_1");
  wait_for (has_text (spot_environment_get_run_streams (rig->environment, "run_1"), "log", "one twothree"));
  g_assert_cmpuint (n_appended, ==, 1);
  g_assert_true (has_text (kept, "log", "one two"));
  g_clear_object (&kept);
}

static void
add (const char    *name,
     GTestDataFunc  func)
{
  g_autofree char *v1 = g_strdup_printf ("/run-streams/%s/v1", name);
  g_autofree char *v2 = g_strdup_printf ("/run-streams/%s/v2", name);

  g_test_add_data_func (v1, OLD, func);
  g_test_add_data_func (v2, NEW, func);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("86-keys", test_keys);
  add ("metadata", test_metadata);
  add ("86-break-and-end", test_break_and_end);
  add ("flood", test_flood);
  add ("close-inside", test_close_inside);
  /* Those wait for the server's last word, which takes seconds. */
  g_test_add_data_func ("/run-streams/86-ended-before", OLD, test_ended_before);
  g_test_add_data_func ("/run-streams/gave-up", NEW, test_gave_up);
  g_test_add_func ("/run-streams/not-there-yet", test_not_there_yet);
  g_test_add_func ("/run-streams/many", test_many);
  g_test_add_func ("/run-streams/73-no-completion", test_no_completion);
  g_test_add_func ("/run-streams/foreach", test_foreach);
  return g_test_run ();
}
