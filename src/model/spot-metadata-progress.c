/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include <math.h>
#include <string.h>

#include "spot-metadata.h"

#include "spot-metadata-private.h"

/* How many members named total… are tried, and how long their names may be. */
#define MAX_TOTALS 32u
#define MAX_COUNTER_NAME 64u

/* What one object says; -1 for nothing. */
typedef struct
{
  double            fraction;
  double            current;
  double            total;
  SpotProgressScale seen_scale;
  gboolean          is_explicit; /* the fraction is one that the object names, not one that its counters make */
} Reading;

static const char *const percent_names[] = { "percent", "percentage", "progressPercent", "progressPercentage",
                                             "progress_percent", "progress_percentage", NULL };

/* A finite number that is not negative, as progress and counts are. */
static gboolean
get_number (const SpotValue *object,
            const char      *name,
            double          *number)
{
  SpotValue *member = spot_value_get_member (object, name);

  return member != NULL && spot_value_get_double (member, number) && *number >= 0.0;
}

static gboolean
is_integer (double number)
{
  return number == floor (number);
}

static gboolean
try_pair (Reading         *reading,
          const SpotValue *object,
          const char      *current_name,
          const char      *total_name)
{
  double current, total;

  if (!get_number (object, total_name, &total) || !get_number (object, current_name, &current))
    return FALSE;
  reading->current = current;
  reading->total = total;
  return TRUE;
}

/* totalRows goes with processedRows, completedRows, …, currentRow, rowsProcessed or rows; so does total_rows. */
static gboolean
try_total (Reading         *reading,
           const SpotValue *object,
           const char      *total_name)
{
  static const char *const verbs[] = { "processed", "completed", "finished", "done", "current", "imported", "sent",
                                       "uploaded", "downloaded", "received", "handled", NULL };
  const char *noun = total_name + strlen ("total");
  gboolean snake = *noun == '_';
  g_autofree char *lower = NULL;
  g_autofree char *singular = NULL;
  gsize length;

  if (snake)
    noun++;
  else if (*noun != '\0' && !g_ascii_isupper (*noun))
    return FALSE;
  length = strlen (noun);
  if (length > MAX_COUNTER_NAME)
    return FALSE;
  if (length == 0)
    {
      for (guint i = 0; verbs[i] != NULL; i++)
        if (try_pair (reading, object, verbs[i], total_name))
          return TRUE;
      return try_pair (reading, object, "count", total_name) || try_pair (reading, object, "step", total_name);
    }

  singular = g_strndup (noun, noun[length - 1] == 's' ? length - 1 : length);
  for (guint i = 0; verbs[i] != NULL; i++)
    {
      g_autofree char *many = g_strconcat (verbs[i], snake ? "_" : "", noun, NULL);
      g_autofree char *one = g_strconcat (verbs[i], snake ? "_" : "", singular, NULL);

      if (try_pair (reading, object, many, total_name) || try_pair (reading, object, one, total_name))
        return TRUE;
    }
  lower = g_strdup (noun);
  lower[0] = g_ascii_tolower (lower[0]);
  for (guint i = 0; verbs[i] != NULL; i++)
    {
      g_autofree char *after = g_strconcat (lower, snake ? "_" : "", verbs[i], NULL);

      if (!snake)
        after[strlen (lower)] = g_ascii_toupper (after[strlen (lower)]);
      if (try_pair (reading, object, after, total_name))
        return TRUE;
    }
  return try_pair (reading, object, lower, total_name);
}

/* processedRows without a total: how many, if not of how many. Not completedAt, which is a time. */
static gboolean
is_lone_counter (const char *name)
{
  static const char *const verbs[] = { "processed", "completed", NULL };
  static const char *const times[] = { "At", "_at", "On", "_on", "Time", "_time", "Date", "_date", "Ms", "_ms", NULL };

  for (guint i = 0; times[i] != NULL; i++)
    if (g_str_has_suffix (name, times[i]))
      return FALSE;
  for (guint i = 0; verbs[i] != NULL; i++)
    if (g_str_has_prefix (name, verbs[i]))
      {
        char next = name[strlen (verbs[i])];

        return next == '\0' || next == '_' || g_ascii_isupper (next);
      }
  return FALSE;
}

