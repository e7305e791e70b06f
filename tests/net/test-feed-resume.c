/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <gio/gio.h>

#include "feed-client.h"
#include "spot-dev-server.h"

#define HOLD_MS 500

/* A feed that stopped, and another one that goes on where it was. */

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
     const char    *run_id,
     const char    *columns)
{
  g_autofree char *all = g_strdup_printf ("{\"friendlyId\":\"%s\",\"taskIdentifier\":\"import-csv\",\"runTags\":[\"user:7\"],"
                                          "%s}", run_id, columns);
  g_autoptr(GError) error = NULL;

  spot_dev_server_put_run (server, NULL, all, &error);
  g_assert_no_error (error);
}

/* @before: (nullable): the feed to go on from. */
static FeedClient *
follow (SpotDevServer *server,
        FeedClient    *before,
        gboolean       with_position)
{
  const char *tags[] = { "user:7", NULL };
  g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_list (tags, NULL, NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotEndpoint) endpoint = spot_endpoint_new (spot_dev_server_get_url (server),
                                                        spot_dev_server_get_key (server),
                                                        NULL, FALSE, &error);
  FeedClient *client;

  g_assert_no_error (error);
  client = feed_client_new (endpoint, spec);
  if (before != NULL)
    {
      g_autoptr(SpotRunBatch) rows = feed_client_dup_rows (before);
      g_autoptr(SpotLogPosition) position = with_position ? feed_client_dup_position (before) : NULL;

      for (guint i = 0; i < rows->changes->len; i++)
        {
          SpotRunChange *change = &g_array_index (rows->changes, SpotRunChange, i);

          g_hash_table_replace (client->runs, g_strdup (spot_run_record_get_id (change->record)),
                                g_strdup (spot_run_record_get_status_word (change->record)));
          g_hash_table_replace (client->rows, g_strdup (change->key), spot_run_record_ref (change->record));
        }
      spot_feed_set_position (client->feed, position, rows);
    }
  feed_client_start (client);
  return client;
}

static void
wait_until_held (SpotDevServer *server,
                 FeedClient    *client)
{
  wait_for (feed_client_get_state (client) == SPOT_FEED_LIVE && spot_dev_server_get_n_live (server) == 1);
}

/* A first feed that has seen three runs, one of which has changed since its snapshot. */
static FeedClient *
watch_and_stop (SpotDevServer *server)
{
  FeedClient *client;

  put (server, "run_1", "\"status\":\"PENDING\",\"metadata\":\"{\\\"kept\\\":1}\"");
  put (server, "run_2", "\"status\":\"EXECUTING\"");
  put (server, "run_3", "\"status\":\"EXECUTING\"");
  client = follow (server, NULL, FALSE);
  wait_until_held (server, client);
  put (server, "run_1", "\"status\":\"EXECUTING\"");
  wait_for (feed_client_shows (client, "run_1", "EXECUTING"));
  feed_client_stop (client);
  wait_for (spot_dev_server_get_n_live (server) == 0);
  return client;
}

#define END "\"completedAt\":\"2026-11-23T10:05:00.000Z\""

/* What happened while nobody looked: an end, a change of one column, a new run, and a run that was deleted. */
static void
live_on (SpotDevServer *server)
{
  put (server, "run_1", "\"status\":\"COMPLETED_SUCCESSFULLY\"," END);
  put (server, "run_2", "\"ttl\":\"10m\"");
  put (server, "run_4", "\"status\":\"PENDING\"");
  spot_dev_server_delete_run (server, "run_3");
}

static void
assert_caught_up (SpotDevServer *server,
                  FeedClient    *client)
{
  SpotRunRecord *record;
  g_autofree char *metadata = NULL;
  g_autofree char *ttl = NULL;
  GHashTableIter iter;

  wait_for (feed_client_shows (client, "run_4", "PENDING"));
  wait_until_held (server, client);
  g_assert_true (feed_client_shows (client, "run_1", "COMPLETED_SUCCESSFULLY"));
  g_assert_true (feed_client_shows (client, "run_2", "EXECUTING"));
  g_assert_cmpuint (feed_client_get_n_runs (client), ==, 3);
  g_assert_cmpuint (feed_client_get_n_told (client, "run_1", "COMPLETED_SUCCESSFULLY"), ==, 1);
  g_assert_true (feed_client_committed (client, "U"));

  /* Every column is there, those that no message of now has brought too. */
  g_mutex_lock (&client->lock);
  g_hash_table_iter_init (&iter, client->rows);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &record))
    {
      g_assert_cmpstr (spot_run_record_get_task (record), ==, "import-csv");
      g_assert_cmpstr (spot_run_record_get_tags (record)[0], ==, "user:7");
      if (g_str_equal (spot_run_record_get_id (record), "run_1"))
        metadata = spot_run_record_dup_text (record, SPOT_COLUMN_METADATA, NULL);
      if (g_str_equal (spot_run_record_get_id (record), "run_2"))
        ttl = spot_run_record_dup_text (record, SPOT_COLUMN_TTL, NULL);
    }
  g_mutex_unlock (&client->lock);
  g_assert_cmpstr (metadata, ==, "{\"kept\":1}");
  g_assert_cmpstr (ttl, ==, "10m");
}

/* It goes on live afterwards. */
static void
assert_goes_on (SpotDevServer *server,
                FeedClient    *client)
{
  put (server, "run_2", "\"status\":\"CRASHED\"," END);
  wait_for (feed_client_shows (client, "run_2", "CRASHED"));
  g_assert_cmpuint (feed_client_get_n_told (client, "run_2", "CRASHED"), ==, 1);
  feed_client_stop (client);
}

