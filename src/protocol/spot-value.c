/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <math.h>
#include <string.h>

#include "spot-hash.h"
#include "spot-value.h"

#include "spot-value-private.h"

/* Objects up to this size are searched member by member. */
#define SMALL_OBJECT 8u

struct _SpotValue
{
  gatomicrefcount refs;
  guint8          kind;
  guint32         n_children;
  char           *type_name; /* owned, nullable: overrides the kind's word */
  union
  {
    struct
    {
      gsize length;
      char *text; /* in the same allocation */
    };
    struct
    {
      SpotValue **children;
      SpotValue **keys;  /* nullable: names of an object (strings), keys of a map */
      guint32    *index; /* nullable: open addressing table of child numbers + 1, by name */
    };
  };
};

G_DEFINE_BOXED_TYPE (SpotValue, spot_value, spot_value_ref, spot_value_unref)

G_DEFINE_ENUM_TYPE (SpotValueKind, spot_value_kind,
                    G_DEFINE_ENUM_VALUE (SPOT_VALUE_NULL, "null"),
                    G_DEFINE_ENUM_VALUE (SPOT_VALUE_UNDEFINED, "undefined"),
                    G_DEFINE_ENUM_VALUE (SPOT_VALUE_BOOLEAN, "boolean"),
                    G_DEFINE_ENUM_VALUE (SPOT_VALUE_NUMBER, "number"),
                    G_DEFINE_ENUM_VALUE (SPOT_VALUE_BIGINT, "bigint"),
                    G_DEFINE_ENUM_VALUE (SPOT_VALUE_STRING, "string"),
                    G_DEFINE_ENUM_VALUE (SPOT_VALUE_DATE, "date"),
                    G_DEFINE_ENUM_VALUE (SPOT_VALUE_URL, "url"),
                    G_DEFINE_ENUM_VALUE (SPOT_VALUE_REGEXP, "regexp"),
                    G_DEFINE_ENUM_VALUE (SPOT_VALUE_SYMBOL, "symbol"),
                    G_DEFINE_ENUM_VALUE (SPOT_VALUE_ERROR, "error"),
                    G_DEFINE_ENUM_VALUE (SPOT_VALUE_ARRAY, "array"),
                    G_DEFINE_ENUM_VALUE (SPOT_VALUE_SET, "set"),
                    G_DEFINE_ENUM_VALUE (SPOT_VALUE_MAP, "map"),
                    G_DEFINE_ENUM_VALUE (SPOT_VALUE_OBJECT, "object"))

static const char *const type_names[] = {
  [SPOT_VALUE_NULL] = "null",
  [SPOT_VALUE_UNDEFINED] = "undefined",
  [SPOT_VALUE_BOOLEAN] = "boolean",
  [SPOT_VALUE_NUMBER] = "number",
  [SPOT_VALUE_BIGINT] = "bigint",
  [SPOT_VALUE_STRING] = "string",
  [SPOT_VALUE_DATE] = "Date",
  [SPOT_VALUE_URL] = "URL",
  [SPOT_VALUE_REGEXP] = "RegExp",
  [SPOT_VALUE_SYMBOL] = "symbol",
  [SPOT_VALUE_ERROR] = "Error",
  [SPOT_VALUE_ARRAY] = "array",
  [SPOT_VALUE_SET] = "Set",
  [SPOT_VALUE_MAP] = "Map",
  [SPOT_VALUE_OBJECT] = "object",
};

static gboolean
kind_is_container (SpotValueKind kind)
{
  return kind >= SPOT_VALUE_ERROR;
}

static gboolean
kind_has_names (SpotValueKind kind)
{
  return kind == SPOT_VALUE_OBJECT || kind == SPOT_VALUE_ERROR;
}

