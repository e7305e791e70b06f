/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include "spot-deadline.h"

/* Everything here is under the lock. */
struct _SpotDeadline
{
  GCancellable *cancellable; /* owned, nullable: NULL while not armed */
  gint64        at_us;       /* monotonic */
  gboolean      passed;
};

static GMutex lock;
static GCond changed;
static GPtrArray *deadlines; /* not owned; NULL while there are none */
static gint64 sleeps_until_us;
static gboolean running;

/* Takes the cancellables of those that have passed, and says when the next one will. */
static gint64
collect_passed (GPtrArray *passed)
{
  gint64 next_us = G_MAXINT64;
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < deadlines->len; i++)
    {
      SpotDeadline *deadline = g_ptr_array_index (deadlines, i);

      if (deadline->cancellable == NULL)
        continue;
      if (deadline->at_us > now)
        {
          next_us = MIN (next_us, deadline->at_us);
          continue;
        }
      deadline->passed = TRUE;
      g_ptr_array_add (passed, g_steal_pointer (&deadline->cancellable));
    }
  return next_us;
}

static gpointer
watch_thread (gpointer data)
{
  g_autoptr(GPtrArray) passed = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&lock);
  while (deadlines != NULL)
    {
      sleeps_until_us = collect_passed (passed);
      if (passed->len > 0)
        {
          /* Cancelling calls others, who must not find the lock taken. */
          g_mutex_unlock (&lock);
          for (guint i = 0; i < passed->len; i++)
            g_cancellable_cancel (g_ptr_array_index (passed, i));
          g_ptr_array_set_size (passed, 0);
          g_mutex_lock (&lock);
        }
      else if (sleeps_until_us == G_MAXINT64)
        g_cond_wait (&changed, &lock);
      else
        g_cond_wait_until (&changed, &lock, sleeps_until_us);
    }
  running = FALSE;
  g_mutex_unlock (&lock);
  return NULL;
}

/**
 * spot_deadline_new:
 *
 * Returns: (transfer full): a deadline that is not armed
 */
SpotDeadline *
spot_deadline_new (void)
{
  SpotDeadline *self = g_new0 (SpotDeadline, 1);

  g_mutex_lock (&lock);
  if (deadlines == NULL)
    deadlines = g_ptr_array_new ();
  /* The thread of the deadlines before may not have noticed yet that there were none for a moment: it goes on. */
  if (!running)
    {
      running = TRUE;
      g_thread_unref (g_thread_new ("spot-deadline", watch_thread, NULL));
    }
  g_ptr_array_add (deadlines, self);
  g_mutex_unlock (&lock);
  return self;
}

/**
 * spot_deadline_free:
 * @self: (transfer full): a deadline
 *
 * Frees it, disarmed.
 */
void
spot_deadline_free (SpotDeadline *self)
{
  g_return_if_fail (self != NULL);

  g_mutex_lock (&lock);
  g_ptr_array_remove_fast (deadlines, self);
  if (deadlines->len == 0)
    {
      g_clear_pointer (&deadlines, g_ptr_array_unref);
      g_cond_signal (&changed);
    }
  g_mutex_unlock (&lock);
  g_clear_object (&self->cancellable);
  g_free (self);
}

static void
set_time (SpotDeadline *self,
          gint64        at_us)
{
  self->at_us = at_us;
  /* A later time needs no waking: the thread looks again when the earlier one comes. */
  if (at_us < sleeps_until_us)
    g_cond_signal (&changed);
}

/**
 * spot_deadline_arm:
 * @self: a deadline that is not armed
 * @cancellable: what to cancel
 * @at_us: when, monotonic time in microseconds
 *
 * Cancels @cancellable at @at_us, unless disarmed before.
 */
void
spot_deadline_arm (SpotDeadline *self,
                   GCancellable *cancellable,
                   gint64        at_us)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (G_IS_CANCELLABLE (cancellable));

  g_mutex_lock (&lock);
  g_set_object (&self->cancellable, cancellable);
  self->passed = FALSE;
  set_time (self, at_us);
  g_mutex_unlock (&lock);
}

/**
 * spot_deadline_move:
 * @self: a deadline
 * @at_us: when, monotonic time in microseconds
 *
 * Sets another time, if it is still armed.
 */
void
spot_deadline_move (SpotDeadline *self,
                    gint64        at_us)
{
  g_return_if_fail (self != NULL);

  g_mutex_lock (&lock);
  set_time (self, at_us);
  g_mutex_unlock (&lock);
}

/**
 * spot_deadline_move_closer:
 * @self: a deadline
 * @at_us: when, monotonic time in microseconds
 *
 * Sets another time if that is earlier than the one that is set, and it is still armed.
 */
void
spot_deadline_move_closer (SpotDeadline *self,
                           gint64        at_us)
{
  g_return_if_fail (self != NULL);

  g_mutex_lock (&lock);
  if (at_us < self->at_us)
    set_time (self, at_us);
  g_mutex_unlock (&lock);
}

/**
 * spot_deadline_disarm:
 * @self: a deadline
 *
 * Lets the operation be.
 *
 * Returns: whether the time had passed
 */
gboolean
spot_deadline_disarm (SpotDeadline *self)
{
  g_autoptr(GCancellable) cancellable = NULL;
  gboolean passed;

  g_return_val_if_fail (self != NULL, FALSE);

  g_mutex_lock (&lock);
  cancellable = g_steal_pointer (&self->cancellable);
  passed = self->passed;
  self->passed = FALSE;
  g_mutex_unlock (&lock);
  return passed;
}
