/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* A server that says what the test tells it to, one answer after another, and remembers what it was asked. It runs in the
 * test's main context. */
typedef struct
{
  SoupServer *server;
  char       *url;      /* without a slash at its end */
  GPtrArray  *requests; /* of char*: "GET /path?query" */
  GPtrArray  *heads;    /* of char*: "name: value" lines of each request, names in lower case */
  GPtrArray  *bodies;   /* of char* */
  GArray     *times_us; /* when each came, monotonic */
  GQueue      answers;  /* of the test's */
  gboolean    hangs;    /* answers nothing any more */
} CannedServer;

CannedServer *canned_server_new    (void);
CannedServer *canned_server_new_tls (GTlsCertificate *certificate);
void          canned_server_free   (CannedServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CannedServer, canned_server_free)

/* @headers: "name: value" lines. The answer that is left when there are no others repeats. */
void          canned_server_add    (CannedServer *self,
                                    guint         status,
                                    const char   *headers,
                                    const char   *body);
void          canned_server_set    (CannedServer *self,
                                    guint         status,
                                    const char   *headers,
                                    const char   *body);
void          canned_server_add_bytes (CannedServer *self,
                                       guint         status,
                                       const char   *headers,
                                       GBytes       *body);
const char   *canned_server_get_request (CannedServer *self,
                                         guint         index);
gboolean      canned_server_had_header  (CannedServer *self,
                                         guint         index,
                                         const char   *line);

G_END_DECLS