/* The constants that documents are full of are shared: one reference is never given back. */
static SpotValue *
shared_value (SpotValueKind kind,
              gboolean      truth)
{
  static gsize once;
  static SpotValue *shared[4];

  if (g_once_init_enter (&once))
    {
      shared[0] = spot_value_new_text (SPOT_VALUE_NULL, "null", 4);
      shared[1] = spot_value_new_text (SPOT_VALUE_UNDEFINED, "undefined", 9);
      shared[2] = spot_value_new_text (SPOT_VALUE_BOOLEAN, "false", 5);
      shared[3] = spot_value_new_text (SPOT_VALUE_BOOLEAN, "true", 4);
      g_once_init_leave (&once, 1);
    }
  if (kind == SPOT_VALUE_BOOLEAN)
    return spot_value_ref (shared[truth ? 3 : 2]);
  return spot_value_ref (shared[kind == SPOT_VALUE_UNDEFINED ? 1 : 0]);
}

SpotValue *
spot_value_new_null (void)
{
  return shared_value (SPOT_VALUE_NULL, FALSE);
}

SpotValue *
spot_value_new_undefined (void)
{
  return shared_value (SPOT_VALUE_UNDEFINED, FALSE);
}

SpotValue *
spot_value_new_boolean (gboolean truth)
{
  return shared_value (SPOT_VALUE_BOOLEAN, truth);
}

SpotValue *
spot_value_new_text (SpotValueKind kind,
                     const char   *text,
                     gsize         length)
{
  SpotValue *self = g_malloc (sizeof *self + length + 1);

  g_atomic_ref_count_init (&self->refs);
  self->kind = kind;
  self->n_children = 0;
  self->type_name = NULL;
  self->length = length;
  self->text = (char *) (self + 1);
  memcpy (self->text, text, length);
  self->text[length] = '\0';
  return self;
}

static SpotValue *
new_container (SpotValueKind kind,
               GPtrArray    *keys,
               GPtrArray    *children)
{
  SpotValue *self = g_new0 (SpotValue, 1);
  gsize n_children, n_keys;

  g_atomic_ref_count_init (&self->refs);
  self->kind = kind;
  self->children = (SpotValue **) g_ptr_array_steal (children, &n_children);
  g_ptr_array_unref (children);
  self->n_children = (guint32) n_children;
  if (keys != NULL)
    {
      self->keys = (SpotValue **) g_ptr_array_steal (keys, &n_keys);
      g_ptr_array_unref (keys);
      g_assert (n_keys == n_children);
    }
  return self;
}

SpotValue *
spot_value_new_array (GPtrArray *children)
{
  return new_container (SPOT_VALUE_ARRAY, NULL, children);
}

SpotValue *
spot_value_new_map (GPtrArray *keys,
                    GPtrArray *children)
{
  return new_container (SPOT_VALUE_MAP, keys, children);
}

static gboolean
same_text (const SpotValue *value,
           const char      *text,
           gsize            length)
{
  return value->length == length && memcmp (value->text, text, length) == 0;
}

static guint32
index_mask (guint n)
{
  guint64 size = 4;

  while (size < (guint64) n * 2)
    size *= 2;
  return (guint32) (size - 1);
}

/* The slot of the table that holds the member of this name, or the empty one where it would go. */
static guint32 *
find_slot (guint32    *index,
           guint32     mask,
           SpotValue **names,
           const char *name,
           gsize       length)
{
  guint32 at = (guint32) spot_hash_bytes (name, length) & mask;

  while (index[at] != 0 && !same_text (names[index[at] - 1], name, length))
    at = (at + 1) & mask;
  return &index[at];
}

static int
find_linear (SpotValue **names,
             guint       n,
             const char *name,
             gsize       length)
{
  for (guint i = 0; i < n; i++)
    if (same_text (names[i], name, length))
      return (int) i;
  return -1;
}

