/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include "spot-api-answer.h"
#include "spot-deadline.h"
#include "spot-feed-spec.h"
#include "spot-http.h"
#include "spot-token.h"

#include "spot-connection-test.h"

#define TIMEOUT_MS 15000
#define MAX_BODY_BYTES (1024 * 1024)
#define MAX_REDIRECTS 5
/* A tag that no run has: what is asked for is whether one may ask. */
#define PROBE_TAG "runspotter-connection-test"

static gint64 max_timeout_ms;

/* What the thread works with. */
typedef struct
{
  SpotEndpoint         *endpoint;
  char                 *credential; /* nullable, wiped */
  SoupSession          *session;
  SpotDeadline         *deadline;
  GCancellable         *caller;     /* nullable */
  SpotConnectionReport *report;

  SoupMessage          *message;    /* the last, with its answer */
  GByteArray           *body;
} Probe;

/**
 * spot_connection_report_free:
 * @self: (transfer full): a report
 *
 * Frees it.
 */
void
spot_connection_report_free (SpotConnectionReport *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->sentence);
  g_free (self->detail);
  g_free (self->url);
  g_free (self->environment_id);
  g_free (self->environment);
  g_free (self->branch);
  g_free (self->project);
  g_free (self->project_ref);
  g_free (self->organization);
  g_free (self->email);
  g_free (self->dashboard_url);
  g_free (self);
}

/* ---- saying what it is; the thread ---- */

/* Always FALSE: the test is over. */
static gboolean
fail (Probe                 *probe,
      SpotConnectionProblem  problem,
      const char            *subject,
      const char            *detail)
{
  SpotConnectionReport *report = probe->report;
  GUri *uri = probe->message != NULL ? soup_message_get_uri (probe->message) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  report->problem = problem;
  g_free (report->sentence);
  report->sentence = spot_connection_problem_dup_sentence (problem, host != NULL ? host : report->url, subject);
  g_free (report->detail);
  report->detail = detail != NULL ? spot_endpoint_redact (probe->endpoint, detail, -1) : NULL;
  return FALSE;
}

static const char *
get_header (Probe      *probe,
            const char *name)
{
  return soup_message_headers_get_one (soup_message_get_response_headers (probe->message), name);
}

static gboolean
fail_with_answer (Probe                 *probe,
                  SpotConnectionProblem  problem,
                  const char            *scope)
{
  const char *text = probe->body->len > 0 ? (const char *) probe->body->data : "";
  g_autofree char *clean = spot_endpoint_redact (probe->endpoint, text, probe->body->len);
  g_autoptr(GError) described = spot_http_status_error (soup_message_get_status (probe->message),
                                                        g_uri_get_path (soup_message_get_uri (probe->message)),
                                                        clean, strlen (clean));

  return fail (probe, problem, problem == SPOT_CONNECTION_PROBLEM_FORBIDDEN ? scope : NULL, described->message);
}

/* ---- one request; the thread ---- */

static void
cancel_cb (GCancellable *caller,
           GCancellable *cancellable)
{
  g_cancellable_cancel (cancellable);
}

static gboolean
read_body (Probe         *probe,
           GInputStream  *stream,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autofree char *buffer = g_malloc (64 * 1024);
  gssize n_read;

  while ((n_read = g_input_stream_read (stream, buffer, 64 * 1024, cancellable, error)) > 0)
    {
      if (probe->body->len + (gsize) n_read > MAX_BODY_BYTES)
        return TRUE;
      g_byte_array_append (probe->body, (const guint8 *) buffer, (guint) n_read);
    }
  return n_read == 0;
}

/* Sends probe->message and follows redirects within the origin. */
static gboolean
exchange (Probe         *probe,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr(GInputStream) stream = NULL;

  for (guint i = 0; i <= MAX_REDIRECTS; i++)
    {
      g_clear_object (&stream);
      stream = spot_http_send (probe->session, probe->endpoint, probe->message, cancellable, error);
      if (stream == NULL)
        return FALSE;
      /* Where it may not go it stays, and is judged by its status. */
      if (!spot_http_follow_redirect (&probe->message, probe->endpoint, NULL))
        break;
    }
  return read_body (probe, stream, cancellable, error);
}

