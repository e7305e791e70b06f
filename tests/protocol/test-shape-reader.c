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
test_skipped_elements (void)
{
  assert_reads ("[null,1,-0.5e3,true,\"text\",[],[[{}]],{},{\"key\":\"k\"},{\"value\":{\"id\":\"a\"}},"
                "{\"key\":\"k\",\"headers\":{\"operation\":\"delete\"}}]",
                "delete k\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shape-reader/recordings", test_recordings);
  g_test_add_func ("/shape-reader/17-recordings-split-at-every-byte", test_recordings_in_pieces);
  g_test_add_func ("/shape-reader/15-skipped-elements", test_skipped_elements);
  return g_test_run ();
}
