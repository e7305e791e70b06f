/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "spot-account-choice-private.h"
#include "spot-account-private.h"
#include "spot-api-answer.h"
#include "spot-api-client.h"
#include "spot-sign-in.h"

#include "spot-account-sign-in.h"

struct _SpotAccountSignIn
{
  GObject parent_instance;

  /* What the account is to be. */
  char         *api_url;
  char         *realtime_url;
  char         *dashboard_url;
  char         *ca_file;
  gboolean      allow_plain_http;
  gboolean      read_only;
  SpotAccount  *account;       /* nullable: the one that is there */

  SpotEndpoint *endpoint;      /* without a credential */
  char         *token;         /* nullable, wiped */
  gboolean      token_is_new;  /* it came by this sign-in */
  SpotSignIn   *sign_in;       /* nullable */
  SpotApiClient *client;       /* nullable: with the token */
  GCancellable *cancellable;
  guint         poll_ms;       /* 0 for as usual */
  gint64        patience_ms;

  SpotAccountSignInState state;
  char         *explanation;   /* nullable */
  char         *email;         /* nullable */
  GListStore   *choices;
};

G_DEFINE_FINAL_TYPE (SpotAccountSignIn, spot_account_sign_in, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (SpotAccountSignInState, spot_account_sign_in_state,
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_SIGN_IN_IDLE, "idle"),
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_SIGN_IN_ASKING, "asking"),
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_SIGN_IN_WAITING, "waiting"),
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_SIGN_IN_LISTING, "listing"),
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_SIGN_IN_CHOOSING, "choosing"),
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_SIGN_IN_FAILED, "failed"),
  G_DEFINE_ENUM_VALUE (SPOT_ACCOUNT_SIGN_IN_CANCELLED, "cancelled"))

enum
{
  PROP_STATE = 1,
  PROP_URL,
  PROP_CODE,
  PROP_EXPLANATION,
  PROP_EMAIL,
  PROP_CHOICES,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static gboolean
is_over (SpotAccountSignIn *self)
{
  return self->state >= SPOT_ACCOUNT_SIGN_IN_FAILED;
}

static void
set_state (SpotAccountSignIn      *self,
           SpotAccountSignInState  state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
fail (SpotAccountSignIn *self,
      const char        *sentence)
{
  g_free (self->explanation);
  self->explanation = g_strdup (sentence);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXPLANATION]);
  set_state (self, SPOT_ACCOUNT_SIGN_IN_FAILED);
}

static void
fail_with (SpotAccountSignIn *self,
           const GError      *error)
{
  const char *url = spot_endpoint_get_url (self->endpoint);
  g_autoptr(GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : url;
  g_autofree char *sentence = NULL;

  sentence = spot_connection_problem_dup_sentence (spot_connection_problem_from_api_error (error), host, NULL);
  fail (self, sentence);
}

/* ---- what there is to choose from ---- */

static void begin_sign_in (SpotAccountSignIn *self);

static void
list_choices (SpotAccountSignIn *self,
              GPtrArray         *choices)
{
  g_autoptr(GVariant) chosen = NULL;

  if (choices->len == 0)
    {
      fail (self, _("You are signed in, and have no project yet. Make one in the dashboard, and begin again."));
      return;
    }
  if (self->account != NULL)
    chosen = g_settings_get_value (spot_account_get_settings (self->account), "environments");
  for (guint i = 0; chosen != NULL && i < choices->len; i++)
    for (gsize j = 0; j < g_variant_n_children (chosen); j++)
      {
        g_autoptr(GVariant) one = g_variant_get_child_value (chosen, j);

        spot_account_choice_recall (g_ptr_array_index (choices, i), one);
      }
  g_list_store_splice (self->choices, 0, 0, choices->pdata, choices->len);
  set_state (self, SPOT_ACCOUNT_SIGN_IN_CHOOSING);
}

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SpotAccountSignIn) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) choices = spot_account_choices_fetch_finish (result, &error);

  if (is_over (self))
    return;
  if (choices != NULL)
    list_choices (self, choices);
  /* The account's own token is not good any more. */
  else if (self->account != NULL && !self->token_is_new &&
           g_error_matches (error, SPOT_API_ERROR, SPOT_API_ERROR_UNAUTHORIZED))
    begin_sign_in (self);
  else
    fail_with (self, error);
}

