/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "spot-api-answer.h"
#include "spot-api-client.h"
#include "spot-connection-problem.h"

#include "spot-sign-in.h"

#define POLL_MS 1000
/* Codes expire after about as long. */
#define PATIENCE_MS (10 * 60 * 1000)
#define MAX_TEXT 2048

struct _SpotSignIn
{
  GObject parent_instance;

  SpotEndpoint    *endpoint;
  SpotApiClient   *client;
  GCancellable    *cancellable;
  SpotSignInState  state;
  char            *url;         /* nullable */
  char            *code;        /* nullable */
  char            *token;       /* nullable, wiped */
  char            *explanation; /* nullable */
  guint            poll_id;
  guint            poll_ms;
  gint64           patience_ms;
  gint64           until_us;    /* monotonic */
};

G_DEFINE_FINAL_TYPE (SpotSignIn, spot_sign_in, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (SpotSignInState, spot_sign_in_state,
  G_DEFINE_ENUM_VALUE (SPOT_SIGN_IN_IDLE, "idle"),
  G_DEFINE_ENUM_VALUE (SPOT_SIGN_IN_ASKING, "asking"),
  G_DEFINE_ENUM_VALUE (SPOT_SIGN_IN_WAITING, "waiting"),
  G_DEFINE_ENUM_VALUE (SPOT_SIGN_IN_DONE, "done"),
  G_DEFINE_ENUM_VALUE (SPOT_SIGN_IN_FAILED, "failed"),
  G_DEFINE_ENUM_VALUE (SPOT_SIGN_IN_CANCELLED, "cancelled"))

enum
{
  PROP_STATE = 1,
  PROP_URL,
  PROP_CODE,
  PROP_EXPLANATION,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static void
wipe (char **text)
{
  if (*text != NULL)
    explicit_bzero (*text, strlen (*text));
  g_clear_pointer (text, g_free);
}

static gboolean
is_over (SpotSignIn *self)
{
  return self->state >= SPOT_SIGN_IN_DONE;
}

static void
set_state (SpotSignIn      *self,
           SpotSignInState  state)
{
  if (self->state == state)
    return;
  self->state = state;
  if (is_over (self))
    g_clear_handle_id (&self->poll_id, g_source_remove);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/* (transfer full) @sentence */
static void
fail (SpotSignIn *self,
      char       *sentence)
{
  g_free (self->explanation);
  self->explanation = sentence;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXPLANATION]);
  set_state (self, SPOT_SIGN_IN_FAILED);
}

static const char *
get_host (SpotSignIn *self)
{
  const char *url = spot_endpoint_get_url (self->endpoint);
  const char *rest = strstr (url, "://");

  return rest != NULL ? rest + 3 : url;
}

static void
fail_with (SpotSignIn            *self,
           SpotConnectionProblem  problem)
{
  fail (self, spot_connection_problem_dup_sentence (problem, get_host (self), NULL));
}

/* ---- asking again and again ---- */

static void poll_soon (SpotSignIn *self);

/* What passes by itself is waited for, as long as there is time. */
static gboolean
is_passing (const GError *error)
{
  return g_error_matches (error, SPOT_API_ERROR, SPOT_API_ERROR_UNREACHABLE) ||
         g_error_matches (error, SPOT_API_ERROR, SPOT_API_ERROR_SERVER) ||
         g_error_matches (error, SPOT_API_ERROR, SPOT_API_ERROR_BUSY);
}

static void
take_token (SpotSignIn *self,
            SpotValue  *answer)
{
  const char *token = spot_api_answer_get_text (spot_api_answer_get_object (answer, "token"), "token");
  g_autoptr(SpotEndpoint) probe = NULL;

  /* The next asks for the same, so a server that says nothing of use is given up at the end of the time. */
  if (token == NULL)
    {
      poll_soon (self);
      return;
    }
  probe = spot_endpoint_new_with_credential (self->endpoint, token, NULL, NULL);
  if (probe == NULL || strlen (token) > MAX_TEXT)
    {
      fail_with (self, SPOT_CONNECTION_PROBLEM_BAD_ANSWER);
      return;
    }
  self->token = g_strdup (token);
  set_state (self, SPOT_SIGN_IN_DONE);
}

static void
polled_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SpotSignIn) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotValue) answer = spot_api_client_call_finish (SPOT_API_CLIENT (source), result, &error);

  if (is_over (self))
    return;
  if (answer != NULL)
    take_token (self, answer);
  else if (is_passing (error))
    poll_soon (self);
  else if (g_error_matches (error, SPOT_API_ERROR, SPOT_API_ERROR_BAD_REQUEST))
    fail (self, g_strdup (_("The sign-in was not finished in time, or was refused. Begin again.")));
  else
    fail_with (self, spot_connection_problem_from_api_error (error));
}

