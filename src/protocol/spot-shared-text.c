/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-protocol"

#include "config.h"

#include <string.h>

#include "spot-hash.h"
#include "spot-shared-text.h"

#define MIN_BUCKETS 64u

/* The atoms there are, in chains. An atom's last reference is only ever dropped under the lock, so whoever finds one
 * here, under the lock too, may take another. */
static GMutex lock;
static SpotAtom **buckets; /* a power of two of them */
static guint n_buckets;
static guint n_atoms;

/**
 * spot_blob_new:
 * @bytes: (array length=length): what to copy
 * @length: length of @bytes, below 4 GiB
 *
 * Returns: (transfer full): a blob
 */
SpotBlob *
spot_blob_new (const char *bytes,
               gsize       length)
{
  SpotBlob *self;

  g_return_val_if_fail (length <= G_MAXUINT32, NULL);

  self = g_malloc (sizeof *self + length);
  self->ref_count = 1;
  self->length = (guint32) length;
  if (length > 0)
    memcpy (self->bytes, bytes, length);

  return self;
}

/**
 * spot_blob_ref:
 * @self: (nullable): a blob
 *
 * Returns: (transfer full) (nullable): @self
 */
SpotBlob *
spot_blob_ref (SpotBlob *self)
{
  if (self)
    g_atomic_int_inc (&self->ref_count);

  return self;
}

/**
 * spot_blob_unref:
 * @self: (transfer full) (nullable): a blob
 *
 * Drops a reference.
 */
void
spot_blob_unref (SpotBlob *self)
{
  if (self && g_atomic_int_dec_and_test (&self->ref_count))
    g_free (self);
}

static void
resize (guint n)
{
  SpotAtom **old = buckets;
  guint n_old = n_buckets;

  buckets = g_new0 (SpotAtom *, n);
  n_buckets = n;
  for (guint i = 0; i < n_old; i++)
    {
      SpotAtom *atom = old[i];

      while (atom)
        {
          SpotAtom *next = atom->next;
          SpotAtom **place = &buckets[atom->hash & (n - 1)];

          atom->next = *place;
          *place = atom;
          atom = next;
        }
    }
  g_free (old);
}

static SpotAtom *
build (const char *text,
       gsize       length,
       gboolean    is_list,
       guint       n_elements)
{
  gsize list_size = is_list ? (n_elements + 1) * sizeof (char *) : 0;
  SpotAtom *atom = g_malloc (sizeof *atom + list_size + length + 1);
  const char **list = (const char **) (atom + 1);
  char *copy = (char *) (atom + 1) + list_size;

  memcpy (copy, text, length);
  copy[length] = '\0';
  atom->ref_count = 1;
  atom->n_elements = n_elements;
  atom->length = length;
  atom->text = copy;
  atom->list = is_list ? list : NULL;
  if (is_list)
    {
      for (guint i = 0; i < n_elements; i++)
        {
          list[i] = copy;
          copy += strlen (copy) + 1;
        }
      list[n_elements] = NULL;
    }

  return atom;
}

static SpotAtom *
intern (const char *text,
        gsize       length,
        gboolean    is_list,
        guint       n_elements)
{
  guint64 hash = spot_hash_bytes (text, length);
  SpotAtom *atom;
  SpotAtom **place;

  g_mutex_lock (&lock);
  if (n_atoms >= n_buckets)
    resize (MAX (n_buckets * 2, MIN_BUCKETS));
  place = &buckets[hash & (n_buckets - 1)];
  for (atom = *place; atom; atom = atom->next)
    {
      if (atom->hash == hash && atom->length == length && (atom->list != NULL) == is_list
          && memcmp (atom->text, text, length) == 0)
        break;
    }
  if (atom)
    {
      g_atomic_int_inc (&atom->ref_count);
    }
  else
    {
      atom = build (text, length, is_list, n_elements);
      atom->hash = hash;
      atom->next = *place;
      *place = atom;
      n_atoms++;
    }
  g_mutex_unlock (&lock);

  return atom;
}

/**
 * spot_atom_new:
 * @text: (array length=length): a text without NUL
 * @length: length of @text in bytes
 *
 * Returns: (transfer full): the atom of this text
 */
SpotAtom *
spot_atom_new (const char *text,
               gsize       length)
{
  return intern (text, length, FALSE, 0);
}

/**
 * spot_atom_new_list:
 * @packed: (array length=length): the elements, each with a NUL behind it
 * @length: length of @packed in bytes
 * @n_elements: how many elements there are
 *
 * Returns: (transfer full): the atom of this list
 */
SpotAtom *
spot_atom_new_list (const char *packed,
                    gsize       length,
                    guint       n_elements)
{
  return intern (packed, length, TRUE, n_elements);
}

/**
 * spot_atom_ref:
 * @self: (nullable): an atom
 *
 * Returns: (transfer full) (nullable): @self
 */
SpotAtom *
spot_atom_ref (SpotAtom *self)
{
  if (self)
    g_atomic_int_inc (&self->ref_count);

  return self;
}

/**
 * spot_atom_unref:
 * @self: (transfer full) (nullable): an atom
 *
 * Drops a reference. With the last one the atom goes.
 */
void
spot_atom_unref (SpotAtom *self)
{
  gint count;

  if (!self)
    return;

  for (count = g_atomic_int_get (&self->ref_count); count > 1; count = g_atomic_int_get (&self->ref_count))
    {
      if (g_atomic_int_compare_and_exchange (&self->ref_count, count, count - 1))
        return;
    }

  g_mutex_lock (&lock);
  if (g_atomic_int_dec_and_test (&self->ref_count))
    {
      SpotAtom **place = &buckets[self->hash & (n_buckets - 1)];

      while (*place != self)
        place = &(*place)->next;
      *place = self->next;
      g_free (self);
      n_atoms--;
      if (n_buckets > MIN_BUCKETS && n_atoms < n_buckets / 8)
        resize (n_buckets / 2);
    }
  g_mutex_unlock (&lock);
}

/**
 * spot_atom_count:
 *
 * Returns: how many atoms there are in the program
 */
guint
spot_atom_count (void)
{
  guint count;

  g_mutex_lock (&lock);
  count = n_atoms;
  g_mutex_unlock (&lock);

  return count;
}