/* (transfer full) (nullable): the host that an answer points to. */
static char *
dup_redirect_host (Probe *probe)
{
  const char *location = get_header (probe, "Location");
  g_autoptr(GUri) uri = NULL;

  if (location == NULL)
    return NULL;
  uri = g_uri_parse_relative (soup_message_get_uri (probe->message), location, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return NULL;
  if (g_ascii_strcasecmp (g_uri_get_host (uri), g_uri_get_host (soup_message_get_uri (probe->message))) != 0)
    return g_strdup (g_uri_get_host (uri));
  /* The same host: what differs is the rest. */
  return g_strdup_printf ("%s://%s:%d", g_uri_get_scheme (uri), g_uri_get_host (uri), g_uri_get_port (uri));
}

/* Sends a request and reads the answer. FALSE when there is none, which the report tells then. */
static gboolean
ask (Probe      *probe,
     const char *target)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  gint64 timeout_ms = max_timeout_ms > 0 ? max_timeout_ms : TIMEOUT_MS;
  gulong handler = 0;
  GTlsCertificateFlags certificate_errors;
  gboolean complete;
  gboolean timed_out;

  g_clear_object (&probe->message);
  g_clear_pointer (&probe->body, g_byte_array_unref);
  probe->body = g_byte_array_new ();
  probe->message = spot_http_new_get (probe->endpoint, target, &error);
  if (probe->message == NULL)
    return fail (probe, SPOT_CONNECTION_PROBLEM_NOT_TRIGGER, NULL, error->message);
  g_free (probe->report->url);
  probe->report->url = g_uri_to_string_partial (soup_message_get_uri (probe->message), G_URI_HIDE_QUERY);

  if (probe->caller != NULL)
    handler = g_cancellable_connect (probe->caller, G_CALLBACK (cancel_cb), cancellable, NULL);
  spot_deadline_arm (probe->deadline, cancellable, g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND);
  complete = exchange (probe, cancellable, &error);
  timed_out = spot_deadline_disarm (probe->deadline);
  g_cancellable_disconnect (probe->caller, handler);
  if (complete)
    return TRUE;
  if (timed_out)
    return fail (probe, SPOT_CONNECTION_PROBLEM_TIMED_OUT, NULL, "no answer in time");
  certificate_errors = soup_message_get_tls_peer_certificate_errors (probe->message);
  return fail (probe, spot_connection_problem_from_transport (error, certificate_errors), NULL, error->message);
}

/* What is wrong with an answer by its head and its looks. */
static SpotConnectionProblem
judge (Probe *probe)
{
  return spot_connection_problem_from_answer (soup_message_get_status (probe->message),
                                              get_header (probe, "Content-Type"),
                                              (const char *) probe->body->data, probe->body->len);
}

/* @scope: what a 403 says is missing. FALSE when the answer is a bad one, which the report tells then. */
static gboolean
check (Probe      *probe,
       const char *scope)
{
  SpotConnectionProblem problem = judge (probe);

  if (problem == SPOT_CONNECTION_PROBLEM_NONE)
    return TRUE;
  if (problem == SPOT_CONNECTION_PROBLEM_REDIRECT)
    {
      g_autofree char *host = dup_redirect_host (probe);

      return fail (probe, problem, host, "the server points to another place");
    }
  return fail_with_answer (probe, problem, scope);
}

/* ---- who it is; the thread ---- */

/* (transfer full) (nullable): the body if it is JSON of a kind. */
static SpotValue *
parse_body (Probe         *probe,
            SpotValueKind  kind)
{
  g_autoptr(SpotValue) value = NULL;

  if (probe->body->len > 0)
    value = spot_value_new_from_json ((const char *) probe->body->data, probe->body->len, NULL);
  return value != NULL && spot_value_get_kind (value) == kind ? g_steal_pointer (&value) : NULL;
}

static gboolean
read_environment (Probe *probe)
{
  SpotConnectionReport *report = probe->report;
  g_autoptr(SpotValue) who = parse_body (probe, SPOT_VALUE_OBJECT);
  SpotValue *project = spot_api_answer_get_object (who, "project");
  SpotValue *organization = spot_api_answer_get_object (who, "organization");

  /* The answer holds the key. */
  if (probe->body->len > 0)
    explicit_bzero (probe->body->data, probe->body->len);
  if (spot_api_answer_get_text (who, "id") == NULL)
    return fail (probe, SPOT_CONNECTION_PROBLEM_NOT_TRIGGER, NULL, "the answer does not say which environment it is");
  report->environment_id = g_strdup (spot_api_answer_get_text (who, "id"));
  report->environment = g_strdup (spot_api_answer_get_text (who, "slug"));
  report->branch = g_strdup (spot_api_answer_get_text (who, "branchName"));
  report->project = g_strdup (spot_api_answer_get_text (project, "name"));
  report->project_ref = g_strdup (spot_api_answer_get_text (project, "externalRef"));
  report->organization = g_strdup (spot_api_answer_get_text (organization, "title"));
  return TRUE;
}

