/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include "spot-value.h"

#include "spot-api-call.h"

#define TRACE_PAGE_SIZE "10000"
#define MAX_PAGE_SIZE 100u

static SpotApiCall *
call_new (const char *method,
          char       *target)
{
  SpotApiCall *self = g_new0 (SpotApiCall, 1);

  self->method = method;
  self->target = target;
  self->repeatable = TRUE;
  return self;
}

/* @id becomes one segment of the path, whatever is in it. */
static SpotApiCall *
call_new_for (const char *method,
              const char *folder,
              const char *id,
              const char *rest)
{
  g_autofree char *segment = g_uri_escape_string (id, NULL, FALSE);

  /* These two alone would be taken for places in the tree. */
  if (strcmp (segment, ".") == 0 || strcmp (segment, "..") == 0)
    {
      g_free (segment);
      segment = g_strdup (id[1] == '\0' ? "%2E" : "%2E%2E");
    }
  return call_new (method, g_strconcat (folder, segment, rest, NULL));
}

static char *
quote (const char *text)
{
  g_autoptr(SpotValue) value = spot_value_new_string (text, -1);

  return spot_value_to_json (value, FALSE);
}

static char *
quote_all (const char * const *texts)
{
  GString *json = g_string_new ("[");

  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autofree char *quoted = quote (texts[i]);

      g_string_append_printf (json, "%s%s", i > 0 ? "," : "", quoted);
    }
  g_string_append_c (json, ']');
  return g_string_free (json, FALSE);
}

/**
 * spot_api_call_free:
 * @self: (transfer full): a call
 *
 * Frees it.
 */
void
spot_api_call_free (SpotApiCall *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->target);
  if (self->is_secret && self->body != NULL)
    explicit_bzero (self->body, strlen (self->body));
  g_free (self->body);
  g_free (self);
}

/**
 * spot_api_call_whoami:
 *
 * Asks which environment the secret key is for. The key that the server puts into the answer is taken out.
 *
 * Returns: (transfer full): the call
 */
SpotApiCall *
spot_api_call_whoami (void)
{
  SpotApiCall *self = call_new ("GET", g_strdup ("/api/v1/whoami"));

  self->has_secret = TRUE;
  return self;
}

/**
 * spot_api_call_token_claims:
 *
 * Asks for what a token that is signed here has to say. Not rate limited.
 *
 * Returns: (transfer full): the call
 */
SpotApiCall *
spot_api_call_token_claims (void)
{
  return call_new ("POST", g_strdup ("/api/v1/auth/jwt/claims"));
}

/**
 * spot_api_call_public_token:
 * @scopes: (array zero-terminated=1): what it is to be good for
 * @expiration: (nullable): a duration such as `15m`, up to 30 days
 *
 * Asks for a public access token. The answer's `token` is a secret.
 *
 * Returns: (transfer full): the call
 */
SpotApiCall *
spot_api_call_public_token (const char * const *scopes,
                            const char         *expiration)
{
  g_autofree char *list = NULL;
  g_autofree char *time = NULL;
  SpotApiCall *self;

  g_return_val_if_fail (scopes != NULL, NULL);

  list = quote_all (scopes);
  time = quote (expiration != NULL ? expiration : "15m");
  self = call_new ("POST", g_strdup ("/api/v1/auth/public-tokens"));
  self->body = g_strdup_printf ("{\"scopes\":%s,\"expirationTime\":%s}", list, time);
  return self;
}

/**
 * spot_api_call_authorization_code:
 *
 * Begins a sign-in: asks for a code and the page on which a person agrees to it.
 *
 * Returns: (transfer full): the call, for an endpoint without a credential
 */
SpotApiCall *
spot_api_call_authorization_code (void)
{
  return call_new ("POST", g_strdup ("/api/v1/authorization-code"));
}

/**
 * spot_api_call_token_for_code:
 * @authorization_code: what the call before gave
 *
 * Asks whether the person has agreed. The answer's `token` is %NULL until then, and a secret afterwards. Only the first
 * such answer is given, so it is not asked for again by itself.
 *
 * Returns: (transfer full): the call, for an endpoint without a credential
 */
