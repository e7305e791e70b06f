/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-journal"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "spot-journal-queue.h"

/* Until the journal is tried again: doubled with each failure. */
#define RETRY_MS (5 * 1000)
#define MAX_RETRY_MS (5 * 60 * 1000)

/* One damage may come of a crash; if another comes that soon the disk is bad, or something else that a new file does
   not mend. */
#define ASIDE_US G_TIME_SPAN_HOUR

/* How often is looked for what is too old, and after how many commits' rows for what is too much. */
#define MAINTAIN_US G_TIME_SPAN_HOUR
#define MAINTAIN_FIRST_US (5 * G_TIME_SPAN_SECOND)
#define MAINTAIN_ROWS 20000u
#define PRUNE_ROWS 200u

/* What must fit on a disk that was full before it counts as not full. */
#define PROBE_BYTES (256u * 1024u)

/* Something for the main thread: a job that is done, or a state, or that the thread has ended. */
typedef struct
{
  SpotJournalJob   *job; /* (owned) (nullable) */
  gboolean          stopped;
  SpotJournalState  state;
  gboolean          was_damaged;
} Message;

struct _SpotJournalCore
{
  gatomicrefcount ref_count;

  /* Fixed. */
  char                 *path; /* (owned) */
  gint64              (*get_now_us) (gpointer data);
  gpointer              now_data;
  gint64                first_retry_ms;
  guint                 max_pages;
  GMainContext         *context; /* (owned) */
  SpotJournalStateFunc  state_func;
  GWeakRef              owner; /* looked at in @context alone */

  /* Under the lock. */
  GMutex            lock;
  GCond             wake;
  SpotJournalQueue  queue;
  SpotJournalBounds bounds;
  gboolean          bounds_changed;
  gboolean          retry_asked;
  gboolean          stopping;
  GQueue            messages; /* (element-type Message) */
  gboolean          has_source; /* that gives them out */

  /* Of the main thread. */
  GThread *thread;    /* (owned) (nullable) */
  GTask   *stop_task; /* (owned) (nullable) */

  /* Of the journal's thread. Times are monotonic, G_MAXINT64 for never. */
  SpotJournalDb   *db; /* (owned) (nullable) */
  SpotJournalState state;
  GHashTable      *frozen; /* feeds of which a commit was lost: their positions stay where they are */
  gint64           retry_at_us;
  gint64           retry_ms;
  gint64           aside_at_us;
  gint64           maintain_at_us;
  guint            n_rows; /* written since it was maintained */
  gboolean         is_pruning;
  gboolean         is_durable;
};

static void
free_message (gpointer data)
{
  Message *message = data;

  g_clear_pointer (&message->job, spot_journal_job_free);
  g_free (message);
}

static SpotJournalCore *
core_ref (SpotJournalCore *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * spot_journal_core_unref:
 * @self: (transfer full): a core
 *
 * Drops a reference. The thread has its own for as long as it runs.
 */
void
spot_journal_core_unref (SpotJournalCore *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  spot_journal_queue_clear (&self->queue);
  g_queue_clear_full (&self->messages, free_message);
  g_clear_pointer (&self->thread, g_thread_unref);
  g_clear_object (&self->stop_task);
  g_hash_table_unref (self->frozen);
  g_main_context_unref (self->context);
  g_weak_ref_clear (&self->owner);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_free (self->path);
  g_free (self);
}

/**
 * spot_journal_core_get_now_us:
 * @self: a core
 *
 * Returns: the wall clock
 */
gint64
spot_journal_core_get_now_us (SpotJournalCore *self)
{
  return self->get_now_us ? self->get_now_us (self->now_data) : g_get_real_time ();
}

/* The main thread's side. */

static void
give_out (SpotJournalCore *self,
          Message         *message)
{
  SpotJournalJob *job = message->job;

  if (message->stopped)
    {
      /* It has nothing left to do but to end. */
      g_thread_join (g_steal_pointer (&self->thread));
      if (self->stop_task)
        g_task_return_boolean (self->stop_task, TRUE);
      g_clear_object (&self->stop_task);
    }
  else if (!job)
    {
      g_autoptr(GObject) owner = g_weak_ref_get (&self->owner);

      if (owner)
        self->state_func (owner, message->state, message->was_damaged);
    }
  else if (job->error)
    {
      g_task_return_error (job->task, g_steal_pointer (&job->error));
    }
  else
    {
      g_task_return_pointer (job->task, g_steal_pointer (&job->result), job->result_free);
    }
}

static gboolean
messages_cb (gpointer user_data)
{
  SpotJournalCore *self = user_data;
  GQueue messages;

  g_mutex_lock (&self->lock);
  messages = self->messages;
  g_queue_init (&self->messages);
  self->has_source = FALSE;
  g_mutex_unlock (&self->lock);

  for (Message *message; (message = g_queue_pop_head (&messages));)
    {
      give_out (self, message);
      free_message (message);
    }

  return G_SOURCE_REMOVE;
}

static void
post (SpotJournalCore *self,
      Message         *message)
{
  gboolean needs_source;

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->messages, message);
  needs_source = !self->has_source;
  self->has_source = TRUE;
  g_mutex_unlock (&self->lock);

  if (needs_source)
    {
      g_autoptr(GSource) source = g_idle_source_new ();

      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, messages_cb, core_ref (self), (GDestroyNotify) spot_journal_core_unref);
      g_source_attach (source, self->context);
    }
}

