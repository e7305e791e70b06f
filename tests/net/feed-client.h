/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-feed.h"

G_BEGIN_DECLS

typedef struct _FeedClient FeedClient;

/* A feed and what it has delivered so far. The feed calls on its own thread: everything here takes the lock. */
struct _FeedClient
{
  SpotFeed *feed; /* nullable: NULL once dropped */

  GMutex          lock;
  GHashTable     *runs;     /* id → status word, as a view would have it */
  GHashTable     *told;     /* "id=word" → how often a batch that may be acted on said so */
  GHashTable     *rows;     /* key → record, as a journal would have it */
  SpotLogPosition *position; /* nullable: of the last commit */
  GString        *kinds;    /* of commits, one letter each */
  SpotFeedStatus *status;   /* nullable */
  GString        *history;  /* of states, one letter each */
  GString        *problems; /* messages of all problems */
  guint           n_calls;
  guint           n_destroyed;
  gboolean        lively;   /* its owner has not stopped it */

  void (*inside) (FeedClient *client); /* nullable: called by the sink, on the feed's thread, without the lock */
};

FeedClient    *feed_client_new          (SpotEndpoint *endpoint,
                                         SpotFeedSpec *spec);
void           feed_client_start        (FeedClient   *self);
void           feed_client_stop         (FeedClient   *self);
void           feed_client_free         (FeedClient   *self);

/* What the next feed needs to go on where this one was. Both (transfer full). */
SpotRunBatch  *feed_client_dup_rows     (FeedClient   *self);
SpotLogPosition *feed_client_dup_position (FeedClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FeedClient, feed_client_free)

SpotFeedState  feed_client_get_state    (FeedClient   *self);
gboolean       feed_client_has_problem  (FeedClient   *self,
                                         int           code);
gboolean       feed_client_shows        (FeedClient   *self,
                                         const char   *run_id,
                                         const char   *word);
guint          feed_client_get_n_runs   (FeedClient   *self);
guint          feed_client_get_n_told   (FeedClient   *self,
                                         const char   *run_id,
                                         const char   *word);
guint          feed_client_get_n_calls  (FeedClient   *self);
gboolean       feed_client_committed    (FeedClient   *self,
                                         const char   *kinds);
gboolean       feed_client_went_through (FeedClient   *self,
                                         const char   *states);

/* Lets the main context run until something happens, for at most a moment. */
void           feed_client_pump         (void);
guint          feed_client_count_threads (void);

#define wait_for(condition) \
  G_STMT_START { \
    gint64 until_us = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND; \
    while (!(condition)) \
      { \
        if (g_get_monotonic_time () > until_us) \
          g_error ("%s:%d: in vain waited for: %s", __FILE__, __LINE__, #condition); \
        feed_client_pump (); \
      } \
  } G_STMT_END

G_END_DECLS
