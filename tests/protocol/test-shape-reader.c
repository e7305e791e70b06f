/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <json-glib/json-glib.h>
#include <string.h>

#include "spot-protocol-error.h"
#include "spot-test-http.h"
#include "spot-test-shape.h"

/* What json-glib makes of a body, in the same words. */
static void
append_oracle (GString  *words,
               JsonNode *element)
{
  JsonObject *object, *value, *headers;
  const char *operation, *control;
  guint n_other = 0;

  if (!JSON_NODE_HOLDS_OBJECT (element))
    return;
  object = json_node_get_object (element);
  value = json_object_has_member (object, "value") ? json_object_get_object_member (object, "value") : NULL;
  headers = json_object_has_member (object, "headers") ? json_object_get_object_member (object, "headers") : NULL;
  operation = headers ? json_object_get_string_member_with_default (headers, "operation", NULL) : NULL;
  control = headers ? json_object_get_string_member_with_default (headers, "control", NULL) : NULL;
  if (operation)
    g_string_append_printf (words, "%s %s\n", operation, json_object_get_string_member (object, "key"));
  else if (g_strcmp0 (control, "up-to-date") == 0 || g_strcmp0 (control, "must-refetch") == 0)
    g_string_append_printf (words, "%s %s\n", control,
                            json_object_get_string_member_with_default (headers, "global_last_seen_lsn", ""));
  else
    return;
  for (guint column = 0; value && column < SPOT_N_COLUMNS; column++)
    {
      const char *name = spot_column_get_name ((SpotColumn) column);
      JsonNode *node = json_object_get_member (value, name);

      if (!node)
        continue;
      g_string_append_printf (words, "  %s=", name);
      if (JSON_NODE_HOLDS_NULL (node))
        g_string_append (words, "null");
      else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        g_string_append (words, json_node_get_string (node));
      else
        {
          g_autofree char *json = json_to_string (node, FALSE);

          g_string_append (words, json);
        }
      g_string_append_c (words, '\n');
    }
  if (value)
    {
      g_autoptr(GList) names = json_object_get_members (value);

      for (GList *l = names; l; l = l->next)
        n_other += spot_column_from_name (l->data, -1) == SPOT_COLUMN_OTHER;
    }
  if (n_other > 0)
    g_string_append_printf (words, "  others=%u\n", n_other);
}

static char *
ask_oracle (const char *body,
            gsize       length)
{
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;
  GString *words = g_string_new (NULL);
  JsonArray *array;

  json_parser_load_from_data (parser, body, (gssize) length, &error);
  g_assert_no_error (error);
  array = json_node_get_array (json_parser_get_root (parser));
  for (guint i = 0; i < json_array_get_length (array); i++)
    append_oracle (words, json_array_get_element (array, i));

  return g_string_free (words, FALSE);
}

static void
test_recordings (void)
{
  g_autoptr(GPtrArray) recordings = spot_test_shape_load_recordings ();
  guint n_whole = 0;

  for (guint i = 0; i < recordings->len; i++)
    {
      SpotTestHttp *http = recordings->pdata[i];
      g_autofree char *words = spot_test_shape_read_words (http->body, (gssize) http->body_length);

      if (http->is_whole)
        {
          g_autofree char *wanted = ask_oracle (http->body, http->body_length);

          g_assert_cmpstr (words, ==, wanted);
          n_whole++;
        }
      else
        {
          g_assert_true (g_str_has_suffix (words, "error 1\n"));
        }
    }
  g_assert_cmpuint (n_whole, >, 80);
}

static void
test_recordings_in_pieces (void)
{
  g_autoptr(GPtrArray) recordings = spot_test_shape_load_recordings ();

  for (guint i = 0; i < recordings->len; i++)
    {
      SpotTestHttp *http = recordings->pdata[i];

      spot_test_shape_assert_same_in_pieces (http->body, http->body_length, http->body_length > 4000 ? 97 : 1);
    }
}

static void
test_names_that_look_like_structure (void)
{
  spot_test_shape_assert_reads ("[{\"key\":\"k\",\"value\":{\"id\":\"a\",\"value\":\"x\",\"headers\":\"y\",\"key\":null,\"status\":\"S\"},"
                "\"headers\":{\"operation\":\"insert\"}}]",
                "insert k\n  id=a\n  status=S\n  others=3\n");
  /* The second row has other columns where the first makes one expect the same. */
  spot_test_shape_assert_reads ("[{\"key\":\"k\",\"value\":{\"id\":\"a\",\"ttl\":null,\"number\":\"1\"},\"headers\":{\"operation\":\"insert\"}},"
                "{\"key\":\"l\",\"value\":{\"\":\"b\",\"tt\":\"c\",\"ttl\":\"d\",\"ttl\":null},\"headers\":{\"operation\":\"insert\"}},"
                "{\"key\":\"m\",\"value\":{\"id\":\"e\",\"id\":\"f\",\"numbe\\u0072\":\"2\"},\"headers\":{\"operation\":\"insert\"}}]",
                "insert k\n  id=a\n  number=1\n  ttl=null\ninsert l\n  ttl=null\n  others=2\n"
                "insert m\n  id=f\n  number=2\n");
}

