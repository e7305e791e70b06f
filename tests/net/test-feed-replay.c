/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "feed-rig.h"
#include "spot-protocol-error.h"
#include "spot-test-http.h"

static FeedRig *
new_rig (SpotFeedKind kind,
         const char  *id)
{
  g_autoptr(SpotFeedSpec) spec = kind == SPOT_FEED_RUN     ? spot_feed_spec_new_run (id, NULL)
                                 : kind == SPOT_FEED_BATCH ? spot_feed_spec_new_batch (id, NULL)
                                                           : spot_feed_spec_new_list (NULL, NULL, NULL, NULL);
  FeedRig *rig = feed_rig_new (spec);

  spot_feed_machine_set_stop_when_ended (rig->machine, FALSE);
  return rig;
}

static void
play (FeedRig      *rig,
      SpotTestHttp *http)
{
  g_autofree char *headers = g_strjoinv ("\n", http->headers);

  if (feed_rig_begin_answer (rig, http->status, headers))
    feed_rig_feed (rig, http->body, http->body_length);
  spot_feed_machine_take_end (rig->machine);
}

/* ---- whole lives of shapes, request by request ---- */

typedef struct
{
  const char *file;
  const char *query;    /* what the request must end with, after the path */
  const char *expected; /* batches */
} Step;

typedef struct
{
  const char  *path;
  const char  *folder;
  SpotFeedKind kind;
  const char  *id;
  const Step  *steps;
} Life;

#define E1 "handle=14663476-1795430649597332&"
static const Step run_electric[] = {
  { "01-run-initial", "?log=full&offset=-1", "PREVIEW run_00000001=PENDING" },
  { "02-run-catchup-up-to-date", "?" E1 "log=full&offset=0_0", "SNAPSHOT run_00000001=PENDING" },
  { "03-run-live-status", "?cursor=&" E1 "live=true&log=full&offset=0_inf", "CHANGES run_00000001=DEQUEUED" },
  { "04-run-live-metadata", "?cursor=66998660&" E1 "live=true&log=full&offset=64259528_0",
   "CHANGES run_00000001=EXECUTING" },
  { "05-run-live-one-transaction-two-updates", "?cursor=67000578&" E1 "live=true&log=full&offset=64260256_0",
    "CHANGES run_00000001=EXECUTING" },
  { "06-run-live-column-to-null-and-noop", "?cursor=66998660&" E1 "live=true&log=full&offset=64264912_2",
    "CHANGES run_00000001=EXECUTING" },
  { "07-run-catchup-three-commits", "?cursor=67000500&" E1 "live=true&log=full&offset=64269440_0",
    "CHANGES run_00000001=EXECUTING" },
  { "08-run-live-final-error", "?cursor=67000500&" E1 "live=true&log=full&offset=64271904_0",
    "CHANGES run_00000001=COMPLETED_WITH_ERRORS" },
  { "09-run-live-timeout", "?cursor=66998660&" E1 "live=true&log=full&offset=64273680_0", "" },
  { "10-run-live-delete", "?cursor=66998680&" E1 "live=true&log=full&offset=64273680_0",
    "CHANGES -run_00000001" },
  { NULL }
};

/* A newcomer reads the old snapshot and then the log: only the end of it counts. */
static const Step newcomer_electric[] = {
  { "12-run-initial-again", "?log=full&offset=-1", "PREVIEW run_00000001=PENDING" },
  { "11-run-replay-from-snapshot-end", "?" E1 "log=full&offset=0_0", "SNAPSHOT -run_00000001" },
  { NULL }
};

