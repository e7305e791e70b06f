/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "dev-client.h"

/* One value in the words of both servers, brought to one form: what they agree on must be equal then. */
static char *
simplify (const char *column,
          const char *text)
{
  g_autoptr(GString) out = NULL;

  if (text == NULL)
    return g_strdup (g_str_equal (column, "runTags") ? "{}" : "null");
  if (g_str_equal (column, "isTest"))
    return g_strdup (text[0] == 't' ? "yes" : "no");
  if (g_str_has_suffix (column, "InCents"))
    return g_strdup_printf ("%.17g", g_ascii_strtod (text, NULL));
  if (g_str_has_suffix (column, "At") || g_str_equal (column, "delayUntil"))
    {
      g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
      g_autoptr(GDateTime) time = g_date_time_new_from_iso8601 (text, utc);

      g_assert_nonnull (time);
      return g_strdup_printf ("%" G_GINT64_FORMAT " %d", g_date_time_to_unix (time),
                              g_date_time_get_microsecond (time));
    }

  out = g_string_new (NULL);
  if (g_str_equal (column, "error"))
    {
      g_autoptr(JsonNode) node = json_from_string (text, NULL);
      g_autofree char *canonical = NULL;

      g_assert_nonnull (node);
      canonical = json_to_string (node, FALSE);
      g_string_append (out, canonical);
    }
  else
    for (const char *p = text; *p != '\0'; p++)
      if (*p != '"' || (!g_str_equal (column, "runTags") && !g_str_equal (column, "realtimeStreams")))
        g_string_append_c (out, *p);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
test_agree (void)
{
  static const char *const runs[] = {
    "{\"friendlyId\":\"run_1\"}",
    "{\"friendlyId\":\"run_2\",\"runTags\":[],\"realtimeStreams\":[\"answer\"],\"isTest\":true,\"number\":-7,"
    "\"costInCents\":0.00000012}",
    "{\"friendlyId\":\"run_3\",\"runTags\":[\"plain\"],\"costInCents\":123456789012345678,\"baseCostInCents\":-0.5,"
    "\"delayUntil\":\"2024-02-29T23:59:59.900Z\"}",
    "{\"friendlyId\":\"run_4\",\"error\":{\"type\":\"CUSTOM_ERROR\",\"raw\":\"{\\\"a b\\\": [1, 2]}\",\"z\":[true,"
    "null,1.5,{\"k\":\"v\"}]},"
    "\"completedAt\":\"2038-01-19T03:14:08Z\",\"startedAt\":\"1969-12-31T23:59:59.001Z\"}",
  };
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);

  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_autofree char *electric_path = g_strdup_printf ("/realtime/v1/runs/run_%u?offset=-1&dialect=electric", i + 1);
      g_autofree char *native_path = g_strdup_printf ("/realtime/v1/runs/run_%u?offset=-1&dialect=native", i + 1);
      g_autoptr(DevAnswer) electric = NULL, native = NULL;
      JsonObject *value, *other;
      JsonObjectIter iter;
      const char *name;
      JsonNode *node;
      guint n = 0;

      dev_client_put (client, NULL, runs[i]);
      electric = dev_client_get (client, electric_path);
      native = dev_client_get (client, native_path);
      value = dev_answer_value (electric, 0);
      other = dev_answer_value (native, 0);
      json_object_iter_init (&iter, value);
      while (json_object_iter_next (&iter, &name, &node))
        {
          g_autofree char *text = simplify (name, json_node_get_string (node));
          g_autofree char *other_text = NULL;

          g_assert_true (json_object_has_member (other, name));
          other_text = simplify (name, json_object_get_string_member_with_default (other, name, NULL));
          g_assert_cmpstr (text, ==, other_text);
          n++;
        }
      g_assert_cmpuint (n, ==, 26);
      g_assert_cmpuint (json_object_get_size (other), ==, 26);
    }
}

static char *
make_url (DevAnswer *answer)
{
  return g_strconcat ("/realtime/v1/runs/run_1?live=true&handle=", dev_answer_header (answer, "electric-handle"),
                      "&offset=",
                      dev_answer_header (answer, "electric-offset"), NULL);
}

/* The backend changes under a feed: Electric does not know the other's handle; the native one takes anything and
   sends everything. */
static void
test_switch (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_ELECTRIC, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(DevAnswer) snapshot = NULL, native = NULL, refetch = NULL, waiting = NULL;
  g_autofree char *url = NULL;
  g_autofree char *native_url = NULL;
  g_autofree char *next_url = NULL;

  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\"}");
  snapshot = dev_client_get (client, "/realtime/v1/runs/run_1?offset=-1");
  url = make_url (snapshot);
  waiting = dev_client_poll (client, url);
  spot_dev_server_set_dialect (client->server, SPOT_DEV_DIALECT_NATIVE);

  /* What waits is still answered by the one that it asked. */
  dev_client_put (client, NULL, "{\"friendlyId\":\"run_1\",\"status\":\"EXECUTING\"}");
  dev_client_wait (waiting);
  g_assert_nonnull (dev_answer_header (waiting, "electric-up-to-date"));
  g_assert_cmpuint (json_object_get_size (dev_answer_value (waiting, 0)), ==, 3);

  native_url = make_url (waiting);
  native = dev_client_get (client, native_url);
  g_assert_cmpuint (native->status, ==, 200);
  g_assert_null (dev_answer_header (native, "electric-up-to-date"));
  g_assert_cmpuint (json_object_get_size (dev_answer_value (native, 0)), ==, 26);
  g_assert_cmpstr (json_object_get_string_member (dev_answer_value (native, 0), "status"), ==, "EXECUTING");

  spot_dev_server_set_dialect (client->server, SPOT_DEV_DIALECT_ELECTRIC);
  next_url = make_url (native);
  refetch = dev_client_get (client, next_url);
  g_assert_cmpuint (refetch->status, ==, 409);
  g_assert_cmpstr (dev_answer_header (refetch, "electric-handle"), ==, dev_answer_header (snapshot, "electric-handle"));
}

/* Per request, whoever answers the others. */
static void
test_per_request (void)
{
  g_autoptr(DevClient) client = dev_client_new (SPOT_DEV_DIALECT_NATIVE, SPOT_DEV_SCENARIO_EMPTY);
  g_autoptr(DevAnswer) electric = dev_client_get (client, "/realtime/v1/runs?offset=-1&dialect=electric");
  g_autoptr(DevAnswer) native = dev_client_get (client, "/realtime/v1/runs?offset=-1");

  g_assert_nonnull (strstr (electric->body, "snapshot-end"));
  g_assert_nonnull (dev_answer_header (electric, "electric-server"));
  g_assert_true (dev_answer_up_to_date (native));
  g_assert_null (dev_answer_header (native, "electric-server"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dialects/agree", test_agree);
  g_test_add_func ("/dialects/switch", test_switch);
  g_test_add_func ("/dialects/per-request", test_per_request);
  return g_test_run ();
}
