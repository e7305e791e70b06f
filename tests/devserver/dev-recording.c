/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "dev-recording.h"

typedef struct
{
  guint       status;
  GHashTable *headers; /* lower-case name → value */
  char       *body;
} Recording;

static char *
decode_chunks (const char *text)
{
  GString *body = g_string_new (NULL);

  for (;;)
    {
      char *end;
      guint64 length = g_ascii_strtoull (text, &end, 16);

      g_assert_true (g_str_has_prefix (end, "\r\n"));
      if (length == 0)
        return g_string_free (body, FALSE);
      g_string_append_len (body, end + 2, (gssize) length);
      text = end + 2 + length + 2;
    }
}

static void
recording_load (Recording  *self,
                const char *name)
{
  g_autofree char *file = g_strconcat (name, ".http", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", file, NULL);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) lines = NULL;
  char *body;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  body = strstr (text, "\r\n\r\n");
  g_assert_nonnull (body);
  *body = '\0';
  body += 4;

  lines = g_strsplit (text, "\r\n", -1);
  self->status = (guint) g_ascii_strtoull (lines[0] + strlen ("HTTP/1.1 "), NULL, 10);
  self->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 1; lines[i] != NULL; i++)
    {
      char *colon = strchr (lines[i], ':');

      g_hash_table_insert (self->headers, g_ascii_strdown (lines[i], colon - lines[i]),
                           g_strdup (g_strstrip (colon + 1)));
    }
  self->body = g_hash_table_contains (self->headers, "transfer-encoding") ? decode_chunks (body) : g_strdup (body);
}

static char *
replace (char       *text,
         const char *pattern,
         const char *replacement)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GRegex) regex = g_regex_new (pattern, 0, 0, &error);
  char *replaced;

  g_assert_no_error (error);
  replaced = g_regex_replace (regex, text, -1, 0, replacement, 0, &error);
  g_assert_no_error (error);
  g_free (text);
  return replaced;
}

/* Gives each moment a number, in the order of their first mention. */
static char *
number_times (char *text)
{
  g_autoptr(GRegex) regex = g_regex_new ("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}", 0, 0, NULL);
  g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GMatchInfo) match = NULL;
  GString *out = g_string_new (NULL);
  int start, end, last = 0;

  g_regex_match (regex, text, 0, &match);
  for (; g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      g_autofree char *moment = g_match_info_fetch (match, 0);
      guint index;

      if (!g_ptr_array_find_with_equal_func (seen, moment, g_str_equal, &index))
        {
          index = seen->len;
          g_ptr_array_add (seen, g_strdup (moment));
        }
      g_match_info_fetch_pos (match, 0, &start, &end);
      g_string_append_len (out, text + last, start - last);
      g_string_append_printf (out, "time-%u", index);
      last = end;
    }
  g_string_append (out, text + last);
  g_free (text);
  return g_string_free (out, FALSE);
}

/* What is different each time: positions in the database's log, and transactions. */
static char *
normalise_body (const char *body,
                DevCompare  flags)
{
  char *text = g_strdup (body);

  text = replace (text, "\"(lsn|global_last_seen_lsn|xmax|xmin)\":\"\\d+\"", "\"\\1\":\"N\"");
  text = replace (text, "\"txids\":\\[\\d+\\]", "\"txids\":[N]");
  return flags & DEV_COMPARE_SHIFTED_TIMES ? number_times (text) : text;
}

/* Handles, log positions, cursors and request ids; small offsets such as 0_0, 0_inf, and places in a transaction
   stay. */
static char *
normalise_header (const char *name,
                  const char *value)
{
  char *text = g_strdup (value);

  if (g_str_equal (name, "electric-cursor"))
    return replace (text, "^\\d+$", "N");
  if (g_str_equal (name, "x-request-id"))
    return replace (text, "^[A-Za-z0-9+/_-]{20}$", "ID");
  if (strstr (name, "handle") != NULL || strstr (name, "shape-id") != NULL || g_str_equal (name, "etag"))
    {
      text = replace (text, "\\d{5,}-\\d{16}", "HANDLE");
      text = replace (text, "runs_\\d{13}_\\d+_[0-9a-f]{8}", "runs_HANDLE");
      text = replace (text, "batch_(\\w+)_\\d+_[0-9a-f]{8}", "batch_\\1_HANDLE");
      text = replace (text, ":-\\d{15,}", ":-STAMP");
    }
  if (g_str_equal (name, "etag") || strstr (name, "offset") != NULL)
    {
      text = replace (text, "\\d{13}_\\d+", "MS_N");
      text = replace (text, "\\b0_[1-9]\\d*$", "0_N");
      text = replace (text, "\\d{8}_", "LSN_");
    }
  return text;
}

static gboolean
is_compared (const char *name)
{
  static const char *const others[] = { "date", "connection", "keep-alive", "transfer-encoding", "content-length",
                                        NULL };

  return !g_strv_contains (others, name);
}

/**
 * dev_recording_compare:
 * @name: a recording under tests/fixtures, without its extension
 * @answer: what the server answered to the same request
 * @flags: how strictly
 *
 * Asserts that status, headers and body are the recorded ones, member by member and byte by byte but for what differs
 * each time.
 */
void
dev_recording_compare (const char *name,
                       DevAnswer  *answer,
                       DevCompare  flags)
{
  Recording recording;
  g_autofree char *expected_body = NULL;
  g_autofree char *body = NULL;
  GHashTableIter iter;
  SoupMessageHeadersIter answer_iter;
  gpointer key, value;
  const char *answer_name, *answer_value;

  g_test_message ("Comparing with %s", name);
  dev_client_wait (answer);
  g_assert_no_error (answer->error);
  recording_load (&recording, name);
  g_assert_cmpuint (answer->status, ==, recording.status);

  expected_body = normalise_body (recording.body, flags);
  body = normalise_body (answer->body, flags);
  g_assert_cmpstr (body, ==, expected_body);

  g_hash_table_iter_init (&iter, recording.headers);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      g_autofree char *expected = normalise_header (key, value);
      g_autofree char *got = NULL;

      if (!is_compared (key))
        continue;
      if (dev_answer_header (answer, key) == NULL)
        g_error ("%s: no header %s", name, (char *) key);
      got = normalise_header (key, dev_answer_header (answer, key));
      if (flags & DEV_COMPARE_ANY_START && g_str_equal (key, "etag"))
        {
          expected = replace (g_steal_pointer (&expected), ":LSN_\\d+:", ":START:");
          got = replace (g_steal_pointer (&got), ":LSN_\\d+:", ":START:");
        }
      g_assert_cmpstr (got, ==, expected);
    }
  soup_message_headers_iter_init (&answer_iter, soup_message_get_response_headers (answer->message));
  while (soup_message_headers_iter_next (&answer_iter, &answer_name, &answer_value))
    {
      g_autofree char *lower = g_ascii_strdown (answer_name, -1);

      if (is_compared (lower) && !g_hash_table_contains (recording.headers, lower))
        g_error ("%s: unexpected header %s", name, answer_name);
    }
  if (!(flags & DEV_COMPARE_ANY_FRAMING))
    g_assert_cmpint (g_hash_table_contains (recording.headers, "transfer-encoding"), ==,
                     dev_answer_header (answer, "transfer-encoding") != NULL);

  g_hash_table_unref (recording.headers);
  g_free (recording.body);
}
