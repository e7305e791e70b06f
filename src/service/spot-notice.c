/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-notifier-private.h"

/*
 * spot_notice_new:
 * @kind: what it is
 * @id: of the notification
 * @environment_id: where
 * @watch_id: the watch that it is announced for
 * @watch_name: its name
 *
 * Returns: (transfer full): a notice that tells nothing yet
 */
SpotNotice *
spot_notice_new (SpotNoticeKind  kind,
                 const char     *id,
                 const char     *environment_id,
                 const char     *watch_id,
                 const char     *watch_name)
{
  SpotNotice *self = g_new0 (SpotNotice, 1);

  self->kind = kind;
  self->id = g_strdup (id);
  self->environment_id = g_strdup (environment_id);
  self->watch_id = g_strdup (watch_id);
  self->watch_name = g_strdup (watch_name);
  self->wall_ms = -1;
  self->ends = spot_notice_new_ends ();
  return self;
}

/**
 * spot_notice_free:
 * @self: (nullable) (transfer full): a notice
 *
 * Frees @self and what it owns.
 */
void
spot_notice_free (SpotNotice *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->environment_id);
  g_free (self->run_id);
  g_free (self->watch_id);
  g_free (self->watch_name);
  g_free (self->task);
  g_free (self->detail);
  g_strfreev (self->tags);
  g_clear_pointer (&self->ends, g_ptr_array_unref);
  g_free (self);
}

static guint *
find_count (SpotNotice *self,
            const char *status)
{
  switch (spot_run_status_get_group (spot_run_status_from_word (status, -1)))
    {
    case SPOT_STATUS_GROUP_GOOD:
      return &self->n_good;
    case SPOT_STATUS_GROUP_BAD:
      return &self->n_bad;
    case SPOT_STATUS_GROUP_NEUTRAL:
    case SPOT_STATUS_GROUP_WAITING:
    case SPOT_STATUS_GROUP_RUNNING:
    default:
      return &self->n_neutral;
    }
}

static gboolean
is_same_end (const SpotAnnouncement *a,
             const SpotAnnouncement *b)
{
  return a->completed_us == b->completed_us && g_str_equal (a->run_id, b->run_id) && g_str_equal (a->status, b->status)
         && g_str_equal (a->environment_key, b->environment_key);
}

/**
 * spot_notice_take_back:
 * @self: a notice that has not been sent
 * @end: an end that has been told before
 *
 * Does not tell that one again. The summary of a batch has all of its runs, whenever they were told.
 *
 * Returns: whether there is anything left to tell
 */
gboolean
spot_notice_take_back (SpotNotice             *self,
                       const SpotAnnouncement *end)
{
  for (guint i = self->ends->len; i > 0; i--)
    if (is_same_end (self->ends->pdata[i - 1], end))
      {
        guint *count = find_count (self, end->status);

        if (self->kind != SPOT_NOTICE_RUN && !self->finished && *count > 0)
          (*count)--;
        g_ptr_array_remove_index (self->ends, i - 1);
      }
  return self->ends->len > 0 || (self->kind == SPOT_NOTICE_GROUP && self->n_good + self->n_bad + self->n_neutral > 0);
}

/**
 * spot_notifier_dup_run_notice_id:
 * @environment_id: an environment
 * @run_id: a run of it
 *
 * Returns: (transfer full): the id of the run's own notice
 */
char *
spot_notifier_dup_run_notice_id (const char *environment_id,
                                 const char *run_id)
{
  return g_strdup_printf ("run:%s:%s", environment_id, run_id);
}

/*
 * spot_notice_dup_group_id:
 * @environment_id: an environment
 * @watch_id: a watch of it
 *
 * Returns: (transfer full): the id of the notice that counts for the watch
 */
char *
spot_notice_dup_group_id (const char *environment_id,
                          const char *watch_id)
{
  return g_strdup_printf ("group:%s:%s", environment_id, watch_id);
}

/*
 * spot_notice_new_ends:
 *
 * Returns: (transfer full) (element-type SpotAnnouncement): none
 */
GPtrArray *
spot_notice_new_ends (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) spot_announcement_free);
}

/*
 * spot_notice_move_ends:
 * @pending: (element-type SpotAnnouncement): ends
 *
 * Returns: (transfer full) (element-type SpotAnnouncement): them; @pending is empty then
 */
GPtrArray *
spot_notice_move_ends (GPtrArray *pending)
{
  GPtrArray *ends = spot_notice_new_ends ();

  g_ptr_array_extend_and_steal (ends, g_ptr_array_ref (pending));
  return ends;
}

/*
 * spot_notice_choose_status:
 * @n_good: how many ended well
 * @n_bad: how many ended badly
 *
 * Returns: one status for the icon: the gravest of what is counted
 */
SpotRunStatus
spot_notice_choose_status (guint n_good,
                           guint n_bad)
{
  if (n_bad > 0)
    return SPOT_RUN_STATUS_COMPLETED_WITH_ERRORS;
  if (n_good > 0)
    return SPOT_RUN_STATUS_COMPLETED_SUCCESSFULLY;
  return SPOT_RUN_STATUS_CANCELED;
}
