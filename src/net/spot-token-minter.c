/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-net"

#include "config.h"

#include <string.h>

#include "spot-api-answer.h"
#include "spot-api-client.h"
#include "spot-backoff.h"
#include "spot-token.h"

#include "spot-token-minter.h"

/* Before its end by a fifth of its life, and no more than this. */
#define MAX_MARGIN_US (5 * G_TIME_SPAN_MINUTE)
#define MARGIN_SHARE 5
/* Of a token that does not say, or says nonsense. */
#define DEFAULT_LIFE_US G_TIME_SPAN_HOUR
#define MIN_LIFE_US G_TIME_SPAN_SECOND
#define MAX_LIFE_US (24 * G_TIME_SPAN_HOUR)
/* So many tokens that are refused one after the other: another one would be too. */
#define MAX_REFUSED 3
#define SOUND_AGE_US G_TIME_SPAN_MINUTE

struct _SpotTokenMinter
{
  GObject parent_instance;

  SpotEndpoint          *person;
  SpotApiClient         *client;
  char                  *project_ref;
  char                  *environment;
  char                  *branch;        /* nullable */
  GCancellable          *cancellable;
  SpotEndpoint          *endpoint;      /* nullable */
  SpotConnectionProblem  problem;
  SpotBackoff            backoff;
  gint64                 asked_mono_us; /* when the present token was asked for, by either clock */
  gint64                 asked_wall_us;
  gint64                 life_us;
  guint                  timer_id;
  guint                  n_refused;
  guint                  n_person;      /* counts credentials: an answer to an older one is not believed */
  guint                  hurry;
  gboolean               minting;
  gboolean               again;         /* once more when the present question is answered */
  gboolean               writes;        /* wanted */
  gboolean               can_write;     /* the present token can */
  gboolean               stopped;
};

G_DEFINE_FINAL_TYPE (SpotTokenMinter, spot_token_minter, G_TYPE_OBJECT)

