/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-json-index.h"
#include "spot-json-text.h"
#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-shape-reader.h"
#include "spot-shape-reader-private.h"

/* Where in a body the reader is between two elements. */
typedef enum {
  STATE_START,   /* before the bracket */
  STATE_FIRST,   /* behind it: an element or the other bracket */
  STATE_ELEMENT, /* behind a comma: an element */
  STATE_CARRY,   /* inside an element, the beginning of which is in the carry */
  STATE_AFTER,   /* behind an element: a comma or the bracket */
  STATE_END,     /* behind the bracket: nothing */
} State;

typedef enum {
  OUTCOME_OK,
  OUTCOME_INCOMPLETE, /* the bytes end before the element does */
  OUTCOME_MALFORMED,
  OUTCOME_TOO_LARGE,
} Outcome;

/* A member of an element's headers that must be one of a few words. */
typedef enum {
  WORD_NONE,
  WORD_INSERT,
  WORD_UPDATE,
  WORD_DELETE,
  WORD_UP_TO_DATE,
  WORD_MUST_REFETCH,
  WORD_OTHER,
} Word;

typedef struct
{
  const char *text;
  gsize       length;
  gboolean    has_escapes;
} Span;

/* Columns of a row whose names are guessed. */
#define N_GUESSES 32u

/* A known column's name, made to be compared 16 bytes at a time: none has more than 15. */
typedef struct
{
  guint64 words[2];
  guint64 mask[2];
  gsize   length; /* 0 for no guess */
  guint8  column;
} Guess;

/* Room for the beginning of an element that is kept when a body is done with. */
#define KEPT_CARRY_BYTES (1024u * 1024u)

struct _SpotShapeReader
{
  SpotShapeEventFunc func;
  gpointer           user_data;
  gboolean           plain;

  State   state;
  guint64 n_bytes;       /* of the body so far */
  guint   n_mark_bytes;  /* of a byte order mark */
  GError *failure;       /* (nullable) (owned): what every call says from now on */

  char         *carry; /* (nullable) (owned): an element's bytes so far */
  gsize         carry_length;
  gsize         carry_size;
  gboolean      carry_is_plain_scalar; /* it has neither brackets nor quotes to find its end by */
  SpotJsonSplit split;

  /* The bytes that are read now: a piece of the body, or the carry. */
  SpotJsonIndex index;
  gsize         at;       /* where in them */
  gboolean      is_whole; /* they end where the element does */

  /* The element that is read now. */
  Span    key;
  Span    lsn;
  Word    operation;
  Word    control;
  Word    event;
  guint32 known;               /* bits of the known columns that are in @columns */
  guint8  places[SPOT_N_COLUMNS]; /* and where */
  guint   n_columns;

  SpotColumnValue columns[SPOT_MAX_COLUMNS];
  Guess           guesses[N_GUESSES]; /* the last row's columns: the next tends to have the same in the same order */
};

static inline gboolean
is_blank (char c)
{
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* The next byte that is not blank, without stepping over it. */
static inline Outcome
peek (SpotShapeReader *self,
      char            *c)
{
  while (self->at < self->index.length)
    {
      *c = self->index.base[self->at];
      if (G_LIKELY (!is_blank (*c)))
        return OUTCOME_OK;
      self->at++;
    }

  return OUTCOME_INCOMPLETE;
}

/* Steps over @wanted. */
static inline Outcome
expect (SpotShapeReader *self,
        char             wanted)
{
  char c;
  Outcome outcome = peek (self, &c);

  if (outcome != OUTCOME_OK)
    return outcome;
  if (c != wanted)
    return OUTCOME_MALFORMED;
  self->at++;

  return OUTCOME_OK;
}

/* The end of a string that goes on behind the index's window. */
static Outcome
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
        return OUTCOME_INCOMPLETE;
      from = index->start;
      if (index->n_quotes > 0)
        break;
    }
  *close = index->quotes[index->i_quote++];
  *has_escapes |= spot_json_index_has_backslash (index, from, *close);

  return OUTCOME_OK;
}