#define E2 "handle=38005696-1795430679151230&"
static const Step tags_electric[] = {
  { "18-tags-initial", "?log=full&offset=-1",
   "PREVIEW run_00000011=PENDING run_00000013=PENDING run_00000015=PENDING" },
  { "19-tags-catchup", "?" E2 "log=full&offset=0_0",
    "SNAPSHOT run_00000011=PENDING run_00000013=PENDING run_00000015=PENDING" },
  { "20-tags-live-insert", "?cursor=&" E2 "live=true&log=full&offset=0_inf", "CHANGES run_00000021=PENDING" },
  { "21-tags-live-move-in", "?cursor=66998680&" E2 "live=true&log=full&offset=64282672_0",
   "CHANGES run_00000010=PENDING" },
  { "22-tags-live-move-out", "?cursor=66998700&" E2 "live=true&log=full&offset=64283320_0", "CHANGES -run_00000011" },
  { "23-tags-live-primary-key-change", "?cursor=67000875&" E2 "live=true&log=full&offset=64287768_0",
    "CHANGES run_00000013=PENDING" },
  { "24-tags-live-insert-update-delete-one-transaction", "?cursor=66998700&" E2 "live=true&log=full&offset=64289592_1",
    "CHANGES run_00000015=CANCELED" },
  { NULL }
};

static const Step batch_electric[] = {
  { "25-batch-initial", "?log=full&offset=-1", "PREVIEW run_00000030=PENDING run_00000031=PENDING" },
  { "26-batch-catchup", "?handle=112253967-1795430684349130&log=full&offset=0_0",
    "SNAPSHOT run_00000030=PENDING run_00000031=PENDING" },
  { NULL }
};

static const Step empty_electric[] = {
  { "13-run-initial-empty-shape", "?log=full&offset=-1", "" },
  { "14-run-empty-shape-catchup", NULL, "SNAPSHOT" },
  { NULL }
};

static const Step run_native[] = {
  { "01-run-initial", "?log=full&offset=-1", "SNAPSHOT run_0001=PENDING" },
  { "02-run-catchup", NULL, "" },
  { "03-run-live-update", NULL, "CHANGES run_0001=DEQUEUED" },
  { "04-run-live-metadata-unicode", NULL, "CHANGES run_0001=EXECUTING" },
  { "05-run-live-no-updatedat", NULL, "" },
  { "06-run-live-final", NULL, "CHANGES run_0001=COMPLETED_WITH_ERRORS" },
  { "07-run-live-deleted", NULL, "" },
  { NULL }
};

static const Step tags_native[] = {
  { "12-tags-initial", "?log=full&offset=-1", "SNAPSHOT run_0002=PENDING" },
  { "13-tags-live-insert", NULL, "CHANGES run_0010=PENDING" },
  { "14-tags-live-two-runs", NULL, "CHANGES run_0010=EXECUTING" },
  { "15-tags-live-move-out", NULL, "CHANGES run_0002=EXECUTING" }, /* the second of the two */
  { NULL }
};

static const Step batch_native[] = {
  { "21-batch-initial", "?log=full&offset=-1", "SNAPSHOT run_0002=EXECUTING run_0003=PENDING" },
  { "22-batch-live", NULL, "CHANGES run_0002=COMPLETED_SUCCESSFULLY" },
  { NULL }
};

static const Life lives[] = {
  { "/feed-replay/life/electric/run", "electric", SPOT_FEED_RUN, "run_00000001", run_electric },
  { "/feed-replay/life/electric/newcomer", "electric", SPOT_FEED_RUN, "run_00000001", newcomer_electric },
  { "/feed-replay/life/electric/tags", "electric", SPOT_FEED_LIST, NULL, tags_electric },
  { "/feed-replay/life/electric/batch", "electric", SPOT_FEED_BATCH, "batch_01", batch_electric },
  { "/feed-replay/life/electric/empty", "electric", SPOT_FEED_RUN, "run_9", empty_electric },
  { "/feed-replay/life/native/run", "trigger-native", SPOT_FEED_RUN, "run_0001", run_native },
  { "/feed-replay/life/native/tags", "trigger-native", SPOT_FEED_LIST, NULL, tags_native },
  { "/feed-replay/life/native/batch", "trigger-native", SPOT_FEED_BATCH, "batch_01", batch_native },
};

