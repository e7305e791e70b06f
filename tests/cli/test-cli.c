/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <string.h>

#include <json-glib/json-glib.h>

#include "cli-rig.h"

/* ---- without a server's help ---- */

static void
test_help (void)
{
  static const char *const rows[][2] = {
    { "--help", "COMMAND" },
    { "watch --help", "then every change" },
    { "list --help", "newest first" },
    { "wait --help", "2  when none of that happened and one was canceled" },
    { "--version", "runspotter-cli " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(CliRig) rig = cli_rig_new (SPOT_DEV_DIALECT_ELECTRIC);

      cli_rig_start (rig, "", rows[i][0]);
      g_assert_cmpint (cli_rig_finish (rig), ==, 0);
      g_assert_nonnull (strstr (rig->out->str, rows[i][1]));
      g_assert_cmpstr (rig->err->str, ==, "");
    }
}

static const struct
{
  const char *arguments;
  const char *key;
  const char *said;
} usage_rows[] = {
  { "", NULL, "is not a command" },
  { "sing", NULL, "“sing” is not a command" },
  { "watch run_1", NULL, "“run_1” is not an option" },
  { "watch --secret-key tr_dev_x", NULL, "--secret-key" },
  { "wait --run run_1 --json", NULL, "--json" },
  { "wait", NULL, "One of --run, --tag and --batch" },
  { "wait --run run_1 --tag a", NULL, "Only one of" },
  { "watch --tag a,b", NULL, "comma" },
  { "watch --tag a --tag ", NULL, "cannot be empty" },
  { "wait --run ", NULL, "cannot be empty" },
  { "wait --run run_1 --timeout -1", NULL, "seconds" },
  { "wait --run run_1 --timeout soon", NULL, "soon" },
  { "watch --linger nan", NULL, "seconds" },
  { "watch", "", "TRIGGER_SECRET_KEY" },
  { "list --api-url ftp://127.0.0.1", NULL, "ftp://127.0.0.1" },
  { "list --api-url nonsense", NULL, "nonsense" },
  { "list --api-url http://trigger.invalid", NULL, "--allow-plain-http" },
  { "list --run run_1", NULL, "--run" },
  { "list --status ", NULL, "status or task" },
  { "list --task a,b", NULL, "status or task" },
  { "list --from yesterday", NULL, "“yesterday” is no time" },
  { "list --to 2026-13-01", NULL, "“2026-13-01” is no time" },
  { "list --limit -1", NULL, "number of runs" },
  { "list --limit many", NULL, "many" },
  { "list --format xml", NULL, "“xml” is no format" },
  { "list --format csv --json", NULL, "Only one of --json and --format" },
  { "list --account a --api-url http://127.0.0.1:1", NULL, "only one of --account and --api-url" },
  { "list --account nobody", NULL, "no account of that name" },
  { "list --branch a\nb", NULL, "branch" },
  { "watch --status FAILED", NULL, "--status" },
  { "watch --streams", NULL, "--streams needs --run" },
  { "watch --streams --tag a", NULL, "--streams needs --run" },
  { "wait --run run_1 --streams", NULL, "--streams" },
};

static void
test_usage (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (usage_rows); i++)
    {
      g_autoptr(CliRig) rig = cli_rig_new (SPOT_DEV_DIALECT_ELECTRIC);

      g_test_message ("%s", usage_rows[i].arguments);
      cli_rig_start (rig, usage_rows[i].key, usage_rows[i].arguments);
      g_assert_cmpint (cli_rig_finish (rig), ==, 64);
      g_test_message ("%s", rig->err->str);
      g_assert_nonnull (strstr (rig->err->str, usage_rows[i].said));
      g_assert_cmpstr (rig->out->str, ==, "");
      g_assert_cmpuint (spot_dev_server_get_n_requests (rig->server), ==, 0);
    }
}

