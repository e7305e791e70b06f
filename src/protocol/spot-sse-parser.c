/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-limits.h"
#include "spot-protocol-error.h"

#include "spot-sse-parser.h"

/* What a text may keep of its memory after a large event. */
#define KEEP_BYTES (64 * 1024)

struct _SpotSseParser
{
  SpotSseEventFunc func;
  gpointer         user_data;
  gsize            max_event_bytes;

  guint    n_mark_bytes; /* of the byte order mark, seen so far; 3 once it cannot come any more */
  gboolean after_cr;     /* a LF now belongs to the line end before */
  gboolean in_comment;
  GString *line;         /* the line that is being read, without comments */

  /* The event that is being put together. */
  GString *type;
  GString *data;
  gboolean has_data;
  GString *id;           /* of the stream */
  GError  *failure;      /* nullable: sticky */
};

/**
 * spot_sse_parser_new:
 * @max_event_bytes: how large one event, all its lines together, may be
 * @func: called for each event, while spot_sse_parser_feed() runs
 * @user_data: data for @func
 *
 * Returns: (transfer full): a parser at the beginning of a stream
 */
SpotSseParser *
spot_sse_parser_new (gsize            max_event_bytes,
                     SpotSseEventFunc func,
                     gpointer         user_data)
{
  SpotSseParser *self;

  g_return_val_if_fail (func != NULL, NULL);

  self = g_new0 (SpotSseParser, 1);
  self->func = func;
  self->user_data = user_data;
  self->max_event_bytes = max_event_bytes;
  self->line = g_string_new (NULL);
  self->type = g_string_new (NULL);
  self->data = g_string_new (NULL);
  self->id = g_string_new (NULL);
  return self;
}

/**
 * spot_sse_parser_free:
 * @self: (transfer full): a parser
 *
 * Frees it. An unfinished event is dropped.
 */
void
spot_sse_parser_free (SpotSseParser *self)
{
  g_return_if_fail (self != NULL);

  g_string_free (self->line, TRUE);
  g_string_free (self->type, TRUE);
  g_string_free (self->data, TRUE);
  g_string_free (self->id, TRUE);
  g_clear_error (&self->failure);
  g_free (self);
}

static void
empty (GString **text)
{
  if ((*text)->allocated_len > KEEP_BYTES)
    {
      g_string_free (*text, TRUE);
      *text = g_string_new (NULL);
    }
  g_string_truncate (*text, 0);
}

/**
 * spot_sse_parser_reset:
 * @self: a parser
 *
 * Begins with another stream: an unfinished event is dropped, the last id and a failure are forgotten.
 */
void
spot_sse_parser_reset (SpotSseParser *self)
{
  g_return_if_fail (self != NULL);

  self->n_mark_bytes = 0;
  self->after_cr = FALSE;
  self->in_comment = FALSE;
  self->has_data = FALSE;
  empty (&self->line);
  empty (&self->type);
  empty (&self->data);
  empty (&self->id);
  g_clear_error (&self->failure);
}

static void
dispatch (SpotSseParser *self)
{
  SpotSseEvent event;

  if (self->has_data)
    {
      event.type = self->type->str;
      event.type_length = self->type->len;
      event.data = self->data->str;
      event.data_length = self->data->len;
      event.id = self->id->str;
      event.id_length = self->id->len;
      self->func (&event, self->user_data);
    }
  self->has_data = FALSE;
  empty (&self->type);
  empty (&self->data);
}

static void
set_text (GString    *text,
          const char *value,
          gsize       length)
{
  g_string_truncate (text, 0);
  g_string_append_len (text, value, (gssize) length);
}

static void
take_field (SpotSseParser *self,
            const char    *name,
            gsize          name_length,
            const char    *value,
            gsize          length)
{
  if (name_length == 4 && memcmp (name, "data", 4) == 0)
    {
      if (self->has_data)
        g_string_append_c (self->data, '\n');
      g_string_append_len (self->data, value, (gssize) length);
      self->has_data = TRUE;
    }
  else if (name_length == 5 && memcmp (name, "event", 5) == 0)
    {
      set_text (self->type, value, length);
    }
  else if (name_length == 2 && memcmp (name, "id", 2) == 0)
    {
      if (memchr (value, '\0', length) == NULL)
        set_text (self->id, value, length);
    }
}