static void
test_life (gconstpointer data)
{
  static const gsize pieces[] = { 0, 1, 7, 1000 };
  const Life *life = data;

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr(FeedRig) rig = new_rig (life->kind, life->id);

      for (const Step *step = life->steps; step->file != NULL; step++)
        {
          g_autofree char *name = g_strconcat (step->file, ".http", NULL);
          g_autofree char *path = g_build_filename (life->folder, name, NULL);
          g_autoptr(SpotTestHttp) http = spot_test_http_load (path);
          g_autofree char *batches = NULL;

          rig->piece = pieces[i];
          feed_rig_send (rig);
          if (step->query != NULL)
            g_assert_cmpstr (strchr (rig->target, '?'), ==, step->query);
          play (rig, http);
          batches = feed_rig_take_batches (rig);
          g_test_message ("%s: %s", step->file, batches);
          /* Previews depend on the pieces, and come before the commit in any case. */
          if (step->expected != NULL && pieces[i] == 0 && !g_str_has_prefix (step->expected, "SNAPSHOT"))
            g_assert_cmpstr (batches, ==, step->expected);
          else if (step->expected != NULL && !g_str_has_prefix (step->expected, "PREVIEW"))
            g_assert_true (g_str_has_suffix (batches, step->expected));
          feed_rig_advance (rig, 1000);
        }
      feed_rig_assert_state (rig, SPOT_FEED_LIVE);
    }
}

/* ---- every recording, alone ---- */

static gboolean
is_array (SpotTestHttp *http)
{
  g_autoptr(JsonParser) parser = json_parser_new ();

  return http->body_length == 0 ||
         (json_parser_load_from_data (parser, http->body, (gssize) http->body_length, NULL) &&
          JSON_NODE_HOLDS_ARRAY (json_parser_get_root (parser)));
}

static void
assert_outcome (FeedRig      *rig,
                SpotTestHttp *http)
{
  SpotFeedState state = spot_feed_machine_get_state (rig->machine);
  const GError *problem = spot_feed_machine_get_problem (rig->machine);

  if (http->status == 409 || http->status == 400)
    {
      /* Asks from the start. */
      g_assert_cmpint (state, ==, SPOT_FEED_CATCHING_UP);
      feed_rig_send (rig);
      g_assert_nonnull (strstr (rig->target, "offset=-1"));
    }
  else if (http->status == 401 || http->status == 405)
    g_assert_cmpint (state, ==, SPOT_FEED_NEEDS_ATTENTION);
  else if (http->status == 204)
    g_assert_cmpint (state, ==, SPOT_FEED_LIVE);
  else if (http->status == 404)
    g_assert_error (problem, SPOT_API_ERROR, SPOT_API_ERROR_NOT_FOUND);
  else if (http->status >= 500)
    g_assert_error (problem, SPOT_API_ERROR, SPOT_API_ERROR_SERVER);
  else if (http->status != 200)
    g_assert_error (problem, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER);
  else if (!http->is_whole && *http->body == '[')
    g_assert_error (problem, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TRUNCATED);
  else if (!is_array (http))
    g_assert_error (problem, SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER);
  else if (spot_test_http_get_header (http, "electric-handle") == NULL &&
           spot_test_http_get_header (http, "electric-shape-id") == NULL)
    g_assert_error (problem, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_HEADER);
  else
    {
      g_assert_no_error (problem);
      g_assert_cmpint (state, ==, strstr (http->body,
                                          "\"up-to-date\"") != NULL ? SPOT_FEED_LIVE : SPOT_FEED_CATCHING_UP);
    }
}