/* A server that serves nothing but feeds says so by its health. */
static gboolean
is_realtime_only (Probe *probe)
{
  static const char words[] = "Not Found";

  return soup_message_get_status (probe->message) == SOUP_STATUS_NOT_FOUND && probe->body->len == strlen (words) &&
         memcmp (probe->body->data, words, strlen (words)) == 0 && ask (probe, "/healthcheck") &&
         soup_message_get_status (probe->message) == SOUP_STATUS_OK;
}

static gboolean
check_environment (Probe *probe)
{
  if (!ask (probe, "/api/v1/whoami"))
    return FALSE;
  if (judge (probe) == SPOT_CONNECTION_PROBLEM_NOT_TRIGGER)
    {
      if (is_realtime_only (probe))
        return fail (probe, SPOT_CONNECTION_PROBLEM_REALTIME_ONLY, NULL, NULL);
      return fail (probe, SPOT_CONNECTION_PROBLEM_NOT_TRIGGER, NULL, "404");
    }
  /* A restricted key may be kept from knowing who it is, and still be good. */
  if (judge (probe) == SPOT_CONNECTION_PROBLEM_FORBIDDEN &&
      spot_credential_get_kind (probe->credential) == SPOT_CREDENTIAL_ADDITIONAL_KEY)
    return TRUE;
  return check (probe, NULL) && read_environment (probe);
}

static gboolean
check_person (Probe *probe)
{
  SpotConnectionReport *report = probe->report;
  g_autoptr(SpotValue) who = NULL;

  if (!ask (probe, "/api/v2/whoami"))
    return FALSE;
  if (!check (probe, NULL))
    return FALSE;
  who = parse_body (probe, SPOT_VALUE_OBJECT);
  if (spot_api_answer_get_text (who, "userId") == NULL)
    return fail (probe, SPOT_CONNECTION_PROBLEM_NOT_TRIGGER, NULL, "the answer does not say who it is");
  report->email = g_strdup (spot_api_answer_get_text (who, "email"));
  report->dashboard_url = g_strdup (spot_api_answer_get_text (who, "dashboardUrl"));
  return TRUE;
}

/* ---- whether one may watch; the thread ---- */

/* (transfer full) (nullable): what a token lets one ask for; @scope: what it would need. */
static SpotFeedSpec *
spec_for_token (const SpotToken  *token,
                const char      **scope)
{
  const char * const *scopes = spot_token_get_scopes (token);
  const SpotAccessSubject everything = { 0 };

  *scope = "read:runs";
  if (spot_token_allows (token, SPOT_ACCESS_LIST_FEED, &everything) == SPOT_TOKEN_YES)
    return NULL;
  for (guint i = 0; scopes != NULL && scopes[i] != NULL; i++)
    {
      const char *tags[] = { NULL, NULL };

      if (g_str_has_prefix (scopes[i], "read:runs:"))
        return spot_feed_spec_new_run (scopes[i] + strlen ("read:runs:"), NULL);
      if (g_str_has_prefix (scopes[i], "read:batch:"))
        return spot_feed_spec_new_batch (scopes[i] + strlen ("read:batch:"), NULL);
      if (!g_str_has_prefix (scopes[i], "read:tags:"))
        continue;
      tags[0] = scopes[i] + strlen ("read:tags:");
      return spot_feed_spec_new_list (tags, "1h", NULL, NULL);
    }
  return NULL;
}

static gboolean
check_feed (Probe        *probe,
            SpotFeedSpec *wanted, /* nullable: any list */
            const char   *scope)
{
  static const char * const skipped[] = { "payload", "output", "metadata", NULL };
  static const char * const tags[] = { PROBE_TAG, NULL };
  const SpotFeedPosition position = { .offset = "-1" };
  g_autoptr(SpotFeedSpec) spec = wanted != NULL ? spot_feed_spec_ref (wanted) : NULL;
  g_autofree char *target = NULL;
  guint status;

  if (spec == NULL)
    spec = spot_feed_spec_new_list (tags, "1h", skipped, NULL);
  target = spot_feed_spec_dup_target (spec, &position);
  if (!ask (probe, target))
    return FALSE;
  status = soup_message_get_status (probe->message);
  /* A run or batch of a token may be gone, or not there yet: who says so is the right server. */
  if (status == SOUP_STATUS_NOT_FOUND && wanted != NULL && judge (probe) == SPOT_CONNECTION_PROBLEM_NOT_TRIGGER)
    {
      g_autoptr(SpotValue) answer = parse_body (probe, SPOT_VALUE_OBJECT);

      if (answer != NULL)
        return TRUE;
    }
  if (!check (probe, scope))
    return FALSE;
  if ((get_header (probe, "electric-handle") == NULL && get_header (probe, "electric-shape-id") == NULL) ||
      (get_header (probe, "electric-offset") == NULL && get_header (probe, "electric-chunk-last-offset") == NULL))
    {
      g_autoptr(SpotValue) changes = parse_body (probe, SPOT_VALUE_ARRAY);

      if (changes == NULL)
        return fail (probe, SPOT_CONNECTION_PROBLEM_NOT_TRIGGER, NULL, "the answer is no list of changes");
      return fail (probe, SPOT_CONNECTION_PROBLEM_HEADERS_STRIPPED, NULL,
                   "electric-handle or electric-offset is missing");
    }
  return TRUE;
}

