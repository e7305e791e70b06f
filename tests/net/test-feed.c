/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "feed-client.h"
#include "spot-dev-server.h"
#include "spot-feed-private.h"

#define HOLD_MS 500

static SpotDevServer *
start_server (SpotDevDialect dialect)
{
  const SpotDevOptions options = { .dialect = dialect, .speed = 1, .seed = 7, .hold_ms = HOLD_MS };
  SpotDevServer *server = spot_dev_server_new (&options);
  g_autoptr(GError) error = NULL;

  spot_dev_server_start (server, &error);
  g_assert_no_error (error);
  return server;
}

static void
put (SpotDevServer *server,
     const char    *batch_id,
     const char    *run_id,
     const char    *status,
     gboolean       ended)
{
  g_autofree char *now = NULL;
  g_autofree char *columns = NULL;
  g_autoptr(GDateTime) time = g_date_time_new_now_utc ();
  g_autoptr(GError) error = NULL;

  now = g_date_time_format (time, "\"%Y-%m-%dT%H:%M:%S.000Z\"");
  columns = g_strdup_printf ("{\"friendlyId\":\"%s\",\"taskIdentifier\":\"import-csv\",\"status\":\"%s\","
                             "\"runTags\":[\"user:7\"],\"completedAt\":%s}",
                             run_id, status, ended ? now : "null");
  spot_dev_server_put_run (server, batch_id, columns, &error);
  g_assert_no_error (error);
}

static FeedClient *
connect_to (SpotDevServer *server,
            SpotFeedSpec  *spec)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotEndpoint) endpoint = spot_endpoint_new (spot_dev_server_get_url (server),
                                                        spot_dev_server_get_key (server),
                                                        NULL, FALSE, &error);

  g_assert_no_error (error);
  return feed_client_new (endpoint, spec);
}

static FeedClient *
follow_tag (SpotDevServer *server)
{
  const char *tags[] = { "user:7", NULL };
  g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_list (tags, NULL, NULL, NULL);
  FeedClient *client = connect_to (server, spec);

  feed_client_start (client);
  return client;
}

static void
wait_until_held (SpotDevServer *server,
                 FeedClient    *client)
{
  wait_for (feed_client_get_state (client) == SPOT_FEED_LIVE && spot_dev_server_get_n_live (server) == 1);
}

/* ---- the three feeds ---- */

static void
test_kinds (gconstpointer data)
{
  g_autoptr(SpotDevServer) server = start_server ((SpotDevDialect) GPOINTER_TO_INT (data));
  const char *skip[] = { "payload", "output", NULL };
  g_autoptr(SpotFeedSpec) run = spot_feed_spec_new_run ("run_1", NULL);
  g_autoptr(SpotFeedSpec) list = spot_feed_spec_new_list (NULL, "1h", skip, NULL);
  g_autoptr(SpotFeedSpec) batch = spot_feed_spec_new_batch ("batch_1", NULL);
  SpotFeedSpec *specs[] = { run, list, batch };

  put (server, "batch_1", "run_1", "PENDING", FALSE);
  put (server, NULL, "run_2", "PENDING", FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (specs); i++)
    {
      g_autoptr(FeedClient) client = connect_to (server, specs[i]);

      feed_client_start (client);
      wait_for (feed_client_get_state (client) == SPOT_FEED_LIVE);
      g_assert_true (feed_client_shows (client, "run_1", i == 0 ? "PENDING" : "EXECUTING"));
      g_assert_cmpuint (feed_client_get_n_runs (client), ==, specs[i] == list ? 2 : 1);
      put (server, NULL, "run_1", "WAITING_TO_RESUME", FALSE);
      wait_for (feed_client_shows (client, "run_1", "WAITING_TO_RESUME"));
      put (server, NULL, "run_1", "EXECUTING", FALSE);
      wait_for (feed_client_shows (client, "run_1", "EXECUTING"));
      /* The poll ends with nothing several times. */
      if (specs[i] == list)
        {
          guint64 before = spot_dev_server_get_n_requests (server);

          wait_for (spot_dev_server_get_n_requests (server) >= before + 3);
          put (server, NULL, "run_3", "PENDING", FALSE);
          wait_for (feed_client_shows (client, "run_3", "PENDING"));
        }
      g_assert_cmpint (feed_client_get_state (client), ==, SPOT_FEED_LIVE);
      g_assert_false (feed_client_went_through (client, "R"));
    }
}

