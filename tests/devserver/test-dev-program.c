/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <string.h>

#include <gio/gio.h>
#include <libsoup/soup.h>

static char *
read_word (GDataInputStream *lines,
           const char       *name)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, name));
  g_assert_cmpint (line[strlen (name)], ==, ' ');
  return g_strdup (line + strlen (name) + 1);
}

/* It says where it is and with which key, serves, and ends when it is asked to. */
static void
test_serves (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *began = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () / 1000 - 5000);
  g_autofree char *option = g_strconcat ("--epoch=", began, NULL);
  g_autoptr(GSubprocess) program = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                                     g_getenv ("SPOT_DEV_SERVER"), "--dialect=native",
                                                     "--seed=3", "--scenario=burst", option, NULL);
  g_autoptr(GDataInputStream) lines = NULL;
  g_autoptr(SoupSession) session = soup_session_new ();
  g_autoptr(SoupMessage) message = NULL;
  g_autoptr(GBytes) body = NULL;
  g_autofree char *url = NULL, *key = NULL, *epoch = NULL, *target = NULL, *bearer = NULL;

  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (program));
  url = read_word (lines, "url");
  key = read_word (lines, "key");
  epoch = read_word (lines, "epoch");
  g_assert_true (g_str_has_prefix (url, "http://127.0.0.1:"));
  g_assert_true (g_str_has_prefix (key, "tr_dev_"));
  g_assert_cmpstr (epoch, ==, began);

  target = g_strconcat (url, "/realtime/v1/runs?offset=-1", NULL);
  bearer = g_strconcat ("Bearer ", key, NULL);
  message = soup_message_new ("GET", target);
  soup_message_headers_append (soup_message_get_request_headers (message), "Authorization", bearer);
  body = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
  g_assert_nonnull (soup_message_headers_get_one (soup_message_get_response_headers (message), "electric-shape-id"));
  g_assert_cmpuint (g_bytes_get_size (body), >, 100);

  g_subprocess_send_signal (program, SIGTERM);
  g_subprocess_wait_check (program, NULL, &error);
  g_assert_no_error (error);
}

static gboolean
is_answering (const char *url)
{
  g_autofree char *target = g_strconcat (url, "/healthcheck", NULL);
  g_autoptr(SoupSession) session = soup_session_new ();
  g_autoptr(SoupMessage) message = soup_message_new ("GET", target);
  g_autoptr(GBytes) body = soup_session_send_and_read (session, message, NULL, NULL);

  return body != NULL && soup_message_get_status (message) == 200;
}

/* A connection over which something has been asked already. */
static GSocketConnection *
connect_and_ask (const char *url)
{
  static const char request[] = "GET /healthcheck HTTP/1.1\r\nHost: localhost\r\n\r\n";
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocketConnection) connection = g_socket_client_connect_to_uri (client, url, 80, NULL, &error);
  char byte;

  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request, strlen (request), NULL, NULL,
                             &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), &byte, 1, NULL, &error), ==, 1);
  g_assert_no_error (error);
  return g_steal_pointer (&connection);
}

/* SIGHUP cuts its connections; after a while it is there again, at the same place. */
static void
test_restart (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GSubprocess) program = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, g_getenv ("SPOT_DEV_SERVER"),
                                                     "--away-ms=100", NULL);
  g_autoptr(GDataInputStream) lines = NULL;
  g_autoptr(GSocketConnection) connection = NULL;
  g_autofree char *url = NULL;
  gint64 deadline_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  char buffer[256];

  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (program));
  url = read_word (lines, "url");
  connection = connect_and_ask (url);
  g_socket_set_timeout (g_socket_connection_get_socket (connection), 20);

  g_subprocess_send_signal (program, SIGHUP);
  while (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), buffer, sizeof buffer, NULL, &error) > 0)
    continue;
  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
  g_clear_error (&error);
  while (!is_answering (url))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_usleep (10000);
    }

  g_subprocess_send_signal (program, SIGTERM);
  g_subprocess_wait_check (program, NULL, &error);
  g_assert_no_error (error);
}

static void
test_bad_options (void)
{
  static const char *const bad[] = { "--dialect=latin", "--scenario=doom", "--port=70000", "--speed=0", "--hold-ms=-1",
                                     "--away-ms=-1", "--nonsense", "word" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;
      const GSubprocessFlags flags = G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE;
      g_autoptr(GSubprocess) program = g_subprocess_new (flags, &error, g_getenv ("SPOT_DEV_SERVER"), bad[i], NULL);

      g_assert_no_error (error);
      g_assert_false (g_subprocess_wait_check (program, NULL, NULL));
      g_assert_true (g_subprocess_get_if_exited (program));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/program/serves", test_serves);
  g_test_add_func ("/program/restart", test_restart);
  g_test_add_func ("/program/bad-options", test_bad_options);
  return g_test_run ();
}
