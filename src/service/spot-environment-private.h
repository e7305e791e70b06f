/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-environment.h"
#include "spot-feed-budget.h"
#include "spot-feed-set.h"
#include "spot-history.h"
#include "spot-journal.h"
#include "spot-notifier.h"
#include "spot-open-runs.h"

G_BEGIN_DECLS

/* The parts of an environment see it whole, nobody else does. */
struct _SpotEnvironment
{
  GObject              parent_instance;

  char                *id;   /* (owned) */
  char                *name; /* (owned) */
  SpotEnvironmentKind  kind;
  gboolean             loopback; /* the server is this machine */
  SpotEndpoint        *endpoint;   /* (owned) */
  SpotRunStore        *store;      /* (owned) */
  SpotFeedSet         *feeds;      /* (owned) */
  SpotFeedPlan        *plan;       /* (owned) (nullable): what the feeds follow */
  GListStore          *watches;    /* (owned) (element-type SpotWatch) */
  SpotOpenRuns        *open_runs;  /* (owned) */
  SpotConnection      *connection; /* (owned) */
  guint                next_watch_id;
  gboolean             partial;
  gboolean             every_column;
  SpotToken           *token;   /* (owned) (nullable): what the credential allows, %NULL for everything */
  gboolean             asleep;
  guint                n_connections;
  gboolean             stopped;
  SpotFeedBudget       budget;
  guint                probe_id; /* time-out until one more connection is tried */
  gboolean             with_history;
  guint                n_old_runs; /* that the plan knows of */
  SpotHistory         *history; /* (owned) (nullable): runs older than the feeds' windows, %NULL where none are wanted */
  SpotJournal         *journal;   /* (owned) (nullable): where it is kept what is seen here */
  GHashTable          *kept;      /* (owned) (element-type utf8): keys of the feeds that the journal may know */
  GCancellable        *loading;   /* (owned) (nullable): while the journal is being read */
  guint                patience_id; /* time-out for that */
  SpotJournalContents *contents;  /* (owned) (nullable): what it had, until it is restored */
  guint                n_restored; /* of its runs */
  GPtrArray           *timelines; /* (owned) (nullable) (element-type SpotRunTimeline): not owned: that somebody looks at */
  GPtrArray           *unsent;    /* (owned) (nullable) (element-type Unsent): of that, what is to be told again */
  gint64               away_since_us; /* when something was seen last before the program started, wall clock; 0 for never */
  GHashTable          *unkept;    /* (owned) (element-type utf8): of those with rows that are not kept */
  SpotEnvironmentLimits limits;
};

guint            spot_environment_get_n_watches (SpotEnvironment       *self);
/* Borrowed: the list holds a reference. */
SpotWatch       *spot_environment_get_watch     (SpotEnvironment       *self,
                                                 guint                  index);
void             spot_environment_plan_probe    (SpotEnvironment       *self);
gboolean         spot_environment_check_refusals (SpotEnvironment      *self);
guint            spot_environment_reserve_history (SpotEnvironment     *self,
                                                 const SpotWatchSpec   *spec);
void             spot_environment_drop_history  (SpotEnvironment       *self,
                                                 SpotWatch             *watch);
void             spot_environment_want_histories (SpotEnvironment      *self);
gboolean         spot_environment_check_old_runs (SpotEnvironment      *self);
void             spot_environment_replan        (SpotEnvironment       *self);
SpotFeedPlan    *spot_environment_make_plan     (SpotEnvironment       *self,
                                                 gboolean               with_paused);
void             spot_environment_tell_silenced (SpotEnvironment       *self,
                                                 SpotWatch             *watch);
void             spot_environment_retry_cb      (SpotConnection        *connection,
                                                 SpotEnvironment       *self);

/* For the monitor, which owns the queue and calls these in its dispatch. */
SpotEnvironment *spot_environment_new           (const char            *id,
                                                 const char            *name,
                                                 SpotEnvironmentKind    kind,
                                                 SpotEndpoint          *endpoint,
                                                 SpotUpdateQueue       *queue);
void             spot_environment_take_update   (SpotEnvironment       *self,
                                                 SpotUpdate            *update);
gboolean         spot_environment_apply         (SpotEnvironment       *self,
                                                 gint64                 budget_us);
GArray          *spot_environment_steal_commits (SpotEnvironment       *self);
void             spot_environment_find_watches  (SpotEnvironment       *self,
                                                 guint                  feed_id,
                                                 SpotRunRecord         *record,
                                                 GArray                *watches);
void             spot_environment_tell_commit   (SpotEnvironment       *self,
                                                 guint                  feed_id,
                                                 SpotRunRecord         *record,
                                                 gboolean               removed);
void             spot_environment_set_journal   (SpotEnvironment       *self,
                                                 SpotJournal           *journal);
gboolean         spot_environment_knows_feed    (SpotEnvironment       *self,
                                                 const char            *feed_key);
gboolean         spot_environment_restore       (SpotEnvironment       *self,
                                                 SpotNotifier          *notifier,
                                                 gint64                 deadline_us);
GPtrArray       *spot_environment_tell_unsent   (SpotEnvironment       *self,
                                                 SpotNotifier          *notifier);
void             spot_environment_keep_commit   (SpotEnvironment       *self,
                                                 const SpotCommit      *commit);
void             spot_environment_tell_timelines (SpotEnvironment      *self,
                                                 const SpotCommit      *commit,
                                                 gboolean               deletes);
void             spot_environment_drop_timelines (SpotEnvironment      *self);
void             spot_environment_stop_loading  (SpotEnvironment       *self);
void             spot_environment_forget_unwanted (SpotEnvironment     *self);
void             spot_environment_clear_journal (SpotEnvironment       *self);
void             spot_environment_set_offline   (SpotEnvironment       *self,
                                                 gboolean               offline);
void             spot_environment_set_token     (SpotEnvironment       *self,
                                                 SpotToken             *token);
void             spot_environment_set_endpoint  (SpotEnvironment       *self,
                                                 SpotEndpoint          *endpoint);
void             spot_environment_describe      (SpotEnvironment       *self,
                                                 const char            *name,
                                                 SpotEnvironmentKind    kind);
gboolean         spot_environment_is_refused    (SpotEnvironment       *self);
void             spot_environment_set_limits    (SpotEnvironment       *self,
                                                 const SpotEnvironmentLimits *limits);
void             spot_environment_set_asleep    (SpotEnvironment       *self,
                                                 gboolean               asleep);
void             spot_environment_retry         (SpotEnvironment       *self);
void             spot_environment_stop          (SpotEnvironment       *self);

/* From the credential's prefix and the server's host. */
SpotEnvironmentKind spot_environment_kind_from_credential (const char *credential);
SpotEnvironmentKind spot_environment_kind_from_word (const char *word);
char               *spot_environment_make_name  (SpotEnvironmentKind    kind,
                                                 const char            *url);
gboolean            spot_environment_is_local   (const char            *url);

G_END_DECLS