/* The loader tells what it would load. */
static void
test_no_gtk (void)
{
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr(GSubprocess) process = NULL;
  g_autofree char *libraries = NULL;
  g_autoptr(GError) error = NULL;

  g_subprocess_launcher_setenv (launcher, "LD_TRACE_LOADED_OBJECTS", "1", TRUE);
  process = g_subprocess_launcher_spawn (launcher, &error, g_getenv ("SPOT_CLI"), NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &libraries, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (libraries, "libsoup-3.0"));
  g_assert_null (strstr (libraries, "libgtk"));
  g_assert_null (strstr (libraries, "libadwaita"));
  g_assert_null (strstr (libraries, "libgdk"));
  g_assert_null (strstr (libraries, "libX11"));
}

/* ---- wait ---- */

static const struct
{
  const char *status;
  int         code;
} end_rows[] = {
  { "COMPLETED_SUCCESSFULLY", 0 }, { "COMPLETED_WITH_ERRORS", 1 }, { "INTERRUPTED", 1 }, { "CRASHED", 1 },
  { "SYSTEM_FAILURE", 1 },         { "EXPIRED", 1 },               { "TIMED_OUT", 1 },   { "CANCELED", 2 },
};

/* A run that has ended before. */
static void
test_wait_ended (gconstpointer dialect)
{
  for (guint i = 0; i < G_N_ELEMENTS (end_rows); i++)
    {
      g_autoptr(CliRig) rig = cli_rig_new (GPOINTER_TO_INT (dialect));

      cli_rig_put (rig, NULL, "run_1", end_rows[i].status, NULL);
      cli_rig_start (rig, NULL, "wait --run run_1");
      g_assert_cmpint (cli_rig_finish (rig), ==, end_rows[i].code);
      g_assert_cmpstr (rig->out->str, ==, "");
      g_assert_cmpstr (rig->err->str, ==, "");
    }
}

/* A run that ends while it is waited for. */
static void
test_wait_run (gconstpointer dialect)
{
  for (guint i = 0; i < G_N_ELEMENTS (end_rows); i++)
    {
      g_autoptr(CliRig) rig = cli_rig_new (GPOINTER_TO_INT (dialect));

      cli_rig_put (rig, NULL, "run_1", "PENDING", NULL);
      cli_rig_start (rig, NULL, "wait --run run_1");
      cli_rig_wait_for_poll (rig);
      cli_rig_put (rig, NULL, "run_1", "EXECUTING", NULL);
      cli_rig_put (rig, NULL, "run_1", end_rows[i].status, NULL);
      g_assert_cmpint (cli_rig_finish (rig), ==, end_rows[i].code);
    }
}

/* Several runs: the worst end counts, and the last one decides when. */
static const struct
{
  const char *last;
  const char *other;
  int         code;
} several_rows[] = {
  { "COMPLETED_SUCCESSFULLY", "COMPLETED_SUCCESSFULLY", 0 },
  { "COMPLETED_SUCCESSFULLY", "CANCELED", 2 },
  { "CANCELED", "CRASHED", 1 },
  { "EXPIRED", "COMPLETED_SUCCESSFULLY", 1 },
  { "A_NEW_WORD", "CANCELED", 3 },
};

static void
check_several (SpotDevDialect dialect,
               const char    *arguments,
               const char    *batch_id)
{
  for (guint i = 0; i < G_N_ELEMENTS (several_rows); i++)
    {
      g_autoptr(CliRig) rig = cli_rig_new (dialect);

      cli_rig_put (rig, batch_id, "run_1", "EXECUTING", "\"runTags\":[\"b\",\"a\"]");
      cli_rig_put (rig, batch_id, "run_2", several_rows[i].other, "\"runTags\":[\"a\",\"b\"]");
      cli_rig_put (rig, NULL, "run_3", "EXECUTING", "\"runTags\":[\"a\"]");
      cli_rig_start (rig, NULL, arguments);
      cli_rig_wait_for_poll (rig);
      cli_rig_put (rig, batch_id, "run_1", several_rows[i].last, NULL);
      g_assert_cmpint (cli_rig_finish (rig), ==, several_rows[i].code);
    }
}

