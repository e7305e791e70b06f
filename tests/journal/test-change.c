/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "spot-change.h"
#include "spot-test-journal.h"
#include "spot-value.h"

#define NOW_US 1000

/* What has happened, a line for each: the kind and its detail. */
static char *
compare (const char *before,
         const char *after)
{
  static const char *const kinds[]
    = { NULL, "CREATED", "STATUS", "ENDED", "TAGS", "METADATA", "FIELDS", "LEFT", "DELETED" };
  g_autoptr(SpotRunRecord) older = before ? spot_test_record (before) : NULL;
  g_autoptr(SpotRunRecord) newer = spot_test_record (after);
  g_autoptr(GPtrArray) changes = spot_change_compare (older, newer, SPOT_RUN_BATCH_REFETCH, NOW_US);
  g_autoptr(GString) words = g_string_new (NULL);

  for (guint i = 0; i < changes->len; i++)
    {
      SpotChange *change = changes->pdata[i];
      g_autoptr(SpotValue) detail = spot_value_new_from_json (change->detail, -1, NULL);

      g_assert_nonnull (detail);
      g_assert_cmpint (spot_value_get_kind (detail), ==, SPOT_VALUE_OBJECT);
      g_assert_cmpint (change->time_us, ==, NOW_US);
      g_assert_cmpint (change->cause, ==, SPOT_RUN_BATCH_REFETCH);
      g_string_append_printf (words, "%s%s %s", i > 0 ? "\n" : "", kinds[change->kind], change->detail);
    }

  return g_string_free (g_steal_pointer (&words), FALSE);
}

#define META(text) "\"metadata\":\"" text "\",\"metadataType\":\"application/json\""

