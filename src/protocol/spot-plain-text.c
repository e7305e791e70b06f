/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-plain-text.h"

/**
 * spot_plain_text_dup_cut:
 * @text: valid UTF-8
 * @max_bytes: the most to keep, at least 4
 *
 * @text, or its beginning and an ellipsis when it is longer than @max_bytes. Never cuts a character.
 *
 * Returns: (transfer full): the text
 */
char *
spot_plain_text_dup_cut (const char *text,
                   gsize       max_bytes)
{
  const char *end;

  g_return_val_if_fail (text != NULL && max_bytes >= 4, NULL);

  if (strlen (text) <= max_bytes)
    return g_strdup (text);
  end = g_utf8_find_prev_char (text, text + max_bytes + 1);
  return g_strdup_printf ("%.*s…", (int) (end - text), text);
}

/* Characters that would break a line, or turn around or hide what stands in it. */
static gboolean
is_blank (gunichar c)
{
  return g_unichar_isspace (c) || g_unichar_iscntrl (c) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static char *
dup_line (const char *text,
          guint       max_chars,
          gboolean    first_only)
{
  GString *line = g_string_new (NULL);
  gsize last_fitting = 0; /* where the line ends when an ellipsis must fit too */
  guint n_chars = 0;
  gboolean blank = FALSE;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (first_only && (c == '\n' || c == '\r') && line->len > 0)
        break;
      if (is_blank (c))
        {
          blank = line->len > 0;
          continue;
        }
      n_chars += blank ? 2 : 1;
      if (n_chars > max_chars)
        {
          g_string_truncate (line, last_fitting);
          g_string_append (line, "…");
          break;
        }
      if (blank)
        g_string_append_c (line, ' ');
      g_string_append_unichar (line, c);
      if (n_chars < max_chars)
        last_fitting = line->len;
      blank = FALSE;
    }
  return g_string_free (line, FALSE);
}

/**
 * spot_plain_text_dup_line:
 * @text: valid UTF-8
 * @max_chars: the most characters to keep, the ellipsis of a cut line included
 *
 * @text on one line: each run of blanks, line breaks, control and direction characters becomes one blank, none at the
 *   ends.
 *
 * Returns: (transfer full): the line, empty when @text says nothing
 */
char *
spot_plain_text_dup_line (const char *text,
                    guint       max_chars)
{
  g_return_val_if_fail (text != NULL, NULL);

  return dup_line (text, max_chars, FALSE);
}

/**
 * spot_plain_text_dup_first_line:
 * @text: valid UTF-8
 * @max_chars: the most characters to keep, the ellipsis of a cut line included
 *
 * Like spot_plain_text_dup_line(), of the first line that says something.
 *
 * Returns: (transfer full): the line, empty when @text says nothing
 */
char *
spot_plain_text_dup_first_line (const char *text,
                          guint       max_chars)
{
  g_return_val_if_fail (text != NULL, NULL);

  return dup_line (text, max_chars, TRUE);
}