static void
test_members_in_any_order (void)
{
  spot_test_shape_assert_reads ("[{\"headers\":{\"operation\":\"update\"},\"value\":{\"id\":\"a\"},\"key\":\"k\"},"
                "{\"value\":{\"id\":\"b\"},\"key\":\"l\",\"headers\":{\"lsn\":\"1\",\"operation\":\"insert\",\"txids\":[1,2]}}]",
                "update k\n  id=a\ninsert l\n  id=b\n");
}

static void
test_old_value (void)
{
  spot_test_shape_assert_reads ("[{\"key\":\"k\",\"old_value\":{\"status\":\"OLD\",\"x\":[{}]},\"value\":{\"status\":\"NEW\"},"
                "\"headers\":{\"operation\":\"update\"},\"extra\":[[],{\"a\":-1.5e-3}]}]",
                "update k\n  status=NEW\n");
  spot_test_shape_assert_reads ("[{\"key\":\"k\",\"old_value\":{\"status\":},\"value\":{},\"headers\":{\"operation\":\"update\"}}]", "error 0\n");
}

static void
test_skipped_elements (void)
{
  spot_test_shape_assert_reads ("[null,1,-0.5e3,true,\"text \\\" {[\",[],[[{}]],{},{\"key\":\"k\"},{\"value\":{\"id\":\"a\"}},"
                "{\"key\":null,\"headers\":{\"operation\":\"insert\"}},{\"key\":7,\"headers\":{\"operation\":\"insert\"}},"
                "{\"key\":\"k\",\"headers\":null},{\"key\":\"k\",\"headers\":[]},{\"key\":\"k\",\"headers\":{\"operation\":1}},"
                "{\"headers\":{\"operation\":\"insert\"}},{\"key\":\"k\",\"headers\":{\"operation\":\"upsert\"}},"
                "{\"key\":\"k\",\"headers\":{\"operation\":\"delete\"}}]",
                "delete k\n");
}

static void
test_skipped_controls_and_events (void)
{
  spot_test_shape_assert_reads ("[{\"headers\":{\"control\":\"snapshot-end\",\"xmin\":\"771\",\"xip_list\":[]}},"
                "{\"headers\":{\"control\":\"subset-end\"}},{\"headers\":{\"control\":\"something-new\"}},"
                "{\"headers\":{\"control\":null}},{\"headers\":{\"control\":{\"control\":\"up-to-date\"}}},"
                "{\"headers\":{\"event\":\"move-out\",\"patterns\":[{\"pos\":0}]}},"
                "{\"key\":\"k\",\"value\":{},\"headers\":{\"event\":\"move-in\",\"operation\":\"insert\"}},"
                "{\"headers\":{\"control\":\"up-to-date\",\"global_last_seen_lsn\":\"27120840\"}},"
                "{\"headers\":{\"control\":\"must-refetch\"}}]",
                "up-to-date 27120840\nmust-refetch \n");
}

static void
test_duplicate_names (void)
{
  spot_test_shape_assert_reads ("[{\"key\":\"old\",\"value\":{\"id\":\"a\",\"ttl\":\"1h\"},\"headers\":{\"operation\":\"delete\"},"
                "\"value\":{\"id\":\"b\",\"id\":null,\"id\":\"c\",\"number\":\"1\",\"number\":null},"
                "\"headers\":{\"operation\":\"delete\",\"operation\":\"insert\"},\"key\":\"new\"}]",
                "insert new\n  id=c\n  number=null\n");
  spot_test_shape_assert_reads ("[{\"key\":\"k\",\"headers\":{\"operation\":\"insert\"},\"headers\":{}}]", "");
  spot_test_shape_assert_reads ("[{\"key\":\"k\",\"value\":{\"id\":\"a\"},\"value\":null,\"headers\":{\"operation\":\"insert\"}}]", "insert k\n");
  spot_test_shape_assert_reads ("[{\"key\":\"k\",\"headers\":{\"operation\":\"insert\"},\"key\":1}]", "");
}

