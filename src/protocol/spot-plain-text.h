/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Server text made fit to show: @text is valid UTF-8, and so is what is returned. */

char *spot_plain_text_dup_cut        (const char *text,
                                gsize       max_bytes);
char *spot_plain_text_dup_line       (const char *text,
                                guint       max_chars);
char *spot_plain_text_dup_first_line (const char *text,
                                guint       max_chars);

G_END_DECLS
