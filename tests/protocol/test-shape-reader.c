/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <json-glib/json-glib.h>
#include <string.h>

#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-shape-reader-private.h"
#include "spot-shape-reader.h"
#include "spot-test-http.h"

static const char *const folders[] = { "electric", "electric/v1.7.12", "trigger-native" };

/* What came out of a body: in words, and as a number to compare many times over. */
typedef struct
{
  GString *words; /* (nullable) */
  guint64  print;
  guint    n_events;
  GError  *error;
} Result;

static void
clear_result (Result *result)
{
  if (result->words)
    g_string_free (result->words, TRUE);
  g_clear_error (&result->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, clear_result)

static void
print_bytes (Result     *result,
             const char *bytes,
             gsize       length)
{
  for (gsize i = 0; i < length; i++)
    result->print = (result->print ^ (guint8) bytes[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  result->print = (result->print ^ length) * G_GUINT64_CONSTANT (0x100000001b3);
}

static void
append_text (GString    *words,
             const char *text,
             gsize       length)
{
  gsize n;
  g_autofree char *plain = spot_json_unescape (text, length, &n);

  g_assert_true (g_utf8_validate_len (plain, n, NULL) || memchr (plain, '\0', n));
  g_string_append_len (words, plain, (gssize) n);
}

/* A value that is no string, as json-glib would write it. */
static void
append_json (GString    *words,
             const char *text,
             gsize       length)
{
  g_autofree char *copy = g_strndup (text, length);
  g_autoptr(JsonNode) node = json_from_string (copy, NULL);
  g_autofree char *json = NULL;

  g_assert_nonnull (node);
  json = json_to_string (node, FALSE);
  g_string_append (words, json);
}

static const char *const kinds[] = { "insert", "update", "delete", "up-to-date", "must-refetch" };

static void
event_cb (const SpotShapeEvent *event,
          gpointer              user_data)
{
  Result *result = user_data;
  guint n_other = 0;

  result->n_events++;
  print_bytes (result, (const char *) &event->kind, sizeof event->kind);
  print_bytes (result, event->key, event->key_length);
  print_bytes (result, event->last_seen_lsn, event->last_seen_lsn_length);
  for (guint i = 0; i < event->n_columns; i++)
    {
      const SpotColumnValue *value = &event->columns[i];
      guint8 bits = (guint8) (value->column << 3 | value->is_null << 2 | value->is_string << 1 | value->has_escapes);

      print_bytes (result, (const char *) &bits, 1);
      print_bytes (result, value->text, value->length);
    }
  if (!result->words)
    return;

  g_string_append_printf (result->words, "%s ", kinds[event->kind]);
  if (event->key)
    append_text (result->words, event->key, event->key_length);
  if (event->last_seen_lsn)
    append_text (result->words, event->last_seen_lsn, event->last_seen_lsn_length);
  g_string_append_c (result->words, '\n');
  for (guint column = 0; column <= SPOT_COLUMN_OTHER; column++)
    {
      for (guint i = 0; i < event->n_columns; i++)
        {
          const SpotColumnValue *value = &event->columns[i];

          if ((guint) value->column != column)
            continue;
          if (column == SPOT_COLUMN_OTHER)
            {
              n_other++;
              continue;
            }
          g_string_append_printf (result->words, "  %s=", spot_column_get_name (value->column));
          if (value->is_null)
            g_string_append (result->words, "null");
          else if (value->is_string)
            append_text (result->words, value->text, value->length);
          else
            append_json (result->words, value->text, value->length);
          g_string_append_c (result->words, '\n');
          g_assert_cmpint (value->has_escapes, ==,
                           value->is_string && memchr (value->text, '\\', value->length) != NULL);
        }
    }
  if (n_other > 0)
    g_string_append_printf (result->words, "  others=%u\n", n_other);
}

/* Reads a body in pieces: the first is @first bytes long, the rest @rest bytes each (0: all that is left). */
static void
read_body (Result     *result,
           const char *body,
           gsize       length,
           gsize       first,
           gsize       rest,
           gboolean    plain)
{
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, result);
  gsize at = 0;
  gsize piece = first;
  gboolean good = TRUE;

  spot_shape_reader_set_plain (reader, plain);
  while (good && at < length)
    {
      /* Each piece in a block of its own, so that reading outside of it is noticed. */
      gsize n = MIN (piece, length - at);
      char *copy = g_memdup2 (body + at, n);

      good = spot_shape_reader_feed (reader, copy, n, &result->error);
      g_free (copy);
      at += n;
      piece = rest > 0 ? rest : length;
    }
  if (good)
    spot_shape_reader_finish (reader, &result->error);
}

/* Compares two results in all but words. */
static void
assert_same (const Result *a,
             const Result *b)
{
  g_assert_cmpuint (a->n_events, ==, b->n_events);
  g_assert_cmpuint (a->print, ==, b->print);
  g_assert_cmpint (a->error ? a->error->code : -1, ==, b->error ? b->error->code : -1);
}

/* Reads a body whole, cut in two every @step bytes, and byte by byte, with vector instructions and without. */
static void
assert_same_in_pieces (const char *body,
                       gsize       length,
                       gsize       step)
{
  g_auto(Result) whole = { NULL };

  read_body (&whole, body, length, length, 0, FALSE);
  for (guint plain = 0; plain <= 1; plain++)
    {
      g_auto(Result) bytes = { NULL };

      read_body (&bytes, body, length, 1, 1, plain != 0);
      assert_same (&whole, &bytes);
      for (gsize cut = plain; cut <= length; cut += step)
        {
          g_auto(Result) pieces = { NULL };

          read_body (&pieces, body, length, cut, 0, plain != 0);
          assert_same (&whole, &pieces);
        }
    }
}

static char *
read_words (const char *body,
            gssize      length)
{
  g_auto(Result) result = { NULL };

  result.words = g_string_new (NULL);
  read_body (&result, body, length < 0 ? strlen (body) : (gsize) length, G_MAXSIZE, 0, FALSE);
  if (result.error)
    g_string_append_printf (result.words, "error %d\n", result.error->code);

  return g_string_free (g_steal_pointer (&result.words), FALSE);
}

static void
assert_reads (const char *body,
              const char *wanted)
{
  g_autofree char *words = read_words (body, -1);

  g_assert_cmpstr (words, ==, wanted);
  assert_same_in_pieces (body, strlen (body), 1);
}

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

/* Every recorded answer that has messages in it. */
static GPtrArray *
load_recordings (void)
{
  GPtrArray *recordings = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_test_http_free);

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_auto(GStrv) paths = spot_test_http_list (folders[i]);

      for (guint j = 0; paths[j]; j++)
        {
          SpotTestHttp *http = spot_test_http_load (paths[j]);

          if (http->body[0] == '[')
            g_ptr_array_add (recordings, http);
          else
            spot_test_http_free (http);
        }
    }
  g_assert_cmpuint (recordings->len, >, 100);

  return recordings;
}