enum
{
  PROP_ENDPOINT = 1,
  PROP_PROBLEM,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static void mint (SpotTokenMinter *self);

static void
set_problem (SpotTokenMinter       *self,
             SpotConnectionProblem  problem)
{
  if (self->problem == problem)
    return;
  self->problem = problem;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

static gboolean
timer_cb (gpointer user_data)
{
  SpotTokenMinter *self = user_data;

  self->timer_id = 0;
  mint (self);
  return G_SOURCE_REMOVE;
}

static void
mint_in (SpotTokenMinter *self,
         gint64           delay_us)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->timer_id = g_timeout_add ((guint) CLAMP (delay_us / G_TIME_SPAN_MILLISECOND, 1, G_MAXINT), timer_cb, self);
}

static void
mint_later (SpotTokenMinter *self)
{
  gint64 delay_ms = spot_backoff_next_ms (&self->backoff, CLAMP (g_random_double (), 0.0, 0.999999), 0);

  mint_in (self, delay_ms * G_TIME_SPAN_MILLISECOND / self->hurry);
}

static gint64
get_fresh_us (SpotTokenMinter *self)
{
  return self->life_us - MIN (self->life_us / MARGIN_SHARE, MAX_MARGIN_US);
}

/* By the clock that went further: one of them stands still while the machine sleeps, the other is set now and then.
 * Neither is compared with the server's. */
static gint64
get_age_us (SpotTokenMinter *self)
{
  return MAX (g_get_monotonic_time () - self->asked_mono_us, g_get_real_time () - self->asked_wall_us);
}

/* ---- what the server says ---- */

static gboolean
take_token (SpotTokenMinter  *self,
            const char       *text, /* nullable */
            gboolean          writes)
{
  g_autoptr(SpotToken) token = text != NULL ? spot_token_decode (text, NULL) : NULL;
  SpotEndpoint *endpoint = NULL;
  gint64 life_us = DEFAULT_LIFE_US;

  if (text != NULL)
    endpoint = spot_endpoint_new_with_credential (self->person, text, self->branch, NULL);
  if (endpoint == NULL)
    return FALSE;
  if (token != NULL && spot_token_get_issued_us (token) > 0 &&
      spot_token_get_expires_us (token) > spot_token_get_issued_us (token))
    life_us = spot_token_get_expires_us (token) - spot_token_get_issued_us (token);
  /* Its times are whole seconds, rounded down. */
  self->life_us = CLAMP (life_us - G_TIME_SPAN_SECOND, MIN_LIFE_US, MAX_LIFE_US);
  self->can_write = writes;
  g_clear_pointer (&self->endpoint, spot_endpoint_unref);
  self->endpoint = endpoint;
  return TRUE;
}

static SpotConnectionProblem
problem_of (const GError *error)
{
  /* Whoever could sign in found a server: it is what was asked for that is not there. */
  if (g_error_matches (error, SPOT_API_ERROR, SPOT_API_ERROR_NOT_FOUND))
    return SPOT_CONNECTION_PROBLEM_GONE;
  return spot_connection_problem_from_api_error (error);
}

/* What no amount of asking again changes. */
static gboolean
is_final (SpotConnectionProblem problem)
{
  return problem == SPOT_CONNECTION_PROBLEM_UNAUTHORIZED || problem == SPOT_CONNECTION_PROBLEM_FORBIDDEN ||
         problem == SPOT_CONNECTION_PROBLEM_GONE;
}

typedef struct
{
  SpotTokenMinter *self; /* owned */
  guint            n_person;
  gboolean         writes;
  gint64           asked_mono_us;
  gint64           asked_wall_us;
} Asked;

static void
minted_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr(SpotTokenMinter) self = asked->self;
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotValue) answer = spot_api_client_call_finish (SPOT_API_CLIENT (source), result, &error);
  SpotConnectionProblem problem = SPOT_CONNECTION_PROBLEM_NONE;

  self->minting = FALSE;
  if (self->stopped)
    return;
  if (asked->n_person != self->n_person)
    {
      mint (self);
      return;
    }
  if (answer == NULL)
    problem = problem_of (error);
  else if (!take_token (self, spot_api_answer_get_text (answer, "token"), asked->writes))
    problem = SPOT_CONNECTION_PROBLEM_BAD_ANSWER;

  if (problem != SPOT_CONNECTION_PROBLEM_NONE)
    {
      g_debug ("no token for %s %s: %s", self->project_ref, self->environment,
               error != NULL ? error->message : "the answer holds none");
      self->again = FALSE;
      if (!is_final (problem))
        mint_later (self);
      set_problem (self, problem);
      return;
    }
  self->asked_mono_us = asked->asked_mono_us;
  self->asked_wall_us = asked->asked_wall_us;
  spot_backoff_reset (&self->backoff);
  mint_in (self, MAX (get_fresh_us (self) - get_age_us (self), 0));
  if (self->again || self->writes != asked->writes)
    mint (self);
  set_problem (self, SPOT_CONNECTION_PROBLEM_NONE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ENDPOINT]);
}

static void
mint (SpotTokenMinter *self)
{
  static const char * const read_scopes[] = { "read:runs", NULL };
  static const char * const write_scopes[] = { "read:runs", "write:runs", NULL };
  Asked *asked;

  if (self->stopped)
    return;
  if (self->minting)
    {
      self->again = TRUE;
      return;
    }
  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->minting = TRUE;
  self->again = FALSE;
  asked = g_new0 (Asked, 1);
  asked->self = g_object_ref (self);
  asked->n_person = self->n_person;
  asked->writes = self->writes;
  asked->asked_mono_us = g_get_monotonic_time ();
  asked->asked_wall_us = g_get_real_time ();
  spot_api_client_call_async (self->client,
                              spot_api_call_mint_token (self->project_ref, self->environment,
                                                        self->writes ? write_scopes : read_scopes),
                              self->cancellable, minted_cb, asked);
}

/* ---- object ---- */

