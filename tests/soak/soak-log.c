/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "soak-log.h"

#include <stdio.h>

static FILE *file;
static gint64 begun_us;

/**
 * soak_log_open:
 * @path: a file, which is overwritten
 *
 * Times in it are counted from here.
 */
void
soak_log_open (const char *path)
{
  file = fopen (path, "w");
  g_assert_nonnull (file);
  begun_us = g_get_monotonic_time ();
}

/**
 * soak_log:
 * @format: what happened, as for printf()
 * @...: its values
 *
 * Writes a line, with the time.
 */
void
soak_log (const char *format,
          ...)
{
  va_list arguments;

  fprintf (file, "%8.3f ", (double) (g_get_monotonic_time () - begun_us) / G_USEC_PER_SEC);
  va_start (arguments, format);
  vfprintf (file, format, arguments);
  va_end (arguments);
  fputc ('\n', file);
  fflush (file);
}

void
soak_log_close (void)
{
  fclose (file);
}
