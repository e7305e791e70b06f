/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-journal-types.h"
#include "spot-watch.h"

G_BEGIN_DECLS

/**
 * SpotNoticeKind:
 * @SPOT_NOTICE_RUN: one run ended
 * @SPOT_NOTICE_GROUP: many did: a count that is replaced in place under a fixed id
 * @SPOT_NOTICE_AWAY: these did while the program did not run
 */
typedef enum {
  SPOT_NOTICE_RUN,
  SPOT_NOTICE_GROUP,
  SPOT_NOTICE_AWAY,
} SpotNoticeKind;

/**
 * SpotNotice:
 * @id: (owned): of the notification; the same id replaces what is shown
 * @environment_id: (owned): where
 * @run_id: (owned) (nullable): which run, for %SPOT_NOTICE_RUN
 * @watch_id: (owned): the watch that it is announced for
 * @watch_name: (owned): its name
 * @task: (owned) (nullable): its task
 * @status: how it ended
 * @detail: (owned) (nullable): first error line, or metadata label; server text, to be escaped
 * @tags: (owned) (nullable): its tags
 * @wall_ms: how long it took, or -1
 * @n_good, @n_bad, @n_neutral: for a group, how many ended so far; for %SPOT_NOTICE_AWAY, how many did since @since_us
 * @n_total: for a group over a batch, how many there are; 0 when that is not known
 * @finished: for a group, whether all have ended
 * @since_us: for %SPOT_NOTICE_AWAY, when something was seen last before the program started, microseconds UTC
 * @ends: (owned) (element-type SpotAnnouncement): the ends that it tells and no notice before it did
 * @silent: replace without a sound or banner where the desktop can
 *
 * Something to tell the user, once.
 */
typedef struct
{
  SpotNoticeKind kind;
  char          *id;
  char          *environment_id;
  char          *run_id;
  char          *watch_id;
  char          *watch_name;
  char          *task;
  SpotRunStatus  status;
  char          *detail;
  char         **tags;
  gint64         wall_ms;
  guint          n_good;
  guint          n_bad;
  guint          n_neutral;
  guint          n_total;
  gboolean       finished;
  gint64         since_us;
  GPtrArray     *ends;
  gboolean       silent;
} SpotNotice;

void spot_notice_free (SpotNotice *self);
/* Before it is sent: that end has been told before. FALSE when nothing is left to tell. */
gboolean spot_notice_take_back (SpotNotice *self, const SpotAnnouncement *end);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotNotice, spot_notice_free)

/**
 * SpotNotifierWatch:
 * @id: stable within the program
 * @name: what the user calls it
 * @narrowed: it has a filter, which makes it more specific than another of its kind
 * @rule: which ends it announces
 * @muted: none at all for now
 * @n_total: runs of a batch watch, 0 when unknown
 * @n_unfinished: runs of the watch that have not ended
 * @n_good, @n_bad, @n_neutral: runs of a batch watch that have ended, for its summary; other kinds leave them 0
 *
 * A watch as the notifier is told about it, with the counts after the commit that is being told.
 */
typedef struct
{
  const char   *id;
  const char   *name;
  SpotWatchKind kind;
  gboolean      narrowed;
  SpotWatchRule rule;
  gboolean      muted;
  guint         n_total;
  guint         n_unfinished;
  guint         n_good;
  guint         n_bad;
  guint         n_neutral;
} SpotNotifierWatch;

/**
 * SpotNotifierRun:
 *
 * One committed state of one run, as the notifier is told. Watches are those whose query has the run.
 */