static void
person_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(SpotAccountSignIn) self = user_data;
  g_autoptr(SpotValue) answer = spot_api_client_call_finish (SPOT_API_CLIENT (source), result, NULL);
  const char *email = spot_api_answer_get_text (answer, "email");
  const char *dashboard = spot_api_answer_get_text (answer, "dashboardUrl");

  /* Nice to know, and no more. */
  if (is_over (self))
    return;
  if (email != NULL)
    {
      g_free (self->email);
      self->email = g_strdup (email);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EMAIL]);
    }
  if (dashboard != NULL && self->dashboard_url == NULL &&
      (g_str_has_prefix (dashboard, "https://") || g_str_has_prefix (dashboard, "http://")))
    self->dashboard_url = g_strdup (dashboard);
}

static void
begin_listing (SpotAccountSignIn *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SpotEndpoint) person = spot_endpoint_new_with_credential (self->endpoint, self->token, NULL, &error);

  if (person == NULL)
    {
      fail (self, _("The token has characters that cannot be in one. Check that it was copied whole."));
      return;
    }
  g_clear_object (&self->client);
  self->client = spot_api_client_new (person);
  if (self->poll_ms > 0)
    spot_api_client_set_hurry (self->client, 1000);
  set_state (self, SPOT_ACCOUNT_SIGN_IN_LISTING);
  spot_api_client_call_async (self->client, spot_api_call_person (), self->cancellable, person_cb, g_object_ref (self));
  spot_account_choices_fetch_async (self->client, self->cancellable, fetched_cb, g_object_ref (self));
}

/* ---- the page in the browser ---- */

static void
sign_in_cb (SpotSignIn        *sign_in,
            GParamSpec        *pspec,
            SpotAccountSignIn *self)
{
  if (is_over (self))
    return;
  switch (spot_sign_in_get_state (sign_in))
    {
    case SPOT_SIGN_IN_WAITING:
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_URL]);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CODE]);
      set_state (self, SPOT_ACCOUNT_SIGN_IN_WAITING);
      break;
    case SPOT_SIGN_IN_DONE:
      spot_secrets_wipe (self->token);
      self->token = spot_sign_in_steal_token (sign_in);
      self->token_is_new = TRUE;
      begin_listing (self);
      break;
    case SPOT_SIGN_IN_FAILED:
      fail (self, spot_sign_in_get_explanation (sign_in));
      break;
    default:
      break;
    }
}

static void
begin_sign_in (SpotAccountSignIn *self)
{
  self->sign_in = spot_sign_in_new (self->endpoint);
  if (self->poll_ms > 0)
    spot_sign_in_set_times (self->sign_in, self->poll_ms, self->patience_ms);
  g_signal_connect (self->sign_in, "notify::state", G_CALLBACK (sign_in_cb), self);
  set_state (self, SPOT_ACCOUNT_SIGN_IN_ASKING);
  spot_sign_in_start (self->sign_in);
}

/* ---- object ---- */