static void
test_wait_batch (gconstpointer dialect)
{
  check_several (GPOINTER_TO_INT (dialect), "wait --batch batch_1", "batch_1");
}

static void
test_wait_tags (gconstpointer dialect)
{
  check_several (GPOINTER_TO_INT (dialect), "wait --tag a --tag b", NULL);
}

/* The server goes away, the run ends, the server comes back. */
static void
test_wait_server_killed (gconstpointer dialect)
{
  g_autoptr(CliRig) rig = cli_rig_new (GPOINTER_TO_INT (dialect));
  g_autoptr(GError) error = NULL;

  cli_rig_put (rig, NULL, "run_1", "EXECUTING", NULL);
  cli_rig_start (rig, NULL, "wait --run run_1");
  cli_rig_wait_for_poll (rig);
  spot_dev_server_stop (rig->server);
  g_assert_true (cli_rig_read (rig, "Trying again", TRUE));
  cli_rig_put (rig, NULL, "run_1", "CANCELED", NULL);
  spot_dev_server_start (rig->server, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cli_rig_finish (rig), ==, 2);
}

static void
test_wait_timeout (gconstpointer dialect)
{
  g_autoptr(CliRig) rig = cli_rig_new (GPOINTER_TO_INT (dialect));

  cli_rig_put (rig, NULL, "run_1", "EXECUTING", NULL);
  cli_rig_start (rig, NULL, "wait --run run_1 --timeout 0.5");
  g_assert_cmpint (cli_rig_finish (rig), ==, 3);
  g_assert_nonnull (strstr (rig->err->str, "The time is over"));
}

/* Nothing is there to be waited for: that is not the end. */
static void
test_wait_nothing (gconstpointer dialect)
{
  g_autoptr(CliRig) rig = cli_rig_new (GPOINTER_TO_INT (dialect));

  cli_rig_start (rig, NULL, "wait --tag a");
  cli_rig_wait_for_poll (rig);
  cli_rig_put (rig, NULL, "run_1", "COMPLETED_SUCCESSFULLY", "\"runTags\":[\"a\"]");
  g_assert_cmpint (cli_rig_finish (rig), ==, 0);
}

static void
test_refused (gconstpointer dialect)
{
  g_autoptr(CliRig) rig = cli_rig_new (GPOINTER_TO_INT (dialect));

  cli_rig_start (rig, "tr_dev_wrongwrongwrongwrongwron", "wait --run run_1");
  g_assert_cmpint (cli_rig_finish (rig), ==, 3);
  g_assert_nonnull (strstr (rig->err->str, "does not accept the key"));
  g_assert_null (strstr (rig->err->str, "wrongwrong"));

  g_string_truncate (rig->err, 0);
  cli_rig_start (rig, NULL, "wait --run run_unknown");
  g_assert_cmpint (cli_rig_finish (rig), ==, 3);
  g_assert_nonnull (strstr (rig->err->str, "does not know it"));
}

static void
test_interrupted (gconstpointer dialect)
{
  g_autoptr(CliRig) rig = cli_rig_new (GPOINTER_TO_INT (dialect));

  cli_rig_put (rig, NULL, "run_1", "EXECUTING", NULL);
  cli_rig_start (rig, NULL, "wait --run run_1");
  cli_rig_wait_for_poll (rig);
  g_subprocess_send_signal (rig->process, SIGINT);
  g_assert_cmpint (cli_rig_finish (rig), ==, 3);

  cli_rig_start (rig, NULL, "watch --run run_1");
  g_assert_true (cli_rig_read (rig, "EXECUTING", FALSE));
  g_subprocess_send_signal (rig->process, SIGTERM);
  g_assert_cmpint (cli_rig_finish (rig), ==, 0);
  g_assert_cmpstr (rig->err->str, ==, "");
}

