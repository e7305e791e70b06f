/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-value.h"

#include "spot-value-private.h"

/* json-glib parses, but by itself it would lose digits and text after a NUL, take what JSON forbids, abort on half a
 * surrogate pair, and be slow on names that were chosen to collide. So a scanner goes first: it checks the grammar and
 * writes the document anew, where
 * - a number is a string: MARK n, then the number as it was written;
 * - in strings NUL is MARK 0 and MARK itself is MARK m, so that no text of the document can be taken for one of these;
 * - \u escapes beyond ASCII are decoded, halves of surrogate pairs and invalid UTF-8 are U+FFFD;
 * - names begin with SALT_LENGTH letters that nobody can foresee, which also keeps members of one name apart.
 * The tree that json-glib makes of it is then turned into values, and all of this undone. */
#define MARK "\xee\x80\x80" /* U+E000 */
#define MARK_LENGTH 3
#define SALT_LENGTH 6
#define REPLACEMENT "\xef\xbf\xbd"

typedef struct
{
  const guint8 *start;
  const guint8 *p;
  const guint8 *end;
  GString      *out;
  guint64       n_names;
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

  if (peek (scanner) == '-')
    scanner->p++;
  if (peek (scanner) == '0')
    scanner->p++;
  else if (g_ascii_isdigit (peek (scanner)))
    skip_digits (scanner);
  else
    return fail (scanner, error, "a number without digits");
  if (peek (scanner) == '.')
    {
      scanner->p++;
      if (!g_ascii_isdigit (peek (scanner)))
        return fail (scanner, error, "a number that ends with its point");
      skip_digits (scanner);
    }
  if (peek (scanner) == 'e' || peek (scanner) == 'E')
    {
      scanner->p++;
      if (peek (scanner) == '+' || peek (scanner) == '-')
        scanner->p++;
      if (!g_ascii_isdigit (peek (scanner)))
        return fail (scanner, error, "an exponent without digits");
      skip_digits (scanner);
    }
  g_string_append (scanner->out, "\"" MARK "n");
  g_string_append_len (scanner->out, (const char *) start, scanner->p - start);
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
    g_string_append (out, MARK "0");
  else if (c == 0xe000)
    g_string_append (out, MARK "m");
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
  if (unit >= 0xd800 && unit <= 0xdbff && scanner->end - scanner->p >= 6 && scanner->p[0] == '\\' && scanner->p[1] == 'u')
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

static void
append_salt (Scanner *scanner)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  guint64 salt;
  char text[SALT_LENGTH];

  scanner->n_names++;
  salt = spot_value_hash ((const char *) &scanner->n_names, sizeof scanner->n_names);
  for (guint i = 0; i < SALT_LENGTH; i++, salt >>= 6)
    text[i] = letters[salt & 63];
  g_string_append_len (scanner->out, text, SALT_LENGTH);
}

