/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-json-text.h"
#include "spot-shape-reader.h"

/* Reads the four hexadecimal digits after \u; -1 when they are not there. */
static int
read_code_unit (const char *text,
                const char *end)
{
  int unit = 0;

  if (end - text < 4)
    return -1;
  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0)
        return -1;
      unit = unit << 4 | digit;
    }

  return unit;
}

/* Writes a code point as UTF-8; a surrogate that has lost its other half, and -1, as U+FFFD. */
static char *
put_code_point (char *out,
                int   point)
{
  if (point < 0 || (point >= 0xd800 && point <= 0xdfff))
    point = 0xfffd;

  return out + g_unichar_to_utf8 ((gunichar) point, out);
}

/* Copies [@text, @end) with every byte that is not UTF-8 replaced. NUL is as good a character as any. */
static char *
put_valid (char       *out,
           const char *text,
           const char *end)
{
  while (text < end)
    {
      const char *stop;
      gboolean valid;

      valid = g_utf8_validate_len (text, (gsize) (end - text), &stop);
      memcpy (out, text, (gsize) (stop - text));
      out += stop - text;
      text = stop;
      if (valid)
        break;
      if (*text == '\0')
        *out++ = '\0';
      else
        out = put_code_point (out, -1);
      text++;
    }

  return out;
}

/**
 * spot_json_text_unescape:
 * @text: (array length=length): the bytes between a JSON string's quotes
 * @length: length of @text in bytes
 * @out: room for %SPOT_JSON_TEXT_ROOM bytes
 *
 * Undoes JSON's escapes. Unpaired surrogates, escapes that JSON does not have and bytes that are not UTF-8 become
 * U+FFFD. Writes no NUL at the end.
 *
 * Returns: the number of bytes written
 */
gsize
spot_json_text_unescape (const char *text,
                         gsize       length,
                         char       *out)
{
  const char *end = text + length;
  char *start = out;

  while (text < end)
    {
      const char *backslash = memchr (text, '\\', (gsize) (end - text));
      int unit;

      out = put_valid (out, text, backslash ? backslash : end);
      if (!backslash)
        break;
      text = backslash + 2;
      switch (text <= end ? backslash[1] : '\0')
        {
        case '"':
        case '\\':
        case '/':
          *out++ = backslash[1];
          break;
        case 'b':
          *out++ = '\b';
          break;
        case 'f':
          *out++ = '\f';
          break;
        case 'n':
          *out++ = '\n';
          break;
        case 'r':
          *out++ = '\r';
          break;
        case 't':
          *out++ = '\t';
          break;
        case 'u':
          unit = read_code_unit (text, end);
          if (unit >= 0)
            text += 4;
          if (unit >= 0xd800 && unit <= 0xdbff && end - text >= 6 && text[0] == '\\' && text[1] == 'u')
            {
              int low = read_code_unit (text + 2, end);

              if (low >= 0xdc00 && low <= 0xdfff)
                {
                  unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                  text += 6;
                }
            }
          out = put_code_point (out, unit);
          break;
        default:
          /* The character after the backslash is looked at again, it may be the first byte of several. */
          out = put_code_point (out, -1);
          text = backslash + 1;
          break;
        }
    }

  return (gsize) (out - start);
}

/**
 * spot_json_text_equal:
 * @text: (array length=length): the bytes between a JSON string's quotes
 * @length: length of @text in bytes
 * @has_escapes: whether @text has escapes
 * @plain: a short ASCII text that ends in NUL
 *
 * Returns: whether @text says @plain, escapes or not
 */
gboolean
spot_json_text_equal (const char *text,
                      gsize       length,
                      gboolean    has_escapes,
                      const char *plain)
{
  gsize plain_length = strlen (plain);
  char room[SPOT_JSON_TEXT_ROOM (6 * 64)];

  if (!has_escapes)
    return length == plain_length && memcmp (text, plain, length) == 0;

  /* An escape is at most six bytes for one of ASCII. */
  if (length > 6 * plain_length || length > 6 * 64)
    return FALSE;

  return spot_json_text_unescape (text, length, room) == plain_length && memcmp (room, plain, plain_length) == 0;
}

/**
 * spot_json_unescape:
 * @text: (array length=length): the bytes between a JSON string's quotes
 * @length: length of @text in bytes
 * @out_length: (out) (optional): length of the result, which may itself hold NUL
 *
 * Undoes JSON's escapes. Unpaired surrogates, escapes that JSON does not have and bytes that are not UTF-8 become
 * U+FFFD.
 *
 * Returns: (transfer full): the text as UTF-8, with a NUL behind it
 */
char *
spot_json_unescape (const char *text,
                    gsize       length,
                    gsize      *out_length)
{
  char *out;
  gsize written;

  g_return_val_if_fail (text != NULL || length == 0, NULL);

  out = g_malloc (SPOT_JSON_TEXT_ROOM (length) + 1);
  written = length > 0 ? spot_json_text_unescape (text, length, out) : 0;
  out[written] = '\0';
  if (out_length)
    *out_length = written;

  /* Hardly a text grows, so most of that room is given back. */
  return g_realloc (out, written + 1);
}
