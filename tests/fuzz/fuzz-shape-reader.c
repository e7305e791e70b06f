/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A shape body: what the reader tells must be what stands in the tree that json-glib makes of the whole, and the same
 * however the body is cut, with vector instructions and without. */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "spot-fuzz.h"
#include "spot-protocol-error.h"
#include "spot-shape-reader.h"
#include "spot-test-shape.h"
#include "spot-value.h"

/* Bodies up to this size are cut at every place, larger ones at a few. The fuzzer makes many and must be quick. */
#ifdef SPOT_FUZZ_TARGET
#define SMALL_BODY 4096u
#else
#define SMALL_BODY 32u
#endif
#define N_CUTS 3u

/* The messages that the slow way found, and how many of them the reader has told. */
typedef struct
{
  GPtrArray *elements; /* (element-type SpotValue): those that matter */
  guint      at;
} Expected;

static gboolean
is_kind (const SpotValue *value,
         SpotValueKind    kind)
{
  return value != NULL && spot_value_get_kind (value) == kind;
}

static gboolean
is_text (const SpotValue *object,
         const char      *name,
         const char      *wanted)
{
  const SpotValue *value = spot_value_get_member (object, name);
  const char *text;
  gsize length;

  if (!is_kind (value, SPOT_VALUE_STRING))
    return FALSE;
  text = spot_value_get_text (value, &length);

  return wanted == NULL || (length == strlen (wanted) && memcmp (text, wanted, length) == 0);
}

/* What a message is (protocol §3.3), -1 for one that does not matter. */
static int
find_kind (const SpotValue *element)
{
  const SpotValue *headers = spot_value_get_member (element, "headers");

  if (!is_kind (headers, SPOT_VALUE_OBJECT) || is_text (headers, "event", NULL))
    return -1;
  if (is_text (element, "key", NULL))
    return is_text (headers, "operation", "insert")   ? SPOT_SHAPE_INSERT
           : is_text (headers, "operation", "update") ? SPOT_SHAPE_UPDATE
           : is_text (headers, "operation", "delete") ? SPOT_SHAPE_DELETE
                                                      : -1;
  return is_text (headers, "control", "up-to-date")     ? SPOT_SHAPE_UP_TO_DATE
         : is_text (headers, "control", "must-refetch") ? SPOT_SHAPE_MUST_REFETCH
                                                        : -1;
}

static void
check_text (const SpotValue *value,
            const char      *text,
            gsize            length)
{
  gsize plain_length, wanted_length;
  g_autofree char *plain = spot_json_unescape (text, length, &plain_length);
  const char *wanted = spot_value_get_text (value, &wanted_length);

  g_assert_cmpint (spot_value_get_kind (value), ==, SPOT_VALUE_STRING);
  g_assert_cmpmem (plain, plain_length, wanted, wanted_length);
}

/* Every column that was told stands in the row, and every one that stands in the row was told. */
static void
check_columns (const SpotValue      *row,
               const SpotShapeEvent *event)
{
  guint n_known = 0;
  guint n_other = 0;
  guint n_members = is_kind (row, SPOT_VALUE_OBJECT) ? spot_value_get_n_children (row) : 0;

  for (guint i = 0; i < event->n_columns; i++)
    {
      const SpotColumnValue *column = &event->columns[i];
      SpotValue *value;
      g_autoptr(SpotValue) read = NULL;

      if (column->column == SPOT_COLUMN_OTHER)
        {
          n_other++;
          continue;
        }
      n_known++;
      value = spot_value_get_member (row, spot_column_get_name (column->column));
      g_assert_nonnull (value);
      g_assert_cmpint (column->is_null, ==, spot_value_get_kind (value) == SPOT_VALUE_NULL);
      if (column->is_null)
        continue;
      g_assert_cmpint (column->is_string, ==, spot_value_get_kind (value) == SPOT_VALUE_STRING);
      if (column->is_string)
        {
          g_assert_cmpint (column->has_escapes, ==, memchr (column->text, '\\', column->length) != NULL);
          check_text (value, column->text, column->length);
          continue;
        }
      read = spot_value_new_from_json (column->text, (gssize) column->length, NULL);
      g_assert_nonnull (read);
      g_assert_true (spot_value_equal (read, value));
    }

  for (guint i = 0; i < n_members; i++)
    {
      if (spot_column_from_name (spot_value_get_child_name (row, i), -1) != SPOT_COLUMN_OTHER)
        n_known--;
    }
  g_assert_cmpuint (n_known, ==, 0);
  g_assert_cmpint (event->n_columns > 0, ==, n_members > 0);
  g_assert_cmpuint (event->n_columns, >=, n_members);
  g_assert_cmpuint (n_other, <=, event->n_columns);
}