/* The journal's thread: opening and losing the file. */

static void
set_state (SpotJournalCore  *self,
           SpotJournalState  state,
           gboolean          was_damaged)
{
  Message *message;

  if (self->state == state && !was_damaged)
    return;
  self->state = state;
  message = g_new0 (Message, 1);
  message->state = state;
  message->was_damaged = was_damaged;
  post (self, message);
}

/* Tries to write something beside the file: 0, or why that cannot be. A full disk lets the file be opened, and
   SQLite does not * always know why it could not write. */
static int
probe (SpotJournalCore *self)
{
  g_autofree char *path = g_strconcat (self->path, SPOT_JOURNAL_NEW_SUFFIX, NULL);
  g_autofree char *zeros = g_malloc0 (PROBE_BYTES);
  int fd = g_open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  gssize written;
  int number;

  if (fd < 0)
    return errno;
  written = write (fd, zeros, PROBE_BYTES);
  number = written < 0 ? errno : written < (gssize) PROBE_BYTES ? ENOSPC : 0;
  close (fd);
  g_unlink (path);

  return number;
}

static SpotJournalState
state_from_error (SpotJournalCore *self,
                  const GError    *error)
{
  SpotJournalError code = (SpotJournalError) error->code;

  if (code == SPOT_JOURNAL_ERROR_IO)
    code = spot_journal_error_from_errno (probe (self));
  switch (code)
    {
    case SPOT_JOURNAL_ERROR_IN_USE:
      return SPOT_JOURNAL_STATE_IN_USE;
    case SPOT_JOURNAL_ERROR_READ_ONLY:
      return SPOT_JOURNAL_STATE_READ_ONLY;
    case SPOT_JOURNAL_ERROR_FULL:
      return SPOT_JOURNAL_STATE_FULL;
    case SPOT_JOURNAL_ERROR_TOO_NEW:
      return SPOT_JOURNAL_STATE_TOO_NEW;
    case SPOT_JOURNAL_ERROR_FOREIGN:
      return SPOT_JOURNAL_STATE_FOREIGN;
    case SPOT_JOURNAL_ERROR_CLOSED:
    case SPOT_JOURNAL_ERROR_IO:
    case SPOT_JOURNAL_ERROR_DAMAGED:
    default:
      return SPOT_JOURNAL_STATE_FAILED;
    }
}

static void
schedule_retry (SpotJournalCore *self)
{
  self->retry_at_us = g_get_monotonic_time () + self->retry_ms * 1000;
  self->retry_ms = MIN (self->retry_ms * 2, MAX (MAX_RETRY_MS, self->first_retry_ms));
}

/* Gives up the file for now. */
static void
go_without (SpotJournalCore *self,
            const GError    *error)
{
  SpotJournalState state = state_from_error (self, error);

  if (self->state != state)
    g_message ("Going on without the journal: %s", error->message);
  set_state (self, state, FALSE);
  /* What is not ours does not become so by waiting. */
  if (state != SPOT_JOURNAL_STATE_TOO_NEW && state != SPOT_JOURNAL_STATE_FOREIGN)
    schedule_retry (self);
}

