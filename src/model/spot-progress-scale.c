/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include "spot-progress-scale.h"

/* More tasks than any project has; beyond it nothing new is learned, so that a server cannot make the table grow. */
#define MAX_TASKS 4096

static GHashTable *scales; /* (nullable) (element-type utf8 SpotProgressScale) */

/**
 * spot_progress_scale_recall:
 * @task: (nullable): a task identifier
 *
 * Main thread only.
 *
 * Returns: how @task writes its progress numbers, as far as its runs have shown
 */
SpotProgressScale
spot_progress_scale_recall (const char *task)
{
  if (scales == NULL || task == NULL)
    return SPOT_PROGRESS_SCALE_UNKNOWN;

  return GPOINTER_TO_INT (g_hash_table_lookup (scales, task));
}

/**
 * spot_progress_scale_learn:
 * @task: (nullable): a task identifier
 * @seen: what a run of it has shown
 *
 * Remembers @seen for the other runs of @task. A number above one can only be a percentage, so percent replaces
 * fraction; nothing replaces percent, which keeps the answer from going to and fro.
 */
void
spot_progress_scale_learn (const char        *task,
                           SpotProgressScale  seen)
{
  SpotProgressScale known;

  if (task == NULL || seen == SPOT_PROGRESS_SCALE_UNKNOWN)
    return;

  known = spot_progress_scale_recall (task);
  if (known == seen || known == SPOT_PROGRESS_SCALE_PERCENT)
    return;

  if (scales == NULL)
    scales = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (known == SPOT_PROGRESS_SCALE_UNKNOWN && g_hash_table_size (scales) >= MAX_TASKS)
    return;
  g_hash_table_replace (scales, g_strdup (task), GINT_TO_POINTER (seen));
}

/**
 * spot_progress_scale_forget:
 *
 * Forgets what was learned of every task.
 */
void
spot_progress_scale_forget (void)
{
  g_clear_pointer (&scales, g_hash_table_unref);
}