static gboolean
check_token (Probe *probe)
{
  g_autoptr(SpotToken) token = spot_token_decode (probe->credential, NULL);
  g_autoptr(SpotFeedSpec) spec = NULL;
  const char *scope = "read:runs";

  if (token != NULL)
    {
      if (spot_token_has_expired (token, g_get_real_time ()))
        return fail (probe, SPOT_CONNECTION_PROBLEM_EXPIRED, NULL, NULL);
      spec = spec_for_token (token, &scope);
      probe->report->environment_id = g_strdup (spot_token_get_environment_id (token));
    }
  return check_feed (probe, spec, scope);
}

/* ---- the whole; the thread ---- */

static void
run (Probe *probe)
{
  SpotCredentialKind kind = probe->credential != NULL ? spot_credential_get_kind (probe->credential)
                                                      : SPOT_CREDENTIAL_UNKNOWN;
  gboolean good;

  switch (kind)
    {
    case SPOT_CREDENTIAL_PUBLISHABLE_KEY:
    case SPOT_CREDENTIAL_ORGANIZATION:
    case SPOT_CREDENTIAL_USER:
    case SPOT_CREDENTIAL_RUN_TOKEN:
      fail (probe, SPOT_CONNECTION_PROBLEM_WRONG_CREDENTIAL, NULL, NULL);
      return;
    case SPOT_CREDENTIAL_PERSONAL:
      good = check_person (probe);
      break;
    case SPOT_CREDENTIAL_PUBLIC_TOKEN:
      good = check_token (probe);
      break;
    case SPOT_CREDENTIAL_ROOT_KEY:
    case SPOT_CREDENTIAL_ADDITIONAL_KEY:
    case SPOT_CREDENTIAL_UNKNOWN:
    default:
      good = check_environment (probe) && check_feed (probe, NULL, "read:runs");
      break;
    }
  if (good)
    fail (probe, SPOT_CONNECTION_PROBLEM_NONE, NULL, NULL);
}

static void
test_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  g_autoptr(GMainContext) context = g_main_context_new ();
  Probe probe = { .endpoint = task_data, .caller = cancellable };
  char *authorization = spot_endpoint_dup_authorization (task_data);

  g_main_context_push_thread_default (context);
  probe.credential = authorization != NULL ? authorization + strlen ("Bearer ") : NULL;
  probe.session = spot_http_new_session ();
  probe.deadline = spot_deadline_new ();
  probe.report = g_new0 (SpotConnectionReport, 1);
  probe.report->url = g_strdup (spot_endpoint_get_url (probe.endpoint));
  run (&probe);

  g_clear_object (&probe.message);
  g_clear_pointer (&probe.body, g_byte_array_unref);
  spot_deadline_free (probe.deadline);
  soup_session_abort (probe.session);
  g_object_unref (probe.session);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_main_context_pop_thread_default (context);
  if (authorization != NULL)
    explicit_bzero (authorization, strlen (authorization));
  g_free (authorization);
  if (g_task_return_error_if_cancelled (task))
    spot_connection_report_free (probe.report);
  else
    g_task_return_pointer (task, probe.report, (GDestroyNotify) spot_connection_report_free);
}

/**
 * spot_connection_test_async:
 * @endpoint: server and credential
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the caller's main context
 * @user_data: data for @callback
 *
 * Asks the server who the credential is and whether it may watch runs, once and at once: what fails is told as it is,
 * not tried again. Each answer is waited for 15 s.
 *
 * Fails with %G_IO_ERROR_CANCELLED only: whatever else goes wrong is in the report.
 */
void
spot_connection_test_async (SpotEndpoint        *endpoint,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (endpoint != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, spot_connection_test_async);
  g_task_set_task_data (task, spot_endpoint_ref (endpoint), (GDestroyNotify) spot_endpoint_unref);
  g_task_run_in_thread (task, test_thread);
}

/**
 * spot_connection_test_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): what was found, %NULL after an error
 */
SpotConnectionReport *
spot_connection_test_finish (GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * spot_connection_test_set_timeout_ms:
 * @timeout_ms: how long to wait for each answer, in milliseconds; 0 for as long as usual
 *
 * For tests, before the first.
 */
void
spot_connection_test_set_timeout_ms (gint64 timeout_ms)
{
  max_timeout_ms = timeout_ms;
}
