/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-stream-text.h"

static SpotValue *
get_member (const SpotValue *object,
            const char      *name)
{
  return spot_value_get_kind (object) == SPOT_VALUE_OBJECT ? spot_value_get_member (object, name) : NULL;
}

/* (nullable): a member that is a text. */
static SpotValue *
get_text (const SpotValue *object,
          const char      *name)
{
  SpotValue *value = get_member (object, name);

  return value != NULL && spot_value_get_kind (value) == SPOT_VALUE_STRING ? value : NULL;
}

/* `{"choices":[{"delta":{"content":"…"}}]}`, of which there may be several choices: then none is the text. */
static SpotValue *
get_choice (const SpotValue *value)
{
  SpotValue *choices = get_member (value, "choices");
  SpotValue *delta;

  if (choices == NULL || spot_value_get_kind (choices) != SPOT_VALUE_ARRAY || spot_value_get_n_children (choices) != 1)
    return NULL;
  delta = get_member (spot_value_get_child (choices, 0), "delta");
  return delta != NULL ? get_text (delta, "content") : NULL;
}

/**
 * spot_stream_chunk_get_delta:
 * @chunk: a chunk
 *
 * Finds the text in what language models and the libraries around them write piece by piece: `{"delta":"…"}`,
 * `{"type":"text-delta","delta"|"textDelta"|"text":"…"}`, `{"type":"response.output_text.delta","delta":"…"}`,
 * `{"type":"content_block_delta","delta":{"type":"text_delta","text":"…"}}` and
 * `{"choices":[{"delta":{"content":"…"}}]}`. What is thought, or handed to a tool, is not the text.
 *
 * Returns: (transfer none) (nullable): the piece, or the chunk itself when it is a string; %NULL for anything else
 */
SpotValue *
spot_stream_chunk_get_delta (const SpotStreamChunk *chunk)
{
  SpotValue *value;
  SpotValue *type;
  SpotValue *delta;
  const char *word;

  g_return_val_if_fail (chunk != NULL, NULL);

  value = chunk->value;
  if (spot_value_get_kind (value) == SPOT_VALUE_STRING)
    return value;
  if (spot_value_get_kind (value) != SPOT_VALUE_OBJECT)
    return NULL;
  type = get_text (value, "type");
  if (type == NULL)
    return spot_value_get_n_children (value) == 1 ? get_text (value, "delta") : get_choice (value);
  word = spot_value_get_text (type, NULL);
  if (strcmp (word, "text-delta") == 0)
    {
      static const char *const names[] = { "delta", "textDelta", "text" };

      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        if (get_text (value, names[i]) != NULL)
          return get_text (value, names[i]);
      return NULL;
    }
  if (strcmp (word, "response.output_text.delta") == 0)
    return get_text (value, "delta");
  delta = strcmp (word, "content_block_delta") == 0 ? get_member (value, "delta") : NULL;
  type = delta != NULL ? get_text (delta, "type") : NULL;
  return type != NULL && strcmp (spot_value_get_text (type, NULL), "text_delta") == 0 ? get_text (delta, "text") : NULL;
}

/**
 * spot_stream_chunk_write:
 * @chunk: a chunk
 * @form: how
 * @at_line_start: whether what stands before it ends with a line, or nothing does
 * @out: where to append
 *
 * Appends a chunk's text.
 *
 * Returns: whether @out ends with a line now: @at_line_start for the next chunk
 */
gboolean
spot_stream_chunk_write (const SpotStreamChunk *chunk,
                         SpotStreamForm         form,
                         gboolean               at_line_start,
                         GString               *out)
{
  SpotValue *delta;
  g_autofree char *json = NULL;
  const char *text;
  gsize length;

  g_return_val_if_fail (chunk != NULL, at_line_start);
  g_return_val_if_fail (out != NULL, at_line_start);

  delta = spot_stream_chunk_get_delta (chunk);
  text = delta != NULL ? spot_value_get_text (delta, &length) : NULL;
  if (text != NULL && form == SPOT_STREAM_JOINED)
    {
      g_string_append_len (out, text, (gssize) length);
      return length > 0 ? text[length - 1] == '\n' : at_line_start;
    }
  /* A text that holds line breaks would look like several chunks. */
  if (delta != chunk->value || strpbrk (text, "\r\n") != NULL || strlen (text) != length)
    {
      json = spot_value_to_json (chunk->value, FALSE);
      text = json;
    }
  if (!at_line_start)
    g_string_append_c (out, '\n');
  g_string_append (out, text);
  g_string_append_c (out, '\n');
  return TRUE;
}
