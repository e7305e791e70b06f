/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SoakUsage:
 * @rss_bytes: memory that is resident
 * @heap_bytes: memory that has been allocated and not freed
 * @n_fds: open file descriptors
 * @n_threads: threads
 *
 * What this process uses at one moment.
 */
typedef struct
{
  gsize rss_bytes;
  gsize heap_bytes;
  guint n_fds;
  guint n_threads;
} SoakUsage;

void     soak_usage_measure    (SoakUsage *self);
/* Sanitizers keep freed memory: with them nothing can be said about it. */
gboolean soak_usage_is_telling (void);

G_END_DECLS
