/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include "spot-progress-scale.h"
#include "spot-run-error.h"

#include "spot-run-glance.h"

struct _SpotRunGlance
{
  double        progress;
  char         *headline; /* owned, nullable */
  SpotMetadata *metadata; /* owned, nullable: only when the whole of it was asked for */
  gboolean      has_progress;
  gboolean      has_headline;
};

static gboolean
shows_label (const SpotRunRecord *record)
{
  SpotStatusGroup group = spot_run_status_get_group (spot_run_record_get_status (record));

  return !spot_run_record_has_ended (record) && (group == SPOT_STATUS_GROUP_WAITING || group == SPOT_STATUS_GROUP_RUNNING);
}

static gboolean
shows_error (const SpotRunRecord *record)
{
  SpotStatusGroup group = spot_run_status_get_group (spot_run_record_get_status (record));

  /* A status word from the future counts as running, but the run has ended, and an error is all there is to tell. */
  return group == SPOT_STATUS_GROUP_BAD
         || (spot_run_record_has_ended (record) && group != SPOT_STATUS_GROUP_GOOD && group != SPOT_STATUS_GROUP_NEUTRAL);
}

static char *
dup_said (const SpotMetadata *metadata)
{
  if (metadata->label != NULL && *metadata->label != '\0')
    return g_strdup (metadata->label);
  return metadata->warning != NULL && *metadata->warning != '\0' ? g_strdup (metadata->warning) : NULL;
}

static char *
dup_error_headline (const SpotRunRecord *record)
{
  g_autoptr(SpotRunError) error = NULL;
  g_autofree char *text = NULL;
  gsize length;

  text = spot_run_record_dup_text (record, SPOT_COLUMN_ERROR, &length);
  if (text == NULL)
    return NULL;
  error = spot_run_error_parse (text, length);
  return spot_run_error_dup_headline (error);
}

/* Gives the progress to tell. Remembered is only what was told, because only that can be seen to jump back. */
static double
remember_progress (SpotProgressMemory *memory,
                   double              progress,
                   SpotProgressScale   scale)
{
  /* Not a number is not at least 0. */
  if (!(progress >= 0))
    return -1;

  if (memory->shown >= 0 && memory->scale != scale && memory->scale != SPOT_PROGRESS_SCALE_UNKNOWN)
    memory->floor = MAX (memory->floor, memory->shown);
  progress = MIN (MAX (progress, memory->floor), 1);
  memory->shown = progress;
  memory->scale = scale;
  return progress;
}

/* Reads the metadata and fills in everything that hangs on it. The result is only kept if @keep. */
static void
read_metadata (SpotRunGlance       *self,
               const SpotRunRecord *record,
               SpotProgressMemory  *memory,
               gboolean             keep)
{
  g_autoptr(SpotMetadata) metadata = NULL;
  g_autofree char *json = NULL;
  SpotProgressScale scale;
  const char *task;
  gsize length;

  task = spot_run_record_get_task (record);
  json = spot_run_record_dup_text (record, SPOT_COLUMN_METADATA, &length);
  if (json != NULL)
    {
      metadata = spot_metadata_parse (json, length, spot_progress_scale_recall (task));
      spot_progress_scale_learn (task, metadata->seen_scale);
    }

  if (!self->has_progress)
    {
      scale = spot_progress_scale_recall (task);
      self->progress = metadata != NULL ? remember_progress (memory, metadata->progress, scale) : -1;
      self->has_progress = TRUE;
    }
  if (!self->has_headline && shows_label (record))
    {
      if (metadata != NULL)
        self->headline = dup_said (metadata);
      self->has_headline = TRUE;
    }
  if (keep && metadata != NULL)
    {
      metadata->progress = self->progress;
      self->metadata = g_steal_pointer (&metadata);
    }
}

/**
 * spot_run_glance_new:
 *
 * Returns: (transfer full): a glance at a record that nobody has looked into yet
 */
SpotRunGlance *
spot_run_glance_new (void)
{
  return g_new0 (SpotRunGlance, 1);
}

/**
 * spot_run_glance_free:
 * @self: (nullable) (transfer full): a glance
 */
void
spot_run_glance_free (SpotRunGlance *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->metadata, spot_metadata_free);
  g_free (self->headline);
  g_free (self);
}

/**
 * spot_run_glance_get_progress:
 * @self: the glance at @record
 * @record: a record, always the same for one glance
 * @memory: what the run remembers
 *
 * Returns: progress as a fraction from 0 to 1, -1 for none
 */
double
spot_run_glance_get_progress (SpotRunGlance       *self,
                              const SpotRunRecord *record,
                              SpotProgressMemory  *memory)
{
  if (!self->has_progress)
    read_metadata (self, record, memory, FALSE);
  return self->progress;
}

/**
 * spot_run_glance_get_headline:
 * @self: the glance at @record
 * @record: a record, always the same for one glance
 * @memory: what the run remembers
 *
 * Returns: (nullable): one short line: what the metadata of an unfinished run says that it is doing,
 *   or why a broken one broke
 */
const char *
spot_run_glance_get_headline (SpotRunGlance       *self,
                              const SpotRunRecord *record,
                              SpotProgressMemory  *memory)
{
  if (!self->has_headline && shows_label (record))
    read_metadata (self, record, memory, FALSE);
  if (!self->has_headline && shows_error (record))
    self->headline = dup_error_headline (record);
  self->has_headline = TRUE;
  return self->headline;
}

/**
 * spot_run_glance_get_metadata:
 * @self: the glance at @record
 * @record: a record, always the same for one glance
 * @memory: what the run remembers
 *
 * Returns: (nullable): the metadata, owned by @self; %NULL when the record has none
 */
SpotMetadata *
spot_run_glance_get_metadata (SpotRunGlance       *self,
                              const SpotRunRecord *record,
                              SpotProgressMemory  *memory)
{
  if (self->metadata == NULL)
    read_metadata (self, record, memory, TRUE);
  return self->metadata;
}
