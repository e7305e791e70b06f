/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "soak-server.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "soak-log.h"

#define START_S 30
#define AGAIN_MS 50
#define ANSWER_S 10
/* Live polls shorter than the real ones: more requests, more that can go wrong with them. */
#define HOLD_MS "4000"

typedef struct
{
  char *method;
  char *path;
  char *body; /* nullable */
} Call;

struct _SoakServer
{
  GSubprocess *process;
  SoupSession *session;
  char        *name;
  char        *url;
  char        *key;
  GQueue       calls; /* of Call, owned; the first is under way when @busy */
  gboolean     busy;
  guint        n_failures; /* in a row */
  guint        again_id;
};

static void
next (SoakServer *self);

static void
call_free (gpointer data)
{
  Call *self = data;

  g_free (self->method);
  g_free (self->path);
  g_free (self->body);
  g_free (self);
}

static char *
find_word (const char *text,
           const char *name)
{
  g_autofree char *start = g_strconcat (name, " ", NULL);
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);

  /* A last line without its end may be half written. */
  for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++)
    if (g_str_has_prefix (lines[i], start))
      return g_strdup (lines[i] + strlen (start));
  return NULL;
}

/* Between fork and exec: whatever ends the test, the server does not stay behind. */
static void
child_cb (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

/**
 * soak_server_new:
 * @program: the development server
 * @name: what it is called in reports
 * @dialect: which server it imitates at first
 * @seed: of its scenario and its own random faults
 * @speed: how fast the scenario runs
 * @away_ms: how long it is away when it is restarted
 * @log_path: where its output goes, the faults that it draws itself among it
 *
 * Starts it, with the flaky scenario, and waits until it serves.
 *
 * Returns: (transfer full): the server
 */
SoakServer *
soak_server_new (const char *program,
                 const char *name,
                 const char *dialect,
                 guint       seed,
                 double      speed,
                 int         away_ms,
                 const char *log_path)
{
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autofree char *dialect_option = g_strconcat ("--dialect=", dialect, NULL);
  g_autofree char *seed_option = g_strdup_printf ("--seed=%u", seed);
  g_autofree char *speed_option = g_strdup_printf ("--speed=%d.%03d", (int) speed, (int) (speed * 1000) % 1000);
  g_autofree char *away_option = g_strdup_printf ("--away-ms=%d", away_ms);
  gint64 deadline_us = g_get_monotonic_time () + START_S * G_TIME_SPAN_SECOND;
  SoakServer *self = g_new0 (SoakServer, 1);
  g_autoptr(GError) error = NULL;

  /* Of an earlier run it would tell where that one's server was. */
  g_unlink (log_path);
  g_subprocess_launcher_setenv (launcher, "G_MESSAGES_DEBUG", "spot-devserver", TRUE);
  g_subprocess_launcher_set_child_setup (launcher, child_cb, NULL, NULL);
  g_subprocess_launcher_set_stdout_file_path (launcher, log_path);
  self->name = g_strdup (name);
  self->process = g_subprocess_launcher_spawn (launcher, &error, program, "--scenario=flaky", "--hold-ms=" HOLD_MS,
                                               dialect_option, seed_option, speed_option, away_option, NULL);
  g_assert_no_error (error);
  while (self->url == NULL || self->key == NULL)
    {
      g_autofree char *text = NULL;

      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_usleep (10000);
      if (!g_file_get_contents (log_path, &text, NULL, NULL))
        continue;
      g_free (self->url);
      g_free (self->key);
      self->url = find_word (text, "url");
      self->key = find_word (text, "key");
    }
  self->session = soup_session_new_with_options ("timeout", ANSWER_S, NULL);
  g_queue_init (&self->calls);
  return self;
}

/**
 * soak_server_free:
 * @self: (transfer full): a server
 *
 * Ends its process.
 */
void
soak_server_free (SoakServer *self)
{
  g_clear_handle_id (&self->again_id, g_source_remove);
  g_queue_clear_full (&self->calls, call_free);
  soup_session_abort (self->session);
  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->session);
  g_object_unref (self->process);
  g_free (self->name);
  g_free (self->url);
  g_free (self->key);
  g_free (self);
}

const char *
soak_server_get_name (SoakServer *self)
{
  return self->name;
}

const char *
soak_server_get_url (SoakServer *self)
{
  return self->url;
}

const char *
soak_server_get_key (SoakServer *self)
{
  return self->key;
}