SpotApiCall *
spot_api_call_token_for_code (const char *authorization_code)
{
  g_autofree char *code = NULL;
  SpotApiCall *self;

  g_return_val_if_fail (authorization_code != NULL, NULL);

  code = quote (authorization_code);
  self = call_new ("POST", g_strdup ("/api/v1/token"));
  self->body = g_strdup_printf ("{\"authorizationCode\":%s}", code);
  self->is_secret = TRUE;
  self->repeatable = FALSE;
  explicit_bzero (code, strlen (code));
  return self;
}

/**
 * spot_api_call_person:
 *
 * Asks whose personal access token it is, and where the dashboard is.
 *
 * Returns: (transfer full): the call
 */
SpotApiCall *
spot_api_call_person (void)
{
  return call_new ("GET", g_strdup ("/api/v2/whoami"));
}

/**
 * spot_api_call_list_projects:
 *
 * Lists the projects of all of a person's organizations.
 *
 * Returns: (transfer full): the call
 */
SpotApiCall *
spot_api_call_list_projects (void)
{
  SpotApiCall *self = call_new ("GET", g_strdup ("/api/v1/projects"));

  self->any_answer = TRUE;
  return self;
}

/**
 * spot_api_call_list_environments:
 * @project_ref: a project
 *
 * Lists its environments.
 *
 * Returns: (transfer full): the call
 */
SpotApiCall *
spot_api_call_list_environments (const char *project_ref)
{
  SpotApiCall *self;

  g_return_val_if_fail (project_ref != NULL, NULL);

  self = call_new_for ("GET", "/api/v1/projects/", project_ref, "/environments");
  self->any_answer = TRUE;
  return self;
}

/**
 * spot_api_call_mint_token:
 * @project_ref: a project
 * @environment: one of `dev`, `staging`, `prod` and `preview`
 * @scopes: (array zero-terminated=1): what the token is to be good for
 *
 * Asks for a token for one environment, good for an hour. The answer's `token` is a secret.
 *
 * Returns: (transfer full): the call
 */
SpotApiCall *
spot_api_call_mint_token (const char         *project_ref,
                          const char         *environment,
                          const char * const *scopes)
{
  g_autofree char *segment = NULL;
  g_autofree char *rest = NULL;
  g_autofree char *list = NULL;
  SpotApiCall *self;

  g_return_val_if_fail (project_ref != NULL && environment != NULL && scopes != NULL, NULL);

  segment = g_uri_escape_string (environment, NULL, FALSE);
  rest = g_strconcat ("/", segment, "/jwt", NULL);
  list = quote_all (scopes);
  self = call_new_for ("POST", "/api/v1/projects/", project_ref, rest);
  self->body = g_strdup_printf ("{\"claims\":{\"scopes\":%s},\"expirationTime\":\"1h\"}", list);
  return self;
}

static void
append_parameter (GString    *target,
                  const char *name,
                  const char *value) /* nullable */
{
  g_autofree char *escaped_name = NULL;
  g_autofree char *escaped = NULL;

  if (value == NULL || *value == '\0')
    return;
  escaped_name = g_uri_escape_string (name, NULL, FALSE);
  escaped = g_uri_escape_string (value, NULL, FALSE);
  g_string_append_printf (target, "%c%s=%s", strchr (target->str, '?') == NULL ? '?' : '&', escaped_name, escaped);
}

static void
append_list (GString            *target,
             const char         *name,
             const char * const *values) /* nullable */
{
  g_autofree char *joined = values != NULL ? g_strjoinv (",", (char **) values) : NULL;

  append_parameter (target, name, joined);
}

static void
append_moment (GString    *target,
               const char *name,
               gint64      moment_us)
{
  g_autofree char *text = NULL;

  if (moment_us == 0)
    return;
  text = g_strdup_printf ("%" G_GINT64_FORMAT, moment_us / G_TIME_SPAN_MILLISECOND);
  append_parameter (target, name, text);
}

/**
 * spot_api_call_list_runs:
 * @filter: what to list, and which page
 *
 * Lists runs. Pages are not a snapshot: a run that comes meanwhile moves others to the next page, so merge by id.
 *
 * Returns: (transfer full): the call
 */