static void
spot_account_sign_in_get_property (GObject    *object,
                                   guint       property_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  SpotAccountSignIn *self = SPOT_ACCOUNT_SIGN_IN (object);

  switch (property_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_URL:
      g_value_set_string (value, spot_account_sign_in_get_url (self));
      break;
    case PROP_CODE:
      g_value_set_string (value, spot_account_sign_in_get_code (self));
      break;
    case PROP_EXPLANATION:
      g_value_set_string (value, self->explanation);
      break;
    case PROP_EMAIL:
      g_value_set_string (value, self->email);
      break;
    case PROP_CHOICES:
      g_value_set_object (value, self->choices);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
spot_account_sign_in_dispose (GObject *object)
{
  SpotAccountSignIn *self = SPOT_ACCOUNT_SIGN_IN (object);

  g_cancellable_cancel (self->cancellable);
  if (self->sign_in != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->sign_in, self);
      spot_sign_in_cancel (self->sign_in);
    }
  g_clear_object (&self->sign_in);
  g_clear_object (&self->client);
  g_clear_object (&self->account);
  G_OBJECT_CLASS (spot_account_sign_in_parent_class)->dispose (object);
}

static void
spot_account_sign_in_finalize (GObject *object)
{
  SpotAccountSignIn *self = SPOT_ACCOUNT_SIGN_IN (object);

  g_object_unref (self->cancellable);
  g_object_unref (self->choices);
  g_clear_pointer (&self->endpoint, spot_endpoint_unref);
  spot_secrets_wipe (self->token);
  g_free (self->api_url);
  g_free (self->realtime_url);
  g_free (self->dashboard_url);
  g_free (self->ca_file);
  g_free (self->explanation);
  g_free (self->email);
  G_OBJECT_CLASS (spot_account_sign_in_parent_class)->finalize (object);
}

static void
spot_account_sign_in_class_init (SpotAccountSignInClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = spot_account_sign_in_get_property;
  object_class->dispose = spot_account_sign_in_dispose;
  object_class->finalize = spot_account_sign_in_finalize;

  /**
   * SpotAccountSignIn:state:
   *
   * How far it has come.
   */
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, SPOT_TYPE_ACCOUNT_SIGN_IN_STATE,
                                              SPOT_ACCOUNT_SIGN_IN_IDLE, flags);
  /**
   * SpotAccountSignIn:url:
   *
   * The page to open in a browser, http or https; %NULL until there is one.
   */
  properties[PROP_URL] = g_param_spec_string ("url", NULL, NULL, NULL, flags);
  /**
   * SpotAccountSignIn:code:
   *
   * The code that the page is about, to be compared by the person; %NULL until there is one.
   */
  properties[PROP_CODE] = g_param_spec_string ("code", NULL, NULL, NULL, flags);
  /**
   * SpotAccountSignIn:explanation:
   *
   * Why it has failed and what to do, translated; %NULL as long as it has not.
   */
  properties[PROP_EXPLANATION] = g_param_spec_string ("explanation", NULL, NULL, NULL, flags);
  /**
   * SpotAccountSignIn:email:
   *
   * Who has signed in, as soon as that is known. Server text.
   */
  properties[PROP_EMAIL] = g_param_spec_string ("email", NULL, NULL, NULL, flags);
  /**
   * SpotAccountSignIn:choices:
   *
   * What can be watched, a list model of #SpotAccountChoice; empty until %SPOT_ACCOUNT_SIGN_IN_CHOOSING.
   */
  properties[PROP_CHOICES] = g_param_spec_object ("choices", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
spot_account_sign_in_init (SpotAccountSignIn *self)
{
  self->cancellable = g_cancellable_new ();
  self->choices = g_list_store_new (SPOT_TYPE_ACCOUNT_CHOICE);
}

static SpotAccountSignIn *
sign_in_new (const SpotAccountDraft  *draft,
             GError                 **error)
{
  SpotEndpoint *endpoint = spot_account_draft_make_endpoint (draft, NULL, error);
  SpotAccountSignIn *self;

  if (endpoint == NULL)
    return NULL;
  self = g_object_new (SPOT_TYPE_ACCOUNT_SIGN_IN, NULL);
  self->endpoint = endpoint;
  self->api_url = g_strdup (draft->api_url);
  self->realtime_url = g_strdup (draft->realtime_url);
  self->dashboard_url = draft->dashboard_url != NULL && *draft->dashboard_url != '\0' ? g_strdup (draft->dashboard_url)
                                                                                      : NULL;
  self->ca_file = g_strdup (draft->ca_file);
  self->allow_plain_http = draft->allow_plain_http;
  self->read_only = draft->read_only;
  return self;
}

/**
 * spot_account_sign_in_new:
 * @draft: what the account is to be; its name, branch and environments do not count
 * @error: return location for an error
 *
 * Fails with a translated sentence for addresses that make no connection.
 *
 * Returns: (transfer full) (nullable): a sign-in that has not begun, %NULL after an error
 */
SpotAccountSignIn *
spot_account_sign_in_new (const SpotAccountDraft  *draft,
                          GError                 **error)
{
  g_return_val_if_fail (draft != NULL, NULL);

  return sign_in_new (draft, error);
}

/**
 * spot_account_sign_in_new_with_token:
 * @draft: what the account is to be; its name, branch and environments do not count
 * @token: a personal access token, such as somebody pasted
 * @error: return location for an error
 *
 * Fails with a translated sentence for addresses that make no connection, and for a token of another kind.
 *
 * Returns: (transfer full) (nullable): a sign-in that has not begun and needs no browser, %NULL after an error
 */
SpotAccountSignIn *
spot_account_sign_in_new_with_token (const SpotAccountDraft  *draft,
                                     const char              *token,
                                     GError                 **error)
{
  SpotAccountKind kind = SPOT_ACCOUNT_SECRET_KEY;
  SpotAccountSignIn *self;

  g_return_val_if_fail (draft != NULL && token != NULL, NULL);

  if (!spot_account_check_credential (token, &kind, error))
    return NULL;
  if (kind != SPOT_ACCOUNT_SIGNED_IN)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _("This is no personal access token: one begins with “tr_pat_”."));
      return NULL;
    }
  self = sign_in_new (draft, error);
  if (self == NULL)
    return NULL;
  self->token = g_strstrip (g_strdup (token));
  self->token_is_new = TRUE;
  return self;
}