/**
 * soak_server_is_alive:
 * @self: a server
 *
 * Returns: whether its process goes on
 */
gboolean
soak_server_is_alive (SoakServer *self)
{
  return g_subprocess_get_identifier (self->process) != NULL;
}

/**
 * soak_server_is_idle:
 * @self: a server
 *
 * Returns: whether all that it was told has arrived
 */
gboolean
soak_server_is_idle (SoakServer *self)
{
  return g_queue_is_empty (&self->calls);
}

static SoupMessage *
new_message (SoakServer *self,
             const char *method,
             const char *path)
{
  g_autofree char *target = g_strconcat (self->url, path, NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", self->key, NULL);
  SoupMessage *message = soup_message_new (method, target);

  soup_message_headers_append (soup_message_get_request_headers (message), "authorization", bearer);
  soup_message_headers_append (soup_message_get_request_headers (message), "x-trigger-electric-version", "1.0.14");
  soup_message_headers_append (soup_message_get_request_headers (message), "x-trigger-api-version", "2025-07-16");
  return message;
}

static gboolean
again_cb (gpointer user_data)
{
  SoakServer *self = user_data;

  self->again_id = 0;
  next (self);
  return G_SOURCE_REMOVE;
}

static void
told_cb (GObject      *session,
         GAsyncResult *result,
         gpointer      user_data)
{
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (session), result);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = soup_session_send_and_read_finish (SOUP_SESSION (session), result, &error);
  SoakServer *self = user_data;
  guint status = soup_message_get_status (message);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->busy = FALSE;
  if (answer == NULL)
    {
      if (self->n_failures++ == 0)
        soak_log ("%s does not take what it is told: %s", self->name, error->message);
      self->again_id = g_timeout_add (AGAIN_MS, again_cb, self);
      return;
    }
  if (status != SOUP_STATUS_OK)
    g_error ("%s does not take %s: %u %.*s", self->name, ((Call *) g_queue_peek_head (&self->calls))->path, status,
             (int) g_bytes_get_size (answer), (const char *) g_bytes_get_data (answer, NULL));
  self->n_failures = 0;
  call_free (g_queue_pop_head (&self->calls));
  next (self);
}

static void
next (SoakServer *self)
{
  Call *call = g_queue_peek_head (&self->calls);
  g_autoptr(SoupMessage) message = NULL;

  if (call == NULL || self->busy || self->again_id != 0)
    return;
  self->busy = TRUE;
  message = new_message (self, call->method, call->path);
  if (call->body != NULL)
    {
      g_autoptr(GBytes) body = g_bytes_new (call->body, strlen (call->body));

      soup_message_set_request_body_from_bytes (message, "application/json", body);
    }
  soup_session_send_and_read_async (self->session, message, G_PRIORITY_DEFAULT, NULL, told_cb, self);
}

/**
 * soak_server_tell:
 * @self: a server
 * @method: an HTTP method
 * @path: a path, with its query
 * @body: (nullable) (transfer full): a JSON text
 *
 * Sends it when all that was told before has arrived.
 */
void
soak_server_tell (SoakServer *self,
                  const char *method,
                  const char *path,
                  char       *body)
{
  Call *call = g_new0 (Call, 1);

  call->method = g_strdup (method);
  call->path = g_strdup (path);
  call->body = body;
  g_queue_push_tail (&self->calls, call);
  next (self);
}

/**
 * soak_server_restart:
 * @self: a server
 *
 * Cuts every connection and lets it refuse new ones for a while; then it goes on with the runs that it had.
 */
void
soak_server_restart (SoakServer *self)
{
  g_subprocess_send_signal (self->process, SIGHUP);
}

/**
 * soak_server_fetch:
 * @self: a server
 * @path: a feed's path and query, without a position
 *
 * Returns: (nullable) (transfer full): the array of messages that tells all rows of the feed
 */
JsonNode *
soak_server_fetch (SoakServer *self,
                   const char *path)
{
  /* In this dialect one answer has all rows. */
  g_autofree char *whole = g_strconcat (path, strchr (path, '?') != NULL ? "&" : "?", "offset=-1&dialect=native", NULL);
  g_autoptr(SoupMessage) message = new_message (self, "GET", whole);
  g_autoptr(GBytes) answer = soup_session_send_and_read (self->session, message, NULL, NULL);
  g_autofree char *text = NULL;

  if (answer == NULL || soup_message_get_status (message) != SOUP_STATUS_OK)
    return NULL;
  text = g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  return json_from_string (text, NULL);
}
