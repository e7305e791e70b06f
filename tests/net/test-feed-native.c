/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "feed-client.h"
#include "spot-dev-server.h"
#include "spot-feed-private.h"

#define HOLD_MS 300
#define N_RUNS 1000

/* What a server of the native kind does not tell live, and how it is brought in all the same. */

static void
put (SpotDevServer *server,
     guint          index,
     const char    *columns)
{
  g_autofree char *all = g_strdup_printf ("{\"friendlyId\":\"run_%u\",\"taskIdentifier\":\"send-mail\",%s}", index,
                                          columns);
  g_autoptr(GError) error = NULL;

  spot_dev_server_put_run (server, "batch_1", all, &error);
  g_assert_no_error (error);
}

static void
put_all (SpotDevServer *server,
         const char    *columns)
{
  spot_dev_server_begin (server);
  for (guint i = 0; i < N_RUNS; i++)
    put (server, i, columns);
  spot_dev_server_commit (server);
}

static guint
count (FeedClient *client,
       const char *word)
{
  guint n = 0;

  for (guint i = 0; i < N_RUNS; i++)
    {
      g_autofree char *id = g_strdup_printf ("run_%u", i);

      n += feed_client_get_n_told (client, id, word);
    }
  return n;
}

static FeedClient *
connect_to (SpotDevServer *server,
            SpotFeedSpec  *spec)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotEndpoint) endpoint = spot_endpoint_new (spot_dev_server_get_url (server),
                                                        spot_dev_server_get_key (server),
                                                        NULL, FALSE, &error);
  FeedClient *client;

  g_assert_no_error (error);
  client = feed_client_new (endpoint, spec);
  spot_feed_set_second_look_ms (client->feed, 100);
  feed_client_start (client);
  return client;
}

/* 1,000 runs begin and end within one millisecond each: every end is told, as a change, and once. */
static void
test_burst (gconstpointer data)
{
  const SpotDevOptions options = { .dialect = SPOT_DEV_DIALECT_NATIVE, .speed = 1, .seed = 7, .hold_ms = HOLD_MS };
  g_autoptr(SpotDevServer) server = spot_dev_server_new (&options);
  const char *skip[] = { "payload", "output", NULL };
  gboolean is_batch = GPOINTER_TO_INT (data);
  g_autoptr(SpotFeedSpec) spec = is_batch ? spot_feed_spec_new_batch ("batch_1", skip)
                                          : spot_feed_spec_new_list (NULL, NULL, skip, NULL);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr(GDateTime) then = g_date_time_add_minutes (now, 1);
  g_autofree char *time = g_date_time_format (then, "%Y-%m-%dT%H:%M:%S.117Z");
  g_autofree char *begin = g_strdup_printf ("\"status\":\"EXECUTING\",\"updatedAt\":\"%s\"", time);
  g_autofree char *end = g_strdup_printf ("\"status\":\"COMPLETED_SUCCESSFULLY\",\"completedAt\":\"%s\","
                                          "\"updatedAt\":\"%s\"", time, time);
  g_autoptr(FeedClient) client = NULL;
  g_autoptr(GError) error = NULL;
  guint64 n_requests;

  spot_dev_server_start (server, &error);
  g_assert_no_error (error);
  put_all (server, "\"status\":\"PENDING\"");
  client = connect_to (server, spec);
  wait_for (feed_client_get_state (client) == SPOT_FEED_LIVE && feed_client_get_n_runs (client) == N_RUNS);

  put_all (server, begin);
  wait_for (count (client, "EXECUTING") == N_RUNS);
  put_all (server, end);
  wait_for (count (client, "COMPLETED_SUCCESSFULLY") == N_RUNS);

  /* Then there is nothing left to ask for: live polls alone, which end with nothing. */
  n_requests = spot_dev_server_get_n_requests (server);
  wait_for (spot_dev_server_get_n_requests (server) >= n_requests + 3);
  for (guint i = 0; i < N_RUNS; i++)
    {
      g_autofree char *id = g_strdup_printf ("run_%u", i);

      g_assert_cmpuint (feed_client_get_n_told (client, id, "EXECUTING"), ==, 1);
      g_assert_cmpuint (feed_client_get_n_told (client, id, "COMPLETED_SUCCESSFULLY"), ==, 1);
    }
  g_assert_false (feed_client_went_through (client, "LU"));
  g_assert_false (feed_client_went_through (client, "R"));
  feed_client_stop (client);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/feed-native/95-burst/list", GINT_TO_POINTER (FALSE), test_burst);
  g_test_add_data_func ("/feed-native/95-burst/batch", GINT_TO_POINTER (TRUE), test_burst);
  return g_test_run ();
}
