/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "canned-server.h"
#include "spot-limits.h"
#include "spot-stream.h"

#define KEY "tr_dev_0123456789abcdefghijklmn"
#define V1 "content-type: text/event-stream\n"
#define V2 V1 "x-stream-version: v2\n"

/* A stream, and what it has delivered so far. It calls on its own thread: everything here takes the lock. */
typedef struct
{
  CannedServer *server;
  SpotStream   *stream;
  GMutex        lock;
  GString      *seen;
  GString      *problems;
  SpotFeedState state;
  gboolean      lively;
  gboolean      stop_inside;
  guint         n_destroyed;
} Rig;

static void
chunks_cb (GPtrArray *chunks,
           gpointer   user_data)
{
  Rig *rig = user_data;

  g_mutex_lock (&rig->lock);
  g_assert_true (rig->lively);
  g_assert_cmpuint (chunks->len, >, 0);
  for (guint i = 0; i < chunks->len; i++)
    {
      SpotStreamChunk *chunk = g_ptr_array_index (chunks, i);

      g_string_append_printf (rig->seen, "%s ", spot_value_get_text (chunk->value, NULL));
    }
  g_mutex_unlock (&rig->lock);
  g_ptr_array_unref (chunks);
  if (rig->stop_inside)
    {
      spot_stream_stop (rig->stream);
      g_mutex_lock (&rig->lock);
      rig->lively = FALSE;
      g_mutex_unlock (&rig->lock);
    }
  g_main_context_wakeup (NULL);
}

static void
status_cb (SpotFeedStatus *status,
           gpointer        user_data)
{
  Rig *rig = user_data;

  g_mutex_lock (&rig->lock);
  g_assert_true (rig->lively);
  rig->state = status->state;
  if (status->problem != NULL)
    g_string_append_printf (rig->problems, "%s\n", status->problem->message);
  g_mutex_unlock (&rig->lock);
  spot_feed_status_unref (status);
  g_main_context_wakeup (NULL);
}

static void
destroy_cb (gpointer user_data)
{
  Rig *rig = user_data;

  g_atomic_int_inc (&rig->n_destroyed);
}

static void
set_up (Rig           *rig,
        gconstpointer  data)
{
  static const SpotStreamSink sink = { chunks_cb, status_cb };
  g_autoptr(SpotEndpoint) endpoint = NULL;

  rig->server = canned_server_new ();
  g_mutex_init (&rig->lock);
  rig->seen = g_string_new (NULL);
  rig->problems = g_string_new (NULL);
  rig->lively = TRUE;
  endpoint = spot_endpoint_new (rig->server->url, KEY, NULL, FALSE, NULL);
  rig->stream = spot_stream_new (endpoint, "run_1", "a/b", &sink, rig, destroy_cb);
}

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