/* Reads the string that begins at the next byte, which is a quote. */
static inline Outcome
read_string (SpotShapeReader *self,
             Span            *span)
{
  SpotJsonIndex *index = &self->index;
  gsize open, close;

  while (G_UNLIKELY (index->i_quote == index->n_quotes))
    {
      if (!spot_json_index_fill (index))
        return OUTCOME_MALFORMED;
    }
  open = index->quotes[index->i_quote];
  if (G_UNLIKELY (open != self->at))
    return OUTCOME_MALFORMED;
  index->i_quote++;
  if (G_LIKELY (index->i_quote < index->n_quotes))
    {
      close = index->quotes[index->i_quote++];
      span->has_escapes = spot_json_index_has_backslash (index, open, close);
    }
  else
    {
      span->has_escapes = FALSE;
      if (find_far_end (index, open, &close, &span->has_escapes) != OUTCOME_OK)
        return OUTCOME_INCOMPLETE;
    }
  if (G_UNLIKELY (close > index->bad_at))
    return OUTCOME_MALFORMED;

  span->text = index->base + open + 1;
  span->length = close - open - 1;
  self->at = close + 1;

  return OUTCOME_OK;
}

static Outcome
read_literal (SpotShapeReader *self,
              const char      *word)
{
  gsize n = strlen (word);
  gsize n_left = self->index.length - self->at;

  if (memcmp (self->index.base + self->at, word, MIN (n, n_left)) != 0)
    return OUTCOME_MALFORMED;
  if (n_left < n)
    return OUTCOME_INCOMPLETE;
  self->at += n;

  return OUTCOME_OK;
}

/* Steps over digits, of which there must be one. */
static Outcome
read_digits (SpotShapeReader *self)
{
  gsize start = self->at;

  while (self->at < self->index.length && g_ascii_isdigit (self->index.base[self->at]))
    self->at++;
  if (self->at > start)
    return OUTCOME_OK;

  return self->at == self->index.length ? OUTCOME_INCOMPLETE : OUTCOME_MALFORMED;
}

static Outcome
read_number (SpotShapeReader *self)
{
  const char *base = self->index.base;
  gsize length = self->index.length;
  gsize start;
  Outcome outcome;

  if (base[self->at] == '-')
    self->at++;
  start = self->at;
  outcome = read_digits (self);
  if (outcome != OUTCOME_OK)
    return outcome;
  if (base[start] == '0' && self->at - start > 1)
    return OUTCOME_MALFORMED;
  if (self->at < length && base[self->at] == '.')
    {
      self->at++;
      outcome = read_digits (self);
      if (outcome != OUTCOME_OK)
        return outcome;
    }
  if (self->at < length && (base[self->at] == 'e' || base[self->at] == 'E'))
    {
      self->at++;
      if (self->at < length && (base[self->at] == '+' || base[self->at] == '-'))
        self->at++;
      outcome = read_digits (self);
      if (outcome != OUTCOME_OK)
        return outcome;
    }

  /* What ends a number is what comes behind it. */
  return self->at == length && !self->is_whole ? OUTCOME_INCOMPLETE : OUTCOME_OK;
}

static Outcome
read_scalar (SpotShapeReader *self,
             char             c)
{
  Span span;

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
      return c == '-' || g_ascii_isdigit (c) ? read_number (self) : OUTCOME_MALFORMED;
    }
}

/* A member's name and the colon. */
static inline Outcome
read_name (SpotShapeReader *self,
           Span            *name)
{
  char c;
  Outcome outcome = peek (self, &c);

  if (outcome != OUTCOME_OK)
    return outcome;
  if (c != '"')
    return OUTCOME_MALFORMED;
  outcome = read_string (self, name);

  return outcome == OUTCOME_OK ? expect (self, ':') : outcome;
}

/* What comes behind a member: *@more is whether there is another. */
static inline Outcome
read_separator (SpotShapeReader *self,
                char             closing,
                gboolean        *more)
{
  char c;
  Outcome outcome = peek (self, &c);

  if (outcome != OUTCOME_OK)
    return outcome;
  if (c != ',' && c != closing)
    return OUTCOME_MALFORMED;
  *more = c == ',';
  self->at++;

  return OUTCOME_OK;
}

/* Steps over the bracket that begins an object or array; *@more is whether it has anything in it. */
static inline Outcome
read_opening (SpotShapeReader *self,
              char             closing,
              gboolean        *more)
{
  char c;
  Outcome outcome;

  self->at++;
  outcome = peek (self, &c);
  if (outcome != OUTCOME_OK)
    return outcome;
  *more = c != closing;
  if (!*more)
    self->at++;

  return OUTCOME_OK;
}

