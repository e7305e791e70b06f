/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-limits.h"
#include "spot-protocol-error.h"

#include "spot-json-rewrite.h"

#define MAX_INTEGER_LENGTH 18 /* digits that fit a gint64 whatever they are */
#define REPLACEMENT "\xef\xbf\xbd"

typedef struct
{
  const guint8 *start;
  const guint8 *p;
  const guint8 *end;
  GString      *out;
} Scanner;

static gboolean
fail (Scanner    *scanner,
      GError    **error,
      const char *what)
{
  g_set_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED, "JSON: %s at byte %" G_GSIZE_FORMAT, what,
               (gsize) (scanner->p - scanner->start));
  return FALSE;
}

static int
peek (Scanner *scanner)
{
  return scanner->p < scanner->end ? *scanner->p : -1;
}

static void
skip_space (Scanner *scanner)
{
  while (scanner->p < scanner->end
         && (*scanner->p == ' ' || *scanner->p == '\n' || *scanner->p == '\r' || *scanner->p == '\t'))
    scanner->p++;
}

static void
skip_digits (Scanner *scanner)
{
  while (scanner->p < scanner->end && g_ascii_isdigit (*scanner->p))
    scanner->p++;
}

static gboolean
scan_number (Scanner *scanner,
             GError **error)
{
  const guint8 *start = scanner->p;
  gboolean plain = TRUE;

  if (peek (scanner) == '-')
    scanner->p++;
  if (peek (scanner) == '0')
    {
      scanner->p++;
      plain = start[0] != '-';
    }
  else if (g_ascii_isdigit (peek (scanner)))
    skip_digits (scanner);
  else
    return fail (scanner, error, "a number without digits");
  plain = plain && scanner->p - start <= MAX_INTEGER_LENGTH;
  if (peek (scanner) == '.')
    {
      plain = FALSE;
      scanner->p++;
      if (!g_ascii_isdigit (peek (scanner)))
        return fail (scanner, error, "a number that ends with its point");
      skip_digits (scanner);
    }
  if (peek (scanner) == 'e' || peek (scanner) == 'E')
    {
      plain = FALSE;
      scanner->p++;
      if (peek (scanner) == '+' || peek (scanner) == '-')
        scanner->p++;
      if (!g_ascii_isdigit (peek (scanner)))
        return fail (scanner, error, "an exponent without digits");
      skip_digits (scanner);
    }
  if (!plain)
    g_string_append (scanner->out, "\"" SPOT_JSON_MARK "n");
  g_string_append_len (scanner->out, (const char *) start, scanner->p - start);
  if (!plain)
    g_string_append_c (scanner->out, '"');
  return TRUE;
}

/* Four hexadecimal digits at @p, or -1. */
static int
read_hex (const guint8 *p,
          const guint8 *end)
{
  int unit = 0;

  if (end - p < 4)
    return -1;
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value ((char) p[i]);

      if (digit < 0)
        return -1;
      unit = unit << 4 | digit;
    }
  return unit;
}

static void
append_unichar (GString *out,
                gunichar c)
{
  if (c == 0)
    g_string_append (out, SPOT_JSON_MARK "0");
  else if (c == 0xe000)
    g_string_append (out, SPOT_JSON_MARK "m");
  else if (c < 0x20 || c == '"' || c == '\\')
    g_string_append_printf (out, "\\u%04x", c);
  else
    g_string_append_unichar (out, c);
}

/* One escape; scanner->p is at its backslash. */
static gboolean
scan_escape (Scanner *scanner,
             GError **error)
{
  int unit, low;

  if (scanner->end - scanner->p < 2)
    return fail (scanner, error, "a string that does not end");
  if (scanner->p[1] != 'u')
    {
      if (scanner->p[1] == 0 || strchr ("\"\\/bfnrt", scanner->p[1]) == NULL)
        return fail (scanner, error, "an unknown escape");
      g_string_append_len (scanner->out, (const char *) scanner->p, 2);
      scanner->p += 2;
      return TRUE;
    }
  unit = read_hex (scanner->p + 2, scanner->end);
  if (unit < 0)
    return fail (scanner, error, "an escape without four hexadecimal digits");
  scanner->p += 6;
  if (unit >= 0xd800 && unit <= 0xdbff && scanner->end - scanner->p >= 6 && scanner->p[0] == '\\'
      && scanner->p[1] == 'u')
    {
      low = read_hex (scanner->p + 2, scanner->end);
      if (low >= 0xdc00 && low <= 0xdfff)
        {
          scanner->p += 6;
          append_unichar (scanner->out, 0x10000 + (((gunichar) unit - 0xd800) << 10) + ((gunichar) low - 0xdc00));
          return TRUE;
        }
    }
  if (unit >= 0xd800 && unit <= 0xdfff)
    g_string_append (scanner->out, REPLACEMENT);
  else
    append_unichar (scanner->out, (gunichar) unit);
  return TRUE;
}