/**
 * spot_account_sign_in_new_for:
 * @account: an account of somebody who has signed in
 * @error: return location for an error
 *
 * To choose again among its environments. Without a token that is still good, the person signs in again first.
 *
 * Fails with a translated sentence when the account's settings make no connection.
 *
 * Returns: (transfer full) (nullable): a sign-in that has not begun, %NULL after an error
 */
SpotAccountSignIn *
spot_account_sign_in_new_for (SpotAccount  *account,
                              GError      **error)
{
  GSettings *settings;
  g_autofree char *api_url = NULL;
  g_autofree char *realtime_url = NULL;
  g_autofree char *ca_file = NULL;
  SpotAccountDraft draft = { 0 };
  SpotEndpoint *endpoint;
  SpotAccountSignIn *self;
  char *authorization;

  g_return_val_if_fail (SPOT_IS_ACCOUNT (account), NULL);

  settings = spot_account_get_settings (account);
  draft.api_url = api_url = g_settings_get_string (settings, "api-url");
  draft.realtime_url = realtime_url = g_settings_get_string (settings, "realtime-url");
  draft.ca_file = ca_file = g_settings_get_string (settings, "ca-file");
  draft.allow_plain_http = g_settings_get_boolean (settings, "allow-plain-http");
  self = sign_in_new (&draft, error);
  if (self == NULL)
    return NULL;
  self->account = g_object_ref (account);
  endpoint = spot_account_get_endpoint (account);
  authorization = endpoint != NULL && spot_account_get_kind (account) == SPOT_ACCOUNT_SIGNED_IN
                    ? spot_endpoint_dup_authorization (endpoint) : NULL;
  if (authorization != NULL)
    self->token = g_strdup (authorization + strlen ("Bearer "));
  spot_secrets_wipe (authorization);
  return self;
}

/**
 * spot_account_sign_in_set_times:
 * @self: a sign-in that has not begun
 * @poll_ms: how long to wait before asking again whether the person has agreed, in milliseconds, more than 0
 * @patience_ms: how long to ask in all
 *
 * For tests. Short requests are tried again in a hurry too.
 */
