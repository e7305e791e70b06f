/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Payloads and outputs. As plain JSON: what is written out and read again is the same. As superjson: without
 * annotations the value is that of `json`; with them it has the same shape still, and every leaf the same text. */
#include "config.h"

#include <string.h>

#include "spot-fuzz.h"
#include "spot-packet.h"
#include "spot-protocol-error.h"

static gboolean
has_same_text (const SpotValue *a,
               const SpotValue *b)
{
  gsize a_length, b_length;
  const char *a_text = spot_value_get_text (a, &a_length);
  const char *b_text = spot_value_get_text (b, &b_length);

  return a_length == b_length && memcmp (a_text, b_text, a_length) == 0;
}

static void
check_same_shape (const SpotValue *plain,
                  const SpotValue *annotated);

/* A map has for each entry what a list of pairs has. */
static void
check_map (const SpotValue *plain,
           const SpotValue *map)
{
  guint n = spot_value_get_n_children (map);

  g_assert_cmpint (spot_value_get_kind (plain), ==, SPOT_VALUE_ARRAY);
  g_assert_cmpuint (n, ==, spot_value_get_n_children (plain));
  for (guint i = 0; i < n; i++)
    {
      const SpotValue *pair = spot_value_get_child (plain, i);

      g_assert_cmpint (spot_value_get_kind (pair), ==, SPOT_VALUE_ARRAY);
      g_assert_cmpuint (spot_value_get_n_children (pair), ==, 2);
      check_same_shape (spot_value_get_child (pair, 0), spot_value_get_child_key (map, i));
      check_same_shape (spot_value_get_child (pair, 1), spot_value_get_child (map, i));
    }
}

static void
check_same_shape (const SpotValue *plain,
                  const SpotValue *annotated)
{
  SpotValueKind was = spot_value_get_kind (plain);
  SpotValueKind is = spot_value_get_kind (annotated);
  guint n = spot_value_get_n_children (annotated);

  switch (is)
    {
    case SPOT_VALUE_UNDEFINED:
      g_assert_cmpint (was, ==, SPOT_VALUE_NULL);
      return;
    case SPOT_VALUE_DATE:
      if (was != SPOT_VALUE_NULL)
        {
          g_assert_cmpint (was, ==, SPOT_VALUE_STRING);
          g_assert_true (has_same_text (plain, annotated));
        }
      return;
    case SPOT_VALUE_BIGINT:
    case SPOT_VALUE_URL:
    case SPOT_VALUE_REGEXP:
    case SPOT_VALUE_SYMBOL:
      g_assert_cmpint (was, ==, SPOT_VALUE_STRING);
      g_assert_true (has_same_text (plain, annotated));
      return;
    case SPOT_VALUE_NUMBER:
      g_assert_true (was == SPOT_VALUE_NUMBER || was == SPOT_VALUE_STRING);
      g_assert_true (has_same_text (plain, annotated));
      return;
    case SPOT_VALUE_MAP:
      check_map (plain, annotated);
      return;
    case SPOT_VALUE_SET:
      g_assert_cmpint (was, ==, SPOT_VALUE_ARRAY);
      break;
    case SPOT_VALUE_ERROR:
      g_assert_cmpint (was, ==, SPOT_VALUE_OBJECT);
      break;
    case SPOT_VALUE_NULL:
    case SPOT_VALUE_BOOLEAN:
    case SPOT_VALUE_STRING:
    case SPOT_VALUE_ARRAY:
    case SPOT_VALUE_OBJECT:
    default:
      g_assert_cmpint (was, ==, is);
      if (!spot_value_is_container (annotated))
        g_assert_true (has_same_text (plain, annotated));
      break;
    }
  g_assert_cmpuint (n, ==, spot_value_get_n_children (plain));
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpstr (spot_value_get_child_name (annotated, i), ==, spot_value_get_child_name (plain, i));
      check_same_shape (spot_value_get_child (plain, i), spot_value_get_child (annotated, i));
    }
}

static void
check_written_and_read (const SpotValue *plain,
                        gboolean         pretty)
{
  g_autofree char *json = spot_value_to_json (plain, pretty);
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotValue) again = spot_value_new_from_json (json, -1, &error);

  g_assert_no_error (error);
  g_assert_true (g_utf8_validate (json, -1, NULL));
  g_assert_true (spot_value_equal (plain, again));
}

static void
check_packet (const char *text,
              gsize       size,
              const char *type)
{
  g_autoptr(SpotPacket) packet = spot_packet_decode (text, (gssize) size, type);

  g_assert_cmpint (packet->kind == SPOT_PACKET_VALUE, ==, packet->value != NULL);
  g_assert_cmpint (packet->kind == SPOT_PACKET_OPAQUE, ==, packet->problem != NULL);
  g_assert_true (g_utf8_validate (packet->raw, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  const char *text = (const char *) data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotValue) plain = spot_value_new_from_json (text, (gssize) size, NULL);
  g_autoptr(SpotValue) value = spot_superjson_decode (text, (gssize) size, &error);
  SpotValue *json = plain ? spot_value_get_member (plain, "json") : NULL;
  SpotValue *meta = plain ? spot_value_get_member (plain, "meta") : NULL;
  g_autofree char *written = NULL;

  check_packet (text, size, "application/json");
  check_packet (text, size, "application/super+json");
  check_packet (text, size, "text/plain");
  g_assert_cmpint (value != NULL, ==, json != NULL);
  if (plain)
    {
      check_written_and_read (plain, FALSE);
      check_written_and_read (plain, TRUE);
    }
  if (!value)
    {
      g_assert_true (error->domain == SPOT_PROTOCOL_ERROR);
      return 0;
    }

  if (!meta || !spot_value_get_member (meta, "values"))
    g_assert_true (spot_value_equal (value, json));
  check_same_shape (json, value);
  written = spot_value_to_json (value, TRUE);
  g_assert_true (g_utf8_validate (written, -1, NULL));

  return 0;
}
