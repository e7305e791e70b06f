/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-json-text.h"
#include "spot-shape-element.h"

/* Steps over @wanted. */
static inline SpotOutcome
expect (SpotShapeElement *self,
        char              wanted)
{
  char c;
  SpotOutcome outcome = spot_shape_element_peek (self, &c);

  if (outcome != SPOT_OUTCOME_OK)
    return outcome;
  if (c != wanted)
    return SPOT_OUTCOME_MALFORMED;
  self->at++;

  return SPOT_OUTCOME_OK;
}

/* The end of a string that goes on behind the index's window. */
static SpotOutcome
find_far_end (SpotJsonIndex *index,
              gsize          open,
              gsize         *close,
              gboolean      *has_escapes)
{
  gsize from = open;

  for (;;)
    {
      *has_escapes |= spot_json_index_has_backslash (index, from, index->next - 1);
      if (!spot_json_index_fill (index))
        return SPOT_OUTCOME_INCOMPLETE;
      from = index->start;
      if (index->n_quotes > 0)
        break;
    }
  *close = index->quotes[index->i_quote++];
  *has_escapes |= spot_json_index_has_backslash (index, from, *close);

  return SPOT_OUTCOME_OK;
}

/* Reads the string that begins at the next byte, which is a quote. */
static inline SpotOutcome
read_string (SpotShapeElement *self,
             SpotSpan         *span)
{
  SpotJsonIndex *index = &self->index;
  gsize open, close;

  while (G_UNLIKELY (index->i_quote == index->n_quotes))
    {
      if (!spot_json_index_fill (index))
        return SPOT_OUTCOME_MALFORMED;
    }
  open = index->quotes[index->i_quote];
  if (G_UNLIKELY (open != self->at))
    return SPOT_OUTCOME_MALFORMED;
  index->i_quote++;
  if (G_LIKELY (index->i_quote < index->n_quotes))
    {
      close = index->quotes[index->i_quote++];
      span->has_escapes = spot_json_index_has_backslash (index, open, close);
    }
  else
    {
      span->has_escapes = FALSE;
      if (find_far_end (index, open, &close, &span->has_escapes) != SPOT_OUTCOME_OK)
        return SPOT_OUTCOME_INCOMPLETE;
    }
  if (G_UNLIKELY (close > index->bad_at))
    return SPOT_OUTCOME_MALFORMED;

  span->text = index->base + open + 1;
  span->length = close - open - 1;
  self->at = close + 1;

  return SPOT_OUTCOME_OK;
}

static SpotOutcome
read_literal (SpotShapeElement *self,
              const char       *word)
{
  gsize n = strlen (word);
  gsize n_left = self->index.length - self->at;

  if (memcmp (self->index.base + self->at, word, MIN (n, n_left)) != 0)
    return SPOT_OUTCOME_MALFORMED;
  if (n_left < n)
    return SPOT_OUTCOME_INCOMPLETE;
  self->at += n;

  return SPOT_OUTCOME_OK;
}

/* Steps over digits, of which there must be one. */
static SpotOutcome
read_digits (SpotShapeElement *self)
{
  gsize start = self->at;

  while (self->at < self->index.length && g_ascii_isdigit (self->index.base[self->at]))
    self->at++;
  if (self->at > start)
    return SPOT_OUTCOME_OK;

  return self->at == self->index.length ? SPOT_OUTCOME_INCOMPLETE : SPOT_OUTCOME_MALFORMED;
}

static SpotOutcome
read_number (SpotShapeElement *self)
{
  const char *base = self->index.base;
  gsize length = self->index.length;
  gsize start;
  SpotOutcome outcome;

  if (base[self->at] == '-')
    self->at++;
  start = self->at;
  outcome = read_digits (self);
  if (outcome != SPOT_OUTCOME_OK)
    return outcome;
  if (base[start] == '0' && self->at - start > 1)
    return SPOT_OUTCOME_MALFORMED;
  if (self->at < length && base[self->at] == '.')
    {
      self->at++;
      outcome = read_digits (self);
      if (outcome != SPOT_OUTCOME_OK)
        return outcome;
    }
  if (self->at < length && (base[self->at] == 'e' || base[self->at] == 'E'))
    {
      self->at++;
      if (self->at < length && (base[self->at] == '+' || base[self->at] == '-'))
        self->at++;
      outcome = read_digits (self);
      if (outcome != SPOT_OUTCOME_OK)
        return outcome;
    }

  /* What ends a number is what comes behind it. */
  return self->at == length && !self->is_whole ? SPOT_OUTCOME_INCOMPLETE : SPOT_OUTCOME_OK;
}