static void
test_recordings (void)
{
  g_autoptr(GPtrArray) recordings = load_recordings ();
  guint n_whole = 0;

  for (guint i = 0; i < recordings->len; i++)
    {
      SpotTestHttp *http = recordings->pdata[i];
      g_autofree char *words = read_words (http->body, (gssize) http->body_length);

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
  g_autoptr(GPtrArray) recordings = load_recordings ();

  for (guint i = 0; i < recordings->len; i++)
    {
      SpotTestHttp *http = recordings->pdata[i];

      assert_same_in_pieces (http->body, http->body_length, http->body_length > 4000 ? 97 : 1);
    }
}

static void
test_names_that_look_like_structure (void)
{
  assert_reads ("[{\"key\":\"k\",\"value\":{\"id\":\"a\",\"value\":\"x\",\"headers\":\"y\",\"key\":null,\"status\":\"S\"},"
                "\"headers\":{\"operation\":\"insert\"}}]",
                "insert k\n  id=a\n  status=S\n  others=3\n");
  /* The second row has other columns where the first makes one expect the same. */
  assert_reads ("[{\"key\":\"k\",\"value\":{\"id\":\"a\",\"ttl\":null,\"number\":\"1\"},\"headers\":{\"operation\":\"insert\"}},"
                "{\"key\":\"l\",\"value\":{\"\":\"b\",\"tt\":\"c\",\"ttl\":\"d\",\"ttl\":null},\"headers\":{\"operation\":\"insert\"}},"
                "{\"key\":\"m\",\"value\":{\"id\":\"e\",\"id\":\"f\",\"numbe\\u0072\":\"2\"},\"headers\":{\"operation\":\"insert\"}}]",
                "insert k\n  id=a\n  number=1\n  ttl=null\ninsert l\n  ttl=null\n  others=2\n"
                "insert m\n  id=f\n  number=2\n");
}

static void
test_members_in_any_order (void)
{
  assert_reads ("[{\"headers\":{\"operation\":\"update\"},\"value\":{\"id\":\"a\"},\"key\":\"k\"},"
                "{\"value\":{\"id\":\"b\"},\"key\":\"l\",\"headers\":{\"lsn\":\"1\",\"operation\":\"insert\",\"txids\":[1,2]}}]",
                "update k\n  id=a\ninsert l\n  id=b\n");
}

static void
test_old_value (void)
{
  assert_reads ("[{\"key\":\"k\",\"old_value\":{\"status\":\"OLD\",\"x\":[{}]},\"value\":{\"status\":\"NEW\"},"
                "\"headers\":{\"operation\":\"update\"},\"extra\":[[],{\"a\":-1.5e-3}]}]",
                "update k\n  status=NEW\n");
  assert_reads ("[{\"key\":\"k\",\"old_value\":{\"status\":},\"value\":{},\"headers\":{\"operation\":\"update\"}}]", "error 0\n");
}

static void
test_skipped_elements (void)
{
  assert_reads ("[null,1,-0.5e3,true,\"text \\\" {[\",[],[[{}]],{},{\"key\":\"k\"},{\"value\":{\"id\":\"a\"}},"
                "{\"key\":null,\"headers\":{\"operation\":\"insert\"}},{\"key\":7,\"headers\":{\"operation\":\"insert\"}},"
                "{\"key\":\"k\",\"headers\":null},{\"key\":\"k\",\"headers\":[]},{\"key\":\"k\",\"headers\":{\"operation\":1}},"
                "{\"headers\":{\"operation\":\"insert\"}},{\"key\":\"k\",\"headers\":{\"operation\":\"upsert\"}},"
                "{\"key\":\"k\",\"headers\":{\"operation\":\"delete\"}}]",
                "delete k\n");
}

static void
test_skipped_controls_and_events (void)
{
  assert_reads ("[{\"headers\":{\"control\":\"snapshot-end\",\"xmin\":\"771\",\"xip_list\":[]}},"
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
  assert_reads ("[{\"key\":\"old\",\"value\":{\"id\":\"a\",\"ttl\":\"1h\"},\"headers\":{\"operation\":\"delete\"},"
                "\"value\":{\"id\":\"b\",\"id\":null,\"id\":\"c\",\"number\":\"1\",\"number\":null},"
                "\"headers\":{\"operation\":\"delete\",\"operation\":\"insert\"},\"key\":\"new\"}]",
                "insert new\n  id=c\n  number=null\n");
  assert_reads ("[{\"key\":\"k\",\"headers\":{\"operation\":\"insert\"},\"headers\":{}}]", "");
  assert_reads ("[{\"key\":\"k\",\"value\":{\"id\":\"a\"},\"value\":null,\"headers\":{\"operation\":\"insert\"}}]", "insert k\n");
  assert_reads ("[{\"key\":\"k\",\"headers\":{\"operation\":\"insert\"},\"key\":1}]", "");
}

static void
test_escapes (void)
{
  assert_reads ("[{\"k\\u0065y\":\"\\\"public\\\".\\\"TaskRun\\\"/\\\"a\\\\b\\\"\","
                "\"\\u0076alue\":{\"st\\u0061tus\":\"E\\u0058\",\"output\":\"\\\\\\\\\\\"\",\"metadata\":\"\\\\\"},"
                "\"headers\":{\"\\u006fperation\":\"ins\\u0065rt\"}},"
                "{\"h\\u0065aders\":{\"control\":\"up\\u002dto-date\"}}]",
                "insert \"public\".\"TaskRun\"/\"a\\b\"\n  status=EX\n  metadata=\\\n  output=\\\\\"\nup-to-date \n");
}

static void
test_values_that_are_not_strings (void)
{
  assert_reads ("[{\"key\":\"k\",\"value\":{\"number\":42,\"isTest\":true,\"payload\":{\"a\":[1,\"]}\\\"\"]} ,\"output\": [ ] ,"
                "\"error\":null},\"headers\":{\"operation\":\"insert\"}}]",
                "insert k\n  number=42\n  isTest=true\n  payload={\"a\":[1,\"]}\\\"\"]}\n  output=[]\n  error=null\n");
}

static void
test_blanks (void)
{
  assert_reads ("\xef\xbb\xbf \r\n\t[ { \"key\" : \"k\" , \"value\" : { \"id\" : \"a\" , \"ttl\" : null } ,\n"
                "\"headers\" : { \"operation\" : \"insert\" } } ,\n  null , [ 1 , { } ] ]\r\n ",
                "insert k\n  id=a\n  ttl=null\n");
  assert_reads ("", "");
  assert_reads (" \n", "");
  assert_reads ("\xef\xbb\xbf", "");
  assert_reads ("[]", "");
  assert_reads (" [ ] ", "");
}

/* Codes: 0 malformed, 1 truncated, 2 too large. */
static void
test_broken_bodies (void)
{
  static const struct
  {
    const char *body;
    const char *wanted;
  } rows[] = {
    { "null", "error 0\n" },
    { "{}", "error 0\n" },
    { "{\"error\":\"Something\"}", "error 0\n" },
    { "<!DOCTYPE html><p>Bad gateway", "error 0\n" },
    { "Network error occurred", "error 0\n" },
    { "\"[]\"", "error 0\n" },
    { "\xef\xbb", "error 0\n" },
    { "\xef\xbb[]", "error 0\n" },
    { " \xef\xbb\xbf[]", "error 0\n" },
    { "[]]", "error 0\n" },
    { "[] []", "error 0\n" },
    { "[]x", "error 0\n" },
    { "[}", "error 0\n" },
    { "[,]", "error 0\n" },
    { "[null,]", "error 0\n" },
    { "[null null]", "error 0\n" },
    { "[{} {}]", "error 0\n" },
    { "[{]", "error 0\n" },
    { "[{\"a\":1]", "error 0\n" },
    { "[{\"a\":[1}]", "error 0\n" },
    { "[[1}]", "error 0\n" },
    { "[{\"a\"}]", "error 0\n" },
    { "[{\"a\":}]", "error 0\n" },
    { "[{\"a\":1,}]", "error 0\n" },
    { "[{,\"a\":1}]", "error 0\n" },
    { "[{\"a\" 1}]", "error 0\n" },
    { "[{\"a\":1 \"b\":2}]", "error 0\n" },
    { "[{a:1}]", "error 0\n" },
    { "[{'a':1}]", "error 0\n" },
    { "[{1:1}]", "error 0\n" },
    { "[[1,]]", "error 0\n" },
    { "[[1 2]]", "error 0\n" },
    { "[nul]", "error 0\n" },
    { "[nulll]", "error 0\n" },
    { "[nil]", "error 0\n" },
    { "[True]", "error 0\n" },
    { "[NaN]", "error 0\n" },
    { "[undefined]", "error 0\n" },
    { "[01]", "error 0\n" },
    { "[-]", "error 0\n" },
    { "[1.]", "error 0\n" },
    { "[.5]", "error 0\n" },
    { "[+1]", "error 0\n" },
    { "[1e]", "error 0\n" },
    { "[1e+]", "error 0\n" },
    { "[0x1]", "error 0\n" },
    { "[--1]", "error 0\n" },
    { "[1-]", "error 0\n" },
    { "[\"a\nb\"]", "error 0\n" },
    { "[\"\x01\"]", "error 0\n" },
    { "[\"\\x\"]", "error 0\n" },
    { "[\"\\u12\"]", "error 0\n" },
    { "[\"\\u12g4\"]", "error 0\n" },
    { "[\\\"a\"]", "error 0\n" },
    { "[{\"a\":\\\"b\"}]", "error 0\n" },
    { "[// comment\n1]", "error 0\n" },
    { "[1]/* comment */", "error 0\n" },
    { "[", "error 1\n" },
    { "[ ", "error 1\n" },
    { "[n", "error 1\n" },
    { "[nul", "error 1\n" },
    { "[nux", "error 0\n" },
    { "[1", "error 1\n" },
    { "[-", "error 1\n" },
    { "[1.", "error 1\n" },
    { "[01", "error 0\n" },
    { "[\"a", "error 1\n" },
    { "[\"a\\", "error 1\n" },
    { "[{", "error 1\n" },
    { "[{\"a", "error 1\n" },
    { "[{\"a\":", "error 1\n" },
    { "[{\"a\":[{}", "error 1\n" },
    { "[{\"a\":[}", "error 0\n" },
    { "[null", "error 1\n" },
    { "[null,", "error 1\n" },
    { "[{\"headers\":{\"control\":\"up-to-date\"}}", "up-to-date \nerror 1\n" },
    { "[{\"headers\":{\"control\":\"up-to-date\"}},", "up-to-date \nerror 1\n" },
    { "[{\"headers\":{\"control\":\"up-to-date\"}},{\"key", "up-to-date \nerror 1\n" },
    { "[{\"headers\":{\"control\":\"up-to-date\"}},{]", "up-to-date \nerror 0\n" },
    { "[{\"headers\":{\"control\":\"up-to-date\"}},{\"a\":\"\\q\"}]", "up-to-date \nerror 0\n" },
    { "[{\"headers\":{\"control\":\"up-to-date\"}}]{", "up-to-date \nerror 0\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].body);
      assert_reads (rows[i].body, rows[i].wanted);
    }
}

/* A sound body that is cut off anywhere but at its end is truncated, never malformed. */
static void
test_cut_bodies (void)
{
  g_autoptr(SpotTestHttp) http = spot_test_http_load ("electric/23-tags-live-primary-key-change.http");

  for (gsize n = 1; n < http->body_length; n++)
    {
      g_auto(Result) result = { NULL };

      read_body (&result, http->body, n, n, 0, FALSE);
      g_assert_error (result.error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TRUNCATED);
    }
}

static void
test_nesting (void)
{
  static const struct
  {
    guint       depth;
    const char *wanted;
  } rows[] = { { SPOT_MAX_NESTING, "" }, { SPOT_MAX_NESTING + 1, "error 2\n" }, { 100000, "error 2\n" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      for (guint kind = 0; kind < 3; kind++)
        {
          g_autoptr(GString) body = g_string_new (kind == 0 ? "[" : kind == 1 ? "[{\"value\":{\"payload\":" : "[{\"headers\":{\"a\":");
          guint depth = rows[i].depth - (kind == 0 ? 0 : 2);
          g_autofree char *words = NULL;

          for (guint j = 0; j < depth; j++)
            g_string_append (body, "[");
          for (guint j = 0; j < depth; j++)
            g_string_append (body, "]");
          g_string_append (body, kind == 0 ? "]" : "}}]");
          words = read_words (body->str, (gssize) body->len);
          g_assert_cmpstr (words, ==, rows[i].wanted);
          assert_same_in_pieces (body->str, body->len, MAX (body->len / 50, 1));
        }
    }
}

static void
test_too_many_columns (void)
{
  for (guint n = SPOT_MAX_COLUMNS; n <= SPOT_MAX_COLUMNS + 1; n++)
    {
      g_autoptr(GString) body = g_string_new ("[{\"key\":\"k\",\"value\":{");
      g_autofree char *words = NULL;
      g_autofree char *wanted = g_strdup_printf ("insert k\n  others=%u\n", n);

      for (guint i = 0; i < n; i++)
        g_string_append_printf (body, "%s\"column%u\":\"x\"", i > 0 ? "," : "", i);
      g_string_append (body, "},\"headers\":{\"operation\":\"insert\"}}]");
      words = read_words (body->str, (gssize) body->len);
      g_assert_cmpstr (words, ==, n > SPOT_MAX_COLUMNS ? "error 2\n" : wanted);
      assert_same_in_pieces (body->str, body->len, 31);
    }
}

/* The biggest element that may be, and one byte more; in pieces, so that nothing holds all of it but the reader. */
static void
test_too_large_element (void)
{
  static const char start[] = "[{\"key\":\"k\",\"value\":{\"payload\":\"";
  static const char end[] = "\"},\"headers\":{\"operation\":\"insert\"}}";
  const gsize overhead = strlen (start) - 1 + strlen (end);
  const gsize piece_size = 1024 * 1024;
  g_autofree char *piece = g_strnfill (piece_size, 'x');

  for (guint extra = 0; extra <= 1; extra++)
    {
      gsize n_left = SPOT_MAX_ELEMENT_BYTES - overhead + extra;
      g_auto(Result) result = { NULL };
      g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, &result);
      gboolean good = spot_shape_reader_feed (reader, start, strlen (start), NULL);

      while (good && n_left > 0)
        {
          gsize n = MIN (n_left, piece_size);

          good = spot_shape_reader_feed (reader, piece, n, &result.error);
          n_left -= n;
        }
      good = good && spot_shape_reader_feed (reader, end, strlen (end), &result.error);
      if (extra == 0)
        {
          g_assert_no_error (result.error);
          g_assert_cmpuint (result.n_events, ==, 1);
        }
      else
        {
          g_assert_error (result.error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
          g_assert_cmpuint (result.n_events, ==, 0);
          g_clear_error (&result.error);
          /* And so it stays, until there is another body. */
          g_assert_false (spot_shape_reader_feed (reader, "]", 1, &result.error));
          g_assert_error (result.error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
          g_clear_error (&result.error);
          g_assert_false (spot_shape_reader_finish (reader, NULL));
          spot_shape_reader_reset (reader);
          g_assert_true (spot_shape_reader_feed (reader, "[]", 2, NULL));
          g_assert_true (spot_shape_reader_finish (reader, NULL));
        }
    }
}

static void
test_too_large_body (void)
{
  const gsize piece_size = 16 * 1024 * 1024;
  g_autofree char *piece = g_strnfill (piece_size, ' ');
  g_auto(Result) result = { NULL };
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, &result);
  gsize n = 0;

  while (spot_shape_reader_feed (reader, piece, piece_size, &result.error))
    n += piece_size;
  g_assert_cmpuint (n, ==, SPOT_MAX_BODY_BYTES);
  g_assert_error (result.error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
}

/* Ten megabytes of rows, one of them of two, in pieces of the size that a socket gives. */
static void
test_large_body (void)
{
  g_autoptr(GString) body = g_string_new ("[");
  g_autofree char *metadata = g_strnfill (900, 'm');
  g_autofree char *huge = g_strnfill (2 * 1024 * 1024, 'h');
  g_auto(Result) whole = { NULL };
  guint n = 0;

  while (body->len < 10 * 1024 * 1024)
    {
      g_string_append_printf (body,
                              "{\"key\":\"\\\"public\\\".\\\"TaskRun\\\"/\\\"%u\\\"\",\"value\":{\"id\":\"%u\","
                              "\"payload\":\"{\\\"text\\\":\\\"größe %u\\\\n\\\"}\",\"metadata\":\"%s\"},"
                              "\"headers\":{\"operation\":\"insert\"}},",
                              n, n, n, n == 3000 ? huge : metadata);
      n++;
    }
  g_string_append (body, "{\"headers\":{\"control\":\"up-to-date\"}}]");

  read_body (&whole, body->str, body->len, body->len, 0, FALSE);
  g_assert_no_error (whole.error);
  g_assert_cmpuint (whole.n_events, ==, n + 1);
  for (guint plain = 0; plain <= 1; plain++)
    {
      static const gsize sizes[] = { 65536, 1000, 7, 1 };

      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          g_auto(Result) pieces = { NULL };

          read_body (&pieces, body->str, body->len, sizes[i], sizes[i], plain != 0);
          assert_same (&whole, &pieces);
        }
    }
}

/* What comes once a byte is as quick, per byte, in a huge element as in a small one: 8 MB would take hours otherwise. */
static void
test_huge_element_in_bytes (void)
{
  static const char start[] = "[{\"key\":\"k\",\"x\":\"";
  static const char end[] = "\",\"headers\":{\"operation\":\"delete\"}}]";
  g_autofree char *piece = g_strnfill (64, 'x');
  g_auto(Result) result = { NULL };
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, &result);

  g_assert_true (spot_shape_reader_feed (reader, start, strlen (start), NULL));
  for (guint i = 0; i < 500000; i++)
    g_assert_true (spot_shape_reader_feed (reader, piece, 1 + i % 64 * (i % 2), NULL));
  g_assert_true (spot_shape_reader_feed (reader, end, strlen (end), NULL));
  g_assert_true (spot_shape_reader_finish (reader, NULL));
  g_assert_cmpuint (result.n_events, ==, 1);
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
  g_auto(Result) result = { NULL };
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (event_cb, &result);

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

/* The recordings with bytes changed, put in and left out: nobody says what comes of them, only that it is the same in pieces
 * and without vector instructions, and that what is taken to be JSON is JSON. */
static void
test_mutations (void)
{
  static const char alphabet[] = "\"\\{}[],:0eu \n\xff\x01tn";
  g_autoptr(GPtrArray) recordings = load_recordings ();
  g_autoptr(GRand) random = g_rand_new_with_seed (5);
  guint n_good = 0;

  for (guint i = 0; i < 4000; i++)
    {
      SpotTestHttp *http = recordings->pdata[g_rand_int_range (random, 0, (gint32) recordings->len)];
      gsize from = http->body_length > 3000 ? (gsize) g_rand_int_range (random, 0, (gint32) http->body_length - 3000) : 0;
      gsize n = MIN (http->body_length, 3000);
      g_autoptr(GString) body = g_string_new_len (from > 0 ? "[" : "", from > 0 ? 1 : 0);
      g_auto(Result) whole = { NULL };
      g_auto(Result) pieces = { NULL };
      g_auto(Result) plain = { NULL };
      gint n_changes = g_rand_int_range (random, 0, 4);

      g_string_append_len (body, http->body + from, (gssize) n);
      for (gint j = 0; j < n_changes && body->len > 1; j++)
        {
          gssize at = g_rand_int_range (random, 0, (gint32) body->len);
          char c = alphabet[g_rand_int_range (random, 0, sizeof alphabet - 1)];

          switch (g_rand_int_range (random, 0, 4))
            {
            case 0:
              body->str[at] = c;
              break;
            case 1:
              g_string_insert_c (body, at, c);
              break;
            case 2:
              g_string_erase (body, at, 1);
              break;
            default:
              g_string_erase (body, at, MIN ((gssize) body->len - at, 20));
              break;
            }
        }
      read_body (&whole, body->str, body->len, body->len, 0, FALSE);
      read_body (&pieces, body->str, body->len, (gsize) g_rand_int_range (random, 1, 200),
                 (gsize) g_rand_int_range (random, 1, 200), i % 2);
      read_body (&plain, body->str, body->len, body->len, 0, TRUE);
      assert_same (&whole, &pieces);
      assert_same (&whole, &plain);
      if (!whole.error && body->len > 0 && g_utf8_validate_len (body->str, body->len, NULL))
        {
          g_autoptr(JsonParser) parser = json_parser_new ();

          g_assert_true (json_parser_load_from_data (parser, body->str, (gssize) body->len, NULL));
          n_good++;
        }
    }
  g_assert_cmpuint (n_good, >, 200);
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
  g_test_add_func ("/shape-reader/26-broken-bodies", test_broken_bodies);
  g_test_add_func ("/shape-reader/cut-bodies", test_cut_bodies);
  g_test_add_func ("/shape-reader/nesting", test_nesting);
  g_test_add_func ("/shape-reader/too-many-columns", test_too_many_columns);
  g_test_add_func ("/shape-reader/too-large-element", test_too_large_element);
  g_test_add_func ("/shape-reader/too-large-body", test_too_large_body);
  g_test_add_func ("/shape-reader/17-large-body", test_large_body);
  g_test_add_func ("/shape-reader/17-huge-element-in-bytes", test_huge_element_in_bytes);
  g_test_add_func ("/shape-reader/messages", test_messages);
  g_test_add_func ("/shape-reader/mutations", test_mutations);
  return g_test_run ();
}
