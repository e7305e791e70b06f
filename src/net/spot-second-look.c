/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include "spot-second-look.h"

#define MS G_TIME_SPAN_MILLISECOND

/* Changes that come together come within some 250 ms, by which servers delay them, and the difference of their clocks. */
#define QUIET_MS 3000
#define QUIET_JITTER_MS 1000
/* A whole answer may be some time old when it is given: servers share them, and read from copies of their database. */
#define FRESH_MS 2000
/* On average no more than 16 KB a second in moments of quiet, and a quarter of that where there are none. */
#define BYTES_PER_MS 16
#define PAUSE_MIN_MS 15000
#define PAUSE_MAX_MS (10 * 60 * 1000)
#define BUSY_FACTOR 4
/* Without a doubt: after a minute, then twice as long each time it was in vain. */
#define SLOW_FIRST_MS (60 * 1000)
#define SLOW_MAX_DOUBLINGS 6

static gint64
limit (const SpotSecondLook *self,
       double                ms)
{
  gint64 time_us = (gint64) (ms * MS);

  return self->max_us != 0 ? MIN (time_us, self->max_us) : time_us;
}

/**
 * spot_second_look_take_change:
 * @self: what is known so far
 * @now_us: the present
 * @random: a random number
 *
 * A run that has not ended has changed, and may have changed again at once.
 */
void
spot_second_look_take_change (SpotSecondLook *self,
                              gint64          now_us,
                              double          random)
{
  g_return_if_fail (self != NULL);

  if (self->doubt_us == 0)
    self->doubt_us = now_us;
  self->change_us = now_us;
  self->quiet_us = limit (self, QUIET_MS + random * QUIET_JITTER_MS);
}

/**
 * spot_second_look_take_whole:
 * @self: what is known so far
 * @sent_us: when the answer was asked for
 * @n_bytes: how large it was
 * @brought_news: whether it brought anything that was not known
 * @random: a random number
 *
 * There was an answer with every row of the feed.
 */
void
spot_second_look_take_whole (SpotSecondLook *self,
                             gint64          sent_us,
                             guint64         n_bytes,
                             gboolean        brought_news,
                             double          random)
{
  g_return_if_fail (self != NULL);

  if (self->doubt_us != 0)
    self->doubt_us = self->change_us + limit (self, FRESH_MS) <= sent_us ? 0 : sent_us;
  self->n_in_vain = brought_news ? 0 : MIN (self->n_in_vain + 1, SLOW_MAX_DOUBLINGS);
  self->whole_us = sent_us;
  self->pause_us = limit (self, (double) CLAMP (n_bytes / BYTES_PER_MS, PAUSE_MIN_MS, PAUSE_MAX_MS));
  self->slow_us = limit (self, (0.75 + random / 2.0) * (SLOW_FIRST_MS << self->n_in_vain));
}

/**
 * spot_second_look_get_due_us:
 * @self: what is known so far
 *
 * Returns: when to ask for everything again, %G_MAXINT64 before there was a whole answer
 */
gint64
spot_second_look_get_due_us (const SpotSecondLook *self)
{
  gint64 due_us;

  g_return_val_if_fail (self != NULL, G_MAXINT64);

  if (self->slow_us == 0)
    return G_MAXINT64;
  due_us = self->whole_us + self->slow_us;
  if (self->doubt_us != 0)
    {
      due_us = MIN (due_us, self->change_us + self->quiet_us);
      due_us = MIN (due_us, self->doubt_us + BUSY_FACTOR * self->pause_us);
    }
  return MAX (due_us, self->whole_us + self->pause_us);
}