/* Steps over a value of any kind inside @depth objects and arrays, without calling itself. */
static Outcome
skip_value (SpotShapeReader *self,
            guint            depth)
{
  guint64 objects[SPOT_MAX_NESTING / 64] = { 0 }; /* a bit per level: whether it is an object */
  guint outer = depth;
  gboolean more;
  Span name;
  char c;
  Outcome outcome;

  for (;;)
    {
      outcome = peek (self, &c);
      if (outcome != OUTCOME_OK)
        return outcome;

      if (c != '{' && c != '[')
        {
          outcome = read_scalar (self, c);
          if (outcome != OUTCOME_OK || depth == outer)
            return outcome;
          more = FALSE;
        }
      else
        {
          guint64 bit = G_GUINT64_CONSTANT (1) << depth % 64;

          if (depth == SPOT_MAX_NESTING)
            return OUTCOME_TOO_LARGE;
          if (c == '{')
            objects[depth / 64] |= bit;
          else
            objects[depth / 64] &= ~bit;
          outcome = read_opening (self, c == '{' ? '}' : ']', &more);
          if (outcome != OUTCOME_OK)
            return outcome;
          depth++;
          if (!more && --depth == outer)
            return OUTCOME_OK;
        }

      while (!more)
        {
          gboolean is_object = (objects[(depth - 1) / 64] >> (depth - 1) % 64) & 1;

          outcome = read_separator (self, is_object ? '}' : ']', &more);
          if (outcome != OUTCOME_OK)
            return outcome;
          if (!more && --depth == outer)
            return OUTCOME_OK;
        }

      if ((objects[(depth - 1) / 64] >> (depth - 1) % 64) & 1)
        {
          outcome = read_name (self, &name);
          if (outcome != OUTCOME_OK)
            return outcome;
        }
    }
}

static gboolean
span_is (const Span *span,
         const char *word)
{
  return spot_json_text_equal (span->text, span->length, span->has_escapes, word);
}