/* A change that the server tells at once is there at once: nothing between socket and sink waits. */
static void
test_latency (gconstpointer data)
{
  g_autoptr(SpotDevServer) server = start_server ((SpotDevDialect) GPOINTER_TO_INT (data));
  g_autoptr(FeedClient) client = follow_tag (server);

  put (server, NULL, "run_1", "PENDING", FALSE);
  wait_for (feed_client_shows (client, "run_1", "PENDING"));
  for (guint i = 0; i < 20; i++)
    {
      const char *word = i % 2 == 0 ? "EXECUTING" : "WAITING_TO_RESUME";
      gint64 begin_us;

      wait_for (spot_dev_server_get_n_live (server) == 1);
      begin_us = g_get_monotonic_time ();
      put (server, NULL, "run_1", word, FALSE);
      wait_for (feed_client_shows (client, "run_1", word));
      g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 5 * G_TIME_SPAN_SECOND);
    }
}

/* The same over event streams; over the dialect that knows none, over long polls. */
static void
test_67_event_stream (gconstpointer data)
{
  g_autoptr(SpotDevServer) server = start_server ((SpotDevDialect) GPOINTER_TO_INT (data));
  g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_run ("run_1", NULL);
  g_autoptr(FeedClient) client = NULL;

  put (server, NULL, "run_1", "PENDING", FALSE);
  client = connect_to (server, spec);
  spot_feed_set_event_stream (client->feed, TRUE);
  feed_client_start (client);
  wait_for (feed_client_shows (client, "run_1", "PENDING") && feed_client_get_state (client) == SPOT_FEED_LIVE);
  for (guint i = 0; i < 6; i++)
    {
      const char *word = i % 2 == 0 ? "EXECUTING" : "WAITING_TO_RESUME";

      put (server, NULL, "run_1", word, FALSE);
      wait_for (feed_client_shows (client, "run_1", word));
    }
  g_assert_cmpint (feed_client_get_state (client), ==, SPOT_FEED_LIVE);
  g_assert_false (feed_client_went_through (client, "R"));
}

static void
test_deletes (void)
{
  g_autoptr(SpotDevServer) server = start_server (SPOT_DEV_DIALECT_ELECTRIC);
  g_autoptr(FeedClient) client = NULL;

  put (server, NULL, "run_1", "PENDING", FALSE);
  put (server, NULL, "run_2", "PENDING", FALSE);
  client = follow_tag (server);
  wait_until_held (server, client);
  spot_dev_server_delete_run (server, "run_1");
  wait_for (feed_client_get_n_runs (client) == 1);
  g_assert_true (feed_client_shows (client, "run_2", "PENDING"));
}

/* ---- faults ---- */

typedef struct
{
  const char    *fault;
  SpotDevDialect dialect;
  int            code; /* the problem that must be named; -1 for none */
} FaultCase;

static void
test_fault (gconstpointer data)
{
  const FaultCase *fault = data;
  g_autoptr(SpotDevServer) server = start_server (fault->dialect);
  g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_list (NULL, NULL, NULL, NULL);
  g_autoptr(FeedClient) client = NULL;
  g_autofree char *problems = NULL;

  put (server, NULL, "run_1", "PENDING", FALSE);
  put (server, NULL, "run_2", "PENDING", FALSE);
  client = connect_to (server, spec);
  spot_feed_set_max_timeout_ms (client->feed, 2 * HOLD_MS);
  feed_client_start (client);
  wait_until_held (server, client);

  spot_dev_server_set_fault (server, fault->fault, fault->code == SPOT_API_ERROR_UNAUTHORIZED ? 1 : 2);
  put (server, NULL, "run_1", "COMPLETED_SUCCESSFULLY", TRUE);
  if (fault->code == SPOT_API_ERROR_UNAUTHORIZED)
    {
      wait_for (feed_client_get_state (client) == SPOT_FEED_NEEDS_ATTENTION);
      g_assert_true (feed_client_has_problem (client, fault->code));
      spot_feed_retry_now (client->feed);
    }
  else if (fault->code >= 0)
    {
      wait_for (feed_client_has_problem (client, fault->code));
    }
  put (server, NULL, "run_2", "EXECUTING", FALSE);
  wait_for (feed_client_get_state (client) == SPOT_FEED_LIVE && feed_client_shows (client, "run_2", "EXECUTING"));
  g_assert_true (feed_client_shows (client, "run_1", "COMPLETED_SUCCESSFULLY"));
  g_assert_cmpuint (feed_client_get_n_told (client, "run_1", "COMPLETED_SUCCESSFULLY"), ==, 1);
  g_assert_cmpuint (feed_client_get_n_told (client, "run_2", "EXECUTING"), ==, 1);
  feed_client_stop (client);
  problems = g_strdup (client->problems->str);
  g_assert_null (strstr (problems, spot_dev_server_get_key (server)));
  if (*problems != '\0')
    g_assert_nonnull (strstr (problems, "127.0.0.1"));
}