static gboolean
scan_string (Scanner *scanner,
             gboolean is_name,
             GError **error)
{
  scanner->p++;
  g_string_append_c (scanner->out, '"');
  if (is_name)
    append_salt (scanner);
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
      return scan_string (scanner, FALSE, error);
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
  g_string_append_c (scanner->out, (char) open);
  skip_space (scanner);
  if (peek (scanner) != close)
    while (TRUE)
      {
        if (open == '{')
          {
            if (peek (scanner) != '"')
              return fail (scanner, error, "a member without a name");
            if (!scan_string (scanner, TRUE, error))
              return FALSE;
            skip_space (scanner);
            if (peek (scanner) != ':')
              return fail (scanner, error, "a name without a colon");
            scanner->p++;
            g_string_append_c (scanner->out, ':');
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
  g_string_append_c (scanner->out, (char) close);
  return TRUE;
}

/* The text of a rewritten string as a value. */
static SpotValue *
restore_text (const char *text)
{
  const char *mark = strchr (text, MARK[0]);
  g_autoptr (GString) restored = NULL;

  while (mark != NULL && strncmp (mark, MARK, MARK_LENGTH) != 0)
    mark = strchr (mark + 1, MARK[0]);
  if (mark == NULL)
    return spot_value_new_text (SPOT_VALUE_STRING, text, strlen (text));
  if (mark[MARK_LENGTH] == 'n')
    return spot_value_new_text (SPOT_VALUE_NUMBER, text + MARK_LENGTH + 1, strlen (text) - MARK_LENGTH - 1);

  restored = g_string_sized_new (strlen (text));
  for (const char *p = text; *p != '\0';)
    {
      const char *run = p;

      if (strncmp (p, MARK, MARK_LENGTH) == 0)
        {
          if (p[MARK_LENGTH] == '0')
            g_string_append_c (restored, '\0');
          else
            g_string_append (restored, MARK);
          p += MARK_LENGTH + 1;
          continue;
        }
      p++;
      while (*p != '\0' && *p != MARK[0])
        p++;
      g_string_append_len (restored, run, p - run);
    }
  return spot_value_new_text (SPOT_VALUE_STRING, restored->str, restored->len);
}

#define N_KNOWN_NAMES 256

typedef struct
{
  /* Names repeat in lists of alike objects: the last one of each slot is shared. */
  SpotValue *known_names[N_KNOWN_NAMES];
} Converter;

static SpotValue *
convert_name (Converter  *converter,
              const char *salted)
{
  const char *text = salted + SALT_LENGTH;
  gsize length = strlen (text);
  SpotValue **known = &converter->known_names[spot_value_hash (text, length) % N_KNOWN_NAMES];
  SpotValue *name;
  const char *known_text;
  gsize known_length;

  if (*known != NULL)
    {
      known_text = spot_value_get_text (*known, &known_length);
      if (known_length == length && memcmp (known_text, text, length) == 0)
        return spot_value_ref (*known);
    }
  name = restore_text (text);
  /* A name with a mark in it is not found by its rewritten text: do not keep it. */
  spot_value_get_text (name, &known_length);
  if (known_length == length)
    {
      g_clear_pointer (known, spot_value_unref);
      *known = spot_value_ref (name);
    }
  return name;
}

static SpotValue *
convert_node (Converter *converter,
              JsonNode  *node)
{
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GPtrArray) children = NULL;

  switch (JSON_NODE_TYPE (node))
    {
    case JSON_NODE_OBJECT:
      {
        JsonObject *object = json_node_get_object (node);
        JsonObjectIter iter;
        const char *name;
        JsonNode *member;

        names = g_ptr_array_sized_new (json_object_get_size (object));
        children = g_ptr_array_sized_new (json_object_get_size (object));
        json_object_iter_init_ordered (&iter, object);
        while (json_object_iter_next_ordered (&iter, &name, &member))
          {
            g_ptr_array_add (names, convert_name (converter, name));
            g_ptr_array_add (children, convert_node (converter, member));
          }
        return spot_value_new_object (g_steal_pointer (&names), g_steal_pointer (&children));
      }
    case JSON_NODE_ARRAY:
      {
        JsonArray *array = json_node_get_array (node);
        guint n = json_array_get_length (array);

        children = g_ptr_array_sized_new (n);
        for (guint i = 0; i < n; i++)
          g_ptr_array_add (children, convert_node (converter, json_array_get_element (array, i)));
        return spot_value_new_array (g_steal_pointer (&children));
      }
    case JSON_NODE_VALUE:
      if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
        return spot_value_new_boolean (json_node_get_boolean (node));
      return restore_text (json_node_get_string (node));
    case JSON_NODE_NULL:
    default:
      return spot_value_new_null ();
    }
}

/**
 * spot_value_new_from_json:
 * @text: a JSON document
 * @length: its length in bytes, or -1 when it ends with a NUL
 * @error: return location for a #GError
 *
 * Reads JSON as its grammar has it, with no leniencies but a byte order mark at the beginning. Numbers keep every digit,
 * members their order; of members with one name the last one wins. Strings may hold NUL; invalid UTF-8 and halves of surrogate
 * pairs become U+FFFD.
 *
 * Fails with %SPOT_PROTOCOL_ERROR_MALFORMED for what is no JSON, and %SPOT_PROTOCOL_ERROR_TOO_LARGE for nesting beyond
 * %SPOT_MAX_NESTING.
 *
 * Returns: (transfer full) (nullable): the tree, or %NULL with @error set
 */
SpotValue *
spot_value_new_from_json (const char  *text,
                          gssize       length,
                          GError     **error)
{
  g_autoptr (GString) rewritten = NULL;
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) local_error = NULL;
  Scanner scanner = { 0 };
  Converter converter = { 0 };
  SpotValue *value;
  gsize n_bytes;

  g_return_val_if_fail (text != NULL, NULL);

  n_bytes = length < 0 ? strlen (text) : (gsize) length;
  rewritten = g_string_sized_new (n_bytes + n_bytes / 4 + 16);
  scanner.start = scanner.p = (const guint8 *) text;
  scanner.end = scanner.start + n_bytes;
  scanner.out = rewritten;
  if (n_bytes >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    scanner.p += 3;
  skip_space (&scanner);
  /* The list around it makes every document one that json-glib takes: some versions refuse a lone string. */
  g_string_append_c (rewritten, '[');
  if (!scan_value (&scanner, 0, error))
    return NULL;
  skip_space (&scanner);
  if (scanner.p != scanner.end)
    {
      fail (&scanner, error, "something after the value");
      return NULL;
    }
  g_string_append_c (rewritten, ']');

  parser = json_parser_new ();
  if (rewritten->len > G_MAXINT
      || !json_parser_load_from_data (parser, rewritten->str, (gssize) rewritten->len, &local_error))
    {
      g_set_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE, "JSON: %s",
                   local_error ? local_error->message : "too long");
      return NULL;
    }
  root = json_parser_steal_root (parser);
  value = convert_node (&converter, json_array_get_element (json_node_get_array (root), 0));
  for (guint i = 0; i < N_KNOWN_NAMES; i++)
    g_clear_pointer (&converter.known_names[i], spot_value_unref);
  return value;
}