typedef struct
{
  const char              *environment_id;
  const char              *run_id;
  const char              *task;
  SpotRunStatus            status;
  gboolean                 ended;       /* completedAt is set */
  gint64                   finished_us; /* completedAt */
  const char              *detail;
  const char * const      *tags;
  gint64                   wall_ms;
  SpotRunBatchKind         kind;        /* of the batch that brought it */
  gint64                   away_since_us; /* for a feed's first commit, when something was seen last before the program
                                             started, microseconds UTC; 0 for another, and where nothing was */
  gboolean                 feed_was_known; /* for a feed's first commit: it was there before the program started, so that
                                              what it did not have then is new */
  const SpotNotifierWatch *watches;
  guint                    n_watches;
} SpotNotifierRun;

/**
 * SpotNotifier:
 *
 * Decides what to announce (design §5 and §8): pure, with time as an argument. A run is announced once, by its most specific
 * watch, when it has ended and was seen unfinished before, in a commit. First snapshots, refetches and re-subscriptions never
 * announce by themselves; a run that was seen unfinished and ended in between is announced however the news came.
 */
typedef struct _SpotNotifier SpotNotifier;

SpotNotifier *spot_notifier_new          (void);
void          spot_notifier_free         (SpotNotifier            *self);
void          spot_notifier_set_usual_rule (SpotNotifier          *self,
                                          SpotWatchKind            watch_kind,
                                          SpotWatchRule            rule);
/* Whether an end would be told: who knows that it would not need not look for the run's watches. */
gboolean      spot_notifier_is_news      (SpotNotifier            *self,
                                          const SpotNotifierRun   *run);
/* The run was known to have ended before the program started; or it was seen unfinished then. */
void          spot_notifier_restore_ended (SpotNotifier           *self,
                                          const char              *environment_id,
                                          const char              *run_id,
                                          gint64                   finished_us);
void          spot_notifier_restore      (SpotNotifier            *self,
                                          const char              *environment_id,
                                          const char              *run_id);
/* It was going to be told when the program ended; @run: how it ended then. As spot_notifier_observe(). */
GPtrArray    *spot_notifier_tell_unsent  (SpotNotifier            *self,
                                          const SpotAnnouncement  *unsent,
                                          const SpotNotifierRun   *run,
                                          gint64                   now_us);
/* It was told before the program started: it is not going to be told after all. */
void          spot_notifier_take_back    (SpotNotifier            *self,
                                          const SpotAnnouncement  *end);
/* (transfer full) (nullable) (element-type SpotAnnouncement): what is going to be told, and what is not any more, since the
 * last call. */
GPtrArray    *spot_notifier_steal_intents (SpotNotifier           *self);
GPtrArray    *spot_notifier_steal_settled (SpotNotifier           *self);
/* (element-type SpotNotice) (transfer full): may be empty, never NULL. @now_us is monotonic. */
GPtrArray    *spot_notifier_observe      (SpotNotifier            *self,
                                          const SpotNotifierRun   *run,
                                          gint64                   now_us);
/* Counts of a watch that changed without the end of a run: a batch has grown, or a run has left it. */
void          spot_notifier_update_watch (SpotNotifier            *self,
                                          const char              *environment_id,
                                          const SpotNotifierWatch *watch,
                                          gint64                   now_us);
/* What its group has counted is not told any more. Returns its notice's id when it may be on the screen. */
char         *spot_notifier_forget_watch (SpotNotifier            *self,
                                          const char              *environment_id,
                                          const char              *watch_id);
/* TRUE: a notice of the run may be on the screen and is stale now. */
gboolean      spot_notifier_run_seen     (SpotNotifier            *self,
                                          const char              *environment_id,
                                          const char              *run_id,
                                          gboolean                 ended,
                                          gint64                   finished_us);
/* What has become due by the passing of time; call it at spot_notifier_get_due_us() (0 for never). */
GPtrArray    *spot_notifier_tick         (SpotNotifier            *self,
                                          gint64                   now_us);
gint64        spot_notifier_get_due_us   (SpotNotifier            *self);

char         *spot_notifier_dup_run_notice_id (const char         *environment_id,
                                          const char              *run_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotNotifier, spot_notifier_free)

G_END_DECLS