/* ---- watch and list ---- */

/* `id status` of each line, every one of which is a JSON object. */
static char *
dup_story (const char *out)
{
  g_auto(GStrv) lines = g_strsplit (out, "\n", -1);
  g_autoptr(GString) story = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_autoptr(JsonParser) parser = json_parser_new ();
      g_autoptr(GError) error = NULL;
      JsonObject *object;

      json_parser_load_from_data (parser, lines[i], -1, &error);
      g_assert_no_error (error);
      object = json_node_get_object (json_parser_get_root (parser));
      g_string_append_printf (story, "%s %s, ", json_object_get_string_member (object, "id"),
                              json_object_get_string_member (object, "status"));
    }
  return g_string_free (g_steal_pointer (&story), FALSE);
}

static void
test_watch_run (gconstpointer dialect)
{
  g_autoptr(CliRig) rig = cli_rig_new (GPOINTER_TO_INT (dialect));
  g_autofree char *story = NULL;

  cli_rig_put (rig, NULL, "run_1", "PENDING", "\"payload\":\"{\\\"n\\\":1.10}\",\"payloadType\":\"application/json\"");
  cli_rig_put (rig, NULL, "run_2", "PENDING", NULL);
  cli_rig_start (rig, NULL, "watch --json --run run_1 --linger 0.2");
  g_assert_true (cli_rig_read (rig, "QUEUED", FALSE));
  g_assert_nonnull (strstr (rig->out->str, "\"payload\":{\"n\":1.10}"));
  cli_rig_wait_for_poll (rig);
  cli_rig_put (rig, NULL, "run_1", "EXECUTING", NULL);
  g_assert_true (cli_rig_read (rig, "EXECUTING", FALSE));
  cli_rig_wait_for_poll (rig);
  cli_rig_put (rig, NULL, "run_1", "COMPLETED_SUCCESSFULLY", "\"output\":\"done\",\"outputType\":\"text/plain\"");
  g_assert_cmpint (cli_rig_finish (rig), ==, 0);
  g_assert_cmpstr (rig->err->str, ==, "");
  g_assert_nonnull (strstr (rig->out->str, "\"output\":\"done\""));
  story = dup_story (rig->out->str);
  g_assert_cmpstr (story, ==, "run_1 QUEUED, run_1 EXECUTING, run_1 COMPLETED, ");
}

/* The log begins again: nothing has changed, so nothing is said; and the server has been away. */
static void
test_watch_again (gconstpointer dialect)
{
  g_autoptr(CliRig) rig = cli_rig_new (GPOINTER_TO_INT (dialect));
  g_autoptr(GError) error = NULL;
  g_autofree char *story = NULL;

  cli_rig_put (rig, NULL, "run_1", "PENDING", NULL);
  cli_rig_start (rig, NULL, "watch --json");
  g_assert_true (cli_rig_read (rig, "QUEUED", FALSE));
  cli_rig_wait_for_poll (rig);
  spot_dev_server_rotate (rig->server);
  cli_rig_wait_for_poll (rig);
  spot_dev_server_stop (rig->server);
  g_assert_true (cli_rig_read (rig, "Trying again", TRUE));
  spot_dev_server_start (rig->server, &error);
  g_assert_no_error (error);
  g_assert_true (cli_rig_read (rig, "Connected again", TRUE));
  cli_rig_put (rig, NULL, "run_2", "PENDING", NULL);
  g_assert_true (cli_rig_read (rig, "run_2", FALSE));
  g_subprocess_send_signal (rig->process, SIGINT);
  g_assert_cmpint (cli_rig_finish (rig), ==, 0);
  story = dup_story (rig->out->str);
  g_assert_cmpstr (story, ==, "run_1 QUEUED, run_2 QUEUED, ");
}

