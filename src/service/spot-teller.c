/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-teller.h"

/* A notice that comes late is worth less than one that may come twice. */
#define PATIENCE_MS 3000

/* A notice that waits for what was asked of the journal before it. */
typedef struct
{
  SpotNotice *notice; /* (owned) */
  guint64     question;
} Held;

struct _SpotTeller
{
  SpotNotifier   *notifier; /* (not owned) */
  SpotTellerFunc  show;
  gpointer        user_data;
  SpotJournal    *journal; /* (owned) (nullable) */
  GHashTable     *kept;    /* (owned) (element-type utf8): environments that the journal knows */
  GPtrArray      *fresh;   /* (owned) (element-type SpotNotice): told since the last flush */
  GQueue          held;    /* (element-type Held): the oldest first */
  guint64         n_asked;
  guint64         n_answered; /* questions are answered in order */
  GCancellable   *cancellable; /* (owned) */
  guint           patience_id;
};

/* One question, and what it was about. */
typedef struct
{
  SpotTeller *teller;
  GPtrArray  *ends; /* (owned) (element-type SpotAnnouncement) */
  guint64     number;
} Question;

static void
question_free (Question *self)
{
  g_ptr_array_unref (self->ends);
  g_free (self);
}

static void
held_free (gpointer data)
{
  Held *self = data;

  spot_notice_free (self->notice);
  g_free (self);
}

/**
 * spot_teller_new:
 * @notifier: who decides; must outlive the teller
 * @show: called with each notice, in order
 * @user_data: for @show
 *
 * Returns: (transfer full): a teller that notes nothing
 */
SpotTeller *
spot_teller_new (SpotNotifier   *notifier,
                 SpotTellerFunc  show,
                 gpointer        user_data)
{
  SpotTeller *self = g_new0 (SpotTeller, 1);

  self->notifier = notifier;
  self->show = show;
  self->user_data = user_data;
  self->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->fresh = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_notice_free);
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->held);
  return self;
}

/**
 * spot_teller_free:
 * @self: (transfer full) (nullable): a teller
 *
 * Frees it. What waits is not shown any more: the journal has it for the next start.
 */
void
spot_teller_free (SpotTeller *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->patience_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_queue_clear_full (&self->held, held_free);
  g_ptr_array_unref (self->fresh);
  g_hash_table_unref (self->kept);
  g_clear_object (&self->journal);
  g_free (self);
}

/**
 * spot_teller_keep:
 * @self: a teller
 * @environment_id: an environment
 * @journal: where it is kept, the same for all
 *
 * Notes what is told of the environment.
 */
void
spot_teller_keep (SpotTeller  *self,
                  const char  *environment_id,
                  SpotJournal *journal)
{
  g_set_object (&self->journal, journal);
  g_hash_table_add (self->kept, g_strdup (environment_id));
}

/* Leaves those that the journal knows. */
static GPtrArray *
select_kept (SpotTeller *self,
             GPtrArray  *ends) /* (nullable) */
{
  GPtrArray *kept = g_ptr_array_new_with_free_func ((GDestroyNotify) spot_announcement_free);

  for (guint i = 0; ends != NULL && i < ends->len; i++)
    if (g_hash_table_contains (self->kept, ((SpotAnnouncement *) ends->pdata[i])->environment_key))
      g_ptr_array_add (kept, spot_announcement_copy (ends->pdata[i]));
  return kept;
}

/* ---- showing ---- */

static void
show (SpotTeller *self,
      SpotNotice *notice) /* (transfer full) */
{
  self->show (notice, self->user_data);
  spot_notice_free (notice);
}

/* Whoever shows one may end the teller. */
static void
show_answered (SpotTeller *self)
{
  g_autoptr(GCancellable) cancellable = g_object_ref (self->cancellable);
  Held *held;

  while (!g_cancellable_is_cancelled (cancellable) && (held = g_queue_peek_head (&self->held)) != NULL
         && held->question <= self->n_answered)
    {
      SpotNotice *notice = g_steal_pointer (&held->notice);

      held_free (g_queue_pop_head (&self->held));
      show (self, notice);
    }
  if (!g_cancellable_is_cancelled (cancellable) && g_queue_is_empty (&self->held))
    g_clear_handle_id (&self->patience_id, g_source_remove);
}

static gboolean
patience_cb (gpointer user_data)
{
  SpotTeller *self = user_data;

  g_info ("The journal does not answer: notices go out all the same");
  self->patience_id = 0;
  self->n_answered = self->n_asked;
  show_answered (self);
  return G_SOURCE_REMOVE;
}