/* No snapshot is asked for. */
static void
test_resume (gconstpointer data)
{
  g_autoptr(SpotDevServer) server = start_server ((SpotDevDialect) GPOINTER_TO_INT (data));
  g_autoptr(FeedClient) before = watch_and_stop (server);
  g_autoptr(FeedClient) client = NULL;
  g_autoptr(FeedClient) third = NULL;

  g_assert_cmpuint (spot_dev_server_get_n_snapshots (server), ==, 1);
  live_on (server);
  client = follow (server, before, TRUE);
  assert_caught_up (server, client);
  assert_goes_on (server, client);
  /* And once more, with nothing that happened. */
  third = follow (server, client, TRUE);
  wait_until_held (server, third);
  g_assert_true (feed_client_committed (third, "U"));
  g_assert_cmpuint (feed_client_get_n_told (third, "run_2", "CRASHED"), ==, 0);
  g_assert_cmpuint (feed_client_get_n_runs (third), ==, 3);
  g_assert_cmpuint (spot_dev_server_get_n_snapshots (server), ==, 1);
  feed_client_stop (third);
}

/* The log is gone (409): a snapshot, of which the difference counts. */
static void
test_rotated (void)
{
  g_autoptr(SpotDevServer) server = start_server (SPOT_DEV_DIALECT_ELECTRIC);
  g_autoptr(FeedClient) before = watch_and_stop (server);
  g_autoptr(FeedClient) client = NULL;

  live_on (server);
  spot_dev_server_rotate (server);
  client = follow (server, before, TRUE);
  assert_caught_up (server, client);
  g_assert_cmpuint (spot_dev_server_get_n_snapshots (server), ==, 2);
  assert_goes_on (server, client);
}

/* Another kind of server is there now. */
static void
test_other_dialect (gconstpointer data)
{
  SpotDevDialect dialect = (SpotDevDialect) GPOINTER_TO_INT (data);
  g_autoptr(SpotDevServer) server = start_server (dialect);
  g_autoptr(FeedClient) before = watch_and_stop (server);
  g_autoptr(FeedClient) client = NULL;

  live_on (server);
  spot_dev_server_set_dialect (server, dialect == SPOT_DEV_DIALECT_NATIVE ? SPOT_DEV_DIALECT_ELECTRIC
                                                                          : SPOT_DEV_DIALECT_NATIVE);
  client = follow (server, before, TRUE);
  assert_caught_up (server, client);
  g_assert_cmpuint (spot_dev_server_get_n_snapshots (server), ==, 2);
  assert_goes_on (server, client);
}

/* The rows are known but not where they were. */
static void
test_no_position (gconstpointer data)
{
  g_autoptr(SpotDevServer) server = start_server ((SpotDevDialect) GPOINTER_TO_INT (data));
  g_autoptr(FeedClient) before = watch_and_stop (server);
  g_autoptr(FeedClient) client = NULL;

  live_on (server);
  client = follow (server, before, FALSE);
  assert_caught_up (server, client);
  g_assert_cmpuint (spot_dev_server_get_n_snapshots (server), ==, 2);
  assert_goes_on (server, client);
}

/* Rows may be newer than the position that is known: what comes again changes nothing. */
static void
test_old_position (gconstpointer data)
{
  g_autoptr(SpotDevServer) server = start_server ((SpotDevDialect) GPOINTER_TO_INT (data));
  g_autoptr(FeedClient) before = watch_and_stop (server);
  g_autoptr(SpotLogPosition) position = feed_client_dup_position (before);
  g_autoptr(FeedClient) client = NULL;
  g_autoptr(FeedClient) third = NULL;

  live_on (server);
  client = follow (server, before, TRUE);
  assert_caught_up (server, client);
  feed_client_stop (client);
  g_clear_pointer (&client->position, spot_log_position_unref);
  client->position = g_steal_pointer (&position);
  third = follow (server, client, TRUE);
  wait_until_held (server, third);
  g_assert_cmpuint (feed_client_get_n_runs (third), ==, 3);
  g_assert_cmpuint (feed_client_get_n_told (third, "run_1", "COMPLETED_SUCCESSFULLY"), ==, 0);
  g_assert_cmpuint (feed_client_get_n_told (third, "run_2", "EXECUTING"), ==, 0);
  feed_client_stop (third);
}

int
main (int   argc,
      char *argv[])
{
  static const char * const dialects[] = { "electric", "native" };

  g_test_init (&argc, &argv, NULL);
  for (int d = 0; d < 2; d++)
    {
      g_autofree char *resume = g_strconcat ("/feed-resume/resume/", dialects[d], NULL);
      g_autofree char *other = g_strconcat ("/feed-resume/other-dialect/", dialects[d], NULL);
      g_autofree char *none = g_strconcat ("/feed-resume/no-position/", dialects[d], NULL);
      g_autofree char *old = g_strconcat ("/feed-resume/old-position/", dialects[d], NULL);

      g_test_add_data_func (resume, GINT_TO_POINTER (d), test_resume);
      g_test_add_data_func (other, GINT_TO_POINTER (d), test_other_dialect);
      g_test_add_data_func (none, GINT_TO_POINTER (d), test_no_position);
      g_test_add_data_func (old, GINT_TO_POINTER (d), test_old_position);
    }
  g_test_add_func ("/feed-resume/rotated", test_rotated);
  return g_test_run ();
}
