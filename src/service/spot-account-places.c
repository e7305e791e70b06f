/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "spot-environment-private.h"

#include "spot-account-places.h"

/* One environment, and what is needed for it when a person has signed in. */
typedef struct
{
  SpotAccountEnvironment *environment; /* owned */
  SpotTokenMinter        *minter;      /* owned, nullable: for keys and tokens, and without a credential */
  char                   *project_ref;
  char                   *path;
  char                   *branch;      /* nullable */
} Place;

struct _SpotAccountPlaces
{
  SpotAccountPlacesEvents  events;
  gpointer                 user_data;
  char                    *account_id;
  GSettings               *settings;
  GListStore              *list;
  GPtrArray               *places;   /* of Place, in the order of the list */
  SpotEndpoint            *endpoint; /* nullable: what they are connected with */
  gboolean                 writes;
};

static gboolean
is_signed_in (SpotAccountPlaces *self)
{
  return g_settings_get_enum (self->settings, "kind") == SPOT_ACCOUNT_SIGNED_IN;
}

static void
minter_changed_cb (SpotTokenMinter   *minter,
                   GParamSpec        *pspec,
                   SpotAccountPlaces *self)
{
  for (guint i = 0; i < self->places->len; i++)
    {
      Place *place = g_ptr_array_index (self->places, i);

      if (place->minter == minter)
        {
          spot_account_environment_set_endpoint (place->environment, spot_token_minter_get_endpoint (minter));
          break;
        }
    }
  self->events.changed (self->user_data);
}

static void
refused_cb (SpotAccountEnvironment *environment,
            SpotAccountPlaces      *self)
{
  for (guint i = 0; i < self->places->len; i++)
    {
      Place *place = g_ptr_array_index (self->places, i);

      if (place->environment == environment && place->minter != NULL)
        {
          spot_token_minter_refused (place->minter);
          return;
        }
    }
  self->events.refused (self->user_data);
}

static void
accepted_cb (SpotAccountEnvironment *environment,
             SpotAccountPlaces      *self)
{
  self->events.accepted (self->user_data);
}

static void
place_drop_minter (Place             *place,
                   SpotAccountPlaces *self)
{
  if (place->minter == NULL)
    return;
  spot_token_minter_stop (place->minter);
  g_signal_handlers_disconnect_by_data (place->minter, self);
  g_clear_object (&place->minter);
}

static void
place_close (Place             *place,
             SpotAccountPlaces *self)
{
  place_drop_minter (place, self);
  spot_account_environment_set_endpoint (place->environment, NULL);
  g_signal_handlers_disconnect_by_data (place->environment, self);
  g_object_unref (place->environment);
  g_free (place->project_ref);
  g_free (place->path);
  g_free (place->branch);
  g_free (place);
}

static const char *
get_word (GVariant   *description,
          const char *name)
{
  const char *word;

  return g_variant_lookup (description, name, "&s", &word) ? word : "";
}

/* Stable for what it is, and fit for an id. */
static char *
dup_place_id (SpotAccountPlaces *self,
              const char  *project_ref,
              const char  *path,
              const char  *branch)
{
  g_autofree char *all = g_strjoin ("\n", project_ref, path, branch, NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, all, -1);

  hash[12] = '\0';
  return g_strconcat (self->account_id, ".", hash, NULL);
}

/* Out of @old, or a new one: the same environment stays the same object. */
static Place *
take_place (SpotAccountPlaces *self,
            GPtrArray   *old,
            const char  *id)
{
  Place *place;

  for (guint i = 0; i < old->len; i++)
    {
      place = g_ptr_array_index (old, i);
      if (g_str_equal (spot_account_environment_get_id (place->environment), id))
        return g_ptr_array_steal_index (old, i);
    }
  place = g_new0 (Place, 1);
  place->environment = spot_account_environment_new (id);
  g_signal_connect (place->environment, "refused", G_CALLBACK (refused_cb), self);
  g_signal_connect (place->environment, "accepted", G_CALLBACK (accepted_cb), self);
  return place;
}

