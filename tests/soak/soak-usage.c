/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "soak-usage.h"

#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif

static guint
count_entries (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/**
 * soak_usage_measure:
 * @self: (out caller-allocates): the usage now
 *
 * Gives free memory back to the system first, so that what is measured is what is held.
 */
void
soak_usage_measure (SoakUsage *self)
{
  g_autofree char *text = NULL;
  unsigned long size = 0, resident = 0;

#ifdef SANITIZED
  self->heap_bytes = 0;
#else
  struct mallinfo2 info;

  malloc_trim (0);
  info = mallinfo2 ();
  self->heap_bytes = info.uordblks + info.hblkhd;
#endif
  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    sscanf (text, "%lu %lu", &size, &resident);
  self->rss_bytes = resident * (gsize) sysconf (_SC_PAGESIZE);
  /* Without the one that counts. */
  self->n_fds = count_entries ("/proc/self/fd") - 1;
  self->n_threads = count_entries ("/proc/self/task");
}

/**
 * soak_usage_is_telling:
 *
 * Returns: whether the memory that is measured says something about the program
 */
gboolean
soak_usage_is_telling (void)
{
#ifdef SANITIZED
  return FALSE;
#else
  return TRUE;
#endif
}