static void
open_file (SpotJournalCore    *self,
           SpotJournalOpening  opening)
{
  g_autoptr(GError) error = NULL;
  gboolean was_damaged = opening == SPOT_JOURNAL_SET_ASIDE;
  gint64 now_us = g_get_monotonic_time ();

  self->retry_at_us = G_MAXINT64;
  if (self->state == SPOT_JOURNAL_STATE_FULL && opening == SPOT_JOURNAL_OPEN
      && spot_journal_error_from_errno (probe (self)) == SPOT_JOURNAL_ERROR_FULL)
    {
      schedule_retry (self);
      return;
    }

  self->is_durable = FALSE;
  self->db = spot_journal_db_open (self->path, opening, self->max_pages, &error);
  if (!self->db && error->code == SPOT_JOURNAL_ERROR_DAMAGED
      && (self->aside_at_us == 0 || now_us - self->aside_at_us > ASIDE_US))
    {
      g_message ("The journal is damaged and is set aside: %s", error->message);
      g_clear_error (&error);
      self->aside_at_us = now_us;
      was_damaged = TRUE;
      self->db = spot_journal_db_open (self->path, SPOT_JOURNAL_SET_ASIDE, self->max_pages, &error);
    }
  if (self->db)
    {
      self->maintain_at_us = now_us + MAINTAIN_FIRST_US;
      set_state (self, SPOT_JOURNAL_STATE_READY, was_damaged);
      return;
    }

  go_without (self, error);
}

/* After a failure nothing is known of what the connection thinks: the file is closed. */
static void
lose_file (SpotJournalCore *self,
           const GError    *error)
{
  gint64 now_us = g_get_monotonic_time ();

  g_clear_pointer (&self->db, spot_journal_db_close);
  self->is_pruning = FALSE;
  if (error->code == SPOT_JOURNAL_ERROR_DAMAGED && (self->aside_at_us == 0 || now_us - self->aside_at_us > ASIDE_US))
    {
      g_message ("The journal is damaged and is set aside: %s", error->message);
      self->aside_at_us = now_us;
      open_file (self, SPOT_JOURNAL_SET_ASIDE);
      return;
    }
  go_without (self, error);
}

/* The journal's thread: jobs. */

static gboolean
run_job (SpotJournalCore *self,
         SpotJournalJob  *job,
         GError         **error)
{
  if (!job->write)
    return job->func (self->db, job->data, spot_journal_core_get_now_us (self), &job->result, error);

  /* Should the transaction fail it is added again. */
  if (spot_journal_write_is_whole (job->write))
    g_hash_table_remove (self->frozen, job->feed);
  job->write->is_frozen = g_hash_table_contains (self->frozen, job->feed);
  self->n_rows += job->write->batch ? job->write->batch->changes->len : 0;

  return spot_journal_db_write (self->db, job->write, error);
}

/* Each job gets the failure of one of them, but for those that have their own. */
static void
fail_all (SpotJournalCore *self,
          GPtrArray       *jobs,
          const GError    *error)
{
  for (guint i = 0; i < jobs->len; i++)
    {
      SpotJournalJob *job = jobs->pdata[i];

      if (!job->error)
        job->error = g_error_copy (error);
      /* The next commit of that feed is not all that has happened since the last one in the file. */
      if (job->write)
        g_hash_table_add (self->frozen, g_strdup (job->feed));
    }
}

static gboolean
run_all (SpotJournalCore *self,
         GPtrArray       *jobs,
         gboolean         is_durable,
         GError         **error)
{
  /* A crash of the program loses nothing either way; this is for the power. */
  if (is_durable != self->is_durable
      && !spot_journal_db_exec (self->db, is_durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
                                error))
    return FALSE;
  self->is_durable = is_durable;
  if (!spot_journal_db_exec (self->db, "BEGIN IMMEDIATE", error))
    return FALSE;
  for (guint i = 0; i < jobs->len; i++)
    {
      SpotJournalJob *job = jobs->pdata[i];
      g_autoptr(GError) own = NULL;

      if (run_job (self, job, &own))
        continue;
      if (own->domain != SPOT_JOURNAL_ERROR)
        {
          job->error = g_steal_pointer (&own);
          continue;
        }
      g_propagate_error (error, g_steal_pointer (&own));
      spot_journal_db_exec (self->db, "ROLLBACK", NULL);
      return FALSE;
    }
  if (spot_journal_db_exec (self->db, "COMMIT", error))
    return TRUE;
  spot_journal_db_exec (self->db, "ROLLBACK", NULL);

  return FALSE;
}

