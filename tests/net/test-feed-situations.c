/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <libsoup/soup.h>

#include "feed-client.h"
#include "spot-dev-access.h"
#include "spot-dev-server.h"
#include "spot-token.h"

/* ---- 73: columns that are left out ---- */

/* The columns that a server gives whatever one asks it to skip (protocol §2.4). */
#define RESERVED                                                                                                       \
  (SPOT_COLUMN_BIT (SPOT_COLUMN_ID) | SPOT_COLUMN_BIT (SPOT_COLUMN_TASK_IDENTIFIER)                                    \
   | SPOT_COLUMN_BIT (SPOT_COLUMN_FRIENDLY_ID) | SPOT_COLUMN_BIT (SPOT_COLUMN_STATUS)                                  \
   | SPOT_COLUMN_BIT (SPOT_COLUMN_CREATED_AT))

/* Keeps the last record of the one run there is. */
typedef struct
{
  GMutex         lock;
  SpotRunRecord *record; /* nullable */
  guint          n_bad;
} Keeper;

static void
keep_batch (SpotRunBatch *batch,
            gpointer      user_data)
{
  Keeper *keeper = user_data;

  g_mutex_lock (&keeper->lock);
  for (guint i = 0; i < batch->changes->len; i++)
    {
      g_clear_pointer (&keeper->record, spot_run_record_unref);
      keeper->record = spot_run_record_ref (g_array_index (batch->changes, SpotRunChange, i).record);
    }
  keeper->n_bad += batch->n_bad_rows;
  g_mutex_unlock (&keeper->lock);
  spot_run_batch_unref (batch);
  g_main_context_wakeup (NULL);
}

static void
keep_status (SpotFeedStatus *status,
             gpointer        user_data)
{
  spot_feed_status_unref (status);
}

/* Whether the run is there, with no other columns than these. */
static gboolean
knows (Keeper  *keeper,
       guint32  columns,
       gboolean ended)
{
  gboolean met;

  g_mutex_lock (&keeper->lock);
  g_assert_cmpuint (keeper->n_bad, ==, 0);
  met = keeper->record != NULL && spot_run_record_has_ended (keeper->record) == ended;
  if (met)
    {
      g_assert_true (spot_run_record_is_showable (keeper->record));
      g_assert_cmphex (spot_run_record_get_known (keeper->record), ==, columns);
    }
  g_mutex_unlock (&keeper->lock);
  return met;
}

static void
put (SpotDevServer *server,
     const char    *status,
     gboolean       ended)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *columns
    = g_strdup_printf ("{\"friendlyId\":\"run_1\",\"taskIdentifier\":\"t\",\"status\":\"%s\",\"completedAt\":%s}", status,
                       ended ? "\"2026-11-23T10:00:00.000Z\"" : "null");

  spot_dev_server_put_run (server, NULL, columns, &error);
  g_assert_no_error (error);
}

/* Follows the run to its end as one who gets the columns @columns. */
static void
follow_with (SpotDevServer *server,
             const char    *credential,
             SpotFeedSpec  *spec,
             guint32        columns)
{
  static const SpotFeedSink sink = { keep_batch, keep_status };
  Keeper keeper = { 0 };
  g_autoptr(SpotEndpoint) endpoint
    = spot_endpoint_new (spot_dev_server_get_url (server), credential, NULL, FALSE, NULL);
  SpotFeed *feed;

  g_mutex_init (&keeper.lock);
  put (server, "EXECUTING", FALSE);
  feed = spot_feed_new (endpoint, spec, &sink, &keeper, NULL);
  spot_feed_start (feed);
  wait_for (knows (&keeper, columns, FALSE));
  put (server, "COMPLETED_SUCCESSFULLY", TRUE);
  wait_for (knows (&keeper, columns, TRUE));
  spot_feed_stop (feed);
  g_object_unref (feed);
  wait_for (feed_client_count_threads () == 0);
  spot_run_record_unref (keeper.record);
  g_mutex_clear (&keeper.lock);
}

static void
test_73_skipped_columns (gconstpointer data)
{
  static const char * const skipped[] = { "id", "friendlyId", "status", "createdAt", "taskIdentifier", "payload", "metadata",
                                          "updatedAt", "startedAt", "noSuchColumn", NULL };
  const SpotDevOptions options = { .dialect = (SpotDevDialect) GPOINTER_TO_INT (data), .speed = 1, .hold_ms = 500 };
  g_autoptr(SpotDevServer) server = spot_dev_server_new (&options);
  g_autoptr(SpotFeedSpec) run = spot_feed_spec_new_run ("run_1", skipped);
  g_autoptr(SpotFeedSpec) list = spot_feed_spec_new_list (NULL, "1h", skipped, NULL);
  guint32 left_out = 0;

  for (guint i = 0; skipped[i] != NULL; i++)
    {
      SpotColumn column = spot_column_from_name (skipped[i], -1);

      if (column != SPOT_COLUMN_OTHER)
        left_out |= SPOT_COLUMN_BIT (column);
    }
  left_out &= ~RESERVED;
  g_assert_true (spot_dev_server_start (server, NULL));
  follow_with (server, spot_dev_server_get_key (server), run, (SPOT_COLUMN_BIT (SPOT_N_COLUMNS) - 1) & ~left_out);
  follow_with (server, spot_dev_server_get_key (server), list, (SPOT_COLUMN_BIT (SPOT_N_COLUMNS) - 1) & ~left_out);
}

