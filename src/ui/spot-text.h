/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Text from a server, made fit to be looked at. What a label cannot show honestly (control characters, and those that
 * turn the direction of writing or hide) is shown as a visible escape. None of this is for copying: copies are exact. */

char *spot_text_dup_line  (const char *text,
                           gssize      length,
                           guint       max_characters);
char *spot_text_dup_block (const char *text,
                           gssize      length,
                           guint       max_characters);

/* One segment of a path into a value, as JavaScript writes it: `.name`, `["a name"]` or `[3]`. */
void  spot_text_append_path_name  (GString    *path,
                                   const char *name);
void  spot_text_append_path_index (GString    *path,
                                   guint       index);

G_END_DECLS
