/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-backoff.h"
#include "spot-feed-machine.h"
#include "spot-second-look.h"
#include "spot-shape-log.h"
#include "spot-sse-parser.h"

G_BEGIN_DECLS

#define SPOT_FEED_START_OFFSET "-1"
/* Requests that bring nothing new: at most so many in a second. */
#define SPOT_FEED_MAX_IDLE_REQUESTS 5
/* A finished run's metadata and cost may come late. */
#define SPOT_FEED_LINGER_MS 30000

/* Which of the two servers answered last, told apart by the electric-up-to-date header. */
typedef enum {
  SPOT_FEED_DIALECT_UNKNOWN,
  SPOT_FEED_DIALECT_ELECTRIC,
  SPOT_FEED_DIALECT_NATIVE,
} SpotFeedDialect;

struct _SpotFeedMachine
{
  SpotFeedSpec    *spec;
  SpotFeedClock    clock;
  SpotShapeReader *reader;
  SpotShapeLog    *log;
  GQueue           batches; /* owned: not taken yet */
  gboolean         stop_when_ended;
  SpotSseParser   *events;
  gboolean         want_events;   /* event streams rather than long polls */
  guint            n_short;       /* event streams in a row that ended at once */

  /* Position. */
  char    *offset;
  char    *handle;       /* nullable */
  gboolean old_names;    /* that of the handle is of an old server */
  char    *cursor;       /* nullable */
  char    *cache_buster; /* nullable: only while asking from the start again */
  gboolean live;         /* nothing is missing up to the position: the server may hold the next request */
  gboolean committed;    /* once at least */
  gboolean resumes;      /* the position is one of before, and nothing has been committed from it */
  SpotFeedDialect dialect;

  /* What the owner sees and wants. */
  SpotFeedState state;
  GError       *problem; /* nullable */
  gint64        last_synced_us;
  gboolean      paused;
  gboolean      failed;
  gboolean      stopped;

  /* When the next request may go out, monotonic. */
  gint64      not_before_us;
  gint64      idle_us[SPOT_FEED_MAX_IDLE_REQUESTS]; /* when those that brought nothing were sent, oldest first */
  guint       n_idle;
  SpotBackoff backoff;
  SpotBackoff restart_backoff;
  gint64      restarted_us;        /* of the last restart */
  guint       n_restarts;          /* ever: makes each restart's URL differ */
  guint       n_in_series;         /* how many came shortly before the last one, each after another */
  gboolean    in_series;           /* restarted, and no live answer since */
  gboolean    restarted_after_400; /* since the last good answer */
  gboolean    restarted_after_loop;
  guint       n_same_offset;
  guint       n_not_found;
  gint64      ended_us; /* when the run of a run feed was first seen ended; 0 while it is not */
  gboolean    last_look; /* the linger is over: one non-live request more */
  gboolean    looks_again; /* the next request is one that only a doubt asks for: the feed stays live meanwhile */
  SpotSecondLook second_look;

  /* The request in flight and its answer. */
  gboolean in_flight;
  gboolean sent_live;
  gboolean sent_again;     /* what looks_again was */
  gboolean asked_for_events;
  gboolean is_events;      /* the answer is an event stream */
  gint64   head_us;
  char    *lsn;            /* nullable: of the last up-to-date in the event stream */
  gboolean clipped; /* its time ends when another request is due */
  gint64   sent_us;
  guint    status; /* 0 before the head */
  gint64   retry_after_ms;
  char    *new_handle;     /* nullable */
  gboolean new_old_names;
  char    *new_offset;     /* nullable */
  char    *new_cursor;     /* nullable */
  const char *missing;     /* nullable: the first of the headers it must have and has not */
  gboolean has_up_to_date; /* the header */
  gboolean foreign;        /* the answer is of another log than the one asked for */
  gboolean in_body;
  gboolean saw_up_to_date; /* the message */
  gboolean saw_refetch;
  gboolean has_news; /* a row of the last good answer differs from what was known */
  guint64  n_changes;
  guint64  n_bytes;
  guint64  preview_at_bytes;
  guint64  preview_step_bytes;
  GError  *body_error; /* nullable */
  GString *error_body;
};

/* What time it is, and a random number from 0 up to, not including, 1. */
gint64 spot_feed_machine_now_us             (SpotFeedMachine      *self);
gint64 spot_feed_machine_wall_us            (SpotFeedMachine      *self);
double spot_feed_machine_dice               (SpotFeedMachine      *self);

/* Between spot-feed-machine.c, which knows what to ask, and spot-feed-answer.c, which knows what an answer means. */
void   spot_feed_machine_event_cb           (const SpotShapeEvent *event,
                                             gpointer              user_data);
void   spot_feed_machine_sse_cb             (const SpotSseEvent   *event,
                                             gpointer              user_data);
void   spot_feed_machine_end_exchange       (SpotFeedMachine      *self);
gint64 spot_feed_machine_get_linger_end_us  (SpotFeedMachine      *self);

/* spot-feed-setback.c knows what comes of trouble. Each takes @problem (transfer full). */
void   spot_feed_machine_set_problem        (SpotFeedMachine      *self,
                                             GError               *problem);
void   spot_feed_machine_need_attention     (SpotFeedMachine      *self,
                                             GError               *problem);
void   spot_feed_machine_retry_later        (SpotFeedMachine      *self,
                                             GError               *problem,
                                             gint64                delay_ms);
void   spot_feed_machine_fail               (SpotFeedMachine      *self,
                                             GError               *problem);
void   spot_feed_machine_wait_from_now      (SpotFeedMachine      *self,
                                             gint64                delay_ms);
void   spot_feed_machine_restart            (SpotFeedMachine      *self,
                                             const char           *successor,
                                             const char           *reason);
void   spot_feed_machine_break_loop         (SpotFeedMachine      *self);

/* spot-feed-position.c */
SpotLogPosition *spot_feed_machine_make_position (SpotFeedMachine *self);

G_END_DECLS