/* A reader that has had enough. */
static void
test_watch_pipe (gconstpointer dialect)
{
  g_autoptr(CliRig) rig = cli_rig_new (GPOINTER_TO_INT (dialect));

  cli_rig_put (rig, NULL, "run_1", "PENDING", NULL);
  cli_rig_start (rig, NULL, "watch");
  g_assert_true (cli_rig_read (rig, "QUEUED", FALSE));
  cli_rig_wait_for_poll (rig);
  g_input_stream_close (g_subprocess_get_stdout_pipe (rig->process), NULL, NULL);
  cli_rig_put (rig, NULL, "run_1", "EXECUTING", NULL);
  g_assert_true (cli_rig_read (rig, NULL, TRUE));
  g_subprocess_wait (rig->process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_exited (rig->process));
  g_assert_cmpint (g_subprocess_get_exit_status (rig->process), ==, 0);
  g_assert_cmpstr (rig->err->str, ==, "");
}

/* What a task writes, and what it writes when the run is over. */
static void
test_watch_streams (gconstpointer old)
{
  g_autoptr(CliRig) rig = cli_rig_new (SPOT_DEV_DIALECT_ELECTRIC);

  spot_dev_server_set_old_streams (rig->server, GPOINTER_TO_INT (old));
  cli_rig_put (rig, NULL, "run_1", "EXECUTING", "\"realtimeStreams\":[\"a\"]");
  spot_dev_server_write_stream (rig->server, "run_1", "a", "{\"n\":1.10}");
  cli_rig_start (rig, NULL, "watch --json --streams --run run_1 --linger 1");
  g_assert_true (cli_rig_read (rig, "{\"runId\":\"run_1\",\"stream\":\"a\",\"time\":\"2", FALSE));
  g_assert_true (cli_rig_read (rig, "Z\",\"chunk\":{\"n\":1.10}}\n", FALSE));
  spot_dev_server_write_stream (rig->server, "run_1", "b", "\"x\\u001b[2J\"");
  cli_rig_put (rig, NULL, "run_1", "EXECUTING", "\"realtimeStreams\":[\"a\",\"b\"]");
  g_assert_true (cli_rig_read (rig, "\"stream\":\"b\"", FALSE));
  cli_rig_put (rig, NULL, "run_1", "COMPLETED_SUCCESSFULLY", NULL);
  g_assert_true (cli_rig_read (rig, "COMPLETED", FALSE));
  spot_dev_server_write_stream (rig->server, "run_1", "a", "\"late\"");
  g_assert_true (cli_rig_read (rig, "\"chunk\":\"late\"}\n", FALSE));
  g_assert_cmpint (cli_rig_finish (rig), ==, 0);
  g_assert_null (strchr (rig->out->str, '\x1b'));

  g_string_truncate (rig->out, 0);
  cli_rig_start (rig, NULL, "watch --streams --run run_1 --linger 1");
  g_assert_true (cli_rig_read (rig, "late", FALSE));
  g_assert_true (cli_rig_read (rig, "{\"n\":1.10}\n", FALSE));
  g_assert_cmpint (cli_rig_finish (rig), ==, 0);
  g_assert_null (strchr (rig->out->str, '\x1b'));
  g_assert_cmpstr (rig->err->str, ==, "");
}