#define wait_for(condition) \
  G_STMT_START { \
    gint64 until_us = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND; \
    guint waker = g_timeout_add (20, wake_cb, NULL); \
    for (;;) \
      { \
        gboolean met; \
        g_mutex_lock (&rig->lock); \
        met = (condition); \
        g_mutex_unlock (&rig->lock); \
        if (met) \
          break; \
        if (g_get_monotonic_time () > until_us) \
          g_error ("%s:%d: in vain waited for: %s", __FILE__, __LINE__, #condition); \
        g_main_context_iteration (NULL, TRUE); \
      } \
    g_source_remove (waker); \
  } G_STMT_END

static void
tear_down (Rig           *rig,
           gconstpointer  data)
{
  if (rig->stream != NULL)
    g_assert_finalize_object (rig->stream);
  g_mutex_lock (&rig->lock);
  rig->lively = FALSE;
  g_mutex_unlock (&rig->lock);
  wait_for (g_atomic_int_get (&rig->n_destroyed) == 1);
  canned_server_free (rig->server);
  g_string_free (rig->seen, TRUE);
  g_string_free (rig->problems, TRUE);
  g_mutex_clear (&rig->lock);
}

static void
test_89_resume (Rig           *rig,
                gconstpointer  data)
{
  canned_server_add (rig->server, 200, V1, "id: 1-0\ndata: 1\n\n: ping\n\nid: 2-0\ndata: two\n\nid: 3-0\ndata: cut");
  canned_server_add (rig->server, 503, "", "no");
  canned_server_add (rig->server, 200, V1, "id: 3-0\ndata: 3\n\n");
  canned_server_add (rig->server, 200, V1, ": ping\n\n");
  spot_stream_start (rig->stream);
  wait_for (strcmp (rig->seen->str, "1 two 3 ") == 0 && rig->server->requests->len >= 4);
  g_assert_cmpstr (canned_server_get_request (rig->server, 0), ==, "GET /realtime/v1/streams/run_1/a%2Fb");
  g_assert_true (canned_server_had_header (rig->server, 0, "accept: text/event-stream\n"));
  g_assert_true (canned_server_had_header (rig->server, 0, "accept-encoding: identity\n"));
  g_assert_true (canned_server_had_header (rig->server, 0, "authorization: Bearer " KEY "\n"));
  g_assert_false (canned_server_had_header (rig->server, 0, "last-event-id"));
  g_assert_true (canned_server_had_header (rig->server, 1, "last-event-id: 2-0\n"));
  g_assert_true (canned_server_had_header (rig->server, 2, "last-event-id: 2-0\n"));
  g_assert_true (canned_server_had_header (rig->server, 3, "last-event-id: 3-0\n"));
}

static void
test_91_run_ends (Rig           *rig,
                  gconstpointer  data)
{
  canned_server_add (rig->server, 200, V2, "event: batch\ndata: {\"records\":[{\"seq_num\":4,\"body\":"
                     "\"{\\\"data\\\":1,\\\"id\\\":\\\"a\\\"}\"}]}\n\n");
  canned_server_add (rig->server, 200, V2, "event: batch\ndata: {\"records\":[{\"seq_num\":5,\"body\":"
                     "\"{\\\"data\\\":2,\\\"id\\\":\\\"b\\\"}\"}]}\n\n");
  canned_server_add (rig->server, 200, V2, ": nothing\n\n");
  spot_stream_set_run_ended (rig->stream);
  spot_stream_start (rig->stream);
  wait_for (rig->state == SPOT_FEED_STOPPED);
  g_assert_cmpstr (rig->seen->str, ==, "1 2 ");
  g_assert_true (canned_server_had_header (rig->server, 0, "timeout-seconds: 5\n"));
  g_assert_true (canned_server_had_header (rig->server, 1, "last-event-id: 4\n"));
  g_assert_true (canned_server_had_header (rig->server, 2, "last-event-id: 5\n"));
}

static void
test_91_head_timeout (Rig           *rig,
                      gconstpointer  data)
{
  canned_server_add (rig->server, 200, V1, "data: 1\n\n");
  rig->server->hangs = TRUE;
  spot_stream_set_max_timeout_ms (rig->stream, 200);
  spot_stream_start (rig->stream);
  wait_for (rig->server->requests->len >= 2 && strstr (rig->problems->str, "no answer in time") != NULL);
  rig->server->hangs = FALSE;
  wait_for (g_str_has_prefix (rig->seen->str, "1 "));
}

typedef struct
{
  SoupServerMessage *message;
  guint              n;
} Drip;

static gboolean
drip_cb (gpointer data)
{
  Drip *drip = data;
  SoupMessageBody *body = soup_server_message_get_response_body (drip->message);
  const char *text = ++drip->n < 20 ? ": ping\n\n" : "id: 1-0\ndata: 1\n\n";

  soup_message_body_append (body, SOUP_MEMORY_COPY, text, strlen (text));
  soup_server_message_unpause (drip->message);
  if (drip->n < 20)
    return G_SOURCE_CONTINUE;
  g_object_unref (drip->message);
  g_free (drip);
  return G_SOURCE_REMOVE;
}

static void
ping_cb (SoupServer        *server,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  guint *n_requests = user_data;
  Drip *drip = g_new0 (Drip, 1);

  ++*n_requests;
  drip->message = g_object_ref (message);
  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "content-type", "text/event-stream");
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message), SOUP_ENCODING_CHUNKED);
  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_STATIC, ": ping\n\n", 8);
  g_timeout_add (150, drip_cb, drip);
}

/* 3 s without data, never 2 s without a ping: one connection. */
static void
test_87_ping (Rig           *rig,
              gconstpointer  data)
{
  guint n_requests = 0;

  soup_server_add_handler (rig->server->server, "/realtime", ping_cb, &n_requests, NULL);
  spot_stream_set_max_timeout_ms (rig->stream, 2000);
  spot_stream_start (rig->stream);
  wait_for (strcmp (rig->seen->str, "1 ") == 0);
  g_assert_cmpuint (n_requests, ==, 1);
  g_assert_cmpstr (rig->problems->str, ==, "");
}

/* A new key goes on where the old one was refused. */
static void
test_89_unauthorized (Rig           *rig,
                      gconstpointer  data)
{
  g_autoptr(SpotEndpoint) endpoint = spot_endpoint_new (rig->server->url, "tr_dev_other", NULL, FALSE, NULL);

  canned_server_add (rig->server, 401, "", "{\"error\":\"who is " KEY "?\"}");
  spot_stream_start (rig->stream);
  wait_for (rig->state == SPOT_FEED_NEEDS_ATTENTION);
  g_assert_cmpuint (rig->server->requests->len, ==, 1);
  g_assert_nonnull (strstr (rig->problems->str, "who is ***?"));
  canned_server_set (rig->server, 200, V1, "id: 1-0\ndata: 1\n\n");
  spot_stream_set_endpoint (rig->stream, endpoint);
  wait_for (g_str_has_prefix (rig->seen->str, "1 "));
  g_assert_true (canned_server_had_header (rig->server, 1, "authorization: Bearer tr_dev_other\n"));
}

