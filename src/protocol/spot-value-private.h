/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-value.h"

G_BEGIN_DECLS

/* How the files of this room that read and change value trees make them. Containers take their arrays. */

SpotValue *spot_value_new_null      (void);
SpotValue *spot_value_new_undefined (void);
SpotValue *spot_value_new_boolean   (gboolean       truth);
SpotValue *spot_value_new_text      (SpotValueKind  kind,
                                     const char    *text,
                                     gsize          length);
SpotValue *spot_value_new_array     (GPtrArray     *children);
SpotValue *spot_value_new_object    (GPtrArray     *names,
                                     GPtrArray     *children);
SpotValue *spot_value_new_map       (GPtrArray     *keys,
                                     GPtrArray     *children);
SpotValue *spot_value_copy_as       (SpotValue     *self,
                                     SpotValueKind  kind,
                                     const char    *type_name);
SpotValue *spot_value_with_children (SpotValue     *self,
                                     GPtrArray     *names,
                                     GPtrArray     *children);
int        spot_value_find_member   (const SpotValue *self,
                                     const char      *name,
                                     gsize            length);
SpotValue *spot_value_get_name      (const SpotValue *self,
                                     guint            index);

G_END_DECLS
