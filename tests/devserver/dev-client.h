/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "spot-dev-server.h"

G_BEGIN_DECLS

/* A plain HTTP client for one development server, and waits that end. */

#define DEV_HOLD_MS 2000

typedef enum {
  DEV_HEADERS_NONE = 0,
  DEV_HEADERS_KEY = 1 << 0,
  DEV_HEADERS_ELECTRIC_VERSION = 1 << 1,
  DEV_HEADERS_API_VERSION = 1 << 2,
  DEV_HEADERS_ALL = 7,
} DevHeaders;

typedef struct
{
  SpotDevServer *server;
  SoupSession   *session;
} DevClient;

typedef struct
{
  SoupMessage *message;
  guint        status;
  char        *body;     /* NUL-terminated */
  JsonNode    *messages; /* (nullable): the body, once somebody has looked at it */
  GError      *error;
  gboolean     done;
} DevAnswer;

DevClient  *dev_client_new        (SpotDevDialect   dialect,
                                   SpotDevScenario  scenario);
DevClient  *dev_client_new_for    (const SpotDevOptions *options);
void        dev_client_free       (DevClient       *self);
DevAnswer  *dev_client_send       (DevClient       *self,
                                   DevHeaders       headers,
                                   const char      *method,
                                   const char      *path,
                                   const char      *body);
void        dev_client_wait       (DevAnswer       *answer);
DevAnswer  *dev_client_get        (DevClient       *self,
                                   const char      *path);
DevAnswer  *dev_client_poll       (DevClient       *self,
                                   const char      *path);
void        dev_client_wait_live  (DevClient       *self,
                                   guint            n_live);
void        dev_client_put        (DevClient       *self,
                                   const char      *batch_id,
                                   const char      *columns);
const char *dev_answer_header     (DevAnswer       *self,
                                   const char      *name);
JsonArray  *dev_answer_messages   (DevAnswer       *self);
JsonObject *dev_answer_value      (DevAnswer       *self,
                                   guint            index);
gboolean    dev_answer_up_to_date (DevAnswer       *self);
void        dev_answer_free       (DevAnswer       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DevClient, dev_client_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DevAnswer, dev_answer_free)

G_END_DECLS
