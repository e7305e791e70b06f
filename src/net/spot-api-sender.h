/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "spot-api-call.h"
#include "spot-api-error.h"
#include "spot-deadline.h"
#include "spot-endpoint.h"
#include "spot-retry.h"
#include "spot-value.h"

G_BEGIN_DECLS

#define SPOT_API_MAX_REDIRECTS 5

/**
 * SpotApiLine:
 *
 * A session and the context that it cleans its connections up in. Used by one thread at a time.
 */
typedef struct
{
  GMainContext *context;
  SoupSession  *session;
} SpotApiLine;

SpotApiLine *spot_api_line_new  (void);
void         spot_api_line_free (SpotApiLine *self);

/**
 * SpotApiSender:
 * @line: what to send over; its context is the thread's default one
 * @endpoint: server and credential
 * @caller: (nullable): what the caller cancels
 * @deadline: not armed
 * @hurry: how many times shorter to wait before trying again, at least 1
 * @system_trust: talks to somebody whom the endpoint's authorities need not vouch for
 *
 * What a thread of the pool sends requests with, one after another, each until it is answered well or there is no more
 * hope. Nothing in it is owned.
 */
typedef struct
{
  SpotApiLine  *line;
  SpotEndpoint *endpoint;
  GCancellable *caller;
  SpotDeadline *deadline;
  guint         hurry;
  gboolean      system_trust;
} SpotApiSender;

/**
 * SpotApiReply:
 * @message: (owned) (nullable): the request, answered
 * @status: its HTTP status, 0 when there was no answer
 * @body: (owned) (nullable): the answer's body, of a bad answer its beginning
 *
 * An answer with its body. Zeroed memory is none.
 */
typedef struct
{
  SoupMessage *message;
  guint        status;
  GByteArray  *body;
} SpotApiReply;

void        spot_api_reply_clear      (SpotApiReply    *self);
const char *spot_api_reply_get_header (SpotApiReply    *self,
                                       const char      *name);
void        spot_api_reply_describe   (SpotApiReply    *self,
                                       SpotRetryAnswer *description);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SpotApiReply, spot_api_reply_clear)

gboolean    spot_api_sender_send      (SpotApiSender   *self,
                                       SpotApiReply    *answer,
                                       gboolean         to_stranger,
                                       gsize            max_bytes,
                                       GError         **error);
gboolean    spot_api_sender_wait      (SpotApiSender         *self,
                                       SpotRetry             *retry,
                                       const SpotRetryAnswer *answer,
                                       guint                  hurry,
                                       GError               **failure);
gboolean    spot_api_sender_is_final  (const GError    *failure);
SpotValue  *spot_api_sender_call      (SpotApiSender   *self,
                                       SpotApiCall     *call,
                                       GError         **error);

G_END_DECLS