void
spot_account_sign_in_set_times (SpotAccountSignIn *self,
                                guint              poll_ms,
                                gint64             patience_ms)
{
  g_return_if_fail (SPOT_IS_ACCOUNT_SIGN_IN (self));
  g_return_if_fail (self->state == SPOT_ACCOUNT_SIGN_IN_IDLE && poll_ms > 0);

  self->poll_ms = poll_ms;
  self->patience_ms = patience_ms;
}

/**
 * spot_account_sign_in_start:
 * @self: a sign-in that has not begun
 *
 * Begins: with the page, or where there is a token with the choice.
 */
void
spot_account_sign_in_start (SpotAccountSignIn *self)
{
  g_return_if_fail (SPOT_IS_ACCOUNT_SIGN_IN (self));
  g_return_if_fail (self->state == SPOT_ACCOUNT_SIGN_IN_IDLE);

  if (self->token != NULL)
    begin_listing (self);
  else
    begin_sign_in (self);
}

/**
 * spot_account_sign_in_cancel:
 * @self: a sign-in
 *
 * Gives it up, wherever it is. Nothing for one that is over.
 */
void
spot_account_sign_in_cancel (SpotAccountSignIn *self)
{
  g_return_if_fail (SPOT_IS_ACCOUNT_SIGN_IN (self));

  if (is_over (self))
    return;
  set_state (self, SPOT_ACCOUNT_SIGN_IN_CANCELLED);
  g_cancellable_cancel (self->cancellable);
  if (self->sign_in != NULL)
    spot_sign_in_cancel (self->sign_in);
}

/**
 * spot_account_sign_in_get_state:
 * @self: a sign-in
 *
 * Returns: how far it has come
 */
SpotAccountSignInState
spot_account_sign_in_get_state (SpotAccountSignIn *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_SIGN_IN (self), SPOT_ACCOUNT_SIGN_IN_IDLE);

  return self->state;
}

/**
 * spot_account_sign_in_get_url:
 * @self: a sign-in
 *
 * Returns: (transfer none) (nullable): the page to open in a browser
 */
const char *
spot_account_sign_in_get_url (SpotAccountSignIn *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_SIGN_IN (self), NULL);

  return self->sign_in != NULL ? spot_sign_in_get_url (self->sign_in) : NULL;
}

/**
 * spot_account_sign_in_get_code:
 * @self: a sign-in
 *
 * Returns: (transfer none) (nullable): the code that the page is about
 */
const char *
spot_account_sign_in_get_code (SpotAccountSignIn *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_SIGN_IN (self), NULL);

  return self->sign_in != NULL ? spot_sign_in_get_code (self->sign_in) : NULL;
}

/**
 * spot_account_sign_in_get_explanation:
 * @self: a sign-in
 *
 * Returns: (transfer none) (nullable): why it has failed and what to do, translated
 */
const char *
spot_account_sign_in_get_explanation (SpotAccountSignIn *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_SIGN_IN (self), NULL);

  return self->explanation;
}

/**
 * spot_account_sign_in_get_email:
 * @self: a sign-in
 *
 * Returns: (transfer none) (nullable): who has signed in, server text
 */
const char *
spot_account_sign_in_get_email (SpotAccountSignIn *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_SIGN_IN (self), NULL);

  return self->email;
}

/**
 * spot_account_sign_in_get_choices:
 * @self: a sign-in
 *
 * Returns: (transfer none): what can be watched, a list model of #SpotAccountChoice
 */
GListModel *
spot_account_sign_in_get_choices (SpotAccountSignIn *self)
{
  g_return_val_if_fail (SPOT_IS_ACCOUNT_SIGN_IN (self), NULL);

  return G_LIST_MODEL (self->choices);
}

/* ---- what has been chosen ---- */