static SpotOutcome
read_scalar (SpotShapeElement *self,
             char              c)
{
  SpotSpan span;

  switch (c)
    {
    case '"':
      return read_string (self, &span);
    case 'n':
      return read_literal (self, "null");
    case 't':
      return read_literal (self, "true");
    case 'f':
      return read_literal (self, "false");
    default:
      return c == '-' || g_ascii_isdigit (c) ? read_number (self) : SPOT_OUTCOME_MALFORMED;
    }
}

/* A member's name and the colon. */
static inline SpotOutcome
read_name (SpotShapeElement *self,
           SpotSpan         *name)
{
  char c;
  SpotOutcome outcome = spot_shape_element_peek (self, &c);

  if (outcome != SPOT_OUTCOME_OK)
    return outcome;
  if (c != '"')
    return SPOT_OUTCOME_MALFORMED;
  outcome = read_string (self, name);

  return outcome == SPOT_OUTCOME_OK ? expect (self, ':') : outcome;
}

/* What comes behind a member: *@more is whether there is another. */
static inline SpotOutcome
read_separator (SpotShapeElement *self,
                char              closing,
                gboolean         *more)
{
  char c;
  SpotOutcome outcome = spot_shape_element_peek (self, &c);

  if (outcome != SPOT_OUTCOME_OK)
    return outcome;
  if (c != ',' && c != closing)
    return SPOT_OUTCOME_MALFORMED;
  *more = c == ',';
  self->at++;

  return SPOT_OUTCOME_OK;
}

/* Steps over the bracket that begins an object or array; *@more is whether it has anything in it. */
static inline SpotOutcome
read_opening (SpotShapeElement *self,
              char              closing,
              gboolean         *more)
{
  char c;
  SpotOutcome outcome;

  self->at++;
  outcome = spot_shape_element_peek (self, &c);
  if (outcome != SPOT_OUTCOME_OK)
    return outcome;
  *more = c != closing;
  if (!*more)
    self->at++;

  return SPOT_OUTCOME_OK;
}

/* Steps over a value of any kind inside @depth objects and arrays, without calling itself. */
static SpotOutcome
skip_value (SpotShapeElement *self,
            guint             depth)
{
  guint64 objects[SPOT_MAX_NESTING / 64] = { 0 }; /* a bit per level: whether it is an object */
  guint outer = depth;
  gboolean more;
  SpotSpan name;
  char c;
  SpotOutcome outcome;

  for (;;)
    {
      outcome = spot_shape_element_peek (self, &c);
      if (outcome != SPOT_OUTCOME_OK)
        return outcome;

      if (c != '{' && c != '[')
        {
          outcome = read_scalar (self, c);
          if (outcome != SPOT_OUTCOME_OK || depth == outer)
            return outcome;
          more = FALSE;
        }
      else
        {
          guint64 bit = G_GUINT64_CONSTANT (1) << depth % 64;

          if (depth == SPOT_MAX_NESTING)
            return SPOT_OUTCOME_TOO_LARGE;
          if (c == '{')
            objects[depth / 64] |= bit;
          else
            objects[depth / 64] &= ~bit;
          outcome = read_opening (self, c == '{' ? '}' : ']', &more);
          if (outcome != SPOT_OUTCOME_OK)
            return outcome;
          depth++;
          if (!more && --depth == outer)
            return SPOT_OUTCOME_OK;
        }

      while (!more)
        {
          gboolean is_object = (objects[(depth - 1) / 64] >> (depth - 1) % 64) & 1;

          outcome = read_separator (self, is_object ? '}' : ']', &more);
          if (outcome != SPOT_OUTCOME_OK)
            return outcome;
          if (!more && --depth == outer)
            return SPOT_OUTCOME_OK;
        }

      if ((objects[(depth - 1) / 64] >> (depth - 1) % 64) & 1)
        {
          outcome = read_name (self, &name);
          if (outcome != SPOT_OUTCOME_OK)
            return outcome;
        }
    }
}