/* A token that lets one see as little as a token can, whatever one asks for. */
static void
test_73_withheld_columns (gconstpointer data)
{
  static const char * const scopes[] = { "read:runs", NULL };
  static const char * const wanted[] = { "payload", NULL };
  const SpotDevOptions options = { .dialect = (SpotDevDialect) GPOINTER_TO_INT (data), .speed = 1, .hold_ms = 500 };
  g_autoptr(SpotDevServer) server = spot_dev_server_new (&options);
  g_autoptr(SpotFeedSpec) run = spot_feed_spec_new_run ("run_1", wanted);
  g_autoptr(SpotFeedSpec) list = spot_feed_spec_new_list (NULL, "1h", wanted, NULL);
  const char *withheld[SPOT_N_COLUMNS + 1] = { NULL };
  SpotTokenClaims claims = { SPOT_DEV_ENVIRONMENT, scopes, withheld, g_get_real_time (), 900 };
  g_autofree char *token = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < SPOT_N_COLUMNS; i++)
    withheld[i] = spot_column_get_name ((SpotColumn) i);
  g_assert_true (spot_dev_server_start (server, NULL));
  token = spot_token_sign (spot_dev_server_get_key (server), &claims, &error);
  g_assert_no_error (error);
  follow_with (server, token, run, RESERVED);
  follow_with (server, token, list, RESERVED);
}

/* ---- a server that says what the test wants ---- */

typedef struct _Wire Wire;

struct _Wire
{
  SoupServer *server;
  char       *url;
  void      (*func) (Wire *wire, SoupServerMessage *message, GHashTable *query);
  guint       n_requests;
  guint       n_open;    /* that have begun and not been answered to the end */
  guint       n_refused;
  GPtrArray  *targets;   /* of char*: queries */
  GPtrArray  *paused;
};

static void
wire_cb (SoupServer        *server,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  Wire *wire = user_data;

  wire->n_requests++;
  g_ptr_array_add (wire->targets, g_strdup (g_uri_get_query (soup_server_message_get_uri (message))));
  wire->func (wire, message, query);
}

static void
wire_init (Wire *wire,
           void (*func) (Wire *wire, SoupServerMessage *message, GHashTable *query))
{
  g_autoptr(GError) error = NULL;
  GSList *uris;

  memset (wire, 0, sizeof *wire);
  wire->func = func;
  wire->targets = g_ptr_array_new_with_free_func (g_free);
  wire->paused = g_ptr_array_new_with_free_func (g_object_unref);
  wire->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (wire->server, NULL, wire_cb, wire, NULL);
  soup_server_listen_local (wire->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (wire->server);
  wire->url = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
wire_clear (Wire *wire)
{
  soup_server_disconnect (wire->server);
  g_object_unref (wire->server);
  g_ptr_array_unref (wire->targets);
  g_ptr_array_unref (wire->paused);
  g_free (wire->url);
}

static void
answer (SoupServerMessage *message,
        const char        *offset,
        const char        *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "electric-handle", "h1");
  soup_message_headers_replace (headers, "electric-offset", offset);
  soup_message_headers_replace (headers, "electric-cursor", "1");
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, body, strlen (body));
}

static char *
make_body (const char *status)
{
  return g_strdup_printf ("[{\"key\":\"k1\",\"value\":{\"id\":\"c1\",\"friendlyId\":\"run_1\",\"status\":\"%s\","
                          "\"createdAt\":\"2026-11-23 10:00:00\"},\"headers\":{\"operation\":\"update\"}},"
                          "{\"headers\":{\"control\":\"up-to-date\"}}]", status);
}

static FeedClient *
connect_to (Wire       *wire,
            const char *key)
{
  g_autoptr(SpotEndpoint) endpoint = spot_endpoint_new (wire->url, key, NULL, FALSE, NULL);
  g_autoptr(SpotFeedSpec) spec = spot_feed_spec_new_run ("run_1", NULL);

  return feed_client_new (endpoint, spec);
}

/* ---- 45: one request at a time ---- */

static void
finished_cb (SoupServerMessage *message,
             Wire              *wire)
{
  wire->n_open--;
}

static gboolean
unpause_cb (gpointer data)
{
  soup_server_message_unpause (data);
  return G_SOURCE_REMOVE;
}

