/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean spot_array_literal_unpack (const char  *text,
                                    gsize        length,
                                    char        *packed,
                                    gsize       *packed_length,
                                    guint       *n_elements,
                                    const char **problem);

G_END_DECLS