static gboolean
span_is (const SpotSpan *span,
         const char     *word)
{
  return spot_json_text_equal (span->text, span->length, span->has_escapes, word);
}

static void
remember_column (SpotGuess  *guess,
                 const char *name,
                 gsize       length,
                 SpotColumn  column)
{
  memset (guess, 0, sizeof *guess);
  if (column == SPOT_COLUMN_OTHER || length > sizeof guess->words)
    return;
  memcpy (guess->words, name, length);
  memset (guess->mask, 0xff, length);
  guess->length = length;
  guess->column = (guint8) column;
}

/* Whether a name, with 16 readable bytes from its beginning, is the one guessed. */
static inline gboolean
is_guess (const SpotGuess *guess,
          const char      *name,
          gsize            length)
{
  guint64 words[2];

  memcpy (words, name, sizeof words);

  return length > 0 && length == guess->length
         && (((words[0] & guess->mask[0]) ^ guess->words[0]) | ((words[1] & guess->mask[1]) ^ guess->words[1])) == 0;
}

/* Which column a name means. */
static SpotColumn
find_column (SpotShapeElement *self,
             const SpotSpan   *name)
{
  SpotColumn column;

  if (name->has_escapes)
    {
      gsize length;
      g_autofree char *plain = spot_json_unescape (name->text, name->length, &length);

      return spot_column_from_name (plain, (gssize) length);
    }
  column = spot_column_from_name (name->text, (gssize) name->length);
  if (self->n_columns < SPOT_N_GUESSES)
    remember_column (&self->guesses[self->n_columns], name->text, name->length, column);

  return column;
}

/* The place for a column's value: its own when the name has come before, else a new one. %NULL when there are too
 * many. */
static inline SpotColumnValue *
place_column (SpotShapeElement *self,
              SpotColumn        column)
{
  SpotColumnValue *value;

  if (column != SPOT_COLUMN_OTHER && G_UNLIKELY (self->known & SPOT_COLUMN_BIT (column)))
    return &self->columns[self->places[column]];
  if (G_UNLIKELY (self->n_columns == SPOT_MAX_COLUMNS))
    return NULL;
  value = &self->columns[self->n_columns];
  value->column = column;
  if (column != SPOT_COLUMN_OTHER)
    {
      self->known |= SPOT_COLUMN_BIT (column);
      self->places[column] = (guint8) self->n_columns;
    }
  self->n_columns++;

  return value;
}

/* Reads columns as long as they are what nearly all are: the one that was guessed, and a string or null, with no
 * blanks. Stops before the first that is anything else, at its name. *@more is whether the row goes on. */
static void
read_guessed_columns (SpotShapeElement *self,
                      gboolean         *more)
{
  SpotJsonIndex *index = &self->index;
  const char *base = index->base;
  gsize at = self->at;

  while (*more && self->n_columns < SPOT_N_GUESSES)
    {
      const guint32 *quotes = index->quotes + index->i_quote;
      const SpotGuess *guess = &self->guesses[self->n_columns];
      SpotColumnValue *value;
      gsize end; /* of the value, where a comma or bracket must be */

      /* Enough of the window for both strings, and of the bytes to look at 16 of the name without care. */
      if (index->n_quotes - index->i_quote < 4 || index->length - quotes[1] < 16 || quotes[0] != at
          || !is_guess (guess, base + at + 1, quotes[1] - at - 1) || self->known & SPOT_COLUMN_BIT (guess->column)
          || base[quotes[1] + 1] != ':')
        break;

      value = &self->columns[self->n_columns];
      if (quotes[2] == quotes[1] + 2)
        {
          end = (gsize) quotes[3] + 1;
          if (quotes[3] > index->bad_at || end == index->length)
            break;
          value->text = base + quotes[2] + 1;
          value->length = quotes[3] - quotes[2] - 1;
          value->is_string = TRUE;
          value->is_null = FALSE;
          value->has_escapes = spot_json_index_has_backslash (index, quotes[2], quotes[3]);
        }
      else
        {
          end = (gsize) quotes[1] + 6;
          if (memcmp (base + quotes[1] + 2, "null", 4) != 0)
            break;
          value->text = NULL;
          value->length = 0;
          value->is_string = FALSE;
          value->is_null = TRUE;
          value->has_escapes = FALSE;
        }
      if (base[end] != ',' && base[end] != '}')
        break;

      index->i_quote += value->is_string ? 4 : 2;
      value->column = (SpotColumn) guess->column;
      self->known |= SPOT_COLUMN_BIT (guess->column);
      self->places[guess->column] = (guint8) self->n_columns;
      self->n_columns++;
      *more = base[end] == ',';
      at = end + 1;
    }
  self->at = at;
}

