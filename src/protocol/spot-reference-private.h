/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-reference.h"

G_BEGIN_DECLS

/* A list that is being filled, without doubles and up to SPOT_MAX_REFERENCES. */
typedef struct
{
  GPtrArray *found; /* (element-type SpotReference) */
  guint      n_left_out;
} SpotReferenceList;

void     spot_reference_list_add (SpotReferenceList   *self,
                                  SpotReferenceKind    kind,
                                  const char          *text,
                                  const SpotReference *where);
gboolean spot_reference_is_id    (const char          *text,
                                  gsize                length,
                                  SpotReferenceKind   *kind);
gboolean spot_reference_read_url (SpotReferenceList   *list,
                                  const char          *url);

G_END_DECLS
