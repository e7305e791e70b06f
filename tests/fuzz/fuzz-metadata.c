/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metadata recogniser guesses, so there is no right answer to compare with; but whatever it finds must be fit to be
 * shown: fractions in range, texts without an end in the middle, addresses that may be opened, nothing secret. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "spot-fuzz.h"
#include "spot-metadata.h"

#define MAX_LIST 500u
#define MAX_TEXT_BYTES (2001 * 4 + 4)

static void
check_text (const char *text)
{
  g_assert_nonnull (text);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpuint (strlen (text), <=, MAX_TEXT_BYTES);
}

/* A text on one line, that nothing in it can turn around. */
static void
check_line (const char *text)
{
  check_text (text);
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_assert_false (g_unichar_iscntrl (c));
      g_assert_false (c == 0x2028 || c == 0x2029 || c == 0x202e);
    }
}

static void
check_count (double count)
{
  g_assert_true (isfinite (count));
  g_assert_true (count >= 0.0 || count == -1.0);
}

static void
check_steps (GPtrArray *steps)
{
  g_assert_cmpuint (steps->len, <=, MAX_LIST);
  for (guint i = 0; i < steps->len; i++)
    {
      SpotStep *step = steps->pdata[i];

      check_line (step->title);
      if (step->message)
        check_line (step->message);
      g_assert_cmpint ((int) step->state, >=, SPOT_STEP_PENDING);
      g_assert_cmpint ((int) step->state, <=, SPOT_STEP_SKIPPED);
    }
}

static void
check_links (GPtrArray *links)
{
  g_assert_cmpuint (links->len, <=, 50);
  for (guint i = 0; i < links->len; i++)
    {
      SpotLink *link = links->pdata[i];
      g_autoptr(GUri) uri = g_uri_parse (link->uri, G_URI_FLAGS_ENCODED, NULL);

      check_line (link->title);
      check_line (link->host);
      check_line (link->uri);
      g_assert_cmpint (*link->host, !=, '\0');
      g_assert_true (spot_uri_is_safe (link->uri));
      g_assert_nonnull (uri);
      g_assert_true (strcmp (g_uri_get_scheme (uri), "http") == 0 || strcmp (g_uri_get_scheme (uri), "https") == 0
                     || strcmp (g_uri_get_scheme (uri), "mailto") == 0);
      for (guint j = 0; j < i; j++)
        g_assert_cmpstr (((SpotLink *) links->pdata[j])->uri, !=, link->uri);
    }
}

static void
check_references (GPtrArray *references)
{
  g_assert_cmpuint (references->len, <=, 100);
  for (guint i = 0; i < references->len; i++)
    {
      SpotMetadataReference *reference = references->pdata[i];

      check_line (reference->id);
      g_assert_cmpint (*reference->id, !=, '\0');
      if (reference->name)
        check_line (reference->name);
      if (reference->kind == SPOT_METADATA_REFERENCE_RUN)
        g_assert_true (g_str_has_prefix (reference->id, "run_"));
      if (reference->kind == SPOT_METADATA_REFERENCE_BATCH)
        g_assert_true (g_str_has_prefix (reference->id, "batch_"));
    }
}

/* No token anywhere, and none of the SDK's own keys at the top. */
static void
check_tree (const SpotValue *value,
            guint            depth)
{
  guint n = spot_value_get_n_children (value);

  for (guint i = 0; i < n; i++)
    {
      const char *name = spot_value_get_child_name (value, i);
      SpotValue *child = spot_value_get_child (value, i);

      if (name && depth == 0)
        g_assert_false (g_str_has_prefix (name, "$$"));
      if (name && strcmp (name, "publicAccessToken") == 0 && spot_value_get_kind (child) != SPOT_VALUE_NULL)
        g_assert_cmpstr (spot_value_get_text (child, NULL), ==, "…");
      check_tree (child, depth + 1);
    }
}

/* What was found in words, to compare two readings. */
static char *
describe (const SpotMetadata *metadata)
{
  GString *words = g_string_new (NULL);

  g_string_append_printf (words, "%.17g %.17g %.17g %d %d %d|%s|%s|%s|", metadata->progress, metadata->current,
                          metadata->total, (int) metadata->seen_scale, (int) metadata->notice_level,
                          metadata->awaits_approval, metadata->label ? metadata->label : "",
                          metadata->warning ? metadata->warning : "", metadata->notice ? metadata->notice : "");
  g_string_append_printf (words, "%u %u %u %u %u", metadata->steps->len, metadata->items->len, metadata->log->len,
                          metadata->links->len, metadata->references->len);

  return g_string_free (words, FALSE);
}

static void
check (const char       *json,
       gsize             size,
       SpotProgressScale known_scale)
{
  g_autoptr(SpotMetadata) metadata = spot_metadata_parse (json, (gssize) size, known_scale);
  g_autoptr(SpotMetadata) again = spot_metadata_parse (json, (gssize) size, known_scale);
  g_autofree char *words = describe (metadata);
  g_autofree char *words_again = describe (again);
  g_autoptr(SpotValue) tree = spot_value_new_from_json (json, (gssize) size, NULL);

  g_assert_cmpstr (words, ==, words_again);
  g_assert_cmpint (metadata->tree != NULL, ==, tree != NULL && spot_value_get_kind (tree) == SPOT_VALUE_OBJECT);
  g_assert_true (metadata->progress == -1.0 || (metadata->progress >= 0.0 && metadata->progress <= 1.0));
  check_count (metadata->current);
  check_count (metadata->total);
  g_assert_cmpint ((int) metadata->seen_scale, >=, SPOT_PROGRESS_SCALE_UNKNOWN);
  g_assert_cmpint ((int) metadata->seen_scale, <=, SPOT_PROGRESS_SCALE_PERCENT);
  g_assert_cmpint ((int) metadata->notice_level, >=, SPOT_NOTICE_INFO);
  g_assert_cmpint ((int) metadata->notice_level, <=, SPOT_NOTICE_ERROR);
  if (metadata->label)
    check_line (metadata->label);
  if (metadata->warning)
    check_line (metadata->warning);
  if (metadata->notice)
    check_line (metadata->notice);
  check_steps (metadata->steps);
  check_steps (metadata->items);
  check_links (metadata->links);
  check_references (metadata->references);
  g_assert_cmpuint (metadata->log->len, <=, MAX_LIST);
  for (guint i = 0; i < metadata->log->len; i++)
    check_text (metadata->log->pdata[i]);
  if (metadata->tree)
    check_tree (metadata->tree, 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  const char *json = (const char *) data;

  check (json, size, SPOT_PROGRESS_SCALE_UNKNOWN);
  check (json, size, SPOT_PROGRESS_SCALE_FRACTION);
  check (json, size, SPOT_PROGRESS_SCALE_PERCENT);

  return 0;
}
