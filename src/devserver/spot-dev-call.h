/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "spot-dev-access.h"
#include "spot-dev-answer.h"
#include "spot-dev-api.h"

G_BEGIN_DECLS

/**
 * SpotDevCall:
 * @api: the server's state, locked
 * @message: the exchange
 * @query: query parameters, percent-decoded
 * @access: whose request it is
 * @method: the method, interned
 * @path: (array zero-terminated=1): the path's segments after `/api/`, percent-decoded
 * @n_path: how many
 *
 * One authorized call of the management API (protocol §8).
 */
typedef struct
{
  SpotDevApi          *api;
  SoupServerMessage   *message;
  GHashTable          *query;
  const SpotDevAccess *access;
  const char          *method;
  char               **path;
  guint                n_path;
} SpotDevCall;

gboolean    spot_dev_call_is          (SpotDevCall      *self,
                                       const char       *method,
                                       const char       *pattern);
char       *spot_dev_call_dup_url     (SpotDevCall      *self,
                                       const char       *path);
void        spot_dev_call_add_token   (SpotDevCall      *self,
                                       const char       *type,
                                       const char       *id);
void        spot_dev_call_sign        (SpotDevCall      *self,
                                       gboolean          is_public);

/* A run as the management API shows it. */
JsonObject *spot_dev_run_json_new     (SpotDevCall      *self,
                                       const SpotDevRow *row,
                                       gboolean          whole);
const char *spot_dev_run_json_status  (const SpotDevRow *row);
void        spot_dev_call_answer_run  (SpotDevCall      *self,
                                       const SpotDevRow *row);
char       *spot_dev_time_to_iso      (gint64            time_ms);
gboolean    spot_dev_time_parse       (const char       *text,
                                       gint64            now_ms,
                                       gint64           *time_ms);

/* Each answers the call, or returns FALSE when the path is not one of its own. */
gboolean    spot_dev_call_identity    (SpotDevCall      *self);
gboolean    spot_dev_call_person      (SpotDevCall      *self);
gboolean    spot_dev_call_trigger     (SpotDevCall      *self);
gboolean    spot_dev_call_batches     (SpotDevCall      *self);
gboolean    spot_dev_call_list        (SpotDevCall      *self);
gboolean    spot_dev_call_actions     (SpotDevCall      *self);
gboolean    spot_dev_call_metadata    (SpotDevCall      *self);
gboolean    spot_dev_call_trace       (SpotDevCall      *self);
gboolean    spot_dev_call_packets     (SpotDevCall      *self);

/* Triggering, for whoever has a task, a payload and options. */
const char *spot_dev_trigger_one      (SpotDevCall      *self,
                                       const char       *task,
                                       const char       *batch_id,
                                       JsonObject       *body,
                                       gboolean         *is_cached,
                                       GError          **error);
void        spot_dev_trigger_write    (SpotDevScript    *script,
                                       const char       *task);

void        spot_dev_manage_handle    (SpotDevApi        *api,
                                       SoupServerMessage *message,
                                       GHashTable        *query);
void        spot_dev_stream_handle    (SpotDevApi        *api,
                                       SoupServerMessage *message,
                                       const char        *path,
                                       GHashTable        *query);
void        spot_dev_packets_serve    (SpotDevApi        *api,
                                       SoupServerMessage *message,
                                       const char        *path,
                                       GHashTable        *query);

G_END_DECLS