static void
test_every_recording (gconstpointer data)
{
  g_auto(GStrv) paths = spot_test_http_list (data);

  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autoptr(SpotTestHttp) http = spot_test_http_load (paths[i]);
      g_autoptr(FeedRig) rig = new_rig (SPOT_FEED_LIST, NULL);
      const char *handle = spot_test_http_get_header (http, "electric-handle");
      gboolean says_up_to_date = spot_test_http_get_header (http, "electric-up-to-date") != NULL;
      g_autofree char *head = NULL;
      g_autofree char *batches = NULL;

      if (handle == NULL)
        handle = spot_test_http_get_header (http, "electric-shape-id");
      head = g_strdup_printf ("electric-handle: %s\nelectric-offset: 0_1%s",
                              handle != NULL && *handle != '\0' ? handle : "h1",
                              says_up_to_date ? "\nelectric-up-to-date: " : "");
      g_test_message ("%s", paths[i]);
      feed_rig_send (rig);
      feed_rig_answer (rig, 200, head, "[" UP "]");
      feed_rig_assert_batches (rig, "SNAPSHOT");
      feed_rig_send (rig);
      rig->piece = i % 3 == 0 ? 0 : i % 17 + 1;
      play (rig, http);
      batches = feed_rig_take_batches (rig);
      g_test_message ("  %.300s", batches);
      g_assert_null (strstr (batches, "bad"));
      assert_outcome (rig, http);
    }
}

/* Pieces of a snapshot and of one transaction, from a server with small chunks. The shape's three columns do not make a
 * run that could be shown, so this is about positions. */
static void
test_small_chunks (void)
{
  static const struct
  {
    const char *file;
    const char *next; /* what the next request asks for */
  } steps[] = {
    { "75-bulk-small-chunks-first", "log=full&offset=0_0" },
    { "76-bulk-small-chunks-second", "log=full&offset=0_1" },
    { "77-bulk-small-chunks-last-of-snapshot", "log=full&offset=0_144" },
    { "78-bulk-small-chunks-up-to-date", "live=true&log=full&offset=0_inf" },
    { "79-bulk-small-chunks-log-first", "log=full&offset=83635080_152" },
    { "80-bulk-small-chunks-log-last", "live=true&log=full&offset=83635080_6222" },
  };
  g_autoptr(FeedRig) rig = new_rig (SPOT_FEED_LIST, NULL);

  feed_rig_send (rig);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *path = g_strconcat ("electric/", steps[i].file, ".http", NULL);
      g_autoptr(SpotTestHttp) http = spot_test_http_load (path);
      g_autofree char *end = g_strconcat ("handle=112743488-1795430782415467&", steps[i].next, NULL);

      play (rig, http);
      feed_rig_assert_state (rig, g_str_has_prefix (steps[i].next, "live") ? SPOT_FEED_LIVE : SPOT_FEED_CATCHING_UP);
      feed_rig_send (rig);
      g_assert_true (g_str_has_suffix (rig->target, end));
    }
}

/* ---- the official client's life cycles ---- */

typedef struct
{
  FeedRig    *rig;
  GHashTable *runs;  /* in the feed now */
  GHashTable *shown; /* "id=status", in the words of the API */
  GHashTable *known; /* that the client knows */
  gboolean    cut;
  gboolean    is_native;
} Replay;

static char *
get_parameter (const char *target,
               const char *name)
{
  const char *query = strchr (target, '?');
  g_autoptr(GHashTable) table = g_uri_parse_params (query + 1, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);

  return g_strdup (g_hash_table_lookup (table, name));
}

static FeedRig *
rig_for_target (const char *target)
{
  g_autofree char *path = g_strndup (target, strcspn (target, "?"));
  g_autofree char *id = g_path_get_basename (path);
  g_autofree char *skip_text = get_parameter (target, "skipColumns");
  g_autofree char *tags_text = get_parameter (target, "tags");
  g_autofree char *created_at = get_parameter (target, "createdAt");
  g_auto(GStrv) skip = skip_text != NULL ? g_strsplit (skip_text, ",", -1) : NULL;
  g_auto(GStrv) tags = tags_text != NULL ? g_strsplit (tags_text, ",", -1) : NULL;
  g_autoptr(SpotFeedSpec) spec = NULL;

  if (g_str_has_suffix (path, "/runs"))
    spec = spot_feed_spec_new_list ((const char * const *) tags, created_at, (const char * const *) skip, NULL);
  else if (strstr (path, "/batches/") != NULL)
    spec = spot_feed_spec_new_batch (id, (const char * const *) skip);
  else
    spec = spot_feed_spec_new_run (id, (const char * const *) skip);
  return feed_rig_new (spec);
}