/* The server goes away in mid-poll and comes back: nothing is lost, nothing said twice. */
static void
test_server_restart (gconstpointer data)
{
  g_autoptr(SpotDevServer) server = start_server ((SpotDevDialect) GPOINTER_TO_INT (data));
  g_autoptr(FeedClient) client = NULL;
  g_autoptr(GError) error = NULL;

  put (server, NULL, "run_1", "EXECUTING", FALSE);
  put (server, NULL, "run_2", "EXECUTING", FALSE);
  client = follow_tag (server);
  wait_until_held (server, client);
  put (server, NULL, "run_1", "COMPLETED_SUCCESSFULLY", TRUE);
  wait_for (feed_client_shows (client, "run_1", "COMPLETED_SUCCESSFULLY"));
  wait_for (spot_dev_server_get_n_live (server) == 1);

  spot_dev_server_stop (server);
  wait_for (feed_client_has_problem (client, SPOT_API_ERROR_UNREACHABLE));
  g_assert_cmpint (feed_client_get_state (client), ==, SPOT_FEED_RECONNECTING);
  g_assert_cmpuint (feed_client_get_n_runs (client), ==, 2);
  put (server, NULL, "run_2", "COMPLETED_WITH_ERRORS", TRUE);
  put (server, NULL, "run_3", "PENDING", FALSE);
  spot_dev_server_start (server, &error);
  g_assert_no_error (error);

  wait_for (feed_client_shows (client, "run_3", "PENDING"));
  wait_until_held (server, client);
  g_assert_true (feed_client_went_through (client, "CLRL"));
  g_assert_cmpuint (feed_client_get_n_runs (client), ==, 3);
  g_assert_cmpuint (feed_client_get_n_told (client, "run_1", "COMPLETED_SUCCESSFULLY"), ==, 1);
  g_assert_cmpuint (feed_client_get_n_told (client, "run_2", "COMPLETED_WITH_ERRORS"), ==, 1);
}

/* A new log under a waiting poll: the view stays, the difference comes. */
static void
test_rotate (void)
{
  g_autoptr(SpotDevServer) server = start_server (SPOT_DEV_DIALECT_ELECTRIC);
  g_autoptr(FeedClient) client = NULL;

  put (server, NULL, "run_1", "EXECUTING", FALSE);
  put (server, NULL, "run_2", "EXECUTING", FALSE);
  client = follow_tag (server);
  wait_until_held (server, client);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *id = g_strdup_printf ("run_new_%u", i);

      spot_dev_server_rotate (server);
      put (server, NULL, id, "PENDING", FALSE);
      wait_for (feed_client_shows (client, id, "PENDING"));
      g_assert_cmpuint (feed_client_get_n_runs (client), ==, 3 + i);
      wait_for (feed_client_get_state (client) == SPOT_FEED_LIVE);
    }
  g_assert_cmpuint (feed_client_get_n_told (client, "run_1", "EXECUTING"), ==, 0);
}