/* Of members with one name the last value wins and stands where the first stood, as in JavaScript. */
SpotValue *
spot_value_new_object (GPtrArray *names,
                       GPtrArray *children)
{
  SpotValue *self = new_container (SPOT_VALUE_OBJECT, names, children);
  guint n = self->n_children;
  guint32 mask = index_mask (n);
  guint kept = 0;

  if (n > SMALL_OBJECT)
    self->index = g_new0 (guint32, (gsize) mask + 1);
  for (guint i = 0; i < n; i++)
    {
      SpotValue *name = self->keys[i];
      guint32 *slot = self->index ? find_slot (self->index, mask, self->keys, name->text, name->length) : NULL;
      int earlier = slot ? (int) *slot - 1 : find_linear (self->keys, kept, name->text, name->length);

      if (earlier >= 0)
        {
          spot_value_unref (self->children[earlier]);
          self->children[earlier] = self->children[i];
          spot_value_unref (name);
          continue;
        }
      self->keys[kept] = name;
      self->children[kept] = self->children[i];
      kept++;
      if (slot)
        *slot = kept;
    }
  if (kept < n)
    {
      self->n_children = kept;
      /* The mask follows from the number of children. */
      if (index_mask (kept) != mask || kept <= SMALL_OBJECT)
        {
          g_clear_pointer (&self->index, g_free);
          if (kept > SMALL_OBJECT)
            {
              mask = index_mask (kept);
              self->index = g_new0 (guint32, (gsize) mask + 1);
              for (guint i = 0; i < kept; i++)
                *find_slot (self->index, mask, self->keys, self->keys[i]->text, self->keys[i]->length) = i + 1;
            }
        }
    }
  return self;
}

/* A shallow copy as another kind of the same build (text or container), or under another name. */
SpotValue *
spot_value_copy_as (SpotValue     *self,
                    SpotValueKind  kind,
                    const char    *type_name)
{
  SpotValue *copy;

  g_assert (kind_is_container (self->kind) == kind_is_container (kind));
  if (!kind_is_container (kind))
    copy = spot_value_new_text (kind, self->text, self->length);
  else
    {
      g_autoptr (GPtrArray) children = g_ptr_array_sized_new (self->n_children);
      g_autoptr (GPtrArray) keys = self->keys ? g_ptr_array_sized_new (self->n_children) : NULL;

      for (guint i = 0; i < self->n_children; i++)
        {
          g_ptr_array_add (children, spot_value_ref (self->children[i]));
          if (keys)
            g_ptr_array_add (keys, spot_value_ref (self->keys[i]));
        }
      if (kind_has_names (kind))
        copy = spot_value_new_object (g_steal_pointer (&keys), g_steal_pointer (&children));
      else
        copy = new_container (kind, g_steal_pointer (&keys), g_steal_pointer (&children));
      copy->kind = kind;
    }
  copy->type_name = g_strdup (type_name);
  return copy;
}

/* A container like @self around other children; takes them and @names, which is %NULL where @self has neither names
 * nor keys. */
SpotValue *
spot_value_with_children (SpotValue *self,
                          GPtrArray *names,
                          GPtrArray *children)
{
  SpotValue *copy;

  g_assert (kind_is_container (self->kind));
  if (kind_has_names (self->kind))
    copy = spot_value_new_object (names, children);
  else
    copy = new_container (self->kind, names, children);
  copy->kind = self->kind;
  copy->type_name = g_strdup (self->type_name);
  return copy;
}

/* The place of a member, or -1. */
int
spot_value_find_member (const SpotValue *self,
                        const char      *name,
                        gsize            length)
{
  if (!kind_has_names (self->kind))
    return -1;
  if (self->index == NULL)
    return find_linear (self->keys, self->n_children, name, length);
  return (int) *find_slot (self->index, index_mask (self->n_children), self->keys, name, length) - 1;
}

/* The name of a member or key of an entry, borrowed; %NULL for elements. */
SpotValue *
spot_value_get_name (const SpotValue *self,
                     guint            index)
{
  g_assert (kind_is_container (self->kind) && index < self->n_children);
  return self->keys ? self->keys[index] : NULL;
}

/**
 * spot_value_new_string:
 * @text: (nullable): any bytes
 * @length: their number, or -1 when @text ends with a NUL
 *
 * A string value. What is not UTF-8 becomes U+FFFD; NUL bytes within @length stay.
 *
 * Returns: (transfer full): the value
 */
