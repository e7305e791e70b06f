/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpotApiCall:
 * @method: the HTTP method
 * @target: path and query, percent-encoded
 * @body: (nullable): the JSON text to send
 * @repeatable: whether doing it twice is the same as doing it once
 * @has_secret: whether the answer holds a credential, which is taken out
 * @is_secret: whether @body holds a credential, or what is as good as one: it is overwritten when freed
 * @any_answer: whether the answer may be an array as well as an object
 *
 * One call of the management API (protocol §8), ready to be sent.
 */
typedef struct
{
  const char *method;
  char       *target;
  char       *body;
  gboolean    repeatable;
  gboolean    has_secret;
  gboolean    is_secret;
  gboolean    any_answer;
} SpotApiCall;

void         spot_api_call_free             (SpotApiCall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpotApiCall, spot_api_call_free)

/**
 * SpotApiRunFilter:
 * @statuses: any of them; as all lists (nullable) (array zero-terminated=1)
 * @tasks: of any of them
 * @tags: with any of them, unlike the feeds, which want all
 * @versions: of any of them
 * @queues: in any of them, `task/<task>` or a queue's name
 * @machines: on any of these presets
 * @batch_id: (nullable): of this batch
 * @schedule_id: (nullable): of this schedule
 * @from_us: created at this time or later, microseconds since 1970; 0 for no bound
 * @to_us: created before; 0 for no bound
 * @period: (nullable): created within the last, such as `7d`; wins over the bounds
 * @tests: `TRUE`/`FALSE` for test runs only or none; negative for both
 * @page_size: 1 to 100, 0 for the server's default of 25
 * @after: (nullable): the `next` of the page before
 *
 * What to list, and which page of it: newest first. All of it zero means everything, save @tests. Nothing is owned.
 */
typedef struct
{
  const char * const *statuses;
  const char * const *tasks;
  const char * const *tags;
  const char * const *versions;
  const char * const *queues;
  const char * const *machines;
  const char         *batch_id;
  const char         *schedule_id;
  gint64              from_us;
  gint64              to_us;
  const char         *period;
  int                 tests;
  guint               page_size;
  const char         *after;
} SpotApiRunFilter;

SpotApiCall *spot_api_call_whoami           (void);
SpotApiCall *spot_api_call_token_claims     (void);
SpotApiCall *spot_api_call_public_token     (const char * const *scopes,
                                             const char         *expiration);

/* For signing in, without a credential; then with a personal access token (protocol §1.7, §1.8, §8.9). */
SpotApiCall *spot_api_call_authorization_code (void);
SpotApiCall *spot_api_call_token_for_code   (const char *authorization_code);
SpotApiCall *spot_api_call_person           (void);
SpotApiCall *spot_api_call_list_projects    (void);
SpotApiCall *spot_api_call_list_environments (const char *project_ref);
SpotApiCall *spot_api_call_mint_token       (const char         *project_ref,
                                             const char         *environment,
                                             const char * const *scopes);

SpotApiCall *spot_api_call_list_runs        (const SpotApiRunFilter *filter);
SpotApiCall *spot_api_call_retrieve_run     (const char *run_id);
SpotApiCall *spot_api_call_run_events       (const char *run_id);
SpotApiCall *spot_api_call_run_trace        (const char *run_id,
                                             const char *after);
SpotApiCall *spot_api_call_cancel_run       (const char *run_id);
SpotApiCall *spot_api_call_replay_run       (const char *run_id,
                                             const char *overrides_json);
SpotApiCall *spot_api_call_reschedule_run   (const char *run_id,
                                             const char *delay);
SpotApiCall *spot_api_call_add_tags         (const char         *run_id,
                                             const char * const *tags);
SpotApiCall *spot_api_call_get_metadata     (const char *run_id);
SpotApiCall *spot_api_call_put_metadata     (const char *run_id,
                                             const char *metadata_json);
SpotApiCall *spot_api_call_change_metadata  (const char *run_id,
                                             const char *operations_json);
SpotApiCall *spot_api_call_retrieve_batch   (const char *batch_id);

/* Where a packet lies: the newer route by run, the older one by the path that an application/store packet holds. */
SpotApiCall *spot_api_call_run_packet       (const char *run_id,
                                             gboolean    output);
SpotApiCall *spot_api_call_stored_packet    (const char *path);

G_END_DECLS
