/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-notifier.h"

G_BEGIN_DECLS

#define SINGLES_PER_WATCH 3
#define BANNERS 10
#define N_WATCH_KINDS (SPOT_WATCH_RUN + 1)

/* What is known about one run. Lives in one of the two queues of the notifier, oldest first. */
typedef struct
{
  GList    link;
  gint64   finished_us; /* of the last end that is known, SPOT_TIME_NONE for none: it is not news any more */
  gint64   looked_at_us; /* the end that the user has seen, SPOT_TIME_NONE for none */
  gboolean unfinished;  /* seen so since the last end */
  gboolean restored;    /* so was it when the program ended, and since then no commit has had it */
  gboolean shown;       /* a notice of its own has gone out */
  char     key[];
} SpotNotifierRunEntry;

typedef struct
{
  char         *id;
  char         *environment_id;
  char         *name;
  SpotWatchKind kind;
  SpotWatchRule rule;
  gboolean      muted;

  gint64        singles[SINGLES_PER_WATCH]; /* when the last ones went out, a ring */
  guint         n_singles;                  /* ever */

  gboolean      open;       /* the group is counting */
  gboolean      dirty;      /* it has changed since it was posted */
  gboolean      telling;    /* a batch tells its counts only once something has failed */
  gint64        active_us;  /* when the group was last added to or posted */
  gint64        next_us;    /* not to be posted before */
  gint64        end_us;     /* when a batch's summary is due, 0 while it is not over */
  guint         n_alone;    /* ends of an open batch with a notice of their own */

  GPtrArray    *pending; /* (owned) (element-type SpotAnnouncement): ends that are counted and not told yet */

  guint         n_total;
  guint         n_good;
  guint         n_bad;
  guint         n_neutral;
} SpotNotifierWatchEntry;

/* What ended while the program did not run, for one watch. */
typedef struct
{
  char         *id;             /* (owned): of the notice */
  char         *environment_id; /* (owned) */
  char         *watch_id;       /* (owned) */
  char         *watch_name;     /* (owned) */
  gint64        since_us;       /* when the program ended, wall clock */
  gint64        due_us;         /* 0 when everything has been told */
  gboolean      told;           /* one end at least is one that the watch tells */
  GPtrArray    *pending;        /* (owned) (element-type SpotAnnouncement): not told yet */
  guint         n_good;
  guint         n_bad;
  guint         n_neutral;
} SpotNotifierAwayEntry;

struct _SpotNotifier
{
  GHashTable *runs; /* (owned) (element-type SpotNotifierRunEntry): by key */
  GQueue      unfinished;
  GQueue      ended;
  GHashTable *watches; /* (owned) (element-type utf8 SpotNotifierWatchEntry) */
  GPtrArray  *aways;   /* (owned) (element-type SpotNotifierAwayEntry): one for each absence and watch */
  GPtrArray  *intents; /* (owned) (element-type SpotAnnouncement): ends that are going to be told */
  GPtrArray  *settled; /* (owned) (element-type SpotAnnouncement): of those, the ones that are not after all */
  gint64      banners[BANNERS];
  guint       n_banners; /* ever */
  gint64      now_us;
  gint64      due_us; /* 0 for never */
  SpotWatchRule usual[N_WATCH_KINDS];
};

/* Between spot-notifier.c, which tells what happens, and spot-notifier-away.c, which tells what happened meanwhile. */
void       spot_notifier_advance        (SpotNotifier            *self,
                                         gint64                   now_us);
gboolean   spot_notifier_take_banner    (SpotNotifier            *self);
gboolean   spot_notifier_tells          (SpotNotifier            *self,
                                         const SpotNotifierWatch *watch,
                                         SpotStatusGroup          group);
void       spot_notifier_note_due       (SpotNotifier            *self,
                                         gint64                   due_us);
const SpotNotifierWatch *spot_notifier_choose_watch (const SpotNotifierRun *run);
SpotNotifierRunEntry *spot_notifier_remember_ended (SpotNotifier *self,
                                         const char              *environment_id,
                                         const char              *run_id,
                                         gint64                   finished_us);
void       spot_notifier_tell_again     (SpotNotifier            *self,
                                         SpotNotifierRunEntry    *run_entry,
                                         const SpotNotifierWatch *watch,
                                         const SpotNotifierRun   *run,
                                         SpotAnnouncement        *announcement,
                                         GPtrArray               *notices);
void       spot_notifier_intend         (SpotNotifier            *self,
                                         const SpotAnnouncement  *announcement);
void       spot_notifier_settle         (SpotNotifier            *self,
                                         GPtrArray               *announcements);

/* spot-notifier-away.c */
void       spot_notifier_away_entry_free (gpointer                data);
void       spot_notifier_announce_away  (SpotNotifier            *self,
                                         SpotNotifierRunEntry    *run_entry,
                                         const SpotNotifierRun   *run);
void       spot_notifier_flush_away     (SpotNotifier            *self,
                                         GPtrArray               *notices);
void       spot_notifier_forget_away    (SpotNotifier            *self,
                                         const char              *watch_id);

/* spot-notice.c */
SpotNotice *spot_notice_new             (SpotNoticeKind           kind,
                                         const char              *id,
                                         const char              *environment_id,
                                         const char              *watch_id,
                                         const char              *watch_name);
char      *spot_notice_dup_group_id     (const char              *environment_id,
                                         const char              *watch_id);
GPtrArray *spot_notice_new_ends         (void);
GPtrArray *spot_notice_move_ends        (GPtrArray               *pending);
SpotRunStatus spot_notice_choose_status (guint                    n_good,
                                         guint                    n_bad);

G_END_DECLS