static SpotOutcome
read_columns (SpotShapeElement *self)
{
  gboolean more;
  SpotOutcome outcome;
  char c;

  self->known = 0;
  self->n_columns = 0;
  outcome = spot_shape_element_peek (self, &c);
  if (outcome != SPOT_OUTCOME_OK)
    return outcome;
  if (c != '{')
    return skip_value (self, 1);

  outcome = read_opening (self, '}', &more);
  while (outcome == SPOT_OUTCOME_OK && more)
    {
      SpotColumnValue *value;
      SpotSpan name, text;

      read_guessed_columns (self, &more);
      if (!more)
        break;
      outcome = read_name (self, &name);
      if (outcome != SPOT_OUTCOME_OK)
        return outcome;
      value = place_column (self, find_column (self, &name));
      if (!value)
        return SPOT_OUTCOME_TOO_LARGE;
      outcome = spot_shape_element_peek (self, &c);
      if (outcome != SPOT_OUTCOME_OK)
        return outcome;

      value->is_string = c == '"';
      value->is_null = c == 'n';
      if (value->is_string)
        {
          outcome = read_string (self, &text);
          if (outcome != SPOT_OUTCOME_OK)
            return outcome;
          value->has_escapes = text.has_escapes;
          value->text = text.text;
          value->length = text.length;
        }
      else
        {
          gsize start = self->at;

          outcome = skip_value (self, 2);
          if (outcome != SPOT_OUTCOME_OK)
            return outcome;
          value->has_escapes = FALSE;
          value->text = value->is_null ? NULL : self->index.base + start;
          value->length = value->is_null ? 0 : self->at - start;
        }
      outcome = read_separator (self, '}', &more);
    }

  return outcome;
}

static SpotWord
read_word (const SpotSpan *span)
{
  static const struct
  {
    const char *text;
    SpotWord        word;
  } words[] = {
    { "insert", SPOT_WORD_INSERT },         { "update", SPOT_WORD_UPDATE },
    { "delete", SPOT_WORD_DELETE },         { "up-to-date", SPOT_WORD_UP_TO_DATE },
    { "must-refetch", SPOT_WORD_MUST_REFETCH },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (span_is (span, words[i].text))
        return words[i].word;
    }

  return SPOT_WORD_OTHER;
}

static void
clear_headers (SpotShapeElement *self)
{
  self->operation = self->control = self->event = SPOT_WORD_NONE;
  memset (&self->lsn, 0, sizeof self->lsn);
}

static SpotOutcome
read_headers (SpotShapeElement *self)
{
  gboolean more;
  SpotOutcome outcome;
  char c;

  clear_headers (self);
  outcome = spot_shape_element_peek (self, &c);
  if (outcome != SPOT_OUTCOME_OK)
    return outcome;
  if (c != '{')
    return skip_value (self, 1);

  outcome = read_opening (self, '}', &more);
  while (outcome == SPOT_OUTCOME_OK && more)
    {
      SpotSpan name;
      SpotSpan text = { NULL, 0, FALSE };

      outcome = read_name (self, &name);
      if (outcome == SPOT_OUTCOME_OK)
        outcome = spot_shape_element_peek (self, &c);
      if (outcome == SPOT_OUTCOME_OK)
        outcome = c == '"' ? read_string (self, &text) : skip_value (self, 2);
      if (outcome != SPOT_OUTCOME_OK)
        return outcome;

      if (span_is (&name, "operation"))
        self->operation = text.text ? read_word (&text) : SPOT_WORD_NONE;
      else if (span_is (&name, "control"))
        self->control = text.text ? read_word (&text) : SPOT_WORD_NONE;
      else if (span_is (&name, "event"))
        self->event = text.text ? SPOT_WORD_OTHER : SPOT_WORD_NONE;
      else if (span_is (&name, "global_last_seen_lsn"))
        self->lsn = text;
      outcome = read_separator (self, '}', &more);
    }

  return outcome;
}