static void
count_open_cb (Wire              *wire,
               SoupServerMessage *message,
               GHashTable        *query)
{
  g_autofree char *offset = g_strdup_printf ("%u_0", wire->n_requests);
  g_autofree char *body = make_body (wire->n_requests % 2 == 0 ? "EXECUTING" : "WAITING_TO_RESUME");

  wire->n_open++;
  g_assert_cmpuint (wire->n_open, ==, 1);
  g_signal_connect (message, "finished", G_CALLBACK (finished_cb), wire);
  answer (message, offset, body);
  /* So that there is time for a second one. */
  soup_server_message_pause (message);
  g_timeout_add_full (G_PRIORITY_DEFAULT, 3, unpause_cb, g_object_ref (message), g_object_unref);
}

static void
test_45_one_request_at_a_time (void)
{
  Wire wire;
  g_autoptr(FeedClient) client = NULL;
  guint n_requests;

  wire_init (&wire, count_open_cb);
  client = connect_to (&wire, "tr_dev_x");
  feed_client_start (client);
  wait_for (wire.n_requests >= 100);
  feed_client_stop (client);
  wait_for (feed_client_count_threads () == 0);
  /* What the server had not seen yet of the last one; after that there is no more. */
  wait_for (wire.n_open == 0);
  n_requests = wire.n_requests;
  for (guint i = 0; i < 10; i++)
    feed_client_pump ();
  g_assert_cmpuint (wire.n_requests, <=, n_requests + 1);
  wire_clear (&wire);
}

/* ---- 62: the token expires in mid-feed ---- */

static void
expiring_cb (Wire              *wire,
             SoupServerMessage *message,
             GHashTable        *query)
{
  const char *authorization = soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                                            "Authorization");
  gboolean is_new = g_strcmp0 (authorization, "Bearer new.to.ken") == 0;
  g_autofree char *body = make_body (is_new ? "EXECUTING" : "PENDING");

  if (!is_new && wire->n_requests > 1)
    {
      static const char refusal[] = "{\"error\":\"Public Access Token is invalid\"}";

      wire->n_refused++;
      soup_server_message_set_status (message, 401, NULL);
      soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, refusal, strlen (refusal));
    }
  else if (is_new && g_hash_table_contains (query, "live"))
    {
      soup_server_message_pause (message);
      g_ptr_array_add (wire->paused, g_object_ref (message));
    }
  else
    {
      answer (message, is_new ? "8_0" : "7_0", body);
    }
}

static void
test_62_token_expires (void)
{
  Wire wire;
  g_autoptr(FeedClient) client = NULL;
  g_autoptr(SpotEndpoint) renewed = NULL;

  wire_init (&wire, expiring_cb);
  client = connect_to (&wire, "old.to.ken");
  feed_client_start (client);
  wait_for (feed_client_get_state (client) == SPOT_FEED_NEEDS_ATTENTION);
  g_assert_true (feed_client_has_problem (client, SPOT_API_ERROR_UNAUTHORIZED));
  g_assert_cmpuint (wire.n_refused, ==, 1);
  g_assert_true (feed_client_shows (client, "run_1", "PENDING"));
  /* The poll that was refused, and nothing after it. */
  g_assert_cmpstr (wire.targets->pdata[1], ==, "cursor=1&handle=h1&live=true&log=full&offset=7_0");
  g_assert_cmpuint (wire.n_requests, ==, 2);

  renewed = spot_endpoint_new (wire.url, "new.to.ken", NULL, FALSE, NULL);
  spot_feed_set_endpoint (client->feed, renewed);
  wait_for (wire.paused->len == 1);
  g_assert_cmpint (feed_client_get_state (client), ==, SPOT_FEED_LIVE);
  g_assert_cmpstr (wire.targets->pdata[2], ==, "handle=h1&log=full&offset=7_0");
  g_assert_cmpuint (feed_client_get_n_told (client, "run_1", "EXECUTING"), ==, 1);
  feed_client_stop (client);
  wait_for (feed_client_count_threads () == 0);
  wire_clear (&wire);
}

int
main (int   argc,
      char *argv[])
{
  static const char * const dialects[] = { "electric", "native" };

  g_test_init (&argc, &argv, NULL);
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *skipped = g_strconcat ("/feed-situations/73-skipped-columns/", dialects[i], NULL);
      g_autofree char *withheld = g_strconcat ("/feed-situations/73-withheld-columns/", dialects[i], NULL);

      g_test_add_data_func (skipped, GINT_TO_POINTER (i), test_73_skipped_columns);
      g_test_add_data_func (withheld, GINT_TO_POINTER (i), test_73_withheld_columns);
    }
  g_test_add_func ("/feed-situations/45-one-request-at-a-time", test_45_one_request_at_a_time);
  g_test_add_func ("/feed-situations/62-token-expires", test_62_token_expires);
  return g_test_run ();
}