static gboolean
scan_string (Scanner *scanner,
             GError **error)
{
  scanner->p++;
  g_string_append_c (scanner->out, '"');
  while (TRUE)
    {
      const guint8 *run = scanner->p;
      int c;

      while (scanner->p < scanner->end && *scanner->p >= 0x20 && *scanner->p < 0x80 && *scanner->p != '"'
             && *scanner->p != '\\')
        scanner->p++;
      g_string_append_len (scanner->out, (const char *) run, scanner->p - run);
      c = peek (scanner);
      if (c < 0)
        return fail (scanner, error, "a string that does not end");
      if (c == '"')
        break;
      if (c < 0x20)
        return fail (scanner, error, "a bare control character in a string");
      if (c == '\\')
        {
          if (!scan_escape (scanner, error))
            return FALSE;
        }
      else
        {
          gunichar wide = g_utf8_get_char_validated ((const char *) scanner->p, scanner->end - scanner->p);

          if (wide == (gunichar) -1 || wide == (gunichar) -2)
            {
              g_string_append (scanner->out, REPLACEMENT);
              scanner->p++;
            }
          else
            {
              append_unichar (scanner->out, wide);
              scanner->p += g_utf8_skip[*scanner->p];
            }
        }
    }
  scanner->p++;
  g_string_append_c (scanner->out, '"');
  return TRUE;
}

static gboolean
scan_word (Scanner    *scanner,
           const char *word,
           GError    **error)
{
  gsize length = strlen (word);

  if ((gsize) (scanner->end - scanner->p) < length || memcmp (scanner->p, word, length) != 0)
    return fail (scanner, error, "an unknown word");
  scanner->p += length;
  g_string_append_len (scanner->out, word, (gssize) length);
  return TRUE;
}

static gboolean
scan_value (Scanner *scanner,
            guint    depth,
            GError **error)
{
  int open = peek (scanner);
  int close;

  switch (open)
    {
    case '"':
      return scan_string (scanner, error);
    case 't':
      return scan_word (scanner, "true", error);
    case 'f':
      return scan_word (scanner, "false", error);
    case 'n':
      return scan_word (scanner, "null", error);
    case '{':
    case '[':
      break;
    case -1:
      return fail (scanner, error, "the end where a value should be");
    default:
      if (open == '-' || g_ascii_isdigit (open))
        return scan_number (scanner, error);
      return fail (scanner, error, "something that is no value");
    }

  if (depth >= SPOT_MAX_NESTING)
    {
      g_set_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE, "JSON: nested deeper than %u",
                   SPOT_MAX_NESTING);
      return FALSE;
    }
  close = open == '{' ? '}' : ']';
  scanner->p++;
  skip_space (scanner);
  if (peek (scanner) == close)
    {
      scanner->p++;
      g_string_append (scanner->out, open == '{' ? "\"" SPOT_JSON_MARK "o\"" : "\"" SPOT_JSON_MARK "a\"");
      return TRUE;
    }
  g_string_append (scanner->out, open == '{' ? "[\"" SPOT_JSON_MARK "{\"," : "[");
  while (TRUE)
    {
      if (open == '{')
        {
          if (peek (scanner) != '"')
            return fail (scanner, error, "a member without a name");
          if (!scan_string (scanner, error))
            return FALSE;
          skip_space (scanner);
          if (peek (scanner) != ':')
            return fail (scanner, error, "a name without a colon");
          scanner->p++;
          g_string_append_c (scanner->out, ',');
          skip_space (scanner);
        }
      if (!scan_value (scanner, depth + 1, error))
        return FALSE;
      skip_space (scanner);
      if (peek (scanner) == close)
        break;
      if (peek (scanner) != ',')
        return fail (scanner, error, "neither a comma nor the end of a list");
      scanner->p++;
      g_string_append_c (scanner->out, ',');
      skip_space (scanner);
    }
  scanner->p++;
  g_string_append_c (scanner->out, ']');
  return TRUE;
}

/**
 * spot_json_rewrite:
 * @text: what may be a JSON document
 * @length: its length in bytes
 * @error: return location for a #GError
 *
 * Checks @text against JSON's grammar, with no leniencies but a byte order mark at the beginning, and writes it anew.
 *
 * Fails with %SPOT_PROTOCOL_ERROR_MALFORMED for what is no JSON, and %SPOT_PROTOCOL_ERROR_TOO_LARGE for nesting beyond
 * %SPOT_MAX_NESTING.
 *
 * Returns: (transfer full) (nullable): the new document, or %NULL with @error set
 */
GString *
spot_json_rewrite (const char *text,
                   gsize       length,
                   GError    **error)
{
  g_autoptr (GString) out = g_string_sized_new (length + length / 4 + 16);
  Scanner scanner = { 0 };

  scanner.start = scanner.p = (const guint8 *) text;
  scanner.end = scanner.start + length;
  scanner.out = out;
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    scanner.p += 3;
  skip_space (&scanner);
  /* The array around it makes every document one that json-glib takes: some versions refuse a lone string. */
  g_string_append_c (out, '[');
  if (!scan_value (&scanner, 0, error))
    return NULL;
  skip_space (&scanner);
  if (scanner.p != scanner.end)
    {
      fail (&scanner, error, "something after the value");
      return NULL;
    }
  g_string_append_c (out, ']');
  return g_steal_pointer (&out);
}