/* What differs on purpose: the dead handle is not sent (there is no cache that could serve it), a restart has a
 * cache-buster and no invented handle, and after a failure the first request is one that is answered at once. */
static char *
normalize (const char *target,
           gboolean    after_failure)
{
  g_autoptr(GPtrArray) kept = g_ptr_array_new ();
  g_autofree char *path = g_strndup (target, strcspn (target, "?"));
  g_auto(GStrv) parts = g_strsplit (strchr (target, '?') + 1, "&", -1);
  g_autofree char *query = NULL;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (g_str_has_prefix (parts[i], "expired_handle=") || g_str_has_prefix (parts[i], "cache-buster=") ||
          (g_str_has_prefix (parts[i], "handle=") && g_str_has_suffix (parts[i], "-next")))
        continue;
      if (after_failure && (g_str_has_prefix (parts[i], "cursor=") || g_str_equal (parts[i], "live=true")))
        continue;
      g_ptr_array_add (kept, parts[i]);
    }
  g_ptr_array_add (kept, NULL);
  query = g_strjoinv ("&", (char **) kept->pdata);
  return g_strconcat (path, "?", query, NULL);
}

static char *
join_headers (JsonObject *response)
{
  JsonObject *headers = json_object_get_object_member (response, "headers");
  GString *text = g_string_new (NULL);
  g_autoptr(GList) names = json_object_get_members (headers);

  for (GList *l = names; l != NULL; l = l->next)
    g_string_append_printf (text, "%s: %s\n", (char *) l->data, json_object_get_string_member (headers, l->data));
  return g_string_free (text, FALSE);
}

/* The logs cut long bodies: what is whole of them, and the up-to-date that they ended with. */
static char *
mend_body (Replay     *replay,
           const char *body)
{
  const char *cut = g_strrstr (body, "\xe2\x80\xa6 (");
  g_autofree char *whole = NULL;
  char *last;

  if (cut == NULL || !g_str_has_suffix (body, " characters)"))
    return g_strdup (body);
  replay->cut = TRUE;
  whole = g_strndup (body, (gsize) (cut - body));
  /* The end of the headers of an element, and the beginning of the next. */
  last = g_strrstr (whole, "}},{\"");
  g_assert_nonnull (last);
  last[2] = '\0';
  return g_strconcat (whole, ",{\"headers\":{\"control\":\"up-to-date\"}}]", NULL);
}

static void
take_batches (Replay *replay)
{
  SpotRunBatch *batch;

  while ((batch = spot_feed_machine_take_batch (replay->rig->machine)) != NULL)
    {
      g_assert_cmpuint (batch->n_bad_rows, ==, 0);
      for (guint i = 0; i < batch->changes->len; i++)
        {
          SpotRunChange *change = &g_array_index (batch->changes, SpotRunChange, i);
          SpotRunStatus status = spot_run_record_get_status (change->record);

          if (change->removed)
            g_hash_table_remove (replay->runs, spot_run_record_get_id (change->record));
          else
            {
              const char *id = spot_run_record_get_id (change->record);

              g_hash_table_add (replay->runs, g_strdup (id));
              g_hash_table_add (replay->shown, g_strconcat (id, "=", spot_run_status_to_api (status), NULL));
            }
        }
      spot_run_batch_unref (batch);
    }
}

/* What differs on purpose as well: over the native kind of server ours asks for everything again now and then. Nothing is
 * missing in the recordings. */
static void
play_second_look (Replay *replay)
{
  g_autofree char *offset = get_parameter (replay->rig->target, "offset");
  g_autofree char *handle = get_parameter (replay->rig->target, "handle");
  g_autofree char *headers = g_strdup_printf ("electric-handle: %s\nelectric-offset: %s", handle, offset);

  feed_rig_assert_state (replay->rig, SPOT_FEED_LIVE);
  feed_rig_answer (replay->rig, 200, headers, "[" UP "]");
  feed_rig_assert_batches (replay->rig, "");
  feed_rig_send (replay->rig);
}

