/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dev-client.h"

static const SpotDevDialect dialects[] = { SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_DIALECT_NATIVE };

/* Live, after the first answer and, with Electric, the second. */
static char *
make_live_url (DevClient  *client,
               const char *path)
{
  g_autofree char *first = g_strconcat (path, "offset=-1", NULL);
  g_autoptr(DevAnswer) snapshot = dev_client_get (client, first);

  g_assert_cmpuint (snapshot->status, ==, 200);
  if (!dev_answer_up_to_date (snapshot))
    {
      g_autofree char *second = g_strconcat (path, "handle=", dev_answer_header (snapshot, "electric-handle"),
                                             "&offset=",
                                             dev_answer_header (snapshot, "electric-offset"), NULL);
      g_autoptr(DevAnswer) log = dev_client_get (client, second);

      g_assert_true (dev_answer_up_to_date (log));
      return g_strconcat (path, "live=true&handle=", dev_answer_header (log, "electric-handle"), "&offset=",
                          dev_answer_header (log, "electric-offset"), NULL);
    }
  return g_strconcat (path, "live=true&handle=", dev_answer_header (snapshot, "electric-handle"), "&offset=",
                      dev_answer_header (snapshot, "electric-offset"), NULL);
}

static void
test_wakes (gconstpointer user_data)
{
  g_autoptr(DevClient) client = dev_client_new (*(const SpotDevDialect *) user_data, SPOT_DEV_SCENARIO_EMPTY);
  const char *const paths[] = { "/realtime/v1/runs/run_1?", "/realtime/v1/runs?", "/realtime/v1/runs?tags=a&",
                                "/realtime/v1/batches/batch_1?" };
  DevAnswer *answers[G_N_ELEMENTS (paths)];
  gint64 start_us;

  dev_client_put (client, "batch_1", "{\"friendlyId\":\"run_1\",\"runTags\":[\"a\",\"b\"]}");
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *url = make_live_url (client, paths[i]);

      answers[i] = dev_client_poll (client, url);
    }
  g_assert_cmpuint (spot_dev_server_get_n_live (client->server), ==, G_N_ELEMENTS (paths));

  start_us = g_get_monotonic_time ();
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\",\"status\":\"EXECUTING\"}");
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      dev_client_wait (answers[i]);
      g_assert_cmpstr (json_object_get_string_member (dev_answer_value (answers[i], 0), "status"), ==, "EXECUTING");
      g_assert_true (dev_answer_up_to_date (answers[i]));
      dev_answer_free (answers[i]);
    }
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, DEV_HOLD_MS * 1000);
  g_assert_cmpuint (spot_dev_server_get_n_live (client->server), ==, 0);
}

static void
test_times_out (gconstpointer user_data)
{
  const SpotDevDialect dialect = *(const SpotDevDialect *) user_data;
  const SpotDevOptions options = { .dialect = dialect, .seed = 1, .speed = 1, .hold_ms = 400 };
  g_autoptr(DevClient) client = dev_client_new_for (&options);
  g_autoptr(DevAnswer) answer = NULL;
  g_autofree char *url = make_live_url (client, "/realtime/v1/runs?");
  gint64 start_us = g_get_monotonic_time ();

  answer = dev_client_get (client, url);
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, dialect == SPOT_DEV_DIALECT_NATIVE ? 340000 : 400000);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpuint (json_array_get_length (dev_answer_messages (answer)), ==, 1);
  g_assert_true (dev_answer_up_to_date (answer));
}

/* Two runs may change while nobody looks; both are there afterwards. */
static void
test_misses_nothing (gconstpointer user_data)
{
  g_autoptr(DevClient) client = dev_client_new (*(const SpotDevDialect *) user_data, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(DevAnswer) answer = NULL;
  g_autofree char *url = NULL;

  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\"}");
  url = make_live_url (client, "/realtime/v1/runs?");
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\",\"status\":\"EXECUTING\"}");
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_2\"}");
  answer = dev_client_get (client, url);
  g_assert_cmpuint (json_array_get_length (dev_answer_messages (answer)), ==, 3);
  g_assert_cmpstr (json_object_get_string_member (dev_answer_value (answer, 0), "status"), ==, "EXECUTING");
  g_assert_cmpstr (json_object_get_string_member (dev_answer_value (answer, 1), "friendlyId"), ==, "run_2");
}