static void
test_list (gconstpointer dialect)
{
  g_autoptr(CliRig) rig = cli_rig_new (GPOINTER_TO_INT (dialect));
  g_autofree char *now = NULL, *before = NULL;
  g_autoptr(GDateTime) time = g_date_time_new_now_utc ();
  g_autoptr(GDateTime) earlier = g_date_time_add_minutes (time, -5);
  g_autofree char *story = NULL;
  g_auto(GStrv) lines = NULL;

  now = g_date_time_format (time, "\"createdAt\":\"%Y-%m-%dT%H:%M:%S.123Z\"");
  before = g_date_time_format (earlier, "\"createdAt\":\"%Y-%m-%dT%H:%M:%S.123Z\",\"runTags\":[\"a\\u001b[2Jb\\u009b\\nc\"]");
  cli_rig_put (rig, NULL, "run_1", "CANCELED", before);
  cli_rig_put (rig, NULL, "run_2", "PENDING", now);
  /* It goes further back than any feed. */
  cli_rig_put (rig, NULL, "run_0", "EXPIRED", "\"createdAt\":\"2020-01-01T00:00:00.000Z\"");
  cli_rig_start (rig, NULL, "list");
  g_assert_cmpint (cli_rig_finish (rig), ==, 0);
  story = dup_story (rig->out->str);
  g_assert_cmpstr (story, ==, "run_2 QUEUED, run_1 CANCELED, run_0 EXPIRED, ");
  g_assert_cmpstr (rig->err->str, ==, "");

  /* What a terminal would take for orders does not get there. */
  g_string_truncate (rig->out, 0);
  cli_rig_start (rig, NULL, "list --format=table");
  g_assert_cmpint (cli_rig_finish (rig), ==, 0);
  lines = g_strsplit (rig->out->str, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 5);
  g_assert_nonnull (strstr (lines[0], "STATUS"));
  g_assert_nonnull (strstr (lines[1], "run_2"));
  g_assert_nonnull (strstr (lines[2], "run_1"));
  g_assert_nonnull (strstr (lines[2], "CANCELED"));
  g_assert_null (strchr (rig->out->str, '\x1b'));
  g_assert_null (strstr (rig->out->str, "\xc2\x9b"));
  g_assert_cmpstr (rig->err->str, ==, "");
}

/* Which runs, and how many. */
static const struct
{
  const char *arguments;
  const char *story;
  const char *said; /* to the user, nullable */
} list_rows[] = {
  { "list --json --status failed --status QUEUED", "run_4 FAILED, run_1 QUEUED, ", NULL },
  { "list --tag a --tag b", "run_3 EXECUTING, ", NULL },
  { "list --batch batch_1", "run_2 EXECUTING, ", NULL },
  { "list --task task --limit 2", "run_4 FAILED, run_3 EXECUTING, ", "There are more" },
  { "list --task task --limit 2 --quiet", "run_4 FAILED, run_3 EXECUTING, ", NULL },
  { "list --limit 0", "run_4 FAILED, run_3 EXECUTING, run_2 EXECUTING, run_1 QUEUED, ", NULL },
  { "list --limit 4", "run_4 FAILED, run_3 EXECUTING, run_2 EXECUTING, run_1 QUEUED, ", NULL },
  { "list --task other", "", NULL },
  { "list --from 2026-03-01T12:00:02Z --to 2026-03-01T12:00:03Z", "run_3 EXECUTING, run_2 EXECUTING, ", NULL },
  { "list --from 1s", "", NULL },
};

static void
test_list_rows (void)
{
  g_autoptr(CliRig) rig = cli_rig_new (SPOT_DEV_DIALECT_ELECTRIC);

  cli_rig_put (rig, NULL, "run_1", "PENDING", "\"createdAt\":\"2026-03-01T12:00:01.000Z\",\"runTags\":[\"b\"]");
  cli_rig_put (rig, "batch_1", "run_2", "EXECUTING", "\"createdAt\":\"2026-03-01T12:00:02.000Z\",\"runTags\":[\"a\"]");
  cli_rig_put (rig, NULL, "run_3", "EXECUTING", "\"createdAt\":\"2026-03-01T12:00:03.000Z\",\"runTags\":[\"b\",\"a\"]");
  cli_rig_put (rig, NULL, "run_4", "COMPLETED_WITH_ERRORS", "\"createdAt\":\"2026-03-01T12:00:04.000Z\"");
  for (guint i = 0; i < G_N_ELEMENTS (list_rows); i++)
    {
      g_autofree char *story = NULL;

      g_test_message ("%s", list_rows[i].arguments);
      g_string_truncate (rig->out, 0);
      g_string_truncate (rig->err, 0);
      cli_rig_start (rig, NULL, list_rows[i].arguments);
      g_assert_cmpint (cli_rig_finish (rig), ==, 0);
      story = dup_story (rig->out->str);
      g_assert_cmpstr (story, ==, list_rows[i].story);
      if (list_rows[i].said != NULL)
        g_assert_nonnull (strstr (rig->err->str, list_rows[i].said));
      else
        g_assert_cmpstr (rig->err->str, ==, "");
    }
}

