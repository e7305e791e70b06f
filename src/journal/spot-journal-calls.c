/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-journal"

#include "config.h"

#include "spot-journal-private.h"

/* What of a question is not the journal's: two texts, of which each asks for what it means, and a number. */
typedef struct
{
  char    *environment_key; /* (nullable) */
  char    *name;            /* (nullable) */
  gboolean flag;
} Question;

static Question *
question_new (const char *environment_key,
              const char *name,
              gboolean    flag)
{
  Question *self = g_new (Question, 1);

  self->environment_key = g_strdup (environment_key);
  self->name = g_strdup (name);
  self->flag = flag;

  return self;
}

static void
question_free (gpointer data)
{
  Question *self = data;

  g_free (self->environment_key);
  g_free (self->name);
  g_free (self);
}

static GPtrArray *
copy_announcements (GPtrArray *announcements)
{
  GPtrArray *copies = g_ptr_array_new_full (announcements->len, (GDestroyNotify) spot_announcement_free);

  for (guint i = 0; i < announcements->len; i++)
    g_ptr_array_add (copies, spot_announcement_copy (announcements->pdata[i]));

  return copies;
}

/* On the journal's thread. */

static gboolean
load_job (SpotJournalDb  *db,
          gpointer        data,
          gint64          now_us,
          gpointer       *result,
          GError        **error)
{
  Question *question = data;

  *result = spot_journal_db_load (db, question->environment_key, error);

  return *result != NULL;
}

static gboolean
load_changes_job (SpotJournalDb  *db,
                  gpointer        data,
                  gint64          now_us,
                  gpointer       *result,
                  GError        **error)
{
  Question *question = data;

  *result = spot_journal_db_load_changes (db, question->environment_key, question->name, error);

  return *result != NULL;
}

static gboolean
forget_job (SpotJournalDb  *db,
            gpointer        data,
            gint64          now_us,
            gpointer       *result,
            GError        **error)
{
  Question *question = data;

  return spot_journal_db_forget_feed (db, question->environment_key, question->name, question->flag, error);
}

/* What runs to forget. */
typedef struct
{
  char  *environment_key;
  char **run_ids;
} Unwanted;

static void
unwanted_free (gpointer data)
{
  Unwanted *self = data;

  g_free (self->environment_key);
  g_strfreev (self->run_ids);
  g_free (self);
}

static gboolean
forget_runs_job (SpotJournalDb  *db,
                 gpointer        data,
                 gint64          now_us,
                 gpointer       *result,
                 GError        **error)
{
  Unwanted *unwanted = data;

  return spot_journal_db_forget_runs (db, unwanted->environment_key, (const char *const *) unwanted->run_ids, error);
}

static gboolean
announce_job (SpotJournalDb  *db,
              gpointer        data,
              gint64          now_us,
              gpointer       *result,
              GError        **error)
{
  *result = spot_journal_db_announce (db, data, now_us, error);

  return *result != NULL;
}

static gboolean
note_job (SpotJournalDb  *db,
          gpointer        data,
          gint64          now_us,
          gpointer       *result,
          GError        **error)
{
  return spot_journal_db_note_announced (db, data, now_us, error);
}

static gboolean
add_inbox_job (SpotJournalDb  *db,
               gpointer        data,
               gint64          now_us,
               gpointer       *result,
               GError        **error)
{
  gint64 *id = g_new (gint64, 1);

  *result = id;

  return spot_journal_db_add_inbox (db, data, id, error);
}

static gboolean
list_inbox_job (SpotJournalDb  *db,
                gpointer        data,
                gint64          now_us,
                gpointer       *result,
                GError        **error)
{
  *result = spot_journal_db_list_inbox (db, error);

  return *result != NULL;
}

static gboolean
mark_read_job (SpotJournalDb  *db,
               gpointer        data,
               gint64          now_us,
               gpointer       *result,
               GError        **error)
{
  return spot_journal_db_mark_read (db, *(gint64 *) data, error);
}