/* 80: the other kind of server takes over in mid-feed, both ways. */
static void
test_80_dialect_switch (gconstpointer data)
{
  SpotDevDialect first = (SpotDevDialect) GPOINTER_TO_INT (data);
  SpotDevDialect second = first == SPOT_DEV_DIALECT_NATIVE ? SPOT_DEV_DIALECT_ELECTRIC : SPOT_DEV_DIALECT_NATIVE;
  g_autoptr(SpotDevServer) server = start_server (first);
  g_autoptr(FeedClient) client = NULL;

  put (server, NULL, "run_1", "EXECUTING", FALSE);
  client = follow_tag (server);
  wait_until_held (server, client);
  spot_dev_server_set_dialect (server, second);
  put (server, NULL, "run_1", "COMPLETED_SUCCESSFULLY", TRUE);
  put (server, NULL, "run_2", "PENDING", FALSE);
  wait_for (feed_client_shows (client, "run_2", "PENDING") &&
            feed_client_shows (client, "run_1", "COMPLETED_SUCCESSFULLY"));
  spot_dev_server_set_dialect (server, first);
  put (server, NULL, "run_2", "CANCELED", TRUE);
  wait_for (feed_client_shows (client, "run_2", "CANCELED"));
  wait_for (feed_client_get_state (client) == SPOT_FEED_LIVE);
  g_assert_cmpuint (feed_client_get_n_told (client, "run_1", "COMPLETED_SUCCESSFULLY"), ==, 1);
  g_assert_cmpuint (feed_client_get_n_told (client, "run_2", "CANCELED"), ==, 1);
  g_assert_cmpuint (feed_client_get_n_runs (client), ==, 2);
}

/* 80: the same for a single run, to its end, and back again between each two changes. */
static void
test_80_run (gconstpointer data)
{
  SpotDevDialect dialect = (SpotDevDialect) GPOINTER_TO_INT (data);
  static const char * const words[] = { "DEQUEUED", "EXECUTING", "WAITING_TO_RESUME", "COMPLETED_SUCCESSFULLY" };
  g_autoptr(SpotDevServer) server = start_server (dialect);
  g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_run ("run_1", NULL);
  g_autoptr(FeedClient) client = NULL;

  put (server, NULL, "run_1", "PENDING", FALSE);
  client = connect_to (server, spec);
  feed_client_start (client);
  wait_until_held (server, client);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      dialect = dialect == SPOT_DEV_DIALECT_NATIVE ? SPOT_DEV_DIALECT_ELECTRIC : SPOT_DEV_DIALECT_NATIVE;
      spot_dev_server_set_dialect (server, dialect);
      put (server, NULL, "run_1", words[i], i + 1 == G_N_ELEMENTS (words));
      wait_for (feed_client_shows (client, "run_1", words[i]));
      wait_until_held (server, client);
    }
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_cmpuint (feed_client_get_n_told (client, "run_1", words[i]), ==, 1);
  g_assert_cmpuint (feed_client_get_n_runs (client), ==, 1);
}

static void
test_62_new_credential (void)
{
  g_autoptr(SpotDevServer) server = start_server (SPOT_DEV_DIALECT_ELECTRIC);
  g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_list (NULL, NULL, NULL, NULL);
  g_autoptr(SpotEndpoint) wrong = spot_endpoint_new (spot_dev_server_get_url (server), "tr_dev_wrong", NULL, FALSE,
                                                     NULL);
  g_autoptr(SpotEndpoint) right = spot_endpoint_new (spot_dev_server_get_url (server), spot_dev_server_get_key (server),
                                                     NULL, FALSE, NULL);
  g_autoptr(FeedClient) client = feed_client_new (wrong, spec);

  feed_client_start (client);
  wait_for (feed_client_get_state (client) == SPOT_FEED_NEEDS_ATTENTION);
  g_assert_true (feed_client_has_problem (client, SPOT_API_ERROR_UNAUTHORIZED));
  spot_feed_set_endpoint (client->feed, right);
  wait_for (feed_client_get_state (client) == SPOT_FEED_LIVE);
}

static void
test_64_pause_and_resume (void)
{
  g_autoptr(SpotDevServer) server = start_server (SPOT_DEV_DIALECT_ELECTRIC);
  g_autoptr(FeedClient) client = NULL;
  guint64 n_requests;

  put (server, NULL, "run_1", "PENDING", FALSE);
  client = follow_tag (server);
  wait_until_held (server, client);
  spot_feed_pause (client->feed);
  wait_for (feed_client_get_state (client) == SPOT_FEED_PAUSED);
  wait_for (spot_dev_server_get_n_live (server) == 0);
  n_requests = spot_dev_server_get_n_requests (server);
  put (server, NULL, "run_1", "EXECUTING", FALSE);
  spot_feed_resume (client->feed);
  wait_for (feed_client_shows (client, "run_1", "EXECUTING"));
  g_assert_cmpuint (spot_dev_server_get_n_requests (server), <=, n_requests + 2);

  wait_until_held (server, client);
  n_requests = spot_dev_server_get_n_requests (server);
  spot_feed_pause (client->feed);
  spot_feed_resume (client->feed);
  wait_for (spot_dev_server_get_n_requests (server) > n_requests);
  wait_until_held (server, client);
  /* One that is not live and one that is, and perhaps one that the end of the poll brought. */
  g_assert_cmpuint (spot_dev_server_get_n_requests (server), <=, n_requests + 3);
}