static void
test_list_formats (void)
{
  g_autoptr(CliRig) rig = cli_rig_new (SPOT_DEV_DIALECT_ELECTRIC);
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) lines = NULL;

  for (guint i = 0; i < 150; i++)
    {
      g_autofree char *id = g_strdup_printf ("run_%u", i);

      cli_rig_put (rig, NULL, id, "PENDING", "\"runTags\":[\"=a\"]");
    }
  cli_rig_start (rig, NULL, "list --format=json --limit=130");
  g_assert_cmpint (cli_rig_finish (rig), ==, 0);
  json_parser_load_from_data (parser, rig->out->str, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (json_parser_get_root (parser))), ==, 130);

  g_string_truncate (rig->out, 0);
  cli_rig_start (rig, NULL, "list --format=csv --limit=0");
  g_assert_cmpint (cli_rig_finish (rig), ==, 0);
  lines = g_strsplit (rig->out->str, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 152);
  g_assert_true (g_str_has_prefix (lines[0], "id,taskIdentifier,status,"));
  g_assert_true (g_str_has_prefix (lines[1], "run_"));
  g_assert_nonnull (strstr (lines[1], ",task,QUEUED,PENDING,\"[\"\"=a\"\"]\","));
}

static void
test_list_trouble (void)
{
  g_autoptr(CliRig) rig = cli_rig_new (SPOT_DEV_DIALECT_ELECTRIC);

  cli_rig_start (rig, "tr_dev_wrongwrongwrongwrongwron", "list");
  g_assert_cmpint (cli_rig_finish (rig), ==, 3);
  g_assert_nonnull (strstr (rig->err->str, "does not accept the key"));
  g_assert_null (strstr (rig->err->str, "wrongwrong"));

  g_string_truncate (rig->err, 0);
  cli_rig_start (rig, NULL, "list --status NONSENSE");
  g_assert_cmpint (cli_rig_finish (rig), ==, 3);
  g_assert_nonnull (strstr (rig->err->str, "does not accept the request"));
  g_assert_nonnull (strstr (rig->err->str, "NONSENSE"));

  spot_dev_server_stop (rig->server);
  g_string_truncate (rig->err, 0);
  cli_rig_start (rig, NULL, "list");
  g_assert_cmpint (cli_rig_finish (rig), ==, 3);
  g_assert_nonnull (strstr (rig->err->str, "cannot be reached"));

  g_string_truncate (rig->err, 0);
  cli_rig_start (rig, NULL, "list --timeout 0.1");
  g_assert_cmpint (cli_rig_finish (rig), ==, 3);
  g_assert_nonnull (strstr (rig->err->str, "The time is over"));
  g_assert_cmpstr (rig->out->str, ==, "");
}

/* ---- as whom ---- */

