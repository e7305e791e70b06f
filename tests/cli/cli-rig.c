/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "cli-rig.h"

/* Live polls are short, so that nothing waits for their end. */
#define HOLD_MS 300

/**
 * cli_rig_new:
 * @dialect: of the server
 *
 * Returns: (transfer full): a rig whose server runs and has no runs
 */
CliRig *
cli_rig_new (SpotDevDialect dialect)
{
  const SpotDevOptions options = { .dialect = dialect, .scenario = SPOT_DEV_SCENARIO_EMPTY, .speed = 1, .seed = 1,
                                   .hold_ms = HOLD_MS };
  CliRig *self = g_new0 (CliRig, 1);
  g_autoptr(GError) error = NULL;

  self->server = spot_dev_server_new (&options);
  spot_dev_server_start (self->server, &error);
  g_assert_no_error (error);
  self->out = g_string_new (NULL);
  self->err = g_string_new (NULL);
  return self;
}

/**
 * cli_rig_free:
 * @self: (transfer full): a rig
 *
 * Ends everything.
 */
void
cli_rig_free (CliRig *self)
{
  if (self->process != NULL)
    {
      g_subprocess_force_exit (self->process);
      g_subprocess_wait (self->process, NULL, NULL);
    }
  g_clear_object (&self->process);
  spot_dev_server_stop (self->server);
  g_object_unref (self->server);
  g_string_free (self->out, TRUE);
  g_string_free (self->err, TRUE);
  g_free (self);
}

/**
 * cli_rig_put:
 * @self: a rig
 * @batch_id: (nullable): the run's batch
 * @run_id: the run
 * @status: its status as the database has it
 * @more: (nullable): members of the row besides
 *
 * Makes the run or changes it. A status that ends a run sets the time of the end.
 */
void
cli_rig_put (CliRig     *self,
             const char *batch_id,
             const char *run_id,
             const char *status,
             const char *more)
{
  static const char *const unfinished[] = { "DELAYED", "PENDING", "DEQUEUED", "EXECUTING", "WAITING_TO_RESUME", NULL };
  const char *end = g_strv_contains (unfinished, status) ? "" : ",\"completedAt\":\"2026-01-01T00:00:00.000Z\"";
  g_autofree char *columns =
    g_strdup_printf ("{\"friendlyId\":\"%s\",\"taskIdentifier\":\"task\",\"status\":\"%s\"%s%s%s}", run_id, status, end,
                     more != NULL ? "," : "", more != NULL ? more : "");
  g_autoptr(GError) error = NULL;

  spot_dev_server_put_run (self->server, batch_id, columns, &error);
  g_assert_no_error (error);
}

/**
 * cli_rig_start:
 * @self: a rig
 * @key: (nullable): the credential, "" for none, %NULL for the server's
 * @arguments: what stands behind the program's name, with one blank between each
 *
 * Starts the program, towards the rig's server unless the arguments say otherwise.
 */
void
cli_rig_start (CliRig     *self,
               const char *key,
               const char *arguments)
{
  g_autoptr(GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autofree char *line = g_strdup_printf ("%s %s", g_getenv ("SPOT_CLI"), arguments);
  g_auto(GStrv) words = g_strsplit (line, " ", -1);
  g_autoptr(GError) error = NULL;

  g_assert_null (self->process);
  g_subprocess_launcher_unsetenv (launcher, "TRIGGER_ACCESS_TOKEN");
  g_subprocess_launcher_unsetenv (launcher, "TRIGGER_SECRET_KEY");
  if (key == NULL)
    key = spot_dev_server_get_key (self->server);
  if (*key != '\0')
    g_subprocess_launcher_setenv (launcher, "TRIGGER_SECRET_KEY", key, TRUE);
  g_subprocess_launcher_setenv (launcher, "TRIGGER_API_URL", spot_dev_server_get_url (self->server), TRUE);
  self->process = g_subprocess_launcher_spawnv (launcher, (const char * const *) words, &error);
  g_assert_no_error (error);
}

typedef struct
{
  gssize   n;
  gboolean done;
  gboolean late;
  GError  *error;
} Reading;

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Reading *self = user_data;

  self->n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &self->error);
  self->done = TRUE;
}

static gboolean
late_cb (gpointer user_data)
{
  ((Reading *) user_data)->late = TRUE;
  return G_SOURCE_REMOVE;
}

/**
 * cli_rig_read:
 * @self: a rig whose program has been started
 * @wanted: (nullable): %NULL to read to the end
 * @from_err: standard error rather than standard output
 *
 * Reads until what has been read holds @wanted, or the end.
 *
 * Returns: whether it does
 */
gboolean
cli_rig_read (CliRig     *self,
              const char *wanted,
              gboolean    from_err)
{
  GInputStream *stream = from_err ? g_subprocess_get_stderr_pipe (self->process) : g_subprocess_get_stdout_pipe (self->process);
  GString *text = from_err ? self->err : self->out;
  Reading reading = { 0 };
  guint id = g_timeout_add_seconds (CLI_RIG_WAIT_S, late_cb, &reading);
  char bytes[4096];

  while (wanted == NULL || strstr (text->str, wanted) == NULL)
    {
      reading.done = FALSE;
      g_input_stream_read_async (stream, bytes, sizeof bytes, G_PRIORITY_DEFAULT, NULL, read_cb, &reading);
      while (!reading.done && !reading.late)
        g_main_context_iteration (NULL, TRUE);
      if (reading.late)
        g_error ("The program did not say “%s”, but “%s” and “%s”", wanted, self->out->str, self->err->str);
      g_assert_no_error (reading.error);
      if (reading.n == 0)
        break;
      g_string_append_len (text, bytes, reading.n);
    }
  g_source_remove (id);
  return wanted == NULL || strstr (text->str, wanted) != NULL;
}

/**
 * cli_rig_wait_for_poll:
 * @self: a rig whose program has been started
 *
 * Waits until the program waits for news.
 */
void
cli_rig_wait_for_poll (CliRig *self)
{
  gint64 deadline_us = g_get_monotonic_time () + CLI_RIG_WAIT_S * G_TIME_SPAN_SECOND;

  while (spot_dev_server_get_n_live (self->server) == 0 && g_get_monotonic_time () < deadline_us)
    g_usleep (1000);
  g_assert_cmpuint (spot_dev_server_get_n_live (self->server), >, 0);
}

/**
 * cli_rig_finish:
 * @self: a rig whose program has been started
 *
 * Waits until the program ends, reads all that it said, and sees that it did not say its key. Another can be started.
 *
 * Returns: what it ended with
 */
int
cli_rig_finish (CliRig *self)
{
  int status;

  cli_rig_read (self, NULL, FALSE);
  cli_rig_read (self, NULL, TRUE);
  g_subprocess_wait (self->process, NULL, NULL);
  if (!g_subprocess_get_if_exited (self->process))
    g_error ("The program was ended by signal %d, saying “%s”", g_subprocess_get_term_sig (self->process), self->err->str);
  status = g_subprocess_get_exit_status (self->process);
  g_assert_null (strstr (self->out->str, spot_dev_server_get_key (self->server)));
  g_assert_null (strstr (self->err->str, spot_dev_server_get_key (self->server)));
  g_clear_object (&self->process);
  return status;
}