static void
check_event_cb (const SpotShapeEvent *event,
                gpointer              user_data)
{
  Expected *expected = user_data;
  SpotValue *element;

  g_assert_cmpuint (expected->at, <, expected->elements->len);
  element = expected->elements->pdata[expected->at++];
  g_assert_cmpint ((int) event->kind, ==, find_kind (element));
  if (event->key)
    {
      check_text (spot_value_get_member (element, "key"), event->key, event->key_length);
      check_columns (spot_value_get_member (element, "value"), event);
    }
  if (event->last_seen_lsn)
    check_text (spot_value_get_member (spot_value_get_member (element, "headers"), "global_last_seen_lsn"),
                event->last_seen_lsn, event->last_seen_lsn_length);
}

/* Whether there is nothing in the body but blanks, and perhaps a mark before them. */
static gboolean
is_blank (const char *body,
          gsize       length)
{
  if (length >= 3 && memcmp (body, "\xef\xbb\xbf", 3) == 0)
    {
      body += 3;
      length -= 3;
    }
  for (gsize i = 0; i < length; i++)
    {
      if (strchr (" \t\r\n", body[i]) == NULL || body[i] == '\0')
        return FALSE;
    }

  return TRUE;
}

static void
check_with_tree (const char *body,
                 gsize       length)
{
  g_autoptr(GError) tree_error = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotValue) tree = is_blank (body, length) ? spot_value_new_from_json ("[]", -1, NULL)
                                                      : spot_value_new_from_json (body, (gssize) length, &tree_error);
  g_autoptr(GPtrArray) elements = g_ptr_array_new ();
  Expected expected = { elements, 0 };
  g_autoptr(SpotShapeReader) reader = spot_shape_reader_new (check_event_cb, &expected);

  /* Limits are counted differently, and have tests of their own. */
  if (g_error_matches (tree_error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE))
    return;
  if (!is_kind (tree, SPOT_VALUE_ARRAY))
    {
      SpotTestShape result = { NULL };

      spot_test_shape_read (&result, body, length, length, 0, FALSE);
      g_assert_nonnull (result.error);
      spot_test_shape_clear (&result);
      return;
    }
  for (guint i = 0; i < spot_value_get_n_children (tree); i++)
    {
      if (find_kind (spot_value_get_child (tree, i)) >= 0)
        g_ptr_array_add (elements, spot_value_get_child (tree, i));
    }
  if (spot_shape_reader_feed (reader, body, length, &error) && spot_shape_reader_finish (reader, &error))
    g_assert_cmpuint (expected.at, ==, elements->len);
  else
    g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
}

static void
check_same (const SpotTestShape *whole,
            const char          *body,
            gsize                length,
            gsize                first,
            gsize                rest,
            gboolean             plain)
{
  g_auto(SpotTestShape) pieces = { NULL };

  spot_test_shape_read (&pieces, body, length, first, rest, plain);
  spot_test_shape_assert_same (whole, &pieces);
}

static void
check_cuts (const char *body,
            gsize       length,
            guint32     hash)
{
  gboolean is_small = length <= SMALL_BODY;
  gsize step = is_small ? 1 : length / N_CUTS;
  g_auto(SpotTestShape) whole = { NULL };

  spot_test_shape_read (&whole, body, length, length, 0, FALSE);
  check_same (&whole, body, length, length, 0, TRUE);
  for (guint plain = 0; plain <= 1; plain++)
    {
      /* One of the two is enough for a large body: another one like it will have the other. */
      if (!is_small && plain != hash % 2)
        continue;
      check_same (&whole, body, length, 1, 1, plain != 0);
      check_same (&whole, body, length, hash % 97 + 1, hash / 97 % 211 + 2, plain != 0);
      for (gsize cut = step > 1 ? hash % step : 0; cut <= length; cut += step)
        check_same (&whole, body, length, cut, 0, plain != 0);
    }
  /* json-glib takes more than JSON, and nothing less but halves of surrogate pairs. */
  if (!whole.error && !is_blank (body, length) && g_utf8_validate_len (body, length, NULL)
      && g_strstr_len (body, (gssize) length, "\\u") == NULL)
    {
      g_autoptr(JsonParser) parser = json_parser_new ();
      gsize skipped = length >= 3 && memcmp (body, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

      g_assert_true (json_parser_load_from_data (parser, body + skipped, (gssize) (length - skipped), NULL));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  const char *body = (const char *) data;

  check_with_tree (body, size);
  check_cuts (body, size, spot_fuzz_hash (data, size));

  return 0;
}
