/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "spot-deadline.h"
#include "spot-endpoint.h"

G_BEGIN_DECLS

/**
 * SpotSubscription:
 *
 * What a feed and a data stream have in common: a thread that asks a server one thing after another, and how the owner speaks
 * with it. It is the first member of what their object and their thread share. The thread holds no reference to the object:
 * the owner's last one counts.
 *
 * Two locks, neither ever held while somebody else's code runs, and never both at a time:
 * - `lock` guards the fields marked with it: the owner's wishes and what to cancel for them;
 * - the deadline's own.
 * All other fields belong to the thread once it runs.
 */
typedef struct
{
  gatomicrefcount ref_count;
  gpointer        user_data;
  GDestroyNotify  destroy;       /* nullable */
  gint64          max_timeout_ms;

  GMutex          lock;
  GCond           changed;       /* with lock */
  SpotEndpoint   *endpoint;      /* lock */
  GCancellable   *cancellable;   /* lock; nullable: the request in flight */
  guint64         n_wishes;      /* lock: tells a new one from one that was looked at */
  gboolean        want_retry;    /* lock */
  gboolean        stopped;       /* lock */
  gboolean        delivering;    /* lock: the sink runs */
  gboolean        destroy_later; /* lock: the object is gone, the sink that let go of it still runs */
  GThread        *thread;        /* lock; not owned, set by the thread itself */

  GMainContext   *context;
  SoupSession    *session;
  SpotDeadline   *deadline;
  guint64         n_requests;
} SpotSubscription;

void          spot_subscription_init            (SpotSubscription  *self,
                                                 SpotEndpoint      *endpoint,
                                                 gpointer           user_data,
                                                 GDestroyNotify     destroy);
void          spot_subscription_clear           (SpotSubscription  *self);

/* The owner. */
void          spot_subscription_wish_and_unlock (SpotSubscription  *self,
                                                 gboolean           abort_request);
void          spot_subscription_retry_now       (SpotSubscription  *self);
void          spot_subscription_set_endpoint    (SpotSubscription  *self,
                                                 SpotEndpoint      *endpoint);
void          spot_subscription_stop            (SpotSubscription  *self);
void          spot_subscription_drop            (SpotSubscription  *self);

/* The thread. */
void          spot_subscription_enter           (SpotSubscription  *self);
void          spot_subscription_leave           (SpotSubscription  *self);
gboolean      spot_subscription_begin_delivery  (SpotSubscription  *self);
void          spot_subscription_end_delivery    (SpotSubscription  *self);
SpotEndpoint *spot_subscription_begin_request   (SpotSubscription  *self,
                                                 GCancellable     **cancellable);
void          spot_subscription_end_request     (SpotSubscription  *self);
void          spot_subscription_wait            (SpotSubscription  *self,
                                                 guint64            seen,
                                                 gint64             until_us);

typedef void (*SpotSubscriptionFunc)            (SoupMessage       *message,
                                                 gconstpointer      data);
GInputStream *spot_subscription_send            (SpotSubscription  *self,
                                                 SpotEndpoint      *endpoint,
                                                 const char        *target,
                                                 SpotSubscriptionFunc prepare,
                                                 gconstpointer      data,
                                                 GCancellable      *cancellable,
                                                 SoupMessage      **message,
                                                 GError           **error);

G_END_DECLS