/* The one environment of a key or token. */
static void
add_only_place (SpotAccountPlaces *self,
                const char  *credential,
                GPtrArray   *old,
                GPtrArray   *places)
{
  Place *place = take_place (self, old, self->account_id);
  g_autoptr(GVariant) described = g_settings_get_value (self->settings, "environments");
  g_autofree char *url = g_settings_get_string (self->settings, "api-url");
  g_autofree char *name = g_settings_get_string (self->settings, "name");
  SpotEnvironmentKind kind = SPOT_ENVIRONMENT_UNKNOWN;

  if (credential != NULL)
    kind = spot_environment_kind_from_credential (credential);
  if (kind == SPOT_ENVIRONMENT_UNKNOWN && g_variant_n_children (described) > 0)
    {
      g_autoptr(GVariant) first = g_variant_get_child_value (described, 0);

      kind = spot_environment_kind_from_word (get_word (first, "environment"));
    }
  if (*name == '\0')
    {
      g_free (name);
      name = spot_environment_make_name (kind, url);
    }
  spot_account_environment_describe (place->environment, name, kind);
  g_ptr_array_add (places, place);
}

/* One of those that a person has chosen. */
static void
add_place (SpotAccountPlaces *self,
           GVariant    *described,
           GPtrArray   *old,
           GPtrArray   *places)
{
  const char *project_ref = get_word (described, "project");
  const char *path = get_word (described, "environment");
  const char *branch = get_word (described, "branch");
  const char *project = get_word (described, "project-name");
  SpotEnvironmentKind kind = spot_environment_kind_from_word (path);
  g_autofree char *id = dup_place_id (self, project_ref, path, branch);
  g_autofree char *name = NULL;
  Place *place;

  if (*project_ref == '\0' || *path == '\0')
    return;
  for (guint i = 0; i < places->len; i++)
    {
      place = g_ptr_array_index (places, i);
      if (g_str_equal (spot_account_environment_get_id (place->environment), id))
        return;
    }
  place = take_place (self, old, id);
  if (place->project_ref == NULL)
    {
      place->project_ref = g_strdup (project_ref);
      place->path = g_strdup (path);
      place->branch = *branch != '\0' ? g_strdup (branch) : NULL;
    }
  if (*branch != '\0')
    /* Translators: a project and a branch of it */
    name = g_strdup_printf (C_("environment name", "%s · %s"), *project != '\0' ? project : project_ref, branch);
  else
    /* Translators: a project, and which of its environments: Dev, Prod… */
    name = g_strdup_printf (C_("environment name", "%s · %s"), *project != '\0' ? project : project_ref,
                            kind != SPOT_ENVIRONMENT_UNKNOWN ? spot_environment_kind_get_badge (kind) : path);
  spot_account_environment_describe (place->environment, name, kind);
  g_ptr_array_add (places, place);
}

static gboolean
is_listed (SpotAccountPlaces *self)
{
  GListModel *list = G_LIST_MODEL (self->list);

  if (g_list_model_get_n_items (list) != self->places->len)
    return FALSE;
  for (guint i = 0; i < self->places->len; i++)
    {
      g_autoptr(SpotAccountEnvironment) environment = g_list_model_get_item (list, i);

      if (environment != ((Place *) g_ptr_array_index (self->places, i))->environment)
        return FALSE;
    }
  return TRUE;
}

static void
list_places (SpotAccountPlaces *self)
{
  g_autoptr(GPtrArray) environments = NULL;

  if (is_listed (self))
    return;
  environments = g_ptr_array_new ();
  for (guint i = 0; i < self->places->len; i++)
    g_ptr_array_add (environments, ((Place *) g_ptr_array_index (self->places, i))->environment);
  g_list_store_splice (self->list, 0, g_list_model_get_n_items (G_LIST_MODEL (self->list)),
                       environments->pdata, environments->len);
}

/**
 * spot_account_places_find:
 * @self: places
 * @credential: (nullable): the account's credential
 *
 * Makes the list what the settings, and what can be seen of the credential, say. What was there stays the same object.
 */
void
spot_account_places_find (SpotAccountPlaces *self,
                          const char        *credential)
{
  g_autoptr(GPtrArray) old = g_steal_pointer (&self->places);

  self->places = g_ptr_array_new ();
  if (is_signed_in (self))
    {
      g_autoptr(GVariant) described = g_settings_get_value (self->settings, "environments");

      for (gsize i = 0; i < g_variant_n_children (described); i++)
        {
          g_autoptr(GVariant) one = g_variant_get_child_value (described, i);

          add_place (self, one, old, self->places);
        }
    }
  else
    {
      add_only_place (self, credential, old, self->places);
    }
  list_places (self);
  for (guint i = 0; i < old->len; i++)
    place_close (g_ptr_array_index (old, i), self);
}

