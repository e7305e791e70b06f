/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-model"

#include "config.h"

#include <string.h>

#include "spot-run-key.h"

/* Between fractions and whole numbers. A billionth of a bar is below every pixel. */
#define PROGRESS_UNIT 1e9

static int
compare_numbers (gint64 a,
                 gint64 b)
{
  return (a > b) - (a < b);
}

/* Upper and lower case side by side, but never equal. */
static int
compare_texts (const char *a,
               const char *b)
{
  int order;

  if (a == b)
    return 0;
  if (a == NULL || b == NULL)
    return a == NULL ? -1 : 1;
  order = g_ascii_strcasecmp (a, b);
  return order != 0 ? order : strcmp (a, b);
}

static int
compare_tags (const char * const *a,
              const char * const *b)
{
  if (a == b)
    return 0;
  for (; *a != NULL && *b != NULL; a++, b++)
    {
      int order = compare_texts (*a, *b);

      if (order != 0)
        return order;
    }
  return compare_texts (*a, *b);
}

/* The first eight bytes in lower case, so that texts which differ there need not be fetched to be compared. */
static gint64
get_text_number (const char *text)
{
  guint64 number = 0;

  for (guint i = 0; i < 8; i++)
    {
      number = number << 8 | (guchar) g_ascii_tolower (*text);
      if (*text != '\0')
        text++;
    }
  return (gint64) (number ^ G_GUINT64_CONSTANT (0x8000000000000000));
}

/* In the order of a run's life; words of the future count as running. */
static gint64
get_status_number (SpotRunStatus status)
{
  return status == SPOT_RUN_STATUS_UNKNOWN ? 2 * SPOT_RUN_STATUS_PAUSED + 1 : 2 * (gint64) status;
}

/* How long it ran. What still runs is longer than anything that has ended, the earliest the longest: an order that stays
 * right while time passes. What has not begun, or ended nobody says when, is the shortest. */
static gint64
get_duration_number (SpotRun *run)
{
  gint64 started_us = spot_run_get_time (run, SPOT_COLUMN_STARTED_AT);
  gint64 ended_us = spot_run_get_time (run, SPOT_COLUMN_COMPLETED_AT);

  if (started_us == SPOT_TIME_NONE)
    return G_MININT64;
  if (ended_us == SPOT_TIME_NONE && spot_run_get_ended (run))
    return G_MININT64;
  if (ended_us != SPOT_TIME_NONE)
    return spot_run_get_wall_ms (run, 0) - G_MAXINT64 / 2;
  /* Above zero, where no ended run gets: its milliseconds are at most a thousandth of the range. */
  return G_MAXINT64 / 2 - started_us / 4;
}

/**
 * spot_run_key_init:
 * @self: (out caller-allocates): the key
 * @run: a run
 * @sort: what the list is sorted by
 *
 * Makes the key of @run as it is now.
 */
void
spot_run_key_init (SpotRunKey  *self,
                   SpotRun     *run,
                   SpotRunSort  sort)
{
  self->record = spot_run_record_ref (spot_run_get_record (run));
  self->created_us = spot_run_get_time (run, SPOT_COLUMN_CREATED_AT);
  switch (sort)
    {
    case SPOT_RUN_SORT_STATUS:
      self->number = get_status_number (spot_run_get_status (run));
      break;
    case SPOT_RUN_SORT_PROGRESS:
      self->number = (gint64) (spot_run_get_progress (run) * PROGRESS_UNIT);
      break;
    case SPOT_RUN_SORT_DURATION:
      self->number = get_duration_number (run);
      break;
    case SPOT_RUN_SORT_TASK:
      self->number = get_text_number (spot_run_get_task (run));
      break;
    case SPOT_RUN_SORT_TAGS:
      self->number = spot_run_get_tags (run)[0] != NULL ? get_text_number (spot_run_get_tags (run)[0]) : G_MININT64;
      break;
    case SPOT_RUN_SORT_CREATED:
    default:
      self->number = self->created_us;
    }
}

/**
 * spot_run_sort_is_by_text:
 * @sort: a sort
 *
 * Returns: whether runs with the same number can still differ in what is sorted by
 */
gboolean
spot_run_sort_is_by_text (SpotRunSort sort)
{
  return sort == SPOT_RUN_SORT_TASK || sort == SPOT_RUN_SORT_TAGS;
}

/**
 * spot_run_key_clear:
 * @self: a key
 *
 * Lets go of what the key was made of.
 */
void
spot_run_key_clear (SpotRunKey *self)
{
  g_clear_pointer (&self->record, spot_run_record_unref);
}

/**
 * spot_run_key_compare:
 * @a: a key
 * @b: a key of the same sort
 * @sort: what the list is sorted by
 * @descending: whether the sort is reversed. Ties are not: they are broken by creation, newest first, then by id
 *
 * Returns: less than 0 when @a comes first, more than 0 when @b does, 0 only for two keys of one run
 */
int
spot_run_key_compare (const SpotRunKey *a,
                      const SpotRunKey *b,
                      SpotRunSort       sort,
                      gboolean          descending)
{
  int order = compare_numbers (a->number, b->number);

  if (order == 0 && sort == SPOT_RUN_SORT_TASK)
    order = compare_texts (spot_run_record_get_task (a->record), spot_run_record_get_task (b->record));
  else if (order == 0 && sort == SPOT_RUN_SORT_TAGS)
    order = compare_tags (spot_run_record_get_tags (a->record), spot_run_record_get_tags (b->record));
  if (order != 0)
    return descending ? -order : order;

  order = compare_numbers (b->created_us, a->created_us);
  if (order != 0)
    return order;
  return g_strcmp0 (spot_run_record_get_id (a->record), spot_run_record_get_id (b->record));
}
