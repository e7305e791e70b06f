/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <json-glib/json-glib.h>
#include <string.h>

#include "spot-shape-reader-private.h"
#include "spot-test-http.h"
#include "spot-test-shape.h"

static const char *const folders[] = { "electric", "electric/v1.7.12", "trigger-native" };

void
spot_test_shape_clear (SpotTestShape *result)
{
  if (result->words)
    g_string_free (result->words, TRUE);
  g_clear_error (&result->error);
}

static void
print_bytes (SpotTestShape *result,
             const char    *bytes,
             gsize          length)
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

void
spot_test_shape_event_cb (const SpotShapeEvent *event,
                          gpointer              user_data)
{
  SpotTestShape *result = user_data;
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
void
spot_test_shape_read (SpotTestShape *result,
                      const char    *body,
                      gsize          length,
                      gsize          first,
                      gsize          rest,
                      gboolean       plain)
{
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (spot_test_shape_event_cb, result);
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
void
spot_test_shape_assert_same (const SpotTestShape *a,
                             const SpotTestShape *b)
{
  g_assert_cmpuint (a->n_events, ==, b->n_events);
  g_assert_cmpuint (a->print, ==, b->print);
  g_assert_cmpint (a->error ? a->error->code : -1, ==, b->error ? b->error->code : -1);
}

/* Reads a body whole, cut in two every @step bytes, and byte by byte, with vector instructions and without. */
void
spot_test_shape_assert_same_in_pieces (const char *body,
                                       gsize       length,
                                       gsize       step)
{
  g_auto(SpotTestShape) whole = { NULL };

  spot_test_shape_read (&whole, body, length, length, 0, FALSE);
  for (guint plain = 0; plain <= 1; plain++)
    {
      g_auto(SpotTestShape) bytes = { NULL };

      spot_test_shape_read (&bytes, body, length, 1, 1, plain != 0);
      spot_test_shape_assert_same (&whole, &bytes);
      for (gsize cut = plain; cut <= length; cut += step)
        {
          g_auto(SpotTestShape) pieces = { NULL };

          spot_test_shape_read (&pieces, body, length, cut, 0, plain != 0);
          spot_test_shape_assert_same (&whole, &pieces);
        }
    }
}

char *
spot_test_shape_read_words (const char *body,
                            gssize      length)
{
  g_auto(SpotTestShape) result = { NULL };

  result.words = g_string_new (NULL);
  spot_test_shape_read (&result, body, length < 0 ? strlen (body) : (gsize) length, G_MAXSIZE, 0, FALSE);
  if (result.error)
    g_string_append_printf (result.words, "error %d\n", result.error->code);

  return g_string_free (g_steal_pointer (&result.words), FALSE);
}

void
spot_test_shape_assert_reads (const char *body,
                              const char *wanted)
{
  g_autofree char *words = spot_test_shape_read_words (body, -1);

  g_assert_cmpstr (words, ==, wanted);
  spot_test_shape_assert_same_in_pieces (body, strlen (body), 1);
}

/* Every recorded answer that has messages in it. */
GPtrArray *
spot_test_shape_load_recordings (void)
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