static void
remember_column (Guess      *guess,
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
is_guess (const Guess *guess,
          const char  *name,
          gsize        length)
{
  guint64 words[2];

  memcpy (words, name, sizeof words);

  return length > 0 && length == guess->length
         && (((words[0] & guess->mask[0]) ^ guess->words[0]) | ((words[1] & guess->mask[1]) ^ guess->words[1])) == 0;
}

/* Which column a name means. */
static SpotColumn
find_column (SpotShapeReader *self,
             const Span      *name)
{
  SpotColumn column;

  if (name->has_escapes)
    {
      gsize length;
      g_autofree char *plain = spot_json_unescape (name->text, name->length, &length);

      return spot_column_from_name (plain, (gssize) length);
    }
  column = spot_column_from_name (name->text, (gssize) name->length);
  if (self->n_columns < N_GUESSES)
    remember_column (&self->guesses[self->n_columns], name->text, name->length, column);

  return column;
}

/* The place for a column's value: its own when the name has come before, else a new one. %NULL when there are too many. */
static inline SpotColumnValue *
place_column (SpotShapeReader *self,
              SpotColumn       column)
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

/* Reads columns as long as they are what nearly all are: the one that was guessed, and a string or null, with no blanks. Stops
 * before the first that is anything else, at its name. *@more is whether the row goes on. */
static void
read_guessed_columns (SpotShapeReader *self,
                      gboolean        *more)
{
  SpotJsonIndex *index = &self->index;
  const char *base = index->base;
  gsize at = self->at;

  while (*more && self->n_columns < N_GUESSES)
    {
      const guint32 *quotes = index->quotes + index->i_quote;
      const Guess *guess = &self->guesses[self->n_columns];
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

static Outcome
read_columns (SpotShapeReader *self)
{
  gboolean more;
  Outcome outcome;
  char c;

  self->known = 0;
  self->n_columns = 0;
  outcome = peek (self, &c);
  if (outcome != OUTCOME_OK)
    return outcome;
  if (c != '{')
    return skip_value (self, 1);

  outcome = read_opening (self, '}', &more);
  while (outcome == OUTCOME_OK && more)
    {
      SpotColumnValue *value;
      Span name, text;

      read_guessed_columns (self, &more);
      if (!more)
        break;
      outcome = read_name (self, &name);
      if (outcome != OUTCOME_OK)
        return outcome;
      value = place_column (self, find_column (self, &name));
      if (!value)
        return OUTCOME_TOO_LARGE;
      outcome = peek (self, &c);
      if (outcome != OUTCOME_OK)
        return outcome;

      value->is_string = c == '"';
      value->is_null = c == 'n';
      if (value->is_string)
        {
          outcome = read_string (self, &text);
          if (outcome != OUTCOME_OK)
            return outcome;
          value->has_escapes = text.has_escapes;
          value->text = text.text;
          value->length = text.length;
        }
      else
        {
          gsize start = self->at;

          outcome = skip_value (self, 2);
          if (outcome != OUTCOME_OK)
            return outcome;
          value->has_escapes = FALSE;
          value->text = value->is_null ? NULL : self->index.base + start;
          value->length = value->is_null ? 0 : self->at - start;
        }
      outcome = read_separator (self, '}', &more);
    }

  return outcome;
}

static Word
read_word (const Span *span)
{
  static const struct
  {
    const char *text;
    Word        word;
  } words[] = {
    { "insert", WORD_INSERT },         { "update", WORD_UPDATE },
    { "delete", WORD_DELETE },         { "up-to-date", WORD_UP_TO_DATE },
    { "must-refetch", WORD_MUST_REFETCH },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (span_is (span, words[i].text))
        return words[i].word;
    }

  return WORD_OTHER;
}

static void
clear_headers (SpotShapeReader *self)
{
  self->operation = self->control = self->event = WORD_NONE;
  memset (&self->lsn, 0, sizeof self->lsn);
}

static Outcome
read_headers (SpotShapeReader *self)
{
  gboolean more;
  Outcome outcome;
  char c;

  clear_headers (self);
  outcome = peek (self, &c);
  if (outcome != OUTCOME_OK)
    return outcome;
  if (c != '{')
    return skip_value (self, 1);

  outcome = read_opening (self, '}', &more);
  while (outcome == OUTCOME_OK && more)
    {
      Span name;
      Span text = { NULL, 0, FALSE };

      outcome = read_name (self, &name);
      if (outcome == OUTCOME_OK)
        outcome = peek (self, &c);
      if (outcome == OUTCOME_OK)
        outcome = c == '"' ? read_string (self, &text) : skip_value (self, 2);
      if (outcome != OUTCOME_OK)
        return outcome;

      if (span_is (&name, "operation"))
        self->operation = text.text ? read_word (&text) : WORD_NONE;
      else if (span_is (&name, "control"))
        self->control = text.text ? read_word (&text) : WORD_NONE;
      else if (span_is (&name, "event"))
        self->event = text.text ? WORD_OTHER : WORD_NONE;
      else if (span_is (&name, "global_last_seen_lsn"))
        self->lsn = text;
      outcome = read_separator (self, '}', &more);
    }

  return outcome;
}

/* Reads one element, up to the byte behind it. It is not told to anybody yet. */
static Outcome
read_element (SpotShapeReader *self)
{
  gboolean more;
  Outcome outcome;
  char c;

  clear_headers (self);
  memset (&self->key, 0, sizeof self->key);
  self->known = 0;
  self->n_columns = 0;
  outcome = peek (self, &c);
  if (outcome != OUTCOME_OK)
    return outcome;
  if (c != '{')
    return skip_value (self, 0);

  outcome = read_opening (self, '}', &more);
  while (outcome == OUTCOME_OK && more)
    {
      Span name;

      outcome = read_name (self, &name);
      if (outcome == OUTCOME_OK)
        outcome = peek (self, &c);
      if (outcome != OUTCOME_OK)
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
      if (outcome == OUTCOME_OK)
        outcome = read_separator (self, '}', &more);
    }

  return outcome;
}

/* Tells about the element that was read, if it is one that matters. */
static void
emit (SpotShapeReader *self)
{
  SpotShapeEvent event = { 0 };

  if (self->event != WORD_NONE)
    return;

  if (self->key.text && self->operation >= WORD_INSERT && self->operation <= WORD_DELETE)
    {
      event.kind = self->operation == WORD_INSERT   ? SPOT_SHAPE_INSERT
                   : self->operation == WORD_UPDATE ? SPOT_SHAPE_UPDATE
                                                    : SPOT_SHAPE_DELETE;
      event.key = self->key.text;
      event.key_length = self->key.length;
      event.columns = self->columns;
      event.n_columns = self->n_columns;
    }
  else if (!self->key.text && self->control == WORD_UP_TO_DATE)
    {
      event.kind = SPOT_SHAPE_UP_TO_DATE;
      event.last_seen_lsn = self->lsn.text;
      event.last_seen_lsn_length = self->lsn.length;
    }
  else if (!self->key.text && self->control == WORD_MUST_REFETCH)
    {
      event.kind = SPOT_SHAPE_MUST_REFETCH;
    }
  else
    {
      return;
    }
  self->func (&event, self->user_data);
}

static void
begin_bytes (SpotShapeReader *self,
             const char      *data,
             gsize            length,
             gboolean         is_whole)
{
  spot_json_index_init (&self->index, data, length, self->plain);
  self->at = 0;
  self->is_whole = is_whole;
}

static Outcome
append_to_carry (SpotShapeReader *self,
                 const char      *data,
                 gsize            length)
{
  if (length > SPOT_MAX_ELEMENT_BYTES - self->carry_length)
    return OUTCOME_TOO_LARGE;
  if (self->carry_length + length > self->carry_size)
    {
      self->carry_size = MAX (self->carry_length + length, MAX (2 * self->carry_size, 4096));
      self->carry = g_realloc (self->carry, self->carry_size);
    }
  memcpy (self->carry + self->carry_length, data, length);
  self->carry_length += length;

  return OUTCOME_OK;
}

/* Reads the element in the carry, which is a whole one. */
static Outcome
read_carry (SpotShapeReader *self)
{
  Outcome outcome;

  begin_bytes (self, self->carry, self->carry_length, TRUE);
  outcome = read_element (self);
  if (outcome == OUTCOME_OK && self->at != self->carry_length)
    return OUTCOME_MALFORMED;
  if (outcome != OUTCOME_OK)
    return outcome == OUTCOME_INCOMPLETE ? OUTCOME_MALFORMED : outcome;
  emit (self);
  self->carry_length = 0;
  self->state = STATE_AFTER;

  return OUTCOME_OK;
}

/* Finds the end of a string, or of a number or word, that comes in pieces. */
static gsize
find_scalar_end (SpotShapeReader *self,
                 const char      *data,
                 gsize            length,
                 gboolean        *found)
{
  for (gsize i = 0; i < length; i++)
    {
      gboolean escaped = self->split.escape_goes_on != 0;

      if (self->carry_is_plain_scalar)
        {
          if (!g_ascii_isalnum (data[i]) && data[i] != '-' && data[i] != '+' && data[i] != '.')
            {
              *found = TRUE;
              return i;
            }
          continue;
        }
      self->split.escape_goes_on = !escaped && data[i] == '\\';
      if (data[i] == '"' && !escaped)
        {
          if (self->split.in_string)
            {
              *found = TRUE;
              return i + 1;
            }
          self->split.in_string = 1;
        }
    }

  return length;
}

/* Takes what belongs to the element in the carry and reads it once it is whole. *@used is how much of @data that was. */
static Outcome
continue_carry (SpotShapeReader *self,
                const char      *data,
                gsize            length,
                gsize           *used)
{
  gboolean found = FALSE;
  char first = self->carry_length > 0 ? self->carry[0] : data[0];
  Outcome outcome;

  if (first == '{' || first == '[')
    *used = spot_json_split_find_end (&self->split, data, length, SPOT_MAX_NESTING, self->plain, &found);
  else
    *used = find_scalar_end (self, data, length, &found);
  outcome = append_to_carry (self, data, *used);

  return outcome == OUTCOME_OK && found ? read_carry (self) : outcome;
}

/* Keeps an element that does not end in this piece until the next one comes. */
static Outcome
begin_carry (SpotShapeReader *self,
             const char      *data,
             gsize            length,
             gsize           *used)
{
  memset (&self->split, 0, sizeof self->split);
  self->carry_length = 0;
  self->carry_is_plain_scalar = data[0] != '{' && data[0] != '[' && data[0] != '"';
  self->state = STATE_CARRY;

  return continue_carry (self, data, length, used);
}

/* Reads elements and what is between them from a piece, up to the closing bracket or the piece's end. */
static Outcome
read_elements (SpotShapeReader *self,
               const char      *data,
               gsize            length,
               gsize           *used)
{
  Outcome outcome = OUTCOME_OK;
  char c;

  begin_bytes (self, data, length, FALSE);
  while (self->state != STATE_END && peek (self, &c) == OUTCOME_OK)
    {
      gsize start = self->at;

      if (self->state == STATE_AFTER || (self->state == STATE_FIRST && c == ']'))
        {
          if (c != ',' && c != ']')
            return OUTCOME_MALFORMED;
          self->state = c == ',' ? STATE_ELEMENT : STATE_END;
          self->at++;
          continue;
        }

      outcome = read_element (self);
      if (outcome == OUTCOME_INCOMPLETE)
        {
          gsize n_carried;

          outcome = begin_carry (self, data + start, length - start, &n_carried);
          *used = start + n_carried;
          return outcome;
        }
      if (outcome != OUTCOME_OK)
        return outcome;
      if (self->at - start > SPOT_MAX_ELEMENT_BYTES)
        return OUTCOME_TOO_LARGE;
      emit (self);
      self->state = STATE_AFTER;
    }
  *used = self->at;

  return OUTCOME_OK;
}

/* What comes before the opening bracket: a byte order mark and blanks. */
static Outcome
read_start (SpotShapeReader *self,
            char             c)
{
  static const char mark[] = "\xef\xbb\xbf";

  if (self->n_mark_bytes < 3 && c == mark[self->n_mark_bytes])
    {
      self->n_mark_bytes++;
      return OUTCOME_OK;
    }
  if (self->n_mark_bytes > 0 && self->n_mark_bytes < 3)
    return OUTCOME_MALFORMED;
  self->n_mark_bytes = 3;
  if (c == '[')
    self->state = STATE_FIRST;
  else if (!is_blank (c))
    return OUTCOME_MALFORMED;

  return OUTCOME_OK;
}

static Outcome
feed (SpotShapeReader *self,
      const char      *data,
      gsize            length)
{
  gsize at = 0;

  while (at < length)
    {
      Outcome outcome = OUTCOME_OK;
      gsize used = 1;

      switch (self->state)
        {
        case STATE_START:
          outcome = read_start (self, data[at]);
          break;
        case STATE_CARRY:
          outcome = continue_carry (self, data + at, length - at, &used);
          break;
        case STATE_END:
          if (!is_blank (data[at]))
            outcome = OUTCOME_MALFORMED;
          break;
        case STATE_FIRST:
        case STATE_ELEMENT:
        case STATE_AFTER:
        default:
          outcome = read_elements (self, data + at, length - at, &used);
          break;
        }
      if (outcome != OUTCOME_OK)
        return outcome;
      at += used;
    }

  return OUTCOME_OK;
}

static gboolean
fail (SpotShapeReader *self,
      Outcome          outcome,
      GError         **error)
{
  switch (outcome)
    {
    case OUTCOME_OK:
      return TRUE;
    case OUTCOME_INCOMPLETE:
      g_set_error_literal (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TRUNCATED, "the body ends too early");
      break;
    case OUTCOME_TOO_LARGE:
      g_set_error_literal (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE,
                           "a message, or the body, is larger than any that can be right");
      break;
    case OUTCOME_MALFORMED:
    default:
      g_set_error_literal (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED, "not a JSON array of messages");
      break;
    }

  return FALSE;
}

/* The same, and for good: nothing behind the bad place can be trusted. */
static gboolean
fail_body (SpotShapeReader *self,
           Outcome          outcome,
           GError         **error)
{
  if (fail (self, outcome, &self->failure))
    return TRUE;
  if (error)
    *error = g_error_copy (self->failure);

  return FALSE;
}

/**
 * spot_shape_reader_new:
 * @func: (scope forever): called for each message that matters, while a piece is fed
 * @user_data: data for @func
 *
 * Returns: (transfer full): a reader at the beginning of a body
 */
SpotShapeReader *
spot_shape_reader_new (SpotShapeEventFunc func,
                       gpointer           user_data)
{
  SpotShapeReader *self;

  g_return_val_if_fail (func != NULL, NULL);

  self = g_new0 (SpotShapeReader, 1);
  self->func = func;
  self->user_data = user_data;

  return self;
}

/**
 * spot_shape_reader_free:
 * @self: (transfer full) (nullable): a reader
 *
 * Frees @self.
 */
void
spot_shape_reader_free (SpotShapeReader *self)
{
  if (!self)
    return;
  g_clear_error (&self->failure);
  g_free (self->carry);
  g_free (self);
}

/**
 * spot_shape_reader_reset:
 * @self: a reader
 *
 * Goes to the beginning of another body, whatever became of the last one.
 */
void
spot_shape_reader_reset (SpotShapeReader *self)
{
  g_return_if_fail (self != NULL);

  g_clear_error (&self->failure);
  self->state = STATE_START;
  self->n_bytes = 0;
  self->n_mark_bytes = 0;
  self->carry_length = 0;
  if (self->carry_size > KEPT_CARRY_BYTES)
    {
      g_clear_pointer (&self->carry, g_free);
      self->carry_size = 0;
    }
}

/**
 * spot_shape_reader_set_plain:
 * @self: a reader between two bodies
 * @plain: whether to do without vector instructions
 *
 * The results are the same, only slower; for the tests, that say so.
 */
void
spot_shape_reader_set_plain (SpotShapeReader *self,
                             gboolean         plain)
{
  g_return_if_fail (self != NULL);

  self->plain = plain;
}

/**
 * spot_shape_reader_feed:
 * @self: a reader
 * @data: (array length=length): the next piece of the body, which may begin and end anywhere
 * @length: length of @data in bytes
 * @error: return location
 *
 * Reads a piece of a body and calls the reader's function for each message that ends in it.
 *
 * Fails with %SPOT_PROTOCOL_ERROR_MALFORMED when the body is not a JSON array, %SPOT_PROTOCOL_ERROR_TOO_LARGE when it, or one
 * of its elements, is beyond a limit. After that every call fails the same way until spot_shape_reader_reset(); the messages
 * before the bad place have been told.
 *
 * Returns: whether the piece was good
 */
gboolean
spot_shape_reader_feed (SpotShapeReader *self,
                        const char      *data,
                        gsize            length,
                        GError         **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (self->failure)
    {
      if (error)
        *error = g_error_copy (self->failure);
      return FALSE;
    }
  if (length > SPOT_MAX_BODY_BYTES - self->n_bytes)
    return fail_body (self, OUTCOME_TOO_LARGE, error);
  self->n_bytes += length;

  return fail_body (self, feed (self, data, length), error);
}

/**
 * spot_shape_reader_finish:
 * @self: a reader
 * @error: return location
 *
 * Says that the body is over. One of no bytes, or of blanks, counts as `[]`. Before another body comes
 * spot_shape_reader_reset().
 *
 * Fails with %SPOT_PROTOCOL_ERROR_TRUNCATED when the array goes on, and like spot_shape_reader_feed().
 *
 * Returns: whether the body was whole and good
 */
gboolean
spot_shape_reader_finish (SpotShapeReader *self,
                          GError         **error)
{
  Outcome outcome = OUTCOME_INCOMPLETE;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->failure)
    {
      if (error)
        *error = g_error_copy (self->failure);
      return FALSE;
    }
  if (self->state == STATE_END)
    return TRUE;
  if (self->state == STATE_START)
    {
      outcome = self->n_mark_bytes % 3 == 0 ? OUTCOME_OK : OUTCOME_MALFORMED;
    }
  else if (self->state == STATE_CARRY)
    {
      /* Nothing of it has been looked at yet, and it may be worse than cut off. */
      begin_bytes (self, self->carry, self->carry_length, FALSE);
      outcome = read_element (self);
      if (outcome == OUTCOME_OK)
        outcome = OUTCOME_INCOMPLETE;
    }

  return fail_body (self, outcome, error);
}

/**
 * spot_shape_reader_feed_message:
 * @self: a reader
 * @data: (array length=length): one message, whole
 * @length: length of @data in bytes
 * @error: return location
 *
 * Reads one message that is no element of a body, as an event stream brings them, and calls the reader's function if it
 * matters. Has nothing to do with the body that is fed, if any, but must not be called from the reader's function.
 *
 * Fails with %SPOT_PROTOCOL_ERROR_MALFORMED, %SPOT_PROTOCOL_ERROR_TRUNCATED or %SPOT_PROTOCOL_ERROR_TOO_LARGE. The reader
 * stays as it was.
 *
 * Returns: whether the message was good
 */
gboolean
spot_shape_reader_feed_message (SpotShapeReader *self,
                                const char      *data,
                                gsize            length,
                                GError         **error)
{
  Outcome outcome;
  char c;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (length > SPOT_MAX_ELEMENT_BYTES)
    return fail (self, OUTCOME_TOO_LARGE, error);
  begin_bytes (self, data, length, TRUE);
  outcome = read_element (self);
  if (outcome == OUTCOME_OK && peek (self, &c) == OUTCOME_OK)
    outcome = OUTCOME_MALFORMED;
  if (outcome == OUTCOME_OK)
    emit (self);

  return fail (self, outcome, error);
}