static void
place_connect (Place             *place,
               SpotAccountPlaces *self,
               gboolean           changed)
{
  if (self->endpoint == NULL || !is_signed_in (self))
    {
      place_drop_minter (place, self);
      spot_account_environment_set_endpoint (place->environment, self->endpoint);
    }
  else if (place->minter == NULL)
    {
      place->minter = spot_token_minter_new (self->endpoint, place->project_ref, place->path, place->branch);
      g_signal_connect (place->minter, "notify", G_CALLBACK (minter_changed_cb), self);
      if (self->writes)
        spot_token_minter_allow_writes (place->minter);
      spot_token_minter_wake (place->minter);
    }
  else if (changed)
    {
      spot_token_minter_set_person (place->minter, self->endpoint);
    }
}

/**
 * spot_account_places_connect:
 * @self: places
 * @endpoint: (nullable): the account's server and credential
 *
 * Gives each environment what to connect with: the same, or a token of its own for a person who has signed in.
 */
void
spot_account_places_connect (SpotAccountPlaces *self,
                             SpotEndpoint      *endpoint)
{
  gboolean changed = self->endpoint != endpoint;

  if (changed)
    {
      g_clear_pointer (&self->endpoint, spot_endpoint_unref);
      if (endpoint != NULL)
        self->endpoint = spot_endpoint_ref (endpoint);
    }
  for (guint i = 0; i < self->places->len; i++)
    place_connect (g_ptr_array_index (self->places, i), self, changed);
}

/**
 * spot_account_places_wake:
 * @self: places
 *
 * Looks whether every token is still fresh.
 */
void
spot_account_places_wake (SpotAccountPlaces *self)
{
  for (guint i = 0; i < self->places->len; i++)
    {
      Place *place = g_ptr_array_index (self->places, i);

      if (place->minter != NULL)
        spot_token_minter_wake (place->minter);
    }
}

/**
 * spot_account_places_allow_writes:
 * @self: places
 *
 * Tokens that are made from now on may change things.
 */
void
spot_account_places_allow_writes (SpotAccountPlaces *self)
{
  self->writes = TRUE;
  for (guint i = 0; i < self->places->len; i++)
    {
      Place *place = g_ptr_array_index (self->places, i);

      if (place->minter != NULL)
        spot_token_minter_allow_writes (place->minter);
    }
}

/**
 * spot_account_places_get_problem:
 * @self: places
 *
 * Returns: why there is no token, if only the user can do something about it. What passes by itself is told by the
 *   feeds
 */
SpotConnectionProblem
spot_account_places_get_problem (SpotAccountPlaces *self)
{
  for (guint i = 0; i < self->places->len; i++)
    {
      Place *place = g_ptr_array_index (self->places, i);
      SpotConnectionProblem problem = place->minter != NULL ? spot_token_minter_get_problem (place->minter)
                                                            : SPOT_CONNECTION_PROBLEM_NONE;

      if (problem == SPOT_CONNECTION_PROBLEM_UNAUTHORIZED || problem == SPOT_CONNECTION_PROBLEM_FORBIDDEN ||
          problem == SPOT_CONNECTION_PROBLEM_GONE)
        return problem;
    }
  return SPOT_CONNECTION_PROBLEM_NONE;
}

/**
 * spot_account_places_get_list:
 * @self: places
 *
 * Returns: (transfer none): the environments, a list model of #SpotAccountEnvironment
 */
GListModel *
spot_account_places_get_list (SpotAccountPlaces *self)
{
  return G_LIST_MODEL (self->list);
}

/**
 * spot_account_places_new:
 * @account_id: the account's id
 * @settings: the account's settings
 * @events: what to tell, copied
 * @user_data: data for @events
 *
 * Returns: (transfer full): no places yet
 */
SpotAccountPlaces *
spot_account_places_new (const char                    *account_id,
                         GSettings                     *settings,
                         const SpotAccountPlacesEvents *events,
                         gpointer                       user_data)
{
  SpotAccountPlaces *self = g_new0 (SpotAccountPlaces, 1);

  self->events = *events;
  self->user_data = user_data;
  self->account_id = g_strdup (account_id);
  self->settings = g_object_ref (settings);
  self->list = g_list_store_new (SPOT_TYPE_ACCOUNT_ENVIRONMENT);
  self->places = g_ptr_array_new ();
  return self;
}

/**
 * spot_account_places_free:
 * @self: (transfer full): places
 *
 * Ends them: their environments have no credential any more.
 */
void
spot_account_places_free (SpotAccountPlaces *self)
{
  for (guint i = 0; i < self->places->len; i++)
    place_close (g_ptr_array_index (self->places, i), self);
  g_ptr_array_unref (self->places);
  g_clear_pointer (&self->endpoint, spot_endpoint_unref);
  g_object_unref (self->list);
  g_object_unref (self->settings);
  g_free (self->account_id);
  g_free (self);
}
