/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-ui"

#include "config.h"

#include <string.h>

#include "spot-text.h"

/* Characters that turn the direction of writing, hide, or break a line where none is seen. */
static gboolean
is_deceiving (gunichar c)
{
  return c == 0x00ad || c == 0x061c || c == 0x180e || c == 0x200b || c == 0x200e || c == 0x200f
         || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb)
         || (c >= 0xe0000 && c <= 0xe007f);
}

static void
append_escape (GString *out,
               gunichar c)
{
  switch (c)
    {
    case '\n':
      g_string_append (out, "\\n");
      break;
    case '\r':
      g_string_append (out, "\\r");
      break;
    case '\t':
      g_string_append (out, "\\t");
      break;
    default:
      g_string_append_printf (out, c > 0xffff ? "\\u{%x}" : "\\u%04x", (guint) c);
      break;
    }
}

/* Laying a line out takes longer than its length: one that goes on for ever stops the window for as long. */
#define MAX_LINE_CHARACTERS 1000u

static char *
dup_visible (const char *text,
             gssize      length,
             guint       max_characters,
             gboolean    block)
{
  GString *out;
  const char *p;
  const char *end;
  guint n = 0;
  guint n_on_line = 0;

  if (text == NULL)
    return g_strdup ("");
  if (length < 0)
    length = (gssize) strlen (text);
  out = g_string_sized_new (MIN ((gsize) length, 256));
  p = text;
  end = text + length;
  while (p < end)
    {
      gunichar c;
      gsize step = 1;

      if (n++ == max_characters)
        {
          g_string_append (out, "…");
          break;
        }
      c = *p == '\0' ? 0 : g_utf8_get_char_validated (p, end - p);
      if (c == (gunichar) -1 || c == (gunichar) -2)
        c = 0xfffd;
      else
        step = c == 0 ? 1 : (gsize) (g_utf8_next_char (p) - p);
      p += step;

      if (block && c != '\n' && n_on_line++ == MAX_LINE_CHARACTERS)
        {
          g_string_append (out, "↩\n");
          n_on_line = 1;
        }
      if (c == '\n')
        n_on_line = 0;
      if (block && (c == '\n' || c == '\t'))
        g_string_append_c (out, (char) c);
      else if (block && c == '\r' && p < end && *p == '\n')
        continue;
      else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || is_deceiving (c))
        append_escape (out, c);
      else
        g_string_append_unichar (out, c);
    }
  return g_string_free (out, FALSE);
}

/**
 * spot_text_dup_line:
 * @text: (nullable): bytes from anywhere, UTF-8 or not
 * @length: length of @text in bytes, or -1 when it is NUL-terminated
 * @max_characters: how many characters of @text to keep at most
 *
 * One line for a label: line breaks too are shown as escapes. A text that is cut ends with an ellipsis.
 *
 * Returns: (transfer full): valid UTF-8
 */
char *
spot_text_dup_line (const char *text,
                    gssize      length,
                    guint       max_characters)
{
  return dup_visible (text, length, max_characters, FALSE);
}

/**
 * spot_text_dup_block:
 * @text: (nullable): bytes from anywhere, UTF-8 or not
 * @length: length of @text in bytes, or -1 when it is NUL-terminated
 * @max_characters: how many characters of @text to keep at most
 *
 * As spot_text_dup_line(), but line breaks and tabulators stay what they are, and a line of more than 1,000 characters is
 * broken, with an arrow where that was done.
 *
 * Returns: (transfer full): valid UTF-8
 */
char *
spot_text_dup_block (const char *text,
                     gssize      length,
                     guint       max_characters)
{
  return dup_visible (text, length, max_characters, TRUE);
}

static gboolean
is_plain_name (const char *name)
{
  if (!g_ascii_isalpha (*name) && *name != '_' && *name != '$')
    return FALSE;
  for (const char *p = name + 1; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '_' && *p != '$')
      return FALSE;
  return TRUE;
}

/**
 * spot_text_append_path_name:
 * @path: the path so far
 * @name: a member's name
 *
 * Appends `.name`, or `["na me"]` for a name that is no plain word; the first word of a path has no dot.
 */
void
spot_text_append_path_name (GString    *path,
                            const char *name)
{
  if (is_plain_name (name))
    {
      if (path->len > 0)
        g_string_append_c (path, '.');
      g_string_append (path, name);
      return;
    }
  g_string_append (path, "[\"");
  for (const char *p = name; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (path, '\\');
      if ((guchar) *p < 0x20)
        append_escape (path, (guchar) *p);
      else
        g_string_append_c (path, *p);
    }
  g_string_append (path, "\"]");
}

/**
 * spot_text_append_path_index:
 * @path: the path so far
 * @index: a position, from 0
 *
 * Appends `[3]`.
 */
void
spot_text_append_path_index (GString *path,
                             guint    index)
{
  g_string_append_printf (path, "[%u]", index);
}
