/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpotBlob:
 * @length: length of @bytes
 * @bytes: the bytes, with nothing behind them
 *
 * Bytes that several records share: immutable, refcounted atomically.
 */
typedef struct
{
  gint    ref_count;
  guint32 length;
  char    bytes[];
} SpotBlob;

SpotBlob *spot_blob_new   (const char *bytes,
                           gsize       length);
SpotBlob *spot_blob_ref   (SpotBlob   *self);
void      spot_blob_unref (SpotBlob   *self);

/**
 * SpotAtom:
 * @list: (nullable): for a list, its elements, %NULL-terminated
 * @length: length of @text in bytes
 * @text: the text, with a NUL behind it; for a list, its elements with a NUL behind each
 *
 * A text, or a list of texts, that there is once in the program for as long as somebody holds it, so that equal ones
 * are the same pointer. Refcounted atomically; threads may make and drop atoms at will.
 */
typedef struct _SpotAtom SpotAtom;
struct _SpotAtom
{
  gint               ref_count;
  guint32            n_elements;
  guint64            hash;
  SpotAtom          *next;
  gsize              length;
  const char *const *list;
  const char        *text;
};

SpotAtom *spot_atom_new        (const char *text,
                                gsize       length);
SpotAtom *spot_atom_new_list   (const char *packed,
                                gsize       length,
                                guint       n_elements);
SpotAtom *spot_atom_ref        (SpotAtom   *self);
void      spot_atom_unref      (SpotAtom   *self);
guint     spot_atom_count      (void);

G_END_DECLS