/* ---- the journal ---- */

static gboolean
has_end (GPtrArray              *ends,
         const SpotAnnouncement *end)
{
  for (guint i = 0; i < ends->len; i++)
    {
      const SpotAnnouncement *other = ends->pdata[i];

      if (other->completed_us == end->completed_us && g_str_equal (other->run_id, end->run_id)
          && g_str_equal (other->environment_key, end->environment_key) && g_str_equal (other->status, end->status))
        return TRUE;
    }
  return FALSE;
}

/* An end that was told before the program ended, and whose run the journal took for one that goes on. */
static void
take_back (SpotTeller             *self,
           const SpotAnnouncement *end)
{
  GList *next;

  spot_notifier_take_back (self->notifier, end);
  for (GList *l = self->held.head; l != NULL; l = next)
    {
      Held *held = l->data;

      next = l->next;
      if (spot_notice_take_back (held->notice, end))
        continue;
      held_free (held);
      g_queue_delete_link (&self->held, l);
    }
}

static void
announced_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Question *question = user_data;
  SpotTeller *self = question->teller;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) to_send = spot_journal_announce_finish (SPOT_JOURNAL (source), result, &error);

  /* Then the teller is gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      question_free (question);
      return;
    }
  /* In most answers nothing is missing. Without one everything is told. */
  for (guint i = 0; to_send != NULL && to_send->len < question->ends->len && i < question->ends->len; i++)
    if (!has_end (to_send, question->ends->pdata[i]))
      take_back (self, question->ends->pdata[i]);
  self->n_answered = MAX (self->n_answered, question->number);
  question_free (question);
  show_answered (self);
}

static void
ask (SpotTeller *self,
     GPtrArray  *ends) /* (transfer full) */
{
  Question *question = g_new0 (Question, 1);

  question->teller = self;
  question->ends = ends;
  question->number = ++self->n_asked;
  spot_journal_announce_async (self->journal, ends, self->cancellable, announced_cb, question);
}

/**
 * spot_teller_flush:
 * @self: a teller
 *
 * Gives the journal what has been decided since the last call, before anything that comes after it; notices follow when
 * it has it, or at once where nothing is noted.
 */
void
spot_teller_flush (SpotTeller *self)
{
  g_autoptr(GPtrArray) intents = spot_notifier_steal_intents (self->notifier);
  g_autoptr(GPtrArray) settled = spot_notifier_steal_settled (self->notifier);
  g_autoptr(GPtrArray) to_note = select_kept (self, settled);
  g_autoptr(GPtrArray) to_ask = select_kept (self, intents);

  if (to_ask->len > 0)
    ask (self, g_steal_pointer (&to_ask));
  if (to_note->len > 0)
    spot_journal_note_announced (self->journal, to_note);

  for (guint i = 0; i < self->fresh->len; i++)
    {
      Held *held = g_new0 (Held, 1);

      held->notice = g_steal_pointer (&self->fresh->pdata[i]);
      held->question = self->n_asked;
      g_queue_push_tail (&self->held, held);
    }
  g_ptr_array_set_size (self->fresh, 0);
  if (self->patience_id == 0 && !g_queue_is_empty (&self->held) && self->n_answered < self->n_asked)
    self->patience_id = g_timeout_add (PATIENCE_MS, patience_cb, self);
  show_answered (self);
}

/**
 * spot_teller_tell:
 * @self: a teller
 * @notices: (element-type SpotNotice): what the notifier wants told; empty afterwards
 *
 * Takes them. Where nothing is noted they are shown at once, else after the next spot_teller_flush().
 */
void
spot_teller_tell (SpotTeller *self,
                  GPtrArray  *notices)
{
  for (guint i = 0; i < notices->len; i++)
    g_ptr_array_add (self->fresh, g_steal_pointer (&notices->pdata[i]));
  g_ptr_array_set_size (notices, 0);
  if (self->journal == NULL)
    spot_teller_flush (self);
}

/**
 * spot_teller_note_sent:
 * @self: a teller
 * @ends: (element-type SpotAnnouncement): of a notice that is on its way to the user by itself now
 *
 * They are not told again at the next start.
 */
void
spot_teller_note_sent (SpotTeller *self,
                       GPtrArray  *ends)
{
  g_autoptr(GPtrArray) kept = select_kept (self, ends);

  if (kept->len > 0)
    spot_journal_note_announced (self->journal, kept);
}