SpotApiCall *
spot_api_call_list_runs (const SpotApiRunFilter *filter)
{
  GString *target;

  g_return_val_if_fail (filter != NULL, NULL);

  target = g_string_new ("/api/v1/runs");
  if (filter->page_size > 0)
    {
      g_autofree char *size = g_strdup_printf ("%u", MIN (filter->page_size, MAX_PAGE_SIZE));

      append_parameter (target, "page[size]", size);
    }
  append_parameter (target, "page[after]", filter->after);
  append_list (target, "filter[status]", filter->statuses);
  append_list (target, "filter[taskIdentifier]", filter->tasks);
  append_list (target, "filter[version]", filter->versions);
  append_list (target, "filter[tag]", filter->tags);
  append_list (target, "filter[queue]", filter->queues);
  append_list (target, "filter[machine]", filter->machines);
  append_parameter (target, "filter[batch]", filter->batch_id);
  append_parameter (target, "filter[schedule]", filter->schedule_id);
  append_parameter (target, "filter[isTest]", filter->tests < 0 ? NULL : filter->tests ? "true" : "false");
  append_moment (target, "filter[createdAt][from]", filter->from_us);
  append_moment (target, "filter[createdAt][to]", filter->to_us);
  append_parameter (target, "filter[createdAt][period]", filter->period);
  return call_new ("GET", g_string_free (target, FALSE));
}

/**
 * spot_api_call_retrieve_run:
 * @run_id: the run
 *
 * Returns: (transfer full): the call for one run with everything about it
 */
SpotApiCall *
spot_api_call_retrieve_run (const char *run_id)
{
  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);

  return call_new_for ("GET", "/api/v3/runs/", run_id, NULL);
}

/**
 * spot_api_call_run_events:
 * @run_id: the run
 *
 * Returns: (transfer full): the call for its events; see spot_trace_parse()
 */
SpotApiCall *
spot_api_call_run_events (const char *run_id)
{
  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);

  return call_new_for ("GET", "/api/v1/runs/", run_id, "/events");
}

/**
 * spot_api_call_run_trace:
 * @run_id: the run
 * @after: (nullable): the `next` of the page before
 *
 * Asks for its trace in pages, which older servers answer with the whole tree; see spot_trace_parse().
 *
 * Returns: (transfer full): the call
 */
SpotApiCall *
spot_api_call_run_trace (const char *run_id,
                         const char *after)
{
  SpotApiCall *self;
  GString *target;

  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);

  self = call_new_for ("GET", "/api/v1/runs/", run_id, "/trace");
  target = g_string_new (self->target);
  append_parameter (target, "page[size]", TRACE_PAGE_SIZE);
  append_parameter (target, "page[after]", after);
  g_free (self->target);
  self->target = g_string_free (target, FALSE);
  return self;
}

/**
 * spot_api_call_cancel_run:
 * @run_id: the run
 *
 * Cancels a run; one that has ended stays as it is, without an error.
 *
 * Returns: (transfer full): the call
 */
SpotApiCall *
spot_api_call_cancel_run (const char *run_id)
{
  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);

  return call_new_for ("POST", "/api/v2/runs/", run_id, "/cancel");
}

/**
 * spot_api_call_replay_run:
 * @run_id: the run
 * @overrides_json: (nullable): a JSON object with what is to be different (protocol §8.4); older servers ignore it
 *
 * Runs it again, as a new run whose `id` is in the answer. It is sent again after a failure only when the server says
 * that nothing was done: a run too many may be worse than one too few.
 *
 * Returns: (transfer full): the call
 */
SpotApiCall *
spot_api_call_replay_run (const char *run_id,
                          const char *overrides_json)
{
  SpotApiCall *self;

  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);

  self = call_new_for ("POST", "/api/v1/runs/", run_id, "/replay");
  self->body = g_strdup (overrides_json);
  self->repeatable = FALSE;
  return self;
}

/**
 * spot_api_call_reschedule_run:
 * @run_id: a run that is delayed
 * @delay: a duration such as `1h`, or a time in ISO 8601
 *
 * Returns: (transfer full): the call; the answer is the whole run
 */
