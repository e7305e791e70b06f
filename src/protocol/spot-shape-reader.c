/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-limits.h"
#include "spot-protocol-error.h"
#include "spot-shape-element.h"
#include "spot-shape-reader-private.h"
#include "spot-shape-reader.h"

/* Where in a body the reader is between two elements. */
typedef enum {
  STATE_START,   /* before the bracket */
  STATE_FIRST,   /* behind it: an element or the other bracket */
  STATE_ELEMENT, /* behind a comma: an element */
  STATE_CARRY,   /* inside an element, the beginning of which is in the carry */
  STATE_AFTER,   /* behind an element: a comma or the bracket */
  STATE_END,     /* behind the bracket: nothing */
} State;

/* Room for the beginning of an element that is kept when a body is done with. */
#define KEPT_CARRY_BYTES (1024u * 1024u)

struct _SpotShapeReader
{
  SpotShapeEventFunc func;
  gpointer           user_data;
  gboolean           plain;

  State   state;
  guint64 n_bytes;      /* of the body so far */
  guint   n_mark_bytes; /* of a byte order mark */
  GError *failure;      /* (nullable) (owned): what every call says from now on */

  char         *carry; /* (nullable) (owned): an element's bytes so far */
  gsize         carry_length;
  gsize         carry_size;
  gboolean      carry_is_plain_scalar; /* it has neither brackets nor quotes to find its end by */
  SpotJsonSplit split;

  SpotShapeElement element; /* reads a piece of the body, or the carry */
};

/* Tells about the element that was read, if it is one that matters. */
static void
tell (SpotShapeReader *self)
{
  SpotShapeEvent event;

  if (spot_shape_element_tell (&self->element, &event))
    self->func (&event, self->user_data);
}

static SpotOutcome
append_to_carry (SpotShapeReader *self,
                 const char      *data,
                 gsize            length)
{
  if (length > SPOT_MAX_ELEMENT_BYTES - self->carry_length)
    return SPOT_OUTCOME_TOO_LARGE;
  if (self->carry_length + length > self->carry_size)
    {
      self->carry_size = MAX (self->carry_length + length, MAX (2 * self->carry_size, 4096));
      self->carry = g_realloc (self->carry, self->carry_size);
    }
  memcpy (self->carry + self->carry_length, data, length);
  self->carry_length += length;

  return SPOT_OUTCOME_OK;
}

/* Reads the element in the carry, which is a whole one. */
static SpotOutcome
read_carry (SpotShapeReader *self)
{
  SpotOutcome outcome;

  spot_shape_element_begin (&self->element, self->carry, self->carry_length, TRUE, self->plain);
  outcome = spot_shape_element_read (&self->element);
  if (outcome == SPOT_OUTCOME_OK && self->element.at != self->carry_length)
    return SPOT_OUTCOME_MALFORMED;
  if (outcome != SPOT_OUTCOME_OK)
    return outcome == SPOT_OUTCOME_INCOMPLETE ? SPOT_OUTCOME_MALFORMED : outcome;
  tell (self);
  self->carry_length = 0;
  self->state = STATE_AFTER;

  return SPOT_OUTCOME_OK;
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

/* Takes what belongs to the element in the carry and reads it once it is whole. *@used is how much of @data that
 * was. */
static SpotOutcome
continue_carry (SpotShapeReader *self,
                const char      *data,
                gsize            length,
                gsize           *used)
{
  gboolean found = FALSE;
  char first = self->carry_length > 0 ? self->carry[0] : data[0];
  SpotOutcome outcome;

  if (first == '{' || first == '[')
    *used = spot_json_split_find_end (&self->split, data, length, SPOT_MAX_NESTING, self->plain, &found);
  else
    *used = find_scalar_end (self, data, length, &found);
  outcome = append_to_carry (self, data, *used);

  return outcome == SPOT_OUTCOME_OK && found ? read_carry (self) : outcome;
}

/* Keeps an element that does not end in this piece until the next one comes. */
static SpotOutcome
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
static SpotOutcome
read_elements (SpotShapeReader *self,
               const char      *data,
               gsize            length,
               gsize           *used)
{
  SpotOutcome outcome = SPOT_OUTCOME_OK;
  char c;

  spot_shape_element_begin (&self->element, data, length, FALSE, self->plain);
  while (self->state != STATE_END && spot_shape_element_peek (&self->element, &c) == SPOT_OUTCOME_OK)
    {
      gsize start = self->element.at;

      if (self->state == STATE_AFTER || (self->state == STATE_FIRST && c == ']'))
        {
          if (c != ',' && c != ']')
            return SPOT_OUTCOME_MALFORMED;
          self->state = c == ',' ? STATE_ELEMENT : STATE_END;
          self->element.at++;
          continue;
        }

      outcome = spot_shape_element_read (&self->element);
      if (outcome == SPOT_OUTCOME_INCOMPLETE)
        {
          gsize n_carried;

          outcome = begin_carry (self, data + start, length - start, &n_carried);
          *used = start + n_carried;
          return outcome;
        }
      if (outcome != SPOT_OUTCOME_OK)
        return outcome;
      if (self->element.at - start > SPOT_MAX_ELEMENT_BYTES)
        return SPOT_OUTCOME_TOO_LARGE;
      tell (self);
      self->state = STATE_AFTER;
    }
  *used = self->element.at;

  return SPOT_OUTCOME_OK;
}

/* What comes before the opening bracket: a byte order mark and blanks. */
static SpotOutcome
read_start (SpotShapeReader *self,
            char             c)
{
  static const char mark[] = "\xef\xbb\xbf";

  if (self->n_mark_bytes < 3 && c == mark[self->n_mark_bytes])
    {
      self->n_mark_bytes++;
      return SPOT_OUTCOME_OK;
    }
  if (self->n_mark_bytes > 0 && self->n_mark_bytes < 3)
    return SPOT_OUTCOME_MALFORMED;
  self->n_mark_bytes = 3;
  if (c == '[')
    self->state = STATE_FIRST;
  else if (!spot_shape_element_is_blank (c))
    return SPOT_OUTCOME_MALFORMED;

  return SPOT_OUTCOME_OK;
}

static SpotOutcome
feed (SpotShapeReader *self,
      const char      *data,
      gsize            length)
{
  gsize at = 0;

  while (at < length)
    {
      SpotOutcome outcome = SPOT_OUTCOME_OK;
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
          if (!spot_shape_element_is_blank (data[at]))
            outcome = SPOT_OUTCOME_MALFORMED;
          break;
        case STATE_FIRST:
        case STATE_ELEMENT:
        case STATE_AFTER:
        default:
          outcome = read_elements (self, data + at, length - at, &used);
          break;
        }
      if (outcome != SPOT_OUTCOME_OK)
        return outcome;
      at += used;
    }

  return SPOT_OUTCOME_OK;
}

