/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "dev-client.h"

#define MINUTE_MS G_GINT64_CONSTANT (60000)

/* What a change says; NULL for a control. */
static JsonObject *
get_value (JsonObject *message)
{
  return json_object_has_member (message, "value") ? json_object_get_object_member (message, "value") : NULL;
}

/* Every row of the environment, by friendly id, as the database has it now. */
static GHashTable *
get_rows (DevClient  *client,
          const char *path)
{
  GHashTable *rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) json_object_unref);
  g_autofree char *offset = g_strdup ("-1");
  g_autofree char *handle = g_strdup ("");
  gboolean up_to_date = FALSE;

  while (!up_to_date)
    {
      g_autofree char *url = g_strdup_printf ("%s%coffset=%s&handle=%s", path, strchr (path, '?') != NULL ? '&' : '?',
                                              offset, handle);
      g_autoptr(DevAnswer) answer = dev_client_get (client, url);
      JsonArray *messages = dev_answer_messages (answer);

      g_assert_cmpuint (answer->status, ==, 200);
      for (guint i = 0; i < json_array_get_length (messages); i++)
        {
          JsonObject *message = json_array_get_object_element (messages, i);
          JsonObject *value = get_value (message);
          const char *key = json_object_get_string_member_with_default (message, "key", NULL);
          JsonObject *row = key != NULL ? g_hash_table_lookup (rows, key) : NULL;
          JsonObjectIter iter;
          const char *name;
          JsonNode *node;

          if (value == NULL)
            continue;
          if (row == NULL)
            {
              row = json_object_new ();
              g_hash_table_insert (rows, g_strdup (key), row);
            }
          json_object_iter_init (&iter, value);
          while (json_object_iter_next (&iter, &name, &node))
            json_object_set_member (row, name, json_node_copy (node));
        }
      up_to_date = dev_answer_up_to_date (answer);
      g_free (offset);
      g_free (handle);
      offset = g_strdup (dev_answer_header (answer, "electric-offset"));
      handle = g_strdup (dev_answer_header (answer, "electric-handle"));
    }
  return rows;
}

static const char *
get_text (JsonObject *row,
          const char *column)
{
  return json_object_get_string_member_with_default (row, column, NULL);
}

static gboolean
has_ended (JsonObject *row)
{
  return get_text (row, "completedAt") != NULL;
}

static guint
count_status (GHashTable *rows,
              const char *status)
{
  GHashTableIter iter;
  gpointer row;
  guint n = 0;

  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    n += g_str_equal (get_text (row, "status"), status);
  return n;
}

static DevClient *
new_client (SpotDevScenario scenario,
            gint64          age_ms,
            double          speed,
            guint32         seed)
{
  const SpotDevOptions options = {
    .scenario = scenario,
    .seed = seed,
    .speed = speed,
    .hold_ms = DEV_HOLD_MS,
    .epoch_ms = g_get_real_time () / 1000 - age_ms,
  };

  return dev_client_new_for (&options);
}

/* A server that is started again has the same runs in the same states at the same times, as if it had a database. */
static void
test_same_again (void)
{
  g_autoptr(DevClient) first = new_client (SPOT_DEV_SCENARIO_CALM, 3 * MINUTE_MS, 1, 11);
  SpotDevOptions options = {
    .scenario = SPOT_DEV_SCENARIO_CALM,
    .seed = 11,
    .speed = 1,
    .hold_ms = DEV_HOLD_MS,
    .epoch_ms = spot_dev_server_get_epoch_ms (first->server),
  };
  g_autoptr(DevClient) second = dev_client_new_for (&options);
  g_autoptr(GHashTable) first_rows = NULL, second_rows = NULL;
  g_autoptr(DevAnswer) first_answer = NULL, second_answer = NULL;
  GHashTableIter iter;
  gpointer key, row;
  guint n_same = 0;

  g_assert_cmpstr (spot_dev_server_get_key (first->server), ==, spot_dev_server_get_key (second->server));
  g_assert_cmpstr (spot_dev_server_get_demo_run (first->server), ==, spot_dev_server_get_demo_run (second->server));
  g_assert_cmpstr (spot_dev_server_get_demo_batch (first->server), ==, spot_dev_server_get_demo_batch (second->server));

  /* The first has lived through what the second only knows; only what happens between the two requests may differ. */
  first_rows = get_rows (first, "/realtime/v1/runs");
  second_rows = get_rows (second, "/realtime/v1/runs");
  g_assert_cmpuint (g_hash_table_size (first_rows), >, 100);
  g_hash_table_iter_init (&iter, first_rows);
  while (g_hash_table_iter_next (&iter, &key, &row))
    {
      JsonObject *other = g_hash_table_lookup (second_rows, key);

      g_assert_nonnull (other);
      g_assert_cmpstr (get_text (row, "createdAt"), ==, get_text (other, "createdAt"));
      if (!has_ended (row))
        continue;
      g_assert_true (json_object_equal (row, other));
      n_same++;
    }
  g_assert_cmpuint (n_same, >, 80);

  first_answer = dev_client_get (first, "/realtime/v1/runs?offset=-1");
  second_answer = dev_client_get (second, "/realtime/v1/runs?offset=-1");
  g_assert_cmpstr (dev_answer_header (first_answer, "electric-handle"), !=,
                   dev_answer_header (second_answer, "electric-handle"));
}

