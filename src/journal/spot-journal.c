/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-journal"

#include "config.h"

#include "spot-journal-private.h"

/**
 * SpotJournal:
 *
 * What the program remembers: the latest state of each run, what has changed in it and when, where each feed stands,
 * what was announced, and the inbox. A file, written by a thread of its own; nothing here waits for the disk. When
 * there is no file to be had the program goes on without: writes are dropped, questions fail, and #SpotJournal:problem
 * says why.
 *
 * To be used on the thread that made it.
 */
struct _SpotJournal
{
  GObject parent_instance;

  SpotJournalCore  *core;    /* owned */
  char             *path;    /* owned */
  char             *problem; /* owned, nullable */
  SpotJournalState  state;
  gboolean          keep_payload;
};

G_DEFINE_FINAL_TYPE (SpotJournal, spot_journal, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (SpotJournalState, spot_journal_state,
                    G_DEFINE_ENUM_VALUE (SPOT_JOURNAL_STATE_OPENING, "opening"),
                    G_DEFINE_ENUM_VALUE (SPOT_JOURNAL_STATE_READY, "ready"),
                    G_DEFINE_ENUM_VALUE (SPOT_JOURNAL_STATE_IN_USE, "in-use"),
                    G_DEFINE_ENUM_VALUE (SPOT_JOURNAL_STATE_READ_ONLY, "read-only"),
                    G_DEFINE_ENUM_VALUE (SPOT_JOURNAL_STATE_FULL, "full"),
                    G_DEFINE_ENUM_VALUE (SPOT_JOURNAL_STATE_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (SPOT_JOURNAL_STATE_TOO_NEW, "too-new"),
                    G_DEFINE_ENUM_VALUE (SPOT_JOURNAL_STATE_FOREIGN, "foreign"),
                    G_DEFINE_ENUM_VALUE (SPOT_JOURNAL_STATE_CLOSED, "closed"))

enum {
  PROP_STATE = 1,
  PROP_PROBLEM,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
state_cb (gpointer         owner,
          SpotJournalState state,
          gboolean         was_damaged)
{
  SpotJournal *self = owner;
  g_autofree char *problem = spot_journal_make_words (state, was_damaged, self->path);

  g_object_freeze_notify (G_OBJECT (self));
  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
    }
  if (g_strcmp0 (self->problem, problem) != 0)
    {
      g_free (self->problem);
      self->problem = g_steal_pointer (&problem);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROBLEM]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
spot_journal_dispose (GObject *object)
{
  SpotJournal *self = SPOT_JOURNAL (object);

  /* What waits is still written, by a thread that nobody waits for. */
  if (self->core && !spot_journal_core_is_stopping (self->core))
    spot_journal_core_stop (self->core, NULL);
  g_clear_pointer (&self->core, spot_journal_core_unref);

  G_OBJECT_CLASS (spot_journal_parent_class)->dispose (object);
}

static void
spot_journal_finalize (GObject *object)
{
  SpotJournal *self = SPOT_JOURNAL (object);

  g_free (self->path);
  g_free (self->problem);

  G_OBJECT_CLASS (spot_journal_parent_class)->finalize (object);
}

static void
spot_journal_get_property (GObject    *object,
                           guint       property_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  SpotJournal *self = SPOT_JOURNAL (object);

  switch (property_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
spot_journal_class_init (SpotJournalClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = spot_journal_dispose;
  object_class->finalize = spot_journal_finalize;
  object_class->get_property = spot_journal_get_property;

  /**
   * SpotJournal:state:
   *
   * Whether there is a history.
   */
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, SPOT_TYPE_JOURNAL_STATE, SPOT_JOURNAL_STATE_OPENING,
                                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * SpotJournal:problem:
   *
   * What the user has to know about it, in words; %NULL when all is well.
   */
  props[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL,
                                             G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
spot_journal_init (SpotJournal *self)
{
}

/**
 * spot_journal_new:
 * @path: the file, as `…/runspotter/journal.db`; it is made, with its folder, when it is not there
 *
 * Begins to open the journal. It can be asked at once; the answers come when it is open.
 *
 * Returns: (transfer full): the journal
 */
SpotJournal *
spot_journal_new (const char *path)
{
  SpotJournalOptions options = { path, NULL, NULL, 0, 0, 0 };

  g_return_val_if_fail (path != NULL, NULL);

  return spot_journal_new_with_options (&options);
}

/**
 * spot_journal_new_with_options:
 * @options: what else tests decide
 *
 * Returns: (transfer full): the journal
 */
SpotJournal *
spot_journal_new_with_options (const SpotJournalOptions *options)
{
  SpotJournal *self = g_object_new (SPOT_TYPE_JOURNAL, NULL);

  self->path = g_strdup (options->path);
  self->core = spot_journal_core_new (options, G_OBJECT (self), state_cb);

  return self;
}

/**
 * spot_journal_get_core:
 * @self: a journal
 *
 * Returns: (transfer none): its thread and queue
 */
SpotJournalCore *
spot_journal_get_core (SpotJournal *self)
{
  return self->core;
}

/**
 * spot_journal_get_state:
 * @self: a journal
 *
 * Returns: whether there is a history
 */
SpotJournalState
spot_journal_get_state (SpotJournal *self)
{
  g_return_val_if_fail (SPOT_IS_JOURNAL (self), SPOT_JOURNAL_STATE_CLOSED);

  return self->state;
}

/**
 * spot_journal_get_problem:
 * @self: a journal
 *
 * Returns: (transfer none) (nullable): what the user has to know, translated; %NULL when all is well
 */
const char *
spot_journal_get_problem (SpotJournal *self)
{
  g_return_val_if_fail (SPOT_IS_JOURNAL (self), NULL);

  return self->problem;
}

/**
 * spot_journal_set_bounds:
 * @self: a journal
 * @max_bytes: how large the file may get, without its log of some megabytes; %SPOT_JOURNAL_DEFAULT_BYTES unless set
 * @max_age_us: how long what has ended is kept; %SPOT_JOURNAL_DEFAULT_AGE_US unless set
 *
 * Says how much to remember. What is too much is removed, in small steps, beginning now: first what has ended and is in
 * no feed, oldest first; what goes on last.
 */
void
spot_journal_set_bounds (SpotJournal *self,
                         gint64       max_bytes,
                         gint64       max_age_us)
{
  SpotJournalBounds bounds = { max_bytes, max_age_us };

  g_return_if_fail (SPOT_IS_JOURNAL (self));
  g_return_if_fail (max_bytes > 0 && max_age_us > 0);

  spot_journal_core_set_bounds (self->core, &bounds);
}

/**
 * spot_journal_set_keep_payload:
 * @self: a journal
 * @keep_payload: whether to keep payload and output; no unless set
 *
 * Decides for what is written from now on. A feed whose rows are kept without them has no position.
 */
void
spot_journal_set_keep_payload (SpotJournal *self,
                               gboolean     keep_payload)
{
  g_return_if_fail (SPOT_IS_JOURNAL (self));

  self->keep_payload = keep_payload;
}

/**
 * spot_journal_retry:
 * @self: a journal
 *
 * Tries again now, when there is no history.
 */
void
spot_journal_retry (SpotJournal *self)
{
  g_return_if_fail (SPOT_IS_JOURNAL (self));

  spot_journal_core_retry (self->core);
}

/**
 * spot_journal_write_batch:
 * @self: a journal
 * @environment_key: the environment: a name that stays the same from one start of the program to the next
 * @feed_key: the feed, likewise
 * @batch: (nullable): what it committed; %NULL when only its position has moved
 * @position: (nullable): where it is after that; %NULL when that is not known
 * @flags: how
 *
 * Remembers a commit: the rows, what has changed in them, and the position, all of it or nothing, so that a position is
 * never ahead of its rows. A position is only kept for a feed of which every row is kept: when a commit got lost (there
 * was no room, no file), or rows had to go to make room, it stays where it is, or goes, until a whole snapshot is
 * written.
 *
 * Previews are nothing to remember. Never waits: when the disk cannot keep up, commits that follow each other become
 * one.
 */
void
spot_journal_write_batch (SpotJournal           *self,
                          const char            *environment_key,
                          const char            *feed_key,
                          SpotRunBatch          *batch,
                          SpotLogPosition       *position,
                          SpotJournalWriteFlags  flags)
{
  SpotJournalWrite *write;

  g_return_if_fail (SPOT_IS_JOURNAL (self));
  g_return_if_fail (environment_key != NULL && feed_key != NULL);
  g_return_if_fail (batch == NULL || batch->kind != SPOT_RUN_BATCH_PREVIEW);

  write = g_new0 (SpotJournalWrite, 1);
  write->environment_key = g_strdup (environment_key);
  write->feed_key = g_strdup (feed_key);
  write->batch = batch ? spot_run_batch_ref (batch) : NULL;
  write->position = position ? spot_log_position_ref (position) : NULL;
  write->flags = flags;
  write->time_us = spot_journal_core_get_now_us (self->core);
  write->keep_payload = self->keep_payload;
  spot_journal_core_push_write (self->core, write);
}

/**
 * spot_journal_close_async:
 * @self: a journal
 * @cancellable: (nullable): a `GCancellable`, which ends the waiting alone
 * @callback: (scope async): called once, when all that waited is written and the file closed
 * @user_data: data for @callback
 *
 * Closes the journal for good.
 */
void
spot_journal_close_async (SpotJournal         *self,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (SPOT_IS_JOURNAL (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, spot_journal_close_async);
  if (spot_journal_core_is_stopping (self->core))
    g_task_return_new_error (task, SPOT_JOURNAL_ERROR, SPOT_JOURNAL_ERROR_CLOSED, "the journal has been closed");
  else
    spot_journal_core_stop (self->core, task);
}

/**
 * spot_journal_close_finish:
 * @self: a journal
 * @result: the result
 * @error: return location
 *
 * Returns: %TRUE; %FALSE with %SPOT_JOURNAL_ERROR_CLOSED when it was closed before
 */
gboolean
spot_journal_close_finish (SpotJournal   *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
