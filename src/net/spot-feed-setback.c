/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <gio/gio.h>

#include "spot-api-error.h"
#include "spot-protocol-error.h"

#include "spot-feed-machine-private.h"

#define MS (G_TIME_SPAN_MILLISECOND)

/* Nothing that only a person can mend becomes better sooner. */
#define SLOW_RETRY_MS 30000
/* The next restart after this long is not one of a series. */
#define RESTART_SERIES_MS 10000
/* So many of a series are at once if the feed was live in between: a server that starts may replace its logs repeatedly. */
#define FREE_RESTARTS 4

void
spot_feed_machine_set_problem (SpotFeedMachine *self,
                               GError          *problem)
{
  g_clear_error (&self->problem);
  self->problem = problem;
}

/* Only the user can mend it. The position stays. */
void
spot_feed_machine_need_attention (SpotFeedMachine *self,
                                  GError          *problem)
{
  spot_feed_machine_set_problem (self, problem);
  self->failed = TRUE;
  self->live = FALSE;
  self->state = SPOT_FEED_NEEDS_ATTENTION;
}

void
spot_feed_machine_wait_from_now (SpotFeedMachine *self,
                                 gint64           delay_ms)
{
  self->not_before_us = spot_feed_machine_now_us (self) + delay_ms * MS;
}

/* It may work later. The position stays. */
void
spot_feed_machine_retry_later (SpotFeedMachine *self,
                               GError          *problem,
                               gint64           delay_ms)
{
  spot_feed_machine_set_problem (self, problem);
  spot_feed_machine_wait_from_now (self, delay_ms);
  /* A request that the server does not hold shows at once that all is well; one for a free place has to be live. */
  if (!g_error_matches (problem, SPOT_API_ERROR, SPOT_API_ERROR_BUSY))
    self->live = FALSE;
  self->state = SPOT_FEED_RECONNECTING;
}

static void
back_off (SpotFeedMachine *self,
          GError          *problem)
{
  spot_feed_machine_retry_later (self, problem, spot_backoff_next_ms (&self->backoff, spot_feed_machine_dice (self),
                                                                      self->retry_after_ms));
}

void
spot_feed_machine_fail (SpotFeedMachine *self,
                        GError          *problem)
{
  if (g_error_matches (problem, SPOT_API_ERROR, SPOT_API_ERROR_TLS) ||
      g_error_matches (problem, SPOT_API_ERROR, SPOT_API_ERROR_REDIRECT))
    spot_feed_machine_retry_later (self, problem,
                                   SLOW_RETRY_MS + (gint64) (spot_feed_machine_dice (self) * SLOW_RETRY_MS));
  else if (g_error_matches (problem, SPOT_PROTOCOL_ERROR, SPOT_PROTOCOL_ERROR_TOO_LARGE))
    spot_feed_machine_need_attention (self, problem);
  else
    back_off (self, problem);
}

/* Protocol §3.9: ask from the start again, under a URL that no cache has seen, and keep what is shown until then. */
void
spot_feed_machine_restart (SpotFeedMachine *self,
                           const char      *successor,
                           const char      *reason)
{
  g_autofree char *handle = NULL;
  gint64 since_us = spot_feed_machine_now_us (self) - self->restarted_us;
  gboolean again;

  self->n_in_series = self->n_restarts > 0 && since_us < RESTART_SERIES_MS * MS ? self->n_in_series + 1 : 0;
  again = self->n_in_series >= (self->in_series ? 1 : FREE_RESTARTS);

  /* A list's handle carries its time window; without one the server makes a new window. */
  if (successor != NULL && spot_feed_spec_get_kind (self->spec) != SPOT_FEED_LIST)
    handle = g_strdup (successor);
  spot_feed_machine_end_exchange (self);
  spot_shape_log_reset (self->log);
  g_free (self->handle);
  self->handle = g_steal_pointer (&handle);
  g_free (self->offset);
  self->offset = g_strdup (SPOT_FEED_START_OFFSET);
  g_clear_pointer (&self->cursor, g_free);
  g_free (self->cache_buster);
  self->n_restarts++;
  self->cache_buster = g_strdup_printf ("%" G_GINT64_FORMAT "-%06x%u", spot_feed_machine_wall_us (self) / MS,
                                        (guint) (spot_feed_machine_dice (self) * 0x1000000), self->n_restarts);
  self->live = FALSE;
  self->dialect = SPOT_FEED_DIALECT_UNKNOWN;
  self->resumes = FALSE;
  self->n_same_offset = 0;
  self->in_series = TRUE;
  if (again)
    {
      GError *problem = g_error_new (SPOT_API_ERROR, SPOT_API_ERROR_SERVER, "%s: %s, again and again",
                                     spot_feed_spec_get_path (self->spec), reason);

      spot_feed_machine_retry_later (self, problem,
                                     spot_backoff_next_ms (&self->restart_backoff, spot_feed_machine_dice (self),
                                                           self->retry_after_ms));
    }
  else
    {
      spot_backoff_reset (&self->restart_backoff);
      spot_feed_machine_set_problem (self, NULL);
      self->not_before_us = 0;
      self->state = SPOT_FEED_CATCHING_UP;
    }
  self->restarted_us = MAX (spot_feed_machine_now_us (self), self->not_before_us);
}

/* The same position again and again, and not the end of the log: a broken cache or proxy (protocol §3.7). */
void
spot_feed_machine_break_loop (SpotFeedMachine *self)
{
  if (!self->restarted_after_loop)
    {
      self->restarted_after_loop = TRUE;
      spot_feed_machine_restart (self, NULL, "the position does not move");
      return;
    }
  back_off (self, g_error_new (SPOT_API_ERROR, SPOT_API_ERROR_BAD_ANSWER,
                               "%s: the position does not move: a cache or proxy repeats old answers",
                               spot_feed_spec_get_path (self->spec)));
}