static gboolean
clear_inbox_job (SpotJournalDb  *db,
                 gpointer        data,
                 gint64          now_us,
                 gpointer       *result,
                 GError        **error)
{
  return spot_journal_db_clear_inbox (db, data, error);
}

static gboolean
flush_job (SpotJournalDb  *db,
           gpointer        data,
           gint64          now_us,
           gpointer       *result,
           GError        **error)
{
  return TRUE;
}

/* On the caller's. */

static void
ask (SpotJournal         *self,
     gpointer             tag,
     SpotJournalJobKind   kind,
     SpotJournalJobFunc   func,
     gpointer             data,
     GDestroyNotify       data_free,
     GDestroyNotify       result_free,
     GCancellable        *cancellable,
     GAsyncReadyCallback  callback,
     gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  spot_journal_core_push (spot_journal_get_core (self), kind, func, data, data_free, result_free, task);
}

static void
tell (SpotJournal        *self,
      SpotJournalJobKind  kind,
      SpotJournalJobFunc  func,
      gpointer            data,
      GDestroyNotify      data_free)
{
  spot_journal_core_push (spot_journal_get_core (self), kind, func, data, data_free, NULL, NULL);
}

/**
 * spot_journal_load_async:
 * @self: a journal
 * @environment_key: an environment
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the main context
 * @user_data: data for @callback
 *
 * Reads what is known of an environment, for a warm start.
 */
void
spot_journal_load_async (SpotJournal         *self,
                         const char          *environment_key,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_return_if_fail (SPOT_IS_JOURNAL (self));
  g_return_if_fail (environment_key != NULL);

  ask (self, spot_journal_load_async, SPOT_JOURNAL_JOB_PLAIN, load_job, question_new (environment_key, NULL, FALSE),
       question_free, (GDestroyNotify) spot_journal_contents_free, cancellable, callback, user_data);
}

/**
 * spot_journal_load_finish:
 * @self: a journal
 * @result: the result
 * @error: return location
 *
 * Fails with %SPOT_JOURNAL_ERROR when there is no history to be had, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): what is known, maybe nothing; %NULL on failure
 */