static void
test_escapes (void)
{
  spot_test_shape_assert_reads ("[{\"k\\u0065y\":\"\\\"public\\\".\\\"TaskRun\\\"/\\\"a\\\\b\\\"\","
                "\"\\u0076alue\":{\"st\\u0061tus\":\"E\\u0058\",\"output\":\"\\\\\\\\\\\"\",\"metadata\":\"\\\\\"},"
                "\"headers\":{\"\\u006fperation\":\"ins\\u0065rt\"}},"
                "{\"h\\u0065aders\":{\"control\":\"up\\u002dto-date\"}}]",
                "insert \"public\".\"TaskRun\"/\"a\\b\"\n  status=EX\n  metadata=\\\n  output=\\\\\"\nup-to-date \n");
}

static void
test_values_that_are_not_strings (void)
{
  spot_test_shape_assert_reads ("[{\"key\":\"k\",\"value\":{\"number\":42,\"isTest\":true,\"payload\":{\"a\":[1,\"]}\\\"\"]} ,\"output\": [ ] ,"
                "\"error\":null},\"headers\":{\"operation\":\"insert\"}}]",
                "insert k\n  number=42\n  isTest=true\n  payload={\"a\":[1,\"]}\\\"\"]}\n  output=[]\n  error=null\n");
}

static void
test_blanks (void)
{
  spot_test_shape_assert_reads ("\xef\xbb\xbf \r\n\t[ { \"key\" : \"k\" , \"value\" : { \"id\" : \"a\" , \"ttl\" : null } ,\n"
                "\"headers\" : { \"operation\" : \"insert\" } } ,\n  null , [ 1 , { } ] ]\r\n ",
                "insert k\n  id=a\n  ttl=null\n");
  spot_test_shape_assert_reads ("", "");
  spot_test_shape_assert_reads (" \n", "");
  spot_test_shape_assert_reads ("\xef\xbb\xbf", "");
  spot_test_shape_assert_reads ("[]", "");
  spot_test_shape_assert_reads (" [ ] ", "");
}

static void
test_messages (void)
{
  static const struct
  {
    const char *message;
    int         code;
    guint       n_events;
  } rows[] = {
    { "{\"headers\":{\"control\":\"up-to-date\",\"global_last_seen_lsn\":\"1\"}}", -1, 1 },
    { " {\"key\":\"k\",\"headers\":{\"operation\":\"delete\"}} \n", -1, 1 },
    { "null", -1, 0 },
    { "42", -1, 0 },
    { "[]", -1, 0 },
    { "{}", -1, 0 },
    { "", SPOT_PROTOCOL_ERROR_TRUNCATED, 0 },
    { "{\"key\":", SPOT_PROTOCOL_ERROR_TRUNCATED, 0 },
    { "{}{}", SPOT_PROTOCOL_ERROR_MALFORMED, 0 },
    { "{}]", SPOT_PROTOCOL_ERROR_MALFORMED, 0 },
    { "oops", SPOT_PROTOCOL_ERROR_MALFORMED, 0 },
  };
  g_auto(SpotTestShape) result = { NULL };
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (spot_test_shape_event_cb, &result);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = NULL;
      gboolean good;

      result.n_events = 0;
      good = spot_shape_reader_feed_message (reader, rows[i].message, strlen (rows[i].message), &error);
      g_assert_cmpint (good, ==, rows[i].code < 0);
      g_assert_cmpint (error ? error->code : -1, ==, rows[i].code);
      g_assert_cmpuint (result.n_events, ==, rows[i].n_events);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shape-reader/recordings", test_recordings);
  g_test_add_func ("/shape-reader/17-recordings-split-at-every-byte", test_recordings_in_pieces);
  g_test_add_func ("/shape-reader/9-names-that-look-like-structure", test_names_that_look_like_structure);
  g_test_add_func ("/shape-reader/members-in-any-order", test_members_in_any_order);
  g_test_add_func ("/shape-reader/14-old-value", test_old_value);
  g_test_add_func ("/shape-reader/15-skipped-elements", test_skipped_elements);
  g_test_add_func ("/shape-reader/16-24-skipped-controls-and-events", test_skipped_controls_and_events);
  g_test_add_func ("/shape-reader/18-duplicate-names", test_duplicate_names);
  g_test_add_func ("/shape-reader/escapes", test_escapes);
  g_test_add_func ("/shape-reader/values-that-are-not-strings", test_values_that_are_not_strings);
  g_test_add_func ("/shape-reader/25-blanks", test_blanks);
  g_test_add_func ("/shape-reader/messages", test_messages);
  return g_test_run ();
}