/**
 * spot_shape_element_begin:
 * @self: an element reader
 * @data: (array length=length): bytes, at the beginning of an element; must stay while they are read
 * @length: length of @data in bytes, below 4 GiB
 * @is_whole: whether @data ends with the element's last byte, which nothing but the end of it says of a number
 * @plain: whether to do without vector instructions
 *
 * Goes to other bytes.
 */
void
spot_shape_element_begin (SpotShapeElement *self,
                          const char       *data,
                          gsize             length,
                          gboolean          is_whole,
                          gboolean          plain)
{
  spot_json_index_init (&self->index, data, length, plain);
  self->at = 0;
  self->is_whole = is_whole;
}

/**
 * spot_shape_element_read:
 * @self: an element reader
 *
 * Reads the next element, up to the byte behind it.
 *
 * Returns: what came of it. After anything but %SPOT_OUTCOME_OK only other bytes can be read
 */
SpotOutcome
spot_shape_element_read (SpotShapeElement *self)
{
  gboolean more;
  SpotOutcome outcome;
  char c;

  clear_headers (self);
  memset (&self->key, 0, sizeof self->key);
  self->known = 0;
  self->n_columns = 0;
  outcome = spot_shape_element_peek (self, &c);
  if (outcome != SPOT_OUTCOME_OK)
    return outcome;
  if (c != '{')
    return skip_value (self, 0);

  outcome = read_opening (self, '}', &more);
  while (outcome == SPOT_OUTCOME_OK && more)
    {
      SpotSpan name;

      outcome = read_name (self, &name);
      if (outcome == SPOT_OUTCOME_OK)
        outcome = spot_shape_element_peek (self, &c);
      if (outcome != SPOT_OUTCOME_OK)
        return outcome;

      if (span_is (&name, "value"))
        {
          outcome = read_columns (self);
        }
      else if (span_is (&name, "headers"))
        {
          outcome = read_headers (self);
        }
      else if (span_is (&name, "key"))
        {
          memset (&self->key, 0, sizeof self->key);
          outcome = c == '"' ? read_string (self, &self->key) : skip_value (self, 1);
        }
      else
        {
          outcome = skip_value (self, 1);
        }
      if (outcome == SPOT_OUTCOME_OK)
        outcome = read_separator (self, '}', &more);
    }

  return outcome;
}

/**
 * spot_shape_element_tell:
 * @self: an element reader that has read an element
 * @event: (out caller-allocates): the message that the element is
 *
 * Returns: %FALSE when it is none of those that matter
 */
gboolean
spot_shape_element_tell (const SpotShapeElement *self,
                         SpotShapeEvent         *event)
{
  memset (event, 0, sizeof *event);
  if (self->event != SPOT_WORD_NONE)
    return FALSE;

  if (self->key.text)
    {
      if (self->operation == SPOT_WORD_INSERT)
        event->kind = SPOT_SHAPE_INSERT;
      else if (self->operation == SPOT_WORD_UPDATE)
        event->kind = SPOT_SHAPE_UPDATE;
      else if (self->operation == SPOT_WORD_DELETE)
        event->kind = SPOT_SHAPE_DELETE;
      else
        return FALSE;
      event->key = self->key.text;
      event->key_length = self->key.length;
      event->columns = self->columns;
      event->n_columns = self->n_columns;
    }
  else if (self->control == SPOT_WORD_UP_TO_DATE)
    {
      event->kind = SPOT_SHAPE_UP_TO_DATE;
      event->last_seen_lsn = self->lsn.text;
      event->last_seen_lsn_length = self->lsn.length;
    }
  else if (self->control == SPOT_WORD_MUST_REFETCH)
    {
      event->kind = SPOT_SHAPE_MUST_REFETCH;
    }
  else
    {
      return FALSE;
    }

  return TRUE;
}
