/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-array-literal.h"
#include "spot-limits.h"

/* What may come next. */
typedef enum {
  FIRST,     /* after `{`: an element, a nested array, or `}` */
  ELEMENT,   /* after `,`: an element or a nested array */
  SEPARATOR, /* after either: `,` or `}` */
} Expected;

static gboolean
is_blank (char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Copies the element that begins with a quote at *@at without its quotes and backslashes, and steps behind it. */
static gboolean
unpack_quoted (const char **at,
               const char  *end,
               char       **out)
{
  const char *p = *at + 1;

  while (p < end && *p != '"')
    {
      if (*p == '\\' && ++p == end)
        return FALSE;
      if (*p == '\0')
        return FALSE;
      *(*out)++ = *p++;
    }
  if (p == end)
    return FALSE;
  *at = p + 1;

  return TRUE;
}

/* The same for one that has no quotes. @is_null says whether it was the word NULL. */
static gboolean
unpack_bare (const char **at,
             const char  *end,
             char       **out,
             gboolean    *is_null)
{
  const char *p = *at;
  char *start = *out;
  char *kept = start; /* behind the last character that is no blank at the end */
  char *o = start;

  for (; p < end && *p != ',' && *p != '}'; p++)
    {
      gboolean plain_blank = is_blank (*p);

      if (*p == '"' || *p == '{' || *p == '\0' || (*p == '\\' && (++p == end || *p == '\0')))
        return FALSE;
      *o++ = *p;
      if (!plain_blank)
        kept = o;
    }
  if (kept == start)
    return FALSE;
  *is_null = p - *at >= 4 && kept - start == 4 && memcmp (*at, "NULL", 4) == 0;
  *at = p;
  *out = kept;

  return TRUE;
}

/**
 * spot_array_literal_unpack:
 * @text: (array length=length): a PostgreSQL array literal
 * @length: length of @text in bytes
 * @packed: (out): room for @length + 1 bytes; filled with the elements, each with a NUL behind it
 * @packed_length: (out): how many bytes of @packed are filled
 * @n_elements: (out): how many elements there are
 * @problem: (out): what @text is not, for an error message
 *
 * The work of spot_column_parse_array(), without an allocation per element.
 *
 * Returns: %FALSE when @text is no array literal
 */
gboolean
spot_array_literal_unpack (const char  *text,
                           gsize        length,
                           char        *packed,
                           gsize       *packed_length,
                           guint       *n_elements,
                           const char **problem)
{
  const char *p = text;
  const char *end = text + length;
  char *out = packed;
  Expected expected = ELEMENT;
  guint depth = 0;

  *problem = "list";
  *n_elements = 0;
  *packed_length = 0;
  for (;;)
    {
      gboolean is_null = FALSE;

      while (p < end && is_blank (*p))
        p++;
      if (p == end)
        return FALSE;

      if (*p == '}' && depth > 0 && expected != ELEMENT)
        {
          p++;
          expected = SEPARATOR;
          if (--depth == 0)
            break;
        }
      else if (expected == SEPARATOR)
        {
          if (*p++ != ',')
            return FALSE;
          expected = ELEMENT;
        }
      else if (*p == '{')
        {
          p++;
          expected = FIRST;
          if (++depth > SPOT_MAX_NESTING)
            return FALSE;
        }
      else
        {
          char *start = out;

          if (depth == 0 || !(*p == '"' ? unpack_quoted (&p, end, &out) : unpack_bare (&p, end, &out, &is_null)))
            return FALSE;
          expected = SEPARATOR;
          if (is_null)
            {
              out = start;
              continue;
            }
          *out++ = '\0';
          if (++*n_elements > SPOT_MAX_ARRAY_ELEMENTS)
            {
              *problem = "list of bearable length";
              return FALSE;
            }
        }
    }

  while (p < end && is_blank (*p))
    p++;
  *packed_length = (gsize) (out - packed);

  return p == end;
}
