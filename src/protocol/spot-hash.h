/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A hash of server text. Keyed with a number drawn when the program starts, so that no server can choose texts that all
 * land in one bucket. Differs from one run of the program to the next. */
guint64 spot_hash_bytes (const char *bytes,
                         gsize       length);

G_END_DECLS