static void
append_break (GString *out,
              gboolean pretty,
              guint    depth)
{
  if (!pretty)
    return;
  g_string_append_c (out, '\n');
  for (guint i = 0; i < depth; i++)
    g_string_append (out, "  ");
}

static void
append_string (GString    *out,
               const char *text,
               gsize       length)
{
  gsize run = 0;

  g_string_append_c (out, '"');
  for (gsize i = 0; i < length; i++)
    {
      guint8 c = (guint8) text[i];

      if (c >= 0x20 && c != '"' && c != '\\')
        continue;
      g_string_append_len (out, text + run, (gssize) (i - run));
      run = i + 1;
      switch (c)
        {
        case '"': g_string_append (out, "\\\""); break;
        case '\\': g_string_append (out, "\\\\"); break;
        case '\b': g_string_append (out, "\\b"); break;
        case '\f': g_string_append (out, "\\f"); break;
        case '\n': g_string_append (out, "\\n"); break;
        case '\r': g_string_append (out, "\\r"); break;
        case '\t': g_string_append (out, "\\t"); break;
        default: g_string_append_printf (out, "\\u%04x", c); break;
        }
    }
  g_string_append_len (out, text + run, (gssize) (length - run));
  g_string_append_c (out, '"');
}

static void
append_value (GString         *out,
              const SpotValue *value,
              gboolean         pretty,
              guint            depth)
{
  SpotValueKind kind = spot_value_get_kind (value);
  guint n = spot_value_get_n_children (value);
  gboolean named = kind == SPOT_VALUE_OBJECT || kind == SPOT_VALUE_ERROR;
  const char *text;
  gsize length;

  text = spot_value_get_text (value, &length);
  switch (kind)
    {
    case SPOT_VALUE_NULL:
    case SPOT_VALUE_UNDEFINED:
      g_string_append (out, "null");
      return;
    case SPOT_VALUE_BOOLEAN:
      g_string_append (out, text);
      return;
    case SPOT_VALUE_NUMBER:
      /* NaN and the infinities are no JSON numbers: superjson writes them as strings. */
      if (g_ascii_isdigit (text[length - 1]))
        g_string_append_len (out, text, (gssize) length);
      else
        append_string (out, text, length);
      return;
    case SPOT_VALUE_DATE:
      if (length == 0)
        g_string_append (out, "null");
      else
        append_string (out, text, length);
      return;
    case SPOT_VALUE_BIGINT:
    case SPOT_VALUE_STRING:
    case SPOT_VALUE_URL:
    case SPOT_VALUE_REGEXP:
    case SPOT_VALUE_SYMBOL:
      append_string (out, text, length);
      return;
    case SPOT_VALUE_ERROR:
    case SPOT_VALUE_ARRAY:
    case SPOT_VALUE_SET:
    case SPOT_VALUE_MAP:
    case SPOT_VALUE_OBJECT:
    default:
      break;
    }

  g_string_append_c (out, named ? '{' : '[');
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_break (out, pretty, depth + 1);
      if (named)
        {
          text = spot_value_get_text (spot_value_get_name (value, i), &length);
          append_string (out, text, length);
          g_string_append (out, pretty ? ": " : ":");
        }
      if (kind == SPOT_VALUE_MAP)
        {
          g_string_append_c (out, '[');
          append_break (out, pretty, depth + 2);
          append_value (out, spot_value_get_child_key (value, i), pretty, depth + 2);
          g_string_append_c (out, ',');
          append_break (out, pretty, depth + 2);
          append_value (out, spot_value_get_child (value, i), pretty, depth + 2);
          append_break (out, pretty, depth + 1);
          g_string_append_c (out, ']');
        }
      else
        append_value (out, spot_value_get_child (value, i), pretty, depth + 1);
    }
  if (n > 0)
    append_break (out, pretty, depth);
  g_string_append_c (out, named ? '}' : ']');
}

/**
 * spot_value_to_json:
 * @self: a value
 * @pretty: whether to break lines and indent by two spaces
 *
 * Writes @self as JSON, numbers with the digits they came with. What JSON does not have is written as superjson writes its
 * `json` part: undefined and invalid dates as null, a map as an array of pairs, the rest as strings.
 *
 * Returns: (transfer full): the text
 */
char *
spot_value_to_json (const SpotValue *self,
                    gboolean         pretty)
{
  GString *out;

  g_return_val_if_fail (self != NULL, NULL);

  out = g_string_new (NULL);
  append_value (out, self, pretty, 0);
  return g_string_free (out, FALSE);
}
