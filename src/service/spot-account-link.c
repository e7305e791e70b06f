/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "spot-service"

#include "config.h"

#include "spot-account-private.h"
#include "spot-environment-private.h"
#include "spot-monitor-private.h"

#include "spot-account-link.h"

/* A credential that is refused at once, as the one before was, changes nothing that somebody could listen to. */
#define LOOK_AGAIN_MS 3000

/* ---- one environment ---- */

/* Between an account's environment and a monitor's; lives with the latter. */
typedef struct
{
  SpotAccountEnvironment *source;      /* owned */
  SpotEnvironment        *environment; /* whose data it is */
  SpotConnection         *connection;  /* owned: the environment's */
  guint                   timer_id;
  gboolean                told;        /* that the present credential is refused */
} Join;

static void
join_free (gpointer data)
{
  Join *join = data;

  g_clear_handle_id (&join->timer_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (join->source, join);
  g_signal_handlers_disconnect_by_data (join->connection, join);
  g_object_unref (join->source);
  g_object_unref (join->connection);
  g_free (join);
}

static void
look (Join *join)
{
  if (spot_environment_is_refused (join->environment))
    {
      if (join->told)
        return;
      join->told = TRUE;
      spot_account_environment_refused (join->source);
    }
  else if (spot_connection_get_state (join->connection) == SPOT_CONNECTION_LIVE)
    {
      join->told = FALSE;
      spot_account_environment_accepted (join->source);
    }
}

static gboolean
look_again_cb (gpointer user_data)
{
  Join *join = user_data;

  join->timer_id = 0;
  look (join);
  return G_SOURCE_REMOVE;
}

static void
connection_cb (SpotConnection *connection,
               GParamSpec     *pspec,
               Join           *join)
{
  look (join);
}

static void
credential_changed_cb (SpotAccountEnvironment *source,
                       Join                   *join)
{
  SpotEndpoint *endpoint = spot_account_environment_get_endpoint (source);

  /* Without one it goes on with what it has, and is told when that is good for nothing any more. */
  if (endpoint == NULL)
    return;
  join->told = FALSE;
  spot_environment_set_endpoint (join->environment, endpoint);
  g_clear_handle_id (&join->timer_id, g_source_remove);
  join->timer_id = g_timeout_add (LOOK_AGAIN_MS, look_again_cb, join);
}

static void
described_cb (SpotAccountEnvironment *source,
              GParamSpec             *pspec,
              Join                   *join)
{
  spot_environment_describe (join->environment, spot_account_environment_get_name (source),
                             spot_account_environment_get_kind (source));
}

/**
 * spot_account_environment_add_to:
 * @self: an environment of an account, which is ready
 * @monitor: what is to watch it
 *
 * Adds the environment to a monitor, under the same id. It follows the account's credential and name from now on.
 *
 * Returns: (transfer none): the monitor's environment
 */
SpotEnvironment *
spot_account_environment_add_to (SpotAccountEnvironment *self,
                                 SpotMonitor            *monitor)
{
  SpotEnvironment *environment;
  Join *join;

  g_return_val_if_fail (SPOT_IS_ACCOUNT_ENVIRONMENT (self), NULL);
  g_return_val_if_fail (SPOT_IS_MONITOR (monitor), NULL);
  g_return_val_if_fail (spot_account_environment_get_ready (self), NULL);

  environment = spot_monitor_add_endpoint (monitor, spot_account_environment_get_id (self),
                                           spot_account_environment_get_name (self),
                                           spot_account_environment_get_kind (self),
                                           spot_account_environment_get_endpoint (self));
  join = g_new0 (Join, 1);
  join->source = g_object_ref (self);
  join->environment = environment;
  join->connection = g_object_ref (spot_environment_get_connection (environment));
  g_signal_connect (self, "credential-changed", G_CALLBACK (credential_changed_cb), join);
  g_signal_connect (self, "notify::name", G_CALLBACK (described_cb), join);
  g_signal_connect (self, "notify::kind", G_CALLBACK (described_cb), join);
  g_signal_connect (join->connection, "notify", G_CALLBACK (connection_cb), join);
  g_object_set_data_full (G_OBJECT (environment), "spot-account-join", join, join_free);
  return environment;
}

/* Ends what binds a monitor's environment to an account. */
static void
part (SpotEnvironment *environment)
{
  g_object_set_data (G_OBJECT (environment), "spot-account-join", NULL);
}

/* ---- all of them ---- */

struct _SpotAccountLink
{
  SpotAccounts *accounts;
  SpotMonitor  *monitor;
  GHashTable   *followed; /* of owned SpotAccount and SpotAccountEnvironment: whose signals are connected */
};

static void
follow (SpotAccountLink *self,
        GObject         *object,
        const char      *signal,
        GCallback        callback)
{
  if (g_hash_table_contains (self->followed, object))
    return;
  g_hash_table_add (self->followed, g_object_ref (object));
  g_signal_connect_swapped (object, signal, callback, self);
}

static void
unfollow (SpotAccountLink *self,
          GObject         *object)
{
  g_signal_handlers_disconnect_by_data (object, self);
  if (SPOT_IS_ACCOUNT (object))
    g_signal_handlers_disconnect_by_data (spot_account_get_environments (SPOT_ACCOUNT (object)), self);
}

static void update (SpotAccountLink *self);

static void
add_ready (SpotAccountLink *self,
           SpotAccount     *account,
           GHashTable      *present)
{
  GListModel *environments = spot_account_get_environments (account);

  for (guint i = 0; i < g_list_model_get_n_items (environments); i++)
    {
      g_autoptr(SpotAccountEnvironment) environment = g_list_model_get_item (environments, i);
      const char *id = spot_account_environment_get_id (environment);

      g_hash_table_add (present, g_object_ref (environment));
      follow (self, G_OBJECT (environment), "notify::ready", G_CALLBACK (update));
      if (spot_account_environment_get_ready (environment) && spot_monitor_find_environment (self->monitor, id) == NULL)
        spot_account_environment_add_to (environment, self->monitor);
    }
}

static void
remove_gone (SpotAccountLink *self,
             GHashTable      *present)
{
  GHashTableIter iter;
  GObject *object;

  g_hash_table_iter_init (&iter, self->followed);
  while (g_hash_table_iter_next (&iter, (gpointer *) &object, NULL))
    {
      SpotEnvironment *environment;

      if (g_hash_table_contains (present, object))
        continue;
      unfollow (self, object);
      if (SPOT_IS_ACCOUNT_ENVIRONMENT (object))
        {
          const char *id = spot_account_environment_get_id (SPOT_ACCOUNT_ENVIRONMENT (object));

          environment = spot_monitor_find_environment (self->monitor, id);
          if (environment != NULL)
            {
              part (environment);
              spot_monitor_remove_environment (self->monitor, environment);
            }
        }
      g_hash_table_iter_remove (&iter);
    }
}

/* Makes the monitor's environments those that accounts have and can be watched. */
static void
update (SpotAccountLink *self)
{
  g_autoptr(GHashTable) present = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++)
    {
      g_autoptr(SpotAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      g_hash_table_add (present, g_object_ref (account));
      if (!g_hash_table_contains (self->followed, account))
        {
          g_hash_table_add (self->followed, g_object_ref (account));
          g_signal_connect_swapped (spot_account_get_environments (account), "items-changed", G_CALLBACK (update),
                                    self);
        }
      add_ready (self, account, present);
    }
  remove_gone (self, present);
}

static void
network_changed_cb (GNetworkMonitor *network,
                    gboolean         available,
                    SpotAccountLink *self)
{
  if (available)
    spot_accounts_wake (self->accounts);
}

/**
 * spot_account_link_new:
 * @accounts: accounts
 * @monitor: a monitor
 *
 * Returns: (transfer full): a link between them; it must go before @monitor is stopped
 */
SpotAccountLink *
spot_account_link_new (SpotAccounts *accounts,
                       SpotMonitor  *monitor)
{
  SpotAccountLink *self;

  g_return_val_if_fail (SPOT_IS_ACCOUNTS (accounts), NULL);
  g_return_val_if_fail (SPOT_IS_MONITOR (monitor), NULL);

  self = g_new0 (SpotAccountLink, 1);
  self->accounts = g_object_ref (accounts);
  self->monitor = g_object_ref (monitor);
  self->followed = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  g_signal_connect_swapped (accounts, "items-changed", G_CALLBACK (update), self);
  g_signal_connect (g_network_monitor_get_default (), "network-changed", G_CALLBACK (network_changed_cb), self);
  update (self);
  return self;
}

/**
 * spot_account_link_free:
 * @self: (transfer full): a link
 *
 * Ends it. The monitor's environments stay, with the credentials that they have.
 */
void
spot_account_link_free (SpotAccountLink *self)
{
  GHashTableIter iter;
  GObject *object;

  g_return_if_fail (self != NULL);

  g_signal_handlers_disconnect_by_data (g_network_monitor_get_default (), self);
  g_signal_handlers_disconnect_by_data (self->accounts, self);
  g_hash_table_iter_init (&iter, self->followed);
  while (g_hash_table_iter_next (&iter, (gpointer *) &object, NULL))
    {
      unfollow (self, object);
      if (SPOT_IS_ACCOUNT_ENVIRONMENT (object))
        {
          const char *id = spot_account_environment_get_id (SPOT_ACCOUNT_ENVIRONMENT (object));
          SpotEnvironment *environment = spot_monitor_find_environment (self->monitor, id);

          if (environment != NULL)
            part (environment);
        }
    }
  g_hash_table_unref (self->followed);
  g_object_unref (self->accounts);
  g_object_unref (self->monitor);
  g_free (self);
}