static void
test_90_retry_now (Rig           *rig,
                   gconstpointer  data)
{
  canned_server_add (rig->server, 503, "retry-after: 3600\n", "no");
  spot_stream_start (rig->stream);
  wait_for (rig->state == SPOT_FEED_RECONNECTING && rig->server->requests->len == 1);
  canned_server_set (rig->server, 200, V1, "data: 1\n\n");
  spot_stream_retry_now (rig->stream);
  wait_for (g_str_has_prefix (rig->seen->str, "1 "));
}

static void
test_stop (Rig           *rig,
           gconstpointer  data)
{
  rig->server->hangs = GPOINTER_TO_INT (data);
  rig->stop_inside = !rig->server->hangs;
  canned_server_add (rig->server, 200, V1, "data: 1\n\n");
  spot_stream_start (rig->stream);
  if (rig->stop_inside)
    {
      wait_for (!rig->lively);
    }
  else
    {
      wait_for (rig->server->requests->len == 1);
      spot_stream_stop (rig->stream);
      g_mutex_lock (&rig->lock);
      rig->lively = FALSE;
      g_mutex_unlock (&rig->lock);
    }
  g_assert_cmpuint (rig->server->requests->len, ==, 1);
}

static void
test_86_keys (void)
{
  static const struct
  {
    const char *metadata; /* nullable */
    const char *streams;  /* nullable */
    const char *keys;
  } rows[] = {
    { NULL, NULL, "" },
    { NULL, "{}", "" },
    { NULL, "{a,\"b c\"}", "a|b c" },
    { NULL, "{a,a,\"\",b,a}", "a|b" },
    { "{\"x\":1}", "{a}", "a" },
    { "{\"$$streams\":[\"m\",\"n\"]}", "{a}", "m|n" },
    { "{\"$$streams\":[]}", "{a}", "a" },
    { "{\"$$streams\":[\"m\",7]}", "{a}", "a" },
    { "{\"$$streams\":\"m\"}", "{a}", "a" },
    { "[\"$$streams\"]", "{a}", "a" },
    { "{\"$$streams\":[\"m\"", "{a}", "a" },
    { "{\"a\":{\"$$streams\":[\"m\"]}}", "{a}", "a" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      SpotColumnValue columns[] = {
        { .column = SPOT_COLUMN_METADATA, .is_null = rows[i].metadata == NULL, .text = rows[i].metadata,
          .length = rows[i].metadata != NULL ? strlen (rows[i].metadata) : 0 },
        { .column = SPOT_COLUMN_REALTIME_STREAMS, .is_null = rows[i].streams == NULL, .is_string = TRUE,
          .text = rows[i].streams, .length = rows[i].streams != NULL ? strlen (rows[i].streams) : 0 },
      };
      g_autoptr(GError) error = NULL;
      g_autoptr(SpotRunRecord) record = spot_run_record_new (NULL, columns, G_N_ELEMENTS (columns), &error);
      g_auto(GStrv) keys = NULL;
      g_autofree char *joined = NULL;

      g_assert_no_error (error);
      keys = spot_stream_dup_keys (record);
      joined = g_strjoinv ("|", keys);
      g_assert_cmpstr (joined, ==, rows[i].keys);
    }
}

/* As many keys as may be are all followed; of more, the first. */
static void
test_limit_streams (void)
{
  for (guint extra = 0; extra <= 1; extra++)
    {
      g_autoptr(GString) text = g_string_new ("{");
      SpotColumnValue column = { .column = SPOT_COLUMN_REALTIME_STREAMS, .is_string = TRUE };
      g_autoptr(SpotRunRecord) record = NULL;
      g_auto(GStrv) keys = NULL;

      for (guint i = 0; i < SPOT_MAX_STREAMS + extra; i++)
        g_string_append_printf (text, "%skey-%u", i > 0 ? "," : "", i);
      g_string_append_c (text, '}');
      column.text = text->str;
      column.length = text->len;
      record = spot_run_record_new (NULL, &column, 1, NULL);
      keys = spot_stream_dup_keys (record);
      g_assert_cmpuint (g_strv_length (keys), ==, SPOT_MAX_STREAMS);
      g_assert_cmpstr (keys[SPOT_MAX_STREAMS - 1], ==, "key-31");
    }
}

static void
add (const char    *path,
     gconstpointer  data,
     void         (*test) (Rig *rig, gconstpointer data))
{
  g_test_add (path, Rig, data, set_up, test, tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/86-keys", test_86_keys);
  g_test_add_func ("/stream/limit-streams", test_limit_streams);
  add ("/stream/87-ping", NULL, test_87_ping);
  add ("/stream/89-resume", NULL, test_89_resume);
  add ("/stream/89-unauthorized", NULL, test_89_unauthorized);
  add ("/stream/90-retry-now", NULL, test_90_retry_now);
  add ("/stream/91-run-ends", NULL, test_91_run_ends);
  add ("/stream/91-head-timeout", NULL, test_91_head_timeout);
  add ("/stream/stop-from-inside", GINT_TO_POINTER (FALSE), test_stop);
  add ("/stream/stop-in-flight", GINT_TO_POINTER (TRUE), test_stop);
  return g_test_run ();
}