static void
test_other_seed (void)
{
  g_autoptr(DevClient) first = new_client (SPOT_DEV_SCENARIO_CALM, 0, 1, 1);
  g_autoptr(DevClient) second = new_client (SPOT_DEV_SCENARIO_CALM, 0, 1, 2);
  g_autoptr(DevClient) empty = new_client (SPOT_DEV_SCENARIO_EMPTY, 0, 1, 1);

  g_assert_cmpstr (spot_dev_server_get_key (first->server), !=, spot_dev_server_get_key (second->server));
  g_assert_cmpstr (spot_dev_server_get_demo_run (first->server), !=, spot_dev_server_get_demo_run (second->server));
  g_assert_null (spot_dev_server_get_demo_run (empty->server));
  g_assert_null (spot_dev_server_get_demo_batch (empty->server));
  g_assert_null (spot_dev_server_get_demo_tag (empty->server));
}

/* At the epoch there is a history; the demo's run goes on, and its batch waits. */
static void
test_beginning (void)
{
  g_autoptr(DevClient) client = new_client (SPOT_DEV_SCENARIO_CALM, 0, 1, 3);
  g_autofree char *run_path = g_strconcat ("/realtime/v1/runs/", spot_dev_server_get_demo_run (client->server), NULL);
  g_autofree char *batch_path = g_strconcat ("/realtime/v1/batches/", spot_dev_server_get_demo_batch (client->server),
                                             NULL);
  g_autofree char *tag_path = g_strconcat ("/realtime/v1/runs?tags=", spot_dev_server_get_demo_tag (client->server),
                                           NULL);
  g_autoptr(GHashTable) all = get_rows (client, "/realtime/v1/runs");
  g_autoptr(GHashTable) run = get_rows (client, run_path);
  g_autoptr(GHashTable) batch = get_rows (client, batch_path);
  g_autoptr(GHashTable) tagged = get_rows (client, tag_path);
  GHashTableIter iter;
  gpointer row;
  guint n_ended = 0;

  g_assert_cmpuint (g_hash_table_size (run), ==, 1);
  g_assert_cmpuint (count_status (run, "EXECUTING"), ==, 1);
  g_assert_cmpuint (g_hash_table_size (batch), ==, 24);
  g_assert_cmpuint (count_status (batch, "COMPLETED_SUCCESSFULLY"), <, 24);
  g_assert_cmpuint (g_hash_table_size (tagged), >, 5);

  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    {
      if (!has_ended (row))
        continue;
      n_ended++;
      g_assert_true (get_text (row, "startedAt") != NULL || get_text (row, "expiredAt") != NULL);
      g_assert_cmpstr (get_text (row, "createdAt"), <, get_text (row, "completedAt"));
    }
  g_assert_cmpuint (n_ended, >=, 40);
}

