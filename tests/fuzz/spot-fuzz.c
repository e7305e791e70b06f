/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "spot-fuzz.h"

int
LLVMFuzzerInitialize (int    *argc,
                      char ***argv)
{
  /* A warning is as much of a find as a crash. */
  g_log_set_always_fatal ((GLogLevelFlags) (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING));

  return 0;
}

guint32
spot_fuzz_hash (const guint8 *data,
                gsize         size)
{
  guint32 hash = 2166136261u;

  for (gsize i = 0; i < size; i++)
    hash = (hash ^ data[i]) * 16777619u;

  return hash;
}