SpotValue *
spot_value_new_string (const char *text,
                       gssize      length)
{
  g_autoptr (GString) valid = NULL;
  const char *p, *end;

  if (text == NULL)
    return spot_value_new_text (SPOT_VALUE_STRING, "", 0);
  p = text;
  end = text + (length < 0 ? strlen (text) : (gsize) length);
  valid = g_string_sized_new ((gsize) (end - p));
  while (p < end)
    {
      const char *bad;

      g_utf8_validate_len (p, (gsize) (end - p), &bad);
      g_string_append_len (valid, p, bad - p);
      p = bad;
      if (p < end)
        {
          if (*p == '\0')
            g_string_append_c (valid, '\0');
          else
            g_string_append (valid, "\xef\xbf\xbd");
          p++;
        }
    }
  return spot_value_new_text (SPOT_VALUE_STRING, valid->str, valid->len);
}

/**
 * spot_value_ref:
 * @self: a value
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): @self
 */
SpotValue *
spot_value_ref (SpotValue *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * spot_value_unref:
 * @self: (transfer full): a value
 *
 * Gives one reference back; the last one frees the tree. Safe from any thread.
 */
void
spot_value_unref (SpotValue *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  if (kind_is_container (self->kind))
    {
      for (guint i = 0; i < self->n_children; i++)
        {
          spot_value_unref (self->children[i]);
          if (self->keys)
            spot_value_unref (self->keys[i]);
        }
      g_free (self->children);
      g_free (self->keys);
      g_free (self->index);
    }
  g_free (self->type_name);
  g_free (self);
}

/**
 * spot_value_get_kind:
 * @self: a value
 *
 * Returns: what @self is
 */
SpotValueKind
spot_value_get_kind (const SpotValue *self)
{
  g_return_val_if_fail (self != NULL, SPOT_VALUE_NULL);

  return self->kind;
}

/**
 * spot_value_get_text:
 * @self: a value
 * @length: (out) (optional): the number of bytes, which may include NULs
 *
 * The text of a string, date, URL, pattern or symbol; a number as it was written, or `NaN`, `Infinity`, `-Infinity`;
 * the words `null`, `undefined`, `true` and `false`.
 *
 * Returns: (transfer none) (nullable): valid UTF-8, or %NULL for a container
 */
const char *
spot_value_get_text (const SpotValue *self,
                     gsize           *length)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (kind_is_container (self->kind))
    {
      if (length)
        *length = 0;
      return NULL;
    }
  if (length)
    *length = self->length;
  return self->text;
}

/**
 * spot_value_get_type_name:
 * @self: a value
 *
 * The type in JavaScript's words: "string", "Date", "Map"; the class of a class instance, "Uint8Array" for a typed
 * array.
 *
 * Returns: (transfer none): an untranslated word
 */
const char *
spot_value_get_type_name (const SpotValue *self)
{
  g_return_val_if_fail (self != NULL, "");

  return self->type_name ? self->type_name : type_names[self->kind];
}

/**
 * spot_value_is_container:
 * @self: a value
 *
 * Returns: whether @self is of a kind that has children, though it may have none
 */
gboolean
spot_value_is_container (const SpotValue *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return kind_is_container (self->kind);
}

/**
 * spot_value_get_n_children:
 * @self: a value
 *
 * Returns: the number of elements, members or entries; 0 for what is no container
 */
guint
spot_value_get_n_children (const SpotValue *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_children;
}

/**
 * spot_value_get_child:
 * @self: a value
 * @index: which child, in the order of the document
 *
 * Returns: (transfer none) (nullable): the element, or the value of the member or entry; %NULL beyond the last
 */
SpotValue *
spot_value_get_child (const SpotValue *self,
                      guint            index)
{
  g_return_val_if_fail (self != NULL, NULL);

  return index < self->n_children ? self->children[index] : NULL;
}

/**
 * spot_value_get_child_name:
 * @self: a value
 * @index: which child
 *
 * Returns: (transfer none) (nullable): the name of a member of an object or error, valid UTF-8, cut at a NUL if it has
 *   one; %NULL for other containers and beyond the last
 */
const char *
spot_value_get_child_name (const SpotValue *self,
                           guint            index)
{
  g_return_val_if_fail (self != NULL, NULL);

  return kind_has_names (self->kind) && index < self->n_children ? self->keys[index]->text : NULL;
}