static gboolean
poll_cb (gpointer user_data)
{
  SpotSignIn *self = user_data;

  self->poll_id = 0;
  if (g_get_monotonic_time () >= self->until_us)
    fail (self, g_strdup (_("Nobody agreed to the sign-in in the browser in time. Begin again.")));
  else
    spot_api_client_call_async (self->client, spot_api_call_token_for_code (self->code), self->cancellable, polled_cb,
                                g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
poll_soon (SpotSignIn *self)
{
  g_clear_handle_id (&self->poll_id, g_source_remove);
  self->poll_id = g_timeout_add (self->poll_ms, poll_cb, self);
}

/* ---- the page ---- */

/* Whether somebody may be sent there: what a server says is not opened by whatever program its scheme names. */
static gboolean
is_page (const char *url)
{
  g_autoptr(GUri) uri = NULL;

  if (url == NULL || strlen (url) > MAX_TEXT)
    return FALSE;
  uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  return uri != NULL && g_uri_get_userinfo (uri) == NULL && g_uri_get_host (uri) != NULL &&
         *g_uri_get_host (uri) != '\0' &&
         (strcmp (g_uri_get_scheme (uri), "https") == 0 || strcmp (g_uri_get_scheme (uri), "http") == 0);
}

static void
began_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(SpotSignIn) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotValue) answer = spot_api_client_call_finish (SPOT_API_CLIENT (source), result, &error);
  const char *code;
  const char *url;

  if (is_over (self))
    return;
  if (answer == NULL)
    {
      fail_with (self, spot_connection_problem_from_api_error (error));
      return;
    }
  code = spot_api_answer_get_text (answer, "authorizationCode");
  url = spot_api_answer_get_text (answer, "url");
  if (code == NULL || *code == '\0' || strlen (code) > MAX_TEXT)
    {
      fail_with (self, SPOT_CONNECTION_PROBLEM_NOT_TRIGGER);
      return;
    }
  if (!is_page (url))
    {
      fail_with (self, SPOT_CONNECTION_PROBLEM_BAD_ANSWER);
      return;
    }
  self->code = g_strdup (code);
  self->url = g_strdup (url);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CODE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_URL]);
  poll_soon (self);
  set_state (self, SPOT_SIGN_IN_WAITING);
}

/* ---- object ---- */