/* A minute later everything that can happen to a run has: each way to end, and the demo's run and batch are through. */
static void
test_everything_happens (void)
{
  static const char *const statuses[] = {
    "COMPLETED_SUCCESSFULLY", "COMPLETED_WITH_ERRORS", "CANCELED", "CRASHED", "EXPIRED", "TIMED_OUT",
  };
  g_autoptr(DevClient) client = new_client (SPOT_DEV_SCENARIO_CALM, 2 * MINUTE_MS, 1, 5);
  g_autoptr(GHashTable) all = get_rows (client, "/realtime/v1/runs?createdAt=130s");
  g_autofree char *run_path = g_strconcat ("/realtime/v1/runs/", spot_dev_server_get_demo_run (client->server), NULL);
  g_autofree char *batch_path = g_strconcat ("/realtime/v1/batches/", spot_dev_server_get_demo_batch (client->server),
                                             NULL);
  g_autoptr(GHashTable) run = get_rows (client, run_path);
  g_autoptr(GHashTable) batch = get_rows (client, batch_path);
  GHashTableIter iter;
  gpointer row;
  gboolean retried = FALSE, tested = FALSE, delayed = FALSE, streamed = FALSE, stored = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_test_message ("%s: %u", statuses[i], count_status (all, statuses[i]));
      g_assert_cmpuint (count_status (all, statuses[i]), >, 0);
    }
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    {
      const char *metadata = get_text (row, "metadata");

      if (metadata != NULL)
        {
          g_autoptr(JsonNode) node = json_from_string (metadata, NULL);

          g_assert_nonnull (node);
          g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
        }
      if (!g_str_equal (get_text (row, "payloadType"), "text/plain"))
        {
          g_autoptr(JsonNode) node = json_from_string (get_text (row, "payload"), NULL);

          g_assert_nonnull (node);
        }
      if (get_text (row, "output") != NULL && strstr (get_text (row, "outputType"), "json") != NULL)
        {
          g_autoptr(JsonNode) node = json_from_string (get_text (row, "output"), NULL);

          g_assert_nonnull (node);
        }
      retried |= metadata != NULL && strstr (metadata, "\"attempt\":3") != NULL;
      tested |= g_str_has_prefix (get_text (row, "isTest"), "t");
      delayed |= get_text (row, "delayUntil") != NULL;
      streamed |= g_str_equal (get_text (row, "realtimeStreams"), "{answer}");
      stored |= g_str_equal (get_text (row, "outputType"), "application/store");
    }
  g_assert_true (retried && tested && delayed && streamed && stored);
  g_assert_cmpuint (count_status (run, "COMPLETED_SUCCESSFULLY"), ==, 1);
  g_assert_cmpuint (count_status (batch, "COMPLETED_SUCCESSFULLY"), ==, 22);
  g_assert_cmpuint (count_status (batch, "COMPLETED_WITH_ERRORS"), ==, 2);
}

static void
test_burst (void)
{
  g_autoptr(DevClient) client = new_client (SPOT_DEV_SCENARIO_BURST, 65000, 1, 5);
  g_autofree char *batch_path = g_strconcat ("/realtime/v1/batches/", spot_dev_server_get_demo_batch (client->server),
                                             NULL);
  g_autoptr(GHashTable) batch = get_rows (client, batch_path);

  g_assert_cmpuint (g_hash_table_size (batch), ==, 1000);
  g_assert_cmpuint (count_status (batch, "COMPLETED_SUCCESSFULLY"), ==, 992);
  g_assert_cmpuint (count_status (batch, "COMPLETED_WITH_ERRORS"), ==, 8);
}

/* Fast, and followed live: the demo's run makes progress that never goes back, and ends. */
static void
test_live (void)
{
  g_autoptr(DevClient) client = new_client (SPOT_DEV_SCENARIO_CALM, 0, 20, 9);
  g_autofree char *path = g_strconcat ("/realtime/v1/runs/", spot_dev_server_get_demo_run (client->server), NULL);
  g_autofree char *url = g_strconcat (path, "?offset=-1", NULL);
  gint64 last_rows = 0;
  guint n_updates = 0;
  gboolean ended = FALSE;

  while (!ended)
    {
      g_autoptr(DevAnswer) answer = dev_client_get (client, url);
      JsonArray *messages = dev_answer_messages (answer);
      gboolean live = dev_answer_up_to_date (answer);

      g_assert_cmpuint (answer->status, ==, 200);
      for (guint i = 0; i < json_array_get_length (messages); i++)
        {
          JsonObject *message = json_array_get_object_element (messages, i);
          JsonObject *value = get_value (message);

          if (value == NULL)
            continue;
          n_updates++;
          if (json_object_has_member (value, "metadata") && get_text (value, "metadata") != NULL)
            {
              g_autoptr(JsonNode) node = json_from_string (get_text (value, "metadata"), NULL);
              gint64 rows = json_object_get_int_member (json_node_get_object (node), "processedRows");

              g_assert_cmpint (rows, >=, last_rows);
              last_rows = rows;
            }
          ended |= json_object_has_member (value, "completedAt") && has_ended (value);
        }
      g_free (url);
      url = g_strdup_printf ("%s?offset=%s&handle=%s%s", path, dev_answer_header (answer, "electric-offset"),
                             dev_answer_header (answer, "electric-handle"), live ? "&live=true" : "");
    }
  g_assert_cmpint (last_rows, ==, 12000);
  g_assert_cmpuint (n_updates, >, 5);
}