SpotJournalContents *
spot_journal_load_finish (SpotJournal   *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * spot_journal_load_changes_async:
 * @self: a journal
 * @environment_key: an environment
 * @run_id: a run's public id
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the main context
 * @user_data: data for @callback
 *
 * Reads what has happened to a run, for its timeline.
 */
void
spot_journal_load_changes_async (SpotJournal         *self,
                                 const char          *environment_key,
                                 const char          *run_id,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_return_if_fail (SPOT_IS_JOURNAL (self));
  g_return_if_fail (environment_key != NULL && run_id != NULL);

  ask (self, spot_journal_load_changes_async, SPOT_JOURNAL_JOB_PLAIN, load_changes_job,
       question_new (environment_key, run_id, FALSE), question_free, (GDestroyNotify) g_ptr_array_unref, cancellable,
       callback, user_data);
}

/**
 * spot_journal_load_changes_finish:
 * @self: a journal
 * @result: the result
 * @error: return location
 *
 * Fails as spot_journal_load_finish().
 *
 * Returns: (transfer full) (element-type SpotChange): the changes, oldest first, maybe none; %NULL on failure
 */
GPtrArray *
spot_journal_load_changes_finish (SpotJournal   *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * spot_journal_forget_feed:
 * @self: a journal
 * @environment_key: an environment
 * @feed_key: a feed, which need not be known
 * @with_runs: whether to forget the runs too that are in no other feed
 *
 * Forgets a feed that nobody wants any more.
 */
void
spot_journal_forget_feed (SpotJournal *self,
                          const char  *environment_key,
                          const char  *feed_key,
                          gboolean     with_runs)
{
  g_return_if_fail (SPOT_IS_JOURNAL (self));
  g_return_if_fail (environment_key != NULL && feed_key != NULL);

  tell (self, SPOT_JOURNAL_JOB_PLAIN, forget_job, question_new (environment_key, feed_key, with_runs), question_free);
}

/**
 * spot_journal_forget_runs:
 * @self: a journal
 * @environment_key: an environment
 * @run_ids: runs, which need not be known
 *
 * Forgets runs and what happened to them. Feeds that have one of them have no position until their next snapshot.
 */
void
spot_journal_forget_runs (SpotJournal       *self,
                          const char        *environment_key,
                          const char *const *run_ids)
{
  Unwanted *unwanted;

  g_return_if_fail (SPOT_IS_JOURNAL (self));
  g_return_if_fail (environment_key != NULL && run_ids != NULL);

  unwanted = g_new (Unwanted, 1);
  unwanted->environment_key = g_strdup (environment_key);
  unwanted->run_ids = g_strdupv ((char **) run_ids);
  tell (self, SPOT_JOURNAL_JOB_PLAIN, forget_runs_job, unwanted, unwanted_free);
}

/**
 * spot_journal_announce_async:
 * @self: a journal
 * @announcements: (element-type SpotAnnouncement): ends that are to be told
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the main context
 * @user_data: data for @callback
 *
 * Notes on the disk that these are about to be told, before anything else that waits. Once the notification is sent
 * spot_journal_note_announced() says so. When the program ends in between, the next spot_journal_load_async() gives
 * them as unsent: to be sent again under the same id, which replaces what is shown. So none is lost, and none told
 * twice.
 */
void
spot_journal_announce_async (SpotJournal         *self,
                             GPtrArray           *announcements,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_return_if_fail (SPOT_IS_JOURNAL (self));
  g_return_if_fail (announcements != NULL);

  ask (self, spot_journal_announce_async, SPOT_JOURNAL_JOB_DURABLE, announce_job, copy_announcements (announcements),
       (GDestroyNotify) g_ptr_array_unref, (GDestroyNotify) g_ptr_array_unref, cancellable, callback, user_data);
}

/**
 * spot_journal_announce_finish:
 * @self: a journal
 * @result: the result
 * @error: return location
 *
 * Fails as spot_journal_load_finish(): then the caller has to remember by itself, and send.
 *
 * Returns: (transfer full) (element-type SpotAnnouncement): those to send, which are those that have not been; %NULL on
 *   failure
 */
GPtrArray *
spot_journal_announce_finish (SpotJournal   *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * spot_journal_note_announced:
 * @self: a journal
 * @announcements: (element-type SpotAnnouncement): ends that have been told, or of which it is decided that nobody
 *   wants to know
 *
 * Notes that these are not to be told any more.
 */
void
spot_journal_note_announced (SpotJournal *self,
                             GPtrArray   *announcements)
{
  g_return_if_fail (SPOT_IS_JOURNAL (self));
  g_return_if_fail (announcements != NULL);

  tell (self, SPOT_JOURNAL_JOB_DURABLE, note_job, copy_announcements (announcements),
        (GDestroyNotify) g_ptr_array_unref);
}

/**
 * spot_journal_add_inbox_async:
 * @self: a journal
 * @entry: (transfer full): an entry
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async) (nullable): called once, in the main context
 * @user_data: data for @callback
 *
 * Adds an entry to the inbox, which keeps the newest thousand.
 */
void
spot_journal_add_inbox_async (SpotJournal         *self,
                              SpotInboxEntry      *entry,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_return_if_fail (SPOT_IS_JOURNAL (self));
  g_return_if_fail (entry != NULL);

  ask (self, spot_journal_add_inbox_async, SPOT_JOURNAL_JOB_PLAIN, add_inbox_job, entry,
       (GDestroyNotify) spot_inbox_entry_free, g_free, cancellable, callback, user_data);
}

/**
 * spot_journal_add_inbox_finish:
 * @self: a journal
 * @result: the result
 * @error: return location
 *
 * Fails as spot_journal_load_finish().
 *
 * Returns: the id of the entry, 0 on failure
 */
gint64
spot_journal_add_inbox_finish (SpotJournal   *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_autofree gint64 *id = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), 0);

  id = g_task_propagate_pointer (G_TASK (result), error);

  return id ? *id : 0;
}

/**
 * spot_journal_list_inbox_async:
 * @self: a journal
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the main context
 * @user_data: data for @callback
 *
 * Reads the inbox.
 */
void
spot_journal_list_inbox_async (SpotJournal         *self,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_return_if_fail (SPOT_IS_JOURNAL (self));

  ask (self, spot_journal_list_inbox_async, SPOT_JOURNAL_JOB_PLAIN, list_inbox_job, NULL, NULL,
       (GDestroyNotify) g_ptr_array_unref, cancellable, callback, user_data);
}

/**
 * spot_journal_list_inbox_finish:
 * @self: a journal
 * @result: the result
 * @error: return location
 *
 * Fails as spot_journal_load_finish().
 *
 * Returns: (transfer full) (element-type SpotInboxEntry): the entries, newest first; %NULL on failure
 */
GPtrArray *
spot_journal_list_inbox_finish (SpotJournal   *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * spot_journal_mark_read:
 * @self: a journal
 * @id: an entry of the inbox, 0 for all of them
 *
 * Notes that somebody has seen it.
 */
void
spot_journal_mark_read (SpotJournal *self,
                        gint64       id)
{
  g_return_if_fail (SPOT_IS_JOURNAL (self));

  tell (self, SPOT_JOURNAL_JOB_PLAIN, mark_read_job, g_memdup2 (&id, sizeof id), g_free);
}

/**
 * spot_journal_clear_inbox:
 * @self: a journal
 * @environment_key: (nullable): an environment, %NULL for all of them
 *
 * Empties the inbox.
 */
void
spot_journal_clear_inbox (SpotJournal *self,
                          const char  *environment_key)
{
  g_return_if_fail (SPOT_IS_JOURNAL (self));

  tell (self, SPOT_JOURNAL_JOB_PLAIN, clear_inbox_job, g_strdup (environment_key), g_free);
}

/**
 * spot_journal_delete_async:
 * @self: a journal
 * @environment_key: (nullable): an environment, %NULL for everything
 * @cancellable: (nullable): a `GCancellable`, which ends the waiting alone
 * @callback: (scope async): called once, in the main context
 * @user_data: data for @callback
 *
 * Deletes the history so that nothing of it is left in the file, nor in one that was set aside when everything is to
 * go. What is written after this call begins a new one; the positions of feeds are kept again after their next whole
 * snapshot.
 */
void
spot_journal_delete_async (SpotJournal         *self,
                           const char          *environment_key,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_return_if_fail (SPOT_IS_JOURNAL (self));

  ask (self, spot_journal_delete_async, SPOT_JOURNAL_JOB_DELETE, NULL, g_strdup (environment_key), g_free, NULL,
       cancellable, callback, user_data);
}

/**
 * spot_journal_delete_finish:
 * @self: a journal
 * @result: the result
 * @error: return location
 *
 * Fails as spot_journal_load_finish(); something may be left then.
 *
 * Returns: whether it is gone
 */
gboolean
spot_journal_delete_finish (SpotJournal   *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  g_task_propagate_pointer (G_TASK (result), error);

  return !g_task_had_error (G_TASK (result));
}

/**
 * spot_journal_flush_async:
 * @self: a journal
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the main context
 * @user_data: data for @callback
 *
 * Waits until everything is written that was to be written before this call.
 */
void
spot_journal_flush_async (SpotJournal         *self,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_return_if_fail (SPOT_IS_JOURNAL (self));

  ask (self, spot_journal_flush_async, SPOT_JOURNAL_JOB_PLAIN, flush_job, NULL, NULL, NULL, cancellable, callback,
       user_data);
}

/**
 * spot_journal_flush_finish:
 * @self: a journal
 * @result: the result
 * @error: return location
 *
 * Fails as spot_journal_load_finish().
 *
 * Returns: whether the journal could be written when it came to this
 */
gboolean
spot_journal_flush_finish (SpotJournal   *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  g_task_propagate_pointer (G_TASK (result), error);

  return !g_task_had_error (G_TASK (result));
}