static void
spot_token_minter_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  SpotTokenMinter *self = SPOT_TOKEN_MINTER (object);

  switch (property_id)
    {
    case PROP_ENDPOINT:
      g_value_set_boxed (value, self->endpoint);
      break;
    case PROP_PROBLEM:
      g_value_set_enum (value, self->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_token_minter_finalize (GObject *object)
{
  SpotTokenMinter *self = SPOT_TOKEN_MINTER (object);

  spot_token_minter_stop (self);
  g_object_unref (self->cancellable);
  g_object_unref (self->client);
  spot_endpoint_unref (self->person);
  g_clear_pointer (&self->endpoint, spot_endpoint_unref);
  g_free (self->project_ref);
  g_free (self->environment);
  g_free (self->branch);
  G_OBJECT_CLASS (spot_token_minter_parent_class)->finalize (object);
}

static void
spot_token_minter_class_init (SpotTokenMinterClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_token_minter_get_property;
  object_class->finalize = spot_token_minter_finalize;

  /**
   * SpotTokenMinter:endpoint:
   *
   * The environment's server with the newest token; %NULL before the first.
   */
  properties[PROP_ENDPOINT] = g_param_spec_boxed ("endpoint", NULL, NULL, SPOT_TYPE_ENDPOINT, flags);
  /**
   * SpotTokenMinter:problem:
   *
   * Why the newest token could not be had. The one before is good for a while.
   */
  properties[PROP_PROBLEM] = g_param_spec_enum ("problem", NULL, NULL, SPOT_TYPE_CONNECTION_PROBLEM,
                                                SPOT_CONNECTION_PROBLEM_NONE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
spot_token_minter_init (SpotTokenMinter *self)
{
  self->cancellable = g_cancellable_new ();
  self->hurry = 1;
  spot_backoff_init (&self->backoff, SPOT_BACKOFF_FIRST_MS, 2 * SPOT_BACKOFF_CAP_MS);
}

static SpotEndpoint *
with_branch (SpotEndpoint *person,
             const char   *branch)
{
  char *authorization = spot_endpoint_dup_authorization (person);
  SpotEndpoint *endpoint = NULL;

  /* The server wants to know the branch when it makes the token. */
  if (authorization != NULL)
    {
      endpoint = spot_endpoint_new_with_credential (person, authorization + strlen ("Bearer "), branch, NULL);
      explicit_bzero (authorization, strlen (authorization));
      g_free (authorization);
    }
  return endpoint != NULL ? endpoint : spot_endpoint_ref (person);
}

/**
 * spot_token_minter_new:
 * @person: server and personal access token
 * @project_ref: the project
 * @environment: `dev`, `staging`, `prod` or `preview`
 * @branch: (nullable): for previews: the branch
 *
 * Returns: (transfer full): a minter that has not asked for anything
 */
SpotTokenMinter *
spot_token_minter_new (SpotEndpoint *person,
                       const char   *project_ref,
                       const char   *environment,
                       const char   *branch)
{
  SpotTokenMinter *self;

  g_return_val_if_fail (person != NULL && project_ref != NULL && environment != NULL, NULL);

  self = g_object_new (SPOT_TYPE_TOKEN_MINTER, NULL);
  self->project_ref = g_strdup (project_ref);
  self->environment = g_strdup (environment);
  self->branch = branch != NULL && *branch != '\0' ? g_strdup (branch) : NULL;
  self->person = with_branch (person, self->branch);
  self->client = spot_api_client_new (self->person);
  return self;
}

/**
 * spot_token_minter_set_person:
 * @self: a minter
 * @person: server and personal access token
 *
 * The person has signed in anew, or the server's address has changed. If there was a token there will be another one,
 * or why not.
 */
void
spot_token_minter_set_person (SpotTokenMinter *self,
                              SpotEndpoint    *person)
{
  gboolean needed;

  g_return_if_fail (SPOT_IS_TOKEN_MINTER (self));
  g_return_if_fail (person != NULL);

  needed = self->endpoint != NULL || self->minting || self->problem != SPOT_CONNECTION_PROBLEM_NONE;
  spot_endpoint_unref (self->person);
  self->person = with_branch (person, self->branch);
  self->n_person++;
  self->n_refused = 0;
  spot_api_client_set_endpoint (self->client, self->person);
  spot_backoff_reset (&self->backoff);
  if (needed && !self->minting)
    mint (self);
}

/**
 * spot_token_minter_wake:
 * @self: a minter
 *
 * A token is needed now: the network has come back, or the machine has slept, or nobody has asked before. Asks for one
 * unless the present one is fresh.
 */
void
spot_token_minter_wake (SpotTokenMinter *self)
{
  g_return_if_fail (SPOT_IS_TOKEN_MINTER (self));

  if (self->endpoint != NULL && self->problem == SPOT_CONNECTION_PROBLEM_NONE &&
      get_age_us (self) < get_fresh_us (self))
    return;
  self->n_refused = 0;
  if (!self->minting)
    mint (self);
}

/**
 * spot_token_minter_refused:
 * @self: a minter
 *
 * The server refused the newest token. Asks for another one; after three that were refused one after the other it is a
 * %SPOT_CONNECTION_PROBLEM_UNAUTHORIZED.
 */
void
spot_token_minter_refused (SpotTokenMinter *self)
{
  g_return_if_fail (SPOT_IS_TOKEN_MINTER (self));

  if (self->stopped || self->minting || self->endpoint == NULL || is_final (self->problem))
    return;
  if (get_age_us (self) > SOUND_AGE_US)
    self->n_refused = 0;
  if (++self->n_refused >= MAX_REFUSED)
    {
      g_clear_handle_id (&self->timer_id, g_source_remove);
      set_problem (self, SPOT_CONNECTION_PROBLEM_UNAUTHORIZED);
    }
  else if (self->n_refused == 1)
    {
      mint (self);
    }
  else
    {
      mint_later (self);
    }
}

/**
 * spot_token_minter_allow_writes:
 * @self: a minter
 *
 * Somebody wants to change something: from now on tokens may. The first such token is there when
 * spot_token_minter_can_write().
 */
void
spot_token_minter_allow_writes (SpotTokenMinter *self)
{
  g_return_if_fail (SPOT_IS_TOKEN_MINTER (self));

  if (self->writes)
    return;
  self->writes = TRUE;
  if (!self->minting)
    mint (self);
}

/**
 * spot_token_minter_stop:
 * @self: a minter
 *
 * Asks for nothing any more. What it has stays.
 */
void
spot_token_minter_stop (SpotTokenMinter *self)
{
  g_return_if_fail (SPOT_IS_TOKEN_MINTER (self));

  self->stopped = TRUE;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
}

/**
 * spot_token_minter_get_endpoint:
 * @self: a minter
 *
 * Returns: (transfer none) (nullable): the environment's server with the newest token
 */
SpotEndpoint *
spot_token_minter_get_endpoint (SpotTokenMinter *self)
{
  g_return_val_if_fail (SPOT_IS_TOKEN_MINTER (self), NULL);

  return self->endpoint;
}

/**
 * spot_token_minter_get_problem:
 * @self: a minter
 *
 * Returns: why the newest token could not be had
 */
SpotConnectionProblem
spot_token_minter_get_problem (SpotTokenMinter *self)
{
  g_return_val_if_fail (SPOT_IS_TOKEN_MINTER (self), SPOT_CONNECTION_PROBLEM_NONE);

  return self->problem;
}

/**
 * spot_token_minter_can_write:
 * @self: a minter
 *
 * Returns: whether the newest token may change things
 */
gboolean
spot_token_minter_can_write (SpotTokenMinter *self)
{
  g_return_val_if_fail (SPOT_IS_TOKEN_MINTER (self), FALSE);

  return self->endpoint != NULL && self->can_write;
}

/**
 * spot_token_minter_set_hurry:
 * @self: a minter that has not asked for anything
 * @hurry: how many times shorter to wait before trying again, at least 1
 *
 * For tests.
 */
void
spot_token_minter_set_hurry (SpotTokenMinter *self,
                             guint            hurry)
{
  g_return_if_fail (SPOT_IS_TOKEN_MINTER (self));
  g_return_if_fail (hurry > 0);

  self->hurry = hurry;
  spot_api_client_set_hurry (self->client, hurry);
}