SpotApiCall *
spot_api_call_reschedule_run (const char *run_id,
                              const char *delay)
{
  g_autofree char *quoted = NULL;
  SpotApiCall *self;

  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);
  g_return_val_if_fail (delay != NULL, NULL);

  quoted = quote (delay);
  self = call_new_for ("POST", "/api/v1/runs/", run_id, "/reschedule");
  self->body = g_strdup_printf ("{\"delay\":%s}", quoted);
  return self;
}

/**
 * spot_api_call_add_tags:
 * @run_id: the run
 * @tags: (array zero-terminated=1): tags to add; a run has at most 10
 *
 * Returns: (transfer full): the call
 */
SpotApiCall *
spot_api_call_add_tags (const char         *run_id,
                        const char * const *tags)
{
  g_autofree char *list = NULL;
  SpotApiCall *self;

  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);
  g_return_val_if_fail (tags != NULL, NULL);

  list = quote_all (tags);
  self = call_new_for ("POST", "/api/v1/runs/", run_id, "/tags");
  self->body = g_strdup_printf ("{\"tags\":%s}", list);
  return self;
}

/**
 * spot_api_call_get_metadata:
 * @run_id: the run
 *
 * Returns: (transfer full): the call; the answer has `metadata` as text and its `metadataType`
 */
SpotApiCall *
spot_api_call_get_metadata (const char *run_id)
{
  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);

  return call_new_for ("GET", "/api/v1/runs/", run_id, "/metadata");
}

/**
 * spot_api_call_put_metadata:
 * @run_id: the run
 * @metadata_json: a JSON object that replaces all of it
 *
 * Returns: (transfer full): the call
 */
SpotApiCall *
spot_api_call_put_metadata (const char *run_id,
                            const char *metadata_json)
{
  SpotApiCall *self;

  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);
  g_return_val_if_fail (metadata_json != NULL, NULL);

  self = call_new_for ("PUT", "/api/v1/runs/", run_id, "/metadata");
  self->body = g_strdup_printf ("{\"metadata\":%s}", metadata_json);
  return self;
}

/**
 * spot_api_call_change_metadata:
 * @run_id: the run
 * @operations_json: a JSON array of operations (protocol §8.4)
 *
 * Changes parts of it. Appending twice is not the same as once, so it is not sent again when it may have been done.
 *
 * Returns: (transfer full): the call
 */
SpotApiCall *
spot_api_call_change_metadata (const char *run_id,
                               const char *operations_json)
{
  SpotApiCall *self;

  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);
  g_return_val_if_fail (operations_json != NULL, NULL);

  self = call_new_for ("PUT", "/api/v1/runs/", run_id, "/metadata");
  self->body = g_strdup_printf ("{\"operations\":%s}", operations_json);
  self->repeatable = FALSE;
  return self;
}

/**
 * spot_api_call_retrieve_batch:
 * @batch_id: the batch
 *
 * Returns: (transfer full): the call for a batch and the ids of its runs
 */
SpotApiCall *
spot_api_call_retrieve_batch (const char *batch_id)
{
  g_return_val_if_fail (batch_id != NULL && *batch_id != '\0', NULL);

  return call_new_for ("GET", "/api/v2/batches/", batch_id, NULL);
}

/**
 * spot_api_call_run_packet:
 * @run_id: the run
 * @output: its output rather than its payload
 *
 * Returns: (transfer full): the call for the address of a packet; older servers do not know it and say 404
 */
SpotApiCall *
spot_api_call_run_packet (const char *run_id,
                          gboolean    output)
{
  g_return_val_if_fail (run_id != NULL && *run_id != '\0', NULL);

  return call_new_for ("GET", "/api/v1/runs/", run_id, output ? "/packets/output" : "/packets/payload");
}

/**
 * spot_api_call_stored_packet:
 * @path: what an `application/store` packet holds
 *
 * Returns: (transfer full): the call for the address of a packet
 */
SpotApiCall *
spot_api_call_stored_packet (const char *path)
{
  g_return_val_if_fail (path != NULL && *path != '\0', NULL);

  return call_new_for ("GET", "/api/v1/packets/", path, NULL);
}
