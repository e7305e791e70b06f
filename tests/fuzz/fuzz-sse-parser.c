/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An event stream: the events must be those of a reading that looks at the whole text and goes line by line
 * (protocol §7.6), however the text is cut. */
#include "config.h"

#include <string.h>

#include "spot-fuzz.h"
#include "spot-protocol-error.h"
#include "spot-sse-parser.h"

/* Texts up to this size are cut at every place, larger ones at a few. The fuzzer makes many and must be quick. */
#ifdef SPOT_FUZZ_TARGET
#define SMALL_TEXT 4096u
#else
#define SMALL_TEXT 16u
#endif
#define N_CUTS 4u
#define NO_LIMIT (1024 * 1024)
#define LOW_LIMIT 40

/* Each text of an event with its length before it, so that no two lists of events look the same. */
static void
write_text (GString    *out,
            const char *text,
            gsize       length)
{
  g_string_append_printf (out, "%" G_GSIZE_FORMAT ":", length);
  g_string_append_len (out, text, (gssize) length);
}

static void
event_cb (const SpotSseEvent *event,
          gpointer            user_data)
{
  GString *out = user_data;

  g_assert_cmpint (event->type[event->type_length], ==, '\0');
  g_assert_cmpint (event->data[event->data_length], ==, '\0');
  g_assert_cmpint (event->id[event->id_length], ==, '\0');
  write_text (out, event->type, event->type_length);
  write_text (out, event->data, event->data_length);
  write_text (out, event->id, event->id_length);
}

/* ---- the slow way ---- */

typedef struct
{
  GString *out;
  GBytes  *type;
  GBytes  *id;
  GString *data; /* each line with a LF behind it */
} Slow;

static void
set_bytes (GBytes    **to,
           const char *text,
           gsize       length)
{
  g_bytes_unref (*to);
  *to = g_bytes_new (text, length);
}

static void
take_line (Slow       *slow,
           const char *line,
           gsize       length)
{
  const char *colon = memchr (line, ':', length);
  gsize name_length = colon ? (gsize) (colon - line) : length;
  g_autofree char *name = g_strndup (line, name_length);
  const char *value = colon ? colon + 1 : line + length;
  gsize value_length = (gsize) (line + length - value);

  if (length == 0)
    {
      if (slow->data->len > 0)
        {
          gsize n;
          const char *text = g_bytes_get_data (slow->type, &n);

          write_text (slow->out, text, n);
          write_text (slow->out, slow->data->str, slow->data->len - 1);
          text = g_bytes_get_data (slow->id, &n);
          write_text (slow->out, text, n);
        }
      g_string_truncate (slow->data, 0);
      set_bytes (&slow->type, "", 0);
      return;
    }
  if (value_length > 0 && *value == ' ')
    {
      value++;
      value_length--;
    }
  if (strlen (name) != name_length)
    return;
  if (strcmp (name, "data") == 0)
    {
      g_string_append_len (slow->data, value, (gssize) value_length);
      g_string_append_c (slow->data, '\n');
    }
  else if (strcmp (name, "event") == 0)
    {
      set_bytes (&slow->type, value, value_length);
    }
  else if (strcmp (name, "id") == 0 && memchr (value, '\0', value_length) == NULL)
    {
      set_bytes (&slow->id, value, value_length);
    }
}

static char *
read_slowly (const char *text,
             gsize       length,
             gsize      *n_bytes)
{
  Slow slow = { g_string_new (NULL), g_bytes_new ("", 0), g_bytes_new ("", 0), g_string_new (NULL) };
  gsize at = length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

  while (at < length)
    {
      gsize end = at;

      while (end < length && text[end] != '\r' && text[end] != '\n')
        end++;
      if (end == length)
        break;
      take_line (&slow, text + at, end - at);
      at = end + (text[end] == '\r' && end + 1 < length && text[end + 1] == '\n' ? 2 : 1);
    }
  g_bytes_unref (slow.type);
  g_bytes_unref (slow.id);
  g_string_free (slow.data, TRUE);
  *n_bytes = slow.out->len;

  return g_string_free (slow.out, FALSE);
}

/* ---- the parser ---- */

/* Reads in pieces, the first of @first bytes. Returns whether all went well. */
static gboolean
read_in_pieces (GString    *out,
                const char *text,
                gsize       length,
                gsize       first,
                gsize       rest,
                gsize       max_event_bytes)
{
  g_autoptr(SpotSseParser) parser = spot_sse_parser_new (max_event_bytes, event_cb, out);
  g_autoptr(GError) error = NULL;
  gsize at = 0;
  gsize piece = first;

  g_string_truncate (out, 0);
  while (at < length)
    {
      gsize n = MIN (piece, length - at);
      char *copy = g_memdup2 (text + at, n);
      gboolean good = spot_sse_parser_feed (parser, copy, n, &error);

      g_free (copy);
      if (!good)
        {
          g_assert_error (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE);
          return FALSE;
        }
      at += n;
      piece = rest;
    }

  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  const char *text = (const char *) data;
  guint32 hash = spot_fuzz_hash (data, size);
  gsize step = size <= SMALL_TEXT ? 1 : size / N_CUTS;
  gsize n_wanted, n_low = 0;
  g_autofree char *wanted = read_slowly (text, size, &n_wanted);
  g_autoptr(GString) out = g_string_new (NULL);
  g_autoptr(GString) low = g_string_new (NULL);
  gboolean low_is_good;

  for (gsize cut = step > 1 ? hash % step : 0; cut <= size; cut += step)
    {
      g_assert_true (read_in_pieces (out, text, size, cut, size, NO_LIMIT));
      g_assert_cmpmem (out->str, out->len, wanted, n_wanted);
    }
  g_assert_true (read_in_pieces (out, text, size, 1, 1, NO_LIMIT));
  g_assert_cmpmem (out->str, out->len, wanted, n_wanted);
  g_assert_true (read_in_pieces (out, text, size, hash % 31 + 1, hash / 31 % 67 + 1, NO_LIMIT));
  g_assert_cmpmem (out->str, out->len, wanted, n_wanted);

  /* With a bound: the same up to the event that is too large, and again however it is cut. */
  low_is_good = read_in_pieces (low, text, size, size, size, LOW_LIMIT);
  n_low = low->len;
  g_assert_cmpuint (n_low, <=, n_wanted);
  g_assert_cmpmem (low->str, n_low, wanted, n_low);
  if (low_is_good)
    g_assert_cmpuint (n_low, ==, n_wanted);
  g_assert_cmpint (read_in_pieces (out, text, size, 1, 1, LOW_LIMIT), ==, low_is_good);
  g_assert_cmpmem (out->str, out->len, low->str, n_low);

  return 0;
}