/* (transfer full) (nullable) */
static GVariant *
describe_choices (SpotAccountSignIn  *self,
                  GError            **error)
{
  g_autoptr(GVariantBuilder) builder = g_variant_builder_new (G_VARIANT_TYPE ("aa{ss}"));
  guint n_chosen = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->choices)); i++)
    {
      g_autoptr(SpotAccountChoice) choice = g_list_model_get_item (G_LIST_MODEL (self->choices), i);

      if (!spot_account_choice_get_chosen (choice))
        continue;
      if (!spot_account_choice_is_ready (choice))
        {
          /* Translators: %s is a project */
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _("Enter which branch of “%s” to watch the preview of."),
                       spot_account_choice_get_project (choice));
          return NULL;
        }
      g_variant_builder_add_value (builder, spot_account_choice_describe (choice));
      n_chosen++;
    }
  if (n_chosen == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("Choose at least one environment."));
      return NULL;
    }
  return g_variant_ref_sink (g_variant_builder_end (builder));
}

static void
added_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  SpotAccount *account = spot_accounts_add_finish (SPOT_ACCOUNTS (source), result, &error);

  if (account != NULL)
    g_task_return_pointer (task, account, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
replaced_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SpotAccount *account = SPOT_ACCOUNT (source);
  GError *error = NULL;

  if (!spot_account_replace_credential_finish (account, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_settings_set_value (spot_account_get_settings (account), "environments", g_task_get_task_data (task));
  g_task_return_pointer (task, g_object_ref (account), g_object_unref);
}

/**
 * spot_account_sign_in_complete_async:
 * @self: a sign-in in %SPOT_ACCOUNT_SIGN_IN_CHOOSING
 * @accounts: where the account is to be
 * @name: (nullable): what to call a new account; %NULL or empty for who has signed in
 * @cancellable: (nullable): a `GCancellable`
 * @callback: (scope async): called once, in the caller's main context
 * @user_data: data for @callback
 *
 * Makes an account with the chosen environments, or changes the one that it is for.
 *
 * Fails with %G_IO_ERROR_INVALID_ARGUMENT and a translated sentence when nothing is chosen, or a branch is not named:
 * then choose again. And as spot_accounts_add_async() does.
 */
void
spot_account_sign_in_complete_async (SpotAccountSignIn   *self,
                                     SpotAccounts        *accounts,
                                     const char          *name,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  GVariant *environments;
  GError *error = NULL;

  g_return_if_fail (SPOT_IS_ACCOUNT_SIGN_IN (self));
  g_return_if_fail (SPOT_IS_ACCOUNTS (accounts));
  g_return_if_fail (self->state == SPOT_ACCOUNT_SIGN_IN_CHOOSING);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, spot_account_sign_in_complete_async);
  environments = describe_choices (self, &error);
  if (environments == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, environments, (GDestroyNotify) g_variant_unref);
  if (self->account == NULL)
    {
      const SpotAccountDraft draft = {
        .name = name != NULL && *name != '\0' ? name : self->email, .api_url = self->api_url,
        .realtime_url = self->realtime_url, .dashboard_url = self->dashboard_url, .ca_file = self->ca_file,
        .allow_plain_http = self->allow_plain_http, .read_only = self->read_only, .environments = environments,
      };

      spot_accounts_add_async (accounts, &draft, self->token, cancellable, added_cb, g_steal_pointer (&task));
    }
  else if (self->token_is_new)
    {
      spot_account_replace_credential_async (self->account, self->token, cancellable, replaced_cb,
                                             g_steal_pointer (&task));
    }
  else
    {
      g_settings_set_value (spot_account_get_settings (self->account), "environments", environments);
      g_task_return_pointer (task, g_object_ref (self->account), g_object_unref);
    }
}

/**
 * spot_account_sign_in_complete_finish:
 * @self: a sign-in
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the account, %NULL after an error
 */
SpotAccount *
spot_account_sign_in_complete_finish (SpotAccountSignIn  *self,
                                      GAsyncResult       *result,
                                      GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