/* ---- the end ---- */

typedef enum {
  STOP_NEVER_STARTED,
  STOP_AT_ONCE,
  STOP_WHILE_WAITING,
  STOP_IN_BACKOFF,
  STOP_WHILE_PAUSED,
  STOP_WHEN_REFUSED,
  N_STOPS,
} StopStage;

/* What happens at the server after a feed was stopped reaches another one and not it. */
static void
test_48_stop (gconstpointer data)
{
  StopStage stage = (StopStage) GPOINTER_TO_INT (data);
  g_autoptr(SpotDevServer) server = start_server (SPOT_DEV_DIALECT_ELECTRIC);
  g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_list (NULL, NULL, NULL, NULL);
  g_autoptr(FeedClient) client = connect_to (server, spec);
  g_autoptr(FeedClient) other = NULL;
  guint n_calls;

  put (server, NULL, "run_1", "PENDING", FALSE);
  if (stage == STOP_IN_BACKOFF)
    spot_dev_server_set_fault (server, "503", -1);
  if (stage == STOP_WHEN_REFUSED)
    spot_dev_server_set_fault (server, "401", -1);
  if (stage != STOP_NEVER_STARTED)
    feed_client_start (client);
  if (stage == STOP_WHILE_WAITING || stage == STOP_WHILE_PAUSED)
    wait_until_held (server, client);
  if (stage == STOP_WHILE_PAUSED)
    {
      spot_feed_pause (client->feed);
      wait_for (feed_client_get_state (client) == SPOT_FEED_PAUSED);
    }
  if (stage == STOP_IN_BACKOFF)
    wait_for (feed_client_get_state (client) == SPOT_FEED_RECONNECTING);
  if (stage == STOP_WHEN_REFUSED)
    wait_for (feed_client_get_state (client) == SPOT_FEED_NEEDS_ATTENTION);

  feed_client_stop (client);
  n_calls = feed_client_get_n_calls (client);
  wait_for (feed_client_count_threads () == 0);
  wait_for (spot_dev_server_get_n_live (server) == 0);
  spot_dev_server_set_fault (server, NULL, 0);
  spot_feed_resume (client->feed);
  spot_feed_retry_now (client->feed);
  spot_feed_stop (client->feed);

  other = follow_tag (server);
  wait_until_held (server, other);
  put (server, NULL, "run_1", "EXECUTING", FALSE);
  wait_for (feed_client_shows (other, "run_1", "EXECUTING"));
  g_assert_cmpuint (feed_client_get_n_calls (client), ==, n_calls);
  wait_for (feed_client_count_threads () == 1);
  feed_client_stop (other);
}

static void
stop_inside (FeedClient *client)
{
  if (feed_client_get_state (client) == SPOT_FEED_CONNECTING)
    return;
  feed_client_stop (client);
}

static void
drop_inside (FeedClient *client)
{
  if (feed_client_get_state (client) == SPOT_FEED_CONNECTING)
    return;
  g_mutex_lock (&client->lock);
  client->lively = FALSE;
  g_assert_cmpuint (client->n_destroyed, ==, 0);
  g_mutex_unlock (&client->lock);
  g_clear_object (&client->feed);
  /* What the sink stands on is not pulled away under it. */
  g_mutex_lock (&client->lock);
  g_assert_cmpuint (client->n_destroyed, ==, 0);
  g_mutex_unlock (&client->lock);
}

/* 45: no call and no request after a stop from inside the sink. */
static void
test_45_from_inside (gconstpointer data)
{
  g_autoptr(SpotDevServer) server = start_server (SPOT_DEV_DIALECT_ELECTRIC);
  g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_list (NULL, NULL, NULL, NULL);
  g_autoptr(FeedClient) client = connect_to (server, spec);

  put (server, NULL, "run_1", "PENDING", FALSE);
  client->inside = (void (*) (FeedClient *)) data;
  feed_client_start (client);
  wait_for (feed_client_get_n_calls (client) > 1);
  wait_for (feed_client_count_threads () == 0);
  wait_for (spot_dev_server_get_n_live (server) == 0);
}