static void
replay_requests (Replay    *replay,
                 JsonArray *requests)
{
  gboolean failed = FALSE;

  for (guint i = 0; i < json_array_get_length (requests); i++)
    {
      JsonObject *request = json_array_get_object_element (requests, i);
      JsonObject *response = json_object_get_object_member (request, "response");
      g_auto(GStrv) words = g_strsplit (json_object_get_string_member (request, "request"), " ", 3);
      g_autofree char *expected = normalize (words[1], failed);
      g_autofree char *actual = NULL;
      guint status;

      if (replay->rig == NULL)
        replay->rig = rig_for_target (words[1]);
      feed_rig_wait (replay->rig);
      feed_rig_send (replay->rig);
      if (replay->is_native && i > 0 && !replay->rig->live)
        play_second_look (replay);
      actual = normalize (replay->rig->target, failed);
      g_assert_cmpstr (actual, ==, expected);
      if (response == NULL || !json_object_has_member (response, "status"))
        {
          spot_feed_machine_take_aborted (replay->rig->machine);
          break;
        }
      feed_rig_advance (replay->rig, json_object_get_int_member (response, "after_ms"));
      status = (guint) json_object_get_int_member (response, "status");
      {
        g_autofree char *headers = join_headers (response);
        g_autofree char *body = mend_body (replay, json_object_get_string_member_with_default (response, "body", ""));

        feed_rig_answer (replay->rig, status, headers, body);
      }
      failed = status >= 500;
      take_batches (replay);
    }
}

/* All that the official client's user was shown, ours is shown. */
static void
compare_views (Replay    *replay,
               JsonArray *saw)
{
  for (guint i = 0; i < json_array_get_length (saw); i++)
    {
      JsonObject *event = json_array_get_object_element (saw, i);
      g_autofree char *state = NULL;
      JsonObject *run;

      if (!g_str_equal (json_object_get_string_member (event, "event"), "run"))
        continue;
      run = json_object_get_object_member (event, "run");
      state = g_strconcat (json_object_get_string_member (run, "id"), "=", json_object_get_string_member (run,
                                                                                                          "status"),
                                                                                                          NULL);
      g_test_message ("%s", state);
      g_assert_true (g_hash_table_contains (replay->shown, state));
      g_hash_table_add (replay->known, g_strndup (state, strcspn (state, "=")));
    }
  g_assert_cmpuint (g_hash_table_size (replay->runs), <=, g_hash_table_size (replay->known));
}

static void
test_official_client (gconstpointer data)
{
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;
  Replay replay = { 0 };
  JsonObject *root;

  json_parser_load_from_file (parser, data, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  replay.runs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  replay.shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  replay.known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  replay.is_native = strstr (data, "/native-backend/") != NULL;
  replay_requests (&replay, json_object_get_array_member (root, "requests"));
  if (!replay.cut)
    compare_views (&replay, json_object_get_array_member (root, "client_saw"));
  g_hash_table_unref (replay.runs);
  g_hash_table_unref (replay.shown);
  g_hash_table_unref (replay.known);
  feed_rig_free (replay.rig);
}

static void
add_official_client (const char *folder)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "sdk-requests", folder, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GDir) dir = g_dir_open (path, 0, &error);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *scenario = g_strndup (name, strcspn (name, "."));
      g_autofree char *test = g_strconcat ("/feed-replay/official-client/", folder, "/", scenario, NULL);

      g_test_add_data_func_full (test, g_build_filename (path, name, NULL), test_official_client, g_free);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (lives); i++)
    g_test_add_data_func (lives[i].path, &lives[i], test_life);
  g_test_add_data_func ("/feed-replay/every/electric", "electric", test_every_recording);
  g_test_add_data_func ("/feed-replay/every/native", "trigger-native", test_every_recording);
  g_test_add_func ("/feed-replay/small-chunks", test_small_chunks);
  add_official_client ("electric-1.2.4");
  add_official_client ("native-backend");
  return g_test_run ();
}
