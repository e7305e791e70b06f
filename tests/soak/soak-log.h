/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What was done to whom and when, in a file: with the seed, enough to look for what went wrong. */
void soak_log_open  (const char *path);
void soak_log       (const char *format,
                     ...) G_GNUC_PRINTF (1, 2);
void soak_log_close (void);

G_END_DECLS
