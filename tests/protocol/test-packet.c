/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-packet.h"

static void
test_types (void)
{
  static const struct
  {
    const char *data, *type;
    SpotPacketKind kind;
    const char *json; /* what the value is, as JSON */
    const char *kept_type;
  } cases[] = {
    { "{\"a\":1}", "application/json", SPOT_PACKET_VALUE, "{\"a\":1}", "application/json" },
    { "null", "application/json", SPOT_PACKET_VALUE, "null", "application/json" },
    { "{\"a\":1}", NULL, SPOT_PACKET_VALUE, "{\"a\":1}", "application/json" },
    { "{\"a\":1}", "", SPOT_PACKET_VALUE, "{\"a\":1}", "application/json" },
    { "{\"a\":1}", " ; charset=utf-8", SPOT_PACKET_VALUE, "{\"a\":1}", "application/json" },
    { "{\"a\":1}", "Application/JSON; charset=utf-8", SPOT_PACKET_VALUE, "{\"a\":1}", "application/json" },
    { "{\"a\":1}", " application/json ;x", SPOT_PACKET_VALUE, "{\"a\":1}", "application/json" },
    { NULL, "application/json", SPOT_PACKET_NOTHING, NULL, "application/json" },
    { "", "application/json", SPOT_PACKET_NOTHING, NULL, "application/json" },
    { "", "application/super+json", SPOT_PACKET_NOTHING, NULL, "application/super+json" },
    { NULL, "text/plain", SPOT_PACKET_NOTHING, NULL, "text/plain" },
    { NULL, NULL, SPOT_PACKET_NOTHING, NULL, "application/json" },
    { "{\"json\":{\"b\":\"5\"},\"meta\":{\"values\":{\"b\":[\"bigint\"]}}}", "application/super+json",
      SPOT_PACKET_VALUE, "{\"b\":\"5\"}", "application/super+json" },
    { "{\"a\":1}", "application/super+json", SPOT_PACKET_OPAQUE, NULL, "application/super+json" },
    { "nonsense", "application/super+json", SPOT_PACKET_OPAQUE, NULL, "application/super+json" },
    { "plain \"text\"\n", "text/plain", SPOT_PACKET_VALUE, "\"plain \\\"text\\\"\\n\"", "text/plain" },
    { "{\"a\":1}", "text/plain;charset=UTF-8", SPOT_PACKET_VALUE, "\"{\\\"a\\\":1}\"", "text/plain" },
    { "", "text/plain", SPOT_PACKET_VALUE, "\"\"", "text/plain" },
    { "packets/run_1/output.json", "application/store", SPOT_PACKET_STORED, NULL, "application/store" },
    { "s3://packets/x", "application/store", SPOT_PACKET_STORED, NULL, "application/store" },
    { "{\"a\":", "application/json", SPOT_PACKET_OPAQUE, NULL, "application/json" },
    { "{'a':1}", "application/json", SPOT_PACKET_OPAQUE, NULL, "application/json" },
    { "<p>", "text/html", SPOT_PACKET_OPAQUE, NULL, "text/html" },
    { "{\"a\":1}", "application/jsonp", SPOT_PACKET_OPAQUE, NULL, "application/jsonp" },
    { "x", "\xff", SPOT_PACKET_OPAQUE, NULL, "\xef\xbf\xbd" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SpotPacket) packet = spot_packet_decode (cases[i].data, -1, cases[i].type);
      g_autofree char *json = packet->value ? spot_value_to_json (packet->value, FALSE) : NULL;

      g_assert_cmpint (packet->kind, ==, cases[i].kind);
      g_assert_cmpstr (json, ==, cases[i].json);
      g_assert_cmpstr (packet->raw, ==, cases[i].data);
      g_assert_cmpstr (packet->type, ==, cases[i].kept_type);
      g_assert_true ((packet->problem != NULL) == (packet->kind == SPOT_PACKET_OPAQUE));
    }
}

static void
test_raw_is_utf8 (void)
{
  g_autoptr (SpotPacket) opaque = spot_packet_decode ("a\xff\0b", 4, "image/png");
  g_autoptr (SpotPacket) text = spot_packet_decode ("a\xff\0b", 4, "text/plain");
  gsize length;
  const char *shown = spot_value_get_text (text->value, &length);

  g_assert_cmpstr (opaque->raw, ==,
                   "a\xef\xbf\xbd\xef\xbf\xbd"
                   "b");
  g_assert_cmpmem (shown, length, "a\xef\xbf\xbd\0b", 6);
}

static void
test_length (void)
{
  g_autoptr (SpotPacket) packet = spot_packet_decode ("[1]]]", 3, NULL);

  g_assert_cmpint (packet->kind, ==, SPOT_PACKET_VALUE);
  g_assert_cmpstr (packet->raw, ==, "[1]");
}

/* The most that a feed carries inline. */
static void
test_half_a_megabyte (void)
{
  g_autofree char *filler = g_strnfill (512 * 1024 - 2, 'x');
  g_autofree char *json = g_strdup_printf ("\"%s\"", filler);
  g_autoptr (SpotPacket) as_json = spot_packet_decode (json, -1, "application/json");
  g_autoptr (SpotPacket) as_text = spot_packet_decode (filler, -1, "text/plain");

  g_assert_cmpstr (spot_value_get_text (as_json->value, NULL), ==, filler);
  g_assert_true (spot_value_equal (as_json->value, as_text->value));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/packet/81-types", test_types);
  g_test_add_func ("/packet/raw-is-utf8", test_raw_is_utf8);
  g_test_add_func ("/packet/length", test_length);
  g_test_add_func ("/packet/81-half-a-megabyte", test_half_a_megabyte);
  return g_test_run ();
}
