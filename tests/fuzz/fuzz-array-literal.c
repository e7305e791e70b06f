/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A PostgreSQL array literal (protocol §3.6): the elements must be those that a parser gives which calls itself for
 * each array and copies each element. */
#include "config.h"

#include <string.h>

#include "spot-column.h"
#include "spot-fuzz.h"
#include "spot-limits.h"
#include "spot-protocol-error.h"

typedef struct
{
  const char *text;
  gsize       at;
  gsize       length;
  GPtrArray  *elements;
} Slow;

static gboolean
is_blank (char c)
{
  return c != '\0' && strchr (" \t\n\v\f\r", c) != NULL;
}

static void
skip_blanks (Slow *slow)
{
  while (slow->at < slow->length && is_blank (slow->text[slow->at]))
    slow->at++;
}

/* The next byte, NUL at the end; no literal has a NUL in it. */
static char
peek (Slow *slow)
{
  return slow->at < slow->length ? slow->text[slow->at] : '\0';
}

static gboolean
read_quoted (Slow *slow)
{
  GString *element = g_string_new (NULL);

  for (slow->at++; peek (slow) != '"'; slow->at++)
    {
      if (peek (slow) == '\\')
        slow->at++;
      if (peek (slow) == '\0')
        {
          g_string_free (element, TRUE);
          return FALSE;
        }
      g_string_append_c (element, peek (slow));
    }
  slow->at++;
  g_ptr_array_add (slow->elements, g_string_free (element, FALSE));

  return TRUE;
}

static gboolean
read_bare (Slow *slow)
{
  GString *element = g_string_new (NULL);
  gsize n_kept = 0;
  gboolean has_escapes = FALSE;
  gboolean good;

  while (strchr (",}\"{", peek (slow)) == NULL)
    {
      gboolean escaped = peek (slow) == '\\';

      if (escaped)
        {
          has_escapes = TRUE;
          slow->at++;
          if (peek (slow) == '\0')
            break;
        }
      g_string_append_c (element, peek (slow));
      if (escaped || !is_blank (peek (slow)))
        n_kept = element->len;
      slow->at++;
    }
  good = (peek (slow) == ',' || peek (slow) == '}') && n_kept > 0;
  g_string_truncate (element, n_kept);
  if (good && (has_escapes || strcmp (element->str, "NULL") != 0))
    g_ptr_array_add (slow->elements, g_strdup (element->str));
  g_string_free (element, TRUE);

  return good;
}

static gboolean
read_array (Slow *slow,
            guint depth)
{
  if (peek (slow) != '{' || depth > SPOT_MAX_NESTING)
    return FALSE;
  slow->at++;
  skip_blanks (slow);
  if (peek (slow) == '}')
    {
      slow->at++;
      return TRUE;
    }
  for (;;)
    {
      gboolean good;

      skip_blanks (slow);
      good = peek (slow) == '{'   ? read_array (slow, depth + 1)
             : peek (slow) == '"' ? read_quoted (slow)
                                  : read_bare (slow);
      if (!good)
        return FALSE;
      skip_blanks (slow);
      if (peek (slow) == '}')
        {
          slow->at++;
          return TRUE;
        }
      if (peek (slow) != ',')
        return FALSE;
      slow->at++;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  const char *text = (const char *) data;
  g_autoptr(GPtrArray) wanted = g_ptr_array_new_with_free_func (g_free);
  Slow slow = { text, 0, size, wanted };
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) elements = spot_column_parse_array (text, (gssize) size, &error);
  gboolean good;

  skip_blanks (&slow);
  good = read_array (&slow, 1);
  skip_blanks (&slow);
  good = good && slow.at == size && wanted->len <= SPOT_MAX_ARRAY_ELEMENTS;

  g_assert_cmpint (elements != NULL, ==, good);
  if (!good)
    {
      g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_VALUE);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (elements), ==, wanted->len);
  for (guint i = 0; i < wanted->len; i++)
    g_assert_cmpstr (elements[i], ==, wanted->pdata[i]);

  return 0;
}