static void
test_table (void)
{
  static const struct
  {
    const char *before;
    const char *after;
    const char *wanted;
  } cases[] = {
    { NULL, "\"status\":\"PENDING\"", "CREATED {\"new\":\"PENDING\"}" },
    { NULL, "\"status\":\"NEW \\\"WORD\\\"\"", "CREATED {\"new\":\"NEW \\\"WORD\\\"\"}" },
    { "\"status\":\"PENDING\"", "\"status\":\"PENDING\"", "" },
    { "\"status\":\"PENDING\"", "\"status\":\"EXECUTING\"", "STATUS {\"old\":\"PENDING\",\"new\":\"EXECUTING\"}" },
    { "\"updatedAt\":\"2026-08-21 09:12:00\"", "\"updatedAt\":\"2026-08-21 09:12:01\"", "" },
    /* Learned, or not told: no change. */
    { "\"number\":\"1\"", "\"number\":\"1\",\"ttl\":\"1m\"", "" },
    { "\"number\":\"1\",\"ttl\":\"1m\"", "\"number\":\"1\"", "" },
    /* Ends. */
    { "\"status\":\"EXECUTING\",\"completedAt\":null",
      "\"status\":\"CANCELED\",\"completedAt\":\"2026-08-21 09:12:00\"",
      "ENDED {\"old\":\"EXECUTING\",\"new\":\"CANCELED\"}" },
    { "\"status\":\"CANCELED\",\"completedAt\":null", "\"status\":\"CANCELED\",\"completedAt\":\"2026-08-21 09:12:00\"",
      "ENDED {\"old\":\"CANCELED\",\"new\":\"CANCELED\"}" },
    { "\"status\":\"CANCELED\",\"completedAt\":\"2026-08-21 09:12:00\"", "\"status\":\"EXECUTING\",\"completedAt\":null",
      "FIELDS {\"fields\":[{\"name\":\"completedAt\",\"old\":\"2026-08-21T09:12:00.000Z\"}]}\n"
      "STATUS {\"old\":\"CANCELED\",\"new\":\"EXECUTING\"}" },
    /* Tags. */
    { "\"runTags\":\"{a,b}\"", "\"runTags\":\"{b,c}\"", "TAGS {\"added\":[\"c\"],\"removed\":[\"a\"]}" },
    { "\"runTags\":\"{a,b}\"", "\"runTags\":\"{b,a}\"", "" },
    { "\"runTags\":null", "\"runTags\":\"{}\"", "" },
    { "\"runTags\":\"{a}\"", "\"runTags\":\"{}\"", "TAGS {\"removed\":[\"a\"]}" },
    { "\"runTags\":null", "\"runTags\":\"{a,\\\"b c\\\"}\"", "TAGS {\"added\":[\"a\",\"b c\"]}" },
    /* Metadata. */
    { META ("{\\\"rows\\\":1,\\\"gone\\\":true,\\\"same\\\":[1]}"),
      META ("{\\\"rows\\\":2,\\\"new\\\":{\\\"a\\\":null},\\\"same\\\":[1]}"),
      "METADATA {\"keys\":[{\"name\":\"rows\",\"old\":\"1\",\"new\":\"2\"},{\"name\":\"new\",\"new\":\"{\\\"a\\\":null}\"},"
      "{\"name\":\"gone\",\"old\":\"true\"}]}" },
    { META ("{\\\"a\\\":1}"), META ("{ \\\"a\\\" : 1 }"), "" },
    { "\"metadata\":null", META ("{\\\"a\\\":\\\"x\\\"}"), "METADATA {\"keys\":[{\"name\":\"a\",\"new\":\"x\"}]}" },
    { META ("{\\\"a\\\":\\\"x\\\"}"), "\"metadata\":null", "METADATA {\"keys\":[{\"name\":\"a\",\"old\":\"x\"}]}" },
    { META ("[1]"), META ("{\\\"a\\\":1}"), "METADATA {\"old\":\"[1]\",\"new\":\"{\\\"a\\\":1}\"}" },
    { META ("nonsense"), META ("{\\\"a\\\":1}"), "METADATA {\"old_bytes\":8,\"new_bytes\":9}" },
    { META ("{\\\"$$streams\\\":[1]}"), META ("{\\\"$$streams\\\":[1,2]}"), "" },
    /* A credential is no history. */
    { META ("{\\\"x\\\":{\\\"publicAccessToken\\\":\\\"secret\\\",\\\"a\\\":1}}"),
      META ("{\\\"x\\\":{\\\"publicAccessToken\\\":\\\"secret\\\",\\\"a\\\":2}}"),
      "METADATA {\"keys\":[{\"name\":\"x\",\"old\":\"{\\\"publicAccessToken\\\":\\\"•••\\\",\\\"a\\\":1}\","
      "\"new\":\"{\\\"publicAccessToken\\\":\\\"•••\\\",\\\"a\\\":2}\"}]}" },
    /* Other fields. */
    { "\"startedAt\":null,\"usageDurationMs\":\"0\",\"costInCents\":\"0\",\"isTest\":\"f\"",
      "\"startedAt\":\"2026-08-21 09:12:00\",\"usageDurationMs\":\"12\",\"costInCents\":\"0.5\",\"isTest\":\"t\"",
      "FIELDS {\"fields\":[{\"name\":\"startedAt\",\"new\":\"2026-08-21T09:12:00.000Z\"},"
      "{\"name\":\"isTest\",\"old\":\"false\",\"new\":\"true\"},{\"name\":\"usageDurationMs\",\"old\":\"0\",\"new\":\"12\"},"
      "{\"name\":\"costInCents\",\"old\":\"0\",\"new\":\"0.5\"}]}" },
    { "\"output\":null,\"error\":null", "\"output\":\"secret\",\"error\":\"oh\"",
      "FIELDS {\"fields\":[{\"name\":\"output\",\"old_bytes\":0,\"new_bytes\":6},"
      "{\"name\":\"error\",\"old_bytes\":0,\"new_bytes\":2}]}" },
    { "\"realtimeStreams\":null", "\"realtimeStreams\":\"{a,b}\"",
      "FIELDS {\"fields\":[{\"name\":\"realtimeStreams\",\"new\":\"a, b\"}]}" },
    /* All at once: the last words before the end. */
    { "\"status\":\"EXECUTING\",\"completedAt\":null,\"runTags\":\"{}\",\"ttl\":null," META ("{}"),
      "\"status\":\"CRASHED\",\"completedAt\":\"2026-08-21 09:12:00\",\"runTags\":\"{a}\",\"ttl\":\"1m\","
        META ("{\\\"a\\\":1}"),
      "TAGS {\"added\":[\"a\"]}\nMETADATA {\"keys\":[{\"name\":\"a\",\"new\":\"1\"}]}\n"
      "FIELDS {\"fields\":[{\"name\":\"ttl\",\"new\":\"1m\"}]}\nENDED {\"old\":\"EXECUTING\",\"new\":\"CRASHED\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = compare (cases[i].before, cases[i].after);

      g_assert_cmpstr (found, ==, cases[i].wanted);
    }
}

/* However much changes, little is kept of it. */
static void
test_bounds (void)
{
  g_autoptr(GString) before = g_string_new ("\"metadataType\":\"application/json\",\"metadata\":\"{");
  g_autoptr(GString) after = g_string_new (before->str);
  g_autofree char *words = NULL;

  for (guint i = 0; i < 2000; i++)
    {
      g_string_append_printf (before, "%s\\\"key%u-%0100u\\\":\\\"", i > 0 ? "," : "", i, i);
      g_string_append_printf (after, "%s\\\"key%u-%0100u\\\":\\\"", i > 0 ? "," : "", i, i);
      for (guint j = 0; j < 200; j++)
        g_string_append (j == 0 ? after : before, "ö");
      g_string_append (before, "\\\"");
      g_string_append (after, "\\\"");
    }
  g_string_append (before, "}\"");
  g_string_append (after, "}\"");
  words = compare (before->str, after->str);
  g_assert_cmpuint (strlen (words), <, 8000);
  g_assert_true (g_str_has_suffix (words, "\"more\":1976}"));
  g_assert_nonnull (strstr (words, "ö…"));
}

static void
test_removal (void)
{
  g_autoptr(SpotChange) left = spot_change_new_removal (FALSE, "tags:\"a\"", SPOT_RUN_BATCH_CHANGES, NOW_US);
  g_autoptr(SpotChange) deleted = spot_change_new_removal (TRUE, "run:1", SPOT_RUN_BATCH_CHANGES, NOW_US);

  g_assert_cmpint (left->kind, ==, SPOT_CHANGE_LEFT);
  g_assert_cmpstr (left->detail, ==, "{\"feed\":\"tags:\\\"a\\\"\"}");
  g_assert_cmpint (deleted->kind, ==, SPOT_CHANGE_DELETED);
  g_assert_null (deleted->detail);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/change/table", test_table);
  g_test_add_func ("/change/bounds", test_bounds);
  g_test_add_func ("/change/removal", test_removal);

  return g_test_run ();
}