/* Writes the file anew, without what was deleted: pages that a tree has left behind can hold copies of rows that nobody
 * overwrites. */
static gboolean
rewrite (SpotJournalCore *self,
         GError         **error)
{
  g_autofree char *path = g_strconcat (self->path, SPOT_JOURNAL_NEW_SUFFIX, NULL);
  gboolean done = FALSE;
  int fd;

  g_unlink (path);
  /* An empty file may be written into, and has the mode that it is given here. */
  fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0)
    close (fd);
  if (!spot_journal_db_run (self->db, error, "VACUUM INTO ?", "t", path))
    {
      g_unlink (path);
      return FALSE;
    }
  g_clear_pointer (&self->db, spot_journal_db_close);
  /* On the disk before it takes the other's name, or a power cut could leave a name with nothing behind it. */
  fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0 || fsync (fd) != 0 || g_rename (path, self->path) != 0)
    g_set_error (error, SPOT_JOURNAL_ERROR, SPOT_JOURNAL_ERROR_IO, "%s", g_strerror (errno));
  else
    done = TRUE;
  if (fd >= 0)
    close (fd);

  return done;
}

static gboolean
delete_environment (SpotJournalCore *self,
                    const char      *key,
                    GError         **error)
{
  if (!spot_journal_db_exec (self->db, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (!spot_journal_db_remove_environment (self->db, key, error) || !spot_journal_db_exec (self->db, "COMMIT", error))
    {
      spot_journal_db_exec (self->db, "ROLLBACK", NULL);
      return FALSE;
    }

  return rewrite (self, error);
}

static void
run_delete (SpotJournalCore *self,
            SpotJournalJob  *job)
{
  const char *key = job->data;
  g_autoptr(GError) error = NULL;

  if (self->state == SPOT_JOURNAL_STATE_TOO_NEW || self->state == SPOT_JOURNAL_STATE_FOREIGN)
    {
      g_set_error (&error, SPOT_JOURNAL_ERROR, SPOT_JOURNAL_ERROR_FOREIGN, "it is not ours to delete");
      job->error = g_steal_pointer (&error);
      return;
    }
  if (!key)
    {
      g_clear_pointer (&self->db, spot_journal_db_close);
      open_file (self, SPOT_JOURNAL_REMOVE);
    }
  else if (self->db && delete_environment (self, key, &error))
    {
      open_file (self, SPOT_JOURNAL_OPEN);
    }
  else if (error)
    {
      lose_file (self, error);
    }
  if (!self->db && !error)
    g_set_error (&error, SPOT_JOURNAL_ERROR, SPOT_JOURNAL_ERROR_IO, "there is no journal");
  job->error = g_steal_pointer (&error);
}

static void
finish_jobs (SpotJournalCore *self,
             GPtrArray       *jobs)
{
  for (guint i = 0; i < jobs->len; i++)
    {
      SpotJournalJob *job = jobs->pdata[i];
      Message *message;

      if (!job->task)
        {
          spot_journal_job_free (job);
          continue;
        }
      message = g_new0 (Message, 1);
      message->job = job;
      post (self, message);
    }
  g_ptr_array_set_size (jobs, 0);
}

static void
run_jobs (SpotJournalCore *self,
          GPtrArray       *jobs)
{
  SpotJournalJobKind kind = ((SpotJournalJob *) jobs->pdata[0])->kind;
  g_autoptr(GError) error = NULL;

  if (!self->db && self->retry_at_us <= g_get_monotonic_time ())
    open_file (self, SPOT_JOURNAL_OPEN);
  if (kind == SPOT_JOURNAL_JOB_DELETE)
    {
      run_delete (self, jobs->pdata[0]);
    }
  else if (!self->db)
    {
      g_set_error (&error, SPOT_JOURNAL_ERROR, SPOT_JOURNAL_ERROR_IO, "there is no journal");
      fail_all (self, jobs, error);
    }
  else if (run_all (self, jobs, kind == SPOT_JOURNAL_JOB_DURABLE, &error))
    {
      self->retry_ms = self->first_retry_ms;
    }
  else
    {
      fail_all (self, jobs, error);
      lose_file (self, error);
    }
  finish_jobs (self, jobs);
}

/* The journal's thread: making room. */

static gboolean
maintain_file (SpotJournalCore *self,
               gboolean        *more,
               GError         **error)
{
  SpotJournalBounds bounds;
  gboolean more_to_shrink = FALSE;

  g_mutex_lock (&self->lock);
  bounds = self->bounds;
  g_mutex_unlock (&self->lock);

  *more = self->is_pruning;
  if (!spot_journal_db_exec (self->db, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (!spot_journal_db_prune (self->db, &bounds, spot_journal_core_get_now_us (self), PRUNE_ROWS, more, error)
      || !spot_journal_db_shrink (self->db, &more_to_shrink, error)
      || !spot_journal_db_exec (self->db, "COMMIT", error))
    {
      spot_journal_db_exec (self->db, "ROLLBACK", NULL);
      return FALSE;
    }
  /* Freed pages are in the log until then. */
  if (self->is_pruning && !*more && !more_to_shrink
      && !spot_journal_db_run (self->db, error, "PRAGMA wal_checkpoint (TRUNCATE)", ""))
    return FALSE;
  *more |= more_to_shrink;

  return TRUE;
}

/* One step; the next one comes when nothing else waits, or after the next transaction. */
static void
maintain (SpotJournalCore *self)
{
  g_autoptr(GError) error = NULL;
  gboolean more = FALSE;

  if (!maintain_file (self, &more, &error))
    {
      lose_file (self, error);
      return;
    }
  self->is_pruning = more;
  self->n_rows = 0;
  self->maintain_at_us = more ? 0 : G_MAXINT64;
}

/* Waits for something to do, with the lock. Returns FALSE when there is nothing and never will be. */
static gboolean
wait_for_work (SpotJournalCore *self,
               GPtrArray       *jobs)
{
  for (;;)
    {
      gint64 now_us, until_us;

      if (self->bounds_changed && self->db)
        {
          self->bounds_changed = FALSE;
          self->maintain_at_us = 0;
        }
      if (self->retry_asked && !self->db)
        self->retry_at_us = 0;
      self->retry_asked = FALSE;
      spot_journal_queue_take (&self->queue, jobs);
      if (jobs->len > 0)
        return TRUE;
      if (self->stopping)
        return FALSE;

      now_us = g_get_monotonic_time ();
      until_us = self->db ? self->maintain_at_us : self->retry_at_us;
      if (until_us <= now_us)
        return TRUE;
      if (until_us == G_MAXINT64)
        g_cond_wait (&self->wake, &self->lock);
      else
        g_cond_wait_until (&self->wake, &self->lock, until_us);
    }
}

static gpointer
run_thread (gpointer data)
{
  SpotJournalCore *self = data;
  g_autoptr(GPtrArray) jobs = g_ptr_array_new ();
  Message *message;

  open_file (self, SPOT_JOURNAL_OPEN);
  for (;;)
    {
      gboolean goes_on;
      gint64 now_us;

      g_mutex_lock (&self->lock);
      goes_on = wait_for_work (self, jobs);
      g_mutex_unlock (&self->lock);
      if (!goes_on)
        break;

      now_us = g_get_monotonic_time ();
      if (jobs->len > 0)
        run_jobs (self, jobs);
      else if (!self->db)
        open_file (self, SPOT_JOURNAL_OPEN);
      if (!self->db)
        continue;
      if (self->n_rows > 0 && self->maintain_at_us == G_MAXINT64)
        self->maintain_at_us = now_us + MAINTAIN_US;
      if (self->maintain_at_us <= now_us || self->n_rows >= MAINTAIN_ROWS)
        maintain (self);
    }

  g_clear_pointer (&self->db, spot_journal_db_close);
  set_state (self, SPOT_JOURNAL_STATE_CLOSED, FALSE);
  message = g_new0 (Message, 1);
  message->stopped = TRUE;
  post (self, message);
  spot_journal_core_unref (self);

  return NULL;
}

/**
 * spot_journal_core_new:
 * @options: what to do how
 * @owner: who is told of states, for as long as it lives
 * @state_func: how
 *
 * Starts the thread, which opens the file. What it has to say is said in the thread-default main context of now.
 *
 * Returns: (transfer full): the core, to be stopped
 */
SpotJournalCore *
spot_journal_core_new (const SpotJournalOptions *options,
                       GObject                  *owner,
                       SpotJournalStateFunc      state_func)
{
  SpotJournalCore *self = g_new0 (SpotJournalCore, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->path = g_strdup (options->path);
  self->get_now_us = options->get_now_us;
  self->now_data = options->now_data;
  self->first_retry_ms = options->retry_ms > 0 ? options->retry_ms : RETRY_MS;
  self->max_pages = options->max_pages;
  self->context = g_main_context_ref_thread_default ();
  self->state_func = state_func;
  g_weak_ref_init (&self->owner, owner);
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  spot_journal_queue_init (&self->queue,
                           options->max_queue_bytes > 0 ? options->max_queue_bytes : SPOT_JOURNAL_QUEUE_BYTES);
  self->bounds.max_bytes = SPOT_JOURNAL_DEFAULT_BYTES;
  self->bounds.max_age_us = SPOT_JOURNAL_DEFAULT_AGE_US;
  g_queue_init (&self->messages);
  self->state = SPOT_JOURNAL_STATE_OPENING;
  self->frozen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->retry_ms = self->first_retry_ms;
  self->retry_at_us = G_MAXINT64;
  self->maintain_at_us = G_MAXINT64;
  self->thread = g_thread_new ("spot-journal", run_thread, core_ref (self));

  return self;
}

/**
 * spot_journal_core_set_bounds:
 * @self: a core
 * @bounds: how much may be kept from now on
 *
 * Begins to remove what is too much.
 */
void
spot_journal_core_set_bounds (SpotJournalCore         *self,
                              const SpotJournalBounds *bounds)
{
  g_mutex_lock (&self->lock);
  self->bounds = *bounds;
  self->bounds_changed = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

/**
 * spot_journal_core_push:
 * @self: a core
 * @kind: how to do it
 * @func: (nullable): what to do, on the journal's thread
 * @data: (transfer full) (nullable): for @func
 * @data_free: (nullable): frees @data, on either thread
 * @result_free: (nullable): frees what @func gives, if nobody takes it
 * @task: (nullable): returned when it is done, with the result as a pointer, in the main context
 *
 * Asks the thread for something.
 */
void
spot_journal_core_push (SpotJournalCore    *self,
                        SpotJournalJobKind  kind,
                        SpotJournalJobFunc  func,
                        gpointer            data,
                        GDestroyNotify      data_free,
                        GDestroyNotify      result_free,
                        GTask              *task)
{
  SpotJournalJob *job = g_new0 (SpotJournalJob, 1);
  gboolean takes;

  job->kind = kind;
  job->func = func;
  job->data = data;
  job->data_free = data_free;
  job->result_free = result_free;
  job->task = task ? g_object_ref (task) : NULL;

  g_mutex_lock (&self->lock);
  takes = !self->stopping;
  if (takes)
    {
      spot_journal_queue_push (&self->queue, job);
      g_cond_signal (&self->wake);
    }
  g_mutex_unlock (&self->lock);

  if (!takes)
    {
      if (task)
        g_task_return_new_error (task, SPOT_JOURNAL_ERROR, SPOT_JOURNAL_ERROR_CLOSED, "the journal has been closed");
      spot_journal_job_free (job);
    }
}

/**
 * spot_journal_core_push_write:
 * @self: a core
 * @write: (transfer full): a feed's commit
 *
 * Asks the thread to write it.
 */
void
spot_journal_core_push_write (SpotJournalCore  *self,
                              SpotJournalWrite *write)
{
  g_mutex_lock (&self->lock);
  if (!self->stopping)
    {
      spot_journal_queue_push_write (&self->queue, g_steal_pointer (&write));
      g_cond_signal (&self->wake);
    }
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&write, spot_journal_write_free);
}

/**
 * spot_journal_core_retry:
 * @self: a core
 *
 * Tries to open the file now, if it is not open.
 */
void
spot_journal_core_retry (SpotJournalCore *self)
{
  g_mutex_lock (&self->lock);
  self->retry_asked = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

/**
 * spot_journal_core_stop:
 * @self: a core that has not been stopped
 * @task: (nullable): returned when the thread has ended
 *
 * Ends the thread once it has done what waits.
 */
void
spot_journal_core_stop (SpotJournalCore *self,
                        GTask           *task)
{
  self->stop_task = task ? g_object_ref (task) : NULL;
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

/**
 * spot_journal_core_is_stopping:
 * @self: a core
 *
 * Returns: whether it has been stopped
 */
gboolean
spot_journal_core_is_stopping (SpotJournalCore *self)
{
  gboolean stopping;

  g_mutex_lock (&self->lock);
  stopping = self->stopping;
  g_mutex_unlock (&self->lock);

  return stopping;
}
