/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "spot-dev-fault.h"
#include "spot-dev-filter.h"
#include "spot-dev-server.h"

G_BEGIN_DECLS

/**
 * SpotDevRequest:
 * @message: the HTTP exchange; owned
 * @query: name → value, percent-decoded; owned
 * @filter: which runs are asked for; `bound_ms` is for the dialect to fill in
 * @columns: bits of the columns that are asked for
 * @dialect: who answers
 * @offset: (nullable): the position asked from; borrowed from @query, like the two that follow, and like them printable
 * @handle: (nullable): never empty
 * @cursor: (nullable): the cursor echoed
 * @live: whether to wait for news
 * @legacy: the client is from before the headers got their present names (protocol §2.6)
 * @old_api: the client does not know the status DEQUEUED
 * @fault: what is to go wrong with the answer, for the faults that need one
 * @sse: whether the news are to come as an event stream
 * @opened: whether they are: the dialect has set the headers, and writes events from then on
 * @paused: whether the exchange waits
 *
 * One authorized, well-formed request for a feed.
 */
typedef struct
{
  SoupServerMessage *message;
  GHashTable        *query;
  SpotDevFilter      filter;
  guint32            columns;
  SpotDevDialect     dialect;
  const char        *offset;
  const char        *handle;
  const char        *cursor;
  gboolean           live;
  gboolean           legacy;
  gboolean           old_api;
  SpotDevFault       fault;
  gboolean           sse;
  gboolean           opened;
  gboolean           paused;
} SpotDevRequest;

SpotDevRequest *spot_dev_request_new      (SoupServerMessage *message,
                                           GHashTable        *query);
void            spot_dev_request_free     (SpotDevRequest    *self);
const char     *spot_dev_request_get      (SpotDevRequest    *self,
                                           const char        *name);
void            spot_dev_request_header   (SpotDevRequest    *self,
                                           const char        *name,
                                           const char        *value);
void            spot_dev_request_answer   (SpotDevRequest    *self,
                                           guint              status,
                                           const char        *content_type,
                                           GString           *body,
                                           gboolean           chunked);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotDevRequest, spot_dev_request_free)

G_END_DECLS