/* A server that takes one request, says no, and tells what it was asked. */
static char *
dup_request (CliRig     *rig,
             const char *arguments)
{
  g_autoptr(GSocketListener) listener = g_socket_listener_new ();
  g_autoptr(GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);
  g_autofree char *line = g_strdup_printf ("%s --api-url http://localhost:%u", arguments, port);
  g_autoptr(GSocketConnection) connection = NULL;
  g_autoptr(GString) request = g_string_new (NULL);
  static const char answer[] = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

  g_assert_no_error (error);
  cli_rig_start (rig, NULL, line);
  connection = g_socket_listener_accept (listener, NULL, NULL, &error);
  g_assert_no_error (error);
  while (strstr (request->str, "\r\n\r\n") == NULL)
    {
      char bytes[1024];
      gssize n = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), bytes, sizeof bytes, NULL, NULL);

      g_assert_cmpint (n, >, 0);
      g_string_append_len (request, bytes, n);
    }
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), answer, strlen (answer), NULL, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  g_assert_cmpint (cli_rig_finish (rig), ==, 3);
  return g_string_free (g_steal_pointer (&request), FALSE);
}

static void
test_branch (void)
{
  static const struct
  {
    const char *arguments;
    const char *variable; /* nullable */
    const char *branch;   /* nullable */
  } rows[] = {
    { "list", NULL, NULL },
    { "list --branch feature/x", NULL, "feature/x" },
    { "list", "main", "main" },
    { "list --branch feature/x", "main", "feature/x" },
    { "watch --branch feature/x", NULL, "feature/x" },
    { "wait --run run_1", "main", "main" },
  };
  g_autoptr(CliRig) rig = cli_rig_new (SPOT_DEV_DIALECT_ELECTRIC);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *request = NULL;
      g_autofree char *lower = NULL;
      g_autofree char *header = NULL;

      if (rows[i].variable != NULL)
        g_setenv ("TRIGGER_PREVIEW_BRANCH", rows[i].variable, TRUE);
      request = dup_request (rig, rows[i].arguments);
      g_unsetenv ("TRIGGER_PREVIEW_BRANCH");
      lower = g_ascii_strdown (request, -1);
      header = g_strdup_printf ("\r\nx-trigger-branch: %s\r\n", rows[i].branch);
      g_assert_cmpint (strstr (lower, "\r\nx-trigger-branch") != NULL, ==, rows[i].branch != NULL);
      g_assert_cmpint (strstr (lower, header) != NULL, ==, rows[i].branch != NULL);
    }
}

static void
add (const char    *name,
     GTestDataFunc  func)
{
  g_autofree char *electric = g_strdup_printf ("/cli/%s/electric", name);
  g_autofree char *native = g_strdup_printf ("/cli/%s/native", name);

  g_test_add_data_func (electric, GINT_TO_POINTER (SPOT_DEV_DIALECT_ELECTRIC), func);
  g_test_add_data_func (native, GINT_TO_POINTER (SPOT_DEV_DIALECT_NATIVE), func);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/help", test_help);
  g_test_add_func ("/cli/usage", test_usage);
  g_test_add_func ("/cli/no-gtk", test_no_gtk);
  add ("wait/ended", test_wait_ended);
  add ("wait/run", test_wait_run);
  add ("wait/batch", test_wait_batch);
  add ("wait/tags", test_wait_tags);
  add ("wait/server-killed", test_wait_server_killed);
  add ("wait/timeout", test_wait_timeout);
  add ("wait/nothing", test_wait_nothing);
  add ("refused", test_refused);
  add ("interrupted", test_interrupted);
  add ("watch/run", test_watch_run);
  add ("watch/again", test_watch_again);
  add ("watch/pipe", test_watch_pipe);
  add ("list/all", test_list);
  g_test_add_data_func ("/cli/watch/streams/v1", GINT_TO_POINTER (TRUE), test_watch_streams);
  g_test_add_data_func ("/cli/watch/streams/v2", GINT_TO_POINTER (FALSE), test_watch_streams);
  g_test_add_func ("/cli/list/rows", test_list_rows);
  g_test_add_func ("/cli/list/formats", test_list_formats);
  g_test_add_func ("/cli/list/trouble", test_list_trouble);
  g_test_add_func ("/cli/branch", test_branch);
  return g_test_run ();
}