/* A server that comes up after days has the last day, and not more. At a tenth of the speed, for a tenth of the
   runs. */
static void
test_old_epoch (void)
{
  g_autoptr(DevClient) client = new_client (SPOT_DEV_SCENARIO_CALM, 3 * 24 * 60 * MINUTE_MS, 0.1, 5);
  g_autoptr(DevAnswer) answer = dev_client_get (client,
                                                "/realtime/v1/runs?offset=-1&createdAt=ever&skipColumns=payload,"
                                                "output,metadata,error");
  guint n_rows = 0;

  for (const char *p = answer->body; (p = strstr (p, "\"operation\"")) != NULL; p++)
    n_rows++;
  g_assert_cmpuint (n_rows, >, 2400);
  g_assert_cmpuint (n_rows, <, 2700);
}

/* As many runs as asked for, and changes that come by themselves. */
static void
test_huge (void)
{
  const SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_HUGE, .seed = 7, .speed = 1, .hold_ms = DEV_HOLD_MS,
                                   .n_runs = 3000, .changes_per_s = 200 };
  g_autoptr(DevClient) client = dev_client_new_for (&options);
  g_autoptr(DevAnswer) all = dev_client_get (client, "/realtime/v1/runs?offset=-1&skipColumns=payload");
  g_autofree char *path = g_strconcat ("/realtime/v1/runs?live=true&offset=0_inf&skipColumns=payload&handle=",
                                       dev_answer_header (all, "electric-handle"), NULL);
  g_autoptr(DevAnswer) live = NULL;

  g_assert_cmpuint (json_array_get_length (dev_answer_messages (all)), ==, 3001);
  live = dev_client_get (client, path);
  g_assert_nonnull (strstr (live->body, "\\\"progress\\\""));
}

/* Strange rows are served all the same, in both dialects and as the management API shows them. */
static void
test_hostile (void)
{
  const SpotDevOptions options = { .scenario = SPOT_DEV_SCENARIO_HOSTILE, .seed = 7, .speed = 100,
                                   .hold_ms = DEV_HOLD_MS, .epoch_ms = g_get_real_time () / 1000 - 10000 };
  g_autoptr(DevClient) client = dev_client_new_for (&options);
  static const char *const paths[] = { "/realtime/v1/runs?tags=hostile&offset=-1",
                                       "/realtime/v1/runs?tags=hostile&offset=-1&dialect=native",
                                       "/api/v1/runs?page%5Bsize%5D=100" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      gint64 deadline_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
      gboolean sound = FALSE;

      while (!sound)
        {
          g_autoptr(DevAnswer) answer = dev_client_send (client, DEV_HEADERS_ALL, "GET", paths[i], NULL);

          dev_client_wait (answer);
          sound = answer->error == NULL && answer->status == 200 && strlen (answer->body) > 10000;
          g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/same-again", test_same_again);
  g_test_add_func ("/scenario/other-seed", test_other_seed);
  g_test_add_func ("/scenario/beginning", test_beginning);
  g_test_add_func ("/scenario/everything-happens", test_everything_happens);
  g_test_add_func ("/scenario/burst", test_burst);
  g_test_add_func ("/scenario/live", test_live);
  g_test_add_func ("/scenario/old-epoch", test_old_epoch);
  g_test_add_func ("/scenario/huge", test_huge);
  g_test_add_func ("/scenario/hostile", test_hostile);

  return g_test_run ();
}