static void
end_line (SpotSseParser *self)
{
  const char *line = self->line->str;
  gsize length = self->line->len;
  const char *colon;

  if (self->in_comment)
    {
      self->in_comment = FALSE;
      return;
    }
  if (length == 0)
    {
      dispatch (self);
      return;
    }
  colon = memchr (line, ':', length);
  if (colon == NULL)
    {
      take_field (self, line, length, line + length, 0);
    }
  else
    {
      const char *value = colon + 1;

      if (value < line + length && *value == ' ')
        value++;
      take_field (self, line, (gsize) (colon - line), value, (gsize) (line + length - value));
    }
  empty (&self->line);
}

/* Returns how many of the bytes were the byte order mark. What looked like one and is none is given back. */
static gsize
skip_mark (SpotSseParser *self,
           const char    *data,
           gsize          length)
{
  static const char mark[] = "\xef\xbb\xbf";
  gsize n = 0;

  while (self->n_mark_bytes < 3 && n < length)
    {
      if (data[n] != mark[self->n_mark_bytes])
        {
          g_string_append_len (self->line, mark, self->n_mark_bytes);
          self->n_mark_bytes = 3;
          break;
        }
      self->n_mark_bytes++;
      n++;
    }
  return n;
}

static gboolean
has_room (SpotSseParser *self,
          gsize          length)
{
  gsize used = self->line->len + self->data->len + self->type->len;

  return used <= self->max_event_bytes && length <= self->max_event_bytes - used;
}

/* Text within a line. */
static gboolean
take_text (SpotSseParser *self,
           const char    *text,
           gsize          length)
{
  if (length == 0)
    return TRUE;
  if (self->line->len == 0 && *text == ':')
    self->in_comment = TRUE;
  if (self->in_comment)
    return TRUE;
  if (!has_room (self, length))
    {
      g_set_error (&self->failure, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE,
                   "an event larger than %" G_GSIZE_FORMAT " bytes", self->max_event_bytes);
      return FALSE;
    }
  g_string_append_len (self->line, text, (gssize) length);
  return TRUE;
}

static gboolean
read_lines (SpotSseParser *self,
            const char    *data,
            gsize          length)
{
  gsize i = 0;

  while (i < length)
    {
      gsize begin = i;

      while (i < length && data[i] != '\n' && data[i] != '\r')
        i++;
      if (i > begin)
        self->after_cr = FALSE;
      if (!take_text (self, data + begin, i - begin))
        return FALSE;
      if (i == length)
        break;
      if (!(data[i] == '\n' && self->after_cr))
        end_line (self);
      self->after_cr = data[i] == '\r';
      i++;
    }
  return TRUE;
}

/**
 * spot_sse_parser_feed:
 * @self: a parser
 * @data: (array length=length): the next bytes of the stream, of any number
 * @length: how many
 * @error: return location
 *
 * Reads on and calls the parser's function for every event that is complete. The function must not use the parser.
 *
 * Fails with %SPOT_PROTOCOL_ERROR_TOO_LARGE for an event larger than the bound, again and again until reset. Nothing
 * else can be wrong with an event stream: fields that are not known are skipped.
 *
 * Returns: whether all is well
 */
gboolean
spot_sse_parser_feed (SpotSseParser  *self,
                      const char     *data,
                      gsize           length,
                      GError        **error)
{
  gsize skipped;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (self->failure == NULL && length > 0)
    {
      skipped = skip_mark (self, data, length);
      read_lines (self, data + skipped, length - skipped);
    }
  if (self->failure != NULL && error != NULL)
    *error = g_error_copy (self->failure);
  return self->failure == NULL;
}