/**
 * spot_value_get_child_key:
 * @self: a value
 * @index: which child
 *
 * Returns: (transfer none) (nullable): the key of an entry of a map; %NULL for other containers and beyond the last
 */
SpotValue *
spot_value_get_child_key (const SpotValue *self,
                          guint            index)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->kind == SPOT_VALUE_MAP && index < self->n_children ? self->keys[index] : NULL;
}

/**
 * spot_value_get_member:
 * @self: a value
 * @name: a member's name
 *
 * Returns: (transfer none) (nullable): the value of the member; %NULL when there is none, or @self is no object or
 *   error
 */
SpotValue *
spot_value_get_member (const SpotValue *self,
                       const char      *name)
{
  int index;

  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  index = spot_value_find_member (self, name, strlen (name));
  return index >= 0 ? self->children[index] : NULL;
}

/**
 * spot_value_get_double:
 * @self: a value
 * @number: (out): the nearest double
 *
 * Returns: whether @self is a number or bigint within a double's range; @number is finite then, and 0 otherwise
 */
gboolean
spot_value_get_double (const SpotValue *self,
                       double          *number)
{
  double parsed;

  g_return_val_if_fail (self != NULL && number != NULL, FALSE);

  *number = 0.0;
  if (self->kind != SPOT_VALUE_NUMBER && self->kind != SPOT_VALUE_BIGINT)
    return FALSE;
  parsed = g_ascii_strtod (self->text, NULL);
  if (!isfinite (parsed))
    return FALSE;
  *number = parsed;
  return TRUE;
}

/**
 * spot_value_get_time:
 * @self: a value
 * @time_us: (out): microseconds since 1970 UTC
 *
 * Reads a date, or a string of the form that JavaScript gives dates in JSON: ISO 8601 with date, time of day and zone.
 *
 * Returns: whether @self is a moment; @time_us is 0 otherwise
 */
gboolean
spot_value_get_time (const SpotValue *self,
                     gint64          *time_us)
{
  g_autoptr (GDateTime) moment = NULL;

  g_return_val_if_fail (self != NULL && time_us != NULL, FALSE);

  *time_us = 0;
  if (self->kind != SPOT_VALUE_DATE && self->kind != SPOT_VALUE_STRING)
    return FALSE;
  /* Strings that cannot be dates are many and long: do not hand them over. */
  if (self->length < strlen ("2026-01-01T00:00Z") || self->length > strlen ("2026-01-01T00:00:00.000000000+00:00")
      || strlen (self->text) != self->length)
    return FALSE;
  moment = g_date_time_new_from_iso8601 (self->text, NULL);
  if (moment == NULL)
    return FALSE;
  *time_us = g_date_time_to_unix (moment) * G_USEC_PER_SEC + g_date_time_get_microsecond (moment);
  return TRUE;
}

/**
 * spot_value_equal:
 * @self: a value
 * @other: a value
 *
 * Whether two trees are the same: kinds, type names, texts (`1` and `1.0` differ), and children. The order of an
 * object's members does not matter, all other orders do.
 *
 * Returns: whether they are
 */
gboolean
spot_value_equal (const SpotValue *self,
                  const SpotValue *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  if (self == other)
    return TRUE;
  if (self->kind != other->kind || self->n_children != other->n_children
      || g_strcmp0 (self->type_name, other->type_name) != 0)
    return FALSE;
  if (!kind_is_container (self->kind))
    return same_text (self, other->text, other->length);
  for (guint i = 0; i < self->n_children; i++)
    {
      guint at = i;

      if (kind_has_names (self->kind))
        {
          int found = spot_value_find_member (other, self->keys[i]->text, self->keys[i]->length);

          if (found < 0)
            return FALSE;
          at = (guint) found;
        }
      else if (self->keys && !spot_value_equal (self->keys[i], other->keys[i]))
        return FALSE;
      if (!spot_value_equal (self->children[i], other->children[at]))
        return FALSE;
    }
  return TRUE;
}