static gboolean
fail (SpotShapeReader *self,
      SpotOutcome      outcome,
      GError         **error)
{
  switch (outcome)
    {
    case SPOT_OUTCOME_OK:
      return TRUE;
    case SPOT_OUTCOME_INCOMPLETE:
      g_set_error_literal (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TRUNCATED, "the body ends too early");
      break;
    case SPOT_OUTCOME_TOO_LARGE:
      g_set_error_literal (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE,
                           "a message, or the body, is larger than any that can be right");
      break;
    case SPOT_OUTCOME_MALFORMED:
    default:
      g_set_error_literal (error, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_MALFORMED, "not a JSON array of messages");
      break;
    }

  return FALSE;
}

/* The same, and for good: nothing behind the bad place can be trusted. */
static gboolean
fail_body (SpotShapeReader *self,
           SpotOutcome      outcome,
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
 * Fails with %SPOT_PROTOCOL_ERROR_MALFORMED when the body is not a JSON array, %SPOT_PROTOCOL_ERROR_TOO_LARGE when it,
 * or one of its elements, is beyond a limit. After that every call fails the same way until spot_shape_reader_reset();
 * the messages before the bad place have been told.
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
    return fail_body (self, SPOT_OUTCOME_TOO_LARGE, error);
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
  SpotOutcome outcome = SPOT_OUTCOME_INCOMPLETE;

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
      outcome = self->n_mark_bytes % 3 == 0 ? SPOT_OUTCOME_OK : SPOT_OUTCOME_MALFORMED;
    }
  else if (self->state == STATE_CARRY)
    {
      /* Nothing of it has been looked at yet, and it may be worse than cut off. */
      spot_shape_element_begin (&self->element, self->carry, self->carry_length, FALSE, self->plain);
      outcome = spot_shape_element_read (&self->element);
      /* "trueish": letters were gathered up to where they would end. */
      if (outcome == SPOT_OUTCOME_OK)
        outcome = self->element.at < self->carry_length ? SPOT_OUTCOME_MALFORMED : SPOT_OUTCOME_INCOMPLETE;
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
 * Fails with %SPOT_PROTOCOL_ERROR_MALFORMED, %SPOT_PROTOCOL_ERROR_TRUNCATED or %SPOT_PROTOCOL_ERROR_TOO_LARGE. The
 * reader stays as it was.
 *
 * Returns: whether the message was good
 */
gboolean
spot_shape_reader_feed_message (SpotShapeReader *self,
                                const char      *data,
                                gsize            length,
                                GError         **error)
{
  SpotOutcome outcome;
  char c;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (length > SPOT_MAX_ELEMENT_BYTES)
    return fail (self, SPOT_OUTCOME_TOO_LARGE, error);
  spot_shape_element_begin (&self->element, data, length, TRUE, self->plain);
  outcome = spot_shape_element_read (&self->element);
  if (outcome == SPOT_OUTCOME_OK && spot_shape_element_peek (&self->element, &c) == SPOT_OUTCOME_OK)
    outcome = SPOT_OUTCOME_MALFORMED;
  if (outcome == SPOT_OUTCOME_OK)
    tell (self);

  return fail (self, outcome, error);
}