static void
test_client_goes (gconstpointer user_data)
{
  g_autoptr(DevClient) client = dev_client_new (*(const SpotDevDialect *) user_data, SPOT_DEV_SCENARIO_EMPTY);
  g_autofree char *url = make_live_url (client, "/realtime/v1/runs?");
  g_autoptr(DevAnswer) answer = dev_client_poll (client, url);
  gint64 start_us = g_get_monotonic_time ();

  soup_session_abort (client->session);
  dev_client_wait (answer);
  g_assert_nonnull (answer->error);
  dev_client_wait_live (client, 0);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, DEV_HOLD_MS * 850);
}

/* stop() cuts what waits and what idles; start() is on the same port, and has the runs and the logs. */
static void
test_stop_and_start (gconstpointer user_data)
{
  g_autoptr(DevClient) client = dev_client_new (*(const SpotDevDialect *) user_data, SPOT_DEV_SCENARIO_EMPTY);
  g_autofree char *address = g_strdup (spot_dev_server_get_url (client->server));
  g_autofree char *url = NULL;
  g_autoptr(DevAnswer) cut = NULL, refused = NULL, back = NULL;
  g_autoptr(GError) error = NULL;

  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\"}");
  url = make_live_url (client, "/realtime/v1/runs?");
  cut = dev_client_poll (client, url);
  spot_dev_server_stop (client->server);
  dev_client_wait (cut);
  g_assert_nonnull (cut->error);
  g_assert_cmpuint (spot_dev_server_get_n_live (client->server), ==, 0);

  refused = dev_client_send (client, DEV_HEADERS_ALL, "GET", url, NULL);
  dev_client_wait (refused);
  g_assert_error (refused->error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);

  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\",\"status\":\"EXECUTING\"}");
  spot_dev_server_start (client->server, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (spot_dev_server_get_url (client->server), ==, address);
  back = dev_client_get (client, url);
  g_assert_cmpuint (back->status, ==, 200);
  g_assert_cmpstr (json_object_get_string_member (dev_answer_value (back, 0), "status"), ==, "EXECUTING");
}

/* A thread that hammers and a client that follows: every change arrives, in order, and all polls together are few. */
static gpointer
hammer (gpointer user_data)
{
  SpotDevServer *server = user_data;

  for (int i = 1; i <= 3000; i++)
    {
      g_autofree char *columns = g_strdup_printf ("{\"friendlyId\":\"run_%d\",\"number\":%d}", i % 50, i);

      spot_dev_server_put_run (server, NULL, columns, NULL);
    }
  return NULL;
}

static void
test_many_changes (gconstpointer user_data)
{
  g_autoptr(DevClient) client = dev_client_new (*(const SpotDevDialect *) user_data, SPOT_DEV_SCENARIO_EMPTY);
  g_autofree char *url = make_live_url (client, "/realtime/v1/runs?");
  GThread *thread = g_thread_new ("hammer", hammer, client->server);
  gint64 newest = 0;

  while (newest < 3000)
    {
      g_autoptr(DevAnswer) answer = dev_client_get (client, url);
      JsonArray *messages = dev_answer_messages (answer);

      g_assert_cmpuint (answer->status, ==, 200);
      g_assert_cmpuint (json_array_get_length (messages), >, 1);
      for (guint i = 0; i + 1 < json_array_get_length (messages); i++)
        {
          JsonObject *value = json_object_get_object_member (json_array_get_object_element (messages, i), "value");
          gint64 number = g_ascii_strtoll (json_object_get_string_member (value, "number"), NULL, 10);

          g_assert_cmpint (number, >, newest);
          newest = number;
        }
      g_free (url);
      url = g_strconcat ("/realtime/v1/runs?live=true&handle=", dev_answer_header (answer, "electric-handle"),
                         "&offset=",
                         dev_answer_header (answer, "electric-offset"), NULL);
    }
  g_thread_join (thread);
}

int
main (int    argc,
      char **argv)
{
  static const struct
  {
    const char *name;
    GTestDataFunc func;
  } tests[] = {
    { "wakes", test_wakes },
    { "times-out", test_times_out },
    { "misses-nothing", test_misses_nothing },
    { "client-goes", test_client_goes },
    { "stop-and-start", test_stop_and_start },
    { "many-changes", test_many_changes },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    for (guint j = 0; j < G_N_ELEMENTS (dialects); j++)
      {
        g_autofree char *path = g_strdup_printf ("/polls/%s/%s", tests[i].name, j == 0 ? "electric" : "native");

        g_test_add_data_func (path, &dialects[j], tests[i].func);
      }
  return g_test_run ();
}