static void
spot_sign_in_get_property (GObject    *object,
                           guint       property_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  SpotSignIn *self = SPOT_SIGN_IN (object);

  switch (property_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_URL:
      g_value_set_string (value, self->url);
      break;
    case PROP_CODE:
      g_value_set_string (value, self->code);
      break;
    case PROP_EXPLANATION:
      g_value_set_string (value, self->explanation);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_sign_in_finalize (GObject *object)
{
  SpotSignIn *self = SPOT_SIGN_IN (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->poll_id, g_source_remove);
  g_object_unref (self->cancellable);
  g_object_unref (self->client);
  spot_endpoint_unref (self->endpoint);
  wipe (&self->token);
  wipe (&self->code);
  wipe (&self->url);
  g_free (self->explanation);
  G_OBJECT_CLASS (spot_sign_in_parent_class)->finalize (object);
}

static void
spot_sign_in_class_init (SpotSignInClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_sign_in_get_property;
  object_class->finalize = spot_sign_in_finalize;

  /**
   * SpotSignIn:state:
   *
   * How far it has come.
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, SPOT_TYPE_SIGN_IN_STATE, SPOT_SIGN_IN_IDLE, flags);
  /**
   * SpotSignIn:url:
   *
   * The page to open in a browser, http or https; %NULL until there is one.
   */
  properties[PROP_URL] = g_param_spec_string ("url", NULL, NULL, NULL, flags);
  /**
   * SpotSignIn:code:
   *
   * The code that the page is about, to be compared by the person; %NULL until there is one.
   */
  properties[PROP_CODE] = g_param_spec_string ("code", NULL, NULL, NULL, flags);
  /**
   * SpotSignIn:explanation:
   *
   * Why it has failed and what to do, translated; %NULL as long as it has not.
   */
  properties[PROP_EXPLANATION] = g_param_spec_string ("explanation", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
spot_sign_in_init (SpotSignIn *self)
{
  self->cancellable = g_cancellable_new ();
  self->poll_ms = POLL_MS;
  self->patience_ms = PATIENCE_MS;
}

/**
 * spot_sign_in_new:
 * @endpoint: the server; no credential is needed
 *
 * Returns: (transfer full): a sign-in that has not begun
 */
SpotSignIn *
spot_sign_in_new (SpotEndpoint *endpoint)
{
  SpotSignIn *self;

  g_return_val_if_fail (endpoint != NULL, NULL);

  self = g_object_new (SPOT_TYPE_SIGN_IN, NULL);
  self->endpoint = spot_endpoint_ref (endpoint);
  self->client = spot_api_client_new (endpoint);
  return self;
}

/**
 * spot_sign_in_set_times:
 * @self: a sign-in that has not begun
 * @poll_ms: how long to wait before asking again, in milliseconds
 * @patience_ms: how long to ask in all
 *
 * For tests. Short requests are tried again in a hurry too.
 */
void
spot_sign_in_set_times (SpotSignIn *self,
                        guint       poll_ms,
                        gint64      patience_ms)
{
  g_return_if_fail (SPOT_IS_SIGN_IN (self));
  g_return_if_fail (self->state == SPOT_SIGN_IN_IDLE);

  self->poll_ms = poll_ms;
  self->patience_ms = patience_ms;
  spot_api_client_set_hurry (self->client, 1000);
}

/**
 * spot_sign_in_start:
 * @self: a sign-in that has not begun
 *
 * Begins. It ends by itself, ten minutes later at most.
 */
void
spot_sign_in_start (SpotSignIn *self)
{
  g_return_if_fail (SPOT_IS_SIGN_IN (self));
  g_return_if_fail (self->state == SPOT_SIGN_IN_IDLE);

  self->until_us = g_get_monotonic_time () + self->patience_ms * G_TIME_SPAN_MILLISECOND;
  set_state (self, SPOT_SIGN_IN_ASKING);
  spot_api_client_call_async (self->client, spot_api_call_authorization_code (), self->cancellable, began_cb,
                              g_object_ref (self));
}

/**
 * spot_sign_in_cancel:
 * @self: a sign-in
 *
 * Gives it up, wherever it is. Nothing for one that is over.
 */
void
spot_sign_in_cancel (SpotSignIn *self)
{
  g_return_if_fail (SPOT_IS_SIGN_IN (self));

  if (is_over (self))
    return;
  set_state (self, SPOT_SIGN_IN_CANCELLED);
  g_cancellable_cancel (self->cancellable);
}

/**
 * spot_sign_in_get_state:
 * @self: a sign-in
 *
 * Returns: how far it has come
 */
SpotSignInState
spot_sign_in_get_state (SpotSignIn *self)
{
  g_return_val_if_fail (SPOT_IS_SIGN_IN (self), SPOT_SIGN_IN_IDLE);

  return self->state;
}

/**
 * spot_sign_in_get_url:
 * @self: a sign-in
 *
 * Returns: (transfer none) (nullable): the page to open in a browser
 */
const char *
spot_sign_in_get_url (SpotSignIn *self)
{
  g_return_val_if_fail (SPOT_IS_SIGN_IN (self), NULL);

  return self->url;
}

/**
 * spot_sign_in_get_code:
 * @self: a sign-in
 *
 * Returns: (transfer none) (nullable): the code that the page is about
 */
const char *
spot_sign_in_get_code (SpotSignIn *self)
{
  g_return_val_if_fail (SPOT_IS_SIGN_IN (self), NULL);

  return self->code;
}

/**
 * spot_sign_in_get_explanation:
 * @self: a sign-in
 *
 * Returns: (transfer none) (nullable): why it has failed and what to do, translated
 */
const char *
spot_sign_in_get_explanation (SpotSignIn *self)
{
  g_return_val_if_fail (SPOT_IS_SIGN_IN (self), NULL);

  return self->explanation;
}

/**
 * spot_sign_in_steal_token:
 * @self: a sign-in
 *
 * Returns: (transfer full) (nullable): the personal access token, once; %NULL when there is none. Overwrite it when
 *   done
 */
char *
spot_sign_in_steal_token (SpotSignIn *self)
{
  g_return_val_if_fail (SPOT_IS_SIGN_IN (self), NULL);

  return g_steal_pointer (&self->token);
}