static void
read_counters (Reading         *reading,
               const SpotValue *object)
{
  guint n = spot_value_get_n_children (object);
  guint n_totals = 0;

  if (try_pair (reading, object, "current", "total") || try_pair (reading, object, "received", "expected")
      || try_pair (reading, object, "currentStep", "totalSteps") || try_pair (reading, object, "step", "totalSteps"))
    return;
  for (guint i = 0; i < n && n_totals < MAX_TOTALS; i++)
    {
      const char *name = spot_value_get_child_name (object, i);

      if (!g_str_has_prefix (name, "total"))
        continue;
      n_totals++;
      if (try_total (reading, object, name))
        return;
    }
  for (guint i = 0; i < n; i++)
    {
      const char *name = spot_value_get_child_name (object, i);

      if (is_lone_counter (name) && get_number (object, name, &reading->current))
        return;
      reading->current = -1.0;
    }
}

/* A bare number means a fraction to some tasks and a percentage to others. */
static double
interpret (double            number,
           SpotProgressScale known_scale,
           SpotProgressScale *seen_scale)
{
  if (number > 1.0 + 1e-6)
    {
      *seen_scale = SPOT_PROGRESS_SCALE_PERCENT;
      return MIN (number / 100.0, 1.0);
    }
  if (known_scale == SPOT_PROGRESS_SCALE_PERCENT)
    return number / 100.0;
  /* Sums of fractions end near 1, not at it: no percentage looks like that. */
  if (!is_integer (number))
    *seen_scale = SPOT_PROGRESS_SCALE_FRACTION;
  if (number == 1.0 && known_scale == SPOT_PROGRESS_SCALE_UNKNOWN)
    return -1.0;
  return MIN (number, 1.0);
}

static double
ratio_of (const Reading *reading)
{
  return reading->current >= 0.0 && reading->total > 0.0 ? CLAMP (reading->current / reading->total, 0.0, 1.0) : -1.0;
}

/* An explicit percentage; only counts beside it can show that it was meant as a fraction. */
static double
fraction_of_percentage (double percentage,
                        double ratio)
{
  if (percentage <= 1.0 && ratio >= 0.0 && fabs (percentage - ratio) < fabs (percentage / 100.0 - ratio))
    return percentage;
  return MIN (percentage / 100.0, 1.0);
}

static Reading
read_object (const SpotValue  *object,
             SpotProgressScale known_scale)
{
  Reading reading = { -1.0, -1.0, -1.0, SPOT_PROGRESS_SCALE_UNKNOWN, FALSE };
  double number, total;

  read_counters (&reading, object);
  for (guint i = 0; percent_names[i] != NULL; i++)
    if (get_number (object, percent_names[i], &number))
      {
        reading.fraction = fraction_of_percentage (number, ratio_of (&reading));
        reading.is_explicit = TRUE;
        return reading;
      }
  if (get_number (object, "progress", &number))
    {
      gboolean has_total = get_number (object, "total", &total);

      if (has_total && reading.total < 0.0 && is_integer (number) && number <= total)
        {
          reading.current = number;
          reading.total = total;
          reading.is_explicit = total > 0.0;
        }
      else
        {
          reading.fraction = interpret (number, known_scale, &reading.seen_scale);
          reading.is_explicit = reading.fraction >= 0.0;
        }
    }
  if (reading.fraction < 0.0)
    reading.fraction = ratio_of (&reading);
  return reading;
}

/* What was found earlier stays. */
static void
merge (SpotMetadata  *self,
       const Reading *reading)
{
  if (self->progress < 0.0)
    self->progress = reading->fraction;
  /* Counts come as a pair: a lone one is replaced by a pair found later. */
  if (reading->current >= 0.0 && (self->current < 0.0 || (self->total < 0.0 && reading->total >= 0.0)))
    {
      self->current = reading->current;
      self->total = reading->total;
    }
  if (reading->seen_scale != SPOT_PROGRESS_SCALE_UNKNOWN && self->seen_scale != SPOT_PROGRESS_SCALE_PERCENT)
    self->seen_scale = reading->seen_scale;
}

/* progress, current, total and seen_scale: what the root says, then `progress`, `status` and `state` where they are
 * objects. */
void
spot_metadata_read_progress (SpotMetadata      *self,
                             SpotProgressScale  known_scale)
{
  static const char *const object_names[] = { "progress", "status", "state", NULL };
  Reading root = read_object (self->tree, known_scale);

  /* Counters beside a progress object are guesses, what the object says is not. */
  if (root.is_explicit)
    merge (self, &root);
  for (guint i = 0; object_names[i] != NULL; i++)
    {
      SpotValue *object = spot_value_get_member (self->tree, object_names[i]);

      if (spot_metadata_is_object (object))
        {
          Reading reading = read_object (object, known_scale);

          merge (self, &reading);
        }
    }
  merge (self, &root);
}