static gpointer
drop_thread (gpointer data)
{
  g_object_unref (data);
  return NULL;
}

static void
test_drop_from_other_thread (void)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr(SpotDevServer) server = start_server (i % 2 == 0 ? SPOT_DEV_DIALECT_ELECTRIC : SPOT_DEV_DIALECT_NATIVE);
      g_autoptr(FeedClient) client = NULL;
      GThread *thread;

      put (server, NULL, "run_1", "PENDING", FALSE);
      client = follow_tag (server);
      /* At another moment each time. */
      for (guint n = 0; n < i; n++)
        feed_client_pump ();
      thread = g_thread_new ("drop", drop_thread, g_steal_pointer (&client->feed));
      g_thread_join (thread);
      g_mutex_lock (&client->lock);
      client->lively = FALSE;
      g_mutex_unlock (&client->lock);
    }
}

int
main (int   argc,
      char *argv[])
{
  static const char * const dialects[] = { "electric", "native" };
  static const char * const faults[] = { "drop", "stall", "409", "503", "429", "401", "html", "truncated" };
  static const int codes[] = { SPOT_API_ERROR_UNREACHABLE, SPOT_API_ERROR_UNREACHABLE, -1, SPOT_API_ERROR_SERVER,
                               SPOT_API_ERROR_BUSY, SPOT_API_ERROR_UNAUTHORIZED, SPOT_API_ERROR_BAD_ANSWER, -1 };
  static const char * const stages[] = { "never-started", "at-once", "while-waiting", "in-backoff", "while-paused",
                                         "when-refused" };
  static FaultCase cases[G_N_ELEMENTS (faults) * 2];

  g_test_init (&argc, &argv, NULL);
  for (int d = 0; d < 2; d++)
    {
      g_autofree char *kinds = g_strconcat ("/feed/kinds/", dialects[d], NULL);
      g_autofree char *latency = g_strconcat ("/feed/latency/", dialects[d], NULL);
      g_autofree char *restart = g_strconcat ("/feed/100-server-restart/", dialects[d], NULL);
      g_autofree char *change = g_strconcat ("/feed/80-dialect-switch/", dialects[d], NULL);
      g_autofree char *run = g_strconcat ("/feed/80-dialect-switch-of-a-run/", dialects[d], NULL);

      g_test_add_data_func (kinds, GINT_TO_POINTER (d), test_kinds);
      g_test_add_data_func (latency, GINT_TO_POINTER (d), test_latency);
      g_test_add_data_func (restart, GINT_TO_POINTER (d), test_server_restart);
      g_test_add_data_func (change, GINT_TO_POINTER (d), test_80_dialect_switch);
      g_test_add_data_func (run, GINT_TO_POINTER (d), test_80_run);
      for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
        {
          g_autofree char *path = g_strdup_printf ("/feed/fault/%s/%s", faults[i], dialects[d]);
          FaultCase *one = &cases[2 * i + (guint) d];

          one->fault = faults[i];
          one->dialect = (SpotDevDialect) d;
          one->code = codes[i];
          g_test_add_data_func (path, one, test_fault);
        }
    }
  g_test_add_data_func ("/feed/67-event-stream", GINT_TO_POINTER (SPOT_DEV_DIALECT_ELECTRIC), test_67_event_stream);
  g_test_add_data_func ("/feed/69-event-stream-not-known", GINT_TO_POINTER (SPOT_DEV_DIALECT_NATIVE),
                        test_67_event_stream);
  g_test_add_func ("/feed/deletes", test_deletes);
  g_test_add_func ("/feed/rotate", test_rotate);
  g_test_add_func ("/feed/62-new-credential", test_62_new_credential);
  g_test_add_func ("/feed/64-pause-and-resume", test_64_pause_and_resume);
  for (int i = 0; i < N_STOPS; i++)
    {
      g_autofree char *path = g_strconcat ("/feed/48-stop/", stages[i], NULL);

      g_test_add_data_func (path, GINT_TO_POINTER (i), test_48_stop);
    }
  g_test_add_data_func ("/feed/45-stop-from-inside", (gconstpointer) stop_inside, test_45_from_inside);
  g_test_add_data_func ("/feed/45-drop-from-inside", (gconstpointer) drop_inside, test_45_from_inside);
  g_test_add_func ("/feed/drop-from-other-thread", test_drop_from_other_thread);
  return g_test_run ();
}
